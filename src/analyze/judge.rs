//! Each fetched instance becomes exactly one of counted, set apart or left out.

use super::absence::{Absence, absence, give_way};
use super::caller::Alike;
use super::copies::{self, Copies};
use super::report::{Apart, Reason};
use crate::classify::{By, Decision, Nature, Outcome, People, RuleSet, Subject};
use crate::model::{
    Answer, Class, Event, EventStatus, EventType, Instance, Interval, Preferences, Span, Uid, Visibility,
    WORKING_ELSEWHERE, Weight, Zones,
};
use chrono::TimeDelta;
use std::sync::Arc;

/// A timed event that is longer than this is no meeting that somebody sits in: a hackathon, an on-call week.
pub const LONG: TimeDelta = TimeDelta::hours(16);

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
    /// What only one word speaks for, where the user leaves such meetings open: `decision` is then that nothing decided.
    pub left_open: Option<Decision>,
    /// What speaks for its class, where that is whoever calls it.
    pub alike: Option<Alike>,
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
    /// The user's own absence, and left out as such.
    pub absence: bool,
    /// All-day, of nobody but the user, and called like an absence among other words.
    pub may_be_absence: bool,
    /// Timed and longer than [`LONG`]: where it counts, it fills the working hours that nothing else holds.
    pub long: bool,
    /// What does not count of it, because it lies in an absence: disjoint, in order, never the whole.
    pub cut: Vec<Interval>,
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

    /// Its class is only likely.
    pub fn is_likely(&self) -> bool {
        matches!(self.class(), Some(Class::Strategy | Class::Execution)) && !self.decision.sure
    }

    /// `sure` or `likely`; `None` where it has no class.
    pub fn certainty(&self) -> Option<&'static str> {
        self.decision.certainty().filter(|_| !matches!(self.class(), None | Some(Class::Unclassified)))
    }

    /// Counted and not focus or solo.
    pub fn is_meeting(&self) -> bool {
        self.class().is_some() && !self.alone
    }

    /// An all-day event.
    pub fn all_day(&self) -> bool {
        matches!(self.instance.span, Span::AllDay { .. })
    }

    /// The stretches of it that count, where it counts at all.
    pub fn parts(&self) -> impl Iterator<Item = Interval> {
        let whole = self.cut.is_empty().then_some(self.interval);
        let parts = if self.cut.is_empty() { Vec::new() } else { self.interval.without(&self.cut) };
        whole.into_iter().chain(parts)
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
        let title = || event.summary.clone().unwrap_or_default();
        let own = match (event.uid.0.is_empty(), event.shared_uid && !event.recurring) {
            (_, true) => Some(format!("{} {}", self.instance.original, title())),
            (true, _) => event.summary.clone(),
            _ => Some(title()).filter(|_| event.shared_uid),
        };
        (event.uid.series(), own)
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
        instance.span = wishes.zones.in_whole_days(instance.span);
    }
    instances.sort_by(|a, b| copies::compare(a, b, people));
    let Copies { of, shadows } = copies::find(&instances, people);
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
    give_way(&mut judged, people, wishes);
    // A block that only takes time is a copy of what takes the user's time, whether that counts or not; beside what takes none, such as
    // a declined meeting, something else may fill it.
    for (at, meeting) in shadows.into_iter().enumerate() {
        let holds = |m: &usize| match judged[*m].verdict {
            Verdict::LeftOut(reason) => {
                let takes = [Reason::Away, Reason::OutOfOffice, Reason::Long, Reason::Tentative, Reason::Unanswered];
                takes.contains(&reason)
            }
            _ => true,
        };
        let Some(meeting) = meeting.filter(holds) else { continue };
        let open =
            matches!(judged[at].verdict, Verdict::Counted(_) | Verdict::Apart(_) | Verdict::LeftOut(Reason::Long));
        if open && judged[at].instance.marked.is_none() {
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
    let seen = subject(&instance, interval, people, &wishes.zones);
    let decision = rules.decide(&seen);
    let all_day = seen.all_day;
    let may_be_absence = all_day && decision.by == By::Nothing && rules.may_be_absence(&seen);
    let (decision, left_open) = opened(decision, wishes);
    let answer = people.my_answer(event);
    let waiting = match answer {
        Some(Answer::Tentative) => Some((Reason::Tentative, wishes.tentative)),
        Some(Answer::NeedsAction) => Some((Reason::Unanswered, wishes.unanswered)),
        None if event.status == Some(EventStatus::Tentative) => Some((Reason::Tentative, wishes.tentative)),
        _ => None,
    };
    let weight = waiting.map_or(Weight::Count, |(_, weight)| weight);
    let focus = decision.kind == Nature::Focus || event.event_type == EventType::FocusTime;
    let solo = people.is_solo(event);
    let absence = absence(event, &decision, people);
    let long = matches!(instance.span, Span::Timed(_)) && interval.length() > LONG;
    let facts = Facts {
        event,
        all_day,
        empty: interval.is_empty(),
        answer,
        duplicate,
        absence,
        long: long && !settled(&decision.by, rules),
        skipped: waiting.filter(|(_, weight)| *weight == Weight::Skip).map(|(reason, _)| reason),
        ignored: decision.outcome == Outcome::Ignore,
    };
    let verdict = match (left_out(&facts, wishes), &decision.outcome, focus, solo) {
        (Some(reason), ..) => Verdict::LeftOut(reason),
        (_, Outcome::Class(class), ..) => Verdict::Counted(*class),
        (_, _, true, _) => Verdict::Apart(Apart::Focus),
        (_, _, _, true) => Verdict::Apart(Apart::Solo),
        _ => Verdict::Counted(Class::Unclassified),
    };
    let absence = absence == Some(Absence::Mine) && verdict == Verdict::LeftOut(Reason::OutOfOffice);
    let (half, tentative) = (weight == Weight::Half, waiting.is_some());
    let alone = focus || solo;
    let (meeting, cut) = (0, Vec::new());
    Judged {
        instance,
        decision,
        left_open,
        alike: None,
        verdict,
        half,
        tentative,
        focus,
        alone,
        meeting,
        absence,
        may_be_absence,
        long,
        cut,
        interval,
    }
}

/// Where likely meetings are to stay open: that nothing decided, and what did. The kind of time stays true.
fn opened(decision: Decision, wishes: &Preferences) -> (Decision, Option<Decision>) {
    match decision.outcome {
        Outcome::Class(_) if wishes.likely_open && !decision.sure => {
            (Decision { kind: decision.kind, ..Decision::UNCLASSIFIED }, Some(decision))
        }
        _ => (decision, None),
    }
}

/// The user said what it is: by a mark, a label of `[labels]`, or a rule of their own.
pub(super) fn settled(by: &By, rules: &RuleSet) -> bool {
    match by {
        By::Override { .. } | By::Label(_) => true,
        By::Rule(rule) => !rules.rules()[*rule].source.inherited,
        By::Caller | By::Nothing => false,
    }
}

/// What can leave an instance out.
struct Facts<'a> {
    event: &'a Event,
    all_day: bool,
    empty: bool,
    answer: Option<Answer>,
    duplicate: bool,
    absence: Option<Absence>,
    /// Too long, and nobody said what it is.
    long: bool,
    /// Tentative or unanswered, where such events are skipped.
    skipped: Option<Reason>,
    ignored: bool,
}

/// The first reason that holds, in the order of [`Reason`].
fn left_out(facts: &Facts<'_>, wishes: &Preferences) -> Option<Reason> {
    let event = facts.event;
    let cases = [
        (facts.duplicate, Reason::Duplicate),
        (copies::is_cancelled(event), Reason::Cancelled),
        (facts.answer == Some(Answer::Declined), Reason::Declined),
        (facts.answer == Some(Answer::Delegated), Reason::Delegated),
        (facts.absence.is_some(), Reason::OutOfOffice),
        (event.event_type == EventType::WorkingLocation, Reason::WorkingLocation),
        (event.event_type == EventType::Birthday, Reason::Birthday),
        (event.event_type == EventType::FromGmail, Reason::FromGmail),
        (event.transparent, Reason::Free),
        (facts.all_day && wishes.all_day.is_none(), Reason::AllDay),
        (facts.long, Reason::Long),
        (facts.skipped == Some(Reason::Tentative), Reason::Tentative),
        (facts.skipped == Some(Reason::Unanswered), Reason::Unanswered),
        (facts.ignored, Reason::Ignored),
        (event.ends_before_start, Reason::EndsBeforeStart),
        (facts.empty, Reason::NoLength),
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
