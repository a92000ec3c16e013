//! Which addresses a configuration may name. The reasons are a few words that hold nothing of the address.

use url::{Host, Url};

/// The address of a feed: `https`, `webcal` or `webcals` (which are read as `https`), or plain `http` on this machine or in
/// a private network with `allow_private`; where a name leads, the connection sees. A name and a password in it are for HTTP Basic.
///
/// # Errors
/// Why it cannot be one, in words that hold nothing of it.
pub fn feed(text: &str, allow_private: bool) -> Result<Url, &'static str> {
    // Read as `https` before it is parsed, because only then hosts such as `2130706433` are seen to be numbers.
    let text = text.trim();
    let webcal = text
        .split_once("://")
        .filter(|(scheme, _)| ["webcal", "webcals"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    let url = match webcal {
        Some((_, rest)) => Url::parse(&format!("https://{rest}")),
        None => Url::parse(text),
    };
    let url = url.map_err(|_| "it is not an address such as `https://…`")?;
    match url.scheme() {
        "https" => {}
        "http" if allow_private && (is_near(&url) || matches!(url.host(), Some(Host::Domain(_)))) => {}
        "http" if is_loopback(&url) => return Err("plain `http` on this machine needs `allow_private = true`"),
        "http" if is_near(&url) => return Err("plain `http` in a private network needs `allow_private = true`"),
        "http" => return Err("it is plain `http`, which shows the calendar to everybody on the way"),
        _ => return Err("it begins neither with `https:` nor with `webcal:`"),
    }
    url.host().is_some().then_some(url).ok_or("it names no host")
}

/// The one thing to change about an address that [`feed`] does not take.
pub fn feed_help(text: &str) -> &'static str {
    let scheme = text.trim().split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    match Url::parse(text.trim()) {
        Ok(url) if url.scheme() == "http" && is_near(&url) => "add `allow_private = true` to this source",
        Ok(url) if url.scheme() == "http" => {
            "write `https://`: servers of calendars answer there too; or, for a server in a private network, add \
             `allow_private = true` to this source"
        }
        _ if scheme == "file" => "write the file as `path` instead",
        _ => "copy the whole address from the calendar's settings: it begins with `https://` or `webcal://`",
    }
}

/// Names that no public name server knows: of one word, or of a domain that is kept for networks of one's own (RFC 6761,
/// RFC 6762, RFC 8375, and those that routers use).
const NEAR: [&str; 8] =
    [".localhost", ".local", ".home.arpa", ".internal", ".lan", ".home", ".intranet", ".localdomain"];

/// The host of `url` is this machine or in a private network, as far as the address says.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            !name.contains('.') || NEAR.iter().any(|domain| name.ends_with(domain))
        }
        // Carrier-grade NAT is what private networks over the internet use (RFC 6598).
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || matches!(ip.octets(), [100, 64..=127, ..]),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        None => false,
    }
}

/// The address of a service that gets a token: encrypted, or not off this machine.
///
/// # Errors
/// Why it cannot be one.
pub(super) fn service(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "this is not an address")?;
    match url.scheme() {
        _ if url.host().is_none() => Err("this names no host"),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err("plain `http` would show the token to everybody on the way; it is for 127.0.0.1 only"),
        _ => Err("this is another scheme"),
    }
}

/// The host of `url` is this machine, by name or by number.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_encrypted_or_on_this_machine() {
        let plain = "it is plain `http`, which shows the calendar to everybody on the way";
        let wanted = "plain `http` on this machine needs `allow_private = true`";
        let scheme = "it begins neither with `https:` nor with `webcal:`";
        let private = "plain `http` in a private network needs `allow_private = true`";
        for (text, allow_private, expected) in [
            ("https://example.com/a.ics", false, Ok("https://example.com/a.ics")),
            (" webcal://example.com/a.ics", false, Ok("https://example.com/a.ics")),
            ("WebCal://2130706433/a.ics", false, Ok("https://127.0.0.1/a.ics")),
            ("https://0x7f.1/a.ics", false, Ok("https://127.0.0.1/a.ics")),
            ("http://127.0.0.1:8080/a.ics", true, Ok("http://127.0.0.1:8080/a.ics")),
            ("http://[::1]/a.ics", true, Ok("http://[::1]/a.ics")),
            ("http://127.0.0.1/a.ics", false, Err(wanted)),
            ("WebCals://example.com/a.ics", false, Ok("https://example.com/a.ics")),
            ("http://10.0.0.1/a.ics", true, Ok("http://10.0.0.1/a.ics")),
            ("http://nas.local/a.ics", true, Ok("http://nas.local/a.ics")),
            ("http://[fd00::7]/a.ics", true, Ok("http://[fd00::7]/a.ics")),
            ("http://10.0.0.1/a.ics", false, Err(private)),
            ("http://169.254.169.254/a.ics", true, Err(plain)),
            ("http://calendar.corp.example.com/a.ics", true, Ok("http://calendar.corp.example.com/a.ics")),
            ("http://calendar.corp.example.com/a.ics", false, Err(plain)),
            ("http://nas.local.example.com/a.ics", false, Err(plain)),
            ("http://1.1.1.1/a.ics", true, Err(plain)),
            ("http://localhost.example.com/", false, Err(plain)),
            ("ftp://example.com/a.ics", true, Err(scheme)),
            ("file:///etc/passwd", true, Err(scheme)),
            ("https://ada:pw@example.com/", false, Ok("https://ada:pw@example.com/")),
            ("webcal://:pw@example.com/", false, Ok("https://:pw@example.com/")),
            ("http://ada:pw@example.com/", false, Err(plain)),
            ("webcals:example.com", false, Err(scheme)),
            ("example.com/a.ics", false, Err("it is not an address such as `https://…`")),
            ("https://", false, Err("it is not an address such as `https://…`")),
        ] {
            let found = feed(text, allow_private);
            assert_eq!(found.as_ref().map(Url::as_str).map_err(|why| *why), expected, "{text}");
        }
    }
}
