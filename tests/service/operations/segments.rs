//! Segments and their versions.

use aws_sdk_pinpoint::types::{AttributeDimension, AttributeType, SegmentDimensions, SegmentType, WriteSegmentRequest};

use crate::Local;

/// What this file calls.
pub const CALLS: &[&str] = &[
    "CreateSegment",
    "DeleteSegment",
    "GetSegment",
    "GetSegmentVersion",
    "GetSegmentVersions",
    "GetSegments",
    "UpdateSegment",
];

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
    let got = got.segment_response().unwrap();
    assert_eq!(got.name(), Some("vip"));
    let old = client.get_segment_version().application_id(&app).segment_id(id).version("1").send().await.unwrap();
    assert_eq!(old.segment_response().unwrap().name(), Some("pro"));
    let versions = client.get_segment_versions().application_id(&app).segment_id(id).send().await.unwrap();
    assert_eq!(versions.segments_response().unwrap().item().len(), 2);
    let all = client.get_segments().application_id(&app).page_size("1").send().await.unwrap();
    assert_eq!(all.segments_response().unwrap().item().len(), 1);
    let deleted = client.delete_segment().application_id(&app).segment_id(id).send().await.unwrap();
    assert_eq!(deleted.segment_response().unwrap().id(), Some(id));
    let gone = client.get_segment().application_id(&app).segment_id(id).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
    local.calls.assert(CALLS);
}
