//! The lines of "What counts", as stories about small weeks, and the properties that hold for all weeks.

mod absence;
mod caller;
mod guests;
mod honesty;
mod tuning;

use super::report::{Apart, Reason, Theme};
use super::*;
use crate::classify::{RuleSet, parse};
use crate::model::*;
use chrono::TimeZone;
use chrono_tz::Europe::Berlin;
use proptest::prelude::*;
use std::sync::Arc;

const RULES: &str = r#"
[[rule]]
name = "S"
class = "strategy"
title = "roadmap"
[[rule]]
name = "E"
class = "execution"
title = ["standup", "review"]
[[rule]]
name = "private"
class = "ignore"
title = "lunch"
[[rule]]
name = "F"
kind = "focus"
title = "focus"
"#;

fn rules() -> RuleSet {
    parse("rules.toml", RULES, &[]).unwrap()
}

fn ada() -> Address {
    Address::parse("ada@x.example").unwrap()
}

fn people() -> People {
    let groups = [("reports".to_string(), vec![Address::parse("bo@x.example").unwrap()])].into();
    People { me: vec![ada()], groups, ..People::default() }
}

fn wishes() -> Preferences {
    let mut wishes = crate::config::Config::default().preferences(Berlin);
    wishes.goal = Some(Exact::new(2, 5));
    wishes
}

/// 2026-W47, Monday the 16th of November to Sunday.
fn week() -> Week {
    Week::from_iso(2026, 47, Weekday::Mon).unwrap()
}

/// A Berlin wall-clock time of the week, `"1 09:30"` being Tuesday at half past nine.
fn at(text: &str) -> DateTime<Utc> {
    let (day, time) = text.split_once(' ').unwrap();
    let date = week().first + chrono::TimeDelta::days(day.parse().unwrap());
    resolve(date.and_time(chrono::NaiveTime::parse_from_str(time, "%H:%M").unwrap()), Berlin)
}

/// One meeting with two strangers, accepted by me.
fn event(title: &str) -> Event {
    let line = |address: Address, answer| Attendee {
        address,
        name: None,
        kind: AttendeeKind::Person,
        answer,
        optional: false,
        is_me: false,
    };
    let others = ["cy@x.example", "di@x.example"].map(|a| line(Address::parse(a).unwrap(), Answer::Accepted));
    Event {
        uid: Uid(title.into()),
        calendar: Arc::new(Calendar { name: "work".into(), source: "work".into(), ..Calendar::default() }),
        summary: Some(title.into()),
        attendees: Attendees::Known([vec![line(ada(), Answer::Accepted)], others.to_vec()].concat()),
        line: 1,
        ..Event::default()
    }
}

fn timed(event: Event, from: &str, to: &str) -> Instance {
    let start = at(from);
    Instance {
        event: Arc::new(event),
        span: Span::Timed(Interval::new(start, at(to))),
        original: Original::At(start),
        marked: None,
    }
}

fn meeting(title: &str, from: &str, to: &str) -> Instance {
    timed(event(title), from, to)
}

fn answered(title: &str, answer: Answer, from: &str, to: &str) -> Instance {
    let mut event = event(title);
    if let Attendees::Known(lines) = &mut event.attendees {
        lines[0].answer = answer;
    }
    timed(event, from, to)
}

fn all_day(event: Event, first: i64, days: i64) -> Instance {
    let first = week().first + chrono::TimeDelta::days(first);
    let span = Span::AllDay { first, end: first + chrono::TimeDelta::days(days) };
    Instance { event: Arc::new(event), span, original: Original::On(first), marked: None }
}

/// Time out of office of my own, as the event type says.
fn off() -> Event {
    Event { event_type: EventType::OutOfOffice, attendees: Attendees::default(), ..event("Away") }
}

fn later() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 6, 1, 0, 0, 0).unwrap()
}

fn report_with(instances: Vec<Instance>, wishes: &Preferences) -> Report {
    let (rules, people) = (rules(), people());
    Analysis::new(instances, &rules, &people, wishes).report(week(), later())
}

fn report(instances: Vec<Instance>) -> Report {
    report_with(instances, &wishes())
}

