//! One pass over the bytes of a file: which anchors occur, what is imported, what is defined.
//!
//! Everything here is an over-approximation made without parsing: a docstring that looks like an import is taken for
//! one. It decides only what is worth parsing.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::syntax::{Lang, Span};

/// How many anchors a scanner can tell apart.
pub const MAX_NEEDLES: usize = 512;

/// The anchors found in a file, by index into the needles of the [`Scanner`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct NeedleSet([u64; MAX_NEEDLES / 64]);

impl NeedleSet {
    /// Whether needle `i` was found.
    pub fn contains(&self, i: usize) -> bool {
        self.0
            .get(i / 64)
            .is_some_and(|word| word >> (i % 64) & 1 == 1)
    }

    /// Adds needle `i`.
    pub fn insert(&mut self, i: usize) {
        self.0[i / 64] |= 1 << (i % 64);
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: &Self) {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a |= b;
        }
    }

    /// Whether each of `other` is in it.
    pub fn is_superset(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(a, b)| a & b == b)
    }

    /// The indices of those found, rising.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..MAX_NEEDLES).filter(|&i| self.contains(i))
    }
}

/// Below this many bytes an anchor is searched alone: it would spoil the vectorised search of all others (measured: a
/// two-byte anchor among 25 costs a factor of seven).
const SHORT: usize = 4;

/// How many anchors one automaton gets: the vectorised search ends at 64.
const GROUP: usize = 48;

/// Searches many anchors at once.
#[derive(Debug)]
pub struct Scanner {
    short: Vec<(memchr::memmem::Finder<'static>, usize)>,
    /// Each with the index of its first needle in `order`.
    automata: Vec<(AhoCorasick, usize)>,
    order: Vec<usize>,
    /// For each needle, itself and the needles inside it.
    implied: Vec<NeedleSet>,
}

impl Scanner {
    /// Compiles `needles`; equal needles are found together. Fails above [`MAX_NEEDLES`].
    pub fn new<S: AsRef<[u8]>>(needles: &[S]) -> anyhow::Result<Self> {
        anyhow::ensure!(
            needles.len() <= MAX_NEEDLES,
            "{} anchors, but at most {MAX_NEEDLES} are possible",
            needles.len()
        );
        anyhow::ensure!(
            needles.iter().all(|n| !n.as_ref().is_empty()),
            "an anchor is empty"
        );
        let mut implied = vec![NeedleSet::default(); needles.len()];
        for (set, outer) in implied.iter_mut().zip(needles) {
            for (j, inner) in needles.iter().enumerate() {
                if memchr::memmem::find(outer.as_ref(), inner.as_ref()).is_some() {
                    set.insert(j);
                }
            }
        }
        let (short, order): (Vec<usize>, Vec<usize>) =
            (0..needles.len()).partition(|&i| needles[i].as_ref().len() < SHORT);
        let mut automata = Vec::new();
        for (group, indices) in order.chunks(GROUP).enumerate() {
            // The vectorised search finds them all: the automaton behind it, which is never asked, had better be the one
            // that is built at once.
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .kind(Some(AhoCorasickKind::NoncontiguousNFA))
                .build(indices.iter().map(|&i| needles[i].as_ref()))?;
            automata.push((automaton, group * GROUP));
        }
        let finder = |i: usize| memchr::memmem::Finder::new(needles[i].as_ref()).into_owned();
        Ok(Self {
            short: short.into_iter().map(|i| (finder(i), i)).collect(),
            automata,
            order,
            implied,
        })
    }

    /// The needles that occur in `bytes`.
    pub fn scan(&self, bytes: &[u8]) -> NeedleSet {
        let mut found = NeedleSet::default();
        for (automaton, first) in &self.automata {
            let mut at = 0;
            // Restarting just after a match's first byte finds needles that overlap it; those inside it are implied.
            while let Some(hit) = automaton.find(aho_corasick::Input::new(bytes).range(at..)) {
                found.extend(&self.implied[self.order[first + hit.pattern().as_usize()]]);
                at = hit.start() + 1;
            }
        }
        for (finder, i) in &self.short {
            if !found.contains(*i) && finder.find(bytes).is_some() {
                found.extend(&self.implied[*i]);
            }
        }
        found
    }
}

/// What a definition defines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefKind {
    /// A function or method.
    Function,
    /// A Python class or Go type.
    Type,
}

/// The head of a definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Def {
    /// What it defines.
    pub kind: DefKind,
    /// The name.
    pub name: Span,
    /// Where its line begins.
    pub line_start: u32,
    /// Blanks before it (Python): 0 is module level.
    pub indent: u32,
}

/// Imports and definitions of a file, found line by line.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Python: whole `import`/`from` statements. Go: the paths, without quotes.
    pub imports: Vec<Span>,
    /// In the order of the text.
    pub defs: Vec<Def>,
}

impl Outline {
    /// Goes through `text` once.
    pub fn new(text: &str, lang: Lang) -> Self {
        match lang {
            Lang::Python => python(text),
            Lang::Go => go(text),
        }
    }

