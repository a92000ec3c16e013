//! A fake Google: OAuth and the Calendar API on one port of this machine, strict where Google is.
//!
//! A test starts it, fills calendars, lets the program sync, edits while the program works, and compares what the
//! program holds with [`Google::truth`]. The fake reads no clock: it is 2026-11-23T06:00:00Z until a test says otherwise.

mod api;
mod event;
mod events;
pub mod fault;
mod listing;
mod oauth;
mod recur;
mod server;
mod state;
mod story;
pub mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::MutexGuard;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use url::Url;

#[allow(unused_imports, reason = "each test file uses its part of the world")]
pub use fault::{Fault, What, bad_items};
#[allow(unused_imports, reason = "each test file uses its part of the world")]
pub use oauth::{CLIENT_ID, CLIENT_SECRET, Consent, SERVICE_ACCOUNT};
use server::Running;
use state::{Settings, State};
use wire::Heard;

pub const CALENDAR_LIST: &str = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";
pub const EVENTS: &str = "https://www.googleapis.com/auth/calendar.events.readonly";

/// A handle. The fake ends with the last one.
#[derive(Clone)]
pub struct Google {
    running: Arc<Running>,
}

/// What the fake was asked, whether or not it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// Percent-decoded.
    pub path: String,
    pub query: BTreeMap<String, Vec<String>>,
    /// It carried an access token that is alive.
    pub authorized: bool,
}

impl Request {
    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name).and_then(|values| values.first()).map(String::as_str)
    }
}

