//! Made-up reports for pictures.
#![allow(dead_code)] // Each test file and bench uses its own part.

use chrono::{NaiveDate, Weekday};
use std::collections::BTreeMap;
use vantage::analyze::report::*;
use vantage::model::{Class, Exact, LocalTime, Week};

pub const S: Class = Class::Strategy;
pub const E: Class = Class::Execution;
pub const U: Class = Class::Unclassified;

pub fn tenths(n: i64) -> Exact {
    Exact::new(n * 360, 1)
}

pub fn percent(n: i64) -> Exact {
    Exact::new(n, 100)
}

fn minutes(clock: &str) -> u16 {
    LocalTime::parse(clock).unwrap().0
}

pub fn block(from: &str, to: &str, title: &str, class: Class) -> Block {
    Block {
        from: minutes(from),
        to: minutes(to),
        title: Some(title.to_owned()),
        private: false,
        class: Some(class),
        theme: None,
        alone: false,
        tentative: false,
    }
}

/// A week of nothing, Monday to Friday 08:00–18:00.
pub fn empty() -> Report {
    let week = Week::of(NaiveDate::from_ymd_opt(2026, 11, 16).unwrap(), Weekday::Mon);
    let days = week
        .days()
        .enumerate()
        .map(|(i, date)| Day {
            date,
            zone: "Europe/Berlin".into(),
            strategy: Exact::default(),
            execution: Exact::default(),
            unclassified: Exact::default(),
            working: (i < 5).then_some((LocalTime(480), LocalTime(1080))),
            out_of_office: vec![],
            open: vec![],
            blocks: vec![],
            all_day: vec![],
        })
        .collect();
    let weeks = (0..12)
        .map(|i| TrendWeek { week: week.plus(i - 11), share: None, hollow: false, provisional: false, thin: true })
        .collect();
    Report {
        schema_version: SCHEMA_VERSION,
        week,
        first_day: week.first,
        last_day: week.last(),
        zone: "Europe/Berlin".into(),
        complete: true,
        ahead: false,
        hollow: false,
        events: Events::default(),
        hours: Hours { working: Exact::hours(50), ..Hours::default() },
        share: None,
        coverage: None,
        provisional: false,
        thin: true,
        goal: Some(percent(40)),
        goal_gap: None,
        trend: Trend { weeks, days: 7, ..Trend::default() },
        themes: vec![],
        left_out: BTreeMap::new(),
        set_apart: BTreeMap::new(),
        days,
        flow: Flow::default(),
        leverage: BTreeMap::new(),
        load_generated: Exact::default(),
        reactive_share: None,
        coaching: Exact::default(),
        reports: vec![],
        let_go: vec![],
        moved: vec![],
        long: vec![],
        cut_by_absence: Amount::default(),
        audit: None,
        notes: vec![],
    }
}

/// Sets a day's blocks and recomputes hours, share and themes roughly (overlaps counted twice, which a picture
/// does not mind).
pub fn with_blocks(mut report: Report, blocks: &[(usize, Block)]) -> Report {
    for (day, block) in blocks {
        report.days[*day].blocks.push(block.clone());
    }
    for day in &mut report.days {
        day.blocks.sort_by_key(|b| (b.from, b.to));
        for b in &day.blocks {
            let length = Exact::new(i64::from(b.to - b.from) * 60, 1);
            match b.class {
                Some(Class::Strategy) => day.strategy += &length,
                Some(Class::Execution) => day.execution += &length,
                Some(Class::Unclassified) => day.unclassified += &length,
                None => {}
            }
        }
    }
    let of = |class| -> Exact { report.days.iter().map(|d| d.of(class)).sum() };
    let (s, e, u) = (of(S), of(E), of(U));
    let counted = &(&s + &e) + &u;
    let meetings = report.days.iter().flat_map(|d| &d.blocks).filter(|b| b.class.is_some()).count();
    report.events = Events { fetched: meetings, counted: meetings, meetings, ..Events::default() };
    report.share = s.over(&(&s + &e));
    report.coverage = (&s + &e).over(&counted);
    report.provisional = report.coverage.as_ref().is_some_and(|c| c.percent() < 80);
    report.thin = counted.tenths() < 50 || report.coverage.as_ref().is_some_and(|c| c.percent() < 50);
    report.goal_gap = report.share.as_ref().filter(|_| !report.thin).zip(report.goal.as_ref()).map(|(share, goal)| {
        GoalGap { points: share.percent() - goal.percent(), hours_to_convert: (goal - share) * (&s + &e) }
    });
    let theme =
        |name: &str, class, hours: &Exact| Theme { name: name.into(), class, hours: hours.clone(), change: None };
    report.themes = vec![theme("Execution", E, &e), theme("Strategy", S, &s), theme("Unclassified", U, &u)];
    report.themes.retain(|t| !t.hours.is_zero());
    report.themes.sort_by(|a, b| b.hours.cmp(&a.hours));
    if let Some(last) = report.trend.weeks.last_mut() {
        (last.share, last.provisional, last.thin) = (report.share.clone(), report.provisional, report.thin);
    }
    (report.hours.strategy, report.hours.execution, report.hours.unclassified, report.hours.counted) =
        (s, e, u, counted);
    report
}

