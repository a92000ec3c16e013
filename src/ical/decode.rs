//! Bytes of any encoding that calendars come in to bytes that are UTF-8 where the author meant UTF-8.

use super::value::Form;
use std::borrow::Cow;

/// UTF-16 becomes UTF-8; byte order marks, however many, and NUL bytes go. Text that is not UTF-8 stays as it is: folding
/// may have cut a character in two, so [`text`] decides once a line is whole.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        // Whoever joins texts that each have a mark leaves several.
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // ASCII in UTF-16 without a mark, whatever stands before the first BEGIN.
        [1..=0x7F, 0, 1..=0x7F, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, 1..=0x7F, 0, 1..=0x7F, ..] => utf16(bytes, u16::from_be_bytes),
        _ => without_nul(bytes),
    }
}

fn without_nul(bytes: &[u8]) -> Cow<'_, [u8]> {
    match memchr::memchr(0, bytes) {
        None => Cow::Borrowed(bytes),
        Some(_) => Cow::Owned(bytes.iter().copied().filter(|b| *b != 0).collect()),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, [u8]> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(without_nul(text.trim_start_matches('\u{feff}').as_bytes()).into_owned())
}

/// UTF-8, or else windows-1252: what old exports without a declared encoding hold.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(windows(bytes)),
    }
}

/// windows-1252 where it differs from Latin-1, from 0x80 on; what it leaves open stays a control character (WHATWG Encoding
/// Standard, index windows-1252).
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// One byte a character. Latin-1 means windows-1252, as in browsers: nobody writes its control characters.
pub(super) fn windows(bytes: &[u8]) -> String {
    let character = |byte: &u8| match byte {
        0x80..=0x9F => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(*byte),
    };
    bytes.iter().map(character).collect()
}

/// Charsets of one byte a character: their names without signs, a tab, and their characters from 0x80 or 0xA0 on. They are the
/// ones that vCalendar's programs name; the tables of East Asia would make the program larger than it may be
/// (`encoding_rs`: 190 kB), so those are told instead.
const CHARSETS: &str = include_str!("charsets.txt");

/// The text of bytes that say in which `charset` they are, and what of that is guessed or not known. In a charset that is not
/// known ASCII stays readable.
pub(super) fn declared<'a>(bytes: Cow<'a, [u8]>, charset: &str) -> (Cow<'a, [u8]>, Option<Form>) {
    const ESCAPE: u8 = 0x1B;
    if bytes.iter().all(|byte| byte.is_ascii() && *byte != ESCAPE) {
        return (bytes, None);
    }
    let sign = |c: &char| c.is_ascii_alphanumeric();
    let name: String = charset.chars().filter(sign).collect::<String>().to_ascii_lowercase();
    match name.strip_prefix('x').unwrap_or(&name) {
        "" | "utf8" | "ascii" | "usascii" => {
            let form = std::str::from_utf8(&bytes).is_err().then_some(Form::CharsetGuessed);
            (bytes, form)
        }
        "windows1252" | "cp1252" | "iso88591" | "latin1" => (Cow::Owned(windows(&bytes).into_bytes()), None),
        name => match CHARSETS.lines().filter_map(|row| row.split_once('\t')).find(|(names, _)| is_one_of(name, names))
        {
            Some((_, characters)) => (Cow::Owned(listed(&bytes, characters).into_bytes()), None),
            // That is no accident, where a letter has several bytes.
            None if !bytes.is_ascii() && std::str::from_utf8(&bytes).is_ok() => (bytes, None),
            None => {
                let ascii = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER };
                let text: String = bytes.iter().map(ascii).collect();
                (Cow::Owned(text.into_bytes()), Some(Form::CharsetUnknown))
            }
        },
    }
}

fn is_one_of(name: &str, names: &str) -> bool {
    names.split(' ').any(|known| known == name)
}

