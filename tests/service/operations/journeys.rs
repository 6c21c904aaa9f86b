//! Journeys: drafts, states, runs, metrics and KPIs.

use aws_sdk_pinpoint::error::ProvideErrorMetadata;
use aws_sdk_pinpoint::types::{
    Activity, EmailMessageActivity, EmailTemplateRequest, Event, EventDimensions, EventFilter, EventStartCondition,
    EventsBatch, EventsRequest, FilterType, JourneyRunStatus, JourneyStateRequest, PublicEndpoint, SetDimension,
    StartCondition, State, WriteJourneyRequest,
};

use crate::Local;

/// What this file calls.
pub const CALLS: &[&str] = &[
    "CreateJourney",
    "DeleteJourney",
    "GetApplicationDateRangeKpi",
    "GetJourney",
    "GetJourneyDateRangeKpi",
    "GetJourneyExecutionActivityMetrics",
    "GetJourneyExecutionMetrics",
    "GetJourneyRunExecutionActivityMetrics",
    "GetJourneyRunExecutionMetrics",
    "GetJourneyRuns",
    "ListJourneys",
    "UpdateJourney",
    "UpdateJourneyState",
];

#[tokio::test]
async fn a_draft_is_stored_listed_and_deleted() {
    let local = Local::start().await;
    let app = local.app().await;
    let client = &local.client;
    let draft = |name: &str| WriteJourneyRequest::builder().name(name).build();
    let created =
        client.create_journey().application_id(&app).write_journey_request(draft("one")).send().await.unwrap();
    let created = created.journey_response().unwrap();
    assert_eq!(created.state(), Some(&State::Draft));
    let id = created.id().unwrap();
    let update = client.update_journey().application_id(&app).journey_id(id).write_journey_request(draft("uno"));
    update.send().await.unwrap();
    let listed = client.list_journeys().application_id(&app).send().await.unwrap();
    assert_eq!(listed.journeys_response().unwrap().item()[0].name(), Some("uno"));
    let publish = JourneyStateRequest::builder().state(State::Active).build();
    let publish = client.update_journey_state().application_id(&app).journey_id(id).journey_state_request(publish);
    let refused = publish.send().await.unwrap_err().into_service_error();
    assert!(refused.is_bad_request_exception());
    assert!(refused.message().unwrap().starts_with("Activities: "), "{refused:?}");
    let deleted = client.delete_journey().application_id(&app).journey_id(id).send().await.unwrap();
    assert_eq!(deleted.journey_response().unwrap().id(), Some(id));
    let gone = client.get_journey().application_id(&app).journey_id(id).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
    local.calls.assert(&["CreateJourney", "UpdateJourney", "ListJourneys", "DeleteJourney"]);
}

/// One mail to everybody who leaves a cart.
fn journey() -> WriteJourneyRequest {
    let left = SetDimension::builder().values("cart.left").build();
    let left = EventDimensions::builder().event_type(left).build();
    let filter = EventFilter::builder().dimensions(left).filter_type(FilterType::Endpoint).build();
    let start = EventStartCondition::builder().event_filter(filter).build();
    let mail = EmailMessageActivity::builder().template_name("hello").build();
    WriteJourneyRequest::builder()
        .name("carts")
        .start_activity("mail")
        .start_condition(StartCondition::builder().event_start_condition(start).build())
        .activities("mail", Activity::builder().email(mail).build())
        .build()
}

