//! The week as a calendar.

mod block;
mod columns;

use self::block::Stand;
use super::super::Privacy;
use super::super::letters::Weight::{Medium, Regular, SemiBold};
use super::super::numbers::{clean, hours};
use super::super::sheet::{Drawn, Frame, Ink, Sheet};
use super::{LEFT, inset, overlap, title};
use crate::analyze::report::{Day, Report};
use crate::model::{Class, Exact, Weekday};
use chrono::Datelike;
use plotters_backend::DrawingBackend;

const GRID: Frame = Frame { x: 100.0, y: 320.0, w: 856.0, h: 560.0 };
/// All-day events that a day shows one by one.
const MOST_BANDS: usize = 3;
/// Air between them and the hours, so that the words beside both stand apart.
const UNDER: f32 = 7.0;

pub(super) fn draw<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report, privacy: Privacy) -> Drawn<DB> {
    title(sheet, "The week", LEFT, 268.0)?;
    let days = shown_days(report);
    if days.is_empty() {
        return Ok(());
    }
    let bands = days.iter().map(|day| day.all_day.len()).max().unwrap_or(0).min(MOST_BANDS);
    let clock = Clock::of(&days, if bands > 0 { block::BAND * bands as f32 + UNDER } else { 0.0 });
    let width = GRID.w / days.len() as f32;
    let frames: Vec<Frame> =
        (0..days.len()).map(|i| Frame::new(GRID.x + width * i as f32, GRID.y, width, GRID.h)).collect();
    for (day, frame) in days.iter().zip(&frames) {
        shade(sheet, day, *frame, &clock)?;
    }
    rules(sheet, &frames, &clock)?;
    heads(sheet, report, &days, &frames)?;
    if bands > 0 {
        let ink = Ink::new(12.0, Regular, sheet.colours.muted);
        sheet.text_right("all day", GRID.x - 8.0, GRID.y + 13.5, ink)?;
    }
    for (day, frame) in days.iter().zip(&frames) {
        let stands = block::Stand::all(day, &clock);
        away(sheet, day, *frame, &clock, &stands)?;
        open(sheet, day, *frame, &clock, &stands, privacy)?;
        block::draw(sheet, day, *frame, &stands, privacy)?;
        block::bands(sheet, day, *frame, bands, privacy)?;
    }
    Ok(())
}

/// Five days, or all seven where a weekend day has or could have something.
fn shown_days(report: &Report) -> Vec<&Day> {
    let weekend = |day: &Day| matches!(day.date.weekday(), Weekday::Sat | Weekday::Sun);
    let used =
        |day: &Day| day.working.is_some() || !day.blocks.is_empty() || Class::ALL.iter().any(|c| !day.of(*c).is_zero());
    let all = report.days.iter().any(|day| weekend(day) && used(day));
    report.days.iter().filter(|day| all || !weekend(day)).collect()
}

/// Minutes after midnight as heights: working hours and the events around them, whole hours. Nights that must be shown
/// are drawn at half height.
struct Clock {
    from: u16,
    to: u16,
    /// Where `from` is drawn.
    top: f32,
    /// Cumulative height at each whole hour since `from`.
    heights: Vec<f32>,
}

impl Clock {
    /// The hours stand below `bands` pixels of all-day events.
    fn of(days: &[&Day], bands: f32) -> Clock {
        let working = || days.iter().filter_map(|day| day.working).map(|(from, to)| (from.0, to.0));
        let blocks = || days.iter().flat_map(|day| day.blocks.iter().map(|b| (b.from, b.to)));
        let core = (working().map(|w| w.0).min().unwrap_or(8 * 60), working().map(|w| w.1).max().unwrap_or(18 * 60));
        let from = blocks().map(|b| b.0).min().unwrap_or(core.0).min(core.0).min(23 * 60) / 60;
        let to = blocks().map(|b| b.1).max().unwrap_or(core.1).max(core.1).min(1440).div_ceil(60);
        // Very short ranges would draw huge hours.
        let to = to.max(from + 6).min(24);
        let from = from.min(to - 6);
        let long = to - from > 13;
        let tall = |hour: u16| !long || (hour * 60 + 60 > core.0 && hour * 60 < core.1);
        let weights: Vec<f32> = (from..to).map(|hour| if tall(hour) { 1.0 } else { 0.5 }).collect();
        let unit = (GRID.h - bands) / weights.iter().sum::<f32>();
        let mut heights = vec![0.0];
        for weight in weights {
            heights.push(heights[heights.len() - 1] + weight * unit);
        }
        Clock { from: from * 60, to: to * 60, top: GRID.y + bands, heights }
    }

    fn y(&self, minute: u16) -> f32 {
        let since = minute.clamp(self.from, self.to) - self.from;
        let (hour, part) = (usize::from(since / 60), f32::from(since % 60) / 60.0);
        let low = self.heights[hour];
        let high = self.heights.get(hour + 1).copied().unwrap_or(low);
        self.top + low + (high - low) * part
    }
}

/// Time outside working hours; whole days off.
fn shade<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, day: &Day, frame: Frame, clock: &Clock) -> Drawn<DB> {
    let (from, to) = day.working.map_or((clock.to, clock.to), |(from, to)| (from.0, to.0));
    for (a, b) in [(clock.from, from), (to, clock.to)] {
        let (top, bottom) = (clock.y(a), clock.y(b));
        sheet.rect(Frame::new(frame.x, top, frame.w, bottom - top), sheet.colours.shade)?;
    }
    Ok(())
}

