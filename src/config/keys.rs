//! The keys of `vantage.toml`: one line each, and nothing else knows their names.

use super::service::{self, PRIVACY, duration};
use super::{Config, Reader, days, source::sources};
use crate::classify::KNOWN_GROUPS;
use crate::model::{Address, Exact, Palette, Value, Weekday, Weight, domain, list, weekday};
use toml::de::DeTable;

type Set = fn(&Value, &mut Config, &mut Reader);

/// One key of the top level.
pub struct Key {
    pub name: &'static str,
    set: Set,
}

const WEIGHTS: [(&str, Weight); 3] = [("count", Weight::Count), ("half", Weight::Half), ("skip", Weight::Skip)];
const LIKELY: [(&str, bool); 2] = [("count", false), ("unclassified", true)];
const WHILE_AWAY: [(&str, bool); 2] = [("skip", false), ("count", true)];

/// Every key that this version uses.
pub const KEYS: &[Key] = &[
    Key { name: "timezone", set: |v, c, r| c.timezone = r.zone(v, "timezone").or(c.timezone) },
    Key { name: "week_start", set: week_start },
    Key { name: "working_hours", set: days::working_hours },
    Key { name: "focus_block", set: focus_block },
    Key { name: "goal", set: |v, c, r| c.goal = r.share(v, "goal") },
    Key { name: "role", set: role },
    Key { name: "tentative", set: |v, c, r| c.tentative = r.word(v, "tentative", &WEIGHTS).unwrap_or_default() },
    Key { name: "unanswered", set: |v, c, r| c.unanswered = r.word(v, "unanswered", &WEIGHTS).unwrap_or_default() },
    Key { name: "likely", set: |v, c, r| c.likely_open = r.word(v, "likely", &LIKELY).unwrap_or_default() },
    Key { name: "meetings_while_away", set: meetings_while_away },
    Key { name: "all_day_hours", set: all_day_hours },
    Key { name: "my_addresses", set: |v, c, r| c.people.me = addresses(v, "my_addresses", r) },
    Key {
        name: "plus_addresses",
        set: |v, c, r| c.people.no_plus_addresses = r.flag(v, "plus_addresses") == Some(false),
    },
    Key { name: "my_domains", set: my_domains },
    Key { name: "privacy", set: |v, c, r| c.privacy = r.word(v, "privacy", &PRIVACY).unwrap_or_default() },
    Key { name: "palette", set: |v, c, r| c.palette = r.word(v, "palette", &PALETTE).unwrap_or_default() },
    Key {
        name: "fallback_font",
        set: |v, c, r| c.fallback_font = r.text(v, "fallback_font").map(|path| (r.context.home)(path).into()),
    },
    Key { name: "charts_dir", set: service::charts_dir },
    Key { name: "poll", set: service::poll },
    Key { name: "render_at", set: service::render_at },
    Key { name: "retain", set: service::retain },
    Key { name: "travel", set: days::travel },
    Key { name: "people", set: people },
    Key { name: "source", set: |v, c, r| c.sources = sources(v, r) },
    Key { name: "notify", set: service::notify },
    Key { name: "mail", set: service::mail },
];

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
    let first = |day| matches!(day, Weekday::Mon | Weekday::Sun | Weekday::Sat);
    let Some(text) = r.text(v, "week_start") else { return };
    match weekday(text).filter(|day| first(*day)) {
        Some(day) => c.week_start = day,
        None => r.unknown(v.span(), text, "value for `week_start`:", ["monday", "sunday", "saturday"]),
    }
}

fn focus_block(v: &Value, c: &mut Config, r: &mut Reader) {
    let expected = "a length such as \"2h\" or \"90m\"";
    c.focus_block = r.parsed(v, "focus_block", expected, duration).unwrap_or(c.focus_block);
}

fn meetings_while_away(v: &Value, c: &mut Config, r: &mut Reader) {
    c.meet_while_away = r.word(v, "meetings_while_away", &WHILE_AWAY).unwrap_or_default();
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
    for item in list(v) {
        let expected = "a domain such as \"example.com\"";
        match item.get_ref().as_str().filter(|text| domain(text).is_none()).and_then(Address::parse) {
            Some(address) => r
                .mistake(item.span(), format!("`my_domains` must be {expected}"), "this is an address")
                .with_help(format!("write its domain, `\"{}\"`", address.domain())),
            None => c.people.domains.extend(r.parsed(item, "my_domains", expected, domain)),
        }
    }
}

fn people(v: &Value, c: &mut Config, r: &mut Reader) {
    let Some(table) = r.table(v, "people") else { return };
    for (name, value) in table {
        // TOML reads the dot of a bare key as a table in a table.
        if name.get_ref().contains('.') || value.get_ref().is_table() {
            let message = format!("the name of the group `{}` has a dot, and `@a.b` is a domain", name.get_ref());
            let help = "write the name with a `-` instead of the dot";
            r.mistake(name.span(), message, "a dot in a group's name").with_help(help);
            continue;
        }
        let members = addresses(value, &format!("people.{}", name.get_ref()), r);
        // Rules write `@name`.
        let group = name.get_ref().trim_start_matches('@');
        let slip = |known: &&&str| {
            *group != ***known && [group, &format!("{group}s")].iter().any(|g| g.eq_ignore_ascii_case(known))
        };
        if let Some(known) = KNOWN_GROUPS.iter().find(slip) {
            let message = format!("`{group}` is nearly the group `{known}`, which would stay empty");
            r.mistake(name.span(), message, "another group").with_help(format!("write `{known}`"));
        }
        c.people.groups.insert(group.to_string(), members);
    }
}
