//! `waymark simulate`, `calibrate` and `test` as people run them.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

mod command;

use command::{code, example, stderr, stdout, text, waymark};
use serde_json::Value;
use tempfile::TempDir;

/// Real inputs as others published them; not part of the project, used where they are.
const SAMPLES: &str = "../shared/samples";

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
