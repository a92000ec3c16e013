//! The sentences that pictures and text reports share.

use super::Privacy;
use super::numbers::{clean, count, decimal, hours};
use crate::analyze::report::{Apart, GoalGap, Reason, Report};
use std::fmt;

/// The week's result in a sentence; `Display` gives the whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// `33% strategy`: drawn in the colour of strategy. Empty where there is no share.
    pub result: String,
    /// What follows, with its leading space.
    pub rest: String,
}

impl fmt::Display for Headline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.result, self.rest)
    }
}

/// The headline, such as `33% strategy — up 3 points, 7 short of your 40% goal`.
pub fn headline(report: &Report) -> Headline {
    let Some(share) = &report.share else { return Headline { result: String::new(), rest: nothing(report).into() } };
    if report.thin {
        return thin(report);
    }
    let result = format!("{}% strategy", share.percent());
    let booked = booked(report);
    if report.hollow {
        // Such a week is no part of any comparison.
        return Headline { result, rest: format!("{booked} in a week mostly out of office") };
    }
    let parts: Vec<String> = [change(report), goal(report)].into_iter().flatten().collect();
    let mut rest = booked.to_owned();
    if !parts.is_empty() {
        rest += " — ";
        rest += &parts.join(", ");
    }
    Headline { result, rest }
}

/// How far the week is; nothing for one that has ended.
pub(super) fn state(report: &Report) -> Option<&'static str> {
    let word = if report.ahead { "booked" } else { "still running" };
    (!report.complete).then_some(word)
}

fn booked(report: &Report) -> &'static str {
    match (report.complete, report.ahead) {
        (true, _) => "",
        (_, true) => " booked",
        _ => " so far booked",
    }
}

/// So little that a percentage would look surer than it is: the hours, and why there are no more words.
fn thin(report: &Report) -> Headline {
    let [strategy, execution, _] = report.class_tenths().map(hours);
    let counted = hours(report.hours.counted.tenths());
    let why = match &report.coverage {
        _ if report.hollow => " in a week mostly out of office".to_owned(),
        Some(coverage) if coverage.percent() < 50 => {
            format!(" — too little to compare: {}% of {counted} is classified", coverage.percent())
        }
        _ => format!(" — too little to compare: {counted} counted"),
    };
    let rest = format!(", {execution} execution{}{why}", booked(report));
    Headline { result: format!("{strategy} strategy"), rest }
}

fn nothing(report: &Report) -> &'static str {
    match (report.hollow, report.complete, report.events.fetched, report.hours.counted.is_zero()) {
        (true, ..) => "A week mostly out of office",
        (_, true, 0, _) => "No meetings this week",
        (_, false, 0, _) if report.ahead => "No meetings booked in this week",
        (_, false, 0, _) => "No meetings booked this week so far",
        (_, _, _, true) => "Nothing to count this week",
        _ => "No classified meetings this week",
    }
}

fn change(report: &Report) -> Option<String> {
    let week = report.compared_with().map(|week| format!("W{}", week.number()));
    let points = report.trend.points?;
    let size = count(points.unsigned_abs() as usize, "point");
    let days = compared_days(report).map(|days| format!("{days} ")).unwrap_or_default();
    Some(match points {
        0 => format!("{days}level with {}", week.as_deref().unwrap_or("the week before")),
        1.. => format!("{days}up {size}{}", since(report)),
        _ => format!("{days}down {size}{}", since(report)),
    })
}

/// The days of a running week that are compared with the same ones of the week before: `Mon–Wed`; `None` for all of them.
fn compared_days(report: &Report) -> Option<String> {
    let days = (1..7).contains(&report.trend.days).then_some(report.trend.days)?;
    let day = |number: u32| Some(report.days.get(number as usize)?.date.format("%a").to_string());
    let (first, last) = (day(0)?, day(days - 1)?);
    Some(if days == 1 { first } else { format!("{first}–{last}") })
}

/// ` since W45` where the comparison skips a week, else nothing.
pub fn since(report: &Report) -> String {
    report.compared_with().map(|week| format!(" since W{}", week.number())).unwrap_or_default()
}

fn goal(report: &Report) -> Option<String> {
    let goal = report.goal.as_ref()?.percent();
    let GoalGap { points, hours_to_convert } = report.goal_gap.as_ref()?;
    let missing = hours_to_convert.tenths();
    if *points == 0 {
        // Both round to the same percentage, and the hours beside it may still tell them apart.
        let side = if missing > 0 { "short of" } else { "above" };
        let off = || format!("{} {side} your {goal}% goal", hours(missing.abs()));
        return Some(if missing == 0 { format!("on your {goal}% goal") } else { off() });
    }
    // "up 3 points, 7 short": the unit is said once.
    let said = report.trend.points.is_some_and(|points| points != 0);
    let distance = points.unsigned_abs() as usize;
    let distance = if said { distance.to_string() } else { count(distance, "point") };
    let side = if *points > 0 { "above" } else { "short of" };
    Some(format!("{distance} {side} your {goal}% goal"))
}

