//! Puts endpoints on the target, so that a published journey finds someone.

use model::shapes;
use serde_json::Value;

use crate::error::PublishError;
use crate::remote::Remote;

/// Most endpoints of one `UpdateEndpointsBatch` (segments-and-endpoints.md 1).
const BATCH: usize = 100;

/// Writes endpoints (`EndpointBatchItem`, with `Id`) to an application; answers how many.
///
/// # Errors
/// When the target can not be reached or refuses; batches before that are written.
pub async fn load_people(remote: &Remote, application: &str, endpoints: &[Value]) -> Result<u64, PublishError> {
    for batch in endpoints.chunks(BATCH) {
        remote.update_endpoints(application, batch).await?;
    }
    Ok(endpoints.len() as u64)
}

/// An endpoint as `EndpointBatchItem`: members that only a response has (`CohortId`, `CreationDate`, …) are left out.
pub fn endpoint_item(mut endpoint: Value) -> Value {
    let members = shapes::find("EndpointBatchItem").map(shapes::Shape::members).unwrap_or_default();
    if let Some(object) = endpoint.as_object_mut() {
        object.retain(|name, _| members.iter().any(|member| member.name == name));
    }
    endpoint
}
