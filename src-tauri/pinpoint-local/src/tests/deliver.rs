//! Delivery on the virtual clock: what an outcome, a receipt and a link bring about. Adapters themselves are tested against
//! what they talk to, in `tests/`.

use std::sync::Arc;
use std::time::Duration;

use delivery::receipt::sns::{Fetch, Fetched};
use delivery::{Cause, Config, Hidden, Outcome, Pace, signature};
use model::Millis;
use model::time::{DAY, HOUR, MINUTE, SECOND, format_instant};
use serde_json::{Value, json};

use super::{Asked, START};
use crate::api::Context;
use crate::deliver::queue::{self, Waiting};
use crate::deliver::{Deliverer, custom, record, token};
use crate::outbox::{self, Message, Sender};
use crate::refusal::{Refusal, Result};
use crate::server::Settings;

const PACE: Pace = Pace { per_second: None, at_once: 10, attempts: 3, receipts: true };

fn accepted() -> Outcome {
    Outcome::Accepted { provider_id: Some("p-1".into()), code: 250 }
}

fn temporary() -> Outcome {
    Outcome::Temporary { code: 451, reason: "try later".into() }
}

fn permanent(code: u16, cause: Cause) -> Outcome {
    Outcome::Permanent { cause, code, reason: "no".into() }
}

impl Asked {
    pub(super) fn lanes(&self, names: &[&str]) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(self.piece(move |context| Ok(queue::set_lanes(context.store, &names)?)), []);
    }

    /// What is due in a lane.
    pub(super) fn due(&self, lane: &str) -> Vec<Waiting> {
        let now = self.machine.clock.now();
        self.machine.store.read(|store| queue::due(store, lane, now, 100)).unwrap()
    }

    /// A piece of work on the store, on a thread that may block.
    pub(super) fn piece<T: Send + 'static>(&self, work: impl FnOnce(&Context<'_>) -> Result<T> + Send + 'static) -> T {
        std::thread::scope(|scope| scope.spawn(|| self.machine.piece(work)).join().unwrap().unwrap())
    }

    pub(super) fn note(&self, work: impl FnOnce(&Context<'_>) -> Result<()> + Send + 'static) {
        self.piece(work);
    }

    /// Says what came of everything that is due in a lane; how many messages.
    pub(super) fn answer(&self, lane: &'static str, outcome: &Outcome) -> usize {
        let due = self.due(lane);
        for waiting in &due {
            let (waiting, outcome) = (waiting.clone(), outcome.clone());
            self.note(move |context| record::outcome(context, lane, &PACE, &waiting, &outcome));
        }
        due.len()
    }

    pub(super) async fn move_to(&self, instant: Millis) {
        let (status, answer) = self.ask("POST", "/waymark/clock", json!({"to": format_instant(instant)})).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn items(&self, query: &str) -> Vec<Value> {
        let (status, answer) = self.ask("GET", query, None).await;
        assert_eq!(status, 200, "{answer}");
        answer["Item"].as_array().unwrap().clone()
    }

    /// Types of the events that were kept, in order.
    fn events(&self) -> Vec<String> {
        let read = self.machine.store.read(|store| {
            let mut statement = store.prepare("SELECT type FROM events ORDER BY seq")?;
            let types = statement.query_map([], |row| row.get(0))?;
            Ok::<_, Refusal>(types.collect::<rusqlite::Result<_>>()?)
        });
        read.unwrap()
    }
}

const HTML: &str = "<p>Good day, <a href=\"https://shop.example/?a=1&amp;b=2\">see</a></p>";

/// A project with one e-mail endpoint `e`, and a journey that writes to it, asks a day later what came of it, and writes
/// once more: from `yes` or from `no`.
async fn journey(asked: &Asked, event: &str) -> String {
    let app = asked.app().await;
    asked
        .ask("POST", "/v1/templates/hi/email", json!({"Subject": "Hello", "TextPart": "Good day", "HtmlPart": HTML}))
        .await;
    let endpoint = json!({"ChannelType": "EMAIL", "Address": "Ann@x.example"});
    asked.ask("PUT", &format!("{app}/endpoints/e"), endpoint).await;
    let (_, segment) = asked.ask("POST", &format!("{app}/segments"), json!({"Name": "everybody"})).await;
    let mail = |next: Option<&str>| json!({"EMAIL": {"TemplateName": "hi", "NextActivity": next}});
    let condition = json!({"EventCondition": {
        "MessageActivity": "first",
        "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": [event]}},
    }});
    let body = json!({
        "Name": "j", "State": "ACTIVE", "StartActivity": "first",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": segment["Id"]}},
        "Activities": {
            "first": {"EMAIL": {"TemplateName": "hi", "NextActivity": "split"}},
            "split": {"ConditionalSplit": {
                "Condition": {"Conditions": [condition], "Operator": "ALL"},
                "EvaluationWaitTime": {"WaitFor": "P1D"}, "TrueActivity": "yes", "FalseActivity": "no",
            }},
            "yes": mail(None), "no": mail(None),
        },
    });
    let (status, created) = asked.ask("POST", &format!("{app}/journeys"), body).await;
    assert_eq!(status, 201, "{created}");
    asked.move_to(START + 6 * MINUTE).await;
    app
}

