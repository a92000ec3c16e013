//! What `rules check` says of a file that can be read and does not do what it says, each with a near miss that is right.

use crate::support::{World, event};

/// What is said of a rule with these lines.
fn said(lines: &str) -> String {
    let world = World::new().rules(&format!("[[rule]]\nname = \"R\"\nclass = \"strategy\"\n{lines}\n"));
    let run = world.run(["rules", "check"]);
    assert_eq!(run.code, if run.err.contains("error") { 78 } else { 0 }, "{}", run.err);
    run.err
}

#[test]
fn a_pattern_that_lost_a_sign_is_told_with_what_asks_for_it() {
    insta::assert_snapshot!(said("title = [\"A+\", \"roadmap\"]"), @r#"
    warning: rule 1 `R`: the `title` pattern `A+` is read as `a`: the sign `+` is not compared
     --> ~/.config/vantage/rules.toml:4:10
      |
    4 | title = ["A+", "roadmap"]
      |          ^^^^ lost a sign
      |
      = help: ask for it with `title_regex = '(?i)A\+'`
    "#);
    insta::assert_snapshot!(said("description = \"50% off\""), @r#"
    warning: rule 1 `R`: the `description` pattern `50% off` is read as `50 off`: the sign `%` is not compared
     --> ~/.config/vantage/rules.toml:4:15
      |
    4 | description = "50% off"
      |               ^^^^^^^^^ lost a sign
      |
      = help: write `50 off`
    "#);
    for lost in ["$ budget", "#topic", "Ana <> Bo", "2+2"] {
        assert!(said(&format!("title = \"{lost}\"")).contains("is not compared"), "{lost}");
    }
    for kept in ["C++", "C#", "R&D", ".NET", "Ana / Bo", "Q&A: open", "road-map"] {
        assert_eq!(said(&format!("title = \"{kept}\"")), "", "{kept}");
    }
}

#[test]
fn a_bare_form_is_noted_and_no_mistake() {
    insta::assert_snapshot!(said("title = [\"weekly sync\", \"roadmap\"]"), @r#"
    note: rule 1 `R`: the `title` pattern `weekly sync` names only a form or a time: it decides whatever it is about
     --> ~/.config/vantage/rules.toml:4:10
      |
    4 | title = ["weekly sync", "roadmap"]
      |          ^^^^^^^^^^^^^ any subject
      |
      = help: add the subject, or ask for more, such as `with` or `attendees`
    "#);
    assert!(said("title = \"2027\"").starts_with("note:"));
    for right in
        ["title = \"roadmap review\"", "title = \"1:1\"", "title = \"review\"\nattendees = 2", "title = \"plan*\""]
    {
        assert_eq!(said(right), "", "{right}");
    }
    let world = World::new().rules("[[rule]]\nclass = \"strategy\"\ntitle = \"review\"\n");
    assert!(world.run(["rules", "check", "--strict"]).ok().contains("no mistakes"));
    let json = world.run(["rules", "check", "--format", "json"]).json().remove(0);
    assert!(
        json["notes"].to_string().contains("names only a form") && json["warnings"] == serde_json::json!([]),
        "{json}"
    );
}

#[test]
fn a_pattern_that_can_never_match_is_told() {
    insta::assert_snapshot!(said("title_regex = '^FW: .*roadmap'"), @"
    warning: rule 1 `R`: the `title_regex` pattern begins with what is taken off a title before: tags such as `FW:` or `[EXT]`, blanks and emoji
     --> ~/.config/vantage/rules.toml:4:15
      |
    4 | title_regex = '^FW: .*roadmap'
      |               ^^^^^^^^^^^^^^^^ never matches
      |
      = help: leave it out, and begin with the title itself
    ");
    for never in ["(?i)^\\[ext\\] plan", "^(RE|AW): x", "^🌴 off", "^ x"] {
        assert!(said(&format!("title_regex = '{never}'")).contains("never matches"), "{never}");
    }
    for never in ["a^", "$a", "[a&&b]", "x (\\d+$) y", "(a^|b^)"] {
        assert!(said(&format!("title_regex = '{never}'")).contains("can never match"), "{never}");
    }
    for every in ["roadmap|", "|x", "(?i)x||y"] {
        assert!(said(&format!("title_regex = '{every}'")).contains("matches every title"), "{every}");
    }
    for right in ["(a|)b", "^|x$", "a?^b", "(?m)x\\n^y", "^(x|)$"] {
        assert_eq!(said(&format!("title_regex = '{right}'")), "", "{right}");
    }
    for right in ["FW: x", "^re:Invent", "^Roadmap", "(^FW: )?x", "^(FW|Roadmap): x", "^\\w+: x"] {
        assert_eq!(said(&format!("title_regex = '{right}'")), "", "{right}");
    }
    let long = "roadmap ".repeat(600);
    assert!(said(&format!("title = \"{long}\"")).contains("is longer than the 4 kB of a title that are read"));
    assert_eq!(said(&format!("title = \"{}\"", "roadmap ".repeat(400))), "");
    insta::assert_snapshot!(said("title = \"製品*会議\""), @r#"
    warning: rule 1 `R`: the `title` pattern `製品*会議` is read without its `*`
     --> ~/.config/vantage/rules.toml:4:9
      |
    4 | title = "製品*会議"
      |         ^^^^^^^^^^^ no wildcard here
      |
      = help: in scripts without spaces a phrase matches inside words, but only as a whole: use `title_regex`
    "#);
    assert_eq!(said("title = [\"戦略*\", \"*会議\", \"戦略 road*\"]"), "");
}

#[test]
fn an_unless_that_takes_a_pattern_back_is_told() {
    insta::assert_snapshot!(said("title = [\"vendor sync\", \"pricing\"]\nunless = { title = [\"sync\"] }"), @r#"
    warning: rule 1 `R`: the `title` pattern `vendor sync` never matches: `unless` takes it back
     --> ~/.config/vantage/rules.toml:4:10
      |
    4 | title = ["vendor sync", "pricing"]
      |          ^^^^^^^^^^^^^ taken back
      |
      = help: take one of the two out
    "#);
    assert_eq!(said("title = \"vendor\"\nunless = { title = \"vendor review\" }"), "");
    assert_eq!(said("title = \"vendor\"\nunless = { title = \"vendor\", attendees = 2 }"), "");
}

#[test]
fn bounds_that_hold_nothing_are_mistakes() {
    insta::assert_snapshot!(said("title = \"x1 plan\"\nduration = \"<0m\""), @r#"
    error: rule 1 `R`: `duration = <0m` never holds
     --> ~/.config/vantage/rules.toml:5:12
      |
    5 | duration = "<0m"
      |            ^^^^^ expected a length
      |
      = help: no length is below zero
    "#);
    insta::assert_snapshot!(said("title = \"x1 plan\"\nattendees = \"8..3\""), @r#"
    error: rule 1 `R`: `attendees` cannot be read from `8..3`
     --> ~/.config/vantage/rules.toml:5:13
      |
    5 | attendees = "8..3"
      |             ^^^^^^ expected a number of people such as `2`, `"3..8"` or `">=10"`
      |
      = help: the lower bound comes first: write `3..8`
    "#);
    assert_eq!(said("title = \"roadmap\"\nduration = \"0m\"\nattendees = \"3..8\""), "");
}

#[test]
fn a_colour_that_no_event_has_is_told() {
    insta::assert_snapshot!(said("color = \"purpleish\""), @r#"
    warning: rule 1 `R`: there is no colour `purpleish`
     --> ~/.config/vantage/rules.toml:4:9
      |
    4 | color = "purpleish"
      |         ^^^^^^^^^^^ unknown colour
      |
      = help: write `purple`
    "#);
    for right in ["purple", "Tomato", "11", "#d50000", "MediumVioletRed"] {
        assert_eq!(said(&format!("color = \"{right}\"")), "", "{right}");
    }
}

#[test]
fn groups_that_are_empty_or_have_a_dot_are_told() {
    insta::assert_snapshot!(said("with = \"@peers\""), @r#"
    warning: rule 1 `R`: the group `@peers` is empty, so it names nobody
     --> ~/.config/vantage/rules.toml:4:8
      |
    4 | with = "@peers"
      |        ^^^^^^^^ nobody
      |
      = help: define it in the configuration: `[people]` with `peers = ["ada@example.com"]`
    "#);
    insta::assert_snapshot!(said("with = \"@nosuch\""), @r#"
    error: rule 1 `R`: there is no group `@nosuch`
     --> ~/.config/vantage/rules.toml:4:8
      |
    4 | with = "@nosuch"
      |        ^^^^^^^^^ unknown group
      |
      = help: define it: `[people]` with `nosuch = ["ada@example.com"]`
    "#);
    let world = World::new().config("[people]\n\"my.team\" = [\"bo@example.com\"]\n");
    insta::assert_snapshot!(world.tell(["config", "check"]), @r#"
    error: the name of the group `my.team` has a dot, and `@a.b` is a domain
     --> ~/.config/vantage/vantage.toml:2:1
      |
    2 | "my.team" = ["bo@example.com"]
      | ^^^^^^^^^ a dot in a group's name
      |
      = help: write the name with a `-` instead of the dot
    exit 78
    "#);
    let bare = World::new().config("[people]\nmy.team = [\"bo@example.com\"]\n").run(["config", "check"]).fails(78);
    assert!(bare.contains("has a dot"), "{bare}");
    let right = World::new().config("[people]\npeers = [\"bo@example.com\"]\nmy-team = [\"bo@example.com\"]\n");
    let right = right.rules("[[rule]]\nclass = \"strategy\"\nwith = [\"@peers\", \"@my-team\"]\n");
    assert_eq!(right.run(["rules", "check"]).err, "");
}

#[test]
fn external_without_domains_is_told() {
    insta::assert_snapshot!(said("external = true"), @r#"
    warning: rule `R`: `external` never holds, because `my_domains` is empty
     --> ~/.config/vantage/rules.toml:1:1
      |
    1 | [[rule]]
      | ^^^^^^^^ asks for `external`
      |
      = help: write `my_domains = ["example.com"]` in the configuration
    "#);
    let world = World::new().config("my_domains = [\"example.com\"]\n");
    let world = world.rules("[[rule]]\nclass = \"strategy\"\nexternal = true\n");
    assert_eq!(world.run(["rules", "check"]).err, "");
}

#[test]
fn a_label_that_stands_on_no_event_is_told() {
    let labels = "[labels]\n\"Deep wrok\" = { class = \"strategy\" }\n\"deep work\" = { class = \"strategy\" }\n";
    let at = event("1", "Plan", "20261116T100000", "20261116T110000", "CATEGORIES:Deep Work");
    let world = World::new().rules(labels).ics("a.ics", &[&at]);
    insta::assert_snapshot!(world.run(["rules", "check", "--ics", "a.ics"]).err, @r#"
    warning: the label `Deep wrok` stands on no event of the last 12 weeks
     --> ~/.config/vantage/rules.toml:2:1
      |
    2 | "Deep wrok" = { class = "strategy" }
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no event
      |
      = help: labels are Google's event labels and colours and the CATEGORIES of iCalendar, in any letter case
    "#);
    // Without a calendar nobody knows.
    assert_eq!(world.run(["rules", "check"]).err, "");
}

#[test]
fn domains_are_read_as_people_write_them() {
    let guests = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@home.example\nATTENDEE:mailto:bo@team.example.com";
    let meeting = event("1", "Talk", "20261116T100000", "20261116T110000", guests);
    let class = |world: World| {
        let world = world.ics("a.ics", &[&meeting]);
        world.run(["events", "2026-W47", "--ics", "a.ics", "--format", "json"]).json()[0]["class"].clone()
    };
    let me = "my_addresses = [\"ada@home.example\"]\n";
    for written in
        ["*.example.com", "@example.com", "https://example.com/x", "example.com.", "EXAMPLE.com", "mailto:@example.com"]
    {
        let rules = |asks: &str| format!("[[rule]]\nclass = \"strategy\"\n{asks}\n");
        let with = World::new().config(me).rules(&rules(&format!("with = \"{written}\"")));
        assert_eq!(class(with), "strategy", "{written}");
        let mine = World::new().config(&format!("{me}my_domains = \"{written}\"\n")).rules(&rules("external = false"));
        assert_eq!(class(mine), "strategy", "{written}");
    }
    insta::assert_snapshot!(World::new().config("my_domains = [\"bo@example.com\"]\n").tell(["config", "check"]), @r#"
    error: `my_domains` must be a domain such as "example.com"
     --> ~/.config/vantage/vantage.toml:1:15
      |
    1 | my_domains = ["bo@example.com"]
      |               ^^^^^^^^^^^^^^^^ this is an address
      |
      = help: write its domain, `"example.com"`
    exit 78
    "#);
    insta::assert_snapshot!(World::new().config("my_domains = [\"example\"]\n").tell(["config", "check"]), @r#"
    error: `my_domains` must be a domain such as "example.com"
     --> ~/.config/vantage/vantage.toml:1:15
      |
    1 | my_domains = ["example"]
      |               ^^^^^^^^^ not understood
    exit 78
    "#);
}

#[test]
fn a_file_in_utf_16_is_told_with_how_to_save_it() {
    let rules = "[[rule]]\nclass = \"strategy\"\ntitle = \"roadmap\"\n";
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let marked = |text: &str| format!("\u{feff}{text}");
    let world = World::new().file("r.toml", little(&marked(rules)));
    insta::assert_snapshot!(world.tell(["rules", "check", "r.toml"]), @"
    error: `r.toml` is saved as UTF-16, and the rules must be UTF-8
     |
     = help: save it as UTF-8: in Notepad with Save as → Encoding → UTF-8
    exit 78
    ");
    for bytes in [little(rules), big(rules), big(&marked(rules))] {
        let run = World::new().file("r.toml", bytes).run(["rules", "check", "r.toml"]);
        assert!(run.fails(78).contains("is saved as UTF-16"));
    }
    let world = World::new().file(".config/vantage/vantage.toml", big(&marked("goal = 0.4\n")));
    insta::assert_snapshot!(world.tell(["config", "check"]), @"
    error: `~/.config/vantage/vantage.toml` is saved as UTF-16, and the configuration must be UTF-8
     |
     = help: save it as UTF-8: in Notepad with Save as → Encoding → UTF-8
    exit 78
    ");
    assert!(World::new().file("r.toml", marked(rules)).run(["rules", "check", "r.toml"]).ok().contains("no mistakes"));
}
