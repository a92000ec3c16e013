//! What `doctor` asks of a file or feed: whether a path can be read now, and how the last sync of a feed went. No server is
//! asked.

use crate::diagnostic::with_causes;
use crate::kinds::{Findings, Grade, Visit};
use crate::model::ago;
use crate::source::ics::{IcsSource, Place, checked_texts};
use crate::store::SyncState;

pub(super) fn examine(source: &IcsSource, visit: &Visit<'_>, found: &mut Findings) {
    let what = format!("source {}", source.name);
    let unread = match &source.place {
        Place::Path(path) => match checked_texts(path) {
            Ok((_, unread)) => unread,
            Err(failure) => {
                let failure = failure.help("put it there, or change `path` in the configuration");
                return found.failure(&what, &failure);
            }
        },
        Place::Url { .. } => Vec::new(),
    };
    for part in unread {
        found.add(Grade::Warn, &what, part.sentence, None);
    }
    let (last, obstacle) = state(visit).map_or((None, None), |state| (state.last_good, state.obstacle));
    match (obstacle, last) {
        (Some(o), _) if matches!(source.place, Place::Url { .. }) => {
            let grade = if last.is_some() { Grade::Warn } else { Grade::Fail };
            found.add(grade, &what, with_causes(&o.sentence, &o.causes), o.help);
        }
        // Every command reads it by itself.
        (_, None) if matches!(source.place, Place::Path(_)) => found.ok(&what, "it can be read"),
        (_, None) => {
            let fix = Some("run `vantage sync`".into());
            found.add(Grade::Warn, &what, "it was never read, and nothing of it counts", fix);
        }
        (_, Some(at)) => found.ok(&what, format!("last read {}", ago(at, visit.now, visit.zone))),
    }
}

/// How it stands in the database.
fn state(visit: &Visit<'_>) -> Option<SyncState> {
    let store = visit.store?;
    store.state(store.calendars(visit.account?.id).ok()?.first()?.id).ok()
}
