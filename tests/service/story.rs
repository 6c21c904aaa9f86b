//! Days of a journey in milliseconds: people, a segment, templates and a journey, published, run, looked at.

use aws_sdk_pinpoint::types::{
    Activity, Condition, ConditionalSplitActivity, DimensionType, EmailMessageActivity, EmailTemplateRequest, Event,
    EventCondition, EventDimensions, EventFilter, EventStartCondition, EventsBatch, EventsRequest, FilterType,
    JourneyStateRequest, PublicEndpoint, SegmentCondition, SetDimension, SimpleCondition, StartCondition, State,
    WaitActivity, WaitTime, WriteJourneyRequest,
};
use model::time::{DAY, HOUR, MINUTE};
use pinpoint_local::{ClockSetting, Message, Settings};

use crate::operations::segments::plan;
use crate::{Local, START};

async fn template(local: &Local, name: &str, subject: &str) {
    let request = EmailTemplateRequest::builder().subject(subject).html_part("<p>Hi</p>").build();
    local.client.create_email_template().template_name(name).email_template_request(request).send().await.unwrap();
}

fn email(template: &str, next: Option<&str>) -> Activity {
    let email = EmailMessageActivity::builder().template_name(template).set_next_activity(next.map(str::to_owned));
    Activity::builder().email(email.build()).build()
}

fn event_type(name: &str) -> EventDimensions {
    let types = SetDimension::builder().dimension_type(DimensionType::Inclusive).values(name).build();
    EventDimensions::builder().event_type(types).build()
}

/// hello, two days, did they open it? yes: thanks; no: again.
fn journey(start: StartCondition) -> WriteJourneyRequest {
    let two_days = WaitTime::builder().wait_for("P2D").build();
    let opened = EventCondition::builder().message_activity("hello").dimensions(event_type("_email.open")).build();
    let opened = Condition::builder().conditions(SimpleCondition::builder().event_condition(opened).build()).build();
    let split = ConditionalSplitActivity::builder().condition(opened).true_activity("thanks").false_activity("again");
    WriteJourneyRequest::builder()
        .name("welcome")
        .start_activity("hello")
        .start_condition(start)
        .activities("hello", email("hello", Some("wait")))
        .activities(
            "wait",
            Activity::builder()
                .wait(WaitActivity::builder().wait_time(two_days).next_activity("opened").build())
                .build(),
        )
        .activities("opened", Activity::builder().conditional_split(split.build()).build())
        .activities("thanks", email("thanks", None))
        .activities("again", email("again", None))
        .build()
}

async fn publish(local: &Local, app: &str, journey: WriteJourneyRequest) -> String {
    let created =
        local.client.create_journey().application_id(app).write_journey_request(journey).send().await.unwrap();
    let id = created.journey_response().unwrap().id().unwrap().to_owned();
    set_state(local, app, &id, State::Active).await.unwrap();
    id
}

async fn set_state(local: &Local, app: &str, id: &str, state: State) -> Result<State, String> {
    let request = JourneyStateRequest::builder().state(state).build();
    let update = local.client.update_journey_state().application_id(app).journey_id(id).journey_state_request(request);
    match update.send().await {
        Ok(answer) => Ok(answer.journey_response().unwrap().state().unwrap().clone()),
        Err(error) => Err(format!("{:?}", error.into_service_error())),
    }
}

async fn state(local: &Local, app: &str, id: &str) -> State {
    let got = local.client.get_journey().application_id(app).journey_id(id).send().await.unwrap();
    got.journey_response().unwrap().state().unwrap().clone()
}

async fn put_event(local: &Local, app: &str, endpoint: &str, name: &str) {
    let event = Event::builder().event_type(name).timestamp("2026-12-01T00:00:00Z").build();
    let batch = EventsBatch::builder().endpoint(PublicEndpoint::builder().build()).events("e", event).build();
    let request = EventsRequest::builder().batch_item(endpoint, batch).build();
    let answer = local.client.put_events().application_id(app).events_request(request).send().await.unwrap();
    let results = answer.events_response().unwrap().results().unwrap();
    assert_eq!(results[endpoint].events_item_response().unwrap()["e"].status_code(), Some(202));
}

