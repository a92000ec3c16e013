//! `named`: the title names somebody who takes part.

use super::{Finding, Kind, Look, Predicate};
use crate::classify::forms::Bearer;

pub(super) const KIND: Kind = Kind {
    key: "named",
    doc: "whether the title names somebody besides you who takes part: \"Ana: next step\" with Ana",
    example: "named = true",
    parse: |reader, value| {
        let wanted = reader.flag(value, "named")?;
        Some(Box::new(Named(wanted)))
    },
};

#[derive(Debug)]
struct Named(bool);

impl Named {
    fn seen<'l>(look: &'l Look<'_>) -> Option<&'l str> {
        let words = &look.title.words;
        (0..words.len()).map(|at| words.word(at)).find(|word| look.bearer(word) == Bearer::Other)
    }
}

impl Predicate for Named {
    fn key(&self) -> &'static str {
        "named"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        look.room().is_some() && Named::seen(look).is_some() == self.0
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let seen =
            if look.room().is_some() { Named::seen(look).unwrap_or("nobody") } else { "the attendees are unknown" };
        Finding { holds: self.holds(look), wanted: self.0.to_string(), seen: seen.into() }
    }

    fn is_private(&self) -> bool {
        true
    }
}
