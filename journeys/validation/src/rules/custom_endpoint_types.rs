use model::Payload;
use serde_json::Value;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a custom activity does not exclude every type of endpoint.
    ///
    /// **Why it matters.** With an empty list the call would be made for nobody.
    ///
    /// **Bad example.** `"EndpointTypes": []`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"CUSTOM": {
    ///   "DeliveryUri": "greet",
    ///   "EndpointTypes": []
    /// }}}}}
    /// ```
    ///
    /// **How to fix it.** List the types to call for; without the member it is `CUSTOM`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"CUSTOM": {
    ///   "DeliveryUri": "greet",
    ///   "EndpointTypes": ["EMAIL"]
    /// }}}}}
    /// ```
    ///
    /// Source: journeys.md 3.1 and 10, J032; `CustomMessageActivity.EndpointTypes`.
    "custom-endpoint-types", Error, "a custom activity is for no endpoint", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in ctx.activities.iter().filter(|activity| matches!(activity.payload, Some(Payload::Custom(_)))) {
        let at = activity.payload_path().join("EndpointTypes");
        if at.find(ctx.document.root).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            found
                .report(at.clone(), format!("`{}` is for no type of endpoint", activity.id))
                .help("list the types, for example `EMAIL`, or take the member away for `CUSTOM`")
                .remove("Call for custom endpoints", at);
        }
    }
}
