//! `Template::check` says what rendering and measuring the message would say.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use model::TemplateKind;
use proptest::prelude::*;
use serde_json::{Value, json};
use templates::{OverLimit, Rendering, Template, Unsendable};

fn sms(body: &str) -> Template {
    Template::compile(TemplateKind::Sms, &json!({"Body": body})).unwrap()
}

#[test]
fn what_can_be_sent() {
    let ada = json!({"Id": "e1", "ChannelType": "SMS", "Attributes": {"c": ["Ada"]}});
    assert_eq!(sms("Hi {{Attributes.c}}").check(&Rendering::of(&ada, 0)), Ok(()));
    let message = sms("Hi {{Attributes.c}}").message(&Rendering::of(&ada, 0)).unwrap();
    assert_eq!(message.part("Body"), Some("Hi Ada"));
}

#[test]
fn a_missing_value_is_named() {
    let nobody = Value::Null;
    let template = sms("Hi {{Attributes.c}}");
    let error = template.check(&Rendering::of(&nobody, 0)).unwrap_err();
    assert_eq!(error.to_string(), "Body, line 1, column 4: `Attributes.c` has no value and no default");
    // The switch "render missing as empty" (templates.md 3).
    assert_eq!(template.check(&Rendering { missing_as_empty: true, ..Rendering::of(&nobody, 0) }), Ok(()));
}

/// Outside of loops there is no place in a loop, also when a partial stands between.
#[test]
fn a_place_outside_of_loops_is_missing() {
    for body in
        ["{{@index}}", "{{#*inline \"p\"}}{{@index}}{{/inline}}{{> p}}", "{{#each Attributes.c}}{{@../index}}{{/each}}"]
    {
        let template = sms(body);
        let ada = json!({"Attributes": {"c": ["Ada"]}});
        assert!(matches!(template.check(&Rendering::of(&ada, 0)), Err(Unsendable::Render(_))), "{body}");
    }
}

#[test]
fn a_text_message_that_is_too_long_is_an_invalid_message() {
    let long = json!({"Attributes": {"c": ["x".repeat(1_600)]}});
    let template = sms("{{Attributes.c}}");
    assert_eq!(template.check(&Rendering::of(&long, 0)), Ok(()));
    let template = sms("{{Attributes.c}}!");
    let Unsendable::Limit(over) = template.check(&Rendering::of(&long, 0)).unwrap_err() else { panic!("a limit") };
    assert_eq!(over.to_string(), "the text message has 1601 characters; 1600 is the most in GSM 03.38");
    assert_eq!(over.record_status(), Some("INVALID_MESSAGE"));
}

#[test]
fn a_payload_that_is_too_large_says_the_figures() {
    let document = json!({"Default": {"Title": "T", "Body": "{{Attributes.c}}"}});
    let template = Template::compile(TemplateKind::Push, &document).unwrap();
    for (channel, letters, service, bytes, most) in [
        ("APNS_SANDBOX", 4_100, "APNS", 4_141, 4_096),
        ("GCM", 4_000, "GCM", 4_141, 4_096),
        ("ADM", 6_100, "ADM", 6_241, 6_144),
    ] {
        let endpoint = json!({"ChannelType": channel, "Attributes": {"c": ["x".repeat(letters)]}});
        let error = template.check(&Rendering::of(&endpoint, 0)).unwrap_err();
        assert_eq!(error, Unsendable::Limit(OverLimit::Push { service, bytes, most }));
        assert_eq!(error.to_string(), format!("the payload for {service} has {bytes} bytes; {most} is the most"));
    }
}

