//! All journeys and campaigns of a project on one virtual clock, with the caps that they share.
//!
//! What one sends can keep a message of another back: through `TimeframeCap` over all journeys (journeys.md 5), and the
//! project's daily limit over journeys and campaigns (campaigns.md 6). Nothing else couples them here.
//!
//! A message hears only of those before it: of an earlier instant, or of the same instant and a sender whose turn is
//! first. So the whole is settled from its beginning on. Each sender is walked on its own, as ever, among what the others
//! sent when they were walked last, and again while that changes. Each round settles at least the earliest message that
//! was not, with everything before it, and what is settled stays: rounds that change nothing are reached, and they are what
//! one queue of everybody's events would give. Most projects need two or three.

use audience::People;
use engine::campaign::{self, What};
use engine::{SendStatus, Senders};
use model::Millis;

use crate::campaign::{CampaignInputs, CampaignSettings, simulate_among};
use crate::elsewhere::{Elsewhere, Other};
use crate::events::Event;
use crate::messages::Message;
use crate::simulation::{Simulation, sender_of};

/// A journey or campaign among others.
#[derive(Debug)]
pub enum Sender<'a> {
    /// A journey.
    Journey(Box<Simulation<'a>>),
    /// A campaign.
    Campaign(CampaignInputs<'a>, CampaignSettings),
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostedStatus {
    /// Of a journey.
    Journey(SendStatus),
    /// Of a campaign.
    Campaign(campaign::SendStatus),
}

impl PostedStatus {
    /// `journey_send_status` or `campaign_send_status`.
    pub fn name(self) -> &'static str {
        match self {
            PostedStatus::Journey(status) => status.name(),
            PostedStatus::Campaign(status) => status.name(),
        }
    }

    /// Whether it was handed to the channel.
    pub fn is_sent(self) -> bool {
        matches!(
            self,
            PostedStatus::Journey(SendStatus::Success) | PostedStatus::Campaign(campaign::SendStatus::Success)
        )
    }

    /// Whether a cap kept it back, its own or a shared one.
    pub fn is_capped(self) -> bool {
        use campaign::SendStatus::{CampaignCap, DailyCap};
        matches!(self, PostedStatus::Journey(SendStatus::DailyCap) | PostedStatus::Campaign(DailyCap | CampaignCap))
    }
}

/// A message to an endpoint, or one that was kept back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// When.
    pub at: Millis,
    /// Row of the endpoint.
    pub row: u32,
    /// Of a journey, the message activity as its index in the program; of a campaign, the treatment.
    pub part: u16,
    /// What became of it.
    pub status: PostedStatus,
}

/// What a sender comes to among the others, and would without them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderCounts {
    /// Messages handed to a channel.
    pub messages: u64,
    /// Messages that a cap kept back, its own or a shared one.
    pub capped: u64,
    /// Messages that it would hand to a channel if the others sent nothing.
    pub alone: u64,
}

/// A whole project, simulated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Together {
    /// By sender: its messages by time, then by row.
    pub posted: Vec<Vec<Posted>>,
    /// By sender.
    pub counts: Vec<SenderCounts>,
}

impl Together {
    /// Messages that shared caps kept back: what the senders would send alone, less what they send together.
    pub fn crowded_out(&self) -> u64 {
        self.counts.iter().map(|of| of.alone.saturating_sub(of.messages)).sum()
    }
}

