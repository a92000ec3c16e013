//! Which words of a title only say when.
//!
//! Many short forms of days and months are first names as well (`Sam`, `Jan`, `Mo`), and so are small words around dates
//! (`Till`, `Al`). Whoever is taken for a date gives their holidays to the user, so these need something beside them that
//! only a date has.

use super::words::{Title, Words};
use std::ops::Range;

/// For every word of the title whether it says when and nothing else; never for those in `taken`.
pub(super) fn said(title: &Title<'_>, taken: &[Range<usize>]) -> Vec<bool> {
    let words = &title.words;
    let free = |at: &usize| !taken.iter().any(|range| range.contains(at));
    let free: Vec<bool> = (0..words.len()).map(|at| free(&at)).collect();
    let look = Dates { words, free, dashes: dashes(&title.shown) };
    let mut said = vec![false; words.len()];
    // What leans on the next word is asked after it.
    for at in (0..words.len()).rev().filter(|at| look.free[*at]) {
        said[at] = look.says(at, said.get(at + 1).is_some_and(|next| *next));
    }
    said
}

/// The words on both sides of each dash.
fn dashes(shown: &str) -> Vec<(String, String)> {
    let pieces: Vec<Words> = shown.split(['-', '–', '—']).map(Words::of).collect();
    let pairs = pieces.windows(2).filter(|pair| !pair[0].is_empty() && !pair[1].is_empty());
    pairs.map(|pair| (pair[0].word(pair[0].len() - 1).to_owned(), pair[1].word(0).to_owned())).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Month,
}

/// How surely the name of a day or a month is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    /// Written out, and nobody's name.
    Full,
    /// Cut short.
    Short,
    /// Also a first name.
    Name,
}

fn calendar(word: &str) -> Option<(Part, Grade)> {
    let lists = [
        (DAYS, Part::Day, Grade::Full),
        (MONTHS, Part::Month, Grade::Full),
        (SHORT_DAYS, Part::Day, Grade::Short),
        (SHORT_MONTHS, Part::Month, Grade::Short),
        (NAMED_DAYS, Part::Day, Grade::Name),
        (NAMED_MONTHS, Part::Month, Grade::Name),
    ];
    lists.into_iter().find(|(list, ..)| list.contains(&word)).map(|(_, part, grade)| (part, grade))
}

/// `5`, `5th`, `2027`, `10:30`, `9h`, `12am`.
fn is_number(word: &str) -> bool {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
    rest.len() < word.len() && NUMBER_ENDS.contains(&rest)
}

struct Dates<'w> {
    words: &'w Words,
    free: Vec<bool>,
    dashes: Vec<(String, String)>,
}

impl<'w> Dates<'w> {
    /// The word there; empty beyond the ends and for what a rule asks for.
    fn word(&self, at: Option<usize>) -> &'w str {
        at.filter(|at| self.free.get(*at).is_some_and(|free| *free)).map_or("", |at| self.words.word(at))
    }

    fn before(&self, at: usize) -> &'w str {
        self.word(at.checked_sub(1))
    }

    fn after(&self, at: usize) -> &'w str {
        self.word(Some(at + 1))
    }

    fn says(&self, at: usize, next_says: bool) -> bool {
        let word = self.words.word(at);
        let leans = next_says && !BEFORE.contains(&self.after(at));
        is_number(word)
            || AROUND.contains(&word)
            || LEAD.contains(&word) && leans
            || TAIL.contains(&word) && !self.before(at).is_empty()
            || BACK.contains(&word) && !FROM.contains(&self.after(at))
            || calendar(word).is_some_and(|(part, grade)| self.is_date(at, part, grade))
    }

    fn is_date(&self, at: usize, part: Part, grade: Grade) -> bool {
        let range = || self.in_range(at, part);
        let led = || BEFORE.contains(&self.before(at)) || BACK.contains(&self.before(at));
        let placed = || led() || self.has_number(at, part, grade) || range();
        match grade {
            Grade::Full => true,
            Grade::Short => placed() || PARTS_OF_DAY.contains(&self.after(at)) || self.is_in_list(at),
            Grade::Name => placed(),
        }
    }

    /// Beside another date that is no first name: `Mon and Tue`, `Fri, Nov`.
    fn is_in_list(&self, at: usize) -> bool {
        let firm = |word: &str| calendar(word).is_some_and(|(_, grade)| grade != Grade::Name);
        let over = |word: &str, far: Option<usize>| firm(word) || JOINERS.contains(&word) && firm(self.word(far));
        over(self.before(at), at.checked_sub(2)) || over(self.after(at), Some(at + 2))
    }

    /// From one day to another, or from month to month, by a dash or a word: `Mo–Mi`, `Jan bis April`.
    fn in_range(&self, at: usize, part: Part) -> bool {
        let alike = |word: &str| calendar(word).is_some_and(|(other, _)| other == part);
        let dashed = |a: &str, b: &str| self.dashes.iter().any(|(left, right)| left == a && right == b);
        let (word, before, after) = (self.words.word(at), self.before(at), self.after(at));
        alike(before) && dashed(before, word)
            || alike(after) && dashed(word, after)
            || TO.contains(&before) && alike(self.word(at.checked_sub(2)))
            || TO.contains(&after) && alike(self.word(Some(at + 2)))
    }

    /// Beside the number of a day or a year, or a time: not beside a length as in `3 days`, nor one that another month has.
    fn has_number(&self, at: usize, part: Part, grade: Grade) -> bool {
        let before = match self.before(at) {
            "of" | "de" => self.word(at.checked_sub(2)),
            word => word,
        };
        let behind = (part == Part::Month || grade == Grade::Short) && is_number(before) && !is_length(before);
        let ahead = || {
            let next = self.after(at);
            let length = is_length(next) || UNITS.contains(&self.word(Some(at + 2)));
            is_number(next) && !length && !(grade == Grade::Name && self.is_taken(at, part))
        };
        behind || ahead()
    }

    /// The numbers behind the word have their month: who is `Jan` in "Jan 16–20 Nov", or in "Jan 16.11."?
    fn is_taken(&self, at: usize, part: Part) -> bool {
        let numbers = (at + 1..self.words.len()).take_while(|&n| is_number(self.word(Some(n)))).count();
        let (first, second) = (self.word(Some(at + 1)), self.word(Some(at + 2)));
        let dash = self.dashes.iter().any(|(left, right)| left == first && right == second);
        let is_month = |word: &str| word.len() < 3 && word.parse::<u8>().is_ok_and(|number| (1..=12).contains(&number));
        let next = at + numbers + 1;
        let month = matches!(calendar(self.word(Some(next))), Some((Part::Month, _))) && !is_number(self.after(next));
        match part {
            Part::Month => month && first.len() < 4 || numbers > 1 && !dash && is_month(second),
            Part::Day => month && numbers > 1,
        }
    }
}

