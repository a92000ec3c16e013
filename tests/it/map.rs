//! The map in the header of `src/lib.rs`: a room names only what lies below it, and no code names a kind of source but the
//! kind's own rooms. The source is parsed, all of it but what is compiled for tests alone.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemMod, ItemUse, Macro, UseTree};

enum May {
    Name(&'static [&'static str]),
    NameAllBut(&'static [&'static str]),
}

/// Each room with the rooms that it may name.
const ROOMS: &[(&str, May)] = &[
    ("model", May::Name(&[])),
    ("ical", May::Name(&["model"])),
    ("classify", May::Name(&["model"])),
    ("analyze", May::Name(&["model", "classify"])),
    ("schedule", May::Name(&["model"])),
    ("diagnostic", May::Name(&["model"])),
    ("config", May::Name(&["model", "classify", "diagnostic"])),
    ("disk", May::Name(&["diagnostic"])),
    ("source", May::Name(&["model", "ical", "config", "diagnostic", "disk"])),
    ("store", May::Name(&["model", "diagnostic", "disk"])),
    ("kinds", May::Name(&["model", "ical", "classify", "config", "diagnostic", "disk", "source", "store"])),
    ("chart", May::Name(&["model", "analyze"])),
    ("deliver", May::Name(&["model", "config", "diagnostic", "disk"])),
    ("demo", May::Name(&[])),
    ("jobs", May::NameAllBut(&["demo", "daemon", "cli"])),
    ("daemon", May::NameAllBut(&["cli"])),
    ("cli", May::NameAllBut(&[])),
];
const PURE: &[&str] = &["model", "ical", "classify", "analyze", "schedule", "demo"];
/// What a pure room never names: a clock, a file, a socket, a process, an environment.
const OUTSIDE: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "net"],
    &["std", "env"],
    &["std", "process"],
    &["std", "os"],
    &["tokio"],
    &["Utc", "now"],
    &["Local", "now"],
    &["Instant"],
    &["SystemTime"],
];
/// Libraries that one room alone may name.
const OWNED: &[(&str, &str)] =
    &[("rusqlite", "store"), ("plotters", "chart"), ("plotters_backend", "chart"), ("clap", "cli")];

/// One name in the code, from the root of the crate or of another.
struct Name {
    line: usize,
    path: Vec<String>,
    /// What it is called from here on, where a `pub use` hands it on.
    handed_on: Option<String>,
}

/// Reads the names of one file.
struct Names {
    /// Where the code stands.
    module: Vec<String>,
    found: Vec<Name>,
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is = |a: &Attribute| a.path().is_ident("cfg") && a.meta.to_token_stream().to_string().contains("test");
    attributes.iter().any(is)
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

impl Names {
    fn add(&mut self, line: usize, path: Vec<String>, handed_on: Option<String>) {
        let mut at = self.module.clone();
        let mut rest = path.iter().peekable();
        let relative = matches!(path.first().map(String::as_str), Some("crate" | "self" | "super"));
        while let Some(word) = rest.next_if(|word| matches!(word.as_str(), "crate" | "self" | "super")) {
            match word.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                _ => {}
            }
        }
        let path =
            if relative { ["crate".to_string()].into_iter().chain(at).chain(rest.cloned()).collect() } else { path };
        self.found.push(Name { line, path, handed_on });
    }

    fn tree(&mut self, tree: &UseTree, before: &[String], public: bool) {
        let line = tree.span().start().line;
        let with = |word: String| before.iter().cloned().chain([word]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(p) => self.tree(&p.tree, &with(p.ident.to_string()), public),
            UseTree::Group(g) => g.items.iter().for_each(|item| self.tree(item, before, public)),
            UseTree::Name(n) if n.ident == "self" => {
                self.add(line, before.to_vec(), before.last().cloned().filter(|_| public))
            }
            UseTree::Name(n) => self.add(line, with(n.ident.to_string()), public.then(|| n.ident.to_string())),
            UseTree::Rename(r) => {
                self.add(line, with(r.ident.to_string()), public.then(|| r.rename.to_string()));
                // Whoever calls a crate otherwise hides it.
                if before.is_empty() {
                    self.add(line, vec!["*renamed".into(), r.ident.to_string()], None);
                }
            }
            UseTree::Glob(_) => self.add(line, with("*".into()), public.then(|| "*".to_string())),
        }
    }

