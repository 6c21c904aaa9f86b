//! How many requests a second each operation takes (api.md 10): a bucket for each, as full as its rate, over it a 429.
//!
//! Pinpoint counts by account, region and operation; a server is one account in one region. Only servers that were told
//! to count ([`Settings::api_rates`](crate::Settings)): the limits are those of a machine that many share, and this one
//! takes more. Who tries a client against them turns them on.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use model::operations::OPERATIONS;

use crate::refusal::{Exception, Refusal, Result};

/// Requests a second of the operations that have a rate of their own (api.md 10); a burst is as large.
const OWN: &[(&str, u32)] = &[
    ("CreateCampaign", 25),
    ("UpdateCampaign", 25),
    ("DeleteCampaign", 25),
    ("CreateSegment", 25),
    ("UpdateSegment", 25),
    ("DeleteSegment", 25),
    ("PhoneNumberValidate", 20),
    ("DeleteEndpoint", 1_000),
    ("SendMessages", 4_000),
    ("UpdateEndpoint", 5_000),
    ("UpdateEndpointsBatch", 5_000),
    ("GetInAppMessages", 5_000),
    ("SendUsersMessages", 6_000),
    ("GetEndpoint", 7_000),
    ("PutEvents", 7_000),
];
/// All others.
const OTHERS: u32 = 300;

/// Requests a second, by operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiRates(BTreeMap<&'static str, u32>);

impl Default for ApiRates {
    /// Pinpoint's own.
    fn default() -> Self {
        let rate = |name: &str| OWN.iter().find(|(known, _)| *known == name).map_or(OTHERS, |(_, rate)| *rate);
        ApiRates(OPERATIONS.iter().map(|operation| (operation.name, rate(operation.name))).collect())
    }
}

impl ApiRates {
    /// Pinpoint's own with these instead: `UpdateEndpoint=20000,CreateSegment=50`, each at least 1. An account can be granted
    /// more. Nothing = Pinpoint's own.
    ///
    /// # Errors
    /// The first part that is none: what it is and what is expected.
    pub fn parse(text: &str) -> std::result::Result<ApiRates, String> {
        let mut rates = ApiRates::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = |expected: &str| format!("`{part}`: expected {expected}, as in UpdateEndpoint=20000");
            let (name, rate) = part.split_once('=').ok_or_else(|| wrong("OPERATION=REQUESTS a second"))?;
            let kept = rates.0.get_mut(name.trim()).ok_or_else(|| wrong("the name of an operation"))?;
            let rate = rate.trim().parse().ok().filter(|rate| *rate > 0);
            *kept = rate.ok_or_else(|| wrong("a whole number of requests a second, at least 1"))?;
        }
        Ok(rates)
    }
}

/// What is left of each rate.
#[derive(Debug, Default)]
pub struct Buckets(BTreeMap<&'static str, Mutex<Bucket>>);

#[derive(Debug)]
struct Bucket {
    rate: u32,
    /// Requests that may come at once, 0 to `rate`.
    left: f64,
    /// When that was so; `None` = nobody asked yet.
    at: Option<Instant>,
}

impl Buckets {
    /// Full ones; none when nothing is counted.
    pub fn new(rates: Option<&ApiRates>) -> Buckets {
        let full = |rate: u32| Mutex::new(Bucket { rate, left: f64::from(rate), at: None });
        Buckets(rates.into_iter().flat_map(|ApiRates(rates)| rates).map(|(name, rate)| (*name, full(*rate))).collect())
    }

    /// Takes one request of an operation out of its bucket, at an instant of the clock on the wall: rates are about machines,
    /// whatever clock journeys go by.
    ///
    /// # Errors
    /// 429 when the bucket is empty; it names the quota.
    pub fn take(&self, operation: &str, now: Instant) -> Result<()> {
        let Some(bucket) = self.0.get(operation) else { return Ok(()) };
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = bucket.at.map_or(0.0, |at| now.saturating_duration_since(at).as_secs_f64());
        let rate = f64::from(bucket.rate);
        bucket.left = (bucket.left + passed * rate).min(rate);
        bucket.at = Some(now);
        if bucket.left < 1.0 {
            let message = format!(
                "the quota of {operation}, {} a second of an account in a region, is used up; ask again later",
                bucket.rate
            );
            return Err(Refusal::new(Exception::TooManyRequests, message));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// How many of `asked` requests at one instant are taken.
    fn taken(buckets: &Buckets, operation: &str, asked: u32, now: Instant) -> usize {
        (0..asked).filter(|_| buckets.take(operation, now).is_ok()).count()
    }

    #[test]
    fn a_burst_is_as_large_as_the_rate_and_each_operation_has_its_own() {
        let buckets = Buckets::new(Some(&ApiRates::default()));
        let now = Instant::now();
        for (operation, expected) in [
            ("CreateSegment", 25),
            ("UpdateSegment", 25),
            ("PhoneNumberValidate", 20),
            ("DeleteEndpoint", 1_000),
            ("UpdateEndpoint", 5_000),
            ("GetEndpoint", 7_000),
            ("GetApp", 300),
        ] {
            assert_eq!(taken(&buckets, operation, 10_000, now), expected, "{operation}");
        }
        assert_eq!(taken(&buckets, "CreateSegment", 10, now + Duration::from_millis(200)), 5, "a fifth of a second");
        assert_eq!(taken(&buckets, "CreateSegment", 100, now + Duration::from_secs(60)), 25, "never more than full");
    }

    #[test]
    fn a_refusal_names_the_quota() {
        let rates = ApiRates::parse(" CreateSegment=1 , UpdateEndpoint=20000").unwrap();
        let buckets = Buckets::new(Some(&rates));
        let now = Instant::now();
        assert_eq!(taken(&buckets, "UpdateEndpoint", 30_000, now), 20_000);
        buckets.take("CreateSegment", now).unwrap();
        let refusal = buckets.take("CreateSegment", now).unwrap_err();
        assert_eq!(refusal.exception.status(), 429);
        let expected = "the quota of CreateSegment, 1 a second of an account in a region, is used up; ask again later";
        assert_eq!(refusal.message, expected);
    }

    #[test]
    fn nothing_is_counted_unless_asked_for() {
        assert_eq!(taken(&Buckets::new(None), "PhoneNumberValidate", 1_000, Instant::now()), 1_000);
    }

    #[test]
    fn what_is_no_rate_is_said() {
        for (text, expected) in [
            ("UpdateEndpoint", "`UpdateEndpoint`: expected OPERATION=REQUESTS a second, as in UpdateEndpoint=20000"),
            ("Update=5", "`Update=5`: expected the name of an operation, as in UpdateEndpoint=20000"),
            (
                "GetApp=0",
                "`GetApp=0`: expected a whole number of requests a second, at least 1, as in UpdateEndpoint=20000",
            ),
        ] {
            assert_eq!(ApiRates::parse(text).unwrap_err(), expected);
        }
        assert_eq!(ApiRates::parse(""), Ok(ApiRates::default()));
    }
}
