//! Load on a durable server: requests a second, latencies, and CPU of the server alone; and a soak with kills.
//!
//!     cargo bench -p pinpoint-local --bench load                 # 5 seconds each of GetApp, UpdateEndpoint, PutEvents
//!     cargo bench -p pinpoint-local --bench load -- soak 600     # load for 10 minutes, killed and restarted at random
//!     cargo bench -p pinpoint-local --bench load -- waiting 1000000   # people who wait: bytes each, time to serve again
//!     cargo bench -p pinpoint-local --bench load -- campaign 1000000  # how long requests take while a campaign starts
//!
//! The server is a process of its own on a new folder, the generator keeps 32 connections busy from this one. Both share
//! the processors of the computer. CPU of the server is what Linux counts for it.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails stops")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pinpoint_local::{ClockSetting, Server, Settings};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Connections kept busy.
const CONNECTIONS: usize = 32;
/// Endpoints that are known before it begins.
const ENDPOINTS: u64 = 10_000;
/// Names the store's folder to the child that serves it.
const DATA: &str = "WAYMARK_LOAD_DATA";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let Ok(data) = std::env::var(DATA) {
        return runtime.block_on(serve(Path::new(&data)));
    }
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |place: usize, usual: u64| arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(usual);
    match arguments.first().map(String::as_str) {
        Some("soak") => runtime.block_on(soak(number(1, 600))),
        Some("waiting") => runtime.block_on(waiting(number(1, 1_000_000))),
        Some("campaign") => runtime.block_on(campaign(number(1, 1_000_000))),
        _ => runtime.block_on(load(5)),
    }
}

async fn serve(data: &Path) {
    let clock = match std::env::var("WAYMARK_LOAD_CLOCK") {
        Ok(_) => ClockSetting::Virtual { start: None },
        Err(_) => ClockSetting::Real,
    };
    let server = Server::start(Settings { data: Some(data.to_owned()), clock, ..Settings::default() }).await.unwrap();
    println!("address {}", server.address());
    std::future::pending::<()>().await;
}

/// The server in a process of its own.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    fn start(data: &Path, is_virtual: bool) -> Served {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env(DATA, data).stdout(Stdio::piped());
        if is_virtual {
            command.env("WAYMARK_LOAD_CLOCK", "virtual");
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.ok()?.strip_prefix("address ")?.parse().ok()).unwrap();
        Served { child, address }
    }

    /// CPU of the server so far, in seconds.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) / 100.0
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// One connection that is used again and again.
struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    async fn to(address: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, answer: Vec::new() })
    }

    /// Asks, and waits for the whole answer; its status.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<u16> {
        let length = body.len();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}");
        self.stream.write_all(request.as_bytes()).await?;
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let Some(head) = self.answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&self.answer[..head]).to_ascii_lowercase();
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
            if self.answer.len() >= head + 4 + length.unwrap_or(0) {
                return Ok(text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0));
            }
        }
    }

    fn json(&self) -> Value {
        let body = self.answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |head| head + 4);
        serde_json::from_slice(&self.answer[body..]).unwrap_or_default()
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    (folder, path)
}

