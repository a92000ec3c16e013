//! The share bar with the goal tick.

use super::super::letters::Weight::{Medium, Regular, SemiBold};
use super::super::numbers::hours;
use super::super::sheet::{Drawn, Frame, Ink, Sheet};
use super::{LEFT, RIGHT, overlap};
use crate::analyze::report::Report;
use crate::model::Class;
use plotters_backend::DrawingBackend;

const TOP: f32 = 178.0;
const HEIGHT: f32 = 34.0;
const PAD: f32 = 12.0;
const GAP: f32 = 2.0;

pub(super) fn draw<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report) -> Drawn<DB> {
    let colours = sheet.colours;
    let whole = Frame::new(LEFT, TOP, RIGHT - LEFT, HEIGHT);
    let counted = report.hours.counted.to_f64();
    if counted <= 0.0 {
        sheet.round(whole, 4.0, colours.shade)?;
        sheet.round_outline(whole, 4.0, 1.0, colours.rule)?;
        return sheet.text("No counted hours", LEFT + PAD, TOP + 23.0, Ink::new(14.0, Regular, colours.muted));
    }
    let shown = report.class_tenths();
    let tick = goal_tick(report);
    // Labels under the bar keep clear of these stretches.
    let mut taken: Vec<(f32, f32)> = Vec::new();
    if let Some((x, text)) = &tick {
        let half = sheet.width(text, goal_ink(sheet)) / 2.0;
        taken.push((goal_label(*x, half) - half - 12.0, goal_label(*x, half) + half + 12.0));
    }
    let present: Vec<Class> = Class::ALL.into_iter().filter(|class| !report.hours.of(*class).is_zero()).collect();
    let mut from = 0.0;
    for (i, class) in present.iter().copied().enumerate() {
        let part = (report.hours.of(class).to_f64() / counted) as f32 * whole.w;
        let (first, last) = (i == 0, i + 1 == present.len());
        let gap = if last || part < 2.0 * GAP { 0.0 } else { GAP };
        let segment = Frame::new(LEFT + from, TOP, (part - gap).max(1.0), HEIGHT);
        let (l, r) = (if first { 4.0 } else { 0.0 }, if last { 4.0 } else { 0.0 });
        sheet.round_corners(segment, [l, r, r, l], colours.fill(class))?;
        label(sheet, class, &hours(shown[class as usize]), segment, tick.as_ref().map(|(x, _)| *x), &mut taken)?;
        from += part;
    }
    if let Some((x, text)) = tick {
        let ink = goal_ink(sheet);
        sheet.rect(Frame::new(x - 2.0, TOP - 8.0, 4.0, HEIGHT + 16.0), colours.paper)?;
        sheet.rect(Frame::new(x - 1.0, TOP - 8.0, 2.0, HEIGHT + 16.0), colours.ink)?;
        sheet.text_center(&text, goal_label(x, sheet.width(&text, ink) / 2.0), TOP + 58.0, ink)?;
    }
    Ok(())
}

fn goal_ink<DB: DrawingBackend>(sheet: &Sheet<'_, DB>) -> Ink {
    Ink::new(13.0, SemiBold, sheet.colours.ink)
}

/// The label's middle: under the tick, kept inside the margins.
fn goal_label(x: f32, half: f32) -> f32 {
    x.clamp(LEFT + half, RIGHT - half)
}

/// The tick stands where the strategy part would end with the goal met and coverage as it is; a thin week is not measured.
fn goal_tick(report: &Report) -> Option<(f32, String)> {
    let goal = report.goal.as_ref().filter(|_| !report.thin)?;
    report.share.as_ref()?;
    let classified = &report.hours.strategy + &report.hours.execution;
    let part = (goal * &classified).over(&report.hours.counted)?.to_f64() as f32;
    Some((LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0), format!("goal {}%", goal.percent())))
}

/// Inside the segment and clear of the tick; else below it; else not at all.
fn label<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    class: Class,
    hours: &str,
    segment: Frame,
    tick: Option<f32>,
    taken: &mut Vec<(f32, f32)>,
) -> Drawn<DB> {
    let colours = sheet.colours;
    let name = match class {
        Class::Strategy => "Strategy",
        Class::Execution => "Execution",
        Class::Unclassified => "Unclassified",
    };
    let ink = match class {
        Class::Unclassified => Ink::new(14.0, Medium, colours.on(class)),
        _ => Ink::new(16.0, SemiBold, colours.on(class)),
    };
    for text in [format!("{name} {hours}"), hours.to_owned()] {
        let width = sheet.width(&text, ink);
        let pad = if segment.w - width < 2.0 * PAD { (segment.w - width) / 2.0 } else { PAD };
        let starts = [Some(segment.x + pad), tick.map(|x| x + PAD)];
        for start in starts.into_iter().flatten() {
            let clear = tick.is_none_or(|x| !overlap((start - 6.0, start + width + 6.0), (x - 1.0, x + 1.0)));
            if pad >= 6.0 && clear && start >= segment.x && start + width + 6.0 <= segment.right() {
                return sheet.text(&text, start, TOP + 23.0, ink);
            }
        }
        if class != Class::Unclassified && segment.w > 200.0 {
            continue;
        }
        break;
    }
    let ink = Ink::new(13.0, Medium, colours.ink);
    let text = format!("{name} {hours}");
    let width = 16.0 + sheet.width(&text, ink);
    let middle = segment.x + (segment.w - width) / 2.0;
    let starts = [middle, segment.x, segment.right() - width].map(|x| x.clamp(LEFT, RIGHT - width));
    // Or beside what is already there, nearest first.
    let mut beside: Vec<f32> = taken.iter().flat_map(|(from, to)| [to + 4.0, from - width - 4.0]).collect();
    beside.retain(|x| (LEFT..=RIGHT - width).contains(x));
    beside.sort_by(|a, b| (a - middle).abs().total_cmp(&(b - middle).abs()));
    let free = |x: &f32| taken.iter().all(|t| !overlap((*x, x + width), *t));
    let Some(x) = starts.into_iter().chain(beside).find(free) else { return Ok(()) };
    taken.push((x - 12.0, x + width + 12.0));
    sheet.round(Frame::new(x, TOP + 48.0, 10.0, 10.0), 2.0, colours.fill(class))?;
    sheet.text(&text, x + 16.0, TOP + 58.0, ink)
}
