//! Endpoints for benches and tests: every value is a pure function of the seed and the number of the endpoint, so the same
//! rows come out everywhere and no file is needed.
//!
//! The rows, byte for byte, are those of the generator that the published figures of other tools were measured with:
//! 25 members an endpoint, 1.6 endpoints a user, twelve cities, dates dense near [`NOW`].

use std::fmt::Write;

/// 2026-01-01T00:00:00Z: the moment that dates and recency count from.
pub const NOW: i64 = 1_767_225_600_000;

const CHANNELS: [(u64, &str); 6] =
    [(50, "EMAIL"), (75, "SMS"), (87, "GCM"), (97, "APNS"), (99, "CUSTOM"), (100, "VOICE")];
const FIRST_NAMES: [&str; 24] = [
    "Ada", "Bram", "Chloé", "Dario", "Emre", "Fatou", "Grace", "Hugo", "Ines", "Jonas", "Kofi", "Lena", "Mira", "Noor",
    "Otto", "Priya", "Quinn", "Rosa", "Søren", "Tom", "Uma", "Viktor", "Wei", "Zoë",
];
const INTERESTS: [&str; 12] =
    ["sports", "travel", "music", "food", "cars", "books", "film", "garden", "tech", "art", "kids", "pets"];
const PLANS: [&str; 10] = ["free", "free", "free", "free", "free", "free", "plus", "plus", "plus", "pro"];
/// Platform, make, model, platform version.
const PLATFORMS: [[&str; 4]; 4] = [
    ["ios", "Apple", "iPhone15,2", "17.4"],
    ["android", "Samsung", "SM-S918B", "14"],
    ["android", "Google", "Pixel 8", "15"],
    ["web", "Mozilla", "Firefox", "131"],
];
const APP_VERSIONS: [&str; 4] = ["3.0.1", "3.1.0", "3.2.0", "4.0.0"];

struct City {
    country: &'static str,
    region: &'static str,
    name: &'static str,
    postal: &'static str,
    latitude: f64,
    longitude: f64,
    zone: &'static str,
    locale: &'static str,
}

macro_rules! cities {
    ($($country:literal $region:literal $name:literal $postal:literal $latitude:literal $longitude:literal $zone:literal $locale:literal,)*) => {
        [$(City { country: $country, region: $region, name: $name, postal: $postal, latitude: $latitude,
            longitude: $longitude, zone: $zone, locale: $locale }),*]
    };
}

const CITIES: [City; 12] = cities![
    "DE" "BE" "Berlin" "10" 52.52 13.405 "Europe/Berlin" "de_DE",
    "DE" "BY" "München" "80" 48.137 11.575 "Europe/Berlin" "de_DE",
    "FR" "IDF" "Paris" "75" 48.857 2.352 "Europe/Paris" "fr_FR",
    "GB" "ENG" "London" "E1" 51.507 -0.128 "Europe/London" "en_GB",
    "US" "WA" "Seattle" "98" 47.606 -122.332 "America/Los_Angeles" "en_US",
    "US" "NY" "New York" "10" 40.713 -74.006 "America/New_York" "en_US",
    "US" "TX" "Austin" "78" 30.267 -97.743 "America/Chicago" "en_US",
    "BR" "SP" "São Paulo" "01" -23.55 -46.633 "America/Sao_Paulo" "pt_BR",
    "IN" "KA" "Bengaluru" "56" 12.972 77.594 "Asia/Kolkata" "en_IN",
    "JP" "13" "Tokyo" "10" 35.677 139.65 "Asia/Tokyo" "ja_JP",
    "ZA" "WC" "Cape Town" "80" -33.925 18.424 "Africa/Johannesburg" "en_ZA",
    "AU" "NSW" "Sydney" "20" -33.869 151.209 "Australia/Sydney" "en_AU",
];

/// The columns of [`Generated::csv`].
pub const CSV_HEADER: &str = "Id,ChannelType,Address,OptOut,EffectiveDate,User.UserId,User.UserAttributes.FirstName,\
    User.UserAttributes.Plan,Attributes.Interests,Attributes.LastSku,Metrics.lifetime_value,Metrics.purchases,\
    Metrics.sessions_30d,Demographic.AppVersion,Demographic.Locale,Demographic.Make,Demographic.Model,\
    Demographic.Platform,Demographic.PlatformVersion,Demographic.Timezone,Location.Country,Location.Region,\
    Location.City,Location.PostalCode,Location.Latitude,Location.Longitude\n";

/// The finaliser of splitmix64.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A number of endpoints from a seed.
pub struct Generated {
    base: u64,
    users: u64,
}

/// One endpoint.
pub struct Endpoint {
    number: u64,
    random: [u64; 4],
    user: u64,
    first_name: &'static str,
    plan: &'static str,
    city: &'static City,
    opted_out: bool,
    seconds_ago: i64,
    lifetime_value: f64,
    latitude: f64,
    longitude: f64,
    interests: Vec<&'static str>,
}

