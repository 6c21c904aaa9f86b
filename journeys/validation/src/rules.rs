//! The rules: one a file, all in one table.

/// Makes a file's rule of its documentation, which is also what `explain` shows, and of its function `check`.
macro_rules! rule {
    ($(#[doc = $doc:literal])+ $id:literal, $severity:ident, $title:literal, $subject:ident) => {
        $(#[doc = $doc])+
        pub const RULE: crate::rules::Rule = crate::rules::Rule {
            id: $id,
            severity: model::Severity::$severity,
            title: $title,
            documentation: concat!($($doc, "\n"),+),
            check: crate::rules::Check::$subject(check),
        };
    };
}

mod activity_id;
mod activity_type;
mod answers_too_late;
mod branch_never_taken;
mod call_judged_again;
mod campaign_custom_delivery;
mod campaign_delivery_uri;
mod campaign_event_filter;
mod campaign_headers;
mod campaign_hook;
mod campaign_imported_segment;
mod campaign_limit_range;
mod campaign_message;
mod campaign_message_size;
mod campaign_past;
mod campaign_pause;
mod campaign_schedule;
mod campaign_segment;
mod campaign_segment_version;
mod campaign_sent;
mod campaign_shares;
mod campaign_start_too_soon;
mod campaign_template;
mod campaign_template_kind;
mod campaign_timezone;
mod campaign_treatments;
mod channel_disabled;
mod channel_values;
mod clock_moves_message;
mod clock_repeats_start;
mod clock_skips_start;
mod closed_days_count;
mod closed_days_order;
mod closed_on_arrival;
mod closed_throughout;
mod condition_activity;
mod condition_event;
mod condition_kind;
mod condition_not_upstream;
mod condition_on_other_branch;
mod contact_center_role;
mod contact_center_settings;
mod criterion_values;
mod custom_data_size;
mod custom_endpoint_types;
mod cycle;
mod daily_cap_below_path;
mod dead_end_after_split;
mod default_substitutions;
mod delivery_uri;
mod dropped_in_quiet_time;
mod else_takes_most;
mod email_sandbox;
mod emails_in_a_row;
mod empty_split;
mod empty_target;
mod endpoints_disagree;
mod enters_once;
mod entry_event;
mod event_contact_center;
mod event_local_time;
mod event_refresh;
mod few_reached;
mod holdout_after_message;
mod holdout_before_messages;
mod holdout_percentage;
mod imported_event_segment;
mod imported_segment_size;
mod in_app_content;
mod india_sms;
mod journey_name;
mod journey_size;
mod journey_state;
mod journey_too_long;
mod limit_range;
mod malformed_clock;
mod malformed_duration;
mod malformed_instant;
mod malformed_member;
mod messages_after_end;
mod messages_capped;
mod metric_operator;
mod missing_default;
mod missing_template;
mod mixed_sources;
mod multivariate_branches;
mod never_finished;
mod no_activities;
mod no_end_time;
mod no_evaluation_wait;
mod no_message;
mod no_timezone_estimate;
mod nothing_sent;
mod open_hours_count;
mod open_hours_order;
mod open_hours_overlap;
mod open_hours_quiet;
mod pointless_end;
mod quiet_time_drops;
mod quiet_time_incomplete;
mod quiet_time_too_long;
mod random_split_branches;
mod random_split_percentages;
mod rate_above_account;
mod reentry_without_interval;
mod refresh_on_update_alone;
mod refresh_too_often;
mod same_target;
mod schedule_order;
mod schedule_past;
mod schedule_timezone;
mod segment_cycle;
mod segment_definition;
mod segment_size;
mod sending_schedule_off;
mod shared_connect_campaign;
mod shared_entry_segment;
mod slow_for_segment;
mod sms_message_type;
mod start_activity;
mod start_condition;
mod template_empty;
mod template_kind;
mod template_name;
mod template_size;
mod template_syntax;
mod template_version;
mod template_version_open;
mod timeframe_cap_off;
mod timezone_missing;
mod too_many_activities;
mod too_many_campaigns;
mod too_many_contact_centers;
mod too_many_event_campaigns;
mod total_cap_below_path;
mod unknown_condition_segment;
mod unknown_entry_segment;
mod unknown_member;
mod unknown_next_activity;
mod unknown_source_segment;
mod unknown_template;
mod unreachable_activity;
mod unverified_sender;
mod variable_missing;
mod variable_spelling;
mod voice_markup;
mod wait_length;
mod wait_time;
mod wait_until_after_end;
mod wait_until_over;

use model::{Connection, Diagnostic, DocumentId, Edit, Path, Severity, Slot, View, path, time, wire};
use serde_json::Value;

pub(crate) use self::channel_disabled::channels_of;
use crate::evidence::Evidence;
use crate::similar::similar;
use crate::{Document, Findings, JourneyContext, TemplateContext, places};

/// Something that the checks look for.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, kebab-case; never reused for something else.
    pub id: &'static str,
    /// How much what it finds weighs.
    pub severity: Severity,
    /// What is wrong where it finds something, in a few words.
    pub title: &'static str,
    /// The documentation of its file as written there; [`Rule::explanation`] reads better.
    documentation: &'static str,
    /// What it looks at, and how.
    pub check: Check,
}

/// What a rule looks at, and the function that looks.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Every document.
    Document(fn(&Document, &mut Findings)),
    /// Every document: its dimensions that compare attributes and metrics, with their place.
    Dimensions(fn(&[(Path, &Value)], &mut Findings)),
    /// Every journey.
    Journey(fn(&JourneyContext, &mut Findings)),
    /// Every segment.
    Segment(fn(&Document, wire::WriteSegmentRequest, &mut Findings)),
    /// Every template.
    Template(fn(&TemplateContext, &mut Findings)),
    /// Every journey of which a simulated run has shown something.
    Run(fn(&JourneyContext, &Evidence, &mut Findings)),
    /// Every campaign.
    Campaign(fn(&Document, wire::WriteCampaignRequest, &mut Findings)),
}

