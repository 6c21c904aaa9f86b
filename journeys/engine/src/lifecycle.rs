//! The states of a journey and the changes between them (journeys.md 7).

use model::Millis;
use model::time::{MINUTE, duration_words};
use model::wire::State as Word;

/// Least time between a pause and going on (journeys.md 7).
pub const LEAST_PAUSE: Millis = 5 * MINUTE;

/// What a request for another state means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A draft is published: everything must be in order.
    Publish,
    /// Nobody enters, waits are frozen, nothing is sent.
    Pause,
    /// Goes on: [`Input::Resume`](crate::Input::Resume) for everybody inside, and the evaluation that was missed, once.
    Resume,
    /// Stopped for good: [`Input::Cancel`](crate::Input::Cancel) for everybody inside.
    Cancel,
}

/// Why a journey can not come to a state (J065).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such change.
    #[error("a journey that is {} cannot become {}", word(*from), word(*to))]
    Transition {
        /// The state it has.
        from: Word,
        /// The state that was asked for.
        to: Word,
    },
    /// `UpdateJourneyState` takes three states only.
    #[error("`{}` is not one of ACTIVE, PAUSED, CANCELLED", word(*to))]
    State {
        /// The state that was asked for.
        to: Word,
    },
    /// Pausing is for journeys that evaluate their segment again and again.
    #[error("only a journey with a `RefreshFrequency` can be paused")]
    NotRefreshed,
    /// Five minutes have not passed.
    #[error("paused less than 5 minutes ago; try again in {}", duration_words((*left).max(1_000)))]
    TooSoon {
        /// How long is left.
        left: Millis,
    },
}

fn word(state: Word) -> &'static str {
    model::view::Word::as_str(state)
}

/// What is known of a journey when its state is to change.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The state it has.
    pub state: Word,
    /// Whether it has a `RefreshFrequency`.
    pub refreshes: bool,
    /// When it was paused.
    pub paused: Option<Millis>,
}

/// What it means to ask for a state (`UpdateJourneyState`).
///
/// # Errors
/// Where journeys.md 7 has no such change.
pub fn change(standing: Standing, to: Word, now: Millis) -> Result<Change, Refused> {
    match (standing.state, to) {
        (_, Word::Draft | Word::Completed | Word::Closed) => Err(Refused::State { to }),
        (Word::Draft, Word::Active) => Ok(Change::Publish),
        (Word::Active, Word::Paused) if standing.refreshes => Ok(Change::Pause),
        (Word::Active, Word::Paused) => Err(Refused::NotRefreshed),
        (Word::Paused, Word::Active) => {
            let left = standing.paused.map_or(0, |paused| paused.saturating_add(LEAST_PAUSE).saturating_sub(now));
            if left > 0 { Err(Refused::TooSoon { left }) } else { Ok(Change::Resume) }
        }
        (Word::Active | Word::Paused | Word::Closed, Word::Cancelled) => Ok(Change::Cancel),
        (from, to) => Err(Refused::Transition { from, to }),
    }
}

/// The state that a journey comes to by itself; the same where nothing changes.
///
/// `admits`: somebody may still enter, because an evaluation or an event is to come and the end has not passed. `inside`:
/// somebody is. A paused journey stays paused.
pub fn settle(state: Word, admits: bool, inside: bool) -> Word {
    match (state, admits, inside) {
        (Word::Active, false, true) => Word::Closed,
        (Word::Active | Word::Closed, false, false) => Word::Completed,
        _ => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Word::{Active, Cancelled, Closed, Completed, Draft, Paused};

    const ALL: [Word; 6] = [Draft, Active, Completed, Cancelled, Closed, Paused];

    #[test]
    fn clause_7_only_the_changes_of_the_table_are_legal() {
        let standing = |state| Standing { state, refreshes: true, paused: Some(0) };
        let mut legal = Vec::new();
        for from in ALL {
            for to in ALL {
                if let Ok(change) = change(standing(from), to, LEAST_PAUSE) {
                    legal.push((from, to, change));
                }
            }
        }
        assert_eq!(
            legal,
            [
                (Draft, Active, Change::Publish),
                (Active, Cancelled, Change::Cancel),
                (Active, Paused, Change::Pause),
                (Closed, Cancelled, Change::Cancel),
                (Paused, Active, Change::Resume),
                (Paused, Cancelled, Change::Cancel),
            ]
        );
    }

    #[test]
    fn clause_7_a_pause_needs_a_refresh_and_lasts_five_minutes() {
        let active = Standing { state: Active, refreshes: false, paused: None };
        assert_eq!(change(active, Paused, 0), Err(Refused::NotRefreshed));
        let paused = Standing { state: Paused, refreshes: true, paused: Some(1_000) };
        let soon = change(paused, Active, 1_000 + LEAST_PAUSE - 60_000);
        assert_eq!(
            soon.map_err(|refused| refused.to_string()),
            Err("paused less than 5 minutes ago; try again in 1 minute".to_owned())
        );
        assert_eq!(change(paused, Active, 1_000 + LEAST_PAUSE), Ok(Change::Resume));
    }

    #[test]
    fn clause_7_closed_and_completed_come_by_themselves() {
        for (state, admits, inside, then) in [
            (Active, true, true, Active),
            (Active, true, false, Active),
            (Active, false, true, Closed),
            (Active, false, false, Completed),
            (Closed, false, true, Closed),
            (Closed, false, false, Completed),
            (Paused, false, false, Paused),
            (Draft, false, false, Draft),
            (Cancelled, false, false, Cancelled),
            (Completed, false, false, Completed),
        ] {
            assert_eq!(settle(state, admits, inside), then, "{state:?} {admits} {inside}");
        }
    }
}
