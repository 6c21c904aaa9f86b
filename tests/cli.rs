//! The `waymark` command as people run it: exit codes, words on the right output, bad input, the samples of others.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

mod command;
#[path = "command/serving.rs"]
mod serving;

use command::{code, example, stderr, stdout, text, waymark};
use serde_json::Value;
use serving::Serving;
use tempfile::TempDir;

/// Real inputs as others published them; not part of the project, used where they are.
const SAMPLES: &str = "../shared/samples";

#[test]
fn new_makes_a_project_that_is_clean() {
    let place = tempfile::tempdir().unwrap();
    let shop = place.path().join("shop");
    let made = waymark(&["new", text(&shop), "--from", "onboarding"]);
    assert_eq!(code(&made), 0, "{made:?}");
    assert!(stdout(&made).is_empty(), "messages stand on the error output");
    assert!(shop.join("waymark.toml").is_file());
    let checked = waymark(&["check", text(&shop)]);
    assert!(code(&checked) <= 1, "{checked:?}");
    assert!(!stdout(&checked).contains(": error["), "{checked:?}");

    let again = waymark(&["new", text(&shop)]);
    assert_eq!(code(&again), 2, "{again:?}");
    assert!(stderr(&again).contains("not empty"), "{again:?}");
    let unknown = waymark(&["new", text(&place.path().join("x")), "--from", "nothing"]);
    assert_eq!(code(&unknown), 2);
    assert!(stderr(&unknown).contains("onboarding"), "{unknown:?}");
    let empty = place.path().join("empty");
    assert_eq!(code(&waymark(&["new", text(&empty)])), 0);
    assert_eq!(code(&waymark(&["check", text(&empty)])), 0);
    let list = waymark(&["new", "--list"]);
    assert_eq!(stdout(&list).lines().count(), 14, "{list:?}");
}

#[test]
fn check_names_places_and_tells_by_its_exit_code() {
    let place = example("broken-on-purpose");
    let checked = waymark(&["check", text(place.path())]);
    assert_eq!(code(&checked), 1, "{checked:?}");
    let first = stdout(&checked).lines().next().unwrap().to_owned();
    let after_file = first.split(".json:").nth(1).unwrap();
    let mut place_in_file = after_file.split(':');
    assert!(place_in_file.next().unwrap().parse::<usize>().unwrap() > 0, "{first}");
    assert!(place_in_file.next().unwrap().parse::<usize>().unwrap() > 0, "{first}");

    let json = waymark(&["check", text(place.path()), "--format", "json"]);
    assert_eq!(code(&json), 1);
    let json: Value = serde_json::from_str(&stdout(&json)).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert!(findings.len() >= 5, "{json:#}");
    for found in findings {
        let rule = found["rule"].as_str().unwrap();
        let explained = waymark(&["explain", rule]);
        assert_eq!(code(&explained), 0, "{rule}");
        assert!(stdout(&explained).starts_with(rule), "{explained:?}");
    }
    assert_eq!(code(&waymark(&["check", text(&place.path().join("nothing"))])), 2);
    assert_eq!(code(&waymark(&["explain", "no-such-rule"])), 2);
    assert_eq!(code(&waymark(&["check"])), 2);
}

#[test]
fn a_damaged_file_is_named_by_line_and_column_and_stays_as_it_is() {
    let place = example("onboarding");
    let file = fs::read_dir(place.path().join("journeys")).unwrap().next().unwrap().unwrap().path();
    let sound = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = sound.lines().collect();
    let damaged = [&lines[..5], &["  \"Oops\": tru,"], &lines[5..]].concat().join("\n");
    fs::write(&file, &damaged).unwrap();
    let checked = waymark(&["check", text(place.path())]);
    assert_eq!(code(&checked), 2, "{checked:?}");
    let name = file.file_name().unwrap().to_str().unwrap();
    let line = stdout(&checked).lines().find(|line| line.contains("could not be read whole")).unwrap().to_owned();
    assert!(line.contains(&format!("{name}:6:")) && line.contains("Oops") && line.contains("`tru`"), "{line}");
    assert_eq!(fs::read_to_string(&file).unwrap(), damaged, "the file is left alone");

    fs::write(&file, &sound[..sound.len() / 2]).unwrap();
    let checked = waymark(&["check", text(&file)]);
    assert_eq!(code(&checked), 2, "{checked:?}");
    fs::write(place.path().join("empty.json"), "").unwrap();
    let checked = waymark(&["check", text(&place.path().join("empty.json"))]);
    assert_eq!(code(&checked), 2, "{checked:?}");
    assert!(stderr(&checked).contains("line 1, column 1"), "{checked:?}");
}

#[test]
fn dumps_of_the_cli_are_read_as_they_are() {
    let place = example("onboarding");
    let file = fs::read_dir(place.path().join("journeys")).unwrap().next().unwrap().unwrap().path();
    let journey: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let dump = elsewhere.path().join("dump.json");
    for wrapped in [
        serde_json::json!({"JourneyResponse": journey}),
        serde_json::json!({"JourneysResponse": {"Item": [journey]}}),
        serde_json::json!({"ApplicationId": "1", "WriteJourneyRequest": journey}),
    ] {
        fs::write(&dump, wrapped.to_string()).unwrap();
        let exported = waymark(&["export", text(&dump)]);
        assert_eq!(code(&exported), 0, "{exported:?}");
        let exported: Value = serde_json::from_str(&stdout(&exported)).unwrap();
        assert_eq!(exported["Activities"], journey["Activities"]);
        let simulated = waymark(&["simulate", text(&dump), "--format", "json"]);
        assert_eq!(code(&simulated), 0, "{simulated:?}");
    }
    let picture = elsewhere.path().join("picture.svg");
    let exported = waymark(&["export", text(&file), "--as", "svg", "-o", text(&picture)]);
    assert_eq!(code(&exported), 0, "{exported:?}");
    let picture = fs::read_to_string(picture).unwrap();
    assert!(picture.starts_with("<svg"), "{picture}");
    for (kind, start) in [("png", &b"\x89PNG"[..]), ("pdf", b"%PDF-")] {
        let exported = waymark(&["export", text(&file), "--as", kind]);
        assert_eq!(code(&exported), 0, "{exported:?}");
        assert!(exported.stdout.starts_with(start), "{kind}");
    }
}

