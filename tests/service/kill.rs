//! kill -9 in the middle of a busy journey, again and again: nothing is lost, nothing is sent twice.

use std::path::Path;
use std::time::Duration;

use aws_sdk_pinpoint::types::{
    Activity, ChannelType, EmailMessageActivity, EmailTemplateRequest, EndpointBatchItem, EndpointBatchRequest,
    SegmentCondition, StartCondition, State, WaitActivity, WaitTime, WriteJourneyRequest, WriteSegmentRequest,
};
use model::time::{DAY, format_instant};
use pinpoint_local::{ClockSetting, Settings};

use crate::{Local, START, child};

/// Names the store's folder to the child process that serves it.
const DATA: &str = "WAYMARK_TEST_KILL_DATA";
const PEOPLE: usize = 400;
const MESSAGES: usize = 5;
const KILLS: u64 = 100;
/// Longest that a child is left to work, in milliseconds.
const LONGEST: u64 = 40;

fn settings(data: &Path) -> Settings {
    let clock = ClockSetting::Virtual { start: Some(START) };
    Settings { data: Some(data.to_owned()), clock, ..Settings::default() }
}

/// The child: serves until it is killed. Without the variable, in an ordinary test run, it has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn serves_until_killed() {
    let Ok(data) = std::env::var(DATA) else { return };
    child::serve(settings(Path::new(&data))).await;
}

async fn set_up(local: &Local) {
    let app = local.app().await;
    let client = &local.client;
    for chunk in (0..PEOPLE).collect::<Vec<_>>().chunks(100) {
        let items = chunk.iter().map(|i| {
            let item = EndpointBatchItem::builder().id(format!("p{i}")).channel_type(ChannelType::Email);
            item.address(format!("p{i}@x.example")).build()
        });
        let batch = EndpointBatchRequest::builder().set_item(Some(items.collect())).build();
        client.update_endpoints_batch().application_id(&app).endpoint_batch_request(batch).send().await.unwrap();
    }
    let template = EmailTemplateRequest::builder().subject("Hi").text_part("Hi").build();
    client.create_email_template().template_name("hi").email_template_request(template).send().await.unwrap();
    let segment = WriteSegmentRequest::builder().name("everybody").build();
    let segment = client.create_segment().application_id(&app).write_segment_request(segment).send().await.unwrap();
    let segment = SegmentCondition::builder().segment_id(segment.segment_response().unwrap().id().unwrap()).build();
    let mut journey = WriteJourneyRequest::builder()
        .name("long")
        .state(State::Active)
        .start_activity("mail0")
        .start_condition(StartCondition::builder().segment_start_condition(segment).build());
    for i in 0..MESSAGES {
        let mail = EmailMessageActivity::builder().template_name("hi");
        let mail = if i + 1 < MESSAGES { mail.next_activity(format!("wait{i}")) } else { mail };
        let time = WaitTime::builder().wait_for("P1D").build();
        let wait = WaitActivity::builder().wait_time(time).next_activity(format!("mail{}", i + 1)).build();
        journey = journey.activities(format!("mail{i}"), Activity::builder().email(mail.build()).build());
        if i + 1 < MESSAGES {
            journey = journey.activities(format!("wait{i}"), Activity::builder().wait(wait).build());
        }
    }
    client.create_journey().application_id(&app).write_journey_request(journey.build()).send().await.unwrap();
}

/// Activity, endpoint and instant of all messages, sorted, and how the journey stands.
fn outcome(local: &Local) -> (Vec<(String, String, i64)>, String, u64) {
    let messages = local.server.outbox(PEOPLE * MESSAGES * 2).into_iter();
    let mut sent: Vec<_> =
        messages.map(|one| (one.sender.activity().to_owned(), one.endpoint_id.clone(), one.at)).collect();
    sent.sort();
    let status = local.server.status();
    (sent, status.apps[0].journeys[0].state.clone(), status.messages)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_sent_twice() {
    let end = START + (MESSAGES as i64 + 1) * DAY;
    let undisturbed = Local::with(Settings { data: None, ..settings(Path::new("")) }).await;
    set_up(&undisturbed).await;
    undisturbed.server.advance_to(end).await.unwrap();
    let expected = outcome(&undisturbed);
    assert_eq!((expected.0.len(), expected.1.as_str()), (PEOPLE * MESSAGES, "COMPLETED"));

    let folder = tempfile::tempdir().unwrap();
    let local = Local::with(settings(folder.path())).await;
    set_up(&local).await;
    local.server.stop().await;
    let mut draw = 7u64;
    for _ in 0..KILLS {
        let data = folder.path().to_str().unwrap();
        let (mut child, address) = child::start("kill::serves_until_killed", &[(DATA, data)]);
        let end = format!(r#"{{"to": "{}"}}"#, format_instant(end));
        let asking = std::thread::spawn(move || child::move_clock(address, &end));
        // Killed at another moment each time: before, within and after a step.
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_micros((draw >> 33) % (LONGEST * 1000)));
        child.kill().unwrap();
        child.wait().unwrap();
        asking.join().unwrap();
    }
    let local = Local::with(settings(folder.path())).await;
    local.server.advance_to(end).await.unwrap();
    assert_eq!(outcome(&local), expected);
}
