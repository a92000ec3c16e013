//! What the user said of single meetings and of series. It hangs on UIDs, not on rows of a calendar, so that no sync
//! touches it.

use super::Store;
use crate::diagnostic::Failure;
use crate::model::{Original, Override, Overrides, Slot, Uid};
use chrono::{DateTime, Utc};
use rusqlite::params;

/// One change: what is said of a slot from now on; `None` takes back what was said.
pub type Change = (Slot, Option<Override>);

impl Store {
    /// All overrides.
    ///
    /// # Errors
    /// See [`Store::reader`].
    pub fn overrides(&self) -> Result<Overrides, Failure> {
        let rows = self.rows("SELECT uid, original, class, theme, answer FROM override", [], |row| {
            let original: String = row.get(1)?;
            let slot = Slot { uid: Uid(row.get::<_, String>(0)?.into()), original: Original::parse(&original) };
            let class: String = row.get(2)?;
            let theme: Option<String> = row.get(3)?;
            let (theme, answer) = (theme.map(Into::into), row.get(4)?);
            Ok((slot, Override::class(&class).map(|class| Override { class, theme, answer })))
        })?;
        Ok(Overrides(rows.into_iter().filter_map(|(slot, word)| Some((slot, word?))).collect()))
    }

    /// Makes `changes` as a whole or not at all.
    ///
    /// # Errors
    /// See [`Store::reader`].
    pub fn keep_overrides(&mut self, changes: &[Change], now: DateTime<Utc>) -> Result<(), Failure> {
        self.whole(|t| {
            for (Slot { uid, original }, word) in changes {
                let original = original.map(|original| original.to_string()).unwrap_or_default();
                match word {
                    Some(word) => t.execute(
                        "INSERT OR REPLACE INTO override VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        params![&*uid.0, original, word.word(), word.theme.as_deref(), now.timestamp(), word.answer],
                    )?,
                    None => {
                        t.execute("DELETE FROM override WHERE uid = ?1 AND original = ?2", params![&*uid.0, original])?
                    }
                };
            }
            Ok(())
        })
    }
}
