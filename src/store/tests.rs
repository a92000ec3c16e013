//! The store told by what happens to a calendar; numbers are the items of the sync checklist.

use super::*;
use crate::diagnostic::Exit;
use crate::model::{IcsText, Interval, Item, ItemKind, Told};
use chrono::{DateTime, TimeDelta, Utc};
use std::os::unix::fs::PermissionsExt;

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap() + TimeDelta::hours(hours)
}

const WINDOW: fn() -> Window = || Window { from: at(-9600), to: at(9600) };

fn single(id: &str, hours: i64) -> Item {
    let start = at(hours).timestamp();
    Item {
        id: id.into(),
        kind: ItemKind::Single,
        series: None,
        original: None,
        etag: None,
        cancelled: false,
        span: Some((start, start + 3600)),
        json: format!("{{\"id\":\"{id}\",\"at\":{hours}}}"),
    }
}

fn series(id: &str) -> Item {
    Item { kind: ItemKind::Series, ..single(id, 0) }
}

fn instance(series: &str, hours: i64) -> Item {
    let id = format!("{series}_{hours}");
    Item {
        kind: ItemKind::Instance,
        series: Some(series.into()),
        original: Some(hours.to_string()),
        ..single(&id, hours)
    }
}

fn cancelled(item: Item) -> Item {
    Item { cancelled: true, span: None, json: format!("{{\"id\":\"{}\",\"status\":\"cancelled\"}}", item.id), ..item }
}

struct Shelf {
    store: Store,
    calendar: CalendarId,
    _folder: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::writer(folder.path()).unwrap();
        let account = store.account("work", "google").unwrap();
        let listed = Listed {
            remote: "ada@example.com".into(),
            name: "Ada".into(),
            zone: None,
            role: crate::model::Role::Owner,
            primary: true,
            shown: true,
            labels: Default::default(),
            shades: Default::default(),
        };
        store.keep_list(account.id, &[listed], at(0), at(1)).unwrap();
        let calendar = store.calendars(account.id).unwrap()[0].id;
        Shelf { store, calendar, _folder: folder }
    }

    fn whole(&mut self, feed: &[Item], window: &[Item]) -> Changes {
        for (listing, items) in [(Listing::Feed, feed), (Listing::Window, window)] {
            self.store.stage_begin(self.calendar, listing).unwrap();
            self.store.stage(self.calendar, listing, items).unwrap();
        }
        self.store.swap(self.calendar, Some((Some("t1"), "p")), WINDOW(), &[], at(24), at(0)).unwrap()
    }

    fn delta(&mut self, items: &[Item]) -> Changes {
        self.store.stage_begin(self.calendar, Listing::Feed).unwrap();
        self.store.stage(self.calendar, Listing::Feed, items).unwrap();
        self.store.apply_delta(self.calendar, "t2", at(1)).unwrap()
    }

    fn there(&self) -> Vec<String> {
        let window = Interval::new(WINDOW().from, WINDOW().to);
        self.store.instances(self.calendar, window).unwrap().into_iter().map(|row| row.id).collect()
    }

    fn removed(&self, listing: Listing) -> (usize, Vec<String>) {
        let (live, removed) = self.store.removal(self.calendar, listing, WINDOW()).unwrap();
        (live, removed.into_iter().collect())
    }
}

#[test]
fn files_are_for_the_user_only_and_one_process_writes() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let mut store = Store::writer(&state).unwrap();
    store.account("work", "google").unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    for file in std::fs::read_dir(&state).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    let Err(second) = Store::writer(&state) else { panic!("two writers") };
    assert_eq!(second.exit, Exit::Later);
    assert!(second.message.contains(&format!("process {}", std::process::id())), "{}", second.message);
    let reader = Store::reader(&state).unwrap().unwrap();
    assert_eq!(reader.accounts().unwrap()[0].name, "work");
    drop(store);
    Store::writer(&state).unwrap();
}

