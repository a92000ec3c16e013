//! Events as JSON: when they are, what their instances are, and how much of them an answer shows.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::recur::{Recurrence, Zone};

/// Google's ids of instances end in this: when the instance was to be, whenever it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Original {
    Day(NaiveDate),
    Instant(DateTime<Utc>),
}

impl Original {
    /// `2026-11-23`, or a time with its offset.
    #[track_caller]
    pub fn parse(text: &str) -> Original {
        match text.parse() {
            Ok(day) => Original::Day(day),
            Err(_) => Original::Instant(text.parse().unwrap_or_else(|_| panic!("`{text}` is no date or time"))),
        }
    }

    pub fn of(time: &Value, calendar: Tz) -> Option<Original> {
        if let Some(day) = time["date"].as_str() {
            return day.parse().ok().map(Original::Day);
        }
        let text = time["dateTime"].as_str()?;
        let at = text.parse::<DateTime<Utc>>().ok();
        at.or_else(|| Some(zone(time, calendar).instant(text.parse().ok()?))).map(Original::Instant)
    }

    pub fn stamp(self) -> String {
        match self {
            Original::Day(day) => day.format("%Y%m%d").to_string(),
            Original::Instant(at) => at.format("%Y%m%dT%H%M%SZ").to_string(),
        }
    }

    pub fn instant(self, calendar: Tz) -> DateTime<Utc> {
        match self {
            Original::Day(day) => Zone::Named(calendar).instant(day.and_time(NaiveTime::MIN)),
            Original::Instant(at) => at,
        }
    }
}

/// The zone that a `start` or `end` names, or the calendar's.
fn zone(time: &Value, calendar: Tz) -> Zone {
    let Some(name) = time["timeZone"].as_str() else { return Zone::Named(calendar) };
    let offset = || DateTime::parse_from_rfc3339(time["dateTime"].as_str()?).ok().map(|at| *at.offset());
    match name.parse() {
        Ok(tz) => Zone::Named(tz),
        Err(_) => offset().map_or(Zone::Named(calendar), Zone::Fixed),
    }
}

fn text(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A `dateTime` in the zone of the answer. What cannot be read stays as it is.
pub fn render(time: &mut Value, calendar: Tz, answer: Tz) {
    if let (true, Some(Original::Instant(at))) = (time["dateTime"].is_string(), Original::of(time, calendar)) {
        time["dateTime"] = text(at, answer).into();
    }
}

/// Start and end, as far as there are any.
pub fn bounds(event: &Value, calendar: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let start = Original::of(&event["start"], calendar)?.instant(calendar);
    Some((start, Original::of(&event["end"], calendar).map_or(start, |end| end.instant(calendar))))
}

/// `timeMin` bounds the end and `timeMax` the start, both exclusively.
pub fn is_within(event: &Value, calendar: Tz, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> bool {
    let Some((start, end)) = bounds(event, calendar) else { return false };
    from.is_none_or(|from| end > from) && to.is_none_or(|to| start < to)
}

pub fn is_master(event: &Value) -> bool {
    event["recurrence"].is_array()
}

/// When the instances of a series are to be, until `to` at least.
pub fn originals(master: &Value, calendar: Tz, to: DateTime<Utc>) -> Result<Vec<Original>, String> {
    let lines: Vec<String> = serde_json::from_value(master["recurrence"].clone()).map_err(|e| e.to_string())?;
    let recurrence = Recurrence::parse(&lines)?;
    let first = Original::of(&master["start"], calendar).ok_or("the series has no start")?;
    // A day more: the wall clock of any zone is past `to` then.
    let last = (to + TimeDelta::days(1)).naive_utc();
    Ok(match first {
        Original::Day(day) => {
            let starts = recurrence.starts(day.and_time(NaiveTime::MIN), Zone::Named(calendar), last);
            starts.iter().map(|start| Original::Day(start.date())).collect()
        }
        Original::Instant(at) => {
            let zone = zone(&master["start"], calendar);
            let wall: NaiveDateTime = zone.local(at).naive_local();
            recurrence.starts(wall, zone, last).into_iter().map(|w| Original::Instant(zone.instant(w))).collect()
        }
    })
}

/// The instance of `master` at `original`, as it is while nobody has touched it.
pub fn instance(master: &Value, stem: &str, original: Original, calendar: Tz) -> Value {
    let mut event = master.clone();
    let fields = event.as_object_mut().expect("events are objects");
    fields.remove("recurrence");
    let set = |time: &Value, at: Original| {
        let mut set = time.clone();
        match at {
            Original::Day(day) => set["date"] = day.to_string().into(),
            Original::Instant(at) => set["dateTime"] = text(at, calendar).into(),
        }
        set
    };
    let (start, end) = (&master["start"], &master["end"]);
    fields.insert("id".into(), format!("{stem}_{}", original.stamp()).into());
    fields.insert("recurringEventId".into(), master["id"].clone());
    fields.insert("originalStartTime".into(), set(start, original));
    fields.insert("start".into(), set(start, original));
    let end_at = match (original, Original::of(start, calendar), Original::of(end, calendar)) {
        (Original::Day(day), Some(Original::Day(start)), Some(Original::Day(end))) => {
            Original::Day(day + (end - start))
        }
        // The length is exact: a night shift over the change of clocks ends an hour off on the wall.
        (Original::Instant(at), Some(Original::Instant(start)), Some(Original::Instant(end))) => {
            Original::Instant(at + (end - start))
        }
        _ => original,
    };
    fields.insert("end".into(), set(end, end_at));
    event
}

/// What is left of a deleted event.
pub fn tombstone(event: &Value) -> Value {
    let mut left = json!({"kind": "calendar#event", "etag": event["etag"], "id": event["id"], "status": "cancelled"});
    if !event["recurringEventId"].is_null() {
        left["recurringEventId"] = event["recurringEventId"].clone();
        left["originalStartTime"] = event["originalStartTime"].clone();
    }
    left
}

/// What somebody sees who may only know when a calendar is busy.
pub fn busy_only(event: &Value) -> Value {
    const SEEN: &[&str] = &[
        "kind",
        "etag",
        "id",
        "status",
        "start",
        "end",
        "endTimeUnspecified",
        "recurrence",
        "recurringEventId",
        "originalStartTime",
        "transparency",
        "iCalUID",
        "eventType",
    ];
    let fields = event.as_object().expect("events are objects");
    let mut seen: Map<String, Value> = fields.clone();
    seen.retain(|name, _| SEEN.contains(&name.as_str()));
    seen.insert("visibility".into(), "private".into());
    seen.into()
}

/// More guests than asked for: only the one whose calendar it is.
pub fn limit_attendees(event: &mut Value, most: usize) {
    // Not by index: that would leave a null where there are none.
    let all = event.get_mut("attendees").and_then(Value::as_array_mut);
    let Some(all) = all.filter(|all| all.len() > most) else { return };
    all.retain(|guest| guest["self"] == true);
    event["attendeesOmitted"] = true.into();
}