/// The activity that the second message came from.
async fn second(asked: &Asked) -> Value {
    asked.move_to(START + 2 * DAY).await;
    asked.items("/waymark/outbox").await[0]["JourneyActivityId"].clone()
}

#[tokio::test]
async fn a_receipt_drives_the_split() {
    for (event, expected) in [("_email.delivered", "yes"), ("_email.open", "no")] {
        let asked = Asked::new();
        asked.lanes(&["email"]);
        journey(&asked, event).await;
        assert_eq!(asked.items("/waymark/outbox?status=QUEUED").await.len(), 1);
        assert!(asked.events().is_empty(), "nothing is claimed before it was handed over");
        assert_eq!(asked.answer("email", &accepted()), 1);
        assert_eq!(asked.events(), ["_journey.send", "_email.send"]);
        let receipt = delivery::receipt::Receipt {
            id: "r".into(),
            provider_id: Some("p-1".into()),
            event: "_email.delivered".into(),
            ..Default::default()
        };
        for expected in [1, 0] {
            let receipt = receipt.clone();
            let heard = asked.piece(move |context| crate::deliver::receive(context, &[receipt]));
            assert_eq!(heard, expected, "the same receipt twice is heard once");
        }
        assert_eq!(asked.events(), ["_journey.send", "_email.send", "_email.delivered"]);
        assert_eq!(asked.items("/waymark/outbox").await[0]["Delivery"]["Status"], "DELIVERED");
        assert_eq!(second(&asked).await, expected, "{event}");
    }
}

#[tokio::test]
async fn without_a_lane_a_message_is_delivered_at_once() {
    let asked = Asked::new();
    asked.lanes(&["sms"]);
    journey(&asked, "_email.delivered").await;
    assert_eq!(asked.items("/waymark/outbox").await[0].get("Delivery"), None);
    assert_eq!(second(&asked).await, "yes");
}

