//! A pass over the meetings of a week that nobody classed, or that were classed surprisingly. Each answer is kept at once.

mod queue;
mod rule;

use super::ask::Asked;
use super::context::{Setup, Talk, now, overrides};
use super::find::second_path;
use super::mark::{keep, tell_daemon};
use super::week::one_week;
use super::{Done, Files, context, explain, language, output, paths};
use crate::analyze::{Analysis, Report};
use crate::classify::{By, Phrase, put_marks};
use crate::model::{Class, Exact, Instance, Interval, Override, Overrides, Slot, Week};
use chrono::{DateTime, Utc};
use clap::Args;
use queue::{Item, queue};
use rule::{Written, proposed, suggested};
use std::collections::BTreeSet;

const KEYS: &str =
    "s strategy  e execution  i ignore  (S E I the whole series)  r make a rule  u undo  ? explain  n next  q quit\n";

#[derive(Args)]
#[command(after_help = "Examples:\n  vantage review\n  vantage review 2026-W47\n\n\
                        Asked about are unclassified meetings and events over 16 hours, then surprising ones: where a rule of the other class matches too \
                        and the first one does not name the whole title, or where most meetings of the same series count as the other class. Each answer is kept at once.")]
pub struct Review {
    /// 2026-W47, a date, `last` (the last complete week) or `this`
    #[arg(default_value = "last")]
    week: String,
    /// A calendar, once for each: a file, a folder, .zip or .gz; default: the configuration's sources
    #[arg(long, value_name = "PATH")]
    ics: Vec<String>,
    #[command(flatten)]
    files: Files,
    /// Print the titles of private events too
    #[arg(long)]
    show_private: bool,
}

/// Something that can be taken back.
enum Step {
    Marked { id: String, slot: Slot, before: Option<Override> },
    Ruled { id: String, file: Written },
}

struct Session<'a> {
    review: &'a Review,
    setup: Setup,
    asked: Asked,
    instances: Vec<Instance>,
    overrides: Overrides,
    week: Week,
    /// What the instances cover.
    window: Interval,
    now: DateTime<Utc>,
    /// What was answered or passed over.
    done: BTreeSet<String>,
    steps: Vec<Step>,
}

impl Review {
    pub fn run(self, talk: &Talk) -> Done {
        let (mut setup, now) = (Setup::load(&self.files, talk)?, now()?);
        let week = one_week(&self.week, setup.wishes.week_start, &setup.wishes.zones, now)
            .map_err(|failure| second_path(&self.ics, &self.week, failure))?;
        let window = Analysis::window(week, week, &setup.wishes);
        let instances = setup.instances(&self.ics, window, now, talk)?;
        let mut session = Session {
            review: &self,
            setup,
            asked: Asked::new(),
            instances,
            overrides: overrides()?,
            week,
            window,
            now,
            done: BTreeSet::new(),
            steps: Vec::new(),
        };
        if let Some(remark) = language::remark(&self.files, &session.setup, &session.instances, window) {
            output::print(&remark)?;
        }
        let before = session.report();
        output::print(KEYS)?;
        let ended = session.pass(talk);
        if !session.steps.is_empty() {
            tell_daemon(talk);
        }
        ended?;
        let after = session.report();
        let percent =
            |share: &Option<Exact>| share.as_ref().map_or("none".into(), |share| format!("{}%", share.percent()));
        output::print(&format!(
            "{week}: coverage {} → {}, strategy share {} → {}\n",
            percent(&before.coverage),
            percent(&after.coverage),
            percent(&before.share),
            percent(&after.share)
        ))
    }
}

