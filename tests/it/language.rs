//! The pack for the language of the titles is offered where it would help, once.

use crate::suggest::{CONFIG, with};
use crate::support::World;
use std::io::{BufRead, BufReader, Read, Write};

const GERMAN: [&str; 12] = [
    "Abstimmung mit Vertrieb",
    "Jour fixe Einkauf",
    "Planung und Budget",
    "Vorstandsrunde",
    "Kundentermin Meyer",
    "Rücksprache Lager",
    "Klärung der Schnittstelle",
    "Besprechung Werk",
    "Produktstrategie",
    "Lenkungsausschuss",
    "Fehleranalyse Linie",
    "Angebot für Huber",
];
const PORTUGUESE: [&str; 12] = [
    "Reunião de equipe",
    "Alinhamento da diretoria",
    "Conversa com clientes",
    "Revisão de preços",
    "Planejamento do trimestre",
    "Acompanhamento da entrega",
    "Visão do produto",
    "Estratégia de mercado",
    "Apresentação ao conselho",
    "Orçamento",
    "Homologação",
    "Sessão na fábrica",
];
const ENGLISH: [&str; 20] = [
    "Board prep",
    "Sprint planning",
    "Ops review",
    "Pricing deep dive",
    "Hiring sync",
    "Bug triage",
    "Release",
    "Roadmap",
    "Vendor call",
    "Design crit",
    "Falcon huddle",
    "Budget",
    "Data audit",
    "Launch demo",
    "Customer visit",
    "Backlog",
    "Product vision",
    "Payroll",
    "Office move",
    "Security training",
];

/// One meeting a title, and as many of these English ones.
fn world(titles: &[&str], english: usize) -> World {
    let all = titles.iter().chain(&ENGLISH[..english]).enumerate();
    let event = |(n, title): (usize, &&str)| {
        let (day, hour) = (16 + n % 5, 8 + n / 5);
        let (start, end) = (format!("{day}T{hour:02}00"), format!("{day}T{:02}00", hour + 1));
        with(&n.to_string(), title, &start, &end, &["bo@example.com", "mei@example.com"], "")
    };
    let events: Vec<String> = all.map(event).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let source = "[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n";
    World::new().config(&format!("{CONFIG}{source}")).ics("work.ics", &events)
}

fn rules(world: &World) -> String {
    std::fs::read_to_string(world.path(".config/vantage/rules.toml")).unwrap_or_default()
}

/// What suggest and review say of the language.
fn said(world: &World) -> [bool; 2] {
    let suggest = world.run(["rules", "suggest"]).ok();
    let review = world.run(["review"]).ok();
    [suggest, review].map(|text| text.contains("your titles look"))
}

#[test]
fn suggest_says_first_what_the_pack_would_add() {
    for (titles, name, pack) in [(GERMAN, "German", "de"), (PORTUGUESE, "Portuguese", "pt")] {
        let world = world(&titles, 10).rules("extends = \"default\" # mine\n");
        let told = world.run(["rules", "suggest"]).ok();
        let start = format!("# your titles look {name}: `extends = [\"default\", \"{pack}\"]` would classify ");
        assert!(told.starts_with(&start), "{told}");
        let json = world.run(["rules", "suggest", "--format", "json"]).json()[0].clone();
        assert_eq!(json["language"]["pack"], pack);
        // What was promised is what is then so.
        let world = world.input("maybe\ny\nq\n");
        let told = world.run(["rules", "suggest", "--apply"]).ok();
        assert!(
            told.contains(&format!("`extends = [\"default\", \"{pack}\"]` stands in ~/.config/vantage/rules.toml"))
        );
        assert_eq!(rules(&world), format!("extends = [\"default\", \"{pack}\"] # mine\n"));
        let after = world.run(["rules", "suggest", "--format", "json"]).json()[0].clone();
        assert_eq!((&after["coverage"], after["language"].is_null()), (&json["language"]["coverage"], true));
        assert!(json["coverage"].as_f64().unwrap() < after["coverage"].as_f64().unwrap());
        assert_eq!(said(&world), [false, false]);
    }
}

