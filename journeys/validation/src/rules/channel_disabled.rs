use model::wire::ChannelType;
use model::{APNS_CHANNELS, ActivityKind, DocumentId, Journey, PUSH_CHANNELS, Path, TemplateKind, Word};

use crate::{Document, Findings, places};

rule! {
    /// Checks that the channels that a journey or campaign sends by are enabled. Only asked when the account is known.
    ///
    /// **Why it matters.** Nothing would be delivered; the service does not publish it. Custom channels and in-app messages
    /// are always on.
    ///
    /// **Bad example.** An SMS, and `channels = ["EMAIL"]` below `[target.prod.account]` in `waymark.toml`.
    ///
    /// ```json
    /// {
    ///   "account": {"channels": ["EMAIL"]},
    ///   "journeys/welcome": {"Activities": {"hello": {"SMS": {
    ///     "TemplateName": "hello",
    ///     "MessageConfig": {"MessageType": "PROMOTIONAL"}
    ///   }}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Enable the channel in the account, or send by another.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "account": {"channels": ["EMAIL"]},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}}
    /// }
    /// ```
    ///
    /// Source: journeys.md 10, J027; campaigns.md 11, C020.
    "channel-disabled", Error, "a channel is not enabled", Document
}

fn check(document: &Document, found: &mut Findings) {
    let Some(enabled) = document.facts.account.and_then(|account| account.channels.as_ref()) else { return };
    for (at, channels, name) in used(document) {
        if !channels.iter().any(|channel| enabled.iter().any(|word| word == channel.as_str())) {
            found
                .report(at, format!("the channel for {name} is not enabled in the account"))
                .help("enable the channel in the account, or send by another");
        }
    }
}

/// What a document sends by: for each of its messages the channels of which one must be enabled.
pub(crate) fn channels_of(document: &Document) -> Vec<&'static [ChannelType]> {
    used(document).into_iter().map(|(_, channels, _)| channels).collect()
}

/// What goes out by which channels: its place, the channels of which one must be enabled, and their name.
fn used(document: &Document) -> Vec<(Path, &'static [ChannelType], &'static str)> {
    const EMAIL: &[ChannelType] = &[ChannelType::Email];
    const SMS: &[ChannelType] = &[ChannelType::Sms];
    // The default message is for all that have no message of their own (campaigns.md 2).
    const DEFAULT: [ChannelType; PUSH_CHANNELS.len() + 2] = {
        let mut all = [ChannelType::Email; PUSH_CHANNELS.len() + 2];
        all[1] = ChannelType::Sms;
        let (_, push) = all.split_at_mut(2);
        push.copy_from_slice(&PUSH_CHANNELS);
        all
    };
    let mut out = Vec::new();
    match document.id {
        DocumentId::Journey(_) => {
            for activity in Journey::of(document.root).map(Journey::activities).unwrap_or_default() {
                let (channels, name) = match activity.kind() {
                    Some(ActivityKind::Email) => (EMAIL, "e-mail"),
                    Some(ActivityKind::Sms) => (SMS, "SMS"),
                    Some(ActivityKind::Push) => (&PUSH_CHANNELS[..], "push"),
                    _ => continue,
                };
                out.push((activity.payload_path(), channels, name));
            }
        }
        DocumentId::Campaign(_) => {
            for treatment in places::treatments(document) {
                let own = treatment.path.join("MessageConfiguration");
                if let Some(messages) = treatment.messages {
                    let given = [
                        ("EmailMessage", messages.email_message().is_some(), EMAIL, "e-mail"),
                        ("SMSMessage", messages.sms_message().is_some(), SMS, "SMS"),
                        ("DefaultMessage", messages.default_message().is_some(), &DEFAULT, "the default message"),
                        ("APNSMessage", messages.apns_message().is_some(), &APNS_CHANNELS[..], "APNs"),
                        ("GCMMessage", messages.gcm_message().is_some(), &[ChannelType::Gcm], "FCM"),
                        ("ADMMessage", messages.adm_message().is_some(), &[ChannelType::Adm], "ADM"),
                        ("BaiduMessage", messages.baidu_message().is_some(), &[ChannelType::Baidu], "Baidu"),
                    ];
                    let given = given.into_iter().filter(|(_, given, ..)| *given);
                    out.extend(given.map(|(member, _, channels, name)| (own.join(member), channels, name)));
                }
                for (at, kind, _) in places::treatment_templates(&treatment) {
                    match kind {
                        TemplateKind::Email => out.push((at, EMAIL, "e-mail")),
                        TemplateKind::Sms => out.push((at, SMS, "SMS")),
                        TemplateKind::Push => out.push((at, &PUSH_CHANNELS[..], "push")),
                        TemplateKind::InApp | TemplateKind::Voice => {}
                    }
                }
            }
        }
        _ => {}
    }
    out
}
