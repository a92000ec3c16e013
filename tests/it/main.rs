//! Every story of this crate in one program, so that it links SQLite, TLS and the drawing once.
//!
//! Nothing here needs a process of its own: no test sets the environment, the folder or a signal of this process; whoever does
//! starts the real binary. What runs apart from these is not a Rust test: `tests/{oracle,deliver,systemd}/run`.

#![allow(clippy::pedantic, clippy::unwrap_used, unreachable_pub, reason = "a story that cannot go on has failed")]

mod absence;
mod caller;
mod changes;
mod chart_pictures;
mod chart_support;
mod chart_wording;
mod classify_mistakes;
mod classify_rules;
mod cli;
mod clocks;
mod components;
mod contract;
mod copies;
mod daemon;
mod databases;
mod deliver;
mod doubt;
mod explain;
mod feeds;
mod findings;
mod fuzz;
mod google;
mod google_accounts;
mod google_and_files;
mod google_calendars;
mod google_crash;
mod google_doctor;
mod google_fake;
mod google_faults;
mod google_held;
mod google_items;
mod google_kinds;
mod google_play;
mod google_signin;
mod google_sync;
mod google_truth;
mod history;
mod honesty;
mod language;
mod map;
mod overrides;
mod people;
mod reading;
mod render;
mod review;
mod review_audit;
mod review_series;
mod rules_list;
mod rules_odd;
mod series_marks;
mod service;
mod shuffled;
mod slots;
mod store;
mod suggest;
mod suggest_kinds;
mod support;
mod times;
mod titles;
mod tuning;
mod unanswered;
mod versions;
mod zone_names;
