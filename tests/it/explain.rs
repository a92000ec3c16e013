//! Why a meeting was counted as it was: the rule, and the minutes.

use crate::support::{World, event};

const TEAM: &str = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@x.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@x.example";

fn world() -> World {
    let tentative = TEAM.replacen("ACCEPTED", "TENTATIVE", 1);
    let declined = TEAM.replacen("ACCEPTED", "DECLINED", 1);
    let rules = "[[rule]]\nname = \"Roadmap\"\nclass = \"strategy\"\ntitle = \"roadmap\"\n\n\
                 [[rule]]\nname = \"Long\"\nclass = \"execution\"\nduration = \">=2h\"\n\n\
                 [[rule]]\nname = \"Sync\"\nclass = \"execution\"\ntitle = \"sync\"\nunless = { title = \"vendor\" }\n";
    World::new().config("my_addresses = [\"ada@x.example\"]\ntentative = \"half\"\n").rules(rules).ics(
        "work.ics",
        &[
            &event("1", "Roadmap sync", "20261116T100000", "20261116T110000", TEAM),
            &event("2", "Secret reorg sync", "20261116T103000", "20261116T113000", &format!("CLASS:PRIVATE\n{TEAM}")),
            &event("3", "Vendor sync", "20261117T103000", "20261117T113000", &declined),
            &event("4", "Night release", "20261122T233000", "20261123T003000", TEAM),
            &event("5", "Maybe", "20261118T100000", "20261118T110000", &tentative),
            &event("6", "Offsite", "20261116T103000", "20261116T104500", TEAM),
        ],
    )
}