#[test]
fn what_is_missing_or_damaged_is_said_with_what_to_do() {
    let place = example("onboarding");
    let missing = place.path().join("none");
    let missing = text(&missing);
    for (arguments, help) in [
        (&["check", missing][..], "check the path"),
        (&["people", missing], "`waymark new` makes one"),
        (&["history", missing, "--target", "local"], "check the path"),
        (&["export", missing], "check the path"),
    ] {
        let said = waymark(arguments);
        let words = stderr(&said);
        assert_eq!(code(&said), 2, "{words}");
        assert!(words.contains(missing) && words.contains(help) && !words.contains("0 documents"), "{words}");
    }
    let file = place.path().join("journeys/verify-address.json");
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    for kind in ["pinpoint", "svg", "connect", "aws-cli"] {
        let exported = waymark(&["export", text(&file), "--as", kind]);
        let words = stderr(&exported);
        assert_eq!(code(&exported), 0, "{words}");
        assert!(words.contains("verify-address.json:") && words.contains("could not be read"), "{kind}: {words}");
    }
}

#[test]
fn simulate_counts_tells_and_repeats() {
    let place = example("cart-abandonment");
    let file = place.path().join("journeys/cart-abandonment.json");
    let run = |more: &[&str]| {
        let mut arguments = vec!["simulate", text(&file)];
        arguments.extend(more);
        let output = waymark(&arguments);
        assert_eq!(code(&output), 0, "{output:?}");
        stdout(&output)
    };
    let first = run(&["--format", "json"]);
    assert_eq!(first, run(&["--format", "json"]), "the same seed gives the same bytes");
    let json: Value = serde_json::from_str(&first).unwrap();
    assert!(json["run"]["entered"].as_u64().unwrap() > 0, "{json:#}");
    let people = fs::read_to_string(place.path().join("endpoints/people.jsonl")).unwrap();
    let person: Value = serde_json::from_str(people.lines().next().unwrap()).unwrap();
    let told = run(&["--trace", person["Id"].as_str().unwrap()]);
    assert!(told.contains("story of"), "{told}");
    let nobody = waymark(&["simulate", text(&file), "--trace", "nobody-at-all"]);
    assert_eq!(code(&nobody), 2, "{nobody:?}");
    let when = waymark(&["simulate", text(&file), "--start", "tomorrow"]);
    assert_eq!(code(&when), 2);
    assert!(stderr(&when).contains("2026-11-30T09:00:00Z"), "{when:?}");
}

