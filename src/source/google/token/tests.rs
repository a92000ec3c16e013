use super::scripted::{Asked, Says, Scripted, json, tokens};
use super::*;
use crate::diagnostic::Exit;
use crate::disk;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::sync::Arc;
use tempfile::TempDir;

fn now() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

/// A folder for the state, with the sign-in of `work` in it.
struct Home {
    _folder: TempDir,
    path: PathBuf,
    server: Scripted,
}

impl Home {
    fn new(server: Scripted, age: TimeDelta) -> Home {
        let folder = tempfile::tempdir().unwrap();
        let path = Grant::path(folder.path(), "work");
        server.grant(now(), age).save(&path).unwrap();
        Home { _folder: folder, path, server }
    }

    fn saying(says: Says) -> Home {
        Home::new(Scripted::always(says), TimeDelta::days(30))
    }

    fn open(&self) -> SignedIn {
        SignedIn::open(&self.path, &GoogleSource::named("work"), now()).unwrap()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }
}

/// The failure of a sign-in of `days`, as the person reads it.
async fn refusal(days: i64, status: u16, body: &str) -> String {
    let home = Home::new(Scripted::always(json(status, body)), TimeDelta::days(days));
    let trouble = home.open().token(None).await.unwrap_err();
    assert!(home.text().contains("refresh-canary"), "a dead sign-in stays until there is a new one");
    render(trouble, &home.server)
}

fn render(trouble: Trouble, server: &Scripted) -> String {
    let text = trouble.failure().render(false);
    assert!(!text.contains("canary"), "{text}");
    text.replace(&server.base, "SERVER")
}

