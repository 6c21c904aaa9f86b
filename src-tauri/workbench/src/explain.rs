//! The manual of the checks.

use model::Severity;
use validation::Rule;
use validation::page::NOTATION;

use crate::failure::{Outcome, not_found};

/// The page of a rule; the list of all rules when none is named.
///
/// # Errors
/// When there is no such rule.
pub fn explain(rule: Option<&str>) -> Outcome<String> {
    match rule {
        None => Ok(validation::RULES.iter().map(|rule| format!("{:28} {}\n", rule.id, rule.title)).collect()),
        Some(id) => match validation::explain(id) {
            Some(rule) => Ok(page(rule)),
            None => Err(not_found(format!("there is no rule `{id}`"), "`waymark explain` lists all rules")),
        },
    }
}

/// A page for a terminal: what, why, a bad example, how to mend it, a good example, the source.
fn page(rule: &Rule) -> String {
    let page = rule.page();
    let weight = match rule.severity {
        Severity::Error => "Error: the journey can not be published with it.",
        Severity::Warning => "Warning: the journey can be published with it.",
    };
    let seen = if rule.is_of_run() { " Seen in a simulated run, silent without one." } else { "" };
    let notation = if page.has_notation() { format!("\n{NOTATION}\n") } else { String::new() };
    format!(
        "{id}: {title}\n{weight}{seen}\n\n{what}\n\nWhy it matters\n\n{why}\n\nBad example\n\n{bad}\n\n{bad_json}\n\n\
         How to fix it\n\n{fix}\n\nGood example\n\n{good_json}\n{notation}\nSource\n\n{source}\n",
        id = rule.id,
        title = rule.title,
        what = page.what,
        why = page.why,
        bad = page.bad,
        bad_json = page.bad_json,
        fix = page.fix,
        good_json = page.good_json,
        source = page.source,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_parts_in_order() {
        let text = explain(Some("wait-length")).unwrap_or_default();
        let heads = ["wait-length: ", "Error: ", "Checks ", "Why it matters", "Bad example", "PT10M", "How to fix it"];
        let places: Vec<_> =
            heads.iter().chain(&["Good example", "PT1H", "Source"]).map(|head| text.find(head)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
        assert!(!text.contains("```") && !text.contains("**") && !text.contains(NOTATION), "{text}");
    }

    #[test]
    fn a_page_says_what_stands_for_many_and_what_needs_a_run() {
        assert!(explain(Some("too-many-activities")).unwrap_or_default().contains(NOTATION));
        assert!(explain(Some("branch-never-taken")).unwrap_or_default().contains("Seen in a simulated run"));
    }
}
