use super::Palette;
use crate::model::Class;
use plotters::style::RGBColor;
use plotters_backend::BackendColor;

/// An opaque colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(u32);

impl Colour {
    pub(super) const fn rgb(self) -> (u8, u8, u8) {
        ((self.0 >> 16) as u8, (self.0 >> 8) as u8, self.0 as u8)
    }

    /// `self` with `share` of `other` in it.
    pub(super) fn mixed(self, other: Colour, share: f32) -> Colour {
        let (a, b) = (self.rgb(), other.rgb());
        let mix = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u32;
        Colour(mix(a.0, b.0) << 16 | mix(a.1, b.1) << 8 | mix(a.2, b.2))
    }
}

impl From<Colour> for RGBColor {
    fn from(colour: Colour) -> RGBColor {
        let (r, g, b) = colour.rgb();
        RGBColor(r, g, b)
    }
}

impl From<Colour> for BackendColor {
    fn from(colour: Colour) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: colour.rgb() }
    }
}

/// What each thing is painted with. The classes differ in lightness too, so that they survive greyscale and
/// colour-vision deficiencies; every text reaches 4.5 : 1 on what it stands on (WCAG 2.2 AA, held by a test).
#[derive(Clone, Debug)]
pub(super) struct Colours {
    pub(super) paper: Colour,
    pub(super) ink: Colour,
    /// Small text of less weight.
    pub(super) muted: Colour,
    pub(super) rule: Colour,
    /// Time outside working hours.
    pub(super) shade: Colour,
    /// Lines over `shade` where the owner is away.
    pub(super) hatch: Colour,
    /// Teal as text and line.
    pub(super) accent: Colour,
    /// At or above the goal.
    pub(super) band: Colour,
    /// "provisional".
    pub(super) warning: Colour,
    fills: [Colour; 3],
    on_fills: [Colour; 3],
}

impl Colours {
    pub(super) fn of(palette: Palette) -> Colours {
        match palette {
            Palette::Light => Colours {
                paper: Colour(0xffffff),
                ink: Colour(0x1d2433),
                muted: Colour(0x626a7a),
                rule: Colour(0xe4e6eb),
                shade: Colour(0xf5f6f8),
                hatch: Colour(0xd9dde4),
                accent: Colour(0x1f6f78),
                band: Colour(0xe8f2f2),
                warning: Colour(0x9a4f0a),
                fills: [Colour(0x1f6f78), Colour(0xe38b3d), Colour(0xc3c8d1)],
                on_fills: [Colour(0xffffff), Colour(0x3a1f05), Colour(0x1d2433)],
            },
            Palette::Dark => Colours {
                paper: Colour(0x12161f),
                ink: Colour(0xe9ecf2),
                muted: Colour(0x9aa3b4),
                rule: Colour(0x272d3b),
                shade: Colour(0x191e2a),
                hatch: Colour(0x303848),
                accent: Colour(0x5fc2cb),
                band: Colour(0x15282f),
                warning: Colour(0xf0a962),
                fills: [Colour(0x237e88), Colour(0xe8974d), Colour(0x454e5f)],
                on_fills: [Colour(0xffffff), Colour(0x2b1602), Colour(0xf1f3f7)],
            },
        }
    }

    pub(super) fn fill(&self, class: Class) -> Colour {
        self.fills[class as usize]
    }

    /// Text on [`Colours::fill`].
    pub(super) fn on(&self, class: Class) -> Colour {
        self.on_fills[class as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Colour) -> f64 {
        let (r, g, b) = colour.rgb();
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    /// WCAG 2.2, "contrast ratio".
    fn contrast(a: Colour, b: Colour) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_reaches_aa() {
        for palette in [Palette::Light, Palette::Dark] {
            let c = Colours::of(palette);
            let mut pairs = vec![];
            for ground in [c.paper, c.shade, c.band] {
                pairs.extend([c.ink, c.muted, c.accent, c.warning].map(|text| (text, ground)));
            }
            for class in Class::ALL {
                pairs.push((c.on(class), c.fill(class)));
                pairs.push((c.ink, c.paper.mixed(c.fill(class), 0.3)));
            }
            for (text, ground) in pairs {
                assert!(contrast(text, ground) >= 4.5, "{palette:?}: {text:x?} on {ground:x?}");
            }
        }
    }

    #[test]
    fn classes_differ_in_lightness() {
        for palette in [Palette::Light, Palette::Dark] {
            let c = Colours::of(palette);
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                assert!(contrast(c.fills[a], c.fills[b]) >= 1.5, "{palette:?} {a} {b}");
            }
        }
    }
}
