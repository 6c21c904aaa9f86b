//! The time zone of an endpoint (journeys.md 6, "Time zone of an endpoint").

use audience::Row;
use audience::zones::{Method, estimate};
use jiff::tz::TimeZone;
use model::{Journey, Path, Word, path};

/// What is known of an endpoint's zone.
#[derive(Clone, Debug)]
pub(crate) enum Zone {
    /// Its own, or estimated.
    Known(TimeZone),
    /// Zones are estimated, and nothing says where the endpoint is.
    Unknown,
    /// It has no valid zone, and zones are not estimated.
    NotEstimated,
}

/// How zones are found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Zones {
    /// In the order in which they are tried; the first success counts (chosen).
    methods: Vec<Method>,
}

impl Zones {
    pub fn compile(journey: Journey<'_>, not_honoured: &mut Vec<(Path, String)>) -> Zones {
        let mut methods = Vec::new();
        for (i, word) in journey.wire.timezone_estimation_methods().into_iter().enumerate() {
            match Method::parse(word) {
                Some(method) => methods.push(method),
                None => not_honoured.push((
                    path!["TimezoneEstimationMethods", i],
                    format!("`{word}` is not one of PHONE_NUMBER, POSTAL_CODE and is left out"),
                )),
            }
        }
        Zones { methods }
    }

    /// The zone of an endpoint: its `Demographic.Timezone` where that is a name of the tz database, else an estimate.
    /// Estimates are not written back.
    pub fn of(&self, endpoint: Row<'_>) -> Zone {
        let own = endpoint.timezone().and_then(|name| TimeZone::get(name).ok());
        if let Some(zone) = own {
            return Zone::Known(zone);
        }
        if self.methods.is_empty() {
            return Zone::NotEstimated;
        }
        let name = estimate(&self.methods, endpoint.address(), endpoint.country(), endpoint.postal_code());
        name.and_then(|name| TimeZone::get(name).ok()).map_or(Zone::Unknown, Zone::Known)
    }
}
