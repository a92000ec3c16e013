//! iCalendar feeds: one text by an address, as «secret address» and «publish this calendar» hand it out.
//!
//! The server, and whoever stands between, is not trusted: what an answer may cost, where it may send us, and what may
//! pass for a calendar is bounded here. The address is as good as a password: no sentence holds any of it, nor its host,
//! and of errors below us only the class is told, because their words may hold addresses.

use super::files::gunzip;
use super::public::{Private, Resolver, is_public};
use crate::config::feed_address;
use crate::diagnostic::Secret;
use crate::source::http::{Connector, connector};
use crate::source::{Kind, Trouble};
use chrono::DateTime;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
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
const COPY: &str = "copy the secret address again from the calendar's settings: it may have been reset";

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
    /// [`Kind::Configuration`] where the address may not be asked, [`Kind::Inaccessible`] where nothing is there for us,
    /// [`Kind::RateLimited`], [`Kind::Offline`], [`Kind::Transient`] (also for answers that were cut off or are no
    /// calendar but a web page), [`Kind::Unexpected`].
    pub async fn fetch(&self, etag: Option<&str>, last_modified: Option<&str>) -> Result<Fetched, Trouble> {
        self.within(&LIMITS, &[(header::IF_NONE_MATCH, etag), (header::IF_MODIFIED_SINCE, last_modified)]).await
    }

    async fn within(&self, limits: &Limits, marks: &Marks<'_>) -> Result<Fetched, Trouble> {
        in_time(limits.call, self.follow(limits, marks)).await?
    }

    async fn follow(&self, limits: &Limits, marks: &Marks<'_>) -> Result<Fetched, Trouble> {
        let mut url = feed_address(self.url.expose(), self.allow_private).map_err(|why| {
            Trouble::new(Kind::Configuration, format!("the feed's address cannot be used: {why}")).help(COPY)
        })?;
        let resolver = Resolver { allow_private: self.allow_private };
        let client = Client::builder(TokioExecutor::new()).build(connector(resolver, limits.most as u64 + AROUND)?);
        for _ in 0..=REDIRECTS {
            self.allowed(&url)?;
            let answer = ask(&client, &url, limits, marks).await?;
            let moved = answer.status().is_redirection() && answer.status() != StatusCode::NOT_MODIFIED;
            match answer.headers().get(header::LOCATION) {
                Some(to) if moved => url = redirected(&url, to.as_bytes())?,
                _ => return judge(answer, limits, marks.iter().any(|(_, mark)| mark.is_some())).await,
            }
        }
        Err(Trouble::new(Kind::Unexpected, format!("the feed's server redirected more than {REDIRECTS} times")))
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
    Trouble::new(Kind::Configuration, sentence).help("if that is meant, add `allow_private = true` to the source")
}

