//! The brackets of a pack file: a reader of S-expressions.

/// A node of a pack file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    List(Vec<(Self, u32)>),
    Atom(String),
    Text(String),
}

/// The nodes of a file, each with its line; else the line and what is wrong there.
pub(super) fn read(text: &str) -> Result<Vec<(Node, u32)>, (u32, String)> {
    let bytes = text.as_bytes();
    let mut stack: Vec<(Vec<(Node, u32)>, u32)> = vec![(Vec::new(), 1)];
    let (mut i, mut line) = (0, 1u32);
    while i < bytes.len() {
        let push = |stack: &mut Vec<(Vec<(Node, u32)>, u32)>, node: Node, at: u32| {
            if let Some(top) = stack.last_mut() {
                top.0.push((node, at));
            }
        };
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
                let mut s = Vec::new();
                i += 1;
                loop {
                    match bytes.get(i) {
                        None | Some(b'\n') => return Err((line, "unclosed text".into())),
                        Some(b'"') => break,
                        Some(b'\\') => {
                            s.extend(bytes.get(i + 1));
                            i += 2;
                        }
                        Some(b) => {
                            s.push(*b);
                            i += 1;
                        }
                    }
                }
                i += 1;
                push(
                    &mut stack,
                    Node::Text(String::from_utf8_lossy(&s).into_owned()),
                    line,
                );
            }
            _ => {
                let start = i;
                while i < bytes.len()
                    && !bytes[i].is_ascii_whitespace()
                    && !b"()[]\";".contains(&bytes[i])
                {
                    i += 1;
                }
                push(&mut stack, Node::Atom(text[start..i].to_owned()), line);
            }
        }
    }
    if stack.len() > 1 {
        return Err((stack.last().map_or(line, |s| s.1), "`(` without `)`".into()));
    }
    Ok(stack.pop().map(|s| s.0).unwrap_or_default())
}