impl Session<'_> {
    fn analysis(&self) -> Analysis<'_> {
        Analysis::new(self.instances.clone(), &self.setup.rules, &self.setup.config.people, &self.setup.wishes)
    }

    fn report(&self) -> Report {
        self.analysis().report(self.week, self.now)
    }

    /// What is still to be asked about.
    fn left(&self) -> Vec<Item> {
        let week = self.setup.wishes.zones.week(self.week);
        let mut items = queue(&self.analysis(), &self.setup, week, self.review.show_private);
        items.retain(|item| !self.done.contains(&item.id));
        items
    }

    fn pass(&mut self, talk: &Talk) -> Done {
        loop {
            let mut left = self.left();
            if left.is_empty() {
                let prompt = match self.steps.is_empty() {
                    true => return output::print("nothing is left to ask about\n"),
                    false => "nothing is left to ask about; u undo, Enter to end > ",
                };
                match self.asked.key(prompt)? {
                    Some('u') => self.undo()?,
                    _ => return Ok(()),
                }
                continue;
            }
            let item = left.remove(0);
            let more = if left.is_empty() { String::new() } else { format!(" ({} more)", left.len()) };
            output::print(&format!("\n{}", item.text))?;
            let Some(key) = self.asked.key(&format!("s e i r u ? n q{more} > "))? else { return Ok(()) };
            match key {
                's' | 'S' => self.mark(&item, Some(Class::Strategy), key == 'S')?,
                'e' | 'E' => self.mark(&item, Some(Class::Execution), key == 'E')?,
                'i' | 'I' => self.mark(&item, None, key == 'I')?,
                'n' | '\n' => drop(self.done.insert(item.id)),
                'r' => {
                    if let Err(failure) = self.rule(&item) {
                        talk.failure(&failure);
                    }
                }
                'u' => self.undo()?,
                '?' => self.explain(&item)?,
                'q' => return Ok(()),
                _ => output::print(KEYS)?,
            }
        }
    }

    fn mark(&mut self, item: &Item, class: Option<Class>, series: bool) -> Done {
        let Some(slot) = item.slot.clone() else {
            self.done.insert(item.id.clone());
            return output::print("the calendar gives it no UID, so it cannot be marked; a rule can (r)\n");
        };
        let slot = if series { slot.series() } else { slot };
        let word = Override { class, theme: None };
        let said = format!("{}{}\n", word.word(), if series && item.recurring { ", the whole series" } else { "" });
        let before = self.overrides.0.get(&slot).cloned();
        self.say(&slot, Some(word))?;
        self.steps.push(Step::Marked { id: item.id.clone(), slot, before });
        self.done.insert(item.id.clone());
        output::print(&said)
    }

    /// Keeps an override, or takes it back.
    fn say(&mut self, slot: &Slot, word: Option<Override>) -> Done {
        keep(&[(slot.clone(), word.clone())], self.now)?;
        match word {
            Some(word) => self.overrides.0.insert(slot.clone(), word),
            None => self.overrides.0.remove(slot),
        };
        put_marks(&self.overrides, &mut self.instances, self.setup.wishes.zones.home);
        Ok(())
    }

    fn rule(&mut self, item: &Item) -> Done {
        if item.private {
            return output::print("a rule would name a private title; `--show-private` allows it\n");
        }
        let usual = suggested(item);
        let Some(title) = self.asked.line(&format!("  words of the title [{usual}] > "))? else { return Ok(()) };
        let title = if title.is_empty() { usual } else { title };
        if Phrase::parse(&title).is_none() {
            return output::print("a rule needs a word of the title\n");
        }
        let class = match self.asked.key("  class: s e i > ")? {
            Some('s') => "strategy",
            Some('e') => "execution",
            Some('i') => "ignore",
            _ => return output::print("no rule was made\n"),
        };
        let theme = self.asked.line("  theme, Enter for none > ")?.unwrap_or_default();
        let theme = Some(theme.as_str()).filter(|theme| !theme.is_empty());
        let (file, rules) = proposed(&self.review.files, &self.setup, item, class, theme, &title)?;
        let beaten = std::mem::replace(&mut self.setup.rules, rules);
        if !self.decided_by(item, &file.rule) {
            self.setup.rules = beaten;
            return output::print("that rule would not decide this meeting; nothing was written\n");
        }
        if let Err(failure) = file.write() {
            self.setup.rules = beaten;
            return Err(failure);
        }
        let said = format!("a rule for `{}` in {}\n", crate::diagnostic::plain(&title), file.name());
        self.steps.push(Step::Ruled { id: item.id.clone(), file });
        self.done.insert(item.id.clone());
        output::print(&said)
    }

    /// The meeting is decided by the rule of that name.
    fn decided_by(&self, item: &Item, name: &str) -> bool {
        let by = |by: &By| matches!(by, By::Rule(rule) if *self.setup.rules.rules()[*rule].name == *name);
        self.analysis().judged().iter().any(|j| super::find::id(&j.instance) == item.id && by(&j.decision.by))
    }

    fn undo(&mut self) -> Done {
        let Some(step) = self.steps.pop() else { return output::print("there is nothing to undo\n") };
        let id = match step {
            Step::Marked { id, slot, before } => {
                self.say(&slot, before)?;
                id
            }
            Step::Ruled { id, file } => {
                if !file.undo()? {
                    return output::print(&format!("{} was changed since: take the rule out by hand\n", file.name()));
                }
                let path = paths::rules_path(&self.review.files, paths::config_path(&self.review.files).as_deref());
                // What was there before was read before.
                if let Ok(rules) = context::rules(path.as_deref(), &self.setup.config.people)? {
                    self.setup.rules = rules;
                }
                id
            }
        };
        self.done.remove(&id);
        output::print("undone\n")
    }

    fn explain(&self, item: &Item) -> Done {
        let analysis = self.analysis();
        let one = analysis.judged().iter().find(|j| super::find::id(&j.instance) == item.id);
        one.map_or(Ok(()), |one| {
            output::print(&explain::text(one, &analysis, self.window, &self.setup, self.review.show_private))
        })
    }
}
