//! Which addresses a configuration may name. The reasons are a few words that hold nothing of the address.

use url::{Host, Url};

/// The address of a feed: `https`, `webcal` (which is read as `https`), or plain `http` on this machine with
/// `allow_private`; without a name or a password in it.
///
/// # Errors
/// Why it cannot be one, in words that hold nothing of it.
pub fn feed(text: &str, allow_private: bool) -> Result<Url, &'static str> {
    // Read as `https` before it is parsed, because only then hosts such as `2130706433` are seen to be numbers.
    let text = text.trim();
    let webcal = text.get(..9).filter(|scheme| scheme.eq_ignore_ascii_case("webcal://"));
    let url = match webcal {
        Some(scheme) => Url::parse(&format!("https://{}", &text[scheme.len()..])),
        None => Url::parse(text),
    };
    let url = url.map_err(|_| "it is not an address such as `https://…`")?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) && allow_private => {}
        "http" if is_loopback(&url) => return Err("plain `http` on this machine needs `allow_private = true`"),
        "http" => return Err("it is plain `http`, which shows the calendar to everybody on the way"),
        _ => return Err("it begins neither with `https:` nor with `webcal:`"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user name or a password");
    }
    url.host().is_some().then_some(url).ok_or("it names no host")
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
        let user = "it holds a user name or a password";
        for (text, allow_private, expected) in [
            ("https://example.com/a.ics", false, Ok("https://example.com/a.ics")),
            (" webcal://example.com/a.ics", false, Ok("https://example.com/a.ics")),
            ("WebCal://2130706433/a.ics", false, Ok("https://127.0.0.1/a.ics")),
            ("https://0x7f.1/a.ics", false, Ok("https://127.0.0.1/a.ics")),
            ("http://127.0.0.1:8080/a.ics", true, Ok("http://127.0.0.1:8080/a.ics")),
            ("http://[::1]/a.ics", true, Ok("http://[::1]/a.ics")),
            ("http://127.0.0.1/a.ics", false, Err(wanted)),
            ("http://10.0.0.1/a.ics", true, Err(plain)),
            ("http://example.com/a.ics", true, Err(plain)),
            ("http://localhost.example.com/", true, Err(plain)),
            ("ftp://example.com/a.ics", true, Err(scheme)),
            ("file:///etc/passwd", true, Err(scheme)),
            ("https://ada@example.com/", false, Err(user)),
            ("webcal://:pw@example.com/", false, Err(user)),
            ("example.com/a.ics", false, Err("it is not an address such as `https://…`")),
            ("https://", false, Err("it is not an address such as `https://…`")),
        ] {
            let found = feed(text, allow_private);
            assert_eq!(found.as_ref().map(Url::as_str).map_err(|why| *why), expected, "{text}");
        }
    }
}
