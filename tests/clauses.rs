//! Which test shows which clause of the reference: a row for each clause, in files by reference document.
//!
//! A row is one line: the clause, a few words, and the tests that show it. A numbered clause is its number (`J001`); a
//! sentence without one is named by document, section and its place there (`journeys 2.3/4`). A test is named as
//! `path/of/file.rs::function`, or, for a case in the rule tables of `validation`, as `rules/FILE:title of the case`.
//!
//! A clause without a row, a row without a test and a test that is not there fail.

#[path = "clauses/api.rs"]
#[rustfmt::skip]
mod api;
#[path = "clauses/audience.rs"]
#[rustfmt::skip]
mod audience;
#[path = "clauses/campaigns.rs"]
#[rustfmt::skip]
mod campaigns;
#[path = "clauses/journeys.rs"]
#[rustfmt::skip]
mod journeys;
#[path = "clauses/protocol.rs"]
#[rustfmt::skip]
mod protocol;
#[path = "clauses/service.rs"]
#[rustfmt::skip]
mod service;
#[path = "clauses/templates.rs"]
#[rustfmt::skip]
mod templates;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Clause, what it says in a few words, tests that show it.
type Row = (&'static str, &'static str, &'static [&'static str]);

const TABLES: &[(&str, &[Row])] = &[
    ("journeys", journeys::ROWS),
    ("campaigns", campaigns::ROWS),
    ("api", api::ROWS),
    ("audience", audience::ROWS),
    ("service", service::ROWS),
    ("templates", templates::ROWS),
    ("protocol", protocol::ROWS),
];

/// The numbered clauses: journeys.md 10, campaigns.md 11, segments-and-endpoints.md 6.
const NUMBERED: &[(char, RangeInclusive<u32>)] =
    &[('J', 1..=67), ('C', 1..=27), ('S', 1..=7), ('N', 1..=5), ('I', 1..=2)];

/// The sections whose sentences have rows: document, first and last.
const SECTIONS: &[(&str, RangeInclusive<u32>)] = &[
    ("journeys", 2..=9),
    ("campaigns", 1..=13),
    ("segments", 1..=5),
    ("templates", 2..=6),
    ("api", 1..=11),
    ("events", 1..=5),
];

/// Where the cases of the rules stand, and who runs them.
const CASES: &str = "journeys/validation/tests/cases";
const CASES_ARE_RUN_BY: &str = "journeys/validation/tests/rules.rs";

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLES.iter().flat_map(|(_, rows)| rows.iter())
}

#[test]
fn every_numbered_clause_has_a_row() {
    let ids: BTreeSet<&str> = rows().map(|(id, ..)| *id).collect();
    let numbers = NUMBERED.iter().flat_map(|(letter, range)| range.clone().map(move |n| format!("{letter}{n:03}")));
    let missing: Vec<String> = numbers.filter(|id| !ids.contains(id.as_str())).collect();
    assert!(missing.is_empty(), "no row of tests/clauses names {}", missing.join(", "));
}

