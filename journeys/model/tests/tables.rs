//! Small answers, row by row: time, places, documents, shapes and words.

use model::shapes::{Problem, check, find};
use model::time::*;
use model::view::{View, Word};
use model::{
    Activity, ActivityKind, DocumentId, Journey, Markup, Path, Step, TemplateKind, operations, path, summary, wire,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

#[test]
fn durations() {
    let table: &[(&str, Option<Millis>)] = &[
        ("P2D", Some(2 * DAY)),
        ("PT1H30M", Some(90 * MINUTE)),
        ("PT90M", Some(90 * MINUTE)),
        ("P1W", Some(7 * DAY)),
        ("P1Y2M3W4DT5H6M7S", Some(365 * DAY + 60 * DAY + 21 * DAY + 4 * DAY + 5 * HOUR + 6 * MINUTE + 7 * SECOND)),
        ("P1M", Some(30 * DAY)),
        ("PT1M", Some(MINUTE)),
        ("PT0S", Some(0)),
        ("P0D", Some(0)),
        ("P007D", Some(7 * DAY)),
        ("P10000D", Some(10_000 * DAY)),
        ("P10000DT1S", None),
        ("P99999999999999999999D", None),
        ("P9223372036854775807Y", None),
        ("", None),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("1D", None),
        ("P1", None),
        ("P1H", None),
        ("PT1D", None),
        ("P1D2M", None),
        ("P1D1D", None),
        ("P-1D", None),
        ("-P1D", None),
        ("P+1D", None),
        ("P1.5D", None),
        ("p1d", None),
        ("P 1D", None),
        ("P1D ", None),
        ("P١D", None),
        ("PT1HT1M", None),
    ];
    for (text, span) in table {
        assert_eq!(parse_duration(text), *span, "{text}");
    }
    let spelled = [
        (0, "PT0S", "no time"),
        (999, "PT0S", "no time"),
        (-DAY, "PT0S", "no time"),
        (SECOND, "PT1S", "1 second"),
        (90 * MINUTE, "PT1H30M", "1 hour 30 minutes"),
        (2 * DAY, "P2D", "2 days"),
        (7 * DAY + HOUR + MINUTE + SECOND, "P7DT1H1M1S", "7 days 1 hour"),
        (DAY + 5 * MINUTE, "P1DT5M", "1 day 5 minutes"),
        (61 * SECOND, "PT1M1S", "1 minute 1 second"),
        (400 * DAY, "P400D", "400 days"),
    ];
    for (span, text, words) in spelled {
        assert_eq!(format_duration(span), text, "{span}");
        assert_eq!(duration_words(span), words, "{span}");
    }
}

#[test]
fn instants() {
    let table: &[(&str, Option<&str>)] = &[
        ("2026-11-30T09:00:00Z", Some("2026-11-30T09:00:00.000Z")),
        ("2026-11-30T09:00:00.1239Z", Some("2026-11-30T09:00:00.123Z")),
        ("2026-11-30T09:00:00+02:00", Some("2026-11-30T07:00:00.000Z")),
        ("2026-11-30T09:00:00-05:30", Some("2026-11-30T14:30:00.000Z")),
        ("2026-11-30T09:00:00", Some("2026-11-30T09:00:00.000Z")),
        ("2026-11-30T09:00", Some("2026-11-30T09:00:00.000Z")),
        ("2026-11-30", Some("2026-11-30T00:00:00.000Z")),
        ("2024-02-29", Some("2024-02-29T00:00:00.000Z")),
        ("2026-02-29", None),
        ("2026-13-01", None),
        ("2026-11-30T25:00:00Z", None),
        ("tomorrow", None),
        ("09:00", None),
        ("", None),
    ];
    for (text, printed) in table {
        assert_eq!(parse_instant(text).map(format_instant).as_deref(), *printed, "{text}");
    }
    assert_eq!(parse_instant("1970-01-01T00:00:01Z"), Some(SECOND));
    let clocks = [
        ("2026-12-03T09:00:00Z", Some(("2026-12-03T09:00", Some(0)))),
        ("2026-12-03T09:00:30.5+05:30", Some(("2026-12-03T09:00", Some(330 * MINUTE)))),
        ("2026-12-03T23:30:00-03:30", Some(("2026-12-03T23:30", Some(-210 * MINUTE)))),
        ("2026-12-03T09:00:00", Some(("2026-12-03T09:00", None))),
        ("2026-12-03", Some(("2026-12-03T00:00", None))),
        ("soon", None),
    ];
    for (text, read) in clocks {
        let read = read.map(|(clock, offset): (&str, Option<i64>)| (clock.to_owned(), offset));
        assert_eq!(clock_and_offset(text), read, "{text}");
        if let Some((clock, Some(offset))) = read {
            let again = format!("{clock}:00{}", offset_suffix(offset));
            assert_eq!(clock_and_offset(&again), Some((clock, Some(offset))), "{again}");
        }
    }
    let at = parse_instant("2026-07-01T22:30:00Z").unwrap_or_default();
    assert_eq!(clock_in_zone(at, "Europe/Berlin").as_deref(), Some("2026-07-02 00:30"));
    assert_eq!(clock_in_zone(at, "Nowhere"), None);
    assert_eq!(format_instant(-1), "1969-12-31T23:59:59.999Z");
    assert_eq!(format_instant(i64::MAX), "9223372036854775807 ms");
}

#[test]
fn clocks() {
    // text, of quiet time, of open hours
    let table: &[(&str, Option<u16>, Option<u16>)] = &[
        ("00:00", Some(0), Some(0)),
        ("09:05", Some(545), Some(545)),
        ("23:59", Some(1439), Some(1439)),
        ("24:00", None, None),
        ("12:60", None, None),
        ("9:05", None, None),
        ("09:5", None, None),
        ("09", None, None),
        ("", None, None),
        ("T", None, None),
        ("+9:05", None, None),
        ("09:05:30", None, Some(545)),
        ("09:05:60", None, None),
        ("T09:05", None, Some(545)),
        ("T09:05:00", None, Some(545)),
        ("TT09:05", None, None),
        ("09-05-30", None, None),
        ("é9:05", None, None),
    ];
    for (text, quiet, open) in table {
        assert_eq!(parse_clock(text), *quiet, "{text}");
        assert_eq!(parse_open_clock(text), *open, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_and_instants_come_back(seconds in 0..=10_000 * DAY / SECOND, at in -62_000_000_000_000..250_000_000_000_000_i64) {
        prop_assert_eq!(parse_duration(&format_duration(seconds * SECOND)), Some(seconds * SECOND));
        prop_assert_eq!(parse_instant(&format_instant(at)), Some(at));
    }

    #[test]
    fn any_text_is_some_time_or_none(text in "[PTYMWDHS0-9:+-]{0,12}") {
        let _ = (parse_duration(&text), parse_instant(&text), parse_clock(&text), parse_open_clock(&text));
    }

    #[test]
    fn documents_print_and_read(name in "[a-zA-Zé _.-]{1,12}", kind in 0..17_usize) {
        prop_assume!(name != "." && name != ".." && !name.ends_with(".canvas") && !name.ends_with(".conflicts"));
        let id = match kind {
            0 => DocumentId::Journey(name),
            1 => DocumentId::Canvas(name),
            2 => DocumentId::Campaign(name),
            3 => DocumentId::Segment(name),
            4..=8 => DocumentId::Template(TemplateKind::ALL[kind - 4], name),
            12 => DocumentId::Conflicts(name),
            9 => DocumentId::Partial(format!("{name}.html")),
            n => {
                let kind = TemplateKind::ALL[[0, 0, 0, 0, 1, 2, 4][n - 10]];
                let markups = Markup::of(kind);
                DocumentId::Source(kind, markups[n % markups.len()], name)
            }
        };
        prop_assert_eq!(id.to_string().parse(), Ok(id.clone()));
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(serde_json::from_str::<DocumentId>(&json).unwrap(), id);
    }
}

#[test]
fn documents() {
    let table = [
        ("journeys/welcome", "journeys/welcome.json", Some("WriteJourneyRequest")),
        ("journeys/welcome.canvas", "journeys/welcome.canvas.json", None),
        ("campaigns/sale", "campaigns/sale.json", Some("WriteCampaignRequest")),
        ("segments/vip", "segments/vip.json", Some("WriteSegmentRequest")),
        ("templates/email/hello", "templates/email/hello/template.json", Some("EmailTemplateRequest")),
        ("templates/sms/code", "templates/sms/code/template.json", Some("SMSTemplateRequest")),
        ("templates/push/x", "templates/push/x/template.json", Some("PushNotificationTemplateRequest")),
        ("templates/inapp/x", "templates/inapp/x/template.json", Some("InAppTemplateRequest")),
        ("templates/voice/x", "templates/voice/x/template.json", Some("VoiceTemplateRequest")),
        ("templates/email/hello/source.mjml", "templates/email/hello/source.mjml", None),
        ("templates/email/hello/source.html", "templates/email/hello/source.html", None),
        ("templates/email/hello/source.txt", "templates/email/hello/source.txt", None),
        ("templates/voice/call/source.txt", "templates/voice/call/source.txt", None),
        ("templates/push/x/source.json", "templates/push/x/source.json", None),
        ("templates/partials/footer.html", "templates/partials/footer.html", None),
        ("templates/partials/sign.txt", "templates/partials/sign.txt", None),
    ];
    for (text, file, shape) in table {
        let id: DocumentId = text.parse().unwrap();
        assert_eq!((id.to_string().as_str(), id.file().as_str(), id.shape()), (text, file, shape));
        assert!(shape.is_none_or(|name| find(name).is_some()));
        assert!(text.contains(id.name()));
    }
    let strangers = [
        "",
        "welcome",
        "letters/a",
        "templates/hello",
        "templates/fax/a",
        "journeys/a/b",
        "journeys/../a",
        "segments/..",
        "templates/email/../../a",
        "templates/email/../source.mjml",
        "templates/sms/hello/source.mjml",
        "templates/email/hello/source.json",
        "templates/partials/footer",
        "templates/partials/.html",
        "templates/partials/a/b.html",
    ];
    for text in strangers {
        assert_eq!(text.parse::<DocumentId>(), Err(format!("`{text}` names no document of a project")));
    }
}

#[test]
fn places() {
    let table = [
        (path![], "", None),
        (path!["Activities", "a", "EMAIL", "TemplateName"], "Activities.a.EMAIL.TemplateName", Some("a")),
        (path!["Activities"], "Activities", None),
        (path!["Branches", 0, "NextActivity"], "Branches[0].NextActivity", None),
        (path![1, 2], "[1][2]", None),
        (Path(vec![Step::from(&"x".to_owned())]), "x", None),
    ];
    for (place, printed, activity) in table {
        assert_eq!(place.to_string(), printed);
        assert_eq!(place.activity(), activity);
        assert!(place.starts_with(&path![]) && place.join("more").starts_with(&place));
        assert!(!place.starts_with(&place.join(0)));
        assert_eq!(serde_json::from_str::<Path>(&serde_json::to_string(&place).unwrap()).unwrap(), place);
    }
    let root = json!({"a": [{"b": null}], "0": 1});
    assert_eq!(path!["a", 0, "b"].find(&root), Some(&Value::Null));
    for place in [path!["a", "0"], path![0], path!["a", 1], path!["a", 0, "c"], path!["0", "x"]] {
        assert_eq!(place.find(&root), None, "{place}");
    }
}

#[test]
fn shapes_of_values() {
    let table: &[(&str, Value, &[&str])] = &[
        ("WriteJourneyRequest", json!({"Name": "x", "Activities": {"a": {"Wait": {"WaitTime": {}}}}}), &[]),
        ("WriteJourneyRequest", json!({"Name": "x", "Limits": null, "Schedule": {"StartTime": 1.5}}), &[]),
        ("WriteJourneyRequest", json!({}), &["Name: required, but missing"]),
        ("WriteJourneyRequest", json!({"Name": null}), &["Name: required, but missing"]),
        ("WriteJourneyRequest", json!([]), &[": expected an object, found a list"]),
        (
            "WriteJourneyRequest",
            json!({"Name": 1, "Activities": [], "LocalTime": "yes", "TimezoneEstimationMethods": "x"}),
            &[
                "Name: expected a text, found a number",
                "Activities: expected an object, found a list",
                "LocalTime: expected true or false, found a text",
                "TimezoneEstimationMethods: expected a list, found a text",
            ],
        ),
        (
            "WriteJourneyRequest",
            json!({"State": "RUNNING", "Name": "x", "name": "y", "Colour": 1, "StartCondition": {"SegmentStartCondition": {}}}),
            &[
                "State: `RUNNING` is not one of DRAFT, ACTIVE, COMPLETED, CANCELLED, CLOSED, PAUSED",
                "name: unknown member; is `Name` meant?",
                "Colour: unknown member",
                "StartCondition.SegmentStartCondition.SegmentId: required, but missing",
            ],
        ),
        (
            "RandomSplitActivity",
            json!({"Branches": [{"Percentage": 50.0}, {"Percentage": 0.5}, {"Percentage": true}, null]}),
            &[
                "Branches[1].Percentage: expected a whole number, found a number",
                "Branches[2].Percentage: expected a whole number, found true or false",
            ],
        ),
        (
            "Activity",
            json!({"Email": {}, "email": {}, "contactcenter": {}}),
            &[
                "Email: unknown member; is `EMAIL` meant?",
                "email: unknown member; is `EMAIL` meant?",
                "contactcenter: unknown member; is `ContactCenter` meant?",
            ],
        ),
        (
            "MetricDimension",
            json!({"ComparisonOperator": "EQUAL", "Value": "3"}),
            &["Value: expected a number, found a text"],
        ),
    ];
    for (shape, value, expected) in table {
        let shape = find(shape).unwrap();
        let said: Vec<String> = check(shape, value).iter().map(|m| format!("{}: {}", m.path, m.problem)).collect();
        assert_eq!(said, *expected, "{value}");
    }
    assert!(find("NoSuchShape").is_none());
    let unknown = check(find("Activity").unwrap(), &json!({"wait": {}}));
    assert_eq!(unknown[0].problem, Problem::Unknown { similar: Some("Wait") });
}

#[test]
fn a_split_can_ask_about_the_messages_that_lead_to_it() {
    let value = json!({"StartActivity": "split", "Activities": {
        "later": {"EMAIL": {"NextActivity": "end"}},
        "hello": {"EMAIL": {"NextActivity": "rest"}},
        "rest": {"Wait": {"NextActivity": "asked"}},
        "split": {"ConditionalSplit": {"TrueActivity": "hello", "FalseActivity": "text"}},
        "text": {"SMS": {"NextActivity": "asked"}},
        "asked": {"MultiCondition": {"Branches": [{"NextActivity": "later"}]}},
    }});
    let journey = Journey::of(&value).unwrap();
    let asked = |split: &str| summary::messages_before(journey, split).iter().map(|of| of.id).collect::<Vec<_>>();
    assert_eq!(asked("asked"), ["hello", "text"]);
    assert_eq!(asked("split"), Vec::<&str>::new());
    assert_eq!(asked(""), Vec::<&str>::new());
}

#[test]
fn the_service_reports_events_of_email_and_sms() {
    let events: Vec<&str> = summary::service_events().collect();
    assert!(events.contains(&"_email.delivered") && events.contains(&"_SMS.OPTOUT"), "{events:?}");
    assert!(events.iter().all(|event| event.starts_with("_email.") || event.starts_with("_SMS.")), "{events:?}");
}

#[test]
fn kinds_of_activities() {
    let members = find("Activity").unwrap().members();
    for kind in ActivityKind::ALL {
        let member = members.iter().find(|member| member.name == kind.member()).unwrap();
        assert_eq!(model::shapes::SHAPES[member.shape].name, kind.shape());
        let value = model::drawing::new_activity(kind, Some("next"));
        let activity = Activity::of("a", &value).unwrap();
        assert_eq!(activity.kind(), Some(kind));
        assert_eq!(activity.connections()[0].target, Some("next"));
        assert_eq!(activity.connections().len() > 1, kind.is_split());
        assert_eq!(check(find("Activity").unwrap(), &value), []);
        let asks = !summary::events_of(kind).is_empty();
        assert_eq!(asks, kind.is_message());
        for event in summary::events_of(kind) {
            assert_ne!(summary::event_word(event), *event, "every event has words");
        }
    }
    // All members but the description are kinds.
    assert_eq!(members.len(), ActivityKind::ALL.len() + 1);
    assert_eq!(operations::OPERATIONS.len(), 122);
    assert_eq!(wire::State::parse("DRAFT"), Some(wire::State::Draft));
    assert_eq!(wire::State::parse("draft"), None);
    assert_eq!(wire::State::Cancelled.to_string(), "CANCELLED");
    assert_eq!(summary::state_word(Some(wire::State::Cancelled)), "Stopped");
    assert_eq!(summary::state_word(None), "Draft");
}

#[test]
fn connections_of_every_kind() {
    let split =
        json!({"MultiCondition": {"Branches": [{"NextActivity": "x"}, {"NextActivity": ""}], "DefaultActivity": "y"}});
    let random = json!({"RandomSplit": {"Branches": [{"Percentage": 60, "NextActivity": "x"}, {}]}});
    let yes_no = json!({"ConditionalSplit": {"FalseActivity": "n"}});
    let table = [
        (json!({"EMAIL": {"NextActivity": "x"}}), ":x"),
        (json!({"Wait": {}}), ":-"),
        (yes_no, "Yes:- No:n"),
        (split, "A:x B:- Else:y"),
        (random, "60%:x ?%:-"),
        (json!({"EMAIL": null, "Wait": {"NextActivity": "w"}}), ":w"),
        (json!({"Description": "nothing"}), ""),
        (json!({}), ""),
    ];
    for (value, expected) in table {
        let activity = Activity::of("a", &value).unwrap();
        let ways: Vec<String> =
            activity.connections().iter().map(|way| format!("{}:{}", way.label, way.target.unwrap_or("-"))).collect();
        assert_eq!(ways.join(" "), expected, "{value}");
    }
    assert_eq!(Activity::of("a", &json!("text")), None);
}

#[test]
fn summaries_of_activities() {
    let opened = json!({"EventCondition": {"MessageActivity": "mail", "Dimensions": {"EventType": {
        "DimensionType": "INCLUSIVE", "Values": ["_email.open", "_email.click"]}}}});
    let member = json!({"SegmentCondition": {"SegmentId": "vip"}});
    let plan = json!({"segmentDimensions": {"Attributes": {"Plan": {"Values": ["pro", "team"]}},
        "Metrics": {"Orders": {"ComparisonOperator": "GREATER_THAN", "Value": 3}},
        "Location": {"Country": {"DimensionType": "EXCLUSIVE", "Values": ["DE"]}}}});
    let table = [
        (json!({}), "Kind not set"),
        (json!({"EMAIL": {"TemplateName": "hello"}}), "Sends hello"),
        (json!({"EMAIL": {}}), "No template chosen"),
        (json!({"EMAIL": {"TemplateName": ""}}), "No template chosen"),
        (json!({"PUSH": {"TemplateName": "p"}}), "Sends p"),
        (json!({"SMS": {"TemplateName": "s"}}), "Sends s"),
        (json!({"CUSTOM": {"DeliveryUri": "arn:aws:lambda:eu-west-1:1:function:call-me"}}), "Calls call-me"),
        (json!({"CUSTOM": {"DeliveryUri": "https://example.com/hook"}}), "Calls example.com/hook"),
        (json!({"CUSTOM": {"DeliveryUri": ""}}), "No function or webhook named"),
        (json!({"ContactCenter": {}}), "Queues a call"),
        (json!({"Wait": {"WaitTime": {"WaitFor": "P2D"}}}), "2 days"),
        (json!({"Wait": {"WaitTime": {"WaitFor": "soon"}}}), "soon"),
        (json!({"Wait": {"WaitTime": {"WaitUntil": "2026-12-03T09:00:00Z"}}}), "until 2026-12-03 09:00"),
        (json!({"Wait": {"WaitTime": {"WaitUntil": "then"}}}), "until then"),
        (json!({"Wait": {"WaitTime": {}}}), "no time set"),
        (json!({"Wait": {"WaitTime": {"WaitFor": "", "WaitUntil": ""}}}), "no time set"),
        (json!({"Wait": {}}), "No time set"),
        (json!({"ConditionalSplit": {}}), "No condition set"),
        (
            json!({"ConditionalSplit": {"Condition": {"Conditions": [opened], "Operator": "ALL"},
                "EvaluationWaitTime": {"WaitFor": "P1D"}}}),
            "Opened or Clicked in First mail, after 1 day",
        ),
        (
            json!({"ConditionalSplit": {"Condition": {"Conditions": [member, plan], "Operator": "ANY"}}}),
            "In segment vip or Plan is pro or team and Orders is more than 3 and Country is not DE",
        ),
        (json!({"MultiCondition": {}}), "No branches"),
        (
            json!({"MultiCondition": {"Branches": [{"Condition": member}, {"Condition": {}}, {}]}}),
            "A: In segment vip; B: No condition set; C: no condition",
        ),
        (json!({"RandomSplit": {"Branches": [{"Percentage": 60}, {"Percentage": 40}]}}), "60% / 40%"),
        (json!({"RandomSplit": {"Branches": [{}]}}), "?"),
        (json!({"RandomSplit": {}}), "No branches"),
        (json!({"Holdout": {"Percentage": 10}}), "10% leave here"),
        (json!({"Holdout": {}}), "No percentage set"),
    ];
    for (value, expected) in table {
        let root = json!({"Activities": {"mail": {"Description": "First mail", "EMAIL": {}}, "this": value}});
        let journey = Journey::of(&root).unwrap();
        let activity = journey.activity("this").unwrap();
        assert_eq!(summary::activity(&activity, journey), expected, "{value}");
    }
}

#[test]
fn summaries_of_entries() {
    let event = |segment: &str| {
        json!({"EventStartCondition": {"SegmentId": segment, "EventFilter": {"FilterType": "ENDPOINT",
            "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["signup", "buy"]}}}}})
    };
    let table = [
        (json!({"SegmentStartCondition": {"SegmentId": "vip"}}), "Members of vip"),
        (json!({"SegmentStartCondition": {"SegmentId": ""}}), "No segment chosen"),
        (event(""), "On signup or buy"),
        (event("vip"), "On signup or buy, in vip"),
        (json!({"EventStartCondition": {"EventFilter": {}}}), "No event named"),
        (json!({"EventStartCondition": {}}), "Nobody enters yet"),
        (json!({"SegmentStartCondition": {}}), "Nobody enters yet"),
        (json!({"SegmentStartCondition": {"SegmentId": "a"}, "EventStartCondition": {}}), "Nobody enters yet"),
        (json!(null), "Nobody enters yet"),
    ];
    for (condition, expected) in table {
        let root = json!({"StartCondition": condition});
        assert_eq!(summary::entry(Journey::of(&root).unwrap()), expected, "{condition}");
    }
    assert!(Journey::of(&json!([])).is_none());
    assert!(wire::WriteJourneyRequest::of(&json!({"Name": "x"})).is_some_and(|journey| journey.has("Name")));
}
