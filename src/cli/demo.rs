use super::context::Talk;
use super::{Done, output, text};
use crate::analyze::Analysis;
use crate::chart::{Painter, Style};
use crate::diagnostic::{Exit, Failure};
use crate::disk;
use crate::jobs::picture;
use crate::kinds::configuration;
use crate::model::Week;
use crate::source::Calendars;
use chrono_tz::Tz;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "Example:\n  vantage demo --out pictures")]
pub(super) struct Demo {
    /// Where the pictures go
    #[arg(long, value_name = "DIR", default_value = "vantage-demo")]
    out: PathBuf,
}

impl Demo {
    /// Ignores the user's own configuration, rules, zone and clock: everybody sees the same demo.
    pub(super) fn run(self, _: &Talk) -> Done {
        disk::folder(&self.out)?;
        let (calendar, config) = (self.out.join("calendar.ics"), self.out.join("vantage.toml"));
        disk::write(&calendar, crate::demo::calendar().as_bytes())?;
        disk::write(&config, crate::demo::CONFIG.as_bytes())?;
        let settings = configuration(crate::demo::CONFIG, &str::to_string)
            .map_err(|mistakes| Failure::mistakes("vantage.toml", crate::demo::CONFIG, mistakes))
            .map_err(|failure| Failure { exit: Exit::Bug, ..failure })?;
        let wishes = settings.preferences(Tz::UTC);
        let now = crate::demo::today();
        let last = Week::of(wishes.zones.date_of(now), wishes.week_start).plus(-1);
        let mut calendars = Calendars::read(&[calendar.display().to_string()], None)?;
        let instances = calendars.instances(Analysis::window(last.plus(-2), last, &wishes), wishes.zones.home);
        let rules = crate::classify::defaults();
        let mut analysis = Analysis::new(instances, &rules, &settings.people, &wishes);
        let (mut painter, style) = (Painter::default(), Style::default());
        let mut drawn = String::new();
        for week in (0..3).map(|back| last.plus(-back)) {
            let report = analysis.report(week, now);
            if week == last {
                output::print(&text::report(&report))?;
            }
            let [picture, ..] = picture::files(&self.out, &report, &style, &mut painter)?;
            drawn = format!("{drawn}  {}\n", picture.display());
        }
        let next = format!(
            "\nPictures, newest first:\n{drawn}\nThe calendar is invented. Now try your own:\n  vantage week --ics CALENDAR.ics --out .\n\
             or see why a meeting is classed as it is:\n  vantage explain \"Q3 roadmap review\"\n"
        );
        output::print(&next)
    }
}
