//! Each clause that the engine carries out, shown by the smallest journey; names mention the clause of journeys.md.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

mod case;

use case::{Case, T0, ann, email, journey, on_event, program, split, wait, with};
use engine::{EventKind, Input, MessageEvent, Participant, State, Timing, Waits, What, step};
use model::time::{DAY, HOUR, MINUTE, SECOND};
use serde_json::{Value, json};

// 2 Entry

#[test]
fn clause_2_2_segment_entry_is_five_minutes_after_publication_or_at_the_start_time() {
    let case = Case::new(json!({}), json!({"a": email("")}));
    assert_eq!(case.program.entry_at(T0), T0 + 5 * MINUTE);
    let later = json!({"Schedule": {"StartTime": "2026-12-03T09:00:00", "Timezone": "UTC+01"}});
    let case = Case::new(later, json!({"a": email("")}));
    assert_eq!(case.program.entry_at(T0), T0 + 2 * DAY - HOUR);
    assert_eq!(case.program.entry_at(T0 + 5 * DAY), T0 + 5 * DAY + 5 * MINUTE);
}

#[test]
fn clause_2_1_event_entry_matches_attributes_and_needs_the_segment_at_that_moment() {
    let start = json!({"EventStartCondition": {"SegmentId": "gold", "EventFilter": {"FilterType": "ENDPOINT",
        "Dimensions": {"EventType": {"Values": ["cart"]}, "Attributes": {"kind": {"Values": ["a", "b"]}}}}}});
    let journey = journey(json!({"StartCondition": start}), json!({"a": email("")}));
    let mut case = Case::of(&journey, &[ann(), json!({"ChannelType": "EMAIL", "Address": "b@example.com"})]);
    assert!(case.program.is_entry_event("cart", &[("kind", "b")], &[]));
    assert!(!case.program.is_entry_event("cart", &[("kind", "c")], &[]));
    assert!(!case.program.is_entry_event("cart", &[], &[]));
    case.rows = vec![1];
    case.enter(T0);
    assert!(case.told[0].starts_with("did not enter: not in"), "{:?}", case.told);
    case.rows = vec![0];
    assert_eq!(Case::sends(&case.enter(T0)), [0]);
}

#[test]
fn clause_2_1_nobody_enters_before_the_start_or_after_the_end() {
    let schedule = json!({"Schedule": {"StartTime": "2026-12-02T00:00:00Z", "EndTime": "2026-12-03T00:00:00Z"}});
    let mut case = Case::new(schedule, json!({"a": email("")}));
    case.enter(T0);
    case.said("did not enter, the journey has not started: 2026-12-02 00:00 UTC");
    case.enter(T0 + 2 * DAY);
    case.said("did not enter, the journey has ended: 2026-12-03 00:00 UTC");
    assert_eq!(case.state.entries, 0);
}

#[test]
fn clause_2_3_1_unreachable_endpoints_are_not_admitted() {
    let refused = [
        (json!({"ChannelType": "EMAIL", "Address": "a", "OptOut": "ALL"}), "it has opted out"),
        (json!({"ChannelType": "EMAIL", "Address": "a", "EndpointStatus": "INACTIVE"}), "it is inactive"),
        (json!({"ChannelType": "EMAIL"}), "it has no address"),
        (json!({"Address": "a"}), "it has no channel"),
    ];
    for (endpoint, why) in refused {
        let mut case = Case::of(&journey(json!({}), json!({"a": email("")})), &[endpoint]);
        case.enter(T0);
        assert_eq!(case.told, [format!("`e0` was not let in, {why}")]);
    }
}

#[test]
fn clause_2_3_3_nobody_is_inside_twice() {
    let mut case = Case::new(json!({"Limits": {"EndpointReentryCap": 0}}), json!({"a": wait("P1D", "")}));
    case.enter(T0);
    case.enter(T0 + HOUR);
    assert_eq!(case.told, ["did not enter again: is still inside, at `a`"]);
}

#[test]
fn clause_2_3_4_the_reentry_cap_counts_entries_and_is_one_by_default() {
    for (limits, entries) in
        [(json!({}), 1), (json!({"EndpointReentryCap": 3}), 3), (json!({"EndpointReentryCap": 0}), 9)]
    {
        let mut case = Case::new(json!({"Limits": limits}), json!({"a": email("")}));
        (0..9).for_each(|day| drop(case.enter(T0 + day * DAY)));
        assert_eq!(case.state.entries, entries, "{limits}");
    }
}

