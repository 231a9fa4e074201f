//! Suppression comments: where they stand, what they cover, and which of them cover nothing.
//!
//! `# lostupdate: ignore[rule, other] -- reason` counts at the start of a comment only: on any line of a statement of
//! the history, alone in the comment lines directly above one, or on or above a function's first line.
//! `ignore-file[...]` counts at the top of a file.

use crate::config::{Vocabulary, unknown};
use crate::files::{FileId, SourceFile, Sources};
use crate::report::finding::{Finding, Loc, Notification};
use crate::rules::{Confidence, RuleMeta};
use crate::syntax::{Lang, Span};

/// What every file with a suppression contains.
pub const MARKER: &[u8] = b"lostupdate:";

/// The rule that reports suppressions without effect.
pub const UNUSED: &str = "unused-suppression";

/// One comment in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Comment {
    span: Span,
    /// Nothing but blanks stands before it on its line.
    alone: bool,
}

/// The comments of a file, found without parsing: strings are skipped.
fn comments(text: &str, lang: Lang) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut alone = true;
    let mut i = 0;
    while i < bytes.len() {
        let start = i;
        match bytes[i] {
            b'\n' | b'\r' => {
                alone = true;
                i += 1;
                continue;
            }
            b' ' | b'\t' | 0x0c => {
                i += 1;
                continue;
            }
            b'#' if lang == Lang::Python => i = line_end(bytes, i),
            b'/' if lang == Lang::Go && bytes.get(i + 1) == Some(&b'/') => i = line_end(bytes, i),
            b'/' if lang == Lang::Go && bytes.get(i + 1) == Some(&b'*') => {
                i = memchr::memmem::find(&bytes[i + 2..], b"*/").map_or(bytes.len(), |n| i + n + 4);
            }
            quote @ (b'"' | b'\'') => {
                i = string_end(bytes, i, quote, lang);
                alone = false;
                continue;
            }
            b'`' if lang == Lang::Go => {
                i = memchr::memchr(b'`', &bytes[i + 1..]).map_or(bytes.len(), |n| i + n + 2);
                alone = false;
                continue;
            }
            _ => {
                alone = false;
                i += 1;
                continue;
            }
        }
        found.push(Comment {
            span: Span {
                start: start as u32,
                end: i as u32,
            },
            alone,
        });
    }
    found
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |n| from + n)
}

/// One past the end of the string that starts at `from`; an unterminated one ends with its line.
fn string_end(bytes: &[u8], from: usize, quote: u8, lang: Lang) -> usize {
    let triple = [quote; 3];
    let long = lang == Lang::Python && bytes[from..].starts_with(&triple);
    let mut i = from + if long { 3 } else { 1 };
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if bytes[i + 1..].starts_with(b"\r\n") => i += 3,
            b'\\' => i += 2,
            b if b == quote && !long => return i + 1,
            b if b == quote && bytes[i..].starts_with(&triple) => return i + 3,
            b'\n' | b'\r' if !long => return i,
            _ => i += 1,
        }
    }
    bytes.len()
}

/// One rule id named by a suppression.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Id {
    name: String,
    span: Span,
    used: bool,
}

/// What a suppression covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scope {
    Line,
    File,
}

/// One suppression comment.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Suppression {
    scope: Scope,
    line: u32,
    ids: Vec<Id>,
    reason: Option<String>,
    span: Span,
}

/// The suppressions of one file.
#[derive(Debug)]
pub struct FileSuppressions {
    file: FileId,
    lang: Lang,
    all: Vec<Suppression>,
    /// Lines that hold nothing but comments, sorted.
    comment_lines: Vec<u32>,
}

/// A comment that begins like ours.
enum Marker<'a> {
    None,
    Malformed(&'static str),
    Ignore(Scope, &'a str, Option<&'a str>),
}

