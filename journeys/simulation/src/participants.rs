//! Walking a range of rows with somebody listening.

use std::ops::Range;

use crate::simulation::Simulation;
use crate::walk::{Listener, Walker};

impl Simulation<'_> {
    /// Walks the participants whose first endpoint lies in these rows, in order of that row. `before` is told the rows of
    /// each participant before the listener hears of them.
    pub(crate) fn listen_to<L: Listener>(
        &self,
        rows: Range<usize>,
        listener: &mut L,
        before: &mut impl FnMut(&mut L, &[u32]),
    ) {
        let mut walker = Walker::new(self);
        for row in rows.start..rows.end.min(self.people.len()) {
            let first = row as u32;
            let rows = match self.people.row(row).user_id() {
                Some(_) => self.people.companions(row).into_iter().map(|row| row as u32).collect(),
                None => vec![first],
            };
            if rows.first() == Some(&first) {
                before(listener, &rows);
                walker.tell(rows, listener);
            }
        }
    }
}