#[test]
fn clause_2_3_5_the_reentry_interval_counts_from_the_exit() {
    let limits = json!({"Limits": {"EndpointReentryCap": 0, "EndpointReentryInterval": "P2D"}});
    let mut case = Case::new(limits, json!({"a": wait("P1D", "")}));
    case.enter(T0);
    case.timer(T0 + DAY);
    case.enter(T0 + 3 * DAY - SECOND);
    case.said("did not enter again: the next entry is allowed at 2026-12-04 09:00 UTC");
    case.enter(T0 + 3 * DAY);
    assert_eq!(case.state.entries, 2);
}

// 3.1 Messages

#[test]
fn clause_3_1_a_message_goes_to_all_fitting_endpoints_of_a_user() {
    let user = json!({"UserId": "u"});
    let of = |channel: &str, extra: Value| {
        let mut endpoint = json!({"ChannelType": channel, "Address": format!("{channel}{extra}"), "User": user});
        endpoint.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        endpoint
    };
    let people =
        [of("EMAIL", json!({})), of("SMS", json!({})), of("EMAIL", json!({"Metrics": {"m": 1}})), of("GCM", json!({}))];
    let activities = json!({"a": email("b"), "b": {"SMS": {"NextActivity": "c"}}, "c": {"PUSH": {"NextActivity": "d"}},
        "d": {"CUSTOM": {"NextActivity": "e", "DeliveryUri": "x"}},
        "e": {"CUSTOM": {"EndpointTypes": ["EMAIL", "SMS"], "DeliveryUri": "x"}}});
    let mut case = Case::of(&journey(json!({}), activities), &people);
    assert_eq!(Case::sends(&case.enter(T0)), [0, 2, 1, 3, 0, 1, 2]);
    case.said("`d` was not sent: no endpoint of a channel that it is for (UNSUPPORTED_CHANNEL)");
    assert!(!case.state.is_inside());
}

#[test]
fn clause_3_1_endpoints_that_opted_out_while_inside_are_skipped_and_the_participant_goes_on() {
    let mut case = Case::new(json!({}), json!({"a": wait("P1D", "b"), "b": email("c"), "c": wait("P1D", "")}));
    case.enter(T0);
    case.opted_out = 1;
    assert!(Case::sends(&case.timer(T0 + DAY)).is_empty());
    case.said("`b` was not sent to `e0`: it can not be reached");
    assert_eq!(case.at(), Some("c"));
}

// 3.2 Contact centre

#[test]
fn clause_3_2_splits_are_evaluated_again_before_dialling() {
    let by_phone = json!({"ChannelType": "VOICE", "Address": "+15550100001", "Attributes": {"Plan": ["gold"]}});
    let activities = json!({
        "a": split(json!([{"SegmentCondition": {"SegmentId": "gold"}}]), "ALL", Value::Null),
        "y": wait("P1D", "call"), "n": wait("P1D", ""), "call": {"ContactCenter": {"NextActivity": ""}}});
    let journey = journey(json!({}), activities);
    let mut case = Case::of(&journey, std::slice::from_ref(&by_phone));
    case.enter(T0);
    assert_eq!(Case::sends(&case.timer(T0 + DAY)), [0]);
    case.said("`call` dials `e0`");

    let mut case = Case::of(&journey, &[by_phone]);
    case.enter(T0);
    case.people.push(Some("e0"), &json!({"Attributes": {"Plan": ["silver"]}})).unwrap();
    assert!(Case::sends(&case.timer(T0 + DAY)).is_empty());
    case.said("left the journey: removed due to re-evaluation, `a` comes out differently now");
}

// 3.3 Wait

#[test]
fn clause_3_3_waits_take_their_time_and_a_past_instant_none() {
    let mut case = Case::new(
        json!({}),
        json!({"a": wait("P1DT2H", "b"), "b": {"Wait": {"WaitTime":
        {"WaitUntil": "2026-12-05T00:00:00Z"}, "NextActivity": "c"}}, "c": {"Wait": {"WaitTime":
        {"WaitUntil": "2026-12-01T00:00:00Z"}}}}),
    );
    case.enter(T0);
    case.said("waits until 2026-12-02 11:00 UTC: 1 day 2 hours");
    assert_eq!(case.state.wakes(), Some(T0 + DAY + 2 * HOUR));
    case.timer(T0 + DAY);
    case.said("waits until 2026-12-02 11:00 UTC: it is not time yet");
    case.timer(T0 + DAY + 2 * HOUR);
    case.said("went on: waited 1 day 2 hours");
    assert_eq!(case.at(), Some("b"));
    case.timer(case.state.wakes().unwrap());
    case.said("went on: 2026-12-01 00:00 UTC has passed, the wait is skipped");
    case.said("left the journey: the path ends here");
}

