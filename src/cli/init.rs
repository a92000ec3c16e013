//! A first configuration: five questions, with likely answers from the calendar, and a sixth where its titles are in a language
//! that has rules of its own.

use super::context::{Setup, Talk, now};
use super::init_write::{refuse, write};
use super::language::spoken;
use super::paths::{shown, state_folder, watched};
use super::rules_text::twelve_weeks;
use super::{Done, Files, output};
use crate::analyze::Analysis;
use crate::analyze::language::Language;
use crate::analyze::partners::{Likely, likely};
use crate::chart;
use crate::classify::with_pack;
use crate::config::{Answers, Question, RULES_TEMPLATE};
use crate::diagnostic::{Exit, Failure, plain};
use crate::ical;
use crate::kinds;
use crate::model::{Address, Instance, Interval};
use crate::source::checked_texts;
use crate::store::Store;
use chrono::{DateTime, Utc};
use clap::Args;
use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};
use std::path::Path;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  vantage init\n  vantage init --ics calendar.ics\n  vantage init --yes --timezone Europe/Berlin --goal 0.4"
)]
pub(super) struct Init {
    /// The time zone that decides days and weeks, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// When you work: 08:00-18:00, or "mon-thu 08:00-17:00, fri 08:00-14:00, lunch 12:00-13:00"
    #[arg(long, value_name = "HOURS")]
    working_hours: Option<String>,
    /// Your role: executive, manager or ic
    #[arg(long, value_name = "ROLE", conflicts_with = "goal")]
    role: Option<String>,
    /// The share of strategy you aim at: 0.4, or 40%
    #[arg(long, value_name = "SHARE")]
    goal: Option<String>,
    /// Domains of your organisation, separated by commas
    #[arg(long, value_name = "DOMAINS")]
    my_domains: Option<String>,
    /// Addresses of the people who report to you, separated by commas
    #[arg(long, value_name = "ADDRESSES")]
    reports: Option<String>,
    /// Your own addresses, for calendars that do not say whose they are, separated by commas
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',')]
    my_addresses: Vec<String>,
    /// An iCalendar file or folder to find answers in, once for each; they become sources of the configuration
    #[arg(long = "ics", value_name = "PATH")]
    calendars: Vec<String>,
    /// Take every proposal without a question
    #[arg(long)]
    yes: bool,
    /// Write anew where there are files already; the old ones are kept as .bak
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    files: Files,
}

/// One of the five.
struct Ask<'a> {
    question: Question,
    flag: &'static str,
    given: Option<&'a str>,
    asks: &'static str,
    /// What stands where the answer is empty; `None` leaves the key out.
    proposal: Option<String>,
    /// What is said of no answer where there is no proposal.
    without: &'static str,
}

/// The sources of an older configuration: where the calendars are is no answer to any question.
fn sources(path: &Path) -> String {
    let older = std::fs::read_to_string(path).ok().and_then(|text| text.parse::<toml::Table>().ok());
    let Some(sources) = older.and_then(|mut table| table.remove("source")) else { return String::new() };
    format!("\n{}", toml::Table::from_iter([("source".to_string(), sources)]))
}

impl Init {
    pub(super) fn run(self, talk: &Talk) -> Done {
        let paths = match watched(&self.files).as_slice() {
            [config, rules] => [config.clone(), rules.clone()],
            _ => {
                return Err(
                    Failure::new(Exit::Io, "there is no folder for the files").help("set `HOME` or `XDG_CONFIG_HOME`")
                );
            }
        };
        if !self.force {
            refuse(&paths)?;
        }
        let mut answers = Answers::default();
        (answers.me, answers.calendars) = (self.me()?, self.calendars()?);
        let now = now()?;
        // What the old files say of sources still helps; what is wrong in them is about to go.
        let there = paths[0].exists();
        let mut setup =
            there.then(|| Setup::load(&self.files, talk).ok()).flatten().unwrap_or_else(|| Setup::defaults(talk));
        if answers.me.is_empty() {
            answers.me = setup.config.people.me.clone();
        }
        setup.config.people.me = answers.me.clone();
        let (owner, likely, language) = self.look(&mut setup, now, talk)?;
        if answers.me.is_empty() {
            answers.me.extend(taken(owner, &likely)?);
        }
        let mut input = std::io::stdin().lock();
        let over = self.ask_all(&setup, likely, &mut answers, &mut input)?;
        let rules = self.rules(language, over, &mut input)?;
        let mut text = answers.text();
        if answers.calendars.is_empty() {
            text += &sources(&paths[0]);
        }
        let kept = [write(&paths[1], &rules)?, write(&paths[0], &text)?];
        for path in kept.iter().flatten() {
            output::print(&format!("kept {}\n", shown(path)))?;
        }
        output::print(&format!("wrote {} and {}\n", shown(&paths[0]), shown(&paths[1])))?;
        output::print(&self.end(now, talk)?)
    }

