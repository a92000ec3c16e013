//! One request to the Calendar API at a time, through google-calendar3's hub.
//!
//! The crate decodes a page as a whole, so that one odd item would cost all of it; it does not encode path segments, has no
//! time limit, and loses status and headers of refusals. So every call takes the raw body, encodes its ids, runs against a
//! clock, and notes status and headers through a delegate.

use super::refused::{Answer, classify};
use super::token::{Credentials, SCOPES};
use crate::config::is_loopback;
use crate::model::TroubleKind;
use crate::source::{Trouble, http};
use chrono::{DateTime, TimeDelta, Utc};
use google_calendar3::CalendarHub;
use google_calendar3::common::{self, Delegate, Error, GetToken, Retry};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::rt::TokioExecutor;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Largest answer that is read: a page of 2,500 events has a few megabytes.
const LARGEST: u64 = 32 << 20;
/// Most items that Google gives a page of events.
const PAGE: i32 = 2500;
/// What a path segment may hold as it is (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'@');
/// Everything that a page has around its items, and the items whole.
const FIELDS: &str = "kind,timeZone,nextPageToken,nextSyncToken,items";

/// What is asked about a calendar.
#[derive(Clone, Copy)]
pub enum Ask<'a> {
    /// Single events, series and changed instances: all, or what changed since the token.
    Feed { sync_token: Option<&'a str> },
    /// Single events and the instances of series that overlap this time.
    Window { from: DateTime<Utc>, to: DateTime<Utc> },
    /// The instances of one series that overlap this time.
    Instances { series: &'a str, from: DateTime<Utc>, to: DateTime<Utc> },
}

impl Ask<'_> {
    /// What a sync token of ours belongs to. A token is good for exactly one question; when the question changes, so must
    /// this text.
    pub fn parameters() -> &'static str {
        "1 singleEvents=false maxResults=2500"
    }
}

/// Ids and tokens stay out of logs.
impl std::fmt::Debug for Ask<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Ask::Feed { sync_token: None } => "Feed(whole)",
            Ask::Feed { sync_token: Some(_) } => "Feed(changes)",
            Ask::Window { .. } => "Window",
            Ask::Instances { .. } => "Instances",
        })
    }
}

/// One page of a listing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Each item exactly as it came.
    pub items: Vec<String>,
    pub next_page: Option<String>,
    /// On the last page of a feed.
    pub next_sync: Option<String>,
    /// The calendar's zone.
    pub zone: Option<String>,
}

/// Titles stay out of logs: how much there is, and not what.
impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page")
            .field("items", &self.items.len())
            .field("next_page", &self.next_page.is_some())
            .field("next_sync", &self.next_sync.is_some())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    kind: Option<String>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
    time_zone: Option<String>,
    #[serde(default)]
    items: Vec<Box<RawValue>>,
}

/// Requests at once.
pub const AT_ONCE: usize = 4;

/// The Calendar API as one account sees it. Cheap to clone.
#[derive(Clone)]
pub struct Google(Arc<Inner>);

type Hub = CalendarHub<http::Connector<GaiResolver>>;

impl std::fmt::Debug for Google {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Google").field("requests", &self.requests()).finish_non_exhaustive()
    }
}

struct Inner {
    /// One pool of connections for all calls.
    client: common::Client<http::Connector<GaiResolver>>,
    base: String,
    credentials: Arc<dyn Credentials>,
    slots: Semaphore,
    limit: Duration,
    requests: AtomicU64,
    date: Mutex<Option<(DateTime<Utc>, Instant)>>,
}

/// Hands our tokens to the hub, and remembers which one it used. One for each call: were it shared, a call that is refused
/// late would take the token that another call has just renewed for the refused one, and have it renewed again.
#[derive(Clone)]
struct Wallet {
    credentials: Arc<dyn Credentials>,
    refused: Arc<Mutex<Option<String>>>,
    used: Arc<Mutex<Option<String>>>,
}

/// A trouble on its way through the hub's error type.
#[derive(Debug)]
struct NoToken(Trouble);

impl std::fmt::Display for NoToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.sentence)
    }
}

