//! The direction of imports, as drawn in the header of `src/lib.rs`: a room imports only what lies below it.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms that it may name.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("ical", &["model"]),
    ("classify", &["model"]),
    ("analyze", &["model", "classify"]),
    ("schedule", &["model"]),
    ("diagnostic", &["model"]),
    ("config", &["model", "classify", "diagnostic"]),
    ("disk", &["diagnostic"]),
    ("source", &["model", "ical", "config", "diagnostic", "disk"]),
    ("store", &["model", "diagnostic", "disk"]),
    ("chart", &["model", "analyze"]),
    (
        "jobs",
        &[
            "model",
            "ical",
            "classify",
            "analyze",
            "chart",
            "config",
            "diagnostic",
            "disk",
            "source",
            "store",
            "deliver",
            "schedule",
        ],
    ),
    ("deliver", &["model", "config", "diagnostic", "disk"]),
    ("demo", &[]),
    (
        "daemon",
        &[
            "model",
            "ical",
            "classify",
            "analyze",
            "schedule",
            "diagnostic",
            "config",
            "disk",
            "source",
            "store",
            "jobs",
            "chart",
            "deliver",
            "demo",
        ],
    ),
    (
        "cli",
        &[
            "model",
            "ical",
            "classify",
            "analyze",
            "schedule",
            "diagnostic",
            "config",
            "disk",
            "source",
            "store",
            "jobs",
            "chart",
            "deliver",
            "demo",
            "daemon",
        ],
    ),
];
const PURE: &[&str] = &["model", "ical", "classify", "analyze", "schedule", "demo"];
/// What a pure room never names: the outside world, and the libraries that belong to one room.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "tokio",
    "rusqlite",
    "plotters",
    "Utc::now",
    "Local::now",
    "SystemTime",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Every line of code (no comments, nothing from the test module on) that breaks the map, as `file:line: why`.
fn broken(room: &str, text: &str, file: &str) -> Vec<String> {
    let allowed =
        ROOMS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("room `{room}` is not on the map")).1;
    let mut wrong = Vec::new();
    let code = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    for (number, line) in code.filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for part in line.split("crate::").skip(1) {
            let named: String = part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let is_room = ROOMS.iter().any(|(name, _)| *name == named);
            if is_room && named != room && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{file}:{}: `{room}` may not name `{named}`", number + 1));
            }
        }
        for outside in OUTSIDE.iter().filter(|o| PURE.contains(&room) && line.contains(**o)) {
            wrong.push(format!("{file}:{}: `{room}` is pure and may not name `{outside}`", number + 1));
        }
        if room != "chart" && line.contains("plotters") {
            wrong.push(format!("{file}:{}: only `chart` says plotters", number + 1));
        }
    }
    wrong
}

#[test]
fn every_import_goes_the_way_of_the_map() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    let mut wrong = Vec::new();
    for path in found {
        let inside = path.strip_prefix(&src).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        let is_test = inside.file_name().is_some_and(|name| name == "tests.rs");
        if !room.ends_with(".rs") && !is_test {
            wrong.extend(broken(room, &fs::read_to_string(&path).unwrap(), &inside.display().to_string()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_notices_a_wrong_turn() {
    let text = "use crate::store::Store;\nuse crate::cli::output;\n// crate::cli is fine here\nstd::fs::read(path);\n";
    let found = broken("classify", text, "classify/x.rs");
    assert_eq!(
        found,
        [
            "classify/x.rs:1: `classify` may not name `store`",
            "classify/x.rs:2: `classify` may not name `cli`",
            "classify/x.rs:4: `classify` is pure and may not name `std::fs`",
        ]
    );
}
