//! What can stand between us and a source, by what has to happen next.

use serde::{Deserialize, Serialize};

/// What has to happen before it can go well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TroubleKind {
    /// The person has to sign in (again).
    NeedsLogin,
    /// The person has to change the client, the configuration, or the project at the server.
    Configuration,
    /// Too many requests: wait, the whole account.
    RateLimited,
    /// The day's quota is used up: wait for hours.
    DailyLimit,
    /// No connection, no name, no network.
    Offline,
    /// A server error, a timeout, an answer that was cut off or is not from the server.
    Transient,
    /// The sync token is dead: list everything anew.
    TokenDead,
    /// This one calendar (or series) is not there for us: forbidden or not found.
    Inaccessible,
    /// The server says that we asked wrongly, or its answer is none that we know: our bug, or not the server we think.
    Unexpected,
}

/// Every kind with its name, which stands in databases, logs and metrics: a name is never changed.
const NAMES: [(TroubleKind, &str); 9] = [
    (TroubleKind::NeedsLogin, "NeedsLogin"),
    (TroubleKind::Configuration, "Configuration"),
    (TroubleKind::RateLimited, "RateLimited"),
    (TroubleKind::DailyLimit, "DailyLimit"),
    (TroubleKind::Offline, "Offline"),
    (TroubleKind::Transient, "Transient"),
    (TroubleKind::TokenDead, "TokenDead"),
    (TroubleKind::Inaccessible, "Inaccessible"),
    (TroubleKind::Unexpected, "Unexpected"),
];

impl TroubleKind {
    /// The word in the database, in logs and in metrics.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(kind, _)| *kind == self).map_or("Unexpected", |(_, name)| name)
    }

    /// The kind of that name; of one that only a newer version knows, nothing is expected.
    pub fn named(name: &str) -> TroubleKind {
        NAMES.iter().find(|(_, known)| *known == name).map_or(TroubleKind::Unexpected, |(kind, _)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_databases_hold() {
        let names: Vec<&str> =
            NAMES.iter().map(|(kind, name)| if kind.name() == *name { name } else { "twice" }).collect();
        assert_eq!(
            names.join(" "),
            "NeedsLogin Configuration RateLimited DailyLimit Offline Transient TokenDead Inaccessible Unexpected"
        );
        assert!(NAMES.iter().all(|(kind, name)| TroubleKind::named(name) == *kind));
        assert_eq!(TroubleKind::named("Martian"), TroubleKind::Unexpected);
    }
}
