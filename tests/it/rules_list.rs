//! The rules in force: in a line each with their hours, and one by one as they stand in their file.

use crate::support::{World, event};

const RULES: &str = r#"extends = "default"

# What we sell to whom.
[[rule]]
name  = "Markets"
class = "strategy"
theme = "Bets"
title = ["market*", "segments"]

[[rule]]
name = "Clinic"
class = "ignore"
weak = true
title = ["doctor"]
unless = [
  { attendees = ">=3" },
]

# Only for a while.
[[rule]]
class = "execution"
title = "migration"
"#;

fn world() -> World {
    let guests = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@x.example\nATTENDEE:mailto:bo@x.example";
    let events = [
        event("1", "Market entry", "20261116T100000", "20261116T113000", guests),
        event("2", "Doctor", "20261117T100000", "20261117T110000", ""),
        event("3", "Segments", "20261116T110000", "20261116T120000", guests),
    ];
    World::new().rules(RULES).ics("a.ics", &events.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn all_rules_are_listed_in_order_with_their_hours() {
    let list = world().run(["rules", "list", "--ics", "a.ics"]).ok();
    let own: Vec<&str> = list.lines().take(4).collect();
    insta::assert_snapshot!(own.join("\n"), @"
    hours  class          rule
      2.0  strategy       Markets, theme Bets  ~/.config/vantage/rules.toml:4
      0.0  ignore         Clinic, weak  ~/.config/vantage/rules.toml:10
      0.0  execution      rule 3  ~/.config/vantage/rules.toml:20
    ");
    assert!(list.contains("built-in rules `default`:"), "{list}");
    assert!(list.ends_with("hours from 2026-W36 to 2026-W47\n"), "{list}");
    let bare = world().run(["rules", "list"]).ok();
    let own: Vec<&str> = bare.lines().take(4).collect();
    insta::assert_snapshot!(own.join("\n"), @"
    class          rule
    strategy       Markets, theme Bets  ~/.config/vantage/rules.toml:4
    ignore         Clinic, weak  ~/.config/vantage/rules.toml:10
    execution      rule 3  ~/.config/vantage/rules.toml:20
    ");
    assert_eq!(bare.lines().count() + 1, list.lines().count());
}

#[test]
fn a_list_as_json_says_what_each_rule_is_and_did() {
    let list = world().run(["rules", "list", "--ics", "a.ics", "--format", "json"]).json().remove(0);
    insta::assert_snapshot!(list["rules"][1], @r#"{"class":"ignore","events":0,"file":"~/.config/vantage/rules.toml","hours":0.0,"inherited":false,"line":10,"rule":"Clinic","theme":null,"weak":true}"#);
    assert_eq!((&list["checked"], &list["rules"][0]["hours"]), (&true.into(), &2.0.into()));
    let bare = world().run(["rules", "list", "--format", "json"]).json().remove(0);
    assert!(bare["checked"] == false && bare["rules"][0]["hours"].is_null(), "{bare}");
}

#[test]
fn a_rule_is_shown_as_it_stands_in_its_file() {
    let world = world();
    insta::assert_snapshot!(world.tell(["rules", "show", "clinic", "--ics", "a.ics"]), @r#"
    # ~/.config/vantage/rules.toml:10: 0.0 h in 0 events, 2026-W36 to 2026-W47
    [[rule]]
    name = "Clinic"
    class = "ignore"
    weak = true
    title = ["doctor"]
    unless = [
      { attendees = ">=3" },
    ]
    exit 0
    "#);
    insta::assert_snapshot!(world.tell(["rules", "show", "rule 3"]), @r#"
    # ~/.config/vantage/rules.toml:20
    [[rule]]
    class = "execution"
    title = "migration"
    exit 0
    "#);
    insta::assert_snapshot!(world.tell(["rules", "show", "Marktes"]), @r#"
    error: there is no rule `Marktes`
     |
     = help: write `vantage rules show "Markets"`
    exit 2
    "#);
    insta::assert_snapshot!(world.tell(["rules", "show", "Zeppelins and balloons"]), @"
    error: there is no rule `Zeppelins and balloons`
     |
     = help: `vantage rules list` names them all
    exit 2
    ");
    let json = world.run(["rules", "show", "Markets", "--format", "json"]).json().remove(0);
    assert_eq!(json["toml"].as_str().unwrap().lines().count(), 5, "{json}");
}

#[test]
fn built_in_rules_are_shown_too_and_can_be_pasted() {
    let world = World::new();
    let list = world.run(["rules", "list", "--format", "json"]).json().remove(0);
    for rule in list["rules"].as_array().unwrap() {
        let shown = world.run(["rules", "show", rule["rule"].as_str().unwrap()]).ok();
        assert!(shown.starts_with("# built-in rules `default`:") && shown.contains("\n[[rule]]\n"), "{shown}");
        assert!(vantage::classify::parse("r", &shown, &[]).is_ok_and(|rules| rules.rules().len() == 1), "{shown}");
    }
}
