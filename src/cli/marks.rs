//! `marks`: what was said of meetings, listed and carried to another machine.

use super::context::{Setup, Talk, now, overrides, read};
use super::find::{self, Where, slot_id};
use super::mark::{keep, tell_daemon};
use super::paths::shown;
use super::{Done, Files, output};
use crate::analyze::{Analysis, Judged};
use crate::classify::title_key;
use crate::diagnostic::{Exit, Failure, plain};
use crate::disk;
use crate::model::{Mistake, Original, Override, Overrides, Slot, Uid};
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::{Path, PathBuf};
use toml::Spanned;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage marks\n  vantage marks --export marks.toml\n  vantage marks --import marks.toml"
)]
pub(super) struct Marks {
    /// How they are printed; JSON is one object a line, TOML is what --import reads
    #[arg(long, value_enum, default_value_t)]
    format: MarksFormat,
    /// Write them all into this file, readable by you only
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// Add those of this file; what it does not name stays
    #[arg(long, value_name = "FILE", conflicts_with = "export")]
    import: Option<PathBuf>,
    /// A calendar in which their meetings are looked up, once for each: a file, a folder, .zip or .gz; default: the
    /// configuration's sources
    #[arg(long = "ics", value_name = "PATH")]
    calendars: Vec<String>,
    #[command(flatten)]
    files: Files,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum MarksFormat {
    #[default]
    Text,
    Json,
    Toml,
}

/// One `[[mark]]`.
#[derive(Serialize)]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<&'a str>,
    /// What all titles have in common that it is about, in place of a UID.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// The slot in its series; absent for all of the UID.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<String>,
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<&'a str>,
    /// See [`Override::answer`].
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    answer: bool,
}

impl Marks {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let now = now()?;
        if let Some(path) = &self.import {
            return import(path, now, talk);
        }
        let known = overrides()?;
        if let Some(path) = &self.export {
            disk::write(path, toml(&known).as_bytes())?;
            return output::print(&format!("{} in {}\n", counted(known.0.len()), shown(path)));
        }
        if self.format == MarksFormat::Toml {
            return output::print(&toml(&known));
        }
        let mut setup = Setup::load(&self.files, talk)?;
        let place = Where { on: None, calendars: self.calendars };
        // Without calendars the marks are still there.
        let instances = match place.instances(&mut setup, now, talk) {
            Ok((instances, _)) => instances,
            Err(failure) if matches!(failure.exit, Exit::Usage | Exit::Failed | Exit::SignIn) => Vec::new(),
            Err(failure) => return Err(failure),
        };
        let analysis = Analysis::new(instances, &setup.rules, &setup.config.people, &setup.wishes);
        let zones = &setup.wishes.zones;
        let mut text = String::new();
        for (slot, word) in &known.0 {
            let fits = |j: &&Judged| {
                let whole = |own: Slot| own == *slot || (slot.original.is_none() && own.uid == slot.uid);
                let marked = j.instance.marked.as_ref().is_some_and(|marked| marked.slot == *slot);
                marked || Slot::of(&j.instance).is_some_and(whole)
            };
            let one = analysis.judged().iter().filter(fits).min_by_key(|j| (j.interval.start - now).abs());
            let series = slot.original.is_none() && one.is_some_and(|j| j.instance.event.recurring);
            let (id, class, theme) = (slot_id(slot), word.word(), word.theme.as_deref());
            if self.format == MarksFormat::Json {
                let start = one.filter(|_| !series && slot.title().is_none()).map(|j| find::when(j, zones));
                let title = one.and_then(Judged::title);
                let original = slot.original.map(|original| original.to_string());
                text += &format!(
                    "{}\n",
                    json!({ "id": id, "uid": uid(slot), "title": slot.title(), "original": original, "class": class, "theme": theme,
                            "summary": title, "start": start })
                );
                continue;
            }
            let when = match (one, series) {
                _ if slot.title().is_some() => "title".to_string(),
                (_, true) => "series".to_string(),
                (Some(j), false) => find::when(j, zones),
                (None, false) => slot.original.map_or("all".into(), |original| find::slot_when(original, zones)),
            };
            let title = match slot.title() {
                Some(title) => plain(title),
                None => one.map_or("(not in the calendars now)".into(), |j| find::title(j, false)),
            };
            let theme = theme.map(|theme| format!("  ({})", plain(theme))).unwrap_or_default();
            text += &format!("{when:<18} {id}  {class:<12}  {title}{theme}\n");
        }
        output::print(&text)
    }
}

