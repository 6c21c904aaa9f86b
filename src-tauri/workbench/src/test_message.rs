//! A test message: a template as one of the sample people gets it, sent to one address through a target.

use bridge::{FailureCode, SendTest, TestSent};
use model::{DocumentId, TemplateKind};
use publishing::Remote;
use serde_json::{Map, Value, json};
use templates::Rendered;

use crate::failure::{Outcome, bad_input, failure, not_found};
use crate::publication::{self, Publication, target_failure};
use crate::{Inner, Workbench, internal};

/// A message that is ready to be sent.
struct Letter {
    /// `ChannelType` of the address.
    channel: String,
    /// `DirectMessageConfiguration`
    configuration: Value,
}

impl Workbench {
    /// Sends the message, and answers what the target says of it.
    ///
    /// # Errors
    /// `BadInput`: nothing can be sent so. `NotFound`: no such template or target, or the project is not on the target yet.
    /// `Target`: the target can not be reached, or refuses.
    pub(crate) async fn send_test(&self, command: SendTest) -> Outcome<TestSent> {
        let address = command.address.trim().to_owned();
        if address.is_empty() {
            return Err(bad_input("no address is given", "write the address that the test is sent to"));
        }
        let publication =
            Publication::of_target(&command.message.project, command.message.folder.as_deref(), &command.target);
        let filled = publication.filled()?.project;
        let (inner, message) = (self.inner.clone(), bridge::Preview { project: filled, ..command.message });
        let work = tokio::task::spawn_blocking(move || inner.letter(&message));
        let letter = work.await.map_err(|error| internal(error.to_string()))??;
        let local = self.local_address(&command.target).await;
        let remote = publication.connect(local.as_deref()).await?;
        let application = application(&publication, &remote, local.is_some()).await?;
        if local.is_some() {
            // Nothing leaves the machine from the Pinpoint of this studio: it takes messages of every channel.
            remote.enable_absent_channel(&application, &letter.channel).await.map_err(target_failure)?;
        }
        let body = json!({
            "Addresses": {address.as_str(): {"ChannelType": letter.channel}},
            "MessageConfiguration": letter.configuration,
        });
        let answer = remote.send_messages(&application, &body).await.map_err(target_failure)?;
        let result = answer.get("Result").and_then(|results| results.get(&address)).cloned().unwrap_or_default();
        let text = |name: &str| result.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let status = text("DeliveryStatus");
        Ok(TestSent { address, is_taken: status == "SUCCESSFUL", words: text("StatusMessage"), status })
    }
}

/// The application of the project on the target. In the Pinpoint of this studio it is made where there is none yet: nothing
/// leaves the machine from there.
async fn application(publication: &Publication, remote: &Remote, is_own: bool) -> Outcome<String> {
    let bindings = publication::bindings_of(publication.folder.as_deref())?;
    let known = publishing::application(&publication.project, &bindings.of(&publication.target), remote).await;
    match known.map_err(target_failure)? {
        Some(application) => Ok(application),
        None if is_own => publication.make_application(remote, bindings).await,
        None => Err(failure(
            FailureCode::NotFound,
            format!("the project is not on the target `{}` yet", publication.target),
            "publish it there once, or name its `application_id` in waymark.toml",
        )),
    }
}

impl Inner {
    fn letter(&self, message: &bridge::Preview) -> Outcome<Letter> {
        let (kind, channel, rendered) = self.rendered(message)?;
        let document = message.project.documents.get(&message.template).cloned().unwrap_or_default();
        letter(kind, &channel, &rendered, &document)
    }
}

/// `rendered` is final: the target must not read it once more as a template.
fn letter(kind: TemplateKind, channel: &str, rendered: &Rendered, document: &Value) -> Outcome<Letter> {
    if let Some((name, _)) = rendered.parts.iter().find(|(_, text)| text.contains("{{")) {
        return Err(bad_input(
            format!("`{name}` has double braces after it was made, and the target would read them once more"),
            "choose a person without braces in their values",
        ));
    }
    let data = |text: &str| json!({"Charset": "UTF-8", "Data": text});
    let own = |name: &str, members: Map<String, Value>| json!({name: members});
    let mut members = Map::new();
    let configuration = match kind {
        TemplateKind::Email => {
            let mut headers = Vec::new();
            for (name, text) in &rendered.parts {
                match name.strip_prefix("Headers.") {
                    Some(header) => headers.push(json!({"Name": header, "Value": text})),
                    None if text.is_empty() => {}
                    None => drop(members.insert(name.clone(), data(text))),
                }
            }
            if !headers.is_empty() {
                members.insert("Headers".into(), headers.into());
            }
            json!({"EmailMessage": {"SimpleEmail": members}})
        }
        TemplateKind::Sms => {
            members.insert("Body".into(), rendered.part("Body").unwrap_or_default().into());
            members.insert("MessageType".into(), "TRANSACTIONAL".into());
            own("SMSMessage", members)
        }
        TemplateKind::Voice => {
            members.insert("Body".into(), rendered.part("Body").unwrap_or_default().into());
            for member in ["LanguageCode", "VoiceId"] {
                if let Some(value) = document.get(member) {
                    members.insert(member.into(), value.clone());
                }
            }
            own("VoiceMessage", members)
        }
        TemplateKind::Push => {
            members.extend(rendered.parts.iter().map(|(name, text)| (name.clone(), text.as_str().into())));
            let service = match templates::push_service(Some(channel)) {
                "APNS" => "APNSMessage",
                "ADM" => "ADMMessage",
                "Baidu" => "BaiduMessage",
                "GCM" => "GCMMessage",
                _ => "DefaultPushNotificationMessage",
            };
            own(service, members)
        }
        TemplateKind::InApp => return Err(not_sent()),
    };
    Ok(Letter { channel: channel.to_owned(), configuration })
}

