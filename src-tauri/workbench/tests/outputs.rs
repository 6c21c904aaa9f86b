//! What a simulated cohort writes to files: the same rows in every format, whole or not at all, and readable again.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use simulation::ResponseModel;
use workbench::calibrate;
use workbench::simulate::{Cohort, Request, STEPS, of_file, write_series};

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples").join(path)
}

/// The example whose people respond by the model: its recorded events are left away.
fn cohort(request: Request) -> Cohort {
    let none = tempfile::NamedTempFile::new().unwrap();
    let journey = example("onboarding/journeys/welcome-series.json");
    let events = example("onboarding/events/accounts-created.jsonl");
    let events = if events.is_file() { events } else { none.path().to_owned() };
    of_file(&journey, None, Some(&events), request).unwrap().0
}

/// Rows as texts by column; what is nothing is empty.
type Rows = Vec<BTreeMap<String, String>>;

fn csv_rows(path: &Path) -> Rows {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn json_rows(path: &Path) -> Rows {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let row = |line: &str| {
        let object: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        object.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    };
    fs::read_to_string(path).unwrap().lines().map(row).collect()
}

fn parquet_rows(path: &Path) -> Rows {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let text = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::ULong(count) => count.to_string(),
        Field::TimestampMillis(at) => workbench::instant(*at),
        other => panic!("{other:?}"),
    };
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), text(field))).collect()).collect()
}

#[test]
fn messages_are_the_same_rows_in_every_format() {
    let (cohort, place) = (cohort(Request::default()), tempfile::tempdir().unwrap());
    let path = |name: &str| place.path().join(name);
    let written: Vec<u64> = ["m.csv", "m.jsonl", "m.parquet"]
        .map(|name| cohort.write_messages(&path(name), false, &|_| {}).unwrap())
        .to_vec();
    let rows = csv_rows(&path("m.csv"));
    assert!(rows.len() > 500, "{}", rows.len());
    assert_eq!(written, [rows.len() as u64; 3]);
    assert_eq!(json_rows(&path("m.jsonl")), rows);
    assert_eq!(parquet_rows(&path("m.parquet")), rows);
    let (run, _) = cohort.run(0, &|_| {});
    let sent = rows.iter().filter(|row| row["status"] == "SUCCESS").count() as u64;
    assert_eq!(sent, run.messages);
    let text = fs::read_to_string(path("m.csv")).unwrap();
    assert!(text.starts_with(
        "person,endpoint,time,channel,activity,template,template_version,status,delivered,opened,outcome\r\n"
    ));
    assert!(!text.contains('@'), "no address");
}

#[test]
fn rendered_messages_have_subject_and_body_also_where_they_are_long_and_odd() {
    let (cohort, place) = (cohort(Request::default()), tempfile::tempdir().unwrap());
    let path = |name: &str| place.path().join(name);
    for name in ["m.csv", "m.jsonl", "m.parquet"] {
        cohort.write_messages(&path(name), true, &|_| {}).unwrap();
    }
    let rows = csv_rows(&path("m.csv"));
    assert_eq!(json_rows(&path("m.jsonl")), rows);
    assert_eq!(parquet_rows(&path("m.parquet")), rows);
    let mails: Vec<_> = rows.iter().filter(|row| row["channel"] == "EMAIL" && row["status"] == "SUCCESS").collect();
    assert!(mails.iter().any(|row| !row["subject"].is_empty() && row["body"].contains('<')), "{:?}", mails.first());
    for row in &rows {
        let sent = row["status"] == "SUCCESS" && !row["template"].is_empty();
        assert_eq!(sent, !row["body"].is_empty() || !row["problem"].is_empty(), "{row:?}");
    }
}

