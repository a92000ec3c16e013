//! The one way in for the texts of an iCalendar source, file or feed: what they lack is guarded, what they no longer tell of
//! the past is kept.

use super::difference::{Difference, difference};
use super::memory::remember;
use super::outline::{Outline, events, several};
use crate::diagnostic::Failure;
use crate::kinds::guard::{self, Step};
use crate::kinds::history::{self, Outcome, Told};
use crate::model::{IcsText, Instance, Interval, Span, midnight};
use crate::source::ics::{Calendars, Says};
use crate::store::{Calendar, Changes, Hold, KeptText, NewTexts, PastChange, Store};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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

/// What new texts mean beside those that are known.
struct Weighed {
    old: Outline,
    new: Outline,
    /// The events that are known, and those that are there, by their keys.
    known: BTreeMap<String, Says>,
    there: BTreeMap<String, Says>,
    past: Outcome,
    /// The keys of events that only fell out of the range.
    outside: HashSet<String>,
}

impl Weighed {
    /// Of the known ones those that count, and those of them that are gone.
    fn removal(&self) -> (usize, BTreeSet<String>) {
        let named = |key: &&String| !key.is_empty() && !self.outside.contains(*key);
        let gone = self.known.keys().filter(named).filter(|key| !self.there.contains_key(*key));
        (self.known.keys().filter(named).count(), gone.cloned().collect())
    }
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
        let kept = store.kept_texts(calendar.id)?;
        let forget = PastChange { forget: self.accept, ..PastChange::default() };
        if store.are_kept(&kept, &texts)? {
            if self.remembers() {
                texts.iter_mut().zip(&kept).for_each(|(text, kept)| text.told = kept.told);
            }
            let new = NewTexts { texts: &texts, stamp, events: None, past: &forget };
            store.keep_texts(calendar.id, &new, self.now)?;
            return Ok(Taken::Same);
        }
        match self.few(store, calendar, kept, &mut texts, stamp)? {
            Some(changes) => Ok(Taken::New(changes, 0)),
            None => self.all(store, calendar, texts, stamp),
        }
    }

    /// The same of texts that are new, by weighing all that they tell.
    fn all(
        &self,
        store: &mut Store,
        calendar: &Calendar,
        mut texts: Vec<IcsText>,
        stamp: Option<&str>,
    ) -> Result<Taken, Failure> {
        let before = store.texts(calendar.id)?.collect::<Result<Vec<_>, _>>()?;
        let weighed = self.weigh(store, calendar, &before, &mut texts)?;
        let held = store.hold(calendar.id)?;
        let removal = weighed.removal();
        match if self.accept { Step::Apply } else { guard::decide(held, &[removal], self.now) } {
            Step::Hold(hold) => {
                store.keep_hold(calendar.id, Some(&hold))?;
                // It answered.
                store.clear(calendar.id)?;
                Ok(Taken::Held(hold))
            }
            Step::Apply => {
                let past = PastChange { forget: self.accept, ..weighed.past.change };
                let events = Some(events(&texts, &weighed.new));
                let new = NewTexts { texts: &texts, stamp, events, past: &past };
                store.keep_texts(calendar.id, &new, self.now)?;
                let stays = past.keep.iter().filter(|row| row.json.is_some()).count();
                Ok(Taken::New(changes(&weighed.known, &weighed.there), stays))
            }
        }
    }

    /// What a place once told is remembered of it.
    fn remembers(&self) -> bool {
        !self.accept && !self.moved
    }

    /// Takes the one text of a source where only a few events are told otherwise, and what else it tells does not matter for
    /// what that means: the same as weighing all of them. `None` where it does.
    fn few(
        &self,
        store: &mut Store,
        calendar: &Calendar,
        mut kept: Vec<KeptText>,
        texts: &mut [IcsText],
        stamp: Option<&str>,
    ) -> Result<Option<Changes>, Failure> {
        let ([text], Some(old), true) = (&mut *texts, kept.pop(), kept.is_empty() && self.remembers()) else {
            return Ok(None);
        };
        let Some(known) = store.events_of_texts(calendar.id)?.filter(|_| old.file == text.file) else {
            return Ok(None);
        };
        if store.hold(calendar.id)?.is_some() || store.past_extent(calendar.id)?.is_some() {
            return Ok(None);
        }
        let mut before = store.text(old)?;
        let Some(Difference { old, new: after }) = difference(&before.bytes, &text.bytes, self.earliest()) else {
            return Ok(None);
        };
        before.bytes = old;
        let mut after = [IcsText { bytes: after, file: text.file.clone(), stem: text.stem.clone(), told: text.told }];
        let before = [before];
        let weighed = self.weigh(store, calendar, &before, &mut after)?;
        let (_, gone) = weighed.removal();
        if weighed.past.open || gone.len() > guard::FEW {
            return Ok(None);
        }
        text.told = after[0].told;
        let (gone, come) = (events(&before, &weighed.old), events(&after, &weighed.new));
        let events = Some((known + come).saturating_sub(gone));
        let new = NewTexts { texts, stamp, events, past: &weighed.past.change };
        store.keep_texts(calendar.id, &new, self.now)?;
        Ok(Some(changes(&weighed.known, &weighed.there)))
    }

    /// What `texts` mean beside those `before` them. Notes in them what both told of people.
    fn weigh(
        &self,
        store: &Store,
        calendar: &Calendar,
        before: &[IcsText],
        texts: &mut [IcsText],
    ) -> Result<Weighed, Failure> {
        let (old, new) = (Outline::of(before), Outline::of(texts));
        if self.remembers() {
            remember(&old, (texts, &new));
        }
        let past = match self.accept {
            true => Outcome::default(),
            false => self.past(store, calendar, (before, &old.contents()), (texts, &new.contents()))?,
        };
        let several = several([&old, &new]);
        let (known, outside) = (old.events(&several), old.keys(&past.outside, &several));
        let mut renamed = old.renamed(&new, &several);
        let told = new.events(&several).into_iter();
        let there = told.map(|(key, says)| (renamed.remove(&key).unwrap_or(key), says)).collect();
        Ok(Weighed { old, new, known, there, past, outside })
    }

    /// What the new texts mean for the past. What was added alone takes nothing away, but may tell again what was kept.
    fn past(
        &self,
        store: &Store,
        calendar: &Calendar,
        (before, known): (&[IcsText], &BTreeMap<String, Says>),
        (after, there): (&[IcsText], &BTreeMap<String, Says>),
    ) -> Result<Outcome, Failure> {
        let less = known.iter().any(|(uid, says)| there.get(uid).is_none_or(|now| now.all != says.all));
        if !less && (known == there || store.past_extent(calendar.id)?.is_none()) {
            return Ok(Outcome::default());
        }
        let ((old, ahead), (new, later)) = (self.instances(calendar, before), self.instances(calendar, after));
        let old = Told { contents: known, instances: &old, ahead: &ahead };
        let new = Told { contents: there, instances: &new, ahead: &later };
        let last_seen = store.state(calendar.id)?.last_good.unwrap_or(self.now);
        let rows = store.whole_past(calendar.id)?;
        Ok(history::change(&old, &new, &rows, last_seen, self.now, self.zone))
    }

    /// Where the past that is looked at begins.
    fn earliest(&self) -> DateTime<Utc> {
        self.now - TimeDelta::days(366 * history::YEARS)
    }

    /// Those up to now, and those to come.
    fn instances(&self, calendar: &Calendar, texts: &[IcsText]) -> (Vec<Instance>, Vec<Instance>) {
        let mut calendars = Calendars::default();
        texts.iter().for_each(|text| calendars.add_text(Some(&calendar.name), text));
        let window = Interval::new(self.earliest(), self.now + AHEAD);
        calendars.instances(window, self.zone).into_iter().partition(|instance| match instance.span {
            Span::Timed(interval) => interval.start < self.now,
            Span::AllDay { first, .. } => midnight(first, self.zone) < self.now,
        })
    }
}

#[cfg(test)]
mod tests;
