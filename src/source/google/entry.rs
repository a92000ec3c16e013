//! One entry of the calendar list.

use super::field::{decode, filled, loose};
use crate::model::Role;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A calendar as the calendar list shows it to one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteCalendar {
    pub id: String,
    /// The user's own name for it, else its owner's, else the id.
    pub name: String,
    /// The account's own calendar; its id is the account's address.
    pub primary: bool,
    pub role: Role,
    /// Name of its zone, as Google writes it.
    pub zone: Option<String>,
    /// Shown in the user's calendar.
    pub selected: bool,
    /// Taken off the user's list of calendars.
    pub hidden: bool,
    pub deleted: bool,
    /// Event labels by id; one without a name is not among them.
    pub labels: BTreeMap<String, String>,
    /// The shades of event labels by id.
    pub label_colors: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw {
    #[serde(deserialize_with = "loose")]
    id: Option<String>,
    #[serde(deserialize_with = "loose")]
    summary: Option<String>,
    #[serde(deserialize_with = "loose")]
    summary_override: Option<String>,
    #[serde(deserialize_with = "loose")]
    primary: Option<bool>,
    #[serde(deserialize_with = "loose")]
    access_role: Option<String>,
    #[serde(deserialize_with = "loose")]
    time_zone: Option<String>,
    #[serde(deserialize_with = "loose")]
    selected: Option<bool>,
    #[serde(deserialize_with = "loose")]
    hidden: Option<bool>,
    #[serde(deserialize_with = "loose")]
    deleted: Option<bool>,
    #[serde(deserialize_with = "loose")]
    label_properties: Option<RawLabels>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawLabels {
    #[serde(deserialize_with = "loose")]
    event_labels: Option<Vec<RawLabel>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawLabel {
    #[serde(deserialize_with = "loose")]
    id: Option<String>,
    #[serde(deserialize_with = "loose")]
    name: Option<String>,
    #[serde(deserialize_with = "loose")]
    background_color: Option<String>,
}

/// Reads one entry of an account's calendar list, or a calendar itself, which names the labels too. The error ends the sentence
/// "a calendar was left out: …" and holds nothing of the entry.
pub fn calendar(entry: &str) -> Result<RemoteCalendar, String> {
    let raw: Raw = decode(entry)?;
    let id = filled(raw.id).ok_or("it has no id")?;
    let (mut labels, mut label_colors) = (BTreeMap::new(), BTreeMap::new());
    for label in raw.label_properties.and_then(|labels| labels.event_labels).unwrap_or_default() {
        let Some(key) = filled(label.id) else { continue };
        label_colors.extend(filled(label.background_color).map(|shade| (key.clone(), shade)));
        labels.extend(filled(label.name).map(|name| (key, name)));
    }
    Ok(RemoteCalendar {
        name: filled(raw.summary_override).or(filled(raw.summary)).unwrap_or_else(|| id.clone()),
        id,
        primary: raw.primary == Some(true),
        role: Role::named(raw.access_role.as_deref().unwrap_or_default()),
        zone: filled(raw.time_zone),
        selected: raw.selected == Some(true),
        hidden: raw.hidden == Some(true),
        deleted: raw.deleted == Some(true),
        labels,
        label_colors,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = r##"{"kind":"calendar#calendarListEntry","id":"Ada@example.com","summary":"ada@example.com",
        "summaryOverride":"Work","primary":true,"accessRole":"owner","timeZone":"Europe/Berlin","selected":true,
        "backgroundColor":"#9fe1e7","labelProperties":{"eventLabels":[
        {"id":"l1","name":"Deep work","backgroundColor":"#039be5"},{"id":"l2","backgroundColor":"#d50000"},{"name":"x"}]}}"##;

    #[test]
    fn an_entry_is_read_whole() {
        let read = calendar(ADA).unwrap();
        assert_eq!((read.id.as_str(), read.name.as_str(), read.role), ("Ada@example.com", "Work", Role::Owner));
        assert_eq!(read.zone.as_deref(), Some("Europe/Berlin"));
        assert_eq!((read.primary, read.selected, read.hidden, read.deleted), (true, true, false, false));
        assert_eq!(read.labels, [("l1".to_owned(), "Deep work".to_owned())].into());
        assert_eq!(read.label_colors.len(), 2);
    }

    #[test]
    fn a_name_falls_back_and_roles_are_in_their_order() {
        let named = |json: &str| calendar(json).map(|c| (c.name, c.role));
        let bare = r#"{"id":"bo@example.com","deleted":true,"summary":" ","accessRole":"somethingNew","hidden":"x"}"#;
        assert_eq!(named(bare), Ok(("bo@example.com".into(), Role::Reader)));
        for (word, role) in [
            ("none", Role::FreeBusyReader),
            ("freeBusyReader", Role::FreeBusyReader),
            ("reader", Role::Reader),
            ("writer", Role::Writer),
            ("owner", Role::Owner),
        ] {
            let read = named(&format!(r#"{{"id":"a","summary":"S","accessRole":"{word}"}}"#));
            assert_eq!(read, Ok(("S".into(), role)));
        }
        assert_eq!(named("{}").unwrap_err(), "it has no id");
        assert_eq!(named(r#"["a"]"#).unwrap_err(), "it is not a JSON object");
    }
}
