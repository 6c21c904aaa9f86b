//! What names in an expectation mean in a journey.

use engine::{Program, Target, Way};
use model::similar::similar;
use model::{ActivityKind, Slot};

/// Channels as expectations name them, with the kinds of activities that send through them.
const CHANNELS: [(&str, ActivityKind); 5] = [
    ("EMAIL", ActivityKind::Email),
    ("SMS", ActivityKind::Sms),
    ("PUSH", ActivityKind::Push),
    ("VOICE", ActivityKind::ContactCenter),
    ("CUSTOM", ActivityKind::Custom),
];

/// Any message.
const ANYTHING: &str = "anything";

/// The activity of that id.
///
/// # Errors
/// When there is none, with the nearest.
pub(crate) fn activity(program: &Program, id: &str) -> Result<u16, String> {
    program.activity_index(id).ok_or_else(|| {
        let hint = hint(id, ids(program));
        format!("the journey has no activity `{id}`{hint}")
    })
}

/// The message activities that a name means: an activity, else a template, else a channel, else all.
///
/// # Errors
/// When it means nothing, with the nearest.
pub(crate) fn messages(program: &Program, name: &str) -> Result<Vec<u16>, String> {
    let all = || (0..program.len() as u16).filter(|activity| is_message(program, *activity));
    if let Some(activity) = program.activity_index(name) {
        return match is_message(program, activity) {
            true => Ok(vec![activity]),
            false => Err(format!("`{name}` sends nothing, so nobody gets it: use `reaches`")),
        };
    }
    let of_template: Vec<u16> = all().filter(|activity| program.template(*activity).0 == Some(name)).collect();
    if !of_template.is_empty() {
        return Ok(of_template);
    }
    if let Some((_, kind)) = CHANNELS.iter().find(|(channel, _)| *channel == name) {
        return Ok(all().filter(|activity| program.kind(*activity) == Some(*kind)).collect());
    }
    if name == ANYTHING {
        return Ok(all().collect());
    }
    let templates = (0..program.len() as u16).filter_map(|activity| program.template(activity).0);
    let words = CHANNELS.iter().map(|(channel, _)| *channel).chain([ANYTHING]);
    let hint = hint(name, ids(program).chain(templates).chain(words));
    Err(format!("`{name}` is no activity, template or channel of the journey{hint}"))
}

/// The ways out of an activity that a branch means: its label, its number, or where it leads.
///
/// # Errors
/// When it means none, with those that there are.
pub(crate) fn ways(program: &Program, of: &str, branch: &str) -> Result<Vec<u16>, String> {
    let from = activity(program, of)?;
    let all: Vec<(u16, &Way)> = (0u16..).zip(program.ways()).filter(|(_, way)| way.from == from).collect();
    let pick = |fits: &dyn Fn(&Way) -> bool| -> Vec<u16> {
        all.iter().filter(|(_, way)| fits(way)).map(|(index, _)| *index).collect()
    };
    for found in [
        pick(&|way| way_name(way).eq_ignore_ascii_case(branch)),
        pick(&|way| way.label.eq_ignore_ascii_case(branch)),
        pick(&|way| matches!(way.target, Target::Activity(next) if program.activity_id(next) == branch)),
    ] {
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let known: Vec<String> = all.iter().map(|(_, way)| format!("`{}`", branch_name(program, way))).collect();
    Err(format!("`{of}` has no branch `{branch}`; it has {}", known.join(", ")))
}

/// How a branch is called where its label is no name: two branches of a split can have the same share.
fn way_name(way: &Way) -> String {
    match way.slot {
        Slot::Branch(number) => format!("branch {}", number + 1),
        Slot::Next => "next".to_owned(),
        _ => way.label.clone(),
    }
}

/// The name of a branch that means it alone.
pub(crate) fn branch_name(program: &Program, way: &Way) -> String {
    let same = program.ways().iter().filter(|other| other.from == way.from && other.label == way.label).count();
    if way.label.is_empty() || same > 1 { way_name(way) } else { way.label.clone() }
}

/// A connection in words: "`planSplit` A to `proEmail`".
pub(crate) fn connection(program: &Program, way: &Way) -> String {
    let from = program.activity_id(way.from);
    let label = match way.label.is_empty() {
        true => String::new(),
        false => format!(" {}", branch_name(program, way)),
    };
    match &way.target {
        Target::Activity(next) => format!("`{from}`{label} to `{}`", program.activity_id(*next)),
        Target::Missing(next) => format!("`{from}`{label} to `{next}`, which does not exist"),
        Target::End => format!("`{from}`{label} to the end"),
    }
}

pub(crate) fn is_message(program: &Program, activity: u16) -> bool {
    program.kind(activity).is_some_and(ActivityKind::is_message)
}

fn ids(program: &Program) -> impl Iterator<Item = &str> + Clone {
    (0..program.len() as u16).map(|activity| program.activity_id(activity))
}

fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    similar(name, known).map(|meant| format!("; is `{meant}` meant?")).unwrap_or_default()
}
