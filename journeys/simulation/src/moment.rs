//! The instants at which something happens to anybody, and the counts of a run at one of them.

use std::ops::Range;

use engine::{Effect, What};
use model::Millis;

use crate::series::{Series, SeriesPart};
use crate::simulation::Simulation;
use crate::walk::Listener;

/// Hears the nearest instant on one side of another.
struct Nearest {
    from: Millis,
    back: bool,
    found: Option<Millis>,
}

impl Listener for Nearest {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        let counts =
            matches!(effect.what, What::Arrived { .. } | What::Took { .. } | What::Left { .. } | What::Send { .. });
        if counts && if self.back { at < self.from } else { at > self.from } {
            self.found = Some(match self.found {
                Some(found) if self.back => found.max(at),
                Some(found) => found.min(at),
                None => at,
            });
        }
    }

    fn event(&mut self, _: Millis, _: u16, _: u32, _: &str) {}

    fn refusals(&mut self, _: Millis, _: u64) {}
}

impl Simulation<'_> {
    /// The first instant after `from`, or with `back` the last before it, at which somebody arrives, goes on, leaves or is sent
    /// something, of the participants whose first endpoint lies in these rows; `None` = there is none.
    pub fn nearest(&self, rows: Range<usize>, from: Millis, back: bool) -> Option<Millis> {
        let mut nearest = Nearest { from, back, found: None };
        self.listen_to(rows, &mut nearest, &mut |_: &mut Nearest, _| {});
        nearest.found
    }

    /// The counts of the participants whose first endpoint lies in these rows: of all that had happened before an instant, and
    /// of what happens at it.
    pub fn moment(&self, rows: Range<usize>, at: Millis) -> SeriesPart {
        self.counts(rows, move |then| (then <= at).then_some(i64::from(then == at)))
    }

    /// The series that all parts of one [`moment`](Simulation::moment) merged make: two steps of a millisecond, of which the
    /// first has everything before the instant, and the second is the instant.
    pub fn finish_moment(&self, all: &SeriesPart, at: Millis) -> Series {
        self.in_steps(all, 0..=1, |step| step, at.saturating_sub(1), 1)
    }
}
