//! From expectations to text: what [`read`](super::read()) reads back the same.

use model::Millis;
use model::time::{DAY, HOUR, MINUTE, SECOND, format_duration, format_instant};
use serde_json::Value;

use crate::expectations::document::{
    Cause, Expectation, Expectations, Expected, Frequency, Given, Moment, Named, Responses, Wanted, When,
};
use crate::promises::{OptOut, Promises};

/// The text of a file that says `all`; one line a sentence.
pub fn write(all: &Expectations) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !all.people.is_empty() {
        parts.push(people(&all.people).join("\n") + "\n");
    }
    parts.extend(all.expectations.iter().map(expectation));
    parts.extend(all.promises.as_ref().map(promises));
    parts.join("\n")
}

fn expectation(expectation: &Expectation) -> String {
    let mut lines = vec!["[[expectation]]".to_owned(), format!("name = {}", quoted(&expectation.name))];
    lines.push(format!("journey = {}", quoted(&expectation.journey)));
    lines.extend(expectation.start.map(|start| format!("start = {}", instant(start))));
    if expectation.seed != 0 {
        lines.push(format!("seed = {}", expectation.seed));
    }
    if expectation.responses == Responses::Model {
        lines.push("responses = \"model\"".to_owned());
    }
    lines.extend(people(&expectation.people));
    for (name, list) in [
        ("given", expectation.given.iter().map(given).collect::<Vec<_>>()),
        ("expect", expectation.expect.iter().map(expected).collect()),
    ] {
        if !list.is_empty() {
            lines.push(format!("{name} = ["));
            lines.extend(list.into_iter().map(|line| format!("    {{ {line} }},")));
            lines.push("]".to_owned());
        }
    }
    lines.join("\n") + "\n"
}

fn people(people: &Named) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, endpoints) in people {
        match endpoints.as_slice() {
            [one] => lines.push(format!("people.{} = {}", key(name), value(one))),
            several => {
                lines.push(format!("people.{} = [", key(name)));
                lines.extend(several.iter().map(|endpoint| format!("    {},", value(endpoint))));
                lines.push("]".to_owned());
            }
        }
    }
    lines
}

fn given(given: &Given) -> String {
    let mut parts = vec![format!("person = {}", quoted(&given.person))];
    match &given.cause {
        Cause::Does { verb, of } => parts.push(format!("{} = {}", verb.key(), quoted(of))),
        Cause::Event { event_type, of, attributes, metrics } => {
            parts.push(format!("causes = {}", quoted(event_type)));
            parts.extend(of.as_ref().map(|of| format!("of = {}", quoted(of))));
            let list = |name: &str, members: Vec<String>| {
                (!members.is_empty()).then(|| format!("{name} = {{ {} }}", members.join(", ")))
            };
            let attributes = attributes.iter().map(|(name, text)| format!("{} = {}", key(name), quoted(text)));
            parts.extend(list("attributes", attributes.collect()));
            let metrics = metrics.iter().map(|(name, number)| format!("{} = {}", key(name), decimal(*number)));
            parts.extend(list("metrics", metrics.collect()));
        }
    }
    parts.extend(given.endpoint.as_ref().map(|id| format!("endpoint = {}", quoted(id))));
    parts.push(match given.when {
        When::After(span) => format!("after = {}", quoted(&span_words(span))),
        When::At(at) => format!("at = {}", instant(at)),
    });
    parts.join(", ")
}

