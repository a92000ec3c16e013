//! What a sign-in gave us, and the private file that keeps it.

use super::app::Client;
use super::wire::{self, Answer, Http};
use super::{LONGEST, SCOPES, refusal};
use crate::diagnostic::{Exit, Failure, Secret};
use crate::disk;
use crate::source::Trouble;
use crate::source::google::GoogleSource;
use chrono::{DateTime, TimeDelta, Utc};
use oauth2::TokenResponse;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// A person's leave to read their calendars.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// The app that the leave was given to: no other can use it.
    pub client: Client,
    pub refresh_token: Secret,
    pub access_token: Secret,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
    /// What was ticked, as scope addresses.
    pub scopes: Vec<String>,
    pub obtained_at: DateTime<Utc>,
    /// When the leave itself ends, where the person gave it for a limited time.
    pub refresh_expires_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Grant");
        shown.field("expires_at", &self.expires_at).field("obtained_at", &self.obtained_at).finish_non_exhaustive()
    }
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Stored {
    client_id: String,
    client_secret: String,
    auth_uri: url::Url,
    token_uri: url::Url,
    refresh_token: String,
    access_token: String,
    expires_at: DateTime<Utc>,
    scopes: Vec<String>,
    obtained_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_expires_at: Option<DateTime<Utc>>,
}

impl Grant {
    /// The folder in the state folder in which sign-ins are kept.
    pub const FOLDER: &str = "google";

    /// Where the tokens of `account` are kept: `<state>/google/<account>.json`.
    pub fn path(state: &Path, account: &str) -> PathBuf {
        state.join(Grant::FOLDER).join(format!("{account}.json"))
    }

    /// The accounts that are signed in, by their files in the state folder.
    pub fn accounts(state: &Path) -> impl Iterator<Item = String> {
        let files =
            std::fs::read_dir(state.join(Grant::FOLDER)).into_iter().flatten().flatten().map(|entry| entry.path());
        let json = files.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
        json.filter_map(|path| path.file_stem()?.to_str().map(str::to_string))
    }

    /// Whether an account can have that name: it is one of a file.
    pub fn names(account: &str) -> bool {
        !account.is_empty() && !account.starts_with('.') && !account.contains(['/', '\0'])
    }

    /// What is stored in `path`.
    ///
    /// # Errors
    /// [`Exit::SignIn`] where there is no such file or it is not ours to read; [`Exit::Config`] where others can read it,
    /// where it belongs to another user, or is a link (files of `$CREDENTIALS_DIRECTORY` are the service manager's, and may
    /// be); [`Exit::Io`].
    pub fn load(path: &Path) -> Result<Grant, Failure> {
        let account = account(path);
        let text = disk::read_secret(path, "token")?.ok_or_else(|| {
            let failure = Failure::new(Exit::SignIn, format!("the account `{account}` is not signed in"));
            failure.help(format!("run `{}`", refusal::command(&account)))
        })?;
        Grant::parse(&text).map_err(|cause| {
            let sentence = format!("the token file `{}` is not one that Vantage wrote", path.display());
            let help = format!("run `{}`: it writes a new one", refusal::command(&account));
            Failure::new(Exit::SignIn, sentence).cause(cause).help(help)
        })
    }

    /// Reads what [`Grant::text`] wrote.
    ///
    /// # Errors
    /// Where it is not as expected.
    pub fn parse(text: &str) -> Result<Grant, String> {
        // The parser's own words may quote a token: only the place is told.
        let stored: Stored = serde_json::from_str(text)
            .map_err(|e| format!("line {}, column {} is not as expected", e.line(), e.column()))?;
        let secret = Secret::new(stored.client_secret);
        let client = Client { id: stored.client_id, secret, auth_uri: stored.auth_uri, token_uri: stored.token_uri };
        Ok(Grant {
            client,
            refresh_token: Secret::new(stored.refresh_token),
            access_token: Secret::new(stored.access_token),
            expires_at: stored.expires_at,
            scopes: stored.scopes,
            obtained_at: stored.obtained_at,
            refresh_expires_at: stored.refresh_expires_at,
        })
    }

