//! Each clause of campaigns.md that the engine carries out, shown by the smallest campaign; the names say the section.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

mod campaign;

use campaign::{CREATED, Case, at, base, compiled, in_zone, sms};
use engine::campaign::hook::{Answer, custom_payload, overrides, payload};
use engine::campaign::trial::{MAX_TRIAL_SEGMENT, trial};
use engine::campaign::{
    Activity, CompileError, Draft, Filter, Input, Occurrence, Program, Renderer, SendStatus, Share, State, What, in_app,
};
use model::time::{MINUTE, SECOND};
use model::wire::{CampaignStatus, ChannelType};
use model::{TemplateKind, Word};
use serde_json::{Value, json};

fn email(number: usize) -> Value {
    json!({"ChannelType": "EMAIL", "Address": format!("{number}@example.com")})
}

fn program(members: Value) -> Program {
    compiled(&campaign::campaign(members), None, 100).unwrap()
}

// 1, 2: resource and messages

#[test]
fn s1_a_campaign_without_segment_or_message_can_not_run() {
    let error = |members| compiled(&campaign::campaign(members), None, 1).unwrap_err();
    assert_eq!(error(json!({"SegmentId": null})), CompileError::NoSegment);
    assert!(matches!(error(json!({"SegmentId": "nobody"})), CompileError::Segment(_)));
    assert_eq!(error(json!({"MessageConfiguration": {}})), CompileError::NoMessage { treatment: 0 });
    assert!(error(json!({"Schedule": {}})).to_string().contains("`StartTime` is missing"));
    let nobody = json!({"Frequency": "EVENT", "StartTime": "2026-12-01T09:00:00Z"});
    assert_eq!(error(json!({"Schedule": nobody})), CompileError::NoEvent { treatment: 0 });
    let five =
        json!([{"SizePercent": 1}, {"SizePercent": 1}, {"SizePercent": 1}, {"SizePercent": 1}, {"SizePercent": 1}]);
    assert_eq!(error(json!({"AdditionalTreatments": five})), CompileError::TooManyTreatments { count: 5 });
}

#[test]
fn s2_a_message_of_the_channel_wins_over_a_custom_one_and_that_over_the_default() {
    let program = program(json!({
        "MessageConfiguration": {
            "DefaultMessage": {"Title": "t", "Body": "for all"},
            "GCMMessage": {"Body": "for android"},
            "CustomMessage": {"Data": "{}"},
        },
        "CustomDeliveryConfiguration": {"DeliveryUri": "https://a.example", "EndpointTypes": ["SMS", "VOICE", "GCM"]},
    }));
    let of = |channel| program.message(0, channel);
    assert_eq!(of(ChannelType::Gcm).unwrap().inline["GCM"]["Body"], "for android");
    assert_eq!(of(ChannelType::Sms).unwrap().custom.as_ref().unwrap().delivery_uri, "https://a.example");
    assert!(of(ChannelType::Voice).unwrap().custom.is_some());
    assert_eq!(of(ChannelType::Apns).unwrap().inline["Default"]["Body"], "for all");
    let mail = &of(ChannelType::Email).unwrap().inline;
    assert_eq!((mail["Subject"].as_str(), mail["TextPart"].as_str()), (Some("t"), Some("for all")));
    assert!(of(ChannelType::Custom).is_none(), "not among the `EndpointTypes`");
    assert!(of(ChannelType::InApp).is_none());
}

#[test]
fn s2_a_custom_message_needs_its_delivery_and_is_for_custom_endpoints_by_default() {
    let custom = json!({"CustomMessage": {"Data": "{\"a\":1}"}});
    let uri = json!({"DeliveryUri": "f"});
    let program = program(json!({"MessageConfiguration": custom, "CustomDeliveryConfiguration": uri}));
    assert_eq!(program.message(0, ChannelType::Custom).unwrap().custom.as_ref().unwrap().data, "{\"a\":1}");
    assert!(program.message(0, ChannelType::Sms).is_none());
    let without = compiled(&campaign::campaign(json!({"MessageConfiguration": custom})), None, 1);
    assert_eq!(without.unwrap_err(), CompileError::NoMessage { treatment: 0 });
}

#[test]
fn s2_an_endpoint_without_message_is_skipped_as_a_channel_mismatch() {
    let mut case = Case::new(
        json!({"MessageConfiguration": {"SMSMessage": {"Body": "hello"}}}),
        &[sms(0), email(1), json!({"ChannelType": "GCM", "Address": "token"})],
    );
    case.until("2026-12-01T09:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-01 09:00"]);
    assert_eq!(case.filtered(), ["1 ENDPOINT_CHANNEL_MISMATCH", "2 ENDPOINT_CHANNEL_MISMATCH"]);
    assert!(case.not_sent().is_empty());
}

#[test]
fn s2_inline_fields_win_and_the_template_fills_the_gaps() {
    let program = program(json!({
        "MessageConfiguration": {"EmailMessage": {"Title": "mine"}, "GCMMessage": {"Title": "mine"}},
        "TemplateConfiguration": {"EmailTemplate": {"Name": "hello", "Version": "3"}, "PushTemplate": {"Name": "push"}},
    }));
    let message = program.message(0, ChannelType::Email).unwrap();
    assert_eq!(message.template.as_ref().unwrap().version.as_deref(), Some("3"));
    let template = json!({"Subject": "theirs", "HtmlPart": "<p>theirs</p>", "DefaultSubstitutions": "{}"});
    let whole = message.compose(Some(&template));
    assert_eq!((whole["Subject"].as_str(), whole["HtmlPart"].as_str()), (Some("mine"), Some("<p>theirs</p>")));
    let push = json!({"GCM": {"Title": "theirs", "Body": "theirs"}, "APNS": {"Title": "theirs"}});
    let android = program.message(0, ChannelType::Gcm).unwrap().compose(Some(&push));
    assert_eq!(android["GCM"], json!({"Title": "mine", "Body": "theirs"}));
    let apple = program.message(0, ChannelType::Apns).unwrap().compose(Some(&push));
    assert_eq!(apple["APNS"]["Title"], "theirs");
    let names: Vec<(TemplateKind, &str)> =
        program.templates().into_iter().map(|(kind, template)| (kind, template.name.as_str())).collect();
    assert_eq!(names, [(TemplateKind::Email, "hello"), (TemplateKind::Push, "push")]);
}

#[test]
fn s2_a_template_that_is_not_there_makes_the_campaign_unusable() {
    let program = program(json!({"TemplateConfiguration": {"SMSTemplate": {"Name": "gone", "Version": "2"}}}));
    let error = Renderer::compile(&program, &|_, _| None).unwrap_err();
    assert_eq!(error.to_string(), "there is no SMS template `gone` with version `2`");
}

// 3: schedule

#[test]
fn s3_once_runs_once_at_its_start() {
    let mut case = Case::new(json!({}), &[sms(0)]);
    case.until("2026-12-01T08:59:59Z");
    assert!(case.sends().is_empty());
    assert_eq!(case.status(), CampaignStatus::Scheduled);
    case.until("2027-12-01T09:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-01 09:00"]);
    assert_eq!(case.status(), CampaignStatus::Completed);
}

#[test]
fn s3_immediate_runs_as_soon_as_it_is_created() {
    let case = Case::new(json!({"Schedule": {"StartTime": "IMMEDIATE"}}), &[sms(0)]);
    assert_eq!(case.sends(), ["0 2026-11-30 12:00"]);
    assert_eq!(case.statuses(0), [CampaignStatus::Executing, CampaignStatus::Completed]);
}

#[test]
fn s3_recurring_runs_end_with_the_end_time_inclusive() {
    let schedule =
        json!({"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-03T09:00:00Z", "Frequency": "DAILY"});
    let mut case = Case::new(json!({"Schedule": schedule}), &[sms(0)]);
    case.until("2027-01-01T00:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-01 09:00", "0 2026-12-02 09:00", "0 2026-12-03 09:00"]);
    assert_eq!(case.status(), CampaignStatus::Completed);
    assert_eq!(case.records.0.len(), 3);
}

