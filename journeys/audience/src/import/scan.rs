//! Finding the end of a value, eight bytes at a time. Values are short, so the call of a search that is made for long texts
//! costs more than its speed gives back; for the same reason these are compiled into their callers, always.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte that is `byte`; right up to the first one, which is all that is asked.
#[inline(always)]
fn equal(word: u64, byte: u8) -> u64 {
    let zero = word ^ (ONES * u64::from(byte));
    zero.wrapping_sub(ONES) & !zero & HIGHS
}

/// The first place from `at` on for which `hits` marks a byte, `bytes.len()` if there is none. `hits` is given eight bytes
/// and answers the high bits of those that are looked for.
#[inline(always)]
fn first(bytes: &[u8], mut at: usize, hits: impl Fn(u64) -> u64) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let found = hits(u64::from_le_bytes(*chunk));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let mut last = [0; 8];
    let rest = bytes.get(at..).unwrap_or_default();
    last[..rest.len()].copy_from_slice(rest);
    let found = hits(u64::from_le_bytes(last)) & !(u64::MAX.checked_shl(rest.len() as u32 * 8).unwrap_or(0));
    if found == 0 { bytes.len() } else { at + (found.trailing_zeros() / 8) as usize }
}

/// The end of a plain part of a JSON string: a double quote, a backslash or a control character.
#[inline]
pub(super) fn string_end(bytes: &[u8], at: usize) -> usize {
    first(bytes, at, |word| equal(word, b'"') | equal(word, b'\\') | (word.wrapping_sub(ONES * 0x20) & !word & HIGHS))
}

/// The end of a plain CSV cell: a comma or the end of the line.
#[inline]
pub(super) fn cell_end(bytes: &[u8], at: usize) -> usize {
    first(bytes, at, |word| equal(word, b',') | equal(word, b'\n'))
}

/// About how many lines the text has, by those at its beginning.
pub(super) fn about_lines(text: &str) -> usize {
    let head = &text.as_bytes()[..text.len().min(1 << 16)];
    let lines = memchr::memchr_iter(b'\n', head).count() + 1;
    if head.len() == text.len() { lines } else { text.len() / head.len() * lines + lines }
}

/// A number of the usual spelling, at most 15 digits: `-12.50`. `None` = read it with care.
#[inline]
pub(super) fn plain_number(text: &[u8]) -> Option<f64> {
    number_at(text, 0).filter(|(_, end)| *end == text.len()).map(|(number, _)| number)
}

/// As [`plain_number`], at a place in a text; and where it ends. What follows may belong to the number all the same.
///
/// Such a number and a power of ten are exact, so one division gives the nearest number, as the careful reading does.
#[inline]
pub(super) fn number_at(text: &[u8], at: usize) -> Option<(f64, usize)> {
    let digits = |mut at: usize, mut number: u64| {
        while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            at += 1;
        }
        (at, number)
    };
    let negative = text.get(at) == Some(&b'-');
    let start = at + usize::from(negative);
    let (point, whole) = digits(start, 0);
    if point == start || (point > start + 1 && text[start] == b'0') {
        return None;
    }
    let (mut end, mut value, mut count) = (point, whole as f64, point - start);
    if text.get(point) == Some(&b'.') {
        let number;
        (end, number) = digits(point + 1, whole);
        let decimals = end - point - 1;
        count += decimals;
        value = number as f64 / *POWERS_OF_TEN.get(decimals).filter(|_| decimals > 0)?;
    }
    (count <= 15).then_some((if negative { -value } else { value }, end))
}

const POWERS_OF_TEN: [f64; 16] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ends_are_those_of_a_plain_search(text in "[\"\\\\,\\n\\t a-zü]{0,40}", at in 0usize..45) {
            let bytes = text.as_bytes();
            let find = |wanted: &dyn Fn(u8) -> bool| {
                bytes.iter().enumerate().skip(at).find(|(_, byte)| wanted(**byte)).map_or(bytes.len(), |(place, _)| place)
            };
            prop_assert_eq!(string_end(bytes, at), find(&|byte| byte < 0x20 || matches!(byte, b'"' | b'\\')));
            prop_assert_eq!(cell_end(bytes, at), find(&|byte| matches!(byte, b',' | b'\n')));
        }

        #[test]
        fn plain_numbers_are_read_as_the_careful_reading_does(text in "-?[0-9]{1,9}(\\.[0-9]{1,7})?") {
            if let Some(number) = plain_number(text.as_bytes()) {
                prop_assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits());
            }
        }
    }

    #[test]
    fn what_json_does_not_call_a_number_is_no_plain_number() {
        for text in ["", "-", ".5", "5.", "01", "-01.5", "1.2.3", "1e3", "+1", "1234567890123456", "NaN"] {
            assert_eq!(plain_number(text.as_bytes()), None, "{text}");
        }
        assert_eq!(plain_number(b"-0.25"), Some(-0.25));
        assert_eq!(plain_number(b"0"), Some(0.0));
    }
}
