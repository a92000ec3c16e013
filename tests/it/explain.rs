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
      strategy
      won: `Roadmap` at ~/.config/vantage/rules.toml:1
           title = roadmap, matched `roadmap`

      time: 60 min, 42.5 min counted
        30 min at the same time as a private meeting, shared equally
        15 min at the same time as `Offsite`, shared equally

      lost:
        `Long` at ~/.config/vantage/rules.toml:6: `duration` did not match, saw `1h`
        `Sync` at ~/.config/vantage/rules.toml:11: matches too, but comes later
    exit 0
    ");
    insta::assert_snapshot!(explain("vendor sync"), @"
    Vendor sync  2026-11-17 10:30
      left out: declined
      no rule matched, and nothing is guessed

      time: 60 min, none counted: declined

      lost:
        `Roadmap` at ~/.config/vantage/rules.toml:1: `title` did not match, saw `Vendor sync`
        `Long` at ~/.config/vantage/rules.toml:6: `duration` did not match, saw `1h`
        `Sync` at ~/.config/vantage/rules.toml:11: `unless title = vendor` held, by `vendor`
    exit 0
    ");
    insta::assert_snapshot!(explain("night release"), @"
    Night release  2026-11-22 23:30
      unclassified
      no rule matched, and nothing is guessed

      time: 60 min, 60 min counted
        2026-W47: 30 min, cut at 2026-11-23 00:00
        2026-W48: 30 min

      lost:
        `Roadmap` at ~/.config/vantage/rules.toml:1: `title` did not match, saw `Night release`
        `Long` at ~/.config/vantage/rules.toml:6: `duration` did not match, saw `1h`
        `Sync` at ~/.config/vantage/rules.toml:11: `title` did not match, saw `Night release`
    exit 0
    ");
    insta::assert_snapshot!(explain("maybe"), @"
    Maybe  2026-11-18 10:00
      unclassified
      no rule matched, and nothing is guessed

      time: 60 min, 30 min counted
        half of its part is dropped: not accepted

      lost:
        `Roadmap` at ~/.config/vantage/rules.toml:1: `title` did not match, saw `Maybe`
        `Long` at ~/.config/vantage/rules.toml:6: `duration` did not match, saw `1h`
        `Sync` at ~/.config/vantage/rules.toml:11: `title` did not match, saw `Maybe`
    exit 0
    ");
}

#[test]
fn of_a_private_meeting_the_pattern_is_named_and_not_the_text() {
    let world = world();
    let told = world.tell(["explain", "2", "--ics", "work.ics"]);
    insta::assert_snapshot!(told, @"
    (private or no title)  2026-11-16 10:30
      execution
      won: `Sync` at ~/.config/vantage/rules.toml:11
           title = sync

      time: 60 min, 42.5 min counted
        30 min at the same time as `Roadmap sync`, shared equally
        15 min at the same time as `Offsite`, shared equally

      lost:
        `Roadmap` at ~/.config/vantage/rules.toml:1: `title` did not match
        `Long` at ~/.config/vantage/rules.toml:6: `duration` did not match, saw `1h`
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
    2026-11-16 10:00   4355a46b19d3  Roadmap sync
    2026-11-16 10:30   53c234e5e847  (private or no title)
    2026-11-17 10:30   1121cfccd591  Vendor sync
    error: 3 meetings may be meant
     |
     = help: give one of these ids or the whole title; `vantage explain --batch` takes titles alone
    exit 2
    ");
    insta::assert_snapshot!(world.tell(["explain", "sync", "--on", "2026-11-17", "--ics", "work.ics", "--format", "json"]), @r#"
    {"by":null,"certainty":null,"class":"unclassified","id":"1121cfccd591","losers":[{"evidence":{"predicate":"title","seen":"Vendor sync","wanted":"roadmap"},"file":"~/.config/vantage/rules.toml","line":1,"rule":"Roadmap","why":"failed"},{"evidence":{"predicate":"duration","seen":"1h","wanted":">=2h"},"file":"~/.config/vantage/rules.toml","line":6,"rule":"Long","why":"failed"},{"evidence":{"predicate":"title","seen":"vendor","wanted":"vendor"},"file":"~/.config/vantage/rules.toml","line":11,"rule":"Sync","why":"unless"}],"reason":"declined","rule":null,"theme":null,"time":{"copies":[],"counted_minutes":0.0,"half":false,"minutes":60,"moved_from":null,"shared_with":[],"start":"2026-11-17 10:30","weeks":[{"counted_minutes":0.0,"cut_at":null,"minutes":60,"week":"2026-W47"}]},"title":"Vendor sync","winner":null}
    exit 0
    "#);
    insta::assert_snapshot!(world.tell(["explain", "sync", "--on", "2026-11-19", "--ics", "work.ics"]), @"
    error: no such meeting was found
     |
     = help: `vantage events --from DATE --to DATE --format json` lists titles, UIDs and ids
    exit 1
    ");
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
