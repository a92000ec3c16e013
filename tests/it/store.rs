//! What happens to the store when files, disks and rights are not as they should be.

use crate::support::{World, ada, event};
use std::os::unix::fs::{PermissionsExt, symlink};

const FOLDER: &str = "[[source.ics]]\nname = \"team\"\npath = \"~/team\"\n";

fn one(title: &str, day: u32) -> String {
    event(title, title, &format!("202611{day}T100000"), &format!("202611{day}T110000"), "")
}

/// A folder of two calendars, read once.
fn team() -> World {
    let world =
        World::new().config(FOLDER).ics("team/a.ics", &[&one("Roadmap", 16)]).ics("team/b.ics", &[&one("Budget", 17)]);
    assert_eq!(world.week(), "16T10:00 Roadmap\n17T10:00 Budget");
    world
}

const WEEK: [&str; 5] = ["events", "--from", "2026-11-16", "--to", "2026-11-22"];

#[test]
fn a_half_written_file_keeps_what_was_read_from_it() {
    let world = team();
    let whole = crate::support::calendar(&[&one("Roadmap", 18), &one("Vision", 19)]);
    let half = whole.split_at(whole.find("SUMMARY:Vision").unwrap()).0;
    let world = world.file("team/a.ics", half);
    insta::assert_snapshot!(world.tell(WEEK), @"
    2026-11-16 10:00      60 min  strategy         Roadmap  (Vision, roadmap and portfolio)
    2026-11-17 10:00      60 min  strategy         Budget  (Planning of a quarter or a year)
    warning: `HOME/team/a.ics` ends in the middle: no `END:VCALENDAR` closes it; what was read from it before still counts
    exit 0
    ");
    // Not even a calendar yet.
    let world = world.file("team/a.ics", "");
    assert_eq!(world.week(), "16T10:00 Roadmap\n17T10:00 Budget");
    let world = world.file("team/a.ics", whole);
    assert_eq!(world.week(), "17T10:00 Budget\n18T10:00 Roadmap\n19T10:00 Vision");
    std::fs::remove_file(world.path("team/a.ics")).unwrap();
    assert_eq!(world.week(), "17T10:00 Budget", "a file that is gone is gone");
}

#[test]
fn a_file_that_cannot_be_read_is_tried_again_until_it_can() {
    let world = team();
    let (file, aside) = (world.path("team/a.ics"), world.path("a.ics"));
    std::fs::rename(&file, &aside).unwrap();
    symlink(&aside, &file).unwrap();
    let away = world.path("away.ics");
    std::fs::rename(&aside, &away).unwrap();
    assert_eq!(world.week(), "16T10:00 Roadmap\n17T10:00 Budget");
    // Nothing that a stamp looks at tells the one try from the other.
    assert!(world.tell(WEEK).contains("could not be read"));
    std::fs::rename(&away, &aside).unwrap();
    assert!(!world.tell(WEEK).contains("could not be read"));
}

#[test]
fn a_source_that_is_no_longer_named_goes_and_an_account_of_its_name_stays() {
    let google = ada();
    let world = World::synced(&google);
    let both = google.config("work") + "[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n";
    let world = world.config(&both).ics("side.ics", &[&one("Side", 18)]);
    assert!(world.week().contains("Side"));
    // The account's name now means a file, and later the account again.
    let file = "[[source.ics]]\nname = \"work\"\npath = \"~/side.ics\"\n";
    let world = world.config(file);
    assert_eq!(world.week(), "18T10:00 Side");
    assert!(!world.run(["status"]).ok().contains("side ("));
    let world = world.config(&google.config("work"));
    assert!(world.week().contains("Bug triage"), "{}", world.week());
}

#[test]
fn a_state_folder_that_cannot_be_made_keeps_nobody_from_looking() {
    let world = World::new().config(FOLDER).ics("team/a.ics", &[&one("Roadmap", 16)]).file(".local/state", "");
    insta::assert_snapshot!(world.tell(WEEK), @"
    2026-11-16 10:00      60 min  strategy         Roadmap  (Vision, roadmap and portfolio)
    warning: the folder `HOME/.local/state/vantage` could not be made: Not a directory (os error 20)
     |
     = help: the files are read without it, and calendars elsewhere are left out until it is mended
    exit 0
    ");
}

/// As on a full disk: no file may grow beyond `blocks`.
fn limited(world: &World, blocks: u32) -> String {
    let mut shell = std::process::Command::new("sh");
    let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let command = world.command();
    shell.args(["-c", &script]).arg(command.get_program()).args(WEEK).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.current_dir(world.path("")).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    world.told(&crate::support::Run { code: output.status.code().unwrap_or(-1), out, err })
}

#[test]
fn a_disk_without_room_shows_what_was_stored() {
    let world = team().ics("team/a.ics", &[&one("Roadmap", 18)]);
    insta::assert_snapshot!(limited(&world, 0), @"
    2026-11-16 10:00      60 min  strategy         Roadmap  (Vision, roadmap and portfolio)
    2026-11-17 10:00      60 min  strategy         Budget  (Planning of a quarter or a year)
    warning: the lock `HOME/.local/state/vantage/vantage.lock` could not be taken: File too large (os error 27)
     |
     = help: what was stored before is shown; mend it, and the calendars are read again
    exit 0
    ");
    let fresh = World::new().config(FOLDER).ics("team/a.ics", &[&one("Roadmap", 16)]);
    insta::assert_snapshot!(limited(&fresh, 0), @"
    2026-11-16 10:00      60 min  strategy         Roadmap  (Vision, roadmap and portfolio)
    warning: the lock `HOME/.local/state/vantage/vantage.lock` could not be taken: File too large (os error 27)
     |
     = help: the files are read without it, and calendars elsewhere are left out until it is mended
    exit 0
    ");
}

#[test]
fn what_is_written_is_for_the_user_only() {
    let world = team();
    world.run(["week", "2026-W47", "--out", "out"]).ok();
    for file in
        std::fs::read_dir(world.path("out")).unwrap().chain(std::fs::read_dir(world.path(".local/state")).unwrap())
    {
        let path = file.unwrap().path();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}
