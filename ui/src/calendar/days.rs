//! Months and weeks of days by number (`model::time::day_number`).

use std::ops::RangeInclusive;

use model::time::{day_name, day_number, monday_of};

use crate::campaign::MONTHS;

/// Year and month of a day, the month from 1.
pub fn month_of(day: i64) -> (i64, i64) {
    let name = day_name(day);
    let mut parts = name.rsplitn(3, '-').skip(1).map(|part| part.parse().unwrap_or(1));
    let month = parts.next().unwrap_or(1);
    (parts.next().unwrap_or(1970), month)
}

/// `December 2026`
pub fn name_of_month(day: i64) -> String {
    let (year, month) = month_of(day);
    let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{name} {year}")
}

fn first_of((year, month): (i64, i64)) -> i64 {
    day_number(&format!("{year:04}-{month:02}-01")).unwrap_or(0)
}

/// The first day of the month that is `by` months after that of a day.
pub fn months_later(day: i64, by: i64) -> i64 {
    let (year, month) = month_of(day);
    let months = year * 12 + month - 1 + by;
    first_of((months.div_euclid(12), months.rem_euclid(12) + 1))
}

/// The days of all weeks that a month touches, from a Monday to a Sunday.
pub fn weeks_of(day: i64) -> RangeInclusive<i64> {
    let last = months_later(day, 1) - 1;
    monday_of(first_of(month_of(day)))..=monday_of(last) + 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_and_end_with_whole_weeks() {
        let day = day_number("2026-12-03").unwrap_or_default();
        assert_eq!((month_of(day), name_of_month(day).as_str()), ((2026, 12), "December 2026"));
        let weeks = weeks_of(day);
        assert_eq!(
            (day_name(*weeks.start()), day_name(*weeks.end())),
            ("2026-11-30".to_owned(), "2027-01-03".to_owned())
        );
        assert_eq!(day_name(months_later(day, 1)), "2027-01-01");
        assert_eq!(day_name(months_later(day, -12)), "2025-12-01");
    }
}
