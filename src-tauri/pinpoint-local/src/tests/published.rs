//! What a published journey does beyond the engine's own steps: who is offered when, what it takes from the project, which
//! template version goes out (journeys.md 2, 3.1, 5 to 7; templates.md 2).

use serde_json::{Value, json};

use super::Asked;

/// A project with a template, and what the tests do in it.
struct Shop {
    asked: Asked,
    app: String,
}

impl Shop {
    async fn new() -> Shop {
        let asked = Asked::new();
        let app = asked.app().await;
        let shop = Shop { asked, app };
        shop.ok("POST", "/v1/templates/hello/email", json!({"Subject": "1", "TextPart": "hello"})).await;
        shop
    }

    /// Asks; an answer other than 2xx fails the test.
    async fn ok(&self, method: &str, path: &str, body: impl Into<Option<Value>>) -> Value {
        let (status, answer) = self.asked.ask(method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    async fn endpoint(&self, id: &str, plan: &str) {
        let body = json!({"ChannelType": "EMAIL", "Address": format!("{id}@x.example"), "Attributes": {"Plan": [plan]},
            "Demographic": {"Timezone": "Europe/London"}});
        self.ok("PUT", &format!("{}/endpoints/{id}", self.app), body).await;
    }

    /// The id of a new segment: everybody with that plan.
    async fn segment(&self, plan: &str) -> String {
        let made = self.ok("POST", &format!("{}/segments", self.app), of_plan(plan)).await;
        made["Id"].as_str().unwrap().to_owned()
    }

    async fn turn(&self, segment: &str, plan: &str) {
        self.ok("PUT", &format!("{}/segments/{segment}", self.app), of_plan(plan)).await;
    }

    /// The path of a new journey.
    async fn journey(&self, body: Value) -> String {
        let made = self.ok("POST", &format!("{}/journeys", self.app), body).await;
        format!("{}/journeys/{}", self.app, made["Id"].as_str().unwrap())
    }

    async fn state(&self, journey: &str) -> String {
        self.ok("GET", journey, None).await["State"].as_str().unwrap().to_owned()
    }

    async fn later(&self, span: &str) {
        self.ok("POST", "/waymark/clock", json!({"advance": span})).await;
    }

    /// Activity and endpoint of all messages, sorted.
    async fn sent(&self) -> Vec<String> {
        let outbox = self.ok("GET", "/waymark/outbox", None).await;
        let of = |message: &Value, member: &str| message[member].as_str().unwrap().to_owned();
        let items = outbox["Item"].as_array().unwrap();
        let mut sent: Vec<String> =
            items.iter().map(|one| format!("{} {}", of(one, "JourneyActivityId"), of(one, "EndpointId"))).collect();
        sent.sort();
        sent
    }

    async fn event(&self, endpoint: &str, of: Value, name: &str) {
        let event = json!({"EventType": name, "Timestamp": "2020-01-01T00:00:00Z"});
        let body = json!({"BatchItem": {endpoint: {"Endpoint": of, "Events": {"e": event}}}});
        let answer = self.ok("POST", &format!("{}/events", self.app), body).await;
        assert_eq!(answer["Results"][endpoint]["EventsItemResponse"]["e"]["StatusCode"], 202, "{answer}");
    }
}

fn of_plan(plan: &str) -> Value {
    json!({"Name": plan, "Dimensions": {"Attributes": {"Plan": {"Values": [plan]}}}})
}

/// A journey with one e-mail, for a segment.
fn mail(segment: &str) -> Value {
    json!({
        "Name": "mail", "State": "ACTIVE", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": segment}},
        "Activities": {"a": {"EMAIL": {"TemplateName": "hello"}}},
    })
}

/// The same, for whoever causes an event.
fn mail_on_event(segment: Option<&str>) -> Value {
    let mut start = json!({"EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart"]}}}});
    if let Some(segment) = segment {
        start["SegmentId"] = json!(segment);
    }
    let mut journey = mail("");
    journey["StartCondition"] = json!({"EventStartCondition": start});
    journey
}

