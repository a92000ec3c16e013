//! Google beside files, feeds and other accounts, and one process beside another.

use crate::support::{ADA, World, ada, meeting};

#[test]
fn files_and_google_stand_side_by_side() {
    let google = ada();
    let side = crate::support::event("side", "Side project", "20261118T180000", "20261118T190000", "");
    let config = google.config("work") + "[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n";
    let world = World::new().signed_in(&google).config(&config).ics("side.ics", &[&side]);
    insta::assert_snapshot!(world.tell(["sync"]), @"
    side: 1 added, 0 changed, 0 removed (listed whole)
    work / Ada: 3 added, 0 changed, 0 removed (listed whole)
    exit 0
    ");
    assert!(world.week().contains("Side project") && world.week().contains("Bug triage"));
    google.clear();
    insta::assert_snapshot!(world.tell(["sync", "--account", "side"]), @"
    side: no change
    exit 0
    ");
    assert!(google.requests().is_empty());
    insta::assert_snapshot!(world.tell(["status"]), @"
    side (iCalendar)
      last good sync 2026-11-23 07:00 CET (just now), 1 event
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:00 CET (just now), 3 events
    exit 0
    ");
}

#[test]
fn a_feed_and_google_stand_side_by_side() {
    let google = ada();
    let event = |title: &str| crate::support::event("side", title, "20261118T180000", "20261118T190000", "");
    let (address, served) = crate::support::feed(crate::support::calendar(&[&event("Side project")]));
    let source = format!("[[source.ics]]\nname = \"side\"\nurl = \"{address}\"\nallow_private = true\n");
    let world = World::new().signed_in(&google).config(&(google.config("work") + &source));
    assert_eq!(world.sync().lines().count(), 2);
    assert!(world.week().contains("Side project") && world.week().contains("Bug triage"));
    *served.lock().unwrap() = crate::support::calendar(&[&event("Side business")]);
    world.sync();
    assert!(world.week().contains("Side business"));
    // The feed's data serve while it answers with something else, and Google's go on.
    *served.lock().unwrap() = "<html>sign in</html>".into();
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    let told = world.tell(["sync"]);
    insta::assert_snapshot!(told, @"
    side: the feed's server answered with a web page, as sign-in pages of hotel networks do
    work / Ada: 1 added, 0 changed, 0 removed
    error: side: the feed's server answered with a web page, as sign-in pages of hotel networks do
     |
     = help: the next sync tries again; if this machine is online, look for a typo in the `url` of the source
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 75
    ");
    assert!(world.week().contains("Side business") && world.week().contains("Budget"));
    assert!(!(told + &world.tell(["status", "--format", "json"])).contains("private/ada"), "the address is a secret");
}

#[test]
fn one_writes_at_a_time() {
    let google = ada();
    let world = World::synced(&google);
    let folder = world.path(".local/state/vantage");
    let lock = vantage::store::Lock::take(&folder).unwrap();
    let told = world.tell(["sync"]).replace(&std::process::id().to_string(), "PID");
    insta::assert_snapshot!(told, @"
    error: another Vantage (process PID) is writing to `HOME/.local/state/vantage`
     |
     = help: wait until it is done, or stop it; reading commands work meanwhile
     = note: nothing was changed
    exit 75
    ");
    assert!(world.week().contains("Bug triage"), "reading goes on");
    drop(lock);
    world.sync();
}

#[test]
fn the_same_person_by_two_accounts_and_a_file_counts_once() {
    let google = ada();
    let mut event = meeting("All hands", "2026-11-19T16:00", 60);
    event["iCalUID"] = "all-hands".into();
    google.put(ADA, event);
    let file = crate::support::event("all-hands", "All hands", "20261119T160000", "20261119T170000", "");
    let config = google.config("work") + &google.config("home") + "[[source.ics]]\npath = \"~/side.ics\"\n";
    let world = World::new().signed_in(&google).config(&config).ics("side.ics", &[&file]);
    world.login(&google, ["--account", "home", "--client-secret", "client.json"]).ok();
    world.sync();
    let rows = world.run(["events", "--from", "2026-11-16", "--to", "2026-11-20", "--format", "json"]).json();
    assert_eq!(rows.iter().filter(|r| r["summary"] == "All hands" && r["reason"].is_null()).count(), 1);
    assert_eq!(rows.iter().filter(|r| r["reason"].is_null()).count(), 8, "each once");
}

#[test]
fn a_newer_word_of_google_counts_wherever_in_time_it_lies() {
    let google = ada();
    let put = |uid: &str, sequence: u32, mut event: serde_json::Value| {
        (event["iCalUID"], event["sequence"]) = (uid.into(), sequence.into());
        google.put(ADA, event)
    };
    // Moved to December, and a series that goes on on Thursdays from then on.
    put("moved", 3, meeting("Budget", "2026-12-10T10:00", 60));
    put("series", 3, crate::support::series("Portfolio", "2026-12-03T10:00", 60, "RRULE:FREQ=WEEKLY;COUNT=3"));
    put("older", 1, meeting("Hiring", "2026-12-10T10:00", 60));
    put("old", 3, crate::support::series("Retro", "2024-01-04T11:00", 60, "RRULE:FREQ=WEEKLY"));
    let file = |uid: &str, title: &str, sequence: u32, more: &str| {
        let more = format!("SEQUENCE:{sequence}\n{more}ATTENDEE:mailto:bo@example.com");
        crate::support::event(uid, title, "20261118T160000", "20261118T170000", &more)
    };
    let events = [
        file("moved", "Budget", 2, ""),
        file("series", "Portfolio", 2, "RRULE:FREQ=WEEKLY;COUNT=2\n"),
        file("older", "Hiring", 2, ""),
        file("alone", "Vision", 2, ""),
        file("old", "Retro", 2, "RRULE:FREQ=WEEKLY\n").replace("20261118", "20240103"),
    ];
    let config = google.config("work") + "[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n";
    let world = World::new().signed_in(&google).config(&config);
    let world = world.ics("side.ics", &events.each_ref().map(String::as_str));
    world.sync();
    let counted = |from: &str, to: &str| -> Vec<String> {
        let rows = world.run(["events", "--from", from, "--to", to, "--format", "json"]).json();
        let counted =
            rows.iter().filter(|row| row["reason"].is_null() && row["start"].as_str().unwrap().contains("T1"));
        let mut titles: Vec<String> = counted.map(|row| row["summary"].as_str().unwrap().to_string()).collect();
        titles.sort();
        titles
    };
    assert_eq!(counted("2026-11-18", "2026-11-18"), ["Daily stand-up", "Hiring", "Vision"]);
    // Of what was before the time that is kept of Google, the file knows more.
    assert_eq!(counted("2026-11-16", "2026-11-22").iter().filter(|title| *title == "Retro").count(), 1);
    assert_eq!(counted("2024-11-18", "2024-11-24"), ["Retro"]);
    assert!(!counted("2026-11-25", "2026-11-25").contains(&"Portfolio".to_string()));
    assert_eq!(counted("2026-12-03", "2026-12-10"), ["Budget", "Portfolio", "Portfolio", "Retro", "Retro"]);
}
