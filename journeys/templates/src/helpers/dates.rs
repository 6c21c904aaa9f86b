//! `dateFormat` and `now`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Answer, Arguments, Trouble, Written};
use crate::dates;
use crate::output::Output;
use crate::value::Plain;

/// The options of `dateFormat`.
pub(super) const FORMATS: &[&str] = &["tz", "inputFormat", "outputFormat", "format"];
/// The options of `now`.
pub(super) const NOW: &[&str] = &["tz", "format"];
const TZ: usize = 0;
const INPUT: usize = 1;
const OUTPUT: usize = 2;
const FORMAT: usize = 3;
const NOW_FORMAT: usize = 1;

/// templates.md 4.3
const DEFAULT_FORMAT: &str = "medium";

fn zone(arguments: &Arguments<'_>) -> Result<TimeZone, String> {
    arguments.option_text(TZ).map_or(Ok(TimeZone::UTC), |name| dates::zone(&name))
}

fn timestamp(at: i64) -> Result<Timestamp, Trouble> {
    Timestamp::from_millisecond(at).map_err(|_| Trouble::Wrong(format!("there is no date {at} ms from 1970")))
}

pub(super) fn date_format(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let zone = zone(arguments)?;
    let at = match (arguments.value(0), arguments.option_text(INPUT)) {
        (Plain::Instant(at), None) => timestamp(*at)?.to_zoned(zone),
        (date, format) => {
            let date = date.as_text();
            if date.is_empty() {
                return Ok(Written::Nothing);
            }
            dates::read(&date, format.as_deref(), &zone)?
        }
    };
    let format = arguments.option_text(OUTPUT).or_else(|| arguments.option_text(FORMAT));
    let format = format.or_else(|| arguments.given(1).map(Plain::as_text));
    dates::format(&at, format.as_deref().unwrap_or(DEFAULT_FORMAT), out)?;
    Ok(Written::Text)
}

pub(super) fn now(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let format = arguments.option_text(NOW_FORMAT).or_else(|| arguments.given(0).map(Plain::as_text));
    let now = timestamp(arguments.now)?.to_zoned(zone(arguments)?);
    dates::format(&now, format.as_deref().unwrap_or(DEFAULT_FORMAT), out)?;
    Ok(Written::Text)
}
