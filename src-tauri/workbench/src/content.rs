//! Messages before they are sent: a template rendered for one of the sample people, and what people lack.

use std::collections::BTreeMap;

use audience::{People, Row};
use bridge::{PreviewView, Recipient, ServiceMessage, VariableUse};
use engine::Place;
use model::view::Word;
use model::wire::ChannelType;
use model::{DocumentId, Millis, PUSH_CHANNELS, TemplateKind};
use serde_json::{Value, json};
use templates::{
    Encoding, Mark, Rendered, Rendering, Template, limits, marks, plain_text, push_payload, push_service, sms_parts,
};

use crate::failure::not_found;
use crate::{Inner, Outcome, now, preheader, source};

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
        let sources = source::state(&command.project, *kind, name);
        let preheader = (*kind == TemplateKind::Email).then(|| preheader::of(&command.project, name));
        let typed = |view| PreviewView { sms_typed: sms_typed(*kind, document), ..view };
        let crowd = self.crowd_of(&command.project, command.folder.as_deref());
        let template = match Template::compile(*kind, document) {
            Ok(template) => template,
            Err(error) => {
                let failure = Some(error.to_string());
                return Ok(typed(PreviewView { failure, sources, preheader, ..PreviewView::default() }));
            }
        };
        let at = now();
        let mut view = preview(&template, &crowd.people, &command.text, command.person, at);
        let found = found(&template, &crowd.people, &command.text);
        if let Some((_, row)) = chosen(&found, command.person) {
            view.conditions = conditions(document, Place::of(row), at);
        }
        Ok(typed(PreviewView { sources, preheader, ..view }))
    }
}

/// `person` counts those whom the template reaches and `text` finds; beyond the last it is the last.
fn preview(template: &Template, people: &People, text: &str, person: u64, now: Millis) -> PreviewView {
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
    let mut reached = 0;
    for row in people.rows().filter(|row| reaches(template.kind(), row.channel())) {
        reached += 1;
        for path in template.lacking(&Rendering::of(Place::of(row), now)) {
            if let Some(variable) = variables.iter_mut().find(|variable| variable.path == path) {
                variable.lacking += 1;
            }
        }
    }
    let found = found(template, people, text);
    let mut view = PreviewView { reached, total: found.len() as u64, variables, ..PreviewView::default() };
    let Some((place, row)) = chosen(&found, person) else { return view };
    if template.kind() == TemplateKind::Sms {
        view.parts_by_country = parts_by_country(template, people, now);
    }
    view.recipient = Some(recipient(row, place));
    let rendering = Rendering::of(Place::of(row), now);
    match template.render_with(&rendering) {
        Ok(message) => {
            measure(template.kind(), row, &message, &mut view);
            if template.kind() == TemplateKind::Push {
                view.services = services(template, &rendering);
            }
            view.failure = template.message(&rendering).err().map(|error| error.to_string());
            let part = |name: &str| message.part(name).filter(|text| !text.is_empty());
            if template.kind() == TemplateKind::Email && part("TextPart").is_none() {
                view.made_text = part("HtmlPart").map(plain_text).filter(|text| !text.is_empty());
            }
            view.parts = message.parts;
        }
        Err(error) => view.failure = Some(error.to_string()),
    }
    view
}

/// Those whom the template reaches and the text finds.
pub(crate) fn found<'a>(template: &Template, people: &'a People, text: &str) -> Vec<Row<'a>> {
    let wanted = text.trim().to_lowercase();
    let is_found = |row: &Row<'_>| {
        let words = [Some(row.id()), row.user_id(), row.address()];
        words.into_iter().flatten().any(|word| word.to_lowercase().contains(&wanted))
    };
    people.rows().filter(|row| reaches(template.kind(), row.channel()) && is_found(row)).collect()
}

/// The one at a place, with the place; beyond the last it is the last.
pub(crate) fn chosen<'a>(found: &[Row<'a>], person: u64) -> Option<(u64, Row<'a>)> {
    let place = person.min((found.len() as u64).saturating_sub(1));
    Some((place, *found.get(usize::try_from(place).ok()?)?))
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
            view.sms = Some(sms_words(message.part("Body").unwrap_or_default()));
        }
        TemplateKind::Push => {
            let service = push_service(row.channel().map(Word::as_str));
            view.payload = Some((push_payload(service, message).len() as u64, limits::push_most(service) as u64));
        }
        TemplateKind::Email | TemplateKind::InApp | TemplateKind::Voice => {}
    }
}

