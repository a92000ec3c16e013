//! Access tokens: where they come from, how long they are good for, and how a new one is asked for.

mod app;
mod grant;
pub(super) mod refusal;
pub(super) mod wire;

pub use app::Client;
pub(super) use app::{host, secure};
pub use grant::Grant;
pub(super) use grant::lacking;

use super::super::Trouble;
use crate::diagnostic::{Failure, Secret};
use crate::model::TroubleKind;
use crate::source::google::GoogleSource;
use chrono::{DateTime, TimeDelta, Utc};
use refusal::Sign;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use wire::Http;

/// What Vantage asks for: the list of calendars and the events on them, to read. Together they cover `calendarList.list`,
/// `events.list`, `events.instances` and `colors.get`.
pub const SCOPES: [&str; 2] = [
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
    "https://www.googleapis.com/auth/calendar.events.readonly",
];

/// An access token is not used in its last minute, so that it is still good when the request arrives.
const MARGIN: TimeDelta = TimeDelta::seconds(60);
/// Google's access tokens live an hour. A stored time further away comes from a clock that was wrong.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// Who we are to the server.
pub trait Credentials: Send + Sync {
    /// An access token; a fresh one where `refused` is the one that the server has just refused.
    fn token<'a>(
        &'a self,
        refused: Option<&'a str>,
    ) -> Pin<Box<dyn Future<Output = Result<String, Trouble>> + Send + 'a>>;
}

/// A person who signed in: the tokens in a file, renewed when they are due.
///
/// Its clock is the moment it was opened at plus the time it ran, which stands still while the machine sleeps: a daemon
/// opens it anew for each sync.
pub struct SignedIn {
    path: PathBuf,
    account: String,
    /// Whose endpoints win over the stored ones.
    source: GoogleSource,
    http: Http,
    opened: (DateTime<Utc>, Instant),
    /// How often a new token was asked for, to tell who waited while that happened.
    attempts: AtomicU64,
    state: Mutex<State>,
}

struct State {
    grant: Grant,
    /// Until when the access token is used, if at all.
    until: Option<Instant>,
    /// The grant is newer than the file and must be stored before it is used; this is the refresh token that it replaced.
    unsaved: Option<Secret>,
    /// How the last attempt ended, for those who waited for it.
    failed: Option<Trouble>,
}

impl State {
    fn usable(&self, refused: Option<&str>) -> Option<String> {
        let token = self.grant.access_token.expose();
        let good = self.until.is_some_and(|until| Instant::now() < until) && self.unsaved.is_none();
        (good && refused != Some(token)).then(|| token.to_string())
    }
}

impl SignedIn {
    /// The account whose tokens are in `path`; its name is the file's. Endpoints in `source` win over the stored ones.
    ///
    /// # Errors
    /// What [`Grant::load`] says, and [`Exit::Config`](crate::diagnostic::Exit) where an endpoint is not safe, or the machine has no certificates.
    pub fn open(path: &Path, source: &GoogleSource, now: DateTime<Utc>) -> Result<SignedIn, Failure> {
        let account = grant::account(path);
        let grant = Grant::load(path)?.at(source)?;
        let lacking = grant::lacking(&grant.scopes);
        if !lacking.is_empty() {
            return Err(refusal::unticked(&account, &lacking).failure());
        }
        let http = Http::new().map_err(Trouble::failure)?;
        let opened = (now, Instant::now());
        let state = State { until: until(&grant, now), grant, unsaved: None, failed: None };
        let (path, source) = (path.to_path_buf(), source.clone());
        Ok(SignedIn { path, account, source, http, opened, attempts: AtomicU64::new(0), state: Mutex::new(state) })
    }

    fn now(&self) -> DateTime<Utc> {
        self.opened.0 + self.opened.1.elapsed()
    }

    fn stored(&self) -> Result<Grant, Trouble> {
        Grant::load(&self.path).and_then(|grant| grant.at(&self.source)).map_err(Trouble::from)
    }

