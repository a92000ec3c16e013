//! Content lines (RFC 5545 §3.1): unfolding, names, parameters, values. Copies only what was folded or escaped.

use super::decode::text;
use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// The logical lines of a file.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    number: usize,
}

/// One unfolded line and the number of its first physical line, from 1.
pub(super) struct Line<'a> {
    pub number: usize,
    pub bytes: Cow<'a, [u8]>,
}

impl<'a> Lines<'a> {
    pub fn new(bytes: &'a [u8]) -> Lines<'a> {
        Lines { bytes, at: 0, number: 0 }
    }

    fn physical(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        self.number += 1;
        let Some(end) = memchr2(b'\n', b'\r', rest) else {
            self.at = self.bytes.len();
            return rest;
        };
        let mut next = end;
        // Files that were converted twice end their lines with CR CR LF.
        while rest.get(next) == Some(&b'\r') {
            next += 1;
        }
        if rest.get(next) == Some(&b'\n') {
            next += 1;
        }
        self.at += next;
        &rest[..end]
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let first = self.physical();
        let mut line = Line { number: self.number, bytes: Cow::Borrowed(first) };
        while let Some(b' ' | b'\t') = self.bytes.get(self.at) {
            let more = self.physical();
            line.bytes.to_mut().extend_from_slice(&more[1..]);
        }
        Some(line)
    }
}

/// A line in its three parts; `params` starts with `;` unless it is empty.
#[derive(Clone, Copy)]
pub(super) struct Property<'a> {
    pub name: &'a [u8],
    pub params: &'a [u8],
    pub value: &'a [u8],
}

impl<'a> Property<'a> {
    /// `None` for a line without a colon.
    pub fn split(line: &'a [u8]) -> Option<Property<'a>> {
        let end = memchr2(b':', b';', line)?;
        let name = line[..end].trim_ascii();
        let rest = &line[end..];
        let colon = if rest[0] == b':' { 0 } else { unquoted(rest, b':').or_else(|| memchr(b':', rest))? };
        Some(Property { name, params: &rest[..colon], value: &rest[colon + 1..] })
    }

    /// The first value of a parameter, without quotes, with the escapes of RFC 6868 undone.
    pub fn param(&self, name: &str) -> Option<Cow<'a, str>> {
        self.params().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// All parameters in order, their values as [`Property::param`] gives them.
    pub fn params(&self) -> impl Iterator<Item = (&'a [u8], Cow<'a, str>)> + use<'a> {
        let mut rest = self.params;
        std::iter::from_fn(move || {
            while let Some((b';', tail)) = rest.split_first() {
                let end = unquoted(tail, b';').unwrap_or(tail.len());
                let (one, more) = tail.split_at(end);
                rest = more;
                if let Some(equals) = memchr(b'=', one) {
                    return Some((one[..equals].trim_ascii(), uncaret(unquote(&one[equals + 1..]))));
                }
            }
            None
        })
    }
}

fn unquoted(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = memchr2(wanted, b'"', &bytes[from..]) {
        let at = from + found;
        if bytes[at] == wanted {
            return Some(at);
        }
        // A quote that no other closes is a letter, and hides nothing that follows.
        from = closing(bytes, at, wanted).unwrap_or(at) + 1;
    }
    None
}

/// Where the quoted text that begins at `open` ends. Quotes stand around whole values: one that does not come after `=` or
/// `,` opens nothing, one that something else follows closes nothing, and the next one that opens says that this one was
/// left open.
fn closing(bytes: &[u8], open: usize, wanted: u8) -> Option<usize> {
    let opens = |at: usize| matches!(bytes[..at].trim_ascii_end().last(), Some(b'=' | b','));
    let closes = |at: usize| match bytes[at + 1..].trim_ascii_start().first() {
        Some(next) => matches!(next, b';' | b':' | b','),
        // A value must still follow.
        None => wanted != b':',
    };
    let mut from = open + 1;
    while opens(open) {
        let at = from + memchr(b'"', &bytes[from..])?;
        if closes(at) && (at == open + 1 || !opens(at)) {
            return Some(at);
        }
        if opens(at) {
            return None;
        }
        from = at + 1;
    }
    None
}

fn unquote(value: &[u8]) -> &[u8] {
    let value = value.trim_ascii();
    match value {
        [b'"', inner @ .., b'"'] => inner,
        [b'"', inner @ ..] => inner,
        _ => value,
    }
}

