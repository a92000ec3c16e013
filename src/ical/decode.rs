//! Bytes of any encoding that calendars come in to bytes that are UTF-8 where the author meant UTF-8.

use super::line::{Lines, Property};
use super::value::Form;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, WINDOWS_1252, X_USER_DEFINED};
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

/// Latin-1 means windows-1252, as in browsers: nobody writes its control characters.
pub(super) fn windows(bytes: &[u8]) -> String {
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

/// Charsets of DOS that no browser knows: their names without signs, a tab, and their characters from 0x80 on.
const CHARSETS: &str = include_str!("charsets.txt");
/// Names that programs write, without signs, and the standard's (WHATWG Encoding Standard §4.2).
const ALIASES: [(&str, &str); 17] = [
    ("cp932", "shift_jis"),
    ("sjiswin", "shift_jis"),
    ("eucjpms", "euc-jp"),
    ("cp51932", "euc-jp"),
    ("jis", "iso-2022-jp"),
    ("cp50220", "iso-2022-jp"),
    ("cp50221", "iso-2022-jp"),
    ("cp936", "gbk"),
    ("windows936", "gbk"),
    ("euccn", "gbk"),
    ("uhc", "euc-kr"),
    ("cp950", "big5"),
    ("big5hkscs2008", "big5"),
    ("macroman", "macintosh"),
    ("latin9", "iso-8859-15"),
    ("latin10", "iso-8859-16"),
    ("iso885916", "iso-8859-16"),
];

/// The encoding of a name, however its signs are written.
fn named(charset: &str) -> Option<&'static Encoding> {
    let plain = plain(charset);
    let alias = ALIASES.iter().find(|(name, _)| *name == plain).map(|(_, label)| *label);
    let dashed = plain.strip_prefix("windows").or(plain.strip_prefix("cp")).map(|page| format!("windows-{page}"));
    let labels = [Some(charset.trim()), alias, dashed.as_deref(), Some(&plain)];
    let found = labels.into_iter().flatten().find_map(|label| Encoding::for_label(label.as_bytes()));
    found.filter(|encoding| *encoding != REPLACEMENT && *encoding != X_USER_DEFINED)
}

/// A charset's name without signs.
fn plain(charset: &str) -> String {
    let name: String = charset.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    name.strip_prefix('x').map(str::to_owned).unwrap_or(name)
}

/// The text of bytes that say in which `charset` they are, and what of that is guessed or not known. In a charset that is not
/// known ASCII stays readable.
pub(super) fn declared<'a>(bytes: Cow<'a, [u8]>, charset: &str) -> (Cow<'a, [u8]>, Option<Form>) {
    if is_plain(&bytes) {
        return (bytes, None);
    }
    let plain = plain(charset);
    if ["", "utf8", "ascii", "usascii"].contains(&&*plain) {
        let form = std::str::from_utf8(&bytes).is_err().then_some(Form::CharsetGuessed);
        return (bytes, form);
    }
    let utf8 = || !bytes.is_ascii() && std::str::from_utf8(&bytes).is_ok();
    if let Some(encoding) = named(charset) {
        let (text, broken) = decoded(encoding, &bytes);
        // That is no accident, where a letter has several bytes.
        if broken && utf8() {
            return (bytes, None);
        }
        return (Cow::Owned(text.into_bytes()), broken.then_some(Form::CharsetBroken));
    }
    match CHARSETS.lines().filter_map(|row| row.split_once('\t')).find(|(names, _)| is_one_of(&plain, names)) {
        Some((_, characters)) => (Cow::Owned(listed(&bytes, characters).into_bytes()), None),
        None if utf8() => (bytes, None),
        None => {
            let ascii = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER };
            let text: String = bytes.iter().map(ascii).collect();
            (Cow::Owned(text.into_bytes()), Some(Form::CharsetUnknown))
        }
    }
}

/// The text, and whether some bytes stand for nothing in that encoding. Where ISO 8859 has control characters, nobody writes them:
/// it is punctuation of windows-1252, as in [`windows`].
fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> (String, bool) {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let control = |c: char| matches!(c, '\u{80}'..='\u{9f}');
    if !encoding.is_single_byte() || !text.contains(control) {
        return (text.into_owned(), broken);
    }
    let one = |c: char| if control(c) { windows(&[u32::from(c) as u8]) } else { c.to_string() };
    (text.chars().map(one).collect(), broken)
}

fn is_one_of(name: &str, names: &str) -> bool {
    names.split(' ').any(|known| known == name)
}

fn listed(bytes: &[u8], characters: &str) -> String {
    let characters: Vec<char> = characters.chars().collect();
    let character = |byte: &u8| characters.get(usize::from(*byte).wrapping_sub(0x80)).copied();
    bytes.iter().map(|byte| character(byte).unwrap_or(char::from(*byte))).collect()
}

/// Begins another set of characters in ISO-2022-JP.
const ESCAPE: u8 = 0x1B;
/// So many bytes that are no ASCII tell which encoding a text is in.
const ENOUGH: usize = 64 << 10;

