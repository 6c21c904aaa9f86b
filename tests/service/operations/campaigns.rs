//! Campaigns: one that is sent, one that waits to be shown.

use aws_sdk_pinpoint::types::{
    CampaignEventFilter, CampaignStatus, ChannelType, EmailTemplateRequest, EndpointRequest, EventDimensions,
    FilterType, Frequency, Layout, MessageConfiguration, Schedule, SetDimension, Template, TemplateConfiguration,
    WriteCampaignRequest, WriteSegmentRequest,
};
use model::time::{HOUR, MINUTE};

use super::enable;
use super::templates::banner;
use crate::{Local, START};

/// What this file calls.
pub const CALLS: &[&str] = &[
    "CreateCampaign",
    "DeleteCampaign",
    "GetCampaign",
    "GetCampaignActivities",
    "GetCampaignDateRangeKpi",
    "GetCampaignVersion",
    "GetCampaignVersions",
    "GetCampaigns",
    "GetInAppMessages",
    "UpdateCampaign",
];

async fn everybody(local: &Local, app: &str) -> String {
    let segment = WriteSegmentRequest::builder().name("everybody").build();
    let created =
        local.client.create_segment().application_id(app).write_segment_request(segment).send().await.unwrap();
    created.segment_response().unwrap().id().unwrap().to_owned()
}

fn template(name: &str) -> Template {
    Template::builder().name(name).build()
}

#[tokio::test]
async fn a_campaign_is_changed_sent_and_counted() {
    let local = Local::start().await;
    let app = local.app().await;
    enable(&local, &app).await;
    let client = &local.client;
    local.person(&app, "ann", "pro").await;
    let hello = EmailTemplateRequest::builder().subject("Sale").text_part("Now").build();
    client.create_email_template().template_name("hello").email_template_request(hello).send().await.unwrap();
    let schedule = Schedule::builder().start_time("2026-11-30T10:00:00Z").frequency(Frequency::Once).build();
    let request = WriteCampaignRequest::builder()
        .segment_id(everybody(&local, &app).await)
        .template_configuration(TemplateConfiguration::builder().email_template(template("hello")).build())
        .schedule(schedule);
    let create = client.create_campaign().application_id(&app);
    let created = create.write_campaign_request(request.clone().name("sale").build()).send().await.unwrap();
    let created = created.campaign_response().unwrap();
    let id = created.id().unwrap();
    assert_eq!((created.version(), created.segment_version()), (Some(1), Some(1)));
    assert_eq!(created.state().unwrap().campaign_status(), Some(&CampaignStatus::Scheduled));
    let update = client.update_campaign().application_id(&app).campaign_id(id);
    let updated = update.write_campaign_request(request.name("big sale").build()).send().await.unwrap();
    assert_eq!(updated.campaign_response().unwrap().version(), Some(2));
    let old = client.get_campaign_version().application_id(&app).campaign_id(id).version("1").send().await.unwrap();
    assert_eq!(old.campaign_response().unwrap().name(), Some("sale"));
    let versions = client.get_campaign_versions().application_id(&app).campaign_id(id).send().await.unwrap();
    assert_eq!(versions.campaigns_response().unwrap().item().len(), 2);

    local.server.advance_to(START + 2 * HOUR).await.unwrap();
    let got = client.get_campaign().application_id(&app).campaign_id(id).send().await.unwrap();
    let got = got.campaign_response().unwrap();
    assert_eq!(got.name(), Some("big sale"));
    assert_eq!(got.state().unwrap().campaign_status(), Some(&CampaignStatus::Completed));
    let runs = client.get_campaign_activities().application_id(&app).campaign_id(id).send().await.unwrap();
    let run = &runs.activities_response().unwrap().item()[0];
    assert_eq!((run.state(), run.result()), (Some("COMPLETED"), Some("SUCCESS")));
    assert_eq!((run.total_endpoint_count(), run.successful_endpoint_count()), (Some(1), Some(1)));
    let kpi = client.get_campaign_date_range_kpi().application_id(&app).campaign_id(id).kpi_name("unique-deliveries");
    let kpi = kpi.send().await.unwrap();
    let kpi = kpi.campaign_date_range_kpi_response().unwrap();
    let value = &kpi.kpi_result().unwrap().rows()[0].values()[0];
    assert_eq!((value.key(), value.value()), (Some("UniqueDeliveries"), Some("1.0")));

    let all = client.get_campaigns().application_id(&app).send().await.unwrap();
    assert_eq!(all.campaigns_response().unwrap().item(), std::slice::from_ref(got));
    let deleted = client.delete_campaign().application_id(&app).campaign_id(id).send().await.unwrap();
    assert_eq!(deleted.campaign_response().unwrap().id(), Some(id));
    let gone = client.get_campaign().application_id(&app).campaign_id(id).send().await.unwrap_err();
    assert!(gone.into_service_error().is_not_found_exception());
    let here: Vec<&str> = CALLS.iter().filter(|name| **name != "GetInAppMessages").copied().collect();
    local.calls.assert(&here);
}

#[tokio::test]
async fn an_app_asks_what_it_is_to_show() {
    let local = Local::start().await;
    let app = local.app().await;
    let client = &local.client;
    let endpoint = EndpointRequest::builder().channel_type(ChannelType::InApp).build();
    client.update_endpoint().application_id(&app).endpoint_id("app").endpoint_request(endpoint).send().await.unwrap();
    client.create_in_app_template().template_name("banner").in_app_template_request(banner()).send().await.unwrap();
    let started = SetDimension::builder().values("_session.start").build();
    let filter = CampaignEventFilter::builder()
        .filter_type(FilterType::Endpoint)
        .dimensions(EventDimensions::builder().event_type(started).build())
        .build();
    let schedule = Schedule::builder()
        .start_time("2026-11-30T10:00:00Z")
        .end_time("2026-12-30T10:00:00Z")
        .frequency(Frequency::InAppEvent)
        .event_filter(filter)
        .build();
    let request = WriteCampaignRequest::builder()
        .name("banner")
        .segment_id(everybody(&local, &app).await)
        .message_configuration(MessageConfiguration::builder().build())
        .template_configuration(TemplateConfiguration::builder().in_app_template(template("banner")).build())
        .schedule(schedule)
        .build();
    let created = client.create_campaign().application_id(&app).write_campaign_request(request).send().await.unwrap();
    let id = created.campaign_response().unwrap().id().unwrap();
    local.server.advance_to(START + HOUR + MINUTE).await.unwrap();
    let shown = client.get_in_app_messages().application_id(&app).endpoint_id("app").send().await.unwrap();
    let shown = &shown.in_app_messages_response().unwrap().in_app_message_campaigns()[0];
    assert_eq!(shown.campaign_id(), Some(id));
    let message = shown.in_app_message().unwrap();
    assert_eq!(message.layout(), Some(&Layout::TopBanner));
    assert_eq!(message.content()[0].header_config().unwrap().header(), Some("Sale"));
    local.calls.assert(&["GetInAppMessages"]);
}