    /// Single flight: who comes while a token is being asked for waits, and shares what that one got.
    async fn usable(&self, refused: Option<&str>) -> Result<String, Trouble> {
        let seen = self.attempts.load(Ordering::SeqCst);
        let mut state = self.state.lock().await;
        if let Some(token) = state.usable(refused) {
            return Ok(token);
        }
        if let (true, Some(trouble)) = (self.attempts.load(Ordering::SeqCst) != seen, &state.failed) {
            return Err(trouble.clone());
        }
        let renewed = self.renew(&mut state, refused).await;
        self.attempts.fetch_add(1, Ordering::SeqCst);
        state.failed = renewed.as_ref().err().cloned();
        renewed
    }

    async fn renew(&self, state: &mut State, refused: Option<&str>) -> Result<String, Trouble> {
        if state.unsaved.is_some() {
            self.keep(state)?;
            if let Some(token) = state.usable(refused) {
                return Ok(token);
            }
        }
        // Another process may have signed in anew, or out, or renewed the token already.
        state.grant = self.stored()?;
        state.until = until(&state.grant, self.now());
        if let Some(token) = state.usable(refused) {
            return Ok(token);
        }
        self.ask(state).await?;
        // Nothing waits between the answer and this, so whoever gives up waiting cannot lose a rotated token.
        self.keep(state)?;
        Ok(state.grant.access_token.expose().to_string())
    }

    /// The refresh token grant (RFC 6749, section 6).
    async fn ask(&self, state: &mut State) -> Result<(), Trouble> {
        let refresh = oauth2::RefreshToken::new(state.grant.refresh_token.expose().to_string());
        let client = wire::client(&state.grant.client);
        let host = state.grant.client.host();
        let post = self.http.poster(&host);
        let asked = client.exchange_refresh_token(&refresh).request_async(&post).await;
        let now = self.now();
        let answer = asked.map_err(|e| match wire::refused(e, &host) {
            Ok(refusal) => refusal.explain(&Sign {
                account: &self.account,
                client: &state.grant.client,
                age: Some(now - state.grant.obtained_at),
                ended: state.grant.refresh_expires_at.filter(|end| *end <= now),
            }),
            Err(trouble) => trouble,
        })?;
        let before = state.grant.refresh_token.clone();
        state.grant.renew(&answer, now);
        state.until = until(&state.grant, now);
        state.unsaved = Some(before);
        Ok(())
    }

    /// Stores what the server gave. A rotated refresh token is not used before it is on the disk: the old one may be dead.
    fn keep(&self, state: &mut State) -> Result<(), Trouble> {
        let Some(before) = state.unsaved.clone() else { return Ok(()) };
        let stored = self.stored();
        // Where the person signed out, or in anew, while the server was asked, that is what stays in the file.
        if stored.as_ref().is_ok_and(|stored| stored.refresh_token == before) {
            let rotated = state.grant.refresh_token != before;
            match state.grant.save(&self.path).map_err(Trouble::from) {
                Err(e) if rotated => return Err(e),
                // An access token alone is no loss: the next process asks for its own.
                _ => {}
            }
        } else {
            state.until = None;
            if let Err(e) = stored {
                if e.kind == TroubleKind::NeedsLogin {
                    state.unsaved = None;
                }
                return Err(e);
            }
        }
        state.unsaved = None;
        Ok(())
    }
}

impl Credentials for SignedIn {
    fn token<'a>(
        &'a self,
        refused: Option<&'a str>,
    ) -> Pin<Box<dyn Future<Output = Result<String, Trouble>> + Send + 'a>> {
        Box::pin(self.usable(refused))
    }
}

/// Until when an access token is used, by a clock that nobody sets.
fn until(grant: &Grant, now: DateTime<Utc>) -> Option<Instant> {
    let left = ((grant.expires_at - now).min(LONGEST) - MARGIN).to_std().ok().filter(|left| *left > Duration::ZERO)?;
    Instant::now().checked_add(left)
}

#[cfg(test)]
pub(super) mod scripted;
#[cfg(test)]
mod tests;
