//! What the API says about people beside endpoints and jobs: names removed, source versions, numbers, recommenders, streams.

use serde_json::{Value, json};

use super::Asked;

#[tokio::test]
async fn names_are_removed_with_their_values_and_may_come_back() {
    let asked = Asked::new();
    let app = asked.app().await;
    let put = async |id: &str, body: Value| {
        let mut body = body;
        body["ChannelType"] = json!("CUSTOM");
        body["Address"] = json!(id);
        let (status, answer) = asked.ask("PUT", &format!("{app}/endpoints/{id}"), body).await;
        assert_eq!(status, 202, "{answer}");
    };
    let get = async |id: &str| asked.ask("GET", &format!("{app}/endpoints/{id}"), None).await.1;
    let attributes = json!({"Plan": ["pro"], "Plan_old": ["x"], "Ride": ["bus"]});
    put("a", json!({"Attributes": attributes, "Metrics": {"Plan": 1}, "User": {"UserId": "u", "UserAttributes": {"Plan": ["a"], "Name": ["Ann"]}}})).await;
    put("b", json!({"Attributes": {"Plan": ["free"]}, "User": {"UserAttributes": {"Plan": ["b"]}}})).await;
    let remove = async |kind: &str, names: Value| {
        asked.ask("PUT", &format!("{app}/attributes/{kind}"), json!({"Blacklist": names})).await
    };
    let (status, gone) = remove("endpoint-custom-attributes", json!(["Plan*", "none"])).await;
    assert_eq!((status, &gone["Attributes"]), (200, &json!(["Plan", "Plan_old"])));
    assert_eq!(gone["AttributeType"], "endpoint-custom-attributes");
    let a = get("a").await;
    assert_eq!((&a["Attributes"], &a["Metrics"]), (&json!({"Ride": ["bus"]}), &json!({"Plan": 1})));
    assert_eq!(get("b").await.get("Attributes"), None);
    assert_eq!(remove("endpoint-metric-attributes", json!(["P?an"])).await.1["Attributes"], json!(["Plan"]));
    assert_eq!(get("a").await.get("Metrics"), None);
    assert_eq!(remove("endpoint-user-attributes", json!(["Plan"])).await.1["Attributes"], json!(["Plan"]));
    assert_eq!(get("a").await["User"]["UserAttributes"], json!({"Name": ["Ann"]}));
    assert_eq!(get("b").await["User"].get("UserAttributes"), None);
    // Later writes are captured.
    put("b", json!({"Attributes": {"Plan": ["new"]}})).await;
    assert_eq!(get("b").await["Attributes"], json!({"Plan": ["new"]}));
    for (kind, names) in [("endpoint-colours", json!(["Plan"])), ("endpoint-custom-attributes", json!([]))] {
        assert_eq!(remove(kind, names).await.0, 400, "{kind}");
    }
}

#[tokio::test]
async fn names_that_were_removed_make_room() {
    let asked = Asked::new();
    let app = asked.app().await;
    let put = async |names: std::ops::Range<usize>| {
        let attributes: serde_json::Map<String, Value> = names.map(|n| (format!("n{n}"), json!(["1"]))).collect();
        let body = json!({"ChannelType": "CUSTOM", "Address": "a", "Attributes": attributes});
        asked.ask("PUT", &format!("{app}/endpoints/a"), body).await.0
    };
    assert_eq!((put(0..250).await, put(250..251).await, put(0..250).await), (202, 400, 202));
    let blacklist = json!({"Blacklist": ["n1?"]});
    let (_, gone) = asked.ask("PUT", &format!("{app}/attributes/endpoint-custom-attributes"), blacklist).await;
    assert_eq!(gone["Attributes"].as_array().unwrap().len(), 10);
    assert_eq!((put(250..261).await, put(250..260).await, put(260..261).await), (400, 202, 400));
}

