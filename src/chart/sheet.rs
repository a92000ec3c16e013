//! Drawing words in picture pixels, spoken through plotters: rounded rectangles, dashes, measured text.

use super::backend::{DESCENT, UNITS};
use super::colours::{Colour, Colours};
use super::letters::Weight;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::DrawingBackend;
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use unicode_segmentation::UnicodeSegmentation;

/// What a drawing step gives back.
pub(super) type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A rectangle in picture pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) w: f32,
    pub(super) h: f32,
}

impl Frame {
    pub(super) fn new(x: f32, y: f32, w: f32, h: f32) -> Frame {
        Frame { x, y, w, h }
    }

    pub(super) fn right(&self) -> f32 {
        self.x + self.w
    }

    pub(super) fn bottom(&self) -> f32 {
        self.y + self.h
    }
}

/// Size, weight and colour of text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
}

impl Ink {
    pub(super) fn new(size: f32, weight: Weight, colour: Colour) -> Ink {
        Ink { size, weight, colour }
    }

    fn style(self, h_pos: HPos) -> TextStyle<'static> {
        TextStyle {
            font: FontDesc::new(
                FontFamily::Name(self.weight.family()),
                f64::from(self.size * UNITS),
                FontStyle::Normal,
            ),
            color: self.colour.into(),
            pos: Pos::new(h_pos, VPos::Bottom),
        }
    }
}

/// The picture being drawn.
pub(super) struct Sheet<'a, DB: DrawingBackend> {
    pub(super) area: &'a DrawingArea<DB, Shift>,
    pub(super) colours: &'a Colours,
}

