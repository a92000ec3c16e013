//! Meetings drawn at random, asked about without their class: how far the shown share is off.

use super::super::context::audited;
use super::super::mark::{tell_daemon, writer};
use super::super::{Done, output, text};
use super::queue::about;
use super::{Session, coverage, percent};
use crate::analyze::audit::{Answered, Estimate, Said, draw, estimate, part_unmarked};
use crate::cli::context::Talk;
use crate::model::{Audit, Class, Override, Slot, count};
use crate::store::Change;

const KEYS: &str = "s strategy  e execution  i should not count  u cannot say  z undo  q quit\n";
/// Fewer answers say nothing.
const ENOUGH: usize = 10;

/// A drawn meeting.
struct Drawn {
    text: String,
    shown: Class,
    times: usize,
    slot: Option<Slot>,
    /// Kept where the answer confirms the class.
    theme: Option<std::sync::Arc<str>>,
}

impl Drawn {
    fn change(&self, said: Said) -> Option<Change> {
        let class = match said {
            Said::Strategy => Some(Class::Strategy),
            Said::Execution => Some(Class::Execution),
            Said::Nothing => None,
        };
        let theme = self.theme.clone().filter(|_| class == Some(self.shown));
        Some((self.slot.clone()?, Some(Override { class, theme, answer: true })))
    }
}

impl Session<'_> {
    pub(super) fn audit(mut self, meetings: u16, talk: &Talk) -> Done {
        let seed = self.review.seed.unwrap_or_else(|| fastrand::u64(0..1_000_000));
        let (drawn, unmarked) = self.drawn(meetings.into(), seed);
        if drawn.is_empty() && unmarked == 0.0 {
            return output::print(&format!(
                "{}: every counted meeting is marked, so there is nothing to audit\n",
                self.weeks
            ));
        }
        output::print(&format!(
            "{}: {} meetings drawn at random by their hours (`--audit {meetings} --seed {seed}` draws them again)\n{KEYS}",
            self.weeks,
            drawn.len()
        ))?;
        let answers = self.answers(&drawn)?;
        let said: Vec<(&Drawn, Said)> =
            drawn.iter().zip(answers).filter_map(|(one, said)| Some((one, said.flatten()?))).collect();
        let of = |(one, said): &(&Drawn, Said)| Answered { shown: one.shown, said: *said, times: one.times };
        let answered: Vec<Answered> = said.iter().map(of).collect();
        let Some(found) = estimate(&self.shown, unmarked, &answered).filter(|_| said.len() >= ENOUGH.min(drawn.len()))
        else {
            return output::print(&format!("{} answers are too few to say anything; nothing is kept\n", said.len()));
        };
        let audit = self.result(&answered, found, seed);
        writer()?.keep_audit(&audited(&self.review.calendars), &audit, self.now)?;
        output::print(&format!(
            "\nstrategy share {}\nshown: {}, coverage {}\n",
            text::audited(&audit),
            percent(self.shown.share()),
            percent(coverage(&self.shown))
        ))?;
        self.offer(&said)?;
        // The pictures quote it.
        tell_daemon(talk);
        Ok(())
    }

    /// What is asked about, and which part of the hours it was drawn from.
    fn drawn(&self, meetings: usize, seed: u64) -> (Vec<Drawn>, f64) {
        let analysis = self.analysis();
        let rows = analysis.rows(self.span);
        let one = |(j, times): (&crate::analyze::Judged, usize)| Drawn {
            text: about(j, &analysis, &self.setup, self.review.show_private),
            shown: j.class().unwrap_or(Class::Unclassified),
            times,
            slot: Slot::of(&j.instance),
            theme: j.decision.theme.clone(),
        };
        let drawn = draw(&rows, meetings, seed).into_iter().map(one).collect();
        (drawn, part_unmarked(&rows, &self.shown))
    }

    /// An answer for each of the first ones; the inner `None` cannot say.
    #[expect(clippy::option_option, reason = "no answer yet, one that cannot say, or what was said")]
    fn answers(&self, drawn: &[Drawn]) -> Result<Vec<Option<Option<Said>>>, crate::diagnostic::Failure> {
        let mut answers: Vec<Option<Option<Said>>> = Vec::new();
        while let Some(one) = drawn.get(answers.len()) {
            let place = format!("{} of {}", answers.len() + 1, drawn.len());
            output::print(&format!("\n{}\n", one.text))?;
            let Some(key) = self.asked.key(&format!("s e i u z q ({place}) > "))? else { break };
            match key {
                's' => answers.push(Some(Some(Said::Strategy))),
                'e' => answers.push(Some(Some(Said::Execution))),
                'i' => answers.push(Some(Some(Said::Nothing))),
                'u' => answers.push(Some(None)),
                'z' => drop(answers.pop()),
                'q' => break,
                _ => output::print(KEYS)?,
            }
        }
        Ok(answers)
    }

    fn result(&self, answered: &[Answered], found: Estimate, seed: u64) -> Audit {
        let zones = &self.setup.wishes.zones;
        Audit {
            date: zones.date_of(self.now),
            first_day: zones.date_of(self.span.start),
            last_day: zones.date_of(self.span.end - chrono::TimeDelta::seconds(1)),
            answered: answered.len(),
            classed: answered.iter().filter(|answer| answer.is_classed()).count(),
            wrong: answered.iter().filter(|answer| answer.is_wrong()).count(),
            share: found.share,
            margin: found.margin,
            shown: self.shown.share().map(|share| share.to_f64()),
            coverage: coverage(&self.shown).map_or(0.0, |coverage| coverage.to_f64()),
            seed,
        }
    }

    /// An audit steers no number by itself: its answers become marks only where the user says so.
    fn offer(&mut self, said: &[(&Drawn, Said)]) -> Done {
        if self.asked.key("k keeps these answers as marks of their meetings, Enter does not > ")? != Some('k') {
            return Ok(());
        }
        let changes: Vec<Change> = said.iter().filter_map(|(one, said)| one.change(*said)).collect();
        let marks = changes.len();
        self.keep(changes)?;
        self.tell(&format!("{} kept", count(marks, "mark")))
    }
}
