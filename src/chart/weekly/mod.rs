//! The weekly picture, panel by panel, in pixels of a 1600 × 1000 page.

mod grid;
mod let_go;
mod share;
mod themes;
mod trend;

pub(super) use let_go::{handable, movers};
pub(super) use themes::rows as theme_rows;

use super::Privacy;
use super::letters::Weight::{Bold, Regular, SemiBold};
use super::numbers::dates;
use super::sheet::{Drawn, Frame, Ink, Sheet};
use super::wording;
use crate::analyze::report::Report;
use plotters_backend::DrawingBackend;

/// Width and height in picture pixels.
pub(super) const SIZE: (u32, u32) = (1600, 1000);
const LEFT: f32 = 56.0;
const RIGHT: f32 = 1544.0;
/// Where the right-hand panels begin.
const SIDE: f32 = 1012.0;

pub(super) fn draw<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report, privacy: Privacy) -> Drawn<DB> {
    head(sheet, report)?;
    share::draw(sheet, report)?;
    grid::draw(sheet, report, privacy)?;
    trend::draw(sheet, report)?;
    themes::draw(sheet, report, privacy)?;
    let_go::draw(sheet, report, privacy)?;
    strip(sheet, report, privacy)
}

fn title<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, text: &str, x: f32, y: f32) -> Drawn<DB> {
    sheet.text(text, x, y, Ink::new(19.0, Bold, sheet.colours.ink))
}

fn head<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report) -> Drawn<DB> {
    let colours = sheet.colours;
    let mut when = format!("Week {} · {}", report.week.number(), dates(report.first_day, report.last_day));
    when.extend(wording::state(report).map(|state| format!(" · {state}")));
    sheet.tracked(&when.to_uppercase(), LEFT, 70.0, 1.2, Ink::new(15.0, SemiBold, colours.muted))?;

    let headline = wording::headline(report);
    let mut ink = Ink::new(36.0, Bold, colours.accent);
    while sheet.width(&headline.to_string(), ink) > RIGHT - LEFT && ink.size > 20.0 {
        ink.size -= 1.0;
    }
    sheet.text(&headline.result, LEFT, 116.0, ink)?;
    // Measured with what follows it, so that the space between keeps its kerning.
    let rest = LEFT + sheet.width(&headline.result, ink);
    sheet.text(&headline.rest, rest, 116.0, Ink { colour: colours.ink, ..ink })?;

    let mut x = LEFT;
    if let Some(warning) = wording::provisional(report) {
        let ink = Ink::new(17.0, SemiBold, colours.warning);
        sheet.text(&warning, x, 150.0, ink)?;
        x += sheet.width(&warning, ink);
    }
    let joint = if x > LEFT { " · " } else { "" };
    let ink = Ink::new(17.0, Regular, colours.muted);
    let parts = wording::subtitle(report);
    if parts.is_empty() {
        return Ok(());
    }
    sheet.text(&format!("{joint}{}", join(sheet, parts, RIGHT - x - 12.0, ink)), x, 150.0, ink)
}

/// `parts` between middle dots; the last ones go where they do not fit.
fn join<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, mut parts: Vec<String>, width: f32, ink: Ink) -> String {
    loop {
        let line = parts.join(" · ");
        if parts.len() < 2 || sheet.width(&line, ink) <= width {
            return sheet.fit(&line, width, ink);
        }
        parts.pop();
    }
}

/// What was counted and what was not, so that nobody takes the number for more than it is: always in the same order, in two
/// lines at most. What does not fit is counted, and stands in the text and the JSON.
fn strip<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report, privacy: Privacy) -> Drawn<DB> {
    let colours = sheet.colours;
    sheet.rule((LEFT, 940.0), (RIGHT, 940.0))?;
    let ink = Ink::new(13.0, Regular, colours.muted);
    sheet.text_right("vantage", RIGHT, 964.0, Ink { weight: SemiBold, ..ink })?;
    let mut parts = wording::strip(report);
    let first = line_of(sheet, &mut parts, RIGHT - LEFT - 90.0, ink);
    sheet.text(&first.join(" · "), LEFT, 964.0, ink)?;
    parts.extend(wording::remarks(report, privacy));
    let ink = Ink { colour: colours.ink, ..ink };
    sheet.text(&counted_out(sheet, parts, RIGHT - LEFT, ink), LEFT, 984.0, ink)
}

/// Takes from `parts` as many of the first ones as one line holds, one at least; it is cut where it alone is too long.
fn line_of<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, parts: &mut Vec<String>, width: f32, ink: Ink) -> Vec<String> {
    let fits = |count: &usize| sheet.width(&parts[..*count].join(" · "), ink) <= width;
    let count = (1..=parts.len()).take_while(fits).last().unwrap_or(parts.len().min(1));
    let rest = parts.split_off(count);
    let line = std::mem::replace(parts, rest);
    if let [only] = &line[..] { vec![sheet.fit(only, width, ink)] } else { line }
}

/// `parts` between middle dots; where they do not fit, without what follows their colons, the last ones first; and where that
/// is too long, too, how many are only in the text.
fn counted_out<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, mut parts: Vec<String>, width: f32, ink: Ink) -> String {
    for last in (0..=parts.len()).rev() {
        if let Some(part) = parts.get_mut(last) {
            let short = part.split(": ").next().unwrap_or_default().to_owned();
            *part = short;
        }
        let line = parts.join(" · ");
        if sheet.width(&line, ink) <= width {
            return line;
        }
    }
    let all = parts.len();
    for kept in (1..all).rev() {
        let line = format!("{} · {} more in the text", parts[..kept].join(" · "), all - kept);
        if sheet.width(&line, ink) <= width {
            return line;
        }
    }
    let more = if all > 1 { format!(" · {} more in the text", all - 1) } else { String::new() };
    let room = width - sheet.width(&more, ink);
    parts.first().map_or(String::new(), |part| sheet.fit(part, room, ink) + &more)
}

/// Do the stretches `a` and `b` share more than their ends?
fn overlap(a: (f32, f32), b: (f32, f32)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// A whole day's frame is never narrower than this.
fn inset(f: Frame, by: f32) -> Frame {
    Frame::new(f.x + by, f.y + by, (f.w - 2.0 * by).max(1.0), (f.h - 2.0 * by).max(1.0))
}
