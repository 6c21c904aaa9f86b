//! What `waymark serve` answers beside the API: its paths below `/waymark/`.

use aws_sdk_pinpoint::config::Builder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::Remote;
use crate::error::PublishError;
use crate::exact::Exact;

impl Remote {
    /// Asks one of the server's own paths, such as `/waymark/outbox`, with the target's address, credentials and time limits.
    ///
    /// The SDK has no operation for them: `GetApps`, whose answer has the same outline, is sent to another path.
    ///
    /// # Errors
    /// When the target can not be asked, or refuses; so do those that are no `waymark serve`, and Amazon's own addresses.
    pub async fn own(
        &self,
        method: &'static str,
        path: &str,
        query: &[(String, String)],
    ) -> Result<Value, PublishError> {
        const OPERATION: &str = "outbox";
        let place = || self.place.name.clone();
        let Some(address) = &self.address else {
            let reason = "Amazon keeps none".to_owned();
            return Err(PublishError::Refused { place: place(), operation: OPERATION, status: 404, reason });
        };
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let uri = format!("{address}{path}{}{}", if query.is_empty() { "" } else { "?" }, query.join("&"));
        let exact = Exact::new(None);
        let sent = self.client.get_apps().customize().config_override(Builder::new()).interceptor(exact.clone());
        let sent = sent.mutate_request(move |request| {
            // The address was one when the target was made.
            let _ = request.set_uri(uri.as_str());
            let _ = request.set_method(method);
        });
        match sent.send().await {
            Ok(_) => {
                exact.answer().map_err(|reason| PublishError::Strange { place: place(), operation: OPERATION, reason })
            }
            Err(error) => Err(self.place.explain(OPERATION, &error)),
        }
    }
}
