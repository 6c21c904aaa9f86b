//! Direct messages and one-time passwords.

use aws_sdk_pinpoint::types::{
    AddressConfiguration, ChannelType, DeliveryStatus, DirectMessageConfiguration, EmailMessage,
    EndpointSendConfiguration, MessageRequest, SendOtpMessageRequestParameters, SendUsersMessageRequest, SimpleEmail,
    SimpleEmailPart, SmsMessage, VerifyOtpMessageRequestParameters,
};

use super::enable;
use crate::Local;

/// What this file calls.
pub const CALLS: &[&str] = &["SendMessages", "SendOTPMessage", "SendUsersMessages", "VerifyOTPMessage"];

const NUMBER: &str = "+12065550100";

fn hello() -> DirectMessageConfiguration {
    let part = |text: &str| SimpleEmailPart::builder().data(text).build();
    let mail = SimpleEmail::builder().subject(part("Hi")).text_part(part("Good day")).build();
    DirectMessageConfiguration::builder()
        .email_message(EmailMessage::builder().simple_email(mail).build())
        .sms_message(SmsMessage::builder().body("Hi").build())
        .build()
}

#[tokio::test]
async fn messages_to_endpoints_addresses_and_users() {
    let local = Local::start().await;
    let app = local.app().await;
    enable(&local, &app).await;
    let client = &local.client;
    local.person(&app, "ann", "pro").await;
    let request = MessageRequest::builder()
        .endpoints("ann", EndpointSendConfiguration::builder().build())
        .addresses(NUMBER, AddressConfiguration::builder().channel_type(ChannelType::Sms).build())
        .message_configuration(hello())
        .build();
    let sent = client.send_messages().application_id(&app).message_request(request).send().await.unwrap();
    let sent = sent.message_response().unwrap();
    assert_eq!(sent.application_id(), Some(app.as_str()));
    let to_ann = &sent.endpoint_result().unwrap()["ann"];
    assert_eq!((to_ann.delivery_status(), to_ann.status_code()), (Some(&DeliveryStatus::Successful), Some(200)));
    assert_eq!(to_ann.address(), Some("ann@x.example"));
    assert_eq!(sent.result().unwrap()[NUMBER].delivery_status(), Some(&DeliveryStatus::Successful));

    let request = SendUsersMessageRequest::builder()
        .users("user-ann", EndpointSendConfiguration::builder().build())
        .message_configuration(hello())
        .build();
    let sent = client.send_users_messages().application_id(&app).send_users_message_request(request).send().await;
    let sent = sent.unwrap();
    let of_user = &sent.send_users_message_response().unwrap().result().unwrap()["user-ann"];
    assert_eq!(of_user["ann"].delivery_status(), Some(&DeliveryStatus::Successful));
    assert_eq!(local.server.outbox(10).len(), 3);
    local.calls.assert(&["SendMessages", "SendUsersMessages"]);
}

#[tokio::test]
async fn a_one_time_password_is_good_once() {
    let local = Local::start().await;
    let app = local.app().await;
    enable(&local, &app).await;
    let client = &local.client;
    let password = SendOtpMessageRequestParameters::builder()
        .brand_name("Shop")
        .channel("SMS")
        .destination_identity(NUMBER)
        .origination_identity("+12065550199")
        .reference_id("r")
        .build();
    let sent =
        client.send_otp_message().application_id(&app).send_otp_message_request_parameters(password).send().await;
    let sent = sent.unwrap();
    assert_eq!(
        sent.message_response().unwrap().result().unwrap()[NUMBER].delivery_status(),
        Some(&DeliveryStatus::Successful)
    );
    let text = local.server.outbox(1)[0].parts[0].1.clone();
    let code: String = text.chars().filter(char::is_ascii_digit).collect();
    for (guess, expected) in [("x", false), (code.as_str(), true), (code.as_str(), false)] {
        let guess = VerifyOtpMessageRequestParameters::builder()
            .destination_identity(NUMBER)
            .otp(guess)
            .reference_id("r")
            .build();
        let verify = client.verify_otp_message().application_id(&app).verify_otp_message_request_parameters(guess);
        let verified = verify.send().await.unwrap();
        assert_eq!(verified.verification_response().unwrap().valid(), Some(expected));
    }
    local.calls.assert(&["SendOTPMessage", "VerifyOTPMessage"]);
}
