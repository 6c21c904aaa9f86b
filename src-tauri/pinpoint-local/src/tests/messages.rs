//! Messages that a request sends, and one-time passwords (api.md 8).

use serde_json::{Value, json};

use super::campaigns::Shop;

#[tokio::test]
async fn every_recipient_has_an_answer_of_its_own() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    shop.person("out", json!({"OptOut": "ALL"})).await;
    shop.person("off", json!({"EndpointStatus": "INACTIVE"})).await;
    shop.person("app", json!({"ChannelType": "GCM", "Address": "token"})).await;
    let message = json!({"DefaultMessage": {"Body": "hi"}});
    let body = json!({
        "Addresses": {"+12065550100": {"ChannelType": "SMS"}, "ann@x.example": {"ChannelType": "EMAIL"}},
        "Endpoints": {"ann": {}, "out": {}, "off": {}, "app": {}, "nobody": {}},
        "MessageConfiguration": message, "TraceId": "t1",
    });
    let answer = shop.post("messages", body).await;
    let of =
        |map: &str, key: &str| (answer[map][key]["DeliveryStatus"].clone(), answer[map][key]["StatusCode"].clone());
    assert_eq!(of("Result", "+12065550100"), (json!("SUCCESSFUL"), json!(200)));
    assert_eq!(of("Result", "ann@x.example"), (json!("SUCCESSFUL"), json!(200)));
    assert_eq!(of("EndpointResult", "ann"), (json!("DUPLICATE"), json!(400)));
    assert_eq!(of("EndpointResult", "out"), (json!("OPT_OUT"), json!(400)));
    for id in ["off", "app", "nobody"] {
        assert_eq!(of("EndpointResult", id), (json!("PERMANENT_FAILURE"), json!(400)), "{id}");
    }
    assert_eq!(answer["EndpointResult"]["ann"]["Address"], "ann@x.example");
    let outbox = shop.outbox().await;
    assert_eq!(outbox.len(), 2);
    assert_eq!((&outbox[0]["RequestId"], &outbox[0]["TraceId"]), (&answer["RequestId"], &json!("t1")));
    assert_eq!(outbox[0]["Id"], answer["Result"]["+12065550100"]["MessageId"]);
}