/// Reads a comment with its signs.
fn marker(comment: &str) -> Marker<'_> {
    let body = comment
        .strip_prefix('#')
        .or_else(|| comment.strip_prefix("//"))
        .unwrap_or_else(|| {
            let body = comment.strip_prefix("/*").unwrap_or(comment);
            body.strip_suffix("*/").unwrap_or(body)
        });
    let Some(rest) = body.trim_start().strip_prefix("lostupdate:") else {
        return Marker::None;
    };
    let rest = rest.trim_start();
    let (scope, rest) = if let Some(rest) = rest.strip_prefix("ignore-file") {
        (Scope::File, rest)
    } else if let Some(rest) = rest.strip_prefix("ignore") {
        (Scope::Line, rest)
    } else {
        return Marker::None;
    };
    // Prose such as "ignored" or "ignore this".
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return Marker::None;
    }
    let Some(rest) = rest.trim_start().strip_prefix('[') else {
        return Marker::Malformed("a suppression names its rules: ignore[rule-id] -- reason");
    };
    let Some((ids, rest)) = rest.split_once(']') else {
        return Marker::Malformed("the closing bracket of this suppression is missing");
    };
    if ids.trim().is_empty() {
        return Marker::Malformed("a suppression names its rules: ignore[rule-id] -- reason");
    }
    let reason = rest
        .trim()
        .strip_prefix("--")
        .map(str::trim)
        .filter(|r| !r.is_empty());
    Marker::Ignore(scope, ids, reason)
}

impl FileSuppressions {
    /// Reads the suppressions of a file; `None` if it has none. What is wrong with them goes to `notes`.
    pub fn parse(
        id: FileId,
        file: &SourceFile,
        lang: Lang,
        vocabulary: &Vocabulary,
        notes: &mut Vec<Notification>,
    ) -> Option<Self> {
        let text: &str = &file.text;
        memchr::memmem::find(text.as_bytes(), MARKER)?;
        let comments = comments(text, lang);
        let lines = &file.lines;
        let mut note = |line: u32, message: String| {
            notes.push(Notification {
                path: file.display.clone(),
                line: Some(line),
                message,
            });
        };
        let top = top_end(text, lang, &comments);
        let mut all = Vec::new();
        let mut comment_lines = Vec::new();
        for comment in &comments {
            let line = lines.line(comment.span.start);
            if comment.alone {
                comment_lines.extend(line..=lines.line(comment.span.end.saturating_sub(1)));
            }
            let body = &text[comment.span.start as usize..comment.span.end as usize];
            match marker(body) {
                Marker::None => {}
                Marker::Malformed(why) => note(line, format!("suppression without effect: {why}")),
                Marker::Ignore(Scope::File, ..) if comment.span.start > top => note(
                    line,
                    "suppression without effect: ignore-file counts at the top of the file only"
                        .to_owned(),
                ),
                Marker::Ignore(scope, list, reason) => {
                    let mut ids = Vec::new();
                    let mut at = list.as_ptr() as usize - text.as_ptr() as usize;
                    for part in list.split(',') {
                        let name = part.trim();
                        let start = at + (part.len() - part.trim_start().len());
                        at += part.len() + 1;
                        if name.is_empty() {
                            continue;
                        }
                        if vocabulary.rule(name).is_none() {
                            let message =
                                unknown("rule", name, vocabulary.rules.iter().map(|r| r.id));
                            note(line, format!("suppression: {message}"));
                            continue;
                        }
                        ids.push(Id {
                            name: name.to_owned(),
                            span: Span {
                                start: start as u32,
                                end: (start + name.len()) as u32,
                            },
                            used: false,
                        });
                    }
                    all.push(Suppression {
                        scope,
                        line,
                        ids,
                        reason: reason.map(str::to_owned),
                        span: comment.span,
                    });
                }
            }
        }
        Some(Self {
            file: id,
            lang,
            all,
            comment_lines,
        })
    }

    fn is_comment_line(&self, line: u32) -> bool {
        self.comment_lines.binary_search(&line).is_ok()
    }

    /// Adds the lines on which a suppression covers `loc`: its own, and the comment lines directly above.
    fn lines_of(&self, first: u32, last: u32, into: &mut Vec<u32>) {
        into.extend(first..=last);
        self.above(first, into);
    }

    fn above(&self, first: u32, into: &mut Vec<u32>) {
        let mut line = first;
        while line > 1 && self.is_comment_line(line - 1) {
            line -= 1;
            into.push(line);
        }
    }

