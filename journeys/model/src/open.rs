//! What a JSON file from elsewhere holds: one resource or many, bare or wrapped as the SDKs and the CLI print it.
//!
//! Takes any JSON value; gives the resources in it. Knows `WriteJourneyRequest`, `JourneyResponse`,
//! `{"JourneyResponse": …}`, `{"JourneysResponse": {"Item": […]}}`, `{"Item": […]}`, the input of `CreateJourney`
//! (`{"ApplicationId": …, "WriteJourneyRequest": …}`), and the same of segments, campaigns and templates; lists of any of
//! them; and beside documents endpoints, lists of templates, answers about an application. What is taken is taken unchanged: members that only a response has stay (api.md 1).

use serde_json::Value;

use crate::project::{DocumentId, TemplateKind};

/// A resource found in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Where it belongs in a project; the name comes from the resource, or from `fallback`.
    pub id: DocumentId,
    /// The resource, unchanged.
    pub value: Value,
}

/// The kinds of resources, by what tells them apart.
#[derive(Clone, Copy)]
enum Resource {
    Journey,
    Campaign,
    Segment,
    Template(TemplateKind),
}

/// Wrapping members of the SDKs' and the CLI's output and input.
const WRAPPERS: &[(&str, Resource)] = &[
    ("JourneyResponse", Resource::Journey),
    ("WriteJourneyRequest", Resource::Journey),
    ("JourneysResponse", Resource::Journey),
    ("SegmentResponse", Resource::Segment),
    ("WriteSegmentRequest", Resource::Segment),
    ("SegmentsResponse", Resource::Segment),
    ("CampaignResponse", Resource::Campaign),
    ("WriteCampaignRequest", Resource::Campaign),
    ("CampaignsResponse", Resource::Campaign),
    ("EmailTemplateResponse", Resource::Template(TemplateKind::Email)),
    ("EmailTemplateRequest", Resource::Template(TemplateKind::Email)),
    ("SMSTemplateResponse", Resource::Template(TemplateKind::Sms)),
    ("SMSTemplateRequest", Resource::Template(TemplateKind::Sms)),
    ("PushNotificationTemplateResponse", Resource::Template(TemplateKind::Push)),
    ("PushNotificationTemplateRequest", Resource::Template(TemplateKind::Push)),
    ("InAppTemplateResponse", Resource::Template(TemplateKind::InApp)),
    ("InAppTemplateRequest", Resource::Template(TemplateKind::InApp)),
    ("VoiceTemplateResponse", Resource::Template(TemplateKind::Voice)),
    ("VoiceTemplateRequest", Resource::Template(TemplateKind::Voice)),
];

/// Everything that `value` holds, in its order; empty when nothing is recognised.
///
/// `fallback` names a resource that carries no name of its own, as a rule the file's name without ending. Two resources
/// of one kind and name get different file names by a number.
pub fn resources(value: &Value, fallback: &str) -> Vec<Opened> {
    let mut found: Vec<Opened> = Vec::new();
    gather(value, None, fallback, &mut |resource, value, fallback| {
        let name = name_of(resource, value, fallback);
        let mut id = document(resource, name.clone());
        let mut n = 2;
        while found.iter().any(|other| same_file(&other.id, &id)) {
            id = document(resource, format!("{name}-{n}"));
            n += 1;
        }
        found.push(Opened { id, value: value.clone() });
    });
    found
}

/// What a file from elsewhere holds beside documents.
#[derive(Clone, Debug, PartialEq)]
pub enum Beside {
    /// An endpoint (`EndpointResponse`, or a line of an export).
    Endpoint(Value),
    /// A template that is listed without what it says (`ListTemplates`).
    Listed(DocumentId),
    /// What describes an application or a job: the name of a part (`application`, `channels`, `import-jobs`), and the
    /// answer.
    Part(String, Value),
}

/// Everything that `value` holds beside documents, in its order.
pub fn beside(value: &Value) -> Vec<Beside> {
    let mut found = Vec::new();
    gather_beside(value, &mut found);
    found
}

fn gather_beside(value: &Value, found: &mut Vec<Beside>) {
    let object = match value {
        Value::Array(list) => return list.iter().for_each(|element| gather_beside(element, found)),
        Value::Object(object) => object,
        _ => return,
    };
    let items = |value: &Value| value.get("Item").and_then(Value::as_array).cloned().unwrap_or_default();
    for (member, inner) in object.iter().filter(|(_, inner)| inner.is_object()) {
        match member.as_str() {
            "EndpointResponse" => found.push(Beside::Endpoint(inner.clone())),
            "EndpointsResponse" => found.extend(items(inner).into_iter().map(Beside::Endpoint)),
            "TemplatesResponse" => found.extend(items(inner).iter().filter_map(listed)),
            _ if WRAPPERS.iter().any(|(wrapper, _)| wrapper == member) => {}
            _ => {
                let part = member.strip_suffix("Response").or_else(|| member.strip_suffix("Resource"));
                if let Some(part) = part.or((member == "EventStream").then_some(member)) {
                    found.push(Beside::Part(dashed(part), inner.clone()));
                }
            }
        }
    }
    if object.contains_key("ChannelType") && (object.contains_key("Address") || object.contains_key("EndpointStatus")) {
        found.push(Beside::Endpoint(value.clone()));
    }
}

