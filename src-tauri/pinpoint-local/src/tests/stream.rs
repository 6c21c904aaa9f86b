//! The event stream: what is written, in which order, and what a kill repeats (events-and-analytics.md 1).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use parquet::file::reader::SerializedFileReader;
use parquet::record::Field;
use serde_json::{Map, Value, json};

use super::Asked;
use super::campaigns::Shop;
use crate::server::{Machine, Settings};
use crate::stream::folder::{self, EventFiles, EventFormat, Folder};
use crate::stream::{self, Feed, Record, Sink, remote};

fn writing(folder: &Path, format: EventFormat) -> Settings {
    let events = Some(EventFiles { folder: folder.to_owned(), format });
    Settings { events, ..Settings::default() }
}

/// A thread of its own: tasks may not wait for the writer.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap()
}

fn pump(machine: &Machine) {
    apart(|| while folder::pump(machine).unwrap() {});
}

/// Every file below a folder by its path from there, in order.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn lines(files: &BTreeMap<String, Vec<u8>>) -> Vec<Value> {
    let text: Vec<&str> = files.values().map(|bytes| std::str::from_utf8(bytes).unwrap()).collect();
    text.concat().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A campaign, a journey, a request and an app, each with something to tell, on two days.
async fn story(shop: &Shop) {
    let demographic = json!({"Locale": "de_DE", "Make": "acme", "Platform": "android"});
    shop.person("ann", json!({"Demographic": demographic})).await;
    shop.ok("POST", "/v1/templates/hi/email", json!({"Subject": "hi", "TextPart": "hi"})).await;
    shop.campaign(json!({})).await;
    let journey = json!({"Name": "j", "State": "ACTIVE", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": shop.everybody}},
        "Activities": {"a": {"EMAIL": {"TemplateName": "hi"}}}});
    shop.post("journeys", journey).await;
    shop.at(3_600_000).await;
    let message = json!({"DefaultMessage": {"Body": "hi"}});
    let to = json!({"+12065550100": {"ChannelType": "SMS"}, "bare@x.example": {"ChannelType": "EMAIL"}});
    shop.post("messages", json!({"Addresses": to, "MessageConfiguration": message, "Context": {"order": "7"}})).await;
    shop.at(24 * 3_600_000).await;
    let event = json!({"EventType": "cart.checkout", "Timestamp": "2020-01-01T00:00:00Z", "AppTitle": "Shop",
        "Session": {"Id": "s", "StartTimestamp": "2020-01-01T00:00:00Z"},
        "Attributes": {"item": "gloves"}, "Metrics": {"price": 10.50}});
    shop.post("events", json!({"BatchItem": {"ann": {"Endpoint": {}, "Events": {"e": event}}}})).await;
}

#[tokio::test]
async fn what_is_written_the_simulator_reads() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::with(writing(folder.path(), EventFormat::Jsonl)).await;
    story(&shop).await;
    pump(&shop.asked.machine);
    let files = files(folder.path());
    let app = shop.app.rsplit('/').next().unwrap();
    let days: Vec<&str> = files.keys().filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder).collect();
    assert_eq!(days, [format!("app={app}/day=2026-11-30"), format!("app={app}/day=2026-12-01")]);
    let records = lines(&files);
    let types: Vec<&str> = records.iter().map(|record| record["event_type"].as_str().unwrap()).collect();
    let kept: rusqlite::Result<Vec<String>> = shop.asked.machine.store.read(|store| {
        store.prepare("SELECT type FROM events ORDER BY seq")?.query_map([], |row| row.get(0))?.collect()
    });
    assert_eq!(types, kept.unwrap(), "all, in the order of the store");
    for family in
        ["_campaign.send", "_journey.send", "_email.send", "_email.delivered", "_SMS.SUCCESS", "cart.checkout"]
    {
        assert!(types.contains(&family), "{family}: {types:?}");
    }
    let text = records.iter().map(|record| format!("{record}\n")).collect::<String>();
    let (events, problems) = simulation::events::parse(&text);
    assert_eq!(problems, []);
    assert_eq!(events.len(), records.len());
    let of = |name: &str| events.iter().filter(|event| event.event_type == name).collect::<Vec<_>>();
    let sent = of("_email.send");
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|event| event.message.is_some() && event.timestamp == event.at));
    assert!(sent.iter().any(|event| event.activity.as_deref() == Some("a") && event.endpoint == "ann"));
    let text = of("_SMS.SUCCESS")[0];
    assert_eq!((text.attribute("iso_country_code"), text.attribute("order")), (Some("US"), Some("7")));
    assert_eq!(of("cart.checkout")[0].metrics, [("price".to_owned(), 10.5)]);
}

