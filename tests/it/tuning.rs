//! The first configuration, and rules checked and compared against what really happened.

use crate::support::{World, calendar, event};

const ADA: &str = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com";

/// A weekly meeting of Ada and others, from the 7th of September 2026 on.
fn weekly(uid: &str, title: &str, day: u32, hour: u32, with: &[&str]) -> String {
    let others: String = with.iter().map(|who| format!("\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{who}")).collect();
    let more = format!("RRULE:FREQ=WEEKLY;COUNT=11\nORGANIZER:mailto:ada@example.com\n{ADA}{others}");
    event(uid, title, &format!("202609{day:02}T{hour:02}0000"), &format!("202609{day:02}T{:02}0000", hour + 1), &more)
}

/// Eleven weeks of a leader: two reports, a customer, stand-ups, something private and something nobody classed.
fn ada() -> World {
    let events = [
        weekly("1", "Ada / Jonas", 7, 9, &["jonas@example.com"]),
        weekly("2", "Ada / Amara", 8, 9, &["amara@example.com"]),
        weekly("3", "Contoso", 9, 9, &["carl@contoso.example"]),
        weekly("4", "Delivery stand-up", 10, 9, &["jonas@example.com", "amara@example.com"]),
        weekly("5", "Delivery strategy", 11, 9, &["jonas@example.com", "amara@example.com"]),
        weekly("6", "Zorbulations", 11, 14, &["jonas@example.com", "amara@example.com"]),
        weekly("7", "Secret stand-up", 10, 16, &["jonas@example.com", "amara@example.com"]) + "\nCLASS:PRIVATE",
    ];
    World::new().ics("work.ics", &events.iter().map(String::as_str).collect::<Vec<_>>())
}

const RULES: &str = r#"extends = "default"

[[rule]]
name = "Delivery"
class = "execution"
theme = "Delivery"
title = "delivery"

[[rule]]
name = "Strategy"
class = "strategy"
title = "delivery strategy"

[[rule]]
name = "Offsite"
class = "strategy"
title = "offsite in lisbon"

[[rule]]
name = "Stand-ups"
class = "execution"
title = "stand-up"
"#;

#[test]
fn a_check_says_what_each_rule_decides_and_what_is_odd() {
    let world = ada().rules(RULES);
    insta::assert_snapshot!(world.tell(["rules", "check", "--ics", "work.ics"]));
    let strict = world.run(["rules", "check", "--ics", "work.ics", "--strict", "--quiet"]);
    assert_eq!((strict.code, strict.out.as_str()), (1, ""));
    assert!(strict.err.contains("2 warnings, and `--strict` takes them for mistakes"), "{}", strict.err);
}

#[test]
fn a_clean_file_passes_the_strict_check() {
    let world =
        ada().rules("extends = \"default\"\n[[rule]]\nname = \"Z\"\nclass = \"strategy\"\ntitle = \"zorbulations\"\n");
    let run = world.run(["rules", "check", "--ics", "work.ics", "--strict", "--quiet"]);
    assert_eq!((run.code, run.err.as_str(), run.out.as_str()), (0, "", ""));
}

#[test]
fn without_meetings_a_check_says_so_and_passes() {
    let world = World::new().rules("[[rule]]\nname = \"a\"\nclass = \"strategy\"\ntitle = \"atlas\"\n");
    insta::assert_snapshot!(world.tell(["rules", "check", "--strict"]));
}

#[test]
fn both_files_mistakes_are_shown_at_once() {
    let world =
        World::new().config("gaol = 0.4\n").rules("[[rule]]\nname = \"a\"\nclass = \"stratgy\"\ntitle = \"a\"\n");
    let err = world.run(["rules", "check"]).fails(78);
    assert!(err.contains("gaol") && err.contains("stratgy"), "{err}");
    let err = World::new().file("new.toml", "[[rule]]\nclass = 3\n").run(["rules", "diff", "new.toml"]).fails(78);
    assert!(err.contains("new.toml:2:9"), "{err}");
}

#[test]
fn a_check_as_json_keeps_private_titles() {
    let run = ada().rules(RULES).run(["rules", "check", "--ics", "work.ics", "--format", "json"]);
    assert!(!run.out.contains("Secret"));
    let check = &run.json()[0];
    assert_eq!((&check["own"], &check["checked"]), (&4.into(), &true.into()));
    assert_eq!(check["warnings"].as_array().unwrap().len(), 2);
    documented(check);
}

