//! Events as Google sends them, by the numbers of the sync checklist.

use super::super::item::read;
use super::*;
use crate::model::Interval;
use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

fn calendar(primary: bool, role: Role) -> Calendar {
    Calendar { source: "work".into(), name: "Work".into(), primary, role, owner: None }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn read_in(calendar: Calendar, value: &Value) -> Result<Instance, String> {
    let labels = [("l1".to_owned(), "Deep work".to_owned())].into();
    let colors = [("11", "#dc2127"), ("12", "#123456"), ("l1", "#039be5"), ("l2", "#abcdef")];
    let colors = colors.map(|(id, shade)| (id.to_owned(), shade.to_owned())).into();
    let zone = Some(chrono_tz::Europe::Berlin);
    let own = is_own("team@group.calendar.google.com", calendar.primary, calendar.role);
    instance(
        &value.to_string(),
        &Reading { calendar: &Arc::new(calendar), own, zone, labels: &labels, colors: &colors },
    )
}

#[test]
fn an_owner_of_a_colleagues_calendar_is_not_the_colleague() {
    assert!(is_own("ada@example.com", true, Role::Owner));
    assert!(is_own("team@group.calendar.google.com", false, Role::Owner));
    assert!(!is_own("bo@example.com", false, Role::Owner));
    assert!(!is_own("team@group.calendar.google.com", false, Role::Writer));
}

/// A meeting of an hour on the user's own calendar with these further fields.
fn with(more: Value) -> Value {
    let mut all = json!({"id": "m1", "iCalUID": "m1@google.com", "status": "confirmed", "summary": "Sync",
        "start": {"dateTime": "2026-08-06T09:30:00+02:00"}, "end": {"dateTime": "2026-08-06T10:30:00+02:00"}});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn event_in(calendar: Calendar, more: Value) -> Event {
    (*read_in(calendar, &with(more)).unwrap().event).clone()
}

fn event(more: Value) -> Event {
    event_in(calendar(true, Role::Owner), more)
}

fn whole(more: Value) -> Instance {
    read_in(calendar(true, Role::Owner), &with(more)).unwrap()
}

fn me(answer: &str) -> Value {
    json!({"email": "Ada@example.com", "self": true, "responseStatus": answer})
}

fn bo() -> Value {
    json!({"email": "bo@example.com", "displayName": "Bo", "organizer": true, "responseStatus": "accepted"})
}

#[test]
fn a_single_event_fills_its_own_slot() {
    let read = whole(json!({}));
    let span = Interval::new(at("2026-08-06T07:30:00Z"), at("2026-08-06T08:30:00Z"));
    assert_eq!((read.span, read.original), (Span::Timed(span), Original::At(span.start)));
    assert_eq!((read.event.uid.0.as_ref(), read.event.recurring, read.event.line), ("m1@google.com", false, 0));
    assert_eq!((read.event.summary.as_deref(), read.event.status), (Some("Sync"), Some(EventStatus::Confirmed)));
}

#[test]
fn a_moved_instance_keeps_its_slot_and_may_become_a_whole_day() {
    let moved = whole(json!({"id": "m1_20260805T073000Z", "recurringEventId": "m1",
        "originalStartTime": {"dateTime": "2026-08-05T09:30:00+02:00"},
        "start": {"date": "2026-08-07"}, "end": {"date": "2026-08-09"}}));
    let day = |d| NaiveDate::from_ymd_opt(2026, 8, d).unwrap();
    assert_eq!(moved.original, Original::At(at("2026-08-05T07:30:00Z")));
    assert_eq!(moved.span, Span::AllDay { first: day(7), end: day(9) });
    assert!(moved.event.recurring);
}

#[test]
fn whole_days_float_whatever_the_calendars_zone() {
    let read =
        whole(json!({"start": {"date": "2026-08-07", "timeZone": "Pacific/Auckland"}, "end": {"date": "2026-08-08"}}));
    assert_eq!(read.original, Original::On(NaiveDate::from_ymd_opt(2026, 8, 7).unwrap()));
}

#[test]
fn without_a_uid_the_series_or_the_id_without_its_slot_stands_in() {
    let uid = |more: Value| event(more).uid.0.to_string();
    assert_eq!(uid(json!({"iCalUID": null, "recurringEventId": "abc", "id": "abc_20260806"})), "abc");
    for (id, base) in [
        ("abc", "abc"),
        ("abc_20260806", "abc"),
        ("abc_20260806T073000Z", "abc"),
        ("abc_R20260101T080000_20260806T073000Z", "abc_R20260101T080000"),
        ("abc_R20260101T080000", "abc_R20260101T080000"),
        ("abc_2026", "abc_2026"),
        ("_20260806", "_20260806"),
    ] {
        assert_eq!(uid(json!({"iCalUID": "", "id": id})), base);
    }
}

#[test]
fn a_series_or_an_event_without_times_is_refused() {
    let refused = |more: Value| read_in(calendar(true, Role::Owner), &with(more)).unwrap_err();
    assert_eq!(refused(json!({"recurrence": ["RRULE:FREQ=DAILY"]})), "it is a series, not one of its meetings");
    assert_eq!(refused(json!({"start": null})), "it has no start");
    assert_eq!(refused(json!({"start": {"date": "2026-02-30"}})), "its start is no date");
    assert_eq!(refused(json!({"id": 1, "iCalUID": 2})), "it has no id");
}

#[test]
fn my_answer_is_that_of_the_self_row() {
    for (word, answer) in [
        ("accepted", Answer::Accepted),
        ("declined", Answer::Declined),
        ("tentative", Answer::Tentative),
        ("needsAction", Answer::NeedsAction),
        ("somethingNew", Answer::NeedsAction),
    ] {
        let mut row = me(word);
        row["optional"] = true.into();
        let read = event(json!({"attendees": [bo(), row]}));
        let Attendees::Known(lines) = &read.attendees else { panic!("{word}") };
        let mine = lines.iter().find(|line| line.is_me).unwrap();
        assert_eq!((mine.address.as_str(), mine.answer, mine.optional), ("ada@example.com", answer, true));
        assert_eq!((lines[0].name.as_deref(), lines[0].is_me, lines[0].optional), (Some("Bo"), false, false));
    }
}

#[test]
fn the_self_row_is_me_only_where_the_calendar_is_mine() {
    let marked = |primary, role| {
        let read = event_in(calendar(primary, role), json!({"attendees": [bo(), me("accepted")]}));
        read.attendees.lines().iter().any(|line| line.is_me)
    };
    assert!(marked(true, Role::Owner) && marked(true, Role::Writer) && marked(false, Role::Owner));
    assert!(!marked(false, Role::Writer) && !marked(false, Role::Reader));
}

#[test]
fn without_a_list_of_attendees_nobody_else_takes_part() {
    for more in [json!({}), json!({"attendees": []}), json!({"attendees": null})] {
        assert_eq!(event(more).attendees, Attendees::Known(Vec::new()));
    }
}

#[test]
fn rooms_are_resources_and_guests_of_guests_are_left_out() {
    let room = json!({"email": "c_1@resource.calendar.google.com", "responseStatus": "declined"});
    let car = json!({"email": "car@example.com", "resource": true});
    let guest = json!({"email": "cy@example.com", "additionalGuests": 3});
    let read = event(json!({"attendees": [room, car, guest]}));
    let kinds: Vec<AttendeeKind> = read.attendees.lines().iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [AttendeeKind::Resource, AttendeeKind::Resource, AttendeeKind::Person]);
}

#[test]
fn an_incomplete_list_keeps_my_own_answer_and_is_not_counted() {
    let hosted = json!({"email": "ada@example.com", "self": true});
    let foreign = json!({"email": "bo@example.com"});
    let partial = |more: Value| matches!(event(more).attendees, Attendees::Partial(lines) if lines[0].is_me);
    assert!(partial(json!({"attendees": [me("declined")], "attendeesOmitted": true, "organizer": hosted})));
    assert!(partial(json!({"attendees": [me("declined")], "guestsCanSeeOtherGuests": false, "organizer": foreign})));
    assert!(!partial(
        json!({"attendees": [me("accepted"), bo()], "guestsCanSeeOtherGuests": false, "organizer": hosted})
    ));
    // What is no row cannot be read, but somebody is there.
    assert!(partial(json!({"attendees": [me("accepted"), 7]})));
    for more in [json!({"attendeesOmitted": true}), json!({"guestsCanSeeOtherGuests": false, "attendees": []})] {
        assert_eq!(event(more).attendees, Attendees::Unknown);
    }
}

#[test]
fn a_row_without_an_address_is_somebody_and_may_be_me() {
    let mine = json!({"self": true, "responseStatus": "declined"});
    let read = event(json!({"attendees": [bo(), {"displayName": "Cy"}, {"email": "nobody"}, mine]}));
    let Attendees::Known(lines) = &read.attendees else { panic!("a list that is whole") };
    let who: Vec<_> = lines.iter().map(|line| (line.address.as_str(), line.is_me)).collect();
    assert_eq!(who, [("bo@example.com", false), ("cy", false), ("guest 3", false), ("guest 4", true)]);
    assert_eq!(lines[3].answer, Answer::Declined);
}

#[test]
fn free_and_busy_alone_shows_nothing_else_even_of_items_stored_before() {
    let more = json!({"description": "d", "location": "l", "attendees": [bo()], "organizer": bo(), "eventLabelId": "l1",
        "colorId": "11"});
    let read = event_in(calendar(false, Role::FreeBusyReader), more);
    assert!(read.free_busy_only);
    assert_eq!((&read.summary, &read.description, &read.location), (&None, &None, &None));
    assert_eq!((&read.organizer, &read.color, read.labels.len()), (&None, &None, 0));
    assert_eq!(read.attendees, Attendees::Unknown);
}

#[test]
fn a_private_event_of_somebody_else_has_unknown_attendees() {
    let hidden = json!({"visibility": "private", "summary": null});
    let read = event_in(calendar(false, Role::Reader), hidden.clone());
    assert_eq!((&read.attendees, &read.summary, read.free_busy_only), (&Attendees::Unknown, &None, false));
    assert_eq!(event_in(calendar(false, Role::Writer), hidden).attendees, Attendees::Known(Vec::new()));
}

#[test]
fn visibility_status_and_transparency_are_read() {
    for (word, visibility) in [
        ("default", Visibility::Public),
        ("public", Visibility::Public),
        ("private", Visibility::Private),
        ("confidential", Visibility::Confidential),
        ("somethingNew", Visibility::Private),
    ] {
        assert_eq!(event(json!({"visibility": word})).visibility, visibility, "{word}");
    }
    assert_eq!(event(json!({})).visibility, Visibility::Public);
    assert_eq!(event(json!({"status": "tentative"})).status, Some(EventStatus::Tentative));
    assert_eq!(event(json!({"status": "cancelled"})).status, Some(EventStatus::Cancelled));
    assert_eq!(event(json!({"status": null})).status, None);
    let transparent = |word: Value| event(json!({ "transparency": word })).transparent;
    assert!(transparent("transparent".into()) && !transparent("opaque".into()) && !transparent(Value::Null));
}

#[test]
fn every_event_type_is_kept() {
    for word in ["default", "outOfOffice", "focusTime", "workingLocation", "birthday", "fromGmail", "somethingNew"] {
        let read = event(json!({ "eventType": word })).event_type;
        assert_eq!(read.name(), word);
        assert_eq!(matches!(read, EventType::Other(_)), word == "somethingNew");
    }
    assert_eq!(event(json!({})).event_type, EventType::Default);
}

#[test]
fn the_organizer_is_kept_even_when_it_is_a_calendar() {
    let organizer = |email: &str| event(json!({"organizer": {"email": email, "self": true}})).organizer;
    let calendar = "c_1@group.calendar.google.com";
    assert_eq!(organizer(calendar).unwrap().as_str(), calendar);
    assert_eq!(organizer("unknownorganizer@calendar.google.com"), None);
    assert_eq!(organizer("nobody"), None);
}

#[test]
fn labels_and_colors_get_their_names() {
    let label = |id: &str| event(json!({ "eventLabelId": id })).labels;
    assert_eq!((label("l1"), label("l9"), label("")), (vec!["Deep work".into()], vec!["l9".into()], vec![]));
    let color = |more: Value| event(more).color;
    assert_eq!(color(json!({"colorId": "11"})).as_deref(), Some("tomato"));
    assert_eq!(color(json!({"colorId": "12"})).as_deref(), Some("#123456"));
    assert_eq!(color(json!({"colorId": "13"})).as_deref(), Some("13"));
    assert_eq!(color(json!({"eventLabelId": "l1"})).as_deref(), Some("peacock"));
    assert_eq!(color(json!({"eventLabelId": "l2"})).as_deref(), Some("#abcdef"));
    assert_eq!(color(json!({"eventLabelId": "l9"})), None);
    assert_eq!(color(json!({"colorId": ""})), None);
}

#[test]
fn texts_stay_as_written_and_empty_ones_are_none() {
    let read = event(
        json!({"summary": "", "description": "<b>Goals</b>", "location": "Room <4>", "created": "2026-08-01T10:00:00.000Z"}),
    );
    assert_eq!((read.summary.as_deref(), read.description.as_deref()), (None, Some("<b>Goals</b>")));
    assert_eq!((read.location.as_deref(), read.created), (Some("Room <4>"), Some(at("2026-08-01T10:00:00Z"))));
    for odd in ["0000-12-31T00:00:00.000Z", "yesterday", "2026-08-01T10:00:00"] {
        assert_eq!(event(json!({ "created": odd })).created, None, "{odd}");
    }
}

/// Everything that the reader looks at, once.
fn full() -> Value {
    with(
        json!({"recurringEventId": "m1", "originalStartTime": {"dateTime": "2026-08-06T09:30:00", "timeZone": "GMT-03:00"},
        "recurrence": [], "endTimeUnspecified": false, "description": "<p>ä</p>", "location": "x", "transparency": "opaque",
        "visibility": "private", "eventType": "default", "organizer": bo(), "attendees": [me("tentative"), bo()],
        "attendeesOmitted": false, "guestsCanSeeOtherGuests": true, "eventLabelId": "l1", "colorId": "4",
        "created": "2026-08-01T10:00:00.000Z", "etag": "\"3\""}),
    )
}

fn any_json() -> impl Strategy<Value = Value> {
    let words =
        ["", "9", "2026-02-30", "2026-08-06T09:30:60+00:53:28", "9999-12-31T23:59:59-23:59", "cancelled", "é@é"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(words.to_vec()).prop_map(Value::from),
        "\\PC{0,24}".prop_map(Value::from),
        "[0-9TtZz:+.-]{0,26}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let keys = prop::sample::select(vec!["date", "dateTime", "timeZone", "email", "self", "x"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..3)
                .prop_map(|all| Value::Object(all.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_change_of_a_field_is_too_much(changes in prop::collection::vec((any::<prop::sample::Index>(), any_json()), 1..4)) {
        let mut event = full();
        let keys: Vec<String> = event.as_object().unwrap().keys().cloned().collect();
        for (which, value) in changes {
            event[which.get(&keys).as_str()] = value;
        }
        let text = event.to_string();
        let item = read(&text, None);
        let read = read_in(calendar(true, Role::Owner), &event);
        // What the rooms behind us build on.
        if let Ok(Instance { span: Span::Timed(interval), .. }) = &read {
            prop_assert!(interval.start <= interval.end);
        }
        if let Ok(item) = item {
            prop_assert!(item.span.is_none_or(|(start, end)| start <= end) && item.json == text);
        }
    }

    #[test]
    fn no_text_is_too_much(cut in any::<prop::sample::Index>(), length in 0..9usize, patch in "[\\[\\]{}\",:a-z0-9\\\\é]{0,6}") {
        let text: Vec<char> = full().to_string().chars().collect();
        let from = cut.index(text.len());
        let rest = text.iter().skip(from + length);
        let text: String = text[..from].iter().copied().chain(patch.chars()).chain(rest.copied()).collect();
        let _ = read(&text, None);
        let reading = Reading { calendar: &Arc::new(calendar(true, Role::Owner)), own: true, zone: None, labels: &BTreeMap::new(), colors: &BTreeMap::new() };
        let _ = instance(&text, &reading);
    }
}
