//! Signing in to Google and out again, message by message.

mod support;

use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use support::google::{Consent, EVENTS, Google};
use support::{ADA, World, ada, meeting};

const TOKEN: &str = ".local/state/vantage/google/work.json";
const WEEK: [&str; 2] = ["2026-11-16", "2026-11-22"];

/// The configuration and the client's file, before anybody signed in.
fn world(google: &Google) -> World {
    World::new().config(&google.config("work")).file("client.json", google.client_secret_json())
}

fn refresh_token(world: &World) -> String {
    let stored: Value = serde_json::from_slice(&std::fs::read(world.path(TOKEN)).unwrap()).unwrap();
    stored["refresh_token"].as_str().unwrap().to_string()
}

/// The messages of a sign-in after its address, which differs each time.
fn after(world: &World, run: &support::Run) -> String {
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
fn a_token_file_that_others_can_read_is_not_used() {
    let google = ada();
    let world = World::new().signed_in(&google);
    std::fs::set_permissions(world.path(TOKEN), PermissionsExt::from_mode(0o644)).unwrap();
    google.clear();
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: the token file `HOME/.local/state/vantage/google/work.json` can be read by others
    error: the token file `HOME/.local/state/vantage/google/work.json` can be read by others
     |
     = help: `chmod 600 HOME/.local/state/vantage/google/work.json`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 78
    ");
    assert!(google.requests().is_empty());
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): the token file `HOME/.local/state/vantage/google/work.json` can be read by others
      next: `chmod 600 HOME/.local/state/vantage/google/work.json`
    exit 0
    ");
    std::fs::set_permissions(world.path(TOKEN), PermissionsExt::from_mode(0o600)).unwrap();
    world.run(["sync"]).ok();
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 06:00 UTC (just now), 3 events
    exit 0
    ");
}

