//! What a person does with the sample people: looks for somebody, reads why they are in a segment, changes them, imports a
//! file with a bad row, makes a copy for sharing.

use std::path::Path;

use super::dropping::drop_file;
use super::{Hand, shots};

/// Looks around among the people of the project in `folder`, which are shoppers. A file is dropped on the window of that
/// display, which tells the page where it is; without one on the page, which takes it itself.
pub async fn look_around(hand: &Hand, folder: &Path, who: &str, display: Option<&str>) {
    const ROWS: &str = "document.querySelectorAll('[data-test=people-rows] tr').length";
    const SAID: &str = "document.querySelector('[data-test=people-said]').textContent";
    hand.press("[data-test=people]").await;
    hand.until("people are listed", &format!("return {ROWS} == 100")).await;
    let total = hand.number(&format!("return Number({SAID}.split(' ')[0].replaceAll(',', ''))")).await;
    hand.type_into("[data-test=people-search]", "shopper-0001-email").await;
    hand.until("one fits", &format!("return {ROWS} == 1")).await;
    hand.press("[data-test=people-rows] button").await;
    let segments = "document.querySelectorAll('[data-test=person-segments] > li').length";
    hand.until("their segments are told", &format!("return {segments} >= 4")).await;
    hand.press("[data-test=person-segments] .why").await;
    hand.until("and why", "return document.querySelector('[data-test=person-segments] .reasons li') != null").await;
    hand.until("and journeys", "return document.querySelectorAll('[data-test=person-journeys] > li').length > 0").await;
    hand.until("and campaigns", "return document.querySelectorAll('[data-test=person-campaigns] > li').length > 0")
        .await;
    hand.shot(&shots().join(format!("{who}-person.png"))).await;
    hand.look("a person").await;

    // A changed field is in the files after a save.
    let untouched = std::fs::read_to_string(folder.join("endpoints/people.jsonl")).expect("the people");
    hand.type_into("[data-path='Location.City']", "Evanston").await;
    hand.press("[data-test=person-save]").await;
    let noticed = "return document.querySelector('[data-test=notice]')?.textContent.includes('Saved in endpoints/')";
    hand.until("it is written", noticed).await;
    let file = std::fs::read_to_string(folder.join("endpoints/people.jsonl")).expect("the people");
    let line = file.lines().find(|line| line.contains("\"shopper-0001-email\"")).expect("the person");
    assert!(line.contains("\"City\":\"Evanston\""), "{line}");

    // A file with a wrong row: nothing is imported, until that is left out.
    let text = "E-mail,First name,CartValue\nnew-1@example.com,Ana,12.5\nnew-2@example.com,Ben,lots\nnew-3@example.com,Cleo,3\n";
    if let Some(display) = display {
        let path = folder.join(".waymark/newcomers.csv");
        std::fs::create_dir_all(folder.join(".waymark")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        drop_file(display, &path);
    } else {
        let script = format!(
            "const carried = new DataTransfer(); carried.items.add(new File([{}], 'newcomers.csv')); \
             window.dispatchEvent(new DragEvent('drop', {{dataTransfer: carried, cancelable: true}}));",
            serde_json::json!(text)
        );
        hand.ask(&script).await;
    }
    let guessed = "[...document.querySelectorAll('[data-test=import-columns] input')].map(input => input.value).join()";
    hand.until(
        "columns are guessed",
        &format!("return {guessed} == 'Address,User.UserAttributes.FirstName,Attributes.CartValue'"),
    )
    .await;
    hand.look("columns of a file").await;
    hand.type_into("[data-column='2']", "Metrics.CartValue").await;
    hand.press("[data-test=import-go]").await;
    let problem = "document.querySelector('[data-test=import-problems] li')?.textContent";
    hand.until(
        "the wrong row is told",
        &format!("return {problem}?.startsWith('Line 3') && {problem}.includes('lots')"),
    )
    .await;
    assert!(!folder.join("endpoints/newcomers.csv").exists(), "nothing half-imported");
    hand.shot(&shots().join(format!("{who}-import.png"))).await;
    hand.look("rows that are wrong").await;
    hand.press("[data-test=import-others]").await;
    let written =
        "return document.querySelector('[data-test=importing] p')?.textContent.includes('2 endpoints are in')";
    hand.until("the others are there", written).await;
    hand.type_into("[data-test=people-search]", "new-3@example.com").await;
    let one = format!("return {SAID}.replaceAll(',', '') == '1 of {} endpoints'", total + 2);
    hand.until("both came", &one).await;
    assert!(folder.join("endpoints/newcomers.csv").exists());

    // A copy for others.
    hand.press("[data-test=people-share]").await;
    let ticked = "return document.querySelector('[data-personal=\"User.UserAttributes.FirstName\"]').checked";
    hand.until("names are marked", ticked).await;
    hand.look("a copy for others").await;
    hand.press("[data-test=share-go]").await;
    hand.until(
        "it is written",
        "return document.querySelector('[data-test=notice]')?.textContent.includes('people-shared')",
    )
    .await;
    let copy = std::fs::read_to_string(folder.join("people-shared.jsonl")).expect("the copy");
    assert!(copy.lines().count() as u64 == total + 2 && !copy.contains("shopper") && !copy.contains("Priya"));

    hand.press("[data-test=people-add]").await;
    hand.until("somebody can be added", "return document.querySelectorAll('[data-test=endpoint]').length == 1").await;
    hand.look("somebody new").await;

    // People who do not exist.
    hand.press("[data-test=people-invent]").await;
    hand.type_into("[data-test=invent-count]", "20").await;
    hand.press("[data-test=invent-go]").await;
    hand.until("they are there", "return document.querySelector('[data-test=invented]') != null").await;
    hand.shot(&shots().join(format!("{who}-people.png"))).await;
    hand.look("invented people").await;

    // All of it is undone, one by one, and done again.
    const UNDO: &str = "document.querySelector('[data-test=undo]').title";
    for (step, before) in
        [("Invent ", "Import 2 people"), ("Import 2 people", "Change a person"), ("Change a person", "")]
    {
        hand.until(step, &format!("return {UNDO}.includes('{step}')")).await;
        hand.press("[data-test=undo]").await;
        hand.until("it is undone", &format!("return !{UNDO}.includes('{step}') && {UNDO}.includes('{before}')")).await;
    }
    assert!(!folder.join("endpoints/newcomers.csv").exists());
    assert_eq!(std::fs::read_to_string(folder.join("endpoints/people.jsonl")).expect("the people"), untouched);
    hand.until("nobody of them is there", &format!("return {SAID}.startsWith('0 of ')")).await;
    for step in ["Change a person", "Import 2 people", "Invent "] {
        hand.press("[data-test=redo]").await;
        hand.until("it is done again", &format!("return {UNDO}.includes('{step}')")).await;
    }
    hand.until("both are there again", &format!("return {SAID}.startsWith('1 of ')")).await;
    assert_eq!(std::fs::read_to_string(folder.join("endpoints/people.jsonl")).expect("the people"), file);
}
