//! Helpers, variables and limits: templates.md 1, 3, 4, example by example.
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

#[test]
fn every_helper_does_what_its_example_says() {
    let table = [
        // 4.1
        ("{{#each Attributes.c}}{{@index}}:{{this}} {{/each}}", "0:blue 1:red "),
        ("{{#each Attributes.none}}x{{else}}empty{{/each}}", "empty"),
        ("{{#if Attributes.x.[0]}}y{{else}}n{{/if}}", "n"),
        ("{{#if Attributes.one.[0]}}y{{else}}n{{/if}}", "y"),
        ("{{#unless Attributes.x}}y{{/unless}}", "y"),
        ("{{#with User.UserAttributes}}{{FirstName}}{{/with}}", "Ada"),
        // 4.2
        ("{{and (eq 1 1) (eq 2 2) yes='Y' no='N'}}", "Y"),
        ("{{and (eq 1 1) (eq 2 3) yes='Y' no='N'}}", "N"),
        ("{{or (eq 1 2) (eq 2 2) yes='Y' no='N'}}", "Y"),
        ("{{not (eq \"red\" \"red\")}}", "false"),
        ("{{eq \"a\" \"a\" yes='y' no='n'}}", "y"),
        ("{{eq \"a\" \"A\" yes='y' no='n'}}", "n"),
        ("{{neq \"a\" \"b\"}}", "true"),
        ("{{gte \"18\" \"18\" yes='ok' no='no'}}", "ok"),
        ("{{gt Attributes.age.[0] \"170\"}}", "false"),
        ("{{gt \"9\" \"10\"}} {{lt 9 10}} {{lte 10 9.5}}", "false true false"),
        ("{{gt \"b\" \"a\"}}", "true"),
        ("{{#eq Attributes.age.[0] 39}}same{{else}}other{{/eq}}", "same"),
        ("{{#and Attributes.one Attributes.x}}both{{else}}not both{{/and}}", "not both"),
        ("{{#if (gt Metrics.orders 2)}}many{{/if}}", "many"),
        ("{{#if (eq 1 2)}}a{{else if (eq 2 2)}}b{{else}}c{{/if}}", "b"),
        // 4.3
        ("{{abbreviate \"Alejandro\" 6}}", "Ale..."),
        ("{{abbreviate \"Ale\" 6}}", "Ale"),
        ("{{capitalize \"my first post\"}}", "My First Post"),
        ("{{capitalizeFirst \"my first post\"}}", "My first post"),
        ("{{capitalizeFirst (lower \"JANE\")}}", "Jane"),
        ("[{{center \"Los Angeles\" size=19}}]", "[    Los Angeles    ]"),
        ("{{center \"ab\" size=5 pad=\"*\"}}", "*ab**"),
        ("{{cut \"Los Angeles\" \"e\"}}", "Los Angls"),
        ("{{cut \"Los Angeles\"}}", "LosAngeles"),
        (
            "{{dateFormat \"09/19/2020\" inputFormat=\"MM/dd/yyyy\" outputFormat=\"full\" tz=America/Los_Angeles}}",
            "Saturday, September 19, 2020",
        ),
        (
            "{{dateFormat \"2020-09-19T23:00:00Z\" outputFormat=\"yyyy-MM-dd HH:mm\" tz=\"Europe/Berlin\"}}",
            "2020-09-20 01:00",
        ),
        ("{{dateFormat \"2020-09-19\"}}", "Sep 19, 2020"),
        ("{{inflect 3 apple apples includeCount=true}}", "3 apples"),
        ("{{inflect 1 \"apple\" \"apples\"}}", "apple"),
        ("{{inflect Metrics.orders apple apples includeCount=true}}", "3 apples"),
        ("{{join Attributes.c \", \"}}", "blue, red"),
        ("{{join Attributes.c \" \" prefix=\"<\" suffix=\">\"}}", "<blue red>"),
        ("[{{ljust \"ab\" 4}}][{{rjust \"ab\" 4 pad=\".\"}}][{{ljust \"abc\" -1}}]", "[ab  ][..ab][abc]"),
        ("{{lower \"Santos\"}} {{upper \"Santos\"}}", "santos SANTOS"),
        ("{{now \"medium\" tz=America/Los_Angeles}}", "Sep 19, 2020"),
        ("{{now}} {{now \"HH:mm\"}} {{now short}}", "Sep 19, 2020 18:30 9/19/20"),
        (
            "{{ordinalize 22}} {{ordinalize 11}} {{ordinalize 113}} {{ordinalize 1}} {{ordinalize 3}}",
            "22nd 11th 113th 1st 3rd",
        ),
        ("{{replace \"Los Angeles\" \" \" \"_\"}}", "Los_Angeles"),
        ("{{slugify \"Los  Angeles!\"}}", "los-angeles"),
        ("{{stripTags \"<h1>Art</h1> < 3\"}}", "Art < 3"),
        ("{{substring \"Los Angeles\" 4 9}} {{substring \"Los Angeles\" 4}}", "Angel Angeles"),
        ("{{substring \"Zoë\" 2 99}}{{substring \"Zoë\" 9}}", "ë"),
        ("{{yesno true}} {{yesno false}} {{yesno Attributes.x}} {{yesno (eq 1 1) yes=\"si\"}}", "yes no maybe si"),
        // 4.4
        (
            "{{add 5 2.3}} {{subtract 5 2.3}} {{multiply 5 2.3}} {{divide 5 2.3}} {{modulo 7 2}}",
            "7.3 2.7 11.5 2.17391304 1",
        ),
        ("{{add 0.1 0.2}} [{{divide 1 0}}] [{{add \"x\" 1}}]", "0.3 [] []"),
        ("{{ceiling 5.23}} {{floor 5.23}} {{round 19.21}}", "6 5 19"),
        ("{{encode64 \"Hello World\"}} {{decode64 \"SGVsbG8gV29ybGQ=\"}}", "SGVsbG8gV29ybGQ= Hello World"),
        ("{{md5 \"Hello World\"}}", "b10a8db164e0754105b7a99be72e3fe5"),
        ("{{substring (sha256 \"Hello World\") 0 16}}", "a591a6d40bf42040"),
        ("{{substring (sha512 \"Hello World\") 0 16}}", "2c74fd17edafd80e"),
        // 4.5 and the rest
        (
            "{{#* inline \"fullName\"}}{{User.UserAttributes.FirstName}} L.{{/inline}}{{> fullName}}, {{> fullName}}",
            "Ada L., Ada L.",
        ),
        ("a {{!-- not {{shown}} --}}b{{! nor this }}", "a b"),
        ("a {{~Location.City~}} b", "aBerlinb"),
        ("\\{{raw}}", "{{raw}}"),
    ];
    for (text, result) in table {
        assert_eq!(render(text), result, "{text}");
    }
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
    let mut rendering = Rendering {
        endpoint: &endpoint(),
        substitutions: Substitutions::default(),
        now: 0,
        seed: 1,
        missing_as_empty: false,
    };
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
        ("{{upper}}", "TextPart, line 1, column 1: `upper` takes 1 arguments, found 0"),
        ("{{eq 1}}", "TextPart, line 1, column 1: `eq` takes 2 arguments, found 1"),
        ("{{eq 1 2 maybe='x'}}", "TextPart, line 1, column 1: `eq` has no option `maybe`"),
        ("{{> header}}", "TextPart, line 1, column 1: there is no inline partial `header` above this place"),
        (
            "{{#upper Address}}{{/upper}}",
            "TextPart, line 1, column 1: `upper` has no block form: write `{{upper ...}}`",
        ),
        ("{{each Attributes.c}}", "TextPart, line 1, column 1: `each` is a block: write `{{#each ...}} ... {{/each}}`"),
        ("{{#if Address}}x{{/unless}}", "TextPart, line 1, column 17: `if` was opened, but `unless` is closed here"),
    ];
    for (text, message) in table {
        assert_eq!(refused(text), message, "{text}");
    }
    for text in ["{{#if Address}}x", "{{Address", "{{Address}", "{{upper (lower Address}}", "{{upper \"x}}"] {
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
fn a_template_can_not_hang_or_fill_the_memory() {
    let deep = |n: usize| format!("{}{}", "{{#if Id}}".repeat(n), "{{/if}}".repeat(n));
    assert!(refused(&deep(51)).contains("nested deeper than 50 levels"));
    assert_eq!(render(&deep(50)), "");
    let parentheses = format!("{{{{upper {}Id{}}}}}", "(upper ".repeat(51), ")".repeat(51));
    assert!(refused(&parentheses).contains("nested deeper"));
    assert!(refused(&"{{#if a}}".repeat(50)).contains("not a handlebars expression"));

    let list: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let endpoint = json!({"Attributes": {"c": list}});
    assert_eq!(render_as("TextPart", "{{#each Attributes.c}}x{{/each}}", &endpoint).unwrap().len(), 15);
    let loops = format!("{}x{}", "{{#each Attributes.c}}".repeat(10), "{{/each}}".repeat(10));
    assert!(matches!(render_as("TextPart", &loops, &endpoint), Err(RenderError::TooLarge { .. })));
    let mut partials = String::from("{{#*inline \"p0\"}}{{/inline}}");
    for n in 1..60 {
        partials += &format!("{{{{#*inline \"p{n}\"}}}}{{{{> p{0}}}}}{{{{> p{0}}}}}{{{{/inline}}}}", n - 1);
    }
    assert!(matches!(render_as("TextPart", &(partials + "{{> p59}}"), &endpoint), Err(RenderError::TooLarge { .. })));
    let long = json!({"Attributes": {"x": ["y".repeat(100_000)]}});
    let text = "{{#each Attributes.c}}{{/each}}{{Attributes.x}}".repeat(11);
    assert!(matches!(render_as("TextPart", &text, &long), Err(RenderError::TooLarge { .. })));
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

proptest::proptest! {
    /// Whatever stands in a template, compiling and rendering end with an answer.
    #[test]
    fn any_text_compiles_or_is_refused(text in "(\\{\\{|\\}\\}|\\{|\\}|#|/|>|\\*|~|!|--|\\(|\\)|\\[|\\]|\\.|@|\\||=| |else|as|if|each|upper|eq|inline|this|\\.\\./|Id|\"x\"|'y'|1|é|\n){0,25}") {
        if let Ok(template) = Template::compile(TemplateKind::Sms, &json!({"Body": text})) {
            let _ = template.render(&endpoint(), Substitutions::default(), 0);
        }
    }
}
