//! Consent, codes, grants, and the clients that the program uses.

use std::io::{Read, Write};
use std::net::TcpListener;

use google_calendar3::CalendarHub;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use url::Url;
use yup_oauth2::{CustomHyperClientBuilder, ServiceAccountAuthenticator, ServiceAccountKey};

use super::*;
use crate::support::google::{CALENDAR_LIST, CLIENT_ID, CLIENT_SECRET, Consent, EVENTS, Fault};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Of the verifier above, from RFC 7636.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http://127.0.0.1:1/";

fn asking(google: &Google, change: &[(&str, &str)]) -> String {
    let scopes = format!("{CALENDAR_LIST} {EVENTS}");
    let mut query = vec![
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("scope", &scopes),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("state", "s-1"),
        ("access_type", "offline"),
    ];
    query.retain(|(name, _)| change.iter().all(|(changed, _)| changed != name));
    query.extend(change.iter().filter(|(_, value)| !value.is_empty()));
    Url::parse_with_params(&format!("{}/o/oauth2/v2/auth", google.base()), query).unwrap().to_string()
}

/// What Google sends back to the program.
fn sent_back(google: &Google) -> std::collections::BTreeMap<String, String> {
    let heard = google.browse(&asking(google, &[]));
    assert_eq!(heard.status, 302, "{}", heard.body);
    Url::parse(&heard.headers["location"]).unwrap().query_pairs().into_owned().collect()
}

fn exchange(google: &Google, code: &str, change: (&str, &str)) -> (u16, Value) {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    form.retain(|(name, _)| *name != change.0);
    form.push(change);
    let heard = google.post("/token", &form);
    (heard.status, heard.json())
}

fn refresh(google: &Google, token: &str) -> Value {
    let client = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)];
    google.post("/token", &[&client[..], &[("grant_type", "refresh_token"), ("refresh_token", token)]].concat()).json()
}

#[test]
fn a_code_becomes_tokens_once() {
    let google = Google::start();
    let back = sent_back(&google);
    assert_eq!(back["state"], "s-1");
    assert_eq!(back["scope"], format!("{CALENDAR_LIST} {EVENTS}"));
    google.access_tokens_live(60).refresh_tokens_live(604_800);
    let (status, tokens) = exchange(&google, &back["code"], ("", ""));
    assert_eq!((status, &tokens["expires_in"], &tokens["token_type"]), (200, &json!(60), &json!("Bearer")));
    assert_eq!(tokens["refresh_token_expires_in"], 604_800);
    assert!(google.is_alive(tokens["refresh_token"].as_str().unwrap()));
    assert_eq!(exchange(&google, &back["code"], ("", "")).1["error"], "invalid_grant");
}

#[test]
fn a_code_is_worthless_without_all_that_belongs_to_it() {
    let google = Google::start();
    let wrong = [
        (("code_verifier", "x"), 400, "invalid_grant"),
        (("code_verifier", "EBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), 400, "invalid_grant"),
        (("code_verifier", ""), 400, "invalid_grant"),
        (("redirect_uri", "http://127.0.0.1:2/"), 400, "redirect_uri_mismatch"),
        (("client_secret", "x"), 401, "invalid_client"),
        (("grant_type", "password"), 400, "unsupported_grant_type"),
    ];
    for (change, status, error) in wrong {
        let code = sent_back(&google)["code"].clone();
        let (heard, body) = exchange(&google, &code, change);
        assert_eq!((heard, &body["error"]), (status, &json!(error)), "{change:?}");
    }
}

#[test]
fn the_consent_page_refuses_what_google_refuses() {
    let google = Google::start();
    let wrong = [
        ("client_id", "x"),
        ("response_type", "token"),
        ("redirect_uri", "http://192.168.0.1:80/"),
        ("redirect_uri", "http://127.0.0.1:1/callback"),
        ("redirect_uri", "urn:ietf:wg:oauth:2.0:oob"),
        ("scope", ""),
        ("scope", "calendar.readonly"),
        ("code_challenge", ""),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
        ("state", ""),
        ("access_type", ""),
    ];
    for change in wrong {
        let heard = google.browse(&asking(&google, &[change]));
        assert_eq!(heard.status, 400, "{change:?}");
    }
    assert_eq!(google.browse(&asking(&google, &[("redirect_uri", "http://127.0.0.1:1")])).status, 302);
}

#[test]
fn the_person_may_refuse_or_leave_a_box_unticked() {
    let google = Google::start();
    google.at_consent(Consent::No);
    let back = sent_back(&google);
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "s-1"));
    google.at_consent(Consent::Without(vec![EVENTS.into()]));
    assert_eq!(sent_back(&google)["scope"], CALENDAR_LIST);
}

