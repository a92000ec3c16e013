//! dev harness, removed later
use chrono::*;
use vantage::{ical, model::*};
#[test]
#[ignore]
fn dump() {
    let list = std::env::var("ICAL_LIST").unwrap();
    let (from, to) = (std::env::var("ICAL_FROM").unwrap(), std::env::var("ICAL_TO").unwrap());
    let zone: chrono_tz::Tz = "UTC".parse().unwrap();
    let out = std::env::var("ICAL_OUT").unwrap();
    let mut text = String::new();
    let w = Interval::new(from.parse().unwrap(), to.parse().unwrap());
    for path in std::fs::read_to_string(list).unwrap().lines() {
        let bytes = std::fs::read(path).unwrap();
        let parsed = ical::read(&bytes, &ical::Source { source: "s", stem: "s" });
        let mut problems = parsed.problems.clone();
        for i in parsed.instances(w, zone, &mut problems) {
            let (a, b, d) = match i.span {
                Span::Timed(x) => (x.start.to_rfc3339(), x.end.to_rfc3339(), false),
                Span::AllDay { first, end } => (first.to_string(), end.to_string(), true),
            };
            text += &serde_json::json!({"file": path, "uid": i.event.uid.0, "summary": i.event.summary, "start": a, "end": b, "all_day": d,
                "status": i.event.status.map(|s| format!("{s:?}"))}).to_string();
            text += "\n";
        }
        for p in problems {
            text += &serde_json::json!({"file": path, "problem": p.message, "line": p.line}).to_string();
            text += "\n";
        }
    }
    std::fs::write(out, text).unwrap();
}
#[test]
#[ignore]
fn speed() {
    let bytes = std::fs::read(std::env::var("ICAL_FILE").unwrap()).unwrap();
    let zone: chrono_tz::Tz = "Europe/Berlin".parse().unwrap();
    let w = Interval::new(
        std::env::var("ICAL_FROM").unwrap().parse().unwrap(),
        std::env::var("ICAL_TO").unwrap().parse().unwrap(),
    );
    let t = std::time::Instant::now();
    let mut parsed = ical::read(&bytes, &ical::Source { source: "s", stem: "s" });
    for _ in 0..4 {
        parsed = ical::read(&bytes, &ical::Source { source: "s", stem: "s" });
    }
    let parse = t.elapsed() / 5;
    let t = std::time::Instant::now();
    let mut problems = Vec::new();
    let n = parsed.instances(w, zone, &mut problems).len();
    let expand = t.elapsed();
    eprintln!(
        "{} bytes parse {parse:?} = {:.0} MB/s; {n} instances {expand:?} = {:.2} M/s; {} problems {:?}",
        bytes.len(),
        bytes.len() as f64 / parse.as_secs_f64() / 1e6,
        n as f64 / expand.as_secs_f64() / 1e6,
        problems.len() + parsed.problems.len(),
        problems.first()
    );
}
