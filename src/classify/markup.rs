//! Descriptions are plain text in one calendar and HTML in the next, and neither says so.

use std::borrow::Cow;

/// Tags that stand inside a word as easily as around one; all others end a word.
const INLINE: [&str; 11] = ["a", "b", "em", "font", "i", "s", "small", "span", "strong", "u", "wbr"];
/// The entities that calendars write; all others stay as they are.
const ENTITIES: [(&str, char); 6] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", ' ')];
/// No tag and no entity is read beyond so many bytes: a hostile text must not make the reading quadratic.
const REACH: usize = 4 << 10;

/// `text` without its tags and with its entities read. What only looks like a tag (`<https://…>`, `a < b`) stays. Cheap
/// rather than complete: comments, scripts and rare entities are taken as text.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let next = |text: &str| memchr::memchr2(b'<', b'&', text.as_bytes());
    let Some(mut at) = next(text) else { return Cow::Borrowed(text) };
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    loop {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let (read, length) = tag(tail).or_else(|| entity(tail)).unwrap_or((tail.chars().next(), 1));
        out.extend(read);
        rest = &tail[length..];
        let Some(found) = next(rest) else { break };
        at = found;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The tag at the start of `text`: what stands for it, and its length.
fn tag(text: &str) -> Option<(Option<char>, usize)> {
    let inside = text.strip_prefix('<')?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let end = name.bytes().position(|b| !b.is_ascii_alphanumeric())?;
    let (name, after) = name.split_at(end);
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !named || !after.starts_with(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace()) {
        return None;
    }
    let reach = &after.as_bytes()[..after.len().min(REACH)];
    let length = text.len() - after.len() + memchr::memchr(b'>', reach)? + 1;
    let inline = INLINE.iter().any(|known| known.eq_ignore_ascii_case(name));
    Some(((!inline).then_some('\n'), length))
}

/// The entity at the start of `text`, by name or by number, and its length.
fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(10).position(|b| b == b';')?;
    let name = &inside[..end];
    let read = match name.strip_prefix('#') {
        Some(number) => {
            let hex = number.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
            char::from_u32(code)?
        }
        None => ENTITIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?.1,
    };
    Some((Some(read), end + 2))
}

#[cfg(test)]
mod tests {
    use super::plain;
    use proptest::prelude::*;

    #[test]
    fn tags_go_and_entities_are_read() {
        for (written, read) in [
            ("plain", "plain"),
            ("<b>road</b>map", "roadmap"),
            ("Goals<br>Risks<br/>Dates", "Goals\nRisks\nDates"),
            ("<ul><li>one</li></ul>", "\n\none\n\n"),
            ("<a href=\"https://x.example/?a=1&amp;b=2\">notes</a>", "notes"),
            ("R&amp;D &lt;3 it&#39;s&nbsp;a &#x41;", "R&D <3 it's a A"),
            ("a < b && c > d", "a < b && c > d"),
            (
                "join <https://zoom.example/j/1> or <ada@x.example>",
                "join <https://zoom.example/j/1> or <ada@x.example>",
            ),
            ("&unknown; &#xD800; &; &#; <", "&unknown; &#xD800; &; &#; <"),
            ("<p unclosed", "<p unclosed"),
            ("größer & <p>größer</p>", "größer & \ngrößer\n"),
        ] {
            assert_eq!(plain(written), read, "{written}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[<>&;#/xa1é \\PC]{0,60}") {
            prop_assert!(plain(&text).len() <= text.len());
        }
    }
}
