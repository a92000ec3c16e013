//! What commands share: the configuration, the rules, the clock, and how to talk to the person.

use super::Files;
use super::paths::{charts_folder, config_path, home, rules_path, shown, state_folder};
use super::zone;
use crate::classify::{People, RuleSet, put_marks};
use crate::config::{Config, redact};
use crate::diagnostic::{Exit, Failure, Place, notes, warning, warnings};
use crate::jobs;
pub(super) use crate::jobs::Setup;
use crate::kinds::{Facts, configuration, first_steps, named, refresh};
use crate::model::{Audit, Instance, Interval, Overrides, count, hash};
use crate::source::Calendars;
use crate::store::Store;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::io::IsTerminal;
use std::path::Path;

/// Most problems of calendars that one run names.
const PROBLEMS_SHOWN: usize = 20;

/// Standard error, coloured or not.
pub(super) struct Talk {
    color: bool,
}

impl Talk {
    pub(super) fn new(no_color: bool) -> Talk {
        let wanted = !no_color && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        Talk { color: wanted && std::io::stderr().is_terminal() }
    }

    /// One without a word is the exit code alone.
    pub(super) fn failure(&self, failure: &Failure) {
        if failure.message.is_empty() && failure.places.is_empty() {
            return;
        }
        eprint!("{}", failure.render(self.color));
    }

    pub(super) fn warn(&self, message: &str, help: Option<&str>) {
        eprint!("{}", warning(message, help, self.color));
    }

    pub(super) fn remarks(&self, place: &Place) {
        if !place.mistakes.is_empty() {
            eprint!("{}", warnings(place, self.color));
        }
    }

    pub(super) fn notes(&self, place: &Place) {
        if !place.mistakes.is_empty() {
            eprint!("{}", notes(place, self.color));
        }
    }

    /// What was lost while calendars were read: each problem with its file and line, and never a title.
    pub(super) fn problems(&self, calendars: &Calendars) {
        for sentence in &calendars.unread {
            self.warn(sentence, None);
        }
        for (file, problem) in calendars.problems.iter().take(PROBLEMS_SHOWN) {
            self.warn(&format!("{file}:{}: {}", problem.line, problem.message), None);
        }
        if let Some(more @ 1..) = calendars.problems.len().checked_sub(PROBLEMS_SHOWN) {
            self.warn(&format!("{} of this kind; everything else was read", count(more, "more problem")), None);
        }
    }
}

/// The instances of a window, and what every report on them must say.
pub(super) struct Gathered {
    pub instances: Vec<Instance>,
    pub notes: Vec<String>,
}

impl Setup {
    /// Reads what `files` name, or the user's own files where they exist, or the defaults.
    ///
    /// # Errors
    /// [`Exit::Config`] with every mistake of both files, [`Exit::Io`] where a named file cannot be read.
    pub(super) fn load(files: &Files, talk: &Talk) -> Result<Setup, Failure> {
        let path = config_path(files);
        let mut failure = Failure::new(Exit::Config, "");
        let mut config = Config::default();
        if let Some(path) = &path {
            let text = read(path, "configuration")?;
            match configuration(&text, &home) {
                Ok(parsed) => config = parsed,
                Err(mistakes) => failure.places.push(Place { file: shown(path), text: redact(&text), mistakes }),
            }
        }
        let rules = rules(rules_path(files, path.as_deref()).as_deref(), &config.people)?;
        let rules = rules.map_err(|place| failure.places.push(place));
        match (rules, failure.places.is_empty()) {
            (Ok(rules), true) => {
                let wishes = config.preferences(system_zone(&config, talk));
                config.system_zone = Some(wishes.zones.home);
                let charts = charts_folder(config.charts_dir.as_deref());
                Ok(Setup { config, rules, wishes, charts, texts: Vec::new() })
            }
            _ => Err(failure),
        }
    }

    /// The defaults, where there is no file yet.
    pub(super) fn defaults(talk: &Talk) -> Setup {
        let config = Config::default();
        let wishes = config.preferences(system_zone(&config, talk));
        let charts = charts_folder(config.charts_dir.as_deref());
        Setup { config, rules: crate::classify::defaults(), wishes, charts, texts: Vec::new() }
    }

    /// The instances of `window`: of the calendars that the command was given, else of the store, after a look at the
    /// configuration's files. What a reader should know is said on the way.
    ///
    /// # Errors
    /// [`Exit::Usage`] where no calendar is named anywhere, [`Exit::SignIn`] and [`Exit::Failed`] where none was read yet,
    /// what [`Calendars::read`] says, and the database's.
    pub(super) fn instances(
        &mut self,
        given: &[String],
        window: Interval,
        now: DateTime<Utc>,
        talk: &Talk,
    ) -> Result<Vec<Instance>, Failure> {
        self.gathered(given, window, window, now, talk).map(|gathered| gathered.instances)
    }

