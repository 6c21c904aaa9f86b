//! Postal codes to zones, in countries that keep several times or name far places among their codes.
//!
//! Sources: the postal services' lists of three-digit areas (US), letters (CA) and ranges (AU, FR, ES). Of an area that
//! reaches into two zones, most inhabitants' counts. Military post offices have no zone.

/// A postal code in capitals and digits, without spaces and hyphens.
pub(super) fn zone(country: &str, postal_code: &str) -> Option<&'static str> {
    let letters = |code: &str| code.chars().take_while(char::is_ascii_alphabetic).count();
    let digits = |length: usize| -> Option<u32> {
        let sound = postal_code.len() == length && postal_code.bytes().all(|byte| byte.is_ascii_digit());
        if sound { postal_code.parse().ok() } else { None }
    };
    match country {
        "US" => {
            // With the four digits that may follow.
            let code: u32 = postal_code.get(..5).filter(|_| matches!(postal_code.len(), 5 | 9))?.parse().ok()?;
            within(UNITED_STATES_PLACES, code).or_else(|| within(UNITED_STATES, code / 100))
        }
        "CA" => canada(postal_code),
        "AU" => within(AUSTRALIA_PLACES, digits(4)?).or_else(|| within(AUSTRALIA, digits(4)?)),
        "NZ" => Some(if digits(4)? == 8016 { "Pacific/Chatham" } else { "Pacific/Auckland" }),
        "GB" => match postal_code.get(..letters(postal_code))? {
            "GY" => Some("Europe/Guernsey"),
            "JE" => Some("Europe/Jersey"),
            "IM" => Some("Europe/Isle_of_Man"),
            "GX" => Some("Europe/Gibraltar"),
            "BF" => None,
            area => ((1..=2).contains(&area.len()) && postal_code.len() > area.len()).then_some("Europe/London"),
        },
        "FR" => {
            let code = digits(5)?;
            within(FRANCE_PLACES, code).or_else(|| within(FRANCE, code / 100))
        }
        "ES" => within(SPAIN, digits(5)? / 1000),
        "IT" => digits(5).map(|_| "Europe/Rome"),
        "DE" => Some(if digits(5)? == 78266 { "Europe/Busingen" } else { "Europe/Berlin" }),
        _ => None,
    }
}

fn canada(postal_code: &str) -> Option<&'static str> {
    let [letter, digit, ..] = *postal_code.as_bytes() else { return None };
    if !letter.is_ascii_alphabetic() || !digit.is_ascii_digit() {
        return None;
    }
    let starts = |(starts, zone): &(&[&str], &'static str)| {
        starts.iter().any(|start| postal_code.starts_with(start)).then_some(*zone)
    };
    CANADA_PLACES.iter().find_map(starts).or_else(|| CANADA.iter().find_map(starts))
}

/// First and last code, both inclusive, and the zone.
type Ranges = &'static [(u32, u32, &'static str)];

fn within(ranges: Ranges, code: u32) -> Option<&'static str> {
    ranges.iter().find(|(first, last, _)| (*first..=*last).contains(&code)).map(|(_, _, zone)| *zone)
}

/// By all five digits: islands that share three digits with others.
const UNITED_STATES_PLACES: Ranges = &[
    (96799, 96799, "Pacific/Pago_Pago"),
    (96910, 96932, "Pacific/Guam"),
    (96939, 96940, "Pacific/Palau"),
    (96950, 96952, "Pacific/Saipan"),
    (96960, 96970, "Pacific/Majuro"),
];

/// By the first three digits.
const UNITED_STATES: Ranges = &[
    (5, 5, "America/New_York"),
    (6, 7, "America/Puerto_Rico"),
    (8, 8, "America/St_Thomas"),
    (9, 9, "America/Puerto_Rico"),
    (10, 89, "America/New_York"),
    (100, 323, "America/New_York"),
    (324, 325, "America/Chicago"),
    (326, 339, "America/New_York"),
    (341, 349, "America/New_York"),
    (350, 372, "America/Chicago"),
    (373, 374, "America/New_York"),
    (375, 375, "America/Chicago"),
    (376, 379, "America/New_York"),
    (380, 397, "America/Chicago"),
    (398, 399, "America/New_York"),
    (400, 402, "America/Kentucky/Louisville"),
    (403, 418, "America/New_York"),
    (420, 424, "America/Chicago"),
    (425, 426, "America/New_York"),
    (427, 427, "America/Kentucky/Louisville"),
    (430, 459, "America/New_York"),
    (460, 462, "America/Indiana/Indianapolis"),
    (463, 464, "America/Chicago"),
    (465, 475, "America/Indiana/Indianapolis"),
    (476, 477, "America/Chicago"),
    (478, 479, "America/Indiana/Indianapolis"),
    (480, 499, "America/Detroit"),
    (500, 576, "America/Chicago"),
    (577, 577, "America/Denver"),
    (580, 585, "America/Chicago"),
    (586, 586, "America/Denver"),
    (587, 588, "America/Chicago"),
    (590, 599, "America/Denver"),
    (600, 692, "America/Chicago"),
    (693, 693, "America/Denver"),
    (700, 797, "America/Chicago"),
    (798, 799, "America/Denver"),
    (800, 831, "America/Denver"),
    (832, 834, "America/Boise"),
    (835, 835, "America/Los_Angeles"),
    (836, 837, "America/Boise"),
    (838, 838, "America/Los_Angeles"),
    (840, 847, "America/Denver"),
    (850, 864, "America/Phoenix"),
    // The Navajo Nation keeps summer time, the rest of Arizona does not.
    (865, 865, "America/Denver"),
    (870, 885, "America/Denver"),
    (889, 961, "America/Los_Angeles"),
    (967, 968, "Pacific/Honolulu"),
    (970, 978, "America/Los_Angeles"),
    (979, 979, "America/Boise"),
    (980, 994, "America/Los_Angeles"),
    (995, 999, "America/Anchorage"),
];

