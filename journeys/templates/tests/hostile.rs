//! Templates that want to hang, to fill the memory or to overflow the stack: each ends with an answer, soon.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use model::TemplateKind;
use proptest::prelude::*;
use serde_json::{Value, json};
use templates::{RenderError, Rendered, Substitutions, Template, limits};

fn compile(text: &str) -> Result<Template, String> {
    let document = json!({"TextPart": text});
    Template::compile(TemplateKind::Email, &document).map_err(|error| error.message)
}

fn render(text: &str, endpoint: &Value) -> Result<Rendered, RenderError> {
    let template = compile(text).unwrap_or_else(|error| panic!("{}: {error}", &text[..text.len().min(200)]));
    template.render(endpoint, Substitutions::default(), 0)
}

/// Runs with as little stack as a thread has.
fn in_small_stack(test: fn()) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn nesting_ends_at_fifty() {
    let blocks = |n: usize| format!("{}{}", "{{#if Id}}".repeat(n), "{{/if}}".repeat(n));
    let parentheses = |n: usize| format!("{{{{upper {}Id{}}}}}", "(upper ".repeat(n), ")".repeat(n));
    let chained = |n: usize| format!("{{{{#with a}}}}{}{{{{/with}}}}", "{{else with a}}".repeat(n));
    let partials = |n: usize| -> String {
        let mut text = "{{#*inline \"p0\"}}x{{/inline}}".to_owned();
        for n in 1..n {
            text += &format!("{{{{#*inline \"p{n}\"}}}}{{{{> p{}}}}}{{{{/inline}}}}", n - 1);
        }
        text + &format!("{{{{> p{}}}}}", n - 1)
    };
    for text in [blocks(51), parentheses(51), chained(50), partials(51)] {
        assert_eq!(compile(&text).unwrap_err(), "nested deeper than 50 levels");
    }
    let endpoint = json!({"Id": "e"});
    for (text, expected) in [(blocks(50), ""), (parentheses(50), "E"), (chained(49), ""), (partials(50), "x")] {
        assert_eq!(render(&text, &endpoint).unwrap().part("TextPart"), Some(expected));
    }
    // Partials count from the block that inserts them.
    let text = format!("{}{}", partials(49), blocks(1).replace("{{/if}}", "{{> p48}}{{/if}}"));
    assert_eq!(render(&text, &endpoint).unwrap().part("TextPart"), Some("xx"));
    let text = format!("{}{}", partials(50), blocks(1).replace("{{/if}}", "{{> p49}}{{/if}}"));
    assert_eq!(compile(&text).unwrap_err(), "nested deeper than 50 levels");
    // A partial can not insert itself, so nothing goes round in circles.
    let circle = "{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}";
    assert_eq!(compile(circle).unwrap_err(), "there is no inline partial `a` above this place");
    // A chain of questions is long, not deep.
    let chain = format!("{{{{#if a}}}}{}{{{{else}}}}z{{{{/if}}}}", "{{else if a}}".repeat(5_000));
    assert_eq!(render(&chain, &endpoint).unwrap().part("TextPart"), Some("z"));
}

#[test]
fn a_hundred_thousand_levels_overflow_no_stack() {
    in_small_stack(|| {
        const MANY: usize = 100_000;
        let repeated = [
            "{{#if a}}",
            "{{#each a}}",
            "{{#with a}}",
            "{{else}}",
            "{{else if a}}",
            "{{^}}",
            "{{/if}}",
            "{{",
            "}}",
            "{{{",
            "{{#*inline \"p\"}}",
            "{{upper (",
            "{{(",
            "{{[",
            "{{{{",
            "{{a.[",
            "{{upper \"",
            "{{!",
            "{{!--",
            "{{~#",
            "\\",
            "\\{{",
            "{{> p}}",
            "{{> [",
            "{{#> p}}",
            "{{a ",
            "{{upper [\"",
            "{{upper {\"a\":",
            "{{upper \"}}\" ((((((",
        ];
        for piece in repeated {
            // Compiled or refused: both are answers.
            let _ = compile(&piece.repeat(MANY));
        }
        for (open, close) in [("(upper ", ")"), ("[", "]"), ("{\"a\":", "}"), ("(", ")")] {
            let text = format!("{{{{upper \"}}}}\" {}Id{}}}}}", open.repeat(MANY), close.repeat(MANY));
            assert!(compile(&text).is_err(), "{open}");
        }
        let blocks = format!("{}{}", "{{#if a}}".repeat(MANY), "{{/if}}".repeat(MANY));
        assert!(compile(&blocks).is_err());
        let defaults = json!({"Body": "x", "DefaultSubstitutions": format!("{{\"a\":{}", "[".repeat(MANY))});
        assert!(Template::compile(TemplateKind::Sms, &defaults).is_err());
    });
}

