//! The operations of the API: the route table of the local Pinpoint.
//!
//! Constants come from `table.rs`, which is generated. Source: the service's API model 2016-12-01, all 122 operations.

pub use crate::table::OPERATIONS;

/// One operation of the API.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Name, `CreateJourney`.
    pub name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path with its parameters in braces, `/v1/apps/{application-id}/journeys`.
    pub path: &'static str,
    /// HTTP status of a success.
    pub code: u16,
    /// Shape of the request's body, its place in [`SHAPES`](crate::shapes::SHAPES); `None` = no body.
    pub request: Option<usize>,
    /// Shape of the answer's body; `None` = no body.
    pub response: Option<usize>,
    /// Members that travel in the path, the query or a header.
    pub bound: &'static [Member],
}

/// A member that travels outside the body.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Name on the wire, `application-id`.
    pub name: &'static str,
    /// Where it travels.
    pub location: Location,
}

/// Where a member travels outside the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the path.
    Uri,
    /// In the query.
    Query,
    /// In a header.
    Header,
}