/// How large a text message is as it is typed: whoever is shown, and whatever they lack.
fn sms_typed(kind: TemplateKind, document: &Value) -> Option<String> {
    let body = document.get("Body").and_then(Value::as_str).unwrap_or_default();
    let pieces = marks(body);
    let is_own = |mark: &Mark| matches!(mark, Mark::Text | Mark::Tag);
    let own: String = pieces.iter().filter(|(mark, _)| is_own(mark)).map(|(_, piece)| *piece).collect();
    let rest = match (own.len() == body.len(), pieces.iter().any(|(mark, _)| *mark == Mark::Block)) {
        (true, _) => "",
        (false, false) => ". What stands in braces is left out",
        (false, true) => ". What stands in braces is left out, and both ways of a condition are counted",
    };
    (kind == TemplateKind::Sms).then(|| format!("{}{rest}", sms_words(&own)))
}

/// The size of a text message in words: messages, encoding and what asks for it, what is left.
fn sms_words(text: &str) -> String {
    let size = sms_parts(text);
    let messages = if size.parts == 1 { "1 message".to_owned() } else { format!("{} messages", size.parts) };
    let encoding = match (size.encoding, size.forced_by) {
        (Encoding::Ucs2, Some(c)) => {
            format!("UCS-2 because “{}” (U+{:04X}) is not in GSM 03.38", c.escape_debug(), u32::from(c))
        }
        _ => "GSM 03.38".to_owned(),
    };
    let long = if size.too_long { ". It is too long to be sent" } else { "" };
    let left = if size.left == 1 { "1 character".to_owned() } else { format!("{} characters", size.left) };
    format!("{messages}, {encoding}, {left} left{long}")
}

/// What each push service is sent: the two that telephones have, and those that have a part of their own.
fn services(template: &Template, rendering: &Rendering<'_, Place<'_>>) -> Vec<ServiceMessage> {
    let made = |service: &str| {
        let message = template.render_for(service, rendering).ok()?;
        let bytes = push_payload(service, &message).len() as u64;
        let most = limits::push_most(service) as u64;
        Some(ServiceMessage { service: service.to_owned(), parts: message.parts, bytes, most })
    };
    ["APNS", "GCM", "ADM", "Baidu"].into_iter().filter_map(made).collect()
}

/// In how many parts a text message goes to the people of each country.
fn parts_by_country(template: &Template, people: &People, now: Millis) -> Vec<(String, u64, u64)> {
    let mut counts: BTreeMap<(String, u64), u64> = BTreeMap::new();
    let reached = people.rows().filter(|row| reaches(template.kind(), row.channel()));
    for row in reached.take(PreviewView::PART_SAMPLE) {
        let Ok(message) = template.message(&Rendering::of(Place::of(row), now)) else { continue };
        let parts = sms_parts(message.part("Body").unwrap_or_default()).parts as u64;
        let country = row.country().unwrap_or_default().to_owned();
        *counts.entry((country, parts)).or_default() += 1;
    }
    counts.into_iter().map(|((country, parts), people)| (country, parts, people)).collect()
}

/// What text depends on, in the texts of a template, and whether it holds. What is asked of the elements of a list is left
/// out: it has as many answers as the list elements.
fn conditions(document: &Value, place: Place<'_>, now: Millis) -> Vec<(String, bool)> {
    let mut texts = Vec::new();
    texts_of(document, &mut texts);
    let mut found: Vec<(String, bool)> = Vec::new();
    for text in texts {
        for condition in
            marks(text).into_iter().filter(|(mark, _)| *mark == Mark::Block).filter_map(|(_, tag)| asked(tag))
        {
            if found.iter().any(|(known, _)| known == condition) {
                continue;
            }
            let name = condition.split_whitespace().next().unwrap_or_default();
            let probe = json!({
                "Body": format!("{{{{#{condition}}}}}1{{{{/{name}}}}}"),
                "DefaultSubstitutions": document.get("DefaultSubstitutions").cloned().unwrap_or_default(),
            });
            let Ok(probe) = Template::compile(TemplateKind::Sms, &probe) else { continue };
            let Ok(answer) = probe.render_with(&Rendering::of(place, now)) else { continue };
            found.push((condition.to_owned(), answer.part("Body") == Some("1")));
        }
    }
    found
}

/// The condition of `{{#if …}}` and of other blocks that ask; `None` = the tag asks nothing.
fn asked(tag: &str) -> Option<&str> {
    let inside = tag.trim_start_matches('{').trim_end_matches('}').trim_matches('~').trim();
    let condition = inside.strip_prefix('#')?.trim();
    let name = condition.split_whitespace().next()?;
    let asks = !matches!(name, "each" | "with") && !name.starts_with(['*', '>']);
    let of_element = condition.contains("this") || condition.contains(['@']) || condition.contains("../");
    (asks && !of_element).then_some(condition)
}

