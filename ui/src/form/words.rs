//! Names and words of the API as people read them.

/// A member's name as people read it: `MessagesPerSecond` is "Messages per second".
pub fn words(name: &str) -> String {
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

/// `GREATER_THAN` as "greater than".
pub fn plain(word: &str) -> String {
    if word.contains('_') || word.len() > 5 { word.replace('_', " ").to_lowercase() } else { word.to_owned() }
}

/// What one element of a list or map is called: its label in small letters, "value" where it has none.
pub fn unit_word(unit: &str) -> String {
    if unit.is_empty() { "value".to_owned() } else { unit.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::words;

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
            assert_eq!(words(name), expected);
        }
    }
}
