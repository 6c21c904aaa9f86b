//! What the window asks of the machine: one type per command, with its answer.
