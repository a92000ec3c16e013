use super::*;
use std::fs::File;
use std::io::Write;
use std::time::{Duration, SystemTime};

const EVENT: &str = "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261122T100000Z\r\nEND:VEVENT\r\n";

fn write(path: &std::path::Path, bytes: &[u8], nanoseconds: u64) {
    let mut file = File::create(path).unwrap();
    file.write_all(bytes).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds)).unwrap();
}

#[test]
fn a_stamp_changes_with_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mut seen = BTreeSet::from([stamp(path)]);
    let mut is_new = |what: &str| {
        let now = stamp(path);
        assert_eq!(now, stamp(path), "{what}");
        assert!(seen.insert(now), "{what}");
    };
    let file = folder.path().join("a.ics");
    write(&file, b"one", 1_000);
    is_new("a file came");
    write(&file, b"two", 1_001);
    is_new("a nanosecond went by");
    write(&file, b"three", 1_001);
    is_new("it grew");
    std::fs::create_dir(folder.path().join("deep")).unwrap();
    std::fs::rename(&file, folder.path().join("deep/a.ics")).unwrap();
    is_new("it moved");
    let before = stamp(path);
    write(&folder.path().join("notes.txt"), b"x", 1);
    assert_eq!(stamp(path), before, "no calendar");
    assert_ne!(stamp(&format!("{path}/none")), stamp(&format!("{path}/nothing")));
}

#[test]
fn texts_can_be_kept_and_parsed_later() {
    let folder = tempfile::tempdir().unwrap();
    let calendar = format!("BEGIN:VCALENDAR\r\n{EVENT}{}END:VCALENDAR\r\n", EVENT.replace("UID:a", "UID:b"));
    write(&folder.path().join("team.ics"), calendar.as_bytes(), 1);
    write(&folder.path().join("broken.ics.gz"), b"\x1f\x8b\x08broken", 1);
    // A pipe that nobody writes into keeps nobody waiting.
    let pipe = folder.path().join("pipe.ics");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (texts, unread) = texts(folder.path().to_str().unwrap()).unwrap();
    assert_eq!((texts.len(), unread.len(), &*texts[0].stem), (1, 2, "team"));
    assert_eq!(uids(&texts[0].bytes), BTreeSet::from(["a".to_string(), "b".to_string()]));
    let mut calendars = Calendars::default();
    calendars.add_text(Some("work"), &texts[0]);
    let day = "2026-11-22T00:00:00Z".parse().unwrap();
    let found = calendars.instances(Interval::new(day, day + chrono::TimeDelta::days(1)), Tz::UTC);
    assert_eq!((found.len(), &*found[0].event.calendar.source), (2, "work"));
    assert!(calendars.unread.is_empty());
}
