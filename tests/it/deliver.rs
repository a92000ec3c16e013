//! The ways out: a command, and mail to a real server on loopback, which `tests/deliver/run` starts.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vantage::config::{Config, Mail, Notify};
use vantage::deliver::{Handover, mail, notify};
use vantage::diagnostic::{Exit, Failure};
use vantage::model::{Week, Weekday};

fn handover() -> Handover {
    Handover {
        week: Week::from_iso(2026, 47, Weekday::Mon).unwrap(),
        headline: "33% strategy — up 3 points, \"7\" short of $HOME".into(),
        alt: "Week 47. 33% strategy — “Réunion” & <b>more</b>.".into(),
        picture: b"\x89PNG\r\n\x1a\n picture".to_vec(),
        path: "/charts/handover themes.png".into(),
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    vantage::disk::write(path, text.as_bytes()).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

/// A command of the user's, and what it left behind in `out`.
fn command(folder: &Path, script: &str, arguments: &[&str], seconds: u64) -> Result<(), Failure> {
    // Not written here: a program that was just written cannot be started while another test's child has it open.
    let _ = std::os::unix::fs::symlink("/bin/sh", folder.join("hook"));
    let script = format!("out='{}'\n{script}\n", folder.join("out").display());
    let mut command = vec![folder.join("hook").display().to_string(), "-c".into(), script, "hook".into()];
    command.extend(arguments.iter().map(|a| a.to_string()));
    let privacy = vantage::model::Privacy::Themes;
    notify(&Notify { command, timeout: Duration::from_secs(seconds), privacy }, &handover())
}

#[test]
fn a_command_gets_its_arguments_as_they_are_and_little_else() {
    let folder = tempfile::tempdir().unwrap();
    let script = "{ printf '%s\\n' \"$@\"; pwd; env; cat; } >\"$out\"; echo noise; echo noise >&2";
    command(folder.path(), script, &["{week}", "{picture}", "{headline}; $(id) *", "{}"], 600).unwrap();
    let out = std::fs::read_to_string(folder.path().join("out")).unwrap();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[..2], ["2026-W47", "/charts/handover themes.png"]);
    assert_eq!(lines[2], "33% strategy — up 3 points, \"7\" short of $HOME; $(id) *");
    assert_eq!(lines[3..5], ["{}", "/"]);
    assert!(lines.iter().any(|line| line.starts_with("PATH=")));
    assert!(!lines.iter().any(|line| line.starts_with("CARGO")), "{out}");
}

#[test]
fn a_command_that_fails_is_named_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let failure = command(folder.path(), "exit 3", &[], 600).unwrap_err();
    assert_eq!(failure.exit, Exit::Failed);
    assert!(failure.message.ends_with("hook` failed with exit code 3"), "{}", failure.message);
    let failure = command(folder.path(), "kill -9 $$", &[], 600).unwrap_err();
    assert!(failure.message.ends_with("hook` was ended by signal 9"), "{}", failure.message);
    let privacy = vantage::model::Privacy::Themes;
    let missing = Notify { command: vec!["/no/such/program".into()], timeout: Duration::from_secs(1), privacy };
    insta::assert_snapshot!(notify(&missing, &handover()).unwrap_err().render(false), @"
    error: the notify command `/no/such/program` could not be started
     |
     = cause: No such file or directory (os error 2)
     = help: check `command` of `[notify]`: the program must be on the service's `PATH`, or be named by its path
     = note: the picture itself is drawn
    ");
}

#[test]
fn a_command_that_hangs_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    // The first child would outlive a kill of the shell alone: it reads from a pipe that nobody writes into.
    let pipe = folder.path().join("out");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let failure = command(folder.path(), "cat \"$out\" & sleep 600", &[], 1).unwrap_err();
    assert!(failure.message.ends_with("hook` was ended after 1 s"), "{}", failure.message);
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let somebody_reads = || std::fs::OpenOptions::new().write(true).custom_flags(flags).open(&pipe).is_ok();
    let patience = Instant::now() + Duration::from_secs(60);
    while somebody_reads() {
        assert!(Instant::now() < patience, "it outlived the kill");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A `[mail]` with these lines, read as the daemon reads it.
fn settings(lines: &str) -> Mail {
    let standard = "from = \"Vantage <ada@example.com>\"\n";
    let to = if lines.contains("to = ") { "" } else { "to = [\"ada@example.com\", \"Bo <bo@example.com>\"]\n" };
    Config::parse(&format!("[mail]\n{standard}{to}{lines}"), &[], &str::to_string).unwrap().mail.unwrap()
}

fn send(lines: &str, credentials: Option<PathBuf>) -> Result<(), Failure> {
    mail(&settings(lines), &handover(), credentials.as_deref())
}

/// A place nobody listens at: the files are looked at before.
const NOWHERE: &str = "host = \"127.0.0.1\"\nport = 1\n";

#[test]
fn mail_reads_a_password_only_where_nobody_else_can() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let lines = format!("{NOWHERE}username = \"ada\"\npassword_file = \"{}\"\n", file.display());
    let failure = send(&lines, None).unwrap_err();
    assert_eq!(failure.exit, Exit::Config);
    assert!(failure.message.starts_with("the password of `[mail]` is not there"), "{}", failure.message);
    write(&file, "pass word\n", 0o640);
    let failure = send(&lines, None).unwrap_err();
    assert_eq!(failure.exit, Exit::Config);
    assert!(failure.message.ends_with("password` can be read by others"), "{}", failure.message);
    write(&file, "pass word\n", 0o600);
    assert_eq!(send(&lines, None).unwrap_err().exit, Exit::Later);
    // The service manager keeps its own files as it likes.
    let lines = format!("{NOWHERE}username = \"ada\"\n");
    assert_eq!(send(&lines, None).unwrap_err().exit, Exit::Config);
    write(&folder.path().join("vantage-mail"), "pass word", 0o440);
    assert_eq!(send(&lines, Some(folder.path().into())).unwrap_err().exit, Exit::Later);
}

#[test]
fn mail_that_reaches_no_server_says_so() {
    insta::assert_snapshot!(send(NOWHERE, None).unwrap_err().render(false), @"
    error: the weekly mail was not sent: the server could not be spoken to
     |
     = cause: Connection refused (os error 111)
     = help: check `host`, `port` and `security` of `[mail]`
     = note: the picture itself is drawn
    ");
}

#[test]
fn mail_waits_for_a_silent_server_no_longer_than_told() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    for security in ["tls", "starttls"] {
        let lines = format!("host = \"127.0.0.1\"\nport = {port}\nsecurity = \"{security}\"\ntimeout = \"1s\"\n");
        let failure = send(&lines, None).unwrap_err();
        assert_eq!(failure.exit, Exit::Later);
        assert!(failure.message.ends_with("the server does not answer"), "{}", failure.render(false));
    }
}

/// The server of `tests/deliver/run`.
struct Server {
    folder: PathBuf,
    ports: BTreeMap<String, u16>,
}

impl Server {
    fn running() -> Option<Server> {
        let Some(folder) = std::env::var_os("VANTAGE_TEST_SMTP").map(PathBuf::from) else {
            eprintln!("skipped: no mail server; `tests/deliver/run` starts one");
            return None;
        };
        let ports = serde_json::from_slice(&std::fs::read(folder.join("ports.json")).unwrap()).unwrap();
        Some(Server { folder, ports })
    }

    /// The lines of a `[mail]` for one of its ports, with a password.
    fn lines(&self, kind: &str, security: &str, password: &str) -> String {
        let file = self.folder.join(format!("password-{kind}-{}", password.len()));
        write(&file, &format!("{password}\n"), 0o600);
        format!(
            "host = \"127.0.0.1\"\nport = {}\nsecurity = \"{security}\"\nusername = \"ada@example.com\"\n\
             password_file = \"{}\"\n",
            self.ports[kind],
            file.display()
        )
    }

    fn trusted(&self) -> String {
        format!("ca_file = \"{}\"\n", self.folder.join("cert.pem").display())
    }
}

#[test]
fn mail_arrives_encrypted_with_the_picture_inline() {
    let Some(server) = Server::running() else { return };
    for kind in ["tls", "starttls"] {
        send(&(server.lines(kind, kind, "pass word") + &server.trusted()), None).unwrap();
        let file = std::fs::read(server.folder.join(format!("{kind}-1.json"))).unwrap();
        let found: serde_json::Value = serde_json::from_slice(&file).unwrap();
        let Handover { headline, alt, picture, .. } = handover();
        assert_eq!(found["sender"], "ada@example.com");
        assert_eq!(found["recipients"], serde_json::json!(["ada@example.com", "bo@example.com"]));
        assert_eq!(found["from"], "Vantage <ada@example.com>");
        assert_eq!(found["subject"], format!("Vantage 2026-W47: {headline}"));
        assert!(found["id"].as_str().unwrap().starts_with("<2026-W47."), "{found}");
        assert_eq!(found["date"], true);
        let shape = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"];
        assert_eq!(found["shape"], serde_json::json!(shape));
        assert_eq!(found["text"].as_str().unwrap().trim_end(), alt);
        let html = found["html"].as_str().unwrap();
        assert!(html.contains("src=\"cid:picture\"") && html.contains("&amp; &lt;b&gt;more"), "{html}");
        assert_eq!((&found["cid"], &found["disposition"]), (&"<picture>".into(), &"inline".into()));
        assert_eq!(found["name"], "2026-W47.png");
        let hash: String = Sha256::digest(&picture).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(found["sha256"], hash);
    }
}

#[test]
fn mail_says_why_it_was_not_sent_and_tells_nothing_of_it() {
    let Some(server) = Server::running() else { return };
    let lines = |kind, security, more: &str| server.lines(kind, security, "pass word") + more;
    let trusted = server.trusted();
    let to = |name: &str| format!("{trusted}to = [\"{name}@example.com\"]\n");
    for (lines, exit, says) in [
        (lines("tls", "tls", ""), Exit::Failed, "certificate is not trusted"),
        (lines("starttls", "starttls", ""), Exit::Failed, "certificate is not trusted"),
        (lines("plain", "starttls", &trusted), Exit::Later, "could not be spoken to"),
        (lines("plain", "tls", &trusted), Exit::Failed, "could not be encrypted"),
        (server.lines("tls", "tls", "CANARY") + &trusted, Exit::Failed, "refuses the sign-in (code 535)"),
        (lines("tls", "tls", &to("refused")), Exit::Failed, "refuses it (code 550)"),
        (lines("tls", "tls", &to("later")), Exit::Later, "come again later (code 451)"),
    ] {
        let failure = send(&lines, None).unwrap_err();
        let text = failure.render(false);
        assert!(failure.exit == exit && failure.message.contains(says), "{text}");
        assert!(!text.contains("CANARY") && !text.contains("example.com"), "{text}");
    }
}
