//! Signing in to Google and out again, message by message.

use crate::support::google::{Consent, EVENTS, Google};
use crate::support::{World, ada};
use serde_json::{Value, json};

const TOKEN: &str = ".local/state/vantage/google/work.json";

/// The configuration and the client's file, before anybody signed in.
fn world(google: &Google) -> World {
    World::new().config(&google.config("work")).file("client.json", google.client_secret_json())
}

fn refresh_token(world: &World) -> String {
    let stored: Value = serde_json::from_slice(&std::fs::read(world.path(TOKEN)).unwrap()).unwrap();
    stored["refresh_token"].as_str().unwrap().to_string()
}

/// The messages of a sign-in after its address, which differs each time.
fn after(world: &World, run: &crate::support::Run) -> String {
    let told = world.told(run);
    let (_, rest) = told.split_once("for five minutes.\n").unwrap_or(("", &told));
    rest.to_string()
}

#[test]
fn a_refusal_says_what_may_be_behind_it() {
    let google = ada();
    google.at_consent(Consent::No);
    let world = world(&google);
    let run = world.login(&google, ["--client-secret", "client.json"]);
    insta::assert_snapshot!(after(&world, &run), @"
    error: the sign-in of the account `work` was refused
     |
     = cause: `Cancel` was pressed on Google's page
     = cause: or an app in Testing does not have the person among its test users (`403: access_denied`)
     = help: add the person (console.cloud.google.com: Google Auth Platform > Audience > Test users), or publish the app, then run `vantage login google --account work`
    exit 77
    ");
    assert!(!world.path(TOKEN).exists());
}

#[test]
fn an_unticked_box_is_named_and_nothing_is_kept() {
    let google = ada();
    google.at_consent(Consent::Without(vec![EVENTS.into()]));
    let world = world(&google);
    let run = world.login(&google, ["--client-secret", "client.json"]);
    insta::assert_snapshot!(after(&world, &run), @"
    error: the box for the events on the calendars was not ticked when the account `work` signed in
     |
     = cause: Vantage needs both: which calendars there are, and what is on them; it can change neither
     = help: run `vantage login google --account work` and tick both boxes
    exit 77
    ");
    assert!(!world.path(TOKEN).exists());
    let given_back = google.requests().iter().any(|r| r.path == "/revoke");
    assert!(given_back, "what was given in vain is given back");
}

#[test]
fn a_forged_answer_changes_nothing_and_the_right_one_still_counts() {
    let google = ada();
    let world = world(&google);
    let run = world.login_by(["--client-secret", "client.json"], |url| {
        let url_of = url::Url::parse(url).unwrap();
        let redirect = url_of.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
        for forged in ["?code=4/0attacker&state=forged", "?code=4/0attacker", "?error=access_denied", "favicon.ico"] {
            let page = google.browse(&format!("{redirect}{forged}"));
            assert!(page.status >= 400, "{forged}: {}", page.status);
        }
        assert!(google.consent(url).contains("Signed in"), "the person sees that it went well");
    });
    insta::assert_snapshot!(after(&world, &run), @"
    Signed in as `work`. Next:
      vantage sync         fetch the calendars
      vantage calendars    choose which of them count
    exit 0
    ");
    world.run(["sync"]).ok();
}

#[test]
fn the_address_to_open_comes_with_the_way_over_ssh() {
    let google = ada();
    let world = world(&google);
    let mut port = String::new();
    let run = world.login_by(["--client-secret", "client.json"], |url| {
        let url_of = url::Url::parse(url).unwrap();
        let redirect = url_of.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
        port = url::Url::parse(&redirect).unwrap().port().unwrap().to_string();
        google.consent(url);
    });
    let told = world.told(&run).replace(&port, "PORT");
    let told: Vec<&str> = told.lines().filter(|line| !line.trim_start().starts_with("http")).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    Open this address in a browser on this machine:


    Over SSH, first forward the port from where the browser is:

      ssh -L PORT:127.0.0.1:PORT THIS-MACHINE

    Tick both boxes; Vantage only reads. It waits for five minutes.
    Signed in as `work`. Next:
      vantage sync         fetch the calendars
      vantage calendars    choose which of them count
    exit 0
    ");
    // The client is remembered: the next sign-in names no file, and stays who it was if it is refused.
    std::fs::remove_file(world.path("client.json")).unwrap();
    let before = refresh_token(&world);
    google.at_consent(Consent::No);
    world.login(&google, []).fails(77);
    assert_eq!(refresh_token(&world), before);
    assert!(google.is_alive(&before));
    google.at_consent(Consent::Yes);
    world.login(&google, []).ok();
    assert_ne!(refresh_token(&world), before);
}

#[test]
fn a_client_that_cannot_work_is_refused_before_the_browser_opens() {
    let google = ada();
    let web = google.client_secret_json().replace("\"installed\"", "\"web\"");
    let world = world(&google).file("web.json", web).file("key.json", google.service_account_json());
    insta::assert_snapshot!(world.tell(["login", "google"]), @r#"
    error: no OAuth client is known to sign in with
     |
     = help: make one as the README's section "Connect Google" shows, then add `--client-secret FILE`
    exit 78
    "#);
    insta::assert_snapshot!(world.tell(["login", "google", "--client-secret", "web.json"]), @"
    error: `web.json` is a client of type `Web application`, not `Desktop app`
     |
     = cause: Google would refuse it with `redirect_uri_mismatch`
     = help: create a client of type `Desktop app` (console.cloud.google.com: Google Auth Platform > Clients) and download its JSON file
    exit 78
    ");
    insta::assert_snapshot!(world.tell(["login", "google", "--client-secret", "key.json"]), @"
    error: `key.json` is the key of a service account, not an OAuth client
     |
     = help: name it as `service_account` in the `[[source.google]]`; it needs no sign-in
    exit 78
    ");
    insta::assert_snapshot!(world.tell(["login", "google", "--client-secret", "none.json"]), @"
    error: the client file `none.json` could not be read
     |
     = cause: No such file or directory (os error 2)
     = help: name the JSON file from the console: `--client-secret FILE`
    exit 74
    ");
    insta::assert_snapshot!(world.tell(["login", "google", "--account", "../x", "--client-secret", "client.json"]), @"
    error: `../x` cannot be the name of an account
     |
     = help: choose a name without `/` that no `[[source.ics]]` has
    exit 2
    ");
}

#[test]
fn tokens_go_nowhere_in_clear() {
    let world = World::new().config("[[source.google]]\napi_base = \"http://calendar.example.com\"\n");
    insta::assert_snapshot!(world.tell(["sync"]), @r#"
    error: `api_base` must be an `https` address
     --> ~/.config/vantage/vantage.toml:2:12
      |
    2 | api_base = "http://********************"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ plain `http` would show the token to everybody on the way; it is for 127.0.0.1 only
    exit 78
    "#);
    let client = json!({"installed": {"client_id": "x", "client_secret": "y", "token_uri": "http://example.com/token",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth", "redirect_uris": ["http://localhost"]}});
    let world = World::new().file("client.json", client.to_string());
    insta::assert_snapshot!(world.tell(["login", "google", "--client-secret", "client.json"]), @"
    error: `token_uri` must be an `https` address
     |
     = cause: plain `http` would show the sign-in to everybody on the way; it is for 127.0.0.1 only
    exit 78
    ");
}

#[test]
fn a_first_sign_in_needs_no_configuration() {
    let google = ada();
    let world = World::new().file("client.json", google.client_secret_json());
    let run = world.login(&google, ["--client-secret", "client.json"]);
    insta::assert_snapshot!(after(&world, &run), @"
    Signed in. Next:
      vantage sync         fetch the calendars
      vantage calendars    choose which of them count
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["accounts"]), @"
    google: signed in since 2026-11-23
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["status"]), @"
    google (Google): signed in since 2026-11-23
      next: run `vantage sync`
    exit 0
    ");
    // While another process writes to the database, one can still sign in.
    let lock = vantage::store::Lock::take(&world.path(".local/state/vantage")).unwrap();
    world.login(&google, []).ok();
    drop(lock);
}

#[test]
fn signing_in_needs_no_leave_of_who_writes_to_the_database() {
    let google = ada();
    let side = crate::support::event("side", "Side project", "20261118T180000", "20261118T190000", "");
    let world = World::new().config("[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n");
    let world = world.ics("side.ics", &[&side]).file("client.json", google.client_secret_json());
    world.run(["sync"]).ok();
    let lock = vantage::store::Lock::take(&world.path(".local/state/vantage")).unwrap();
    world.login(&google, ["--account", "work", "--client-secret", "client.json"]).ok();
    drop(lock);
    // Whoever writes next, whatever it is for, learns of the account.
    world.run(["sync", "--account", "side"]).ok();
    insta::assert_snapshot!(world.tell(["accounts"]), @"
    work: signed in since 2026-11-23
    exit 0
    ");
}

#[test]
fn whoever_signed_in_before_is_offered_first() {
    let google = ada();
    let world = world(&google);
    let hinted = |arguments: &[&str]| {
        let mut hint = None;
        world.login_by(arguments.iter().copied(), |url| {
            let address = url::Url::parse(url).unwrap();
            hint = address.query_pairs().find(|(key, _)| key == "login_hint").map(|(_, value)| value.into_owned());
            google.consent(url);
        });
        hint
    };
    assert_eq!(hinted(&["--client-secret", "client.json"]), None);
    world.run(["sync"]).ok();
    assert_eq!(hinted(&[]).as_deref(), Some("ada@example.com"));
}
