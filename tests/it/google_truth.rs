//! Random edits, random moments, random faults: afterwards the store is what Google says, and nothing was lost on the way.

use crate::support::google::fault::Fault;
use crate::support::google::{CALENDAR_LIST, EVENTS, Google};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;
use vantage::diagnostic::Secret;
use vantage::jobs;
use vantage::kinds::{AccountSummary, Sync, Wish, configuration};
use vantage::model::Interval;
use vantage::source::Pace;
use vantage::source::google::{Client, GoogleSource, Grant};
use vantage::store::{Hold, Store};

const ADA: &str = "ada@example.com";

/// No waiting.
struct NoTime(Cell<u64>);

impl Pace for NoTime {
    fn wait(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        self.0.set(self.0.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        (self.0.get() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A mirror of the fake in a database of its own.
struct Mirror {
    google: Google,
    store: RefCell<Store>,
    now: DateTime<Utc>,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

impl Mirror {
    fn new() -> Mirror {
        let google = Google::start();
        google.calendar(ADA, json!({}));
        let folder = tempfile::tempdir().unwrap();
        let store = RefCell::new(Store::writer(folder.path()).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Mirror { google, store, now: "2026-11-23T06:00:00Z".parse().unwrap(), runtime, folder }
    }

    fn sync(&self, wish: Wish) -> AccountSummary {
        let config = configuration(&self.google.config("work"), &str::to_string).unwrap();
        self.sign_in();
        let sync = Sync {
            store: &self.store,
            config: &config,
            wish,
            now: self.now,
            pace: &NoTime(Cell::new(self.now.timestamp() as u64)),
            folder: self.folder.path(),
            progress: &|_, _| {},
        };
        self.runtime.block_on(jobs::sync(&sync)).unwrap().remove(0)
    }

    /// A token that is always good.
    fn sign_in(&self) {
        let (source, scopes) = (GoogleSource::named("work"), [CALENDAR_LIST, EVENTS]);
        let grant = Grant {
            client: Client::parse(&self.google.client_secret_json(), "client.json", &source).unwrap(),
            refresh_token: Secret::new(self.google.refresh_token(&scopes)),
            access_token: Secret::new(self.google.access_token(&scopes)),
            expires_at: self.now + TimeDelta::days(1),
            scopes: scopes.map(str::to_string).to_vec(),
            obtained_at: self.now,
            refresh_expires_at: None,
        };
        grant.save(&Grant::path(self.folder.path(), "work")).unwrap();
    }

    fn held(&self) -> Option<Hold> {
        let store = self.store.borrow();
        let account = store.accounts().unwrap().into_iter().next()?;
        let calendar = store.calendars(account.id).unwrap().into_iter().next()?;
        store.hold(calendar.id).unwrap()
    }

    /// What the store serves: id → what a reader sees of it.
    fn there(&self) -> BTreeMap<String, Value> {
        let store = self.store.borrow();
        let account = store.accounts().unwrap().remove(0);
        let Some(calendar) = store.calendars(account.id).unwrap().into_iter().next() else { return BTreeMap::new() };
        let (from, to) = self.window();
        let rows = store.instances(calendar.id, Interval::new(from, to)).unwrap();
        let items = rows.into_iter().map(|row| (row.id, serde_json::from_str(&row.json).unwrap()));
        self.inside(items)
    }

    /// What Google says.
    fn truth(&self) -> BTreeMap<String, Value> {
        let (from, to) = self.window();
        let truth = self.google.truth(ADA, &from.to_rfc3339(), &to.to_rfc3339());
        self.inside(truth.into_iter())
    }

    /// Nearly all that is kept: the edge ahead may lag by three days.
    fn window(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.now - TimeDelta::days(399), self.now + TimeDelta::days(397))
    }

    /// What touches the window clear of its edges, where whole days depend on a zone.
    fn inside(&self, items: impl Iterator<Item = (String, Value)>) -> BTreeMap<String, Value> {
        let (from, to) = self.window();
        let (from, to) = (from + TimeDelta::days(1), to - TimeDelta::days(1));
        let touches = |item: &Value| instant(&item["start"]) < to && instant(&item["end"]) > from;
        items.filter(|(_, item)| touches(item)).map(|(id, item)| (id, seen(&item))).collect()
    }

    fn wait(&mut self, hours: i64) {
        self.now += TimeDelta::hours(hours);
        self.google.now(&self.now.to_rfc3339());
    }
}

fn seen(event: &Value) -> Value {
    let whole = event["start"]["date"].is_string();
    let (start, end) = (instant(&event["start"]), instant(&event["end"]));
    json!([whole, start.timestamp(), end.timestamp(), event["summary"], event["recurringEventId"]])
}

fn instant(time: &Value) -> DateTime<Utc> {
    parsed(time["dateTime"].as_str().or(time["date"].as_str()).unwrap())
}

/// A time, or a date's midnight.
fn parsed(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|_| text.parse::<NaiveDate>().unwrap().and_time(NaiveTime::MIN).and_utc())
}

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
    Single { day: i64, whole: bool },
    Series { day: i64, whole: bool, count: u32 },
    Retitle(usize),
    Delete(usize),
    Cancel { which: usize, nth: usize },
    Move { which: usize, nth: usize, days: i64 },
    Split { which: usize, nth: usize },
    Turn(usize),
    Revive(usize),
    ForgetTokens,
    Fault(u64),
    Wait(i64),
    Sync,
}

/// Near now, or near an edge of what is kept, 400 days away.
fn day() -> impl Strategy<Value = i64> {
    prop_oneof![3 => -40..40_i64, 1 => -460..-390_i64, 1 => 320..410_i64]
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    prop_oneof![
        3 => (day(), any::<bool>()).prop_map(|(day, whole)| Single { day, whole }),
        2 => (day(), any::<bool>(), 1..12_u32).prop_map(|(day, whole, count)| Series { day, whole, count }),
        2 => any::<usize>().prop_map(Retitle),
        2 => any::<usize>().prop_map(Delete),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(which, nth)| Cancel { which, nth }),
        2 => (any::<usize>(), any::<usize>(), -30..30_i64).prop_map(|(which, nth, days)| Move { which, nth, days }),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(which, nth)| Split { which, nth }),
        1 => any::<usize>().prop_map(Turn),
        1 => any::<usize>().prop_map(Revive),
        1 => Just(ForgetTokens),
        3 => any::<u64>().prop_map(Fault),
        1 => (1..30_i64).prop_map(Wait),
        5 => Just(Sync),
    ]
}

/// What the steps have to choose from.
#[derive(Default)]
struct Known {
    ids: Vec<String>,
    gone: Vec<String>,
}

impl Known {
    fn series(&self, google: &Google, which: usize, nth: usize) -> Option<(String, String)> {
        let live = google.ids(ADA);
        let all: Vec<&String> = self
            .ids
            .iter()
            .filter(|id| live.contains(*id) && google.event(ADA, id).is_some_and(|e| e["recurrence"].is_array()))
            .collect();
        let id = (*all.get(which % all.len().max(1))?).clone();
        let instances = google.truth(ADA, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
        let mut starts: Vec<String> = instances
            .values()
            .filter(|i| i["recurringEventId"] == id.as_str())
            .filter_map(|i| i["originalStartTime"]["dateTime"].as_str().or(i["originalStartTime"]["date"].as_str()))
            .map(str::to_owned)
            .collect();
        starts.sort();
        let start = starts.get(nth % starts.len().max(1))?.clone();
        Some((id, start))
    }

    /// The series changed its times: what was cancelled of it may have no place to come back to.
    fn forget_instances(&mut self, google: &Google, series: &str) {
        // Instances keep their names when a series is split.
        self.gone.retain(|id| google.event(ADA, id).is_none_or(|event| event["recurringEventId"] != series));
    }

    fn live(&self, google: &Google, which: usize) -> Option<String> {
        let live = google.ids(ADA);
        let all: Vec<&String> = self.ids.iter().filter(|id| live.contains(*id)).collect();
        all.get(which % all.len().max(1)).map(|id| (*id).clone())
    }
}

fn at(now: DateTime<Utc>, day: i64, whole: bool) -> (Value, Value) {
    let start = now + TimeDelta::days(day);
    if whole {
        let date = |at: DateTime<Utc>| json!({ "date": at.date_naive().to_string() });
        return (date(start), date(start + TimeDelta::days(1 + day.rem_euclid(3))));
    }
    let time = |at: DateTime<Utc>| json!({ "dateTime": at.to_rfc3339(), "timeZone": "Europe/Berlin" });
    (time(start), time(start + TimeDelta::hours(1)))
}

fn happen(mirror: &mut Mirror, known: &mut Known, number: usize, step: Step) {
    let google = mirror.google.clone();
    match step {
        Step::Single { day, whole } => {
            let (start, end) = at(mirror.now, day, whole);
            known.ids.push(google.put(ADA, json!({ "summary": format!("s{number}"), "start": start, "end": end })));
        }
        Step::Series { day, whole, count } => {
            let (start, end) = at(mirror.now, day, whole);
            let rule = format!("RRULE:FREQ=WEEKLY;COUNT={count}");
            let event = json!({ "summary": format!("r{number}"), "start": start, "end": end, "recurrence": [rule] });
            known.ids.push(google.put(ADA, event));
        }
        Step::Retitle(which) => {
            if let Some(id) = known.live(&google, which) {
                google.change(ADA, &id, |event| event["summary"] = format!("t{number}").into());
            }
        }
        Step::Delete(which) => {
            if let Some(id) = known.live(&google, which) {
                google.delete(ADA, &id);
                known.gone.push(id);
            }
        }
        Step::Cancel { which, nth } => {
            if let Some((id, original)) = known.series(&google, which, nth) {
                known.gone.push(google.cancel_instance(ADA, &id, &original));
            }
        }
        Step::Move { which, nth, days } => {
            if let Some((id, original)) = known.series(&google, which, nth) {
                let start = parsed(&original) + TimeDelta::days(days);
                let (start, end) = if original.contains('T') {
                    let start = start + TimeDelta::minutes(7);
                    (start.to_rfc3339(), (start + TimeDelta::hours(2)).to_rfc3339())
                } else {
                    (start.date_naive().to_string(), (start.date_naive() + TimeDelta::days(2)).to_string())
                };
                google.move_instance(ADA, &id, &original, &start, &end);
            }
        }
        Step::Split { which, nth } => {
            if let Some((id, original)) = known.series(&google, which, nth)
                && instant(&google.event(ADA, &id).unwrap()["start"]) < parsed(&original)
            {
                known.forget_instances(&google, &id);
                known.ids.push(google.split(ADA, &id, &original));
            }
        }
        Step::Turn(which) => {
            if let Some(id) = known.live(&google, which) {
                known.forget_instances(&google, &id);
                if google.event(ADA, &id).is_some_and(|event| event["recurrence"].is_array()) {
                    google.make_single(ADA, &id);
                } else {
                    google.make_recurring(ADA, &id, &["RRULE:FREQ=DAILY;COUNT=4"]);
                }
            }
        }
        Step::Revive(which) => {
            if !known.gone.is_empty() {
                let id = known.gone.swap_remove(which % known.gone.len());
                let series = google.event(ADA, &id).and_then(|e| e["recurringEventId"].as_str().map(str::to_owned));
                if series.is_none_or(|series| google.ids(ADA).contains(&series)) {
                    google.revive(ADA, &id);
                }
            }
        }
        Step::ForgetTokens => {
            google.forget_tokens();
        }
        Step::Fault(seed) => {
            let mut seed = seed;
            google.fault(Fault::random(&mut || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                seed >> 33
            }));
        }
        Step::Wait(hours) => mirror.wait(hours),
        Step::Sync => {
            mirror.sync(Wish::default());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(40), max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_equals_the_servers_truth(
        steps in prop::collection::vec(step(), 1..60),
        page_size in 1..20_usize,
        shuffle in any::<u64>(),
        odd in any::<[bool; 3]>(),
    ) {
        let mut mirror = Mirror::new();
        mirror.google.page_size(page_size).shuffle(shuffle);
        mirror.google.empty_pages(odd[0]).duplicates(odd[1]).split_keeps_ids(odd[2]);
        let mut known = Known::default();
        for (number, step) in steps.into_iter().enumerate() {
            happen(&mut mirror, &mut known, number, step);
        }
        mirror.google.clear_faults();
        // A listing that lacks much is held until two later ones agree; then the mirror is true.
        for _ in 0..4 {
            mirror.wait(2);
            let summary = mirror.sync(Wish::default());
            prop_assert!(summary.trouble.is_none() && summary.calendars.iter().all(|c| c.trouble.is_none()), "{summary:?}");
            if mirror.held().is_none() {
                break;
            }
        }
        prop_assert!(mirror.held().is_none());
        prop_assert_eq!(mirror.there(), mirror.truth());
    }

    #[test]
    fn what_is_held_back_still_counts_until_two_listings_agree(
        before in 25..60_usize,
        left in 0..5_usize,
        accept in any::<bool>(),
        impatient in 0..4_i64,
    ) {
        let mut mirror = Mirror::new();
        let ids: Vec<String> = (0..before).map(|day| {
            let (start, end) = at(mirror.now, day as i64 - 20, false);
            mirror.google.put(ADA, json!({ "summary": format!("e{day}"), "start": start, "end": end }))
        }).collect();
        mirror.sync(Wish::default());
        let whole = mirror.there();
        prop_assert_eq!(whole.len(), before);
        ids[left..].iter().for_each(|id| mirror.google.delete(ADA, id));
        mirror.google.forget_tokens();
        mirror.sync(Wish::default());
        prop_assert!(mirror.held().is_some());
        prop_assert_eq!(&mirror.there(), &whole, "held back, and still served");
        if accept {
            mirror.sync(Wish { accept_deletions: true, ..Wish::default() });
        } else {
            mirror.wait(1);
            mirror.sync(Wish::default());
            for _ in 0..impatient {
                mirror.now += TimeDelta::minutes(14);
                mirror.sync(Wish::default());
                prop_assert_eq!(&mirror.there(), &whole, "less than an hour apart");
            }
            mirror.wait(1);
            mirror.sync(Wish::default());
        }
        prop_assert!(mirror.held().is_none());
        prop_assert_eq!(mirror.there(), mirror.truth());
    }
}
