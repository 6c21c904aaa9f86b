//! The API over HTTP, without a port: error shapes, routes, merge rules, versions, states.

mod campaign_examples;
mod campaign_hook;
mod campaigns;
mod clauses;
mod connections;
mod deliver;
mod equality;
mod guarded;
mod hostile;
mod jobs;
mod kpis;
mod messages;
mod operating;
mod people;
mod published;
mod stream;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use model::Millis;
use model::operations::OPERATIONS;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::clock::ClockSetting;
use crate::rates::ApiRates;
use crate::server::{Machine, Settings};
use crate::{api, http};

mod journeys;

/// 2026-11-30T09:00:00Z
const START: Millis = 1_796_029_200_000;

/// A server in memory, asked without a port.
struct Asked {
    machine: Arc<Machine>,
}

impl Asked {
    fn new() -> Asked {
        Asked::with(Settings::default())
    }

    /// With these settings, on a virtual clock.
    fn with(settings: Settings) -> Asked {
        Asked::changed(settings, |_| {})
    }

    /// One whose machine is changed before it is asked.
    fn changed(settings: Settings, change: impl FnOnce(&mut Machine)) -> Asked {
        let clock = ClockSetting::Virtual { start: Some(START) };
        let mut machine = Machine::open(&Settings { clock, ..settings }).unwrap();
        change(&mut machine);
        Asked { machine: Arc::new(machine) }
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        http::router(self.machine.clone()).oneshot(request).await.unwrap()
    }

    async fn ask(&self, method: &str, path: &str, body: impl Into<Option<Value>>) -> (u16, Value) {
        let body = body.into().map_or_else(Body::empty, |body: Value| Body::from(body.to_string()));
        let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8700").body(body).unwrap();
        let response = self.send(request).await;
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// A new project's path.
    async fn app(&self) -> String {
        let (status, app) = self.ask("POST", "/v1/apps", json!({"Name": "shop"})).await;
        assert_eq!(status, 201, "{app}");
        format!("/v1/apps/{}", app["Id"].as_str().unwrap())
    }
}

#[tokio::test]
async fn an_error_has_message_id_and_type() {
    let asked = Asked::new();
    let request = Request::get("/v1/apps/none").header("host", "localhost").body(Body::empty()).unwrap();
    let response = asked.send(request).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()["x-amzn-ErrorType"], "NotFoundException");
    let id = response.headers()["x-amzn-RequestId"].to_str().unwrap().to_owned();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(body, json!({"Message": "there is no project `none`", "RequestID": id}));
}

