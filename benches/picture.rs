//! What a picture costs: drawing and PNG together.

#![allow(clippy::pedantic, clippy::unwrap_used, unreachable_pub, reason = "nobody calls a bench")]

#[path = "../tests/it/chart_support/mod.rs"]
mod chart_support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use vantage::chart::{Painter, Style, weekly};

fn pictures(c: &mut Criterion) {
    let style = Style::default();
    let mut painter = Painter::new();
    for (name, report) in [("design", chart_support::design()), ("eighty", chart_support::eighty())] {
        c.bench_function(name, |b| b.iter(|| black_box(weekly(&report, &style, &mut painter)).len()));
    }
    let twice = Style { scale: 2, ..Style::default() };
    let report = chart_support::design();
    c.bench_function("design at scale 2", |b| b.iter(|| black_box(weekly(&report, &twice, &mut painter)).len()));
    c.bench_function("design, fresh painter", |b| {
        b.iter(|| black_box(weekly(&report, &style, &mut Painter::new())).len());
    });
    let mut group = c.benchmark_group("ten years");
    group.sample_size(10);
    group.bench_function("520 pictures on all cores", |b| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        b.iter(|| {
            std::thread::scope(|scope| {
                for thread in 0..threads {
                    let (report, style) = (&report, &style);
                    scope.spawn(move || {
                        let mut painter = Painter::new();
                        for _ in (thread..520).step_by(threads) {
                            black_box(weekly(report, style, &mut painter));
                        }
                    });
                }
            });
        });
    });
    group.finish();
}

criterion_group!(benches, pictures);
criterion_main!(benches);
