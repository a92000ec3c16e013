//! A pass by series, with the answers on standard input: what is asked first, what one answer settles, and what is never asked
//! again.

use crate::support::{World, calendar, event};

const TEAM: &str = "ATTENDEE:mailto:ada@x.example\nATTENDEE:mailto:bo@x.example\nATTENDEE:mailto:cy@x.example";
const CONFIG: &str = "my_addresses = [\"ada@x.example\"]\n[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n";
/// Weeks before Monday the 16th of November, the last complete week.
const WEEKS: [&str; 12] = [
    "20260831", "20260907", "20260914", "20260921", "20260928", "20261005", "20261012", "20261019", "20261026",
    "20261102", "20261109", "20261116",
];

fn weekly(uid: &str, title: &str, from: &str, (start, hours): (u32, u32), more: &str) -> String {
    let rule = if more.contains("RRULE") { "" } else { "RRULE:FREQ=WEEKLY\n" };
    let at = |hour| format!("{from}T{hour:02}0000");
    event(uid, title, &at(start), &at(start + hours), &format!("{rule}{more}"))
}

fn world(events: &[String]) -> World {
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    World::new().config(CONFIG).file("side.ics", calendar(&events))
}

/// The titles that are asked about, in order; none is answered.
fn asked(world: World, arguments: &[&str]) -> (World, Vec<String>) {
    let world = world.input("n\n".repeat(40));
    let told = world.run(arguments.iter().copied()).ok();
    let title = |line: &str| line.split("  ").nth(1).map(str::to_owned);
    let lines: Vec<&str> = told.lines().collect();
    let heads =
        lines.iter().enumerate().filter(|(at, _)| lines.get(at + 2).is_some_and(|line| line.starts_with("s e i u")));
    let titles = heads.filter_map(|(_, line)| title(line)).collect();
    (world, titles)
}

fn classes(world: &World) -> Vec<String> {
    let rows = world.run(["events", "--from", "2026-11-02", "--to", "2026-11-29", "--format", "json"]).json();
    let word = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or("-").to_string();
    rows.iter().map(|row| format!("{} {}", &word(row, "start")[5..10], word(row, "class"))).collect()
}

#[test]
fn doubtful_hours_that_come_again_are_asked_about_first() {
    let alone = "ATTENDEE:mailto:ada@x.example";
    let once = |uid: &str, title: &str, more: &str| event(uid, title, "20261118T140000", "20261118T180000", more);
    let world = world(&[
        // Four hours that never come back, however doubtful.
        once("once", "Zebra afternoon", TEAM),
        weekly("sure", "Sprint planning", WEEKS[0], (8, 2), TEAM),
        weekly("likely", "Nordlicht pricing integration", WEEKS[0], (10, 2), TEAM),
        weekly("works", "Nordlicht standup", WEEKS[0], (12, 3), TEAM),
        weekly("open", "Okapi circle", WEEKS[0], (15, 1), TEAM),
        weekly("solo", "Write and read", WEEKS[0], (16, 1), alone),
        weekly("new", "Backlog refinement", WEEKS[10], (17, 1), TEAM),
    ]);
    let (world, titles) = asked(world, &["review", "--series"]);
    let expected = [
        "Okapi circle",
        "Nordlicht pricing integration",
        "Write and read",
        "Backlog refinement",
        "Nordlicht standup",
        "Sprint planning",
        "Zebra afternoon",
    ];
    assert_eq!(titles, expected);
    // Of a week the same, but for what is once elsewhere.
    let (world, titles) = asked(world, &["review", "2026-W45"]);
    assert_eq!(
        titles,
        ["Okapi circle", "Nordlicht pricing integration", "Write and read", "Nordlicht standup", "Sprint planning"]
    );
    let (_, titles) = asked(world, &["review"]);
    assert_eq!(titles, expected);
}

#[test]
fn what_has_ended_weighs_less() {
    let until = format!("{TEAM}\nRRULE:FREQ=WEEKLY;COUNT=6");
    let world = world(&[
        weekly("ended", "Okapi circle", WEEKS[0], (9, 2), &until),
        weekly("goes on", "Zebra hour", WEEKS[4], (11, 1), TEAM),
    ]);
    // Twelve hours that are over, and eight that go on.
    assert_eq!(asked(world, &["review", "2026-W47"]).1, ["Zebra hour", "Okapi circle"]);
}