#[tokio::test]
async fn a_dead_sign_in_names_its_likely_cause() {
    let dead = r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#;
    insta::assert_snapshot!(refusal(7, 400, dead).await, @"
    error: Google no longer accepts the sign-in of the account `work`
     |
     = cause: most likely Testing mode: Google ends sign-ins of an app in Testing after 7 days; this one is 7 days old
     = cause: or access was removed at myaccount.google.com/connections
     = help: publish the app (console.cloud.google.com: Google Auth Platform > Audience > Publish app), then run `vantage login google --account work`
    ");
    insta::assert_snapshot!(refusal(200, 400, dead).await, @"
    error: Google no longer accepts the sign-in of the account `work`
     |
     = cause: access was removed at myaccount.google.com/connections
     = cause: or Vantage was not used for 6 months, or the person signed in with this app more than 100 times
     = cause: or an admin of the organisation ended it
     = help: run `vantage login google --account work`
    ");
    let session = r#"{"error":"invalid_grant","error_subtype":"invalid_rapt"}"#;
    insta::assert_snapshot!(refusal(200, 400, session).await, @"
    error: Google no longer accepts the sign-in of the account `work`
     |
     = cause: the organisation of this account ends sign-ins after a while
     = help: run `vantage login google --account work`; its admin can trust the client, which then stays signed in
    ");
}

#[tokio::test]
async fn a_sign_in_for_a_limited_time_ends() {
    let server = Scripted::always(json(400, r#"{"error":"invalid_grant"}"#));
    let home = Home::new(server, TimeDelta::days(30));
    let mut grant = Grant::load(&home.path).unwrap();
    grant.refresh_expires_at = Some(now() - TimeDelta::hours(3));
    grant.save(&home.path).unwrap();
    let trouble = home.open().token(None).await.unwrap_err();
    insta::assert_snapshot!(render(trouble, &home.server), @"
    error: Google no longer accepts the sign-in of the account `work`
     |
     = cause: it was given for a limited time, which ended on 2026-11-23
     = help: run `vantage login google --account work`
    ");
}

#[tokio::test]
async fn what_is_not_the_persons_sign_in_is_told_apart() {
    insta::assert_snapshot!(refusal(9, 401, r#"{"error":"invalid_client","error_description":"x"}"#).await, @"
    error: `127.0.0.1` does not know the OAuth client of the account `work` (`invalid_client`)
     |
     = cause: it was deleted, or its secret was changed; Google deletes clients that nobody used for 6 months
     = help: create a client (console.cloud.google.com: Google Auth Platform > Clients) and run `vantage login google --account work --client-secret FILE`
    ");
    insta::assert_snapshot!(refusal(9, 400, r#"{"error":"admin_policy_enforced"}"#).await, @"
    error: the organisation of the account `work` does not allow this app
     |
     = cause: its admin restricts which apps may read calendars (`admin_policy_enforced`)
     = help: ask the admin to trust the client id (Admin console > Security > API controls > App access control)
    ");
    let clock = "Token must be in a reasonable timeframe";
    let clock = format!(r#"{{"error":"invalid_grant","error_description":"{clock}"}}"#);
    insta::assert_snapshot!(refusal(9, 400, &clock).await, @"
    error: `127.0.0.1` refused a request as too old or too new
     |
     = cause: the clock of this machine is wrong
     = help: set the clock: `timedatectl set-ntp true`
    ");
    insta::assert_snapshot!(refusal(9, 400, r#"{"error":"Refresh-canary 1//09"}"#).await, @"
    error: `127.0.0.1` refused the sign-in of the account `work` (`unknown`)
     |
     = help: run `vantage login google --account work`
    ");
    insta::assert_snapshot!(refusal(9, 503, "").await, @"error: `127.0.0.1` cannot serve us now: it answered with status 503");
    insta::assert_snapshot!(refusal(9, 400, r#"{"error":{"code":400,"message":"canary"}}"#).await, @"
    error: the answer in the name of `127.0.0.1` is not one of a token server
     |
     = cause: a proxy, or the sign-in page of a public network, may have answered
    ");
}

#[tokio::test]
async fn a_network_in_the_way_is_not_a_lost_sign_in() {
    let home = Home::saying((200, "text/html", "<html>Welcome to the hotel</html>".into()));
    assert_eq!(home.open().token(None).await.unwrap_err().kind, TroubleKind::Transient);
    let home = Home::saying((302, "text/html", String::new()));
    assert_eq!(home.open().token(None).await.unwrap_err().kind, TroubleKind::Transient);
    let home = Home::saying((200, "application/json", "x".repeat(3 << 20)));
    assert_eq!(home.open().token(None).await.unwrap_err().kind, TroubleKind::Transient);
    // Nobody listens on port 9 of this machine.
    let source = GoogleSource { token_uri: Some("http://127.0.0.1:9/token".into()), ..GoogleSource::named("work") };
    let signed = SignedIn::open(&home.path, &source, now()).unwrap();
    assert_eq!(signed.token(None).await.unwrap_err().kind, TroubleKind::Offline);
}

#[tokio::test]
async fn ten_who_ask_at_once_share_one_request() {
    let home = Home::saying(tokens("new", ""));
    let signed = Arc::new(home.open());
    let asking = (0..10).map(|_| {
        let signed = Arc::clone(&signed);
        tokio::spawn(async move { signed.token(None).await })
    });
    for asked in asking.collect::<Vec<_>>() {
        assert_eq!(asked.await.unwrap().unwrap(), "new");
    }
    let asked = home.server.asked();
    assert_eq!(asked.len(), 1);
    let Asked { path, form } = &asked[0];
    assert_eq!((path.as_str(), form["grant_type"].as_str()), ("/token", "refresh_token"));
    assert_eq!((form["refresh_token"].as_str(), form["client_id"].as_str()), ("refresh-canary", "app.example"));
    assert_eq!(form["client_secret"], "secret-canary");
}

#[tokio::test]
async fn ten_who_wait_for_a_failure_share_it() {
    let home = Home::saying(json(503, ""));
    let signed = Arc::new(home.open());
    let asking = (0..10).map(|_| {
        let signed = Arc::clone(&signed);
        tokio::spawn(async move { signed.token(None).await })
    });
    for asked in asking.collect::<Vec<_>>() {
        assert_eq!(asked.await.unwrap().unwrap_err().kind, TroubleKind::Transient);
    }
    assert_eq!(home.server.asked().len(), 1);
    assert!(signed.token(None).await.is_err());
    assert_eq!(home.server.asked().len(), 2, "who comes later asks again");
}

#[tokio::test]
async fn a_token_is_used_until_its_last_minute() {
    let home = Home::saying(tokens("new", ""));
    let mut grant = Grant::load(&home.path).unwrap();
    grant.expires_at = now() + TimeDelta::seconds(90);
    grant.save(&home.path).unwrap();
    assert_eq!(home.open().token(None).await.unwrap(), "access-canary");
    grant.expires_at = now() + TimeDelta::seconds(59);
    grant.save(&home.path).unwrap();
    assert_eq!(home.open().token(None).await.unwrap(), "new");
    assert_eq!(home.open().token(None).await.unwrap(), "new", "the file keeps it for the next process");
    assert_eq!(home.server.asked().len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let home = Home::new(Scripted::new(|n, _| tokens(&format!("new{n}"), "")), TimeDelta::days(1));
    let signed = home.open();
    assert_eq!(signed.token(None).await.unwrap(), "new0");
    assert_eq!(signed.token(Some("new0")).await.unwrap(), "new1");
    assert_eq!(signed.token(Some("new0")).await.unwrap(), "new1", "it was replaced already");
    assert_eq!(home.server.asked().len(), 2);
}

#[tokio::test]
async fn a_rotated_refresh_token_is_stored_before_the_new_access_token_is_used() {
    let server = Scripted::new(|n, _| tokens("new", &format!(r#","refresh_token":"rotated{n}""#)));
    let home = Home::new(server, TimeDelta::days(1));
    let signed = home.open();
    assert_eq!(signed.token(None).await.unwrap(), "new");
    assert!(home.text().contains("rotated0") && !home.text().contains("refresh-canary"));
    assert_eq!(std::fs::metadata(&home.path).unwrap().mode() & 0o777, 0o600);
    signed.token(Some("new")).await.unwrap();
    assert_eq!(home.server.asked()[1].form["refresh_token"], "rotated0");
}

#[tokio::test]
async fn a_newer_sign_in_or_a_sign_out_of_another_process_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = Grant::path(folder.path(), "work");
    let newer = path.clone();
    let server = Scripted::new(move |n, asked| {
        match n {
            // While the server is asked, the person signs in anew, and later out.
            0 => {
                let text = std::fs::read_to_string(&newer).unwrap().replace("refresh-canary", "newer");
                crate::disk::write(&newer, text.as_bytes()).unwrap();
            }
            1 => std::fs::remove_file(&newer).unwrap(),
            _ => {}
        }
        tokens(&format!("for {}", asked.form["refresh_token"]), "")
    });
    server.grant(now(), TimeDelta::days(1)).save(&path).unwrap();
    let signed = SignedIn::open(&path, &GoogleSource::named("work"), now()).unwrap();
    assert_eq!(signed.token(None).await.unwrap(), "for refresh-canary");
    assert!(std::fs::read_to_string(&path).unwrap().contains("newer"));
    let trouble = signed.token(Some("for refresh-canary")).await.unwrap_err();
    assert_eq!((trouble.kind, server.asked()[1].form["refresh_token"].as_str()), (TroubleKind::NeedsLogin, "newer"));
    assert!(!path.exists());
}

#[tokio::test]
async fn a_sign_in_is_given_back_where_the_server_takes_it() {
    let home = Home::saying(json(200, "{}"));
    let grant = Grant::load(&home.path).unwrap();
    grant.revoke().await.unwrap();
    let asked = home.server.asked();
    assert_eq!((asked[0].path.as_str(), asked[0].form["token"].as_str()), ("/revoke", "refresh-canary"));
    let dead = Scripted::always(json(400, r#"{"error":"invalid_token"}"#));
    dead.grant(now(), TimeDelta::days(1)).revoke().await.unwrap();
    let down = Scripted::always(json(503, ""));
    assert_eq!(down.grant(now(), TimeDelta::days(1)).revoke().await.unwrap_err().kind, TroubleKind::Transient);
}

#[test]
fn the_file_is_private_and_comes_back_whole() {
    let home = Home::saying(json(200, "{}"));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(&home.path), mode(home.path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(Grant::load(&home.path).unwrap(), home.server.grant(now(), TimeDelta::days(30)));
}

#[test]
fn a_file_that_is_not_private_is_refused() {
    let home = Home::saying(json(200, "{}"));
    let folder = home.path.parent().unwrap();
    let shown = |failure: Failure| failure.render(false).replace(&folder.display().to_string(), "STATE");
    std::fs::set_permissions(&home.path, std::fs::Permissions::from_mode(0o640)).unwrap();
    insta::assert_snapshot!(shown(Grant::load(&home.path).unwrap_err()), @"
    error: the token file `STATE/work.json` can be read by others
     |
     = help: `chmod 600 STATE/work.json`
    ");
    assert_eq!(Grant::load(&home.path).unwrap_err().exit, Exit::Config);
    assert!(disk::read_secret_but(&home.path, "token", Some(folder)).is_ok_and(|text| text.is_some()));
    let outside = folder.join("../google/work.json");
    assert!(disk::read_secret_but(&outside, "token", Some(folder)).is_err());

    std::fs::set_permissions(&home.path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let link = folder.join("link.json");
    symlink(&home.path, &link).unwrap();
    insta::assert_snapshot!(shown(Grant::load(&link).unwrap_err()), @"
    error: the token file `STATE/link.json` is a symbolic link
     |
     = help: put the file itself there
    ");
    insta::assert_snapshot!(shown(Grant::load(&folder.join("al's.json")).unwrap_err()), @"
    error: the account `al's` is not signed in
     |
     = help: run `vantage login google --account 'al'\\''s'`
    ");
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&home.path, Some(65534), None).unwrap();
        insta::assert_snapshot!(shown(Grant::load(&home.path).unwrap_err()), @"
        error: the token file `STATE/work.json` belongs to another user
         |
         = help: `chown $USER STATE/work.json`
        ");
    }
}

#[test]
fn a_broken_file_is_not_quoted() {
    let home = Home::saying(json(200, "{}"));
    crate::disk::write(&home.path, br#"{"client_id": "secret-canary", "expires_at": "refresh-canary"}"#).unwrap();
    let failure = Grant::load(&home.path).unwrap_err();
    let text = failure.render(false);
    assert!(failure.exit == Exit::SignIn && !text.contains("canary") && text.contains("line 1"), "{text}");
}

#[test]
fn rights_that_are_missing_are_found_at_once() {
    let home = Home::saying(json(200, "{}"));
    let mut grant = Grant::load(&home.path).unwrap();
    grant.scopes.remove(0);
    grant.save(&home.path).unwrap();
    let failure = SignedIn::open(&home.path, &GoogleSource::named("work"), now()).err().unwrap();
    assert_eq!(failure.exit, Exit::SignIn);
}

#[test]
fn nothing_secret_is_in_debug() {
    let home = Home::saying(json(200, "{}"));
    let grant = Grant::load(&home.path).unwrap();
    let text = format!("{grant:?} {:?} {:?}", grant.client, grant.refresh_token);
    assert!(!text.contains("canary"), "{text}");
}
