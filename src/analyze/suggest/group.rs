//! Unclassified meetings by kind: meals, the same word, the same person, the same customer, then the same title.

use super::super::Row;
use super::lore::{Lean, Lore, Seen, Tie};
use super::propose;
use crate::classify::{By, Outcome};
use crate::model::{Address, Class, Exact};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What makes the meetings of a group one kind, and so what its rule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bond {
    /// Any of these words for meals and drinks.
    Meals(BTreeSet<String>),
    Word(String),
    Person(Address),
    Customer(String),
    Title,
}

/// Unclassified meetings of one kind.
pub(super) struct Group {
    pub bond: Bond,
    /// What it is called.
    pub key: String,
    pub titles: BTreeSet<String>,
    /// Places among the rows.
    pub rows: Vec<usize>,
    pub hours: Exact,
    /// What its neighbours are.
    pub lean: Option<Lean>,
}

impl Group {
    fn take(&mut self, other: &Group) {
        self.titles.extend(other.titles.iter().cloned());
        self.rows.extend(&other.rows);
        self.hours += &other.hours;
    }
}

/// All groups, most hours first; and what has no title that may be told, with its seconds. What is `settled` is left alone.
pub(super) fn groups(
    rows: &[Row<'_>],
    seen: &[Option<Seen>],
    lore: &Lore,
    settled: &dyn Fn(&By) -> bool,
) -> (Vec<Group>, (usize, Exact)) {
    let (mut left, unnamed) = by_title(rows, seen, settled);
    let mut groups = Vec::new();
    groups.extend(meals(&mut left, seen));
    // What a rule keeps open has no neighbours: they were meant otherwise.
    let kept = |group: &mut Group| group.rows.iter().any(|&i| rows[i].judged.decision.by != By::Nothing);
    groups.extend(left.extract_if(.., kept));
    let marked = |group: &Group| titled(group, seen, lore).filter(|lean| lean.marked).cloned();
    groups.iter_mut().for_each(|group| group.lean = marked(group));
    let decided = groups.len();
    by_word(&mut left, &mut groups, seen, lore);
    by_tie(&mut left, &mut groups, |group| one_person(group, seen), lore, Bond::Person);
    by_tie(&mut left, &mut groups, |group| customer(group, seen), lore, Bond::Customer);
    groups.extend(left);
    groups
        .iter_mut()
        .skip(decided)
        .filter(|group| group.lean.is_none())
        .for_each(|group| group.lean = lean(group, seen, lore));
    groups.sort_by(|a, b| (&b.hours, &a.key).cmp(&(&a.hours, &b.key)));
    (groups, unnamed)
}

/// What the neighbours of a group without a bond are: by its titles, by the same people, by whom its meetings share.
fn lean(group: &Group, seen: &[Option<Seen>], lore: &Lore) -> Option<Lean> {
    let all = || group.rows.iter().filter_map(|&i| seen[i].as_ref());
    let people = shared(all().map(Seen::people)).cloned().map(Tie::People);
    let people = people.and_then(|tie| lore.lean(&tie));
    if let Some(lean) = titled(group, seen, lore).into_iter().chain(people).max_by_key(|lean| lean.marked) {
        return Some(lean.clone());
    }
    // One who came once says little of many meetings.
    let said: Vec<Vec<&Lean>> = all().map(|seen| seen.members().filter_map(|tie| lore.lean(&tie)).collect()).collect();
    let silent = said.iter().filter(|leans| leans.is_empty()).count();
    let first = *said.iter().flatten().next()?;
    let agreed = said.iter().flatten().all(|lean| lean.outcome == first.outcome);
    (agreed && silent * 4 <= said.len()).then(|| first.clone())
}

/// What others of the same title are.
fn titled<'l>(group: &Group, seen: &[Option<Seen>], lore: &'l Lore) -> Option<&'l Lean> {
    let keys: BTreeSet<&String> = group.rows.iter().filter_map(|&i| Some(&seen[i].as_ref()?.fold.key)).collect();
    keys.into_iter().find_map(|key| lore.lean(&Tie::Title(key.clone())))
}

