//! The settings of delivery: a TOML text, one table a channel, named as in the paths of the API.
//!
//! ```toml
//! public_url = "https://pinpoint.example.com"   # where this server is reached from outside: unsubscribe links
//!
//! [email]
//! adapter = "smtp"                       # or "ses"
//! host = "smtp.example.com"
//! username = "shop"
//! password = { env = "SMTP_PASSWORD" }   # or { keychain = "smtp" }; never the password itself
//! tracking = true                        # opens and clicks; needs public_url. SES tells of them by itself
//!
//! [sms]
//! adapter = "end-user-messaging"
//! region = "eu-central-1"
//! per_second = 10.0
//!
//! [event_stream]                         # PutEventStream: Kinesis and Firehose, in the region of the ARN
//!
//! [s3]                                   # import and export jobs
//! endpoint_url = "https://objects.example.com"
//! ```
//!
//! A channel without a table stays in the outbox: nothing leaves the machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toml::{Table, Value};

use crate::Secret;

/// All settings of delivery. The default one has no adapter: everything stays in the outbox.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Address under which this server is reached from outside, without a slash at the end: `https://…`. Without it mail
    /// carries no unsubscribe link.
    pub public_url: Option<String>,
    /// The adapter of each channel, by the name of the channel in the API's paths: `email`, `sms`, `voice`, `gcm`, `apns`,
    /// `apns_sandbox`, `apns_voip`, `apns_voip_sandbox`, `adm`, `baidu`.
    pub lanes: BTreeMap<String, Lane>,
    /// How Lambda functions and webhooks are called.
    pub custom: Option<Custom>,
    /// Where the event streams of projects are, and as whom they are asked; `None` = no event leaves the machine.
    pub event_stream: Option<AwsTarget>,
    /// Where buckets are that import and export jobs name; `None` = they reach none.
    pub s3: Option<AwsTarget>,
    /// What receipts must carry.
    pub receipts: Receipts,
}

/// One channel: its adapter, and how fast it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The adapter.
    pub adapter: AdapterConfig,
    /// How fast, and how often.
    pub pace: Pace,
}

/// How fast messages are handed over, and how often one is tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Most messages a second, at least 0.01; `None` = as fast as the other side answers.
    pub per_second: Option<f64>,
    /// Most at the same time, 1 to 100.
    pub at_once: usize,
    /// How often one is tried before it goes to the dead letters, 1 to 20.
    pub attempts: u32,
    /// Whether receipts will tell what came of a message. Without them a message counts as delivered when it was accepted:
    /// nobody else would ever say so.
    pub receipts: bool,
}

/// An adapter and what it needs.
#[derive(Clone, Debug, PartialEq)]
pub enum AdapterConfig {
    /// `smtp`
    Smtp(Smtp),
    /// `ses`
    Ses(Ses),
    /// `end-user-messaging`
    EndUserMessaging(EndUserMessaging),
    /// `fcm`
    Fcm(Fcm),
    /// `apns`
    Apns(Apns),
    /// `pinpoint`
    Pinpoint(Pinpoint),
}

/// Where AWS is asked, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AwsTarget {
    /// Region; absent = that of the profile or the environment.
    pub region: Option<String>,
    /// Profile of the AWS configuration; absent = the default chain.
    pub profile: Option<String>,
    /// Another address than the service's own.
    pub endpoint_url: Option<String>,
}

