//! Every rule, on journeys in the short notation: what it reports and where, when it stays silent, and that its fixes
//! cure. `fixture/mod.rs` explains the notation.

#![expect(clippy::unwrap_used, reason = "a test: a case that can not be read is a failure")]

mod fixture;

use std::collections::BTreeSet;

use fixture::Case;
use validation::evidence::{Answers, Seen, WaySeen};
use validation::{Evidence, Facts, LiveCheck, Report, check_with};

const CASES: &[(&str, &str)] = &[
    ("structure", include_str!("cases/structure.txt")),
    ("entry", include_str!("cases/entry.txt")),
    ("messages", include_str!("cases/messages.txt")),
    ("splits", include_str!("cases/splits.txt")),
    ("limits", include_str!("cases/limits.txt")),
    ("documents", include_str!("cases/documents.txt")),
    ("campaigns", include_str!("cases/campaigns.txt")),
    ("accounts", include_str!("cases/accounts.txt")),
    ("runs", include_str!("cases/runs.txt")),
];

/// The rules that offer no fix, and why: every cure needs something that only people know or can do.
const NO_FIX: &[(&str, &str)] = &[
    ("call-judged-again", "what is to come before the call is a choice"),
    ("campaign-custom-delivery", "the address to call is not in the project"),
    ("campaign-message-size", "shortening a text is writing"),
    ("campaign-sent", "what was sent stays sent"),
    ("channel-disabled", "the account is changed elsewhere"),
    ("contact-center-settings", "the Connect campaign is not in the project"),
    ("custom-data-size", "shortening data is writing"),
    ("email-sandbox", "the account is changed elsewhere"),
    ("else-takes-most", "whom to tell apart is a choice"),
    ("endpoints-disagree", "which endpoint speaks for a person is a choice"),
    ("few-reached", "whom to leave out is a choice"),
    ("holdout-after-message", "what the holdout is to measure is a choice"),
    ("india-sms", "the ids are registered elsewhere"),
    ("never-finished", "which wait to shorten is a choice"),
    ("nothing-sent", "the people have no such endpoint, and another channel is a choice"),
    ("condition-on-other-branch", "where the paths should meet is a choice"),
    ("imported-segment-size", "the list is imported elsewhere"),
    ("journey-size", "what to leave out is a choice"),
    ("no-activities", "what to send is a choice"),
    ("no-message", "what to send is a choice"),
    ("segment-size", "whom to leave out is a choice"),
    ("shared-connect-campaign", "the other Connect campaign is made elsewhere"),
    ("shared-entry-segment", "who belongs to which journey is a choice"),
    ("template-empty", "the text is still to be written"),
    ("template-name", "the folder's name is part of its address elsewhere"),
    ("template-syntax", "what was meant can not be guessed"),
    ("too-many-activities", "where to part a journey is a choice"),
];

fn cases() -> Vec<Case> {
    CASES.iter().flat_map(|(_, text)| fixture::cases(text)).collect()
}

/// The bad and the good example of every rule's page, with the rule.
fn examples() -> Vec<(&'static validation::Rule, Case, Case)> {
    let both = |rule: &'static validation::Rule| {
        let page = rule.page();
        let example = |word: &str, json: &str| fixture::example(&format!("{word} example of {}", rule.id), json);
        (rule, example("bad", &page.bad_json), example("good", &page.good_json))
    };
    validation::RULES.iter().map(both).collect()
}

fn report(case: &Case) -> Report {
    check_with(&case.project, case.facts())
}