fn h(seconds: &Exact) -> f64 {
    seconds.in_hours()
}

#[track_caller]
fn left_out(instance: Instance, reason: Reason) {
    let r = report(vec![instance]);
    assert_eq!(r.left_out.keys().collect::<Vec<_>>(), [&reason]);
    assert_eq!((r.events.counted, r.events.left_out, h(&r.hours.counted)), (0, 1, 0.0));
}

fn changed(change: impl FnOnce(&mut Event)) -> Instance {
    let mut event = event("Standup");
    change(&mut event);
    timed(event, "0 09:00", "0 10:00")
}

#[test]
fn what_is_left_out_is_left_out_for_one_reason() {
    left_out(answered("Standup", Answer::Declined, "0 09:00", "0 10:00"), Reason::Declined);
    left_out(changed(|e| e.status = Some(EventStatus::Cancelled)), Reason::Cancelled);
    left_out(changed(|e| e.transparent = true), Reason::Free);
    left_out(changed(|e| e.event_type = EventType::WorkingLocation), Reason::WorkingLocation);
    left_out(changed(|e| e.event_type = EventType::Birthday), Reason::Birthday);
    left_out(changed(|e| e.event_type = EventType::FromGmail), Reason::FromGmail);
    left_out(
        changed(|e| (e.event_type, e.attendees) = (EventType::OutOfOffice, Attendees::default())),
        Reason::OutOfOffice,
    );
    left_out(meeting("Lunch", "0 12:00", "0 13:00"), Reason::Ignored);
    left_out(meeting("Standup", "0 09:00", "0 09:00"), Reason::NoLength);
    left_out(all_day(event("Standup"), 0, 1), Reason::AllDay);
    // The first reason of the list wins.
    left_out(changed(|e| (e.status, e.transparent) = (Some(EventStatus::Cancelled), true)), Reason::Cancelled);
}

#[test]
fn two_that_overlap_share_the_time_equally() {
    let r = report(vec![meeting("Roadmap", "0 10:00", "0 11:00"), meeting("Standup", "0 10:30", "0 11:30")]);
    let shown = [&r.hours.counted, &r.hours.strategy, &r.hours.execution, &r.hours.conflict].map(h);
    assert_eq!(shown, [1.5, 0.75, 0.75, 0.5]);
    assert_eq!(r.share, Some(Exact::new(1, 2)));
}

#[test]
fn half_drops_half_of_the_equal_share() {
    let both =
        || vec![meeting("Roadmap", "0 10:00", "0 11:00"), answered("Standup", Answer::Tentative, "0 10:00", "0 11:00")];
    let half = Preferences { tentative: Weight::Half, ..wishes() };
    let r = report_with(both(), &half);
    let shown = [&r.hours.counted, &r.hours.strategy, &r.hours.execution, &r.hours.tentative_not_counted].map(h);
    assert_eq!(shown, [0.75, 0.5, 0.25, 0.25]);
    assert_eq!(h(&report(both()).hours.counted), 1.0);
    let skip = report_with(both(), &Preferences { tentative: Weight::Skip, ..wishes() });
    assert_eq!((h(&skip.hours.counted), skip.left_out[&Reason::Tentative].events), (1.0, 1));
    let unanswered = vec![answered("Standup", Answer::NeedsAction, "0 10:00", "0 11:00")];
    let skip = report_with(unanswered, &Preferences { unanswered: Weight::Skip, ..wishes() });
    assert_eq!(skip.left_out[&Reason::Unanswered].events, 1);
}

#[test]
fn all_day_events_add_hours_on_working_days_when_asked_to() {
    let eight = Preferences { all_day: Some(Exact::hours(8)), ..wishes() };
    // Thursday to Monday after: two working days of this week.
    let r = report_with(vec![all_day(event("Roadmap"), 3, 5), meeting("Standup", "3 09:00", "3 10:00")], &eight);
    assert_eq!(
        [&r.hours.counted, &r.hours.strategy, &r.hours.all_day, &r.hours.conflict].map(h),
        [17.0, 16.0, 16.0, 0.0]
    );
    let shared = report_with(vec![all_day(event("Roadmap"), 3, 1), all_day(event("Review"), 3, 1)], &eight);
    assert_eq!([&shared.hours.counted, &shared.hours.strategy].map(h), [8.0, 4.0]);
}