impl AwsTarget {
    /// With the address that the environment names for a service, as the AWS SDKs read it, where none is written here:
    /// `AWS_ENDPOINT_URL_KINESIS`, `AWS_ENDPOINT_URL`.
    pub fn at(&self, service: &str) -> AwsTarget {
        let read = |name: &str| std::env::var(name).ok().filter(|url| !url.is_empty());
        let found = || read(&format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase()));
        let endpoint_url = self.endpoint_url.clone().or_else(found).or_else(|| read("AWS_ENDPOINT_URL"));
        AwsTarget { endpoint_url, ..self.clone() }
    }
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Name or address.
    pub host: String,
    /// Port; absent = 587, or 465 with `tls`.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub security: Security,
    /// Who we are.
    pub username: Option<String>,
    /// The password of `username`.
    pub password: Option<Secret>,
    /// `From` of messages that name none.
    pub from: Option<String>,
    /// Where attachments may come from: folders, and https addresses that a URL must begin with.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// Whether opens and clicks are told of: the HTML gets an image, and its links lead over this server. A mail server does
    /// not do so by itself, as Pinpoint did; nobody's links are changed unasked.
    #[serde(default)]
    pub tracking: bool,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Encrypted after the greeting, or not at all used.
    #[default]
    StartTls,
    /// Encrypted from the first byte.
    Tls,
    /// Plain; to this machine only.
    None,
}

/// Amazon SES, API v2.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ses {
    /// As [`AwsTarget::region`].
    pub region: Option<String>,
    /// As [`AwsTarget::profile`].
    pub profile: Option<String>,
    /// As [`AwsTarget::endpoint_url`].
    pub endpoint_url: Option<String>,
    /// The configuration set that publishes receipts.
    pub configuration_set: Option<String>,
    /// `From` of messages that name none.
    pub from: Option<String>,
    /// As [`Smtp::attachments`].
    pub attachments: Vec<String>,
}

/// AWS End User Messaging SMS and voice, API v2.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EndUserMessaging {
    /// As [`AwsTarget::region`].
    pub region: Option<String>,
    /// As [`AwsTarget::profile`].
    pub profile: Option<String>,
    /// As [`AwsTarget::endpoint_url`].
    pub endpoint_url: Option<String>,
    /// The configuration set that publishes receipts.
    pub configuration_set: Option<String>,
    /// Number, sender id or pool of messages that name none.
    pub origination: Option<String>,
}

/// Firebase Cloud Messaging, HTTP v1.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fcm {
    /// The service account as Google gives it, a JSON text.
    pub service_account: Secret,
    /// Another address than Google's.
    pub endpoint_url: Option<String>,
}

/// Apple Push Notification service, with a token.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apns {
    /// The signing key as Apple gives it (`.p8`), a PEM text.
    pub key: Secret,
    /// Id of the key, ten characters.
    pub key_id: String,
    /// Id of the team, ten characters.
    pub team_id: String,
    /// Bundle id of the app.
    pub topic: String,
    /// Another address than Apple's.
    pub endpoint_url: Option<String>,
}

/// `SendMessages` of Amazon Pinpoint, for those who keep their push channels there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinpoint {
    /// The project there.
    pub application_id: String,
    /// As [`AwsTarget::region`].
    pub region: Option<String>,
    /// As [`AwsTarget::profile`].
    pub profile: Option<String>,
    /// As [`AwsTarget::endpoint_url`].
    pub endpoint_url: Option<String>,
}

/// Lambda functions and webhooks: custom channels and hooks of campaigns (campaigns.md 7, journeys.md 3.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Custom {
    /// Where Lambda is asked.
    pub lambda: AwsTarget,
    /// The secret that webhooks are signed with; absent = webhooks are not called.
    pub secret: Option<Secret>,
    /// How fast, and how often.
    pub pace: Pace,
}

/// What receipts must carry.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Receipts {
    /// The topics of SNS that are heard, by ARN. No others are: anybody can sign with a topic of their own.
    pub topics: Vec<String>,
    /// The secret that other receipts are signed with; absent = they are refused.
    pub secret: Option<Secret>,
}

/// What is wrong with the settings. Never shows a value: it may be a secret in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct ConfigError {
    /// The table, or `delivery` for the whole text.
    pub place: String,
    /// What is wrong, and what to do.
    pub message: String,
}

