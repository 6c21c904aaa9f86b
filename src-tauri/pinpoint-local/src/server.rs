//! Starting and stopping the server, and the door for readers in the same process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use model::Millis;
use rusqlite::Transaction;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::access::current::{self, Current};
use crate::access::{KeyFile, Keys};
use crate::api::{Answer, Call, Context, Handler, campaigns, naming};
use crate::audit::{self, Entry};
use crate::clock::{Clock, ClockSetting, Real, Virtual};
use crate::deliver::{Deliverer, DeliveryError};
use crate::http::Reply;
use crate::jobs::{Jobs, objects};
use crate::listen::{self, Limits, TlsFiles};
use crate::meters::Meters;
use crate::outbox::{self, Message};
use crate::rates::{ApiRates, Buckets};
use crate::refusal::{Refusal, Result};
use crate::runner::Programs;
use crate::status::{self, Status};
use crate::store::{self, OpenError, Store};
use crate::stream::folder::{self, EventFiles, Folder};
use crate::stream::remote;
use crate::{admin, deliver, http, runner, stream};

/// How a server starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one. Beyond loopback access keys are needed.
    pub listen: SocketAddr,
    /// Folder of the store, made when absent; `None` = in memory, gone at the end.
    pub data: Option<PathBuf>,
    /// Which clock it goes by.
    pub clock: ClockSetting,
    /// Folder whose files import and export jobs may read and write, beside `data`, made when absent; `None` = no
    /// other.
    pub files: Option<PathBuf>,
    /// Files that every event is written to; `None` = none.
    pub events: Option<EventFiles>,
    /// Who may ask; without keys everybody on this machine.
    pub keys: Keys,
    /// The file that `keys` were read from, to be read again while the server runs; `None` = they stay as they are.
    pub keys_file: Option<KeyFile>,
    /// TLS; `None` = plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Listens beyond loopback without TLS: something in front of it encrypts.
    pub insecure_http: bool,
    /// What clients may take up.
    pub limits: Limits,
    /// How many requests a second each operation takes; `None` = as many as this machine can carry out.
    pub api_rates: Option<ApiRates>,
    /// Logs and the audit log may name what can be addresses of people: endpoint and user ids, words of a refusal.
    pub log_addresses: bool,
    /// The audit log tells of writing endpoints and events too.
    pub audit_all: bool,
    /// Which channels leave the machine, and how; `None` = none does.
    pub delivery: Option<delivery::Config>,
}

impl Default for Settings {
    /// A free port of 127.0.0.1, in memory, real clock, no keys, no TLS.
    fn default() -> Self {
        Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: None,
            clock: ClockSetting::Real,
            keys: Keys::default(),
            keys_file: None,
            tls: None,
            insecure_http: false,
            limits: Limits::default(),
            api_rates: None,
            log_addresses: false,
            audit_all: false,
            files: None,
            delivery: None,
            events: None,
        }
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can be reached from other machines, and everybody there could do everything.
    #[error("`{0}` is not a loopback address; give access keys, or listen on 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// What is asked and answered could be read on the way.
    #[error("`{0}` is not a loopback address and requests would go unencrypted; give a TLS certificate and its key")]
    Unencrypted(SocketAddr),
    /// Certificate or key cannot be used.
    #[error("{0}")]
    Tls(String),
    /// Another program listens there.
    #[error("another program listens on {0}; stop it or choose another port")]
    PortBusy(SocketAddr),
    /// The address cannot be listened on.
    #[error("could not listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// An adapter cannot be used.
    #[error("delivery: {0}")]
    Delivery(#[from] DeliveryError),
}

/// A running local Pinpoint. Dropping it ends its tasks; [`Server::stop`] also waits for requests in progress.
pub struct Server {
    address: SocketAddr,
    has_tls: bool,
    machine: Arc<Machine>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Server {
    /// Opens the store, binds the address, starts answering and running journeys.
    pub async fn start(settings: Settings) -> std::result::Result<Server, StartError> {
        if !settings.listen.ip().is_loopback() {
            if settings.keys.is_empty() {
                return Err(StartError::NotLoopback(settings.listen));
            }
            if settings.tls.is_none() && !settings.insecure_http {
                return Err(StartError::Unencrypted(settings.listen));
            }
        }
        let tls = settings.tls.as_ref().map(TlsFiles::acceptor).transpose().map_err(StartError::Tls)?;
        let has_tls = tls.is_some();
        let listener = TcpListener::bind(settings.listen).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => StartError::PortBusy(settings.listen),
            _ => StartError::Listen(settings.listen, error),
        })?;
        let address = listener.local_addr().map_err(|error| StartError::Listen(settings.listen, error))?;
        let mut machine = Machine::open(&settings)?;
        machine.deliverer = Deliverer::open(settings.delivery.as_ref(), &machine.store).await?;
        let machine = Arc::new(machine);
        let (stop, stopped) = watch::channel(false);
        let router = http::router(machine.clone());
        let serving = tokio::spawn(listen::serve(listener, tls, settings.limits, router, stopped.clone()));
        let running = tokio::spawn(runner::run(machine.clone(), stopped.clone()));
        let lane = |lane| tokio::spawn(deliver::run(machine.clone(), lane, stopped.clone()));
        let lanes: Vec<_> = (0..machine.deliverer.lanes()).map(lane).collect();
        let writing = stream::run(machine.clone(), stopped.clone(), folder::EVERY, folder::pump);
        let streaming = remote::run(machine.clone(), stopped.clone());
        let beside =
            [tokio::spawn(writing), tokio::spawn(streaming), tokio::spawn(current::follow(machine.clone(), stopped))];
        tracing::info!(%address, "the local Pinpoint listens");
        let tasks = [serving, running].into_iter().chain(beside).chain(lanes).collect();
        Ok(Server { address, has_tls, machine, stop, tasks })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as clients take it: `http://127.0.0.1:8700`, with TLS `https://`.
    pub fn endpoint_url(&self) -> String {
        format!("{}://{}", if self.has_tls { "https" } else { "http" }, self.address)
    }