impl Generated {
    /// `count` decides how many users there are.
    pub fn new(count: u64, seed: u64) -> Generated {
        Generated { base: mix(seed), users: (count * 5 / 8).max(1) }
    }

    /// The endpoint of a number.
    pub fn endpoint(&self, number: u64) -> Endpoint {
        let random = [0, 1, 2, 3].map(|stream| mix(self.base ^ (number * 4 + stream)));
        let [a, b, c, _] = random;
        let user = number * 7919 % self.users;
        let of_user = mix(self.base ^ user.wrapping_mul(2_654_435_761).wrapping_add(17));
        let city = &CITIES[(of_user >> 16) as usize % 12];
        let x = (b & 0xFF_FFFF) as f64 / 16_777_216.0;
        let y = (b >> 24 & 0xFF_FFFF) as f64 / 16_777_216.0;
        let around = |center: f64, bits: u64, width: f64| -> f64 {
            // Five decimals, as the files have them.
            let exact = center + ((bits & 0xFFFF) as f64 / 65_536.0 - 0.5) * width;
            format!("{exact:.5}").parse().unwrap_or(exact)
        };
        let first = (c >> 34) % 12;
        Endpoint {
            number,
            random,
            user,
            first_name: FIRST_NAMES[of_user as usize % 24],
            plan: PLANS[(of_user >> 8) as usize % 10],
            city,
            opted_out: (a >> 20) % 100 < 8,
            seconds_ago: 1 + (x * x * 31_536_000.0) as i64,
            lifetime_value: (-8000.0 * (1.0 - y).ln()).trunc() / 100.0,
            latitude: around(city.latitude, c, 1.6),
            longitude: around(city.longitude, c >> 16, 2.4),
            interests: (0..(c >> 32) % 3 + 1).map(|j| INTERESTS[(first + 5 * j) as usize % 12]).collect(),
        }
    }

    /// Lines of JSON for a range of numbers, added to `out`.
    pub fn json_lines(&self, numbers: std::ops::Range<u64>, out: &mut String) {
        numbers.for_each(|number| self.endpoint(number).json_line(out));
    }

    /// Rows of CSV for a range of numbers, added to `out`; without [`CSV_HEADER`].
    pub fn csv(&self, numbers: std::ops::Range<u64>, out: &mut String) {
        numbers.for_each(|number| self.endpoint(number).csv_row(out));
    }
}

impl Endpoint {
    /// Whether it fits the standard segment but for its radius: not opted out, a lifetime value of 100 or more, written
    /// in the last 30 days, not on the web, interested in sports or travel.
    pub fn fits(&self) -> bool {
        !self.opted_out
            && self.lifetime_value >= 100.0
            && self.seconds_ago <= 30 * 86_400
            && self.random[0] >> 16 & 3 != 3
            && self.interests.iter().any(|interest| matches!(*interest, "sports" | "travel"))
    }

    /// Whether it is within 50 km of Berlin: from its exact coordinates, and from those that Pinpoint keeps, rounded to a
    /// tenth of a degree.
    pub fn near_berlin(&self) -> (bool, bool) {
        let near = |latitude: f64, longitude: f64| {
            let (latitude, berlin) = (latitude.to_radians(), 52.52_f64.to_radians());
            let half = ((longitude - 13.405).to_radians() / 2.0).sin();
            let a = ((latitude - berlin) / 2.0).sin().powi(2) + latitude.cos() * berlin.cos() * half.powi(2);
            12_742.0 * a.sqrt().asin() <= 50.0
        };
        let tenths = |degrees: f64| (degrees * 10.0).round() / 10.0;
        (near(self.latitude, self.longitude), near(tenths(self.latitude), tenths(self.longitude)))
    }