impl std::error::Error for NoToken {}

/// Nothing that we lock can be left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl GetToken for Wallet {
    fn get_token<'a>(
        &'a self,
        _: &'a [&str],
    ) -> std::pin::Pin<
        Box<dyn Future<Output = Result<Option<String>, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>,
    > {
        Box::pin(async move {
            let refused = lock(&self.refused).clone();
            let token = self.credentials.token(refused.as_deref()).await.map_err(NoToken)?;
            // The hub panics on what does not fit into a header.
            if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let sentence = "the access token holds characters that cannot be sent";
                return Err(NoToken(Trouble::new(TroubleKind::Unexpected, sentence)).into());
            }
            *lock(&self.used) = Some(token.clone());
            Ok(Some(token))
        })
    }
}

/// What the hub does not hand on: status and headers of a refusal.
#[derive(Default)]
struct Notes {
    status: Option<u16>,
    retry_after: Option<String>,
    date: Option<String>,
}

impl Delegate for Notes {
    fn http_failure(&mut self, response: &common::Response, _: Option<&serde_json::Value>) -> Retry {
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        *self = Notes {
            status: Some(response.status().as_u16()),
            retry_after: header("retry-after"),
            date: header("date"),
        };
        Retry::Abort
    }
}

impl Google {
    /// `api_base` is where the API is, Google's own by default.
    ///
    /// # Errors
    /// [`TroubleKind::Configuration`] where `api_base` is no address that a token may be sent to, or the machine has no certificates.
    pub fn new(api_base: Option<&str>, credentials: Arc<dyn Credentials>) -> Result<Google, Trouble> {
        Google::bounded(api_base, credentials, AT_ONCE, (http::CALL, LARGEST))
    }

    /// The same with `slots` requests at once, and bounds for a call: how long it may take, and how many bytes its answer may
    /// have.
    fn bounded(
        api_base: Option<&str>,
        credentials: Arc<dyn Credentials>,
        slots: usize,
        (limit, largest): (Duration, u64),
    ) -> Result<Google, Trouble> {
        let base = base(api_base.unwrap_or("https://www.googleapis.com"))?;
        let client = Client::builder(TokioExecutor::new()).build(http::connector(GaiResolver::new(), largest)?);
        let (requests, date) = (AtomicU64::new(0), Mutex::new(None));
        Ok(Google(Arc::new(Inner { client, base, credentials, slots: Semaphore::new(slots), limit, requests, date })))
    }

    /// How many requests were sent, repeated ones included.
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    /// The server's clock in its last answer, and when that came.
    fn server_date(&self) -> Option<(DateTime<Utc>, Instant)> {
        *lock(&self.0.date)
    }

    /// How far the server's clock is ahead of ours, which shows `now`, where an answer said.
    pub fn skew(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let (date, at) = self.server_date()?;
        Some(date + TimeDelta::from_std(at.elapsed()).unwrap_or_default() - now)
    }

    /// One page about the events of a calendar.
    ///
    /// # Errors
    /// What Google refused, sorted by its reason. A series that is gone is [`TroubleKind::Inaccessible`].
    pub async fn page(&self, calendar: &str, ask: &Ask<'_>, page: Option<&str>) -> Result<Page, Trouble> {
        let calendar = segment(calendar);
        let body = match ask {
            Ask::Instances { series, from, to } => {
                let series = segment(series);
                self.call(async |hub: &Hub, notes: &mut Notes| {
                    let mut call = hub.events().instances(&calendar, &series).add_scopes(SCOPES).delegate(notes);
                    call = call.time_min(*from).time_max(*to).max_results(PAGE);
                    if let Some(page) = page {
                        call = call.page_token(page);
                    }
                    raw(call.param("fields", FIELDS).param("prettyPrint", "false").doit().await).await
                })
                .await
                // No token was sent, so none can be dead: the series is gone.
                .map_err(|e| {
                    if e.kind == TroubleKind::TokenDead { Trouble { kind: TroubleKind::Inaccessible, ..e } } else { e }
                })?
            }
            Ask::Feed { .. } | Ask::Window { .. } => {
                self.call(async |hub: &Hub, notes: &mut Notes| {
                    let mut call = hub.events().list(&calendar).add_scopes(SCOPES).delegate(notes);
                    call = call.max_results(PAGE);
                    call = match ask {
                        Ask::Feed { sync_token: Some(token) } => call.single_events(false).sync_token(token),
                        Ask::Window { from, to } => {
                            let call = call.single_events(true).order_by("startTime");
                            call.time_min(*from).time_max(*to).time_zone("UTC")
                        }
                        _ => call.single_events(false),
                    };
                    if let Some(page) = page {
                        call = call.page_token(page);
                    }
                    raw(call.param("fields", FIELDS).param("prettyPrint", "false").doit().await).await
                })
                .await?
            }
        };
        envelope(&body, "calendar#events")
    }