    /// What it holds; empty when the store cannot be read.
    pub fn status(&self) -> Status {
        self.machine.status().unwrap_or_else(|_| Status {
            now: self.machine.clock.now(),
            r#virtual: self.machine.clock.is_virtual(),
            messages: 0,
            apps: Vec::new(),
        })
    }

    /// The newest messages, newest first.
    pub fn outbox(&self, limit: usize) -> Vec<Message> {
        self.machine.store.read(|connection| outbox::read(connection, limit, None)).unwrap_or_default()
    }

    /// Asks one of the server's own paths below `/waymark/`, as somebody on this computer may: the door for the studio.
    /// `path` is without query.
    ///
    /// # Errors
    /// Why it is refused, in a sentence.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        query: Vec<(String, String)>,
    ) -> std::result::Result<Value, String> {
        let request = admin::Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            body: Value::Null,
            who: audit::LOCAL.to_owned(),
            request_id: naming::id(),
        };
        let machine = self.machine.clone();
        let answered = tokio::task::spawn_blocking(move || admin::answer(&machine, &request)).await;
        match answered {
            Ok(Ok(Reply::Answer(answer))) => Ok(answer.body.unwrap_or_default()),
            Ok(Ok(_)) => Err("this path answers with a file".to_owned()),
            Ok(Err(refusal)) => Err(refusal.message),
            Err(error) => Err(format!("the server broke off: {error}")),
        }
    }

    /// The instant now, by this server's clock.
    pub fn now(&self) -> Millis {
        self.machine.clock.now()
    }

    /// Moves a virtual clock forwards and runs everything that falls due on the way; an error on the real clock or
    /// backwards.
    pub async fn advance_to(&self, instant: Millis) -> std::result::Result<(), String> {
        let machine = self.machine.clone();
        let moved = tokio::task::spawn_blocking(move || machine.advance_to(instant)).await;
        match moved {
            Ok(moved) => moved.map_err(|refusal| refusal.message),
            Err(error) => Err(format!("moving the clock broke off: {error}")),
        }
    }

    /// Stops listening, lets requests in progress end, closes the store.
    pub async fn stop(mut self) {
        // An error says that nobody listens any more, which is what we want.
        let _ = self.stop.send(true);
        for task in self.tasks.drain(..) {
            if let Err(error) = task.await {
                tracing::warn!(%error, "a task of the server failed");
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What requests and the runner share.
pub struct Machine {
    /// The store.
    pub store: Store,
    /// What is compiled of it.
    pub programs: Arc<Programs>,
    /// The clock.
    pub clock: Box<dyn Clock>,
    /// Rung when something may have become due.
    pub bell: Notify,
    /// What import and export jobs have open.
    pub jobs: Jobs,
    /// How it was started.
    pub settings: Settings,
    /// Who may ask now.
    pub keys: Current,
    /// What is left of the rates of operations.
    pub buckets: Buckets,
    /// What was asked so far.
    pub meters: Meters,
    /// Where events are written to.
    pub folder: Option<Folder>,
    /// Which event streams may be asked.
    pub turns: remote::Turns,
    /// Campaigns in the middle of a run.
    pub campaigns: runner::campaign::Campaigns,
    /// What leaves the machine.
    pub deliverer: Deliverer,
}

impl Machine {
    /// Opens the store and sets the clock.
    pub fn open(settings: &Settings) -> std::result::Result<Machine, OpenError> {
        let store = Store::open(settings.data.as_deref())?;
        objects::allow(&store, settings)?;
        let clock: Box<dyn Clock> = match settings.clock {
            ClockSetting::Real => Box::new(Real),
            ClockSetting::Virtual { start } => {
                let stood = store.read(|connection| store::meta(connection, "clock"))?;
                let stood = stood.and_then(|text| text.parse::<Millis>().ok());
                // A store never goes back in time.
                let instant = start.max(stood).unwrap_or_else(|| Real.now());
                Box::new(Virtual::at(instant))
            }
        };
        Ok(Machine {
            store,
            programs: Arc::default(),
            clock,
            bell: Notify::new(),
            jobs: Jobs::default(),
            deliverer: Deliverer::default(),
            settings: settings.clone(),
            keys: Current::new(settings.keys.clone()),
            buckets: Buckets::new(settings.api_rates.as_ref()),
            meters: Meters::default(),
            folder: Folder::open(settings)?,
            turns: remote::Turns::default(),
            campaigns: Default::default(),
        })
    }

    /// Carries out one operation in one transaction, for `who` asks; a change stands in the audit log.
    pub async fn call(self: &Arc<Machine>, call: Call, handler: Handler, who: &str) -> Result<Answer> {
        let now = self.clock.now();
        if call.operation.method != "GET" {
            self.confirm_addresses(&call).await?;
            let programs = self.programs.clone();
            let told = audit::tells(call.operation, self.settings.audit_all).then(|| Entry {
                at: Real.now(),
                who: who.to_owned(),
                operation: call.operation.name.to_owned(),
                resource: audit::resource(call.operation, &call.parameters, self.settings.log_addresses),
                request: call.request_id.clone(),
            });
            let work = move |store: &Transaction<'_>| {
                let answer = handler(&Context { store, programs: &programs, now }, &call)?;
                if let Some(entry) = told {
                    audit::write(store, &entry)?;
                }
                Ok::<_, Refusal>(answer)
            };
            let answer = self.store.change(work).await?;
            self.bell.notify_one();
            return Ok(answer);
        }
        // One document takes microseconds; a list or a count can take long enough to hold up other connections.
        let is_list = call.operation.bound.iter().any(|member| member.name == "page-size");
        let read = move |machine: &Machine| {
            machine.store.read(|store| handler(&Context { store, programs: &machine.programs, now }, &call))
        };
        if is_list {
            let machine = self.clone();
            return http::blocking(move || read(&machine)).await;
        }
        read(self)
    }

    /// Asks the web addresses that a campaign newly names whether they are meant for it; outside of any transaction, and
    /// only where addresses are called at all.
    async fn confirm_addresses(&self, call: &Call) -> Result<()> {
        let Some(calls) = self.deliverer.calls() else { return Ok(()) };
        let (now, programs) = (self.clock.now(), &self.programs);
        let read = |store: &Transaction<'_>| campaigns::addresses(&Context { store, programs, now }, call);
        for (place, url) in self.store.read(read)? {
            if let Err(reason) = calls.confirm(&url, naming::ACCOUNT).await {
                let (header, account) = (delivery::ACCOUNT_HEADER, naming::ACCOUNT);
                return Err(Refusal::bad_request(format!(
                    "{place}: `{url}` does not answer HEAD with `{header}: {account}`: {reason}"
                )));
            }
        }
        Ok(())
    }

    /// What the server holds.
    pub fn status(&self) -> Result<Status> {
        let (now, is_virtual) = (self.clock.now(), self.clock.is_virtual());
        Ok(self.store.read(|connection| status::read(connection, now, is_virtual))?)
    }

    /// Moves a virtual clock forwards.
    pub fn advance_to(&self, instant: Millis) -> Result<()> {
        if !self.clock.is_virtual() {
            return Err(Refusal::bad_request("the real clock cannot be moved; start with a virtual one"));
        }
        if instant < self.clock.now() {
            return Err(Refusal::bad_request("the clock cannot go back"));
        }
        self.run_until(instant)
    }
}
