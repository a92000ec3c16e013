//! A rule made of a title, in the user's own file.

use super::super::context::{self, Setup};
use super::super::paths::{config_path, rules_path, shown, watched};
use super::queue::Item;
use super::{Session, Step};
use crate::classify::{By, Phrase, RuleSet, Title, TitleRule, parse, with_rule};
use crate::cli::{Done, Files, find, output};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use crate::model::Override;
use std::path::PathBuf;

/// What a new file begins with: without it, the default rules would no longer be asked.
const FRESH: &str = "extends = \"default\"\n";

/// A file of rules before and after a step.
pub(super) struct Written {
    path: PathBuf,
    /// `None` where there was no file.
    before: Option<String>,
    after: String,
    /// The name of the new rule.
    pub rule: String,
}

/// The pattern that a title suggests: its words as rules see them.
pub(super) fn suggested(item: &Item) -> String {
    let words = Title::of(&item.summary).words;
    words.text().to_string()
}

/// The file with a rule for `title` that goes before the one which decides now, and the rules that it then holds. Nothing is
/// written yet.
///
/// # Errors
/// [`Exit::Config`] where the file would not be one of rules any more, [`Exit::Io`].
pub(super) fn proposed(
    files: &Files,
    setup: &Setup,
    item: &Item,
    class: &str,
    theme: Option<&str>,
    title: &str,
) -> Result<(Written, RuleSet), Failure> {
    let path = rules_path(files, config_path(files).as_deref());
    let before = path.as_deref().map(|path| context::read(path, "rules")).transpose()?;
    let path = path.or_else(|| watched(files).pop());
    let path = path.ok_or_else(|| Failure::new(Exit::Io, "there is no folder for the rules").help("set `HOME`"))?;
    let taken = |name: &str| setup.rules.rules().iter().any(|rule| *rule.name == *name);
    let numbered = (2..).map(|number| format!("{title} {number}"));
    let name = std::iter::once(title.to_string()).chain(numbered).find(|name| !taken(name)).unwrap_or_default();
    let rule = TitleRule { name: &name, class, theme, title }.text();
    let after = with_rule(before.as_deref().unwrap_or(FRESH), &rule, item.line);
    let groups: Vec<&str> = setup.config.people.groups.keys().map(String::as_str).collect();
    let rules = parse(&shown(&path), &after, &groups).map_err(|mistakes| {
        let failure = Failure::mistakes(shown(&path), &after, mistakes);
        failure.note("the rule was not written; the file is as it was")
    })?;
    Ok((Written { path, before, after, rule: name }, rules))
}

impl Written {
    /// Writes the file.
    ///
    /// # Errors
    /// [`Exit::Io`]; the file is then as it was.
    pub(super) fn write(&self) -> Result<(), Failure> {
        if let Some(folder) = self.path.parent().filter(|_| self.before.is_none()) {
            disk::private_folder(folder)?;
        }
        disk::rewrite(&self.path, self.after.as_bytes())
    }

    /// Puts back what was there before; `false` where somebody has changed the file since.
    ///
    /// # Errors
    /// [`Exit::Io`].
    pub(super) fn undo(&self) -> Result<bool, Failure> {
        if std::fs::read_to_string(&self.path).ok().as_deref() != Some(&self.after) {
            return Ok(false);
        }
        match &self.before {
            Some(text) => disk::rewrite(&self.path, text.as_bytes())?,
            None => disk::remove(&self.path)?,
        }
        Ok(true)
    }

    /// The file as people name it.
    pub(super) fn name(&self) -> String {
        shown(&self.path)
    }
}

impl Session<'_> {
    /// Asks for a rule, and writes it where it decides the meeting.
    ///
    /// # Errors
    /// Those of [`proposed`].
    pub(super) fn rule(&mut self, item: &Item) -> Done {
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
        let kept = Override::class(class).and_then(|class| item.word(class).theme);
        let usual =
            kept.as_deref().map_or("Enter for none".into(), |theme| format!("[{}]", crate::diagnostic::plain(theme)));
        let theme = self.asked.line(&format!("  theme, {usual} > "))?.unwrap_or_default();
        let theme = Some(theme.as_str()).filter(|theme| !theme.is_empty()).or(kept.as_deref());
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
        let said = format!("a rule for `{}` in {}", crate::diagnostic::plain(&title), file.name());
        self.steps.push(Step::Ruled { key: item.key.clone(), file });
        self.done.insert(item.key.clone());
        self.tell(&said)
    }

    /// The meeting is decided by the rule of that name.
    fn decided_by(&self, item: &Item, name: &str) -> bool {
        let by = |by: &By| matches!(by, By::Rule(rule) if *self.setup.rules.rules()[*rule].name == *name);
        self.analysis().judged().iter().any(|j| find::id(&j.instance) == item.id && by(&j.decision.by))
    }
}
