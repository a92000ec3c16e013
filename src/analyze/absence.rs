//! Time out of office, and what happens to meetings inside it.

use super::judge::{Judged, Verdict};
use super::report::Reason;
use crate::classify::{By, Decision, Foreign, Nature, Outcome, People, Title, Words, foreign};
use crate::model::{Answer, Event, EventType, Interval, Preferences, Span, count};
use std::collections::HashSet;

/// Time out of office, as a rule, Google's event type or Outlook's OOF says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// The user's own: taken off working hours, and meetings give way to it.
    Mine,
    /// Somebody else's: it takes nothing.
    Others,
}

/// Whether an event is time out of office, and whose. With other guests it is a meeting, however it is marked; and where the
/// user said what it is, it is that.
pub(super) fn absence(event: &Event, decision: &Decision, people: &People) -> Option<Absence> {
    if matches!(decision.by, By::Override { .. }) && decision.outcome != Outcome::Ignore {
        return None;
    }
    if decision.kind != Nature::OutOfOffice && event.event_type != EventType::OutOfOffice {
        return None;
    }
    match foreign(event, people) {
        None => Some(Absence::Mine),
        Some(Foreign::Guests) => None,
        Some(Foreign::Organizer | Foreign::Calendar) => Some(Absence::Others),
    }
}

/// Takes the time of the user's absences from the series and the unanswered meetings in it: what lies inside wholly is left
/// out, of the rest the part inside does not count.
pub(super) fn give_way(judged: &mut [Judged], people: &People, wishes: &Preferences) {
    if wishes.meet_while_away {
        return;
    }
    let away = Interval::union(judged.iter().filter(|j| j.absence).map(|j| j.interval).collect());
    if away.is_empty() {
        return;
    }
    for j in judged.iter_mut().filter(|j| gives_way(j, people)) {
        let first = away.partition_point(|a| a.end <= j.interval.start);
        let inside: Vec<Interval> = (away[first..].iter())
            .take_while(|a| a.start < j.interval.end)
            .filter_map(|a| a.intersection(&j.interval))
            .collect();
        if inside.is_empty() {
            continue;
        }
        if j.interval.without(&inside).is_empty() {
            j.verdict = Verdict::LeftOut(Reason::Away);
        } else if !matches!(j.verdict, Verdict::LeftOut(_)) {
            j.cut = inside;
        }
    }
}

/// The sentence about the longest whole day that may be an absence of the user's while meetings on it count. It names the day, not
/// the title, because a picture may show no titles. What bears a name of somebody who takes part in meetings is theirs.
pub(super) fn note(here: &[&Judged], seen: &[&Judged], people: &People) -> Option<String> {
    let away = here.iter().filter(|j| j.may_be_absence).max_by_key(|j| j.interval.length())?;
    let inside = |j: &&&Judged| j.interval.without(&[away.interval]).is_empty();
    let meetings = here.iter().filter(|j| j.is_meeting() && j.instance.event.recurring).filter(inside).count();
    let Span::AllDay { first, .. } = away.instance.span else { return None };
    if meetings == 0 || names_another(&away.instance.event, seen, people) {
        return None;
    }
    Some(format!(
        "the all-day event of {first} may be your absence, and {} of series on its days count: a rule of yours with \
         `kind = \"out-of-office\"` and the words of its title takes it off",
        count(meetings, "meeting")
    ))
}

/// A word of the title is in the name of somebody else who takes part in what was `seen`.
fn names_another(event: &Event, seen: &[&Judged], people: &People) -> bool {
    let title = Title::of(event.summary.as_deref().unwrap_or_default()).words;
    let words: HashSet<&str> = (0..title.len()).map(|at| title.word(at)).collect();
    let others = seen.iter().flat_map(|j| {
        let event = &*j.instance.event;
        let me = people.me_in(event);
        event.attendees.lines().iter().filter(move |line| line.name.is_some() && !me.is(&line.address))
    });
    let mut names = others.filter_map(|line| line.name.as_deref()).map(Words::of);
    names.any(|name| (0..name.len()).any(|at| words.contains(name.word(at))))
}

/// A series, or an invitation without an answer, that no earlier reason leaves out and the user did not mark: what they answered
/// that a series is says nothing of having been there.
fn gives_way(j: &Judged, people: &People) -> bool {
    let open = match j.verdict {
        Verdict::LeftOut(reason) => reason > Reason::Away,
        _ => true,
    };
    let event = &j.instance.event;
    // Exchange holds the time of an invitation that nobody answered as tentative.
    let line = || people.my_line(event).is_some_and(|line| line.answer == Answer::NeedsAction);
    let waits = || people.my_answer(event) == Some(Answer::NeedsAction) || event.my_answer.is_none() && line();
    let organises = || event.organizer.as_ref().is_some_and(|o| people.is_me(event, o));
    open && !j.interval.is_empty()
        && match j.decision.by {
            By::Override { series, answer } => series && answer,
            _ => true,
        }
        && (event.recurring || waits() && !organises())
}
