//! Operations through the SDK; `every_operation.py` beside it calls all 122.

use aws_sdk_pinpoint::error::ProvideErrorMetadata;
use aws_sdk_pinpoint::types::{
    ApnsChannelRequest, AttributeDimension, AttributeType, ChannelType, DefaultPushNotificationTemplate,
    EmailChannelRequest, EmailTemplateRequest, EndpointBatchItem, EndpointBatchRequest, EndpointRequest,
    GcmChannelRequest, JourneyStateRequest, PushNotificationTemplateRequest, QuietTime, SegmentDimensions, SegmentType,
    SmsChannelRequest, SmsTemplateRequest, State, TagsModel, TemplateActiveVersionRequest,
    WriteApplicationSettingsRequest, WriteJourneyRequest, WriteSegmentRequest,
};
use pinpoint_local::{Server, Settings, StartError};

use crate::Local;

#[tokio::test]
async fn projects_and_settings() {
    let local = Local::start().await;
    let app = local.app().await;
    let got = local.client.get_app().application_id(&app).send().await.unwrap();
    let got = got.application_response().unwrap();
    assert_eq!((got.name(), got.id()), (Some("shop"), Some(app.as_str())));
    assert!(got.arn().unwrap().ends_with(&format!(":apps/{app}")));
    let all = local.client.get_apps().send().await.unwrap();
    assert_eq!(all.applications_response().unwrap().item().len(), 1);

    let quiet = QuietTime::builder().start("21:00").end("08:00").build();
    let settings = WriteApplicationSettingsRequest::builder().quiet_time(quiet).build();
    let update = local.client.update_application_settings().application_id(&app);
    update.write_application_settings_request(settings).send().await.unwrap();
    let got = local.client.get_application_settings().application_id(&app).send().await.unwrap();
    let quiet = got.application_settings_resource().unwrap().quiet_time().unwrap();
    assert_eq!((quiet.start(), quiet.end()), (Some("21:00"), Some("08:00")));

    let arn = format!("arn:aws:mobiletargeting:us-east-1:000000000000:apps/{app}");
    let tags = TagsModel::builder().tags("team", "red").build();
    local.client.tag_resource().resource_arn(&arn).tags_model(tags).send().await.unwrap();
    let got = local.client.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!(got.tags_model().unwrap().tags().unwrap()["team"], "red");
    local.client.untag_resource().resource_arn(&arn).tag_keys("team").send().await.unwrap();

    local.client.delete_app().application_id(&app).send().await.unwrap();
    let gone = local.client.get_app().application_id(&app).send().await.unwrap_err().into_service_error();
    assert!(gone.is_not_found_exception(), "{gone:?}");
    assert!(gone.message().unwrap().contains(&app));
    local.server.stop().await;
}

#[tokio::test]
async fn channels() {
    let local = Local::start().await;
    let app = local.app().await;
    let client = &local.client;
    let email = EmailChannelRequest::builder().from_address("shop@x.example").identity("arn:aws:ses:x").build();
    let got = client.update_email_channel().application_id(&app).email_channel_request(email).send().await.unwrap();
    assert_eq!(got.email_channel_response().unwrap().platform(), Some("EMAIL"));
    let sms = SmsChannelRequest::builder().enabled(true).sender_id("Shop").build();
    client.update_sms_channel().application_id(&app).sms_channel_request(sms).send().await.unwrap();
    let gcm = GcmChannelRequest::builder().api_key("key").build();
    client.update_gcm_channel().application_id(&app).gcm_channel_request(gcm).send().await.unwrap();
    let apns = ApnsChannelRequest::builder().bundle_id("b").team_id("t").token_key("k").token_key_id("i").build();
    let got = client.update_apns_channel().application_id(&app).apns_channel_request(apns).send().await.unwrap();
    assert_eq!(got.apns_channel_response().unwrap().has_token_key(), Some(true));
    let got = client.get_email_channel().application_id(&app).send().await.unwrap();
    assert_eq!(got.email_channel_response().unwrap().from_address(), Some("shop@x.example"));
    let got = client.get_sms_channel().application_id(&app).send().await.unwrap();
    assert_eq!(got.sms_channel_response().unwrap().sender_id(), Some("Shop"));
    client.get_gcm_channel().application_id(&app).send().await.unwrap();
    client.get_apns_channel().application_id(&app).send().await.unwrap();
    let all = client.get_channels().application_id(&app).send().await.unwrap();
    let all = all.channels_response().unwrap().channels().unwrap();
    let mut names: Vec<&String> = all.keys().collect();
    names.sort();
    assert_eq!(names, ["APNS", "EMAIL", "GCM", "SMS"]);
    client.delete_email_channel().application_id(&app).send().await.unwrap();
    client.delete_sms_channel().application_id(&app).send().await.unwrap();
    client.delete_gcm_channel().application_id(&app).send().await.unwrap();
    client.delete_apns_channel().application_id(&app).send().await.unwrap();
    let gone = client.get_email_channel().application_id(&app).send().await.unwrap_err().into_service_error();
    assert!(gone.is_not_found_exception());
}

