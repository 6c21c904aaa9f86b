//! Campaigns, their versions and activities (campaigns.md 1, 8, 9).

use engine::campaign::{self, Draft, Input, Scope, State, World, status};
use model::Millis;
use model::time::{MINUTE, format_instant};
use model::view::{View, Word};
use model::wire::{CampaignStatus, Frequency, WriteCampaignRequest};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::api::paging::Page;
use crate::api::{Answer, Call, Context, Handler, apps, campaign_rules, naming, segments, templates};
use crate::refusal::{Refusal, Result};
use crate::runner::campaign::{Broken, Stored, compile, find, over_few};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("CreateCampaign", create),
    ("GetCampaign", get),
    ("GetCampaigns", list),
    ("UpdateCampaign", update),
    ("DeleteCampaign", delete),
    ("GetCampaignVersion", get_version),
    ("GetCampaignVersions", list_versions),
    ("GetCampaignActivities", list_activities),
];

/// Members that only an answer has: they are not the request's to say.
const OWN: &[&str] =
    &["ApplicationId", "Arn", "CreationDate", "DefaultState", "Id", "LastModifiedDate", "State", "Version"];

/// How far back a start may lie (C008, chosen).
const GRACE: Millis = 15 * MINUTE;

/// What the engine is to be told of a campaign by the runner, which has the endpoints for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Given {
    /// It was created.
    Create,
    /// It has a new version.
    Update,
    /// `IsPaused` was set.
    Pause,
    /// `IsPaused` was taken back.
    Resume,
}

/// A campaign as the store has it: its newest version, and where it stands.
pub struct Kept {
    /// `CampaignResponse`, without its state.
    pub document: Value,
    /// Whether it names the version of its segment.
    pub pinned: bool,
    /// Where it stands.
    pub stored: Stored,
}

/// The campaign of that id in a project.
pub fn read(connection: &Connection, app: &str, id: &str) -> Result<Option<Kept>> {
    let Some(stored) = find(connection, id)?.filter(|stored| stored.app == app) else { return Ok(None) };
    let found = connection
        .prepare_cached(
            "SELECT document, pinned FROM campaign_versions WHERE campaign = ?1
             AND version = (SELECT version FROM campaigns WHERE id = ?1)",
        )?
        .query_row(params![id], |row| Ok((store::json(row, 0)?, row.get(1)?)))
        .optional()?;
    Ok(found.map(|(document, pinned)| Kept { document, pinned, stored }))
}

/// 404 unless the campaign of the path exists.
fn existing(context: &Context<'_>, call: &Call) -> Result<Kept> {
    let app = apps::existing(context, call)?;
    let id = call.parameter("campaign-id");
    read(context.store, app, id)?.ok_or_else(|| unknown(id))
}

/// As [`existing`], for those that only ask whether it is there.
pub fn exists(context: &Context<'_>, call: &Call) -> Result<()> {
    existing(context, call).map(|_| ())
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found(format!("there is no campaign `{id}`"))
}

/// The `CampaignResponse`: a version, with `State` and those of its treatments (campaigns.md 4, 8).
fn response(mut document: Value, stored: &Stored) -> Value {
    let of = |treatment: usize| {
        let found = stored.state.treatments.get(treatment).map(|treatment| treatment.status.as_str());
        json!({"CampaignStatus": found.unwrap_or(&stored.status)})
    };
    if let Some(treatments) = document.get_mut("AdditionalTreatments").and_then(Value::as_array_mut)
        && !treatments.is_empty()
    {
        for (number, treatment) in treatments.iter_mut().enumerate() {
            treatment["State"] = of(number + 1);
        }
        document["DefaultState"] = of(0);
    }
    document["State"] = json!({"CampaignStatus": stored.status});
    document
}

