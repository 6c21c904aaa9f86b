//! A text with tags and variables: coloured, and variables and helpers offered while they are typed.

use std::time::Duration;

use leptos::html::{Div, Textarea};
use leptos::prelude::*;
use model::Path;
use serde_json::Value;
use templates::{Mark, helper_names, marks};
use wasm_bindgen::JsCast;

use crate::form::{value_at, write};
use crate::latest::Pause;
use crate::store::{Store, store};

/// After the last key, before the text is taken over as one edit.
const PAUSE: Duration = Duration::from_millis(350);
/// Suggestions shown at most.
const MOST: usize = 8;
/// Members of an endpoint that every project has.
const ALWAYS: [&str; 5] = ["Address", "ChannelType", "Id", "User.UserId", "Location.Country"];

/// What is offered at the place of the caret.
#[derive(Clone, Debug, Default, PartialEq)]
struct Offer {
    /// Where the word begins that is being typed, in bytes.
    from: usize,
    /// Words that fit.
    words: Vec<String>,
    /// The chosen one.
    chosen: usize,
}

/// The editor of one member.
#[component]
pub fn Code(label: &'static str, path: Path, rows: u32) -> impl IntoView {
    let store = store();
    let value = value_at(store, path.clone());
    let written =
        Memo::new(move |_| value.with(|value| value.as_ref()?.as_str().map(str::to_owned)).unwrap_or_default());
    let id = format!("field:{path}");
    let take = Callback::new(move |text| write(store, &path, Some(Value::String(text))));
    view! { <CodeText label=label id=id written=written rows=rows take=take /> }
}

/// The editor of a text: `take` is given it when nobody has typed for a while, or the editor is left.
#[component]
pub fn CodeText(
    #[prop(into)] label: String,
    id: String,
    written: Memo<String>,
    rows: u32,
    take: Callback<String>,
) -> impl IntoView {
    let store = store();
    let text = RwSignal::new(String::new());
    let pause = Pause::new(PAUSE);
    Effect::new(move |_| {
        let now = written.get();
        // What is being typed is newer than what was taken over.
        if !pause.is_waiting() && text.with_untracked(|text| *text != now) {
            text.set(now);
        }
    });
    let area = NodeRef::<Textarea>::new();
    let under = NodeRef::<Div>::new();
    let offer = RwSignal::new(None::<Offer>);
    let take_over = move || {
        pause.end();
        let now = text.get_untracked();
        if written.with_untracked(|written| *written != now) {
            take.run(now);
        }
    };
    let typed = {
        move |event: leptos::ev::Event| {
            text.set(event_target_value(&event));
            offer.set(caret(area).and_then(|caret| text.with_untracked(|text| offered(store, text, caret))));
            pause.then(take_over);
        }
    };
    let accept = {
        move |word: &str| {
            let (Some(now), Some(caret)) = (offer.get_untracked(), caret(area)) else { return };
            let mut all = text.get_untracked();
            let closed = all.get(caret..).is_some_and(|rest| rest.trim_start_matches(' ').starts_with("}}"));
            let word =
                if closed || helper_names().any(|name| name == word) { word.to_owned() } else { format!("{word}}}}}") };
            all.replace_range(now.from..caret, &word);
            let end = all[..now.from + word.len()].encode_utf16().count();
            text.set(all.clone());
            offer.set(None);
            if let Some(area) = area.get_untracked() {
                area.set_value(&all);
                let end = u32::try_from(end).unwrap_or(u32::MAX);
                let _ = area.set_selection_range(end, end);
                let _ = area.focus();
            }
            pause.then(take_over);
        }
    };
    let keys = {
        move |event: leptos::ev::KeyboardEvent| {
            let Some(now) = offer.get_untracked() else { return };
            let count = now.words.len();
            match event.key().as_str() {
                "ArrowDown" => offer.update(|offer| step(offer, 1, count)),
                "ArrowUp" => offer.update(|offer| step(offer, count - 1, count)),
                "Enter" | "Tab" => {
                    if let Some(word) = now.words.get(now.chosen) {
                        accept(word);
                    }
                }
                "Escape" => {
                    offer.set(None);
                    event.stop_propagation();
                }
                _ => return,
            }
            event.prevent_default();
        }
    };
    let colored = move || {
        let at = offer.with(|offer| offer.as_ref().map(|offer| offer.from));
        text.with(|text| painted(text, at))
    };
    // The list stands at the word: the coloured text below has a mark there.
    let place = move || {
        offer.track();
        let mark = under.get()?.query_selector(".here").ok()??.dyn_into::<web_sys::HtmlElement>().ok()?;
        Some(format!("left: {}px; top: {}px", mark.offset_left(), mark.offset_top() + 22))
    };
    view! {
        <div class="field">
            <label class="name" for=id.clone()>{label}</label>
            <div class="coded">
                <div class="under" aria-hidden="true" node_ref=under inner_html=colored></div>
                <textarea
                    id=id
                    class="over"
                    node_ref=area
                    rows=rows
                    spellcheck="false"
                    aria-autocomplete="list"
                    prop:value=move || text.get()
                    on:input=typed
                    on:keydown=keys
                    on:blur=move |_| { take_over(); offer.set(None); }
                ></textarea>
                <Show when=move || offer.with(Option::is_some)>
                    <ul class="offer" role="listbox" aria-label="Variables and helpers" style=place>
                        {
                            move || {
                                let Some(now) = offer.get() else { return Vec::new() };
                                now.words.iter().enumerate().map(|(i, word)| {
                                    let chosen = word.clone();
                                    // before the text loses the focus
                                    let press = move |event: leptos::ev::MouseEvent| { event.prevent_default(); accept(&chosen); };
                                    view! {
                                        <li role="option" aria-selected=(i == now.chosen).to_string() on:mousedown=press>{word.clone()}</li>
                                    }
                                }).collect::<Vec<_>>()
                            }
                        }
                    </ul>
                </Show>
            </div>
        </div>
    }
}

