//! Delivery: what leaves the machine, and what comes back.
//!
//! A channel with an adapter ([`delivery::Config`]) has a lane. Whoever puts a message of such a channel into the outbox
//! puts it into the lane's queue in the same transaction; a lane takes what is due, asks the adapter outside of any
//! transaction, and records what came of it in one. So a kill loses nothing, and between asking and recording it costs a
//! second attempt with the same idempotency key. Channels without an adapter have no lane: their messages count as
//! delivered when the outbox has them.
//!
//! "Handed to the channel" (journeys.md 3.1) means: is in the queue. A participant moves on then; what comes of the message
//! reaches it as an event.
//!
//! - `queue`: the table; `backoff`: when to try again; `lane`: takes, asks, records.
//! - `record`: what an outcome or a receipt means for endpoints, participants, counts and events (`told`).
//! - `custom`: calls of Lambda functions and webhooks, many endpoints at once; `filter`: those of the hooks of campaigns.
//! - `hooks`: receipts, unsubscribe links, opens and clicks, which come from outside and carry a signature or a `token`.
//! - `tracking`: mail whose links and image tell of clicks and opens.
//! - `admin`: searching the outbox, the source of a mail, dead letters.

pub mod admin;
mod backoff;
pub mod custom;
pub mod filter;
pub mod hooks;
mod lane;
pub mod queue;
mod receive;
pub mod record;
pub mod token;
mod told;
mod tracking;
pub mod unsubscribe;

use std::collections::BTreeMap;
use std::sync::Arc;

use delivery::receipt::sns::Fetch;
use delivery::{Adapter, AwsTarget, Bucket, Calls, Config, Hidden, Http, OpenError, Streams};
use tokio::sync::{Mutex, watch};

use crate::api::Context;
use crate::refusal::{Refusal, Result};
use crate::server::Machine;
use crate::store::Store;

#[cfg(test)]
pub use lane::outgoing;
pub use lane::run;
#[cfg(test)]
pub use receive::receive;
pub use receive::{give_up, next_given_up};

use lane::{Lane, Way};

/// The lanes of a server.
pub struct Deliverer {
    lanes: Vec<Lane>,
    config: Config,
    /// What receipts of our own form are signed with.
    receipts: Option<Hidden>,
    /// The event streams of projects; `None` = they are not sent to.
    streams: Option<Streams>,
    /// Reaches buckets; `None` = they are not reached.
    buckets: Option<Buckets>,
    /// Fetches what envelopes of SNS point to; `None` = they are not heard.
    fetch: Option<Arc<dyn Fetch>>,
    /// Changes when something may wait in a queue.
    bell: watch::Sender<u64>,
}

impl Default for Deliverer {
    /// No lanes: everything stays in the outbox.
    fn default() -> Self {
        let bell = watch::Sender::new(0);
        Deliverer {
            lanes: Vec::new(),
            config: Config::default(),
            receipts: None,
            streams: None,
            buckets: None,
            fetch: None,
            bell,
        }
    }
}

/// Reaches buckets of S3 and of what speaks like it.
pub struct Buckets {
    http: Http,
    target: AwsTarget,
    known: Mutex<BTreeMap<String, Arc<Bucket>>>,
}

impl Buckets {
    /// A bucket by its name; nobody is asked yet.
    ///
    /// # Errors
    /// When no region or no credentials are known.
    pub async fn open(&self, name: &str) -> std::result::Result<Arc<Bucket>, OpenError> {
        let mut known = self.known.lock().await;
        if let Some(bucket) = known.get(name) {
            return Ok(bucket.clone());
        }
        let bucket = Arc::new(Bucket::open(&self.http, &self.target, name).await?);
        known.insert(name.to_owned(), bucket.clone());
        Ok(bucket)
    }
}

/// Why delivery cannot start.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The machine trusts nobody.
    #[error("this machine has no certificates to trust: {0}")]
    Trust(std::io::Error),
    /// An adapter cannot be used.
    #[error("[{0}]: {1}")]
    Adapter(String, OpenError),
    /// The store says no.
    #[error("could not keep which channels have an adapter: {0}")]
    Store(String),
}