/// Groups of the same series or the same folded title.
fn by_title(rows: &[Row<'_>], seen: &[Option<Seen>], settled: &dyn Fn(&By) -> bool) -> (Vec<Group>, (usize, Exact)) {
    let mut unnamed = (0, Exact::default());
    // By its first row; joined where a series was renamed.
    let mut leaders: Vec<usize> = (0..rows.len()).collect();
    let mut open: Vec<usize> = Vec::new();
    let (mut series, mut keys) = (HashMap::new(), HashMap::new());
    for (i, row) in rows.iter().enumerate() {
        let j = row.judged;
        if j.class() != Some(Class::Unclassified) || row.counted.is_zero() || settled(&j.decision.by) {
            continue;
        }
        let Some(seen) = &seen[i] else {
            unnamed = (unnamed.0 + 1, unnamed.1 + row.counted.clone());
            continue;
        };
        let first = [*series.entry(j.series()).or_insert(i), *keys.entry(&seen.fold.key).or_insert(i)];
        let first = first.map(|row| leader(&leaders, row));
        let (low, high) = (first[0].min(first[1]), first[0].max(first[1]));
        leaders[high] = low;
        leaders[i] = low;
        open.push(i);
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for i in open {
        let key = || seen[i].as_ref().map(|seen| seen.fold.key.clone()).unwrap_or_default();
        let group = groups.entry(leader(&leaders, i)).or_insert_with(|| Group {
            bond: Bond::Title,
            key: key(),
            titles: BTreeSet::new(),
            rows: Vec::new(),
            hours: Exact::default(),
            lean: None,
        });
        group.rows.push(i);
        group.hours += &rows[i].counted;
        group.titles.extend(rows[i].judged.title());
    }
    (groups.into_values().collect(), unnamed)
}

fn leader(leaders: &[usize], mut row: usize) -> usize {
    while leaders[row] != row {
        row = leaders[row];
    }
    row
}

/// Meals and drinks among colleagues are one question.
fn meals(left: &mut Vec<Group>, seen: &[Option<Seen>]) -> Option<Group> {
    let mut words = BTreeSet::new();
    let mut is_meal = |group: &Group| {
        let found: Option<Vec<String>> = group
            .rows
            .iter()
            .map(|&i| {
                let seen = seen[i].as_ref().filter(|seen| !seen.outside)?;
                propose::meal(&seen.fold.words)
            })
            .collect();
        words.extend(found.iter().flatten().cloned());
        found.is_some()
    };
    let meals: Vec<Group> = left.extract_if(.., |group| is_meal(group)).collect();
    let key = if meals.len() == 1 { meals[0].key.clone() } else { "meals".to_owned() };
    let mut all = meals.into_iter();
    let mut group = all.next()?;
    all.for_each(|other| group.take(&other));
    Some(Group { bond: Bond::Meals(words), key, ..group })
}

/// The words that stand in every title of the group.
fn words<'s>(group: &Group, seen: &'s [Option<Seen>]) -> BTreeSet<&'s String> {
    let mut titles = group.rows.iter().filter_map(|&i| seen[i].as_ref()).map(|seen| seen.words.iter().collect());
    let first: BTreeSet<&String> = titles.next().unwrap_or_default();
    titles.fold(first, |all, words: BTreeSet<&String>| all.intersection(&words).copied().collect())
}

