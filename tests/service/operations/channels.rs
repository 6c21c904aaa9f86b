//! Channels: each is updated, read and deleted.

use aws_sdk_pinpoint::types::{
    AdmChannelRequest, ApnsChannelRequest, ApnsSandboxChannelRequest, ApnsVoipChannelRequest,
    ApnsVoipSandboxChannelRequest, BaiduChannelRequest, EmailChannelRequest, GcmChannelRequest, SmsChannelRequest,
    VoiceChannelRequest,
};

use crate::Local;

/// What this file calls.
pub const CALLS: &[&str] = &[
    "DeleteAdmChannel",
    "DeleteApnsChannel",
    "DeleteApnsSandboxChannel",
    "DeleteApnsVoipChannel",
    "DeleteApnsVoipSandboxChannel",
    "DeleteBaiduChannel",
    "DeleteEmailChannel",
    "DeleteGcmChannel",
    "DeleteSmsChannel",
    "DeleteVoiceChannel",
    "GetAdmChannel",
    "GetApnsChannel",
    "GetApnsSandboxChannel",
    "GetApnsVoipChannel",
    "GetApnsVoipSandboxChannel",
    "GetBaiduChannel",
    "GetChannels",
    "GetEmailChannel",
    "GetGcmChannel",
    "GetSmsChannel",
    "GetVoiceChannel",
    "UpdateAdmChannel",
    "UpdateApnsChannel",
    "UpdateApnsSandboxChannel",
    "UpdateApnsVoipChannel",
    "UpdateApnsVoipSandboxChannel",
    "UpdateBaiduChannel",
    "UpdateEmailChannel",
    "UpdateGcmChannel",
    "UpdateSmsChannel",
    "UpdateVoiceChannel",
];

/// Updates, reads and deletes one channel; each answers the same state. What it was, to look at what is its own.
macro_rules! live {
    ($local:expr, $app:expr, $platform:literal, $request:ident: $body:expr,
     $update:ident, $get:ident, $delete:ident -> $response:ident) => {{
        let updated = $local.client.$update().application_id($app).$request($body).send().await.unwrap();
        let updated = updated.$response().unwrap().clone();
        assert_eq!((updated.platform(), updated.version()), (Some($platform), Some(1)));
        assert_eq!((updated.enabled(), updated.is_archived()), (Some(true), Some(false)), $platform);
        let got = $local.client.$get().application_id($app).send().await.unwrap();
        assert_eq!(got.$response(), Some(&updated));
        let all = $local.client.get_channels().application_id($app).send().await.unwrap();
        let listed = all.channels_response().unwrap().channels().unwrap()[$platform].clone();
        assert_eq!((listed.enabled(), listed.version()), (Some(true), Some(1)));
        let deleted = $local.client.$delete().application_id($app).send().await.unwrap();
        assert_eq!(deleted.$response().unwrap().id(), updated.id());
        let gone = $local.client.$get().application_id($app).send().await.unwrap_err().into_service_error();
        assert!(gone.is_not_found_exception(), "{gone:?}");
        updated
    }};
}

/// The request of one of Apple's four channels, with a token.
macro_rules! apns {
    ($request:ident) => {
        $request::builder().bundle_id("b").team_id("t").token_key("k").token_key_id("i").enabled(true).build()
    };
}

#[tokio::test]
async fn channels() {
    let local = Local::start().await;
    let app = &local.app().await;

    let email = EmailChannelRequest::builder().from_address("shop@x.example").identity("arn:aws:ses:x").enabled(true);
    let email = live!(local, app, "EMAIL", email_channel_request: email.build(),
        update_email_channel, get_email_channel, delete_email_channel -> email_channel_response);
    assert_eq!((email.from_address(), email.identity()), (Some("shop@x.example"), Some("arn:aws:ses:x")));
    let sms = SmsChannelRequest::builder().enabled(true).sender_id("Shop").build();
    let sms = live!(local, app, "SMS", sms_channel_request: sms,
        update_sms_channel, get_sms_channel, delete_sms_channel -> sms_channel_response);
    assert_eq!(sms.sender_id(), Some("Shop"));
    let voice = VoiceChannelRequest::builder().enabled(true).build();
    live!(local, app, "VOICE", voice_channel_request: voice,
        update_voice_channel, get_voice_channel, delete_voice_channel -> voice_channel_response);

    let gcm = GcmChannelRequest::builder().api_key("key").enabled(true).build();
    let gcm = live!(local, app, "GCM", gcm_channel_request: gcm,
        update_gcm_channel, get_gcm_channel, delete_gcm_channel -> gcm_channel_response);
    assert_eq!((gcm.has_credential(), gcm.credential()), (Some(true), None), "a secret is not returned");
    let adm = AdmChannelRequest::builder().client_id("c").client_secret("s").enabled(true).build();
    let adm = live!(local, app, "ADM", adm_channel_request: adm,
        update_adm_channel, get_adm_channel, delete_adm_channel -> adm_channel_response);
    assert_eq!(adm.has_credential(), Some(true));
    let baidu = BaiduChannelRequest::builder().api_key("k").secret_key("s").enabled(true).build();
    live!(local, app, "BAIDU", baidu_channel_request: baidu,
        update_baidu_channel, get_baidu_channel, delete_baidu_channel -> baidu_channel_response);

    let apns = live!(local, app, "APNS", apns_channel_request: apns!(ApnsChannelRequest),
        update_apns_channel, get_apns_channel, delete_apns_channel -> apns_channel_response);
    assert_eq!(apns.has_token_key(), Some(true));
    live!(local, app, "APNS_SANDBOX", apns_sandbox_channel_request: apns!(ApnsSandboxChannelRequest),
        update_apns_sandbox_channel, get_apns_sandbox_channel, delete_apns_sandbox_channel
        -> apns_sandbox_channel_response);
    live!(local, app, "APNS_VOIP", apns_voip_channel_request: apns!(ApnsVoipChannelRequest),
        update_apns_voip_channel, get_apns_voip_channel, delete_apns_voip_channel -> apns_voip_channel_response);
    live!(local, app, "APNS_VOIP_SANDBOX", apns_voip_sandbox_channel_request: apns!(ApnsVoipSandboxChannelRequest),
        update_apns_voip_sandbox_channel, get_apns_voip_sandbox_channel, delete_apns_voip_sandbox_channel
        -> apns_voip_sandbox_channel_response);
    local.calls.assert(CALLS);
}
