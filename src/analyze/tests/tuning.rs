//! What the tuning of rules is told: accounts, differences, likely answers.

use super::*;
use crate::analyze::difference::Difference;
use crate::analyze::partners::likely;
use crate::analyze::usage::Usage;
use crate::classify::By;
use crate::model::Class;

fn usage(text: &str, instances: Vec<Instance>) -> Usage {
    let (rules, people, wishes) = (parse("rules.toml", text, &[]).unwrap(), people(), wishes());
    let window = wishes.zones.week(week());
    let analysis = Analysis::new(instances, &rules, &people, &wishes);
    Usage::of(&analysis.rows(window), &rules, &people, &wishes.zones, &window)
}

fn rule(class: &str, title: &str) -> String {
    format!("[[rule]]\nclass = \"{class}\"\ntitle = \"{title}\"\n")
}

#[test]
fn a_rule_is_shadowed_where_others_decide_all_that_it_matches() {
    let text = [rule("execution", "roadmap"), rule("strategy", "roadmap review"), rule("execution", "never")].concat();
    let held = meeting("Roadmap review", "0 10:00", "0 11:00");
    let declined = answered("Roadmap review 2", Answer::Declined, "1 10:00", "1 11:00");
    let usage = usage(&text, vec![held.clone(), held, declined, meeting("Other", "2 10:00", "2 12:00")]);
    // Twice on the calendar is once; declined is matched, but no time of the rule.
    let [first, second, third] = usage.rules.as_slice() else { panic!("three rules") };
    assert_eq!((first.events, h(&first.hours), first.matched, first.won), (1, 1.0, 2, 2));
    assert_eq!((second.shadowed(), &second.lost_to), (true, &vec![(By::Rule(0), 2)]));
    assert_eq!((third.shadowed(), third.matched), (false, 0));
    assert_eq!((usage.open.events, h(&usage.open.hours), h(&usage.counted())), (1, 2.0, 3.0));
    assert_eq!(usage.coverage(), Some(Exact::new(1, 3)));
    let clashes: Vec<_> = usage.clashes.iter().map(|c| (c.title.as_deref(), c.winner, c.loser, c.events)).collect();
    assert_eq!(clashes, [(Some("Roadmap review"), 0, 1, 1), (Some("Roadmap review 2"), 0, 1, 1)]);
}

#[test]
fn ignored_time_is_told_by_its_length_and_private_titles_by_nothing() {
    let text = [rule("ignore", "lunch"), rule("strategy", "talk"), rule("execution", "talk")].concat();
    let hidden = |mut event: Event| {
        event.visibility = Visibility::Private;
        timed(event, "1 10:00", "1 11:00")
    };
    let instances = vec![meeting("Lunch", "0 12:00", "0 13:30"), hidden(event("Talk a")), hidden(event("Talk b"))];
    let usage = usage(&text, instances);
    assert_eq!((usage.rules[0].events, h(&usage.rules[0].hours)), (1, 1.5));
    let [clash] = usage.clashes.as_slice() else { panic!("one clash") };
    assert_eq!((&clash.title, clash.events), (&None, 2));
}

#[test]
fn a_difference_adds_up_whatever_overlaps() {
    let (people, wishes) = (people(), wishes());
    let old = parse("old.toml", &rule("execution", "roadmap"), &[]).unwrap();
    let new = parse("new.toml", &[rule("strategy", "roadmap"), rule("ignore", "errand")].concat(), &[]).unwrap();
    let instances = vec![
        meeting("Roadmap", "0 10:00", "0 11:00"),
        weeks_before(meeting("Roadmap", "0 10:00", "0 11:00"), 1),
        meeting("Errand", "0 10:30", "0 11:30"),
        meeting("Else", "3 10:00", "3 11:00"),
    ];
    let analysis = |rules| Analysis::new(instances.clone(), rules, &people, &wishes);
    let difference = Difference::of(&analysis(&old), &analysis(&new), &[week().plus(-1), week()]);
    let moved: Vec<_> = difference.moved.iter().map(|m| (m.title.as_deref().unwrap(), m.events, h(m.held()))).collect();
    assert_eq!(moved, [("Roadmap", 2, 2.0), ("Errand", 1, 0.75)]);
    assert_eq!(difference.moved[0].from.verdict, Verdict::Counted(Class::Execution));
    let hours = |hours: &ledger::ByClass| Class::ALL.map(|class| h(hours.of(class)));
    // Before, Roadmap and Errand share half an hour; then Errand is gone.
    assert_eq!(hours(&difference.from), [0.0, 1.75, 1.75]);
    assert_eq!(hours(&difference.to), [2.0, 0.0, 1.0]);
    assert_eq!(hours(&difference.weeks[0].to), [1.0, 0.0, 0.0]);
}

#[test]
fn whom_i_often_meet_alone_in_my_domain_is_likely_a_report() {
    let one_to_one = |title: &str, with: &str, day: u32| {
        let mut event = event(title);
        let Attendees::Known(lines) = &mut event.attendees else { panic!("known") };
        lines.truncate(2);
        lines[1].address = Address::parse(with).unwrap();
        timed(event, &format!("{day} 10:00"), &format!("{day} 11:00"))
    };
    let often = |with: &'static str, times: u32| {
        (0..times).map(move |n| one_to_one(&format!("{with} {n}"), with, n)).collect::<Vec<_>>()
    };
    // Who calls the 1:1s is the boss.
    let boss = often("boss@x.example", 6).into_iter().map(|mut one| {
        std::sync::Arc::make_mut(&mut one.event).organizer = Address::parse("boss@x.example");
        one
    });
    let instances = [
        boss.collect(),
        often("amara@x.example", 3),
        often("jonas@x.example", 4),
        often("chance@x.example", 2),
        often("carl@contoso.example", 5),
    ]
    .concat();
    let (rules, wishes) = (rules(), wishes());
    let look = |people: &People| likely(Analysis::new(instances.clone(), &rules, people, &wishes).judged(), people);
    let known = look(&people());
    let partners: Vec<&str> = known.partners.iter().map(Address::as_str).collect();
    assert_eq!(partners, ["jonas@x.example", "amara@x.example"]);
    assert_eq!((known.me, known.domain.as_deref()), (None, Some("x.example")));
    // Nobody said whose calendar this is: the one who is always there is asked about.
    let guessed = look(&People::default());
    assert_eq!((guessed.me, guessed.partners.len()), (Some(ada()), 2));
    // A colleague who was missed but once is not the owner.
    let instances = [often("jonas@x.example", 19), often("amara@x.example", 1)].concat();
    let nobody = People::default();
    let analysis = Analysis::new(instances, &rules, &nobody, &wishes);
    assert_eq!(likely(analysis.judged(), &nobody).me, Some(ada()));
}