/// All texts in a document, but the default values.
fn texts_of<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(list) => list.iter().for_each(|one| texts_of(one, texts)),
        Value::Object(object) => {
            object.iter().filter(|(name, _)| *name != "DefaultSubstitutions").for_each(|(_, one)| texts_of(one, texts));
        }
        _ => {}
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
    fn conditions_are_told_with_their_answer() {
        let people = people();
        let document = json!({
            "Subject": "{{#if Attributes.Plan}}a{{else}}b{{/if}}{{#each Attributes.Plan}}{{#if this}}x{{/if}}{{/each}}",
            "HtmlPart": "{{~#eq User.UserAttributes.FirstName.[0] \"Ann\"~}}x{{/eq}}{{#if Attributes.Plan}}c{{/if}}",
            "DefaultSubstitutions": "{}",
        });
        let ann = people.rows().next().map(|row| conditions(&document, Place::of(row), DAY)).unwrap();
        let asked = |condition: &str, answer| (condition.to_owned(), answer);
        let first = asked("if Attributes.Plan", false);
        assert_eq!(ann, [first, asked("eq User.UserAttributes.FirstName.[0] \"Ann\"", true)]);
    }

    #[test]
    fn an_email_without_text_has_one_made_and_a_push_message_one_for_each_service() {
        let mut people = people();
        people.push(Some("d"), &json!({"ChannelType": "GCM", "Address": "token"})).unwrap();
        let view = |kind, document: &Value| preview(&Template::compile(kind, document).unwrap(), &people, "", 0, DAY);
        let mail = view(TemplateKind::Email, &json!({"HtmlPart": "<p>Hi</p><p>Bye</p>"}));
        assert_eq!(mail.made_text.as_deref(), Some("Hi\n\nBye"));
        let own = view(TemplateKind::Email, &json!({"HtmlPart": "<p>Hi</p>", "TextPart": "Hello"}));
        assert_eq!(own.made_text, None);
        let push = view(TemplateKind::Push, &json!({"Default": {"Body": "all"}, "APNS": {"Body": "apple"}}));
        let bodies: Vec<_> = push.services.iter().map(|of| (of.service.as_str(), of.parts[0].1.as_str())).collect();
        assert_eq!(bodies, [("APNS", "apple"), ("GCM", "all"), ("ADM", "all"), ("Baidu", "all")]);
        assert!(push.services.iter().all(|of| of.bytes > 0 && of.bytes < of.most));
        let sms = view(TemplateKind::Sms, &json!({"Body": "x".repeat(161)}));
        assert_eq!(sms.parts_by_country, [(String::new(), 2, 2)]);
    }

    #[test]
    fn a_text_message_is_as_large_as_it_is_typed_whoever_gets_it() {
        let typed = |body: &str| sms_typed(TemplateKind::Sms, &json!({ "Body": body })).unwrap();
        assert_eq!(typed("Hi"), "1 message, GSM 03.38, 158 characters left");
        assert_eq!(typed(&"x".repeat(159)), "1 message, GSM 03.38, 1 character left");
        let rest = ". What stands in braces is left out, and both ways of a condition are counted";
        assert_eq!(
            typed("Hi {{Attributes.Name}}{{#if a}}!{{/if}}"),
            format!("1 message, GSM 03.38, 156 characters left{rest}")
        );
        let forced = "UCS-2 because “\u{2019}” (U+2019) is not in GSM 03.38";
        assert_eq!(typed(&format!("\u{2019}{}", "x".repeat(70))), format!("2 messages, {forced}, 63 characters left"));
        assert_eq!(
            typed("\u{200b}"),
            "1 message, UCS-2 because “\\u{200b}” (U+200B) is not in GSM 03.38, 69 characters left"
        );
        assert!(typed(&"x".repeat(1_601)).ends_with("left. It is too long to be sent"));
        let left_out = "1 message, GSM 03.38, 157 characters left. What stands in braces is left out";
        assert_eq!(typed("Hi {{Id}}"), left_out);
        assert!(typed("Hi {{open").starts_with(left_out));
        assert_eq!(sms_typed(TemplateKind::Voice, &json!({"Body": "Hi"})), None);
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
        let size = "1 message, UCS-2 because “\u{2026}” (U+2026) is not in GSM 03.38, 54 characters left";
        assert_eq!(first.sms.as_deref(), Some(size));
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
