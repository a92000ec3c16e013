//! The facts and words every other room shares. Pure: no clock, no I/O, nothing from another room.

mod address;
mod appearance;
mod audit;
mod calendar;
mod color;
mod event;
mod exact;
mod interval;
mod master;
mod mistake;
mod overrides;
mod preferences;
mod reader;
mod remote;
mod render_at;
mod spoken;
mod text;
mod told;
mod trouble;
mod unseen;
mod week;
mod words;

pub use address::{Address, domain};
pub use appearance::{Palette, Privacy};
pub use audit::Audit;
pub use calendar::{Calendar, Role};
pub use color::{color_name, color_names, is_color};
pub use event::{
    Answer, Attendee, AttendeeKind, Attendees, Event, EventStatus, EventType, Instance, Original, Span, Uid,
    Visibility, WORKING_ELSEWHERE,
};
pub use exact::Exact;
pub use interval::Interval;
pub use master::Master;
pub use mistake::Mistake;
pub use overrides::{Marked, Override, Overrides, Slot};
pub use preferences::{Hours, Preferences, Weight, WorkingHours};
pub use reader::{Note, Reader, Remarks, Value, list, near};
pub use remote::{Item, ItemKind};
pub use render_at::RenderAt;
pub use spoken::{WEEKDAYS, hours, length, share, weekday};
pub use text::IcsText;
pub use told::Told;
pub use trouble::TroubleKind;
pub use unseen::{is_hidden, is_joiner, is_selector, seen};
pub use week::{LocalTime, Week, Weekday, Zones, midnight, resolve};
pub use words::{ago, count, hash, local, plural};

/// What a counted hour was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Deciding why, where and which bets, and growing the people and systems that outlast you.
    Strategy,
    /// Delivering what is already decided.
    Execution,
    /// No rule matched; nothing is guessed.
    Unclassified,
}

impl Class {
    /// All classes in the order in which they are shown.
    pub const ALL: [Class; 3] = [Class::Strategy, Class::Execution, Class::Unclassified];

    /// The word used in the configuration, in JSON and on the terminal.
    pub fn name(self) -> &'static str {
        match self {
            Class::Strategy => "strategy",
            Class::Execution => "execution",
            Class::Unclassified => "unclassified",
        }
    }
}
