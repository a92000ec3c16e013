//! Work between rooms that a command and the daemon share. Each job is safe to repeat.
