//! Clauses of campaigns.md: 11 by number, 2 to 9 by section.

use super::Row;

pub const ROWS: &[Row] = &[
    ("C001", "segment missing, unknown, or of a version that is not there", &["rules/campaigns:a campaign for nobody", "rules/campaigns:a version of the segment that is not there"]),
    ("C002", "a start that is missing or can not be read", &["rules/campaigns:a campaign without a time"]),
    ("C003", "end before start; no end is fine", &["rules/campaigns:a campaign without a time", "rules/campaigns:a campaign that repeats without end"]),
    ("C004", "unknown frequency, time zone, clock", &["rules/campaigns:words and times that a campaign's schedule does not know"]),
    ("C005", "event and frequency do not fit", &["rules/campaigns:events that do not fit the frequency"]),
    ("C006", "event campaign for a list", &["rules/campaigns:an event campaign for a list"]),
    ("C007", "event campaign less than 15 minutes ahead", &["rules/campaigns:event campaigns that start too soon", "rules/campaigns:dates when the present is not known"]),
    ("C008", "start in the past", &["rules/campaigns:a campaign's start is past", "rules/campaigns:dates when the present is not known"]),
    ("C009", "nothing to send", &["rules/campaigns:a campaign with nothing to send"]),
    ("C010", "a custom message with nowhere to go", &["rules/campaigns:a custom message with nowhere to go"]),
    ("C011", "whom a custom message calls", &["rules/campaigns:a custom message to an address that is none"]),
    ("C012", "custom data and push bodies too large", &["rules/campaigns:messages that are too large"]),
    ("C013", "headers of an e-mail", &["rules/campaigns:headers that are too many and too long"]),
    ("C014", "more than four additional treatments", &["rules/campaigns:five additional treatments"]),
    ("C015", "shares of treatments", &["rules/campaigns:shares that are none", "rules/campaigns:a campaign with too many shares, somewhere"]),
    ("C016", "share of the holdout", &["rules/campaigns:shares that are none", "rules/campaigns:a campaign with too many shares, somewhere"]),
    ("C017", "limits out of range", &["rules/campaigns:a campaign's limits out of range"]),
    ("C018", "a hook that can not be called", &["rules/campaigns:hooks that can not be called", "rules/campaigns:an empty hook"]),
    ("C019", "templates that are not there, of the wrong kind, or spoken", &["rules/campaigns:a campaign with nothing to send", "rules/campaigns:templates of the wrong kind"]),
    ("C020", "a channel that is not enabled; custom and in-app always are", &["rules/accounts:channels that are not enabled", "rules/accounts:an account that allows all"]),
    ("C021", "more than 200 active campaigns", &["rules/campaigns:two hundred and one campaigns", "rules/campaigns:two hundred campaigns"]),
    ("C022", "more than 25 event or in-app campaigns", &["rules/campaigns:twenty-six event campaigns", "rules/campaigns:twenty-six in-app campaigns", "rules/campaigns:twenty-five event campaigns, and in-app ones"]),
    ("C023", "sizes of an in-app message", &["rules/campaigns:an in-app message that is too large", "rules/documents:a large in-app template"]),
    ("C024", "an immediate campaign is paused", &["rules/campaigns:an immediate campaign is paused"]),
    ("C025", "changes of a campaign that was sent", &["rules/campaigns:a campaign that was sent"]),
    ("C026", "a list of more than 100 million", &["rules/campaigns:a list of more than 100 million"]),
    ("C027", "a template version that is not there", &["rules/campaigns:a version of a template that is not there"]),

    ("campaigns 3/1", "a campaign that repeats may go on without end", &["rules/campaigns:a campaign that repeats without end"]),
    ("campaigns 3/2", "the shorter list of time zones", &["rules/campaigns:words and times that a campaign's schedule does not know"]),
    ("campaigns 4/1", "what a treatment does not say, it takes from the campaign", &["rules/campaigns:campaigns as they should be"]),
];