fn expected(expected: &Expected) -> String {
    let mut parts = vec![format!("person = {}", quoted(&expected.person))];
    match &expected.wanted {
        Wanted::Gets { message, frequency: Frequency::Times(0) } => {
            parts.push(format!("never_gets = {}", quoted(message)));
        }
        Wanted::Gets { message, frequency } => {
            parts.push(format!("gets = {}", quoted(message)));
            match frequency {
                Frequency::Once => {}
                Frequency::Times(times) => parts.push(format!("times = {times}")),
                Frequency::AtMost(times, stretch) => {
                    parts.push(format!("at_most = {times}"));
                    parts.extend(stretch.map(|span| format!("in = {}", quoted(&span_words(span)))));
                }
            }
        }
        Wanted::Takes { branch, of, yes } => {
            let word = if *yes { "takes" } else { "never_takes" };
            parts.push(format!("{word} = {}, of = {}", quoted(branch), quoted(of)));
        }
        Wanted::Reaches { activity, yes } => {
            let word = if *yes { "reaches" } else { "never_reaches" };
            parts.push(format!("{word} = {}", quoted(activity)));
        }
        Wanted::Leaves { activity: Some(activity), .. } => parts.push(format!("leaves = {}", quoted(activity))),
        Wanted::Leaves { activity: None, yes } => parts.push(format!("leaves = {yes}")),
        Wanted::Enters(yes) => parts.push(format!("enters = {yes}")),
        Wanted::Refused(None) => parts.push("is_refused = true".to_owned()),
        Wanted::Refused(Some(metric)) => parts.push(format!("is_refused = {}", quoted(metric))),
    }
    let window = [("not_before", "not_within", expected.window.from), ("by", "within", expected.window.to)];
    for (at, after, moment) in window {
        match moment {
            None => {}
            Some(Moment::At(instant_at)) => parts.push(format!("{at} = {}", instant(instant_at))),
            Some(Moment::AfterEntry(span)) => parts.push(format!("{after} = {}", quoted(&span_words(span)))),
        }
    }
    parts.join(", ")
}

fn promises(promises: &Promises) -> String {
    let mut lines = vec!["[promises]".to_owned(), format!("journey = {}", quoted(&promises.journey))];
    lines.extend(promises.start.map(|start| format!("start = {}", instant(start))));
    lines.push(format!("seed = {}", promises.seed));
    lines.push(format!("tries = {}", promises.tries));
    match promises.opt_out {
        None => {}
        Some(OptOut::Endpoint) => lines.push("nobody_is_messaged_after_opting_out = true".to_owned()),
        Some(OptOut::Person) => lines.push("nobody_is_messaged_after_opting_out = \"person\"".to_owned()),
    }
    if !promises.at_most.is_empty() {
        let each = promises.at_most.iter();
        let each = each.map(|(count, span)| format!("{{ messages = {count}, in = {} }}", quoted(&span_words(*span))));
        lines.push(format!("at_most = [{}]", each.collect::<Vec<_>>().join(", ")));
    }
    if promises.nobody_stranded {
        lines.push("nobody_is_stranded = true".to_owned());
    }
    lines.extend(promises.leaves_within.map(|span| format!("everyone_leaves_within = {}", quoted(&span_words(span)))));
    if promises.no_message_twice {
        lines.push("nobody_gets_the_same_message_twice = true".to_owned());
    }
    lines.join("\n") + "\n"
}

/// How long in words, all of it: "2 days 1 hour"; ISO 8601 has no milliseconds either, so those are dropped.
pub(crate) fn span_words(span: Millis) -> String {
    let units = [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")];
    let mut left = span.max(0);
    let mut words = Vec::new();
    for (unit, name) in units {
        let number = left / unit;
        left %= unit;
        if number > 0 {
            words.push(format!("{number} {name}{}", if number == 1 { "" } else { "s" }));
        }
    }
    if words.is_empty() { format_duration(0) } else { words.join(" ") }
}

fn instant(at: Millis) -> String {
    format_instant(at).replace(".000Z", "Z")
}

/// A TOML text: JSON's escapes are TOML's, but for the one control character that JSON lets stand.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string().replace('\u{7f}', "\\u007F")
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if bare { name.to_owned() } else { quoted(name) }
}

fn decimal(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 9e15 { format!("{}", number as i64) } else { format!("{number:?}") }
}

fn value(json: &Value) -> String {
    match json {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), decimal),
        Value::String(text) => quoted(text),
        Value::Array(list) => format!("[{}]", list.iter().map(value).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| format!("{} = {}", key(name), value(member)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
    }
}