#[test]
fn s3_a_start_up_to_15_minutes_ago_still_counts_and_an_older_one_does_not() {
    let once = |start: &str| {
        let mut case = Case::new(json!({"Schedule": {"StartTime": start}}), &[sms(0)]);
        case.until("2026-12-30T00:00:00Z");
        case.sends().len()
    };
    assert_eq!(once("2026-11-30T11:45:00Z"), 1);
    assert_eq!(once("2026-11-30T11:44:59Z"), 0);
}

#[test]
fn s3_the_next_run_starts_when_a_long_one_ends_and_missed_slots_are_not_made_up() {
    let people: Vec<Value> = (0..9_000).map(sms).collect();
    let mut case = Case::new(
        json!({
            "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-01T16:00:00Z", "Frequency": "HOURLY"},
            "Limits": {"MessagesPerSecond": 1},
        }),
        &people,
    );
    case.until("2026-12-02T12:00:00Z");
    // 9,000 seconds are 2 h 30 min: the slots of 10:00 and 11:00 were missed, the latest is served at once.
    assert_eq!(case.runs(), ["2026-12-01 09:00", "2026-12-01 11:29:59", "2026-12-01 13:59:59", "2026-12-01 16:29:59"]);
    let scheduled: Vec<String> = case.records.0.iter().map(|record| engine::instant_words(record.scheduled)).collect();
    assert_eq!(scheduled[1], "2026-12-01 11:00 UTC");
    assert_eq!(scheduled[3], "2026-12-01 16:00 UTC");
}

#[test]
fn s3_local_time_serves_each_zone_at_its_own_wall_clock() {
    let mut case = Case::new(
        json!({"Schedule": {"StartTime": "2026-12-04T12:00:00Z", "IsLocalTime": true, "Timezone": "UTC+13"}}),
        &[
            in_zone(0, "America/New_York"),
            in_zone(1, "Asia/Tokyo"),
            in_zone(2, "Europe/Berlin"),
            in_zone(3, "Europe/Paris"),
            sms(4),
            in_zone(5, "Mars/Olympus"),
        ],
    );
    case.until("2026-12-03T23:00:00Z");
    assert_eq!(case.record(0).not_due, 4, "looked for zones when the first offset was due");
    assert_eq!(case.record(0).metrics()[1], ("ENDPOINT_TIMEZONE_MISMATCH", 4));
    case.until("2026-12-04T11:00:00Z");
    assert_eq!((case.record(0).zones, case.record(0).zones_done, case.record(0).not_due), (4, 3, 1));
    case.until("2026-12-05T00:00:00Z");
    assert_eq!(case.sends(), ["1 2026-12-04 03:00", "2 2026-12-04 11:00", "3 2026-12-04 11:00", "0 2026-12-04 17:00"]);
    assert_eq!(case.filtered(), ["4 ENDPOINT_MISSING_TIMEZONE", "5 ENDPOINT_MISSING_TIMEZONE"]);
    assert_eq!(case.record(0).produced(), 6);
    assert_eq!(case.status(), CampaignStatus::Completed);
}

#[test]
fn s3_zones_that_were_due_before_the_first_offset_are_not_served() {
    let schedule = json!({"StartTime": "2026-12-04T12:00:00Z", "IsLocalTime": true, "Timezone": "UTC"});
    let people = [in_zone(0, "Asia/Tokyo"), in_zone(1, "Europe/London"), in_zone(2, "America/New_York")];
    let mut case = Case::new(json!({"Schedule": schedule}), &people);
    case.until("2026-12-05T12:00:00Z");
    assert_eq!(case.sends(), ["1 2026-12-04 12:00", "2 2026-12-04 17:00"]);
    assert_eq!(case.record(0).metrics()[1], ("ENDPOINT_TIMEZONE_MISMATCH", 1));
}

#[test]
fn s3_local_days_keep_their_wall_clock_over_both_clock_changes() {
    let daily = |start: &str, until: &str| {
        let schedule = json!({"StartTime": start, "EndTime": until, "Frequency": "DAILY", "IsLocalTime": true, "Timezone": "UTC+13"});
        let mut campaign = campaign::campaign(json!({"Schedule": schedule}));
        campaign["Name"] = json!("days");
        let mut case = Case::with(&campaign, &[in_zone(0, "Europe/Berlin")], None, 100);
        case.until("2027-12-31T00:00:00Z");
        case.sends()
    };
    assert_eq!(
        daily("2027-03-27T09:00:00Z", "2027-03-29T09:00:00Z"),
        ["0 2027-03-27 08:00", "0 2027-03-28 07:00", "0 2027-03-29 07:00"]
    );
    assert_eq!(
        daily("2027-10-30T09:00:00Z", "2027-11-01T09:00:00Z"),
        ["0 2027-10-30 07:00", "0 2027-10-31 08:00", "0 2027-11-01 08:00"]
    );
}

#[test]
fn s3_quiet_time_is_inclusive_at_both_ends_and_the_message_is_lost() {
    let status = |clock: &str, quiet: Value| {
        let schedule = json!({"StartTime": format!("2026-12-01T{clock}Z"), "QuietTime": quiet});
        // Two hours behind UTC all year.
        let mut case = Case::new(json!({"Schedule": schedule}), &[in_zone(0, "America/Noronha")]);
        case.until("2026-12-03T00:00:00Z");
        if case.sends().is_empty() { case.not_sent().join(",") } else { "sent".to_owned() }
    };
    let day = json!({"Start": "10:00", "End": "12:00"});
    for (clock, expected) in
        [("11:59:59", "sent"), ("12:00:00", "0 QUIET_TIME"), ("14:00:59", "0 QUIET_TIME"), ("14:01:00", "sent")]
    {
        assert_eq!(status(clock, day.clone()), expected, "{clock}");
    }
    let night = json!({"Start": "20:00", "End": "08:00"});
    for (clock, expected) in [
        ("21:59:00", "sent"),
        ("22:00:00", "0 QUIET_TIME"),
        ("02:30:00", "0 QUIET_TIME"),
        ("10:00:30", "0 QUIET_TIME"),
        ("10:01:00", "sent"),
    ] {
        assert_eq!(status(clock, night.clone()), expected, "{clock}");
    }
}

#[test]
fn s3_quiet_time_needs_a_valid_zone_and_overrides_the_project() {
    let noon = json!({"StartTime": "2026-12-01T12:00:00Z", "QuietTime": {"Start": "11:00", "End": "13:00"}});
    let people = [sms(0), in_zone(1, "Nowhere/Here"), in_zone(2, "Europe/London")];
    let mut case = Case::new(json!({"Schedule": noon}), &people);
    case.until("2026-12-02T00:00:00Z");
    assert_eq!(case.sends().len(), 2);
    assert_eq!(case.not_sent(), ["2 QUIET_TIME"]);
    case.said("the message to `e2` was not sent (QUIET_TIME): it is 12:00 there, in quiet time from 11:00 to 13:00");

    let settings = json!({"QuietTime": {"Start": "00:00", "End": "23:59"}});
    let mut own = Case::with(&campaign::campaign(json!({"Schedule": noon})), &people[2..], Some(&settings), 10);
    own.until("2026-12-01T12:00:00Z");
    assert_eq!(own.not_sent(), ["0 QUIET_TIME"]);
    let mut default = Case::with(&base(), &people[2..], Some(&settings), 10);
    default.until("2026-12-02T00:00:00Z");
    assert_eq!(default.not_sent(), ["0 QUIET_TIME"]);
}

fn on_event(members: Value) -> Value {
    let mut schedule = json!({
        "StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-03T09:00:00Z", "Frequency": "EVENT",
        "EventFilter": {"FilterType": "ENDPOINT",
            "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart.left"]}}},
    });
    schedule.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    schedule
}

#[test]
fn s3_every_matching_event_sends_to_the_endpoint_that_reported_it() {
    let mut case = Case::new(json!({"Schedule": on_event(json!({}))}), &[sms(0), sms(1)]);
    case.event(0, "cart.left", "2026-12-01T08:59:00Z");
    case.event(0, "cart.left", "2026-12-01T10:00:00Z");
    case.event(0, "cart.left", "2026-12-01T10:01:00Z");
    case.event(1, "purchase", "2026-12-01T10:02:00Z");
    case.event(1, "cart.left", "2026-12-03T09:00:00Z");
    case.event(1, "cart.left", "2026-12-03T09:00:01Z");
    assert_eq!(case.sends(), ["0 2026-12-01 10:00", "0 2026-12-01 10:01", "1 2026-12-03 09:00"]);
    assert_eq!(case.status(), CampaignStatus::Completed);
}

