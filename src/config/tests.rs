use super::*;
use crate::diagnostic::Failure;
use crate::kinds::KINDS;

fn parse(text: &str) -> Result<Config, Vec<Mistake>> {
    crate::kinds::configuration(text, &str::to_string)
}

#[test]
fn an_empty_file_and_the_shipped_file_mean_the_defaults() {
    let shown = |text: &str| format!("{:?}", parse(text).unwrap());
    assert_eq!(shown(""), shown(TEMPLATE));
}

#[test]
fn the_shipped_file_shows_every_key_with_a_value_that_is_valid() {
    // Every commented setting is switched on; each must then be accepted.
    let setting = |line: &str| {
        let name = line.trim_start_matches('[').split([' ', '=', ']', '.']).next().unwrap_or_default();
        !name.is_empty()
            && (line.starts_with('[') || line.contains(" = "))
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    let uncommented = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if setting(rest) => rest.to_string(),
        _ => line.to_string(),
    };
    let all = TEMPLATE.lines().map(uncommented).collect::<Vec<_>>().join("\n");
    parse(&all).unwrap_or_else(|m| panic!("{}", Failure::mistakes("all", &all, m).render(false)));
    for key in KEYS {
        let shown = all.lines().any(|l| {
            let l = l.trim_start_matches('[');
            l.strip_prefix(key.name).is_some_and(|rest| rest.trim_start().starts_with(['=', ']', '.']))
        });
        assert!(shown, "`{}` is not shown in config/vantage.toml", key.name);
    }
    for Format { name: kind, keys, .. } in
        KINDS.iter().filter(|kind| kind.first_step().is_some()).map(|kind| kind.format())
    {
        let header = format!("[[source.{kind}]]\n");
        let sections: Vec<&str> = all.split(&header).skip(1).filter_map(|rest| rest.split("\n[").next()).collect();
        for key in keys {
            let shown = sections.iter().flat_map(|s| s.lines()).any(|l| l.starts_with(&format!("{key} = ")));
            assert!(shown, "`{key}` of `[[source.{kind}]]` is not shown in config/vantage.toml");
        }
    }
    for (table, keys) in service::TABLES {
        let section = all.split(&format!("[{table}]\n")).nth(1).and_then(|rest| rest.split("\n[").next()).unwrap();
        for key in keys {
            let shown = section.lines().any(|l| l.starts_with(&format!("{key} = ")));
            assert!(shown, "`{key}` of `[{table}]` is not shown in config/vantage.toml");
        }
    }
}

#[test]
fn a_goal_is_a_share_or_a_percentage() {
    let goal = |written: &str| parse(&format!("goal = {written}\n")).map(|config| config.goal);
    for written in ["0.4", "\"0.4\"", "\"40%\"", "\"40 %\"", "'40.0%'"] {
        assert_eq!(goal(written), Ok(Some(Exact::new(2, 5))), "{written}");
    }
    for written in ["40", "\"40\"", "\"140%\"", "\"-1%\"", "\"some\"", "\"nan\"", "true"] {
        assert!(goal(written).is_err(), "{written}");
    }
}

#[test]
fn every_mistake_is_shown_in_one_run() {
    let text = "timezone = \"Europe/Berln\"\ngoal = 40\nprivcy = \"titles\"\nworking_hours = { mon-fry = \"8-18\" }\n\
                focus_block = \"2 hours\"\n[[source.isc]]\nname = \"x\"\n";
    let mistakes = parse(text).unwrap_err();
    insta::assert_snapshot!(Failure::mistakes("vantage.toml", text, mistakes).render(false));
}

/// What a person sees of a configuration with mistakes.
fn shown(text: &str) -> String {
    let mistakes = parse(text).unwrap_err();
    let shown = Failure::mistakes("vantage.toml", &redact(text), mistakes).render(false);
    assert!(!shown.contains("CANARY"), "{shown}");
    shown
}

#[test]
fn mistakes_of_feeds_do_not_show_the_address() {
    insta::assert_snapshot!(shown(
        "[[source.ics]]\nurl = \"https://example.com/CANARY\"\n\n\
         [[source.ics]]\nname = \"both\"\npath = \"a.ics\"\nurl = \"https://example.com/CANARY\"\n\n\
         [[source.ics]]\nname = \"scheme\"\nurl = \"ftp://example.com/CANARY\"\n\n\
         [[source.ics]]\nname = \"plain\"\nurl = \"http://127.0.0.1/CANARY\"\n\n\
         [[source.ics]]\nname = \"flag\"\nurl = \"https://example.com/CANARY\"\nallow_private = \"yes\"\n\n\
         [[source.ics]]\nname = \"file\"\npath = \"a.ics\"\nallow_private = true\n\n\
         [[source.ics]]\nname = \"path\"\npath = \"https://example.com/CANARY\"\n\n\
         [[source.ics]]\nname = \"kind\"\nurl = [\"https://example.com/CANARY\"]\n\n\
         [[source.ics]]\nname = \"unknown\"\nurl = \"https://example.com/CANARY\"\nallow_privat = true\n\n\
         [[source.ics]]\nname = \"misspelt\"\nulr = \"example.com/CANARY\"\n\n\
         [[source.ics]]\nname = \"flag\"\nurl = \"https://example.com/CANARY\"\n"
    ));
    insta::assert_snapshot!(shown(
        "source = { ics = [{ name = \"a\", url = \"gopher://CANARY\" }] }\nmy_domains = [\"https://CANARY\"]\n\
         timezone = \"https://CANARY/a\"\n"
    ));
}