impl Deliverer {
    /// Reads secrets, makes the adapters ready, and writes down which channels have one.
    pub async fn open(config: Option<&Config>, store: &Store) -> std::result::Result<Deliverer, DeliveryError> {
        let config = config.cloned().unwrap_or_default();
        let mut deliverer = Deliverer::default();
        let asks = !config.lanes.is_empty() || config.custom.is_some() || config.receipts != Default::default();
        let asks = asks || config.event_stream.is_some() || config.s3.is_some();
        if asks {
            let http = Http::new().map_err(DeliveryError::Trust)?;
            for (name, lane) in &config.lanes {
                let adapter = Adapter::open(&http, &lane.adapter).await;
                let adapter = adapter.map_err(|error| DeliveryError::Adapter(name.clone(), error))?;
                deliverer.lanes.push(Lane::new(name, Way::One(adapter), lane.pace));
            }
            if let Some(custom) = &config.custom {
                let calls = Calls::open(&http, custom).await;
                let calls = calls.map_err(|error| DeliveryError::Adapter("custom".into(), error))?;
                deliverer.lanes.push(Lane::new(queue::CUSTOM, Way::Many(Box::new(calls)), custom.pace));
            }
            if let Some(secret) = &config.receipts.secret {
                let secret = secret.read().await.map_err(OpenError::from);
                deliverer.receipts = Some(secret.map_err(|error| DeliveryError::Adapter("receipts".into(), error))?);
            }
            deliverer.streams = config.event_stream.as_ref().map(|target| Streams::new(&http, target));
            deliverer.buckets =
                config.s3.clone().map(|target| Buckets { http: http.clone(), target, known: Mutex::default() });
            deliverer.fetch = Some(Arc::new(http));
        }
        let names: Vec<String> = deliverer.lanes.iter().map(|lane| lane.name.clone()).collect();
        let has_links = config.public_url.is_some();
        let left = store.change(move |store| {
            if has_links {
                token::make_keys(store)?;
            }
            let left = queue::set_lanes(store, &names)?;
            filter::give_up(store)?;
            Ok::<_, Refusal>(left)
        });
        let left = left.await.map_err(|refusal| DeliveryError::Store(refusal.message))?;
        for (lane, count) in left {
            tracing::warn!(lane, count, "messages wait for a channel that has no adapter any more");
        }
        deliverer.config = config;
        Ok(deliverer)
    }

    /// Without lanes, for tests that say themselves what comes of a message.
    #[cfg(test)]
    pub fn of(config: Config, receipts: Option<Hidden>, fetch: Option<Arc<dyn Fetch>>) -> Deliverer {
        Deliverer { config, receipts, fetch, ..Deliverer::default() }
    }

    /// Its settings.
    #[cfg(test)]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The event streams of projects; `None` = no event leaves the machine.
    pub fn streams(&self) -> Option<&Streams> {
        self.streams.as_ref()
    }

    /// What reaches buckets; `None` = nobody does.
    pub fn buckets(&self) -> Option<&Buckets> {
        self.buckets.as_ref()
    }

    /// Says that something may wait in a queue.
    pub fn ring(&self) {
        self.bell.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// What calls functions and addresses; `None` = nobody does.
    pub fn calls(&self) -> Option<&Calls> {
        self.lanes.iter().find_map(Lane::calls)
    }

    /// How many lanes there are.
    pub fn lanes(&self) -> usize {
        self.lanes.len()
    }
}

impl Machine {
    /// Hands over everything that is due now, in all lanes, and waits for what comes of it; how many messages. For a
    /// virtual clock, which stands still meanwhile; to be called outside of the threads that serve connections.
    pub fn deliver_due(&self) -> Result<usize> {
        if self.deliverer.lanes.is_empty() {
            return Ok(0);
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return Ok(0) };
        runtime.block_on(async {
            let mut handed = 0;
            for lane in &self.deliverer.lanes {
                handed += lane.pass(self).await?;
            }
            Ok(handed)
        })
    }

    /// A change of the store with the instant and the programs.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Context<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (now, programs) = (self.clock.now(), self.programs.clone());
        self.store.change(move |store| work(&Context { store, programs: &programs, now })).await
    }
}
