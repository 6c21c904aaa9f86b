//! What is left of an account that is gone becomes a project: `waymark new --from-dump`.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

mod command;

use std::fs;
use std::io::Write;
use std::path::Path;

use command::{code, example, stderr, stdout, text, waymark};
use serde_json::{Value, json};

fn write(folder: &Path, name: &str, content: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn gzipped(content: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn dumps_become_a_project_and_what_is_missing_is_told() {
    let example = example("cart-abandonment");
    let journey: Value =
        serde_json::from_str(&fs::read_to_string(example.path().join("journeys/cart-abandonment.json")).unwrap())
            .unwrap();
    let mut older = journey.clone();
    older["Id"] = "j1".into();
    older["LastModifiedDate"] = "2026-01-01T00:00:00Z".into();
    older["State"] = "DRAFT".into();
    let mut later = older.clone();
    later["LastModifiedDate"] = "2026-02-01T00:00:00Z".into();
    later["Description"] = "the later one".into();
    let place = tempfile::tempdir().unwrap();
    let dumps = place.path().join("dumps");
    let one = |value: Value| value.to_string().into_bytes();
    write(&dumps, "a/list-journeys.json", &one(json!({"JourneysResponse": {"Item": [older]}})));
    write(&dumps, "b/get-journey.json", &one(json!({"JourneyResponse": later})));
    let segment = json!({"Id": "s1", "Name": "bought", "SegmentType": "IMPORT", "ImportDefinition": {"Size": 3}});
    write(&dumps, "get-segments.json", &one(json!({"SegmentsResponse": {"Item": [segment]}})));
    let templates = json!({"Item": [{"TemplateName": "gone", "TemplateType": "EMAIL"}]});
    write(&dumps, "list-templates.json", &one(json!({"TemplatesResponse": templates})));
    let template =
        json!({"TemplateName": "cart-reminder", "TemplateType": "EMAIL", "Subject": "Hi", "HtmlPart": "<p>x</p>"});
    write(&dumps, "get-email-template.json", &one(json!({"EmailTemplateResponse": template})));
    write(&dumps, "get-app.json", &one(json!({"ApplicationResponse": {"Id": "1", "Name": "Shop"}})));
    let endpoint = json!({"Id": "e9", "ChannelType": "EMAIL", "Address": "e9@x.example"});
    write(&dumps, "get-endpoint.json", &one(json!({"EndpointResponse": endpoint})));
    let rows = "{\"Id\": \"e1\", \"ChannelType\": \"EMAIL\", \"Address\": \"e1@x.example\"}\n";
    write(&dumps, "job/part-00000.json.gz", &gzipped(&rows.repeat(2)));
    write(&dumps, "people.csv", b"Id,ChannelType,Address\ne2,SMS,+491701234567\n");
    let event = r#"{"event_type": "cart.abandoned", "event_timestamp": 1, "client": {"client_id": "e1"}}"#;
    write(&dumps, "stream.jsonl", format!("{event}\n{event}\n").as_bytes());
    write(&dumps, "notes.json", b"{\"a\": 1}");
    write(&dumps, "broken.json", b"{\"JourneyResponse\": {");

    let mut archive = zip::ZipWriter::new(fs::File::create(place.path().join("more.zip")).unwrap());
    archive.start_file("c/get-campaigns.json", zip::write::SimpleFileOptions::default()).unwrap();
    let campaign = json!({"Id": "c1", "Name": "Sale", "SegmentId": "nobody", "Schedule": {"StartTime": "IMMEDIATE"},
        "MessageConfiguration": {}});
    archive.write_all(&one(json!({"CampaignsResponse": {"Item": [campaign]}}))).unwrap();
    archive.finish().unwrap();

    let home = place.path().join("home");
    let more = place.path().join("more.zip");
    let made = waymark(&["new", text(&home), "--format", "json", "--from-dump", text(&dumps), text(&more)]);
    assert_eq!(code(&made), 0, "{made:?}");
    let report: Value = serde_json::from_str(&stdout(&made)).unwrap();
    assert_eq!(
        (&report["documents"], &report["endpoint_files"], &report["event_files"]),
        (&json!(5), &json!(3), &json!(1))
    );
    let missing = report["missing"].as_array().unwrap();
    let named = |kind: &str, name: &str| missing.iter().any(|one| one["kind"] == kind && one["name"] == name);
    assert!(named("segment", "nobody") && !named("segment", "s1"), "{report:#}");
    assert!(named("email template", "cart-last-chance") && !named("email template", "cart-reminder"), "{report:#}");
    assert_eq!(report["listed"], json!(["templates/email/gone"]));
    assert_eq!(report["imported"], json!(["segments/bought"]));
    let files: Vec<&str> =
        report["problems"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["broken.json", "notes.json"], "{report:#}");

    // The later version of what is in two files, whole.
    let read = |entry: std::io::Result<fs::DirEntry>| fs::read_to_string(entry.unwrap().path()).unwrap();
    let journeys: Vec<Value> =
        fs::read_dir(home.join("journeys")).unwrap().map(|entry| serde_json::from_str(&read(entry)).unwrap()).collect();
    assert!(journeys.len() == 2 && journeys.contains(&later), "{journeys:#?}");
    assert_eq!(fs::read_to_string(home.join("templates/email/cart-reminder/body.html")).unwrap(), "<p>x</p>");
    assert!(home.join("application/application.json").is_file());
    let checked = waymark(&["check", text(&home)]);
    assert_eq!(code(&checked), 1, "it is a project: {checked:?}");

    let told = waymark(&["new", text(&place.path().join("told")), "--from-dump", text(&dumps)]);
    assert!(stdout(&told).contains("missing: email template `cart-last-chance`, named by journeys/"), "{told:?}");
    assert!(stdout(&told).contains("not understood: notes.json"), "{told:?}");
    let again = waymark(&["new", text(&home), "--from-dump", text(&dumps)]);
    assert_eq!(code(&again), 2);
    assert!(stderr(&again).contains("not empty"), "{again:?}");
    let nothing = waymark(&["new", text(&place.path().join("n")), "--from-dump", text(&dumps.join("notes.json"))]);
    assert_eq!(code(&nothing), 2, "{nothing:?}");
}