/// By the first letter.
const CANADA: &[(&[&str], &str)] = &[
    (&["A"], "America/St_Johns"),
    (&["B", "C"], "America/Halifax"),
    (&["E"], "America/Moncton"),
    (&["G", "H", "J", "K", "L", "M", "N", "P"], "America/Toronto"),
    (&["R"], "America/Winnipeg"),
    (&["S"], "America/Regina"),
    (&["T"], "America/Edmonton"),
    (&["V"], "America/Vancouver"),
    (&["Y"], "America/Whitehorse"),
];

/// Areas that keep another time than their province; the north has no time of its own.
const CANADA_PLACES: &[(&[&str], &str)] = &[
    (&["A0P", "A2V"], "America/Goose_Bay"),
    (&["G4T"], "America/Halifax"),
    (&["P0V", "P0W", "P0X", "P8N", "P8T", "P9A", "P9N"], "America/Winnipeg"),
    (&["S9V"], "America/Edmonton"),
    (&["V0A", "V0B", "V1A", "V1C"], "America/Edmonton"),
    (&["V1G", "V1J"], "America/Dawson_Creek"),
    (&["X0A"], "America/Iqaluit"),
    (&["X0B"], "America/Cambridge_Bay"),
    (&["X0C"], "America/Rankin_Inlet"),
    (&["X0E", "X0G", "X1A"], "America/Edmonton"),
];

const AUSTRALIA: Ranges = &[
    (200, 299, "Australia/Sydney"),
    (800, 999, "Australia/Darwin"),
    (1000, 2999, "Australia/Sydney"),
    (3000, 3999, "Australia/Melbourne"),
    (4000, 4999, "Australia/Brisbane"),
    (5000, 5999, "Australia/Adelaide"),
    (6000, 6999, "Australia/Perth"),
    (7000, 7999, "Australia/Hobart"),
    (8000, 8999, "Australia/Melbourne"),
    (9000, 9999, "Australia/Brisbane"),
];

const AUSTRALIA_PLACES: Ranges = &[
    (2880, 2880, "Australia/Broken_Hill"),
    (2898, 2898, "Australia/Lord_Howe"),
    (2899, 2899, "Pacific/Norfolk"),
    (6798, 6798, "Indian/Christmas"),
    (6799, 6799, "Indian/Cocos"),
];

/// By the first three digits.
const FRANCE: Ranges = &[
    (10, 959, "Europe/Paris"),
    (971, 971, "America/Guadeloupe"),
    (972, 972, "America/Martinique"),
    (973, 973, "America/Cayenne"),
    (974, 974, "Indian/Reunion"),
    (975, 975, "America/Miquelon"),
    (976, 976, "Indian/Mayotte"),
    (977, 977, "America/St_Barthelemy"),
    (978, 978, "America/Marigot"),
    (980, 980, "Europe/Monaco"),
    (986, 986, "Pacific/Wallis"),
    (987, 987, "Pacific/Tahiti"),
    (988, 988, "Pacific/Noumea"),
];

/// Saint-Barthélemy and Saint-Martin still have codes of Guadeloupe; the Marquesas and the Gambier Islands keep other times
/// than Tahiti.
const FRANCE_PLACES: Ranges = &[
    (97133, 97133, "America/St_Barthelemy"),
    (97150, 97150, "America/Marigot"),
    (98741, 98742, "Pacific/Marquesas"),
    (98745, 98745, "Pacific/Marquesas"),
    (98755, 98755, "Pacific/Gambier"),
];

/// By the first two digits, the provinces.
const SPAIN: Ranges = &[
    (1, 34, "Europe/Madrid"),
    (35, 35, "Atlantic/Canary"),
    (36, 37, "Europe/Madrid"),
    (38, 38, "Atlantic/Canary"),
    (39, 50, "Europe/Madrid"),
    (51, 52, "Africa/Ceuta"),
];

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let ranges = [UNITED_STATES_PLACES, UNITED_STATES, AUSTRALIA, AUSTRALIA_PLACES, FRANCE, FRANCE_PLACES, SPAIN];
    let letters = [CANADA, CANADA_PLACES].into_iter().flatten().map(|(_, zone)| *zone);
    ranges.into_iter().flatten().map(|(_, _, zone)| *zone).chain(letters)
}
