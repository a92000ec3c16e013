use super::backend::Rgb;
use super::letters::Letters;
use super::{Style, colours::Colours};
use ab_glyph_rasterizer::Rasterizer;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use rustybuzz::Face;

/// A reusable canvas with the shapes of letters already drawn. Keep one per thread: the second picture costs a
/// fraction of the first. What was drawn before never shows in a later picture.
pub struct Painter {
    pixels: Vec<u8>,
    letters: Letters,
    raster: Rasterizer,
}

impl Default for Painter {
    fn default() -> Painter {
        Painter::new()
    }
}

impl Painter {
    /// An empty canvas; memory is taken with the first picture (5 MB at scale 1).
    pub fn new() -> Painter {
        Painter { pixels: Vec::new(), letters: Letters::new(), raster: Rasterizer::new(0, 0) }
    }

    /// A picture of `width` × `height` at scale 1 as PNG.
    pub(super) fn paint(
        &mut self,
        (width, height): (u32, u32),
        style: &Style,
        draw: impl FnOnce(&DrawingArea<Rgb<'_>, Shift>, &Colours),
    ) -> Vec<u8> {
        let scale = style.scale.clamp(1, 4);
        let colours = Colours::of(style.palette);
        let (wide, high) = ((width * scale) as usize, (height * scale) as usize);
        self.pixels.clear();
        self.pixels.resize(wide * high * 3, 255);
        let (r, g, b) = colours.paper.rgb();
        self.pixels.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&[r, g, b]));
        self.letters.prepare(style.fallback_font.as_ref());
        let backend = Rgb {
            pixels: &mut self.pixels,
            letters: &mut self.letters,
            raster: &mut self.raster,
            // A file that is no font draws like none: boxes.
            fallback: style.fallback_font.as_ref().and_then(|font| Face::from_slice(font, 0)),
            width: wide,
            height: high,
            scale: scale as f32,
        };
        let area = backend.into_drawing_area();
        draw(&area, &colours);
        drop(area);
        encode(&self.pixels, width * scale, height * scale)
    }
}

/// PNG without a time stamp. The settings are measured in `benches/picture.rs`.
fn encode(pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::with_capacity(256 << 10);
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Large areas of one colour: matches of bytes beat every filter, and the quickest real deflate level finds them.
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    encoder.set_filter(png::Filter::NoFilter);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    // A Vec takes every byte, and the buffer has the size that the header names.
    debug_assert!(written.is_ok());
    file
}
