//! The three files of a week: the picture, the numbers, the alternative text.

use crate::analyze::{Analysis, Report};
use crate::chart::{self, Painter, Style};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use crate::model::Interval;
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The endings of a week's files: [`files`] writes these, in this order.
pub const ENDINGS: [&str; 3] = ["png", "json", "txt"];

/// Writes the picture, the numbers and the alternative text of one week at the style's privacy; returns the paths.
///
/// # Errors
/// [`Exit::Io`].
pub fn files(out: &Path, report: &Report, style: &Style, painter: &mut Painter) -> Result<[PathBuf; 3], Failure> {
    let paths = ENDINGS.map(|ending| out.join(format!("{}.{ending}", report.week)));
    let mut numbers = report.clone().shown_at(style.privacy);
    // Whoever reads the numbers alone learns it too.
    numbers.notes.splice(0..0, style.banner.clone());
    disk::write(&paths[0], &chart::weekly(report, style, painter))?;
    disk::write(&paths[1], json(&numbers).as_bytes())?;
    disk::write(&paths[2], chart::described(report, style).as_bytes())?;
    Ok(paths)
}

/// What the report of the time `within` says of meetings that their sources tell no more.
pub fn last_seen(analysis: &Analysis, within: &Interval) -> Option<String> {
    let here = analysis.judged().iter().filter(|judged| judged.touches(within));
    let seen: Vec<DateTime<Utc>> = here.filter_map(|judged| judged.instance.event.last_seen).collect();
    let day = |at: &DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    let when = match (day(seen.iter().min()?), day(seen.iter().max()?)) {
        (first, last) if first == last => format!("on {last}"),
        (first, last) => format!("between {first} and {last}"),
    };
    Some(match seen.len() {
        1 => format!("1 meeting stands as last seen {when}: its source no longer tells it like that"),
        more => format!("{more} meetings stand as last seen {when}: their source no longer tells them like that"),
    })
}

/// The report as one line of JSON.
pub fn json(report: &Report) -> String {
    // Strings, numbers and maps with string keys: nothing that could fail.
    serde_json::to_string(report).unwrap_or_default() + "\n"
}

/// The bytes of the configuration's `fallback_font`.
///
/// # Errors
/// [`Exit::Io`].
pub fn fallback_font(path: Option<&Path>) -> Result<Option<Arc<Vec<u8>>>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let bytes = std::fs::read(path).map_err(|e| {
        let failure =
            Failure::new(Exit::Io, format!("the `fallback_font` `{}` could not be read", path.display())).cause(e);
        failure.help("name a TrueType or OpenType font file, or leave the key out")
    })?;
    Ok(Some(Arc::new(bytes)))
}
