//! What the token server refuses, in plain words: by its code (RFC 6749, sections 4.1.2.1 and 5.2, and Google's own ones),
//! and never by quoting it.

use super::{Client, SCOPES};
use crate::model::TroubleKind;
use crate::source::Trouble;
use chrono::{DateTime, TimeDelta, Utc};
use oauth2::ErrorResponse;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An error answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refusal {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    error_subtype: Option<String>,
}

impl ErrorResponse for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}

/// What we know about the sign-in that was refused.
pub(crate) struct Sign<'a> {
    pub account: &'a str,
    pub client: &'a Client,
    /// Its age; none while it is being made.
    pub age: Option<TimeDelta>,
    /// When it ended, where it was for a limited time that is over.
    pub ended: Option<DateTime<Utc>>,
}

const CONSOLE: &str = "console.cloud.google.com: Google Auth Platform";
/// Google ends sign-ins of an app in Testing after seven days; one more for a daemon that noticed late.
const TESTING: TimeDelta = TimeDelta::days(8);

impl Refusal {
    pub(crate) fn new(error: impl Into<String>) -> Refusal {
        Refusal { error: error.into(), error_description: None, error_subtype: None }
    }

    pub(crate) fn described(error: impl Into<String>, description: Option<String>) -> Refusal {
        Refusal { error_description: description, ..Refusal::new(error) }
    }

    pub(crate) fn code(&self) -> &str {
        &self.error
    }

    /// The code, where it is one: it may come from anybody, so nothing else is shown.
    fn shown(&self) -> &str {
        let is_code = self.error.len() <= 40 && self.error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if is_code { &self.error } else { "unknown" }
    }

    /// `word` is in the description, in any case.
    pub(crate) fn says(&self, word: &str) -> bool {
        let texts = [&self.error_description, &self.error_subtype];
        texts.into_iter().flatten().any(|text| text.to_ascii_lowercase().contains(word))
    }

    /// What went wrong and what to do about it.
    pub(crate) fn explain(&self, sign: &Sign) -> Trouble {
        let (account, host) = (sign.account, sign.client.host());
        let again = format!("run `{}`", command(account));
        let config = |sentence: String| Trouble::new(TroubleKind::Configuration, sentence);
        match self.code() {
            "invalid_grant" if self.says("timeframe") => clock(&host),
            "invalid_grant" if self.says("invalid_rapt") => ended(account)
                .cause("the organisation of this account ends sign-ins after a while")
                .help(format!("{again}; its admin can trust the client, which then stays signed in")),
            "invalid_grant" => self.dead(sign),
            "access_denied" => {
                Trouble::new(TroubleKind::NeedsLogin, format!("the sign-in of the account `{account}` was refused"))
                    .cause("`Cancel` was pressed on Google's page")
                    .cause("or an app in Testing does not have the person among its test users (`403: access_denied`)")
                    .help(format!(
                        "add the person ({CONSOLE} > Audience > Test users), or publish the app, then {again}"
                    ))
            }
            "admin_policy_enforced" => config(format!(
                "the organisation of the account `{account}` does not allow this app"
            ))
            .cause("its admin restricts which apps may read calendars (`admin_policy_enforced`)")
            .help(
                "ask the admin to trust the client id (Admin console > Security > API controls > App access control)",
            ),
            "org_internal" => config(format!(
                "the account `{account}` is outside the organisation that this app is for"
            ))
            .help(format!("set the user type to External ({CONSOLE} > Audience), or sign in with an account of it")),
            "redirect_uri_mismatch" => config("the OAuth client is not of type `Desktop app`".into()).help(format!(
                "create one ({CONSOLE} > Clients) and name its file: `{} --client-secret FILE`",
                command(account)
            )),
            "invalid_client" | "deleted_client" | "unauthorized_client" | "disabled_client" => config(format!(
                "`{host}` does not know the OAuth client of the account `{account}` (`{}`)",
                self.shown()
            ))
            .cause("it was deleted, or its secret was changed; Google deletes clients that nobody used for 6 months")
            .help(format!("create a client ({CONSOLE} > Clients) and run `{} --client-secret FILE`", command(account))),
            "server_error" | "temporarily_unavailable" | "internal_failure" | "backend_error" => {
                Trouble::new(TroubleKind::Transient, format!("`{host}` cannot serve us now (`{}`)", self.shown()))
            }
            "rate_limit_exceeded" | "slow_down" => {
                Trouble::new(TroubleKind::RateLimited, format!("`{host}` asks us to wait"))
            }
            _ => Trouble::new(
                TroubleKind::Unexpected,
                format!("`{host}` refused the sign-in of the account `{account}` (`{}`)", self.shown()),
            )
            .help(again),
        }
    }

