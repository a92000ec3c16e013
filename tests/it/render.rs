//! Pictures by the library: which weeks are drawn when, and what lies in the folder then.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use vantage::config::Config;
use vantage::jobs::{self, Setup, Way, render};
use vantage::kinds;
use vantage::model::{Privacy, Role, Week, Weekday};
use vantage::store::{CalendarId, Listed, Listing, Obstacle, Store, Window};

const RULES: &str = "[[rule]]\nname = \"sprint\"\nclass = \"execution\"\ntheme = \"Delivery\"\ntitle = \"sprint*\"\n\n\
                     [[rule]]\nname = \"roadmap\"\nclass = \"strategy\"\ntheme = \"Vision\"\ntitle = \"roadmap*\"\n";
const WEEKLY: &str = "RRULE:FREQ=WEEKLY";

/// A server that is not there.
const MAIL: &str = "host = \"127.0.0.1\"\nport = 1\nfrom = \"a@example.com\"\nto = \"a@example.com\"\n";

/// A machine with one calendar file.
struct Desk {
    home: tempfile::TempDir,
    config: String,
    rules: String,
    events: Vec<String>,
}

/// What a run did, in the names of weeks.
#[derive(Debug, PartialEq)]
struct Run {
    drawn: Vec<String>,
    latest: Option<String>,
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn weeks(numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|n| format!("2026-W{n:02}")).collect()
}

impl Desk {
    fn new() -> Desk {
        let config = "timezone = \"Europe/Berlin\"\n[[source.ics]]\nname = \"work\"\npath = \"~/work.ics\"\n";
        let mut desk =
            Desk { home: tempfile::tempdir().unwrap(), config: config.into(), rules: RULES.into(), events: Vec::new() };
        desk.event("Sprint planning", "20260105T100000", WEEKLY);
        desk.event("Roadmap review", "20260106T140000", WEEKLY);
        desk
    }

    /// An hour with somebody else.
    fn event(&mut self, title: &str, start: &str, more: &str) {
        let number = self.events.len();
        self.events.push(format!(
            "BEGIN:VEVENT\nUID:{number}\nDTSTAMP:20260101T000000Z\nSUMMARY:{title}\nDTSTART;TZID=Europe/Berlin:{start}\n\
             DURATION:PT1H\nATTENDEE:mailto:jonas@example.com\nATTENDEE:mailto:ada@example.com\n{more}\nEND:VEVENT\n"
        ));
        let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//EN\n{}END:VCALENDAR\n", self.events.concat());
        self.write("work.ics", &text);
    }

    fn write(&self, name: &str, text: &str) {
        vantage::disk::write(&self.home.path().join(name), text.as_bytes()).unwrap();
    }

    fn charts(&self) -> PathBuf {
        self.home.path().join("charts")
    }

    fn chart(&self, name: &str) -> PathBuf {
        self.charts().join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.chart(name)).unwrap()
    }

    fn configuration(&self) -> Config {
        let home = |path: &str| path.replace('~', &self.home.path().display().to_string());
        kinds::configuration(&self.config, &home).unwrap()
    }

    fn store(&self) -> Store {
        Store::writer(&self.home.path().join("state")).unwrap()
    }

    /// The calendar file is read, and what is due at `now` is drawn.
    fn run(&self, now: &str) -> Run {
        let (mut store, config) = (self.store(), self.configuration());
        assert!(kinds::refresh(&mut store, &config, at(now)).unwrap().is_empty());
        self.render(&mut store, at(now))
    }

    fn render(&self, store: &mut Store, now: DateTime<Utc>) -> Run {
        let done = self.rendered(store, now);
        Run {
            drawn: done.drawn.iter().map(Week::to_string).collect(),
            latest: done.latest.map(|latest| latest.week.to_string()),
        }
    }

    fn rendered(&self, store: &mut Store, now: DateTime<Utc>) -> render::Rendered {
        let config = self.configuration();
        let rules = vantage::classify::parse("rules.toml", &self.rules, &[]).unwrap();
        let wishes = config.preferences(chrono_tz::Tz::UTC);
        let setup = Setup { config, rules, wishes, charts: Some(self.charts()), texts: Vec::new() };
        render::run(store, &setup, true, now).unwrap()
    }

    /// Everything in the folder with its bytes.
    fn folder(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let paths = std::fs::read_dir(self.charts()).unwrap().map(|entry| entry.unwrap().path());
        paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
    }
}

