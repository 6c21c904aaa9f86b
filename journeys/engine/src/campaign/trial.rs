//! Tests of campaigns: a message to a few people, a campaign to a small segment, an in-app message to one endpoint
//! (campaigns.md 10).

use std::collections::BTreeMap;

use model::Millis;
use model::time::MINUTE;
use model::wire::CampaignStatus;
use serde_json::{Value, json};

use crate::draw::mix;

/// Most addresses and endpoint ids of a test message together (the guides say 10 and 15: 10, chosen).
pub const MAX_TRIAL_ADDRESSES: usize = 10;
/// Most endpoints of a segment that a campaign is tried on (conflict in the guides: 100 or fewer, chosen).
pub const MAX_TRIAL_SEGMENT: usize = 100;
/// How long an in-app test is handed out; a newer one for the same endpoint takes its place at once.
pub const IN_APP_TRIAL: Millis = 30 * MINUTE;

/// Letters and digits that are drawn for the name of a test campaign.
const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// How many of them.
const DRAWN: usize = 4;

/// Why a campaign can not be tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrialError {
    /// The campaign is no object.
    #[error("the campaign is not a JSON object")]
    NotACampaign,
    /// Nobody to send a test message to.
    #[error("a test message needs an address or an endpoint id")]
    Nobody,
    /// Too many people for a test message.
    #[error("the test names {count} addresses and endpoint ids, at most {MAX_TRIAL_ADDRESSES} are allowed")]
    TooMany {
        /// How many different ones it names.
        count: usize,
    },
    /// Too many people for a test.
    #[error("the segment has {count} endpoints, a test may have at most {MAX_TRIAL_SEGMENT}")]
    TooLarge {
        /// How many it has.
        count: usize,
    },
}

/// Whom a test message goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient<'a> {
    /// An address: an e-mail address, a phone number, a device token.
    Address(&'a str),
    /// An endpoint.
    Endpoint(&'a str),
}

/// The recipients of a test message, each once, in the order given.
///
/// # Errors
/// [`TrialError::Nobody`], or [`TrialError::TooMany`] beyond [`MAX_TRIAL_ADDRESSES`] different ones.
pub fn recipients<'a>(named: &[Recipient<'a>]) -> Result<Vec<Recipient<'a>>, TrialError> {
    let mut each = Vec::new();
    for recipient in named {
        if !each.contains(recipient) {
            each.push(*recipient);
        }
    }
    match each.len() {
        0 => Err(TrialError::Nobody),
        count if count > MAX_TRIAL_ADDRESSES => Err(TrialError::TooMany { count }),
        _ => Ok(each),
    }
}

/// The campaign that tries `campaign` on a segment of `count` endpoints: the same message, at once, to everybody in it.
///
/// Its name is `test`, four letters or digits that `seed` decides, and the campaign's name. The driver keeps with it which
/// campaign it tries, and counts it as [`Counted`] says.
///
/// # Errors
/// [`TrialError::TooLarge`], [`TrialError::NotACampaign`].
pub fn trial(campaign: &Value, segment: &str, count: usize, seed: u64) -> Result<Value, TrialError> {
    if count > MAX_TRIAL_SEGMENT {
        return Err(TrialError::TooLarge { count });
    }
    let mut trial = campaign.as_object().ok_or(TrialError::NotACampaign)?.clone();
    let name = trial_name(campaign.get("Name").and_then(Value::as_str).unwrap_or_default(), seed);
    for member in ["SegmentVersion", "HoldoutPercent", "AdditionalTreatments", "IsPaused", "Hook"] {
        trial.remove(member);
    }
    trial.insert("Name".to_owned(), json!(name));
    trial.insert("SegmentId".to_owned(), json!(segment));
    trial.insert("Schedule".to_owned(), json!({"StartTime": "IMMEDIATE", "Frequency": "ONCE"}));
    Ok(Value::Object(trial))
}

/// The name of a campaign that tries the one of `name`.
pub fn trial_name(name: &str, seed: u64) -> String {
    let mut draw = mix(seed);
    let mut drawn = String::with_capacity(DRAWN);
    for _ in 0..DRAWN {
        drawn.push(char::from(LETTERS[(draw % 36) as usize]));
        draw /= 36;
    }
    format!("test{drawn}{name}")
}

/// A campaign as the account counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its status.
    pub status: CampaignStatus,
    /// The campaign that it tries; `None` = it is no test.
    pub tries: Option<&'a str>,
    /// Messages that it sent.
    pub sent: u64,
}

/// How many campaigns count toward the quota of active campaigns: tests do not.
pub fn active<'a>(campaigns: impl IntoIterator<Item = Counted<'a>>) -> usize {
    campaigns.into_iter().filter(|campaign| campaign.tries.is_none() && campaign.status.is_active()).count()
}

/// How many messages count toward the sending quotas: those of tests too.
pub fn sending_quota<'a>(campaigns: impl IntoIterator<Item = Counted<'a>>) -> u64 {
    campaigns.into_iter().fold(0, |sum, campaign| sum.saturating_add(campaign.sent))
}