/// Templates that can be read, with all that an outline knows and what it does not.
fn template_text() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "plain ",
        "\"quoted\" <b>&amp;\n",
        "ü好\u{1}",
        "{{Attributes.a}}",
        "{{Attributes.a.[1]}}",
        "{{Attributes.b}}",
        "{{{Attributes.b}}}",
        "{{Metrics.m}}",
        "{{Id}}",
        "{{Attributes}}",
        "{{User.UserAttributes.n}}",
        "{{this}}",
        "{{@index}}",
        "{{@key}}",
        "{{upper Attributes.a}}",
        "{{upper (lower Attributes.b)}}",
        "{{capitalize Attributes.a}}",
        "{{abbreviate Attributes.b 9}}",
        "{{abbreviate Attributes.b Metrics.m}}",
        "{{center Attributes.a size=30 pad=\"好\"}}",
        "{{center Attributes.a}}",
        "{{ljust Attributes.a 700}}",
        "{{join Attributes.a \", \"}}",
        "{{join Attributes.b \"<longer>\" prefix=\"(\" suffix=Attributes.a}}",
        "{{replace Attributes.a \"x\" Attributes.b}}",
        "{{substring Attributes.b 1 9}}",
        "{{add Metrics.m Attributes.a}}",
        "{{sha512 Attributes.b}}",
        "{{uuid}}",
        "{{now}}",
        "{{dateFormat Attributes.a}}",
        "{{decode64 Attributes.a}}",
        "{{encode64 Attributes.b}}",
        "{{yesno Attributes.a yes=Attributes.b}}",
        "{{eq Attributes.a Attributes.b yes=Attributes.a no='n'}}",
        "{{inflect Metrics.m apple Attributes.b includeCount=true}}",
        "{{ordinalize Metrics.m}}",
        "{{slugify Attributes.b}}",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 24, 4, |inner| {
        let open = prop::sample::select(vec![
            ("{{#if Attributes.a}}", "{{else}}", "{{/if}}"),
            ("{{#unless Attributes.b}}", "", "{{/unless}}"),
            ("{{#if (gt Metrics.m 3)}}", "{{else if Attributes.b}}", "{{/if}}"),
            ("{{#each Attributes.a}}", "", "{{/each}}"),
            ("{{#each Attributes}}", "{{else}}", "{{/each}}"),
            ("{{#with Attributes.b}}", "{{else}}", "{{/with}}"),
            ("{{#with User.UserAttributes}}", "", "{{/with}}"),
            ("{{#*inline \"p\"}}", "", "{{/inline}}{{> p}}{{> p}}"),
            ("", "", ""),
        ]);
        (open, prop::collection::vec(inner, 1..4)).prop_map(|((open, between, close), inner)| {
            // What a partial holds is no place for an `else`.
            let (first, rest) = inner.split_first().unwrap();
            format!("{open}{first}{between}{}{close}", rest.concat())
        })
    })
}

fn value() -> impl Strategy<Value = Value> {
    let text = || {
        let letter =
            prop::sample::select(vec!["x", "Y ", "<", "'", "\"", "é", "好", "ΐ", "\u{1}", "€", "0", "2020-01-01"]);
        (letter, prop::sample::select(vec![0_usize, 1, 1, 2, 7, 40, 120, 700, 2_100]))
            .prop_map(|(letter, n)| letter.repeat(n))
    };
    prop_oneof![
        6 => prop::collection::vec(text(), 0..4).prop_map(|list| json!(list)),
        1 => text().prop_map(Value::from),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => Just(json!([null, "x"])),
        1 => Just(json!([["x"], {"n": "y"}])),
        1 => Just(json!({"n": ["deep"]})),
    ]
}

fn endpoint() -> impl Strategy<Value = Value> {
    let channel = prop::sample::select(vec!["APNS", "GCM", "ADM", "SMS", "EMAIL"]);
    (channel, prop::option::of(value()), prop::option::of(value()), prop::option::of(value()), any::<bool>()).prop_map(
        |(channel, a, b, m, user)| {
            let mut endpoint = json!({"Id": "e1", "ChannelType": channel, "Attributes": {}, "Metrics": {}});
            for (object, name, value) in [("Attributes", "a", a), ("Attributes", "b", b), ("Metrics", "m", m)] {
                if let Some(value) = value {
                    endpoint[object][name] = value;
                }
            }
            if user {
                endpoint["User"] = json!({"UserAttributes": {"n": ["N"]}});
            }
            endpoint
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn check_agrees_with_message(
        text in template_text(),
        endpoint in endpoint(),
        with_default in any::<bool>(),
        missing_as_empty in any::<bool>(),
    ) {
        let defaults = if with_default { "{\"Attributes.a\":\"default\",\"Metrics.m\":\"7\"}" } else { "" };
        let documents = [
            (TemplateKind::Sms, json!({"Body": text, "DefaultSubstitutions": defaults})),
            (TemplateKind::Voice, json!({"Body": text, "DefaultSubstitutions": defaults})),
            (TemplateKind::Email, json!({"Subject": "s", "HtmlPart": text, "DefaultSubstitutions": defaults})),
            (TemplateKind::Push, json!({"Default": {"Title": text, "Body": text}, "ADM": {"RawContent": text},
                "DefaultSubstitutions": defaults})),
        ];
        for (kind, document) in documents {
            let template = Template::compile(kind, &document).unwrap_or_else(|error| panic!("{text}: {error}"));
            let rendering = Rendering { missing_as_empty, ..Rendering::of(&endpoint, 0) };
            prop_assert_eq!(template.check(&rendering), template.message(&rendering).map(|_| ()), "{} {:?}", kind.folder(), text);
        }
    }
}