fn not_sent() -> bridge::Failure {
    bad_input(
        "in-app messages are not sent: an app asks for them when somebody opens it",
        "look at the preview, or put the message into a campaign",
    )
}

impl Inner {
    /// A template as the chosen one of the sample people gets it, with their channel.
    fn rendered(&self, message: &bridge::Preview) -> Outcome<(TemplateKind, String, Rendered)> {
        let DocumentId::Template(kind, name) = &message.template else {
            return Err(not_found(format!("{} is no template", message.template), "choose a message of the project"));
        };
        if *kind == TemplateKind::InApp {
            return Err(not_sent());
        }
        let none = || not_found(format!("there is no {}", message.template), "it may have been taken away");
        let document = message.project.template(*kind, name).ok_or_else(none)?;
        let wrong = |why: String| bad_input(why, "correct the message first; the preview says the same");
        let template = templates::Template::compile(*kind, document).map_err(|error| wrong(error.to_string()))?;
        let crowd = self.crowd_of(&message.project, message.folder.as_deref());
        let found = crate::content::found(&template, &crowd.people, &message.text);
        let Some((_, row)) = crate::content::chosen(&found, message.person) else {
            return Err(bad_input("none of the sample people gets this message", "add somebody with its channel"));
        };
        let rendering = templates::Rendering::of(engine::Place::of(row), crate::now());
        let rendered = template.message(&rendering).map_err(|error| wrong(error.to_string()))?;
        let channel = row.channel().map(|channel| model::view::Word::as_str(channel).to_owned()).unwrap_or_default();
        Ok((*kind, channel, rendered))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(parts: &[(&str, &str)]) -> Rendered {
        Rendered { parts: parts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect() }
    }

    #[test]
    fn each_kind_is_sent_as_its_channel_takes_it() {
        let of = |kind, channel: &str, parts: &[(&str, &str)], document: Value| {
            letter(kind, channel, &rendered(parts), &document).map(|letter| letter.configuration)
        };
        let data = |text: &str| json!({"Charset": "UTF-8", "Data": text});
        let mail = [("Subject", "Hi"), ("HtmlPart", "<p>Hi</p>"), ("TextPart", ""), ("Headers.X-A", "b")];
        assert_eq!(
            of(TemplateKind::Email, "EMAIL", &mail, json!({})).unwrap(),
            json!({"EmailMessage": {"SimpleEmail": {
                "Subject": data("Hi"), "HtmlPart": data("<p>Hi</p>"), "Headers": [{"Name": "X-A", "Value": "b"}]
            }}})
        );
        let body = [("Body", "Hi")];
        assert_eq!(
            of(TemplateKind::Sms, "SMS", &body, json!({})).unwrap(),
            json!({"SMSMessage": {"Body": "Hi", "MessageType": "TRANSACTIONAL"}})
        );
        assert_eq!(
            of(TemplateKind::Voice, "VOICE", &body, json!({"VoiceId": "Amy"})).unwrap(),
            json!({"VoiceMessage": {"Body": "Hi", "VoiceId": "Amy"}})
        );
        for (channel, member) in [("APNS_SANDBOX", "APNSMessage"), ("GCM", "GCMMessage"), ("ADM", "ADMMessage")] {
            assert_eq!(of(TemplateKind::Push, channel, &body, json!({})).unwrap(), json!({member: {"Body": "Hi"}}));
        }
        assert!(of(TemplateKind::InApp, "IN_APP", &[], json!({})).unwrap_err().message.contains("not sent"));
        let braces = of(TemplateKind::Sms, "SMS", &[("Body", "{{x}}")], json!({})).unwrap_err();
        assert!(braces.message.contains("double braces"));
    }
}
