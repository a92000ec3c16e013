//! What people do to their calendars.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Google;
use super::event::{self, Original};
use super::state::{Calendar, Life, State};

impl Google {
    /// Adds a calendar to the list, or changes its entry. The first one is the primary one unless it says otherwise.
    pub fn calendar(&self, id: &str, entry: Value) -> &Google {
        let mut state = self.state();
        state.revision += 1;
        let (revision, is_first) = (state.revision, state.calendars.is_empty());
        let mut full = json!({
            "kind": "calendar#calendarListEntry",
            "id": id,
            "summary": id,
            "timeZone": "Europe/Berlin",
            "accessRole": "owner",
            "selected": true,
            "colorId": "14",
            "backgroundColor": "#9fe1e7",
            "foregroundColor": "#000000",
            "defaultReminders": [],
        });
        if is_first {
            full["primary"] = true.into();
        }
        let before = state.calendars.remove(id);
        if let Some(before) = &before {
            full = before.entry.clone();
        }
        for (name, value) in entry.as_object().expect("an entry is an object") {
            full[name] = value.clone();
        }
        full["etag"] = format!("\"{revision}\"").into();
        let (refused, forgotten, events) = before.map(|c| (c.refused, c.forgotten, c.events)).unwrap_or_default();
        let calendar = Calendar { entry: full, revision, removed: false, refused, forgotten, events };
        state.calendars.insert(id.into(), calendar);
        drop(state);
        self
    }

    /// Takes a calendar off the list; its events answer 404. [`Google::calendar`] brings it back.
    #[track_caller]
    pub fn remove_calendar(&self, id: &str) -> &Google {
        let mut state = self.state();
        state.revision += 1;
        let revision = state.revision;
        let calendar = state.calendar(id);
        (calendar.removed, calendar.revision, calendar.forgotten) = (true, revision, revision);
        drop(state);
        self
    }

    /// Every request about the calendar is refused: 403 with this reason, or 404 for `notFound`.
    #[track_caller]
    pub fn forbid(&self, id: &str, reason: &str) -> &Google {
        self.state().calendar(id).refused = Some(reason.into());
        self
    }

    #[track_caller]
    pub fn allow(&self, id: &str) -> &Google {
        self.state().calendar(id).refused = None;
        self
    }

    /// The owner of a shared calendar lets the account see more or less. Its sync tokens die with that.
    #[track_caller]
    pub fn role(&self, id: &str, role: &str) -> &Google {
        self.calendar(id, json!({"accessRole": role})).forget_tokens_of(id)
    }

    /// Every sync token is dead: 410.
    pub fn forget_tokens(&self) -> &Google {
        let ids: Vec<_> = self.state().calendars.keys().cloned().collect();
        ids.iter().for_each(|id| {
            self.forget_tokens_of(id);
        });
        self
    }

    #[track_caller]
    pub fn forget_tokens_of(&self, id: &str) -> &Google {
        let mut state = self.state();
        let revision = state.revision;
        state.calendar(id).forgotten = revision;
        // A token minted from here on is another one, even if nothing changes.
        state.revision += 1;
        drop(state);
        self
    }

    /// Creates an event or puts other fields in its place, and says its id. An exception (with `recurringEventId` and
    /// `originalStartTime`) needs no series: so it is with an invitation to a single occurrence.
    #[track_caller]
    pub fn put(&self, calendar: &str, event: Value) -> String {
        put(&mut self.state(), calendar, event)
    }

    /// Edits fields of an event; `null` takes one away.
    #[track_caller]
    pub fn change(&self, calendar: &str, id: &str, edit: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        assert!(state.stored(calendar, id).life == Life::Live, "{id} is deleted: revive it");
        change(&mut state, calendar, id, edit);
    }

    /// Edits one instance of a series, which makes it an exception, and says its id. `original` is when it was to be:
    /// `2026-11-23T09:00:00+01:00`, or `2026-11-23` for an all-day series.
    #[track_caller]
    pub fn change_instance(
        &self,
        calendar: &str,
        master: &str,
        original: &str,
        edit: impl FnOnce(&mut Value),
    ) -> String {
        let mut state = self.state();
        let id = exception(&mut state, calendar, master, original);
        change(&mut state, calendar, &id, edit);
        id
    }

    /// Gives one instance another start and end, each `{"dateTime": ..}` or `{"date": ..}`, or their texts.
    #[track_caller]
    pub fn move_instance(&self, calendar: &str, master: &str, original: &str, start: &str, end: &str) -> String {
        self.change_instance(calendar, master, original, |event| {
            (event["start"], event["end"]) = (time(start, &event["start"]), time(end, &event["end"]));
        })
    }

