//! iCalendar feeds: one text by an address, as «secret address» and «publish this calendar» hand it out.
//!
//! The server, and whoever stands between, is not trusted: what an answer may cost, where it may send us, and what may
//! pass for a calendar is bounded here. The address is as good as a password: no sentence holds any of it, nor its host,
//! and of errors below us only the class is told, because their words may hold addresses.

use super::files::gunzip;
use super::public::{Private, Public, Resolver, is_public};
use crate::config::{feed_address, feed_help};
use crate::diagnostic::Secret;
use crate::ical::{Extent, extent};
use crate::model::TroubleKind;
use crate::source::Trouble;
use crate::source::http::{Connector, connector};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use percent_encoding::percent_decode_str;
use std::error::Error;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::time::timeout;
use url::{Host, Url};

const USER_AGENT: &str = concat!("vantage/", env!("CARGO_PKG_VERSION"));
const REDIRECTS: usize = 3;
/// The longest that a server may ask us to wait.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Longest ETag or date that is kept for the next time.
const LONGEST_MARK: usize = 1024;
const AGAIN: &str = "the next sync tries again; if this machine is online, look for a typo in the `url` of the source";
const NO_TLS: &str = "the next sync tries again; in its `url`, write `http://` if this server has no TLS";
const COPY: &str = "copy the secret address again from the calendar's settings: it may have been reset";
const SIGN_IN: &str = "write the name and the password into its `url`: `https://NAME:PASSWORD@…`";
const LOOK: &str = "open the address in a browser: what comes must begin with `BEGIN:VCALENDAR`";
const LANDED: &str = "open the address in a browser, and write the one that it ends at as the `url` of this source";

/// One feed.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    pub url: &'a Secret,
    /// The feed may be on this machine or in a private network.
    pub allow_private: bool,
}

/// What a server answered. No `Debug`: a calendar holds titles.
pub enum Fetched {
    /// The text is the one whose marks were sent along.
    Unchanged,
    /// A whole iCalendar text, with the marks to send along next time.
    Text { bytes: Vec<u8>, etag: Option<String>, last_modified: Option<String> },
}

/// What one call may cost. How long a connection may take, the connector bounds.
#[derive(Clone, Copy)]
struct Limits {
    /// The whole call, redirects included.
    call: Duration,
    /// From one sign of life of the server to the next.
    stall: Duration,
    /// Bytes of a body, as it was sent.
    most: usize,
}

const LIMITS: Limits = Limits { call: Duration::from_secs(120), stall: Duration::from_secs(30), most: 32 << 20 };
/// What the text was when it was fetched last, by the headers that ask for a newer one.
type Marks<'a> = [(HeaderName, Option<&'a str>); 2];
/// Heads, chunk sizes and the like.
const AROUND: u64 = 1 << 20;