/// What stands before a table's first character is punctuation of windows-1252, as in [`windows`].
fn listed(bytes: &[u8], characters: &str) -> String {
    let characters: Vec<char> = characters.chars().collect();
    let first = 256 - characters.len();
    let character = |byte: &u8| match usize::from(*byte) {
        place if place >= first => characters[place - first],
        place => WINDOWS.get(place.wrapping_sub(0x80)).copied().unwrap_or(char::from(*byte)),
    };
    bytes.iter().map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_reads_the_same() {
        let plain = "BEGIN:ü";
        let le: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = plain.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
        for bytes in [
            plain.as_bytes().to_vec(),
            marked(&[0xEF, 0xBB, 0xBF], plain.as_bytes()),
            marked(&[0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF], plain.as_bytes()),
            marked(&[0xFF, 0xFE, 0xFF, 0xFE], &le),
            marked(&[0xFF, 0xFE], &le),
            marked(&[0xFE, 0xFF], &be),
            le.clone(),
            be.clone(),
            b"BEG\0IN:\xFC".to_vec(),
        ] {
            assert_eq!(text(&decode(&bytes)), plain);
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_windows_1252() {
        assert_eq!(text(b"Roadmap \x96 \x84M\xFCnchen\x93 5 \x80"), "Roadmap – „München“ 5 €");
        assert_eq!(text("Roadmap – 5 €".as_bytes()), "Roadmap – 5 €", "UTF-8 stays");
        let newlines: Vec<u8> = "\n\nBEGIN:ü".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&decode(&newlines)), "\n\nBEGIN:ü", "UTF-16 without a mark that begins with empty lines");
    }

    #[test]
    fn a_charset_that_is_named_is_read() {
        let read = |bytes: &'static [u8], charset: &str| {
            let (bytes, form) = declared(Cow::Borrowed(bytes), charset);
            (String::from_utf8(bytes.into_owned()), form)
        };
        for (bytes, charset, expected) in [
            (&b"\xD0\xCC\xC1\xCE"[..], "KOI8-R", "план"),
            (b"\xEF\xEB\xE0\xED \x96 Q3", "windows-1251", "план – Q3"),
            (b"\xEF\xEB\xE0\xED", "CP1251", "план"),
            (b"P\xF8ehled", "iso-8859-2", "Přehled"),
            (b"P\xF8ehled \x84x\x93", "ISO_8859-2", "Přehled „x“"),
            (b"\xD3\xF7\xDD\xE4\xE9\xEF", "ISO-8859-7", "Σχέδιο"),
            (b"M\x81nchen", "ibm850", "München"),
            (b"Caf\x8E", "x-mac-roman", "Café"),
            (b"Caf\xE9 \x80", "ISO-8859-1", "Café €"),
            ("план".as_bytes(), " utf-8 ", "план"),
        ] {
            assert_eq!(read(bytes, charset), (Ok(expected.to_string()), None), "{charset}");
        }
        let (text, form) = read(b"Roadmap \x83\x8D\x81\x5B Q3", "Shift_JIS");
        assert!(
            form == Some(Form::CharsetUnknown) && text.clone().unwrap().starts_with("Roadmap \u{fffd}"),
            "{text:?}"
        );
        // Two of its bytes happen to be UTF-8.
        assert_eq!(read(b"Q3 \xB2\xFA\xC6\xB7", "GB2312").0.unwrap(), "Q3 \u{fffd}\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(read(b"\x1B$B7W2h\x1B(B", "ISO-2022-JP").1, Some(Form::CharsetUnknown), "no letter in it is ASCII");
        assert_eq!(read(b"Roadmap", "Shift_JIS").1, None, "nothing is lost of ASCII");
        assert_eq!(read("Café".as_bytes(), "UNICODE-1-1-UTF-8"), (Ok("Café".into()), None));
        assert_eq!(declared(Cow::Borrowed(b"Caf\xE9"), "utf-8").1, Some(Form::CharsetGuessed));
    }

    #[test]
    fn every_table_is_whole() {
        for row in CHARSETS.lines() {
            let (names, characters) = row.split_once('\t').unwrap();
            assert!(matches!(characters.chars().count(), 96 | 128), "{names}");
        }
    }
}
