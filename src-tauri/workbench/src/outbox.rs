//! The outbox of a server as the window shows it: of the Pinpoint inside the studio, or of a target that is another
//! `waymark serve`.
//!
//! Asks the server's own paths, which also answer over HTTP: searching, the source of a mail, replaying what was given up.

use bridge::{DeliveryView, Elsewhere, Failure, Outbox, OutboxMessage, OutboxPage};
use publishing::{PublishError, Remote};
use serde_json::Value;

use crate::failure::{Outcome, bad_input, not_found};
use crate::local::Local;
use crate::publication::{target_failure, target_of};

/// Messages of a page.
const PAGE: &str = "50";

/// Words of a message that has neither subject nor title.
const FIRST_WORDS: usize = 12;

/// A page of messages that fit, newest first; empty while no server runs inside.
///
/// # Errors
/// `BadInput` when the token is not of the outbox. `NotFound` when the target is no `waymark serve`. `Target` when it can not
/// be asked.
pub async fn page(local: &Local, wanted: &Outbox) -> Outcome<OutboxPage> {
    let mut query = vec![("limit".to_owned(), PAGE.to_owned())];
    let token = wanted.token.clone().unwrap_or_default();
    for (name, value) in
        [("text", wanted.text.trim()), ("channel", &wanted.channel), ("status", &wanted.status), ("token", &token)]
    {
        if !value.is_empty() {
            query.push((name.to_owned(), value.to_owned()));
        }
    }
    let answer = match &wanted.at {
        None => {
            let Ok(server) = local.server().await else { return Ok(OutboxPage::default()) };
            let answer = server.ask("GET", "/waymark/outbox", query).await;
            answer.map_err(|words| bad_input(words, "search again"))?
        }
        Some(at) => {
            let answer = remote(at).await?.own("GET", "/waymark/outbox", &query).await;
            answer.map_err(|error| refused(at, error, "search again"))?
        }
    };
    let items = answer.get("Item").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Ok(OutboxPage { messages: items.iter().map(shown).collect(), next: text(&answer, "NextToken") })
}

/// The source of a mail.
///
/// # Errors
/// `NotFound` when there is no such mail. `Target` when the target can not be asked.
pub async fn source(local: &Local, at: Option<&Elsewhere>, id: &str) -> Outcome<String> {
    let answer = asked(local, at, "GET", &format!("/waymark/outbox/{id}/mime")).await?;
    Ok(text(&answer, "Source").unwrap_or_default())
}

/// Puts a message that was given up back into its queue.
///
/// # Errors
/// `NotFound` when it was not given up. `Target` when the target can not be asked.
pub async fn replay(local: &Local, at: Option<&Elsewhere>, id: &str) -> Outcome<()> {
    asked(local, at, "POST", &format!("/waymark/dead-letters/{id}/replay")).await.map(drop)
}

async fn asked(local: &Local, at: Option<&Elsewhere>, method: &'static str, path: &str) -> Outcome<Value> {
    const HELP: &str = "refresh the outbox";
    if let Some(at) = at {
        let answer = remote(at).await?.own(method, path, &[]).await;
        return answer.map_err(|error| refused(at, error, HELP));
    }
    let server = local.server().await;
    let server = server.map_err(|reason| not_found(format!("the Pinpoint inside does not run: {reason}"), ""))?;
    server.ask(method, path, Vec::new()).await.map_err(|words| not_found(words, HELP))
}

async fn remote(at: &Elsewhere) -> Outcome<Remote> {
    let target = target_of(&at.settings, &at.target, None)?;
    Remote::connect(&at.target, &target).await.map_err(target_failure)
}

/// Why a target does not answer about its outbox.
fn refused(at: &Elsewhere, error: PublishError, help: &str) -> Failure {
    match error {
        PublishError::Refused { status: 400, reason, .. } => bad_input(reason, help),
        PublishError::Refused { status: 404 | 405, .. } | PublishError::Strange { .. } => not_found(
            format!("the target `{}` has no such thing to show", at.target),
            "only `waymark serve` keeps an outbox; of another service, look where its messages go",
        ),
        other => target_failure(other),
    }
}

