//! Endpoints, users, attributes, events, telephone numbers.

use aws_sdk_pinpoint::types::{
    ChannelType, EndpointBatchItem, EndpointBatchRequest, EndpointRequest, EndpointUser, Event, EventsBatch,
    EventsRequest, NumberValidateRequest, PublicEndpoint, UpdateAttributesRequest,
};

use crate::Local;

/// What this file calls.
pub const CALLS: &[&str] = &[
    "DeleteEndpoint",
    "DeleteUserEndpoints",
    "GetEndpoint",
    "GetUserEndpoints",
    "PhoneNumberValidate",
    "PutEvents",
    "RemoveAttributes",
    "UpdateEndpoint",
    "UpdateEndpointsBatch",
];

#[tokio::test]
async fn endpoints_and_users() {
    let local = Local::start().await;
    let app = local.app().await;
    let client = &local.client;
    local.person(&app, "ann", "pro").await;
    let item = EndpointBatchItem::builder().id("phone").channel_type(ChannelType::Sms).address("+15550100001");
    let item = item.user(EndpointUser::builder().user_id("user-ann").build()).build();
    let batch = EndpointBatchRequest::builder().item(item).build();
    let answer = client.update_endpoints_batch().application_id(&app).endpoint_batch_request(batch).send().await;
    assert_eq!(answer.unwrap().message_body().unwrap().message(), Some("Accepted"));
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

    let names = UpdateAttributesRequest::builder().blacklist("Pl*").build();
    let remove = client.remove_attributes().application_id(&app).attribute_type("endpoint-custom-attributes");
    let removed = remove.update_attributes_request(names).send().await.unwrap();
    let removed = removed.attributes_resource().unwrap();
    assert_eq!(
        (removed.application_id(), removed.attribute_type()),
        (Some(app.as_str()), Some("endpoint-custom-attributes"))
    );
    let got = client.get_endpoint().application_id(&app).endpoint_id("ann").send().await.unwrap();
    assert!(got.endpoint_response().unwrap().attributes().is_none_or(|left| !left.contains_key("Plan")));

    let deleted = client.delete_endpoint().application_id(&app).endpoint_id("phone").send().await.unwrap();
    assert_eq!(deleted.endpoint_response().unwrap().address(), Some("+15550100001"));
    let deleted = client.delete_user_endpoints().application_id(&app).user_id("user-ann").send().await.unwrap();
    assert_eq!(deleted.endpoints_response().unwrap().item()[0].id(), Some("ann"));
    let gone = client.get_endpoint().application_id(&app).endpoint_id("ann").send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());

    let event = Event::builder().event_type("cart").timestamp("2026-11-30T09:00:00Z").build();
    let endpoint = PublicEndpoint::builder().channel_type(ChannelType::Email).address("cem@x.example").build();
    let batch = EventsBatch::builder().endpoint(endpoint).events("e", event).build();
    let request = EventsRequest::builder().batch_item("cem", batch).build();
    let answer = client.put_events().application_id(&app).events_request(request).send().await.unwrap();
    let result = &answer.events_response().unwrap().results().unwrap()["cem"];
    assert_eq!(result.endpoint_item_response().unwrap().status_code(), Some(202));
    assert_eq!(result.events_item_response().unwrap()["e"].message(), Some("Accepted"));

    let number = NumberValidateRequest::builder().phone_number("+12065550100").build();
    let told = client.phone_number_validate().number_validate_request(number).send().await.unwrap();
    let told = told.number_validate_response().unwrap();
    assert_eq!((told.country_code_iso2(), told.country_code_numeric()), (Some("US"), Some("1")));
    assert_eq!(told.cleansed_phone_number_e164(), Some("+12065550100"));
    local.calls.assert(CALLS);
}
