//! Messages that others sent, as caps over several journeys and campaigns count them.

use engine::Senders;
use model::Millis;

/// A message with outcome `SUCCESS` of another journey or campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Other {
    /// Row of the endpoint.
    pub row: u32,
    /// When it was sent.
    pub at: Millis,
    /// [`Senders::Journeys`] = by a journey, [`Senders::All`] = by a campaign.
    pub sender: Senders,
    /// Whether its sender has its turn after the one that counts: of two messages at one instant the cap hears only of
    /// that whose turn was first.
    pub later: bool,
}

/// What others sent, by row and time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Elsewhere(Vec<Other>);

impl Elsewhere {
    pub fn new(mut all: Vec<Other>) -> Elsewhere {
        all.sort_by_key(|other| (other.row, other.at));
        Elsewhere(all)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Other> {
        self.0.iter()
    }

    /// Messages to the endpoint of a row after `since` and up to `now`.
    pub fn count(&self, row: u32, senders: Senders, since: Millis, now: Millis) -> u32 {
        let from = self.0.partition_point(|other| (other.row, other.at) <= (row, since));
        let of_row = self.0[from..].iter().take_while(|other| other.row == row && other.at <= now);
        let counts = |other: &&Other| {
            (senders == Senders::All || other.sender == Senders::Journeys) && !(other.later && other.at == now)
        };
        u32::try_from(of_row.filter(counts).count()).unwrap_or(u32::MAX)
    }
}
