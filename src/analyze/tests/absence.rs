//! Time out of office: whose it is, what it takes, and what gives way to it; and events that are too long.

use super::*;

const RULES: &str = r#"
[[rule]]
name = "Hackathon"
class = "execution"
title = "own hackathon"
[[rule]]
name = "Gone"
kind = "out-of-office"
title = ["vacation", "pto", "out of office"]
[[rule]]
name = "Leave"
kind = "out-of-office"
label = "leave"
[[rule]]
name = "Roadmap"
class = "strategy"
title = "roadmap"
"#;

fn report_by(rules: &str, instances: Vec<Instance>, wishes: &Preferences) -> Report {
    let (rules, people) = (parse("rules.toml", rules, &[]).unwrap(), people());
    Analysis::new(instances, &rules, &people, wishes).report(week(), later())
}

fn seen(instances: Vec<Instance>) -> Report {
    report_by(RULES, instances, &wishes())
}

/// Tuesday, all day, nobody else in it.
fn absent(title: &str) -> Event {
    Event { attendees: Attendees::default(), ..event(title) }
}

fn tuesday(event: Event) -> Instance {
    all_day(event, 1, 1)
}

/// The working hours that an event takes away.
fn taken(instance: Instance) -> f64 {
    5.0 * 9.25 - h(&seen(vec![instance]).hours.working)
}

fn of_series(title: &str, from: &str, to: &str) -> Instance {
    timed(Event { recurring: true, ..event(title) }, from, to)
}

#[test]
fn by_title_only_a_title_of_absence_dates_and_my_name_is_my_absence() {
    for title in [
        "Vacation",
        "Ada: vacation until 5 January",
        "PTO (half day)",
        "🌴 PTO, back on Monday",
        "Out of office – vacation, 3.–7. Mai",
    ] {
        assert_eq!(taken(tuesday(absent(title))), 9.25, "{title}");
    }
    for title in ["Jonas PTO", "PTO accrual", "Back from vacation", "Vacation policy Q3", "No PTO this week"] {
        assert_eq!(taken(tuesday(absent(title))), 0.0, "{title}");
    }
    // Colleagues whose names are those of days and months, and the dates that are none of them.
    for title in ["Sam PTO", "Jan vacation", "Mo: PTO", "May out of office", "PTO Jan", "Dom & Sam vacation"] {
        assert_eq!(taken(tuesday(absent(title))), 0.0, "{title}");
    }
    for title in ["PTO Tue 17 Nov", "PTO, Mo–Mi", "Vacation until May", "April Ada PTO 3 May"] {
        let expected = if title.starts_with("April") { 0.0 } else { 9.25 };
        assert_eq!(taken(tuesday(absent(title))), expected, "{title}");
    }
    let calendar = |name: &str| Arc::new(Calendar { name: name.into(), ..Calendar::default() });
    let named = |calendar| Event { calendar, ..absent("Ada Lovelace PTO") };
    assert_eq!(taken(tuesday(named(calendar("Ada Lovelace")))), 9.25);
    assert_eq!(taken(tuesday(named(calendar("Lovelace family")))), 0.0);
    // A label says nothing of the title.
    let labelled = Event { labels: vec!["Leave".into()], ..absent("Jonas and the kids in Rome") };
    assert_eq!(taken(tuesday(labelled)), 9.25);
}

#[test]
fn my_real_name_is_what_my_lines_elsewhere_call_me() {
    let named = |who: usize, name: &str| {
        let mut event = event("Sync");
        if let Attendees::Known(lines) = &mut event.attendees {
            lines[who].name = Some(name.into());
        }
        timed(event, "3 10:00", "3 11:00")
    };
    let taken =
        |title: &str, meeting: Instance| 5.0 * 9.25 - h(&seen(vec![tuesday(absent(title)), meeting]).hours.working);
    assert_eq!(taken("Ada Lovelace PTO", named(0, "Ada Lovelace")), 9.25);
    assert_eq!(taken("Lovelace: vacation until Friday", named(0, "Lovelace, Ada (Product)")), 9.25);
    assert_eq!(taken("April PTO", named(0, "April King")), 9.25);
    // The name of a guest is his, and what stands behind a name is none.
    assert_eq!(taken("Cy Twombly PTO", named(1, "Cy Twombly")), 0.0);
    assert_eq!(taken("Product PTO", named(0, "Ada Lovelace (Product)")), 0.0);
    assert_eq!(taken("Corp PTO", named(0, "Ada Lovelace - Corp")), 0.0);
    assert_eq!(taken("Example PTO", named(0, "ada@x.example")), 0.0);
}