#[test]
fn s3_an_event_counts_only_when_the_endpoint_is_in_the_segment_at_that_moment() {
    let mut case = Case::new(json!({"SegmentId": "gold", "Schedule": on_event(json!({}))}), &[sms(0)]);
    case.event(0, "cart.left", "2026-12-01T10:00:00Z");
    assert_eq!(case.filtered(), ["0 FILTERED_OUT_BY_SEGMENT"]);
    case.shop.people.push(Some("e0"), &json!({"Attributes": {"Plan": ["gold"]}})).unwrap();
    case.event(0, "cart.left", "2026-12-01T11:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-01 11:00"]);
}

#[test]
fn s3_the_event_filter_asks_for_type_attributes_metrics_and_source() {
    let filter = json!({"EventFilter": {"FilterType": "SYSTEM", "Dimensions": {
        "EventType": {"DimensionType": "EXCLUSIVE", "Values": ["_email.open"]},
        "Attributes": {"sku": {"Values": ["A", "B"]}, "shop": {"Values": ["x"]}},
        "Metrics": {"amount": {"ComparisonOperator": "GREATER_THAN", "Value": 10}},
    }}});
    let mut case = Case::new(json!({"Schedule": on_event(filter)}), &[sms(0)]);
    case.until("2026-12-01T10:00:00Z");
    let whole: [(&str, &str); 2] = [("sku", "B"), ("shop", "x")];
    for (name, attributes, amount, sent) in [
        ("_email.click", &whole[..], 11.0, 1),
        ("cart.left", &whole[..], 11.0, 0),
        ("_email.open", &whole[..], 11.0, 0),
        ("_email.click", &whole[..1], 11.0, 0),
        ("_email.click", &whole[..], 10.0, 0),
    ] {
        let before = case.sends().len();
        let metrics = [("amount", amount)];
        let at = case.now;
        case.feed(Input::Event(Occurrence { row: 0, name, attributes, metrics: &metrics, at }));
        assert_eq!(case.sends().len() - before, sent, "{name} {attributes:?} {amount}");
    }
}

#[test]
fn s3_a_message_that_can_not_leave_within_5_minutes_of_its_event_is_dropped() {
    let mut case = Case::new(json!({"Schedule": on_event(json!({})), "Limits": {"MessagesPerSecond": 1}}), &[sms(0)]);
    case.until("2026-12-01T10:00:00Z");
    for _ in 0..400 {
        let at = case.now;
        case.feed(Input::Event(Occurrence { row: 0, name: "cart.left", attributes: &[], metrics: &[], at }));
    }
    case.until("2026-12-01T11:00:00Z");
    assert_eq!(case.sends().len(), 301, "one at once, and one in each second up to 10:05:00");
    assert_eq!(case.not_sent().len(), 99);
    assert!(case.not_sent().iter().all(|told| told == "0 EXPIRED"));
    case.said("the message to `e0` was not sent (EXPIRED): it could be sent until 2026-12-01 10:05 UTC");
}

#[test]
fn s3_an_old_event_is_not_sent_for_at_all() {
    let mut case = Case::new(json!({"Schedule": on_event(json!({}))}), &[sms(0)]);
    case.until("2026-12-01T10:00:00Z");
    let at = case.now - 5 * MINUTE - 1;
    case.feed(Input::Event(Occurrence { row: 0, name: "cart.left", attributes: &[], metrics: &[], at }));
    assert_eq!(case.not_sent(), ["0 EXPIRED"]);
}

#[test]
fn s3_an_event_in_quiet_time_is_skipped_and_counts_as_targeted() {
    let quiet = json!({"QuietTime": {"Start": "10:00", "End": "11:00"}});
    let mut case =
        Case::new(json!({"Schedule": on_event(quiet), "Limits": {"Total": 1}}), &[in_zone(0, "Europe/London")]);
    case.event(0, "cart.left", "2026-12-01T10:30:00Z");
    case.event(0, "cart.left", "2026-12-01T12:00:00Z");
    assert_eq!(case.not_sent(), ["0 QUIET_TIME", "0 CAMPAIGN_CAP"]);
}

#[test]
fn s3_an_event_campaign_has_one_activity_a_utc_day() {
    let mut case = Case::new(json!({"Schedule": on_event(json!({}))}), &[sms(0)]);
    for moment in ["2026-12-01T10:00:00Z", "2026-12-01T23:59:59Z", "2026-12-02T00:00:00Z"] {
        case.event(0, "cart.left", moment);
    }
    case.until("2026-12-04T00:00:00Z");
    let records: Vec<(String, u64, Option<String>)> = case
        .records
        .0
        .iter()
        .map(|record| {
            let words = engine::instant_words;
            (words(record.scheduled), record.status(SendStatus::Success), record.ended.map(words))
        })
        .collect();
    let expected = |scheduled: &str, sent, ended: &str| (scheduled.to_owned(), sent, Some(ended.to_owned()));
    assert_eq!(
        records,
        [
            expected("2026-12-01 09:00 UTC", 2, "2026-12-02 00:00 UTC"),
            expected("2026-12-02 00:00 UTC", 1, "2026-12-03 00:00 UTC"),
        ]
    );
}

fn for_app(id: usize, priority: i64) -> Value {
    json!({
        "Priority": priority, "Name": format!("app{id}"),
        "MessageConfiguration": {"InAppMessage": {"Layout": "OVERLAYS"}},
        "Schedule": on_event(json!({"Frequency": "IN_APP_EVENT"})),
    })
}

#[test]
fn s3_an_in_app_campaign_sends_nothing_and_is_handed_to_the_app_by_priority() {
    let app = json!({"ChannelType": "IN_APP", "Address": "app"});
    let mut cases: Vec<Case> =
        [3, 1, 3, 2].into_iter().enumerate().map(|(id, p)| Case::new(for_app(id, p), &[app.clone(), sms(1)])).collect();
    let ask = |cases: &[Case], row: u32| -> Vec<usize> {
        let campaigns = cases.iter().map(|case| (&case.shop.program, &case.state));
        in_app(campaigns, &cases[0].shop.people, row, cases[0].now).into_iter().map(|found| found.campaign).collect()
    };
    assert!(ask(&cases, 0).is_empty(), "not started");
    for case in &mut cases {
        case.event(0, "cart.left", "2026-12-01T10:00:00Z");
        assert!(case.sends().is_empty());
    }
    assert_eq!(ask(&cases, 0), [1, 3, 0, 2]);
    assert!(ask(&cases, 1).is_empty(), "not of channel IN_APP");
    cases[3].feed(Input::Pause);
    assert_eq!(ask(&cases, 0), [1, 0, 2]);
    for case in &mut cases {
        case.until("2026-12-03T09:00:01Z");
        assert!(matches!(case.status(), CampaignStatus::Completed | CampaignStatus::Paused));
    }
    assert!(ask(&cases, 0).is_empty(), "over");
}

#[test]
fn s3_in_app_campaigns_go_to_members_of_segment_and_treatment_only() {
    let app = json!({"ChannelType": "IN_APP", "Address": "app", "CohortId": "5"});
    let gold = {
        let mut campaign = for_app(0, 1);
        campaign["SegmentId"] = json!("gold");
        campaign
    };
    let held = {
        let mut campaign = for_app(1, 1);
        campaign["HoldoutPercent"] = json!(100);
        campaign
    };
    for (campaign, members) in [(gold, 0), (held, 0), (for_app(2, 1), 1)] {
        let mut case = Case::new(campaign, std::slice::from_ref(&app));
        case.until("2026-12-01T10:00:00Z");
        let found = in_app([(&case.shop.program, &case.state)], &case.shop.people, 0, case.now);
        assert_eq!(found.len(), members);
    }
}

// 4: treatments and holdout

