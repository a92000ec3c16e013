//! Signing in: the loopback flow for desktop apps (RFC 8252) with PKCE (RFC 7636) and a state of our own.

mod door;
mod page;

use super::super::Trouble;
use super::token::refusal::{self, Refusal, Sign};
use super::token::wire::{self, Answer, Http};
use super::token::{Client, Grant, SCOPES};
use crate::diagnostic::Secret;
use crate::model::TroubleKind;
use chrono::{DateTime, Utc};
use door::{Arrival, Door, Said};
use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse};
use page::Page;
use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use url::Url;

/// How long a person has to sign in.
pub const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How long the browser has to fetch the last page, and a server to take a token back.
const FAREWELL: Duration = Duration::from_secs(5);

/// Who is to sign in.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub client: &'a Client,
    /// The name of the account in Vantage.
    pub account: &'a str,
    /// The Google address to offer first.
    pub hint: Option<&'a str>,
    /// There is an older sign-in of this account. It stays when this one goes wrong, so nothing is given back then: Google
    /// would end both.
    pub renews: bool,
}

/// Opens a port on 127.0.0.1, hands the address of Google's page to `show` (which prints it or opens a browser) together with
/// the port, waits for the one good redirect, and exchanges its code. Nothing is stored.
///
/// # Errors
/// [`TroubleKind::NeedsLogin`] where the person refused, left a box unticked or did not come within `patience`;
/// [`TroubleKind::Configuration`] where the client, the project or the organisation is in the way; what the network said.
pub async fn login(
    wish: &Wish<'_>,
    now: DateTime<Utc>,
    patience: Duration,
    show: &mut dyn FnMut(&Url, u16),
) -> Result<Grant, Trouble> {
    let unopened = |e: std::io::Error| {
        Trouble::new(TroubleKind::Configuration, "no port on 127.0.0.1 could be opened for the answer of the browser")
            .cause(e.to_string())
    };
    let http = Http::new()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unopened)?;
    let port = listener.local_addr().map_err(unopened)?.port();
    // Not `localhost`: that may be another machine's name, or IPv6 (RFC 8252, section 8.3).
    let redirect = RedirectUrl::new(format!("http://127.0.0.1:{port}/"))
        .map_err(|_| Trouble::new(TroubleKind::Unexpected, "no address for the answer of the browser could be made"))?;

    let client = wire::client(wish.client).set_redirect_uri(redirect);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = client
        .authorize_url(CsrfToken::new_random)
        .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_string())))
        .set_pkce_challenge(challenge)
        // A refresh token comes only with the first consent, unless consent is asked for.
        .add_extra_param("access_type", "offline")
        .add_extra_param("prompt", "consent");
    if let Some(hint) = wish.hint {
        request = request.add_extra_param("login_hint", hint);
    }
    let (url, state) = request.url();
    show(&url, port);

    let (sender, mut arrivals) = mpsc::channel(1);
    let door = Door::new(listener, port, state.into_secret(), sender);
    let settled = async {
        let arrival = timeout(patience, arrivals.recv()).await.ok().flatten();
        let Some(Arrival { said, reply, gone }) = arrival else { return Err(nobody(wish, patience)) };
        let outcome = settle(wish, now, &http, client, said, verifier).await;
        let page = if outcome.is_ok() { Page::Done } else { Page::Failed };
        // The page tells how it went; where the browser has gone, nobody misses it.
        let _ = reply.send(page);
        let _ = timeout(FAREWELL, gone).await;
        outcome
    };
    tokio::select! {
        outcome = settled => outcome,
        never = door.serve() => match never {},
    }
}

/// From what the browser brought to a grant.
async fn settle(
    wish: &Wish<'_>,
    now: DateTime<Utc>,
    http: &Http,
    client: wire::OauthClient,
    said: Said,
    verifier: PkceCodeVerifier,
) -> Result<Grant, Trouble> {
    let sign = Sign { account: wish.account, client: wish.client, age: None, ended: None };
    let code = match said {
        Said::Code(code) => AuthorizationCode::new(code),
        Said::Error(error) => return Err(Refusal::new(error).explain(&sign)),
    };
    let host = wish.client.host();
    let post = http.poster(&host);
    let redirect = client.redirect_uri().cloned();
    let mut exchange = client.exchange_code(code).set_pkce_verifier(verifier);
    if let Some(redirect) = redirect {
        exchange = exchange.set_redirect_uri(Cow::Owned(redirect));
    }
    let asked = exchange.request_async(&post).await;
    let answer = asked.map_err(|e| wire::refused(e, &host).map_or_else(|trouble| trouble, |r| r.explain(&sign)))?;
    let lacking = super::token::lacking(&wire::scopes(&answer));
    if !lacking.is_empty() {
        give_back(wish, http, &answer).await;
        return Err(refusal::unticked(wish.account, &lacking));
    }
    Grant::new(wish.client, &answer, now).ok_or_else(|| {
        let sentence = format!("Google gave no lasting sign-in for the account `{}` (no refresh token)", wish.account);
        let again = refusal::command(wish.account);
        Trouble::new(TroubleKind::NeedsLogin, sentence)
            .cause("it gives one only when it asks for consent, and it did not ask")
            .help(format!("remove Vantage at myaccount.google.com/connections, then run `{again}` again"))
    })
}

/// Leave that is of no use is given back, as far as that goes.
async fn give_back(wish: &Wish<'_>, http: &Http, answer: &Answer) {
    let token = answer.refresh_token().map_or(answer.access_token().secret(), |refresh| refresh.secret());
    if !wish.renews {
        let _ = timeout(FAREWELL, wire::revoke(http, wish.client, &Secret::new(token.clone()))).await;
    }
}

fn nobody(wish: &Wish, patience: Duration) -> Trouble {
    let minutes = patience.as_secs().div_ceil(60);
    let time = crate::model::count(minutes, "minute");
    Trouble::new(
        TroubleKind::NeedsLogin,
        format!("nobody finished the sign-in of the account `{}` within {time}", wish.account),
    )
    .cause("if Google's page said `403: access_denied`, the person is not among the app's test users")
    .cause("if it said `redirect_uri_mismatch`, the client is not of type `Desktop app`")
    .cause("if the browser runs on another machine, it cannot reach the port of this one")
    .help(format!("run `{}` again", refusal::command(wish.account)))
}

/// Opens the browser of the person, and says whether one could be started. The address holds no secret, but belongs in no log.
pub fn open_browser(url: &Url) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    command.arg(url.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: Ctrl-C here does not close the browser.
    let Ok(mut child) = command.process_group(0).spawn() else { return false };
    std::thread::spawn(move || child.wait());
    true
}

#[cfg(test)]
mod tests;