#[test]
fn who_called_me_to_an_absence_makes_it_a_meeting() {
    let cy = || Address::parse("cy@x.example");
    let marked = |event: Event| Event { event_type: EventType::OutOfOffice, ..event };
    let lines = |event: &Event, keep: usize| Attendees::Known(event.attendees.lines()[..keep].to_vec());
    let called = |title: &str| {
        let event = event(title);
        Event { organizer: cy(), attendees: lines(&event, 1), ..event }
    };
    // By Outlook's mark, and by a rule.
    let r = seen(vec![timed(marked(called("Roadmap away day")), "1 09:00", "1 12:00")]);
    assert_eq!((h(&r.hours.strategy), h(&r.hours.working)), (3.0, 5.0 * 9.25));
    let r = seen(vec![timed(called("Vacation"), "1 09:00", "1 12:00")]);
    assert_eq!((h(&r.hours.unclassified), h(&r.hours.working)), (3.0, 5.0 * 9.25));
    // Organised by myself with my own line it is mine.
    let own = Event { organizer: Some(ada()), ..called("Vacation") };
    for own in [marked(own.clone()), own] {
        assert_eq!(h(&seen(vec![timed(own, "1 09:00", "1 12:00")]).hours.working), 5.0 * 9.25 - 3.0);
    }
    // Without a line of mine it is his absence, however it is told.
    let reader = Arc::new(Calendar { role: Role::Reader, ..Calendar::default() });
    let his = [
        marked(Event { organizer: cy(), ..absent("Gone") }),
        Event { organizer: cy(), ..absent("Vacation") },
        Event { calendar: reader, ..absent("Vacation") },
    ];
    for event in his {
        let r = seen(vec![timed(event, "1 09:00", "1 12:00")]);
        assert_eq!((r.left_out[&Reason::OutOfOffice].events, h(&r.hours.working)), (1, 5.0 * 9.25));
    }
    let jonas = Event { organizer: cy(), ..absent("Jonas PTO accrual") };
    assert!(!seen(vec![timed(jonas, "1 09:00", "1 12:00")]).left_out.contains_key(&Reason::OutOfOffice));
}

#[test]
fn what_an_absence_cuts_of_a_long_event_is_what_could_have_counted() {
    let on_call = |recurring| Event { recurring, ..event("Own hackathon: on call") };
    let off = || tuesday(absent("Vacation"));
    let r = seen(vec![timed(on_call(true), "0 09:00", "3 17:00"), off()]);
    assert_eq!((r.cut_by_absence.events, h(&r.cut_by_absence.hours)), (1, 9.25));
    // What another meeting holds there was never its own; a short series loses its whole part, as before.
    let once = meeting("Roadmap", "1 10:00", "1 11:00");
    let r = seen(vec![timed(on_call(true), "0 09:00", "3 17:00"), off(), once]);
    assert_eq!(h(&r.cut_by_absence.hours), 8.25);
    let r = seen(vec![of_series("Roadmap late", "1 22:00", "2 01:00"), off()]);
    assert_eq!(h(&r.cut_by_absence.hours), 2.0);
}

#[test]
fn a_long_event_leaves_an_all_day_event_its_hours() {
    let wishes = Preferences { all_day: Some(Exact::hours(4)), ..wishes() };
    let with = |more: Vec<Instance>| {
        let fair = all_day(event("Roadmap fair"), 1, 1);
        let r = report_by(RULES, [vec![fair, meeting("Own hackathon", "0 09:00", "3 17:00")], more].concat(), &wishes);
        let day = &r.days[1];
        (h(&day.execution), h(&day.strategy), h(&r.hours.open) + h(&r.hours.fragmented))
    };
    // Monday before 9, Thursday after 17 and Friday are all that is open.
    assert_eq!(with(vec![]), (5.25, 4.0, 1.0 + 1.0 + 9.25));
    assert_eq!(with(vec![meeting("Sync", "1 09:00", "1 11:00")]), (3.25, 4.0, 1.0 + 1.0 + 9.25));
    // Another all-day event shares these hours and takes no more.
    assert_eq!(with(vec![all_day(event("Roadmap"), 1, 1)]), (5.25, 4.0, 1.0 + 1.0 + 9.25));
}

#[test]
fn an_invitation_that_is_held_as_tentative_waits_for_an_answer_in_an_absence() {
    let held = |answer| {
        let mut instance = answered("Roadmap", answer, "1 10:00", "1 11:00");
        Arc::make_mut(&mut instance.event).held = Some(Answer::Tentative);
        seen(vec![tuesday(absent("Vacation")), instance]).left_out.contains_key(&Reason::Away)
    };
    assert!(held(Answer::NeedsAction) && !held(Answer::Tentative) && !held(Answer::Accepted));
}

