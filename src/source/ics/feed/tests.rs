use super::*;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

const FIRST: Marks<'static> = [(header::IF_NONE_MATCH, None), (header::IF_MODIFIED_SINCE, None)];
const CALENDAR: &str = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";

/// A server that gives these answers, one a connection, and tells what it was asked.
struct Server {
    port: u16,
    thread: JoinHandle<Vec<String>>,
}

impl Server {
    fn new(answers: Vec<Vec<u8>>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            let mut asked = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if stream.read(&mut byte).unwrap_or(0) == 0 {
                        break;
                    }
                    head.push(byte[0]);
                }
                asked.push(String::from_utf8(head).unwrap());
                // A client may go before the end.
                let _ = stream.write_all(&answer);
            }
            asked
        });
        Server { port, thread }
    }

    fn url(&self) -> Secret {
        Secret::new(format!("http://127.0.0.1:{}/CANARY/basic.ics?token=CANARY", self.port))
    }
}

fn http(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn fetched(answers: Vec<Vec<u8>>, limits: Limits) -> (Result<Fetched, Trouble>, Vec<String>) {
    let server = Server::new(answers);
    let feed = Feed { url: &server.url(), allow_private: true };
    let found = run(feed.within(&limits, &FIRST));
    (found, server.thread.join().unwrap())
}

/// The trouble with an answer, which says nothing of the address.
fn trouble(answer: Vec<u8>) -> Trouble {
    silent(fetched(vec![answer], LIMITS).0)
}

fn silent(found: Result<Fetched, Trouble>) -> Trouble {
    let trouble = found.err().expect("no trouble");
    let told = format!("{trouble:?}");
    assert!(!["CANARY", "127.0.0.1", "localhost", "example", "token"].iter().any(|word| told.contains(word)), "{told}");
    trouble
}

fn bytes(found: Result<Fetched, Trouble>) -> Vec<u8> {
    match found.unwrap_or_else(|t| panic!("{t:?}")) {
        Fetched::Text { bytes, .. } => bytes,
        Fetched::Unchanged => panic!("unchanged"),
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn marks_are_kept_and_sent_and_spare_the_text() {
    let marks = "ETag: \"a1\"\r\nLast-Modified: Sun, 22 Nov 2026 10:00:00 GMT";
    let server = Server::new(vec![http(&format!("200 OK\r\n{marks}"), CALENDAR), http("304 Not Modified", "")]);
    let url = server.url();
    let feed = Feed { url: &url, allow_private: true };
    let Fetched::Text { etag, last_modified, bytes } = run(feed.fetch(None, None)).unwrap_or_else(|t| panic!("{t:?}"))
    else {
        panic!("unchanged");
    };
    assert_eq!((etag.as_deref(), bytes), (Some("\"a1\""), CALENDAR.into()));
    let again = run(feed.fetch(etag.as_deref(), last_modified.as_deref()));
    assert!(matches!(again, Ok(Fetched::Unchanged)));
    let asked = server.thread.join().unwrap();
    let first = asked[0].to_ascii_lowercase();
    assert!(asked[0].starts_with("GET /CANARY/basic.ics?token=CANARY HTTP/1.1\r\n"), "{first}");
    assert!(first.contains(&format!("user-agent: {USER_AGENT}\r\n")), "{first}");
    assert!(!["accept-encoding", "if-none-match", "if-modified-since"].iter().any(|h| first.contains(h)), "{first}");
    assert!(asked[1].contains("if-none-match: \"a1\"\r\n"), "{}", asked[1]);
    assert!(asked[1].contains("if-modified-since: Sun, 22 Nov 2026 10:00:00 GMT\r\n"), "{}", asked[1]);
    assert_eq!(
        trouble(http("304 Not Modified", "")).kind,
        TroubleKind::Unexpected,
        "nothing was there to be unchanged"
    );
}

#[test]
fn a_calendar_is_whole_or_not_taken() {
    let utf16: Vec<u8> = CALENDAR.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for good in [
        "\u{feff}BEGIN:VCALENDAR\r\nEND:VCALENDAR".as_bytes(),
        b"\r\nbegin:vcalendar\nend:vcalendar\n\n",
        "\u{feff}\u{feff}BEGIN:VCALENDAR\r\nEND:VCALENDAR".as_bytes(),
        b"<br />\n<b>Notice</b>: x in <b>y.php</b> on line 3<br />\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n<!-- cached by CANARY -->\n",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n\0",
        &utf16,
    ] {
        assert_eq!(bytes(fetched(vec![http("200 OK", good)], LIMITS).0), good);
    }
    let shown = trouble(http("200 OK", "<!DOCTYPE html><pre>\nBEGIN:VCALENDAR\nEND:VCALENDAR\n</pre>"));
    assert_eq!(shown.kind, TroubleKind::Transient, "a page about calendars is none");
    for cut in ["", "BEGIN:VCAL", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "BEGIN:VCALENDAR\r\nEND:VCALENDA"] {
        let found = trouble(http("200 OK", cut));
        assert_eq!((found.kind, &*found.sentence), (TroubleKind::Transient, "the feed was cut off"), "{cut}");
    }
    let short = trouble(http("200 OK\r\nContent-Length: 999", CALENDAR));
    assert_eq!(
        (short.kind, &*short.sentence),
        (TroubleKind::Transient, "the connection to the feed's server broke off")
    );
    let chunk = trouble(http("200 OK\r\nTransfer-Encoding: chunked", "f\r\nBEGIN:VCALENDAR\r\n"));
    assert_eq!(chunk.kind, TroubleKind::Transient);
    let page = trouble(http("200 OK\r\nContent-Type: text/calendar", "\n<!DOCTYPE html><title>CANARY</title>"));
    assert_eq!(page.kind, TroubleKind::Transient);
    assert_eq!(page.sentence, "the feed's server answered with a web page, as sign-in pages of hotel networks do");
    assert_eq!(trouble(http("200 OK", "{\"CANARY\": 1}")).kind, TroubleKind::Unexpected);
}

#[test]
fn what_comes_packed_is_unpacked_within_bounds() {
    for head in ["200 OK\r\nContent-Encoding: gzip", "200 OK\r\nContent-Type: application/gzip"] {
        assert_eq!(bytes(fetched(vec![http(head, packed(CALENDAR.as_bytes()))], LIMITS).0), CALENDAR.as_bytes());
    }
    let whole = packed(CALENDAR.as_bytes());
    assert_eq!(trouble(http("200 OK", &whole[..whole.len() - 9])), cut_off());
    let bomb = trouble(http("200 OK\r\nContent-Encoding: gzip", packed(&vec![b' '; 17 << 20])));
    assert_eq!(bomb.kind, TroubleKind::Unexpected);
}

#[test]
fn a_body_has_a_largest_size() {
    let long = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR", "X-A:a\r\n".repeat(1000));
    let most = |most| fetched(vec![http("200 OK", &long)], Limits { most, ..LIMITS }).0;
    assert_eq!(bytes(most(long.len())).len(), long.len());
    assert_eq!(silent(most(long.len() - 1)).kind, TroubleKind::Unexpected);
}

/// A listener, and the address of a feed on it.
fn listen(scheme: &str) -> (TcpListener, Secret) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Secret::new(format!("{scheme}://{}/CANARY", listener.local_addr().unwrap()));
    (listener, url)
}

/// Sends `answer` to whoever comes first, and waits until they go.
fn answer(listener: TcpListener, answer: Vec<u8>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(&answer);
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

#[test]
fn silence_ends() {
    let soon = |stall| Limits { stall: Duration::from_millis(stall), ..LIMITS };
    let ask = |url: &Secret, limits| silent(run(Feed { url, allow_private: true }.within(&limits, &FIRST)));
    // Nobody accepts: the connection stands, and no answer comes.
    let (_listener, url) = listen("http");
    for limits in [Limits { call: Duration::from_millis(1), ..LIMITS }, soon(1)] {
        let found = ask(&url, limits);
        assert_eq!(found.kind, TroubleKind::Transient);
        assert_eq!(found.sentence, "the feed's server did not answer within 0 seconds");
    }
    let (listener, url) = listen("http");
    let server = answer(listener, http("200 OK", "BEGIN:VCALENDAR\r\n"));
    assert_eq!(ask(&url, soon(50)).kind, TroubleKind::Transient);
    server.join().unwrap();
}

#[test]
fn refusals_say_what_to_do_and_when_to_come_again() {
    for (status, kind) in [
        ("401 Unauthorized", TroubleKind::Inaccessible),
        ("403 Forbidden", TroubleKind::Inaccessible),
        ("404 Not Found", TroubleKind::Inaccessible),
        ("410 Gone", TroubleKind::Inaccessible),
        ("429 Slow Down", TroubleKind::RateLimited),
        ("408 Timeout", TroubleKind::Transient),
        ("500 CANARY", TroubleKind::Transient),
        ("503 Unavailable", TroubleKind::Transient),
        ("400 Bad Request", TroubleKind::Unexpected),
        ("204 No Content", TroubleKind::Unexpected),
        ("302 Found", TroubleKind::Unexpected),
    ] {
        let found = trouble(http(&format!("{status}\r\nRetry-After: 60"), ""));
        assert_eq!(found.kind, kind, "{status}");
        assert_eq!(found.help.as_deref(), (kind == TroubleKind::Inaccessible).then_some(COPY), "{status}");
        assert_eq!(found.retry_after, found.is_transient().then(|| Duration::from_secs(60)), "{status}");
    }
    let date = "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\nRetry-After: ";
    for (head, expected) in [
        ("Retry-After: 999999999999999999999".to_string(), Some(DAY)),
        (format!("{date}Sun, 22 Nov 2026 10:02:00 GMT"), Some(Duration::from_secs(120))),
        (format!("{date}Sun, 22 Nov 2099 10:02:00 GMT"), Some(DAY)),
        (format!("{date}Sun, 22 Nov 2026 09:00:00 GMT"), None),
        ("Retry-After: Sun, 22 Nov 2026 10:02:00 GMT".to_string(), None),
        ("Retry-After: soon".to_string(), None),
    ] {
        assert_eq!(trouble(http(&format!("503 X\r\n{head}"), "")).retry_after, expected, "{head}");
    }
}

#[test]
fn redirects_are_followed_on_the_server_or_encrypted_and_end() {
    let to = |place: &str| http(&format!("302 Found\r\nLocation: {place}"), "");
    let (found, asked) = fetched(vec![to("/a"), to("b?c"), to("../d"), http("200 OK", CALENDAR)], LIMITS);
    assert_eq!(bytes(found), CALENDAR.as_bytes());
    let places: Vec<&str> = asked.iter().skip(1).filter_map(|head| head.split(' ').nth(1)).collect();
    assert_eq!(places, ["/a", "/b?c", "/d"]);
    assert_eq!(silent(fetched(vec![to("/a"); 4], LIMITS).0).kind, TroubleKind::Unexpected);
    for place in ["http://127.0.0.1:1/", "http://169.254.169.254/CANARY", "https://ada@example.com/", "file:///etc"] {
        assert_eq!(trouble(to(place)).kind, TroubleKind::Configuration, "{place}");
    }
    let from = Url::parse("https://example.com/CANARY").unwrap();
    for place in ["http://example.com/", "http://other.example/", "https://ada@example.com/", "webcal://example.com/"] {
        assert!(redirected(&from, place.as_bytes()).is_err(), "{place}");
    }
    for place in ["https://example.com:444/", "//other.example/", "https://other.example/x"] {
        assert_eq!(redirected(&from, place.as_bytes()).unwrap().scheme(), "https", "{place}");
    }
    assert_eq!(redirected(&from, b"https://EXAMPLE.com:443/x").unwrap().as_str(), "https://example.com/x");
}

#[test]
fn private_networks_are_not_asked() {
    for url in [
        "https://127.0.0.1/CANARY",
        "https://2130706433/CANARY",
        "https://0x7f.1/CANARY",
        "webcal://10.0.0.1/CANARY",
        "https://[::1]/CANARY",
        "https://[::ffff:a9fe:a9fe]/CANARY",
        "https://169.254.169.254/CANARY",
        "https://localhost/CANARY",
    ] {
        let found = silent(run(Feed { url: &Secret::new(url), allow_private: false }.fetch(None, None)));
        assert_eq!(found, private(), "{url}");
    }
    for url in ["http://127.0.0.1/CANARY", "http://example.com/CANARY", "http://a:CANARY@example.com/", "CANARY"] {
        let found = silent(run(Feed { url: &Secret::new(url), allow_private: false }.fetch(None, None)));
        assert_eq!(found.kind, TroubleKind::Configuration, "{url}");
    }
}

#[test]
fn a_server_that_is_not_there_or_not_who_it_says_may_come_back() {
    let fetch = |url: &Secret| silent(run(Feed { url, allow_private: true }.fetch(None, None)));
    let (listener, gone) = listen("http");
    drop(listener);
    assert_eq!(fetch(&gone).kind, TroubleKind::Offline);
    let (listener, plain) = listen("https");
    let server = answer(listener, http("200 OK", CALENDAR));
    let found = fetch(&plain);
    assert_eq!(found.kind, TroubleKind::Transient);
    assert_eq!(found.sentence, "the feed's server could not prove who it is, as in networks with a sign-in page");
    server.join().unwrap();
    assert_eq!(unreached(&io::Error::other(io::Error::other(Private))), private());
}

#[test]
fn a_redirect_to_another_server_is_asked_by_https_and_not_told_the_password() {
    // Whoever is there speaks no TLS: that it is found out says that it was asked.
    let (other, place) = listen("https");
    let greeting = std::thread::spawn(move || {
        let (mut stream, _) = other.accept().unwrap();
        let mut first = [0; 3];
        stream.read_exact(&mut first).unwrap();
        first[0]
    });
    let moved = http(&format!("301 Moved\r\nLocation: {}", place.expose()), "");
    let server = Server::new(vec![moved]);
    let url = Secret::new(server.url().expose().replace("http://", "http://ada:CANARY@"));
    let found = silent(run(Feed { url: &url, allow_private: true }.within(&LIMITS, &FIRST)));
    assert!(found.is_transient(), "{found:?}");
    assert_eq!(greeting.join().unwrap(), 22, "a TLS handshake, not a request that anybody can read");
    assert!(server.thread.join().unwrap()[0].contains("authorization: Basic "));
    let mut at = Url::parse("https://ada:pw@example.com/x").unwrap();
    let door = Door::take(&mut at);
    assert_eq!(at.as_str(), "https://example.com/x");
    assert!(door.key(&at).is_some() && door.key(&Url::parse("https://other.example/x").unwrap()).is_none());
}

#[test]
fn a_name_and_a_password_are_sent_as_they_were_meant() {
    let asked = |user: &str, status: &str| {
        let server = Server::new(vec![http(&format!("{status}\r\nWWW-Authenticate: Basic"), CALENDAR)]);
        let url = Secret::new(server.url().expose().replace("http://", &format!("http://{user}")));
        let found = run(Feed { url: &url, allow_private: true }.within(&LIMITS, &FIRST));
        (found, server.thread.join().unwrap().concat())
    };
    // `ada@x:p:w` in base64.
    let (found, head) = asked("ada%40x:p%3Aw@", "200 OK");
    assert!(bytes(found) == CALENDAR.as_bytes() && head.contains("authorization: Basic YWRhQHg6cDp3\r\n"), "{head}");
    assert!(head.starts_with("GET /CANARY/basic.ics?token=CANARY HTTP/1.1\r\n") && !head.contains("ada"), "{head}");
    let (found, head) = asked("", "200 OK");
    assert!(found.is_ok() && !head.contains("authorization"), "{head}");
    assert_eq!(silent(asked("", "401 No").0).help.as_deref(), Some(SIGN_IN));
    assert_eq!(
        silent(asked("ada:CANARY@", "401 No").0).help.as_deref(),
        Some("check the name and the password in its `url`")
    );
}
