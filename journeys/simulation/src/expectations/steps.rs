//! The steps of a person's story that matter to what is told of them.

use audience::People;
use engine::{EventKind, Program, What};
use model::Slot;

use crate::run::StoryStep;
use crate::trial::{Course, Happened};

/// What a story is told for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'a> {
    /// What became of these activities, and how the person came there or did not.
    Activities(&'a [u16]),
    /// Who was let in and who was not.
    Entry,
    /// Which messages came, and what led to them.
    Messages,
}

/// The steps that matter: entries, exits and decisions always, other things where the story is about them.
pub(crate) fn steps(program: &Program, people: &People, course: &Course, about: About<'_>) -> Vec<StoryStep> {
    let mut entered = false;
    let mut refusals = 0;
    let mut out = Vec::new();
    for (at, happened) in &course.steps {
        let asked = |activity: u16| match about {
            About::Activities(activities) => activities.contains(&activity),
            About::Entry | About::Messages => false,
        };
        let messages = matches!(about, About::Messages);
        let (activity, slot, keep) = match happened {
            Happened::Event { activity, .. } => (Some(*activity), None, asked(*activity) || messages),
            Happened::Effect(effect) => match effect.what {
                What::Refused { .. } => {
                    refusals += 1;
                    // At every evaluation of the segment those who are inside are refused again.
                    (None, None, refusals <= 3 && (!entered || matches!(about, About::Entry)))
                }
                What::Entered { .. } | What::Left { .. } => {
                    entered = true;
                    (None, None, true)
                }
                What::Took { activity, way } => {
                    let slot = program.ways().get(usize::from(way)).map(|way| way.slot);
                    (Some(activity), slot, asked(activity) || slot.is_some_and(|slot| slot != Slot::Next))
                }
                What::Send { activity, .. } | What::NotSent { activity, .. } => {
                    (Some(activity), None, asked(activity) || messages)
                }
                What::Arrived { activity } | What::WaitUntil { activity, .. } | What::Judged { activity, .. } => {
                    (Some(activity), None, asked(activity))
                }
            },
        };
        if !keep {
            continue;
        }
        let text = match happened {
            Happened::Effect(effect) => effect.sentence(program, people, *at),
            Happened::Event { activity, name } => {
                let id = program.activity_id(*activity);
                match EventKind::parse(name) {
                    Some(kind) => format!("`{id}` was {} (`{name}`)", kind.participle()),
                    None => format!("`{name}` came of `{id}`"),
                }
            }
        };
        let activity = activity.map(|activity| program.activity_id(activity).to_owned());
        out.push(StoryStep { at: *at, activity, slot, text });
    }
    out
}