const PUSH: [&str; 7] = ["gcm", "apns", "apns_sandbox", "apns_voip", "apns_voip_sandbox", "adm", "baidu"];

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// The first thing that is wrong: an unknown table or member, a wrong type, an adapter that does not fit its channel.
    pub fn parse(text: &str) -> Result<Config, ConfigError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| wrong("delivery", error.message()))?;
        let mut config = Config::default();
        for (name, value) in table {
            match name.as_str() {
                "public_url" => config.public_url = Some(public_url(&value)?),
                "custom" => config.custom = Some(custom(value)?),
                "event_stream" => config.event_stream = Some(read("event_stream", table_of("event_stream", value)?)?),
                "s3" => config.s3 = Some(read("s3", table_of("s3", value)?)?),
                "receipts" => config.receipts = read("receipts", table_of("receipts", value)?)?,
                channel if channel == "email" || channel == "sms" || channel == "voice" || PUSH.contains(&channel) => {
                    let lane = lane(channel, table_of(channel, value)?)?;
                    config.lanes.insert(name, lane);
                }
                _ => {
                    let known = format!(
                        "public_url, email, sms, voice, {}, custom, event_stream, s3, receipts",
                        PUSH.join(", ")
                    );
                    return Err(wrong("delivery", format!("`{name}` is unknown; known are {known}")));
                }
            }
        }
        if config.public_url.is_none() && config.tracks_mail() {
            return Err(wrong("email", "`tracking` needs `public_url`: the address that links and images lead to"));
        }
        Ok(config)
    }

    /// Where the links of mails lead whose opens and clicks are told of; `None` = they are not.
    pub fn tracking(&self) -> Option<&str> {
        self.public_url.as_deref().filter(|_| self.tracks_mail())
    }

    fn tracks_mail(&self) -> bool {
        matches!(self.lanes.get("email"), Some(Lane { adapter: AdapterConfig::Smtp(Smtp { tracking: true, .. }), .. }))
    }
}

fn wrong(place: &str, message: impl Into<String>) -> ConfigError {
    ConfigError { place: place.to_owned(), message: message.into() }
}

fn table_of(place: &str, value: Value) -> Result<Table, ConfigError> {
    match value {
        Value::Table(table) => Ok(table),
        _ => Err(wrong(place, format!("expected a table, [{place}]"))),
    }
}

fn read<T: serde::de::DeserializeOwned>(place: &str, table: Table) -> Result<T, ConfigError> {
    for name in ["password", "key", "service_account", "secret"] {
        if table.get(name).is_some_and(Value::is_str) {
            let help = r#"a secret does not stand in a file; write { env = "VARIABLE" } or { keychain = "ACCOUNT" }"#;
            return Err(wrong(place, format!("`{name}`: {help}")));
        }
    }
    Value::Table(table).try_into().map_err(|error: toml::de::Error| wrong(place, error.message()))
}

fn public_url(value: &Value) -> Result<String, ConfigError> {
    let url = value.as_str().unwrap_or_default().trim_end_matches('/');
    let uri = url.parse::<hyper::Uri>().ok().filter(crate::http::is_allowed);
    match uri {
        Some(_) => Ok(url.to_owned()),
        None => Err(wrong("public_url", "expected an address such as \"https://pinpoint.example.com\"")),
    }
}

fn lane(channel: &str, mut table: Table) -> Result<Lane, ConfigError> {
    let fitting: &[&str] = match channel {
        "email" => &["smtp", "ses"],
        "sms" | "voice" => &["end-user-messaging"],
        "gcm" => &["fcm", "pinpoint"],
        "adm" | "baidu" => &["pinpoint"],
        _ => &["apns", "pinpoint"],
    };
    let expected = || wrong(channel, format!("`adapter`: expected one of {}", fitting.join(", ")));
    let adapter = table.remove("adapter").and_then(|value| value.as_str().map(str::to_owned)).ok_or_else(expected)?;
    if !fitting.contains(&adapter.as_str()) {
        return Err(expected());
    }
    // A relay sends no receipts of its own, and push services tell nothing after they took a message.
    let pace = pace(channel, &mut table, matches!(adapter.as_str(), "ses" | "end-user-messaging"))?;
    let adapter = match adapter.as_str() {
        "smtp" => AdapterConfig::Smtp(smtp(read(channel, table)?)?),
        "ses" => AdapterConfig::Ses(read(channel, table)?),
        "end-user-messaging" => AdapterConfig::EndUserMessaging(read(channel, table)?),
        "fcm" => AdapterConfig::Fcm(read(channel, table)?),
        "apns" => AdapterConfig::Apns(read(channel, table)?),
        _ => AdapterConfig::Pinpoint(read(channel, table)?),
    };
    Ok(Lane { adapter, pace })
}