impl Feed<'_> {
    /// Asks for the text, or for nothing where it is still the one with the marks `etag` and `last_modified`.
    ///
    /// # Errors
    /// [`TroubleKind::Configuration`] where the address may not be asked, [`TroubleKind::Inaccessible`] where nothing is there for us,
    /// [`TroubleKind::RateLimited`], [`TroubleKind::Offline`], [`TroubleKind::Transient`] (also for answers that were cut off or are no
    /// calendar but a web page), [`TroubleKind::Unexpected`].
    pub async fn fetch(&self, etag: Option<&str>, last_modified: Option<&str>) -> Result<Fetched, Trouble> {
        self.within(&LIMITS, &[(header::IF_NONE_MATCH, etag), (header::IF_MODIFIED_SINCE, last_modified)]).await
    }

    async fn within(&self, limits: &Limits, marks: &Marks<'_>) -> Result<Fetched, Trouble> {
        in_time(limits.call, self.follow(limits, marks)).await?
    }

    async fn follow(&self, limits: &Limits, marks: &Marks<'_>) -> Result<Fetched, Trouble> {
        let mut url = feed_address(self.url.expose(), self.allow_private).map_err(|why| {
            let help = feed_help(self.url.expose());
            Trouble::new(TroubleKind::Configuration, format!("the feed's address cannot be used: {why}")).help(help)
        })?;
        let door = Door::take(&mut url);
        for _ in 0..=REDIRECTS {
            self.allowed(&url)?;
            let answer = self.ask(&url, &door, limits, marks).await.map_err(|trouble| self.without_tls(trouble))?;
            let moved = answer.status().is_redirection() && answer.status() != StatusCode::NOT_MODIFIED;
            match answer.headers().get(header::LOCATION) {
                Some(to) if moved => url = redirected(&url, to.as_bytes())?,
                _ => return judge(answer, limits, marks.iter().any(|(_, mark)| mark.is_some()), &door).await,
            }
        }
        let sentence = format!("the feed's server redirected more than {REDIRECTS} times");
        Err(Trouble::new(TroubleKind::Unexpected, sentence).help(LANDED))
    }

    async fn ask(
        &self,
        url: &Url,
        door: &Door,
        limits: &Limits,
        marks: &Marks<'_>,
    ) -> Result<Response<Incoming>, Trouble> {
        // What is not encrypted stays near, wherever its name leads.
        let resolver = Resolver { allow_private: self.allow_private, only_private: url.scheme() == "http" };
        let client = Client::builder(TokioExecutor::new()).build(connector(resolver, limits.most as u64 + AROUND)?);
        ask(&client, url, door.key(url), limits, marks).await
    }

    /// `webcal:` says nothing of encryption, and is asked with it: a server that has none cannot answer.
    fn without_tls(&self, trouble: Trouble) -> Trouble {
        let scheme = self.url.expose().trim().split_once(':').map_or("", |(scheme, _)| scheme);
        match trouble.kind {
            TroubleKind::Offline | TroubleKind::Transient if scheme.eq_ignore_ascii_case("webcal") => {
                trouble.help(NO_TLS)
            }
            _ => trouble,
        }
    }

    /// Names are judged by [`Resolver`]; numbers never come to it.
    fn allowed(&self, url: &Url) -> Result<(), Trouble> {
        let public = match url.host() {
            Some(Host::Ipv4(ip)) => is_public(ip.into()),
            Some(Host::Ipv6(ip)) => is_public(ip.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if public || self.allow_private { Ok(()) } else { Err(private()) }
    }
}

fn private() -> Trouble {
    let sentence = "the feed's address leads to this machine or into a private network";
    Trouble::new(TroubleKind::Configuration, sentence)
        .help("if that is meant, add `allow_private = true` to the source")
}

fn far() -> Trouble {
    let sentence =
        "the feed's name leads out of the private network, where plain `http` shows the calendar to everybody";
    Trouble::new(TroubleKind::Configuration, sentence).help("write its address with `https://`")
}

/// Name and password of a feed, and the only server that is told them.
struct Door {
    of: url::Origin,
    key: Option<HeaderValue>,
}

impl Door {
    /// Takes name and password out of `url`, as the header of HTTP Basic (RFC 7617).
    fn take(url: &mut Url) -> Door {
        let part = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
        let (name, password) = (part(url.username()), part(url.password().unwrap_or_default()));
        let given = !url.username().is_empty() || url.password().is_some();
        let text = STANDARD.encode([&*name, b":", &*password].concat());
        let mut key = HeaderValue::from_str(&format!("Basic {text}")).ok().filter(|_| given);
        if let Some(key) = &mut key {
            key.set_sensitive(true);
        }
        // An address without a host is refused before; only such a one keeps them.
        let _ = (url.set_username(""), url.set_password(None));
        Door { of: url.origin(), key }
    }

    /// What the server of `url` is told.
    fn key(&self, url: &Url) -> Option<&HeaderValue> {
        self.key.as_ref().filter(|_| url.origin() == self.of)
    }
}

/// Where an answer sends us: to another page of the same server, or encrypted to any.
fn redirected(from: &Url, to: &[u8]) -> Result<Url, Trouble> {
    let refused = |sentence: &str| Trouble::new(TroubleKind::Configuration, sentence).help(LANDED);
    let to = std::str::from_utf8(to).ok().and_then(|to| from.join(to).ok());
    match to {
        Some(to) if !to.username().is_empty() || to.password().is_some() => {
            Err(refused("the feed's server redirected to an address with a name in it, which was not followed"))
        }
        Some(to) if to.scheme() == "https" || to.origin() == from.origin() => Ok(to),
        Some(to) if to.scheme() == "http" => Err(refused(
            "the feed's server redirected to plain `http`, which shows the calendar to everybody on the way",
        )),
        _ => Err(refused("the feed's server redirected to what is no address of a feed, which was not followed")),
    }
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Trouble> {
    let sentence = || format!("the feed's server did not answer within {} seconds", limit.as_secs());
    timeout(limit, work).await.map_err(|_| Trouble::new(TroubleKind::Transient, sentence()).help(AGAIN))
}

type Asking = Client<Connector<Resolver>, Empty<Bytes>>;

async fn ask(
    client: &Asking,
    url: &Url,
    key: Option<&HeaderValue>,
    limits: &Limits,
    marks: &Marks<'_>,
) -> Result<Response<Incoming>, Trouble> {
    // No Accept-Encoding: what is not packed needs no unpacking.
    let mut request = Request::get(url.as_str()).header(header::USER_AGENT, USER_AGENT);
    for (name, mark) in marks {
        if let Some(mark) = mark.and_then(|mark| HeaderValue::from_str(mark).ok()) {
            request = request.header(name, mark);
        }
    }
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, key);
    }
    let request = request.body(Empty::new()).map_err(|_| {
        Trouble::new(TroubleKind::Configuration, "the feed's address holds characters that no address may").help(COPY)
    })?;
    in_time(limits.stall, client.request(request))
        .await?
        .map_err(|e| if e.is_connect() { unreached(&e) } else { broken() })
}

fn broken() -> Trouble {
    Trouble::new(TroubleKind::Transient, "the connection to the feed's server broke off")
}

