//! Whole projects: the examples, checked journeys, and whatever else may be typed.
#![expect(clippy::unwrap_used, reason = "a test: a file that can not be read is a failure")]

mod examples;

use model::{DocumentId, Project};
use proptest::prelude::*;
use serde_json::{Value, json};
use validation::{Facts, Report, check, check_with, checked};

fn rules(report: &Report, document: &str) -> Vec<String> {
    let document: DocumentId = document.parse().unwrap();
    report.of(&document).map(|one| format!("{} {}", one.place.path, one.rule)).collect()
}

#[test]
fn the_good_examples_pass_every_check() {
    for name in examples::NAMES.iter().filter(|name| **name != "broken-on-purpose") {
        let project = examples::read(name);
        let report = check(&project);
        let told = |one: &model::Diagnostic| format!("{} {}: {}", one.place.document, one.place.path, one.message);
        let found: Vec<_> = report.diagnostics.iter().map(told).collect();
        assert!(found.is_empty(), "{name}: {found:#?}");
        assert!(project.journeys().count() > 0);
        for (journey, _) in project.journeys() {
            assert_eq!(checked(&project, journey).unwrap().name(), journey);
        }
    }
}

#[test]
fn the_broken_example_shows_what_the_checks_say() {
    let project = examples::read("broken-on-purpose");
    let report = check(&project);
    let flow = rules(&report, "journeys/broken-flow");
    for expected in [
        "Name journey-name",
        "StartCondition.EventStartCondition.SegmentId unknown-entry-segment",
        "StartCondition.EventStartCondition.EventFilter.Dimensions.EventType entry-event",
        "LocalTime event-local-time",
        "RefreshFrequency event-refresh",
        "Activities.waitAndLoop.Wait.NextActivity cycle",
        "Activities.textDelivered.ConditionalSplit.Condition.Conditions[0].EventCondition.Dimensions.EventType.Values[0] condition-event",
        "Activities.textDelivered.ConditionalSplit.EvaluationWaitTime no-evaluation-wait",
        "Activities.waitTenMinutes.Wait.WaitTime.WaitFor wait-length",
        "Activities.waitTenMinutes.Wait.NextActivity unknown-next-activity",
        "Activities.shareTest.RandomSplit.Branches random-split-percentages",
        "Activities.lostTemplateEmail.EMAIL.TemplateName unknown-template",
        "Activities.lostTemplateEmail.EMAIL.NextActivity emails-in-a-row",
        "Activities.blankEmail.EMAIL.TemplateName missing-template",
        "Activities.sixWays.MultiCondition.Branches multivariate-branches",
        "Activities.sixWays.MultiCondition.Branches[0].Condition.SegmentCondition.SegmentId unknown-condition-segment",
        "Activities.sixWays.MultiCondition.Branches[2].Condition.EventCondition.MessageActivity condition-not-upstream",
        "Activities.doubleWait.Wait.WaitTime wait-time",
        "Activities.emptySplit.ConditionalSplit.Condition.Conditions empty-split",
        "Activities.greedyHoldout.Holdout.Percentage holdout-percentage",
        "Activities.webhook.CUSTOM.DeliveryUri delivery-uri",
        "Activities.webhook.CUSTOM.EndpointTypes custom-endpoint-types",
        "Activities.twoThings activity-type",
        "Activities.callThem event-contact-center",
        "JourneyChannelSettings.ConnectCampaignArn contact-center-settings",
        "Activities.soloSplit.RandomSplit.Branches random-split-branches",
        "Activities.orphanSms unreachable-activity",
        "Activities.orphanSms.SMS.MessageConfig.MessageType sms-message-type",
        "Activities.bad key! activity-id",
        "Activities.bad key! unreachable-activity",
    ] {
        assert!(flow.iter().any(|found| found == expected), "{expected}\nis not among\n{flow:#?}");
    }
    let settings = rules(&report, "journeys/broken-settings");
    for expected in [
        "State journey-state",
        "Schedule.EndTime schedule-order",
        "Schedule.Timezone schedule-timezone",
        "RefreshFrequency refresh-too-often",
        "Limits.DailyCap limit-range",
        "Limits.TotalCap limit-range",
        "Limits.TimeframeCap timeframe-cap-off",
        "Limits.EndpointReentryCap reentry-without-interval",
        "QuietTime.End quiet-time-incomplete",
        "OpenHours sending-schedule-off",
        "ClosedDays sending-schedule-off",
        "OpenHours.SMS.MONDAY[0] open-hours-order",
        "OpenHours.SMS.TUESDAY[1] open-hours-overlap",
        "OpenHours.SMS.WEDNESDAY open-hours-count",
        "ClosedDays.SMS[0] closed-days-order",
        "Activities.waitForSpring.Wait.WaitTime.WaitUntil wait-until-after-end",
        "Activities.typedWait.Wait.WaitTime.WaitFor malformed-duration",
        "Activities.longWait.Wait.WaitTime.WaitFor wait-length",
    ] {
        assert!(settings.iter().any(|found| found == expected), "{expected}\nis not among\n{settings:#?}");
    }
    assert_eq!(rules(&report, "templates/email/hello"), ["DefaultSubstitutions missing-default"]);
    assert!(checked(&project, "broken-flow").is_err());
}

