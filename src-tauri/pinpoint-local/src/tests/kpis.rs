//! KPIs (events-and-analytics.md 5).

use serde_json::{Value, json};

use super::campaigns::Shop;

/// Group (empty = none) and value of each row.
fn rows(answer: &Value) -> Vec<(String, f64)> {
    let rows = answer["KpiResult"]["Rows"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows.map(|row| (text(&row["GroupedBys"][0]["Value"]), text(&row["Values"][0]["Value"]).parse().unwrap())).collect()
}

async fn kpi(shop: &Shop, of: &str, name: &str) -> Vec<(String, f64)> {
    rows(&shop.get(&format!("{of}kpis/daterange/{name}")).await)
}

fn all(value: f64) -> Vec<(String, f64)> {
    vec![(String::new(), value)]
}

async fn told(shop: &Shop, endpoint: &str, name: &str, attributes: Value) {
    let event = json!({"EventType": name, "Timestamp": "2020-01-01T00:00:00Z", "Attributes": attributes});
    shop.post("events", json!({"BatchItem": {endpoint: {"Endpoint": {}, "Events": {"e": event}}}})).await;
}

#[tokio::test]
async fn kpis_of_a_campaign_and_of_all() {
    let shop = Shop::new().await;
    for id in ["ann", "bob", "cem", "dan"] {
        shop.person(id, json!({})).await;
    }
    let id = shop.campaign(json!({})).await;
    shop.campaign(json!({})).await;
    shop.at(0).await;
    let activities = shop.get(&format!("campaigns/{id}/activities")).await;
    let run = activities["Item"][0]["Id"].as_str().unwrap().to_owned();
    let of = json!({"campaign_id": id, "campaign_activity_id": run, "treatment_id": "0"});
    for (endpoint, name) in
        [("ann", "_email.open"), ("ann", "_email.open"), ("bob", "_email.click"), ("cem", "_email.hardbounce")]
    {
        told(&shop, endpoint, name, of.clone()).await;
    }
    let campaign = format!("campaigns/{id}/");
    assert_eq!(kpi(&shop, &campaign, "unique-deliveries").await, all(4.0));
    assert_eq!(kpi(&shop, &campaign, "successful-delivery-rate").await, all(1.0));
    assert_eq!(kpi(&shop, &campaign, "hard-bounce-rate").await, all(0.25));
    assert_eq!(kpi(&shop, &campaign, "email-open-rate").await, all(0.25));
    assert_eq!(kpi(&shop, &campaign, "direct-email-opens-grouped-by-campaign-activity").await, [(run.clone(), 2.0)]);
    assert_eq!(kpi(&shop, &campaign, "clicks-grouped-by-campaign-activity").await, [(run.clone(), 1.0)]);
    assert_eq!(kpi(&shop, &campaign, "successful-deliveries-grouped-by-campaign-activity").await, [(run.clone(), 3.0)]);
    assert_eq!(kpi(&shop, &campaign, "attempted-deliveries-grouped-by-campaign-activity").await, [(run, 4.0)]);
    assert_eq!(kpi(&shop, &campaign, "unique-deliveries-grouped-by-date").await, [("2026-11-30".to_owned(), 4.0)]);
    assert_eq!(kpi(&shop, &campaign, "sms-spend").await, []);
    let by_campaign = kpi(&shop, "", "unique-deliveries-grouped-by-campaign").await;
    assert!(by_campaign.len() == 2 && by_campaign.contains(&(id.clone(), 4.0)), "{by_campaign:?}");
    let answer = shop.get(&format!("{campaign}kpis/daterange/unique-deliveries")).await;
    assert_eq!((&answer["CampaignId"], &answer["KpiName"]), (&json!(id), &json!("unique-deliveries")));
    let row = json!({"Values": [{"Key": "UniqueDeliveries", "Type": "Double", "Value": "4.0"}]});
    assert_eq!(answer["KpiResult"], json!({"Rows": [row]}));
}

#[tokio::test]
async fn kpis_of_requests() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    shop.person("tel", json!({"ChannelType": "SMS", "Address": "+12065550100", "Location": {"Country": "US"}})).await;
    let long = "x".repeat(200);
    let message = json!({"SMSMessage": {"Body": long}, "DefaultMessage": {"Body": "hi"}});
    shop.post("messages", json!({"Endpoints": {"ann": {}, "tel": {}}, "MessageConfiguration": message})).await;
    for name in ["_email.open", "_email.open", "_email.click", "_email.complaint"] {
        told(&shop, "ann", name, json!({})).await;
    }
    told(&shop, "tel", "_SMS.FAILURE", json!({"record_status": "BLOCKED", "message_id": "m"})).await;
    for (name, value) in [
        ("txn-emails-sent", 1.0),
        ("txn-emails-delivered", 1.0),
        ("txn-emails-delivery-rate", 1.0),
        ("txn-emails-opened", 2.0),
        ("txn-emails-unique-opens", 1.0),
        ("txn-emails-clicked", 1.0),
        ("txn-emails-with-complaints", 1.0),
        ("txn-emails-complaint-rate", 1.0),
        ("txn-sms-sent", 2.0),
        ("txn-sms-sent-by-parts", 3.0),
        ("txn-sms-delivered", 1.0),
        ("txn-sms-delivered-by-parts", 2.0),
        ("txn-sms-delivery-rate", 0.5),
    ] {
        assert_eq!(kpi(&shop, "", name).await, all(value), "{name}");
    }
    assert_eq!(kpi(&shop, "", "txn-sms-sent-grouped-by-country").await, [("US".to_owned(), 2.0)]);
    assert_eq!(kpi(&shop, "", "txn-sms-total-price-grouped-by-country").await, [("US".to_owned(), 0.0)]);
    assert_eq!(kpi(&shop, "", "txn-sms-error-distribution").await, [("BLOCKED".to_owned(), 1.0)]);
    assert_eq!(kpi(&shop, "", "txn-emails-sent-grouped-by-date").await, [("2026-11-30".to_owned(), 1.0)]);
}