pub fn trend(report: &mut Report, shares: [i64; 11]) {
    for (week, share) in report.trend.weeks.iter_mut().zip(shares) {
        (week.share, week.thin) = (Some(percent(share)), false);
    }
    report.trend.previous = Some(percent(shares[10]));
    report.trend.previous_week = Some(report.week.plus(-1));
    report.trend.median = Some(percent(26));
    report.trend.points = report.share.as_ref().map(|s| s.percent() - shares[10]);
}

/// The week of the design.
pub fn design() -> Report {
    let b = block;
    let mut report = with_blocks(
        empty(),
        &[
            (0, b("09:00", "09:30", "Daily stand-up", E)),
            (0, b("09:45", "10:45", "Sprint planning", E)),
            (0, b("11:00", "12:00", "Bug triage", E)),
            (0, b("13:00", "13:30", "1:1 Amara — growth", S)),
            (0, b("14:00", "15:00", "Release readiness", E)),
            (0, b("15:30", "16:00", "Catch-up", U)),
            (0, b("16:00", "16:30", "Launch status", E)),
            (1, b("09:00", "09:30", "Daily stand-up", E)),
            (1, b("10:00", "11:30", "Market landscape review", S)),
            (1, b("13:00", "14:05", "Design review: export", E)),
            (1, b("14:30", "15:30", "Backlog refinement", E)),
            (2, b("09:00", "09:30", "Daily stand-up", E)),
            (2, b("09:30", "11:30", "Q1 roadmap direction", S)),
            (2, b("12:55", "13:30", "Sync w/ Ops", U)),
            (2, b("14:00", "15:30", "Incident review", E)),
            (2, b("16:00", "16:30", "1:1 Jonas — scope", S)),
            (3, b("09:00", "09:30", "Daily stand-up", E)),
            (3, b("10:00", "11:00", "Pricing hypothesis", S)),
            (3, b("11:30", "12:30", "Vendor call", U)),
            (3, b("13:00", "14:15", "UAT walkthrough", E)),
            (3, b("14:30", "16:00", "Sprint review", E)),
            (3, b("18:00", "18:40", "Hotfix go/no-go", E)),
            (4, b("09:00", "09:30", "Daily stand-up", E)),
            (4, b("10:00", "11:30", "Strategy off-site prep", S)),
            (4, b("13:00", "14:00", "Stakeholder status", E)),
        ],
    );
    report.days[1].open = vec![(930, 1080)];
    report.days[3].open = vec![(960, 1080)];
    report.days[4].open = vec![(840, 1080)];
    trend(&mut report, [18, 22, 20, 25, 24, 19, 28, 26, 23, 29, 30]);
    report.hours.open = tenths(85);
    report.hours.after_hours = tenths(7);
    report.themes = [
        ("Delivery ceremonies", E, 60, 8),
        ("Reviews & status", E, 49, -3),
        ("Roadmap & vision", S, 35, 12),
        ("Incidents & releases", E, 32, 9),
        ("Market & pricing", S, 25, 5),
        ("Unclassified", U, 21, -4),
        ("Growing people", S, 10, -5),
    ]
    .map(|(name, class, hours, change)| Theme {
        name: name.into(),
        class,
        hours: tenths(hours),
        change: Some(tenths(change)),
    })
    .to_vec();
    report.left_out = [(Reason::Declined, 3), (Reason::AllDay, 2), (Reason::Free, 2)]
        .map(|(reason, events)| (reason, Amount { events, hours: Exact::default() }))
        .into();
    report.events.left_out = 7;
    report.events.fetched = 32;
    let candidate = |title: &str, quarter, people, optional, report: Option<&str>| Candidate {
        title: Some(title.into()),
        private: false,
        theme: Some("Delivery ceremonies".into()),
        score: 4,
        hours_a_quarter: tenths(quarter),
        people: Some(people),
        optional,
        report: report.map(Into::into),
    };
    report.let_go = vec![
        candidate("Sprint review", 195, 11, true, Some("Amara")),
        candidate("Backlog refinement", 130, 8, false, Some("Jonas")),
    ];
    report
}