#[test]
fn consent_plays_the_browser_up_to_the_programs_own_page() {
    let google = Google::start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let back = format!("http://{}/", listener.local_addr().unwrap());
    let program = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 2000];
        let length = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nThank you").unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    assert_eq!(google.consent(&asking(&google, &[("redirect_uri", &back)])), "Thank you");
    assert!(program.join().unwrap().starts_with("GET /?state=s-1&code=4%2F0code-"));
    assert!(google.consent(&asking(&google, &[("client_id", "x")])).contains("invalid_client"));
}

#[test]
fn refresh_tokens_rotate_fail_and_die() {
    let google = Google::start();
    let first = google.refresh_token(&[EVENTS]);
    assert_eq!(refresh(&google, &first)["scope"], EVENTS);
    google.fault(Fault::oauth(503, "temporarily_unavailable"));
    assert_eq!(refresh(&google, &first)["error"], "temporarily_unavailable");
    google.rotate_refresh_tokens();
    let second = refresh(&google, &first)["refresh_token"].as_str().unwrap().to_string();
    assert_eq!(refresh(&google, &first)["error"], "invalid_grant");
    assert!(google.is_alive(&second));
    assert_eq!(google.post("/revoke", &[("token", &second)]).status, 200);
    assert_eq!(refresh(&google, &second)["error"], "invalid_grant");
    let third = google.refresh_token(&[EVENTS]);
    google.replace_client("new", "secret");
    assert_eq!(refresh(&google, &third)["error"], "invalid_client");
    google.revoke_access();
    assert!(!google.is_alive(&third));
}

#[test]
fn the_files_of_the_console_lead_to_the_fake() {
    let google = Google::start();
    let secret: Value = serde_json::from_str(&google.client_secret_json()).unwrap();
    assert_eq!(secret["installed"]["token_uri"], format!("{}/token", google.base()));
    let config: toml::Table = google.config("work").parse().unwrap();
    assert_eq!(config["source"]["google"][0]["api_base"].as_str(), Some(google.base().as_str()));
}

#[test]
fn the_libraries_of_the_program_take_it_for_google() {
    let google = ada();
    single(&google, "a");
    series(&google, "week", "RRULE:FREQ=WEEKLY;COUNT=3");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let key: ServiceAccountKey = serde_json::from_str(&google.service_account_json()).unwrap();
        let oauth = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        let account = ServiceAccountAuthenticator::with_client(key, CustomHyperClientBuilder::from(oauth));
        let account = account.subject(ADA).build().await.unwrap();
        let token = account.token(&[CALENDAR_LIST, EVENTS]).await.unwrap().token().unwrap().to_string();
        let mut hub = CalendarHub::new(Client::builder(TokioExecutor::new()).build(HttpConnector::new()), token);
        hub.base_url(format!("{}/calendar/v3/", google.base()));
        let list = hub.calendar_list().list().add_scope(EVENTS).show_hidden(true).doit().await.unwrap().1;
        assert_eq!(list.items.unwrap()[0].id.as_deref(), Some(ADA));
        let events = hub.events().list(ADA).add_scope(EVENTS).single_events(false).max_results(2500);
        let events = events.param("prettyPrint", "false").doit().await.unwrap().1;
        assert_eq!(events.items.unwrap().len(), 2);
        let again = hub.events().list(ADA).add_scope(EVENTS).sync_token(&events.next_sync_token.unwrap());
        assert_eq!(again.doit().await.unwrap().1.items.unwrap().len(), 0);
        let instances = hub.events().instances(ADA, "week").add_scope(EVENTS).doit().await.unwrap().1;
        assert_eq!(instances.items.unwrap().len(), 3);
        assert_eq!(hub.colors().get().add_scope(EVENTS).doit().await.unwrap().1.event.unwrap().len(), 11);
    });
    assert_eq!(google.subjects(), [Some(ADA.to_string())]);
}
