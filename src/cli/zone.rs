//! The zone that the machine keeps, as `date` understands it: TZ, else `/etc/localtime`. A name is taken where there is one; a
//! copied file, or a rule written out in TZ, is compared with the zone database. What cannot be told is said, never guessed in
//! silence.
//!
//! `iana-time-zone` reads a link and `/etc/timezone`, which `date` never asks and which is often stale; chrono's own reader of
//! these files gives offsets and no name.

mod posix;
mod tzif;

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use posix::Rule;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use tzif::File;

/// More links than any system sets up one after the other: the kernel's own limit.
const LINKS: usize = 40;
/// 2000 to 2037, which every file of zones tells one by one, and the years of most reports.
const LONG: (i64, i64) = (946_684_800, 2_145_916_800);
const RECENT: (i64, i64) = (1_577_836_800, 1_893_456_000);
/// A week and some hours: no change of clocks lasts shorter.
const STEP: usize = 7 * 86_400 + 5 * 3_600;
/// The zones that people name, where several have always had the same clocks.
const USUAL: &[&str] = &[
    "Etc/UTC",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Amsterdam",
    "Europe/Zurich",
    "Europe/Vienna",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Europe/Moscow",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Asia/Dubai",
    "Asia/Jerusalem",
    "Africa/Johannesburg",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// What the machine says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct System {
    pub zone: Tz,
    /// Why it may not be the right one: a sentence.
    pub doubt: Option<String>,
}

impl System {
    /// The zone that a system calls by a name of the database.
    pub(super) fn by_name(name: &str) -> System {
        let unknown = || System::unknown(format!("the system's time zone `{name}` is not known"));
        named(name).map_or_else(unknown, System::sure)
    }

    fn sure(zone: Tz) -> System {
        System { zone, doubt: None }
    }

    fn unknown(why: impl Into<String>) -> System {
        System { zone: Tz::UTC, doubt: Some(format!("{}; UTC is used", why.into())) }
    }
}

/// The zone of the machine whose files lie below `root`, with its variable TZ.
pub(super) fn system(root: &Path, variable: Option<&OsStr>) -> System {
    let Some(variable) = variable else { return of_file(root, "/etc/localtime") };
    let text = variable.to_string_lossy();
    let text = text.trim().trim_start_matches(':');
    if text.is_empty() {
        return System::unknown("the variable `TZ` is empty");
    }
    if text.starts_with('/') {
        return of_file(root, text);
    }
    if let Some(zone) = named(text) {
        return System::sure(zone);
    }
    let by_rule = Rule::parse(text).and_then(|rule| nearest(&|at| Some(rule.offset(at)), &[]));
    by_rule.map_or_else(|| System::unknown(format!("the time zone `{text}` of `TZ` is not known")), System::sure)
}

/// A name of the database, as it stands below a `zoneinfo` folder.
fn named(text: &str) -> Option<Tz> {
    let text = text.strip_prefix("posix/").or_else(|| text.strip_prefix("right/")).unwrap_or(text);
    text.parse().ok()
}

/// The zone of a file: by the name that its path or a link on the way to it has, else by what is in it.
fn of_file(root: &Path, path: &str) -> System {
    let mut names = Vec::new();
    let file = resolve(root, path, &mut names);
    let linked = names.iter().find_map(|path| named(below_zoneinfo(path)?));
    let Some(bytes) = file.and_then(|file| std::fs::read(file).ok()) else {
        let doubt = format!("the system's time zone file `{path}` cannot be read");
        return match linked {
            Some(zone) => System { zone, doubt: Some(format!("{doubt}; its name says {}", zone.name())) },
            None => System::unknown(doubt),
        };
    };
    if let Some(zone) = linked {
        return System::sure(zone);
    }
    // Often stale: believed only where the file agrees.
    let noted = std::fs::read_to_string(root.join("etc/timezone")).unwrap_or_default();
    let noted: Vec<Tz> = named(noted.trim()).into_iter().collect();
    let zone = File::parse(&bytes).and_then(|file| nearest(&|at| Some(file.offset(at)), &noted));
    zone.map_or_else(|| System::unknown(format!("`{path}` is like no zone of the database")), System::sure)
}

/// What follows the last folder of zones in a path.
fn below_zoneinfo(path: &str) -> Option<&str> {
    path.rsplit_once("zoneinfo/").map(|(_, name)| name)
}

/// Follows every link of `path` below `root`, as the machine itself would, and collects each form of the path on the way.
fn resolve(root: &Path, path: &str, names: &mut Vec<String>) -> Option<PathBuf> {
    let mut rest: Vec<String> = path.split('/').rev().map(str::to_string).collect();
    let (mut done, mut links): (Vec<String>, usize) = (Vec::new(), 0);
    names.push(path.to_string());
    while let Some(part) = rest.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => drop(done.pop()),
            _ => done.push(part),
        }
        let Ok(target) = std::fs::read_link(root.join(done.join("/"))) else { continue };
        links += 1;
        if links > LINKS {
            return None;
        }
        done.pop();
        if target.is_absolute() {
            done.clear();
        }
        rest.extend(target.to_string_lossy().split('/').rev().map(str::to_string));
        let whole = done.iter().chain(rest.iter().rev()).filter(|part| !part.is_empty());
        names.push(whole.cloned().collect::<Vec<_>>().join("/"));
    }
    Some(root.join(done.join("/")))
}

/// The zone with these offsets in seconds east: in all years that can be compared, else in the recent ones. Of several, one
/// of `hints`, then a usual one.
fn nearest(offset: &dyn Fn(i64) -> Option<i32>, hints: &[Tz]) -> Option<Tz> {
    let usual = USUAL.iter().filter_map(|name| name.parse::<Tz>().ok());
    let all: Vec<Tz> = hints.iter().copied().chain(usual).chain(TZ_VARIANTS).collect();
    let alike = |zone: &Tz, (from, to): (i64, i64)| {
        (from..to).step_by(STEP).all(|at| offset(at).is_some_and(|east| east_of(*zone, at) == Some(east)))
    };
    [LONG, RECENT].into_iter().find_map(|years| all.iter().copied().find(|zone| alike(zone, years)))
}

fn east_of(zone: Tz, at: i64) -> Option<i32> {
    let at = DateTime::from_timestamp(at, 0)?;
    Some(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
}

#[cfg(test)]
mod tests;
