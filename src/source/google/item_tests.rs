//! Items of the feed, by the numbers of the sync checklist.

use super::*;
use chrono_tz::Europe::Berlin;

fn item(json: &str) -> Item {
    read(json, Some(Berlin)).unwrap()
}

fn refused(json: &str, zone: Option<Tz>) -> String {
    read(json, zone).unwrap_err()
}

fn at(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp()
}

#[test]
fn a_cancelled_item_needs_only_its_id() {
    let gone = item(r#"{"id":"a","status":"cancelled"}"#);
    let bare = Item {
        id: "a".into(),
        kind: ItemKind::Single,
        series: None,
        original: None,
        etag: None,
        cancelled: true,
        span: None,
        json: r#"{"id":"a","status":"cancelled"}"#.into(),
    };
    assert_eq!(gone, bare);
    // A deleted series still shows its rules sometimes; it is a deletion all the same.
    assert_eq!(item(r#"{"id":"a","status":"cancelled","recurrence":["RRULE:FREQ=DAILY"]}"#).kind, ItemKind::Single);
    let odd = item(r#"{"id":"a","status":"cancelled","start":{"date":"2026-02-30"},"originalStartTime":{"date":1}}"#);
    assert_eq!((odd.span, odd.original), (None, None));
}

#[test]
fn a_cancelled_exception_keeps_its_series_and_slot() {
    let gone = item(
        r#"{"id":"a_20260806T073000Z","status":"cancelled","recurringEventId":"a",
            "originalStartTime":{"dateTime":"2026-08-06T09:30:00+02:00","timeZone":"Europe/Berlin"}}"#,
    );
    assert_eq!((gone.kind, gone.series.as_deref(), gone.cancelled), (ItemKind::Instance, Some("a"), true));
    assert_eq!(gone.original.as_deref(), Some("2026-08-06T07:30:00Z"));
}

#[test]
fn a_series_a_single_and_an_instance_are_told_apart() {
    let times = r#""start":{"date":"2026-08-06"},"end":{"date":"2026-08-07"}"#;
    let kind = |more: &str| item(&format!(r#"{{"id":"a",{times}{more}}}"#)).kind;
    assert_eq!(kind(""), ItemKind::Single);
    assert_eq!(kind(r#","recurrence":[]"#), ItemKind::Single);
    assert_eq!(kind(r#","recurrence":["RRULE:FREQ=DAILY"]"#), ItemKind::Series);
    assert_eq!(kind(r#","recurringEventId":"b_R20260101T080000""#), ItemKind::Instance);
}

#[test]
fn a_moved_instance_keeps_the_slot_it_came_from() {
    let moved = item(
        r#"{"id":"a_20260806","recurringEventId":"a","etag":"\"1\"","originalStartTime":{"date":"2026-08-06"},
            "start":{"dateTime":"2026-08-07T10:00:00+02:00"},"end":{"dateTime":"2026-08-07T10:45:00-04:00"}}"#,
    );
    assert_eq!((moved.original.as_deref(), moved.etag.as_deref()), (Some("2026-08-06"), Some("\"1\"")));
    assert_eq!(moved.span, Some((at("2026-08-07T08:00:00Z"), at("2026-08-07T14:45:00Z"))));
}

#[test]
fn whole_days_are_kept_as_dates_with_an_exclusive_end() {
    let days = item(r#"{"id":"a","start":{"date":"2026-08-06"},"end":{"date":"2026-08-09"}}"#);
    assert_eq!(days.span, Some((at("2026-08-06T00:00:00Z"), at("2026-08-09T00:00:00Z"))));
    let last = item(r#"{"id":"a","start":{"date":"9999-12-30"},"end":{"date":"9999-12-31"}}"#);
    assert!(last.span.is_some());
}

#[test]
fn a_missing_early_or_invented_end_is_the_start() {
    let start = at("2026-08-06T07:00:00Z");
    for end in [
        "",
        r#","end":{}"#,
        r#","end":{"dateTime":"2026-08-06T07:00:00Z"}"#,
        r#","end":{"dateTime":"2026-08-06T06:00:00Z"}"#,
        r#","end":{"dateTime":"2026-08-06T08:00:00Z"},"endTimeUnspecified":true"#,
    ] {
        let read = item(&format!(r#"{{"id":"a","start":{{"dateTime":"2026-08-06T07:00:00Z"}}{end}}}"#));
        assert_eq!(read.span, Some((start, start)), "{end}");
    }
    let day = item(r#"{"id":"a","start":{"date":"2026-08-06"},"end":{"date":"2026-08-01"}}"#).span.unwrap();
    assert_eq!(day.0, day.1);
}

#[test]
fn an_end_without_a_zone_lies_in_its_starts() {
    let json = r#"{"id":"a","start":{"dateTime":"2026-08-06T09:00:00","timeZone":"America/New_York"},
        "end":{"dateTime":"2026-08-06T10:00:00"}}"#;
    assert_eq!(item(json).span, Some((at("2026-08-06T13:00:00Z"), at("2026-08-06T14:00:00Z"))));
}

#[test]
fn a_time_without_any_zone_lies_in_the_calendars_or_is_refused() {
    let json = r#"{"id":"a","start":{"dateTime":"2026-08-06T09:00:00"}}"#;
    assert_eq!(item(json).span.unwrap().0, at("2026-08-06T07:00:00Z"));
    assert_eq!(refused(json, None), "its start has no offset and no time zone");
}

#[test]
fn fields_of_another_type_cost_nothing_but_themselves() {
    let read = item(
        r#"{"id":"a","etag":7,"status":{},"recurrence":"x","sequence":99999999999,"summary":"\ud800","reminders":3,
            "attendees":"nobody","start":{"date":"2026-08-06","timeZone":0},"end":[]}"#,
    );
    assert_eq!((read.etag, read.cancelled, read.kind), (None, false, ItemKind::Single));
    assert!(item(r#"{"id":"a"}"#).span.is_none());
}

#[test]
fn reasons_name_nothing_of_the_event() {
    for (json, why) in [
        ("", "it is not a JSON object"),
        ("[]", "it is not a JSON object"),
        (r#"["secret"]"#, "it is not a JSON object"),
        (r#"{"id":"secret""#, "it is not a JSON object"),
        (r#"{"summary":"secret"}"#, "it has no id"),
        (r#"{"id":"","summary":"secret"}"#, "it has no id"),
        (r#"{"id":"secret","start":{"date":"2026-02-30"}}"#, "its start is no date"),
        (r#"{"id":"secret","start":{"dateTime":"noon"}}"#, "its start is no date with a time"),
        (
            r#"{"id":"secret","start":{"dateTime":"2026-08-06T09:00:00","timeZone":"secret"}}"#,
            "its start has no offset and an unknown time zone",
        ),
        (r#"{"id":"secret","start":{"date":"2026-08-06"},"end":{"date":"10000-01-01"}}"#, "its end is no date"),
        (
            r#"{"id":"secret","start":{"date":"2026-08-06"},"end":{"dateTime":"2026-08-06T09:00:00Z"}}"#,
            "one of its start and end is a date, the other a time",
        ),
        (
            r#"{"id":"secret","start":{"date":"2026-08-06"},"originalStartTime":{"date":"secret"}}"#,
            "its original start is no date",
        ),
    ] {
        assert_eq!(refused(json, None), why, "{json}");
    }
}
