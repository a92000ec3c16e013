//! Pictures of a week report. The only room that says plotters.
//!
//! `chart` never computes a number: what it shows stands in the [`Report`], rounded here so that shown parts add up to
//! shown totals. It reads no clock and no file; the same report and style give the same bytes. Pictures are generic
//! over plotters' `DrawingBackend`; ours draws anti-aliased RGB with the fonts of `charts/fonts`.

mod alt;
mod backend;
mod banner;
mod colours;
mod letters;
mod numbers;
mod painter;
mod sheet;
mod weekly;
mod wording;

use crate::analyze::report::Report;
use std::sync::Arc;

pub use crate::model::{Palette, Privacy};
pub use alt::alt_text;
pub use banner::described;
pub use painter::Painter;
pub use wording::{Headline, headline, remarks, since};

/// How a picture is drawn.
#[derive(Clone, Debug)]
pub struct Style {
    /// Device pixels a picture pixel, 1 to 4; numbers outside are taken as the nearest.
    pub scale: u32,
    pub privacy: Privacy,
    pub palette: Palette,
    /// A TrueType or OpenType file with outlines for scripts that Inter lacks (of a collection, its first font).
    /// Bytes that are no font draw boxes, as without it.
    pub fallback_font: Option<Arc<Vec<u8>>>,
    /// A sentence without a full stop in a strip at the top: that the picture is not to be trusted, and why.
    pub banner: Option<String>,
}

impl Default for Style {
    fn default() -> Style {
        Style { scale: 1, privacy: Privacy::default(), palette: Palette::default(), fallback_font: None, banner: None }
    }
}

/// One picture of the registry.
#[derive(Clone, Copy)]
pub struct Chart {
    /// Used on the command line and in file names.
    pub name: &'static str,
    /// One sentence for help and documents.
    pub doc: &'static str,
    /// Draws it as PNG.
    pub draw: fn(&Report, &Style, &mut Painter) -> Vec<u8>,
}

/// Every picture: a new one is a file and a line here.
pub const CHARTS: &[Chart] = &[Chart {
    name: "weekly",
    doc: "One week: the share of strategy against the goal, the calendar, twelve weeks, themes, and what to let go.",
    draw: weekly,
}];

/// Draws the weekly picture, 1600 × 1000 pixels at scale 1, as PNG. Deterministic; never fails.
pub fn weekly(report: &Report, style: &Style, painter: &mut Painter) -> Vec<u8> {
    painter.paint(weekly::SIZE, style, |area, colours| {
        // Our backend cannot fail, and nothing here draws while another borrow is out.
        let sheet = sheet::Sheet { area, colours };
        let drawn = weekly::draw(&sheet, report, style.privacy);
        let over = style.banner.as_deref().map_or(Ok(()), |says| banner::draw(&sheet, says));
        debug_assert!(drawn.is_ok() && over.is_ok());
    })
}

/// `bytes` are a font that [`Style::fallback_font`] can be.
pub fn is_font(bytes: &[u8]) -> bool {
    rustybuzz::Face::from_slice(bytes, 0).is_some()
}
