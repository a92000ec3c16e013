//! Characters that are not seen, for terminals, pictures and rules alike.

/// Reorders, hides or tags text: direction marks and overrides, zero-width spaces, soft hyphens, tag characters.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Joins what stands around it, or keeps it apart: Persian, Indic and Mongolian words and families of emoji need them.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{180e}' | '\u{200c}' | '\u{200d}')
}

/// Changes how the character before it is drawn: variation selectors and keycaps.
pub fn is_selector(c: char) -> bool {
    matches!(c, '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// `text` without control characters and what is hidden; joiners stay where scripts need them: behind a letter of theirs, and
/// not before a plain one.
pub fn seen(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    let mut rest = text.chars().filter(|c| !c.is_control() && !is_hidden(*c));
    while let Some(c) = rest.next() {
        let behind = |last: char| !last.is_ascii() && !is_joiner(last);
        let before = || rest.clone().find(|next| !is_joiner(*next)).is_some_and(|next| next.is_ascii_alphanumeric());
        if !is_joiner(c) || (seen.ends_with(behind) && !before()) {
            seen.push(c);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_plays_tricks_goes_and_what_scripts_need_stays() {
        for (text, expected) in [
            ("a\u{202e}evil\u{2066}\u{7}\u{9b}31m\u{200b}", "aevil31m"),
            ("\u{61c}a\u{206a}b\u{e0041}c\u{ad}d", "abcd"),
            ("pay\u{200d}roll \u{200c}x", "payroll x"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            ("🏃\u{200d}♀\u{fe0f} run", "🏃\u{200d}♀\u{fe0f} run"),
            ("അവന്\u{200d} meeting", "അവന്\u{200d} meeting"),
            ("é\u{200d}\u{200d}pay", "épay"),
            ("é\u{200d}pay", "épay"),
            ("\u{200d}é", "é"),
        ] {
            assert_eq!(seen(text), expected, "{text:?}");
        }
    }
}
