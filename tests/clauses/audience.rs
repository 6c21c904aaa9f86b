//! Clauses of segments-and-endpoints.md: 6 by number, 1 to 3 by section.

use super::Row;

pub const ROWS: &[Row] = &[
    ("S001", "dimensions and groups; neither is everybody", &["rules/documents:dimensions and groups", "rules/documents:documents as they should be", "journeys/audience/tests/segments.rs::errors_name_what_is_wrong", "journeys/audience/tests/segments.rs::reasons_show_the_values_seen"]),
    ("S002", "unknown words, values that do not fit the comparison", &["rules/documents:values that do not fit", "rules/documents:an operator that does not exist", "rules/documents:recency by halves, and words that do not exist", "rules/documents:a channel that does not exist", "journeys/audience/tests/segments.rs::errors_name_what_is_wrong"]),
    ("S003", "too many criteria, too many or too long values", &["rules/documents:a value that is too long", "journeys/validation/tests/projects.rs::a_segment_of_101_criteria_or_101_values_is_too_large"]),
    ("S004", "unknown sources, a list among other sources", &["rules/documents:sources that are not there", "rules/documents:an imported source beside others", "src-tauri/pinpoint-local/src/tests.rs::segment_versions_and_sources"]),
    ("S005", "a list as source, and a second group", &["rules/documents:an imported source beside others"]),
    ("S006", "recency by halves", &["rules/documents:recency by halves, and words that do not exist", "journeys/audience/tests/segments.rs::errors_name_what_is_wrong"]),
    ("S007", "an imported segment is not edited", &["src-tauri/pinpoint-local/src/tests/clauses.rs::an_imported_segment_is_not_edited"]),
    ("N001", "sizes of an endpoint, its names and values", &["src-tauri/pinpoint-local/src/tests/clauses.rs::an_endpoint_keeps_its_limits", "journeys/audience/tests/store.rs::limits_and_types_are_problems_that_name_the_member"]),
    ("N002", "more than 250 names in a project", &["src-tauri/pinpoint-local/src/tests/clauses.rs::an_endpoint_keeps_its_limits", "journeys/audience/tests/store.rs::limits_and_types_are_problems_that_name_the_member"]),
    ("N003", "the sixteenth endpoint of a user", &["src-tauri/pinpoint-local/src/tests.rs::a_sixteenth_endpoint_finds_room_only_among_push"]),
    ("N004", "unknown channel, opt-out, status", &["src-tauri/pinpoint-local/src/tests.rs::an_endpoint_merges", "journeys/audience/tests/store.rs::limits_and_types_are_problems_that_name_the_member"]),
    ("N005", "a batch of more than 100, or without an id", &["src-tauri/pinpoint-local/src/tests/clauses.rs::a_batch_has_at_most_100_items", "src-tauri/pinpoint-local/src/tests.rs::a_batch_is_all_or_nothing"]),
    ("I001", "files that can not be imported; jobs are not served yet", &["journeys/audience/tests/store.rs::csv_problems_name_line_and_column_and_the_rest_is_read", "src-tauri/pinpoint-local/src/tests/clauses.rs::import_jobs_are_not_served_yet"]),
    ("I002", "more than ten running jobs; they are not served yet", &["src-tauri/pinpoint-local/src/tests/clauses.rs::import_jobs_are_not_served_yet"]),

    ("segments 1/1", "coordinates to one decimal, a bare text is a list of one", &["src-tauri/pinpoint-local/src/tests.rs::an_endpoint_merges"]),
    ("segments 1.1/1", "members are kept, lists replaced, names removed by an empty list", &["src-tauri/pinpoint-local/src/tests.rs::an_endpoint_merges", "journeys/audience/tests/store.rs::a_write_merges_into_what_is_there"]),
    ("segments 1.1/2", "user attributes belong to the user; an empty user id detaches", &["src-tauri/pinpoint-local/src/tests.rs::user_attributes_belong_to_the_user", "journeys/audience/tests/store.rs::user_attributes_belong_to_the_user"]),
    ("segments 1.2/1", "the last writer of an address keeps it", &["journeys/audience/tests/store.rs::the_last_writer_of_an_address_keeps_it", "src-tauri/pinpoint-local/src/tests.rs::user_attributes_belong_to_the_user"]),
    ("segments 1.3/1", "fifteen endpoints of a user; the oldest push one gives way", &["src-tauri/pinpoint-local/src/tests.rs::a_sixteenth_endpoint_finds_room_only_among_push"]),
    ("segments 1.4/1", "a batch is all or nothing, in order", &["src-tauri/pinpoint-local/src/tests.rs::a_batch_is_all_or_nothing"]),
    ("segments 1.5/1", "endpoints of a user, read and deleted together", &["src-tauri/pinpoint-local/src/tests.rs::user_attributes_belong_to_the_user", "tests/service/operations.rs::endpoints_and_users"]),
    ("segments 2.1/1", "operators of attributes", &["journeys/audience/tests/segments.rs::operators_of_attributes", "journeys/audience/tests/segments.rs::absent_operator_is_inclusive_and_a_user_attribute_needs_no_user"]),
    ("segments 2.1/2", "operators of metrics", &["journeys/audience/tests/segments.rs::operators_of_metrics"]),
    ("segments 2.1/3", "demographics, country, radius, recency", &["journeys/audience/tests/segments.rs::demographics_location_and_recency", "journeys/audience/tests/segments.rs::an_event_counts_as_activity"]),
    ("segments 2.2/1", "groups, sources and their words", &["journeys/audience/tests/segments.rs::groups_combine_as_the_table_says"]),
    ("segments 2.2/2", "segments made of each other end", &["journeys/audience/tests/segments.rs::errors_name_what_is_wrong", "src-tauri/pinpoint-local/src/tests.rs::segment_versions_and_sources", "rules/documents:a segment made of itself"]),
    ("segments 2.3/1", "a list of users stands for all their endpoints", &["journeys/audience/tests/segments.rs::imported_segments_are_lists_of_endpoints_and_users"]),
    ("segments 2.4/1", "versions of a segment, and deletion", &["src-tauri/pinpoint-local/src/tests.rs::segment_versions_and_sources", "tests/service/operations.rs::segments_and_versions"]),
    ("segments 3/1", "CSV: quotes, blanks, repeated columns", &["journeys/audience/tests/store.rs::csv_reads_quotes_blanks_repeated_columns_and_line_ends"]),
    ("segments 3/2", "JSON: an object a line", &["journeys/audience/tests/store.rs::json_lines_and_documents"]),
    ("segments 3/3", "files of users only", &["journeys/audience/tests/store.rs::files_of_users_only"]),
    ("segments 3/4", "an endpoint without id gets the same one again", &["journeys/audience/tests/store.rs::an_id_is_made_up_once"]),
];
