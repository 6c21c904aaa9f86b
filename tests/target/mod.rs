//! A local Pinpoint as a target, and projects to publish there.

use std::path::Path;

use model::{Project, Target};
use pinpoint_local::Server;
use publishing::{Bindings, Remote};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use workbench::examples::Examples;
use workbench::folder;
use workbench::publication::Publication;

/// A server on a day before the campaigns of the examples start.
pub async fn serve() -> Server {
    let start = model::time::parse_instant("2026-11-30T09:00:00Z");
    let clock = pinpoint_local::ClockSetting::Virtual { start };
    Server::start(pinpoint_local::Settings { clock, ..Default::default() }).await.unwrap()
}

/// A copy of an example in a folder of its own.
pub fn copy(name: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    Examples::default().copy(name, place.path()).unwrap();
    place
}

pub fn publication(folder: &Path, address: &str) -> Publication {
    let mut project = folder::read(folder).unwrap().project;
    let target = Target { endpoint_url: Some(address.to_owned()), ..Target::default() };
    project.settings.target.insert("local".to_owned(), target);
    Publication {
        project,
        folder: Some(folder.to_owned()),
        journeys: Vec::new(),
        campaigns: false,
        target: "local".to_owned(),
        activate: false,
        terms: workbench::publication::Terms::default(),
    }
}

pub async fn target_of(project: &Project, folder: &Path) -> (Remote, publishing::TargetBindings) {
    let remote = Remote::connect("local", &project.settings.target["local"]).await.unwrap();
    let bindings = std::fs::read_to_string(folder.join(".waymark/bindings.json")).unwrap();
    (remote, serde_json::from_str::<Bindings>(&bindings).unwrap().of("local"))
}

/// Enables the channels that campaigns need, on the application that was made.
pub async fn enable_channels(server: &Server, project: &Project, folder: &Path) {
    let (_, bound) = target_of(project, folder).await;
    let application = bound.application.unwrap();
    let email = r#"{"FromAddress":"shop@x.example","Identity":"arn:aws:ses:us-east-1:000000000000:identity/x"}"#;
    let push = r#"{"ApiKey":"key","Enabled":true}"#;
    for (channel, body) in [("email", email), ("sms", r#"{"Enabled":true}"#), ("gcm", push)] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let request = format!(
            "PUT /v1/apps/{application}/channels/{channel} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            server.address(),
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}