fn in_cohort(number: usize, cohort: usize) -> Value {
    let mut endpoint = sms(number);
    endpoint["CohortId"] = json!(cohort.to_string());
    endpoint
}

fn cohorts() -> Vec<Value> {
    (0..100).map(|cohort| in_cohort(cohort, cohort)).collect()
}

#[test]
fn s4_cohorts_are_held_out_treated_and_left_to_the_default() {
    let two = json!([
        {"SizePercent": 30, "TreatmentName": "b", "MessageConfiguration": {"SMSMessage": {"Body": "b"}}},
        {"SizePercent": 20},
    ]);
    let mut case = Case::new(json!({"HoldoutPercent": 10, "AdditionalTreatments": two}), &cohorts());
    case.until("2026-12-02T00:00:00Z");
    let of = |treatment: u8| case.records.0.iter().find(|r| r.activity.treatment == treatment).unwrap();
    assert_eq!([of(0), of(1), of(2)].map(|r| r.status(SendStatus::Success)), [40, 30, 20]);
    assert_eq!([of(0), of(1), of(2)].map(|r| r.status(SendStatus::Holdout)), [10, 0, 0]);
    assert_eq!([of(0), of(1), of(2)].map(|r| r.filtered(Filter::TreatmentHoldout)), [50, 70, 80]);
    assert!([of(0), of(1), of(2)].iter().all(|record| record.produced() == 100));
    assert_eq!(of(0).total(), 40, "held-out endpoints are not targeted");
    let program = &case.shop.program;
    assert_eq!([program.percent(0), program.percent(1), program.percent(2)], [40, 30, 20]);
    assert_eq!(program.treatment_name(1), Some("b"));
    assert_eq!(program.treatment_id(1).len(), 32);
    assert_ne!(program.treatment_id(1), program.treatment_id(2));
    let message = |treatment| program.message(treatment, ChannelType::Sms).unwrap().inline["Body"].clone();
    assert_eq!([message(0), message(1), message(2)], ["hello", "b", "hello"], "an absent message is inherited");
    assert!(program.message(1, ChannelType::Email).is_none(), "a message is inherited as a whole");
}

#[test]
fn s4_an_endpoint_keeps_its_treatment_over_all_runs() {
    let schedule =
        json!({"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-05T09:00:00Z", "Frequency": "DAILY"});
    let one = json!([{"SizePercent": 50}]);
    let mut case = Case::new(json!({"Schedule": schedule, "AdditionalTreatments": one}), &cohorts());
    case.until("2026-12-07T00:00:00Z");
    let mut treatments = vec![Vec::new(); 100];
    for (_, effect) in &case.told {
        if let What::Send { row, .. } = effect.what {
            treatments[row as usize].push(effect.activity.treatment);
        }
    }
    for (cohort, got) in treatments.iter().enumerate() {
        assert_eq!(got.len(), 5);
        assert!(got.iter().all(|treatment| Share::Treatment(*treatment) == case.shop.program.share(cohort as u8)));
    }
}

#[test]
fn s4_a_treatment_may_have_a_schedule_of_its_own() {
    let one = json!([{"SizePercent": 50, "Schedule": {"StartTime": "2026-12-03T09:00:00Z"}}]);
    let mut case = Case::new(json!({"AdditionalTreatments": one}), &cohorts());
    case.until("2026-12-02T00:00:00Z");
    assert_eq!(case.sends().len(), 50);
    assert_eq!(case.state.default_status(), Some(CampaignStatus::Completed));
    assert_eq!(case.status(), CampaignStatus::Scheduled, "completed only when all treatments are");
    case.until("2026-12-04T00:00:00Z");
    assert_eq!(case.sends().len(), 100);
    assert_eq!(case.status(), CampaignStatus::Completed);
}

// 5: pipeline

#[test]
fn s5_endpoints_that_can_not_be_reached_are_dropped_with_their_metric() {
    let with = |member: &str, value: Value| {
        let mut endpoint = sms(900);
        endpoint[member] = value;
        endpoint
    };
    let mut case = Case::new(
        json!({}),
        &[
            with("EndpointStatus", json!("INACTIVE")),
            with("OptOut", json!("ALL")),
            json!({"ChannelType": "SMS"}),
            json!({"Address": "+1"}),
        ],
    );
    case.until("2026-12-01T09:00:00Z");
    let mut filtered = case.filtered();
    filtered.sort();
    assert_eq!(
        filtered,
        ["0 ENDPOINT_INACTIVE", "1 ENDPOINT_OPT_OUT", "2 ENDPOINT_MISSING_ADDRESS", "3 ENDPOINT_MISSING_CHANNEL"]
    );
    assert!(case.sends().is_empty());
}

#[test]
fn s5_two_endpoints_with_the_same_address_get_one_message() {
    let voice = json!({"ChannelType": "VOICE", "Address": "+12065550000"});
    let custom = json!({"ChannelType": "CUSTOM", "Address": "+12065550000"});
    // The first has no message for its channel, so it does not take the address.
    let mut case = Case::new(
        json!({
            "MessageConfiguration": {"SMSMessage": {"Body": "a"}, "CustomMessage": {"Data": "{}"}},
            "CustomDeliveryConfiguration": {"DeliveryUri": "f"},
        }),
        &[voice, sms(0), custom, sms(1)],
    );
    case.until("2026-12-01T09:00:00Z");
    assert_eq!(case.sends(), ["1 2026-12-01 09:00", "3 2026-12-01 09:00"]);
    assert_eq!(case.not_sent(), ["2 DUPLICATE_ADDRESS"]);
    case.said("the message to `e2` was not sent (DUPLICATE_ADDRESS): `e1` has the same address");
}

#[test]
fn s5_one_message_for_an_address_over_all_treatments() {
    let one = json!([{"SizePercent": 50}]);
    let program = program(json!({"AdditionalTreatments": one}));
    let cohort = |share| (0..100).find(|cohort| program.share(*cohort) == share).unwrap() as usize;
    let mut twin = in_cohort(7, cohort(Share::Treatment(0)));
    twin["ChannelType"] = json!("CUSTOM");
    let both = json!({
        "AdditionalTreatments": one,
        "MessageConfiguration": {"SMSMessage": {"Body": "a"}, "CustomMessage": {"Data": "{}"}},
        "CustomDeliveryConfiguration": {"DeliveryUri": "f"},
    });
    let mut case = Case::new(both, &[in_cohort(7, cohort(Share::Treatment(1))), twin]);
    case.until("2026-12-02T00:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-01 09:00"]);
    assert_eq!(case.not_sent(), ["1 DUPLICATE_ADDRESS"]);
}

#[test]
fn s5_an_imported_list_of_users_stands_for_their_endpoints() {
    let of_ann = |number| {
        let mut endpoint = sms(number);
        endpoint["User"] = json!({"UserId": "ann"});
        endpoint
    };
    let mut case = Case::new(json!({"SegmentId": "list"}), &[sms(0), of_ann(1), of_ann(2), sms(3)]);
    case.until("2026-12-01T09:00:00Z");
    assert_eq!(case.sends().len(), 3);
    assert_eq!(
        case.record(0).metrics(),
        [("ENDPOINT_PRODUCED", 4), ("ENDPOINTS_FROM_USER", 1), ("DUPLICATE_ENDPOINT", 1)]
    );
}

#[test]
fn s5_a_message_that_can_not_be_made_fails_for_good() {
    let mut named = sms(1);
    named["Attributes"] = json!({"Name": ["Ann"]});
    let message = json!({"SMSMessage": {"Body": "hello {{Attributes.Name}}"}});
    let mut case = Case::new(json!({"MessageConfiguration": message}), &[sms(0), named]);
    case.until("2026-12-01T09:00:00Z");
    assert_eq!(case.sends(), ["1 2026-12-01 09:00"]);
    assert_eq!(case.not_sent(), ["0 FAILURE_PERMANENT"]);
}

