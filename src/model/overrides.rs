use super::{Class, Instance, Original, Uid, midnight};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The user's own word about one meeting or about a whole series. It goes before labels and rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// `None` leaves the meeting out: it is ignored.
    pub class: Option<Class>,
    pub theme: Option<Arc<str>>,
    /// It answers what meetings of a series or a title are, as `review` asks; that one took place it does not say.
    pub answer: bool,
}

impl Override {
    /// The words that a class of an override can be, in the order in which they are offered.
    pub const CLASSES: [&str; 4] = ["strategy", "execution", "ignore", "unclassified"];

    /// Reads one of [`Override::CLASSES`].
    pub fn class(word: &str) -> Option<Option<Class>> {
        match word {
            "ignore" => Some(None),
            _ => Class::ALL.into_iter().find(|class| class.name() == word).map(Some),
        }
    }

    /// The word for its class.
    pub fn word(&self) -> &'static str {
        self.class.map_or("ignore", Class::name)
    }
}

/// What stands in place of a UID before the key of a title: no calendar can write this sign.
const TITLED: &str = "title\u{1f}";

/// What an override is about. A meeting that is no part of a series has no slot to move out of: its UID says it all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    pub uid: Uid,
    /// `None` for all instances of the UID.
    pub original: Option<Original>,
}

impl Slot {
    /// The slot of this one meeting; `None` where the source gives it no UID, so that nothing would find it again.
    pub fn of(instance: &Instance) -> Option<Slot> {
        let event = &instance.event;
        let original = (event.recurring || event.shared_uid).then_some(instance.original);
        (!event.uid.0.is_empty()).then(|| Slot { uid: event.uid.clone(), original })
    }

    /// All meetings whose title has this key, whatever their UIDs.
    pub fn titled(key: &str) -> Slot {
        Slot { uid: Uid(format!("{TITLED}{key}").into()), original: None }
    }

    /// The key of the titles that it is about, where it is about titles.
    pub fn title(&self) -> Option<&str> {
        self.uid.0.strip_prefix(TITLED)
    }

    /// The whole series that this is a slot of.
    pub fn series(self) -> Slot {
        Slot { original: None, ..self }
    }
}

/// An override as it bears on one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub word: Override,
    /// It was said of the whole series that the instance is part of.
    pub series: bool,
    /// What it was said of.
    pub slot: Slot,
}

/// All overrides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides(pub BTreeMap<Slot, Override>);

impl fmt::Display for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Original::At(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            Original::On(date) => date.fmt(f),
        }
    }
}

impl Original {
    /// Its moment, whose day begins at midnight in UTC.
    pub fn moment(self) -> DateTime<Utc> {
        match self {
            Original::At(at) => at,
            Original::On(date) => midnight(date, Tz::UTC),
        }
    }

    /// Reads an instant such as `2026-11-17T08:00:00Z`, or a date for a whole day.
    pub fn parse(text: &str) -> Option<Original> {
        let date = || text.parse::<NaiveDate>().ok().map(Original::On);
        text.parse::<DateTime<Utc>>().ok().map(Original::At).or_else(date)
    }
}
