//! What the API refuses, by the number of the clause: J015, J056, J065, J066 (journeys.md 10), N001, N002, N005
//! (segments-and-endpoints.md 6).

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::Asked;

impl Asked {
    /// A new segment's id.
    async fn segment(&self, app: &str) -> Value {
        self.ask("POST", &format!("{app}/segments"), json!({"Name": "everybody"})).await.1["Id"].clone()
    }
}

/// A journey that can be published: a wait, for the people of a segment.
fn waiting(segment: &Value, state: &str) -> Value {
    json!({
        "Name": "wait", "State": state, "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": segment}},
        "Activities": {"a": {"Wait": {"WaitTime": {"WaitFor": "PT1H"}}}},
    })
}

#[tokio::test]
async fn a_metric_stands_once_in_an_event_filter() {
    let asked = Asked::new();
    let app = asked.app().await;
    let metrics = |second: &str| {
        let one = r#"{"ComparisonOperator":"EQUAL","Value":1}"#;
        format!(
            r#"{{"Name":"j","StartCondition":{{"EventStartCondition":{{"EventFilter":{{"FilterType":"ENDPOINT","Dimensions":{{"EventType":{{"Values":["a"]}},"Metrics":{{"price":{one},"{second}":{one}}}}}}}}}}}}}"#
        )
    };
    for (second, status) in [("count", 201), ("price", 400)] {
        let request = Request::post(format!("{app}/journeys")).header("host", "localhost");
        let response = asked.send(request.body(Body::from(metrics(second))).unwrap()).await;
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(answer.get("Id").is_some(), status == 201, "{answer}");
        if status == 400 {
            let message = answer["Message"].as_str().unwrap();
            assert!(message.ends_with("Dimensions.Metrics.price: the metric stands here twice"), "{message}");
        }
    }
}

#[tokio::test]
async fn an_account_has_room_for_50_active_journeys_20_of_them_by_event() {
    let asked = Asked::new();
    let app = asked.app().await;
    let segment = asked.segment(&app).await;
    let by_event = json!({
        "Name": "event", "State": "ACTIVE", "StartActivity": "a",
        "StartCondition": {"EventStartCondition": {"EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {
            "EventType": {"DimensionType": "INCLUSIVE", "Values": ["a"]}}}}},
        "Activities": {"a": {"Wait": {"WaitTime": {"WaitFor": "PT1H"}}}},
    });
    let path = format!("{app}/journeys");
    for _ in 0..20 {
        assert_eq!(asked.ask("POST", &path, by_event.clone()).await.0, 201);
    }
    let (status, answer) = asked.ask("POST", &path, by_event.clone()).await;
    assert_eq!(
        (status, answer["Message"].as_str()),
        (400, Some("State: 20 event journeys are active, 20 are allowed"))
    );
    for _ in 0..30 {
        assert_eq!(asked.ask("POST", &path, waiting(&segment, "ACTIVE")).await.0, 201);
    }
    let (status, answer) = asked.ask("POST", &path, waiting(&segment, "ACTIVE")).await;
    assert_eq!((status, answer["Message"].as_str()), (400, Some("State: 50 journeys are active, 50 are allowed")));
    assert_eq!(asked.ask("POST", &path, waiting(&segment, "DRAFT")).await.0, 201, "drafts are free");
}

#[tokio::test]
async fn a_journey_goes_from_state_to_state_as_the_table_says() {
    let asked = Asked::new();
    let app = asked.app().await;
    let segment = asked.segment(&app).await;
    let mut refreshed = waiting(&segment, "DRAFT");
    refreshed["RefreshFrequency"] = json!("P1D");
    let create = async |body: Value| {
        let (status, journey) = asked.ask("POST", &format!("{app}/journeys"), body).await;
        assert_eq!(status, 201, "{journey}");
        format!("{app}/journeys/{}", journey["Id"].as_str().unwrap())
    };
    let once = create(waiting(&segment, "DRAFT")).await;
    let often = create(refreshed).await;
    let becomes =
        async |journey: &str, state: &str| asked.ask("PUT", &format!("{journey}/state"), json!({"State": state})).await;
    // From DRAFT only to ACTIVE.
    for state in ["PAUSED", "CANCELLED", "COMPLETED", "DRAFT"] {
        assert_eq!(becomes(&once, state).await.0, 400, "{state}");
    }
    assert_eq!(becomes(&once, "ACTIVE").await.0, 200);
    let (status, answer) = becomes(&once, "PAUSED").await;
    assert_eq!((status, answer["Message"].as_str().unwrap().contains("RefreshFrequency")), (400, true));

    assert_eq!(becomes(&often, "ACTIVE").await.0, 200);
    assert_eq!(becomes(&often, "ACTIVE").await.0, 400, "it is active already");
    assert_eq!(becomes(&often, "PAUSED").await.0, 200);
    let (status, answer) = becomes(&often, "ACTIVE").await;
    assert_eq!((status, answer["Message"].as_str().unwrap().contains("5 minutes")), (400, true));
    asked.ask("POST", "/waymark/clock", json!({"advance": "PT4M59S"})).await;
    assert_eq!(becomes(&often, "ACTIVE").await.0, 400);
    asked.ask("POST", "/waymark/clock", json!({"advance": "PT1S"})).await;
    assert_eq!(becomes(&often, "ACTIVE").await.0, 200);
    assert_eq!(becomes(&often, "CANCELLED").await.0, 200);
    for state in ["ACTIVE", "PAUSED", "CANCELLED"] {
        assert_eq!(becomes(&often, state).await.0, 400, "{state} after CANCELLED");
    }
}