#[test]
fn s5_a_channel_may_say_afterwards_that_a_message_came_to_nothing() {
    for status in SendStatus::ALL.into_iter().filter(|status| *status != SendStatus::Success) {
        let mut case = Case::new(json!({}), &[sms(0), sms(1)]);
        case.until("2026-12-01T09:00:00Z");
        case.feed(Input::Outcome { activity: Activity { treatment: 0, run: 0 }, row: 1, status });
        assert_eq!(case.record(0).status(SendStatus::Success), 1);
        assert_eq!(case.record(0).status(status), 1);
        assert_eq!(SendStatus::parse(status.name()), Some(status));
    }
}

fn recommending() -> Case {
    let named = json!({"TemplateConfiguration": {"EmailTemplate": {"Name": "picks"}}, "MessageConfiguration":
        {"SMSMessage": {"Body": "hello"}}});
    let template = json!({"Subject": "for you: {{RecommendationItems}}", "TextPart": "{{Recommendations.name.[0]}}",
        "RecommenderId": "r1"});
    let mut case = Case::new(named, &[email(0), email(1), sms(2), email(3)]);
    let find = |kind, _: &_| (kind == TemplateKind::Email).then_some(&template);
    case.shop.renderer = Renderer::compile(&case.shop.program, &find).unwrap();
    case
}

#[test]
fn s5_a_template_with_a_recommender_asks_it_and_says_what_it_recommends() {
    let mut case = recommending();
    let recommended = json!({"RecommendationItems": ["lamp"], "Recommendations": {"name": ["Lamp"]}});
    case.shop.recommended = [(0, recommended), (3, json!(["lamp"]))].into();
    case.until("2026-12-01T09:00:00Z");
    // The text message has no recommender, and nobody is asked about it.
    assert_eq!(case.shop.asked, [("r1".to_owned(), 0), ("r1".to_owned(), 1), ("r1".to_owned(), 3)]);
    assert_eq!(case.sends(), ["0 2026-12-01 09:00", "2 2026-12-01 09:00"]);
    assert_eq!(case.not_sent(), ["1 RECOMMENDATION_FAILURE", "3 RECOMMENDATION_FAILURE"]);
    case.said("the message to `e1` was not sent (RECOMMENDATION_FAILURE): the model knows nothing");
    assert_eq!(case.record(0).status(SendStatus::RecommendationFailure), 2);
    let changed = case.told.iter().find_map(|(_, effect)| match &effect.what {
        What::Send { row: 0, changed, .. } => changed.clone(),
        _ => None,
    });
    let program = &case.shop.program;
    let message = program.message(0, ChannelType::Email).unwrap();
    let draft = Draft {
        treatment: 0,
        row: 0,
        channel: ChannelType::Email,
        message,
        changed: changed.as_deref(),
        now: case.now,
    };
    let rendered = case.shop.renderer.render(program, &case.shop.people, &draft).unwrap();
    let texts: Vec<&str> = rendered.parts.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["for you: lamp", "Lamp"]);
}

#[test]
fn s5_what_is_recommended_stands_beside_what_the_hook_changed() {
    let named = json!({"TemplateConfiguration": {"SMSTemplate": {"Name": "picks"}}, "MessageConfiguration": null,
        "Hook": {"LambdaFunctionName": "f", "Mode": "FILTER"}});
    let template = json!({"Body": "{{Attributes.Name}}: {{RecommendationItems}}", "RecommenderId": "r1"});
    let mut case = Case::new(named, &[sms(0)]);
    case.shop.renderer = Renderer::compile(&case.shop.program, &|_, _| Some(&template)).unwrap();
    case.shop.recommended = [(0, json!({"RecommendationItems": ["lamp"]}))].into();
    case.until("2026-12-01T09:00:00Z");
    assert_eq!(case.shop.asked, [], "nobody is asked about an endpoint that the hook may leave out");
    case.answer(Answer::Json(&json!({"e0": {"Attributes": {"Name": ["Ann"]}}})));
    assert_eq!(case.sends(), ["0 2026-12-01 09:00"]);
    let What::Send { changed, .. } =
        &case.told.iter().find(|(_, e)| matches!(e.what, What::Send { .. })).unwrap().1.what
    else {
        panic!("a message");
    };
    assert_eq!(changed.as_deref(), Some(&json!({"Attributes": {"Name": ["Ann"]}, "RecommendationItems": ["lamp"]})));
}

// 6: limits

#[test]
fn s6_daily_counts_messages_of_the_last_24_hours() {
    let hourly = json!({"StartTime": "2026-12-01T00:00:00Z", "EndTime": "2026-12-02T01:00:00Z", "Frequency": "HOURLY"});
    let mut case = Case::new(json!({"Schedule": hourly, "Limits": {"Daily": 2}}), &[sms(0)]);
    case.until("2026-12-03T00:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-01 00:00", "0 2026-12-01 01:00", "0 2026-12-02 00:00", "0 2026-12-02 01:00"]);
    assert_eq!(case.not_sent().len(), 22);
    case.said("the message to `e0` was not sent (DAILY_CAP): the daily limit of 2 is reached");
}

#[test]
fn s6_total_counts_targeting_over_all_runs() {
    let daily = json!({
        "StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-04T09:00:00Z", "Frequency": "DAILY",
        "QuietTime": {"Start": "09:00", "End": "09:00"},
    });
    let mut case = Case::new(json!({"Schedule": daily, "Limits": {"Total": 2}}), &[in_zone(0, "UTC"), sms(1)]);
    case.until("2026-12-05T00:00:00Z");
    let of = |row: &str| case.not_sent().into_iter().filter(|told| told.starts_with(row)).collect::<Vec<_>>();
    assert_eq!(of("0"), ["0 QUIET_TIME", "0 QUIET_TIME", "0 CAMPAIGN_CAP", "0 CAMPAIGN_CAP"]);
    assert_eq!(of("1"), ["1 CAMPAIGN_CAP", "1 CAMPAIGN_CAP"]);
}

#[test]
fn s6_the_campaigns_limits_override_the_projects_and_zero_is_none() {
    let settings = json!({"Limits": {"Daily": 1, "Total": 5, "MessagesPerSecond": 50, "MaximumDuration": 600}});
    let limits =
        |own: Value| compiled(&campaign::campaign(json!({"Limits": own})), Some(&settings), 1).unwrap().limits();
    let inherited = limits(json!({}));
    assert_eq!((inherited.daily.unwrap().limit, inherited.total), (1, Some(5)));
    assert_eq!((inherited.messages_per_second, inherited.maximum_duration), (Some(50), Some(600 * SECOND)));
    let own = limits(json!({"Daily": 3, "Total": 0}));
    assert_eq!((own.daily.unwrap().limit, own.total), (3, None));
    assert_eq!(limits(json!({"Daily": 0})).daily, None);
}

#[test]
fn s6_the_projects_daily_limit_counts_all_campaigns_and_journeys() {
    let settings = json!({"Limits": {"Daily": 2}});
    let mut case = Case::with(&base(), &[sms(0), sms(1)], Some(&settings), 100);
    case.shop.others.insert(0, 2);
    case.until("2026-12-01T09:00:00Z");
    assert_eq!(case.sends(), ["1 2026-12-01 09:00"]);
    assert_eq!(case.not_sent(), ["0 DAILY_CAP"]);
    let mut own = Case::with(&campaign::campaign(json!({"Limits": {"Daily": 2}})), &[sms(0)], Some(&settings), 100);
    own.shop.others.insert(0, 2);
    own.until("2026-12-01T09:00:00Z");
    assert_eq!(own.sends().len(), 1, "the campaign's own limit counts its own messages");
}

#[test]
fn s6_messages_leave_at_the_rate_and_a_run_expires_after_its_maximum_duration() {
    let people: Vec<Value> = (0..1_000).map(sms).collect();
    let mut case = Case::new(json!({"Limits": {"MessagesPerSecond": 10, "MaximumDuration": 60}}), &people);
    case.until("2026-12-01T12:00:00Z");
    let mut by_second = std::collections::BTreeMap::new();
    for (at, effect) in &case.told {
        if matches!(effect.what, What::Send { .. }) {
            *by_second.entry(at / SECOND).or_insert(0) += 1;
        }
    }
    assert!(by_second.values().all(|count| *count == 10));
    assert_eq!(by_second.len(), 61, "the last second is the sixtieth after the start, inclusive");
    assert_eq!(case.record(0).status(SendStatus::Expired), 390);
    assert_eq!(case.record(0).ended, Some(at("2026-12-01T09:01:00.001Z")));
}

