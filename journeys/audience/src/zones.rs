//! The time zone of an endpoint that names none, from its phone number or its postal code (journeys.md 6).
//!
//! Takes what an endpoint says of itself, gives a name of the tz database. What cannot be told is `None`, never a guess:
//! in a country that keeps several times, a number or code must say where.

mod america;
mod areas;
mod countries;
mod postal;

pub use model::wire::__TimezoneEstimationMethodsElement as Method;

use countries::{COUNTRIES, Country, MAIN};

/// The first zone that a method finds, in the order of `methods` (journeys.md 6, chosen).
///
/// `PHONE_NUMBER` reads `address`, a number in E.164 form (`+49301234567`), and `country`; `POSTAL_CODE` reads `postal_code` and
/// `country`. `country` is an ISO 3166-1 code of two letters, or three. Where number and country disagree, the number counts.
///
/// The service names US, UK, AU, NZ, CA, FR, IT, ES, DE and its own regions for postal codes; here a postal code also does
/// in every country that keeps one time.
pub fn estimate(
    methods: &[Method],
    address: Option<&str>,
    country: Option<&str>,
    postal_code: Option<&str>,
) -> Option<&'static str> {
    let country = country.and_then(|code| Country::find(code.trim()));
    methods.iter().find_map(|method| match method {
        Method::PhoneNumber => of_phone_number(address?, country),
        Method::PostalCode => of_postal_code(postal_code?, country?),
    })
}

fn of_phone_number(address: &str, country: Option<&'static Country>) -> Option<&'static str> {
    let number = address.trim();
    let is_mark = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '.');
    let (international, national) = match number.strip_prefix('+') {
        Some(number) => (true, number),
        None => (false, number),
    };
    let digits: String = national.chars().filter(|c| !is_mark(*c)).collect();
    // E.164: at most 15 digits; shorter ones than 7 are of no person.
    if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if international {
        let (country, rest) = country_of(&digits, country)?;
        return of_national_number(country, rest);
    }
    // Without a plus it is a number within the country.
    let country = country?;
    match country.calling_code {
        "1" => of_national_number(country, digits.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(&digits)),
        _ => of_national_number(country, digits.strip_prefix('0').unwrap_or(&digits)),
    }
}

/// The calling code that the digits after a plus begin with.
pub(crate) fn calling_code(digits: &str) -> Option<&'static str> {
    country_of(digits, None).map(|(country, _)| country.calling_code)
}

/// The country of the digits after a plus, and the national number. `country` is the one meant if it has that calling code.
fn country_of<'d>(digits: &'d str, country: Option<&'static Country>) -> Option<(&'static Country, &'d str)> {
    if let Some(country) = country
        && let Some(rest) = digits.strip_prefix(country.calling_code)
    {
        return Some((country, rest));
    }
    // No calling code is the beginning of another one.
    let matching = || COUNTRIES.iter().filter(|country| digits.starts_with(country.calling_code));
    let first = matching().next()?;
    let main = MAIN.iter().find(|(calling_code, _)| *calling_code == first.calling_code).map(|(_, code)| *code);
    let country = matching().find(|country| Some(country.code) == main).unwrap_or(first);
    Some((country, &digits[country.calling_code.len()..]))
}

fn of_national_number(country: &Country, number: &str) -> Option<&'static str> {
    if country.calling_code == "1" {
        let area: u16 = number.get(..3).filter(|_| number.len() == 10)?.parse().ok()?;
        return america::AREAS.iter().find(|(_, areas)| areas.contains(&area)).map(|(zone, _)| *zone);
    }
    let Some((_, zones)) = areas::AREAS.iter().find(|(calling_code, _)| *calling_code == country.calling_code) else {
        return country.zone;
    };
    let starts = zones.iter().flat_map(|(zone, starts)| {
        starts.iter().filter(|start| number.starts_with(**start)).map(|start| (start.len(), *zone))
    });
    starts.max_by_key(|(length, _)| *length).map(|(_, zone)| zone)
}