#[test]
fn simulate_runs_a_whole_project_and_warns_of_too_much() {
    let place = example("onboarding");
    let messages = place.path().join("messages.csv");
    let settings = place.path().join("waymark.toml");
    let text_before = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{text_before}\n[calendar]\nper_day = 1\n")).unwrap();
    let run = |more: &[&str]| waymark(&[&["simulate", text(place.path())], more].concat());
    let first = run(&["--format", "json", "--days", "60", "--messages", text(&messages)]);
    assert_eq!(code(&first), 0, "{first:?}");
    let json: Value = serde_json::from_str(&stdout(&first)).unwrap();
    let documents = json["run"]["documents"].as_array().unwrap();
    let names: Vec<&str> = documents.iter().filter_map(|of| of["document"].as_str()).collect();
    assert_eq!(names, ["journeys/verify-address", "journeys/welcome-series", "campaigns/december-newsletter"]);
    let sum: u64 = documents.iter().filter_map(|of| of["messages"].as_u64()).sum();
    let days = json["run"]["days"].as_array().unwrap();
    let by_day = days.iter().flat_map(|day| day["senders"].as_array().unwrap());
    assert_eq!(by_day.filter_map(|of| of["messages"].as_u64()).sum::<u64>(), sum);
    let rows = fs::read_to_string(&messages).unwrap();
    assert_eq!(rows.lines().filter(|line| line.ends_with(",SUCCESS")).count() as u64, sum);
    let warned = &json["run"]["too_much"][0];
    assert_eq!((warned["span"].as_str(), warned["most"].as_u64()), (Some("day"), Some(1)));
    let person = warned["person"].as_str().unwrap();
    let told = stdout(&run(&["--days", "60", "--trace", person]));
    assert!(told.contains("more than 1 message in a day") && told.contains("by the clock of the one"), "{told}");

    // The application's own limit keeps messages back that a journey or campaign alone would send.
    fs::create_dir_all(place.path().join("application")).unwrap();
    let own = place.path().join("application/settings.json");
    fs::write(&own, r#"{"ApplicationId": "1", "Limits": {"Daily": 1}}"#).unwrap();
    let limited: Value = serde_json::from_str(&stdout(&run(&["--format", "json", "--days", "60"]))).unwrap();
    let count = |json: &Value, member: &str| -> u64 {
        json["run"]["documents"].as_array().unwrap().iter().filter_map(|of| of[member].as_u64()).sum()
    };
    assert!(count(&limited, "capped") > 0 && count(&limited, "messages") < sum, "{limited:#}");
    fs::write(&own, "{").unwrap();
    let broken = run(&[]);
    assert_eq!(code(&broken), 2);
    assert!(stderr(&broken).contains("settings.json"), "{broken:?}");
    let one = run(&["--skip-waits"]);
    assert_eq!(code(&one), 2);
    assert!(stderr(&one).contains("--skip-waits is about one journey"), "{one:?}");
}

#[test]
fn simulate_tries_the_test_copy_of_a_journey() {
    let place = example("cart-abandonment");
    let file = place.path().join("journeys/cart-abandonment.json");
    let as_drawn = fs::read_to_string(&file).unwrap();
    let run = |more: &[&str]| waymark(&[&["simulate", text(&file), "--format", "json"], more].concat());
    let counts = |more: &[&str]| -> Value {
        let output = run(more);
        assert_eq!(code(&output), 0, "{output:?}");
        serde_json::from_str::<Value>(&stdout(&output)).unwrap()["run"].take()
    };
    let whole = counts(&[]);
    let (skipped, each) = (counts(&["--skip-waits"]), counts(&["--each-wait", "PT1M"]));
    assert_eq!(fs::read_to_string(&file).unwrap(), as_drawn, "the journey is left alone");
    for copy in [&skipped, &each] {
        assert_eq!(copy["journey"], "Test-cart-abandonment");
        // The journey waits for carts; its test copy lets the members of its segment in, with nothing to wait for.
        assert!(copy["entered"].as_u64().unwrap() > whole["entered"].as_u64().unwrap(), "{copy:#}");
    }
    // The most different minutes, and days, of one person's messages: within a minute the journey's rate parts them.
    let rows = place.path().join("rows.jsonl");
    let spread = |more: &[&str]| -> (usize, usize) {
        let output = run(&[more, &["--messages", text(&rows)]].concat());
        assert_eq!(code(&output), 0, "{output:?}");
        let mut times: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in fs::read_to_string(&rows).unwrap().lines() {
            let row: Value = serde_json::from_str(row).unwrap();
            let of = |member: &str| row[member].as_str().unwrap().to_owned();
            times.entry(of("person")).or_default().insert(of("time")[..16].to_owned());
        }
        let days = |times: &BTreeSet<String>| times.iter().map(|time| &time[..10]).collect::<BTreeSet<_>>().len();
        (times.values().map(BTreeSet::len).max().unwrap(), times.values().map(days).max().unwrap())
    };
    assert_eq!(spread(&["--skip-waits"]), (1, 1), "all at once");
    let (minutes, days) = spread(&["--each-wait", "PT1M"]);
    assert!(minutes > 1 && days == 1, "{minutes} {days}");
    assert!(spread(&[]).1 > 1, "over days");

    let both = run(&["--skip-waits", "--each-wait", "PT1M"]);
    assert_eq!(code(&both), 2);
    assert!(stderr(&both).contains("--each-wait") && stderr(&both).contains("--skip-waits"), "{both:?}");
    let minute = run(&["--each-wait", "1 minute"]);
    assert_eq!(code(&minute), 2);
    assert!(stderr(&minute).contains("`1 minute` is no duration") && stderr(&minute).contains("PT1M"), "{minute:?}");
    let campaign = place.path().join("campaigns/weekly-deals.json");
    let campaign = waymark(&["simulate", text(&campaign), "--skip-waits"]);
    assert_eq!(code(&campaign), 2);
    assert!(stderr(&campaign).contains("a campaign has no waits"), "{campaign:?}");
}

#[test]
fn simulate_writes_files_and_calibrate_learns_from_them() {
    let place = example("onboarding");
    let (journey, none) = (place.path().join("journeys/welcome-series.json"), place.path().join("none.jsonl"));
    fs::write(&none, "").unwrap();
    let file = |name: &str| place.path().join(name);
    let (messages, series, events) = (file("m.parquet"), file("s.csv"), file("e.jsonl"));
    let run = |more: &[&str]| {
        let mut arguments = vec!["simulate", text(&journey), "--events", text(&none)];
        arguments.extend(more);
        waymark(&arguments)
    };
    let outputs = ["--messages", text(&messages), "--render", "--series", text(&series), "--per", "day"];
    let written = run(&[&outputs[..], &["--record", text(&events), "--rate", "email=1"]].concat());
    assert_eq!(code(&written), 0, "{written:?}");
    assert!(stderr(&written).contains("m.parquet"), "{written:?}");
    assert!(fs::read(&messages).unwrap().starts_with(b"PAR1"));
    assert!(
        fs::read_to_string(&series)
            .unwrap()
            .starts_with("time,of,name,way,arrivals,departures,waiting,taken,sends\r\n")
    );

    let learned = file("learned.toml");
    let calibrated = waymark(&["calibrate", text(&events), "--out", text(&learned), "--settle", "0"]);
    assert_eq!(code(&calibrated), 0, "{calibrated:?}");
    assert!(stderr(&calibrated).contains("messages learned from"), "{calibrated:?}");
    let bands = run(&["--runs", "5", "--responses", text(&learned)]);
    assert_eq!(code(&bands), 0, "{bands:?}");
    assert!(stdout(&bands).contains("5 runs, seeds"), "{bands:?}");

    let people = fs::read_to_string(file("endpoints/people.csv")).unwrap();
    let column = people.lines().next().unwrap().split(',').position(|name| name == "Id").unwrap();
    let person = people.lines().nth(1).unwrap().split(',').nth(column).unwrap();
    let at = run(&["--trace", person, "--at", "2027-12-02T10:00:00Z"]);
    assert_eq!(code(&at), 0, "{at:?}");
    assert!(stdout(&at).contains("at 2027-12-02T10:00:00.000Z"), "{at:?}");

    for (wrong, words) in [
        (&["--at", "2027-12-02T10:00:00Z"][..], "--trace"),
        (&["--trace", person, "--at", "noon"], "`noon`"),
        (&["--messages", "m.xlsx"], ".parquet"),
        (&["--rate", "fax=1"], "`fax`"),
        (&["--responses", text(&none.with_extension("toml"))], "none.toml"),
    ] {
        let refused = run(wrong);
        assert_eq!(code(&refused), 2, "{refused:?}");
        assert!(stderr(&refused).contains(words), "{refused:?}");
    }
    let nothing = waymark(&["calibrate", text(&none)]);
    assert_eq!(code(&nothing), 2, "{nothing:?}");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(SAMPLES).join("aws-event-records.json");
    if sample.is_file() {
        let real = waymark(&["calibrate", text(&sample), "--format", "json"]);
        assert_eq!(code(&real), 0, "{real:?}");
        let real: Value = serde_json::from_str(&stdout(&real)).unwrap();
        assert_eq!(real["report"]["learned"][0]["channel"], "sms", "{real:#}");
    }
}

#[test]
fn people_are_told_and_copied_so_that_nobody_is_recognised() {
    let place = example("cart-abandonment");
    let told = waymark(&["people", text(place.path())]);
    assert_eq!(code(&told), 0, "{told:?}");
    assert!(stdout(&told).contains("  User.UserAttributes.FirstName  (personal)\n"), "{told:?}");
    assert!(stdout(&told).contains("  Attributes.Newsletter\n"), "{told:?}");
    let out = place.path().join("copy.jsonl");
    let copy = |more: &[&str]| {
        let all = [&["people", text(place.path()), "--pseudonymise", text(&out)], more].concat();
        waymark(&all)
    };
    let made = copy(&["--personal", "Attributes.CartTopItem", "--keep", "Location.PostalCode"]);
    assert_eq!(code(&made), 0, "{made:?}");
    let written = fs::read_to_string(&out).unwrap();
    let people = fs::read_to_string(place.path().join("endpoints/people.jsonl")).unwrap();
    let texts = |text: &str, pointer: &str| -> BTreeSet<String> {
        let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.filter_map(|row| Some(row.pointer(pointer)?.as_str()?.to_owned())).collect()
    };
    for pointer in ["/Address", "/Id", "/User/UserId", "/User/UserAttributes/FirstName/0", "/Attributes/CartTopItem/0"]
    {
        let (before, after) = (texts(&people, pointer), texts(&written, pointer));
        assert_eq!((before.len(), before.intersection(&after).count()), (after.len(), 0), "{pointer}");
    }
    assert_eq!(texts(&people, "/Location/PostalCode"), texts(&written, "/Location/PostalCode"));
    let again = copy(&[]);
    assert_eq!(code(&again), 2, "{again:?}");
    assert!(stderr(&again).contains("is there already"), "{again:?}");
    fs::remove_file(&out).unwrap();
    let key = place.path().join("key");
    fs::write(&key, "short").unwrap();
    assert!(stderr(&copy(&["--key", text(&key)])).contains("too short for a key"));
    let nobody = copy(&["--personal", "Attributes.Moon"]);
    assert!(stderr(&nobody).contains("nobody has `Attributes.Moon`"), "{nobody:?}");
    assert!(!out.exists());
}

#[test]
fn a_campaign_is_simulated_run_by_run() {
    for (folder, name, runs) in [("flash-sale", "weekend-deals", 17), ("cart-abandonment", "weekly-deals", 17)] {
        let place = example(folder);
        let file = place.path().join(format!("campaigns/{name}.json"));
        let run = |more: &[&str]| {
            let mut arguments = vec!["simulate", text(&file)];
            arguments.extend(more);
            let output = waymark(&arguments);
            assert_eq!(code(&output), 0, "{output:?}");
            stdout(&output)
        };
        let first = run(&["--format", "json"]);
        assert_eq!(first, run(&["--format", "json"]), "the same input gives the same bytes");
        let json: Value = serde_json::from_str(&first).unwrap();
        let counted = &json["run"];
        assert_eq!(counted["status"], "COMPLETED");
        assert_eq!(counted["runs"].as_array().unwrap().len(), runs);
        let messages = counted["messages"].as_u64().unwrap();
        let of_runs = counted["runs"].as_array().unwrap().iter().map(|run| run["messages"].as_u64().unwrap());
        assert!(messages > 0 && of_runs.sum::<u64>() == messages, "{counted:#}");
        let told = run(&[]);
        assert!(told.starts_with(&format!("campaign `{name}`")), "{told}");
        assert!(told.contains(&format!("{runs} runs, {messages} messages")), "{told}");
        let people = fs::read_to_string(place.path().join("endpoints/people.jsonl")).unwrap();
        let person: Value = serde_json::from_str(people.lines().next().unwrap()).unwrap();
        let story = run(&["--trace", person["Id"].as_str().unwrap()]);
        assert!(story.contains("story of"), "{story}");
        assert_eq!(code(&waymark(&["simulate", text(&file), "--trace", "nobody-at-all"])), 2);
        // Outside its project the segment holds everybody, and people are invented.
        let elsewhere = tempfile::tempdir().unwrap();
        let alone = elsewhere.path().join("alone.json");
        fs::copy(&file, &alone).unwrap();
        let simulated = waymark(&["simulate", text(&alone)]);
        assert_eq!(code(&simulated), 0, "{simulated:?}");
        assert!(stdout(&simulated).contains("is not known here: everybody is in it"), "{simulated:?}");
    }
}

#[test]
fn test_runs_the_expectations_of_every_example() {
    for name in sound_examples() {
        let place = example_with_few_tries(&name);
        let tested = waymark(&["test", text(place.path()), "--format", "json"]);
        assert_eq!(code(&tested), 0, "{name}: {tested:?}");
        let json: Value = serde_json::from_str(&stdout(&tested)).unwrap();
        let outcomes = json["outcomes"].as_array().unwrap();
        assert!(outcomes.len() >= 5, "{name} has {} expectations", outcomes.len());
        assert!(json["promises"].as_array().unwrap().len() >= 3, "{name}");
        let coverage = json["coverage"].as_array().unwrap();
        assert_eq!(coverage.len(), files_in(&place.path().join("journeys")), "{name}: a journey is not tested");
        for journey in coverage {
            assert!(journey["percent"].as_u64().unwrap() > 50, "{journey}");
        }
    }
    let broken = example("broken-on-purpose");
    let tested = waymark(&["test", text(broken.path())]);
    assert_eq!(code(&tested), 0, "nothing is expected of it: {tested:?}");
    assert!(stderr(&tested).contains("nothing to test"), "{tested:?}");
}

#[test]
fn test_writes_a_person_for_each_path_and_again_the_same() {
    for name in sound_examples().into_iter().chain(["broken-on-purpose".to_owned()]) {
        let place = example_with_few_tries(&name);
        let file = place.path().join("expectations/generated.toml");
        let first = waymark(&["test", text(place.path()), "--generate", "--format", "json"]);
        assert_eq!(code(&first), 0, "{first:?}");
        let json: Value = serde_json::from_str(&stdout(&first)).unwrap();
        let written = fs::read_to_string(&file).unwrap();
        assert_eq!(code(&waymark(&["test", text(place.path()), "--generate"])), 0);
        assert_eq!(fs::read_to_string(&file).unwrap(), written, "{name}");
        for missing in
            json["coverage"].as_array().unwrap().iter().flat_map(|journey| journey["missing"].as_array().unwrap())
        {
            let said = json["generated"]["impossible"].as_array().unwrap();
            assert!(!said.is_empty(), "{name}: {missing} is not taken, and no path is named that can not be");
        }
        for impossible in json["generated"]["impossible"].as_array().unwrap() {
            assert!(!impossible["reason"].as_str().unwrap().is_empty(), "{impossible}");
        }
    }
    let place = example_with_few_tries("win-back");
    let told = waymark(&["test", text(place.path()), "--generate"]);
    assert!(stdout(&told).contains("win-back: 27 of 27 connections and outcomes taken, 100 %"), "{told:?}");
    assert!(stdout(&told).contains("`discountEmail`, which is not sent on this path"), "{told:?}");
}

#[test]
fn test_says_what_happened_instead_and_tells_by_its_exit_code() {
    let place = example_with_few_tries("onboarding");
    let file = place.path().join("expectations/welcome-series.toml");
    let sound = fs::read_to_string(&file).unwrap();
    fs::write(&file, sound.replace("times = 1, within = \"2 days 1 hour\"", "times = 2")).unwrap();
    let failed = waymark(&["test", text(place.path())]);
    assert_eq!(code(&failed), 1, "{failed:?}");
    let out = stdout(&failed);
    assert!(out.contains("FAIL  who does not open it gets one reminder"), "{out}");
    let line = 1 + sound.lines().position(|line| line.contains("welcomeReminder\", times")).unwrap();
    let wanted = format!(
        "welcome-series.toml:{line}: expected `welcomeReminder` to reach `mia` twice; it came once, at 2026-12-02 09:05 UTC"
    );
    assert!(out.contains(&wanted), "{out}");
    assert!(out.contains("went No: `welcomeEmail` was sent, but no `_email.open` came"), "{out}");
    assert!(stderr(&failed).contains("1 failed"), "{failed:?}");

    fs::write(&file, sound.replace("everyone_leaves_within = \"25 days\"", "everyone_leaves_within = \"12 days\""))
        .unwrap();
    let failed = waymark(&["test", text(place.path())]);
    assert_eq!(code(&failed), 1, "{failed:?}");
    let out = stdout(&failed);
    assert!(out.contains("FAIL  everyone leaves within 12 days"), "{out}");
    // What is offered to be kept fails for the same reason.
    let kept = out.split("put this into a file of expectations:\n").nth(1).unwrap();
    let kept: Vec<&str> = kept.lines().take_while(|line| line.starts_with("          ")).collect();
    fs::write(&file, kept.join("\n")).unwrap();
    let again = waymark(&["test", text(place.path())]);
    assert_eq!(code(&again), 1, "{again:?}");

    for (change, to, said) in [
        (
            "journey = \"welcome-series\"",
            "journey = \"welcome-serie\"",
            "no journey `welcome-serie`; is `welcome-series` meant?",
        ),
        ("person = \"otto\", never_gets", "person = \"oto\", never_gets", "nobody is called `oto`"),
        ("gets = \"proEmail\"", "gets = \"prEmail\"", "is `proEmail` meant?"),
        ("never_gets = \"welcomeReminder\"", "never_get = \"welcomeReminder\"", "is `never_gets` meant?"),
        ("[people.otto]", "[people.otto", "not TOML"),
    ] {
        assert!(sound.contains(change), "{change}");
        fs::write(&file, sound.replace(change, to)).unwrap();
        let broken = waymark(&["test", text(place.path())]);
        assert_eq!(code(&broken), 2, "{change}: {broken:?}");
        assert!(stdout(&broken).contains(said), "{change}: {broken:?}");
    }
    let empty = tempfile::tempdir().unwrap();
    let nothing = waymark(&["test", text(empty.path())]);
    assert_eq!(code(&nothing), 2, "{nothing:?}");
    assert!(stderr(&nothing).contains("is no project") && stderr(&nothing).contains("waymark new"), "{nothing:?}");
    assert_eq!(code(&waymark(&["test", text(&empty.path().join("nowhere"))])), 2);
    let fresh = empty.path().join("fresh");
    assert_eq!(code(&waymark(&["new", text(&fresh)])), 0);
    assert_eq!(code(&waymark(&["test", text(&fresh)])), 0);
}

#[test]
fn test_writes_junit_that_a_parser_reads() {
    let place = example_with_few_tries("onboarding");
    let report = place.path().join("report.xml");
    let odd = "journey = \"verify-address\"\n[people.x]\nChannelType = \"EMAIL\"\nAddress = \"x@example.com\"\n[[expectation]]\n\
        name = \"a <b> & \\\"c\\\" 'd' ]]> \\u0007 \\uFFFE é\"\nexpect = [{ gets = \"verifyEmail\" }]\n\
        [[expectation]]\nname = \"broken\"\nexpect = [{ gets = \"nothing\" }]\n";
    fs::write(place.path().join("expectations/odd.toml"), odd).unwrap();
    fs::write(place.path().join("expectations/unreadable.toml"), "[").unwrap();
    let tested = waymark(&["test", text(place.path()), "--junit", text(&report)]);
    assert_eq!(code(&tested), 2, "{tested:?}");
    let xml = fs::read_to_string(&report).unwrap();
    let mut reader = quick_xml::Reader::from_str(&xml);
    reader.config_mut().check_comments = true;
    let (mut suites, mut cases, mut failures, mut errors) = (Vec::new(), Vec::new(), 0, 0);
    let mut total = String::new();
    loop {
        use quick_xml::events::Event;
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                let attribute = |name: &str| {
                    let found = tag.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == name);
                    found.map(|a| quick_xml::escape::unescape(&a.value).unwrap().into_owned())
                };
                match tag.name().as_ref() {
                    "testsuites" => total = attribute("tests").unwrap(),
                    "testsuite" => suites.push(attribute("name").unwrap()),
                    "testcase" => cases.push(attribute("name").unwrap()),
                    "failure" => failures += usize::from(attribute("message").unwrap().contains("did not enter")),
                    "error" => errors += 1,
                    other => panic!("{other}"),
                }
            }
            _ => {}
        }
    }
    assert_eq!(total.parse::<usize>().unwrap(), cases.len());
    assert_eq!(suites.len(), 4, "{suites:?}");
    assert!(cases.contains(&"a <b> & \"c\" 'd' ]]> \u{fffd} \u{fffd} é".to_owned()), "{cases:?}");
    assert!(cases.contains(&"nobody is stranded".to_owned()), "{cases:?}");
    assert_eq!((failures, errors), (1, 2), "{xml}");
}

