//! Work between rooms that a command and the daemon share. Each job is safe to repeat.

mod facts;
mod gallery;
mod handover;
pub mod picture;
pub mod render;
mod setup;
mod standing;
mod status;
mod sync;
mod versions;
mod zones;

pub use facts::{note_on_zone, read, read_local};
pub use handover::{Way, hand_over, handover, owe};
pub use setup::Setup;
pub use standing::{SAYS_MORE, SYNC, Standing, events, is_old, retry_at, standing};
pub use status::{AccountStanding, CalendarStanding, Held, Kept, Skipped, Standings};
pub use sync::sync;
pub use versions::settle;
pub use zones::{alike, zone_note};
