//! The week report as text.

use crate::analyze::Report;
use crate::analyze::report::Reason;
use crate::chart;
use crate::diagnostic::plain;
use crate::model::{Audit, Class, Exact, count};
use std::fmt::Write;

/// Columns of the first list: the longest of its names.
const NAMES: usize = "tentative, not counted".len();
/// Most lines of a list.
const MOST: usize = 8;

fn tenths(t: i64) -> String {
    format!("{}{}.{}", if t < 0 { "−" } else { "" }, t.abs() / 10, t.abs() % 10)
}

fn hours(seconds: &Exact) -> String {
    format!("{} h", tenths(seconds.tenths()))
}

fn signed(t: i64) -> String {
    if t > 0 { format!("+{}", tenths(t)) } else { tenths(t) }
}

/// What a series is called, as far as the report lets out.
fn series<'a>(title: &'a Option<String>, private: bool, theme: &'a Option<String>, other: &'a str) -> &'a str {
    let kept = if private { Some("Private") } else { theme.as_deref() };
    title.as_deref().or(kept).unwrap_or(other)
}

/// What an audit found: `34% ± 4 in 9 of 10 cases; 20 meetings drawn at random, 2 of 19 with a class were wrong`.
pub(super) fn audited(audit: &Audit) -> String {
    let Audit { answered, classed, wrong, .. } = audit;
    let were = if *wrong == 1 { "was" } else { "were" };
    format!(
        "{} in 9 of 10 cases; {} drawn at random, {wrong} of {classed} with a class {were} wrong",
        audit.interval(),
        count(*answered, "meeting")
    )
}

/// The report for a terminal. Shown parts add up to the shown total.
pub(super) fn report(r: &Report) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut text, r);
    text
}

#[expect(clippy::too_many_lines, reason = "one line of the report after the other")]
fn write(t: &mut String, r: &Report) -> std::fmt::Result {
    let state = if r.ahead { "  booked" } else { "" };
    writeln!(t, "{}  {} to {}  {}{state}", r.week, r.first_day, r.last_day, r.zone)?;
    writeln!(t, "{}\n", chart::headline(r))?;
    let shown = r.class_tenths();
    writeln!(t, "  {:<NAMES$}{:>8}", "counted", format!("{} h", tenths(shown.iter().sum())))?;
    for (class, shown) in Class::ALL.iter().zip(&shown) {
        writeln!(t, "  {:<NAMES$}{:>8}", format!("  {}", class.name()), format!("{} h", tenths(*shown)))?;
    }
    if r.hours.likely.tenths() > 0 {
        writeln!(t, "  of these {} only likely", hours(&r.hours.likely))?;
    }
    if r.provisional {
        let percent = r.coverage.as_ref().map_or(0, Exact::percent);
        writeln!(t, "  provisional: only {percent}% of the counted time is classified")?;
    }
    if let Some(gap) = &r.goal_gap {
        let missing = gap.hours_to_convert.tenths();
        let shown =
            if missing == 0 && gap.points != 0 { "< 0.1 h".into() } else { format!("{} h", tenths(missing.abs())) };
        let verb = if missing > 0 || (missing == 0 && gap.points <= 0) { "to convert" } else { "above the goal" };
        writeln!(t, "  {:<NAMES$}{shown:>8}  {verb}", "goal")?;
    }
    for (name, value) in [
        ("open blocks", &r.hours.open),
        ("fragmented", &r.hours.fragmented),
        ("booked focus", &r.hours.focus),
        ("solo", &r.hours.solo),
        ("conflict", &r.hours.conflict),
        ("after hours", &r.hours.after_hours),
        ("tentative, not counted", &r.hours.tentative_not_counted),
        ("coaching", &r.coaching),
    ] {
        if !value.is_zero() {
            writeln!(t, "  {name:<NAMES$}{:>8}", hours(value))?;
        }
    }
    if !r.themes.is_empty() {
        let compared = r.themes.iter().any(|theme| theme.change.is_some());
        let average = if compared { "                         vs 4-week average" } else { "" };
        writeln!(t, "\nWhere it went{average}")?;
    }
    for (theme, shown) in r.themes.iter().zip(r.theme_tenths()) {
        let change = theme.change.as_ref().map(|c| signed(c.tenths())).unwrap_or_default();
        writeln!(
            t,
            "  {:<26}{:>8} {change:>8}  {}",
            plain(&theme.name),
            format!("{} h", tenths(shown)),
            theme.class.name()
        )?;
    }
    if !r.moved.is_empty() {
        writeln!(t, "\nWhat moved the number{}", chart::since(r))?;
    }
    let mut moved: Vec<(&str, i64)> = Vec::new();
    for mover in &r.moved {
        let name = series(&mover.title, mover.private, &mover.theme, mover.class.name());
        // Without titles, the series of one theme or class are one line.
        match moved.iter_mut().find(|(known, _)| *known == name && mover.title.is_none() && !mover.private) {
            Some((_, tenths)) => *tenths += mover.tenths,
            None => moved.push((name, mover.tenths)),
        }
    }
    moved.sort_by_key(|(_, tenths)| -tenths.abs());
    for (name, tenths) in moved.into_iter().filter(|(_, tenths)| *tenths != 0).take(MOST) {
        writeln!(t, "  {:>6} points  {}", signed(tenths), plain(name))?;
    }
    if !r.let_go.is_empty() {
        writeln!(t, "\nWhere you could let go")?;
    }
    for c in r.let_go.iter().take(MOST) {
        let name = series(&c.title, c.private, &c.theme, "a recurring meeting");
        let people = c.people.map(|n| format!(" · {}", count(n, "person"))).unwrap_or_default();
        let optional = if c.optional { " · you are optional" } else { "" };
        let report = c.report.as_ref().map(|n| format!(" · {} already attends", plain(n))).unwrap_or_default();
        writeln!(t, "  {} — {} a quarter{people}{optional}{report}", plain(name), hours(&c.hours_a_quarter))?;
    }
    let reasons: Vec<String> =
        r.left_out.iter().map(|(reason, a)| format!("{} {}", a.events, Reason::name(*reason))).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    let e = &r.events;
    writeln!(
        t,
        "\n{} fetched: {} counted, {} set apart, {} left out{reasons}",
        e.fetched, e.counted, e.set_apart, e.left_out
    )?;
    if !r.long.is_empty() {
        writeln!(
            t,
            "longer than 16 h, so left out until a mark or a rule of yours says what it is (`vantage review`):"
        )?;
    }
    for long in &r.long {
        writeln!(t, "  {:>8}  {}", hours(&long.hours), plain(series(&long.title, long.private, &None, "an event")))?;
    }
    let cut = &r.cut_by_absence;
    if cut.events > 0 {
        writeln!(t, "{} cut by your absence, by {}", count(cut.events, "meeting"), hours(&cut.hours))?;
    }
    if let Some(audit) = &r.audit {
        let says = audited(audit);
        let Audit { date, first_day, last_day, .. } = audit;
        writeln!(t, "audit of {date} over {first_day} to {last_day}: strategy share {says}")?;
    }
    r.notes.iter().try_for_each(|note| writeln!(t, "note: {}", plain(note)))
}
