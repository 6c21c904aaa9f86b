//! How long the desktop window takes for a frame while the canvas is panned, a step dragged and the wheel turned, beside
//! what a frame takes that paints the whole window in one colour.
//!
//! WebKitGTK paints slowly without a graphics card, and nothing that is drawn can be quicker than a blank window; so the
//! blank one is the measure. That the canvas moves and that each gesture ends is checked; times are printed, because
//! machines that test are busy. In earnest:
//!
//! ```text
//! cargo xtask ui --release && cargo build --release -p waymark-studio
//! WAYMARK_STUDIO_BIN=target/release/waymark-studio WAYMARK_STEPS=1000,10000 \
//!     cargo test -p stories --test window_speed -- --nocapture
//! ```

#![allow(missing_docs, reason = "a test program has no readers of its documentation")]
#![allow(clippy::print_stdout, reason = "the figures are for whoever runs it")]

mod studio;

use serde_json::Value;
use studio::{Hand, copy_of_example, program, screen, window};

/// Plays a gesture, a move in each frame, and answers the times between frames in milliseconds; `blank` paints the whole
/// window instead. Events are made in the page: WebDriver's come too irregularly to be measured by. Ends after 90 frames, or
/// after 20 seconds.
const PLAY: &str = "
    const [gesture, done] = arguments, frames = 90, times = [], began = performance.now();
    const canvas = document.querySelector('.canvas'), area = canvas.getBoundingClientRect();
    const inside = r => r.left > area.left && r.top > area.top && r.right < area.right && r.bottom < area.bottom;
    let x = area.x + area.width / 2, y = area.y + area.height / 2, sheet, last, frame = 0;
    if (gesture == 'pan') {
        search: for (y = area.top + 8; y < area.bottom - 80; y += 11)
            for (x = area.left + 8; x < area.right - 140; x += 13)
                if (document.elementFromPoint(x, y) === canvas) break search;
    }
    if (gesture == 'drag') {
        const card = [...document.querySelectorAll('[data-activity]')].map(e => e.getBoundingClientRect()).findLast(inside);
        [x, y] = [card.x + card.width / 2, card.y + card.height / 2];
    }
    if (gesture == 'blank') {
        sheet = document.createElement('div');
        sheet.style.cssText = 'position: fixed; inset: 0; z-index: 9999';
        document.body.append(sheet);
    }
    const held = gesture == 'pan' || gesture == 'drag';
    const send = (name, dx, dy, buttons) => (document.elementFromPoint(x, y) ?? canvas).dispatchEvent(new PointerEvent(name, {
        bubbles: true, cancelable: true, clientX: x + dx, clientY: y + dy, button: name == 'pointermove' ? -1 : 0, buttons, pointerId: 1,
    }));
    if (held) send('pointerdown', 0, 0, 1);
    const next = now => {
        if (last !== undefined) times.push(now - last);
        last = now;
        if (++frame > frames || performance.now() - began > 20000) {
            if (held) send('pointerup', 2 * frames, frames, 0);
            sheet?.remove();
            return done(times);
        }
        if (held) send('pointermove', 2 * frame, frame, 1);
        if (gesture == 'zoom') canvas.dispatchEvent(new WheelEvent('wheel', {
            bubbles: true, cancelable: true, clientX: x, clientY: y, deltaY: frame <= frames / 2 ? 40 : -40,
        }));
        if (gesture == 'blank') sheet.style.background = frame % 2 ? '#eee' : '#ddd';
        requestAnimationFrame(next);
    };
    requestAnimationFrame(next);";

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_of_a_gesture_is_measured_beside_a_blank_one() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    let page = hand.text("return location.origin").await;
    let sizes = std::env::var("WAYMARK_STEPS").unwrap_or_else(|_| "1000".to_owned());
    for steps in sizes.split(',') {
        hand.go_to(&format!("{page}/?nodes={steps}")).await;
        hand.until("the journey was shown", "return window.__bench_ready > 0").await;
        hand.until("it was checked", "return performance.getEntriesByName('check').length > 0").await;
        measure(&hand, steps).await;
    }
    hand.close().await;
}

async fn measure(hand: &Hand, steps: &str) {
    let transform = "return document.querySelector('.world').style.transform";
    for gesture in ["pan", "drag", "zoom"] {
        let before = hand.text(transform).await;
        // before and after, so that a machine that gets busier in between counts for both
        let mut blank = times(hand, "blank").await;
        let mut found = times(hand, gesture).await;
        blank.extend(times(hand, "blank").await);
        let after = hand.text(transform).await;
        match gesture {
            "pan" => assert_ne!(before, after, "the canvas moves"),
            "drag" => {
                hand.until("a step moved", "return document.querySelector('[data-test=undo]').title.includes('Move')")
                    .await
            }
            _ => {}
        }
        let (of_gesture, of_blank) = (share(&mut found, 0.95), share(&mut blank, 0.95));
        println!(
            "{steps} steps: {gesture} {:.0} ms a frame, 95 % within {of_gesture:.0} ms; blank {:.0} ms, 95 % within \
             {of_blank:.0} ms: {:.2} times",
            share(&mut found, 0.5),
            share(&mut blank, 0.5),
            of_gesture / of_blank
        );
    }
}

async fn times(hand: &Hand, gesture: &str) -> Vec<f64> {
    let played = hand.play(PLAY, gesture).await;
    let times: Vec<f64> = played.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    assert!(times.len() > 10, "{gesture}: {played}");
    times
}

/// The time that this share of all is within.
fn share(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * share).round() as usize]
}