#[tokio::test]
async fn a_segment_that_changes_counts_as_the_four_refresh_cases_say() {
    // refresh, on update; sent after the start, two hours later, after the next refresh
    let cases: [(bool, bool, [&[&str]; 3]); 4] = [
        // Who joins before the start comes in; the criteria are those of the publication.
        (false, false, [&["a gold", "a gold2"], &["a gold", "a gold2"], &["a gold", "a gold2"]]),
        // New criteria count until the start.
        (false, true, [&["a silver"], &["a silver"], &["a silver"]]),
        // Every refresh with the criteria of the publication.
        (true, false, [&["a gold", "a gold2"], &["a gold", "a gold2"], &["a gold", "a gold2", "a gold3"]]),
        // New criteria at once.
        (true, true, [&["a silver"], &["a bronze", "a silver"], &["a bronze", "a bronze2", "a silver"]]),
    ];
    for (refresh, on_update, sent) in cases {
        let shop = Shop::new().await;
        for plan in ["gold", "silver", "bronze"] {
            shop.endpoint(plan, plan).await;
        }
        let segment = shop.segment("gold").await;
        let mut journey = mail(&segment);
        if refresh {
            journey["RefreshFrequency"] = json!("PT12H");
        }
        journey["RefreshOnSegmentUpdate"] = json!(on_update);
        let journey = shop.journey(journey).await;
        shop.later("PT2M").await;
        shop.endpoint("gold2", "gold").await;
        shop.turn(&segment, "silver").await;
        shop.later("PT4M").await;
        assert_eq!(shop.sent().await, sent[0], "{refresh} {on_update}: at the start");
        assert_eq!(shop.state(&journey).await == "ACTIVE", refresh, "{refresh} {on_update}");
        shop.later("PT2H").await;
        shop.turn(&segment, "bronze").await;
        shop.endpoint("gold3", "gold").await;
        shop.later("PT1H").await;
        assert_eq!(shop.sent().await, sent[1], "{refresh} {on_update}: after the update");
        shop.endpoint("bronze2", "bronze").await;
        shop.later("PT13H").await;
        assert_eq!(shop.sent().await, sent[2], "{refresh} {on_update}: after the next refresh");
    }
}

#[tokio::test]
async fn an_event_makes_its_endpoint_known_before_it_is_matched() {
    let shop = Shop::new().await;
    let gold = shop.segment("gold").await;
    shop.journey(mail_on_event(Some(&gold))).await;
    let new = |plan: &str| json!({"ChannelType": "EMAIL", "Address": plan, "Attributes": {"Plan": [plan]}});
    shop.event("silver", new("silver"), "cart").await;
    shop.event("gold", new("gold"), "cart").await;
    // Nobody waits five minutes for an event.
    assert_eq!(shop.sent().await, ["a gold"]);
}

#[tokio::test]
async fn events_count_by_their_arrival_and_while_the_journey_is_active() {
    let shop = Shop::new().await;
    for id in ["draft", "early", "late", "after", "stopped"] {
        shop.endpoint(id, "gold").await;
    }
    let mut body = mail_on_event(None);
    body["State"] = json!("DRAFT");
    body["Schedule"] = json!({"StartTime": "2026-11-30T10:00:00Z", "EndTime": "2026-12-02T00:00:00Z"});
    let first = shop.journey(body.clone()).await;
    let second = shop.journey(body).await;
    shop.event("draft", json!({}), "cart").await;
    for journey in [&first, &second] {
        shop.ok("PUT", &format!("{journey}/state"), json!({"State": "ACTIVE"})).await;
    }
    shop.event("early", json!({}), "cart").await;
    assert_eq!(shop.sent().await, Vec::<String>::new());
    shop.ok("PUT", &format!("{second}/state"), json!({"State": "CANCELLED"})).await;
    shop.later("PT2H").await;
    shop.event("late", json!({}), "cart").await;
    assert_eq!(shop.sent().await, ["a late"], "from the journey that is active, once");
    shop.later("P2D").await;
    shop.event("after", json!({}), "cart").await;
    assert_eq!(shop.sent().await, ["a late"]);
}

