//! Moments as milliseconds since 1970, in UTC, without a clock.

/// 2026-11-30T09:00:00Z, when the example journeys begin.
pub const START: i64 = 1_796_029_200_000;
/// One minute in milliseconds.
pub const MINUTE: i64 = 60_000;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day in milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// ISO 8601 with seconds and `Z`, for example `2026-11-30T09:00:00Z`.
pub fn iso(moment: i64) -> String {
    let (year, month, day) = civil(moment.div_euclid(DAY));
    let seconds = moment.rem_euclid(DAY) / 1000;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Year, month and day of a day number since 1970, in the Gregorian calendar: years are counted from March, so that the
/// leap day is the last one of its year.
fn civil(day_number: i64) -> (i64, i64, i64) {
    let shifted = day_number + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{DAY, START, iso};

    #[test]
    fn moments_print_as_pinpoint_prints_them() {
        assert_eq!(iso(START), "2026-11-30T09:00:00Z");
        assert_eq!(iso(START + 92 * DAY), "2027-03-02T09:00:00Z");
        assert_eq!(iso(1_709_164_800_000), "2024-02-29T00:00:00Z");
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
    }
}
