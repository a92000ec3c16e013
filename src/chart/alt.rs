use super::Privacy;
use super::numbers::{count, dates, decimal, hours, signed};
use super::weekly::{handable, movers, theme_rows};
use super::wording::{headline, provisional, remarks, since, state, strip};
use crate::analyze::report::Report;
use crate::model::Exact;

/// The alternative text of the weekly picture: complete sentences in reading order, at the same privacy level.
pub fn alt_text(report: &Report, privacy: Privacy) -> String {
    let state = state(report).map(|state| format!(", {state}")).unwrap_or_default();
    let mut says = vec![
        format!("Week {}, {}{state}.", report.week.number(), dates(report.first_day, report.last_day)),
        format!("{}.", headline(report)),
    ];
    says.extend(provisional(report).map(|sentence| format!("{sentence}.")));
    let h = &report.hours;
    if !h.counted.is_zero() {
        let [s, e, u] = report.class_tenths().map(decimal);
        says.push(format!(
            "{} hours counted in {}: {s} strategy, {e} execution, {u} unclassified.",
            decimal(h.counted.tenths()),
            count(report.events.meetings, "meeting"),
        ));
    }
    if !h.counted.is_zero() && (h.open.tenths() > 0 || h.after_hours.tenths() > 0) {
        says.push(format!(
            "{} hours stayed open for focus, {} hours lay after hours.",
            decimal(h.open.tenths()),
            decimal(h.after_hours.tenths()),
        ));
    }
    let firm = report.trend.weeks.iter().filter(|week| !week.thin);
    let shares: Vec<i64> = firm.filter_map(|w| w.share.as_ref().map(|s| s.percent())).collect();
    if let (Some(low), Some(high), true) = (shares.iter().min(), shares.iter().max(), shares.len() > 1) {
        let median = report.trend.median.as_ref();
        let median = median.map(|m| format!("; the median of the four weeks before is {}%", m.percent()));
        says.push(format!(
            "Over the last {} weeks the share lay between {low}% and {high}%{}.",
            report.trend.weeks.len(),
            median.unwrap_or_default(),
        ));
    }
    let rows: Vec<String> = theme_rows(report, privacy)
        .iter()
        .map(|row| {
            let change = row.change().map(|tenths| format!(" ({} against the four weeks before)", signed(tenths)));
            format!("{} {}{}", row.name, hours(row.tenths), change.unwrap_or_default())
        })
        .collect();
    if !rows.is_empty() {
        says.push(format!("Where it went: {}.", rows.join(", ")));
    }
    for (name, details) in handable(report, privacy) {
        says.push(format!("You could let go of {name}: {}.", details.join(", ")));
    }
    if privacy == Privacy::Classes && !report.let_go.is_empty() {
        let quarter: Exact = report.let_go.iter().map(|c| &c.hours_a_quarter).sum();
        let meetings = count(report.let_go.len(), "recurring meeting");
        says.push(format!("You could let go of {meetings}, {} a quarter.", hours(quarter.tenths())));
    }
    let moved = movers(report, privacy).into_iter().map(|(name, _, tenths)| format!("{name} {}", signed(tenths)));
    let moved: Vec<String> = moved.collect();
    if !moved.is_empty() {
        says.push(format!("What moved the number{}, in points: {}.", since(report), moved.join(", ")));
    }
    says.push(format!("{}.", strip(report).join(", ")));
    says.extend(
        remarks(report, privacy)
            .into_iter()
            .map(|note| if note.ends_with(['.', '!', '?']) { note } else { format!("{note}.") }),
    );
    says.join(" ")
}
