//! Keys about days: `working_hours` and `[[travel]]`. Two words about one day are a mistake, unless one of them names that day
//! alone.

use super::{Config, Reader};
use crate::model::{Hours, Mistake, Value, hours, list, weekday};
use chrono::{Datelike, NaiveDate};
use std::ops::{Range, RangeInclusive};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_HOURS: &str = "hours such as \"08:00-18:00\"";

/// What one entry of the table says of its days.
struct Entry<'t> {
    word: &'t str,
    span: Range<usize>,
    /// By their number from Monday.
    days: Vec<usize>,
    times: Option<Hours>,
}

pub(super) fn working_hours(v: &Value, c: &mut Config, r: &mut Reader) {
    let Some(table) = r.table(v, "working_hours") else { return };
    let (mut ranges, mut singles): (Vec<Entry>, Vec<Entry>) = (Vec::new(), Vec::new());
    let mut lunch = false;
    for (name, value) in table {
        let word: &str = name.get_ref();
        let off_or_hours =
            |text: &str| if text.trim().eq_ignore_ascii_case("off") { Some(None) } else { hours(text).map(Some) };
        let times = r.parsed(value, &format!("working_hours.{word}"), DAY_HOURS, off_or_hours).flatten();
        if word.eq_ignore_ascii_case("lunch") {
            if std::mem::replace(&mut lunch, true) {
                r.mistake(name.span(), "`lunch` stands twice", "the second one");
            }
            c.working.lunch = times;
            continue;
        }
        let Some(days) = days(word) else {
            r.unknown(name.span(), word, "day", DAYS.into_iter().chain(["mon-fri", "lunch"]));
            continue;
        };
        let kind = if word.contains('-') { &mut ranges } else { &mut singles };
        kind.push(Entry { word, span: name.span(), days, times });
    }
    // The table comes in the order of its words.
    for entries in [&mut ranges, &mut singles] {
        entries.sort_by_key(|entry| entry.span.start);
        overlaps(entries, r);
    }
    c.working.days = [None; 7];
    for entry in ranges.iter().chain(&singles) {
        entry.days.iter().for_each(|day| c.working.days[*day] = entry.times);
    }
}

fn days(word: &str) -> Option<Vec<usize>> {
    let day = |text: &str| weekday(text).map(|day| day.num_days_from_monday() as usize);
    let (from, to) = word.split_once('-').unwrap_or((word, word));
    let (from, to) = (day(from)?, day(to)?);
    Some((0..=(to + 7 - from) % 7).map(|i| (from + i) % 7).collect())
}

fn overlaps(ranges: &[Entry<'_>], r: &mut Reader) {
    for (at, later) in ranges.iter().enumerate() {
        let both = |earlier: &&Entry<'_>| later.days.iter().any(|day| earlier.days.contains(day));
        let Some(earlier) = ranges[..at].iter().find(both) else { continue };
        let day = later.days.iter().find(|day| earlier.days.contains(day)).map_or("", |day| DAYS[*day]);
        let message = format!("`{}` and `{}` both say when you work on `{day}`", earlier.word, later.word);
        let (label, help) = match later.word.contains('-') {
            false => ("the same day", "keep one of them"),
            true => (
                "a range that overlaps",
                "end one range before the other begins; a day that differs can be named alone",
            ),
        };
        r.mistake(later.span.clone(), message, label).with_help(help);
    }
}

pub(super) fn travel(v: &Value, c: &mut Config, r: &mut Reader) {
    for entry in list(v) {
        let Some(table) = r.table(entry, "travel") else { continue };
        let known = ["from", "to", "timezone"];
        for name in table.keys().filter(|name| !known.contains(&name.get_ref().as_ref())) {
            r.unknown(name.span(), name.get_ref(), "key of `[[travel]]`", known);
        }
        let mut need = |key: &str| {
            let found = table.get(key);
            if found.is_none() {
                r.mistake(entry.span(), format!("`[[travel]]` needs `{key}`"), format!("no `{key}` here"));
            }
            found
        };
        let (Some(from), Some(to), Some(zone)) = (need("from"), need("to"), need("timezone")) else { continue };
        let dates = (r.date(from, "from"), r.date(to, "to"), r.zone(zone, "timezone"));
        let (Some(first), Some(last), Some(zone)) = dates else { continue };
        if let Some(mistake) = journey(first..=last, from, to, c) {
            r.add(mistake);
        }
        c.travel.push((first..=last, zone));
    }
}

/// What is wrong with a journey, seen with the ones before it.
fn journey(dates: RangeInclusive<NaiveDate>, from: &Value, to: &Value, c: &Config) -> Option<Mistake> {
    let (first, last) = (*dates.start(), *dates.end());
    if last < first {
        return Some(Mistake::new(to.span(), "`to` lies before `from`", "the last day of the journey"));
    }
    if first.year() < 1900 || last.year() > 2200 {
        let message = "`[[travel]]` must lie between the years 1900 and 2200";
        return Some(Mistake::new(from.span(), message, "not in that range"));
    }
    let (other, _) = c.travel.iter().find(|(other, _)| *other.start() <= last && first <= *other.end())?;
    let (since, until) = (other.start(), other.end());
    let message = format!("this journey overlaps the one from {since} to {until}");
    let mistake = Mistake::new(from.span(), message, "one day has one zone");
    Some(mistake.help("begin it the day after the other one ends; the day of the flight belongs to one of them"))
}
