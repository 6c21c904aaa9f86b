//! Arithmetic. What is not a number, or can not be divided, gives nothing.

use super::{Answer, Arguments};
use crate::decimal::Decimal;
use crate::value::Val;

fn two<'a>(arguments: &Arguments<'a>, compute: fn(Decimal, Decimal) -> Option<Decimal>) -> Answer<'a> {
    let result = match (arguments.number(0), arguments.number(1)) {
        (Some(a), Some(b)) => compute(a, b),
        _ => None,
    };
    Ok(result.map_or(Val::Missing, |number| Val::text(number.to_string())))
}

fn one<'a>(arguments: &Arguments<'a>, compute: fn(Decimal) -> Decimal) -> Answer<'a> {
    Ok(arguments.number(0).map_or(Val::Missing, |number| Val::text(compute(number).to_string())))
}

pub(super) fn add<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    two(arguments, Decimal::add)
}

pub(super) fn subtract<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    two(arguments, Decimal::subtract)
}

pub(super) fn multiply<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    two(arguments, Decimal::multiply)
}

pub(super) fn divide<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    two(arguments, Decimal::divide)
}

pub(super) fn modulo<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    two(arguments, Decimal::modulo)
}

pub(super) fn ceiling<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    one(arguments, Decimal::ceiling)
}

pub(super) fn floor<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    one(arguments, Decimal::floor)
}

pub(super) fn round<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    one(arguments, Decimal::round)
}
