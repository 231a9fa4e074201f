//! The default text: the code with the history labelled, the interleaving, what does not guard, the remedy.

use std::borrow::Cow;
use std::io;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};
use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::{Entry, entries, first_line, split_message};
use crate::files::{FileId, SourceFile, Sources};
use crate::report::Outcome;
use crate::report::finding::{Endpoint, Finding, Loc, Role, Turn};
use crate::rules::Severity;
use crate::syntax::Span;

/// How the text looks.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// Emit escape codes for colours.
    pub color: bool,
    /// Emit hyperlinks (a terminal that is known to show them).
    pub hyperlinks: bool,
    /// Draw with box characters in place of ASCII.
    pub unicode: bool,
    /// Columns to wrap to.
    pub width: usize,
    /// Print doubts and confidence too.
    pub verbose: bool,
    /// Print suppressed findings too.
    pub show_suppressed: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            color: false,
            hyperlinks: false,
            unicode: false,
            width: 100,
            verbose: false,
            show_suppressed: false,
        }
    }
}

/// Narrower than this, the two columns of the interleaving become one.
const MIN_TWO_COLUMNS: usize = 64;
/// Wider than this, lines get hard to read.
const MAX_WIDTH: usize = 120;

/// Writes all findings, an empty line after each.
pub fn write(
    out: &mut dyn io::Write,
    outcome: &Outcome,
    sources: &Sources,
    opts: &TextOptions,
) -> io::Result<()> {
    for entry in entries(outcome, opts.show_suppressed) {
        let text = Text {
            finding: entry.finding,
            sources,
            opts,
            width: opts.width.clamp(40, MAX_WIDTH),
        };
        out.write_all(text.whole(&entry).as_bytes())?;
    }
    Ok(())
}

struct Text<'a> {
    finding: &'a Finding,
    sources: &'a Sources,
    opts: &'a TextOptions,
    width: usize,
}

/// What is underlined: a place, what is said about it, and whether it is the primary one.
struct Mark<'a> {
    loc: Loc,
    label: &'a str,
    primary: bool,
}

