//! Who somebody is.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use url::Host;

/// Who somebody is: a mail address in one spelling, or, where none is known, what tells one person of an event from the
/// others: another address, a name, or a place in the list. Only mail addresses have a domain and can be written in rules.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    text: Arc<str>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
enum Kind {
    Mail,
    /// An address of another kind: X.500, `urn:`, `tel:`, a path on a server.
    Other,
    Name,
    Place,
}

/// Written before addresses that have the form of a mail address. A session or chat address names the same account.
const SCHEMES: [&str; 7] = ["mailto", "smtp", "sip", "sips", "im", "xmpp", "acct"];
/// Schemes and words that programs write where they know no address: everybody has the same one.
const NOBODY: [&str; 12] = [
    "invalid",
    "nomail",
    "noemail",
    "no-email",
    "noaddress",
    "no-address",
    "unknown",
    "none",
    "null",
    "undefined",
    "about",
    "nobody",
];

impl Address {
    /// Reads a mail address as people and programs write it: `mailto:Ada@Example.com`, `Ada <ada@example.com>`,
    /// `MAILTO: 'ada@example.com'`, `ada%40example.com`, `ada@münchen.example.`. Blanks, quotes, brackets, letter case and
    /// the way in which a domain is spelled mean nothing. `None` where it is no mail address.
    pub fn parse(text: &str) -> Option<Address> {
        if let Some(plain) = as_programs_write(text) {
            return Some(Address { text: plain.to_ascii_lowercase().into(), kind: Kind::Mail });
        }
        let text = decoded(without_query(text));
        let text = without_entities(&text);
        let bare = bare(in_brackets(&text));
        let (local, domain) = bare.rsplit_once('@')?;
        let around = |c: char| decoration(c) || matches!(c, '(' | ')' | '[' | ']');
        let local = local.trim_matches(around);
        // What stands in parentheses is a comment (RFC 5322 §3.2.2).
        let domain = domain.split('(').next().unwrap_or_default().trim_matches(around);
        let odd = |c: char| c.is_whitespace() || matches!(c, '/' | '<' | '>' | '"');
        let plain = !local.is_empty() && !local.contains(|c: char| c.is_whitespace() || matches!(c, ':' | '<' | '>'));
        let domain = Some(domain_of(domain)).filter(|domain| plain && !domain.is_empty() && !domain.contains(odd))?;
        Some(Address { text: format!("{}@{domain}", lower(local)).into(), kind: Kind::Mail })
    }

    /// What is no mail address but still belongs to one person: X.500, `urn:uuid:…`, `tel:…`, a path on a server. `None`
    /// for what everybody has, such as `invalid:nomail`.
    pub fn other(text: &str) -> Option<Address> {
        let text = decoded(text);
        let text = without_schemes(bare(&text), &["ex", "x500", "mailto", "smtp"]).trim_end_matches('/');
        let scheme =
            text.split_once(':').map(|(scheme, _)| scheme).filter(|s| s.bytes().all(|b| b.is_ascii_alphanumeric()));
        let nobody = NOBODY.iter().any(|word| scheme.unwrap_or(text).eq_ignore_ascii_case(word));
        if nobody || !(scheme.is_some() || text.contains(['/', '='])) {
            return None;
        }
        let mut text = lower(text);
        if text.starts_with("tel:") {
            // Visual separators are no part of a number (RFC 3966 §5.1.1).
            text.retain(|c| !matches!(c, '-' | '.' | '(' | ')' | ' '));
        }
        Some(Address { text: text.into(), kind: Kind::Other })
    }

    /// Somebody of whom only the name is known. `None` for an empty name, and for words that stand for no name.
    pub fn named(name: &str) -> Option<Address> {
        let name = bare(name).split_whitespace().collect::<Vec<_>>().join(" ");
        let is_name = !name.is_empty() && !NOBODY.iter().any(|word| name.eq_ignore_ascii_case(word));
        is_name.then(|| Address { text: lower(&name.nfkc().collect::<String>()).into(), kind: Kind::Name })
    }

    /// Somebody of whom nothing is known but the place in the event's list, from 1.
    pub fn nth(place: usize) -> Address {
        Address { text: format!("guest {place}").into(), kind: Kind::Place }
    }

