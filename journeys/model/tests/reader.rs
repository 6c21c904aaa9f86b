//! Damaged texts: what is still read, and what is said about the rest.

mod generate;

use generate::{any_tree, fixed, spell, tapes};
use model::reader::{position, read};
use model::{Path, path};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Text, value, and the problems as they print.
type Row<'a> = (&'a str, Option<Value>, &'a [&'a str]);

#[test]
fn damaged_texts() {
    let table: &[Row] = &[
        // sound
        ("\u{feff}{\"a\": 1}", Some(json!({"a": 1})), &[]),
        (" [ ] \r\n", Some(json!([])), &[]),
        // nothing
        ("", None, &["line 1, column 1: expected a value, found the end of the text"]),
        (" \n ", None, &["line 2, column 2: expected a value, found the end of the text"]),
        ("}", None, &["line 1, column 1: expected a value, found `}`"]),
        ("hello", None, &["line 1, column 1: expected a value, found `hello`; text stands in double quotes"]),
        // too much
        ("{} {}", Some(json!({})), &["line 1, column 4: expected the end of the text, found `{`"]),
        ("{\"a\":1]", Some(json!({"a": 1})), &["line 1, column 7: expected `}`, found `]`"]),
        // commas
        ("{\"a\": 1\n \"b\": 2}", Some(json!({"a": 1, "b": 2})), &["line 2, column 2: expected `,`, found `\"`"]),
        ("[1 2]", Some(json!([1, 2])), &["line 1, column 4: expected `,`, found `2`"]),
        ("[1,]", Some(json!([1])), &["line 1, column 4: expected one more element after `,`, found `]`"]),
        ("{\"a\":1,}", Some(json!({"a": 1})), &["line 1, column 8: expected one more element after `,`, found `}`"]),
        ("[1,,2]", Some(json!([1, 2])), &["line 1, column 4, in `[1]`: expected a value, found `,`"]),
        // brackets
        (
            "{\"a\": {\"b\": [1, 2}, \"c\": 3}",
            Some(json!({"a": {"b": [1, 2]}, "c": 3})),
            &["line 1, column 18, in `a.b`: expected `]`, found `}`"],
        ),
        ("[{\"a\": 1]", Some(json!([{"a": 1}])), &["line 1, column 9, in `[0]`: expected `}`, found `]`"]),
        // early end
        (
            "{\"a\": {\"b\": [1",
            Some(json!({"a": {"b": [1]}})),
            &["line 1, column 15, in `a.b`: expected `]`, found the end of the text"],
        ),
        (
            "{\"a\": 1, \"b\":",
            Some(json!({"a": 1})),
            &["line 1, column 14, in `b`: expected a value, found the end of the text"],
        ),
        // member names
        (
            "{a: 1, \"b\": 2}",
            Some(json!({"b": 2})),
            &["line 1, column 2: expected a member name in double quotes, found `a`"],
        ),
        (
            "{\"a\" 1, \"b\": 2}",
            Some(json!({"b": 2})),
            &["line 1, column 6, in `a`: expected `:` after the member name, found `1`"],
        ),
        (
            "{\"a\": 1, \"b\": 0, \"a\": 2}",
            Some(json!({"a": 2, "b": 0})),
            &["line 1, column 18, in `a`: the member `a` stands here twice; the last one counts"],
        ),
        // values
        (
            "{\"State\": DRAFT, \"Name\": \"x\"}",
            Some(json!({"Name": "x"})),
            &["line 1, column 11, in `State`: expected a value, found `DRAFT`; text stands in double quotes"],
        ),
        (
            "[True, true]",
            Some(json!([true])),
            &["line 1, column 2, in `[0]`: expected a value, found `True`; text stands in double quotes"],
        ),
        ("['a', 1]", Some(json!([1])), &["line 1, column 2, in `[0]`: expected a value, found `'`"]),
        ("[01, 2]", Some(json!([2])), &["line 1, column 2, in `[0]`: expected a number, found `01`"]),
        (
            "[1., .5, +1, 3]",
            Some(json!([3])),
            &[
                "line 1, column 2, in `[0]`: expected a number, found `1.`",
                "line 1, column 6, in `[0]`: expected a value, found `.`",
                "line 1, column 10, in `[0]`: expected a value, found `+`",
            ],
        ),
        ("[1-2, 3]", Some(json!([3])), &["line 1, column 2, in `[0]`: expected a number, found `1-2`"]),
        // texts
        (
            "{\"a\": \"open,\n \"b\": 2}",
            Some(json!({"b": 2})),
            &[
                "line 1, column 7, in `a`: this text has no closing double quote on its line",
                "line 2, column 2: expected `,`, found `\"`",
            ],
        ),
        ("[\"a\\q\", 1]", Some(json!([1])), &["line 1, column 2, in `[0]`: this text has a fault: invalid escape"]),
        (
            "[\"a\tb\", 1]",
            Some(json!([1])),
            &[
                "line 1, column 2, in `[0]`: this text has a fault: control character (\\u0000-\\u001F) found while parsing \
             a string",
            ],
        ),
        (
            "[\"你好\", x]",
            Some(json!(["你好"])),
            &["line 1, column 8, in `[1]`: expected a value, found `x`; text stands in double quotes"],
        ),
    ];
    for (text, value, problems) in table {
        let reading = read(text);
        let said: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
        assert_eq!(said, *problems, "{text}");
        assert_eq!(reading.value, *value, "{text}");
    }
}

