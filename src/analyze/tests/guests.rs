//! Groups, people in several lines, and what a title says, in the numbers of the week.

use super::*;
use crate::analyze::partners::likely;

fn lines(event: &mut Event, change: impl FnOnce(&mut Vec<Attendee>)) {
    if let Attendees::Known(lines) = &mut event.attendees {
        change(lines);
    }
}

/// A weekly hour of mine with one other line, for four weeks.
fn weekly(title: &str, kind: AttendeeKind) -> Vec<Instance> {
    let mut event = event(title);
    event.recurring = true;
    lines(&mut event, |lines| {
        lines.truncate(2);
        (lines[1].address, lines[1].kind) = (Address::parse("bo@x.example").unwrap(), kind);
    });
    let one = timed(event, "0 09:00", "0 10:00");
    (0..4).map(|week| weeks_before(one.clone(), week)).collect()
}

#[test]
fn a_group_is_no_one_to_one_for_coaching_delegation_and_partners() {
    let [person, group] = [AttendeeKind::Person, AttendeeKind::Group].map(|kind| weekly("Review", kind));
    let coached = |instances: &[Instance]| h(&report(instances.to_vec()).reports[0].hours);
    assert_eq!((coached(&person), coached(&group)), (1.0, 0.0));
    let offered = |instances: &[Instance]| report(instances.to_vec()).let_go.len();
    assert_eq!((offered(&person), offered(&group)), (0, 1));
    let partners = |instances: &[Instance]| {
        let (rules, people, wishes) = (rules(), people(), wishes());
        likely(Analysis::new(instances.to_vec(), &rules, &people, &wishes).judged(), &people).partners.len()
    };
    assert_eq!((partners(&person), partners(&group)), (1, 0));
}

#[test]
fn somebody_in_two_lines_is_there_once_where_one_of_them_comes() {
    let hours = |answers: [Answer; 2]| {
        let meeting = changed(|event| {
            lines(event, |lines| {
                lines.truncate(1);
                for answer in answers {
                    let address = Address::parse("bo@x.example").unwrap();
                    lines.push(Attendee { address, answer, ..lines[0].clone() });
                }
            });
        });
        h(&report(vec![meeting]).leverage[&Class::Execution].attendee)
    };
    assert_eq!(hours([Answer::Declined, Answer::Accepted]), 2.0);
    assert_eq!(hours([Answer::Accepted, Answer::Declined]), 2.0);
    assert_eq!(hours([Answer::Declined, Answer::NeedsAction]), 1.0);
}

#[test]
fn who_is_only_a_place_in_a_list_is_nobody_in_the_next_one() {
    let meetings = (0..6).map(|n| {
        let mut event = event(&format!("Review {n}"));
        lines(&mut event, |lines| {
            lines[0].address = Address::nth(1);
            lines[1].address = Address::parse(&format!("p{n}@x.example")).unwrap();
            lines.truncate(2);
        });
        timed(event, &format!("{n} 09:00"), &format!("{n} 10:00"))
    });
    let (rules, nobody, wishes) = (rules(), People::default(), wishes());
    assert_eq!(likely(Analysis::new(meetings.collect(), &rules, &nobody, &wishes).judged(), &nobody).me, None);
}

#[test]
fn delegated_and_cancelled_by_title_are_left_out() {
    left_out(answered("Roadmap", Answer::Delegated, "0 09:00", "0 10:00"), Reason::Delegated);
    left_out(meeting("FW: Canceled: Roadmap", "0 09:00", "0 10:00"), Reason::Cancelled);
    let stays = report(vec![meeting("Cancelled roadmap: review", "0 09:00", "0 10:00")]);
    assert_eq!(h(&stays.hours.strategy), 1.0);
}
