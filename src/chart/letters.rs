//! The letters of every picture: Inter, which travels inside the binary, and perhaps one fallback font.
//!
//! plotters' own text path ignores kerning and snaps letters to pixels, so lines are shaped here (rustybuzz), put in
//! reading order (unicode-bidi) and drawn from outlines at quarter pixels, each outline rasterised once.

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use rustybuzz::{Direction, Face, UnicodeBuffer};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation;

const INTER: [&[u8]; 4] = [
    include_bytes!("../../charts/fonts/Inter-400.ttf"),
    include_bytes!("../../charts/fonts/Inter-500.ttf"),
    include_bytes!("../../charts/fonts/Inter-600.ttf"),
    include_bytes!("../../charts/fonts/Inter-700.ttf"),
];
/// The fallback's number after Inter's four.
const FALLBACK: u8 = 4;
/// A new painter starts over when it has kept more than this; a year of pictures stays far below.
const KEPT_LINES: usize = 20_000;
const KEPT_MASK_BYTES: usize = 16 << 20;

/// Thickness of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Regular,
    Medium,
    SemiBold,
    Bold,
}

impl Weight {
    const ALL: [Weight; 4] = [Weight::Regular, Weight::Medium, Weight::SemiBold, Weight::Bold];

    /// The family name that carries the weight through plotters, which itself knows only normal and bold.
    pub(super) fn family(self) -> &'static str {
        match self {
            Weight::Regular => "Inter",
            Weight::Medium => "Inter Medium",
            Weight::SemiBold => "Inter SemiBold",
            Weight::Bold => "Inter Bold",
        }
    }

    /// The weight that `family` names; any other family is drawn in regular Inter.
    pub(super) fn of_family(family: &str) -> Weight {
        Weight::ALL.into_iter().find(|w| w.family() == family).unwrap_or(Weight::Regular)
    }
}

/// A shaped line; positions are in ems.
pub(super) struct Line {
    glyphs: Vec<Glyph>,
    pub(super) width: f32,
}

struct Glyph {
    font: u8,
    id: u16,
    x: f32,
    y: f32,
}

/// An anti-aliased glyph: coverage bytes and where they lie from the pen.
#[derive(Clone, Copy)]
pub(super) struct Mask {
    start: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) left: i32,
    pub(super) top: i32,
}

#[derive(PartialEq, Eq, Hash)]
struct MaskKey {
    font: u8,
    id: u16,
    /// Eighths of a device pixel an em.
    size: u16,
    /// Quarter of a pixel right of the whole pixel.
    quarter: u8,
}

/// Fonts with what was shaped and rasterised so far.
pub(super) struct Letters {
    faces: Vec<Face<'static>>,
    lines: RefCell<HashMap<(Weight, String), Arc<Line>>>,
    masks: HashMap<MaskKey, Mask>,
    coverage: Vec<u8>,
    raster: Rasterizer,
    outline: Outline,
    fallback: Option<Arc<Vec<u8>>>,
}

impl Letters {
    pub(super) fn new() -> Letters {
        Letters {
            faces: INTER.iter().filter_map(|font| Face::from_slice(font, 0)).collect(),
            lines: RefCell::default(),
            masks: HashMap::new(),
            coverage: Vec::new(),
            raster: Rasterizer::new(0, 0),
            outline: Outline::default(),
            fallback: None,
        }
    }

    /// Forgets what belongs to another fallback font, or what has grown too large.
    pub(super) fn prepare(&mut self, fallback: Option<&Arc<Vec<u8>>>) {
        let same = match (&self.fallback, fallback) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if !same || self.lines.borrow().len() > KEPT_LINES || self.coverage.len() > KEPT_MASK_BYTES {
            self.lines.borrow_mut().clear();
            self.masks.clear();
            self.coverage.clear();
            self.fallback = fallback.cloned();
        }
    }