const MONDAY: &str = "2026-11-23T07:00:00+01:00";
const NOTHING: Run = Run { drawn: Vec::new(), latest: None };

#[test]
fn the_first_start_draws_twelve_weeks_and_this_one_and_the_second_nothing() {
    let desk = Desk::new();
    let first = desk.run(MONDAY);
    assert_eq!(first, Run { drawn: weeks(36..=48), latest: Some("2026-W47".into()) });
    let before = desk.folder();
    assert_eq!(before.len(), 13 * 3 + 2, "{:?}", before.keys());
    assert_eq!(before[&desk.chart("latest.png")], before[&desk.chart("2026-W47.png")]);
    assert!(desk.text("2026-W48.txt").contains("so far booked"));
    assert!(desk.text("2026-W47.json").starts_with("{\"schema_version\":1,\"week\":\"2026-W47\""));
    assert_eq!(desk.run("2026-11-23T07:15:00+01:00"), NOTHING);
    assert_eq!(desk.folder(), before);
}

#[test]
fn only_the_user_can_read_what_is_drawn() {
    let desk = Desk::new();
    desk.run(MONDAY);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&desk.charts()), 0o700);
    for path in desk.folder().keys() {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
}

#[test]
fn nothing_is_drawn_before_a_calendar_was_read() {
    let desk = Desk::new();
    assert_eq!(desk.render(&mut desk.store(), at(MONDAY)), NOTHING);
    assert_eq!(desk.folder().len(), 0);
}

#[test]
fn last_week_is_made_at_its_moment_and_not_before() {
    let desk = Desk::new();
    desk.run("2026-11-16T07:00:00+01:00");
    assert_eq!(desk.run("2026-11-22T23:59:59+01:00"), NOTHING);
    // The new week runs; the ended one waits.
    assert_eq!(desk.run("2026-11-23T05:59:59+01:00"), Run { drawn: weeks(48..=48), latest: None });
    assert!(desk.text("2026-W47.txt").contains("so far booked"));
    let made = desk.run("2026-11-23T06:00:00+01:00");
    assert_eq!(made, Run { drawn: weeks(47..=47), latest: Some("2026-W47".into()) });
    assert!(!desk.text("2026-W47.txt").contains("so far booked"));
}

#[test]
fn each_week_is_made_once_whatever_the_clock_does() {
    let desk = Desk::new();
    // Through the end of summer time; then a clock that falls back, and one that runs on.
    let start = at("2026-10-19T07:00:00+02:00");
    desk.run("2026-10-19T07:00:00+02:00");
    let mut latest = Vec::new();
    let steps = (1..=20).map(|n| n * 33).chain([300, 40, 660, 655, 661]);
    for step in steps {
        let run = desk.run(&(start + TimeDelta::hours(step)).to_rfc3339());
        latest.extend(run.latest);
    }
    assert_eq!(latest, weeks(43..=45));
}

#[test]
fn a_clock_that_ran_a_year_ahead_costs_no_week() {
    let desk = Desk::new();
    desk.run(MONDAY);
    desk.run("2027-11-22T07:00:00+01:00");
    // It is right again: this week is drawn, and the next one that ends is handed over.
    let tuesday = desk.run("2026-11-24T07:00:00+01:00");
    assert_eq!(tuesday.latest, None);
    let monday = desk.run("2026-11-30T07:00:00+01:00");
    assert_eq!(monday, Run { drawn: weeks(48..=49), latest: Some("2026-W48".into()) });
    assert_eq!(desk.run("2026-11-30T08:00:00+01:00"), NOTHING);
}

#[test]
fn nine_missed_weeks_are_drawn_in_order_and_one_is_handed_over() {
    let desk = Desk::new();
    desk.run("2026-09-21T07:00:00+02:00");
    let late = desk.run(MONDAY);
    assert_eq!(late, Run { drawn: weeks(39..=48), latest: Some("2026-W47".into()) });
}