#[test]
fn an_absence_with_guests_by_another_or_in_a_calendar_i_subscribe_to_is_not_mine() {
    let by = |who: &str| Address::parse(who);
    let calendar =
        |role, owner: Option<&str>| Arc::new(Calendar { role, owner: owner.and_then(by), ..Calendar::default() });
    let mine = [
        Event { organizer: Some(ada()), ..absent("Vacation") },
        Event { attendees: Attendees::Unknown, ..absent("Vacation") },
        Event { calendar: calendar(Role::Writer, Some("ada@x.example")), ..absent("Vacation") },
    ];
    for event in mine {
        assert_eq!(taken(tuesday(event)), 9.25);
    }
    let others = [
        event("Vacation"),
        Event { organizer: by("cy@x.example"), ..absent("Vacation") },
        Event { organizer: by("cy@x.example"), attendees: Attendees::Unknown, ..absent("Vacation") },
        Event { calendar: calendar(Role::Reader, None), ..absent("Vacation") },
        Event { calendar: calendar(Role::Owner, Some("cy@x.example")), ..absent("Vacation") },
    ];
    for event in others {
        assert_eq!(taken(tuesday(event)), 0.0);
    }
}

#[test]
fn marked_out_of_office_it_is_a_meeting_with_guests_and_takes_nothing_where_it_is_not_mine() {
    let marked = |event: Event| Event { event_type: EventType::OutOfOffice, ..event };
    let r = seen(vec![timed(marked(event("Roadmap off-site")), "1 09:00", "1 17:00")]);
    assert_eq!((h(&r.hours.strategy), h(&r.hours.working)), (8.0, 5.0 * 9.25));
    let others = Event { organizer: Address::parse("cy@x.example"), ..absent("Away") };
    let r = seen(vec![timed(marked(others), "1 09:00", "1 17:00")]);
    assert_eq!((r.left_out[&Reason::OutOfOffice].events, h(&r.hours.working)), (1, 5.0 * 9.25));
    assert!(r.days[1].out_of_office.is_empty());
}

#[test]
fn series_and_unanswered_meetings_give_way_and_what_i_accepted_once_does_not() {
    let mine = Event { organizer: Some(ada()), ..event("Roadmap by me") };
    let week = |more: Vec<Instance>| {
        let held = [
            of_series("Roadmap weekly", "1 10:00", "1 11:00"),
            answered("Roadmap asked", Answer::NeedsAction, "1 11:00", "1 12:00"),
            meeting("Roadmap once", "1 14:00", "1 15:00"),
            timed(mine.clone(), "1 15:00", "1 16:00"),
            of_series("Roadmap next day", "2 10:00", "2 11:00"),
        ];
        [held.to_vec(), more].concat()
    };
    let r = seen(week(vec![tuesday(absent("Vacation"))]));
    assert_eq!((r.left_out[&Reason::Away].events, h(&r.hours.counted)), (2, 3.0));
    assert_eq!((r.events.fetched, r.events.counted + r.events.left_out), (6, 6));
    let count = Preferences { meet_while_away: true, ..wishes() };
    let r = report_by(RULES, week(vec![tuesday(absent("Vacation"))]), &count);
    assert_eq!((h(&r.hours.counted), h(&r.hours.working)), (5.0, 4.0 * 9.25));
    // Somebody else's absence moves nothing.
    assert_eq!(h(&seen(week(vec![tuesday(absent("Jonas PTO"))])).hours.counted), 5.0);
}

#[test]
fn only_the_part_inside_an_absence_is_left_out() {
    let off = || timed(absent("Out of office"), "1 10:30", "1 12:00");
    let r = seen(vec![off(), of_series("Roadmap", "1 10:00", "1 11:00"), of_series("Roadmap", "1 11:30", "1 13:00")]);
    assert_eq!((h(&r.hours.counted), r.events.counted), (1.5, 2));
    assert_eq!((r.cut_by_absence.events, h(&r.cut_by_absence.hours)), (2, 1.0));
    let drawn: Vec<_> = r.days[1].blocks.iter().map(|b| (b.from, b.to)).collect();
    assert_eq!(drawn, [(600, 630), (720, 780)]);
    // In the middle of a meeting it leaves two parts of one meeting.
    let r = seen(vec![off(), of_series("Roadmap", "1 10:00", "1 13:00")]);
    assert_eq!((h(&r.hours.counted), r.events.meetings, r.flow.longest_chain), (1.5, 1, 0));
}