    /// `text` as one line in visual order.
    pub(super) fn line(&self, text: &str, weight: Weight, fallback: Option<&Face<'_>>) -> Arc<Line> {
        let key = (weight, text.to_owned());
        if let Some(line) = self.lines.borrow().get(&key) {
            return line.clone();
        }
        let line = Arc::new(self.shape(text, weight, fallback));
        self.lines.borrow_mut().insert(key, line.clone());
        line
    }

    fn shape(&self, text: &str, weight: Weight, fallback: Option<&Face<'_>>) -> Line {
        let mut line = Line { glyphs: Vec::with_capacity(text.len()), width: 0.0 };
        let inter = &self.faces[weight as usize];
        // Latin, Greek and Cyrillic need neither bidi nor another font.
        if text.chars().all(|c| c < '\u{590}' && inter.glyph_index(c).is_some()) {
            shape_piece(&mut line, text, inter, weight as u8, Direction::LeftToRight);
            return line;
        }
        let bidi = BidiInfo::new(text, None);
        for paragraph in &bidi.paragraphs {
            let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let rtl = levels[run.start].is_rtl();
                let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
                let mut pieces = pieces(&text[run], inter, weight as u8, fallback);
                if rtl {
                    pieces.reverse();
                }
                for (font, piece) in pieces {
                    match (font, fallback) {
                        (Some(FALLBACK), Some(face)) => shape_piece(&mut line, piece, face, FALLBACK, direction),
                        (Some(_), _) => shape_piece(&mut line, piece, inter, weight as u8, direction),
                        (None, _) => box_for_missing(&mut line, inter, weight as u8),
                    }
                }
            }
        }
        line
    }

    /// Calls `each` with every glyph's mask and the whole device pixel of its pen. `x`, `y`: pen on the baseline.
    pub(super) fn glyphs(
        &mut self,
        line: &Line,
        (x, y): (f32, f32),
        size: f32,
        fallback: Option<&Face<'_>>,
        mut each: impl FnMut(&Mask, &[u8], i32, i32),
    ) {
        for glyph in &line.glyphs {
            // The baseline sits on a whole pixel so that horizontal stems stay sharp; across, quarters keep spacing even.
            let quarters = ((x + glyph.x * size) * 4.0).round() as i32;
            let down = (y - glyph.y * size).round() as i32;
            let key = MaskKey {
                font: glyph.font,
                id: glyph.id,
                size: (size * 8.0).round().clamp(1.0, 65535.0) as u16,
                quarter: quarters.rem_euclid(4) as u8,
            };
            let mask = match self.masks.get(&key) {
                Some(mask) => *mask,
                None => {
                    let face = if glyph.font == FALLBACK { fallback } else { self.faces.get(usize::from(glyph.font)) };
                    let Some(face) = face else { continue };
                    self.outline.read(face, glyph.id, size, f32::from(key.quarter) / 4.0);
                    let mask = self.outline.rasterise(&mut self.raster, &mut self.coverage);
                    self.masks.insert(key, mask);
                    mask
                }
            };
            let bytes = &self.coverage[mask.start..mask.start + mask.width * mask.height];
            each(&mask, bytes, quarters.div_euclid(4), down);
        }
    }
}

/// `text` cut where the font changes; `None` is one grapheme that no font has.
fn pieces<'t>(text: &'t str, inter: &Face<'_>, number: u8, fallback: Option<&Face<'_>>) -> Vec<(Option<u8>, &'t str)> {
    let mut pieces: Vec<(Option<u8>, &str)> = Vec::new();
    let mut start = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let has = |face: &Face<'_>| grapheme.chars().all(|c| joins(c) || face.glyph_index(c).is_some());
        let font = if has(inter) {
            Some(number)
        } else {
            // Bitmap and colour glyphs have no outline to draw: a box is better than nothing at all.
            fallback.filter(|face| has(face) && drawable(face, grapheme)).map(|_| FALLBACK)
        };
        match pieces.last_mut() {
            Some((last, piece)) if *last == font && font.is_some() => *piece = &text[start..at + grapheme.len()],
            _ => {
                start = at;
                pieces.push((font, grapheme));
            }
        }
    }
    pieces
}

/// Joiners and variation selectors need no glyph of their own.
fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