/// Why there is no connection, by the class of what lies below.
fn unreached(e: &(dyn Error + 'static)) -> Trouble {
    let mut next = Some(e);
    while let Some(e) = next {
        if e.is::<Private>() {
            return private();
        }
        if e.is::<Public>() {
            return far();
        }
        if e.is::<rustls::Error>() {
            let sentence = "the feed's server could not prove who it is, as in networks with a sign-in page";
            return Trouble::new(TroubleKind::Transient, sentence).help(AGAIN);
        }
        // The source of an I/O error is that of the error inside, not the error inside.
        let inside = e.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|e| e as &(dyn Error + 'static));
        next = inside.or_else(|| e.source());
    }
    Trouble::new(TroubleKind::Offline, "the feed's server could not be reached").help(AGAIN)
}

async fn judge(answer: Response<Incoming>, limits: &Limits, marked: bool, door: &Door) -> Result<Fetched, Trouble> {
    let status = answer.status();
    let (kind, sentence) = match status.as_u16() {
        200 => return text(answer, limits).await,
        304 if marked => return Ok(Fetched::Unchanged),
        401 | 403 => (TroubleKind::Inaccessible, "the feed's server refuses us"),
        404 | 410 => (TroubleKind::Inaccessible, "there is no feed at its address"),
        429 => (TroubleKind::RateLimited, "the feed's server asks to come less often"),
        408 | 425 | 500..=599 => (TroubleKind::Transient, "the feed's server is in trouble"),
        _ => (TroubleKind::Unexpected, "the feed's server gave an answer that no feed gives"),
    };
    let trouble = Trouble::new(kind, format!("{sentence} (status {})", status.as_u16()));
    let locked = status == StatusCode::UNAUTHORIZED && answer.headers().contains_key(header::WWW_AUTHENTICATE);
    let help = match kind {
        TroubleKind::Inaccessible if locked && door.key.is_none() => Some(SIGN_IN),
        TroubleKind::Inaccessible if locked => Some("check the name and the password in its `url`"),
        TroubleKind::Inaccessible => Some(COPY),
        _ => None,
    };
    let help = help.map(str::to_string);
    Err(Trouble { help, retry_after: trouble.is_transient().then(|| wait(answer.headers())).flatten(), ..trouble })
}

/// Retry-After (RFC 9110 §10.2.3): seconds, or a moment, which is counted from the server's own Date.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let moment = |text: &str| DateTime::parse_from_rfc2822(text).ok();
    let after = text(header::RETRY_AFTER)?;
    let asked = match after.bytes().all(|b| b.is_ascii_digit()) {
        true => Duration::from_secs(after.parse().unwrap_or(u64::MAX)),
        false => (moment(after)? - moment(text(header::DATE)?)?).to_std().ok()?,
    };
    Some(asked.min(DAY))
}

async fn text(answer: Response<Incoming>, limits: &Limits) -> Result<Fetched, Trouble> {
    let mark = |name| {
        let text = answer.headers().get(name)?.to_str().ok()?;
        (text.len() <= LONGEST_MARK).then(|| text.to_string())
    };
    let (etag, last_modified) = (mark(header::ETAG), mark(header::LAST_MODIFIED));
    let mut body = answer.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = in_time(limits.stall, body.frame()).await? {
        let data = frame.map_err(|_| broken())?.into_data().unwrap_or_default();
        if bytes.len() + data.len() > limits.most {
            let sentence = format!("the feed is larger than {} MB and was not read further", limits.most >> 20);
            return Err(Trouble::new(TroubleKind::Unexpected, sentence));
        }
        bytes.extend_from_slice(&data);
    }
    // By its first bytes, not by Content-Encoding: `.ics.gz` is packed too, and says so in another way or not at all.
    if bytes.starts_with(&[0x1f, 0x8b]) {
        bytes = gunzip(&bytes).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => cut_off(),
            _ => Trouble::new(
                TroubleKind::Unexpected,
                "the feed is packed in a way that cannot be, or may not be, unpacked",
            ),
        })?;
    }
    whole(&bytes)?;
    Ok(Fetched::Text { bytes, etag, last_modified })
}

fn cut_off() -> Trouble {
    Trouble::new(TroubleKind::Transient, "the feed was cut off")
}

/// Whether it is a calendar, and all of it: what a file may have around it, a feed may, too. But a body that ends with its
/// connection looks complete, and pages about calendars may show one.
fn whole(bytes: &[u8]) -> Result<(), Trouble> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii();
    let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    let page = begins(b"<!doctype") || begins(b"<html");
    let first = b"BEGIN:VCALENDAR";
    match extent(bytes) {
        Extent::Whole if !page => Ok(()),
        Extent::Part if !page => Err(cut_off()),
        _ if page || text.first() == Some(&b'<') => {
            let sentence = "the feed's server answered with a web page, as sign-in pages of hotel networks do";
            Err(Trouble::new(TroubleKind::Transient, sentence).help(AGAIN))
        }
        // As much of the first line as came.
        _ if first.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text)) => Err(cut_off()),
        _ => {
            let sentence = "what is at the feed's address is no iCalendar text";
            Err(Trouble::new(TroubleKind::Unexpected, sentence).help(LOOK))
        }
    }
}

#[cfg(test)]
mod tests;
