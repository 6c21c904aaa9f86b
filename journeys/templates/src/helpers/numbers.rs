//! Arithmetic. What is not a number, or can not be divided, gives nothing.

use super::{Answer, Arguments, Written};
use crate::decimal::Decimal;
use crate::output::Output;

fn write(result: Option<Decimal>, out: &mut Output<'_>) -> Answer {
    let Some(number) = result else { return Ok(Written::Nothing) };
    out.push_str(number.digits(&mut [0; Decimal::LONGEST]))?;
    Ok(Written::Text)
}

fn two(arguments: &Arguments<'_>, out: &mut Output<'_>, compute: fn(Decimal, Decimal) -> Option<Decimal>) -> Answer {
    let (a, b) = (arguments.number(0), arguments.number(1));
    write(a.zip(b).and_then(|(a, b)| compute(a, b)), out)
}

fn one(arguments: &Arguments<'_>, out: &mut Output<'_>, compute: fn(Decimal) -> Decimal) -> Answer {
    write(arguments.number(0).map(compute), out)
}

pub(super) fn add(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    two(arguments, out, Decimal::add)
}

pub(super) fn subtract(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    two(arguments, out, Decimal::subtract)
}

pub(super) fn multiply(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    two(arguments, out, Decimal::multiply)
}

pub(super) fn divide(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    two(arguments, out, Decimal::divide)
}

pub(super) fn modulo(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    two(arguments, out, Decimal::modulo)
}

pub(super) fn ceiling(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    one(arguments, out, Decimal::ceiling)
}

pub(super) fn floor(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    one(arguments, out, Decimal::floor)
}

pub(super) fn round(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    one(arguments, out, Decimal::round)
}
