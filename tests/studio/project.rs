//! What is about a whole project: the calendar, conflicts of a merge, and what others changed on a target.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use model::conflicts::Undecided;
use model::merge::merge;
use serde_json::{Value, json};

use super::barriers::show;
use super::{Hand, shots};

/// A journey that two people changed, with what is to be decided beside it.
pub fn merged(folder: &Path) {
    let version = |template: &str, wait: &str| {
        json!({
            "Name": "agreed", "State": "DRAFT", "StartActivity": "hello",
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "new-sign-ups"}},
            "Activities": {
                "hello": {"Description": "Hello", "EMAIL": {"TemplateName": template, "NextActivity": "pause"}},
                "pause": {"Description": "Pause", "Wait": {"WaitTime": {"WaitFor": wait}, "NextActivity": "more"}},
                "more": {"Description": "More", "EMAIL": {"TemplateName": "welcome", "NextActivity": "end"}},
                "end": {"Description": "Wait a week", "Wait": {"WaitTime": {"WaitFor": "P7D"}}}
            }
        })
    };
    let id = model::DocumentId::Journey("agreed".to_owned());
    let merged = merge(&id, Some(&version("old", "P1D")), &version("welcome", "P2D"), &version("pro-features", "P3D"));
    assert_eq!(merged.conflicts.len(), 2, "{:?}", merged.conflicts);
    let undecided = Undecided { document: id, conflicts: merged.conflicts, renamed: Vec::new() };
    let write = |name: &str, value: Value| {
        std::fs::write(folder.join("journeys").join(name), value.to_string()).expect("a file of the project");
    };
    write("agreed.json", merged.value);
    write("agreed.conflicts.json", serde_json::to_value(&undecided).expect("conflicts"));
}

/// Looks at the calendar, decides what a merge left open, publishes over what somebody else changed, and brings people back
/// from the target. The studio
/// was started with the example `onboarding` and [`merged`] in it.
pub async fn visit(hand: &Hand, folder: &Path, who: &str) {
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 3").await;
    calendar(hand, who).await;
    decide(hand, folder, who).await;
    write_over(hand, folder, who).await;
    bring_people(hand, folder, who).await;
}

async fn calendar(hand: &Hand, who: &str) {
    hand.press("[data-test=calendar]").await;
    let said = "document.querySelector('[data-test=calendar-said]')?.textContent";
    hand.until("all was simulated", &format!("return {said}?.match(/^[1-9][0-9,]* messages to/) != null")).await;
    hand.until("days are marked", "return document.querySelectorAll('[data-day]').length > 0").await;
    hand.press("[data-day]").await;
    let rows = "document.querySelectorAll('[data-test=calendar-day] tbody tr').length";
    hand.until("the day is told", &format!("return {rows} > 0")).await;
    let listed = "document.querySelector('[data-test=calendar-documents]').textContent";
    assert!(hand.text(&format!("return {listed}")).await.contains("december-newsletter"));
    hand.look("calendar").await;
    hand.shot(&shots().join(format!("{who}-calendar.png"))).await;
    let title = "document.querySelector('[data-test=calendar-title]').textContent";
    let month = hand.text(&format!("return {title}")).await;
    hand.press("[data-test=calendar-after]").await;
    hand.until("it is the next month", &format!("return {title} != {month:?}")).await;
    hand.press("[data-test=calendar-before]").await;
    hand.until("it is the month again", &format!("return {title} == {month:?}")).await;
    hand.press("[data-test=calendar-week]").await;
    hand.until("it is a week", &format!("return {title}.startsWith('Week of')")).await;
    let days = "document.querySelectorAll('[data-test=calendar-days] > *').length";
    assert_eq!(hand.number(&format!("return {days}")).await, 7);
    hand.press("[data-test=calendar-day] .link").await;
    hand.until("the way leads to the document", "return !document.querySelector('.calendar-room')").await;
    hand.press("[data-test=mode-design]").await;
}

