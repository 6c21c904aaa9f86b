//! Two versions of a journey for the same people: who gets something else.
//!
//! What counts is what reaches people: which message, on which endpoint, at which instant. A step that has another name,
//! or another way to the same messages, changes nothing for anybody.

use std::ops::Range;

use engine::SendStatus;
use model::Millis;

use crate::messages::Message;
use crate::simulation::Simulation;

/// What one participant gets of one message, for comparing.
#[derive(PartialEq, Eq)]
struct Got<'s> {
    at: Millis,
    row: Option<u32>,
    /// The template; the activity where it has none.
    what: &'s str,
    /// Whether its text differs between the versions.
    differs: bool,
}

impl Simulation<'_> {
    /// The participants that get something else in `after` than in this run, of those whose first endpoint lies in these
    /// rows; each by that row. Both runs are of the same people. `rewritten` says of an activity's index in `after` whether
    /// the text of its template differs from that in this run.
    pub fn differing(&self, after: &Simulation<'_>, rows: Range<usize>, rewritten: &dyn Fn(u16) -> bool) -> Vec<u32> {
        let (mine, theirs) = (self.messages(rows.clone()), after.messages(rows.clone()));
        let (mut mine, mut theirs) = (mine.as_slice(), theirs.as_slice());
        let mut differing = Vec::new();
        while let Some(participant) =
            mine.first().into_iter().chain(theirs.first()).map(|message| message.participant).min()
        {
            let before = self.got(&mut mine, participant, &|_| false);
            let now = after.got(&mut theirs, participant, rewritten);
            if before != now {
                differing.push(participant);
            }
        }
        differing
    }

    /// Takes the messages of a participant off a list that is in order of participants; what they got of them.
    fn got<'s>(&'s self, list: &mut &[Message], participant: u32, differs: &dyn Fn(u16) -> bool) -> Vec<Got<'s>> {
        let count = list.iter().take_while(|message| message.participant == participant).count();
        let (own, rest) = list.split_at(count);
        *list = rest;
        own.iter()
            .filter(|message| message.status == SendStatus::Success)
            .map(|message| Got {
                at: message.at,
                row: message.row,
                what: self
                    .program
                    .template(message.activity)
                    .0
                    .unwrap_or_else(|| self.program.activity_id(message.activity)),
                differs: differs(message.activity),
            })
            .collect()
    }
}
