//! Calendars as servers, archives and old programs really write them.

use crate::support::{Run, World};
use std::io::{BufRead, BufReader, Write};

const DAY: [&str; 7] = ["events", "--ics", "a.ics", "--from", "2026-11-18", "--to", "2026-11-18"];

fn event(uid: &str, title: &str, hour: u32) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20261118T{hour:02}0000Z\r\n\
         DTEND:20261118T{:02}0000Z\r\nSUMMARY{title}\r\nATTENDEE:mailto:ada@example.com\r\n\
         ATTENDEE:mailto:bo@example.com\r\nEND:VEVENT\r\n",
        hour + 1
    )
}

fn calendar(events: &[String]) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{}END:VCALENDAR\r\n", events.concat())
}

/// A server on loopback that answers every request alike, and the port it is on; ends with the test's process.
fn server(answer: impl Fn(&str) -> (String, Vec<u8>) + Send + 'static) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let (status, body) = answer(&head.join("\n"));
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    port
}

fn followed(address: &str) -> World {
    let source = format!("[[source.ics]]\nname = \"side\"\nurl = \"{address}\"\nallow_private = true\n");
    World::new().config(&source)
}

fn served(body: Vec<u8>) -> World {
    let port = server(move |_| ("200 OK".into(), body.clone()));
    followed(&format!("http://127.0.0.1:{port}/private.ics"))
}

#[test]
fn a_feed_reads_what_a_file_reads() {
    let text = calendar(&[event("a", ":Roadmap", 9)]);
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for (what, body) in [
        ("a notice before", format!("<br />\n<b>Notice</b>: x in y.php on line 3<br />\n{text}").into_bytes()),
        ("a comment of a cache behind", format!("{text}<!-- cached 12:00 -->\n").into_bytes()),
        ("a NUL behind", format!("{text}\0").into_bytes()),
        ("two marks", format!("\u{feff}\u{feff}{text}").into_bytes()),
        ("UTF-16", utf16(&text)),
    ] {
        let world = served(body.clone());
        assert_eq!(world.sync(), "side: 1 added, 0 changed, 0 removed (listed whole)\n", "{what}");
        assert_eq!(world.week(), "18T10:00 Roadmap", "{what}");
        let file = World::new().file("a.ics", body);
        let read = file.run(DAY).ok();
        assert!(read.contains("Roadmap"), "{what}: {read}");
    }
    // What is cut off or no calendar stays out, whatever stands around it.
    let cut = text.replace("END:VCALENDAR", "");
    assert!(served(format!("{cut}<!-- cached -->").into()).run(["sync"]).fails(75).contains("the feed was cut off"));
    let page = format!("<!DOCTYPE html><pre>\n{text}</pre>");
    assert!(served(page.into()).run(["sync"]).fails(75).contains("a web page"));
}