#[test]
fn an_edited_rule_redraws_only_what_it_changes() {
    let mut desk = Desk::new();
    desk.event("Harbour deal", "20261112T100000", "");
    desk.run(MONDAY);
    desk.rules += "\n[[rule]]\nname = \"deal\"\nclass = \"strategy\"\ntheme = \"Vision\"\ntitle = \"harbour deal\"\n";
    assert_eq!(desk.run(MONDAY), Run { drawn: weeks(46..=48), latest: None });
    assert_eq!(desk.run(MONDAY), NOTHING);
}

#[test]
fn a_late_change_redraws_its_week_and_a_new_title_too() {
    let mut desk = Desk::new();
    desk.run(MONDAY);
    // The same numbers, but another block in this week's grid.
    desk.event("Roadmap offsite", "20261127T100000", "");
    assert_eq!(desk.run(MONDAY).drawn, weeks(48..=48));
    desk.events.pop();
    desk.event("Roadmap onsite", "20261127T100000", "");
    assert_eq!(desk.run(MONDAY).drawn, weeks(48..=48));
    desk.config = format!("privacy = \"themes\"\n{}", desk.config);
    assert_eq!(desk.run(MONDAY).drawn, weeks(36..=48));
    desk.events.pop();
    desk.event("Roadmap offsite", "20261127T100000", "");
    assert_eq!(desk.run(MONDAY), NOTHING, "a title that is not shown redraws nothing");
}

#[test]
fn a_missing_file_is_made_again_and_handed_to_nobody() {
    let desk = Desk::new();
    desk.run(MONDAY);
    let before = desk.folder();
    for name in ["2026-W40.png", "2026-W47.txt", "latest.png", "index.html"] {
        std::fs::remove_file(desk.chart(name)).unwrap();
    }
    assert_eq!(desk.run(MONDAY), Run { drawn: vec!["2026-W40".into(), "2026-W47".into()], latest: None });
    assert_eq!(desk.folder(), before);
}

#[test]
fn only_the_newest_weeks_are_kept_and_no_file_of_others_is_touched() {
    let mut desk = Desk::new();
    desk.run(MONDAY);
    desk.config = format!("retain = 3\n{}", desk.config);
    for alien in ["charts/2020-W01.png", "charts/2026-W40.svg", "charts/notes.txt"] {
        desk.write(alien, "not ours");
    }
    assert_eq!(desk.run(MONDAY), NOTHING);
    let names: Vec<String> =
        desk.folder().keys().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    let mut expected: Vec<String> =
        weeks(45..=48).iter().flat_map(|w| ["json", "png", "txt"].map(|e| format!("{w}.{e}"))).collect();
    expected.extend(["2020-W01.png", "2026-W40.svg", "index.html", "latest.png", "notes.txt"].map(String::from));
    expected.sort();
    assert_eq!(names, expected);
    desk.config = desk.config.replace("retain = 3", "retain = 5");
    assert_eq!(desk.run(MONDAY), Run { drawn: weeks(43..=44), latest: None });
}

#[test]
fn the_page_shows_the_newest_first_and_lets_nothing_out_of_its_quotes() {
    let mut desk = Desk::new();
    let title = "\"><script>alert(1)</script>";
    desk.event(title, "20261102T160000", WEEKLY);
    desk.rules += "\n[[rule]]\nname = \"evil\"\nclass = \"execution\"\ntheme = '\"><script>alert(2)</script>'\n\
                   title_regex = 'script'\n";
    desk.run(MONDAY);
    assert!(desk.text("2026-W47.txt").contains("<script>alert"));
    let page = desk.text("index.html");
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&quot;&gt;&lt;script&gt;alert(2)&lt;/script&gt;"));
    assert!(page.contains("content=\"default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'\""));
    let order: Vec<&str> =
        page.match_indices("<figure id=\"").map(|(at, found)| &page[at + found.len()..][..8]).collect();
    let mut newest_first = weeks(36..=48);
    newest_first.reverse();
    assert_eq!(order, newest_first);
}

