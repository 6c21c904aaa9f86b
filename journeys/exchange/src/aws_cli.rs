//! A shell script that makes everything of a project in an application, through the AWS CLI.
//!
//! Ids that the service gives are kept in variables of the script; bodies name them by marks, which `sed` replaces.

use std::fmt::Write;

use model::references::segment_references;
use model::{DocumentId, Project, TemplateKind, request};
use serde_json::Value;

use crate::{Exported, Loss, order};

/// The line that ends a body; no line of JSON is like it.
const END: &str = "END_OF_JSON";

/// The script. It reads the application's id from `APPLICATION_ID`, and stops at the first refusal.
pub fn script(project: &Project) -> Exported {
    let mut losses = Vec::new();
    let segments = order::segments(project);
    let mark = mark(project);
    let mut out = String::from(
        "#!/bin/sh\n# Makes the segments, templates, journeys and campaigns of a project in the application APPLICATION_ID.\n\
         # AWS_ENDPOINT_URL and AWS_REGION say where; journeys stay drafts, campaigns are paused.\nset -eu\n\
         : \"${APPLICATION_ID:?set APPLICATION_ID to the id of the application}\"\n",
    );
    let replace: String = (0..segments.len()).map(|n| format!(" -e \"s/{mark}{n}@/${{segment_{n}}}/g\"")).collect();
    let replace = if replace.is_empty() { "cat".to_owned() } else { format!("sed{replace}") };
    let with_marks = |id: &DocumentId, losses: &mut Vec<Loss>| -> Value {
        let mut body = request::body(id, &project.documents[id]);
        segment_references(id, &mut body, &mut |reference| {
            let place = project.segment(reference).and_then(|(found, _)| segments.iter().position(|id| id == found));
            match place {
                Some(n) => *reference = format!("{mark}{n}@"),
                None => losses.push(Loss::new(id, format!("the segment `{reference}` is not in the project"))),
            }
        });
        body
    };
    for n in 0..segments.len() {
        line(&mut out, &format!("segment_{n}=''"));
    }
    for (n, id) in segments.iter().enumerate() {
        let document = &project.documents[id];
        line(&mut out, &format!("\n# {}", one_line(&id.to_string())));
        if document["SegmentType"] == "IMPORT" {
            losses.push(Loss::new(id, "who is in an imported segment is not in its JSON: import the file first"));
            line(
                &mut out,
                &format!("segment_{n}=${{IMPORTED_{n}:?import the segment, and set IMPORTED_{n} to its id}}"),
            );
            continue;
        }
        let body = with_marks(id, &mut losses);
        let call = "create-segment --application-id \"$APPLICATION_ID\" --write-segment-request file:///dev/stdin \
                    --query SegmentResponse.Id --output text";
        line(&mut out, &format!("segment_{n}=$({replace} <<'{END}' | aws pinpoint {call}\n{body:#}\n{END}\n)"));
    }
    for (id, document) in &project.documents {
        let DocumentId::Template(kind, name) = id else { continue };
        let (operation, member) = match kind {
            TemplateKind::Email => ("email", "email"),
            TemplateKind::Sms => ("sms", "sms"),
            TemplateKind::Push => ("push", "push-notification"),
            TemplateKind::InApp => ("in-app", "in-app"),
            TemplateKind::Voice => ("voice", "voice"),
        };
        let body = request::body(id, document);
        let call = format!("create-{operation}-template --template-name {} --{member}-template-request", quoted(name));
        step(&mut out, id, "cat", &call, &body);
    }
    for id in project.documents.keys() {
        let DocumentId::Journey(_) = id else { continue };
        let mut body = with_marks(id, &mut losses);
        in_words_of_the_cli(&mut body);
        if let Some(object) = body.as_object_mut() {
            object.insert("State".to_owned(), "DRAFT".into());
        }
        let call = "create-journey --application-id \"$APPLICATION_ID\" --write-journey-request";
        step(&mut out, id, &replace, call, &body);
    }
    for id in project.documents.keys() {
        let DocumentId::Campaign(_) = id else { continue };
        let Some(body) = request::at_rest(with_marks(id, &mut losses)) else {
            losses.push(Loss::new(id, "it is sent the moment it is made, and can not be made paused"));
            continue;
        };
        let call = "create-campaign --application-id \"$APPLICATION_ID\" --write-campaign-request";
        step(&mut out, id, &replace, call, &body);
    }
    Exported { text: out, losses }
}