#[test]
fn a_file_of_no_format_is_refused_and_none_is_left() {
    let (cohort, place) = (cohort(Request::default()), tempfile::tempdir().unwrap());
    let failure = cohort.write_messages(&place.path().join("m.xlsx"), false, &|_| {}).unwrap_err();
    assert!(failure.message.contains("`") && failure.help.contains(".parquet"), "{failure:?}");
    assert!(fs::read_dir(place.path()).unwrap().next().is_none());
    let nowhere = place.path().join("file");
    fs::write(&nowhere, "").unwrap();
    assert!(cohort.write_messages(&nowhere.join("m.csv"), false, &|_| {}).is_err());
}

#[test]
fn a_series_in_a_file_adds_up_in_hours_and_days() {
    let (cohort, place) = (cohort(Request::default()), tempfile::tempdir().unwrap());
    let (run, _) = cohort.run(0, &|_| {});
    for (name, step) in [("hours.csv", STEPS.0), ("days.parquet", STEPS.1), ("days.jsonl", STEPS.1)] {
        let path = place.path().join(name);
        let rows = write_series(&cohort.series(step), &path).unwrap();
        let rows_read = match name.rsplit('.').next() {
            Some("csv") => csv_rows(&path),
            Some("parquet") => parquet_rows(&path),
            _ => json_rows(&path),
        };
        assert_eq!(rows_read.len() as u64, rows);
        let sum = |of: &str, column: &str| -> u64 {
            let of = rows_read.iter().filter(|row| row["of"] == of);
            of.map(|row| row[column].parse().unwrap_or(0)).sum()
        };
        assert_eq!(sum("activity", "arrivals"), run.activities.iter().map(|a| a.entered).sum::<u64>(), "{name}");
        assert_eq!(sum("connection", "taken"), run.connections.iter().map(|c| c.count).sum::<u64>(), "{name}");
        assert_eq!((sum("channel", "sends"), sum("activity", "sends")), (run.messages, run.messages), "{name}");
    }
}

#[test]
fn bands_and_rows_are_the_same_on_one_thread_and_on_many() {
    let (cohort, place) = (cohort(Request::default()), tempfile::tempdir().unwrap());
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let path = place.path().join(format!("{threads}.csv"));
        let bands = pool.install(|| {
            cohort.write_messages(&path, false, &|_| {}).unwrap();
            cohort.bands(3, &|_| {})
        });
        (bands, fs::read_to_string(path).unwrap())
    };
    let one = on(1);
    assert_eq!(one.0.runs, 3);
    assert!(one.0.connections.iter().any(|connection| connection.count.low < connection.count.high));
    assert!(one == on(4));
}

#[test]
fn what_a_run_records_is_learned_into_a_file_that_reads_as_the_same_model() {
    let place = tempfile::tempdir().unwrap();
    let responses = place.path().join("responses.toml");
    fs::write(&responses, "[channels.email]\nopen = 0.6\n[activities.welcome.email]\nclick = 0.9\n").unwrap();
    let model = workbench::responses::of_file(&responses).unwrap();
    let cohort = cohort(Request { responses: Some(model), seed: Some(3), ..Request::default() });
    let events = place.path().join("events.jsonl");
    let records = cohort.write_records(&events).unwrap();
    let request =
        calibrate::Request { events: vec![events], least: 100, settle: 1, project: None, segments: Vec::new() };
    let lesson = calibrate::calibrate(&request).unwrap();
    assert_eq!(lesson.report.events, records);
    assert_eq!(lesson.problems, []);
    let learned = place.path().join("learned.toml");
    calibrate::write(&lesson, &learned).unwrap();
    let model = workbench::responses::of_file(&learned).unwrap();
    assert_eq!(model, ResponseModel::read(&lesson.report.file()).unwrap());
    assert!((model.channels.email.open - 0.6).abs() < 0.05, "{}", model.channels.email.open);
}