/// Simulates all senders together, over the same people; their order is that of their turns at one instant. `walk` gives
/// all messages of a journey, as [`Simulation::messages`] does over all rows, on as many threads as it likes. `events`
/// tell what was sent before `start`; what they say was sent later is simulated.
pub fn simulate_together(
    mut senders: Vec<Sender<'_>>,
    people: &People,
    events: &[Event],
    start: Millis,
    walk: &dyn Fn(&Simulation<'_>) -> Vec<Message>,
) -> Together {
    let before: Vec<Vec<Other>> = senders
        .iter()
        .map(|sender| match sender {
            Sender::Journey(simulation) => {
                simulation.elsewhere().iter().filter(|other| other.at < start).copied().collect()
            }
            Sender::Campaign(..) => sent_before(people, events, start),
        })
        .collect();
    let mut known: Vec<Elsewhere> = before.iter().map(|others| Elsewhere::new(others.clone())).collect();
    let mut posted: Vec<Vec<Posted>> = Vec::with_capacity(senders.len());
    for (sender, known) in senders.iter_mut().zip(&known) {
        posted.push(sender.walk(known, people, walk));
    }
    let alone: Vec<u64> = posted.iter().map(|of| sent(of).count() as u64).collect();
    let kinds: Vec<Senders> = senders.iter().map(Sender::kind).collect();
    let mut settled = false;
    while !settled {
        settled = true;
        for number in 0..senders.len() {
            if !senders[number].counts_others() {
                continue;
            }
            let others = among(number, &before[number], &posted, &kinds);
            if others != known[number] {
                let again = senders[number].walk(&others, people, walk);
                settled &= again == posted[number];
                posted[number] = again;
                known[number] = others;
            }
        }
    }
    let counts = posted.iter().zip(alone).map(|(of, alone)| SenderCounts {
        messages: sent(of).count() as u64,
        capped: of.iter().filter(|posted| posted.status.is_capped()).count() as u64,
        alone,
    });
    Together { counts: counts.collect(), posted }
}

fn sent(posted: &[Posted]) -> impl Iterator<Item = &Posted> {
    posted.iter().filter(|posted| posted.status.is_sent())
}

/// What all but one sent.
fn among(number: usize, before: &[Other], posted: &[Vec<Posted>], kinds: &[Senders]) -> Elsewhere {
    let mut all = before.to_vec();
    for (other, (of, sender)) in posted.iter().zip(kinds).enumerate().filter(|(other, _)| *other != number) {
        let later = other > number;
        all.extend(sent(of).map(|posted| Other { row: posted.row, at: posted.at, sender: *sender, later }));
    }
    Elsewhere::new(all)
}

/// What events say was sent before an instant.
fn sent_before(people: &People, events: &[Event], start: Millis) -> Vec<Other> {
    let earlier = events.iter().filter(|event| event.at < start);
    let of = |event: &Event| {
        let (sender, row) = (sender_of(event)?, people.find(&event.endpoint)?);
        Some(Other { row: row as u32, at: event.at, sender, later: false })
    };
    earlier.filter_map(of).collect()
}

impl Sender<'_> {
    fn kind(&self) -> Senders {
        match self {
            Sender::Journey(_) => Senders::Journeys,
            Sender::Campaign(..) => Senders::All,
        }
    }

    fn counts_others(&self) -> bool {
        match self {
            Sender::Journey(simulation) => simulation.program.counts_others(),
            Sender::Campaign(inputs, _) => inputs.program.counts_others(),
        }
    }

    /// Its messages among those of others, by time, then by row.
    fn walk(
        &mut self,
        others: &Elsewhere,
        people: &People,
        walk: &dyn Fn(&Simulation<'_>) -> Vec<Message>,
    ) -> Vec<Posted> {
        let mut posted = Vec::new();
        match self {
            Sender::Journey(simulation) => {
                simulation.set_elsewhere(others.clone());
                posted.extend(walk(simulation).into_iter().filter_map(|message| {
                    let status = PostedStatus::Journey(message.status);
                    Some(Posted { at: message.at, row: message.row?, part: message.activity, status })
                }));
            }
            Sender::Campaign(inputs, settings) => {
                debug_assert!(std::ptr::eq(inputs.people, people), "all have the same people");
                simulate_among(inputs, settings, Some(others), &mut |step| {
                    let (row, status) = match step.effect.what {
                        What::Send { row, .. } => (row, campaign::SendStatus::Success),
                        // Held out is not kept back: nothing was meant for them.
                        What::NotSent { status: campaign::SendStatus::Holdout, .. } => return,
                        What::NotSent { row, status } => (row, status),
                        _ => return,
                    };
                    let part = u16::from(step.effect.activity.treatment);
                    posted.push(Posted { at: step.at, row, part, status: PostedStatus::Campaign(status) });
                });
            }
        }
        posted.sort_by_key(|posted| (posted.at, posted.row));
        posted
    }
}