#[test]
fn old_data_are_never_silent() {
    let desk = Desk::new();
    desk.run(MONDAY);
    let clean = desk.folder();
    let mut store = desk.store();
    let account = store.account("work", "ics").unwrap();
    let calendar = store.only_calendar(&account).unwrap();
    let obstacle = Obstacle {
        kind: vantage::model::TroubleKind::NeedsLogin,
        sentence: "the sign-in has expired".into(),
        causes: Vec::new(),
        help: None,
        basis: None,
        since: at(MONDAY),
        failures: 1,
        retry_at: None,
    };
    store.obstruct(calendar.id, &obstacle).unwrap();
    let later = at(MONDAY) + TimeDelta::hours(1);
    assert_eq!(desk.render(&mut store, later), Run { drawn: weeks(47..=48), latest: None });
    let says = "Signed out: the last good sync of work was on 23 November 2026 · vantage status says what to do";
    assert!(desk.text("2026-W47.txt").starts_with(&format!("{says}. Week 47")));
    assert!(desk.text("2026-W48.json").contains(&format!("\"notes\":[\"{says}\"")));
    assert!(desk.text("index.html").contains(says));
    assert_eq!(desk.render(&mut store, later), NOTHING);
    // A week passes: what ended after the last good sync keeps its banner, what ended before loses it.
    let run = desk.render(&mut store, at("2026-11-30T07:00:00+01:00"));
    assert_eq!(run, Run { drawn: weeks(47..=49), latest: Some("2026-W48".into()) });
    assert!(desk.text("2026-W47.txt").starts_with("Week 47"));
    assert!(desk.text("2026-W48.txt").starts_with(says));
    drop(store);
    // The file is read again, and all is well.
    assert_eq!(desk.run("2026-11-30T08:00:00+01:00").drawn, weeks(48..=49));
    assert_eq!(desk.folder()[&desk.chart("2026-W47.png")], clean[&desk.chart("2026-W47.png")]);
}

/// The calendar of a Google account of that name, listed on Monday.
fn of_google(store: &mut Store, name: &str) -> CalendarId {
    let account = store.account(name, "google").unwrap();
    let listed = Listed {
        remote: "ada@example.com".into(),
        name: "Ada".into(),
        zone: None,
        role: Role::Owner,
        primary: true,
        shown: true,
        labels: BTreeMap::new(),
        shades: BTreeMap::new(),
    };
    store.keep_list(account.id, &[listed], at(MONDAY), at(MONDAY)).unwrap();
    store.calendars(account.id).unwrap()[0].id
}

#[test]
fn whoever_signed_out_is_not_told_so_on_every_picture() {
    let desk = Desk::new();
    desk.run(MONDAY);
    let mut store = desk.store();
    let calendar = of_google(&mut store, "private");
    let window = Window { from: at("2025-11-01T00:00:00Z"), to: at("2027-11-01T00:00:00Z") };
    store.swap(calendar, Some((Some("t"), "p")), window, &[], at(MONDAY), at(MONDAY)).unwrap();
    // No sign-in, and the configuration does not ask for one.
    desk.render(&mut store, at("2026-11-30T07:00:00+01:00"));
    assert!(desk.text("2026-W48.txt").starts_with("Week 48"), "{}", desk.text("2026-W48.txt"));
}

#[test]
fn two_days_without_a_good_sync_are_told_and_a_file_that_nobody_touches_is_not_old() {
    let desk = Desk::new();
    desk.run(MONDAY);
    assert_eq!(desk.run("2026-11-28T07:00:00+01:00"), NOTHING);
    std::fs::remove_file(desk.home.path().join("work.ics")).unwrap();
    let (mut store, config) = (desk.store(), desk.configuration());
    kinds::refresh(&mut store, &config, at("2026-11-24T07:00:00+01:00")).unwrap();
    assert_eq!(desk.render(&mut store, at("2026-11-25T06:59:00+01:00")), NOTHING);
    assert_eq!(desk.render(&mut store, at("2026-11-25T07:01:00+01:00")).drawn, weeks(47..=48));
    assert!(desk.text("2026-W48.txt").starts_with("Out of date: the last good sync of work was on 23 November 2026"));
}

#[test]
fn a_picture_that_knows_more_than_the_store_stays() {
    let desk = Desk::new();
    desk.run(MONDAY);
    // Another account appears whose calendar is kept from October on.
    let mut store = desk.store();
    let calendar = of_google(&mut store, "google");
    store.stage_begin(calendar, Listing::Window).unwrap();
    let window = Window { from: at("2026-08-15T00:00:00Z"), to: at("2027-08-01T00:00:00Z") };
    store.swap(calendar, None, window, &[], at(MONDAY), at(MONDAY)).unwrap();
    let mut edited = desk;
    edited.rules = edited.rules.replace("\"Delivery\"", "\"Shipping\"");
    // A picture shows twelve weeks: those that reach back behind the middle of August stay as they are.
    assert_eq!(edited.render(&mut store, at(MONDAY)).drawn, weeks(45..=48));
    std::fs::remove_file(edited.chart("2026-W40.png")).unwrap();
    assert_eq!(edited.render(&mut store, at(MONDAY)).drawn, weeks(40..=40));
}

