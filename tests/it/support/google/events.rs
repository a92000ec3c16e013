//! `events.list`, `events.instances` and `events.get`, with all their refusals.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::api::{first, known, not_found, too_many};
use super::event;
use super::fault::{What, refuse};
use super::listing::{Listing, Query, signature, substance};
use super::state::{Calendar, Life, State, Stored};
use super::wire::Answer;

/// These narrow a listing in ways that a delta cannot follow.
const NOT_WITH_TOKEN: &[&str] = &[
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
];
const LIST: &[&str] = &[
    "alwaysIncludeEmail",
    "eventTypes",
    "iCalUID",
    "maxAttendees",
    "maxResults",
    "orderBy",
    "pageToken",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "showDeleted",
    "showHiddenInvitations",
    "singleEvents",
    "syncToken",
    "timeMax",
    "timeMin",
    "timeZone",
    "updatedMin",
];
const INSTANCES: &[&str] = &[
    "alwaysIncludeEmail",
    "maxAttendees",
    "maxResults",
    "originalStart",
    "pageToken",
    "showDeleted",
    "timeMax",
    "timeMin",
    "timeZone",
];

/// What a request asks for, once it is known to make sense.
struct Asked {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    zone: Tz,
    max_attendees: usize,
    single: bool,
    deleted: bool,
}

fn asked(query: &Query, calendar: &Calendar) -> Result<Asked, Answer> {
    let wrong = |name: &str| refuse(400, "invalidParameter", &format!("Invalid value for: {name}"));
    let time = |name: &str| match first(query, name) {
        None => Ok(None),
        Some(text) => text.parse::<DateTime<Utc>>().map(Some).map_err(|_| wrong(name)),
    };
    let flag = |name: &str| match first(query, name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(wrong(name)),
    };
    let (from, to) = (time("timeMin")?, time("timeMax")?);
    if from.zip(to).is_some_and(|(from, to)| to <= from) {
        return Err(refuse(400, "timeRangeEmpty", "The specified time range is empty."));
    }
    time("updatedMin")?;
    flag("showHiddenInvitations")?;
    Ok(Asked {
        from,
        to,
        zone: match first(query, "timeZone") {
            None => calendar.zone(),
            Some(name) => name.parse().map_err(|_| wrong("timeZone"))?,
        },
        max_attendees: match first(query, "maxAttendees") {
            None => usize::MAX,
            Some(most) => most.parse().ok().filter(|m| *m > 0).ok_or_else(|| wrong("maxAttendees"))?,
        },
        single: flag("singleEvents")?,
        deleted: flag("showDeleted")?,
    })
}

/// Why Google would not answer this list request, whatever is in the calendar.
fn refusal(query: &Query) -> Option<Answer> {
    let is = |name: &str, value: &str| first(query, name) == Some(value);
    let clash = NOT_WITH_TOKEN.iter().find(|name| query.contains_key(**name));
    if let (true, Some(name)) = (query.contains_key("syncToken"), clash) {
        return Some(refuse(400, "badRequest", &format!("Sync token cannot be used with {name}.")));
    }
    if query.contains_key("syncToken") && is("showDeleted", "false") {
        return Some(refuse(400, "badRequest", "Deleted events cannot be left out with a sync token."));
    }
    match first(query, "orderBy") {
        None | Some("updated") => None,
        Some("startTime") if is("singleEvents", "true") => None,
        Some("startTime") => {
            Some(refuse(400, "badRequest", "The requested ordering is not available for the particular query."))
        }
        Some(_) => Some(refuse(400, "invalidParameter", "Invalid value for: orderBy")),
    }
}

