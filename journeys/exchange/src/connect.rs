//! A journey as a campaign flow of Amazon Connect: the flow language, version 2019-10-30, of flows of the type CAMPAIGN.
//!
//! Source: the pages on the flow language in the API reference of Amazon Connect, and on campaign flows in its administrator
//! guide. Carried over are e-mail and SMS, waits, random splits, holdouts, and splits by an attribute. Everything else is a
//! loss, and says where people go instead; who comes in, and when, are settings of the campaign there.

use std::collections::BTreeMap;

use model::activity::{Activity, Payload};
use model::{DocumentId, Journey, TemplateKind, View, time, wire};
use serde_json::{Value, json};

use crate::{Exported, Loss};

/// Longest wait of one action in seconds, seven days.
const LONGEST: i64 = 604_800;
/// Most actions of a flow.
const MOST: usize = 250;
/// Most letters of an identifier.
const LETTERS: usize = 50;
/// Letters that an identifier can not have.
const FORBIDDEN: &str = "%:(\\/)=$,;[]{}";
/// The action that ends a flow.
const END: &str = "end";

/// The flow of a journey. Templates are named by marks `TEMPLATE …`, senders by `SENDER …`: their ARNs exist only in the
/// other service.
pub fn flow(id: &DocumentId, journey: Journey<'_>) -> Exported {
    let mut work = Work { journey, id, names: BTreeMap::new(), actions: Vec::new(), losses: Vec::new() };
    for activity in journey.activities() {
        work.name(activity.id);
    }
    for (member, what) in [
        ("StartCondition", "who comes in is a segment or an event of the campaign there"),
        ("Schedule", "when it runs is a setting of the campaign there"),
        ("Limits", "limits are communication limits of the campaign there"),
        ("QuietTime", "quiet time is a communication time of the campaign there"),
        ("OpenHours", "open hours are communication times of the campaign there"),
        ("ClosedDays", "closed days are exceptions of the campaign's communication times there"),
        ("LocalTime", "local time is a setting of the campaign there"),
        ("RefreshFrequency", "how often people are looked for is a setting of the campaign there"),
        ("JourneyChannelSettings", "roles of channels are settings there"),
    ] {
        if journey.wire.has(member) {
            work.lose(member, what);
        }
    }
    for activity in journey.activities() {
        work.activity(&activity);
    }
    work.actions.push(json!({"Identifier": END, "Type": "EndFlowExecution", "Parameters": {}, "Transitions": {}}));
    if work.actions.len() > MOST {
        let count = work.actions.len();
        work.lose("Activities", &format!("a flow has at most {MOST} actions, and this one {count}"));
    }
    let start = work.next(journey.wire.start_activity());
    let whole = json!({"Version": "2019-10-30", "StartAction": start, "Metadata": {}, "Actions": work.actions});
    Exported { text: model::text::write(&whole), losses: work.losses }
}

struct Work<'a> {
    journey: Journey<'a>,
    id: &'a DocumentId,
    /// Identifiers of actions by ids of activities.
    names: BTreeMap<String, String>,
    actions: Vec<Value>,
    losses: Vec<Loss>,
}