/// What its treatments wait for.
fn kind(campaign: WriteCampaignRequest<'_>) -> &'static str {
    let own = campaign.schedule();
    let others = campaign.additional_treatments();
    let schedules = std::iter::once(own).chain(others.iter().map(|treatment| treatment.schedule().or(own)));
    let by_event = |schedule: Option<model::wire::Schedule<'_>>| {
        matches!(schedule.and_then(|one| one.frequency()), Some(Frequency::Event | Frequency::InAppEvent))
    };
    let (by_event, by_slot): (Vec<_>, Vec<_>) = schedules.partition(|schedule| by_event(*schedule));
    match (by_event.is_empty(), by_slot.is_empty()) {
        (true, _) => "SLOT",
        (_, true) => "EVENT",
        _ => "MIXED",
    }
}

/// A version as it is kept: what was put, and the members that only an answer has.
struct Version<'a> {
    app: &'a str,
    id: &'a str,
    number: i64,
    created: Millis,
    now: Millis,
    segment_version: i64,
}

impl Version<'_> {
    fn document(&self, body: &Map<String, Value>) -> Value {
        let Version { app, id, .. } = self;
        let mut members = Map::new();
        members.insert("ApplicationId".into(), (*app).into());
        members.insert("Arn".into(), naming::arn(&format!("apps/{app}/campaigns/{id}")).into());
        members.insert("CreationDate".into(), format_instant(self.created).into());
        members.insert("Id".into(), (*id).into());
        for (name, value) in body.iter().filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.is_null()) {
            members.insert(name.clone(), value.clone());
        }
        members.insert("LastModifiedDate".into(), format_instant(self.now).into());
        members.insert("SegmentVersion".into(), self.segment_version.into());
        members.insert("Version".into(), self.number.into());
        Value::Object(members)
    }

    fn save(&self, context: &Context<'_>, document: &Value, pinned: bool) -> Result<()> {
        context.store.execute(
            "INSERT INTO campaign_versions (campaign, version, pinned, document) VALUES (?1, ?2, ?3, ?4)",
            params![self.id, self.number, pinned, store::text(document)],
        )?;
        Ok(())
    }
}

/// The version of its segment that a campaign is for: the one named, else the newest (campaigns.md 1, chosen).
fn segment_version(context: &Context<'_>, app: &str, body: &Value) -> Result<(i64, bool)> {
    let segment = body.get("SegmentId").and_then(Value::as_str).unwrap_or_default();
    let named = body.get("SegmentVersion").and_then(Value::as_i64);
    let Some(found) = segments::read(context.store, app, segment, named)? else {
        // The newest is there, or the rules would have said so; versions before it may have gone.
        let version = named.unwrap_or_default();
        return Err(Refusal::bad_request(format!("SegmentVersion: segment `{segment}` has no version {version}")));
    };
    Ok((found.get("Version").and_then(Value::as_i64).unwrap_or(1), named.is_some()))
}

/// Puts the ids of its treatments into a document (campaigns.md 4), and gives what compiles it; 400 when it can not run. The
/// templates that it pins are kept as they are (templates.md 2, chosen).
fn compiled(
    context: &Context<'_>,
    stored: &Stored,
    mut document: Value,
    pinned: bool,
) -> Result<(campaign::Program, Value)> {
    let running =
        compile(context.store, &stored.app, &stored.id, document.clone(), pinned, stored.created, &stored.settings)?;
    let program = running
        .map_err(|broken| match broken {
            Broken::Segment => Refusal::bad_request("SegmentId: the segment is gone"),
            Broken::Unusable(reason) => Refusal::bad_request(reason),
        })?
        .program;
    for (kind, named) in program.templates() {
        if let Some(version) = &named.version {
            templates::keep(context.store, kind, &named.name, version)?;
        }
    }
    let treatments = document.get_mut("AdditionalTreatments").and_then(Value::as_array_mut);
    for (number, treatment) in (1u8..).zip(treatments.into_iter().flatten()) {
        treatment["Id"] = program.treatment_id(number).into();
    }
    for (path, what) in program.not_honoured() {
        tracing::warn!(campaign = stored.id, member = %path, what, "not honoured");
    }
    Ok((program, document))
}

fn is_paused(document: &Value) -> bool {
    document.get("IsPaused").and_then(Value::as_bool).unwrap_or(false)
}

