//! Typed reading of TOML values that keeps their places, so that a mistake can be pointed at.

use super::source::{Format, Home};
use crate::classify::near;
use crate::model::{Exact, LocalTime, Mistake, length};
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A syntax error of the TOML itself.
pub(super) fn syntax(error: &toml::de::Error) -> Mistake {
    Mistake::new(error.span().unwrap_or_default(), format!("this is not TOML: {}", error.message()), "here")
}

/// Collects mistakes while values are read, so that one run shows them all.
pub(super) struct Reader<'m> {
    pub mistakes: &'m mut Vec<Mistake>,
    /// Of the kinds of source that there are.
    pub formats: &'m [Format],
    pub home: Home<'m>,
}

impl Reader<'_> {
    /// Notes a mistake.
    pub(super) fn wrong(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    fn expected<T>(&mut self, value: &Value, key: &str, expected: &str) -> Option<T> {
        let found = value.get_ref().type_str();
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let label = format!("this is {article} {found}");
        self.wrong(Mistake::new(value.span(), format!("`{key}` must be {expected}"), label));
        None
    }

    /// A key that does not exist, with the near one offered.
    pub(super) fn unknown<'k>(
        &mut self,
        span: Range<usize>,
        word: &str,
        what: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let help = match near(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                format!("expected one of {}", known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", "))
            }
        };
        self.wrong(Mistake::new(span, format!("unknown {what} `{word}`"), format!("not a {what}")).help(help));
    }

    /// A text.
    pub(super) fn text<'a>(&mut self, value: &'a Value, key: &str) -> Option<&'a str> {
        value.get_ref().as_str().or_else(|| self.expected(value, key, "a text in quotes"))
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, value: &Value, key: &str) -> Option<bool> {
        value.get_ref().as_bool().or_else(|| self.expected(value, key, "`true` or `false`"))
    }

    /// A text that `parse` understands.
    pub(super) fn parsed<T>(
        &mut self,
        value: &Value,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(value, key)?;
        let parsed = parse(text);
        if parsed.is_none() {
            self.wrong(Mistake::new(value.span(), format!("`{key}` must be {expected}"), "not understood"));
        }
        parsed
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, value: &Value, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(value, key)?;
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
        if found.is_none() {
            self.unknown(value.span(), text, &format!("value for `{key}`:"), words.iter().map(|w| w.0));
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// A list, or one value in place of a list of one.
    pub(super) fn list<'v, 'a>(&mut self, value: &'v Value<'a>) -> Vec<&'v Value<'a>> {
        value.get_ref().as_array().map_or_else(|| vec![value], |array| array.iter().collect())
    }

    /// A list of texts that `parse` understands.
    pub(super) fn texts<T>(
        &mut self,
        value: &Value,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        self.list(value).into_iter().filter_map(|v| self.parsed(v, key, expected, &parse)).collect()
    }

    /// A table.
    pub(super) fn table<'v, 'a>(&mut self, value: &'v Value<'a>, key: &str) -> Option<&'v DeTable<'a>> {
        value.get_ref().as_table().or_else(|| self.expected(value, key, "a table"))
    }

    /// A share: `0.4`, `"0.4"` or `"40%"`.
    pub(super) fn share(&mut self, value: &Value, key: &str) -> Option<Exact> {
        if let Some(found) = value.get_ref().as_str().and_then(share) {
            return Some(found);
        }
        let found = self.number(value, key, 0.0..=1.0, "0.40");
        if found.is_none()
            && let Some(mistake) = self.mistakes.last_mut()
        {
            mistake.help = Some(format!("write `{key} = 0.40` or `{key} = \"40%\"`"));
        }
        found
    }

    /// A number between two bounds.
    pub(super) fn number(
        &mut self,
        value: &Value,
        key: &str,
        bounds: std::ops::RangeInclusive<f64>,
        example: &str,
    ) -> Option<Exact> {
        let number = match value.get_ref() {
            DeValue::Integer(i) => i.as_str().replace('_', "").parse::<f64>().ok(),
            DeValue::Float(f) => f.as_str().replace('_', "").parse::<f64>().ok(),
            _ => None,
        };
        let inside = number.filter(|n| bounds.contains(n));
        if inside.is_none() {
            let message = format!("`{key}` must be a number from {} to {}", bounds.start(), bounds.end());
            self.wrong(
                Mistake::new(value.span(), message, "not in that range").help(format!("for example `{example}`")),
            );
        }
        inside.map(Exact::decimal)
    }

    /// An IANA zone name.
    pub(super) fn zone(&mut self, value: &Value, key: &str) -> Option<Tz> {
        let text = self.text(value, key)?;
        let zone = text.parse().ok();
        if zone.is_none() {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name());
            let help = match near(text, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a place of the IANA list, such as `Europe/Berlin`".into(),
            };
            let mistake = Mistake::new(value.span(), format!("unknown time zone `{text}`"), "not an IANA zone name");
            self.wrong(mistake.help(help));
        }
        zone
    }

    /// `2026-11-16`, bare or in quotes.
    pub(super) fn date(&mut self, value: &Value, key: &str) -> Option<NaiveDate> {
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            other => other.as_str().unwrap_or_default().to_string(),
        };
        let date = text.parse().ok();
        if date.is_none() {
            let mistake = Mistake::new(value.span(), format!("`{key}` must be a date"), "not a date");
            self.wrong(mistake.help("write it as `2026-11-16`"));
        }
        date
    }
}

/// A share as people write it: `0.4`, `40%`, `40 %`.
pub(super) fn share(text: &str) -> Option<Exact> {
    let text = text.trim().replace(',', ".");
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let share = match text.strip_suffix('%') {
        Some(percent) => number(percent)? / 100.0,
        None => number(&text)?,
    };
    (0.0..=1.0).contains(&share).then(|| Exact::decimal(share))
}

/// `08:00-18:00`; the end after the start.
pub(super) fn hours(text: &str) -> Option<(LocalTime, LocalTime)> {
    let (from, to) = text.split_once(['-', '–'])?;
    let hours = (LocalTime::parse(from)?, LocalTime::parse(to)?);
    (hours.0 < hours.1).then_some(hours)
}

/// A length of at least a minute and at most a day.
pub(super) fn duration(text: &str) -> Option<TimeDelta> {
    length(text).filter(|length| (TimeDelta::minutes(1)..=TimeDelta::days(1)).contains(length))
}
