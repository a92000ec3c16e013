//! "What counts" for what comes from Google: raw items to a report.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Europe::Berlin;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use vantage::analyze::report::{Apart, Reason};
use vantage::analyze::{Analysis, Report, Verdict};
use vantage::classify::{Outcome, People, parse};
use vantage::config::Config;
use vantage::model::*;
use vantage::source::google::{Reading, calendar, instance};

const RULES: &str = r#"
[[rule]]
class = "strategy"
title = "roadmap"
[[rule]]
class = "execution"
title = "*"
unless = { title = "desk" }
"#;

/// An entry of the calendar list as the other rooms know it.
fn described(entry: &str) -> Arc<Calendar> {
    let read = calendar(entry).unwrap();
    let owner = if read.primary { Address::parse(&read.id) } else { None };
    Arc::new(Calendar { source: "work".into(), name: read.name, primary: read.primary, role: read.role, owner })
}

fn primary() -> Arc<Calendar> {
    let entry = r#"{"id":"ada@example.com","summary":"Ada","primary":true,"accessRole":"owner","selected":true}"#;
    described(entry)
}

fn shared(role: &str) -> Arc<Calendar> {
    let entry = json!({"id": "bo@example.com", "summary": "Bo", "accessRole": role});
    described(&entry.to_string())
}

/// Monday of 2026-W47 at nine, an hour long, with these further fields.
fn item(more: Value) -> Value {
    let mut all = json!({"id": "m1", "iCalUID": "m1@google.com", "status": "confirmed", "summary": "Standup",
        "start": {"dateTime": "2026-11-16T09:00:00+01:00"}, "end": {"dateTime": "2026-11-16T10:00:00+01:00"},
        "attendees": [me("accepted"), other("bo@example.com")]});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn me(answer: &str) -> Value {
    json!({"email": "ada@example.com", "self": true, "responseStatus": answer})
}

fn other(email: &str) -> Value {
    json!({"email": email, "responseStatus": "accepted"})
}

fn read(calendar: &Arc<Calendar>, more: Value) -> Instance {
    let (labels, colors) = ([("l1".into(), "Deep work".into())].into(), BTreeMap::new());
    let own = vantage::source::google::is_own("c_1@group.calendar.google.com", calendar.primary, calendar.role);
    let reading = Reading { calendar, own, zone: Some(Berlin), labels: &labels, colors: &colors };
    instance(&item(more).to_string(), &reading).unwrap()
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 6, 1, 0, 0, 0).unwrap()
}

fn someone(me: &[&str]) -> People {
    People { me: me.iter().map(|a| Address::parse(a).unwrap()).collect(), ..People::default() }
}

fn report_of(instances: Vec<Instance>, people: &People, wishes: &Preferences) -> Report {
    let rules = parse("rules.toml", RULES, &[]).unwrap();
    let week = Week::from_iso(2026, 47, Weekday::Mon).unwrap();
    Analysis::new(instances, &rules, people, wishes).report(week, now())
}

fn wishes() -> Preferences {
    Config::default().preferences(Berlin)
}

fn report(more: Value) -> Report {
    report_of(vec![read(&primary(), more)], &People::default(), &wishes())
}

fn verdict(instance: Instance, people: &People) -> Verdict {
    let rules = parse("rules.toml", RULES, &[]).unwrap();
    Analysis::new(vec![instance], &rules, people, &wishes()).judged()[0].verdict
}

fn mine(more: Value) -> Verdict {
    verdict(read(&primary(), more), &People::default())
}

fn decides(instance: &Instance, predicate: &str, people: &People) -> bool {
    let rules = parse("rules.toml", &format!("[[rule]]\nclass = \"strategy\"\n{predicate}\n"), &[]).unwrap();
    let wishes = wishes();
    let analysis = Analysis::new(vec![instance.clone()], &rules, people, &wishes);
    analysis.judged()[0].decision.outcome == Outcome::Class(Class::Strategy)
}

const EXECUTION: Verdict = Verdict::Counted(Class::Execution);

#[test]
fn my_own_answer_decides() {
    assert_eq!(mine(json!({})), EXECUTION);
    assert_eq!(
        mine(json!({"attendees": [me("declined"), other("bo@example.com")]})),
        Verdict::LeftOut(Reason::Declined)
    );
    // Another's refusal, or a room's, changes nothing.
    let room = json!({"email": "r@resource.calendar.google.com", "resource": true, "responseStatus": "declined"});
    let no = json!({"email": "bo@example.com", "responseStatus": "declined"});
    assert_eq!(mine(json!({"attendees": [me("accepted"), room, no]})), EXECUTION);
    // Invited through a group: nobody in the list is me.
    assert_eq!(mine(json!({"attendees": [other("team@example.com"), other("bo@example.com")]})), EXECUTION);
}

