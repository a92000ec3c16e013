/// The colours an event can have in Google Calendar: the id in the API, the name that people see, the shade in the API's
/// palette and the shade on the screen. The table is the same for everybody and has not changed in years.
const COLORS: [(&str, &str, &str, &str); 11] = [
    ("1", "lavender", "#a4bdfc", "#7986cb"),
    ("2", "sage", "#7ae7bf", "#33b679"),
    ("3", "grape", "#dbadff", "#8e24aa"),
    ("4", "flamingo", "#ff887c", "#e67c73"),
    ("5", "banana", "#fbd75b", "#f6bf26"),
    ("6", "tangerine", "#ffb878", "#f4511e"),
    ("7", "peacock", "#46d6db", "#039be5"),
    ("8", "graphite", "#e1e1e1", "#616161"),
    ("9", "blueberry", "#5484ed", "#3f51b5"),
    ("10", "basil", "#51b749", "#0b8043"),
    ("11", "tomato", "#dc2127", "#d50000"),
];

/// The name in Google Calendar of the colour that `word` means: that name, its number or one of its shades, in any
/// letter case.
pub fn color_name(word: &str) -> Option<&'static str> {
    let word = word.trim();
    let is = |known: &str| known.eq_ignore_ascii_case(word);
    COLORS
        .iter()
        .find(|(id, name, palette, screen)| [id, name, palette, screen].into_iter().any(|k| is(k)))
        .map(|c| c.1)
}

#[cfg(test)]
mod tests {
    use super::color_name;

    #[test]
    fn number_name_and_shade_mean_the_same_color() {
        for word in ["11", "Tomato", " tomato ", "#DC2127", "#d50000"] {
            assert_eq!(color_name(word), Some("tomato"), "{word}");
        }
        for word in ["", "0", "12", "mauve", "#000000"] {
            assert_eq!(color_name(word), None, "{word}");
        }
    }
}
