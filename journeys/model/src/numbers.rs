//! Counts and shares as people read them.

/// A share in percent: below one with a decimal, and never 0% or 100% of what is not none or all.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p > 0.0 && p < 0.1 => "<0.1%".to_owned(),
        p if p > 0.0 && p < 1.0 || p > 99.0 && p < 100.0 => format!("{:.1}%", p.clamp(0.1, 99.9)),
        p => format!("{p:.0}%"),
    }
}

/// A count with separators: 12,345.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators_and_shares_are_never_rounded_to_none_or_all() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.0, 0.0004, 0.004, 0.456, 0.9999, 1.0].map(percent),
            ["0%", "<0.1%", "0.4%", "46%", "99.9%", "100%"]
        );
    }
}