    /// One page of the account's calendars, hidden and deleted ones too.
    ///
    /// # Errors
    /// What Google refused, sorted by its reason.
    pub async fn calendars_page(&self, page: Option<&str>) -> Result<Page, Trouble> {
        let body = self
            .call(async |hub: &Hub, notes: &mut Notes| {
                let mut call = hub.calendar_list().list().add_scopes(SCOPES).delegate(notes);
                call = call.show_deleted(true).show_hidden(true).max_results(250);
                if let Some(page) = page {
                    call = call.page_token(page);
                }
                raw(call.param("prettyPrint", "false").doit().await).await
            })
            .await?;
        envelope(&body, "calendar#calendarList")
    }

    /// A calendar's own entry, which names its event labels. Needs more than [`SCOPES`]: most sign-ins are refused.
    ///
    /// # Errors
    /// What Google refused, sorted by its reason.
    pub async fn labels(&self, calendar: &str) -> Result<String, Trouble> {
        let calendar = segment(calendar);
        let body = self
            .call(async |hub: &Hub, notes: &mut Notes| {
                let call = hub.calendars().get(&calendar).add_scopes(SCOPES).delegate(notes);
                raw(call.param("prettyPrint", "false").doit().await).await
            })
            .await?;
        envelope(&body, "calendar#calendar").map(|_| body)
    }

    /// Runs a call in a slot and against the clock; once more with a new token where the first was refused.
    async fn call(
        &self,
        ask: impl AsyncFn(&Hub, &mut Notes) -> Result<(String, Option<String>), Error>,
    ) -> Result<String, Trouble> {
        // The semaphore is never closed.
        let _slot = self.0.slots.acquire().await;
        let wallet = Wallet { credentials: self.0.credentials.clone(), refused: Arc::default(), used: Arc::default() };
        let mut hub = CalendarHub::new(self.0.client.clone(), wallet.clone());
        hub.base_url(self.0.base.clone());
        hub.user_agent(concat!("vantage/", env!("CARGO_PKG_VERSION")).to_string());
        let mut renewed = false;
        loop {
            let mut notes = Notes::default();
            self.0.requests.fetch_add(1, Ordering::Relaxed);
            let done = tokio::time::timeout(self.0.limit, ask(&hub, &mut notes)).await;
            let (answer, date) = match done {
                Err(_) => {
                    let seconds = self.0.limit.as_secs();
                    let sentence = format!("Google did not answer within {seconds} seconds");
                    return Err(Trouble::new(TroubleKind::Transient, sentence));
                }
                Ok(Ok((body, date))) => (Ok(body), date),
                Ok(Err(error)) => (Err(error), notes.date.take()),
            };
            if let Some(date) = date.and_then(|text| DateTime::parse_from_rfc2822(&text).ok()) {
                *lock(&self.0.date) = Some((date.to_utc(), Instant::now()));
            }
            let now = self.server_date().map(|(date, _)| date);
            match answer {
                Ok(body) => return Ok(body),
                Err(_) if notes.status == Some(401) && !renewed => {
                    renewed = true;
                    *lock(&wallet.refused) = lock(&wallet.used).clone();
                }
                Err(error) => return Err(trouble(error, &notes, now)),
            }
        }
    }
}