#[test]
fn focus_and_solo_are_set_apart_unless_a_rule_classes_them() {
    let solo =
        |title: &str, from, to| timed(Event { attendees: Attendees::Known(Vec::new()), ..event(title) }, from, to);
    let r = report(vec![
        solo("Focus", "0 14:00", "0 16:00"),
        solo("Desk", "1 14:00", "1 15:00"),
        solo("Roadmap", "2 14:00", "2 15:00"),
        changed(|e| e.attendees = Attendees::Unknown),
    ]);
    assert_eq!((r.set_apart[&Apart::Focus].events, r.set_apart[&Apart::Solo].events), (1, 1));
    assert_eq!([&r.hours.focus, &r.hours.solo, &r.hours.counted].map(h), [2.0, 1.0, 2.0]);
    assert_eq!((r.events.counted, r.events.meetings), (2, 1));
    // Neither a focus event nor a solo block breaks an open block: only the one meeting does.
    assert_eq!(h(&r.hours.open), 5.0 * 9.25 - 2.0);
}

#[test]
fn what_crosses_the_edge_of_a_week_is_cut_there() {
    let r = report(vec![meeting("Standup", "6 23:30", "7 00:30")]);
    assert_eq!(h(&r.hours.counted), 0.5);
    let (rules, people, wishes) = (rules(), people(), wishes());
    let mut analysis = Analysis::new(vec![meeting("Standup", "6 23:30", "7 00:30")], &rules, &people, &wishes);
    assert_eq!(h(&analysis.report(week().plus(1), later()).hours.counted), 0.5);
}

#[test]
fn the_same_meeting_on_two_calendars_counts_once_as_the_copy_i_answered() {
    let calendar = |name: &str| Arc::new(Calendar { source: name.into(), name: name.into(), ..Calendar::default() });
    let copy = |name: &str, answer| {
        let mut instance = answered("Standup", answer, "0 09:00", "0 10:00");
        let mut event = (*instance.event).clone();
        event.calendar = calendar(name);
        instance.event = Arc::new(event);
        instance
    };
    let r = report(vec![copy("a", Answer::NeedsAction), copy("b", Answer::Declined)]);
    let reasons: Vec<_> = r.left_out.iter().map(|(reason, amount)| (*reason, amount.events)).collect();
    assert_eq!(reasons, [(Reason::Duplicate, 1), (Reason::Declined, 1)]);
}

#[test]
fn lunch_ends_an_open_block_and_a_meeting_in_it_is_not_after_hours() {
    let r = report(vec![meeting("Standup", "0 12:30", "0 13:00"), meeting("Review", "0 17:30", "0 19:00")]);
    assert_eq!(h(&r.hours.after_hours), 1.0);
    // Monday: 08:00-12:30 and 13:15-17:30.
    assert_eq!(r.days[0].open, [(480, 750), (795, 1050)]);
    assert_eq!(h(&r.hours.working), 5.0 * 9.25);
}

#[test]
fn out_of_office_comes_off_the_working_hours() {
    let off = |days| all_day(off(), 0, days);
    let r = report(vec![off(2)]);
    assert_eq!((h(&r.hours.working), r.hollow), (3.0 * 9.25, false));
    assert!(report(vec![off(3)]).hollow);
}

#[test]
fn chains_and_switches_follow_the_order_of_the_day() {
    let r = report(vec![
        meeting("Standup", "0 09:00", "0 09:30"),
        meeting("Roadmap", "0 09:35", "0 10:00"),
        meeting("Review", "0 10:00", "0 11:00"),
        meeting("Sync", "0 11:06", "0 12:00"),
    ]);
    let f = &r.flow;
    assert_eq!((f.longest_chain, h(&f.longest_chain_hours), f.chains, f.context_switches), (3, 2.0, 1, 3));
}

