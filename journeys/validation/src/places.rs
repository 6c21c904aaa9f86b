//! Where in a document things of one kind stand: conditions, wait times, dimensions, treatments.
//!
//! Lists are walked by their JSON index, so that a path stays right when an element is no object.

use model::{Activity, ActivityKind, DocumentId, Journey, Path, TemplateKind, View, path, wire};
use serde_json::Value;

use crate::context::{Document, JourneyContext};
use crate::reach;

/// A condition of a split.
#[derive(Clone, Debug)]
pub struct ConditionPlace<'a> {
    /// Number of the activity that asks.
    pub activity: usize,
    /// Where the condition stands.
    pub path: Path,
    /// What it says.
    pub condition: wire::SimpleCondition<'a>,
}

/// The objects in the list at `path` with their indices.
pub fn elements<'a, V: View<'a>>(root: &'a Value, path: &Path) -> Vec<(usize, V)> {
    let list = path.find(root).and_then(Value::as_array);
    list.into_iter().flatten().enumerate().filter_map(|(i, value)| Some((i, V::of(value)?))).collect()
}

/// The place of an activity's list of branches or conditions; `None` for kinds without.
pub fn list_path(activity: &Activity) -> Option<Path> {
    let payload = activity.payload_path();
    match activity.kind()? {
        ActivityKind::ConditionalSplit => Some(payload.join("Condition").join("Conditions")),
        ActivityKind::MultiCondition | ActivityKind::RandomSplit => Some(payload.join("Branches")),
        _ => None,
    }
}

/// All conditions of yes/no and multivariate splits of the journey `root` with these activities, in the order of the
/// document.
pub fn conditions<'a>(root: &'a Value, activities: &[Activity<'a>]) -> Vec<ConditionPlace<'a>> {
    let mut out = Vec::new();
    for (number, activity) in activities.iter().enumerate() {
        let Some(list) = list_path(activity) else { continue };
        match activity.kind() {
            Some(ActivityKind::ConditionalSplit) => {
                for (i, condition) in elements(root, &list) {
                    out.push(ConditionPlace { activity: number, path: list.join(i), condition });
                }
            }
            Some(ActivityKind::MultiCondition) => {
                for (i, branch) in elements::<wire::MultiConditionalBranch>(root, &list) {
                    if let Some(condition) = branch.condition() {
                        let path = list.join(i).join("Condition");
                        out.push(ConditionPlace { activity: number, path, condition });
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// A question about a message of the journey.
#[derive(Clone, Copy, Debug)]
pub struct AskedPlace<'p, 'a> {
    /// The condition.
    pub place: &'p ConditionPlace<'a>,
    /// Number of the message activity that it asks about.
    pub message: usize,
    /// Whether some path leads from the message to the split.
    pub leads: bool,
}

/// All conditions that ask about a message activity of the journey, in the order of the document.
pub fn asked<'p, 'a>(ctx: &'p JourneyContext<'a>) -> Vec<AskedPlace<'p, 'a>> {
    let message = |place: &'p ConditionPlace<'a>| {
        let message = ctx.number(place.condition.event_condition()?.message_activity()?)?;
        ctx.activities[message].kind()?.is_message().then_some((place, message))
    };
    let all: Vec<_> = ctx.conditions.iter().filter_map(message).collect();
    let pairs: Vec<_> = all.iter().map(|(place, message)| (*message, place.activity)).collect();
    let asked = |((place, message), leads)| AskedPlace { place, message, leads };
    all.into_iter().zip(reach::led(ctx, &pairs)).map(asked).collect()
}

/// The evaluation wait time of a split.
pub fn evaluation_wait<'a>(activity: &Activity<'a>) -> Option<wire::WaitTime<'a>> {
    match activity.payload? {
        model::Payload::ConditionalSplit(split) => split.evaluation_wait_time(),
        model::Payload::MultiCondition(split) => split.evaluation_wait_time(),
        _ => None,
    }
}

/// All wait times, of waits and of splits, with the number of the activity and their place.
pub fn wait_times<'a>(activities: &[Activity<'a>]) -> Vec<(usize, Path, wire::WaitTime<'a>)> {
    let mut out = Vec::new();
    for (number, activity) in activities.iter().enumerate() {
        let payload = activity.payload_path();
        if let Some(model::Payload::Wait(wait)) = activity.payload {
            if let Some(time) = wait.wait_time() {
                out.push((number, payload.join("WaitTime"), time));
            }
        } else if let Some(time) = evaluation_wait(activity) {
            out.push((number, payload.join("EvaluationWaitTime"), time));
        }
    }
    out
}

/// All references to a segment in a journey that stand in conditions: place and `SegmentId`.
pub fn segment_conditions<'a>(ctx: &JourneyContext<'a>) -> Vec<(Path, &'a str)> {
    let named = |place: &ConditionPlace<'a>| {
        let segment = place.condition.segment_condition()?.segment_id()?;
        Some((place.path.join("SegmentCondition").join("SegmentId"), segment))
    };
    ctx.conditions.iter().filter_map(named).collect()
}

/// Where the entry names a segment, and which.
pub fn entry_segment(journey: Journey<'_>) -> Option<(Path, &str)> {
    let condition = journey.wire.start_condition()?;
    let of_segment = condition.segment_start_condition().and_then(|segment| {
        Some((path!["StartCondition", "SegmentStartCondition", "SegmentId"], segment.segment_id()?))
    });
    of_segment.or_else(|| {
        let segment = condition.event_start_condition()?.segment_id().filter(|id| !id.is_empty())?;
        Some((path!["StartCondition", "EventStartCondition", "SegmentId"], segment))
    })
}

/// What a campaign sends to one part of its people, and when. The campaign itself is its default treatment (campaigns.md
/// 4); what an additional treatment does not say, it takes from there.
#[derive(Clone, Debug)]
pub struct TreatmentPlace<'a> {
    /// Where it stands; empty for the campaign itself.
    pub path: Path,
    /// `Schedule`
    pub schedule: Option<wire::Schedule<'a>>,
    /// `MessageConfiguration`
    pub messages: Option<wire::MessageConfiguration<'a>>,
    /// `TemplateConfiguration`
    pub templates: Option<wire::TemplateConfiguration<'a>>,
    /// `CustomDeliveryConfiguration`
    pub delivery: Option<wire::CustomDeliveryConfiguration<'a>>,
}