#[test]
fn a_name_and_a_password_in_an_address_open_the_feed_and_are_shown_nowhere() {
    let port = server(|head| {
        // `ada@example.com:CANARY 1` in base64.
        let open = head.to_ascii_lowercase().contains("authorization: basic ywrhqgv4yw1wbguuy29toknbtkfswsax");
        let body = calendar(&[event("a", ":Roadmap", 9)]);
        if open { ("200 OK".into(), body.into()) } else { ("401 No\r\nWWW-Authenticate: Basic".into(), Vec::new()) }
    });
    let world = followed(&format!("http://ada%40example.com:CANARY%201@127.0.0.1:{port}/x.ics"));
    let told = world.tell(["sync"]) + &world.tell(["status", "--format", "json"]) + &world.tell(["config", "check"]);
    assert!(told.contains("side: 1 added") && !told.contains("CANARY") && !told.contains("ada%40"), "{told}");
    let shut = followed(&format!("http://ada:CANARY@127.0.0.1:{port}/x.ics"));
    insta::assert_snapshot!(shut.tell(["sync"]), @"
    side: the feed's server refuses us (status 401)
    error: side: the feed's server refuses us (status 401)
     |
     = help: check the name and the password in its `url`
     = note: what was stored before is still there; `vantage status` shows how each calendar stands
    exit 1
    ");
}

#[test]
fn addresses_as_they_are_handed_out_are_taken_and_others_are_told_what_to_change() {
    let check = |url: &str, more: &str| {
        let source = format!("[[source.ics]]\nname = \"side\"\nurl = \"{url}\"\n{more}");
        World::new().config(&source).tell(["config", "check"])
    };
    let private = "allow_private = true\n";
    for (url, more) in [
        ("webcals://example.com/a.ics", ""),
        ("https://ada:pw@example.com/a.ics", ""),
        ("http://192.168.1.5:8080/a.ics", private),
        ("http://nas.local/a.ics", private),
        ("http://calendar.corp.example.com/a.ics", private),
    ] {
        assert!(check(url, more).ends_with("exit 0"), "{url}: {}", check(url, more));
    }
    for (url, more, help) in [
        ("http://192.168.1.5/a.ics", "", "add `allow_private = true` to this source"),
        ("http://example.com/CANARY.ics", "", "write `https://`"),
        ("http://1.1.1.1/CANARY.ics", private, "write `https://`"),
        ("file:///home/ada/CANARY.ics", "", "write the file as `path` instead"),
        ("calendar.example.com/CANARY", "", "it begins with `https://` or `webcal://`"),
    ] {
        let told = check(url, more);
        assert!(told.contains(help) && told.ends_with("exit 78") && !told.contains("CANARY"), "{url}: {told}");
    }
}

#[test]
fn a_redirect_from_an_open_server_to_another_open_one_is_told_what_to_do() {
    let port = server(|_| ("302 Found\r\nLocation: http://localhost:1/CANARY".into(), Vec::new()));
    let world = followed(&format!("http://127.0.0.1:{port}/x.ics"));
    let told = world.run(["sync"]).fails(78);
    assert!(told.contains("redirected to plain `http`") && told.contains("open the address in a browser"), "{told}");
    assert!(!told.contains("CANARY") && !told.contains("localhost"), "{told}");
}

#[test]
fn every_usual_ending_is_a_calendar_in_folders_and_in_archives() {
    let files = |hour: u32| calendar(&[event(&format!("e{hour}"), ":Roadmap", hour)]);
    let busy = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VFREEBUSY\r\nFREEBUSY:20261118T130000Z/PT1H\r\n\
                END:VFREEBUSY\r\nEND:VCALENDAR\r\n";
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(files(14).as_bytes()).unwrap();
    let shadow = b"\0\x05\x16\x07\0\x02\0\0Mac OS X";
    let parts: [(&str, Vec<u8>); 8] = [
        ("a.ics", files(9).into()),
        ("B.ICALENDAR", files(10).into()),
        ("c.ical", files(11).into()),
        ("d.vcs", files(12).into()),
        ("e.ifb", busy.into()),
        ("f.ics.gz", packer.finish().unwrap()),
        ("__MACOSX/._a.ics", shadow.into()),
        ("._a.ics", shadow.into()),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut world = World::new();
    for (name, bytes) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
        world = world.file(&format!("all/{name}"), &bytes);
    }
    let world = world.file("all.zip", zip.finish().unwrap().into_inner()).file("all/notes.txt", "BEGIN:VCALENDAR");
    for path in ["all", "all.zip"] {
        let run =
            world.run(["events", "--ics", path, "--from", "2026-11-18", "--to", "2026-11-18", "--format", "json"]);
        assert!(run.err.is_empty(), "{path}: {}", run.err);
        let rows = run.json();
        let starts: Vec<&str> = rows.iter().map(|row| &row["start"].as_str().unwrap()[11..13]).collect();
        assert_eq!(starts, ["10", "11", "12", "13", "14", "15"], "{path}");
        let calendars: Vec<&str> = rows.iter().filter_map(|row| row["calendar"].as_str()).collect();
        // Files of one event each are one calendar.
        assert_eq!(calendars, ["all"; 6], "{path}");
    }
}

#[test]
fn titles_are_read_as_their_encoding_says() {
    let titles = |bytes: &[u8]| World::new().file("a.ics", bytes).run(DAY).out;
    let text = calendar(&[
        event("a", ";ENCODING=QUOTED-PRINTABLE:Sprint=20planning", 8),
        event("b", ";ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9 road=\r\nmap", 9),
        event("c", ";CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCnchen", 10),
        event("d", ":Budget=20review", 11),
    ]);
    let read = titles(text.as_bytes());
    for title in ["Sprint planning", "Café roadmap", "München", "Budget=20review"] {
        assert!(read.contains(title), "{title}: {read}");
    }
    let old = calendar(&[event("a", ":Roadmap # review", 8)]).replace('#', "\u{1}");
    let old: Vec<u8> = old.bytes().map(|byte| if byte == 1 { 0x96 } else { byte }).collect();
    assert!(titles(&old).contains("Roadmap – review"), "{}", titles(&old));
}

#[test]
fn a_charset_that_is_guessed_or_not_known_is_told_once_a_file() {
    let run = |bytes: &[u8]| World::new().file("a.ics", bytes).run(DAY);
    let qp = |charset: &str, value: &str| format!(";CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{value}");
    let said = |text: String| {
        let bytes: Vec<u8> = text.chars().map(|c| if c == '¤' { 0xE9 } else { c as u8 }).collect();
        let Run { out, err, code } = run(&bytes);
        assert!(code == 0 && err.matches("warning").count() <= 1, "{err}");
        (out, err)
    };
    let known = [qp("KOI8-R", "=F0=CC=C1=CE"), qp("windows-1250", "P=F8ehled"), ":Budget".into()];
    let (out, err) = said(calendar(&[0, 1, 2].map(|n| event(&n.to_string(), &known[n], 8 + n as u32))));
    assert!(out.contains("План") && out.contains("Přehled") && err.is_empty(), "{out}{err}");
    let strange = qp("EBCDIC-US", "=8Cv=89=E6 Q3");
    let (out, err) = said(calendar(&[event("a", &strange, 8), event("b", &strange, 9)]));
    assert!(out.contains(" Q3") && err.contains("a.ics:") && err.contains("`CHARSET` that is not known"), "{out}{err}");
    // Nothing says what these are.
    for title in [":Caf¤", ";ENCODING=QUOTED-PRINTABLE:Caf=E9", ";CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Caf=E9"] {
        let (out, err) = said(calendar(&[event("a", title, 8), event("b", title, 9)]));
        assert!(out.contains("Café") && err.contains("a.ics:") && err.contains("windows-1252"), "{out}{err}");
    }
    // A character that folding cut in two is one, and what its line names is not guessed.
    let cut = calendar(&[event("a", ":Café", 8)]).replace("é", "¤\r\n ¢");
    let bytes: Vec<u8> = cut
        .chars()
        .map(|c| match c {
            '¤' => 0xC3,
            '¢' => 0xA9,
            c => c as u8,
        })
        .collect();
    let Run { out, err, .. } = run(&bytes);
    assert!(out.contains("Café") && err.is_empty(), "{out}{err}");
    assert!(said(calendar(&[event("a", ";CHARSET=ISO-8859-1:Caf¤", 8)])).1.is_empty());
}

#[test]
fn letters_of_several_bytes_are_read_by_name_and_in_whole_files() {
    let said = |bytes: &[u8]| {
        let Run { out, err, code } = World::new().file("a.ics", bytes).run(DAY);
        assert!(code == 0 && err.matches("warning").count() <= 1, "{err}");
        (out, err)
    };
    for (charset, value, title) in [
        ("SHIFT_JIS", "=83v=83=89=83=93", "プラン"),
        ("GB2312", "=B2=FA=C6=B7", "产品"),
        ("gb18030", "=B2=FA=C6=B7", "产品"),
        ("Big5", "=B2=A3=AB~", "產品"),
        ("EUC-KR", "=C1=A6=C7=B0", "제품"),
        ("iso-2022-jp", "=1B$B7W2h=1B(B", "計画"),
        ("EUC-JP", "=B7=D7=B2=E8", "計画"),
    ] {
        let line = format!(";CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{value}");
        let (out, err) = said(calendar(&[event("a", &line, 8)]).as_bytes());
        assert!(out.contains(title) && err.is_empty(), "{charset}: {out}{err}");
    }
    for (text, encoding) in [
        ("製品表のロードマップ計画会議", encoding_rs::SHIFT_JIS),
        ("製品表のロードマップ計画会議", encoding_rs::EUC_JP),
        ("製品表のロードマップ計画会議", encoding_rs::ISO_2022_JP),
        ("产品路线图规划会议", encoding_rs::GBK),
        ("產品路線圖規劃會議", encoding_rs::BIG5),
        ("제품 로드맵 계획 회의", encoding_rs::EUC_KR),
    ] {
        let whole = calendar(&[event("a", &format!(":{text}"), 8), event("b", ":Roadmap", 9)]);
        let (bytes, ..) = encoding.encode(&whole);
        let (out, err) = said(&bytes);
        assert!(out.contains(text) && out.contains("Roadmap"), "{}: {out}", encoding.name());
        assert!(err.contains(&format!("it is read as {}", encoding.name())), "{err}");
    }
    // What is none of these stays what it was.
    let whole = calendar(&[event("a", ":Überblick – „München“", 8)]);
    let (out, err) = said(&encoding_rs::WINDOWS_1252.encode(&whole).0);
    assert!(out.contains("Überblick – „München“") && err.contains("windows-1252"), "{out}{err}");
    let (out, err) = said(calendar(&[event("a", ":計画 Überblick", 8)]).as_bytes());
    assert!(out.contains("計画 Überblick") && err.is_empty(), "{out}{err}");
}

#[test]
fn a_server_without_tls_behind_a_webcal_address_is_told_how_to_be_asked() {
    let port = server(|_| ("200 OK".into(), calendar(&[event("a", ":Roadmap", 9)]).into()));
    let help = "write `http://` if this server has no TLS";
    let told = followed(&format!("webcal://127.0.0.1:{port}/x.ics")).run(["sync"]).err;
    assert!(told.contains(help), "{told}");
    let told = followed(&format!("https://127.0.0.1:{port}/x.ics")).run(["sync"]).err;
    assert!(!told.contains(help), "who writes https means it: {told}");
    assert!(followed(&format!("http://localhost:{port}/x.ics")).sync().contains("1 added"));
}
