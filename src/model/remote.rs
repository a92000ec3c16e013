/// What an item of a listing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// An event that happens once.
    Single,
    /// A series: it has `recurrence`.
    Series,
    /// One instance of a series: it has `recurringEventId`. In the feed only changed and cancelled ones come.
    Instance,
}

impl ItemKind {
    /// The word in the store.
    pub fn name(self) -> &'static str {
        match self {
            ItemKind::Single => "single",
            ItemKind::Series => "series",
            ItemKind::Instance => "instance",
        }
    }
}

/// One item of a Google listing on its way from the source to the store: its own words, and the few of them that the store
/// keeps order by. Of a cancelled item only the id is sure, and of a cancelled instance its series and original start.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    pub id: String,
    pub kind: ItemKind,
    /// `recurringEventId`.
    pub series: Option<String>,
    /// `originalStartTime`: an instant in UTC (RFC 3339, whole seconds) or a date.
    pub original: Option<String>,
    pub etag: Option<String>,
    /// `status` is `cancelled`.
    pub cancelled: bool,
    /// Start and end in seconds since the epoch; whole days as if in UTC. `None` where the item has no times.
    pub span: Option<(i64, i64)>,
    /// The item as it came.
    pub json: String,
}

/// Without its words, which hold titles and addresses.
impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Item({}, cancelled: {})", self.kind.name(), self.cancelled)
    }
}
