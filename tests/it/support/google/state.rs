//! What the fake knows, and the rules by which writes change it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::Request;
use super::event::{self, Original};
use super::fault::Fault;
use super::listing::Listing;
use super::oauth::OAuth;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Live,
    /// Deleted: a delta tells it, a full listing does not know it.
    Gone,
    /// An exception of a deleted series: nobody hears of it.
    Buried,
}

#[derive(Clone, Debug)]
pub struct Stored {
    pub item: Value,
    pub revision: u64,
    pub life: Life,
    /// What the ids of the instances of this series begin with.
    pub stem: String,
}

impl Stored {
    pub fn is_cancelled(&self) -> bool {
        self.life != Life::Live || self.item["status"] == "cancelled"
    }
}

#[derive(Debug)]
pub struct Calendar {
    pub entry: Value,
    pub revision: u64,
    pub removed: bool,
    /// The reason that every request for its events is refused with.
    pub refused: Option<String>,
    /// Tokens of this revision and older are dead.
    pub forgotten: u64,
    pub events: BTreeMap<String, Stored>,
}

impl Calendar {
    pub fn zone(&self) -> Tz {
        self.entry["timeZone"].as_str().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
    }

    /// Exceptions of a series, by id.
    pub fn exceptions<'a>(&'a self, master: &'a str) -> impl Iterator<Item = (&'a String, &'a Stored)> {
        self.events.iter().filter(move |(_, stored)| stored.item["recurringEventId"] == master)
    }

    /// All instances of a series in the window, with what happened to them; cancelled ones too.
    pub fn series(&self, id: &str, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Vec<Value> {
        let master = &self.events[id];
        let end = to.unwrap_or_else(|| "2100-01-01T00:00:00Z".parse().expect("a time"));
        let exceptions: BTreeMap<_, _> =
            self.exceptions(id).filter(|(_, s)| s.life == Life::Live).map(|(id, s)| (id.as_str(), s)).collect();
        let originals = event::originals(&master.item, self.zone(), end).expect("checked when it was put");
        let plain = originals.into_iter().map(|o| event::instance(&master.item, &master.stem, o, self.zone()));
        let untouched = plain.filter(|i| !exceptions.contains_key(i["id"].as_str().expect("an id")));
        let mut found: Vec<_> = untouched.chain(exceptions.values().map(|s| s.item.clone())).collect();
        found.retain(|item| event::is_within(item, self.zone(), from, to));
        found
    }

    /// Singles and instances in the window; cancelled ones too.
    pub fn instances(&self, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Vec<Value> {
        let mut found = Vec::new();
        for (id, stored) in self.events.iter().filter(|(_, s)| s.life == Life::Live) {
            let master = stored.item["recurringEventId"].as_str().and_then(|m| self.events.get(m));
            if event::is_master(&stored.item) {
                found.extend(self.series(id, from, to));
            } else if master.is_none() && event::is_within(&stored.item, self.zone(), from, to) {
                found.push(stored.item.clone());
            }
        }
        found
    }
}

pub struct Settings {
    pub now: DateTime<Utc>,
    pub skew: TimeDelta,
    pub page_size: usize,
    pub empty_pages: bool,
    pub duplicates: bool,
    pub shuffle: Option<u64>,
    pub instance_tokens: bool,
    pub labels_in_list: bool,
    pub split_keeps_ids: bool,
    pub latency: std::time::Duration,
}

pub struct State {
    pub base: String,
    pub revision: u64,
    pub calendars: BTreeMap<String, Calendar>,
    pub listings: BTreeMap<u64, Listing>,
    pub minted: u64,
    pub oauth: OAuth,
    pub faults: Vec<Fault>,
    pub requests: Vec<Request>,
    pub settings: Settings,
}

impl State {
    pub fn new(base: String) -> State {
        let settings = Settings {
            now: "2026-11-23T06:00:00Z".parse().expect("a time"),
            skew: TimeDelta::zero(),
            page_size: usize::MAX,
            empty_pages: false,
            duplicates: false,
            shuffle: None,
            instance_tokens: false,
            labels_in_list: false,
            split_keeps_ids: false,
            latency: std::time::Duration::ZERO,
        };
        State {
            oauth: OAuth::new(&base),
            base,
            revision: 1,
            calendars: BTreeMap::new(),
            listings: BTreeMap::new(),
            minted: 0,
            faults: Vec::new(),
            requests: Vec::new(),
            settings,
        }
    }

    #[track_caller]
    pub fn calendar(&mut self, id: &str) -> &mut Calendar {
        self.calendars.get_mut(id).unwrap_or_else(|| panic!("there is no calendar {id}"))
    }

    #[track_caller]
    pub fn stored(&mut self, calendar: &str, id: &str) -> &mut Stored {
        self.calendar(calendar).events.get_mut(id).unwrap_or_else(|| panic!("there is no event {id} in {calendar}"))
    }

    pub fn fresh_id(&mut self) -> String {
        self.minted += 1;
        format!("ev{:010}", self.minted)
    }

    /// Stores an event with the next revision, with all that Google adds, and sets its exceptions right.
    #[track_caller]
    pub fn write(&mut self, calendar: &str, mut item: Value, stem: Option<String>) {
        self.revision += 1;
        let (revision, now) = (self.revision, self.settings.now);
        let primary = self.calendars.iter().find(|(_, c)| c.entry["primary"] == true).map(|(id, _)| id.clone());
        let there = self.calendar(calendar);
        let zone = there.zone();
        let id = item["id"].as_str().expect("an id").to_string();
        let before = there.events.get(&id);
        let stamp = (now + TimeDelta::seconds(revision as i64)).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let series = item["recurringEventId"].as_str().map(|id| id.split("_R").next().unwrap_or(id).to_string());
        let sequence = before.map_or(0, |b| b.item["sequence"].as_i64().unwrap_or(0) + 1);
        let organizer = match there.entry["primary"] == true {
            true => json!({"email": calendar, "self": true}),
            false => json!({"email": calendar, "displayName": there.entry["summary"], "self": true}),
        };
        let creator = primary.as_deref().unwrap_or(calendar);
        let defaults = json!({
            "status": "confirmed",
            "htmlLink": format!("https://www.google.com/calendar/event?eid={id}"),
            "created": before.map_or(json!(stamp), |b| b.item["created"].clone()),
            "creator": if creator == calendar { json!({"email": creator, "self": true}) } else { json!({"email": creator}) },
            "organizer": organizer,
            "iCalUID": format!("{}@google.com", series.as_ref().unwrap_or(&id)),
            "sequence": sequence,
            "reminders": {"useDefault": true},
            "eventType": "default",
        });
        for (name, value) in defaults.as_object().expect("an object") {
            if item[name].is_null() {
                item[name] = value.clone();
            }
        }
        item["kind"] = "calendar#event".into();
        item["etag"] = format!("\"{revision}\"").into();
        item["updated"] = stamp.into();
        for name in ["start", "end", "originalStartTime"] {
            if item[name]["dateTime"].is_string() {
                if event::is_master(&item) && item[name]["timeZone"].is_null() {
                    item[name]["timeZone"] = there.entry["timeZone"].clone();
                }
                event::render(&mut item[name], zone, zone);
            }
        }
        if event::is_master(&item)
            && let Err(why) = event::originals(&item, zone, now)
        {
            panic!("{id}: {why}");
        }
        let stem = stem.or_else(|| before.map(|b| b.stem.clone())).unwrap_or_else(|| id.clone());
        there.events.insert(id.clone(), Stored { item, revision, life: Life::Live, stem });
        self.settle(calendar, &id);
    }

    /// Exceptions whose time is no longer one of the series are gone, those of a series that came back come with it, and
    /// where a time comes back of which a delta once said that it is gone, the next one says that it is there.
    fn settle(&mut self, calendar: &str, master: &str) {
        let revision = self.revision;
        let there = self.calendar(calendar);
        let zone = there.zone();
        let master = &there.events[master];
        let ids: Vec<_> =
            there.exceptions(master.item["id"].as_str().expect("an id")).map(|(id, _)| id.clone()).collect();
        let original = |id: &String| Original::of(&there.events[id].item["originalStartTime"], zone);
        let last = ids.iter().filter_map(original).map(|o| o.instant(zone)).max();
        let valid: BTreeSet<Original> = match (event::is_master(&master.item), last) {
            (true, Some(last)) => event::originals(&master.item, zone, last).expect("checked").into_iter().collect(),
            _ => BTreeSet::new(),
        };
        let fits: Vec<bool> = ids.iter().map(|id| original(id).is_some_and(|o| valid.contains(&o))).collect();
        let plain = |o: Original| event::instance(&master.item, &master.stem, o, zone);
        let again: BTreeMap<String, Value> = ids
            .iter()
            .filter_map(|id| Some((id.clone(), plain(original(id).filter(|o| valid.contains(o))?))))
            .collect();
        for (id, fits) in ids.iter().zip(fits) {
            let stored = there.events.get_mut(id).expect("just seen");
            let life = match (fits, stored.life) {
                (true, Life::Buried | Life::Gone) => Life::Live,
                (false, Life::Live | Life::Buried) => Life::Gone,
                (_, life) => life,
            };
            if fits && stored.life == Life::Gone {
                stored.item = again.get(id).expect("it fits").clone();
            }
            if life != stored.life {
                (stored.life, stored.revision) = (life, revision);
                stored.item["etag"] = format!("\"{revision}\"").into();
            }
        }
    }

    /// Takes an event away: a series with all its exceptions, an instance of a living series as a cancelled exception.
    #[track_caller]
    pub fn delete(&mut self, calendar: &str, id: &str) {
        self.revision += 1;
        let revision = self.revision;
        let there = self.calendar(calendar);
        let stored = there.events.get(id).unwrap_or_else(|| panic!("there is no event {id} in {calendar}"));
        let master = stored.item["recurringEventId"].as_str().and_then(|m| there.events.get(m));
        let in_series = master.is_some_and(|m| m.life == Life::Live && event::is_master(&m.item));
        let exceptions: Vec<_> = there.exceptions(id).map(|(id, _)| id.clone()).collect();
        let stored = there.events.get_mut(id).expect("just seen");
        stored.revision = revision;
        stored.item["etag"] = format!("\"{revision}\"").into();
        stored.item["status"] = "cancelled".into();
        if !in_series {
            stored.life = Life::Gone;
        }
        for id in exceptions {
            let exception = there.events.get_mut(&id).expect("just seen");
            if exception.life == Life::Live {
                exception.life = Life::Buried;
            }
        }
    }
}