#[test]
fn segments_of_a_project_are_learned_apart_in_tables_of_their_own() {
    let place = tempfile::tempdir().unwrap();
    let cohort = cohort(Request::default());
    let events = place.path().join("events.jsonl");
    cohort.write_records(&events).unwrap();
    let segment = fs::read_dir(example("onboarding/segments")).unwrap().next().unwrap().unwrap();
    let segment = segment.path().file_stem().unwrap().to_string_lossy().into_owned();
    let request = |segments: Vec<String>| calibrate::Request {
        events: vec![events.clone()],
        least: 20,
        settle: 0,
        project: Some(example("onboarding")),
        segments,
    };
    let lesson = calibrate::calibrate(&request(vec![segment.clone()])).unwrap();
    let learned = place.path().join("learned.toml");
    calibrate::write(&lesson, &learned).unwrap();
    assert_eq!(workbench::responses::of_file(&learned).unwrap(), ResponseModel::read(&lesson.report.file()).unwrap());
    let unknown = calibrate::calibrate(&request(vec!["nobody".to_owned()])).unwrap_err();
    assert!(unknown.message.contains("`nobody`"), "{unknown:?}");
}

#[test]
fn a_wrong_file_of_responses_is_refused_with_line_and_member() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("r.toml");
    let refused = |text: &str| {
        fs::write(&path, text).unwrap();
        let message = workbench::responses::of_file(&path).unwrap_err().message;
        message.rsplit("r.toml").next().unwrap().to_owned()
    };
    assert_eq!(
        refused("[channels.email]\nopen = 7\nclick = -1\n"),
        ":2: `channels.email.open` is 7, and a rate lies between 0 and 1, and 1 more"
    );
    assert_eq!(
        refused("[channels]\n[channels.emails]\n"),
        ":2: `channels.emails` is not known; known are `email`, `sms`, `push`, `custom`, `contact_center`"
    );
    assert!(refused("[channels\n").starts_with(":1: "));
}

#[test]
fn responses_and_rates_of_the_project_are_used_and_their_faults_named() {
    let place = tempfile::tempdir().unwrap();
    let project = place.path().join("shop");
    workbench::new_project(&project, Some("onboarding")).unwrap();
    let toml = project.join("waymark.toml");
    let before = fs::read_to_string(&toml).unwrap();
    let journey = project.join("journeys/welcome-series.json");
    let events = project.join("events/accounts-created.jsonl");
    let run = |more: &str| {
        fs::write(&toml, format!("{before}\n{more}")).unwrap();
        of_file(&journey, None, Some(&events), Request::default())
    };
    let sent = |text: &str| run(text).unwrap().0;
    let none = sent(
        "[simulation.responses.channels.email]\ndelivered = 0\nhard_bounce = 0\nsoft_bounce = 0\n[simulation.rates]\nemail = 14\n",
    );
    assert_eq!(none.rates().channels, BTreeMap::from([("email".to_owned(), 14)]));
    let outcomes: Vec<String> =
        none.run(0, &|_| {}).0.activities.into_iter().flat_map(|a| a.outcomes).map(|outcome| outcome.name).collect();
    assert!(!outcomes.iter().any(|name| name.starts_with("_email.")), "{outcomes:?}");
    let failure = run("[simulation.responses.channels.email]\nopen = 2\n").err().unwrap();
    assert!(failure.message.contains("`channels.email.open` is 2"), "{failure:?}");
    let opened = workbench::folder::read(&project).unwrap();
    let told: Vec<&str> = opened.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(told, ["`simulation.responses.channels.email.open` is 2, and a rate lies between 0 and 1"]);
    fs::write(&toml, format!("{before}\n[simulation.rates]\nfax = 1\n")).unwrap();
    let opened = workbench::folder::read(&project).unwrap();
    assert_eq!(
        opened.problems[0].message,
        "`simulation.rates.fax` is no channel; channels are email, sms, push, voice, custom"
    );
    let unknown = run("[[simulation.responses.segments]]\nsegment = 'nobody'\n").err().unwrap();
    assert!(unknown.message.contains("`nobody`"), "{unknown:?}");
}
