//! A CloudFormation template of what there are resources for: the application, its channels, segments, campaigns and the
//! templates of e-mail, SMS, push and in-app messages. There are none for journeys and voice templates.

use model::references::segment_references;
use model::{DocumentId, Project, TemplateKind, request};
use serde_json::{Map, Value, json};

use crate::{Exported, Loss, order};

/// Members of requests that resources have under another name.
const RENAMED: &[(&str, &str)] = &[("Hook", "CampaignHook"), ("tags", "Tags")];

/// Properties of the resources, beside `ApplicationId`.
const SEGMENT: &[&str] = &["Name", "Dimensions", "SegmentGroups", "Tags"];
const CAMPAIGN: &[&str] = &[
    "AdditionalTreatments",
    "CampaignHook",
    "CustomDeliveryConfiguration",
    "Description",
    "HoldoutPercent",
    "IsPaused",
    "Limits",
    "MessageConfiguration",
    "Name",
    "Priority",
    "Schedule",
    "SegmentId",
    "SegmentVersion",
    "Tags",
    "TemplateConfiguration",
    "TreatmentDescription",
    "TreatmentName",
];
const EMAIL: &[&str] = &["DefaultSubstitutions", "HtmlPart", "Subject", "Tags", "TemplateDescription", "TextPart"];
const SMS: &[&str] = &["Body", "DefaultSubstitutions", "Tags", "TemplateDescription"];
const PUSH: &[&str] =
    &["ADM", "APNS", "Baidu", "Default", "DefaultSubstitutions", "GCM", "Tags", "TemplateDescription"];
const IN_APP: &[&str] = &["Content", "CustomConfig", "Layout", "Tags", "TemplateDescription"];

/// The template. `channels` are those that are enabled, in the words of `ChannelType`; their settings are parameters.
pub fn template(project: &Project, channels: &[String]) -> Exported {
    let mut work = Work { resources: Map::new(), parameters: Map::new(), losses: Vec::new() };
    let name = if project.settings.name.is_empty() { "application" } else { &project.settings.name };
    work.resources
        .insert("Application".to_owned(), json!({"Type": "AWS::Pinpoint::App", "Properties": {"Name": name}}));
    channels.iter().for_each(|channel| work.channel(channel));
    let segments = order::segments(project);
    let logical = |id: &DocumentId| segments.iter().position(|other| other == id).map(|n| format!("Segment{}", n + 1));
    for id in &segments {
        if project.documents[id]["SegmentType"] == "IMPORT" {
            let parameter = logical(id).unwrap_or_default();
            let described = format!("Id of the imported segment {}", id.name());
            work.parameters.insert(parameter, json!({"Type": "String", "Description": described}));
            work.losses.push(Loss::new(id, "an imported segment is no resource: import its file, and give its id"));
            continue;
        }
        let properties = work.properties(id, project, SEGMENT, &logical);
        work.add(logical(id).unwrap_or_default(), "Segment", properties);
    }
    let mut counts = [0_usize; 2];
    for (id, document) in &project.documents {
        match id {
            DocumentId::Campaign(_) => {
                counts[0] += 1;
                if document["Schedule"]["StartTime"] == "IMMEDIATE" {
                    work.losses.push(Loss::new(id, "it would be sent when the stack is made"));
                    continue;
                }
                let properties = work.properties(id, project, CAMPAIGN, &logical);
                work.add(format!("Campaign{}", counts[0]), "Campaign", properties);
            }
            DocumentId::Template(kind, name) => {
                counts[1] += 1;
                let (resource, known) = match kind {
                    TemplateKind::Email => ("EmailTemplate", EMAIL),
                    TemplateKind::Sms => ("SmsTemplate", SMS),
                    TemplateKind::Push => ("PushTemplate", PUSH),
                    TemplateKind::InApp => ("InAppTemplate", IN_APP),
                    TemplateKind::Voice => {
                        work.losses.push(Loss::new(id, "there is no resource for voice templates"));
                        continue;
                    }
                };
                let mut properties = work.properties(id, project, known, &logical);
                properties.shift_remove("ApplicationId");
                properties.insert("TemplateName".to_owned(), name.as_str().into());
                work.add(format!("Template{}", counts[1]), resource, properties);
            }
            DocumentId::Journey(_) => work.losses.push(Loss::new(id, "there is no resource for journeys")),
            DocumentId::Segment(_)
            | DocumentId::Canvas(_)
            | DocumentId::Conflicts(_)
            | DocumentId::Source(..)
            | DocumentId::Partial(_) => {}
        }
    }
    let mut whole = json!({"AWSTemplateFormatVersion": "2010-09-09"});
    if let Some(object) = whole.as_object_mut() {
        if !work.parameters.is_empty() {
            object.insert("Parameters".to_owned(), Value::Object(work.parameters));
        }
        object.insert("Resources".to_owned(), Value::Object(work.resources));
    }
    Exported { text: model::text::write(&whole), losses: work.losses }
}

