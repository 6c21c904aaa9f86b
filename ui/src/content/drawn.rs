//! Messages as they look where they arrive.

use bridge::{PreviewView, ServiceMessage};
use leptos::prelude::*;
use model::path;
use serde_json::Value;
use templates::plain_text;

use crate::form::value_at;
use crate::store::store;

fn part<'a>(view: &'a PreviewView, name: &str) -> Option<&'a str> {
    view.parts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str()).filter(|text| !text.is_empty())
}

/// An e-mail: the line in the mailbox, the page, the plain text.
pub fn mail(view: &PreviewView, narrow: bool, dark: bool) -> AnyView {
    let subject = part(view, "Subject").unwrap_or("(no subject)").to_owned();
    let html = part(view, "HtmlPart").map(str::to_owned);
    let plain = part(view, "TextPart").map(str::to_owned);
    if html.is_none() && plain.is_none() {
        return view! { <p class="note">"The message is empty."</p> }.into_any();
    }
    let first = html.as_deref().map(beside_the_subject).or_else(|| plain.clone()).unwrap_or_default();
    view! {
        <div class="inbox-line"><strong class="clip">{subject}</strong><span class="clip">{first.chars().take(120).collect::<String>()}</span></div>
        {html.map(|html| {
            let (class, scheme) = (if narrow { "page narrow" } else { "page" }, if dark { "color-scheme: dark" } else { "color-scheme: light" });
            view! { <iframe class=class class:dark=dark style=scheme sandbox="" title="The message" srcdoc=sealed(&html)></iframe> }
        })}
        {plain.map(|text| plain_part("As plain text", text))}
        {view.made_text.clone().map(|text| plain_part("As plain text, made from the HTML", text))}
    }
    .into_any()
}

fn plain_part(summary: &'static str, text: String) -> impl IntoView {
    view! { <details><summary>{summary}</summary><pre dir="auto" class="plain">{text}</pre></details> }
}

/// A page without scripts and network: its frame has no permission at all, and a policy of its own.
pub fn sealed(html: &str) -> String {
    format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">{html}"
    )
}

