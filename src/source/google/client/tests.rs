use super::scripted::{Fixed, Says, Server, Tokens, answer, ok, refusal, run};
use super::*;

#[test]
fn a_base_is_safe_and_ends_where_calls_begin() {
    for (given, whole) in [
        ("https://www.googleapis.com", "https://www.googleapis.com/calendar/v3/"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/calendar/v3/"),
        ("http://localhost:8080/calendar/v3", "http://localhost:8080/calendar/v3/"),
        ("https://proxy.example.com/google/calendar/v3/", "https://proxy.example.com/google/calendar/v3/"),
    ] {
        assert_eq!(base(given).unwrap(), whole);
    }
    for unsafe_or_none in [
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
        "calendar",
        "http://127.0.0.1.example.com/",
        "https://example.com/?key=1",
        "https://example.com/#x",
    ] {
        assert_eq!(base(unsafe_or_none).unwrap_err().kind, TroubleKind::Configuration, "{unsafe_or_none}");
    }
}

#[test]
fn items_are_kept_as_they_came() {
    let body =
        r#"{"kind":"calendar#events","nextPageToken":"","items":[{"id":"a", "new" :[1, 2]},"odd",7],"timeZone":"Z"}"#;
    let page = envelope(body, "calendar#events").unwrap();
    assert_eq!(page.items, [r#"{"id":"a", "new" :[1, 2]}"#, "\"odd\"", "7"]);
    assert_eq!((page.next_page, page.next_sync), (None, None));
}

#[test]
fn what_is_not_googles_is_not_taken_for_empty() {
    for body in
        ["{}", "<html>sign in</html>", "", "{\"kind\":\"calendar#events\",\"items\":[", "{\"kind\":\"x\"}", "[]"]
    {
        assert_eq!(envelope(body, "calendar#events").unwrap_err().kind, TroubleKind::Transient, "{body}");
    }
}

#[test]
fn ids_are_one_segment() {
    assert_eq!(segment("en.usa#holiday@group.v.calendar.google.com"), "en.usa%23holiday@group.v.calendar.google.com");
    assert_eq!(segment("a/b?c%"), "a%2Fb%3Fc%25");
}

const FEED: Ask<'_> = Ask::Feed { sync_token: None };
const EMPTY: &str = r#"{"kind":"calendar#events","items":[],"nextSyncToken":"s"}"#;

/// What asking for a feed of a server that says one thing leads to.
fn met(says: impl Fn() -> Says + Send + 'static) -> Result<Page, Trouble> {
    let server = Server::new(move |_, _| says());
    run(server.google(Arc::new(Tokens::default()), 1).page("ada@canary.example", &FEED, None))
}

fn trouble(says: impl Fn() -> Says + Send + 'static) -> Trouble {
    met(says).unwrap_err()
}

/// The hub decodes the page as a whole and fails here; only the odd item may be lost, and that is not for us to decide.
#[test]
fn one_odd_item_does_not_cost_the_page() {
    let odd = r#"{"id":"b","start":{"dateTime":"2026-02-30T25:00:00"},"sequence":99999999999}"#;
    let new = r#"{ "id" : "a", "neverHeardOf": {"x": [1, 2.50, "\u00e9"]}, "summary":"é\n"}"#;
    let body = format!(r#"{{"kind":"calendar#events","items":[{new},{odd}],"nextSyncToken":"s","timeZone":"UTC"}}"#);
    let page = met(move || ok(&body)).unwrap();
    assert_eq!(page.items, [new, odd]);
    assert_eq!((page.next_sync.as_deref(), page.zone.as_deref()), (Some("s"), Some("UTC")));
    let fine = format!(r#"{{"kind":"calendar#events","items":[{new}],"nextPageToken":"p"}}"#);
    let page = met(move || ok(&fine)).unwrap();
    assert_eq!((page.items, page.next_page), (vec![new.to_string()], Some("p".into())));
}

#[test]
fn what_breaks_on_the_way_passes() {
    let cut = || {
        Says::Bytes(b"HTTP/1.1 200 x\r\ncontent-length: 999\r\n\r\n{\"kind\":\"calendar#events\",\"items\":[".to_vec())
    };
    let cut_without_length =
        || Says::Bytes(b"HTTP/1.1 200 x\r\n\r\n{\"kind\":\"calendar#events\",\"items\":[{}".to_vec());
    let large = || {
        let items = vec![r#"{"id":"a"}"#; 10_000].join(",");
        ok(&format!(r#"{{"kind":"calendar#events","items":[{items}],"nextSyncToken":"s"}}"#))
    };
    for (what, found, words) in [
        ("empty object", trouble(|| ok("{}")), "not Google's"),
        ("another kind", trouble(|| ok(r#"{"kind":"calendar#calendarList","items":[]}"#)), "not Google's"),
        ("page of a hotel", trouble(|| answer(200, "content-type: text/html\r\n", "\n<html>")), "web page"),
        ("page of a proxy", trouble(|| answer(403, "content-type: text/html\r\n", "<html>")), "not Google's"),
        ("redirect", trouble(|| answer(302, "location: http://127.0.0.1:1/\r\n", "")), "leads elsewhere"),
        ("bad gateway", trouble(|| answer(502, "", "")), "status 502"),
        ("cut off", trouble(cut), "broke off"),
        ("cut off, without a length", trouble(cut_without_length), "broke off"),
        ("over the cap", trouble(large), "larger than"),
        ("hung up", trouble(|| Says::HangUp), "broke off"),
        ("silence", trouble(|| Says::Silence), "did not answer within 1 seconds"),
    ] {
        assert_eq!(found.kind, TroubleKind::Transient, "{what}");
        assert!(found.sentence.contains(words), "{what}: {}", found.sentence);
    }
}

#[test]
fn a_refusal_keeps_its_reason_its_status_and_its_wait() {
    for (status, reason, kind) in [
        (403, "rateLimitExceeded", TroubleKind::RateLimited),
        (403, "dailyLimitExceeded", TroubleKind::DailyLimit),
        (403, "accessNotConfigured", TroubleKind::Configuration),
        (403, "insufficientPermissions", TroubleKind::NeedsLogin),
        (403, "forbidden", TroubleKind::Inaccessible),
        (404, "notFound", TroubleKind::Inaccessible),
        (410, "fullSyncRequired", TroubleKind::TokenDead),
        (400, "badRequest", TroubleKind::Unexpected),
        (500, "backendError", TroubleKind::Transient),
    ] {
        assert_eq!(trouble(move || refusal(status, reason)).kind, kind, "{status} {reason}");
    }
    for (after, seconds) in [("7", 7), ("999999999999", 24 * 3600), ("Mon, 23 Nov 2026 06:01:00 GMT", 60)] {
        let headers = format!("retry-after: {after}\r\ndate: Mon, 23 Nov 2026 06:00:00 GMT\r\n");
        let found = trouble(move || answer(429, &headers, "{}"));
        assert_eq!(
            (found.kind, found.retry_after),
            (TroubleKind::RateLimited, Some(Duration::from_secs(seconds))),
            "{after}"
        );
    }
}

/// A series that is gone is no dead sync token: none was sent.
#[test]
fn a_series_that_is_gone_is_inaccessible() {
    let (from, to) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
    for (status, reason) in [(404, "notFound"), (410, "deleted"), (410, "fullSyncRequired")] {
        let server = Server::new(move |_, _| refusal(status, reason));
        let google = server.google(Arc::new(Tokens::default()), 1);
        let found = run(google.page("c", &Ask::Instances { series: "s/1", from, to }, None)).unwrap_err();
        assert_eq!(found.kind, TroubleKind::Inaccessible, "{status} {reason}");
        assert_eq!(server.asked()[0].path, "/calendar/v3/calendars/c/events/s%2F1/instances");
    }
}

#[test]
fn a_refused_token_is_renewed_once() {
    let server = Server::new(|_, asked| if asked.token == "token-0" { refusal(401, "authError") } else { ok(EMPTY) });
    let google = server.google(Arc::new(Tokens::default()), 1);
    assert!(run(google.page("c", &FEED, None)).is_ok());
    assert_eq!(google.requests(), 2);
    let never = Server::new(|_, _| refusal(401, "authError"));
    let google = never.google(Arc::new(Tokens::default()), 1);
    assert_eq!(run(google.page("c", &FEED, None)).unwrap_err().kind, TroubleKind::NeedsLogin);
    assert_eq!(never.asked().iter().map(|asked| asked.token.as_str()).collect::<Vec<_>>(), ["token-0", "token-1"]);
}

/// Four calls are on the way when their token ends: what the first had renewed is not renewed again for the others.
#[test]
fn calls_at_once_renew_a_token_once() {
    let server = Server::new(|_, asked| if asked.token == "token-0" { refusal(401, "authError") } else { ok(EMPTY) });
    // The refusals come one by one, after all four have been sent with the old token.
    let tokens = Arc::new(Tokens::default());
    let together = Arc::new(Together { tokens: tokens.clone(), barrier: tokio::sync::Barrier::new(4) });
    let google = server.google(together, 4);
    let pages = run(futures_util::future::join_all((0..4).map(|_| google.page("c", &FEED, None))));
    assert!(pages.iter().all(Result::is_ok));
    assert_eq!(*tokens.refused.lock().unwrap(), ["token-0"]);
    assert_eq!(google.requests(), 8);
}

/// First tokens are handed out together.
struct Together {
    tokens: Arc<Tokens>,
    barrier: tokio::sync::Barrier,
}

impl Credentials for Together {
    fn token<'a>(
        &'a self,
        refused: Option<&'a str>,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<String, Trouble>> + Send + 'a>> {
        Box::pin(async move {
            let token = self.tokens.token(refused).await;
            if refused.is_none() {
                self.barrier.wait().await;
            }
            token
        })
    }
}

#[test]
fn without_a_token_nothing_is_asked() {
    let server = Server::new(|_, _| ok(EMPTY));
    let lost = Trouble::new(TroubleKind::NeedsLogin, "not signed in").help("run `vantage login google`");
    let google = server.google(Arc::new(Fixed(Err(lost.clone()))), 1);
    assert_eq!(run(google.page("c", &FEED, None)).unwrap_err(), lost);
    // The hub would panic.
    let google = server.google(Arc::new(Fixed(Ok("canary\r\nx: y".into()))), 1);
    let found = run(google.page("c", &FEED, None)).unwrap_err();
    assert_eq!(found.kind, TroubleKind::Unexpected);
    assert!(!format!("{found:?}").contains("canary"));
    assert_eq!(server.asked(), []);
}

#[test]
fn without_a_network_we_are_offline() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let google = Google::new(Some(&base), Arc::new(Tokens::default())).unwrap();
    assert_eq!(run(google.page("c", &FEED, None)).unwrap_err().kind, TroubleKind::Offline);
    // A server that speaks no TLS where TLS is due, as some portals do.
    let server = Server::new(|_, _| ok(EMPTY));
    let base = server.base.replace("http:", "https:");
    let google = Google::new(Some(&base), Arc::new(Tokens::default())).unwrap();
    let found = run(google.page("c", &FEED, None)).unwrap_err();
    assert_eq!(found.kind, TroubleKind::Offline);
    assert!(found.help.is_some_and(|help| help.contains("clock")));
}

#[test]
fn what_is_asked_is_what_the_rules_say() {
    let server = Server::new(|_, asked| {
        ok(match asked.path.rsplit('/').next() {
            Some("calendarList") => r#"{"kind":"calendar#calendarList","items":[{"id":"c"}]}"#,
            Some("colors") => r#"{"kind":"calendar#colors","event":{}}"#,
            Some("events" | "instances") => EMPTY,
            _ => r#"{"kind":"calendar#calendar","id":"c"}"#,
        })
    });
    let google = server.google(Arc::new(Tokens::default()), 1);
    let (from, to) = (DateTime::UNIX_EPOCH, "2026-11-23T00:00:00Z".parse().unwrap());
    run(async {
        let id = "en.usa#holiday@group.v.calendar.google.com";
        google.page(id, &FEED, None).await.unwrap();
        google.page("c", &Ask::Feed { sync_token: Some("s=&?") }, Some("p")).await.unwrap();
        google.page("c", &Ask::Window { from, to }, None).await.unwrap();
        google.page("c", &Ask::Instances { series: "m", from, to }, None).await.unwrap();
        google.calendars_page(Some("p")).await.unwrap();
        assert_eq!(google.labels("c").await.unwrap(), r#"{"kind":"calendar#calendar","id":"c"}"#);
    });
    let told: Vec<String> = server
        .asked()
        .iter()
        .map(|asked| {
            let query = asked.query.iter().map(|(k, v)| format!("\n  {k}={v}")).collect::<String>();
            format!("{}{query}", asked.path)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    // The token belongs to these parameters; whoever changes one changes the text.
    let feed = &server.asked()[0];
    for part in Ask::parameters().split(' ').skip(1) {
        let (name, value) = part.split_once('=').unwrap();
        assert_eq!(feed.parameter(name), Some(value));
    }
}

/// A web page, taken for the names of labels, would be stored.
#[test]
fn labels_are_googles_too() {
    let server = Server::new(|_, _| answer(200, "", "<html>sign in"));
    let google = server.google(Arc::new(Tokens::default()), 1);
    assert_eq!(run(google.labels("c")).unwrap_err().kind, TroubleKind::Transient);
}

#[test]
fn no_more_requests_at_once_than_there_are_slots() {
    // Counted at the token, which is asked for inside the slot.
    struct Gauge([std::sync::atomic::AtomicUsize; 2]);
    impl Credentials for Gauge {
        fn token<'a>(
            &'a self,
            _: Option<&'a str>,
        ) -> std::pin::Pin<Box<dyn Future<Output = Result<String, Trouble>> + Send + 'a>> {
            Box::pin(async move {
                let now = self.0[0].fetch_add(1, Ordering::SeqCst) + 1;
                self.0[1].fetch_max(now, Ordering::SeqCst);
                for _ in 0..50 {
                    tokio::task::yield_now().await;
                }
                self.0[0].fetch_sub(1, Ordering::SeqCst);
                Ok("t".into())
            })
        }
    }
    let gauge = Arc::new(Gauge(Default::default()));
    let server = Server::new(|_, _| ok(EMPTY));
    let google = server.google(gauge.clone(), 2);
    let pages = run(futures_util::future::join_all((0..8).map(|_| google.page("c", &FEED, None))));
    assert!(pages.iter().all(Result::is_ok));
    assert_eq!(gauge.0[1].load(Ordering::SeqCst), 2);
}

/// A call that was given up gives its slot back.
#[test]
fn silence_does_not_keep_the_slot() {
    let server = Server::new(|number, _| if number == 0 { Says::Silence } else { ok(EMPTY) });
    let google = server.google(Arc::new(Tokens::default()), 1);
    assert_eq!(run(google.page("c", &FEED, None)).unwrap_err().kind, TroubleKind::Transient);
    assert!(run(google.page("c", &FEED, None)).is_ok());
}

#[test]
fn the_servers_clock_is_known_from_answers_and_refusals() {
    let date = "date: Mon, 23 Nov 2026 06:00:00 GMT\r\n";
    for says in [|date: &str| answer(200, date, EMPTY), |date: &str| answer(503, date, "")] {
        let server = Server::new(move |_, _| says(date));
        let google = server.google(Arc::new(Tokens::default()), 1);
        assert!(google.server_date().is_none());
        let _ = run(google.page("c", &FEED, None));
        assert_eq!(google.server_date().unwrap().0.to_rfc3339(), "2026-11-23T06:00:00+00:00");
    }
}

#[test]
fn nothing_private_is_shown() {
    let page = Page {
        items: vec!["canary".into()],
        next_page: Some("canary".into()),
        next_sync: Some("canary".into()),
        zone: None,
    };
    let (from, to) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
    let asks = [Ask::Feed { sync_token: Some("canary") }, Ask::Instances { series: "canary", from, to }];
    let server = Server::new(|_, _| ok(EMPTY));
    let google = server.google(Arc::new(Fixed(Ok("canary".into()))), 1);
    let mut shown = format!("{page:?} {asks:?} {google:?}");
    let body = r#"{"error":{"code":418,"message":"canary","errors":[{"reason":"canary","location":"canary"}]}}"#;
    for status in [400, 401, 403, 404, 410, 418, 429, 500] {
        shown += &format!("{:?}", trouble(move || answer(status, "x-canary: canary\r\n", body)));
    }
    shown += &format!("{:?}", trouble(|| ok("<html>canary")));
    shown += &format!("{:?}", Google::new(Some("https://canary?canary"), Arc::new(Tokens::default())));
    shown += &format!("{:?}", NoToken(Trouble::new(TroubleKind::Offline, "x")));
    assert!(!shown.contains("canary"), "{shown}");
}