    /// The whole address; where there is none, what stands for it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A mail address: the same in every event, and in the configuration.
    pub fn is_mail(&self) -> bool {
        self.kind == Kind::Mail
    }

    /// Only a place in one event's list, which says nothing about another event.
    pub fn is_place(&self) -> bool {
        self.kind == Kind::Place
    }

    /// What follows the `@`; empty for what is no mail address.
    pub fn domain(&self) -> &str {
        self.parts().1
    }

    /// `ada+travel@example.com` goes to `ada@example.com` (RFC 5233).
    pub fn is_plus_address_of(&self, other: &Address) -> bool {
        // Asked of every guest: nearly all have no tag.
        if !self.text.as_bytes().contains(&b'+') {
            return false;
        }
        let ((local, domain), (other, at)) = (self.parts(), other.parts());
        local.strip_prefix(other).is_some_and(|tag| tag.starts_with('+')) && !other.is_empty() && domain == at
    }

    fn parts(&self) -> (&str, &str) {
        self.text.rsplit_once('@').filter(|_| self.is_mail()).unwrap_or_default()
    }
}

/// The common case, `mailto:ada@example.com` or the bare address, which needs no second look.
fn as_programs_write(text: &str) -> Option<&str> {
    let head = text.get(..7).filter(|head| head.eq_ignore_ascii_case("mailto:")).map_or(0, str::len);
    let (bare, mut at) = (&text[head..], None);
    for (place, byte) in bare.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'+' => {}
            b'@' if at.is_none() && place > 0 => at = Some(place),
            _ => return None,
        }
    }
    let is_mail = at.is_some_and(|at| at + 1 < bare.len()) && !bare.ends_with('.');
    is_mail.then_some(bare)
}

/// The domain that people mean by `example.com`, `@example.com`, `*.example.com`, `example.com.` or `https://example.com/x`, as
/// `domain_of` spells it. `None` where it is none, as in the address of a person.
pub fn domain(text: &str) -> Option<String> {
    let text = text.trim();
    let (is_page, bare) = match text.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, without_schemes(text, &["mailto"])),
    };
    let bare = bare.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let bare = if is_page { bare.strip_prefix("www.").unwrap_or(bare) } else { bare };
    let domain = domain_of(bare.trim_start_matches(['*', '@', '.']));
    let label =
        |label: &str| !label.is_empty() && !label.contains(|c: char| c.is_whitespace() || "@*<>\",;()".contains(c));
    (domain.contains('.') && domain.split('.').all(label)).then_some(domain)
}

/// A domain in the one spelling that is compared: lower case, punycode, no `@` before it and no dot behind it.
pub(super) fn domain_of(text: &str) -> String {
    let text = text.trim().trim_start_matches('@').trim_end_matches('.');
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    match Host::parse(text) {
        Ok(Host::Domain(domain)) => domain.trim_end_matches('.').to_owned(),
        _ => text.to_lowercase(),
    }
}

fn lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.nfc().collect::<String>().to_lowercase() }
}

