//! The keys of `vantage.toml`: one line each, and nothing else knows their names.

use super::value::{Reader, Value, duration, hours};
use super::{Config, service, source::source};
use crate::classify::KNOWN_GROUPS;
use crate::model::{Address, Exact, Mistake, Palette, Privacy, Weekday, Weight, domain_of};
use chrono::Datelike;
use toml::de::DeTable;

type Set = fn(&Value, &mut Config, &mut Reader);

/// One key of the top level.
pub struct Key {
    pub name: &'static str,
    set: Set,
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];
const WEIGHTS: [(&str, Weight); 3] = [("count", Weight::Count), ("half", Weight::Half), ("skip", Weight::Skip)];
const DAY_HOURS: &str = "hours such as \"08:00-18:00\"";

/// Every key that this version uses.
pub const KEYS: &[Key] = &[
    Key { name: "timezone", set: |v, c, r| c.timezone = r.zone(v, "timezone").or(c.timezone) },
    Key { name: "week_start", set: week_start },
    Key { name: "working_hours", set: working_hours },
    Key { name: "focus_block", set: focus_block },
    Key { name: "goal", set: |v, c, r| c.goal = r.number(v, "goal", 0.0..=1.0, "goal = 0.40") },
    Key { name: "role", set: role },
    Key { name: "tentative", set: |v, c, r| c.tentative = r.word(v, "tentative", &WEIGHTS).unwrap_or_default() },
    Key { name: "unanswered", set: |v, c, r| c.unanswered = r.word(v, "unanswered", &WEIGHTS).unwrap_or_default() },
    Key { name: "all_day_hours", set: all_day_hours },
    Key { name: "my_addresses", set: |v, c, r| c.people.me = addresses(v, "my_addresses", r) },
    Key {
        name: "plus_addresses",
        set: |v, c, r| c.people.no_plus_addresses = r.flag(v, "plus_addresses") == Some(false),
    },
    Key { name: "my_domains", set: my_domains },
    Key { name: "privacy", set: |v, c, r| c.privacy = r.word(v, "privacy", &PRIVACY).unwrap_or_default() },
    Key { name: "palette", set: |v, c, r| c.palette = r.word(v, "palette", &PALETTE).unwrap_or_default() },
    Key { name: "fallback_font", set: |v, c, r| c.fallback_font = r.text(v, "fallback_font").map(Into::into) },
    Key { name: "charts_dir", set: service::charts_dir },
    Key { name: "poll", set: service::poll },
    Key { name: "render_at", set: service::render_at },
    Key { name: "retain", set: service::retain },
    Key { name: "travel", set: travel },
    Key { name: "people", set: people },
    Key { name: "source", set: source },
    Key { name: "notify", set: service::notify },
    Key { name: "mail", set: service::mail },
];

pub(super) const PRIVACY: [(&str, Privacy); 3] =
    [("titles", Privacy::Titles), ("themes", Privacy::Themes), ("classes", Privacy::Classes)];
const PALETTE: [(&str, Palette); 2] = [("light", Palette::Light), ("dark", Palette::Dark)];

pub(super) fn read(table: &DeTable, config: &mut Config, reader: &mut Reader) {
    for (name, value) in table {
        let word: &str = name.get_ref();
        if let Some(key) = KEYS.iter().find(|k| k.name == word) {
            (key.set)(value, config, reader);
        } else {
            reader.unknown(name.span(), word, "key", KEYS.iter().map(|k| k.name));
        }
    }
}

fn week_start(v: &Value, c: &mut Config, r: &mut Reader) {
    let words = [("monday", Weekday::Mon), ("sunday", Weekday::Sun), ("saturday", Weekday::Sat)];
    c.week_start = r.word(v, "week_start", &words).unwrap_or(c.week_start);
}

fn focus_block(v: &Value, c: &mut Config, r: &mut Reader) {
    let expected = "a length such as \"2h\" or \"90m\"";
    c.focus_block = r.parsed(v, "focus_block", expected, duration).unwrap_or(c.focus_block);
}

/// Goals by role: shares of strategic work in a survey of about 2,500 product people (Pragmatic Institute 2019);
/// `manager` is the midpoint of the two surveyed.
fn role(v: &Value, c: &mut Config, r: &mut Reader) {
    let roles = [("executive", 60), ("manager", 55), ("ic", 51)];
    c.role_goal = r.word(v, "role", &roles).map(|percent| Exact::new(percent, 100));
}

