//! Pictures against `charts/gallery`; `UPDATE_GALLERY=1 cargo test --test it chart_pictures` draws the gallery anew.

#![allow(clippy::disallowed_methods, reason = "the gallery is made for people, by hand")]

use crate::chart_support::{E, S, block, cases, design, empty, scripts, with_blocks};
use std::path::PathBuf;
use std::sync::Arc;
use vantage::analyze::report::Block;
use vantage::analyze::{Analysis, Report};
use vantage::chart::{CHARTS, Painter, Palette, Privacy, Style, weekly};
use vantage::classify::defaults;
use vantage::config::Config;
use vantage::ical::{Source, read};
use vantage::model::{Week, Weekday};

fn gallery() -> Vec<(String, Report, Style)> {
    let mut all: Vec<_> =
        cases().into_iter().map(|(name, report)| (name.to_owned(), report, Style::default())).collect();
    all.push(("dark".into(), design(), Style { palette: Palette::Dark, ..Style::default() }));
    all.push(("classes".into(), design(), Style { privacy: Privacy::Classes, ..Style::default() }));
    all.push(("demo".into(), demo(), Style::default()));
    let says = "Signed out: the last good sync was on 20 November 2026 · vantage status says what to do";
    all.push(("stale".into(), design(), Style { banner: Some(says.into()), ..Style::default() }));
    all.push(("themes".into(), design(), Style { privacy: Privacy::Themes, ..Style::default() }));
    all
}

