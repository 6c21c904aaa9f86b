//! What is remembered of one participant in one journey: small, and written as a row.

use model::Millis;
use serde::{Deserialize, Deserializer, Serialize};

use crate::event::EventKinds;

/// The version of the layout of [`State`] that this code writes; it reads this one and all before. 2 added
/// [`Held::paced`].
pub const VERSION: u8 = 2;

/// One participant in one journey, over all traversals.
///
/// The default is a participant that has never entered. Written with serde; members that say nothing are left out, so a
/// waiting participant takes about 100 bytes of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// Layout of this state, [`VERSION`]; a higher one is refused when read.
    #[serde(deserialize_with = "known_version")]
    pub version: u8,
    /// Traversals begun so far.
    pub entries: u32,
    /// End of the last finished traversal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Millis>,
    /// Where the participant is; `None` = not inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Messages handed over in the current or last traversal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
    /// Event conditions that have come true in the current or last traversal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
    /// Endpoints whose message is held (journeys.md 6).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
    /// Splits passed in this traversal; kept only for journeys with a contact-centre activity (journeys.md 3.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Passed>,
    /// Messages that count toward caps; kept only for journeys with caps (journeys.md 5).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<Logged>,
}

/// Where a participant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Activity, as its index in the program.
    pub activity: u16,
    /// Arrival there.
    pub arrived: Millis,
    /// When to go on: the driver feeds [`Input::Timer`](crate::Input::Timer) then.
    pub until: Millis,
    /// Activities visited in this traversal.
    pub steps: u16,
}

/// A message handed to its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The message activity.
    pub activity: u16,
    /// When it was handed over.
    pub at: Millis,
    /// What is known to have come of it.
    pub events: EventKinds,
}

/// An event condition that has come true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Index of the condition in the program.
    pub condition: u16,
    /// When the first such event came.
    pub at: Millis,
}

/// An endpoint whose message waits: for the end of quiet time, or for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Hash of the endpoint's id.
    pub endpoint: u64,
    /// Release.
    pub until: Millis,
    /// Whether the message waits for its turn, at the journey's rate, and not for the end of quiet time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paced: bool,
}

/// A split that the participant went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The split.
    pub activity: u16,
    /// The way taken, counted from the split's first.
    pub way: u16,
}

/// A message that counts toward caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Hash of the endpoint's id.
    pub endpoint: u64,
    /// When it was sent.
    pub at: Millis,
}

impl Default for State {
    fn default() -> Self {
        State {
            version: VERSION,
            entries: 0,
            left_at: None,
            position: None,
            sent: Vec::new(),
            seen: Vec::new(),
            held: Vec::new(),
            path: Vec::new(),
            log: Vec::new(),
        }
    }
}

impl State {
    /// Makes this the state of a participant that has never entered, and keeps the memory.
    pub fn reset(&mut self) {
        self.entries = 0;
        self.left_at = None;
        self.position = None;
        self.forget_traversal();
        self.log.clear();
    }

    /// Forgets what belongs to a traversal.
    pub(crate) fn forget_traversal(&mut self) {
        self.sent.clear();
        self.seen.clear();
        self.held.clear();
        self.path.clear();
    }

    /// Whether the participant is inside the journey.
    pub fn is_inside(&self) -> bool {
        self.position.is_some()
    }

    /// When the driver must feed [`Input::Timer`](crate::Input::Timer); `None` = never, nothing is waited for.
    pub fn wakes(&self) -> Option<Millis> {
        self.position.map(|position| position.until)
    }

    /// What is known of the message of an activity in this traversal.
    pub fn sent(&self, activity: u16) -> Option<Sent> {
        self.sent.iter().find(|sent| sent.activity == activity).copied()
    }
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let version = u8::deserialize(deserializer)?;
    if version == 0 || version > VERSION {
        let text = format!("the participant's state has version {version}, and this program reads 1 to {VERSION}");
        return Err(serde::de::Error::custom(text));
    }
    // What is read is in today's layout from here on.
    Ok(VERSION)
}
