//! Numbers in sentences.

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