#[tokio::test]
async fn limits_of_the_project_hold_where_the_journey_has_none_and_as_they_were_at_publication() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    let settings = format!("{}/settings", shop.app);
    shop.ok("PUT", &settings, json!({"JourneyLimits": {"DailyCap": 1}})).await;
    let gold = shop.segment("gold").await;
    let twice = |cap: Option<i64>| {
        let mut journey = mail(&gold);
        journey["Activities"] = json!({"a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "b"}},
            "b": {"EMAIL": {"TemplateName": "hello"}}});
        if let Some(cap) = cap {
            journey["Limits"] = json!({"DailyCap": cap});
        }
        journey
    };
    let inherits = shop.journey(twice(None)).await;
    let own = shop.journey(twice(Some(5))).await;
    shop.ok("PUT", &settings, json!({"JourneyLimits": {"DailyCap": 9}})).await;
    shop.later("PT6M").await;
    let sent = async |journey: &str| {
        let metrics = shop.ok("GET", &format!("{journey}/activities/b/execution-metrics"), None).await;
        metrics["Metrics"].clone()
    };
    assert_eq!(sent(&inherits).await, json!({"DAILY_CAP_EXCEEDED": "1"}));
    assert_eq!(sent(&own).await, json!({"SUCCESS": "1"}));
}

#[tokio::test]
async fn quiet_time_of_the_project_holds_where_the_journey_has_none() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    // It is nine in London.
    let quiet = json!({"Start": "08:00", "End": "10:00"});
    shop.ok("PUT", &format!("{}/settings", shop.app), json!({"QuietTime": quiet})).await;
    let gold = shop.segment("gold").await;
    let inherits = shop.journey(mail(&gold)).await;
    let mut own = mail(&gold);
    own["QuietTime"] = json!({"Start": "22:00", "End": "06:00"});
    let own = shop.journey(own).await;
    shop.later("PT6M").await;
    for (journey, counted) in [(inherits, json!({"QUIET_TIME": "1"})), (own, json!({"SUCCESS": "1"}))] {
        let metrics = shop.ok("GET", &format!("{journey}/activities/a/execution-metrics"), None).await;
        assert_eq!(metrics["Metrics"], counted);
    }
}

#[tokio::test]
async fn without_a_version_the_active_template_goes_out_and_with_one_that_version() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    let gold = shop.segment("gold").await;
    let mut journey = mail(&gold);
    journey["Activities"] = json!({"a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "b"}},
        "b": {"EMAIL": {"TemplateName": "hello", "TemplateVersion": "1"}}});
    shop.journey(journey).await;
    let second = json!({"Subject": "2", "TextPart": "hello"});
    shop.ok("PUT", "/v1/templates/hello/email?create-new-version=true", second).await;
    shop.ok("PUT", "/v1/templates/hello/email/active-version", json!({"Version": "latest"})).await;
    // The latest is resolved once: a third version is not active by itself.
    let third = json!({"Subject": "3", "TextPart": "hello"});
    shop.ok("PUT", "/v1/templates/hello/email?create-new-version=true", third).await;
    shop.later("PT6M").await;
    let outbox = shop.ok("GET", "/waymark/outbox", None).await;
    let mut subjects: Vec<(&str, &str)> = outbox["Item"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["JourneyActivityId"].as_str().unwrap(), one["Parts"][0][1].as_str().unwrap()))
        .collect();
    subjects.sort_unstable();
    assert_eq!(subjects, [("a", "2"), ("b", "1")]);
}

#[tokio::test]
async fn publishing_by_state_asks_for_all_that_publishing_asks_for() {
    let shop = Shop::new().await;
    let gold = shop.segment("gold").await;
    let mut draft = mail(&gold);
    draft["State"] = json!("DRAFT");
    draft["Activities"]["a"]["EMAIL"]["TemplateName"] = json!("none");
    let journey = shop.journey(draft).await;
    let (status, answer) = shop.asked.ask("PUT", &format!("{journey}/state"), json!({"State": "ACTIVE"})).await;
    assert_eq!(status, 400);
    assert!(answer["Message"].as_str().unwrap().starts_with("Activities.a.EMAIL.TemplateName: "), "{answer}");
    assert_eq!(shop.state(&journey).await, "DRAFT");
}

