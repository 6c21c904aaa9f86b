//! Decimal numbers, so that 0.1 + 0.2 is 0.3 in a message.

use std::cmp::Ordering;

/// Decimals of a result (templates.md 4.4, chosen).
const DECIMALS: u32 = 8;
/// Most decimals of a number that is read; further ones are cut.
const MAX_SCALE: u32 = 18;

/// A number with a decimal fraction: `units` / 10^`scale`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal {
    units: i128,
    scale: u32,
}

impl Decimal {
    /// Bytes of the longest one: a sign, 39 digits, a point.
    pub(crate) const LONGEST: usize = 48;

    /// Reads `-12.50`, `3`, `1e3`; not blanks, not infinity.
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || exponent.abs() > 30 {
            return None;
        }
        let fraction = &fraction[..fraction.len().min(MAX_SCALE as usize)];
        let read = whole.bytes().chain(fraction.bytes());
        let mut units: i128 = 0;
        if whole.len() + fraction.len() <= 18 {
            // Nearly all numbers; 128 bits take several times as long.
            units = read.fold(0_i64, |units, digit| units * 10 + i64::from(digit - b'0')).into();
        } else {
            for digit in read {
                units = units.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
            }
        }
        let mut scale = fraction.len() as i32 - exponent;
        while scale < 0 {
            units = units.checked_mul(10)?;
            scale += 1;
        }
        let number = Decimal { units: if negative { -units } else { units }, scale: scale as u32 };
        Some(if number.scale > MAX_SCALE { number.rounded(MAX_SCALE) } else { number })
    }

    pub(crate) fn whole_number(number: i64) -> Decimal {
        Decimal { units: number.into(), scale: 0 }
    }

    /// As it is written, without trailing zeros.
    pub(crate) fn digits(self, buffer: &mut [u8; Decimal::LONGEST]) -> &str {
        let (mut rest, mut scale) = (self.units.unsigned_abs(), self.scale);
        while scale > 0 && rest.is_multiple_of(10) {
            rest /= 10;
            scale -= 1;
        }
        let mut start = buffer.len();
        let mut put = |byte: u8| {
            start -= 1;
            buffer[start] = byte;
        };
        let mut written = 0;
        let mut digit = |digit: u8| {
            if written == scale && scale > 0 {
                put(b'.');
            }
            put(b'0' + digit);
            written += 1;
            written > scale
        };
        let mut whole = false;
        while rest > u128::from(u64::MAX) {
            whole = digit((rest % 10) as u8);
            rest /= 10;
        }
        let mut rest = rest as u64;
        while rest > 0 || !whole {
            whole = digit((rest % 10) as u8);
            rest /= 10;
        }
        if self.units < 0 {
            put(b'-');
        }
        // Only ASCII was written.
        std::str::from_utf8(&buffer[start..]).unwrap_or_default()
    }

    pub(crate) fn add(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Decimal { units: a.checked_add(b)?, scale }.rounded(DECIMALS))
    }

    pub(crate) fn subtract(self, other: Decimal) -> Option<Decimal> {
        self.add(Decimal { units: other.units.checked_neg()?, ..other })
    }

    pub(crate) fn multiply(self, other: Decimal) -> Option<Decimal> {
        let product = Decimal { units: self.units.checked_mul(other.units)?, scale: self.scale + other.scale };
        Some(product.rounded(DECIMALS))
    }

    /// `None` by zero.
    pub(crate) fn divide(self, other: Decimal) -> Option<Decimal> {
        let (a, b, _) = self.aligned(other)?;
        // One decimal more than shown, for the rounding.
        let units = a.checked_mul(10_i128.pow(DECIMALS + 1))?.checked_div(b)?;
        Some(Decimal { units, scale: DECIMALS + 1 }.rounded(DECIMALS))
    }

    /// The remainder, with the sign of `self`; `None` by zero.
    pub(crate) fn modulo(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Decimal { units: a.checked_rem(b)?, scale }.rounded(DECIMALS))
    }

    pub(crate) fn floor(self) -> Decimal {
        Decimal { units: self.units.div_euclid(self.unit()), scale: 0 }
    }

    pub(crate) fn ceiling(self) -> Decimal {
        Decimal { units: -(-self.units).div_euclid(self.unit()), scale: 0 }
    }

    /// To a whole number, halves away from zero.
    pub(crate) fn round(self) -> Decimal {
        self.rounded(0)
    }

    /// The whole number, where it is one that fits.
    pub(crate) fn whole(self) -> Option<i64> {
        (self.units % self.unit() == 0).then(|| i64::try_from(self.units / self.unit()).ok()).flatten()
    }

    pub(crate) fn compare(self, other: Decimal) -> Ordering {
        match self.aligned(other) {
            Some((a, b, _)) => a.cmp(&b),
            // Too large to be written with the other's decimals: the whole parts decide.
            None => (self.units / self.unit()).cmp(&(other.units / other.unit())),
        }
    }

    fn unit(self) -> i128 {
        10_i128.pow(self.scale)
    }

    fn aligned(self, other: Decimal) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let stretch = |number: Decimal| number.units.checked_mul(10_i128.pow(scale - number.scale));
        Some((stretch(self)?, stretch(other)?, scale))
    }

    fn rounded(self, scale: u32) -> Decimal {
        if self.scale <= scale {
            return self;
        }
        let unit = 10_i128.pow((self.scale - scale).min(38));
        let half = unit / 2 * self.units.signum();
        Decimal { units: self.units.saturating_add(half) / unit, scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    impl std::fmt::Display for Decimal {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.digits(&mut [0; Decimal::LONGEST]))
        }
    }

    #[test]
    fn arithmetic_is_decimal() {
        assert_eq!(d("0.1").add(d("0.2")).unwrap().to_string(), "0.3");
        assert_eq!(d("5").divide(d("2.3")).unwrap().to_string(), "2.17391304");
        assert_eq!(d("2").divide(d("3")).unwrap().to_string(), "0.66666667");
        assert_eq!(d("-2").divide(d("3")).unwrap().to_string(), "-0.66666667");
        assert_eq!(d("5").multiply(d("2.3")).unwrap().to_string(), "11.5");
        assert_eq!(d("-7").modulo(d("2")).unwrap().to_string(), "-1");
        assert!(d("1").divide(d("0")).is_none());
        assert_eq!(
            [d("5.23").ceiling(), d("5.23").floor(), d("19.21").round()].map(|n| n.to_string()),
            ["6", "5", "19"]
        );
        assert_eq!(
            [d("-5.5").ceiling(), d("-5.5").floor(), d("-5.5").round()].map(|n| n.to_string()),
            ["-5", "-6", "-6"]
        );
    }

    #[test]
    fn spellings() {
        for (text, shown) in [("3.0", "3"), ("007.10", "7.1"), ("1e3", "1000"), ("12e-1", "1.2"), ("-0.0", "0")] {
            assert_eq!(d(text).to_string(), shown);
        }
        for text in ["", "-", ".5", "1.2.3", "x", " 1", "1e99", "NaN", "99999999999999999999999999999999999999999"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
        assert_eq!(d("10").compare(d("9.99")), Ordering::Greater);
        assert_eq!(d("1.50").compare(d("1.5")), Ordering::Equal);
    }
}
