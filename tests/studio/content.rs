//! A message that is written in MJML: its source, a partial, its versions, a test message.

use std::path::Path;
use std::process::Command;

use super::{Hand, shots};

/// Puts a project folder under git, as teams keep it.
pub fn under_git(folder: &Path) {
    for arguments in [
        &["init", "-q"][..],
        &["config", "user.email", "ann@example.com"],
        &["config", "user.name", "Ann"],
        &["add", "."],
        &["commit", "-qm", "the first version"],
    ] {
        let done = Command::new("git").arg("-C").arg(folder).args(arguments).status().expect("git");
        assert!(done.success(), "git {arguments:?}");
    }
}

/// Writes an e-mail anew. The studio was started with the example `onboarding`, which is [`under_git`].
pub async fn write_anew(hand: &Hand, folder: &Path, who: &str) {
    hand.until("the project is there", "return !!document.querySelector('[data-section=\"E-mails\"]')").await;
    hand.press("[data-section='E-mails']").await;
    hand.press("[data-document='templates/email/welcome']").await;
    hand.until("the page is drawn", "return document.querySelector('iframe.page')?.srcdoc.includes('<body')").await;

    // In MJML: what is there as words, then other ones with a partial that does not exist yet.
    hand.press("[data-test=written-HtmlPart] button:last-child").await;
    let source = "[id='field:templates/email/welcome/source.mjml']";
    hand.until(
        "there is a source",
        &format!("return document.querySelector(\"{source}\")?.value.includes('<mj-text>')"),
    )
    .await;
    hand.until("the HTML is another", "return !!document.querySelector('[data-test=source-differs]')").await;
    let text = "<mjml><mj-body><mj-section><mj-column><mj-text>Good day {{User.UserAttributes.FirstName}}</mj-text>\
                <mj-text>{{> bye}}</mj-text></mj-column></mj-section></mj-body></mjml>";
    hand.type_into(source, text).await;
    let problem = "document.querySelector('[data-test=source-problems] li')?.textContent";
    hand.until(
        "the partial is missed",
        &format!("return {problem}?.includes('line 1') && {problem}.includes('bye.mjml')"),
    )
    .await;
    hand.shot(&shots().join(format!("{who}-mjml-problem.png"))).await;
    hand.look("a source with a problem").await;

    hand.press("[data-test=add-document]").await;
    hand.ask("[...document.querySelectorAll('.dialog label')].find(l => l.textContent.includes('Partial')).querySelector('input').click()").await;
    hand.type_into("[data-test=document-name]", "bye").await;
    hand.press(".dialog .primary").await;
    let partial = "[id='field:templates/partials/bye.html']";
    hand.until("its room is open", &format!("return !!document.querySelector(\"{partial}\")")).await;
    hand.type_into(partial, "See you in the shop").await;
    hand.until("it is known where it is", "return document.querySelector('.users')?.textContent.includes('welcome')")
        .await;
    hand.shot(&shots().join(format!("{who}-partial.png"))).await;
    hand.look("a partial").await;
    hand.press(".users button").await;
    let page = "document.querySelector('iframe.page')?.srcdoc";
    hand.until(
        "it is in the page",
        &format!("return {page}?.includes('See you in the shop') && {page}.includes('Good day')"),
    )
    .await;
    hand.until(
        "nothing is wrong any more",
        "return !document.querySelector('[data-test=source-problems] li, [data-test=source-differs]')",
    )
    .await;
    hand.shot(&shots().join(format!("{who}-mjml.png"))).await;

    // What is published is Pinpoint's own: HTML, without a trace of the source.
    hand.chord('s').await;
    hand.until("it is saved", "return document.querySelector('[data-test=saved]')?.textContent.trim() == 'Saved'")
        .await;
    let read = |file: &str| std::fs::read_to_string(folder.join("templates").join(file)).expect("a file");
    assert!(read("email/welcome/source.mjml").contains("{{> bye}}"));
    assert_eq!(read("partials/bye.html"), "See you in the shop");
    let html = read("email/welcome/body.html");
    assert!(html.contains("See you in the shop") && !html.contains("<mj-") && !html.contains("{{>"), "{html}");

    // The version that git has, and what is another now.
    hand.ask("[...document.querySelectorAll('.writing [role=tab]')].find(t => t.textContent == 'Versions').click()")
        .await;
    hand.ask(
        "const s = document.querySelector('[data-test=versions-of]'); s.value = ''; \
         s.dispatchEvent(new Event('change', {bubbles: true}))",
    )
    .await;
    let list = "document.querySelector('[data-test=versions]')?.textContent";
    hand.until("git is asked", &format!("return {list}?.includes('the first version') && {list}.includes('Ann')"))
        .await;
    hand.press("[data-test=versions] .version").await;
    hand.until(
        "the words are compared",
        "return [...document.querySelectorAll('[data-test=version-words] ins')].some(e => e.textContent.includes('shop'))",
    )
    .await;
    hand.shot(&shots().join(format!("{who}-versions.png"))).await;
    hand.look("versions of a message").await;

    // One message to one address; the Pinpoint of the studio keeps it in its outbox.
    hand.unfold(".test-send").await;
    hand.type_into("[data-test=test-address]", "ann@example.com").await;
    hand.press("[data-test=test-ask]").await;
    let question = "document.querySelector('.question')?.textContent";
    hand.until(
        "it is asked",
        &format!("return {question}?.includes('ann@example.com') && {question}.includes('target local') && {question}.includes('EMAIL')"),
    )
    .await;
    hand.shot(&shots().join(format!("{who}-test-message.png"))).await;
    hand.look("a test message").await;
    hand.press("[data-test=test-send]").await;
    hand.until(
        "it is sent",
        "return document.querySelector('[data-test=test-sent]')?.textContent == 'ann@example.com: sent.'",
    )
    .await;
    hand.press("[data-test=mode-publish]").await;
    hand.press("[data-test=outbox] li button").await;
    hand.until(
        "it is in the outbox",
        "return document.querySelector('.dialog')?.textContent.includes('EMAIL to ann@example.com') === true",
    )
    .await;
    hand.look("a message in the outbox").await;
}