#[tokio::test]
async fn a_journey_tells_what_it_did() {
    let local = Local::start().await;
    let app = local.app().await;
    let client = &local.client;
    local.person(&app, "ann", "pro").await;
    let hello = EmailTemplateRequest::builder().subject("Come back").text_part("Hi").build();
    client.create_email_template().template_name("hello").email_template_request(hello).send().await.unwrap();
    let created = client.create_journey().application_id(&app).write_journey_request(journey()).send().await.unwrap();
    let id = created.journey_response().unwrap().id().unwrap();
    let publish = JourneyStateRequest::builder().state(State::Active).build();
    let publish = client.update_journey_state().application_id(&app).journey_id(id).journey_state_request(publish);
    assert_eq!(publish.send().await.unwrap().journey_response().unwrap().state(), Some(&State::Active));
    let got = client.get_journey().application_id(&app).journey_id(id).send().await.unwrap();
    let got = got.journey_response().unwrap();
    let mail = got.activities().unwrap()["mail"].email().unwrap();
    assert_eq!((got.start_activity(), mail.template_name()), (Some("mail"), Some("hello")));
    let event = Event::builder().event_type("cart.left").timestamp("2026-11-30T09:00:00Z").build();
    let batch = EventsBatch::builder().endpoint(PublicEndpoint::builder().build()).events("e", event).build();
    let request = EventsRequest::builder().batch_item("ann", batch).build();
    client.put_events().application_id(&app).events_request(request).send().await.unwrap();

    let all = client.get_journey_execution_metrics().application_id(&app).journey_id(id).send().await.unwrap();
    let all = all.journey_execution_metrics_response().unwrap();
    assert_eq!(all.metrics().unwrap()["ENDPOINT_ENTERED"], "1");
    let one = client.get_journey_execution_activity_metrics().application_id(&app).journey_id(id);
    let one = one.journey_activity_id("mail").send().await.unwrap();
    let one = one.journey_execution_activity_metrics_response().unwrap();
    assert_eq!((one.activity_type(), one.metrics().unwrap()["SUCCESS"].as_str()), (Some("MESSAGE"), "1"));

    let runs = client.get_journey_runs().application_id(&app).journey_id(id).send().await.unwrap();
    let run = &runs.journey_runs_response().unwrap().item()[0];
    assert_eq!(run.status(), Some(&JourneyRunStatus::Running));
    let run = run.run_id().unwrap();
    let of_run = client.get_journey_run_execution_metrics().application_id(&app).journey_id(id).run_id(run);
    let of_run = of_run.send().await.unwrap();
    let of_run = of_run.journey_run_execution_metrics_response().unwrap();
    // Of a run there are other figures than of a journey (journeys.md 11).
    assert_eq!((of_run.run_id(), of_run.metrics().unwrap()["ENDPOINT_PRODUCED"].as_str()), (Some(run), "1"));
    let of_run = client.get_journey_run_execution_activity_metrics().application_id(&app).journey_id(id).run_id(run);
    let of_run = of_run.journey_activity_id("mail").send().await.unwrap();
    let of_run = of_run.journey_run_execution_activity_metrics_response().unwrap();
    assert_eq!((of_run.journey_activity_id(), of_run.metrics()), (Some("mail"), one.metrics()));

    let name = "emails-sent-grouped-by-journey-activity";
    let kpi = client.get_journey_date_range_kpi().application_id(&app).journey_id(id).kpi_name(name);
    let kpi = kpi.send().await.unwrap();
    let kpi = kpi.journey_date_range_kpi_response().unwrap();
    let row = &kpi.kpi_result().unwrap().rows()[0];
    let of = &row.grouped_bys()[0];
    assert_eq!((of.key(), of.value(), row.values()[0].value()), (Some("JourneyActivityId"), Some("mail"), Some("1.0")));
    assert!(kpi.start_time() < kpi.end_time());
    let kpi = client.get_application_date_range_kpi().application_id(&app).kpi_name("journey-emails-sent");
    let kpi = kpi.send().await.unwrap();
    let kpi = kpi.application_date_range_kpi_response().unwrap();
    assert_eq!(kpi.kpi_result().unwrap().rows()[0].values()[0].value(), Some("1.0"));
    let drafts = ["UpdateJourney", "ListJourneys", "DeleteJourney"];
    let here: Vec<&str> = CALLS.iter().filter(|name| !drafts.contains(name)).copied().collect();
    local.calls.assert(&here);
}