struct Work {
    resources: Map<String, Value>,
    parameters: Map<String, Value>,
    losses: Vec<Loss>,
}

impl Work {
    fn add(&mut self, logical: String, kind: &str, properties: Map<String, Value>) {
        let resource = json!({"Type": format!("AWS::Pinpoint::{kind}"), "Properties": properties});
        self.resources.insert(logical, resource);
    }

    /// A document as the properties of its resource, with segments of the template by reference.
    fn properties(
        &mut self,
        id: &DocumentId,
        project: &Project,
        known: &[&str],
        logical: &dyn Fn(&DocumentId) -> Option<String>,
    ) -> Map<String, Value> {
        let mut body = request::body(id, &project.documents[id]);
        let mark = |logical: &str| format!("\u{1}{logical}\u{1}");
        segment_references(id, &mut body, &mut |reference| match project
            .segment(reference)
            .and_then(|(segment, _)| logical(segment))
        {
            Some(logical) => *reference = mark(&logical),
            None => {
                self.losses.push(Loss::new(id, format!("the segment `{reference}` is not in the project")));
            }
        });
        refer(&mut body, &|text| {
            let logical = text.strip_prefix('\u{1}')?.strip_suffix('\u{1}')?;
            Some(match self.parameters.contains_key(logical) {
                true => json!({"Ref": logical}),
                false => json!({"Fn::GetAtt": [logical, "SegmentId"]}),
            })
        });
        let mut properties = Map::new();
        properties.insert("ApplicationId".to_owned(), json!({"Ref": "Application"}));
        for (member, value) in body.as_object().into_iter().flatten() {
            let name = RENAMED.iter().find(|(from, _)| from == member).map_or(member.as_str(), |(_, to)| to);
            match known.contains(&name) {
                true => drop(properties.insert(name.to_owned(), value.clone())),
                false => self.losses.push(Loss::new(format!("{id} {member}"), "the resource has no such property")),
            }
        }
        properties
    }

    fn channel(&mut self, channel: &str) {
        let (kind, needed): (&str, &[&str]) = match channel {
            "EMAIL" => ("EmailChannel", &["FromAddress", "Identity"]),
            "SMS" => ("SMSChannel", &[]),
            "VOICE" => ("VoiceChannel", &[]),
            "GCM" => ("GCMChannel", &["ApiKey"]),
            "ADM" => ("ADMChannel", &["ClientId", "ClientSecret"]),
            "BAIDU" => ("BaiduChannel", &["ApiKey", "SecretKey"]),
            "APNS" => ("APNSChannel", &["BundleId", "TeamId", "TokenKey", "TokenKeyId"]),
            "APNS_SANDBOX" => ("APNSSandboxChannel", &["BundleId", "TeamId", "TokenKey", "TokenKeyId"]),
            "APNS_VOIP" => ("APNSVoipChannel", &["BundleId", "TeamId", "TokenKey", "TokenKeyId"]),
            other => return self.losses.push(Loss::new(format!("channel {other}"), "there is no resource for it")),
        };
        let mut properties = Map::new();
        properties.insert("ApplicationId".to_owned(), json!({"Ref": "Application"}));
        properties.insert("Enabled".to_owned(), true.into());
        for member in needed {
            let parameter = format!("{kind}{member}");
            let secret = !matches!(*member, "FromAddress" | "Identity" | "BundleId" | "TeamId");
            self.parameters.insert(parameter.clone(), json!({"Type": "String", "NoEcho": secret}));
            properties.insert((*member).to_owned(), json!({ "Ref": parameter }));
        }
        self.add(kind.to_owned(), kind, properties);
    }
}

