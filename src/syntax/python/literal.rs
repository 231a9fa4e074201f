//! Python's literals: what the text of a string or a number means.

use std::borrow::Cow;

use super::super::il::Lit;
use crate::symbol::{Sym, intern};

/// What the letters before the quotes say.
#[derive(Clone, Copy, Default)]
pub(super) struct Prefix {
    pub(super) raw: bool,
    pub(super) bytes: bool,
    pub(super) format: bool,
}

impl Prefix {
    /// Reads the opening token of a string (`rb'''`).
    pub(super) fn of(start: &str) -> Self {
        let mut prefix = Self::default();
        for byte in start.bytes() {
            match byte | 0x20 {
                b'r' => prefix.raw = true,
                b'b' => prefix.bytes = true,
                b'f' | b't' => prefix.format = true,
                _ => {}
            }
        }
        prefix
    }
}

/// The value of a stretch of literal text between the quotes.
pub(super) fn unescape(text: &str, prefix: Prefix) -> Cow<'_, str> {
    let braces = prefix.format && text.contains(['{', '}']);
    let escapes = !prefix.raw && text.contains('\\');
    if !braces && !escapes {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) =
        rest.find(|c: char| (escapes && c == '\\') || (braces && matches!(c, '{' | '}')))
    {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('\\') {
            escape(rest, prefix, &mut out)
        } else {
            out.push_str(&rest[..1]);
            // A doubled brace is one.
            if rest.starts_with("{{") || rest.starts_with("}}") {
                &rest[2..]
            } else {
                &rest[1..]
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Resolves the escape at the beginning of `text` and gives what follows it.
fn escape<'t>(text: &'t str, prefix: Prefix, out: &mut String) -> &'t str {
    let body = &text[1..];
    let Some(letter) = body.chars().next() else {
        out.push('\\');
        return body;
    };
    let after = &body[letter.len_utf8()..];
    let plain = match letter {
        '\n' => return after,
        '\r' => return after.strip_prefix('\n').unwrap_or(after),
        '\\' | '\'' | '"' => letter,
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'x' => return code(text, after, 2, 16, out),
        'u' if !prefix.bytes => return code(text, after, 4, 16, out),
        'U' if !prefix.bytes => return code(text, after, 8, 16, out),
        '0'..='7' => {
            let digits = body
                .bytes()
                .take(3)
                .take_while(|b| matches!(b, b'0'..=b'7'))
                .count();
            return code(text, body, digits, 8, out);
        }
        _ => {
            // Not an escape (or a character by name, which no key or table is written with): the backslash stays.
            out.push('\\');
            letter
        }
    };
    out.push(plain);
    after
}

/// A character given by `digits` digits at the beginning of `at`; the text as it stands where there are none.
fn code<'t>(text: &'t str, at: &'t str, digits: usize, radix: u32, out: &mut String) -> &'t str {
    match at.get(..digits).map(|d| (d, u32::from_str_radix(d, radix))) {
        Some((d, Ok(value))) if !d.starts_with('+') => {
            out.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
            &at[digits..]
        }
        _ => {
            out.push('\\');
            &text[1..]
        }
    }
}

/// An integer literal; what does not fit is saturated, imaginary numbers are kept as written.
pub(super) fn integer(text: &str) -> Lit {
    if text.ends_with(['j', 'J']) && !text.starts_with("0x") && !text.starts_with("0X") {
        return Lit::Float(intern(text));
    }
    let digits: Cow<'_, str> = if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    };
    let digits = digits.trim_end_matches(['l', 'L']);
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        // Python 2 wrote octal numbers with a bare zero.
        Some(two) if two.starts_with('0') && digits.bytes().all(|b| matches!(b, b'0'..=b'7')) => {
            (8, &digits[1..])
        }
        _ => (10, digits),
    };
    Lit::Int(i64::from_str_radix(digits, radix).unwrap_or(i64::MAX))
}

/// A string or bytes literal from its parts.
pub(super) fn text(value: Cow<'_, str>, bytes: bool) -> Lit {
    let value: Sym = intern(&value);
    if bytes {
        Lit::Bytes(value)
    } else {
        Lit::Str(value)
    }
}
