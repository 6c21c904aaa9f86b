//! Campaigns over the API: what is taken, what is kept, and how they run (campaigns.md 1, 3 to 9, 11).

use delivery::{Cause, Outcome, Pace};
use model::Millis;
use model::time::format_instant;
use serde_json::{Value, json};

use super::{Asked, START};
use crate::deliver::record;
use crate::server::Settings;

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// A project with e-mail and SMS and a segment of everybody, and what the tests do in it.
pub struct Shop {
    pub asked: Asked,
    pub app: String,
    pub everybody: String,
}

impl Shop {
    pub async fn new() -> Shop {
        Shop::with(Settings::default()).await
    }

    /// On a server with these settings.
    pub async fn with(settings: Settings) -> Shop {
        let asked = Asked::with(settings);
        let app = asked.app().await;
        let mut shop = Shop { asked, app, everybody: String::new() };
        let email =
            json!({"FromAddress": "shop@x.example", "Identity": "arn:aws:ses:us-east-1:000000000000:identity/x"});
        shop.put("channels/email", email).await;
        shop.put("channels/sms", json!({"Enabled": true})).await;
        shop.everybody = shop.segment(json!({"Name": "everybody"})).await;
        shop
    }

    /// Asks; an answer other than 2xx fails the test.
    pub async fn ok(&self, method: &str, path: &str, body: impl Into<Option<Value>>) -> Value {
        let (status, answer) = self.asked.ask(method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        self.ok("PUT", &format!("{}/{path}", self.app), body).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.ok("POST", &format!("{}/{path}", self.app), body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ok("GET", &format!("{}/{path}", self.app), None).await
    }

    pub async fn segment(&self, body: Value) -> String {
        let made = self.post("segments", body).await;
        made["Id"].as_str().unwrap().to_owned()
    }

    pub async fn person(&self, id: &str, more: Value) {
        let mut body = json!({"ChannelType": "EMAIL", "Address": format!("{id}@x.example"),
            "User": {"UserId": id, "UserAttributes": {"FirstName": [id]}}});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.put(&format!("endpoints/{id}"), body).await;
    }

    /// The id of a new campaign: an e-mail to everybody, with `more`.
    pub async fn campaign(&self, more: Value) -> String {
        let made = self.post("campaigns", self.body(more)).await;
        made["Id"].as_str().unwrap().to_owned()
    }

    pub fn body(&self, more: Value) -> Value {
        let mut body = json!({"Name": "sale", "SegmentId": self.everybody,
            "MessageConfiguration": {"EmailMessage": {"Title": "Sale, {{User.UserAttributes.FirstName}}", "Body": "now"}},
            "Schedule": {"StartTime": "IMMEDIATE"}});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        body
    }

    /// Why a campaign is not taken.
    pub async fn refused(&self, more: Value) -> String {
        let path = format!("{}/campaigns", self.app);
        let (status, answer) = self.asked.ask("POST", &path, self.body(more)).await;
        assert_eq!(status, 400, "{answer}");
        answer["Message"].as_str().unwrap().to_owned()
    }

    pub async fn status(&self, campaign: &str) -> String {
        self.get(&format!("campaigns/{campaign}")).await["State"]["CampaignStatus"].as_str().unwrap().to_owned()
    }

    /// Moves the clock to `after` the start of the test, and runs what is due.
    pub async fn at(&self, after: Millis) {
        self.ok("POST", "/waymark/clock", json!({"to": format_instant(START + after)})).await;
    }

    pub async fn outbox(&self) -> Vec<Value> {
        let outbox = self.ok("GET", "/waymark/outbox?limit=1000", None).await;
        let mut items = outbox["Item"].as_array().unwrap().clone();
        items.reverse();
        items
    }

    /// Endpoints of all messages, in order.
    pub async fn sent(&self) -> Vec<String> {
        self.outbox().await.iter().map(|one| one["EndpointId"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn event(&self, endpoint: &str, name: &str) {
        let event = json!({"EventType": name, "Timestamp": "2020-01-01T00:00:00Z"});
        self.post("events", json!({"BatchItem": {endpoint: {"Endpoint": {}, "Events": {"e": event}}}})).await;
    }

    /// Type, channel and status of what the service told.
    pub async fn told(&self) -> Vec<String> {
        let sql = "SELECT type || ' ' || coalesce(document ->> '$.Attributes.delivery_type', '') || ' '
            || coalesce(document ->> '$.Attributes.campaign_send_status', '') FROM events ORDER BY seq";
        let told: rusqlite::Result<Vec<String>> = self
            .asked
            .machine
            .store
            .read(|store| store.prepare(sql)?.query_map([], |row| row.get::<_, String>(0))?.collect());
        told.unwrap().iter().map(|told| told.trim_end().to_owned()).collect()
    }

    pub async fn activities(&self, campaign: &str) -> Vec<Value> {
        self.get(&format!("campaigns/{campaign}/activities")).await["Item"].as_array().unwrap().clone()
    }
}

pub fn in_(after: Millis) -> String {
    format_instant(START + after)
}

#[tokio::test]
async fn an_immediate_campaign_sends_once_to_everybody_and_is_over() {
    let shop = Shop::new().await;
    for id in ["ann", "bob"] {
        shop.person(id, json!({})).await;
    }
    shop.person("out", json!({"OptOut": "ALL"})).await;
    let made = shop.post("campaigns", shop.body(json!({"tags": {"team": "crm"}}))).await;
    assert_eq!(made["State"]["CampaignStatus"], "EXECUTING");
    assert_eq!(
        (&made["Version"], &made["SegmentVersion"], &made["tags"]["team"]),
        (&json!(1), &json!(1), &json!("crm"))
    );
    let id = made["Id"].as_str().unwrap();
    assert!(made["Arn"].as_str().unwrap().ends_with(&format!("campaigns/{id}")));
    shop.at(0).await;
    assert_eq!(shop.status(id).await, "COMPLETED");
    let outbox = shop.outbox().await;
    assert_eq!(shop.sent().await, ["ann", "bob"]);
    assert_eq!(outbox[0]["CampaignId"], id);
    assert_eq!(outbox[0]["TreatmentId"], "0");
    assert_eq!(outbox[0]["Parts"][0], json!(["Subject", "Sale, ann"]));
    let activities = shop.activities(id).await;
    assert_eq!(activities.len(), 1);
    assert_eq!(activities[0]["Id"], outbox[0]["CampaignActivityId"]);
    assert_eq!((&activities[0]["State"], &activities[0]["Result"]), (&json!("COMPLETED"), &json!("SUCCESS")));
    assert_eq!(
        (&activities[0]["TotalEndpointCount"], &activities[0]["SuccessfulEndpointCount"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(activities[0]["ExecutionMetrics"], json!({"ENDPOINT_PRODUCED": "3", "ENDPOINT_OPT_OUT": "1"}));
    assert_eq!(shop.told().await[..3], ["_campaign.send EMAIL SUCCESS", "_email.send", "_email.delivered"]);
    let tags = format!("/v1/tags/{}", made["Arn"].as_str().unwrap().replace('/', "%2F"));
    shop.ok("POST", &tags, json!({"tags": {"a": "b"}})).await;
    assert_eq!(shop.ok("GET", &tags, None).await["tags"], json!({"team": "crm", "a": "b"}));
    assert_eq!(shop.get(&format!("campaigns/{id}")).await["tags"]["a"], "b");
}

#[tokio::test]
async fn a_daily_campaign_runs_at_its_slots_and_rests_between_them() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    let schedule = json!({"StartTime": in_(HOUR), "EndTime": in_(HOUR + 2 * DAY), "Frequency": "DAILY"});
    let id = shop.campaign(json!({"Schedule": schedule})).await;
    assert_eq!(shop.status(&id).await, "SCHEDULED");
    shop.at(HOUR - 1).await;
    assert!(shop.sent().await.is_empty());
    shop.at(HOUR).await;
    assert_eq!((shop.sent().await.len(), shop.status(&id).await.as_str()), (1, "PENDING_NEXT_RUN"));
    shop.person("bob", json!({})).await;
    shop.at(HOUR + DAY).await;
    assert_eq!(shop.sent().await, ["ann", "ann", "bob"]);
    shop.at(10 * DAY).await;
    assert_eq!((shop.sent().await.len(), shop.status(&id).await.as_str()), (5, "COMPLETED"));
    assert_eq!(shop.activities(&id).await.len(), 3);
}

#[tokio::test]
async fn pausing_skips_slots_and_lets_a_campaign_go_on() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    let schedule = json!({"StartTime": in_(HOUR), "Frequency": "HOURLY", "EndTime": in_(5 * HOUR)});
    let id = shop.campaign(json!({"Schedule": schedule, "IsPaused": true})).await;
    let path = format!("campaigns/{id}");
    assert_eq!(shop.status(&id).await, "PAUSED");
    shop.at(2 * HOUR + MINUTE).await;
    assert!(shop.sent().await.is_empty());
    let resumed = shop.put(&path, json!({"IsPaused": false})).await;
    assert_eq!((&resumed["State"]["CampaignStatus"], &resumed["Version"]), (&json!("SCHEDULED"), &json!(2)));
    shop.at(3 * HOUR).await;
    assert_eq!(shop.sent().await, ["ann"]);
    assert_eq!(shop.put(&path, json!({"IsPaused": true})).await["State"]["CampaignStatus"], "PAUSED");
    shop.at(4 * HOUR + MINUTE).await;
    shop.put(&path, json!({"IsPaused": false})).await;
    shop.at(9 * HOUR).await;
    assert_eq!((shop.sent().await.len(), shop.status(&id).await.as_str()), (2, "COMPLETED"));
    let (status, answer) = shop.asked.ask("PUT", &format!("{}/{path}", shop.app), json!({"Name": "late"})).await;
    assert_eq!(status, 400, "{answer}");
}

#[tokio::test]
async fn every_update_is_a_version_and_old_ones_stay() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    let id = shop.campaign(json!({"Schedule": {"StartTime": in_(DAY)}, "Description": "first"})).await;
    let path = format!("campaigns/{id}");
    let earlier = json!({"Schedule": {"StartTime": in_(HOUR)}, "Description": "second", "tags": {"no": "no"}});
    let second = shop.put(&path, earlier).await;
    assert_eq!((&second["Version"], &second["Name"], second.get("tags")), (&json!(2), &json!("sale"), None));
    assert_eq!(shop.get(&format!("{path}/versions/1")).await["Description"], "first");
    assert_eq!(shop.get(&format!("{path}/versions/2")).await["State"]["CampaignStatus"], "SCHEDULED");
    let versions = shop.get(&format!("{path}/versions?page-size=1")).await;
    assert_eq!((&versions["Item"][0]["Version"], versions["Item"].as_array().unwrap().len()), (&json!(2), 1));
    assert!(versions["NextToken"].is_string());
    assert_eq!(shop.asked.ask("GET", &format!("{}/{path}/versions/3", shop.app), None).await.0, 404);
    shop.at(HOUR).await;
    assert_eq!((shop.sent().await.len(), shop.status(&id).await.as_str()), (1, "COMPLETED"));
    let deleted = shop.ok("DELETE", &format!("{}/{path}", shop.app), None).await;
    assert_eq!(deleted["State"]["CampaignStatus"], "DELETED");
    assert_eq!(shop.asked.ask("GET", &format!("{}/{path}", shop.app), None).await.0, 404);
    assert!(shop.get("campaigns").await["Item"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn treatments_have_ids_states_and_their_own_schedules() {
    let shop = Shop::new().await;
    for number in 0..60 {
        shop.person(&format!("p{number}"), json!({})).await;
    }
    let later = json!({"SizePercent": 40, "TreatmentName": "later", "Schedule": {"StartTime": in_(2 * HOUR)},
        "MessageConfiguration": {"EmailMessage": {"Title": "Later", "Body": "now"}}});
    let body = json!({"Schedule": {"StartTime": in_(HOUR)}, "HoldoutPercent": 20, "AdditionalTreatments": [later]});
    let id = shop.campaign(body).await;
    let path = format!("campaigns/{id}");
    shop.at(HOUR).await;
    let half = shop.get(&path).await;
    assert_eq!(half["State"]["CampaignStatus"], "SCHEDULED");
    assert_eq!(half["DefaultState"]["CampaignStatus"], "COMPLETED");
    let treatment = &half["AdditionalTreatments"][0];
    assert_eq!(
        (&treatment["State"]["CampaignStatus"], &treatment["TreatmentName"]),
        (&json!("SCHEDULED"), &json!("later"))
    );
    assert_eq!(treatment["Id"].as_str().unwrap().len(), 32);
    shop.at(2 * HOUR).await;
    assert_eq!(shop.status(&id).await, "COMPLETED");
    let outbox = shop.outbox().await;
    let of = |number: &str| outbox.iter().filter(|one| one["TreatmentId"] == number).count();
    assert!(of("1") > 0 && of("0") > 0 && of("0") + of("1") < 60, "{} {}", of("0"), of("1"));
    let subject = |one: &Value| one["Parts"][0][1].as_str().unwrap().to_owned();
    assert!(outbox.iter().all(|one| (one["TreatmentId"] == "1") == (subject(one) == "Later")));
    let activities = shop.activities(&id).await;
    assert_eq!((&activities[0]["TreatmentId"], activities.len()), (&treatment["Id"], 2));
}

#[tokio::test]
async fn an_event_campaign_sends_to_whoever_causes_the_event() {
    let shop = Shop::new().await;
    for id in ["ann", "bob"] {
        shop.person(id, json!({"Attributes": {"Plan": [if id == "ann" { "gold" } else { "free" }]}})).await;
    }
    let gold =
        shop.segment(json!({"Name": "gold", "Dimensions": {"Attributes": {"Plan": {"Values": ["gold"]}}}})).await;
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart"]}}});
    let schedule = json!({"StartTime": in_(HOUR), "EndTime": in_(DAY), "Frequency": "EVENT", "EventFilter": filter});
    let id = shop.campaign(json!({"SegmentId": gold, "Schedule": schedule})).await;
    shop.event("ann", "cart").await;
    shop.at(HOUR).await;
    assert_eq!(shop.status(&id).await, "EXECUTING");
    assert!(shop.sent().await.is_empty(), "the event came before the start");
    for (endpoint, name) in [("ann", "cart"), ("bob", "cart"), ("ann", "other"), ("ann", "cart")] {
        shop.event(endpoint, name).await;
    }
    shop.at(HOUR).await;
    assert_eq!(shop.sent().await, ["ann", "ann"]);
    let activities = shop.activities(&id).await;
    assert_eq!((&activities[0]["State"], &activities[0]["SuccessfulEndpointCount"]), (&json!("RUNNING"), &json!(2)));
    assert_eq!(activities[0]["ExecutionMetrics"]["FILTERED_OUT_BY_SEGMENT"], "1");
    let path = format!("campaigns/{id}");
    assert_eq!(shop.put(&path, json!({"IsPaused": true})).await["State"]["CampaignStatus"], "PAUSED");
    shop.event("ann", "cart").await;
    shop.put(&path, json!({"IsPaused": false})).await;
    shop.at(2 * HOUR).await;
    assert_eq!(shop.sent().await.len(), 2);
    shop.event("ann", "cart").await;
    shop.at(DAY + 1).await;
    assert_eq!((shop.sent().await.len(), shop.status(&id).await.as_str()), (3, "COMPLETED"));
}

#[tokio::test]
async fn what_the_service_does_not_take_is_refused_with_its_place() {
    let shop = Shop::new().await;
    shop.ok("POST", "/v1/templates/hi/email", json!({"Subject": "hi", "TextPart": "hi"})).await;
    let event = json!({"Frequency": "EVENT", "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["x"]}}}});
    let at = |start: &str| {
        let mut schedule = event.clone();
        schedule["StartTime"] = json!(start);
        schedule
    };
    let custom = |uri: &str| json!({"MessageConfiguration": {"CustomMessage": {"Data": "{}"}}, "CustomDeliveryConfiguration": {"DeliveryUri": uri}});
    let treatment = json!({"SizePercent": 60});
    for (more, message) in [
        (json!({"SegmentId": "none"}), "SegmentId: "),
        (json!({"SegmentVersion": 7}), "SegmentVersion: "),
        (json!({"Schedule": {"StartTime": "tomorrow"}}), "Schedule.StartTime: "),
        (
            json!({"Schedule": {"StartTime": in_(2 * HOUR), "EndTime": in_(HOUR), "Frequency": "DAILY"}}),
            "Schedule.EndTime: ",
        ),
        (json!({"Schedule": {"StartTime": "IMMEDIATE", "Timezone": "Europe/Berlin"}}), "Schedule.Timezone: "),
        (json!({"Schedule": {"StartTime": in_(HOUR), "Frequency": "EVENT"}}), "Schedule"),
        (json!({"Schedule": at(&in_(10 * MINUTE))}), "Schedule.StartTime: the campaign starts in "),
        (json!({"Schedule": {"StartTime": in_(-HOUR)}}), "Schedule.StartTime: the campaign's start, "),
        (json!({"MessageConfiguration": {}}), "the campaign has nothing to send"),
        (json!({"MessageConfiguration": {"CustomMessage": {"Data": "{}"}}}), "CustomDeliveryConfiguration: "),
        (custom("http://x.example"), "CustomDeliveryConfiguration.DeliveryUri: "),
        (json!({"AdditionalTreatments": [treatment, treatment]}), "AdditionalTreatments: "),
        (json!({"HoldoutPercent": 101}), "HoldoutPercent: "),
        (json!({"Limits": {"MaximumDuration": 30}}), "Limits.MaximumDuration: "),
        (json!({"Hook": {"Mode": "DELIVERY", "LambdaFunctionName": "f"}}), "Hook"),
        (
            json!({"TemplateConfiguration": {"EmailTemplate": {"Name": "none"}}}),
            "TemplateConfiguration.EmailTemplate.Name: ",
        ),
        (json!({"TemplateConfiguration": {"SMSTemplate": {"Name": "hi"}}}), "TemplateConfiguration.SMSTemplate.Name: "),
        (
            json!({"TemplateConfiguration": {"EmailTemplate": {"Name": "hi", "Version": "2"}}}),
            "TemplateConfiguration.EmailTemplate.Version: ",
        ),
        (json!({"MessageConfiguration": {"GCMMessage": {"Body": "x"}}}), "MessageConfiguration.GCMMessage: "),
        (json!({"IsPaused": true}), "IsPaused: "),
    ] {
        let refused = shop.refused(more.clone()).await;
        assert!(refused.starts_with(message), "{more}: {refused}");
    }
    assert!(shop.get("campaigns").await["Item"].as_array().unwrap().is_empty());
    // Syntax, existence, meaning (api.md 2).
    assert_eq!(shop.asked.ask("POST", "/v1/apps/none/campaigns", json!({"Name": "x"})).await.0, 404);
}

#[tokio::test]
async fn event_campaigns_are_counted_in_their_project() {
    let shop = Shop::new().await;
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart"]}}});
    let schedule = json!({"StartTime": in_(HOUR), "EndTime": in_(DAY), "Frequency": "EVENT", "EventFilter": filter});
    for _ in 0..25 {
        shop.campaign(json!({"Schedule": schedule})).await;
    }
    let refused = shop.refused(json!({"Schedule": schedule})).await;
    assert!(refused.starts_with("Schedule.Frequency: 25 other"), "{refused}");
    shop.campaign(json!({"Schedule": {"StartTime": in_(HOUR)}})).await;
}

#[tokio::test]
async fn limits_hold_over_campaigns_and_journeys() {
    let shop = Shop::new().await;
    shop.put("settings", json!({"Limits": {"Daily": 2}})).await;
    shop.person("ann", json!({})).await;
    shop.ok("POST", "/v1/templates/hi/email", json!({"Subject": "hi", "TextPart": "hi"})).await;
    shop.campaign(json!({})).await;
    shop.at(0).await;
    let journey = json!({"Name": "j", "State": "ACTIVE", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": shop.everybody}},
        "Activities": {"a": {"EMAIL": {"TemplateName": "hi", "NextActivity": "b"}}, "b": {"EMAIL": {"TemplateName": "hi"}}}});
    shop.post("journeys", journey).await;
    shop.at(HOUR).await;
    let senders: Vec<bool> = shop.outbox().await.iter().map(|one| one.get("CampaignId").is_some()).collect();
    assert_eq!(senders, [true, false], "one of the campaign, one of the journey, and no more that day");
    let id = shop.campaign(json!({})).await;
    shop.at(2 * HOUR).await;
    assert_eq!(shop.sent().await.len(), 2);
    let activity = &shop.activities(&id).await[0];
    assert_eq!((&activity["TotalEndpointCount"], &activity["SuccessfulEndpointCount"]), (&json!(1), &json!(0)));
    shop.campaign(json!({"Schedule": {"StartTime": in_(DAY + HOUR)}})).await;
    shop.at(DAY + HOUR).await;
    assert_eq!(shop.sent().await.len(), 3, "the first two are more than a day old");
}

#[tokio::test]
async fn total_counts_all_runs_and_versions() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    let schedule = json!({"StartTime": in_(HOUR), "Frequency": "HOURLY", "EndTime": in_(5 * HOUR)});
    let id = shop.campaign(json!({"Schedule": schedule, "Limits": {"Total": 2}})).await;
    shop.at(HOUR).await;
    shop.put(&format!("campaigns/{id}"), json!({"Description": "another version"})).await;
    shop.at(6 * HOUR).await;
    assert_eq!(shop.sent().await, ["ann", "ann"]);
}

#[tokio::test]
async fn a_hook_that_can_not_be_called_stops_the_messages_and_says_so() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    let id = shop.campaign(json!({"Hook": {"Mode": "FILTER", "LambdaFunctionName": "filter"}})).await;
    shop.at(0).await;
    assert_eq!(shop.status(&id).await, "COMPLETED");
    let outbox = shop.outbox().await;
    let failure = outbox[0]["Failure"].as_str().unwrap();
    assert!(failure.contains("HOOK_FAILURE") && failure.contains("[custom]"), "{failure}");
    let activity = &shop.activities(&id).await[0];
    assert_eq!((&activity["TotalEndpointCount"], &activity["SuccessfulEndpointCount"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn a_pinned_template_that_is_deleted_goes_out_as_it_was_and_a_free_one_as_it_is() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    for name in ["pinned", "free"] {
        shop.ok("POST", &format!("/v1/templates/{name}/email"), json!({"Subject": "one", "TextPart": "hi"})).await;
        let path = format!("/v1/templates/{name}/email?create-new-version=true");
        shop.ok("PUT", &path, json!({"Subject": "two", "TextPart": "hi"})).await;
    }
    let of = |template: Value| {
        json!({"MessageConfiguration": {}, "TemplateConfiguration": {"EmailTemplate": template},
            "Schedule": {"StartTime": in_(HOUR)}})
    };
    let pinned = shop.campaign(of(json!({"Name": "pinned", "Version": "2"}))).await;
    let free = shop.campaign(of(json!({"Name": "free"}))).await;
    shop.ok("DELETE", "/v1/templates/pinned/email", None).await;
    shop.ok("PUT", "/v1/templates/free/email/active-version", json!({"Version": "2"})).await;
    shop.at(HOUR).await;
    assert_eq!((shop.status(&pinned).await, shop.status(&free).await), ("COMPLETED".into(), "COMPLETED".into()));
    let subjects: Vec<Value> = shop.outbox().await.iter().map(|one| one["Parts"][0][1].clone()).collect();
    assert_eq!(subjects, ["two", "two"], "the pinned version, and the one that is active when it is sent");
    assert!(shop.refused(of(json!({"Name": "pinned", "Version": "2"}))).await.contains("does not exist"));
}

#[tokio::test]
async fn a_mail_without_a_sender_goes_out_under_the_channels() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    shop.campaign(json!({})).await;
    let own = json!({"EmailMessage": {"Title": "t", "Body": "b", "FromAddress": "me@x.example"}});
    shop.campaign(json!({"MessageConfiguration": own})).await;
    shop.at(0).await;
    let from: Vec<Value> = shop.outbox().await.iter().map(|one| one["Envelope"].clone()).collect();
    assert_eq!(from, [json!({"FromAddress": "shop@x.example"}), json!({"FromAddress": "me@x.example"})]);
}

#[tokio::test]
async fn a_campaign_that_was_created_just_before_the_server_went_down_is_sent_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { data: Some(folder.path().to_owned()), ..Settings::default() };
    let shop = Shop::with(settings.clone()).await;
    shop.person("ann", json!({})).await;
    let id = shop.campaign(json!({})).await;
    let Shop { asked, app, everybody } = shop;
    drop(asked);
    let shop = Shop { asked: Asked::with(settings), app, everybody };
    shop.asked.machine.clock.move_to(START + HOUR);
    shop.at(HOUR).await;
    assert_eq!((shop.sent().await, shop.status(&id).await.as_str()), (vec!["ann".to_owned()], "COMPLETED"));
}

#[tokio::test]
async fn a_recommender_is_stored_and_the_message_has_its_defaults() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    let recommender = json!({"RecommendationsDisplayName": "likes", "RecommendationProviderRoleArn": "arn:aws:iam::000000000000:role/r",
        "RecommendationProviderUri": "arn:aws:personalize:us-east-1:000000000000:campaign/c"});
    let made = shop.ok("POST", "/v1/recommenders", recommender).await;
    let defaults = json!({"Recommendations.Items.[0]": "shoes"}).to_string();
    let template = json!({"Subject": "You may like {{Recommendations.Items.[0]}}", "TextPart": "hi",
        "RecommenderId": made["Id"], "DefaultSubstitutions": defaults});
    shop.ok("POST", "/v1/templates/liked/email", template).await;
    shop.campaign(json!({"MessageConfiguration": {}, "TemplateConfiguration": {"EmailTemplate": {"Name": "liked"}}}))
        .await;
    let start = json!({"SegmentStartCondition": {"SegmentId": shop.everybody}});
    let activities = json!({"a": {"EMAIL": {"TemplateName": "liked"}}});
    shop.post(
        "journeys",
        json!({"Name": "j", "State": "ACTIVE", "StartActivity": "a", "StartCondition": start,
        "Activities": activities}),
    )
    .await;
    shop.at(HOUR).await;
    let parts: Vec<Value> = shop.outbox().await.iter().map(|one| one["Parts"].clone()).collect();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0][0], json!(["Subject", "You may like shoes"]));
    assert_eq!(parts[0], parts[1], "campaign and journey alike");
}

#[tokio::test]
async fn what_channels_say_of_messages_is_in_the_counts_of_the_run() {
    let shop = Shop::new().await;
    shop.asked.lanes(&["email"]);
    for id in ["ann", "bob", "cem"] {
        shop.person(id, json!({})).await;
    }
    let id = shop.campaign(json!({"Limits": {"MessagesPerSecond": 2, "Daily": 1}})).await;
    shop.at(0).await;
    let counts = async || {
        let activity = &shop.activities(&id).await[0];
        let count = |name: &str| activity[name].as_u64().unwrap();
        (activity["State"].as_str().unwrap().to_owned(), count("TotalEndpointCount"), count("SuccessfulEndpointCount"))
    };
    assert_eq!(counts().await, ("RUNNING".to_owned(), 2, 2));
    // Said while the run goes on, which keeps the campaign in memory: the next step does not take it back.
    let refused = Outcome::Permanent { cause: Cause::Invalid, code: 554, reason: "no".into() };
    let waiting = shop.asked.due("email").remove(0);
    let (noted, outcome) = (waiting.clone(), refused.clone());
    let pace = Pace { per_second: None, at_once: 1, attempts: 3, receipts: false };
    shop.asked.note(move |context| record::outcome(context, "email", &pace, &noted, &outcome));
    assert_eq!(counts().await, ("RUNNING".to_owned(), 2, 1));
    shop.at(1_000).await;
    assert_eq!(counts().await, ("COMPLETED".to_owned(), 3, 2));
    // And when it is over.
    let waiting = shop.asked.due("email").remove(1);
    shop.asked.note(move |context| record::outcome(context, "email", &pace, &waiting, &refused));
    assert_eq!(counts().await, ("COMPLETED".to_owned(), 3, 1));
    let told = shop.told().await;
    assert_eq!(told.iter().filter(|told| *told == "_campaign.send EMAIL FAILURE_PERMANENT").count(), 2, "{told:?}");
    assert_eq!(shop.status(&id).await, "COMPLETED");
}

#[tokio::test]
async fn an_event_that_follows_a_message_that_failed_still_sends() {
    let shop = Shop::new().await;
    shop.asked.lanes(&["email"]);
    shop.person("ann", json!({})).await;
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["buy"]}}});
    let schedule =
        json!({"StartTime": in_(HOUR), "EndTime": in_(3 * HOUR), "Frequency": "EVENT", "EventFilter": filter});
    let id = shop.campaign(json!({"Schedule": schedule})).await;
    shop.at(HOUR).await;
    let refused = Outcome::Permanent { cause: Cause::Invalid, code: 554, reason: "no".into() };
    for count in 1..=3 {
        shop.event("ann", "buy").await;
        shop.at(HOUR).await;
        assert_eq!(shop.sent().await.len(), count);
        assert_eq!(shop.asked.answer("email", &refused), 1);
    }
    let activity = &shop.activities(&id).await[0];
    assert_eq!((&activity["TotalEndpointCount"], &activity["SuccessfulEndpointCount"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn a_custom_message_tells_where_it_goes() {
    let shop = Shop::new().await;
    shop.person("ann", json!({"ChannelType": "CUSTOM"})).await;
    shop.campaign(json!({"MessageConfiguration": {"CustomMessage": {"Data": "{\"a\":1}"}},
        "CustomDeliveryConfiguration": {"DeliveryUri": "https://x.example/hook", "EndpointTypes": ["CUSTOM"]}}))
        .await;
    shop.at(0).await;
    let message = &shop.outbox().await[0];
    assert_eq!(message["Parts"], json!([["Data", "{\"a\":1}"]]));
    let told: Vec<String> = shop.told().await;
    assert_eq!(told, ["_campaign.send CUSTOM SUCCESS"]);
    assert_eq!(message["Envelope"], json!({"DeliveryUri": "https://x.example/hook", "ScheduledTime": in_(0)}));
}

#[tokio::test]
async fn what_a_campaign_needs_may_go() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    shop.ok("POST", "/v1/templates/hi/email", json!({"Subject": "hi", "TextPart": "hi"})).await;
    let gone = shop.segment(json!({"Name": "soon gone"})).await;
    let schedule = json!({"StartTime": in_(HOUR)});
    let first = shop.campaign(json!({"SegmentId": gone, "Schedule": schedule})).await;
    let templates = json!({"EmailTemplate": {"Name": "hi"}});
    let second = shop
        .campaign(json!({"MessageConfiguration": {}, "TemplateConfiguration": templates, "Schedule": schedule}))
        .await;
    let third =
        shop.campaign(json!({"MessageConfiguration": {"SMSMessage": {"Body": "x"}}, "Schedule": schedule})).await;
    shop.ok("DELETE", &format!("{}/segments/{gone}", shop.app), None).await;
    assert_eq!(shop.status(&first).await, "DELETED");
    shop.ok("DELETE", "/v1/templates/hi/email", None).await;
    shop.put("channels/sms", json!({"Enabled": false})).await;
    shop.at(HOUR).await;
    assert_eq!(shop.status(&second).await, "INVALID");
    assert_eq!(shop.status(&third).await, "INVALID");
    assert!(shop.sent().await.is_empty());
}

#[tokio::test]
async fn endpoints_change_while_a_run_is_going_on() {
    let shop = Shop::new().await;
    for id in ["ann", "bob", "cem", "dan", "eva"] {
        shop.person(id, json!({})).await;
    }
    let id = shop.campaign(json!({"Limits": {"MessagesPerSecond": 1}})).await;
    shop.at(1_000).await;
    assert_eq!(shop.sent().await, ["ann", "bob"]);
    assert_eq!(shop.status(&id).await, "EXECUTING");
    shop.put("endpoints/cem", json!({"OptOut": "ALL"})).await;
    shop.ok("DELETE", &format!("{}/endpoints/ann", shop.app), None).await;
    shop.put("endpoints/dan", json!({"User": {"UserId": "dan", "UserAttributes": {"FirstName": ["Dana"]}}})).await;
    // What the store says is all that counts: memory is lost.
    shop.asked.machine.campaigns.forget();
    shop.at(10_000).await;
    assert_eq!(shop.sent().await, ["ann", "bob", "dan", "eva"]);
    assert_eq!(shop.outbox().await[2]["Parts"][0][1], "Sale, Dana");
    assert_eq!(shop.status(&id).await, "COMPLETED");
    let left: i64 = shop
        .asked
        .machine
        .store
        .read::<_, rusqlite::Error>(|store| {
            store.query_row("SELECT (SELECT count(*) FROM rolls) + (SELECT count(*) FROM roll_gone)", [], |row| {
                row.get(0)
            })
        })
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_event_campaign_keeps_who_waits_for_the_rate() {
    let shop = Shop::new().await;
    for id in ["ann", "bob", "cem"] {
        shop.person(id, json!({})).await;
    }
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart"]}}});
    let schedule = json!({"StartTime": in_(HOUR), "EndTime": in_(DAY), "Frequency": "EVENT", "EventFilter": filter});
    shop.campaign(json!({"Schedule": schedule, "Limits": {"MessagesPerSecond": 1}})).await;
    shop.at(HOUR).await;
    for id in ["ann", "bob", "cem"] {
        shop.event(id, "cart").await;
    }
    shop.at(HOUR).await;
    assert_eq!(shop.sent().await, ["ann"]);
    shop.at(HOUR + 1_000).await;
    shop.event("ann", "cart").await;
    shop.at(HOUR + 5_000).await;
    assert_eq!(shop.sent().await, ["ann", "bob", "cem", "ann"]);
}

#[tokio::test]
async fn an_event_campaign_hears_what_the_service_tells_of_journeys_and_requests() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    let filter = json!({"FilterType": "SYSTEM", "Dimensions": {"EventType": {"Values": ["_email.delivered"]}}});
    let schedule = json!({"StartTime": in_(HOUR), "EndTime": in_(DAY), "Frequency": "EVENT", "EventFilter": filter});
    shop.campaign(json!({"Schedule": schedule})).await;
    shop.at(HOUR).await;
    let message = json!({"DefaultMessage": {"Body": "x"}});
    shop.post("messages", json!({"Endpoints": {"ann": {}}, "MessageConfiguration": message})).await;
    shop.at(2 * HOUR).await;
    let senders: Vec<bool> = shop.outbox().await.iter().map(|one| one.get("CampaignId").is_some()).collect();
    assert_eq!(senders, [false, true], "and not of its own message");
}

#[tokio::test]
async fn an_app_is_handed_the_in_app_campaigns_that_are_running() {
    let shop = Shop::new().await;
    shop.person("app", json!({"ChannelType": "IN_APP"})).await;
    shop.person("ann", json!({})).await;
    let content = json!([{"HeaderConfig": {"Header": "Sale", "TextColor": "#000000", "Alignment": "CENTER"}}]);
    let body = json!({"Layout": "OVERLAYS", "Content": content});
    shop.ok(
        "POST",
        "/v1/templates/banner/inapp",
        json!({"Layout": "TOP_BANNER", "Content": content, "CustomConfig": {"a": "b"}}),
    )
    .await;
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["_session.start"]}}});
    let schedule = json!({"StartTime": in_(HOUR), "EndTime": in_(DAY), "Frequency": "IN_APP_EVENT", "EventFilter": filter,
        "QuietTime": {"Start": "20:00", "End": "08:00"}});
    let limits = json!({"Daily": 3, "Session": 1});
    let first = shop
        .campaign(json!({"MessageConfiguration": {"InAppMessage": body}, "Schedule": schedule, "Limits": limits}))
        .await;
    let templates = json!({"InAppTemplate": {"Name": "banner"}});
    let second = shop.campaign(json!({"MessageConfiguration": {}, "TemplateConfiguration": templates, "Schedule": schedule, "Priority": 1})).await;
    let asked = |endpoint: &'static str| {
        shop.get(match endpoint {
            "app" => "endpoints/app/inappmessages",
            _ => "endpoints/ann/inappmessages",
        })
    };
    assert_eq!(asked("app").await, json!({"InAppMessageCampaigns": []}));
    shop.at(HOUR).await;
    let answer = asked("app").await;
    let found = answer["InAppMessageCampaigns"].as_array().unwrap();
    assert_eq!(found.len(), 2, "{answer}");
    assert_eq!((&found[0]["CampaignId"], &found[0]["Priority"]), (&json!(second), &json!(1)));
    assert_eq!(
        found[0]["InAppMessage"],
        json!({"Layout": "TOP_BANNER", "Content": content, "CustomConfig": {"a": "b"}})
    );
    assert_eq!((&found[1]["CampaignId"], &found[1]["InAppMessage"]), (&json!(first), &body));
    assert_eq!(
        (&found[1]["DailyCap"], &found[1]["SessionCap"], &found[1]["TotalCap"]),
        (&json!(3), &json!(1), &json!(0))
    );
    assert_eq!(
        found[1]["Schedule"],
        json!({"EndDate": in_(DAY), "EventFilter": filter, "QuietTime": {"Start": "20:00", "End": "08:00"}})
    );
    assert_eq!(asked("ann").await, json!({"InAppMessageCampaigns": []}));
    assert!(shop.sent().await.is_empty());
    shop.at(DAY + 1).await;
    assert_eq!(asked("app").await, json!({"InAppMessageCampaigns": []}));
    assert_eq!(shop.asked.ask("GET", &format!("{}/endpoints/none/inappmessages", shop.app), None).await.0, 404);
}
