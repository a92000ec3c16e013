//! One window's counted time, by class, theme, series and day: what reports and trends are made of.

use super::judge::{Judged, Series};
use super::ledger::{Added, ByClass, Ledger, all_day};
use crate::model::{Class, Exact, Interval, Preferences};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// Counted time of one window.
pub struct Tally {
    pub window: Interval,
    pub hours: ByClass,
    /// Theme and class, with seconds.
    pub themes: BTreeMap<(String, Class), Exact>,
    /// Per series: seconds of each class.
    pub series: BTreeMap<Series, ByClass>,
    /// Counted seconds of each instance, by its place among all judged.
    pub shares: BTreeMap<usize, Exact>,
    /// What all-day events added to the hours, by their places among all judged.
    pub all_day: Vec<Added>,
    pub days: BTreeMap<NaiveDate, ByClass>,
    pub ledger: Ledger,
    /// Instances that touch the window, by their place among all judged.
    pub fetched: Vec<usize>,
    pub working: Working,
}

/// Working time of a window.
pub struct Working {
    /// From the start to the end of each working day; lunch is inside. Where time is no after-hours time.
    pub spans: Vec<Interval>,
    /// Without lunch.
    pub gross: Vec<Interval>,
    /// Without lunch and out of office.
    pub net: Vec<Interval>,
    /// Seconds without lunch, before and after out of office.
    pub gross_length: Exact,
    pub net_length: Exact,
}

impl Working {
    /// More than half of the working time is out of office.
    pub fn hollow(&self) -> bool {
        let off = &self.gross_length - &self.net_length;
        &off + &off > self.gross_length
    }

    /// Working time of the days in `window`, less the user's own absences among `judged`.
    pub fn of(judged: &[&Judged], window: &Interval, wishes: &Preferences) -> Working {
        let (zones, working) = (&wishes.zones, &wishes.working);
        let off = judged.iter().filter(|j| j.absence).map(|j| j.interval);
        let off = Interval::union(off.collect());
        let (mut spans, mut gross) = (Vec::new(), Vec::new());
        let mut date = zones.date_of(window.start);
        while zones.starts(date) < window.end {
            if let Some((from, to)) = working.on(date.weekday()) {
                let span = Interval::new(zones.time(date, from), zones.time(date, to));
                spans.extend(span.intersection(window));
                let lunch = working.lunch.map(|(a, b)| Interval::new(zones.time(date, a), zones.time(date, b)));
                let parts = span.without(&Vec::from_iter(lunch.filter(|l| !l.is_empty())));
                gross.extend(parts.iter().filter_map(|p| p.intersection(window)));
            }
            let Some(next) = date.succ_opt() else { break };
            date = next;
        }
        let net: Vec<Interval> = gross.iter().flat_map(|g| g.without(&off)).collect();
        Working { spans, gross_length: length(&gross), net_length: length(&net), gross, net }
    }
}

/// Total length of disjoint stretches, in seconds.
pub(super) fn length(stretches: &[Interval]) -> Exact {
    stretches.iter().map(|s| Exact::seconds(s.length())).sum()
}

impl Tally {
    /// Counts `window`; `all` are all judged instances, ordered by start.
    pub fn new(all: &[Judged], window: Interval, wishes: &Preferences) -> Tally {
        let fetched: Vec<usize> = (0..all.len()).filter(|&i| all[i].touches(&window)).collect();
        let here: Vec<&Judged> = fetched.iter().map(|&i| &all[i]).collect();
        let working = Working::of(&here, &window, wishes);
        let mut added = all_day(&here, &window, &working.net, wishes);
        let ledger = Ledger::new(here.iter().copied(), window, &working.net, &added);
        added.iter_mut().for_each(|a| a.index = fetched[a.index]);
        let mut tally = Tally {
            window,
            hours: ByClass::default(),
            themes: BTreeMap::new(),
            series: BTreeMap::new(),
            shares: BTreeMap::new(),
            all_day: Vec::new(),
            days: BTreeMap::new(),
            working,
            ledger,
            fetched: fetched.clone(),
        };
        let mut date = wishes.zones.date_of(window.start);
        while wishes.zones.starts(date) < window.end {
            // A skipped date holds nothing, and the days after it go on.
            if let Some(day) = wishes.zones.day(date).intersection(&window) {
                tally.days.entry(date).or_default();
                for (&index, j) in fetched.iter().zip(&here) {
                    let share = tally.ledger.share(j, &day);
                    tally.add(index, j, date, &share);
                }
                for a in added.iter().filter(|a| a.day.start == day.start) {
                    tally.add(a.index, &all[a.index], date, &a.share);
                }
            }
            let Some(next) = date.succ_opt() else { break };
            date = next;
        }
        tally.all_day = added;
        tally
    }

    fn add(&mut self, index: usize, j: &Judged, date: NaiveDate, share: &Exact) {
        let Some(class) = j.class().filter(|_| !share.is_zero()) else { return };
        self.hours.add(class, share);
        *self.themes.entry((j.theme().to_string(), class)).or_default() += share;
        self.series.entry(j.series()).or_default().add(class, share);
        *self.shares.entry(index).or_default() += share;
        self.days.entry(date).or_default().add(class, share);
    }

    /// Counted seconds of the instance at `index` among all judged.
    pub fn share_of(&self, index: usize) -> Exact {
        self.shares.get(&index).cloned().unwrap_or_default()
    }

    /// Total counted seconds.
    pub fn counted(&self) -> Exact {
        self.hours.all()
    }

    /// S / (S + E).
    pub fn share(&self) -> Option<Exact> {
        self.hours.share()
    }

    /// (S + E) / counted.
    pub fn coverage(&self) -> Option<Exact> {
        self.hours.classified().over(&self.counted())
    }

    /// Under 80 % of the counted time is classified, in the whole percent that are shown.
    pub fn provisional(&self) -> bool {
        self.coverage().is_some_and(|c| c.percent() < 80)
    }

    /// Too little to compare with anything: fewer than 5 counted hours, or under half of them classified; both as they are shown,
    /// so that no headline says "too little: 5.0 h".
    pub fn thin(&self) -> bool {
        self.counted().tenths() < 50 || self.coverage().is_some_and(|c| c.percent() < 50)
    }
}
