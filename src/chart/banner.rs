//! A strip over the picture that says what is wrong with it. Nothing below moves.

use super::letters::Weight::SemiBold;
use super::numbers::clean;
use super::sheet::{Drawn, Frame, Ink, Sheet};
use super::{Style, alt_text};
use crate::analyze::report::Report;
use plotters_backend::DrawingBackend;

/// Ends above the first line of the page.
const HEIGHT: f32 = 40.0;
const LEFT: f32 = 56.0;
const WIDTH: f32 = 1600.0;

pub(super) fn draw<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, says: &str) -> Drawn<DB> {
    let colours = sheet.colours;
    sheet.rect(Frame::new(0.0, 0.0, WIDTH, HEIGHT), colours.warning)?;
    let ink = Ink::new(16.0, SemiBold, colours.paper);
    sheet.text(&sheet.fit(&clean(says), WIDTH - 2.0 * LEFT, ink), LEFT, 26.0, ink)
}

/// The alternative text of the picture drawn in `style`: the banner, then what [`alt_text`] says.
pub fn described(report: &Report, style: &Style) -> String {
    let text = alt_text(report, style.privacy);
    match &style.banner {
        Some(says) => format!("{}. {text}", clean(says)),
        None => text,
    }
}
