//! Accounts over time: sign-ins that end, are renewed, and are given back; service accounts; several of them.

use crate::support::google::Google;
use crate::support::{ADA, World, ada, meeting};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

const TOKEN: &str = ".local/state/vantage/google/work.json";

/// The configuration and the client's file, before anybody signed in.
fn world(google: &Google) -> World {
    World::new().config(&google.config("work")).file("client.json", google.client_secret_json())
}

fn refresh_token(world: &World) -> String {
    let stored: Value = serde_json::from_slice(&std::fs::read(world.path(TOKEN)).unwrap()).unwrap();
    stored["refresh_token"].as_str().unwrap().to_string()
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
      Ada: last good sync 2026-11-23 07:00 CET (just now), 3 events
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
    error: the account `work` is not signed in
     |
     = help: run `vantage login google --account work`
    exit 77
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
    let before = world.week();
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
    assert_eq!(world.week(), before);
    let week = world.run(["week", "2026-W47"]);
    insta::assert_snapshot!(week.err, @"
    warning: work: Google no longer accepts the sign-in of the account `work`; last good sync: 2026-11-23
     |
     = help: `vantage status` says more
    ");
    assert!(week.ok().contains("W47"));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): Google no longer accepts the sign-in of the account `work`
      cause: most likely Testing mode: Google ends sign-ins of an app in Testing after 7 days; this one is 0 days old
      cause: or access was removed at myaccount.google.com/connections
      Ada: last good sync 2026-11-23 07:00 CET (just now), 3 events
      next: publish the app (console.cloud.google.com: Google Auth Platform > Audience > Publish app), then run `vantage login google --account work`
    exit 0
    ");
    google.put(ADA, meeting("Budget", "2026-11-18T09:00", 60));
    let world = world.later(&google, "2026-11-23T06:10:00Z");
    world.login(&google, []).ok();
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:00 CET (10 minutes ago), 3 events
    exit 0
    ");
    assert_eq!(world.run(["sync"]).ok(), "work / Ada: 1 added, 0 changed, 0 removed\n");
    assert_eq!(world.run(["week", "2026-W47"]).err, "");
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): signed in since 2026-11-23
      Ada: last good sync 2026-11-23 07:10 CET (just now), 4 events
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
    // Another process that writes to the database is in the way of removing, not of signing out.
    let lock = vantage::store::Lock::take(&world.path(".local/state/vantage")).unwrap();
    world.run(["logout", "--delete-data"]).fails(75);
    assert!(google.is_alive(&token));
    insta::assert_snapshot!(world.tell(["logout"]), @"
    Signed out, here and at Google. What was fetched from it is kept and still counts; `vantage logout --delete-data` removes it.
    exit 0
    ");
    drop(lock);
    assert!(!google.is_alive(&token) && !world.path(TOKEN).exists());
    assert!(world.week().contains("Product strategy"));
    insta::assert_snapshot!(world.tell(["status"]), @"
    work (Google): the account `work` is not signed in
      Ada: last good sync 2026-11-23 07:00 CET (just now), 3 events
      next: run `vantage login google --account work`
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["logout", "--delete-data"]), @"
    It was not signed in. What was fetched from it is removed.
    exit 0
    ");
    insta::assert_snapshot!(world.tell(["week"]), @"
    error: the account `work` is not signed in
     |
     = help: run `vantage login google --account work`
    exit 77
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

/// Who signed out of an account that the configuration does not name is not asked to sign in at every sync.
#[test]
fn an_account_that_signed_out_is_left_alone() {
    let google = ada();
    let world = World::new().signed_in(&google);
    world.run(["sync"]).ok();
    world.run(["logout"]).ok();
    let world = world.config("[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n");
    let world = world.file("side.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n");
    let told = world.run(["sync"]).ok();
    assert!(told.starts_with("side: ") && !told.contains("work"), "{told}");
    assert!(world.tell(["status"]).contains("the account `work` is not signed in"));
    world.run(["sync", "--account", "work"]).fails(77);
}

/// A token file is a sign-in, whatever else knows of it.
#[test]
fn whoever_signs_out_ends_a_sign_in_that_nothing_names() {
    let google = Google::start();
    let world = World::new().signed_in(&google);
    let token = world.path(".local/state/vantage/google/work.json");
    let name = |world: &World| world.tell(["logout", "--account", "work"]);
    // A file of that name stands in the configuration now.
    let world = world.config("[[source.ics]]\nname = \"work\"\npath = \"~/a.ics\"\n");
    assert!(name(&world).starts_with("Signed out, here and at Google."), "{}", name(&world));
    assert!(!token.exists());
    // And without any database.
    let world = World::new().signed_in(&google);
    for name in ["vantage.db", "vantage.db-wal", "vantage.db-shm", "vantage.db.made"] {
        let _ = std::fs::remove_file(world.path(&format!(".local/state/vantage/{name}")));
    }
    let world = world.config("");
    assert!(name(&world).starts_with("Signed out, here and at Google."), "{}", name(&world));
    assert!(name(&world).contains("there is no Google account `work`"), "{}", name(&world));
    assert!(world.tell(["logout", "--account", "../x"]).contains("there is no Google account"), "a path is no account");
}

#[test]
fn a_token_file_that_is_none_is_a_sign_in_that_is_missing() {
    let google = Google::start();
    let world = World::new().signed_in(&google);
    vantage::disk::write(&world.path(".local/state/vantage/google/work.json"), b"{").unwrap();
    let told = world.tell(["week"]);
    assert!(told.contains("is not one that Vantage wrote") && told.ends_with("exit 77"), "{told}");
}
