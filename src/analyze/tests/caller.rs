//! What no rule decides, by whose meeting it is.

use super::*;
use crate::analyze::Alike;
use crate::classify::By;

/// A meeting that `who` calls.
fn called(who: &str, title: &str, from: &str, to: &str) -> Instance {
    timed(Event { organizer: Some(Address::parse(who).unwrap()), ..event(title) }, from, to)
}

fn marked(instance: Instance, class: Class) -> Instance {
    let word = Override { class: Some(class), theme: None, answer: true };
    let slot = Slot::of(&instance).unwrap();
    Instance { marked: Some(Arc::new(Marked { word, series: false, slot })), ..instance }
}

/// What Cy's open meeting counts as, and what speaks for that.
fn open(instances: Vec<Instance>, wishes: &Preferences) -> (Class, Option<Alike>) {
    let analysis = Analysis::new(instances, &rules(), &people(), wishes);
    let one = analysis.judged().iter().find(|j| j.title().as_deref() == Some("Okapi")).unwrap();
    assert_eq!(one.alike.is_some(), one.decision.by == By::Caller && one.certainty() == Some("likely"));
    (one.class().unwrap(), one.alike)
}

const CY: &str = "cy@x.example";

/// Three that Cy calls: an open one, one that a rule classes, and one that the user marked.
fn week_of_cy() -> Vec<Instance> {
    vec![
        called(CY, "Okapi", "0 10:00", "0 11:00"),
        called(CY, "Roadmap", "1 10:00", "1 11:00"),
        marked(called(CY, "Zebra", "2 10:00", "2 11:00"), Class::Strategy),
    ]
}

#[test]
fn an_open_meeting_is_likely_what_its_caller_mostly_calls_in_that_week() {
    let likely = |same, of| (Class::Strategy, Some(Alike { same, of }));
    let left = (Class::Unclassified, None);
    let with = |more: &[Instance]| open([week_of_cy(), more.to_vec()].concat(), &wishes());
    assert_eq!(with(&[]), likely(2, 2));
    let review = |who, at: &str| called(who, "Review", &format!("{at} 14:00"), &format!("{at} 15:00"));
    assert_eq!(with(&[review(CY, "3")]), likely(2, 3), "two of three are enough");
    let two = [review(CY, "3"), called(CY, "Standup", "4 09:00", "4 09:30")];
    assert_eq!(with(&two), left, "half of them are not");
    // Of whom else, of another week or of one series more than once, none counts.
    let of_di = [review("di@x.example", "3"), called("di@x.example", "Standup", "4 09:00", "4 09:30")];
    assert_eq!(with(&of_di), likely(2, 2));
    assert_eq!(with(&two.map(|one| weeks_before(one, 1))), likely(2, 2));
    let mut series = Event { organizer: Some(Address::parse(CY).unwrap()), recurring: true, ..event("Standup") };
    series.uid = Uid("daily".into());
    let daily: Vec<Instance> =
        (0..5).map(|day| timed(series.clone(), &format!("{day} 09:00"), &format!("{day} 09:30"))).collect();
    assert_eq!(with(&daily), likely(2, 3));
    // The order in which a source tells them is nothing.
    assert_eq!(open(week_of_cy().into_iter().rev().collect(), &wishes()), likely(2, 2));
}

#[test]
fn without_a_word_of_the_users_nothing_is_inferred() {
    let left = (Class::Unclassified, None);
    let without =
        |title: &str| week_of_cy().into_iter().filter(|i| i.event.summary.as_deref() != Some(title)).collect();
    assert_eq!(open(without("Zebra"), &wishes()), left, "rules alone infer nothing");
    assert_eq!(open(without("Roadmap"), &wishes()), left, "one meeting says nothing of others");
    let unmarked = week_of_cy().into_iter().map(|i| Instance { marked: None, ..i });
    let rules_only: Vec<Instance> = unmarked.chain([called(CY, "Roadmap 2", "3 10:00", "3 11:00")]).collect();
    assert_eq!(open(rules_only, &wishes()), left);
    let careful = Preferences { likely_open: true, ..wishes() };
    assert_eq!(open(week_of_cy(), &careful), left, "what is only likely stays open where the user wants that");
    let nobody = week_of_cy()
        .into_iter()
        .map(|i| Instance { event: Arc::new(Event { organizer: None, ..(*i.event).clone() }), ..i });
    assert_eq!(open(nobody.collect(), &wishes()), left, "nobody knows who calls them");
}

#[test]
fn what_the_user_calls_speaks_for_the_user_by_any_of_their_addresses() {
    let (ada, other) = ("ada@x.example", "ada+web@x.example");
    let week = |zebra| {
        let marked = marked(called(zebra, "Zebra", "2 10:00", "2 11:00"), Class::Execution);
        vec![called(ada, "Okapi", "0 10:00", "0 11:00"), called(ada, "Review", "1 10:00", "1 11:00"), marked]
    };
    let likely = (Class::Execution, Some(Alike { same: 2, of: 2 }));
    assert_eq!(open(week(ada), &wishes()), likely);
    assert_eq!(open(week(other), &wishes()), likely);
}

#[test]
fn what_is_set_apart_left_open_or_all_day_neither_speaks_nor_follows() {
    let kept =
        parse("rules.toml", &format!("{RULES}[[rule]]\nclass = \"unclassified\"\ntitle = \"okapi\"\n"), &[]).unwrap();
    let (people, wishes) = (people(), wishes());
    let analysis = Analysis::new(week_of_cy(), &kept, &people, &wishes);
    assert!(analysis.judged().iter().all(|j| j.alike.is_none()), "a rule of the user's leaves it open");
    let follows = |mut week: Vec<Instance>, change: &dyn Fn(&mut Vec<Instance>)| {
        change(&mut week);
        Analysis::new(week, &rules(), &people, &wishes).judged().iter().any(|j| j.alike.is_some())
    };
    let ada_calls = || -> Vec<Instance> {
        let calls = |mut i: Instance| {
            Arc::make_mut(&mut i.event).organizer = Some(ada());
            i
        };
        week_of_cy().into_iter().map(calls).collect()
    };
    let alone = |at: usize| {
        move |week: &mut Vec<Instance>| {
            Arc::make_mut(&mut week[at].event).attendees = Attendees::Known(Vec::new());
        }
    };
    assert!(follows(ada_calls(), &|_| {}));
    assert!(!follows(ada_calls(), &alone(0)), "what one does alone is no meeting");
    assert!(!follows(ada_calls(), &alone(1)), "and speaks for none");
    let whole_days = Preferences { all_day: Some(Exact::hours(8)), ..wishes.clone() };
    for at in 0..2 {
        let mut week = week_of_cy();
        week[at] = Instance { event: Arc::clone(&week[at].event), ..all_day(event("Day"), 0, 1) };
        assert!(Analysis::new(week, &rules(), &people, &whole_days).judged().iter().all(|j| j.alike.is_none()));
    }
    // A shared calendar calls what everybody puts on it.
    let shared = |week: &mut Vec<Instance>| {
        let calendar = Address::parse("c_1@group.calendar.google.com");
        week.iter_mut().for_each(|i| Arc::make_mut(&mut i.event).organizer = calendar.clone());
    };
    assert!(!follows(week_of_cy(), &shared));
}