impl Text<'_> {
    fn whole(&self, entry: &Entry<'_>) -> String {
        let (head, rest) = split_message(&self.finding.message);
        let mut text = self.excerpt(head);
        text.push('\n');
        self.timeline(&mut text);
        self.paragraph(&mut text, "note", Style::new().bold(), rest);
        let reach = self.finding.reach.as_ref();
        if let Some(told) = reach.and_then(|r| r.told(5, Endpoint::full_label)) {
            self.paragraph(&mut text, "reached by", Style::new().bold(), &told);
        }
        for guard in &self.finding.guards {
            let place = guard.loc.map(|loc| format!(" ({})", self.place(loc)));
            let line = guard.text.clone() + &place.unwrap_or_default();
            self.paragraph(&mut text, "guard", Style::new().bold(), &line);
        }
        let assumed = self.finding.assumed.join("; ");
        self.paragraph(&mut text, "assumed", Style::new().bold(), &assumed);
        if self.opts.verbose {
            let mut line = self.finding.confidence.as_str().to_owned();
            if let Some(anomaly) = self.finding.anomaly {
                line += &format!(", {}", anomaly.as_str());
            }
            self.paragraph(&mut text, "confidence", Style::new().bold(), &line);
            for doubt in &self.finding.doubts {
                let place = doubt.loc.map(|loc| format!(" ({})", self.place(loc)));
                let line = format!(
                    "{} ({}): {}{}",
                    doubt.id,
                    doubt.weight,
                    doubt.text,
                    place.unwrap_or_default()
                );
                self.paragraph(&mut text, "doubt", Style::new().bold(), &line);
            }
        }
        let help = AnsiColor::BrightCyan.on_default().bold();
        self.paragraph(&mut text, "help", help, &self.finding.remedy);
        self.paragraph(
            &mut text,
            "mind",
            help,
            self.finding.caveat.as_deref().unwrap_or_default(),
        );
        if let Some(reason) = entry.suppressed {
            let reason = reason.unwrap_or("no reason given");
            self.paragraph(&mut text, "suppressed", Style::new().bold(), reason);
        }
        text.push('\n');
        text
    }

    /// The title and the code, one excerpt a file, the primary one first.
    fn excerpt(&self, head: &str) -> String {
        let finding = self.finding;
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level
            .primary_title(normalize_untrusted_str(head))
            .id(finding.rule.id)
            .id_url(finding.rule.url());
        let marks = self.marks();
        let mut files = vec![finding.primary.file];
        for mark in &marks {
            if !files.contains(&mark.loc.file) {
                files.push(mark.loc.file);
            }
        }
        let group = files.iter().fold(Group::with_title(title), |group, &file| {
            group.element(self.snippet(file, &marks))
        });
        let renderer = if self.opts.color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let mut text = renderer
            .hyperlink(self.opts.color && self.opts.hyperlinks)
            .term_width(self.width.max(80))
            .decor_style(if self.opts.unicode {
                DecorStyle::Unicode
            } else {
                DecorStyle::Ascii
            })
            .render(&[group]);
        text.push('\n');
        text
    }

    /// Each place once. The label of the primary place is that of the step there.
    fn marks(&self) -> Vec<Mark<'_>> {
        let finding = self.finding;
        let mut marks: Vec<Mark<'_>> = Vec::new();
        for step in &finding.steps {
            match marks.iter_mut().find(|mark| mark.loc == step.loc) {
                // Several steps in one call: what it writes matters most.
                Some(mark) if step.role == Role::Write => mark.label = &step.text,
                Some(_) => {}
                None => marks.push(Mark {
                    loc: step.loc,
                    label: &step.text,
                    primary: step.loc == finding.primary,
                }),
            }
        }
        if !marks.iter().any(|mark| mark.primary) {
            marks.push(Mark {
                loc: finding.primary,
                label: "",
                primary: true,
            });
        }
        marks
    }

    /// The lines from the first to the last mark in one file; what lies between is folded.
    fn snippet<'b>(
        &'b self,
        id: FileId,
        marks: &'b [Mark<'b>],
    ) -> Snippet<'b, annotate_snippets::Annotation<'b>> {
        let file = self.sources.get(id);
        let spans: Vec<_> = marks
            .iter()
            .filter(|mark| mark.loc.file == id)
            .map(|mark| (mark, self.short(mark)))
            .collect();
        let heading = Some(self.finding.function_loc)
            .filter(|loc| loc.file == id && loc.span.start < loc.span.end)
            .map(|loc| first_line(below_decorators(loc, file), self.sources))
            .filter(|heading| spans.iter().all(|(_, span)| heading.start <= span.start));
        let all = spans.iter().map(|(_, span)| *span).chain(heading);
        let lines = all.clone().map(|span| file.lines.line(span.start));
        let first = lines.clone().min().unwrap_or(1);
        let last = lines.max().unwrap_or(1);
        let from = file.lines.range(first, &file.text).start;
        let to = file.lines.range(last, &file.text).end.max(from);
        let within = |start: u32, end: u32| start as usize - from..end as usize - from;
        Snippet::source(newlines_only(&file.text[from..to]))
            .path(file.display.as_str())
            .line_start(first as usize)
            .annotations(spans.iter().map(|(mark, span)| {
                let kind = if mark.primary {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                let label = Some(mark.label).filter(|label| !label.is_empty());
                kind.span(within(span.start, span.end))
                    .label(label.map(normalize_untrusted_str))
            }))
            .annotations(
                heading.map(|span| AnnotationKind::Visible.span(within(span.start, span.end))),
            )
    }

    /// What is underlined of a mark: its first line, and of a call without room for its label only what is called.
    /// Otherwise the line would be cut off on its left.
    fn short(&self, mark: &Mark<'_>) -> Span {
        let span = first_line(mark.loc, self.sources);
        let file = self.sources.get(mark.loc.file);
        let text: &str = &file.text;
        let number = file.lines.line(span.start);
        let line = file.lines.range(number, text);
        let gutter = number.to_string().len() + 3;
        let needed = text[line.start..span.end as usize].width() + 1 + mark.label.width() + gutter;
        let callee = text[span.start as usize..span.end as usize].find('(');
        match callee {
            Some(at) if needed > self.width.max(80) && at > 0 => Span {
                start: span.start,
                end: span.start + at as u32,
            },
            _ => span,
        }
    }

    /// Two columns, time downwards; one column where the terminal is narrow.
    fn timeline(&self, text: &mut String) {
        let turns = &self.finding.timeline;
        if turns.is_empty() {
            return;
        }
        let places: Vec<String> = turns.iter().map(|turn| self.turn_place(turn)).collect();
        let place_width = places.iter().map(|place| place.width()).max().unwrap_or(0);
        let bold = Style::new().bold();
        let dim = Style::new().dimmed();
        if self.width < MIN_TWO_COLUMNS {
            for (turn, place) in turns.iter().zip(&places) {
                let label = format!("request {}", turn.actor_name());
                let cell = wrap(&turn.text, self.width.saturating_sub(place_width + 15));
                for (at, line) in cell.iter().enumerate() {
                    let (label, place) = if at == 0 {
                        (label.as_str(), place.as_str())
                    } else {
                        ("", "")
                    };
                    let label = self.paint(bold, &format!("{label:<9}"));
                    let place = self.paint(dim, &pad_left(place, place_width));
                    *text += &format!("  {label}  {place}  {line}\n");
                }
            }
            text.push('\n');
            return;
        }
        let bar = if self.opts.unicode { "\u{2502}" } else { "|" };
        // A's column is as wide as it needs to be, up to a half; B has the rest.
        let cell = |turn: &Turn, room: usize| {
            wrap(&turn.text, room.saturating_sub(place_width + 2).max(16))
        };
        let half = (self.width - 2 - 3) / 2;
        let left = turns
            .iter()
            .filter(|turn| turn.actor == 0)
            .flat_map(|turn| cell(turn, half))
            .map(|line| line.width() + place_width + 2)
            .max()
            .unwrap_or(0)
            .max("request A".len());
        let right = self.width.saturating_sub(2 + left + 3);
        let head_a = self.paint(bold, "request A");
        let head_b = self.paint(bold, "request B");
        let gap = " ".repeat(left - "request A".len());
        let bar = self.paint(dim, bar);
        *text += &format!("  {head_a}{gap} {bar} {head_b}\n");
        for (turn, place) in turns.iter().zip(&places) {
            let room = if turn.actor == 0 { half } else { right };
            for (at, line) in cell(turn, room).iter().enumerate() {
                let place = if at == 0 { place.as_str() } else { "" };
                let shown = format!("{}  {line}", self.paint(dim, &pad_left(place, place_width)));
                if turn.actor == 0 {
                    let gap = " ".repeat(left.saturating_sub(place_width + 2 + line.width()));
                    *text += &format!("  {shown}{gap} {bar}\n");
                } else {
                    *text += &format!("  {} {bar} {shown}\n", " ".repeat(left));
                }
            }
        }
        text.push('\n');
    }

    fn turn_place(&self, turn: &Turn) -> String {
        let loc = self
            .finding
            .steps
            .get(turn.step)
            .map_or(self.finding.primary, |step| step.loc);
        let file = self.sources.get(loc.file);
        let line = file.lines.line(loc.span.start);
        if loc.file == self.finding.primary.file {
            line.to_string()
        } else {
            format!("{}:{line}", name(file))
        }
    }

    fn place(&self, loc: Loc) -> String {
        let file = self.sources.get(loc.file);
        let line = file.lines.line(loc.span.start);
        if loc.file == self.finding.primary.file {
            format!("line {line}")
        } else {
            format!("{}:{line}", file.display)
        }
    }

    /// `label: text`, wrapped, further lines indented to the text. Line breaks of the text are kept, and
    /// indented lines as they are.
    fn paragraph(&self, text: &mut String, label: &str, style: Style, body: &str) {
        if body.trim().is_empty() {
            return;
        }
        let indent = label.len() + 4;
        let mut first = true;
        for line in body.trim().split('\n') {
            let line = line.trim_end();
            let own = line.len() - line.trim_start_matches(' ').len();
            for piece in wrap(
                &line[own..],
                self.width.saturating_sub(indent + own).max(20),
            ) {
                let piece = format!("{}{piece}", " ".repeat(own));
                let shown = if first {
                    format!("  {}: {piece}", self.paint(style, label))
                } else {
                    format!("{}{piece}", " ".repeat(indent))
                };
                *text += shown.trim_end();
                text.push('\n');
                first = false;
            }
        }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.opts.color && !text.trim().is_empty() {
            format!("{}{text}{}", style.render(), style.render_reset())
        } else {
            text.to_owned()
        }
    }
}