#[test]
fn publish_to_a_server_of_our_own_and_again() {
    let place = example("onboarding");
    let mut server = Serving::start(&[]);
    let toml = place.path().join("waymark.toml");
    let settings = fs::read_to_string(&toml).unwrap().replace("http://127.0.0.1:8700", &server.address);
    fs::write(&toml, settings).unwrap();
    let folder = text(place.path()).to_owned();
    let plan = waymark(&["plan", &folder, "--target", "local", "--format", "json"]);
    assert_eq!(code(&plan), 1, "{plan:?}");
    let plan: Value = serde_json::from_str(&stdout(&plan)).unwrap();
    assert_eq!(plan["steps"][0]["operation"], "CreateApp");
    let published = waymark(&["publish", &folder, "--target", "local", "--people"]);
    assert_eq!(code(&published), 0, "{published:?}");
    assert!(stderr(&published).contains("created journey"), "{published:?}");
    let again = waymark(&["publish", &folder, "--target", "local"]);
    assert!(stdout(&again).contains("nothing to do"), "{again:?}");
    let unknown = waymark(&["plan", &folder, "--target", "moon"]);
    assert_eq!(code(&unknown), 2);
    assert!(stderr(&unknown).contains("[target.moon]"), "{unknown:?}");
    server.stop();
    let down = waymark(&["publish", &folder, "--target", "local"]);
    assert_eq!(code(&down), 1, "{down:?}");
    assert!(stderr(&down).contains("waymark serve"), "{down:?}");
}