#[tokio::test]
async fn faults_are_tried_again_later_each_time_and_end_as_dead_letters() {
    let asked = Asked::new();
    asked.lanes(&["email"]);
    let app = journey(&asked, "_email.delivered").await;
    let mut waits = Vec::new();
    for _ in 0..2 {
        assert_eq!(asked.answer("email", &temporary()), 1);
        let next = asked.machine.store.read(|store| queue::next_due(store, None)).unwrap().unwrap();
        waits.push(next - asked.machine.clock.now());
        assert!(asked.due("email").is_empty());
        asked.move_to(next).await;
    }
    assert!((15 * SECOND..=30 * SECOND).contains(&waits[0]) && (30 * SECOND..=60 * SECOND).contains(&waits[1]));
    assert_eq!(asked.answer("email", &temporary()), 1);
    let dead = asked.items("/waymark/dead-letters").await;
    assert_eq!(dead.len(), 1);
    let expected = json!({"Status": "DEAD", "Attempts": 3, "Failures": 3, "Code": 451, "Reason": "try later"});
    assert_eq!((&dead[0]["Delivery"], &dead[0]["Failure"]), (&expected, &json!("451 try later")));
    assert_eq!(asked.events(), ["_journey.send", "_email.softbounce"]);
    let (_, journeys) = asked.ask("GET", &format!("{app}/journeys"), None).await;
    let journey = journeys["Item"][0]["Id"].as_str().unwrap();
    let metrics = format!("{app}/journeys/{journey}/activities/first/execution-metrics");
    assert_eq!(asked.ask("GET", &metrics, None).await.1["Metrics"]["TRANSIENT_FAILURE"], "1");

    let replay = format!("/waymark/dead-letters/{}/replay", dead[0]["Id"].as_str().unwrap());
    assert_eq!(asked.ask("POST", &replay, None).await.0, 200);
    assert_eq!(asked.ask("POST", &replay, None).await.0, 404, "it is none any more");
    assert_eq!(asked.answer("email", &accepted()), 1);
    let item = &asked.items("/waymark/outbox").await[0];
    assert_eq!((&item["Delivery"]["Status"], item.get("Failure")), (&json!("ACCEPTED"), None));
}

