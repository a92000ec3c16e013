//! How we speak when something is wrong: what could not be done, the place, the causes, one thing to try, and what
//! still works. The same text everywhere; titles, addresses and secrets never enter it.

mod secret;

pub use secret::Secret;

use crate::model::{Mistake, seen};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// What a failure means to a script, after sysexits(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", from = "u8")]
pub enum Exit {
    Failed = 1,
    Usage = 2,
    /// No calendar could be read.
    Data = 65,
    /// Our own bug.
    Bug = 70,
    /// Reading or writing failed.
    Io = 74,
    /// Try later: another Vantage holds the state, or the service asks to wait.
    Later = 75,
    /// An account is not signed in.
    SignIn = 77,
    /// The configuration or the rules are broken.
    Config = 78,
}

/// Every exit with a code of its own.
const EXITS: [Exit; 8] =
    [Exit::Failed, Exit::Usage, Exit::Data, Exit::Bug, Exit::Io, Exit::Later, Exit::SignIn, Exit::Config];

impl From<Exit> for u8 {
    fn from(exit: Exit) -> u8 {
        exit as u8
    }
}

impl From<u8> for Exit {
    /// A code that only a newer version knows is a failure like any other.
    fn from(code: u8) -> Exit {
        EXITS.into_iter().find(|exit| u8::from(*exit) == code).unwrap_or(Exit::Failed)
    }
}

/// Mistakes of one text that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file as the user would name it.
    pub file: String,
    pub text: String,
    pub mistakes: Vec<Mistake>,
}

/// Something that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub exit: Exit,
    /// Lower-case sentence; empty where the places say it all.
    pub message: String,
    pub places: Vec<Place>,
    pub causes: Vec<String>,
    pub help: Option<String>,
    /// What still works, or whether anything was lost.
    pub note: Option<String>,
}

impl Failure {
    /// A failure with nothing but its sentence.
    pub fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, message: message.into(), places: Vec::new(), causes: Vec::new(), help: None, note: None }
    }

    /// All mistakes of a file, each shown at its place.
    pub fn mistakes(file: impl Into<String>, text: &str, mistakes: Vec<Mistake>) -> Failure {
        let place = Place { file: file.into(), text: text.to_string(), mistakes };
        Failure { places: vec![place], ..Failure::new(Exit::Config, "") }
    }

    /// The same with a cause.
    pub fn cause(mut self, cause: impl std::fmt::Display) -> Failure {
        self.causes.push(cause.to_string());
        self
    }

    /// The same with one thing to type or change.
    pub fn help(self, help: impl Into<String>) -> Failure {
        Failure { help: Some(help.into()), ..self }
    }

    /// The same with what still works.
    pub fn note(self, note: impl Into<String>) -> Failure {
        Failure { note: Some(note.into()), ..self }
    }

    /// Its sentence and its causes, in one line.
    pub fn line(&self) -> String {
        with_causes(&self.message, &self.causes)
    }

    /// The text for a terminal or a log; ends with a line break.
    pub fn render(&self, color: bool) -> String {
        render(self, color, Level::ERROR)
    }
}

/// A sentence with its causes, in one line.
pub fn with_causes(sentence: &str, causes: &[String]) -> String {
    std::iter::once(sentence).chain(causes.iter().map(String::as_str)).collect::<Vec<_>>().join(": ")
}

/// A remark that stops nothing, in the same form.
pub fn warning(message: &str, help: Option<&str>, color: bool) -> String {
    let failure = Failure { help: help.map(str::to_string), ..Failure::new(Exit::Failed, message) };
    render(&failure, color, Level::WARNING)
}

/// Mistakes that stop nothing, such as rules that can never win.
pub fn warnings(place: &Place, color: bool) -> String {
    let failure = Failure { places: vec![place.clone()], ..Failure::new(Exit::Failed, "") };
    render(&failure, color, Level::WARNING)
}

/// What is no mistake, and worth a look.
pub fn notes(place: &Place, color: bool) -> String {
    let failure = Failure { places: vec![place.clone()], ..Failure::new(Exit::Failed, "") };
    render(&failure, color, Level::NOTE)
}

/// So many lines more of what a mistake marks are shown, and so many characters of its sentence.
const SHOWN: usize = 5;
const LONGEST: usize = 300;

