//! One booking.

use super::super::super::Privacy;
use super::super::super::letters::Weight::{Medium, Regular};
use super::super::super::numbers::clean;
use super::super::super::sheet::{Drawn, Frame, Ink, Sheet};
use super::super::themes::class_name;
use super::{Clock, columns};
use crate::analyze::report::{Block, Day};
use crate::model::LocalTime;
use plotters_backend::DrawingBackend;

/// Even a minute is seen.
const LEAST: f32 = 5.0;

pub(super) fn draw<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    day: &Day,
    frame: Frame,
    clock: &Clock,
    privacy: Privacy,
) -> Drawn<DB> {
    let stretches: Vec<(f32, f32)> = day
        .blocks
        .iter()
        .map(|block| {
            let top = clock.y(block.from).min(super::GRID.bottom() - LEAST);
            (top, clock.y(block.to).max(top + LEAST))
        })
        .collect();
    for ((block, (top, bottom)), place) in day.blocks.iter().zip(&stretches).zip(columns::places(&stretches)) {
        let width = (frame.w - 6.0) / place.of as f32;
        let between = if width > 12.0 { 2.0 } else { (width * 0.2).min(1.0) };
        let air = if bottom - top >= 20.0 { 1.5 } else { 0.75 };
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
    if f.h < 10.0 || room < 24.0 {
        return Ok(());
    }
    let ink = Ink { size: if f.h < 16.0 { (f.h - 0.5).clamp(9.5, 13.0) } else { 13.0 }, ..ink };
    let title = label(block, privacy);
    if f.h < 36.0 {
        // One line, in the middle.
        let baseline = f.y + (f.h + ink.size * 0.727) / 2.0;
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
    match block.title.as_deref().map(clean) {
        _ if block.private => "Private".to_owned(),
        Some(title) if title.is_empty() => "(no title)".to_owned(),
        Some(title) => title,
        None => "Busy".to_owned(),
    }
}
