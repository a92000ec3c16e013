//! A number must never look surer than it is: what is compared with what, and what is not.

use super::*;

/// So many hours of strategy and execution, from Monday morning on.
fn hours_of(strategy: i64, execution: i64, unknown: i64) -> Vec<Instance> {
    let mut at = at("0 00:00");
    let mut all = Vec::new();
    for (title, hours) in [("Roadmap", strategy), ("Standup", execution), ("Sync", unknown)] {
        for _ in 0..hours {
            let span = Span::Timed(Interval::new(at, at + chrono::TimeDelta::hours(1)));
            let event = Event { uid: Uid(format!("{title} {at}").into()), ..event(title) };
            all.push(Instance { event: Arc::new(event), span, original: Original::At(at), marked: None });
            at += chrono::TimeDelta::hours(1);
        }
    }
    all
}

fn before(weeks: i64, instances: Vec<Instance>) -> Vec<Instance> {
    instances.into_iter().map(|i| weeks_before(i, weeks)).collect()
}

fn seen(weeks: Vec<Vec<Instance>>) -> Report {
    report(weeks.concat())
}

#[test]
fn under_five_hours_or_half_of_them_classified_there_is_no_comparison() {
    let full = || before(1, hours_of(3, 7, 0));
    let r = seen(vec![full(), hours_of(2, 2, 0)]);
    assert_eq!((r.thin, r.trend.points, r.goal_gap, r.moved.len()), (true, None, None, 0));
    let r = seen(vec![full(), hours_of(2, 2, 5)]);
    assert_eq!((r.thin, r.trend.points), (true, None));
    // Five hours, and half of them.
    assert_eq!(seen(vec![full(), hours_of(2, 3, 0)]).trend.points, Some(10));
    assert_eq!(seen(vec![full(), hours_of(2, 3, 5)]).trend.points, Some(10));
}

#[test]
fn what_is_shown_as_five_hours_or_half_is_compared() {
    let full = || before(1, hours_of(3, 7, 0));
    let last = |title: &str, minutes: i64| {
        let start = at("4 20:00");
        let span = Span::Timed(Interval::new(start, start + chrono::TimeDelta::minutes(minutes)));
        Instance { event: Arc::new(event(title)), span, original: Original::At(start), marked: None }
    };
    let thin = |title: &str, minutes: i64| {
        let r = seen(vec![full(), hours_of(2, 2, 0), vec![last(title, minutes)]]);
        (r.hours.counted.tenths(), r.thin)
    };
    assert_eq!([thin("Standup", 59), thin("Standup", 57), thin("Standup", 56)], [(50, false), (50, false), (49, true)]);
    // 4 of 8 h and some minutes are 50 %, then 49 %.
    let covered = |minutes: i64| {
        let r = seen(vec![full(), hours_of(2, 2, 3), vec![last("Sync", 60 + minutes)]]);
        (r.coverage.map(|c| c.percent()), r.thin)
    };
    assert_eq!([covered(4), covered(10)], [(Some(50), false), (Some(49), true)]);
    let r = seen(vec![hours_of(4, 4, 1), vec![last("Sync", 63)]]);
    assert_eq!((r.coverage.map(|c| c.percent()), r.provisional), (Some(80), false));
}

/// Meetings of others, in a calendar of that name.
fn of_others(calendar: Calendar, titles: &[&str]) -> Vec<Instance> {
    let calendar = Arc::new(calendar);
    let all = titles.iter().enumerate().map(|(day, title)| {
        let mut event = Event { calendar: Arc::clone(&calendar), ..event(title) };
        if let Attendees::Known(lines) = &mut event.attendees {
            lines.remove(0);
        }
        timed(event, &format!("{day} 09:00"), &format!("{day} 10:00"))
    });
    all.collect()
}

#[test]
fn a_calendar_that_does_not_know_me_is_named_beside_one_that_does() {
    let named = |name: &str| Calendar { name: name.into(), source: name.into(), ..Calendar::default() };
    let notes = |others: Vec<Instance>| report([vec![meeting("Roadmap", "0 08:00", "0 09:00")], others].concat()).notes;
    let note = |list: &str| {
        let advice = "add your address there to `my_addresses` so that declined meetings are left out";
        vec![format!("your own answers in {list} are not known: {advice}")]
    };
    let three = ["A", "B", "C"];
    assert_eq!(notes(of_others(named("exch"), &three)), note("`exch`"));
    let both = [of_others(named("exch"), &three), of_others(named("side"), &["D", "E", "F"])].concat();
    assert_eq!(notes(both), note("`exch` and `side`"));
    // Two events prove nothing, nor does a series; a calendar that I merely read is others'; one that knows me once does.
    assert!(notes(of_others(named("exch"), &three[..2])).is_empty());
    assert!(notes(of_others(named("exch"), &["A"; 5])).is_empty());
    assert!(notes(of_others(Calendar { role: Role::Reader, ..named("team") }, &three)).is_empty());
    assert!(notes(of_others(named("work"), &three)).is_empty());
    // Where none knows me it is said of all of them, as ever.
    let nobody = report(of_others(named("exch"), &three)).notes;
    assert!(nobody[0].starts_with("none of `my_addresses` takes part in any meeting"), "{nobody:?}");
}