fn listed(template: &Value) -> Option<Beside> {
    let word = template.get("TemplateType")?.as_str()?;
    let kind = TemplateKind::ALL.into_iter().find(|kind| kind.template_type() == word)?;
    Some(Beside::Listed(DocumentId::Template(kind, template.get("TemplateName")?.as_str()?.to_owned())))
}

/// `ImportJobs` as `import-jobs`.
fn dashed(name: &str) -> String {
    let mut out = String::new();
    let mut small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && small {
            out.push('-');
        }
        small = letter.is_lowercase();
        out.extend(letter.to_lowercase());
    }
    out
}

/// Whether two documents would be one file where file names do not tell capital letters from small ones.
pub(crate) fn same_file(one: &DocumentId, other: &DocumentId) -> bool {
    one.to_string().to_lowercase() == other.to_string().to_lowercase()
}

fn gather(value: &Value, known: Option<Resource>, fallback: &str, take: &mut dyn FnMut(Resource, &Value, &str)) {
    match value {
        Value::Array(list) => list.iter().for_each(|element| gather(element, known, fallback, take)),
        Value::Object(object) => {
            let mut wrapped = false;
            for (member, resource) in WRAPPERS {
                if let Some(inner) = object.get(*member) {
                    wrapped = true;
                    // A template's name stands beside its request, not in it.
                    let beside = object.get("TemplateName").and_then(Value::as_str);
                    gather(inner, Some(*resource), beside.unwrap_or(fallback), take);
                }
            }
            match object.get("Item") {
                _ if wrapped => {}
                Some(list @ Value::Array(_)) => gather(list, known, fallback, take),
                _ => {
                    if let Some(resource) = recognise(value).or(known) {
                        take(resource, value, fallback);
                    }
                }
            }
        }
        _ => {}
    }
}

/// What a bare resource is, by the members that only this kind has.
fn recognise(value: &Value) -> Option<Resource> {
    let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
    let template = || {
        let word = value.get("TemplateType")?.as_str()?;
        TemplateKind::ALL.into_iter().find(|kind| kind.template_type() == word)
    };
    if let Some(kind) = template() {
        Some(Resource::Template(kind))
    } else if has(&["Activities", "StartActivity", "StartCondition"]) {
        Some(Resource::Journey)
    } else if has(&["Dimensions", "SegmentGroups", "SegmentType"]) {
        Some(Resource::Segment)
    } else if has(&["MessageConfiguration", "TemplateConfiguration", "HoldoutPercent"]) {
        Some(Resource::Campaign)
    } else if has(&["HtmlPart", "TextPart", "Subject"]) {
        Some(Resource::Template(TemplateKind::Email))
    } else if has(&["APNS", "GCM", "ADM", "Baidu"]) {
        Some(Resource::Template(TemplateKind::Push))
    } else {
        None
    }
}

fn document(resource: Resource, name: String) -> DocumentId {
    match resource {
        Resource::Journey => DocumentId::Journey(name),
        Resource::Campaign => DocumentId::Campaign(name),
        Resource::Segment => DocumentId::Segment(name),
        Resource::Template(kind) => DocumentId::Template(kind, name),
    }
}

fn name_of(resource: Resource, value: &Value, fallback: &str) -> String {
    let member = match resource {
        Resource::Template(_) => "TemplateName",
        _ => "Name",
    };
    let name = value.get(member).and_then(Value::as_str).map(file_name).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| match file_name(fallback) {
        name if name.is_empty() => "untitled".to_owned(),
        name => name,
    })
}

/// Names that Windows keeps for devices, whatever ending follows.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// A name that is fit for a file on every system: letters, digits, `-`, `_` and `.` of any script, at most 100
/// characters and 200 bytes; runs of anything else become one `-`. It never ends like the canvas file of a journey.
pub fn file_name(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim().chars() {
        if c.is_alphanumeric() || c == '_' || c == '.' && !out.is_empty() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let mut bytes = 0;
    let fits = |c: &char| {
        bytes += c.len_utf8();
        bytes <= 200
    };
    let mut out = out.chars().take(100).take_while(fits).collect::<String>().trim_end_matches(['-', '.']).to_owned();
    if let Some(stem) = out.strip_suffix(".canvas") {
        out = format!("{stem}-canvas");
    }
    let stem = out.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let port = |kind| stem.strip_prefix(kind).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
    if DEVICES.contains(&stem.as_str()) || port("com") || port("lpt") {
        out.insert(0, '_');
    }
    out
}