fn create(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    naming::check_tags(call.body.get("tags"))?;
    let id = naming::id();
    campaign_rules::check(context.store, app, &id, &call.body, Some(context.now))?;
    let (segment_version, pinned) = segment_version(context, app, &call.body)?;
    let now = context.now;
    let version = Version { app, id: &id, number: 1, created: now, now, segment_version };
    let body = call.body.as_object().cloned().unwrap_or_default();
    let mut stored = Stored {
        app: app.to_owned(),
        id: id.clone(),
        kind: WriteCampaignRequest::of(&call.body).map_or("SLOT", kind).to_owned(),
        created: now,
        settings: apps::settings_of(context, app)?,
        status: CampaignStatus::Scheduled.as_str().to_owned(),
        state: State::default(),
        given: Vec::new(),
        waiting: Vec::new(),
        revision: 0,
    };
    let (program, document) = compiled(context, &stored, version.document(&body), pinned)?;
    version.save(context, &document, pinned)?;
    context.store.execute(
        "INSERT INTO campaigns (app, id, version, kind, segment, created, settings, status, state)
         VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, '{}')",
        params![
            app,
            id,
            stored.kind,
            call.body.get("SegmentId").and_then(Value::as_str),
            now,
            store::text(&stored.settings),
            stored.status
        ],
    )?;
    let paused = is_paused(&document);
    let inputs: &[Given] = if paused { &[Given::Create, Given::Pause] } else { &[Given::Create] };
    tell(context, &mut stored, &program, inputs)?;
    Ok(call.answer(response(document, &stored)))
}

/// The web addresses that a request to create or change a campaign newly names, each with its place; nothing for other
/// requests. They are to be asked before the campaign is kept (campaigns.md 7: on creation; chosen: on a change too, where it
/// names another one). What is wrong with a new campaign otherwise is said first.
pub fn addresses(context: &Context<'_>, call: &Call) -> Result<Vec<(String, String)>> {
    let known = match call.operation.name {
        "CreateCampaign" => Vec::new(),
        "UpdateCampaign" => named_addresses(&existing(context, call)?.document),
        _ => return Ok(Vec::new()),
    };
    let mut new = named_addresses(&call.body);
    new.retain(|(_, url)| !known.iter().any(|(_, known)| known == url));
    if !new.is_empty() && call.operation.name == "CreateCampaign" {
        let app = apps::existing(context, call)?;
        campaign_rules::check(context.store, app, &naming::id(), &call.body, Some(context.now))?;
    }
    Ok(new)
}

/// `DeliveryUri` of a campaign and of its treatments, where it is a web address.
fn named_addresses(campaign: &Value) -> Vec<(String, String)> {
    let own = (String::new(), campaign);
    let treatments = campaign.get("AdditionalTreatments").and_then(Value::as_array).into_iter().flatten();
    let others = treatments.enumerate().map(|(number, one)| (format!("AdditionalTreatments[{number}]."), one));
    let found = std::iter::once(own).chain(others).filter_map(|(place, one)| {
        let url = one.get("CustomDeliveryConfiguration")?.get("DeliveryUri")?.as_str()?;
        let place = format!("{place}CustomDeliveryConfiguration.DeliveryUri");
        url.starts_with("https://").then(|| (place, url.to_owned()))
    });
    found.collect()
}

