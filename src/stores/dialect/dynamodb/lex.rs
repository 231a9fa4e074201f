//! Expression text with holes, to tokens.

use super::{CmpOp, Piece};

/// More tokens than any expression that DynamoDB accepts (4 KB).
const MAX_TOKENS: usize = 8192;

/// A token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Tok {
    /// A keyword, function or attribute name.
    Word(String),
    /// `'quoted'`: always an attribute name.
    Quoted(String),
    /// `#n` or `$0`.
    Placeholder(String),
    /// `:v` or `?0`.
    Value(String),
    /// Digits.
    Number(u32),
    /// An attribute's name or name placeholder with a hole in it.
    GluedName(u32),
    /// A value placeholder with a hole in it.
    GluedValue(u32),
    /// A hole that stands alone.
    Hole(u32),
    /// A comparison.
    Cmp(CmpOp),
    /// Any other character.
    Sym(char),
}

/// Cuts `text` into tokens; the flag tells that there were too many.
pub(super) fn tokens(text: &[Piece<'_>]) -> (Vec<Tok>, bool) {
    let mut lexer = Lexer {
        out: Vec::new(),
        word: None,
        positional: 0,
    };
    for piece in text {
        if lexer.out.len() > MAX_TOKENS {
            return (lexer.out, true);
        }
        match *piece {
            Piece::Hole(hole) => lexer.hole(hole),
            Piece::Text(text) => {
                if !lexer.text(text) {
                    return (lexer.out, true);
                }
            }
        }
    }
    lexer.flush();
    (lexer.out, false)
}

/// An identifier that is being read.
struct Open {
    text: String,
    hole: Option<u32>,
}

struct Lexer {
    out: Vec<Tok>,
    word: Option<Open>,
    positional: usize,
}

impl Lexer {
    fn hole(&mut self, hole: u32) {
        let open = self.word.get_or_insert_with(|| Open {
            text: String::new(),
            hole: None,
        });
        open.hole.get_or_insert(hole);
    }

    fn text(&mut self, text: &str) -> bool {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if self.out.len() > MAX_TOKENS {
                return false;
            }
            if c.is_alphanumeric() || c == '_' {
                let open = self.word.get_or_insert_with(|| Open {
                    text: String::new(),
                    hole: None,
                });
                open.text.push(c);
                continue;
            }
            self.flush();
            match c {
                '#' | ':' => {
                    self.word = Some(Open {
                        text: c.into(),
                        hole: None,
                    });
                }
                '?' | '$' => {
                    let name = format!("{c}{}", self.positional);
                    self.positional += 1;
                    self.out.push(if c == '?' {
                        Tok::Value(name)
                    } else {
                        Tok::Placeholder(name)
                    });
                }
                '\'' | '"' | '`' => {
                    let name: String = chars.by_ref().take_while(|&d| d != c).collect();
                    self.out.push(Tok::Quoted(name));
                }
                '=' => self.out.push(Tok::Cmp(CmpOp::Eq)),
                '<' => {
                    let op = match chars.peek() {
                        Some('>') => CmpOp::Ne,
                        Some('=') => CmpOp::Le,
                        _ => CmpOp::Lt,
                    };
                    if op != CmpOp::Lt {
                        chars.next();
                    }
                    self.out.push(Tok::Cmp(op));
                }
                '>' => {
                    let op = if chars.next_if_eq(&'=').is_some() {
                        CmpOp::Ge
                    } else {
                        CmpOp::Gt
                    };
                    self.out.push(Tok::Cmp(op));
                }
                '!' if chars.next_if_eq(&'=').is_some() => self.out.push(Tok::Cmp(CmpOp::Ne)),
                c if c.is_whitespace() => {}
                c => self.out.push(Tok::Sym(c)),
            }
        }
        true
    }

    fn flush(&mut self) {
        let Some(Open { text, hole }) = self.word.take() else {
            return;
        };
        let first = text.chars().next();
        self.out.push(match (hole, first) {
            (Some(hole), None) => Tok::Hole(hole),
            (Some(hole), Some(':')) => Tok::GluedValue(hole),
            (Some(hole), Some(_)) => Tok::GluedName(hole),
            (None, Some('#')) => Tok::Placeholder(text),
            (None, Some(':')) => Tok::Value(text),
            (None, Some(c)) if c.is_ascii_digit() => {
                text.parse().map_or(Tok::Word(text), Tok::Number)
            }
            (None, _) => Tok::Word(text),
        });
    }
}
