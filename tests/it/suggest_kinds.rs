//! What `vantage rules suggest` takes for one kind of meeting, and what others of the kind say about it.

use crate::suggest::{holding, suggested, with};
use crate::support::World;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};

/// Rules of the reader's own, so that no word of the default rules matters.
const RULES: &str = "[[rule]]\nname = \"Deals\"\nclass = \"strategy\"\ntheme = \"Deals\"\ntitle = [\"merger\", \"terms\"]\n\n\
                     [[rule]]\nname = \"Chores\"\nclass = \"execution\"\ntheme = \"Chores\"\ntitle = [\"invoices\", \"forms\"]\n";
const BO: &str = "bo@example.com";
const MEI: &str = "mei@example.com";
const TEAM: [&str; 3] = [BO, MEI, "tom@example.com"];
/// Who is in nothing that is classified.
const OTHERS: [&str; 3] = ["ida@example.com", "ole@example.com", "pia@example.com"];

/// Each suggestion in one line: `strategy adler: most meetings … | title = ["adler"]`.
fn told(world: &World) -> Vec<String> {
    let line = |s: &Value| {
        let asks = s["toml"].as_str().unwrap_or_default().lines();
        let asks = asks.skip_while(|l| !l.starts_with("class")).skip(1).filter(|l| !l.starts_with("theme"));
        let class = s["class"].as_str().unwrap_or("?");
        let asks: Vec<&str> = asks.collect();
        let asks = if asks.is_empty() { String::new() } else { format!(" | {}", asks.join(", ")) };
        format!("{class} {}: {}{asks}", s["name"].as_str().unwrap(), s["why"].as_str().unwrap())
    };
    suggested(world)["suggestions"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_word_is_what_most_classified_meetings_with_it_are() {
    let events = [
        with("1", "Adler merger", "16T0900", "16T1100", &TEAM, ""),
        with("2", "Terms for Adler", "17T0900", "17T1100", &TEAM, ""),
        with("3", "Projekt Adler", "18T0900", "18T1200", &TEAM, "RRULE:FREQ=DAILY;COUNT=2"),
        with("4", "Adler Signing-Call", "19T1400", "19T1500", &TEAM, ""),
        // Both classes speak for one of these, and one title alone for the other.
        with("5", "Kite merger", "16T1300", "16T1400", &TEAM, ""),
        with("6", "Kite invoices", "17T1300", "17T1400", &TEAM, ""),
        with("7", "Kite quiz", "18T1300", "18T1500", &OTHERS, ""),
        with("8", "Heron terms", "16T1500", "16T1600", &TEAM, ""),
        with("9", "Heron quiz", "17T1500", "17T1630", &OTHERS, ""),
        // No meeting with the name is classified, but it is one.
        with("10", "Osprey fair", "18T1500", "18T1530", &OTHERS, ""),
        with("11", "Plans for Osprey", "19T1500", "19T1530", &OTHERS, ""),
    ];
    let world = holding(events).rules(RULES);
    insta::assert_snapshot!(told(&world).join("\n"), @r#"
    strategy Adler: most meetings with the word "adler" are strategy | title = ["adler"]
    ? Kite quiz: nothing about it tells direction from delivery
    ? Heron quiz: nothing about it tells direction from delivery
    ? Osprey: nothing about it tells direction from delivery
    "#);
    assert_eq!(suggested(&world)["suggestions"][0]["theme"], "Deals");
}

#[test]
fn names_forms_and_numbers_are_never_the_only_word() {
    let twice = "RRULE:FREQ=DAILY;COUNT=2";
    let events = [
        with("1", "Tomasz", "16T0900", "16T0945", &[BO, "tomasz@example.com", MEI], twice),
        with("2", "Weekly review", "17T1000", "17T1040", &TEAM, twice),
        with("3", "2027", "18T0900", "18T1200", &TEAM, ""),
        with("4", "Coffee w/ Helen", "19T0900", "19T0930", &["h.p@example.org"], ""),
        with("5", "Helen", "18T1300", "18T1335", &TEAM, twice),
        with("6", "Jeudi", "18T1400", "18T1430", &TEAM, twice),
        with("7", "Heron weekly", "18T1500", "18T1525", &TEAM, twice),
    ];
    let world = holding(events).rules(RULES);
    insta::assert_snapshot!(told(&world).join("\n"), @r#"
    execution Tomasz: a short regular round of several colleagues | title_regex = ['(?i)^[\W_]*tomasz[\W_]*$']
    execution Helen: a short regular round of several colleagues | title_regex = ['(?i)^[\W_]*helen[\W_]*$']
    execution Jeudi: a short regular round of several colleagues | title_regex = ['(?i)^[\W_]*jeudi[\W_]*$']
    execution Weekly review: a short regular round of several colleagues | title_regex = ['(?i)^[\W_]*weekly[\W_]+review[\W_]*$']
    execution Heron weekly: a short regular round of several colleagues | title = ["heron"]
    "#);
    // A number says nothing to a rule.
    assert_eq!(suggested(&world)["unnamed"]["meetings"], 1);
}

#[test]
fn what_you_marked_goes_before_what_rules_say_of_the_same_word() {
    let config = "my_addresses = [\"ada@example.com\"]\n[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n";
    let events = [
        with("1", "Kite merger", "16T0900", "16T1100", &TEAM, ""),
        with("2", "Kite terms", "17T0900", "17T1100", &TEAM, ""),
        with("3", "Kite quiz", "18T0900", "18T1000", &TEAM, ""),
        with("4", "Kite fair", "19T0900", "19T1000", &TEAM, ""),
    ];
    let world = World::new().config(config).rules(RULES).ics("work.ics", &events.each_ref().map(String::as_str));
    let first = || {
        let found = world.run(["rules", "suggest", "--format", "json"]).json()[0].clone();
        (found["suggestions"][0]["class"].clone(), found["suggestions"][0]["why"].as_str().unwrap().to_owned())
    };
    assert_eq!(first(), ("strategy".into(), "most meetings with the word \"kite\" are strategy".into()));
    world.run(["mark", "kite fair", "execution"]).ok();
    assert_eq!(first(), ("execution".into(), "you marked others with the word \"kite\" as execution".into()));
    world.run(["mark", "kite fair", "ignore"]).ok();
    assert_eq!(first(), ("ignore".into(), "you marked others with the word \"kite\" as ignore".into()));
}

#[test]
fn meals_among_colleagues_are_one_question_and_one_with_a_guest_is_none() {
    let events = [
        with("1", "Team lunch", "16T1200", "16T1300", &TEAM, ""),
        with("2", "Freitagsfrühstück", "20T0800", "20T0900", &TEAM, ""),
        with("3", "Dinner", "18T1900", "18T2100", &["bob@acme.example"], ""),
        with("4", "Lunchbox pricing", "19T1200", "19T1230", &TEAM, ""),
    ];
    let world = holding(events).rules(RULES);
    insta::assert_snapshot!(told(&world).join("\n"), @r#"
    ? Dinner: nothing about it tells direction from delivery
    ignore Meals: a meal or drinks among colleagues | title = ["freitagsfrühstück", "lunch"], external = false
    strategy Lunchbox pricing: the word "pricing" | title = ["lunchbox pricing"]
    "#);
    // What is ignored is no longer counted, and the rest weighs more.
    let world = world.input("n\ny\ns\n");
    let said = world.run(["rules", "suggest", "--ics", "work.ics", "--apply"]).ok();
    assert!(said.contains("2 rules were added"), "{said}");
    assert_eq!(suggested(&world)["counted"], 2.5);
}

#[test]
fn who_attends_says_what_it_is() {
    let (bob, zoe) = ("bob@acme.example", "zoe@acme.example");
    let events = [
        with("1", "Vista merger", "16T0900", "16T0930", &[BO], ""),
        with("2", "Pilot terms", "16T1000", "16T1030", &[BO], ""),
        with("3", "Owls", "17T0900", "17T1000", &[BO], ""),
        with("4", "Larks", "18T0900", "18T1000", &[BO], ""),
        // With Mei it is both.
        with("5", "Lake merger", "16T1100", "16T1130", &[MEI], ""),
        with("6", "Lake invoices", "16T1200", "16T1230", &[MEI], ""),
        with("7", "Robins", "17T1100", "17T1330", &[MEI], ""),
        // A customer, whoever comes.
        with("8", "Pond invoices", "18T1100", "18T1130", &[bob, MEI], ""),
        with("9", "Mill forms", "18T1200", "18T1230", &[zoe, MEI], ""),
        with("10", "Storks", "19T0900", "19T1020", &[bob, MEI], ""),
        with("11", "Cranes", "19T1100", "19T1215", &[zoe, MEI, "tom@example.com"], ""),
    ];
    let world = holding(events).rules(RULES);
    insta::assert_snapshot!(told(&world).join("\n"), @r#"
    execution Acme: most meetings with the same customer are execution | weak = true, with = "acme.example"
    ? Robins: nothing about it tells direction from delivery
    strategy With bo: most meetings with the same people are strategy | weak = true, attendees = 2, with = "bo@example.com"
    "#);
}

#[test]
fn one_who_is_mostly_in_one_class_says_what_a_round_is_unless_they_came_once() {
    let (ida, rex) = (["ida@example.com", "ole@example.com"], ["rex@example.com", "pia@example.com"]);
    let classed = ["Vista", "Pilot", "Lake", "Pond", "Mill", "Fair"].into_iter().enumerate().flat_map(|(n, name)| {
        let (start, end) = (format!("16T{:02}00", 8 + n), format!("16T{:02}30", 8 + n));
        let chore = if n % 2 == 0 { "terms" } else { "forms" };
        let of = |kind, who: [&'static str; 2]| {
            with(&format!("{name}{kind}"), &format!("{name} {kind}"), &start, &end, &who, "")
        };
        [of("merger", [ida[0], "tom@example.com"]), of(chore, [rex[0], BO])]
    });
    let open = [
        with("1", "Owls", "17T0900", "17T1200", &ida, ""),
        with("2", "Larks", "17T1300", "17T1500", &rex, ""),
        with("3", "Kite fair", "18T0900", "18T1000", &ida, ""),
        with("4", "The Kite quiz", "18T1100", "18T1130", &OTHERS[1..], ""),
    ];
    let events: Vec<String> = classed.chain(open).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let world = World::new().config(crate::suggest::CONFIG).rules(RULES).ics("work.ics", &events);
    insta::assert_snapshot!(told(&world).join("\n"), @r#"
    strategy Owls: most meetings that one of them attends are strategy | title = ["owls"]
    ? Larks: nothing about it tells direction from delivery
    ? Kite: nothing about it tells direction from delivery
    "#);
}

#[test]
fn a_crowd_listens_and_a_short_regular_round_reports() {
    let crowd: Vec<String> = (0..31).map(|n| format!("p{n}@example.com")).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    let events = [
        with("1", "Owls", "16T0900", "16T1000", &crowd, ""),
        with("2", "Larks", "17T0900", "17T1000", &crowd[..12], ""),
        with("5", "Finches", "17T1100", "17T1150", &crowd, "ORGANIZER:mailto:ada@example.com"),
        with("3", "Robins", "18T0900", "18T0945", &crowd[..12], "RRULE:FREQ=DAILY;COUNT=2"),
        with("4", "Storks", "18T1100", "18T1200", &crowd[..12], "RRULE:FREQ=DAILY;COUNT=3"),
    ];
    insta::assert_snapshot!(told(&holding(events).rules(RULES)).join("\n"), @r#"
    ? Storks: nothing about it tells direction from delivery
    execution Robins: a short regular round of several colleagues | title = ["robins"]
    ? Larks: nothing about it tells direction from delivery
    ignore Owls: so many people that you only listen | title = ["owls"]
    ? Finches: nothing about it tells direction from delivery
    "#);
}

#[test]
fn a_general_word_leaves_what_the_default_rules_decide() {
    let events = [
        with("1", "Falcon sprint planning", "16T0900", "16T1000", &TEAM, ""),
        with("2", "Falcon bug triage", "17T0900", "17T1000", &TEAM, ""),
        with("3", "Falcon product strategy", "18T0900", "18T0930", &TEAM, ""),
        with("4", "Falcon owls", "19T0900", "19T1100", &TEAM, ""),
        with("5", "Larks of Falcon", "20T0900", "20T1100", &TEAM, ""),
    ];
    let world = holding(events);
    insta::assert_snapshot!(told(&world).join("\n"), @r#"execution Falcon: most meetings with the word "falcon" are execution | weak = true, title = ["falcon"]"#);
    let world = world.input("y\n");
    world.run(["rules", "suggest", "--ics", "work.ics", "--apply"]).ok();
    let rows = world.run(["events", "2026-W47", "--ics", "work.ics", "--format", "json"]).json();
    let classes: Vec<&str> = rows.iter().map(|row| row["class"].as_str().unwrap()).collect();
    assert_eq!(classes, ["execution", "execution", "strategy", "execution", "execution"]);
}

#[test]
fn titles_without_spaces_are_taken_by_whole_runs() {
    let events = [
        with("1", "鷹計画 merger", "16T0900", "16T1000", &TEAM, ""),
        with("2", "鷹計画 terms", "17T0900", "17T1000", &TEAM, ""),
        with("3", "鷹計画 会議", "18T0900", "18T1100", &TEAM, ""),
        // Shares signs, but no run.
        with("4", "計画会議", "19T0900", "19T1000", &TEAM, ""),
    ];
    insta::assert_snapshot!(told(&holding(events).rules(RULES)).join("\n"), @r#"
    strategy 鷹計画: most meetings with the word "鷹計画" are strategy | title = ["鷹計画"]
    ? 計画会議: nothing about it tells direction from delivery
    "#);
}

#[test]
fn an_answer_is_kept_before_the_next_question() {
    let events = [
        with("1", "Owls", "16T0900", "16T1300", &TEAM, ""),
        with("2", "Larks", "17T0900", "17T1200", &TEAM, ""),
        with("3", "Robins", "18T0900", "18T1100", &TEAM, ""),
        with("4", "Storks", "19T0900", "19T1000", &TEAM, ""),
    ];
    let world = holding(events).rules(RULES);
    let mut command = world.command();
    let mut child = command.args(["rules", "suggest", "--ics", "work.ics", "--apply"]).spawn().unwrap();
    let mut answers = child.stdin.take().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    answers.write_all(b"s\ni\ne\n").unwrap();
    // The fourth question is there; its prompt has no line break.
    assert!(said.any(|line| line.starts_with("# \"Storks\"")));
    child.kill().unwrap();
    child.wait().unwrap();
    let text = std::fs::read_to_string(world.path(".config/vantage/rules.toml")).unwrap();
    let added = text.strip_prefix(RULES).unwrap();
    let classes: Vec<&str> =
        added.lines().filter(|l| l.starts_with("class")).map(|line| line.split('"').nth(1).unwrap()).collect();
    assert_eq!(classes, ["strategy", "ignore", "execution"], "{added}");
    world.run(["rules", "check"]).ok();
}

#[test]
fn a_file_that_breaks_while_its_owner_thinks_keeps_what_was_answered() {
    let events =
        [with("1", "Owls", "16T0900", "16T1300", &TEAM, ""), with("2", "Larks", "17T0900", "17T1200", &TEAM, "")];
    let world = holding(events).rules(RULES);
    let path = world.path(".config/vantage/rules.toml");
    let mut command = world.command();
    let mut child = command.args(["rules", "suggest", "--ics", "work.ics", "--apply"]).spawn().unwrap();
    let mut answers = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    answers.write_all(b"s\n").unwrap();
    let mut line = String::new();
    while !line.starts_with("# \"Larks\"") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0);
    }
    let broken = std::fs::read_to_string(&path).unwrap() + "[[rule]\n";
    let _world = world.file(".config/vantage/rules.toml", &broken);
    answers.write_all(b"e\n").unwrap();
    drop(answers);
    let end = child.wait_with_output().unwrap();
    let said = String::from_utf8(end.stderr).unwrap();
    assert!(end.status.code() == Some(78) && said.contains("note: 1 answer before it stays"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), broken);
}
