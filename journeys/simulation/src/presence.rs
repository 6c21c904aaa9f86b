//! Who is at an activity at an instant.

use std::ops::Range;

use engine::{Effect, What};
use model::Millis;

use crate::simulation::Simulation;
use crate::walk::Listener;

/// Hears where each participant stands at an instant.
struct Watch {
    at: Millis,
    activity: u16,
    /// First row of the present participant.
    participant: u32,
    /// The activity where they stand.
    stands: Option<u16>,
    there: Vec<u32>,
}

impl Watch {
    fn begin(&mut self, participant: u32) {
        if self.stands.take() == Some(self.activity) {
            self.there.push(self.participant);
        }
        self.participant = participant;
    }
}

impl Listener for Watch {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        if at > self.at {
            return;
        }
        match effect.what {
            What::Arrived { activity } => self.stands = Some(activity),
            What::Took { .. } | What::Left { .. } => self.stands = None,
            _ => {}
        }
    }

    fn event(&mut self, _: Millis, _: u16, _: u32, _: &str) {}

    fn refusals(&mut self, _: Millis, _: u64) {}
}

impl Simulation<'_> {
    /// The participants that are at an activity at an instant, of those whose first endpoint lies in these rows; each by
    /// that row. What falls on the instant itself has happened. `None` = the journey has no such activity.
    pub fn present(&self, rows: Range<usize>, activity: &str, at: Millis) -> Option<Vec<u32>> {
        let activity = self.program.activity_index(activity)?;
        let at = at.min(self.horizon);
        let mut watch = Watch { at, activity, participant: 0, stands: None, there: Vec::new() };
        self.listen_to(rows, &mut watch, &mut Watch::begin);
        watch.begin(0);
        Some(watch.there)
    }
}
