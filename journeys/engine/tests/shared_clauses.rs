//! Clauses in which a participant meets others or the journey as a whole: rate, caps over several journeys, states, local
//! time, what a message says; names mention the clause of journeys.md.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

mod case;

use case::{Case, T0, ann, compiled, email, journey, on_event, split, wait, with};
use engine::{EventKind, Input, Membership, Reason, SendStatus, Timing, What};
use model::time::{DAY, HOUR, MINUTE, SECOND};
use model::{Journey, Millis, Word};
use serde_json::{Value, json};

fn people(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({"ChannelType": "EMAIL", "Address": format!("{n}@example.com")})).collect()
}

// 2.2 Refresh

#[test]
fn clause_2_2_the_four_cases_of_membership() {
    for (members, expected) in [
        (json!({}), Membership::AtStart),
        (json!({"RefreshOnSegmentUpdate": true}), Membership::AtStartFollowing),
        (json!({"RefreshFrequency": "PT12H"}), Membership::Pinned { every: 12 * HOUR }),
        (json!({"RefreshFrequency": "P1D", "RefreshOnSegmentUpdate": true}), Membership::Following { every: DAY }),
        // At least an hour (chosen); what can not be read is none.
        (json!({"RefreshFrequency": "PT5M"}), Membership::Pinned { every: HOUR }),
        (json!({"RefreshFrequency": "often"}), Membership::AtStart),
    ] {
        let journey = journey(members, json!({"a": email("")}));
        let membership = Membership::of(Journey::of(&journey).unwrap());
        assert_eq!(membership, expected);
        let follows = matches!(expected, Membership::AtStartFollowing | Membership::Following { .. });
        assert_eq!(membership.follows_segment(), follows);
    }
}

// 3.1 Rate

#[test]
fn clause_3_1_participants_move_on_only_after_their_message_left_at_the_journeys_rate() {
    let limits = json!({"Limits": {"MessagesPerSecond": 2}});
    let mut case = Case::of(&journey(limits, json!({"a": email("w"), "w": wait("P1D", "")})), &people(4));
    let mut queued = Vec::new();
    for row in 0..4 {
        case.other(row);
        let sent = Case::sends(&case.enter(T0));
        queued.push((sent.len(), case.at().map(str::to_owned), case.state.wakes().unwrap() - T0));
    }
    let at = |n: usize, id: &str, after: Millis| (n, Some(id.to_owned()), after);
    assert_eq!(queued, [at(1, "w", DAY), at(0, "a", 500), at(0, "a", SECOND), at(0, "a", 1_500)]);
    case.said("waits until 2026-12-01 09:00:01 UTC for its turn: the journey sends 2 messages a second");
    // Too early, then in time: the wait counts from the hand-over.
    assert!(Case::sends(&case.timer(T0 + SECOND)).is_empty());
    assert_eq!(Case::sends(&case.timer(T0 + 1_500)), [3]);
    assert_eq!((case.at(), case.state.wakes()), (Some("w"), Some(T0 + DAY + 1_500)));
}

#[test]
fn clause_3_1_each_endpoint_of_a_user_takes_a_turn_and_the_user_goes_on_after_the_last() {
    let endpoint = |n: usize| json!({"ChannelType": "EMAIL", "Address": format!("{n}@x"), "User": {"UserId": "u"}});
    let limits = json!({"Limits": {"MessagesPerSecond": 1}});
    let endpoints: Vec<Value> = (0..3).map(endpoint).collect();
    let mut case = Case::of(&journey(limits, json!({"a": email("w"), "w": wait("P1D", "")})), &endpoints);
    assert_eq!(Case::sends(&case.enter(T0)), [0]);
    assert_eq!(Case::sends(&case.timer(T0 + SECOND)), [1]);
    assert_eq!(case.at(), Some("a"));
    assert_eq!(Case::sends(&case.timer(T0 + 2 * SECOND)), [2]);
    assert_eq!(case.at(), Some("w"));
}

#[test]
fn clause_3_1_a_message_that_waited_for_its_turn_is_checked_again() {
    let members = json!({"Limits": {"MessagesPerSecond": 1},
        "QuietTime": {"Start": "20:00", "End": "08:00"}, "WaitForQuietTime": true});
    let mut case = Case::of(
        &journey(members, json!({"a": email("")})),
        &[ann(), with(ann(), json!({"Address": "bea@example.com"}))],
    );
    // 19:59:59.5 in Berlin: the first may leave, the turn of the second lies in quiet time.
    let now = T0 + 10 * HOUR - 500;
    case.other(0);
    assert_eq!(Case::sends(&case.enter(now)), [0]);
    case.other(1);
    case.enter(now);
    assert!(Case::sends(&case.timer(now + SECOND)).is_empty());
    let open = T0 + 22 * HOUR + MINUTE;
    assert_eq!(case.state.wakes(), Some(open));
    assert_eq!(Case::sends(&case.timer(open)), [1]);
}

