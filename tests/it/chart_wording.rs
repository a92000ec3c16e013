//! Headlines and alternative texts.

use crate::chart_support::{E, U, block, crowded, design, empty, hollow, one, percent, with_blocks};
use vantage::analyze::report::{GoalGap, Mover, Report};
use vantage::chart::{Privacy, alt_text, headline};
use vantage::model::Exact;

fn said(change: impl FnOnce(&mut Report)) -> String {
    let mut report = design();
    change(&mut report);
    headline(&report).to_string()
}

fn gap(points: i64) -> Option<GoalGap> {
    Some(GoalGap { points, hours_to_convert: Exact::default() })
}

#[test]
fn headlines_say_the_result() {
    let table = [
        (said(|_| {}), "33% strategy — up 3 points, 7 short of your 40% goal"),
        (said(|r| r.trend.points = Some(-1)), "33% strategy — down 1 point, 7 short of your 40% goal"),
        (
            said(|r| r.trend.points = Some(0)),
            "33% strategy — level with the week before, 7 points short of your 40% goal",
        ),
        (said(|r| r.trend.points = None), "33% strategy — 7 points short of your 40% goal"),
        (said(|r| (r.trend.points, r.goal_gap) = (None, gap(-1))), "33% strategy — 1 point short of your 40% goal"),
        (said(|r| r.goal_gap = gap(0)), "33% strategy — up 3 points, on your 40% goal"),
        (said(|r| r.goal_gap = gap(3)), "33% strategy — up 3 points, 3 above your 40% goal"),
        (said(|r| (r.goal, r.goal_gap) = (None, None)), "33% strategy — up 3 points"),
        (said(|r| (r.goal, r.goal_gap, r.trend.points) = (None, None, None)), "33% strategy"),
        (said(|r| r.complete = false), "33% strategy so far booked — up 3 points, 7 short of your 40% goal"),
        (
            said(|r| r.trend.previous_week = Some(r.week.plus(-2))),
            "33% strategy — up 3 points since W45, 7 short of your 40% goal",
        ),
        (
            said(|r| (r.trend.points, r.trend.previous_week) = (Some(0), Some(r.week.plus(-2)))),
            "33% strategy — level with W45, 7 points short of your 40% goal",
        ),
        (headline(&hollow()).to_string(), "0.5 h strategy, 1.0 h execution in a week mostly out of office"),
        (said(|r| r.hollow = true), "33% strategy in a week mostly out of office"),
        (headline(&empty()).to_string(), "No meetings this week"),
        (headline(&one()).to_string(), "1.0 h strategy, 0.0 h execution — too little to compare: 1.0 h counted"),
        (
            headline(&with_blocks(empty(), &[(0, block("09:00", "10:00", "?", U))])).to_string(),
            "No classified meetings this week",
        ),
        (
            said(|r| {
                r.share = None;
                r.hours.counted = Exact::default();
            }),
            "Nothing to count this week",
        ),
    ];
    for (said, expected) in table {
        assert_eq!(said, expected);
    }
}

#[test]
fn the_alternative_text_reads_like_the_picture() {
    insta::assert_snapshot!(alt_text(&design(), Privacy::Titles), @"Week 47, 16–22 November 2026. 33% strategy — up 3 points, 7 short of your 40% goal. 23.1 hours counted in 25 meetings: 7.0 strategy, 14.0 execution, 2.1 unclassified. 8.5 hours stayed open for focus, 0.7 hours lay after hours. Over the last 12 weeks the share lay between 18% and 33%; the median of the four weeks before is 26%. Where it went: Delivery ceremonies 6.0 h (+0.8 against the four weeks before), Reviews & status 4.9 h (−0.3 against the four weeks before), Roadmap & vision 3.5 h (+1.2 against the four weeks before), Incidents & releases 3.2 h (+0.9 against the four weeks before), Market & pricing 2.5 h (+0.5 against the four weeks before), Unclassified 2.1 h (−0.4 against the four weeks before), Growing people 1.0 h (−0.5 against the four weeks before). You could let go of Sprint review: 19.5 h a quarter, 11 people, you are optional, Amara already attends. You could let go of Backlog refinement: 13.0 h a quarter, 8 people, Jonas already attends. 25 counted, 7 left out (3 declined, 2 free, 2 all-day), 9% unclassified, calendar time only, Europe/Berlin.");
}

#[test]
fn no_title_and_no_name_leaves_the_lower_levels() {
    for privacy in [Privacy::Themes, Privacy::Classes] {
        let text = alt_text(&design(), privacy);
        for word in ["Sprint review", "Backlog", "Amara", "Jonas"] {
            assert!(!text.contains(word), "{privacy:?}: {text}");
        }
    }
    assert!(!alt_text(&design(), Privacy::Classes).contains("Delivery ceremonies"));
}

#[test]
fn private_and_untitled_series_are_told_apart() {
    let mut report = design();
    report.let_go[0].title = None;
    report.let_go[1].title = Some(" ".into());
    let text = alt_text(&report, Privacy::Titles);
    assert!(text.contains("let go of Private: 19.5 h"), "{text}");
    assert!(text.contains("let go of (no title): 13.0 h"), "{text}");
    report.let_go.iter_mut().for_each(|c| c.theme = None);
    assert!(alt_text(&report, Privacy::Themes).contains("let go of A recurring meeting: 19.5 h"));
}

