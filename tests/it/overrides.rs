//! What people say of their meetings themselves: `mark`, `unmark`, `marks`.

use crate::support::google::Google;
use crate::support::{ADA, World, ada, calendar, event, meeting, series};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;

/// Three meetings in a file of the configuration, one of them a series of five.
fn filed() -> World {
    let team = "ATTENDEE:mailto:ada@x.example\nATTENDEE:mailto:bo@x.example";
    World::new().config("[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n").file(
        "side.ics",
        calendar(&[
            &event("vendor", "Vendor sync", "20261116T100000", "20261116T110000", team),
            &event("q3", "[EXT] Q3-Roadmap walk", "20261117T100000", "20261117T110000", team),
            &event(
                "daily",
                "Acme daily",
                "20261116T090000",
                "20261116T093000",
                &format!("{team}\nRRULE:FREQ=DAILY;COUNT=5"),
            ),
        ]),
    )
}

/// What each meeting of the week counts as.
fn classes(world: &World, more: &[&str]) -> String {
    let fixed = ["events", "--from", "2026-11-16", "--to", "2026-11-22", "--format", "json"];
    let rows = world.run(fixed.iter().chain(more).copied()).json();
    let row = |row: &serde_json::Value| {
        let word = |key: &str| row[key].as_str().unwrap_or("-").to_string();
        format!(
            "{} {}: {} ({})",
            &word("start")[8..16.min(word("start").len())],
            word("summary"),
            word("class"),
            word("by")
        )
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn id_of(world: &World, start: &str) -> String {
    let fixed = ["events", "--from", "2026-11-16", "--to", "2026-11-29", "--format", "json"];
    let rows = world.run(fixed).json();
    let row = rows.iter().find(|row| row["start"].as_str().unwrap().starts_with(start)).unwrap();
    row["id"].as_str().unwrap().into()
}

#[test]
fn one_meeting_and_its_series_are_marked_and_every_command_sees_it() {
    let world = filed();
    insta::assert_snapshot!(world.tell(["mark", "q3 ROADMAP", "strategy", "--theme", "Bets"]), @"
    2026-11-17 10:00 [EXT] Q3-Roadmap walk: strategy → strategy, theme Bets
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["mark", "acme", "execution", "--series"]), @"
    Acme daily, the whole series: execution → execution
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["mark", "acme", "ignore", "--on", "2026-11-18"]), @"
    2026-11-18 09:00 Acme daily: execution → ignore
    exit 0
    ");
    insta::assert_snapshot!(classes(&world, &[]), @"
    16T09:00 Acme daily: execution (mark)
    16T10:00 Vendor sync: execution (rule)
    17T09:00 Acme daily: execution (mark)
    17T10:00 [EXT] Q3-Roadmap walk: strategy (mark)
    18T09:00 Acme daily: - (mark)
    19T09:00 Acme daily: execution (mark)
    20T09:00 Acme daily: execution (mark)
    ");
    assert_eq!(
        classes(&world, &["--ics", "side.ics"]),
        classes(&world, &[]),
        "the calendars that a command is given too"
    );
    insta::assert_snapshot!(world.tell(["marks"]), @"
    series             113faf59ebe6  execution     Acme daily
    2026-11-18 09:00   5c605e8597a3  ignore        Acme daily
    2026-11-17 10:00   06ffa9643613  strategy      [EXT] Q3-Roadmap walk  (Bets)
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["unmark", "acme", "--on", "2026-11-18"]), @"
    2026-11-18 09:00 Acme daily: unmarked
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["unmark", "acme", "--series"]), @"
    Acme daily, the whole series: unmarked
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["unmark", "acme", "--series"]), @"
    error: no such marked meeting was found
     |
     = help: `vantage marks` lists what is marked; what was said of a series needs `--series`
    exit 1
    ");
    insta::assert_snapshot!(world.tell(["unmark", "q3"]), @"
    unmarked
    exit 0
    ");
    insta::assert_snapshot!(classes(&world, &[]), @"
    16T09:00 Acme daily: execution (rule)
    16T10:00 Vendor sync: execution (rule)
    17T09:00 Acme daily: execution (rule)
    17T10:00 [EXT] Q3-Roadmap walk: strategy (rule)
    18T09:00 Acme daily: execution (rule)
    19T09:00 Acme daily: execution (rule)
    20T09:00 Acme daily: execution (rule)
    ");
    insta::assert_snapshot!(world.tell(["marks"]), @"exit 0");
}

#[test]
fn a_meeting_is_found_by_uid_by_id_and_by_whole_words_of_its_title() {
    let world = filed();
    insta::assert_snapshot!(world.tell(["mark", "vendor", "strategy"]), @"
    2026-11-16 10:00 Vendor sync: execution → strategy
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["mark", &id_of(&world, "2026-11-19T09:00"), "strategy"]), @"
    2026-11-19 09:00 Acme daily: execution → strategy
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["mark", "road", "strategy"]), @"
    error: no such meeting was found
     |
     = help: `vantage events --from DATE --to DATE --format json` lists titles, UIDs and ids
    exit 1
    ");
    insta::assert_snapshot!(world.tell(["mark", "acme daily", "strategy"]), @"
    2026-11-16 09:00   3a46edef6cb8  Acme daily
    2026-11-17 09:00   cf6350710ae2  Acme daily
    2026-11-18 09:00   5c605e8597a3  Acme daily
    2026-11-19 09:00   795d2490363b  Acme daily
    2026-11-20 09:00   e8578f15f446  Acme daily
    error: 5 meetings may be meant
     |
     = help: give one of these ids, or add `--on DATE`, or `--series` for all of one series
    exit 2
    ");
    insta::assert_snapshot!(world.tell(["mark", "*a*", "strategy", "--series"]), @"
    2026-11-17 10:00   06ffa9643613  [EXT] Q3-Roadmap walk
    2026-11-20 09:00   e8578f15f446  Acme daily
    error: 2 meetings may be meant
     |
     = help: give one of these ids
    exit 2
    ");
    insta::assert_snapshot!(world.tell(["mark", "vendor", "Strategy"]), @"
    error: invalid value 'Strategy' for '<CLASS>'
      [possible values: strategy, execution, ignore, unclassified]

      tip: a similar value exists: 'strategy'

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn marks_go_to_another_machine_and_nothing_is_lost_there() {
    let world = filed();
    world.run(["mark", "q3", "strategy", "--theme", "Bets"]).ok();
    world.run(["mark", "acme", "ignore", "--on", "2026-11-18"]).ok();
    world.run(["mark", "acme", "execution", "--series"]).ok();
    insta::assert_snapshot!(world.tell(["marks", "--export", "marks.toml"]), @"
    3 marks in marks.toml
    exit 0
    ");
    let text = std::fs::read_to_string(world.path("marks.toml")).unwrap();
    assert_eq!(text, world.run(["marks", "--format", "toml"]).ok());
    insta::assert_snapshot!(text, @r#"
    [[mark]]
    uid = "daily"
    class = "execution"

    [[mark]]
    uid = "daily"
    original = "2026-11-18T08:00:00Z"
    class = "ignore"

    [[mark]]
    uid = "q3"
    class = "strategy"
    theme = "Bets"
    "#);
    assert_eq!(std::fs::metadata(world.path("marks.toml")).unwrap().permissions().mode() & 0o777, 0o600);

    let other = filed().file("marks.toml", &text);
    other.run(["mark", "vendor", "strategy"]).ok();
    other.run(["mark", "q3", "execution"]).ok();
    insta::assert_snapshot!(other.tell(["marks", "--import", "marks.toml"]), @"
    2 added, 1 changed, 0 same
    exit 0
    ");
    insta::assert_snapshot!(other.tell(["marks", "--import", "marks.toml"]), @"
    0 added, 0 changed, 3 same
    exit 0
    ");
    insta::assert_snapshot!(other.tell(["marks", "--format", "json"]), @r#"
    {"class":"execution","id":"113faf59ebe6","original":null,"start":null,"summary":"Acme daily","theme":null,"title":null,"uid":"daily"}
    {"class":"ignore","id":"5c605e8597a3","original":"2026-11-18T08:00:00Z","start":"2026-11-18 09:00","summary":"Acme daily","theme":null,"title":null,"uid":"daily"}
    {"class":"strategy","id":"06ffa9643613","original":null,"start":"2026-11-17 10:00","summary":"[EXT] Q3-Roadmap walk","theme":"Bets","title":null,"uid":"q3"}
    {"class":"strategy","id":"667c8222edb9","original":null,"start":"2026-11-16 10:00","summary":"Vendor sync","theme":null,"title":null,"uid":"vendor"}
    exit 0
    "#);

    let broken = filed().file(
        "marks.toml",
        "[[mark]]\nuid = \"a\"\nclass = \"strtegy\"\n\n[[mark]]\nuid = \"\"\noriginal = \"noon\"\nclass = \"ignore\"\n",
    );
    insta::assert_snapshot!(broken.tell(["marks", "--import", "marks.toml"]), @r#"
    error: there is no such class
     --> marks.toml:3:9
      |
    3 | class = "strtegy"
      |         ^^^^^^^^^ unknown class
      |
      = help: expected `strategy`, `execution`, `ignore` or `unclassified`

    error: a mark needs a UID, or a title that says more than a form
     --> marks.toml:6:7
      |
    6 | uid = ""
      |       ^^ nothing to go by

    error: `original` must be the start that the series gave it
     --> marks.toml:7:12
      |
    7 | original = "noon"
      |            ^^^^^^ not a time
      |
      = help: write an instant such as `2026-11-17T08:00:00Z`, or a date

    note: nothing was imported
    exit 65
    "#);
    let unknown = filed().file("marks.toml", "[[mark]]\nuid = \"a\"\nkind = \"strategy\"\n");
    insta::assert_snapshot!(unknown.tell(["marks", "--import", "marks.toml"]), @r#"
    error: unknown field `kind`, expected one of `uid`, `title`, `original`, `class`, `theme`, `answer`
     --> marks.toml:3:1
      |
    3 | kind = "strategy"
      | ^^^^ here
      |
      = help: a mark is a `[[mark]]` with `uid` or `title`, `class` and, if need be, `original` and `theme`

    note: nothing was imported
    exit 65
    "#);
}

#[test]
fn a_mark_outlives_its_meeting_and_a_meeting_its_calendar() {
    let world = filed();
    world.run(["mark", "vendor", "strategy"]).ok();
    let world = world.file("side.ics", calendar(&[]));
    // That everything went is not believed at once.
    assert!(world.tell(["marks"]).contains("Vendor sync"));
    world.run(["sync", "--accept-deletions"]).ok();
    insta::assert_snapshot!(world.tell(["marks"]), @"
    all                667c8222edb9  strategy      (not in the calendars now)
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["unmark", "vendor"]), @"
    unmarked
    exit 0
    ");
    let without = World::new().ics("x.ics", &[&event("", "Anonymous", "20261116T100000", "20261116T110000", "")]);
    insta::assert_snapshot!(without.tell(["mark", "anonymous", "strategy", "--ics", "x.ics"]), @"
    error: the calendar gives this meeting no UID, so nothing would find it again
     |
     = help: write a rule for it instead
    exit 65
    ");
}

/// The id of the event of that title.
fn google_id(google: &Google, title: &str) -> String {
    let titled = |id: &String| google.event(ADA, id).is_some_and(|e| e["summary"] == title);
    google.ids(ADA).into_iter().find(titled).unwrap()
}

#[test]
fn marks_survive_a_new_listing_a_move_and_another_title() {
    let google = ada();
    let world = World::synced(&google);
    world.run(["mark", "bug triage", "strategy"]).ok();
    world.run(["mark", "stand-up", "strategy", "--on", "2026-11-17"]).ok();
    world.run(["mark", "stand-up", "ignore", "--series"]).ok();
    let daily = google_id(&google, "Daily stand-up");
    let to = ("2026-11-18T15:00:00+01:00", "2026-11-18T15:15:00+01:00");
    google.move_instance(ADA, &daily, "2026-11-17T11:30:00+01:00", to.0, to.1);
    google.change(ADA, &google_id(&google, "Bug triage"), |event| {
        let moved = meeting("What breaks", "2026-11-20T16:00", 60);
        (event["summary"], event["start"], event["end"]) =
            (moved["summary"].clone(), moved["start"].clone(), moved["end"].clone());
    });
    world.sync();
    world.run(["sync", "--full"]).ok();
    insta::assert_snapshot!(classes(&world, &[]), @"
    16T09:00 Product strategy: strategy (rule)
    16T11:30 Daily stand-up: - (mark)
    18T11:30 Daily stand-up: - (mark)
    18T15:00 Daily stand-up: strategy (mark)
    19T11:30 Daily stand-up: - (mark)
    20T11:30 Daily stand-up: - (mark)
    20T16:00 What breaks: strategy (mark)
    ");
    insta::assert_snapshot!(world.tell(["explain", "stand-up", "--on", "2026-11-18"]).split("near misses:").next().unwrap(), @"
    Daily stand-up  2026-11-18 15:00
      strategy  sure: your mark
      won: your mark of this meeting, which goes before labels and rules

      time: 15 min, 15 min counted
        moved here from 2026-11-17 11:30
    ");
}

#[test]
fn labels_colours_and_categories_beat_the_rules_and_a_mark_beats_them() {
    let google = ada();
    google.labels_in_list(true);
    let labels = json!({ "eventLabels": [{ "id": "l1", "name": "Deep work", "backgroundColor": "#0b8043" }] });
    google.calendar(ADA, json!({ "labelProperties": labels }));
    let with = |mut event: serde_json::Value, key: &str, value: &str| {
        event[key] = value.into();
        google.put(ADA, event)
    };
    with(meeting("Bug triage labelled", "2026-11-18T09:00", 60), "eventLabelId", "l1");
    with(meeting("Bug triage in red", "2026-11-18T10:00", 60), "colorId", "11");
    with(series("Bug triage weekly", "2026-11-19T10:00", 60, "RRULE:FREQ=WEEKLY;COUNT=2"), "colorId", "11");
    let world = World::synced(&google)
        .file("side.ics", calendar(&[&event("c", "Bug triage filed", "20261120T100000", "20261120T110000", "CATEGORIES:Private,Big bets")]))
        .rules("extends = \"default\"\n\n[labels]\n\"deep work\" = { class = \"strategy\", theme = \"Depth\" }\nTomato = { class = \"strategy\" }\n\"big bets\" = { class = \"strategy\" }\n");
    let config = std::fs::read_to_string(world.path(".config/vantage/vantage.toml")).unwrap();
    let world = world.config(&format!("{config}\n[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n"));
    world.run(["mark", "bug triage weekly", "execution", "--series"]).ok();
    insta::assert_snapshot!(classes(&world, &[]), @"
    16T09:00 Product strategy: strategy (rule)
    16T11:30 Daily stand-up: execution (rule)
    17T09:00 Bug triage: execution (rule)
    17T11:30 Daily stand-up: execution (rule)
    18T09:00 Bug triage labelled: strategy (label)
    18T10:00 Bug triage in red: strategy (label)
    18T11:30 Daily stand-up: execution (rule)
    19T10:00 Bug triage weekly: execution (mark)
    19T11:30 Daily stand-up: execution (rule)
    20T10:00 Bug triage filed: strategy (label)
    20T11:30 Daily stand-up: execution (rule)
    ");
    insta::assert_snapshot!(world.tell(["explain", "bug triage in red"]).lines().take(3).collect::<Vec<_>>().join("\n"), @"
    Bug triage in red  2026-11-18 10:00
      strategy  sure: a label of yours
      won: the label `Tomato`, which goes before rules
    ");
    let marked = world.tell(["explain", "bug triage weekly"]);
    insta::assert_snapshot!(marked.lines().take(8).collect::<Vec<_>>().join("\n"), @"
    Bug triage weekly  2026-11-26 10:00
      execution  sure: your mark
      won: your mark of its series, which goes before labels and rules

      time: 60 min, 60 min counted

      near misses:
        the label `Tomato`: your mark goes before it
    ");
}

#[test]
fn only_what_is_named_is_unmarked() {
    let team = "ATTENDEE:mailto:ada@x.example\nATTENDEE:mailto:bo@x.example\nRRULE:FREQ=DAILY;COUNT=3";
    let world = World::new().config("[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n").file(
        "side.ics",
        calendar(&[
            &event("acme", "Acme", "20261116T090000", "20261116T093000", team),
            &event("plonk", "Plonk acme", "20261116T100000", "20261116T103000", team),
        ]),
    );
    world.run(["mark", "Acme", "strategy", "--on", "2026-11-17"]).ok();
    let marked = world.run(["marks"]).ok();
    let one = id_of(&world, "2026-11-17T09:00");
    // Another day, another form of the mark, another meeting.
    for arguments in [&["unmark", "acme", "--on", "2026-11-16"][..], &["unmark", &one, "--series"]] {
        assert_eq!(world.run(arguments.iter().copied()).code, 1, "{arguments:?}");
        assert_eq!(world.run(["marks"]).ok(), marked);
    }
    world.run(["mark", "Plonk acme", "strategy", "--on", "2026-11-16"]).ok();
    world.run(["unmark", "Acme"]).ok();
    let left = world.run(["marks"]).ok();
    assert!(left.contains("Plonk acme") && left.lines().count() == 1, "{left}");
    assert_eq!(world.run(["unmark", "Acme"]).code, 1);
    assert_eq!(world.run(["marks"]).ok(), left);
}
