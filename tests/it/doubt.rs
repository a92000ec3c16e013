//! What one word decides is told apart from what is sure. An unknown name beside a word of the default rules is such a title.

use crate::support::{World, calendar, event};
use serde_json::Value;

const TEAM: &str = "ATTENDEE:mailto:ada@x.example\nATTENDEE:mailto:bo@x.example\nATTENDEE:mailto:cy@x.example";
const CONFIG: &str = "[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n";
const PRICING: &str = "Nordlicht pricing";

fn world(config: &str, rules: &str) -> World {
    let world = World::new().config(&format!("{config}{CONFIG}")).file(
        "side.ics",
        calendar(&[
            &event("one", PRICING, "20261116T100000", "20261116T113000", TEAM),
            &event("two", "Sprint planning", "20261117T100000", "20261117T120000", TEAM),
            &event("open", "Zebra", "20261118T100000", "20261118T110000", TEAM),
            &event(
                "lunch",
                "Nordlicht pricing",
                "20261119T100000",
                "20261119T110000",
                &format!("{TEAM}\nTRANSP:TRANSPARENT"),
            ),
        ]),
    );
    if rules.is_empty() { world } else { world.rules(rules) }
}

fn events(world: &World) -> Vec<String> {
    let rows = world.run(["events", "--from", "2026-11-16", "--to", "2026-11-22", "--format", "json"]).json();
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_string();
    rows.iter()
        .map(|row| format!("{}: {} {}", word(row, "summary"), word(row, "class"), word(row, "certainty")))
        .collect()
}

fn week(world: &World) -> (String, Value) {
    let json = serde_json::from_str(&world.run(["week", "--format", "json"]).ok()).unwrap();
    (world.run(["week"]).ok(), json)
}

#[test]
fn events_and_the_week_say_what_is_only_likely() {
    let world = world("", "");
    assert_eq!(
        events(&world),
        [
            "Nordlicht pricing: strategy likely",
            "Sprint planning: execution sure",
            "Zebra: unclassified -",
            "Nordlicht pricing: - -",
        ]
    );
    let (text, json) = week(&world);
    assert!(text.contains("\n  of these 1.5 h only likely\n"), "{text}");
    assert_eq!((&json["hours"]["likely"], &json["hours"]["strategy"]), (&1.5.into(), &1.5.into()));
}

#[test]
fn a_mark_a_label_and_a_rule_of_ones_own_are_sure() {
    let own = "extends = \"default\"\n[[rule]]\nname = \"mine\"\nclass = \"strategy\"\ntitle = \"nordlicht\"\n";
    let ruled = world("", own);
    assert_eq!(events(&ruled)[0], "Nordlicht pricing: strategy sure");
    assert!(!week(&ruled).0.contains("only likely"));
    let marked = world("likely = \"unclassified\"\n", "");
    marked.run(["mark", PRICING, "strategy", "--on", "2026-11-16"]).ok();
    assert_eq!(events(&marked)[0], "Nordlicht pricing: strategy sure");
    assert_eq!(week(&marked).1["hours"]["likely"], 0.0);
}

#[test]
fn what_is_likely_can_stay_open() {
    let world = world("likely = \"unclassified\"\n", "");
    assert_eq!(events(&world)[..2], ["Nordlicht pricing: unclassified -", "Sprint planning: execution sure"]);
    let (text, json) = week(&world);
    assert!(!text.contains("only likely"), "{text}");
    assert_eq!((&json["hours"]["unclassified"], &json["hours"]["likely"]), (&2.5.into(), &0.0.into()));
    let why = world.run(["explain", "one"]).ok();
    assert!(why.contains("only likely") && why.contains("likely = \"unclassified\""), "{why}");
    let mistaken = world.config("likely = \"open\"\n");
    assert!(mistaken.run(["config", "check"]).fails(78).contains("expected one of `count`, `unclassified`"));
}

#[test]
fn a_rule_that_only_matches_what_is_marked_is_told_as_such() {
    let own = "extends = \"default\"\n[[rule]]\nname = \"mine\"\nclass = \"strategy\"\ntitle = \"sprint\"\n";
    let world = world("", own);
    world.run(["mark", "Sprint planning", "execution", "--on", "2026-11-17"]).ok();
    let told = world.run(["rules", "check"]).ok();
    assert!(told.contains("mine  ~/.config/vantage/rules.toml:2, all it matches is marked or labelled\n"), "{told}");
}