/// Eighty meetings: sixteen a day of half an hour.
pub fn eighty() -> Report {
    let mut blocks = vec![];
    for day in 0..5usize {
        for slot in 0..16usize {
            let from = 480 + slot as u16 * 37;
            let class = [E, S, E, U, E][(day + slot) % 5];
            let mut one = block("08:00", "09:00", &format!("Meeting {} about many things", day * 16 + slot), class);
            (one.from, one.to) = (from, from + if slot % 4 == 0 { 60 } else { 30 });
            one.tentative = slot % 7 == 3;
            blocks.push((day, one));
        }
    }
    with_blocks(empty(), &blocks)
}

/// All seven days, nights too, with travel, a private block, focus and time off.
pub fn seven_days() -> Report {
    let mut focus = block("13:00", "15:00", "Deep work", E);
    (focus.class, focus.alone) = (None, true);
    let mut private = block("10:00", "11:00", "Doctor", E);
    private.private = true;
    let mut unnamed = block("15:30", "16:15", "", U);
    unnamed.title = None;
    let mut maybe = block("11:30", "12:30", "Pricing council", S);
    maybe.tentative = true;
    let mut report = with_blocks(
        empty(),
        &[
            (0, block("00:00", "01:30", "Overnight release", E)),
            (0, block("10:00", "12:00", "Board strategy review and long-range plan", S)),
            (1, private),
            (1, maybe),
            (1, focus),
            (2, unnamed),
            (2, block("09:00", "09:15", "Daily stand-up", E)),
            (2, block("09:15", "09:30", "Check-in", E)),
            (2, block("09:30", "09:31", "A minute", E)),
            (5, block("10:00", "12:00", "Saturday workshop", S)),
            (6, block("22:30", "24:00", "Incident bridge", E)),
        ],
    );
    let whole = |title: &str, class| Block { from: 0, to: 1440, ..block("00:00", "24:00", title, class) };
    report.days[0].all_day = vec![whole("Leadership off-site", S)];
    report.days[1].all_day = ["Leadership off-site", "Conference", "Hackathon", "Audit"].map(|t| whole(t, E)).into();
    report.days[3].out_of_office = vec![(480, 1080)];
    report.days[4].out_of_office = vec![(480, 720)];
    report.days[4].open = vec![(780, 1080)];
    for day in &mut report.days[4..] {
        day.zone = "America/New_York".into();
    }
    report.zone = "Europe/Berlin, America/New_York".into();
    trend(&mut report, [35, 40, 38, 52, 55, 61, 48, 44, 58, 63, 60]);
    report.trend.weeks[3].share = None;
    report.trend.weeks[6].hollow = true;
    report.trend.weeks[8].provisional = true;
    report.hours.conflict = tenths(5);
    report.moved = [("Board strategy review", S, 61), ("Overnight release", E, -23), ("Daily stand-up", E, -4)]
        .map(|(title, class, tenths)| Mover { title: Some(title.into()), private: false, theme: None, class, tenths })
        .to_vec();
    report.set_apart = [(Apart::Focus, Amount { events: 1, hours: tenths(20) })].into();
    report.events.set_apart = 1;
    report.trend.weeks[4].thin = true;
    report.notes = vec!["No address of yours is known, so answers could not be read.".into()];
    report
}

/// Fourteen bookings at once.
pub fn parallel() -> Report {
    let mut blocks: Vec<(usize, Block)> = (0..14usize)
        .map(|i| {
            let mut one = block("10:00", "12:00", &format!("Parallel {i}"), [E, S, U][i % 3]);
            one.to += i as u16 * 5;
            (1, one)
        })
        .collect();
    blocks.extend((0..3usize).map(|i| (3, block("09:00", "10:30", &format!("Triple {i}"), [S, E, U][i]))));
    with_blocks(empty(), &blocks)
}