#[test]
fn clause_3_1_check_order_a_cap_comes_before_quiet_time_and_quiet_time_before_the_turn() {
    let members = json!({"Limits": {"MessagesPerSecond": 1, "TotalCap": 1},
        "QuietTime": {"Start": "20:00", "End": "08:00"}});
    let mut case =
        Case::of(&journey(members, json!({"a": email("b"), "b": wait("PT11H", "c"), "c": email("")})), &[ann()]);
    assert_eq!(Case::sends(&case.enter(T0)), [0]);
    // 21:00 in Berlin, and the cap is reached: it is the cap that is named.
    case.timer(T0 + 11 * HOUR);
    case.said("`c` was not sent to `e0` (DAILY_CAP): `TotalCap` of 1 is reached");
    // Quiet time without waiting drops, and takes no turn.
    let members = json!({"Limits": {"MessagesPerSecond": 1}, "QuietTime": {"Start": "20:00", "End": "08:00"}});
    let mut case = Case::of(&journey(members, json!({"a": email("")})), &[ann()]);
    case.enter(T0 + 11 * HOUR);
    assert_eq!(case.pace, engine::Pace::default());
}

#[test]
fn clause_3_1_a_message_that_can_not_be_made_is_not_sent_and_the_participant_goes_on() {
    let named = json!({"ChannelType": "EMAIL", "Address": "b@x", "User": {"UserId": "b", "UserAttributes": {"FirstName": ["Bo"]}}});
    let activities =
        |template: &str| json!({"a": {"EMAIL": {"TemplateName": template, "NextActivity": "w"}}, "w": wait("P1D", "")});
    for (template, sent, why) in [
        ("t", [1, 1], ""),
        ("named", [0, 1], "`User.UserAttributes.FirstName` has no value and no default"),
        ("broken", [0, 0], "template `broken`"),
        ("gone", [0, 0], "template `gone` does not exist"),
    ] {
        let mut case = Case::of(&journey(json!({}), activities(template)), &[ann(), named.clone()]);
        case.program = compiled(&journey(json!({}), activities(template)), Timing::default(), true, None).unwrap();
        for row in 0..2 {
            case.other(row);
            let effects = case.enter(T0);
            assert_eq!(Case::sends(&effects).len(), sent[row as usize], "{template} {row}");
            assert_eq!(case.at(), Some("w"));
            if sent[row as usize] == 0 {
                let said = case.told.iter().find(|told| told.contains("FAILURE_PERMANENT")).unwrap();
                assert!(said.contains(why), "{said}");
            }
        }
    }
}

