use super::{Finding, Kind, Look, Predicate};
use crate::classify::phrase::Phrase;
use std::ops::Range;

pub(super) const KIND: Kind = Kind {
    key: "title",
    doc: "whole words of the title, in any letter case; `*` stands for letters inside a word",
    example: r#"title = ["sprint planning", "retrospective*"]"#,
    parse: |reader, value| {
        let phrases = reader.phrases(value, "title")?;
        Some(Box::new(InTitle(phrases)))
    },
};

#[derive(Debug)]
struct InTitle(Vec<Phrase>);

impl Predicate for InTitle {
    fn key(&self) -> &'static str {
        "title"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        self.0.iter().any(|phrase| phrase.find(&look.title.words).is_some())
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        super::text::find(&self.0, &look.title.words, &look.title.shown)
    }

    fn title_phrases(&self) -> Option<&[Phrase]> {
        Some(&self.0)
    }

    fn taken(&self, look: &Look<'_>) -> Option<Vec<Range<usize>>> {
        Some(self.0.iter().flat_map(|phrase| phrase.every(&look.title.words)).collect())
    }

    fn is_private(&self) -> bool {
        true
    }
}
