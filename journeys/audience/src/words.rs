//! Words, dates and small numbers of endpoints, as they are spelled in requests and files.

use model::time::{Millis, parse_instant};
use model::view::Word;
use model::wire::ChannelType;

use crate::draft::RowProblem;

pub(crate) fn channel(word: &str) -> Result<ChannelType, RowProblem> {
    ChannelType::parse(word).ok_or_else(|| {
        let words: Vec<&str> = ChannelType::ALL.iter().map(|word| word.as_str()).collect();
        RowProblem::new("ChannelType", format!("`{word}` is not one of {}", words.join(", ")))
    })
}

pub(crate) fn opt_out(word: &str) -> Result<bool, RowProblem> {
    match word {
        "ALL" => Ok(true),
        "NONE" => Ok(false),
        _ => Err(RowProblem::new("OptOut", format!("`{word}` is not one of ALL, NONE"))),
    }
}

pub(crate) fn status(word: &str) -> Result<bool, RowProblem> {
    match word {
        "INACTIVE" => Ok(true),
        "ACTIVE" => Ok(false),
        _ => Err(RowProblem::new("EndpointStatus", format!("`{word}` is not one of ACTIVE, INACTIVE"))),
    }
}

/// An instant in any spelling of ISO 8601 that [`parse_instant`] reads.
pub(crate) fn read_instant(text: &str) -> Option<Millis> {
    quick_instant(text).or_else(|| parse_instant(text))
}

pub(crate) fn instant(path: &str, text: &str) -> Result<Millis, RowProblem> {
    read_instant(text)
        .ok_or_else(|| RowProblem::new(path, format!("`{text}` is not a date and time such as 2026-11-30T09:00:00Z")))
}

/// The usual spelling `2026-11-30T09:00:00.000Z`, or without milliseconds; `None` = read it with care.
fn quick_instant(text: &str) -> Option<Millis> {
    let given = text.as_bytes();
    let mut whole = *b"....-..-..T..:..:...000Z";
    let bytes: &[u8; 24] = match given.len() {
        24 => given.first_chunk()?,
        20 if given[19] == b'Z' => {
            whole[..19].copy_from_slice(&given[..19]);
            &whole
        }
        _ => return None,
    };
    let marks = [bytes[4], bytes[7], bytes[10], bytes[13], bytes[16], bytes[19], bytes[23]];
    // All digits are read before one is looked at: none of them is wrong, mostly.
    let mut greatest = 0;
    let mut two = |at: usize| {
        let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
        greatest = tens.max(ones).max(greatest);
        i64::from(tens) * 10 + i64::from(ones)
    };
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
    let (hours, minutes, seconds, hundredths) = (two(11), two(14), two(17), two(20));
    let thousandths = bytes[22].wrapping_sub(b'0');
    if marks != *b"--T::.Z" || greatest.max(thousandths) > 9 {
        return None;
    }
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        // The 29th of February is left to the careful reading, as leap seconds are.
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => return None,
    };
    if !(1..=longest).contains(&day) || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    // Days since 1970-01-01 in the proleptic Gregorian calendar, with years that begin in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 1 - 719_468;
    let seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    Some(seconds * 1000 + hundredths * 10 + i64::from(thousandths))
}

pub(crate) fn cohort(text: &str) -> Result<u8, RowProblem> {
    let number = text.parse::<u8>().ok().filter(|n| *n < 100);
    number.ok_or_else(|| RowProblem::new("CohortId", format!("`{text}` is not a whole number from 0 to 99")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_reading_of_instants_agrees_with_the_careful_one() {
        for year in [1583, 1900, 1969, 1970, 2000, 2024, 2026, 2100] {
            for month in 1..=12 {
                for day in [1, 2, 27, 28, 29, 30, 31] {
                    let text = format!("{year}-{month:02}-{day:02}T23:59:58.123Z");
                    let careful = parse_instant(&text);
                    assert_eq!(instant("", &text).ok(), careful, "{text}");
                    assert!(quick_instant(&text).is_none_or(|at| Some(at) == careful), "{text}");
                    assert!(day > 28 || quick_instant(&text).is_some(), "{text}");
                }
            }
        }
        for text in [
            "2026-02-30T00:00:00Z",
            "2026-02-01T00:00:0:Z",
            "2026-02-01T00:00:00.0:0Z",
            "2026-02-01 00:00:00Z",
            "2026-02-01T24:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-02-01T00:00:00+",
            "202ü-02-01T00:00:00",
        ] {
            assert_eq!(quick_instant(text), None, "{text}");
        }
        assert!(instant("EffectiveDate", "2026-02-30T00:00:00Z").is_err());
        assert_eq!(instant("EffectiveDate", "2024-02-29T00:00:00Z"), Ok(1_709_164_800_000));
    }
}
