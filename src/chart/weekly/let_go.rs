//! What could be let go; where nothing stands out, what moved the number, or how the days ran.

use super::super::Privacy;
use super::super::letters::Weight::{Regular, SemiBold};
use super::super::numbers::{clean, count, decimal, hours, signed};
use super::super::sheet::{Drawn, Frame, Ink, Sheet};
use super::super::wording::since;
use super::themes::class_name;
use super::{RIGHT, SIDE, join, title};
use crate::analyze::report::{Candidate, Mover, Report};
use crate::model::{Class, Exact};
use plotters_backend::DrawingBackend;

pub(super) fn draw<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report, privacy: Privacy) -> Drawn<DB> {
    let (strong, soft) = (Ink::new(15.0, SemiBold, sheet.colours.ink), Ink::new(14.0, Regular, sheet.colours.muted));
    let width = RIGHT - SIDE;
    if report.let_go.is_empty() {
        return if movers(report, privacy).is_empty() {
            days(sheet, report)
        } else {
            draw_movers(sheet, report, privacy)
        };
    }
    title(sheet, "Where you could let go", SIDE, 826.0)?;
    if privacy == Privacy::Classes {
        let quarter: Exact = report.let_go.iter().map(|candidate| &candidate.hours_a_quarter).sum();
        let text = count(report.let_go.len(), "recurring meeting");
        sheet.text(&text, SIDE, 854.0, strong)?;
        return sheet.text(
            &format!("{} a quarter that someone else could carry", hours(quarter.tenths())),
            SIDE,
            873.0,
            soft,
        );
    }
    for (i, (name, details)) in handable(report, privacy).into_iter().enumerate() {
        let y = 854.0 + 44.0 * i as f32;
        sheet.text(&sheet.fit(&name, width, strong), SIDE, y, strong)?;
        sheet.text(&join(sheet, details, width, soft), SIDE, y + 19.0, soft)?;
    }
    Ok(())
}

/// The two candidates that are shown, with what speaks for each; none where titles and themes are hidden.
pub(in super::super) fn handable(report: &Report, privacy: Privacy) -> Vec<(String, Vec<String>)> {
    if privacy == Privacy::Classes {
        return Vec::new();
    }
    report.let_go.iter().take(2).map(|candidate| (name(candidate, privacy), details(candidate, privacy))).collect()
}

fn name(candidate: &Candidate, privacy: Privacy) -> String {
    let theme = candidate.theme.as_deref().map(clean).filter(|theme| !theme.is_empty());
    match (privacy, candidate.title.as_deref().map(clean)) {
        (Privacy::Titles, Some(title)) if !title.is_empty() => title,
        (Privacy::Titles, title) => unnamed(title).to_owned(),
        _ => theme.map_or_else(|| "A recurring meeting".to_owned(), |theme| format!("A series of {theme}")),
    }
}

/// What stands for a title that cannot be shown: one that is kept back, or one of nothing that can be drawn.
pub(super) fn unnamed(title: Option<String>) -> &'static str {
    if title.is_some() { "(no title)" } else { "Private" }
}

fn details(candidate: &Candidate, privacy: Privacy) -> Vec<String> {
    let mut details = vec![format!("{} a quarter", hours(candidate.hours_a_quarter.tenths()))];
    details.extend(candidate.people.map(|people| count(people, "person")));
    if candidate.optional {
        details.push("you are optional".to_owned());
    }
    details.extend(candidate.report.as_ref().map(|report| match privacy {
        Privacy::Titles => format!("{} already attends", clean(report)),
        _ => "a report of yours already attends".to_owned(),
    }));
    details
}

fn draw_movers<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report, privacy: Privacy) -> Drawn<DB> {
    let colours = sheet.colours;
    title(sheet, &format!("What moved the number{}", since(report)), SIDE, 826.0)?;
    let ink = Ink::new(15.0, Regular, colours.ink);
    sheet.text_right("points", RIGHT, 826.0, Ink { size: 13.0, colour: colours.muted, ..ink })?;
    for (i, (name, class, tenths)) in movers(report, privacy).into_iter().enumerate() {
        let y = 856.0 + 28.0 * i as f32;
        sheet.round(Frame::new(SIDE, y - 11.0, 12.0, 12.0), 3.0, colours.fill(class))?;
        sheet.text(&sheet.fit(&name, RIGHT - SIDE - 90.0, ink), SIDE + 22.0, y, ink)?;
        sheet.text_right(&signed(tenths), RIGHT, y, Ink { weight: SemiBold, ..ink })?;
    }
    Ok(())
}

/// The three series that moved the share most, with tenths of a point; none where candidates take their place.
pub(in super::super) fn movers(report: &Report, privacy: Privacy) -> Vec<(String, Class, i64)> {
    if !report.let_go.is_empty() {
        return Vec::new();
    }
    let mut top: Vec<(String, Class, i64)> = Vec::new();
    for mover in &report.moved {
        let name = mover_name(mover, privacy);
        // With themes or classes alone, series of one name are one line.
        match top.iter_mut().find(|(known, class, _)| *known == name && *class == mover.class) {
            Some((_, _, tenths)) if privacy != Privacy::Titles => *tenths += mover.tenths,
            _ => top.push((name, mover.class, mover.tenths)),
        }
    }
    top.retain(|(_, _, tenths)| *tenths != 0);
    top.sort_by_key(|(_, _, tenths)| -tenths.abs());
    top.truncate(3);
    top
}

fn mover_name(mover: &Mover, privacy: Privacy) -> String {
    let theme = mover.theme.as_deref().map(clean).filter(|theme| !theme.is_empty());
    let fallback = || class_name(mover.class).to_owned();
    match privacy {
        Privacy::Titles => match mover.title.as_deref().map(clean) {
            Some(title) if !title.is_empty() => title,
            title => unnamed(title).to_owned(),
        },
        Privacy::Themes => theme.unwrap_or_else(fallback),
        Privacy::Classes => fallback(),
    }
}

fn days<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report) -> Drawn<DB> {
    let colours = sheet.colours;
    title(sheet, "How the days ran", SIDE, 826.0)?;
    let (ink, number) = (Ink::new(15.0, Regular, colours.ink), Ink::new(15.0, SemiBold, colours.ink));
    let flow = &report.flow;
    let mut lines = vec![
        ("Open for focus".to_owned(), format!("{} h", decimal(report.hours.open.tenths()))),
        ("Short gaps between meetings".to_owned(), format!("{} h", decimal(report.hours.fragmented.tenths()))),
    ];
    if flow.longest_chain > 1 {
        let name = format!("Longest run without a break: {}", count(flow.longest_chain, "meeting"));
        lines.push((name, format!("{} h", decimal(flow.longest_chain_hours.tenths()))));
    } else {
        lines.push(("No recurring meeting stands out to hand on".to_owned(), String::new()));
    }
    for (i, (name, value)) in lines.into_iter().enumerate() {
        let y = 856.0 + 28.0 * i as f32;
        sheet.text(&sheet.fit(&name, RIGHT - SIDE - 90.0, ink), SIDE, y, ink)?;
        sheet.text_right(&value, RIGHT, y, number)?;
    }
    Ok(())
}
