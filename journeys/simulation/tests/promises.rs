//! Promises: what holds is said to hold, what does not is shown by the smallest life that breaks it.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

mod common;

use audience::People;
use common::{project, subjects, welcome};
use model::Project;
use serde_json::{Value, json};
use simulation::expectations::{Verdict, check, read};
use simulation::promises::{Kept, keep};

fn kept(project: &Project, promises: &str, people: &People) -> Vec<Kept> {
    let (all, problems) = read(&format!("journey = \"j\"\n[promises]\ntries = 300\n{promises}"));
    assert_eq!(problems, []);
    keep("p.toml", all.promises.as_ref().unwrap(), project, &subjects(project), people)
}

/// The story of the smallest life that breaks the only promise, which as an expectation fails too.
fn broken(project: &Project, promise: &str) -> String {
    let kept = kept(project, promise, &People::default());
    assert_eq!((kept.len(), kept[0].verdict), (1, Verdict::Failed), "{kept:#?}");
    let broken = kept[0].broken.as_ref().unwrap();
    let (again, problems) = read(&broken.again);
    assert_eq!(problems, [], "{}", broken.again);
    let (outcomes, _) = check(&[("again.toml".to_owned(), again)], &subjects(project), &People::default());
    assert_eq!(outcomes[0].verdict, Verdict::Failed, "{}", broken.again);
    format!("{}: {}\n{}", kept[0].promise, kept[0].message, broken.again)
}

fn every_day(cap: u32) -> Value {
    json!({"Activities": {"a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "b"}}, "b": {"SMS": {"TemplateName": "text"}}},
        "RefreshFrequency": "P1D", "Limits": {"EndpointReentryCap": cap}})
}

#[test]
fn a_promise_that_holds_is_kept() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let kept = kept(
        &project,
        "nobody_is_messaged_after_opting_out = true\nat_most = { messages = 1, in = \"1 day\" }\nnobody_is_stranded = true\n\
        everyone_leaves_within = \"3 days\"\nnobody_gets_the_same_message_twice = true\n",
        &People::default(),
    );
    assert_eq!(kept.len(), 5);
    for kept in kept {
        assert_eq!((kept.verdict, kept.broken), (Verdict::Passed, None), "{}", kept.promise);
        assert!(kept.lives > 300, "{}", kept.lives);
    }
}

#[test]
fn the_smallest_life_breaks_each_promise() {
    let mut told = vec![
        broken(&project(every_day(2), json!({})), "nobody_is_messaged_after_opting_out = \"person\""),
        broken(
            &project(json!({"Activities": welcome()}), json!({})),
            "at_most = { messages = 1, in = \"2 days 1 minute\" }",
        ),
        broken(&project(json!({"Activities": welcome()}), json!({})), "everyone_leaves_within = \"2 days\""),
        broken(&project(every_day(2), json!({})), "nobody_gets_the_same_message_twice = true"),
    ];
    let lost = json!({"Activities": {"a": {"ConditionalSplit": {
        "Condition": {"Conditions": [{"segmentDimensions": {"UserAttributes": {"Plan": {"Values": ["pro"]}}}}]},
        "TrueActivity": "nowhere"}}}});
    told.push(broken(&project(lost, json!({})), "nobody_is_stranded = true"));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn opting_out_of_one_endpoint_does_not_break_the_promise_for_it() {
    let project = project(every_day(5), json!({}));
    let kept = kept(&project, "nobody_is_messaged_after_opting_out = true", &People::default());
    assert_eq!(kept[0].verdict, Verdict::Passed, "{kept:#?}");
}

#[test]
fn sample_people_are_tried_as_they_are() {
    // Only who carries this odd value waits; no generated person needs it for a path.
    let activities = json!({"a": {"EMAIL": {"TemplateName": "hello"}}});
    let quiet =
        json!({"Activities": activities, "QuietTime": {"Start": "08:00", "End": "23:59"}, "WaitForQuietTime": true});
    let project = project(quiet, json!({}));
    let mut people = People::default();
    let berlin =
        json!({"ChannelType": "EMAIL", "Address": "b@example.com", "Demographic": {"Timezone": "Europe/Berlin"}});
    people.push(Some("b"), &berlin).unwrap();
    let found =
        kept(&project, "tries = 0\neveryone_leaves_within = \"1 hour\"".trim_start_matches("tries = 0\n"), &people);
    assert_eq!(found[0].verdict, Verdict::Failed, "{found:#?}");
    assert_eq!(found[0].lives, 1);
}

#[test]
fn the_same_seed_finds_the_same() {
    let project = project(every_day(2), json!({}));
    let promises =
        "seed = 5\nnobody_is_messaged_after_opting_out = \"person\"\nnobody_gets_the_same_message_twice = true\n";
    assert_eq!(kept(&project, promises, &People::default()), kept(&project, promises, &People::default()));
}

#[test]
fn promises_of_an_unknown_journey_can_not_be_asked() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let (all, _) = read("journey = \"jj\"\n[promises]\nnobody_is_stranded = true\n");
    let kept = keep("p.toml", all.promises.as_ref().unwrap(), &project, &subjects(&project), &People::default());
    assert_eq!(kept[0].verdict, Verdict::Broken);
    assert!(kept[0].message.contains("no journey `jj`"), "{}", kept[0].message);
}

#[test]
fn a_journey_entered_by_event_is_searched_too() {
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart"]}}});
    let entry = json!({"EventStartCondition": {"EventFilter": filter}});
    let members = json!({"Activities": {"a": {"EMAIL": {"TemplateName": "hello"}}}, "StartCondition": entry, "Limits": {"EndpointReentryCap": 0}});
    insta::assert_snapshot!(broken(&project(members, json!({})), "at_most = { messages = 1, in = \"1 day\" }"));
}
