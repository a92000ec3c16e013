//! A world for black-box tests: the real binary in a temporary home, with a clock and a zone that the test gives.

#![allow(dead_code, reason = "each test file uses its part of the world")]

pub mod google;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub struct World {
    home: tempfile::TempDir,
    now: String,
    zone: String,
    input: Vec<u8>,
}

/// What a run left behind.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl World {
    pub fn new() -> World {
        let home = tempfile::tempdir().unwrap();
        World { home, now: "2026-11-23T07:00:00+01:00".into(), zone: "Europe/Berlin".into(), input: Vec::new() }
    }

    /// `vantage.toml` of the user.
    pub fn config(self, text: &str) -> World {
        self.file(".config/vantage/vantage.toml", text)
    }

    /// `rules.toml` of the user.
    pub fn rules(self, text: &str) -> World {
        self.file(".config/vantage/rules.toml", text)
    }

    /// A calendar `name` of these events.
    pub fn ics(self, name: &str, events: &[&str]) -> World {
        self.file(name, calendar(events))
    }

    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> World {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(path).unwrap().write_all(content.as_ref()).unwrap();
        self
    }

    pub fn at(mut self, now: &str) -> World {
        self.now = now.into();
        self
    }

    pub fn zone(mut self, zone: &str) -> World {
        self.zone = zone.into();
        self
    }

    pub fn input(mut self, input: impl AsRef<[u8]>) -> World {
        self.input = input.as_ref().to_vec();
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_vantage")));
        command.env_clear().env("HOME", self.home.path()).env("TZ", &self.zone).env("VANTAGE_NOW", &self.now);
        command.current_dir(self.home.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `vantage login google --no-browser …` and plays the person at the browser.
    pub fn login<'a>(&self, google: &google::Google, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        self.login_by(arguments, |url| {
            google.consent(url);
        })
    }

    /// The same with somebody else at the browser.
    pub fn login_by<'a>(&self, arguments: impl IntoIterator<Item = &'a str>, browser: impl FnOnce(&str)) -> Run {
        let mut command = self.command();
        let mut child = command.args(["login", "google", "--no-browser"]).args(arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                break None;
            }
            said += &line;
            if line.trim_start().starts_with("http") {
                break Some(line.trim().to_string());
            }
        };
        if let Some(url) = url {
            browser(&url);
        }
        out.read_to_string(&mut said).unwrap();
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        Run { code: status.code().unwrap_or(-1), out: said, err: String::from_utf8(stderr).unwrap() }
    }

    /// The configuration and the OAuth client that lead to the fake, signed in.
    pub fn signed_in(self, google: &google::Google) -> World {
        let world = self.config(&google.config("work")).file("client.json", google.client_secret_json());
        world.login(google, ["--client-secret", "client.json"]).ok();
        world
    }

    pub fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        let mut child = self.command().args(arguments).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        // A command that does not read its input may close the pipe.
        let _ = pipe.write_all(&self.input);
        drop(pipe);
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }
}

impl World {
    /// A run as a person sees it: both streams, the exit code, and `HOME` for the home folder.
    pub fn tell<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> String {
        self.told(&self.run(arguments))
    }

    pub fn told(&self, run: &Run) -> String {
        let text = format!("{}{}exit {}", run.out, run.err, run.code);
        text.replace(self.home.path().to_str().unwrap(), "HOME")
    }

    /// Signed in and synced once.
    #[track_caller]
    pub fn synced(google: &google::Google) -> World {
        let world = World::new().signed_in(google);
        world.sync();
        world
    }

    /// What `vantage sync` says where it goes well.
    #[track_caller]
    pub fn sync(&self) -> String {
        self.run(["sync"]).ok()
    }

    /// The same world at another time, which Google's clock follows.
    pub fn later(self, google: &google::Google, now: &str) -> World {
        google.now(now);
        self.at(now)
    }