#[test]
fn nobody_signed_in() {
    let google = ada();
    let world = world(&google);
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: the account `work` is not signed in
    error: the account `work` is not signed in
     |
     = help: run `vantage login google --account work`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 77
    ");
    insta::assert_snapshot!(world.tell(["week"]), @"
    error: no calendar has been read yet
     |
     = help: run `vantage sync`
    exit 1
    ");
    insta::assert_snapshot!(World::new().tell(["sync"]), @"
    error: there is nothing to sync
     |
     = help: run `vantage login google`, or add a `[[source.ics]]` to the configuration
    exit 2
    ");
}

#[test]
fn a_sign_in_that_died_leaves_the_data_and_signing_in_again_puts_it_right() {
    let google = ada();
    let world = World::new().signed_in(&google);
    world.run(["sync"]).ok();
    let before = world.titles(WEEK[0], WEEK[1]);
    google.revoke_access();
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: Google no longer accepts the sign-in of the account `work`
    error: Google no longer accepts the sign-in of the account `work`
     |
     = cause: most likely Testing mode: Google ends sign-ins of an app in Testing after 7 days; this one is 0 days old
     = cause: or access was removed at myaccount.google.com/connections
     = help: publish the app (console.cloud.google.com: Google Auth Platform > Audience > Publish app), then run `vantage login google --account work`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 77
    ");
    assert_eq!(world.titles(WEEK[0], WEEK[1]), before);
    let week = world.run(["week", "2026-W47"]);
    insta::assert_snapshot!(week.err, @"
    warning: work: Google no longer accepts the sign-in of the account `work`; last good sync: 2026-11-23
     |
     = help: `vantage status` says more
    ");
    assert!(week.ok().contains("W47"));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): Google no longer accepts the sign-in of the account `work`
      Ada: last good sync 2026-11-23 06:00 UTC (just now), 3 events
      next: publish the app (console.cloud.google.com: Google Auth Platform > Audience > Publish app), then run `vantage login google --account work`
    exit 0
    ");
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    world.login(&google, []).ok();
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 06:00 UTC (just now), 3 events
    exit 0
    ");
    assert_eq!(world.run(["sync"]).ok(), "work / Ada: 1 added, 0 changed, 0 removed\n");
    assert_eq!(world.run(["week", "2026-W47"]).err, "");
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 06:00 UTC (just now), 4 events
    exit 0
    ");
}

#[test]
fn an_old_sign_in_did_not_die_of_testing_mode() {
    let google = ada();
    let world = World::new().signed_in(&google);
    google.revoke_access();
    let world = world.at("2026-12-02T07:00:00+01:00");
    google.now("2026-12-02T06:00:00Z");
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: Google no longer accepts the sign-in of the account `work`
    error: Google no longer accepts the sign-in of the account `work`
     |
     = cause: access was removed at myaccount.google.com/connections
     = cause: or Vantage was not used for 6 months, or the person signed in with this app more than 100 times
     = cause: or an admin of the organisation ended it
     = help: run `vantage login google --account work`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 77
    ");
}

#[test]
fn a_sign_in_for_a_limited_time_is_told_before_it_ends() {
    let google = ada();
    google.refresh_tokens_live(7 * 24 * 3600);
    let world = World::new().signed_in(&google);
    world.run(["sync"]).ok();
    let world = world.at("2026-11-28T07:00:00+01:00");
    insta::assert_snapshot!(world.tell(["accounts"]), @"
    work: signed in since 2026-11-23; Google ends it on 2026-11-30; next: run `vantage login google --account work`
    exit 0
    ");
    let world = world.at("2026-12-01T07:00:00+01:00");
    insta::assert_snapshot!(world.tell(["accounts", "--format", "json"]), @r#"
    [{"account":"work","next":"run `vantage login google --account work`","sign_in":"the sign-in was granted until 2026-11-30 only","signed_in":false}]
    exit 0
    "#);
}

#[test]
fn of_several_accounts_one_is_named() {
    let google = ada();
    let world = World::new().config(&(google.config("work") + &google.config("home")));
    let world = world.file("client.json", google.client_secret_json());
    insta::assert_snapshot!(world.tell(["login", "google", "--client-secret", "client.json"]), @"
    error: the configuration has several Google accounts
     |
     = help: add `--account NAME`, one of `work`, `home`
    exit 2
    ");
    world.login(&google, ["--client-secret", "client.json", "--account", "home"]).ok();
    insta::assert_snapshot!(world.tell(["accounts"]), @"
    work: the account `work` is not signed in; next: run `vantage login google --account work`
    home: signed in since 2026-11-23
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["accounts", "--format", "json"]), @r#"
    [{"account":"work","next":"run `vantage login google --account work`","sign_in":"the account `work` is not signed in","signed_in":false},{"account":"home","next":null,"sign_in":"signed in since 2026-11-23","signed_in":true}]
    exit 0
    "#);
    insta::assert_snapshot!(world.tell(["sync", "--account", "home"]), @"
    home / Ada: 3 added, 0 changed, 0 removed (listed whole)
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["sync", "--account", "hom"]), @"
    error: there is no account or source `hom`
     |
     = help: `vantage status` lists them
    exit 2
    ");
    insta::assert_snapshot!(world.tell(["logout"]), @"
    error: there are several accounts
     |
     = help: add `--account NAME`
    exit 2
    ");
}

#[test]
fn a_service_account_acts_for_its_subject() {
    let google = ada();
    let config = google.config("work") + "service_account = \"~/key.json\"\nsubject = \"ada@example.com\"\n";
    let world = World::new().config(&config).file("key.json", google.service_account_json());
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: the key file `HOME/key.json` can be read by others
    error: the key file `HOME/key.json` can be read by others
     |
     = help: `chmod 600 HOME/key.json`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 78
    ");
    std::fs::set_permissions(world.path("key.json"), PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(world.run(["sync"]).ok(), "work / Ada: 3 added, 0 changed, 0 removed (listed whole)\n");
    assert_eq!(google.subjects(), [Some(ADA.to_string())]);
    insta::assert_snapshot!(world.tell(["login", "google"]), @"
    error: the account `work` is a service account and needs no sign-in
     |
     = help: run `vantage sync`
    exit 2
    ");
    insta::assert_snapshot!(world.tell(["accounts"]), @"
    work: service account
    exit 0
    ");
}

#[test]
fn signing_out_ends_it_at_google_and_keeps_the_data_unless_told() {
    let google = ada();
    let world = World::new().signed_in(&google);
    world.run(["sync"]).ok();
    let token = refresh_token(&world);
    insta::assert_snapshot!(world.tell(["logout"]), @"
    Signed out, here and at Google. What was fetched from it is kept and still counts; `vantage logout --delete-data` removes it.
    exit 0
    ");
    assert!(!google.is_alive(&token) && !world.path(TOKEN).exists());
    assert!(world.titles(WEEK[0], WEEK[1]).contains("Product strategy"));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): the account `work` is not signed in
      Ada: last good sync 2026-11-23 06:00 UTC (just now), 3 events
      next: run `vantage login google --account work`
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["logout", "--delete-data"]), @"
    It was not signed in. What was fetched from it is removed.
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["week"]), @"
    error: no calendar has been read yet
     |
     = help: run `vantage sync`
    exit 1
    ");
}

#[test]
fn a_client_whose_secret_changed_is_a_matter_of_configuration() {
    let google = ada();
    let world = World::new().signed_in(&google);
    google.replace_client("new.apps.googleusercontent.com", "new");
    google.expire_access_tokens();
    insta::assert_snapshot!(world.tell(["sync"]), @"
    work: `127.0.0.1` does not know the OAuth client of the account `work` (`invalid_client`)
    error: `127.0.0.1` does not know the OAuth client of the account `work` (`invalid_client`)
     |
     = cause: it was deleted, or its secret was changed; Google deletes clients that nobody used for 6 months
     = help: create a client (console.cloud.google.com: Google Auth Platform > Clients) and run `vantage login google --account work --client-secret FILE`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 78
    ");
}

#[test]
fn a_refresh_token_that_changes_is_kept() {
    let google = ada();
    google.rotate_refresh_tokens();
    let world = World::new().signed_in(&google);
    for _ in 0..2 {
        let before = refresh_token(&world);
        google.expire_access_tokens();
        world.run(["sync"]).ok();
        assert!(!google.is_alive(&before) && google.is_alive(&refresh_token(&world)));
        assert_eq!(std::fs::metadata(world.path(TOKEN)).unwrap().permissions().mode() & 0o777, 0o600);
    }
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
