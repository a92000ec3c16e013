//! Content lines (RFC 5545 §3.1): unfolding, names, parameters, values. Copies only what was folded or escaped.

use super::decode::{declared, text};
use super::value::Form;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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
    pub(super) fn new(bytes: &'a [u8]) -> Lines<'a> {
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
        loop {
            // Blanks at the end of a line are none of the text (RFC 2045 §6.7).
            let text = line.bytes.trim_ascii_end();
            let soft = (text.ends_with(b"=") && self.goes_on_behind(&line.bytes)).then(|| text.len() - 1);
            if soft.is_none() && !matches!(self.bytes.get(self.at), Some(b' ' | b'\t')) {
                return Some(line);
            }
            let more = self.physical();
            let whole = line.bytes.to_mut();
            whole.truncate(soft.unwrap_or(whole.len()));
            whole.extend_from_slice(if soft.is_some() { more } else { &more[1..] });
        }
    }
}

/// What no quoted-printable text goes on with: a value that merely ends with `=` must not swallow its event.
const NEXT: [&[u8]; 7] = [b"BEGIN:", b"END:", b"UID:", b"DTSTART", b"DTEND", b"DTSTAMP:", b"RRULE:"];
/// The same only in capitals, as vCalendar writes them: a text may well go on with "Location: Room 1".
const NEXT_IN_CAPITALS: [&[u8]; 8] =
    [b"LOCATION:", b"LOCATION;", b"SUMMARY:", b"SUMMARY;", b"DESCRIPTION:", b"DESCRIPTION;", b"CATEGORIES:", b"CLASS:"];

