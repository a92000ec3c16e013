//! How many minutes of a meeting counted, and why.

use super::super::find;
use super::{Time, reason};
use crate::analyze::Judged;
use crate::analyze::account::Part;
use crate::diagnostic::plain;
use crate::model::{Exact, Original, Span, Visibility};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::fmt::Write;

/// Most meetings that are named for one overlap.
const MOST: usize = 8;

impl Time<'_> {
    pub(super) fn json(&self) -> Value {
        let mut value = self.plain_json();
        if let Some(at) = self.one.instance.event.last_seen {
            value["last_seen"] = self.local(at).into();
        }
        value
    }

    /// How many of its caller's other meetings of the week are like it: `; 4 of the 5 others that Bo calls that week are strategy`.
    pub(super) fn alike(&self) -> String {
        let (Some(alike), Some(class)) = (self.one.alike, self.one.class()) else { return String::new() };
        let event = &*self.one.instance.event;
        let who = match &event.organizer {
            Some(organizer) if self.people.is_me(event, organizer) => "you call".into(),
            Some(organizer) if self.show_private || event.visibility == Visibility::Public => {
                let line = event.attendees.lines().iter().find(|line| line.address == *organizer);
                let name = line.and_then(|line| line.name.as_deref());
                format!("{} calls", plain(name.unwrap_or(organizer.as_str())))
            }
            _ => "the same person calls".into(),
        };
        format!("; {} of the {} others that {who} that week are {}", alike.same, alike.of, class.name())
    }

    fn plain_json(&self) -> Value {
        let week = |part: &Part| {
            json!({ "week": part.week.to_string(), "minutes": minutes(part.length), "counted_minutes": part.counted.to_f64() / 60.0,
                    "cut_at": part.cut.map(|at| self.local(at)) })
        };
        let shared = |(j, length): &(&Judged, TimeDelta)| json!({ "id": find::id(&j.instance), "summary": self.shown(j), "minutes": minutes(*length) });
        json!({
            "start": find::when(self.one, self.zones),
            "minutes": minutes(self.one.interval.length()),
            "counted_minutes": self.account.counted().to_f64() / 60.0,
            "half": self.one.half,
            "moved_from": self.moved_from(),
            "weeks": self.account.weeks.iter().map(week).collect::<Vec<_>>(),
            "shared_with": self.account.shared.iter().map(shared).collect::<Vec<_>>(),
            "copies": self.account.copies.iter().map(|copy| &*copy.instance.event.calendar.name).collect::<Vec<_>>(),
        })
    }

    // Writing to a String cannot fail.
    pub(super) fn text(&self) -> String {
        let (one, account) = (self.one, &self.account);
        let mut text = String::from("\n");
        let whole = match one.all_day() {
            true => "all day".to_string(),
            false => format!("{} min", minutes(one.interval.length())),
        };
        let _ = match reason(one.verdict) {
            Some(reason) => writeln!(text, "  time: {whole}, none counted: {reason}"),
            None => writeln!(text, "  time: {whole}, {} counted", shown(&account.counted())),
        };
        if let Some(slot) = self.moved_from() {
            let _ = writeln!(text, "    moved here from {slot}");
        }
        if let Some(at) = one.instance.event.last_seen {
            let day = self.zones.date_of(at);
            let _ = writeln!(text, "    as last seen on {day}: its source no longer tells it like that");
        }
        if let [_, _, ..] = account.weeks[..] {
            for part in &account.weeks {
                let cut = part.cut.map(|at| format!(", cut at {}", self.local(at))).unwrap_or_default();
                let _ = writeln!(text, "    {}: {}{cut}", part.week, shown(&part.counted));
            }
        }
        for (j, length) in account.shared.iter().take(MOST) {
            let title = match self.shown(j) {
                Some(title) => format!("`{title}`"),
                None => "a private meeting".into(),
            };
            let _ = writeln!(text, "    {} min at the same time as {title}, shared equally", minutes(*length));
        }
        if let Some(more @ 1..) = account.shared.len().checked_sub(MOST) {
            let _ = writeln!(text, "    and at the same time as {more} more");
        }
        if !one.cut.is_empty() && one.class().is_some() {
            let cut: TimeDelta = one.cut.iter().map(|part| part.length()).sum();
            let _ = writeln!(text, "    {} min of it lie in your absence and do not count", minutes(cut));
        }
        if one.long && one.class().is_some() {
            let _ = writeln!(text, "    longer than 16 h: it fills the working hours that nothing else holds");
        }
        if one.half && one.class().is_some() {
            let _ = writeln!(text, "    half of its part is dropped: not accepted");
        }
        if one.all_day() && one.class().is_some() {
            let _ = writeln!(text, "    `all_day_hours` gives each covered working day its hours");
        }
        for copy in &account.copies {
            let _ = writeln!(
                text,
                "    its copy in the calendar {} is left out",
                plain(&copy.instance.event.calendar.name)
            );
        }
        text
    }

    fn shown(&self, j: &Judged) -> Option<String> {
        let public = self.show_private || j.instance.event.visibility == Visibility::Public;
        public.then(|| find::title(j, self.show_private))
    }

    fn local(&self, at: DateTime<Utc>) -> String {
        find::local(at, self.zones)
    }

    /// The slot of its series, where the meeting was moved out of it.
    fn moved_from(&self) -> Option<String> {
        let instance = &self.one.instance;
        match (instance.original, instance.span) {
            (Original::At(at), Span::Timed(span)) if at != span.start => Some(self.local(at)),
            (Original::On(date), Span::AllDay { first, .. }) if date != first => Some(date.to_string()),
            _ => None,
        }
    }
}

fn minutes(length: TimeDelta) -> i64 {
    length.num_minutes()
}

/// Seconds as minutes, to the tenth.
fn shown(seconds: &Exact) -> String {
    let tenths = seconds.in_units(&Exact::new(6, 1));
    if tenths % 10 == 0 { format!("{} min", tenths / 10) } else { format!("{}.{} min", tenths / 10, tenths % 10) }
}