#[test]
fn an_answer_for_a_series_goes_for_both_halves_and_shows_its_effect_after_it() {
    let world = world(&[
        weekly(
            "abc@google.com",
            "Okapi circle",
            WEEKS[0],
            (9, 1),
            &format!("{TEAM}\nRRULE:FREQ=WEEKLY;UNTIL=20261108T225959Z"),
        ),
        weekly("abc_R20261109T090000@google.com", "Okapi circle", WEEKS[10], (9, 1), TEAM),
        weekly("plan", "Sprint planning", WEEKS[0], (11, 1), TEAM),
    ]);
    let own = "[[rule]]\nname = \"Sprints\"\nclass = \"execution\"\ntitle = \"sprint\"\n";
    let world = world.rules(own).input("s\nz\nn\nz\nE\n\n");
    insta::assert_snapshot!(world.tell(["review", "--series"]), @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-16 09:00  Okapi circle  1.0 h, 3 people, a series of 12, 12.0 h
      unclassified: no rule matched
    s e i u r z ? n q > 
    strategy, a series of 12; share 0% → 50%
    nothing is left to ask about; z undo, Enter to end > 
    undone; share 50% → 0%

    2026-11-16 09:00  Okapi circle  1.0 h, 3 people, a series of 12, 12.0 h
      unclassified: no rule matched
    s e i u r z ? n q > 
    nothing is left to ask about; z undo, Enter to end > 
    undone

    2026-11-16 09:00  Okapi circle  1.0 h, 3 people, a series of 12, 12.0 h
      unclassified: no rule matched
    s e i u r z ? n q > 
    execution, this one only; share 0% → 0%
    nothing is left to ask about; z undo, Enter to end > 
    2026-W36 to 2026-W47: coverage 50% → 54%, strategy share 0% → 0%
    exit 0
    ");
    let world = world.input("s\n");
    world.run(["review", "--series"]).ok();
    insta::assert_snapshot!(classes(&world).join("\n"), @"
    11-02 strategy
    11-02 execution
    11-09 strategy
    11-09 execution
    11-16 execution
    11-16 execution
    11-23 strategy
    11-23 execution
    ");
    insta::assert_snapshot!(world.tell(["marks"]), @"
    series             af3f304e3a0f  strategy      Okapi circle
    series             ac3244b3f396  strategy      Okapi circle
    2026-11-16 09:00   d12d6a3efe45  execution     Okapi circle
    title              fa5d6c83700b  strategy      okapi circle
    exit 0
    ");
}

#[test]
fn what_is_left_open_is_not_asked_again_and_a_title_that_recurs_is_one_question() {
    let single = |week: usize, title: &str| {
        event(
            &format!("{title}{week}"),
            title,
            &format!("{}T100000", WEEKS[week]),
            &format!("{}T110000", WEEKS[week]),
            TEAM,
        )
    };
    let mut events: Vec<String> = (8..12).map(|week| single(week, &format!("Okapi {week} circle"))).collect();
    events.push(single(11, "Zebra afternoon"));
    let world = world(&events).input("u\ns\n");
    insta::assert_snapshot!(world.tell(["review", "--series"]), @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-16 10:00  Okapi 11 circle  1.0 h, 3 people, 4 of this title, 3.5 h
      unclassified: no rule matched
    s e i u r z ? n q (1 more) > 
    unclassified, 4 of this title; share none → none

    2026-11-16 10:00  Zebra afternoon  1.0 h, 3 people
      unclassified: no rule matched
    s e i u r z ? n q > 
    strategy; share none → 100%
    nothing is left to ask about; z undo, Enter to end > 
    2026-W36 to 2026-W47: coverage 0% → 13%, strategy share none → 100%
    exit 0
    ");
    let world = world.input("");
    insta::assert_snapshot!(world.tell(["review", "--series"]), @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit
    nothing is left to ask about
    2026-W36 to 2026-W47: coverage 13% → 13%, strategy share 100% → 100%
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["marks"]), @"
    2026-11-16 10:00   7e11de4a6b4b  strategy      Zebra afternoon
    title              aec5ac68d2de  unclassified  okapi * circle
    exit 0
    ");
    // The next one of that title is answered already.
    events.push(event("next", "Okapi 12 circle", "20261123T100000", "20261123T110000", TEAM));
    events.push(event("other", "Okapi square", "20261124T100000", "20261124T110000", TEAM));
    let refs: Vec<&str> = events.iter().map(String::as_str).collect();
    let world = world.file("side.ics", calendar(&refs)).input("n\nn\n");
    let told = world.run(["review", "this"]).ok();
    assert!(told.contains("Okapi square") && !told.contains("Okapi 12"), "{told}");
    // It is taken back by its id, or by the title.
    world.run(["marks", "--export", "marks.toml"]).ok();
    let kept = std::fs::read_to_string(world.path("marks.toml")).unwrap();
    assert!(kept.contains("title = \"okapi * circle\"\nclass = \"unclassified\""), "{kept}");
    assert!(world.run(["unmark", "Okapi 9 circle"]).ok().contains("all of this title: unmarked"));
    assert_eq!(world.run(["marks"]).ok().lines().count(), 1);
    assert!(world.run(["marks", "--import", "marks.toml"]).ok().contains("1 added"));
    // Whoever writes one by hand need not know how titles are compared.
    let world =
        world.file("hand.toml", "[[mark]]\ntitle = \"OKAPI 7 - Circle\"\nclass = \"unclassified\"\nanswer = true\n");
    assert!(world.run(["marks", "--import", "hand.toml"]).ok().contains("1 same"));
    let world = world.file("form.toml", "[[mark]]\ntitle = \"Sync\"\nclass = \"strategy\"\n");
    assert!(world.run(["marks", "--import", "form.toml"]).fails(65).contains("says more than a form"));
}

#[test]
fn a_confirmed_class_keeps_its_theme_and_another_one_loses_it() {
    let world = world(&[
        weekly("a", "Nordlicht pricing", WEEKS[0], (9, 2), TEAM),
        weekly("b", "Falcon pricing", WEEKS[0], (12, 1), TEAM),
    ]);
    let world = world.input("s\ne\n");
    world.run(["review", "--series"]).ok();
    let marks = world.run(["marks", "--format", "json"]).json();
    let theme = |uid: &str| marks.iter().find(|mark| mark["uid"] == uid).unwrap()["theme"].clone();
    assert!(theme("a").is_string() && theme("b").is_null(), "{marks:?}");
}

#[test]
fn a_rule_that_was_wrong_is_asked_about_elsewhere_and_a_title_that_was_marked_otherwise_is_too() {
    let pricing = |uid: &str, title: &str, hours| weekly(uid, title, WEEKS[0], hours, TEAM);
    let world =
        world(&[pricing("a", "Nordlicht pricing", (9, 2)), pricing("b", "Falcon pricing", (12, 1))]).input("e\nq\n");
    let told = world.run(["review", "--series"]).ok();
    assert!(told.contains("and 1 of 1 answers about that rule said otherwise"), "{told}");
    // Three of one team and one of another: the same title, and no title to go by.
    let sync = |uid: &str, day: &str, who: &str| {
        let who =
            format!("ATTENDEE:mailto:ada@x.example\nATTENDEE:mailto:{who}@x.example\nATTENDEE:mailto:cy@x.example");
        event(uid, "Sync", &format!("{day}T100000"), &format!("{day}T110000"), &who)
    };
    let syncs = [
        sync("1", WEEKS[9], "bo"),
        sync("2", WEEKS[10], "bo"),
        sync("3", WEEKS[11], "bo"),
        sync("4", "20261117", "di"),
    ];
    let world = self::world(&syncs).rules("# None.\n").input("s\ne\n");
    let told = world.run(["review", "--series"]).ok();
    assert!(told.contains("strategy, 3 of this title") && told.contains("\nexecution; share"), "{told}");
}

#[test]
fn what_a_private_word_leaves_out_is_asked_about_where_others_attend() {
    let rules = "extends = \"default\"\n";
    let alone = "ATTENDEE:mailto:ada@x.example";
    let world =
        world(&[weekly("a", "Dentist", WEEKS[0], (9, 1), TEAM), weekly("b", "Dentist", "20260901", (12, 1), alone)]);
    let (world, titles) = asked(world.rules(rules), &["review", "--series"]);
    assert_eq!(titles, ["Dentist"]);
    // Whoever wrote the rule meant it.
    let own = "[[rule]]\nname = \"Health\"\nclass = \"ignore\"\ntitle = \"dentist\"\n";
    assert_eq!(asked(world.rules(own), &["review", "--series"]).1, Vec::<String>::new());
}

#[test]
fn files_are_named_for_review_and_marks_alike() {
    let world = World::new().ics("side.ics", &[&weekly("a", "Okapi circle", WEEKS[0], (9, 1), TEAM)]).input("s\n");
    world.run(["review", "--series", "--ics", "side.ics"]).ok();
    assert!(world.run(["marks", "--ics", "side.ics"]).ok().contains("Okapi circle"));
    assert!(world.run(["marks"]).ok().contains("not in the calendars now"));
    assert!(world.run(["unmark", "Okapi circle", "--series", "--ics", "side.ics"]).ok().contains("unmarked"));
}

#[test]
fn a_changed_meeting_of_a_series_is_a_question_of_its_own_and_what_is_closer_goes_first() {
    let changed = event("a", "Zebra summit", "20261109T120000", "20261109T130000", TEAM);
    let single = |week: usize| {
        event(
            &format!("s{week}"),
            "Okapi square",
            &format!("{}T150000", WEEKS[week]),
            &format!("{}T160000", WEEKS[week]),
            TEAM,
        )
    };
    let world = world(&[
        weekly("a", "Okapi circle", WEEKS[0], (9, 1), TEAM),
        format!("{changed}\nRECURRENCE-ID;TZID=Europe/Berlin:20261109T090000"),
        single(9),
        single(10),
        single(11),
    ]);
    let world = world.rules("# None.\n").input("s\ns\ne\n\n");
    let told = world.run(["review", "--series"]).ok();
    assert!(told.contains("strategy, a series of 11") && told.contains("strategy, 3 of this title"), "{told}");
    assert!(!told.contains("Zebra summit"), "the mark of its series goes for it too: {told}");
    world.run(["mark", "s10", "execution"]).ok();
    let of = |day: &str| classes(&world).into_iter().filter(|row| row.starts_with(day)).collect::<Vec<_>>();
    assert_eq!(
        (of("11-09"), of("11-16")),
        (vec!["11-09 strategy".into(), "11-09 execution".into()], vec!["11-16 strategy".to_string(); 2])
    );
    assert!(world.run(["explain", "s11"]).ok().contains("your mark of its title"));
    assert!(world.run(["unmark", "s10"]).ok().contains("unmarked"));
    assert_eq!(of("11-09"), ["11-09 strategy", "11-09 strategy"]);
}

#[test]
fn what_ones_own_rule_leaves_open_is_settled() {
    let world = world(&[weekly("a", "Okapi circle", WEEKS[0], (9, 1), TEAM)]);
    let kept = "[[rule]]\nname = \"Open\"\nclass = \"unclassified\"\ntitle = \"okapi\"\n";
    let (world, titles) = asked(world.rules(kept), &["review", "--series"]);
    assert_eq!(titles, Vec::<String>::new());
    assert_eq!(asked(world.rules("# None.\n"), &["review", "--series"]).1, ["Okapi circle"]);
}

#[test]
fn what_one_does_alone_is_doubted_by_its_hour() {
    let alone = "ATTENDEE:mailto:ada@x.example";
    let world = world(&[
        // Without a rule: the way home, lunch, and what may be work.
        weekly("home", "Okapi", WEEKS[0], (17, 1), alone),
        weekly("noon", "Zebra", WEEKS[0], (12, 1), alone),
        weekly("day", "Quagga", WEEKS[0], (14, 1), alone),
        // By a rule: escalations at ten, and climbing after work.
        weekly("ten", "Escalation log", WEEKS[0], (10, 1), alone),
        weekly("climbing", "Escalation wall", WEEKS[0], (19, 1), alone),
    ]);
    let (world, titles) = asked(world, &["review", "--series"]);
    assert_eq!(titles, ["Escalation wall", "Quagga", "Zebra", "Okapi", "Escalation log"]);
    let told = world.run(["review", "--series"]).ok();
    assert!(
        told.contains(
            "execution: `Incidents and releases` decided, but you are alone, outside your working days and hours"
        ),
        "{told}"
    );
}
