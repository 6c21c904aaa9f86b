//! Delivery: hands rendered messages to what really sends them.
//!
//! Takes an [`Outgoing`] message and the [`Config`] of its channel; gives an [`Outcome`]: accepted, try again, or never.
//! Reads what comes back ([`receipt`]) as events. Keeps nothing, repeats nothing and knows no journey: queues, retries and
//! opt-outs are the server's.
//!
//! - [`Config`]: a TOML text, one table a channel; it names secrets ([`Secret`]) and never holds them.
//! - [`Adapter`]: one per channel; a file each below `adapter`.
//! - [`Calls`]: Lambda functions and webhooks, which take a whole batch at once.
//! - [`Streams`]: events to Kinesis and Firehose; [`Bucket`]: objects of S3 and of what speaks like it.
//! - [`tracking`]: the HTML of a mail with links and an image that tell of clicks and opens.
//! - [`receipt`]: notifications of SNS, receipts of text messages, and those that carry our own signature.
//!
//! AWS is asked by one signed request a service (`aws`), not by one SDK a service: those of SES, Lambda and End User
//! Messaging take 30 CPU-s each to compile, for four operations, and again for the lints. Credentials come from the SDKs'
//! own chain (`aws-config`). Apple is asked the same way: `a2` would bring OpenSSL and a second rustls.

mod adapter;
mod attachment;
mod aws;
mod bucket;
mod calls;
pub mod config;
mod http;
mod message;
mod mime;
mod outcome;
#[cfg(test)]
mod peer;
pub mod receipt;
mod secret;
pub mod signature;
mod streams;
pub mod tracking;

pub use adapter::{Adapter, OpenError};
pub use attachment::Attachment;
pub use bucket::{Bucket, Listed};
pub use calls::{ACCOUNT as ACCOUNT_HEADER, Calls};
pub use config::{AwsTarget, Config, ConfigError, Lane, Pace};
pub use http::Http;
pub use message::Outgoing;
pub use mime::source;
pub use outcome::{Cause, Outcome};
pub use secret::{Hidden, Secret, SecretError};
pub use streams::{LARGEST_RECORD, StreamRecord, Streams};
