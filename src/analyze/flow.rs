//! How the days ran: open blocks, fragments, chains, context switches.

use super::judge::Judged;
use super::report::Flow;
use super::tally::{Tally, length};
use crate::model::{Exact, Interval, Preferences};
use chrono::TimeDelta;

/// Gap at which one meeting still runs into the next.
const BACK_TO_BACK: TimeDelta = TimeDelta::minutes(5);

/// Working time that holds no meeting, in stretches of at least `focus_block`, and the length of the shorter ones.
pub fn open(all: &[Judged], tally: &Tally, wishes: &Preferences) -> (Vec<Interval>, Exact) {
    let meetings = tally.fetched.iter().map(|&i| &all[i]).filter(|j| j.is_meeting() && !j.all_day());
    let taken = Interval::union(meetings.map(|j| j.interval).collect());
    let free: Vec<Interval> = tally.working.net.iter().flat_map(|w| w.without(&taken)).collect();
    let (open, short): (Vec<Interval>, Vec<Interval>) =
        free.into_iter().partition(|f| f.length() >= wishes.focus_block);
    (open, length(&short))
}

/// Chains of meetings and changes of class, over the timed counted events in order of start.
pub fn flow(all: &[Judged], tally: &Tally) -> Flow {
    let counted = || tally.fetched.iter().map(|&i| &all[i]).filter(|j| j.class().is_some() && !j.all_day());
    let mut chains: Vec<(usize, Interval)> = Vec::new();
    for j in counted().filter(|j| j.is_meeting()) {
        let Some(part) = j.interval.intersection(&tally.window) else { continue };
        match chains.last_mut() {
            Some((count, span)) if part.start - span.end <= BACK_TO_BACK => {
                *count += 1;
                span.end = span.end.max(part.end);
            }
            _ => chains.push((1, part)),
        }
    }
    chains.retain(|(count, _)| *count > 1);
    let longest = chains.iter().max_by_key(|(count, span)| (*count, span.length()));
    let classes: Vec<_> = counted().filter_map(Judged::class).collect();
    Flow {
        longest_chain: longest.map_or(0, |(count, _)| *count),
        longest_chain_hours: longest.map(|(_, span)| Exact::seconds(span.length())).unwrap_or_default(),
        chains: chains.len(),
        context_switches: classes.windows(2).filter(|w| w[0] != w[1]).count(),
    }
}
