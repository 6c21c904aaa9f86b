//! Files from elsewhere: what is found in them, and under which name.

use model::DocumentId;
use model::open::{Beside, beside, file_name, resources};
use serde_json::{Value, json};

fn found(value: &Value) -> Vec<String> {
    resources(value, "from file").iter().map(|opened| opened.id.to_string()).collect()
}

#[test]
fn every_wrapping() {
    let journey = json!({"Name": "Welcome", "Activities": {}, "NotYetKnown": 1.0});
    let table = [
        (json!({"a": 1}), vec![]),
        (json!("text"), vec![]),
        (json!(null), vec![]),
        (json!({"JourneyResponse": null}), vec![]),
        // bare
        (journey.clone(), vec!["journeys/Welcome"]),
        (json!({"StartActivity": "a"}), vec!["journeys/from-file"]),
        (json!({"StartCondition": {}}), vec!["journeys/from-file"]),
        (json!({"Name": "VIP", "Dimensions": {}}), vec!["segments/VIP"]),
        (json!({"Name": "VIP", "SegmentGroups": {}}), vec!["segments/VIP"]),
        (json!({"Name": "VIP", "SegmentType": "IMPORT"}), vec!["segments/VIP"]),
        (json!({"Name": "Sale", "MessageConfiguration": {}}), vec!["campaigns/Sale"]),
        (json!({"Name": "Sale", "TemplateConfiguration": {}}), vec!["campaigns/Sale"]),
        (json!({"Name": "Sale", "HoldoutPercent": 5}), vec!["campaigns/Sale"]),
        (json!({"Subject": "Hi", "HtmlPart": ""}), vec!["templates/email/from-file"]),
        (json!({"GCM": {}}), vec!["templates/push/from-file"]),
        (json!({"TemplateType": "SMS", "TemplateName": "code", "Body": ""}), vec!["templates/sms/code"]),
        (json!({"TemplateType": "VOICE", "TemplateName": "call"}), vec!["templates/voice/call"]),
        (json!({"TemplateType": "INAPP", "TemplateName": "banner"}), vec!["templates/inapp/banner"]),
        // wrapped
        (json!({"JourneyResponse": journey}), vec!["journeys/Welcome"]),
        (json!({"WriteJourneyRequest": {"Name": "Bare"}}), vec!["journeys/Bare"]),
        (json!({"ApplicationId": "x", "WriteJourneyRequest": journey}), vec!["journeys/Welcome"]),
        (json!({"JourneysResponse": {"Item": [journey, {"Name": "b"}]}}), vec!["journeys/Welcome", "journeys/b"]),
        (json!({"Item": [journey, {"Name": "unknown"}]}), vec!["journeys/Welcome"]),
        (json!({"SegmentResponse": {"Name": "s"}}), vec!["segments/s"]),
        (json!({"WriteSegmentRequest": {"Name": "s"}}), vec!["segments/s"]),
        (json!({"SegmentsResponse": {"Item": [{"Name": "s"}, {"Name": "t"}]}}), vec!["segments/s", "segments/t"]),
        (json!({"CampaignResponse": {"Name": "c"}}), vec!["campaigns/c"]),
        (json!({"WriteCampaignRequest": {"Name": "c"}}), vec!["campaigns/c"]),
        (json!({"CampaignsResponse": {"Item": [{"Name": "c"}]}}), vec!["campaigns/c"]),
        (json!({"EmailTemplateResponse": {"TemplateName": "t"}}), vec!["templates/email/t"]),
        (json!({"SMSTemplateResponse": {"TemplateName": "t"}}), vec!["templates/sms/t"]),
        (json!({"PushNotificationTemplateResponse": {"TemplateName": "t"}}), vec!["templates/push/t"]),
        (json!({"InAppTemplateResponse": {"TemplateName": "t"}}), vec!["templates/inapp/t"]),
        (json!({"VoiceTemplateResponse": {"TemplateName": "t"}}), vec!["templates/voice/t"]),
        (json!({"EmailTemplateRequest": {}, "TemplateName": "beside"}), vec!["templates/email/beside"]),
        (json!({"SMSTemplateRequest": {"Body": "x"}}), vec!["templates/sms/from-file"]),
        (json!({"PushNotificationTemplateRequest": {}}), vec!["templates/push/from-file"]),
        (json!({"InAppTemplateRequest": {}}), vec!["templates/inapp/from-file"]),
        (json!({"VoiceTemplateRequest": {}}), vec!["templates/voice/from-file"]),
        // many
        (json!([]), vec![]),
        (
            json!([journey, [{"JourneyResponse": journey}], {"SegmentResponse": {"Name": "Welcome"}}]),
            vec!["journeys/Welcome", "journeys/Welcome-2", "segments/Welcome"],
        ),
        (
            json!({"Item": [journey, {"Name": "welcome", "Activities": {}}, journey]}),
            vec!["journeys/Welcome", "journeys/welcome-2", "journeys/Welcome-3"],
        ),
    ];
    for (value, expected) in table {
        assert_eq!(found(&value), expected, "{value}");
    }
}