/// Joins groups under a word that their neighbours bear too, or that is written as a name in several titles; most hours
/// first. Where the words of a title speak for different classes, no word of it decides.
fn by_word(left: &mut Vec<Group>, groups: &mut Vec<Group>, seen: &[Option<Seen>], lore: &Lore) {
    let lean = |word: &str| lore.lean(&Tie::Word(word.to_owned()));
    let mut bearers: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
    for (at, group) in left.iter().enumerate() {
        let words = words(group, seen);
        let said: HashSet<Outcome> = words.iter().filter_map(|word| lean(word)).map(|lean| lean.outcome).collect();
        for word in words.into_iter().filter(|word| said.len() < 2 || lean(word).is_some_and(|lean| lean.marked)) {
            bearers.entry(word).or_default().push(at);
        }
    }
    let mut taken: HashSet<usize> = HashSet::new();
    let hours = |all: &[usize]| all.iter().map(|&at| &left[at].hours).sum::<Exact>();
    let mut bearers: Vec<(&String, Vec<usize>)> = bearers.into_iter().collect();
    bearers.sort_by_cached_key(|(word, all)| std::cmp::Reverse((lean(word).is_some(), hours(all), word.len())));
    for (word, all) in bearers {
        let free: Vec<usize> = all.into_iter().filter(|at| !taken.contains(at)).collect();
        let lean = lean(word);
        let is_name = || free.len() > 1 && free.iter().all(|&at| left[at].titles.iter().all(|t| is_capital(t, word)));
        if free.is_empty() || lean.is_none() && !is_name() {
            continue;
        }
        taken.extend(&free);
        let mut group = joined(left, &free);
        (group.bond, group.key, group.lean) = (Bond::Word(word.clone()), word.clone(), lean.cloned());
        groups.push(group);
    }
    let mut at = 0..;
    left.retain(|_| !at.next().is_some_and(|at| taken.contains(&at)));
}

/// `word` is written with a capital in `title`.
fn is_capital(title: &str, word: &str) -> bool {
    let mut words = title.split(|c: char| !c.is_alphanumeric());
    words.any(|w| w.starts_with(char::is_uppercase) && w.to_lowercase() == *word)
}

fn joined(left: &[Group], all: &[usize]) -> Group {
    let empty = Group {
        bond: Bond::Title,
        key: String::new(),
        titles: BTreeSet::new(),
        rows: Vec::new(),
        hours: Exact::default(),
        lean: None,
    };
    let mut group = all.iter().fold(empty, |mut group, &at| {
        group.take(&left[at]);
        group
    });
    group.rows.sort_unstable();
    group
}

/// Joins groups under one tie that two of them share, or whose neighbours say what it is.
fn by_tie<T: Clone + Ord>(
    left: &mut Vec<Group>,
    groups: &mut Vec<Group>,
    tie: impl Fn(&Group) -> Option<(T, Tie)>,
    lore: &Lore,
    bond: fn(T) -> Bond,
) {
    let mut bearers: BTreeMap<T, (Tie, Vec<usize>)> = BTreeMap::new();
    for (at, group) in left.iter().enumerate() {
        if let Some((what, tie)) = tie(group) {
            bearers.entry(what).or_insert((tie, Vec::new())).1.push(at);
        }
    }
    let mut taken: HashSet<usize> = HashSet::new();
    for (what, (tie, all)) in bearers {
        let lean = lore.lean(&tie);
        if lean.is_none() || all.len() < 2 {
            continue;
        }
        let mut group = joined(left, &all);
        (group.key, group.bond, group.lean) = (called(&tie), bond(what), lean.cloned());
        taken.extend(all);
        groups.push(group);
    }
    let mut at = 0..;
    left.retain(|_| !at.next().is_some_and(|at| taken.contains(&at)));
}

fn with(address: &Address) -> String {
    let local = address.as_str().split('@').next().unwrap_or_default();
    format!("with {}", local.replace(['.', '_', '-'], " "))
}

fn called(tie: &Tie) -> String {
    match tie {
        Tie::Title(text) | Tie::Word(text) => text.clone(),
        Tie::Customer(domain) => domain.split('.').next().unwrap_or_default().to_owned(),
        Tie::People(people) => people.first().map(with).unwrap_or_default(),
        Tie::Member(address) => with(address),
    }
}

/// What all of them have.
fn shared<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

fn one_person(group: &Group, seen: &[Option<Seen>]) -> Option<(Address, Tie)> {
    let people = shared(group.rows.iter().map(|&i| seen[i].as_ref()?.people()))?;
    let [one] = people.as_slice() else { return None };
    Some((one.clone(), Tie::People(people.clone())))
}

fn customer(group: &Group, seen: &[Option<Seen>]) -> Option<(String, Tie)> {
    let domain = shared(group.rows.iter().map(|&i| seen[i].as_ref()?.customer.clone()))?;
    Some((domain.clone(), Tie::Customer(domain)))
}
