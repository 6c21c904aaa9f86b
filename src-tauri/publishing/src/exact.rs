//! Sends and reads the JSON itself through the SDK, so that members that the SDK does not know are not lost.
//!
//! The SDK still does the rest: addresses, signing, retries, errors; and it parses every answer, which fails for one that
//! is not Pinpoint's.

use std::sync::{Arc, Mutex};

use aws_sdk_pinpoint::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_sdk_pinpoint::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_pinpoint::error::BoxError;
use serde_json::Value;

/// Replaces the body of one request and keeps the body of its answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exact {
    body: Option<Arc<str>>,
    answer: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Exact {
    /// For a request with this JSON as its body; the SDK's own body when absent.
    pub(crate) fn new(body: Option<&Value>) -> Exact {
        Exact { body: body.map(|body| Arc::from(body.to_string())), answer: Arc::default() }
    }

    /// The JSON of the last answer.
    pub(crate) fn answer(&self) -> Result<Value, String> {
        let answer = self.answer.lock().map_err(|_| "its answer was lost".to_owned())?.take();
        let answer = answer.ok_or("it has no answer")?;
        serde_json::from_slice(&answer).map_err(|error| format!("its answer is not JSON: {error}"))
    }
}

impl Intercept for Exact {
    fn name(&self) -> &'static str {
        "Exact"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(body) = &self.body {
            let request = context.request_mut();
            request.headers_mut().insert("content-length", body.len().to_string());
            request.headers_mut().insert("content-type", "application/json");
            *request.body_mut() = body.as_bytes().to_vec().into();
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Ok(mut answer) = self.answer.lock() {
            *answer = context.response().body().bytes().map(<[u8]>::to_vec);
        }
        Ok(())
    }
}
