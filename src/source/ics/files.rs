//! From paths to iCalendar bytes. What a file is, its first bytes decide, not its name.

use crate::diagnostic::{Exit, Failure};
use crate::model::{IcsText, Told};
use rustix::fs::OFlags;
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Cursor, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Largest calendar that is read, after decompression, so that a gzip bomb stays small in memory.
const LARGEST: u64 = 64 << 20;
/// What any archive may unpack to, and how often its own size: calendars shrink to about a twelfth.
const UNPACKED: u64 = 16 << 20;
const RATIO: u64 = 30;
/// What the names of calendars end with: RFC 5545 §8.1 has `.ics` and `.ifb`, Apple the two longer ones, vCalendar `.vcs`.
const ENDINGS: [&str; 5] = [".ics", ".ifb", ".icalendar", ".ical", ".vcs"];
/// Deepest folder below the one that was named.
const DEEPEST: usize = 8;

/// A part of a source that could not be read.
pub struct Unread {
    /// Named as [`IcsText::file`]; none where it is no file.
    file: Option<String>,
    /// Why, as a sentence.
    pub sentence: String,
}

impl Unread {
    pub(super) fn new(file: &str, sentence: String) -> Unread {
        Unread { file: Some(file.to_string()), sentence }
    }

    /// The text of that name comes from this part: it is the file, or lies in the archive.
    pub fn is_of(&self, file: &str) -> bool {
        let rest = self.file.as_ref().and_then(|own| file.strip_prefix(own.as_str()));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

type Each<'a> = &'a mut dyn FnMut(Result<IcsText, Unread>);

/// Calls `each` for every calendar that `path` names, in a fixed order. A part that cannot be read is handed over as a
/// sentence, and the rest is read.
///
/// # Errors
/// [`Exit::Io`] where the path itself cannot be opened.
pub(super) fn each(path: &str, each: Each) -> Result<(), Failure> {
    if path == "-" {
        let bytes = capped(io::stdin().lock()).map_err(|e| unreadable("standard input", &e))?;
        unpack("standard input", "calendar", bytes, each);
        return Ok(());
    }
    let failed = |e: io::Error| unreadable(&format!("`{path}`"), &e);
    if std::fs::metadata(path).map_err(failed)?.is_dir() {
        let mut found = Vec::new();
        walk(Path::new(path), 0, &mut found).map_err(failed)?;
        found.sort();
        if found.is_empty() {
            let sentence =
                format!("the folder `{path}` holds no calendar: no {}, none of them as `.gz`, no `.zip`", endings());
            each(Err(Unread { file: None, sentence }));
        }
        for file in found {
            let name = file.display().to_string();
            match regular(&file).and_then(capped) {
                Ok(bytes) => unpack(&name, &stem(&file), bytes, each),
                Err(e) => each(Err(Unread::new(&name, format!("`{name}` could not be read: {e}")))),
            }
        }
        return Ok(());
    }
    let bytes = File::open(path).and_then(capped).map_err(failed)?;
    unpack(path, &stem(Path::new(path)), bytes, each);
    Ok(())
}

/// A text that changes when a file that `path` names does: its name, its size or its time of change. Names nothing that is
/// in the files, and is different where they cannot be looked at.
pub fn stamp(path: &str) -> String {
    let mut found = Vec::new();
    let mut hash = Sha256::new();
    match std::fs::metadata(path) {
        Ok(data) if data.is_dir() => {
            if let Err(e) = walk(Path::new(path), 0, &mut found) {
                hash.update(e.kind().to_string());
            }
        }
        _ => found.push(PathBuf::from(path)),
    }
    found.sort();
    for file in found {
        let data = match std::fs::metadata(&file) {
            Ok(data) => format!("{} {}.{:09}", data.len(), data.mtime(), data.mtime_nsec()),
            Err(e) => e.kind().to_string(),
        };
        hash.update(file.as_os_str().as_bytes());
        hash.update(format!("\0{data}\0"));
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens a file that was only found: whoever opens a pipe waits for a writer.
fn regular(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a file")) }
}

fn unreadable(what: &str, e: &io::Error) -> Failure {
    Failure::new(Exit::Io, format!("the calendar {what} could not be read")).cause(e)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if is_nobodys(name) {
            continue;
        }
        if path.is_dir() {
            if depth < DEEPEST && !path.is_symlink() {
                walk(&path, depth + 1, found)?;
            }
        } else if is_calendar(name) || name.to_ascii_lowercase().ends_with(".zip") {
            found.push(path);
        }
    }
    Ok(())
}

/// Hidden files, and what macOS puts beside its own: a folder `__MACOSX`, shadows named `._team.ics` (AppleDouble).
fn is_nobodys(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX"
}

/// By its name, packed or not.
fn is_calendar(name: &str) -> bool {
    let name = without(name, ".gz");
    ENDINGS.iter().any(|ending| without(name, ending).len() < name.len())
}

fn endings() -> String {
    ENDINGS.map(|ending| format!("`{ending}`")).join(", ")
}

/// `name` without `ending`, in any letter case.
fn without<'n>(name: &'n str, ending: &str) -> &'n str {
    match name.len().checked_sub(ending.len()).and_then(|at| name.split_at_checked(at)) {
        Some((start, end)) if end.eq_ignore_ascii_case(ending) => start,
        _ => name,
    }
}

/// `team` for `exports/team.ics.gz`.
fn stem(path: &Path) -> String {
    let name = without(path.file_name().and_then(OsStr::to_str).unwrap_or("calendar"), ".gz");
    let endings = ENDINGS.iter().chain(&[".zip"]);
    endings.map(|ending| without(name, ending)).find(|stem| stem.len() < name.len()).unwrap_or(name).to_string()
}

fn capped(from: impl Read) -> io::Result<Vec<u8>> {
    at_most(LARGEST, from)
}

/// Bytes that an archive of `packed` bytes may unpack to.
fn room(packed: usize) -> u64 {
    (packed as u64).saturating_mul(RATIO).clamp(UNPACKED, LARGEST)
}

fn at_most(most: u64, from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {} MB", most >> 20)));
    }
    Ok(bytes)
}

