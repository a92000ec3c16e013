//! Absence and long events as a person meets them: in the week, the explanation, the review and the picture's text.

use crate::support::{World, calendar, event};

const TEAM: &str = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@x.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@x.example";
const CONFIG: &str = "my_addresses = [\"ada@x.example\"]\n";

fn day(uid: &str, summary: &str, date: &str, more: &str) -> String {
    format!("UID:{uid}\nDTSTAMP:20260101T000000Z\nSUMMARY:{summary}\nDTSTART;VALUE=DATE:{date}\n{more}")
        .trim_end()
        .into()
}

/// Tuesday off, a series that falls into it, a meeting that Ada accepted for it, and a hackathon.
fn world() -> World {
    World::new().config(&format!("{CONFIG}[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n")).file(
        "side.ics",
        calendar(&[
            &day("off", "Ada: vacation (half day until 17 Nov)", "20261117", ""),
            &day("jonas", "Jonas PTO", "20261118", ""),
            &event(
                "daily",
                "Sprint planning",
                "20261116T090000",
                "20261116T103000",
                &format!("{TEAM}\nRRULE:FREQ=DAILY;COUNT=5"),
            ),
            &event("once", "Product strategy", "20261117T140000", "20261117T150000", TEAM),
            &event("hack", "Autumn hackathon", "20261116T090000", "20261119T170000", TEAM),
            &event("clinic", "Clinic", "20261119T200000", "20261120T180000", &format!("CLASS:PRIVATE\n{TEAM}")),
        ]),
    )
}

