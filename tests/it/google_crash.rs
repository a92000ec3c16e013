//! Killed at any system call that writes, a sync loses nothing that was reported and repeats nothing twice. Needs `strace`,
//! and so runs where `.ci/run` found it: `cargo test --test it google_crash:: -- --ignored`.

use crate::support::World;
use crate::support::google::Google;
use serde_json::json;
use std::process::Command;

const ADA: &str = "ada@example.com";
/// What SQLite and the writing of files end in.
const CALLS: &str = "pwrite64,fsync,fdatasync,ftruncate,rename,unlink";

fn event(summary: &str, day: u32) -> serde_json::Value {
    let time =
        |hour: u32| json!({ "dateTime": format!("2026-11-{day}T{hour:02}:00:00+01:00"), "timeZone": "Europe/Berlin" });
    json!({ "summary": summary, "start": time(9), "end": time(10) })
}

fn titles(world: &World) -> Vec<String> {
    let rows = world.run(["events", "--from", "2026-11-16", "--to", "2026-11-22", "--format", "json"]).json();
    let mut titles: Vec<String> = rows.iter().map(|r| r["summary"].as_str().unwrap().to_string()).collect();
    titles.sort();
    titles
}

#[test]
#[ignore = "needs strace"]
fn killed_anywhere_a_sync_is_whole_or_not_there() {
    for (whole, failing) in
        [(false, "signal=KILL"), (true, "signal=KILL"), (false, "error=EIO"), (false, "error=ENOSPC")]
    {
        let mut point = 1;
        loop {
            let google = Google::start();
            google.calendar(ADA, json!({}));
            let ids: Vec<String> = (16..20).map(|day| google.put(ADA, event(&format!("old {day}"), day))).collect();
            let world = World::new().signed_in(&google);
            world.run(["sync"]).ok();
            let before = titles(&world);
            ids.iter().for_each(|id| google.change(ADA, id, |e| e["summary"] = format!("new {id}").into()));
            let mut weekly = event("series", 20);
            weekly["recurrence"] = json!(["RRULE:FREQ=DAILY;COUNT=2"]);
            google.put(ADA, weekly);
            if whole {
                google.forget_tokens();
            }
            let mut command = Command::new("strace");
            command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={CALLS}")]);
            command.args(["-e", &format!("inject={CALLS}:{failing}:when={point}")]);
            let vantage = world.command();
            command.arg(vantage.get_program()).arg("sync").env_clear().current_dir(world.path(""));
            command.envs(vantage.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let done = command.output().expect("strace is here");
            let now = titles(&world);
            // The feed comes in one piece; the instances of a new series may follow with the next sync.
            let old = now.iter().filter(|t| t.starts_with("old")).count();
            assert!(old == 0 || now == before, "torn at {failing} {point}: {now:?}");
            if done.status.success() {
                assert_eq!(old, 0, "reported as done at {failing} {point}, and not there");
            }
            let check = world.run(["doctor", "--offline", "--format", "json"]);
            assert!(check.out.contains("whole"), "{failing} {point}: {}", check.out);
            world.run(["sync"]).ok();
            assert_eq!(titles(&world).len(), 6, "{failing} {point}");
            if done.status.success() && point > 5 {
                break;
            }
            point += 1;
            assert!(point < 400, "no end of system calls");
        }
        eprintln!("{failing}{}: {point} points", if whole { ", listed whole" } else { "" });
    }
}
