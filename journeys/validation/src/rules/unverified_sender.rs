use model::Payload;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the sender of every e-mail is verified: the address itself, or its domain. Only asked when the account is
    /// known.
    ///
    /// **Why it matters.** Unverified senders are turned away; the service does not publish the journey.
    ///
    /// **Bad example.** `"FromAddress": "hello@other.example"`, and `senders = ["shop.example"]` below `[target.prod.account]` in
    /// `waymark.toml`.
    ///
    /// ```json
    /// {
    ///   "account": {"senders": ["shop.example"]},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {
    ///     "TemplateName": "hello",
    ///     "MessageConfig": {"FromAddress": "hello@other.example"}
    ///   }}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Verify the address or its domain, or send from one that is verified.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "account": {"senders": ["shop.example"]},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {
    ///     "TemplateName": "hello",
    ///     "MessageConfig": {"FromAddress": "hello@shop.example"}
    ///   }}}}
    /// }
    /// ```
    ///
    /// Source: journeys.md 10, J028; `JourneyEmailMessage.FromAddress`.
    "unverified-sender", Error, "the sender of an e-mail is not verified", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(senders) = ctx.document.facts.account.and_then(|account| account.senders.as_ref()) else { return };
    for activity in &ctx.activities {
        let Some(Payload::Email(email)) = activity.payload else { continue };
        // Without one the channel's own sender is taken, which had to be verified to get there.
        let from = email.message_config().and_then(|config| config.from_address()).filter(|from| !from.is_empty());
        let Some(address) = from.map(address) else { continue };
        if senders.iter().any(|verified| covers(verified, address)) {
            continue;
        }
        let at = activity.payload_path().join("MessageConfig").join("FromAddress");
        let finding = found
            .report(at.clone(), format!("`{address}`, the sender of `{}`, is not verified", activity.id))
            .help("verify the address or its domain, or send from one that is");
        let mut addresses = senders.iter().filter(|sender| sender.contains('@'));
        if let (Some(only), None) = (addresses.next(), addresses.next()) {
            finding.set(format!("Send from {only}"), &at, only.as_str());
        }
    }
}

/// The address in `Ann <ann@shop.example>`, or the whole text.
fn address(from: &str) -> &str {
    let inner = from.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(from, |(address, _)| address).trim()
}

/// Whether a verified address is this one, or a verified domain its domain or one above it.
fn covers(verified: &str, address: &str) -> bool {
    let (verified, address) = (verified.to_lowercase(), address.to_lowercase());
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    verified == address
        || verified == domain
        || domain.strip_suffix(&verified).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1)
}
