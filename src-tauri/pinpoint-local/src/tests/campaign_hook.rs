//! The hook of campaigns over the API: calls that wait, what comes of them, and what a kill leaves (campaigns.md 7).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use delivery::{Cause, Config, Outcome};
use model::Millis;
use model::time::{MINUTE, SECOND};
use serde_json::{Value, json};

use super::campaigns::{Shop, in_};
use crate::deliver::Deliverer;
use crate::deliver::filter::{self, Asking};
use crate::server::Settings;

/// A campaign's hook, as most tests have it.
fn hook() -> Value {
    json!({"Hook": {"Mode": "FILTER", "LambdaFunctionName": "filter"}})
}

impl Shop {
    /// On a server whose lane for calls the test itself is.
    async fn that_calls(settings: Settings) -> Shop {
        let shop = Shop::with(settings).await;
        shop.asked.lanes(&["custom"]);
        shop
    }

    /// The calls of hooks that are due.
    fn asking(&self) -> Vec<Asking> {
        let now = self.asked.machine.clock.now();
        self.asked.machine.store.read(|store| filter::due(store, now, 100)).unwrap()
    }

    /// Says what came of the only call that is due, and lets the campaign go on.
    async fn hook_answers(&self, outcome: Result<Value, Outcome>) -> Asking {
        let asking = self.asking();
        assert_eq!(asking.len(), 1, "{asking:?}");
        let one = asking[0].clone();
        let noted = one.clone();
        self.asked.piece(move |context| filter::note(context, &noted, outcome));
        self.here().await;
        one
    }

    /// Runs what is due now.
    async fn here(&self) {
        self.asked.move_to(self.asked.machine.clock.now()).await;
    }

    async fn failure(&self) -> String {
        self.outbox().await[0]["Failure"].as_str().unwrap().to_owned()
    }
}

fn ids(asking: &Asking) -> Vec<&str> {
    asking.payload["Endpoints"].as_object().unwrap().keys().map(String::as_str).collect()
}

fn temporary(code: u16) -> Outcome {
    Outcome::Temporary { code, reason: "no".into() }
}

#[tokio::test]
async fn a_hook_says_who_gets_the_message_and_what_is_in_it() {
    let shop = Shop::that_calls(Settings::default()).await;
    for id in ["ann", "bob"] {
        shop.person(id, json!({})).await;
    }
    let id = shop.campaign(hook()).await;
    shop.at(0).await;
    assert_eq!((shop.sent().await.len(), shop.status(&id).await.as_str()), (0, "EXECUTING"));
    let answer = json!({"Endpoints": {"ann": {"User": {"UserAttributes": {"FirstName": ["Anna"]}}}}});
    let asking = shop.hook_answers(Ok(answer)).await;
    assert_eq!((asking.target.as_str(), ids(&asking)), ("filter", vec!["ann", "bob"]));
    let payload = &asking.payload;
    assert_eq!((&payload["CampaignId"], &payload["TreatmentId"]), (&json!(id), &json!("0")));
    assert_eq!(payload["MessageConfiguration"]["EmailMessage"]["Body"], "now");
    assert_eq!(
        (&payload["ScheduledTime"], &payload["Endpoints"]["bob"]["Address"]),
        (&json!(in_(0)), &json!("bob@x.example"))
    );
    let outbox = shop.outbox().await;
    assert_eq!((outbox.len(), &outbox[0]["Parts"][0][1]), (1, &json!("Sale, Anna")));
    assert_eq!(shop.status(&id).await, "COMPLETED");
    let activity = &shop.activities(&id).await[0];
    assert_eq!(activity["Id"], payload["ActivityId"]);
    assert_eq!(activity["ExecutionMetrics"]["FILTERED_OUT_BY_HOOK"], "1");
    let endpoint = shop.get("endpoints/ann").await;
    assert_eq!(endpoint["User"]["UserAttributes"]["FirstName"][0], "ann", "changed for this message only");
}

#[tokio::test]
async fn the_hook_of_the_project_is_called_where_the_campaign_has_none() {
    let shop = Shop::that_calls(Settings::default()).await;
    shop.person("ann", json!({})).await;
    let default = json!({"CampaignHook": {"Mode": "FILTER", "WebUrl": "https://x.example/hook"}});
    shop.put("settings", default).await;
    shop.campaign(json!({})).await;
    shop.at(0).await;
    let asking = shop.hook_answers(Ok(json!({"ann": {}}))).await;
    assert_eq!(asking.target, "https://x.example/hook");
    shop.campaign(hook()).await;
    shop.here().await;
    assert_eq!(shop.asking()[0].target, "filter", "the campaign's own comes first");
    assert_eq!(shop.sent().await, ["ann"]);
}