#[test]
fn a_problem_names_its_place() {
    let reading = read("{\n  \"Activities\": {\n    \"é\": {\"Wait\": {\"WaitTime\": nonsense}}\n  }\n}");
    let problem = &reading.problems[0];
    assert_eq!((problem.line, problem.column), (3, 32));
    assert_eq!(problem.path, path!["Activities", "é", "Wait", "WaitTime"]);
    assert_eq!(reading.value, Some(json!({"Activities": {"é": {"Wait": {}}}})));
}

#[test]
fn deep_nesting_is_a_problem_and_no_overflow() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert_eq!(read(&nested(120)).problems, []);
    for levels in [121, 10_000] {
        let reading = read(&nested(levels));
        let said: Vec<&str> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(said, ["nested deeper than 120 levels"]);
        assert!(reading.value.is_some());
    }
    read(&"[".repeat(100_000));
    read(&"{\"a\":".repeat(100_000));
}

#[test]
fn a_long_text_full_of_problems_is_read_quickly() {
    let reading = read(&format!("[{}]", "x,\n".repeat(100_000)));
    assert_eq!(reading.problems.len(), 100_001);
    assert_eq!(reading.problems[99_999].line, 100_000);
}

#[test]
fn positions() {
    let text = "{\n  \"a\": [10, {\"b\": true}],\n  \"é\": {\"c\": 1}, \"a b\": null,\n  \"d\": {x\n}";
    let table: &[(Path, (usize, usize))] = &[
        (path![], (1, 1)),
        (path!["a"], (2, 8)),
        (path!["a", 0], (2, 9)),
        (path!["a", 1], (2, 13)),
        (path!["a", 1, "b"], (2, 19)),
        (path!["é", "c"], (3, 14)),
        (path!["a b"], (3, 25)),
        (path!["d"], (4, 8)),
        // the nearest around what is not there
        (path!["a", 7], (2, 8)),
        (path!["a", 1, "z", "y"], (2, 13)),
        (path!["z"], (1, 1)),
        (path!["d", "x"], (4, 8)),
        (path!["a", 0, "b"], (2, 9)),
    ];
    for (path, at) in table {
        assert_eq!(position(text, path), *at, "{path}");
    }
    assert_eq!(position("", &path!["a"]), (1, 1));
    assert_eq!(position("\u{feff}{}", &path![]), (1, 2));
    assert_eq!(position(r#"{"a": 1, "a": 2}"#, &path!["a"]), (1, 15));
}

proptest! {
    #![proptest_config(fixed(3_000))]

    #[test]
    fn any_text_is_read(text in "\\PC{0,60}") {
        read(&text);
    }

    #[test]
    fn anything_like_json_is_read(words in proptest::collection::vec(proptest::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\"", "\"b\"", "1", "-", "true", "nul", "\n", " ", "é", "\\u", "\u{feff}", "'", "//",
    ]), 0..40)) {
        let text = words.concat();
        let reading = read(&text);
        let theirs: Option<Value> = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text)).ok();
        let sound = reading.problems.iter().all(|problem| problem.message.contains("twice"));
        prop_assert_eq!(sound, theirs.is_some(), "{}", text);
        prop_assert!(!sound || reading.value == theirs);
        position(&text, &path!["a", 0, "b"]);
    }

    #[test]
    fn every_beginning_of_a_sound_text_is_read(mut tape in tapes(120)) {
        let tree = any_tree(&mut tape, 4);
        let text = spell(&mut tape, &tree);
        let whole = read(&text);
        prop_assert_eq!(&whole.problems, &[]);
        for (end, _) in text.char_indices() {
            let reading = read(&text[..end]);
            for problem in &reading.problems {
                prop_assert!(problem.line >= 1 && problem.column >= 1);
            }
            if matches!(whole.value, Some(Value::Object(_) | Value::Array(_))) && end < text.trim_end().len() {
                prop_assert!(!reading.problems.is_empty(), "{}", &text[..end]);
            }
        }
        // Every value stands where `position` says.
        if let Some(value) = &whole.value {
            for place in generate::places(value) {
                let (line, column) = position(&text, &place);
                let rest: String = text.split('\n').nth(line - 1).unwrap().chars().skip(column - 1).collect();
                let first = match place.find(value).unwrap() {
                    Value::Object(_) => '{',
                    Value::Array(_) => '[',
                    Value::String(_) => '"',
                    other => other.to_string().chars().next().unwrap(),
                };
                prop_assert!(rest.starts_with(first), "{place}: {rest}");
            }
        }
    }
}
