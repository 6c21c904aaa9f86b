//! api.md 1, 2, 10 and 11: the protocol, who may ask, refusals, rates, operations.

use super::Row;

pub const ROWS: &[Row] = &[
    ("api 1/1", "Signature Version 4 with the signing name mobiletargeting", &["tests/service/guarded.rs::the_right_key_works_on_every_kind_of_path", "tests/service/guarded.rs::a_wrong_key_or_an_altered_request_is_a_403", "src-tauri/pinpoint-local/src/tests/guarded.rs::a_request_is_taken_as_it_was_signed_and_not_otherwise", "tests/service/other_clients.rs::boto3", "tests/service/other_clients.rs::aws_cli"]),
    ("api 1/6", "7 MB a request, 4 MB of events, more is a 413", &["src-tauri/pinpoint-local/src/tests/connections.rs::too_much_is_refused_before_it_is_read", "src-tauri/pinpoint-local/src/tests.rs::refusals_come_in_the_order_of_the_reference"]),
    ("api 1/7", "every answer has the id of its request", &["src-tauri/pinpoint-local/src/tests.rs::an_error_has_message_id_and_type"]),
    ("api 1/8", "other methods are a 405, a slash at the end is tolerated", &["src-tauri/pinpoint-local/src/route.rs::other_methods_and_paths_are_told_apart"]),
    ("api 2/1", "403 for a signature or a permission, never a 500 for what came in", &["src-tauri/pinpoint-local/src/tests/guarded.rs::each_operation_is_refused_without_its_permission", "src-tauri/pinpoint-local/src/access/permission.rs::each_of_the_122_operations_asks_for_one_permission", "tests/service/guarded.rs::a_key_does_what_it_is_permitted_to", "src-tauri/pinpoint-local/src/tests/hostile.rs::no_request_gives_a_500_or_a_panic"]),
    ("api 2/4", "access keys change while the server runs", &["src-tauri/pinpoint-local/src/tests/guarded.rs::keys_are_read_again_and_a_broken_file_changes_nothing"]),
    ("api 2/2", "message and request id in the body, the exception in a header", &["src-tauri/pinpoint-local/src/tests.rs::an_error_has_message_id_and_type", "src-tauri/pinpoint-local/src/tests/guarded.rs::a_request_is_taken_as_it_was_signed_and_not_otherwise"]),
    ("api 2/3", "the order of refusal", &["src-tauri/pinpoint-local/src/tests.rs::refusals_come_in_the_order_of_the_reference", "src-tauri/pinpoint-local/src/tests.rs::over_its_rate_an_operation_is_a_429_before_it_is_read"]),
    ("api 10/1", "a rate and a burst of each operation, over it a 429 that names the quota", &["src-tauri/pinpoint-local/src/rates.rs::a_burst_is_as_large_as_the_rate_and_each_operation_has_its_own", "src-tauri/pinpoint-local/src/rates.rs::a_refusal_names_the_quota", "src-tauri/pinpoint-local/src/tests.rs::over_its_rate_an_operation_is_a_429_before_it_is_read"]),
    ("api 11/1", "all 122 operations answer in their shapes", &["tests/service/operations/mod.rs::every_operation_is_called", "tests/service/other_clients.rs::every_operation_answers_boto3_as_its_model_says"]),
];