#[test]
fn my_own_row_is_mine_without_an_address() {
    let row = |answer: &str| json!({"self": true, "responseStatus": answer});
    let no = json!({"attendees": [row("declined"), other("bo@example.com")]});
    assert_eq!(mine(no.clone()), Verdict::LeftOut(Reason::Declined));
    let yes = read(&primary(), json!({"attendees": [row("accepted"), other("bo@example.com")]}));
    assert!(decides(&yes, "attendees = 2", &someone(&["ada@example.com"])));
    // In a calendar of somebody else's it is that person's.
    assert_eq!(verdict(read(&shared("reader"), no), &someone(&["ada@example.com"])), EXECUTION);
}

#[test]
fn declined_is_left_out_even_where_the_list_is_incomplete() {
    let hidden = json!({"attendees": [me("declined")], "attendeesOmitted": true});
    assert_eq!(mine(hidden), Verdict::LeftOut(Reason::Declined));
    let hidden = json!({"attendees": [me("declined")], "guestsCanSeeOtherGuests": false});
    assert_eq!(mine(hidden), Verdict::LeftOut(Reason::Declined));
}

#[test]
fn an_incomplete_list_is_a_meeting_that_nobody_counts() {
    let nobody = People::default();
    let mut row = me("accepted");
    row["optional"] = true.into();
    let big = read(&primary(), json!({"summary": "Desk", "attendees": [row], "attendeesOmitted": true}));
    assert_eq!(verdict(big.clone(), &nobody), Verdict::Counted(Class::Unclassified));
    for holds in ["status = \"accepted\"", "optional = true"] {
        assert!(decides(&big, holds, &nobody), "{holds}");
    }
    for fails in ["attendees = \">=1\"", "with = \"example.com\"", "external = false", "external = true"] {
        assert!(!decides(&big, fails, &nobody), "{fails}");
    }
}

#[test]
fn tentative_and_unanswered_are_my_answer_before_the_events_status() {
    let skip = Preferences { tentative: Weight::Skip, unanswered: Weight::Skip, ..wishes() };
    let reason = |more: Value| {
        let report = report_of(vec![read(&primary(), more)], &People::default(), &skip);
        report.left_out.keys().next().copied()
    };
    let bo = || other("bo@example.com");
    assert_eq!(reason(json!({"attendees": [me("tentative"), bo()]})), Some(Reason::Tentative));
    assert_eq!(reason(json!({"attendees": [me("needsAction"), bo()]})), Some(Reason::Unanswered));
    assert_eq!(reason(json!({"attendees": [me("accepted"), bo()], "status": "tentative"})), None);
    assert_eq!(reason(json!({"attendees": [bo()], "status": "tentative"})), Some(Reason::Tentative));
}

#[test]
fn what_is_no_meeting_is_left_out() {
    for (more, reason) in [
        (json!({"status": "cancelled"}), Reason::Cancelled),
        (json!({"transparency": "transparent"}), Reason::Free),
        (json!({"eventType": "workingLocation"}), Reason::WorkingLocation),
        (json!({"eventType": "birthday"}), Reason::Birthday),
        (json!({"eventType": "fromGmail"}), Reason::FromGmail),
        (json!({"start": {"date": "2026-11-16"}, "end": {"date": "2026-11-17"}}), Reason::AllDay),
        (json!({"endTimeUnspecified": true}), Reason::NoLength),
    ] {
        assert_eq!(mine(more), Verdict::LeftOut(reason));
    }
}

#[test]
fn whole_days_float_in_the_viewers_zone() {
    let days = json!({"start": {"date": "2026-11-17"}, "end": {"date": "2026-11-19"}});
    let eight = Preferences { all_day: Some(Exact::hours(8)), ..wishes() };
    let report = report_of(vec![read(&primary(), days)], &People::default(), &eight);
    assert_eq!(report.hours.all_day.in_hours(), 16.0);
    assert!(report.days[0].execution.in_hours() == 0.0 && report.days[1].execution.in_hours() == 8.0);
}

#[test]
fn out_of_office_is_taken_off_the_working_hours() {
    let off = report(json!({"eventType": "outOfOffice", "attendees": null}));
    let plain = report(json!({"eventType": "workingLocation"}));
    assert_eq!(off.left_out[&Reason::OutOfOffice].events, 1);
    assert_eq!(plain.hours.working.in_hours() - off.hours.working.in_hours(), 1.0);
}

#[test]
fn focus_time_is_set_apart_unless_a_rule_classes_it() {
    let focus = |title: &str| mine(json!({"eventType": "focusTime", "summary": title, "attendees": null}));
    assert_eq!(focus("Desk"), Verdict::Apart(Apart::Focus));
    assert_eq!(focus("Roadmap"), Verdict::Counted(Class::Strategy));
    let report = report(json!({"eventType": "focusTime", "summary": "Roadmap", "attendees": null}));
    assert_eq!((report.events.meetings, report.hours.focus.in_hours()), (0, 1.0));
}

