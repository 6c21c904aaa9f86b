//! What came of handing a message over.

use std::time::Duration;

/// What came of one attempt. Codes are those of HTTP or of SMTP, as the other side said them (api.md 8: `StatusCode` is
/// the downstream code); 0 = it was not reached, 408 = it did not answer in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it.
    Accepted {
        /// Its id of the message: what receipts name.
        provider_id: Option<String>,
        /// Its code.
        code: u16,
    },
    /// Too many at once: later.
    Throttled {
        /// How long it asks us to wait.
        after: Option<Duration>,
        /// Its code.
        code: u16,
        /// What it said.
        reason: String,
    },
    /// A fault that may pass: later.
    Temporary {
        /// Its code.
        code: u16,
        /// What it said.
        reason: String,
    },
    /// It will never take this message.
    Permanent {
        /// Why.
        cause: Cause,
        /// Its code.
        code: u16,
        /// What it said.
        reason: String,
    },
}

/// Why a message will never be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The message or the address is wrong.
    Invalid,
    /// We may not: credentials, a role or a policy (events-and-analytics.md 1.3: code 403).
    Forbidden,
    /// The device token is known no more: the endpoint is to rest.
    Unregistered,
    /// The address has opted out where the provider keeps the list.
    OptedOut,
    /// The address is on the suppression list.
    Suppressed,
}

impl Outcome {
    /// `DeliveryStatus` (api.md 8).
    pub fn delivery_status(&self) -> &'static str {
        match self {
            Outcome::Accepted { .. } => "SUCCESSFUL",
            Outcome::Throttled { .. } => "THROTTLED",
            Outcome::Temporary { .. } => "TEMPORARY_FAILURE",
            Outcome::Permanent { cause: Cause::OptedOut, .. } => "OPT_OUT",
            Outcome::Permanent { .. } => "PERMANENT_FAILURE",
        }
    }

    /// The code of the other side; 0 = none.
    pub fn code(&self) -> u16 {
        match self {
            Outcome::Accepted { code, .. }
            | Outcome::Throttled { code, .. }
            | Outcome::Temporary { code, .. }
            | Outcome::Permanent { code, .. } => *code,
        }
    }

    /// What the other side said; empty when it took the message.
    pub fn reason(&self) -> &str {
        match self {
            Outcome::Accepted { .. } => "",
            Outcome::Throttled { reason, .. }
            | Outcome::Temporary { reason, .. }
            | Outcome::Permanent { reason, .. } => reason,
        }
    }

    /// A message that is wrong in itself, told before anybody was asked.
    pub fn invalid(reason: impl Into<String>) -> Outcome {
        Outcome::Permanent { cause: Cause::Invalid, code: 400, reason: reason.into() }
    }
}
