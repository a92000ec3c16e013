//! The user's own answer and attendee line: `status`, `optional`.

use super::{Finding, Kind, Look, Predicate};
use crate::model::{Answer, Attendee};

/// The words of RFC 5545 §3.2.12, in lower case.
const ANSWERS: [(&str, Answer); 5] = [
    ("accepted", Answer::Accepted),
    ("declined", Answer::Declined),
    ("tentative", Answer::Tentative),
    ("delegated", Answer::Delegated),
    ("needs-action", Answer::NeedsAction),
];

pub(super) const STATUS: Kind = Kind {
    key: "status",
    doc: "your own answer: `accepted`, `declined`, `tentative`, `delegated` or `needs-action`",
    example: r#"status = ["tentative", "needs-action"]"#,
    parse: |reader, value| {
        let any = reader.each(value, "status", "an answer such as `accepted`", |reader, word, span| {
            let spelled = word.to_lowercase().replace('_', "-");
            if let Some((_, answer)) = ANSWERS.iter().find(|(name, _)| *name == spelled) {
                return Some(*answer);
            }
            reader.unknown(span, word, "answer", ANSWERS.map(|(name, _)| name));
            None
        })?;
        Some(Box::new(Status(any)))
    },
};

fn word(answer: Answer) -> &'static str {
    ANSWERS.iter().find(|(_, known)| *known == answer).map_or("", |(name, _)| name)
}

fn mine<'a>(look: &Look<'a>) -> Option<&'a Attendee> {
    look.subject.and_then(|subject| subject.people.my_line(subject.event))
}

fn answer(look: &Look<'_>) -> Option<Answer> {
    look.subject.and_then(|subject| subject.people.my_answer(subject.event))
}

#[derive(Debug)]
struct Status(Vec<Answer>);

impl Predicate for Status {
    fn key(&self) -> &'static str {
        "status"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        answer(look).is_some_and(|answer| self.0.contains(&answer))
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let wanted: Vec<&str> = self.0.iter().map(|answer| word(*answer)).collect();
        let seen = answer(look).map_or("you have no attendee line", word);
        Finding { holds: self.holds(look), wanted: wanted.join(", "), seen: seen.into() }
    }
}

pub(super) const OPTIONAL: Kind = Kind {
    key: "optional",
    doc: "whether you are invited as optional",
    example: "optional = true",
    parse: |reader, value| {
        let wanted = reader.flag(value, "optional")?;
        Some(Box::new(Optional(wanted)))
    },
};

#[derive(Debug)]
struct Optional(bool);

impl Predicate for Optional {
    fn key(&self) -> &'static str {
        "optional"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        mine(look).is_some_and(|line| line.optional == self.0)
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let seen = mine(look).map_or("you have no attendee line".into(), |line| line.optional.to_string());
        Finding { holds: self.holds(look), wanted: self.0.to_string(), seen }
    }
}
