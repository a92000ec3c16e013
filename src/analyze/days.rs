//! What a report tells of single days and single events.

use super::judge::{Judged, Verdict};
use super::report::{Amount, Block, Day, LongEvent, Reason};
use super::tally::Tally;
use super::{Analysis, length_of};
use crate::model::{Class, Exact, Interval};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

impl Analysis<'_> {
    /// What is left out as too long, the longest first.
    pub(super) fn long(&self, tally: &Tally) -> Vec<LongEvent> {
        let here = tally.fetched.iter().map(|&i| &self.judged[i]);
        let event = |j: &Judged| {
            let part = j.interval.intersection(&tally.window).map(|part| part.length());
            LongEvent { title: j.title(), private: j.private(), hours: Exact::seconds(part.unwrap_or_default()) }
        };
        let mut long: Vec<LongEvent> =
            here.filter(|j| j.verdict == Verdict::LeftOut(Reason::Long)).map(event).collect();
        long.sort_by(|a, b| (&b.hours, &a.title).cmp(&(&a.hours, &b.title)));
        long
    }

    /// What counts but for the part that lies in an absence.
    pub(super) fn cut_by_absence(&self, tally: &Tally) -> Amount {
        let mut amount = Amount::default();
        for j in tally.fetched.iter().map(|&i| &self.judged[i]) {
            let lost = tally.ledger.lost(j, &tally.working.gross);
            amount.events += usize::from(!lost.is_empty());
            amount.hours += &length_of(&lost);
        }
        amount
    }

    pub(super) fn day(&self, date: NaiveDate, tally: &Tally, open: &[Interval]) -> Day {
        let zones = &self.wishes.zones;
        let (day, zone) = (zones.day(date), zones.on(date));
        let hours = tally.days.get(&date).cloned().unwrap_or_default();
        let wall = |i: &Interval| i.intersection(&day).map(|part| wall_clock(&part, &day, zone));
        let here = || tally.fetched.iter().map(|&i| &self.judged[i]);
        let drawn = here().filter(|j| !j.all_day() && !j.long && !matches!(j.verdict, Verdict::LeftOut(_)));
        let block = |j: &Judged, (from, to)| Block {
            from,
            to,
            title: j.title(),
            private: j.private(),
            class: j.class(),
            theme: j.decision.theme.as_ref().map(ToString::to_string),
            alone: j.alone,
            tentative: j.tentative,
        };
        let whole = tally.all_day.iter().filter(|a| a.day == day).map(|a| &self.judged[a.index]);
        let part = |i: &Interval| i.intersection(&day).is_some();
        let long = here().filter(|j| j.long && j.class().is_some() && tally.ledger.parts(j).iter().any(part));
        let off = here().filter(|j| j.absence);
        Day {
            date,
            zone: zone.name().to_string(),
            strategy: hours.of(Class::Strategy).clone(),
            execution: hours.of(Class::Execution).clone(),
            unclassified: hours.of(Class::Unclassified).clone(),
            // A date that is skipped has no hours to work.
            working: self.wishes.working.on(date.weekday()).filter(|_| !day.is_empty()),
            out_of_office: off.filter_map(|j| wall(&j.interval)).collect(),
            open: open.iter().filter_map(wall).collect(),
            blocks: drawn.flat_map(|j| j.parts().filter_map(move |p| Some(block(j, wall(&p)?)))).collect(),
            all_day: whole.chain(long).map(|j| block(j, (0, 1440))).collect(),
        }
    }
}

/// Minutes after midnight on the day's own clock; where the clock goes back over the end, the elapsed length decides.
fn wall_clock(part: &Interval, day: &Interval, zone: Tz) -> (u16, u16) {
    let minutes = |at: DateTime<Utc>| {
        let local = at.with_timezone(&zone);
        (local.hour() * 60 + local.minute()) as u16
    };
    let from = if part.start <= day.start { 0 } else { minutes(part.start).min(1439) };
    let to = if part.end >= day.end { 1440 } else { minutes(part.end) };
    let length = u16::try_from(part.length().num_minutes()).unwrap_or(1440).max(1);
    (from, if to > from { to } else { (from + length).min(1440) })
}
