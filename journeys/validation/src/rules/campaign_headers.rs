use model::wire;

use crate::rules::first_elements;
use crate::{Document, Findings, places};
use templates::limits::EMAIL_HEADERS as HEADERS;

rule! {
    /// Checks the headers of a campaign's e-mail: at most 15, names of at most 126 characters, values of at most 870.
    ///
    /// **Why it matters.** The service refuses more.
    ///
    /// **Bad example.** A `List-Unsubscribe` with a very long address.
    ///
    /// ```json
    /// {"campaigns/news": {"MessageConfiguration": {"EmailMessage": {
    ///   "Title": "News",
    ///   "Body": "News",
    ///   "Headers": [{"Name": "List-Unsubscribe", "Value": "<871>"}]
    /// }}}}
    /// ```
    ///
    /// **How to fix it.** Shorten it, or take headers away.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"MessageConfiguration": {"EmailMessage": {
    ///   "Title": "News",
    ///   "Body": "News",
    ///   "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://shop.example/stop>"}]
    /// }}}}
    /// ```
    ///
    /// Source: campaigns.md 2 and 11, C013; `CampaignEmailMessage.Headers`. A value with variables is measured when it is
    /// rendered.
    "campaign-headers", Error, "a campaign's e-mail has too many or too long headers", Campaign
}

/// Characters of a header's name.
const NAME: usize = 126;
/// Characters of a header's rendered value.
const VALUE: usize = 870;

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    for treatment in places::treatments(document) {
        let list = treatment.path.join("MessageConfiguration").join("EmailMessage").join("Headers");
        let headers = places::elements::<wire::MessageHeader>(document.root, &list);
        if headers.len() > HEADERS {
            found
                .report(list.clone(), format!("the e-mail has {} headers; {HEADERS} is the most", headers.len()))
                .help("take some away")
                .set(format!("Keep the first {HEADERS}"), &list, first_elements(document.root, &list, HEADERS));
        }
        for (i, header) in headers {
            let fixed = header.value().filter(|value| !value.contains("{{"));
            for (member, text, most) in [("Name", header.name(), NAME), ("Value", fixed, VALUE)] {
                let count = text.map_or(0, |text| text.chars().count());
                if count > most {
                    found
                        .report(
                            list.join(i).join(member),
                            format!("`{member}` of the header has {count} characters; {most} is the most"),
                        )
                        .help("shorten it")
                        .remove("Take the header away", list.join(i));
                }
            }
        }
    }
}