    fn me(&self) -> Result<Vec<Address>, Failure> {
        let one = |text: &String| {
            let wrong = || Failure::new(Exit::Usage, "`--my-addresses` takes addresses such as `ada@example.com`");
            Address::parse(text).ok_or_else(wrong)
        };
        self.my_addresses.iter().map(one).collect()
    }

    /// The files as sources: by their whole paths, since a service works elsewhere.
    fn calendars(&self) -> Result<Vec<(String, String)>, Failure> {
        let mut calendars: Vec<(String, String)> = Vec::new();
        for given in self.calendars.iter().filter(|path| *path != "-") {
            let path = std::path::absolute(given).ok().and_then(|path| path.to_str().map(str::to_string));
            let path =
                path.ok_or_else(|| Failure::new(Exit::Usage, format!("`{given}` cannot be named in a configuration")))?;
            let number = calendars.len() + 1;
            let name = if number == 1 { "calendar".into() } else { format!("calendar-{number}") };
            calendars.push((name, path));
        }
        Ok(calendars)
    }

    /// Whose the files are, where they say so with one voice, what the last twelve weeks suggest, and the language of their titles;
    /// nothing where no calendar is known.
    fn look(&self, setup: &mut Setup, now: DateTime<Utc>, talk: &Talk) -> Result<Look, Failure> {
        let weeks = twelve_weeks(&setup.wishes, now);
        let start = setup.wishes.zones.week(weeks[0]).start;
        let instances = self.instances(setup, Interval::new(start, now), now, talk)?;
        // An account says in each meeting who its reader is.
        let signs_in = |kind: &str| kinds::kind(kind).is_some_and(|kind| kind.sign_in().is_some());
        let accounts: Vec<&str> =
            setup.config.sources.iter().filter(|s| signs_in(s.kind)).map(|s| s.name.as_str()).collect();
        let files = |i: &&Instance| !accounts.contains(&i.event.calendar.source.as_str());
        let mut owners: BTreeSet<_> = instances.iter().filter(files).map(|i| i.event.calendar.owner.clone()).collect();
        let owner = if owners.len() == 1 { owners.pop_first().flatten() } else { None };
        if setup.config.people.me.is_empty() {
            setup.config.people.me.extend(owner.clone());
        }
        let language = spoken(&instances);
        let analysis = Analysis::new(instances, &setup.rules, &setup.config.people, &setup.wishes);
        Ok((owner, likely(analysis.judged(), &setup.config.people), language))
    }

    fn instances(
        &self,
        setup: &mut Setup,
        window: Interval,
        now: DateTime<Utc>,
        talk: &Talk,
    ) -> Result<Vec<Instance>, Failure> {
        match setup.instances(&self.calendars, window, now, talk) {
            Err(_) if self.calendars.is_empty() => Ok(Vec::new()),
            other => other,
        }
    }

    /// Asks what was not given; whether the answers are over.
    fn ask_all(
        &self,
        setup: &Setup,
        likely: Likely,
        answers: &mut Answers,
        input: &mut impl BufRead,
    ) -> Result<bool, Failure> {
        let partners: Vec<&str> = likely.partners.iter().map(Address::as_str).collect();
        let files = || file_zone(answers.calendars.iter().map(|(_, path)| path.as_str()));
        let zone = calendar_zone().or_else(files).unwrap_or_else(|| setup.wishes.zones.home.name().to_string());
        let asks = [
            Ask {
                question: Question::Timezone,
                flag: "--timezone",
                given: self.timezone.as_deref(),
                asks: "Which time zone do you live in?",
                proposal: Some(zone),
                without: "",
            },
            Ask {
                question: Question::WorkingHours,
                flag: "--working-hours",
                given: self.working_hours.as_deref(),
                asks: "When do you work? Such as `08:00-18:00`, or `mon-thu 08:00-17:00, fri 08:00-14:00`.",
                proposal: Some("mon-fri 08:00-18:00, lunch 12:30-13:15".into()),
                without: "",
            },
            Ask {
                question: Question::Aim,
                flag: if self.role.is_some() { "--role" } else { "--goal" },
                given: self.role.as_deref().or(self.goal.as_deref()),
                asks: "Your role (`executive`, `manager` or `ic`), or the share of strategy you aim at (`40%`)?",
                proposal: None,
                without: "no goal",
            },
            Ask {
                question: Question::Domains,
                flag: "--my-domains",
                given: self.my_domains.as_deref(),
                asks: "Which domains are your organisation's? Everybody else is external.",
                proposal: likely.domain,
                without: "none",
            },
            Ask {
                question: Question::Reports,
                flag: "--reports",
                given: self.reports.as_deref(),
                asks: "Who reports to you? Addresses, separated by commas.",
                proposal: (!partners.is_empty()).then(|| partners.join(", ")),
                without: "nobody",
            },
        ];
        // After the last line of a script, proposals are taken without a word.
        let mut over = self.yes;
        for ask in asks {
            if let Some(given) = ask.given {
                answers.take(ask.question, given).map_err(|m| {
                    let failure = Failure::new(Exit::Usage, format!("`{}`: {}", ask.flag, m.message)).cause(m.label);
                    Failure { help: m.help, ..failure }
                })?;
                continue;
            }
            let mut open = true;
            while open && !over {
                let line = prompt(&ask, input)?;
                over = line.is_none();
                match line.as_deref().unwrap_or_default() {
                    "" => break,
                    "-" => open = false,
                    text => match answers.take(ask.question, text) {
                        Ok(()) => open = false,
                        Err(m) => {
                            let help = m.help.map(|help| format!("\n  help: {help}")).unwrap_or_default();
                            output::print(&format!("  error: {}: {}{help}\n", m.message, m.label))?;
                        }
                    },
                }
            }
            if let (true, Some(proposal)) = (open, &ask.proposal) {
                // A proposal that the configuration would refuse is none.
                let _ = answers.take(ask.question, proposal);
            }
        }
        Ok(over)
    }