#[tokio::test]
async fn a_journey_is_deleted_in_any_state_and_sends_nothing_more() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    let gold = shop.segment("gold").await;
    let journey = shop.journey(mail(&gold)).await;
    assert_eq!(shop.ok("DELETE", &journey, None).await["Name"], "mail");
    shop.later("PT6M").await;
    assert_eq!(shop.sent().await, Vec::<String>::new());
    assert_eq!(shop.asked.ask("GET", &journey, None).await.0, 404);
}

#[tokio::test]
async fn a_deleted_segment_lets_nobody_in_and_drops_who_is_inside() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    let gold = shop.segment("gold").await;
    let mut journey = mail(&gold);
    journey["RefreshFrequency"] = json!("PT12H");
    journey["Activities"] = json!({"w": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "a"}},
        "a": {"EMAIL": {"TemplateName": "hello"}}});
    journey["StartActivity"] = json!("w");
    let journey = shop.journey(journey).await;
    shop.later("PT1H").await;
    shop.ok("DELETE", &format!("{}/segments/{gold}", shop.app), None).await;
    shop.endpoint("bob", "gold").await;
    shop.later("P3D").await;
    assert_eq!(shop.sent().await, Vec::<String>::new());
    assert_eq!(shop.state(&journey).await, "COMPLETED");
    let metrics = shop.ok("GET", &format!("{journey}/execution-metrics"), None).await["Metrics"].clone();
    assert_eq!((&metrics["ENDPOINT_ENTERED"], &metrics["ENDPOINT_LEFT"]), (&json!("1"), &json!("1")));
}

#[tokio::test]
async fn only_the_latest_version_of_a_template_is_written_over() {
    let shop = Shop::new().await;
    let path = "/v1/templates/hello/email";
    let body = |subject: &str| json!({"Subject": subject, "TextPart": "hello"});
    let both = format!("{path}?create-new-version=true&version=1");
    assert_eq!(shop.asked.ask("PUT", &both, body("x")).await.0, 400);
    shop.ok("PUT", &format!("{path}?version=1"), body("1b")).await;
    shop.ok("PUT", &format!("{path}?create-new-version=true"), body("2")).await;
    assert_eq!(shop.asked.ask("PUT", &format!("{path}?version=1"), body("x")).await.0, 400);
    assert_eq!(shop.ok("GET", path, None).await["Subject"], "1b");
    shop.ok("DELETE", &format!("{path}?version=2"), None).await;
    shop.ok("PUT", &format!("{path}?create-new-version=true"), body("3")).await;
    assert_eq!(shop.ok("GET", &format!("{path}?version=3"), None).await["Subject"], "3", "numbers are not used again");
}

#[tokio::test]
async fn an_instant_passes_while_paused_and_releases_on_resume() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    let gold = shop.segment("gold").await;
    let mut journey = mail(&gold);
    journey["RefreshFrequency"] = json!("P5D");
    journey["StartActivity"] = json!("w");
    journey["Activities"] = json!({"a": {"EMAIL": {"TemplateName": "hello"}},
        "w": {"Wait": {"WaitTime": {"WaitUntil": "2026-12-01T09:00:00Z"}, "NextActivity": "a"}}});
    let journey = shop.journey(journey).await;
    shop.later("PT1H").await;
    shop.ok("PUT", &format!("{journey}/state"), json!({"State": "PAUSED"})).await;
    shop.later("P2D").await;
    assert_eq!(shop.sent().await, Vec::<String>::new());
    shop.ok("PUT", &format!("{journey}/state"), json!({"State": "ACTIVE"})).await;
    shop.later("PT1S").await;
    assert_eq!(shop.sent().await, ["a ann"]);
}

#[tokio::test]
async fn a_paused_journey_is_not_edited_and_a_closed_one_can_be_cancelled() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    let gold = shop.segment("gold").await;
    let mut body = mail(&gold);
    body["Activities"]["a"] = json!({"Wait": {"WaitTime": {"WaitFor": "P1D"}}});
    let closed = shop.journey(body.clone()).await;
    body["RefreshFrequency"] = json!("P5D");
    let paused = shop.journey(body.clone()).await;
    shop.later("PT6M").await;
    shop.ok("PUT", &format!("{paused}/state"), json!({"State": "PAUSED"})).await;
    assert_eq!(shop.asked.ask("PUT", &paused, body).await.0, 409);
    assert_eq!(shop.state(&closed).await, "CLOSED");
    shop.ok("PUT", &format!("{closed}/state"), json!({"State": "CANCELLED"})).await;
    let metrics = shop.ok("GET", &format!("{closed}/execution-metrics"), None).await;
    assert_eq!(metrics["Metrics"]["CANCELLED"], "1", "{metrics}");
}