impl Rule {
    /// Whether it goes by what a simulated run has shown, and is silent without one.
    pub fn is_of_run(&self) -> bool {
        matches!(self.check, Check::Run(_))
    }

    /// What it checks, why it matters, a bad example, how to fix it, a good example and the source, as Markdown;
    /// [`page`](Rule::page) has the parts apart.
    pub fn explanation(&self) -> String {
        let lines = self.documentation.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// All rules, in order of id.
pub static RULES: &[Rule] = &[
    activity_id::RULE,
    activity_type::RULE,
    answers_too_late::RULE,
    branch_never_taken::RULE,
    call_judged_again::RULE,
    campaign_custom_delivery::RULE,
    campaign_delivery_uri::RULE,
    campaign_event_filter::RULE,
    campaign_headers::RULE,
    campaign_hook::RULE,
    campaign_imported_segment::RULE,
    campaign_limit_range::RULE,
    campaign_message::RULE,
    campaign_message_size::RULE,
    campaign_past::RULE,
    campaign_pause::RULE,
    campaign_schedule::RULE,
    campaign_segment::RULE,
    campaign_segment_version::RULE,
    campaign_sent::RULE,
    campaign_shares::RULE,
    campaign_start_too_soon::RULE,
    campaign_template::RULE,
    campaign_template_kind::RULE,
    campaign_timezone::RULE,
    campaign_treatments::RULE,
    channel_disabled::RULE,
    channel_values::RULE,
    clock_moves_message::RULE,
    clock_repeats_start::RULE,
    clock_skips_start::RULE,
    closed_days_count::RULE,
    closed_days_order::RULE,
    closed_on_arrival::RULE,
    closed_throughout::RULE,
    condition_activity::RULE,
    condition_event::RULE,
    condition_kind::RULE,
    condition_not_upstream::RULE,
    condition_on_other_branch::RULE,
    contact_center_role::RULE,
    contact_center_settings::RULE,
    criterion_values::RULE,
    custom_data_size::RULE,
    custom_endpoint_types::RULE,
    cycle::RULE,
    daily_cap_below_path::RULE,
    dead_end_after_split::RULE,
    default_substitutions::RULE,
    delivery_uri::RULE,
    dropped_in_quiet_time::RULE,
    else_takes_most::RULE,
    email_sandbox::RULE,
    emails_in_a_row::RULE,
    empty_split::RULE,
    empty_target::RULE,
    endpoints_disagree::RULE,
    enters_once::RULE,
    entry_event::RULE,
    event_contact_center::RULE,
    event_local_time::RULE,
    event_refresh::RULE,
    few_reached::RULE,
    holdout_after_message::RULE,
    holdout_before_messages::RULE,
    holdout_percentage::RULE,
    imported_event_segment::RULE,
    imported_segment_size::RULE,
    in_app_content::RULE,
    india_sms::RULE,
    journey_name::RULE,
    journey_size::RULE,
    journey_state::RULE,
    journey_too_long::RULE,
    limit_range::RULE,
    malformed_clock::RULE,
    malformed_duration::RULE,
    malformed_instant::RULE,
    malformed_member::RULE,
    messages_after_end::RULE,
    messages_capped::RULE,
    metric_operator::RULE,
    missing_default::RULE,
    missing_template::RULE,
    mixed_sources::RULE,
    multivariate_branches::RULE,
    never_finished::RULE,
    no_activities::RULE,
    no_end_time::RULE,
    no_evaluation_wait::RULE,
    no_message::RULE,
    no_timezone_estimate::RULE,
    nothing_sent::RULE,
    open_hours_count::RULE,
    open_hours_order::RULE,
    open_hours_overlap::RULE,
    open_hours_quiet::RULE,
    pointless_end::RULE,
    quiet_time_drops::RULE,
    quiet_time_incomplete::RULE,
    quiet_time_too_long::RULE,
    random_split_branches::RULE,
    random_split_percentages::RULE,
    rate_above_account::RULE,
    reentry_without_interval::RULE,
    refresh_on_update_alone::RULE,
    refresh_too_often::RULE,
    same_target::RULE,
    schedule_order::RULE,
    schedule_past::RULE,
    schedule_timezone::RULE,
    segment_cycle::RULE,
    segment_definition::RULE,
    segment_size::RULE,
    sending_schedule_off::RULE,
    shared_connect_campaign::RULE,
    shared_entry_segment::RULE,
    slow_for_segment::RULE,
    sms_message_type::RULE,
    start_activity::RULE,
    start_condition::RULE,
    template_empty::RULE,
    template_kind::RULE,
    template_name::RULE,
    template_size::RULE,
    template_syntax::RULE,
    template_version::RULE,
    template_version_open::RULE,
    timeframe_cap_off::RULE,
    timezone_missing::RULE,
    too_many_activities::RULE,
    too_many_campaigns::RULE,
    too_many_contact_centers::RULE,
    too_many_event_campaigns::RULE,
    total_cap_below_path::RULE,
    unknown_condition_segment::RULE,
    unknown_entry_segment::RULE,
    unknown_member::RULE,
    unknown_next_activity::RULE,
    unknown_source_segment::RULE,
    unknown_template::RULE,
    unreachable_activity::RULE,
    unverified_sender::RULE,
    variable_missing::RULE,
    variable_spelling::RULE,
    voice_markup::RULE,
    wait_length::RULE,
    wait_time::RULE,
    wait_until_after_end::RULE,
    wait_until_over::RULE,
];

/// The rule of that id.
pub fn explain(rule_id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == rule_id)
}

/// Asks every rule about one document.
pub(crate) fn run(document: Document) -> Vec<Diagnostic> {
    let context = match document.id {
        DocumentId::Journey(_) => JourneyContext::of(document),
        _ => None,
    };
    let template = match document.id {
        DocumentId::Template(kind, _) => {
            let compiled = templates::Template::compile(*kind, document.root);
            Some(TemplateContext { document, kind: *kind, compiled })
        }
        _ => None,
    };
    let conditions = context.as_ref().map_or(&[][..], |context| &context.conditions);
    let dimensions = places::dimensions(document, conditions);
    let mut found = Vec::new();
    for rule in RULES {
        let mut findings = Findings { document, rule, found };
        match (rule.check, document.id) {
            (Check::Document(check), _) => check(&document, &mut findings),
            (Check::Dimensions(check), _) => check(&dimensions, &mut findings),
            (Check::Journey(check), _) => {
                if let Some(context) = &context {
                    check(context, &mut findings);
                }
            }
            (Check::Run(check), _) => {
                let evidence = document.facts.evidence.filter(|evidence| evidence.journey == document.id.name());
                if let (Some(context), Some(evidence)) = (&context, evidence) {
                    check(context, evidence, &mut findings);
                }
            }
            (Check::Segment(check), DocumentId::Segment(_)) => {
                if let Some(segment) = View::of(document.root) {
                    check(&document, segment, &mut findings);
                }
            }
            (Check::Template(check), _) => {
                if let Some(template) = &template {
                    check(template, &mut findings);
                }
            }
            (Check::Campaign(check), DocumentId::Campaign(_)) => {
                if let Some(campaign) = View::of(document.root) {
                    check(&document, campaign, &mut findings);
                }
            }
            _ => {}
        }
        found = findings.found;
    }
    found
}

/// Reports a reference to a segment that is not in the project: `who` names it, at `at`.
fn unknown_segment(document: &Document, found: &mut Findings, at: Path, name: &str, who: &str) {
    if document.project.segment(name).is_some() {
        return;
    }
    let message = if name.is_empty() {
        format!("{who} names no segment")
    } else {
        format!("{who} names segment `{name}`, which does not exist")
    };
    let finding = found.report(at.clone(), message).help("choose another segment, or add this one");
    let mut names = document.project.segment_names();
    let only = match (names.next(), names.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    let other = |one: &&str| *one != document.id.name() || !matches!(document.id, DocumentId::Segment(_));
    let meant = similar(name, document.project.segment_names().filter(other));
    if let Some(meant) = meant.or(only.filter(other)) {
        finding.set(format!("Choose segment {meant}"), &at, meant);
    }
}

/// A way out of a split, by name.
fn way_name(way: &Connection) -> String {
    match way.slot {
        Slot::Branch(i) => format!("branch {} ({})", i + 1, way.label),
        _ => format!("branch `{}`", way.label),
    }
}

/// The first `most` elements of the list at `at`, for a fix that takes the others away.
fn first_elements(root: &Value, at: &Path, most: usize) -> Value {
    let list = at.find(root).and_then(Value::as_array);
    Value::Array(list.into_iter().flatten().take(most).cloned().collect())
}

/// The edit that takes the activity of that number out, and leads what led to it to `to`, or to an end. `None` when the
/// journey would have no start then.
fn bypass(ctx: &JourneyContext, number: usize, to: Option<&str>, label: &str) -> Option<Edit> {
    let gone = ctx.activities[number].id;
    let to = to.filter(|to| *to != gone);
    let mut edit = Edit::new(label);
    let lead = |edit: Edit, at: Path| match to {
        Some(to) => edit.set(ctx.document.id, at, to),
        None => edit.remove(ctx.document.id, at),
    };
    if ctx.start == Some(number) {
        to?;
        edit = lead(edit, path!["StartActivity"]);
    }
    for before in ctx.before(number).filter(|before| *before != number) {
        for way in ctx.ways[before].iter().filter(|way| way.target == Some(gone)) {
            edit = lead(edit, ctx.activities[before].slot_path(way.slot));
        }
    }
    Some(edit.remove(ctx.document.id, path!["Activities", gone]))
}

/// An open range of a day that can be read.
struct OpenRange<'a> {
    /// Its place in the day's list.
    index: usize,
    /// Minutes after midnight.
    start: u16,
    /// Minutes after midnight.
    end: u16,
    /// Start and end as written.
    texts: (&'a str, &'a str),
}

/// The open ranges of each channel and day, with the place of the list.
fn open_days<'a>(ctx: &JourneyContext<'a>) -> Vec<(Path, Vec<OpenRange<'a>>)> {
    let mut out = Vec::new();
    let Some(hours) = ctx.journey.wire.open_hours() else { return out };
    for (channel, days) in hours.object() {
        for day in days.as_object().into_iter().flat_map(serde_json::Map::keys) {
            let at = path!["OpenHours", channel, day];
            let list = at.find(ctx.document.root).and_then(Value::as_array);
            let read = |(index, value): (usize, &'a Value)| {
                let rule = wire::OpenHoursRule::of(value)?;
                let texts = (rule.start_time()?, rule.end_time()?);
                let (start, end) = (time::parse_open_clock(texts.0)?, time::parse_open_clock(texts.1)?);
                Some(OpenRange { index, start, end, texts })
            };
            let ranges = list.into_iter().flatten().enumerate().filter_map(read).collect();
            out.push((at, ranges));
        }
    }
    out
}
