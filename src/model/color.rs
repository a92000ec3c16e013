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

/// The names of CSS Color Module Level 3, which RFC 7986 §5.9 takes for COLOR.
const NAMES: &str = "\
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown \
    burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan \
    darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred \
    darksalmon darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink \
    deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold \
    goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush \
    lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey \
    lightpink lightsalmon lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow \
    lime limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen \
    mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin \
    navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise \
    palevioletred papayawhip peachpuff peru pink plum powderblue purple red rosybrown royalblue saddlebrown \
    salmon sandybrown seagreen seashell sienna silver skyblue slateblue slategray slategrey snow springgreen \
    steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen";

/// Every name that a colour may have.
pub fn color_names() -> impl Iterator<Item = &'static str> {
    NAMES.split(' ').chain(COLORS.iter().map(|color| color.1))
}

/// Whether `word` can be an event's colour: a name, one of Google's numbers, or a shade such as `#d50000`.
pub fn is_color(word: &str) -> bool {
    let word = word.trim();
    let shade = |digits: &str| [3, 4, 6, 8].contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    word.strip_prefix('#').map_or_else(
        || COLORS.iter().any(|color| color.0 == word) || color_names().any(|name| name.eq_ignore_ascii_case(word)),
        shade,
    )
}

#[cfg(test)]
mod tests {
    use super::{color_name, is_color};

    #[test]
    fn number_name_and_shade_mean_the_same_color() {
        for word in ["11", "Tomato", " tomato ", "#DC2127", "#d50000"] {
            assert_eq!(color_name(word), Some("tomato"), "{word}");
        }
        for word in ["", "0", "12", "mauve", "#000000"] {
            assert_eq!(color_name(word), None, "{word}");
        }
        for word in ["11", "Tomato", "rebeccapurple", "RebeccaPurple", "mediumvioletred", "Grape", "#d50000", "#abc"] {
            assert_eq!(is_color(word), !word.eq_ignore_ascii_case("rebeccapurple"), "{word}");
        }
        for word in ["", "0", "12", "purpleish", "#d5000", "d50000", "#xyzxyz"] {
            assert!(!is_color(word), "{word}");
        }
    }
}