#[test]
fn an_emptied_a_damaged_and_a_foreign_file_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::writer(folder.path()).unwrap());
    let path = folder.path().join(FILE);
    let put = |bytes: &[u8]| {
        for companion in ["vantage.db-wal", "vantage.db-shm"] {
            let _ = std::fs::remove_file(folder.path().join(companion));
        }
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), bytes).unwrap();
    };
    for bytes in [&b""[..], &[7; 5000]] {
        put(bytes);
        for opened in [Store::writer(folder.path()).map(Some), Store::reader(folder.path())] {
            let Err(failure) = opened else { panic!("{} bytes were taken for a database", bytes.len()) };
            assert_eq!(failure.exit, Exit::Data, "{}", failure.render(false));
        }
    }
}

#[test]
fn a_newer_schema_is_left_alone_and_an_older_one_is_copied_before_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let mut db = rusqlite::Connection::open(&path).unwrap();
    let steps = ["CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)", "ALTER TABLE a ADD COLUMN y TEXT"];
    migrate::migrate(&mut db, &path, &steps[..1]).unwrap();
    let before = folder.path().join("x.db.before-2");
    assert!(!before.exists(), "there was nothing to copy before the first step");
    migrate::migrate(&mut db, &path, &steps).unwrap();
    let copy = rusqlite::Connection::open(&before).unwrap();
    assert_eq!(copy.query_row("SELECT x FROM a", [], |r| r.get::<_, i64>(0)).unwrap(), 1);
    assert!(copy.query_row("SELECT y FROM a", [], |_| Ok(())).is_err(), "the copy is from before the step");
    assert_eq!(std::fs::metadata(&before).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(migrate::migrate(&mut db, &path, &steps[..1]).unwrap_err().exit, Exit::Failed);
    let broken = [steps[0], steps[1], "CREATE TABLE b (x INTEGER) STRICT; SELECT nonsense"];
    assert!(migrate::migrate(&mut db, &path, &broken).is_err());
    assert!(db.query_row("SELECT * FROM b", [], |_| Ok(())).is_err(), "half a step was kept");
}

#[test]
fn what_hangs_on_an_account_stays_when_its_table_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let mut db = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).unwrap();
    migrate::migrate(&mut db, &path, &migrate::STEPS[..6]).unwrap();
    db.execute_batch(
        "INSERT INTO account (id, name, kind, trouble, failures) VALUES (7, 'work', 'google', 'gone', 3);
         INSERT INTO calendar VALUES (9, 7, 'ada@example.com', 'Ada', NULL, 'owner', 1, '{}', '{}', 1, NULL, NULL, NULL);
         INSERT INTO sync_state (calendar, token) VALUES (9, 'next');
         INSERT INTO ics_text VALUES (9, 'a.ics', 'a', x'424547494e', 1, 0);",
    )
    .unwrap();
    drop(db);
    let mut store = Store::writer(folder.path()).unwrap();
    let account = store.accounts().unwrap().remove(0);
    assert_eq!(store.account_obstacle(account.id).unwrap().unwrap().failures, 3);
    let calendar = store.calendars(account.id).unwrap().remove(0);
    assert_eq!(store.state(calendar.id).unwrap().token.as_deref(), Some("next"));
    let text = store.texts(calendar.id).unwrap().next().unwrap().unwrap();
    assert_eq!((&*text.file, &*text.bytes, text.told.attendees), ("a.ics", &b"BEGIN"[..], true));
    assert_eq!(store.events_of_texts(calendar.id).unwrap(), None, "nobody counted them");
    assert_eq!(store.account("files", "a kind to come").unwrap().kind, "a kind to come");
    store.forget_account(account.id).unwrap();
    assert_eq!(store.state(calendar.id).unwrap(), SyncState::default(), "it still goes with its account");
}

#[test]
fn a_whole_listing_then_changes_then_the_same_changes_again() {
    let mut shelf = Shelf::new();
    let changes = shelf
        .whole(&[single("a", 0), single("b", 2), series("s")], &[single("a", 0), single("b", 2), instance("s", 5)]);
    assert_eq!((changes.added, changes.removed), (3, 0));
    assert_eq!(shelf.there(), ["a", "b", "s_5"]);
    let delta = [single("a", 9), single("c", 3), cancelled(single("b", 2))];
    assert_eq!(shelf.delta(&delta), Changes { added: 1, changed: 1, removed: 1 });
    assert_eq!(shelf.there(), ["c", "s_5", "a"]);
    assert_eq!(shelf.delta(&delta), Changes::default(), "item 5: applying it twice does nothing");
    assert_eq!(shelf.there(), ["c", "s_5", "a"]);
}

