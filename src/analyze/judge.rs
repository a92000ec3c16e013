//! Each fetched instance becomes exactly one of counted, set apart or left out.

use super::copies::{self, Copies, rank};
use super::report::{Apart, Reason};
use crate::classify::{Decision, Outcome, People, RuleSet, Subject, says_cancelled};
use crate::model::{
    Answer, Class, Event, EventStatus, EventType, Instance, Interval, Preferences, Span, Uid, Visibility,
    WORKING_ELSEWHERE, Weight, Zones,
};
use chrono::TimeDelta;
use std::sync::Arc;

/// Where an instance's time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Counted(Class),
    Apart(Apart),
    LeftOut(Reason),
}

/// An instance with what was decided about it.
#[derive(Clone, Debug)]
pub struct Judged {
    pub instance: Instance,
    pub decision: Decision,
    pub verdict: Verdict,
    /// Half of the share is dropped.
    pub half: bool,
    /// Tentative or unanswered, whatever that does to its weight.
    pub tentative: bool,
    /// Focus time, by event type or by rule.
    pub focus: bool,
    /// Focus or solo: not a meeting.
    pub alone: bool,
    /// The same number for all copies of one meeting.
    meeting: usize,
    /// Elapsed time: for all-day events from the first local midnight to the last.
    pub interval: Interval,
}

impl Judged {
    /// The class where the instance counts.
    pub fn class(&self) -> Option<Class> {
        match self.verdict {
            Verdict::Counted(class) => Some(class),
            _ => None,
        }
    }

    /// Counted and not focus or solo.
    pub fn is_meeting(&self) -> bool {
        self.class().is_some() && !self.alone
    }

    /// An all-day event.
    pub fn all_day(&self) -> bool {
        matches!(self.instance.span, Span::AllDay { .. })
    }

    /// Overlaps `window`, or has no length and starts in it.
    pub fn touches(&self, window: &Interval) -> bool {
        let i = &self.interval;
        i.intersection(window).is_some() || (i.is_empty() && i.start >= window.start && i.start < window.end)
    }

    /// The theme by which its hours are grouped.
    pub fn theme(&self) -> &str {
        match (&self.decision.theme, self.class()) {
            (_, Some(Class::Unclassified)) => "Unclassified",
            (Some(theme), _) => theme,
            (None, Some(Class::Strategy)) => "Strategy",
            (None, _) => "Execution",
        }
    }

    /// Private or confidential, here or on any calendar that has a copy.
    pub fn private(&self) -> bool {
        self.instance.event.visibility != Visibility::Public
    }

    /// The title for pictures and reports; `None` where the event is private.
    pub fn title(&self) -> Option<String> {
        let event = &self.instance.event;
        let summary = event.summary.as_ref().filter(|s| !s.trim().is_empty());
        let without = if event.free_busy_only { "Busy" } else { "(no title)" };
        (!self.private()).then(|| summary.cloned().unwrap_or_else(|| without.into()))
    }

    /// What its hours are pooled by: the UID of its series, or the title where there is none.
    pub fn series(&self) -> Series {
        let event = &self.instance.event;
        (event.uid.series(), event.summary.clone().filter(|_| event.uid.0.is_empty()))
    }

    /// The same meeting, on another calendar or in another version.
    pub fn is_copy_of(&self, other: &Judged) -> bool {
        self.meeting == other.meeting
    }

    /// People in the room who did not decline: me, attendees, organizer; groups are one and rooms none.
    pub fn heads(&self, people: &People) -> Option<usize> {
        let event = &self.instance.event;
        let (declined, me) = (event.declined(), people.me_in(event));
        // One of my addresses may have said no where another comes.
        let i_come = people.my_answer(event) != Some(Answer::Declined);
        let people = people.people(event)?.into_iter();
        Some(people.filter(|a| if me.is(a) { i_come } else { !declined.contains(a) }).count())
    }
}

/// A UID; where that is empty, the title.
pub type Series = (Uid, Option<String>);

/// Decides about all instances; the order of the input does not matter.
pub fn judge(instances: Vec<Instance>, rules: &RuleSet, people: &People, wishes: &Preferences) -> Vec<Judged> {
    let mut instances = instances;
    for instance in &mut instances {
        instance.span = instance.span.in_whole_days(wishes.zones.home);
    }
    instances.sort_by(|a, b| rank(a, people).cmp(&rank(b, people)));
    let Copies { mut of, shadows } = copies::find(&instances, people);
    // The strictest copy decides what may be shown of all.
    let mut hidden = vec![false; instances.len()];
    for (at, instance) in instances.iter().enumerate().filter(|(_, i)| i.event.visibility != Visibility::Public) {
        (hidden[at], hidden[of[at]]) = (true, true);
        if let Some(meeting) = shadows[at] {
            hidden[meeting] |= instance.event.summary.is_some();
        }
    }
    let mut judged: Vec<Judged> = Vec::with_capacity(instances.len());
    for (at, mut instance) in instances.into_iter().enumerate() {
        if (hidden[at] || hidden[of[at]]) && instance.event.visibility == Visibility::Public {
            Arc::make_mut(&mut instance.event).visibility = Visibility::Private;
        }
        let copy = of[at] != at || instance.event.superseded;
        judged.push(Judged { meeting: of[at], ..one(instance, copy, rules, people, wishes) });
    }
    // A block that only takes time is a copy where its meeting counts; beside one that does not, something else may take it.
    for (at, meeting) in shadows.into_iter().enumerate() {
        let Some(meeting) = meeting.filter(|m| !matches!(judged[*m].verdict, Verdict::LeftOut(_))) else { continue };
        if !matches!(judged[at].verdict, Verdict::LeftOut(_)) && judged[at].instance.marked.is_none() {
            of[at] = meeting;
            (judged[at].meeting, judged[at].verdict) = (meeting, Verdict::LeftOut(Reason::Duplicate));
        }
    }
    // Stable: the rank above stays the order of what starts together.
    judged.sort_by(|a, b| (a.interval.start, &a.instance.event.uid).cmp(&(b.interval.start, &b.instance.event.uid)));
    judged
}