fn of_postal_code(postal_code: &str, country: &Country) -> Option<&'static str> {
    let code: String =
        postal_code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if code.is_empty() {
        return None;
    }
    match country.code {
        "US" | "CA" | "AU" | "NZ" | "GB" | "FR" | "ES" | "IT" | "DE" => postal::zone(country.code, &code),
        _ => country.zone,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const PHONE: &[Method] = &[Method::PhoneNumber];
    const POST: &[Method] = &[Method::PostalCode];

    #[test]
    fn phone_numbers_of_known_places() {
        let table = [
            ("+12065550100", "US", "America/Los_Angeles"),
            ("+12125550100", "USA", "America/New_York"),
            ("+13125550100", "", "America/Chicago"),
            ("+13035550100", "US", "America/Denver"),
            ("+16025550100", "US", "America/Phoenix"),
            ("+18085550100", "US", "Pacific/Honolulu"),
            ("+19075550100", "US", "America/Anchorage"),
            ("(206) 555-0100", "US", "America/Los_Angeles"),
            ("1-206-555-0100", "US", "America/Los_Angeles"),
            // The area code says more than the country.
            ("+14165550100", "US", "America/Toronto"),
            ("+16045550100", "CA", "America/Vancouver"),
            ("+17095550100", "CA", "America/St_Johns"),
            ("+18765550100", "JM", "America/Jamaica"),
            ("+17875550100", "PR", "America/Puerto_Rico"),
            ("+4930123456", "DE", "Europe/Berlin"),
            ("030 1234567", "DE", "Europe/Berlin"),
            ("+33123456789", "FR", "Europe/Paris"),
            ("+262262123456", "RE", "Indian/Reunion"),
            ("+262269123456", "YT", "Indian/Mayotte"),
            ("+442079460000", "", "Europe/London"),
            ("+441534123456", "JE", "Europe/Jersey"),
            ("+34911234567", "ES", "Europe/Madrid"),
            ("+34928123456", "ES", "Atlantic/Canary"),
            ("+351211234567", "PT", "Europe/Lisbon"),
            ("+351291123456", "PT", "Atlantic/Madeira"),
            ("+61291234567", "AU", "Australia/Sydney"),
            ("+61891234567", "AU", "Australia/Perth"),
            ("+61881234567", "AU", "Australia/Adelaide"),
            ("+61889221234", "AU", "Australia/Darwin"),
            ("+5511912345678", "BR", "America/Sao_Paulo"),
            ("+559212345678", "BR", "America/Manaus"),
            ("+74951234567", "RU", "Europe/Moscow"),
            ("+73831234567", "RU", "Asia/Novosibirsk"),
            ("+77271234567", "KZ", "Asia/Almaty"),
            ("+525512345678", "MX", "America/Mexico_City"),
            ("+526641234567", "MX", "America/Tijuana"),
            ("+622112345678", "ID", "Asia/Jakarta"),
            ("+623611234567", "IDN", "Asia/Makassar"),
            ("+6493001234", "NZ", "Pacific/Auckland"),
            ("+6433050123", "NZ", "Pacific/Chatham"),
            ("+919812345678", "IN", "Asia/Kolkata"),
            ("+81312345678", "JP", "Asia/Tokyo"),
            ("+27211234567", "ZA", "Africa/Johannesburg"),
            ("+59995123456", "CW", "America/Curacao"),
            // The number is elsewhere than the endpoint.
            ("+4930123456", "FR", "Europe/Berlin"),
        ];
        for (address, country, zone) in table {
            let country = Some(country).filter(|country| !country.is_empty());
            assert_eq!(estimate(PHONE, Some(address), country, None), Some(zone), "{address} {country:?}");
        }
    }

    #[test]
    fn phone_numbers_that_do_not_say_where() {
        let table = [
            ("+61412345678", "AU"),
            ("+79161234567", "KZ"),
            ("+79161234567", ""),
            ("+79161234567", "RU"),
            ("+34612345678", "ES"),
            ("+628121234567", "ID"),
            ("+18005550100", "US"),
            ("+18675550100", "CA"),
            ("+1206555", "US"),
            ("+999123456789", "DE"),
            ("ann@example.com", "DE"),
            ("0123456789abcdef", "DE"),
            ("301234567", ""),
            ("+", "DE"),
            ("", "DE"),
            ("+ü2345678", "DE"),
        ];
        for (address, country) in table {
            assert_eq!(estimate(PHONE, Some(address), Some(country), None), None, "{address} {country:?}");
        }
        assert_eq!(estimate(PHONE, None, Some("DE"), Some("10115")), None);
    }

    #[test]
    fn postal_codes_of_known_places() {
        let table = [
            ("10001", "US", "America/New_York"),
            ("10001-1234", "USA", "America/New_York"),
            ("60601", "US", "America/Chicago"),
            ("80202", "US", "America/Denver"),
            ("85001", "US", "America/Phoenix"),
            ("98101", "US", "America/Los_Angeles"),
            ("32501", "US", "America/Chicago"),
            ("37402", "US", "America/New_York"),
            ("37201", "US", "America/Chicago"),
            ("47708", "US", "America/Chicago"),
            ("46204", "US", "America/Indiana/Indianapolis"),
            ("57701", "US", "America/Denver"),
            ("79901", "US", "America/Denver"),
            ("83814", "US", "America/Los_Angeles"),
            ("83702", "US", "America/Boise"),
            ("99501", "US", "America/Anchorage"),
            ("96813", "US", "Pacific/Honolulu"),
            ("96799", "US", "Pacific/Pago_Pago"),
            ("96910", "US", "Pacific/Guam"),
            ("96950", "US", "Pacific/Saipan"),
            ("00901", "US", "America/Puerto_Rico"),
            ("M5V 3L9", "CA", "America/Toronto"),
            ("v6b 1a1", "CAN", "America/Vancouver"),
            ("P9N 1A1", "CA", "America/Winnipeg"),
            ("S4P 3Y2", "CA", "America/Regina"),
            ("T2P 1J9", "CA", "America/Edmonton"),
            ("A1C 5S7", "CA", "America/St_Johns"),
            ("A2V 1A1", "CA", "America/Goose_Bay"),
            ("X0A 0H0", "CA", "America/Iqaluit"),
            ("Y1A 1A1", "CA", "America/Whitehorse"),
            ("2000", "AU", "Australia/Sydney"),
            ("0800", "AU", "Australia/Darwin"),
            ("4000", "AU", "Australia/Brisbane"),
            ("6000", "AU", "Australia/Perth"),
            ("7000", "AUS", "Australia/Hobart"),
            ("2880", "AU", "Australia/Broken_Hill"),
            ("SW1A 1AA", "GB", "Europe/London"),
            ("E1 6AN", "UK", "Europe/London"),
            ("JE2 3AB", "GB", "Europe/Jersey"),
            ("1010", "NZ", "Pacific/Auckland"),
            ("8016", "NZ", "Pacific/Chatham"),
            ("75001", "FR", "Europe/Paris"),
            ("01000", "FR", "Europe/Paris"),
            ("20000", "FR", "Europe/Paris"),
            ("97400", "FR", "Indian/Reunion"),
            ("97110", "FR", "America/Guadeloupe"),
            ("98800", "FRA", "Pacific/Noumea"),
            ("00184", "IT", "Europe/Rome"),
            ("28013", "ES", "Europe/Madrid"),
            ("35001", "ES", "Atlantic/Canary"),
            ("38001", "ESP", "Atlantic/Canary"),
            ("10115", "DE", "Europe/Berlin"),
            ("78266", "DE", "Europe/Busingen"),
            ("560001", "IN", "Asia/Kolkata"),
            ("100-0001", "JP", "Asia/Tokyo"),
            ("D02 X285", "IE", "Europe/Dublin"),
        ];
        for (code, country, zone) in table {
            assert_eq!(estimate(POST, None, Some(country), Some(code)), Some(zone), "{code} {country}");
        }
    }

    #[test]
    fn postal_codes_that_do_not_say_where() {
        let table = [
            ("", "DE"),
            (" ", "IN"),
            ("1011", "DE"),
            ("ABCDE", "US"),
            ("1000", "US"),
            ("09001", "US"),
            ("34001", "US"),
            ("96201", "US"),
            ("ÄÖÜ", "GB"),
            ("12345", "GB"),
            ("99", "AU"),
            ("D1A 1A1", "CA"),
            ("12345", "CA"),
            ("96000", "FR"),
            ("99000", "ES"),
            ("101000", "RU"),
            ("01000", "BR"),
            ("10115", "ZZ"),
            ("10115", ""),
        ];
        for (code, country) in table {
            assert_eq!(estimate(POST, None, Some(country), Some(code)), None, "{code:?} {country}");
        }
        assert_eq!(estimate(POST, Some("+4930123456"), None, Some("10115")), None);
    }

    #[test]
    fn methods_are_tried_in_order_and_the_first_success_counts() {
        let both = |methods: &[Method], address: &str| estimate(methods, Some(address), Some("US"), Some("98101"));
        let (phone, post) = (Method::PhoneNumber, Method::PostalCode);
        assert_eq!(both(&[phone, post], "+12125550100"), Some("America/New_York"));
        assert_eq!(both(&[post, phone], "+12125550100"), Some("America/Los_Angeles"));
        assert_eq!(both(&[phone, post], "ann@example.com"), Some("America/Los_Angeles"));
        assert_eq!(both(&[phone], "ann@example.com"), None);
        assert_eq!(both(&[], "+12125550100"), None);
    }

    #[test]
    fn every_zone_is_in_the_tz_database() {
        let countries = COUNTRIES.iter().filter_map(|country| country.zone);
        let areas = areas::AREAS.iter().flat_map(|(_, zones)| *zones).map(|(zone, _)| *zone);
        let america = america::AREAS.iter().map(|(zone, _)| *zone);
        let names: BTreeSet<&str> = countries.chain(areas).chain(america).chain(postal::all()).collect();
        assert!(names.len() > 250);
        for name in names {
            let zone = jiff::tz::TimeZone::get(name);
            assert_eq!(zone.ok().as_ref().and_then(|zone| zone.iana_name()), Some(name));
        }
    }

    #[test]
    fn tables_are_sound() {
        let mut codes = BTreeSet::new();
        for country in COUNTRIES {
            assert!(codes.insert(country.code) && codes.insert(country.long_code), "{country:?}");
            assert_eq!((country.code.len(), country.long_code.len()), (2, 3));
            // So that the country of a number is found by looking for its beginning.
            for other in COUNTRIES.iter().filter(|other| other.calling_code != country.calling_code) {
                assert!(!other.calling_code.starts_with(country.calling_code), "{country:?} {other:?}");
            }
            let shared = COUNTRIES.iter().filter(|other| other.calling_code == country.calling_code).count() > 1;
            let main = MAIN.iter().filter(|(calling_code, _)| *calling_code == country.calling_code).count();
            let told_apart_by_areas = matches!(country.calling_code, "1" | "7" | "599");
            assert_eq!(main == 1, shared && !told_apart_by_areas, "{country:?}");
        }
        for (calling_code, code) in MAIN {
            assert_eq!(Country::find(code).map(|country| country.calling_code), Some(*calling_code));
        }
        let mut areas: Vec<u16> = america::AREAS.iter().flat_map(|(_, areas)| *areas).copied().collect();
        let count = areas.len();
        areas.sort_unstable();
        areas.dedup();
        assert_eq!(areas.len(), count);
        assert!(areas.iter().all(|area| (201..=989).contains(area)));
    }
}