/// Characters around an address that are no part of it; some are not even seen.
fn decoration(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\'' | '"' | '\\' | '`' | '´' | '‘' | '’' | '‚' | '“' | '”' | '„' | '«' | '»' | '<' | '>' | ',' | ';'
            | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Without the header fields of a `mailto:` (RFC 6068). Before the `@` a question mark is a letter.
fn without_query(text: &str) -> &str {
    let Some(query) = memchr::memchr(b'?', text.as_bytes()) else { return text };
    let at = [text.find('@'), text.find("%40")].into_iter().flatten().min();
    let query = at.and_then(|at| text[at..].find('?').map(|found| at + found)).filter(|found| *found >= query);
    query.map_or(text, |end| &text[..end])
}

/// Percent signs that encode nothing stay.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

/// `ada@example.com` of `Ada <ada@example.com>`, `Ada (ada@example.com)` and `Ada [ada@example.com]`. In parentheses behind an
/// address stands a comment.
fn in_brackets(text: &str) -> &str {
    let Some((before, inside)) = text.rsplit_once('<') else { return in_parentheses(text) };
    let inside = inside.split('>').next().unwrap_or_default();
    if inside.contains('@') || !before.contains('@') { inside } else { before }
}

fn in_parentheses(text: &str) -> &str {
    let open = text.find('@').and_then(|at| text[..at].rfind(['(', '[']));
    let inside = open.and_then(|open| text[open + 1..].split([')', ']']).next());
    inside.filter(|inside| inside.contains('@')).unwrap_or(text)
}

const ENTITIES: [(&str, &str); 14] = [
    ("&lt;", "<"),
    ("&#60;", "<"),
    ("&#x3c;", "<"),
    ("&gt;", ">"),
    ("&#62;", ">"),
    ("&#x3e;", ">"),
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&#160;", " "),
    ("&amp;", "&"),
    ("&#38;", "&"),
];

/// Brackets and quotes of somebody who wrote them for a web page (HTML §13.1.4).
fn without_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') || !text.contains(';') {
        return Cow::Borrowed(text);
    }
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let is = |name: &str| rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
        let (length, sign) =
            ENTITIES.iter().find(|(name, _)| is(name)).map_or((1, "&"), |(name, sign)| (name.len(), *sign));
        plain.push_str(sign);
        rest = &rest[length..];
    }
    Cow::Owned(plain + rest)
}

/// Without what is written around an address, in any order and however often.
fn bare(text: &str) -> &str {
    without_schemes(text, &SCHEMES)
}

