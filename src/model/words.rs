//! Numbers and moments in sentences, and names for what must not be named.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use std::fmt::Display;

/// `1 meeting`, `25 meetings`; the only place that knows how more than one is written.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    if number == N::from(1) { format!("1 {noun}") } else { format!("{number} {}", plural(noun)) }
}

/// `meetings`.
pub fn plural(noun: &str) -> String {
    match noun.strip_suffix("person") {
        Some(before) => format!("{before}people"),
        None => format!("{noun}s"),
    }
}

/// A stable short name for what must not be named.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// `2026-11-23 08:00 CET`.
pub fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

/// `2026-11-23 08:00 CET (3 hours ago)`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let ago = match now - at {
        ago if ago < TimeDelta::minutes(2) => "just now".to_string(),
        ago if ago < TimeDelta::hours(2) => format!("{} minutes ago", ago.num_minutes()),
        ago if ago < TimeDelta::days(2) => format!("{} hours ago", ago.num_hours()),
        ago => format!("{} days ago", ago.num_days()),
    };
    format!("{} ({ago})", local(at, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_nothing_is_many() {
        assert_eq!([0_usize, 1, 2].map(|n| count(n, "rule")), ["0 rules", "1 rule", "2 rules"]);
        assert_eq!([1_i64, 2, -1].map(|n| count(n, "person")), ["1 person", "2 people", "-1 people"]);
        assert_eq!(count(21_u64, "more line"), "21 more lines");
    }
}