/// `23.2 h in 25 meetings · share of the 91% that is classified · …`, in parts; the first is the weightiest.
pub(super) fn subtitle(report: &Report) -> Vec<String> {
    let h = &report.hours;
    if h.counted.is_zero() {
        // Hours that nothing interrupts are no merit of an empty week, and its headline says that it is one.
        return if report.hollow { vec!["no meetings".to_owned()] } else { Vec::new() };
    }
    let mut parts = Vec::new();
    let own = report.events.counted.saturating_sub(report.events.meetings);
    let own = if own > 0 { format!(" and {} of your own", count(own, "block")) } else { String::new() };
    parts.push(format!("{} in {}{own}", hours(h.counted.tenths()), count(report.events.meetings, "meeting")));
    if h.conflict.tenths() > 0 {
        parts.push(format!("{} double-booked, counted once", hours(h.conflict.tenths())));
    }
    if let (Some(coverage), Some(_), false) = (&report.coverage, &report.share, report.provisional) {
        match coverage.percent() {
            100 => parts.push("all of it classified".to_owned()),
            covered => parts.push(format!("share of the {covered}% that is classified")),
        }
    }
    if h.open.tenths() > 0 {
        parts.push(format!("{} focus", hours(h.open.tenths())));
    }
    if h.after_hours.tenths() > 0 {
        parts.push(format!("{} after hours", hours(h.after_hours.tenths())));
    }
    parts
}

/// Said before all else where too little is classified.
pub(super) fn provisional(report: &Report) -> Option<String> {
    // The headline of a thin week says it itself.
    let said = report.thin && !report.hollow && report.coverage.as_ref().is_some_and(|c| c.percent() < 50);
    let coverage = report.coverage.as_ref().filter(|_| report.provisional && report.share.is_some() && !said)?;
    Some(format!("Provisional: only {}% is classified", coverage.percent()))
}

/// The honesty strip, in parts.
pub(super) fn strip(report: &Report) -> Vec<String> {
    let events = &report.events;
    let mut parts = vec![format!("{} counted", events.counted)];
    if events.set_apart > 0 {
        let kinds: Vec<String> = report
            .set_apart
            .iter()
            .filter(|(_, amount)| amount.events > 0)
            .map(|(apart, amount)| {
                format!(
                    "{} {}",
                    amount.events,
                    match apart {
                        Apart::Focus => "focus",
                        Apart::Solo => "solo",
                    }
                )
            })
            .collect();
        parts.push(in_brackets(format!("{} set apart", events.set_apart), &kinds));
    }
    if events.left_out > 0 {
        parts.push(in_brackets(format!("{} left out", events.left_out), &reasons(report)));
    }
    if let Some(coverage) = &report.coverage {
        parts.push(format!("{}% unclassified", 100 - coverage.percent()));
    }
    if report.hours.likely.tenths() > 0 {
        parts.push(format!("{} h only likely", decimal(report.hours.likely.tenths())));
    }
    if report.hours.tentative_not_counted.tenths() > 0 {
        parts.push(format!("{} h tentative, not counted", decimal(report.hours.tentative_not_counted.tenths())));
    }
    parts.push("calendar time only".to_owned());
    parts.push(clean(&report.zone));
    parts
}

fn in_brackets(head: String, parts: &[String]) -> String {
    if parts.is_empty() { head } else { format!("{head} ({})", parts.join(", ")) }
}

/// The largest four reasons by number, among them always what is away or too long; the others as one.
fn reasons(report: &Report) -> Vec<String> {
    let mut all: Vec<(Reason, usize)> =
        report.left_out.iter().map(|(reason, amount)| (*reason, amount.events)).filter(|(_, n)| *n > 0).collect();
    let told = |reason: &Reason| matches!(reason, Reason::Away | Reason::Long);
    all.sort_by_key(|(reason, events)| (!told(reason), std::cmp::Reverse(*events), *reason));
    let others = if all.len() > 5 { all.split_off(4) } else { Vec::new() };
    all.sort_by_key(|(reason, events)| (std::cmp::Reverse(*events), *reason));
    let mut parts: Vec<String> = all.iter().map(|(reason, n)| format!("{n} {}", reason.name())).collect();
    if !others.is_empty() {
        parts.push(format!("{} for other reasons", others.iter().map(|(_, n)| n).sum::<usize>()));
    }
    parts
}

/// What the picture says after the honesty strip, in this order: the notes, which are about the whole number, then what is too
/// long, and what an absence cut.
pub fn remarks(report: &Report, privacy: Privacy) -> Vec<String> {
    let notes = report.notes.iter().map(|note| clean(note)).filter(|note| !note.is_empty());
    let mut remarks: Vec<String> = notes.chain(long(report, privacy)).collect();
    let cut = &report.cut_by_absence;
    if cut.events > 0 {
        remarks.push(format!("{} cut by your absence, by {}", count(cut.events, "meeting"), hours(cut.hours.tenths())));
    }
    remarks
}

/// `2 events over 16 h are left out: Hackathon 80.0 h, 1 private`.
fn long(report: &Report, privacy: Privacy) -> Option<String> {
    let number = report.long.len();
    let verb = if number == 1 { "is" } else { "are" };
    let head = (number > 0).then(|| format!("{} over 16 h {verb} left out", count(number, "event")))?;
    if privacy != Privacy::Titles {
        return Some(head);
    }
    let shown = report.long.iter().filter_map(|long| Some((clean(long.title.as_deref()?), long.hours.tenths())));
    let mut names: Vec<String> = shown.map(|(title, tenths)| format!("{title} {}", hours(tenths))).collect();
    let hidden = number - names.len();
    if let Some(more @ 1..) = names.len().checked_sub(LONG_NAMES) {
        names.truncate(LONG_NAMES);
        names.push(format!("{more} more"));
    }
    if hidden > 0 {
        names.push(format!("{hidden} private"));
    }
    Some(format!("{head}: {}", names.join(", ")))
}

/// Most long events that are named one by one.
const LONG_NAMES: usize = 2;