#[test]
fn a_checked_journey_knows_what_it_uses() {
    let mut project = Project::default();
    let mut add = |id: &str, value: Value| project.documents.insert(id.parse().unwrap(), value);
    add(
        "journeys/one",
        json!({
            "Name": "one", "StartActivity": "a", "StartCondition": {"SegmentStartCondition": {"SegmentId": "top"}},
            "Activities": {"a": {"EMAIL": {"TemplateName": "hello"}}}
        }),
    );
    let source = |id: &str| json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": id}]}]}});
    add("segments/top", source("middle"));
    add("segments/middle", source("base"));
    add("segments/base", json!({"Name": "base"}));
    add("segments/unused", source("nowhere"));
    add("templates/email/hello", json!({"TextPart": "hello"}));
    {
        let journey = checked(&project, "one").unwrap();
        let uses: Vec<_> = journey.uses().iter().map(|id| id.to_string()).collect();
        assert_eq!(uses, ["segments/base", "segments/middle", "segments/top", "templates/email/hello"]);
        assert!(journey.warnings().warnings().any(|one| one.rule == "no-end-time"));
    }
    project.documents.insert("segments/base".parse().unwrap(), source("base"));
    let report = checked(&project, "one").unwrap_err();
    assert_eq!(report.errors().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["segment-cycle"]);
    assert_eq!(checked(&project, "two").unwrap_err().diagnostics[0].rule, "unknown-journey");
}