#[test]
fn what_moved_the_number_is_told_where_it_is_drawn() {
    let mut report = design();
    let mover =
        |title: &str, tenths| Mover { title: Some(title.into()), private: false, theme: None, class: E, tenths };
    report.moved = vec![mover("Stand-up", -41), mover("Triage", 3), mover("", 2), mover("Small", 1)];
    assert!(!alt_text(&report, Privacy::Titles).contains("moved the number"));
    report.let_go.clear();
    let text = alt_text(&report, Privacy::Titles);
    assert!(text.contains("What moved the number, in points: Stand-up −4.1, Triage +0.3, (no title) +0.2."), "{text}");
    report.trend.previous_week = Some(report.week.plus(-3));
    assert!(alt_text(&report, Privacy::Titles).contains("What moved the number since W44, in points:"));
}

#[test]
fn an_empty_week_does_not_boast_of_focus() {
    let mut report = empty();
    report.hours.open = Exact::hours(46);
    assert!(!alt_text(&report, Privacy::Titles).contains("focus"));
}

#[test]
fn singular_and_plural() {
    let report = with_blocks(empty(), &[(0, block("09:00", "10:00", "One", E))]);
    assert!(alt_text(&report, Privacy::Titles).contains("1.0 hours counted in 1 meeting:"));
    assert_eq!(report.share, Some(percent(0)));
}

#[test]
fn on_your_goal_and_level_agree_with_the_hours_shown() {
    let near = |tenths: i64| Some(GoalGap { points: 0, hours_to_convert: Exact::new(tenths * 360, 1) });
    let table = [
        (said(|r| r.goal_gap = near(0)), "33% strategy — up 3 points, on your 40% goal"),
        (said(|r| r.goal_gap = near(12)), "33% strategy — up 3 points, 1.2 h short of your 40% goal"),
        (said(|r| r.goal_gap = near(-1)), "33% strategy — up 3 points, 0.1 h above your 40% goal"),
    ];
    for (said, expected) in table {
        assert_eq!(said, expected);
    }
}

#[test]
fn a_thin_week_gives_its_hours() {
    let thin = |r: &mut Report| r.thin = true;
    let little = "7.0 h strategy, 14.0 h execution";
    assert_eq!(said(thin), format!("{little} — too little to compare: 23.1 h counted"));
    assert_eq!(
        said(|r| (r.thin, r.complete) = (true, false)),
        format!("{little} so far booked — too little to compare: 23.1 h counted")
    );
    assert_eq!(
        said(|r| (r.thin, r.coverage) = (true, Some(percent(30)))),
        format!("{little} — too little to compare: 30% of 23.1 h is classified")
    );
    assert_eq!(said(|r| (r.thin, r.hollow) = (true, true)), format!("{little} in a week mostly out of office"));
}

#[test]
fn a_running_week_names_the_days_that_it_is_compared_by() {
    let on = |days| said(|r| (r.complete, r.trend.days) = (false, days));
    assert_eq!(on(3), "33% strategy so far booked — Mon–Wed up 3 points, 7 short of your 40% goal");
    assert_eq!(on(1), "33% strategy so far booked — Mon up 3 points, 7 short of your 40% goal");
    assert_eq!(on(7), "33% strategy so far booked — up 3 points, 7 short of your 40% goal");
    assert_eq!(
        said(|r| (r.complete, r.ahead) = (false, true)),
        "33% strategy booked — up 3 points, 7 short of your 40% goal"
    );
}

#[test]
fn a_week_ahead_is_booked_and_does_not_run() {
    let begins = |complete, ahead| {
        let text = alt_text(&Report { complete, ahead, ..design() }, Privacy::Titles);
        text.split_once('.').map(|(first, _)| first.to_owned()).unwrap_or_default()
    };
    assert_eq!(begins(true, false), "Week 47, 16–22 November 2026");
    assert_eq!(begins(false, false), "Week 47, 16–22 November 2026, still running");
    assert_eq!(begins(false, true), "Week 47, 16–22 November 2026, booked");
}

#[test]
fn the_last_lines_hold_everything_in_a_fixed_order() {
    let text = alt_text(&crowded(), Privacy::Titles);
    let last = &text[text.find("25 counted").unwrap()..];
    insta::assert_snapshot!(last, @"25 counted, 7 set apart (3 focus, 4 solo), 107 left out (31 duplicate, 16 ignored by rule, 4 long, 3 away, 53 for other reasons), 9% unclassified, 2.0 h tentative, not counted, calendar time only, Europe/Berlin, America/New_York, Asia/Tokyo. days follow the system's zone UTC, but the calendar names Europe/Berlin: set `timezone`. your own answers are not known: set `my_addresses` so that declined meetings are left out. 4 events over 16 h are left out: Autumn hackathon of all teams 80.0 h, On-call 80.0 h, 1 more, 1 private. 2 meetings cut by your absence, by 3.0 h.");
    let board = alt_text(&crowded(), Privacy::Classes);
    assert!(board.contains("4 events over 16 h are left out. 2 meetings") && !board.contains("hackathon"), "{board}");
}
