//! Kinds and variables: templates.md 1 and 3. Helpers are in `helpers.rs`, limits in `hostile.rs`.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use model::TemplateKind;
use model::time::parse_instant;
use serde_json::{Map, Value, json};
use templates::{RenderError, Rendering, Substitutions, Template};

fn endpoint() -> Value {
    json!({
        "Id": "e1", "Address": "ada@example.com", "ChannelType": "EMAIL",
        "Attributes": {"c": ["blue", "red"], "one": ["a"], "none": [], "html": ["<b>\"Tom's\" & co</b>"], "age": ["39"]},
        "Metrics": {"orders": 3.0, "price": 2.50},
        "Location": {"City": "Berlin"},
        "User": {"UserId": "u1", "UserAttributes": {"FirstName": ["Ada"], "Last Name": ["Lovelace"]}},
    })
}

fn now() -> i64 {
    parse_instant("2020-09-19T18:30:00Z").unwrap()
}

fn render_as(name: &str, text: &str, endpoint: &Value) -> Result<String, RenderError> {
    let template =
        Template::compile(TemplateKind::Email, &json!({name: text})).unwrap_or_else(|error| panic!("{text}: {error}"));
    template.render(endpoint, Substitutions::default(), now()).map(|mut rendered| rendered.parts.remove(0).1)
}