#[tokio::test]
async fn a_journey_without_end_time_ends_after_540_days() {
    let shop = Shop::new().await;
    let gold = shop.segment("gold").await;
    let mut journey = mail(&gold);
    journey["RefreshFrequency"] = json!("P30D");
    let journey = shop.journey(journey).await;
    // counted from the entry, five minutes after publication
    shop.later("P540D").await;
    assert_eq!(shop.state(&journey).await, "ACTIVE");
    shop.later("PT5M").await;
    assert_eq!(shop.state(&journey).await, "COMPLETED", "nobody is inside, nobody can enter");
}

#[tokio::test]
async fn a_message_whose_template_is_gone_fails_and_the_participant_goes_on() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    let gold = shop.segment("gold").await;
    let journey = shop.journey(mail(&gold)).await;
    shop.ok("DELETE", "/v1/templates/hello/email", None).await;
    shop.later("PT6M").await;
    let metrics = shop.ok("GET", &format!("{journey}/activities/a/execution-metrics"), None).await;
    assert_eq!(metrics["Metrics"], json!({"FAILURE_PERMANENT": "1"}));
    assert_eq!(shop.state(&journey).await, "COMPLETED");
}

#[tokio::test]
async fn a_pinned_template_that_is_deleted_goes_out_as_it_was_at_publication() {
    let shop = Shop::new().await;
    shop.endpoint("ann", "gold").await;
    let gold = shop.segment("gold").await;
    let mut pinned = mail(&gold);
    pinned["Activities"] = json!({
        "a": {"EMAIL": {"TemplateName": "hello", "TemplateVersion": "1", "NextActivity": "b"}},
        "b": {"EMAIL": {"TemplateName": "hello"}},
    });
    let journey = shop.journey(pinned.clone()).await;
    shop.ok("DELETE", "/v1/templates/hello/email", None).await;
    shop.later("PT6M").await;
    assert_eq!(shop.sent().await.len(), 2, "one that was sent, one that could not be made");
    let outbox = shop.ok("GET", "/waymark/outbox", None).await;
    let of = |activity: &str| {
        let items = outbox["Item"].as_array().unwrap();
        items.iter().find(|one| one["JourneyActivityId"] == activity).unwrap().clone()
    };
    assert_eq!(of("a")["Parts"], json!([["Subject", "1"], ["TextPart", "hello"]]));
    assert_eq!(of("b")["Parts"], json!([]));
    assert!(of("b")["Failure"].as_str().unwrap().contains("template `hello`"), "{}", of("b"));
    // What is gone can not be published anew.
    let (status, answer) = shop.asked.ask("POST", &format!("{}/journeys", shop.app), pinned).await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(shop.state(&journey).await, "COMPLETED");
}