fn marked(mut instance: Instance, class: Option<Class>) -> Instance {
    let slot = Slot { uid: instance.event.uid.clone(), original: None };
    instance.marked =
        Some(Arc::new(Marked { word: Override { class, theme: None, answer: false }, series: false, slot }));
    instance
}

#[test]
fn a_mark_wins_over_an_absence() {
    let kept = marked(of_series("Sync", "1 10:00", "1 11:00"), Some(Class::Strategy));
    let r = seen(vec![tuesday(absent("Vacation")), kept]);
    assert_eq!((h(&r.hours.strategy), r.left_out.contains_key(&Reason::Away)), (1.0, false));
    // The absence itself, too: somebody worked through it.
    let worked = marked(timed(absent("Vacation"), "1 09:00", "1 12:00"), Some(Class::Strategy));
    let r = seen(vec![worked, of_series("Roadmap", "1 13:00", "1 14:00")]);
    assert_eq!((h(&r.hours.strategy), h(&r.hours.working)), (4.0, 5.0 * 9.25));
    let ignored = marked(tuesday(absent("Vacation")), None);
    assert_eq!(taken(ignored), 9.25);
}

#[test]
fn an_event_over_sixteen_hours_is_left_out_and_named_until_somebody_says_what_it_is() {
    let r = seen(vec![meeting("Hackathon", "0 09:00", "3 17:00"), meeting("Roadmap", "1 10:00", "1 11:00")]);
    assert_eq!((h(&r.hours.counted), r.left_out[&Reason::Long].events), (1.0, 1));
    assert_eq!((r.long[0].title.as_deref(), h(&r.long[0].hours)), (Some("Hackathon"), 80.0));
    // Sixteen hours are a long day, and no more.
    assert_eq!(h(&seen(vec![meeting("Hackathon", "0 06:00", "0 22:00")]).hours.counted), 16.0);
    let private = Event { visibility: Visibility::Private, ..event("Clinic") };
    let r = seen(vec![timed(private, "0 09:00", "3 17:00")]);
    assert_eq!((r.long[0].private, r.long[0].title.as_ref()), (true, None));
    assert!(!r.shown_at(Privacy::Themes).long[0].private);
}

#[test]
fn a_long_event_that_counts_fills_the_working_hours_that_no_other_holds() {
    let all =
        |long: Instance| vec![long, meeting("Roadmap", "1 10:00", "1 11:00"), meeting("Roadmap", "1 19:00", "1 20:00")];
    let by_rule = meeting("Own hackathon", "0 09:00", "2 09:00");
    let by_mark = marked(meeting("Hackathon", "0 09:00", "2 09:00"), Some(Class::Execution));
    for long in [by_rule, by_mark] {
        let r = seen(all(long));
        // Monday 09:00–12:30 and 13:15–18:00, Tuesday 9.25 h without the roadmap, Wednesday 08:00–09:00.
        assert_eq!([&r.hours.execution, &r.hours.strategy].map(h), [8.25 + 8.25 + 1.0, 2.0]);
        assert_eq!([&r.hours.conflict, &r.hours.after_hours].map(h), [0.0, 1.0]);
        assert_eq!(r.days[1].all_day.len(), 1);
        assert_eq!((r.days[1].open.len(), r.flow.context_switches), (0, 0));
    }
    // An inherited rule is nobody's word.
    let r = report_by("extends = \"default\"\n", vec![meeting("Sprint planning", "0 09:00", "2 09:00")], &wishes());
    assert_eq!(r.left_out[&Reason::Long].events, 1);
}

#[test]
fn several_long_events_share_what_is_left_and_are_never_in_conflict() {
    let pair = vec![meeting("Own hackathon a", "0 06:00", "1 00:00"), meeting("Own hackathon b", "0 06:00", "1 00:00")];
    let r = seen(pair);
    assert_eq!([&r.hours.counted, &r.hours.conflict, &r.hours.after_hours].map(h), [9.25, 0.0, 0.0]);
    // An absence takes working hours, so there are fewer to fill.
    let r = seen(vec![meeting("Own hackathon", "0 06:00", "2 00:00"), tuesday(absent("PTO"))]);
    assert_eq!(h(&r.hours.counted), 9.25);
}

