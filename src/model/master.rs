use super::{Event, Instance};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// A single event, or a series as a whole, as one calendar tells it: also where no instance of it is looked at.
#[derive(Clone, Debug)]
pub struct Master {
    /// Its version is in `series_sequence`.
    pub event: Arc<Event>,
    /// Its first start, and the last moment at which an instance may start; or between when its instances are known.
    pub range: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Master {
    /// A single event by its only instance.
    pub fn single(instance: &Instance) -> Master {
        let at = instance.original.moment();
        Master { event: Arc::clone(&instance.event), range: Some((at, at)) }
    }
}