/// The treatments of a campaign, the default one first.
pub fn treatments<'a>(document: &Document<'a>) -> Vec<TreatmentPlace<'a>> {
    let list = path!["AdditionalTreatments"];
    let additional = elements::<wire::WriteTreatmentResource>(document.root, &list);
    let additional = additional.into_iter().map(|(i, treatment)| TreatmentPlace {
        path: list.join(i),
        schedule: treatment.schedule(),
        messages: treatment.message_configuration(),
        templates: treatment.template_configuration(),
        delivery: treatment.custom_delivery_configuration(),
    });
    let default = wire::WriteCampaignRequest::of(document.root).map(|campaign| TreatmentPlace {
        path: Path::default(),
        schedule: campaign.schedule(),
        messages: campaign.message_configuration(),
        templates: campaign.template_configuration(),
        delivery: campaign.custom_delivery_configuration(),
    });
    default.into_iter().chain(additional).collect()
}

/// The templates that a treatment names: place of the reference, kind, and the reference.
pub fn treatment_templates<'a>(treatment: &TreatmentPlace<'a>) -> Vec<(Path, TemplateKind, wire::Template<'a>)> {
    let Some(templates) = treatment.templates else { return Vec::new() };
    let kinds = [
        ("EmailTemplate", TemplateKind::Email, templates.email_template()),
        ("PushTemplate", TemplateKind::Push, templates.push_template()),
        ("SMSTemplate", TemplateKind::Sms, templates.sms_template()),
        ("InAppTemplate", TemplateKind::InApp, templates.in_app_template()),
        ("VoiceTemplate", TemplateKind::Voice, templates.voice_template()),
    ];
    let place = |member| treatment.path.join("TemplateConfiguration").join(member);
    kinds.into_iter().filter_map(|(member, kind, named)| Some((place(member), kind, named?))).collect()
}

/// All dimensions in a document that compare attributes and metrics, of segments and of events, with their place; of a
/// journey also those in these conditions.
pub fn dimensions<'a>(document: Document<'a>, conditions: &[ConditionPlace<'a>]) -> Vec<(Path, &'a Value)> {
    let mut paths = Vec::new();
    match document.id {
        DocumentId::Journey(_) => {
            paths.push(path!["StartCondition", "EventStartCondition", "EventFilter", "Dimensions"]);
        }
        DocumentId::Segment(_) => {
            paths.push(path!["Dimensions"]);
            let groups = path!["SegmentGroups", "Groups"];
            for (i, _) in elements::<wire::SegmentGroup>(document.root, &groups) {
                let list = groups.join(i).join("Dimensions");
                for (j, _) in elements::<wire::SegmentDimensions>(document.root, &list) {
                    paths.push(list.join(j));
                }
            }
        }
        DocumentId::Campaign(_) => paths.push(path!["Schedule", "EventFilter", "Dimensions"]),
        DocumentId::Canvas(_)
        | DocumentId::Conflicts(_)
        | DocumentId::Template(..)
        | DocumentId::Source(..)
        | DocumentId::Partial(_) => {}
    }
    let of_conditions = conditions.iter().flat_map(|place| {
        let asks = place.condition.object();
        let of_segment = asks.get("segmentDimensions").map(|value| (place.path.join("segmentDimensions"), value));
        let of_event = asks.get("EventCondition").and_then(|event| event.get("Dimensions"));
        let of_event = of_event.map(|value| (place.path.join("EventCondition").join("Dimensions"), value));
        of_segment.into_iter().chain(of_event)
    });
    let others = paths.into_iter().filter_map(|path| path.find(document.root).map(|value| (path, value)));
    others.chain(of_conditions).collect()
}

/// All attribute criteria in dimensions: place, and what it says.
pub fn attribute_criteria<'a>(dimensions: &[(Path, &'a Value)]) -> Vec<(Path, wire::AttributeDimension<'a>)> {
    members(dimensions, &["Attributes", "UserAttributes"])
}

/// All metric criteria in dimensions: place, and what it says.
pub fn metric_criteria<'a>(dimensions: &[(Path, &'a Value)]) -> Vec<(Path, wire::MetricDimension<'a>)> {
    members(dimensions, &["Metrics"])
}

fn members<'a, V: View<'a>>(dimensions: &[(Path, &'a Value)], maps: &[&str]) -> Vec<(Path, V)> {
    let mut out = Vec::new();
    for (path, value) in dimensions {
        for map in maps {
            for (name, criterion) in value.get(map).and_then(Value::as_object).into_iter().flatten() {
                out.extend(V::of(criterion).map(|view| (path.join(*map).join(name), view)));
            }
        }
    }
    out
}