    /// The same with the notes. Where more is read than is `shown`, what is remarked on single meetings is about that.
    pub(super) fn gathered(
        &mut self,
        given: &[String],
        window: Interval,
        shown: Interval,
        now: DateTime<Utc>,
        talk: &Talk,
    ) -> Result<Gathered, Failure> {
        let zone = self.wishes.zones.home;
        // Meetings of a week bear on one another.
        let window = self.wishes.whole_weeks(window);
        if !given.is_empty() {
            let mut calendars = Calendars::read(given, None)?;
            let mut instances = calendars.instances(window, zone);
            jobs::settle(&mut calendars, Vec::new(), &mut instances, &self.config.people, zone);
            match overrides() {
                Ok(overrides) => put_marks(&overrides, &mut instances, zone),
                Err(failure) => talk.warn(&format!("your marks are not counted: {}", failure.message), None),
            }
            talk.problems(&calendars);
            let notes = jobs::zone_note(&self.config, zone, &calendars.zones().collect::<Vec<_>>());
            return Ok(Gathered { instances, notes: notes.into_iter().collect() });
        }
        let (store, mut unread, shut) = self.store(now)?;
        let accounts = store.as_ref().map(Store::accounts).transpose()?.unwrap_or_default();
        let sources = named(&self.config, &accounts);
        if sources.is_empty() {
            let failure = Failure::new(Exit::Usage, "no calendar is named");
            return Err(failure.help(format!("add `--ics calendar.ics`, or {}", first_steps())));
        }
        let mut facts = match &store {
            Some(store) => jobs::read(store, &self.config, window, zone)?,
            None => Facts::default(),
        };
        if let Some(failure) = &shut {
            let help = if facts.any {
                "what was stored before is shown; mend it, and the calendars are read again"
            } else {
                (facts, unread) = jobs::read_local(&self.config, window, zone);
                "the files are read without it, and calendars elsewhere are left out until it is mended"
            };
            talk.warn(&failure.line(), Some(help));
        }
        if !facts.any {
            return Err(match unread.pop().or(shut) {
                Some(failure) => failure,
                None => {
                    let folder = state_folder()?;
                    let signed_out = sources.iter().find_map(|named| named.source.signed_out(&folder));
                    signed_out.unwrap_or_else(|| {
                        Failure::new(Exit::Failed, "no calendar has been read yet").help("run `vantage sync`")
                    })
                }
            });
        }
        for says in unread.iter().map(Failure::line) {
            // Of what was never read the remark says it all.
            let never = |remark: &String| remark.contains(&says) && remark.ends_with("last good sync: never");
            if !facts.remarks.iter().any(never) {
                talk.warn(&says, Some("what was read from it before still counts"));
            }
        }
        talk.problems(&facts.calendars);
        let past = facts.told_past(shown);
        let short = facts.beyond.iter().filter(|(kept, _)| shown.start < kept.start || kept.end < shown.end);
        let remarks = facts.remarks.iter().chain(short.map(|(_, says)| says)).chain(&past);
        remarks.for_each(|remark| talk.warn(remark, Some(jobs::SAYS_MORE)));
        let notes = jobs::note_on_zone(&facts, &self.config, zone).into_iter().collect();
        if !self.config.people.me.is_empty() {
            self.config.people.me.extend(facts.me);
        }
        Ok(Gathered { instances: facts.instances, notes })
    }

    /// How far what was read can be trusted; where nobody can say, nothing is said.
    pub(super) fn standing(&self, now: DateTime<Utc>) -> jobs::Standing {
        let store = state_folder().and_then(|folder| Store::reader(&folder)).unwrap_or_default();
        store.and_then(|store| jobs::standing(&store, &self.config, now).ok()).unwrap_or_default()
    }

    /// The database, if there is one, after the configuration's files were read where they changed; what could not be; and
    /// why the database cannot be written, where that is so: a full or read-only disk keeps nobody from looking.
    fn store(&self, now: DateTime<Utc>) -> Result<Opened, Failure> {
        let folder = state_folder()?;
        if !named(&self.config, &[]).iter().any(|named| named.source.is_local()) {
            return Ok((Store::reader(&folder)?, Vec::new(), None));
        }
        let refreshed = Store::writer(&folder).and_then(|mut store| {
            let unread = refresh(&mut store, &self.config, now)?;
            Ok((Some(store), unread, None))
        });
        match refreshed {
            // Whoever writes now reads the files too.
            Err(failure) if failure.exit == Exit::Later => Ok((Store::reader(&folder)?, Vec::new(), None)),
            Err(failure) if failure.exit == Exit::Io => {
                Ok((Store::reader(&folder).unwrap_or_default(), Vec::new(), Some(failure)))
            }
            refreshed => refreshed,
        }
    }
}

