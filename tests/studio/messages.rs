//! The rooms of text messages, notifications, voice messages and in-app messages.

use std::path::Path;

use super::hand::{LEFT, RIGHT};
use super::{Hand, shots};

/// Puts two people with a telephone that rings into a project: the examples have none.
pub fn callers(folder: &Path) {
    let people = "Id,ChannelType,Address,User.UserId,User.UserAttributes.FirstName\n\
                  ada-voice,VOICE,+12065550191,ada,Ada\nben-voice,VOICE,+12065550192,ben,Ben\n";
    std::fs::write(folder.join("endpoints/callers.csv"), people).expect("people");
}

/// Opens a message of each kind, changes it and sees its preview follow, in its texts, its settings and its JSON. The studio
/// was started with the example `security-alert` and [`callers`] in it.
pub async fn visit(hand: &Hand, who: &str) {
    hand.until("the project is there", "return !!document.querySelector('[data-section=\"Text messages\"]')").await;
    text_message(hand, who).await;
    mailbox(hand).await;
    notification(hand, who).await;
    voice(hand, who).await;
    in_app(hand, who).await;
}

async fn text_message(hand: &Hand, who: &str) {
    hand.press("[data-section='Text messages']").await;
    hand.press("[data-document='templates/sms/new-device']").await;
    let bubble = "document.querySelector('.bubble')?.textContent";
    hand.until("somebody gets it", &format!("return {bubble}?.startsWith('Keystone: ')")).await;
    by_arrow(hand).await;

    let size = "document.querySelector('[data-test=sms-size]')?.textContent";
    hand.until("it is as large as it is", &format!("return {size}?.includes('1 message')")).await;
    hand.type_into("[id='field:Body']", &format!("Hi {} {{{{Attributes.LastCity}}}}", "x".repeat(160))).await;
    hand.until("it is another message", &format!("return {bubble}?.startsWith('Hi xxx')")).await;
    hand.until("and too long for one", &format!("return {size}?.includes('2 messages')")).await;
    let typed = "document.querySelector('[data-test=sms-typed]')?.textContent";
    hand.until(
        "as typed it is without what stands in braces",
        &format!("return {typed}?.startsWith('2 messages, GSM 03.38, ') && {typed}.includes('in braces is left out')"),
    )
    .await;
    look(hand, who, "text-message").await;

    // Settings, then all of it as JSON; each is one step of undo.
    tab(hand, "Settings").await;
    hand.type_into("[id='field:TemplateDescription']", "For whoever signs in anew").await;
    tab(hand, "JSON").await;
    let json = "document.querySelector('[data-test=json] textarea')";
    hand.until("it is in the JSON", &format!("return {json}?.value.includes('For whoever signs in anew')")).await;
    hand.type_into("[data-test=json] textarea", "{\"Body\": \"Short").await;
    let refused = "return document.querySelectorAll('[data-test=json] .complaints li').length > 0 \
                   && document.querySelector('[data-test=json] .primary').disabled";
    hand.until("half a document is refused", refused).await;
    hand.type_into("[data-test=json] textarea", "{\"Body\": \"Short\"}").await;
    hand.press("[data-test=json] .primary").await;
    hand.until("the preview follows", &format!("return {bubble} == 'Short'")).await;
    for _ in 0..3 {
        hand.press("[data-test=undo]").await;
    }
    hand.until("all is as before", &format!("return {bubble}?.startsWith('Keystone: ')")).await;
}

/// A mail on a telephone and in the dark, with other words beside its subject.
async fn mailbox(hand: &Hand) {
    hand.press("[data-section='E-mails']").await;
    hand.press("[data-document='templates/email/new-device']").await;
    hand.until("the page is drawn", "return document.querySelector('iframe.page')?.srcdoc.includes('<body')").await;
    for (place, class) in [(1, "narrow"), (2, "dark")] {
        let switch = format!("[aria-label=Mailbox] button:nth-child({place})");
        for on in [true, false] {
            hand.press(&switch).await;
            let is_so = format!(
                "return document.querySelector('iframe.page').classList.contains('{class}') === {on} \
                 && document.querySelector('{switch}').ariaPressed === '{on}'"
            );
            hand.until(&format!("{class} is {on}"), &is_so).await;
        }
    }
    let beside = "document.querySelector('.inbox-line span')?.textContent";
    let before = hand.text("return document.querySelector('[data-test=preheader]').value").await;
    assert!(hand.text(&format!("return {beside}")).await.starts_with(&before), "the field has what the mailbox shows");
    hand.type_into("[data-test=preheader]", "Was it you? & more").await;
    hand.until("the mailbox shows it", &format!("return {beside}?.startsWith('Was it you? & more')")).await;
    let undo = "return document.querySelector('[data-test=undo]').title.includes('Change preheader')";
    hand.until("it is one step of undo", undo).await;
    hand.press("[data-test=undo]").await;
    let field = format!("return document.querySelector('[data-test=preheader]').value == {before:?}");
    hand.until("it is as before", &field).await;
}

