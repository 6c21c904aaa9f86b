use model::ActivityKind;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks whether the account may send e-mail to everybody. Only asked when the account is known.
    ///
    /// **Why it matters.** A new account is in the sandbox: its e-mail reaches verified addresses only, and little of it.
    ///
    /// **Bad example.** An e-mail, and `email_sandbox = true` below `[target.prod.account]` in `waymark.toml`.
    ///
    /// ```json
    /// {
    ///   "account": {"email_sandbox": true},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Ask for production access before publishing.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "account": {"email_sandbox": false},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}}
    /// }
    /// ```
    ///
    /// Source: journeys.md 10, J063.
    "email-sandbox", Warning, "the e-mail account is in the sandbox", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if ctx.document.facts.account.and_then(|account| account.email_sandbox) != Some(true) {
        return;
    }
    if let Some(first) = ctx.activities.iter().find(|activity| activity.kind() == Some(ActivityKind::Email)) {
        found
            .report(first.payload_path(), "the e-mail account is in the sandbox: only verified addresses get e-mail")
            .help("ask for production access before publishing");
    }
}