#[test]
fn the_goal_gap_tells_points_and_hours_to_convert() {
    let r = report(vec![meeting("Roadmap", "0 09:00", "0 10:30"), meeting("Standup", "0 10:30", "0 15:00")]);
    let gap = r.goal_gap.unwrap();
    assert_eq!((gap.points, gap.hours_to_convert), (-15, Exact::new(54 * 60, 1)));
}

#[test]
fn movers_add_up_to_the_change_of_the_share() {
    let before = |mut i: Instance| {
        if let Span::Timed(span) = &mut i.span {
            *span = Interval::new(span.start - chrono::TimeDelta::days(7), span.end - chrono::TimeDelta::days(7));
            i.original = Original::At(span.start);
        }
        i
    };
    let r = report(vec![
        before(meeting("Roadmap a", "0 09:00", "0 10:00")),
        before(meeting("Standup", "1 09:00", "1 13:00")),
        meeting("Roadmap a", "0 09:00", "0 11:00"),
        meeting("Roadmap b", "0 11:00", "0 11:20"),
        meeting("Standup", "1 09:00", "1 12:00"),
    ]);
    let change = r.share.unwrap() - r.trend.previous.unwrap();
    let sum: i64 = r.moved.iter().map(|m| m.tenths).sum();
    assert_eq!(sum, change.in_units(&Exact::new(1, 1000)));
    assert_eq!(r.moved[0].title.as_deref(), Some("Roadmap a"));
}

#[test]
fn a_series_that_a_report_could_carry_is_a_candidate() {
    let series = |week: i64| {
        let mut event = event("Review");
        event.recurring = true;
        event.organizer = Address::parse("cy@x.example");
        if let Attendees::Known(lines) = &mut event.attendees {
            let bo = Attendee {
                address: Address::parse("bo@x.example").unwrap(),
                name: Some("Bo".into()),
                ..lines[1].clone()
            };
            lines.push(bo);
        }
        let start = at("0 09:00") - chrono::TimeDelta::weeks(week);
        let span = Span::Timed(Interval::new(start, start + chrono::TimeDelta::hours(1)));
        Instance { event: Arc::new(event), span, original: Original::At(start), marked: None }
    };
    let r = report((0..4).map(series).collect());
    let c = &r.let_go[0];
    // Execution, recurring, organised by another, with a report in the room; not more than 6 people, not optional.
    assert_eq!((c.score, h(&c.hours_a_quarter), c.report.as_deref()), (4, 13.0, Some("Bo")));
    assert!(report(vec![series(0)]).let_go.is_empty());
}

#[test]
fn the_median_and_the_previous_week_leave_hollow_weeks_out() {
    let shifted = |mut i: Instance, weeks: i64| {
        let by = chrono::TimeDelta::weeks(weeks);
        match &mut i.span {
            Span::Timed(s) => *s = Interval::new(s.start - by, s.end - by),
            Span::AllDay { first, end } => (*first, *end) = (*first - by, *end - by),
        }
        i.original = Original::At(at("0 00:00") - by);
        i
    };
    let r = report(vec![
        shifted(meeting("Standup", "0 09:00", "0 14:00"), 2),
        shifted(meeting("Roadmap", "0 09:00", "0 14:00"), 1),
        shifted(all_day(off(), 0, 4), 1),
        meeting("Roadmap", "0 09:00", "0 14:00"),
    ]);
    assert_eq!((r.trend.previous, r.trend.points), (Some(Exact::default()), Some(100)));
    assert!(r.trend.weeks[10].hollow);
}

#[test]
fn private_titles_are_nowhere_in_a_report() {
    let r =
        report(vec![timed(Event { visibility: Visibility::Private, ..event("Roadmap secret") }, "0 09:00", "0 10:00")]);
    assert_eq!(h(&r.hours.strategy), 1.0);
    assert!(!format!("{r:?}").contains("secret"));
}

