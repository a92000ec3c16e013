use super::super::token::scripted::{Says, Scripted, json, tokens};
use super::*;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;

fn now() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

/// A browser on Google's page.
struct Browser {
    port: u16,
    url: Url,
    query: BTreeMap<String, String>,
}

impl Browser {
    fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    fn get(&self, target: &str) -> String {
        self.raw(&format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port))
    }

    /// The redirect, with the right state.
    fn back(&self, query: &str) -> String {
        self.get(&format!("/?state={}&{query}", self.query["state"]))
    }
}

/// Signs `work` in with what `browser` does.
async fn play<T: Send + 'static>(
    server: &Scripted,
    renews: bool,
    browser: impl FnOnce(Browser) -> T + Send + 'static,
) -> (Result<Grant, Trouble>, T) {
    let client = server.client();
    let wish = Wish { client: &client, account: "work", hint: Some("me@example.com"), renews };
    let (mut browser, mut window) = (Some(browser), None);
    let mut show = |url: &Url, port: u16| {
        let open = Browser { port, url: url.clone(), query: url.query_pairs().into_owned().collect() };
        let browser = browser.take().unwrap();
        window = Some(std::thread::spawn(move || browser(open)));
    };
    let outcome = login(&wish, now(), PATIENCE, &mut show).await;
    (outcome, window.unwrap().join().unwrap())
}

fn lasting() -> Says {
    tokens("access-canary", r#","refresh_token":"refresh-canary","refresh_token_expires_in":604799"#)
}

fn render(trouble: Trouble) -> String {
    let text = trouble.failure().render(false);
    assert!(!text.contains("canary"), "{text}");
    text
}

/// The failure of a sign-in whose code the server answers so.
async fn exchanged(says: Says) -> String {
    let server = Scripted::always(says);
    let (outcome, page) = play(&server, false, |browser| browser.back("code=code-canary")).await;
    assert!(page.contains("Not signed in"), "{page}");
    render(outcome.unwrap_err())
}

/// The failure of a sign-in that Google's page ended so.
async fn ended(error: &'static str) -> String {
    let server = Scripted::always(lasting());
    let (outcome, page) = play(&server, false, move |browser| browser.back(&format!("error={error}"))).await;
    assert!(page.contains("Not signed in") && server.asked().is_empty(), "{page}");
    render(outcome.unwrap_err())
}

#[tokio::test]
async fn a_person_signs_in() {
    let server = Scripted::always(lasting());
    let (outcome, (browser, page)) = play(&server, false, |browser| {
        let page = browser.back("code=code-canary&scope=x");
        (browser, page)
    })
    .await;
    let grant = outcome.unwrap();
    assert_eq!((grant.refresh_token.expose(), grant.access_token.expose()), ("refresh-canary", "access-canary"));
    assert_eq!((grant.expires_at - now()).num_seconds(), 3599);
    assert_eq!((grant.refresh_expires_at.unwrap() - now()).num_days(), 6);
    assert_eq!((grant.obtained_at, grant.scopes.as_slice()), (now(), SCOPES.map(str::to_string).as_slice()));

    let query = &browser.query;
    assert_eq!(browser.url.path(), "/auth");
    assert_eq!(query["scope"], SCOPES.join(" "));
    let asked = ["response_type", "access_type", "prompt", "code_challenge_method", "client_id", "login_hint"];
    let asked = asked.map(|key| query[key].as_str());
    assert_eq!(asked, ["code", "offline", "consent", "S256", "app.example", "me@example.com"]);
    assert_eq!(query["redirect_uri"], format!("http://127.0.0.1:{}/", browser.port));
    assert!(!browser.url.as_str().contains("canary"), "the address holds no secret");

    let form = &server.asked()[0].form;
    let verifier = PkceCodeVerifier::new(form["code_verifier"].clone());
    assert_eq!(PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str(), query["code_challenge"]);
    assert_eq!((form["code"].as_str(), form["grant_type"].as_str()), ("code-canary", "authorization_code"));
    assert_eq!(form["redirect_uri"], query["redirect_uri"]);

    assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("You can close this window"), "{page}");
    assert!(page.contains("Content-Security-Policy: default-src 'none'") && page.contains("no-referrer"), "{page}");
    assert!(!page.contains("<script") && !page.contains("canary"), "{page}");
}

