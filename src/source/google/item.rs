//! One item of an events listing, as far as the store has to know it.

use super::field::{decode, filled, loose};
use super::moment::{RawTime, span, written};
use crate::model::{Item, ItemKind, Span};
use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw {
    #[serde(deserialize_with = "loose")]
    id: Option<String>,
    #[serde(deserialize_with = "loose")]
    etag: Option<String>,
    #[serde(deserialize_with = "loose")]
    status: Option<String>,
    #[serde(deserialize_with = "loose")]
    recurring_event_id: Option<String>,
    #[serde(deserialize_with = "loose")]
    original_start_time: Option<RawTime>,
    #[serde(deserialize_with = "loose")]
    start: Option<RawTime>,
    #[serde(deserialize_with = "loose")]
    end: Option<RawTime>,
    #[serde(deserialize_with = "loose")]
    end_time_unspecified: Option<bool>,
    #[serde(deserialize_with = "loose")]
    recurrence: Option<Vec<IgnoredAny>>,
}

/// Reads one item of a listing; `zone` is the calendar's, for times that name none. Of a cancelled item only the id must be
/// there (Google guarantees no more), and what cannot be read of its times is left out. The error ends the sentence "an
/// event was left out: …" and holds nothing of the event.
pub fn read(json: &str, zone: Option<Tz>) -> Result<Item, String> {
    let raw: Raw = decode(json)?;
    let id = filled(raw.id).ok_or("it has no id")?;
    let cancelled = raw.status.as_deref() == Some("cancelled");
    let series = filled(raw.recurring_event_id);
    let kind = match (&series, raw.recurrence) {
        (Some(_), _) => ItemKind::Instance,
        (None, Some(rules)) if !rules.is_empty() && !cancelled => ItemKind::Series,
        _ => ItemKind::Single,
    };
    let original = raw.original_start_time.map_or(Ok(None), |at| at.read(raw.start.as_ref(), zone));
    let span = span(raw.start.as_ref(), raw.end.as_ref(), raw.end_time_unspecified == Some(true), zone);
    let (original, span) = if cancelled {
        (original.unwrap_or(None), span.unwrap_or(None))
    } else {
        (original.map_err(|why| format!("its original start {why}"))?, span?)
    };
    Ok(Item {
        id,
        kind,
        series,
        original: original.map(written),
        etag: raw.etag,
        cancelled,
        span: span.map(seconds),
        json: json.to_owned(),
    })
}

/// Seconds since the epoch; whole days as if in UTC.
fn seconds(span: Span) -> (i64, i64) {
    match span {
        Span::Timed(interval) => (interval.start.timestamp(), interval.end.timestamp()),
        Span::AllDay { first, end } => {
            let midnight = |day: chrono::NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp();
            (midnight(first), midnight(end))
        }
    }
}

#[cfg(test)]
#[path = "item_tests.rs"]
mod tests;
