//! What a person does with segments: writes one by keyboard, sees how many are in, why, and who else.

use std::path::Path;

use super::{Hand, shots};

const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';

/// The number beside the sentences; 0 while it is not there.
const COUNT: &str =
    "Number((document.querySelector('[data-test=segment-count] strong')?.textContent ?? '').replaceAll(',', '') || 0)";

/// Writes a segment of gold members into the project in `folder`, which is of shoppers.
pub async fn write_one(hand: &Hand, folder: &Path, who: &str) {
    hand.press("[data-test=add-document]").await;
    hand.press(".dialog fieldset label:nth-of-type(6) input").await;
    hand.type_into("[data-test=document-name]", "gold").await;
    hand.press(".dialog form button.primary").await;
    hand.until("everybody is in", &format!("return {COUNT} > 100")).await;
    let everybody = hand.number(&format!("return {COUNT}")).await;

    // From here on by keyboard: a button, a name, a value.
    hand.ask("document.querySelector('[data-test=add-group]').focus()").await;
    hand.key(ENTER).await;
    hand.until("there is a sentence", "return !!document.querySelector('.people-group .more')").await;
    hand.ask("document.querySelector('.people-group .more').focus()").await;
    hand.key(ENTER).await;
    hand.until("a name is asked for", "return document.activeElement?.dataset.test == 'subject'").await;
    hand.write("Loyalty").await;
    let known = "return !!document.querySelector('[data-subject=Loyalty] .n')?.textContent";
    hand.until("it is known from the people", known).await;
    hand.key(ENTER).await;
    hand.until("values are asked for", "return document.activeElement?.dataset.test == 'another'").await;
    hand.look("a condition of a segment").await;
    // What is typed leaves the one box that fits, and the keyboard on it.
    hand.write("gold").await;
    hand.key(' ').await;
    hand.until("fewer are in", &format!("return {COUNT} > 0 && {COUNT} < {everybody}")).await;
    hand.key(ESCAPE).await;
    let told = "document.querySelector('.people-group .sentence').innerText";
    hand.until(
        "the sentence says so",
        &format!("return document.body.innerText.includes('Loyalty is gold') || {told}.includes('gold')"),
    )
    .await;

    // Why the first of them is in, and how many are in another segment too.
    hand.press("[data-test=segment-sample] button").await;
    hand.until(
        "the reason is told",
        "return document.querySelector('.verdict.in') != null && document.querySelector('.reasons')?.innerText.includes('is gold, wanted gold')",
    )
    .await;
    let choose = "const select = document.querySelector('[data-test=overlap-with]'); select.value = 'reachable-shoppers'; \
                  select.dispatchEvent(new Event('change', {bubbles: true}));";
    hand.ask(choose).await;
    hand.until("two circles are drawn", "return document.querySelectorAll('[data-test=overlap] circle').length == 2")
        .await;
    let both = hand
        .number("return Number(document.querySelector('[data-test=in-both]').textContent.replaceAll(',', ''))")
        .await;
    assert!(both <= hand.number(&format!("return {COUNT}")).await);
    hand.press("[data-test=sizes]").await;
    hand.until("its size over time is drawn", "return document.querySelector('[data-test=sizes-curve] path') != null")
        .await;
    hand.shot(&shots().join(format!("{who}-segment.png"))).await;
    hand.look("a segment").await;

    hand.press("[data-test=save]").await;
    hand.until("it is saved", "return document.querySelector('[data-test=saved]').textContent.trim() == 'Saved'").await;
    let text = std::fs::read_to_string(folder.join("segments/gold.json")).expect("the segment's file");
    let segment: serde_json::Value = serde_json::from_str(&text).expect("a segment");
    assert_eq!(
        segment["SegmentGroups"]["Groups"][0]["Dimensions"][0]["UserAttributes"]["Loyalty"],
        serde_json::json!({"AttributeType": "INCLUSIVE", "Values": ["gold"]}),
        "{text}"
    );
}