#[tokio::test]
async fn strangers_neither_end_nor_finish_a_sign_in() {
    let server = Scripted::always(lasting());
    let (outcome, statuses) = play(&server, false, |browser| {
        let state = browser.query["state"].clone();
        let silent = TcpStream::connect(("127.0.0.1", browser.port)).unwrap();
        let host = format!("Host: 127.0.0.1:{}", browser.port);
        let answers = [
            browser.get("/favicon.ico"),
            browser.get("/?code=forged"),
            browser.get("/?code=forged&state=guessed"),
            browser.get("/?error=access_denied&state=guessed"),
            browser.get(&format!("/?code=forged&state={state}&state=guessed")),
            browser.get(&format!("/?state={state}")),
            browser.raw(&format!("POST /?code=forged&state={state} HTTP/1.1\r\n{host}\r\n\r\n")),
            browser.raw(&format!("GET /?code=forged&state={state} HTTP/1.1\r\nHost: evil.example\r\n\r\n")),
            browser.raw(&format!("GET /?code=forged&state={state} HTTP/1.1\r\n{host}\r\nHost: evil.example\r\n\r\n")),
            browser.raw(&format!("GET /?code=forged&state={state} HTTP/1.1\r\n\r\n")),
            browser.raw("\u{16}\u{3}\u{1}no http at all\r\n\r\n"),
            browser.raw(&format!("GET /{}", "x".repeat(8 << 10))),
            browser.back("code=good"),
        ];
        drop(silent);
        answers.map(|answer| answer.split(' ').nth(1).unwrap_or_default().to_string())
    })
    .await;
    assert!(outcome.is_ok());
    let expected =
        ["404", "400", "400", "400", "400", "400", "405", "421", "421", "421", "400", "431", "200"].map(str::to_string);
    assert_eq!(statuses, expected);
    let codes: Vec<_> = server.asked().iter().map(|asked| asked.form["code"].clone()).collect();
    assert_eq!(codes, ["good"]);
}

#[tokio::test]
async fn a_second_redirect_is_told_that_it_is_done() {
    let (release, wait) = mpsc::channel::<()>();
    let server = Scripted::new(move |_, _| {
        let _ = wait.recv();
        lasting()
    });
    let (outcome, (first, second)) = play(&server, false, move |browser| {
        let browser = std::sync::Arc::new(browser);
        let (sender, pages) = mpsc::channel();
        for _ in 0..2 {
            let (browser, sender) = (std::sync::Arc::clone(&browser), sender.clone());
            std::thread::spawn(move || sender.send(browser.back("code=one")));
        }
        // Whichever redirect is the later one is answered while the server still thinks about the code.
        let first = pages.recv().unwrap();
        release.send(()).unwrap();
        (first, pages.recv().unwrap())
    })
    .await;
    assert!(outcome.is_ok());
    assert!(first.contains("This is done") && second.contains("Signed in"), "{first}{second}");
}

