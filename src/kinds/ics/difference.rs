//! What of two texts differs. A feed is asked every few minutes and says mostly what it said before: only the events that are
//! told otherwise are worth reading, with all that shares a UID with them.

use chrono::{DateTime, TimeDelta, Utc};
use memchr::{memchr2, memmem};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

/// So many of the earliest single events stand beside what differs: they tell how far back the text reaches.
const EARLIEST: usize = 8;

/// Two texts without the events that both tell alike.
pub(super) struct Difference {
    pub old: Vec<u8>,
    pub new: Vec<u8>,
}

/// A VEVENT, as far as it can be told without reading it.
struct Block {
    from: usize,
    to: usize,
    uid: u64,
    /// It has a UID.
    named: bool,
    /// Of all its lines, but for its stamps.
    says: u64,
    /// The day of a single event, in digits.
    single: Option<[u8; 8]>,
    guests: bool,
    answers: bool,
}

/// What differs between `old` and `new`; `None` where that cannot be told from their lines alone. What was before `since` tells
/// nothing of how far back they reach.
pub(super) fn difference(old: &[u8], new: &[u8], since: DateTime<Utc>) -> Option<Difference> {
    let (random, since) = (RandomState::new(), (since + TimeDelta::days(1)).format("%Y%m%d").to_string());
    let (before, after) = (Blocks::of(old, &random)?, Blocks::of(new, &random)?);
    if !before.rest().eq(after.rest()) {
        return None;
    }
    let uids = differing(&before.blocks, &after.blocks);
    let common: Vec<&Block> = before.blocks.iter().filter(|block| !uids.contains(&block.uid)).collect();
    let mut shown: HashSet<u64> = [|b: &&&Block| b.guests && b.named, |b: &&&Block| b.answers]
        .iter()
        .filter_map(|is| common.iter().find(is).map(|block| block.uid))
        .collect();
    let mut earliest: BTreeSet<([u8; 8], u64)> = BTreeSet::new();
    for block in &common {
        earliest.extend(block.single.filter(|day| day.as_slice() > since.as_bytes()).map(|day| (day, block.uid)));
        if earliest.len() > EARLIEST {
            earliest.pop_last();
        }
    }
    shown.extend(earliest.into_iter().map(|(_, uid)| uid));
    // Something that both tell must be left out, or nothing is won.
    common.iter().find(|block| !shown.contains(&block.uid))?;
    shown.extend(uids);
    Some(Difference { old: before.only(&shown), new: after.only(&shown) })
}

/// The UIDs of events that only one of the texts tells so.
fn differing(before: &[Block], after: &[Block]) -> HashSet<u64> {
    let mut counts: HashMap<u64, i32> = HashMap::with_capacity(before.len());
    before.iter().for_each(|block| *counts.entry(block.says).or_default() += 1);
    after.iter().for_each(|block| *counts.entry(block.says).or_default() -= 1);
    let differs = |block: &&Block| counts.get(&block.says).is_some_and(|count| *count != 0);
    before.iter().chain(after).filter(differs).map(|block| block.uid).collect()
}

/// A text as its events, and what stands around them.
struct Blocks<'t> {
    text: &'t [u8],
    blocks: Vec<Block>,
}

impl<'t> Blocks<'t> {
    /// `None` where more than plain events stand in a plain frame: busy times, answers, several calendars, other encodings.
    fn of(text: &'t [u8], random: &RandomState) -> Option<Blocks<'t>> {
        let odd = [&b"\0"[..], b"\x1b", b"QUOTED-PRINTABLE"].iter().any(|sign| memmem::find(text, sign).is_some());
        if odd || std::str::from_utf8(text).is_err() {
            return None;
        }
        let (mut blocks, mut open, mut calendars, mut depth) = (Vec::new(), None::<Draft>, 0, 0_usize);
        for (at, end, line) in lines(text) {
            let is = |known: &[u8]| line.trim_ascii().eq_ignore_ascii_case(known);
            let begins = |known: &[u8]| begins(line, known);
            match &mut open {
                // Inside of another component it is no event.
                None if is(b"BEGIN:VEVENT") => open = Some((depth == 1).then(|| Draft::new(at, random))?),
                None if begins(b"BEGIN:VFREEBUSY") || begins(b"END:VEVENT") => return None,
                None if begins(b"METHOD") && !is(b"METHOD:PUBLISH") => return None,
                None if begins(b"BEGIN:") => {
                    depth += 1;
                    calendars += usize::from(begins(b"BEGIN:VCALENDAR"));
                }
                None if begins(b"END:") => depth = depth.checked_sub(1)?,
                None => {}
                Some(draft) if is(b"END:VEVENT") => {
                    blocks.push(draft.close(end)?);
                    open = None;
                }
                Some(draft) => draft.take(line)?,
            }
        }
        (open.is_none() && calendars == 1).then_some(Blocks { text, blocks })
    }

    /// What stands around the events, in its order.
    fn rest(&self) -> impl Iterator<Item = &'t [u8]> {
        let ends = std::iter::once(0).chain(self.blocks.iter().map(|block| block.to));
        let starts = self.blocks.iter().map(|block| block.from).chain([self.text.len()]);
        let parts = ends.zip(starts).filter_map(|(from, to)| self.text.get(from..to));
        parts.filter(|part| !part.is_empty())
    }

