//! What a user sees: the binary as a black box.

use crate::support::{World, event};

const TEAM: &str = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@x.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@x.example\n\
                    ATTENDEE;PARTSTAT=ACCEPTED:mailto:cy@x.example";

/// Two overlapping meetings on Monday of 2026-W47 and one that Ada declined.
fn ada() -> World {
    let declined = TEAM.replacen("ACCEPTED", "DECLINED", 1);
    World::new().config("my_addresses = [\"ada@x.example\"]\ngoal = 0.4\n").ics(
        "work.ics",
        &[
            &event("1", "Product strategy", "20261116T100000", "20261116T110000", TEAM),
            &event("2", "Daily stand-up", "20261116T103000", "20261116T113000", TEAM),
            &event("3", "Sprint review", "20261117T103000", "20261117T113000", &declined),
        ],
    )
}

#[test]
fn the_last_week_is_reported_without_a_file_being_written() {
    let world = ada();
    let text = world.run(["week", "--ics", "work.ics"]).ok();
    assert!(
        text.starts_with("2026-W47  2026-11-16 to 2026-11-22  Europe/Berlin\n0.8 h strategy, 0.7 h execution — "),
        "{text}"
    );
    assert!(text.contains("3 fetched: 2 counted, 0 set apart, 1 left out (1 declined)"), "{text}");
    let names: Vec<_> = std::fs::read_dir(world.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn the_week_as_json_holds_the_documented_numbers() {
    let week = &ada().run(["week", "2026-W47", "--ics", "work.ics", "--format", "json"]).json()[0];
    assert_eq!(week["schema_version"], 1);
    assert_eq!((&week["week"], &week["zone"]), (&"2026-W47".into(), &"Europe/Berlin".into()));
    let hours = &week["hours"];
    let numbers = ["counted", "strategy", "execution", "unclassified", "focus", "solo", "conflict", "after_hours"];
    let numbers = numbers.map(|name| hours[name].as_f64().unwrap());
    assert_eq!(numbers, [1.5, 0.75, 0.75, 0.0, 0.0, 0.0, 0.5, 0.0]);
    assert_eq!((&week["share"], &week["coverage"], &week["goal"]), (&0.5.into(), &1.0.into(), &0.4.into()));
    assert_eq!(week["left_out"]["declined"]["events"], 1);
    assert_eq!(week["left_out"]["declined"]["hours"], 1.0);
    assert_eq!(week["themes"].as_array().unwrap().len(), 2);
}

#[test]
fn every_field_of_the_json_is_documented() {
    let documented = include_str!("../../docs/json.md");
    let long = [event("1", "Product strategy", "20261116T090000", "20261116T150000", TEAM)];
    let world = ada().ics("work.ics", &long.each_ref().map(String::as_str));
    let week = &world.run(["week", "2026-W47", "--ics", "work.ics", "--format", "json"]).json()[0];
    let fields = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let deeper = ["events", "hours", "goal_gap", "trend", "flow"].iter().flat_map(|part| fields(&week[part]));
    for field in fields(week).into_iter().chain(deeper) {
        assert!(documented.contains(&format!("`{field}`")), "`{field}` is not in docs/json.md");
    }
}

#[test]
fn every_toml_block_of_the_readme_is_valid() {
    let readme = include_str!("../../README.md");
    let blocks: Vec<&str> = readme.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let (rules, configs): (Vec<&str>, Vec<&str>) = blocks.into_iter().partition(|block| block.contains("[[rule]]"));
    assert!(!rules.is_empty() && !configs.is_empty());
    for config in configs {
        assert_eq!(World::new().config(config).run(["config", "check"]).code, 0, "{config}");
    }
    for rules in rules {
        assert_eq!(World::new().rules(rules).run(["rules", "check"]).code, 0, "{rules}");
    }
}

#[test]
fn the_chapter_on_tuning_works_as_it_is_written() {
    let readme = include_str!("../../README.md");
    let chapter = readme.split("## From the first picture").nth(1).unwrap().split("\n## ").next().unwrap();
    let rules = chapter.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let config = "[[source.ics]]\nname = \"demo\"\npath = \"~/vantage-demo/calendar.ics\"\n";
    let world = World::new().config(config).file("rules.toml", rules).file("new.toml", rules);
    world.run(["demo"]).ok();
    let world = world.input("s\ne\nq\n");
    let commands: Vec<&str> = chapter.lines().filter_map(|line| line.strip_prefix("vantage ")).collect();
    assert!(commands.len() > 10);
    for command in commands {
        // A part in quotes is one argument, and the rest of the line may be a comment.
        let parts = command.split(" # ").next().unwrap().split('"').enumerate();
        let words = parts.flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        });
        let run = world.run(words);
        let is_odd = run.code == 1 && command.contains("--strict");
        assert!(run.code == 0 || is_odd, "{command}: {}", run.err);
    }
}

