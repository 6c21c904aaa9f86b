//! The response model, ready to be drawn from.

use audience::{Audience, People};
use engine::{EventKind, Program};
use model::{ActivityKind, Millis};

use super::delay::{Delay, Wait};
use super::{ResponseModel, Responses};
use crate::chance::Chance;

/// The response model by activity index, in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    everybody: ByActivity,
    segments: Vec<Group>,
}

type ByActivity = Vec<Option<Response>>;

/// The people of a segment.
#[derive(Clone, Debug)]
struct Group {
    /// Bit by row: in the segment.
    members: Vec<u64>,
    responses: ByActivity,
}

#[derive(Clone, Debug)]
struct Response {
    /// Of those sent, excluding each other: kind and cumulative probability.
    first: Vec<(EventKind, f64)>,
    first_delay: Wait,
    /// What may follow.
    next: Vec<Next>,
    attributes: Vec<(String, String)>,
}

/// Something that follows an event.
#[derive(Clone, Debug)]
struct Next {
    /// Bit n: follows kind n.
    after: u32,
    kind: EventKind,
    probability: f64,
    delay: Wait,
    /// Counts from sending, not from the event that it follows.
    from_send: bool,
}

impl Plan {
    /// Who is in a segment of the model is settled at `at`.
    pub fn compile(model: &ResponseModel, program: &Program, people: &People, at: Millis) -> Plan {
        let compile = |channels: &Responses, activities: &std::collections::BTreeMap<String, Responses>| {
            let indices = 0..u16::try_from(program.len()).unwrap_or(u16::MAX);
            let response = |activity: u16| {
                let responses = activities.get(program.activity_id(activity)).unwrap_or(channels);
                Response::of(program.kind(activity)?, responses)
            };
            indices.map(response).collect()
        };
        let bound = model.segments.iter().filter_map(|of| Some((of, of.audience.as_ref()?)));
        let segments = bound.map(|(of, audience)| {
            let members = members(audience, people, at);
            Group { members, responses: compile(&of.channels, &of.activities) }
        });
        Plan { segments: segments.collect(), everybody: compile(&model.channels, &model.activities) }
    }

    /// The same by channel in place of activity: e-mail, text messages, push notifications, functions.
    pub fn of_channels(model: &ResponseModel, people: &People, at: Millis) -> Plan {
        const KINDS: [ActivityKind; 4] =
            [ActivityKind::Email, ActivityKind::Sms, ActivityKind::Push, ActivityKind::Custom];
        let compile = |channels: &Responses| KINDS.map(|kind| Response::of(kind, channels)).to_vec();
        let bound = model.segments.iter().filter_map(|of| Some((of, of.audience.as_ref()?)));
        let segments = bound
            .map(|(of, audience)| Group { members: members(audience, people, at), responses: compile(&of.channels) });
        Plan { segments: segments.collect(), everybody: compile(&model.channels) }
    }

    /// The response to an activity of the endpoint in a row.
    #[inline]
    fn of(&self, activity: u16, row: u32) -> Option<&Response> {
        let is_in = |group: &&Group| group.members.get(row as usize / 64).is_some_and(|b| b & (1 << (row % 64)) != 0);
        let responses = self.segments.iter().find(is_in).map_or(&self.everybody, |group| &group.responses);
        responses.get(usize::from(activity))?.as_ref()
    }

    /// What comes of a message sent to the endpoint in `row` at `at`, in no order of time; `tell` gets kind and instant.
    ///
    /// To a `suppressed` e-mail address nothing comes but a bounce.
    #[inline]
    pub fn respond(
        &self,
        activity: u16,
        row: u32,
        at: Millis,
        suppressed: bool,
        mut chance: Chance,
        tell: &mut impl FnMut(EventKind, Millis),
    ) {
        let Some(response) = self.of(activity, row) else { return };
        if suppressed {
            return tell(EventKind::EmailHardBounce, at + response.first_delay.draw(&mut chance));
        }
        let draw = chance.draw();
        let Some((kind, _)) = response.first.iter().find(|(_, bound)| draw < *bound) else { return };
        let first_at = at + response.first_delay.draw(&mut chance);
        tell(*kind, first_at);
        // At most one event of each kind; a later one may follow an earlier.
        let mut happened = 1u32 << *kind as u32;
        let mut times = [(0u8, 0 as Millis); 4];
        times[0] = (*kind as u8, first_at);
        let mut count = 1;
        for next in &response.next {
            if happened & next.after == 0 || !chance.happens(next.probability) {
                continue;
            }
            let before = times[..count].iter().rev().find(|(kind, _)| next.after & (1 << kind) != 0);
            let before = before.map_or(first_at, |(_, at)| *at);
            let delay = next.delay.draw(&mut chance);
            let when = if next.from_send { (at + delay).max(before) } else { before + delay };
            tell(next.kind, when);
            happened |= 1 << next.kind as u32;
            if count < times.len() {
                times[count] = (next.kind as u8, when);
                count += 1;
            }
        }
    }