fn unpack(file: &str, stem: &str, bytes: Vec<u8>, each: Each) {
    let packed = match bytes.get(..4) {
        Some([0x1f, 0x8b, ..]) => gunzip(&bytes).map(|bytes| hand_over(file, stem, bytes, each)),
        Some(b"PK\x03\x04" | b"PK\x05\x06") => archive(file, bytes, each),
        _ => {
            hand_over(file, stem, bytes, each);
            Ok(())
        }
    };
    if let Err(e) = packed {
        each(Err(Unread::new(file, format!("`{file}` could not be unpacked: {e}"))));
    }
}

/// What gzip packed, unless it is a bomb.
pub(super) fn gunzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    at_most(room(bytes.len()), gzip(bytes))
}

fn gzip(bytes: &[u8]) -> flate2::read::MultiGzDecoder<&[u8]> {
    flate2::read::MultiGzDecoder::new(bytes)
}

fn archive(file: &str, bytes: Vec<u8>, each: Each) -> io::Result<()> {
    let mut room = room(bytes.len());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    names.retain(|name| is_calendar(name) && !name.split('/').any(is_nobodys));
    names.sort();
    if names.is_empty() {
        each(Err(Unread::new(file, format!("the archive `{file}` holds no calendar: no {}", endings()))));
    }
    for name in names {
        let inner = format!("{file}/{name}");
        let whole = archive.by_name(&name).map_err(io::Error::from).and_then(|entry| at_most(room, entry));
        let packed = |bytes: &[u8]| bytes.starts_with(&[0x1f, 0x8b]);
        match whole.and_then(|bytes| if packed(&bytes) { at_most(room, gzip(&bytes)) } else { Ok(bytes) }) {
            Ok(bytes) => {
                room -= bytes.len() as u64;
                hand_over(&inner, &stem(Path::new(&name)), bytes, each);
            }
            Err(e) => each(Err(Unread::new(&inner, format!("`{inner}` could not be unpacked: {e}")))),
        }
    }
    Ok(())
}

fn hand_over(file: &str, stem: &str, bytes: Vec<u8>, each: Each) {
    each(Ok(IcsText { file: file.to_string(), stem: stem.to_string(), bytes, told: Told::default() }));
}