#[test]
fn the_readme_lists_every_predicate() {
    let readme = include_str!("../../README.md");
    for predicate in vantage::classify::PREDICATES {
        let key = format!("`{}`", predicate.key);
        let has_row = readme.lines().any(|line| line.starts_with("| `") && line.contains(&key));
        assert!(has_row, "{key} has no row in the README's table");
    }
}

#[test]
fn a_range_gives_one_line_a_week() {
    let weeks = ada().run(["week", "2026-W45..2026-W47", "--ics", "work.ics", "--format", "json"]).json();
    let names: Vec<_> = weeks.iter().map(|w| w["week"].as_str().unwrap().to_string()).collect();
    assert_eq!(names, ["2026-W45", "2026-W46", "2026-W47"]);
}

#[test]
fn a_date_this_and_last_name_weeks_too() {
    let week = |name: &str| {
        let weeks = ada().run(["week", name, "--ics", "work.ics", "--format", "json"]).json();
        weeks[0]["week"].as_str().unwrap().to_string()
    };
    assert_eq!(["2026-11-18", "this", "last"].map(week), ["2026-W47", "2026-W48", "2026-W47"]);
}

#[test]
fn out_writes_the_picture_the_numbers_and_the_alternative_text_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = ada();
    world.run(["week", "--ics", "work.ics", "--out", "charts", "--scale", "2"]).ok();
    let bytes = |ending: &str| std::fs::read(world.path(&format!("charts/2026-W47.{ending}"))).unwrap();
    let png = bytes("png");
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(&png[16..24], [3200u32.to_be_bytes(), 2000u32.to_be_bytes()].concat());
    let json: serde_json::Value = serde_json::from_slice(&bytes("json")).unwrap();
    assert_eq!(json["week"], "2026-W47");
    assert!(String::from_utf8(bytes("txt")).unwrap().contains("0.8 h strategy"));
    for ending in ["png", "json", "txt"] {
        let mode = std::fs::metadata(world.path(&format!("charts/2026-W47.{ending}"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{ending} can be read by others");
    }
    let before = bytes("png");
    world.run(["week", "--ics", "work.ics", "--out", "charts", "--scale", "2"]).ok();
    assert_eq!(before, bytes("png"), "the same input gives the same bytes");
}

#[test]
fn privacy_classes_takes_titles_and_themes_out_of_the_numbers() {
    let world = ada();
    world.run(["week", "--ics", "work.ics", "--out", "board", "--privacy", "classes"]).ok();
    for ending in ["json", "txt"] {
        let text = std::fs::read_to_string(world.path(&format!("board/2026-W47.{ending}"))).unwrap();
        assert!(!text.contains("stand-up") && !text.contains("Product strategy"), "{text}");
    }
}

#[test]
fn events_lists_everything_that_overlaps_the_window() {
    let lines = ada()
        .run(["events", "--ics", "work.ics", "--from", "2026-11-16", "--to", "2026-11-17", "--format", "json"])
        .json();
    let first = serde_json::json!({
        "id": "4355a46b19d3", "by": "rule", "uid": "1", "summary": "Product strategy", "start": "2026-11-16T10:00:00+01:00",
        "end": "2026-11-16T11:00:00+01:00", "all_day": false, "status": null, "calendar": "work",
        "class": "strategy", "certainty": lines[0]["certainty"], "theme": lines[0]["theme"], "rule": lines[0]["rule"], "counted": true, "reason": null,
        "minutes": 60, "counted_minutes": 45.0
    });
    assert_eq!(lines[0], first);
    assert_eq!((&lines[2]["class"], &lines[2]["reason"]), (&serde_json::Value::Null, &"declined".into()));
    assert_eq!((&lines[2]["minutes"], &lines[2]["counted_minutes"]), (&60.into(), &0.0.into()));
}

#[test]
fn events_shows_all_day_cancelled_and_empty_events_once() {
    let series = "RRULE:FREQ=DAILY;COUNT=2";
    let world = World::new().ics(
        "x.ics",
        &[
            "UID:a\nDTSTAMP:20260101T000000Z\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20261116\nDTEND;VALUE=DATE:20261118",
            &event("b", "Daily stand-up", "20261116T090000", "20261116T093000", series),
            &event(
                "b",
                "Daily stand-up",
                "20261117T090000",
                "20261117T093000",
                "RECURRENCE-ID;TZID=Europe/Berlin:20261117T090000\nSTATUS:CANCELLED",
            ),
            &event("c", "Ping", "20261118T090000", "20261118T090000", "CLASS:PRIVATE"),
        ],
    );
    let run =
        || world.run(["events", "--ics", "x.ics", "--from", "2026-11-16", "--to", "2026-11-18", "--format", "json"]);
    let lines = run().json();
    let told: Vec<_> = lines
        .iter()
        .map(|l| (l["uid"].as_str().unwrap(), l["start"].as_str().unwrap(), l["reason"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("a", "2026-11-16", Some("all-day")),
            ("b", "2026-11-16T09:00:00+01:00", None),
            ("b", "2026-11-17T09:00:00+01:00", Some("cancelled")),
            ("c", "2026-11-18T09:00:00+01:00", Some("no length")),
        ]
    );
    assert_eq!(lines[0]["end"], "2026-11-18");
    assert_eq!(lines[3]["summary"], serde_json::Value::Null);
    assert!(!run().out.contains("Ping"));
}

#[test]
fn standard_input_archives_and_folders_are_calendars_too() {
    use std::io::Write;
    let text = crate::support::calendar(&[&event("1", "Product strategy", "20261116T100000", "20261116T110000", "")]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("ada@x.example.ics", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    let world = World::new()
        .file("dir/a.ics.gz", gz.finish().unwrap())
        .file("export.zip", zip.finish().unwrap().into_inner())
        .file("dir/notes.txt", "not a calendar")
        .input(&text);
    for (path, calendar) in [("-", "calendar"), ("dir", "a"), ("export.zip", "ada@x.example")] {
        let lines = world
            .run(["events", "--ics", path, "--from", "2026-11-16", "--to", "2026-11-16", "--format", "json"])
            .json();
        assert_eq!((lines.len(), &lines[0]["calendar"]), (1, &calendar.into()), "{path}");
    }
}

#[test]
fn explain_names_the_rule_that_won_and_why_others_lost() {
    let world = World::new().rules("[[rule]]\nname = \"Mine\"\nclass = \"strategy\"\ntitle = \"roadmap\"\n");
    let run = world.run(["explain", "Q3 roadmap review"]);
    insta::assert_snapshot!(run.ok());
    let json = &world.run(["explain", "Weekly status", "--format", "json"]).json()[0];
    assert_eq!((&json["class"], &json["losers"][0]["rule"]), (&"unclassified".into(), &"Mine".into()));
}

#[test]
fn explain_batch_answers_each_title_with_one_line() {
    let world = World::new().input("Q3 roadmap review\n\nLunch\nDaily stand-up\n");
    let lines = world.run(["explain", "--batch"]).json();
    let classes: Vec<_> = lines.iter().map(|l| l["class"].as_str()).collect();
    assert_eq!(classes, [Some("strategy"), Some("unclassified"), None, Some("execution")]);
    assert_eq!(lines[0]["title"], "Q3 roadmap review");
}

#[test]
fn a_broken_event_costs_that_event_and_is_named_by_line() {
    let world = World::new().ics(
        "x.ics",
        &[
            "UID:bad\nSUMMARY:secret words\nDTSTART:notatime",
            &event("1", "Product strategy", "20261116T100000", "20261116T110000", ""),
        ],
    );
    let run = world.run(["events", "--ics", "x.ics", "--from", "2026-11-16", "--to", "2026-11-16"]);
    assert!(run.err.contains("x.ics:4:") || run.err.contains("x.ics:7:"), "{}", run.err);
    assert!(!run.err.contains("secret"));
    assert_eq!(run.ok().lines().count(), 1);
}

#[test]
fn every_mistake_of_both_files_is_shown_and_the_exit_code_is_78() {
    let world = World::new()
        .config("gaol = 0.4\n")
        .rules("[[rule]]\nname = \"1:1\"\nclas = \"strategy\"\ntitle_regex = '(?i)\\b(1:1|one on one\\b'\n");
    let run = world.run(["config", "check"]);
    assert_eq!(run.code, 78);
    insta::assert_snapshot!(run.err);
    let rules = world.run(["rules", "check"]);
    assert_eq!(rules.code, 78);
    assert!(rules.err.contains("unclosed group"));
}

#[test]
fn checks_that_pass_say_what_they_read() {
    let world =
        World::new().rules("extends = \"default\"\n[[rule]]\nname = \"a\"\nclass = \"strategy\"\ntitle = \"a\"\n");
    let line = world.run(["rules", "check"]).ok();
    assert!(line.starts_with("~/.config/vantage/rules.toml: no mistakes, 1 rule of its own and"), "{line}");
    assert_eq!(world.run(["rules", "check", "--quiet"]).ok(), "");
    assert!(world.run(["config", "check"]).ok().contains("the defaults hold"));
}

#[test]
fn exit_codes_tell_scripts_what_went_wrong() {
    let world = ada().file("page.ics", "<html>sign in</html>");
    for (code, arguments) in [
        (2, &["week", "--ics"][..]),
        (2, &["week", "2026-W60", "--ics", "work.ics"]),
        (2, &["week", "2026-W47..2026-W40", "--ics", "work.ics"]),
        (2, &["week"]),
        (65, &["week", "--ics", "page.ics"]),
        (74, &["week", "--ics", "missing.ics"]),
        (74, &["week", "--ics", "work.ics", "--out", "work.ics"]),
        (74, &["week", "--ics", "work.ics", "--rules", "missing.toml"]),
        (0, &["week", "--ics", "work.ics", "--ics", "page.ics"]),
        (0, &["--version"]),
    ] {
        let run = world.run(arguments.iter().copied());
        assert_eq!(run.code, code, "{arguments:?}\n{}", run.err);
    }
    insta::assert_snapshot!(world.run(["week", "--ics", "page.ics"]).err);
}

#[test]
fn each_ics_takes_one_path_wherever_it_stands() {
    let rules = "[[rule]]\nname = \"Strategy\"\nclass = \"strategy\"\ntitle = \"strategy\"\n";
    let world = ada().file("r.toml", rules).ics("side.ics", &[]);
    let counted = |arguments: &[&str]| {
        let report = world.run(arguments.iter().copied().chain(["--format", "json"])).json().remove(0);
        report["events"]["fetched"].clone()
    };
    assert_eq!(counted(&["week", "--ics", "work.ics", "2026-W47"]), 3);
    assert_eq!(counted(&["week", "--ics", "side.ics", "--ics", "work.ics", "2026-W47"]), 3);
    let check = world.run(["rules", "check", "--ics", "work.ics", "r.toml"]).ok();
    assert!(check.starts_with("r.toml: no mistakes, 1 rule of its own"), "{check}");
    world.run(["rules", "diff", "--ics", "work.ics", "r.toml", "r.toml"]).ok();

    let help = "`--ics` takes one path each time: write `--ics work.ics --ics side.ics`";
    for arguments in [
        &["week", "--ics", "work.ics", "side.ics"][..],
        &["week", "2026-W47", "--ics", "work.ics", "side.ics"],
        &["events", "--ics", "work.ics", "side.ics"],
        &["events", "--from", "2026-11-16", "--to", "2026-11-17", "--ics", "work.ics", "side.ics"],
        &["review", "--ics", "work.ics", "side.ics"],
        &["rules", "check", "--ics", "work.ics", "side.ics"],
        &["rules", "diff", "--ics", "work.ics", "side.ics", "r.toml"],
        &["init", "--ics", "work.ics", "side.ics"],
    ] {
        let run = world.run(arguments.iter().copied());
        assert!(
            run.code != 0 && (run.err.contains(help) || run.err.contains("cannot be used")),
            "{arguments:?}\n{}",
            run.err
        );
        assert!(!run.err.contains("BEGIN"), "{}", run.err);
    }
    insta::assert_snapshot!(world.tell(["rules", "check", "--ics", "work.ics", "side.ics"]), @"
    error: `side.ics` is a calendar, not the rules
     |
     = help: `--ics` takes one path each time: write `--ics work.ics --ics side.ics`
    exit 78
    ");
    insta::assert_snapshot!(world.tell(["week", "2026-W47", "--ics", "work.ics", "side.ics"]), @"
    error: unexpected argument 'side.ics' found

      tip: `--ics` takes one path each time: write `--ics work.ics --ics side.ics`

    Usage: vantage week [OPTIONS] [WEEK]

    For more information, try '--help'.
    exit 2
    ");
    // An option that does not exist is no path.
    let unknown = world.run(["week", "--weak", "2026-W47", "--ics", "work.ics"]);
    assert!(unknown.code == 2 && !unknown.err.contains("takes one path"), "{}", unknown.err);
    insta::assert_snapshot!(world.tell(["week", "side.ics", "--ics", "work.ics"]), @"
    error: `side.ics` is not a week
     |
     = help: `--ics` takes one path each time: write `--ics work.ics --ics side.ics`
    exit 2
    ");
    // A word that is no path gets the usual help.
    insta::assert_snapshot!(world.tell(["week", "2026-W60", "--ics", "work.ics"]), @"
    error: `2026-W60` is not a week
     |
     = help: write `2026-W47`, a date such as `2026-11-18`, `last`, `this`, or a range `2026-W01..2026-W47`
    exit 2
    ");
}

#[test]
fn events_take_a_week_or_days() {
    let world = ada();
    let titles = |arguments: &[&str]| -> Vec<String> {
        let all = ["events", "--ics", "work.ics", "--format", "json"].into_iter().chain(arguments.iter().copied());
        world.run(all).json().iter().map(|row| row["summary"].as_str().unwrap().to_string()).collect()
    };
    let week = titles(&["2026-W47"]);
    assert_eq!(week, ["Product strategy", "Daily stand-up", "Sprint review"]);
    assert_eq!(titles(&[]), week);
    assert_eq!(titles(&["2026-W45..2026-W47"]), week);
    assert_eq!(titles(&["--from", "2026-11-16", "--to", "2026-11-22"]), week);
    assert_eq!(titles(&["--from", "2026-11-17", "--to", "2026-11-17"]), ["Sprint review"]);
    assert!(titles(&["this"]).is_empty());
    for odd in [&["2026-W47", "--from", "2026-11-16", "--to", "2026-11-17"][..], &["--from", "2026-11-16"]] {
        world.run(["events", "--ics", "work.ics"].into_iter().chain(odd.iter().copied())).fails(2);
    }
}

#[test]
fn the_demo_is_the_same_whatever_the_user_has() {
    let pictures = |world: World| {
        let text = world.run(["demo", "--out", "d"]).ok();
        let weeks = ["2026-W45", "2026-W46", "2026-W47"];
        (text, weeks.map(|week| std::fs::read(world.path(&format!("d/{week}.png"))).unwrap()))
    };
    let plain = pictures(World::new());
    let other = World::new().config("goal = 0.9\n").rules("").zone("Asia/Tokyo").at("2031-01-01T00:00:00Z");
    assert!(plain == pictures(other));
    assert!(plain.0.contains("vantage explain"), "{}", plain.0);
}

#[test]
fn shells_complete_commands_and_each_has_its_page() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = world.run(["completions", shell]).ok();
        assert!(script.contains("suggest") && script.contains("accept-deletions"), "{shell}");
    }
    let page = world.run(["man", "rules", "diff"]).ok();
    assert!(page.contains(".TH vantage-rules-diff 1") && page.contains("\\-\\-exit\\-code"), "{page}");
    let run = world.run(["man", "rules", "dif"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @"
    error: there is no command `rules dif`
     |
     = help: `vantage help` lists the commands
    ");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let world = ada();
    let mut child = world.command().args(["week", "2020-W01..2026-W47", "--ics", "work.ics"]).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn titles_cannot_play_tricks_on_a_terminal() {
    let world =
        World::new().ics("x.ics", &[&event("1", "a\u{1b}[2J\u{202e}b", "20261116T100000", "20261116T110000", "")]);
    let text = world.run(["events", "--ics", "x.ics", "--from", "2026-11-16", "--to", "2026-11-16"]).ok();
    assert!(text.chars().all(|c| !c.is_control() || c == '\n') && !text.contains('\u{202e}'), "{text:?}");
}
