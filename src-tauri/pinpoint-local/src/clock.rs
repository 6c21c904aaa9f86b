//! The instant at which requests and journeys happen.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use model::Millis;

/// Which clock a server goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockSetting {
    /// The clock of this machine.
    #[default]
    Real,
    /// A clock that stands still until it is moved (`POST /waymark/clock`, [`Server::advance_to`](crate::Server::advance_to)).
    Virtual {
        /// Where it starts; `None` = where the store's last virtual clock stood, else the real now.
        start: Option<Millis>,
    },
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The instant now.
    fn now(&self) -> Millis;

    /// Moves to a later instant; `false` = this clock cannot be moved, or only forwards.
    fn move_to(&self, instant: Millis) -> bool;

    /// Whether the clock is moved by hand.
    fn is_virtual(&self) -> bool;
}

/// The clock of this machine.
pub struct Real;

impl Clock for Real {
    fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
    }

    fn move_to(&self, _: Millis) -> bool {
        false
    }

    fn is_virtual(&self) -> bool {
        false
    }
}

/// A clock that stands still until it is moved.
pub struct Virtual(AtomicI64);

impl Virtual {
    /// Standing at `instant`.
    pub fn at(instant: Millis) -> Virtual {
        Virtual(AtomicI64::new(instant))
    }
}

impl Clock for Virtual {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }

    fn move_to(&self, instant: Millis) -> bool {
        self.0.fetch_max(instant, Ordering::SeqCst) <= instant
    }

    fn is_virtual(&self) -> bool {
        true
    }
}