#[tokio::test]
async fn what_googles_page_refuses_is_said_in_plain_words() {
    insta::assert_snapshot!(ended("access_denied").await, @"
    error: the sign-in of the account `work` was refused
     |
     = cause: `Cancel` was pressed on Google's page
     = cause: or an app in Testing does not have the person among its test users (`403: access_denied`)
     = help: add the person (console.cloud.google.com: Google Auth Platform > Audience > Test users), or publish the app, then run `vantage login google --account work`
    ");
    insta::assert_snapshot!(ended("org_internal").await, @"
    error: the account `work` is outside the organisation that this app is for
     |
     = help: set the user type to External (console.cloud.google.com: Google Auth Platform > Audience), or sign in with an account of it
    ");
    insta::assert_snapshot!(ended("redirect_uri_mismatch").await, @"
    error: the OAuth client is not of type `Desktop app`
     |
     = help: create one (console.cloud.google.com: Google Auth Platform > Clients) and name its file: `vantage login google --account work --client-secret FILE`
    ");
    insta::assert_snapshot!(ended("%3Cscript%3Ecanary").await, @"
    error: `127.0.0.1` refused the sign-in of the account `work` (`unknown`)
     |
     = help: run `vantage login google --account work`
    ");
}

#[tokio::test]
async fn a_code_that_is_refused_is_explained() {
    insta::assert_snapshot!(exchanged(json(400, r#"{"error":"invalid_grant","error_description":"canary"}"#)).await, @"
    error: the sign-in of the account `work` could not be finished
     |
     = cause: Google's code was too old, or was used before
     = help: run `vantage login google --account work` again
    ");
    insta::assert_snapshot!(exchanged((200, "text/html", "<html>canary".into())).await, @"
    error: the answer in the name of `127.0.0.1` is not one of a token server
     |
     = cause: a proxy, or the sign-in page of a public network, may have answered
    ");
    insta::assert_snapshot!(exchanged(tokens("canary", "")).await, @"
    error: Google gave no lasting sign-in for the account `work` (no refresh token)
     |
     = cause: it gives one only when it asks for consent, and it did not ask
     = help: remove Vantage at myaccount.google.com/connections, then run `vantage login google --account work` again
    ");
}

#[tokio::test]
async fn a_box_that_was_not_ticked_is_named() {
    let partial = |scope: &str| {
        let token = r#""access_token":"canary","refresh_token":"partial","expires_in":3599,"token_type":"Bearer""#;
        json(200, format!(r#"{{{token},"scope":"{scope}"}}"#))
    };
    insta::assert_snapshot!(exchanged(partial(SCOPES[0])).await, @"
    error: the box for the events on the calendars was not ticked when the account `work` signed in
     |
     = cause: Vantage needs both: which calendars there are, and what is on them; it can change neither
     = help: run `vantage login google --account work` and tick both boxes
    ");
    insta::assert_snapshot!(exchanged(partial("openid")).await, @"
    error: the boxes for the list of calendars and the events on the calendars were not ticked when the account `work` signed in
     |
     = cause: Vantage needs both: which calendars there are, and what is on them; it can change neither
     = help: run `vantage login google --account work` and tick both boxes
    ");

    let server = Scripted::always(partial(SCOPES[1]));
    let (outcome, _) = play(&server, false, |browser| browser.back("code=x")).await;
    insta::assert_snapshot!(render(outcome.unwrap_err()), @"
    error: the box for the list of calendars was not ticked when the account `work` signed in
     |
     = cause: Vantage needs both: which calendars there are, and what is on them; it can change neither
     = help: run `vantage login google --account work` and tick both boxes
    ");
    let asked = server.asked();
    assert_eq!((asked[1].path.as_str(), asked[1].form["token"].as_str()), ("/revoke", "partial"));

    let server = Scripted::always(partial(SCOPES[1]));
    let (outcome, _) = play(&server, true, |browser| browser.back("code=x")).await;
    assert!(outcome.is_err() && server.asked().len() == 1, "giving it back would end the older sign-in too");
}

#[tokio::test]
async fn nobody_comes() {
    let server = Scripted::always(lasting());
    let client = server.client();
    let wish = Wish { client: &client, account: "work", hint: None, renews: false };
    let outcome = login(&wish, now(), Duration::ZERO, &mut |_, _| {}).await;
    assert_eq!(outcome.unwrap_err().kind, TroubleKind::NeedsLogin);
    insta::assert_snapshot!(render(super::nobody(&wish, PATIENCE)), @"
    error: nobody finished the sign-in of the account `work` within 5 minutes
     |
     = cause: if Google's page said `403: access_denied`, the person is not among the app's test users
     = cause: if it said `redirect_uri_mismatch`, the client is not of type `Desktop app`
     = cause: if the browser runs on another machine, it cannot reach the port of this one
     = help: run `vantage login google --account work` again
    ");
}
