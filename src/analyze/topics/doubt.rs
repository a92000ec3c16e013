//! How doubtful the class of one meeting is, and why.

use super::super::judge::{Judged, Series, Verdict, subject};
use super::super::report::{Apart, Reason};
use super::Analysis;
use crate::classify::{By, Decision, Outcome, RuleSet, Subject, Title, title_key};
use crate::model::{Class, Instance, Interval};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A series needs so many other meetings before one is measured against them.
const USUAL: usize = 3;
/// What began this shortly before the end is new, where the calendar reaches back further than twice as long.
const NEW: TimeDelta = TimeDelta::weeks(2);
/// What one does alone so shortly before the working day ends is mostly the way home.
const HOME: TimeDelta = TimeDelta::minutes(90);

/// Why a meeting is asked about. Rules are named by their index in [`RuleSet::rules`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Nothing matched.
    Open,
    /// A default rule leaves it open on purpose.
    Kept { rule: usize },
    /// One word speaks for the class, and the user leaves such meetings open.
    LeftOpen { rule: usize, class: Class },
    /// A meeting of the same title was marked as this class.
    Marked(Class),
    /// Nothing but whoever calls it speaks for the class.
    Caller { same: usize, of: usize },
    /// Set apart as the user's own, again and again; `off`: where most are private, outside the working hours, at lunch or at the end
    /// of the day.
    Solo { off: bool },
    /// A default rule classes what the user does alone after the working day: climbing is called like an escalation.
    Evening { rule: usize },
    /// A rule leaves it out, though others take part.
    Out { rule: usize },
    /// Longer than 16 hours.
    Long,
    /// Most others of its series count as the other class.
    Unusual { against: usize, of: usize, class: Class },
    /// A rule of the other class matches too.
    Both { won: usize, against: usize, class: Class, sure: bool, own: bool },
    /// One word or a weak rule decided; of the `asked` answers about other meetings of this rule, `wrong` said otherwise.
    Likely { rule: usize, weak: bool, asked: usize, wrong: usize },
    /// A rule decided that was wrong elsewhere.
    Shaken { rule: usize, asked: usize, wrong: usize },
    /// A series that was not there before.
    New { rule: usize },
    /// None but the hours: a default rule is sure, and may be wrong all the same, less where one is `alone`.
    Sure { rule: usize, alone: bool },
}

impl Doubt {
    /// Nothing but the hours asks.
    pub fn is_sure(&self) -> bool {
        matches!(self, Doubt::Sure { .. })
    }

    /// About how often an answer says something else, as measured on the leaders of `tests/leaders`. What answers say of
    /// other meetings of a rule is added to that as evidence: three answers weigh as much as the guess about a weak rule, four
    /// as that about one word, twelve as that about a sure decision.
    pub fn odds(&self) -> f64 {
        let updated = |guess: f64, worth: f64, asked: usize, wrong: usize| {
            (guess * worth + wrong as f64) / (worth + asked as f64)
        };
        match self {
            Doubt::Open | Doubt::LeftOpen { .. } => 1.0,
            Doubt::Marked(_) => 0.8,
            Doubt::Long | Doubt::Unusual { .. } | Doubt::Evening { .. } => 0.5,
            Doubt::Out { .. } => 0.25,
            Doubt::Caller { .. } => 0.2,
            Doubt::Both { own: true, .. } => 0.15,
            Doubt::Both { sure: true, .. } => 0.2,
            Doubt::Both { .. } => 0.45,
            Doubt::Likely { weak: true, asked, wrong, .. } => updated(0.3, 3.0, *asked, *wrong),
            Doubt::Likely { asked, wrong, .. } => updated(0.15, 4.0, *asked, *wrong),
            Doubt::Shaken { asked, wrong, .. } => updated(0.06, 12.0, *asked, *wrong),
            // What a leader keeps for themselves is mostly private, and what a rule leaves open is mostly neither.
            Doubt::Solo { off: false } => 0.15,
            Doubt::Solo { off: true } => 0.02,
            Doubt::Kept { .. } => 0.12,
            Doubt::New { .. } => 0.1,
            Doubt::Sure { alone: true, .. } => 0.04,
            Doubt::Sure { .. } => 0.06,
        }
    }
}