/// Activity and endpoint of each message, sorted.
fn sent(messages: &[Message]) -> Vec<String> {
    let mut sent: Vec<String> =
        messages.iter().map(|message| format!("{} {}", message.sender.activity(), message.endpoint_id)).collect();
    sent.sort();
    sent
}

async fn members_of(local: &Local, app: &str) -> StartCondition {
    let created = local.client.create_segment().application_id(app).write_segment_request(plan("pro", "pro"));
    let created = created.send().await.unwrap();
    let segment = SegmentCondition::builder().segment_id(created.segment_response().unwrap().id().unwrap()).build();
    StartCondition::builder().segment_start_condition(segment).build()
}

async fn templates(local: &Local) {
    template(local, "hello", "Hello {{User.UserAttributes.FirstName}}").await;
    template(local, "thanks", "Thanks").await;
    template(local, "again", "Again").await;
}

#[tokio::test]
async fn a_segment_journey_runs_through_days() {
    let local = Local::start().await;
    let app = local.app().await;
    templates(&local).await;
    for (id, plan) in [("ann", "pro"), ("bob", "pro"), ("cem", "free")] {
        local.person(&app, id, plan).await;
    }
    let start = members_of(&local, &app).await;
    let id = publish(&local, &app, journey(start)).await;
    local.server.advance_to(START + 5 * MINUTE - 1).await.unwrap();
    assert!(local.server.outbox(10).is_empty(), "nobody enters in the first five minutes");
    local.server.advance_to(START + 5 * MINUTE).await.unwrap();
    assert_eq!(sent(&local.server.outbox(10)), ["hello ann", "hello bob"]);
    let ann = local.server.outbox(10).into_iter().find(|message| message.endpoint_id == "ann").unwrap();
    assert!(ann.parts.contains(&("Subject".to_owned(), "Hello ann".to_owned())), "{:?}", ann.parts);
    assert_eq!(state(&local, &app, &id).await, State::Closed);

    local.server.advance_to(START + DAY).await.unwrap();
    put_event(&local, &app, "ann", "_email.open").await;
    local.server.advance_to(START + 3 * DAY).await.unwrap();
    assert_eq!(sent(&local.server.outbox(10)), ["again bob", "hello ann", "hello bob", "thanks ann"]);
    assert_eq!(state(&local, &app, &id).await, State::Completed);

    let metrics =
        local.client.get_journey_execution_metrics().application_id(&app).journey_id(&id).send().await.unwrap();
    let metrics = metrics.journey_execution_metrics_response().unwrap().metrics().unwrap().clone();
    let shown = ["ENDPOINT_ENTERED", "ENDPOINT_LEFT", "ENDPOINT_ACTIVE"].map(|name| metrics[name].as_str());
    assert_eq!(shown, ["2", "2", "0"]);
    let split = local.client.get_journey_execution_activity_metrics().application_id(&app).journey_id(&id);
    let split = split.journey_activity_id("opened").send().await.unwrap();
    let split = split.journey_execution_activity_metrics_response().unwrap();
    assert_eq!(split.activity_type(), Some("CONDITIONAL_SPLIT"));
    let split = split.metrics().unwrap();
    assert_eq!((split["Branch_TRUE"].as_str(), split["Branch_FALSE"].as_str()), ("1", "1"));
    let runs = local.client.get_journey_runs().application_id(&app).journey_id(&id).send().await.unwrap();
    assert_eq!(runs.journey_runs_response().unwrap().item().len(), 1);
}