    #[track_caller]
    pub fn cancel_instance(&self, calendar: &str, master: &str, original: &str) -> String {
        let mut state = self.state();
        let id = exception(&mut state, calendar, master, original);
        state.delete(calendar, &id);
        id
    }

    /// Deletes a single event, a series with its exceptions, or (as [`Google::cancel_instance`]) an exception.
    #[track_caller]
    pub fn delete(&self, calendar: &str, id: &str) {
        self.state().delete(calendar, id);
    }

    /// A deleted event or cancelled instance is there again, under the same id.
    #[track_caller]
    pub fn revive(&self, calendar: &str, id: &str) {
        let mut state = self.state();
        assert!(state.stored(calendar, id).is_cancelled(), "{id} is alive");
        change(&mut state, calendar, id, |event| event["status"] = "confirmed".into());
    }

    /// "This and following": the series ends before `at`, a new one begins there, and what follows belongs to it.
    #[track_caller]
    pub fn split(&self, calendar: &str, master: &str, at: &str) -> String {
        split(&mut self.state(), calendar, master, Original::parse(at))
    }

    /// A single event becomes a series under its id.
    #[track_caller]
    pub fn make_recurring(&self, calendar: &str, id: &str, recurrence: &[&str]) {
        self.change(calendar, id, |event| event["recurrence"] = json!(recurrence));
    }

    /// A series becomes a single event under its id; its exceptions are gone.
    #[track_caller]
    pub fn make_single(&self, calendar: &str, id: &str) {
        self.change(calendar, id, |event| event["recurrence"] = Value::Null);
    }

    /// An event as it is stored, whatever happened to it.
    pub fn event(&self, calendar: &str, id: &str) -> Option<Value> {
        self.state().calendar(calendar).events.get(id).map(|stored| stored.item.clone())
    }

    /// Ids of all series, singles and exceptions that live.
    #[track_caller]
    pub fn ids(&self, calendar: &str) -> BTreeSet<String> {
        let mut state = self.state();
        let live = state.calendar(calendar).events.iter().filter(|(_, s)| !s.is_cancelled());
        live.map(|(id, _)| id.clone()).collect()
    }

    /// What a right mirror holds: every instance and single event that lives and touches the window, by id.
    #[track_caller]
    pub fn truth(&self, calendar: &str, from: &str, to: &str) -> BTreeMap<String, Value> {
        let mut state = self.state();
        let instant = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_else(|_| panic!("`{text}` is no time"));
        let calendar = state.calendar(calendar);
        let is_busy_only = calendar.entry["accessRole"] == "freeBusyReader";
        let found = calendar.instances(Some(instant(from)), Some(instant(to))).into_iter();
        found
            .filter(|item| item["status"] != "cancelled")
            .map(|item| if is_busy_only { event::busy_only(&item) } else { item })
            .map(|item| (item["id"].as_str().expect("an id").to_string(), item))
            .collect()
    }
}

fn time(text: &str, like: &Value) -> Value {
    match Original::parse(text) {
        Original::Day(_) => json!({"date": text}),
        Original::Instant(_) if like["timeZone"].is_string() => json!({"dateTime": text, "timeZone": like["timeZone"]}),
        Original::Instant(_) => json!({"dateTime": text}),
    }
}

#[track_caller]
fn put(state: &mut State, calendar: &str, mut event: Value) -> String {
    let zone = state.calendar(calendar).zone();
    if event["id"].is_null() {
        event["id"] = match event["recurringEventId"].as_str() {
            Some(series) => {
                let original =
                    Original::of(&event["originalStartTime"], zone).expect("an exception has an original start");
                let stem = state.calendar(calendar).events.get(series).map_or(series.to_string(), |m| m.stem.clone());
                format!("{stem}_{}", original.stamp()).into()
            }
            None => state.fresh_id().into(),
        };
    }
    let id = event["id"].as_str().expect("an id is a text").to_string();
    assert!(event["start"].is_object(), "{id} has no start");
    state.write(calendar, event, None);
    id
}

#[track_caller]
fn change(state: &mut State, calendar: &str, id: &str, edit: impl FnOnce(&mut Value)) {
    let mut item = state.stored(calendar, id).item.clone();
    edit(&mut item);
    let fields = item.as_object_mut().expect("events are objects");
    fields.retain(|_, value| !value.is_null());
    let sequence = fields.get("sequence").and_then(Value::as_i64).unwrap_or(0);
    fields.insert("sequence".into(), (sequence + 1).into());
    state.write(calendar, item, None);
}