    /// The names defined.
    pub fn names<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        self.defs.iter().filter_map(|d| slice(text, d.name))
    }

    /// The modules imported. Python: dotted, leading dots kept; `from a import b` gives `a` and `a.b`
    /// (`from . import b` gives `.` and `.b`), since `b` may be a module. Go: the paths.
    pub fn modules(&self, text: &str, lang: Lang) -> Vec<String> {
        let statements = self.imports.iter().filter_map(|&s| slice(text, s));
        match lang {
            Lang::Go => statements.map(str::to_owned).collect(),
            Lang::Python => statements.flat_map(python_modules).collect(),
        }
    }
}

fn slice(text: &str, span: Span) -> Option<&str> {
    text.get(span.start as usize..span.end as usize)
}

fn span(start: usize, end: usize) -> Span {
    Span {
        start: start as u32,
        end: end as u32,
    }
}

/// The parts of a Python import statement.
fn python_modules(statement: &str) -> Vec<String> {
    let plain = |b: u8| !matches!(b, b'#' | b'(' | b')' | b'\\' | b'\n');
    let clean = if statement.bytes().all(plain) {
        Cow::Borrowed(statement)
    } else {
        let lines = statement.lines();
        let code: Vec<&str> = lines.map(|l| l.split('#').next().unwrap_or("")).collect();
        Cow::Owned(code.join(" ").replace(['(', ')', '\\'], " "))
    };
    let name = |part: &str| part.split_whitespace().next().map(str::to_owned);
    let clean = clean.trim();
    if let Some(rest) = clean.strip_prefix("from") {
        let Some((module, names)) = rest
            .split_once(" import ")
            .or_else(|| rest.split_once("import "))
        else {
            return Vec::new();
        };
        let module = module.split_whitespace().collect::<String>();
        let mut all = vec![module.clone()];
        let joint = if module.ends_with('.') { "" } else { "." };
        for part in names.split(',').filter_map(name).filter(|n| n != "*") {
            all.push(format!("{module}{joint}{part}"));
        }
        all
    } else if let Some(rest) = clean.strip_prefix("import") {
        rest.split(',').filter_map(name).collect()
    } else {
        Vec::new()
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn name_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|&b| !is_name(b))
        .map_or(bytes.len(), |n| from + n)
}

fn python(text: &str) -> Outline {
    let bytes = text.as_bytes();
    let mut outline = Outline::default();
    let mut start = 0;
    while start < bytes.len() {
        let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |n| start + n);
        let mut next = end + 1;
        let indent = bytes[start..end]
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | 0x0c))
            .count();
        let first = start + indent;
        let line = &bytes[first..end];
        let mut def = |kind, skip: usize| {
            let from = first + skip + line[skip..].iter().take_while(|b| **b == b' ').count();
            let to = name_end(bytes, from);
            if to > from {
                outline.defs.push(Def {
                    kind,
                    name: span(from, to),
                    line_start: start as u32,
                    indent: indent as u32,
                });
            }
        };
        match line.first() {
            Some(b'd') if line.starts_with(b"def ") => def(DefKind::Function, 4),
            Some(b'a') if line.starts_with(b"async def ") => def(DefKind::Function, 10),
            Some(b'c') if line.starts_with(b"class ") => def(DefKind::Type, 6),
            Some(b'i') if line.starts_with(b"import ") => {
                next = import_end(bytes, first, end);
                outline.imports.push(span(first, next));
            }
            Some(b'f') if line.starts_with(b"from ") || line.starts_with(b"from.") => {
                // Prose in docstrings begins with "from" too.
                let to = import_end(bytes, first, end);
                if memchr::memmem::find(&bytes[first..to], b"import").is_some() {
                    outline.imports.push(span(first, to));
                    next = to;
                }
            }
            _ => {}
        }
        start = next;
    }
    outline
}

/// Where the statement ends whose first line is `start..end`: at the closing parenthesis or without a backslash.
fn import_end(bytes: &[u8], start: usize, mut end: usize) -> usize {
    if let Some(open) = memchr::memchr(b'(', &bytes[start..end]) {
        let from = start + open;
        // An import list is short; without an end the line alone is taken.
        let window = &bytes[from..bytes.len().min(from + 20_000)];
        return memchr::memchr(b')', window).map_or(end, |n| from + n + 1);
    }
    while end > start && bytes[end - 1] == b'\\' && end + 1 < bytes.len() {
        let from = if bytes[end..].starts_with(b"\r\n") {
            end + 2
        } else {
            end + 1
        };
        end = memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |n| from + n);
    }
    end
}

