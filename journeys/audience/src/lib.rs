//! Endpoints, users and segments: compile a segment once, ask it about many endpoints.
