//! The Pinpoint API over HTTP, a durable store and the real-time runner.
//!
//! Takes requests of the API (`2016-12-01`) on a loopback address, or with access keys on any; gives the answers that
//! Pinpoint gives, runs ACTIVE journeys with [`engine::advance`] and campaigns with [`engine::campaign::advance`], and puts
//! their messages into an outbox. Sends nothing off this machine but what a channel with an adapter is told to
//! ([`Settings::delivery`]).
//!
//! - [`Server`]: starts, answers, stops; also the door for readers in the same process.
//! - `route`: the route table, made from [`model::operations::OPERATIONS`]; nothing is typed in twice.
//! - `api`: one file per resource; a handler takes a `Call` and one transaction of the store.
//! - `store`: one SQLite file. Documents are kept as the JSON that came in, beside the columns that are queried.
//! - `runner`: entry, due timers, runs of campaigns, effects; a new state and what it caused are one transaction.
//! - `jobs`: imports and exports, in short steps that a kill does not repeat.
//! - `deliver`: hands messages of channels with an adapter over, again where that failed, and hears what comes back.
//! - `stream`: every event as a record of the event stream, at least once, into files, Kinesis and Firehose.
//! - `rates`: how many requests a second each operation takes, where that is counted.
//! - `access`: access keys, permissions, signatures.
//! - `listen`: connections, TLS, and how long a client may take.
//! - `audit`, `backup`, `meters`: for those who operate it.
//! - `clock`: the real clock, or a virtual one that is moved by hand.
//!
//! # Paths of our own
//!
//! Beside the API, below `/waymark/` (JSON in and out, same errors; with access keys signed as the API is):
//!
//! | request | answer |
//! | --- | --- |
//! | `GET /waymark/status` | [`Status`]: the clock, projects, endpoints, journeys |
//! | `GET /waymark/outbox?limit=&app=&text=&channel=&endpoint=&journey=&campaign=&status=&token=` | `{"Item": [`[`Message`]`, …], "NextToken": "…"}`, newest first; limit 1 to 1000, 100 when absent. `text` stands in a rendered part or in the address; `status` is `FAILED` or one of [`Delivery::status`], which each item that goes through an adapter has as `Delivery` |
//! | `GET /waymark/outbox/ID/mime` | `{"Source": "…"}`: the mail as it is sent, without attachments |
//! | `DELETE /waymark/outbox` | empties the outbox but for what waits for an adapter; `{"Removed": n}` |
//! | `GET /waymark/dead-letters?limit=&app=&token=` | as the outbox, with `status=DEAD` |
//! | `POST /waymark/dead-letters/ID/replay` | puts it back into its queue; 404 when it is no dead letter |
//! | `GET /waymark/suppressions?limit=` | `{"Item": [{"ChannelType", "Address", "Reason", "At"}]}`, newest first |
//! | `DELETE /waymark/suppressions/CHANNEL/ADDRESS` | takes an address off the suppression list; 404 when it is not on it |
//! | `POST /waymark/receipts/ses`, `…/sms` | envelopes of SNS, signed by it, of a topic in the settings |
//! | `POST /waymark/receipts` | a receipt of our own form ([`delivery::receipt::own`]), signed ([`delivery::signature`]) |
//! | `GET`, `POST /waymark/unsubscribe/TOKEN` | a page with a button; opts the endpoint out |
//! | `GET /waymark/open/TOKEN` | an image of one pixel; tells `_email.open` |
//! | `GET /waymark/click/TOKEN` | 302 to the link that was signed; tells `_email.click` |
//! | `GET /waymark/clock` | `{"Now": "2026-11-30T09:00:00.000Z", "Virtual": true}` |
//! | `POST /waymark/clock` | `{"advance": "P1D"}` or `{"to": "2026-12-01T00:00:00Z"}`: moves a virtual clock and runs everything that falls due on the way, then answers as `GET`; 400 on the real clock or backwards |
//! | `GET /waymark/audit?limit=&token=` | who changed what and when, newest first: `{"Item": [{"At", "Who", "Operation", "Resource", "RequestID"}, …], "NextToken"}` |
//! | `POST /waymark/backup` | a copy of the store as it stands at one moment, an SQLite file |
//! | `GET /waymark/metrics` | figures as Prometheus reads them; from this machine unsigned |
//! | `GET /waymark/health` | 200 when the store takes work and answers, else 503; unsigned, always |

mod access;
mod admin;
mod api;
mod audit;
mod backup;
mod clock;
mod deliver;
mod http;
mod jobs;
mod listen;
mod meters;
mod outbox;
mod rates;
mod refusal;
mod route;
mod runner;
mod server;
mod status;
mod store;
mod stream;
#[cfg(test)]
mod tests;

pub use access::{Key, KeyFile, Keys, KeysError, Permission};
pub use backup::{FetchError, RestoreError, fetch, restore};
pub use clock::ClockSetting;
pub use deliver::DeliveryError;
pub use deliver::queue::Delivery;
pub use delivery::Config as DeliveryConfig;
pub use listen::{Limits, TlsFiles};
pub use outbox::{Message, Sender};
pub use rates::ApiRates;
pub use server::{Server, Settings, StartError};
pub use status::{AppStatus, JourneyStatus, Status};
pub use store::OpenError;
pub use stream::folder::{EventFiles, EventFormat};