    fn channel(&self) -> &'static str {
        let share = (self.random[0] & 0xFFFF) % 100;
        CHANNELS.iter().find(|(below, _)| share < *below).map_or("VOICE", |(_, channel)| channel)
    }

    fn address(&self, out: &mut String) {
        let written = match self.channel() {
            "EMAIL" => write!(out, "u{}.{}@example.com", self.user, self.number),
            "SMS" | "VOICE" => write!(out, "+1555{:07}", self.number % 10_000_000),
            _ => write!(out, "{:016x}{:016x}", self.random[0], self.random[1]),
        };
        written.unwrap_or_default();
    }

    fn effective_date(&self, out: &mut String) {
        // Days since 1970-01-01 to a date of the Gregorian calendar, with years that begin in March.
        let at = NOW / 1000 - self.seconds_ago;
        let (days, seconds) = (at.div_euclid(86_400) + 719_468, at.rem_euclid(86_400));
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + days.div_euclid(146_097) * 400 + i64::from(month <= 2);
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(out, "{year}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.000Z").unwrap_or_default();
    }

    fn json_line(&self, out: &mut String) {
        let [a, b, _, d] = self.random;
        let [platform, make, model, platform_version] = PLATFORMS[(a >> 16) as usize & 3];
        let city = self.city;
        let opt_out = if self.opted_out { "ALL" } else { "NONE" };
        let mut line = || -> std::fmt::Result {
            write!(out, "{{\"Id\":\"ep-{:08}\",\"ChannelType\":\"{}\",\"Address\":\"", self.number, self.channel())?;
            self.address(out);
            write!(out, "\",\"OptOut\":\"{opt_out}\",\"EffectiveDate\":\"")?;
            self.effective_date(out);
            write!(out, "\",\"User\":{{\"UserId\":\"user-{}\",\"UserAttributes\":{{", self.user)?;
            write!(out, "\"FirstName\":[\"{}\"],\"Plan\":[\"{}\"]}}}},", self.first_name, self.plan)?;
            write!(out, "\"Attributes\":{{\"Interests\":[\"{}\"],\"Tags\":[", self.interests.join("\",\""))?;
            for j in 0..(d & 7) % 5 {
                write!(out, "{}\"t{:02}\"", if j > 0 { "," } else { "" }, ((d >> 3) + 7 * j) % 20)?;
            }
            write!(out, "],\"LastSku\":[\"SKU-{:05}\"]}},", (d >> 8) % 100_000)?;
            write!(
                out,
                "\"Metrics\":{{\"lifetime_value\":{:.2},\"purchases\":{}.0,",
                self.lifetime_value,
                self.purchases()
            )?;
            write!(out, "\"sessions_30d\":{}.0}},", (b >> 48) % 61)?;
            write!(out, "\"Demographic\":{{\"AppVersion\":\"{}\",", APP_VERSIONS[(a >> 18) as usize & 3])?;
            write!(out, "\"Locale\":\"{}\",\"Make\":\"{make}\",\"Model\":\"{model}\",", city.locale)?;
            write!(out, "\"Platform\":\"{platform}\",\"PlatformVersion\":\"{platform_version}\",")?;
            write!(out, "\"Timezone\":\"{}\"}},\"Location\":{{\"Country\":\"{}\",", city.zone, city.country)?;
            write!(out, "\"Region\":\"{}\",\"City\":\"{}\",", city.region, city.name)?;
            write!(out, "\"PostalCode\":\"{}{:03}\",", city.postal, (d >> 28) % 1000)?;
            writeln!(out, "\"Latitude\":{:.5},\"Longitude\":{:.5}}}}}", self.latitude, self.longitude)
        };
        line().unwrap_or_default();
    }

    fn csv_row(&self, out: &mut String) {
        let [a, b, _, d] = self.random;
        let [platform, make, model, platform_version] = PLATFORMS[(a >> 16) as usize & 3];
        let city = self.city;
        let opt_out = if self.opted_out { "ALL" } else { "NONE" };
        let mut row = || -> std::fmt::Result {
            write!(out, "ep-{:08},{},", self.number, self.channel())?;
            self.address(out);
            write!(out, ",{opt_out},")?;
            self.effective_date(out);
            write!(out, ",user-{},{},{},{},", self.user, self.first_name, self.plan, self.interests[0])?;
            write!(out, "SKU-{:05},{:.2},{},", (d >> 8) % 100_000, self.lifetime_value, self.purchases())?;
            write!(out, "{},{},{},{make},", (b >> 48) % 61, APP_VERSIONS[(a >> 18) as usize & 3], city.locale)?;
            let quote = if model.contains(',') { "\"" } else { "" };
            write!(out, "{quote}{model}{quote},{platform},{platform_version},{},", city.zone)?;
            write!(out, "{},{},{},{}{:03},", city.country, city.region, city.name, city.postal, (d >> 28) % 1000)?;
            writeln!(out, "{:.5},{:.5}", self.latitude, self.longitude)
        };
        row().unwrap_or_default();
    }

    fn purchases(&self) -> i64 {
        (self.lifetime_value / 35.0) as i64
    }
}

/// The standard segment as `SegmentDimensions`; without its radius when `radius` is false. `OptOut` is no dimension: those
/// who opted out are members that get no message.
pub fn standard_segment(radius: bool) -> serde_json::Value {
    let mut segment = serde_json::json!({
        "Metrics": {"lifetime_value": {"ComparisonOperator": "GREATER_THAN_OR_EQUAL", "Value": 100.0}},
        "Behavior": {"Recency": {"Duration": "DAY_30", "RecencyType": "ACTIVE"}},
        "Demographic": {"Platform": {"DimensionType": "EXCLUSIVE", "Values": ["web"]}},
        "Attributes": {"Interests": {"AttributeType": "INCLUSIVE", "Values": ["sports", "travel"]}},
    });
    if radius {
        segment["Location"] = serde_json::json!({"GPSPoint": {
            "Coordinates": {"Latitude": 52.52, "Longitude": 13.405}, "RangeInKilometers": 50.0}});
    }
    segment
}
