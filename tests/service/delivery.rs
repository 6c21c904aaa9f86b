//! Delivery against what it really talks to: a mail server (aiosmtpd), AWS (moto), and botocore's own models and signatures
//! for the services that moto lacks. `cargo verify` installs them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use aws_sdk_pinpoint::types::{
    Activity, ChannelType, CustomMessageActivity, EmailMessageActivity, EmailTemplateRequest, EndpointBatchItem,
    EndpointBatchRequest, EndpointRequest, EndpointTypesElement, JourneyCustomMessage, JourneySmsMessage,
    MessageHeader, MessageType, PushMessageActivity, PushNotificationTemplateRequest, SegmentCondition,
    SmsMessageActivity, SmsTemplateRequest, StartCondition, State, WriteJourneyRequest, WriteSegmentRequest,
};
use model::time::{DAY, MINUTE};
use pinpoint_local::{ClockSetting, DeliveryConfig, Settings};
use serde_json::{Value, json};

use crate::other_clients::program;
use crate::{Local, START, child};

/// The other sides, in a process of their own.
pub struct Peers {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peers {
    /// Starts those of a kind; their addresses. `None` = no Python is named here.
    pub fn start(kind: &str) -> Option<(Peers, Value)> {
        let python = program("WAYMARK_PYTHON")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("service/peers.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(kind)
            .env("NO_PROXY", "127.0.0.1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (questions, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut peers = Peers { child, questions, answers: BufReader::new(answers) };
        let addresses = peers.answer();
        Some((peers, addresses))
    }

    pub fn ask(&mut self, question: &str) -> Value {
        writeln!(self.questions, "{question}").unwrap();
        self.answer()
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        // The child of this test only; that it has ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn settings(delivery: &str) -> Settings {
    let clock = ClockSetting::Virtual { start: Some(START) };
    Settings { clock, delivery: Some(DeliveryConfig::parse(delivery).unwrap()), ..Settings::default() }
}

fn smtp(port: &Value) -> String {
    format!(
        "public_url = \"https://p.example\"\n[email]\nadapter = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\n\
         security = \"none\"\nfrom = \"Shop <shop@y.example>\"\nattempts = 3\n"
    )
}

/// Answer of a path below `/waymark/`.
fn get(local: &Local, path: &str) -> Value {
    let mut stream = TcpStream::connect(local.server.address()).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap()
}

async fn endpoint(local: &Local, app: &str, id: &str, channel: ChannelType, address: &str) {
    let request = EndpointRequest::builder().channel_type(channel).address(address).build();
    let update = local.client.update_endpoint().application_id(app).endpoint_id(id).endpoint_request(request);
    update.send().await.unwrap();
}

/// Publishes a journey with one activity for everybody.
async fn publish(local: &Local, app: &str, activity: Activity) {
    let segment = WriteSegmentRequest::builder().name("everybody").build();
    let segment =
        local.client.create_segment().application_id(app).write_segment_request(segment).send().await.unwrap();
    let segment = SegmentCondition::builder().segment_id(segment.segment_response().unwrap().id().unwrap()).build();
    let journey = WriteJourneyRequest::builder()
        .name("j")
        .state(State::Active)
        .start_activity("a")
        .start_condition(StartCondition::builder().segment_start_condition(segment).build())
        .activities("a", activity)
        .build();
    local.client.create_journey().application_id(app).write_journey_request(journey).send().await.unwrap();
}

async fn mail_template(local: &Local) {
    let header = MessageHeader::builder().name("X-Name").value("{{Id}}").build();
    let template = EmailTemplateRequest::builder()
        .subject("Grüße, {{Id}}")
        .text_part("Hi {{Id}}")
        .html_part("<p>Hi {{Id}}</p>")
        .headers(header)
        .build();
    local.client.create_email_template().template_name("hi").email_template_request(template).send().await.unwrap();
}

fn mail() -> Activity {
    Activity::builder().email(EmailMessageActivity::builder().template_name("hi").build()).build()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_gets_mail_and_its_refusals_are_understood() {
    let Some((mut peers, addresses)) = Peers::start("smtp") else { return };
    let local = Local::with(settings(&smtp(&addresses["port"]))).await;
    let app = local.app().await;
    for (id, address) in
        [("ann", "ann@x.example"), ("gone", "gone@x.example"), ("later", "later@x.example"), ("busy", "busy@x.example")]
    {
        endpoint(&local, &app, id, ChannelType::Email, address).await;
    }
    mail_template(&local).await;
    publish(&local, &app, mail()).await;
    local.server.advance_to(START + 30 * MINUTE).await.unwrap();

    let mails = peers.ask("mails");
    let mut to: Vec<&str> = mails.as_array().unwrap().iter().map(|mail| mail["to"][0].as_str().unwrap()).collect();
    to.sort_unstable();
    assert_eq!(to, ["ann@x.example", "later@x.example"], "the one that was to come later was tried again");
    let ann = mails.as_array().unwrap().iter().find(|mail| mail["to"][0] == "ann@x.example").unwrap();
    let headers = &ann["headers"];
    assert_eq!((&headers["subject"], &headers["x-name"]), (&json!("Grüße, ann"), &json!("ann")));
    assert_eq!((&headers["from"], &ann["from"]), (&json!("Shop <shop@y.example>"), &json!("shop@y.example")));
    assert_eq!(headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    assert!(headers["list-unsubscribe"].as_str().unwrap().starts_with("<https://p.example/waymark/unsubscribe/"));
    assert_eq!(ann["parts"]["text/plain"].as_str().unwrap().trim(), "Hi ann");
    assert_eq!(ann["parts"]["text/html"].as_str().unwrap().trim(), "<p>Hi ann</p>");

    let dead = get(&local, "/waymark/dead-letters");
    let dead: Vec<&Value> = dead["Item"].as_array().unwrap().iter().map(|item| &item["EndpointId"]).collect();
    assert_eq!(dead, ["gone"]);
    let waiting = get(&local, "/waymark/outbox?status=QUEUED");
    assert_eq!(waiting["Item"][0]["EndpointId"], "busy", "a server that is busy is asked for a day");
    assert_eq!(get(&local, "/waymark/suppressions")["Item"][0]["Address"], "gone@x.example");
    local.server.advance_to(START + 2 * DAY).await.unwrap();
    assert_eq!(get(&local, "/waymark/dead-letters")["Item"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracked_mail_tells_of_its_opening_and_its_click() {
    let Some((mut peers, addresses)) = Peers::start("smtp") else { return };
    let delivery = smtp(&addresses["port"]) + "tracking = true\n";
    let local = Local::with(settings(&delivery)).await;
    let app = local.app().await;
    endpoint(&local, &app, "ann", ChannelType::Email, "ann@x.example").await;
    let html = "<html><body>Hi, <a href=\"https://shop.example/?to={{Id}}&amp;x=1\">look</a></body></html>";
    let template = EmailTemplateRequest::builder().subject("Hi").html_part(html).build();
    local.client.create_email_template().template_name("hi").email_template_request(template).send().await.unwrap();
    publish(&local, &app, mail()).await;
    local.server.advance_to(START + 6 * MINUTE).await.unwrap();

    // As it came through a mail server, however that wraps its lines.
    let mails = peers.ask("mails");
    let html = mails[0]["parts"]["text/html"].as_str().unwrap();
    assert!(html.contains("look</a>") && !html.contains("shop.example"), "{html}");
    let follow = |begin: &str| {
        let path = html.split(&format!("{begin}=\"https://p.example")).nth(1).unwrap().split('"').next().unwrap();
        let mut stream = TcpStream::connect(local.server.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: p.example\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    assert!(follow("src").starts_with("HTTP/1.1 200 "));
    let clicked = follow("href");
    assert!(clicked.starts_with("HTTP/1.1 302 "), "{clicked}");
    assert!(clicked.contains("location: https://shop.example/?to=ann&x=1\r\n"), "{clicked}");
    for name in ["journey-emails-opened", "journey-emails-clicked"] {
        let kpi =
            local.client.get_application_date_range_kpi().application_id(&app).kpi_name(name).send().await.unwrap();
        let kpi = kpi.application_date_range_kpi_response().unwrap().kpi_result().unwrap().clone();
        assert_eq!(kpi.rows()[0].values()[0].value(), Some("1.0"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ses_takes_mail_of_a_sender_that_it_knows() {
    let Some((mut peers, addresses)) = Peers::start("aws") else { return };
    let moto = addresses["moto"].as_str().unwrap();
    for (from, expected) in [("shop@y.example", "ACCEPTED"), ("other@z.example", "DEAD")] {
        let delivery = format!("[email]\nadapter = \"ses\"\nendpoint_url = \"{moto}\"\nfrom = \"{from}\"\n");
        let local = Local::with(settings(&delivery)).await;
        let app = local.app().await;
        endpoint(&local, &app, "ann", ChannelType::Email, "ann@x.example").await;
        mail_template(&local).await;
        publish(&local, &app, mail()).await;
        local.server.advance_to(START + 10 * MINUTE).await.unwrap();
        let item = &get(&local, "/waymark/outbox")["Item"][0];
        assert_eq!(item["Delivery"]["Status"], expected, "{item}");
        assert_eq!(item["Delivery"].get("ProviderId").is_some(), expected == "ACCEPTED", "{item}");
    }
    let mails = peers.ask("mails");
    assert_eq!(mails.as_array().unwrap().len(), 1);
    // moto lists the recipients of the request and those of the header.
    assert!(mails[0]["to"].as_array().unwrap().iter().all(|to| to == "ann@x.example"), "{mails}");
    assert!(mails[0]["raw"].as_str().unwrap().contains("X-Name: ann"), "{mails}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_is_called_and_what_it_answers_is_heard() {
    let Some((mut peers, addresses)) = Peers::start("aws") else { return };
    let moto = addresses["moto"].as_str().unwrap();
    let local = Local::with(settings(&format!("[custom]\nendpoint_url = \"{moto}\"\n"))).await;
    let app = local.app().await;
    endpoint(&local, &app, "c", ChannelType::Custom, "somewhere").await;
    peers.ask(r#"function {"c": {"EventAttributes": {"answer": "42"}}}"#);
    let custom = CustomMessageActivity::builder()
        .delivery_uri("arn:aws:lambda:us-east-1:123456789012:function:deliver")
        .endpoint_types(EndpointTypesElement::Custom)
        .message_config(JourneyCustomMessage::builder().data("question").build())
        .build();
    publish(&local, &app, Activity::builder().custom(custom).build()).await;
    local.server.advance_to(START + 10 * MINUTE).await.unwrap();
    let item = &get(&local, "/waymark/outbox")["Item"][0];
    assert_eq!(item["Delivery"]["Status"], "DELIVERED", "{item}");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_and_push_requests_have_the_shape_and_the_signature_that_botocore_knows() {
    let Some((mut peers, addresses)) = Peers::start("aws") else { return };
    let judge = addresses["judge"].as_str().unwrap();
    let delivery = format!(
        "[sms]\nadapter = \"end-user-messaging\"\nendpoint_url = \"{judge}\"\norigination = \"+15550100002\"\n\
         [gcm]\nadapter = \"pinpoint\"\nendpoint_url = \"{judge}\"\napplication_id = \"0f0e\"\n"
    );
    let local = Local::with(settings(&delivery)).await;
    let app = local.app().await;
    endpoint(&local, &app, "ann", ChannelType::Sms, "+15550100001").await;
    endpoint(&local, &app, "bob", ChannelType::Sms, "+15550100099").await;
    endpoint(&local, &app, "phone", ChannelType::Gcm, "token").await;
    let text = SmsTemplateRequest::builder().body("Hi {{Id}}").build();
    local.client.create_sms_template().template_name("hi").sms_template_request(text).send().await.unwrap();
    let push = aws_sdk_pinpoint::types::DefaultPushNotificationTemplate::builder().title("Hi").body("{{Id}}").build();
    let push = PushNotificationTemplateRequest::builder().set_default(Some(push)).build();
    local
        .client
        .create_push_template()
        .template_name("hi")
        .push_notification_template_request(push)
        .send()
        .await
        .unwrap();
    let text = SmsMessageActivity::builder()
        .template_name("hi")
        .message_config(JourneySmsMessage::builder().message_type(MessageType::Transactional).build())
        .build();
    publish(&local, &app, Activity::builder().sms(text).build()).await;
    let push = PushMessageActivity::builder().template_name("hi").build();
    publish(&local, &app, Activity::builder().push(push).build()).await;
    local.server.advance_to(START + 10 * MINUTE).await.unwrap();

    let outbox = get(&local, "/waymark/outbox");
    let status: BTreeMap<&str, &Value> = outbox["Item"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["EndpointId"].as_str().unwrap(), &item["Delivery"]["Status"]))
        .collect();
    assert_eq!(
        status,
        BTreeMap::from([("ann", &json!("ACCEPTED")), ("bob", &json!("DEAD")), ("phone", &json!("DELIVERED"))]),
        "{outbox}"
    );
    assert_eq!(get(&local, "/waymark/suppressions")["Item"][0]["Address"], "+15550100099");
    let seen = peers.ask("seen");
    let of = |address: &str| {
        seen.as_array()
            .unwrap()
            .iter()
            .map(|seen| &seen["request"])
            .find(|request| request.to_string().contains(address))
            .unwrap()
    };
    let ann = of("+15550100001");
    assert_eq!((&ann["MessageBody"], &ann["OriginationIdentity"]), (&json!("Hi ann"), &json!("+15550100002")));
    assert_eq!(of("token")["MessageConfiguration"]["GCMMessage"]["Body"], "phone");
}

/// Name the store's folder and the settings to the child process that serves them.
const DATA: &str = "WAYMARK_TEST_DELIVERY_DATA";
const DELIVERY: &str = "WAYMARK_TEST_DELIVERY";
const PEOPLE: usize = 200;
const KILLS: usize = 8;
const AT_ONCE: usize = 10;

/// The child: serves until it is killed. Without the variables, in an ordinary test run, it has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn serves_until_killed() {
    let (Ok(data), Ok(delivery)) = (std::env::var(DATA), std::env::var(DELIVERY)) else { return };
    child::serve(Settings { data: Some(data.into()), ..settings(&delivery) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_no_mail_and_sends_none_under_another_id() {
    let Some((mut peers, addresses)) = Peers::start("smtp") else { return };
    let delivery = smtp(&addresses["port"]);
    let folder = tempfile::tempdir().unwrap();
    let stored = |delivery: &str| Settings { data: Some(folder.path().to_owned()), ..settings(delivery) };
    // The lane is there while the queue fills, and nobody listens where it leads.
    let local = Local::with(stored(&delivery)).await;
    let app = local.app().await;
    for chunk in (0..PEOPLE).collect::<Vec<_>>().chunks(100) {
        let items = chunk.iter().map(|i| {
            let item = EndpointBatchItem::builder().id(format!("p{i}")).channel_type(ChannelType::Email);
            item.address(format!("p{i}@x.example")).build()
        });
        let batch = EndpointBatchRequest::builder().set_item(Some(items.collect())).build();
        local.client.update_endpoints_batch().application_id(&app).endpoint_batch_request(batch).send().await.unwrap();
    }
    mail_template(&local).await;
    publish(&local, &app, mail()).await;
    local.server.stop().await;
    for kill in 0..KILLS {
        let variables = [(DATA, folder.path().to_str().unwrap()), (DELIVERY, &delivery)];
        let (mut child, address) = child::start("delivery::serves_until_killed", &variables);
        let asking = std::thread::spawn(move || child::move_clock(address, r#"{"advance": "PT10M"}"#));
        // Killed at another moment each time: before, within and after the work.
        std::thread::sleep(Duration::from_millis(u64::try_from(kill * 60).unwrap()));
        child.kill().unwrap();
        child.wait().unwrap();
        asking.join().unwrap();
    }
    let local = Local::with(stored(&delivery)).await;
    local.server.advance_to(START + DAY).await.unwrap();
    let mails = peers.ask("mails");
    let mut ids: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for mail in mails.as_array().unwrap() {
        ids.entry(mail["to"][0].as_str().unwrap()).or_default().push(&mail["headers"]["message-id"]);
    }
    assert_eq!(ids.len(), PEOPLE, "everybody got a mail");
    assert!(ids.values().all(|ids| ids.iter().all(|id| *id == ids[0])), "a second attempt has the id of the first");
    let again = ids.values().map(|ids| ids.len() - 1).sum::<usize>();
    assert!(again <= KILLS * AT_ONCE, "{again} mails twice: only those that were on their way may be");
    assert!(get(&local, "/waymark/outbox?status=QUEUED")["Item"].as_array().unwrap().is_empty());
}