fn render(failure: &Failure, color: bool, level: Level<'static>) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut blocks = Vec::new();
    if !failure.message.is_empty() {
        let mut group = Group::with_title(level.clone().primary_title(failure.message.as_str()));
        group = failure.causes.iter().fold(group, |g, c| g.element(Level::INFO.with_name("cause").message(c.as_str())));
        blocks.push(renderer.render(&[tail(group, failure)]));
    }
    for place in &failure.places {
        let ends: Vec<usize> = place.text.match_indices('\n').map(|(at, _)| at).collect();
        for mistake in &place.mistakes {
            let (span, lines, first) = lines(place, &ends, mistake);
            let annotation = AnnotationKind::Primary.span(span).label(mistake.label.as_str());
            let snippet = Snippet::source(lines).line_start(first).path(place.file.as_str()).annotation(annotation);
            let message = brief(&mistake.message);
            let mut group = level.clone().primary_title(&*message).element(snippet);
            if let Some(help) = &mistake.help {
                group = group.element(Level::HELP.message(help.as_str()));
            }
            blocks.push(renderer.render(&[group]));
        }
    }
    if failure.message.is_empty() && (failure.help.is_some() || failure.note.is_some()) {
        let lines = [("help", &failure.help), ("note", &failure.note)];
        let lines = lines.iter().filter_map(|(word, text)| Some(format!("{word}: {}", text.as_ref()?)));
        blocks.push(lines.collect::<Vec<_>>().join("\n"));
    }
    let mut text = blocks.join("\n\n");
    text.push('\n');
    text
}

/// The lines that a mistake is about, its place in them and the number of the first: of thousands of mistakes each reads but
/// these, not the whole text. `ends` says where lines end.
fn lines<'p>(place: &'p Place, ends: &[usize], mistake: &Mistake) -> (Range<usize>, &'p str, usize) {
    let all = place.text.len();
    let (start, end) = (mistake.span.start.min(all), mistake.span.end.min(all));
    let first = ends.partition_point(|end| *end < start);
    let from = first.checked_sub(1).map_or(0, |before| ends[before] + 1);
    let last = ends.partition_point(|at| *at < end.max(start)).min(first + SHOWN);
    let to = ends.get(last).copied().unwrap_or(all);
    (start - from..end.max(start).min(to) - from, &place.text[from..to], first + 1)
}

/// A sentence that quotes what goes on and on, such as a text that nobody closed, in one line.
fn brief(sentence: &str) -> Cow<'_, str> {
    if sentence.chars().count() <= LONGEST && !sentence.contains('\n') {
        return sentence.into();
    }
    let line: String = sentence.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    format!("{line} …").into()
}

fn tail<'a>(mut group: Group<'a>, failure: &'a Failure) -> Group<'a> {
    if let Some(help) = &failure.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if let Some(note) = &failure.note {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    group
}

/// `text` for a terminal, in one line: control sequences and what is not seen are gone, so that a title cannot play tricks.
pub fn plain(text: &str) -> String {
    seen(&text.replace(['\n', '\t'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_where_why_and_what_to_do() {
        let failure = Failure::new(Exit::Io, "the calendar `team.ics` could not be read")
            .cause("No such file or directory (os error 2)")
            .help("check the path after `--ics`")
            .note("nothing was written");
        insta::assert_snapshot!(failure.render(false), @"
        error: the calendar `team.ics` could not be read
         |
         = cause: No such file or directory (os error 2)
         = help: check the path after `--ics`
         = note: nothing was written
        ");
    }

    #[test]
    fn a_text_that_nobody_closed_does_not_fill_the_screen() {
        let text = format!("timezone = \"\"\"\n{}", "and so on\n".repeat(900));
        let mistake = Mistake::new(11..text.len(), format!("unknown time zone `{}`", &text[14..]), "no zone");
        let shown = Failure::mistakes("vantage.toml", &text, vec![mistake]).render(false);
        assert!(shown.lines().count() < 15 && shown.len() < 900, "{shown}");
    }

    #[test]
    fn every_mistake_of_a_file_is_shown_with_its_caret() {
        let text = "goal = 4\nprivcy = \"titles\"\n";
        let mistakes = vec![
            Mistake::new(7..8, "`goal` must be a share between 0 and 1", "this is 4").help("write `0.4` for 40 %"),
            Mistake::new(9..15, "unknown key `privcy`", "not a key").help("did you mean `privacy`?"),
        ];
        insta::assert_snapshot!(Failure::mistakes("vantage.toml", text, mistakes).render(false), @"
        error: `goal` must be a share between 0 and 1
         --> vantage.toml:1:8
          |
        1 | goal = 4
          |        ^ this is 4
          |
          = help: write `0.4` for 40 %

        error: unknown key `privcy`
         --> vantage.toml:2:1
          |
        2 | privcy = \"titles\"
          | ^^^^^^ not a key
          |
          = help: did you mean `privacy`?
        ");
    }

    #[test]
    fn titles_lose_their_control_sequences() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\nd"), "a[31mbc d");
    }
}