fn units((x, y): (f32, f32)) -> (i32, i32) {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

fn filled(colour: Colour) -> ShapeStyle {
    RGBColor::from(colour).filled()
}

fn stroked(colour: Colour, width: f32) -> ShapeStyle {
    RGBColor::from(colour).stroke_width((width * UNITS).round() as u32)
}

impl<DB: DrawingBackend> Sheet<'_, DB> {
    pub(super) fn rect(&self, f: Frame, colour: Colour) -> Drawn<DB> {
        if f.w <= 0.0 || f.h <= 0.0 {
            return Ok(());
        }
        self.area.draw(&Rectangle::new([units((f.x, f.y)), units((f.right(), f.bottom()))], filled(colour)))
    }

    /// Corner radii from the top left, clockwise.
    pub(super) fn round_corners(&self, f: Frame, radii: [f32; 4], colour: Colour) -> Drawn<DB> {
        if f.w <= 0.0 || f.h <= 0.0 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(outline(f, radii).into_iter().map(units).collect::<Vec<_>>(), filled(colour)))
    }

    pub(super) fn round(&self, f: Frame, radius: f32, colour: Colour) -> Drawn<DB> {
        self.round_corners(f, [radius; 4], colour)
    }

    /// The line lies wholly inside the frame.
    pub(super) fn round_outline(&self, f: Frame, radius: f32, width: f32, colour: Colour) -> Drawn<DB> {
        let inner = Frame::new(f.x + width / 2.0, f.y + width / 2.0, f.w - width, f.h - width);
        let mut path = outline(inner, [radius; 4]);
        path.extend_from_within(..2);
        self.path(&path, width, colour)
    }

    pub(super) fn dashed_outline(&self, f: Frame, radius: f32, width: f32, colour: Colour) -> Drawn<DB> {
        let inner = Frame::new(f.x + width / 2.0, f.y + width / 2.0, f.w - width, f.h - width);
        let mut path = outline(inner, [radius; 4]);
        path.extend_from_within(..1);
        self.dashed(&path, width, colour)
    }

    /// Dashes of 5 pixels, gaps of 4.
    pub(super) fn dashed(&self, path: &[(f32, f32)], width: f32, colour: Colour) -> Drawn<DB> {
        let (mut on, mut left) = (true, 5.0_f32);
        let mut dash: Vec<(f32, f32)> = path.first().copied().into_iter().collect();
        for pair in path.windows(2) {
            let (mut from, to) = (pair[0], pair[1]);
            loop {
                let length = (to.0 - from.0).hypot(to.1 - from.1);
                if length < left {
                    left -= length;
                    dash.push(to);
                    break;
                }
                let part = if length > 0.0 { left / length } else { 1.0 };
                from = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
                dash.push(from);
                if on {
                    self.path(&dash, width, colour)?;
                }
                on = !on;
                left = if on { 5.0 } else { 4.0 };
                dash = vec![from];
            }
        }
        if on && dash.len() > 1 { self.path(&dash, width, colour) } else { Ok(()) }
    }

    pub(super) fn path(&self, points: &[(f32, f32)], width: f32, colour: Colour) -> Drawn<DB> {
        let points: Vec<_> = points.iter().copied().map(units).collect();
        self.area.draw(&PathElement::new(points, stroked(colour, width)))
    }

    /// A one-pixel rule on whole pixels.
    pub(super) fn rule(&self, from: (f32, f32), to: (f32, f32)) -> Drawn<DB> {
        let (x, y) = (from.0.round(), from.1.round());
        self.rect(Frame::new(x, y, (to.0.round() - x).max(1.0), (to.1.round() - y).max(1.0)), self.colours.rule)
    }

    pub(super) fn dot(&self, center: (f32, f32), radius: f32, colour: Colour) -> Drawn<DB> {
        self.area.draw(&Circle::new(units(center), (radius * UNITS).round() as i32, filled(colour)))
    }

    /// A dot with a hole.
    pub(super) fn ring(&self, center: (f32, f32), radius: f32, width: f32, colour: Colour) -> Drawn<DB> {
        self.dot(center, radius + width / 2.0, colour)?;
        self.dot(center, radius - width / 2.0, self.colours.paper)
    }

    /// Diagonal lines inside `f`, 8 pixels apart.
    pub(super) fn hatch(&self, f: Frame, colour: Colour) -> Drawn<DB> {
        let mut offset = 8.0;
        while offset < f.w + f.h {
            // From the left or bottom edge up to the top or right edge.
            let from = if offset <= f.h { (f.x, f.y + offset) } else { (f.x + offset - f.h, f.bottom()) };
            let to = if offset <= f.w { (f.x + offset, f.y) } else { (f.right(), f.y + offset - f.w) };
            self.path(&[from, to], 1.0, colour)?;
            offset += 8.0;
        }
        Ok(())
    }

    /// Text whose baseline starts at `(x, y)`.
    pub(super) fn text(&self, text: &str, x: f32, y: f32, ink: Ink) -> Drawn<DB> {
        self.place(text, x, y, ink, HPos::Left)
    }

    pub(super) fn text_right(&self, text: &str, x: f32, y: f32, ink: Ink) -> Drawn<DB> {
        self.place(text, x, y, ink, HPos::Right)
    }

    pub(super) fn text_center(&self, text: &str, x: f32, y: f32, ink: Ink) -> Drawn<DB> {
        self.place(text, x, y, ink, HPos::Center)
    }

    fn place(&self, text: &str, x: f32, y: f32, ink: Ink, h_pos: HPos) -> Drawn<DB> {
        if text.is_empty() {
            return Ok(());
        }
        // Anchors know boxes, not baselines.
        self.area.draw_text(text, &ink.style(h_pos), units((x, y + DESCENT * ink.size)))
    }

    /// Letter by letter with `tracking` pixels between: for short lines of capitals.
    pub(super) fn tracked(&self, text: &str, x: f32, y: f32, tracking: f32, ink: Ink) -> Drawn<DB> {
        let mut x = x;
        for grapheme in text.graphemes(true) {
            self.text(grapheme, x, y, ink)?;
            x += self.width(grapheme, ink) + tracking;
        }
        Ok(())
    }

    /// Width in picture pixels.
    pub(super) fn width(&self, text: &str, ink: Ink) -> f32 {
        self.area.estimate_text_size(text, &ink.style(HPos::Left)).map_or(0.0, |(width, _)| width as f32 / UNITS)
    }

    /// `text`, or as many whole graphemes of it as fit `width` with an ellipsis; empty where not even that fits.
    pub(super) fn fit(&self, text: &str, width: f32, ink: Ink) -> String {
        if self.fits(text, width, ink) {
            return text.to_owned();
        }
        let ends: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).take(LONGEST).collect();
        let cut = |end: usize| format!("{}…", text[..end].trim_end());
        let fitting = ends.partition_point(|end| self.width(&cut(*end), ink) <= width);
        // The first cut is the bare ellipsis: it says nothing.
        if fitting < 2 { String::new() } else { cut(ends[fitting - 1]) }
    }

    fn fits(&self, text: &str, width: f32, ink: Ink) -> bool {
        // A line never holds that much: it is too long without being shaped.
        text.len() < 4096 && self.width(text, ink) <= width
    }

    /// `text` in at most `lines` lines of `width`, broken at spaces where there are any; the last one is cut.
    pub(super) fn wrap(&self, text: &str, width: f32, lines: usize, ink: Ink) -> Vec<String> {
        let mut wrapped = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() && wrapped.len() < lines {
            if wrapped.len() + 1 == lines || self.fits(rest, width, ink) {
                wrapped.push(self.fit(rest, width, ink));
                break;
            }
            let breaks = rest.unicode_word_indices().map(|(at, _)| at).skip(1).take(LONGEST);
            // Chinese and Japanese break between words without a space.
            let breaks: Vec<usize> = breaks
                .filter(|at| {
                    rest[..*at].ends_with([' ', '-', '/'])
                        || rest[..*at].ends_with(|c| matches!(c, '\u{2e80}'..='\u{9fff}'))
                })
                .collect();
            let fitting = breaks.partition_point(|end| self.width(rest[..*end].trim_end(), ink) <= width);
            if fitting == 0 {
                wrapped.push(self.fit(rest, width, ink));
                break;
            }
            let (line, after) = rest.split_at(breaks[fitting - 1]);
            wrapped.push(line.trim_end().to_owned());
            rest = after.trim_start();
        }
        wrapped
    }
}

/// More graphemes than any line of ours can hold.
const LONGEST: usize = 400;

/// The corners of a rounded rectangle as a clockwise ring.
fn outline(f: Frame, radii: [f32; 4]) -> Vec<(f32, f32)> {
    const STEPS: usize = 5;
    let most = (f.w.min(f.h) / 2.0).max(0.0);
    let r = radii.map(|radius| radius.min(most));
    let centers = [
        (f.x + r[0], f.y + r[0]),
        (f.right() - r[1], f.y + r[1]),
        (f.right() - r[2], f.bottom() - r[2]),
        (f.x + r[3], f.bottom() - r[3]),
    ];
    let mut ring = Vec::with_capacity(4 * (STEPS + 1));
    for (corner, ((x, y), radius)) in centers.into_iter().zip(r).enumerate() {
        let steps = if radius > 0.0 { STEPS } else { 0 };
        for step in 0..=steps {
            let turn = if steps == 0 { 0.0 } else { step as f32 / steps as f32 };
            let (sin, cos) = ((corner as f32 + 2.0 + turn) * std::f32::consts::FRAC_PI_2).sin_cos();
            ring.push((x + radius * cos, y + radius * sin));
        }
    }
    ring
}
