//! Walking a range of rows with somebody listening.

use std::ops::Range;

use crate::simulation::Simulation;
use crate::walk::{Listener, Walker};

impl Simulation<'_> {
    /// Walks the participants whose first endpoint lies in these rows, in order of that row. `before` is told each row
    /// before the listener hears of its participant, if the row is their first.
    pub(crate) fn listen_to<L: Listener>(
        &self,
        rows: Range<usize>,
        listener: &mut L,
        before: &mut impl FnMut(&mut L, u32),
    ) {
        self.prepare();
        let mut walker = Walker::new(self);
        for row in rows.start..rows.end.min(self.people.len()) {
            before(listener, row as u32);
            walker.tell_row(row as u32, listener);
        }
    }
}
