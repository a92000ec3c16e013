//! Work between rooms that a command and the daemon share. Each job is safe to repeat.

mod account;
mod calendar;
mod facts;
mod files;
mod gallery;
mod guard;
mod handover;
mod history;
mod intake;
mod memory;
mod outline;
pub mod picture;
pub mod render;
mod standing;
pub mod sync;
mod versions;
mod zones;

pub use account::adopt;
pub use facts::{Facts, read, read_files};
pub use files::{forget_unnamed, refresh};
pub use guard::APART;
pub use handover::{Way, hand_over, handover, owe};
pub use history::told as told_past;
pub use outline::events;
pub use standing::{SAYS_MORE, SYNC, Standing, is_file, is_old, standing};
pub use versions::settle;
pub use zones::{alike, zone_note};
