//! Our plotters backend: an RGB buffer with anti-aliased shapes and shaped text.
//!
//! plotters speaks in whole numbers, so the backend claims to be eight times as large as the picture: one unit is an
//! eighth of a pixel, at every output scale.

use super::letters::{Letters, Weight};
use ab_glyph_rasterizer::{Point, Rasterizer, point};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use rustybuzz::Face;
use std::convert::Infallible;

/// Virtual units a pixel.
pub(super) const UNITS: f32 = 8.0;
/// Inter's ascent and descent, in ems.
const ASCENT: f32 = 0.96875;
pub(super) const DESCENT: f32 = 0.2412;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Draws into a painter's buffer; made anew for each picture.
pub(super) struct Rgb<'a> {
    pub(super) pixels: &'a mut [u8],
    pub(super) letters: &'a mut Letters,
    pub(super) raster: &'a mut Rasterizer,
    pub(super) fallback: Option<Face<'a>>,
    /// Device pixels.
    pub(super) width: usize,
    pub(super) height: usize,
    /// Device pixels a picture pixel.
    pub(super) scale: f32,
}

impl Rgb<'_> {
    fn device(&self, units: f32) -> f32 {
        units * self.scale / UNITS
    }

    fn point(&self, (x, y): BackendCoord) -> Point {
        point(self.device(x as f32), self.device(y as f32))
    }

    /// Fills closed rings, each wound clockwise; where they overlap they stay one colour.
    fn fill(&mut self, rings: &[Vec<Point>], color: BackendColor) {
        let (mut low, mut high) = (point(f32::MAX, f32::MAX), point(f32::MIN, f32::MIN));
        let (w, h) = (self.width as f32, self.height as f32);
        // Nothing of ours leaves the picture; anything that would is pressed to its edge rather than drawn elsewhere.
        let inside = |p: Point| point(p.x.clamp(0.0, w), p.y.clamp(0.0, h));
        for p in rings.iter().flatten().map(|p| inside(*p)) {
            low = point(low.x.min(p.x), low.y.min(p.y));
            high = point(high.x.max(p.x), high.y.max(p.y));
        }
        if low.x >= high.x || low.y >= high.y {
            return;
        }
        let (left, top) = (low.x as usize, low.y as usize);
        let size = (high.x.ceil() as usize - left + 1, high.y.ceil() as usize - top + 1);
        self.raster.reset(size.0, size.1);
        let place = |p: Point| {
            let p = inside(p);
            point(p.x - left as f32, p.y - top as f32)
        };
        for ring in rings {
            for (i, p) in ring.iter().enumerate() {
                self.raster.draw_line(place(*p), place(ring[(i + 1) % ring.len()]));
            }
        }
        let (pixels, width, height) = (&mut *self.pixels, self.width, self.height);
        let alpha_max = color.alpha as f32 * 256.0;
        self.raster.for_each_pixel_2d(|x, y, coverage| {
            let (x, y) = (left + x as usize, top + y as usize);
            if coverage > 0.0 && x < width && y < height {
                let alpha = (coverage.min(1.0) * alpha_max + 0.5) as u32;
                blend(&mut pixels[(y * width + x) * 3..][..3], color.rgb, alpha);
            }
        });
    }

    fn fill_rect(&mut self, low: Point, high: Point, color: BackendColor) {
        let (x0, x1) = (low.x.clamp(0.0, self.width as f32), high.x.clamp(0.0, self.width as f32));
        let (y0, y1) = (low.y.clamp(0.0, self.height as f32), high.y.clamp(0.0, self.height as f32));
        let share = |at: usize, from: f32, to: f32| ((at + 1) as f32).min(to) - (at as f32).max(from);
        for y in y0 as usize..y1.ceil() as usize {
            let row = share(y, y0, y1) * color.alpha as f32 * 256.0;
            for x in x0 as usize..x1.ceil() as usize {
                let alpha = (share(x, x0, x1) * row + 0.5) as u32;
                blend(&mut self.pixels[(y * self.width + x) * 3..][..3], color.rgb, alpha);
            }
        }
    }
}

/// `alpha` runs from 0 to 256, in sixteen steps: the eye sees no more of them on an edge, and so few colours that a
/// picture mostly fits a palette make the file small and quick to write.
fn blend(pixel: &mut [u8], (r, g, b): (u8, u8, u8), alpha: u32) {
    let alpha = (alpha + 8) & !15;
    for (old, new) in pixel.iter_mut().zip([r, g, b]) {
        *old = ((u32::from(*old) * (256 - alpha) + u32::from(new) * alpha + 128) >> 8) as u8;
    }
}

