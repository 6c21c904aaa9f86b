use model::{Path, wire};

use crate::{Document, Findings, places};

rule! {
    /// Checks the sizes of a campaign's own messages: 200 characters for the body of a push notification, 5 KB for the data
    /// of a custom message.
    ///
    /// **Why it matters.** The service refuses more.
    ///
    /// **Bad example.** A `GCMMessage.Body` of 300 characters.
    ///
    /// ```json
    /// {"campaigns/news": {"MessageConfiguration": {"GCMMessage": {"Title": "News", "Body": "<201>"}}}}
    /// ```
    ///
    /// **How to fix it.** Shorten it, and let the rest wait behind a link.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"MessageConfiguration": {"GCMMessage": {"Title": "News", "Body": "<200>"}}}}
    /// ```
    ///
    /// Source: campaigns.md 2 and 11, C012; `Message.Body`, `CampaignCustomMessage.Data`.
    "campaign-message-size", Error, "a campaign's message is too large", Campaign
}

/// Characters of a push notification's body.
const BODY: usize = templates::limits::CAMPAIGN_PUSH_BODY;
/// Bytes of a custom message's data.
const DATA: usize = 5 * 1024;

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    for treatment in places::treatments(document) {
        let Some(messages) = treatment.messages else { continue };
        let place = treatment.path.join("MessageConfiguration");
        let push = [
            ("DefaultMessage", messages.default_message()),
            ("APNSMessage", messages.apns_message()),
            ("GCMMessage", messages.gcm_message()),
            ("ADMMessage", messages.adm_message()),
            ("BaiduMessage", messages.baidu_message()),
        ];
        for (member, message) in push {
            let count = message.and_then(|message| message.body()).map_or(0, |body| body.chars().count());
            report(found, place.join(member).join("Body"), count, BODY, "characters");
        }
        let data = messages.custom_message().and_then(|message| message.data());
        report(found, place.join("CustomMessage").join("Data"), data.map_or(0, str::len), DATA, "bytes");
    }
}

fn report(found: &mut Findings, at: Path, count: usize, most: usize, unit: &str) {
    if count > most {
        let member = at.0.iter().rev().take(2).rev().cloned().collect();
        found.report(at, format!("`{}` has {count} {unit}; {most} is the most", Path(member))).help("shorten it");
    }
}
