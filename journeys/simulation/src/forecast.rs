//! What comes of a campaign's messages, treatment by treatment, and whether the treatments can be told apart by it.
//!
//! The messages are those of the simulated campaign, the same for every seed; what people do about them is drawn from the
//! response model, once for each seed. Nobody who opts out is taken out of later runs.

use std::collections::BTreeSet;

use audience::People;
use engine::campaign::{Program, What};
use engine::draw::hash;
use engine::{EventKind, Participant};
use model::Millis;
use model::wire::ChannelType;
use serde::{Deserialize, Serialize};

use crate::campaign::CampaignStep;
use crate::chance::Chance;
use crate::messages::Message;
use crate::monte_carlo::Band;
use crate::response::{Plan, ResponseModel};
use crate::treatments::{difference_told, people_needed};

/// Differences, in points of a hundred, for which the people that are needed are told.
const POINTS: [u32; 3] = [1, 2, 5];

/// A message whose outcome is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    row: u32,
    at: Millis,
    channel: u16,
    treatment: u8,
    run: u32,
}

impl Sent {
    /// The message of a step; `None` = it is none, or nothing is known to come of messages of its channel.
    pub fn of(step: CampaignStep<'_>) -> Option<Sent> {
        let What::Send { row, channel, .. } = &step.effect.what else { return None };
        let activity = step.effect.activity;
        let channel = Plan::channel(*channel)?;
        Some(Sent { row: *row, at: step.at, channel, treatment: activity.treatment, run: activity.run })
    }
}

/// What is expected of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// How many times chance was drawn; the first seed and those after it.
    pub seeds: u32,
    /// By treatment, the default one first.
    pub treatments: Vec<TreatmentForecast>,
    /// The default treatment beside each other one.
    pub comparisons: Vec<Comparison>,
}

/// What is expected of one treatment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreatmentForecast {
    /// Its number.
    pub treatment: u8,
    /// Endpoints that get at least one message.
    pub people: u64,
    /// Messages of channels that something comes of.
    pub messages: u64,
    /// Those that arrive.
    pub delivered: Band,
    /// Those that are opened.
    pub opened: Band,
    /// Those in which a link is followed.
    pub clicked: Band,
}

/// What can come of a message, the farthest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// It arrives.
    Delivered,
    /// It is opened.
    Opened,
    /// A link in it is followed.
    Clicked,
}

/// Whether two treatments can be told apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The treatment that the default one is compared with.
    pub treatment: u8,
    /// By what.
    pub measure: Measure,
    /// The expected share of the messages of the default treatment, 0 to 1.
    pub base: f64,
    /// That of the other.
    pub other: f64,
    /// People of the smaller of the two.
    pub people: u64,
    /// People that each needs for the difference that is expected; `None` = none is.
    pub needed: Option<u64>,
    /// The least difference that so many people tell, as a share; `None` = not even the greatest.
    pub told: Option<f64>,
    /// Differences in points of a hundred, each with the people that each treatment needs to show it.
    pub needed_for: Vec<(u32, u64)>,
}

/// What came of the messages of a treatment, seed by seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Messages of channels that something comes of; the same for every seed.
    pub messages: u64,
    /// Those that arrived.
    pub delivered: Vec<u64>,
    /// Those that were opened.
    pub opened: Vec<u64>,
    /// Those in which a link was followed.
    pub clicked: Vec<u64>,
}