/// The exception of a series at a time, made if there is none yet.
#[track_caller]
fn exception(state: &mut State, calendar: &str, master: &str, original: &str) -> String {
    let there = state.calendar(calendar);
    let (zone, original) = (there.zone(), Original::parse(original));
    let series = there.events.get(master).unwrap_or_else(|| panic!("there is no series {master} in {calendar}"));
    assert!(series.life == Life::Live && event::is_master(&series.item), "{master} is no living series");
    let instance = event::instance(&series.item, &series.stem, original, zone);
    let id = instance["id"].as_str().expect("an id").to_string();
    if there.events.get(&id).is_none_or(|stored| stored.life != Life::Live) {
        let all = event::originals(&series.item, zone, original.instant(zone)).expect("checked");
        assert!(all.contains(&original), "{master} has no instance at {original:?}");
        state.write(calendar, instance, None);
    }
    id
}

#[track_caller]
fn split(state: &mut State, calendar: &str, master: &str, at: Original) -> String {
    let there = state.calendar(calendar);
    let zone = there.zone();
    let old = there.events.get(master).unwrap_or_else(|| panic!("there is no series {master} in {calendar}")).clone();
    let all = event::originals(&old.item, zone, at.instant(zone)).expect("checked");
    assert!(all.contains(&at), "{master} has no instance at {at:?}");
    let lines: Vec<String> = serde_json::from_value(old.item["recurrence"].clone()).expect("checked");
    assert!(!lines.iter().any(|line| line.starts_with("RDATE")), "the fake cannot split a series with RDATE");
    // COUNT counts what EXDATE takes out.
    let mut ruled = old.item.clone();
    ruled["recurrence"] = lines.iter().filter(|line| line.starts_with("RRULE")).cloned().collect();
    let counted = event::originals(&ruled, zone, at.instant(zone)).expect("checked");
    let before = counted.iter().filter(|o| **o < at).count();
    assert!(before > 0, "a split before the first instance is a change of all");
    let following: Vec<Value> = there
        .exceptions(master)
        .filter(|(_, s)| s.life == Life::Live)
        .map(|(_, s)| s.item.clone())
        .filter(|item| Original::of(&item["originalStartTime"], zone) >= Some(at))
        .collect();

    let (stamp, until) = match at {
        Original::Day(day) => (at.stamp(), Original::Day(day - TimeDelta::days(1)).stamp()),
        Original::Instant(instant) => {
            (at.stamp().trim_end_matches('Z').to_string(), Original::Instant(instant - TimeDelta::seconds(1)).stamp())
        }
    };
    let base = master.split("_R").next().unwrap_or(master).to_string();
    let id = format!("{base}_R{stamp}");
    let mut new = event::instance(&old.item, &old.stem, at, zone);
    let fields = new.as_object_mut().expect("events are objects");
    for name in ["recurringEventId", "originalStartTime", "etag", "created", "sequence"] {
        fields.remove(name);
    }
    new["id"] = id.clone().into();
    new["iCalUID"] = format!("{id}@google.com").into();
    new["recurrence"] = lines.iter().map(|line| shortened(line, before)).collect();
    let stem = if state.settings.split_keeps_ids { old.stem.clone() } else { id.clone() };

    let mut ended = old.item.clone();
    ended["recurrence"] = lines.iter().map(|line| ended_by(line, &until)).collect();
    if state.settings.split_keeps_ids {
        // They leave the old series before it ends, or it would take them along.
        for item in &following {
            let name = item["id"].as_str().expect("an id").to_string();
            state.stored(calendar, &name).item["recurringEventId"] = id.clone().into();
        }
    }
    state.write(calendar, ended, None);
    state.write(calendar, new, Some(stem.clone()));
    for mut item in following {
        let original = Original::of(&item["originalStartTime"], zone).expect("an exception has one");
        item["id"] = format!("{stem}_{}", original.stamp()).into();
        item["recurringEventId"] = id.clone().into();
        item["iCalUID"] = format!("{id}@google.com").into();
        state.write(calendar, item, None);
    }
    id
}

/// A rule with as many instances fewer.
fn shortened(line: &str, by: usize) -> String {
    let part = |part: &str| match part.strip_prefix("COUNT=").and_then(|n| n.parse::<usize>().ok()) {
        Some(count) => format!("COUNT={}", count.saturating_sub(by).max(1)),
        None => part.to_string(),
    };
    rule(line, |value| value.split(';').map(part).collect::<Vec<_>>().join(";"))
}

/// A rule that stops at `until`, whatever stopped it before.
fn ended_by(line: &str, until: &str) -> String {
    let stops = |part: &&str| !part.starts_with("COUNT=") && !part.starts_with("UNTIL=");
    rule(line, |value| format!("{};UNTIL={until}", value.split(';').filter(stops).collect::<Vec<_>>().join(";")))
}

fn rule(line: &str, change: impl Fn(&str) -> String) -> String {
    line.strip_prefix("RRULE:").map_or(line.to_string(), |value| format!("RRULE:{}", change(value)))
}
