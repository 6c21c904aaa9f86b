//! `waymark serve`: the local Pinpoint.

use std::process::ExitCode;

use bridge::{Failure, FailureCode};
use pinpoint_local::{ClockSetting, Server, Settings};

use crate::arguments::{Clock, Serve};
use crate::commands::{Outcome, runtime};
use crate::say;

/// Serves until it is told to stop.
pub fn run(serve: &Serve) -> Outcome {
    let settings = Settings {
        listen: serve.listen,
        data: serve.data.clone(),
        clock: match serve.clock {
            Clock::Real => ClockSetting::Real,
            Clock::Virtual => ClockSetting::Virtual { start: None },
        },
        files: serve.files.clone(),
    };
    runtime()?.block_on(async {
        let server = Server::start(settings).await.map_err(|error| Failure {
            code: FailureCode::Target,
            message: error.to_string(),
            help: "choose another address with --listen, such as 127.0.0.1:0 for a free port".to_owned(),
        })?;
        say::result(&format!("listening on {}", server.endpoint_url()));
        if serve.data.is_none() {
            say::note("everything is kept in memory; --data DIR keeps it on the disk");
        }
        stopped().await;
        say::note("stopping");
        server.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Waits for Ctrl+C, or for the system to end the program.
pub async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals there is nothing to wait for but the end.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