fn step(offer: &mut Option<Offer>, by: usize, count: usize) {
    if let Some(offer) = offer {
        offer.chosen = (offer.chosen + by) % count.max(1);
    }
}

/// The caret's place in bytes.
fn caret(area: NodeRef<Textarea>) -> Option<usize> {
    let area = area.get_untracked()?;
    let units = area.selection_start().ok()?? as usize;
    let mut seen = 0;
    let text = area.value();
    let place = text.char_indices().find(|(_, c)| {
        let here = seen >= units;
        seen += c.len_utf16();
        here
    });
    Some(place.map_or(text.len(), |(at, _)| at))
}

/// What fits the word before the caret, when it stands in open braces.
fn offered(store: Store, text: &str, caret: usize) -> Option<Offer> {
    let before = text.get(..caret)?;
    let open = before.rfind("{{")?;
    let inside = before.get(open + 2..)?;
    if inside.contains("}}") {
        return None;
    }
    let word = inside.rsplit([' ', '{', '(', '#', '/', '~', '=']).next().unwrap_or_default();
    let wanted = word.to_lowercase();
    let known = store.known.found(store);
    let mut words: Vec<String> =
        known.with_untracked(|known| known.of_people.iter().map(|member| member.path.clone()).collect());
    words.extend(ALWAYS.iter().map(|name| (*name).to_owned()));
    words.extend(helper_names().map(str::to_owned));
    let mut seen = std::collections::BTreeSet::new();
    words.retain(|name| name.to_lowercase().contains(&wanted) && *name != word && seen.insert(name.clone()));
    // What begins with it comes first.
    words.sort_by_key(|name| !name.to_lowercase().starts_with(&wanted));
    words.truncate(MOST);
    (!words.is_empty()).then(|| Offer { from: caret - word.len(), words, chosen: 0 })
}

/// The text in colours as HTML, with a mark at a place.
fn painted(text: &str, mark_at: Option<usize>) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (mark, piece) in marks(text) {
        let class = match mark {
            Mark::Text => "",
            Mark::Tag => "tag",
            Mark::Variable => "variable",
            Mark::Block => "block",
            Mark::Comment => "comment",
        };
        html.push_str(&format!("<span class=\"{class}\">"));
        match mark_at
            .filter(|place| (at..at + piece.len()).contains(place))
            .and_then(|place| piece.split_at_checked(place - at))
        {
            Some((before, after)) => {
                escape(before, &mut html);
                html.push_str("<span class=\"here\"></span>");
                escape(after, &mut html);
            }
            None => escape(piece, &mut html),
        }
        html.push_str("</span>");
        at += piece.len();
    }
    if mark_at == Some(at) {
        html.push_str("<span class=\"here\"></span>");
    }
    // a last line without text has no height of its own
    html.push('\n');
    html
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            other => html.push(other),
        }
    }
}