    /// `EventAttributes` of the answers of an activity's function.
    pub fn attributes(&self, activity: u16, row: u32) -> &[(String, String)] {
        self.of(activity, row).map_or(&[], |response| &response.attributes)
    }
}

/// Bit by row: in the segment.
fn members(audience: &Audience, people: &People, at: Millis) -> Vec<u64> {
    let mut members = vec![0u64; people.len().div_ceil(64)];
    for row in audience.select(people, at) {
        members[row as usize / 64] |= 1 << (row % 64);
    }
    members
}

impl Response {
    fn of(kind: ActivityKind, responses: &Responses) -> Option<Response> {
        let after = |kinds: &[EventKind]| kinds.iter().fold(0, |bits, kind| bits | 1u32 << *kind as u32);
        let next = |after, kind, probability, delay: &Delay, from_send| Next {
            after,
            kind,
            probability,
            delay: delay.into(),
            from_send,
        };
        let (first, delay, next, attributes) = match kind {
            ActivityKind::Email => {
                let r = &responses.email;
                let delivered = after(&[EventKind::EmailDelivered]);
                let opened = after(&[EventKind::EmailOpen]);
                let first = vec![
                    (EventKind::EmailDelivered, r.delivered),
                    (EventKind::EmailHardBounce, r.hard_bounce),
                    (EventKind::EmailSoftBounce, r.soft_bounce),
                    (EventKind::EmailRejected, r.rejected),
                ];
                let next = vec![
                    next(delivered, EventKind::EmailOpen, r.open, &r.open_delay, true),
                    next(opened, EventKind::EmailClick, r.click, &r.click_delay, false),
                    next(opened, EventKind::EmailUnsubscribe, r.unsubscribe, &r.unsubscribe_delay, false),
                    next(opened, EventKind::EmailComplaint, r.complaint, &r.unsubscribe_delay, false),
                ];
                (first, &r.delivery_delay, next, Vec::new())
            }
            ActivityKind::Sms => {
                let r = &responses.sms;
                let first = vec![(EventKind::SmsSuccess, r.delivered), (EventKind::SmsFailure, r.failed)];
                let delivered = after(&[EventKind::SmsSuccess]);
                let next = vec![next(delivered, EventKind::SmsOptOut, r.opt_out, &r.opt_out_delay, false)];
                (first, &r.delivery_delay, next, Vec::new())
            }
            ActivityKind::Push => {
                let r = &responses.push;
                let first = vec![
                    (EventKind::PushForeground, r.received_foreground),
                    (EventKind::PushBackground, r.received_background),
                ];
                let received = after(&[EventKind::PushForeground, EventKind::PushBackground]);
                let next = vec![next(received, EventKind::PushOpened, r.opened, &r.open_delay, false)];
                (first, &r.delivery_delay, next, Vec::new())
            }
            ActivityKind::Custom => {
                let r = &responses.custom;
                let attributes = r.attributes.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                (vec![(EventKind::CustomResponse, r.answered)], &r.delay, Vec::new(), attributes)
            }
            ActivityKind::ContactCenter => {
                let r = &responses.contact_center;
                let first = vec![
                    (EventKind::Connected, r.connected),
                    (EventKind::VoicemailBeep, r.voicemail),
                    (EventKind::SitTone, r.sit_tone),
                    (EventKind::Fax, r.fax),
                    (EventKind::NotAnswered, r.not_answered),
                ];
                (first, &r.delay, Vec::new(), Vec::new())
            }
            _ => return None,
        };
        let mut sum = 0.0;
        let first = first
            .into_iter()
            .map(|(kind, probability): (EventKind, f64)| {
                sum += probability.max(0.0);
                (kind, sum)
            })
            .collect();
        // What never happens is not drawn.
        let next: Vec<Next> = next.into_iter().filter(|next: &Next| next.probability > 0.0).collect();
        Some(Response { first, first_delay: delay.into(), next, attributes })
    }
}
