//! Sync: every source into the store. One account's trouble, or one calendar's, leaves the others alone.

use crate::diagnostic::Failure;
use crate::kinds::{AccountSummary, Sync, named};

/// Syncs every source.
///
/// # Errors
/// Only our own: the disk, the database. What servers do is in the summary and in the store.
pub async fn sync(sync: &Sync<'_>) -> Result<Vec<AccountSummary>, Failure> {
    let only = sync.wish.only.as_deref();
    let known = sync.store.borrow().accounts()?;
    let mut summaries = Vec::new();
    for named in named(sync.config, &known) {
        if only.map_or(named.is_followed(sync.folder), |name| name == named.name()) {
            let account = sync.store.borrow_mut().account(named.name(), named.kind.format().name)?;
            let summary = named.source.sync(sync, &account).await?;
            let without_calendars = named.source.without_calendars().to_string();
            let signs_in = named.kind.sign_in().is_some();
            summaries.push(AccountSummary { signs_in, without_calendars, ..summary });
        }
    }
    Ok(summaries)
}
