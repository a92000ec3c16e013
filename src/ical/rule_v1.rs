//! Rules of vCalendar 1.0, which `.vcs` files hold: `W2 MO WE #10`, `MP1 1+ TU 20261231T000000Z`.

/// The same rule in the words of RFC 5545; `None` where it is none of these, or names times of the day.
pub(super) fn modern(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?.to_ascii_uppercase();
    let mut words = text.split_ascii_whitespace();
    let head = words.next()?;
    let (kind, interval) = head.split_at(head.find(|c: char| c.is_ascii_digit())?);
    let (frequency, part) = match kind {
        "D" => ("DAILY", ""),
        "W" => ("WEEKLY", "BYDAY"),
        "MP" => ("MONTHLY", "BYDAY"),
        "MD" => ("MONTHLY", "BYMONTHDAY"),
        "YM" => ("YEARLY", "BYMONTH"),
        "YD" => ("YEARLY", "BYYEARDAY"),
        _ => return None,
    };
    interval.parse::<u32>().ok()?;
    // Without an end it takes place twice.
    let (mut entries, mut ordinal, mut end) = (Vec::new(), String::new(), ";COUNT=2".to_owned());
    for word in words {
        let count = word.strip_prefix('#').map(str::parse::<u32>);
        match count.transpose().ok()? {
            Some(0) => end.clear(),
            Some(count) => end = format!(";COUNT={count}"),
            None if word.len() >= 8 => end = format!(";UNTIL={word}"),
            None if kind == "MP" && word.ends_with(['+', '-']) => ordinal = signed(word)?,
            None if part == "BYDAY" => entries.push(format!("{ordinal}{word}")),
            None if part.is_empty() => return None,
            None => entries.push(signed(word)?),
        }
    }
    let entries = if entries.is_empty() { String::new() } else { format!(";{part}={}", entries.join(",")) };
    Some(format!("FREQ={frequency};INTERVAL={interval}{entries}{end}"))
}

/// `1+` as `1`, `2-` as `-2`, and `LD`, the last day.
fn signed(word: &str) -> Option<String> {
    let number = word.trim_end_matches(['+', '-']);
    let sign = if word.ends_with('-') { "-" } else { "" };
    match number {
        "LD" => Some("-1".into()),
        _ => number.parse::<u16>().ok().filter(|number| *number <= 366).map(|number| format!("{sign}{number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_rules_are_said_in_new_words() {
        for (old, new) in [
            ("D1 #3", "FREQ=DAILY;INTERVAL=1;COUNT=3"),
            ("W2 MO WE #0", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE"),
            ("w1 tu 20261231T000000Z", "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;UNTIL=20261231T000000Z"),
            ("MP1 1+ TU 2- FR #5", "FREQ=MONTHLY;INTERVAL=1;BYDAY=1TU,-2FR;COUNT=5"),
            ("MD1 15 LD #12", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=15,-1;COUNT=12"),
            ("YM1 6 #0", "FREQ=YEARLY;INTERVAL=1;BYMONTH=6"),
            ("D7", "FREQ=DAILY;INTERVAL=7;COUNT=2"),
        ] {
            assert_eq!(modern(old.as_bytes()).as_deref(), Some(new), "{old}");
        }
        for text in ["FREQ=DAILY", "", "W", "D1 0900 1500 #2", "MD1 soon", "X1 #2", "M5 #2"] {
            assert!(modern(text.as_bytes()).is_none(), "{text}");
        }
    }
}
