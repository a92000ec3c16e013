//! The sentences that pictures and text reports share.

use super::numbers::{clean, count, decimal, hours};
use crate::analyze::report::{Apart, Reason, Report};
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
    let result = format!("{}% strategy", share.percent());
    let booked = if report.complete { "" } else { " so far booked" };
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

fn nothing(report: &Report) -> &'static str {
    match (report.hollow, report.complete, report.events.fetched, report.hours.counted.is_zero()) {
        (true, ..) => "A week mostly out of office",
        (_, true, 0, _) => "No meetings this week",
        (_, false, 0, _) => "No meetings booked this week so far",
        (_, _, _, true) => "Nothing to count this week",
        _ => "No classified meetings this week",
    }
}

fn change(report: &Report) -> Option<String> {
    let week = report.compared_with().map(|week| format!("W{}", week.number()));
    let points = report.trend.points?;
    let size = count(points.unsigned_abs() as usize, "point");
    Some(match points {
        0 => format!("level with {}", week.as_deref().unwrap_or("the week before")),
        1.. => format!("up {size}{}", since(report)),
        _ => format!("down {size}{}", since(report)),
    })
}

/// ` since W45` where the comparison skips a week, else nothing.
pub fn since(report: &Report) -> String {
    report.compared_with().map(|week| format!(" since W{}", week.number())).unwrap_or_default()
}

fn goal(report: &Report) -> Option<String> {
    let goal = report.goal.as_ref()?.percent();
    let points = report.goal_gap.as_ref()?.points;
    if points == 0 {
        return Some(format!("on your {goal}% goal"));
    }
    // "up 3 points, 7 short": the unit is said once.
    let said = report.trend.points.is_some_and(|points| points != 0);
    let distance = points.unsigned_abs() as usize;
    let distance = if said { distance.to_string() } else { count(distance, "point") };
    let side = if points > 0 { "above" } else { "short of" };
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
    let coverage = report.coverage.as_ref().filter(|_| report.provisional && report.share.is_some())?;
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

/// The largest four reasons by number; the others as one.
fn reasons(report: &Report) -> Vec<String> {
    let mut by_size: Vec<(Reason, usize)> =
        report.left_out.iter().map(|(reason, amount)| (*reason, amount.events)).filter(|(_, n)| *n > 0).collect();
    by_size.sort_by_key(|(reason, events)| (std::cmp::Reverse(*events), *reason));
    let kept = if by_size.len() > 5 { 4 } else { by_size.len() };
    let mut parts: Vec<String> = by_size[..kept].iter().map(|(reason, n)| format!("{n} {}", reason.name())).collect();
    if kept < by_size.len() {
        let others: usize = by_size[kept..].iter().map(|(_, n)| n).sum();
        parts.push(format!("{others} for other reasons"));
    }
    parts
}