#[tokio::test]
async fn only_a_draft_is_edited_and_an_edit_replaces_everything() {
    let asked = Asked::new();
    let app = asked.app().await;
    let segment = asked.segment(&app).await;
    let mut draft = waiting(&segment, "DRAFT");
    draft["Limits"] = json!({"DailyCap": 3});
    let (_, journey) = asked.ask("POST", &format!("{app}/journeys"), draft).await;
    let path = format!("{app}/journeys/{}", journey["Id"].as_str().unwrap());
    let (status, edited) = asked.ask("PUT", &path, waiting(&segment, "DRAFT")).await;
    assert_eq!((status, edited.get("Limits")), (200, None));
    assert_eq!(asked.ask("PUT", &path, waiting(&segment, "ACTIVE")).await.0, 200);
    let (status, answer) = asked.ask("PUT", &path, waiting(&segment, "DRAFT")).await;
    assert_eq!(status, 409, "{answer}");
    assert!(answer["Message"].as_str().unwrap().contains("only a DRAFT can be edited"), "{answer}");
}

#[tokio::test]
async fn a_batch_has_at_most_100_items() {
    let asked = Asked::new();
    let app = asked.app().await;
    let items = |count: usize| {
        let item = |n| json!({"Id": format!("e{n}"), "ChannelType": "EMAIL", "Address": format!("{n}@x.example")});
        json!({"Item": (0..count).map(item).collect::<Vec<_>>()})
    };
    let path = format!("{app}/endpoints");
    let (status, answer) = asked.ask("PUT", &path, items(101)).await;
    assert_eq!((status, answer["Message"].as_str()), (400, Some("Item: 101 items, 100 are allowed")));
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/e0"), None).await.0, 404);
    assert_eq!(asked.ask("PUT", &path, items(100)).await.0, 202);
}

#[tokio::test]
async fn an_endpoint_keeps_its_limits() {
    let asked = Asked::new();
    let app = asked.app().await;
    let put = async |id: &str, attributes: Value| {
        let body = json!({"ChannelType": "CUSTOM", "Address": id, "Attributes": attributes});
        asked.ask("PUT", &format!("{app}/endpoints/{id}"), body).await
    };
    let attribute = |name: usize, value: usize, count: usize| json!({"x".repeat(name): vec!["y".repeat(value); count]});
    assert_eq!(put("a", attribute(50, 100, 50)).await.0, 202);
    for too_much in [attribute(51, 1, 1), attribute(1, 101, 1), attribute(1, 1, 51)] {
        assert_eq!(put("b", too_much).await.0, 400);
    }
    let four = |n: usize| (format!("large{n}"), json!(vec!["y".repeat(100); 40]));
    let large: serde_json::Map<String, Value> = (0..4).map(four).collect();
    let (status, answer) = put("c", Value::Object(large)).await;
    assert_eq!((status, answer["Message"].as_str().unwrap().contains("bytes")), (400, true), "{answer}");
    // 250 names in a project: one is taken by `a`.
    let many: serde_json::Map<String, Value> = (0..249).map(|n| (format!("n{n}"), json!(["1"]))).collect();
    assert_eq!(put("d", Value::Object(many)).await.0, 202);
    let (status, answer) = put("e", json!({"one more": ["1"]})).await;
    assert_eq!((status, answer["Message"].as_str().unwrap().starts_with("Too many custom attributes")), (400, true));
    assert_eq!(put("f", json!({"n0": ["2"]})).await.0, 202, "names that are known already");
}
