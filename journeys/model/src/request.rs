//! What of a document is sent to the service: the document itself, less what only a response has.

use serde_json::Value;

use crate::project::{DocumentId, TemplateKind};
use crate::shapes::{self, Kind, SHAPES, Shape};

/// Members that the request shape declares but that are the service's to write (journeys.md 1).
pub const WRITTEN_BY_THE_SERVICE: &[&str] = &["CreationDate", "LastModifiedDate"];

/// The body of the request that creates or updates the document; references to segments are as in the document.
///
/// Left out: members of the response shape that the request does not have (`Id`, `Arn`, `Version`, …), also inside, where
/// treatments of a campaign have some. Members that no shape knows stay. A journey is sent as the draft that it is until its
/// state is set. A segment or campaign without a name gets its file's, by which it can be found again.
pub fn body(id: &DocumentId, document: &Value) -> Value {
    let mut body = document.clone();
    if let (Some(request), Some(response)) = (id.shape().and_then(shapes::find), response_shape(id)) {
        leave_out(request, response, &mut body);
    }
    let Some(object) = body.as_object_mut() else { return body };
    object.retain(|name, _| !WRITTEN_BY_THE_SERVICE.contains(&name.as_str()));
    match id {
        DocumentId::Journey(_) if object.contains_key("State") => {
            object.insert("State".to_owned(), "DRAFT".into());
        }
        DocumentId::Segment(name) | DocumentId::Campaign(name)
            if object.get("Name").and_then(Value::as_str).unwrap_or_default().is_empty() =>
        {
            object.insert("Name".to_owned(), name.as_str().into());
        }
        _ => {}
    }
    body
}

/// The body with which a campaign is made and nobody gets it before it is resumed; `None` = it is sent the moment it is
/// made, for an `IMMEDIATE` one can not be paused (campaigns.md 8), nor one of whose treatments is.
pub fn at_rest(mut body: Value) -> Option<Value> {
    let immediate = |one: &Value| one["Schedule"]["StartTime"] == "IMMEDIATE";
    let treatments = body["AdditionalTreatments"].as_array();
    if immediate(&body) || treatments.is_some_and(|treatments| treatments.iter().any(immediate)) {
        return None;
    }
    body.as_object_mut()?.insert("IsPaused".to_owned(), true.into());
    Some(body)
}

/// Takes out what only a response has, at every depth at which request and response have shapes of their own.
pub fn leave_out(request: &Shape, response: &Shape, value: &mut Value) {
    match (request.kind, response.kind, value) {
        (Kind::Structure(asked), Kind::Structure(answered), Value::Object(object)) => {
            object.retain(|name, _| {
                let in_request = asked.iter().any(|member| member.name == name);
                in_request || !answered.iter().any(|member| member.name == name)
            });
            for member in asked {
                let other = answered.iter().find(|other| other.name == member.name);
                if let (Some(other), Some(inner)) = (other, object.get_mut(member.name)) {
                    inside(member.shape, other.shape, inner);
                }
            }
        }
        (Kind::List(asked), Kind::List(answered), Value::Array(list)) => {
            list.iter_mut().for_each(|inner| inside(asked, answered, inner));
        }
        (Kind::Map(asked), Kind::Map(answered), Value::Object(map)) => {
            map.values_mut().for_each(|inner| inside(asked, answered, inner));
        }
        _ => {}
    }
}

/// Most shapes are the same on both ways, and have nothing to leave out.
fn inside(request: usize, response: usize, value: &mut Value) {
    if request != response {
        leave_out(&SHAPES[request], &SHAPES[response], value);
    }
}

/// The shape that the service answers for such a document.
pub fn response_shape(id: &DocumentId) -> Option<&'static Shape> {
    shapes::find(match id {
        DocumentId::Journey(_) => "JourneyResponse",
        DocumentId::Segment(_) => "SegmentResponse",
        DocumentId::Campaign(_) => "CampaignResponse",
        DocumentId::Template(TemplateKind::Email, _) => "EmailTemplateResponse",
        DocumentId::Template(TemplateKind::Sms, _) => "SMSTemplateResponse",
        DocumentId::Template(TemplateKind::Push, _) => "PushNotificationTemplateResponse",
        DocumentId::Template(TemplateKind::InApp, _) => "InAppTemplateResponse",
        DocumentId::Template(TemplateKind::Voice, _) => "VoiceTemplateResponse",
        DocumentId::Canvas(_) | DocumentId::Conflicts(_) | DocumentId::Source(..) | DocumentId::Partial(_) => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_dump_is_sent_without_what_only_a_response_has() {
        let dump = json!({"Id": "1", "Name": "a", "ApplicationId": "2", "State": "ACTIVE", "CreationDate": "x",
            "NewerThanWe": {"kept": 1.50}, "LastModifiedDate": "y"});
        let sent = body(&DocumentId::Journey("a".into()), &dump);
        assert_eq!(sent.to_string(), r#"{"Name":"a","State":"DRAFT","NewerThanWe":{"kept":1.5}}"#);
        let template =
            json!({"Subject": "s", "TemplateName": "n", "TemplateType": "EMAIL", "Version": "1", "Arn": "r"});
        let sent = body(&DocumentId::Template(TemplateKind::Email, "n".into()), &template);
        assert_eq!(sent.to_string(), r#"{"Subject":"s"}"#);
    }

    #[test]
    fn treatments_are_sent_without_what_only_an_answer_has() {
        let dump = json!({"Id": "1", "SegmentId": "s", "State": {"CampaignStatus": "PAUSED"}, "Version": 3,
            "DefaultState": {"CampaignStatus": "PAUSED"},
            "AdditionalTreatments": [{"Id": "2", "State": {"CampaignStatus": "PAUSED"}, "SizePercent": 10}]});
        let sent = body(&DocumentId::Campaign("sale".into()), &dump);
        assert_eq!(sent, json!({"SegmentId": "s", "AdditionalTreatments": [{"SizePercent": 10}], "Name": "sale"}));
    }

    #[test]
    fn a_campaign_is_made_at_rest_unless_it_is_sent_at_once() {
        let later = json!({"Schedule": {"StartTime": "2026-12-01T09:00:00Z"}});
        assert_eq!(at_rest(later).expect("it is sent later")["IsPaused"], true);
        assert_eq!(at_rest(json!({"Schedule": {"StartTime": "IMMEDIATE"}})), None);
        let treatment = json!({"AdditionalTreatments": [{"Schedule": {"StartTime": "IMMEDIATE"}}]});
        assert_eq!(at_rest(treatment), None);
    }
}