fn render(text: &str) -> String {
    render_as("TextPart", text, &endpoint()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    Template::compile(TemplateKind::Email, &json!({"TextPart": text})).map(|_| ()).unwrap_err().to_string()
}

/// templates.md 3, the table: every variable that Pinpoint knows.
#[test]
fn every_variable_has_its_value() {
    let endpoint = json!({
        "Id": "e1", "Address": "ada@example.com", "ChannelType": "EMAIL", "EndpointStatus": "ACTIVE", "OptOut": "NONE",
        "RequestId": "r1", "CreationDate": "2020-09-18T01:02:03.004Z", "EffectiveDate": "2020-09-19T01:02:03.004Z",
        "Attributes": {"c": ["blue"]}, "Metrics": {"whole": 3.0, "part": 2.50, "large": 1e21},
        "Demographic": {"AppVersion": "1.2", "Locale": "de_DE", "Make": "Maker", "Model": "M1", "ModelVersion": "2",
            "Platform": "ios", "PlatformVersion": "17", "Timezone": "Europe/Berlin"},
        "Location": {"City": "Berlin", "Country": "DE", "Latitude": 52.5, "Longitude": -13.0, "PostalCode": "10115",
            "Region": "BE"},
        "User": {"UserId": "u1", "UserAttributes": {"FirstName": ["Ada"]}},
        "RecommendationItems": ["item-1", "item-2"],
        "Recommendations": {"name": ["Lamp", "Desk"], "link": "https://example.com"},
    });
    let table = [
        ("Address", "ada@example.com"),
        ("Id", "e1"),
        ("ChannelType", "EMAIL"),
        ("EndpointStatus", "ACTIVE"),
        ("OptOut", "NONE"),
        ("RequestId", "r1"),
        ("CreationDate", "2020-09-18T01:02:03.004Z"),
        ("EffectiveDate", "2020-09-19T01:02:03.004Z"),
        ("Attributes.c", "blue"),
        ("Metrics.whole", "3"),
        ("Metrics.part", "2.5"),
        ("Metrics.large", "1000000000000000000000"),
        ("Demographic.AppVersion", "1.2"),
        ("Demographic.Locale", "de_DE"),
        ("Demographic.Make", "Maker"),
        ("Demographic.Model", "M1"),
        ("Demographic.ModelVersion", "2"),
        ("Demographic.Platform", "ios"),
        ("Demographic.PlatformVersion", "17"),
        ("Demographic.Timezone", "Europe/Berlin"),
        ("Location.City", "Berlin"),
        ("Location.Country", "DE"),
        ("Location.Latitude", "52.5"),
        ("Location.Longitude", "-13"),
        ("Location.PostalCode", "10115"),
        ("Location.Region", "BE"),
        ("User.UserId", "u1"),
        ("User.UserAttributes.FirstName", "Ada"),
        ("RecommendationItems", "item-1, item-2"),
        ("RecommendationItems.[1]", "item-2"),
        ("Recommendations.name.[0]", "Lamp"),
        ("Recommendations.link", "https://example.com"),
        ("Recommendations.link.[0]", "https://example.com"),
    ];
    for (path, value) in table {
        assert_eq!(
            render_as("TextPart", &format!("{{{{{path}}}}} {{{{ {path} }}}}"), &endpoint).unwrap(),
            format!("{value} {value}")
        );
    }
    // Exact case.
    assert!(render_as("TextPart", "{{address}}", &endpoint).is_err());
}

/// templates.md 3 and 6: what a recommender gives is one item or several, and attributes that are texts or lists.
#[test]
fn recommendations_are_items_and_attributes() {
    let one = json!({"RecommendationItems": ["item-1"], "Recommendations": {"name": "Lamp"}});
    let several = json!({"RecommendationItems": ["item-1", "item-2", "item-3"],
        "Recommendations": {"name": ["Lamp", "Desk", "Chair"], "price": ["10", "20", "30"]}});
    let none = json!({"Attributes": {"c": ["blue"]}});
    let each = "{{#each Recommendations.name}}{{this}} {{else}}nothing{{/each}}";
    for (text, endpoint, expected) in [
        ("{{RecommendationItems}}", &one, "item-1"),
        ("{{RecommendationItems.[0]}}", &one, "item-1"),
        ("{{RecommendationItems.[2]}}", &several, "item-3"),
        ("{{#each RecommendationItems}}{{@index}}{{this}};{{/each}}", &several, "0item-1;1item-2;2item-3;"),
        ("{{Recommendations.name}}", &one, "Lamp"),
        ("{{Recommendations.name.[1]}} {{Recommendations.price.[1]}}", &several, "Desk 20"),
        (each, &several, "Lamp Desk Chair "),
        (each, &none, "nothing"),
    ] {
        assert_eq!(render_as("TextPart", text, endpoint).unwrap(), expected, "{text}");
    }
    // Without recommender, and in direct and test messages, only the defaults print.
    assert!(render_as("TextPart", "{{RecommendationItems}}", &none).is_err());
    assert!(render_as("TextPart", "{{RecommendationItems.[1]}}", &one).is_err());
    let document = json!({"TextPart": "{{RecommendationItems}}, {{Recommendations.name.[0]}}",
        "DefaultSubstitutions": "{\"RecommendationItems\": \"our best\", \"Recommendations.name.[0]\": \"a lamp\"}"});
    let template = Template::compile(TemplateKind::Email, &document).unwrap();
    let rendered = |endpoint: &Value| template.message(&Rendering::of(endpoint, 0)).unwrap().parts[0].1.clone();
    assert_eq!(rendered(&none), "our best, a lamp");
    assert_eq!(rendered(&several), "item-1, item-2, item-3, Lamp");
}

#[test]
fn variables_print_as_the_table_says() {
    let table = [
        ("{{Address}} {{Id}}", "ada@example.com e1"),
        ("{{ User.UserAttributes.FirstName }} {{User.UserAttributes.[Last Name]}}", "Ada Lovelace"),
        ("{{Attributes.c}} {{Attributes.c.[1]}} {{Attributes.one}} {{Attributes.one.[0]}}", "blue, red red a a"),
        ("{{Metrics.orders}} {{Metrics.price}}", "3 2.5"),
        (
            "{{#each Attributes.c}}{{../Location.City}}{{Location.City}}{{@root.Id}}{{#unless @last}}-{{/unless}}{{/each}}",
            "BerlinBerline1-BerlinBerline1",
        ),
        ("{{upper Attributes.one}}{{upper Attributes.missing}}", "A"),
    ];
    for (text, result) in table {
        assert_eq!(render(text), result, "{text}");
    }
}

#[test]
fn only_html_is_escaped() {
    let text = "{{Attributes.html}} {{{Attributes.html}}} {{upper Attributes.html}}";
    let raw = "<b>\"Tom's\" & co</b>";
    let escaped = "&lt;b&gt;&quot;Tom&#x27;s&quot; &amp; co&lt;/b&gt;";
    let html = render_as("HtmlPart", text, &endpoint()).unwrap();
    assert_eq!(html, format!("{escaped} {raw} &lt;B&gt;&quot;TOM&#x27;S&quot; &amp; CO&lt;/B&gt;"));
    assert_eq!(render_as("Subject", "{{Attributes.html}}", &endpoint()).unwrap(), raw);
    // What is put in is not read again.
    let endpoint = json!({"Attributes": {"x": ["{{Address}}"]}});
    assert_eq!(render_as("TextPart", "{{Attributes.x}}", &endpoint).unwrap(), "{{Address}}");
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn values_come_from_address_message_endpoint_and_defaults_in_this_order() {
    let document = json!({"Body": "{{User.UserAttributes.FirstName}}",
        "DefaultSubstitutions": "{\"User.UserAttributes.FirstName\":\"friend\",\"User.UserAttributes.[Last Name]\":\"X\"}"});
    let template = Template::compile(TemplateKind::Sms, &document).unwrap();
    let (address, message) = (
        map(json!({"User.UserAttributes.FirstName": ["Addy"]})),
        map(json!({"User.UserAttributes.FirstName": ["Messy"]})),
    );
    let body = |endpoint: &Value, address, message| {
        template.render(endpoint, Substitutions { address, message }, 0).unwrap().parts.remove(0).1
    };
    let ada = endpoint();
    assert_eq!(body(&ada, Some(&address), Some(&message)), "Addy");
    assert_eq!(body(&ada, None, Some(&message)), "Messy");
    assert_eq!(body(&ada, None, None), "Ada");
    assert_eq!(body(&Value::Null, None, None), "friend");
    assert_eq!(body(&json!({"User": {"UserAttributes": {"FirstName": []}}}), None, None), "friend");

    let document = json!({"Body": "{{User.UserAttributes.[Last Name].[0]}}", "DefaultSubstitutions": "{\"User.UserAttributes.[Last Name]\":\"X\"}"});
    let template = Template::compile(TemplateKind::Sms, &document).unwrap();
    assert_eq!(template.render(&Value::Null, Substitutions::default(), 0).unwrap().part("Body"), Some("X"));
}

#[test]
fn a_missing_value_stops_the_message_and_is_named() {
    let error = render_as("TextPart", "Dear\n  {{User.UserAttributes.Nick}}", &endpoint()).unwrap_err();
    assert_eq!(error.to_string(), "TextPart, line 2, column 3: `User.UserAttributes.Nick` has no value and no default");
    let template = Template::compile(TemplateKind::Sms, &json!({"Body": "[{{Attributes.none}}]"})).unwrap();
    let ada = endpoint();
    let mut rendering =
        Rendering { endpoint: &ada, substitutions: Substitutions::default(), now: 0, seed: 1, missing_as_empty: false };
    assert!(matches!(template.render_with(&rendering), Err(RenderError::Missing { .. })));
    rendering.missing_as_empty = true;
    assert_eq!(template.render_with(&rendering).unwrap().part("Body"), Some("[]"));
    let error = render_as("TextPart", "{{dateFormat \"soon\"}}", &endpoint()).unwrap_err();
    assert_eq!(error.to_string(), "TextPart, line 1, column 1: `dateFormat`: `soon` is not an ISO 8601 date");
}

#[test]
fn what_can_not_be_compiled_says_where_and_why() {
    let table = [
        ("a\n {{shout Address}}", "TextPart, line 2, column 2: there is no helper `shout`"),
        ("{{#shout}}{{/shout}}", "TextPart, line 1, column 1: there is no helper `shout`"),
        ("{{upper (shout Address)}}", "TextPart, line 1, column 1: there is no helper `shout`"),
        ("{{upper}}", "TextPart, line 1, column 1: `upper` takes 1 argument, found 0"),
        ("{{eq 1}}", "TextPart, line 1, column 1: `eq` takes 2 arguments, found 1"),
        ("{{eq 1 2 maybe='x'}}", "TextPart, line 1, column 1: `eq` has no option `maybe`"),
        ("{{> header}}", "TextPart, line 1, column 1: there is no inline partial `header` above this place"),
        (
            "{{#upper Address}}{{/upper}}",
            "TextPart, line 1, column 1: `upper` has no block form: write `{{upper ...}}`",
        ),
        ("{{each Attributes.c}}", "TextPart, line 1, column 1: `each` is a block: write `{{#each ...}} ... {{/each}}`"),
        ("{{#if Address}}x{{/unless}}", "TextPart, line 1, column 17: `if` was opened, but `unless` is closed here"),
        ("a\n{{#if Address}}x", "TextPart, line 2, column 1: `if` is opened here, and `{{/if}}` is missing"),
        ("x{{/if}}", "TextPart, line 1, column 2: `if` is closed here, but is not open"),
        ("x{{else}}", "TextPart, line 1, column 2: this `else` belongs to no block"),
        ("{{#if Id}}{{else}}{{else}}{{/if}}", "TextPart, line 1, column 19: this `else` belongs to no block"),
        (
            "{{#each Attributes.c as |x|}}{{/each}}",
            "TextPart, line 1, column 1: names behind `as` are not supported; use `this`",
        ),
        ("{{#*inline p}}{{/inline}}", "TextPart, line 1, column 1: an inline partial needs a name in quotes"),
        (
            "{{#*inline \"p\"}}{{> p}}{{/inline}}",
            "TextPart, line 1, column 17: there is no inline partial `p` above this place",
        ),
        (
            "{{#*inline \"p\"}}{{/inline}}{{> p x=1}}",
            "TextPart, line 1, column 28: the inline partial `p` takes no arguments",
        ),
        ("{{#> p}}{{/p}}", "TextPart, line 1, column 1: partial blocks are not supported"),
        ("{{{{upper}}}}x{{{{/upper}}}}", "TextPart, line 1, column 1: raw blocks are not supported"),
        ("{{@root}}", "TextPart, line 1, column 1: there is no `@root`"),
        ("{{upper 1 2}}", "TextPart, line 1, column 1: `upper` takes 1 argument, found 2"),
    ];
    for (text, message) in table {
        assert_eq!(refused(text), message, "{text}");
    }
    for text in ["{{Address", "{{Address}", "{{upper (lower Address}}", "{{upper \"x}}", "{{}}", "{{upper \"\\q\"}}"] {
        assert!(refused(text).contains("this is not a handlebars expression"), "{text}: {}", refused(text));
    }
    let defaults = |text: &str| {
        Template::compile(TemplateKind::Sms, &json!({"DefaultSubstitutions": text}))
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(defaults("{\"a\": }"), "DefaultSubstitutions, line 1, column 7: expected a value, found `}`");
    assert!(defaults("[]").starts_with("DefaultSubstitutions, line 1, column 1: expected a JSON object"));
}

#[test]
fn variables_are_listed() {
    let document = json!({
        "Subject": "Hi {{User.UserAttributes.FirstName}}",
        "HtmlPart": "{{#if (gt Metrics.orders 3)}}{{#each Attributes.c}}{{this}}{{@index}}{{/each}}{{/if}}{{Attributes.c.[0]}}{{upper User.UserAttributes.FirstName}}",
        "DefaultSubstitutions": "{\"User.UserAttributes.FirstName\": \"there\", \"Attributes.c\": \"x\"}",
    });
    let template = Template::compile(TemplateKind::Email, &document).unwrap();
    let seen: Vec<(String, bool, bool)> = template
        .variables()
        .into_iter()
        .map(|variable| (variable.path, variable.has_default, variable.needed))
        .collect();
    let row = |path: &str, has_default, needed| (path.to_owned(), has_default, needed);
    assert_eq!(
        seen,
        [
            row("User.UserAttributes.FirstName", true, true),
            row("Metrics.orders", false, false),
            row("Attributes.c", true, false),
            row("Attributes.c.0", true, true),
        ]
    );
}

#[test]
fn push_parts_are_those_of_the_service() {
    let document = json!({
        "Default": {"Title": "T", "Body": "Hi {{Id}}", "Action": "OPEN_APP"},
        "APNS": {"Body": "apple", "MediaUrl": "m"},
        "GCM": {"RawContent": "{\"id\": \"{{Id}}\"}", "Title": "unused"},
    });
    let template = Template::compile(TemplateKind::Push, &document).unwrap();
    let parts = |channel: &str| {
        let endpoint = json!({"Id": "e1", "ChannelType": channel});
        let rendered = template.render(&endpoint, Substitutions::default(), 0).unwrap();
        rendered.parts.into_iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(parts("APNS_SANDBOX"), "Title=T Body=apple Action=OPEN_APP MediaUrl=m");
    assert_eq!(parts("GCM"), "RawContent={\"id\": \"e1\"}");
    assert_eq!(parts("ADM"), "Title=T Body=Hi e1 Action=OPEN_APP");
    assert_eq!(parts("EMAIL"), "Title=T Body=Hi e1 Action=OPEN_APP");
}

#[test]
fn unique_ids_come_from_the_seed() {
    let template = Template::compile(TemplateKind::Sms, &json!({"Body": "{{uuid}} {{uuid}}"})).unwrap();
    let body = |id: &str, now| {
        template.render(&json!({"Id": id}), Substitutions::default(), now).unwrap().part("Body").unwrap().to_owned()
    };
    assert_eq!(body("a", 1), body("a", 1));
    assert_ne!(body("a", 1), body("b", 1));
    assert_ne!(body("a", 1), body("a", 2));
    let (first, second) = body("a", 1).split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_ne!(first, second);
    assert_eq!((first.len(), &first[14..15], first.matches('-').count()), (36, "4", 4));
}

#[test]
fn the_samples_render_as_they_are() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples");
    #[expect(clippy::disallowed_methods, reason = "a test of files that may lie beside the checkout")]
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).ok();
    let Some(html) = read("aws-sample-email.html") else {
        println!("skipped: the samples are not beside the checkout");
        return;
    };
    let template = Template::compile(TemplateKind::Email, &json!({"HtmlPart": html})).unwrap();
    let paths: Vec<String> = template.variables().into_iter().map(|variable| variable.path).collect();
    assert_eq!(paths, ["User.UserAttributes.Company", "User.UserAttributes.FirstName", "User.UserAttributes.LastName"]);
    let endpoint = json!({"User": {"UserAttributes": {"Company": ["ExampleCorp."], "FirstName": ["Mary"], "LastName": ["Major"]}}});
    let rendered = template.render(&endpoint, Substitutions::default(), 0).unwrap();
    let expected = html
        .replace("{{User.UserAttributes.Company}}", "ExampleCorp.")
        .replace("{{User.UserAttributes.FirstName}}", "Mary")
        .replace("{{User.UserAttributes.LastName}}", "Major");
    assert_eq!(rendered.part("HtmlPart"), Some(expected.as_str()));
}