async fn decide(hand: &Hand, folder: &Path, who: &str) {
    show(hand, "agreed").await;
    let left = "document.querySelectorAll('[data-conflict]').length";
    hand.until("both are listed", &format!("return {left} == 2")).await;
    assert_eq!(hand.number("return document.querySelectorAll('.card.conflicted').length").await, 2);
    hand.look("conflicts").await;
    hand.shot(&shots().join(format!("{who}-conflicts.png"))).await;
    let pause = "document.querySelector('[data-activity=pause]').textContent";
    let ours = hand.text(&format!("return {pause}")).await;
    hand.press("[data-conflict='1'] [data-test=take-theirs]").await;
    hand.until("one is left", &format!("return {left} == 1 && {pause} != {ours:?}")).await;
    hand.press("[data-test=undo]").await;
    hand.until("the decision is taken back", &format!("return {left} == 2 && {pause}.includes('conflict')")).await;
    hand.press("[data-conflict='1'] [data-test=take-theirs]").await;
    hand.until("one is left", &format!("return {left} == 1")).await;
    hand.press("[data-conflict='0'] [data-test=take-ours]").await;
    hand.until("all is decided", "return !document.querySelector('[data-test=conflicts]')").await;
    hand.press("[data-test=save]").await;
    hand.until("it is saved", "return document.querySelector('[data-test=saved]').textContent.trim() == 'Saved'").await;
    let beside = folder.join("journeys/agreed.conflicts.json");
    assert!(!beside.exists(), "the file of conflicts is gone");
    let text = std::fs::read_to_string(folder.join("journeys/agreed.json")).expect("the journey");
    assert!(text.contains("P3D") && !text.contains("pro-features"), "{text}");
}

async fn write_over(hand: &Hand, folder: &Path, who: &str) {
    show(hand, "welcome-series").await;
    hand.press("[data-test=mode-publish]").await;
    super::review(hand).await;
    hand.press("[data-test=apply]").await;
    let published = "document.querySelector('[data-test=progress] h3')?.textContent == 'Published'";
    hand.until("it is published", &format!("return {published}")).await;
    let local = hand.text("return document.querySelector('.publish .note').textContent").await;
    let address = local.split("http://").nth(1).and_then(|rest| rest.split(['.', ' ']).next().map(|_| rest));
    let address = address.expect("the address").split(". ").next().expect("the address").to_owned();
    somebody_renames_a_segment(&address, folder);

    hand.press("[data-test=apply]").await;
    let drift = "document.querySelector('[data-test=drift]')?.textContent";
    hand.until("nothing was written", &format!("return {drift}?.includes('Theirs')")).await;
    hand.shot(&shots().join(format!("{who}-drift.png"))).await;
    hand.look("what others changed on a target").await;
    hand.press("[data-test=write-over]").await;
    hand.until("it is written over", &format!("return {published} && !{drift}")).await;
}

/// Changes a segment on the local Pinpoint, as somebody with another program would.
fn somebody_renames_a_segment(address: &str, folder: &Path) {
    let bindings = std::fs::read_to_string(folder.join(".waymark/bindings.json")).expect("bindings");
    let bindings: Value = serde_json::from_str(&bindings).expect("JSON");
    let target = &bindings["targets"]["local"];
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let (name, id) = target["segments"].as_object().and_then(|all| all.iter().next()).expect("a segment");
    let document = std::fs::read_to_string(folder.join(format!("segments/{name}.json"))).expect("the segment");
    let mut document: Value = serde_json::from_str(&document).expect("JSON");
    document["Name"] = "Theirs".into();
    let path = format!("/v1/apps/{}/segments/{}", text(&target["application"]), text(id));
    let body = document.to_string();
    let mut stream = TcpStream::connect(address).expect("the local Pinpoint");
    write!(
        stream,
        "PUT {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Loads the sample people on to the target, and imports them from there.
async fn bring_people(hand: &Hand, folder: &Path, who: &str) {
    hand.press("[data-test=load-people]").await;
    let loaded = "document.querySelector('[data-test=notice]')?.textContent.includes('are on the target now')";
    hand.until("they are on the target", &format!("return {loaded}")).await;
    hand.press("[data-test=people]").await;
    hand.press("[data-test=people-import]").await;
    hand.press("[data-test=from-target] summary").await;
    hand.press("[data-test=fetch-go]").await;
    hand.until("the file is looked into", "return !!document.querySelector('[data-test=import-go]')").await;
    hand.shot(&shots().join(format!("{who}-fetch.png"))).await;
    hand.look("people of a target").await;
    hand.press("[data-test=import-go]").await;
    let written =
        "document.querySelector('[data-test=notice]')?.textContent.includes('endpoints are in endpoints/local')";
    hand.until("they are in the folder", &format!("return {written}")).await;
    let file = std::fs::read_dir(folder.join("endpoints")).expect("the people").filter_map(Result::ok);
    let mut names = file.map(|entry| entry.file_name().to_string_lossy().into_owned());
    assert!(names.any(|name| name.starts_with("local")), "a file named as the target");
}
