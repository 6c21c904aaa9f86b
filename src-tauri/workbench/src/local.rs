//! The Pinpoint inside the studio.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use bridge::LocalView;
use pinpoint_local::{Server, StartError};
use tokio::sync::watch;

/// The address that `waymark serve` and the examples use.
pub const USUAL_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8700);

/// A server that is starting, runs, or could not be started.
#[derive(Clone)]
pub struct Local {
    state: watch::Receiver<State>,
}

#[derive(Clone)]
enum State {
    Starting,
    Running(Arc<Server>),
    Failed(String),
}

impl Local {
    /// None at all.
    pub fn absent() -> Local {
        let (_, state) = watch::channel(State::Failed("it was not started".to_owned()));
        Local { state }
    }

    /// Starts a server in the background, on the usual port or, where another program has it, on a free one.
    pub fn start(data: PathBuf) -> Local {
        let (sender, state) = watch::channel(State::Starting);
        tokio::spawn(async move {
            let settings = pinpoint_local::Settings { listen: USUAL_ADDRESS, data: Some(data), ..Default::default() };
            let started = match Server::start(settings.clone()).await {
                Err(StartError::PortBusy(_)) => {
                    let listen = SocketAddr::new(USUAL_ADDRESS.ip(), 0);
                    Server::start(pinpoint_local::Settings { listen, ..settings }).await
                }
                started => started,
            };
            // Nobody listening any more means that the program ends.
            let _ = sender.send(match started {
                Ok(server) => State::Running(Arc::new(server)),
                Err(error) => State::Failed(error.to_string()),
            });
        });
        Local { state }
    }

    /// The server, once it runs.
    ///
    /// # Errors
    /// Why it does not run.
    pub async fn server(&self) -> Result<Arc<Server>, String> {
        let mut state = self.state.clone();
        let state = state.wait_for(|state| !matches!(state, State::Starting)).await;
        match state.as_deref() {
            Ok(State::Running(server)) => Ok(server.clone()),
            Ok(State::Failed(reason)) => Err(reason.clone()),
            _ => Err("it ended while it was starting".to_owned()),
        }
    }

    /// What it is doing, as the window shows it.
    pub async fn view(&self) -> LocalView {
        let server = match self.server().await {
            Ok(server) => server,
            Err(problem) => return LocalView { problem: Some(problem), ..LocalView::default() },
        };
        let status = server.status();
        LocalView {
            address: Some(server.endpoint_url()),
            problem: None,
            endpoints: status.apps.iter().map(|app| app.endpoints).sum(),
            journeys: status
                .apps
                .into_iter()
                .flat_map(|app| app.journeys)
                .map(|journey| (journey.name, journey.id, journey.state))
                .collect(),
        }
    }
}
