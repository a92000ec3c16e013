/// How much a picture tells about single meetings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Privacy {
    /// Titles and names, except those of private events.
    #[default]
    Titles,
    /// Themes instead of titles, no names.
    Themes,
    /// Classes only, for a board.
    Classes,
}

impl Privacy {
    /// The words of the configuration.
    pub const NAMES: [&str; 3] = ["titles", "themes", "classes"];

    /// Reads one of [`Privacy::NAMES`].
    pub fn parse(text: &str) -> Option<Privacy> {
        let at = Privacy::NAMES.iter().position(|name| *name == text)?;
        Some([Privacy::Titles, Privacy::Themes, Privacy::Classes][at])
    }
}

/// The colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Palette {
    #[default]
    Light,
    Dark,
}
