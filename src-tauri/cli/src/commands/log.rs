//! The log of `waymark serve`, on the standard error output.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, registry};

use crate::arguments::{Log, LogLevel};

/// Begins to log what the server tells of; what its libraries say stays out, because nobody promises that no address of a
/// person stands there.
pub fn begin(log: Log, level: LogLevel) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let ours = Targets::new().with_target("pinpoint_local", level);
    let lines = layer().with_writer(std::io::stderr).with_ansi(false);
    let lines = match log {
        Log::Text => lines.boxed(),
        Log::Json => lines.json().flatten_event(true).boxed(),
    };
    // It fails only when there is a log already, which is as good.
    let _ = registry().with(lines.with_filter(ours)).try_init();
}
