//! Who is let in (journeys.md 2.3).

use audience::Row;
use jiff::tz::TimeZone;

use super::Walk;
use crate::effect::{Refusal, What};
use crate::host::Host;
use crate::program::Entry;
use crate::reason::Reason;
use crate::state::Position;
use crate::zone::Zone;

impl<H: Host> Walk<'_, H> {
    fn refuse(&mut self, row: Option<u32>, refusal: Refusal, reason: Reason) {
        self.tell(What::Refused { row, refusal }, reason);
    }

    /// Admission, in the order of journeys.md 2.3.
    pub(super) fn enter(&mut self, offered: u64) {
        if self.program.schedule.local.is_none() && !self.is_time(None) {
            return;
        }
        let offered = |place: usize| place >= 64 || offered & (1 << place) != 0;
        if let Entry::Event { audience: Some(audience), .. } = &self.program.entry {
            let people = self.participant.people;
            let mut first = None;
            let member = self.participant.endpoints().filter(|(place, ..)| offered(*place)).any(|(_, row, _)| {
                first.get_or_insert(row);
                audience.contains(people, row as usize, self.now)
            });
            if !member {
                let reason = first.map_or(Reason::Plain, |row| Reason::NotMember { row });
                return self.refuse(None, Refusal::FilteredOut, reason);
            }
        }
        let mut admitted = false;
        // The zone of the first endpoint that has one is the participant's.
        let mut zone: Option<TimeZone> = None;
        for (place, row, endpoint) in self.participant.endpoints().filter(|(place, ..)| offered(*place)) {
            if let Some(refusal) = self.unreachable(place, endpoint) {
                self.refuse(Some(row), refusal, Reason::Plain);
                continue;
            }
            if self.program.schedule.local.is_some() {
                match self.program.zones.of(endpoint) {
                    Zone::Known(found) => zone = zone.or(Some(found)),
                    Zone::Unknown | Zone::NotEstimated => {
                        self.refuse(Some(row), Refusal::MissingTimezone, Reason::Plain);
                        continue;
                    }
                }
            }
            admitted = true;
        }
        if !admitted || self.program.schedule.local.is_some() && !self.is_time(zone.as_ref()) {
            return;
        }
        if let Some(Position { activity, .. }) = self.state.position {
            return self.refuse(None, Refusal::Active, Reason::Inside { activity });
        }
        let cap = self.program.reentry_cap;
        if cap > 0 && self.state.entries >= cap {
            return self.refuse(None, Refusal::Reentry, Reason::ReentryCap { cap });
        }
        if let Some(left) = self.state.left_at {
            // Measured from the previous exit (rule 5, chosen).
            let allowed = left.saturating_add(self.program.reentry_interval);
            if self.now < allowed {
                return self.refuse(None, Refusal::Reentry, Reason::ReentryInterval { allowed });
            }
        }
        self.state.forget_traversal();
        self.state.entries = self.state.entries.saturating_add(1);
        self.tell(What::Entered { entry: self.state.entries }, Reason::Plain);
        self.arrive(self.program.start, 1);
        self.run(false);
    }

    /// Whether the schedule admits now; with `LocalTime`, in the participant's zone (journeys.md 6, "Schedule").
    fn is_time(&mut self, zone: Option<&TimeZone>) -> bool {
        let (start, end) = self.program.schedule.span(zone);
        if let Some(at) = start.filter(|start| self.now < *start) {
            let refusal = if zone.is_some() { Refusal::TimezoneMismatch } else { Refusal::NotStarted };
            self.refuse(None, refusal, Reason::Schedule { at });
            return false;
        }
        if let Some(at) = end.filter(|end| self.now >= *end) {
            self.refuse(None, Refusal::Ended, Reason::Schedule { at });
            return false;
        }
        true
    }

    /// Rule 1 of admission.
    #[inline]
    fn unreachable(&self, place: usize, endpoint: Row<'_>) -> Option<Refusal> {
        if endpoint.inactive() {
            Some(Refusal::Inactive)
        } else if endpoint.opted_out() || self.participant.told_opted_out(place) {
            Some(Refusal::OptOut)
        } else if !endpoint.has_address() {
            Some(Refusal::MissingAddress)
        } else if endpoint.channel().is_none() {
            Some(Refusal::MissingChannel)
        } else {
            None
        }
    }
}
