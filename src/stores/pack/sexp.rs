//! The brackets of a pack file: a reader of S-expressions.

use std::borrow::Cow;

/// A node of a pack file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node<'t> {
    List(Vec<(Self, u32)>),
    Atom(&'t str),
    Text(Cow<'t, str>),
}

/// Nodes, each with its line.
type Nodes<'t> = Vec<(Node<'t>, u32)>;

/// The nodes of a file, each with its line; else the line and what is wrong there.
pub(super) fn read(text: &str) -> Result<Nodes<'_>, (u32, String)> {
    let bytes = text.as_bytes();
    let mut stack: Vec<(Nodes<'_>, u32)> = vec![(Vec::new(), 1)];
    let (mut i, mut line) = (0, 1u32);
    while i < bytes.len() {
        match bytes[i] {
            b'\n' => {
                line += 1;
                i += 1;
            }
            b if b.is_ascii_whitespace() => i += 1,
            b';' => {
                while i < bytes.len() && bytes[i] != b'\n' {
                    i += 1;
                }
            }
            b'(' | b'[' => {
                if stack.len() > 60 {
                    return Err((line, "nested too deeply".into()));
                }
                stack.push((Vec::new(), line));
                i += 1;
            }
            b')' | b']' => {
                let (list, at) = stack.pop().unwrap_or_default();
                if stack.is_empty() {
                    return Err((line, "`)` without `(`".into()));
                }
                push(&mut stack, Node::List(list), at);
                i += 1;
            }
            b'"' => {
                let start = i + 1;
                i = text_end(bytes, start).ok_or((line, "unclosed text".into()))?;
                push(&mut stack, Node::Text(unescaped(&text[start..i])), line);
                i += 1;
            }
            _ => {
                let start = i;
                while i < bytes.len()
                    && !bytes[i].is_ascii_whitespace()
                    && !b"()[]\";".contains(&bytes[i])
                {
                    i += 1;
                }
                push(&mut stack, Node::Atom(&text[start..i]), line);
            }
        }
    }
    if stack.len() > 1 {
        return Err((stack.last().map_or(line, |s| s.1), "`(` without `)`".into()));
    }
    Ok(stack.pop().map(|s| s.0).unwrap_or_default())
}

fn push<'t>(stack: &mut [(Nodes<'t>, u32)], node: Node<'t>, at: u32) {
    if let Some(top) = stack.last_mut() {
        top.0.push((node, at));
    }
}

/// Where the quotation mark stands that ends a text.
fn text_end(bytes: &[u8], mut i: usize) -> Option<usize> {
    loop {
        i += memchr::memchr3(b'"', b'\\', b'\n', &bytes[i.min(bytes.len())..])?;
        match bytes[i] {
            b'"' => return Some(i),
            b'\\' => i += 2,
            _ => return None,
        }
    }
}

/// A text without the backslashes before what stands for itself.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    Cow::Owned(out)
}
