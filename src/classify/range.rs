//! Bounds such as `2`, `"3..8"`, `">=90m"`.

/// One bound on each side, both inclusive unless `strict`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds<T> {
    written: String,
    low: Option<(T, bool)>,
    high: Option<(T, bool)>,
}

impl<T: PartialOrd + Clone> Bounds<T> {
    /// Reads `2`, `=2`, `3..8` (both ends belong to it), `3..`, `..8`, `>=10`, `>10`, `<=10`, `<10`; `one` reads a
    /// single value. `None` where it is none of these or holds nothing.
    pub fn parse(text: &str, one: impl Fn(&str) -> Option<T>) -> Option<Bounds<T>> {
        let written = text.trim().to_owned();
        let bounds = |low: Option<(T, bool)>, high: Option<(T, bool)>| Bounds { written: written.clone(), low, high };
        let read = |text: &str| one(text.trim());
        if let Some((low, high)) = written.split_once("..") {
            let end = |text: &str| if text.trim().is_empty() { Some(None) } else { read(text).map(Some) };
            let (low, high) = (end(low)?, end(high.trim_start_matches('='))?);
            let empty =
                matches!((&low, &high), (Some(low), Some(high)) if low > high) || (low.is_none() && high.is_none());
            return (!empty).then(|| bounds(low.map(|l| (l, false)), high.map(|h| (h, false))));
        }
        for (sign, strict) in [(">=", false), (">", true), ("≥", false)] {
            if let Some(rest) = written.strip_prefix(sign) {
                return Some(bounds(Some((read(rest)?, strict)), None));
            }
        }
        for (sign, strict) in [("<=", false), ("<", true), ("≤", false)] {
            if let Some(rest) = written.strip_prefix(sign) {
                return Some(bounds(None, Some((read(rest)?, strict))));
            }
        }
        let exact = read(written.trim_start_matches('='))?;
        Some(bounds(Some((exact.clone(), false)), Some((exact, false))))
    }

    /// `value` lies inside.
    pub fn hold(&self, value: &T) -> bool {
        let above = self.low.as_ref().is_none_or(|(low, strict)| if *strict { value > low } else { value >= low });
        let below = self.high.as_ref().is_none_or(|(high, strict)| if *strict { value < high } else { value <= high });
        above && below
    }

    /// Whether no value from `least` on lies inside.
    pub fn ends_before(&self, least: &T) -> bool {
        self.high.as_ref().is_some_and(|(high, strict)| if *strict { high <= least } else { high < least })
    }

    /// All of them as they were written.
    pub fn written(any: &[Bounds<T>]) -> String {
        any.iter().map(|bounds| bounds.written.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl Bounds<i64> {
    /// Every number from `least` on lies in one of `any`.
    pub fn hold_from(any: &[Bounds<i64>], least: i64) -> bool {
        // The first number outside, if there is one, is `least` or comes directly after the last one of some bounds.
        let after =
            any.iter().filter_map(|bounds| bounds.high.map(|(high, strict)| if strict { high } else { high + 1 }));
        let mut candidates = after.filter(|after| *after > least).chain([least]);
        candidates.all(|number| any.iter().any(|bounds| bounds.hold(&number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_from_one_on() {
        let holds = |texts: &[&str], least: i64| {
            let any: Vec<_> = texts.iter().map(|text| Bounds::parse(text, |t| t.parse().ok()).unwrap()).collect();
            Bounds::hold_from(&any, least)
        };
        assert!(holds(&[">=3"], 3) && holds(&["2.."], 5) && holds(&["2..5", ">5"], 3) && holds(&["<10", ">=10"], 1));
        assert!(!holds(&["3"], 3) && !holds(&[">=3"], 2) && !holds(&["2..5", ">=7"], 3) && !holds(&["..9"], 3));
    }

    #[test]
    fn bounds_are_read_and_held() {
        let holds =
            |text: &str, value: i64| Bounds::parse(text, |t| t.parse().ok()).map(|b: Bounds<i64>| b.hold(&value));
        assert_eq!(holds("2", 2), Some(true));
        assert_eq!(holds("3..8", 8), Some(true));
        assert_eq!(holds("3..8", 9), Some(false));
        assert_eq!(holds(">=10", 10), Some(true));
        assert_eq!(holds("> 10", 10), Some(false));
        assert_eq!(holds("<2", 1), Some(true));
        assert_eq!(holds("..3", 3), Some(true));
        assert_eq!(holds("8..3", 5), None);
        assert_eq!(holds("..", 5), None);
        assert_eq!(holds("ten", 5), None);
    }
}