#[test]
fn every_event_of_the_table_can_be_asked_for_and_no_other() {
    // journeys.md 3.8, the table; names that the reference leaves open as chosen there
    let table: [(Value, &[&str]); 5] = [
        (
            json!({"EMAIL": {"TemplateName": "hello", "NextActivity": "s"}}),
            &[
                "_email.send",
                "_email.delivered",
                "_email.rejected",
                "_email.hardbounce",
                "_email.softbounce",
                "_email.complaint",
                "_email.open",
                "_email.click",
                "_email.unsubscribe",
            ],
        ),
        (
            json!({"SMS": {"TemplateName": "hello", "NextActivity": "s"}}),
            &["_SMS.SEND", "_SMS.BUFFERED", "_SMS.SUCCESS", "_SMS.FAILURE", "_SMS.OPTOUT"],
        ),
        (
            json!({"PUSH": {"TemplateName": "hello", "NextActivity": "s"}}),
            &[
                "_journey.send",
                "_journey.opened_notification",
                "_journey.received_foreground",
                "_journey.received_background",
            ],
        ),
        (
            json!({"ContactCenter": {"NextActivity": "s"}}),
            &[
                "_contact_center.connected",
                "_contact_center.sit_tone",
                "_contact_center.fax",
                "_contact_center.voicemail_beep",
                "_contact_center.voicemail_no_beep",
                "_contact_center.not_answered",
            ],
        ),
        (json!({"CUSTOM": {"DeliveryUri": "greet", "NextActivity": "s"}}), &["_custom.response"]),
    ];
    let all: Vec<&str> = table.iter().flat_map(|(_, events)| events.iter().copied()).collect();
    for (message, events) in &table {
        for event in all.iter().chain(&["cart.left"]) {
            let condition = json!({"EventCondition": {"MessageActivity": "m", "Dimensions": {
                "EventType": {"DimensionType": "INCLUSIVE", "Values": [event]}}}});
            let activities =
                json!({"m": message, "s": {"ConditionalSplit": {"Condition": {"Conditions": [condition]}}}});
            let mut project = Project::default();
            let journey = json!({"Name": "j", "StartActivity": "m", "Activities": activities});
            project.documents.insert(DocumentId::Journey("j".into()), journey);
            let refused = check(&project).errors().any(|one| one.rule == "condition-event");
            assert_eq!(refused, !events.contains(event), "{event} of {message}");
        }
    }
}

#[test]
fn a_journey_may_last_as_long_as_the_engine_lets_it() {
    let start = model::time::parse_instant("2026-12-01T09:00:00Z").unwrap();
    for (more, too_long) in [(0, false), (model::time::SECOND, true)] {
        let end = model::time::format_instant(start + engine::LONGEST + more);
        let schedule = json!({"StartTime": "2026-12-01T09:00:00Z", "EndTime": end});
        let mut project = Project::default();
        project.documents.insert(DocumentId::Journey("j".into()), json!({"Name": "j", "Schedule": schedule}));
        assert_eq!(check(&project).errors().any(|one| one.rule == "journey-too-long"), too_long, "{end}");
    }
}

#[test]
fn a_segment_of_101_criteria_or_101_values_is_too_large() {
    let criterion = |values: usize| json!({"Values": (0..values).map(|n| n.to_string()).collect::<Vec<_>>()});
    let segment = |criteria: usize, values: usize| {
        let names = (0..criteria).map(|n| (format!("a{n}"), criterion(values)));
        json!({"Name": "s", "Dimensions": {"Attributes": names.collect::<serde_json::Map<_, _>>()}})
    };
    for (criteria, values, said) in [
        (100, 1, None),
        (101, 1, Some("the segment has 101 dimensions; 100 is the most")),
        (1, 100, None),
        (1, 101, Some("the segment has 101 values; 100 is the most")),
    ] {
        let mut project = Project::default();
        project.documents.insert(DocumentId::Segment("s".into()), segment(criteria, values));
        let report = check(&project);
        let found: Vec<_> = report.diagnostics.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(found.first().copied(), said, "{criteria} criteria of {values} values: {found:?}");
    }
}

#[test]
fn a_very_long_path_is_no_trouble() {
    let mut activities = serde_json::Map::new();
    for n in 0..20_000 {
        activities.insert(
            format!("a{n}"),
            json!({"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": format!("a{}", n + 1)}}),
        );
    }
    let mut project = Project::default();
    let journey = json!({"Name": "long", "StartActivity": "a0", "Activities": activities});
    project.documents.insert(DocumentId::Journey("long".into()), journey);
    assert!(check(&project).errors().any(|one| one.rule == "too-many-activities"));
}

