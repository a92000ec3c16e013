use super::super::token::scripted::{Says, Scripted, json, tokens};
use super::*;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

/// Made for these tests; no account has it.
const KEY: &str = include_str!("throwaway.pem");

fn source(subject: Option<&str>, token_uri: Option<String>) -> GoogleSource {
    GoogleSource { subject: subject.map(str::to_string), token_uri, ..GoogleSource::named("work") }
}

fn key(folder: &Path, token_uri: &str) -> std::path::PathBuf {
    let path = folder.join("key.json");
    let key = serde_json::json!({
        "type": "service_account", "client_email": "robot@canary.example", "client_id": "1029384756",
        "private_key": KEY, "token_uri": token_uri,
    });
    crate::disk::write(&path, key.to_string().as_bytes()).unwrap();
    path
}

async fn account(server: &Scripted, subject: Option<&str>) -> ServiceAccount {
    let folder = tempfile::tempdir().unwrap();
    let path = key(folder.path(), &format!("{}/token", server.base));
    ServiceAccount::open(&path, &source(subject, None)).await.unwrap()
}

async fn refusal(subject: Option<&str>, says: Says) -> String {
    let server = Scripted::always(says);
    let text = account(&server, subject).await.token(None).await.unwrap_err().failure().render(false);
    assert!(!text.contains("canary"), "{text}");
    text
}

/// The claims of a signed request.
fn claims(assertion: &str) -> String {
    let part = assertion.split('.').nth(1).unwrap();
    let digit =
        |c: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".iter().position(|d| *d == c);
    let bits: Vec<usize> = part.bytes().filter_map(digit).collect();
    let bytes = bits.chunks(4).flat_map(|four| {
        let word = (0..4).fold(0, |word, i| word << 6 | four.get(i).copied().unwrap_or(0));
        [(word >> 16) as u8, (word >> 8) as u8, word as u8]
    });
    String::from_utf8(bytes.collect()).unwrap().trim_end_matches('\0').to_string()
}

#[tokio::test]
async fn a_key_is_signed_in_once_for_all_who_ask() {
    let server = Scripted::new(|n, _| tokens(&format!("token{n}"), ""));
    let account = Arc::new(account(&server, Some("lead@corp.example")).await);
    let asking = (0..10).map(|_| {
        let account = Arc::clone(&account);
        tokio::spawn(async move { account.token(None).await })
    });
    for asked in asking.collect::<Vec<_>>() {
        assert_eq!(asked.await.unwrap().unwrap(), "token0");
    }
    assert_eq!(account.token(Some("token0")).await.unwrap(), "token1");
    assert_eq!(account.token(Some("token0")).await.unwrap(), "token1", "it was replaced already");
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    let claims = claims(&asked[0].form["assertion"]);
    assert!(claims.contains(r#""sub":"lead@corp.example""#) && claims.contains(&SCOPES.join(" ")), "{claims}");
}

#[tokio::test]
async fn what_is_refused_names_what_an_admin_must_do() {
    let unauthorized = json(401, r#"{"error":"unauthorized_client","error_description":"canary"}"#);
    insta::assert_snapshot!(refusal(Some("lead@canary.example"), unauthorized).await, @"
    error: the service account may not act for its `subject`
     |
     = cause: domain-wide delegation is missing for this account or for one of the two scopes
     = help: have an admin add the client id (1029384756) with the scopes `https://www.googleapis.com/auth/calendar.calendarlist.readonly,https://www.googleapis.com/auth/calendar.events.readonly` (Admin console > Security > API controls > Domain-wide delegation)
    ");
    let grant = |text: &str| json(400, format!(r#"{{"error":"invalid_grant","error_description":"{text}"}}"#));
    let clock = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.";
    insta::assert_snapshot!(refusal(None, grant(clock)).await, @"
    error: `127.0.0.1` refused a request as too old or too new
     |
     = cause: the clock of this machine is wrong
     = help: set the clock: `timedatectl set-ntp true`
    ");
    insta::assert_snapshot!(refusal(None, grant("Invalid JWT Signature.")).await, @"
    error: Google does not know the key of the service account
     |
     = cause: the key was deleted or disabled
     = help: create a JSON key (console.cloud.google.com: IAM & Admin > Service accounts > Keys)
    ");
    insta::assert_snapshot!(refusal(Some("x@canary.example"), grant("Invalid email or User ID")).await, @"
    error: the service account cannot act for its `subject`
     |
     = cause: no such person is in the organisation, or the service account was deleted
     = help: set `subject` to the address of a person of the organisation
    ");
    insta::assert_snapshot!(refusal(None, (502, "text/html", "<html>canary".into())).await, @"
    error: the answer in the name of `127.0.0.1` is not one of a token server
     |
     = cause: a proxy, or the sign-in page of a public network, may have answered
    ");
}

#[tokio::test]
async fn the_key_file_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |failure: Failure| failure.render(false).replace(&folder.path().display().to_string(), "HOME");
    let open = async |path: &Path, uri: Option<&str>| {
        ServiceAccount::open(path, &source(None, uri.map(str::to_string))).await.err().map(shown).unwrap_or_default()
    };
    insta::assert_snapshot!(open(&folder.path().join("key.json"), None).await, @"
    error: there is no key file `HOME/key.json`
     |
     = help: check `service_account`
    ");
    let path = key(folder.path(), "http://tokens.example/token");
    insta::assert_snapshot!(open(&path, None).await, @"
    error: `token_uri` must be an `https` address
     |
     = cause: plain `http` would show the sign-in to everybody on the way; it is for 127.0.0.1 only
    ");
    assert_eq!(open(&path, Some("http://127.0.0.1:9/token")).await, "");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(open(&path, None).await, @"
    error: the key file `HOME/key.json` can be read by others
     |
     = help: `chmod 600 HOME/key.json`
    ");
    let path = folder.path().join("other.json");
    crate::disk::write(&path, br#"{"installed": {"client_secret": "canary"}}"#).unwrap();
    insta::assert_snapshot!(open(&path, None).await, @"
    error: `HOME/other.json` is not the key file of a service account
     |
     = help: create a JSON key (console.cloud.google.com: IAM & Admin > Service accounts > Keys)
    ");
}
