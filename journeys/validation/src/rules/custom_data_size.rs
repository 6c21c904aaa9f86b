use model::Payload;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a custom activity sends at most 5,000 characters of data.
    ///
    /// **Why it matters.** The service refuses more, even in a draft.
    ///
    /// **Bad example.** `MessageConfig.Data` with a whole product list.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"CUSTOM": {
    ///   "DeliveryUri": "greet",
    ///   "MessageConfig": {"Data": "<5001>"}
    /// }}}}}
    /// ```
    ///
    /// **How to fix it.** Send a key, and let the function look the rest up.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"CUSTOM": {
    ///   "DeliveryUri": "greet",
    ///   "MessageConfig": {"Data": "{\"product\": 7}"}
    /// }}}}}
    /// ```
    ///
    /// Source: journeys.md 3.1 and 10, J031; `JourneyCustomMessage.Data`.
    "custom-data-size", Error, "a custom activity sends too much data", Journey
}

const MOST: usize = 5_000;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(Payload::Custom(custom)) = activity.payload else { continue };
        let data = custom.message_config().and_then(|config| config.data()).unwrap_or_default();
        let count = data.chars().count();
        if count > MOST {
            found
                .report(
                    activity.payload_path().join("MessageConfig").join("Data"),
                    format!("`{}` sends {count} characters of data; {MOST} is the most", activity.id),
                )
                .help("send a key, and let the function look the rest up");
        }
    }
}