// 3.4, 3.5, 3.8 Splits

#[test]
fn clause_3_8_own_evaluation_wait_and_reason_of_yes_and_no() {
    let two_days = json!({"WaitFor": "P2D"});
    let activities = json!({"a": email("s"), "s": split(json!([on_event("a", "_email.open")]), "ALL", two_days)});
    let activities = with(activities, json!({"y": wait("P1D", ""), "n": wait("P1D", "")}));
    let mut case = Case::new(json!({}), activities.clone());
    case.enter(T0);
    assert_eq!(case.state.wakes(), Some(T0 + 2 * DAY));
    case.event("a", EventKind::EmailDelivered, T0 + SECOND);
    case.timer(T0 + 2 * DAY);
    case.said("went No: `a` was delivered, but no `_email.open` came before 2026-12-03 09:00 UTC (waited 2 days)");
    case.event("a", EventKind::EmailOpen, T0 + 2 * DAY);
    assert_eq!(case.at(), Some("n"));

    let mut case = Case::new(json!({}), activities);
    case.enter(T0);
    case.event("a", EventKind::EmailOpen, T0 + HOUR);
    assert_eq!(case.at(), Some("s"));
    case.timer(T0 + 2 * DAY);
    case.said("went Yes: `_email.open` of `a` came at 2026-12-01 10:00 UTC");
    assert_eq!(case.at(), Some("y"));
}

#[test]
fn clause_3_8_the_implicit_wait_is_an_hour_after_a_message_and_15_minutes_after_custom() {
    let custom = json!({"CUSTOM": {"DeliveryUri": "x", "EndpointTypes": ["EMAIL"], "NextActivity": "s"}});
    for (message, event, span) in [(email("s"), "_email.open", HOUR), (custom, "_custom.response", 15 * MINUTE)] {
        let split = split(json!([on_event("a", event)]), "ALL", Value::Null);
        let mut case = Case::new(json!({}), json!({"a": message, "s": split}));
        case.enter(T0);
        assert_eq!(case.state.wakes(), Some(T0 + span), "{event}");
        assert!(case.told.last().unwrap().ends_with("for what comes of `a`, then evaluates the conditions"));
    }
    // Not where the own wait is longer, nor for a message before a long wait, nor where no event is asked for.
    let long = json!({"a": email("w"), "w": wait("P1D", "s"),
        "s": split(json!([on_event("a", "_email.open")]), "ALL", Value::Null)});
    let mut case = Case::new(json!({}), long);
    case.enter(T0);
    case.timer(T0 + DAY);
    assert!(!case.state.is_inside());
}

#[test]
fn clause_9_a_test_run_skips_or_changes_all_waits() {
    let activities = json!({"a": email("w"), "w": wait("P3D", "s"),
        "s": split(json!([on_event("a", "_email.send")]), "ALL", json!({"WaitFor": "P2D"})), "y": email("")});
    let journey = journey(json!({}), activities);
    let mut case = Case::of(&journey, &[ann()]);
    case.program = program(&journey, Timing { waits: Waits::Skipped, ..Timing::default() }).unwrap();
    assert_eq!(Case::sends(&case.enter(T0)).len(), 2);
    let mut case = Case::of(&journey, &[ann()]);
    case.program = program(&journey, Timing { waits: Waits::Each(MINUTE), ..Timing::default() }).unwrap();
    case.enter(T0);
    assert_eq!(case.state.wakes(), Some(T0 + MINUTE));
    case.timer(T0 + MINUTE);
    assert_eq!(case.state.wakes(), Some(T0 + 2 * MINUTE));
}

