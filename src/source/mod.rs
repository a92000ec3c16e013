//! The only room that fetches calendars. A source yields facts: events with their instances in a window, and problems.
//! One module a kind: `ics` is files; further kinds stand beside it.

pub mod ics;