#[tokio::test]
async fn a_project_takes_only_hooks_that_filter() {
    let shop = Shop::new().await;
    let path = format!("{}/settings", shop.app);
    for (hook, message) in [
        (
            json!({"Mode": "DELIVERY", "LambdaFunctionName": "f"}),
            "CampaignHook.Mode: a hook with mode `DELIVERY` no longer works",
        ),
        (json!({"Mode": "FILTER"}), "CampaignHook: the hook names neither a function nor an address"),
        (json!({"WebUrl": "http://x.example"}), "CampaignHook.WebUrl: `http://x.example` is not an https address"),
    ] {
        let (status, answer) = shop.asked.ask("PUT", &path, json!({"CampaignHook": hook})).await;
        assert_eq!((status, answer["Message"].as_str().unwrap()), (400, message));
    }
    shop.put("settings", json!({"CampaignHook": {"Mode": "FILTER", "LambdaFunctionName": "f"}})).await;
    let cleared = shop.put("settings", json!({"CampaignHook": {}})).await;
    assert_eq!(cleared.get("CampaignHook"), None);
}

#[tokio::test]
async fn a_kill_neither_loses_nor_doubles_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { data: Some(folder.path().to_owned()), ..Settings::default() };
    let shop = Shop::that_calls(settings.clone()).await;
    for number in 0..60 {
        shop.person(&format!("e{number:02}"), json!({})).await;
    }
    let id = shop.campaign(hook()).await;
    shop.at(0).await;
    let before = shop.asking();
    assert_eq!(ids(&before[0]).len(), 50);
    // The function was called, and the server is gone before it can write down what it said. It is away for an hour.
    let Shop { asked, app, everybody } = shop;
    drop(asked);
    let shop = Shop { asked: super::Asked::with(settings), app, everybody };
    shop.at(60 * MINUTE).await;
    assert!(shop.outbox().await.is_empty(), "nobody answered too late: nobody was there to hear it");
    assert_eq!(shop.asking(), before, "the same endpoints under the same key");
    let first = shop.hook_answers(Ok(before[0].payload.clone())).await;
    // Twice the same answer, from two attempts that overlapped: the second finds no call any more.
    let again = first.clone();
    shop.asked.piece(move |context| filter::note(context, &again, Ok(again.payload.clone())));
    shop.here().await;
    let second = shop.hook_answers(Ok(json!({"e55": {}}))).await;
    assert_ne!(first.key, second.key);
    assert_eq!((ids(&second).len(), shop.sent().await.len()), (10, 51));
    assert_eq!(shop.status(&id).await, "COMPLETED");
}

#[tokio::test]
async fn a_hook_that_fails_is_tried_three_times_under_one_key() {
    let shop = Shop::that_calls(Settings::default()).await;
    shop.person("ann", json!({})).await;
    shop.campaign(hook()).await;
    shop.at(0).await;
    let mut keys = Vec::new();
    let throttled = Outcome::Throttled { after: None, code: 429, reason: "slow down".into() };
    for outcome in [temporary(500), throttled, temporary(503)] {
        keys.push(shop.hook_answers(Err(outcome)).await.key);
        assert!(shop.asking().is_empty(), "a little later");
        let next = shop.asked.machine.store.read(|store| filter::next_due(store)).unwrap();
        let Some(next) = next else { break };
        let wait: Millis = next - shop.asked.machine.clock.now();
        assert!((500..=2 * SECOND).contains(&wait), "{wait}");
        shop.asked.move_to(next).await;
    }
    assert_eq!(keys, vec![keys[0].clone(); 3]);
    assert!(shop.failure().await.ends_with("(HOOK_FAILURE): the hook failed 3 times"));
}

#[tokio::test]
async fn what_is_no_answer_fails_the_batch_at_once() {
    for (outcome, words) in [
        (Err(temporary(408)), "the hook did not answer within 15 seconds"),
        (Ok(Value::Null), "the hook's answer can not be read"),
        (Ok(json!({"Endpoints": "all"})), "the hook's answer can not be read"),
        (
            Err(Outcome::Permanent { cause: Cause::Invalid, code: 404, reason: "no such function".into() }),
            "the hook failed: 404 no such function",
        ),
    ] {
        let shop = Shop::that_calls(Settings::default()).await;
        shop.person("ann", json!({})).await;
        let id = shop.campaign(hook()).await;
        shop.at(0).await;
        shop.hook_answers(outcome).await;
        assert!(shop.failure().await.ends_with(words), "{}", shop.failure().await);
        assert_eq!(shop.told().await, ["_campaign.send EMAIL HOOK_FAILURE"]);
        assert_eq!(shop.activities(&id).await[0]["SuccessfulEndpointCount"], 0);
        assert_eq!((shop.status(&id).await.as_str(), shop.asking().len()), ("COMPLETED", 0));
    }
}

#[tokio::test]
async fn a_hook_that_waits_is_given_up_when_the_next_server_calls_nobody() {
    let shop = Shop::that_calls(Settings::default()).await;
    shop.person("ann", json!({})).await;
    shop.campaign(hook()).await;
    shop.at(0).await;
    Deliverer::open(None, &shop.asked.machine.store).await.unwrap();
    assert_eq!(shop.asked.machine.store.read(|store| filter::next_due(store)).unwrap(), None);
    shop.here().await;
    assert!(shop.failure().await.contains("[custom]"), "{}", shop.failure().await);
}