#[test]
fn clause_3_4_all_needs_every_condition_and_any_needs_one() {
    let gold = json!({"SegmentCondition": {"SegmentId": "gold"}});
    let silver = json!({"segmentDimensions": {"Attributes": {"Plan": {"Values": ["silver"]}}}});
    let ways = json!({"y": wait("P1D", ""), "n": wait("P1D", "")});
    for (conditions, operator, to) in [
        (json!([gold, silver]), "ALL", "n"),
        (json!([gold, gold]), "ALL", "y"),
        (json!([silver, gold]), "ANY", "y"),
        (json!([silver, silver]), "ANY", "n"),
        (json!([gold]), "?", "y"),
        (json!([]), "ALL", "n"),
    ] {
        let activities = with(json!({"a": split(conditions.clone(), operator, Value::Null)}), ways.clone());
        let mut case = Case::new(json!({}), activities);
        case.enter(T0);
        assert_eq!(case.at(), Some(to), "{operator} {conditions} {:#?}", case.told);
    }
}

#[test]
fn clause_3_5_the_first_matching_branch_wins_else_the_default() {
    let plan = |plan: &str| json!({"segmentDimensions": {"Attributes": {"Plan": {"Values": [plan]}}}});
    let multi = |plans: [&str; 3]| {
        let branch = |(i, name): (usize, &&str)| json!({"Condition": plan(name), "NextActivity": format!("b{i}")});
        let branches: Vec<Value> = plans.iter().enumerate().map(branch).collect();
        json!({"a": {"MultiCondition": {"Branches": branches, "DefaultActivity": "else"}},
            "b0": wait("P1D", ""), "b1": wait("P1D", ""), "b2": wait("P1D", ""), "else": wait("P1D", "")})
    };
    let mut case = Case::new(json!({}), multi(["silver", "gold", "gold"]));
    case.enter(T0);
    assert_eq!(case.at(), Some("b1"));
    let mut case = Case::new(json!({}), multi(["silver", "iron", "tin"]));
    case.enter(T0);
    assert_eq!(case.at(), Some("else"));
    case.said("went Else: none of the 3 conditions holds");
}

#[test]
fn clause_3_8_segment_conditions_see_the_data_of_now_and_any_endpoint_of_a_user() {
    let activities = json!({"a": wait("P1D", "s"),
        "s": split(json!([{"SegmentCondition": {"SegmentId": "gold"}}]), "ALL", Value::Null), "y": wait("P1D", "")});
    let user = |n: u32| json!({"ChannelType": "SMS", "Address": n.to_string(), "User": {"UserId": "u"}});
    let mut case = Case::of(&journey(json!({}), activities), &[user(1), user(2)]);
    case.enter(T0);
    case.people.push(Some("e1"), &json!({"Attributes": {"Plan": ["gold"]}})).unwrap();
    case.timer(T0 + DAY);
    assert_eq!(case.at(), Some("y"));
}

#[test]
fn clause_3_8_custom_answers_are_compared_by_attribute() {
    let condition = json!({"EventCondition": {"MessageActivity": "a", "Dimensions": {
        "EventType": {"Values": ["_custom.response"]}, "Attributes": {"score": {"Values": ["high"]}}}}});
    let activities = json!({
        "a": {"CUSTOM": {"DeliveryUri": "x", "EndpointTypes": ["EMAIL"], "NextActivity": "s"}},
        "s": split(json!([condition]), "ALL", Value::Null), "y": wait("P1D", ""), "n": wait("P1D", "")});
    for (score, to) in [("high", "y"), ("low", "n")] {
        let mut case = Case::new(json!({}), activities.clone());
        case.enter(T0);
        let attributes = [("score", score)];
        let answer = MessageEvent { attributes: &attributes, ..MessageEvent::of(0, EventKind::CustomResponse) };
        case.feed(Input::Event(answer), T0 + SECOND);
        case.timer(T0 + 15 * MINUTE);
        assert_eq!(case.at(), Some(to));
    }
}

#[test]
fn clause_3_8_sms_buffered_counts_as_send() {
    let journey = journey(
        json!({}),
        json!({"a": {"SMS": {"NextActivity": "s"}},
        "s": split(json!([on_event("a", "_SMS.BUFFERED")]), "ALL", Value::Null), "y": wait("P1D", "")}),
    );
    let mut case = Case::of(&journey, &[json!({"ChannelType": "SMS", "Address": "+1"})]);
    case.enter(T0);
    case.timer(T0 + HOUR);
    assert_eq!(case.at(), Some("y"));
}

