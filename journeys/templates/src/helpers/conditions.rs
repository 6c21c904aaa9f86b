//! `and or not eq neq gt gte lt lte`.

use std::cmp::Ordering;

use super::Arguments;
use crate::value::Val;

pub(super) fn and(arguments: &Arguments<'_>) -> bool {
    arguments.values.iter().all(Val::is_truthy)
}

pub(super) fn or(arguments: &Arguments<'_>) -> bool {
    arguments.values.iter().any(Val::is_truthy)
}

pub(super) fn not(arguments: &Arguments<'_>) -> bool {
    !arguments.value(0).is_truthy()
}

pub(super) fn eq(arguments: &Arguments<'_>) -> bool {
    order(arguments) == Ordering::Equal
}

pub(super) fn neq(arguments: &Arguments<'_>) -> bool {
    order(arguments) != Ordering::Equal
}

pub(super) fn gt(arguments: &Arguments<'_>) -> bool {
    order(arguments) == Ordering::Greater
}

pub(super) fn gte(arguments: &Arguments<'_>) -> bool {
    order(arguments) != Ordering::Less
}

pub(super) fn lt(arguments: &Arguments<'_>) -> bool {
    order(arguments) == Ordering::Less
}

pub(super) fn lte(arguments: &Arguments<'_>) -> bool {
    order(arguments) != Ordering::Greater
}

/// By number when both are numbers, else by text (templates.md 4.2, chosen).
fn order(arguments: &Arguments<'_>) -> Ordering {
    match (arguments.number(0), arguments.number(1)) {
        (Some(a), Some(b)) => a.compare(b),
        _ => arguments.text(0).cmp(&arguments.text(1)),
    }
}