#[test]
fn what_is_taken_is_unchanged() {
    let journey = json!({"Id": "1", "Name": "Wel come!", "State": "ACTIVE", "Activities": {}, "New": [1.0, null]});
    let opened = resources(&json!({"JourneyResponse": journey}), "x");
    assert_eq!(opened[0].value, journey);
    assert_eq!(opened[0].id, DocumentId::Journey("Wel-come".to_owned()));
    assert_eq!(resources(&json!({"Activities": {}, "Name": "///"}), "?")[0].id.to_string(), "journeys/untitled");
    assert_eq!(resources(&json!({"Activities": {}, "Name": 7}), "a.b")[0].id.to_string(), "journeys/a.b");
}

#[test]
fn file_names() {
    let table = [
        ("Welcome", "Welcome"),
        ("  Welcome   back! ", "Welcome-back"),
        ("a/b\\c:d", "a-b-c-d"),
        ("../../etc/passwd", "etc-passwd"),
        ("...", ""),
        ("-a-", "a"),
        ("v1.2_x", "v1.2_x"),
        ("a.", "a"),
        ("Grüße 你好", "Grüße-你好"),
        ("🎉", ""),
        ("welcome.canvas", "welcome-canvas"),
        ("CON", "_CON"),
        ("com1.x", "_com1.x"),
        ("console", "console"),
        ("lpt", "lpt"),
        ("", ""),
    ];
    for (name, expected) in table {
        assert_eq!(file_name(name), expected, "{name}");
        assert_eq!(file_name(expected), expected, "a file name stays");
    }
    assert_eq!(file_name(&"a".repeat(150)).len(), 100);
    assert!(file_name(&"你".repeat(150)).len() <= 200);
}

#[test]
fn what_is_no_document_is_found_beside() {
    let endpoint = json!({"ChannelType": "EMAIL", "Address": "a@x.example"});
    let told = |value: Value| -> Vec<String> {
        let word = |one: Beside| match one {
            Beside::Endpoint(value) => format!("endpoint {}", value["Address"]),
            Beside::Listed(id) => format!("listed {id}"),
            Beside::Part(name, _) => name,
        };
        beside(&value).into_iter().map(word).collect()
    };
    assert_eq!(told(json!({"EndpointResponse": endpoint})), ["endpoint \"a@x.example\""]);
    assert_eq!(told(json!({"EndpointsResponse": {"Item": [endpoint, endpoint]}})).len(), 2);
    assert_eq!(told(endpoint.clone()), ["endpoint \"a@x.example\""]);
    let list = json!({"Item": [{"TemplateName": "hi", "TemplateType": "SMS"}, {"TemplateName": "no kind"}]});
    assert_eq!(told(json!({"TemplatesResponse": list})), ["listed templates/sms/hi"]);
    assert_eq!(told(json!({"ImportJobsResponse": {"Item": []}, "EventStream": {}})), ["import-jobs", "event-stream"]);
    assert_eq!(told(json!({"ApplicationSettingsResource": {}})), ["application-settings"]);
    assert_eq!(told(json!({"APNSChannelResponse": {}, "JourneyResponse": {}, "Name": "x"})), ["apnschannel"]);
    assert!(told(json!([1, "text", null])).is_empty());
}