#[test]
fn s6_zones_have_each_their_own_maximum_duration() {
    let schedule = json!({"StartTime": "2026-12-04T12:00:00Z", "IsLocalTime": true, "Timezone": "UTC+13"});
    let mut case = Case::new(
        json!({"Schedule": schedule, "Limits": {"MaximumDuration": 60}}),
        &[in_zone(0, "Asia/Tokyo"), in_zone(1, "America/New_York")],
    );
    case.until("2026-12-06T00:00:00Z");
    assert_eq!(case.sends().len(), 2);
}

#[test]
fn s3_an_immediate_campaign_that_is_heard_of_late_is_sent_late() {
    let mut case = Case::new(json!({"Schedule": {"StartTime": "IMMEDIATE"}}), &[sms(0)]);
    case.state = State::default();
    case.told.clear();
    case.now = at("2026-12-01T03:00:00Z");
    case.feed(Input::Create);
    assert_eq!(case.sends(), ["0 2026-12-01 03:00"], "created 15 hours before");
    assert_eq!(case.status(), CampaignStatus::Completed);
}

// 7: hook and custom delivery

fn hooked(members: Value, count: usize) -> Case {
    let mut all = json!({"Hook": {"LambdaFunctionName": "f", "Mode": "FILTER"}});
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let people: Vec<Value> = (0..count).map(sms).collect();
    Case::new(all, &people)
}

fn calls(case: &Case) -> Vec<(u32, u8, usize)> {
    let told = case.told.iter().filter_map(|(_, effect)| match &effect.what {
        What::CallHook { call, attempt, rows, .. } => Some((*call, *attempt, rows.len())),
        _ => None,
    });
    told.collect()
}

#[test]
fn s7_the_hook_is_called_with_at_most_50_endpoints_and_may_leave_some_out() {
    let mut case = hooked(json!({}), 120);
    case.until("2026-12-01T09:00:00Z");
    assert_eq!(calls(&case), [(0, 1, 50)]);
    assert!(case.sends().is_empty(), "nothing is sent before the hook has answered");
    for size in [50, 20] {
        let kept = json!({"Endpoints": {"e0": {"Address": "x"}, "e50": {}, "e100": {}, "e999": {}}});
        case.answer(Answer::Json(&kept));
        assert_eq!(calls(&case).last().unwrap().2, size);
    }
    case.answer(Answer::Json(&json!({"e119": {}})));
    assert_eq!(
        case.sends(),
        ["0 2026-12-01 09:00", "50 2026-12-01 09:00", "119 2026-12-01 09:00"],
        "ids of other batches do not count, and the endpoints alone are an answer too"
    );
    assert_eq!(case.record(0).filtered(Filter::Hook), 117);
    assert_eq!(case.status(), CampaignStatus::Completed);
}

#[test]
fn s7_a_hook_that_does_not_answer_in_15_seconds_fails_its_batch() {
    let mut case = hooked(json!({}), 60);
    case.until("2026-12-01T09:00:14.999Z");
    assert!(case.not_sent().is_empty());
    case.until("2026-12-01T09:00:15Z");
    assert_eq!(case.record(0).status(SendStatus::HookFailure), 50);
    assert_eq!(calls(&case).len(), 2, "the next batch goes on");
    case.said("the message to `e0` was not sent (HOOK_FAILURE): the hook did not answer within 15 seconds");
    // An answer that comes too late changes nothing.
    case.feed(Input::HookAnswer { treatment: 0, call: 0, answer: Answer::Json(&json!({"e0": {}})) });
    assert!(case.sends().is_empty());
}

#[test]
fn s7_a_hook_that_fails_is_tried_three_times() {
    let mut case = hooked(json!({}), 2);
    case.until("2026-12-01T09:00:00Z");
    case.answer(Answer::Failed);
    case.answer(Answer::Failed);
    assert_eq!(calls(&case), [(0, 1, 2), (0, 2, 2), (0, 3, 2)]);
    assert!(case.not_sent().is_empty());
    case.answer(Answer::Failed);
    assert_eq!(case.not_sent(), ["0 HOOK_FAILURE", "1 HOOK_FAILURE"]);
    case.said("the message to `e1` was not sent (HOOK_FAILURE): the hook failed 3 times");
}

#[test]
fn s7_a_driver_that_times_calls_itself_is_waited_for() {
    let hook = json!({"Hook": {"LambdaFunctionName": "f", "Mode": "FILTER"}});
    let mut case = hooked(json!({}), 60);
    case.shop.program = campaign::compiled_for(&campaign::campaign(hook), None, 4_096, true).unwrap();
    case.until("2026-12-01T10:00:00Z");
    assert_eq!((calls(&case), case.not_sent()), (vec![(0, 1, 50)], vec![]), "a driver that was down is no slow hook");
    case.answer(Answer::TimedOut);
    assert_eq!(case.record(0).status(SendStatus::HookFailure), 50);
    case.said("the message to `e0` was not sent (HOOK_FAILURE): the hook did not answer within 15 seconds");
    assert_eq!(calls(&case), [(0, 1, 50), (1, 1, 10)], "it is not tried again, and the next batch goes on");
    case.answer(Answer::Json(&json!({"e55": {}})));
    assert_eq!(case.sends(), ["55 2026-12-01 10:00"]);
}

#[test]
fn s7_a_hook_that_does_not_take_the_call_fails_at_once_and_says_why() {
    let mut case = hooked(json!({}), 2);
    case.until("2026-12-01T09:00:00Z");
    case.answer(Answer::Refused("404 there is no such function"));
    assert_eq!((calls(&case).len(), case.not_sent()), (1, vec!["0 HOOK_FAILURE".into(), "1 HOOK_FAILURE".into()]));
    case.said("the message to `e0` was not sent (HOOK_FAILURE): the hook failed: 404 there is no such function");
}

#[test]
fn s7_an_answer_that_can_not_be_read_fails_at_once() {
    for answer in [json!([]), json!({"Endpoints": []}), json!({"e0": "yes"}), json!("no")] {
        let mut case = hooked(json!({}), 1);
        case.until("2026-12-01T09:00:00Z");
        case.answer(Answer::Json(&answer));
        assert_eq!(case.not_sent(), ["0 HOOK_FAILURE"], "{answer}");
    }
    let mut case = hooked(json!({}), 1);
    case.until("2026-12-01T09:00:00Z");
    case.answer(Answer::Unreadable);
    assert_eq!(case.not_sent(), ["0 HOOK_FAILURE"]);
}

#[test]
fn s7_what_the_hook_changes_is_used_for_this_message_only() {
    let message = json!({"SMSMessage": {"Body": "hello {{Attributes.Name}}"}});
    let mut case = hooked(json!({"MessageConfiguration": message}), 2);
    case.until("2026-12-01T09:00:00Z");
    let answer = json!({"e0": {"Attributes": {"Name": ["Ann"]}}, "e1": {}});
    case.answer(Answer::Json(&answer));
    assert_eq!(case.sends().len(), 1);
    assert_eq!(case.not_sent(), ["1 FAILURE_PERMANENT"]);
    let changed = case.told.iter().find_map(|(_, effect)| match &effect.what {
        What::Send { changed, .. } => changed.clone(),
        _ => None,
    });
    assert!(case.shop.people.row(0).attribute("Name").is_empty());
    let render = |changed: &Value| {
        let draft = Draft {
            treatment: 0,
            row: 0,
            channel: ChannelType::Sms,
            message: case.shop.program.message(0, ChannelType::Sms).unwrap(),
            changed: Some(changed),
            now: 0,
        };
        let rendered = case.shop.renderer.render(&case.shop.program, &case.shop.people, &draft).unwrap();
        rendered.part("Body").unwrap().to_owned()
    };
    assert_eq!(render(&changed.unwrap()), "hello Ann");
    assert_eq!(render(&json!({"Attributes": {"Name": ["B"]}, "BodyOverride": "instead"})), "instead");
}

