//! The latest week on its way out, to whom the configuration says. It waits for facts that reach to its end, and a server that
//! cannot be reached is tried again, both for a limited time; nothing is sent twice.

use crate::analyze::Report;
use crate::chart::{self, Painter, Privacy, Style};
use crate::config::Config;
use crate::deliver::{self, Handover};
use crate::diagnostic::Failure;
use crate::disk;
use crate::model::Week;
use crate::store::Store;
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// A way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Notify,
    Mail,
}

/// The ways that a week is still to go, and since when.
pub(super) type Owed = (Vec<Way>, DateTime<Utc>);

impl Way {
    const ALL: [Way; 2] = [Way::Notify, Way::Mail];

    /// The word in the database: it is never changed.
    fn name(self) -> &'static str {
        match self {
            Way::Notify => "notify",
            Way::Mail => "mail",
        }
    }

    /// The ways that the configuration asks for.
    pub(super) fn configured(config: &Config) -> Vec<Way> {
        let is_asked = |way: &Way| match way {
            Way::Notify => config.notify.is_some(),
            Way::Mail => config.mail.is_some(),
        };
        Way::ALL.into_iter().filter(is_asked).collect()
    }
}

/// A week to hand over.
pub struct Latest {
    pub week: Week,
    /// The picture at the configuration's own privacy.
    pub picture: PathBuf,
    pub report: Report,
    pub style: Style,
    /// How it is to go.
    pub ways: Vec<Way>,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Keeps that `week` is still to go these ways, since `since`.
///
/// # Errors
/// The database's.
pub fn owe(store: &mut Store, week: Week, ways: &[Way], since: DateTime<Utc>) -> Result<(), Failure> {
    let ways: Vec<&str> = ways.iter().map(|way| way.name()).collect();
    store.owe(&week.to_string(), &ways, since)
}

/// The ways that `week` is still to go, and since when. The notes of it are taken back, and those of older weeks too.
///
/// # Errors
/// The database's.
pub(super) fn redeem(store: &mut Store, week: Week) -> Result<Option<Owed>, Failure> {
    let owed = store.redeem(&week.to_string())?;
    let since = owed.iter().map(|(_, since)| *since).min();
    let is_owed = |way: &Way| owed.iter().any(|(name, _)| name == way.name());
    Ok(since.map(|since| (Way::ALL.into_iter().filter(is_owed).collect(), since)))
}

/// Runs the notify command and sends the mail, as far as `latest` is to go there, and returns what went wrong. It waits for
/// both, up to their limits: nothing else should have to wait meanwhile. `credentials` is `$CREDENTIALS_DIRECTORY`.
pub fn hand_over(latest: &Latest, config: &Config, credentials: Option<&Path>) -> Vec<(Way, Failure)> {
    let it = |privacy| handover(latest, privacy);
    let one = |way: &Way| match way {
        Way::Notify => config.notify.as_ref().map(|to| it(to.privacy).and_then(|it| deliver::notify(to, &it))),
        Way::Mail => config.mail.as_ref().map(|to| it(to.privacy).and_then(|it| deliver::mail(to, &it, credentials))),
    };
    latest.ways.iter().filter_map(|way| Some((*way, one(way)?.err()?))).collect()
}

/// Draws `latest` anew at the privacy of a hand-over. Its picture lies in a file that stays, because what a command
/// started may look at it later.
///
/// # Errors
/// The disk's.
pub fn handover(latest: &Latest, privacy: Privacy) -> Result<Handover, Failure> {
    let style = Style { privacy, ..latest.style.clone() };
    let picture = chart::weekly(&latest.report, &style, &mut Painter::default());
    let path = match privacy == latest.style.privacy {
        true => latest.picture.clone(),
        false => latest.picture.with_file_name(format!("handover-{}.png", Privacy::NAMES[privacy as usize])),
    };
    disk::write(&path, &picture)?;
    Ok(Handover {
        week: latest.week,
        headline: chart::headline(&latest.report).to_string(),
        alt: chart::described(&latest.report, &style),
        picture,
        path,
    })
}