/// An access key that only these tests know, from the environment.
const KEY: [(&str, &str); 2] =
    [("WAYMARK_ACCESS_KEY_ID", "TESTKEY"), ("WAYMARK_SECRET_ACCESS_KEY", "hush-hush-hush-hush-hush")];

#[test]
fn serve_is_open_to_nobody_elsewhere_without_keys() {
    let place = tempfile::tempdir().unwrap();
    let open = waymark(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(code(&open), 1, "{open:?}");
    assert!(stderr(&open).contains("not a loopback address") && stderr(&open).contains("--keys"), "{open:?}");
    let keys = place.path().join("keys.toml");
    fs::write(&keys, "[keys.SHOP]\nsecret = \"hush-hush-hush-hush-hush\"\npermissions = [\"read\"]\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&keys, fs::Permissions::from_mode(0o644)).unwrap();
        let readable = waymark(&["serve", "--keys", text(&keys)]);
        assert_eq!(code(&readable), 2, "{readable:?}");
        assert!(stderr(&readable).contains("chmod 600"), "{readable:?}");
        fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let plain = waymark(&["serve", "--listen", "0.0.0.0:0", "--keys", text(&keys)]);
    assert_eq!(code(&plain), 1, "{plain:?}");
    assert!(stderr(&plain).contains("--tls-cert"), "{plain:?}");
    let half = waymark(&["serve", "--tls-cert", "cert.pem"]);
    assert_eq!(code(&half), 2, "{half:?}");
    let reader = waymark(&["serve", "--keys", text(&keys), "--backup", text(&place.path().join("b.sqlite"))]);
    assert_eq!(code(&reader), 2, "{reader:?}");
    assert!(stderr(&reader).contains("permission `admin`"), "{reader:?}");
    for output in [open, plain, half, reader] {
        assert!(!format!("{output:?}").contains("hush"), "{output:?}");
    }
}

#[test]
fn serve_says_what_where_and_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&place.path().join(name)).to_owned();
    let (missing, file, data) = (path("missing.toml"), path("a file"), path("data"));
    fs::write(&file, "no store and no folder").unwrap();
    for (arguments, expected, what, next) in [
        (&["--keys", &missing][..], 2, "could not read the access keys in", "--keys the file"),
        (&["--listen", "127.0.0.1:1", "--backup", &path("b.sqlite")], 1, "127.0.0.1:1", "start it with `waymark serve"),
        (&["--restore", &file, "--data", &data], 2, "is not a sound backup", "`waymark serve --backup FILE` wrote"),
        (&["--restore", &missing, "--data", &data], 2, "missing.toml", "`waymark serve --backup FILE` wrote"),
        (&["--listen", "127.0.0.1:0", "--events", &file], 2, "could not write events into the folder", "--events"),
    ] {
        let output = waymark(&[&["serve"], arguments].concat());
        assert_eq!(code(&output), expected, "{output:?}");
        assert!(stderr(&output).contains(what) && stderr(&output).contains(next), "{output:?}");
    }
}