#[tokio::test]
async fn the_most_specific_message_wins_and_a_recipient_may_be_told_something_else() {
    let shop = Shop::new().await;
    shop.put("channels/gcm", json!({"Enabled": true})).await;
    shop.put("channels/apns", json!({"Enabled": true})).await;
    let configuration = json!({
        "DefaultMessage": {"Body": "default"},
        "DefaultPushNotificationMessage": {"Title": "push", "Body": "for {{name}}", "Substitutions": {"name": ["all"]}},
        "GCMMessage": {"Title": "gcm", "Body": "gcm", "TimeToLive": 60, "Data": {"k": "v"}},
        "SMSMessage": {"Body": "sms for {{name}}", "MessageType": "PROMOTIONAL", "SenderId": "Shop", "Substitutions": {"name": ["all"]}},
        "EmailMessage": {"FromAddress": "a@x.example", "ReplyToAddresses": ["r@x.example"],
            "SimpleEmail": {"Subject": {"Data": "subject"}, "HtmlPart": {"Data": "<p>html</p>"}, "Headers": [{"Name": "X-A", "Value": "b"}]}},
    });
    let body = json!({"MessageConfiguration": configuration, "Context": {"order": "7"}, "Addresses": {
        "+12065550100": {"ChannelType": "SMS"},
        "+12065550101": {"ChannelType": "SMS", "Substitutions": {"name": ["you"]}},
        "+12065550102": {"ChannelType": "SMS", "BodyOverride": "just {{name}}"},
        "g1": {"ChannelType": "GCM"},
        "g2": {"ChannelType": "GCM", "RawContent": "{\"raw\":1}"},
        "a1": {"ChannelType": "APNS", "TitleOverride": "other"},
        "m@x.example": {"ChannelType": "EMAIL"},
        "n@x.example": {"ChannelType": "EMAIL", "TitleOverride": "t", "BodyOverride": "b"},
    }});
    shop.post("messages", body).await;
    let outbox = shop.outbox().await;
    let to = |address: &str| outbox.iter().find(|one| one["Address"] == address).unwrap();
    let part = |address: &str, name: &str| {
        let parts = to(address)["Parts"].as_array().unwrap();
        parts.iter().find(|part| part[0] == name).map(|part| part[1].as_str().unwrap().to_owned())
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(part("+12065550100", "Body"), some("sms for all"));
    assert_eq!(part("+12065550101", "Body"), some("sms for you"));
    assert_eq!(part("+12065550102", "Body"), some("just all"));
    assert_eq!(
        to("+12065550100")["Envelope"],
        json!({"MessageType": "PROMOTIONAL", "SenderId": "Shop", "Context": {"order": "7"}})
    );
    assert_eq!((part("g1", "Title"), part("g1", "Body")), (some("gcm"), some("gcm")));
    assert_eq!((&to("g1")["Envelope"]["TimeToLive"], &to("g1")["Envelope"]["Data"]), (&json!(60), &json!({"k": "v"})));
    assert_eq!(to("g2")["Parts"], json!([["RawContent", "{\"raw\":1}"]]));
    assert_eq!((part("a1", "Title"), part("a1", "Body")), (some("other"), some("for all")));
    assert_eq!(
        (part("m@x.example", "Subject"), part("m@x.example", "HtmlPart")),
        (some("subject"), some("<p>html</p>"))
    );
    assert_eq!(part("m@x.example", "Headers.X-A"), some("b"));
    assert_eq!(to("m@x.example")["Envelope"]["ReplyToAddresses"], json!(["r@x.example"]));
    assert_eq!((part("n@x.example", "Subject"), part("n@x.example", "TextPart")), (some("t"), some("b")));
    assert_eq!(part("n@x.example", "HtmlPart"), None);
}

#[tokio::test]
async fn templates_fill_what_the_request_leaves_open_and_failures_are_told() {
    let shop = Shop::new().await;
    shop.person("ann", json!({})).await;
    shop.ok(
        "POST",
        "/v1/templates/hi/email",
        json!({"Subject": "Hi {{User.UserAttributes.FirstName}}", "TextPart": "text"}),
    )
    .await;
    let body = json!({"Endpoints": {"ann": {}}, "Addresses": {"b@x.example": {"ChannelType": "EMAIL"}},
        "MessageConfiguration": {}, "TemplateConfiguration": {"EmailTemplate": {"Name": "hi"}}});
    let answer = shop.post("messages", body).await;
    assert_eq!(answer["EndpointResult"]["ann"]["DeliveryStatus"], "SUCCESSFUL");
    assert_eq!(answer["Result"]["b@x.example"]["DeliveryStatus"], "PERMANENT_FAILURE");
    let outbox = shop.outbox().await;
    assert!(outbox.iter().any(|one| one["EndpointId"] == "ann" && one["Parts"][0][1] == "Hi ann"));
    assert!(outbox.iter().any(|one| one["Address"] == "b@x.example" && one["Failure"].is_string()));
    for (wrong, member) in [
        (json!({"MessageConfiguration": {}}), "Addresses"),
        (json!({"MessageConfiguration": {}, "Addresses": {"a": {}}}), "Addresses.a.ChannelType"),
        (
            json!({"MessageConfiguration": {}, "Endpoints": {"ann": {}}, "TemplateConfiguration": {"SMSTemplate": {"Name": "hi"}}}),
            "TemplateConfiguration.SMSTemplate",
        ),
        (
            json!({"MessageConfiguration": {}, "Endpoints": {"ann": {}}, "TemplateConfiguration": {"InAppTemplate": {"Name": "hi"}}}),
            "TemplateConfiguration.InAppTemplate",
        ),
    ] {
        let (status, answer) = shop.asked.ask("POST", &format!("{}/messages", shop.app), wrong).await;
        assert!(status == 400 && answer["Message"].as_str().unwrap().starts_with(member), "{answer}");
    }
}

#[tokio::test]
async fn users_get_a_message_at_every_endpoint_that_has_one() {
    let shop = Shop::new().await;
    shop.person("mail", json!({"User": {"UserId": "u"}})).await;
    shop.person("phone", json!({"User": {"UserId": "u"}, "ChannelType": "SMS", "Address": "+12065550100"})).await;
    shop.person("app", json!({"User": {"UserId": "u"}, "ChannelType": "IN_APP"})).await;
    let message = json!({"SMSMessage": {"Body": "hi"}, "EmailMessage": {"SimpleEmail": {"Subject": {"Data": "hi"}, "TextPart": {"Data": "x"}}}});
    let answer =
        shop.post("users-messages", json!({"Users": {"u": {}, "nobody": {}}, "MessageConfiguration": message})).await;
    let statuses: Vec<(&String, &Value)> =
        answer["Result"]["u"].as_object().unwrap().iter().map(|(id, one)| (id, &one["DeliveryStatus"])).collect();
    assert_eq!(statuses, [(&"mail".to_owned(), &json!("SUCCESSFUL")), (&"phone".to_owned(), &json!("SUCCESSFUL"))]);
    assert_eq!(answer["Result"]["nobody"], json!({}));
    assert_eq!(shop.sent().await, ["mail", "phone"]);
}

/// The code of the newest text.
async fn code(shop: &Shop) -> String {
    let text = shop.outbox().await.last().unwrap()["Parts"][0][1].as_str().unwrap().to_owned();
    text.chars().filter(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn a_code_is_good_once_for_its_number_and_reference() {
    let shop = Shop::new().await;
    let number = "+12065550100";
    let request = |more: Value| {
        let mut body = json!({"BrandName": "Shop", "Channel": "SMS", "DestinationIdentity": number,
            "OriginationIdentity": "+12065550199", "ReferenceId": "r"});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        body
    };
    let verify = async |code: &str, reference: &str| {
        let body = json!({"DestinationIdentity": number, "Otp": code, "ReferenceId": reference});
        shop.post("verify-otp", body).await["Valid"].as_bool().unwrap()
    };
    let answer = shop.post("otp", request(json!({}))).await;
    assert_eq!(answer["Result"][number]["DeliveryStatus"], "SUCCESSFUL");
    let first = code(&shop).await;
    assert_eq!(first.len(), 6);
    let message = shop.outbox().await.pop().unwrap();
    assert_eq!(message["Parts"][0][1], format!("This is your One Time Password: {first} from Shop"));
    let kept: String = shop
        .asked
        .machine
        .store
        .read::<_, rusqlite::Error>(|store| store.query_row("SELECT salt || hash FROM codes", [], |row| row.get(0)))
        .unwrap();
    assert!(!kept.contains(&first));
    assert!(!verify(&first, "other").await);
    assert!(verify(&first, "r").await);
    assert!(!verify(&first, "r").await, "a success uses it up");

    // Two attempts, a new code in place of the old one, and its end.
    shop.post("otp", request(json!({"AllowedAttempts": 2, "CodeLength": 8, "Language": "de-DE"}))).await;
    let second = code(&shop).await;
    assert_eq!(second.len(), 8);
    assert!(shop.outbox().await.pop().unwrap()["Parts"][0][1].as_str().unwrap().starts_with("Dies ist"));
    assert!(!verify("x", "r").await && !verify("x", "r").await);
    assert!(!verify(&second, "r").await, "no attempt is left");
    shop.post("otp", request(json!({"ValidityPeriod": 5}))).await;
    let third = code(&shop).await;
    shop.post("otp", request(json!({"ValidityPeriod": 5}))).await;
    let fourth = code(&shop).await;
    assert!(third == fourth || !verify(&third, "r").await, "a new one takes its place");
    shop.at(5 * 60_000 + 1).await;
    assert!(!verify(&fourth, "r").await, "it has expired");
    for (wrong, member) in [
        (json!({"BrandName": "a brand that is much too long"}), "BrandName"),
        (json!({"Channel": "EMAIL"}), "Channel"),
        (json!({"DestinationIdentity": "0123"}), "DestinationIdentity"),
        (json!({"CodeLength": 4}), "CodeLength"),
        (json!({"ValidityPeriod": 61}), "ValidityPeriod"),
        (json!({"AllowedAttempts": 6}), "AllowedAttempts"),
        (json!({"Language": "tlh"}), "Language"),
    ] {
        let (status, answer) = shop.asked.ask("POST", &format!("{}/otp", shop.app), request(wrong)).await;
        assert!(status == 400 && answer["Message"].as_str().unwrap().starts_with(member), "{answer}");
    }
}