impl Lines<'_> {
    /// `line` ends with a soft line break (RFC 2045 §6.7), so that the next line is part of its quoted-printable value.
    fn goes_on_behind(&self, line: &[u8]) -> bool {
        let rest = &self.bytes[self.at..];
        let next = |begins: &&[u8]| rest.get(..begins.len()).is_some_and(|start| start.eq_ignore_ascii_case(begins));
        !rest.is_empty()
            && !NEXT.iter().any(next)
            && !NEXT_IN_CAPITALS.iter().any(|begins| rest.starts_with(begins))
            && Property::split(line).is_some_and(|property| property.is_quoted_printable())
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
    pub(super) fn split(line: &'a [u8]) -> Option<Property<'a>> {
        let end = memchr2(b':', b';', line)?;
        let name = line[..end].trim_ascii();
        let rest = &line[end..];
        let colon = if rest[0] == b':' { 0 } else { unquoted(rest, b':').or_else(|| memchr(b':', rest))? };
        let behind = behind_brackets(rest, colon).or_else(|| behind_scheme(rest, colon));
        let colon = behind.or_else(|| behind_name(name, rest, colon)).unwrap_or(colon);
        Some(Property { name, params: &rest[..colon], value: &rest[colon + 1..] })
    }

    /// The first value of a parameter, without quotes, with the escapes of RFC 6868 undone.
    pub(super) fn param(&self, name: &str) -> Option<Cow<'a, str>> {
        self.params().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// The value is written as quoted-printable; vCalendar 1.0 has the word alone, too.
    fn is_quoted_printable(&self) -> bool {
        let is = |word: &[u8]| word.trim_ascii().eq_ignore_ascii_case(b"QUOTED-PRINTABLE");
        self.param("ENCODING").is_some_and(|encoding| is(encoding.as_bytes()))
            || self.params.split(|byte| *byte == b';').any(is)
    }

    fn is_base64(&self) -> bool {
        let is = |encoding: Cow<str>| ["B", "BASE64"].iter().any(|word| encoding.trim().eq_ignore_ascii_case(word));
        self.param("ENCODING").is_some_and(is)
    }

    /// The value of a text with its transfer encoding undone (vCalendar 1.0: ENCODING, CHARSET), and what of it is guessed;
    /// escapes stay.
    pub(super) fn plain(&self) -> (Cow<'a, [u8]>, Option<Form>) {
        if self.params.is_empty() {
            return (Cow::Borrowed(self.value), None);
        }
        let bytes = if self.is_quoted_printable() {
            // A soft break that nothing follows is no sign of the text.
            Cow::Owned(unquoted_printable(self.value.strip_suffix(b"=").unwrap_or(self.value)))
        } else if self.is_base64()
            && let Ok(plain) = STANDARD.decode(self.value.trim_ascii())
        {
            Cow::Owned(plain)
        } else {
            Cow::Borrowed(self.value)
        };
        declared(bytes, &self.param("CHARSET").unwrap_or_default())
    }

    /// A line of a guest that says what it answered.
    pub(super) fn is_answered(&self) -> bool {
        self.params().any(|(name, word)| super::person::is_answer(name) && !word.trim().is_empty())
    }

    /// It is no UTF-8, and does not say what else.
    pub(super) fn is_guessed(&self) -> bool {
        [self.name, self.params, self.value].iter().any(|part| std::str::from_utf8(part).is_err())
            && self.param("CHARSET").is_none()
    }

    /// All parameters in order, their values as [`Property::param`] gives them.
    pub(super) fn params(&self) -> impl Iterator<Item = (&'a [u8], Cow<'a, str>)> + use<'a> {
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

/// Quoted-printable undone (RFC 2045 §6.7), with lines that end in LF; a `=` without two digits stays, where the crate of that
/// name drops it or gives up.
fn unquoted_printable(value: &[u8]) -> Vec<u8> {
    let digit = |at: usize| value.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'=', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out.retain(|byte| *byte != b'\r');
    out
}

/// The colon that ends the parameters where the first one stands in brackets that are still open, as in
/// `TZID=(UTC-05:00) Eastern Time`, which should be in quotes.
fn behind_brackets(rest: &[u8], colon: usize) -> Option<usize> {
    let open = memchr::memrchr(b'(', &rest[..colon])?;
    if memchr(b')', &rest[open..colon]).is_some() || memchr(b'"', &rest[..colon]).is_some() {
        return None;
    }
    let close = colon + memchr(b')', &rest[colon..])?;
    Some(close + memchr(b':', &rest[close..])?)
}

/// The same where it ends a scheme, as in `TZID=tzone://Microsoft/Utc`.
fn behind_scheme(rest: &[u8], colon: usize) -> Option<usize> {
    let scheme = colon > 0 && rest[colon..].starts_with(b"://");
    let value = memchr::memrchr(b'=', &rest[..colon]).filter(|_| scheme)?;
    rest[value + 1..colon].iter().all(u8::is_ascii_alphanumeric).then_some(())?;
    Some(colon + 1 + memchr(b':', &rest[colon + 1..])?)
}

/// The same in the line of a person, where it stands in a name or an address that should be in quotes, as in
/// `CN=Ada: CTO;PARTSTAT=DECLINED:mailto:…` and `SENT-BY=mailto:…;PARTSTAT=DECLINED:mailto:…`.
fn behind_name(name: &[u8], rest: &[u8], colon: usize) -> Option<usize> {
    const MAIL: &[u8] = b":mailto:";
    let starts = |at: usize| rest.get(at..at + MAIL.len()).is_some_and(|text| text.eq_ignore_ascii_case(MAIL));
    let is_person = [&b"ATTENDEE"[..], b"ORGANIZER"].iter().any(|known| name.eq_ignore_ascii_case(known));
    if colon == 0 || !is_person || starts(colon) {
        return None;
    }
    memchr::memchr_iter(b':', &rest[colon..]).map(|at| colon + at).rfind(|at| starts(*at))
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
        // Neither does a colon that should be in quotes.
        for line in [
            "ATTENDEE;CN=Lovelace, Ada: CTO;PARTSTAT=DECLINED:mailto:a@x.example",
            "ATTENDEE;SENT-BY=mailto:b@x.example;PARTSTAT=DECLINED:mailto:a@x.example",
            "ATTENDEE;DELEGATED-FROM=MAILTO:b@x.example;PARTSTAT=DECLINED:mailto:a@x.example",
        ] {
            assert_eq!(read(line), declined, "{line}");
        }
        assert_eq!(read("ATTENDEE;CN=Ada:mailto:mailto:a@x.example").1, "mailto:mailto:a@x.example");
        assert_eq!(read("ATTENDEE;CN=Ada:invalid:nomail").1, "invalid:nomail");
        assert_eq!(read("DESCRIPTION;LANGUAGE=en:write to:mailto:a@x.example").1, "write to:mailto:a@x.example");
        // What is quoted well stays hidden.
        assert_eq!(read(r#"ATTENDEE;CN="Ada;PARTSTAT=DECLINED: no":mailto:a@x.example"#).0, "");
    }

    #[test]
    fn text_escapes() {
        assert_eq!(unescape(br"a\,b\;c\nd\\e\x\"), "a,b;c\nd\\e\\x\\");
        let list: Vec<_> = text_list(br"a\,b,c,,\").collect();
        assert_eq!(list, [&br"a\,b"[..], b"c", b"", br"\"]);
    }

    #[test]
    fn quoted_printable_values_are_read_as_they_were_meant() {
        let of = |line: &[u8]| unescape(&Property::split(line).unwrap().plain().0);
        for (line, expected) in [
            (&b"SUMMARY;ENCODING=QUOTED-PRINTABLE:Sprint=20planning"[..], "Sprint planning"),
            (b"SUMMARY;CHARSET=UTF-8;ENCODING=quoted-printable:Caf=C3=A9 =E2=80=93 x", "Café – x"),
            (b"SUMMARY;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Caf=E9 =96 x", "Café – x"),
            (b"SUMMARY;CHARSET=windows-1252:Caf\xC3\xA9", "CafÃ©"),
            (b"DESCRIPTION;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo\\, 1=2", "one\ntwo, 1=2"),
            (b"SUMMARY;ENCODING=QUOTED-PRINTABLE:Last words=", "Last words"),
            (b"SUMMARY:Sprint=20planning", "Sprint=20planning"),
            (b"SUMMARY;ENCODING=BASE64:U3ByaW50IHBsYW5uaW5n", "Sprint planning"),
            (b"SUMMARY;CHARSET=ISO-8859-1;ENCODING=b: Q2Fm6Q==", "Café"),
            (b"SUMMARY;ENCODING=BASE64:Sprint planning", "Sprint planning"),
            (b"SUMMARY:U3ByaW50IHBsYW5uaW5n", "U3ByaW50IHBsYW5uaW5n"),
            (b"SUMMARY:a=", "a="),
            (b"SUMMARY;LANGUAGE=en:a=20b", "a=20b"),
        ] {
            assert_eq!(of(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn a_quoted_printable_line_goes_on_behind_its_soft_break_and_no_other_does() {
        let qp = "SUMMARY;ENCODING=QUOTED-PRINTABLE:";
        let text = format!("{qp}Road=\r\nmap=\r\n review\r\nB:2\r\n");
        assert_eq!(lines(text.as_bytes()), [(1, format!("{qp}Roadmap review")), (4, "B:2".into())]);
        let blanks = format!("{qp}Road= \nmap= \t\n review\n");
        assert_eq!(lines(blanks.as_bytes()), [(1, format!("{qp}Roadmap review"))]);
        assert_eq!(lines(b"SUMMARY:a= \nB:2"), [(1, "SUMMARY:a= ".into()), (2, "B:2".into())]);
        assert_eq!(lines(b"SUMMARY:a=\nB:2"), [(1, "SUMMARY:a=".into()), (2, "B:2".into())]);
        let odd = format!("{qp}a=\nEND:VEVENT\n");
        assert_eq!(lines(odd.as_bytes()), [(1, format!("{qp}a=")), (2, "END:VEVENT".into())]);
        let next = format!("{qp}a=20=\nLOCATION:Room 1\n");
        assert_eq!(lines(next.as_bytes()), [(1, format!("{qp}a=20=")), (2, "LOCATION:Room 1".into())]);
        let words = format!("{qp}Roadmap,=20=\nLocation: Room 1\n");
        assert_eq!(lines(words.as_bytes()), [(1, format!("{qp}Roadmap,=20Location: Room 1"))]);
    }
}