    fn function_lines(&self, file: &SourceFile, start: u32, into: &mut Vec<u32>) {
        let text: &str = &file.text;
        let head = text.get(start as usize..).unwrap_or("");
        // Code outside functions has no line to carry a suppression for all of it.
        if !["def", "async", "@", "func"]
            .iter()
            .any(|word| head.starts_with(word))
        {
            return;
        }
        let first = file.lines.line(start);
        let last = file
            .lines
            .line(header_end(text, start as usize, self.lang) as u32);
        self.lines_of(first, last, into);
        if self.lang == Lang::Python {
            // Comments may stand above or between the decorators.
            let above = decorators_start(file, first);
            for line in above..first {
                if self.is_comment_line(line) {
                    into.push(line);
                }
            }
            self.above(above, into);
        }
    }

    /// Looks for one that covers `rule` on `lines`; marks all that do as used and gives the first one's reason.
    fn cover(&mut self, rule: &str, lines: &[u32]) -> Option<Option<String>> {
        let mut hit = None;
        for s in &mut self.all {
            if s.scope == Scope::Line && !lines.contains(&s.line) {
                continue;
            }
            if let Some(id) = s.ids.iter_mut().find(|id| id.name == rule) {
                id.used = true;
                hit.get_or_insert_with(|| s.reason.clone());
            }
        }
        hit
    }
}

/// Where the first code stands that is no docstring.
fn top_end(text: &str, lang: Lang, comments: &[Comment]) -> u32 {
    let bytes = text.as_bytes();
    let mut i = 0;
    let mut docstring = lang == Lang::Python;
    let mut rest = comments.iter();
    let mut next = rest.next();
    while i < bytes.len() {
        if let Some(comment) = next
            && comment.span.start as usize <= i
        {
            i = comment.span.end as usize;
            next = rest.next();
            continue;
        }
        match bytes[i] {
            b if b.is_ascii_whitespace() => i += 1,
            b'r' | b'R' | b'u' if docstring && matches!(bytes.get(i + 1), Some(b'"' | b'\'')) => {
                i += 1
            }
            quote @ (b'"' | b'\'') if docstring => {
                docstring = false;
                i = string_end(bytes, i, quote, lang);
            }
            _ => break,
        }
    }
    i as u32
}

