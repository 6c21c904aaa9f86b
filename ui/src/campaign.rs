//! The room of a campaign: its members on the left, on the right what it does to the sample people, and on targets.

mod calendar;
mod outcome;
mod table;

use leptos::prelude::*;
use model::{DocumentId, path, shapes};

pub use self::calendar::MONTHS;
use self::outcome::Outcome;
use crate::form::members;
use crate::json_text::JsonText;
use crate::live::WatchedCampaign;
use crate::publish::Publish;
use crate::room::complaints;
use crate::store::store;

/// Members in the order in which a campaign is thought out.
const FIRST: [&str; 14] = [
    "Name",
    "Description",
    "SegmentId",
    "SegmentVersion",
    "TemplateConfiguration",
    "MessageConfiguration",
    "Schedule",
    "TreatmentName",
    "TreatmentDescription",
    "AdditionalTreatments",
    "HoldoutPercent",
    "Limits",
    "Hook",
    "CustomDeliveryConfiguration",
];

/// What stands on the right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Outcome,
    Publish,
    Live,
}

/// The room.
#[component]
pub fn Campaign(name: String) -> impl IntoView {
    let store = store();
    let id = DocumentId::Campaign(name.clone());
    let as_json = RwSignal::new(false);
    let tab = move |json: bool, word: &'static str| {
        view! {
            <button role="tab" aria-selected=move || (as_json.get() == json).to_string() on:click=move |_| as_json.set(json)>{word}</button>
        }
    };
    let edited = id.clone();
    let part = RwSignal::new(Part::Outcome);
    let show = move |shown: Part, word: &'static str, test: &'static str| {
        view! { <button role="tab" data-test=test aria-selected=move || (part.get() == shown).to_string() on:click=move |_| part.set(shown)>{word}</button> }
    };
    let published = id.clone();
    view! {
        <div class="content">
            <section class="writing" aria-label="Campaign">
                <div class="modes" role="tablist" aria-label="Parts">{tab(false, "Campaign")}{tab(true, "JSON")}</div>
                {complaints(store, id)}
                {move || if as_json.get() {
                    view! { <JsonText id=edited.clone() /> }.into_any()
                } else {
                    shapes::find("WriteCampaignRequest").map(|shape| members(shape, &path![], &FIRST, &["tags"])).into_any()
                }}
            </section>
            <section class="reading" aria-label="Simulated, and on targets">
                <div class="modes" role="tablist" aria-label="Simulated, and on targets">
                    {show(Part::Outcome, "Simulate", "campaign-outcome")}
                    {show(Part::Publish, "Publish", "campaign-publish")}
                    {show(Part::Live, "Live", "campaign-live")}
                </div>
                {move || match part.get() {
                    Part::Outcome => view! { <Outcome name=name.clone() /> }.into_any(),
                    Part::Publish => view! { <Publish id=published.clone() /> }.into_any(),
                    Part::Live => view! { <WatchedCampaign name=name.clone() /> }.into_any(),
                }}
            </section>
        </div>
    }
}
