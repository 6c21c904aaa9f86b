//! `cargo xtask generate`: writes the wire types of `journeys/model` from the API as data.
//!
//! Takes `journeys/model/api/pinpoint.json` (operations with their HTTP bindings, and shapes); gives `wire.rs` (one view
//! per shape that a project folder or the local Pinpoint reads by name, one enum per closed set of words) and `table.rs`
//! (every shape and operation as constants). Never: by hand. A test here regenerates both and compares.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// Shapes from which the views are generated, with all that they contain.
const ROOTS: &[&str] = &[
    "WriteJourneyRequest",
    "JourneyResponse",
    "JourneysResponse",
    "JourneyStateRequest",
    "WriteSegmentRequest",
    "SegmentResponse",
    "WriteCampaignRequest",
    "CampaignResponse",
    "EmailTemplateRequest",
    "SMSTemplateRequest",
    "PushNotificationTemplateRequest",
    "VoiceTemplateRequest",
    "InAppTemplateRequest",
    "EndpointRequest",
    "EndpointResponse",
    "EndpointBatchRequest",
    "EventsRequest",
    "CreateApplicationRequest",
    "ApplicationResponse",
    "WriteApplicationSettingsRequest",
    "ApplicationSettingsResource",
    "EmailChannelRequest",
    "SMSChannelRequest",
    "APNSChannelRequest",
    "GCMChannelRequest",
    "TemplateActiveVersionRequest",
];

/// The generated files: name below `journeys/model/src/` and text.
pub fn files(api: &Path) -> Result<Vec<(&'static str, String)>> {
    let text = std::fs::read_to_string(api).with_context(|| format!("could not read `{}`", api.display()))?;
    let api: Value = serde_json::from_str(&text).with_context(|| format!("`{}` is not JSON", api.display()))?;
    let shapes = api["shapes"].as_object().context("the API has no `shapes`")?;
    let operations = api["operations"].as_object().context("the API has no `operations`")?;
    Ok(vec![("wire.rs", wire(shapes)?), ("table.rs", table(shapes, operations)?)])
}

/// Writes the generated files below `root`, the project's folder.
pub fn run(root: &Path) -> Result<()> {
    let model = root.join("journeys/model");
    for (name, text) in files(&model.join("api/pinpoint.json"))? {
        let path = model.join("src").join(name);
        std::fs::write(&path, text).with_context(|| format!("could not write `{}`", path.display()))?;
    }
    Ok(())
}

fn member_shape(member: &Value) -> Result<&str> {
    member["shape"].as_str().context("a member names no shape")
}

fn is_enum(shape: &Value) -> bool {
    shape["enum"].is_array()
}

/// `TemplateVersion` becomes `template_version`, `EMAIL` `email`, `APNSMessage` `apns_message`.
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, &c) in letters.iter().enumerate() {
        let after_lower = i > 0 && (letters[i - 1].is_lowercase() || letters[i - 1].is_ascii_digit());
        let ends_acronym =
            i > 0 && letters[i - 1].is_uppercase() && letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && (after_lower || ends_acronym) && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    match out.as_str() {
        "type" => "kind".to_owned(),
        "default" => "default_part".to_owned(),
        "json" => "json_member".to_owned(),
        _ => out,
    }
}

/// `CELLULAR_DATA` and `UTC` become `CellularData` and `Utc`.
fn variant(word: &str) -> String {
    word.split(['_', '-', '.', ' '])
        .flat_map(|part| {
            let mut letters = part.chars();
            letters.next().map(|first| first.to_uppercase().collect::<String>() + &letters.as_str().to_lowercase())
        })
        .collect()
}

fn collect(shapes: &Map<String, Value>, name: &str, seen: &mut BTreeSet<String>) -> Result<()> {
    if !seen.insert(name.to_owned()) {
        return Ok(());
    }
    let shape = shapes.get(name).with_context(|| format!("the API has no shape `{name}`"))?;
    for member in shape["members"].as_object().into_iter().flat_map(Map::values) {
        collect(shapes, member_shape(member)?, seen)?;
    }
    for part in ["member", "value", "key"] {
        if let Some(inner) = shape.get(part) {
            collect(shapes, member_shape(inner)?, seen)?;
        }
    }
    Ok(())
}

/// The macro words by which `view.rs` knows what a member holds.
fn holds(shapes: &Map<String, Value>, name: &str) -> Result<String> {
    let shape = &shapes[name];
    Ok(match shape["type"].as_str() {
        Some("string") if is_enum(shape) => format!("word {name}"),
        Some("string" | "timestamp" | "blob") => "text".into(),
        Some("boolean") => "flag".into(),
        Some("integer" | "long") => "integer".into(),
        Some("double" | "float") => "double".into(),
        Some("structure") => format!("shape {name}"),
        Some("list") => match member_shape(&shape["member"])? {
            inner if shapes[inner]["type"] == "structure" => format!("shapes {inner}"),
            inner if is_enum(&shapes[inner]) || shapes[inner]["type"] == "string" => "texts".into(),
            inner => bail!("no view for a list of `{inner}`"),
        },
        Some("map") => match member_shape(&shape["value"])? {
            inner if shapes[inner]["type"] == "structure" => format!("shape_map {inner}"),
            inner if shapes[inner]["type"] == "string" => "text_map".into(),
            inner if shapes[inner]["type"] == "double" => "double_map".into(),
            inner if shapes[inner]["type"] == "integer" => "integer_map".into(),
            inner if shapes[inner]["type"] == "map" => "raw".into(),
            inner if shapes[inner]["type"] == "list" => match member_shape(&shapes[inner]["member"])? {
                item if shapes[item]["type"] == "structure" => format!("shapes_map {item}"),
                _ => "texts_map".into(),
            },
            inner => bail!("no view for a map of `{inner}`"),
        },
        other => bail!("no view for `{name}` of type {other:?}"),
    })
}

