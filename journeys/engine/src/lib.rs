//! One pure step function: compile a journey, advance a participant.