fn smtp(smtp: Smtp) -> Result<Smtp, ConfigError> {
    let is_local = matches!(smtp.host.as_str(), "localhost" | "127.0.0.1" | "::1");
    if smtp.security == Security::None && !is_local {
        return Err(wrong("email", "`security = \"none\"` is for this machine only; use \"starttls\" or \"tls\""));
    }
    if smtp.username.is_some() != smtp.password.is_some() {
        return Err(wrong("email", "`username` and `password` go together"));
    }
    Ok(smtp)
}

fn custom(value: Value) -> Result<Custom, ConfigError> {
    let mut table = table_of("custom", value)?;
    let pace = pace("custom", &mut table, false)?;
    let secret = match table.remove("secret") {
        None => None,
        Some(secret) => {
            let table = Table::from_iter([("secret".to_owned(), secret)]);
            #[derive(Deserialize)]
            struct Only {
                secret: Secret,
            }
            Some(read::<Only>("custom", table)?.secret)
        }
    };
    Ok(Custom { lambda: read("custom", table)?, secret, pace })
}

/// Takes the members of a [`Pace`] out of a table.
fn pace(place: &str, table: &mut Table, receipts: bool) -> Result<Pace, ConfigError> {
    let mut taken = Table::new();
    for name in ["per_second", "at_once", "attempts", "receipts"] {
        taken.extend(table.remove_entry(name));
    }
    let number = |name: &str| match taken.get(name) {
        None => Ok(None),
        Some(Value::Integer(number)) => Ok(Some(*number as f64)),
        Some(Value::Float(number)) => Ok(Some(*number)),
        Some(_) => Err(wrong(place, format!("`{name}`: expected a number"))),
    };
    let within = |name: &str, least: f64, most: f64, default: Option<f64>| match number(name)? {
        None => Ok(default),
        Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
        Some(_) => Err(wrong(place, format!("`{name}`: expected a number from {least} to {most}"))),
    };
    let receipts = match taken.get("receipts") {
        None => receipts,
        Some(Value::Boolean(receipts)) => *receipts,
        Some(_) => return Err(wrong(place, "`receipts`: expected true or false")),
    };
    Ok(Pace {
        per_second: within("per_second", 0.01, 100_000.0, None)?,
        at_once: within("at_once", 1.0, 100.0, Some(10.0))?.unwrap_or(10.0) as usize,
        attempts: within("attempts", 1.0, 20.0, Some(6.0))?.unwrap_or(6.0) as u32,
        receipts,
    })
}