/// What the user said of meetings; nothing where there is no database yet.
///
/// # Errors
/// See [`Store::reader`].
pub(super) fn overrides() -> Result<Overrides, Failure> {
    let Ok(folder) = state_folder() else { return Ok(Overrides::default()) };
    Ok(Store::reader(&folder)?.map(|store| store.overrides()).transpose()?.unwrap_or_default())
}

/// The calendars that an audit is about, in a word: none for the configuration's.
pub(super) fn audited(given: &[String]) -> String {
    if given.is_empty() { String::new() } else { hash(&given.join("\n")) }
}

/// The last audit of these calendars; none where nobody can say.
pub(super) fn last_audit(given: &[String]) -> Option<Audit> {
    let store = Store::reader(&state_folder().ok()?).ok()??;
    store.last_audit(&audited(given)).ok()?
}

/// The database, the files that could not be read into it, and why it cannot be written.
type Opened = (Option<Store>, Vec<Failure>, Option<Failure>);

/// The rules of a file, with the default ones where there is no file.
///
/// # Errors
/// [`Exit::Io`] where the file cannot be read; the inner error holds its mistakes.
pub(super) fn rules(path: Option<&Path>, people: &People) -> Result<Result<RuleSet, Place>, Failure> {
    let Some(path) = path else { return Ok(Ok(crate::classify::defaults())) };
    let text = read(path, "rules")?;
    let groups: Vec<&str> = people.groups.keys().map(String::as_str).collect();
    let parsed = crate::classify::parse(&shown(path), &text, &groups);
    Ok(parsed.map_err(|mistakes| Place { file: shown(path), text, mistakes }))
}

pub(super) fn read(path: &Path, what: &str) -> Result<String, Failure> {
    let failed = || Failure::new(Exit::Io, format!("the {what} `{}` could not be read", shown(path)));
    let bytes = std::fs::read(path).map_err(|e| failed().cause(e))?;
    // With its mark at the beginning, or without: every second byte of plain letters is a zero.
    if matches!(bytes[..], [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [1..=0x7f, 0, ..] | [0, 1..=0x7f, ..]) {
        let failure =
            Failure::new(Exit::Config, format!("`{}` is saved as UTF-16, and the {what} must be UTF-8", shown(path)));
        return Err(failure.help("save it as UTF-8: in Notepad with Save as → Encoding → UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|e| failed().cause(e.utf8_error()).help("save it as UTF-8"))?;
    // Its lines hold titles, which no list of mistakes may show.
    if text.trim_start_matches('\u{feff}').starts_with("BEGIN:VCALENDAR") {
        let failure = Failure::new(Exit::Config, format!("`{}` is a calendar, not the {what}", shown(path)));
        return Err(failure.help("name calendars with `--ics`"));
    }
    Ok(text)
}

/// The machine's zone, where the configuration names none.
fn system_zone(config: &Config, talk: &Talk) -> Tz {
    if config.timezone.is_some() {
        return Tz::UTC;
    }
    let found = if cfg!(unix) {
        zone::system(Path::new("/"), std::env::var_os("TZ").as_deref())
    } else {
        zone::System::by_name(&iana_time_zone::get_timezone().unwrap_or_default())
    };
    if let Some(doubt) = found.doubt {
        talk.warn(&doubt, Some("set `timezone = \"Europe/Berlin\"`, or your own, in the configuration"));
    }
    found.zone
}

/// The one clock. `VANTAGE_NOW` (RFC 3339) stands in for it, so that a report can be repeated as of another moment.
///
/// # Errors
/// [`Exit::Usage`] where the variable is not an instant.
#[allow(clippy::disallowed_methods)]
pub(super) fn now() -> Result<DateTime<Utc>, Failure> {
    match std::env::var("VANTAGE_NOW") {
        Ok(text) => text.parse::<DateTime<Utc>>().map_err(|e| {
            Failure::new(
                Exit::Usage,
                "the variable `VANTAGE_NOW` must be an instant such as `2026-11-23T07:00:00+01:00`",
            )
            .cause(e)
        }),
        Err(_) => Ok(Utc::now()),
    }
}
