//! What an older Vantage left in the state folder is there after the step to this one.

use crate::support::World;
use rusqlite::Connection;

const CONFIG: &str = "my_addresses = [\"ada@example.com\"]\n\
    [[source.ics]]\nname = \"team\"\npath = \"/home/ada/team\"\n\
    [[source.ics]]\nname = \"gone\"\npath = \"/home/ada/gone.ics\"\n";

fn world() -> World {
    let world = World::new().zone("Europe/Berlin").at("2026-11-24T09:00:00+01:00").config(CONFIG);
    let state = world.path(".local/state/vantage");
    std::fs::create_dir_all(&state).unwrap();
    let db = Connection::open(state.join("vantage.db")).unwrap();
    db.execute_batch(include_str!("databases/7.sql")).unwrap();
    world
}

#[test]
fn a_database_of_schema_7_says_what_it_said() {
    let world = world();
    let events = world.run(["events", "--from", "2026-10-12", "--to", "2026-11-22"]);
    insta::assert_snapshot!(events.out, @"
    2026-10-13 12:00      60 min  solo             Old talk  (as last seen on 2026-11-24)
    2026-11-02 09:00      30 min  ignored by rule  Standup  (your mark)
    2026-11-09 09:00      30 min  ignored by rule  Standup  (your mark)
    2026-11-09 10:00      90 min  strategy         Roadmap strategy  (Strategy)
    2026-11-16 09:00      30 min  ignored by rule  Standup  (your mark)
    2026-11-17 14:00      60 min  strategy         Pricing review  (Market, pricing and partners)
    2026-11-18 14:00     120 min  strategy         Apollo  (your mark)
    2026-11-19 11:00      60 min  strategy         Budget 2027  (Planning of a quarter or a year)
    ");
    insta::assert_snapshot!(world.run(["marks"]).out, @"
    series             cbc80bb5c0c0  ignore        Standup
    2026-11-18 14:00   c865f6c5ab8d  strategy      Apollo  (Bets)
    ");
    insta::assert_snapshot!(world.run(["status"]).out, @"
    team (iCalendar)
      last good sync 2026-11-24 09:00 CET (just now), 5 events
        the calendar `/home/ada/team` could not be read: No such file or directory (os error 2)
        1 meeting before 2026-10-14 is no longer told like that by the source and counts as last seen on 2026-11-24; `vantage sync --accept-deletions` lets go of it
        next: put it back, or change `path` in the configuration; what was read before still counts
    gone (iCalendar)
      last good sync never, 0 events
        the calendar `/home/ada/gone.ics` could not be read: No such file or directory (os error 2)
        next: put it there, or change `path` in the configuration: nothing of it counts yet
    ada (Google): the account `ada` is not signed in
      the sign-in has ended; tried again after 2026-11-24 09:46 CET
      cause: invalid_grant
      next: run `vantage login google`
    ");
    assert!(world.path(".local/state/vantage/vantage.db.before-8").exists(), "a copy of what was there");
    let db = Connection::open(world.path(".local/state/vantage/vantage.db")).unwrap();
    let rows = |sql: &str| -> Vec<String> {
        let mut all = db.prepare(sql).unwrap();
        all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(rows("SELECT count(*) || ' ' || min(week) FROM drawn_week"), ["12 2026-W36"]);
    assert_eq!(rows("SELECT week || ' ' || shows FROM drawn_so_far ORDER BY week DESC LIMIT 1"), ["2026-W49 1234"]);
    assert_eq!(rows("SELECT week || ' ' || way || ' ' || since FROM owed"), ["2026-W47 mail 1795420800"]);
    assert!(rows("PRAGMA foreign_key_check").is_empty());
}