#[tokio::test]
async fn clause_1_the_members_of_each_family() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::with(writing(folder.path(), EventFormat::Jsonl)).await;
    story(&shop).await;
    pump(&shop.asked.machine);
    let records = lines(&files(folder.path()));
    let find = |name: &str| records.iter().find(|record| record["event_type"] == name).unwrap();
    let members = |record: &Value| record.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    let all = "event_type event_timestamp arrival_timestamp event_version application client device session attributes";
    for (name, more) in [
        ("_campaign.send", " client_context awsAccountId"),
        ("_journey.send", " client_context awsAccountId"),
        ("_email.send", " client_context facets awsAccountId"),
        ("_SMS.SUCCESS", " metrics awsAccountId"),
        ("cart.checkout", " metrics"),
    ] {
        assert_eq!(members(find(name)), format!("{all}{more}"), "{name}");
    }
    for name in ["_campaign.send", "_journey.send"] {
        let endpoint = find(name)["client_context"]["custom"]["endpoint"].as_str().unwrap();
        let endpoint: Value = serde_json::from_str(endpoint).unwrap();
        assert_eq!((&endpoint["Id"], &endpoint["ChannelType"]), (&json!("ann"), &json!("EMAIL")));
    }
    let of_journey = |name: &str| {
        let is_its = |record: &&Value| record["event_type"] == name && record["attributes"].get("journey_id").is_some();
        &records.iter().find(is_its).unwrap()["facets"]["email_channel"]["mail_event"]
    };
    let mail_event = of_journey("_email.send");
    assert_eq!(mail_event["mail"]["destination"], json!(["ann@x.example"]));
    assert_eq!(mail_event["mail"]["common_headers"]["from"], "shop@x.example");
    assert_eq!(mail_event["send"], json!({}));
    let delivered = of_journey("_email.delivered");
    assert_eq!(delivered["delivery"]["recipients"], json!(["ann@x.example"]));
    assert_eq!(delivered["mail"], mail_event["mail"]);
    assert_eq!(find("cart.checkout")["device"]["locale"]["country"], "DE");
}

/// The rows of a file as records once more: texts that are JSON objects are read.
fn rows(bytes: &[u8]) -> Vec<Value> {
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    let reader = SerializedFileReader::<File>::new(file).unwrap();
    let row = |row: parquet::record::Row| {
        let mut record = Map::new();
        for (name, field) in row.get_column_iter().filter(|(name, _)| *name != "client_id") {
            let value = match field {
                Field::Null => continue,
                Field::Str(text) => match serde_json::from_str(text) {
                    Ok(value @ Value::Object(_)) => value,
                    _ => text.as_str().into(),
                },
                Field::TimestampMillis(at) => (*at).into(),
                other => panic!("{name}: {other}"),
            };
            record.insert(name.clone(), value);
        }
        Value::Object(record)
    };
    reader.into_iter().map(|found| row(found.unwrap())).collect()
}

#[tokio::test]
async fn parquet_says_what_json_lines_say() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let shop = Shop::with(writing(one.path(), EventFormat::Jsonl)).await;
    story(&shop).await;
    pump(&shop.asked.machine);
    let folder = Folder::open(&writing(other.path(), EventFormat::Parquet)).unwrap().unwrap();
    apart(|| while folder.pump(&shop.asked.machine).unwrap() {});
    let (lines, tables) = (files(one.path()), files(other.path()));
    let names: Vec<String> = lines.keys().map(|name| name.replace(".jsonl", ".parquet")).collect();
    assert_eq!(tables.keys().cloned().collect::<Vec<_>>(), names);
    for (lines, table) in lines.values().zip(tables.values()) {
        let lines = std::str::from_utf8(lines).unwrap().lines();
        let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows(table), lines);
    }
}

