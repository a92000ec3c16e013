//! The service as systemd and its user see it: the real binary, a notification socket, signals, edits, questions.

use crate::support::{World, event};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a condition may take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(90);

#[track_caller]
fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A running `vantage run`. It is killed when dropped.
struct Service {
    child: Child,
    notified: UnixDatagram,
    datagrams: Vec<String>,
    log: Arc<Mutex<String>>,
}

impl Service {
    fn start(world: &World) -> Service {
        Service::with(world, &[], &[])
    }

    fn with(world: &World, arguments: &[&str], variables: &[(&str, &str)]) -> Service {
        let path = world.path("notify");
        let _ = std::fs::remove_file(&path);
        let notified = UnixDatagram::bind(&path).unwrap();
        notified.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let mut command = world.command();
        command
            .env("NOTIFY_SOCKET", &path)
            .env("XDG_RUNTIME_DIR", world.path("runtime"))
            .envs(variables.iter().copied());
        let mut child = command.arg("run").args(arguments).stdin(Stdio::null()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (mut err, kept) = (child.stderr.take().unwrap(), log.clone());
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = err.read(&mut bytes) {
                *kept.lock().unwrap() += &String::from_utf8_lossy(&bytes[..count]);
            }
        });
        let mut service = Service { child, notified, datagrams: Vec::new(), log };
        service.told("READY=1\n");
        service
    }

    /// Waits for a datagram that begins so, and returns it.
    #[track_caller]
    fn told(&mut self, beginning: &str) -> String {
        let place = until(&format!("{beginning:?}"), || {
            let mut bytes = [0; 4096];
            if let Ok(count) = self.notified.recv(&mut bytes) {
                self.datagrams.push(String::from_utf8_lossy(&bytes[..count]).into_owned());
            }
            self.datagrams.iter().position(|datagram| datagram.starts_with(beginning))
        });
        let datagram = self.datagrams.remove(place);
        self.datagrams.drain(..place);
        datagram
    }

    #[track_caller]
    fn logged(&self, text: &str) {
        until(&format!("`{text}` in the log"), || self.log().contains(text).then_some(()));
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM and returns the exit code.
    fn stop(mut self) -> i32 {
        self.signal(Signal::TERM);
        until("the end", || self.child.try_wait().unwrap()).code().unwrap_or(-1)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SOURCE: &str = "my_addresses = [\"ada@x.example\"]\n[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n";

fn ada() -> World {
    World::new()
        .config(SOURCE)
        .ics("work.ics", &[&event("1", "Product strategy", "20261116T100000", "20261116T110000", "")])
}

fn status(world: &World) -> serde_json::Value {
    let text = world.run(["status", "--format", "json"]).ok();
    serde_json::from_str(&text).unwrap()
}

/// The status once a first sync has ended.
fn synced(world: &World) -> serde_json::Value {
    until("a first sync", || {
        let status = status(world);
        (!status["daemon"]["jobs"][0]["last_good"].is_null()).then_some(status)
    })
}

#[test]
fn it_tells_systemd_how_it_is() {
    let world = ada();
    let mut service = Service::with(&world, &[], &[("WATCHDOG_USEC", "600000")]);
    service.told("STATUS=Running: last sync ");
    service.told("WATCHDOG=1\n");
    service.told("WATCHDOG=1\n");
    service.signal(Signal::HUP);
    let reloading = service.told("RELOADING=1\n");
    let usec = reloading.trim_end().strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
    assert!(usec.parse::<u64>().unwrap() > 0, "{reloading:?}");
    assert!(service.told("READY=1\n").contains("STATUS=Running"));
    service.signal(Signal::TERM);
    service.told("STOPPING=1\n");
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_second_one_says_who_is_first() {
    let world = ada();
    let service = Service::start(&world);
    let second = world.run(["run"]);
    assert_eq!(second.code, 75, "{}", second.err);
    assert!(second.err.contains(&format!("process {}", service.pid())), "{}", second.err);
    assert_eq!(status(&world)["daemon"]["pid"], service.pid(), "the first one's socket is still its own");
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_broken_configuration_at_the_start_is_told_and_ends_it() {
    let world = World::new().config("gaol = 0.4\n");
    let run = world.run(["run"]);
    assert_eq!(run.code, 78);
    assert_eq!(run.err, world.run(["config", "check"]).err);
    assert!(run.err.contains("~/.config/vantage/vantage.toml:1:1"), "{}", run.err);
}

#[test]
fn a_broken_file_while_it_runs_changes_nothing_and_a_mended_one_counts() {
    let world = ada();
    let service = Service::start(&world);
    synced(&world);
    let world = world.rules("[[rule]]\nname = \"x\"\nclas = \"strategy\"\n");
    let broken = until("a broken state", || {
        let config = status(&world)["daemon"]["config"].clone();
        (!config["broken"].is_null()).then_some(config)
    });
    assert_eq!(broken["broken"]["files"], serde_json::json!(["~/.config/vantage/rules.toml"]));
    let check = world.run(["config", "check"]);
    assert_eq!((check.code, broken["broken"]["text"].as_str().unwrap()), (78, check.err.as_str()));
    service.logged(check.err.trim_end());
    let text = world.run(["status"]).ok();
    assert!(text.contains("~/.config/vantage/rules.toml cannot be read"), "{text}");
    assert!(text.contains("last good sync"), "{text}");
    let reload = world.run(["reload"]);
    assert_eq!(reload.code, 78);
    assert!(reload.err.starts_with(check.err.trim_end()), "{}", reload.err);
    assert!(world.run(["metrics"]).ok().contains("\nvantage_config_broken 1\n"));
    let world = world.rules("[[rule]]\nname = \"x\"\nclass = \"strategy\"\ntitle = \"x\"\n");
    until("a mended state", || status(&world)["daemon"]["config"]["broken"].is_null().then_some(()));
    service.logged("mended: ~/.config/vantage/rules.toml: `rule`");
    let errors = service.log().matches("unknown key `clas`").count();
    assert_eq!(errors, 1, "told once: {}", service.log());
    assert_eq!(service.stop(), 0);
}

#[test]
fn an_editor_that_saves_by_renaming_is_noticed() {
    let mut world = ada();
    let service = Service::start(&world);
    for goal in ["0.5", "0.6"] {
        world = world.file(".config/vantage/.vantage.toml.swp", format!("goal = {goal}\n{SOURCE}"));
        std::fs::rename(world.path(".config/vantage/.vantage.toml.swp"), world.path(".config/vantage/vantage.toml"))
            .unwrap();
        let seen = if goal == "0.5" { 1 } else { 2 };
        until("the new goal", || {
            let log = service.log();
            (log.matches("read anew: ~/.config/vantage/vantage.toml: `goal`").count() == seen).then_some(())
        });
    }
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_folder_that_is_made_later_is_noticed() {
    let world = World::new();
    let service = Service::start(&world);
    assert!(status(&world)["accounts"].as_array().unwrap().is_empty());
    let world = world.config(SOURCE).ics("work.ics", &[]);
    until("the source", || (status(&world)["accounts"][0]["account"] == "work").then_some(()));
    assert_eq!(service.stop(), 0);
}

#[test]
fn only_its_user_may_ask_and_its_socket_goes_with_it() {
    let world = ada();
    let service = Service::start(&world);
    let mode = |name: &str| std::fs::metadata(world.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("runtime/vantage"), mode("runtime/vantage/vantage.sock")), (0o700, 0o600));
    assert_eq!(service.stop(), 0);
    assert!(!world.path("runtime/vantage/vantage.sock").exists());
}

#[test]
fn one_that_was_killed_leaves_nothing_in_the_way() {
    let world = ada();
    let service = Service::start(&world);
    synced(&world);
    drop(service);
    assert!(world.path("runtime/vantage/vantage.sock").exists());
    let left = status(&world);
    assert!(left["daemon"].is_null() && left["accounts"][0]["calendars"][0]["events"] == 1, "{left}");
    let service = Service::start(&world);
    assert_eq!(status(&world)["daemon"]["pid"], service.pid());
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_sync_is_handed_over_and_tells_the_same() {
    let world = ada();
    let service = Service::start(&world);
    let before = synced(&world);
    let world = world.ics(
        "work.ics",
        &[
            &event("1", "Product strategy", "20261116T100000", "20261116T110000", ""),
            &event("2", "Daily stand-up", "20261116T110000", "20261116T113000", ""),
        ],
    );
    assert_eq!(world.run(["sync"]).ok(), "work: 1 added, 0 changed, 0 removed (listed whole)\n");
    let json = &world.run(["sync", "--format", "json"]).json()[0];
    assert_eq!((&json[0]["account"], &json[0]["calendars"][0]["outcome"]), (&"work".into(), &"changes".into()));
    let unknown = world.run(["sync", "--account", "wrok"]);
    assert_eq!(
        (unknown.code, unknown.err.contains("there is no account or source `wrok`")),
        (2, true),
        "{}",
        unknown.err
    );
    let after = status(&world);
    assert_eq!(after["accounts"][0]["calendars"][0]["events"], 2);
    let good = |status: &serde_json::Value| status["daemon"]["jobs"][0]["good"].as_u64().unwrap();
    assert!(good(&after) >= good(&before) + 2);
    let metrics = world.run(["metrics"]).ok();
    for line in ["vantage_events 2", "vantage_sources_in_trouble 0", "vantage_job_panics_total{job=\"sync\"} 0"] {
        assert!(metrics.lines().any(|l| l == line), "{line} in\n{metrics}");
    }
    world.run(["render"]).ok();
    assert_eq!(service.stop(), 0);
    let alone = world.run(["sync", "--format", "json"]).json()[0].clone();
    assert_eq!(alone, *json, "without a service the command does it itself");
}

#[test]
fn a_source_in_trouble_is_told_once_and_when_it_is_back() {
    let world = ada();
    std::fs::remove_file(world.path("work.ics")).unwrap();
    let service = Service::start(&world);
    service.logged("work: ");
    for _ in 0..3 {
        assert_ne!(world.run(["sync"]).code, 0);
    }
    assert_eq!(service.log().matches("work: ").count(), 1, "{}", service.log());
    let world = world.ics("work.ics", &[]);
    world.run(["sync"]).ok();
    service.logged("work: it is back");
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_missing_sign_in_does_not_end_it() {
    let world = World::new().config("[[source.google]]\nname = \"work\"\n");
    let service = Service::start(&world);
    let status = until("the trouble", || {
        let status = status(&world);
        (!status["accounts"][0]["trouble"].is_null()).then_some(status)
    });
    assert_eq!(status["daemon"]["pid"], service.pid());
    assert_eq!(world.run(["sync"]).code, 77);
    assert_eq!(service.log().matches("ERROR").count(), 1, "{}", service.log());
    assert_eq!(service.stop(), 0);
}

#[test]
fn its_log_can_be_json_and_names_no_event() {
    let world = ada();
    let service = Service::with(&world, &["--log-format", "json"], &[]);
    synced(&world);
    service.logged("synced: 1 added");
    let log = service.log();
    let first: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!((&first["level"], &first["fields"]["sources"]), (&"INFO".into(), &1.into()));
    assert!(!log.contains("Product strategy") && !log.contains("ada@x"), "{log}");
    assert_eq!(service.stop(), 0);
}

#[test]
fn without_a_service_there_is_none_to_ask() {
    let world = ada();
    for command in ["reload", "metrics"] {
        let run = world.run([command]);
        assert_eq!(run.code, 1);
        assert!(run.err.contains("no Vantage service is running"), "{}", run.err);
    }
    assert!(status(&world)["daemon"].is_null());
}

#[test]
fn a_command_may_write_while_it_runs() {
    let world = ada();
    let service = Service::start(&world);
    synced(&world);
    // With a configuration of its own the command does the work itself.
    let done = until("a moment between two jobs", || {
        let run = world.run(["sync", "--config", ".config/vantage/vantage.toml"]);
        (run.code != 75).then(|| run.ok())
    });
    assert_eq!(done, "work: no change\n");
    assert_eq!(service.stop(), 0);
}

/// A feed that takes a connection and never answers.
fn silent() -> (std::net::TcpListener, World) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/basic.ics", listener.local_addr().unwrap());
    let source = format!("[[source.ics]]\nname = \"feed\"\nurl = \"{url}\"\nallow_private = true\n");
    (listener, World::new().config(&source))
}

#[test]
fn it_answers_and_stops_while_a_server_keeps_silent() {
    let (listener, world) = silent();
    let mut service = Service::start(&world);
    let (connection, _) = listener.accept().unwrap();
    let status = status(&world);
    assert_eq!(
        (&status["daemon"]["jobs"][0]["running"], &status["daemon"]["jobs"][0]["good"]),
        (&true.into(), &0.into())
    );
    let asked = world.command().arg("sync").stdin(Stdio::null()).spawn().unwrap();
    service.signal(Signal::TERM);
    service.told("STOPPING=1\n");
    let log = service.log.clone();
    assert_eq!(service.stop(), 0);
    assert!(!log.lock().unwrap().contains("did not end in time"), "the sync is dropped, not waited for");
    drop(connection);
    // Whoever waited is told, or went to work on its own when the service was gone.
    drop(listener);
    let asked = asked.wait_with_output().unwrap();
    assert_ne!(asked.status.code(), Some(0));
}

#[test]
fn under_systemd_each_line_has_its_priority() {
    if std::path::Path::new("/run/systemd/journal/socket").exists() {
        eprintln!("skipped: this machine has a journal, which takes the log with its fields");
        return;
    }
    use std::os::unix::fs::MetadataExt;
    let world = ada().config("goal = 0.4\n");
    let path = world.path("log");
    let log = std::fs::File::create(&path).unwrap();
    let metadata = log.metadata().unwrap();
    let mut command = world.command();
    command.env("JOURNAL_STREAM", format!("{}:{}", metadata.dev(), metadata.ino()));
    let mut child = command.arg("run").stdin(Stdio::null()).stderr(log).spawn().unwrap();
    let log = || std::fs::read_to_string(&path).unwrap();
    until("a first line", || log().contains('\n').then_some(()));
    let _world = world.config("gaol = 0.4\n");
    until("a mistake", || log().contains("gaol").then_some(()));
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    child.wait().unwrap();
    let log = log();
    assert!(log.starts_with("<6>started: 0 configured sources"), "{log}");
    assert!(log.contains("\n<3>error: unknown key `gaol`"), "{log}");
}

/// The strategy share of the latest picture, once at least so many were drawn.
#[track_caller]
fn drawn(world: &World, least: u64) -> f64 {
    until("the pictures", || {
        let metrics = world.run(["metrics"]).ok();
        let value = |name: &str| {
            let line = metrics.lines().find(|line| line.starts_with(name))?;
            line.split(' ').next_back()?.parse::<f64>().ok()
        };
        let share = value("vantage_strategy_share ")?;
        (value("vantage_weeks_drawn_total ")? as u64 >= least).then_some(share)
    })
}

#[test]
fn what_is_said_of_a_meeting_is_drawn_at_once() {
    let weekly = event("1", "Product strategy", "20200106T100000", "20200106T110000", "RRULE:FREQ=WEEKLY");
    let world = World::new().config(&format!("retain = 2\n{SOURCE}")).ics("work.ics", &[&weekly]);
    let service = Service::start(&world);
    assert_eq!(drawn(&world, 3), 1.0);
    world.run(["mark", "product strategy", "execution", "--series"]).ok();
    assert_eq!(drawn(&world, 6), 0.0);
    world.run(["unmark", "product strategy", "--series"]).ok();
    assert_eq!(drawn(&world, 9), 1.0);
    assert_eq!(service.stop(), 0);
}

#[test]
fn the_first_start_draws_the_last_twelve_weeks_and_an_edited_rule_draws_them_anew() {
    let weekly = event("1", "Product strategy", "20200106T100000", "20200106T110000", "RRULE:FREQ=WEEKLY");
    let world = World::new().config(SOURCE).ics("work.ics", &[&weekly]);
    let service = Service::start(&world);
    let charts = world.path(".local/share/vantage/charts");
    assert_eq!(drawn(&world, 13), 1.0);
    assert!(charts.join("latest.png").exists() && charts.join("index.html").exists());
    let settled = world.run(["render"]).ok();
    assert!(settled.starts_with("nothing is due"), "{settled}");
    let rules = world.path(".config/vantage/rules.toml");
    std::fs::File::create(rules)
        .and_then(|mut file| {
            std::io::Write::write_all(
                &mut file,
                b"[[rule]]\nname = \"x\"\nclass = \"execution\"\ntitle = \"Product\"\n",
            )
        })
        .unwrap();
    assert_eq!(drawn(&world, 26), 0.0);
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_render_through_the_service_says_of_sources_what_the_week_says() {
    let weekly = event("1", "Product strategy", "20200106T100000", "20200106T110000", "RRULE:FREQ=WEEKLY");
    let source = "[[source.ics]]\nname = \"side\"\npath = \"~/side.ics\"\n";
    let world = World::new().config(&format!("{SOURCE}{source}")).ics("work.ics", &[&weekly]);
    let service = Service::start(&world);
    drawn(&world, 13);
    let week = world.run(["week", "last"]).err;
    let told = world.run(["render"]);
    assert!(week.contains("warning: side: ") && week.contains("; last good sync: never"), "{week}");
    assert_eq!((told.code, told.err), (0, week));
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_sign_in_is_synced_at_once_and_a_lost_one_is_told_once() {
    let google = crate::support::google::Google::start();
    google.calendar("ada@example.com", serde_json::json!({ "summary": "Ada", "timeZone": "Europe/Berlin" }));
    let world = World::new().config(&google.config("work")).file("client.json", google.client_secret_json());
    let service = Service::start(&world);
    until("a first try", || (!status(&world)["accounts"][0]["trouble"].is_null()).then_some(()));
    world.login(&google, ["--client-secret", "client.json"]).ok();
    until("a good sync", || {
        let account = status(&world)["accounts"][0].clone();
        (account["trouble"].is_null() && !account["calendars"][0]["last_good_sync"].is_null()).then_some(())
    });
    service.logged("work: it is back");
    let log = service.log();
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    assert!(!log.contains("ada@example.com") && !log.contains("Ada"), "{log}");
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_calendar_that_is_ignored_is_drawn_at_once() {
    let google = crate::support::ada();
    google.calendar("team@group.calendar.google.com", serde_json::json!({ "summary": "Team", "accessRole": "owner" }));
    google.put("team@group.calendar.google.com", crate::support::meeting("Bug triage", "2026-11-18T09:00", 60));
    let world = World::new().config(&google.config("work")).file("client.json", google.client_secret_json());
    world.login(&google, ["--client-secret", "client.json"]).ok();
    let service = Service::start(&world);
    let charts = world.path(".local/share/vantage/charts");
    let share = |none: bool| {
        let text = std::fs::read_to_string(charts.join("2026-W47.txt")).unwrap_or_default();
        text.contains(if none { "0.0 h strategy" } else { "% strategy" }).then_some(())
    };
    until("a share", || share(false));
    world.run(["calendars", "--ignore", "ada@example.com"]).ok();
    until("a picture without it", || share(true));
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_configuration_that_is_gone_for_a_moment_changes_nothing() {
    let world = ada();
    let service = Service::start(&world);
    synced(&world);
    let (config, aside) = (world.path(".config/vantage/vantage.toml"), world.path("aside.toml"));
    std::fs::rename(&config, &aside).unwrap();
    service.logged("vantage.toml` is not there any more");
    assert_ne!(world.run(["reload"]).code, 0);
    assert_eq!(status(&world)["accounts"].as_array().unwrap().len(), 1);
    std::fs::rename(&aside, &config).unwrap();
    service.logged("mended");
    assert_eq!(service.stop(), 0);
}

#[test]
fn a_command_and_a_service_of_two_versions_say_so() {
    let world = World::new();
    let service = Service::start(&world);
    let socket = std::fs::read_to_string(world.path(".local/state/vantage/vantage.socket")).unwrap();
    // As a command asked before questions said their version.
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.write_all(b"{\"state\":null,\"request\":\"status\"}\n").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["failed"]["exit"], 2);
    assert!(answer["failed"]["message"].as_str().unwrap().contains("the daemon is Vantage"), "{answer}");
    assert_eq!(answer["failed"]["help"], "restart it, so that it is the version of this command");
    drop(service);
    // And as a service answered then.
    let older = UnixListener::bind(world.path("older")).unwrap();
    vantage::disk::write(
        &world.path(".local/state/vantage/vantage.socket"),
        world.path("older").to_str().unwrap().as_bytes(),
    )
    .unwrap();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = older.accept().unwrap();
        BufReader::new(&stream).read_line(&mut String::new()).unwrap();
        stream.write_all(b"{\"done\":{\"drawn\":[],\"charts\":\"/\",\"warnings\":[]}}\n").unwrap();
    });
    insta::assert_snapshot!(world.tell(["render"]), @"
    error: the daemon's answer could not be understood
     |
     = cause: line 1, column 8 is not as expected
     = help: restart it, so that it is the version of this command
    exit 1
    ");
    serving.join().unwrap();
}