#[test]
fn a_thin_week_is_neither_compared_with_nor_in_the_median() {
    let r = seen(vec![
        before(1, hours_of(4, 0, 0)),
        before(2, hours_of(2, 8, 0)),
        before(3, hours_of(9, 1, 10)),
        before(4, hours_of(4, 6, 11)),
        hours_of(5, 5, 0),
    ]);
    assert_eq!(r.trend.previous_week, Some(week().plus(-2)));
    assert_eq!((r.trend.points, r.trend.median), (Some(30), Some(Exact::new(55, 100))));
    let thin: Vec<bool> = r.trend.weeks[7..].iter().map(|week| week.thin).collect();
    assert_eq!(thin, [true, false, false, true, false]);
}

#[test]
fn nothing_moved_a_share_that_is_level() {
    let r = seen(vec![before(1, hours_of(3, 7, 0)), hours_of(6, 14, 0)]);
    assert_eq!((r.trend.points, r.moved.len()), (Some(0), 0));
    let r = seen(vec![before(1, hours_of(3, 7, 0)), hours_of(7, 13, 0)]);
    assert!(r.trend.points == Some(5) && !r.moved.is_empty());
}

#[test]
fn this_week_so_far_is_compared_with_the_same_days() {
    // Monday and Tuesday: 5 h of execution and 5 h of strategy, last week the other way round on Thursday.
    let last = || {
        let days = [meeting("Standup", "0 08:00", "0 16:00"), meeting("Roadmap", "3 08:00", "3 16:00")];
        before(1, days.to_vec())
    };
    let this = || vec![meeting("Roadmap", "1 09:00", "1 15:00"), meeting("Standup", "4 09:00", "4 15:00")];
    let at_time = |time: &str| {
        let (rules, people, wishes) = (rules(), people(), wishes());
        Analysis::new([last(), this()].concat(), &rules, &people, &wishes).report(week(), at(time))
    };
    let r = at_time("1 12:00");
    // The share is that of the whole week as booked; what is compared is Monday and Tuesday.
    assert_eq!((r.share, r.complete, r.ahead), (Some(Exact::new(1, 2)), false, false));
    assert_eq!((r.trend.days, r.trend.previous, r.trend.points), (2, Some(Exact::default()), Some(100)));
    assert_eq!(r.moved.iter().map(|m| m.tenths).sum::<i64>(), 1000);
    // On Monday this week holds nothing yet to compare.
    assert_eq!(at_time("0 12:00").trend.points, None);
    let whole = at_time("6 12:00");
    assert_eq!((whole.trend.days, whole.trend.points), (7, Some(0)));
    let ahead = at_time("-7 12:00");
    assert_eq!((ahead.ahead, ahead.trend.days), (true, 7));
}

#[test]
fn simultaneous_meetings_are_no_chain() {
    let flow = |all: Vec<Instance>| report(all).flow;
    let (a, b) = (meeting("A", "0 10:00", "0 11:00"), meeting("B", "0 10:00", "0 11:00"));
    assert_eq!(flow(vec![a.clone(), b]).chains, 0);
    assert_eq!(flow(vec![a.clone(), meeting("B", "0 10:30", "0 12:00")]).longest_chain, 0);
    // Behind a long one, three that follow one another do.
    let behind = ["08:00", "09:00", "10:00", "11:00"]
        .windows(2)
        .map(|w| meeting(w[0], &format!("0 {}", w[0]), &format!("0 {}", w[1])));
    let all: Vec<Instance> = behind.chain([meeting("A", "0 08:00", "0 11:00")]).collect();
    let f = flow(all);
    assert_eq!((f.longest_chain, h(&f.longest_chain_hours), f.chains), (3, 3.0, 1));
    assert_eq!(flow(vec![a, meeting("B", "0 11:05", "0 12:00")]).longest_chain, 2);
}
