//! When to try again: later each time, and not all at once.

use std::time::Duration;

use engine::draw::hash;
use model::Millis;
use model::time::{DAY, HOUR, MINUTE, SECOND};

/// First wait after a fault, and the longest.
const FAULT: (Millis, Millis) = (30 * SECOND, HOUR);
/// First wait after being throttled, and the longest.
const THROTTLED: (Millis, Millis) = (SECOND, 5 * MINUTE);
/// How long a message may be throttled before it is given up.
pub const PATIENCE: Millis = DAY;

/// How long to wait after attempt `attempt` (from 1) of a message failed.
pub fn after_fault(id: &str, attempt: u32) -> Millis {
    spread(id, attempt, doubled(FAULT, attempt))
}

/// How long to wait after attempt `attempt` (from 1) of a message was throttled; never less than the other side asked.
pub fn after_throttling(id: &str, attempt: u32, asked: Option<Duration>) -> Millis {
    let asked = asked.map_or(0, |asked| Millis::try_from(asked.as_millis()).unwrap_or(DAY)).min(DAY);
    spread(id, attempt, doubled(THROTTLED, attempt)).max(asked)
}

fn doubled((first, longest): (Millis, Millis), attempt: u32) -> Millis {
    first.saturating_mul(1 << attempt.saturating_sub(1).min(30)).min(longest)
}

/// A span between a half and the whole. Drawn by a hash, so that a message waits as long whenever it is asked, and messages
/// that failed together do not come back together.
fn spread(id: &str, attempt: u32, span: Millis) -> Millis {
    let half = span / 2;
    let drawn = hash(&["backoff", id, &attempt.to_string()]) % u64::try_from(half.max(1)).unwrap_or(1);
    half + Millis::try_from(drawn).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_at_the_longest() {
        for (attempt, longest) in [(1, 30 * SECOND), (2, MINUTE), (3, 2 * MINUTE), (12, HOUR), (1000, HOUR)] {
            let wait = after_fault("m", attempt);
            assert!((longest / 2..=longest).contains(&wait), "{attempt}: {wait}");
            assert_eq!(wait, after_fault("m", attempt), "the same whenever it is asked");
        }
        let waits: std::collections::BTreeSet<Millis> = (0..50).map(|n| after_fault(&format!("m{n}"), 1)).collect();
        assert!(waits.len() > 40, "messages that failed together come back apart");
    }

    #[test]
    fn who_throttles_is_heard() {
        assert!(after_throttling("m", 1, None) <= SECOND);
        assert_eq!(after_throttling("m", 1, Some(Duration::from_secs(90))), 90 * SECOND);
        assert_eq!(after_throttling("m", 1, Some(Duration::MAX)), DAY);
    }
}
