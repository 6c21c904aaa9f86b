//! The rooms of messages and campaigns.

use super::{Hand, shots};

/// Reads and changes a message as several of the sample people get it, then looks at what a campaign does. The studio was
/// started with the example `onboarding`.
pub async fn visit(hand: &Hand, who: &str) {
    hand.until("the project is there", "return !!document.querySelector('[data-section=\"E-mails\"]')").await;
    hand.press("[data-section='E-mails']").await;
    hand.press("[data-document='templates/email/welcome']").await;
    let person = "document.querySelector('[data-test=preview-who]')?.textContent";
    hand.until("somebody gets it", &format!("return {person}?.includes(', 1 of ')")).await;
    hand.until("the page is drawn", "return document.querySelector('iframe.page')?.srcdoc.includes('<body')").await;
    let sandbox = "return document.querySelector('iframe.page').getAttribute('sandbox')";
    assert_eq!(hand.text(sandbox).await, "", "no scripts, no forms, nothing");
    let first = hand.text(&format!("return {person}")).await;
    hand.press("[data-test=next-person]").await;
    hand.until("the next person's is shown", &format!("return {person}?.includes(', 2 of ')")).await;
    assert_ne!(hand.text(&format!("return {person}")).await, first);
    hand.shot(&shots().join(format!("{who}-message.png"))).await;

    // A variable that nobody has: named in the table, and the message is not sent.
    let subject = "[id='field:Subject']";
    let before = hand.text(&format!("return document.querySelector(\"{subject}\").value")).await;
    hand.type_into(subject, "Hello {{Attributes.Nickname}}").await;
    let row = "document.querySelector('[data-test=variables] tr.bad')?.textContent";
    hand.until(
        "who lacks it is counted",
        &format!("return {row}?.includes('Attributes.Nickname') && {row}.includes('100 %')"),
    )
    .await;
    let why = "document.querySelector('[data-test=preview-failure]')?.textContent";
    hand.until("why there is no message", &format!("return {why}?.includes('Nickname')")).await;
    hand.look("a message that is not sent").await;
    hand.type_into("[aria-label='Default of Attributes.Nickname']", "you").await;
    let line = "document.querySelector('.inbox-line strong')?.textContent";
    hand.until("the default is said instead", &format!("return {line} == 'Hello you' && !{why}")).await;
    for _ in 0..2 {
        hand.press("[data-test=undo]").await;
    }
    let now = format!("return document.querySelector(\"{subject}\").value == {before:?}");
    hand.until("both are undone", &now).await;

    hand.press("[data-section='Campaigns']").await;
    hand.press("[data-document='campaigns/december-newsletter']").await;
    let sum = "document.querySelector('[data-test=campaign-sum]')?.textContent";
    hand.until("it was run", &format!("return {sum}?.match(/^[1-9][0-9,]* messages/) != null")).await;
    hand.until("days are marked", "return document.querySelectorAll('.day b').length > 0").await;
    hand.shot(&shots().join(format!("{who}-campaign.png"))).await;

    // A segment as the API answers it is pasted; nothing is cut from the journey that does not show.
    let board = |event: &str| {
        format!(
            "const board = new DataTransfer(); \
             board.setData('text/plain', JSON.stringify({{SegmentResponse: {{Id: 'f00', Name: 'Pasted', SegmentType: 'DIMENSIONAL'}}}})); \
             window.dispatchEvent(new ClipboardEvent('{event}', {{clipboardData: board, cancelable: true}}))"
        )
    };
    let undo = "document.querySelector('[data-test=undo]').title";
    let before = hand.text(&format!("return {undo}")).await;
    hand.ask(&board("cut")).await;
    assert_eq!(hand.text(&format!("return {undo}")).await, before);
    hand.ask(&board("paste")).await;
    let opened = format!(
        "return document.querySelector('.room h1')?.textContent == 'Pasted' && {undo}.includes('Paste segment Pasted')"
    );
    hand.until("the segment is there, and open", &opened).await;
    hand.press("[data-test=undo]").await;

    // A document by its name: what the checks refuse is said beside it.
    hand.press("[data-test=add-document]").await;
    hand.type_into("[data-test=document-name]", "welcome").await;
    hand.until(
        "the name is taken",
        "return document.querySelector('.dialog .complaint')?.textContent.includes('already')",
    )
    .await;
    hand.look("a name that is taken").await;
    hand.type_into("[data-test=document-name]", "bye").await;
    hand.press(".dialog .primary").await;
    hand.until("its room is open", "return document.querySelector('.room h1')?.textContent == 'bye'").await;
    hand.press("[data-test=undo]").await;
    hand.until(
        "undo takes it away",
        "return document.querySelector('.room .note')?.textContent.includes('not in the project')",
    )
    .await;
    hand.press("[data-test=mode-design]").await;
    hand.until("the canvas is back", "return document.querySelectorAll('[data-activity]').length > 5").await;
}
