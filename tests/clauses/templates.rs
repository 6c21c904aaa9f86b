//! Clauses of templates.md: 2 to 6 by section.

use super::Row;

pub const ROWS: &[Row] = &[
    ("templates 2/1", "numbers, active version, race guard, deletion", &["src-tauri/pinpoint-local/src/tests.rs::template_versions", "tests/service/operations.rs::templates_and_versions"]),
    ("templates 2/2", "the latest version is written over, numbers are not used again, latest is resolved once", &["src-tauri/pinpoint-local/src/tests/published.rs::only_the_latest_version_of_a_template_is_written_over", "src-tauri/pinpoint-local/src/tests/published.rs::without_a_version_the_active_template_goes_out_and_with_one_that_version"]),
    ("templates 2/3", "the template is gone: the message fails for good", &["src-tauri/pinpoint-local/src/tests/published.rs::a_message_whose_template_is_gone_fails_and_the_participant_goes_on"]),
    ("templates 3/1", "variables and lists", &["journeys/templates/tests/render.rs::every_variable_has_its_value", "journeys/templates/tests/render.rs::variables_print_as_the_table_says", "journeys/engine/src/rendering.rs::a_row_renders_as_its_json_does"]),
    ("templates 3/2", "address, message, endpoint, defaults", &["journeys/templates/tests/render.rs::values_come_from_address_message_endpoint_and_defaults_in_this_order"]),
    ("templates 3/3", "a missing value stops the message, or prints as nothing where that is asked for", &["journeys/templates/tests/render.rs::a_missing_value_stops_the_message_and_is_named", "journeys/templates/tests/check.rs::a_missing_value_is_named", "src-tauri/pinpoint-local/src/tests.rs::an_active_journey_runs"]),
    ("templates 3/4", "only HTML is escaped, and nothing is read twice", &["journeys/templates/tests/render.rs::only_html_is_escaped"]),
    ("templates 3/5", "default substitutions are a JSON object", &["rules/documents:defaults that can not be read", "journeys/templates/tests/render.rs::what_can_not_be_compiled_says_where_and_why"]),
    ("templates 4.1/1", "each and if", &["journeys/templates/tests/helpers.rs::blocks_4_1"]),
    ("templates 4.1/2", "each takes 15 items at most", &["journeys/templates/tests/helpers.rs::blocks_4_1"]),
    ("templates 4.2/1", "conditions, inline and as block", &["journeys/templates/tests/helpers.rs::conditions_4_2"]),
    ("templates 4.3/1", "texts", &["journeys/templates/tests/helpers.rs::texts_4_3"]),
    ("templates 4.3/2", "dates: words, patterns, zones", &["journeys/templates/tests/helpers.rs::dates_4_3", "journeys/templates/src/dates.rs::formats", "journeys/templates/src/dates.rs::reading", "journeys/templates/src/dates.rs::zones"]),
    ("templates 4.4/1", "numbers are decimal", &["journeys/templates/tests/helpers.rs::numbers_and_codes_4_4", "journeys/templates/src/decimal.rs::arithmetic_is_decimal"]),
    ("templates 4.4/2", "codes and digests", &["journeys/templates/tests/helpers.rs::numbers_and_codes_4_4"]),
    ("templates 4.4/3", "uuid", &["journeys/templates/tests/render.rs::unique_ids_come_from_the_seed"]),
    ("templates 4.5/1", "inline partials, defined above their use", &["journeys/templates/tests/helpers.rs::partials_and_the_rest_4_5", "journeys/templates/tests/render.rs::what_can_not_be_compiled_says_where_and_why"]),
    ("templates 4.5/2", "an unknown helper is refused", &["journeys/templates/tests/helpers.rs::an_unknown_helper_is_refused_4_5", "journeys/templates/tests/render.rs::what_can_not_be_compiled_says_where_and_why", "rules/documents:a brace too few, and a helper that does not exist"]),
    ("templates 5/1", "sizes of templates", &["journeys/templates/src/limits.rs::template_sizes", "rules/documents:an SMS that is too long, and many headers", "rules/documents:a large in-app template"]),
    ("templates 5/2", "parts of an SMS", &["journeys/templates/src/sms.rs::check_values", "journeys/templates/src/sms.rs::the_tables_of_gsm_03_38"]),
    ("templates 5/3", "a text message that is too long is an invalid message", &["journeys/templates/tests/check.rs::a_text_message_that_is_too_long_is_an_invalid_message"]),
    ("templates 5/4", "sizes of messages; a payload that is too large fails for good", &["journeys/templates/src/limits.rs::message_sizes", "journeys/templates/tests/check.rs::a_payload_that_is_too_large_says_the_figures"]),
    ("templates 6/1", "limits of a recommender configuration; 100 in an account", &["src-tauri/pinpoint-local/src/tests/people.rs::recommender_configurations"]),
];
