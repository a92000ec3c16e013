//! Vantage: where leadership time goes, execution or strategy, from the calendar itself.
//!
//! # The map
//! The way of the data is `source → store → classify → analyze → chart`. A source yields facts (events with their
//! instances in a window, and problems); the store keeps them; `classify` turns event + rules into a decision; `analyze` turns decisions into a week
//! report; `chart` draws a report. Facts are read, opinions are derived: a changed rule re-reads all history at once.
//!
//! | room | what it does | what it never does |
//! |---|---|---|
//! | [`model`] | the facts and words that all rooms share | import another room, I/O, read a clock |
//! | [`ical`] | iCalendar text to events and problems; recurrence; zones | fail as a whole, I/O, read a clock |
//! | [`classify`] | rules to decision, with the trace | guess silently, I/O, read a clock |
//! | [`analyze`] | decisions to week report | round (only display rounds), read a clock: `now` is an argument |
//! | [`schedule`] | what to do next, from what has happened and both clocks; which weeks are complete | do it, I/O, read a clock |
//! | [`diagnostic`] | how we speak when something is wrong | show a title, an address or a secret |
//! | [`config`] | TOML to checked config, or every mistake at once with its place | read files |
//! | [`disk`] | files that are whole or not there, and private | know what is in them |
//! | [`source`] | the only room that fetches calendars | classify, keep anything but a token |
//! | [`store`] | the only room that says SQL: facts, sync state, the user's own decisions | ask a server, hold an opinion |
//! | [`kinds`] | each kind of source behind one trait: sign in, sync, read back, examine; [`kinds::KINDS`] | print, hold an opinion on a meeting |
//! | [`chart`] | the only room that says plotters | compute a number: it draws the report's |
//! | [`deliver`] | the only way out: the user's command, and mail | choose what is told, deliver by itself |
//! | [`jobs`] | work between rooms that a command and the daemon share, safe to repeat: `sync`, `render` | print |
//! | [`demo`] | invented calendars, as text | read anything of the machine |
//! | [`daemon`] | the event loop: signals, watched files, jobs on threads, the socket, systemd, the log | decide when: `schedule` does |
//! | [`cli`] | one file per command; the one clock | know an iCalendar or TOML detail |
//!
//! Imports go down only: `model → nothing`; `ical, classify, schedule, diagnostic → model`; `analyze → model, classify`; `config →
//! model, classify, diagnostic`; `disk → diagnostic`; `source → model, ical, config, diagnostic, disk`; `store →
//! model, diagnostic, disk`; `kinds → model, ical, classify, config, diagnostic, disk, source, store`; `chart → model,
//! analyze`; `deliver → model, config, diagnostic, disk`; `jobs → all of these`; `daemon → all but cli`; `cli → all`.
//! `tests/it/map.rs` reads the source, all of it, and fails where a name breaks this, or names a kind of source.
//!
//! Three slices are the only registries, and all that checks and names what is in them walks them: [`classify::PREDICATES`],
//! [`config::KEYS`] and [`kinds::KINDS`].

#![cfg_attr(test, allow(clippy::pedantic, unreachable_pub, reason = "a test is told as its story goes"))]

pub mod analyze;
pub mod chart;
pub mod classify;
pub mod cli;
pub mod config;
pub mod daemon;
pub mod deliver;
pub mod demo;
pub mod diagnostic;
pub mod disk;
pub mod ical;
pub mod jobs;
pub mod kinds;
pub mod model;
pub mod schedule;
pub mod source;
pub mod store;