#[tokio::test]
async fn a_source_without_version_is_the_latest_one() {
    let asked = Asked::new();
    let app = asked.app().await;
    for (id, plan) in [("a", "free"), ("b", "pro")] {
        let body =
            json!({"ChannelType": "EMAIL", "Address": format!("{id}@x.example"), "Attributes": {"Plan": [plan]}});
        asked.ask("PUT", &format!("{app}/endpoints/{id}"), body).await;
    }
    let plan = |plan: &str| json!({"Name": "plan", "Dimensions": {"Attributes": {"Plan": {"Values": [plan]}}}});
    let (_, source) = asked.ask("POST", &format!("{app}/segments"), plan("free")).await;
    let made_of = |source: Value| json!({"Name": "made", "SegmentGroups": {"Groups": [{"SourceSegments": [source]}]}});
    let (_, latest) = asked.ask("POST", &format!("{app}/segments"), made_of(json!({"Id": source["Id"]}))).await;
    let (_, pinned) =
        asked.ask("POST", &format!("{app}/segments"), made_of(json!({"Id": source["Id"], "Version": 1}))).await;
    let path = format!("{app}/segments/{}", source["Id"].as_str().unwrap());
    assert_eq!(asked.ask("PUT", &path, plan("pro")).await.0, 200);
    asked.ask("POST", "/v1/templates/hello/email", json!({"Subject": "hello", "TextPart": "hello"})).await;
    for (name, segment) in [("latest", &latest), ("pinned", &pinned)] {
        let journey = json!({
            "Name": name, "State": "ACTIVE", "StartActivity": "hello",
            "StartCondition": {"SegmentStartCondition": {"SegmentId": segment["Id"]}},
            "Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}},
        });
        let (status, journey) = asked.ask("POST", &format!("{app}/journeys"), journey).await;
        assert_eq!(status, 201);
        asked.ask("POST", "/waymark/clock", json!({"advance": "PT6M"})).await;
        let (_, outbox) = asked.ask("GET", "/waymark/outbox?limit=1", None).await;
        let expected = if name == "latest" { "b" } else { "a" };
        assert_eq!(outbox["Item"][0]["EndpointId"], expected, "{name}: {journey}");
    }
    let unknown = made_of(json!({"Id": source["Id"], "Version": 9}));
    assert_eq!(asked.ask("POST", &format!("{app}/segments"), unknown).await.0, 400);
}