#[test]
fn clause_3_8_events_of_an_earlier_traversal_do_not_count() {
    let activities = json!({"a": email("s"), "s": split(json!([on_event("a", "_email.open")]), "ALL", Value::Null),
        "n": wait("P1D", "")});
    let mut case = Case::new(json!({"Limits": {"EndpointReentryCap": 0}}), activities);
    case.enter(T0);
    case.event("a", EventKind::EmailOpen, T0 + MINUTE);
    case.timer(T0 + HOUR);
    assert!(!case.state.is_inside());
    case.enter(T0 + DAY);
    case.timer(T0 + DAY + HOUR);
    assert_eq!(case.at(), Some("n"));
}

// 3.6, 3.7 Chance

#[test]
fn clauses_3_6_and_3_7_shares_approach_their_percentages_and_draws_repeat() {
    let activities = json!({"a": {"Holdout": {"Percentage": 10, "NextActivity": "r"}},
        "r": {"RandomSplit": {"Branches": [{"Percentage": 60, "NextActivity": "x"}, {"Percentage": 30,
        "NextActivity": "x"}, {"Percentage": 10}]}}, "x": wait("P1D", "")});
    let journey = journey(json!({}), activities);
    let endpoints: Vec<Value> =
        (0..20_000).map(|n| json!({"ChannelType": "EMAIL", "Address": n.to_string()})).collect();
    let case = Case::of(&journey, &endpoints);
    let mut ways = vec![0u32; case.program.ways().len()];
    for row in 0..20_000u32 {
        let rows = [row];
        let participant = Participant::of(&case.people, &rows);
        let enter = || step(&case.program, &State::default(), &participant, Input::Enter { offered: 1 }, T0);
        let (_, effects) = enter();
        assert_eq!(effects, enter().1);
        for effect in effects {
            if let What::Took { way, .. } = effect.what {
                ways[usize::from(way)] += 1;
            }
        }
    }
    // Holdout, then the branches: of 20,000 about 18,000 pass; within four standard deviations.
    for (count, expected) in ways.iter().zip([18_000.0, 10_800.0, 5_400.0, 1_800.0]) {
        assert!((f64::from(*count) - expected).abs() < 4.0 * expected.sqrt(), "{ways:?}");
    }
}

#[test]
fn clause_3_7_holdout_of_0_and_100_percent() {
    for (percentage, held) in [(0, false), (100, true)] {
        let mut case = Case::new(
            json!({}),
            json!({"a": {"Holdout": {"Percentage": percentage, "NextActivity": "b"}},
            "b": wait("P1D", "")}),
        );
        case.enter(T0);
        assert_eq!(case.state.is_inside(), !held);
    }
}

// 5 Limits

#[test]
fn clause_5_caps_hold_messages_back_and_count_only_what_was_sent() {
    let activities = json!({"a": email("b"), "b": email("w"), "w": wait("P1D", "c"), "c": email("d"), "d": email("")});
    let mut case = Case::new(json!({"Limits": {"DailyCap": 1}}), activities.clone());
    assert_eq!(Case::sends(&case.enter(T0)).len(), 1);
    case.said("`b` was not sent to `e0` (DAILY_CAP): `DailyCap` of 1 in 24 hours is reached");
    assert_eq!(Case::sends(&case.timer(T0 + DAY)).len(), 1);
    let mut case = Case::new(json!({"Limits": {"TotalCap": 3}}), activities.clone());
    case.enter(T0);
    assert_eq!(Case::sends(&case.timer(T0 + DAY)).len(), 1);
    case.said("`d` was not sent to `e0` (DAILY_CAP): `TotalCap` of 3 is reached");
    let mut case = Case::new(json!({"Limits": {"TimeframeCap": {"Cap": 2, "Days": 2}}}), activities);
    case.enter(T0);
    assert!(Case::sends(&case.timer(T0 + DAY)).is_empty());
    case.said("`c` was not sent to `e0` (DAILY_CAP): `TimeframeCap` of 2 in 2 days is reached");
}

// 6 Time

