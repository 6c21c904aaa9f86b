//! The bridge's two transports: the Tauri command `call` in the desktop window, HTTP in a browser.
//!
//! JSON texts travel on both, so that the spelling of numbers survives.

use bridge::{Command, Failure, FailureCode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["window", "__TAURI__", "core"], catch)]
    async fn invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;
}

/// Whether the page runs in the desktop window.
pub fn in_desktop() -> bool {
    web_sys::window().is_some_and(|window| js_sys::Reflect::has(&window, &"__TAURI__".into()).unwrap_or(false))
}

/// Asks the machine.
///
/// # Errors
/// As the command says; also when the machine does not answer.
pub async fn call<C: Command>(command: &C) -> Result<C::Answer, Failure> {
    let body = serde_json::to_string(command).map_err(|error| internal(&error.to_string()))?;
    let answer = if in_desktop() { by_tauri(C::NAME, &body).await } else { by_http(C::NAME, &body).await };
    match answer {
        Ok(text) => serde_json::from_str(&text).map_err(|error| internal(&error.to_string())),
        Err(text) => Err(serde_json::from_str(&text).unwrap_or_else(|_| internal(&text))),
    }
}

/// Lets the person pick a folder with the desktop's own dialog of that title; `None` = cancelled, or not in the desktop.
pub async fn pick_folder(title: &str) -> Option<String> {
    invoke("pick_folder", arguments(&[("title", title)]).ok()?).await.ok()?.as_string()
}

/// Lets the person pick a file, at first among those with one of these endings, with the desktop's own dialog of that title;
/// `None` = cancelled, or not in the desktop.
pub async fn pick_file(title: &str, endings: &[&str]) -> Option<String> {
    let arguments = arguments(&[("title", title)]).ok()?;
    let endings: js_sys::Array = endings.iter().map(|ending| JsValue::from(*ending)).collect();
    js_sys::Reflect::set(&arguments, &"endings".into(), &endings).ok()?;
    invoke("pick_file", arguments).await.ok()?.as_string()
}

/// Lets the person say where a file of that name goes, with the desktop's own dialog; `None` = cancelled.
pub async fn pick_target(name: &str) -> Option<String> {
    invoke("pick_target", arguments(&[("name", name)]).ok()?).await.ok()?.as_string()
}

/// Opens another window, on the start; answers whether there is one now.
pub async fn open_window() -> bool {
    if in_desktop() {
        return invoke("open_window", js_sys::Object::new().into()).await.is_ok();
    }
    web_sys::window().and_then(|window| window.open_with_url_and_target("?new", "_blank").ok().flatten()).is_some()
}

async fn by_tauri(name: &str, body: &str) -> Result<String, String> {
    let arguments = arguments(&[("name", name), ("body", body)]).map_err(|error| text_of(&error))?;
    match invoke("call", arguments).await {
        Ok(answer) => answer.as_string().ok_or_else(|| "the window got no text back".to_owned()),
        Err(error) => Err(text_of(&error)),
    }
}

/// Arguments of one of the shell's commands.
fn arguments(values: &[(&str, &str)]) -> Result<JsValue, JsValue> {
    let arguments = js_sys::Object::new();
    for (key, value) in values {
        js_sys::Reflect::set(&arguments, &(*key).into(), &(*value).into())?;
    }
    Ok(arguments.into())
}

async fn by_http(name: &str, body: &str) -> Result<String, String> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&body.into());
    let headers = web_sys::Headers::new().map_err(|error| text_of(&error))?;
    headers.set("content-type", "application/json").map_err(|error| text_of(&error))?;
    init.set_headers(&headers);
    let window = web_sys::window().ok_or("there is no window")?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(&format!("bridge/{name}"), &init))
        .await
        .map_err(|_| "Waymark's server does not answer: is `waymark studio --web` still running?".to_owned())?;
    let answer: web_sys::Response = answer.unchecked_into();
    let text =
        JsFuture::from(answer.text().map_err(|error| text_of(&error))?).await.map_err(|error| text_of(&error))?;
    let text = text.as_string().unwrap_or_default();
    if answer.ok() { Ok(text) } else { Err(text) }
}

fn text_of(value: &JsValue) -> String {
    value.as_string().unwrap_or_else(|| format!("{value:?}"))
}

fn internal(message: &str) -> Failure {
    Failure { code: FailureCode::Internal, message: message.to_owned(), help: String::new() }
}
