//! The Pinpoint API over HTTP, a durable store and the real-time runner.