#[test]
fn the_rows_and_the_week_agree_where_parts_of_meetings_count() {
    let instances = vec![
        timed(absent("Out of office"), "1 10:30", "1 12:00"),
        of_series("Roadmap", "1 10:00", "1 11:00"),
        meeting("Own hackathon", "0 09:00", "2 09:00"),
        meeting("Sync", "1 10:15", "1 10:45"),
    ];
    let (rules, people, wishes) = (parse("rules.toml", RULES, &[]).unwrap(), people(), wishes());
    let counted = report_by(RULES, instances.clone(), &wishes).hours.counted;
    let analysis = Analysis::new(instances, &rules, &people, &wishes);
    let window = wishes.zones.week(week());
    assert_eq!(analysis.rows(window).iter().map(|r| &r.counted).sum::<Exact>(), counted);
}

#[test]
fn hours_that_an_all_day_event_takes_are_no_focus() {
    let wishes = |hours| Preferences { all_day: Some(Exact::hours(hours)), ..wishes() };
    let open = |hours, more: Vec<Instance>| {
        let r = report_by(RULES, [vec![all_day(event("Roadmap"), 0, 1)], more].concat(), &wishes(hours));
        (h(&r.hours.open) - 4.0 * 9.25, h(&r.hours.fragmented))
    };
    // 9.25 h a day: 08:00–12:30, and 13:15–18:00.
    assert_eq!(open(4, Vec::new()), (4.75, 0.5));
    assert_eq!(open(8, Vec::new()), (0.0, 1.25));
    assert_eq!(open(6, vec![meeting("Sync", "0 08:00", "0 10:00")]), (0.0, 1.25));
    assert_eq!(open(24, Vec::new()), (0.0, 0.0));
    // Two of them share the eight hours, and take no more.
    assert_eq!(open(8, vec![all_day(event("Review"), 0, 1)]), (0.0, 1.25));
}

/// Meetings, series, unanswered ones, absences and long events anywhere in the week.
fn any_mix() -> impl proptest::strategy::Strategy<Value = Vec<Instance>> {
    let one = (0..7usize, 0..9_000i64, 1..500i64);
    prop::collection::vec(one, 0..30).prop_map(|all| {
        let build = |(number, (kind, start, length)): (usize, (usize, i64, i64))| {
            let title =
                ["Roadmap", "Sync", "Vacation", "Own hackathon", "Hackathon", "Roadmap weekly", "Roadmap asked"][kind];
            let answer = if kind == 6 { Answer::NeedsAction } else { Answer::Accepted };
            let mut event = (*answered(title, answer, "0 09:00", "0 10:00").event).clone();
            (event.uid, event.recurring) = (Uid(format!("{number}").into()), kind == 5);
            if kind == 2 {
                event.attendees = Attendees::default();
            }
            let length = if matches!(kind, 3 | 4) { length * 10 } else { length };
            let start = week().first.and_hms_opt(0, 0, 0).unwrap().and_utc() + chrono::TimeDelta::minutes(start);
            let span = Span::Timed(Interval::new(start, start + chrono::TimeDelta::minutes(length)));
            Instance { event: Arc::new(event), span, original: Original::At(start), marked: None }
        };
        all.into_iter().enumerate().map(build).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_cut_and_filled_adds_up(mix in any_mix(), turn in 0..30usize, day in 1..7i64) {
        let (rules, people, wishes) = (parse("rules.toml", RULES, &[]).unwrap(), people(), wishes());
        let window = wishes.zones.week(super::week());
        let r = report_by(RULES, mix.clone(), &wishes);
        let mut turned = mix.clone();
        turned.rotate_left(turn % mix.len().max(1));
        prop_assert_eq!(&r, &report_by(RULES, turned, &wishes));
        let e = &r.events;
        prop_assert_eq!(e.counted + e.set_apart + e.left_out, e.fetched);
        let analysis = Analysis::new(mix, &rules, &people, &wishes);
        prop_assert_eq!(&analysis.rows(window).iter().map(|r| &r.counted).sum::<Exact>(), &r.hours.counted);
        let days: Exact = r.days.iter().flat_map(|d| [&d.strategy, &d.execution, &d.unclassified]).sum();
        prop_assert_eq!(&days, &r.hours.counted);
        let cut = wishes.zones.starts(super::week().first + chrono::TimeDelta::days(day));
        let hours = |window| Tally::new(analysis.judged(), window, &wishes).counted();
        prop_assert_eq!(hours(Interval::new(window.start, cut)) + hours(Interval::new(cut, window.end)), r.hours.counted.clone());
        // Nothing that counts in an absence is a series or waits for an answer, and long events never leave working hours.
        let firm = analysis.judged().iter().filter(|j| j.class().is_some() && !j.long);
        let union = tally::length(&Interval::union(firm.flat_map(|j| j.parts()).filter_map(|p| p.intersection(&window)).collect()));
        prop_assert!(r.hours.counted >= union.clone() && r.hours.counted <= union + r.hours.working.clone());
    }
}