#[test]
fn clause_3_1_each_activity_reaches_the_endpoints_of_its_channels() {
    use model::wire::ChannelType;
    let push = ["PUSH", "GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "ADM", "BAIDU"];
    for (body, reached) in [
        (json!({"EMAIL": {"TemplateName": "t"}}), &["EMAIL"][..]),
        (json!({"SMS": {"TemplateName": "t"}}), &["SMS"]),
        (json!({"PUSH": {"TemplateName": "t"}}), &push),
        (json!({"ContactCenter": {}}), &["VOICE"]),
        (json!({"CUSTOM": {"DeliveryUri": "f"}}), &["CUSTOM"]),
        (json!({"CUSTOM": {"DeliveryUri": "f", "EndpointTypes": ["SMS", "IN_APP"]}}), &["SMS", "IN_APP"]),
    ] {
        for channel in ChannelType::ALL {
            let endpoint = json!({"ChannelType": channel.as_str(), "Address": "a"});
            let mut case = Case::of(&journey(json!({}), json!({"a": body})), &[endpoint]);
            let sent = Case::sends(&case.enter(T0)).len();
            assert_eq!(sent == 1, reached.contains(&channel.as_str()), "{body} {}", channel.as_str());
            assert!(!case.state.is_inside(), "nobody is stopped");
        }
    }
}

// 3.4, 4 Ends

#[test]
fn clause_4_an_absent_or_empty_target_ends_the_path_there() {
    let gold = json!([{"SegmentCondition": {"SegmentId": "gold"}}]);
    for (yes, no) in [(Value::Null, Value::Null), (json!(""), json!(""))] {
        let activities = json!({"a": {"ConditionalSplit": {"Condition": {"Conditions": gold}, "TrueActivity": yes, "FalseActivity": no}}});
        let basic = with(ann(), json!({"Address": "b@x", "Attributes": {"Plan": ["basic"]}}));
        let mut case = Case::of(&journey(json!({}), activities), &[ann(), basic]);
        for (row, way) in [(0, "went Yes"), (1, "went No")] {
            case.other(row);
            case.enter(T0);
            assert!(case.told.iter().any(|told| told.starts_with(way)), "{:?}", case.told);
            case.said("left the journey: the path ends here");
            assert_eq!(case.state.left_at, Some(T0));
        }
    }
}

// 5 Caps over several journeys

#[test]
fn clause_5_the_timeframe_cap_counts_the_messages_of_all_journeys() {
    let limits = json!({"Limits": {"TimeframeCap": {"Cap": 2, "Days": 3}}});
    let activities = json!({"a": email("b"), "b": email("")});
    for (elsewhere, sent) in
        [(vec![], 2), (vec![T0 - DAY], 1), (vec![T0 - DAY, T0 - 2 * DAY], 0), (vec![T0 - 3 * DAY], 2)]
    {
        let mut case = Case::new(limits.clone(), activities.clone());
        case.elsewhere[0] = elsewhere;
        // Campaigns do not count.
        case.elsewhere[1] = vec![T0 - HOUR; 5];
        assert_eq!(Case::sends(&case.enter(T0)).len(), sent);
    }
}

#[test]
fn clause_5_the_projects_daily_limit_counts_journeys_and_campaigns_together() {
    let document = journey(json!({}), json!({"a": email("b"), "b": email("")}));
    for (journeys, campaigns, sent) in [(0, 0, 2), (1, 1, 1), (2, 1, 0), (0, 3, 0)] {
        let mut case = Case::of(&document, &[ann()]);
        case.program = compiled(&document, Timing::default(), false, Some(3)).unwrap();
        case.elsewhere = [vec![T0 - HOUR; journeys], vec![T0 - 23 * HOUR; campaigns]];
        assert_eq!(Case::sends(&case.enter(T0)).len(), sent, "{journeys} {campaigns}");
        if sent < 2 {
            case.said("`b` was not sent to `e0` (DAILY_CAP): the project's limit of 3 in 24 hours is reached");
        }
    }
}

#[test]
fn clause_3_1_only_messages_with_outcome_success_count_toward_caps() {
    let limits = json!({"Limits": {"DailyCap": 1}});
    let mut case = Case::new(limits, json!({"a": email("w"), "w": wait("PT1H", "b"), "b": email("")}));
    case.enter(T0);
    let effects = case.feed(Input::Failed { activity: 0, row: 0, status: SendStatus::Throttled }, T0);
    assert_eq!(effects[0].what, What::NotSent { activity: 0, row: Some(0), status: SendStatus::Throttled });
    assert_eq!(Case::sends(&case.timer(T0 + HOUR)), [0]);
}

// 6 Local time

#[test]
fn clause_6_with_local_time_start_and_end_are_wall_clocks_of_each_participant() {
    let members = json!({"LocalTime": true, "Schedule": {"StartTime": "2026-12-03T09:00:00+01:00",
        "EndTime": "2026-12-05T09:00:00", "Timezone": "UTC+01"}});
    let zones = ["Asia/Tokyo", "Europe/Berlin", "America/New_York"];
    let endpoints =
        zones.map(|zone| json!({"ChannelType": "EMAIL", "Address": zone, "Demographic": {"Timezone": zone}}));
    let mut case = Case::of(&journey(members, json!({"a": email("")})), &endpoints);
    // 09:00 there: 00:00, 08:00 and 14:00 in UTC.
    let day = T0 - 9 * HOUR + 2 * DAY;
    for (row, hour) in [(0u32, 0), (1, 8), (2, 14)] {
        let start = day + hour * HOUR;
        assert_eq!(case.program.entry_of(case.people.row(row as usize), T0), Some(start));
        case.other(row);
        case.enter(start - SECOND);
        assert!(
            case.told[0].starts_with("did not enter, the journey has not started in this time zone"),
            "{:?}",
            case.told
        );
        assert_eq!(Case::sends(&case.enter(start)), [row]);
        case.other(row);
        case.enter(start + 2 * DAY);
        assert!(case.told[0].starts_with("did not enter, the journey has ended"), "{:?}", case.told);
    }
    assert!(case.program.entry_at(T0) <= day && case.program.ends().unwrap() >= day + 2 * DAY + 14 * HOUR);
}

#[test]
fn clause_2_3_2_with_local_time_nobody_enters_without_a_zone() {
    let members = json!({"LocalTime": true, "Schedule": {"StartTime": "2026-12-01T00:00:00"}});
    let nowhere = json!({"ChannelType": "EMAIL", "Address": "a@x"});
    let odd = json!({"ChannelType": "EMAIL", "Address": "b@x", "Demographic": {"Timezone": "Mars/Olympus"}});
    let mut case = Case::of(&journey(members, json!({"a": email("")})), &[nowhere, odd]);
    for row in 0..2 {
        case.other(row);
        case.enter(T0);
        assert_eq!(case.told, [format!("`e{row}` was not let in, its time zone is not known")]);
        assert_eq!(case.program.entry_of(case.people.row(row as usize), T0), None);
    }
}

#[test]
fn clause_6_a_missing_zone_is_estimated_by_phone_number_or_postal_code_in_the_order_of_the_list() {
    // 21:30 in London is quiet, 16:30 in New York is not.
    let quiet =
        |methods: Value| json!({"QuietTime": {"Start": "20:00", "End": "08:00"}, "TimezoneEstimationMethods": methods});
    let phone = json!({"ChannelType": "SMS", "Address": "+12125550100", "Location": {"Country": "US"}});
    let postal = json!({"ChannelType": "SMS", "Address": "x", "Location": {"Country": "GB", "PostalCode": "SW1A 1AA"}});
    let both =
        json!({"ChannelType": "SMS", "Address": "+442079460000", "Location": {"Country": "US", "PostalCode": "10001"}});
    let unknown = json!({"ChannelType": "SMS", "Address": "x", "Location": {"Country": "US"}});
    let sms = json!({"a": {"SMS": {"TemplateName": "t"}}});
    let now = T0 + 12 * HOUR + 30 * MINUTE;
    for (endpoint, methods, said) in [
        (&phone, json!(["PHONE_NUMBER"]), "sent"),
        (&postal, json!(["POSTAL_CODE"]), "(QUIET_TIME): it is 21:30 there"),
        (&both, json!(["PHONE_NUMBER", "POSTAL_CODE"]), "(QUIET_TIME): it is 21:30 there"),
        (&both, json!(["POSTAL_CODE", "PHONE_NUMBER"]), "sent"),
        (&unknown, json!(["PHONE_NUMBER", "POSTAL_CODE"]), "(QUIET_TIME_MISSING_TIMEZONE)"),
        (&unknown, json!([]), "sent"),
    ] {
        let mut case = Case::of(&journey(quiet(methods.clone()), sms.clone()), std::slice::from_ref(endpoint));
        let sent = !Case::sends(&case.enter(now)).is_empty();
        assert_eq!(sent, said == "sent", "{endpoint} {methods} {:?}", case.told);
        assert!(sent || case.told.iter().any(|told| told.contains(said)), "{:?}", case.told);
    }
}

#[test]
fn clause_6_quiet_time_holds_transactional_messages_too_and_a_channel_without_hours_only_keeps_quiet() {
    let members = json!({"QuietTime": {"Start": "20:00", "End": "08:00"}, "SendingSchedule": true,
        "OpenHours": {"EMAIL": {"MONDAY": [{"StartTime": "09:00", "EndTime": "10:00"}]}}});
    let sms = json!({"a": {"SMS": {"TemplateName": "t", "MessageConfig": {"MessageType": "TRANSACTIONAL"}}}});
    let phone = json!({"ChannelType": "SMS", "Address": "+4930123456", "Demographic": {"Timezone": "Europe/Berlin"}});
    // A Tuesday: no hours for e-mail, none are given for SMS.
    for (hour, status) in [(0, None), (12, Some("QUIET_TIME"))] {
        let mut case = Case::of(&journey(members.clone(), sms.clone()), std::slice::from_ref(&phone));
        let sent = Case::sends(&case.enter(T0 + hour * HOUR)).len();
        assert_eq!(sent == 1, status.is_none(), "{:?}", case.told);
    }
    let mut case = Case::new(members, json!({"a": email("")}));
    assert!(Case::sends(&case.enter(T0)).is_empty());
    case.said("`a` was not sent to `e0` (QUIET_TIME): it is 10:00 there, outside the open hours, next open at 2026-12-07 08:00 UTC");
}

#[test]
fn clause_6_the_release_of_a_held_message_is_told_before_it_is_sent() {
    let quiet = json!({"QuietTime": {"Start": "20:00", "End": "08:00"}, "WaitForQuietTime": true});
    let mut case = Case::new(quiet, json!({"a": email("")}));
    case.enter(T0 + 11 * HOUR);
    let effects = case.timer(T0 + 22 * HOUR + MINUTE);
    let status = SendStatus::QuietTimeWaitFinished;
    assert_eq!(effects[0].what, What::NotSent { activity: 0, row: Some(0), status });
    assert_eq!(effects[1].what, What::Send { activity: 0, row: 0 });
}

#[test]
fn clause_6_a_journey_without_end_runs_540_days() {
    let case = Case::new(json!({}), json!({"a": email("")}));
    assert_eq!(case.program.closes(T0), T0 + 5 * MINUTE + 540 * DAY);
    let case = Case::new(json!({"Schedule": {"EndTime": "2026-12-10T00:00:00Z"}}), json!({"a": email("")}));
    assert_eq!(case.program.closes(T0), T0 + 9 * DAY - 9 * HOUR);
}

// 7 States, 3.3 pauses, 4 ends

#[test]
fn clause_3_3_a_pause_freezes_wait_for_and_lets_wait_until_pass() {
    let mut case = Case::new(json!({}), json!({"a": wait("P2D", "")}));
    case.enter(T0);
    // Paused after a day for ten days: a day is left.
    case.feed(Input::Resume { since: T0 + DAY }, T0 + 11 * DAY);
    case.said("waits until 2026-12-13 09:00 UTC: the journey goes on after a pause, the wait ends 10 days later");
    assert_eq!(case.state.wakes(), Some(T0 + 12 * DAY));
    let until = json!({"Wait": {"WaitTime": {"WaitUntil": "2026-12-03T00:00:00Z"}}});
    let mut case = Case::new(json!({}), json!({"a": until}));
    case.enter(T0);
    let due = case.state.wakes();
    case.feed(Input::Resume { since: T0 + DAY }, T0 + 11 * DAY);
    assert_eq!(case.state.wakes(), due);
    case.timer(T0 + 11 * DAY);
    assert!(!case.state.is_inside());
    // Who arrived during the pause was not frozen before.
    let mut case = Case::new(json!({}), json!({"a": wait("P2D", "")}));
    case.enter(T0 + DAY);
    case.feed(Input::Resume { since: T0 }, T0 + 3 * DAY);
    assert_eq!(case.state.wakes(), Some(T0 + 5 * DAY));
}

#[test]
fn clause_3_3_a_pause_freezes_the_evaluation_wait_of_a_split_but_not_the_implicit_one() {
    let opened = json!([on_event("a", "_email.open")]);
    let own = json!({"a": email("s"), "s": split(opened.clone(), "ALL", json!({"WaitFor": "P2D"}))});
    let mut case = Case::new(json!({}), own);
    case.enter(T0);
    case.feed(Input::Resume { since: T0 + DAY }, T0 + 3 * DAY);
    assert_eq!(case.state.wakes(), Some(T0 + 4 * DAY));
    let implicit = json!({"a": email("s"), "s": split(opened, "ALL", Value::Null)});
    let mut case = Case::new(json!({}), implicit);
    case.enter(T0);
    case.feed(Input::Resume { since: T0 + MINUTE }, T0 + 3 * DAY);
    assert_eq!(case.state.wakes(), Some(T0 + HOUR));
}

#[test]
fn clause_7_cancelling_ends_every_traversal_and_clause_4_so_do_deleted_endpoints() {
    for (input, reason, said) in [
        (Input::Cancel, Reason::Cancelled, "left the journey: the journey was cancelled"),
        (Input::Drop, Reason::Dropped, "left the journey: its endpoints are gone"),
    ] {
        let mut case = Case::new(json!({}), json!({"a": wait("P2D", "")}));
        case.enter(T0);
        let effects = case.feed(input, T0 + DAY);
        assert_eq!(effects, [engine::Effect { what: What::Left { activity: 0 }, reason }]);
        case.said(said);
        assert!(!case.state.is_inside());
        // Nobody inside: nothing to end.
        assert!(case.feed(input, T0 + DAY).is_empty());
    }
}

#[test]
fn clause_3_8_what_comes_during_a_pause_is_remembered() {
    let opened = json!([on_event("a", "_email.open")]);
    let mut case = Case::new(
        json!({}),
        json!({"a": email("s"), "s": split(opened, "ALL", json!({"WaitFor": "P2D"})), "y": wait("P1D", "")}),
    );
    case.enter(T0);
    case.event("a", EventKind::EmailOpen, T0 + 2 * DAY);
    case.feed(Input::Resume { since: T0 + DAY }, T0 + 3 * DAY);
    case.timer(T0 + 4 * DAY);
    assert_eq!(case.at(), Some("y"));
}
