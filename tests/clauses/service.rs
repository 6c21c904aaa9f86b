//! Clauses of api.md 8 (direct sending) and events-and-analytics.md 1 to 5 (events of the service, KPIs).

use super::Row;

pub const ROWS: &[Row] = &[
    ("api 8/11", "each recipient has its own answer; opted out, inactive, unknown, twice", &["src-tauri/pinpoint-local/src/tests/messages.rs::every_recipient_has_an_answer_of_its_own"]),
    ("api 8/12", "specific over push over default; raw content beats all; overrides and substitutions", &["src-tauri/pinpoint-local/src/tests/messages.rs::the_most_specific_message_wins_and_a_recipient_may_be_told_something_else"]),
    ("api 8/13", "templates; none of in-app", &["src-tauri/pinpoint-local/src/tests/messages.rs::templates_fill_what_the_request_leaves_open_and_failures_are_told"]),
    ("api 8/14", "users: every endpoint with a message", &["src-tauri/pinpoint-local/src/tests/messages.rs::users_get_a_message_at_every_endpoint_that_has_one"]),
    ("api 8/15", "one-time passwords", &["src-tauri/pinpoint-local/src/tests/messages.rs::a_code_is_good_once_for_its_number_and_reference", "src-tauri/pinpoint-local/src/api/otp.rs::numbers_and_codes"]),

    ("events 1.2/1", "the service tells of messages", &["src-tauri/pinpoint-local/src/tests/campaigns.rs::an_event_campaign_hears_what_the_service_tells_of_journeys_and_requests"]),
    ("events 5/1", "spans, names, rows", &["src-tauri/pinpoint-local/src/tests/kpis.rs::spans_and_names_have_their_limits"]),
    ("events 5.1/1", "campaigns of a project", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_a_campaign_and_of_all"]),
    ("events 5.2/1", "transactional e-mail", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_requests"]),
    ("events 5.3/1", "transactional SMS", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_requests"]),
    ("events 5.4/1", "one campaign", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_a_campaign_and_of_all"]),
    ("events 5.5/1", "e-mail of journeys", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_journeys"]),
];
