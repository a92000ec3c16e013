//! Typed reading of TOML values that keeps their places and collects every mistake, in rules and configurations alike.

use super::{Exact, Mistake};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
pub type Value<'v> = Spanned<DeValue<'v>>;

/// Collects the mistakes of a file, so that one run shows them all. `C` is what else its values are read against.
#[derive(Debug)]
pub struct Reader<'t, C> {
    pub context: C,
    text: &'t str,
    /// What messages begin with: ``rule 7 `1:1` ``.
    place: String,
    mistakes: Vec<Mistake>,
    /// Lines that are not TOML, as bytes. What the parser put in their place is nobody's mistake.
    broken: BTreeMap<usize, usize>,
    /// Where lines end.
    ends: Vec<usize>,
    hidden: Vec<Mistake>,
    remarks: Remarks,
}

/// What is odd in a file and stops nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// It cannot do what it says.
    pub warnings: Vec<Mistake>,
    /// It does more than one may think.
    pub notes: Vec<Mistake>,
}

/// A mistake just noted, to add a help line to.
#[derive(Debug)]
pub struct Note<'r>(&'r mut Mistake);

impl Note<'_> {
    /// One thing to type or change.
    pub fn with_help(self, help: impl Into<String>) {
        self.0.help = Some(help.into());
    }
}

