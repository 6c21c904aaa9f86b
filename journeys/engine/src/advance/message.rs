//! How a message leaves: fit, caps, quiet time, rendering, rate (journeys.md 3.1, 5, 6).

use audience::Row;
use model::Millis;
use model::time::DAY;

use super::{MessageEvent, Walk};
use crate::effect::{SendStatus, What};
use crate::host::{Host, Senders};
use crate::program::{Message, Node};
use crate::reason::{CapKind, Reason};
use crate::sending::Verdict;
use crate::state::{Held, Logged, Seen, Sent};

impl<H: Host> Walk<'_, H> {
    /// Sends a message to all endpoints that it fits; answers until when it is held for one of them.
    pub(super) fn message(
        &mut self,
        activity: u16,
        node: &Node,
        message: Message,
        resumed: bool,
    ) -> Option<(Millis, Reason)> {
        let mut fits = false;
        let mut hold: Option<(Millis, Reason)> = None;
        for (place, row, endpoint) in self.participant.endpoints() {
            let Some(channel) = endpoint.channel() else { continue };
            if message.channels & (1 << channel as u16) == 0 {
                continue;
            }
            fits = true;
            let id = if self.program.unhindered { 0 } else { self.participant.endpoint_hash(place, endpoint) };
            let mut paced = false;
            if resumed {
                let Some(at) = self.state.held.iter().position(|held| held.endpoint == id) else { continue };
                let held = self.state.held[at];
                if held.until > self.now {
                    hold = earlier(hold, (held.until, Reason::Plain));
                    continue;
                }
                self.state.held.swap_remove(at);
                paced = held.paced;
                if !paced {
                    let status = SendStatus::QuietTimeWaitFinished;
                    self.tell(What::NotSent { activity, row: Some(row), status }, Reason::Plain);
                }
            }
            if self.participant.silent(place, endpoint) || !endpoint.has_address() {
                let what = What::NotSent { activity, row: Some(row), status: SendStatus::Skipped };
                self.tell(what, Reason::Plain);
                continue;
            }
            if self.program.unhindered || self.may_leave(activity, node, message, (row, endpoint, id), paced, &mut hold)
            {
                self.send(activity, node, message, row, id);
            }
        }
        if !fits && !resumed {
            let what = What::NotSent { activity, row: None, status: SendStatus::UnsupportedChannel };
            self.tell(what, Reason::Plain);
        }
        hold
    }

    /// The checks between fit and hand-over, in the order of journeys.md 3.1. A message that comes back from its place in
    /// the queue (`paced`) goes through all of them again, but does not queue again.
    fn may_leave(
        &mut self,
        activity: u16,
        node: &Node,
        message: Message,
        (row, endpoint, id): (u32, Row<'_>, u64),
        paced: bool,
        hold: &mut Option<(Millis, Reason)>,
    ) -> bool {
        let program = self.program;
        if let Some((cap, limit)) = self.capped(row, id) {
            let what = What::NotSent { activity, row: Some(row), status: SendStatus::DailyCap };
            self.tell(what, Reason::Cap { cap, limit });
            return false;
        }
        if !program.window.always_open() {
            match program.window.verdict(message.channel, &program.zones.of(endpoint), self.now) {
                Verdict::Open => {}
                Verdict::MissingZone => {
                    let status = SendStatus::QuietTimeMissingTimezone;
                    self.tell(What::NotSent { activity, row: Some(row), status }, Reason::Plain);
                    return false;
                }
                Verdict::Shut { why, local, until } => {
                    let reason = Reason::Shut { why, local, until };
                    let held = until.filter(|_| program.window.hold);
                    let status = if held.is_some() { SendStatus::Held } else { SendStatus::QuietTime };
                    self.tell(What::NotSent { activity, row: Some(row), status }, reason);
                    if let Some(until) = held {
                        self.state.held.push(Held { endpoint: id, until, paced: false });
                        *hold = earlier(*hold, (until, reason));
                    }
                    return false;
                }
            }
        }
        if let Some(template) = &node.content
            && !template.can_be_made(endpoint, self.now)
        {
            let what = What::NotSent { activity, row: Some(row), status: SendStatus::FailurePermanent };
            self.tell(what, Reason::NotRendered { row });
            return false;
        }
        if let (Some(rate), false) = (program.rate, paced) {
            let slot = self.host.slot(self.now);
            if slot > self.now {
                self.state.held.push(Held { endpoint: id, until: slot, paced: true });
                *hold = earlier(*hold, (slot, Reason::Queued { rate }));
                return false;
            }
        }
        true
    }

    fn send(&mut self, activity: u16, node: &Node, message: Message, row: u32, id: u64) {
        self.tell(What::Send { activity, row }, Reason::Plain);
        match self.state.sent.iter_mut().find(|sent| sent.activity == activity) {
            Some(sent) => sent.at = self.now,
            None => self.state.sent.push(Sent { activity, at: self.now, events: message.sends }),
        }
        let caps = self.program.caps;
        if caps.any() {
            if caps.total.is_none() {
                let days = caps.timeframe.map_or(1, |(_, days)| days.max(1));
                let oldest = self.now.saturating_sub(Millis::from(days) * DAY);
                self.state.log.retain(|logged| logged.at > oldest);
            }
            self.state.log.push(Logged { endpoint: id, at: self.now });
        }
        for kind in message.sends.both(node.watched).iter() {
            self.note(MessageEvent::of(activity, kind));
        }
    }

    /// A message that could not be handed over counts toward no cap: only outcome `SUCCESS` does (journeys.md 3.1).
    pub(super) fn failed(&mut self, activity: u16, row: u32, status: SendStatus) {
        let mut endpoints = self.participant.endpoints();
        let Some((place, _, endpoint)) = endpoints.find(|(_, known, _)| *known == row) else { return };
        let id = self.participant.endpoint_hash(place, endpoint);
        if let Some(at) = self.state.log.iter().rposition(|logged| logged.endpoint == id) {
            self.state.log.remove(at);
        }
        self.tell(What::NotSent { activity, row: Some(row), status }, Reason::Channel);
    }

    /// The cap that keeps a message from an endpoint, in the order of journeys.md 3.1. Windows are rolling (5, chosen).
    fn capped(&mut self, row: u32, endpoint: u64) -> Option<(CapKind, u32)> {
        let caps = self.program.caps;
        if !caps.any() {
            return None;
        }
        let log = &self.state.log;
        let own = |oldest: Millis| {
            let sent = log.iter().filter(|logged| logged.endpoint == endpoint && logged.at > oldest).count();
            u32::try_from(sent).unwrap_or(u32::MAX)
        };
        if let Some(limit) = caps.total.filter(|cap| own(Millis::MIN) >= *cap) {
            return Some((CapKind::Total, limit));
        }
        let day_ago = self.now.saturating_sub(DAY);
        if let Some(limit) = caps.daily.filter(|cap| own(day_ago) >= *cap) {
            return Some((CapKind::Daily, limit));
        }
        if let Some((limit, days)) = caps.timeframe {
            let oldest = self.now.saturating_sub(Millis::from(days) * DAY);
            let all = own(oldest).saturating_add(self.host.sent_elsewhere(row, Senders::Journeys, oldest));
            if all >= limit {
                return Some((CapKind::Timeframe { days }, limit));
            }
        }
        if let Some(limit) = caps.project_daily {
            let all = own(day_ago).saturating_add(self.host.sent_elsewhere(row, Senders::All, day_ago));
            if all >= limit {
                return Some((CapKind::ProjectDaily, limit));
            }
        }
        None
    }

    /// Remembers an event of a message, where it answers a condition.
    pub(super) fn note(&mut self, event: MessageEvent<'_>) {
        let Some(sent) = self.state.sent.iter_mut().find(|sent| sent.activity == event.activity) else {
            // Not of this traversal: no condition can ask about it.
            return;
        };
        if let Some(kind) = event.kind {
            sent.events.add(kind);
        }
        let Some(node) = self.program.node(event.activity) else { return };
        for condition in &node.watchers {
            let Some(asked) = self.program.condition(*condition) else { continue };
            if asked.takes(event.kind, event.name, event.attributes, event.metrics)
                && !self.state.seen.iter().any(|seen| seen.condition == *condition)
            {
                self.state.seen.push(Seen { condition: *condition, at: self.now });
            }
        }
    }
}

#[inline]
fn earlier(hold: Option<(Millis, Reason)>, other: (Millis, Reason)) -> Option<(Millis, Reason)> {
    Some(hold.filter(|hold| hold.0 <= other.0).unwrap_or(other))
}
