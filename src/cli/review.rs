//! A pass over the meetings of a week, or of twelve, whose class is doubtful. Each answer is kept at once.

mod audit;
mod queue;
mod rule;

use super::ask::Asked;
use super::context::{Setup, Talk, now, overrides};
use super::find::second_path;
use super::mark::{keep, tell_daemon};
use super::week::one_week;
use super::{Done, Files, context, explain, language, output, paths};
use crate::analyze::topics::topics;
use crate::analyze::{Analysis, ledger::ByClass};
use crate::classify::put_marks;
use crate::model::{Class, Exact, Instance, Interval, Overrides, Week};
use crate::store::Change;
use chrono::{DateTime, Utc};
use clap::Args;
use queue::Item;
use rule::Written;
use std::collections::BTreeSet;

/// Where no more of the hours may be expected to change, one may stop.
const SMALL: f64 = 0.03;

const KEYS: &str = "s strategy  e execution  i ignore  u leave open  (S E I U this one only)\n\
                    r make a rule  z undo  ? explain  n next  q quit\n";

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage review\n  vantage review 2026-W47\n  vantage review --series\n  vantage review --audit 20\n\n\
                        Asked about is what may be wrong: what no rule classes, what is only likely, what rules of both classes match, what you \
                        marked otherwise elsewhere, a private word although others take part, your own blocks that come again, what a rule makes of you alone after work, events over \
                        16 hours. What is sure is asked about where it \
                        takes a quarter of an hour a week. First what comes again, each by the doubtful hours of the twelve weeks that one answer settles. An answer goes for \
                        the series, both halves of a split one, and for all meetings of the same title; with Shift for this one only. \
                        Each answer is kept at once, and nothing is asked twice."
)]
pub(super) struct Review {
    /// 2026-W47, a date, `last` (the last complete week) or `this`
    #[arg(default_value = "last")]
    week: String,
    /// Go over the twelve weeks that end with this one, by series
    #[arg(long)]
    series: bool,
    /// Ask about N meetings of these twelve weeks, drawn at random by their hours, and say how far the share is off
    #[arg(long, value_name = "N", conflicts_with = "series", value_parser = clap::value_parser!(u16).range(1..=500))]
    audit: Option<u16>,
    /// Draw the same meetings again
    #[arg(long, value_name = "N", requires = "audit")]
    seed: Option<u64>,
    /// A calendar, once for each: a file, a folder, .zip or .gz; default: the configuration's sources
    #[arg(long = "ics", value_name = "PATH")]
    calendars: Vec<String>,
    #[command(flatten)]
    files: Files,
    /// Print the titles of private events too
    #[arg(long)]
    show_private: bool,
}

/// Something that can be taken back.
enum Step {
    Marked { key: String, before: Vec<Change> },
    Ruled { key: String, file: Written },
    Passed { key: String },
}

struct Session<'a> {
    review: &'a Review,
    setup: Setup,
    asked: Asked,
    instances: Vec<Instance>,
    overrides: Overrides,
    /// What is gone over, in words.
    weeks: String,
    within: Interval,
    /// The twelve weeks by which doubt is weighed, and what the instances cover.
    span: Interval,
    now: DateTime<Utc>,
    /// It was told that little is left.
    small: bool,
    /// What was answered or passed over.
    done: BTreeSet<String>,
    steps: Vec<Step>,
    /// What is shown of the time that is gone over, as it stands.
    shown: ByClass,
}

impl Review {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let (mut setup, now) = (Setup::load(&self.files, talk)?, now()?);
        let week = one_week(&self.week, setup.wishes.week_start, &setup.wishes.zones, now)
            .map_err(|failure| second_path(&self.calendars, &self.week, failure))?;
        let span = Analysis::window(week, week, &setup.wishes);
        let instances = setup.instances(&self.calendars, span, now, talk)?;
        let whole = self.series || self.audit.is_some();
        let first = Week::of(setup.wishes.zones.date_of(span.start), setup.wishes.week_start);
        let mut session = Session {
            review: &self,
            within: if whole { span } else { setup.wishes.zones.week(week) },
            weeks: if whole { format!("{first} to {week}") } else { week.to_string() },
            setup,
            asked: Asked::new(),
            instances,
            overrides: overrides()?,
            span,
            now,
            small: false,
            done: BTreeSet::new(),
            steps: Vec::new(),
            shown: ByClass::default(),
        };
        session.shown = session.analysis().hours_in(session.within);
        match self.audit {
            Some(meetings) => session.audit(meetings, talk),
            None => session.run(talk),
        }
    }
}

fn percent(share: Option<Exact>) -> String {
    share.map_or("none".into(), |share| format!("{}%", share.percent()))
}

fn coverage(hours: &ByClass) -> Option<Exact> {
    hours.classified().over(&hours.all())
}

