//! A request that is not carried out, as the API says it (api.md 2).

use axum::http::StatusCode;

/// Why a request is not carried out: the exception of the API and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The exception.
    pub exception: Exception,
    /// A sentence that names the member or resource.
    pub message: String,
}

/// What a handler gives.
pub type Result<T> = std::result::Result<T, Refusal>;

/// The exceptions of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// 400: syntax, validation, limits of a resource.
    BadRequest,
    /// 403: who asks may not.
    Forbidden,
    /// 404: project, resource or version unknown.
    NotFound,
    /// 405: the path has no such method.
    MethodNotAllowed,
    /// 409: only `UpdateJourney`.
    Conflict,
    /// 413: body too large.
    PayloadTooLarge,
    /// 429: too much at the same time.
    TooManyRequests,
    /// 500: our fault.
    InternalServerError,
}

impl Exception {
    /// HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Exception::BadRequest => StatusCode::BAD_REQUEST,
            Exception::Forbidden => StatusCode::FORBIDDEN,
            Exception::NotFound => StatusCode::NOT_FOUND,
            Exception::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Exception::Conflict => StatusCode::CONFLICT,
            Exception::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Exception::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Exception::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The type name, for the header `x-amzn-ErrorType`.
    pub fn name(self) -> &'static str {
        match self {
            Exception::BadRequest => "BadRequestException",
            Exception::Forbidden => "ForbiddenException",
            Exception::NotFound => "NotFoundException",
            Exception::MethodNotAllowed => "MethodNotAllowedException",
            Exception::Conflict => "ConflictException",
            Exception::PayloadTooLarge => "PayloadTooLargeException",
            Exception::TooManyRequests => "TooManyRequestsException",
            Exception::InternalServerError => "InternalServerErrorException",
        }
    }
}

impl Refusal {
    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal { exception: Exception::BadRequest, message: message.into() }
    }

    /// 404.
    pub fn not_found(message: impl Into<String>) -> Refusal {
        Refusal { exception: Exception::NotFound, message: message.into() }
    }

    /// Any other.
    pub fn new(exception: Exception, message: impl Into<String>) -> Refusal {
        Refusal { exception, message: message.into() }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the store failed");
        Refusal::new(Exception::InternalServerError, "the store could not be read or written")
    }
}