    /// The first rules, with the pack for the language of the titles where that is wanted.
    fn rules(&self, language: Option<&Language>, mut over: bool, input: &mut impl BufRead) -> Result<String, Failure> {
        let with = |language: &Language| Some((language.name, with_pack(RULES_TEMPLATE, language.pack)?));
        let Some((name, (text, extends))) = language.and_then(with) else { return Ok(RULES_TEMPLATE.into()) };
        let asks = format!("Your titles look {name}. Take the rules for {name} too?\nEnter for yes, `-` for no: ");
        while !over {
            match line(&asks, input)?.as_deref() {
                None => over = true,
                Some("" | "y" | "yes") => break,
                Some("-" | "n" | "no") => return Ok(RULES_TEMPLATE.into()),
                Some(_) => {}
            }
        }
        output::print(&format!("your titles look {name}: `{extends}` stands in the rules\n"))?;
        Ok(text)
    }

    /// Last week's headline where there is a calendar, and what to do next.
    fn end(&self, now: DateTime<Utc>, talk: &Talk) -> Result<String, Failure> {
        let mut setup = Setup::load(&self.files, talk)?;
        let weeks = twelve_weeks(&setup.wishes, now);
        let last = weeks[weeks.len() - 1];
        let window = Analysis::window(last, last, &setup.wishes);
        let instances = self.instances(&mut setup, window, now, talk)?;
        if instances.is_empty() {
            return Ok(format!("\nnext: {}\n", kinds::first_steps()));
        }
        let mut analysis = Analysis::new(instances, &setup.rules, &setup.config.people, &setup.wishes);
        let report = analysis.report(last, now).shown_at(setup.config.privacy);
        Ok(format!("\n{last}: {}\nnext: `vantage week`\n", chart::headline(&report)))
    }
}

/// The owner, likely answers, and the language.
type Look = (Option<Address>, Likely, Option<&'static Language>);

/// Who is taken for the user, and said to be: whom the calendar names, else whoever is in nearly every meeting.
fn taken(owner: Option<Address>, likely: &Likely) -> Result<Option<Address>, Failure> {
    if let Some(owner) = owner {
        output::print(&format!("The calendar is {}'s, who is taken for you.\n\n", plain(owner.as_str())))?;
        return Ok(Some(owner));
    }
    if let Some(me) = &likely.me {
        output::print(&format!("{} is in nearly every meeting and taken for you.\n\n", plain(me.as_str())))?;
    }
    Ok(likely.me.clone())
}

/// Asks once; `None` at the end of the input.
fn prompt(ask: &Ask<'_>, input: &mut impl BufRead) -> Result<Option<String>, Failure> {
    let none = if ask.proposal.is_some() { ", `-` for none" } else { "" };
    let what = plain(ask.proposal.as_deref().unwrap_or(ask.without));
    line(&format!("{}\nEnter for {what}{none}: ", ask.asks), input)
}

/// A line after `prompt`; `None` at the end of the input.
fn line(prompt: &str, input: &mut impl BufRead) -> Result<Option<String>, Failure> {
    output::print(prompt)?;
    let mut line = String::new();
    let read = input.read_line(&mut line);
    let length = read.map_err(|e| Failure::new(Exit::Io, "standard input could not be read").cause(e))?;
    // The terminal breaks the line where a person types.
    if length == 0 || !std::io::stdin().is_terminal() {
        output::print("\n")?;
    }
    Ok((length > 0).then(|| line.trim().to_string()))
}

/// The zone that the first of these calendars is at home in.
fn file_zone<'p>(mut paths: impl Iterator<Item = &'p str>) -> Option<String> {
    paths.find_map(|path| {
        let (texts, _) = checked_texts(path).ok()?;
        texts.iter().find_map(|text| ical::home_zone(&text.bytes)).map(|home| home.zone.name().to_string())
    })
}

/// The zone of the first account's own calendar.
fn calendar_zone() -> Option<String> {
    let store = Store::reader(&state_folder().ok()?).ok()??;
    let calendars = store.accounts().ok()?.into_iter().filter_map(|account| store.calendars(account.id).ok()).flatten();
    calendars.filter(|calendar| calendar.primary).find_map(|calendar| calendar.zone)
}