fn circle(center: Point, radius: f32) -> Vec<Point> {
    let steps = (radius * 4.0).clamp(12.0, 96.0) as usize;
    (0..steps)
        .map(|i| {
            let (sin, cos) = (i as f32 / steps as f32 * std::f32::consts::TAU).sin_cos();
            point(center.x + radius * cos, center.y + radius * sin)
        })
        .collect()
}

/// A line of `width` as a clockwise quadrilateral.
fn bar(a: Point, b: Point, width: f32) -> Vec<Point> {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx.hypot(dy).max(1e-6);
    let (nx, ny) = (dy / length * width / 2.0, -dx / length * width / 2.0);
    vec![point(a.x + nx, a.y + ny), point(b.x + nx, b.y + ny), point(b.x - nx, b.y - ny), point(a.x - nx, a.y - ny)]
}

impl DrawingBackend for Rgb<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let units = |device: usize| (device as f32 / self.scale * UNITS).round() as u32;
        (units(self.width), units(self.height))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Drawn {
        let (low, high) = (self.point(at), self.point((at.0 + 1, at.1 + 1)));
        self.fill_rect(low, high, color);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Drawn {
        if !fill {
            return self.draw_path([a, (b.0, a.1), b, (a.0, b.1), a], style);
        }
        let (low, high) = (self.point((a.0.min(b.0), a.1.min(b.1))), self.point((a.0.max(b.0), a.1.max(b.1))));
        self.fill_rect(low, high, style.color());
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let points: Vec<Point> = path.into_iter().map(|p| self.point(p)).collect();
        let width = self.device(style.stroke_width() as f32);
        let mut rings: Vec<Vec<Point>> = points.windows(2).map(|p| bar(p[0], p[1], width)).collect();
        // Round joins; the ends stay flat.
        rings.extend(points.iter().skip(1).rev().skip(1).map(|p| circle(*p, width / 2.0)));
        self.fill(&rings, style.color());
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        let (center, radius) = (self.point(center), self.device(radius as f32));
        if fill {
            self.fill(&[circle(center, radius)], style.color());
        } else {
            let half = self.device(style.stroke_width() as f32) / 2.0;
            let mut hole = circle(center, (radius - half).max(0.0));
            hole.reverse();
            self.fill(&[circle(center, radius + half), hole], style.color());
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, corners: I, style: &S) -> Drawn {
        let ring: Vec<Point> = corners.into_iter().map(|p| self.point(p)).collect();
        self.fill(&[ring], style.color());
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let line = self.letters.line(text, Weight::of_family(style.family().as_str()), self.fallback.as_ref());
        let size = self.device(style.size() as f32);
        let at = self.point(at);
        let x = match style.anchor().h_pos {
            HPos::Left => at.x,
            HPos::Center => at.x - line.width * size / 2.0,
            HPos::Right => at.x - line.width * size,
        };
        let baseline = match style.anchor().v_pos {
            VPos::Top => at.y + ASCENT * size,
            VPos::Center => at.y + (ASCENT - DESCENT) / 2.0 * size,
            VPos::Bottom => at.y - DESCENT * size,
        };
        let color = style.color();
        let (pixels, width, height) = (&mut *self.pixels, self.width as i32, self.height as i32);
        self.letters.glyphs(&line, (x, baseline), size, self.fallback.as_ref(), |mask, coverage, px, py| {
            let (left, top) = (px + mask.left, py + mask.top);
            for (row, bytes) in coverage.chunks_exact(mask.width.max(1)).enumerate() {
                let y = top + row as i32;
                if y < 0 || y >= height {
                    continue;
                }
                for (column, byte) in bytes.iter().enumerate().filter(|(_, byte)| **byte > 0) {
                    let x = left + column as i32;
                    if x >= 0 && x < width {
                        let alpha = (f64::from(*byte) * color.alpha * 256.0 / 255.0 + 0.5) as u32;
                        blend(&mut pixels[(y * width + x) as usize * 3..][..3], color.rgb, alpha);
                    }
                }
            }
        });
        Ok(())
    }

    /// Width and line height in virtual units, rounded up.
    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let line = self.letters.line(text, Weight::of_family(style.family().as_str()), self.fallback.as_ref());
        let size = style.size() as f32;
        Ok(((line.width * size).ceil().max(0.0) as u32, ((ASCENT + DESCENT) * size).ceil() as u32))
    }
}
