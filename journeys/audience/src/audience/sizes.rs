//! How large a segment was, as far as the people themselves tell.
//!
//! Of each endpoint only the present members are known; what changes over time is who is there, and when each was last
//! active. An endpoint is there from its `CreationDate`, else from the first sign of it (`EffectiveDate` or an event), else
//! always.

use model::time::Millis;

use super::Audience;
use super::rows::Rows;
use crate::people::{NO_DATE, People};

/// An event of an endpoint: it was heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Activity {
    /// When.
    pub at: Millis,
    /// The endpoint's row.
    pub row: u32,
}

impl Audience {
    /// How many were in the segment at each of `instants`, which ascend; `events` are those of the people, in order of time.
    ///
    /// Last activity at an instant is the last event or `EffectiveDate` until then, else the first sign of the endpoint
    /// (segments-and-endpoints.md 2.1: the later of the last event and `EffectiveDate`).
    pub fn sizes(&self, people: &People, events: &[Activity], instants: &[Millis]) -> Vec<usize> {
        let count = people.len();
        let mut first: Vec<Millis> = vec![NO_DATE; count];
        for (row, first) in first.iter_mut().enumerate() {
            *first = people.created(row).or(people.effective(row)).unwrap_or(NO_DATE);
        }
        for event in events {
            let row = event.row as usize;
            if people.created(row).is_none()
                && first.get(row).is_some_and(|first| *first != NO_DATE && event.at < *first)
            {
                first[row] = event.at;
            }
        }
        // As the people were: the present ones with other dates.
        let mut then = people.clone();
        then.active.clear();
        then.effective = first.clone();
        let mut heard = first.clone();
        let mut events = events.iter().peekable();
        let mut sizes = Vec::with_capacity(instants.len());
        for now in instants {
            while let Some(event) = events.next_if(|event| event.at <= *now) {
                if let Some(heard) = heard.get_mut(event.row as usize) {
                    *heard = event.at.max(*heard);
                }
            }
            for (row, effective) in then.effective.iter_mut().enumerate() {
                let written = people.effective(row).filter(|at| at <= now).unwrap_or(NO_DATE);
                *effective = heard[row].max(written);
            }
            let there = Rows::all(count).keep(|row| first[row] <= *now);
            sizes.push(self.part.select(&then, *now, &there).count());
        }
        sizes
    }
}

#[cfg(test)]
mod tests {
    use model::time::{DAY, parse_instant};
    use serde_json::json;

    use super::*;

    #[test]
    fn who_is_there_and_who_is_active_changes_over_time() {
        let day = |number: i64| parse_instant("2026-11-01T00:00:00Z").unwrap_or_default() + number * DAY;
        let iso = |number| model::time::format_instant(day(number));
        let mut people = People::default();
        let rows = [
            json!({"Id": "old", "CreationDate": iso(0), "EffectiveDate": iso(20)}),
            json!({"Id": "new", "EffectiveDate": iso(10)}),
            json!({"Id": "always"}),
        ];
        for row in &rows {
            people.push(None, row).unwrap();
        }
        let instants = [0, 5, 9, 10, 16, 18, 21].map(day);
        assert_eq!(Audience::everybody().sizes(&people, &[], &instants), [2, 2, 2, 3, 3, 3, 3]);
        let active = json!({"Behavior": {"Recency": {"Duration": "DAY_7", "RecencyType": "ACTIVE"}}});
        let active = Audience::from_dimensions(&active).unwrap();
        // `always` has no date at all and counts as just written.
        assert_eq!(active.sizes(&people, &[], &instants), [2, 2, 1, 2, 2, 1, 2]);
        let events = [Activity { at: day(8), row: 1 }, Activity { at: day(15), row: 0 }];
        assert_eq!(active.sizes(&people, &events, &instants), [2, 2, 2, 2, 3, 2, 2]);
        assert_eq!(Audience::everybody().sizes(&people, &events, &instants), [2, 2, 3, 3, 3, 3, 3]);
        assert_eq!(
            Audience::everybody().sizes(&people, &events, &[day(30)]),
            [people.len()],
            "at the end as many as there are"
        );
    }
}