#[test]
fn exceptions_come_before_masters_and_cancelled_ones_come_back() {
    // Items 8, 10, 11, 14.
    let mut shelf = Shelf::new();
    shelf.delta(&[instance("s", 5), series("s")]);
    assert_eq!((shelf.there(), shelf.store.dirty(shelf.calendar).unwrap()), (vec!["s_5".into()], vec!["s".into()]));
    shelf.delta(&[cancelled(instance("s", 5))]);
    assert!(shelf.there().is_empty());
    shelf.delta(&[instance("s", 5)]);
    assert_eq!(shelf.there(), ["s_5"]);
    shelf.delta(&[cancelled(single("s", 0)), cancelled(instance("s", 5))]);
    assert!(shelf.there().is_empty() && shelf.store.dirty(shelf.calendar).unwrap().is_empty());
}

#[test]
fn a_date_that_is_left_of_a_deleted_series_stays() {
    let (kept, far) = (instance("s", 24), instance("s", 9700));
    let mut shelf = Shelf::new();
    shelf.whole(&[series("s")], &[instance("s", 0), instance("s", 24)]);
    // Removed from the series, still invited to one date.
    shelf.delta(&[cancelled(series("s")), kept.clone()]);
    assert_eq!(shelf.there(), ["s_24"]);
    let mut shelf = Shelf::new();
    shelf.whole(&[series("s"), kept.clone(), far.clone()], &[instance("s", 0), kept.clone()]);
    shelf.whole(&[cancelled(series("s")), kept.clone(), far.clone()], &[kept]);
    let there = Interval::new(at(-9600), at(9900));
    let there: Vec<String> =
        shelf.store.instances(shelf.calendar, there).unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(there, ["s_24", "s_9700"]);
}

#[test]
fn a_tombstone_overwrites_nothing_that_is_known() {
    let mut shelf = Shelf::new();
    shelf.delta(&[single("a", 0), instance("s", 5)]);
    shelf.delta(&[cancelled(single("a", 0)), cancelled(instance("s", 5))]);
    let kept: Vec<String> = shelf.store.rows("SELECT json FROM event_raw ORDER BY id", [], |r| r.get(0)).unwrap();
    assert!(kept.iter().all(|json| json.contains("\"at\"")), "{kept:?}");
}

#[test]
fn a_series_becomes_a_single_and_the_other_way_round() {
    // Item 14: the id stays.
    let mut shelf = Shelf::new();
    shelf.delta(&[series("x")]);
    shelf.store.replace_series(shelf.calendar, "x", &[instance("x", 1), instance("x", 2)], WINDOW(), at(1)).unwrap();
    assert_eq!(shelf.there(), ["x_1", "x_2"]);
    shelf.delta(&[single("x", 7)]);
    assert_eq!(shelf.there(), ["x"]);
    shelf.delta(&[series("x")]);
    assert!(shelf.there().is_empty());
    assert_eq!(shelf.store.dirty(shelf.calendar).unwrap(), ["x"]);
    shelf.delta(&[single("x", 8)]);
    assert!(shelf.store.dirty(shelf.calendar).unwrap().is_empty(), "a single has no instances to ask for");
}

#[test]
fn a_series_is_replaced_as_a_set() {
    // Item 13: "this and following" leaves nothing stale behind.
    let mut shelf = Shelf::new();
    shelf.whole(&[series("s")], &[instance("s", 1), instance("s", 2), instance("s", 3)]);
    shelf.delta(&[series("s"), series("s_R3")]);
    shelf.store.replace_series(shelf.calendar, "s", &[instance("s", 1), instance("s", 2)], WINDOW(), at(1)).unwrap();
    shelf.store.replace_series(shelf.calendar, "s_R3", &[instance("s_R3", 3)], WINDOW(), at(1)).unwrap();
    assert_eq!(shelf.there(), ["s_1", "s_2", "s_R3_3"]);
    assert!(shelf.store.dirty(shelf.calendar).unwrap().is_empty());
}

