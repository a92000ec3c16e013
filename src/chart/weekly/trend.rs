//! The share of twelve weeks with the goal band. Fractions become pixels through plotters' own Cartesian coordinates.

use super::super::letters::Weight::{Bold, Regular, SemiBold};
use super::super::sheet::{Drawn, Frame, Ink, Sheet};
use super::{RIGHT, SIDE, title};
use crate::analyze::report::{Report, TrendWeek};
use plotters::coord::CoordTranslate;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters_backend::DrawingBackend;

const PLOT: Frame = Frame { x: SIDE, y: 292.0, w: 486.0, h: 170.0 };
/// plotters maps to whole numbers; a thousandth of a pixel is fine enough for any scale.
const FINE: f32 = 1000.0;

pub(super) fn draw<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report) -> Drawn<DB> {
    let colours = sheet.colours;
    let weeks = &report.trend.weeks;
    title(sheet, "Strategy share, last 12 weeks", SIDE, 268.0)?;
    let goal = report.goal.as_ref().map(|goal| goal.to_f64());
    let top = top(weeks, goal);
    let map = scale(top, weeks.len());
    let small = Ink::new(13.0, Regular, colours.muted);

    let goal_y = goal.map(|goal| map(0, goal.min(top)).1);
    if let Some(y) = goal_y {
        sheet.rect(Frame::new(PLOT.x, PLOT.y, PLOT.w, y - PLOT.y), colours.band)?;
    }
    let step = if top <= 0.6 { 20 } else { 25 };
    for percent in (0..=(top * 100.0).round() as i32).step_by(step) {
        let y = map(0, f64::from(percent) / 100.0).1;
        if percent > 0 && goal_y.is_some_and(|goal| (goal - y).abs() < 1.0) {
            continue;
        }
        sheet.rule((PLOT.x, y), (PLOT.right(), y))?;
        if goal_y.is_none_or(|goal| (goal - y).abs() >= 15.0) {
            sheet.text(&format!("{percent}%"), PLOT.right() + 6.0, y + 5.0, small)?;
        }
    }
    if let (Some(y), Some(goal)) = (goal_y, &report.goal) {
        sheet.dashed(&[(PLOT.x, y), (PLOT.right(), y)], 1.4, colours.accent)?;
        let ink = Ink::new(13.0, SemiBold, colours.accent);
        sheet.text(&format!("{}%", goal.percent()), PLOT.right() + 6.0, y + 5.0, ink)?;
    }
    for (i, week) in weeks.iter().enumerate() {
        let last = weeks.len() - 1;
        // Every fourth week and the last, which the one before it must not touch.
        if i == last || (i % 4 == 0 && last - i > 1) {
            sheet.text_center(&format!("W{}", week.week.number()), map(i, 0.0).0, PLOT.bottom() + 20.0, small)?;
        }
    }
    if weeks.iter().all(|week| week.share.is_none()) {
        let ink = Ink { size: 14.0, ..small };
        return sheet.text_center("Nothing classified yet", PLOT.x + PLOT.w / 2.0, PLOT.y + PLOT.h / 2.0 + 5.0, ink);
    }
    let points: Vec<Option<(f32, f32)>> =
        weeks.iter().enumerate().map(|(i, w)| w.share.as_ref().map(|s| map(i, s.to_f64()))).collect();
    lines(sheet, weeks, &points)?;
    markers(sheet, weeks, &points)?;
    legend(sheet, weeks)?;
    last_label(sheet, weeks, &points, goal_y)
}

/// The least round top that leaves room over the line and the goal.
fn top(weeks: &[TrendWeek], goal: Option<f64>) -> f64 {
    let highest = weeks.iter().filter_map(|w| w.share.as_ref()).map(|s| s.to_f64()).fold(0.0, f64::max);
    let wanted = (highest + 0.05).max(goal.map_or(0.0, |goal| goal + 0.1)).max(0.3);
    ((wanted * 10.0 - 1e-9).ceil() / 10.0).min(1.0)
}

fn scale(top: f64, weeks: usize) -> impl Fn(usize, f64) -> (f32, f32) {
    let fine = |v: f32| (v * FINE) as i32;
    let last = weeks.saturating_sub(1).max(1) as f64;
    let spec: Cartesian2d<RangedCoordf64, RangedCoordf64> = Cartesian2d::new(
        0.0..last,
        0.0..top,
        (fine(PLOT.x + 8.0)..fine(PLOT.right() - 8.0), fine(PLOT.bottom())..fine(PLOT.y)),
    );
    // A lone week stands where the current one always stands.
    let shift = if weeks < 2 { 1.0 } else { 0.0 };
    move |week, share| {
        let (x, y) = spec.translate(&(week as f64 + shift, share));
        (x as f32 / FINE, y as f32 / FINE)
    }
}