#[test]
fn clause_6_quiet_time_is_inclusive_at_both_ends_and_wraps_midnight() {
    let quiet = json!({"QuietTime": {"Start": "20:00", "End": "08:00"}});
    // Berlin is an hour ahead: local 19:59, 20:00, 08:00 and 08:01.
    for (minute, sent) in
        [(18 * 60 + 59, true), (19 * 60, false), (24 * 60 + 7 * 60, false), (24 * 60 + 7 * 60 + 1, true)]
    {
        let mut case = Case::new(quiet.clone(), json!({"a": email("")}));
        let now = T0 - 9 * HOUR + minute * MINUTE;
        assert_eq!(!Case::sends(&case.enter(now)).is_empty(), sent, "{minute}");
    }
    let mut case = Case::new(quiet, json!({"a": email("")}));
    case.enter(T0 + 11 * HOUR);
    case.said("`a` was not sent to `e0` (QUIET_TIME): it is 21:00 there, in quiet time from 20:00 to 08:00, next open at 2026-12-02 07:01 UTC");
}

#[test]
fn clause_6_wait_for_quiet_time_holds_and_downstream_waits_start_after_release() {
    let quiet = json!({"QuietTime": {"Start": "20:00", "End": "08:00"}, "WaitForQuietTime": true});
    let mut case = Case::new(quiet, json!({"a": email("w"), "w": wait("PT1H", "")}));
    assert!(Case::sends(&case.enter(T0 + 11 * HOUR)).is_empty());
    let release = T0 + 22 * HOUR + MINUTE;
    assert_eq!((case.at(), case.state.wakes()), (Some("a"), Some(release)));
    assert_eq!(Case::sends(&case.timer(release)), [0]);
    case.said("`a` to `e0` is released, quiet time is over");
    assert_eq!((case.at(), case.state.wakes()), (Some("w"), Some(release + HOUR)));
}

#[test]
fn clause_6_without_a_zone_the_message_is_sent_unless_one_was_to_be_estimated() {
    let nowhere = json!({"ChannelType": "EMAIL", "Address": "a@example.com"});
    let members = json!({"QuietTime": {"Start": "00:00", "End": "23:58"}});
    let mut case = Case::of(&journey(members.clone(), json!({"a": email("")})), std::slice::from_ref(&nowhere));
    assert_eq!(Case::sends(&case.enter(T0)), [0]);
    let members = with(members, json!({"TimezoneEstimationMethods": ["POSTAL_CODE"]}));
    let mut case = Case::of(&journey(members, json!({"a": email("")})), &[nowhere]);
    assert!(Case::sends(&case.enter(T0)).is_empty());
    case.said("`a` was not sent to `e0`: its time zone is not known (QUIET_TIME_MISSING_TIMEZONE)");
}

#[test]
fn clause_6_open_hours_and_closed_days_narrow_what_quiet_time_leaves() {
    let members = json!({"QuietTime": {"Start": "22:00", "End": "06:00"}, "WaitForQuietTime": true,
        "SendingSchedule": true,
        "OpenHours": {"EMAIL": {"TUESDAY": [{"StartTime": "11:00", "EndTime": "12:00"}],
            "THURSDAY": [{"StartTime": "T09:00:00", "EndTime": "18:00"}]}},
        "ClosedDays": {"EMAIL": [{"Name": "x", "StartDateTime": "2026-12-03T00:00:00", "EndDateTime": "2026-12-04T00:00:00"}]}});
    // Tuesday 10:00 local: opens at 11:00.
    let mut case = Case::new(members.clone(), json!({"a": email("")}));
    case.enter(T0);
    assert_eq!(case.state.wakes(), Some(T0 + HOUR));
    // Tuesday 12:00 local: Thursday is closed, the next Tuesday is open.
    let mut case = Case::new(members, json!({"a": email("")}));
    case.enter(T0 + 2 * HOUR);
    assert_eq!(case.state.wakes(), Some(T0 + 7 * DAY + HOUR));
}

#[test]
fn clause_6_no_message_goes_out_in_quiet_time_through_a_year_with_both_clock_changes() {
    let quiet = json!({"QuietTime": {"Start": "01:30", "End": "03:10"}, "WaitForQuietTime": true});
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    for hour in 0..366 * 24 {
        let mut case_now = T0 + hour * HOUR + 17 * MINUTE;
        // Only the nights are of interest.
        let local = berlin.to_datetime(jiff::Timestamp::from_millisecond(case_now).unwrap());
        if local.hour() > 4 {
            continue;
        }
        let mut case = Case::new(quiet.clone(), json!({"a": email("")}));
        let mut effects = case.enter(case_now);
        while let Some(at) = case.state.wakes() {
            case_now = at;
            effects = case.timer(at);
        }
        assert_eq!(Case::sends(&effects), [0]);
        let sent = berlin.to_datetime(jiff::Timestamp::from_millisecond(case_now).unwrap());
        let minute = i32::from(sent.hour()) * 60 + i32::from(sent.minute());
        assert!(!(90..=190).contains(&minute), "{sent}");
    }
}

