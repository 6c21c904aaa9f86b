//! Clauses of api.md 8 (direct sending) and events-and-analytics.md 1 to 5 (events of the service, KPIs).

use super::Row;

pub const ROWS: &[Row] = &[
    ("api 8/11", "each recipient has its own answer; opted out, inactive, unknown, twice", &["src-tauri/pinpoint-local/src/tests/messages.rs::every_recipient_has_an_answer_of_its_own"]),
    ("api 8/12", "specific over push over default; raw content beats all; overrides and substitutions", &["src-tauri/pinpoint-local/src/tests/messages.rs::the_most_specific_message_wins_and_a_recipient_may_be_told_something_else"]),
    ("api 8/13", "templates; none of in-app", &["src-tauri/pinpoint-local/src/tests/messages.rs::templates_fill_what_the_request_leaves_open_and_failures_are_told"]),
    ("api 8/14", "users: every endpoint with a message", &["src-tauri/pinpoint-local/src/tests/messages.rs::users_get_a_message_at_every_endpoint_that_has_one"]),
    ("api 8/15", "one-time passwords", &["src-tauri/pinpoint-local/src/tests/messages.rs::a_code_is_good_once_for_its_number_and_reference", "src-tauri/pinpoint-local/src/api/otp.rs::numbers_and_codes"]),

    ("events 1.2/1", "the service tells of messages", &["src-tauri/pinpoint-local/src/tests/campaigns.rs::an_event_campaign_hears_what_the_service_tells_of_journeys_and_requests"]),
    ("events 1/2", "at least once, in the order of each endpoint; files", &["src-tauri/pinpoint-local/src/tests/stream.rs::what_was_not_noted_comes_once_more_and_each_endpoint_stays_in_order", "src-tauri/pinpoint-local/src/tests/stream.rs::a_server_goes_on_where_it_was", "src-tauri/pinpoint-local/src/tests/stream.rs::a_file_is_written_once_and_never_over_another", "src-tauri/pinpoint-local/src/tests/stream.rs::parquet_says_what_json_lines_say"]),
    ("events 1/3", "Kinesis and Firehose: from PutEventStream on, a record a line, in order across retries", &["tests/service/streams.rs::kinesis_and_firehose_get_every_event_in_the_order_of_its_endpoint", "src-tauri/delivery/src/streams.rs::records_of_a_key_stay_in_order_when_one_is_not_taken", "src-tauri/delivery/src/streams.rs::firehose_has_its_own_words_and_what_is_refused_for_good_is_not_repeated"]),
    ("events 1/5", "a stream that fails holds up no other, and what waits is told", &["src-tauri/pinpoint-local/src/tests/stream.rs::a_stream_that_fails_rests_alone_and_the_meter_tells_what_waits", "src-tauri/pinpoint-local/src/tests/stream.rs::a_slow_stream_has_one_batch_on_its_way"]),
    ("events 1.1/1", "the common record, as the simulator reads it", &["src-tauri/pinpoint-local/src/tests/stream.rs::what_is_written_the_simulator_reads", "src-tauri/pinpoint-local/src/tests/stream.rs::clause_1_the_members_of_each_family", "src-tauri/pinpoint-local/src/stream/record.rs::clause_1_1_an_event_of_the_service_has_no_device_and_no_session"]),
    ("events 1.2/2", "the record of a campaign's event", &["src-tauri/pinpoint-local/src/tests/stream.rs::clause_1_the_members_of_each_family"]),
    ("events 1.3/1", "the record of a journey's event", &["src-tauri/pinpoint-local/src/tests/stream.rs::clause_1_the_members_of_each_family"]),
    ("events 1.4/1", "the record of an e-mail's event: facets, and the moment of sending", &["src-tauri/pinpoint-local/src/tests/stream.rs::clause_1_the_members_of_each_family", "src-tauri/pinpoint-local/src/stream/record.rs::clause_1_4_all_events_of_an_email_have_the_moment_of_its_sending"]),
    ("events 2/1", "_email.open: the image was fetched; _email.click: a tracked link was followed", &["src-tauri/pinpoint-local/src/tests/deliver.rs::a_click_on_a_tracked_mail_drives_the_split_and_leads_only_where_it_was_signed_to", "tests/service/delivery.rs::a_tracked_mail_tells_of_its_opening_and_its_click", "src-tauri/pinpoint-local/src/tests/deliver.rs::mail_is_sent_as_it_was_written_unless_tracking_is_asked_for", "src-tauri/delivery/src/tracking.rs::links_lead_over_us_and_the_image_stands_at_the_end", "src-tauri/delivery/src/tracking.rs::all_else_stays_as_it_is", "src-tauri/delivery/src/tracking.rs::a_line_break_in_a_link_can_not_begin_a_header"]),
    ("events 1.5/1", "the record of a text message's event: the country of its number", &["src-tauri/pinpoint-local/src/stream/record.rs::clause_1_5_a_text_message_says_where_its_number_is"]),
    ("events 1.5/2", "no answer of a carrier in 72 hours is UNKNOWN", &["src-tauri/pinpoint-local/src/tests/deliver.rs::a_text_message_that_nobody_confirms_is_unknown_after_72_hours"]),
    ("events 1/4", "voice has no events: only the outbox tells how a call ended", &["src-tauri/pinpoint-local/src/tests/deliver.rs::voice_has_no_events_but_its_outbox_tells", "src-tauri/delivery/src/receipt/sms.rs::a_call_tells_how_it_ended"]),
    ("events 1.6/1", "the record of an app's event", &["src-tauri/pinpoint-local/src/stream/record.rs::clause_1_6_an_event_of_an_app"]),
    ("events 3/1", "each endpoint and each event has its own answer; an event makes its endpoint known", &["src-tauri/pinpoint-local/src/tests/people.rs::each_part_of_an_item_of_events_has_its_own_answer"]),
    ("events 5/1", "spans, names, rows", &["src-tauri/pinpoint-local/src/tests/kpis.rs::spans_and_names_have_their_limits"]),
    ("events 5/2", "shown as tables with plots, and written to files", &["src-tauri/workbench/tests/live.rs::kpis_of_a_journey_and_of_its_application_are_shown_and_written"]),
    ("events 5.1/1", "campaigns of a project", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_a_campaign_and_of_all"]),
    ("events 5.2/1", "transactional e-mail", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_requests"]),
    ("events 5.3/1", "transactional SMS", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_requests"]),
    ("events 5.4/1", "one campaign", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_a_campaign_and_of_all", "src-tauri/workbench/src/live/campaign.rs::what_came_of_a_treatment_is_of_the_runs_that_ended_long_enough_ago"]),
    ("events 5.5/1", "e-mail of journeys", &["src-tauri/pinpoint-local/src/tests/kpis.rs::kpis_of_journeys"]),
];
