//! How many parts a text message needs (templates.md 5, "SMS parts").

use crate::limits;

/// How the text of a message is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// GSM 03.38: seven bits a character, two characters' worth for those of the extension table.
    Gsm,
    /// UCS-2: sixteen bits a unit, two units for characters of the supplementary planes.
    Ucs2,
}

/// The size of a text message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmsParts {
    /// Chosen by the text: GSM if every character is in its tables.
    pub encoding: Encoding,
    /// Septets (GSM) or units of 16 bits (UCS-2).
    pub units: usize,
    /// Messages that are sent and paid for; an empty text is one.
    pub parts: usize,
    /// Characters left in the last part before one more is needed, in units.
    pub left: usize,
    /// Whether it is longer than can be sent: 1,600 GSM or 630 other characters.
    pub too_long: bool,
    /// The first character that is not in the tables of GSM; `None` = all are.
    pub forced_by: Option<char>,
}

/// The size of a rendered text message.
pub fn sms_parts(text: &str) -> SmsParts {
    let characters = text.chars().count();
    let forced_by = text.chars().find(|c| septets(*c).is_none());
    let size = match forced_by {
        None => size(Encoding::Gsm, text.chars().filter_map(septets), 160, 153, characters > limits::SMS_GSM),
        Some(_) => size(Encoding::Ucs2, text.chars().map(char::len_utf16), 70, 67, characters > limits::SMS_OTHER),
    };
    SmsParts { forced_by, ..size }
}

/// Septets of a character in GSM 03.38; `None` = it is in neither table.
fn septets(c: char) -> Option<usize> {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '\n' | '\r' => Some(1),
        '!'..='/' | ':'..='@' => Some(1),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | '_' | 'Φ' | 'Γ' | 'Λ' | 'Ω'
        | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä' | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä'
        | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        '^' | '{' | '}' | '\\' | '[' | ']' | '~' | '|' | '€' | '\u{c}' => Some(2),
        _ => None,
    }
}

/// A character is never split over two parts.
fn size(
    encoding: Encoding,
    widths: impl Iterator<Item = usize> + Clone,
    alone: usize,
    chained: usize,
    too_long: bool,
) -> SmsParts {
    let units: usize = widths.clone().sum();
    if units <= alone {
        return SmsParts { encoding, units, parts: 1, left: alone - units, too_long, forced_by: None };
    }
    let (mut parts, mut used) = (1, 0);
    for width in widths {
        if used + width > chained {
            parts += 1;
            used = 0;
        }
        used += width;
    }
    SmsParts { encoding, units, parts, left: chained - used, too_long, forced_by: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The basic set, as the reference lists it, and the extension.
    #[test]
    fn the_tables_of_gsm_03_38() {
        let basic = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà \n\r0123456789\
            abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for c in (0..0x3000).filter_map(char::from_u32) {
            let expected = match c {
                c if basic.contains(c) => Some(1),
                c if "^{}\\[]~|€\u{c}".contains(c) => Some(2),
                _ => None,
            };
            assert_eq!(septets(c), expected, "{c:?}");
        }
    }

    #[test]
    fn check_values() {
        let table = [
            ("a".repeat(160), Encoding::Gsm, 1),
            ("a".repeat(161), Encoding::Gsm, 2),
            ("a".repeat(180), Encoding::Gsm, 2),
            ("a".repeat(306), Encoding::Gsm, 2),
            ("a".repeat(307), Encoding::Gsm, 3),
            ("好".repeat(70), Encoding::Ucs2, 1),
            ("好".repeat(71), Encoding::Ucs2, 2),
            ("好".repeat(135), Encoding::Ucs2, 3),
            (format!("{}’", "a".repeat(129)), Encoding::Ucs2, 2),
            ("€".repeat(80), Encoding::Gsm, 1),
            ("€".repeat(81), Encoding::Gsm, 2),
            // 153 is odd: one septet of each part stays empty, because a pair is not split.
            ("€".repeat(153), Encoding::Gsm, 3),
            ("😀".repeat(35), Encoding::Ucs2, 1),
            ("😀".repeat(36), Encoding::Ucs2, 2),
            ("".to_owned(), Encoding::Gsm, 1),
        ];
        for (text, encoding, parts) in table {
            let size = sms_parts(&text);
            assert_eq!((size.encoding, size.parts), (encoding, parts), "{text}");
        }
        assert_eq!(sms_parts("Äñ {€}").units, 9);
        assert_eq!(sms_parts("abc").left, 157);
        assert_eq!(["a€", "a’b…"].map(|text| sms_parts(text).forced_by), [None, Some('’')]);
        assert!(!sms_parts(&"a".repeat(1600)).too_long);
        assert!(sms_parts(&"a".repeat(1601)).too_long);
        assert!(sms_parts(&"ж".repeat(631)).too_long);
    }
}
