//! The canvas with hundreds and thousands of steps: what it keeps on the page, and what a gesture costs.
//!
//! The journeys are those of `?nodes=N` (`ui/src/bench.rs`). That only what the window shows is on the page is checked;
//! times are printed, because machines that test are busy. To measure in earnest, with the page built small:
//!
//! ```text
//! cargo xtask ui --release && cargo build --release -p waymark
//! WAYMARK_BIN=target/release/waymark WAYMARK_PAGE=ui/dist WAYMARK_STEPS=1000,5000 \
//!     cargo test -p stories --test canvas_speed -- --nocapture
//! ```

#![allow(missing_docs, reason = "a test program has no readers of its documentation")]
#![allow(clippy::print_stdout, reason = "the figures are for whoever runs it")]

mod studio;

use std::process::Command;
use std::time::Duration;

use studio::{Chromium, Group, Hand, copy_of_example, free_port, program, wait_for_port};

/// Moves of a gesture.
const MOVES: usize = 60;
/// The time between two moves: a frame.
const FRAME: Duration = Duration::from_millis(16);
/// Elements on the page for each step that is drawn, its connections and marks included (designers.md 3, advice 3).
const MOST_A_STEP: u64 = 12;
/// Elements of the canvas that do not belong to a step: bars, the map, the drawing's frame.
const AROUND: u64 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_holds_what_the_window_shows_however_large_the_journey_is() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let port = free_port();
    let mut serve = Command::new(waymark);
    serve.args(["studio", "--web", "--port", &port.to_string(), "--page"]).arg(page).arg(project.path());
    serve.env("XDG_DATA_HOME", project.path().join(".data"));
    let _server = Group::start(&mut serve, "canvas-speed-server");
    wait_for_port(port);
    let address = studio::address_in_log("canvas-speed-server");
    let sizes = std::env::var("WAYMARK_STEPS").unwrap_or_else(|_| "100,1000".to_owned());
    for steps in sizes.split(',') {
        let browser = Chromium::start("canvas-speed").await;
        // the address with its key first: the page keeps it
        browser.client.goto(&address).await.expect("the page");
        let (page, _) = address.split_once('?').unwrap_or((&address, ""));
        browser.client.goto(&format!("{page}?nodes={steps}")).await.expect("the page");
        measure(&browser, steps).await;
    }
}

async fn measure(browser: &Chromium, steps: &str) {
    let hand = Hand::new(browser.client.clone());
    hand.until("the journey was shown", "return window.__bench_ready > 0").await;
    let ready = hand.number("return Math.round(window.__bench_ready)").await;
    let count = |what: &'static str| format!("return document.querySelectorAll('{what}').length");
    let (all, drawn) = (hand.number(&count(".canvas *")).await, hand.number(&count("[data-activity]")).await);
    assert!(drawn > 3, "steps are drawn");
    assert!(all <= drawn * MOST_A_STEP + AROUND, "{steps} steps: {all} elements for {drawn} steps that are drawn");
    println!("{steps} steps: shown after {ready} ms; {drawn} drawn with {all} elements");

    let transform = "return document.querySelector('.world').style.transform";
    for gesture in ["pan", "drag", "zoom"] {
        let from = match gesture {
            "pan" => hand.blank(".canvas").await,
            "drag" => hand.inner("[data-activity]").await,
            _ => hand.middle(".canvas").await,
        };
        let before = hand.text(transform).await;
        let used = browser.cpu();
        if gesture != "zoom" {
            hand.glide(from, (2.0, 1.0), MOVES, FRAME).await;
        } else {
            hand.wheel(from, 60, MOVES / 2, FRAME).await;
            let far = hand.number(&count("[data-activity]")).await;
            let pixels = hand.number("return document.querySelector('canvas.far')?.width ?? 0").await;
            // the card that was dragged is selected, and what is selected stays
            assert!(pixels > 0 && far <= 1, "from afar there is a bitmap {pixels} pixels wide, and {far} cards");
            hand.wheel(from, -60, MOVES / 2, FRAME).await;
        }
        let used = browser.cpu().saturating_sub(used).as_secs_f64() * 1000.0 / MOVES as f64;
        let after = hand.text(transform).await;
        match gesture {
            "pan" => assert_ne!(before, after, "the canvas moves"),
            "drag" => {
                hand.until(
                    "the drag is one step of undo",
                    "return document.querySelector('[data-test=undo]').title.includes('Move')",
                )
                .await
            }
            _ => {}
        }
        println!("{steps} steps: {gesture} takes {used:.1} ms of CPU a move, all processes of the browser");
    }
    let all_after = hand.number(&count(".canvas *")).await;
    assert!(all_after <= all * 2 + AROUND, "{all_after} elements after the gestures, {all} before");
}