    /// A sign-in, or the code of one, that is no longer good.
    fn dead(&self, sign: &Sign) -> Trouble {
        let again = format!("run `{}`", command(sign.account));
        if let Some(end) = sign.ended {
            let cause = format!("it was given for a limited time, which ended on {}", end.format("%Y-%m-%d"));
            return ended(sign.account).cause(cause).help(again);
        }
        let Some(age) = sign.age else {
            let sentence = format!("the sign-in of the account `{}` could not be finished", sign.account);
            let cause = "Google's code was too old, or was used before";
            return Trouble::new(TroubleKind::NeedsLogin, sentence).cause(cause).help(format!("{again} again"));
        };
        let removed = "access was removed at myaccount.google.com/connections";
        if age < TESTING {
            let days = age.num_days().max(0);
            let when = crate::model::count(days, "day");
            return ended(sign.account)
                .cause(format!("most likely Testing mode: Google ends sign-ins of an app in Testing after 7 days; this one is {when} old"))
                .cause(format!("or {removed}"))
                .help(format!("publish the app ({CONSOLE} > Audience > Publish app), then {again}"));
        }
        ended(sign.account)
            .cause(removed)
            .cause("or Vantage was not used for 6 months, or the person signed in with this app more than 100 times")
            .cause("or an admin of the organisation ended it")
            .help(again)
    }
}

fn ended(account: &str) -> Trouble {
    Trouble::new(TroubleKind::NeedsLogin, format!("Google no longer accepts the sign-in of the account `{account}`"))
}

/// The clock is the cause, and signing in again would not help. Time servers may set it yet.
pub(crate) fn clock(host: &str) -> Trouble {
    Trouble::new(TroubleKind::Transient, format!("`{host}` refused a request as too old or too new"))
        .cause("the clock of this machine is wrong")
        .help("set the clock: `timedatectl set-ntp true`")
}

/// A sign-in that is not for all that Vantage reads.
pub(crate) fn unticked(account: &str, lacking: &[&str]) -> Trouble {
    let words =
        |scope: &&str| if *scope == SCOPES[0] { "the list of calendars" } else { "the events on the calendars" };
    let boxes = lacking.iter().map(words).collect::<Vec<_>>().join(" and ");
    let (what, verb) = if lacking.len() == 1 { ("the box", "was") } else { ("the boxes", "were") };
    Trouble::new(
        TroubleKind::NeedsLogin,
        format!("{what} for {boxes} {verb} not ticked when the account `{account}` signed in"),
    )
    .cause("Vantage needs both: which calendars there are, and what is on them; it can change neither")
    .help(format!("run `{}` and tick both boxes", command(account)))
}

/// The same as the trouble of an account: its help signs that one in, whatever others there are.
pub fn of_account(trouble: Trouble, account: &str) -> Trouble {
    let (any, this) = ("`vantage login google`", format!("`{}`", command(account)));
    Trouble { help: trouble.help.map(|help| help.replace(any, &this)), ..trouble }
}

/// What signs `account` in, as a shell takes it.
pub fn command(account: &str) -> String {
    let plain = account.chars().all(|c| c.is_alphanumeric() || "._@-+".contains(c));
    let name = if plain { account.to_string() } else { format!("'{}'", account.replace('\'', r"'\''")) };
    format!("vantage login google --account {name}")
}