fn go(text: &str) -> Outline {
    let bytes = text.as_bytes();
    let mut outline = Outline::default();
    #[derive(PartialEq)]
    enum Block {
        None,
        Imports,
        Types,
    }
    let mut block = Block::None;
    let mut start = 0;
    while start < bytes.len() {
        let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |n| start + n);
        let line = &bytes[start..end];
        let mut def = |kind, from: usize| {
            let from = from + bytes[from..end].iter().take_while(|b| **b == b' ').count();
            let to = name_end(bytes, from).min(end);
            if to > from {
                outline.defs.push(Def {
                    kind,
                    name: span(from, to),
                    line_start: start as u32,
                    indent: 0,
                });
            }
        };
        match (&block, line.first()) {
            (Block::None, Some(b'f')) if line.starts_with(b"func ") => {
                let mut from = start + 5;
                if bytes.get(from) == Some(&b'(') {
                    from = memchr::memchr(b')', &bytes[from..end]).map_or(end, |n| from + n + 1);
                }
                def(DefKind::Function, from);
            }
            (Block::None, Some(b't')) if line.starts_with(b"type ") => {
                if line[5..].trim_ascii_start().starts_with(b"(") {
                    block = Block::Types;
                } else {
                    def(DefKind::Type, start + 5);
                }
            }
            (Block::None, Some(b'i')) if line.starts_with(b"import") => {
                if line[6..].trim_ascii_start().starts_with(b"(") {
                    block = Block::Imports;
                }
                quoted(line, start, &mut outline.imports);
            }
            (Block::Imports | Block::Types, Some(b')')) => block = Block::None,
            (Block::Imports, _) => {
                quoted(line, start, &mut outline.imports);
                if line.trim_ascii_end().ends_with(b")") {
                    block = Block::None;
                }
            }
            // One tab or four blanks: the entries of the block, not the fields of its structs.
            (Block::Types, Some(b'\t')) if line.get(1).is_some_and(|&b| is_name(b)) => {
                def(DefKind::Type, start + 1);
            }
            _ => {}
        }
        start = end + 1;
    }
    outline
}

fn quoted(line: &[u8], start: usize, into: &mut Vec<Span>) {
    let trimmed = line.trim_ascii_start();
    if trimmed.starts_with(b"//") {
        return;
    }
    for quote in [b'"', b'`'] {
        if let Some(from) = memchr::memchr(quote, line)
            && let Some(len) = memchr::memchr(quote, &line[from + 1..])
        {
            into.push(span(start + from + 1, start + from + 1 + len));
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(needles: &[&str], text: &str) -> Vec<usize> {
        Scanner::new(needles)
            .unwrap()
            .scan(text.as_bytes())
            .iter()
            .collect()
    }

    #[test]
    fn needles_inside_and_across_others_are_found() {
        let needles = [
            "boto3",
            "foo.bar",
            "bar.baz",
            "boto3.client",
            "oto",
            "absent",
            "foo",
        ];
        assert_eq!(
            found(&needles, "x = foo.bar.baz; boto3.client()"),
            [0, 1, 2, 3, 4, 6]
        );
        assert_eq!(found(&needles, "nothing"), [] as [usize; 0]);
        assert_eq!(found(&[], "nothing"), [] as [usize; 0]);
        assert!(Scanner::new(&[""]).is_err());
    }

    #[test]
    fn many_needles_agree_with_plain_search() {
        let needles: Vec<String> = (0..300).map(|i| format!("n{i}x")).collect();
        let text: String = (0..300).step_by(7).map(|i| format!(" n{i}x")).collect();
        let set = Scanner::new(&needles).unwrap().scan(text.as_bytes());
        for (i, needle) in needles.iter().enumerate() {
            assert_eq!(set.contains(i), text.contains(needle.as_str()), "{needle}");
        }
    }

    #[test]
    fn python_outline() {
        let text = "import os, sys as s\nfrom .models import (\n    A,  # x, y\n    B as C,\n)\nfrom a.b \\\n  import c\n\
                    class K(Base):\r\n    async def f(self): pass\n    def g (self):\n        from . import late\n\
                    from the docs\ndefault = 1\n";
        let outline = Outline::new(text, Lang::Python);
        assert_eq!(outline.names(text).collect::<Vec<_>>(), ["K", "f", "g"]);
        assert_eq!(
            outline.modules(text, Lang::Python),
            [
                "os",
                "sys",
                ".models",
                ".models.A",
                ".models.B",
                "a.b",
                "a.b.c",
                ".",
                ".late"
            ]
        );
        assert_eq!(outline.defs[1].indent, 4);
    }

    #[test]
    fn go_outline() {
        let text = "package p\r\n\r\nimport (\r\n\t\"fmt\"\r\n\tx \"a/b\" // \"c\"\r\n\t// \"no\"\r\n)\r\nimport `one`\r\n\
                    func F() {}\r\nfunc (s *S[T]) M(a int) {}\r\ntype T struct {\n\tA int\n}\ntype (\n\tU int\n\tV struct {\n\t\tB int\n\t}\n)\n";
        let outline = Outline::new(text, Lang::Go);
        assert_eq!(outline.modules(text, Lang::Go), ["fmt", "a/b", "one"]);
        assert_eq!(
            outline.names(text).collect::<Vec<_>>(),
            ["F", "M", "T", "U", "V"]
        );
    }

    #[test]
    fn odd_text_does_not_panic() {
        for text in [
            "",
            "import ",
            "from . import (",
            "import a\\",
            "def ",
            "func (",
            "import (\n\"",
            "\r\r\n",
            "class é",
        ] {
            for lang in [Lang::Python, Lang::Go] {
                let outline = Outline::new(text, lang);
                let _ = outline.modules(text, lang);
                let _ = outline.names(text).count();
            }
        }
    }
}
