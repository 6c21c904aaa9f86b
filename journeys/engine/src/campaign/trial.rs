//! Test campaigns (campaigns.md 10).

use model::Millis;
use model::time::MINUTE;
use serde_json::{Value, json};

use crate::draw::mix;

/// Most addresses or endpoint ids of a test message.
pub const MAX_TRIAL_ADDRESSES: usize = 10;
/// Most endpoints of a segment that a campaign is tried on (conflict in the guides: 100 or fewer, chosen).
pub const MAX_TRIAL_SEGMENT: usize = 100;
/// How long an in-app test is handed out; a newer one for the same endpoint takes its place at once.
pub const IN_APP_TRIAL: Millis = 30 * MINUTE;

/// Why a campaign can not be tried on a segment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrialError {
    /// The campaign is no object.
    #[error("the campaign is not a JSON object")]
    NotACampaign,
    /// Too many people for a test.
    #[error("the segment has {count} endpoints, a test may have at most {MAX_TRIAL_SEGMENT}")]
    TooLarge {
        /// How many it has.
        count: usize,
    },
}

/// The campaign that tries `campaign` on a segment of `count` endpoints: the same message, at once, to everybody in it.
///
/// Its name is `test`, four letters or digits that `seed` decides, and the campaign's name. The driver counts its events
/// for the campaign that is tried, and does not count it among the active campaigns.
///
/// # Errors
/// See [`TrialError`].
pub fn trial(campaign: &Value, segment: &str, count: usize, seed: u64) -> Result<Value, TrialError> {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    if count > MAX_TRIAL_SEGMENT {
        return Err(TrialError::TooLarge { count });
    }
    let mut trial = campaign.as_object().ok_or(TrialError::NotACampaign)?.clone();
    let mut draw = mix(seed);
    let mut name = String::from("test");
    for _ in 0..4 {
        name.push(char::from(LETTERS[(draw % 36) as usize]));
        draw /= 36;
    }
    name += campaign.get("Name").and_then(Value::as_str).unwrap_or_default();
    for member in ["SegmentVersion", "HoldoutPercent", "AdditionalTreatments", "IsPaused", "Hook"] {
        trial.remove(member);
    }
    trial.insert("Name".to_owned(), json!(name));
    trial.insert("SegmentId".to_owned(), json!(segment));
    trial.insert("Schedule".to_owned(), json!({"StartTime": "IMMEDIATE", "Frequency": "ONCE"}));
    Ok(Value::Object(trial))
}
