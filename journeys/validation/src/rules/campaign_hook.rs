use model::wire::Mode;
use model::{View, path, wire};

use crate::rules::delivery_uri::{callable, secured};
use crate::{Document, Findings};

rule! {
    /// Checks that a campaign's hook names either a function or an https address, and filters: mode `DELIVERY` no longer
    /// works.
    ///
    /// **Why it matters.** The service refuses the campaign.
    ///
    /// **Bad example.** `"Hook": {"Mode": "FILTER"}`
    ///
    /// ```json
    /// {"campaigns/news": {"Hook": {"Mode": "FILTER"}}}
    /// ```
    ///
    /// **How to fix it.** Name the function as `LambdaFunctionName`, or the address as `WebUrl`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"Hook": {"Mode": "FILTER", "LambdaFunctionName": "choose"}}}
    /// ```
    ///
    /// Source: campaigns.md 7 and 11, C018 (chosen); `CampaignHook`.
    "campaign-hook", Error, "a campaign's hook can not be called", Campaign
}

fn check(_: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let at = path!["Hook"];
    let Some(hook) = campaign.hook().filter(|hook| !hook.object().is_empty()) else { return };
    if hook.mode() == Some(Mode::Delivery) {
        let at = at.join("Mode");
        found
            .report(at.clone(), "a hook with mode `DELIVERY` no longer works")
            .help("choose mode `FILTER`, or send by a custom channel")
            .set("Filter instead", &at, "FILTER");
    }
    let function = hook.lambda_function_name().filter(|name| !name.is_empty());
    match (function, hook.web_url().filter(|address| !address.is_empty())) {
        (None, None) => {
            found
                .report(at.clone(), "the hook names neither a function nor an address")
                .help("name a Lambda function, or take the hook away")
                .remove("Remove the hook", at);
        }
        (Some(_), Some(_)) => {
            let at = at.join("WebUrl");
            found
                .report(at.clone(), "the hook names both a function and an address")
                .help("keep one of them")
                .remove("Call the function only", at);
        }
        (None, Some(address)) if !(address.starts_with("https://") && callable(address)) => {
            let at = at.join("WebUrl");
            let finding = found
                .report(at.clone(), format!("`{address}` is not an https address"))
                .help("write the address with `https://`");
            if let Some(secure) = secured(address) {
                finding.set("Call it with https", &at, secure);
            }
        }
        _ => {}
    }
}
