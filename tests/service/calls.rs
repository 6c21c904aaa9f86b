//! What a client called: the operations by the SDK's own names, and how they were answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_sdk_pinpoint::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_pinpoint::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_pinpoint::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use model::operations::OPERATIONS;

/// Notes every answer that a client gets.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<String, BTreeSet<u16>>>>);

impl Calls {
    /// Asserts that the client called each of these operations, and that each answered with the status of its success.
    pub fn assert(&self, operations: &[&str]) {
        let calls = self.0.lock().unwrap();
        for name in operations {
            let expected = OPERATIONS.iter().find(|operation| operation.name == *name).unwrap().code;
            let statuses = calls.get(*name).unwrap_or_else(|| panic!("{name} was not called"));
            assert!(statuses.contains(&expected), "{name}: expected {expected}, got {statuses:?}");
        }
    }
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "Calls"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let metadata = config.load::<Metadata>().ok_or("the request has no name")?;
        let mut calls = self.0.lock().map_err(|_| "another test failed")?;
        calls.entry(metadata.name().to_owned()).or_default().insert(context.response().status().as_u16());
        Ok(())
    }
}
