//! Message templates of the five kinds, and their versions.

use aws_sdk_pinpoint::types::{
    Action, Alignment, DefaultPushNotificationTemplate, EmailTemplateRequest, InAppMessageContent,
    InAppMessageHeaderConfig, InAppTemplateRequest, Layout, PushNotificationTemplateRequest, SmsTemplateRequest,
    TemplateActiveVersionRequest, TemplateType, VoiceTemplateRequest,
};

use crate::Local;

/// What this file calls.
pub const CALLS: &[&str] = &[
    "CreateEmailTemplate",
    "CreateInAppTemplate",
    "CreatePushTemplate",
    "CreateSmsTemplate",
    "CreateVoiceTemplate",
    "DeleteEmailTemplate",
    "DeleteInAppTemplate",
    "DeletePushTemplate",
    "DeleteSmsTemplate",
    "DeleteVoiceTemplate",
    "GetEmailTemplate",
    "GetInAppTemplate",
    "GetPushTemplate",
    "GetSmsTemplate",
    "GetVoiceTemplate",
    "ListTemplateVersions",
    "ListTemplates",
    "UpdateEmailTemplate",
    "UpdateInAppTemplate",
    "UpdatePushTemplate",
    "UpdateSmsTemplate",
    "UpdateTemplateActiveVersion",
    "UpdateVoiceTemplate",
];

/// Creates, updates and reads the template `hello` of one kind; gives what was read.
macro_rules! kept {
    ($local:expr, $kind:ident, $request:ident: $body:expr,
     $create:ident -> $created:ident, $update:ident, $get:ident -> $got:ident) => {{
        let body = $body;
        let created = $local.client.$create().template_name("hello").$request(body.clone()).send().await.unwrap();
        let arn = created.$created().unwrap().arn().unwrap().to_owned();
        let updated = $local.client.$update().template_name("hello").$request(body).send().await.unwrap();
        assert_eq!(updated.message_body().unwrap().message(), Some("Accepted"));
        let got = $local.client.$get().template_name("hello").send().await.unwrap();
        let got = got.$got().unwrap().clone();
        assert_eq!((got.template_name(), got.template_type()), (Some("hello"), Some(&TemplateType::$kind)));
        assert_eq!((got.version(), got.arn()), (Some("1"), Some(arn.as_str())));
        got
    }};
}

#[tokio::test]
async fn templates_and_versions() {
    let local = Local::start().await;
    let client = &local.client;
    let email = |subject: &str| EmailTemplateRequest::builder().subject(subject).html_part("<p>Hi</p>").build();
    let got = kept!(local, Email, email_template_request: email("1"),
        create_email_template -> create_template_message_body, update_email_template,
        get_email_template -> email_template_response);
    assert!(got.arn().unwrap().ends_with("templates/hello/EMAIL"));
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
    client.delete_email_template().template_name("hello").send().await.unwrap();
    let gone = client.get_email_template().template_name("hello").send().await.unwrap_err().into_service_error();
    assert!(gone.is_not_found_exception(), "{gone:?}");
    local.calls.assert(&["UpdateTemplateActiveVersion", "ListTemplateVersions"]);
}

#[tokio::test]
async fn each_kind_of_template() {
    let local = Local::start().await;
    let client = &local.client;
    let email = EmailTemplateRequest::builder().subject("Hi").text_part("Hi").build();
    let email = kept!(local, Email, email_template_request: email,
        create_email_template -> create_template_message_body, update_email_template,
        get_email_template -> email_template_response);
    assert_eq!((email.text_part(), email.html_part()), (Some("Hi"), None));
    let sms = SmsTemplateRequest::builder().body("Hi {{User.UserId}}").build();
    let sms = kept!(local, Sms, sms_template_request: sms,
        create_sms_template -> create_template_message_body, update_sms_template,
        get_sms_template -> sms_template_response);
    assert_eq!(sms.body(), Some("Hi {{User.UserId}}"));
    let push = DefaultPushNotificationTemplate::builder().title("Sale").body("Now").action(Action::OpenApp).build();
    let push = PushNotificationTemplateRequest::builder().set_default(Some(push)).build();
    let push = kept!(local, Push, push_notification_template_request: push,
        create_push_template -> create_template_message_body, update_push_template,
        get_push_template -> push_notification_template_response);
    assert_eq!(push.default_value().unwrap().action(), Some(&Action::OpenApp));
    let voice = VoiceTemplateRequest::builder().body("Good day").language_code("en-GB").voice_id("Amy").build();
    let voice = kept!(local, Voice, voice_template_request: voice,
        create_voice_template -> create_template_message_body, update_voice_template,
        get_voice_template -> voice_template_response);
    assert_eq!((voice.body(), voice.voice_id()), (Some("Good day"), Some("Amy")));
    let in_app = kept!(local, Inapp, in_app_template_request: banner(),
        create_in_app_template -> template_create_message_body, update_in_app_template,
        get_in_app_template -> in_app_template_response);
    assert_eq!(in_app.layout(), Some(&Layout::TopBanner));
    assert_eq!(in_app.content()[0].header_config().unwrap().header(), Some("Sale"));

    let all = client.list_templates().prefix("he").send().await.unwrap();
    let mut kinds: Vec<_> = all.templates_response().unwrap().item().iter().map(|one| one.template_type()).collect();
    kinds.sort();
    let expected =
        [TemplateType::Email, TemplateType::Inapp, TemplateType::Push, TemplateType::Sms, TemplateType::Voice];
    assert_eq!(kinds, expected.iter().map(Some).collect::<Vec<_>>());
    client.delete_email_template().template_name("hello").send().await.unwrap();
    client.delete_sms_template().template_name("hello").send().await.unwrap();
    client.delete_push_template().template_name("hello").send().await.unwrap();
    client.delete_voice_template().template_name("hello").send().await.unwrap();
    client.delete_in_app_template().template_name("hello").send().await.unwrap();
    assert_eq!(client.list_templates().send().await.unwrap().templates_response().unwrap().item().len(), 0);
    let versions = ["ListTemplateVersions", "UpdateTemplateActiveVersion"];
    let here: Vec<&str> = CALLS.iter().filter(|name| !versions.contains(name)).copied().collect();
    local.calls.assert(&here);
}

/// An in-app template with a header.
pub fn banner() -> InAppTemplateRequest {
    let header = InAppMessageHeaderConfig::builder().header("Sale").text_color("#000000").alignment(Alignment::Center);
    let content = InAppMessageContent::builder().header_config(header.build()).build();
    InAppTemplateRequest::builder().layout(Layout::TopBanner).content(content).build()
}
