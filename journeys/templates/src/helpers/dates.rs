//! `dateFormat` and `now`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Answer, Arguments};
use crate::dates;
use crate::value::Val;

const DEFAULT_FORMAT: &str = "medium";

fn zone(arguments: &Arguments<'_>) -> Result<TimeZone, String> {
    arguments.option_text("tz").map_or(Ok(TimeZone::UTC), |name| dates::zone(&name))
}

pub(super) fn date_format<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let date = arguments.text(0);
    if date.is_empty() {
        return Ok(Val::Missing);
    }
    let at = dates::read(&date, arguments.option_text("inputFormat").as_deref(), &zone(arguments)?)?;
    let format = arguments.option_text("outputFormat").or_else(|| arguments.option_text("format"));
    let format = format.or_else(|| arguments.values.get(1).map(|value| value.clone().into_text()));
    dates::format(&at, format.as_deref().unwrap_or(DEFAULT_FORMAT)).map(Val::text)
}

pub(super) fn now<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let now = Timestamp::from_millisecond(arguments.now).map_err(|error| error.to_string())?;
    let format = arguments.option_text("format");
    let format = format.or_else(|| arguments.values.first().map(|value| value.clone().into_text()));
    dates::format(&now.to_zoned(zone(arguments)?), format.as_deref().unwrap_or(DEFAULT_FORMAT)).map(Val::text)
}