fn all_day_hours(v: &Value, c: &mut Config, r: &mut Reader) {
    let hours = r.number(v, "all_day_hours", 0.0..=24.0, "all_day_hours = 8");
    c.all_day = hours.filter(|h| !h.is_zero()).map(|h| h * Exact::hours(1));
}

fn addresses(v: &Value, key: &str, r: &mut Reader) -> Vec<Address> {
    r.texts(v, key, "an address such as \"ada@example.com\"", Address::parse)
}

fn my_domains(v: &Value, c: &mut Config, r: &mut Reader) {
    let domain = |text: &str| {
        let text = domain_of(text);
        (text.contains('.') && !text.contains('@')).then_some(text)
    };
    c.people.domains = r.texts(v, "my_domains", "a domain such as \"example.com\"", domain);
}

fn working_hours(v: &Value, c: &mut Config, r: &mut Reader) {
    let Some(table) = r.table(v, "working_hours") else { return };
    c.working.days = [None; 7];
    for (name, value) in table {
        let word: &str = name.get_ref();
        let off_or_hours = |text: &str| if text == "off" { Some(None) } else { hours(text).map(Some) };
        let times = r.parsed(value, &format!("working_hours.{word}"), DAY_HOURS, off_or_hours).flatten();
        if word == "lunch" {
            c.working.lunch = times;
            continue;
        }
        let day = |text: &str| DAYS.iter().position(|(name, _)| *name == text);
        let (from, to) = word.split_once('-').unwrap_or((word, word));
        match (day(from), day(to)) {
            (Some(from), Some(to)) => {
                let count = (to + 7 - from) % 7;
                (0..=count).for_each(|i| c.working.days[(from + i) % 7] = times);
            }
            _ => {
                let known = DAYS.iter().map(|(name, _)| *name).chain(["mon-fri", "lunch"]);
                r.unknown(name.span(), word, "day", known);
            }
        }
    }
}

fn travel(v: &Value, c: &mut Config, r: &mut Reader) {
    for entry in r.list(v) {
        let Some(table) = r.table(entry, "travel") else { continue };
        let known = ["from", "to", "timezone"];
        for name in table.keys().filter(|name| !known.contains(&name.get_ref().as_ref())) {
            r.unknown(name.span(), name.get_ref(), "key of `[[travel]]`", known);
        }
        let mut need = |key: &str| {
            let found = table.get(key);
            if found.is_none() {
                r.wrong(Mistake::new(entry.span(), format!("`[[travel]]` needs `{key}`"), format!("no `{key}` here")));
            }
            found
        };
        let (Some(from), Some(to), Some(zone)) = (need("from"), need("to"), need("timezone")) else { continue };
        let dates = (r.date(from, "from"), r.date(to, "to"), r.zone(zone, "timezone"));
        let (Some(first), Some(last), Some(zone)) = dates else { continue };
        if last < first {
            r.wrong(Mistake::new(to.span(), "`to` lies before `from`", "the last day of the journey"));
        } else if first.year() < 1900 || last.year() > 2200 {
            r.wrong(Mistake::new(
                from.span(),
                "`[[travel]]` must lie between the years 1900 and 2200",
                "not in that range",
            ));
        }
        c.travel.push((first..=last, zone));
    }
}

fn people(v: &Value, c: &mut Config, r: &mut Reader) {
    let Some(table) = r.table(v, "people") else { return };
    for (name, value) in table {
        let members = addresses(value, &format!("people.{}", name.get_ref()), r);
        // Rules write `@name`.
        let group = name.get_ref().trim_start_matches('@');
        let slip = |known: &&&str| {
            *group != ***known && [group, &format!("{group}s")].iter().any(|g| g.eq_ignore_ascii_case(known))
        };
        if let Some(known) = KNOWN_GROUPS.iter().find(slip) {
            let message = format!("`{group}` is nearly the group `{known}`, which would stay empty");
            r.wrong(Mistake::new(name.span(), message, "another group").help(format!("write `{known}`")));
        }
        c.people.groups.insert(group.to_string(), members);
    }
}