/// Takes what it gets, and says that it did not, every second time: as a server that is killed before it notes how far it is.
struct Forgetful(Mutex<(u32, Vec<Record>)>);

impl Sink for Forgetful {
    fn take(&self, batch: &[Record]) -> Result<(), String> {
        let (calls, taken) = &mut *self.0.lock().unwrap();
        *calls += 1;
        taken.extend(batch.iter().cloned());
        if *calls % 2 == 1 { Err("killed".to_owned()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn what_was_not_noted_comes_once_more_and_each_endpoint_stays_in_order() {
    let shop = Shop::new().await;
    let sink = Forgetful(Mutex::default());
    let feed = Feed { app: "", name: "test", sink: &sink };
    for number in 0..40 {
        shop.event(["a", "b", "c"][number % 3], &format!("e{number}")).await;
        if number % 10 == 9 {
            assert!(apart(|| feed.pump(&shop.asked.machine)).is_err());
            assert!(!apart(|| feed.pump(&shop.asked.machine)).unwrap());
        }
    }
    let (_, taken) = sink.0.into_inner().unwrap();
    assert_eq!(taken.len(), 80, "every batch twice");
    let mut seen: Vec<i64> = Vec::new();
    for record in taken {
        if !seen.contains(&record.seq) {
            assert!(seen.iter().all(|before| *before < record.seq), "nothing is passed over");
            seen.push(record.seq);
        }
    }
    assert_eq!(seen.len(), 40);
}

#[tokio::test]
async fn a_file_is_written_once_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::with(writing(folder.path(), EventFormat::Jsonl)).await;
    shop.event("ann", "one").await;
    pump(&shop.asked.machine);
    let first = files(folder.path());
    assert_eq!(first.len(), 1);
    pump(&shop.asked.machine);
    assert_eq!(files(folder.path()), first, "nothing new");
    let forget = |change: &'static str| {
        let store = &shop.asked.machine.store;
        let forget = move |store: &rusqlite::Transaction<'_>| {
            store.execute_batch(change)?;
            store.execute("DELETE FROM event_cursors", [])
        };
        apart(|| store.transact(forget)).unwrap();
    };
    forget("");
    pump(&shop.asked.machine);
    assert_eq!(files(folder.path()), first, "the same once more");
    forget("UPDATE events SET at = at + 1");
    pump(&shop.asked.machine);
    let both = files(folder.path());
    assert_eq!(both.len(), 2);
    let (name, bytes) = first.first_key_value().unwrap();
    assert_eq!(&both[name], bytes);
    assert!(both.contains_key(&name.replace(".jsonl", "-2.jsonl")), "{:?}", both.keys());
}

#[tokio::test]
async fn a_server_goes_on_where_it_was() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let settings = Settings { data: Some(data.path().to_owned()), ..writing(folder.path(), EventFormat::Jsonl) };
    let shop = Shop::with(settings.clone()).await;
    shop.event("ann", "one").await;
    pump(&shop.asked.machine);
    shop.event("ann", "two").await;
    let app = shop.app.clone();
    drop(shop);
    let shop = Shop::with(settings).await;
    assert_ne!(shop.app, app);
    pump(&shop.asked.machine);
    let records = lines(&files(folder.path()));
    let types: Vec<&str> = records.iter().map(|record| record["event_type"].as_str().unwrap()).collect();
    assert_eq!(types, ["one", "two"]);
}

/// Takes nothing while `down` has its name.
struct Fussy<'a> {
    arn: String,
    down: &'a str,
    taken: &'a Mutex<Vec<String>>,
}

