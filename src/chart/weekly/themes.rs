//! Hours by theme with the change against the four weeks before.

use super::super::Privacy;
use super::super::letters::Weight::{Medium, Regular, SemiBold};
use super::super::numbers::{clean, hours, signed};
use super::super::sheet::{Drawn, Frame, Ink, Sheet};
use super::{RIGHT, SIDE, title};
use crate::analyze::report::Report;
use crate::model::{Class, Exact};
use plotters_backend::DrawingBackend;

const ROWS: usize = 7;
const BARS: f32 = 1188.0;
const LONGEST: f32 = 198.0;

/// A line of the panel.
pub(in super::super) struct Row {
    pub(in super::super) name: String,
    /// `None`: several themes folded into one line.
    class: Option<Class>,
    /// The hours as they are shown.
    pub(in super::super) tenths: i64,
    hours: Exact,
    /// Against the mean of the four weeks before.
    change: Option<Exact>,
}

impl Row {
    /// The change in tenths of an hour.
    pub(in super::super) fn change(&self) -> Option<i64> {
        self.change.as_ref().map(Exact::tenths)
    }

    /// None of it in the four weeks before.
    fn is_new(&self) -> bool {
        self.tenths > 0 && self.change.as_ref() == Some(&self.hours)
    }
}

/// What the panel shows: at most seven lines whose hours add up to the counted hours.
pub(in super::super) fn rows(report: &Report, privacy: Privacy) -> Vec<Row> {
    let themes = report.themes.iter().zip(report.theme_tenths());
    let mut rows: Vec<Row> = themes
        .map(|(theme, tenths)| Row {
            name: clean(&theme.name),
            class: Some(theme.class),
            tenths,
            hours: theme.hours.clone(),
            change: theme.change.clone(),
        })
        .collect();
    if privacy == Privacy::Classes {
        let classes = Class::ALL.into_iter().zip(report.class_tenths()).map(|(class, tenths)| Row {
            name: class_name(class).to_owned(),
            class: Some(class),
            tenths,
            hours: report.hours.of(class).clone(),
            change: rows.iter().filter(|row| row.class == Some(class)).map(|row| row.change.clone()).sum(),
        });
        rows = classes.collect();
    }
    rows.retain(|row| !row.hours.is_zero() || row.change.as_ref().is_some_and(|change| !change.is_zero()));
    if rows.len() > ROWS {
        let rest = rows.split_off(ROWS - 1);
        rows.push(Row {
            name: format!("{} more", rest.len()),
            class: None,
            tenths: rest.iter().map(|row| row.tenths).sum(),
            hours: rest.iter().map(|row| &row.hours).sum(),
            change: rest.iter().map(|row| row.change.clone()).sum(),
        });
    }
    rows
}

pub(super) fn class_name(class: Class) -> &'static str {
    match class {
        Class::Strategy => "Strategy",
        Class::Execution => "Execution",
        Class::Unclassified => "Unclassified",
    }
}

pub(super) fn draw<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, report: &Report, privacy: Privacy) -> Drawn<DB> {
    let colours = sheet.colours;
    title(sheet, "Where it went", SIDE, 540.0)?;
    let muted = Ink::new(14.0, Regular, colours.muted);
    let rows = rows(report, privacy);
    if rows.is_empty() {
        return sheet.text("No counted hours to split", SIDE, 579.0, muted);
    }
    let compared = rows.iter().any(|row| row.change.is_some());
    if compared {
        sheet.text_right("vs 4-week average", RIGHT, 540.0, Ink { size: 13.0, ..muted })?;
    }
    let most = rows.iter().map(|row| row.tenths).max().unwrap_or(0).max(1) as f32;
    // Few lines stand a little further apart rather than leave a hole.
    let pitch = if rows.len() <= 4 { 42.0 } else { 33.0 };
    for (i, row) in rows.iter().enumerate() {
        let y = 579.0 + pitch * i as f32;
        let name = Ink::new(15.0, Medium, colours.ink);
        sheet.text(&sheet.fit(&row.name, BARS - SIDE - 12.0, name), SIDE, y, name)?;
        let length = (LONGEST * row.tenths as f32 / most).max(2.0);
        let bar = Frame::new(BARS, y - 14.0, length, 18.0);
        match row.class {
            Some(class) => sheet.round(bar, 3.0, colours.fill(class))?,
            None => sheet.round_outline(bar, 3.0, 1.4, colours.muted)?,
        }
        let value = Ink::new(14.0, SemiBold, colours.ink);
        sheet.text(&hours(row.tenths), bar.right() + 8.0, y, value)?;
        if compared {
            let change = match row.change() {
                _ if row.is_new() => "new".to_owned(),
                Some(tenths) => signed(tenths),
                None => "–".to_owned(),
            };
            sheet.text_right(&change, RIGHT, y, muted)?;
        }
    }
    Ok(())
}
