//! The one way in for the texts of an iCalendar source, file or feed: what they lack is guarded, what they no longer tell of
//! the past is kept.

use super::memory::remember;
use super::outline::{Outline, several};
use crate::diagnostic::Failure;
use crate::kinds::guard::{self, Step};
use crate::kinds::history::{self, Outcome, Told};
use crate::model::{IcsText, Instance, Interval, Span, midnight};
use crate::source::ics::{Calendars, Says};
use crate::store::{Calendar, Changes, Hold, PastChange, Store};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// How an iCalendar source is read.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub now: DateTime<Utc>,
    /// Of floating times and whole days.
    pub zone: Tz,
    /// Whatever is gone is believed to be deleted, also what is kept of the past.
    pub accept: bool,
    /// It was read elsewhere before: what was told there of people is not said of this place.
    pub moved: bool,
}

/// What became of the texts.
pub(super) enum Taken {
    /// They say what was known.
    Same,
    /// With how many of the past stay though they are no longer told.
    New(Changes, usize),
    /// They lack so much that the old ones stay.
    Held(Hold),
}

/// How far ahead is looked for what was moved there.
const AHEAD: TimeDelta = TimeDelta::days(2 * 366);

/// Of events by their keys, as [`Outline::events`] gives them.
fn changes(before: &BTreeMap<String, Says>, after: &BTreeMap<String, Says>) -> Changes {
    let lacks = |of: &BTreeMap<String, Says>, key: &str| !key.is_empty() && !of.contains_key(key);
    Changes {
        added: after.keys().filter(|key| lacks(before, key)).count(),
        changed: after.iter().filter(|(key, says)| before.get(*key).is_some_and(|known| known.all != says.all)).count(),
        removed: before.keys().filter(|key| lacks(after, key)).count(),
    }
}

/// They hold the same, whatever they once told.
fn same(before: &[IcsText], after: &[IcsText]) -> bool {
    let one = |(a, b): (&IcsText, &IcsText)| a.file == b.file && a.stem == b.stem && a.bytes == b.bytes;
    before.len() == after.len() && before.iter().zip(after).all(one)
}

impl Reading {
    /// Takes `texts` in the place of those that are known, unless they lack too much. `stamp` is what the source looked like.
    pub(super) fn take(
        &self,
        store: &mut Store,
        calendar: &Calendar,
        mut texts: Vec<IcsText>,
        stamp: Option<&str>,
    ) -> Result<Taken, Failure> {
        let before = store.texts(calendar.id)?;
        let forget = PastChange { forget: self.accept, ..PastChange::default() };
        if same(&before, &texts) {
            let texts = if self.accept || self.moved { &texts } else { &before };
            store.keep_texts(calendar.id, texts, stamp, &forget, self.now)?;
            return Ok(Taken::Same);
        }
        let (old, new) = (Outline::of(&before), Outline::of(&texts));
        if !self.accept && !self.moved {
            remember((&before, &old), (&mut texts, &new));
        }
        let past = match !self.accept && self.concerns_the_past(store, calendar, &old.contents, &new.contents)? {
            true => self.past(store, calendar, (&before, &old.contents), (&texts, &new.contents))?,
            false => Outcome { change: forget, ..Outcome::default() },
        };
        let several = several([&old, &new]);
        let (known, outside) = (old.events(&several), old.keys(&past.outside, &several));
        let mut renamed = old.renamed(&new, &several);
        let told = new.events(&several).into_iter();
        let there: BTreeMap<_, _> = told.map(|(key, says)| (renamed.remove(&key).unwrap_or(key), says)).collect();
        let named = |key: &&String| !key.is_empty() && !outside.contains(*key);
        let gone = known.keys().filter(named).filter(|key| !there.contains_key(*key)).cloned().collect();
        let live = known.keys().filter(named).count();
        let held = store.hold(calendar.id)?;
        match if self.accept { Step::Apply } else { guard::decide(held, &[(live, gone)], self.now) } {
            Step::Hold(hold) => {
                store.keep_hold(calendar.id, Some(&hold))?;
                // It answered.
                store.clear(calendar.id)?;
                Ok(Taken::Held(hold))
            }
            Step::Apply => {
                store.keep_texts(calendar.id, &texts, stamp, &past.change, self.now)?;
                let stays = past.change.keep.iter().filter(|row| row.json.is_some()).count();
                Ok(Taken::New(changes(&known, &there), stays))
            }
        }
    }

    /// What was added alone takes nothing away, but may tell again what was kept.
    fn concerns_the_past(
        &self,
        store: &Store,
        calendar: &Calendar,
        known: &BTreeMap<String, Says>,
        there: &BTreeMap<String, Says>,
    ) -> Result<bool, Failure> {
        let less = known.iter().any(|(uid, says)| there.get(uid).is_none_or(|now| now.all != says.all));
        Ok(less || (known != there && store.past_extent(calendar.id)?.is_some()))
    }

    fn past(
        &self,
        store: &Store,
        calendar: &Calendar,
        (before, known): (&[IcsText], &BTreeMap<String, Says>),
        (after, there): (&[IcsText], &BTreeMap<String, Says>),
    ) -> Result<Outcome, Failure> {
        let ((old, ahead), (new, later)) = (self.instances(calendar, before), self.instances(calendar, after));
        let old = Told { contents: known, instances: &old, ahead: &ahead };
        let new = Told { contents: there, instances: &new, ahead: &later };
        let last_seen = store.state(calendar.id)?.last_good.unwrap_or(self.now);
        let rows = store.whole_past(calendar.id)?;
        Ok(history::change(&old, &new, &rows, last_seen, self.now, self.zone))
    }

    /// Those up to now, and those to come.
    fn instances(&self, calendar: &Calendar, texts: &[IcsText]) -> (Vec<Instance>, Vec<Instance>) {
        let mut calendars = Calendars::default();
        texts.iter().for_each(|text| calendars.add_text(Some(&calendar.name), text));
        let window = Interval::new(self.now - TimeDelta::days(366 * history::YEARS), self.now + AHEAD);
        calendars.instances(window, self.zone).into_iter().partition(|instance| match instance.span {
            Span::Timed(interval) => interval.start < self.now,
            Span::AllDay { first, .. } => midnight(first, self.zone) < self.now,
        })
    }
}
