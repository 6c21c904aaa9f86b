//! Texts that look like others.

use model::time::{DAY, format_instant, parse_instant};

use crate::zones::calling_code;

/// Shortest text of hexadecimal digits that is a token and no word.
const TOKEN: usize = 32;
/// Digits of a phone number that stay behind the calling code: they tell the kind of number, and of calling code 1, which
/// many countries share, the country.
const KEPT: usize = 2;
const KEPT_OF_ONE: usize = 3;

/// Digits drawn from a hash: as many as are wanted, the hash is gone through again and again.
struct Draws<'d> {
    digest: &'d [u8; 32],
    at: usize,
}

impl Draws<'_> {
    /// A number below `range`, at most 256.
    fn below(&mut self, range: usize) -> usize {
        let byte = usize::from(self.digest[self.at % 32]);
        // Another round is another number.
        let round = self.at / 32 * 101;
        self.at += 1;
        (byte + round) % range
    }

    fn one_of(&mut self, letters: &[u8]) -> char {
        char::from(letters[self.below(letters.len())])
    }
}

/// A text in the shape of another: an e-mail address at example.com, a phone number of the same country and length, a
/// token of the same length, a day of the year before; else letters for letters and digits for digits.
pub(super) fn like(text: &str, digest: &[u8; 32]) -> String {
    let mut draws = Draws { digest, at: 0 };
    if text.contains('@') && !text.contains(char::is_whitespace) {
        return format!("p{}@example.com", &hex(digest)[..20]);
    }
    if let Some(digits) = text.strip_prefix('+')
        && digits.len() >= 6
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        let kept = match calling_code(digits) {
            Some("1") => 1 + KEPT_OF_ONE,
            code => code.map_or(1, str::len) + KEPT,
        };
        let kept = kept.min(digits.len() - 3);
        // No part of a number begins with a zero or a one.
        let first = draws.one_of(b"23456789");
        let rest: String = digits[kept + 1..].chars().map(|_| draws.one_of(b"0123456789")).collect();
        return format!("+{}{first}{rest}", &digits[..kept]);
    }
    if text.len() >= TOKEN && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return text.chars().map(|_| draws.one_of(b"0123456789abcdef")).collect();
    }
    if text.len() >= 10
        && text.as_bytes()[4] == b'-'
        && let Some(at) = parse_instant(text)
    {
        let back = 1 + (draws.below(256) * 256 + draws.below(256)) as i64 % 365;
        let moved = format_instant(at - back * DAY);
        return if text.len() == 10 { moved[..10].to_owned() } else { moved };
    }
    text.chars().map(|letter| of_kind(letter, &mut draws)).collect()
}

fn of_kind(letter: char, draws: &mut Draws<'_>) -> char {
    match letter {
        '0'..='9' => draws.one_of(b"0123456789"),
        letter if letter.is_uppercase() => draws.one_of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        letter if letter.is_alphabetic() => draws.one_of(b"abcdefghijklmnopqrstuvwxyz"),
        other if other.is_numeric() => draws.one_of(b"0123456789"),
        other => other,
    }
}

/// A hash as text.
pub(super) fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_stay() {
        let digest: [u8; 32] = std::array::from_fn(|at| (at * 37 + 5) as u8);
        let rows = [
            ("ada@shop.example.org", "p"),
            ("+4915112345678", "+4915"),
            ("+12065550100", "+1206"),
            ("+35312345678", "+35312"),
        ];
        for (text, start) in &rows[1..] {
            let made = like(text, &digest);
            assert!(made.starts_with(start) && made.len() == text.len() && made != *text, "{text} {made}");
            assert!(made[1..].bytes().all(|byte| byte.is_ascii_digit()));
        }
        assert!(like(rows[0].0, &digest).ends_with("@example.com"));
        let token = "0123456789abcdef0123456789abcdef";
        assert!(like(token, &digest).len() == 32 && parse(&like(token, &digest)));
        let day = like("2026-03-01", &digest);
        assert!(day.len() == 10 && parse_instant(&day) < parse_instant("2026-03-01"), "{day}");
        assert!(parse_instant(&like("2026-03-01T10:00:00Z", &digest)).is_some());
        let name = like("Zoë O'Neill-42", &digest);
        let kinds = |text: &str| -> String {
            let kind = |letter: char| match letter {
                letter if letter.is_uppercase() => 'A',
                letter if letter.is_alphabetic() => 'a',
                letter if letter.is_numeric() => '0',
                other => other,
            };
            text.chars().map(kind).collect()
        };
        assert_eq!(kinds(&name), "Aaa A'Aaaaa-00");
        assert_eq!(kinds(&like("伟", &digest)), "a");
    }

    fn parse(text: &str) -> bool {
        text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}