#[tokio::test]
async fn endpoints_and_users() {
    let local = Local::start().await;
    let app = local.app().await;
    let client = &local.client;
    local.person(&app, "ann", "pro").await;
    let item = EndpointBatchItem::builder().id("phone").channel_type(ChannelType::Sms).address("+15550100001");
    let item = item.user(aws_sdk_pinpoint::types::EndpointUser::builder().user_id("user-ann").build()).build();
    let batch = EndpointBatchRequest::builder().item(item).build();
    client.update_endpoints_batch().application_id(&app).endpoint_batch_request(batch).send().await.unwrap();
    let got = client.get_endpoint().application_id(&app).endpoint_id("phone").send().await.unwrap();
    let got = got.endpoint_response().unwrap();
    assert_eq!((got.channel_type(), got.opt_out()), (Some(&ChannelType::Sms), Some("NONE")));
    assert_eq!(got.user().unwrap().user_attributes().unwrap()["FirstName"], ["ann"]);
    assert!(got.cohort_id().unwrap().parse::<u8>().unwrap() < 100);
    let of_user = client.get_user_endpoints().application_id(&app).user_id("user-ann").send().await.unwrap();
    assert_eq!(of_user.endpoints_response().unwrap().item().len(), 2);
    let wrong = EndpointRequest::builder().opt_out("MAYBE").build();
    let wrong = client.update_endpoint().application_id(&app).endpoint_id("ann").endpoint_request(wrong).send().await;
    assert!(wrong.unwrap_err().into_service_error().is_bad_request_exception());
    client.delete_endpoint().application_id(&app).endpoint_id("phone").send().await.unwrap();
    client.delete_user_endpoints().application_id(&app).user_id("user-ann").send().await.unwrap();
    let gone = client.get_endpoint().application_id(&app).endpoint_id("ann").send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
}

/// A segment of the endpoints with that plan.
pub fn plan(name: &str, plan: &str) -> WriteSegmentRequest {
    let wanted = AttributeDimension::builder().attribute_type(AttributeType::Inclusive).values(plan).build();
    let dimensions = SegmentDimensions::builder().attributes("Plan", wanted).build();
    WriteSegmentRequest::builder().name(name).dimensions(dimensions).build()
}

