//! iCalendar files, folders and feeds.

mod difference;
mod examine;
mod files;
mod intake;
mod memory;
mod outline;

use super::{AccountSummary, Facts, Findings, Kind, Named, Read, Source, Sync, Visit};
use crate::config::{Config, Format, Source as Entry};
use crate::diagnostic::Failure;
use crate::source::ics::{Calendars, FORMAT, IcsSource, Place, checked_texts};
use crate::store::{Account, Calendar, Store};
use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use std::sync::Arc;

pub(super) struct Ics;

impl Kind for Ics {
    fn format(&self) -> Format {
        FORMAT
    }

    fn title(&self) -> &'static str {
        "iCalendar"
    }

    fn first_step(&self) -> Option<&'static str> {
        Some("add a `[[source.ics]]` to the configuration")
    }

    fn configured(&self, entry: &Entry) -> Option<Arc<dyn Source>> {
        Some(entry.settings::<IcsSource>()?)
    }

    fn adopt(&self, store: &mut Store, config: &Config) -> Result<(), Failure> {
        files::carry_over(store, config)
    }

    fn add_texts(&self, read: &Read<'_>, sources: &[Named], facts: &mut Facts) -> Result<(), Failure> {
        for named in sources {
            let Some(account) = &named.account else {
                facts.never(named.name());
                continue;
            };
            for calendar in read.store.calendars(account.id)? {
                facts.add_texts(read, account, &calendar)?;
                let skipped = read.store.skipped(calendar.id)?;
                facts.calendars.unread.extend(skipped.into_iter().map(|(reason, _)| reason));
            }
        }
        Ok(())
    }

    /// What is kept of their past.
    fn read(&self, read: &Read<'_>, sources: &[Named], facts: &mut Facts) -> Result<(), Failure> {
        for account in sources.iter().filter_map(|named| named.account.as_ref()) {
            for calendar in read.store.calendars(account.id)? {
                facts.keep(read, &account.name, &read.store.past(calendar.id, read.window)?);
            }
        }
        facts.settle_kept();
        Ok(())
    }
}

impl Source for IcsSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn sync<'a>(
        &'a self,
        sync: &'a Sync<'a>,
        account: &'a Account,
    ) -> LocalBoxFuture<'a, Result<AccountSummary, Failure>> {
        Box::pin(files::sync(self, sync, account))
    }

    fn examine(&self, visit: &Visit<'_>, found: &mut Findings) {
        examine::examine(self, visit, found);
    }

    fn is_local(&self) -> bool {
        matches!(self.place, Place::Path(_))
    }

    fn refresh(&self, store: &mut Store, config: &Config, now: DateTime<Utc>) -> Result<Option<Failure>, Failure> {
        files::refresh(self, store, config, now)
    }

    fn look(&self, calendars: &mut Calendars) -> Option<Result<(), Failure>> {
        let Place::Path(path) = &self.place else { return None };
        Some(checked_texts(path).map(|(texts, unread)| {
            texts.iter().for_each(|text| calendars.add_text(Some(&self.name), text));
            calendars.unread.extend(unread.into_iter().map(|part| part.sentence));
        }))
    }

    fn is_secret(&self) -> bool {
        matches!(self.place, Place::Url { .. })
    }

    fn events(&self, store: &Store, calendar: &Calendar) -> Result<u64, Failure> {
        match store.events_of_texts(calendar.id)? {
            Some(events) => Ok(events),
            None => {
                let texts = store.texts(calendar.id)?.collect::<Result<Vec<_>, _>>()?;
                Ok(outline::events(&texts, &outline::Outline::of(&texts)))
            }
        }
    }
}
