//! The account's list of calendars, and what it does not say of them.

use super::account::AccountSync;
use crate::diagnostic::Failure;
use crate::kinds::sync::Stop;
use crate::model::Role;
use crate::source::google::{self, Google};
use crate::store::{Calendar, Listed};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// A known calendar, as it stands.
fn as_listed(c: Calendar) -> Listed {
    let Calendar { remote, name, zone, role, primary, shown, labels, shades, .. } = c;
    Listed { remote, name, zone, role, primary, shown, labels, shades }
}

impl AccountSync<'_> {
    /// The account's list of calendars.
    pub(super) async fn list(&self, google: &Google, unread: &mut usize) -> Result<(), Stop> {
        let AccountSync { sync, source, account } = self;
        let entries = google::calendars(google, sync.pace).await?;
        let read: Vec<_> = entries.iter().filter_map(|entry| google::calendar(entry).ok()).collect();
        *unread = entries.len() - read.len();
        let mut list: Vec<Listed> = read
            .into_iter()
            .filter(|c| !c.deleted)
            .map(|c| Listed {
                shown: c.primary || (c.selected && !c.hidden),
                remote: c.id,
                name: c.name,
                zone: c.zone,
                role: c.role,
                primary: c.primary,
                labels: c.labels,
                shades: c.label_colors,
            })
            .collect();
        let known = sync.store.borrow().calendars(account.id)?;
        let own = |known: &&Calendar| known.primary && known.gone_at.is_none();
        if let (Some(old), Some(new)) = (known.iter().find(own), list.iter().find(|c| c.primary))
            && old.remote != new.remote
        {
            // Somebody else signed in: what the list lacks was the other person's.
            sync.store.borrow().doubt_calendars(account.id)?;
        } else if list.is_empty() || *unread > 0 {
            // Such a list says nothing about what it lacks.
            let lacks = |c: &Calendar| c.gone_at.is_none() && list.iter().all(|l| l.remote != c.remote);
            let kept: Vec<_> = known.into_iter().filter(lacks).map(as_listed).collect();
            list.extend(kept);
        }
        for id in &source.calendars {
            match list.iter_mut().find(|c| c.remote == *id) {
                Some(listed) => listed.shown = true,
                None => list.push(Listed {
                    remote: id.clone(),
                    name: id.clone(),
                    zone: None,
                    role: Role::Reader,
                    primary: source.subject.as_deref() == Some(id),
                    shown: true,
                    labels: BTreeMap::new(),
                    shades: BTreeMap::new(),
                }),
            }
        }
        let due = sync.now + TimeDelta::minutes(40 + (sync.pace.random() * 20.0) as i64);
        sync.store.borrow_mut().keep_list(account.id, &list, sync.now, due)?;
        Ok(())
    }

    /// Names of event labels, where events have some that the list did not name. Not every sign-in may read them.
    pub(super) async fn labels(&self, calendars: &[Calendar], google: &Google) -> Result<(), Failure> {
        for calendar in calendars.iter().filter(|c| c.selected() && c.labels.is_empty()) {
            if !self.sync.store.borrow().has_labels(calendar.id)? {
                continue;
            }
            if let Ok(json) = google.labels(&calendar.remote).await
                && let Ok(read) = google::calendar(&json)
            {
                self.sync.store.borrow().keep_labels(calendar.id, &read.labels, &read.label_colors)?;
            }
        }
        Ok(())
    }
}