/// `3d`, `2w`.
fn is_length(number: &str) -> bool {
    number.ends_with(['d', 'w']) && !number.ends_with("nd") && !number.ends_with("rd")
}

const BACK: &[&str] = &["back", "returning", "zurück", "retour"];
const FROM: &[&str] = &["from", "aus", "vom", "von", "de", "du"];
const NUMBER_ENDS: &[&str] = &["", "st", "nd", "rd", "th", "h", "am", "pm", "er", "d", "w", "uhr"];
const JOINERS: &[&str] = &["and", "und", "et", "y"];

/// Days and months in the languages of the rule packs, written out.
#[rustfmt::skip]
const DAYS: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    "lunes", "martes", "miércoles", "jueves", "viernes", "sábado",
];
#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "january", "february", "march", "july", "september", "october", "november", "december",
    "januar", "jänner", "februar", "märz", "oktober", "dezember",
    "janvier", "février", "mars", "juin", "juillet", "août", "aout", "septembre", "octobre", "novembre", "décembre",
    "enero", "febrero", "marzo", "mayo", "junio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
];

/// The same, cut short.
#[rustfmt::skip]
const SHORT_DAYS: &[&str] = &[
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "do", "fr", "sa", "so", "lun", "mer", "jeu", "ven",
    "mié", "jue", "vie", "sáb",
];
#[rustfmt::skip]
const SHORT_MONTHS: &[&str] = &[
    "feb", "mar", "apr", "aug", "sept", "sep", "oct", "nov", "dec", "mär", "okt", "dez", "janv", "févr", "fév", "avr", "juil",
    "déc", "ene", "abr", "ago", "dic",
];

/// Those that are first names too.
const NAMED_DAYS: &[&str] = &["mo", "di", "mi", "sam", "dim", "dom", "domingo"];
#[rustfmt::skip]
const NAMED_MONTHS: &[&str] = &[
    "jan", "april", "may", "june", "jun", "jul", "august", "mai", "juni", "juli", "avril", "abril", "julio",
];

/// Behind one of these stands a date. Not "von", "de" and "for": "Urlaub von Jan" is his.
#[rustfmt::skip]
const BEFORE: &[&str] = &[
    "until", "till", "til", "through", "thru", "from", "to", "on", "in", "by", "since", "starting", "next", "this",
    "bis", "vom", "ab", "am", "im", "zum", "jusqu", "jusque", "au", "du", "en", "hasta", "desde", "del",
];

/// From … to.
const TO: &[&str] =
    &["to", "until", "till", "til", "through", "thru", "bis", "au", "à", "al", "a", "hasta", "jusqu", "jusque"];

const PARTS_OF_DAY: &[&str] =
    &["morning", "afternoon", "evening", "noon", "am", "pm", "vormittag", "nachmittag", "matin", "tarde", "mañana"];

