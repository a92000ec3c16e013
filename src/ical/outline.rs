//! What a text holds, without reading it: whether it is a calendar and whole, and what each of its events says.

use super::decode::decode;
use super::line::{Lines, Property, unescape};
use super::read::{Method, Taken};
use crate::model::Told;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How much of a calendar a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// No VCALENDAR begins in it.
    Nothing,
    /// A VCALENDAR is not closed: it was cut short, by whoever is still writing it, or on the way.
    Part,
    /// Every VCALENDAR is closed, whatever stands before, between and behind.
    Whole,
}

/// How much of a calendar `bytes` are. Programs put a notice right before the first line, and caches a comment right behind
/// the last one: what stands on the same line there does not hide it.
pub fn extent(bytes: &[u8]) -> Extent {
    let bytes = decode(bytes);
    let (first, last) = (b"BEGIN:VCALENDAR", b"END:VCALENDAR");
    let (mut begun, mut closed) = (0_usize, 0_usize);
    let ends = memchr::memchr2_iter(b'\n', b'\r', &bytes).chain([bytes.len()]);
    let mut at = 0;
    for end in ends {
        let line = bytes[at..end].trim_ascii();
        at = end + 1;
        let tail = if begun == 0 { &line[line.len().saturating_sub(first.len())..] } else { line };
        begun += usize::from(tail.eq_ignore_ascii_case(first));
        let ends = line.get(..last.len()).is_some_and(|start| start.eq_ignore_ascii_case(last));
        closed += usize::from(ends && !line.get(last.len()).is_some_and(u8::is_ascii_alphanumeric));
    }
    match begun {
        0 => Extent::Nothing,
        _ if begun > closed => Extent::Part,
        _ => Extent::Whole,
    }
}

/// What the events of one UID say, as numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// Everything.
    pub all: u64,
    /// When a series begins and by which rules it goes on, without its exceptions.
    pub frame: u64,
}

impl std::ops::AddAssign for Says {
    /// Both of them, in whatever order.
    fn add_assign(&mut self, more: Says) {
        self.all = self.all.wrapping_add(more.all);
        self.frame = self.frame.wrapping_add(more.frame);
    }
}

/// One event, or one busy time, as a text holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Empty where it has none.
    pub uid: String,
    /// Of its BEGIN, from 1; of a busy time its own.
    pub line: usize,
    /// DTSTART, or the start of a busy time, in its own words.
    pub start: String,
    /// SEQUENCE: which version of itself it is.
    pub sequence: i64,
    /// SUMMARY.
    pub title: String,
    /// When it takes place, as a number.
    pub times: u64,
    /// It is the change of an instance.
    pub change: bool,
    /// A busy time of a VFREEBUSY.
    pub busy: bool,
    /// What it tells of people.
    pub told: Told,
    pub says: Says,
}

/// What the events of each UID say: the same numbers for a text that says the same, in whatever order. When it was
/// written and how often (DTSTAMP, LAST-MODIFIED, SEQUENCE) says nothing: Google stamps every event anew each time that
/// it is asked. What has no UID, busy times too, stands together under an empty one.
pub fn contents<'e>(entries: impl Iterator<Item = &'e Entry>) -> BTreeMap<String, Says> {
    let mut events: BTreeMap<String, Says> = BTreeMap::new();
    for entry in entries {
        *events.entry(entry.uid.clone()).or_default() += entry.says;
    }
    events
}

/// Every event of a text, in its order; busy times only where their VCALENDAR has no event, because only there they count.
pub fn entries(bytes: &[u8]) -> Vec<Entry> {
    let bytes = decode(bytes);
    let (mut events, mut first): (Vec<Entry>, usize) = (Vec::new(), 0);
    let mut open: Option<Open> = None;
    // The calendar answers or asks about events, and holds none.
    let mut answers = false;
    let mut busy = false;
    for line in Lines::new(&bytes) {
        let Some(property) = Property::split(&line.bytes) else { continue };
        let value = property.value.trim_ascii();
        let is = |known: &str| property.name.eq_ignore_ascii_case(known.as_bytes());
        let of = |name: &str| value.eq_ignore_ascii_case(name.as_bytes());
        let bound = is("BEGIN") || is("END");
        if is("METHOD") && open.is_none() {
            let method = Method::named(&unescape(value));
            answers = matches!(method, Some(Method::Answer(_)));
        } else if bound && (of("VEVENT") || of("VFREEBUSY") || of("VCALENDAR")) {
            answers &= !of("VCALENDAR");
            events.extend(open.take().map(Open::close));
            if of("VCALENDAR") {
                close(&mut events, first);
                first = events.len();
            }
            busy = is("BEGIN") && of("VFREEBUSY");
            let entry = Entry { line: line.number, ..Entry::default() };
            open = (is("BEGIN") && of("VEVENT")).then(|| Open { entry, silent: answers, ..Open::default() });
        } else if let Some(open) = &mut open {
            open.take(&property, value, &line.bytes);
        } else if busy && is("FREEBUSY") && Taken::of(&property) == Taken::Busy {
            let periods = value.split(|b| *b == b',').map(<[u8]>::trim_ascii).filter(|period| !period.is_empty());
            events.extend(periods.map(|period| busy_time(period, line.number)));
        }
    }
    events.extend(open.map(Open::close));
    close(&mut events, first);
    events
}