#[test]
fn s7_overrides_are_honoured_for_push_and_sms_never_for_email() {
    let changed = json!({"TitleOverride": "t", "BodyOverride": "b"});
    let honoured: Vec<&str> = ChannelType::ALL
        .iter()
        .filter(|channel| overrides(&changed, **channel) == (Some("t"), Some("b")))
        .map(|channel| channel.as_str())
        .collect();
    assert_eq!(honoured, ["GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "ADM", "SMS", "BAIDU"]);
    assert_eq!(overrides(&changed, ChannelType::Email), (None, None));
}

#[test]
fn s7_the_campaigns_hook_wins_and_delivery_hooks_are_not_called() {
    let settings = json!({"CampaignHook": {"WebUrl": "https://p.example", "Mode": "FILTER"}});
    let hook = |own: Value| {
        let program = compiled(&campaign::campaign(json!({"Hook": own})), Some(&settings), 1).unwrap();
        (program.hook().map(|hook| (hook.target.clone(), hook.web)), program.not_honoured().len())
    };
    assert_eq!(hook(json!(null)), (Some(("https://p.example".to_owned(), true)), 0));
    assert_eq!(hook(json!({"LambdaFunctionName": "f", "Mode": "FILTER"})), (Some(("f".to_owned(), false)), 0));
    assert_eq!(hook(json!({"LambdaFunctionName": "f", "Mode": "DELIVERY"})), (None, 1));
    assert_eq!(hook(json!({"LambdaFunctionName": "f", "WebUrl": "https://a.example", "Mode": "FILTER"})), (None, 1));
    assert_eq!(hook(json!({"Mode": "FILTER"})), (None, 1));
}

#[test]
fn s7_payloads_name_campaign_treatment_activity_and_endpoints() {
    let case = hooked(json!({}), 2);
    let program = &case.shop.program;
    let activity = Activity { treatment: 1, run: 4 };
    let configuration = json!({"SMSMessage": {"Body": "hello"}});
    let scheduled = at("2026-12-01T09:00:00Z");
    let called = payload(program, activity, scheduled, "app", Some(&configuration), &case.shop.people, &[1, 77]);
    assert_eq!(called["MessageConfiguration"], configuration);
    assert_eq!(called["TreatmentId"], "1");
    assert_eq!(called["ActivityId"], program.activity_id(activity));
    assert_eq!(called["ScheduledTime"], "2026-12-01T09:00:00.000Z");
    assert_eq!(called["Endpoints"]["e1"]["Address"], "+12065550001");
    assert_eq!(called["Endpoints"].as_object().unwrap().len(), 1);
    let custom = custom_payload(program, activity, scheduled, "app", "{}", serde_json::Map::new());
    let names: Vec<&String> = custom.as_object().unwrap().keys().collect();
    let expected =
        ["Message", "Data", "ApplicationId", "CampaignId", "TreatmentId", "ActivityId", "ScheduledTime", "Endpoints"];
    assert_eq!(names, expected);
}

#[test]
fn s7_an_event_asks_the_hook_about_its_endpoint() {
    let mut case = hooked(json!({"Schedule": on_event(json!({}))}), 3);
    case.event(2, "cart.left", "2026-12-01T10:00:00Z");
    case.event(1, "cart.left", "2026-12-01T10:00:01Z");
    assert_eq!(calls(&case), [(0, 1, 1), (1, 1, 1)]);
    case.feed(Input::HookAnswer { treatment: 0, call: 0, answer: Answer::Json(&json!({"e2": {}})) });
    assert_eq!(case.sends(), ["2 2026-12-01 10:00:01"]);
    case.until("2026-12-01T10:00:16Z");
    assert_eq!(case.not_sent(), ["1 HOOK_FAILURE"]);
}

// 8: states

#[test]
fn s8_a_pause_before_a_run_skips_the_slots_that_pass() {
    let daily = json!({"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-05T09:00:00Z", "Frequency": "DAILY"});
    let mut case = Case::new(json!({"Schedule": daily}), &[sms(0)]);
    case.feed(Input::Pause);
    assert_eq!(case.status(), CampaignStatus::Paused);
    case.until("2026-12-01T10:00:00Z").feed(Input::Resume);
    assert_eq!(case.status(), CampaignStatus::Scheduled, "there was no run yet");
    case.until("2026-12-02T10:00:00Z").feed(Input::Pause);
    case.until("2026-12-04T08:00:00Z").feed(Input::Resume);
    assert_eq!(case.status(), CampaignStatus::PendingNextRun);
    case.until("2026-12-09T00:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-02 09:00", "0 2026-12-04 09:00", "0 2026-12-05 09:00"]);
    assert_eq!(case.status(), CampaignStatus::Completed);
}

#[test]
fn s8_a_run_that_is_going_on_finishes_before_the_pause() {
    let daily = json!({"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-05T09:00:00Z", "Frequency": "DAILY"});
    let people: Vec<Value> = (0..10).map(sms).collect();
    let mut case = Case::new(json!({"Schedule": daily, "Limits": {"MessagesPerSecond": 1}}), &people);
    case.until("2026-12-01T09:00:03Z").feed(Input::Pause);
    assert_eq!(case.status(), CampaignStatus::Executing);
    case.until("2026-12-03T00:00:00Z");
    assert_eq!(case.sends().len(), 10);
    assert_eq!(case.status(), CampaignStatus::Paused);
}

#[test]
fn s8_a_slot_that_was_served_is_not_served_again() {
    let daily = json!({"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-02T09:00:00Z", "Frequency": "DAILY"});
    let mut case = Case::new(json!({"Schedule": daily}), &[sms(0)]);
    case.until("2026-12-01T09:00:00Z");
    // All within the instant of the run.
    case.feed(Input::Pause);
    case.feed(Input::Resume);
    case.feed(Input::Update);
    case.until("2026-12-03T00:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-01 09:00", "0 2026-12-02 09:00"]);
}

#[test]
fn s8_nothing_is_left_after_a_pause_that_outlasts_the_schedule() {
    let mut case = Case::new(json!({}), &[sms(0)]);
    case.feed(Input::Pause);
    case.until("2026-12-02T00:00:00Z").feed(Input::Resume);
    assert_eq!(case.status(), CampaignStatus::Completed);
    assert!(case.sends().is_empty());
}

#[test]
fn s8_immediate_campaigns_can_not_be_paused() {
    let people: Vec<Value> = (0..10).map(sms).collect();
    let mut case =
        Case::new(json!({"Schedule": {"StartTime": "IMMEDIATE"}, "Limits": {"MessagesPerSecond": 1}}), &people);
    let told = case.feed(Input::Pause);
    assert!(told.iter().any(|effect| effect.what == What::Refused));
    case.said("the campaign stays as it is: an immediate campaign can not be paused");
    case.until("2026-11-30T13:00:00Z");
    assert_eq!(case.sends().len(), 10);
    assert_eq!(case.status(), CampaignStatus::Completed);
}

#[test]
fn s8_event_campaigns_are_executing_between_start_and_end_and_pause_at_once() {
    let mut case = Case::new(json!({"Schedule": on_event(json!({}))}), &[sms(0)]);
    assert_eq!(case.status(), CampaignStatus::Scheduled);
    case.until("2026-12-01T09:00:00Z");
    assert_eq!(case.status(), CampaignStatus::Executing);
    case.feed(Input::Pause);
    assert_eq!(case.status(), CampaignStatus::Paused);
    case.event(0, "cart.left", "2026-12-01T10:00:00Z");
    assert!(case.sends().is_empty());
    case.feed(Input::Resume);
    case.event(0, "cart.left", "2026-12-01T11:00:00Z");
    assert_eq!(case.sends(), ["0 2026-12-01 11:00"]);
    case.until("2026-12-03T09:00:01Z");
    assert_eq!(case.status(), CampaignStatus::Completed);
}

