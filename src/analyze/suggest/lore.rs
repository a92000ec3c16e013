//! What the classified meetings say of those that are not: by the same words, the same people, the same customer.

use super::super::Row;
use super::super::judge::{Judged, Verdict};
use super::super::report::Reason;
use super::pattern::Fold;
use crate::classify::{By, Outcome, People};
use crate::model::Address;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Fewer titles than this are chance, unless the user said what they are.
const ENOUGH: usize = 2;
/// The same of what one of several people attends.
const ATTENDED: usize = 6;
/// In larger rounds one person tells nothing.
const ROUND: usize = 12;
/// The share of one class that makes a kind, in quarters.
const QUARTERS: i64 = 3;

/// What meetings can have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Tie {
    /// A whole title, folded.
    Title(String),
    Word(String),
    /// The one or two others.
    People(Vec<Address>),
    /// The only domain outside the user's organisation.
    Customer(String),
    /// One of several others.
    Member(Address),
}

impl Tie {
    fn among(&self) -> String {
        match self {
            Tie::Title(_) => "of the same title".into(),
            Tie::Word(word) => format!("with the word \"{word}\""),
            Tie::People(_) => "with the same people".into(),
            Tie::Customer(_) => "with the same customer".into(),
            Tie::Member(_) => "that one of them attends".into(),
        }
    }
}

/// What most meetings with one tie are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lean {
    pub outcome: Outcome,
    pub theme: Option<Arc<str>>,
    /// The user said so.
    pub marked: bool,
    /// Among which meetings: part of a sentence, such as `with the same people`.
    pub among: String,
}

/// One meeting as its neighbours see it.
pub(super) struct Seen {
    pub fold: Fold,
    /// The words that may stand for a kind.
    pub words: BTreeSet<String>,
    /// Everybody but the user, where that is no crowd.
    others: Vec<Address>,
    pub customer: Option<String>,
    /// Somebody from outside takes part.
    pub outside: bool,
}

impl Seen {
    /// `None` where the meeting has no title that may be told.
    pub(super) fn of(j: &Judged, names: &HashSet<String>, people: &People) -> Option<Seen> {
        let event = &j.instance.event;
        let summary = event.summary.as_deref().filter(|_| !j.private() && !event.free_busy_only)?;
        let fold = Fold::of(summary, names)?;
        let words = fold.general(names).map(str::to_owned).collect();
        let me = people.me_in(event);
        let all = people.people(event).filter(|_| !people.has_group(event)).unwrap_or_default();
        let mut others: Vec<Address> = all.into_iter().filter(|a| !me.is(a)).cloned().collect();
        others.sort();
        let outside: BTreeSet<&str> =
            others.iter().filter(|a| people.is_internal(a) == Some(false)).map(Address::domain).collect();
        let customer = outside.first().filter(|domain| outside.len() == 1 && !super::super::partners::shared(domain));
        let customer = customer.map(|domain| (*domain).to_owned());
        let outside = !outside.is_empty();
        others.retain(Address::is_mail);
        Some(Seen { fold, words, others, customer, outside })
    }

    /// The one or two others, where there are no more.
    pub(super) fn people(&self) -> Option<&Vec<Address>> {
        Some(&self.others).filter(|others| (1..=2).contains(&others.len()))
    }

    /// Each of several others.
    pub(super) fn members(&self) -> impl Iterator<Item = Tie> {
        let several = (2..ROUND).contains(&self.others.len());
        self.others.iter().filter(move |_| several).cloned().map(Tie::Member)
    }

    /// All that it can have in common with others.
    fn ties(&self) -> impl Iterator<Item = Tie> {
        let words = self.words.iter().cloned().map(Tie::Word);
        let people = self.people().cloned().map(Tie::People);
        let customer = self.customer.clone().map(Tie::Customer);
        words.chain(people).chain(customer).chain(self.members()).chain([Tie::Title(self.fold.key.clone())])
    }
}

#[derive(Default)]
struct Tally {
    /// Minutes by what they count as; those that the user marked apart.
    rules: HashMap<Outcome, i64>,
    marks: HashMap<Outcome, i64>,
    themes: HashMap<Outcome, BTreeMap<Arc<str>, i64>>,
    titles: HashSet<String>,
}

impl Tally {
    fn lean(&self, tie: &Tie) -> Option<Lean> {
        let member = matches!(tie, Tie::Member(_));
        let least = if member { ATTENDED } else { ENOUGH };
        let marked = !self.marks.is_empty() && !member;
        let votes = if marked { &self.marks } else { &self.rules };
        let enough = marked || self.titles.len() >= least;
        let (outcome, most) = votes.iter().max_by_key(|(_, minutes)| **minutes).filter(|_| enough)?;
        (most * 4 >= votes.values().sum::<i64>() * QUARTERS).then(|| {
            let themes = self.themes.get(outcome);
            let theme = themes.and_then(|all| all.iter().max_by_key(|(_, minutes)| **minutes));
            let theme = theme.map(|(theme, _)| theme.clone());
            Lean { outcome: *outcome, theme, marked, among: tie.among() }
        })
    }
}

/// Leans by ties.
pub(super) struct Lore(HashMap<Tie, Lean>);

impl Lore {
    /// Learns from what is classified among `rows`; `seen` stands beside them.
    pub(super) fn of(rows: &[Row<'_>], seen: &[Option<Seen>]) -> Lore {
        let mut tallies: HashMap<Tie, Tally> = HashMap::new();
        for (j, seen) in rows.iter().map(|row| row.judged).zip(seen) {
            let (Some(seen), true) = (seen, speaks(j)) else { continue };
            let (minutes, marked) = (j.interval.length().num_minutes(), matches!(j.decision.by, By::Override { .. }));
            for tie in seen.ties() {
                let tally = tallies.entry(tie).or_default();
                let votes = if marked { &mut tally.marks } else { &mut tally.rules };
                *votes.entry(j.decision.outcome).or_default() += minutes;
                tally.titles.insert(seen.fold.key.clone());
                if let Some(theme) = &j.decision.theme {
                    let themes = tally.themes.entry(j.decision.outcome).or_default();
                    *themes.entry(theme.clone()).or_default() += minutes;
                }
            }
        }
        let lean = |(tie, tally): (Tie, Tally)| tally.lean(&tie).map(|lean| (tie, lean));
        Lore(tallies.into_iter().filter_map(lean).collect())
    }

    pub(super) fn lean(&self, tie: &Tie) -> Option<&Lean> {
        self.0.get(tie)
    }
}

/// It took place and somebody decided what it was; that a rule leaves private things out says nothing of others.
fn speaks(j: &Judged) -> bool {
    let marked = matches!(j.decision.by, By::Override { .. });
    match (j.verdict, j.decision.outcome) {
        (Verdict::Counted(_), Outcome::Class(_)) => !j.alone || marked,
        (Verdict::LeftOut(Reason::Ignored), Outcome::Ignore) => marked,
        _ => false,
    }
}