/// The instance, by so many weeks earlier and as a new slot.
fn weeks_before(mut i: Instance, weeks: i64) -> Instance {
    let by = chrono::TimeDelta::weeks(weeks);
    match &mut i.span {
        Span::Timed(s) => {
            *s = Interval::new(s.start - by, s.end - by);
            i.original = Original::At(s.start);
        }
        Span::AllDay { first, end } => {
            (*first, *end) = (*first - by, *end - by);
            i.original = Original::On(*first);
        }
    }
    i
}

fn with_event(i: &Instance, change: impl FnOnce(&mut Event)) -> Instance {
    let mut event = (*i.event).clone();
    change(&mut event);
    Instance { event: Arc::new(event), ..i.clone() }
}

#[test]
fn shown_themes_add_up_to_their_shown_class() {
    use Class::{Execution, Strategy, Unclassified};
    let quarters = [(Unclassified, 19), (Execution, 7), (Execution, 4), (Strategy, 4), (Execution, 4), (Strategy, 2)];
    let mut r = report(Vec::new());
    let of = |class| Exact::new(quarters.iter().filter(|(c, _)| *c == class).map(|(_, n)| n * 900).sum(), 1);
    (r.hours.strategy, r.hours.execution, r.hours.unclassified) = (of(Strategy), of(Execution), of(Unclassified));
    r.themes = quarters
        .iter()
        .map(|(class, n)| Theme { name: "A".into(), class: *class, hours: Exact::new(n * 900, 1), change: None })
        .collect();
    assert_eq!(r.class_tenths(), [15, 38, 47]);
    // Among all themes the 4.75 h would be shown as 4.8.
    assert_eq!(r.theme_tenths(), [47, 18, 10, 10, 10, 5]);
}

#[test]
fn a_slot_whose_instance_was_moved_away_is_taken_on_every_calendar() {
    let stale = answered("Standup", Answer::NeedsAction, "1 09:00", "1 10:00");
    let moved = Instance { original: stale.original, ..weeks_before(meeting("Standup", "1 09:00", "1 10:00"), -5) };
    let stale = with_event(&stale, |e| e.calendar = Arc::new(Calendar { name: "z".into(), ..Calendar::default() }));
    let r = report(vec![stale, moved]);
    assert_eq!(h(&r.hours.counted), 0.0);
    // The moved one takes no time in this week: it is not even fetched.
    assert_eq!((r.events.fetched, r.left_out[&Reason::Duplicate].events), (1, 1));
}

#[test]
fn the_four_weeks_begin_where_the_calendar_does() {
    let r = report(vec![
        weeks_before(meeting("Roadmap", "0 09:00", "0 10:00"), 40),
        // Left out: it says nothing about whether the week is known.
        weeks_before(all_day(event("Holiday"), 0, 1), 3),
        weeks_before(meeting("Roadmap", "0 09:00", "0 10:00"), 2),
        meeting("Roadmap", "0 09:00", "0 11:00"),
    ]);
    // Mean of the two known weeks, 1 h and 0 h.
    assert_eq!(r.themes[0].change.as_ref().map(h), Some(1.5));
}

#[test]
fn the_week_that_is_compared_with_is_named() {
    let r = report(vec![
        weeks_before(meeting("Standup", "0 09:00", "0 14:00"), 2),
        meeting("Roadmap", "0 09:00", "0 14:00"),
    ]);
    assert_eq!((r.trend.points, r.trend.previous_week), (Some(100), Some(week().plus(-2))));
}

#[test]
fn all_day_events_give_no_hours_on_days_out_of_office() {
    let eight = Preferences { all_day: Some(Exact::hours(8)), ..wishes() };
    let off = all_day(off(), 0, 1);
    let r = report_with(vec![all_day(event("Roadmap"), 0, 2), off], &eight);
    assert_eq!(h(&r.hours.all_day), 8.0);
    let shown: Vec<usize> = r.days.iter().map(|day| day.all_day.len()).collect();
    assert_eq!(shown, [0, 1, 0, 0, 0, 0, 0]);
}

