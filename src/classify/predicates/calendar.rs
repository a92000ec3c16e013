//! Facts of the entry itself: `recurring`, `calendar`, `color`, `label`, `event_type`.

use super::{Finding, Kind, Look, Predicate};
use crate::classify::Subject;
use crate::classify::words::caseless;
use crate::model::{color_name, color_names, is_color, near};

pub(super) const RECURRING: Kind = Kind {
    key: "recurring",
    doc: "whether the event belongs to a series",
    example: "recurring = true",
    parse: |reader, value| {
        let wanted = reader.flag(value, "recurring")?;
        Some(Box::new(Recurring(wanted)))
    },
};

#[derive(Debug)]
struct Recurring(bool);

impl Predicate for Recurring {
    fn key(&self) -> &'static str {
        "recurring"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        look.subject.is_some_and(|subject| subject.event.recurring == self.0)
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let seen = look.subject.map_or("unknown".into(), |subject| subject.event.recurring.to_string());
        Finding { holds: self.holds(look), wanted: self.0.to_string(), seen }
    }
}

pub(super) const CALENDAR: Kind = Kind {
    key: "calendar",
    doc: "the calendar's name, in any letter case",
    example: r#"calendar = ["Work", "Product"]"#,
    parse: |reader, value| {
        let any = reader.names(value, "calendar")?;
        Some(Box::new(Named { key: "calendar", any, values: |s| vec![s.event.calendar.name.as_str()] }))
    },
};

pub(super) const COLOR: Kind = Kind {
    key: "color",
    doc: "the event's colour: its name in the calendar, or Google's number or shade of it (`11`, `#d50000`)",
    example: r#"color = "tomato""#,
    parse: |reader, value| {
        let any = reader.each(value, "color", "a colour such as `tomato`", |reader, word, span| {
            if !is_color(word) {
                let expected = "expected Google's name or number of it, a CSS name, or a shade such as `#d50000`";
                let help = near(word, color_names()).map_or(expected.into(), |name| format!("write `{name}`"));
                reader.warn(span, format!("there is no colour `{word}`"), "unknown colour", help);
            }
            Some(caseless(word))
        })?;
        let any = any.into_iter().map(|word| color_name(&word).map_or(word, str::to_owned)).collect();
        let values: Values = |s| s.event.color.as_deref().map(|c| color_name(c).unwrap_or(c)).into_iter().collect();
        Some(Box::new(Named { key: "color", any, values }))
    },
};

pub(super) const LABEL: Kind = Kind {
    key: "label",
    doc: "a Google event label or an iCalendar category, in any letter case",
    example: r#"label = "Deep work""#,
    parse: |reader, value| {
        let any = reader.names(value, "label")?;
        Some(Box::new(Named { key: "label", any, values: |s| s.event.labels.iter().map(String::as_str).collect() }))
    },
};

/// The kinds of entries that the Google Calendar API knows.
const EVENT_TYPES: [&str; 6] = ["default", "outOfOffice", "focusTime", "workingLocation", "birthday", "fromGmail"];

pub(super) const EVENT_TYPE: Kind = Kind {
    key: "event_type",
    doc: "the kind of entry, in the words of the Google Calendar API",
    example: r#"event_type = "focusTime""#,
    parse: |reader, value| {
        let any = reader.each(value, "event_type", "the name of an event type", |reader, word, span| {
            if EVENT_TYPES.iter().any(|known| known.eq_ignore_ascii_case(word)) {
                return Some(caseless(word));
            }
            reader.unknown(span, word, "event type", EVENT_TYPES);
            None
        })?;
        Some(Box::new(Named { key: "event_type", any, values: |s| vec![s.event.event_type.name()] }))
    },
};

/// One of the event's values is one of the names asked for.
#[derive(Debug)]
struct Named {
    key: &'static str,
    /// As [`caseless`] spells them.
    any: Vec<String>,
    values: Values,
}

type Values = for<'a> fn(&'a Subject<'_>) -> Vec<&'a str>;

impl Predicate for Named {
    fn key(&self) -> &'static str {
        self.key
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        let values = look.subject.map(self.values).unwrap_or_default();
        values.iter().any(|value| self.any.contains(&caseless(value)))
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let seen = look.subject.map(self.values).unwrap_or_default().join(", ");
        let seen = if seen.is_empty() { "none".into() } else { seen };
        Finding { holds: self.holds(look), wanted: self.any.join(", "), seen }
    }
}