#[test]
fn s8_a_deleted_segment_or_campaign_ends_it_in_mid_run() {
    for (input, reason) in [
        (Input::SegmentDeleted, "the campaign is now DELETED: its segment `all` was deleted"),
        (Input::Delete, "the campaign is now DELETED: it was deleted"),
    ] {
        let people: Vec<Value> = (0..10).map(sms).collect();
        let mut case = Case::new(json!({"Limits": {"MessagesPerSecond": 1}}), &people);
        case.until("2026-12-01T09:00:02Z").feed(input);
        case.said(reason);
        assert_eq!(case.status(), CampaignStatus::Deleted);
        assert_eq!(case.state.wakes(), None);
        case.until("2026-12-02T00:00:00Z");
        assert_eq!(case.sends().len(), 3);
        let response = case.record(0).response(&case.shop.program, "app");
        assert_eq!((response["State"].as_str(), response["Result"].as_str()), (Some("CANCELLED"), Some("FAIL")));
    }
}

#[test]
fn s8_a_campaign_that_can_not_be_used_any_more_is_invalid() {
    let mut case = Case::new(json!({}), &[sms(0)]);
    case.feed(Input::Unusable("the SMS channel is disabled"));
    assert_eq!(case.status(), CampaignStatus::Invalid);
    case.said("the campaign is now INVALID: the SMS channel is disabled");
    case.until("2026-12-02T00:00:00Z");
    assert!(case.sends().is_empty());
}

// 9: activities and versions

#[test]
fn s9_every_update_makes_a_version_between_runs_only() {
    let daily = json!({"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-05T09:00:00Z", "Frequency": "DAILY"});
    let people: Vec<Value> = (0..10).map(sms).collect();
    let mut case = Case::new(json!({"Schedule": daily, "Limits": {"MessagesPerSecond": 1}}), &people);
    assert_eq!(case.state.version, 1);
    case.feed(Input::Update);
    assert_eq!(case.state.version, 2, "also when nothing changed");
    case.until("2026-12-01T09:00:02Z").feed(Input::Update);
    assert_eq!(case.state.version, 2, "not while it is executing");
    case.said("the campaign stays as it is: it is EXECUTING");
    case.until("2026-12-01T10:00:00Z");
    let evening = json!({"StartTime": "2026-12-01T18:00:00Z", "EndTime": "2026-12-02T18:00:00Z", "Frequency": "DAILY"});
    case.shop.program = compiled(&campaign::campaign(json!({"Schedule": evening})), None, 100).unwrap();
    case.feed(Input::Update);
    assert_eq!(case.state.version, 3);
    case.until("2026-12-09T00:00:00Z");
    assert_eq!(case.runs(), ["2026-12-01 09:00", "2026-12-01 18:00", "2026-12-02 18:00"]);
    let ids: std::collections::BTreeSet<String> =
        case.records.0.iter().map(|record| case.shop.program.activity_id(record.activity)).collect();
    assert_eq!(ids.len(), 3, "activity ids go on over versions");
    assert_eq!(case.status(), CampaignStatus::Completed);
    case.feed(Input::Update);
    assert_eq!(case.state.version, 3, "not when it is completed");
}

#[test]
fn s9_a_treatment_that_comes_back_numbers_its_runs_on() {
    let hourly = json!({"StartTime": "2026-12-01T09:00:00Z", "Frequency": "HOURLY"});
    let with = |treatments: Value| campaign::campaign(json!({"Schedule": hourly, "AdditionalTreatments": treatments}));
    let one = json!([{"SizePercent": 50}]);
    let mut case = Case::with(&with(one.clone()), &cohorts(), None, 100);
    case.until("2026-12-01T10:30:00Z");
    case.shop.program = compiled(&with(json!([])), None, 100).unwrap();
    case.feed(Input::Update);
    case.until("2026-12-01T11:30:00Z");
    assert_eq!(case.status(), CampaignStatus::PendingNextRun);
    case.shop.program = compiled(&with(one), None, 100).unwrap();
    case.feed(Input::Update);
    case.until("2026-12-01T12:30:00Z");
    let activities: Vec<(u8, u32)> =
        case.records.0.iter().map(|record| (record.activity.treatment, record.activity.run)).collect();
    assert_eq!(activities, [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (0, 3), (1, 2)]);
    assert_eq!(case.sends().len(), 400);
}

#[test]
fn s9_an_activity_tells_its_counts() {
    let mut opted_out = sms(2);
    opted_out["OptOut"] = json!("ALL");
    let mut case = Case::new(json!({"HoldoutPercent": 0}), &[sms(0), sms(1), opted_out, email(3)]);
    case.until("2026-12-01T09:00:00Z");
    let response = case.record(0).response(&case.shop.program, "app");
    let expected = json!({
        "ApplicationId": "app", "CampaignId": "c1", "Id": case.shop.program.activity_id(case.record(0).activity),
        "State": "COMPLETED", "ScheduledStart": "2026-12-01T09:00:00.000Z", "Start": "2026-12-01T09:00:00.000Z",
        "TotalEndpointCount": 3, "SuccessfulEndpointCount": 3, "TimezonesTotalCount": 0, "TimezonesCompletedCount": 0,
        "TreatmentId": case.shop.program.treatment_id(0),
        "ExecutionMetrics": {"ENDPOINT_PRODUCED": "4", "ENDPOINT_OPT_OUT": "1"},
        "End": "2026-12-01T09:00:00.000Z", "Result": "SUCCESS",
    });
    assert_eq!(response, expected);
    let wrong = model::shapes::check(model::shapes::find("ActivityResponse").unwrap(), &response);
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn s9_a_state_of_a_later_layout_is_refused() {
    let text = r#"{"layout": 9, "version": 1}"#;
    let error = serde_json::from_str::<engine::campaign::State>(text).unwrap_err().to_string();
    assert!(error.contains("has layout 9, and this program reads 1 to 1"), "{error}");
}

// 10: tests

#[test]
fn s10_a_test_is_an_immediate_campaign_with_test_in_its_name() {
    let campaign = campaign::campaign(json!({"HoldoutPercent": 50, "AdditionalTreatments": [{"SizePercent": 20}]}));
    let test = trial(&campaign, "gold", 3, 7).unwrap();
    let name = test["Name"].as_str().unwrap();
    assert!(name.starts_with("test") && name.ends_with("sale") && name.len() == 12, "{name}");
    assert_eq!(test["SegmentId"], "gold");
    assert_eq!(compiled(&test, None, 1).unwrap().len(), 1);
    assert_ne!(trial(&campaign, "gold", 3, 8).unwrap()["Name"], test["Name"]);
    assert!(trial(&campaign, "gold", MAX_TRIAL_SEGMENT, 1).is_ok());
    assert!(trial(&campaign, "gold", MAX_TRIAL_SEGMENT + 1, 1).is_err());
    assert!(compiled(&test, None, 1).unwrap().is_immediate());
    assert_eq!(engine::instant_words(at(CREATED)), "2026-11-30 12:00 UTC");
    let error = trial(&json!([]), "gold", 3, 7).unwrap_err();
    assert_eq!(error.to_string(), "the campaign is not a JSON object");
}

#[test]
fn s10_a_test_sends_at_once_to_everybody_in_its_segment_and_counts_toward_the_daily_limit() {
    let gold = |number| {
        let mut endpoint = sms(number);
        endpoint["Attributes"] = json!({"Plan": ["gold"]});
        endpoint
    };
    let campaign = campaign::campaign(json!({"HoldoutPercent": 90, "Hook": {"LambdaFunctionName": "f"}}));
    let test = trial(&campaign, "gold", 2, 7).unwrap();
    let settings = json!({"Limits": {"Daily": 1}});
    let people = [gold(0), sms(1), gold(2)];
    let mut case = Case::with(&test, &people, Some(&settings), 100);
    case.until(CREATED);
    assert_eq!(case.sends(), ["0 2026-11-30 12:00", "2 2026-11-30 12:00"]);
    assert_eq!(case.status(), CampaignStatus::Completed);
    // The messages of the test are messages of the day: the campaign itself finds the limit used up.
    let mut real = Case::with(&base(), &people, Some(&settings), 100);
    real.shop.others = [(0, 1), (2, 1)].into();
    real.until("2026-12-01T09:00:00Z");
    assert_eq!(real.sends(), ["1 2026-12-01 09:00"]);
    assert_eq!(real.not_sent(), ["0 DAILY_CAP", "2 DAILY_CAP"]);
}