#[test]
fn a_week_with_a_day_off_says_what_gave_way_and_what_was_too_long() {
    let world = world();
    let text = world.run(["week"]).ok();
    for line in
        ["5 left out (1 out of office, 1 away, 1 all-day, 2 long)", "   80.0 h  Autumn hackathon", "   22.0 h  Private"]
    {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let week = &world.run(["week", "--format", "json"]).json()[0];
    assert_eq!((week["hours"]["counted"].as_f64(), week["hours"]["working"].as_f64()), (Some(7.0), Some(4.0 * 9.25)));
    assert_eq!(
        (&week["long"][0]["title"], &week["long"][1]["title"]),
        (&"Autumn hackathon".into(), &serde_json::Value::Null)
    );
    let board = &world.run(["week", "--format", "json", "--privacy", "themes"]).json()[0];
    assert!(!board.to_string().contains("hackathon") && board["long"][0]["hours"] == 80.0, "{board}");
    world.run(["week", "--out", "charts"]).ok();
    let alt = std::fs::read_to_string(world.path("charts/2026-W47.txt")).unwrap();
    assert!(
        alt.contains("1 away") && alt.contains("2 events over 16 h are left out: Autumn hackathon 80.0 h, 1 private."),
        "{alt}"
    );
}

#[test]
fn the_configuration_can_count_meetings_in_an_absence() {
    let world = world();
    let config = format!("{CONFIG}meetings_while_away = \"count\"\n");
    let counted = |world: &World| {
        world.run(["week", "--ics", "side.ics", "--format", "json"]).json()[0]["hours"]["counted"].clone()
    };
    assert_eq!(counted(&world), 7.0);
    assert_eq!(counted(&world.config(&config)), 8.5);
}

#[test]
fn an_explanation_says_why_an_absence_is_none_of_mine() {
    let world = world();
    let told = |event: &str| world.run(["explain", event]).ok();
    assert!(told("Ada: vacation (half day until 17 Nov)").contains("left out: out of office"));
    let jonas = told("Jonas PTO");
    let why = "is no absence of yours: the title says more than absence, dates and your name, `jonas`";
    assert!(jonas.contains(why), "{jonas}");
    let json = &world.run(["explain", "Jonas PTO", "--format", "json"]).json()[0];
    let away = json["losers"].as_array().unwrap().iter().find(|rule| rule["rule"] == "Away").unwrap();
    assert_eq!((&away["why"], &away["evidence"]["seen"]), (&"not-mine".into(), &"jonas".into()));
    let away = world.run(["explain", "Sprint planning", "--on", "2026-11-17"]).ok();
    assert!(away.contains("left out: away"), "{away}");
}

#[test]
fn a_name_of_a_weekday_is_a_colleague_and_my_name_is_the_one_in_my_invitations() {
    let weekly = "ATTENDEE;CN=Ada Lovelace;PARTSTAT=ACCEPTED:mailto:ada@x.example\n\
                  ATTENDEE;CN=Sam Fox;PARTSTAT=ACCEPTED:mailto:sam@x.example\nRRULE:FREQ=WEEKLY;COUNT=9";
    let weekly = event("w", "Weekly", "20261109T100000", "20261109T110000", weekly);
    let world = |off: &str| World::new().config(CONFIG).ics("a.ics", &[&weekly, &day("off", off, "20261117", "")]);
    let working = |off: &str| {
        let week = world(off).run(["week", "2026-W47", "--ics", "a.ics", "--format", "json"]).json().remove(0);
        week["hours"]["working"].as_f64().unwrap()
    };
    for colleague in
        ["Sam PTO", "Jan OOO", "Jun on leave", "Di: Urlaub", "Mi Urlaub", "April PTO", "Sam Fox OOO", "Fox PTO 17 Nov"]
    {
        assert_eq!(working(colleague), 5.0 * 9.25, "{colleague}");
    }
    for mine in ["Ada Lovelace OOO", "PTO Tuesday", "Urlaub bis 3. Jan", "Lovelace: OOO Mo-Mi"] {
        assert_eq!(working(mine), 4.0 * 9.25, "{mine}");
    }
    // The explanation knows the name as well.
    let told = world("Ada Lovelace OOO").run(["explain", "Ada Lovelace OOO", "--ics", "a.ics"]).ok();
    assert!(told.contains("left out: out of office") && told.contains("Away"), "{told}");
}

#[test]
fn somebody_elses_absence_is_left_out_and_a_call_to_one_is_a_meeting() {
    let sync = event("s", "Sync", "20261116T090000", "20261116T100000", TEAM);
    let his = "ORGANIZER:mailto:jonas@x.example";
    let called = format!("{his}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@x.example");
    let seen = |title: &str, more: &str| {
        let off = event("o", title, "20261117T090000", "20261117T120000", more);
        let world = World::new().config(CONFIG).ics("a.ics", &[&sync, &off]);
        let week = world.run(["week", "--ics", "a.ics", "--format", "json"]).json().remove(0);
        let off = week["left_out"]["out of office"]["events"].as_u64().unwrap_or_default();
        (week["hours"]["working"].as_f64().unwrap(), week["hours"]["counted"].as_f64().unwrap(), off)
    };
    for (title, mark) in [("Gone", "\nX-MICROSOFT-CDO-BUSYSTATUS:OOF"), ("Vacation", "")] {
        assert_eq!(seen(title, &format!("{called}{mark}")), (46.25, 4.0, 0), "{title}");
        assert_eq!(seen(title, &format!("{his}{mark}")), (46.25, 1.0, 1), "{title}");
        let mine = "ORGANIZER:mailto:ada@x.example";
        assert_eq!(seen(title, &format!("{mine}{mark}")), (43.25, 1.0, 1), "{title}");
    }
}

#[test]
fn a_review_asks_about_long_events_and_an_answer_counts_them() {
    let world = world().input("e\nn\nq\n");
    let told = world.run(["review"]).ok();
    assert!(told.contains("Autumn hackathon  80.0 h, 2 people\n  not counted: longer than 16 h"), "{told}");
    assert!(told.contains("(private or no title)  22.0 h"), "{told}");
    let week = &world.run(["week", "--format", "json"]).json()[0];
    // 09:00 on Monday to Thursday 17:00 in working hours, without Tuesday and what else is there.
    assert_eq!(week["hours"]["execution"], 6.0 + (8.25 - 1.5) + (9.25 - 1.5) + (8.25 - 1.5));
    assert_eq!((&week["hours"]["conflict"], &week["hours"]["after_hours"]), (&0.0.into(), &0.0.into()));
}

#[test]
fn a_mark_says_only_where_it_changes_nothing() {
    let world = world();
    let mark = |event: &str, on: &str| world.run(["mark", event, "strategy", "--on", on]).ok();
    assert!(!mark("Autumn hackathon", "2026-11-16").contains("stays left out"));
    assert!(!mark("Sprint planning", "2026-11-17").contains("stays left out"));
    assert!(mark("Jonas PTO", "2026-11-18").contains("it stays left out all the same: all-day"));
    let week = &world.run(["week", "--format", "json"]).json()[0];
    assert!(week["left_out"]["away"].is_null() && week["left_out"]["long"]["events"] == 1, "{week}");
}

#[test]
fn a_kind_that_is_none_and_a_class_of_an_absence_are_mistakes() {
    let rules = "[[rule]]\nname = \"Off\"\nkind = \"out of office\"\ntitle = \"off\"\n\n\
                 [[rule]]\nname = \"Gone\"\nkind = \"out-of-office\"\nclass = \"strategy\"\ntitle = \"gone\"\n";
    insta::assert_snapshot!(World::new().rules(rules).tell(["rules", "check"]), @r#"
    error: rule 1 `Off`: unknown kind `out of office`
     --> ~/.config/vantage/rules.toml:3:8
      |
    3 | kind = "out of office"
      |        ^^^^^^^^^^^^^^^ not a kind
      |
      = help: did you mean `out-of-office`?

    error: rule 2 `Gone`: time out of office is in no hours, so it has no class
     --> ~/.config/vantage/rules.toml:9:9
      |
    9 | class = "strategy"
      |         ^^^^^^^^^^ expected no class
      |
      = help: take `class` or `kind = "out-of-office"` out
    exit 78
    "#);
}

#[test]
fn rules_of_ones_own_say_what_an_absence_is() {
    let rules = "[[rule]]\nname = \"Sabbatical\"\nkind = \"out-of-office\"\ntitle_regex = '(?i)^sabbatical'\n\n\
                 [[rule]]\nname = \"Leave\"\nkind = \"out-of-office\"\ncalendar = \"side\"\nduration = \">=20h\"\n";
    let world = World::new().config(CONFIG).rules(rules);
    let working = |summary: &str| {
        let events =
            [day("a", summary, "20261117", ""), event("b", "Sync", "20261116T090000", "20261116T100000", TEAM)];
        let world = World::new().config(CONFIG).rules(rules).ics("ada.ics", &events.each_ref().map(String::as_str));
        world.run(["week", "--ics", "ada.ics", "--format", "json"]).json()[0]["hours"]["working"].as_f64().unwrap()
    };
    assert_eq!(working("Sabbatical, Tuesday"), 4.0 * 9.25);
    assert_eq!(working("Sabbatical planning of Bo"), 5.0 * 9.25);
    // By its calendar: the title is not asked for.
    let events = [day("a", "Rome!", "20261117", ""), event("b", "Sync", "20261116T090000", "20261116T100000", TEAM)];
    let world = world.ics("side.ics", &events.each_ref().map(String::as_str));
    let week = &world.run(["week", "--ics", "side.ics", "--format", "json"]).json()[0];
    assert_eq!(week["hours"]["working"], 4.0 * 9.25);
    assert!(world.run(["rules", "check", "--ics", "side.ics"]).ok().contains("out-of-office  Leave"));
}

#[test]
fn googles_type_outlooks_mark_and_a_rule_take_the_same_hours() {
    let google = crate::support::ada();
    let off = |guests: serde_json::Value| {
        serde_json::json!({
            "summary": "Gone fishing", "eventType": "outOfOffice", "attendees": guests,
            "start": { "dateTime": "2026-11-18T00:00:00+01:00", "timeZone": "Europe/Berlin" },
            "end": { "dateTime": "2026-11-19T00:00:00+01:00", "timeZone": "Europe/Berlin" },
        })
    };
    let mut mine = off(serde_json::Value::Null);
    mine.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    google.put(crate::support::ADA, mine);
    let week = |world: &World, more: &[&str]| {
        let arguments = ["week", "2026-W47", "--format", "json"].iter().chain(more).copied();
        world.run(arguments.collect::<Vec<_>>()).json().remove(0)
    };
    // The stand-up of Wednesday gives way.
    let seen = week(&World::synced(&google), &[]);
    assert_eq!((seen["hours"]["working"].as_f64(), &seen["left_out"]["away"]["events"]), (Some(37.0), &1.into()));
    let sync = event("s", "Sync", "20261116T090000", "20261116T100000", TEAM);
    let daily = event("d", "Daily", "20261116T113000", "20261116T114500", &format!("{TEAM}\nRRULE:FREQ=DAILY;COUNT=5"));
    let oof = "X-MICROSOFT-CDO-BUSYSTATUS:OOF";
    for (absence, away) in [
        (event("o", "Gone fishing", "20261118T080000", "20261118T180000", oof), true),
        (day("o", "Out of office", "20261118", "TRANSP:TRANSPARENT"), true),
        (event("o", "Off-site of the leads", "20261118T080000", "20261118T180000", &format!("{TEAM}\n{oof}")), false),
    ] {
        let world = World::new().config(CONFIG).ics("a.ics", &[&sync, &daily, &absence]);
        let seen = week(&world, &["--ics", "a.ics"]);
        let expected = if away { (Some(37.0), 1.into()) } else { (Some(46.25), serde_json::Value::Null) };
        assert_eq!(
            (seen["hours"]["working"].as_f64(), seen["left_out"]["away"]["events"].clone()),
            expected,
            "{absence}"
        );
    }
}

#[test]
fn a_mark_always_wins_and_an_answer_about_a_series_does_not_say_that_i_was_there() {
    let counted = |world: &World| {
        world.run(["week", "2026-W47", "--ics", "side.ics", "--format", "json"]).json()[0]["hours"]["counted"].clone()
    };
    let world = world();
    let before = counted(&world);
    for series in [&["--series"][..], &[]] {
        let words = ["Sprint planning", "--on", "2026-11-17"].iter().chain(series).copied().collect::<Vec<_>>();
        world.run([&["mark", words[0], "strategy"], &words[1..]].concat()).ok();
        assert_ne!(counted(&world), before, "{series:?}");
        world.run([&["unmark"], &words[..]].concat()).ok();
        assert_eq!(counted(&world), before);
    }
    // Whoever answers for the series what it is keeps their day off, on another machine too.
    let mut world = world.input("e\n".repeat(9));
    world.run(["review", "2026-W47", "--ics", "side.ics"]).ok();
    world.run(["marks", "--export", "marks.toml"]).ok();
    for answered in [true, false] {
        let marks = std::fs::read_to_string(world.path("marks.toml")).unwrap();
        let of = marks.split("[[mark]]").find(|mark| mark.contains("uid = \"daily\""));
        assert!(of.is_some_and(|mark| mark.contains("answer = true")), "{marks}");
        world.run(["unmark", "Sprint planning", "--series"]).ok();
        world = world.file("again.toml", if answered { marks } else { marks.replace("answer = true\n", "") });
        world.run(["marks", "--import", "again.toml"]).ok();
        let away =
            world.run(["week", "2026-W47", "--ics", "side.ics", "--format", "json"]).json()[0]["left_out"]["away"]
                .clone();
        assert_eq!(away.is_null(), !answered, "{away}");
    }
}

#[test]
fn a_holiday_with_a_place_in_its_title_is_told_while_meetings_on_its_days_count() {
    let daily = event("d", "Daily", "20261116T113000", "20261116T114500", &format!("{TEAM}\nRRULE:FREQ=DAILY;COUNT=5"));
    let once =
        event("o", "Sync with Bo", "20261117T140000", "20261117T150000", "ATTENDEE;CN=Bo Berg:mailto:bo@x.example");
    let notes = |entries: &[&str]| {
        let world = World::new().config(CONFIG).ics("a.ics", &[&[daily.as_str(), once.as_str()], entries].concat());
        world.run(["week", "2026-W47", "--ics", "a.ics", "--format", "json"]).json()[0]["notes"].to_string()
    };
    let off = |summary: &str| day("off", summary, "20261116", "DTEND;VALUE=DATE:20261121");
    // Whoever sees the picture may not see the titles: the day says which one is meant.
    let sentence = "the all-day event of 2026-11-16 may be your absence, and 5 meetings of series on its days count";
    for entry in [off("Vacation Sardinia"), off("Vacation Sardinia") + "\nCLASS:PRIVATE", off("Ada: vacation Sardinia")]
    {
        let told = notes(&[&entry]);
        assert!(told.contains(sentence) && !told.contains("Sardinia"), "{told}");
    }
    // Sure ones are taken off, those of a colleague say nothing, nor does what has no word of absence in it.
    for quiet in ["Vacation", "Bo vacation", "Trade fair Milan"] {
        assert!(!notes(&[&off(quiet)]).contains("absence"), "{quiet}");
    }
    assert!(!notes(&[&(off("Vacation Sardinia") + "\n" + TEAM)]).contains("absence"));
}