/// Replaces texts for which `to` has a value.
fn refer(value: &mut Value, to: &dyn Fn(&str) -> Option<Value>) {
    match value {
        Value::String(text) => {
            if let Some(new) = to(text) {
                *value = new;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|element| refer(element, to)),
        Value::Object(object) => object.values_mut().for_each(|element| refer(element, to)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_are_resources_for_is_in_the_template_and_all_else_is_told() {
        let mut project = Project::default();
        let groups = json!({"Include": "ALL", "Groups": [{"SourceSegments": [{"Id": "file"}]}]});
        project.documents.extend([
            (DocumentId::Segment("file".into()), json!({"SegmentType": "IMPORT", "Name": "file"})),
            (DocumentId::Segment("vip".into()), json!({"Id": "s1", "Name": "VIP", "SegmentGroups": groups})),
            (DocumentId::Journey("j".into()), json!({"Name": "j"})),
            (
                DocumentId::Campaign("sale".into()),
                json!({"Name": "Sale", "SegmentId": "s1", "Hook": {"Mode": "FILTER"},
                "Schedule": {"StartTime": "2027-01-01T00:00:00Z"}, "State": {"CampaignStatus": "PAUSED"}}),
            ),
            (DocumentId::Campaign("now".into()), json!({"SegmentId": "s1", "Schedule": {"StartTime": "IMMEDIATE"}})),
            (
                DocumentId::Template(TemplateKind::Email, "hi".into()),
                json!({"Subject": "Hi", "RecommenderId": "r",
                "TemplateName": "hi", "Version": "2"}),
            ),
            (DocumentId::Template(TemplateKind::Voice, "call".into()), json!({"Body": "Hi"})),
        ]);
        let Exported { text, losses } = template(&project, &["EMAIL".to_owned(), "CUSTOM".to_owned()]);
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let resources = &value["Resources"];
        let vip = &resources["Segment2"]["Properties"];
        assert_eq!(vip["SegmentGroups"]["Groups"][0]["SourceSegments"][0]["Id"], json!({"Ref": "Segment1"}));
        let sale = &resources["Campaign2"]["Properties"];
        assert_eq!(sale["SegmentId"], json!({"Fn::GetAtt": ["Segment2", "SegmentId"]}));
        assert_eq!((&sale["CampaignHook"]["Mode"], &sale["State"]), (&json!("FILTER"), &Value::Null));
        assert_eq!(resources["Template1"]["Properties"], json!({"Subject": "Hi", "TemplateName": "hi"}));
        assert_eq!(resources["EmailChannel"]["Properties"]["Identity"], json!({"Ref": "EmailChannelIdentity"}));
        assert_eq!(value["Parameters"]["Segment1"]["Type"], "String");
        let told: Vec<&str> = losses.iter().map(|loss| loss.place.as_str()).collect();
        let expected = [
            "channel CUSTOM",
            "segments/file",
            "journeys/j",
            "campaigns/now",
            "templates/email/hi RecommenderId",
            "templates/voice/call",
        ];
        assert_eq!(told.iter().collect::<std::collections::BTreeSet<_>>(), expected.iter().collect());
    }
}