/// Leaves out the busy times of a calendar with events, which is the last and begins at `first`.
fn close(events: &mut Vec<Entry>, first: usize) {
    if events[first..].iter().any(|entry| !entry.busy) {
        let mut place = 0;
        events.retain(|entry| {
            place += 1;
            place <= first || !entry.busy
        });
    }
}

fn busy_time(period: &[u8], line: usize) -> Entry {
    let start = period.split(|b| *b == b'/').next().unwrap_or_default();
    let says = Says { all: hash(period), frame: 0 };
    Entry {
        line,
        start: String::from_utf8_lossy(start).into_owned(),
        busy: true,
        times: says.all,
        says,
        ..Entry::default()
    }
}

/// An event of which lines are still to come.
#[derive(Default)]
struct Open {
    entry: Entry,
    lines: Vec<u64>,
    frame: Vec<u64>,
    /// Its guests say nothing of others: it is an answer.
    silent: bool,
    moments: Vec<u64>,
    /// Components inside of it, such as alarms, which say nothing of the event.
    depth: usize,
}

impl Open {
    fn take(&mut self, property: &Property, value: &[u8], line: &[u8]) {
        let is = |known: &str| property.name.eq_ignore_ascii_case(known.as_bytes());
        if is("BEGIN") {
            self.depth += 1;
        } else if is("END") {
            self.depth = self.depth.saturating_sub(1);
        } else if self.depth > 0 || is("DTSTAMP") || is("LAST-MODIFIED") {
        } else if is("SEQUENCE") {
            self.entry.sequence = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        } else if is("UID") {
            self.entry.uid = unescape(value);
        } else {
            if is("ATTENDEE") && !self.silent {
                self.entry.told.attendees = true;
                self.entry.told.answers |= property.is_answered();
            }
            self.entry.change |= is("RECURRENCE-ID");
            if is("DTSTART") {
                self.entry.start = String::from_utf8_lossy(value).into_owned();
            } else if is("SUMMARY") {
                self.entry.title = unescape(value);
            }
            if ["DTSTART", "RRULE", "RDATE", "EXRULE"].iter().any(|name| is(name)) {
                self.frame.push(hash(line));
            }
            if ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "RECURRENCE-ID"].iter().any(|name| is(name)) {
                self.moments.push(hash(line));
            }
            self.lines.push(hash(line));
        }
    }

    fn close(self) -> Entry {
        let number = |mut parts: Vec<u64>| {
            parts.sort_unstable();
            hash(&parts)
        };
        let frame = if self.entry.change { 0 } else { number(self.frame) };
        Entry { says: Says { all: number(self.lines), frame }, times: number(self.moments), ..self.entry }
    }
}

fn hash(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_whole_whatever_stands_around_it() {
        for text in [
            "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            "<b>Notice</b>: x in y.php on line 3<br />\nBEGIN:VCALENDAR\nEND:VCALENDAR",
            "Notice: once BEGIN:VCALENDAR\nEND:VCALENDAR<!-- cached -->",
            "begin:vcalendar\nend:vcalendar\0",
            "BEGIN:VCALENDAR\nDESCRIPTION:ends in BEGIN:VCALENDAR\nEND:VCALENDAR",
        ] {
            assert_eq!(extent(text.as_bytes()), Extent::Whole, "{text}");
        }
        for text in
            ["BEGIN:VCALENDAR", "BEGIN:VCALENDAR\nEND:VCALENDARS", "BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VCALENDAR"]
        {
            assert_eq!(extent(text.as_bytes()), Extent::Part, "{text}");
        }
        assert_eq!(extent(b"<html>BEGIN:VCALENDAR!</html>"), Extent::Nothing);
    }

    #[test]
    fn an_event_says_the_same_until_something_of_it_changes() {
        let event = |uid: &str, more: &str| format!("BEGIN:VEVENT\nUID:{uid}\nSUMMARY:x\n{more}END:VEVENT\n");
        let of = |text: &str| contents(entries(text.as_bytes()).iter());
        let before = of(&(event("a", "DTSTAMP:20260101T000000Z\nLOCATION:y\n") + &event("b", "")));
        let alarm = "BEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\n";
        let stamped = of(&(event("b", alarm) + &event("a", "LOCATION:y\nDTSTAMP:20260202T000000Z\nSEQUENCE:2\n")));
        assert_eq!(before, stamped, "another order, other stamps, an alarm");
        let renamed = of(&(event("a", "LOCATION:z\n") + &event("b", "")));
        assert!(renamed["a"] != before["a"] && renamed["b"] == before["b"]);
        assert_eq!(before.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(renamed["a"].frame, before["a"].frame, "a place is no time");
        let busy = of("BEGIN:VFREEBUSY\nFREEBUSY:20261118T100000Z/PT1H\nEND:VFREEBUSY\n");
        assert_eq!(busy.keys().collect::<Vec<_>>(), [""]);
        let none = "BEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261118T100000Z/PT1H\nEND:VFREEBUSY\n";
        assert!(of(none).is_empty());
    }
}