#[test]
fn the_dropped_half_of_an_all_day_event_is_told() {
    let half = Preferences { all_day: Some(Exact::hours(8)), tentative: Weight::Half, ..wishes() };
    let mut maybe = (*answered("Roadmap", Answer::Tentative, "0 09:00", "0 10:00").event).clone();
    maybe.uid = Uid("maybe".into());
    let r = report_with(vec![all_day(maybe, 0, 1), all_day(event("Standup"), 0, 1)], &half);
    assert_eq!([&r.hours.counted, &r.hours.all_day, &r.hours.tentative_not_counted].map(h), [6.0, 6.0, 2.0]);
}

#[test]
fn without_a_title_and_private_are_two_things() {
    let untitled = changed(|e| e.summary = None);
    let private = changed(|e| (e.uid, e.visibility) = (Uid("p".into()), Visibility::Private));
    let busy = changed(|e| (e.uid, e.summary, e.free_busy_only) = (Uid("q".into()), None, true));
    let r = report(vec![untitled, private, busy]);
    let titles: Vec<_> = r.days[0].blocks.iter().map(|b| (b.title.as_deref(), b.private)).collect();
    assert_eq!(titles, [(Some("(no title)"), false), (None, true), (Some("Busy"), false)]);
}

#[test]
fn a_meeting_that_is_private_on_one_calendar_is_private() {
    let open = meeting("Roadmap", "0 09:00", "0 10:00");
    let hidden = with_event(&open, |e| {
        e.visibility = Visibility::Private;
        e.calendar = Arc::new(Calendar { name: "z".into(), source: "z".into(), ..Calendar::default() });
    });
    let r = report(vec![open, hidden]);
    assert_eq!((r.events.counted, r.days[0].blocks[0].private), (1, true));
    assert!(!format!("{r:?}").contains("Roadmap"));
}

/// A weekly execution review of somebody else's, with a report of mine and optional for me, for four weeks.
fn reviews(title: &str, change: impl Fn(&mut Event)) -> Vec<Instance> {
    let mut event = event(title);
    (event.recurring, event.organizer) = (true, Address::parse("cy@x.example"));
    if let Attendees::Known(lines) = &mut event.attendees {
        lines[0].optional = true;
        lines[1].address = Address::parse("bo@x.example").unwrap();
    }
    change(&mut event);
    let one = timed(event, "0 09:00", "0 10:00");
    (0..4).map(|week| weeks_before(one.clone(), week)).collect()
}

#[test]
fn who_comes_to_a_private_series_is_not_told() {
    let r = report(reviews("Review", |e| e.visibility = Visibility::Private));
    let c = &r.let_go[0];
    assert_eq!((c.private, c.title.as_ref(), c.people, c.report.as_ref()), (true, None, None, None));
    assert_eq!(c.score, 5);
}

#[test]
fn one_on_ones_are_never_let_go() {
    let unknown = |e: &mut Event| {
        if let Attendees::Known(lines) = &e.attendees {
            e.attendees = Attendees::Partial(lines.clone());
        }
    };
    for title in ["Review 1:1 Bo", "Bo 1on1 review", "Review: one on one", "1-1 review"] {
        assert!(report(reviews(title, unknown)).let_go.is_empty(), "{title}");
        // With three people in it, it is none.
        assert_eq!(report(reviews(title, |_| {})).let_go.len(), 1, "{title}");
    }
    assert_eq!(report(reviews("Review 11 1", unknown)).let_go.len(), 1);
}

#[test]
fn without_a_uid_the_title_makes_the_series() {
    let anonymous = |i: Instance| with_event(&i, |e| e.uid = Uid("".into()));
    let r = report(
        [
            weeks_before(meeting("Standup", "0 09:00", "0 14:00"), 1),
            meeting("Standup", "0 09:00", "0 14:00"),
            meeting("Roadmap", "1 09:00", "1 14:00"),
            meeting("Roadmap review", "2 09:00", "2 14:00"),
        ]
        .map(anonymous)
        .into(),
    );
    let movers: Vec<_> = r.moved.iter().map(|m| (m.title.as_deref(), m.tenths)).collect();
    assert_eq!(movers, [(Some("Roadmap"), 334), (Some("Roadmap review"), 333)]);
}

fn week_hours(zone: chrono_tz::Tz, week: Week) -> i64 {
    Zones::only(zone).week(week).length().num_minutes()
}

