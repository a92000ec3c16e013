//! A pass over a week, with the answers on standard input.

use crate::support::{World, calendar, event};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

const TEAM: &str = "ATTENDEE:mailto:ada@x.example\nATTENDEE:mailto:bo@x.example";
const RULES: &str = "# Mine.\n\n# What moves the product.\n[[rule]]\nname = \"Bets\"\nclass = \"strategy\"\ntitle = [\"bets\"]\n\n\
                     [[rule]]\nname = \"Syncs\"\nclass = \"execution\"\ntitle = [\"sync\"]\n";

/// A week of a title that nothing knows, one that two rules claim, a series, a private one, and a plain case.
fn world() -> World {
    World::new().config("[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n").rules(RULES).file(
        "side.ics",
        calendar(&[
            &event("zebra", "Zebra hour", "20261117T100000", "20261117T113000", TEAM),
            &event("both", "Bets sync", "20261117T140000", "20261117T150000", TEAM),
            &event(
                "daily",
                "Acme daily",
                "20261116T090000",
                "20261116T093000",
                &format!("{TEAM}\nRRULE:FREQ=DAILY;COUNT=3"),
            ),
            &event("own", "Dentist", "20261118T140000", "20261118T144500", &format!("CLASS:PRIVATE\n{TEAM}")),
            &event("plain", "Vendor sync", "20261119T140000", "20261119T150000", TEAM),
        ]),
    )
}

fn review(world: World, answers: &str) -> (World, String) {
    let world = world.input(answers);
    let told = world.tell(["review"]);
    (world, told)
}

