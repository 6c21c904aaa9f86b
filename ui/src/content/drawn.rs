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

/// A text message in its bubble, and how large it is: as it is typed, and for whom it is shown.
pub fn text_message(view: &PreviewView) -> AnyView {
    let body = part(view, "Body").map(str::to_owned);
    let row = |name: &'static str, test: &'static str, size: &Option<String>| {
        size.clone().map(|size| view! { <div><dt>{name}</dt><dd data-test=test>{size}"."</dd></div> })
    };
    view! {
        <div class="telephone">
            {body.map(|body| view! { <p class="bubble" dir="auto">{body}</p> })}
        </div>
        <div role="status">
            <dl class="sms-size">
                {row("As typed", "sms-typed", &view.sms_typed)}
                {row("For this person", "sms-size", &view.sms)}
            </dl>
        </div>
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
        // What the system fetches by itself: here nothing is.
        let pictures = [
            ("Icon", "ImageIconUrl"),
            ("Small icon", "SmallImageIconUrl"),
            ("Picture", "ImageUrl"),
            ("Picture, film or sound", "MediaUrl"),
        ];
        let pictures = pictures.map(|(word, member)| part(member).map(|address| picture(word, address)));
        view! { <figure><figcaption class:bad=bad>{format!("{system}, {size}")}</figcaption>{drawn}{pictures.into_iter().collect_view()}</figure> }
    };
    view! { <div class="telephone">{view.services.iter().map(one).collect_view()}</div> }.into_any()
}

/// What is spoken: of SSML the words, without its tags.
pub fn voice(view: &PreviewView) -> AnyView {
    let body = part(view, "Body").map(|body| match body.trim_start().starts_with("<speak") {
        // A pause is no word, and parts those around it.
        true => plain_text(&body.replace("<break", " <break")),
        false => body.to_owned(),
    });
    body.map(|body| view! { <p class="spoken" dir="auto">{body}</p> }).into_any()
}

/// Something that would be fetched, by its address: nothing is, in this window.
fn picture(word: &'static str, address: String) -> AnyView {
    view! { <p class="picture"><span>{word}</span><span class="clip" title=address.clone()>{address.clone()}</span></p> }.into_any()
}

/// An in-app message over a page of the app, as its layout places it; it has no variables.
pub fn in_app() -> AnyView {
    let store = store();
    let layout = value_at(store, path!["Layout"]);
    let content = value_at(store, path!["Content"]);
    let layout =
        Memo::new(move |_| layout.get().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default());
    let class = move || format!("in-app {}", layout.with(|layout| layout.to_lowercase().replace('_', "-")));
    let words = move || match layout.get().as_str() {
        "TOP_BANNER" => "A banner at the top of the page",
        "MIDDLE_BANNER" => "A banner in the middle of the page",
        "BOTTOM_BANNER" => "A banner at the bottom of the page",
        "OVERLAYS" => "Over the whole screen",
        "MOBILE_FEED" => "In a window in front of the page",
        "CAROUSEL" => "Pages to swipe through",
        _ => "No layout is chosen",
    };
    let pages = move || {
        let pages: Vec<Value> = content.get().and_then(|value| value.as_array().cloned()).unwrap_or_default();
        let shown = if layout.with(|layout| layout == "CAROUSEL") { pages.len() } else { 1 };
        let count = pages.len();
        let number = move |n: usize| {
            (shown > 1).then(|| view! { <span class="in-app-number">{format!("{} of {count}", n + 1)}</span> })
        };
        let page =
            |(n, page): (usize, &Value)| view! { <div class="in-app-place">{in_app_page(page)}{number(n)}</div> };
        pages.iter().take(shown).enumerate().map(page).collect_view()
    };
    view! {
        <figure class="app-figure">
            <figcaption data-test="in-app-layout">{words}</figcaption>
            <div class="telephone app-screen"><div class="app-page" aria-hidden="true"></div><div class=class tabindex=move || layout.with(|layout| layout == "CAROUSEL").then_some("0")>{pages}</div></div>
        </figure>
    }
    .into_any()
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
            {text(&["ImageUrl"]).filter(|url| !url.is_empty()).map(|url| picture("Picture", url))}
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