#[test]
fn every_row_is_of_a_clause_and_stands_once() {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (id, words, tests) in rows() {
        if !is_clause(id) {
            wrong.push(format!(
                "`{id}` is neither a number that the reference has nor a place in a section of SECTIONS"
            ));
        }
        if !seen.insert(id) {
            wrong.push(format!("`{id}` has two rows: name both tests in one"));
        }
        if words.is_empty() || tests.is_empty() {
            wrong.push(format!("`{id}` has no words or no test"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_test_of_a_row_exists_and_is_run() {
    let mut files = Files::default();
    let mut wrong = Vec::new();
    for (id, _, tests) in rows() {
        for test in *tests {
            if let Err(why) = exists(&mut files, test) {
                wrong.push(format!("{id}: `{test}`: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_case_is_of_a_rule_that_names_the_clause() {
    let mut files = Files::default();
    let mut wrong = Vec::new();
    for (id, _, tests) in rows().filter(|(id, ..)| is_number(id)) {
        for case in tests.iter().filter(|test| test.starts_with("rules/")) {
            let Ok(text) = find_case(&mut files, case) else { continue }; // the test above says so
            let told: Vec<&str> = rules_of(text).collect();
            let about = |rule: &&str| validation::explain(rule).is_some_and(|rule| names(&rule.explanation(), id));
            if !told.iter().any(about) {
                wrong.push(format!("{id}: `{case}` is about {told:?}, and none of these says that it is about {id}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rule_names_only_clauses_that_there_are() {
    let mut wrong = Vec::new();
    for rule in validation::RULES {
        for word in rule.explanation().split(|c: char| !c.is_ascii_alphanumeric()) {
            let letter = word.chars().next().filter(|c| NUMBERED.iter().any(|(letter, _)| letter == c));
            let number = word.get(1..).filter(|rest| rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit()));
            if letter.is_some() && number.is_some() && !is_number(word) {
                wrong.push(format!("`{}` names {word}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_does_not_hold_is_found() {
    let source = "#[test]\nfn fine() {}\n\n#[tokio::test]\n// why\nasync fn waits() {}\n\nfn shared() {}\n\n\
        #[test]\n#[ignore = \"slow\"]\nfn ignored() {}\n    #[test]\n    fn drawn(n in 0..9) {}\n\n#[test]\n#[cfg(never)]\nfn off() {}\n";
    let told =
        ["fine", "waits", "drawn", "shared", "ignored", "off", "fin", "absent"].map(|name| is_test(source, name));
    assert_eq!(
        told,
        [
            Ok(()),
            Ok(()),
            Ok(()),
            Err("the function is no test"),
            Err("the test is not always run"),
            Err("the test is not always run"),
            Err("there is no such function"),
            Err("there is no such function")
        ]
    );
    let cases = "== one; quiet: a-rule\na: sms hello // !b-rule !c-rule\n\n== two\nb: sms hello\n";
    assert_eq!(rules_of(case_of(cases, "one").unwrap()).collect::<Vec<_>>(), ["a-rule", "b-rule", "c-rule"]);
    assert_eq!(rules_of(case_of(cases, "two").unwrap()).count(), 0);
    assert_eq!(case_of(cases, "three"), None);
    let mut files = Files::default();
    for test in ["no/file.rs::name", "tests/clauses.rs", "rules/structure:no such case", "rules/nothing:a loop", "x"] {
        assert!(exists(&mut files, test).is_err(), "{test}");
    }
    for id in
        ["J000", "J068", "J1", "X001", "journeys", "journeys 1/1", "journeys 10/1", "letters 2/1", "journeys 2.x/1"]
    {
        assert!(!is_clause(id), "{id}");
    }
    assert!(["J001", "C027", "journeys 2/1", "journeys 2.3/4", "segments 1.2/1"].into_iter().all(is_clause));
}

/// Source files, read once each.
#[derive(Default)]
struct Files(BTreeMap<String, Option<String>>);

impl Files {
    /// The text of a file, by its path from the root of the repository.
    fn text(&mut self, path: &str) -> Option<&str> {
        let read = || std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).ok();
        self.0.entry(path.to_owned()).or_insert_with(read).as_deref()
    }
}

/// Whether a row names a test that is there and is run; else why not.
fn exists(files: &mut Files, test: &str) -> Result<(), &'static str> {
    if test.starts_with("rules/") {
        return find_case(files, test).map(|_| ());
    }
    let (file, name) = test.split_once("::").ok_or("write `path/of/file.rs::function` or `rules/FILE:title`")?;
    is_test(files.text(file).ok_or("there is no such file")?, name)
}

/// The lines of the case that `rules/FILE:title` names.
fn find_case<'f>(files: &'f mut Files, test: &str) -> Result<&'f str, &'static str> {
    let (file, title) =
        test.strip_prefix("rules/").and_then(|rest| rest.split_once(':')).ok_or("write `rules/FILE:title`")?;
    if !files.text(CASES_ARE_RUN_BY).is_some_and(|runner| runner.contains(&format!("cases/{file}.txt"))) {
        return Err("no test runs that file of cases");
    }
    let text = files.text(&format!("{CASES}/{file}.txt")).ok_or("there is no such file of cases")?;
    case_of(text, title).ok_or("there is no case of that title")
}

/// The case of that title: from its first line to the next case.
fn case_of<'t>(text: &'t str, title: &str) -> Option<&'t str> {
    let mut cases = text.strip_prefix("== ").unwrap_or(text).split("\n== ");
    cases.find(|case| case.lines().next().unwrap_or_default().split("; quiet:").next() == Some(title))
}

/// The rules that a case is about: those that are to be silent, and those that are to speak.
fn rules_of(case: &str) -> impl Iterator<Item = &str> {
    let quiet = case.lines().next().and_then(|head| head.split_once("; quiet:")).map_or("", |(_, quiet)| quiet);
    let told = case.lines().filter_map(|line| line.split_once(" // ")).flat_map(|(_, told)| told.split_whitespace());
    quiet.split_whitespace().chain(told.map(|rule| rule.trim_start_matches('!')))
}

/// Whether the source has a function of that name that is a test and always run; else why not.
fn is_test(source: &str, name: &str) -> Result<(), &'static str> {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let starts = |line: &&str| {
        let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        rest.and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('('))
    };
    let at = lines.iter().position(starts).ok_or("there is no such function")?;
    let above = lines[..at].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    let attributes: Vec<&&str> = above.filter(|line| line.starts_with("#[")).collect();
    if !attributes.iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test")) {
        return Err("the function is no test");
    }
    if attributes.iter().any(|line| line.starts_with("#[ignore") || line.starts_with("#[cfg")) {
        return Err("the test is not always run");
    }
    Ok(())
}

fn is_number(id: &str) -> bool {
    let mut letters = id.chars();
    let range = letters.next().and_then(|first| NUMBERED.iter().find(|(letter, _)| *letter == first));
    let number: Option<u32> = Some(letters.as_str()).filter(|rest| rest.len() == 3).and_then(|rest| rest.parse().ok());
    range.zip(number).is_some_and(|((_, range), number)| range.contains(&number))
}

/// Whether the id is a number of the reference, or `DOCUMENT SECTION/PLACE` in a section that has rows.
fn is_clause(id: &str) -> bool {
    let Some((document, place)) = id.split_once(' ') else { return is_number(id) };
    let Some((section, place)) = place.split_once('/') else { return false };
    let numbers: Option<Vec<u32>> = section.split('.').map(|part| part.parse().ok()).collect();
    let chapter = numbers.and_then(|numbers| numbers.first().copied());
    let known = SECTIONS.iter().find(|(name, _)| *name == document);
    place.parse::<u32>().is_ok() && known.zip(chapter).is_some_and(|((_, range), chapter)| range.contains(&chapter))
}

/// Whether `id` stands in the text as a word of its own.
fn names(text: &str, id: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == id)
}