#[test]
fn each_meeting_is_asked_about_once_and_a_series_can_be_answered_as_a_whole() {
    let (world, told) = review(world(), "e\ns\ni\n\n");
    insta::assert_snapshot!(told, @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
    execution, a series of 3; share 50% → 29%

    2026-11-17 10:00  Zebra hour  1.5 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (2 more) > 
    strategy; share 29% → 50%

    2026-11-18 14:00  (private or no title)  0.8 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (1 more) > 
    ignore; share 50% → 50%

    little is left: of the 5 h of twelve weeks about 0.1 would change; q ends here as well

    2026-11-17 14:00  Bets sync  1.0 h, 2 people
      strategy: `Bets` decided, but `Syncs` says execution and comes later
    s e i u r z ? n q > 
    nothing is left to ask about; z undo, Enter to end > 
    2026-W47: coverage 35% → 100%, strategy share 50% → 50%
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["marks"]), @"
    series             113faf59ebe6  execution     Acme daily
    2026-11-18 14:00   7e6518373b1a  ignore        (private or no title)
    title              33a256e9810a  execution     acme daily
    2026-11-17 10:00   3dc3ae00e6d0  strategy      Zebra hour
    exit 0
    ");
    let (_, told) = review(world, "q\n");
    insta::assert_snapshot!(told, @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-17 14:00  Bets sync  1.0 h, 2 people
      strategy: `Bets` decided, but `Syncs` says execution and comes later
    s e i u r z ? n q > 
    2026-W47: coverage 100% → 100%, strategy share 50% → 50%
    exit 0
    ");
}

#[test]
fn a_rule_is_written_where_it_wins_and_everything_else_in_the_file_stays() {
    let world = world();
    let path = world.path(".config/vantage/rules.toml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let (world, told) = review(world, "n\nr\n\ns\nDiscovery\nn\nr\nbets sync\ne\n\nq\n");
    insta::assert_snapshot!(told, @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 

    2026-11-17 10:00  Zebra hour  1.5 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (2 more) > 
      words of the title [zebra hour] > 
      class: s e i > 
      theme, Enter for none > 
    a rule for `zebra hour` in ~/.config/vantage/rules.toml; share 50% → 71%

    2026-11-18 14:00  (private or no title)  0.8 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (1 more) > 

    little is left: of the 6 h of twelve weeks about 0.1 would change; q ends here as well

    2026-11-17 14:00  Bets sync  1.0 h, 2 people
      strategy: `Bets` decided, but `Syncs` says execution and comes later
    s e i u r z ? n q > 
      words of the title [bets sync] > 
      class: s e i > 
      theme, Enter for none > 
    a rule for `bets sync` in ~/.config/vantage/rules.toml; share 71% → 43%
    nothing is left to ask about; z undo, Enter to end > 
    2026-W47: coverage 35% → 61%, strategy share 50% → 43%
    exit 0
    ");
    insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap(), @r#"
    # Mine.

    [[rule]]
    name = "bets sync"
    class = "execution"
    title = ["bets sync"]

    # What moves the product.
    [[rule]]
    name = "Bets"
    class = "strategy"
    title = ["bets"]

    [[rule]]
    name = "Syncs"
    class = "execution"
    title = ["sync"]

    [[rule]]
    name = "zebra hour"
    class = "strategy"
    theme = "Discovery"
    title = ["zebra hour"]
    "#);
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
    assert_eq!(world.run(["rules", "check"]).code, 0);
    // Who names the whole title means it.
    let (_, told) = review(world, "n\nn\nn\nn\n");
    assert!(!told.contains("Bets sync"), "{told}");
}

#[test]
fn the_last_steps_are_undone_and_asked_about_again() {
    let (world, told) = review(world(), "s\nz\nr\n\ne\n\nz\nz\nn\nz\ne\nq\n");
    insta::assert_snapshot!(told, @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
    strategy, a series of 3; share 50% → 71%

    2026-11-17 10:00  Zebra hour  1.5 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (2 more) > 
    undone; share 71% → 50%

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
      words of the title [acme daily] > 
      class: s e i > 
      theme, Enter for none > 
    a rule for `acme daily` in ~/.config/vantage/rules.toml; share 50% → 29%

    2026-11-17 10:00  Zebra hour  1.5 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (2 more) > 
    undone; share 29% → 50%

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
    there is nothing to undo

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 

    2026-11-17 10:00  Zebra hour  1.5 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (2 more) > 
    undone

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
    execution, a series of 3; share 50% → 29%

    2026-11-17 10:00  Zebra hour  1.5 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (2 more) > 
    2026-W47: coverage 35% → 61%, strategy share 50% → 29%
    exit 0
    ");
    assert_eq!(std::fs::read_to_string(world.path(".config/vantage/rules.toml")).unwrap(), RULES);
    insta::assert_snapshot!(world.tell(["marks"]), @"
    series             113faf59ebe6  execution     Acme daily
    title              33a256e9810a  execution     acme daily
    exit 0
    ");
}

#[test]
fn what_cannot_be_a_rule_is_not_written() {
    let (world, told) = review(world(), "r\nother words\ns\n\nr\n...\ni\nn\nr\nq\n");
    insta::assert_snapshot!(told, @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
      words of the title [acme daily] > 
      class: s e i > 
      theme, Enter for none > 
    that rule would not decide this meeting; nothing was written

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
      words of the title [acme daily] > 
    a rule needs a word of the title

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
    ignore, a series of 3; share 50% → 50%

    2026-11-17 10:00  Zebra hour  1.5 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (2 more) > 

    2026-11-18 14:00  (private or no title)  0.8 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (1 more) > 
    a rule would name a private title; `--show-private` allows it

    2026-11-18 14:00  (private or no title)  0.8 h, 2 people
      unclassified: no rule matched
    s e i u r z ? n q (1 more) > 
    2026-W47: coverage 35% → 47%, strategy share 50% → 50%
    exit 0
    ");
    assert_eq!(std::fs::read_to_string(world.path(".config/vantage/rules.toml")).unwrap(), RULES);
}

#[test]
fn where_there_is_no_file_of_rules_the_default_ones_stay() {
    let quux = event("quux", "Quux", "20261117T100000", "20261117T113000", TEAM);
    let world = World::new().ics("x.ics", &[&quux]).input("r\n\ns\n\n");
    let path = world.path(".config/vantage/rules.toml");
    let told = world.tell(["review", "2026-W47", "--ics", "x.ics"]);
    assert!(told.contains("a rule for `quux` in ~/.config/vantage/rules.toml"), "{told}");
    insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap(), @r#"
    extends = "default"

    [[rule]]
    name = "quux"
    class = "strategy"
    title = ["quux"]
    "#);
}

#[test]
fn a_question_is_explained_and_an_unknown_key_names_the_keys() {
    let (_, told) = review(world(), "?\nx\nq\n");
    insta::assert_snapshot!(told, @"
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
    Acme daily  2026-11-18 09:00
      unclassified
      no rule matched, and nothing is guessed

      time: 30 min, 30 min counted

      no rule came near
        and 2 more; --all prints them

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
    s strategy  e execution  i ignore  u leave open  (S E I U this one only)
    r make a rule  z undo  ? explain  n next  q quit

    2026-11-18 09:00  Acme daily  0.5 h, 2 people, a series of 3, 1.5 h
      unclassified: no rule matched
    s e i u r z ? n q (3 more) > 
    2026-W47: coverage 35% → 35%, strategy share 50% → 50%
    exit 0
    ");
}

#[test]
fn a_review_that_is_killed_has_kept_every_answer() {
    let world = world();
    let mut child = world.command().arg("review").spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(b"s\n").unwrap();
    let (mut out, mut said) = (child.stdout.take().unwrap(), String::new());
    let mut byte = [0];
    // The second question.
    while said.matches("> ").count() < 2 && out.read(&mut byte).unwrap() == 1 {
        said.push(byte[0].into());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(world.run(["marks"]).ok().contains("Acme daily"), "{said}");
}
