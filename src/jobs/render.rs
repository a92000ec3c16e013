//! Pictures: each ended week once, this week's after each change, and again only where what they show changed.
//!
//! What was drawn stands in the store, by the hash of the report as drawn. Whatever the clock does, a week that stands there
//! with the same hash is not made again.

use super::facts::{note_on_zone, read};
use super::gallery::{Entry, page};
use super::handover::{self, Latest, Way};
use super::picture::{ENDINGS, fallback_font, files, last_seen};
use super::setup::Setup;
use super::standing::{SAYS_MORE, SYNC, Standing, standing};
use crate::analyze::{Analysis, Report};
use crate::chart::{Painter, Style};
use crate::diagnostic::Failure;
use crate::disk;
use crate::kinds::Facts;
use crate::model::{Week, Weekday, hash};
use crate::schedule::newest;
use crate::store::{Drawn, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Complete weeks that the first run draws.
const FIRST: i64 = 12;
/// What was drawn further ahead than this was drawn while the clock was wrong: those weeks are still to be made.
const AHEAD: TimeDelta = TimeDelta::days(8);
/// How long a hand-over waits for facts that reach to the week's end, and how long it is tried.
const UNSYNCED: TimeDelta = TimeDelta::hours(1);
const TRIED: TimeDelta = TimeDelta::hours(24);
/// Weeks whose events are in memory at once.
const AT_ONCE: usize = 26;

/// What a run did.
#[derive(Default)]
pub struct Rendered {
    /// Drawn or redrawn, oldest first.
    pub drawn: Vec<Week>,
    /// Pictures that show what they should already.
    pub kept: usize,
    /// The latest complete week, where it is to be handed over now: once, after it was drawn for the first time.
    pub latest: Option<Latest>,
    /// It is handed over by a later run.
    pub waits: bool,
    /// What `vantage week` would say of sources that are behind or never answered, each with what to do.
    pub warnings: Vec<(String, String)>,
}

/// Draws what is due at `now`: the ended weeks whose moment ([`crate::config::Config::render_at`]) has come, oldest first, and this week.
/// The first run draws the last 12 complete weeks, a later one each that was missed, and none older than the newest
/// [`crate::config::Config::retain`], whose files go. Nothing is drawn before any calendar was read. A run that ends early is made good
/// by the next. `patient`: there will be another run soon, and a hand-over may wait for it.
///
/// # Errors
/// The disk's and the database's.
pub fn run(store: &mut Store, setup: &Setup, patient: bool, now: DateTime<Utc>) -> Result<Rendered, Failure> {
    let charts = setup.charts()?;
    let known = store.drawn(Drawn::Complete, now + AHEAD)?;
    let running = store.drawn(Drawn::SoFar, now + AHEAD)?;
    let mut job = Job {
        plan: Plan::new(setup, &known, now),
        known,
        running,
        standing: standing(store, &setup.config, now)?,
        store,
        setup,
        charts,
        patient,
        now,
    };
    disk::private_folder(charts)?;
    let mut rendered = Rendered::default();
    let mut style = Style {
        scale: 1,
        privacy: setup.config.privacy,
        palette: setup.config.palette,
        fallback_font: fallback_font(setup.config.fallback_font.as_deref())?,
        banner: None,
    };
    let (weeks, rest): (Vec<Week>, Vec<Week>) = job.plan.weeks.iter().partition(|week| job.can_be_judged(**week));
    rendered.kept += rest.len();
    for weeks in weeks.chunks(AT_ONCE) {
        let window = Analysis::window(weeks[0], weeks[weeks.len() - 1], &setup.wishes);
        // The calendars as a whole are let go before anything is drawn.
        let home = setup.wishes.zones.home;
        let facts = read(job.store, &setup.config, setup.wishes.whole_weeks(window), home)?;
        let note = note_on_zone(&facts, &setup.config, home);
        rendered.warnings = facts.remarks.iter().map(|says| (says.clone(), SAYS_MORE.into())).collect();
        let Facts { instances, me, any, .. } = facts;
        if !any {
            return Ok(rendered);
        }
        let mut people = setup.config.people.clone();
        if !people.me.is_empty() {
            people.me.extend(me);
        }
        let analysis = Analysis::new(instances, &setup.rules, &people, &setup.wishes);
        let mut analysis = analysis.noting(note).audited(job.store.last_audit("")?);
        // Its canvas is no smaller than the calendars: one after the other.
        let mut painter = Painter::default();
        for week in weeks {
            style.banner = job.standing.banner(*week, job.plan.last, &setup.wishes.zones);
            let seen = last_seen(&analysis, &setup.wishes.zones.week(*week));
            job.one(analysis.report(*week, now), seen, &style, &mut painter, &mut rendered)?;
        }
    }
    // Any other reason was among the remarks.
    if let Some(says) = style.banner.filter(|_| job.standing.is_quiet()) {
        rendered.warnings.push((says, SYNC.into()));
    }
    job.tidy()?;
    job.fronts()?;
    Ok(rendered)
}

/// The week that a picture is named after, if it is that of a complete one.
fn complete(name: &str, start: Weekday) -> Option<Week> {
    let (year, number) = name.split_once("-W")?;
    let week = Week::from_iso(year.parse().ok()?, number.parse().ok()?, start)?;
    (week.to_string() == name).then_some(week)
}

/// The weeks of a run.
struct Plan {
    /// The newest complete week whose moment has come.
    last: Week,
    /// The newest week on the page.
    newest: Week,
    /// The weeks to look at, oldest first.
    weeks: Vec<Week>,
}

impl Plan {
    fn new(setup: &Setup, known: &BTreeMap<String, String>, now: DateTime<Utc>) -> Plan {
        let (zones, start) = (&setup.wishes.zones, setup.wishes.week_start);
        let this = Week::of(zones.date_of(now), start);
        let last = newest(now, zones, start, setup.config.render_at);
        let known: Vec<Week> = known.keys().filter_map(|name| complete(name, start)).collect();
        let first = known.iter().copied().filter(|week| *week <= last).min().unwrap_or(last.plus(1 - FIRST));
        let first = first.max(last.plus(1 - i64::from(setup.config.retain)));
        let mut weeks: Vec<Week> = (0..).map(|n| first.plus(n)).take_while(|week| *week <= last).collect();
        // It was complete once: the clock went back.
        if !known.contains(&this) {
            weeks.push(this);
        }
        Plan { last, newest: this, weeks }
    }
}

struct Job<'a> {
    setup: &'a Setup,
    charts: &'a Path,
    patient: bool,
    plan: Plan,
    /// The complete weeks that were drawn before this run, and those that were drawn while they ran.
    known: BTreeMap<String, String>,
    running: BTreeMap<String, String>,
    standing: Standing,
    store: &'a mut Store,
    now: DateTime<Utc>,
}