#[tokio::test]
async fn segments_and_versions() {
    let local = Local::start().await;
    let app = local.app().await;
    let client = &local.client;
    let created = client.create_segment().application_id(&app).write_segment_request(plan("pro", "pro")).send().await;
    let created = created.unwrap();
    let created = created.segment_response().unwrap();
    assert_eq!((created.segment_type(), created.version()), (Some(&SegmentType::Dimensional), Some(1)));
    let id = created.id().unwrap();
    let update = client.update_segment().application_id(&app).segment_id(id).write_segment_request(plan("vip", "vip"));
    assert_eq!(update.send().await.unwrap().segment_response().unwrap().version(), Some(2));
    let got = client.get_segment().application_id(&app).segment_id(id).send().await.unwrap();
    assert_eq!(got.segment_response().unwrap().name(), Some("vip"));
    let old = client.get_segment_version().application_id(&app).segment_id(id).version("1").send().await.unwrap();
    assert_eq!(old.segment_response().unwrap().name(), Some("pro"));
    let versions = client.get_segment_versions().application_id(&app).segment_id(id).send().await.unwrap();
    assert_eq!(versions.segments_response().unwrap().item().len(), 2);
    let all = client.get_segments().application_id(&app).page_size("1").send().await.unwrap();
    assert_eq!(all.segments_response().unwrap().item().len(), 1);
    client.delete_segment().application_id(&app).segment_id(id).send().await.unwrap();
    let gone = client.get_segment().application_id(&app).segment_id(id).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn templates_and_versions() {
    let local = Local::start().await;
    let client = &local.client;
    let email = |subject: &str| EmailTemplateRequest::builder().subject(subject).html_part("<p>Hi</p>").build();
    let created = client.create_email_template().template_name("hello").email_template_request(email("1")).send().await;
    assert!(created.unwrap().create_template_message_body().unwrap().arn().unwrap().ends_with("templates/hello/EMAIL"));
    let update = client.update_email_template().template_name("hello").create_new_version(true);
    update.email_template_request(email("2")).send().await.unwrap();
    let versions = client.list_template_versions().template_name("hello").template_type("EMAIL").send().await.unwrap();
    let versions = versions.template_versions_response().unwrap();
    assert_eq!(versions.item().iter().map(|v| v.version().unwrap()).collect::<Vec<_>>(), ["2", "1"]);
    let latest = TemplateActiveVersionRequest::builder().version("latest").build();
    let activate = client.update_template_active_version().template_name("hello").template_type("EMAIL");
    activate.template_active_version_request(latest).send().await.unwrap();
    let got = client.get_email_template().template_name("hello").send().await.unwrap();
    let got = got.email_template_response().unwrap();
    assert_eq!((got.subject(), got.version()), (Some("2"), Some("2")));

    let sms = SmsTemplateRequest::builder().body("Hi {{User.UserId}}").build();
    client.create_sms_template().template_name("hello").sms_template_request(sms.clone()).send().await.unwrap();
    client.update_sms_template().template_name("hello").sms_template_request(sms).send().await.unwrap();
    let got = client.get_sms_template().template_name("hello").send().await.unwrap();
    assert_eq!(got.sms_template_response().unwrap().body(), Some("Hi {{User.UserId}}"));
    let push = DefaultPushNotificationTemplate::builder().title("Sale").body("Now").build();
    let push = PushNotificationTemplateRequest::builder().set_default(Some(push)).build();
    let create = client.create_push_template().template_name("hello");
    create.push_notification_template_request(push.clone()).send().await.unwrap();
    let update = client.update_push_template().template_name("hello");
    update.push_notification_template_request(push).send().await.unwrap();
    client.get_push_template().template_name("hello").send().await.unwrap();
    let all = client.list_templates().prefix("he").send().await.unwrap();
    assert_eq!(all.templates_response().unwrap().item().len(), 3);
    client.delete_email_template().template_name("hello").send().await.unwrap();
    client.delete_sms_template().template_name("hello").send().await.unwrap();
    client.delete_push_template().template_name("hello").send().await.unwrap();
    assert_eq!(client.list_templates().send().await.unwrap().templates_response().unwrap().item().len(), 0);
}

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
    client.delete_journey().application_id(&app).journey_id(id).send().await.unwrap();
    let gone = client.get_journey().application_id(&app).journey_id(id).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn a_server_starts_only_where_it_may() {
    let local = Local::start().await;
    let busy = Settings { listen: local.server.address(), ..Settings::default() };
    assert!(matches!(Server::start(busy).await, Err(StartError::PortBusy(_))));
    let open = Settings { listen: "0.0.0.0:0".parse().unwrap(), ..Settings::default() };
    assert!(matches!(Server::start(open).await, Err(StartError::NotLoopback(_))));
    let folder = tempfile::tempdir().unwrap();
    let stored = Settings { data: Some(folder.path().to_owned()), ..Settings::default() };
    let first = Local::with(stored.clone()).await;
    let app = first.app().await;
    assert!(matches!(Server::start(stored.clone()).await, Err(StartError::Store(_))));
    first.server.stop().await;
    let second = Local::with(stored).await;
    assert_eq!(second.server.status().apps[0].id, app);
}