#[test]
fn a_diff_lists_what_moves_and_the_shares_of_each_week() {
    let new = RULES
        .replace("title = \"delivery\"\n", "title = \"delivery\"\nunless = { title = \"strategy\" }\n")
        .replace("title = \"stand-up\"", "title = \"standup meeting\"");
    let world = ada().rules(RULES).file("new.toml", new);
    let arguments = ["rules", "diff", "new.toml", "--ics", "work.ics", "--since", "2026-11-02"];
    insta::assert_snapshot!(world.tell(arguments));
    assert_eq!(
        world.tell(arguments.into_iter().chain(["--exit-code"])),
        world.tell(arguments).replace("exit 0", "exit 1")
    );
    let json = world.run(arguments.into_iter().chain(["--format", "json"]));
    assert!(!json.out.contains("Secret"));
    documented(&json.json()[0]);
}

#[test]
fn a_diff_shares_overlaps_out_as_the_report_does() {
    let at = |uid, title, from, to| event(uid, title, &format!("20261116T{from}"), &format!("20261116T{to}"), ADA);
    let events = [
        at("1", "Vision", "100000", "113000"),
        at("2", "Release", "110000", "120000"),
        at("3", "Incident", "110000", "111000"),
        at("4", "Gym", "110000", "120000"),
        at("5", "Lunch walk", "130000", "140000"),
    ];
    let rule = |class: &str, title: &str| format!("[[rule]]\nclass = \"{class}\"\ntitle = {title}\n");
    let old = rule("execution", "[\"vision\", \"release\", \"incident\", \"gym\", \"walk\"]");
    let new = rule("strategy", "\"vision\"")
        + &rule("ignore", "[\"gym\", \"walk\"]")
        + &rule("execution", "[\"release\", \"incident\"]");
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let world = World::new().ics("a.ics", &events).file("old.toml", old).file("new.toml", new);
    let diff = ["rules", "diff", "old.toml", "new.toml", "--ics", "a.ics", "--since", "2026-11-16"];
    insta::assert_snapshot!(world.tell(diff), @"
    old.toml → new.toml, 2026-W47 to 2026-W47

    What moves
       hours  events  meeting
         1.2       1  Vision
                      - execution, Execution: `rule 1` at old.toml:1
                      + strategy, Strategy: `rule 1` at new.toml:1
         1.0       1  Lunch walk
                      - execution, Execution: `rule 1` at old.toml:1
                      + ignored by rule: `rule 2` at new.toml:4
         0.4       1  Gym
                      - execution, Execution: `rule 1` at old.toml:1
                      + ignored by rule: `rule 2` at new.toml:4

    hours               strategy         execution      unclassified  share
    2026-W47           0.0 → 1.2         3.0 → 0.8               0.0  0% → 61%
    total              0.0 → 1.2         3.0 → 0.8               0.0  0% → 61%

    Nothing was written.
    exit 0
    ");
    let diff = world.run(diff.into_iter().chain(["--format", "json"])).json().remove(0);
    documented(&diff);
    for (side, rules) in [("from", "old.toml"), ("to", "new.toml")] {
        let week = ["week", "2026-W47", "--ics", "a.ics", "--format", "json", "--rules", rules];
        let week = world.run(week).json().remove(0);
        for class in ["strategy", "execution", "unclassified"] {
            assert_eq!(diff["weeks"][0][side][class], week["hours"][class], "{rules} {class}");
        }
        assert_eq!(diff["weeks"][0][side]["share"], week["share"]);
    }
}

#[test]
fn the_same_rules_move_nothing() {
    let world = ada().file("a.toml", RULES).file("b.toml", RULES);
    let run = world.run(["rules", "diff", "a.toml", "b.toml", "--ics", "work.ics", "--exit-code"]);
    assert!(run.ok().contains("No meeting moves."));
}

#[test]
fn what_cannot_be_compared_never_ends_like_a_difference() {
    let world = World::new().file("new.toml", RULES);
    insta::assert_snapshot!(world.tell(["rules", "diff", "new.toml", "--exit-code"]));
    world.run(["rules", "diff", "none.toml", "--exit-code"]).fails(74);
    world.run(["rules", "diff", "new.toml", "--since", "2030-01-01"]).fails(65);
}

#[test]
fn two_rules_that_share_meetings_are_told_apart() {
    let rules = RULES.replace("\"delivery strategy\"", "[\"delivery strategy\", \"zorbulations\"]");
    insta::assert_snapshot!(ada().rules(&rules).run(["rules", "check", "--ics", "work.ics"]).err);
}

#[test]
fn what_was_synced_is_checked_without_a_word_about_files() {
    let world = ada().rules(RULES).config("[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n");
    let checked = |arguments: &[&str]| world.run(arguments.iter().copied()).json()[0].clone();
    let named = checked(&["rules", "check", "--ics", "work.ics", "--format", "json"]);
    assert_eq!(checked(&["rules", "check", "--format", "json"]), named);
}

#[test]
fn five_answers_make_a_configuration() {
    let world = ada().input("Europe/Atlantis\nEurope/Lisbon\nmon-thu 09:00-17:00\n40%\n\n\n");
    insta::assert_snapshot!(world.tell(["init", "--ics", "work.ics"]));
    insta::assert_snapshot!(set(&world, "vantage.toml"));
    assert_eq!(world.run(["config", "check", "--quiet"]).ok(), "");
    assert_eq!(world.run(["rules", "check", "--strict", "--quiet"]).ok(), "");
    use std::os::unix::fs::PermissionsExt;
    let mode = |name: &str| world.path(name).metadata().unwrap().permissions().mode() & 0o777;
    let modes = [".config/vantage", ".config/vantage/vantage.toml", ".config/vantage/rules.toml"].map(mode);
    assert_eq!(modes, [0o700, 0o600, 0o600]);
}

#[test]
fn without_answers_and_calendars_the_defaults_are_written() {
    let world = World::new();
    insta::assert_snapshot!(world.tell(["init", "--yes"]));
    insta::assert_snapshot!(set(&world, "vantage.toml"));
    assert_eq!(world.run(["config", "check", "--quiet"]).ok(), "");
}

#[test]
fn flags_answer_for_scripts_and_are_held_to_the_same_rules() {
    let world = World::new();
    world
        .run([
            "init",
            "--timezone",
            "Asia/Tokyo",
            "--working-hours",
            "09:00-17:00",
            "--role",
            "executive",
            "--my-domains",
            "example.com,example.org",
            "--reports",
            "jonas@example.com",
            "--my-addresses",
            "ada@example.com",
        ])
        .ok();
    insta::assert_snapshot!(set(&world, "vantage.toml"));
    let world = World::new();
    insta::assert_snapshot!(world.tell(["init", "--yes", "--timezone", "Mars"]));
    assert!(!world.path(".config/vantage/vantage.toml").exists());
}

#[test]
fn nothing_is_written_over_unless_forced_and_then_it_is_kept() {
    let world = World::new().config("goal = 0.33\n");
    insta::assert_snapshot!(world.tell(["init", "--yes"]));
    insta::assert_snapshot!(world.tell(["init", "--yes", "--force"]));
    let kept = std::fs::read_to_string(world.path(".config/vantage/vantage.toml.bak")).unwrap();
    assert_eq!(kept, "goal = 0.33\n");
}

#[test]
fn what_is_written_anew_keeps_sources_links_and_every_older_file() {
    let world = ada().config("[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n");
    let folder = world.path(".config/vantage");
    let (config, linked) = (folder.join("vantage.toml"), world.path("dotfiles.toml"));
    std::fs::rename(&config, &linked).unwrap();
    std::os::unix::fs::symlink(&linked, &config).unwrap();
    let before = std::fs::read_to_string(&linked).unwrap();
    for _ in 0..2 {
        world.run(["init", "--yes", "--force"]).ok();
    }
    assert!(config.symlink_metadata().unwrap().is_symlink());
    let written = std::fs::read_to_string(&linked).unwrap();
    assert!(written != before && written.contains("path = \"~/work.ics\""), "{written}");
    assert_eq!(std::fs::read_to_string(folder.join("vantage.toml.bak")).unwrap(), before);
    assert!(folder.join("vantage.toml.bak2").exists());
    world.run(["config", "check"]).ok();
}

#[test]
fn a_link_that_leads_nowhere_is_not_taken_for_no_rules() {
    let world = ada().config("[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n");
    let rules = world.path(".config/vantage/rules.toml");
    let _ = std::fs::remove_file(&rules);
    std::os::unix::fs::symlink(world.path("gone.toml"), &rules).unwrap();
    let run = world.run(["rules", "check"]);
    assert_eq!(run.code, 74, "{}", run.err);
    assert!(run.err.contains("rules.toml"), "{}", run.err);
    let world = world.input("y\ny\n");
    assert_eq!(world.run(["rules", "suggest", "--apply"]).code, 74);
    assert!(rules.symlink_metadata().unwrap().is_symlink());
}

#[test]
fn two_names_are_a_talk_of_two_people_only() {
    let class = |with: &[&str]| {
        let world = World::new().ics("x.ics", &[&weekly("1", "Nimbus x Contoso", 7, 9, with)]);
        let day = ["events", "--ics", "x.ics", "--from", "2026-09-07", "--to", "2026-09-07", "--format", "json"];
        world.run(day).json()[0]["class"].clone()
    };
    assert_eq!(class(&["bo@example.com"]), "strategy");
    assert_eq!(class(&["bo@example.com", "carl@contoso.example"]), "unclassified");
}

#[test]
fn the_zone_of_the_calendar_is_proposed() {
    let ics = |line: &str, zone: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{line}BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n\
             DTSTART;TZID={zone}:20261116T090000\r\nSUMMARY:Sprint\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    for (line, zone, expected) in [
        ("", "America/New_York", "America/New_York"),
        ("X-WR-TIMEZONE:Asia/Tokyo\r\n", "America/New_York", "Asia/Tokyo"),
        ("", "Pacific Standard Time", "America/Los_Angeles"),
        ("", "Nowhere/Nowhere", "Europe/Berlin"),
    ] {
        let world = World::new().file("cal.ics", ics(line, zone));
        world.run(["init", "--yes", "--ics", "cal.ics"]).ok();
        assert!(set(&world, "vantage.toml").contains(&format!("timezone = \"{expected}\"")), "{expected}");
    }
}

#[test]
fn a_calendar_that_says_whose_it_is_answers_for_its_owner() {
    let written = |names: &[&str]| {
        let mut world = World::new();
        for (number, name) in names.iter().enumerate() {
            let event = event("a", "Sync", "20261118T090000", "20261118T100000", "ATTENDEE:mailto:bo@example.com");
            let text = calendar(&[&event]).replace("PRODID", &format!("{name}\r\nPRODID"));
            world = world.file(&format!("{number}.ics"), text);
        }
        let files: Vec<String> = (0..names.len()).map(|number| format!("{number}.ics")).collect();
        let files = files.iter().flat_map(|file| ["--ics", file]);
        let arguments = ["init", "--yes"].into_iter().chain(files);
        let said = world.run(arguments).ok();
        (said, set(&world, "vantage.toml"))
    };
    for name in ["X-WR-CALNAME:ada@example.com", "X-OWNER;CN=Ada:mailto:ada@example.com"] {
        let (said, config) = written(&[name]);
        assert!(config.contains("my_addresses = [\"ada@example.com\"]"), "{config}");
        assert!(said.starts_with("The calendar is ada@example.com's, who is taken for you."), "{said}");
        assert!(config.contains("my_domains = [\"example.com\"]"), "{config}");
    }
    // A name is no address, and of two owners one may be a colleague whom one reads.
    assert!(!written(&["X-WR-CALNAME:Yoga @ home"]).1.contains("my_addresses"));
    assert!(!written(&["X-WR-CALNAME:ada@example.com", "X-WR-CALNAME:bo@example.com"]).1.contains("my_addresses"));
}

/// The lines of a written file that are in force.
fn set(world: &World, name: &str) -> String {
    let text = std::fs::read_to_string(world.path(&format!(".config/vantage/{name}"))).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.collect::<Vec<_>>().join("\n").replace(world.path("").to_str().unwrap(), "HOME/")
}

/// Every key of these objects is in the document.
fn documented(value: &serde_json::Value) {
    let text = include_str!("../../docs/json.md");
    match value {
        serde_json::Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            assert!(text.contains(&format!("`{key}`")), "`{key}` is not in docs/json.md");
            documented(value);
        }),
        serde_json::Value::Array(items) => items.iter().for_each(documented),
        _ => {}
    }
}
