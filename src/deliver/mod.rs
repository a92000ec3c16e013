//! The only way out: a command of the user's, and mail. Neither sees more than the [`Handover`], which is drawn at a
//! privacy of its own; and neither sends anything unless the configuration says so.

mod mail;
mod notify;

pub use mail::mail;
pub use notify::notify;

use crate::model::Week;
use std::path::PathBuf;

/// A weekly picture on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    pub week: Week,
    /// The week's result in a sentence.
    pub headline: String,
    /// The alternative text of the picture.
    pub alt: String,
    /// The picture as PNG.
    pub picture: Vec<u8>,
    /// Where the same picture lies.
    pub path: PathBuf,
}

/// `text` for HTML: in an attribute in double quotes or between tags.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            c => safe.push(c),
        }
    }
    safe
}
