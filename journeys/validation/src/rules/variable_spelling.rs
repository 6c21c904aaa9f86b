use std::collections::BTreeSet;

use model::{DocumentId, Edit, TemplateKind, edit, path};
use serde_json::{Map, Value};
use templates::rename_variable;

use crate::{Findings, TemplateContext, similar};

rule! {
    /// Checks, where sample people are known, that a variable which nobody has is not a misspelled one: that no attribute
    /// which people have is called almost the same, or the same in another place.
    ///
    /// **Why it matters.** Names count letter by letter. Who has `FirstName` has no `Firstname`, and gets the default value,
    /// or no message at all.
    ///
    /// **Bad example.** `Hello {{User.UserAttributes.Firstname}}`, and people have `User.UserAttributes.FirstName`.
    ///
    /// ```json
    /// {
    ///   "people": ["User.UserAttributes.FirstName"],
    ///   "templates/email/news": {
    ///     "TextPart": "Hello {{User.UserAttributes.Firstname}}",
    ///     "DefaultSubstitutions": "{\"User.UserAttributes.Firstname\": \"you\"}"
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Write the variable as people have it.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "people": ["User.UserAttributes.FirstName"],
    ///   "templates/email/news": {
    ///     "TextPart": "Hello {{User.UserAttributes.FirstName}}",
    ///     "DefaultSubstitutions": "{\"User.UserAttributes.FirstName\": \"you\"}"
    ///   }
    /// }
    /// ```
    ///
    /// Source: templates.md 3, variables are found in exact case; what is close enough to be meant is our own judgement.
    "variable-spelling", Warning, "a variable is probably misspelled", Template
}

/// Members of an endpoint besides attributes and metrics: they are spelled right even if nobody has them.
const MEMBERS: [&str; 22] = [
    "Address",
    "ChannelType",
    "CreationDate",
    "Demographic.AppVersion",
    "Demographic.Locale",
    "Demographic.Make",
    "Demographic.Model",
    "Demographic.ModelVersion",
    "Demographic.Platform",
    "Demographic.PlatformVersion",
    "Demographic.Timezone",
    "EffectiveDate",
    "EndpointStatus",
    "Id",
    "Location.City",
    "Location.Country",
    "Location.Latitude",
    "Location.Longitude",
    "Location.PostalCode",
    "Location.Region",
    "OptOut",
    "RequestId",
];

fn check(template: &TemplateContext, found: &mut Findings) {
    let (Ok(compiled), Some(known)) = (&template.compiled, template.document.facts.people) else { return };
    let mut names: Vec<&str> = known.iter().map(String::as_str).collect();
    names
        .extend(MEMBERS.iter().copied().chain(["User.UserId"]).filter(|name| !known.iter().any(|known| known == name)));
    let read: BTreeSet<String> =
        compiled.variables().into_iter().map(|variable| without_place(variable.path)).collect();
    for variable in read {
        let given = names.contains(&variable.as_str()) || variable.starts_with("Recommendation");
        let Some(meant) = meant(&variable, &names).filter(|_| !given) else { continue };
        let (place, edit) = mended(template, &variable, meant);
        found.report(place, format!("nobody has `{variable}`")).help(format!("did you mean `{meant}`?")).fix(edit);
    }
}

/// The path without the place in a list at its end.
fn without_place(path: String) -> String {
    match path.rsplit_once('.') {
        Some((list, place)) if place.parse::<usize>().is_ok() => list.to_owned(),
        _ => path,
    }
}

/// The name that is probably meant: almost the same in the same place, else the same in another one.
fn meant<'a>(variable: &str, names: &[&'a str]) -> Option<&'a str> {
    let (place, last) = split(variable);
    let beside = names.iter().filter(|name| split(name).0 == place).map(|name| split(name).1);
    if let Some(found) = similar::similar(last, beside) {
        return names.iter().find(|name| split(name) == (place, found)).copied();
    }
    names.iter().find(|name| split(name).1.eq_ignore_ascii_case(last)).copied()
}

/// Where a name stands, and the name: `User.UserAttributes` and `FirstName`.
fn split(path: &str) -> (&str, &str) {
    let own = ["User.UserAttributes.", "Attributes.", "Metrics."];
    let custom = own.iter().find_map(|place| Some((*place, path.strip_prefix(place)?)));
    custom.unwrap_or_else(|| path.rsplit_once('.').unwrap_or(("", path)))
}

/// The first place that reads the variable, and the edit that writes it right in all of them.
fn mended(template: &TemplateContext, variable: &str, meant: &str) -> (model::Path, Edit) {
    let (id, root) = (template.document.id, template.document.root);
    let mut edit = Edit::new(format!("Write {meant}"));
    let mut first = None;
    let mut places: Vec<model::Path> = match template.kind {
        TemplateKind::Email => ["Subject", "HtmlPart", "TextPart"].map(|part| path![part]).to_vec(),
        TemplateKind::Sms | TemplateKind::Voice => vec![path!["Body"]],
        TemplateKind::Push => texts(root),
        TemplateKind::InApp => Vec::new(),
    };
    if template.kind == TemplateKind::Email {
        let headers = root.get("Headers").and_then(Value::as_array).map_or(0, Vec::len);
        places.extend((0..headers).map(|number| path!["Headers", number, "Value"]));
    }
    for place in places {
        let Some(text) = place.find(root).and_then(Value::as_str) else { continue };
        let better = rename_variable(text, variable, meant);
        if better != text {
            edit = edit.set(id, place.clone(), better);
            first.get_or_insert(place);
        }
    }
    sources(template, variable, meant, &mut edit);
    let at = path!["DefaultSubstitutions"];
    let defaults = root.get("DefaultSubstitutions").and_then(Value::as_str).unwrap_or_default();
    if let Ok(Value::Object(defaults)) = serde_json::from_str::<Value>(defaults)
        && defaults.contains_key(variable)
        && !defaults.contains_key(meant)
    {
        let name = |old: String| if old == variable { meant.to_owned() } else { old };
        let better: Map<String, Value> = defaults.into_iter().map(|(old, value)| (name(old), value)).collect();
        edit.changes.extend(edit::put("", id, root, &at, Value::Object(better).to_string().into()).changes);
    }
    (first.unwrap_or_default(), edit)
}

/// The texts of a push template.
fn texts(root: &Value) -> Vec<model::Path> {
    let services = root.as_object().into_iter().flatten();
    let members = services.filter_map(|(service, part)| Some((service, part.as_object()?)));
    members.flat_map(|(service, part)| part.keys().map(move |member| path![service, member])).collect()
}

/// What texts are made from says the same, or the next change of it would bring the old name back.
fn sources(template: &TemplateContext, variable: &str, meant: &str, edit: &mut Edit) {
    let DocumentId::Template(kind, name) = template.document.id else { return };
    for (id, value) in template.document.project.sources(*kind, name) {
        let better = match value {
            Value::String(text) => Value::String(rename_variable(text, variable, meant)),
            Value::Object(members) => {
                let renamed = |(member, text): (&String, &Value)| {
                    let better = text.as_str().map(|text| rename_variable(text, variable, meant).into());
                    (member.clone(), better.unwrap_or_else(|| text.clone()))
                };
                Value::Object(members.iter().map(renamed).collect())
            }
            _ => continue,
        };
        if better != *value {
            *edit = std::mem::replace(edit, Edit::new("")).set(&id, model::Path::default(), better);
        }
    }
}