fn without_schemes<'a>(text: &'a str, schemes: &[&str]) -> &'a str {
    let mut text = text.trim_matches(decoration);
    while let Some((scheme, rest)) = text.split_once(':') {
        let scheme = scheme.trim_matches(decoration);
        if !schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
            break;
        }
        // Some take a scheme for the beginning of a web address.
        text = rest.strip_prefix("//").unwrap_or(rest).trim_matches(decoration);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(texts: &[&str]) {
        let wanted = Address::parse(texts[0]);
        assert!(wanted.is_some(), "{texts:?}");
        texts.iter().for_each(|text| assert_eq!(Address::parse(text), wanted, "{text}"));
    }

    #[test]
    fn a_mail_address_has_one_spelling() {
        same(&[
            "ada@example.com",
            "mailto:Ada@Example.COM",
            "MAILTO: ada@example.com ",
            "mailto:\tada@example.com",
            "mailto:'ada@example.com'",
            "mailto:\"ada@example.com\"",
            "‘ada@example.com’",
            "'mailto:ada@example.com'",
            "mailto:<ada@example.com>",
            "mailto:\\\"ada@example.com\\\"",
            "mailto:ada@example.com\\;",
            "mailto:(ada@example.com)",
            "[ada@example.com]",
            "Ada Lovelace <ada@example.com>",
            "mailto:Ada%20Lovelace%20%3Cada@example.com%3E",
            "\"Lovelace, Ada\" <mailto:ada@example.com>",
            "ada@example.com <Ada>",
            "mailto:Ada Meier (ada@example.com)",
            "Ada Meier [ada@example.com]",
            "Ada Meier [mailto:ada@example.com]",
            "Ada (Product) (ada@example.com)",
            "&lt;ada@example.com&gt;",
            "Ada Meier &LT;ada@example.com&gt;",
            "mailto:&quot;Ada Meier&quot; &#60;ada@example.com&#62;",
            "Ada &amp; Co &lt;ada@example.com&gt;",
            "ada@example.com (Ada Lovelace)",
            "smtp:ada@example.com",
            "mailto://ada@example.com",
            "MAILTO:SMTP:ada@example.com",
            "SIP:ada@example.com",
            "ada%40example.com",
            "mailto:ada@example.com?subject=Hi%40you",
            "mailto:ada%40example.com?cc=bo@example.com",
            "ada@example.com.",
            "ada @ example.com;",
            "\u{200b}ada@example.com",
        ]);
        same(&[
            "ada@münchen.example",
            "ada@MÜNCHEN.example",
            "ada@xn--mnchen-3ya.example",
            "ada@m%C3%BCnchen.example.",
        ]);
        same(&["bo.o'brien@example.com", "'bo.o'brien@example.com'"]);
    }

    #[test]
    fn a_domain_is_meant_however_it_is_written() {
        for text in [
            "example.com",
            "EXAMPLE.com",
            " example.com. ",
            "@example.com",
            "*.example.com",
            "*@example.com",
            "@*.example.com",
            ".example.com",
            "https://example.com",
            "https://www.example.com/about?x=1",
            "http://example.com:8080/",
            "mailto:@example.com",
            "example.com/team",
        ] {
            assert_eq!(domain(text).as_deref(), Some("example.com"), "{text}");
        }
        assert_eq!(domain("münchen.example").as_deref(), Some("xn--mnchen-3ya.example"));
        assert_eq!(domain("www.example.com").as_deref(), Some("www.example.com"));
        for text in [
            "",
            "example",
            "ada@example.com",
            "mailto:ada@example.com",
            "*",
            "*.example.*",
            "a..b",
            "example com.de",
            "@",
        ] {
            assert_eq!(domain(text), None, "{text}");
        }
    }

    #[test]
    fn letters_of_the_address_itself_stay() {
        let text = |text: &str| Address::parse(text).unwrap().as_str().to_owned();
        assert_eq!(text("o'brien@example.com"), "o'brien@example.com");
        assert_eq!(text("50%off@example.com"), "50%off@example.com");
        assert_eq!(text("who?@example.com"), "who?@example.com");
        assert_eq!(text("r&d@example.com"), "r&d@example.com");
        assert_eq!(text("r&d;x@example.com"), "r&d;x@example.com");
        assert_eq!(text("ada@example.com (product)"), "ada@example.com");
        assert_eq!(text("ada+travel@example.com"), "ada+travel@example.com");
        assert_ne!(Address::parse("bo@muenchen.example"), Address::parse("bo@münchen.example"));
    }

    #[test]
    fn what_is_no_mail_address_is_none() {
        for text in [
            "",
            "mailto:",
            "@",
            "ada@",
            "@example.com",
            "invalid:nomail",
            "Ada Lovelace",
            "ada l@example.com",
            "Yoga @ the studio",
            "/principals/users/ada@example.com/",
            "principal:users/ada@example.com",
            "https://ada@example.com/cal",
            "tel:+49301",
        ] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn other_addresses_tell_people_apart_where_they_are_somebodys_own() {
        for (one, other) in [
            ("urn:uuid:1F2E-AB", "URN:UUID:1f2e-ab"),
            ("/o=Acme/ou=Exchange/cn=Recipients/cn=bo", "EX:/O=ACME/OU=Exchange/CN=Recipients/CN=bo"),
            ("mailto:CN=Bo Berg/O=Acme", "CN=Bo Berg/O=Acme"),
            ("tel:+49-30-1234", "tel:+49 30 1234"),
            ("/principals/users/bo/", "/principals/users/bo"),
        ] {
            let found = Address::other(one);
            assert!(found.as_ref().is_some_and(|a| !a.is_mail() && a.domain().is_empty()), "{one}");
            assert_eq!(found, Address::other(other), "{one}");
        }
        for text in ["invalid:nomail", "mailto:nomail", "mailto:", "noemail", "MAILTO:Bo Berg", "about:blank", ""] {
            assert_eq!(Address::other(text), None, "{text}");
        }
        assert_eq!(Address::named(" Bo  Berg "), Address::named("bo berg"));
        assert_eq!((Address::named("  "), Address::named("unknown")), (None, None));
        assert_ne!(Address::named("guest 1"), Some(Address::nth(1)));
        assert!(Address::nth(1).is_place() && Address::named("guest 1").is_some_and(|name| !name.is_place()));
    }

    #[test]
    fn a_plus_address_belongs_to_the_address_without_the_tag() {
        let is = |one: &str, of: &str| Address::parse(one).unwrap().is_plus_address_of(&Address::parse(of).unwrap());
        assert!(is("ada+travel@example.com", "ada@example.com") && is("ada+@example.com", "ada@example.com"));
        assert!(!is("ada@example.com", "ada+travel@example.com") && !is("adam@example.com", "ada@example.com"));
        assert!(!is("ada+travel@example.org", "ada@example.com") && !is("ada@example.com", "ada@example.com"));
    }
}