/// JSON whose member names, texts and shapes are those of journeys more often than not.
fn anything() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "a",
        "b",
        "c",
        "",
        "everyone",
        "hello",
        "P1D",
        "PT1M",
        "-P1D",
        "2026-12-01T09:00:00Z",
        "24:00",
        "08:00",
        "9:5",
        "22:00",
        "_email.open",
        "https://x",
        "http://é",
        "UTC+1",
        "+",
        "é€😀",
        "IMPORT",
        "BETWEEN",
        ">",
        "9pm",
        "9999999999 d",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-5i64..150).prop_map(Value::from),
        word.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let names: Vec<&'static str> =
        model::shapes::SHAPES.iter().flat_map(|shape| shape.members()).map(|m| m.name).collect();
    let name = prop_oneof![
        4 => prop::sample::select(names).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["a", "b", "c", "MONDAY", "SMS", ""]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(6, 80, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A journey of good form, some members of which are anything.
fn journey() -> impl Strategy<Value = Value> {
    let target = || prop::sample::select(vec!["a", "b", "c", "d", "", "x"]);
    let activity = (0usize..10, target(), target(), anything()).prop_map(|(kind, to, other, odd)| match kind {
        0 => json!({"EMAIL": {"TemplateName": "hello", "NextActivity": to}}),
        1 => json!({"SMS": {"MessageConfig": odd, "NextActivity": to}}),
        2 => json!({"Wait": {"WaitTime": odd, "NextActivity": to}}),
        3 => json!({"ConditionalSplit": {"Condition": {"Conditions": [odd]}, "TrueActivity": to, "FalseActivity": other}}),
        4 => json!({"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity": other,
            "Dimensions": odd}}]}, "TrueActivity": to}}),
        5 => json!({"MultiCondition": {"Branches": [odd, {"Condition": {"SegmentCondition": {"SegmentId": other}},
            "NextActivity": to}], "DefaultActivity": other}}),
        6 => json!({"RandomSplit": {"Branches": [{"Percentage": odd, "NextActivity": to}, {"Percentage": 50}]}}),
        7 => json!({"Holdout": {"Percentage": odd, "NextActivity": to}}),
        8 => json!({"EMAIL": {"NextActivity": to}, "PUSH": odd}),
        _ => odd,
    });
    let members = prop::sample::select(vec![
        "QuietTime",
        "OpenHours",
        "ClosedDays",
        "Limits",
        "Schedule",
        "StartCondition",
        "Name",
        "State",
        "RefreshFrequency",
        "JourneyChannelSettings",
        "SendingSchedule",
        "LocalTime",
    ]);
    let activities = prop::collection::vec((prop::sample::select(vec!["a", "b", "c", "d", "e f"]), activity), 0..6);
    (activities, target(), prop::collection::vec((members, anything()), 0..4)).prop_map(|(activities, start, odd)| {
        let activities: serde_json::Map<_, _> =
            activities.into_iter().map(|(id, value)| (id.to_owned(), value)).collect();
        let mut journey = json!({"Name": "j", "StartActivity": start, "Activities": activities,
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}}});
        for (member, value) in odd {
            journey[member] = value;
        }
        journey
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_can_be_typed_makes_it_panic(
        journey in prop_oneof![2 => journey(), 1 => anything()], segment in anything(), template in anything(),
        campaign in anything(), now in any::<Option<i64>>(),
    ) {
        let mut project = Project::default();
        for (id, value) in [
            ("journeys/j", &journey), ("segments/everyone", &segment), ("segments/b", &segment), ("campaigns/c", &campaign),
            ("templates/email/hello", &template), ("templates/push/b", &template), ("templates/sms/c", &template),
        ] {
            project.documents.insert(id.parse().unwrap(), value.clone());
        }
        let report = check_with(&project, Facts { now, ..Facts::default() });
        prop_assert_eq!(&report, &check_with(&project, Facts { now, ..Facts::default() }));
        let _ = checked(&project, "j");
        for one in &report.diagnostics {
            if let Some(fix) = &one.fix {
                let mut fixed = project.clone();
                if let Ok(back) = fixed.apply(&fix.edit) {
                    let _ = check(&fixed);
                    prop_assert!(fixed.apply(&back).is_ok());
                    prop_assert_eq!(&fixed, &project);
                }
            }
        }
    }
}