/// The body and the `Date` of an answer. Typed decoding is the hub's; we decode the body ourselves, item by item, so that
/// a page with one odd item is still a page.
async fn raw<T>(answer: common::Result<(common::Response, T)>) -> Result<(String, Option<String>), Error> {
    match answer {
        Ok((response, _)) => {
            let date = response.headers().get("date").and_then(|v| v.to_str().ok()).map(str::to_owned);
            let body = response.into_body().collect().await.map_err(|e| Error::Io(std::io::Error::other(e)))?;
            Ok((String::from_utf8_lossy(&body.to_bytes()).into_owned(), date))
        }
        // Nothing is said when the connection breaks inside a body: the body is then empty.
        Err(Error::JsonDecodeError(body, _)) if !body.is_empty() => Ok((body, None)),
        Err(error) => Err(error),
    }
}

fn trouble(error: Error, notes: &Notes, now: Option<DateTime<Utc>>) -> Trouble {
    let answer = |body: Option<&serde_json::Value>| {
        classify(&Answer { status: notes.status, body, retry_after: notes.retry_after.as_deref(), now })
    };
    match error {
        Error::BadRequest(body) => answer(Some(&body)),
        Error::Failure(_) => answer(None),
        Error::MissingToken(error) => match error.downcast::<NoToken>() {
            Ok(no_token) => no_token.0,
            Err(_) => Trouble::new(TroubleKind::Transient, "no access token could be had"),
        },
        Error::HttpError(error) if error.is_connect() => unreachable(&error),
        Error::JsonDecodeError(..) | Error::HttpError(_) | Error::Io(_) => {
            Trouble::new(TroubleKind::Transient, "Google's answer broke off, or was larger than 32 MB")
        }
        _ => Trouble::new(TroubleKind::Unexpected, "the request to Google could not be made"),
    }
}

/// Why there is no connection, without the words of libraries: they may quote addresses.
fn unreachable(error: &(dyn std::error::Error + 'static)) -> Trouble {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        text += &error.to_string();
        next = error.source();
    }
    if text.contains("certificate") || text.contains("UnknownIssuer") || text.contains("tls") {
        let trouble = Trouble::new(TroubleKind::Offline, "Google's certificate was not accepted");
        return trouble.help("check this machine's clock, and whether a proxy opens encrypted connections");
    }
    Trouble::new(TroubleKind::Offline, "Google could not be reached")
}

fn segment(id: &str) -> String {
    utf8_percent_encode(id, SEGMENT).to_string()
}

/// The address that calls are made under; ends in `/`.
fn base(given: &str) -> Result<String, Trouble> {
    let wrong = |why: &str| Trouble::new(TroubleKind::Configuration, format!("`api_base` {why}"));
    let url = url::Url::parse(given).map_err(|_| wrong("is not an address"))?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return Err(wrong("must be an `https` address: a token is sent there"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("must not have a `?` or a `#` in it: calls are made under it"));
    }
    let base = url.as_str().trim_end_matches('/');
    let whole = base.ends_with("/calendar/v3");
    Ok(if whole { format!("{base}/") } else { format!("{base}/calendar/v3/") })
}

/// A page out of a body. Google says what kind it is; whatever does not is not from Google.
fn envelope(body: &str, kind: &str) -> Result<Page, Trouble> {
    let envelope: Envelope = serde_json::from_str(body).map_err(|_| {
        if body.trim_start().starts_with('<') {
            let sentence = "a web page came instead of Google's answer, as sign-in pages of hotel networks do";
            Trouble::new(TroubleKind::Transient, sentence)
        } else {
            Trouble::new(TroubleKind::Transient, "Google's answer broke off")
        }
    })?;
    if envelope.kind.as_deref() != Some(kind) {
        return Err(Trouble::new(TroubleKind::Transient, "an answer came that is not Google's"));
    }
    Ok(Page {
        items: envelope.items.iter().map(|item| item.get().to_string()).collect(),
        next_page: envelope.next_page_token.filter(|token| !token.is_empty()),
        next_sync: envelope.next_sync_token.filter(|token| !token.is_empty()),
        zone: envelope.time_zone,
    })
}

#[cfg(test)]
pub(super) mod scripted;
#[cfg(test)]
mod tests;
