//! Activities in sentences, by the names that the canvas shows.

use crate::Journey;

/// What may have the same name as an activity, when it is said to be that.
const OTHERS: &[&str] =
    &["template ", "segment ", "journey ", "campaign ", "event ", "attribute ", "metric ", "variable ", "member "];

/// A sentence about a journey, with each activity whose id stands in backticks by its label: ``came to `wait1` (wait)`` is
/// "came to “A day to look around” (wait)". Activities without a description, and what is said to be something else, keep
/// their backticks.
pub fn by_label(journey: Journey<'_>, text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for (place, piece) in text.split('`').enumerate() {
        if place % 2 == 0 {
            told.push_str(piece);
            continue;
        }
        let is_other = OTHERS.iter().any(|word| told.ends_with(word));
        let activity = journey.activity(piece).filter(|_| !is_other);
        let (open, name, close) = match activity.map(|activity| activity.label()).filter(|label| *label != piece) {
            Some(label) => ('“', label, '”'),
            None => ('`', piece, '`'),
        };
        told.push(open);
        told.push_str(name);
        told.push(close);
    }
    told
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn activities_are_called_as_on_the_canvas() {
        let document = json!({"Activities": {
            "welcome": {"Description": "Say hello", "EMAIL": {}},
            "pause": {"Wait": {}},
        }});
        let journey = Journey::of(&document).expect("a journey");
        for (text, told) in [
            ("came to `welcome` (email)", "came to “Say hello” (email)"),
            ("`welcome` was sent with template `welcome`", "“Say hello” was sent with template `welcome`"),
            ("came to `pause` (wait)", "came to `pause` (wait)"),
            ("no `_email.open` of `welcome`", "no `_email.open` of “Say hello”"),
            ("is in segment `welcome`", "is in segment `welcome`"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(by_label(journey, text), told);
        }
    }
}