impl Google {
    pub fn start() -> Google {
        Google { running: Arc::new(Running::start()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.running.shared.state()
    }

    fn set(&self, change: impl FnOnce(&mut Settings)) -> &Google {
        change(&mut self.state().settings);
        self
    }

    /// `http://127.0.0.1:PORT`
    pub fn base(&self) -> String {
        self.state().base.clone()
    }

    /// The file of a desktop client, as the console hands it out.
    pub fn client_secret_json(&self) -> String {
        let base = self.base();
        let (id, secret) = self.state().oauth.client.clone();
        json!({"installed": {
            "client_id": id,
            "project_id": "fake-project",
            "auth_uri": format!("{base}/o/oauth2/v2/auth"),
            "token_uri": format!("{base}/token"),
            "auth_provider_x509_cert_url": format!("{base}/oauth2/v1/certs"),
            "client_secret": secret,
            "redirect_uris": ["http://localhost"],
        }})
        .to_string()
    }

    /// The key file of a service account. The key is a throw-away one.
    pub fn service_account_json(&self) -> String {
        let base = self.base();
        json!({
            "type": "service_account",
            "project_id": "fake-project",
            "private_key_id": "0123456789abcdef",
            "private_key": include_str!("google/service_account_test_key.pem"),
            "client_email": SERVICE_ACCOUNT,
            "client_id": "1098",
            "auth_uri": format!("{base}/o/oauth2/v2/auth"),
            "token_uri": format!("{base}/token"),
            "universe_domain": "googleapis.com",
        })
        .to_string()
    }

    /// A `[[source.google]]` that leads here. Further keys can be appended.
    pub fn config(&self, name: &str) -> String {
        let base = self.base();
        format!(
            "[[source.google]]\nname = \"{name}\"\napi_base = \"{base}\"\nauth_uri = \"{base}/o/oauth2/v2/auth\"\n\
             token_uri = \"{base}/token\"\n"
        )
    }

    /// Plays the browser: opens the address that the program printed, does what [`Google::at_consent`] says, and
    /// returns the page that the person then sees: the program's own, or Google's refusal.
    #[track_caller]
    pub fn consent(&self, url: &str) -> String {
        let page = self.browse(url);
        match page.headers.get("location") {
            Some(back) if page.status == 302 => self.browse(back).body,
            _ => page.body,
        }
    }

    /// Opens one page and follows nothing.
    #[track_caller]
    pub fn browse(&self, url: &str) -> Heard {
        let url = Url::parse(url).unwrap_or_else(|e| panic!("{url}: {e}"));
        wire::ask("GET", &url, &[], "").unwrap_or_else(|e| panic!("{url}: {e}"))
    }

    /// Asks the API with a fresh token for everything: `path` begins after `/calendar/v3`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Heard {
        self.try_get(path).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    pub fn try_get(&self, path: &str) -> std::io::Result<Heard> {
        let token = self.access_token(&[CALENDAR_LIST, EVENTS]);
        let url = Url::parse(&format!("{}/calendar/v3{path}", self.base())).map_err(std::io::Error::other)?;
        wire::ask("GET", &url, &[("Authorization", &format!("Bearer {token}"))], "")
    }

    /// Posts a form to a path of the fake.
    #[track_caller]
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Heard {
        let url = Url::parse(&format!("{}{path}", self.base())).unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        wire::ask("POST", &url, &[("Content-Type", "application/x-www-form-urlencoded")], &body).unwrap()
    }

    pub fn access_token(&self, scopes: &[&str]) -> String {
        let mut state = self.state();
        let now = state.settings.now;
        state.oauth.access_token(set_of(scopes), now)
    }

    /// The refresh token of somebody who has consented before.
    pub fn refresh_token(&self, scopes: &[&str]) -> String {
        self.state().oauth.refresh_token(set_of(scopes))
    }

    pub fn is_alive(&self, refresh_token: &str) -> bool {
        self.state().oauth.is_alive(refresh_token)
    }

    /// What the person does at every consent page from now on.
    pub fn at_consent(&self, consent: Consent) -> &Google {
        self.state().oauth.consent = consent;
        self
    }

    /// Seconds that access tokens live, from now on.
    pub fn access_tokens_live(&self, seconds: i64) -> &Google {
        self.state().oauth.expires_in = seconds;
        self
    }

    pub fn refresh_tokens_live(&self, seconds: i64) -> &Google {
        self.state().oauth.refresh_expires_in = Some(seconds);
        self
    }

    /// Every refresh hands out a new refresh token, and the old one is dead.
    pub fn rotate_refresh_tokens(&self) -> &Google {
        self.state().oauth.rotates = true;
        self
    }

    /// Every access token dies before its time.
    pub fn expire_access_tokens(&self) -> &Google {
        self.state().oauth.expire_access();
        self
    }

    /// The user takes the access back: every grant is dead.
    pub fn revoke_access(&self) -> &Google {
        self.state().oauth.revoke_all();
        self
    }

    /// The console has a new secret for the client, or a new client: the old one is `invalid_client`.
    pub fn replace_client(&self, id: &str, secret: &str) -> &Google {
        self.state().oauth.client = (id.into(), secret.into());
        self
    }

    /// Whom service accounts have acted for, grant by grant.
    pub fn subjects(&self) -> Vec<Option<String>> {
        self.state().oauth.subjects.clone()
    }

    pub fn fault(&self, fault: Fault) -> &Google {
        self.state().faults.push(fault);
        self
    }

    /// Everything works again.
    pub fn clear_faults(&self) -> &Google {
        self.state().faults.clear();
        self
    }

    /// Faults whose time has not come, or not often enough.
    pub fn faults_left(&self) -> usize {
        self.state().faults.len()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// Forgets the requests and the peak.
    pub fn clear(&self) -> &Google {
        self.state().requests.clear();
        self.running.shared.peak.store(0, Ordering::SeqCst);
        self
    }

    /// The most requests that were in work at the same time. [`Google::latency`] makes it tell more.
    pub fn peak_concurrency(&self) -> usize {
        self.running.shared.peak.load(Ordering::SeqCst)
    }

    pub fn latency(&self, each: Duration) -> &Google {
        self.set(|s| s.latency = each)
    }

    /// No page has more items than this, whatever `maxResults` says.
    pub fn page_size(&self, items: usize) -> &Google {
        self.set(|s| s.page_size = items)
    }

    /// Every page with items comes after one without.
    pub fn empty_pages(&self, on: bool) -> &Google {
        self.set(|s| s.empty_pages = on)
    }

    /// Listings have every third item twice.
    pub fn duplicates(&self, on: bool) -> &Google {
        self.set(|s| s.duplicates = on)
    }

    /// Listings come in any order, exceptions before their series too.
    pub fn shuffle(&self, seed: u64) -> &Google {
        self.set(|s| s.shuffle = Some(seed))
    }

    /// Listings with `singleEvents=true` end with a sync token too.
    pub fn instance_tokens(&self, on: bool) -> &Google {
        self.set(|s| s.instance_tokens = on)
    }

    /// The list of calendars has `labelProperties` too, not only the calendar itself.
    pub fn labels_in_list(&self, on: bool) -> &Google {
        self.set(|s| s.labels_in_list = on)
    }

    /// After a split the following instances keep their ids and only change their series.
    pub fn split_keeps_ids(&self, on: bool) -> &Google {
        self.set(|s| s.split_keeps_ids = on)
    }

    /// The fake's clock: `Date`, `updated`, and when access tokens expire.
    #[track_caller]
    pub fn now(&self, now: &str) -> &Google {
        let now = now.parse().expect("a time");
        self.set(|s| s.now = now)
    }

    /// How far `Date` is ahead of the fake's clock.
    pub fn skew(&self, ahead: TimeDelta) -> &Google {
        self.set(|s| s.skew = ahead)
    }
}

fn set_of(scopes: &[&str]) -> BTreeSet<String> {
    scopes.iter().map(|scope| scope.to_string()).collect()
}
