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

/// PNG without a time stamp, with a palette where 256 colours are enough: a third of the bytes to compress.
fn encode(pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::with_capacity(256 << 10);
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_depth(png::BitDepth::Eight);
    // Large areas of one colour: matches of bytes beat every filter, and level 3 is where smaller stops being cheap.
    encoder.set_deflate_compression(png::DeflateCompression::Level(3));
    encoder.set_filter(png::Filter::NoFilter);
    let indexed = indexed(pixels);
    let bytes = match &indexed {
        Some((palette, bytes)) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.as_slice());
            bytes.as_slice()
        }
        None => {
            encoder.set_color(png::ColorType::Rgb);
            pixels
        }
    };
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(bytes)?;
        writer.finish()
    });
    // A Vec takes every byte, and the buffer has the size that the header names.
    debug_assert!(written.is_ok());
    file
}

/// The colours in order of appearance and each pixel's number; `None` with more than 256.
fn indexed(pixels: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    const SLOTS: usize = 1024;
    const FREE: u32 = u32::MAX;
    let (mut colours, mut numbers) = ([FREE; SLOTS], [0u8; SLOTS]);
    let mut palette: Vec<u8> = Vec::with_capacity(768);
    let mut bytes = Vec::with_capacity(pixels.len() / 3);
    let (mut last, mut number) = (FREE, 0);
    for pixel in pixels.chunks_exact(3) {
        let colour = u32::from_be_bytes([0, pixel[0], pixel[1], pixel[2]]);
        if colour != last {
            let mut slot = (colour.wrapping_mul(0x9e37_79b1) >> 22) as usize;
            while colours[slot] != colour && colours[slot] != FREE {
                slot = (slot + 1) % SLOTS;
            }
            if colours[slot] == FREE {
                let next = u8::try_from(palette.len() / 3).ok()?;
                (colours[slot], numbers[slot]) = (colour, next);
                palette.extend_from_slice(pixel);
            }
            (last, number) = (colour, numbers[slot]);
        }
        bytes.push(number);
    }
    Some((palette, bytes))
}