#[test]
fn every_case_is_told_what_it_expects() {
    let mut wrong = String::new();
    for case in cases() {
        let report = report(&case);
        let (found, expected) = (case.rendered(&report.diagnostics), case.expected());
        if found != expected {
            wrong += &format!("== {}\n-- expected\n{expected}-- found\n{found}\n", case.title);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_rule_has_a_case_that_fires_and_one_that_stays_silent() {
    let (mut fires, mut quiet) = (BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        let found: BTreeSet<_> = report(&case).diagnostics.into_iter().map(|one| one.rule).collect();
        for rule in &case.quiet {
            assert!(!found.contains(rule), "case `{}` should be quiet about `{rule}`", case.title);
        }
        fires.extend(found);
        quiet.extend(case.quiet);
    }
    let rules: BTreeSet<_> = validation::RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(rules.difference(&fires).collect::<Vec<_>>(), Vec::<&String>::new(), "never fire");
    assert_eq!(rules.difference(&quiet).collect::<Vec<_>>(), Vec::<&String>::new(), "have no quiet case");
}

#[test]
fn every_page_shows_what_its_rule_reports_and_what_it_does_not() {
    let mut wrong = String::new();
    for (rule, bad, good) in examples() {
        let (bad, good) = (report(&bad), report(&good));
        if !bad.diagnostics.iter().any(|one| one.rule == rule.id) {
            wrong += &format!("{}: the bad example has only {:#?}\n", rule.id, told(&bad.diagnostics));
        }
        if good.diagnostics.iter().any(|one| one.rule == rule.id) || good.errors().count() > 0 {
            wrong += &format!("{}: the good example has {:#?}\n", rule.id, told(&good.diagnostics));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn told(found: &[model::Diagnostic]) -> Vec<String> {
    found.iter().map(|one| format!("{} {}: {}", one.place.path, one.rule, one.message)).collect()
}

#[test]
fn every_fix_cures() {
    let mut fixable = BTreeSet::new();
    let mut wrong = String::new();
    for case in cases().into_iter().chain(examples().into_iter().map(|(_, bad, _)| bad)) {
        let before = report(&case);
        for one in &before.diagnostics {
            let Some(fix) = &one.fix else { continue };
            fixable.insert(one.rule.clone());
            let mut project = case.project.clone();
            if let Err(error) = project.apply(&fix.edit) {
                wrong += &format!("== {}: `{}` of {}: {error}\n", case.title, fix.title, one.rule);
                continue;
            }
            let after = check_with(&project, case.facts());
            let same = |other: &model::Diagnostic| {
                other.rule == one.rule && other.place == one.place && other.message == one.message
            };
            if after.diagnostics.iter().any(same) {
                wrong += &format!("== {}: `{}` does not cure {}\n", case.title, fix.title, one.rule);
            }
            for other in after.errors() {
                let known = before.errors().any(|known| known.rule == other.rule);
                if !known {
                    wrong += &format!(
                        "== {}: `{}` of {} makes {}: {}\n",
                        case.title, fix.title, one.rule, other.rule, other.message
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    let without: BTreeSet<_> =
        validation::RULES.iter().map(|rule| rule.id).filter(|id| !fixable.contains(*id)).collect();
    let named: BTreeSet<_> = NO_FIX.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(without, named, "rules without a fix, and those that say why");
    let share = fixable.len() * 100 / validation::RULES.len();
    assert!(share >= 80, "only {share}% of the rules have a fix");
}

#[test]
fn reports_are_the_same_each_time_and_in_order() {
    let mut live = LiveCheck::default();
    for case in cases() {
        let (first, second) = (report(&case), report(&case));
        assert_eq!(first, second);
        let facts = Facts { account: None, ..case.facts() };
        let alone = check_with(&case.project, facts);
        assert_eq!(alone, live.check(&case.project, facts));
        assert_eq!(alone, live.check(&case.project, facts));
        let documents: Vec<_> = first.diagnostics.iter().map(|one| &one.place.document).collect();
        assert!(documents.is_sorted());
    }
}

#[test]
fn a_fix_changes_the_source_that_is_there_now() {
    let people = ["User.UserAttributes.FirstName".to_owned()];
    let facts = Facts { people: Some(&people), ..Facts::default() };
    let template: model::DocumentId = "templates/email/hello".parse().unwrap();
    let source: model::DocumentId = "templates/email/hello/source.html".parse().unwrap();
    let text = "Hi {{User.UserAttributes.Firstname}}";
    let mut project = model::Project::default();
    project.documents.insert(template, serde_json::json!({"HtmlPart": text}));
    let mut live = LiveCheck::default();
    for written in [text.to_owned(), format!("{text}, and more")] {
        project.documents.insert(source.clone(), written.clone().into());
        let report = live.check(&project, facts);
        let fix = report.diagnostics.iter().find(|one| one.rule == "variable-spelling").and_then(|one| one.fix.clone());
        let mut mended = project.clone();
        mended.apply(&fix.unwrap().edit).unwrap();
        assert_eq!(mended.documents[&source], written.replace("Firstname", "FirstName"));
    }
}

#[test]
fn evidence_of_any_size_is_no_trouble() {
    for case in cases() {
        let Some((_, journey)) = case.project.journeys().find(|(name, _)| *name == "case") else { continue };
        for n in [0, 1, u64::MAX] {
            let seen = |activity: &model::Activity| {
                let ways = activity.connections().iter().map(|way| WaySeen { slot: way.slot, people: n }).collect();
                let statuses = ["DAILY_CAP", "QUIET_TIME"].map(|status| (status.to_owned(), n));
                Seen {
                    arrived: n,
                    waiting: n,
                    ways,
                    sent: n,
                    not_sent: statuses.into(),
                    last_sent: Some(i64::MAX),
                    written: n,
                    unwritten: [("Attributes.City".to_owned(), n)].into(),
                    answers: Some(Answers { all: n, late: n, most_within: i64::MAX }),
                    disagreeing: n,
                }
            };
            let evidence = Evidence {
                journey: "case".to_owned(),
                people: n,
                without_timezone: n,
                timezones: [("Europe/Berlin".to_owned(), n), ("no zone".to_owned(), n)].into(),
                indian_numbers: n,
                entered: n,
                sampled: n,
                reached: n / 3,
                activities: journey.activities().iter().map(|one| (one.id.to_owned(), seen(one))).collect(),
            };
            let report = check_with(&case.project, Facts { evidence: Some(&evidence), ..case.facts() });
            for fix in report.diagnostics.iter().filter_map(|one| one.fix.as_ref()) {
                let applied = case.project.clone().apply(&fix.edit);
                assert!(applied.is_ok(), "{}: {}: {applied:?}", case.title, fix.title);
            }
        }
    }
}

#[test]
fn diagnostics_follow_the_order_of_the_document() {
    let text = "== order\nzeta: email nope -> nowhere\nalpha: wait PT1M -> nowhere\n.Limits = {\"DailyCap\": 500}\n";
    let case = fixture::cases(text).remove(0);
    let order: Vec<_> = report(&case).diagnostics.into_iter().map(|one| one.rule).collect();
    assert_eq!(
        order,
        [
            "unknown-template",
            "unknown-next-activity",
            "unreachable-activity",
            "wait-length",
            "unknown-next-activity",
            "limit-range"
        ]
    );
}

#[test]
fn every_rule_explains_itself() {
    for rule in validation::RULES {
        let text = rule.explanation();
        let page = rule.page();
        let parts = [&page.what, &page.why, &page.bad, &page.bad_json, &page.fix, &page.good_json, &page.source];
        assert!(parts.iter().all(|part| !part.is_empty() && !part.contains("**")), "{}: {page:#?}", rule.id);
        assert!(page.what.starts_with("Checks"), "{}: {}", rule.id, page.what);
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
        assert!(!rule.title.ends_with('.') && !rule.title.starts_with(char::is_uppercase), "{}", rule.title);
        assert_eq!(text.matches("```").count(), 4, "{}:\n{text}", rule.id);
    }
    assert!(validation::RULES.is_sorted_by_key(|rule| rule.id.replace('-', "_")), "the table is in order of id");
}

#[test]
fn messages_follow_the_house_wording() {
    for case in cases() {
        for one in report(&case).diagnostics {
            for text in [&one.message, &one.help] {
                let first = text.split(' ').next().unwrap_or_default();
                let ordinary = first.starts_with('`') || !first.starts_with(|c: char| c.is_ascii_uppercase());
                assert!(ordinary && !text.ends_with('.'), "{}: {text}", one.rule);
            }
            assert!(!one.help.is_empty(), "{} has no help", one.rule);
            assert!(validation::explain(&one.rule).is_some(), "{}", one.rule);
        }
    }
}
