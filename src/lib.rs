//! Vantage: where leadership time goes, execution or strategy, from the calendar itself.

#![forbid(unsafe_code)]

pub mod analyze;
pub mod chart;
pub mod model;
