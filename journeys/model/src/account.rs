//! What is known about the account that a project is published to.

use serde::{Deserialize, Serialize};

/// What an account and its Pinpoint project allow: `[target.NAME.account]` in `waymark.toml`. What is absent is not
/// known, and nothing is said about it.
///
/// ```toml
/// [target.prod.account]
/// channels = ["EMAIL", "GCM", "APNS"]
/// senders = ["shop.example", "ann@news.example"]
/// email_sandbox = false
/// messages_per_second = 14
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// The channels that are enabled, in the words of `ChannelType`.
    pub channels: Option<Vec<String>>,
    /// The e-mail addresses and domains that are verified as senders.
    pub senders: Option<Vec<String>>,
    /// Whether e-mail goes to verified addresses only (the sandbox of a new account).
    pub email_sandbox: Option<bool>,
    /// The most messages that the account may send in a second; at least 1.
    pub messages_per_second: Option<i64>,
}