fn drawable(face: &Face<'_>, grapheme: &str) -> bool {
    let Some(first) = grapheme.chars().next() else { return false };
    first.is_whitespace()
        || face.glyph_index(first).is_some_and(|id| face.outline_glyph(id, &mut Outline::default()).is_some())
}

fn shape_piece(line: &mut Line, text: &str, face: &Face<'_>, font: u8, direction: Direction) {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(direction);
    let shaped = rustybuzz::shape(face, &[], buffer);
    let em = face.units_per_em() as f32;
    for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
        let x = line.width + position.x_offset as f32 / em;
        let id = u16::try_from(info.glyph_id).unwrap_or(0);
        line.glyphs.push(Glyph { font, id, x, y: position.y_offset as f32 / em });
        line.width += position.x_advance as f32 / em;
    }
}

fn box_for_missing(line: &mut Line, inter: &Face<'_>, font: u8) {
    line.glyphs.push(Glyph { font, id: 0, x: line.width, y: 0.0 });
    let advance = inter.glyph_hor_advance(GlyphId(0)).unwrap_or(0);
    line.width += f32::from(advance) / inter.units_per_em() as f32;
}

enum Stroke {
    Line(Point, Point),
    Quad(Point, Point, Point),
    Cubic(Point, Point, Point, Point),
}

/// A glyph's outline in device pixels, y down, with its bounds.
#[derive(Default)]
struct Outline {
    strokes: Vec<Stroke>,
    scale: f32,
    shift: f32,
    start: Point,
    at: Point,
    low: Point,
    high: Point,
}

impl Outline {
    fn read(&mut self, face: &Face<'_>, id: u16, size: f32, shift: f32) {
        self.strokes.clear();
        self.scale = size / face.units_per_em() as f32;
        self.shift = shift;
        self.low = point(f32::MAX, f32::MAX);
        self.high = point(f32::MIN, f32::MIN);
        // Spaces have no outline; the strokes stay empty.
        let _ = face.outline_glyph(GlyphId(id), self);
    }

    fn rasterise(&self, raster: &mut Rasterizer, coverage: &mut Vec<u8>) -> Mask {
        let start = coverage.len();
        if self.strokes.is_empty() {
            return Mask { start, width: 0, height: 0, left: 0, top: 0 };
        }
        let (left, top) = (self.low.x.floor(), self.low.y.floor());
        let width = (self.high.x.ceil() - left) as usize + 1;
        let height = (self.high.y.ceil() - top) as usize + 1;
        raster.reset(width, height);
        let to = |p: Point| point(p.x - left, p.y - top);
        for stroke in &self.strokes {
            match *stroke {
                Stroke::Line(a, b) => raster.draw_line(to(a), to(b)),
                Stroke::Quad(a, b, c) => raster.draw_quad(to(a), to(b), to(c)),
                Stroke::Cubic(a, b, c, d) => raster.draw_cubic(to(a), to(b), to(c), to(d)),
            }
        }
        coverage.resize(start + width * height, 0);
        let bytes = &mut coverage[start..];
        raster.for_each_pixel(|i, alpha| bytes[i] = (alpha.min(1.0) * 255.0 + 0.5) as u8);
        Mask { start, width, height, left: left as i32, top: top as i32 }
    }

    fn place(&mut self, x: f32, y: f32) -> Point {
        let p = point(x * self.scale + self.shift, -y * self.scale);
        self.low = point(self.low.x.min(p.x), self.low.y.min(p.y));
        self.high = point(self.high.x.max(p.x), self.high.y.max(p.y));
        p
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.place(x, y);
        self.at = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.strokes.push(Stroke::Line(self.at, to));
        self.at = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (control, to) = (self.place(x1, y1), self.place(x, y));
        self.strokes.push(Stroke::Quad(self.at, control, to));
        self.at = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (first, second, to) = (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.strokes.push(Stroke::Cubic(self.at, first, second, to));
        self.at = to;
    }

    fn close(&mut self) {
        self.strokes.push(Stroke::Line(self.at, self.start));
        self.at = self.start;
    }
}
