//! Who takes part: `attendees`, `organizer`, `with`, `external`. None holds where the attendees are unknown, but for
//! `organizer`.

use super::{Finding, Kind, Look, Predicate};
use crate::classify::People;
use crate::classify::people::in_domain;
use crate::classify::range::Bounds;
use crate::classify::reader::Reader;
use crate::model::{Address, Event, domain};
use std::ops::Range;

const UNKNOWN: &str = "the attendees are unknown";

/// The people other than the user; `None` where unknown.
fn others<'l, 'a>(look: &'l Look<'a>) -> Option<&'l [&'a Address]> {
    look.room().map(|(_, others)| others.as_slice())
}

fn listed(look: &Look<'_>) -> String {
    match others(look).map(|people| people.iter().map(|a| a.as_str()).collect::<Vec<_>>()) {
        None => UNKNOWN.into(),
        Some(people) if people.is_empty() => "nobody".into(),
        Some(people) => people.join(", "),
    }
}

pub(super) const ATTENDEES: Kind = Kind {
    key: "attendees",
    doc: "how many people take part, you included: `2`, `\"3..8\"` or `\">=10\"`; with a mailing group, at least so many",
    example: r#"attendees = "3..8""#,
    parse: |reader, value| {
        let bounds =
            reader.bounds(value, "attendees", "a number of people such as `2`, `\"3..8\"` or `\">=10\"`", |text| {
                text.trim().parse().ok()
            })?;
        if let Some(never) = bounds.iter().find(|bounds| bounds.ends_before(&1)) {
            let never = Bounds::written(std::slice::from_ref(never));
            reader
                .mistake(value.span(), format!("`attendees = {never}` never holds: you are one"), "expected 1 or more")
                .with_help("`attendees = 1` is you alone");
            return None;
        }
        Some(Box::new(HowMany(bounds)))
    },
};

#[derive(Debug)]
struct HowMany(Vec<Bounds<i64>>);

impl HowMany {
    /// Whoever keeps the calendar takes part, even where the source does not say who that is.
    fn count(look: &Look<'_>) -> Option<i64> {
        Some(look.room()?.0.max(1) as i64)
    }

    /// A group stands for any number of people.
    fn at_least(look: &Look<'_>) -> bool {
        look.subject.is_some_and(|subject| subject.people.has_group(subject.event))
    }
}

impl Predicate for HowMany {
    fn key(&self) -> &'static str {
        "attendees"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        HowMany::count(look).is_some_and(|count| {
            if HowMany::at_least(look) {
                Bounds::hold_from(&self.0, count)
            } else {
                self.0.iter().any(|bounds| bounds.hold(&count))
            }
        })
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let more = if HowMany::at_least(look) { "at least " } else { "" };
        let seen = HowMany::count(look).map_or(UNKNOWN.into(), |count| format!("{more}{count}"));
        Finding { holds: self.holds(look), wanted: Bounds::written(&self.0), seen }
    }
}

/// Somebody whom a rule names.
#[derive(Debug)]
enum Who {
    Address(Address),
    Domain(String),
    Group(String),
    Me,
}

impl Who {
    fn parse(reader: &mut Reader<'_>, text: &str, span: Range<usize>) -> Option<Who> {
        if let Some(group) = text.strip_prefix('@') {
            if let Some(domain) = domain(group) {
                return Some(Who::Domain(domain));
            }
            return reader.group(group, span).then(|| Who::Group(group.to_owned()));
        }
        if text.eq_ignore_ascii_case("me") {
            return Some(Who::Me);
        }
        if let Some(domain) = domain(text) {
            return Some(Who::Domain(domain));
        }
        if let Some(address) = Address::parse(text) {
            return Some(Who::Address(address));
        }
        reader
            .mistake(span, format!("`{text}` names nobody"), "expected an address, a domain or an `@group`")
            .with_help("write it like `\"ada@example.com\"`, `\"example.com\"` or `\"@reports\"`");
        None
    }

    fn is(&self, address: &Address, event: &Event, people: &People) -> bool {
        match self {
            Who::Address(wanted) => wanted == address,
            Who::Domain(domain) => in_domain(address, domain),
            Who::Group(group) => people.group(group).contains(address),
            Who::Me => people.is_me(event, address),
        }
    }

