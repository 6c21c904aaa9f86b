//! What a step may ask of its driver: people, what was sent before, whether a message can be made.

use audience::People;
use model::Millis;
use model::time::DAY;
use model::wire::ChannelType;
use serde_json::Value;

use crate::campaign::message::Message;
use crate::campaign::program::{Program, Scope};

/// A message that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The treatment.
    pub treatment: u8,
    /// The endpoint.
    pub row: u32,
    /// Its channel.
    pub channel: ChannelType,
    /// The message.
    pub message: &'a Message,
    /// The endpoint as the hook answered it, with what the recommender recommended to it.
    pub changed: Option<&'a Value>,
    /// The moment of sending.
    pub now: Millis,
}

/// The driver's side of a step. What a step counts here and the effects that it tells belong into one transaction: then
/// limits hold across campaigns that run at the same instant (campaigns.md 6, chosen), and a retry repeats nothing.
pub trait World {
    /// Everybody, as known now. Rows do not move while a run is going on.
    fn people(&self) -> &People;

    /// How often this campaign has targeted the endpoint, all runs and versions together.
    fn targeted(&self, row: u32) -> u32;

    /// How many messages the endpoint got later than `since`.
    fn sent(&self, row: u32, scope: Scope, since: Millis) -> u32;

    /// This campaign targets the endpoint.
    fn target(&mut self, row: u32);

    /// This campaign sends to the endpoint.
    fn send(&mut self, row: u32, at: Millis);

    /// What the recommender of the message's template recommends to the endpoint: an object with `RecommendationItems`,
    /// and with `Recommendations` where a function adds them (templates.md 6). Asked before [`render`](World::render),
    /// once for every message that gets so far. `None` = the template has no recommender, as
    /// [`Renderer::recommender`](super::Renderer::recommender) tells, and that is what a driver without recommenders says.
    ///
    /// # Errors
    /// Why there is no recommendation, lower case, no full stop: the message is not sent (`RECOMMENDATION_FAILURE`).
    fn recommend(&mut self, _draft: &Draft<'_>) -> Result<Option<Value>, String> {
        Ok(None)
    }

    /// Whether the message can be made (templates.md 3).
    ///
    /// # Errors
    /// Why not, lower case, no full stop.
    fn render(&mut self, draft: &Draft<'_>) -> Result<(), String>;
}

/// How often endpoints were targeted and sent to, in memory: of one campaign, as if the project had no other.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// By row.
    targeted: Option<Vec<u32>>,
    /// By row.
    sent: Option<Vec<Sent>>,
}

/// When an endpoint was sent to: most get one message a day, which needs no list.
#[derive(Clone, Debug)]
struct Sent {
    last: Millis,
    before: Vec<Millis>,
}

impl Book {
    /// A book that keeps what the limits of the campaign need.
    pub fn new(program: &Program) -> Book {
        let limits = program.limits();
        Book { targeted: limits.total.map(|_| Vec::new()), sent: limits.daily.map(|_| Vec::new()) }
    }

    /// As [`World::targeted`].
    pub fn targeted(&self, row: u32) -> u32 {
        self.targeted.as_ref().and_then(|counts| counts.get(row as usize)).copied().unwrap_or(0)
    }

    /// As [`World::sent`], of either scope.
    pub fn sent(&self, row: u32, since: Millis) -> u32 {
        let Some(sent) = self.sent.as_ref().and_then(|sent| sent.get(row as usize)) else { return 0 };
        sent.before.iter().chain([&sent.last]).filter(|at| **at > since).count() as u32
    }

    /// As [`World::target`].
    pub fn target(&mut self, row: u32) {
        let Some(counts) = &mut self.targeted else { return };
        let row = row as usize;
        if row >= counts.len() {
            counts.resize(row + 1, 0);
        }
        counts[row] += 1;
    }

    /// As [`World::send`].
    pub fn send(&mut self, row: u32, at: Millis) {
        let Some(sent) = &mut self.sent else { return };
        let row = row as usize;
        if row >= sent.len() {
            sent.resize(row + 1, Sent { last: Millis::MIN, before: Vec::new() });
        }
        let Sent { last, before } = &mut sent[row];
        // Nobody asks about more than a day.
        before.retain(|before| *before > at - DAY);
        if *last > at - DAY {
            before.push(*last);
        }
        *last = at;
    }
}