/// What a mailbox shows beside the subject: the first words of the page, hidden ones too, as preheaders are.
fn beside_the_subject(html: &str) -> String {
    let shown = html.replace("display:none", "").replace("display: none", "");
    plain_text(&shown).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text message in its bubble, and what it costs in parts.
pub fn text_message(view: &PreviewView) -> AnyView {
    let size = view.sms.map(|size| {
        let messages = if size.parts == 1 { "1 message".to_owned() } else { format!("{} messages", size.parts) };
        let why = if size.is_unicode { ", written in the long encoding because a character needs it" } else { "" };
        format!("{messages}, {} characters left{why}", size.left)
    });
    let body = part(view, "Body").map(str::to_owned);
    view! {
        <div class="telephone">
            {body.map(|body| view! { <p class="bubble" dir="auto">{body}</p> })}
        </div>
        {size.map(|size| view! { <p class="note" role="status" data-test="sms-size">{size}</p> })}
        {parts_by_country(view)}
    }
    .into_any()
}

/// How many people of each country get how many parts: providers count parts, and price them by country.
fn parts_by_country(view: &PreviewView) -> Option<impl IntoView + use<>> {
    let rows = &view.parts_by_country;
    // One figure for everybody says no more than the size above.
    (rows.iter().map(|(_, parts, _)| parts).collect::<std::collections::BTreeSet<_>>().len() > 1).then(|| {
        let row = |(country, parts, people): &(String, u64, u64)| {
            let country = if country.is_empty() { "no country".to_owned() } else { country.clone() };
            let parts = if *parts == 1 { "1 message".to_owned() } else { format!("{parts} messages") };
            view! { <tr><th scope="row">{country}</th><td>{parts}</td><td class="number">{*people}</td></tr> }
        };
        view! {
            <details>
                <summary>"By country"</summary>
                <table class="variables">
                    <thead><tr><th scope="col">"Country"</th><th scope="col">"Each gets"</th><th scope="col">"People"</th></tr></thead>
                    <tbody>{rows.iter().map(row).collect_view()}</tbody>
                </table>
            </details>
        }
    })
}

/// A notification as each service is sent it: as the two systems draw it, or the content that the app reads.
pub fn push(view: &PreviewView) -> AnyView {
    let one = |message: &ServiceMessage| {
        let part = |name: &str| {
            let text = message.parts.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
            text.filter(|text| !text.is_empty())
        };
        let (system, class) = match message.service.as_str() {
            "APNS" => ("iPhone (APNS)", "notification ios"),
            "GCM" => ("Android (FCM)", "notification android"),
            "ADM" => ("Amazon devices (ADM)", "notification android"),
            _ => ("Baidu", "notification android"),
        };
        let size = format!("{} of at most {} bytes", message.bytes, message.most);
        let drawn = match part("RawContent") {
            Some(raw) => view! { <pre class="plain">{raw}</pre> }.into_any(),
            None => view! {
                <div class=class>
                    <span class="app" aria-hidden="true"></span>
                    <div><strong class="clip">{part("Title").unwrap_or_default()}</strong><p dir="auto">{part("Body").unwrap_or_default()}</p></div>
                    <span class="when">"now"</span>
                </div>
            }
            .into_any(),
        };
        let bad = message.bytes > message.most;
        view! { <figure><figcaption class:bad=bad>{format!("{system}, {size}")}</figcaption>{drawn}</figure> }
    };
    view! { <div class="telephone">{view.services.iter().map(one).collect_view()}</div> }.into_any()
}

/// What is spoken: of SSML the words, without its tags.
pub fn voice(view: &PreviewView) -> AnyView {
    let body = part(view, "Body").map(|body| match body.trim_start().starts_with("<speak") {
        true => plain_text(body),
        false => body.to_owned(),
    });
    body.map(|body| view! { <p class="spoken" dir="auto">{body}</p> }).into_any()
}

/// The layout of an in-app message; it has no variables.
pub fn in_app() -> AnyView {
    let store = store();
    let layout = value_at(store, path!["Layout"]);
    let content = value_at(store, path!["Content"]);
    let class = move || {
        let layout = layout.get().and_then(|value| value.as_str().map(str::to_lowercase)).unwrap_or_default();
        format!("in-app {}", layout.replace('_', "-"))
    };
    let pages = move || {
        let pages: Vec<Value> = content.get().and_then(|value| value.as_array().cloned()).unwrap_or_default();
        pages.iter().map(in_app_page).collect_view()
    };
    view! { <div class="telephone app-screen"><div class=class>{pages}</div></div> }.into_any()
}

fn in_app_page(page: &Value) -> AnyView {
    let text = |place: &[&str]| {
        place.iter().try_fold(page, |value, name| value.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
    let color = |value: Option<String>, fallback: &str| {
        value.filter(|color| is_color(color)).unwrap_or_else(|| fallback.to_owned())
    };
    let paper = color(text(&["BackgroundColor"]), "#ffffff");
    let block = |config: &str, member: &str, class: &'static str| {
        let words = text(&[config, member])?;
        let ink = color(text(&[config, "TextColor"]), "#1b2430");
        let align = text(&[config, "Alignment"])
            .map(|side| side.to_lowercase())
            .filter(|side| ["left", "center", "right"].contains(&side.as_str()));
        let style = format!("color: {ink}; text-align: {}", align.as_deref().unwrap_or("left"));
        Some(view! { <p class=class style=style dir="auto">{words}</p> })
    };
    let button = |config: &str| {
        let words = text(&[config, "DefaultConfig", "Text"])?;
        let (ink, ground) = (
            color(text(&[config, "DefaultConfig", "TextColor"]), "#ffffff"),
            color(text(&[config, "DefaultConfig", "BackgroundColor"]), "#1a5fd0"),
        );
        Some(view! { <span class="in-app-button" style=format!("color: {ink}; background: {ground}")>{words}</span> })
    };
    view! {
        <div class="in-app-page" style=format!("background: {paper}")>
            {text(&["ImageUrl"]).filter(|url| !url.is_empty()).map(|_| view! { <span class="in-app-image">"Picture"</span> })}
            {block("HeaderConfig", "Header", "in-app-header")}
            {block("BodyConfig", "Body", "in-app-body")}
            <div class="in-app-buttons">{button("PrimaryBtn")}{button("SecondaryBtn")}</div>
        </div>
    }
    .into_any()
}

/// `#rgb` or `#rrggbb`: nothing else may go into a style.
fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| matches!(hex.len(), 3 | 6) && hex.chars().all(|c| c.is_ascii_hexdigit()))
}