#[tokio::test]
async fn an_event_asks_the_hook_and_a_deleted_campaign_takes_its_calls_along() {
    let shop = Shop::that_calls(Settings::default()).await;
    shop.person("ann", json!({})).await;
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["buy"]}}});
    let schedule = json!({"StartTime": in_(20 * MINUTE), "EndTime": in_(9 * 60 * MINUTE), "Frequency": "EVENT", "EventFilter": filter});
    let mut body = hook();
    body["Schedule"] = schedule;
    let id = shop.campaign(body).await;
    shop.at(30 * MINUTE).await;
    shop.event("ann", "buy").await;
    shop.here().await;
    shop.hook_answers(Ok(json!({"ann": {}}))).await;
    assert_eq!(shop.sent().await, ["ann"]);
    shop.event("ann", "buy").await;
    shop.here().await;
    let left = shop.asking();
    shop.ok("DELETE", &format!("{}/campaigns/{id}", shop.app), None).await;
    assert!(shop.asking().is_empty());
    shop.asked.piece(move |context| filter::note(context, &left[0], Ok(json!({"ann": {}}))));
    shop.here().await;
    assert_eq!(shop.sent().await.len(), 1);
}

#[tokio::test]
async fn an_address_that_does_not_say_that_it_is_ours_is_refused() {
    let custom = |uri: &str| {
        json!({"MessageConfiguration": {"CustomMessage": {"Data": "x"}}, "Schedule": {"StartTime": in_(MINUTE)},
            "CustomDeliveryConfiguration": {"DeliveryUri": uri, "EndpointTypes": ["CUSTOM"]}})
    };
    // Nobody listens there.
    let closed = "https://127.0.0.1:1/hook";
    let mut shop = Shop::new().await;
    let before = shop.campaign(custom(closed)).await;
    let config = Config::parse("[custom]\n").unwrap();
    let deliverer = Deliverer::open(Some(&config), &shop.asked.machine.store).await.unwrap();
    Arc::get_mut(&mut shop.asked.machine).unwrap().deliverer = deliverer;
    let refused = shop.refused(custom(closed)).await;
    let expected = format!(
        "CustomDeliveryConfiguration.DeliveryUri: `{closed}` does not answer HEAD with `X-Amz-Pinpoint-AccountId: 000000000000`: "
    );
    assert!(refused.starts_with(&expected), "{refused}");
    let path = format!("campaigns/{before}");
    shop.put(&path, json!({"IsPaused": true, "CustomDeliveryConfiguration": {"DeliveryUri": closed}})).await;
    let other = json!({"CustomDeliveryConfiguration": {"DeliveryUri": "https://127.0.0.1:2/hook"}});
    assert_eq!(shop.asked.ask("PUT", &format!("{}/{path}", shop.app), other).await.0, 400, "another address is asked");
    shop.campaign(custom("arn:aws:lambda:us-east-1:000000000000:function:f")).await;
    let mut wrong = custom(closed);
    wrong["SegmentId"] = "none".into();
    assert!(shop.refused(wrong).await.starts_with("SegmentId"), "nobody is asked for a campaign that is wrong anyway");
    assert_eq!(shop.get("campaigns").await["Item"].as_array().unwrap().len(), 2);
}

/// A function that keeps what it is called with and lets nobody but `ann` through; every other call fails.
async fn function() -> (String, Arc<Mutex<Vec<(String, Value)>>>) {
    type Seen = Arc<Mutex<Vec<(String, Value)>>>;
    let seen: Seen = Arc::default();
    let answer = |State(seen): State<Seen>, uri: Uri, body: String| async move {
        let body: Value = serde_json::from_str(&body).unwrap();
        let mut seen = seen.lock().unwrap();
        seen.push((uri.path().to_owned(), body.clone()));
        match seen.len() % 2 {
            1 => (axum::http::StatusCode::SERVICE_UNAVAILABLE, String::new()),
            _ => (axum::http::StatusCode::OK, json!({"Endpoints": {"ann": body["Endpoints"]["ann"]}}).to_string()),
        }
    };
    let router = Router::new().fallback(answer).with_state(seen.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lane_of_calls_asks_a_function_for_real() {
    let (url, seen) = function().await;
    let config = Config::parse(&format!("[custom]\nendpoint_url = \"{url}\"\n")).unwrap();
    let mut shop = Shop::new().await;
    let deliverer = Deliverer::open(Some(&config), &shop.asked.machine.store).await.unwrap();
    Arc::get_mut(&mut shop.asked.machine).unwrap().deliverer = deliverer;
    for id in ["ann", "bob"] {
        shop.person(id, json!({})).await;
    }
    let id = shop.campaign(hook()).await;
    // The second attempt comes a moment later.
    shop.at(Duration::from_secs(5).as_millis() as Millis).await;
    assert_eq!((shop.sent().await, shop.status(&id).await.as_str()), (vec!["ann".to_owned()], "COMPLETED"));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].0, "/2015-03-31/functions/filter/invocations");
    assert_eq!(seen[0].1, seen[1].1, "the same payload");
}