/// The function without its decorators: its name tells more.
fn below_decorators(loc: Loc, file: &SourceFile) -> Loc {
    let text: &str = &file.text;
    let mut at = loc.span.start as usize;
    for line in text[at..(loc.span.end as usize).min(text.len())].split_inclusive('\n') {
        let code = line.trim_start();
        if ["def ", "async def ", "func "]
            .iter()
            .any(|word| code.starts_with(word))
        {
            return Loc {
                span: Span {
                    start: (at + line.len() - code.len()) as u32,
                    end: loc.span.end,
                },
                ..loc
            };
        }
        at += line.len();
    }
    loc
}

/// The last part of the path, which is enough beside an excerpt that has the whole one.
fn name(file: &SourceFile) -> &str {
    file.display.rsplit('/').next().unwrap_or(&file.display)
}

fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

/// The renderer knows `\n` and `\r\n`; a lone `\r` ends a line too. Positions stay.
fn newlines_only(text: &str) -> Cow<'_, str> {
    let lone = |at: usize| text.as_bytes().get(at + 1) != Some(&b'\n');
    if !text.match_indices('\r').any(|(at, _)| lone(at)) {
        return Cow::Borrowed(text);
    }
    let replaced = text
        .char_indices()
        .map(|(at, c)| if c == '\r' && lone(at) { '\n' } else { c });
    Cow::Owned(replaced.collect())
}

/// Breaks at blanks; a word longer than the width stays whole. Control characters are made visible.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let word = normalize_untrusted_str(word);
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() {
            *line = word;
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            *line += &word;
        } else {
            lines.push(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_by_display_width() {
        assert_eq!(wrap("a bb ccc", 4), ["a bb", "ccc"]);
        assert_eq!(wrap("\u{4e2d}\u{6587} x", 4), ["\u{4e2d}\u{6587}", "x"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn a_lone_carriage_return_ends_a_line() {
        assert_eq!(newlines_only("a\rb\r\nc"), "a\nb\r\nc");
    }
}