    /// Paths in what a macro is given.
    fn tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut line, mut colons) = (Vec::<String>::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(word) if colons == 2 || path.is_empty() => {
                    line = word.span().start().line;
                    path.push(word.to_string());
                    colons = 0;
                }
                TokenTree::Punct(p) if p.as_char() == ':' && !path.is_empty() => colons += 1,
                other => {
                    if path.len() > 1 {
                        self.add(line, std::mem::take(&mut path), None);
                    }
                    (path, colons) = (Vec::new(), 0);
                    match other {
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        TokenTree::Ident(word) => path.push(word.to_string()),
                        _ => {}
                    }
                }
            }
        }
        if path.len() > 1 {
            self.add(line, path, None);
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if !matches!(item, ImplItem::Fn(f) if is_for_tests(&f.attrs)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&item.tree, &[], !matches!(item.vis, syn::Visibility::Inherited));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(path.span().start().line, words, None);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, given: &'ast Macro) {
        self.visit_path(&given.path);
        self.tokens(given.tokens.clone());
    }
}

/// The names of a file of `src`, by its path in it.
fn names(file: &str, text: &str) -> Vec<Name> {
    let tree = syn::parse_file(text).unwrap_or_else(|e| panic!("{file}: {e}"));
    let module = file.trim_end_matches(".rs").split('/').filter(|word| *word != "mod").map(str::to_string).collect();
    let mut names = Names { module, found: Vec::new() };
    names.visit_file(&tree);
    names.found
}

fn room(file: &str) -> &str {
    file.split('/').next().unwrap()
}

fn may(room: &str, other: &str) -> bool {
    let known = ROOMS.iter().find(|(name, _)| *name == room);
    match known.unwrap_or_else(|| panic!("the room `{room}` is not on the map")).1 {
        _ if room == other => true,
        May::Name(rooms) => rooms.contains(&other),
        May::NameAllBut(rooms) => !rooms.contains(&other),
    }
}

/// Every line that breaks the map, as `file:line: why`. `files` are paths in `src` with their texts.
fn broken(files: &[(String, String)]) -> Vec<String> {
    let is_room = |word: &str| ROOMS.iter().any(|(room, _)| *room == word);
    let all: Vec<(&str, Vec<Name>)> = files.iter().map(|(file, text)| (file.as_str(), names(file, text))).collect();
    // What rooms hand on of others, by its name.
    let mut handed: HashMap<(&str, &str), &str> = HashMap::new();
    for (file, name) in all.iter().flat_map(|(file, names)| names.iter().map(move |name| (*file, name))) {
        if let (Some(word), [first, other, ..]) = (&name.handed_on, &name.path[..])
            && first == "crate"
            && is_room(other)
            && other != room(file)
        {
            handed.insert((room(file), word), other);
        }
    }
    let mut wrong = Vec::new();
    for (file, name) in all.iter().flat_map(|(file, names)| names.iter().map(move |name| (*file, name))) {
        let here = room(file);
        let mut say = |why: String| wrong.push(format!("{file}:{}: {why}", name.line));
        if let [first, other, rest @ ..] = &name.path[..]
            && first == "crate"
            && is_room(other)
        {
            if !may(here, other) {
                say(format!("`{here}` may not name `{other}`"));
            }
            for far in rest.iter().filter_map(|word| handed.get(&(other.as_str(), word.as_str()))) {
                if !may(here, far) {
                    say(format!("`{here}` may not name `{far}`, nor through `{other}`"));
                }
            }
        }
        if name.path.first().is_some_and(|word| word == "*renamed") {
            say("a crate is not called otherwise".into());
        }
        let holds = |parts: &[&str]| name.path.windows(parts.len()).any(|window| window.iter().eq(parts.iter()));
        for outside in OUTSIDE.iter().filter(|parts| PURE.contains(&here) && holds(parts)) {
            say(format!("`{here}` is pure and may not name `{}`", outside.join("::")));
        }
        for (library, owner) in OWNED.iter().filter(|(_, owner)| *owner != here) {
            if name.path.first().is_some_and(|word| word == library) {
                say(format!("only `{owner}` names `{library}`"));
            }
        }
    }
    wrong.dedup();
    wrong
}