#[tokio::test]
async fn who_throttles_lets_the_whole_lane_rest() {
    let asked = Asked::new();
    asked.lanes(&["email"]);
    journey(&asked, "_email.delivered").await;
    let outcome = Outcome::Throttled { after: Some(Duration::from_secs(90)), code: 429, reason: "slow down".into() };
    assert_eq!(asked.answer("email", &outcome), 1);
    let next = asked.machine.store.read(|store| queue::next_due(store, Some("email"))).unwrap();
    assert_eq!(next, Some(asked.machine.clock.now() + 90 * SECOND));
    assert_eq!(asked.items("/waymark/outbox").await[0]["Delivery"]["Failures"], 0, "being throttled is no failure");
    // For a day, then it is given up.
    asked.move_to(START + 25 * HOUR).await;
    asked.answer("email", &outcome);
    assert_eq!(asked.items("/waymark/dead-letters").await[0]["JourneyActivityId"], "first");
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_bounces_and_is_suppressed() {
    let asked = Asked::new();
    asked.lanes(&["email"]);
    let app = journey(&asked, "_email.hardbounce").await;
    asked.answer("email", &permanent(550, Cause::Invalid));
    assert_eq!(asked.events(), ["_journey.send", "_email.hardbounce"]);
    let suppressed = asked.items("/waymark/suppressions").await;
    let at = asked.machine.clock.now();
    let expected = json!({"ChannelType": "EMAIL", "Address": "ann@x.example", "Reason": "BOUNCE", "At": at});
    assert_eq!(suppressed, [expected]);
    assert_eq!(second(&asked).await, "yes");
    // The second message is not tried; it bounces as what it is (events-and-analytics.md 2).
    let waiting = asked.due("email").remove(0);
    let reason = asked
        .machine
        .store
        .read(|store| queue::suppressed(store, &waiting.message.channel_type, &waiting.message.address));
    assert_eq!(reason.unwrap().as_deref(), Some("BOUNCE"));
    asked.note(move |context| record::suppressed(context, &waiting, "BOUNCE"));
    assert_eq!(asked.events()[2..], ["_journey.send", "_email.send", "_email.hardbounce"]);
    let item = &asked.items("/waymark/outbox").await[0];
    assert_eq!((&item["Delivery"]["Status"], item.get("Failure")), (&json!("SKIPPED"), None));
    assert_eq!(asked.ask("DELETE", "/waymark/suppressions/EMAIL/ann%40x.example", None).await.0, 200);
    assert!(asked.items("/waymark/suppressions").await.is_empty());
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/e"), None).await.1["OptOut"], "NONE");
}

#[tokio::test]
async fn a_device_token_that_is_gone_lets_its_endpoint_rest() {
    let asked = Asked::new();
    asked.lanes(&["gcm"]);
    let app = asked.app().await;
    let path = format!("{app}/endpoints/phone");
    asked.ask("PUT", &path, json!({"ChannelType": "GCM", "Address": "token"})).await;
    let message = direct(&app, "GCM", "phone", "token");
    asked.note(move |context| outbox::put(context.store, &message).map(|_| ()).map_err(Into::into));
    assert_eq!(asked.answer("gcm", &permanent(404, Cause::Unregistered)), 1);
    assert_eq!(asked.ask("GET", &path, None).await.1["EndpointStatus"], "INACTIVE");
}

#[tokio::test]
async fn a_text_message_that_nobody_confirms_is_unknown_after_72_hours() {
    let asked = Asked::new();
    asked.lanes(&["sms"]);
    let app = asked.app().await;
    for id in ["silent", "confirmed"] {
        asked.ask("PUT", &format!("{app}/endpoints/{id}"), json!({"ChannelType": "SMS", "Address": id})).await;
        let message = direct(&app, "SMS", id, id);
        asked.note(move |context| outbox::put(context.store, &message).map(|_| ()).map_err(Into::into));
    }
    asked.answer("sms", &accepted());
    let receipt = |id: &str, message: &str, event: &str| delivery::receipt::Receipt {
        id: id.into(),
        message: Some(message.into()),
        event: event.into(),
        ..Default::default()
    };
    let pending = [receipt("1", "m-SMS-silent", "_SMS.BUFFERED"), receipt("2", "m-SMS-confirmed", "_SMS.SUCCESS")];
    asked.piece(move |context| crate::deliver::receive(context, &pending));
    let before = asked.events().len();
    let statuses = async || {
        let items = asked.items("/waymark/outbox").await;
        items.iter().map(|item| item["Delivery"]["Status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    asked.move_to(START + 72 * HOUR - 1).await;
    assert_eq!(statuses().await, ["DELIVERED", "ACCEPTED"], "that it is still on its way is no answer, and no end");
    asked.move_to(START + 30 * DAY).await;
    assert_eq!(statuses().await, ["DELIVERED", "UNKNOWN"]);
    assert_eq!(asked.events()[before..], ["_SMS.FAILURE"], "once");
    let (document, at): (String, Millis) = asked
        .machine
        .store
        .read(|store| {
            let sql = "SELECT document, at FROM events ORDER BY seq DESC LIMIT 1";
            store.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .unwrap();
    let event: Value = serde_json::from_str(&document).unwrap();
    let said = ["record_status", "message_id"].map(|name| event["Attributes"][name].as_str().unwrap());
    assert_eq!((said, at), (["UNKNOWN", "m-SMS-silent"], START + 72 * HOUR));
    // Late, and yet heard; and it is no dead letter that could be sent a second time.
    assert!(asked.items("/waymark/dead-letters").await.is_empty());
    let late = [receipt("3", "m-SMS-silent", "_SMS.SUCCESS")];
    asked.piece(move |context| crate::deliver::receive(context, &late));
    assert_eq!(statuses().await, ["DELIVERED", "DELIVERED"]);
}

#[tokio::test]
async fn voice_has_no_events_but_its_outbox_tells() {
    use delivery::receipt::{CALL_COMPLETED, CALL_FAILED};
    for (event, expected) in [(CALL_COMPLETED, "DELIVERED"), (CALL_FAILED, "DEAD")] {
        let asked = Asked::new();
        asked.lanes(&["voice"]);
        let app = asked.app().await;
        let message = direct(&app, "VOICE", "e", "+15550100001");
        asked.note(move |context| outbox::put(context.store, &message).map(|_| ()).map_err(Into::into));
        assert_eq!(asked.answer("voice", &accepted()), 1);
        let mut receipt = delivery::receipt::Receipt { id: "1".into(), event: event.into(), ..Default::default() };
        receipt.provider_id = Some("p-1".into());
        asked.piece(move |context| crate::deliver::receive(context, &[receipt]));
        assert!(asked.events().is_empty());
        assert_eq!(asked.items("/waymark/outbox").await[0]["Delivery"]["Status"], expected);
    }
}

/// A message of a request.
fn direct(app: &str, channel: &str, endpoint: &str, address: &str) -> Message {
    Message {
        id: format!("m-{channel}-{endpoint}"),
        application_id: app.trim_start_matches("/v1/apps/").to_owned(),
        sender: Sender::Direct { request_id: "r".into(), trace_id: None },
        endpoint_id: endpoint.to_owned(),
        channel_type: channel.to_owned(),
        address: address.to_owned(),
        at: START,
        parts: vec![("Body".into(), "Hi".into()), ("Subject".into(), "Hi".into()), ("TextPart".into(), "Hi".into())],
        envelope: Default::default(),
        failure: None,
    }
}

struct Known;

impl Fetch for Known {
    fn fetch<'a>(&'a self, _: &'a str) -> Fetched<'a> {
        let certificate = include_str!("../../../delivery/src/receipt/sns/certificate.pem");
        Box::pin(async move { Ok(certificate.to_owned()) })
    }
}

fn hears(text: &str) -> Asked {
    let config = Config::parse(text).unwrap();
    Asked::changed(Settings::default(), |machine| {
        machine.deliverer = Deliverer::of(config, Some(Hidden::new("secret")), Some(Arc::new(Known)));
    })
}

#[tokio::test]
async fn notifications_that_sns_signed_are_heard() {
    let asked = hears("[receipts]\ntopics = [\"arn:aws:sns:eu-central-1:000000000000:mail\"]");
    let app = asked.app().await;
    asked.ask("PUT", &format!("{app}/endpoints/e"), json!({"ChannelType": "EMAIL", "Address": "ann@x.example"})).await;
    let bounce: Value = serde_json::from_str(include_str!("../../../delivery/src/receipt/sns/bounce.json")).unwrap();
    // From outside: neither a name of this machine nor a key is asked for.
    for expected in [1, 0] {
        let answer = asked.ask("POST", "/waymark/receipts/ses", bounce.clone()).await;
        assert_eq!(answer, (200, json!({"Received": expected})));
    }
    assert_eq!(asked.events(), ["_email.hardbounce"]);
    assert_eq!(asked.items("/waymark/suppressions").await[0]["Reason"], "BOUNCE");
    let mut forged = bounce;
    forged["MessageId"] = "other".into();
    let (status, body) = asked.ask("POST", "/waymark/receipts/ses", forged).await;
    assert_eq!((status, &body["Message"]), (403, &json!("the signature is wrong")));
    let confirmation = include_str!("../../../delivery/src/receipt/sns/confirmation.json");
    let confirmation: Value = serde_json::from_str(confirmation).unwrap();
    let confirmed = asked.ask("POST", "/waymark/receipts/sms", confirmation).await;
    assert_eq!(confirmed, (200, json!({"Confirmed": true})));
}

#[tokio::test]
async fn receipts_of_our_own_form_carry_our_signature() {
    let asked = hears("");
    asked.lanes(&["sms"]);
    let app = asked.app().await;
    asked.ask("PUT", &format!("{app}/endpoints/p"), json!({"ChannelType": "SMS", "Address": "+15550100001"})).await;
    let message = direct(&app, "SMS", "p", "+15550100001");
    asked.note(move |context| outbox::put(context.store, &message).map(|_| ()).map_err(Into::into));
    asked.answer("sms", &accepted());
    let body = json!({"Id": "1", "MessageId": "m-SMS-p", "EventType": "_SMS.OPTOUT"}).to_string();
    let send = async |secret: &str| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let now = i64::try_from(now).unwrap();
        let request = axum::http::Request::post("/waymark/receipts")
            .header("host", "gateway.example")
            .header(signature::TIMESTAMP, now)
            .header(signature::SIGNATURE, signature::sign(secret.as_bytes(), now, body.as_bytes()))
            .body(axum::body::Body::from(body.clone()));
        asked.send(request.unwrap()).await.status().as_u16()
    };
    assert_eq!(send("wrong").await, 403);
    assert_eq!(send("secret").await, 200);
    assert_eq!(asked.events(), ["_SMS.BUFFERED", "_SMS.OPTOUT"]);
    assert_eq!(asked.ask("GET", &format!("{app}/endpoints/p"), None).await.1["OptOut"], "ALL");
    assert_eq!(asked.items("/waymark/suppressions").await[0]["Address"], "+15550100001");
}

const TRACKED: &str = "public_url = \"https://p.example\"\n[email]\nadapter = \"smtp\"\nhost = \"localhost\"\n";

/// The HTML of the message that waits in the lane of e-mail, as its adapter would get it.
fn sent_html(asked: &Asked) -> String {
    let waiting = asked.due("email").remove(0);
    let config = asked.machine.deliverer.config();
    let outgoing = asked.machine.store.read(|store| crate::deliver::outgoing(config, store, &waiting.message)).unwrap();
    outgoing.part("HtmlPart").unwrap().to_owned()
}

#[tokio::test]
async fn a_click_on_a_tracked_mail_drives_the_split_and_leads_only_where_it_was_signed_to() {
    let asked = hears(&format!("{TRACKED}tracking = true"));
    asked.note(|context| token::make_keys(context.store));
    asked.lanes(&["email"]);
    journey(&asked, "_email.click").await;
    let html = sent_html(&asked);
    assert_eq!(html, sent_html(&asked), "the same each time");
    let path = |begin: &str| {
        let found = html.split(&format!("{begin}\"https://p.example")).nth(1).unwrap();
        found.split('"').next().unwrap().to_owned()
    };
    let (click, open) = (path("href="), path("src="));
    assert!(!html.contains("shop.example"), "{html}");
    asked.answer("email", &accepted());
    let kept = &asked.items("/waymark/outbox").await[0];
    assert!(kept["Parts"].to_string().contains("shop.example"), "the outbox has what was written: {kept}");

    let send = async |method: &str, path: &str| {
        let request = axum::http::Request::builder().method(method).uri(path).header("host", "p.example");
        let request = request.header("user-agent", "Mail/1").body(axum::body::Body::empty()).unwrap();
        let response = asked.send(request).await;
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), header("location"), header("content-type").unwrap_or_default())
    };
    let before = asked.events().len();
    let place = Some("https://shop.example/?a=1&b=2".to_owned());
    let (status, location, _) = send("HEAD", &click).await;
    assert_eq!((status, &location), (302, &place));
    let other = click.replace("/click/", "/open/");
    let forged = format!("{click}0");
    for path in [forged.as_str(), &other, &open.replace("/open/", "/click/"), "/waymark/click/", "/waymark/open/x.y"] {
        let (status, location, _) = send("GET", path).await;
        assert_eq!((status, location), (404, None), "{path}");
    }
    assert_eq!(send("POST", &click).await.0, 405);
    assert_eq!(asked.events().len(), before, "none of these is a click");

    assert_eq!(send("GET", &open).await, (200, None, "image/gif".into()));
    assert_eq!(send("GET", &click).await.1, place);
    assert_eq!(asked.events()[before..], ["_email.open", "_email.click"]);
    let document: String = asked
        .machine
        .store
        .read(|store| store.query_row("SELECT document FROM events ORDER BY seq DESC LIMIT 1", [], |row| row.get(0)))
        .unwrap();
    let event: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(event["Attributes"]["feedback"], "https://shop.example/?a=1&b=2");
    let told = &event["Facets"]["email_channel"]["mail_event"]["click"];
    assert_eq!(told, &json!({"user_agent": "Mail/1", "link": "https://shop.example/?a=1&b=2"}));
    assert_eq!(second(&asked).await, "yes");
}

#[tokio::test]
async fn mail_is_sent_as_it_was_written_unless_tracking_is_asked_for() {
    let asked = hears(TRACKED);
    asked.note(|context| token::make_keys(context.store));
    asked.lanes(&["email"]);
    journey(&asked, "_email.open").await;
    assert_eq!(sent_html(&asked), HTML);
}

#[tokio::test]
async fn one_click_opts_the_endpoint_out_and_opening_the_link_does_not() {
    let asked = hears("public_url = \"https://p.example\"");
    asked.note(|context| token::make_keys(context.store));
    asked.lanes(&["email"]);
    let app = journey(&asked, "_email.unsubscribe").await;
    asked.answer("email", &accepted());
    let id = asked.items("/waymark/outbox").await[0]["Id"].as_str().unwrap().to_owned();
    let (_, mime) = asked.ask("GET", &format!("/waymark/outbox/{id}/mime"), None).await;
    let source = mime["Source"].as_str().unwrap();
    let unfolded = source.replace("\r\n ", "");
    let link = unfolded.split("List-Unsubscribe: <https://p.example").nth(1).unwrap().split('>').next().unwrap();
    assert!(source.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{source}");
    let opted_out = async || asked.ask("GET", &format!("{app}/endpoints/e"), None).await.1["OptOut"].clone();
    assert_eq!(asked.ask("GET", link, None).await.0, 200);
    assert_eq!(opted_out().await, "NONE", "mail scanners open every link");
    assert_eq!(asked.ask("POST", &format!("{link}0"), None).await.0, 404);
    for _ in 0..2 {
        assert_eq!(asked.ask("POST", link, None).await.0, 200);
    }
    assert_eq!(opted_out().await, "ALL");
    assert_eq!(asked.events(), ["_journey.send", "_email.send", "_email.unsubscribe"]);
}

#[tokio::test]
async fn the_outbox_is_searched_and_read_page_by_page() {
    let asked = Asked::new();
    asked.lanes(&["sms"]);
    let app = asked.app().await;
    for n in 0..5 {
        let message =
            direct(&app, if n % 2 == 0 { "SMS" } else { "EMAIL" }, &format!("e{n}"), &format!("a{n}@x.example"));
        asked.note(move |context| outbox::put(context.store, &message).map(|_| ()).map_err(Into::into));
    }
    let ids = |items: Vec<Value>| {
        items.iter().map(|item| item["EndpointId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (query, expected) in [
        ("channel=SMS", vec!["e4", "e2", "e0"]),
        ("status=QUEUED", vec!["e4", "e2", "e0"]),
        ("text=A3@X", vec!["e3"]),
        ("text=hi&endpoint=e1", vec!["e1"]),
        ("text=nothing", vec![]),
        ("journey=r", vec![]),
        ("status=FAILED", vec![]),
    ] {
        assert_eq!(ids(asked.items(&format!("/waymark/outbox?{query}")).await), expected, "{query}");
    }
    let (_, first) = asked.ask("GET", "/waymark/outbox?limit=3", None).await;
    assert_eq!(ids(first["Item"].as_array().unwrap().clone()), ["e4", "e3", "e2"]);
    let token = first["NextToken"].as_str().unwrap();
    let (_, last) = asked.ask("GET", &format!("/waymark/outbox?limit=3&token={token}"), None).await;
    assert_eq!(ids(last["Item"].as_array().unwrap().clone()), ["e1", "e0"]);
    assert_eq!(last.get("NextToken"), None);
    assert_eq!(asked.ask("GET", "/waymark/outbox?limit=0", None).await.0, 400);
    assert_eq!(asked.ask("DELETE", "/waymark/outbox", None).await.1, json!({"Removed": 2}), "what waits stays");
}

#[tokio::test]
async fn a_call_takes_50_endpoints_and_its_next_attempt_the_same_ones() {
    let asked = Asked::new();
    asked.lanes(&["custom"]);
    let app = asked.app().await;
    let custom = |n: usize| {
        let mut message = direct(&app, "CUSTOM", &format!("e{n}"), "a");
        message.sender = Sender::Journey {
            journey_id: "j".into(),
            journey_run_id: "r".into(),
            journey_activity_id: if n < 60 { "a" } else { "b" }.into(),
            participant: format!("endpoint:e{n}"),
        };
        message.envelope.insert("DeliveryUri".into(), "fn".into());
        message
    };
    for n in 0..62 {
        let message = custom(n);
        asked.note(move |context| outbox::put(context.store, &message).map(|_| ()).map_err(Into::into));
    }
    let due = asked.due("custom");
    assert_eq!(due.len(), 62);
    let sizes: Vec<usize> = custom::batches(due).iter().map(Vec::len).collect();
    assert_eq!(sizes, [50, 10, 2]);
}