fn uncaret(value: &[u8]) -> Cow<'_, str> {
    let value = text(value);
    if !value.contains('^') {
        return value;
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = &*value;
    while let Some(at) = rest.find('^') {
        out.push_str(&rest[..at]);
        let (plain, length) = match rest.as_bytes().get(at + 1) {
            Some(b'n') => ("\n", 2),
            Some(b'\'') => ("\"", 2),
            Some(b'^') => ("^", 2),
            _ => ("^", 1),
        };
        out.push_str(plain);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A TEXT value with its escapes undone (RFC 5545 §3.3.11); a backslash before anything else stays.
pub(super) fn unescape(value: &[u8]) -> String {
    let value = text(value);
    if memchr(b'\\', value.as_bytes()).is_none() {
        return value.into_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = &*value;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let (plain, length) = match rest.as_bytes().get(at + 1) {
            Some(b'n' | b'N') => ("\n", 2),
            Some(b',') => (",", 2),
            Some(b';') => (";", 2),
            Some(b':') => (":", 2),
            Some(b'\\') => ("\\", 2),
            _ => ("\\", 1),
        };
        out.push_str(plain);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

/// The entries of a list of TEXT values: split at commas that no backslash stands before.
pub(super) fn text_list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let mut from = 0;
        while let Some(found) = memchr2(b',', b'\\', &bytes[from..]) {
            let at = from + found;
            if bytes[at] == b',' {
                rest = Some(&bytes[at + 1..]);
                return Some(&bytes[..at]);
            }
            from = (at + 2).min(bytes.len());
        }
        rest = None;
        Some(bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(usize, String)> {
        Lines::new(text).map(|l| (l.number, String::from_utf8_lossy(&l.bytes).into_owned())).collect()
    }

    #[test]
    fn unfolds_whatever_ends_the_lines() {
        for text in ["A:1\r\n 2\r\nB:3", "A:1\n\t2\nB:3\n", "A:1\r 2\rB:3\r", "A:1\r\r\n 2\r\r\nB:3"] {
            assert_eq!(lines(text.as_bytes()), [(1, "A:12".into()), (3, "B:3".into())], "{text:?}");
        }
        assert_eq!(lines("A:\u{fc}".as_bytes()), lines(b"A:\xC3\r\n \xBC"), "a fold may cut a character");
    }

    #[test]
    fn parameters_may_hide_colons_and_carets() {
        let line = br#"ATTENDEE;CN="a;b: ^'c^' ^n^^";ROLE=CHAIR:mailto:x@y"#;
        let property = Property::split(line).unwrap();
        assert_eq!((property.name, property.value), (&b"ATTENDEE"[..], &b"mailto:x@y"[..]));
        assert_eq!(property.param("cn").unwrap(), "a;b: \"c\" \n^");
        assert_eq!(property.param("role").unwrap(), "CHAIR");
        assert_eq!(Property::split(b"A;B=\"c:d").unwrap().value, b"d");
        assert!(Property::split(b"nothing").is_none());
    }

    #[test]
    fn an_open_quote_swallows_nothing_behind_it() {
        let read = |line: &str| {
            let property = Property::split(line.as_bytes()).unwrap();
            let answer = property.param("PARTSTAT").map(|answer| answer.into_owned());
            (answer.unwrap_or_default(), String::from_utf8(property.value.to_vec()).unwrap())
        };
        let declined = ("DECLINED".to_owned(), "mailto:a@x.example".to_owned());
        for line in [
            r#"ATTENDEE;S="3.7;Invalid";INVALID CALENDAR USER";PARTSTAT=DECLINED:mailto:a@x.example"#,
            r#"ATTENDEE;CN="Ada;PARTSTAT=DECLINED:mailto:a@x.example"#,
            r#"ATTENDEE;CN="Ada;PARTSTAT=DECLINED;ROLE="CHAIR":mailto:a@x.example"#,
            r#"ATTENDEE;SENT-BY="mailto:b@x.example";CN="Ada;PARTSTAT=DECLINED:mailto:a@x.example"#,
            r#"ATTENDEE;CN=A"da;PARTSTAT=DECLINED:mailto:a@x.example"#,
            r#"ATTENDEE;CN="Ada "C" L: x;y";PARTSTAT=DECLINED:mailto:a@x.example"#,
            r#"ATTENDEE;CN="";PARTSTAT="DECLINED":mailto:a@x.example"#,
            r#"ATTENDEE;MEMBER="mailto:b@x.example","mailto:c@x.example";PARTSTAT=DECLINED:mailto:a@x.example"#,
        ] {
            assert_eq!(read(line), declined, "{line}");
        }
        let (answer, value) = read(r#"ATTENDEE;CN="Ada;PARTSTAT=DECLINED:mailto:"a@x.example""#);
        assert_eq!((answer.as_str(), value.as_str()), ("DECLINED", r#"mailto:"a@x.example""#));
        // What is quoted well stays hidden.
        assert_eq!(read(r#"ATTENDEE;CN="Ada;PARTSTAT=DECLINED: no":mailto:a@x.example"#).0, "");
    }

    #[test]
    fn text_escapes() {
        assert_eq!(unescape(br"a\,b\;c\nd\\e\x\"), "a,b;c\nd\\e\\x\\");
        let list: Vec<_> = text_list(br"a\,b,c,,\").collect();
        assert_eq!(list, [&br"a\,b"[..], b"c", b"", br"\"]);
    }
}