async fn app(address: SocketAddr) -> String {
    let mut connection = Connection::to(address).await.unwrap();
    assert_eq!(connection.ask("POST", "/v1/apps", r#"{"Name":"load"}"#).await.unwrap(), 201);
    format!("/v1/apps/{}", connection.json()["Id"].as_str().unwrap())
}

fn endpoint(number: u64, visits: u64) -> String {
    format!(
        r#"{{"ChannelType":"EMAIL","Address":"e{number}@example.com","Attributes":{{"Plan":["pro"],"Interests":["a","b"]}},"Metrics":{{"Visits":{visits}}},"Location":{{"Country":"DE"}},"User":{{"UserId":"u{number}"}}}}"#
    )
}

fn event(number: u64) -> String {
    format!(
        r#"{{"BatchItem":{{"e{number}":{{"Endpoint":{{}},"Events":{{"1":{{"EventType":"opened_app","Timestamp":"2026-11-25T10:00:00Z","Attributes":{{"screen":"home"}}}}}}}}}}}}"#
    )
}

/// Known endpoints, in batches.
async fn endpoints(address: SocketAddr, app: &str, count: u64) {
    let mut connection = Connection::to(address).await.unwrap();
    for start in (0..count).step_by(100) {
        let items: Vec<Value> = (start..count.min(start + 100))
            .map(|number| {
                let mut item: Value = serde_json::from_str(&endpoint(number, 0)).unwrap();
                item["Id"] = json!(format!("e{number}"));
                item
            })
            .collect();
        let body = json!({"Item": items}).to_string();
        assert_eq!(connection.ask("PUT", &format!("{app}/endpoints"), &body).await.unwrap(), 202);
    }
}

async fn load(seconds: u64) {
    let (_folder, data) = folder();
    let served = Served::start(&data, false);
    let app = app(served.address).await;
    endpoints(served.address, &app, ENDPOINTS).await;
    for (name, kind) in [("GetApp", 0), ("UpdateEndpoint", 1), ("PutEvents", 2)] {
        let before = served.cpu();
        let end = Instant::now() + Duration::from_secs(seconds);
        let busy: Vec<_> = (0..CONNECTIONS as u64)
            .map(|connection| tokio::spawn(keep_busy(served.address, app.clone(), kind, connection, end)))
            .collect();
        let mut latencies: Vec<Duration> = Vec::new();
        for one in busy {
            latencies.extend(one.await.unwrap());
        }
        latencies.sort();
        let count = latencies.len();
        let at = |share: f64| latencies[((count - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "{name:<15} {:>8.0}/s   p50 {:>6.2} ms   p99 {:>6.2} ms   CPU of the server {:>6.1} us a request",
            count as f64 / seconds as f64,
            at(0.5),
            at(0.99),
            (served.cpu() - before) * 1e6 / count as f64
        );
    }
    served.kill();
}

async fn keep_busy(address: SocketAddr, app: String, kind: u8, seed: u64, end: Instant) -> Vec<Duration> {
    let mut connection = Connection::to(address).await.unwrap();
    let mut latencies = Vec::new();
    let mut draw = seed * 7919 + 1;
    while Instant::now() < end {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = (draw >> 33) % ENDPOINTS;
        let begun = Instant::now();
        let status = match kind {
            0 => connection.ask("GET", &app, "").await,
            1 => connection.ask("PUT", &format!("{app}/endpoints/e{number}"), &endpoint(number, draw % 100)).await,
            _ => connection.ask("POST", &format!("{app}/events"), &event(number)).await,
        };
        latencies.push(begun.elapsed());
        assert!(matches!(status.unwrap(), 200 | 202));
    }
    latencies
}

/// Counts up a number in each connection's own endpoint; after every kill the store has what was answered.
async fn soak(seconds: u64) {
    let (_folder, data) = folder();
    let mut served = Served::start(&data, false);
    let app = app(served.address).await;
    let answered: Arc<Vec<AtomicU64>> = Arc::new((0..CONNECTIONS).map(|_| AtomicU64::new(0)).collect());
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut kills, mut draw) = (0, 1u64);
    while Instant::now() < end {
        let address = served.address;
        let busy: Vec<_> = (0..CONNECTIONS)
            .map(|number| {
                let (app, answered) = (app.clone(), answered.clone());
                tokio::spawn(async move {
                    let Ok(mut connection) = Connection::to(address).await else { return };
                    for visits in answered[number].load(Ordering::Relaxed) + 1.. {
                        let path = format!("{app}/endpoints/s{number}");
                        match connection.ask("PUT", &path, &endpoint(number as u64, visits)).await {
                            Ok(202) => answered[number].store(visits, Ordering::Relaxed),
                            Ok(status) => panic!("{status}: {}", connection.json()),
                            // Killed.
                            Err(_) => return,
                        }
                    }
                })
            })
            .collect();
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis(500 + (draw >> 33) % 4_500)).await;
        served.kill();
        kills += 1;
        for one in busy {
            one.await.unwrap();
        }
        served = Served::start(&data, false);
        let mut connection = Connection::to(served.address).await.unwrap();
        for (number, answered) in answered.iter().enumerate() {
            let answered = answered.load(Ordering::Relaxed);
            if answered > 0 {
                assert_eq!(connection.ask("GET", &format!("{app}/endpoints/s{number}"), "").await.unwrap(), 200);
                let stored = connection.json()["Metrics"]["Visits"].as_f64().unwrap() as u64;
                assert!(
                    stored == answered || stored == answered + 1,
                    "s{number}: {answered} answered, {stored} stored"
                );
            }
        }
    }
    let all: u64 = answered.iter().map(|count| count.load(Ordering::Relaxed)).sum();
    println!("{kills} kills, {all} updates answered, none lost");
    served.kill();
}

/// People who wait in a journey: what each takes on the disk, and how soon a server with them answers.
async fn waiting(count: u64) {
    let (_folder, data) = folder();
    let served = Served::start(&data, true);
    let app = app(served.address).await;
    let begun = Instant::now();
    endpoints(served.address, &app, count).await;
    println!("{count} endpoints stored in {:.1} s", begun.elapsed().as_secs_f64());
    let size = |data: &Path| -> u64 {
        let files = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
        files.sum()
    };
    let mut connection = Connection::to(served.address).await.unwrap();
    assert_eq!(connection.ask("POST", &format!("{app}/segments"), r#"{"Name":"all"}"#).await.unwrap(), 201);
    let segment = connection.json()["Id"].clone();
    let journey = json!({"Name": "wait", "State": "ACTIVE", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": segment}},
        "Activities": {"a": {"Wait": {"WaitTime": {"WaitFor": "P30D"}}}}});
    assert_eq!(connection.ask("POST", &format!("{app}/journeys"), &journey.to_string()).await.unwrap(), 201);
    let before = settled(&data, &size);
    let begun = Instant::now();
    assert_eq!(connection.ask("POST", "/waymark/clock", r#"{"advance":"PT10M"}"#).await.unwrap(), 200);
    let entered = begun.elapsed().as_secs_f64();
    served.kill();
    // Opened and closed once: the log is copied into the store.
    Server::start(Settings { data: Some(data.clone()), ..Settings::default() }).await.unwrap().stop().await;
    let bytes = (size(&data) - before) as f64 / count as f64;
    println!("{count} entered in {entered:.1} s ({:.0}/s), {bytes:.0} bytes each", count as f64 / entered);
    let begun = Instant::now();
    let served = Served::start(&data, true);
    let mut connection = Connection::to(served.address).await.unwrap();
    assert_eq!(connection.ask("GET", &app, "").await.unwrap(), 200);
    println!("serving again after {:.2} s", begun.elapsed().as_secs_f64());
    served.kill();
}

/// Requests before a campaign to everybody is made, from then on, and while it is sent.
async fn campaign(count: u64) {
    let (_folder, data) = folder();
    let served = Served::start(&data, false);
    let app = app(served.address).await;
    endpoints(served.address, &app, count).await;
    let mut connection = Connection::to(served.address).await.unwrap();
    let channel = r#"{"FromAddress":"shop@example.com","Identity":"arn:aws:ses:us-east-1:1:identity/example.com"}"#;
    assert_eq!(connection.ask("PUT", &format!("{app}/channels/email"), channel).await.unwrap(), 200);
    assert_eq!(connection.ask("POST", &format!("{app}/segments"), r#"{"Name":"all"}"#).await.unwrap(), 201);
    let body = json!({"Name": "everybody", "SegmentId": connection.json()["Id"], "Schedule": {"StartTime": "IMMEDIATE"},
        "MessageConfiguration": {"EmailMessage": {"Title": "News", "Body": "There is something new."}}});
    measured("before a campaign", served.address, &app).await;
    let made = connection.ask("POST", &format!("{app}/campaigns"), &body.to_string()).await.unwrap();
    assert_eq!(made, 201, "{}", connection.json());
    let mut sent = measured("from its start", served.address, &app).await;
    while sent == 0 {
        sent = measured("going on", served.address, &app).await;
    }
    measured("while it is sent", served.address, &app).await;
    served.kill();
}

/// Four connections for 20 seconds, half of them reading, half of them writing; how many messages there are in the end.
async fn measured(when: &str, address: SocketAddr, app: &str) -> u64 {
    let end = Instant::now() + Duration::from_secs(20);
    let busy: Vec<_> =
        (0..4u8).map(|n| tokio::spawn(keep_busy(address, app.to_owned(), n % 2, n.into(), end))).collect();
    let mut latencies: Vec<Duration> = Vec::new();
    for one in busy {
        latencies.extend(one.await.unwrap());
    }
    latencies.sort();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let mut connection = Connection::to(address).await.unwrap();
    assert_eq!(connection.ask("GET", "/waymark/status", "").await.unwrap(), 200);
    let messages = connection.json()["Messages"].as_u64().unwrap_or_default();
    let (rate, p99, longest) = (latencies.len() as f64 / 20.0, at(0.99), at(1.0));
    println!(
        "{when}: {rate:>8.0} requests/s   p99 {p99:>6.2} ms   longest {longest:>6.2} ms   messages so far {messages}"
    );
    messages
}

/// Size of the store when its log is copied.
fn settled(data: &Path, size: &dyn Fn(&Path) -> u64) -> u64 {
    let log = data.join("pinpoint.sqlite-wal");
    size(data) - std::fs::metadata(log).map_or(0, |log| log.len())
}
