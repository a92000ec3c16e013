//! TOML to checked config, or every mistake at once with its place.

mod address;
mod days;
mod fill;
mod keys;
mod redact;
mod service;
mod source;
#[cfg(test)]
mod tests;

pub use address::{feed as feed_address, feed_help, is_loopback};
pub use fill::{Aim, Answers, Question, RULES_TEMPLATE};
pub use keys::{KEYS, Key};
pub use redact::redact;
pub use service::{Mail, Notify, Security};
pub use source::{Entry, Format, Home, Settings, Source};

use crate::classify::People;
use crate::model::{
    self, Exact, LocalTime, Mistake, Palette, Preferences, Privacy, RenderAt, Weekday, Weight, WorkingHours, Zones,
};
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// `vantage.toml` with every key and its default, as it is shipped.
pub const TEMPLATE: &str = include_str!("../../config/vantage.toml");

/// What a configuration is read against.
struct Given<'g> {
    /// Of the kinds of source that there are.
    formats: &'g [Format],
    home: Home<'g>,
}

type Reader<'g> = model::Reader<'g, Given<'g>>;

/// A checked configuration. An empty file is valid: every key has a default.
#[derive(Clone, Debug)]
pub struct Config {
    /// `None` is the system's.
    pub timezone: Option<Tz>,
    /// The system's, where whoever read the configuration asked for it: no key of the file.
    pub system_zone: Option<Tz>,
    pub week_start: Weekday,
    pub working: WorkingHours,
    pub focus_block: TimeDelta,
    pub tentative: Weight,
    pub unanswered: Weight,
    /// What is only likely stays unclassified.
    pub likely_open: bool,
    /// Series and unanswered meetings inside the user's absences count.
    pub meet_while_away: bool,
    pub all_day: Option<Exact>,
    pub travel: Vec<(RangeInclusive<NaiveDate>, Tz)>,
    /// `goal`, which beats `role`.
    pub goal: Option<Exact>,
    pub role_goal: Option<Exact>,
    pub people: People,
    pub privacy: Privacy,
    pub palette: Palette,
    pub fallback_font: Option<PathBuf>,
    /// The folder of the pictures, with `~/` resolved; `None` is the usual place.
    pub charts_dir: Option<String>,
    /// Time between two syncs.
    pub poll: Duration,
    /// When the picture of the week before is made.
    pub render_at: RenderAt,
    /// Complete weeks whose pictures are kept.
    pub retain: u32,
    pub notify: Option<Notify>,
    pub mail: Option<Mail>,
    /// Every `[[source.…]]`, in the order of the file.
    pub sources: Vec<Source>,
}

impl Default for Config {
    fn default() -> Config {
        let day = (LocalTime(8 * 60), LocalTime(18 * 60));
        let days = [Some(day), Some(day), Some(day), Some(day), Some(day), None, None];
        Config {
            timezone: None,
            system_zone: None,
            week_start: Weekday::Mon,
            working: WorkingHours { days, lunch: Some((LocalTime(12 * 60 + 30), LocalTime(13 * 60 + 15))) },
            focus_block: TimeDelta::hours(2),
            tentative: Weight::Count,
            unanswered: Weight::Count,
            likely_open: false,
            meet_while_away: false,
            all_day: None,
            travel: Vec::new(),
            goal: None,
            role_goal: None,
            people: People::default(),
            privacy: Privacy::default(),
            palette: Palette::default(),
            fallback_font: None,
            charts_dir: None,
            poll: Duration::from_secs(15 * 60),
            render_at: RenderAt::default(),
            retain: 104,
            notify: None,
            mail: None,
            sources: Vec::new(),
        }
    }
}

impl Config {
    /// Reads `text`. `formats` are those of the kinds of source that there are.
    ///
    /// # Errors
    /// Every mistake in it, in the order of the text.
    pub fn parse(text: &str, formats: &[Format], home: Home<'_>) -> Result<Config, Vec<Mistake>> {
        let mut reader = Reader::new(text, Given { formats, home });
        let mut config = Config::default();
        keys::read(reader.top().get_ref(), &mut config, &mut reader);
        let read = reader.finish(config).map(|(config, _)| config);
        read.map_err(|mut mistakes| {
            mistakes.iter_mut().for_each(|m| m.message = redact::sentence(&m.message));
            mistakes
        })
    }

    /// The zone of floating times and whole days.
    pub fn zone(&self) -> Tz {
        self.timezone.or(self.system_zone).unwrap_or(Tz::UTC)
    }

    /// What counting needs, with the zone of the system where the configuration names none.
    pub fn preferences(&self, system: Tz) -> Preferences {
        Preferences {
            zones: Zones { home: self.timezone.unwrap_or(system), travel: self.travel.clone() },
            week_start: self.week_start,
            working: self.working.clone(),
            focus_block: self.focus_block,
            tentative: self.tentative,
            unanswered: self.unanswered,
            likely_open: self.likely_open,
            meet_while_away: self.meet_while_away,
            all_day: self.all_day.clone(),
            goal: self.goal.clone().or_else(|| self.role_goal.clone()),
        }
    }
}
