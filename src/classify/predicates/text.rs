//! `description` and `location`: the same patterns as `title`, in other texts.

use super::{Finding, Kind, Look, Predicate};
use crate::classify::markup::plain;
use crate::classify::phrase::Phrase;
use crate::classify::words::Words;
use crate::model::Event;
use std::borrow::Cow;

pub(super) const DESCRIPTION: Kind = Kind {
    key: "description",
    doc: "whole words of the description, without HTML tags; patterns as in `title`",
    example: r#"description = "agenda: roadmap""#,
    parse: |reader, value| {
        let phrases = reader.phrases(value, "description")?;
        Some(Box::new(InText { key: "description", phrases, text: |event| event.description.as_deref().map(plain) }))
    },
};

pub(super) const LOCATION: Kind = Kind {
    key: "location",
    doc: "whole words of the location; patterns as in `title`",
    example: r#"location = ["board room", "zoom"]"#,
    parse: |reader, value| {
        let phrases = reader.phrases(value, "location")?;
        Some(Box::new(InText { key: "location", phrases, text: |event| event.location.as_deref().map(Cow::Borrowed) }))
    },
};

#[derive(Debug)]
struct InText {
    key: &'static str,
    phrases: Vec<Phrase>,
    text: fn(&Event) -> Option<Cow<'_, str>>,
}

impl InText {
    fn text<'a>(&self, look: &Look<'a>) -> Option<Cow<'a, str>> {
        look.subject.and_then(|subject| (self.text)(subject.event))
    }
}

impl Predicate for InText {
    fn key(&self) -> &'static str {
        self.key
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        let Some(text) = self.text(look) else { return false };
        let words = Words::of(&text);
        self.phrases.iter().any(|phrase| phrase.find(&words).is_some())
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let text = self.text(look).unwrap_or_default();
        find(&self.phrases, &Words::of(&text), &text)
    }

    fn is_private(&self) -> bool {
        true
    }
}

/// The first phrase that matches with the words it matched, or all phrases and the whole text.
pub(super) fn find(phrases: &[Phrase], words: &Words, whole: &str) -> Finding {
    let hit = phrases.iter().find_map(|phrase| Some((phrase, phrase.find(words)?)));
    match hit {
        Some((phrase, range)) => {
            Finding { holds: true, wanted: phrase.written.to_string(), seen: words.slice(range).to_owned() }
        }
        None => {
            let wanted: Vec<&str> = phrases.iter().map(|phrase| &*phrase.written).collect();
            Finding { holds: false, wanted: wanted.join(", "), seen: whole.to_owned() }
        }
    }
}