    fn written(&self) -> String {
        match self {
            Who::Address(address) => address.as_str().into(),
            Who::Domain(domain) => domain.clone(),
            Who::Group(group) => format!("@{group}"),
            Who::Me => "me".into(),
        }
    }
}

fn written(any: &[Who]) -> String {
    any.iter().map(Who::written).collect::<Vec<_>>().join(", ")
}

pub(super) const ORGANIZER: Kind = Kind {
    key: "organizer",
    doc: "who called the meeting: an address, a domain, an `@group` or `me`",
    example: r#"organizer = "me""#,
    parse: |reader, value| {
        let any = reader.each(value, "organizer", "an address, a domain or `me`", Who::parse)?;
        Some(Box::new(Organizer(any)))
    },
};

#[derive(Debug)]
struct Organizer(Vec<Who>);

impl Predicate for Organizer {
    fn key(&self) -> &'static str {
        "organizer"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        let Some(subject) = look.subject else { return false };
        let Some(organizer) = &subject.event.organizer else { return false };
        self.0.iter().any(|who| who.is(organizer, subject.event, subject.people))
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let organizer = look.subject.and_then(|subject| subject.event.organizer.as_ref());
        let seen = organizer.map_or("no organizer is known", |address| address.as_str()).to_owned();
        Finding { holds: self.holds(look), wanted: written(&self.0), seen }
    }

    fn is_private(&self) -> bool {
        true
    }
}

pub(super) const WITH: Kind =
    Kind {
        key: "with",
        doc: "somebody besides you takes part: an address, a domain or an `@group`",
        example: r#"with = "@reports""#,
        parse: |reader, value| {
            let any = reader.each(value, "with", "an address, a domain or an `@group`", |reader, text, span| {
                match Who::parse(reader, text, span.clone())? {
                    Who::Me => {
                        reader
                            .mistake(
                                span,
                                "`with` asks for somebody besides you",
                                "expected an address, a domain or an `@group`",
                            )
                            .with_help("leave it out, or ask `organizer = \"me\"`");
                        None
                    }
                    who => Some(who),
                }
            })?;
            Some(Box::new(With(any)))
        },
    };

#[derive(Debug)]
struct With(Vec<Who>);

impl With {
    fn names(&self, address: &Address, look: &Look<'_>) -> bool {
        look.subject.is_some_and(|s| self.0.iter().any(|who| who.is(address, s.event, s.people)))
    }
}

impl Predicate for With {
    fn key(&self) -> &'static str {
        "with"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        others(look).is_some_and(|others| others.iter().any(|address| self.names(address, look)))
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let named = others(look).into_iter().flatten().filter(|address| self.names(address, look));
        let named: Vec<&str> = named.map(|address| address.as_str()).collect();
        let seen = if named.is_empty() { listed(look) } else { named.join(", ") };
        Finding { holds: !named.is_empty(), wanted: written(&self.0), seen }
    }

    fn is_private(&self) -> bool {
        true
    }
}

pub(super) const EXTERNAL: Kind = Kind {
    key: "external",
    doc: "whether somebody outside `my_domains` takes part; never holds where `my_domains` is empty",
    example: "external = true",
    parse: |reader, value| {
        let wanted = reader.flag(value, "external")?;
        Some(Box::new(External(wanted)))
    },
};

#[derive(Debug)]
struct External(bool);

impl Predicate for External {
    fn key(&self) -> &'static str {
        "external"
    }

    fn holds(&self, look: &Look<'_>) -> bool {
        let (Some(subject), Some(others)) = (look.subject, others(look)) else { return false };
        if subject.people.domains.is_empty() {
            return false;
        }
        others.iter().any(|address| subject.people.is_internal(address) == Some(false)) == self.0
    }

    fn find(&self, look: &Look<'_>) -> Finding {
        let seen = match look.subject {
            Some(subject) if subject.people.domains.is_empty() => "`my_domains` is empty".into(),
            _ => listed(look),
        };
        Finding { holds: self.holds(look), wanted: self.0.to_string(), seen }
    }

    fn is_private(&self) -> bool {
        true
    }
}