/// What the doubts about single meetings are measured against.
pub(super) struct Doubts<'r> {
    analysis: &'r Analysis<'r>,
    rules: &'r RuleSet,
    /// How many meetings of each series count as each class.
    series: HashMap<Series, [usize; 3]>,
    /// The classes that meetings of a title were marked as.
    marked: HashMap<String, BTreeSet<Option<Class>>>,
    /// Of each rule, how many answers there are about its meetings, and how many said otherwise.
    answers: HashMap<usize, (usize, usize)>,
    /// When the calendar begins, and from when on a series is new.
    first: DateTime<Utc>,
    new: DateTime<Utc>,
}

impl<'r> Doubts<'r> {
    pub(super) fn new(
        analysis: &'r Analysis<'r>,
        rules: &'r RuleSet,
        span: Interval,
        topics: &[Vec<&Judged>],
    ) -> Doubts<'r> {
        let first = analysis.judged().first().map_or(span.end, |j| j.interval.start);
        let mut series: HashMap<Series, [usize; 3]> = HashMap::new();
        for j in analysis.judged().iter().filter(|j| j.instance.event.recurring && j.decision.by != By::Caller) {
            j.class().into_iter().for_each(|class| series.entry(j.series()).or_default()[class as usize] += 1);
        }
        let (marked, answers) = (HashMap::new(), HashMap::new());
        let mut doubts = Doubts { analysis, rules, series, marked, answers, first, new: span.end - NEW };
        topics.iter().for_each(|topic| doubts.learn(topic));
        doubts
    }

    /// Each answer about meetings of a topic says something of the rule that would have decided.
    fn learn(&mut self, topic: &[&Judged]) {
        let mut answered = BTreeMap::new();
        for j in topic {
            let Some(marked) = &j.instance.marked else { continue };
            if marked.word.class == Some(Class::Unclassified) {
                continue;
            }
            if let Some(key) = title(j) {
                self.marked.entry(key).or_default().insert(marked.word.class);
            }
            answered.entry(&marked.slot).or_insert((*j, marked.word.class));
        }
        for (j, class) in answered.into_values() {
            let bare = Instance { marked: None, ..j.instance.clone() };
            let decision = self.rules.decide(&self.subject(&bare, j));
            let (By::Rule(rule), Outcome::Class(_)) = (&decision.by, decision.outcome) else { continue };
            let (asked, wrong) = self.answers.entry(*rule).or_default();
            *asked += 1;
            *wrong += usize::from(decision.class() != class);
        }
    }

    fn subject<'s>(&'s self, instance: &'s Instance, j: &Judged) -> Subject<'s> {
        subject(instance, j.interval, &self.analysis.people, &self.analysis.wishes.zones)
    }

    /// Why `j`, which nobody marked, is worth a question: the gravest reason. `again`: meetings like it come again, and began at
    /// `since`.
    pub(super) fn of(&self, j: &Judged, again: bool, since: DateTime<Utc>) -> Option<Doubt> {
        let own = |rule: usize| !self.rules.rules()[rule].source.inherited;
        match (j.verdict, &j.decision.by) {
            (Verdict::LeftOut(Reason::Long), _) => Some(Doubt::Long),
            (Verdict::LeftOut(Reason::Ignored), By::Rule(rule)) => {
                (!own(*rule) && self.others_attend(j)).then_some(Doubt::Out { rule: *rule })
            }
            (Verdict::Apart(Apart::Solo), By::Nothing) => again.then(|| Doubt::Solo { off: self.is_off(j) }),
            (Verdict::Counted(Class::Unclassified), by) => match (&j.left_open, by) {
                (Some(decision), _) => left_open(decision),
                (None, By::Nothing) => Some(Doubt::Open),
                (None, By::Rule(rule)) => (!own(*rule)).then_some(Doubt::Kept { rule: *rule }),
                _ => None,
            },
            (_, By::Caller) => j.alike.map(|alike| Doubt::Caller { same: alike.same, of: alike.of }),
            (Verdict::Counted(class), By::Rule(rule)) => self.classed(j, class, *rule, again, since >= self.new),
            _ => None,
        }
    }

    fn classed(&self, j: &Judged, class: Class, rule: usize, again: bool, new: bool) -> Option<Doubt> {
        let (own, weak) = (!self.rules.rules()[rule].source.inherited, self.rules.rules()[rule].weak);
        let (asked, wrong) = self.answers.get(&rule).copied().unwrap_or_default();
        let begun = self.first < self.new - NEW;
        let doubts = [
            self.otherwise(j, class).map(Doubt::Marked),
            self.both(j, class, rule),
            self.unusual(j, class),
            (j.alone && !own && again && self.is_after_work(j)).then_some(Doubt::Evening { rule }),
            (!j.decision.sure).then_some(Doubt::Likely { rule, weak, asked, wrong }),
            (j.decision.sure && !own && wrong > 0).then_some(Doubt::Shaken { rule, asked, wrong }),
            (again && new && begun && !own).then_some(Doubt::New { rule }),
            (j.decision.sure && !own).then_some(Doubt::Sure { rule, alone: j.alone }),
        ];
        doubts.into_iter().flatten().max_by(|a, b| a.odds().total_cmp(&b.odds()))
    }

    /// The class that a meeting of the same title was marked as, where none was marked as this one.
    fn otherwise(&self, j: &Judged, class: Class) -> Option<Class> {
        let marked = self.marked.get(&title(j)?)?;
        let others = || marked.iter().copied().flatten();
        others().find(|other| *other != class).filter(|_| others().all(|other| other != class))
    }

    fn both(&self, j: &Judged, class: Class, won: usize) -> Option<Doubt> {
        let (rules, other) = (self.rules.rules(), other(class));
        let seen = self.subject(&j.instance, j);
        let argues =
            |rule: &usize| rules[*rule].outcome == Outcome::Class(other) && (!rules[*rule].weak || rules[won].weak);
        let against = self.rules.claims(&seen).into_iter().find(argues)?;
        let (sure, own) = (j.decision.sure, !rules[won].source.inherited);
        (!names_it(&seen, self.rules)).then_some(Doubt::Both { won, against, class: other, sure, own })
    }

    fn unusual(&self, j: &Judged, class: Class) -> Option<Doubt> {
        let counts = self.series.get(&j.series()).filter(|_| j.instance.event.recurring)?;
        let (against, of) = (counts[other(class) as usize], counts.iter().sum::<usize>().saturating_sub(1));
        (of >= USUAL && against * 2 > of).then_some(Doubt::Unusual { against, of, class: other(class) })
    }

    /// It does not lie in the working hours but for their end, or it is at lunch.
    fn is_off(&self, j: &Judged) -> bool {
        let [day, lunch] = self.day_of(j);
        let inside = |day: Interval| day.start <= j.interval.start && j.interval.start < day.end - HOME;
        lunch.is_some_and(|lunch| j.interval.intersection(&lunch).is_some()) || !day.is_some_and(inside)
    }

    /// It begins after the working day, or on a day off.
    fn is_after_work(&self, j: &Judged) -> bool {
        let [day, _] = self.day_of(j);
        day.is_none_or(|day| day.end <= j.interval.start)
    }

    /// The working hours and the lunch of its day.
    fn day_of(&self, j: &Judged) -> [Option<Interval>; 2] {
        let (zones, working) = (&self.analysis.wishes.zones, &self.analysis.wishes.working);
        let date = zones.date_of(j.interval.start);
        let on = |(from, to)| Interval::new(zones.time(date, from), zones.time(date, to));
        [working.on(date.weekday()), working.lunch].map(|hours| hours.map(on))
    }

    fn others_attend(&self, j: &Judged) -> bool {
        let (event, people) = (&j.instance.event, &self.analysis.people);
        let me = people.me_in(event);
        people.people(event).is_some_and(|all| all.into_iter().any(|one| !me.is(one)))
    }
}

fn left_open(decision: &Decision) -> Option<Doubt> {
    let (By::Rule(rule), Some(class)) = (&decision.by, decision.class()) else { return None };
    Some(Doubt::LeftOpen { rule: *rule, class })
}

fn title(j: &Judged) -> Option<String> {
    title_key(j.instance.event.summary.as_deref()?)
}

fn other(class: Class) -> Class {
    if class == Class::Strategy { Class::Execution } else { Class::Strategy }
}

/// The rule that decided names the whole title: somebody meant it.
fn names_it(seen: &Subject<'_>, rules: &RuleSet) -> bool {
    let words = Title::of(seen.event.summary.as_deref().unwrap_or_default()).words;
    let matched = rules.explain(seen).winner.into_iter().flat_map(|step| step.matched);
    matched.into_iter().any(|e| e.predicate == "title" && e.seen.as_deref() == Some(words.text()))
}
