//! The text of a configuration as it may be shown: without passwords, and without the addresses of feeds, which are as
//! good as passwords.

use regex::Regex;
use std::sync::LazyLock;

/// What follows on a line after `url`, in a key of any spelling, or after the `://` of an address; and a password that
/// stands where only its file should be named.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r#"(?i)(?:url\w*["']?[ \t]*=?|://|(?:passw(?:or)?d|passphrase|pwd)\b["']?[ \t]*[=:]?)(.*)$"#;
    Regex::new(pattern).ok()
});
/// A key and what follows its `=`. A longer word than any key may be a part of an address.
static SETTING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^[ \t]*["']?([\w-]{1,20})["']?[ \t]*=(.*)$"#).ok());

/// The keys of a feed that are shown.
const SHOWN: &[&str] = &["name", "path", "allow_private"];

/// `text` with every byte of an address blanked out, so that places in it stay where they are. It reads lines, not TOML,
/// because a text with a syntax error is shown too: in `[[source.ics]]` only the lines of keys that hold no address stay.
pub fn redact(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut feed = false;
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        if start.starts_with('[') {
            feed = ["source", "ics"].iter().all(|word| start.contains(word));
        }
        let secret = found(&SECRET, line, 1).map_or(line.len(), |(at, _)| at);
        let unknown = match (found(&SETTING, line, 1), found(&SETTING, line, 2)) {
            _ if !feed || start.starts_with(['[', '#']) => line.len(),
            (Some((_, key)), _) if SHOWN.contains(&key) => line.len(),
            (_, value) => value.map_or(0, |(at, _)| at),
        };
        let (kept, hidden) = line.split_at(secret.min(unknown));
        shown.push_str(kept);
        blank(hidden, &mut shown);
    }
    shown
}

/// A sentence without the addresses that a person wrote in the wrong place.
pub(super) fn sentence(text: &str) -> String {
    let mut parts = text.split("://");
    let mut shown = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (address, rest) = part.split_at(part.find('`').unwrap_or(part.len()));
        shown.push_str("://");
        blank(address, &mut shown);
        shown.push_str(rest);
    }
    shown
}

fn found<'t>(pattern: &LazyLock<Option<Regex>>, line: &'t str, group: usize) -> Option<(usize, &'t str)> {
    let line = line.trim_end_matches(['\n', '\r']);
    let group = pattern.as_ref()?.captures(line)?.get(group)?;
    Some((group.start(), group.as_str()))
}

fn blank(text: &str, shown: &mut String) {
    for c in text.chars() {
        match c {
            '"' | '\'' | ' ' | '\t' | '\r' | '\n' => shown.push(c),
            _ => (0..c.len_utf8()).for_each(|_| shown.push('*')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_a_setting_shows_an_address() {
        for text in [
            "url = \"https://example.com/CANARY\"",
            "url = 'CANARY/basic.ics' # CANARY",
            "feed_URL=\"CANARY\"",
            "\"url\" = CANARY",
            "url \"CANARY\"",
            "link = \"webcal://CANARY?CANARY=CANARY\"",
            "source = { ics = [{ name = \"a\", url = \"CANARY\" }] }",
            "[[source.ics]]\nulr = \"CANARY\"",
            "[[source.ics]]\nname = \"a\"\nurl = \"\"\"\nCANARY\n CANARY/\"\"\"\n",
            "[[source.ics]\n\"CANARY\"\n= \"CANARY\"",
            "path = \"https://CANARY\"",
            "# url = \"CANARY\"",
            "[mail]\npassword = \"CANARY\"",
            "[mail]\n\"smtp_passwd\" = CANARY",
            "mail = { password: \"CANARY\" }",
        ] {
            let shown = redact(text);
            assert!(!shown.contains("CANARY"), "{shown}");
            assert_eq!(shown.len(), text.len(), "{shown}");
        }
        let text = "privacy = \"titles\"\n[[source.ics]]\nname = \"ä\"\npath = \"~/a.ics\"\nurl = \"ä/x\"\nallow_private = 3\n";
        let expected = "privacy = \"titles\"\n[[source.ics]]\nname = \"ä\"\npath = \"~/a.ics\"\nurl = \"****\"\nallow_private = 3\n";
        assert_eq!(redact(text), expected);
        assert_eq!(redact(super::super::TEMPLATE).len(), super::super::TEMPLATE.len());
    }

    #[test]
    fn a_sentence_keeps_everything_but_addresses() {
        let text = "unknown key `https://CANARY/a` of `x`, or `://CANARY`";
        assert_eq!(sentence(text), "unknown key `https://********` of `x`, or `://******`");
        assert_eq!(sentence("`url` needs a `name`"), "`url` needs a `name`");
    }
}