/// A message as the server tells it (`pinpoint_local::Message`).
fn shown(message: &Value) -> OutboxMessage {
    let parts: Vec<(&str, &str)> = message
        .get("Parts")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|part| Some((part.get(0)?.as_str()?, part.get(1)?.as_str()?)))
        .collect();
    let part = |name: &str| parts.iter().find(|(part, text)| *part == name && !text.is_empty()).map(|(_, text)| *text);
    let first_words = || {
        let text = parts.first().map_or("", |(_, text)| text);
        text.split_whitespace().take(FIRST_WORDS).collect::<Vec<_>>().join(" ")
    };
    let failure = text(message, "Failure");
    let either = |names: [&str; 3]| names.iter().find_map(|name| text(message, name)).unwrap_or_default();
    OutboxMessage {
        title: match &failure {
            Some(_) => "Not sent".to_owned(),
            None => part("Subject").or_else(|| part("Title")).map_or_else(first_words, str::to_owned),
        },
        content: Value::Object(parts.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())).collect()),
        id: text(message, "Id").unwrap_or_default(),
        at: message.get("At").and_then(Value::as_i64).unwrap_or_default(),
        channel: text(message, "ChannelType").unwrap_or_default(),
        address: text(message, "Address").unwrap_or_default(),
        journey: either(["JourneyId", "CampaignId", "RequestId"]),
        activity: either(["JourneyActivityId", "CampaignActivityId", ""]),
        failure,
        delivery: message.get("Delivery").map(|delivery| DeliveryView {
            status: text(delivery, "Status").unwrap_or_default(),
            attempts: delivery.get("Attempts").and_then(Value::as_u64).and_then(|n| n.try_into().ok()).unwrap_or(0),
            next_at: delivery.get("NextAt").and_then(Value::as_i64),
            reason: text(delivery, "Reason"),
        }),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream};

    use bridge::FailureCode;
    use model::{Settings, Target};
    use serde_json::json;

    use super::*;

    /// What the API answers.
    fn ask(address: SocketAddr, method: &str, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    fn wanted(text: &str, channel: &str, status: &str) -> Outbox {
        Outbox { text: text.to_owned(), channel: channel.to_owned(), status: status.to_owned(), ..Outbox::default() }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn messages_are_searched_and_mails_have_a_source() {
        let data = tempfile::tempdir().unwrap();
        let local = Local::start(data.path().to_owned());
        let address = local.server().await.unwrap().address();
        let app = ask(address, "POST", "/v1/apps", &json!({"Name": "shop"}));
        let app = format!("/v1/apps/{}", app["Id"].as_str().unwrap());
        let channel =
            json!({"FromAddress": "shop@example.com", "Identity": "arn:aws:ses:us-east-1:1:identity/example.com"});
        ask(address, "PUT", &format!("{app}/channels/email"), &channel);
        ask(address, "PUT", &format!("{app}/channels/sms"), &json!({"Enabled": true}));
        let mail = json!({"EmailMessage": {"SimpleEmail": {
            "Subject": {"Data": "Your order"}, "TextPart": {"Data": "It is on its way."}}}});
        let mails: serde_json::Map<String, Value> =
            (0..51).map(|n| (format!("p{n}@example.com"), json!({"ChannelType": "EMAIL"}))).collect();
        ask(address, "POST", &format!("{app}/messages"), &json!({"Addresses": mails, "MessageConfiguration": mail}));
        let sms = json!({"Addresses": {"+491701234567": {"ChannelType": "SMS"}},
            "MessageConfiguration": {"SMSMessage": {"Body": "Your code waits in the shop", "MessageType": "TRANSACTIONAL"}}});
        ask(address, "POST", &format!("{app}/messages"), &sms);

        let first = page(&local, &Outbox::default()).await.unwrap();
        assert_eq!((first.messages.len(), first.messages[0].title.as_str()), (50, "Your code waits in the shop"));
        let second = page(&local, &Outbox { token: first.next, ..Outbox::default() }).await.unwrap();
        assert_eq!((second.messages.len(), second.next), (2, None));

        let found = page(&local, &wanted("P7@EXAMPLE", "", "")).await.unwrap().messages;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].title.as_str(), found[0].channel.as_str()), ("Your order", "EMAIL"));
        assert_eq!(found[0].content, json!({"Subject": "Your order", "TextPart": "It is on its way."}));
        assert_eq!(page(&local, &wanted("", "SMS", "")).await.unwrap().messages.len(), 1);
        assert_eq!(page(&local, &wanted("", "", "DEAD")).await.unwrap().messages, []);

        let source = source(&local, None, &found[0].id).await.unwrap();
        assert!(source.contains("Subject: Your order") && source.contains("To: p7@example.com"), "{source}");
        assert_eq!(replay(&local, None, &found[0].id).await.unwrap_err().code, FailureCode::NotFound);
        let odd = Outbox { token: Some("x".to_owned()), ..Outbox::default() };
        assert_eq!(page(&local, &odd).await.unwrap_err().code, FailureCode::BadInput);

        // The same server as a target, and one that keeps nothing.
        let at = |address: Option<String>| {
            let target = Target { endpoint_url: address, region: Some("eu-west-1".to_owned()), ..Target::default() };
            let settings = Settings { target: [("there".to_owned(), target)].into(), ..Settings::default() };
            Some(Elsewhere { settings, target: "there".to_owned() })
        };
        let there = at(Some(format!("http://{address}")));
        let asked = Outbox { at: there.clone(), ..wanted("P7@EXAMPLE", "EMAIL", "") };
        assert_eq!(page(&local, &asked).await.unwrap().messages, found);
        let all = page(&local, &Outbox { at: there.clone(), ..Outbox::default() }).await.unwrap();
        assert_eq!(all.messages.len(), 50);
        let rest = page(&local, &Outbox { at: there.clone(), token: all.next, ..Outbox::default() }).await.unwrap();
        assert_eq!((rest.messages.len(), rest.next), (2, None));
        assert_eq!(super::source(&local, there.as_ref(), &found[0].id).await.unwrap(), source);
        assert_eq!(replay(&local, there.as_ref(), &found[0].id).await.unwrap_err().code, FailureCode::NotFound);
        let odd = Outbox { at: there, ..odd };
        assert_eq!(page(&local, &odd).await.unwrap_err().code, FailureCode::BadInput);
        let nothing = Outbox { at: at(None), ..Outbox::default() };
        assert_eq!(page(&local, &nothing).await.unwrap_err().code, FailureCode::NotFound);
    }
}