#[test]
fn serve_logs_no_addresses_of_people_unless_asked_for() {
    let address = "ann@people.example";
    for (more, shown) in [(&["--log", "json"][..], false), (&["--log", "json", "--log-addresses"], true)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "debug"]).args(more);
        let place = tempfile::tempdir().unwrap();
        let log = place.path().join("log");
        let mut server = Serving::logging(&mut command, fs::File::create(&log).unwrap().into());
        let host = server.address.trim_start_matches("http://").to_owned();
        let body = format!("{{\"Address\":\"{address}\",\"ChannelType\":\"{address}\"}}");
        let request = format!(
            "PUT /v1/apps/a/endpoints/{address}?x={address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = http(&host, &request);
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains(address), "{answer}");
        server.stop();
        let log = fs::read_to_string(&log).unwrap();
        let lines: Vec<Value> =
            log.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect();
        let refused = lines.iter().find(|line| line["message"] == "refused").unwrap();
        assert_eq!((&refused["operation"], &refused["status"]), (&"UpdateEndpoint".into(), &400.into()), "{refused}");
        assert_eq!(log.contains(address), shown, "{log}");
    }
}

#[test]
fn serve_makes_a_backup_while_it_runs_and_restores_it() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&place.path().join(name)).to_owned();
    let (data, file, restored) = (path("data"), path("monday.sqlite"), path("restored"));
    let get = |server: &Serving| {
        let host = server.address.trim_start_matches("http://");
        http(host, "GET /v1/apps HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    };
    let mut server = Serving::start(&["--data", &data]);
    let host = server.address.trim_start_matches("http://").to_owned();
    let body = "{\"Name\":\"monday-shop\"}";
    let request = format!(
        "POST /v1/apps HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(http(&host, &request).starts_with("HTTP/1.1 201 "));
    let made = waymark(&["serve", "--listen", &host, "--backup", &file]);
    assert_eq!(code(&made), 0, "{made:?}");
    let again = waymark(&["serve", "--listen", &host, "--backup", &file]);
    assert!(code(&again) != 0 && stderr(&again).contains("is there already"), "{again:?}");
    assert!(get(&server).contains("monday-shop"), "it goes on");
    server.stop();
    let occupied = waymark(&["serve", "--restore", &file, "--data", &data]);
    assert_eq!(code(&occupied), 2, "{occupied:?}");
    let done = waymark(&["serve", "--restore", &file, "--data", &restored]);
    assert_eq!(code(&done), 0, "{done:?}");
    let mut server = Serving::start(&["--data", &restored]);
    assert!(get(&server).contains("monday-shop"));
    server.stop();

    // With a key: only who has it gets a backup.
    let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data", &restored]).envs(KEY);
    let mut server = Serving::spawn(&mut command);
    assert!(get(&server).starts_with("HTTP/1.1 403 "), "{}", get(&server));
    let host = server.address.trim_start_matches("http://").to_owned();
    let second = path("tuesday.sqlite");
    let unsigned = waymark(&["serve", "--listen", &host, "--backup", &second]);
    assert!(code(&unsigned) == 1 && stderr(&unsigned).contains("not signed"), "{unsigned:?}");
    let mut signed = Command::new(env!("CARGO_BIN_EXE_waymark"));
    signed.args(["serve", "--listen", &host, "--backup", &second]).envs(KEY);
    assert_eq!(code(&signed.output().unwrap()), 0);
    assert!(Path::new(&second).is_file());
    server.stop();
}

#[test]
fn the_studio_serves_its_page_to_nobody_else() {
    let page = tempfile::tempdir().unwrap();
    fs::write(page.path().join("index.html"), "<p>page</p>").unwrap();
    fs::write(page.path().join("ui_bg.wasm"), "wasm").unwrap();
    let data = tempfile::tempdir().unwrap();
    let project = example("onboarding");
    let mut studio = Serving::spawn(
        Command::new(env!("CARGO_BIN_EXE_waymark"))
            .args(["studio", text(project.path()), "--web", "--page", text(page.path())])
            .env("WAYMARK_DATA", data.path()),
    );
    let (host, key) = studio.address.strip_prefix("http://").unwrap().split_once("/?key=").unwrap();
    let (host, key) = (host.to_owned(), key.to_owned());
    let port = host.split(':').nth(1).unwrap().to_owned();
    let cookie = format!("Cookie: waymark-{port}={key}\r\n");
    let ask = |line: &str, headers: &str, body: &str| {
        let length = body.len();
        http(&host, &format!("{line} HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"))
    };
    let own = format!("Host: {host}\r\n");
    assert!(ask("GET /", &own, "").starts_with("HTTP/1.1 403"));
    let opened = ask(&format!("GET /?key={key}"), &own, "");
    assert!(opened.starts_with("HTTP/1.1 303") && opened.contains("HttpOnly"), "{opened}");
    let index = ask("GET /", &format!("{own}{cookie}"), "");
    assert!(index.starts_with("HTTP/1.1 200") && index.contains("<p>page</p>"), "{index}");
    assert!(index.contains("content-security-policy: default-src 'self'"), "{index}");
    assert!(ask("GET /ui_bg.wasm", &format!("{own}{cookie}"), "").contains("content-type: application/wasm"));
    assert!(ask("GET /../Cargo.toml", &format!("{own}{cookie}"), "").starts_with("HTTP/1.1 404"));
    let startup = ask("POST /bridge/startup", &format!("{own}{cookie}"), "{}");
    assert!(startup.starts_with("HTTP/1.1 200") && startup.contains("journeys/"), "{startup}");
    assert!(ask("POST /bridge/startup", &own, "{}").starts_with("HTTP/1.1 403"));
    assert!(ask("POST /bridge/startup", &format!("Host: evil.example\r\n{cookie}"), "{}").starts_with("HTTP/1.1 403"));
    let foreign = format!("{own}{cookie}Origin: http://evil.example\r\n");
    assert!(ask("POST /bridge/startup", &foreign, "{}").starts_with("HTTP/1.1 403"));
    assert!(ask("POST /bridge/nothing", &format!("{own}{cookie}"), "{}").starts_with("HTTP/1.1 422"));
    studio.stop();
}

#[test]
fn the_samples_of_others_go_in_as_they_are() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(SAMPLES);
    if !samples.is_dir() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let journey = place.path().join("churn.json");
    fs::write(&journey, CHURN).unwrap();
    let people = samples.join("aws-churn-3500-endpoints.csv");
    let simulated = waymark(&["simulate", text(&journey), "--endpoints", text(&people), "--format", "json"]);
    assert_eq!(code(&simulated), 0, "{simulated:?}");
    let json: Value = serde_json::from_str(&stdout(&simulated)).unwrap();
    let number = |value: &Value| value.as_u64().unwrap();
    assert_eq!(number(&json["run"]["offered"]), 3500, "{json:#}");
    assert_eq!(number(&json["run"]["entered"]), 3500, "{json:#}");
    assert_eq!(number(&json["run"]["left"]), 3500);
    let ways: u64 = json["run"]["connections"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|connection| connection["from"] == "split")
        .map(|connection| number(&connection["count"]))
        .sum();
    assert_eq!(ways, 3500);
    for sample in
        ["aws-interest-contains.json", "aws-preference-center.json", "aws-new-product.json", "aws-sms-template.json"]
    {
        let checked = waymark(&["check", text(&samples.join(sample)), "--format", "json"]);
        assert!(code(&checked) <= 1, "{sample}: {checked:?}");
        let json: Value = serde_json::from_str(&stdout(&checked)).unwrap();
        assert_eq!(json["documents"], 1, "{sample}");
    }
    let events = samples.join("aws-event-records.json");
    let replayed = waymark(&[
        "simulate",
        text(&journey),
        "--endpoints",
        text(&people),
        "--events",
        text(&events),
        "--format",
        "json",
    ]);
    assert_eq!(code(&replayed), 0, "{replayed:?}");
    let small = samples.join("aws-sample-import.csv");
    assert_eq!(code(&waymark(&["simulate", text(&journey), "--endpoints", text(&small)])), 0);
}

/// Who is likely to leave gets a letter; a third of the others another.
const CHURN: &str = r#"{
  "Name": "churn",
  "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
  "StartActivity": "split",
  "Activities": {
    "split": {"RandomSplit": {"Branches": [
      {"NextActivity": "letter", "Percentage": 30}, {"NextActivity": "pause", "Percentage": 70}]}},
    "pause": {"Wait": {"WaitTime": {"WaitFor": "PT2H"}, "NextActivity": "letter"}},
    "letter": {"EMAIL": {"TemplateName": "stay"}}
  }
}"#;

fn http(host: &str, request: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The examples in which nothing is wrong on purpose.
fn sound_examples() -> Vec<String> {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples")).unwrap();
    let names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "broken-on-purpose").collect()
}

fn files_in(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().filter(|entry| entry.as_ref().unwrap().path().extension().is_some()).count()
}

/// A copy of an example whose promises are tried on few lives: how hard is looked is the search's own matter.
fn example_with_few_tries(name: &str) -> TempDir {
    let place = example(name);
    for file in fs::read_dir(place.path().join("expectations")).into_iter().flatten() {
        let file = file.unwrap().path();
        let text = fs::read_to_string(&file).unwrap().replace("[promises]", "[promises]\ntries = 20");
        fs::write(&file, text).unwrap();
    }
    place
}