#[test]
fn the_minutes_are_accounted_for() {
    let world = world();
    let explain = |what: &str| world.tell(["explain", what, "--ics", "work.ics"]);
    insta::assert_snapshot!(explain("roadmap"), @"
    Roadmap sync  2026-11-16 10:00
      strategy  sure: a rule of yours
      won: `Roadmap` at ~/.config/vantage/rules.toml:1
           title = roadmap, matched `roadmap`

      time: 60 min, 42.5 min counted
        30 min at the same time as a private meeting, shared equally
        15 min at the same time as `Offsite`, shared equally

      near misses:
        `Sync` at ~/.config/vantage/rules.toml:11: matches too, but comes later
        and 1 more; --all prints them
    exit 0
    ");
    insta::assert_snapshot!(explain("vendor sync"), @"
    Vendor sync  2026-11-17 10:30
      left out: declined
      no rule matched, and nothing is guessed

      time: 60 min, none counted: declined

      near misses:
        `Sync` at ~/.config/vantage/rules.toml:11: `unless title = vendor` held, by `vendor`
        and 2 more; --all prints them
    exit 0
    ");
    insta::assert_snapshot!(explain("night release"), @"
    Night release  2026-11-22 23:30
      unclassified
      no rule matched, and nothing is guessed

      time: 60 min, 60 min counted
        2026-W47: 30 min, cut at 2026-11-23 00:00
        2026-W48: 30 min

      no rule came near
        and 3 more; --all prints them
    exit 0
    ");
    insta::assert_snapshot!(explain("maybe"), @"
    Maybe  2026-11-18 10:00
      unclassified
      no rule matched, and nothing is guessed

      time: 60 min, 30 min counted
        half of its part is dropped: not accepted

      no rule came near
        and 3 more; --all prints them
    exit 0
    ");
}

#[test]
fn of_a_private_meeting_the_pattern_is_named_and_not_the_text() {
    let world = world();
    let told = world.tell(["explain", "2", "--ics", "work.ics"]);
    insta::assert_snapshot!(told, @"
    (private or no title)  2026-11-16 10:30
      execution  sure: a rule of yours
      won: `Sync` at ~/.config/vantage/rules.toml:11
           title = sync

      time: 60 min, 42.5 min counted
        30 min at the same time as `Roadmap sync`, shared equally
        15 min at the same time as `Offsite`, shared equally

      no rule came near
        and 2 more; --all prints them
    exit 0
    ");
    let json = world.run(["explain", "2", "--ics", "work.ics", "--format", "json"]).ok();
    assert!(!json.contains("reorg") && !json.contains("Secret"), "{json}");
    assert!(world.run(["explain", "2", "--ics", "work.ics", "--show-private"]).ok().contains("Secret reorg sync"));
}

#[test]
fn a_part_of_several_titles_lists_the_candidates() {
    let world = world();
    insta::assert_snapshot!(world.tell(["explain", "sync", "--ics", "work.ics"]), @"
    2026-11-16 10:00   4355a46b19d3  strategy      Roadmap sync  (`Roadmap`)
    2026-11-16 10:30   53c234e5e847  execution     (private or no title)  (`Sync`)
    2026-11-17 10:30   1121cfccd591  declined      Vendor sync
    error: 3 meetings may be meant
     |
     = help: name one by its id or by its whole title, as in `vantage explain ID`, or add `--on DATE`
    exit 2
    ");
    insta::assert_snapshot!(world.tell(["explain", "sync", "--on", "2026-11-17", "--ics", "work.ics", "--format", "json"]), @r#"
    {"because":"","by":null,"certainty":null,"class":"unclassified","id":"1121cfccd591","losers":[{"evidence":{"predicate":"title","seen":"Vendor sync","wanted":"roadmap"},"file":"~/.config/vantage/rules.toml","line":1,"near":false,"rule":"Roadmap","why":"failed"},{"evidence":{"predicate":"duration","seen":"1h","wanted":">=2h"},"file":"~/.config/vantage/rules.toml","line":6,"near":false,"rule":"Long","why":"failed"},{"evidence":{"predicate":"title","seen":"vendor","wanted":"vendor"},"file":"~/.config/vantage/rules.toml","line":11,"near":true,"rule":"Sync","why":"unless"}],"note":null,"reason":"declined","rule":null,"theme":null,"time":{"copies":[],"counted_minutes":0.0,"half":false,"minutes":60,"moved_from":null,"shared_with":[],"start":"2026-11-17 10:30","weeks":[{"counted_minutes":0.0,"cut_at":null,"minutes":60,"week":"2026-W47"}]},"title":"Vendor sync","winner":null}
    exit 0
    "#);
    insta::assert_snapshot!(world.tell(["explain", "sync", "--on", "2026-11-19", "--ics", "work.ics"]), @"
    error: no such meeting was found
     |
     = help: `vantage events --from DATE --to DATE --format json` lists titles, UIDs and ids
    exit 1
    ");
}

/// Rules of which some come near a title and most do not.
fn many() -> String {
    let far: String = (0..30).map(|n| format!("[[rule]]\nclass = \"execution\"\ntitle = \"far {n}\"\n")).collect();
    let rule = |name: &str, more: &str| format!("[[rule]]\nname = \"{name}\"\n{more}\n");
    rule("Vendor deals", "class = \"strategy\"\ntitle = \"vendor\"\nunless = { title = \"pricing\" }")
        + &rule("Pricing", "class = \"strategy\"\ntitle = [\"pricing\", \"packaging\"]")
        + &rule("Pricing page", "class = \"execution\"\ntitle = \"pricing page\"")
        + &rule("Reviews", "class = \"execution\"\ntitle = \"quarterly review\"")
        + &rule("Long", "class = \"execution\"\nduration = \">=2h\"")
        + &rule("Prices", "class = \"execution\"\ntitle = \"pric*\"")
        + &far
}

#[test]
fn an_answer_names_the_near_misses_and_counts_the_others() {
    let world = World::new().rules(&many());
    insta::assert_snapshot!(world.tell(["explain", "Vendor pricing review"]), @"
    Vendor pricing review
      strategy  sure: a rule of yours
      won: `Pricing` at ~/.config/vantage/rules.toml:6
           title = pricing, matched `pricing`
      no meeting was found, because no calendar is known: this answers for the title alone

      near misses:
        `Vendor deals` at ~/.config/vantage/rules.toml:1: `unless title = pricing` held, by `pricing`
        `Pricing page` at ~/.config/vantage/rules.toml:10: `title` did not match, saw `Vendor pricing review`
        `Prices` at ~/.config/vantage/rules.toml:22: matches too, but comes later
        and 32 more; --all prints them
    exit 0
    ");
    let all = world.run(["explain", "Vendor pricing review", "--all"]).ok();
    assert!(all.contains("\n  lost:\n") && all.contains("`rule 36` at") && !all.contains("--all"), "{all}");
    assert_eq!(all.matches(" at ~/.config/vantage/rules.toml:").count(), 36);
    insta::assert_snapshot!(world.tell(["explain", "nonsense"]), @"
    nonsense
      unclassified
      no rule matched, and nothing is guessed
      no meeting was found, because no calendar is known: this answers for the title alone

      no rule came near
        and 36 more; --all prints them
    exit 0
    ");
}

#[test]
fn an_answer_says_how_sure_it_is_and_why() {
    let world = World::new()
        .rules("[[rule]]\nclass = \"strategy\"\ntitle = \"mine\"\n\n[labels]\n\"Big\" = { class = \"strategy\" }\n");
    let events = [
        event("1", "Mine", "20261116T100000", "20261116T110000", TEAM),
        event("2", "Other", "20261117T100000", "20261117T110000", &format!("CATEGORIES:big\n{TEAM}")),
        event("3", "Nothing", "20261118T100000", "20261118T110000", TEAM),
    ];
    let source = "[[source.ics]]\nname = \"a\"\npath = \"~/a.ics\"\n";
    let world = world.config(source).ics("a.ics", &events.iter().map(String::as_str).collect::<Vec<_>>());
    let second = |title: &str| world.run(["explain", title]).ok().lines().nth(1).unwrap().to_string();
    assert_eq!(second("mine"), "  strategy  sure: a rule of yours");
    assert_eq!(second("other"), "  strategy  sure: a label of yours");
    assert_eq!(second("nothing"), "  unclassified");
    world.run(["mark", "mine", "execution"]).ok();
    assert_eq!(second("mine"), "  execution  sure: your mark");
    let json = world.run(["explain", "mine", "--format", "json"]).json().remove(0);
    assert_eq!((&json["certainty"], &json["because"]), (&"sure".into(), &"your mark".into()));
    // A title that no meeting has is answered for itself, and it is said.
    insta::assert_snapshot!(world.tell(["explain", "mine and yours"]), @"
    mine and yours
      strategy  sure: a rule of yours
      won: `rule 1` at ~/.config/vantage/rules.toml:1
           title = mine, matched `mine`
      no meeting of this title was found: this answers for the title alone
    exit 0
    ");
}

#[test]
fn two_words_that_agree_are_told_from_one_that_stands_alone() {
    let why = |title: &str| World::new().run(["explain", title]).ok().lines().nth(1).unwrap_or_default().to_owned();
    assert!(why("Zebra roadmap pricing").ends_with("sure: two words that say the same"));
    assert!(why("Roadmap review").ends_with("sure: one word, and nothing beside it says more"));
    assert!(why("Zebra roadmap").ends_with("likely: one word"));
}

#[test]
fn a_batch_answers_each_line_before_the_next_is_asked() {
    use std::io::{BufRead, BufReader, Write};
    let mut child = World::new().command().args(["explain", "--batch"]).spawn().unwrap();
    let (mut ask, mut answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
    for (title, class) in [("Q3 roadmap review", "\"strategy\""), ("Daily stand-up", "\"execution\"")] {
        writeln!(ask, "{title}").unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert!(answer.contains(class), "{answer}");
    }
    // Where nobody reads any more, it ends although the titles do not.
    drop(answers);
    while writeln!(ask, "and on").is_ok() {}
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_long_expression_takes_one_line() {
    let why = World::new().run(["explain", "Exit Spain?"]).ok();
    let line = why.lines().find(|line| line.contains("title_regex")).expect("the rule by form");
    assert!(line.contains("…, matched `Exit Spain?`") && line.chars().count() < 120, "{why}");
}
