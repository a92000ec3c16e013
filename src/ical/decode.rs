//! Bytes of any encoding that calendars come in to bytes that are UTF-8 where the author meant UTF-8.

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
}
