//! What the service's words mean for people who wait for messages, and for those who send them.

use model::DocumentId;
use model::numbers::grouped;

pub(super) use crate::people::counted as people;

/// That something was not published, and what to do.
pub(super) fn not_there(id: &DocumentId, target: &str) -> String {
    match id {
        DocumentId::Campaign(_) => format!(
            "This campaign is not on “{target}” yet. Publish it there, and its runs are shown here. The command line does \
             it with waymark publish --campaigns."
        ),
        _ => format!(
            "This journey is not on “{target}” yet. Publish it under Publish, with “Start the journey once it is there”; \
             then its people are shown here."
        ),
    }
}

/// How a journey stands (journeys.md 7).
pub(super) fn standing(state: &str, inside: u64, entered: u64, cancelled: u64) -> String {
    let inside = people(inside);
    match state {
        "DRAFT" => "It is there as a draft and does not run. Publish starts it.".to_owned(),
        "ACTIVE" if entered == 0 => {
            "It runs. Nobody has entered yet: a segment is let in five minutes after the start, or at the start time."
                .to_owned()
        }
        "ACTIVE" => format!("It runs: {} entered, {inside} inside now.", grouped(entered)),
        "PAUSED" => format!("It is paused: {inside} inside stay where they are, and nothing is sent."),
        "CLOSED" => format!("Nobody enters any more: {} entered, {inside} inside go on.", grouped(entered)),
        "COMPLETED" => format!("It is over: {} entered, and all have left.", grouped(entered)),
        "CANCELLED" => format!("It was stopped: {} entered, {} inside then.", grouped(entered), people(cancelled)),
        other => format!("Its state is {other}."),
    }
}

/// Why a message did not go out (journeys.md 11.2).
pub(super) fn failure(metric: &str) -> String {
    match metric {
        "FAILURE" => "failed".to_owned(),
        "FAILURE_PERMANENT" => "could not be made, or the address takes none".to_owned(),
        "DAILY_CAP_EXCEEDED" => "held back by a limit on messages".to_owned(),
        "QUIET_TIME" => "dropped in quiet time".to_owned(),
        "QUIET_TIME_MISSING_TIMEZONE" => "dropped: quiet time, and no time zone is known".to_owned(),
        "THROTTLED" => "the channel takes no more for now".to_owned(),
        "TRANSIENT_FAILURE" => "failed for the moment".to_owned(),
        "SERVICE_FAILURE" => "the service failed".to_owned(),
        "UNSUPPORTED_CHANNEL" => "no address for this channel".to_owned(),
        "CUSTOM_DELIVERY_FAILURE" => "the function or address that is called failed".to_owned(),
        "UNKNOWN" => "failed for a reason that is not known".to_owned(),
        "DROPPED" => "left: the person was deleted".to_owned(),
        "REEVALUATED_OUT" => "left: does not fit the conditions any more".to_owned(),
        "DIAL_FAILURE" => "the call failed".to_owned(),
        "DIAL_EXPIRED" => "nobody was free to call in time".to_owned(),
        "CONNECTION_ERROR" => "the line failed".to_owned(),
        other => plain(other),
    }
}

/// Whether a metric of an activity is a failure: all that is neither a success nor a count of another kind.
pub(super) fn is_failure(metric: &str) -> bool {
    const OTHERS: [&str; 14] = [
        "SUCCESS",
        "HOLDOUT",
        "PASSED",
        "WAIT_STARTED",
        "WAIT_FINISHED",
        "WAIT_SKIPPED",
        "DIAL_SUCCESS",
        "CONNECTED",
        "SIT_TONE",
        "FAX",
        "VOICEMAIL_BEEP",
        "VOICEMAIL_NO_BEEP",
        "NOT_ANSWERED",
        "QUIET_TIME_WAIT_FINISHED",
    ];
    !OTHERS.contains(&metric) && !metric.starts_with("Branch_")
}

fn plain(metric: &str) -> String {
    metric.replace('_', " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_the_reference_has_words_of_its_own() {
        for metric in [
            "FAILURE",
            "DAILY_CAP_EXCEEDED",
            "QUIET_TIME",
            "THROTTLED",
            "TRANSIENT_FAILURE",
            "SERVICE_FAILURE",
            "FAILURE_PERMANENT",
            "UNSUPPORTED_CHANNEL",
            "CUSTOM_DELIVERY_FAILURE",
            "UNKNOWN",
        ] {
            assert!(is_failure(metric) && failure(metric) != plain(metric) || metric == "FAILURE", "{metric}");
        }
        for metric in ["SUCCESS", "Branch_1", "WAIT_STARTED", "PASSED"] {
            assert!(!is_failure(metric), "{metric}");
        }
    }

    #[test]
    fn a_state_is_told_with_its_numbers() {
        assert_eq!(standing("ACTIVE", 1, 1_200, 0), "It runs: 1,200 entered, 1 person inside now.");
        assert!(standing("ACTIVE", 0, 0, 0).contains("five minutes"));
        assert_eq!(standing("CANCELLED", 0, 9, 4), "It was stopped: 9 entered, 4 people inside then.");
    }
}