#[test]
fn a_week_across_a_zone_shift_is_168_hours_and_the_shift() {
    let spring = Week::from_iso(2026, 13, Weekday::Mon).unwrap();
    assert_eq!(week_hours(Berlin, spring), 167 * 60);
    assert_eq!(week_hours(Berlin, Week::from_iso(2026, 43, Weekday::Mon).unwrap()), 169 * 60);
    let lord_howe = Week::from_iso(2026, 40, Weekday::Mon).unwrap();
    assert_eq!(week_hours(chrono_tz::Australia::Lord_Howe, lord_howe), 168 * 60 - 30);
}

#[test]
fn days_tile_while_travelling() {
    let date = |d| chrono::NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
    let zones = Zones { home: Berlin, travel: vec![(date(17)..=date(18), chrono_tz::America::New_York)] };
    for d in 14..24 {
        assert_eq!(zones.day(date(d)).end, zones.day(date(d + 1)).start);
        assert_eq!(zones.date_of(zones.day(date(d)).start), date(d));
    }
    assert_eq!(zones.day(date(16)).length().num_hours(), 30);
}

/// Meetings of half a year around the week, with copies on two calendars of which one may have been moved by weeks.
fn any_half_year() -> impl Strategy<Value = Vec<Instance>> {
    let one = (0..6usize, -18..6i64, 0..10_000i64, 0..300i64, 0..5usize, -6..6i64, 0..4usize);
    prop::collection::vec(one, 0..60).prop_map(|all| {
        let mut instances = Vec::new();
        for (i, (title, week_at, start, length, answer, moved, kind)) in all.into_iter().enumerate() {
            let title = ["Roadmap", "Standup", "Lunch", "Focus", "Sync", "Review"][title];
            let answer =
                [Answer::Accepted, Answer::Declined, Answer::Tentative, Answer::NeedsAction, Answer::Accepted][answer];
            let start = week().first.and_hms_opt(0, 0, 0).unwrap().and_utc()
                + chrono::TimeDelta::weeks(week_at)
                + chrono::TimeDelta::minutes(start);
            let mut event = (*answered(title, answer, "0 09:00", "0 10:00").event).clone();
            (event.uid, event.line, event.recurring) = (Uid(format!("{title} {i}").into()), i, kind != 3);
            if let Attendees::Known(lines) = &mut event.attendees {
                (lines[1].address, lines[1].name) =
                    (Address::parse("bo@x.example").unwrap(), Some(format!("Bo the {i}th")));
                lines.truncate(2 + i % 2);
            }
            let at = |start: DateTime<Utc>| Interval::new(start, start + chrono::TimeDelta::minutes(length));
            let original = Original::At(start);
            // Of what was moved into the window, nobody asks for a copy that still stands outside.
            let to = if !(-11..=0).contains(&week_at) { start } else { start + chrono::TimeDelta::weeks(moved) };
            if kind == 0 {
                let mut stale = event.clone();
                stale.calendar = Arc::new(Calendar { name: "z".into(), source: "z".into(), ..Calendar::default() });
                instances.push(Instance {
                    event: Arc::new(stale),
                    span: Span::Timed(at(start)),
                    original,
                    marked: None,
                });
            }
            instances.push(Instance { event: Arc::new(event), span: Span::Timed(at(to)), original, marked: None });
        }
        instances
    })
}

