//! When and how long: `duration`, `weekday`, `time`.

use super::{Finding, Kind, Look, Predicate};
use crate::classify::range::Bounds;
use crate::model::{LocalTime, WEEKDAYS, Weekday, length, near, weekday};
use chrono::{Datelike, TimeDelta, Timelike};

pub(super) const DURATION: Kind = Kind {
    key: "duration",
    doc: "the whole length, uncut: `\"30m\"`, `\"30m..1h\"` or `\">=90m\"`",
    example: r#"duration = ">=90m""#,
    parse: |reader, value| {
        let bounds =
            reader.bounds(value, "duration", "a length such as `\"30m\"`, `\"30m..1h\"` or `\">=90m\"`", length)?;
        if let Some(never) = bounds.iter().find(|bounds| bounds.ends_before(&TimeDelta::zero())) {
            let never = Bounds::written(std::slice::from_ref(never));
            reader
                .mistake(value.span(), format!("`duration = {never}` never holds"), "expected a length")
                .with_help("no length is below zero");
            return None;
        }
        Some(Box::new(Duration(bounds)))
    },
};

#[derive(Debug)]
struct Duration(Vec<Bounds<TimeDelta>>);

impl Predicate for Duration {
    fn key(&self) -> &'static str {
        "duration"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        look.subject.is_some_and(|subject| self.0.iter().any(|bounds| bounds.hold(&subject.length)))
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let seen = look.subject.map_or("unknown".into(), |subject| {
            let minutes = subject.length.num_minutes();
            match (minutes / 60, minutes % 60) {
                (0, m) => format!("{m}m"),
                (h, 0) => format!("{h}h"),
                (h, m) => format!("{h}h{m}m"),
            }
        });
        Finding { holds: self.holds(look), wanted: Bounds::written(&self.0), seen }
    }
}

pub(super) const WEEKDAY: Kind = Kind {
    key: "weekday",
    doc: "the local day it starts on: `\"monday\"`, `\"mon-fri\"`",
    example: r#"weekday = ["monday", "thu-fri"]"#,
    parse: |reader, value| {
        let any = reader.each(value, "weekday", "a day such as `monday` or `mon-fri`", |reader, text, span| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            if let (Some(first), Some(last)) = (weekday(first), weekday(last)) {
                return Some((first, last, text.to_owned()));
            }
            let near = near(text, WEEKDAYS)
                .map_or("write it like `monday`, `mon` or `mon-fri`".into(), |d| format!("write `{d}`"));
            reader.mistake(span, format!("`{text}` is not a day of the week"), "expected a day").with_help(near);
            None
        })?;
        Some(Box::new(OnWeekday(any)))
    },
};

#[derive(Debug)]
struct OnWeekday(Vec<(Weekday, Weekday, String)>);

impl Predicate for OnWeekday {
    fn key(&self) -> &'static str {
        "weekday"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        let Some(subject) = look.subject else { return false };
        let today = subject.start.weekday();
        self.0.iter().any(|(first, last, _)| today.days_since(*first) <= last.days_since(*first))
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let wanted: Vec<&str> = self.0.iter().map(|(_, _, text)| text.as_str()).collect();
        let seen = look.subject.map_or("unknown", |s| WEEKDAYS[s.start.weekday().num_days_from_monday() as usize]);
        Finding { holds: self.holds(look), wanted: wanted.join(", "), seen: seen.into() }
    }
}

pub(super) const TIME: Kind = Kind {
    key: "time",
    doc: "the local time it starts at, the end not included; all-day events have none",
    example: r#"time = "08:00-10:00""#,
    parse: |reader, value| {
        let any = reader.each(value, "time", "a stretch such as `08:00-10:00`", |reader, text, span| {
            let (from, to) = text.split_once(['-', '–']).unwrap_or((text, ""));
            if let (Some(from), Some(to)) = (LocalTime::parse(from), LocalTime::parse(to)) {
                if from != to {
                    return Some((from, to));
                }
                reader
                    .mistake(span, format!("`{text}` is no stretch: it ends where it begins"), "expected two times")
                    .with_help("leave `time` out for the whole day");
                return None;
            }
            reader
                .mistake(span, format!("`{text}` is not a stretch of the day"), "expected two times")
                .with_help("write it like `08:00-10:00`");
            None
        })?;
        Some(Box::new(AtTime(any)))
    },
};

#[derive(Debug)]
struct AtTime(Vec<(LocalTime, LocalTime)>);

impl AtTime {
    fn start(look: &Look<'_>) -> Option<LocalTime> {
        let subject = look.subject.filter(|subject| !subject.all_day)?;
        Some(LocalTime((subject.start.hour() * 60 + subject.start.minute()) as u16))
    }
}

impl Predicate for AtTime {
    fn key(&self) -> &'static str {
        "time"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        let Some(at) = AtTime::start(look) else { return false };
        // `22:00-06:00` runs over midnight.
        self.0.iter().any(|(from, to)| if from <= to { *from <= at && at < *to } else { *from <= at || at < *to })
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let wanted: Vec<String> = self.0.iter().map(|(from, to)| format!("{from}-{to}")).collect();
        let seen = AtTime::start(look).map_or("no time of day".into(), |at| at.to_string());
        Finding { holds: self.holds(look), wanted: wanted.join(", "), seen }
    }
}