#[test]
fn no_answer_and_no_leave_the_rules_as_they_are() {
    for input in ["n\nq\n", ""] {
        let world = world(&GERMAN, 10).rules("extends = \"default\"\n").input(input);
        let told = world.run(["rules", "suggest", "--apply"]).ok();
        assert!(told.contains("Take it?") && told.ends_with("nothing was added\n"), "{told}");
        assert_eq!(rules(&world), "extends = \"default\"\n");
    }
}

#[test]
fn what_is_written_while_the_pack_is_asked_about_stays() {
    let world = world(&GERMAN, 10).rules("extends = \"default\"\n");
    let mut child = world.command().args(["rules", "suggest", "--apply"]).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    assert!(out.read_line(&mut line).unwrap() > 0 && line.starts_with("your titles look German"), "{line}");
    let world = world.rules("extends = \"default\"\n# mine\n");
    child.stdin.take().unwrap().write_all(b"y\nq\n").unwrap();
    out.read_to_string(&mut line).unwrap();
    assert!(child.wait().unwrap().success(), "{line}");
    assert_eq!(rules(&world), "extends = [\"default\", \"de\"]\n# mine\n");
}

#[test]
fn review_says_it_in_one_line_at_its_start() {
    let told = world(&GERMAN, 10).run(["review"]).ok();
    let line = told.lines().next().unwrap();
    assert!(line.starts_with("your titles look German: `extends = [\"default\", \"de\"]` would classify "), "{told}");
    assert!(line.ends_with("; `vantage rules suggest --apply` takes it"), "{told}");
    assert_eq!(told.matches("your titles look").count(), 1);
}

#[test]
fn a_few_titles_in_a_language_and_rules_without_the_defaults_are_offered_nothing() {
    assert_eq!(said(&world(&GERMAN[..4], 20)), [false, false]);
    assert_eq!(said(&world(&GERMAN[..5], 0)), [false, false]);
    let own = "[[rule]]\nname = \"a\"\nclass = \"strategy\"\ntitle = \"roadmap\"\n";
    assert_eq!(said(&world(&GERMAN, 10).rules(own)), [false, false]);
    assert_eq!(said(&world(&GERMAN, 10).rules("extends = [\"de\", \"default\"]\n")), [false, false]);
    assert_eq!(said(&world(&GERMAN, 10)), [true, true]);
}

#[test]
fn init_asks_for_the_pack_or_takes_it() {
    let init = |titles: &[&str], english, input: &str, more: &[&str]| {
        let world = world(titles, english).input(input);
        std::fs::remove_file(world.path(".config/vantage/vantage.toml")).unwrap();
        let told = world.run(["init", "--ics", "work.ics"].into_iter().chain(more.iter().copied())).ok();
        let line = rules(&world).lines().find(|line| line.starts_with("extends")).unwrap().to_owned();
        world.run(["rules", "check", "--quiet"]).ok();
        (told, line)
    };
    let (told, line) = init(&GERMAN, 10, "\n\n\n\n\n\n", &[]);
    assert!(told.contains("Your titles look German. Take the rules for German too?"), "{told}");
    assert_eq!(line, "extends = [\"default\", \"de\"]");
    let (_, line) = init(&GERMAN, 10, "\n\n\n\n\n-\n", &[]);
    assert_eq!(line, "extends = \"default\"");
    let (told, line) = init(&PORTUGUESE, 10, "", &["--yes"]);
    assert!(
        told.contains("your titles look Portuguese: `extends = [\"default\", \"pt\"]` stands in the rules"),
        "{told}"
    );
    assert_eq!(line, "extends = [\"default\", \"pt\"]");
    let (told, line) = init(&GERMAN[..4], 20, "", &["--yes"]);
    assert!(!told.contains("look"), "{told}");
    assert_eq!(line, "extends = \"default\"");
}