/// Meetings of any class, answer and place, many of them overlapping.
fn any_week() -> impl Strategy<Value = Vec<Instance>> {
    let one = (0..6usize, 0..10_000i64, 0..300i64, 0..5usize, 0..2usize);
    prop::collection::vec(one, 0..40).prop_map(|all| {
        let build = |(i, (title, start, length, answer, calendar)): (usize, (usize, i64, i64, usize, usize))| {
            let title = ["Roadmap", "Standup", "Lunch", "Focus", "Sync", "Review"][title];
            let answer =
                [Answer::Accepted, Answer::Declined, Answer::Tentative, Answer::NeedsAction, Answer::Accepted][answer];
            let mut event = (*answered(title, answer, "0 09:00", "0 10:00").event).clone();
            event.uid = Uid(format!("{}", i / 2).into());
            let name = ["one", "two"][calendar];
            event.calendar = Arc::new(Calendar { source: name.into(), name: name.into(), ..Calendar::default() });
            event.line = i;
            let start = week().first.and_hms_opt(0, 0, 0).unwrap().and_utc() + chrono::TimeDelta::minutes(start - 60);
            let span = Span::Timed(Interval::new(start, start + chrono::TimeDelta::minutes(length)));
            Instance { event: Arc::new(event), span, original: Original::At(start), marked: None }
        };
        all.into_iter().enumerate().map(build).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn class_hours_add_up_to_the_union_less_the_dropped_halves(week in any_week()) {
        let half = Preferences { tentative: Weight::Half, ..wishes() };
        let (rules, people) = (rules(), people());
        let analysis = Analysis::new(week.clone(), &rules, &people, &half);
        let window = half.zones.week(super::tests::week());
        let counted = analysis.judged().iter().filter(|j| j.class().is_some());
        let parts = counted.filter_map(|j| j.interval.intersection(&window)).collect();
        let union = tally::length(&Interval::union(parts));
        let r = report_with(week, &half);
        let classes: Exact = [&r.hours.strategy, &r.hours.execution, &r.hours.unclassified].into_iter().sum();
        prop_assert_eq!(&classes, &r.hours.counted);
        prop_assert_eq!(union - r.hours.tentative_not_counted.clone(), classes);
    }

    #[test]
    fn counted_and_set_apart_and_left_out_are_all_that_was_fetched(week in any_week()) {
        let e = report(week).events;
        prop_assert_eq!(e.counted + e.set_apart + e.left_out, e.fetched);
    }

    #[test]
    fn the_order_of_events_and_calendars_does_not_matter(week in any_week(), turn in 0..40usize) {
        let mut turned = week.clone();
        turned.rotate_left(turn % week.len().max(1));
        turned.reverse();
        prop_assert_eq!(report(week), report(turned));
    }

    #[test]
    fn splitting_the_week_at_any_day_and_adding_gives_the_week(week in any_week(), day in 1..7i64) {
        let (rules, people, wishes) = (rules(), people(), wishes());
        let analysis = Analysis::new(week, &rules, &people, &wishes);
        let zones = &wishes.zones;
        let whole = zones.week(super::tests::week());
        let cut = zones.starts(super::tests::week().first + chrono::TimeDelta::days(day));
        let hours = |window| Tally::new(analysis.judged(), window, &wishes).hours;
        let (first, second) = (hours(Interval::new(whole.start, cut)), hours(Interval::new(cut, whole.end)));
        for class in Class::ALL {
            prop_assert_eq!(first.of(class) + second.of(class), hours(whole).of(class).clone());
        }
    }

    #[test]
    fn the_shares_of_rows_add_up_to_the_week(week in any_week()) {
        let (rules, people, wishes) = (rules(), people(), wishes());
        let window = wishes.zones.week(super::tests::week());
        let counted = report(week.clone()).hours.counted;
        let analysis = Analysis::new(week, &rules, &people, &wishes);
        prop_assert_eq!(analysis.rows(window).iter().map(|r| &r.counted).sum::<Exact>(), counted);
    }

    #[test]
    fn a_week_says_the_same_in_every_range(all in any_half_year()) {
        let (rules, people, wishes) = (rules(), people(), wishes());
        let alone = Analysis::window(week(), week(), &wishes);
        let asked = |i: &&Instance| {
            let Original::At(slot) = i.original else { return false };
            let (time, within) = (judge::elapsed(&i.span, &wishes.zones), alone.start..alone.end);
            time.intersection(&alone).is_some() || within.contains(&time.start) || within.contains(&slot)
        };
        let few: Vec<Instance> = all.iter().filter(asked).cloned().collect();
        let alone = Analysis::new(few, &rules, &people, &wishes).report(week(), later());
        let mut range = Analysis::new(all, &rules, &people, &wishes);
        range.report(week().plus(4), later());
        prop_assert_eq!(alone, range.report(week(), later()));
    }
}