    /// The events of the week of 16 November 2026.
    #[track_caller]
    pub fn week(&self) -> String {
        self.titles("2026-11-16", "2026-11-22")
    }

    /// `vantage status --format json`.
    #[track_caller]
    pub fn status(&self) -> serde_json::Value {
        serde_json::from_str(&self.run(["status", "--format", "json"]).ok()).unwrap()
    }

    /// The events of these days: `16T09:00 Stand-up`, one a line.
    #[track_caller]
    pub fn titles(&self, from: &str, to: &str) -> String {
        let rows = self.run(["events", "--from", from, "--to", to, "--format", "json"]).json();
        let row = |row: &serde_json::Value| {
            let (start, title) = (row["start"].as_str().unwrap(), row["summary"].as_str().unwrap_or("-"));
            format!("{} {title}", start.get(8..16).unwrap_or(&start[8..]))
        };
        rows.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

impl Run {
    /// What a run that must have ended so said on standard error.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        self.err
    }

    /// Standard output of a run that must have succeeded.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out
    }

    /// One JSON value a line.
    #[track_caller]
    pub fn json(self) -> Vec<serde_json::Value> {
        self.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub const ADA: &str = "ada@example.com";

/// A meeting of Ada and Bo as Google tells it. `start` is `2026-11-16T09:00`, in Berlin's winter.
pub fn meeting(summary: &str, start: &str, minutes: i64) -> serde_json::Value {
    let start: chrono::NaiveDateTime = format!("{start}:00").parse().unwrap();
    let time = |at: chrono::NaiveDateTime| serde_json::json!({ "dateTime": format!("{}+01:00", at.format("%FT%T")), "timeZone": "Europe/Berlin" });
    serde_json::json!({
        "summary": summary, "start": time(start), "end": time(start + chrono::TimeDelta::minutes(minutes)),
        "attendees": [{ "email": ADA, "self": true, "responseStatus": "accepted" },
                      { "email": "bo@example.com", "responseStatus": "accepted" }],
    })
}

/// The same as a series.
pub fn series(summary: &str, start: &str, minutes: i64, rule: &str) -> serde_json::Value {
    let mut event = meeting(summary, start, minutes);
    event["recurrence"] = serde_json::json!([rule]);
    event
}

/// A Google with one calendar, Ada's own: two meetings in the week of 16 November 2026, and a stand-up every day of it.
pub fn ada() -> google::Google {
    let google = google::Google::start();
    google.calendar(ADA, serde_json::json!({ "summary": "Ada" }));
    google.put(ADA, meeting("Product strategy", "2026-11-16T09:00", 120));
    google.put(ADA, meeting("Bug triage", "2026-11-17T09:00", 60));
    google.put(ADA, series("Daily stand-up", "2026-11-16T11:30", 15, "RRULE:FREQ=DAILY;COUNT=5"));
    google
}

/// A feed on loopback: its address, and the text that it serves until the test changes it.
pub fn feed(text: String) -> (String, std::sync::Arc<std::sync::Mutex<String>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/private/ada.ics", listener.local_addr().unwrap());
    let text = std::sync::Arc::new(std::sync::Mutex::new(text));
    let served = text.clone();
    // Ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let body = served.lock().unwrap().clone();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    (address, text)
}

/// A calendar with somebody invited somewhere, so that attendees are known in it.
pub fn calendar(events: &[&str]) -> String {
    let events = events.iter().map(|e| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", e.trim().replace('\n', "\r\n")));
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{}END:VCALENDAR\r\n", events.collect::<String>())
}

/// An event line by line: UID, summary, start and end in Berlin, further lines.
pub fn event(uid: &str, summary: &str, start: &str, end: &str, more: &str) -> String {
    let zone = ";TZID=Europe/Berlin";
    let text = format!(
        "UID:{uid}\nDTSTAMP:20260101T000000Z\nSUMMARY:{summary}\nDTSTART{zone}:{start}\nDTEND{zone}:{end}\n{more}"
    );
    text.trim_end().to_string()
}
