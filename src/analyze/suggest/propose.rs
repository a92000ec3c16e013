//! Which class an unclassified kind of meeting probably is, by the archetypes of the default rules; or none.

use super::super::judge::Judged;
use super::group::{Bond, Group};
use super::lore::Lean;
use crate::classify::{By, Outcome, People};
use crate::model::{Address, Class};
use chrono::TimeDelta;
use std::sync::Arc;

/// Beginnings of words with the class and theme that they speak for. The default rules know the whole words; these are
/// for compounds and forms that they do not.
const STEMS: &[(Class, &str, &[&str])] = &[
    (Class::Strategy, "Strategy", &["strateg", "stratplan"]),
    (Class::Strategy, "Roadmap & vision", &["roadmap", "visioning", "prioriti"]),
    (Class::Strategy, "Planning & goals", &["portfolio", "okr", "jahresplan", "quartalsplan"]),
    (Class::Strategy, "Market & pricing", &["pricing", "competit", "positioning"]),
    (Class::Strategy, "Discovery", &["discover"]),
    (Class::Strategy, "Growing people", &["mentor", "coach", "career", "calibrat", "succession"]),
    (Class::Strategy, "Hiring", &["hiring", "recruit"]),
    (
        Class::Execution,
        "Delivery ceremonies",
        &["sprint", "standup", "backlog", "grooming", "retrospe", "kanban", "scrum"],
    ),
    (Class::Execution, "Incidents & releases", &["release", "deploy", "rollout", "incident", "hotfix", "migrat"]),
    (Class::Execution, "Design & tech", &["bugfix", "refactor", "testing", "wirefram"]),
    (Class::Execution, "Vendors", &["vendor", "invoic", "procure", "contract"]),
];
/// Stems as long as this are also found inside a compound.
const INSIDE: usize = 6;
/// Longer than this, a talk of two is more than a regular one-to-one.
const TALK: TimeDelta = TimeDelta::minutes(75);
/// Up to here, a regular round of several people is a status round.
const ROUND: TimeDelta = TimeDelta::minutes(45);

/// More people than this are told something, and only listen.
const AUDIENCE: usize = 30;
/// Meals and drinks.
const MEALS: &[&str] = &[
    "lunch",
    "dinner",
    "breakfast",
    "brunch",
    "drinks",
    "beers",
    "bbq",
    "barbecue",
    "party",
    "mittagessen",
    "abendessen",
    "umtrunk",
    "feier",
    "grillen",
    "déjeuner",
    "dîner",
    "apéro",
    "almuerzo",
    "cena",
    "desayuno",
    "almoço",
    "jantar",
];
/// The same at the end of a compound.
const TAILS: &[&str] = &["frühstück", "mittagessen", "abendessen", "umtrunk", "feier"];
/// Time of one's own.
const PRIVATE: &[&str] = &[
    "dentist",
    "doctor",
    "physio",
    "haircut",
    "gym",
    "kita",
    "nursery",
    "zahnarzt",
    "arzt",
    "friseur",
    "médecin",
    "dentiste",
    "crèche",
    "médico",
    "dentista",
    "guardería",
];

/// What is proposed for a kind of meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// A class, or to leave it out; `None`: there is no honest proposal.
    pub outcome: Option<Outcome>,
    pub theme: Option<Arc<str>>,
    /// Why, or why not: part of a sentence.
    pub why: String,
    /// It holds only between two people.
    pub two: bool,
}

impl Proposal {
    fn none(why: &str) -> Proposal {
        Proposal { outcome: None, theme: None, why: why.into(), two: false }
    }

    fn ignore(why: &str) -> Proposal {
        Proposal { outcome: Some(Outcome::Ignore), ..Proposal::none(why) }
    }

    fn class(class: Class, theme: &str, why: &str) -> Proposal {
        Proposal { outcome: Some(Outcome::Class(class)), theme: Some(theme.into()), ..Proposal::none(why) }
    }
}

/// The word for a meal among these, if there is one.
pub(super) fn meal(words: &[String]) -> Option<String> {
    let is_meal = |word: &&String| MEALS.contains(&word.as_str()) || TAILS.iter().any(|tail| word.ends_with(tail));
    words.iter().find(is_meal).cloned()
}