#[tokio::test]
async fn refusals_come_in_the_order_of_the_reference() {
    let asked = Asked::new();
    assert_eq!(asked.ask("PATCH", "/v1/apps", None).await.0, 405);
    assert_eq!(asked.ask("GET", "/v1/nothing", None).await.0, 404);
    // Syntax (400) before existence (404), existence before meaning.
    let (status, body) = asked.ask("POST", "/v1/apps/none/journeys", json!({})).await;
    assert_eq!((status, body["Message"].as_str().unwrap()), (400, "Name: required, but missing"));
    assert_eq!(asked.ask("POST", "/v1/apps/none/journeys", json!({"Name": "a b"})).await.0, 404);
    let (status, body) = asked.ask("POST", "/v1/apps", json!({"Name": 7})).await;
    assert_eq!((status, body["Message"].as_str().unwrap()), (400, "Name: expected a text, found a number"));
    let huge = Request::post("/v1/apps").header("host", "localhost").body(Body::from(vec![b' '; 8 << 20])).unwrap();
    assert_eq!(asked.send(huge).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let broken = Request::post("/v1/apps").header("host", "localhost").body(Body::from("{")).unwrap();
    assert_eq!(asked.send(broken).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn over_its_rate_an_operation_is_a_429_before_it_is_read() {
    let rates = ApiRates::parse("CreateSegment=1").unwrap();
    let asked = Asked::with(Settings { api_rates: Some(rates), ..Settings::default() });
    let app = asked.app().await;
    let segments = format!("{app}/segments");
    assert_eq!(asked.ask("POST", &segments, json!({"Name": "one"})).await.0, 201);
    // Broken as well, and yet the rate is what is told (api.md 2).
    let broken = Request::post(&segments).header("host", "localhost").body(Body::from("{")).unwrap();
    let refused = asked.send(broken).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["x-amzn-ErrorType"], "TooManyRequestsException");
    let bytes = axum::body::to_bytes(refused.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains("the quota of CreateSegment, 1 a second"));
    let huge = Request::post(&segments).header("host", "localhost").body(Body::from(vec![b' '; 8 << 20])).unwrap();
    assert_eq!(asked.send(huge).await.status(), StatusCode::PAYLOAD_TOO_LARGE, "413 comes first");
    assert_eq!(asked.ask("GET", &segments, None).await.0, 200, "another operation has its own");
    let unlimited = Asked::new();
    let app = unlimited.app().await;
    for _ in 0..30 {
        assert_eq!(unlimited.ask("POST", &format!("{app}/segments"), json!({"Name": "one"})).await.0, 201);
    }
}

#[tokio::test]
async fn names_of_other_machines_are_turned_away() {
    let asked = Asked::new();
    for (host, status) in [
        ("evil.example", 403),
        ("127.0.0.1.evil.example:80", 403),
        ("localhost:8700", 200),
        ("[::1]:8700", 200),
        ("LOCALHOST", 200),
    ] {
        let request = Request::get("/v1/apps").header("host", host).body(Body::empty()).unwrap();
        let response = asked.send(request).await;
        assert_eq!(response.status().as_u16(), status, "{host}");
        assert!(!response.headers().contains_key("access-control-allow-origin"));
    }
    for (origin, status) in [
        ("https://evil.example", 403),
        ("null", 403),
        ("http://localhost.evil.example", 403),
        ("http://localhost:3000", 200),
        ("http://[::1]:3000", 200),
    ] {
        let request = Request::get("/v1/apps").header("host", "localhost").header("origin", origin);
        let response = asked.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status().as_u16(), status, "{origin}");
    }
}

#[tokio::test]
async fn every_operation_has_a_handler_and_fails_by_no_fault_of_ours() {
    let asked = Asked::new();
    for operation in OPERATIONS {
        assert!(api::handler(operation.name).is_some(), "{}", operation.name);
        let path = operation.path.replace(['{', '}'], "");
        let request = Request::builder().method(operation.method).uri(&path).header("host", "localhost");
        let response = asked.send(request.body(Body::empty()).unwrap()).await;
        assert!(response.status().as_u16() < 500, "{}: {}", operation.name, response.status());
    }
}

#[tokio::test]
async fn what_is_put_is_what_comes_back() {
    let asked = Asked::new();
    let app = asked.app().await;
    let text = r#"{"Name":"odd","Unknown":{"z":1.50,"a":[]},"Dimensions":{"Metrics":{"m":{"ComparisonOperator":"EQUAL","Value":100.0}}}}"#;
    let request = Request::post(format!("{app}/segments")).header("host", "localhost").body(Body::from(text)).unwrap();
    let response = asked.send(request).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let answer = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(answer.contains(&text[1..text.len() - 1]), "{answer}");
}

#[tokio::test]
async fn an_endpoint_merges() {
    let asked = Asked::new();
    let app = asked.app().await;
    let ann = format!("{app}/endpoints/ann");
    let (status, body) = asked.ask("PUT", &ann, json!({"Address": "a@x.example"})).await;
    assert_eq!((status, body["Message"].as_str().unwrap().contains("ChannelType")), (400, true));
    let first = json!({
        "ChannelType": "EMAIL", "Address": "a@x.example", "Attributes": {"Plan": ["free"], "Old": ["x"]},
        "Metrics": {"visits": 3, "gone": 1}, "Location": {"City": "Kiel", "Latitude": 54.3233},
        "User": {"UserId": "u", "UserAttributes": {"Name": "Ann"}},
    });
    let (status, body) = asked.ask("PUT", &ann, first).await;
    assert_eq!((status, body["Message"].as_str()), (202, Some("Accepted")));
    let second = json!({
        "Attributes": {"Plan": ["pro"], "Old": []}, "Metrics": {"gone": null}, "Location": {"Country": "DE"},
        "OptOut": "ALL",
    });
    asked.ask("PUT", &ann, second).await;
    let (status, got) = asked.ask("GET", &ann, None).await;
    assert_eq!(status, 200);
    assert_eq!(got["Attributes"], json!({"Plan": ["pro"]}));
    assert_eq!(got["Metrics"], json!({"visits": 3}));
    assert_eq!(got["Location"].to_string(), r#"{"City":"Kiel","Latitude":54.3,"Country":"DE"}"#);
    assert_eq!(got["User"], json!({"UserId": "u", "UserAttributes": {"Name": ["Ann"]}}));
    assert_eq!((got["OptOut"].as_str(), got["EndpointStatus"].as_str()), (Some("ALL"), Some("ACTIVE")));
    assert_eq!(asked.ask("PUT", &ann, json!({"OptOut": "SOME"})).await.0, 400);
    assert_eq!(asked.ask("PUT", &ann, json!({"ChannelType": "FAX"})).await.0, 400);
}

#[tokio::test]
async fn user_attributes_belong_to_the_user() {
    let asked = Asked::new();
    let app = asked.app().await;
    let endpoint = |user: Value| json!({"ChannelType": "CUSTOM", "Address": "x", "User": user});
    asked.ask("PUT", &format!("{app}/endpoints/a"), endpoint(json!({"UserId": "u"}))).await;
    let own = json!({"UserAttributes": {"Own": ["1"], "Both": ["b"]}});
    asked.ask("PUT", &format!("{app}/endpoints/b"), endpoint(own)).await;
    // The same address on the same channel: the first one rests.
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/a"), None).await.1["EndpointStatus"], "INACTIVE");
    let change = json!({"User": {"UserAttributes": {"Both": ["a"]}}});
    asked.ask("PUT", &format!("{app}/endpoints/a"), change).await;
    asked.ask("PUT", &format!("{app}/endpoints/b"), json!({"User": {"UserId": "u"}})).await;
    let (_, users) = asked.ask("GET", &format!("{app}/users/u"), None).await;
    assert_eq!(users["Item"].as_array().unwrap().len(), 2);
    for endpoint in users["Item"].as_array().unwrap() {
        assert_eq!(endpoint["User"]["UserAttributes"], json!({"Own": ["1"], "Both": ["a"]}));
    }
    asked.ask("PUT", &format!("{app}/endpoints/b"), json!({"User": {"UserId": ""}})).await;
    let (_, users) = asked.ask("GET", &format!("{app}/users/u"), None).await;
    assert_eq!(users["Item"].as_array().unwrap().len(), 1);
    assert_eq!(asked.ask("DELETE", &format!("{app}/users/u"), None).await.0, 202);
    assert_eq!(asked.ask("GET", &format!("{app}/users/u"), None).await.0, 404);
}

#[tokio::test]
async fn a_sixteenth_endpoint_finds_room_only_among_push() {
    let asked = Asked::new();
    let app = asked.app().await;
    for i in 0..15 {
        let channel = if i == 4 { "GCM" } else { "EMAIL" };
        let body = json!({"ChannelType": channel, "Address": format!("{i}"), "User": {"UserId": "u"}});
        assert_eq!(asked.ask("PUT", &format!("{app}/endpoints/e{i}"), body).await.0, 202);
    }
    let one_more = |channel: &str| json!({"ChannelType": channel, "Address": "more", "User": {"UserId": "u"}});
    let (status, body) = asked.ask("PUT", &format!("{app}/endpoints/x"), one_more("SMS")).await;
    assert_eq!((status, body["Message"].as_str()), (400, Some("Exceeded maximum endpoint per user count: 15")));
    assert_eq!(asked.ask("PUT", &format!("{app}/endpoints/x"), one_more("APNS")).await.0, 202);
    let (_, old) = asked.ask("GET", &format!("{app}/endpoints/e4"), None).await;
    assert_eq!((old["EndpointStatus"].as_str(), old.get("User")), (Some("INACTIVE"), None));
}

#[tokio::test]
async fn a_batch_is_all_or_nothing() {
    let asked = Asked::new();
    let app = asked.app().await;
    let good = json!({"Id": "a", "ChannelType": "EMAIL", "Address": "a@x.example"});
    let path = format!("{app}/endpoints");
    let (status, body) = asked.ask("PUT", &path, json!({"Item": [good, {"ChannelType": "EMAIL"}]})).await;
    assert_eq!((status, body["Message"].as_str().unwrap().starts_with("Item[1]")), (400, true));
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/a"), None).await.0, 404);
    assert_eq!(asked.ask("PUT", &path, json!({"Item": [good, {"Id": "a", "OptOut": "ALL"}]})).await.0, 202);
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/a"), None).await.1["OptOut"], "ALL");
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() {
    let asked = Asked::new();
    for i in 0..5 {
        asked.ask("POST", "/v1/apps", json!({"Name": format!("n{i}")})).await;
    }
    let (mut path, mut names) = ("/v1/apps?page-size=2".to_owned(), Vec::new());
    loop {
        let (status, page) = asked.ask("GET", &path, None).await;
        assert_eq!(status, 200);
        names.extend(page["Item"].as_array().unwrap().iter().map(|app| app["Name"].as_str().unwrap().to_owned()));
        let Some(token) = page["NextToken"].as_str() else { break };
        path = format!("/v1/apps?page-size=2&token={token}");
    }
    assert_eq!(names, ["n4", "n3", "n2", "n1", "n0"]);
    assert_eq!(asked.ask("GET", "/v1/apps?page-size=0", None).await.0, 400);
    assert_eq!(asked.ask("GET", "/v1/apps?token=abc", None).await.0, 400);
}

#[tokio::test]
async fn template_versions() {
    let asked = Asked::new();
    let path = "/v1/templates/hello/email";
    let body = |subject: &str| json!({"Subject": subject, "HtmlPart": "<p>x</p>"});
    let (status, created) = asked.ask("POST", path, body("1")).await;
    assert_eq!(status, 201);
    assert!(created["Arn"].as_str().unwrap().ends_with(":templates/hello/EMAIL"));
    assert_eq!(asked.ask("POST", path, body("1")).await.0, 400);
    assert_eq!(asked.ask("PUT", &format!("{path}?create-new-version=true"), body("2")).await.0, 202);
    assert_eq!(asked.ask("GET", path, None).await.1["Subject"], "1");
    assert_eq!(asked.ask("PUT", &format!("{path}?version=1"), body("x")).await.0, 400);
    assert_eq!(asked.ask("PUT", path, body("2b")).await.0, 202);
    assert_eq!(asked.ask("GET", &format!("{path}?version=2"), None).await.1["Subject"], "2b");
    let activate = "/v1/templates/hello/EMAIL/active-version";
    assert_eq!(asked.ask("PUT", activate, json!({"Version": "latest"})).await.0, 200);
    assert_eq!(asked.ask("GET", path, None).await.1["Version"], "2");
    assert_eq!(asked.ask("DELETE", &format!("{path}?version=2"), None).await.0, 400);
    assert_eq!(asked.ask("DELETE", &format!("{path}?version=1"), None).await.0, 202);
    let (_, versions) = asked.ask("GET", "/v1/templates/hello/email/versions", None).await;
    assert_eq!(versions["Item"].as_array().unwrap().len(), 1);
    let (_, listed) = asked.ask("GET", "/v1/templates?prefix=he&template-type=EMAIL", None).await;
    assert_eq!((listed["Item"][0]["TemplateName"].as_str(), listed["Item"][0].get("Arn")), (Some("hello"), None));
    assert_eq!(asked.ask("DELETE", path, None).await.0, 202);
    assert_eq!(asked.ask("GET", path, None).await.0, 404);
}

#[tokio::test]
async fn segment_versions_and_sources() {
    let asked = Asked::new();
    let app = asked.app().await;
    let (_, one) = asked.ask("POST", &format!("{app}/segments"), json!({"Name": "one"})).await;
    let id = one["Id"].as_str().unwrap();
    let groups = |source: &str| json!({"Groups": [{"SourceSegments": [{"Id": source}], "Dimensions": []}]});
    let based = json!({"Name": "two", "SegmentGroups": groups(id)});
    let (status, two) = asked.ask("POST", &format!("{app}/segments"), based).await;
    assert_eq!(status, 201, "{two}");
    let circle = json!({"Name": "one", "SegmentGroups": groups(two["Id"].as_str().unwrap())});
    assert_eq!(asked.ask("PUT", &format!("{app}/segments/{id}"), circle).await.0, 400);
    let (status, next) = asked.ask("PUT", &format!("{app}/segments/{id}"), json!({"Name": "uno"})).await;
    assert_eq!((status, next["Version"].as_i64(), next["Name"].as_str()), (200, Some(2), Some("uno")));
    let (_, old) = asked.ask("GET", &format!("{app}/segments/{id}/versions/1"), None).await;
    assert_eq!(old["Name"], "one");
    let unknown = json!({"Name": "x", "SegmentGroups": groups("none")});
    assert_eq!(asked.ask("POST", &format!("{app}/segments"), unknown).await.0, 400);
    assert_eq!(asked.ask("DELETE", &format!("{app}/segments/{id}"), None).await.0, 200);
    assert_eq!(asked.ask("GET", &format!("{app}/segments/{id}"), None).await.0, 404);
}

#[tokio::test]
async fn channels_keep_no_secrets() {
    let asked = Asked::new();
    let app = asked.app().await;
    assert_eq!(asked.ask("GET", &format!("{app}/channels/gcm"), None).await.0, 404);
    let (status, gcm) = asked.ask("PUT", &format!("{app}/channels/gcm"), json!({"ApiKey": "secret"})).await;
    assert_eq!((status, gcm["HasCredential"].as_bool(), gcm["Version"].as_i64()), (200, Some(true), Some(1)));
    assert!(!gcm.to_string().contains("secret"));
    let email = json!({"FromAddress": "a@x.example", "Identity": "arn", "Enabled": false});
    asked.ask("PUT", &format!("{app}/channels/email"), email).await;
    let (_, all) = asked.ask("GET", &format!("{app}/channels"), None).await;
    assert_eq!(all["Channels"]["EMAIL"]["Enabled"], false);
    assert_eq!(all["Channels"]["GCM"]["Enabled"], true);
    assert_eq!(asked.ask("DELETE", &format!("{app}/channels/gcm"), None).await.1["Platform"], "GCM");
    assert_eq!(asked.ask("DELETE", &format!("{app}/channels/gcm"), None).await.0, 404);
}

#[tokio::test]
async fn settings_and_tags() {
    let asked = Asked::new();
    let app = asked.app().await;
    let settings = format!("{app}/settings");
    let body = json!({"JourneyLimits": {"DailyCap": 3}, "QuietTime": {"Start": "20:00", "End": "08:00"}});
    asked.ask("PUT", &settings, body).await;
    let (_, got) = asked.ask("PUT", &settings, json!({"QuietTime": {}, "CloudWatchMetricsEnabled": true})).await;
    assert_eq!((got.get("QuietTime"), got.get("CloudWatchMetricsEnabled")), (None, None));
    assert_eq!(got["JourneyLimits"], json!({"DailyCap": 3}));
    let arn = asked.ask("GET", &app, None).await.1["Arn"].as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
    let tags = format!("/v1/tags/{arn}");
    assert_eq!(asked.ask("POST", &tags, json!({"tags": {"team": "red", "x": "1"}})).await.0, 204);
    assert_eq!(asked.ask("POST", &tags, json!({"tags": {"aws:x": "1"}})).await.0, 400);
    assert_eq!(asked.ask("DELETE", &format!("{tags}?tagKeys=x&tagKeys=y"), None).await.0, 204);
    assert_eq!(asked.ask("GET", &tags, None).await.1, json!({"tags": {"team": "red"}}));
    assert_eq!(asked.ask("GET", &app, None).await.1["tags"], json!({"team": "red"}));
}

#[tokio::test]
async fn deleting_a_project_leaves_templates() {
    let asked = Asked::new();
    let app = asked.app().await;
    asked.ask("POST", "/v1/templates/t/sms", json!({"Body": "x"})).await;
    asked.ask("PUT", &format!("{app}/endpoints/a"), json!({"ChannelType": "SMS", "Address": "+1"})).await;
    assert_eq!(asked.ask("DELETE", &app, None).await.1["Name"], "shop");
    assert_eq!(asked.ask("GET", &app, None).await.0, 404);
    assert_eq!(asked.ask("GET", "/v1/templates/t/sms", None).await.0, 200);
    assert_eq!(asked.ask("GET", "/waymark/status", None).await.1["Apps"], json!([]));
}

/// A published journey: hello, a day, bye.
async fn published(asked: &Asked) -> (String, String) {
    let app = asked.app().await;
    for name in ["hello", "bye"] {
        let body = json!({"Subject": "{{User.UserAttributes.Name}}", "TextPart": name});
        asked.ask("POST", &format!("/v1/templates/{name}/email"), body).await;
    }
    for (id, user) in [("a", json!({"UserId": "u", "UserAttributes": {"Name": ["Ann"]}})), ("b", json!({}))] {
        let body = json!({"ChannelType": "EMAIL", "Address": format!("{id}@x.example"), "User": user});
        asked.ask("PUT", &format!("{app}/endpoints/{id}"), body).await;
    }
    let (_, segment) = asked.ask("POST", &format!("{app}/segments"), json!({"Name": "everybody"})).await;
    let journey = json!({
        "Name": "welcome", "State": "ACTIVE", "StartActivity": "hello",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": segment["Id"]}},
        "Activities": {
            "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "wait"}},
            "wait": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "bye"}},
            "bye": {"EMAIL": {"TemplateName": "bye"}},
        },
    });
    let (status, created) = asked.ask("POST", &format!("{app}/journeys"), journey).await;
    assert_eq!((status, created["State"].as_str()), (201, Some("ACTIVE")), "{created}");
    let journey = format!("{app}/journeys/{}", created["Id"].as_str().unwrap());
    (app, journey)
}

#[tokio::test]
async fn an_active_journey_runs() {
    let asked = Asked::new();
    let (_, journey) = published(&asked).await;
    let (status, clock) = asked.ask("POST", "/waymark/clock", json!({"advance": "PT6M"})).await;
    assert_eq!((status, clock["Now"].as_str()), (200, Some("2026-11-30T09:06:00.000Z")));
    let (_, outbox) = asked.ask("GET", "/waymark/outbox", None).await;
    // b has no first name: nothing is sent to it, the outbox says why, and it goes on.
    let (failed, sent): (Vec<_>, Vec<_>) =
        outbox["Item"].as_array().unwrap().iter().partition(|message| message.get("Failure").is_some());
    assert_eq!((failed.len(), sent.len()), (1, 1));
    assert_eq!(sent[0]["Parts"], json!([["Subject", "Ann"], ["TextPart", "hello"]]));
    assert_eq!(failed[0]["Parts"], json!([]));
    assert!(failed[0]["Failure"].as_str().unwrap().contains("has no value and no default"), "{failed:?}");
    let (_, hello) = asked.ask("GET", &format!("{journey}/activities/hello/execution-metrics"), None).await;
    assert_eq!(hello["Metrics"], json!({"FAILURE_PERMANENT": "1", "SUCCESS": "1"}));
    assert_eq!(asked.ask("GET", &journey, None).await.1["State"], "CLOSED");
    let (_, wait) = asked.ask("GET", &format!("{journey}/activities/wait/execution-metrics"), None).await;
    assert_eq!((wait["ActivityType"].as_str(), &wait["Metrics"]), (Some("WAIT"), &json!({"WAIT_STARTED": "2"})));
    asked.ask("POST", "/waymark/clock", json!({"to": "2026-12-02T00:00:00Z"})).await;
    let (_, outbox) = asked.ask("GET", "/waymark/outbox?limit=1", None).await;
    assert_eq!(outbox["Item"][0]["JourneyActivityId"], "bye");
    assert_eq!(asked.ask("GET", &journey, None).await.1["State"], "COMPLETED");
    let (_, metrics) = asked.ask("GET", &format!("{journey}/execution-metrics"), None).await;
    assert_eq!(
        (metrics["Metrics"]["ENDPOINT_ENTERED"].as_str(), metrics["Metrics"]["ENDPOINT_ACTIVE"].as_str()),
        (Some("2"), Some("0"))
    );
    assert_eq!(asked.ask("POST", "/waymark/clock", json!({"to": "2026-12-01T00:00:00Z"})).await.0, 400);
}

#[tokio::test]
async fn a_deleted_endpoint_drops_out() {
    let asked = Asked::new();
    let (app, journey) = published(&asked).await;
    asked.ask("POST", "/waymark/clock", json!({"advance": "PT6M"})).await;
    asked.ask("DELETE", &format!("{app}/endpoints/a"), None).await;
    asked.ask("POST", "/waymark/clock", json!({"advance": "P2D"})).await;
    let (_, outbox) = asked.ask("GET", "/waymark/outbox", None).await;
    let of_a: Vec<_> =
        outbox["Item"].as_array().unwrap().iter().filter(|message| message["EndpointId"] == "a").collect();
    assert_eq!(of_a.len(), 1, "{outbox}");
    assert_eq!(asked.ask("GET", &journey, None).await.1["State"], "COMPLETED");
}

#[tokio::test]
async fn a_journey_is_published_only_when_its_references_resolve() {
    let asked = Asked::new();
    let app = asked.app().await;
    let (_, segment) = asked.ask("POST", &format!("{app}/segments"), json!({"Name": "everybody"})).await;
    let refused = async |activities: Value, segment: &Value| {
        let body = json!({
            "Name": "x", "State": "ACTIVE", "StartActivity": "a", "Activities": activities,
            "StartCondition": {"SegmentStartCondition": {"SegmentId": segment}},
        });
        let (status, answer) = asked.ask("POST", &format!("{app}/journeys"), body).await;
        assert_eq!(status, 400);
        answer["Message"].as_str().unwrap().to_owned()
    };
    let wait = |next: &str| json!({"Wait": {"WaitTime": {"WaitFor": "PT1H"}, "NextActivity": next}});
    let id = &segment["Id"];
    assert!(refused(json!({"b": wait("")}), id).await.starts_with("StartActivity: "));
    assert!(refused(json!({"a": wait("b")}), id).await.starts_with("Activities.a.Wait.NextActivity: "));
    assert!(refused(json!({"a": wait("b"), "b": wait("a")}), id).await.contains("no circles"));
    let email = json!({"a": {"EMAIL": {"TemplateName": "none"}}});
    assert!(refused(email, id).await.starts_with("Activities.a.EMAIL.TemplateName: there is no EMAIL template"));
    assert!(refused(json!({"a": wait("")}), &json!("none")).await.contains("there is no segment `none`"));
    assert_eq!(
        asked.ask("GET", &format!("{app}/journeys"), None).await.1["Item"],
        json!([]),
        "nothing is half-written"
    );
}
