//! Activities as the code reads them: one kind, one payload, and the connections that leave them.
//!
//! Shapes: `Activity` and its members (journeys.md 3).

use serde_json::{Map, Value};

use crate::path;
use crate::path::Path;
use crate::view::View;
use crate::wire::{self, ChannelType};

/// Channel types of Apple's service.
pub const APNS_CHANNELS: [ChannelType; 4] =
    [ChannelType::Apns, ChannelType::ApnsSandbox, ChannelType::ApnsVoip, ChannelType::ApnsVoipSandbox];

/// Channel types that carry push notifications (journeys.md 3.1, "Runtime").
pub const PUSH_CHANNELS: [ChannelType; 8] = [
    ChannelType::Push,
    ChannelType::Gcm,
    ChannelType::Apns,
    ChannelType::ApnsSandbox,
    ChannelType::ApnsVoip,
    ChannelType::ApnsVoipSandbox,
    ChannelType::Adm,
    ChannelType::Baidu,
];

/// The ten kinds of activities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum ActivityKind {
    /// `EMAIL`
    Email,
    /// `PUSH`
    Push,
    /// `SMS`
    Sms,
    /// `CUSTOM`: a call of a function or webhook.
    Custom,
    /// `ContactCenter`
    ContactCenter,
    /// `Wait`
    Wait,
    /// `ConditionalSplit`: yes/no split.
    ConditionalSplit,
    /// `MultiCondition`: multivariate split.
    MultiCondition,
    /// `RandomSplit`
    RandomSplit,
    /// `Holdout`
    Holdout,
}

impl ActivityKind {
    /// All kinds: messages, then waiting, then splits.
    pub const ALL: [ActivityKind; 10] = [
        ActivityKind::Email,
        ActivityKind::Push,
        ActivityKind::Sms,
        ActivityKind::Custom,
        ActivityKind::ContactCenter,
        ActivityKind::Wait,
        ActivityKind::ConditionalSplit,
        ActivityKind::MultiCondition,
        ActivityKind::RandomSplit,
        ActivityKind::Holdout,
    ];

    /// The member of shape `Activity` that holds the payload.
    pub fn member(self) -> &'static str {
        match self {
            ActivityKind::Email => "EMAIL",
            ActivityKind::Push => "PUSH",
            ActivityKind::Sms => "SMS",
            ActivityKind::Custom => "CUSTOM",
            ActivityKind::ContactCenter => "ContactCenter",
            ActivityKind::Wait => "Wait",
            ActivityKind::ConditionalSplit => "ConditionalSplit",
            ActivityKind::MultiCondition => "MultiCondition",
            ActivityKind::RandomSplit => "RandomSplit",
            ActivityKind::Holdout => "Holdout",
        }
    }

    /// The name that people read, as in Pinpoint's console.
    pub fn title(self) -> &'static str {
        match self {
            ActivityKind::Email => "Email",
            ActivityKind::Push => "Push notification",
            ActivityKind::Sms => "SMS",
            ActivityKind::Custom => "Custom channel",
            ActivityKind::ContactCenter => "Contact centre",
            ActivityKind::Wait => "Wait",
            ActivityKind::ConditionalSplit => "Yes/no split",
            ActivityKind::MultiCondition => "Multivariate split",
            ActivityKind::RandomSplit => "Random split",
            ActivityKind::Holdout => "Holdout",
        }
    }

    /// Whether the activity sends something to people.
    pub fn is_message(self) -> bool {
        matches!(
            self,
            ActivityKind::Email
                | ActivityKind::Push
                | ActivityKind::Sms
                | ActivityKind::Custom
                | ActivityKind::ContactCenter
        )
    }

    /// Whether more than one way leads out.
    pub fn is_split(self) -> bool {
        matches!(self, ActivityKind::ConditionalSplit | ActivityKind::MultiCondition | ActivityKind::RandomSplit)
    }

    /// The kind of template that the activity takes its message from (journeys.md 3.1).
    pub fn template_kind(self) -> Option<crate::TemplateKind> {
        match self {
            ActivityKind::Email => Some(crate::TemplateKind::Email),
            ActivityKind::Push => Some(crate::TemplateKind::Push),
            ActivityKind::Sms => Some(crate::TemplateKind::Sms),
            _ => None,
        }
    }

    /// The shape of the payload.
    pub fn shape(self) -> &'static str {
        match self {
            ActivityKind::Email => wire::EmailMessageActivity::SHAPE,
            ActivityKind::Push => wire::PushMessageActivity::SHAPE,
            ActivityKind::Sms => wire::SMSMessageActivity::SHAPE,
            ActivityKind::Custom => wire::CustomMessageActivity::SHAPE,
            ActivityKind::ContactCenter => wire::ContactCenterActivity::SHAPE,
            ActivityKind::Wait => wire::WaitActivity::SHAPE,
            ActivityKind::ConditionalSplit => wire::ConditionalSplitActivity::SHAPE,
            ActivityKind::MultiCondition => wire::MultiConditionalSplitActivity::SHAPE,
            ActivityKind::RandomSplit => wire::RandomSplitActivity::SHAPE,
            ActivityKind::Holdout => wire::HoldoutActivity::SHAPE,
        }
    }
}