/// Looks at what the user said of others like it, then at the words of the title without names and numbers, at its
/// neighbours, and at who meets, how often and how long.
pub(super) fn propose(group: &Group, meetings: &[&Judged], people: &People) -> Proposal {
    let lean = group.lean.as_ref();
    if let Some(lean) = lean.filter(|lean| lean.marked) {
        return by_lean(lean, "you marked others");
    }
    if matches!(group.bond, Bond::Meals(_)) {
        return Proposal::ignore("a meal or drinks among colleagues");
    }
    let rooms: Option<Vec<usize>> = meetings.iter().map(|j| Some(people.people(&j.instance.event)?.len())).collect();
    let all = |holds: fn(usize) -> bool| rooms.as_ref().is_some_and(|rooms| rooms.iter().all(|n| holds(*n)));
    let alone = rooms.is_none() || all(|n| n < 2);
    if let Some(word) = group.key.split(' ').find(|word| alone && PRIVATE.contains(word)) {
        return Proposal::ignore(&format!("the private word \"{word}\""));
    }
    let kept = meetings.iter().any(|j| j.decision.by != By::Nothing);
    match by_words(&group.key).filter(|_| !kept) {
        Some(Ok((class, theme, word))) => return Proposal::class(class, theme, &format!("the word \"{word}\"")),
        Some(Err(())) => return Proposal::none("its words speak for both classes"),
        None => {}
    }
    if let Some(lean) = lean.filter(|_| group.bond != Bond::Title) {
        return by_lean(lean, "most meetings");
    }
    let room = if kept { None } else { by_room(&group.key, meetings, people) };
    // Whoever calls so many together speaks.
    let mine = || meetings.iter().any(|j| people.is_mine(&j.instance.event));
    let listen = || (all(|n| n > AUDIENCE) && !mine()).then(|| Proposal::ignore("so many people that you only listen"));
    let lean = || lean.filter(|_| !kept).map(|lean| by_lean(lean, "most meetings"));
    let nothing = match kept {
        true => "a rule keeps it unclassified",
        false => "nothing about it tells direction from delivery",
    };
    room.or_else(lean).or_else(listen).unwrap_or_else(|| Proposal::none(nothing))
}

fn by_lean(lean: &Lean, who: &str) -> Proposal {
    let (verb, word) = (if lean.marked { "as" } else { "are" }, super::word(lean.outcome));
    Proposal {
        outcome: Some(lean.outcome).filter(|outcome| *outcome != Outcome::None),
        theme: lean.theme.clone().filter(|_| lean.outcome != Outcome::Ignore),
        why: format!("{who} {} {verb} {word}", lean.among),
        two: false,
    }
}

/// The class that the words speak for; an error where they speak for both.
fn by_words(key: &str) -> Option<Result<(Class, &'static str, &str), ()>> {
    let stem = |word: &str, stem: &&str| word.starts_with(*stem) || stem.len() > INSIDE && word.contains(*stem);
    let find = |word| STEMS.iter().find(|(.., stems)| stems.iter().any(|s| stem(word, s))).map(|found| (found, word));
    let found: Vec<_> = key.split(' ').filter_map(find).collect();
    let ((class, theme, _), word) = *found.first()?;
    Some(if found.iter().all(|((other, ..), _)| other == class) { Ok((*class, theme, word)) } else { Err(()) })
}

fn by_room(key: &str, meetings: &[&Judged], people: &People) -> Option<Proposal> {
    let rooms = meetings.iter().map(|j| people.people(&j.instance.event)).collect::<Option<Vec<Vec<&Address>>>>()?;
    let others = |room: &[&Address], j: &Judged| -> Vec<Address> {
        let me = people.me_in(&j.instance.event);
        room.iter().filter(|a| !me.is(a)).map(|a| (*a).clone()).collect()
    };
    let others: Vec<Vec<Address>> = rooms.iter().zip(meetings).map(|(room, j)| others(room, j)).collect();
    let every = |group: &str| others.iter().all(|all| all.iter().any(|a| people.group(group).contains(a)));
    let outside = |a: &Address| people.is_internal(a) == Some(false);
    let recurring = meetings.iter().all(|j| j.instance.event.recurring);
    let within = |limit: TimeDelta| meetings.iter().all(|j| j.interval.length() <= limit);
    let some = |class, theme, why, two| Some(Proposal { two, ..Proposal::class(class, theme, why) });
    // A group may stand for more people than are listed.
    let counted = !meetings.iter().any(|j| people.has_group(&j.instance.event));
    if counted && rooms.iter().all(|room| room.len() == 2) {
        if every("reports") {
            return some(Class::Strategy, "Growing people", "a talk with one of your reports", true);
        }
        if every("leaders") {
            return some(Class::Strategy, "Leadership & org", "a talk with one of your leaders", true);
        }
        if recurring && within(TALK) && others.iter().flatten().all(|a| people.is_internal(a) == Some(true)) {
            return some(Class::Strategy, "Growing people", "a regular talk of two colleagues", true);
        }
    }
    if every("customers") {
        return some(Class::Execution, "Customers", "customers take part", false);
    }
    let named =
        |a: &Address| outside(a) && a.domain().split('.').next().is_some_and(|name| key.split(' ').any(|w| w == name));
    if others.iter().all(|all| all.iter().any(named)) {
        return some(Class::Execution, "Customers", "it bears the name of a guest's company", false);
    }
    let several = counted && rooms.iter().all(|room| (3..=AUDIENCE).contains(&room.len()));
    let why = match others.iter().flatten().any(outside) {
        true => "a short regular round with guests from outside",
        false => "a short regular round of several colleagues",
    };
    (recurring && several && within(ROUND)).then(|| Proposal::class(Class::Execution, "Reviews & status", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_speak_for_a_class_for_both_or_for_none() {
        let class = |key| by_words(key).map(|found| found.map(|(class, ..)| class));
        assert_eq!(class("produktstrategie falcon"), Some(Ok(Class::Strategy)));
        assert_eq!(class("superbacklogs"), Some(Ok(Class::Execution)));
        assert_eq!(class("strategizing backlogs"), Some(Err(())));
        assert_eq!(class("supervision"), None);
        assert_eq!(class("retrofit"), None);
    }
}
