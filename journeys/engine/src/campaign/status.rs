//! The states of a campaign (campaigns.md 8).

use model::wire::CampaignStatus;

/// What happens to a treatment, as far as its status is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A run starts, or the window of an event campaign opens.
    Starts,
    /// A run ends.
    Ends {
        /// Whether another one is due.
        more: bool,
        /// Whether `IsPaused` was set meanwhile.
        paused: bool,
    },
    /// Nothing is left to come, though no run was going on.
    Over,
    /// `IsPaused` was set.
    Pause {
        /// Whether the treatment waits for events: it has no run that could finish first.
        by_event: bool,
    },
    /// `IsPaused` was taken back.
    Resume {
        /// Whether there was a run before.
        ran: bool,
        /// Whether a slot is left; those missed are skipped.
        more: bool,
    },
    /// The segment, or the campaign itself, was deleted.
    Deleted,
    /// Something that it needs is gone.
    Unusable,
}

/// The status after a turn; `None` = the turn does not happen from there.
pub fn after(status: CampaignStatus, turn: Turn) -> Option<CampaignStatus> {
    use CampaignStatus::{Completed, Deleted, Executing, Invalid, Paused, PendingNextRun, Scheduled};
    Some(match (status, turn) {
        (Scheduled | PendingNextRun, Turn::Starts) => Executing,
        (Executing, Turn::Ends { more: false, .. }) => Completed,
        (Executing, Turn::Ends { paused: true, .. }) => Paused,
        (Executing, Turn::Ends { .. }) => PendingNextRun,
        (Scheduled | PendingNextRun | Executing | Paused, Turn::Over) => Completed,
        (Scheduled | PendingNextRun, Turn::Pause { .. }) => Paused,
        // The run that is going on finishes first; an event campaign stops at once.
        (Executing, Turn::Pause { by_event: true }) => Paused,
        (Paused, Turn::Resume { more: false, .. }) => Completed,
        (Paused, Turn::Resume { ran: false, .. }) => Scheduled,
        (Paused, Turn::Resume { .. }) => PendingNextRun,
        (Scheduled | PendingNextRun | Executing | Paused, Turn::Deleted) => Deleted,
        (Scheduled | PendingNextRun | Executing | Paused, Turn::Unusable) => Invalid,
        _ => return None,
    })
}

/// Whether the settings of a campaign may be changed (campaigns.md 8, chosen; C025 otherwise).
pub fn may_update(status: CampaignStatus) -> bool {
    matches!(status, CampaignStatus::Scheduled | CampaignStatus::Paused | CampaignStatus::PendingNextRun)
}

/// The status of several treatments together: `COMPLETED` only when all are (campaigns.md 8); else the liveliest of those
/// that are not, in the order of [`ORDER`] (chosen).
pub fn aggregate(statuses: impl Iterator<Item = CampaignStatus> + Clone) -> CampaignStatus {
    let liveliest = ORDER.into_iter().find(|status| statuses.clone().any(|one| one == *status));
    liveliest.unwrap_or(if statuses.clone().next().is_some() {
        CampaignStatus::Completed
    } else {
        CampaignStatus::Scheduled
    })
}

/// From the liveliest on.
pub const ORDER: [CampaignStatus; 6] = [
    CampaignStatus::Executing,
    CampaignStatus::PendingNextRun,
    CampaignStatus::Scheduled,
    CampaignStatus::Paused,
    CampaignStatus::Invalid,
    CampaignStatus::Deleted,
];

#[cfg(test)]
mod tests {
    use super::*;
    use CampaignStatus::{Completed, Deleted, Executing, Invalid, Paused, PendingNextRun, Scheduled};

    /// The table of campaigns.md 8, row by row, and what it does not have.
    #[test]
    fn transitions_are_those_of_the_table() {
        let ends = |more, paused| Turn::Ends { more, paused };
        let pause = Turn::Pause { by_event: false };
        let resume = |ran, more| Turn::Resume { ran, more };
        for (from, turn, to) in [
            (Scheduled, Turn::Starts, Some(Executing)),
            (PendingNextRun, Turn::Starts, Some(Executing)),
            (Paused, Turn::Starts, None),
            (Completed, Turn::Starts, None),
            (Executing, ends(true, false), Some(PendingNextRun)),
            (Executing, ends(false, false), Some(Completed)),
            (Executing, ends(true, true), Some(Paused)),
            (Executing, ends(false, true), Some(Completed)),
            (Scheduled, pause, Some(Paused)),
            (PendingNextRun, pause, Some(Paused)),
            (Executing, pause, None),
            (Executing, Turn::Pause { by_event: true }, Some(Paused)),
            (Completed, pause, None),
            (Paused, resume(false, true), Some(Scheduled)),
            (Paused, resume(true, true), Some(PendingNextRun)),
            (Paused, resume(true, false), Some(Completed)),
            (Executing, resume(true, true), None),
            (Scheduled, Turn::Deleted, Some(Deleted)),
            (Executing, Turn::Deleted, Some(Deleted)),
            (Paused, Turn::Deleted, Some(Deleted)),
            (Completed, Turn::Deleted, None),
            (Executing, Turn::Unusable, Some(Invalid)),
            (Deleted, Turn::Unusable, None),
            (Scheduled, Turn::Over, Some(Completed)),
        ] {
            assert_eq!(after(from, turn), to, "{from} {turn:?}");
        }
    }

    #[test]
    fn the_aggregate_is_completed_only_when_all_are() {
        let of = |statuses: &[CampaignStatus]| aggregate(statuses.iter().copied());
        assert_eq!(of(&[Completed, Completed]), Completed);
        assert_eq!(of(&[Completed, Scheduled]), Scheduled);
        assert_eq!(of(&[Completed, PendingNextRun, Executing]), Executing);
        assert_eq!(of(&[Paused, Completed]), Paused);
        assert_eq!(of(&[]), Scheduled);
    }

    #[test]
    fn settings_may_be_changed_between_runs_only() {
        let may: Vec<_> = [Scheduled, Executing, PendingNextRun, Completed, Paused, Deleted, Invalid]
            .into_iter()
            .filter(|status| may_update(*status))
            .collect();
        assert_eq!(may, [Scheduled, PendingNextRun, Paused]);
    }
}