fn wire(shapes: &Map<String, Value>) -> Result<String> {
    let mut seen = BTreeSet::new();
    for root in ROOTS {
        collect(shapes, root, &mut seen)?;
    }
    let mut out = String::from(
        "//! Views and words of Pinpoint's shapes, one for each shape that a project folder or the local Pinpoint reads.\n\
         //! Generated by `cargo xtask generate` from `api/pinpoint.json`; `view.rs` says what the macros make of it.\n\n\
         use crate::view::{view, words};\n",
    );
    for name in &seen {
        let shape = &shapes[name];
        if is_enum(shape) {
            write!(out, "\nwords! {{ {name} {{")?;
            for word in shape["enum"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                write!(out, " {} = \"{word}\",", variant(word))?;
            }
            out.push_str(" } }\n");
        } else if shape["type"] == "structure" {
            write!(out, "\nview! {{ {name} {{\n")?;
            for (member, target) in shape["members"].as_object().into_iter().flatten() {
                let wire_name = target["locationName"].as_str().unwrap_or(member);
                writeln!(out, "    {} = \"{wire_name}\": {},", snake(member), holds(shapes, member_shape(target)?)?)?;
            }
            out.push_str("} }\n");
        }
    }
    Ok(out)
}

fn table(shapes: &Map<String, Value>, operations: &Map<String, Value>) -> Result<String> {
    let names: Vec<&String> = shapes.keys().collect();
    let id = |name: &str| -> Result<usize> {
        names.iter().position(|n| *n == name).with_context(|| format!("the API has no shape `{name}`"))
    };
    let mut out = String::from(
        "//! Every shape and operation of the API as constants.\n\
         //! Generated by `cargo xtask generate` from `api/pinpoint.json`; `shapes.rs` and `operations.rs` say what they mean.\n\n\
         use crate::operations::{Location, Member as Bound, Operation};\n\
         use crate::shapes::{Kind, Member, Shape};\n\n\
         /// All shapes of the API; a shape names another by its place in this list.\n\
         pub static SHAPES: &[Shape] = &[\n",
    );
    for (name, shape) in shapes {
        let kind = match shape["type"].as_str() {
            Some("string") => {
                let words: Vec<String> =
                    shape["enum"].as_array().into_iter().flatten().map(|w| w.to_string()).collect();
                if words.is_empty() { "Kind::Text".into() } else { format!("Kind::Words(&[{}])", words.join(", ")) }
            }
            Some("timestamp") => "Kind::Timestamp".into(),
            Some("blob") => "Kind::Blob".into(),
            Some("boolean") => "Kind::Flag".into(),
            Some("integer" | "long") => "Kind::Integer".into(),
            Some("double" | "float") => "Kind::Double".into(),
            Some("list") => format!("Kind::List({})", id(member_shape(&shape["member"])?)?),
            Some("map") => format!("Kind::Map({})", id(member_shape(&shape["value"])?)?),
            Some("structure") => {
                let required: Vec<&str> =
                    shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut members = String::new();
                for (member, target) in shape["members"].as_object().into_iter().flatten() {
                    let wire_name = target["locationName"].as_str().unwrap_or(member);
                    write!(
                        members,
                        "Member {{ name: \"{wire_name}\", shape: {}, required: {} }}, ",
                        id(member_shape(target)?)?,
                        required.contains(&member.as_str())
                    )?;
                }
                format!("Kind::Structure(&[{members}])")
            }
            other => bail!("shape `{name}` has the unknown type {other:?}"),
        };
        writeln!(out, "    Shape {{ name: \"{name}\", kind: {kind} }},")?;
    }
    out.push_str("];\n\n/// All operations of the API.\npub static OPERATIONS: &[Operation] = &[\n");
    for (name, operation) in operations {
        let payload = |side: &str| -> Result<String> {
            let Some(shape) = operation[side]["shape"].as_str() else { return Ok("None".into()) };
            let wrapper = &shapes[shape];
            let Some(member) = wrapper["payload"].as_str() else { return Ok("None".into()) };
            Ok(format!("Some({})", id(member_shape(&wrapper["members"][member])?)?))
        };
        let mut bound = String::new();
        if let Some(input) = operation["input"]["shape"].as_str() {
            for (member, target) in shapes[input]["members"].as_object().into_iter().flatten() {
                let location = match target["location"].as_str() {
                    Some("uri") => "Uri",
                    Some("querystring") => "Query",
                    Some("header") => "Header",
                    _ => continue,
                };
                let wire_name = target["locationName"].as_str().unwrap_or(member);
                write!(bound, "Bound {{ name: \"{wire_name}\", location: Location::{location} }}, ")?;
            }
        }
        let http = &operation["http"];
        writeln!(
            out,
            "    Operation {{ name: \"{name}\", method: {}, path: {}, code: {}, request: {}, response: {}, bound: &[{bound}] }},",
            http["method"],
            http["requestUri"],
            http["responseCode"].as_u64().unwrap_or(200),
            payload("input")?,
            payload("output")?,
        )?;
    }
    out.push_str("];\n");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_in_the_checkout_are_the_generated_ones() {
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/model");
        for (name, text) in files(&model.join("api/pinpoint.json")).unwrap() {
            let there = std::fs::read_to_string(model.join("src").join(name)).unwrap();
            assert!(there == text, "`{name}` is not what `cargo xtask generate` writes");
        }
    }
}
