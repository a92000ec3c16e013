//! Vantage: where leadership time goes, execution or strategy, from the calendar itself.

#![forbid(unsafe_code)]

pub mod analyze;
pub mod classify;
pub mod config;
pub mod demo;
pub mod diagnostic;
pub mod model;