/// Members given replace, others stay, an empty object or list clears (chosen, as for settings in api.md 6); every update
/// is a new version (9, chosen).
///
/// Settings may be changed before the campaign is sent, and between runs; `IsPaused` alone as long as it lives (8, C025).
fn update(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let Kept { document: before, pinned: was_pinned, mut stored } = existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("campaign-id"));
    let mut body: Map<String, Value> = before.as_object().cloned().unwrap_or_default();
    if !was_pinned {
        body.shift_remove("SegmentVersion");
    }
    let treatments = body.get_mut("AdditionalTreatments").and_then(Value::as_array_mut);
    for treatment in treatments.into_iter().flatten().filter_map(Value::as_object_mut) {
        treatment.shift_remove("Id");
    }
    body.retain(|name, _| !OWN.contains(&name.as_str()));
    let was = body.clone();
    for (name, value) in call.body.as_object().into_iter().flatten() {
        let clears = value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
        // Tags in the body of an update are ignored (api.md 5).
        if value.is_null() || name == "tags" || OWN.contains(&name.as_str()) {
            continue;
        }
        if clears {
            body.shift_remove(name);
        } else {
            body.insert(name.clone(), value.clone());
        }
    }
    if body.get("SegmentId") != was.get("SegmentId") && call.body.get("SegmentVersion").is_none_or(Value::is_null) {
        // The version was one of another segment.
        body.shift_remove("SegmentVersion");
    }
    let changed = body.iter().any(|(name, value)| name != "IsPaused" && was.get(name) != Some(value))
        || was.keys().any(|name| name != "IsPaused" && !body.contains_key(name));
    let status = CampaignStatus::parse(&stored.status).unwrap_or(CampaignStatus::Invalid);
    let lives = !matches!(status, CampaignStatus::Completed | CampaignStatus::Deleted | CampaignStatus::Invalid);
    if !lives || changed && !status::may_update(status) {
        let message = format!("the campaign is {}: its settings can not be changed any more", status.as_str());
        return Err(Refusal::bad_request(message));
    }
    let (paused, was_paused) = (body.get("IsPaused") == Some(&Value::Bool(true)), is_paused(&before));
    // A start that was fine when it was written may be past by now.
    let rescheduled = body.get("Schedule") != was.get("Schedule")
        || body.get("AdditionalTreatments") != was.get("AdditionalTreatments");
    let body = Value::Object(body);
    campaign_rules::check(context.store, app, id, &body, rescheduled.then_some(context.now))?;
    let (segment_version, pinned) = segment_version(context, app, &body)?;
    let number = before.get("Version").and_then(Value::as_i64).unwrap_or(1) + 1;
    let version = Version { app, id, number, created: stored.created, now: context.now, segment_version };
    let document = version.document(body.as_object().unwrap_or(&Map::new()));
    let (program, document) = compiled(context, &stored, document, pinned)?;
    version.save(context, &document, pinned)?;
    if let Some(campaign) = WriteCampaignRequest::of(&document) {
        kind(campaign).clone_into(&mut stored.kind);
    }
    context.store.execute(
        "UPDATE campaigns SET version = ?2, kind = ?3, segment = ?4 WHERE id = ?1",
        params![id, number, stored.kind, document.get("SegmentId").and_then(Value::as_str)],
    )?;
    let mut inputs = Vec::new();
    inputs.extend(changed.then_some(Given::Update));
    match (was_paused, paused) {
        (false, true) => inputs.push(Given::Pause),
        (true, false) => inputs.push(Given::Resume),
        _ => {}
    }
    tell(context, &mut stored, &program, &inputs)?;
    Ok(call.answer(response(document, &stored)))
}

/// Tells the engine at once where no endpoints are needed for it, and leaves it to the runner where a run is going on or
/// begins with it.
fn tell(context: &Context<'_>, stored: &mut Stored, program: &campaign::Program, inputs: &[Given]) -> Result<()> {
    let now = context.now;
    if stored.kind == "EVENT" {
        stored.given.extend(inputs);
        stored.save(context.store, Some(now))?;
        if let Some(stored) = find(context.store, &stored.id)? {
            over_few(context.store, stored, now)?;
        }
        if let Some(after) = find(context.store, &stored.id)? {
            *stored = after;
        }
        return Ok(());
    }
    let going = stored.state.treatments.iter().any(|treatment| treatment.run.is_some());
    let mut state = stored.state.clone();
    let mut begins = going || !stored.given.is_empty();
    for input in inputs {
        let (input, at) = match input {
            // One that is created paused must not start before it is told.
            Given::Create if inputs.contains(&Given::Pause) => (Input::Create, now.saturating_sub(GRACE + 1)),
            Given::Create => (Input::Create, now),
            Given::Update => (Input::Update, now),
            Given::Pause => (Input::Pause, now),
            Given::Resume => (Input::Resume, now),
        };
        campaign::advance(program, &mut state, &mut Nobody::default(), input, at, &mut |effect| {
            begins |= matches!(effect.what, campaign::What::RunStarted { .. });
        });
    }
    if begins {
        stored.given.extend(inputs);
        if !going {
            CampaignStatus::Executing.as_str().clone_into(&mut stored.status);
        }
        stored.save(context.store, Some(now))?;
        return Ok(());
    }
    state.status().as_str().clone_into(&mut stored.status);
    stored.state = state;
    let due = stored.state.wakes();
    stored.save(context.store, due)?;
    Ok(())
}