/// Solid between neighbours, dashed over weeks that are compared with nothing, open over weeks without a share.
fn lines<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, weeks: &[TrendWeek], points: &[Option<(f32, f32)>]) -> Drawn<DB> {
    let accent = sheet.colours.accent;
    let mut solid: Vec<(f32, f32)> = Vec::new();
    let mut passed_over = false;
    for (week, point) in weeks.iter().zip(points) {
        if passed(week) {
            passed_over = true;
            continue;
        }
        match (point, solid.last().copied()) {
            (Some(point), Some(before)) if passed_over => {
                sheet.path(&solid, 3.0, accent)?;
                sheet.dashed(&[before, *point], 1.6, accent)?;
                solid = vec![*point];
            }
            (Some(point), _) => solid.push(*point),
            (None, _) => {
                sheet.path(&solid, 3.0, accent)?;
                solid.clear();
            }
        }
        passed_over = false;
    }
    sheet.path(&solid, 3.0, accent)
}

/// A part of no comparison: mostly out of office, or with too little to compare. A week without a share is a gap.
fn passed(week: &TrendWeek) -> bool {
    week.hollow || (week.thin && week.share.is_some())
}

fn markers<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, weeks: &[TrendWeek], points: &[Option<(f32, f32)>]) -> Drawn<DB> {
    let colours = sheet.colours;
    for (i, (week, point)) in weeks.iter().zip(points).enumerate() {
        let Some(at) = *point else { continue };
        let radius = if i + 1 == weeks.len() { 6.0 } else { 3.6 };
        match (passed(week), week.provisional) {
            (true, _) => sheet.ring(at, radius, 1.6, colours.muted)?,
            (_, true) => sheet.ring(at, radius, 2.0, colours.accent)?,
            _ => sheet.dot(at, radius, colours.accent)?,
        }
    }
    Ok(())
}

/// Says what a ring means, only where there is one.
fn legend<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, weeks: &[TrendWeek]) -> Drawn<DB> {
    let colours = sheet.colours;
    let ink = Ink::new(13.0, Regular, colours.muted);
    let shown = |kind: fn(&TrendWeek) -> bool| weeks.iter().any(|week| week.share.is_some() && kind(week));
    let grey = match (shown(|week| week.hollow), shown(|week| week.thin && !week.hollow)) {
        (true, true) => Some("off or too little"),
        (true, false) => Some("out of office"),
        (false, true) => Some("too little"),
        (false, false) => None,
    };
    let provisional = shown(|week| week.provisional && !passed(week));
    let mut x = RIGHT;
    for (word, colour) in [(grey, colours.muted), (provisional.then_some("provisional"), colours.accent)] {
        let Some(word) = word else { continue };
        sheet.text_right(word, x, 268.0, ink)?;
        x -= sheet.width(word, ink) + 11.0;
        sheet.ring((x, 263.5), 3.6, 1.8, colour)?;
        x -= 18.0;
    }
    Ok(())
}

/// The current share beside its dot, where it crosses neither the line, the goal nor the plot's edge.
fn last_label<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    weeks: &[TrendWeek],
    points: &[Option<(f32, f32)>],
    goal_y: Option<f32>,
) -> Drawn<DB> {
    let (Some(week), Some(Some(at))) = (weeks.last(), points.last()) else { return Ok(()) };
    let Some(share) = &week.share else { return Ok(()) };
    let colour = if passed(week) { sheet.colours.muted } else { sheet.colours.accent };
    let ink = Ink::new(17.0, Bold, colour);
    let text = format!("{}%", share.percent());
    let width = sheet.width(&text, ink);
    let before = points.len().checked_sub(2).and_then(|i| points[i]).unwrap_or(*at);
    // Where the line is under or over the label.
    let part = ((width + 4.0) / (at.0 - before.0).max(1.0)).min(1.0);
    let line = at.1 + (before.1 - at.1) * part;
    let bad = |middle: f32| {
        let box_ = (middle - 9.0, middle + 9.0);
        let crosses = |low: f32, high: f32| f32::from(u8::from(super::overlap(box_, (low, high))));
        2.0 * crosses(at.1.min(line) - 3.0, at.1.max(line) + 3.0)
            + goal_y.map_or(0.0, |y| 1.5 * crosses(y - 2.0, y + 2.0))
            + 4.0 * f32::from(u8::from(box_.0 < PLOT.y - 10.0 || box_.1 > PLOT.bottom() - 1.0))
            + (middle - at.1).abs() / 200.0
    };
    let places = [at.1 + 22.0, at.1 - 20.0, at.1 + 34.0, at.1 - 32.0];
    let middle = places.into_iter().min_by(|a, b| bad(*a).total_cmp(&bad(*b))).unwrap_or(at.1);
    sheet.text_right(&text, at.0 + 4.0, middle + 6.0, ink)
}
