//! The desktop window under Xvfb, driven through WebKit's WebDriver.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::{Group, Hand, free_port, wait_for_port};

/// The window on a project, and the driver that holds it.
pub async fn window(studio: &Path, project: &Path, display: &str) -> (Group, Hand) {
    let folder = project.to_str().expect("a path in UTF-8");
    open(studio, &[folder], "[data-activity]", &project.join(".data"), display).await
}

/// The window without a project, and the driver that holds it; `data` is where the program keeps what it keeps.
pub async fn window_at_start(studio: &Path, data: &Path, display: &str) -> (Group, Hand) {
    open(studio, &[], ".start", data, display).await
}

/// The window with these arguments, once an element is painted.
///
/// WebKit's own page process sometimes dies while it starts (its Skia fails to load a shader). The window recovers, but
/// the driver gives its session up, so another is begun; the third failure is ours.
async fn open(studio: &Path, arguments: &[&str], painted: &str, data: &Path, display: &str) -> (Group, Hand) {
    let options = json!({"webkitgtk:browserOptions": {"binary": studio, "args": arguments}});
    for _ in 0..3 {
        let port = free_port();
        let mut driver = Command::new("WebKitWebDriver");
        driver.arg(format!("--port={port}"));
        driver.env("DISPLAY", display).env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        driver.env("XDG_DATA_HOME", data);
        let driver = Group::start(&mut driver, "window-driver");
        wait_for_port(port);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(options.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session with the window");
        let hand = Hand::new(client);
        if hand.is_alive(painted).await {
            return (driver, hand);
        }
    }
    panic!("the window's page died three times while it started; see window-driver.log");
}

/// A screen of its own for the window, and its name.
pub fn screen() -> (Group, String) {
    let (mut reading, writing) = std::io::pipe().expect("a pipe");
    let mut xvfb = Command::new("sh");
    // Xvfb picks a free display and prints its number into the pipe, which the shell gets as its standard input.
    xvfb.args(["-c", "exec Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>&0 0</dev/null"]);
    xvfb.stdin(Stdio::from(writing));
    let group = Group::start_with_input(&mut xvfb, "xvfb");
    drop(xvfb);
    let mut number = Vec::new();
    let mut byte = [0u8];
    while reading.read(&mut byte).is_ok_and(|n| n == 1) && byte[0] != b'\n' {
        number.push(byte[0]);
    }
    (group, format!(":{}", String::from_utf8_lossy(&number)))
}