async fn notification(hand: &Hand, who: &str) {
    hand.press("[data-section='Push notifications']").await;
    hand.press("[data-document='templates/push/new-device']").await;
    let title = |system: &str| format!("document.querySelector('.notification.{system} strong')?.textContent");
    hand.until("both systems show it", &format!("return {} == 'New sign-in'", title("ios"))).await;
    hand.type_into("[id='field:APNS.Title']", "Was this you?").await;
    hand.until("the iPhone has another title", &format!("return {} == 'Was this you?'", title("ios"))).await;
    assert_eq!(hand.text(&format!("return {}", title("android"))).await, "New sign-in", "Android has its own");
    by_arrow(hand).await;
    look(hand, who, "notification").await;
    tab(hand, "Settings").await;
    hand.until("it is described", "return !!document.querySelector(\"[id='field:TemplateDescription']\")?.value").await;
    tab(hand, "JSON").await;
    let json = "document.querySelector('[data-test=json] textarea')?.value";
    hand.until("its JSON has the title", &format!("return {json}?.includes('Was this you?')")).await;
}

async fn voice(hand: &Hand, who: &str) {
    add(hand, "Voice message", "call-me").await;
    hand.type_into(
        "[id='field:Body']",
        "<speak>Hello {{User.UserAttributes.FirstName}},<break time='1s'/> call us</speak>",
    )
    .await;
    let spoken = "document.querySelector('.spoken')?.textContent";
    hand.until("the words are heard", &format!("return {spoken}?.includes('Hello Ada,')")).await;
    assert!(!hand.text(&format!("return {spoken}")).await.contains('<'), "tags are not");
    by_arrow(hand).await;
    hand.until("the first is there again", &format!("return {spoken}?.includes('Hello Ada,')")).await;
    look(hand, who, "voice").await;
    tab(hand, "Settings").await;
    hand.type_into("[id='field:LanguageCode']", "en-GB").await;
    tab(hand, "JSON").await;
    let json = "document.querySelector('[data-test=json] textarea')?.value";
    hand.until("its JSON has the language", &format!("return {json}?.includes('en-GB')")).await;
}

async fn in_app(hand: &Hand, who: &str) {
    add(hand, "In-app message", "sale-banner").await;
    hand.until("it is a banner in the middle", "return !!document.querySelector('.in-app.middle-banner')").await;
    hand.until("it can be chosen", "return !!document.querySelector(\"[id='field:Layout']\")").await;
    let layout = "const s = document.querySelector(\"[id='field:Layout']\"); s.value = 'TOP_BANNER'; \
                  s.dispatchEvent(new Event('change', {bubbles: true}))";
    hand.ask(layout).await;
    hand.until("it is drawn at the top", "return !!document.querySelector('.in-app.top-banner')").await;
    let words = "document.querySelector('[data-test=in-app-layout]').textContent";
    assert_eq!(hand.text(&format!("return {words}")).await, "A banner at the top of the page");
    hand.ask(
        "[...document.querySelectorAll('.group .fold')].find(b => b.textContent.includes('Header config')).click()",
    )
    .await;
    hand.type_into("[id='field:Content[0].HeaderConfig.Header']", "Half price").await;
    let header = "document.querySelector('.in-app-header')?.textContent";
    hand.until("the header is drawn", &format!("return {header} == 'Half price'")).await;
    look(hand, who, "in-app").await;
    tab(hand, "Settings").await;
    hand.type_into("[id='field:TemplateDescription']", "All of November").await;
    tab(hand, "JSON").await;
    let json = "document.querySelector('[data-test=json] textarea')?.value";
    hand.until(
        "its JSON has both",
        &format!("return {json}?.includes('Half price') && {json}.includes('All of November')"),
    )
    .await;
}

/// Adds a message of a kind in the window.
async fn add(hand: &Hand, kind: &str, name: &str) {
    hand.press("[data-test=add-document]").await;
    hand.ask(&format!(
        "[...document.querySelectorAll('.dialog label')].find(l => l.textContent.includes('{kind}')).querySelector('input').click()"
    ))
    .await;
    hand.type_into("[data-test=document-name]", name).await;
    hand.press(".dialog .primary").await;
    hand.until("its room is open", &format!("return document.querySelector('.room h1')?.textContent == '{name}'"))
        .await;
}

/// One person on and back by the arrow keys.
async fn by_arrow(hand: &Hand) {
    let person = "document.querySelector('[data-test=preview-who]')?.textContent";
    hand.until("the first person's is shown", &format!("return {person}?.includes(', 1 of ')")).await;
    hand.ask("document.querySelector('[data-test=next-person]').focus()").await;
    hand.key(RIGHT).await;
    hand.until("the next person's is shown", &format!("return {person}?.includes(', 2 of ')")).await;
    hand.key(LEFT).await;
    hand.until("the first person's is again", &format!("return {person}?.includes(', 1 of ')")).await;
}

async fn tab(hand: &Hand, name: &str) {
    hand.ask(&format!(
        "[...document.querySelectorAll('.writing [role=tab]')].find(t => t.textContent == '{name}').click()"
    ))
    .await;
}

async fn look(hand: &Hand, who: &str, view: &str) {
    hand.shot(&shots().join(format!("{who}-{view}.png"))).await;
    hand.look(view).await;
}
