//! The `waymark` command as people run it: exit codes, words on the right output, bad input, the samples of others.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

mod command;
#[path = "command/serving.rs"]
mod serving;

use command::{code, example, stderr, stdout, text, waymark};
use serde_json::Value;
use serving::Serving;

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
        (&["simulate", missing, "--days", "3"], "check the path"),
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
