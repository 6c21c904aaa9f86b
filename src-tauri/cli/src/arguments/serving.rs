//! Of the local Pinpoint and the studio.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pinpoint_local::ApiRates;

/// Which clock the local Pinpoint goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Clock {
    /// The clock of this computer.
    #[default]
    Real,
    /// One that stands still until it is moved.
    Virtual,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// For people.
    #[default]
    Text,
    /// For programs: an object a line.
    Json,
}

/// What the log tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// What the server could not do.
    Error,
    /// What is left out or given up as well.
    Warn,
    /// Start, stop and refused requests as well.
    #[default]
    Info,
    /// Every request and broken connection as well.
    Debug,
}

/// `waymark serve`
#[derive(Debug, Args)]
#[command(after_help = "\
Without access keys it listens on this computer only, and any credentials pass. Messages are kept in an outbox; nothing
leaves this computer but what --delivery says: a file with a table for each channel that has an adapter, and the names of
secrets, never secrets:

  [email]
  adapter = \"smtp\"
  host = \"smtp.example.com\"
  username = \"shop\"
  password = { env = \"SMTP_PASSWORD\" }

With --keys every request is verified (Signature Version 4), from this computer too. The file, which only its owner can
read and which stands outside the project, is read again when it changes. It has for each key:

  [keys.SHOPBACKEND]
  secret = \"at least 20 bytes, better 40 random ones\"
  permissions = [\"read\", \"write\", \"send\", \"admin\"]

read looks; write changes people, segments, templates, campaigns, journeys; send makes messages go out; admin changes
projects and channels, reads the audit log, makes backups. One key that may do everything can come from the environment
instead: WAYMARK_ACCESS_KEY_ID and WAYMARK_SECRET_ACCESS_KEY.

Examples:
  waymark serve
  waymark serve --listen 127.0.0.1:0 --data ./store
  aws pinpoint get-apps --endpoint-url http://127.0.0.1:8700 --region us-east-1
  waymark serve --clock virtual &
  curl -X POST http://127.0.0.1:8700/waymark/clock -d '{\"advance\":\"P1D\"}'
  waymark serve --listen 0.0.0.0:8700 --data store --keys keys.toml --tls-cert cert.pem --tls-key key.pem
  waymark serve --data store --events lake --events-format parquet
  waymark serve --backup monday.sqlite
  waymark serve --restore monday.sqlite --data ./restored
  curl http://127.0.0.1:8700/waymark/health
  curl http://127.0.0.1:8700/waymark/metrics")]
pub struct Serve {
    /// Where to listen; port 0 takes a free one. Beyond this computer --keys and TLS are needed
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8700")]
    pub listen: SocketAddr,
    /// Folder of the store [default: in memory, gone at the end]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder whose files import and export jobs may read and write, beside the store's
    #[arg(long, value_name = "DIR")]
    pub files: Option<PathBuf>,
    /// Which clock to go by
    #[arg(long, value_enum, default_value_t)]
    pub clock: Clock,
    /// Access keys, a TOML file that only its owner can read
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Certificate for TLS, PEM, followed by those that lead to its root
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Listen beyond this computer without TLS, behind something that encrypts
    #[arg(long, conflicts_with = "tls_cert")]
    pub insecure_http: bool,
    /// Write a copy of the store of the server that runs at --listen, and end. With keys it needs --keys, with TLS --tls-cert
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "clock", "tls_key", "insecure_http"])]
    pub backup: Option<PathBuf>,
    /// Make the store in --data from a backup, and end; --data must not hold one yet
    #[arg(long, value_name = "FILE", requires = "data", conflicts_with_all = ["backup", "clock", "keys", "tls_cert"])]
    pub restore: Option<PathBuf>,
    /// How to write the log, on the standard error output
    #[arg(long, value_enum, default_value_t)]
    pub log: Log,
    /// What the log tells of
    #[arg(long, value_enum, default_value_t)]
    pub log_level: LogLevel,
    /// Log and audit log may name what can be addresses of people: endpoint and user ids, paths, words of refusals
    #[arg(long)]
    pub log_addresses: bool,
    /// The audit log tells of writing endpoints and events too, which comes thousands of times a second
    #[arg(long)]
    pub audit_all: bool,
    /// Refuse more requests a second than Amazon Pinpoint takes; of some operations others, as UpdateEndpoint=20000 [default:
    /// as many as this computer can carry out]
    #[arg(long, value_name = "OPERATION=RATE,…", num_args = 0..=1, require_equals = true, default_missing_value = "",
        value_parser = |text: &str| ApiRates::parse(text))]
    pub api_rates: Option<ApiRates>,
    /// Which channels leave this computer, and how [default: none does]
    #[arg(long, value_name = "FILE")]
    pub delivery: Option<PathBuf>,
    /// Write every event below this folder, as app=ID/day=YYYY-MM-DD/, in the records of Pinpoint's event stream
    #[arg(long, value_name = "DIR")]
    pub events: Option<PathBuf>,
    /// What the files of events are
    #[arg(long, value_enum, default_value_t, requires = "events")]
    pub events_format: EventsFormat,
}

/// What the files of events are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EventsFormat {
    /// One record a line
    #[default]
    Jsonl,
    /// One row a record; members that are objects are JSON texts
    Parquet,
}

/// `waymark studio`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  waymark studio shop
  waymark studio shop --web      in a browser, on this computer only")]
pub struct Studio {
    /// The project folder
    pub dir: Option<PathBuf>,
    /// Serve it to a browser instead of opening a window
    #[arg(long)]
    pub web: bool,
    /// Folder of the page, for --web [default: `page` beside this program]
    #[arg(long, value_name = "FOLDER", requires = "web")]
    pub page: Option<PathBuf>,
    /// Port to listen on, for --web; 0 takes a free one
    #[arg(long, requires = "web", default_value_t = 0)]
    pub port: u16,
}
