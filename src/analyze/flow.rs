//! How the days ran: open blocks, fragments, chains, context switches.

use super::judge::Judged;
use super::ledger::less_all_day;
use super::report::Flow;
use super::tally::{Tally, length};
use crate::model::{Exact, Interval, Preferences};
use chrono::{DateTime, TimeDelta, Utc};

/// Gap at which one meeting still runs into the next.
const BACK_TO_BACK: TimeDelta = TimeDelta::minutes(5);

/// Working time that holds no meeting, in stretches of at least `focus_block`, and the length of the shorter ones.
pub(super) fn open(all: &[Judged], tally: &Tally, wishes: &Preferences) -> (Vec<Interval>, Exact) {
    let meetings = tally.fetched.iter().map(|&i| &all[i]).filter(|j| j.is_meeting() && !j.all_day());
    let taken = Interval::union(meetings.flat_map(|j| tally.ledger.parts(j)).collect());
    let free: Vec<Interval> = tally.working.net.iter().flat_map(|w| w.without(&taken)).collect();
    let (open, short): (Vec<Interval>, Vec<Interval>) =
        less_all_day(free, &tally.all_day).into_iter().partition(|f| f.length() >= wishes.focus_block);
    (open, length(&short))
}

/// Meetings without a pause between them.
struct Chain {
    /// Those that follow one another: of several at once, one.
    links: usize,
    /// Where the last link ends.
    link: DateTime<Utc>,
    span: Interval,
}

impl Chain {
    fn of(part: Interval) -> Chain {
        Chain { links: 1, link: part.end, span: part }
    }

    /// Takes one more meeting, which starts no earlier than those before it.
    fn take(&mut self, part: Interval) {
        if part.start >= self.link {
            (self.links, self.link) = (self.links + 1, part.end);
        } else {
            // At the same time as the last link: the shorter one leaves more room for the next.
            self.link = self.link.min(part.end);
        }
        self.span.end = self.span.end.max(part.end);
    }
}

/// Chains of meetings and changes of class, over the timed counted events in order of start. A long event is behind all of
/// them, and in no chain.
pub(super) fn flow(all: &[Judged], tally: &Tally) -> Flow {
    let timed = |j: &&Judged| j.class().is_some() && !j.all_day() && !j.long;
    let counted = || tally.fetched.iter().map(|&i| &all[i]).filter(timed);
    let mut parts: Vec<Interval> = counted().filter(|j| j.is_meeting()).flat_map(|j| tally.ledger.parts(j)).collect();
    parts.sort_unstable();
    let mut chains: Vec<Chain> = Vec::new();
    for part in parts {
        match chains.last_mut() {
            Some(chain) if part.start - chain.span.end <= BACK_TO_BACK => chain.take(part),
            _ => chains.push(Chain::of(part)),
        }
    }
    chains.retain(|chain| chain.links > 1);
    let longest = chains.iter().max_by_key(|chain| (chain.links, chain.span.length()));
    let classes: Vec<_> = counted().filter_map(Judged::class).collect();
    Flow {
        longest_chain: longest.map_or(0, |chain| chain.links),
        longest_chain_hours: longest.map(|chain| Exact::seconds(chain.span.length())).unwrap_or_default(),
        chains: chains.len(),
        context_switches: classes.windows(2).filter(|w| w[0] != w[1]).count(),
    }
}
