//! The event stream of a project; recommender models.

use aws_sdk_pinpoint::types::{
    CreateRecommenderConfigurationShape, UpdateRecommenderConfigurationShape, WriteEventStream,
};

use crate::Local;

/// What this file calls.
pub const CALLS: &[&str] = &[
    "CreateRecommenderConfiguration",
    "DeleteEventStream",
    "DeleteRecommenderConfiguration",
    "GetEventStream",
    "GetRecommenderConfiguration",
    "GetRecommenderConfigurations",
    "PutEventStream",
    "UpdateRecommenderConfiguration",
];

const ROLE: &str = "arn:aws:iam::000000000000:role/x";

#[tokio::test]
async fn an_event_stream_is_put_read_and_deleted() {
    let local = Local::start().await;
    let app = local.app().await;
    let client = &local.client;
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    let request = WriteEventStream::builder().destination_stream_arn(arn).role_arn(ROLE).build();
    let put = client.put_event_stream().application_id(&app).write_event_stream(request).send().await.unwrap();
    let put = put.event_stream().unwrap();
    assert_eq!((put.destination_stream_arn(), put.role_arn()), (Some(arn), Some(ROLE)));
    let got = client.get_event_stream().application_id(&app).send().await.unwrap();
    assert_eq!(got.event_stream(), Some(put));
    let deleted = client.delete_event_stream().application_id(&app).send().await.unwrap();
    assert_eq!(deleted.event_stream(), Some(put));
    let gone = client.get_event_stream().application_id(&app).send().await.unwrap_err().into_service_error();
    assert!(gone.is_not_found_exception(), "{gone:?}");
    local.calls.assert(&["PutEventStream", "GetEventStream", "DeleteEventStream"]);
}

#[tokio::test]
async fn a_recommender_is_kept() {
    let local = Local::start().await;
    let client = &local.client;
    let uri = "arn:aws:personalize:us-east-1:000000000000:campaign/c";
    let request = CreateRecommenderConfigurationShape::builder()
        .name("r")
        .recommendation_provider_role_arn(ROLE)
        .recommendation_provider_uri(uri)
        .recommendations_display_name("For you")
        .build();
    let created = client.create_recommender_configuration().create_recommender_configuration(request).send().await;
    let created = created.unwrap();
    let created = created.recommender_configuration_response().unwrap();
    let id = created.id().unwrap();
    assert_eq!((created.name(), created.recommendation_provider_uri()), (Some("r"), Some(uri)));
    let request = UpdateRecommenderConfigurationShape::builder()
        .name("s")
        .recommendation_provider_role_arn(ROLE)
        .recommendation_provider_uri(uri)
        .recommendations_display_name("For you")
        .build();
    let update = client.update_recommender_configuration().recommender_id(id);
    update.update_recommender_configuration(request).send().await.unwrap();
    let got = client.get_recommender_configuration().recommender_id(id).send().await.unwrap();
    let got = got.recommender_configuration_response().unwrap();
    assert_eq!((got.name(), got.recommendations_display_name()), (Some("s"), Some("For you")));
    let all = client.get_recommender_configurations().send().await.unwrap();
    let all = all.list_recommender_configurations_response().unwrap();
    assert_eq!(all.item(), std::slice::from_ref(got));
    client.delete_recommender_configuration().recommender_id(id).send().await.unwrap();
    let gone = client.get_recommender_configuration().recommender_id(id).send().await.unwrap_err();
    assert!(gone.into_service_error().is_not_found_exception());
    let streams = ["PutEventStream", "GetEventStream", "DeleteEventStream"];
    let here: Vec<&str> = CALLS.iter().filter(|name| !streams.contains(name)).copied().collect();
    local.calls.assert(&here);
}
