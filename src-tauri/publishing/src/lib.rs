//! Plan and apply through aws-sdk-pinpoint.
