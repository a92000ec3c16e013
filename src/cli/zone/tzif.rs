//! A file of one zone (TZif, RFC 9636): offsets between transitions, and a rule for what comes after.

use super::posix::Rule;

/// Most transitions that are read: the longest of the database has some 240.
const MOST: usize = 10_000;

/// What is in a file.
pub(super) struct File {
    /// Seconds since 1970 with the offset from there on, in seconds east.
    changes: Vec<(i64, i32)>,
    /// Before the first of them.
    first: i32,
    /// After the last of them.
    rule: Option<Rule>,
}

/// How long each part of a block is.
struct Head {
    version: u8,
    times: usize,
    types: usize,
    letters: usize,
    leaps: usize,
    standard: usize,
    universal: usize,
}

impl Head {
    const LENGTH: usize = 44;

    fn parse(bytes: &[u8]) -> Option<Head> {
        if !bytes.starts_with(b"TZif") || bytes.len() < Head::LENGTH {
            return None;
        }
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
        let head = Head {
            version: bytes[4],
            universal: number(20)?,
            standard: number(24)?,
            leaps: number(28)?,
            times: number(32)?,
            types: number(36)?,
            letters: number(40)?,
        };
        let all = [head.universal, head.standard, head.leaps, head.times, head.types, head.letters];
        all.iter().all(|count| *count < MOST).then_some(head)
    }

    /// The block's length where a time takes `size` bytes.
    fn block(&self, size: usize) -> usize {
        self.times * (size + 1)
            + self.types * 6
            + self.letters
            + self.leaps * (size + 4)
            + self.standard
            + self.universal
    }
}

impl File {
    /// Reads a file; `None` where it is none.
    pub(super) fn parse(bytes: &[u8]) -> Option<File> {
        let head = Head::parse(bytes)?;
        let body = &bytes[Head::LENGTH..];
        if head.version < b'2' {
            return File::block(&head, body, 4, None);
        }
        // The first block is for readers of the first version.
        let rest = body.get(head.block(4)..)?;
        let head = Head::parse(rest)?;
        let body = &rest[Head::LENGTH..];
        let footer = body.get(head.block(8)..).and_then(|footer| std::str::from_utf8(footer).ok());
        File::block(&head, body, 8, footer.and_then(|footer| Rule::parse(footer.trim())))
    }

    fn block(head: &Head, body: &[u8], size: usize, rule: Option<Rule>) -> Option<File> {
        let (times, rest) = body.split_at_checked(head.times * size)?;
        let (kinds, rest) = rest.split_at_checked(head.times)?;
        let types = rest.get(..head.types * 6)?;
        let offset = |kind: usize| Some(i32::from_be_bytes(types.get(kind * 6..kind * 6 + 4)?.try_into().ok()?));
        let time = |bytes: &[u8]| match bytes {
            [a, b, c, d] => i64::from(i32::from_be_bytes([*a, *b, *c, *d])),
            long => long.try_into().map_or(0, i64::from_be_bytes),
        };
        let pairs = times.chunks_exact(size).zip(kinds);
        let changes = pairs.map(|(at, kind)| Some((time(at), offset(usize::from(*kind))?))).collect::<Option<_>>()?;
        Some(File { changes, first: offset(0)?, rule })
    }

    /// Seconds east of UTC at an instant.
    pub(super) fn offset(&self, at: i64) -> i32 {
        let before = self.changes.partition_point(|(change, _)| *change <= at);
        match (before.checked_sub(1), &self.rule) {
            (_, Some(rule)) if before == self.changes.len() => rule.offset(at),
            (None, _) => self.first,
            (Some(last), _) => self.changes[last].1,
        }
    }
}