#[test]
fn a_listing_deletes_what_it_lacks_inside_the_window_only() {
    let mut shelf = Shelf::new();
    let old = single("old", -9700);
    shelf.whole(&[old.clone(), single("a", 0), single("b", 1)], &[single("a", 0), single("b", 1)]);
    shelf.store.stage_begin(shelf.calendar, Listing::Window).unwrap();
    shelf.store.stage(shelf.calendar, Listing::Window, &[single("a", 0)]).unwrap();
    assert_eq!(shelf.removed(Listing::Window), (2, vec!["b".into()]));
    shelf.store.swap(shelf.calendar, None, WINDOW(), &[], at(24), at(2)).unwrap();
    assert_eq!(shelf.there(), ["a"]);
    let all = Interval::new(at(-20_000), at(20_000));
    let ids: Vec<String> = shelf.store.instances(shelf.calendar, all).unwrap().into_iter().map(|r| r.id).collect();
    assert_eq!(ids, ["old", "a"], "what slid out of the window is frozen");
    let state = shelf.store.state(shelf.calendar).unwrap();
    assert_eq!((state.token.as_deref(), state.window_due), (Some("t1"), Some(at(24))), "the token is the feed's");
}

#[test]
fn a_whole_feed_deletes_what_it_lacks_at_any_date() {
    let mut shelf = Shelf::new();
    shelf.whole(&[single("old", -9700), single("a", 0)], &[single("a", 0)]);
    shelf.whole(&[single("a", 0)], &[single("a", 0)]);
    let all = Interval::new(at(-20_000), at(20_000));
    assert_eq!(shelf.store.instances(shelf.calendar, all).unwrap().len(), 1);
}

#[test]
fn a_calendar_is_gone_only_after_two_lists_an_hour_apart() {
    let mut shelf = Shelf::new();
    let account = shelf.store.accounts().unwrap()[0].id;
    let other = Listed {
        remote: "other".into(),
        name: "Other".into(),
        zone: None,
        role: crate::model::Role::Reader,
        primary: false,
        shown: true,
        labels: Default::default(),
        shades: Default::default(),
    };
    let gone = |shelf: &Shelf| {
        let all = shelf.store.calendars(account).unwrap();
        all.iter().find(|c| c.remote == "ada@example.com").unwrap().gone_at.is_some()
    };
    for (hours, list, expected) in
        [(0, vec![], false), (1, vec![other.clone()], false), (1, vec![other.clone()], false), (2, vec![other], true)]
    {
        shelf.store.keep_list(account, &list, at(hours), at(hours + 1)).unwrap();
        assert_eq!(gone(&shelf), expected, "after {hours} hours");
    }
}

#[test]
fn accounts_of_one_name_and_two_kinds_leave_each_other_alone() {
    let mut shelf = Shelf::new();
    shelf.whole(&[single("a", 0)], &[single("a", 0)]);
    let file = shelf.store.account("work", "ics").unwrap();
    let kinds = |shelf: &Shelf| shelf.store.accounts().unwrap().into_iter().map(|a| a.kind).collect::<Vec<_>>();
    assert_eq!((kinds(&shelf), shelf.there()), (vec!["google".into(), "ics".into()], vec!["a".into()]));
    assert_eq!(shelf.store.account("work", "ics").unwrap(), file);
    assert_ne!(shelf.store.account("work", "google").unwrap(), file);
}

#[test]
fn notes_of_unreadable_items_change_with_the_listing_that_made_them() {
    let mut shelf = Shelf::new();
    let note = |why: &str| vec![(why.to_string(), why.to_string())];
    let skipped = |shelf: &Shelf| shelf.store.skipped(shelf.calendar).unwrap();
    shelf.store.swap(shelf.calendar, None, WINDOW(), &note("old"), at(24), at(0)).unwrap();
    shelf.store.skip(shelf.calendar, &note("new"), false, at(1)).unwrap();
    assert_eq!(skipped(&shelf).len(), 2, "a listing that is not applied settles nothing");
    shelf.store.swap(shelf.calendar, None, WINDOW(), &note("new"), at(24), at(2)).unwrap();
    assert_eq!(skipped(&shelf), [("new".to_string(), 1)]);
}

