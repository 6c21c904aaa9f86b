//! Projects, their settings and tags.

use aws_sdk_pinpoint::error::ProvideErrorMetadata;
use aws_sdk_pinpoint::types::{CampaignLimits, QuietTime, TagsModel, WriteApplicationSettingsRequest};

use crate::Local;

/// What this file calls.
pub const CALLS: &[&str] = &[
    "CreateApp",
    "DeleteApp",
    "GetApp",
    "GetApplicationSettings",
    "GetApps",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
    "UpdateApplicationSettings",
];

#[tokio::test]
async fn projects_and_settings() {
    let local = Local::start().await;
    let app = local.app().await;
    let got = local.client.get_app().application_id(&app).send().await.unwrap();
    let got = got.application_response().unwrap();
    assert_eq!((got.name(), got.id()), (Some("shop"), Some(app.as_str())));
    assert_eq!(got.creation_date(), Some("2026-11-30T09:00:00.000Z"));
    let arn = got.arn().unwrap();
    assert!(arn.ends_with(&format!(":apps/{app}")));
    let all = local.client.get_apps().send().await.unwrap();
    let all = all.applications_response().unwrap();
    assert_eq!((all.item().len(), all.next_token()), (1, None));

    let quiet = QuietTime::builder().start("21:00").end("08:00").build();
    let limits = CampaignLimits::builder().daily(3).total(90).build();
    let settings = WriteApplicationSettingsRequest::builder().quiet_time(quiet).limits(limits).build();
    let update = local.client.update_application_settings().application_id(&app);
    let updated = update.write_application_settings_request(settings).send().await.unwrap();
    let updated = updated.application_settings_resource().unwrap().clone();
    let quiet = updated.quiet_time().unwrap();
    assert_eq!((quiet.start(), quiet.end()), (Some("21:00"), Some("08:00")));
    let got = local.client.get_application_settings().application_id(&app).send().await.unwrap();
    assert_eq!(got.application_settings_resource(), Some(&updated));
    assert_eq!(updated.limits().unwrap().daily(), Some(3));

    let tags = TagsModel::builder().tags("team", "red").tags("cost", "low").build();
    local.client.tag_resource().resource_arn(arn).tags_model(tags).send().await.unwrap();
    local.client.untag_resource().resource_arn(arn).tag_keys("cost").send().await.unwrap();
    let got = local.client.list_tags_for_resource().resource_arn(arn).send().await.unwrap();
    let tags = got.tags_model().unwrap().tags().unwrap();
    assert_eq!((tags.len(), tags["team"].as_str()), (1, "red"));

    let deleted = local.client.delete_app().application_id(&app).send().await.unwrap();
    assert_eq!(deleted.application_response().unwrap().id(), Some(app.as_str()));
    let gone = local.client.get_app().application_id(&app).send().await.unwrap_err().into_service_error();
    assert!(gone.is_not_found_exception(), "{gone:?}");
    assert!(gone.message().unwrap().contains(&app));
    local.calls.assert(CALLS);
    local.server.stop().await;
}