/// The last week of `vantage demo`, all the way from its calendar.
fn demo() -> Report {
    let config = Config::parse(vantage::demo::CONFIG, &[], &str::to_string).unwrap();
    let wishes = config.preferences(chrono_tz::Tz::UTC);
    let week = Week::from_iso(2026, 47, Weekday::Mon).unwrap();
    let source = Source { source: "demo", stem: "demo", folder: "", told: Default::default() };
    let parsed = read(vantage::demo::calendar().as_bytes(), &source);
    let mut problems = parsed.problems.clone();
    let instances = parsed.instances(Analysis::window(week, week, &wishes), wishes.zones.home, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    Analysis::new(instances, &defaults(), &config.people, &wishes).report(week, vantage::demo::today())
}

fn decode(file: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a sane size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    (info.width, info.height, pixels)
}

#[test]
fn pictures_match_the_gallery() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("charts/gallery");
    let update = std::env::var_os("UPDATE_GALLERY").is_some();
    let mut painter = Painter::new();
    let mut wrong = vec![];
    for (name, report, style) in gallery() {
        let file = weekly(&report, &style, &mut painter);
        let path = folder.join(format!("{name}.png"));
        if update {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &file).unwrap();
            continue;
        }
        let (width, height, pixels) = decode(&file);
        let (w, h, expected) = decode(&std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())));
        assert_eq!((width, height), (w, h), "{name}");
        // Floating-point corners differ a little between machines; a moved word does not pass.
        let far = pixels.iter().zip(&expected).filter(|(a, b)| a.abs_diff(**b) > 32).count();
        if far > 60 {
            let actual = std::env::temp_dir().join(format!("vantage-{name}.png"));
            std::fs::write(&actual, &file).unwrap();
            wrong.push(format!("{name}: {far} samples differ, drawn to {}", actual.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\nUPDATE_GALLERY=1 accepts them after a look", wrong.join("\n"));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let mut reused = Painter::new();
    for (name, report, style) in gallery() {
        let first = weekly(&report, &style, &mut Painter::new());
        assert!(first == weekly(&report, &style, &mut reused), "{name}: a used painter draws otherwise");
        assert!(first == weekly(&report, &style, &mut reused), "{name}: a second picture differs");
        assert!(first.len() < 200_000, "{name}: {} bytes", first.len());
    }
}

/// Columns mean double booking: what is drawn taller than it is long does not take half of its neighbour's width.
#[test]
fn short_meetings_one_after_another_have_the_whole_column() {
    let short = |from, to| (0, block(from, to, "Stand-up", E));
    let report = with_blocks(empty(), &[short("09:00", "09:04"), short("09:04", "09:08"), short("09:08", "09:12")]);
    let (width, _, pixels) = decode(&weekly(&report, &Style::default(), &mut Painter::new()));
    // The day's column is 100 to 271 wide, an hour 56 high.
    for (x, y) in [(110, 377), (260, 377), (110, 381), (260, 381), (260, 385)] {
        let at = (y * width + x) as usize * 3;
        assert!(pixels[at] > 200 && pixels[at + 2] < 90, "{x}, {y}: {:?}", &pixels[at..at + 3]);
    }
}

/// In a tall week a quarter of an hour is lower than its title: it is drawn taller where nothing follows, and only there.
#[test]
fn a_short_meeting_has_its_title_in_a_tall_week_too() {
    let shown = |blocks: &[(usize, Block)]| {
        let tall = [(4, block("05:00", "06:00", "Early", S)), (4, block("22:00", "23:30", "Late", S))];
        let mut report = with_blocks(empty(), &[blocks, &tall].concat());
        report.days[0].open = vec![(9 * 60 + 15, 12 * 60)];
        decode(&weekly(&report, &Style::default(), &mut Painter::new())).2
    };
    let short = |title: &str| (0, block("09:00", "09:15", title, E));
    let differ = |a: &[u8], b: &[u8]| {
        let rows = a.chunks_exact(4800).zip(b.chunks_exact(4800)).enumerate();
        // The day's column, without its head.
        rows.filter(|(y, (a, b))| (320..880).contains(y) && a[300..810] != b[300..810])
            .map(|(y, _)| y)
            .collect::<Vec<_>>()
    };
    let rows = differ(&shown(&[short("Stand-up")]), &shown(&[short("Planning")]));
    assert!(rows.len() >= 7, "the title is there: {rows:?}");
    // Another meeting begins right behind it.
    let pair = |title| shown(&[short(title), (0, block("09:15", "10:00", "Roadmap", S))]);
    assert!(differ(&pair("Stand-up"), &pair("Planning")).is_empty());
    // What follows stands where it always stands, and the open block below what is taller than it is long.
    let outline = |picture: &[u8]| {
        let accent = |at: usize| picture[at] < 150 && picture[at + 2] > 100 && picture[at + 1] > picture[at];
        let is_accent = |y: &usize| (110..270).filter(|x| accent((y * 1600 + x) * 3)).count() > 60;
        (400..520).find(is_accent).unwrap()
    };
    let alone = shown(&[short("Stand-up")]);
    assert!(outline(&alone) > *rows.last().unwrap() && outline(&alone) - outline(&shown(&[])) <= 8);
}

/// The words beside the grid: `all day`, and the first hour right below it.
#[test]
fn all_day_and_the_first_hour_do_not_touch() {
    for bands in 1..=4 {
        let mut report = with_blocks(empty(), &[(4, block("05:00", "06:00", "Early", S))]);
        report.days[0].all_day = vec![block("00:00", "24:00", "Fair", S); bands];
        let (width, _, pixels) = decode(&weekly(&report, &Style::default(), &mut Painter::new()));
        let inked = |y: u32| {
            let row = &pixels[((y * width + 50) * 3) as usize..((y * width + 96) * 3) as usize];
            row.iter().any(|sample| *sample < 200)
        };
        let words: Vec<u32> = (316..420).filter(|y| inked(*y) && !inked(*y - 1)).collect();
        let ends: Vec<u32> = (316..420).filter(|y| inked(*y) && !inked(*y + 1)).collect();
        assert!(words.len() >= 2 && words[1] - ends[0] > 3, "{bands}: {words:?} {ends:?}");
    }
}

#[test]
fn scale_multiplies_the_pixels() {
    let mut painter = Painter::new();
    for (scale, size) in [(0, (1600, 1000)), (1, (1600, 1000)), (2, (3200, 2000)), (9, (6400, 4000))] {
        let (width, height, _) = decode(&weekly(&design(), &Style { scale, ..Style::default() }, &mut painter));
        assert_eq!((width, height), size);
    }
}

/// The margins are empty in every picture: nothing leaves its place.
#[test]
fn margins_stay_empty() {
    let mut painter = Painter::new();
    // A banner is in the margin; `a_banner_moves_nothing` holds the rest.
    for (name, report, style) in gallery().into_iter().filter(|(.., style)| style.banner.is_none()) {
        let (width, height, pixels) = decode(&weekly(&report, &style, &mut painter));
        let paper = &pixels[..3];
        for (i, pixel) in pixels.chunks_exact(3).enumerate() {
            let (x, y) = (i as u32 % width, i as u32 / width);
            // A letter may reach one or two pixels beside its pen.
            if x < 53 || x >= width - 53 || y < 50 || y >= height - 8 {
                assert!(pixel == paper, "{name}: something stands at {x}, {y}");
            }
        }
        // Between the grid and the right-hand panels there is air, too.
        for y in 290..900 {
            for x in 960..1000 {
                let at = (y * width + x) as usize * 3;
                assert!(&pixels[at..at + 3] == paper, "{name}: something stands at {x}, {y}");
            }
        }
    }
}

#[test]
fn bytes_that_are_no_font_draw_as_without_one() {
    let style = Style { fallback_font: Some(Arc::new(b"no font".to_vec())), ..Style::default() };
    let mut painter = Painter::new();
    let with = weekly(&scripts(), &style, &mut painter);
    assert!(with == weekly(&scripts(), &Style::default(), &mut painter));
}

#[test]
fn a_fallback_font_draws_other_scripts() {
    let Some(path) = std::env::var_os("VANTAGE_TEST_FALLBACK_FONT") else {
        eprintln!("skipped: VANTAGE_TEST_FALLBACK_FONT names no font file");
        return;
    };
    let font = Arc::new(std::fs::read(path).expect("the font file"));
    let style = Style { fallback_font: Some(font), ..Style::default() };
    let mut painter = Painter::new();
    let with = weekly(&scripts(), &style, &mut painter);
    assert!(with == weekly(&scripts(), &style, &mut Painter::new()));
    assert!(with != weekly(&scripts(), &Style::default(), &mut painter), "the font has none of the scripts");
    if let Some(to) = std::env::var_os("VANTAGE_TEST_PICTURE") {
        std::fs::write(to, with).unwrap();
    }
}

#[test]
fn the_registry_draws_what_it_names() {
    for chart in CHARTS {
        assert!(!chart.doc.is_empty() && chart.doc.ends_with('.'), "{}", chart.name);
        assert!((chart.draw)(&design(), &Style::default(), &mut Painter::new()).starts_with(b"\x89PNG"));
    }
}

#[test]
fn a_banner_moves_nothing() {
    let mut painter = Painter::new();
    let mut draw = |banner: Option<&str>| {
        let style = Style { banner: banner.map(String::from), ..Style::default() };
        decode(&weekly(&design(), &style, &mut painter)).2
    };
    let (with, without) = (draw(Some(&"a long sentence ".repeat(40))), draw(None));
    let strip = with.len() / 1000 * 40;
    assert!(with[..strip] != without[..strip]);
    assert!(with[strip..] == without[strip..]);
}
