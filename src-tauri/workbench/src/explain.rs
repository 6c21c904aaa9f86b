//! The manual of the checks.

use crate::failure::{Outcome, not_found};

/// The explanation of a rule; the list of all rules when none is named.
///
/// # Errors
/// When there is no such rule.
pub fn explain(rule: Option<&str>) -> Outcome<String> {
    match rule {
        None => Ok(validation::RULES.iter().map(|rule| format!("{:28} {}\n", rule.id, rule.title)).collect()),
        Some(id) => match validation::explain(id) {
            Some(rule) => Ok(format!("{}: {}\n\n{}\n", rule.id, rule.title, rule.explanation().trim())),
            None => Err(not_found(format!("there is no rule `{id}`"), "`waymark explain` lists all rules")),
        },
    }
}
