//! Another pack in the `extends` of a rules file, every other byte of which stays.

use super::file::BUILTIN;
use toml::de::{DeTable, DeValue};

/// `text` with `pack` among what it extends, and that line alone; `None` where the default rules are not extended, or the
/// pack is already.
pub fn with_pack(text: &str, pack: &str) -> Option<(String, String)> {
    let table = DeTable::parse(text).ok()?;
    let value = table.get_ref().get("extends")?;
    let one = [value.clone()];
    let items = match value.get_ref() {
        DeValue::Array(items) => &items[..],
        _ => &one,
    };
    let names: Vec<&str> = items.iter().filter_map(|item| item.get_ref().as_str()).collect();
    if !names.contains(&BUILTIN[0].0) || names.contains(&pack) {
        return None;
    }
    let written = |name: &&str| toml::Value::from(*name).to_string();
    let all = names.iter().copied().chain([pack]).map(|name| written(&name)).collect::<Vec<_>>().join(", ");
    let line = format!("extends = [{all}]");
    let span = value.span();
    let whole = match (value.get_ref(), items.last()) {
        // Its comments and line breaks stay.
        (DeValue::Array(_), Some(last)) => {
            let end = last.span().end;
            format!("{}, {}{}", &text[..end], written(&pack), &text[end..])
        }
        _ => format!("{}[{all}]{}", &text[..span.start], &text[span.end..]),
    };
    Some((whole, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_joins_what_is_extended() {
        let cases = [
            ("extends = \"default\"\n", "extends = [\"default\", \"de\"]\n"),
            (
                "# mine\nextends = 'default' # why\n[labels]\n",
                "# mine\nextends = [\"default\", \"de\"] # why\n[labels]\n",
            ),
            ("extends = [\n  \"default\", # all\n]\n", "extends = [\n  \"default\", \"de\", # all\n]\n"),
        ];
        for (text, expected) in cases {
            let (whole, line) = with_pack(text, "de").unwrap();
            assert_eq!((whole.as_str(), line.as_str()), (expected, "extends = [\"default\", \"de\"]"));
            assert!(crate::classify::parse("rules.toml", &whole, &[]).is_ok());
            assert_eq!(with_pack(&whole, "de"), None);
        }
        for text in ["", "extends = [\"fr\"]\n", "extends = [\"default\", \"de\"]\n", "extends = 3\n", "extends ="] {
            assert_eq!(with_pack(text, "de"), None, "{text}");
        }
    }
}
