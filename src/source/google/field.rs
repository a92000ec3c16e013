//! Fields of Google's objects, which may be of any type.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Reads a field, or leaves it out where its value is of another type than we know: one odd field must not cost the event.
pub(super) fn loose<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    let raw = <&RawValue>::deserialize(from)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// Decodes one JSON object. The reason names no part of it: items are private, and reasons are shown and logged.
pub(super) fn decode<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    // A struct would also be read from a list of its fields.
    let object = json.trim_start().starts_with('{');
    let read = if object { serde_json::from_str(json).ok() } else { None };
    read.ok_or_else(|| "it is not a JSON object".to_owned())
}

/// A text that is there and not empty.
pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