/// Folders among the places that attachments may come from.
pub fn folders(places: &[String]) -> impl Iterator<Item = PathBuf> + '_ {
    places.iter().filter(|place| !place.contains("://")).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_without_a_table_stays_in_the_outbox() {
        assert_eq!(Config::parse("").unwrap(), Config::default());
    }

    #[test]
    fn every_channel_has_a_table() {
        let config = Config::parse(
            r#"
            public_url = "https://p.example.com/"
            [email]
            adapter = "ses"
            region = "eu-central-1"
            per_second = 14
            attempts = 3
            [sms]
            adapter = "end-user-messaging"
            receipts = false
            [gcm]
            adapter = "fcm"
            service_account = { env = "FCM" }
            [apns_sandbox]
            adapter = "apns"
            key = { keychain = "apns" }
            key_id = "K"
            team_id = "T"
            topic = "com.example.shop"
            [baidu]
            adapter = "pinpoint"
            application_id = "a"
            [custom]
            region = "eu-central-1"
            secret = { env = "HOOK" }
            [receipts]
            topics = ["arn:aws:sns:eu-central-1:1:ses"]
            "#,
        )
        .unwrap();
        assert_eq!(config.public_url.as_deref(), Some("https://p.example.com"));
        let pace = |name: &str| config.lanes[name].pace;
        assert_eq!(pace("email"), Pace { per_second: Some(14.0), at_once: 10, attempts: 3, receipts: true });
        assert_eq!((pace("sms").receipts, pace("gcm").receipts, pace("baidu").attempts), (false, false, 6));
        let custom = config.custom.unwrap();
        assert_eq!(custom.secret, Some(Secret::Env("HOOK".into())));
        assert_eq!(custom.lambda.region.as_deref(), Some("eu-central-1"));
    }

    #[test]
    fn mail_is_tracked_only_when_it_is_said_so() {
        let tracking = |email: &str| {
            let text = format!("public_url = \"https://p.example\"\n[email]\n{email}");
            Config::parse(&text).unwrap().tracking().map(str::to_owned)
        };
        assert_eq!(tracking("adapter = \"smtp\"\nhost = \"h\"\ntracking = true").as_deref(), Some("https://p.example"));
        assert_eq!(tracking("adapter = \"smtp\"\nhost = \"h\""), None);
        assert_eq!(tracking("adapter = \"ses\""), None);
    }

    #[test]
    fn what_is_wrong_is_said_and_no_secret_is_shown() {
        for (text, expected) in [
            (
                "[mail]\n",
                "delivery: `mail` is unknown; known are public_url, email, sms, voice, gcm, apns, apns_sandbox, apns_voip, apns_voip_sandbox, adm, baidu, custom, event_stream, s3, receipts",
            ),
            ("[email]\nadapter = \"fcm\"", "email: `adapter`: expected one of smtp, ses"),
            ("[sms]\n", "sms: `adapter`: expected one of end-user-messaging"),
            (
                "[email]\nadapter = \"smtp\"\nhost = \"h\"\nusername = \"u\"\npassword = \"hunter2\"",
                "email: `password`: a secret does not stand in a file; write { env = \"VARIABLE\" } or { keychain = \"ACCOUNT\" }",
            ),
            (
                "[email]\nadapter = \"smtp\"\nhost = \"h\"\nusername = \"u\"",
                "email: `username` and `password` go together",
            ),
            (
                "[email]\nadapter = \"smtp\"\nhost = \"h\"\nsecurity = \"none\"",
                "email: `security = \"none\"` is for this machine only; use \"starttls\" or \"tls\"",
            ),
            ("[email]\nadapter = \"ses\"\nat_once = 0", "email: `at_once`: expected a number from 1 to 100"),
            ("[email]\nadapter = \"ses\"\nreceipts = 1", "email: `receipts`: expected true or false"),
            (
                "public_url = \"example.com\"",
                "public_url: expected an address such as \"https://pinpoint.example.com\"",
            ),
            ("email = 1", "email: expected a table, [email]"),
            (
                "[email]\nadapter = \"smtp\"\nhost = \"h\"\ntracking = true",
                "email: `tracking` needs `public_url`: the address that links and images lead to",
            ),
        ] {
            assert_eq!(Config::parse(text).unwrap_err().to_string(), expected);
        }
        let unknown = Config::parse("[email]\nadapter = \"ses\"\nregoin = \"x\"").unwrap_err().to_string();
        assert!(unknown.starts_with("email: unknown field `regoin`"), "{unknown}");
        let broken = Config::parse("password = \"hunter2").unwrap_err().to_string();
        assert!(!broken.contains("hunter2"), "{broken}");
    }
}
