//! The text of one file and the positions in it.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Index of a file in [`Sources`]; files are numbered in path order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// One file's decoded text.
#[derive(Debug)]
pub struct SourceFile {
    /// Where it is on disk, as the user would name it.
    pub path: PathBuf,
    /// How reports show it: relative to the working folder, forward slashes.
    pub display: String,
    /// The text, decoded to UTF-8 without a byte order mark. Line ends as in the file.
    pub text: Arc<str>,
    /// Where its lines begin.
    pub lines: LineIndex,
}

impl SourceFile {
    /// A file whose lines are indexed when first asked for.
    pub fn new(path: PathBuf, display: String, text: Arc<str>) -> Self {
        let lines = LineIndex::lazy(Arc::clone(&text));
        Self {
            path,
            display,
            text,
            lines,
        }
    }
}

/// All files of one run that somebody may have to point at.
#[derive(Debug, Default)]
pub struct Sources {
    /// By [`FileId`].
    pub files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// The file of an id.
    pub fn get(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }
}

/// Byte offsets of line starts; does all conversions of columns. `\n`, `\r\n` and a lone `\r` end lines.
///
/// Built on first use when made by [`LineIndex::lazy`]: most files of a run are never pointed at.
#[derive(Debug, Clone, Default)]
pub struct LineIndex {
    text: Arc<str>,
    starts: OnceLock<Vec<u32>>,
}

/// A line and column, both from 1; the column counts in the unit of the function that made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct LineColumn {
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
}

impl LineIndex {
    /// Indexes `text` now.
    pub fn new(text: &str) -> Self {
        Self {
            text: Arc::default(),
            starts: OnceLock::from(line_starts(text)),
        }
    }

    /// Indexes `text` when a line is first asked for.
    pub fn lazy(text: Arc<str>) -> Self {
        Self {
            text,
            starts: OnceLock::new(),
        }
    }

    fn starts(&self) -> &[u32] {
        self.starts.get_or_init(|| line_starts(&self.text))
    }

    /// The line (from 1) that holds `byte`.
    pub fn line(&self, byte: u32) -> u32 {
        self.starts().partition_point(|&s| s <= byte) as u32
    }

    /// How many lines there are.
    pub fn len(&self) -> u32 {
        self.starts().len() as u32
    }

    /// Whether there is no line (never: an empty text has one).
    pub fn is_empty(&self) -> bool {
        self.starts().is_empty()
    }

    /// The bytes of `line` (from 1), its end of line included.
    pub fn range(&self, line: u32, text: &str) -> Range<usize> {
        let i = (line.max(1) - 1) as usize;
        let starts = self.starts();
        let start = starts.get(i).copied().unwrap_or(text.len() as u32) as usize;
        let end = starts.get(i + 1).copied().unwrap_or(text.len() as u32) as usize;
        start..end
    }

    /// Line and column of `byte`, the column in Unicode code points.
    pub fn code_points(&self, byte: u32, text: &str) -> LineColumn {
        self.column_by(byte, text, |s| s.chars().count())
    }

    /// Line and column of `byte`, the column in UTF-16 code units.
    pub fn utf16(&self, byte: u32, text: &str) -> LineColumn {
        self.column_by(byte, text, |s| s.chars().map(char::len_utf16).sum())
    }

    fn column_by(&self, byte: u32, text: &str, count: impl Fn(&str) -> usize) -> LineColumn {
        let line = self.line(byte);
        let start = self.starts()[(line - 1) as usize] as usize;
        let mut at = (byte as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        LineColumn {
            line,
            column: count(&text[start.min(at)..at]) as u32 + 1,
        }
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for i in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes[i] == b'\n' || bytes.get(i + 1) != Some(&b'\n') {
            starts.push(i as u32 + 1);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_line_ends_count() {
        let text = "a\r\nb\rc\n\nd";
        let index = LineIndex::new(text);
        assert_eq!(index.len(), 5);
        assert_eq!(index.line(text.find('c').unwrap() as u32), 3);
        let lazy = LineIndex::lazy(Arc::from(text));
        assert_eq!(lazy.range(2, text), index.range(2, text));
        assert_eq!(lazy.line(text.len() as u32), 5);
    }

    #[test]
    fn columns_in_both_units() {
        let text = "x = '\u{1F600}' + y";
        let index = LineIndex::new(text);
        let at = text.find('y').unwrap() as u32;
        assert_eq!(index.code_points(at, text).column, 11);
        assert_eq!(index.utf16(at, text).column, 12);
    }
}