/// The encoding of a whole text that is `odd`, no UTF-8, or escapes, and of which most lines do not say what else: only one in which a letter has
/// several bytes. All others are taken for windows-1252, as ever: they look too much alike.
pub(super) fn foreign(bytes: &[u8], odd: bool) -> Option<&'static Encoding> {
    let escaped = memchr::memmem::find(bytes, b"\x1B$").is_some();
    if !escaped && !odd {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let (mut foreign, mut utf8, mut fed) = (Vec::new(), 0, 0);
    for line in Lines::new(bytes) {
        if fed > ENOUGH || is_plain(&line.bytes) || says_charset(&line.bytes) {
            continue;
        }
        utf8 += usize::from(!line.bytes.is_ascii() && std::str::from_utf8(&line.bytes).is_ok());
        fed += line.bytes.len();
        detector.feed(&line.bytes, false);
        detector.feed(b"\n", false);
        foreign.push(line.bytes);
    }
    if foreign.is_empty() || utf8 * 2 > foreign.len() {
        return None;
    }
    detector.feed(b"", true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let whole = || foreign.iter().all(|line| !encoding.decode_without_bom_handling(line).1);
    (!encoding.is_single_byte() && encoding != UTF_8 && whole()).then_some(encoding)
}

/// The line in UTF-8, of a text that is in `encoding` where it does not say otherwise; `None` where it is already.
pub(super) fn recoded(line: &[u8], encoding: &'static Encoding) -> Option<Vec<u8>> {
    (!is_plain(line) && !says_charset(line)).then(|| decoded(encoding, line).0.into_bytes())
}

/// ASCII, and nothing of ISO-2022-JP.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii() && *byte != ESCAPE)
}

fn says_charset(line: &[u8]) -> bool {
    Property::split(line).is_some_and(|property| property.param("CHARSET").is_some())
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
            (b"Roadmap \x83\x8D\x81\x5B Q3", "Shift_JIS", "Roadmap ロー Q3"),
            (b"\x95\x5C", "CP932", "表"),
            (b"Q3 \xB2\xFA\xC6\xB7", "GB2312", "Q3 产品"),
            (b"\xB2\xFA\xC6\xB7", "x-gbk", "产品"),
            (b"\xB2\xFA\x81\x30\x84\x36", "GB18030", "产\u{a5}"),
            (b"\xB2\xA3\xAB\x7E", "Big5", "產品"),
            (b"\xC1\xA6\xC7\xB0", "EUC-KR", "제품"),
            (b"\xC1\xA6\xC7\xB0", "ks_c_5601-1987", "제품"),
            (b"\x1B$B7W2h\x1B(B Q3", "ISO-2022-JP", "計画 Q3"),
            (b"\xB7\xD7\xB2\xE8", "EUC-JP", "計画"),
        ] {
            assert_eq!(read(bytes, charset), (Ok(expected.to_string()), None), "{charset}");
        }
        let broken = read(b"Q3 \x83", "Shift_JIS");
        assert!(broken.0.unwrap().starts_with("Q3 ") && broken.1 == Some(Form::CharsetBroken));
        let (text, form) = read(b"Roadmap \x83\x8D Q3", "EBCDIC-US");
        assert!(form == Some(Form::CharsetUnknown) && text.unwrap().starts_with("Roadmap \u{fffd}"));
        assert_eq!(read(b"\x1B$)C\x0E7W\x0F", "ISO-2022-KR").1, Some(Form::CharsetUnknown), "browsers refuse it");
        assert_eq!(read(b"Roadmap", "Shift_JIS").1, None, "nothing is lost of ASCII");
        assert_eq!(read("Café".as_bytes(), "UNICODE-1-1-UTF-8"), (Ok("Café".into()), None));
        assert_eq!(declared(Cow::Borrowed(b"Caf\xE9"), "utf-8").1, Some(Form::CharsetGuessed));
    }

    #[test]
    fn every_table_is_whole() {
        for row in CHARSETS.lines() {
            let (names, characters) = row.split_once('\t').unwrap();
            assert_eq!(characters.chars().count(), 128, "{names}");
            assert!(names.split(' ').all(|name| named(name).is_none()), "{names}");
        }
    }

    #[test]
    fn a_whole_text_in_letters_of_several_bytes_is_known_by_them() {
        let guess = |text: &str, encoding: &'static Encoding| {
            let (bytes, _, broken) = encoding.encode(text);
            assert!(!broken, "{text}");
            let lines = ["BEGIN:VEVENT", "SUMMARY:"].map(str::as_bytes);
            foreign(&[lines[0], b"\r\n", lines[1], &bytes, b"\r\nLOCATION:R1\r\nEND:VEVENT\r\n"].concat(), true)
        };
        for (text, encoding) in [
            ("製品ロードマップの計画会議", encoding_rs::SHIFT_JIS),
            ("製品ロードマップの計画会議", encoding_rs::EUC_JP),
            ("製品ロードマップの計画会議", encoding_rs::ISO_2022_JP),
            ("产品路线图规划会议", encoding_rs::GBK),
            ("產品路線圖規劃會議", encoding_rs::BIG5),
            ("제품 로드맵 계획 회의", encoding_rs::EUC_KR),
        ] {
            assert_eq!(guess(text, encoding), Some(encoding), "{text}");
        }
        for text in ["Café", "Überblick über die Märkte – „München“", "Größe", "Übung", "São Paulo: revisão"]
        {
            assert_eq!(guess(text, WINDOWS_1252), None, "{text}");
        }
        assert_eq!(guess("план продукта", encoding_rs::WINDOWS_1251), None);
        assert_eq!(guess("計画 – Überblick", UTF_8), None);
        // Folded amid a letter.
        let (bytes, ..) = encoding_rs::SHIFT_JIS.encode("製品ロードマップの計画会議");
        let folded = [b"SUMMARY:", &bytes[..7], b"\r\n ", &bytes[7..], b"\r\n"].concat();
        assert_eq!(foreign(&folded, true), Some(encoding_rs::SHIFT_JIS));
    }
}