impl State {
    pub fn events(&mut self, id: &str, query: &Query, fault: Option<&What>) -> Answer {
        let (name, calendar) = match self.find(id) {
            Ok(found) => found,
            Err(wrong) => return wrong,
        };
        let checked = known(query, LIST).or_else(|| too_many(query, 2500)).or_else(|| refusal(query));
        let asked = match checked.map_or_else(|| asked(query, calendar), Err) {
            Ok(asked) => asked,
            Err(wrong) => return wrong,
        };
        let path = format!("{name}/events");
        let minted_by = signature(&path, query);
        let since = first(query, "syncToken").map(|token| self.since(token, &minted_by, calendar.forgotten));
        let since = match since.transpose() {
            Ok(since) => since,
            Err(wrong) => return wrong,
        };
        if let Some(token) = first(query, "pageToken") {
            return self.turn(&path, token, query, fault);
        }
        let mut items: Vec<Value> = match (since, asked.single) {
            (Some(since), false) => calendar.delta(since).map(Stored::clone).map(shown).collect(),
            (Some(since), true) => delta_of_instances(calendar, since),
            (None, false) => calendar.full(&asked).cloned().map(shown).collect(),
            (None, true) => calendar.instances(asked.from, asked.to),
        };
        if asked.single && since.is_none() && !asked.deleted {
            items.retain(|item| item["status"] != "cancelled");
        }
        items.retain(|item| is_wanted(item, query));
        match first(query, "orderBy") {
            Some("startTime") => items.sort_by_cached_key(|item| event::bounds(item, calendar.zone())),
            Some(_) => items.sort_by_cached_key(|item| item["updated"].to_string()),
            None => {}
        }
        let frame = frame(calendar, &asked, self.revision);
        let items = items.into_iter().map(|item| view(item, calendar, &asked)).collect();
        // Google mints none for a listing that no delta could continue.
        let narrowed = ["iCalUID", "orderBy", "q", "privateExtendedProperty", "sharedExtendedProperty", "updatedMin"];
        let mints =
            !narrowed.iter().any(|name| query.contains_key(*name)) && (!asked.single || self.settings.instance_tokens);
        let sync_token = mints.then(|| format!("sync-{}-{minted_by}", self.revision));
        self.open(Listing { asked: (path, substance(query)), items, frame, sync_token }, query, fault)
    }

    pub fn event_instances(&mut self, id: &str, master: &str, query: &Query, fault: Option<&What>) -> Answer {
        let (name, calendar) = match self.find(id) {
            Ok(found) => found,
            Err(wrong) => return wrong,
        };
        let checked = known(query, INSTANCES).or_else(|| too_many(query, 2500));
        let asked = match checked.map_or_else(|| asked(query, calendar), Err) {
            Ok(asked) => asked,
            Err(wrong) => return wrong,
        };
        let stored = match calendar.events.get(master) {
            None => return not_found(),
            Some(stored) if stored.life != Life::Live => {
                return refuse(410, "deleted", "Resource has been deleted");
            }
            Some(stored) => stored,
        };
        let path = format!("{name}/events/{master}/instances");
        if let Some(token) = first(query, "pageToken") {
            return self.turn(&path, token, query, fault);
        }
        let mut items = match event::is_master(&stored.item) {
            true => calendar.series(master, asked.from, asked.to),
            false => Vec::new(),
        };
        items.retain(|item| asked.deleted || item["status"] != "cancelled");
        if let Some(original) = first(query, "originalStart") {
            let stamp = event::Original::of(&json!({"dateTime": original}), calendar.zone()).map(|o| o.stamp());
            items.retain(|item| {
                event::Original::of(&item["originalStartTime"], calendar.zone()).map(|o| o.stamp()) == stamp
            });
        }
        let frame = frame(calendar, &asked, self.revision);
        let items = items.into_iter().map(|item| view(item, calendar, &asked)).collect();
        self.open(Listing { asked: (path, substance(query)), items, frame, sync_token: None }, query, fault)
    }

    pub fn one_event(&self, id: &str, event: &str, query: &Query) -> Answer {
        let (_, calendar) = match self.find(id) {
            Ok(found) => found,
            Err(wrong) => return wrong,
        };
        let checked = known(query, &["alwaysIncludeEmail", "maxAttendees", "timeZone"]);
        match (checked.map_or_else(|| asked(query, calendar), Err), calendar.events.get(event)) {
            (Err(wrong), _) => wrong,
            (_, None) => not_found(),
            (Ok(asked), Some(stored)) => Answer::json(200, &view(stored.item.clone(), calendar, &asked)),
        }
    }
}