#[test]
fn what_only_i_attend_is_solo_whatever_addresses_i_gave() {
    let organizer = json!({"email": "ada@example.com", "self": true});
    let desk = |more: Value| {
        let mut all = json!({"summary": "Desk", "organizer": organizer});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(&primary(), all)
    };
    for people in [someone(&[]), someone(&["ada@example.com"]), someone(&["ada@home.example"])] {
        for more in [json!({"attendees": null}), json!({"attendees": [me("accepted")]})] {
            assert_eq!(verdict(desk(more), &people), Verdict::Apart(Apart::Solo));
        }
        let two = read(&primary(), json!({"organizer": other("bo@example.com")}));
        assert!(decides(&two, "attendees = 2", &people));
    }
    let secondary = json!({"id": "c_1@group.calendar.google.com", "summary": "Plans", "accessRole": "owner"});
    let secondary = described(&secondary.to_string());
    let own = json!({"summary": "Desk", "attendees": null,
        "organizer": {"email": "c_1@group.calendar.google.com", "self": true}});
    assert_eq!(verdict(read(&secondary, own), &someone(&["ada@example.com"])), Verdict::Apart(Apart::Solo));
}

#[test]
fn in_a_shared_calendar_the_self_row_is_its_owner() {
    let no = json!({"email": "bo@example.com", "self": true, "responseStatus": "declined"});
    let yes = json!({"email": "ada@example.com", "responseStatus": "accepted"});
    let ada = someone(&["ada@example.com"]);
    let his = read(&shared("reader"), json!({"attendees": [no, yes.clone()]}));
    assert_eq!(verdict(his, &ada), EXECUTION);
    let mut refused = yes;
    refused["responseStatus"] = "declined".into();
    let his = read(&shared("writer"), json!({"attendees": [refused, other("bo@example.com")]}));
    assert_eq!(verdict(his, &ada), Verdict::LeftOut(Reason::Declined));
}

#[test]
fn free_and_busy_alone_is_busy_and_unclassified() {
    let busy = read(&shared("freeBusyReader"), json!({"summary": null, "attendees": null}));
    assert_eq!(verdict(busy.clone(), &someone(&["ada@example.com"])), Verdict::Counted(Class::Unclassified));
    let report = report_of(vec![busy], &People::default(), &wishes());
    assert_eq!(report.days[0].blocks[0].title.as_deref(), Some("Busy"));
}

#[test]
fn a_private_title_is_counted_and_not_shown() {
    for word in ["private", "confidential"] {
        let report = report(json!({"visibility": word, "summary": "Roadmap"}));
        assert_eq!((report.hours.strategy.in_hours(), &report.days[0].blocks[0].title), (1.0, &None));
    }
}

#[test]
fn a_meeting_in_two_calendars_counts_once_by_the_copy_that_i_answered() {
    let slot = json!({"dateTime": "2026-11-15T09:00:00Z"});
    let copy = |calendar: &Arc<Calendar>, more: Value| {
        let mut all = json!({"id": "x", "recurringEventId": "m1", "originalStartTime": slot});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(calendar, all)
    };
    let moved = json!({"dateTime": "2026-11-15T10:00:00+01:00", "timeZone": "Europe/Berlin"});
    let copies = vec![
        copy(&shared("writer"), json!({"attendees": [other("bo@example.com")], "originalStartTime": moved})),
        copy(&primary(), json!({"attendees": [me("declined"), other("bo@example.com")]})),
    ];
    let report = report_of(copies, &People::default(), &wishes());
    assert_eq!(report.left_out.keys().collect::<Vec<_>>(), [&Reason::Duplicate, &Reason::Declined]);
}

#[test]
fn rules_ask_for_color_label_type_and_description() {
    let nobody = People::default();
    let red = read(
        &primary(),
        json!({"colorId": "11", "eventLabelId": "l1", "eventType": "focusTime",
            "description": "<p>Goals &amp; <b>road</b>map</p>see <https://example.com/board>"}),
    );
    for holds in [
        "color = \"Tomato\"",
        "color = [\"basil\", \"11\"]",
        "color = \"#D50000\"",
        "color = \"#dc2127\"",
        "label = \"deep work\"",
        "event_type = \"focusTime\"",
        "description = \"goals roadmap\"",
        "description = \"board\"",
        "calendar = \"ada\"",
        "organizer = \"bo@example.com\"\nunless = { recurring = true }",
    ] {
        let red = if holds.starts_with("organizer") {
            read(&primary(), json!({"organizer": other("bo@example.com")}))
        } else {
            red.clone()
        };
        assert!(decides(&red, holds, &nobody), "{holds}");
    }
    for fails in ["color = \"10\"", "color = \"#0b8043\"", "description = \"amp\"", "description = \"b\""] {
        assert!(!decides(&red, fails, &nobody), "{fails}");
    }
}

#[test]
fn late_bookings_are_reactive_and_unknown_ages_are_not() {
    let late = report(json!({"created": "2026-11-16T07:00:00.000Z"}));
    assert_eq!(late.reactive_share, Some(Exact::new(1, 1)));
    assert_eq!(report(json!({"created": "0000-12-31T00:00:00.000Z"})).reactive_share, None);
}
