//! `waymark serve`: the local Pinpoint, and backups of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use bridge::{Failure, FailureCode};
use pinpoint_local::{
    ClockSetting, DeliveryConfig, EventFiles, EventFormat, FetchError, Key, KeyFile, Keys, KeysError, OpenError,
    Permission, RestoreError, Server, Settings, StartError, TlsFiles, fetch, restore,
};

use crate::arguments::{Clock, EventsFormat, Serve};
use crate::commands::{Outcome, failure, log, runtime};
use crate::say;

/// A key that may do everything, from the environment.
const KEY_ID: &str = "WAYMARK_ACCESS_KEY_ID";
const KEY_SECRET: &str = "WAYMARK_SECRET_ACCESS_KEY";

/// Serves until it is told to stop, or makes a backup, or restores one.
pub fn run(serve: &Serve) -> Outcome {
    if let (Some(file), Some(data)) = (&serve.restore, &serve.data) {
        restore(file, data).map_err(|error| not_restored(&error))?;
        say::note(&format!("restored; `waymark serve --data {}` goes on with it", data.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let (keys, keys_file) = keys(serve.keys.as_deref())?;
    if let Some(file) = &serve.backup {
        return backup(serve, &keys, file);
    }
    let tls = match (&serve.tls_cert, &serve.tls_key) {
        (Some(certificate), Some(key)) => Some(TlsFiles { certificate: certificate.clone(), key: key.clone() }),
        (Some(_), None) => {
            return Err(failure(FailureCode::BadInput, "a certificate needs its private key: --tls-key FILE"));
        }
        (None, _) => None,
    };
    let settings = Settings {
        listen: serve.listen,
        data: serve.data.clone(),
        clock: match serve.clock {
            Clock::Real => ClockSetting::Real,
            Clock::Virtual => ClockSetting::Virtual { start: None },
        },
        files: serve.files.clone(),
        events: serve.events.clone().map(|folder| EventFiles {
            folder,
            format: match serve.events_format {
                EventsFormat::Jsonl => EventFormat::Jsonl,
                EventsFormat::Parquet => EventFormat::Parquet,
            },
        }),
        delivery: serve.delivery.as_deref().map(delivery).transpose()?,
        keys,
        keys_file,
        tls,
        insecure_http: serve.insecure_http,
        log_addresses: serve.log_addresses,
        audit_all: serve.audit_all,
        api_rates: serve.api_rates.clone(),
        ..Settings::default()
    };
    log::begin(serve.log, serve.log_level);
    runtime()?.block_on(async {
        let server = Server::start(settings).await.map_err(|error| not_started(&error))?;
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

/// Why it does not start, and what to do.
fn not_started(error: &StartError) -> Failure {
    let help = match error {
        StartError::NotLoopback(_) => {
            "write access keys into a file and name it with --keys; `waymark serve --help` shows how"
        }
        StartError::Unencrypted(_) => {
            "--tls-cert FILE --tls-key FILE, or --insecure-http behind something that encrypts"
        }
        StartError::PortBusy(_) | StartError::Listen(..) => {
            "choose another address with --listen, such as 127.0.0.1:0 for a free port"
        }
        StartError::Store(OpenError::Events(..)) => {
            return Failure {
                code: FailureCode::Disk,
                message: error.to_string(),
                help: "name a folder with --events that you may write into; it is made when it is not there".to_owned(),
            };
        }
        StartError::Tls(_) | StartError::Store(_) | StartError::Delivery(_) => "",
    };
    Failure { code: FailureCode::Target, message: error.to_string(), help: help.to_owned() }
}

/// Why a backup is not restored, and what to do.
fn not_restored(error: &RestoreError) -> Failure {
    let help = match error {
        RestoreError::Damaged(..) | RestoreError::Copy(..) => {
            "name a file with --restore that `waymark serve --backup FILE` wrote, and a folder with --data that you may write into"
        }
        RestoreError::Occupied(_) | RestoreError::Store(_) => "",
    };
    Failure { code: FailureCode::Disk, message: error.to_string(), help: help.to_owned() }
}

/// Why there is no backup, and what to do.
fn not_fetched(error: &FetchError) -> Failure {
    let help = match error {
        FetchError::Unreachable(..) => {
            "a backup is asked of a running server: start it with `waymark serve --data DIR`, or name with --listen where it listens"
        }
        _ => "",
    };
    Failure { code: FailureCode::Target, message: error.to_string(), help: help.to_owned() }
}

/// The access keys of a file and of the environment, and where the first are read again.
fn keys(file: Option<&Path>) -> Result<(Keys, Option<KeyFile>), Failure> {
    let bad = |message: String| failure(FailureCode::BadInput, message);
    let beside = match (std::env::var(KEY_ID), std::env::var(KEY_SECRET)) {
        (Ok(id), Ok(secret)) => {
            Some(Key::new(&id, &secret, &Permission::ALL).map_err(|problem| bad(format!("{KEY_ID}: {problem}")))?)
        }
        (Ok(_), Err(_)) => return Err(bad(format!("{KEY_ID} is set and {KEY_SECRET} is not"))),
        (Err(_), Ok(_)) => return Err(bad(format!("{KEY_SECRET} is set and {KEY_ID} is not"))),
        (Err(_), Err(_)) => None,
    };
    let Some(path) = file else { return Ok((Keys::new(beside.into_iter().collect()), None)) };
    let file = KeyFile { path: path.to_owned(), beside };
    let keys = file.read().map_err(|error| {
        let help = match &error {
            KeysError::Read(..) => {
                "name with --keys the file that has them; what stands in it `waymark serve --help` shows"
            }
            _ => "",
        };
        Failure { code: FailureCode::BadInput, message: error.to_string(), help: help.to_owned() }
    })?;
    Ok((keys, Some(file)))
}

/// Asks the server that runs at the address for a copy of its store.
fn backup(serve: &Serve, keys: &Keys, file: &Path) -> Outcome {
    let key = keys.that_may(Permission::Admin);
    if key.is_none() && !keys.is_empty() {
        return Err(failure(
            FailureCode::BadInput,
            "none of the access keys has the permission `admin`, which a backup needs",
        ));
    }
    let address = reachable(serve.listen);
    runtime()?.block_on(fetch(address, key, serve.tls_cert.as_deref(), file)).map_err(|error| not_fetched(&error))?;
    say::note(&format!("`{}` holds the store as it stood", file.display()));
    Ok(ExitCode::SUCCESS)
}

/// Where a server is reached that listens on every address.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Reads the settings of delivery.
fn delivery(file: &Path) -> Result<DeliveryConfig, Failure> {
    let failure = |code, message: String, help: &str| Failure { code, message, help: help.to_owned() };
    let text = std::fs::read_to_string(file).map_err(|error| {
        let message = format!("could not read `{}`: {error}", file.display());
        failure(FailureCode::Disk, message, "name the file that says how messages are delivered")
    })?;
    DeliveryConfig::parse(&text).map_err(|error| {
        let message = format!("`{}`: {error}", file.display());
        failure(FailureCode::BadInput, message, "see `waymark serve --help` for an example")
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