/// Messages by the campaign whose metrics count them: those of a test are its parent's.
pub fn metrics<'a>(campaigns: impl IntoIterator<Item = Counted<'a>>) -> BTreeMap<&'a str, u64> {
    let mut counts = BTreeMap::new();
    for campaign in campaigns {
        let count: &mut u64 = counts.entry(campaign.tries.unwrap_or(campaign.id)).or_default();
        *count = count.saturating_add(campaign.sent);
    }
    counts
}

/// An in-app message that is tried on an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InAppTrial<'a> {
    /// The campaign whose message it is.
    pub campaign: &'a str,
    /// The endpoint.
    pub endpoint: &'a str,
    /// When the test began.
    pub began: Millis,
}

/// The in-app test that an endpoint is handed at `now`: its newest one, for [`IN_APP_TRIAL`] from its beginning. An older
/// one is never handed out again. Of two that began at the same instant the later in the list is the newer.
pub fn in_app_trial<'a>(
    trials: impl IntoIterator<Item = InAppTrial<'a>>,
    endpoint: &str,
    now: Millis,
) -> Option<InAppTrial<'a>> {
    let mine = trials.into_iter().filter(|trial| trial.endpoint == endpoint && trial.began <= now);
    mine.max_by_key(|trial| trial.began).filter(|trial| now.saturating_sub(trial.began) < IN_APP_TRIAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_message_goes_to_at_most_10_addresses_and_endpoints() {
        let names: Vec<String> = (0..11).map(|n| format!("n{n}")).collect();
        let named = |addresses: usize, endpoints: usize| -> Vec<Recipient<'_>> {
            let addresses = names[..addresses].iter().map(|name| Recipient::Address(name));
            addresses.chain(names[..endpoints].iter().map(|name| Recipient::Endpoint(name))).collect()
        };
        assert_eq!(recipients(&named(10, 0)).map(|each| each.len()), Ok(10));
        assert_eq!(recipients(&named(4, 6)).map(|each| each.len()), Ok(10));
        assert_eq!(recipients(&named(5, 6)), Err(TrialError::TooMany { count: 11 }));
        assert_eq!(recipients(&[]), Err(TrialError::Nobody));
        // Who is named twice gets one message.
        let twice = [named(10, 0), named(10, 0)].concat();
        assert_eq!(recipients(&twice), Ok(named(10, 0)));
        let told = TrialError::TooMany { count: 11 }.to_string();
        assert_eq!(told, "the test names 11 addresses and endpoint ids, at most 10 are allowed");
    }

    #[test]
    fn the_name_of_a_test_has_four_letters_or_digits_that_the_seed_decides() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let name = trial_name("sale", seed);
            let drawn = name.strip_prefix("test").and_then(|rest| rest.strip_suffix("sale")).unwrap_or_default();
            assert!(drawn.len() == 4 && drawn.bytes().all(|byte| LETTERS.contains(&byte)), "{name}");
            assert_eq!(name, trial_name("sale", seed));
            seen.insert(name);
        }
        assert_eq!(seen.len(), 200);
    }

    #[test]
    fn a_test_is_no_active_campaign_but_its_messages_count() {
        let campaign = |id, status, tries, sent| Counted { id, status, tries, sent };
        let all = [
            campaign("a", CampaignStatus::Executing, None, 10),
            campaign("t1", CampaignStatus::Executing, Some("a"), 3),
            campaign("t2", CampaignStatus::Completed, Some("a"), 4),
            campaign("b", CampaignStatus::Scheduled, None, 0),
            campaign("c", CampaignStatus::PendingNextRun, None, 5),
            campaign("d", CampaignStatus::Paused, None, 6),
            campaign("e", CampaignStatus::Completed, None, 7),
        ];
        assert_eq!(active(all), 3);
        assert_eq!(sending_quota(all), 35);
        assert_eq!(metrics(all), BTreeMap::from([("a", 17), ("b", 0), ("c", 5), ("d", 6), ("e", 7)]));
    }

    #[test]
    fn an_in_app_test_lives_30_minutes_and_a_newer_one_takes_its_place() {
        let trial = |campaign, endpoint, minute: i64| InAppTrial { campaign, endpoint, began: minute * MINUTE };
        let trials = [trial("new", "e1", 20), trial("old", "e1", 0), trial("other", "e2", 5), trial("next", "e1", 70)];
        let handed = |endpoint, at| in_app_trial(trials, endpoint, at).map(|trial| trial.campaign);
        for (endpoint, minute, expected) in [
            ("e1", -1, None),
            ("e1", 0, Some("old")),
            ("e1", 19, Some("old")),
            ("e1", 20, Some("new")),
            ("e1", 29, Some("new")),
            ("e1", 49, Some("new")),
            ("e1", 50, None),
            ("e1", 70, Some("next")),
            ("e2", 34, Some("other")),
            ("e2", 35, None),
            ("e3", 5, None),
        ] {
            assert_eq!(handed(endpoint, minute * MINUTE), expected, "{endpoint} {minute}");
        }
        assert_eq!(handed("e1", 50 * MINUTE - 1), Some("new"));
        let twins = [trial("first", "e1", 0), trial("second", "e1", 0)];
        assert_eq!(in_app_trial(twins, "e1", 0).map(|trial| trial.campaign), Some("second"));
    }
}