impl Session<'_> {
    fn run(mut self, talk: &Talk) -> Done {
        let before = self.shown.clone();
        if let Some(remark) = language::remark(&self.review.files, &self.setup, &self.instances, self.span) {
            output::print(&remark)?;
        }
        output::print(KEYS)?;
        let ended = self.pass(talk);
        if !self.steps.is_empty() {
            tell_daemon(talk);
        }
        ended?;
        output::print(&format!(
            "{}: coverage {} → {}, strategy share {} → {}\n",
            self.weeks,
            percent(coverage(&before)),
            percent(coverage(&self.shown)),
            percent(before.share()),
            percent(self.shown.share())
        ))
    }

    fn analysis(&self) -> Analysis<'_> {
        Analysis::new(self.instances.clone(), &self.setup.rules, &self.setup.config.people, &self.setup.wishes)
    }

    /// What is still to be asked about, and all counted seconds of the twelve weeks.
    fn left(&self) -> (Vec<Item>, f64) {
        let analysis = self.analysis();
        let topics = topics(&analysis, &self.setup.rules, self.span, self.within);
        let items = topics.iter().map(|topic| Item::new(topic, &analysis, &self.setup, self.review.show_private));
        let left = items.filter(|item| !self.done.contains(&item.key)).collect();
        (left, analysis.hours_in(self.span).seconds())
    }

    fn pass(&mut self, talk: &Talk) -> Done {
        loop {
            let (mut left, all) = self.left();
            if left.is_empty() {
                let prompt = match self.steps.is_empty() {
                    true => return output::print("nothing is left to ask about\n"),
                    false => "nothing is left to ask about; z undo, Enter to end > ",
                };
                match self.asked.key(prompt)? {
                    Some('z') => self.undo()?,
                    _ => return Ok(()),
                }
                continue;
            }
            self.tell_small(&left, all)?;
            let item = left.remove(0);
            let more = if left.is_empty() { String::new() } else { format!(" ({} more)", left.len()) };
            output::print(&format!("\n{}", item.text))?;
            let Some(key) = self.asked.key(&format!("s e i u r z ? n q{more} > "))? else { return Ok(()) };
            match key {
                's' | 'S' => self.mark(&item, Some(Class::Strategy), key == 'S')?,
                'e' | 'E' => self.mark(&item, Some(Class::Execution), key == 'E')?,
                'i' | 'I' => self.mark(&item, None, key == 'I')?,
                'u' | 'U' => self.mark(&item, Some(Class::Unclassified), key == 'U')?,
                'n' | '\n' => self.pass_over(&item),
                'r' => {
                    if let Err(failure) = self.rule(&item) {
                        talk.failure(&failure);
                    }
                }
                'z' => self.undo()?,
                '?' => self.explain(&item)?,
                'q' => return Ok(()),
                _ => output::print(KEYS)?,
            }
        }
    }

    /// Tells once, after an answer, when little is left to be put right.
    fn tell_small(&mut self, left: &[Item], all: f64) -> Done {
        let hours = |seconds: f64| seconds / 3600.0;
        let doubtful: f64 = left.iter().map(|item| item.doubtful).sum();
        if self.small || self.steps.is_empty() || doubtful > all * SMALL {
            return Ok(());
        }
        self.small = true;
        output::print(&format!(
            "\nlittle is left: of the {:.0} h of twelve weeks about {:.1} would change; q ends here as well\n",
            hours(all),
            hours(doubtful)
        ))
    }

    fn pass_over(&mut self, item: &Item) {
        self.done.insert(item.key.clone());
        self.steps.push(Step::Passed { key: item.key.clone() });
    }

    fn mark(&mut self, item: &Item, class: Option<Class>, only: bool) -> Done {
        let slots = if only { item.slot.iter().cloned().collect() } else { item.slots.clone() };
        if slots.is_empty() {
            self.done.insert(item.key.clone());
            return output::print("the calendar gives it no UID, so it cannot be marked; a rule can (r)\n");
        }
        let word = item.word(class);
        let of = match (&item.others, only) {
            (None, _) => String::new(),
            (Some(_), true) => ", this one only".into(),
            (Some(others), false) => format!(", {others}"),
        };
        let said = format!("{}{of}", word.word());
        let before = slots.iter().map(|slot| (slot.clone(), self.overrides.0.get(slot).cloned())).collect();
        self.keep(slots.into_iter().map(|slot| (slot, Some(word.clone()))).collect())?;
        self.steps.push(Step::Marked { key: item.key.clone(), before });
        self.done.insert(item.key.clone());
        self.tell(&said)
    }

    /// Keeps overrides, or takes them back.
    fn keep(&mut self, changes: Vec<Change>) -> Done {
        keep(&changes, self.now)?;
        for (slot, word) in changes {
            match word {
                Some(word) => self.overrides.0.insert(slot, word),
                None => self.overrides.0.remove(&slot),
            };
        }
        put_marks(&self.overrides, &mut self.instances, self.setup.wishes.zones.home);
        Ok(())
    }

    /// What was done, and what that did to the share.
    fn tell(&mut self, said: &str) -> Done {
        let now = self.analysis().hours_in(self.within);
        let before = std::mem::replace(&mut self.shown, now);
        output::print(&format!("{said}; share {} → {}\n", percent(before.share()), percent(self.shown.share())))
    }

    fn undo(&mut self) -> Done {
        let Some(step) = self.steps.pop() else { return output::print("there is nothing to undo\n") };
        let key = match step {
            Step::Marked { key, before } => {
                self.keep(before)?;
                key
            }
            Step::Ruled { key, file } => {
                if !file.undo()? {
                    return output::print(&format!("{} was changed since: take the rule out by hand\n", file.name()));
                }
                let path = paths::rules_path(&self.review.files, paths::config_path(&self.review.files).as_deref());
                // What was there before was read before.
                if let Ok(rules) = context::rules(path.as_deref(), &self.setup.config.people)? {
                    self.setup.rules = rules;
                }
                key
            }
            Step::Passed { key } => {
                self.done.remove(&key);
                return output::print("undone\n");
            }
        };
        self.done.remove(&key);
        self.tell("undone")
    }

    fn explain(&self, item: &Item) -> Done {
        let analysis = self.analysis();
        let one = analysis.judged().iter().find(|j| super::find::id(&j.instance) == item.id);
        one.map_or(Ok(()), |one| {
            output::print(&explain::text(one, &analysis, self.span, &self.setup, self.review.show_private))
        })
    }
}