#[test]
fn the_deepest_template_needs_little_stack() {
    in_small_stack(|| {
        let value = format!("{{{{upper {}Id{}}}}}", "(lower ".repeat(50), ")".repeat(50));
        let question = format!("{}1{}", "(or 0 ".repeat(49), ")".repeat(49));
        let opening = format!("{{{{#if {question}}}}}");
        let text = format!("{}{value}{}", opening.repeat(50), "{{/if}}".repeat(50));
        let endpoint = json!({"Id": "e"});
        let rendered = render(&text, &endpoint).unwrap();
        assert_eq!(rendered.part("TextPart"), Some("E"));
    });
}

#[test]
fn large_templates_take_time_by_their_length() {
    // As long as an e-mail template can be; a reading that goes back to the start at each tag would take minutes.
    for piece in
        ["{{a}}", "{{!--a}}", "{{> [x]}}", "\\", "\\{{", "{{upper \"\\\"\" }}", " \n{{! x }}\n", "{{#if a}}b{{/if}}"]
    {
        let text = piece.repeat(limits::EMAIL_TEMPLATE / piece.len());
        let text = if piece.contains('>') { format!("{{{{#*inline \"x\"}}}}{{{{/inline}}}}{text}") } else { text };
        assert!(compile(&text).is_ok(), "{piece}");
    }
    let longest = "é".repeat(2 * limits::EMAIL_TEMPLATE + 1);
    assert_eq!(compile(&longest).unwrap_err(), "is longer than 2400000 bytes");
}

/// Small texts that stand for large ones.
#[test]
fn bombs_are_defused() {
    let list: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let endpoint =
        json!({"Id": "e", "Attributes": {"c": list, "x": ["y".repeat(100_000)], "none": vec![Value::Null; 100_000]}});
    let loops =
        |n: usize, inside: &str| format!("{}{inside}{}", "{{#each Attributes.c}}".repeat(n), "{{/each}}".repeat(n));
    let doubling = |inside: &str| {
        let mut text = format!("{{{{#*inline \"p0\"}}}}{inside}{{{{/inline}}}}");
        for n in 1..49 {
            text += &format!("{{{{#*inline \"p{n}\"}}}}{{{{> p{0}}}}}{{{{> p{0}}}}}{{{{/inline}}}}", n - 1);
        }
        text + "{{> p48}}"
    };
    let nested = |call: &str, n: usize| format!("{}Attributes.x{}", call.repeat(n), ")".repeat(n));
    let bombs = [
        loops(10, "x"),
        loops(10, ""),
        loops(5, "{{Attributes.x}}"),
        loops(6, "{{#if Attributes.x}}{{/if}}"),
        loops(6, "{{upper Attributes.x}}"),
        loops(6, "{{cut Attributes.x \"y\"}}"),
        loops(6, "{{#if (cut Attributes.x \"y\")}}{{/if}}"),
        loops(6, "{{#if (eq Attributes.x Attributes.x)}}{{/if}}"),
        loops(6, "{{ljust \"\" 10000}}"),
        loops(6, "{{sha512 Attributes.x}}"),
        loops(6, "{{dateFormat \"2020-01-01\" outputFormat=\"full\" tz=America/Los_Angeles}}"),
        loops(6, "{{uuid}}{{now}}"),
        loops(6, "{{join Attributes.none \",\"}}"),
        loops(6, "{{#each Attributes.none}}{{/each}}"),
        doubling("x"),
        doubling(""),
        doubling("{{upper Attributes.x}}"),
        // A long text for every letter of a long text.
        format!("{{{{replace {} \"y\" Attributes.x}}}}", nested("(upper ", 1).replace("(upper", "(lower")),
        format!("{{{{replace (replace {} \"y\" \"yyyyyyyyyy\") \"y\" Attributes.x}}}}", "Attributes.x"),
        "{{join Attributes.c Attributes.x}}".repeat(3),
        format!("{{{{#with (upper Attributes.x)}}}}{}{{{{/with}}}}", "{{#if this}}{{/if}}".repeat(1_000)),
        "{{Attributes.x}}".repeat(106),
        "{{#if Attributes.none}}{{/if}}".repeat(1_000),
    ];
    for bomb in bombs {
        let outcome = render(&bomb, &endpoint);
        assert!(matches!(outcome, Err(RenderError::TooLarge { .. })), "{:.200}", bomb);
    }
    // What looks like one and is none.
    assert_eq!(render(&loops(1, "x"), &endpoint).unwrap().part("TextPart").unwrap().len(), 15);
    assert_eq!(render(&"{{Attributes.x}}".repeat(104), &endpoint).unwrap().part("TextPart").unwrap().len(), 10_400_000);
}