#[test]
fn syntax_errors_do_not_show_the_address() {
    for line in [
        "url = \"https://example.com/CANARY",
        "url = https://example.com/CANARY",
        "url \"example.com/CANARY\"",
        "url = \"\"\"\nexample.com/CANARY",
        "ulr = example.com/CANARY",
        "url = \"https://example.com/CANARY\\q\"",
        "url = \"a\"\nurl = \"https://example.com/CANARY\"",
        "\"https://CANARY\" = 1\n\"https://CANARY\" = 2",
    ] {
        shown(&format!("[[source.ics]]\nname = \"a\"\n{line}\nallow_private = false\n"));
    }
    insta::assert_snapshot!(shown(
        "[[source.ics]]\nname = \"a\"\nurl = \"https://example.com/CANARY\nallow_private = true\n"
    ));
}

#[test]
fn mistakes_of_google_accounts_are_shown_in_one_run() {
    insta::assert_snapshot!(shown(
        "[[source.google]]\napi_base = \"http://api.example.com/\"\ndays_back = 0\ndays_ahead = 1.5\n\n\
         [[source.google]]\nclient_secrt = \"~/client.json\"\ntoken_uri = \"http://127.0.0.1:8080/\"\n\n\
         [[source.google]]\nname = \"a/b\"\nclient_secret = \"~/a.json\"\nservice_account = \"~/b.json\"\n\
         calendars = [\"\"]\n\n\
         [[source.google]]\nname = \"c\"\nsubject = \"ada@example.com\"\n\n\
         [[source.ics]]\nname = \"c\"\npath = \"c.ics\"\n"
    ));
}

#[test]
fn mistakes_of_the_service_are_shown_in_one_run() {
    insta::assert_snapshot!(shown(
        "charts_dir = \"charts\"\npoll = \"30s\"\nrender_at = \"munday 06:00\"\nretain = 0\n\n\
         [notify]\ncommand = \"notify-send {headline}\"\ntimeout = \"1h\"\nprivcy = \"titles\"\n\n\
         [mail]\nhost = \"smtps://mail.example.com\"\nport = 0\nsecurity = \"none\"\nfrom = \"ada\"\nto = []\n\
         password = \"CANARY\"\npassword_file = \"pw\"\nprivacy = \"theme\"\n"
    ));
    insta::assert_snapshot!(shown(
        "render_at = \"monday\"\nretain = 1.5\nmail = {}\n\
         [notify]\ncommand = [\"\", \"{headlin}\", \"{ {\\\"a\\\": 1} {week}\", 3]\n"
    ));
}

