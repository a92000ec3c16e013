//! `vantage service` with a systemd that only says what a test wants. `tests/systemd/run` has the real one.

use crate::support::World;
use std::process::Output;

const UNIT: &str = ".config/systemd/user/vantage.service";
const OURS: &str = "# Written by `vantage service install`, version 0.0.1. It is written anew.\n[Unit]\n";

/// A machine where `systemctl` prints `answer` and notes what it was asked.
fn answering(world: World, answer: &str) -> World {
    let world = world.file("answer", answer.to_string() + "\n");
    std::fs::create_dir(world.path("bin")).unwrap();
    // Not written here: a program that was just written cannot be started while another test's child has it open.
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/service/systemctl");
    std::os::unix::fs::symlink(program, world.path("bin/systemctl")).unwrap();
    world
}

/// Runs with the world's `bin` before the shell's tools; without it there is no systemd.
fn service(world: &World, arguments: &[&str]) -> (i32, String) {
    let path = format!("{}:/nowhere", world.path("bin").display());
    let path = if world.path("bin").exists() { format!("{path}:/bin:/usr/bin") } else { path };
    let mut command = world.command();
    let output = command.env("PATH", path).arg("service").args(arguments).output().unwrap();
    let Output { status, stdout, stderr } = output;
    (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[test]
fn a_machine_without_systemd_is_told_what_to_do_instead() {
    let (code, said) = service(&World::new(), &["status"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("this machine has no systemd") && said.contains("`vantage run`"), "{said}");
    let (code, said) = service(&World::new(), &["uninstall"]);
    assert_eq!((code, said.as_str()), (0, "the service is not installed\n"));
}

#[test]
fn what_a_service_cannot_see_is_not_installed() {
    // The world is in the temporary folder.
    let world = answering(World::new(), "");
    let (code, said) = service(&world, &["install"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("is in the temporary folder, where a service cannot see it"), "{said}");
    assert!(!world.path(UNIT).exists());
}

#[test]
fn a_broken_configuration_is_not_installed() {
    let (code, said) = service(&World::new().config("nonsense = 1\n"), &["install", "--dry-run"]);
    assert_eq!(code, 78, "{said}");
    assert!(said.contains("vantage.toml:1"), "{said}");
}

#[test]
fn status_tells_how_it_stands_and_what_to_do() {
    for (answer, code, words) in [
        (
            "ActiveState=active\nSubState=running\nUnitFileState=enabled\nStatusText=Next sync 09:15",
            0,
            "Next sync 09:15",
        ),
        ("ActiveState=inactive\nSubState=dead\nUnitFileState=disabled", 1, "systemctl --user enable --now vantage"),
        ("ActiveState=failed\nSubState=failed\nExecMainCode=1\nExecMainStatus=78", 1, "vantage config check"),
        ("ActiveState=failed\nSubState=failed\nExecMainCode=1\nExecMainStatus=75", 1, "end the other Vantage"),
        ("ActiveState=failed\nSubState=failed\nExecMainCode=2\nExecMainStatus=9", 1, "journalctl --user -u vantage"),
        ("ActiveState=activating\nSubState=auto-restart", 1, "journalctl --user -u vantage"),
        ("ActiveState=activating\nSubState=start", 1, "it is starting"),
    ] {
        let world = answering(World::new().file(UNIT, OURS), answer);
        let (was, said) = service(&world, &["status"]);
        assert_eq!(was, code, "{answer}\n{said}");
        assert!(said.contains(words) && said.contains("by version 0.0.1"), "{answer}\n{said}");
    }
}

#[test]
fn uninstall_stops_the_service_and_takes_only_what_is_ours() {
    let world = answering(World::new().file(UNIT, OURS).file(".local/state/vantage/vantage.db", "kept"), "");
    let (code, said) = service(&world, &["uninstall"]);
    assert_eq!(code, 0, "{said}");
    assert!(!world.path(UNIT).exists() && world.path(".local/state/vantage/vantage.db").exists());
    let asked = std::fs::read_to_string(world.path("asked")).unwrap();
    assert!(asked.contains("disable --now vantage.service") && asked.contains("daemon-reload"), "{asked}");

    let world = answering(World::new().file(UNIT, "[Unit]\nDescription=mine\n"), "");
    let (code, said) = service(&world, &["uninstall"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("was not written by Vantage") && world.path(UNIT).exists(), "{said}");
    assert!(!world.path("asked").exists());
}
