//! `waymark serve` and `waymark studio --web`, as programs of their own.
#![allow(dead_code, reason = "not every test stops a server itself, or reads its log")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// A program that serves until it is stopped.
pub struct Serving {
    child: std::process::Child,
    pub address: String,
}

impl Serving {
    pub fn start(more: &[&str]) -> Serving {
        Serving::spawn(
            Command::new(env!("CARGO_BIN_EXE_waymark")).args(["serve", "--listen", "127.0.0.1:0"]).args(more),
        )
    }

    pub fn spawn(command: &mut Command) -> Serving {
        Serving::logging(command, Stdio::null())
    }

    pub fn logging(command: &mut Command, log: Stdio) -> Serving {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        Serving { child, address }
    }

    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop();
    }
}
