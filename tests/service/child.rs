//! A server in a process of its own, so that it can be killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use pinpoint_local::{Server, Settings};

/// The child: serves until it is killed.
pub async fn serve(settings: Settings) {
    let server = Server::start(settings).await.unwrap();
    println!("\naddress {}", server.address());
    std::future::pending::<()>().await;
}

/// Runs a test of this program that calls [`serve`], with these variables; the child and where it listens.
pub fn start(test: &str, variables: &[(&str, &str)]) -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("address ").map(str::to_owned));
    (child, address.unwrap().parse().unwrap())
}

/// Asks the child to move its clock, by a body of `POST /waymark/clock`; whether it answers does not matter.
pub fn move_clock(address: SocketAddr, body: &str) {
    let Ok(mut stream) = TcpStream::connect(address) else { return };
    let head = format!("POST /waymark/clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    if stream.write_all((head + body).as_bytes()).is_ok() {
        let _ = stream.read(&mut [0; 64]);
    }
}