impl Calendar {
    fn delta(&self, since: u64) -> impl Iterator<Item = &Stored> {
        self.events.values().filter(move |s| s.revision > since && s.life != Life::Buried)
    }

    /// All that lives, and of what is cancelled only the holes in living series.
    fn full<'a>(&'a self, asked: &'a Asked) -> impl Iterator<Item = &'a Stored> {
        self.events.values().filter(move |stored| {
            let master = stored.item["recurringEventId"].as_str().and_then(|id| self.events.get(id));
            let is_there = match stored.life {
                Life::Live => !stored.is_cancelled() || master.is_some() || asked.deleted,
                Life::Gone => asked.deleted,
                Life::Buried => false,
            };
            let zone = self.zone();
            let is_then = || match event::is_master(&stored.item) {
                true => !self.series(stored.item["id"].as_str().unwrap_or_default(), asked.from, asked.to).is_empty(),
                false => event::is_within(&stored.item, zone, asked.from, asked.to),
            };
            is_there && ((asked.from.is_none() && asked.to.is_none()) || is_then())
        })
    }
}

/// With `singleEvents` a delta brings every instance of what changed. It is not exact: nothing says which instances a
/// changed rule no longer has. Google's own is said to be no better.
fn delta_of_instances(calendar: &Calendar, since: u64) -> Vec<Value> {
    let mut found = Vec::new();
    for stored in calendar.delta(since) {
        match stored.life == Life::Live && event::is_master(&stored.item) {
            true => found.extend(calendar.series(stored.item["id"].as_str().unwrap_or_default(), None, None)),
            false => found.push(shown(stored.clone())),
        }
    }
    found
}

fn shown(stored: Stored) -> Value {
    if stored.is_cancelled() { event::tombstone(&stored.item) } else { stored.item }
}

fn is_wanted(item: &Value, query: &Query) -> bool {
    let types = query
        .get("eventTypes")
        .is_none_or(|types| item["status"] == "cancelled" || types.iter().any(|t| item["eventType"] == t.as_str()));
    let uid = first(query, "iCalUID").is_none_or(|uid| item["iCalUID"] == uid);
    let text = first(query, "q").is_none_or(|q| item["summary"].as_str().is_some_and(|s| s.contains(q)));
    let updated = |text: &str| text.parse::<DateTime<Utc>>().ok();
    let since = first(query, "updatedMin").and_then(updated);
    types && uid && text && since.is_none_or(|since| item["updated"].as_str().and_then(updated) >= Some(since))
}

fn view(item: Value, calendar: &Calendar, asked: &Asked) -> Value {
    if item["status"] == "cancelled" {
        let mut left = event::tombstone(&item);
        if left["originalStartTime"].is_object() {
            event::render(&mut left["originalStartTime"], calendar.zone(), asked.zone);
        }
        return left;
    }
    let is_busy_only = calendar.entry["accessRole"] == "freeBusyReader";
    let mut item = if is_busy_only { event::busy_only(&item) } else { item };
    for name in ["start", "end", "originalStartTime"] {
        if item[name].is_object() {
            event::render(&mut item[name], calendar.zone(), asked.zone);
        }
    }
    event::limit_attendees(&mut item, asked.max_attendees);
    item
}

fn frame(calendar: &Calendar, asked: &Asked, revision: u64) -> Value {
    json!({
        "kind": "calendar#events",
        "etag": format!("\"p{revision}\""),
        "summary": calendar.entry["summary"],
        "description": "",
        "updated": "2026-11-23T06:00:00.000Z",
        "timeZone": asked.zone.name(),
        "accessRole": calendar.entry["accessRole"],
        "defaultReminders": calendar.entry["defaultReminders"],
    })
}