/// "Working elsewhere" becomes a working location or an event like any other, before a rule asks for its type.
fn placed(mut instance: Instance, people: &People) -> Instance {
    if instance.event.event_type.name() == WORKING_ELSEWHERE {
        let all_day = matches!(instance.span, Span::AllDay { .. });
        let place = people.is_working_elsewhere(&instance.event, all_day);
        let kind = if place { EventType::WorkingLocation } else { EventType::Default };
        Arc::make_mut(&mut instance.event).event_type = kind;
    }
    instance
}

fn one(instance: Instance, duplicate: bool, rules: &RuleSet, people: &People, wishes: &Preferences) -> Judged {
    let instance = placed(instance, people);
    let event = &*instance.event;
    let interval = elapsed(&instance.span, &wishes.zones);
    let decision = rules.decide(&subject(&instance, interval, people, &wishes.zones));
    let answer = people.my_answer(event);
    let waiting = match answer {
        Some(Answer::Tentative) => Some((Reason::Tentative, wishes.tentative)),
        Some(Answer::NeedsAction) => Some((Reason::Unanswered, wishes.unanswered)),
        None if event.status == Some(EventStatus::Tentative) => Some((Reason::Tentative, wishes.tentative)),
        _ => None,
    };
    let weight = waiting.map_or(Weight::Count, |(_, weight)| weight);
    let focus = decision.focus || event.event_type == EventType::FocusTime;
    let solo = people.is_solo(event);
    let verdict = if let Some(reason) =
        left_out(event, &instance.span, &interval, answer, duplicate, wishes, waiting, &decision)
    {
        Verdict::LeftOut(reason)
    } else {
        match (&decision.outcome, focus, solo) {
            (Outcome::Class(class), ..) => Verdict::Counted(*class),
            (_, true, _) => Verdict::Apart(Apart::Focus),
            (_, _, true) => Verdict::Apart(Apart::Solo),
            _ => Verdict::Counted(Class::Unclassified),
        }
    };
    let (half, tentative) = (weight == Weight::Half, waiting.is_some());
    Judged { decision, verdict, half, tentative, focus, alone: focus || solo, meeting: 0, interval, instance }
}

#[allow(clippy::too_many_arguments)]
fn left_out(
    event: &Event,
    span: &Span,
    interval: &Interval,
    answer: Option<Answer>,
    duplicate: bool,
    wishes: &Preferences,
    waiting: Option<(Reason, Weight)>,
    decision: &Decision,
) -> Option<Reason> {
    let all_day = matches!(span, Span::AllDay { .. });
    let cancelled = event.summary.as_deref().is_some_and(says_cancelled);
    let skipped = waiting.filter(|(_, weight)| *weight == Weight::Skip).map(|(reason, _)| reason);
    let cases = [
        (duplicate, Reason::Duplicate),
        (event.status == Some(EventStatus::Cancelled) || cancelled, Reason::Cancelled),
        (answer == Some(Answer::Declined), Reason::Declined),
        (answer == Some(Answer::Delegated), Reason::Delegated),
        (event.event_type == EventType::OutOfOffice, Reason::OutOfOffice),
        (event.event_type == EventType::WorkingLocation, Reason::WorkingLocation),
        (event.event_type == EventType::Birthday, Reason::Birthday),
        (event.event_type == EventType::FromGmail, Reason::FromGmail),
        (event.transparent, Reason::Free),
        (all_day && wishes.all_day.is_none(), Reason::AllDay),
        (skipped == Some(Reason::Tentative), Reason::Tentative),
        (skipped == Some(Reason::Unanswered), Reason::Unanswered),
        (decision.outcome == Outcome::Ignore, Reason::Ignored),
        (event.ends_before_start, Reason::EndsBeforeStart),
        (interval.is_empty(), Reason::NoLength),
    ];
    cases.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
}

/// What the rules see of an instance.
pub fn subject<'a>(instance: &'a Instance, interval: Interval, people: &'a People, zones: &Zones) -> Subject<'a> {
    Subject {
        event: &instance.event,
        start: interval.start.with_timezone(&zones.at(interval.start)),
        length: match instance.span {
            Span::AllDay { first, end } => TimeDelta::days((end - first).num_days()),
            Span::Timed(span) => span.length(),
        },
        all_day: matches!(instance.span, Span::AllDay { .. }),
        people,
        marked: instance.marked.as_deref(),
    }
}

/// The instants between which an instance lies; all-day events run from midnight to midnight of the dates' zones.
pub fn elapsed(span: &Span, zones: &Zones) -> Interval {
    match *span {
        Span::Timed(interval) => interval,
        Span::AllDay { first, end } => Interval::new(zones.starts(first), zones.starts(end)),
    }
}

/// Nobody's answers can be read in a calendar with attendees when nobody in it is me.
pub fn nobody_is_me(judged: &[&Judged], people: &People) -> bool {
    let mut lines = judged.iter().filter(|j| !j.instance.event.attendees.lines().is_empty());
    let mut any = false;
    let known = lines.by_ref().any(|j| {
        any = true;
        let event = &j.instance.event;
        people.my_line(event).is_some() || people.is_mine(event)
    });
    any && !known
}
