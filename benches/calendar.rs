//! Reading, expanding, classifying and counting a generated ten-year calendar. Figures belong with the machine's name.

#![allow(clippy::pedantic, clippy::unwrap_used, unreachable_pub, reason = "nobody calls a bench")]

use chrono::{DateTime, TimeZone, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use vantage::analyze::Analysis;
use vantage::classify::{People, defaults, parse};
use vantage::config::Config;
use vantage::ical::{Source, read};
use vantage::model::Told;
use vantage::model::{Interval, Week, Weekday};

const SOURCE: Source =
    Source { source: "bench", stem: "bench", folder: "", told: Told { attendees: false, answers: false } };

fn at(year: i32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap()
}

/// 50 rules of three patterns each, of the kind that people write.
fn fifty_rules() -> String {
    let words =
        ["roadmap", "standup", "pricing", "triage", "vision", "release", "budget", "interview", "board", "retro*"];
    let rule = |i: usize| {
        let (a, b) = (words[i % 10], words[(i / 10 + i) % 10]);
        format!("[[rule]]\nname = \"{i}\"\nclass = \"execution\"\ntitle = [\"{a} {i}\", \"{b} of {a}\", \"{a}x{i}\"]\n")
    };
    (0..50).map(rule).collect()
}

fn calendar(c: &mut Criterion) {
    let text = vantage::demo::generate(10, 1);
    let mut group = c.benchmark_group("ten years");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("parse", |b| b.iter(|| black_box(read(black_box(text.as_bytes()), &SOURCE)).calendars.len()));

    let parsed = read(text.as_bytes(), &SOURCE);
    let window = Interval::new(at(2015), at(2027));
    let expand = || parsed.instances(window, chrono_tz::Europe::Berlin, &mut Vec::new());
    let instances = expand();
    group.throughput(Throughput::Elements(instances.len() as u64));
    group.bench_function("expand", |b| b.iter(|| black_box(expand()).len()));

    let rules = parse("rules.toml", &fifty_rules(), &[]).unwrap();
    let titles: Vec<String> = instances.iter().filter_map(|i| i.event.summary.clone()).collect();
    let decide =
        |rules: &vantage::classify::RuleSet| titles.iter().filter(|t| rules.decide_title(t).theme.is_some()).count();
    group.throughput(Throughput::Elements(titles.len() as u64));
    group.bench_function("classify titles, 50 rules", |b| b.iter(|| black_box(decide(&rules))));
    let shipped = defaults();
    group.bench_function("classify titles, the shipped rules", |b| b.iter(|| black_box(decide(&shipped))));

    let wishes = Config::default().preferences(chrono_tz::Europe::Berlin);
    let people = People::default();
    let week = |n| Week::of(at(2016).date_naive(), Weekday::Mon).plus(n);
    group.throughput(Throughput::Elements(520));
    group.bench_function("judge and report 520 weeks", |b| {
        b.iter(|| {
            let mut analysis = Analysis::new(instances.clone(), &shipped, &people, &wishes);
            (0..520).map(|n| analysis.report(week(n), at(2027)).events.counted).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, calendar);
criterion_main!(benches);