#[tokio::test]
async fn a_segment_has_100_dimensions_of_100_values() {
    let asked = Asked::new();
    let app = asked.app().await;
    let create = async |count: usize, value: usize, values: usize| {
        let values = vec!["x".repeat(value); values];
        let names = (0..count).map(|n| (format!("n{n}"), json!({"Values": values})));
        let body = json!({"Name": "s", "Dimensions": {"Attributes": names.collect::<serde_json::Map<_, _>>()}});
        let (status, answer) = asked.ask("POST", &format!("{app}/segments"), body).await;
        (status, answer["Message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(create(100, 1, 1).await.0, 201);
    assert_eq!(create(1, 100, 100).await.0, 201);
    for (count, value, values, words) in
        [(101, 1, 1, "100 are allowed"), (1, 101, 1, "100 characters"), (1, 1, 101, "100 values")]
    {
        let (status, message) = create(count, value, values).await;
        assert_eq!((status, message.contains(words)), (400, true), "{message}");
    }
    // The values of all groups count together (2.1).
    assert_eq!(create(2, 1, 51).await.0, 400);
}

#[tokio::test]
async fn phone_numbers() {
    let asked = Asked::new();
    let validate = async |number: &str, country: &str| {
        let body = json!({"PhoneNumber": number, "IsoCountryCode": country});
        asked.ask("POST", "/v1/phone/number/validate/", body).await
    };
    let (status, number) = validate("030 / 22 73 40 11", "de").await;
    assert_eq!(status, 200);
    let expected = json!({
        "OriginalPhoneNumber": "030 / 22 73 40 11", "OriginalCountryCodeIso2": "DE", "PhoneType": "LANDLINE",
        "PhoneTypeCode": 1, "CleansedPhoneNumberE164": "+493022734011", "CleansedPhoneNumberNational": "3022734011",
        "CountryCodeIso2": "DE", "CountryCodeNumeric": "49", "Timezone": "Europe/Berlin",
    });
    assert_eq!(number, expected);
    for (number, country, kind, code) in [
        ("+4915123456789", "", "MOBILE", 0),
        ("+12065550142", "", "MOBILE", 0),
        ("+390669821234", "", "LANDLINE", 1),
        ("+18005550199", "", "OTHER", 4),
        ("+491", "", "INVALID", 3),
        ("030 22734011", "", "INVALID", 3),
        ("no number", "DE", "INVALID", 3),
        ("+49 (0) ☎ 30", "DE", "INVALID", 3),
        ("+", "DE", "INVALID", 3),
    ] {
        let (status, answer) = validate(number, country).await;
        assert_eq!(
            (status, answer["PhoneType"].as_str(), answer["PhoneTypeCode"].as_i64()),
            (200, Some(kind), Some(code)),
            "{number}"
        );
        assert_eq!(answer.get("CleansedPhoneNumberE164").is_none(), code == 3, "{answer}");
    }
    assert_eq!(validate("+390669821234", "").await.1["CleansedPhoneNumberNational"], "0669821234");
    assert_eq!(validate("030 22734011", "XX").await.0, 400);
    assert_eq!(validate("", "DE").await.0, 400);
}

#[tokio::test]
async fn recommender_configurations() {
    let asked = Asked::new();
    let plain = json!({
        "Name": "movies", "RecommendationProviderRoleArn": "arn:aws:iam::1:role/r",
        "RecommendationProviderUri": "arn:aws:personalize:us-east-1:1:campaign/c", "RecommendationsDisplayName": "Movie",
    });
    let with = |more: Value| {
        let mut body = plain.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let (status, made) = asked.ask("POST", "/v1/recommenders", plain.clone()).await;
    assert_eq!((status, made["RecommendationsPerMessage"].as_i64()), (201, Some(5)), "{made}");
    assert_eq!(made["RecommendationProviderIdType"], "PINPOINT_ENDPOINT_ID");
    let path = format!("/v1/recommenders/{}", made["Id"].as_str().unwrap());
    let lambda = with(json!({"RecommendationTransformerUri": "arn:aws:lambda:us-east-1:1:function:f",
        "Attributes": {"title": "Title"}, "RecommendationsPerMessage": 2, "RecommendationProviderIdType": "PINPOINT_USER_ID"}));
    let (status, updated) = asked.ask("PUT", &path, lambda.clone()).await;
    assert_eq!(
        (status, &updated["Attributes"], &updated["CreationDate"]),
        (200, &json!({"title": "Title"}), &made["CreationDate"])
    );
    assert_eq!(asked.ask("GET", &path, None).await.1, updated);
    assert_eq!(asked.ask("GET", "/v1/recommenders", None).await.1["Item"], json!([updated]));
    let attributes: serde_json::Map<String, Value> = (0..11).map(|n| (format!("a{n}"), json!("A"))).collect();
    for more in [
        json!({"Name": "x".repeat(129)}),
        json!({"Description": "x".repeat(129)}),
        json!({"RecommendationsDisplayName": "x".repeat(26)}),
        json!({"RecommendationsDisplayName": null}),
        json!({"RecommendationsPerMessage": 6}),
        json!({"RecommendationProviderIdType": "EMAIL"}),
        json!({"RecommendationProviderUri": "c"}),
        json!({"Attributes": {"title": "Title"}}),
        json!({"RecommendationTransformerUri": "arn:f", "Attributes": {}}),
        json!({"RecommendationTransformerUri": "arn:f", "Attributes": attributes}),
        json!({"RecommendationTransformerUri": "arn:f", "Attributes": {"x".repeat(51): "Title"}}),
        json!({"RecommendationTransformerUri": "arn:f", "Attributes": {"title": "x".repeat(26)}}),
    ] {
        assert_eq!(asked.ask("POST", "/v1/recommenders", with(more.clone())).await.0, 400, "{more}");
    }
    for _ in 0..99 {
        assert_eq!(asked.ask("POST", "/v1/recommenders", plain.clone()).await.0, 201);
    }
    let (status, answer) = asked.ask("POST", "/v1/recommenders", plain).await;
    assert_eq!((status, answer["Message"].as_str().unwrap().contains("100 are allowed")), (400, true));
    assert_eq!(asked.ask("DELETE", &path, None).await, (200, updated));
    assert_eq!(asked.ask("GET", &path, None).await.0, 404);
}

#[tokio::test]
async fn an_event_stream_is_kept() {
    let asked = Asked::new();
    let app = asked.app().await;
    let path = format!("{app}/eventstream");
    assert_eq!(asked.ask("GET", &path, None).await.0, 404);
    let body = |stream: &str| json!({"DestinationStreamArn": stream, "RoleArn": "arn:aws:iam::1:role/r"});
    let data = "arn:aws:kinesis:us-east-1:000000000000:stream/events";
    let (status, put) = asked.ask("POST", &path, body(data)).await;
    assert_eq!((status, put["DestinationStreamArn"].as_str()), (200, Some(data)), "{put}");
    assert_eq!(put["ApplicationId"].as_str(), app.rsplit('/').next());
    assert_eq!(put["LastModifiedDate"], "2026-11-30T09:00:00.000Z");
    let firehose = "arn:aws:firehose:us-east-1:000000000000:deliverystream/events";
    assert_eq!(
        asked.ask("POST", &path, body(firehose)).await.0,
        200,
        "one stream per project: the new one replaces it"
    );
    assert_eq!(asked.ask("GET", &path, None).await.1["DestinationStreamArn"], firehose);
    for stream in
        ["events", "arn:aws:sqs:us-east-1:000000000000:events", "arn:aws:kinesis:us-east-1:000000000000:stream/"]
    {
        assert_eq!(asked.ask("POST", &path, body(stream)).await.0, 400, "{stream}");
    }
    assert_eq!(asked.ask("POST", &path, json!({"DestinationStreamArn": data})).await.0, 400);
    assert_eq!(asked.ask("DELETE", &path, None).await.1["DestinationStreamArn"], firehose);
    assert_eq!(asked.ask("DELETE", &path, None).await.0, 404);
}

#[tokio::test]
async fn each_part_of_an_item_of_events_has_its_own_answer() {
    let asked = Asked::new();
    let app = asked.app().await;
    let event = |name: &str| json!({"EventType": name, "Timestamp": "2026-11-30T09:00:00Z"});
    let put = async |items: Value| {
        let (status, answer) = asked.ask("POST", &format!("{app}/events"), json!({"BatchItem": items})).await;
        assert_eq!(status, 202, "{answer}");
        answer["Results"].clone()
    };
    let known = json!({"ChannelType": "EMAIL", "Address": "ann@x.example"});
    asked.ask("PUT", &format!("{app}/endpoints/ann"), known.clone()).await;
    let long = json!({"Attributes": {"Plan": ["x".repeat(101)]}});
    let results = put(json!({
        "ann": {"Endpoint": long, "Events": {"e": event("cart"), "f": event("")}},
        "new": {"Endpoint": long, "Events": {"e": event("cart")}},
        "none": {"Endpoint": long, "Events": {}},
        "bare": {"Endpoint": {}, "Events": {"e": event("cart"), "f": {"EventType": "cart", "Timestamp": "today"}}},
        "good": {"Endpoint": known, "Events": {}},
    }))
    .await;
    let accepted = json!({"Message": "Accepted", "StatusCode": 202});
    for id in ["ann", "new", "none"] {
        assert_eq!(results[id]["EndpointItemResponse"]["StatusCode"], 400, "{results}");
        assert!(results[id]["EndpointItemResponse"]["Message"].as_str().unwrap().contains("Plan"), "{results}");
    }
    for id in ["ann", "new", "bare"] {
        assert_eq!(results[id]["EventsItemResponse"]["e"], accepted, "only the endpoint part is dropped: {results}");
    }
    assert_eq!(results["ann"]["EventsItemResponse"]["f"]["StatusCode"], 400);
    let wrong = &results["bare"]["EventsItemResponse"]["f"];
    assert_eq!(wrong["StatusCode"], 400);
    assert!(wrong["Message"].as_str().unwrap().starts_with("Timestamp: "), "{wrong}");
    assert!(results["bare"].get("EndpointItemResponse").is_none(), "nothing was said of the endpoint");
    assert_eq!(results["good"], json!({"EndpointItemResponse": accepted, "EventsItemResponse": {}}));

    let (_, ann) = asked.ask("GET", &format!("{app}/endpoints/ann"), None).await;
    assert!(ann["Attributes"].as_object().is_none_or(serde_json::Map::is_empty), "{ann}");
    for (id, expected) in [("new", 200), ("bare", 200), ("none", 404)] {
        assert_eq!(asked.ask("GET", &format!("{app}/endpoints/{id}"), None).await.0, expected, "{id}");
    }
    let many: serde_json::Map<String, Value> = (0..101).map(|n| (n.to_string(), event("cart"))).collect();
    let body = json!({"BatchItem": {"ann": {"Endpoint": {}, "Events": many}}});
    assert_eq!(asked.ask("POST", &format!("{app}/events"), body).await.0, 400, "over a limit the whole request fails");
}
