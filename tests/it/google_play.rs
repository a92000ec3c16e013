//! The fake Google to play with by hand: writes `vantage.toml` and `client.json` into the folder `VANTAGE_PLAY`, and serves
//! until its input ends. The command `open ADDRESS` plays the browser.
//!
//! `VANTAGE_PLAY=/tmp/play cargo test --test it google_play:: -- --ignored --nocapture`

use crate::support::google::{Fault, Google};
use serde_json::json;
use std::io::{BufRead, Write};
use std::path::PathBuf;

const ADA: &str = "ada@example.com";

/// Commands, one a line: `add TITLE START END`, `open URL` (plays the browser), `now TIME`, `delete ID`, `list`, `forget`, `empty`,
/// `fault CODE REASON`, `revoke`.
#[test]
#[ignore = "serves until its input ends"]
fn play() {
    let folder = PathBuf::from(std::env::var("VANTAGE_PLAY").expect("VANTAGE_PLAY names a folder"));
    std::fs::create_dir_all(&folder).unwrap();
    let google = Google::start();
    google.calendar(ADA, json!({ "summary": "Ada" }));
    google.calendar(
        "team@group.calendar.google.com",
        json!({ "summary": "Team", "selected": false, "accessRole": "reader" }),
    );
    let names = ["Product strategy", "Bug triage", "1:1 Jonas", "Roadmap review", "Sprint planning", "Customer call"];
    for (day, name) in (9..28).zip(names.iter().cycle()) {
        let time = |hour: u32| json!({ "dateTime": format!("2026-11-{day:02}T{hour:02}:00:00+01:00"), "timeZone": "Europe/Berlin" });
        google.put(ADA, json!({ "summary": name, "start": time(9 + day % 6), "end": time(10 + day % 6),
            "attendees": [{ "email": ADA, "self": true, "responseStatus": "accepted" }, { "email": "jonas@example.com" }] }));
    }
    let put = |name: &str, text: String| {
        std::fs::File::create(folder.join(name)).unwrap().write_all(text.as_bytes()).unwrap();
    };
    put("vantage.toml", format!("timezone = \"Europe/Berlin\"\n{}", google.config("work")));
    put("client.json", google.client_secret_json());
    eprintln!("serving at {}; the files are in {}", google.base(), folder.display());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["add", title, start, end] => {
                let time = |at: &str| json!({ "dateTime": at, "timeZone": "Europe/Berlin" });
                eprintln!("{}", google.put(ADA, json!({ "summary": title, "start": time(start), "end": time(end) })));
            }
            ["now", at] => drop(google.now(at)),
            ["open", url] => eprintln!("{}", google.consent(url)),
            ["delete", id] => google.delete(ADA, id),
            ["list"] => {
                google.ids(ADA).iter().for_each(|id| eprintln!("{id} {}", google.event(ADA, id).unwrap()["summary"]))
            }
            ["forget"] => drop(google.forget_tokens()),
            ["empty"] => google.ids(ADA).iter().for_each(|id| google.delete(ADA, id)),
            ["fault", code, reason] => drop(google.fault(Fault::status(code.parse().unwrap(), reason))),
            ["revoke"] => drop(google.revoke_access()),
            _ => eprintln!(
                "commands: add TITLE START END, open URL, now TIME, delete ID, list, forget, empty, fault CODE REASON, revoke"
            ),
        }
    }
}
