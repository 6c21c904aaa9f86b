//! Messages before they are sent: a template rendered for one of the sample people, and what people lack.

use audience::{People, Row};
use bridge::{PreviewView, Recipient, SmsSize, VariableUse};
use engine::Place;
use model::view::Word;
use model::wire::ChannelType;
use model::{DocumentId, Millis, PUSH_CHANNELS, TemplateKind};
use templates::{Encoding, Rendered, Rendering, Template, limits, push_payload, push_service, sms_parts};

use crate::failure::not_found;
use crate::{Inner, Outcome, now, source};

impl Inner {
    pub(crate) fn preview(&self, command: bridge::Preview) -> Outcome<PreviewView> {
        let DocumentId::Template(kind, name) = &command.template else {
            return Err(not_found(format!("{} is no template", command.template), "choose a message of the project"));
        };
        let Some(document) = command.project.template(*kind, name) else {
            return Err(not_found(
                format!("there is no {}", command.template),
                "it may have been taken away; undo brings it back",
            ));
        };
        let source = match kind {
            TemplateKind::Email => source::state(&command.project, name),
            _ => None,
        };
        let crowd = self.crowd_of(&command.project, command.folder.as_deref());
        let template = match Template::compile(*kind, document) {
            Ok(template) => template,
            Err(error) => {
                return Ok(PreviewView { failure: Some(error.to_string()), source, ..PreviewView::default() });
            }
        };
        let view = preview(&template, &crowd.people, &command.text, command.person, now());
        Ok(PreviewView { source, ..view })
    }
}

/// `person` counts those whom the template reaches and `text` finds; beyond the last it is the last.
fn preview(template: &Template, people: &People, text: &str, person: u64, now: Millis) -> PreviewView {
    let wanted = text.trim().to_lowercase();
    let mut variables: Vec<VariableUse> = template
        .variables()
        .into_iter()
        .map(|variable| VariableUse {
            path: variable.path,
            has_default: variable.has_default,
            needed: variable.needed,
            lacking: 0,
        })
        .collect();
    let (mut reached, mut found) = (0, Vec::new());
    for row in people.rows().filter(|row| reaches(template.kind(), row.channel())) {
        reached += 1;
        for path in template.lacking(&Rendering::of(Place::of(row), now)) {
            if let Some(variable) = variables.iter_mut().find(|variable| variable.path == path) {
                variable.lacking += 1;
            }
        }
        let words = [Some(row.id()), row.user_id(), row.address()];
        if words.into_iter().flatten().any(|word| word.to_lowercase().contains(&wanted)) {
            found.push(row);
        }
    }
    let total = found.len() as u64;
    let place = person.min(total.saturating_sub(1));
    let mut view = PreviewView { reached, total, variables, ..PreviewView::default() };
    let Some(row) = usize::try_from(place).ok().and_then(|place| found.get(place)).copied() else { return view };
    view.recipient = Some(recipient(row, place));
    let rendering = Rendering::of(Place::of(row), now);
    match template.render_with(&rendering) {
        Ok(message) => {
            measure(template.kind(), row, &message, &mut view);
            view.failure = template.message(&rendering).err().map(|error| error.to_string());
            view.parts = message.parts;
        }
        Err(error) => view.failure = Some(error.to_string()),
    }
    view
}

fn recipient(row: Row<'_>, place: u64) -> Recipient {
    let first = |name: &str| row.user_attribute(name).first().or(row.attribute(name).first()).unwrap_or_default();
    Recipient {
        place,
        id: row.user_id().unwrap_or(row.id()).to_owned(),
        name: format!("{} {}", first("FirstName"), first("LastName")).trim().to_owned(),
        channel: row.channel().map(|channel| channel.as_str().to_owned()).unwrap_or_default(),
    }
}

fn measure(kind: TemplateKind, row: Row<'_>, message: &Rendered, view: &mut PreviewView) {
    match kind {
        TemplateKind::Sms => {
            let size = sms_parts(message.part("Body").unwrap_or_default());
            view.sms = Some(SmsSize {
                is_unicode: size.encoding == Encoding::Ucs2,
                units: size.units as u64,
                parts: size.parts as u64,
                left: size.left as u64,
            });
        }
        TemplateKind::Push => {
            let service = push_service(row.channel().map(Word::as_str));
            view.payload = Some((push_payload(service, message).len() as u64, limits::push_most(service) as u64));
        }
        TemplateKind::Email | TemplateKind::InApp | TemplateKind::Voice => {}
    }
}

/// Whether a template of that kind can go to an endpoint of that channel.
fn reaches(kind: TemplateKind, channel: Option<ChannelType>) -> bool {
    channel.is_some_and(|channel| match kind {
        TemplateKind::Email => channel == ChannelType::Email,
        TemplateKind::Sms => channel == ChannelType::Sms,
        TemplateKind::Voice => channel == ChannelType::Voice,
        TemplateKind::Push => PUSH_CHANNELS.contains(&channel),
        TemplateKind::InApp => true,
    })
}

#[cfg(test)]
mod tests {
    use model::time::DAY;
    use serde_json::json;

    use super::*;

    fn people() -> People {
        let mut people = People::default();
        for (id, endpoint) in [
            (
                "a",
                json!({"ChannelType": "SMS", "Address": "+1", "User": {"UserId": "ann", "UserAttributes": {"FirstName": ["Ann"]}}}),
            ),
            ("b", json!({"ChannelType": "EMAIL", "Address": "b@x.example"})),
            ("c", json!({"ChannelType": "SMS", "Address": "+3", "Attributes": {"Plan": ["gold"]}})),
        ] {
            people.push(Some(id), &endpoint).unwrap();
        }
        people
    }

    #[test]
    fn a_template_is_seen_by_those_whom_it_reaches_and_what_they_lack_is_counted() {
        let text = "Hello {{User.UserAttributes.FirstName}}, {{Attributes.Plan}}\u{2026}";
        let document = json!({"Body": text, "DefaultSubstitutions": "{\"Attributes.Plan\": \"free\"}"});
        let template = Template::compile(TemplateKind::Sms, &document).unwrap();
        let people = people();
        let first = preview(&template, &people, "", 0, DAY);
        assert_eq!(first.total, 2, "the e-mail address gets no text message");
        let ann = Recipient { place: 0, id: "ann".into(), name: "Ann".into(), channel: "SMS".into() };
        assert_eq!(first.recipient, Some(ann));
        assert_eq!(first.parts, [("Body".to_owned(), "Hello Ann, free\u{2026}".to_owned())]);
        assert_eq!(first.sms, Some(SmsSize { is_unicode: true, units: 16, parts: 1, left: 54 }));
        let used: Vec<_> = first.variables.iter().map(|v| (v.path.as_str(), v.has_default, v.lacking)).collect();
        assert_eq!(used, [("User.UserAttributes.FirstName", false, 1), ("Attributes.Plan", true, 0)]);
        // Beyond the last is the last, who gets nothing.
        let last = preview(&template, &people, "", 9, DAY);
        assert_eq!(last.recipient.map(|who| who.id), Some("c".to_owned()));
        assert!(last.failure.is_some_and(|why| why.contains("FirstName")), "the reason is told");
        assert!(last.parts.is_empty());
        assert_eq!(preview(&template, &people, "nobody", 0, DAY).recipient, None);
    }
}