/// The one member whose name on the wire is not its name in the API's model, which is what the AWS CLI goes by:
/// `segmentDimensions` of a `SimpleCondition`.
fn in_words_of_the_cli(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(in_words_of_the_cli),
        Value::Object(object) => {
            let condition = ["EventCondition", "SegmentCondition", "segmentDimensions"];
            // An attribute of that name has values.
            let is_condition = object.keys().all(|name| condition.contains(&name.as_str()))
                && object.get("segmentDimensions").is_some_and(|dimensions| dimensions.get("Values").is_none());
            if is_condition && let Some(dimensions) = object.shift_remove("segmentDimensions") {
                object.insert("SegmentDimensions".to_owned(), dimensions);
            }
            object.values_mut().for_each(in_words_of_the_cli);
        }
        _ => {}
    }
}

fn step(out: &mut String, id: &DocumentId, replace: &str, call: &str, body: &Value) {
    line(out, &format!("\n# {}", one_line(&id.to_string())));
    line(out, &format!("{replace} <<'{END}' | aws pinpoint {call} file:///dev/stdin >/dev/null\n{body:#}\n{END}"));
}

fn line(out: &mut String, text: &str) {
    // writing to a String cannot fail
    let _ = writeln!(out, "{text}");
}

/// A word that no document contains, for places of ids.
fn mark(project: &Project) -> String {
    let texts: Vec<String> = project.documents.values().map(Value::to_string).collect();
    let marks = (0_u32..).map(|n| if n == 0 { "@SEGMENT".to_owned() } else { format!("@SEGMENT{n}X") });
    marks.into_iter().find(|mark| !texts.iter().any(|text| text.contains(mark.as_str()))).unwrap_or_default()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A word of the shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn segments_come_before_what_is_made_of_them_and_words_of_the_shell_stay_text() {
        let mut project = Project::default();
        let groups = json!({"Include": "ALL", "Groups": [{"SourceSegments": [{"Id": "base"}]}]});
        let documents = [
            (DocumentId::Segment("a".into()), json!({"Name": "a", "SegmentGroups": groups})),
            (DocumentId::Segment("base".into()), json!({"Name": "base", "Dimensions": {}})),
            (DocumentId::Segment("file".into()), json!({"SegmentType": "IMPORT"})),
            (
                DocumentId::Journey("j".into()),
                json!({"Name": "$(x) `y` @SEGMENT", "StartCondition":
                {"SegmentStartCondition": {"SegmentId": "a"}}}),
            ),
            (DocumentId::Campaign("now".into()), json!({"SegmentId": "gone", "Schedule": {"StartTime": "IMMEDIATE"}})),
            (DocumentId::Template(TemplateKind::Sms, "it's".into()), json!({"Body": "$HOME"})),
        ];
        project.documents.extend(documents);
        let Exported { text, losses } = script(&project);
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
        assert!(place("# segments/base") < place("# segments/a"));
        assert!(text.contains(r#"--template-name 'it'\''s'"#), "{text}");
        assert!(text.contains(r#""SegmentId": "@SEGMENT1X2@""#), "{text}");
        assert!(text.contains("<<'END_OF_JSON'"), "the shell replaces nothing in a body");
        let told: Vec<&str> = losses.iter().map(|loss| loss.place.as_str()).collect();
        assert_eq!(told, ["segments/file", "campaigns/now", "campaigns/now"]);
    }
}
