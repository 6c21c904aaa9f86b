//! How many parts a text message needs (templates.md 5, "SMS parts").

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
}

const GSM_SYMBOLS: &str = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà \n\r";
const GSM_EXTENSION: &str = "^{}\\[]~|€\u{c}";

/// The size of a rendered text message.
pub fn sms_parts(text: &str) -> SmsParts {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    let characters = text.chars().count();
    match gsm {
        Some(widths) => size(Encoding::Gsm, &widths, 160, 153, characters > 1600),
        None => {
            let widths: Vec<usize> = text.chars().map(char::len_utf16).collect();
            size(Encoding::Ucs2, &widths, 70, 67, characters > 630)
        }
    }
}

fn septets(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || GSM_SYMBOLS.contains(c) {
        Some(1)
    } else if GSM_EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// A character is never split over two parts.
fn size(encoding: Encoding, widths: &[usize], alone: usize, chained: usize, too_long: bool) -> SmsParts {
    let units: usize = widths.iter().sum();
    if units <= alone {
        return SmsParts { encoding, units, parts: 1, left: alone - units, too_long };
    }
    let (mut parts, mut used) = (1, 0);
    for width in widths {
        if used + width > chained {
            parts += 1;
            used = 0;
        }
        used += width;
    }
    SmsParts { encoding, units, parts, left: chained - used, too_long }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(!sms_parts(&"a".repeat(1600)).too_long);
        assert!(sms_parts(&"a".repeat(1601)).too_long);
        assert!(sms_parts(&"ж".repeat(631)).too_long);
    }
}
