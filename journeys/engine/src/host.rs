//! What a driver lends to a step, and the pace of a journey.

use model::Millis;
use serde::{Deserialize, Serialize};

use crate::effect::Effect;

/// Whose messages count toward a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Senders {
    /// The other journeys of the project (`TimeframeCap`).
    Journeys,
    /// The other journeys and all campaigns of the project (`Limits.Daily` of the project).
    All,
}

/// What a driver lends to a step: it takes the effects, and it knows what one participant's state can not.
///
/// A closure that takes effects is a host of a journey that shares nothing with others.
pub trait Host {
    /// Takes an effect, in order.
    fn effect(&mut self, effect: Effect);

    /// The instant at which the journey's next message may leave, `now` or later, and takes it ([`Pace::take`]). Asked
    /// only where the journey has a rate, once for each message.
    #[inline]
    fn slot(&mut self, now: Millis) -> Millis {
        now
    }

    /// How many messages with outcome `SUCCESS` others than this journey sent to the endpoint of a row after `since`.
    /// Asked only where a cap counts them.
    #[inline]
    fn sent_elsewhere(&mut self, _row: u32, _senders: Senders, _since: Millis) -> u32 {
        0
    }

    /// Whether the endpoint of a row is in the audience of a condition, where the driver has worked it out for everybody;
    /// `None` = the audience is asked. Must say what the audience would say.
    #[inline]
    fn is_in(&mut self, _condition: u16, _row: u32) -> Option<bool> {
        None
    }
}

impl<F: FnMut(Effect)> Host for F {
    #[inline]
    fn effect(&mut self, effect: Effect) {
        self(effect);
    }
}

/// Keeps messages of one journey apart: at most a rate per second, in the order in which they are asked for; nothing is
/// dropped (journeys.md 5, "Above the rate: queue").
///
/// The n-th message of a busy time leaves n / rate seconds after its beginning, so a queue of n messages is gone after
/// n / rate seconds (journeys.md 3.1, "Sending takes time"). Small and stored with the journey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Beginning of the busy time.
    began: Millis,
    /// Messages taken since then.
    taken: u64,
}

impl Pace {
    /// Takes the next slot at or after `now` for a rate in messages per second; a rate of 0 is none.
    #[inline]
    pub fn take(&mut self, rate: u32, now: Millis) -> Millis {
        if rate == 0 {
            return now;
        }
        let mut slot = self.next(rate);
        if slot < now {
            *self = Pace { began: now, taken: 0 };
            slot = now;
        }
        self.taken += 1;
        slot
    }

    /// When the next message could leave.
    #[inline]
    fn next(&self, rate: u32) -> Millis {
        let wait = self.taken.saturating_mul(1_000) / u64::from(rate);
        self.began.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_leaves_at_the_rate_and_an_idle_journey_at_once() {
        let mut pace = Pace::default();
        let slots: Vec<Millis> = (0..7).map(|_| pace.take(3, 1_000)).collect();
        assert_eq!(slots, [1_000, 1_333, 1_666, 2_000, 2_333, 2_666, 3_000]);
        assert_eq!(pace.take(3, 10_000), 10_000);
        assert_eq!(pace.take(3, 10_000), 10_333);
        assert_eq!(pace.take(0, 10_001), 10_001);
    }

    #[test]
    fn no_second_of_a_long_queue_has_more_than_the_rate() {
        for rate in [1, 7, 50, 999, 20_000] {
            let mut pace = Pace::default();
            let slots: Vec<Millis> = (0..5 * rate).map(|_| pace.take(rate, 500)).collect();
            for (first, last) in slots.iter().zip(slots.iter().skip(rate as usize)) {
                assert!(last - first >= 1_000, "rate {rate}: {first} and {last}");
            }
        }
    }
}