/// Where the head of the function that starts at `start` ends: its colon or brace outside brackets.
fn header_end(text: &str, start: usize, lang: Lang) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0i32;
    let mut i = start;
    while i < bytes.len() {
        match bytes[i] {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b':' if lang == Lang::Python && depth <= 0 => return i,
            b'{' if lang == Lang::Go && depth <= 0 => return i,
            b'#' if lang == Lang::Python => {
                i = line_end(bytes, i);
                continue;
            }
            b'/' if lang == Lang::Go && bytes.get(i + 1) == Some(&b'/') => {
                i = line_end(bytes, i);
                continue;
            }
            quote @ (b'"' | b'\'') => {
                i = string_end(bytes, i, quote, lang);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    start.min(bytes.len())
}

/// The first line of the decorators above the `def` on line `def`.
fn decorators_start(file: &SourceFile, def: u32) -> u32 {
    let line_text = |line: u32| &file.text[file.lines.range(line, &file.text)];
    let indent = |s: &str| s.len() - s.trim_start_matches([' ', '\t']).len();
    let own = indent(line_text(def));
    let mut first = def;
    let mut line = def;
    while line > 1 {
        line -= 1;
        let text = line_text(line);
        let body = text.trim();
        if body.is_empty() {
            break;
        }
        if indent(text) == own && body.starts_with('@') {
            first = line;
        } else if !(body.starts_with('#')
            || body.starts_with([')', ']', '}'])
            || indent(text) > own)
        {
            break;
        }
    }
    first
}

/// Splits findings into those that stand and those that a comment suppresses, with its reason.
pub fn apply(
    findings: Vec<Finding>,
    files: &mut [FileSuppressions],
    sources: &Sources,
) -> (Vec<Finding>, Vec<(Finding, Option<String>)>) {
    if files.is_empty() {
        return (findings, Vec::new());
    }
    let mut standing = Vec::new();
    let mut suppressed = Vec::new();
    for finding in findings {
        let mut reason = None;
        for file in files.iter_mut() {
            let lines = covered_lines(&finding, file, sources);
            // `ignore-file` is about findings reported in that file.
            let whole = finding.primary.file == file.file;
            if !whole && lines.is_empty() {
                continue;
            }
            if let Some(hit) = file.cover(finding.rule.id, &lines)
                && reason.is_none()
            {
                reason = Some(hit);
            }
        }
        match reason {
            Some(reason) => suppressed.push((finding, reason)),
            None => standing.push(finding),
        }
    }
    (standing, suppressed)
}

fn covered_lines(finding: &Finding, file: &FileSuppressions, sources: &Sources) -> Vec<u32> {
    let mut lines = Vec::new();
    let source = sources.get(file.file);
    for loc in finding.statements.iter().chain([&finding.primary]) {
        if loc.file == file.file {
            let first = source.lines.line(loc.span.start);
            let last = source
                .lines
                .line(loc.span.end.saturating_sub(1).max(loc.span.start));
            file.lines_of(first, last, &mut lines);
        }
    }
    if finding.function_loc.file == file.file {
        file.function_lines(source, finding.function_loc.span.start, &mut lines);
    }
    lines
}

/// Findings about suppressions that suppress nothing. `judged` says for which files and rules the run can tell.
pub fn unused(
    files: &[FileSuppressions],
    rule: &'static RuleMeta,
    judged: impl Fn(FileId, &str) -> bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for suppression in &file.all {
            // One may also say that it is meant to stay.
            if suppression.ids.iter().any(|id| id.name == UNUSED) {
                continue;
            }
            for id in suppression
                .ids
                .iter()
                .filter(|id| !id.used && judged(file.file, &id.name))
            {
                let loc = Loc {
                    file: file.file,
                    span: id.span,
                };
                findings.push(Finding {
                    rule,
                    severity: rule.severity,
                    confidence: Confidence::High,
                    primary: loc,
                    message: format!(
                        "Nothing is reported here that `{}` could suppress.",
                        id.name
                    ),
                    anomaly: None,
                    store: String::new(),
                    pack: String::new(),
                    entity: String::new(),
                    fields: Vec::new(),
                    function: String::new(),
                    function_loc: loc,
                    steps: Vec::new(),
                    timeline: Vec::new(),
                    related: Vec::new(),
                    guards: Vec::new(),
                    doubts: Vec::new(),
                    reach: None,
                    remedy: if suppression.ids.len() == 1 {
                        "Remove the comment.".to_owned()
                    } else {
                        format!("Remove `{}` from the list.", id.name)
                    },
                    caveat: None,
                    assumed: Vec::new(),
                    statements: vec![Loc {
                        file: file.file,
                        span: suppression.span,
                    }],
                    identity: format!("{UNUSED}/{}", id.name),
                });
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::tests::{LOST, UNUSED as UNUSED_META, vocabulary};
    use crate::rules::Severity;

    struct Case {
        sources: Sources,
        files: Vec<FileSuppressions>,
        notes: Vec<Notification>,
    }

    fn case(text: &str, lang: Lang) -> Case {
        let file = SourceFile::new("a".into(), "a".into(), Arc::from(text));
        let mut notes = Vec::new();
        let files = FileSuppressions::parse(FileId(0), &file, lang, &vocabulary(), &mut notes);
        Case {
            sources: Sources {
                files: vec![Arc::new(file)],
            },
            files: files.into_iter().collect(),
            notes,
        }
    }

    fn finding(text: &str, statement: &str, function: &str) -> Finding {
        let loc = |part: &str| {
            let start = text
                .find(part)
                .unwrap_or_else(|| panic!("{part} in {text}")) as u32;
            Loc {
                file: FileId(0),
                span: Span {
                    start,
                    end: start + part.len() as u32,
                },
            }
        };
        Finding {
            rule: &LOST,
            severity: Severity::Warning,
            confidence: Confidence::High,
            primary: loc(statement),
            message: String::new(),
            anomaly: None,
            store: "relational".into(),
            pack: "django".into(),
            entity: String::new(),
            fields: Vec::new(),
            function: String::new(),
            function_loc: loc(function),
            steps: Vec::new(),
            timeline: Vec::new(),
            related: Vec::new(),
            guards: Vec::new(),
            doubts: Vec::new(),
            reach: None,
            remedy: String::new(),
            caveat: None,
            assumed: Vec::new(),
            statements: vec![loc(statement)],
            identity: String::new(),
        }
    }

    /// Whether the finding on `statement` is suppressed, with the reason.
    fn run(text: &str, lang: Lang, statement: &str, function: &str) -> Option<Option<String>> {
        let mut c = case(text, lang);
        let (_, suppressed) = apply(
            vec![finding(text, statement, function)],
            &mut c.files,
            &c.sources,
        );
        suppressed.into_iter().next().map(|(_, reason)| reason)
    }

    fn py(text: &str) -> Option<Option<String>> {
        let start = text.find("p.save(").unwrap();
        let end = text
            .find("\n    )")
            .map_or(start + "p.save()".len(), |n| n + "\n    )".len());
        let statement = &text[start..end];
        run(text, Lang::Python, statement, "def f(")
    }

    #[test]
    fn lines_that_count() {
        let reason = Some(Some("single writer: nightly job".to_owned()));
        let tail = "# lostupdate: ignore[lost-update] -- single writer: nightly job";
        assert_eq!(py(&format!("def f(p):\n    p.save()  {tail}\n")), reason);
        assert_eq!(
            py(&format!(
                "def f(p):\r\n    {tail}\r\n    # other\r\n    p.save()\r\n"
            )),
            reason
        );
        assert_eq!(
            py(&format!(
                "def f(p):\n    p.save(\n        force=True,  {tail}\n    )\n"
            )),
            reason
        );
        assert_eq!(
            py(&format!(
                "def f(p):\n    p.save(\n        force=True,\n    )  {tail}\n"
            )),
            reason
        );
        assert_eq!(
            py(&format!("def f(p):  {tail}\n    x()\n    p.save()\n")),
            reason
        );
        assert_eq!(
            py(&format!("{tail}\ndef f(p):\n    x()\n    p.save()\n")),
            reason
        );
        assert_eq!(
            py(&format!(
                "{tail}\n@a\n@b(\n    1,\n)\ndef f(p):\n    x()\n    p.save()\n"
            )),
            reason
        );
        assert_eq!(
            py(&format!("@a\n{tail}\ndef f(p):\n    x()\n    p.save()\n")),
            reason
        );
        assert_eq!(
            py(&format!(
                "def f(\n    p,\n) -> None:  {tail}\n    x()\n    p.save()\n"
            )),
            reason
        );
        // Elsewhere it does not.
        assert_eq!(
            py(&format!("def f(p):\n    x()  {tail}\n    p.save()\n")),
            None
        );
        assert_eq!(
            py(&format!("def f(p):\n    {tail}\n\n    p.save()\n")),
            None
        );
        assert_eq!(
            py(&format!("def f(p):\n    {tail}\n    x()\n    p.save()\n")),
            None
        );
        assert_eq!(
            py(&format!("{tail}\ndef g(): pass\ndef f(p):\n    p.save()\n")),
            None
        );
    }

    #[test]
    fn only_at_the_start_of_a_real_comment() {
        assert_eq!(
            py("def f(p):\n    p.save()  # see lostupdate: ignore[lost-update]\n"),
            None
        );
        assert_eq!(
            py("def f(p):\n    p.save(); x = '# lostupdate: ignore[lost-update]'\n"),
            None
        );
        assert_eq!(
            py("def f(p):\n    '''\n# lostupdate: ignore[lost-update]\n    '''; p.save()\n"),
            None
        );
        assert_eq!(
            py("def f(p):\n    p.save()  # lostupdate: ignore[check-then-act]\n"),
            None
        );
        assert_eq!(
            py("def f(p):\n    p.save()  #lostupdate:ignore[ check-then-act , lost-update ]\n"),
            Some(None)
        );
        assert_eq!(
            py("def f(p):\n    x = 'it\\'s'; p.save()  # lostupdate: ignore[lost-update] # noqa\n"),
            Some(None)
        );
    }

    #[test]
    fn go_comments() {
        let go = |text: &str| run(text, Lang::Go, "Put(x)", "func F(");
        assert_eq!(
            go("func F() {\n\tPut(x) // lostupdate: ignore[lost-update]\n}\n"),
            Some(None)
        );
        assert_eq!(
            go("func F() {\n\tPut(x) /* lostupdate: ignore[lost-update] -- a b */\n}\n"),
            Some(Some("a b".into()))
        );
        assert_eq!(
            go("// lostupdate: ignore[lost-update]\nfunc F() {\n\tPut(x)\n}\n"),
            Some(None)
        );
        assert_eq!(
            go("func F() {\n\ts := `\n// lostupdate: ignore[lost-update]`; Put(x)\n}\n"),
            None
        );
        assert_eq!(
            go("func F() {\n\tr := '\"'; Put(x) // lostupdate: ignore[lost-update]\n}\n"),
            Some(None)
        );
    }

    #[test]
    fn whole_files() {
        let marker = "# lostupdate: ignore-file[lost-update] -- old";
        let old = Some(Some("old".to_owned()));
        assert_eq!(
            py(&format!(
                "#!/usr/bin/python\n\n{marker}\n\ndef f(p):\n    x\n    p.save()\n"
            )),
            old
        );
        assert_eq!(
            py(&format!(
                "\"\"\"Doc.\"\"\"\n{marker}\nimport x\ndef f(p):\n    p.save()\n"
            )),
            old
        );
        let late = format!("import x\n{marker}\ndef f(p):\n    x\n    p.save()\n");
        assert_eq!(py(&late), None);
        assert!(
            case(&late, Lang::Python).notes[0]
                .message
                .contains("top of the file")
        );
    }

    #[test]
    fn unknown_rules_and_malformed_ones_are_noted() {
        let notes = |text: &str| case(text, Lang::Python).notes;
        let n = notes("x\ny  # lostupdate: ignore[lost-updat]\n");
        assert_eq!(n[0].line, Some(2));
        assert_eq!(
            n[0].message,
            "suppression: unknown rule `lost-updat`; did you mean `lost-update`?"
        );
        assert!(
            notes("x  # lostupdate: ignore\n")[0]
                .message
                .contains("names its rules")
        );
        assert!(
            notes("x  # lostupdate: ignore[]\n")[0]
                .message
                .contains("names its rules")
        );
        assert!(
            notes("x  # lostupdate: ignore[a\n")[0]
                .message
                .contains("closing bracket")
        );
        assert!(notes("x  # lostupdate: ignored in prose\n").is_empty());
    }

    #[test]
    fn what_suppresses_nothing_is_reported() {
        let text = "def f(p):\n    p.save()  # lostupdate: ignore[lost-update, check-then-act]\n\
                    # lostupdate: ignore[check-then-act, unused-suppression]\n";
        let mut c = case(text, Lang::Python);
        let _ = apply(
            vec![finding(text, "p.save()", "def f(")],
            &mut c.files,
            &c.sources,
        );
        let all = unused(&c.files, &UNUSED_META, |_, _| true);
        assert_eq!(all.len(), 1);
        let span = all[0].primary.span;
        assert_eq!(
            &text[span.start as usize..span.end as usize],
            "check-then-act"
        );
        assert!(unused(&c.files, &UNUSED_META, |_, rule| rule != "check-then-act").is_empty());
    }

    #[test]
    fn odd_text_does_not_panic() {
        for text in [
            "'",
            "\"\\",
            "'''\\",
            "#",
            "/*",
            "`",
            "'\\\r\n",
            "# lostupdate: ignore[",
            "lostupdate:é'é",
        ] {
            for lang in [Lang::Python, Lang::Go] {
                let _ = comments(text, lang);
                let _ = case(&format!("{text}\n# lostupdate: ignore[lost-update]"), lang);
            }
        }
    }
}