/// Draws what comes of messages with `seeds` seeds, from `seed` on: by treatment, the default one first. Who is in a segment
/// of the model is settled at `at`.
pub fn draw_outcomes(
    program: &Program,
    people: &People,
    sent: &[Sent],
    model: &ResponseModel,
    at: Millis,
    seed: u64,
    seeds: u32,
) -> Vec<Drawn> {
    let plan = Plan::of_channels(model, people, at);
    let treatments = program.len();
    let salts: Vec<u64> = (0..treatments).map(|treatment| hash(&[program.id(), &treatment.to_string()])).collect();
    let mut drawn = vec![Drawn::default(); treatments];
    for message in sent {
        if let Some(drawn) = drawn.get_mut(usize::from(message.treatment)) {
            drawn.messages += 1;
        }
    }
    for seed in (0..u64::from(seeds)).map(|number| seed.wrapping_add(number)) {
        let mut of_seed = vec![[0u64; 3]; treatments];
        // An address that bounced or complained is not reached again (events-and-analytics.md 2, "Suppression").
        let mut lost = BTreeSet::new();
        for message in sent {
            let Some(salt) = salts.get(usize::from(message.treatment)) else { continue };
            let person = Participant::hash_of_endpoint(people.row(message.row as usize));
            let chance = Chance::of(seed, person, *salt, u64::from(message.run));
            let mut came = [false; 3];
            let is_lost = lost.contains(&message.row);
            plan.respond(message.channel, message.row, message.at, is_lost, chance, &mut |kind, _| {
                came[0] |= Message::arrives(kind);
                came[1] |= matches!(kind, EventKind::EmailOpen | EventKind::PushOpened);
                came[2] |= kind == EventKind::EmailClick;
                if matches!(kind, EventKind::EmailHardBounce | EventKind::EmailComplaint) {
                    lost.insert(message.row);
                }
            });
            let counted = &mut of_seed[usize::from(message.treatment)];
            counted.iter_mut().zip(came).for_each(|(count, came)| *count += u64::from(came));
        }
        for (all, [delivered, opened, clicked]) in drawn.iter_mut().zip(of_seed) {
            all.delivered.push(delivered);
            all.opened.push(opened);
            all.clicked.push(clicked);
        }
    }
    drawn
}

/// What comes of messages, by [`draw_outcomes`].
pub fn forecast(
    program: &Program,
    people: &People,
    sent: &[Sent],
    model: &ResponseModel,
    at: Millis,
    seed: u64,
    seeds: u32,
) -> Forecast {
    let drawn = draw_outcomes(program, people, sent, model, at, seed, seeds);
    let treatments: Vec<TreatmentForecast> = drawn
        .into_iter()
        .zip(0u8..)
        .map(|(Drawn { messages, delivered, opened, clicked }, treatment)| {
            let own = sent.iter().filter(|message| message.treatment == treatment);
            TreatmentForecast {
                treatment,
                people: own.map(|message| message.row).collect::<BTreeSet<_>>().len() as u64,
                messages,
                delivered: Band::of(delivered),
                opened: Band::of(opened),
                clicked: Band::of(clicked),
            }
        })
        .collect();
    let comparisons = match treatments.split_first() {
        Some((base, others)) => others.iter().flat_map(|other| compare(base, other)).collect(),
        None => Vec::new(),
    };
    Forecast { seeds, treatments, comparisons }
}

/// The mean of a count of a treatment.
type Mean = fn(&TreatmentForecast) -> f64;

/// The treatments by each measure that says something of them.
fn compare(base: &TreatmentForecast, other: &TreatmentForecast) -> Vec<Comparison> {
    let measures: [(Measure, Mean); 3] = [
        (Measure::Delivered, |of| of.delivered.mean),
        (Measure::Opened, |of| of.opened.mean),
        (Measure::Clicked, |of| of.clicked.mean),
    ];
    let people = base.people.min(other.people);
    let share = |of: &TreatmentForecast, count: Mean| match of.messages {
        0 => 0.0,
        messages => (count(of) / messages as f64).clamp(0.0, 1.0),
    };
    let compared = measures.into_iter().map(|(measure, count)| {
        let (one, two) = (share(base, count), share(other, count));
        let needed_for = POINTS.into_iter().filter_map(|points| {
            let better = one + f64::from(points) / 100.0;
            // Near the top, a difference can only be for the worse.
            let better = if better > 1.0 { one - f64::from(points) / 100.0 } else { better };
            Some((points, people_needed(one, better)?))
        });
        Comparison {
            treatment: other.treatment,
            measure,
            base: one,
            other: two,
            people,
            needed: people_needed(one, two),
            told: difference_told(one, people),
            needed_for: needed_for.collect(),
        }
    });
    // Of what never happens nothing can be told.
    compared.filter(|comparison| comparison.base > 0.0 && comparison.people > 0).collect()
}

impl Plan {
    /// The place of a channel in a plan of channels; `None` = nothing is known to come of its messages.
    fn channel(channel: ChannelType) -> Option<u16> {
        match channel {
            ChannelType::Email => Some(0),
            ChannelType::Sms => Some(1),
            ChannelType::Custom => Some(3),
            ChannelType::Voice | ChannelType::InApp => None,
            _ => Some(2),
        }
    }
}
