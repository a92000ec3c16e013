//! The bundled calendar: half a year of an invented product leader, and the generator of large calendars for benches.
//! Pure text; nothing here is read from the machine, so the demo is the same everywhere and in every year.

mod generate;
mod life;
mod write;

pub use generate::generate;
pub use life::calendar;

use chrono::{DateTime, Utc};

/// The configuration under which the demo is drawn.
pub const CONFIG: &str = r#"timezone = "Europe/Berlin"
working_hours = { mon-fri = "08:00-18:00", lunch = "12:30-13:15" }
goal = 0.40
my_addresses = ["ada@northlight.example"]
my_domains = ["northlight.example"]

[[travel]]
from = 2026-11-02
to = 2026-11-05
timezone = "America/New_York"

[people]
reports = ["jonas@northlight.example", "amara@northlight.example", "mei@northlight.example"]
"#;

/// The demo's "today": a Monday morning, so that the last complete week is 2026-W47.
pub fn today() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_413_600, 0).unwrap_or_default()
}