#[test]
fn groups_are_named_as_rules_name_them() {
    let config = parse("[people]\n\"@board\" = [\"bo@example.com\"]\n").unwrap();
    assert_eq!(config.people.group("board").len(), 1);
    insta::assert_snapshot!(shown("[people]\nReports = [\"bo@example.com\"]\nleader = [\"cy@example.com\"]\n"), @r#"
    error: `Reports` is nearly the group `reports`, which would stay empty
     --> vantage.toml:2:1
      |
    2 | Reports = ["bo@example.com"]
      | ^^^^^^^ another group
      |
      = help: write `reports`

    error: `leader` is nearly the group `leaders`, which would stay empty
     --> vantage.toml:3:1
      |
    3 | leader = ["cy@example.com"]
      | ^^^^^^ another group
      |
      = help: write `leaders`
    "#);
}

#[test]
fn the_keys_of_the_service_are_read() {
    let config = parse(
        "charts_dir = \"~/p\"\npoll = \"1h30m\"\nrender_at = \"Friday 16:30\"\nretain = 1040\n\
         [notify]\ncommand = [\"a\"]\n[mail]\nhost = \"mail.example.com\"\nsecurity = \"starttls\"\n\
         from = \"V <v@example.com>\"\nto = \"ada@example.com\"\n",
    )
    .unwrap();
    assert_eq!(config.charts_dir.as_deref(), Some("~/p"));
    assert_eq!((config.poll, config.retain), (Duration::from_secs(90 * 60), 1040));
    assert_eq!(config.render_at, RenderAt { day: Weekday::Fri, time: LocalTime(16 * 60 + 30) });
    let notify = config.notify.unwrap();
    assert_eq!((notify.timeout.as_secs(), notify.privacy), (30, Privacy::Themes));
    let mail = config.mail.unwrap();
    assert_eq!((mail.port, mail.privacy, mail.to.len()), (587, Privacy::Themes, 1));
}

#[test]
fn a_day_named_alone_goes_before_a_range_in_any_order() {
    let hours = |text: &str| parse(&format!("working_hours = {{ {text} }}\n")).unwrap().working;
    let (long, short) = ((LocalTime(480), LocalTime(1080)), (LocalTime(480), LocalTime(720)));
    for text in ["mon-fri = \"08:00-18:00\", fri = \"off\"", "fri = \"off\", mon-fri = \"08:00-18:00\""] {
        assert_eq!((hours(text).on(Weekday::Fri), hours(text).on(Weekday::Thu)), (None, Some(long)), "{text}");
    }
    let text = "thu-mon = \"08:00-18:00\", sat = \"08:00-12:00\", tue-wed = \"off\", mon = \"off\"";
    let days = [None, None, None, Some(long), Some(long), Some(short), Some(long)];
    assert_eq!(hours(text).days, days);
}

#[test]
fn ranges_and_journeys_that_overlap_are_mistakes_with_their_places() {
    insta::assert_snapshot!(shown(
        "working_hours = { wed-fri = \"off\", mon-wed = \"08:00-18:00\", fri-fri = \"08:00-12:00\" }\n\n\
         [[travel]]\nfrom = 2026-11-09\nto = 2026-11-12\ntimezone = \"America/New_York\"\n\n\
         [[travel]]\nfrom = 2026-11-12\nto = 2026-11-14\ntimezone = \"Asia/Tokyo\"\n"
    ), @r#"
    error: `wed-fri` and `mon-wed` both say when you work on `wed`
     --> vantage.toml:1:36
      |
    1 | working_hours = { wed-fri = "off", mon-wed = "08:00-18:00", fri-fri = "08:00-12:00" }
      |                                    ^^^^^^^ a range that overlaps
      |
      = help: end one range before the other begins; a day that differs can be named alone

    error: `wed-fri` and `fri-fri` both say when you work on `fri`
     --> vantage.toml:1:61
      |
    1 | working_hours = { wed-fri = "off", mon-wed = "08:00-18:00", fri-fri = "08:00-12:00" }
      |                                                             ^^^^^^^ a range that overlaps
      |
      = help: end one range before the other begins; a day that differs can be named alone

    error: this journey overlaps the one from 2026-11-09 to 2026-11-12
     --> vantage.toml:9:8
      |
    9 | from = 2026-11-12
      |        ^^^^^^^^^^ one day has one zone
      |
      = help: begin it the day after the other one ends; the day of the flight belongs to one of them
    "#);
    let apart = "[[travel]]\nfrom = 2026-11-13\nto = 2026-11-14\ntimezone = \"Asia/Tokyo\"\n\
                 [[travel]]\nfrom = 2026-11-09\nto = 2026-11-12\ntimezone = \"America/New_York\"\n";
    assert_eq!(parse(apart).unwrap().travel.len(), 2);
}

#[test]
fn days_and_lengths_are_written_as_in_rules() {
    let config = |text: &str| parse(text).unwrap();
    for text in ["mon 06:00", "Monday 6:00", "MON 06:00"] {
        assert_eq!(config(&format!("render_at = \"{text}\"")).render_at, RenderAt::default(), "{text}");
    }
    for text in ["90m", "90min", "1h30m", "1h 30 min"] {
        assert_eq!(config(&format!("poll = \"{text}\"")).poll, Duration::from_secs(5400), "{text}");
    }
    assert_eq!(config("focus_block = \"90 min\"").focus_block, TimeDelta::minutes(90));
    assert_eq!(config("week_start = \"Sun\"").week_start, Weekday::Sun);
    let days = |text: &str| config(&format!("working_hours = {{ {text} = \"9:00-17:00\" }}")).working.days;
    assert_eq!(days("monday"), days("mon"));
    assert_eq!(days("Mon-Friday"), days("mon-fri"));
    assert_eq!(config("tentative = \"Half\"").tentative, Weight::Half);
}

#[test]
fn one_day_has_one_word() {
    for text in [
        "mon = \"off\", monday = \"9:00-12:00\"",
        "Lunch = \"12:00-13:00\", lunch = \"off\"",
        "fri = \"off\", Fri = \"off\"",
    ] {
        assert_eq!(parse(&format!("working_hours = {{ {text} }}")).unwrap_err().len(), 1, "{text}");
    }
}

#[test]
fn a_broken_line_brings_one_mistake() {
    for text in [
        "timezone = Europe/Berlin\n",
        "goal = 40 %\n",
        "week_start = monday\n",
        "poll = 15m # min\n",
        "[notify\ncommand = [\"a\"]\n",
    ] {
        let mistakes = parse(text).unwrap_err();
        let first = mistakes.iter().filter(|m| !text[..m.span.start].contains('\n')).count();
        assert_eq!(first, 1, "{text}: {mistakes:?}");
    }
    let label = |text: &str| parse(text).unwrap_err()[0].label.clone();
    assert_eq!(label("charts_dir = 3\n"), "this is an integer");
    assert_eq!(label("charts_dir = 3.5\n"), "this is a number");
}