impl Job<'_> {
    /// What is known of the picture of a week: one that runs is another than the same week when it has ended.
    fn drawn(&self, week: Week) -> (Drawn, Option<&String>) {
        let (so, known) =
            if week <= self.plan.last { (Drawn::Complete, &self.known) } else { (Drawn::SoFar, &self.running) };
        (so, known.get(&week.to_string()))
    }

    fn file(&self, week: Week, ending: &str) -> PathBuf {
        self.charts.join(format!("{week}.{ending}"))
    }

    fn is_there(&self, week: Week) -> bool {
        ENDINGS.iter().all(|ending| self.file(week, ending).exists())
    }

    /// Calendars are kept for a while only. A picture whose weeks reach back beyond that shows more than a new one would;
    /// a missing one is still worth drawing where its own week is known.
    fn can_be_judged(&self, week: Week) -> bool {
        let Some(from) = self.standing.known_from.filter(|_| week <= self.plan.last) else { return true };
        let wishes = &self.setup.wishes;
        let is_drawn = self.drawn(week).1.is_some() && self.is_there(week);
        let needed = if is_drawn { Analysis::window(week, week, wishes) } else { wishes.zones.week(week) };
        needed.start >= from
    }

    /// Draws one week, unless its picture shows the same already. How many of its meetings are no longer told (`seen`) changes
    /// none of them: for that alone it is not drawn again.
    fn one(
        &mut self,
        mut report: Report,
        seen: Option<String>,
        style: &Style,
        painter: &mut Painter,
        done: &mut Rendered,
    ) -> Result<(), Failure> {
        let week = report.week;
        let hash = self.hash(&report, style);
        report.notes.extend(seen);
        let (so, before) = self.drawn(week);
        let is_new = before.is_none();
        if before == Some(&hash) && self.is_there(week) {
            done.kept += 1;
        } else {
            files(self.charts, &report, style, painter)?;
            self.store.keep_drawn(&week.to_string(), so, &hash, self.now)?;
            done.drawn.push(week);
        }
        if week == self.plan.last { self.way_out(report, style, is_new, done) } else { Ok(()) }
    }

    /// Hands the latest complete week over, where that is still to be done.
    fn way_out(&mut self, report: Report, style: &Style, is_new: bool, done: &mut Rendered) -> Result<(), Failure> {
        let week = report.week;
        let first = is_new.then(|| (Way::configured(&self.setup.config), self.now));
        let owed = handover::redeem(self.store, week)?;
        let Some((ways, since)) = first.or(owed).filter(|(_, since)| self.now - *since < TRIED) else { return Ok(()) };
        let end = self.setup.wishes.zones.week(week).end;
        let behind = self.standing.last_good.is_none_or(|at| at < end);
        if self.patient && behind && self.now - since < UNSYNCED && !ways.is_empty() {
            done.waits = true;
            return handover::owe(self.store, week, &ways, since);
        }
        let picture = self.file(week, "png");
        done.latest = Some(Latest { week, picture, report, style: style.clone(), ways, since });
        Ok(())
    }

    /// Of everything that the picture shows. The derived form holds every field, also those that the JSON leaves out.
    fn hash(&self, report: &Report, style: &Style) -> String {
        let font = (&self.setup.config.fallback_font, style.fallback_font.as_ref().map(|bytes| bytes.len()));
        let shown = report.clone().shown_at(style.privacy);
        hash(&format!("{shown:?} {:?} {:?} {:?} {font:?}", style.privacy, style.palette, style.banner))
    }

    /// Removes the files of complete weeks that are too old. That they were drawn stays known.
    fn tidy(&self) -> Result<(), Failure> {
        let kept = self.plan.last.plus(1 - i64::from(self.setup.config.retain));
        let start = self.setup.wishes.week_start;
        for week in self.known.keys().filter_map(|name| complete(name, start)).filter(|week| *week < kept) {
            for path in ENDINGS.map(|ending| self.file(week, ending)) {
                disk::remove(&path)?;
            }
        }
        Ok(())
    }

    /// Brings the page and the latest picture up to date.
    fn fronts(&self) -> Result<(), Failure> {
        let start = self.setup.wishes.week_start;
        let [known, running] = [Drawn::Complete, Drawn::SoFar].map(|so| self.store.drawn(so, self.now + AHEAD));
        let (known, running) = (known?, running?);
        let weeks = known.keys().chain(running.keys()).filter_map(|name| complete(name, start));
        let mut weeks: Vec<Week> =
            weeks.filter(|week| *week <= self.plan.newest && self.file(*week, "png").exists()).collect();
        weeks.sort_by(|a, b| b.cmp(a));
        weeks.dedup();
        if let Some(latest) = weeks.iter().find(|week| **week <= self.plan.last) {
            replace(&self.charts.join("latest.png"), &disk::read(&self.file(*latest, "png"))?)?;
        }
        let alt = |week: Week| String::from_utf8_lossy(&disk::read(&self.file(week, "txt")).unwrap_or_default()).into();
        let entries: Vec<Entry> = weeks.into_iter().map(|week| Entry { week, alt: alt(week) }).collect();
        replace(&self.charts.join("index.html"), page(&entries).as_bytes())
    }
}

/// Writes what is not there yet.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if std::fs::read(path).is_ok_and(|there| there == bytes) { Ok(()) } else { disk::write(path, bytes) }
}