// Odd journeys

#[test]
fn odd_journeys_end_with_a_reason() {
    let end = |activities: Value| {
        let mut case = Case::new(json!({}), activities);
        case.enter(T0);
        while let Some(at) = case.state.wakes() {
            case.timer(at);
        }
        case.told.last().cloned().unwrap()
    };
    assert_eq!(end(json!({"a": email("gone")})), "left the journey: the next activity `gone` does not exist");
    assert_eq!(
        end(json!({"a": {"Description": "?"}})),
        "left the journey: the activity has no type, nothing can be done"
    );
    assert_eq!(end(json!({"a": email("b"), "b": email("a")})), "left the journey: the journey goes in circles");
    assert_eq!(end(json!({"a": wait("PT1H", "a")})), "left the journey: the journey goes in circles");
    assert!(end(json!({"a": {"RandomSplit": {"Branches": []}}})).ends_with("and no branch takes that"));
    let unknown = json!({"a": split(json!([{"SegmentCondition": {"SegmentId": "none"}}]), "ALL", Value::Null), "n": wait("P", "")});
    let mut case = Case::new(json!({}), unknown);
    case.enter(T0);
    case.said("went No: the condition can not be evaluated and counts as no: there is no segment `none`");
    case.said("went on: the wait says no readable time and is skipped");
}

#[test]
fn journeys_in_which_nobody_could_take_a_step_do_not_compile() {
    let error = |journey: Value| program(&journey, Timing::default()).unwrap_err().to_string();
    assert_eq!(error(json!({})), "the journey has no activities");
    assert_eq!(
        error(journey(json!({"StartActivity": "x"}), json!({"a": email("")}))),
        "the first activity `x` does not exist"
    );
    let none = json!({"StartCondition": {"SegmentStartCondition": {"SegmentId": "none"}}});
    assert_eq!(error(journey(none, json!({"a": email("")}))), "nobody can enter: there is no segment `none`");
    assert!(
        error(journey(json!({"StartCondition": {}}), json!({"a": email("")})))
            .starts_with("the journey does not say who enters")
    );
}

#[test]
fn what_is_not_honoured_is_named() {
    let members = json!({"TimezoneEstimationMethods": ["STARS"],
        "Schedule": {"StartTime": "soon"}, "RefreshFrequency": "often", "QuietTime": {"Start": "8"}});
    let case = Case::new(members, json!({"a": email("")}));
    let paths: Vec<String> = case.program.not_honoured().iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(paths, ["Schedule.StartTime", "RefreshFrequency", "TimezoneEstimationMethods[0]", "QuietTime"]);
}

#[test]
fn a_state_of_a_newer_version_is_refused_and_a_waiting_one_is_small() {
    let mut case = Case::new(json!({}), json!({"a": email("w"), "w": wait("P1D", "")}));
    case.enter(T0);
    let text = serde_json::to_string(&case.state).unwrap();
    assert!(text.len() < 200, "{text}");
    let newer = text.replace("\"version\":2", "\"version\":3");
    assert!(serde_json::from_str::<State>(&newer).unwrap_err().to_string().contains("reads 1 to 2"));
}

#[test]
fn a_state_of_every_version_before_is_read_and_goes_on() {
    // As version 1 wrote a participant whose message is held by quiet time.
    let stored = r#"{"version":1,"entries":1,"position":{"activity":0,"arrived":1796155200000,"until":1796194860000,"steps":1},"held":[{"endpoint":4152387186580615752,"until":1796194860000}]}"#;
    let quiet = json!({"QuietTime": {"Start": "20:00", "End": "08:00"}, "WaitForQuietTime": true});
    let mut case = Case::new(quiet, json!({"a": email("w"), "w": wait("PT1H", "")}));
    case.enter(T0 + 11 * HOUR);
    let today = case.state.clone();
    case.state = serde_json::from_str(stored).unwrap();
    assert_eq!(case.state, today);
    assert_eq!(Case::sends(&case.timer(T0 + 22 * HOUR + MINUTE)), [0]);
}