#[tokio::test]
async fn kpis_of_journeys() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    shop.ok("POST", "/v1/templates/hi/email", json!({"Subject": "hi", "TextPart": "hi"})).await;
    let journey = json!({"Name": "j", "State": "ACTIVE", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": shop.everybody}},
        "Activities": {"a": {"EMAIL": {"TemplateName": "hi", "NextActivity": "b"}}, "b": {"EMAIL": {"TemplateName": "hi"}}}});
    let made = shop.post("journeys", journey).await;
    let id = made["Id"].as_str().unwrap();
    shop.at(3_600_000).await;
    told(&shop, "ann", "_email.open", json!({"journey_id": id, "journey_activity_id": "b"})).await;
    assert_eq!(kpi(&shop, "", "journey-emails-sent").await, all(2.0));
    assert_eq!(kpi(&shop, "", "journey-emails-opened").await, all(1.0));
    let sent = kpi(&shop, &format!("journeys/{id}/"), "emails-sent-grouped-by-journey-activity").await;
    assert_eq!(sent, [("a".to_owned(), 1.0), ("b".to_owned(), 1.0)]);
    let opened = kpi(&shop, &format!("journeys/{id}/"), "emails-opened-grouped-by-journey-activity").await;
    assert_eq!(opened, [("b".to_owned(), 1.0)]);
}

#[tokio::test]
async fn spans_and_names_have_their_limits() {
    let shop = Shop::new().await;
    let path = format!("{}/kpis/daterange", shop.app);
    for (query, member) in [
        ("txn-emails-sent?start-time=2026-10-01T00:00:00Z&end-time=2026-11-20T00:00:00Z", "end-time"),
        ("txn-emails-sent?start-time=2026-08-01T00:00:00Z", "start-time"),
        ("txn-emails-sent?start-time=2026-11-20T00:00:00Z&end-time=2026-11-19T00:00:00Z", "end-time"),
        ("txn-emails-sent?start-time=soon", "start-time"),
        ("emails-sent-grouped-by-journey-activity", "kpi-name"),
        ("txn-emails-sent-grouped-by-country", "kpi-name"),
        ("nothing", "kpi-name"),
    ] {
        let (status, answer) = shop.asked.ask("GET", &format!("{path}/{query}"), None).await;
        assert!(status == 400 && answer["Message"].as_str().unwrap().starts_with(member), "{query}: {answer}");
    }
    let answer = shop.get("kpis/daterange/txn-emails-sent").await;
    assert_eq!(
        (&answer["StartTime"], &answer["EndTime"]),
        (&json!("2026-10-30T09:00:00.000Z"), &json!("2026-11-30T09:00:00.000Z"))
    );
    assert_eq!(answer["KpiResult"]["Rows"], json!([]));
    let unknown = format!("{}/campaigns/none/kpis/daterange/unique-deliveries", shop.app);
    assert_eq!(shop.asked.ask("GET", &unknown, None).await.0, 404);
}