/// Braces, names and signs of the language, in any order.
fn noise() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "{{",
        "}}",
        "{{{",
        "}}}",
        "{",
        "}",
        "#",
        "/",
        ">",
        "*",
        "~",
        "!",
        "--",
        "(",
        ")",
        "[",
        "]",
        ".",
        "@",
        "|",
        "=",
        " ",
        "else",
        "^",
        "&",
        "\\",
        "as",
        "if",
        "unless",
        "each",
        "with",
        "inline",
        "upper",
        "eq",
        "join",
        "replace",
        "now",
        "dateFormat",
        "center",
        "divide",
        "this",
        "../",
        "@index",
        "@root",
        "Id",
        "Attributes.c",
        "\"x\"",
        "'y'",
        "\"",
        "'",
        "1",
        "-2.5",
        "true",
        "null",
        "yes=",
        "tz=",
        "é",
        "\n",
        "\t",
        "{{#if Id}}",
        "{{/if}}",
        "{{else}}",
        "{{#each Attributes.c}}",
        "{{/each}}",
        "{{#*inline \"p\"}}",
        "{{/inline}}",
        "{{> p}}",
        "{{upper (lower Id)}}",
        "{{!-- x --}}",
    ]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    /// Whatever stands in a template, compiling and rendering end with an answer, and no message is too large.
    #[test]
    fn any_text_compiles_or_is_refused(text in noise(), value in ".{0,20}") {
        let endpoint = json!({"Id": value, "Attributes": {"c": ["1", value, ""]}});
        for kind in [TemplateKind::Email, TemplateKind::Sms] {
            let document = json!({"HtmlPart": text, "Body": text});
            if let Ok(template) = Template::compile(kind, &document) {
                let _ = template.variables();
                if let Ok(rendered) = template.render(&endpoint, Substitutions::default(), 0) {
                    prop_assert!(rendered.parts.iter().all(|(_, text)| text.len() <= limits::EMAIL_MESSAGE_BYTES));
                }
            }
        }
    }

    /// The same for texts without any order.
    #[test]
    fn any_characters_compile_or_are_refused(text in "[\\PC\n]{0,60}") {
        if let Ok(template) = compile(&text) {
            let _ = template.render(&Value::Null, Substitutions::default(), 0);
        }
    }

    /// No format and no date of an endpoint brings the helpers down.
    #[test]
    fn any_value_goes_into_any_helper(a in ".{0,12}", b in "[yMdHhkKmsSzZXaEGuFwWDL': /0-9-]{0,12}", now in any::<i64>()) {
        let endpoint = json!({"Attributes": {"a": [a], "b": [b]}});
        for helper in [
            "dateFormat Attributes.a inputFormat=Attributes.b", "dateFormat \"2024-02-29T23:59:59Z\" outputFormat=Attributes.b",
            "now Attributes.b", "now tz=Attributes.a", "center Attributes.a 20 pad=Attributes.b", "abbreviate Attributes.a Attributes.b",
            "substring Attributes.a 1 Attributes.b", "replace Attributes.a Attributes.b \"x\"", "decode64 Attributes.a",
            "divide Attributes.a Attributes.b", "ordinalize Attributes.b", "slugify Attributes.a", "stripTags Attributes.a",
            "capitalize Attributes.a", "inflect Attributes.b Attributes.a b includeCount=true", "yesno Attributes.a",
        ] {
            let template = Template::compile(TemplateKind::Sms, &json!({"Body": format!("{{{{{helper}}}}}")})).unwrap();
            let _ = template.render(&endpoint, Substitutions::default(), now);
        }
    }
}
