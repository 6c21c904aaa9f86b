//! What a change of the settings is called.

use serde_json::Number;

/// What it is called to set the price of a message of a channel, or with `None` to take it away: "Change price of an SMS to
/// 0.02".
pub fn price(channel: &str, price: Option<&Number>) -> String {
    let one = match channel {
        "email" => "an e-mail",
        "sms" => "an SMS",
        "push" => "a push notification",
        "voice" => "a call",
        _ => "a custom message",
    };
    match price {
        Some(price) => format!("Change price of {one} to {price}"),
        None => format!("Clear price of {one}"),
    }
}

/// What it is called to say whether a member of people tells who somebody is: "Mark Attributes.Notes as personal".
pub fn mark(path: &str, personal: bool) -> String {
    format!("Mark {path} as {}", if personal { "personal" } else { "not personal" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_settings_are_named() {
        let number = |text: &str| serde_json::from_str::<Number>(text).ok();
        for (channel, value, expected) in [
            ("sms", number("0.02"), "Change price of an SMS to 0.02"),
            ("email", number("0.0001"), "Change price of an e-mail to 0.0001"),
            ("voice", None, "Clear price of a call"),
        ] {
            assert_eq!(price(channel, value.as_ref()), expected);
        }
        assert_eq!(mark("Attributes.Notes", true), "Mark Attributes.Notes as personal");
        assert_eq!(mark("Attributes.ZIP", false), "Mark Attributes.ZIP as not personal");
    }
}
