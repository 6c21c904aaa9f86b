//! What is expected of a campaign's treatments, as shares that a target tells too.

use model::PUSH_CHANNELS;
use model::wire::ChannelType;
use simulation::prediction::{Prediction, of_counts};
use simulation::{Drawn, Sent, draw_outcomes};

use super::Campaign;
use super::rows::Row;

/// How many times chance is drawn.
const SEEDS: u32 = 40;

/// A share that a target tells of a treatment (events-and-analytics.md 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Delivered of those sent: of e-mails and text messages, which say so.
    Delivered,
    /// E-mails opened of those delivered.
    EmailOpened,
    /// Pushes opened of those sent.
    PushOpened,
}

/// A share of a treatment, with how it is predicted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// The treatment, 0 = the default one.
    pub treatment: u8,
    /// Which share.
    pub told: Told,
    /// What simulated people do.
    pub prediction: Prediction,
}

impl Campaign {
    /// What the sample people do, and how many messages they get. A treatment that mixes channels is compared by what the
    /// target tells of them together, or not at all.
    pub(crate) fn expected(&self) -> (Vec<Expected>, u64) {
        let (mut sent, mut rows) = (Vec::new(), Vec::new());
        let run = self.run(&mut |step| {
            sent.extend(Sent::of(step));
            rows.extend(Row::of(step));
        });
        let people = &self.people;
        let drawn = draw_outcomes(&self.program, people, &sent, &self.response, self.settings.start, self.seed, SEEDS);
        let mut expected = Vec::new();
        for (treatment, drawn) in (0u8..).zip(&drawn) {
            let channels: Vec<ChannelType> = {
                let own = rows.iter().filter(|row| row.is_sent_of(treatment));
                own.filter_map(|row| people.row(row.endpoint as usize).channel()).collect()
            };
            let all = |of: &[ChannelType]| !channels.is_empty() && channels.iter().all(|one| of.contains(one));
            let told = [
                (Told::Delivered, all(&[ChannelType::Email, ChannelType::Sms])),
                (Told::EmailOpened, all(&[ChannelType::Email])),
                (Told::PushOpened, all(&PUSH_CHANNELS)),
            ];
            for (told, _) in told.into_iter().filter(|(_, is_told)| *is_told) {
                if let Some(prediction) = of_counts(&counts(drawn, told)) {
                    expected.push(Expected { treatment, told, prediction });
                }
            }
        }
        (expected, run.messages)
    }
}

/// By seed: how many did it, of how many who might have.
fn counts(drawn: &Drawn, told: Told) -> Vec<(u64, u64)> {
    let of_sent = |counts: &[u64]| counts.iter().map(|count| (*count, drawn.messages)).collect();
    match told {
        Told::Delivered => of_sent(&drawn.delivered),
        Told::PushOpened => of_sent(&drawn.opened),
        Told::EmailOpened => drawn.opened.iter().copied().zip(drawn.delivered.iter().copied()).collect(),
    }
}
