//! Names and words of the API as people read them; [`change()`]: a member that differs as a sentence; [`edit()`], [`price()`],
//! [`mark()`]: what an edit is called; [`by_label()`]: activities as the canvas calls them.

mod change;
mod edit;
mod label;
mod setting;

pub use change::change;
pub use edit::edit;
pub use label::by_label;
pub use setting::{mark, price};

/// A member's name as people read it: `MessagesPerSecond` is "Messages per second".
pub fn member(name: &str) -> String {
    let known = match name {
        "WaitFor" => "For",
        "WaitUntil" => "Until",
        "NextActivity" => "Then",
        "TrueActivity" => "Yes leads to",
        "FalseActivity" => "No leads to",
        "DefaultActivity" => "Else leads to",
        "TemplateName" => "Template",
        "TemplateVersion" => "Template version",
        "SegmentId" => "Segment",
        "MessageActivity" => "Message",
        "EvaluationWaitTime" => "Judge after",
        "DeliveryUri" => "Function or webhook",
        "EndpointReentryCap" => "Entries per person",
        "EndpointReentryInterval" => "Pause between entries",
        "DailyCap" => "Messages per person in 24 hours",
        "TotalCap" => "Messages per person in all",
        "MessagesPerSecond" => "Messages per second",
        "LocalTime" => "Each person's local time",
        "WaitForQuietTime" => "Hold messages during quiet time",
        "SendingSchedule" => "Use open hours and closed days",
        "RefreshFrequency" => "Look for new members every",
        "RefreshOnSegmentUpdate" => "Also when the segment changes",
        "TimezoneEstimationMethods" => "Estimate missing time zones by",
        "JourneyChannelSettings" => "Contact centre",
        "StartTime" => "Start",
        "EndTime" => "End",
        "GPSPoint" => "Near a place",
        "EventStartCondition" => "Event",
        "SegmentStartCondition" => "Segment",
        "SegmentDimensions" | "segmentDimensions" => "Attributes",
        "SegmentCondition" => "Segment",
        "EventCondition" => "Event",
        "FromAddress" => "Sender address",
        "MessageConfig" => "Message settings",
        "TimeToLive" => "Time to live (seconds)",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let mut out = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (i, c) in letters.iter().enumerate() {
        // between words, and behind an abbreviation: `SMSTemplate`
        let begins = letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        let breaks = i > 0 && c.is_uppercase() && (letters[i - 1].is_lowercase() || begins);
        if breaks {
            out.push(' ');
        }
        let keep = i == 0 || (c.is_uppercase() && letters.get(i + 1).is_none_or(|next| next.is_uppercase()));
        if keep { out.push(*c) } else { out.extend(c.to_lowercase()) }
    }
    out
}

/// A word of the API: `GREATER_THAN` as "greater than".
pub fn word(word: &str) -> String {
    if word.contains('_') || word.len() > 5 { word.replace('_', " ").to_lowercase() } else { word.to_owned() }
}

/// With a small first letter, unless it is an abbreviation.
pub(crate) fn small(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(name.chars().skip(1)).collect()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_words() {
        let cases = [
            ("SMSTemplate", "SMS template"),
            ("InAppTemplate", "In app template"),
            ("APNSMessage", "APNS message"),
            ("MessagesPerSecond", "Messages per second"),
            ("SMS", "SMS"),
            ("Title", "Title"),
        ];
        for (name, expected) in cases {
            assert_eq!(member(name), expected);
        }
    }
}
