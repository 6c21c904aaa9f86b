use model::Payload;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a custom activity names a Lambda function, by name or ARN, or a web address with `https://`.
    ///
    /// **Why it matters.** There would be nobody to call; the service does not publish it, and it calls no unencrypted
    /// address.
    ///
    /// **Bad example.** `"DeliveryUri": "http://example.com/hook"`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"CUSTOM": {"DeliveryUri": "http://example.com/hook"}}}}}
    /// ```
    ///
    /// **How to fix it.** Write `https://example.com/hook`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"CUSTOM": {"DeliveryUri": "https://example.com/hook"}}}}}
    /// ```
    ///
    /// Source: journeys.md 3.1 and 10, J030; `CustomMessageActivity.DeliveryUri`.
    "delivery-uri", Error, "a custom activity does not say whom to call", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(Payload::Custom(custom)) = activity.payload else { continue };
        let at = activity.payload_path().join("DeliveryUri");
        let uri = custom.delivery_uri().unwrap_or_default();
        if uri.is_empty() {
            found
                .report(at, format!("`{}` does not say whom to call", activity.id))
                .help("name a Lambda function or a web address with `https://`");
        } else if !callable(uri) {
            let finding = found
                .report(at.clone(), format!("`{uri}` is neither a Lambda function nor an https address"))
                .help("name a Lambda function by name or ARN, or write the address with `https://`");
            if let Some(secure) = secured(uri) {
                finding.set("Call it with https", &at, secure);
            }
        }
    }
}

/// The same address with `https://`, when that is all that is wrong with it.
pub(super) fn secured(uri: &str) -> Option<String> {
    let rest = uri.trim().strip_prefix("http://").or_else(|| uri.trim().strip_prefix("HTTP://"))?;
    Some(format!("https://{rest}")).filter(|secure| callable(secure))
}

/// Whether the text is the name or ARN of a Lambda function (letters, digits, `-`, `_`, with an alias behind a colon), or
/// an https address.
pub(super) fn callable(uri: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if let Some(rest) = uri.strip_prefix("https://") {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        return !host.is_empty() && !uri.chars().any(|c| c.is_whitespace() || c.is_control());
    }
    if uri.starts_with("arn:") {
        let parts: Vec<_> = uri.split(':').collect();
        let named = parts.get(6).is_some_and(|name| !name.is_empty() && name.chars().all(word));
        return parts.get(2) == Some(&"lambda") && parts.get(5) == Some(&"function") && named && parts.len() <= 8;
    }
    let (name, alias) = uri.split_once(':').unwrap_or((uri, "latest"));
    let fits = |text: &str| !text.is_empty() && text.chars().all(|c| word(c) || c == '$');
    fits(name) && fits(alias)
}