    /// The text with only the events of these UIDs.
    fn only(&self, uids: &HashSet<u64>) -> Vec<u8> {
        let (mut out, mut at) = (Vec::new(), 0);
        for block in &self.blocks {
            let to = if uids.contains(&block.uid) { block.to } else { block.from };
            out.extend_from_slice(self.text.get(at..to).unwrap_or_default());
            at = block.to;
        }
        out.extend_from_slice(self.text.get(at..).unwrap_or_default());
        out
    }
}

/// Each line as it stands there: where it begins, where the next one does, and its text.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (line, from) = (&rest[..length], at);
        let end = if rest.get(length..).is_some_and(|end| end.starts_with(b"\r\n")) { 2 } else { 1 };
        at += (length + end).min(rest.len());
        Some((from, at, line))
    })
}

/// An event of which lines are still to come.
struct Draft<'r> {
    from: usize,
    random: &'r RandomState,
    says: <RandomState as BuildHasher>::Hasher,
    uid: Option<Vec<u8>>,
    last: Last,
    /// Components inside of it.
    depth: usize,
    day: Option<[u8; 8]>,
    repeats: bool,
    guests: bool,
    answers: bool,
}

/// What the last line that was not folded is.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    Uid,
    Guest,
    Blank,
    Other,
}

impl<'r> Draft<'r> {
    fn new(from: usize, random: &'r RandomState) -> Draft<'r> {
        let (says, last) = (random.build_hasher(), Last::Other);
        let (repeats, guests, answers) = (false, false, false);
        Draft { from, random, says, uid: None, last, depth: 0, day: None, repeats, guests, answers }
    }

    /// `None` where the line is one that only reading makes sense of.
    fn take(&mut self, line: &[u8]) -> Option<()> {
        match line {
            // What is folded onto a blank line is another line to the reader.
            [b' ' | b'\t', ..] if self.last == Last::Blank => return None,
            [b' ' | b'\t', more @ ..] => {
                if self.last == Last::Uid {
                    self.uid.as_mut()?.extend_from_slice(more);
                }
                self.answers |= self.last == Last::Guest && holds(more, b"PARTSTAT");
            }
            [] => self.last = Last::Blank,
            [first, ..] if !first.is_ascii_alphanumeric() && *first != b'-' => return None,
            line => {
                self.last = self.begin(line)?;
                if is_stamp(line) {
                    return Some(());
                }
            }
        }
        line.hash(&mut self.says);
        Some(())
    }

    fn begin(&mut self, line: &[u8]) -> Option<Last> {
        let is = |known: &[u8]| begins(line, known);
        if is(b"BEGIN:VEVENT") || is(b"BEGIN:VCALENDAR") || is(b"END:VCALENDAR") {
            return None;
        }
        if is(b"BEGIN:") {
            self.depth += 1;
        } else if is(b"END:") {
            self.depth = self.depth.checked_sub(1)?;
        } else if self.depth == 0 && is(b"UID") {
            let value = line.get(3..)?.strip_prefix(b":")?;
            return (self.uid.replace(value.to_vec()).is_none()).then_some(Last::Uid);
        } else if self.depth == 0 && is(b"ATTENDEE") {
            self.guests = true;
            self.answers |= holds(line, b"PARTSTAT");
            return Some(Last::Guest);
        } else if self.depth == 0 && is(b"DTSTART") {
            let value = line.rsplit(|byte| *byte == b':').next()?;
            self.day = value.get(..8).and_then(|day| day.try_into().ok());
        } else if self.depth == 0 && [&b"RRULE"[..], b"RDATE", b"RECURRENCE-ID"].iter().any(|name| is(name)) {
            self.repeats = true;
        }
        Some(Last::Other)
    }

    fn close(&mut self, to: usize) -> Option<Block> {
        let uid = self.uid.take().unwrap_or_default();
        // Other spellings of one UID are for the reader to tell.
        if self.depth > 0 || uid.contains(&b'\\') {
            return None;
        }
        let Draft { from, random, repeats, guests, answers, .. } = *self;
        let uid = uid.trim_ascii();
        let named = !uid.is_empty();
        let (single, uid) = (self.day.filter(|_| named && !repeats), random.hash_one(uid));
        Some(Block { from, to, uid, named, says: self.says.finish(), single, guests, answers })
    }
}

/// A time of writing, which says nothing of the event, and nothing else.
fn is_stamp(line: &[u8]) -> bool {
    let digits = |value: &[u8]| value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'T' | b'Z'));
    [&b"DTSTAMP:"[..], b"LAST-MODIFIED:"].iter().any(|name| begins(line, name) && digits(&line[name.len()..]))
}

