//! Expectations: how they are read, what they mean, and what is said when something else happens.

mod common;

use audience::People;
use common::{messages, outcomes, project, subjects, welcome};
use serde_json::json;
use simulation::expectations::{Expectations, Verdict, check, read, write};

const ANN: &str = "journey = \"j\"\n[people.ann]\nChannelType = \"EMAIL\"\nAddress = \"ann@example.com\"\n";

fn expectation(given: &str, expect: &str) -> String {
    format!("{ANN}[[expectation]]\nname = \"n\"\ngiven = [{given}]\nexpect = [{expect}]\n")
}

#[test]
fn sentences_that_come_true_pass() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    for (given, expect) in [
        ("", r#"{ gets = "a", by = 2026-01-01T09:05:00Z }"#),
        ("", r#"{ person = "ann", gets = "hello", not_before = 2026-01-01T09:05:00Z, within = "PT0S" }"#),
        ("", r#"{ gets = "EMAIL", times = 2 }, { gets = "anything", times = 2 }, { never_gets = "SMS" }"#),
        (
            "",
            r#"{ gets = "EMAIL", at_most = 1, in = "2 days" }, { gets = "EMAIL", at_most = 2, in = "2 days 1 minute" }"#,
        ),
        ("", r#"{ gets = "nudge", between = [2026-01-03T09:05:00Z, "2026-01-03T09:05:00Z"] }"#),
        ("", r#"{ gets = "nudge", not_within = "2 days", within = "P2DT1H" }"#),
        (
            "",
            r#"{ takes = "No", of = "opened" }, { takes = "nudge", of = "opened" }, { never_takes = "Yes", of = "opened" }"#,
        ),
        ("", r#"{ reaches = "text", within = "3 days" }, { never_reaches = "tips" }"#),
        (
            "",
            r#"{ leaves = "text", within = "3 days" }, { leaves = true }, { leaves = false, within = "2 days 23 hours" }"#,
        ),
        ("", r#"{ enters = true, by = 2026-01-01T09:05:00Z }, { enters = false, by = 2026-01-01T09:04:59Z }"#),
        (r#"{ opens = "a" }"#, r#"{ takes = "Yes", of = "opened" }, { gets = "tips" }"#),
        (r#"{ opens = "a", after = "2 days" }"#, r#"{ takes = "Yes", of = "opened" }"#),
        (r#"{ opens = "a", after = "2 days 1 second" }"#, r#"{ takes = "No", of = "opened" }"#),
        (r#"{ opens = "a", at = 2026-01-02T00:00:00Z }"#, r#"{ takes = "Yes", of = "opened" }"#),
        (r#"{ causes = "_email.open", of = "a" }"#, r#"{ takes = "Yes", of = "opened" }"#),
        (r#"{ unsubscribes_from = "a" }"#, r#"{ gets = "EMAIL", times = 1 }, { leaves = "text" }"#),
    ] {
        let text = expectation(given, expect);
        assert_eq!(messages(&project, &text, Verdict::Passed), [""; 0], "{text}");
    }
}

#[test]
fn what_happened_instead_is_said() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let mut told = Vec::new();
    for (given, expect) in [
        ("", r#"{ gets = "nudge", by = 2026-01-02T00:00:00Z }"#),
        ("", r#"{ gets = "tips" }"#),
        ("", r#"{ gets = "text" }"#),
        ("", r#"{ never_gets = "EMAIL" }"#),
        ("", r#"{ never_gets = "a" }"#),
        ("", r#"{ gets = "EMAIL", times = 3 }"#),
        ("", r#"{ gets = "EMAIL", at_most = 1, in = "3 days" }"#),
        ("", r#"{ takes = "Yes", of = "opened" }"#),
        ("", r#"{ never_takes = "No", of = "opened" }"#),
        (r#"{ opens = "a" }"#, r#"{ reaches = "wait" }"#),
        ("", r#"{ never_reaches = "wait" }"#),
        ("", r#"{ leaves = "nudge" }"#),
        ("", r#"{ leaves = true, within = "2 days" }"#),
        ("", r#"{ leaves = false }"#),
        ("", r#"{ enters = false }"#),
        ("", r#"{ is_refused = "ENDPOINT_OPT_OUT" }"#),
        (r#"{ opens = "tips" }"#, r#"{ gets = "a" }"#),
    ] {
        told.extend(messages(&project, &expectation(given, expect), Verdict::Failed));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_message_held_or_dropped_says_by_what() {
    let night = |wait: bool| {
        let activities = json!({"a": {"EMAIL": {"TemplateName": "welcome"}}});
        let journey = json!({"Activities": activities, "QuietTime": {"Start": "09:00", "End": "11:59"}, "WaitForQuietTime": wait});
        project(journey, json!({}))
    };
    let text = "journey = \"j\"\n[people.ann]\nChannelType = \"EMAIL\"\nAddress = \"ann@example.com\"\nDemographic.Timezone = \"Europe/Berlin\"\n\
        [[expectation]]\nname = \"n\"\nexpect = [{ gets = \"a\", by = 2026-01-01T10:00:00Z }]\n";
    insta::assert_snapshot!(messages(&night(true), text, Verdict::Failed)[0]);
    insta::assert_snapshot!(messages(&night(false), text, Verdict::Failed)[0]);
}

#[test]
fn a_cap_an_opt_out_and_a_missing_channel_are_named() {
    let capped = project(json!({"Activities": welcome(), "Limits": {"TotalCap": 1}}), json!({}));
    insta::assert_snapshot!(messages(&capped, &expectation("", r#"{ gets = "nudge" }"#), Verdict::Failed)[0]);
    let plain = project(json!({"Activities": welcome()}), json!({}));
    let text = expectation(r#"{ unsubscribes_from = "a" }"#, r#"{ gets = "nudge" }"#);
    insta::assert_snapshot!(messages(&plain, &text, Verdict::Failed)[0]);
}

#[test]
fn who_does_not_come_in_is_refused_with_the_reason() {
    let segments = json!({"gold": {"Dimensions": {"UserAttributes": {"Tier": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}}}});
    let entry = json!({"SegmentStartCondition": {"SegmentId": "gold"}});
    let project = project(json!({"Activities": welcome(), "StartCondition": entry}), segments);
    let silver = "journey = \"j\"\n[people.ann]\nChannelType = \"EMAIL\"\nAddress = \"a@example.com\"\nUser.UserAttributes.Tier = [\"silver\"]\n\
        [[expectation]]\nname = \"n\"\n";
    for expect in ["{ enters = false }", "{ is_refused = true }", "{ is_refused = \"FILTERED_OUT_BY_SEGMENT\" }"] {
        assert_eq!(messages(&project, &format!("{silver}expect = [{expect}]\n"), Verdict::Passed), [""; 0]);
    }
    insta::assert_snapshot!(
        messages(&project, &format!("{silver}expect = [{{ gets = \"a\" }}]\n"), Verdict::Failed)[0]
    );
    let out = silver.replace("silver", "gold").replace("[[exp", "OptOut = \"ALL\"\n[[exp");
    let text = format!("{out}expect = [{{ is_refused = \"ENDPOINT_OPT_OUT\" }}, {{ enters = false }}]\n");
    assert_eq!(messages(&project, &text, Verdict::Passed), [""; 0]);
    insta::assert_snapshot!(messages(&project, &format!("{out}expect = [{{ enters = true }}]\n"), Verdict::Failed)[0]);
}

#[test]
fn an_event_lets_people_in_and_a_second_one_does_not() {
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart"]},
        "Metrics": {"value": {"ComparisonOperator": "GREATER_THAN", "Value": 20.0}}}});
    let entry = json!({"EventStartCondition": {"EventFilter": filter}});
    let project = project(json!({"Activities": welcome(), "StartCondition": entry}), json!({}));
    let cart = |value: u32, more: &str| format!("{{ causes = \"cart\", metrics = {{ value = {value} }}{more} }}");
    let twice = format!("{}, {}", cart(30, ", after = \"1 hour\""), cart(30, ", after = \"2 hours\""));
    for (given, expect, verdict) in [
        (cart(30, ""), "{ enters = true, by = 2026-01-01T09:01:00Z }", Verdict::Passed),
        (cart(20, ""), "{ enters = false }", Verdict::Passed),
        (twice.clone(), "{ is_refused = \"ACTIVE_ENDPOINT_REJECTED\", by = 2026-01-01T11:00:00Z }", Verdict::Passed),
        (twice, "{ is_refused = \"REENTRY_CAP_EXCEEDED\" }", Verdict::Failed),
    ] {
        messages(&project, &expectation(&given, expect), verdict);
    }
}

#[test]
fn an_event_can_follow_a_message_that_follows_an_event() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    // The unsubscription follows `tips`, which is only sent because `a` was opened.
    let text = expectation(
        r#"{ unsubscribes_from = "tips", after = "1 hour" }, { opens = "a", after = "1 day" }"#,
        r#"{ gets = "tips", times = 1 }"#,
    );
    assert_eq!(messages(&project, &text, Verdict::Passed), [""; 0]);
}

#[test]
fn people_of_the_project_and_users_with_several_endpoints_take_part() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let mut people = People::default();
    for (id, channel, address) in [("b-mail", "EMAIL", "b@example.com"), ("b-sms", "SMS", "+12065550100")] {
        people.push(Some(id), &json!({"ChannelType": channel, "Address": address, "User": {"UserId": "bob"}})).unwrap();
    }
    let text = |person: &str, endpoint: &str| {
        format!(
            "journey = \"j\"\n[[expectation]]\nname = \"n\"\ngiven = [{{ person = \"{person}\", opens = \"a\", endpoint = \"{endpoint}\" }}]\n\
             expect = [{{ person = \"{person}\", gets = \"tips\" }}, {{ person = \"{person}\", never_gets = \"SMS\" }}]\n"
        )
    };
    for person in ["bob", "b-mail", "b-sms"] {
        let outcomes = outcomes(&project, &text(person, "b-mail"), &people);
        assert_eq!(outcomes[0].verdict, Verdict::Passed, "{outcomes:#?}");
    }
    let inline = "journey = \"j\"\n[[people.cleo]]\nChannelType = \"EMAIL\"\nAddress = \"c@example.com\"\n[[people.cleo]]\nChannelType = \"SMS\"\n\
        Address = \"+12065550100\"\n[[expectation]]\nname = \"n\"\nexpect = [{ gets = \"EMAIL\", times = 2 }, { gets = \"SMS\" }]\n";
    assert_eq!(messages(&project, inline, Verdict::Passed), [""; 0]);
}

#[test]
fn an_expectation_takes_its_own_people_before_those_of_the_file() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let own = "people.ann = { ChannelType = \"SMS\", Address = \"+12065550100\" }\n";
    let text = format!(
        "{ANN}[people.ben]\nChannelType = \"EMAIL\"\nAddress = \"b@example.com\"\n\
         [[expectation]]\nname = \"own\"\n{own}expect = [{{ person = \"ann\", never_gets = \"EMAIL\" }}, {{ person = \"ann\", gets = \"SMS\" }}]\n\
         [[expectation]]\nname = \"file\"\nexpect = [{{ person = \"ann\", gets = \"EMAIL\" }}]\n"
    );
    assert_eq!(messages(&project, &text, Verdict::Passed), [""; 0]);
    let (all, _) = read(&text);
    assert_eq!((all.people.len(), all.expectations[0].people.len(), all.expectations[1].people.len()), (2, 1, 0));
}

#[test]
fn names_that_mean_nothing_can_not_be_asked() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let mut told = Vec::new();
    for (given, expect) in [
        ("", r#"{ gets = "nudgee" }"#),
        ("", r#"{ gets = "opened" }"#),
        ("", r#"{ takes = "Maybe", of = "opened" }"#),
        ("", r#"{ takes = "Yes", of = "opend" }"#),
        ("", r#"{ person = "anna", gets = "a" }"#),
        ("", r#"{ is_refused = "ENDPOINT_OPTOUT" }"#),
        (r#"{ clicks = "text" }"#, r#"{ gets = "a" }"#),
        (r#"{ clicks = "wait" }"#, r#"{ gets = "a" }"#),
        (r#"{ opens = "a", endpoint = "other" }"#, r#"{ gets = "a" }"#),
    ] {
        told.extend(messages(&project, &expectation(given, expect), Verdict::Broken));
    }
    told.extend(messages(&project, &expectation("", "{ gets = \"a\" }").replace("\"j\"", "\"k\""), Verdict::Broken));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_is_not_understood_is_named_by_line_and_key() {
    let mut told = Vec::new();
    for text in [
        "journey = ",
        "journey = \"j\"\njurney = \"j\"\n",
        "journey = 7\n[[expectation]]\nexpect = [{ person = \"a\", gets = \"a\" }]",
        "start = \"tomorrow\"",
        "responses = \"some\"",
        "expectation = 3",
        "people = 3",
        "[people]\nann = 3",
        "[people.ann]\nChannelType = \"FAX\"",
        "[people.ann]\nAdress = \"a@example.com\"",
        "[people.ann]\nDemographic.TimeZone = \"UTC\"",
        "[people.ann]\nAttributes = { Plan = 3 }",
        "[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", gets = \"a\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpects = []\nexpect = [{ person = \"a\", gets = \"a\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [\n{ person = \"a\",\ngot = \"a\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", gets = \"a\", leaves = true }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ gets = \"a\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", takes = \"Yes\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", gets = \"a\", of = \"b\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", leaves = true, times = 2 }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", gets = \"a\", in = \"1 day\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", gets = \"a\", within = \"soon\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", gets = \"a\", within = \"1 day\", by = 2026-01-01T00:00:00Z }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\nexpect = [{ person = \"a\", gets = \"a\", between = [2026-01-02T00:00:00Z, 2026-01-01T00:00:00Z] }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\ngiven = [{ person = \"a\" }]\nexpect = [{ person = \"a\", gets = \"a\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\ngiven = [{ person = \"a\", opens = \"a\", clicks = \"a\" }]\nexpect = [{ person = \"a\", gets = \"a\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\ngiven = [{ person = \"a\", opens = \"a\", metrics = { x = 1 } }]\nexpect = [{ person = \"a\", gets = \"a\" }]",
        "journey = \"j\"\n[[expectation]]\nname = \"n\"\ngiven = [{ person = \"a\", causes = \"e\", metrics = { x = \"1\" } }]\nexpect = [{ person = \"a\", gets = \"a\" }]",
        "[promises]\nnobody_is_stranded = true",
        "journey = \"j\"\n[promises]\nnobody_is_strandet = true",
        "journey = \"j\"\n[promises]\nat_most = { mesages = 1, in = \"1 day\" }",
        "journey = \"j\"\n[promises]\neveryone_leaves_within = 3",
    ] {
        let (_, problems) = read(text);
        assert!(!problems.is_empty(), "{text}");
        told.extend(problems.into_iter().map(|problem| format!("{}: {}", problem.line, problem.message)));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn one_bad_expectation_leaves_the_others() {
    let text = format!(
        "{}[[expectation]]\nname = \"bad\"\nexpect = [{{ got = \"a\" }}]\n",
        expectation("", "{ gets = \"a\" }")
    );
    let (expectations, problems) = read(&text);
    assert_eq!((expectations.expectations.len(), problems.len()), (1, 2));
    assert_eq!(read("").0, Expectations::default());
}

#[test]
fn what_is_written_is_read_back_the_same() {
    let text = r#"
journey = "j.json"
start = 2026-01-01T09:00:00Z
seed = 7
responses = "model"
[[people."ann \"a\" é"]]
Address = "a\tb\u007F@example.com"
Attributes = { "odd key" = ["x", "y"] }
Metrics = { a = 1, b = 2.5, c = -1e300 }
[[people."ann \"a\" é"]]
ChannelType = "SMS"
[[expectation]]
name = "all words"
given = [
    { opens = "a" }, { clicks = "a", after = "3 days 1 second" }, { misses = "a", at = 2026-01-02T00:00:00Z },
    { causes = "e", of = "a", attributes = { k = "v" }, metrics = { m = 0.1 }, endpoint = "x" },
    { answers = "a", attributes = { k = "v" } }, { receives = "a" }, { unsubscribes_from = "a" }, { complains_about = "a" },
]
expect = [
    { gets = "a" }, { never_gets = "a" }, { gets = "a", times = 3 }, { gets = "a", at_most = 2 }, { gets = "a", at_most = 2, in = "P1W" },
    { takes = "A", of = "b" }, { never_takes = "A", of = "b" }, { reaches = "b" }, { never_reaches = "b" },
    { leaves = true }, { leaves = false }, { leaves = "b" }, { enters = true }, { enters = false },
    { is_refused = true }, { is_refused = "ENDED" },
    { gets = "a", by = 2026-01-02T00:00:00Z }, { gets = "a", not_before = 2026-01-02T00:00:00.123Z, within = "1 hour" },
    { gets = "a", not_within = "90 minutes" }, { gets = "a", between = [2026-01-02T00:00:00Z, 2026-01-03T00:00:00Z] },
]
[promises]
nobody_is_messaged_after_opting_out = "person"
at_most = [{ messages = 1, in = "1 day" }, { messages = 3, in = "1 week" }]
nobody_is_stranded = true
everyone_leaves_within = "30 days"
nobody_gets_the_same_message_twice = true
tries = 10
"#;
    let plain = |mut all: Expectations| {
        for expectation in &mut all.expectations {
            expectation.line = 0;
            expectation.given.iter_mut().for_each(|given| given.line = 0);
            expectation.expect.iter_mut().for_each(|expected| expected.line = 0);
        }
        all.promises.iter_mut().for_each(|promises| promises.line = 0);
        all
    };
    let (first, problems) = read(text);
    assert_eq!(problems, []);
    assert_eq!((first.expectations[0].given.len(), first.expectations[0].expect.len()), (8, 20));
    let (second, problems) = read(&write(&first));
    assert_eq!(problems, [], "{}", write(&first));
    assert_eq!(plain(first), plain(second));
}

#[test]
fn responses_of_the_model_are_drawn_from_the_seed() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let opened = |seed: u32| {
        let text = expectation("", "{ takes = \"Yes\", of = \"opened\" }");
        let text = format!("seed = {seed}\nresponses = \"model\"\n{text}");
        outcomes(&project, &text, &People::default())[0].verdict == Verdict::Passed
    };
    let first: Vec<bool> = (0..60).map(opened).collect();
    assert_eq!(first, (0..60).map(opened).collect::<Vec<_>>());
    let share = first.iter().filter(|opened| **opened).count();
    assert!((5..30).contains(&share), "about 3 in 10 open: {share} of 60");
}

#[test]
fn coverage_names_what_no_expectation_takes() {
    let activities = json!({
        "a": {"Holdout": {"Percentage": 50, "NextActivity": "s"}},
        "s": {"RandomSplit": {"Branches": [{"Percentage": 50, "NextActivity": "x"}, {"Percentage": 50, "NextActivity": "nowhere"}]}},
        "x": {"EMAIL": {}},
    });
    let project = project(json!({"Activities": activities}), json!({}));
    let (all, _) = read(&expectation("", "{ enters = true }"));
    let (_, coverage) = check(&[("e.toml".to_owned(), all)], &subjects(&project), &People::default());
    assert_eq!((coverage[0].all, coverage[0].taken, coverage[0].percent()), (5, 3, 60));
    assert_eq!(coverage[0].missing, ["`a` held out", "`s` branch 2 to `nowhere`, which does not exist"]);
    let (_, none) = check(&[], &subjects(&project), &People::default());
    assert_eq!(none[0].taken, 0);
}

#[test]
fn a_failed_expectation_tells_the_steps_that_matter() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let outcomes = outcomes(&project, &expectation("", r#"{ gets = "tips" }"#), &People::default());
    let story: Vec<&str> = outcomes[0].failed[0].story.iter().map(|step| step.text.as_str()).collect();
    insta::assert_snapshot!(story.join("\n"));
}

#[test]
fn the_file_that_the_documentation_shows_is_understood() {
    for (page, expectations) in [(include_str!("../src/expectations.rs"), 1), (include_str!("../src/promises.rs"), 0)] {
        let block: Vec<&str> = page
            .lines()
            .skip_while(|line| *line != "//! ```toml")
            .skip(1)
            .take_while(|line| *line != "//! ```")
            .map(|line| line.trim_start_matches("//!"))
            .collect();
        let (all, problems) = read(&block.join("\n"));
        assert_eq!(problems, []);
        assert_eq!((all.expectations.len(), all.promises.is_some()), (expectations, expectations == 0));
    }
}

#[test]
fn an_opt_out_after_coming_in_again_answers_the_message_of_the_first_time() {
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart"]}}});
    let entry = json!({"EventStartCondition": {"EventFilter": filter}});
    let activities = json!({
        "a": {"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": "b"}},
        "b": {"EMAIL": {"TemplateName": "hello"}},
    });
    let members = json!({"Activities": activities, "StartCondition": entry, "Limits": {"EndpointReentryCap": 0}});
    // The second time is still waiting when the first message is answered.
    let text = expectation(
        "{ causes = \"cart\", at = 2026-01-02T00:00:00Z }, { causes = \"cart\", at = 2026-01-05T00:00:00Z }, \
         { unsubscribes_from = \"b\", at = 2026-01-06T00:00:00Z }",
        "{ gets = \"b\", times = 1 }",
    );
    assert_eq!(messages(&project(members, json!({})), &text, Verdict::Passed), [""; 0]);
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd_to_be_read(text in "[a-z_=\\[\\]{}\", .0-9\\n:TZ-]{0,200}") {
        read(&text);
    }

    #[test]
    fn a_damaged_file_is_read_and_run_without_a_panic(at in 0usize..600, byte in 0u8..128) {
        let mut text = expectation(
            "{ person = \"ann\", opens = \"a\", after = \"3 hours\" }, { causes = \"e\", at = 2026-01-01T10:00:00Z, metrics = { m = 1 } }",
            "{ gets = \"nudge\", by = 2026-01-04T00:00:00Z }, { takes = \"No\", of = \"opened\" }, { gets = \"EMAIL\", at_most = 2, in = \"2 days\" }, { leaves = true, within = \"9 days\" }",
        ).into_bytes();
        let at = at % text.len();
        text[at] = byte;
        let (all, _) = read(&String::from_utf8(text).unwrap());
        let project = project(json!({"Activities": welcome()}), json!({}));
        check(&[("e.toml".to_owned(), all)], &subjects(&project), &People::default());
    }
}
