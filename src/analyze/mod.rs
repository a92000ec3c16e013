//! Decisions to week report: hours, overlap, trend, focus, people, delegation, what moved the number. Pure.

pub mod report;

pub use report::Report;
