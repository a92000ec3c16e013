//! Bytes of any encoding that calendars come in to bytes that are UTF-8 where the author meant UTF-8.

use std::borrow::Cow;

/// UTF-16 becomes UTF-8; byte order marks and NUL bytes go. Text that is not UTF-8 stays as it is: folding may have cut
/// a character in two, so [`text`] decides once a line is whole.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => without_nul(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'B' | b'b', 0, b'E' | b'e', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'B' | b'b', 0, b'E' | b'e', ..] => utf16(bytes, u16::from_be_bytes),
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
    Cow::Owned(without_nul(text.as_bytes()).into_owned())
}

/// UTF-8, or else Latin-1: what old exports without a declared encoding hold.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()),
    }
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
            marked(&[0xFF, 0xFE], &le),
            marked(&[0xFE, 0xFF], &be),
            le.clone(),
            be.clone(),
            b"BEG\0IN:\xFC".to_vec(),
        ] {
            assert_eq!(text(&decode(&bytes)), plain);
        }
    }
}