#[test]
fn a_hand_over_waits_for_the_facts_and_is_tried_for_a_day() {
    let mut desk = Desk::new();
    desk.config += &format!("[mail]\n{MAIL}[notify]\ncommand = [\"true\"]\n");
    desk.run("2026-11-20T17:00:00+01:00");
    let mut store = desk.store();
    let account = store.account("work", "ics").unwrap();
    let calendar = store.only_calendar(&account).unwrap();
    let after = |minutes: i64| at(MONDAY) + TimeDelta::minutes(minutes);
    let ways = |done: &render::Rendered| done.latest.as_ref().map(|latest| latest.ways.clone());
    // The machine woke, and the network did not yet: what is known ends on Friday.
    let woken = desk.rendered(&mut store, after(0));
    assert!(woken.waits && woken.latest.is_none() && woken.drawn.len() == 2);
    store.unchanged(calendar.id, after(3)).unwrap();
    let synced = desk.rendered(&mut store, after(4));
    assert_eq!(ways(&synced), Some(vec![Way::Notify, Way::Mail]));
    assert_eq!(ways(&desk.rendered(&mut store, after(5))), None, "once");
    // The mail server did not answer.
    let latest = synced.latest.unwrap();
    for minutes in [6, 60, 1439] {
        jobs::owe(&mut store, latest.week, &[Way::Mail], latest.since).unwrap();
        let again = desk.rendered(&mut store, after(minutes));
        assert_eq!(ways(&again), Some(vec![Way::Mail]));
        assert_eq!(again.latest.unwrap().since, after(0));
    }
    jobs::owe(&mut store, latest.week, &[Way::Mail], latest.since).unwrap();
    assert_eq!(ways(&desk.rendered(&mut store, after(1441))), None, "a day is over");
    // Facts that never come are not waited for longer than an hour.
    let next = |minutes: i64| at("2026-11-30T07:00:00+01:00") + TimeDelta::minutes(minutes);
    assert!(desk.rendered(&mut store, next(0)).waits && desk.rendered(&mut store, next(59)).waits);
    assert_eq!(ways(&desk.rendered(&mut store, next(61))), Some(vec![Way::Notify, Way::Mail]));
}

#[test]
fn a_hand_over_shows_less_than_the_picture() {
    let mut desk = Desk::new();
    desk.event("Sprint CANARY", "20261116T160000", "");
    let out = desk.home.path().join("out");
    let command = format!("command = [\"cp\", \"{{picture}}\", \"{}\"]", out.display());
    desk.config += &format!("[mail]\n{MAIL}[notify]\n{command}\n");
    let mut store = desk.store();
    let config = desk.configuration();
    kinds::refresh(&mut store, &config, at(MONDAY)).unwrap();
    let latest = desk.rendered(&mut store, at(MONDAY)).latest.unwrap();
    let own = jobs::handover(&latest, Privacy::Titles).unwrap();
    assert_eq!(
        (own.path, own.picture),
        (desk.chart("2026-W47.png"), desk.folder()[&desk.chart("2026-W47.png")].clone())
    );
    let other = jobs::handover(&latest, Privacy::Themes).unwrap();
    assert_eq!(other.path, desk.chart("handover-themes.png"));
    assert_eq!(other.week, Week::from_iso(2026, 47, Weekday::Mon).unwrap());
    assert!(other.headline.starts_with("1.0 h strategy"), "{}", other.headline);
    assert!(other.picture != desk.folder()[&desk.chart("2026-W47.png")]);
    // Whom the configuration names gets it; what goes wrong stops nothing.
    let wrong = jobs::hand_over(&latest, &config, None);
    assert_eq!(wrong.len(), 1);
    let (way, failure) = &wrong[0];
    assert!(*way == Way::Mail && failure.message.contains("mail"), "{}", failure.message);
    assert_eq!(std::fs::read(out).unwrap(), other.picture);
}
