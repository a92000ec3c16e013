//! Zones that a file defines itself: VTIMEZONE with its STANDARD and DAYLIGHT rules (RFC 5545 §3.6.5).

use super::civil::{DAY, days};
use super::meter::Meter;
use super::recur::Occurrences;
use super::rule::Rule;

/// Rules are followed up to this year; from then on the last offset holds.
const HORIZON: i64 = 2200;
/// Six centuries of two changes a year, three times over.
const MOST_CHANGES: usize = 4000;

/// One STANDARD or DAYLIGHT part.
#[derive(Clone, Debug, Default)]
pub(super) struct Observance {
    /// First onset on the wall clock before the change.
    pub start: Option<i64>,
    pub from: Option<i64>,
    pub to: Option<i64>,
    pub rules: Vec<Rule>,
    /// Further onsets; in UTC where the flag is set.
    pub dates: Vec<(i64, bool)>,
}

/// A zone as a list of changes.
#[derive(Clone, Debug)]
pub(super) struct Custom {
    first: i64,
    /// Instant of the change, and seconds east of Greenwich from then on; in order.
    changes: Vec<(i64, i64)>,
}

impl Custom {
    /// `None` where no part says when it starts and what it changes to.
    pub(super) fn new(observances: &[Observance], meter: &mut Meter) -> Option<Custom> {
        let end = days(HORIZON, 1, 1) * DAY;
        let mut changes: Vec<(i64, i64, i64)> = Vec::new();
        meter.next_series();
        for part in observances {
            let (Some(start), Some(to)) = (part.start, part.to) else { continue };
            let from = part.from.unwrap_or(to);
            changes.push((start - from, from, to));
            changes.extend(part.dates.iter().map(|(at, utc)| (if *utc { *at } else { at - from }, from, to)));
            for rule in &part.rules {
                // UNTIL of an observance is UTC; without `Z`, programs mean its wall clock.
                let until = rule.until.map_or(i64::MAX, |until| match until.zone {
                    super::value::ZoneId::UTC => until.local.saturating_add(from),
                    super::value::ZoneId::DATE => until.local + DAY - 1,
                    _ => until.local,
                });
                let mut onsets = Occurrences::new(rule, start, false, start, end.min(until));
                while changes.len() < MOST_CHANGES {
                    let Some(onset) = onsets.next(meter) else { break };
                    changes.push((onset - from, from, to));
                }
            }
        }
        changes.sort_unstable();
        changes.dedup();
        let first = changes.first()?.1;
        Some(Custom { first, changes: changes.into_iter().map(|(at, _, to)| (at, to)).collect() })
    }

    pub(super) fn offset_at(&self, instant: i64) -> i64 {
        let after = self.changes.partition_point(|(at, _)| *at <= instant);
        after.checked_sub(1).map_or(self.first, |last| self.changes[last].1)
    }

    pub(super) fn instant(&self, local: i64) -> i64 {
        // The offsets in force a day to either side; two changes within two days are no zone of this earth.
        let (before, after) = (self.offset_at(local - DAY), self.offset_at(local + DAY));
        let (early, late) = (local - before, local - after);
        if self.offset_at(early) == before || self.offset_at(late) != after { early } else { late }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ical::zone::Zone;
    use chrono_tz::Tz;

    fn new_york() -> Custom {
        let part = |start: (i64, u32, u32), from: i64, to: i64, rule: &[u8]| Observance {
            start: Some(days(start.0, start.1, start.2) * DAY + 7200),
            from: Some(from * 3600),
            to: Some(to * 3600),
            rules: vec![Rule::parse(rule).unwrap()],
            dates: Vec::new(),
        };
        let parts = [
            part((2007, 11, 4), -4, -5, b"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
            part((2007, 3, 11), -5, -4, b"FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
        ];
        Custom::new(&parts, &mut Meter::file()).unwrap()
    }

    #[test]
    fn equals_the_database_gaps_and_overlaps_included() {
        let (custom, real) = (new_york(), Zone::Named(Tz::America__New_York));
        for year in [2008, 2026, 2060] {
            for half_hour in 0..366 * 48 {
                let local = days(year, 1, 1) * DAY + half_hour * 1800;
                assert_eq!(custom.instant(local), real.instant(local, &Zone::Utc), "{local}");
            }
        }
        let far = days(2150, 7, 1) * DAY;
        assert_eq!(custom.instant(far), far + 4 * 3600, "rules are followed where the database ends");
    }

    #[test]
    fn hostile_rules_end() {
        let rules = vec![Rule::parse(b"FREQ=SECONDLY").unwrap(); 50];
        let part = Observance { start: Some(0), from: Some(0), to: Some(3600), rules, dates: Vec::new() };
        let mut meter = Meter::file();
        assert!(Custom::new(&[part], &mut meter).unwrap().changes.len() <= MOST_CHANGES);
        assert!(meter.counted < 10_000);
    }
}
