//! Import and export jobs: from a file into the store and back (segments-and-endpoints.md 3, 4).

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::StatusCode;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::{Asked, START};
use crate::clock::ClockSetting;
use crate::server::{Machine, Settings};

const ROLE: &str = "arn:aws:iam::000000000000:role/import";

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let folder = std::env::temp_dir().join(format!("waymark-jobs-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    /// Writes a file; gives its address.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self.url(name)
    }

    fn url(&self, name: &str) -> String {
        format!("file://{}/{name}", self.0.display())
    }

    fn asked(&self) -> Asked {
        Asked { machine: Arc::new(Machine::open(&settings(None, &self.0)).unwrap()) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn settings(data: Option<&Path>, files: &Path) -> Settings {
    Settings {
        data: data.map(Path::to_owned),
        clock: ClockSetting::Virtual { start: Some(START) },
        files: Some(files.to_owned()),
        ..Settings::default()
    }
}

fn packed(text: &str) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

impl Asked {
    /// A new import job, as the API answers.
    async fn import(&self, app: &str, job: Value) -> Value {
        let mut body = json!({"Format": "CSV", "RoleArn": ROLE});
        body.as_object_mut().unwrap().extend(job.as_object().unwrap().clone());
        let (status, job) = self.ask("POST", &format!("{app}/jobs/import"), body).await;
        assert_eq!((status, job["JobStatus"].as_str()), (201, Some("CREATED")), "{job}");
        job
    }

    async fn job(&self, app: &str, kind: &str, job: &Value) -> Value {
        self.ask("GET", &format!("{app}/jobs/{kind}/{}", job["Id"].as_str().unwrap()), None).await.1
    }

    /// Lets everything run that is due, jobs too.
    async fn run(&self) {
        assert_eq!(self.ask("POST", "/waymark/clock", json!({"advance": "PT0S"})).await.0, 200);
    }

    /// A job that was carried out.
    async fn imported(&self, app: &str, job: Value) -> Value {
        let job = self.import(app, job).await;
        self.run().await;
        self.job(app, "import", &job).await
    }

    /// The ids of a segment's endpoints, by exporting it into the folder.
    async fn exported(&self, app: &str, folder: &Folder, job: Value) -> Vec<Value> {
        let mut body = json!({"RoleArn": ROLE, "S3UrlPrefix": folder.url("out/x-")});
        body.as_object_mut().unwrap().extend(job.as_object().unwrap().clone());
        let (status, job) = self.ask("POST", &format!("{app}/jobs/export"), body).await;
        assert_eq!((status, job["JobStatus"].as_str()), (202, Some("CREATED")), "{job}");
        self.run().await;
        let job = self.job(app, "export", &job).await;
        assert_eq!(job["JobStatus"], "COMPLETED", "{job}");
        let parts = job["TotalPieces"].as_u64().unwrap();
        assert_eq!(job["CompletedPieces"].as_u64(), Some(parts));
        let mut found = Vec::new();
        for part in 0..parts {
            let name = format!("out/x-{}/part-{part:05}.json.gz", job["Id"].as_str().unwrap());
            let mut text = String::new();
            GzDecoder::new(std::fs::File::open(folder.0.join(name)).unwrap()).read_to_string(&mut text).unwrap();
            found.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
        assert_eq!(job["TotalProcessed"].as_u64(), Some(found.len() as u64));
        found
    }
}

fn ids(endpoints: &[Value]) -> Vec<&str> {
    endpoints.iter().map(|endpoint| endpoint["Id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn csv_is_imported_with_its_failures_and_makes_a_segment() {
    let folder = Folder::new();
    let asked = folder.asked();
    let app = asked.app().await;
    let csv = "\u{feff}Id,ChannelType,Address,Attributes.Ride,Attributes.Ride,Metrics.visits,User.UserId,OptOut,EffectiveDate\r\n\
        a,EMAIL,a@x.example,Bus,\"Tram, red\",3,u1,,2026-01-02T03:04:05Z\r\n\
        b,SMS,+4930123456,,,,u1,ALL,\r\n\
        c,EMAIL,c@x.example,,,many,,,\r\n\
        d,,,,,,,,\r\n\
        ,EMAIL,e@x.example,,,1,,,\r\n";
    let url = folder.file("people.csv", csv);
    let define = json!({"S3Url": url, "DefineSegment": true, "RegisterEndpoints": true});
    let job = asked.imported(&app, define.clone()).await;
    assert_eq!((job["JobStatus"].as_str(), job["Type"].as_str()), (Some("COMPLETED"), Some("IMPORT")), "{job}");
    let counts = ["TotalProcessed", "TotalFailures", "TotalPieces", "CompletedPieces", "FailedPieces"];
    assert_eq!(counts.map(|count| job[count].as_u64().unwrap()), [5, 2, 1, 1, 0]);
    assert_eq!(job["CompletionDate"], "2026-11-30T09:00:00.000Z");
    let failures: Vec<&str> = job["Failures"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert!(failures[0].ends_with("people.csv: line 4: `Metrics.visits`: `many` is not a number"), "{failures:?}");
    assert!(failures[1].contains("people.csv: line 5: Address: is missing"), "{failures:?}");

    let (_, a) = asked.ask("GET", &format!("{app}/endpoints/a"), None).await;
    assert_eq!(a["Attributes"], json!({"Ride": ["Bus", "Tram, red"]}));
    assert_eq!((a["Metrics"]["visits"].as_f64(), a["User"]["UserId"].as_str()), (Some(3.0), Some("u1")));
    assert_eq!((a["OptOut"].as_str(), a["EffectiveDate"].as_str()), (Some("NONE"), Some("2026-01-02T03:04:05.000Z")));
    let segment = format!("{app}/segments/{}", job["Definition"]["SegmentId"].as_str().unwrap());
    let (_, made) = asked.ask("GET", &segment, None).await;
    assert_eq!((made["SegmentType"].as_str(), made["Name"].as_str()), (Some("IMPORT"), Some("people")));
    assert_eq!((made["Version"].as_i64(), made["ImportDefinition"]["Size"].as_u64()), (Some(1), Some(3)));
    assert_eq!(made["ImportDefinition"]["ChannelCounts"], json!({"EMAIL": 2, "SMS": 1}));
    assert_eq!(made["ImportDefinition"]["S3Url"].as_str(), Some(url.as_str()));
    let (_, jobs) = asked.ask("GET", &format!("{segment}/jobs/import"), None).await;
    assert_eq!(jobs["Item"][0]["Id"], job["Id"]);

    // The same file again: the endpoint without an id is the same one, so the project has no more than before.
    let again = asked.imported(&app, define).await;
    assert_eq!(again["JobStatus"], "COMPLETED");
    assert_eq!(asked.machine.status().unwrap().apps[0].endpoints, 3);
    let (_, all) = asked.ask("GET", &format!("{app}/jobs/import?page-size=1"), None).await;
    assert_eq!((all["Item"][0]["Id"] == again["Id"], all["NextToken"].is_string()), (true, true));
    // It is a list: who is on it does not change with what they are.
    asked.ask("PUT", &format!("{app}/endpoints/new"), json!({"ChannelType": "EMAIL", "Address": "n@x.example"})).await;
    let exported = asked.exported(&app, &folder, json!({"SegmentId": made["Id"]})).await;
    assert_eq!(exported.len(), 3, "{exported:?}");
    assert_eq!(asked.ask("PUT", &segment, json!({"Name": "x"})).await.0, 400, "S007");
}

#[tokio::test]
async fn folders_formats_and_packed_files() {
    let folder = Folder::new();
    let asked = folder.asked();
    let app = asked.app().await;
    let line = |id: &str| format!("{{\"Id\":\"{id}\",\"ChannelType\":\"EMAIL\",\"Address\":\"{id}@x.example\"}}\n");
    folder.file("in/a.jsonl", line("a") + "\n" + &line("b"));
    folder.file("in/deep/er/c.json.gz", packed(&(line("c") + &line("d"))));
    folder.file("in/other.csv", "Id,ChannelType,Address\nz,EMAIL,z@x.example\n");
    let json = |url: &str| json!({"Format": "JSON", "S3Url": url, "RegisterEndpoints": true});
    let job = asked.imported(&app, json(&folder.url("in"))).await;
    assert_eq!(job["JobStatus"], "COMPLETED", "{job}");
    assert_eq!([&job["TotalPieces"], &job["TotalProcessed"], &job["TotalFailures"]], [&json!(2), &json!(4), &json!(0)]);
    assert_eq!(job["Definition"]["DefineSegment"], false);
    assert_eq!(job["Definition"].get("SegmentId"), None);
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/z"), None).await.0, 404, "of another format");
    assert_eq!(ids(&asked.exported(&app, &folder, json!({})).await), ["a", "b", "c", "d"]);

    // I001, as the files show it. Each fails by itself, the others are read.
    for (name, bytes, why) in [
        ("1.csv", b"Id,City\na,Kiel\n".to_vec(), "`City`: unknown column; is `Location.City` meant?"),
        ("2.csv", b"Id\na\n\xff\n".to_vec(), "line 3: byte 1 of the line is not UTF-8"),
        ("3.csv", packed("Id\na\n"), "the file is compressed"),
        ("4.csv.gz", b"Id\na\n".to_vec(), "could not be read"),
        ("5.csv", Vec::new(), "the file is empty"),
    ] {
        folder.file(&format!("bad/{name}"), bytes);
        let job =
            asked.imported(&app, json!({"S3Url": folder.url(&format!("bad/{name}")), "RegisterEndpoints": true})).await;
        assert_eq!((job["JobStatus"].as_str(), job["FailedPieces"].as_u64()), (Some("FAILED"), Some(1)), "{job}");
        assert!(job["Failures"][0].as_str().unwrap().contains(why), "{job}");
    }
    folder.file("bad/6.csv", "Id,ChannelType,Address\nf,EMAIL,f@x.example\n");
    let define = json!({"S3Url": folder.url("bad"), "RegisterEndpoints": true, "DefineSegment": true});
    let job = asked.imported(&app, define).await;
    assert_eq!(
        [&job["JobStatus"], &job["TotalPieces"], &job["CompletedPieces"], &job["FailedPieces"]],
        [&json!("FAILED"), &json!(6), &json!(1), &json!(5)]
    );
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/f"), None).await.0, 200);
    assert_eq!(asked.ask("GET", &format!("{app}/segments"), None).await.1["Item"], json!([]), "no half a list");
    for (url, why) in [
        (folder.url("none.csv"), "could not read"),
        (folder.url("in/other.csv"), "there is no JSON file"),
        ("s3://bucket/people.json".to_owned(), "has no access to buckets"),
    ] {
        let job = asked.imported(&app, json(&url)).await;
        assert_eq!(job["JobStatus"], "FAILED");
        assert!(job["Failures"][0].as_str().unwrap().contains(why), "{job}");
    }
}

#[tokio::test]
async fn what_a_job_does_with_rows() {
    let folder = Folder::new();
    let asked = folder.asked();
    let app = asked.app().await;
    for (id, user) in [("a", "u"), ("b", "u"), ("c", "v")] {
        let body = json!({"ChannelType": "EMAIL", "Address": format!("{id}@x.example"), "User": {"UserId": user}});
        asked.ask("PUT", &format!("{app}/endpoints/{id}"), body).await;
    }
    let members = async |job: &Value| {
        let found = asked.exported(&app, &folder, json!({"SegmentId": job["Definition"]["SegmentId"]})).await;
        ids(&found).join(" ")
    };
    // Only the list: by id, by address, by user; nothing is stored.
    let rows = "Id,ChannelType,Address,User.UserId,Attributes.Plan\na,,,,pro\n,EMAIL,c@x.example,,\n,EMAIL,none@x.example,,\nnone,,,,\n,,,w,\n";
    let url = folder.file("list.csv", rows);
    let job = asked.imported(&app, json!({"S3Url": url, "DefineSegment": true, "SegmentName": "named"})).await;
    assert_eq!([&job["TotalProcessed"], &job["TotalFailures"]], [&json!(5), &json!(3)], "{job}");
    assert!(job["Failures"][0].as_str().unwrap().contains("line 4: the row is of no known endpoint"), "{job}");
    assert!(job["Failures"][2].as_str().unwrap().contains("line 6: there is no user `w`"), "{job}");
    assert_eq!(members(&job).await, "a c");
    let (_, a) = asked.ask("GET", &format!("{app}/endpoints/a"), None).await;
    assert_eq!(a.get("Attributes"), None);

    // Users alone stand for the endpoints that they have when the segment is asked (2.3).
    let url = folder.file("users.csv", "User.UserId\nu x\n");
    let users = asked.imported(&app, json!({"S3Url": url, "DefineSegment": true})).await;
    assert_eq!([&users["TotalProcessed"], &users["TotalFailures"]], [&json!(2), &json!(1)]);
    assert_eq!(members(&users).await, "a b");
    asked.ask("PUT", &format!("{app}/endpoints/b"), json!({"User": {"UserId": "v"}})).await;
    asked
        .ask(
            "PUT",
            &format!("{app}/endpoints/d"),
            json!({"ChannelType": "SMS", "Address": "1", "User": {"UserId": "u"}}),
        )
        .await;
    assert_eq!(members(&users).await, "a d");
    let lines = "{\"User\":{\"UserId\":\"v\"}}\n{\"User\":{\"UserId\":\"later\"}}\n";
    let url = folder.file("users.json", lines);
    let both = json!({"Format": "JSON", "S3Url": url, "DefineSegment": true, "RegisterEndpoints": true});
    let users = asked.imported(&app, both).await;
    assert_eq!((users["TotalFailures"].as_u64(), members(&users).await.as_str()), (Some(0), "b c"));
    let url = folder.file("alone.json", lines);
    let stored = asked.imported(&app, json!({"Format": "JSON", "S3Url": url, "RegisterEndpoints": true})).await;
    assert_eq!(stored["TotalFailures"], 2, "there is nothing to store");
    // Attributes of a user need an endpoint, and a status can not be imported.
    let lines = "{\"User\":{\"UserId\":\"v\",\"UserAttributes\":{\"Plan\":[\"pro\"]}}}\n\
        {\"Id\":\"c\",\"EndpointStatus\":\"INACTIVE\"}\n";
    let url = folder.file("attributes.json", lines);
    let stored = asked.imported(&app, json!({"Format": "JSON", "S3Url": url, "RegisterEndpoints": true})).await;
    assert!(stored["Failures"][0].as_str().unwrap().contains("line 1: Address: is missing"), "{stored}");
    assert_eq!(stored["TotalFailures"], 1);
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/c"), None).await.1["EndpointStatus"], "ACTIVE");

    // A later import into the segment is its next version; a journey or export of version 1 does not see it.
    let id = &job["Definition"]["SegmentId"];
    let url = folder.file("more.csv", "Id,ChannelType,Address\ne,CUSTOM,e\na,,\n");
    let more = json!({"S3Url": url, "DefineSegment": true, "RegisterEndpoints": true, "SegmentId": id});
    let more = asked.imported(&app, more).await;
    assert_eq!(more["JobStatus"], "COMPLETED", "{more}");
    assert_eq!(members(&job).await, "a c e");
    let first = asked.exported(&app, &folder, json!({"SegmentId": id, "SegmentVersion": 1})).await;
    assert_eq!(ids(&first), ["a", "c"]);
    let path = format!("{app}/segments/{}", id.as_str().unwrap());
    let (_, second) = asked.ask("GET", &path, None).await;
    assert_eq!((second["Version"].as_i64(), second["Name"].as_str()), (Some(2), Some("named")));
    assert_eq!(second["ImportDefinition"]["Size"], 4);
    assert_eq!(second["ImportDefinition"]["ChannelCounts"], json!({"EMAIL": 3, "CUSTOM": 1}));
    let (_, first) = asked.ask("GET", &format!("{path}/versions/1"), None).await;
    assert_eq!(first["ImportDefinition"]["Size"], 2);
    assert_eq!(asked.ask("GET", &format!("{path}/jobs/import"), None).await.1["Item"].as_array().unwrap().len(), 2);
    assert_eq!(asked.ask("GET", &format!("{path}/jobs/export"), None).await.1["Item"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_a_job_may_not_ask_for() {
    let folder = Folder::new();
    let asked = folder.asked();
    let app = asked.app().await;
    let url = folder.file("people.csv", "Id\n");
    let good = json!({"Format": "CSV", "RoleArn": ROLE, "S3Url": url, "RegisterEndpoints": true});
    let dynamic = asked.ask("POST", &format!("{app}/segments"), json!({"Name": "everybody"})).await.1["Id"].clone();
    for (member, value, words) in [
        ("Format", json!("XML"), "Format"),
        ("Format", Value::Null, "Format"),
        ("RoleArn", Value::Null, "RoleArn"),
        ("RoleArn", json!("role"), "RoleArn"),
        ("S3Url", Value::Null, "S3Url"),
        ("S3Url", json!("http://x.example/people.csv"), "neither s3://"),
        ("S3Url", json!("file:///people.csv"), "--files DIR"),
        ("RegisterEndpoints", json!(false), "the job would do nothing"),
        ("SegmentId", dynamic, "DefineSegment"),
    ] {
        let mut body = good.clone();
        body[member] = value;
        let (status, answer) = asked.ask("POST", &format!("{app}/jobs/import"), body).await;
        assert_eq!((status, answer["Message"].as_str().unwrap().contains(words)), (400, true), "{member}: {answer}");
    }
    let mut into = good.clone();
    into["DefineSegment"] = json!(true);
    for (segment, words) in [("none", "there is no segment `none`"), ("dynamic", "is no imported one")] {
        let id = match segment {
            "dynamic" => asked.ask("GET", &format!("{app}/segments"), None).await.1["Item"][0]["Id"].clone(),
            other => json!(other),
        };
        into["SegmentId"] = id;
        let (status, answer) = asked.ask("POST", &format!("{app}/jobs/import"), into.clone()).await;
        assert_eq!((status, answer["Message"].as_str().unwrap().contains(words)), (400, true), "{answer}");
    }
    let export = |more: Value| {
        let mut body = json!({"RoleArn": ROLE, "S3UrlPrefix": folder.url("out/")});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for more in [
        json!({"S3UrlPrefix": "file:///tmp-elsewhere/"}),
        json!({"S3UrlPrefix": null}),
        json!({"SegmentId": "none"}),
        json!({"SegmentVersion": 1}),
    ] {
        let (status, answer) = asked.ask("POST", &format!("{app}/jobs/export"), export(more)).await;
        assert_eq!(status, 400, "{answer}");
    }
    assert_eq!(asked.ask("GET", &format!("{app}/jobs/import/none"), None).await.0, 404);
    assert_eq!(asked.ask("GET", &format!("{app}/jobs/export/none"), None).await.0, 404);
    assert_eq!(asked.ask("GET", &format!("{app}/segments/none/jobs/import"), None).await.0, 404);
    let nothing = Asked::new();
    let app = nothing.app().await;
    let (status, answer) = nothing.ask("POST", &format!("{app}/jobs/import"), good).await;
    assert_eq!(
        (status, answer["Message"].as_str().unwrap().contains("--data DIR or --files DIR")),
        (400, true),
        "{answer}"
    );
}

#[tokio::test]
async fn jobs_leave_the_files_of_the_store_alone() {
    let (data, above) = (Folder::new(), Folder::new());
    // A store below the folder of --files is left alone too.
    let inner = above.0.join("inner");
    std::fs::create_dir_all(&inner).unwrap();
    std::fs::write(inner.join("pinpoint.sqlite"), "of another server").unwrap();
    let asked = Asked { machine: Arc::new(Machine::open(&settings(Some(&data.0), &above.0)).unwrap()) };
    let app = asked.app().await;
    let stores = [
        data.url("pinpoint.sqlite"),
        data.url("pinpoint.sqlite-wal"),
        data.url("pinpoint.lock"),
        data.url("PINPOINT.SQLITE-shm"),
        above.url("inner/pinpoint.sqlite"),
    ];
    for url in &stores {
        let job = json!({"Format": "CSV", "RoleArn": ROLE, "S3Url": url, "RegisterEndpoints": true});
        let (status, answer) = asked.ask("POST", &format!("{app}/jobs/import"), job).await;
        let said = answer["Message"].as_str().unwrap();
        assert!(status == 400 && said.contains("a file of the store itself"), "{answer}");
        for prefix in [url.clone(), format!("{url}/"), format!("{url}/deeper/x-")] {
            let job = json!({"RoleArn": ROLE, "S3UrlPrefix": prefix});
            let (status, answer) = asked.ask("POST", &format!("{app}/jobs/export"), job).await;
            assert_eq!(status, 400, "{prefix}: {answer}");
        }
    }
    // The whole folder: what the store keeps there is none of its objects.
    data.file("people.csv", "Id,ChannelType,Address\na,EMAIL,a@x.example\n");
    let job = asked.imported(&app, json!({"S3Url": data.url(""), "RegisterEndpoints": true})).await;
    let shown = (&job["JobStatus"], &job["TotalProcessed"], &job["TotalPieces"]);
    assert_eq!(shown, (&json!("COMPLETED"), &json!(1), &json!(1)), "{job}");
}

#[tokio::test]
async fn ten_import_jobs_run_at_the_same_time() {
    let folder = Folder::new();
    let asked = folder.asked();
    let app = asked.app().await;
    let url = folder.file("people.csv", "Id,ChannelType,Address\na,EMAIL,a@x.example\n");
    let job = json!({"Format": "CSV", "RoleArn": ROLE, "S3Url": url, "RegisterEndpoints": true});
    for _ in 0..10 {
        assert_eq!(asked.ask("POST", &format!("{app}/jobs/import"), job.clone()).await.0, 201);
    }
    let (status, answer) = asked.ask("POST", &format!("{app}/jobs/import"), job.clone()).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS.as_u16());
    assert_eq!(answer["Message"], "10 import jobs are running, 10 are allowed at the same time");
    asked.run().await;
    assert_eq!(asked.ask("POST", &format!("{app}/jobs/import"), job).await.0, 201);
}

/// The states in which a job was seen, with its rows, step by step.
fn seen(machine: &Machine, steps: usize) -> Vec<(String, u64)> {
    let mut seen = Vec::new();
    for _ in 0..steps {
        let document: Value = machine
            .store
            .read(|store| store.query_row("SELECT document FROM jobs", [], |row| crate::store::json(row, 0)))
            .unwrap();
        let state = (document["JobStatus"].as_str().unwrap().to_owned(), document["TotalProcessed"].as_u64().unwrap());
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        if !machine.work_on_jobs().unwrap() {
            break;
        }
    }
    seen
}

#[test]
fn a_job_survives_its_server_and_does_nothing_twice() {
    let (folder, data) = (Folder::new(), Folder::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let open = || Asked { machine: Arc::new(Machine::open(&settings(Some(&data.0), &folder.0)).unwrap()) };
    let row = |n: usize| format!("e{n},EMAIL,{n}@x.example,{n}\n");
    let csv = format!("Id,ChannelType,Address,Attributes.N\n{}bad\n", (0..9000).map(row).collect::<String>());
    let url = folder.file("people.csv.gz", packed(&csv));
    let first = open();
    let app = runtime.block_on(async {
        let app = first.app().await;
        first.import(&app, json!({"S3Url": url, "RegisterEndpoints": true, "DefineSegment": true})).await;
        app
    });
    let before = seen(&first.machine, 6);
    let states: Vec<&str> = before.iter().map(|(state, _)| state.as_str()).collect();
    assert_eq!(
        states[..4],
        ["CREATED", "PREPARING_FOR_INITIALIZATION", "INITIALIZING", "PROCESSING"],
        "one step at a time"
    );
    let (_, done) = before.last().unwrap();
    assert!((1..9000).contains(done), "in the middle: {before:?}");
    drop(first);

    let second = open();
    let after = seen(&second.machine, 100);
    assert!(after[0].1 >= *done, "{after:?}");
    assert_eq!(after[after.len() - 2..], [("COMPLETING".to_owned(), 9001), ("COMPLETED".to_owned(), 9001)]);
    assert_eq!(second.machine.status().unwrap().apps[0].endpoints, 9000);
    runtime.block_on(async {
        let (_, jobs) = second.ask("GET", &format!("{app}/jobs/import"), None).await;
        assert_eq!(jobs["Item"][0]["TotalFailures"], 1);
        assert!(jobs["Item"][0]["Failures"][0].as_str().unwrap().contains("line 9002"), "{jobs}");
        let (_, segments) = second.ask("GET", &format!("{app}/segments"), None).await;
        assert_eq!(segments["Item"][0]["ImportDefinition"]["Size"], 9000);
        // An export of two objects, of everybody once.
        let body = json!({"RoleArn": ROLE, "S3UrlPrefix": folder.url("out/x-")});
        second.ask("POST", &format!("{app}/jobs/export"), body).await;
    });
    for _ in 0..4 {
        assert!(second.machine.work_on_jobs().unwrap());
    }
    drop(second);
    let third = open();
    while third.machine.work_on_jobs().unwrap() {}
    let mut lines = Vec::new();
    let exported = std::fs::read_dir(folder.0.join("out")).unwrap().next().unwrap().unwrap().path();
    for part in ["part-00000.json.gz", "part-00001.json.gz"] {
        let mut text = String::new();
        GzDecoder::new(std::fs::File::open(exported.join(part)).unwrap()).read_to_string(&mut text).unwrap();
        lines.extend(text.lines().map(str::to_owned));
    }
    assert_eq!(lines.len(), 9000);
    let last: Value = serde_json::from_str(&lines[8999]).unwrap();
    assert_eq!((last["Id"].as_str(), last["Attributes"]["N"][0].as_str()), (Some("e8999"), Some("8999")));
    assert!(last.get("ApplicationId").is_some() && last.get("CohortId").is_some(), "a whole EndpointResponse");
}

#[tokio::test]
async fn a_job_goes_with_its_project_and_a_list_with_its_segment() {
    let folder = Folder::new();
    let asked = folder.asked();
    let app = asked.app().await;
    let url = folder.file("people.csv", "Id,ChannelType,Address\na,EMAIL,a@x.example\n");
    let job = json!({"S3Url": url, "RegisterEndpoints": true, "DefineSegment": true});
    let done = asked.imported(&app, job.clone()).await;
    let into = json!({"S3Url": url, "DefineSegment": true, "SegmentId": done["Definition"]["SegmentId"]});
    let lost = asked.import(&app, into).await;
    let segment = format!("{app}/segments/{}", done["Definition"]["SegmentId"].as_str().unwrap());
    assert_eq!(asked.ask("DELETE", &segment, None).await.0, 200);
    asked.run().await;
    let lost = asked.job(&app, "import", &lost).await;
    assert_eq!(lost["JobStatus"], "FAILED", "{lost}");
    assert!(lost["Failures"][0].as_str().unwrap().contains("was deleted"), "{lost}");
    let count = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        asked.machine.store.read(|store| store.query_row(&sql, [], |row| row.get(0))).unwrap()
    };
    assert_eq!((count("segment_members"), count("segment_imports")), (0, 0));
    asked.import(&app, job).await;
    assert_eq!(asked.ask("DELETE", &app, None).await.0, 200);
    asked.run().await;
    assert_eq!((count("jobs"), count("endpoints"), count("segment_members")), (0, 0, 0));
}

#[tokio::test]
async fn an_imported_segment_starts_a_journey_for_those_on_its_list() {
    let folder = Folder::new();
    let asked = folder.asked();
    let app = asked.app().await;
    let url = folder.file("in/people.csv", "Id,ChannelType,Address\na,EMAIL,a@x.example\nb,EMAIL,b@x.example\n");
    let job = asked.imported(&app, json!({"S3Url": url, "RegisterEndpoints": true, "DefineSegment": true})).await;
    asked.ask("PUT", &format!("{app}/endpoints/c"), json!({"ChannelType": "EMAIL", "Address": "c@x.example"})).await;
    asked.ask("POST", "/v1/templates/hello/email", json!({"Subject": "hello", "TextPart": "hello"})).await;
    let journey = json!({
        "Name": "welcome", "State": "ACTIVE", "StartActivity": "hello",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": job["Definition"]["SegmentId"]}},
        "Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}},
    });
    assert_eq!(asked.ask("POST", &format!("{app}/journeys"), journey).await.0, 201);
    asked.ask("POST", "/waymark/clock", json!({"advance": "PT6M"})).await;
    let (_, outbox) = asked.ask("GET", "/waymark/outbox", None).await;
    let mut sent: Vec<&str> =
        outbox["Item"].as_array().unwrap().iter().map(|message| message["EndpointId"].as_str().unwrap()).collect();
    sent.sort_unstable();
    assert_eq!(sent, ["a", "b"]);
}