    /// Stores it in `path`, readable by the user only. An older sign-in stays until this one is on the disk.
    ///
    /// # Errors
    /// [`Exit::Io`].
    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        if let Some(folder) = path.parent() {
            disk::private_folder(folder)?;
        }
        disk::write(path, self.text()?.expose().as_bytes())
    }

    /// All of it, as it is stored: for a file, or on its way to the service.
    ///
    /// # Errors
    /// [`Exit::Bug`].
    pub fn text(&self) -> Result<Secret, Failure> {
        let stored = Stored {
            client_id: self.client.id.clone(),
            client_secret: self.client.secret.expose().to_string(),
            auth_uri: self.client.auth_uri.clone(),
            token_uri: self.client.token_uri.clone(),
            refresh_token: self.refresh_token.expose().to_string(),
            access_token: self.access_token.expose().to_string(),
            expires_at: self.expires_at,
            scopes: self.scopes.clone(),
            obtained_at: self.obtained_at,
            refresh_expires_at: self.refresh_expires_at,
        };
        serde_json::to_string_pretty(&stored)
            .map(Secret::new)
            .map_err(|e| Failure::new(Exit::Bug, "a sign-in could not be put into a file").cause(e))
    }

    /// The same with the endpoints that `source` names.
    ///
    /// # Errors
    /// What [`Client::at`] says.
    pub fn at(self, source: &GoogleSource) -> Result<Grant, Failure> {
        Ok(Grant { client: self.client.at(source)?, ..self })
    }

    /// Gives the leave back, as far as the server can be reached. Google then ends every sign-in that this person gave to any
    /// client of the same Cloud project. Does not touch the file.
    ///
    /// # Errors
    /// What the network or the server said; a leave that has ended already is none.
    pub async fn revoke(&self) -> Result<(), Trouble> {
        wire::revoke(&Http::new()?, &self.client, &self.refresh_token).await
    }

    /// A new sign-in; none where the answer has no refresh token.
    pub(in super::super) fn new(client: &Client, answer: &Answer, now: DateTime<Utc>) -> Option<Grant> {
        let limited = answer.extra_fields().refresh_token_expires_in.and_then(seconds);
        let refresh = answer.refresh_token()?.secret().clone();
        let mut grant = Grant {
            client: client.clone(),
            refresh_token: Secret::new(refresh),
            access_token: Secret::new(""),
            expires_at: now,
            scopes: wire::scopes(answer),
            obtained_at: now,
            refresh_expires_at: limited.and_then(|time| now.checked_add_signed(time)),
        };
        grant.renew(answer, now);
        Some(grant)
    }

    /// Takes over the new access token, and the new refresh token where there is one.
    pub(super) fn renew(&mut self, answer: &Answer, now: DateTime<Utc>) {
        let life = answer.expires_in().and_then(|life| seconds(life.as_secs())).unwrap_or(LONGEST);
        self.access_token = Secret::new(answer.access_token().secret().clone());
        self.expires_at = now + life.min(LONGEST);
        if let Some(refresh) = answer.refresh_token() {
            self.refresh_token = Secret::new(refresh.secret().clone());
        }
        if let Some(end) = answer.extra_fields().refresh_token_expires_in.and_then(seconds) {
            self.refresh_expires_at = now.checked_add_signed(end);
        }
    }
}

fn seconds(count: u64) -> Option<TimeDelta> {
    TimeDelta::try_seconds(i64::try_from(count).ok()?)
}

/// The account that a token file is for.
pub(super) fn account(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// What Vantage needs and was not given. Consent is granular: the person may leave a box unticked.
pub(in super::super) fn lacking(given: &[String]) -> Vec<&'static str> {
    SCOPES.into_iter().filter(|scope| !given.iter().any(|g| g == scope)).collect()
}