#[tokio::test]
async fn the_outbox_says_how_each_message_is_to_be_delivered() {
    let shop = Shop::new().await;
    shop.ok("POST", "/v1/templates/hello/sms", json!({"Body": "hello"})).await;
    let channel = json!({"FromAddress": "shop@x.example", "Identity": "arn", "Enabled": true});
    shop.ok("PUT", &format!("{}/channels/email", shop.app), channel).await;
    shop.endpoint("ann", "gold").await;
    let phone = json!({"ChannelType": "SMS", "Address": "+12065550100", "Attributes": {"Plan": ["gold"]}});
    shop.ok("PUT", &format!("{}/endpoints/bea", shop.app), phone).await;
    let gold = shop.segment("gold").await;
    let mut journey = mail(&gold);
    journey["Activities"] = json!({
        "a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "b"}},
        "b": {"EMAIL": {"TemplateName": "hello", "MessageConfig": {"FromAddress": "me@x.example"}, "NextActivity": "c"}},
        "c": {"SMS": {"TemplateName": "hello", "NextActivity": "d", "MessageConfig":
            {"MessageType": "PROMOTIONAL", "OriginationNumber": "+12065550199", "SenderId": "shop"}}},
        "d": {"CUSTOM": {"DeliveryUri": "https://x.example/call", "EndpointTypes": ["SMS"],
            "MessageConfig": {"Data": "{}"}}},
    });
    shop.journey(journey).await;
    shop.later("PT6M").await;
    let outbox = shop.ok("GET", "/waymark/outbox", None).await;
    let items = outbox["Item"].as_array().unwrap();
    let of = |activity: &str| items.iter().find(|one| one["JourneyActivityId"] == activity).unwrap();
    assert_eq!(of("a")["Envelope"], json!({"FromAddress": "shop@x.example"}));
    assert_eq!(of("b")["Envelope"], json!({"FromAddress": "me@x.example"}));
    assert_eq!(
        of("c")["Envelope"],
        json!({"MessageType": "PROMOTIONAL", "OriginationNumber": "+12065550199"}),
        "the number wins"
    );
    assert_eq!(of("d")["Envelope"], json!({"DeliveryUri": "https://x.example/call", "EndpointTypes": ["SMS"]}));
    assert_eq!(of("d")["Parts"], json!([["Data", "{}"]]));
}

#[tokio::test]
async fn a_user_whom_the_segment_produces_more_than_once_is_one_participant() {
    let shop = Shop::new().await;
    for (id, user) in [("a1", "ann"), ("a2", "ann"), ("a3", "ann"), ("b1", "bea"), ("c1", "")] {
        let mut body = json!({"ChannelType": "EMAIL", "Address": format!("{id}@x.example"),
            "Attributes": {"Plan": ["gold"]}});
        if !user.is_empty() {
            body["User"] = json!({"UserId": user});
        }
        shop.ok("PUT", &format!("{}/endpoints/{id}", shop.app), body).await;
    }
    let gold = shop.segment("gold").await;
    let journey = shop.journey(mail(&gold)).await;
    shop.later("PT6M").await;
    assert_eq!(shop.sent().await, ["a a1", "a a2", "a a3", "a b1", "a c1"], "all endpoints of a user travel together");
    let runs = shop.ok("GET", &format!("{journey}/runs"), None).await;
    let run = runs["Item"][0]["RunId"].as_str().unwrap();
    let metrics = shop.ok("GET", &format!("{journey}/runs/{run}/execution-metrics"), None).await;
    let counted = |name: &str| metrics["Metrics"][name].as_str().map(str::to_owned);
    assert_eq!(counted("ENDPOINT_PRODUCED").as_deref(), Some("5"));
    assert_eq!(counted("DUPLICATE_USER").as_deref(), Some("2"));
    assert_eq!(counted("ENDPOINT_ENTERED").as_deref(), Some("3"));
}

#[tokio::test]
async fn a_segment_has_at_most_five_groups() {
    let shop = Shop::new().await;
    let groups = |count: usize| json!({"Name": "s", "SegmentGroups": {"Groups": vec![json!({"Type": "ALL"}); count], "Include": "ANY"}});
    let path = format!("{}/segments", shop.app);
    shop.ok("POST", &path, groups(5)).await;
    assert_eq!(shop.asked.ask("POST", &path, groups(6)).await.0, 400);
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_can_not_be_deleted_and_every_update_wakes_one() {
    let shop = Shop::new().await;
    let path = format!("{}/endpoints/ann", shop.app);
    assert_eq!(shop.asked.ask("DELETE", &path, None).await.0, 404);
    shop.endpoint("ann", "gold").await;
    shop.ok("PUT", &path, json!({"EndpointStatus": "INACTIVE"})).await;
    assert_eq!(shop.ok("GET", &path, None).await["EndpointStatus"], "INACTIVE");
    shop.ok("PUT", &path, json!({"Metrics": {"visits": 1}})).await;
    let ann = shop.ok("GET", &path, None).await;
    assert_eq!((&ann["EndpointStatus"], &ann["OptOut"]), (&json!("ACTIVE"), &json!("NONE")));
    assert_eq!(shop.ok("DELETE", &path, None).await["Id"], "ann");
}