/// Where an answer sends us, which is nowhere but to another page of the same server in the same way.
fn redirected(from: &Url, to: &[u8]) -> Result<Url, Trouble> {
    let to = std::str::from_utf8(to).ok().and_then(|to| from.join(to).ok());
    match to {
        Some(to) if to.origin() == from.origin() && to.username().is_empty() && to.password().is_none() => Ok(to),
        _ => {
            let sentence = "the feed's server redirected to another one, which was not followed";
            Err(Trouble::new(Kind::Configuration, sentence).help(COPY))
        }
    }
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Trouble> {
    let sentence = || format!("the feed's server did not answer within {} seconds", limit.as_secs());
    timeout(limit, work).await.map_err(|_| Trouble::new(Kind::Transient, sentence()))
}

type Asking = Client<Connector<Resolver>, Empty<Bytes>>;

async fn ask(client: &Asking, url: &Url, limits: &Limits, marks: &Marks<'_>) -> Result<Response<Incoming>, Trouble> {
    // No Accept-Encoding: what is not packed needs no unpacking.
    let mut request = Request::get(url.as_str()).header(header::USER_AGENT, USER_AGENT);
    for (name, mark) in marks {
        if let Some(mark) = mark.and_then(|mark| header::HeaderValue::from_str(mark).ok()) {
            request = request.header(name, mark);
        }
    }
    let request = request.body(Empty::new()).map_err(|_| {
        Trouble::new(Kind::Configuration, "the feed's address holds characters that no address may").help(COPY)
    })?;
    in_time(limits.stall, client.request(request))
        .await?
        .map_err(|e| if e.is_connect() { unreached(&e) } else { broken() })
}

fn broken() -> Trouble {
    Trouble::new(Kind::Transient, "the connection to the feed's server broke off")
}

/// Why there is no connection, by the class of what lies below.
fn unreached(e: &(dyn Error + 'static)) -> Trouble {
    let mut next = Some(e);
    while let Some(e) = next {
        if e.is::<Private>() {
            return private();
        }
        if e.is::<rustls::Error>() {
            let sentence = "the feed's server could not prove who it is, as in networks with a sign-in page";
            return Trouble::new(Kind::Transient, sentence);
        }
        // The source of an I/O error is that of the error inside, not the error inside.
        let inside = e.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|e| e as &(dyn Error + 'static));
        next = inside.or_else(|| e.source());
    }
    Trouble::new(Kind::Offline, "the feed's server could not be reached")
}

async fn judge(answer: Response<Incoming>, limits: &Limits, marked: bool) -> Result<Fetched, Trouble> {
    let status = answer.status();
    let (kind, sentence) = match status.as_u16() {
        200 => return text(answer, limits).await,
        304 if marked => return Ok(Fetched::Unchanged),
        401 | 403 => (Kind::Inaccessible, "the feed's server refuses us"),
        404 | 410 => (Kind::Inaccessible, "there is no feed at its address"),
        429 => (Kind::RateLimited, "the feed's server asks to come less often"),
        408 | 425 | 500..=599 => (Kind::Transient, "the feed's server is in trouble"),
        _ => (Kind::Unexpected, "the feed's server gave an answer that no feed gives"),
    };
    let trouble = Trouble::new(kind, format!("{sentence} (status {})", status.as_u16()));
    let help = (kind == Kind::Inaccessible).then(|| COPY.to_string());
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
            return Err(Trouble::new(Kind::Unexpected, sentence));
        }
        bytes.extend_from_slice(&data);
    }
    // By its first bytes, not by Content-Encoding: `.ics.gz` is packed too, and says so in another way or not at all.
    if bytes.starts_with(&[0x1f, 0x8b]) {
        bytes = gunzip(&bytes).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => cut_off(),
            _ => Trouble::new(Kind::Unexpected, "the feed is packed in a way that cannot be, or may not be, unpacked"),
        })?;
    }
    whole(&bytes)?;
    Ok(Fetched::Text { bytes, etag, last_modified })
}

fn cut_off() -> Trouble {
    Trouble::new(Kind::Transient, "the feed was cut off")
}

/// Whether it is a calendar, from its first to its last line: a body that ends with its connection looks complete.
fn whole(bytes: &[u8]) -> Result<(), Trouble> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii();
    let (first, last): (&[u8], &[u8]) = (b"BEGIN:VCALENDAR", b"END:VCALENDAR");
    let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    if begins(first) {
        let end = &text[text.len().saturating_sub(last.len())..];
        return if end.eq_ignore_ascii_case(last) { Ok(()) } else { Err(cut_off()) };
    }
    Err(match text.first() {
        Some(b'<') => {
            let sentence = "the feed's server answered with a web page, as sign-in pages of hotel networks do";
            Trouble::new(Kind::Transient, sentence)
        }
        // As much of the first line as came.
        _ if text.len() < first.len() && first[..text.len()].eq_ignore_ascii_case(text) => cut_off(),
        _ => Trouble::new(Kind::Unexpected, "what is at the feed's address is no iCalendar text").help(COPY),
    })
}

#[cfg(test)]
mod tests;