impl Work<'_> {
    fn lose(&mut self, place: &str, what: &str) {
        self.losses.push(Loss::new(format!("{} {place}", self.id), what));
    }

    fn lose_in(&mut self, activity: &Activity<'_>, what: &str) {
        self.lose(&format!("Activities.{}", activity.id), what);
    }

    /// Gives an activity an identifier that no other has.
    fn name(&mut self, id: &str) {
        let fit = |c: char| !FORBIDDEN.contains(c) && !c.is_control();
        // Room for a number, and for the waits before it.
        let stem: String = id.chars().map(|c| if fit(c) { c } else { '-' }).take(LETTERS - 14).collect();
        let names = (1_u32..).map(|n| if n == 1 { stem.clone() } else { format!("{stem} {n}") });
        let is_free =
            |name: &String| name != END && !name.is_empty() && !self.names.values().any(|other| other == name);
        if let Some(name) = names.into_iter().find(is_free) {
            self.names.insert(id.to_owned(), name);
        }
    }

    /// The identifier of the action that comes next.
    fn next(&self, id: Option<&str>) -> String {
        id.and_then(|id| self.names.get(id)).cloned().unwrap_or_else(|| END.to_owned())
    }

    fn act(&mut self, name: &str, kind: &str, parameters: Value, next: &str, conditions: Vec<Value>, errors: &[&str]) {
        let errors: Vec<Value> = errors.iter().map(|error| json!({"NextAction": next, "ErrorType": error})).collect();
        let mut transitions = json!({"Errors": errors, "Conditions": conditions});
        if errors.is_empty() || !matches!(kind, "Compare" | "DistributeByPercentage") {
            transitions["NextAction"] = next.into();
        }
        self.actions
            .push(json!({"Identifier": name, "Type": kind, "Parameters": parameters, "Transitions": transitions}));
    }

    fn activity(&mut self, activity: &Activity<'_>) {
        let name = self.next(Some(activity.id));
        let ways = activity.connections();
        let next = self.next(ways.first().and_then(|way| way.target));
        match activity.payload {
            Some(Payload::Email(_)) => self.message(activity, &name, "SendEmail", &next),
            Some(Payload::Sms(_)) => self.message(activity, &name, "SendSMS", &next),
            Some(Payload::Wait(wait)) => {
                let seconds = self.seconds(activity, wait.wait_time());
                self.wait(&name, seconds.unwrap_or(0), &next);
            }
            Some(Payload::RandomSplit(split)) => {
                let shares: Vec<i64> =
                    split.branches().iter().map(|branch| branch.percentage().unwrap_or_default()).collect();
                let targets: Vec<String> = ways.iter().map(|way| self.next(way.target)).collect();
                self.distribute(&name, &shares, &targets);
            }
            Some(Payload::Holdout(holdout)) => {
                let out = holdout.percentage().unwrap_or_default();
                self.distribute(&name, &[out, 100 - out], &[END.to_owned(), next]);
            }
            Some(Payload::ConditionalSplit(split)) => {
                let conditions = split.condition().map(|condition| condition.conditions()).unwrap_or_default();
                let (yes, no) = (next, self.next(ways.get(1).and_then(|way| way.target)));
                let name = self.evaluated_later(activity, name, split.evaluation_wait_time());
                match conditions.as_slice() {
                    [one] => self.decide(activity, &name, &[(*one, yes)], &no),
                    _ => self.undecided(activity, &name, &no, "several conditions in one split"),
                }
            }
            Some(Payload::MultiCondition(split)) => {
                let default = self.next(ways.last().and_then(|way| way.target));
                let name = self.evaluated_later(activity, name, split.evaluation_wait_time());
                let branches = split.branches();
                let conditions: Vec<_> = branches
                    .iter()
                    .filter_map(|branch| Some((branch.condition()?, self.next(branch.next_activity()))))
                    .collect();
                match conditions.len() == branches.len() {
                    true => self.decide(activity, &name, &conditions, &default),
                    false => self.undecided(activity, &name, &default, "a branch without a condition"),
                }
            }
            Some(Payload::Push(_)) => self.skip(activity, &name, &next, "push notifications can not be sent there"),
            Some(Payload::Custom(_)) => {
                self.skip(activity, &name, &next, "functions and webhooks of custom channels are not called there");
            }
            Some(Payload::ContactCenter(_)) => {
                self.skip(activity, &name, &next, "the queue and the flow of the call are to be chosen there");
            }
            None => self.skip(activity, &name, &next, "its kind is not set"),
        }
    }

    fn message(&mut self, activity: &Activity<'_>, name: &str, kind: &str, next: &str) {
        let template = activity.template_name().unwrap_or_default();
        let template_kind = activity.kind().and_then(model::ActivityKind::template_kind).unwrap_or(TemplateKind::Email);
        let parameters = json!({
            "Message": {"MessageSourceType": "TEMPLATE", "TemplatedMessage": {
                "WisdomKnowledgeBaseArn": "KNOWLEDGE BASE",
                "WisdomMessageTemplateArn": format!("TEMPLATE {}/{template}", template_kind.folder())}},
            "SourceEndpoint": {"Address": format!("SENDER {}", template_kind.folder()),
                "Type": if kind == "SendSMS" { "CONNECT_PHONENUMBER_ARN" } else { "EMAIL_ADDRESS" }}});
        self.lose_in(activity, &format!("the message template for `{template}` and the sender are to be named there"));
        if activity.template_version().is_some() {
            self.lose_in(activity, "the version of the template is a version of another template there");
        }
        let config = self.journey.wire.object().get("Activities").and_then(|steps| steps.get(activity.id));
        let config = config.and_then(|step| step.get(activity.kind()?.member())?.get("MessageConfig"));
        if config.and_then(Value::as_object).is_some_and(|config| !config.is_empty()) {
            self.lose_in(activity, "settings of the message (`MessageConfig`) are settings of the sender there");
        }
        self.act(name, kind, parameters, next, Vec::new(), &["NoMatchingError"]);
    }

    /// The seconds of a wait; `None` = it is no span, which is a loss.
    fn seconds(&mut self, activity: &Activity<'_>, time: Option<wire::WaitTime<'_>>) -> Option<i64> {
        let span = time.and_then(|time| time.wait_for()).and_then(time::parse_duration);
        if span.is_none() {
            self.lose_in(activity, "it waits until an instant, or not at all: people go on at once");
        }
        span.map(|span| span / 1000)
    }

    /// Waits: one action for at most seven days, as many as it takes.
    fn wait(&mut self, name: &str, seconds: i64, next: &str) {
        let mut left = seconds.max(1);
        let mut name = name.to_owned();
        let mut number = 1;
        loop {
            let now = left.min(LONGEST);
            left -= now;
            number += 1;
            let after = if left > 0 { format!("{name} wait {number}") } else { next.to_owned() };
            let after = if left > 0 && number > 2 {
                format!("{} wait {number}", name.rsplit_once(" wait ").map_or(name.as_str(), |(stem, _)| stem))
            } else {
                after
            };
            let done = json!({"NextAction": after, "Condition": {"Operator": "Equals", "Operands": ["WaitCompleted"]}});
            let parameters = json!({"TimeoutSeconds": now.to_string()});
            self.act(&name, "Wait", parameters, &after, vec![done], &["NoMatchingError"]);
            if left <= 0 {
                return;
            }
            name = after;
        }
    }

    /// A split that is decided later waits first; answers the name of the action that decides.
    fn evaluated_later(&mut self, activity: &Activity<'_>, name: String, time: Option<wire::WaitTime<'_>>) -> String {
        if time.is_none() {
            return name;
        }
        match self.seconds(activity, time) {
            Some(seconds) if seconds > 0 => {
                let decides = format!("{name} decides");
                self.wait(&name, seconds, &decides);
                decides
            }
            _ => name,
        }
    }

    fn distribute(&mut self, name: &str, shares: &[i64], targets: &[String]) {
        let mut below = 1;
        let mut conditions = Vec::new();
        let last = targets.last().cloned().unwrap_or_else(|| END.to_owned());
        for (share, target) in shares.iter().zip(targets).take(targets.len().saturating_sub(1)) {
            below += share;
            let less = json!({"Operator": "NumericLessThan", "Operands": [below.to_string()]});
            conditions.push(json!({"NextAction": target, "Condition": less}));
        }
        self.act(name, "DistributeByPercentage", json!({}), &last, conditions, &["NoMatchingCondition"]);
    }

    /// Branches by an attribute: each condition is about the same one, by its values.
    fn decide(
        &mut self,
        activity: &Activity<'_>,
        name: &str,
        branches: &[(wire::SimpleCondition<'_>, String)],
        otherwise: &str,
    ) {
        let mut attribute: Option<String> = None;
        let mut conditions = Vec::new();
        for (condition, target) in branches {
            let Some((path, values)) = by_attribute(*condition) else {
                return self.undecided(
                    activity,
                    name,
                    otherwise,
                    "a condition that is not about one attribute's values",
                );
            };
            if attribute.get_or_insert_with(|| path.clone()) != &path {
                return self.undecided(activity, name, otherwise, "conditions about several attributes");
            }
            for value in values {
                let equals = json!({"Operator": "Equals", "Operands": [value]});
                conditions.push(json!({"NextAction": target, "Condition": equals}));
            }
        }
        let path = attribute.unwrap_or_default();
        self.lose_in(activity, &format!("people need the attribute `{path}` in their customer profile there"));
        self.act(name, "Compare", json!({"ComparisonValue": path}), otherwise, conditions, &["NoMatchingCondition"]);
    }

    fn undecided(&mut self, activity: &Activity<'_>, name: &str, otherwise: &str, why: &str) {
        self.lose_in(activity, &format!("{why} can not be asked there: everybody goes on with `{otherwise}`"));
        self.wait(name, 1, otherwise);
    }

    fn skip(&mut self, activity: &Activity<'_>, name: &str, next: &str, why: &str) {
        self.lose_in(activity, &format!("{why}: people go on with `{next}`"));
        self.wait(name, 1, next);
    }
}

/// The path of the one attribute that a condition is about, and the values that it takes.
fn by_attribute(condition: wire::SimpleCondition<'_>) -> Option<(String, Vec<String>)> {
    let dimensions = condition.segment_dimensions()?;
    let alone = dimensions.object().values().filter(|value| !value.is_null()).count() == 1;
    let (user, own) = (dimensions.user_attributes(), dimensions.attributes());
    let (name, dimension) = match (user.as_slice(), own.as_slice()) {
        ([one], []) | ([], [one]) if alone => one,
        _ => return None,
    };
    let inclusive = matches!(dimension.attribute_type(), None | Some(wire::AttributeType::Inclusive));
    let values: Vec<String> = dimension.values().into_iter().map(str::to_owned).collect();
    (inclusive && !values.is_empty()).then(|| (format!("$.Customer.Attributes.{name}"), values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported(value: &Value) -> (Value, Vec<String>) {
        let journey = Journey::of(value).expect("a journey");
        let Exported { text, losses } = flow(&DocumentId::Journey("j".into()), journey);
        let told = losses.into_iter().map(|loss| format!("{}: {}", loss.place, loss.what)).collect();
        (serde_json::from_str(&text).expect("JSON"), told)
    }

    fn action<'v>(flow: &'v Value, name: &str) -> &'v Value {
        let actions = flow["Actions"].as_array().expect("actions");
        actions.iter().find(|action| action["Identifier"] == name).unwrap_or_else(|| panic!("{name} in {flow:#}"))
    }

    #[test]
    fn what_the_flow_can_say_is_said_and_every_loss_is_told() {
        let by_plan = json!({"Conditions": [{"segmentDimensions": {"UserAttributes":
            {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["pro", "team"]}}}}]});
        let opened = json!({"Conditions": [{"EventCondition": {"MessageActivity": "mail"}}]});
        let (flow, told) = exported(&json!({"Name": "j", "StartActivity": "mail", "Limits": {"DailyCap": 1},
            "Activities": {
                "mail": {"EMAIL": {"TemplateName": "hello", "NextActivity": "long"}},
                "long": {"Wait": {"WaitTime": {"WaitFor": "P15D"}, "NextActivity": "plan"}},
                "plan": {"ConditionalSplit": {"Condition": by_plan, "TrueActivity": "half", "FalseActivity": "asked"}},
                "half": {"RandomSplit": {"Branches": [{"Percentage": 30, "NextActivity": "push"}, {"Percentage": 70}]}},
                "asked": {"ConditionalSplit": {"Condition": opened, "EvaluationWaitTime": {"WaitFor": "PT1H"},
                    "TrueActivity": "push", "FalseActivity": "end"}},
                "push": {"PUSH": {"TemplateName": "news"}},
                "end": {"Holdout": {"Percentage": 5, "NextActivity": "gone"}}}}));
        assert_eq!(flow["StartAction"], "mail");
        assert_eq!(action(&flow, "mail")["Transitions"]["NextAction"], "long");
        let waits: Vec<&Value> = ["long", "long wait 2", "long wait 3"]
            .map(|name| &action(&flow, name)["Parameters"]["TimeoutSeconds"])
            .to_vec();
        assert_eq!(waits, ["604800", "604800", "86400"]);
        assert_eq!(action(&flow, "long wait 3")["Transitions"]["NextAction"], "plan");
        let plan = action(&flow, "plan");
        assert_eq!(plan["Parameters"]["ComparisonValue"], "$.Customer.Attributes.Plan");
        assert_eq!(plan["Transitions"]["Conditions"][1]["Condition"]["Operands"][0], "team");
        assert_eq!(plan["Transitions"]["Errors"][0]["NextAction"], "asked");
        let half = action(&flow, "half");
        assert_eq!(half["Transitions"]["Conditions"][0]["Condition"]["Operands"][0], "31");
        assert_eq!(half["Transitions"]["Errors"][0]["NextAction"], "end");
        assert_eq!(action(&flow, "asked")["Parameters"]["TimeoutSeconds"], "3600");
        // The step that is called `end` is not the end.
        assert_eq!(action(&flow, "end 2")["Transitions"]["Conditions"][0]["NextAction"], "end");
        assert_eq!(action(&flow, "end")["Type"], "EndFlowExecution");
        // Every transition leads to an action.
        let names: Vec<&Value> =
            flow["Actions"].as_array().expect("actions").iter().map(|action| &action["Identifier"]).collect();
        let mut open = vec![&flow];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(object) => {
                    let next = object.get("NextAction");
                    assert!(next.is_none_or(|next| names.contains(&next)), "{next:?} of {names:?}");
                    open.extend(object.values());
                }
                Value::Array(list) => open.extend(list),
                _ => {}
            }
        }
        let lost = ["j Limits", "Activities.mail", "Activities.plan", "Activities.asked", "Activities.push"];
        for place in lost {
            assert!(told.iter().any(|loss| loss.contains(place)), "{place} in {told:#?}");
        }
        assert_eq!(told.len(), lost.len(), "{told:#?}");
    }
}