fn rules<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, frames: &[Frame], clock: &Clock) -> Drawn<DB> {
    let ink = Ink::new(13.0, Regular, sheet.colours.muted);
    let mut labelled = f32::MIN;
    for (i, height) in clock.heights.iter().enumerate() {
        let y = clock.top + height;
        sheet.rule((GRID.x, y), (GRID.right(), y))?;
        let last = i + 1 == clock.heights.len();
        if y - labelled >= 22.0 && !last {
            sheet.text_right(&format!("{:02}", clock.from / 60 + i as u16), GRID.x - 10.0, y + 5.0, ink)?;
            labelled = y;
        }
    }
    for frame in frames {
        sheet.rule((frame.x, GRID.y), (frame.x, GRID.bottom()))?;
    }
    sheet.rule((GRID.right(), GRID.y), (GRID.right(), GRID.bottom() + 1.0))
}

/// Date, hours and their classes over each column.
fn heads<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report, days: &[&Day], frames: &[Frame]) -> Drawn<DB> {
    let colours = sheet.colours;
    let total = |day: &Day| -> Exact { Class::ALL.iter().map(|class| day.of(*class)).sum() };
    let totals: Vec<Exact> = days.iter().map(|day| total(day)).collect();
    let shown = Exact::largest_remainder(&totals, &Exact::tenth());
    let most = totals.iter().map(Exact::in_hours).fold(1.0, f64::max);
    let home = report.days.first().map(|day| day.zone.as_str());
    for (i, (day, frame)) in days.iter().zip(frames).enumerate() {
        let (left, right) = (frame.x + 6.0, frame.right() - 12.0);
        let (name, soft) = (Ink::new(14.0, SemiBold, colours.ink), Ink::new(13.0, Regular, colours.muted));
        let date = day.date.format("%a %-d").to_string();
        sheet.text(&date, left, 294.0, name)?;
        let sum = if totals[i].is_zero() { String::new() } else { hours(shown[i]) };
        sheet.text_right(&sum, right, 294.0, soft)?;
        if Some(day.zone.as_str()) != home {
            let small = Ink { size: 12.0, ..soft };
            let x = left + sheet.width(&date, name) + 6.0;
            let city = clean(day.zone.rsplit('/').next().unwrap_or_default()).replace('_', " ");
            let room = right - sheet.width(&sum, soft) - 6.0 - x;
            // Half a city names none: where it does not fit, it takes the line above.
            if sheet.width(&city, small) <= room {
                sheet.text(&city, x, 294.0, small)?;
            } else {
                sheet.text(&sheet.fit(&city, right - left, small), left, 278.0, small)?;
            }
        }
        let mut x = left;
        for class in Class::ALL {
            let part = (day.of(class).in_hours() / most) as f32 * (right - left);
            sheet.rect(Frame::new(x, 304.0, part, 6.0), colours.fill(class))?;
            x += part;
        }
    }
    Ok(())
}

/// Out of office: hatched, named where there is room.
fn away<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    day: &Day,
    frame: Frame,
    clock: &Clock,
    stands: &[Stand],
) -> Drawn<DB> {
    let colours = sheet.colours;
    for (from, to) in &day.out_of_office {
        let (top, bottom) = (clock.y(*from), clock.y(*to));
        let area = Frame::new(frame.x + 1.0, top + 1.0, frame.w - 1.0, bottom - top - 1.0);
        if area.h < 2.0 {
            continue;
        }
        sheet.rect(area, colours.shade)?;
        sheet.hatch(area, colours.hatch)?;
        let ink = Ink::new(13.0, Medium, colours.muted);
        let label_free = !stands.iter().any(|s| overlap((s.top, s.bottom), (top, top + 26.0)));
        let text = sheet.fit("Out of office", frame.w - 24.0, ink);
        if area.h >= 26.0 && label_free && !text.is_empty() {
            let pill = Frame::new(frame.x + 6.0, top + 5.0, sheet.width(&text, ink) + 10.0, 20.0);
            sheet.round(pill, 3.0, colours.shade)?;
            sheet.text(&text, pill.x + 5.0, top + 19.0, ink)?;
        }
    }
    Ok(())
}

/// Open blocks: what could hold deep work.
fn open<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    day: &Day,
    frame: Frame,
    clock: &Clock,
    stands: &[Stand],
    privacy: Privacy,
) -> Drawn<DB> {
    let accent = sheet.colours.accent;
    for (from, to) in &day.open {
        let (top, bottom) = (clock.y(*from), clock.y(*to));
        // It begins below what ends before it and is drawn taller than it is long.
        let before = day.blocks.iter().zip(stands).filter(|(block, _)| block.to <= *from);
        let top = before.map(|(_, stand)| stand.bottom).fold(top, f32::max);
        let area = inset(Frame::new(frame.x + 1.5, top, frame.w - 1.5, bottom - top), 1.5);
        sheet.dashed_outline(area, 4.0, 1.4, accent)?;
        let ink = Ink::new(13.0, Medium, accent);
        let label_free = !stands.iter().any(|s| overlap((s.top, s.bottom), (top, top + 24.0)));
        if privacy != Privacy::Classes && area.h >= 22.0 && label_free {
            sheet.text(&sheet.fit("Focus", area.w - 14.0, ink), frame.x + 11.0, area.y + 17.5, ink)?;
        }
    }
    Ok(())
}