/// A project without endpoints: what begins no run needs none.
#[derive(Default)]
struct Nobody(audience::People);

impl World for Nobody {
    fn people(&self) -> &audience::People {
        &self.0
    }

    fn targeted(&self, _: u32) -> u32 {
        0
    }

    fn sent(&self, _: u32, _: Scope, _: Millis) -> u32 {
        0
    }

    fn target(&mut self, _: u32) {}

    fn send(&mut self, _: u32, _: Millis) {}

    fn render(&mut self, _: &Draft<'_>) -> std::result::Result<(), String> {
        Ok(())
    }
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let Kept { document, stored, .. } = existing(context, call)?;
    Ok(call.answer(response(document, &stored)))
}

fn list(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let page = Page::of(call, "token", format!("campaigns/{app}"))?;
    let ids: Vec<(i64, String)> = context
        .store
        .prepare_cached("SELECT seq, id FROM campaigns WHERE app = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3")?
        .query_map(params![app, page.before, page.limit()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut rows = Vec::new();
    for (seq, id) in ids {
        let Some(Kept { document, stored, .. }) = read(context.store, app, &id)? else { continue };
        rows.push((seq, response(document, &stored)));
    }
    Ok(call.answer(page.answer(rows)))
}

/// Sending stops; what went out stays in the outbox.
fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let Kept { document, mut stored, .. } = existing(context, call)?;
    let id = call.parameter("campaign-id");
    for table in ["campaign_versions", "campaign_activities", "campaign_targets", "campaign_events", "campaign_calls"] {
        context.store.execute(&format!("DELETE FROM {table} WHERE campaign = ?1"), params![id])?;
    }
    context.store.execute("DELETE FROM campaigns WHERE id = ?1", params![id])?;
    CampaignStatus::Deleted.as_str().clone_into(&mut stored.status);
    stored.state.treatments.clear();
    Ok(call.answer(response(document, &stored)))
}

fn get_version(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let Kept { document: newest, stored, .. } = existing(context, call)?;
    let id = call.parameter("campaign-id");
    let text = call.parameter("version");
    let Ok(version) = text.parse::<i64>() else { return call.refuse("version", "expected a number") };
    if newest.get("Version").and_then(Value::as_i64) == Some(version) {
        return Ok(call.answer(response(newest, &stored)));
    }
    let found = context
        .store
        .prepare_cached("SELECT document FROM campaign_versions WHERE campaign = ?1 AND version = ?2")?
        .query_row(params![id, version], |row| store::json(row, 0))
        .optional()?;
    let found = found.ok_or_else(|| Refusal::not_found(format!("campaign `{id}` has no version {version}")))?;
    Ok(call.answer(found))
}

/// The newest first. Only that one has a state: those before it are not run any more.
fn list_versions(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let Kept { document: newest, stored, .. } = existing(context, call)?;
    let id = call.parameter("campaign-id");
    let page = Page::of(call, "token", format!("campaign versions/{id}"))?;
    let mut rows: Vec<(i64, Value)> = context
        .store
        .prepare_cached(
            "SELECT version, document FROM campaign_versions WHERE campaign = ?1 AND version < ?2
             ORDER BY version DESC LIMIT ?3",
        )?
        .query_map(params![id, page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if let Some((_, first)) = rows.first_mut().filter(|(_, first)| first.get("Version") == newest.get("Version")) {
        *first = response(newest, &stored);
    }
    Ok(call.answer(page.answer(rows)))
}

fn list_activities(context: &Context<'_>, call: &Call) -> Result<Answer> {
    existing(context, call)?;
    let id = call.parameter("campaign-id");
    let page = Page::of(call, "token", format!("campaign activities/{id}"))?;
    let rows = context
        .store
        .prepare_cached(
            "SELECT seq, document FROM campaign_activities WHERE campaign = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
        )?
        .query_map(params![id, page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}