impl<'t, C> Reader<'t, C> {
    pub fn new(text: &'t str, context: C) -> Reader<'t, C> {
        Reader {
            context,
            text,
            place: String::new(),
            mistakes: Vec::new(),
            broken: BTreeMap::new(),
            ends: text.match_indices('\n').map(|(at, _)| at).collect(),
            hidden: Vec::new(),
            remarks: Remarks::default(),
        }
    }

    /// The top table. Each line that is no TOML is one mistake.
    pub fn top(&mut self) -> Spanned<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let line = self.line(span.start) - 1;
            let start = line.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
            let end = self.ends.get(line).copied().unwrap_or(self.text.len());
            if self.broken.insert(start, end).is_none() {
                let message = format!("this is not TOML: {}", error.message());
                self.mistakes.push(Mistake::new(span, message, "cannot be read"));
            }
        }
        table
    }

    /// What messages begin with from now on; empty for the file as a whole.
    pub fn at(&mut self, place: impl Into<String>) {
        self.place = place.into();
    }

    /// What was read, if there is no mistake.
    ///
    /// # Errors
    /// All mistakes in the order of the file.
    pub fn finish<T>(mut self, read: T) -> Result<(T, Remarks), Vec<Mistake>> {
        self.mistakes.sort_by_key(|mistake| mistake.span.start);
        if self.mistakes.is_empty() { Ok((read, self.remarks)) } else { Err(self.mistakes) }
    }

    /// Notes that something cannot do what it says.
    pub fn warn(&mut self, span: Range<usize>, message: impl AsRef<str>, label: &str, help: impl Into<String>) {
        let message = self.placed(message.as_ref());
        self.remarks.warnings.push(Mistake::new(span, message, label).help(help));
    }

    /// Notes that something does more than one may think.
    pub fn note(&mut self, span: Range<usize>, message: impl AsRef<str>, label: &str, help: impl Into<String>) {
        let message = self.placed(message.as_ref());
        self.remarks.notes.push(Mistake::new(span, message, label).help(help));
    }

    fn placed(&self, message: &str) -> String {
        match self.place.as_str() {
            "" => message.to_owned(),
            place => format!("{place}: {message}"),
        }
    }

    /// The text being read.
    pub fn source(&self) -> &'t str {
        self.text
    }

    /// The line in which the byte `at` stands, from 1.
    pub fn line(&self, at: usize) -> usize {
        1 + self.ends.partition_point(|end| *end < at)
    }

    /// Whether one of the lines from `start` to `end` is not TOML.
    pub fn is_broken(&self, span: Range<usize>) -> bool {
        self.broken.range(..span.end).next_back().is_some_and(|(_, end)| span.start <= *end)
    }

    /// How many mistakes there are so far.
    pub fn count(&self) -> usize {
        self.mistakes.len() + self.hidden.len()
    }

    /// Notes a mistake.
    pub fn mistake(&mut self, span: Range<usize>, message: impl AsRef<str>, label: impl Into<String>) -> Note<'_> {
        self.add(Mistake::new(span, message.as_ref(), label))
    }

    /// The same with all that it says.
    pub fn add(&mut self, mistake: Mistake) -> Note<'_> {
        let mistake = Mistake { message: self.placed(&mistake.message), ..mistake };
        // On a line that is no TOML it is counted, so that what it is in is not used, but only the line is reported.
        let broken = self.is_broken(mistake.span.start..mistake.span.start + 1);
        let list = if broken { &mut self.hidden } else { &mut self.mistakes };
        list.push(mistake);
        let last = list.len() - 1;
        Note(&mut list[last])
    }

    /// A value of the wrong type.
    pub fn wrong_type(&mut self, value: &Value<'_>, key: &str, expected: &str) {
        let label = format!("this is {}", describe(value.get_ref()));
        self.mistake(value.span(), format!("`{key}` must be {expected}"), label);
    }

    /// What was found; a value of the wrong type where that is nothing.
    pub fn expected<T>(&mut self, found: Option<T>, value: &Value<'_>, key: &str, expected: &str) -> Option<T> {
        if found.is_none() {
            self.wrong_type(value, key, expected);
        }
        found
    }

    /// A word that does not exist, with the near one offered.
    pub fn unknown<'k>(
        &mut self,
        span: Range<usize>,
        word: &str,
        what: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let all = || known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let help = match near(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("expected one of {}", all()),
        };
        self.mistake(
            span,
            format!("unknown {what} `{word}`"),
            format!("not {} {}", article(what), what.trim_end_matches(':')),
        )
        .with_help(help);
    }

    /// A text.
    pub fn text<'v>(&mut self, value: &'v Value<'_>, key: &str) -> Option<&'v str> {
        self.expected(value.get_ref().as_str(), value, key, "a text in quotes")
    }

    /// `true` or `false`.
    pub fn flag(&mut self, value: &Value<'_>, key: &str) -> Option<bool> {
        self.expected(value.get_ref().as_bool(), value, key, "`true` or `false`")
    }

    /// A table.
    pub fn table<'v, 'i>(&mut self, value: &'v Value<'i>, key: &str) -> Option<&'v DeTable<'i>> {
        self.expected(value.get_ref().as_table(), value, key, "a table")
    }

    /// A text that `parse` understands.
    pub fn parsed<T>(
        &mut self,
        value: &Value<'_>,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let parsed = parse(self.text(value, key)?);
        if parsed.is_none() {
            self.mistake(value.span(), format!("`{key}` must be {expected}"), "not understood");
        }
        parsed
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, value: &Value<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(value, key)?;
        let is = |word: &str| word.eq_ignore_ascii_case(text.trim());
        self.among(value, text, &format!("value for `{key}`:"), words, is)
    }

    /// The one of a few words that `text` is.
    pub fn among<T: Copy>(
        &mut self,
        value: &Value<'_>,
        text: &str,
        what: &str,
        words: &[(&str, T)],
        is: impl Fn(&str) -> bool,
    ) -> Option<T> {
        let found = words.iter().find(|(word, _)| is(word));
        if found.is_none() {
            self.unknown(value.span(), text, what, words.iter().map(|(word, _)| *word));
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// A list, or one value in place of a list of one, of texts that `parse` understands.
    pub fn texts<T>(
        &mut self,
        value: &Value<'_>,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        list(value).into_iter().filter_map(|v| self.parsed(v, key, expected, &parse)).collect()
    }

    /// A share: `0.4`, `"0.4"` or `"40%"`.
    pub fn share(&mut self, value: &Value<'_>, key: &str) -> Option<Exact> {
        if let Some(found) = value.get_ref().as_str().and_then(super::share) {
            return Some(found);
        }
        self.within(value, key, 0.0..=1.0, &format!("write `{key} = 0.40` or `{key} = \"40%\"`"))
    }

    /// A number between two bounds.
    pub fn number(
        &mut self,
        value: &Value<'_>,
        key: &str,
        bounds: RangeInclusive<f64>,
        example: &str,
    ) -> Option<Exact> {
        self.within(value, key, bounds, &format!("for example `{example}`"))
    }

    fn within(&mut self, value: &Value<'_>, key: &str, bounds: RangeInclusive<f64>, help: &str) -> Option<Exact> {
        let number = match value.get_ref() {
            DeValue::Integer(i) => i.as_str().replace('_', "").parse::<f64>().ok(),
            DeValue::Float(f) => f.as_str().replace('_', "").parse::<f64>().ok(),
            _ => None,
        };
        let inside = number.filter(|n| bounds.contains(n));
        if inside.is_none() {
            let message = format!("`{key}` must be a number from {} to {}", bounds.start(), bounds.end());
            self.mistake(value.span(), message, "not in that range").with_help(help);
        }
        inside.map(Exact::decimal)
    }

    /// An IANA zone name.
    pub fn zone(&mut self, value: &Value<'_>, key: &str) -> Option<Tz> {
        let text = self.text(value, key)?;
        let zone = text.parse().ok();
        if zone.is_none() {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name());
            let help = match near(text, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a place of the IANA list, such as `Europe/Berlin`".into(),
            };
            let message = format!("unknown time zone `{text}`");
            self.mistake(value.span(), message, "not an IANA zone name").with_help(help);
        }
        zone
    }

    /// `2026-11-16`, bare or in quotes.
    pub fn date(&mut self, value: &Value<'_>, key: &str) -> Option<NaiveDate> {
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            other => other.as_str().unwrap_or_default().to_string(),
        };
        let date = text.parse().ok();
        if date.is_none() {
            let message = format!("`{key}` must be a date");
            self.mistake(value.span(), message, "not a date").with_help("write it as `2026-11-16`");
        }
        date
    }
}

/// The values of a list, or one value in place of a list of one.
pub fn list<'v, 'i>(value: &'v Value<'i>) -> Vec<&'v Value<'i>> {
    value.get_ref().as_array().map_or_else(|| vec![value], |array| array.iter().collect())
}

/// The nearest of `known`, where it is near enough to be a slip.
pub fn near<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let most = 2.max(length / 3);
    // A text that nobody closed is compared with nothing.
    let alike = known.into_iter().filter(|name| name.chars().count().abs_diff(length) <= most);
    let distance = |name: &str| strsim::damerau_levenshtein(&word, &name.to_lowercase());
    let nearest = alike.map(|name| (distance(name), name)).min_by_key(|(distance, _)| *distance)?;
    (nearest.0 <= most && nearest.0 < length).then_some(nearest.1)
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        assert_eq!(near("titel", ["title", "time"]), Some("title"));
        assert_eq!(near("x", ["title", "time"]), None);
        assert_eq!(near("strategie", ["strategy", "execution"]), Some("strategy"));
    }
}