impl Sink for Fussy<'_> {
    fn take(&self, batch: &[Record]) -> Result<(), String> {
        if self.arn == self.down {
            return Err("not now".into());
        }
        let types = batch.iter().map(|one| one.members["event_type"].as_str().unwrap());
        self.taken.lock().unwrap().extend(types.map(|name| format!("{} {name}", self.arn)));
        Ok(())
    }
}

#[tokio::test]
async fn a_stream_that_fails_rests_alone_and_the_meter_tells_what_waits() {
    let asked = Asked::new();
    let mut projects = Vec::new();
    for arn in ["down", "up"] {
        let app = asked.app().await;
        let request = json!({"DestinationStreamArn": format!("arn:aws:kinesis:us-east-1:000000000000:stream/{arn}"),
            "RoleArn": "arn:aws:iam::000000000000:role/x"});
        assert_eq!(asked.ask("POST", &format!("{app}/eventstream"), request).await.0, 200);
        projects.push((app.trim_start_matches("/v1/apps/").to_owned(), arn.to_owned()));
    }
    let put = async |name: &str| {
        for (app, _) in &projects {
            let event = json!({"EventType": name, "Timestamp": "2026-11-30T09:00:00Z"});
            let body = json!({"BatchItem": {"e": {"Endpoint": {}, "Events": {"1": event}}}});
            assert_eq!(asked.ask("POST", &format!("/v1/apps/{app}/events"), body).await.0, 202);
        }
    };
    let taken = Mutex::new(Vec::new());
    let pump = |down: &str, now: Instant| {
        for (app, arn) in &projects {
            let sink = Fussy { arn: arn.clone(), down, taken: &taken };
            apart(|| while remote::hand_over(&asked.machine, app, &sink, &|| now) {});
        }
        std::mem::take(&mut *taken.lock().unwrap())
    };
    let waiting = || {
        let held = asked.machine.store.read(|store| stream::waiting(store, None)).unwrap();
        ["down", "up"].map(|arn| {
            let app = &projects.iter().find(|(_, known)| known == arn).unwrap().0;
            held.iter().find(|(known, _)| known == app).unwrap().1
        })
    };
    let start = Instant::now();
    put("a").await;
    assert_eq!(waiting(), [1, 1]);
    assert_eq!(pump("down", start), ["up a"]);
    assert_eq!(waiting(), [1, 0]);
    put("b").await;
    let soon = start + Duration::from_secs(1);
    assert_eq!(pump("nobody", soon), ["up b"], "the one that failed rests, the other does not wait for it");
    assert_eq!(waiting(), [2, 0]);
    assert_eq!(
        pump("nobody", start + Duration::from_secs(30)),
        ["down a", "down b"],
        "in order, once it is asked again"
    );
    assert_eq!(waiting(), [0, 0]);
}

/// Is asked once more while it takes a batch, as by another thread.
struct Busy<'a> {
    machine: &'a Machine,
    app: &'a str,
    batches: Mutex<usize>,
}

impl Sink for Busy<'_> {
    fn take(&self, _: &[Record]) -> Result<(), String> {
        *self.batches.lock().unwrap() += 1;
        assert!(!remote::hand_over(self.machine, self.app, self, &Instant::now), "one batch at a time");
        Ok(())
    }
}

#[tokio::test]
async fn a_slow_stream_has_one_batch_on_its_way() {
    let asked = Asked::new();
    let app = asked.app().await;
    let request = json!({"DestinationStreamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/s",
        "RoleArn": "arn:aws:iam::000000000000:role/x"});
    assert_eq!(asked.ask("POST", &format!("{app}/eventstream"), request).await.0, 200);
    let event = json!({"EventType": "a", "Timestamp": "2026-11-30T09:00:00Z"});
    let body = json!({"BatchItem": {"e": {"Endpoint": {}, "Events": {"1": event}}}});
    assert_eq!(asked.ask("POST", &format!("{app}/events"), body).await.0, 202);
    let id = app.trim_start_matches("/v1/apps/");
    let sink = Busy { machine: &asked.machine, app: id, batches: Mutex::new(0) };
    apart(|| remote::hand_over(&asked.machine, id, &sink, &Instant::now));
    assert_eq!(*sink.batches.lock().unwrap(), 1);
}
