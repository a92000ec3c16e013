//! Machines of many kinds, as folders with an `/etc` of their own.

use super::*;
use crate::jobs::alike;
use std::os::unix::fs::symlink;

/// A zone file of the second version without transitions, as `zic -b slim` writes it where a rule says everything.
fn slim(rule: &str, east: i32) -> Vec<u8> {
    let head = |counts: [u32; 6]| {
        let mut head = b"TZif2".to_vec();
        head.extend([0; 15]);
        head.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
        head
    };
    let kind = [&east.to_be_bytes()[..], &[0, 0]].concat();
    let block = [&kind[..], b"LMT\0"].concat();
    let counts = [0, 0, 0, 0, 1, 4];
    [head(counts), block.clone(), head(counts), block, format!("\n{rule}\n").into_bytes()].concat()
}

/// The same with a transition of the first version alone: 30 October 2005, from +1 to an offset that no zone has.
fn old() -> Vec<u8> {
    let mut file = b"TZif\0".to_vec();
    file.extend([0; 15]);
    file.extend([0u32, 0, 0, 1, 2, 4].iter().flat_map(|count| count.to_be_bytes()));
    file.extend(1_130_630_400_i32.to_be_bytes());
    file.push(1);
    file.extend([&3600_i32.to_be_bytes()[..], &[0, 0], &9_999_i32.to_be_bytes(), &[0, 0], b"ABC\0"].concat());
    file
}

struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Machine {
        Machine(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        let path = self.0.path().join(path.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    #[allow(clippy::disallowed_methods, reason = "a file of a made-up machine")]
    fn file(self, path: &str, bytes: &[u8]) -> Machine {
        std::fs::write(self.path(path), bytes).unwrap();
        self
    }

    fn link(self, path: &str, target: &str) -> Machine {
        symlink(target, self.path(path)).unwrap();
        self
    }

    fn zone(&self, variable: Option<&str>) -> (&'static str, bool) {
        let found = system(self.0.path(), variable.map(OsStr::new));
        (found.zone.name(), found.doubt.is_none())
    }
}

const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

#[test]
fn a_link_names_its_zone_through_one_link_or_several() {
    let one = Machine::new()
        .file("/usr/share/zoneinfo/America/Sao_Paulo", &slim("<-03>3", -10_800))
        .link("/etc/localtime", "../usr/share/zoneinfo/America/Sao_Paulo");
    assert_eq!(one.zone(None), ("America/Sao_Paulo", true));
    // NixOS: the folder of zones is a link, too.
    let nix = Machine::new()
        .file("/nix/store/x-tzdata/share/zoneinfo/Europe/Vienna", &slim(BERLIN, 3600))
        .link("/etc/zoneinfo", "/nix/store/x-tzdata/share/zoneinfo")
        .link("/etc/static/localtime", "/etc/zoneinfo/Europe/Vienna")
        .link("/etc/localtime", "static/localtime");
    assert_eq!(nix.zone(None), ("Europe/Vienna", true));
    assert_eq!(nix.zone(Some(":/etc/localtime")), ("Europe/Vienna", true));
    // A name is not needed where the last link has none.
    let bare = Machine::new().file("/srv/zone", &slim("IST-5:30", 19_800)).link("/etc/localtime", "/srv/zone");
    assert_eq!(bare.zone(None), ("Asia/Kolkata", true));
}

#[test]
fn a_copied_file_is_known_by_its_clock_and_a_stale_note_is_not_believed() {
    let copy = |noted: &str| {
        let machine = Machine::new().file("/etc/localtime", &slim(BERLIN, 3600));
        machine.file("/etc/timezone", noted.as_bytes())
    };
    assert_eq!(copy("America/New_York\n").zone(None), ("Europe/Berlin", true));
    // Both have the same clock: the note decides.
    assert_eq!(copy("Europe/Stockholm\n").zone(None), ("Europe/Stockholm", true));
    assert_eq!(copy("").zone(Some("/etc/localtime")), ("Europe/Berlin", true));
}

#[test]
fn a_rule_written_out_is_a_zone_with_the_same_clock() {
    let machine = Machine::new();
    for (variable, zone) in [
        ("Europe/Berlin", "Europe/Berlin"),
        (":Asia/Tokyo", "Asia/Tokyo"),
        ("posix/Asia/Tokyo", "Asia/Tokyo"),
        (BERLIN, "Europe/Berlin"),
        ("EST5EDT,M3.2.0,M11.1.0", "America/New_York"),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney"),
        ("IST-5:30", "Asia/Kolkata"),
        ("UTC0", "Etc/UTC"),
    ] {
        let (found, sure) = machine.zone(Some(variable));
        assert!(sure && alike(found.parse().unwrap(), zone.parse().unwrap()), "{variable}: {found}");
    }
}

#[test]
fn what_cannot_be_told_is_said() {
    let doubts = [
        Machine::new().zone(None),
        Machine::new().zone(Some("")),
        Machine::new().zone(Some("europe/berlin")),
        Machine::new().zone(Some("CET-1CEST,M3.5")),
        Machine::new().file("/etc/localtime", b"Europe/Berlin\n").zone(None),
        Machine::new().file("/etc/localtime", &old()).zone(None),
        Machine::new().link("/etc/localtime", "localtime").zone(None),
    ];
    assert!(doubts.iter().all(|doubt| *doubt == ("UTC", false)), "{doubts:?}");
    // The link leads nowhere, and still has a name.
    let dangling = Machine::new().link("/etc/localtime", "/usr/share/zoneinfo/Europe/Berlin");
    assert_eq!(dangling.zone(None), ("Europe/Berlin", false));
}

#[test]
fn files_cut_short_anywhere_are_no_zone_and_no_crash() {
    let whole = slim(BERLIN, 3600);
    for length in 0..whole.len() - 1 {
        let _ = File::parse(&whole[..length]).map(|file| file.offset(0));
    }
    assert_eq!(File::parse(&old()).map(|file| (file.offset(0), file.offset(1_200_000_000))), Some((3600, 9_999)));
}