/// A number before one of these is a length.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "day", "days", "week", "weeks", "h", "hrs", "hour", "hours", "month", "months", "tag", "tage", "woche", "wochen", "std",
    "stunden", "jour", "jours", "semaine", "semaines", "día", "dia", "días", "dias", "semana", "semanas",
];

/// What stands around dates and names and says nothing of its own.
#[rustfmt::skip]
const AROUND: &[&str] = &[
    "until", "through", "thru", "from", "to", "on", "in", "at", "for", "of", "by", "since", "starting", "and",
    "the", "is", "am", "pm", "i", "my", "me", "be", "all", "whole", "full", "entire", "half", "day", "days",
    "week", "weeks", "weekend", "month", "cw", "morning", "afternoon", "evening", "noon", "midnight", "hrs", "hours",
    "today", "tomorrow", "this", "next",
    "bis", "von", "vom", "im", "zum", "zur", "der", "die", "das", "dem", "und", "ganztägig", "ganzer", "ganze",
    "ganzen", "halber", "halbe", "halben", "halbtags", "tag", "tage", "woche", "wochen", "kw", "vormittag", "vormittags",
    "nachmittag", "nachmittags", "morgen", "heute", "mittag", "uhr", "mein", "meine", "ich", "ist",
    "jusqu", "jusque", "au", "aux", "à", "de", "du", "les", "et", "en", "journée", "matin",
    "après", "midi", "aujourd", "demain", "semaine", "jour", "jours", "mes", "je", "suis", "partir",
    "hasta", "desde", "del", "los", "y", "día", "días", "dias", "medio", "mañana", "tarde", "hoy",
    "semana", "mis", "estoy",
];

/// Such words that are names, initials or abbreviations too: before a date or one of the words above …
const LEAD: &[&str] = &[
    "till", "til", "a", "an", "ab", "den", "des", "le", "la", "l", "demi", "ma", "mon", "mi", "al", "el", "dia",
    "media",
];
/// … or behind another word, as in "I'm", "today's", "ich bin", "aujourd'hui".
const TAIL: &[&str] = &["m", "s", "h", "bin", "hui"];

#[cfg(test)]
mod tests {
    use super::*;

    fn left(title: &str) -> String {
        let title = Title::of(title);
        // What a rule of absence asks for.
        let asked = |at: &usize| ["pto", "ooo", "urlaub", "vacation", "congés"].contains(&title.words.word(*at));
        let taken: Vec<Range<usize>> = (0..title.words.len()).filter(asked).map(|at| at..at + 1).collect();
        let said = said(&title, &taken);
        let left = (0..title.words.len()).filter(|at| !asked(at) && !said[*at]).map(|at| title.words.word(at));
        left.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn dates_and_the_words_around_them_leave_nothing_of_a_title() {
        for title in [
            "until 5th January",
            "bis Freitag, 12.8.",
            "del 3 al 7 de agosto",
            "half day (Fri 9:30–12h)",
            "KW 32",
            "PTO Tuesday",
            "OOO Mon 3-5",
            "Urlaub bis 3. Jan",
            "PTO 16–20 Nov",
            "OOO Mo-Mi",
            "PTO Mon and Tue",
            "PTO Fri morning",
            "PTO Jan 5–9",
            "PTO May 3, 2027",
            "5th of May PTO",
            "OOO until May",
            "OOO, back Mon",
            "Urlaub Mo 16.11.",
            "Urlaub von Mo bis Mi",
            "congés sam 21 nov",
            "congés l'après-midi, jusqu'au 3 mai",
            "I'm OOO till Friday",
            "ich bin morgen OOO",
            "PTO a half day",
        ] {
            assert_eq!(left(title), "", "{title}");
        }
        assert_eq!(left("Jonas until Friday"), "jonas");
        assert_eq!(left("5k run"), "5k run");
    }

    #[test]
    fn a_first_name_is_no_date_for_being_spelled_like_one() {
        for (title, name) in [
            ("Sam PTO", "sam"),
            ("Mo: Urlaub", "mo"),
            ("Mi Urlaub", "mi"),
            ("Ago PTO", "ago"),
            ("June PTO", "june"),
            ("Mon PTO", "mon"),
            ("Urlaub von Jan", "jan"),
            ("Jan: PTO until Friday", "jan"),
            ("Sam & Jan PTO", "sam jan"),
            ("Sam Friday PTO", "sam"),
            ("Sam 3 days PTO", "sam"),
            ("Jan 16–20 Nov PTO", "jan"),
            ("Jan 16.11. Urlaub", "jan"),
            ("Sam 16–20 Nov PTO", "sam"),
            ("Till Urlaub", "till"),
            ("Till bis Freitag Urlaub", "till"),
            ("Jan back from vacation", "jan back"),
            ("Al PTO", "al"),
            ("M. PTO", "m"),
        ] {
            assert_eq!(left(title), name, "{title}");
        }
    }
}