#[test]
fn labels_are_told_from_their_index() {
    let mut shelf = Shelf::new();
    assert!(!shelf.store.has_labels(shelf.calendar).unwrap());
    let labelled = Item { json: r#"{"id":"a","eventLabelId":"l"}"#.into(), ..single("a", 0) };
    shelf.whole(&[labelled.clone(), single("b", 1)], &[labelled, single("b", 1)]);
    assert!(shelf.store.has_labels(shelf.calendar).unwrap());
}

#[test]
fn an_open_state_folder_is_closed_by_the_next_writer() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let store = Store::writer(&state).unwrap();
    store.back_up(at(0)).unwrap();
    drop(store);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let open = |path: &std::path::Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let files = ["vantage.db", "vantage.db.backup", "vantage.db.before-2"].map(|name| state.join(name));
    std::fs::copy(&files[0], &files[2]).unwrap();
    files.iter().for_each(|file| open(file, 0o644));
    open(&state, 0o755);
    let _store = Store::writer(&state).unwrap();
    assert_eq!(mode(&state), 0o700);
    for file in std::fs::read_dir(&state).unwrap().map(|file| file.unwrap().path()) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_copy_is_made_once_a_week_and_can_take_the_place_of_the_database() {
    let mut shelf = Shelf::new();
    shelf.whole(&[single("a", 0)], &[single("a", 0)]);
    let made = [0, 1, 7 * 24 - 1, 7 * 24, 7 * 24 + 1, 0].map(|hours| shelf.store.back_up(at(hours)).unwrap());
    assert_eq!(made, [true, false, false, true, false, true], "a clock that was set back asks for one more");
    let copy = shelf.store.backup();
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(&copy, other.path().join(FILE)).unwrap();
    let restored = Store::writer(other.path()).unwrap();
    assert_eq!(restored.instances(shelf.calendar, Interval::new(at(-1), at(9))).unwrap().len(), 1);
}

#[test]
fn upkeep_empties_the_log_and_drops_what_was_deleted_long_ago() {
    let mut shelf = Shelf::new();
    shelf.whole(&[single("a", 0), single("b", 1)], &[single("a", 0), single("b", 1)]);
    shelf.delta(&[cancelled(single("b", 1))]);
    assert_eq!(shelf.store.purge(at(1)).unwrap(), 0);
    assert_eq!(shelf.store.purge(at(2)).unwrap(), 2, "the event and its time");
    let log = shelf.store.path().with_extension("db-wal");
    assert_ne!(std::fs::metadata(&log).unwrap().len(), 0);
    shelf.store.checkpoint().unwrap();
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    assert_eq!(shelf.there(), ["a"]);
}

#[test]
fn upkeep_gives_many_free_pages_back_and_not_a_few() {
    let mut shelf = Shelf::new();
    let account = shelf.store.account("files", "ics").unwrap();
    let calendar = shelf.store.only_calendar(&account).unwrap();
    let mut keep = |bytes: usize| {
        let (file, stem, told) = ("a.ics".to_string(), "a".to_string(), Told::default());
        let texts = [IcsText { file, stem, bytes: vec![b'x'; bytes], told }];
        let new = NewTexts { texts: &texts, stamp: None, events: None, past: &PastChange::default() };
        shelf.store.keep_texts(calendar.id, &new, at(0)).unwrap();
        let shrunk = shelf.store.shrink().unwrap();
        shelf.store.checkpoint().unwrap();
        (shrunk, std::fs::metadata(shelf.store.path()).unwrap().len() >> 20)
    };
    assert_eq!(keep(20 << 20), (false, 20), "all of it is needed");
    assert_eq!(keep(16 << 20), (false, 20), "a fifth is free");
    assert_eq!(keep(1 << 20), (true, 1));
}

#[test]
fn nothing_that_is_printed_for_us_holds_a_title() {
    let item = Item { json: "{\"summary\":\"Layoffs\"}".into(), ..single("Layoffs", 0) };
    let removed = ["Layoffs".to_string()].into();
    let hold = Hold { since: at(0), agreed_at: None, live: 1, removed };
    assert!(!format!("{item:?} {hold:?}").contains("Layoffs"));
}
