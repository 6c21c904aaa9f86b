//! A person's hand on the studio, through WebDriver.

use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, WheelAction, WheelActions,
};
use fantoccini::error::CmdError;
use fantoccini::wd::TimeoutConfiguration;
use serde_json::Value;

use super::barriers::Barriers;
use super::chromium::Look;
use super::{PATIENCE, chromium};

/// Keys without a letter, as WebDriver writes them.
pub const DELETE: char = '\u{e017}';
pub const ENTER: char = '\u{e007}';
pub const ESCAPE: char = '\u{e00c}';
pub const LEFT: char = '\u{e012}';
pub const RIGHT: char = '\u{e014}';
const SHIFT: char = '\u{e008}';
const CONTROL: char = '\u{e009}';
const TAB: char = '\u{e004}';

/// A hand with a mouse and a keyboard, and the eyes that go with it.
pub struct Hand {
    client: Client,
    barriers: Barriers,
    /// Whether the browser can be told to be light or dark.
    looks: bool,
}

impl Hand {
    /// The hand of a session.
    pub fn new(client: Client) -> Hand {
        Hand { client, barriers: Barriers::default(), looks: false }
    }

    /// The hand of a session with Chromium.
    pub fn in_chromium(client: Client) -> Hand {
        Hand { looks: true, ..Hand::new(client) }
    }

    /// Ends the session; fails when there were barriers where it looked.
    pub async fn close(self) {
        let _ = self.client.close().await;
        self.barriers.end();
    }

    /// Looks for barriers in what is shown; `view` names it.
    pub async fn look(&self, view: &str) {
        self.barriers.look_at(self, view).await;
    }

    /// What was looked at.
    pub fn barriers(&self) -> &Barriers {
        &self.barriers
    }

    /// Has the desktop be light or dark, and nothing move; `None` = as it was. Answers whether the browser does as it is told.
    pub async fn shown(&self, look: Option<Look>) -> bool {
        if self.looks {
            chromium::show(&self.client, look).await;
        }
        self.looks
    }

    /// Waits until what was changed is painted.
    pub async fn painted(&self) {
        let _ = self.ask_later("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))").await;
    }

    /// Loads the page anew.
    pub async fn load_anew(&self) {
        self.client.refresh().await.expect("the page");
    }

    /// Whether a page answers: waits until it has painted an element that the selector names.
    pub async fn is_alive(&self, painted: &str) -> bool {
        let start = Instant::now();
        let there = format!("return document.querySelectorAll('{painted}').length > 0");
        while start.elapsed() < PATIENCE {
            match self.client.execute(&there, Vec::new()).await {
                Ok(Value::Bool(true)) => return true,
                Ok(_) => {}
                Err(error) if error.to_string().contains("session") => return false,
                Err(_) => {}
            }
            let _ = self.client.execute_async("requestAnimationFrame(arguments[0])", Vec::new()).await;
        }
        false
    }