/// What an activity of each kind says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Payload<'a> {
    /// Sends an e-mail.
    Email(wire::EmailMessageActivity<'a>),
    /// Sends a push notification.
    Push(wire::PushMessageActivity<'a>),
    /// Sends a text message.
    Sms(wire::SMSMessageActivity<'a>),
    /// Calls a function or a webhook.
    Custom(wire::CustomMessageActivity<'a>),
    /// Hands the participant to a contact centre.
    ContactCenter(wire::ContactCenterActivity<'a>),
    /// Waits.
    Wait(wire::WaitActivity<'a>),
    /// Yes/no split.
    ConditionalSplit(wire::ConditionalSplitActivity<'a>),
    /// Multivariate split.
    MultiCondition(wire::MultiConditionalSplitActivity<'a>),
    /// Random split.
    RandomSplit(wire::RandomSplitActivity<'a>),
    /// Holdout.
    Holdout(wire::HoldoutActivity<'a>),
}

/// One activity of a journey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity<'a> {
    /// Its id, the key in `Activities`.
    pub id: &'a str,
    /// Shape `Activity`, with the description.
    pub wire: wire::Activity<'a>,
    /// Its kind and what it says; `None` when no type member is there. Of several the first in [`ActivityKind::ALL`]
    /// counts (a diagnostic reports them, J005).
    pub payload: Option<Payload<'a>>,
}

/// One of the ways out of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Slot {
    /// `NextActivity` of a message, wait or holdout.
    Next,
    /// `TrueActivity` of a yes/no split.
    Yes,
    /// `FalseActivity` of a yes/no split.
    No,
    /// `NextActivity` of branch n of a multivariate or random split, from 0.
    Branch(usize),
    /// `DefaultActivity` of a multivariate split.
    Else,
}

/// A link to the next activity.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection<'a> {
    /// Which way out.
    pub slot: Slot,
    /// The next activity's id; `None` = the path ends here (absent or empty, journeys.md 4).
    pub target: Option<&'a str>,
    /// What stands on the connection: `Yes`, `60%`, `A`; empty for a single way out.
    pub label: String,
}

impl<'a> Activity<'a> {
    /// The activity `id` as `value` describes it.
    pub fn of(id: &'a str, value: &'a Value) -> Option<Activity<'a>> {
        let wire = wire::Activity::of(value)?;
        let payload = ActivityKind::ALL.into_iter().find_map(|kind| {
            Some(match kind {
                ActivityKind::Email => Payload::Email(wire.email()?),
                ActivityKind::Push => Payload::Push(wire.push()?),
                ActivityKind::Sms => Payload::Sms(wire.sms()?),
                ActivityKind::Custom => Payload::Custom(wire.custom()?),
                ActivityKind::ContactCenter => Payload::ContactCenter(wire.contact_center()?),
                ActivityKind::Wait => Payload::Wait(wire.wait()?),
                ActivityKind::ConditionalSplit => Payload::ConditionalSplit(wire.conditional_split()?),
                ActivityKind::MultiCondition => Payload::MultiCondition(wire.multi_condition()?),
                ActivityKind::RandomSplit => Payload::RandomSplit(wire.random_split()?),
                ActivityKind::Holdout => Payload::Holdout(wire.holdout()?),
            })
        });
        Some(Activity { id, wire, payload })
    }

    /// Its kind; `None` when no type member is there.
    pub fn kind(&self) -> Option<ActivityKind> {
        Some(match self.payload? {
            Payload::Email(_) => ActivityKind::Email,
            Payload::Push(_) => ActivityKind::Push,
            Payload::Sms(_) => ActivityKind::Sms,
            Payload::Custom(_) => ActivityKind::Custom,
            Payload::ContactCenter(_) => ActivityKind::ContactCenter,
            Payload::Wait(_) => ActivityKind::Wait,
            Payload::ConditionalSplit(_) => ActivityKind::ConditionalSplit,
            Payload::MultiCondition(_) => ActivityKind::MultiCondition,
            Payload::RandomSplit(_) => ActivityKind::RandomSplit,
            Payload::Holdout(_) => ActivityKind::Holdout,
        })
    }

    /// The label that people read: the description, else the id.
    pub fn label(&self) -> &'a str {
        self.wire.description().filter(|text| !text.trim().is_empty()).unwrap_or(self.id)
    }

    /// `TemplateName` of a message activity.
    pub fn template_name(&self) -> Option<&'a str> {
        match self.payload? {
            Payload::Email(email) => email.template_name(),
            Payload::Push(push) => push.template_name(),
            Payload::Sms(sms) => sms.template_name(),
            Payload::Custom(custom) => custom.template_name(),
            _ => None,
        }
    }

    /// `TemplateVersion` of a message activity.
    pub fn template_version(&self) -> Option<&'a str> {
        match self.payload? {
            Payload::Email(email) => email.template_version(),
            Payload::Push(push) => push.template_version(),
            Payload::Sms(sms) => sms.template_version(),
            Payload::Custom(custom) => custom.template_version(),
            _ => None,
        }
    }

    /// The ways out, in branch order (Yes before No, Else last), also those that lead nowhere.
    pub fn connections(&self) -> Vec<Connection<'a>> {
        let way = |slot, target: Option<&'a str>, label: String| Connection {
            slot,
            target: target.filter(|id| !id.is_empty()),
            label,
        };
        let next = |target| vec![way(Slot::Next, target, String::new())];
        match self.payload {
            None => Vec::new(),
            Some(Payload::Email(activity)) => next(activity.next_activity()),
            Some(Payload::Push(activity)) => next(activity.next_activity()),
            Some(Payload::Sms(activity)) => next(activity.next_activity()),
            Some(Payload::Custom(activity)) => next(activity.next_activity()),
            Some(Payload::ContactCenter(activity)) => next(activity.next_activity()),
            Some(Payload::Wait(activity)) => next(activity.next_activity()),
            Some(Payload::Holdout(activity)) => next(activity.next_activity()),
            Some(Payload::ConditionalSplit(split)) => vec![
                way(Slot::Yes, split.true_activity(), "Yes".into()),
                way(Slot::No, split.false_activity(), "No".into()),
            ],
            Some(Payload::MultiCondition(split)) => {
                let ways = branches::<wire::MultiConditionalBranch>(split.object())
                    .map(|(i, branch)| way(Slot::Branch(i), branch.next_activity(), branch_letter(i)));
                ways.chain([way(Slot::Else, split.default_activity(), "Else".into())]).collect()
            }
            Some(Payload::RandomSplit(split)) => branches::<wire::RandomSplitEntry>(split.object())
                .map(|(i, branch)| {
                    let label = branch.percentage().map_or("?%".into(), |percent| format!("{percent}%"));
                    way(Slot::Branch(i), branch.next_activity(), label)
                })
                .collect(),
        }
    }

    /// The payload's place in the journey: `Activities.ID.EMAIL`.
    pub fn payload_path(&self) -> Path {
        match self.kind() {
            Some(kind) => path!["Activities", self.id, kind.member()],
            None => path!["Activities", self.id],
        }
    }

    /// The place of the member that holds the target of a way out.
    pub fn slot_path(&self, slot: Slot) -> Path {
        let payload = self.payload_path();
        match slot {
            Slot::Next => payload.join("NextActivity"),
            Slot::Yes => payload.join("TrueActivity"),
            Slot::No => payload.join("FalseActivity"),
            Slot::Branch(i) => payload.join("Branches").join(i).join("NextActivity"),
            Slot::Else => payload.join("DefaultActivity"),
        }
    }
}

/// The branches of a split with their places in the list, which count elements that are no branch too.
fn branches<'a, V: View<'a>>(split: &'a Map<String, Value>) -> impl Iterator<Item = (usize, V)> {
    let list = split.get("Branches").and_then(Value::as_array);
    list.into_iter().flatten().enumerate().filter_map(|(i, branch)| Some((i, V::of(branch)?)))
}

/// The console's name of branch n of a multivariate split: A, B, C, D.
pub fn branch_letter(index: usize) -> String {
    u8::try_from(index)
        .ok()
        .filter(|i| *i < 26)
        .map_or_else(|| (index + 1).to_string(), |i| char::from(b'A' + i).to_string())
}
