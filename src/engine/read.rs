//! From a file found to its text, the anchors in it and its outline.

use std::sync::Arc;

use super::Engine;
use crate::files::decode::{self, SIZE_LIMIT};
use crate::files::scan::{NeedleSet, Outline, Scanner};
use crate::files::walk::{self, Found, Reason};
use crate::report::finding::Notification;
use crate::syntax::Lang;

/// One file after reading.
pub(super) struct Loaded {
    pub(super) found: Found,
    pub(super) text: Arc<str>,
    pub(super) needles: NeedleSet,
    pub(super) outline: Outline,
    pub(super) notes: Vec<Notification>,
}

pub(super) enum Read {
    Loaded(Box<Loaded>),
    LeftOut(Reason, Option<Notification>),
    Failed(Notification),
}

impl Engine<'_> {
    pub(super) fn read(&self, found: &Found, scanner: &Scanner) -> Read {
        thread_local! {
            static BUFFER: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
        }
        let note = |line, message: String| Notification {
            path: found.display.clone(),
            line,
            message,
        };
        if let Some((path, bytes)) = &self.settings.stdin
            && *path == found.path
        {
            return load(found, bytes, scanner);
        }
        BUFFER.with_borrow_mut(|buffer| {
            use std::io::Read as _;
            buffer.clear();
            let read = std::fs::File::open(&found.absolute)
                .and_then(|mut file| file.by_ref().take(SIZE_LIMIT + 1).read_to_end(buffer));
            if let Err(error) = read {
                return Read::Failed(note(None, walk::io_reason(&error)));
            }
            load(found, buffer, scanner)
        })
    }
}

fn load(found: &Found, bytes: &[u8], scanner: &Scanner) -> Read {
    let note = |line, message: String| Notification {
        path: found.display.clone(),
        line,
        message,
    };
    if bytes.len() as u64 > SIZE_LIMIT {
        let message = format!("skipped: larger than {} MiB", SIZE_LIMIT >> 20);
        return Read::LeftOut(Reason::Large, Some(note(None, message)));
    }
    if !found.explicit && walk::is_generated(bytes) {
        return Read::LeftOut(Reason::Generated, None);
    }
    let decoded = match decode::decode(bytes, found.lang) {
        Ok(decoded) => decoded,
        Err(reason) => return Read::LeftOut(Reason::Binary, Some(note(None, reason))),
    };
    Read::Loaded(Box::new(Loaded {
        needles: scanner.scan(decoded.text.as_bytes()),
        outline: Outline::new(&decoded.text, found.lang),
        notes: decoded
            .note
            .into_iter()
            .map(|(line, message)| note(line, message))
            .collect(),
        text: Arc::from(&*decoded.text),
        found: found.clone(),
    }))
}

/// Parses with tree-sitter alone, one parser a thread, and gives the number of bytes.
pub(super) fn parse_tree(text: &str, lang: Lang) -> usize {
    use std::cell::RefCell;
    thread_local! {
        static PARSERS: RefCell<[Option<tree_sitter::Parser>; 2]> = const { RefCell::new([None, None]) };
    }
    PARSERS.with_borrow_mut(|parsers| {
        let (slot, language) = match lang {
            Lang::Python => (&mut parsers[0], tree_sitter_python::LANGUAGE),
            Lang::Go => (&mut parsers[1], tree_sitter_go::LANGUAGE),
        };
        let parser = slot.get_or_insert_with(|| {
            let mut parser = tree_sitter::Parser::new();
            // A grammar of another version is a broken build, found by the first test.
            let _ = parser.set_language(&language.into());
            parser
        });
        parser
            .parse(text, None)
            .map_or(0, |tree| tree.root_node().end_byte())
    })
}