    /// What a script answers.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or(Value::Null)
    }

    /// Opens another page.
    pub async fn go_to(&self, address: &str) {
        self.client.goto(address).await.expect("the page");
    }

    /// What a script answers once it is done: it gets `what`, and what to call then.
    pub async fn play(&self, script: &str, what: &str) -> Value {
        let patience = TimeoutConfiguration::new(Some(2 * PATIENCE), None, None);
        self.client.update_timeouts(patience).await.expect("the driver waits so long");
        self.client.execute_async(script, vec![what.into()]).await.expect("the script ends")
    }

    /// What a script hands to the function that is its last argument.
    pub async fn ask_later(&self, script: &str) -> Value {
        self.client.execute_async(script, Vec::new()).await.unwrap_or(Value::Null)
    }

    /// Presses Tab until the keyboard is at an element, at most three times around.
    pub async fn tab_to(&self, selector: &str) {
        const MOST: usize = 400;
        self.until(&format!("`{selector}` is there"), &format!("return !!document.querySelector(\"{selector}\")"))
            .await;
        for _ in 0..MOST {
            let at = format!("return document.activeElement?.matches(\"{selector}\") === true");
            if self.ask(&at).await == Value::Bool(true) {
                return;
            }
            self.key(TAB).await;
        }
        panic!("the keyboard does not get to `{selector}`");
    }

    /// Types into what has the keyboard.
    pub async fn type_text(&self, text: &str) {
        self.keys(text.chars().flat_map(|key| [KeyAction::Down { value: key }, KeyAction::Up { value: key }])).await;
    }

    /// What a script answers, as text.
    pub async fn text(&self, script: &str) -> String {
        self.ask(script).await.as_str().expect("a text").to_owned()
    }

    /// What a script answers, as a whole number.
    pub async fn number(&self, script: &str) -> u64 {
        self.ask(script).await.as_u64().expect("a number")
    }

    /// Waits until a script answers true.
    pub async fn until(&self, what: &str, script: &str) {
        let start = Instant::now();
        loop {
            if self.ask(script).await == Value::Bool(true) {
                return;
            }
            if start.elapsed() > PATIENCE {
                let notice = self.ask("return document.querySelector('[data-test=notice]')?.textContent ?? ''").await;
                let body = self.ask("return document.body.innerText.slice(0, 1500)").await;
                self.keep_failure().await;
                panic!("waited in vain until {what}; notice: {notice}; page: {body}");
            }
            // The page answers when it has painted: ask again after its next frame.
            let _ = self.client.execute_async("requestAnimationFrame(arguments[0])", Vec::new()).await;
        }
    }

    /// Keeps how the window looked when something failed.
    async fn keep_failure(&self) {
        if let Ok(picture) = self.take_picture().await {
            drop(std::fs::write(super::shots().join("failure.png"), picture));
        }
    }

    /// The middle of an element, scrolled into view; where cards glide to their places, once they stand.
    pub async fn middle(&self, selector: &str) -> (f64, f64) {
        self.until(&format!("`{selector}` is there"), &format!("return !!document.querySelector(\"{selector}\")"))
            .await;
        self.until(
            "cards stand still",
            "document.body.getBoundingClientRect(); \
             return !document.getAnimations().some(a => a instanceof CSSTransition && a.playState == 'running')",
        )
        .await;
        // What was just unfolded is scrolled to once it has its place.
        self.until(
            &format!("`{selector}` is in view"),
            &format!(
                "const e = document.querySelector(\"{selector}\"); if (e.closest('.canvas')) return true; \
                 e.scrollIntoView({{block: 'nearest'}}); const r = e.getBoundingClientRect(), x = r.x + r.width / 2, \
                 y = r.y + r.height / 2; return x >= 0 && y >= 0 && x < innerWidth && y < innerHeight"
            ),
        )
        .await;
        let script = format!(
            "const r = document.querySelector(\"{selector}\").getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]"
        );
        let place = self.ask(&script).await;
        (place[0].as_f64().expect("x"), place[1].as_f64().expect("y"))
    }

    /// Presses an element with the mouse.
    pub async fn press(&self, selector: &str) {
        let enabled = format!("return document.querySelector(\"{selector}\")?.disabled === false");
        if self.ask(&format!("return document.querySelector(\"{selector}\")?.tagName === 'BUTTON'")).await
            == Value::Bool(true)
        {
            self.until(&format!("`{selector}` can be pressed"), &enabled).await;
        }
        let at = self.middle(selector).await;
        self.mouse(vec![to(at), down(), up()]).await;
    }

    /// Unfolds a `details` element; presses again where what lies above it changed its height under the pointer.
    pub async fn unfold(&self, details: &str) {
        let open = format!("return document.querySelector(\"{details}\")?.open === true");
        for _ in 0..5 {
            self.press(&format!("{details} summary")).await;
            let frames = "const done = arguments[0]; let n = 30; const next = () => n-- ? requestAnimationFrame(next) : done(); next()";
            let _ = self.client.execute_async(frames, Vec::new()).await;
            if self.ask(&open).await == Value::Bool(true) {
                return;
            }
        }
        self.keep_failure().await;
        panic!("`{details}` does not unfold");
    }

    /// Presses a drawn line, at a share of its length.
    pub async fn press_line(&self, selector: &str, share: f64) {
        let at = self.on_line(selector, share).await;
        self.mouse(vec![to(at), down(), up()]).await;
    }

    /// Where a drawn line is in the window, at a share of its length.
    pub async fn on_line(&self, selector: &str, share: f64) -> (f64, f64) {
        self.until(&format!("`{selector}` is there"), &format!("return !!document.querySelector(\"{selector}\")"))
            .await;
        // The drawing is one canvas unit wide. Its matrix is not asked: WebKit leaves the zoom of what is around out of it.
        let script = format!(
            "const e = document.querySelector(\"{selector}\"), r = e.ownerSVGElement.getBoundingClientRect(); \
             const p = e.getPointAtLength(e.getTotalLength() * {share}); \
             return [r.x + p.x * r.width, r.y + p.y * r.width]"
        );
        self.place(&script).await
    }

    /// Presses an element at shares of its width and height.
    pub async fn press_in(&self, selector: &str, across: f64, along: f64) {
        self.middle(selector).await;
        let script = format!(
            "const r = document.querySelector(\"{selector}\").getBoundingClientRect(); \
             return [r.x + r.width * {across}, r.y + r.height * {along}]"
        );
        let at = self.place(&script).await;
        self.mouse(vec![to(at), down(), up()]).await;
    }

    /// Two corners of a frame that is a little wider than these elements together.
    pub async fn around(&self, selectors: &[&str]) -> ((f64, f64), (f64, f64)) {
        for selector in selectors {
            self.middle(selector).await;
        }
        let corner = |least: &str, x: &str, y: &str, by: i32| {
            format!(
                "const all = [...document.querySelectorAll(\"{}\")].map(e => e.getBoundingClientRect()); \
                 return [Math.{least}(...all.map(r => r.{x})) + {by}, Math.{least}(...all.map(r => r.{y})) + {by}]",
                selectors.join(", ")
            )
        };
        (self.place(&corner("min", "left", "top", -9)).await, self.place(&corner("max", "right", "bottom", 9)).await)
    }

    /// Presses an element while Shift is held.
    pub async fn press_with_shift(&self, selector: &str) {
        let at = self.middle(selector).await;
        self.with_shift(vec![to(at), down(), up()]).await;
    }

    /// Drags while Shift is held.
    pub async fn drag_with_shift(&self, from: (f64, f64), at: (f64, f64)) {
        let half = ((from.0 + at.0) / 2.0, (from.1 + at.1) / 2.0);
        self.with_shift(vec![to(from), down(), to(half), to(at), up()]).await;
    }

    async fn with_shift(&self, actions: Vec<PointerAction>) {
        // keys stay down from one list of actions to the next
        self.keys([KeyAction::Down { value: SHIFT }]).await;
        self.mouse(actions).await;
    }

    /// Presses, and moves to another place without letting go.
    pub async fn hold(&self, from: (f64, f64), at: (f64, f64)) {
        let half = ((from.0 + at.0) / 2.0, (from.1 + at.1) / 2.0);
        self.pointer(vec![to(from), down(), to(half), to(at)]).await;
    }

    /// Lets go of what is held.
    pub async fn let_go(&self, at: (f64, f64)) {
        self.mouse(vec![to(at), up()]).await;
    }

    /// Presses a key.
    pub async fn key(&self, key: char) {
        self.keys([KeyAction::Down { value: key }, KeyAction::Up { value: key }]).await;
    }

    /// Presses a key with Control.
    pub async fn chord(&self, key: char) {
        let keys = [KeyAction::Down { value: CONTROL }, KeyAction::Down { value: key }];
        self.keys(keys.into_iter().chain([KeyAction::Up { value: key }, KeyAction::Up { value: CONTROL }])).await;
    }

    /// Types into what has the keyboard and leaves it.
    pub async fn write(&self, text: &str) {
        let keys = text.chars().chain([TAB]);
        self.keys(keys.flat_map(|key| [KeyAction::Down { value: key }, KeyAction::Up { value: key }])).await;
    }

    async fn keys(&self, actions: impl IntoIterator<Item = KeyAction>) {
        let keys = actions.into_iter().fold(KeyActions::new("keyboard".to_owned()), |keys, action| keys.then(action));
        self.client.perform_actions(keys).await.expect("the keys are pressed");
    }

    /// Drags from one place in the window to another.
    pub async fn drag(&self, from: (f64, f64), at: (f64, f64)) {
        let half = ((from.0 + at.0) / 2.0, (from.1 + at.1) / 2.0);
        self.mouse(vec![to(from), down(), to(half), to(at), up()]).await;
    }

    /// Drags in a single move, as a quick hand does.
    pub async fn jump(&self, from: (f64, f64), at: (f64, f64)) {
        self.mouse(vec![to(from), down(), to(at), up()]).await;
    }

    /// Drags in small moves, one every `pause`, each by the same step.
    pub async fn glide(&self, from: (f64, f64), step: (f64, f64), moves: usize, pause: Duration) {
        let at = |n: usize| (from.0 + step.0 * n as f64, from.1 + step.1 * n as f64);
        let moves = (1..=moves).map(|n| PointerAction::MoveTo {
            duration: Some(pause),
            x: at(n).0.round(),
            y: at(n).1.round(),
        });
        self.mouse([to(from), down()].into_iter().chain(moves).chain([up()]).collect()).await;
    }

    /// Turns the wheel, a notch every `pause`.
    pub async fn wheel(&self, at: (f64, f64), by: i64, notches: usize, pause: Duration) {
        let notch = WheelAction::Scroll {
            duration: Some(pause),
            x: at.0.round() as i64,
            y: at.1.round() as i64,
            delta_x: 0,
            delta_y: by,
        };
        let wheel = (0..notches).fold(WheelActions::new("wheel".to_owned()), |wheel, _| wheel.then(notch.clone()));
        self.client.perform_actions(wheel).await.expect("the wheel turns");
    }

    /// A place of an element where nothing lies on it.
    pub async fn blank(&self, selector: &str) -> (f64, f64) {
        let script = format!(
            "const e = document.querySelector(\"{selector}\"), r = e.getBoundingClientRect(); \
             for (let y = r.top + 8; y < r.bottom - 80; y += 11) for (let x = r.left + 8; x < r.right - 140; x += 13) \
             if (document.elementFromPoint(x, y) === e) return [x, y]"
        );
        self.place(&script).await
    }

    /// The middle of the first of several elements that lies well inside the window.
    pub async fn inner(&self, selector: &str) -> (f64, f64) {
        let script = format!(
            "for (const e of document.querySelectorAll(\"{selector}\")) {{ const r = e.getBoundingClientRect(); \
             if (r.left > 250 && r.top > 100 && r.right < innerWidth - 480 && r.bottom < innerHeight - 280) \
             return [r.x + r.width / 2, r.y + r.height / 2] }}"
        );
        self.place(&script).await
    }

    async fn place(&self, script: &str) -> (f64, f64) {
        let place = self.ask(script).await;
        (place[0].as_f64().expect("x"), place[1].as_f64().expect("y"))
    }

    /// Replaces the text of a field and leaves it.
    pub async fn type_into(&self, selector: &str, text: &str) {
        self.press(selector).await;
        // Control and A choose the old text, the new one replaces it, Tab leaves: one change, as a person makes it.
        let all = [KeyAction::Down { value: CONTROL }, KeyAction::Down { value: 'a' }]
            .into_iter()
            .chain([KeyAction::Up { value: 'a' }, KeyAction::Up { value: CONTROL }]);
        let typed = text.chars().chain([TAB]);
        self.keys(all.chain(typed.flat_map(|key| [KeyAction::Down { value: key }, KeyAction::Up { value: key }])))
            .await;
    }

    /// The window as it looks, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.take_picture().await.expect("a picture")
    }

    /// WebKit hands over what it paints next, and without layers it paints only what changed: something invisible does.
    async fn take_picture(&self) -> Result<Vec<u8>, CmdError> {
        const CHANGE: &str = "window.changing = setInterval(() => \
            document.body.style.outline = document.body.style.outline ? '' : '1px solid transparent', 20)";
        const REST: &str = "clearInterval(window.changing); document.body.style.outline = ''";
        if self.looks {
            return self.client.screenshot().await;
        }
        self.client.execute(CHANGE, Vec::new()).await?;
        let picture = self.client.screenshot().await;
        self.client.execute(REST, Vec::new()).await?;
        picture
    }

    /// Keeps a picture of the window.
    pub async fn shot(&self, path: &Path) {
        std::fs::write(path, self.picture().await).expect("the picture is written");
        println!("picture: {}", path.display());
    }

    async fn mouse(&self, actions: Vec<PointerAction>) {
        self.pointer(actions).await;
        self.client.release_actions().await.expect("the mouse rests");
    }

    async fn pointer(&self, actions: Vec<PointerAction>) {
        let mouse = actions.into_iter().fold(MouseActions::new("mouse".to_owned()), |mouse, action| mouse.then(action));
        if let Err(error) = self.client.perform_actions(mouse).await {
            self.keep_failure().await;
            panic!("the mouse moves: {error}");
        }
    }
}

fn to((x, y): (f64, f64)) -> PointerAction {
    PointerAction::MoveTo { duration: Some(std::time::Duration::from_millis(30)), x: x.round(), y: y.round() }
}

fn down() -> PointerAction {
    PointerAction::Down { button: MOUSE_BUTTON_LEFT }
}

fn up() -> PointerAction {
    PointerAction::Up { button: MOUSE_BUTTON_LEFT }
}
