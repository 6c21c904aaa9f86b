//! Questions about segments, asked of the people that are kept in memory.

use std::sync::Arc;
use std::time::Instant;

use audience::{Answer, Audience, People, Row};
use bridge::{
    AskOverlap, AskSizes, AskWhy, Asked, CountSegment, OverlapView, PersonLine, Reason, SegmentCount, SizesView,
};
use model::time::DAY;
use model::view::Word;
use model::{Millis, Project};
use serde_json::Value;

use crate::crowd::Crowd;
use crate::failure::{Outcome, bad_input, not_found};
use crate::people::lists;
use crate::{Inner, now};

/// Members that are named beside a count.
const SAMPLE: usize = 12;

/// Most steps of a series of sizes, and its longest and shortest step.
const STEPS: i64 = 60;

impl Inner {
    pub(crate) fn count_segment(&self, command: CountSegment) -> Outcome<SegmentCount> {
        let crowd = self.crowd_asked(&command.asked);
        let began = Instant::now();
        let (audience, at) = (compile(&command.asked.project, &command.segment), instant(&command.asked));
        let total = crowd.people.len() as u64;
        let audience = match audience {
            Ok(audience) => audience,
            Err(problem) => return Ok(SegmentCount { total, problem: Some(problem), ..SegmentCount::default() }),
        };
        let unlisted = lists::unknown(&audience.unlisted(&crowd.people));
        let (members, rows) = audience.count(&crowd.people, at, SAMPLE);
        let sample = rows.into_iter().map(|row| line(crowd.people.row(row as usize))).collect();
        let took = began.elapsed().as_secs_f64() * 1e3;
        Ok(SegmentCount { total, members: members as u64, sample, problem: None, unlisted, took })
    }

    pub(crate) fn ask_why(&self, command: AskWhy) -> Outcome<Vec<(PersonLine, Reason)>> {
        let crowd = self.crowd_asked(&command.asked);
        let audience = compiled(&command.asked.project, &command.segment)?;
        let at = instant(&command.asked);
        let who = command.who.trim();
        let row = find(&crowd.people, who).ok_or_else(|| {
            not_found(format!("nobody is called `{who}`"), "name an endpoint id, a user id or an address")
        })?;
        let reason = |row| (line(crowd.people.row(row)), reason(audience.answer(&crowd.people, row, at)));
        Ok(crowd.people.companions(row).into_iter().map(reason).collect())
    }

    pub(crate) fn ask_overlap(&self, command: AskOverlap) -> Outcome<OverlapView> {
        let crowd = self.crowd_asked(&command.asked);
        let [first, second] = &command.segments;
        let (first, second) = (compiled(&command.asked.project, first)?, compiled(&command.asked.project, second)?);
        let found = first.overlap(&second, &crowd.people, instant(&command.asked));
        Ok(OverlapView {
            first: found.first as u64,
            second: found.second as u64,
            both: found.both as u64,
            total: crowd.people.len() as u64,
        })
    }

    pub(crate) fn ask_sizes(&self, command: AskSizes) -> Outcome<SizesView> {
        let crowd = self.crowd_asked(&command.asked);
        let audience = compiled(&command.asked.project, &command.segment)?;
        let instants = steps(&crowd, command.asked.at.unwrap_or(Millis::MAX));
        let sizes = audience.sizes(&crowd.people, &crowd.events, &instants);
        let total = instants.last().map_or(0, |last| {
            Audience::everybody().sizes(&crowd.people, &crowd.events, &[*last]).first().copied().unwrap_or(0)
        });
        let sizes = instants.into_iter().zip(sizes.into_iter().map(|size| size as u64)).collect();
        Ok(SizesView { sizes, total: total as u64 })
    }

    fn crowd_asked(&self, asked: &Asked) -> Arc<Crowd> {
        self.crowd_of(&asked.project, asked.folder.as_deref())
    }
}

fn instant(asked: &Asked) -> Millis {
    asked.at.unwrap_or_else(now)
}

/// Compiles a segment of a project. Who is in an imported one is told by the people who are asked: those of a folder know its
/// lists.
///
/// # Errors
/// What is wrong with it, as a sentence without full stop.
pub(crate) fn compile(project: &Project, segment: &str) -> Result<Audience, String> {
    let lookup = |reference: &str| -> Option<&Value> {
        project.segment(reference).and_then(|(id, _)| project.documents.get(id))
    };
    Audience::compile(segment, &lookup).map_err(|error| error.to_string())
}

fn compiled(project: &Project, segment: &str) -> Outcome<Audience> {
    compile(project, segment)
        .map_err(|problem| bad_input(format!("the segment can not be asked: {problem}"), "correct the segment first"))
}

/// The row of an endpoint id, the first of a user, or that of an address.
pub(crate) fn find(people: &People, who: &str) -> Option<usize> {
    people
        .find(who)
        .or_else(|| people.of_user(who).first().copied())
        .or_else(|| people.rows().find(|row| row.address() == Some(who)).map(Row::index))
}

/// From the first sign of anybody to the last event until `end`, in whole days, at most [`STEPS`]. Events of an example can lie
/// ahead.
fn steps(crowd: &Crowd, end: Millis) -> Vec<Millis> {
    let dates = crowd.people.rows().filter_map(|row| row.creation_date().or(row.effective_date()));
    let events = crowd.events.iter().map(|event| event.at);
    let (mut first, mut last) = (Millis::MAX, Millis::MIN);
    for at in dates.chain(events).filter(|at| *at <= end) {
        (first, last) = (first.min(at), last.max(at));
    }
    if first > last {
        return Vec::new();
    }
    // To the end of the last day: everything that happened on it has happened.
    let (first, last) = (first.div_euclid(DAY), last.div_euclid(DAY) + 1);
    let step = (last - first).div_euclid(STEPS) + 1;
    let mut days: Vec<i64> = (first..=last).rev().step_by(usize::try_from(step).unwrap_or(usize::MAX)).collect();
    days.reverse();
    days.into_iter().map(|day| (day * DAY).min(end)).collect()
}

/// An endpoint in a list.
pub(crate) fn line(row: Row<'_>) -> PersonLine {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let unreached = match row {
        _ if row.opted_out() => "opted out",
        _ if row.inactive() => "inactive",
        _ if !row.has_address() || row.channel().is_none() => "no address",
        _ => "",
    };
    PersonLine {
        id: row.id().to_owned(),
        user: text(row.user_id()),
        name: name(row),
        channel: text(row.channel().map(|channel| channel.as_str())),
        address: text(row.address()),
        country: text(row.country()),
        active: row.last_activity(),
        unreached: unreached.to_owned(),
    }
}

/// First and last name, as far as there are any.
fn name(row: Row<'_>) -> String {
    let named = |name: &str| {
        row.user_attribute(name).iter().next().or_else(|| row.attribute(name).iter().next()).map(str::to_owned)
    };
    let parts: Vec<String> = ["FirstName", "LastName"].into_iter().filter_map(named).collect();
    if parts.is_empty() { named("Name").unwrap_or_default() } else { parts.join(" ") }
}

pub(crate) fn reason(answer: Answer) -> Reason {
    Reason { holds: answer.holds, words: answer.words, of: answer.of.into_iter().map(reason).collect() }
}