#[tokio::test]
async fn an_event_starts_a_journey() {
    let local = Local::start().await;
    let app = local.app().await;
    templates(&local).await;
    local.person(&app, "ann", "pro").await;
    let filter = EventFilter::builder().dimensions(event_type("cart.left")).filter_type(FilterType::Endpoint).build();
    let start = EventStartCondition::builder().event_filter(filter).build();
    let start = StartCondition::builder().event_start_condition(start).build();
    let id = publish(&local, &app, journey(start)).await;
    put_event(&local, &app, "ann", "cart.seen").await;
    assert!(local.server.outbox(10).is_empty());
    put_event(&local, &app, "ann", "cart.left").await;
    put_event(&local, &app, "ann", "cart.left").await;
    assert_eq!(sent(&local.server.outbox(10)), ["hello ann"], "nobody is inside twice");
    assert_eq!(state(&local, &app, &id).await, State::Active);
    put_event(&local, &app, "ann", "_email.unsubscribe").await;
    local.server.advance_to(START + 30 * DAY).await.unwrap();
    assert_eq!(sent(&local.server.outbox(10)), ["hello ann"], "who opted out gets nothing more");
}

#[tokio::test]
async fn pausing_freezes_waits_and_cancelling_ends_them() {
    let local = Local::start().await;
    let app = local.app().await;
    templates(&local).await;
    local.person(&app, "ann", "pro").await;
    let start = members_of(&local, &app).await;
    let mut journey = journey(start);
    journey.refresh_frequency = Some("PT12H".into());
    let id = publish(&local, &app, journey).await;
    local.server.advance_to(START + HOUR).await.unwrap();
    set_state(&local, &app, &id, State::Paused).await.unwrap();
    let early = set_state(&local, &app, &id, State::Active).await.unwrap_err();
    assert!(early.contains("less than 5 minutes"), "{early}");
    local.person(&app, "bob", "pro").await;
    local.server.advance_to(START + 10 * DAY).await.unwrap();
    assert_eq!(sent(&local.server.outbox(10)), ["hello ann"]);
    set_state(&local, &app, &id, State::Active).await.unwrap();
    // The refreshes missed are run once, and Ann's wait goes on where it stood.
    local.server.advance_to(START + 10 * DAY + HOUR).await.unwrap();
    assert_eq!(sent(&local.server.outbox(10)), ["hello ann", "hello bob"]);
    local.server.advance_to(START + 12 * DAY - HOUR / 2).await.unwrap();
    assert_eq!(sent(&local.server.outbox(10)), ["again ann", "hello ann", "hello bob"]);
    set_state(&local, &app, &id, State::Cancelled).await.unwrap();
    local.server.advance_to(START + 20 * DAY).await.unwrap();
    assert_eq!(local.server.outbox(10).len(), 3);
    let again = set_state(&local, &app, &id, State::Active).await.unwrap_err();
    assert!(again.contains("cannot become ACTIVE"), "{again}");
    let edit = local.client.update_journey().application_id(&app).journey_id(&id);
    let edit = edit.write_journey_request(WriteJourneyRequest::builder().name("x").build()).send().await;
    assert!(edit.unwrap_err().into_service_error().is_conflict_exception());
}

#[tokio::test]
async fn a_restart_goes_on_where_the_store_stood() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ClockSetting::Virtual { start: Some(START) };
    let settings = Settings { data: Some(folder.path().to_owned()), clock, ..Settings::default() };
    let first = Local::with(settings.clone()).await;
    let app = first.app().await;
    templates(&first).await;
    first.person(&app, "ann", "pro").await;
    let start = members_of(&first, &app).await;
    publish(&first, &app, journey(start)).await;
    first.server.advance_to(START + DAY).await.unwrap();
    first.server.stop().await;
    let second = Local::with(settings).await;
    assert_eq!(second.server.now(), START + DAY);
    assert_eq!(sent(&second.server.outbox(10)), ["hello ann"]);
    second.server.advance_to(START + 5 * DAY).await.unwrap();
    assert_eq!(sent(&second.server.outbox(10)), ["again ann", "hello ann"]);
}