/// The UID that it hangs on; `None` where it hangs on a title.
fn uid(slot: &Slot) -> Option<&str> {
    slot.title().is_none().then_some(&*slot.uid.0)
}

fn counted(marks: usize) -> String {
    crate::model::count(marks, "mark")
}

fn toml(known: &Overrides) -> String {
    let entry = |(slot, word): (&Slot, &Override)| {
        let entry = Entry {
            uid: uid(slot),
            title: slot.title(),
            original: slot.original.map(|original| original.to_string()),
            class: word.word(),
            theme: word.theme.as_deref(),
            answer: word.answer,
        };
        // Texts only.
        format!("[[mark]]\n{}", toml::to_string(&entry).unwrap_or_default())
    };
    known.0.iter().map(|(slot, word)| entry((slot, word))).collect::<Vec<_>>().join("\n")
}

fn import(path: &Path, now: DateTime<Utc>, talk: &Talk) -> Done {
    let text = read(path, "file of marks")?;
    let marks = parse(&text).map_err(|mistakes| {
        let failure = Failure::mistakes(shown(path), &text, mistakes).note("nothing was imported");
        Failure { exit: Exit::Data, ..failure }
    })?;
    let known = overrides()?;
    let (mut added, mut changed, mut same) = (0, 0, 0);
    for (slot, word) in &marks.0 {
        *match known.0.get(slot) {
            None => &mut added,
            Some(before) if before == word => &mut same,
            Some(_) => &mut changed,
        } += 1;
    }
    if added + changed > 0 {
        let changes: Vec<_> = marks.0.into_iter().map(|(slot, word)| (slot, Some(word))).collect();
        keep(&changes, now)?;
        tell_daemon(talk);
    }
    output::print(&format!("{added} added, {changed} changed, {same} same\n"))
}

/// One `[[mark]]` as it is read, with the places of what can be wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    uid: Option<Spanned<String>>,
    title: Option<Spanned<String>>,
    original: Option<Spanned<String>>,
    class: Spanned<String>,
    theme: Option<String>,
    #[serde(default)]
    answer: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct All {
    #[serde(default)]
    mark: Vec<Read>,
}

/// Reads what `--export` wrote.
fn parse(text: &str) -> Result<Overrides, Vec<Mistake>> {
    let all: All = toml::from_str(text).map_err(|e| {
        let help = "a mark is a `[[mark]]` with `uid` or `title`, `class` and, if need be, `original` and `theme`";
        vec![Mistake::new(e.span().unwrap_or(0..0), e.message().to_string(), "here").help(help)]
    })?;
    let (mut marks, mut mistakes) = (Overrides::default(), Vec::new());
    for Read { uid, title, original, class, theme, answer } in all.mark {
        // A count stands for all of them.
        let key = title.as_ref().and_then(|title| title_key(&title.get_ref().replace('*', "0")));
        let named = uid.as_ref().filter(|uid| !uid.get_ref().is_empty());
        if named.is_none() && key.is_none() {
            let span = uid.as_ref().or(title.as_ref()).map_or(class.span(), Spanned::span);
            mistakes.push(Mistake::new(
                span,
                "a mark needs a UID, or a title that says more than a form",
                "nothing to go by",
            ));
        }
        let slot = original.as_ref().map(|text| Original::parse(text.get_ref()).ok_or(text));
        let slot = slot.transpose().unwrap_or_else(|text| {
            let mistake =
                Mistake::new(text.span(), "`original` must be the start that the series gave it", "not a time");
            mistakes.push(mistake.help("write an instant such as `2026-11-17T08:00:00Z`, or a date"));
            None
        });
        match Override::class(class.get_ref()) {
            Some(class) => {
                let slot = match (named, key) {
                    (Some(uid), _) => Slot { uid: Uid(uid.get_ref().as_str().into()), original: slot },
                    (None, key) => Slot::titled(&key.unwrap_or_default()),
                };
                let theme = theme.as_deref().map(str::trim).filter(|theme| !theme.is_empty()).map(Into::into);
                marks.0.insert(slot, Override { class, theme, answer });
            }
            None => {
                let mistake = Mistake::new(class.span(), "there is no such class", "unknown class");
                mistakes.push(mistake.help("expected `strategy`, `execution`, `ignore` or `unclassified`"));
            }
        }
    }
    if mistakes.is_empty() { Ok(marks) } else { Err(mistakes) }
}