fn begins(line: &[u8], with: &[u8]) -> bool {
    line.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

fn holds(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(events: &str) -> String {
        let plain = |n| format!("BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:20261101T100000Z\r\nEND:VEVENT\r\n");
        let rest: String = (0..20).map(plain).collect();
        format!("BEGIN:VCALENDAR\r\n{rest}{events}END:VCALENDAR\r\n")
    }

    fn event(lines: &str) -> String {
        text(&format!("BEGIN:VEVENT\r\nUID:odd\r\n{lines}\r\nEND:VEVENT\r\n"))
    }

    /// The event is shown by both, or all is read.
    #[track_caller]
    fn seen(old: &str, new: &str) {
        if let Some(it) = difference(old.as_bytes(), new.as_bytes(), DateTime::UNIX_EPOCH) {
            let shows = |part: &[u8]| memmem::find(part, b"UID:odd").is_some();
            assert!(shows(&it.old) && shows(&it.new), "{old} {new}");
        }
    }

    #[test]
    fn only_a_time_of_writing_says_nothing() {
        let stamped = |day| event(&format!("DTSTAMP:2026110{day}T000000Z\r\nSUMMARY:a"));
        let it = difference(stamped(1).as_bytes(), stamped(2).as_bytes(), DateTime::UNIX_EPOCH).unwrap();
        assert!(memmem::find(&it.new, b"UID:odd").is_none());
        for line in [
            "DTSTAMP:20261101T000000Z\r\n\r\n SUMMARY:{}",
            "SUMMARY;ENCODING=quoted-printable:Our =\r\nLast-Modified {}",
            "SUMMARY;ENCODING=QUOTED-PRI\r\n NTABLE:Our =\r\nDTSTAMP {}",
            "LAST-MODIFIED-BY:{}",
            "DTSTAMP-X:{}",
            "DTSTAMP:20261101T000000Z\r\n {}",
        ] {
            seen(&event(&line.replace("{}", "strategy")), &event(&line.replace("{}", "lunch")));
        }
    }

    #[test]
    fn what_only_reading_makes_sense_of_is_read() {
        let odd =
            |lines: &str| difference(event(lines).as_bytes(), event("SUMMARY:a").as_bytes(), DateTime::UNIX_EPOCH);
        assert!(odd("DESCRIPTION:x\r\n\r\n zz").is_none() && odd("\u{c}UID:x").is_none() && odd("UID:x").is_none());
        let one = "BEGIN:VEVENT\r\nUID:odd\r\nEND:VEVENT\r\n";
        let outside = text(&format!("{one}BEGIN:VTODO\r\nEND:VTODO\r\n"));
        let inside = text(&format!("BEGIN:VTODO\r\n{one}END:VTODO\r\n"));
        assert!(difference(outside.as_bytes(), inside.as_bytes(), DateTime::UNIX_EPOCH).is_none());
    }
}