/// Titles from all over the world.
pub fn scripts() -> Report {
    let long = "A very long title about the quarterly planning of everything ".repeat(5);
    let mut report = with_blocks(
        empty(),
        &[
            (0, block("09:00", "10:30", &long, S)),
            (0, block("11:00", "11:30", &long, E)),
            (0, block("13:00", "14:00", "Zażółć gęślą jaźń", S)),
            (0, block("14:30", "15:30", "Стратегия на квартал", E)),
            (0, block("16:00", "17:00", "Στρατηγική προϊόντος", U)),
            (1, block("09:00", "10:00", "四半期の製品戦略レビュー会議", S)),
            (1, block("10:30", "11:30", "产品路线图评审", E)),
            (1, block("12:00", "13:00", &"長い題名".repeat(70), E)),
            (1, block("14:00", "15:00", "제품 전략 회의", U)),
            (2, block("09:00", "10:00", "פגישת אסטרטגיה עם Amara", S)),
            (2, block("10:30", "11:30", "اجتماع استراتيجية المنتج 2027", E)),
            (2, block("12:00", "13:00", "Review: מפת דרכים (Q1)", U)),
            (2, block("14:00", "14:30", &"שלום עולם ".repeat(30), E)),
            (3, block("09:00", "10:00", "🚀 Launch 🎉 party", S)),
            (3, block("10:30", "11:30", "👩‍👩‍👧 Family 🇩🇪", E)),
            (3, block("12:00", "13:00", "🚀🎉🔥💡📈🧭🏁🌍🎯🧪🛠️🚧", U)),
            (4, block("09:00", "10:00", "evil \u{202e}gnp.exe\u{1b}[31m\u{200b}", S)),
            (4, block("10:30", "11:30", "उत्पाद रणनीति", E)),
            (4, block("12:00", "13:00", "   ", U)),
            (4, block("14:00", "15:00", "e\u{301}te\u{301} et de\u{301}cor", E)),
        ],
    );
    report.themes[0].name = "戦略 and a theme name much too long for its column".into();
    report.let_go = vec![Candidate {
        title: Some(long),
        private: false,
        theme: None,
        score: 3,
        hours_a_quarter: tenths(163),
        people: Some(1),
        optional: false,
        report: Some("Wolfeschlegelsteinhausenbergerdorff ".repeat(4)),
    }];
    report
}

/// One meeting, whatever its class.
pub fn one() -> Report {
    let mut report = with_blocks(empty(), &[(2, block("10:00", "11:00", "Roadmap direction", S))]);
    report.trend.points = None;
    report
}

/// Mostly out of office, little classified.
pub fn hollow() -> Report {
    let mut report = with_blocks(
        empty(),
        &[
            (4, block("10:00", "11:00", "Hand-over", E)),
            (4, block("13:00", "13:30", "Roadmap", S)),
            (4, block("14:00", "16:00", "Lunch talk", U)),
        ],
    );
    for day in &mut report.days[..4] {
        day.out_of_office = vec![(480, 1080)];
    }
    trend(&mut report, [18, 22, 20, 25, 24, 19, 28, 26, 23, 29, 30]);
    report.hollow = true;
    report.trend.points = None;
    report.trend.weeks[11].hollow = true;
    report
}

/// Everything that the last lines can hold.
pub fn crowded() -> Report {
    let mut report = design();
    let long = |title: Option<&str>| LongEvent {
        title: title.map(Into::into),
        private: title.is_none(),
        hours: Exact::hours(80),
    };
    report.long =
        vec![long(Some("Autumn hackathon of all teams")), long(None), long(Some("On-call")), long(Some("Fair"))];
    report.cut_by_absence = Amount { events: 2, hours: Exact::hours(3) };
    let reasons = [
        (Reason::Duplicate, 31),
        (Reason::Cancelled, 12),
        (Reason::Declined, 13),
        (Reason::Delegated, 1),
        (Reason::OutOfOffice, 2),
        (Reason::Away, 3),
        (Reason::Free, 14),
        (Reason::AllDay, 11),
        (Reason::Long, 4),
        (Reason::Ignored, 16),
    ];
    report.left_out = reasons.map(|(reason, events)| (reason, Amount { events, hours: Exact::default() })).into();
    report.events.left_out = 107;
    report.set_apart = [(Apart::Focus, 3), (Apart::Solo, 4)]
        .map(|(apart, events)| (apart, Amount { events, hours: Exact::hours(2) }))
        .into();
    report.events.set_apart = 7;
    report.hours.tentative_not_counted = Exact::hours(2);
    report.zone = "Europe/Berlin, America/New_York, Asia/Tokyo".into();
    report.notes = vec![
        "days follow the system's zone UTC, but the calendar names Europe/Berlin: set `timezone`".into(),
        "your own answers are not known: set `my_addresses` so that declined meetings are left out".into(),
    ];
    report
}

/// Every gallery picture: its name and report.
pub fn cases() -> Vec<(&'static str, Report)> {
    let mut no_goal = design();
    (no_goal.goal, no_goal.goal_gap) = (None, None);
    no_goal.let_go.clear();
    no_goal.complete = false;
    vec![
        ("design", design()),
        ("empty", empty()),
        ("one", one()),
        ("eighty", eighty()),
        ("seven-days", seven_days()),
        ("parallel", parallel()),
        ("scripts", scripts()),
        ("no-goal", no_goal),
        ("hollow", hollow()),
        ("crowded", crowded()),
    ]
}