/// The files of `src` that belong to rooms, without those that only tests have.
fn source() -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let inside = path.strip_prefix(root).unwrap().display().to_string();
            let is_test =
                inside.ends_with("tests.rs") || inside.starts_with("kinds/json") || inside.ends_with("/scripted.rs");
            if path.is_dir() {
                walk(&path, root, found);
            } else if inside.contains('/') && inside.ends_with(".rs") && !inside.contains("/tests/") && !is_test {
                found.push((inside, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort();
    found
}

#[test]
fn every_name_goes_the_way_of_the_map() {
    let wrong = broken(&source());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_notices_every_wrong_turn() {
    let store = ("store/mod.rs".to_string(), "pub struct Store;".to_string());
    let source = ("source/mod.rs".to_string(), "mod ics;\npub use ics::Says;".to_string());
    let ics = ("source/ics/mod.rs".to_string(), "pub use crate::ical::Says;".to_string());
    let found = |file: &str, text: &str| {
        broken(&[store.clone(), source.clone(), ics.clone(), (file.to_string(), text.to_string())])
    };
    for (file, text) in [
        ("classify/x.rs", "use crate::store::Store;"),
        ("classify/x.rs", "use crate::{model::Week, store::Store};"),
        ("classify/x.rs", "use crate::{model::{Week, self}, cli::{output::{self}}};"),
        ("classify/x.rs", "use super::super::store::Store;"),
        ("classify/deep/x.rs", "use super::super::super::store::Store;"),
        ("classify/x.rs", "use crate::store as words;"),
        ("classify/x.rs", "use crate::store::*;"),
        ("classify/x.rs", "fn f() -> crate::store::Store { todo!() }"),
        ("classify/x.rs", "fn f() { let _ = crate::cli::run(); }"),
        ("classify/x.rs", "struct S { of: Option<Vec<crate::store::Store>> }"),
        ("classify/x.rs", "impl From<crate::store::Store> for X {}"),
        ("classify/x.rs", "fn f() { println!(\"{}\", crate::cli::output::NAME); }"),
        ("classify/x.rs", "fn f() { vec![vec![crate::store::Store]]; }"),
        ("classify/mod.rs", "#[cfg(test)]\nmod tests;\nmod x;\nuse crate::store::Store;"),
        ("classify/mod.rs", "mod inner { use super::super::store::Store; }"),
        ("classify/mod.rs", "mod inner { fn f() { super::super::store::open(); } }"),
        ("classify/x.rs", "#[cfg(unix)]\nuse crate::store::Store;"),
        ("classify/x.rs", "pub use crate::store::Store;"),
        ("store/x.rs", "use crate::source::Says;"),
        ("chart/x.rs", "use crate::source::Says;"),
        ("jobs/x.rs", "use crate::daemon::Host;"),
        ("daemon/x.rs", "use crate::cli::output;"),
        ("kinds/x.rs", "use crate::jobs::sync;"),
        ("schedule/x.rs", "use std::time::Instant;"),
        ("schedule/x.rs", "fn f() { let _ = std::time::Instant::now(); }"),
        ("schedule/x.rs", "use std::time; fn f() { time::Instant::now(); }"),
        ("schedule/x.rs", "use std::time::{Duration, SystemTime};"),
        ("analyze/x.rs", "fn f() { let _ = chrono::Utc::now(); }"),
        ("analyze/x.rs", "use chrono::Local; fn f() { Local::now(); }"),
        ("model/x.rs", "fn f() { std::fs::read(\"x\"); }"),
        ("model/x.rs", "use std::{collections::BTreeMap, fs};"),
        ("model/x.rs", "use std as core_of_it; fn f() { core_of_it::fs::read(\"x\"); }"),
        ("model/x.rs", "fn f() { std::env::var(\"HOME\"); }"),
        ("ical/x.rs", "use std::net::TcpStream;"),
        ("ical/x.rs", "use std::process::Command;"),
        ("ical/x.rs", "fn f() { tokio::spawn(async {}); }"),
        ("demo/x.rs", "fn f() { assert!(std::env::args().count() > 0); }"),
        ("jobs/x.rs", "use rusqlite::Connection;"),
        ("jobs/x.rs", "fn f(db: &rusqlite::Connection) {}"),
        ("jobs/x.rs", "use plotters::prelude::*;"),
        ("daemon/x.rs", "use clap::Args;"),
    ] {
        assert!(!found(file, text).is_empty(), "{file}: {text}");
    }
    for (file, text) in [
        ("classify/x.rs", "// use crate::store::Store;\n/// See `crate::cli`.\nfn f() { let _ = \"crate::cli::x\"; }"),
        ("classify/x.rs", "#[cfg(test)]\nmod tests { use crate::store::Store; fn f() { std::fs::read(\"x\"); } }"),
        ("classify/x.rs", "use super::words; use crate::model::Week; use std::time::Duration;"),
        ("kinds/x.rs", "use crate::source::Says; use crate::store::Store;"),
        ("cli/x.rs", "use crate::daemon::Host; use clap::Args; use std::fs;"),
    ] {
        assert_eq!(found(file, text), Vec::<String>::new(), "{file}: {text}");
    }
    assert_eq!(
        found("classify/x.rs", "use crate::model::Week;\nuse super::super::store::Store;\n"),
        ["classify/x.rs:2: `classify` may not name `store`"]
    );
}

/// The rooms in which a kind of source may be named: its own. A configuration names every kind.
const KINDS: [(&str, [&str; 3]); 2] =
    [("google", ["source/google", "kinds/google", "config/"]), ("ics", ["source/ics", "kinds/ics", "config/"])];
/// Where else one is named, and why.
const EXCEPTIONS: [(&str, &str, &str); 15] = [
    ("kinds/mod.rs", "mod google;", "the line of the kind"),
    ("kinds/mod.rs", "mod ics;", "the line of the kind"),
    ("kinds/mod.rs", "&google::Google,", "the line of the kind"),
    ("kinds/mod.rs", "&ics::Ics,", "the line of the kind"),
    ("source/mod.rs", "pub mod google;", "the room of the kind"),
    ("source/mod.rs", "mod ics;", "the room of the kind"),
    ("source/mod.rs", "pub use ics::", "what reads texts, of whatever kind, and those of `--ics`"),
    ("cli/", "--ics", "the option's name, also in examples and advice"),
    ("cli/", "long = \"ics\"", "the option's name"),
    ("cli/demo.rs", "calendar.ics", "the name of a file"),
    ("cli/signin.rs", "vantage login google", "an example"),
    ("cli/machine.rs", "vantage-google-client", "the name of a file that installed machines have"),
    ("cli/rules_check.rs", "Google's event labels", "where people find what a rule asks for"),
    ("classify/predicates/calendar.rs", "Google", "where people find what a rule asks for"),
    ("", "calendar.google.com", "the domain of rooms and calendars that are no people"),
];

/// The words of code outside of comments and of what only tests have, each with its line.
fn words(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    let mut documented = false;
    for token in tokens {
        match token {
            TokenTree::Punct(p) if p.as_char() == '#' => documented = true,
            TokenTree::Punct(p) if documented && p.as_char() == '!' => {}
            TokenTree::Group(g) if documented && g.stream().to_string().starts_with("doc") => documented = false,
            TokenTree::Group(g) => {
                documented = false;
                words(g.stream(), found);
            }
            other => {
                let line = other.span().start().line;
                let text = other.to_string().to_lowercase();
                let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                found.extend(parts.map(|part| (line, part.to_string())));
            }
        }
    }
}

#[test]
fn no_code_names_a_kind_of_source_but_its_own_rooms() {
    let mut wrong = Vec::new();
    for (file, text) in source() {
        let (tree, lines) = (syn::parse_file(&text).unwrap(), text.lines().collect::<Vec<_>>());
        let mut found = Vec::new();
        for item in tree.items.iter().filter(|item| !is_for_tests(attributes(item))) {
            words(item.to_token_stream(), &mut found);
        }
        for (kind, _) in KINDS.iter().filter(|(_, rooms)| !rooms.iter().any(|room| file.starts_with(room))) {
            for (line, _) in found.iter().filter(|(_, word)| word == kind) {
                // A text may go on below its first line.
                let code = lines[line - 1..].iter().take(3).copied().collect::<Vec<_>>().join("\n");
                let excused = |(place, part, _): &(&str, &str, &str)| file.starts_with(place) && code.contains(part);
                if !EXCEPTIONS.iter().any(excused) {
                    wrong.push(format!("{file}:{line}: {}", lines[line - 1].trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
