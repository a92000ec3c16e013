//! Vantage: where leadership time goes, execution or strategy, from the calendar itself.

#![forbid(unsafe_code)]

pub mod classify;
pub mod model;
