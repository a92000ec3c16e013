//! One booking.

use super::super::super::Privacy;
use super::super::super::letters::Weight::{Medium, Regular};
use super::super::super::numbers::clean;
use super::super::super::sheet::{Drawn, Frame, Ink, Sheet};
use super::super::themes::class_name;
use super::Clock;
use super::columns::{self, Place};
use crate::analyze::report::{Block, Day};
use crate::model::LocalTime;
use plotters_backend::DrawingBackend;

/// Height of a band for an all-day event, with the air under it.
pub(super) const BAND: f32 = 19.0;
/// Even a minute is seen.
const LEAST: f32 = 5.0;
/// What is shorter, in minutes, stays as low as it is: it would stand taller than what is longer.
const SHORT: u16 = 10;
/// The least height of a title that can be read: that of a quarter of an hour in a common week.
const READ: f32 = 14.0;

/// All-day events above the hours: one band each, those beyond `most` as a number in the last one.
pub(super) fn bands<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    day: &Day,
    frame: Frame,
    most: usize,
    privacy: Privacy,
) -> Drawn<DB> {
    let folded = if day.all_day.len() > most { day.all_day.len() + 1 - most } else { 0 };
    for (i, block) in day.all_day.iter().take(most).enumerate() {
        let f = Frame::new(frame.x + 3.0, frame.y + 1.0 + BAND * i as f32, frame.w - 6.0, BAND - 2.0);
        if folded > 0 && i + 1 == most {
            sheet.round(f, 3.0, sheet.colours.shade)?;
            let ink = Ink::new(12.0, Medium, sheet.colours.muted);
            let text = format!("{folded} more all day");
            sheet.text(&sheet.fit(&text, f.w - 16.0, ink), f.x + 8.0, f.y + 12.5, ink)?;
        } else {
            one(sheet, block, f, privacy)?;
        }
    }
    Ok(())
}

/// Where the bookings of a day stand: their columns, and their tops and bottoms.
pub(super) struct Stand {
    pub(super) place: Place,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

impl Stand {
    /// Columns mean double bookings, so they are found in minutes: what is drawn may be taller than it is long, as far as
    /// nothing begins there, so that its title can be read.
    pub(super) fn all(day: &Day, clock: &Clock) -> Vec<Stand> {
        let blocks = &day.blocks;
        let stretches: Vec<(u16, u16)> = blocks.iter().map(|block| (block.from, block.to)).collect();
        let places = columns::places(&stretches);
        let one = |(i, block): (usize, &Block)| {
            let top = clock.y(block.from).min(super::GRID.bottom() - LEAST);
            let behind = blocks[i + 1..].iter().zip(&places[i + 1..]);
            let under = behind.filter(|(b, p)| p.column == places[i].column || b.from >= block.to);
            let next = under.map(|(b, _)| clock.y(b.from)).find(|y| *y > top);
            let room = next.unwrap_or(f32::MAX).min(super::GRID.bottom());
            let least = if block.to - block.from < SHORT { LEAST } else { READ };
            Stand { place: places[i], top, bottom: clock.y(block.to).max((top + least).min(room)) }
        };
        blocks.iter().enumerate().map(one).collect()
    }
}

pub(super) fn draw<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    day: &Day,
    frame: Frame,
    stands: &[Stand],
    privacy: Privacy,
) -> Drawn<DB> {
    for (block, Stand { place, top, bottom }) in day.blocks.iter().zip(stands) {
        let width = (frame.w - 6.0) / place.of as f32;
        let between = if width > 12.0 { 2.0 } else { (width * 0.2).min(1.0) };
        let air = match bottom - top {
            20.0.. => 1.5,
            LEAST.. => 0.75,
            _ => 0.25,
        };
        let at = Frame::new(
            frame.x + 3.0 + width * place.column as f32,
            top + air,
            width - if place.column + 1 < place.of { between } else { 0.0 },
            bottom - top - 2.0 * air,
        );
        // Time set apart stands inside the open block that it may lie in, so that both edges are seen.
        let inset = if block.class.is_none() && at.w > 40.0 && at.h > 24.0 { 4.0 } else { 0.0 };
        let at = Frame::new(at.x + inset, at.y + inset, at.w - 2.0 * inset, at.h - 2.0 * inset);
        one(sheet, block, at, privacy)?;
    }
    Ok(())
}

fn one<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, block: &Block, f: Frame, privacy: Privacy) -> Drawn<DB> {
    let colours = sheet.colours;
    let radius = 4.0_f32.min(f.w / 3.0);
    let ink = match block.class {
        Some(class) if block.tentative => {
            sheet.round(f, radius, colours.paper.mixed(colours.fill(class), 0.3))?;
            sheet.round_outline(f, radius, 1.4_f32.min(f.w / 3.0), colours.fill(class))?;
            colours.ink
        }
        Some(class) => {
            sheet.round(f, radius, colours.fill(class))?;
            colours.on(class)
        }
        None => {
            sheet.round(f, radius, colours.paper)?;
            sheet.round_outline(f, radius, 1.4_f32.min(f.w / 3.0), colours.muted)?;
            colours.muted
        }
    };
    if privacy == Privacy::Classes {
        return Ok(());
    }
    text(sheet, block, f, privacy, Ink::new(13.0, Medium, ink))
}

/// As much as there is room for: the title over several lines, then the time.
fn text<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, block: &Block, f: Frame, privacy: Privacy, ink: Ink) -> Drawn<DB> {
    let pad = if f.w < 70.0 { 4.0 } else { 8.0 };
    let room = f.w - 2.0 * pad;
    // Text smaller than this is not read; a narrow column would hold three letters of it.
    if f.h < 11.5 || room < 24.0 {
        return Ok(());
    }
    // With room for what hangs below the line.
    let ink = Ink { size: (f.h * 0.8).min(13.0), ..ink };
    let title = label(block, privacy);
    if f.h < 36.0 {
        // One line, in the middle.
        let baseline = f.y + f32::midpoint(f.h, ink.size * 0.727);
        return sheet.text(&sheet.fit(&title, room, ink), f.x + pad, baseline, ink);
    }
    let pitch = 16.5;
    let lines = ((f.h - 8.0) / pitch).floor() as usize;
    let wrapped = sheet.wrap(&title, room, lines.clamp(1, 3), ink);
    let mut y = f.y + 17.5;
    for line in &wrapped {
        sheet.text(line, f.x + pad, y, ink)?;
        y += pitch;
    }
    let time = format!("{}–{}", LocalTime(block.from), LocalTime(block.to));
    let small = Ink { size: 12.0, weight: Regular, ..ink };
    if wrapped.len() < lines && sheet.width(&time, small) <= room {
        sheet.text(&time, f.x + pad, y, small)?;
    }
    Ok(())
}

fn label(block: &Block, privacy: Privacy) -> String {
    let apart = || if block.alone { "Focus or solo" } else { "Set apart" }.to_owned();
    if privacy == Privacy::Themes {
        let theme = block.theme.as_deref().map(clean).filter(|theme| !theme.is_empty());
        return theme.or_else(|| block.class.map(|class| class_name(class).to_owned())).unwrap_or_else(apart);
    }
    let title = block.title.as_deref().map(clean).filter(|title| !title.is_empty());
    match title {
        _ if block.private => "Private".to_owned(),
        title => title.unwrap_or_else(|| "(no title)".to_owned()),
    }
}
