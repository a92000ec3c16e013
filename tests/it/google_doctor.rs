//! `vantage doctor` and accounts at Google.

use crate::support::{World, ada};
use serde_json::Value;

#[test]
fn doctor_finds_what_is_wrong() {
    let google = ada();
    let world = World::synced(&google);
    let doctor = |world: &World| {
        let told = world.tell(["doctor"]);
        let lines = told.lines().map(|l| if l.contains("disk:") { "ok    disk" } else { l });
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(doctor(&world), @"
    ok    configuration: ~/.config/vantage/vantage.toml
    ok    rules: the built-in ones, 38 rules
    ok    time zone: Europe/Berlin
    ok    font: the built-in one
    ok    account work: signed in since 2026-11-23
    ok    account work, permissions: both were given
    ok    account work, clock: agrees with the server's
    ok    account work, Google: it answers, with 1 calendar
    ok    database: ~/.local/state/vantage/vantage.db, whole
    ok    disk
    exit 0
    ");
    google.skew(chrono::TimeDelta::minutes(10));
    let lines = doctor(&world);
    let clock: Vec<&str> = lines.lines().filter(|l| l.contains("clock") || l.contains("exit")).collect();
    insta::assert_snapshot!(clock.join("\n"), @"
    warn  account work, clock: it is 10 minutes behind the server's
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work / Ada: no change
    warning: work: this machine's clock is 10 minutes behind the server's
     |
     = help: set it, for example with `timedatectl set-ntp true`
    exit 0
    ");
    google.skew(chrono::TimeDelta::zero());
    let token = ".local/state/vantage/google/work.json";
    let mut stored: Value = serde_json::from_slice(&std::fs::read(world.path(token)).unwrap()).unwrap();
    stored["scopes"].as_array_mut().unwrap().pop();
    let world = world.file(token, stored.to_string());
    let run = world.run(["doctor", "--format", "json"]);
    let list: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    let failed: Vec<String> = list
        .iter()
        .filter(|l| l["grade"] == "fail")
        .map(|l| format!("{}: {}; {}", l["what"], l["says"], l["fix"]))
        .collect();
    insta::assert_snapshot!(failed.join("\n"), @r#""account work, permissions": "1 of 2 are missing"; "`vantage login google --account work`, and tick both boxes""#);
    assert_eq!(run.code, 1, "{}", run.err);
    let world = world.config("[[source.google]]\nname = 7\n");
    let told = doctor(&world);
    assert!(told.contains("FAIL  configuration") && told.ends_with("exit 1"), "{told}");
}

#[test]
fn no_network_is_a_warning() {
    let google = ada();
    let world = World::synced(&google);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let world = world.config(&google.config("work").replace(&google.base(), &format!("http://{closed}")));
    let doctor = world.tell(["doctor"]);
    let lines: Vec<&str> = doctor.lines().filter(|l| l.contains("Google") || l.contains("exit")).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    warn  account work, Google: Google could not be reached
    exit 0
    ");
}

#[test]
fn every_key_of_the_status_is_documented() {
    let google = ada();
    let world = World::synced(&google).config(&(google.config("work") + "[[source.ics]]\npath = \"none.ics\"\n"));
    world.run(["sync"]).fails(1);
    let docs = include_str!("../../docs/status.md");
    fn keys(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(key, value)| {
                found.push(key.clone());
                keys(value, found);
            }),
            Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
            _ => {}
        }
    }
    let mut found =
        vec!["reason".into(), "count".into(), "since".into(), "removed".into(), "of".into(), "agreed_at".into()];
    keys(&world.status(), &mut found);
    let lacking: Vec<_> = found.iter().filter(|key| !docs.contains(&format!("`{key}`"))).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}
