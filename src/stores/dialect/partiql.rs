//! PartiQL as DynamoDB understands it: one statement on one table, told in the terms of DynamoDB's own expressions.
//!
//! A statement that changes an item names its key and may name further tests, all in one `WHERE`: the first equality is
//! taken for the key, the rest for the condition. `?` are numbered from zero.

/// What a statement does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// Reads.
    Select,
    /// Changes an item that is there.
    Update,
    /// Puts an item that is not there yet.
    Insert,
    /// Removes an item.
    Delete,
}

/// A value in a statement.
#[derive(Clone, PartialEq, Debug)]
pub enum Given {
    /// The n-th `?`.
    Parameter(usize),
    /// A literal text.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// Something else.
    Other,
}

/// A statement taken apart.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// What it does.
    pub verb: Verb,
    /// The table, without quotes.
    pub table: String,
    /// The first equality of the selection.
    pub key: Option<(String, Given)>,
    /// What is set, as an update expression; empty if nothing is.
    pub update: String,
    /// The other tests, as a condition expression; empty if there are none.
    pub condition: String,
    /// What the placeholders of both stand for.
    pub values: Vec<(String, Given)>,
    /// The item that is put.
    pub item: Vec<(String, Given)>,
}

impl Statement {
    /// What it demands of the item, as a condition expression; empty if nothing. An `INSERT` never replaces an item
    /// that is there (Amazon DynamoDB Developer Guide, PartiQL insert statements).
    pub fn demands(&self) -> String {
        match (self.verb, self.item.first()) {
            (Verb::Insert, Some((key, _))) => format!("attribute_not_exists({key})"),
            _ => self.condition.clone(),
        }
    }
}

/// The parts of the request that says the same as a statement, by their names in the API.
pub mod request {
    /// The table.
    pub const TABLE: &str = "TableName";
    /// The key of one item.
    pub const KEY: &str = "Key";
    /// The item that is put.
    pub const ITEM: &str = "Item";
    /// What is changed.
    pub const UPDATE: &str = "UpdateExpression";
    /// What must hold.
    pub const CONDITION: &str = "ConditionExpression";
    /// What the placeholders stand for.
    pub const VALUES: &str = "ExpressionAttributeValues";
}

#[derive(Clone, PartialEq, Debug)]
enum Token {
    /// A name, with or without quotes.
    Name(String),
    Text(String),
    Number(String),
    Parameter(usize),
    Sign(String),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Name(n) if n.eq_ignore_ascii_case(word))
    }

    fn sign(&self, sign: &str) -> bool {
        matches!(self, Self::Sign(s) if s == sign)
    }

    fn given(&self) -> Given {
        match self {
            Self::Parameter(n) => Given::Parameter(*n),
            Self::Text(t) => Given::Text(t.clone()),
            Self::Number(n) => Given::Number(n.clone()),
            _ => Given::Other,
        }
    }
}

/// Takes a statement apart; `None` if it is none that is understood.
pub fn parse(text: &str) -> Option<Statement> {
    let tokens = lex(text);
    let (verb, mut at) = match tokens.first()? {
        t if t.is("select") => (Verb::Select, tokens.iter().position(|t| t.is("from"))? + 1),
        t if t.is("update") => (Verb::Update, 1),
        t if t.is("insert") && tokens.get(1)?.is("into") => (Verb::Insert, 2),
        t if t.is("delete") && tokens.get(1)?.is("from") => (Verb::Delete, 2),
        _ => return None,
    };
    let Token::Name(table) = tokens.get(at)?.clone() else {
        return None;
    };
    at += 1;
    // An index of the table.
    if tokens.get(at).is_some_and(|t| t.sign(".")) {
        at += 2;
    }
    let mut out = Statement {
        verb,
        table,
        key: None,
        update: String::new(),
        condition: String::new(),
        values: Vec::new(),
        item: Vec::new(),
    };
    let rest = tokens.get(at..).unwrap_or_default();
    let end = rest
        .iter()
        .position(|t| t.is("returning") || t.is("order"))
        .unwrap_or(rest.len());
    let rest = &rest[..end];
    if verb == Verb::Insert {
        out.item = item(rest);
        return Some(out);
    }
    let before = rest
        .iter()
        .position(|t| t.is("where"))
        .unwrap_or(rest.len());
    let (sets, tests) = (&rest[..before], rest.get(before + 1..).unwrap_or_default());
    out.update = update(sets, &mut out.values);
    selection(tests, &mut out);
    Some(out)
}

/// `SET a = ? SET b = ? REMOVE c` as one expression.
fn update(tokens: &[Token], values: &mut Vec<(String, Given)>) -> String {
    let mut sets: Vec<String> = Vec::new();
    let mut removes: Vec<String> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let next = tokens[i + 1..]
            .iter()
            .position(|t| t.is("set") || t.is("remove"))
            .map_or(tokens.len(), |n| i + 1 + n);
        let part = written(&tokens[i + 1..next], values);
        if tokens[i].is("set") {
            sets.push(part);
        } else if tokens[i].is("remove") {
            removes.push(part);
        }
        i = next;
    }
    let mut out = String::new();
    if !sets.is_empty() {
        out = format!("SET {}", sets.join(", "));
    }
    if !removes.is_empty() {
        out = format!("{out} REMOVE {}", removes.join(", "));
    }
    out
}

/// The tests of a `WHERE`: the first equality is the key.
fn selection(tokens: &[Token], out: &mut Statement) {
    let mut parts: Vec<&[Token]> = Vec::new();
    let (mut from, mut depth, mut between) = (0, 0i32, false);
    for (i, t) in tokens.iter().enumerate() {
        match t {
            Token::Sign(s) if s == "(" || s == "[" => depth += 1,
            Token::Sign(s) if s == ")" || s == "]" => depth -= 1,
            t if t.is("between") => between = true,
            t if t.is("and") && depth == 0 => {
                if between {
                    between = false;
                } else {
                    parts.push(&tokens[from..i]);
                    from = i + 1;
                }
            }
            _ => {}
        }
    }
    parts.push(tokens.get(from..).unwrap_or_default());
    let alone = !tokens.iter().any(|t| t.is("or"));
    let mut tests: Vec<String> = Vec::new();
    for part in parts.into_iter().filter(|p| !p.is_empty()) {
        if let ([Token::Name(name), eq, value], true) = (part, out.key.is_none() && alone)
            && eq.sign("=")
        {
            out.key = Some((name.clone(), value.given()));
            continue;
        }
        let test = match part {
            [name, is, missing] if is.is("is") && missing.is("missing") => {
                format!("attribute_not_exists({})", word(name))
            }
            [name, is, not, missing] if is.is("is") && not.is("not") && missing.is("missing") => {
                format!("attribute_exists({})", word(name))
            }
            other => written(other, &mut out.values),
        };
        tests.push(test);
    }
    out.condition = tests.join(" AND ");
}

/// `VALUE {'a': ?, 'b': 1}`.
fn item(tokens: &[Token]) -> Vec<(String, Given)> {
    let mut out = Vec::new();
    let mut depth = 0;
    for (i, t) in tokens.iter().enumerate() {
        match t {
            Token::Sign(s) if matches!(s.as_str(), "{" | "[" | "(") => depth += 1,
            Token::Sign(s) if matches!(s.as_str(), "}" | "]" | ")") => depth -= 1,
            Token::Sign(s) if s == ":" && depth == 1 => {
                let (Some(Token::Text(name) | Token::Name(name)), Some(value)) =
                    (tokens.get(i.wrapping_sub(1)), tokens.get(i + 1))
                else {
                    continue;
                };
                out.push((name.clone(), value.given()));
            }
            _ => {}
        }
    }
    out
}

/// Tokens as DynamoDB's expressions write them; what is given gets a placeholder.
fn written(tokens: &[Token], values: &mut Vec<(String, Given)>) -> String {
    let mut out = String::new();
    for t in tokens {
        if !out.is_empty() && !t.sign(".") && !out.ends_with('.') {
            out.push(' ');
        }
        match t.given() {
            Given::Other => out.push_str(&word(t)),
            given => {
                let name = format!(":p{}", values.len());
                out.push_str(&name);
                values.push((name, given));
            }
        }
    }
    out
}

fn word(t: &Token) -> String {
    match t {
        Token::Name(s) | Token::Sign(s) | Token::Text(s) | Token::Number(s) => s.clone(),
        Token::Parameter(_) => "?".to_owned(),
    }
}

fn lex(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut parameters = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '"' | '\'' => {
                let mut s = String::new();
                for d in chars.by_ref() {
                    if d == c {
                        break;
                    }
                    s.push(d);
                }
                out.push(if c == '"' {
                    Token::Name(s)
                } else {
                    Token::Text(s)
                });
            }
            '?' => {
                out.push(Token::Parameter(parameters));
                parameters += 1;
            }
            c if c.is_ascii_digit() => {
                let mut s = String::from(c);
                while let Some(d) = chars.next_if(|d| d.is_ascii_digit() || *d == '.') {
                    s.push(d);
                }
                out.push(Token::Number(s));
            }
            c if c.is_alphanumeric() || c == '_' || c == HOLE => {
                let mut s = String::from(c);
                let part = |d: &char| d.is_alphanumeric() || matches!(*d, '_' | '-' | HOLE);
                while let Some(d) = chars.next_if(part) {
                    s.push(d);
                }
                out.push(Token::Name(s));
            }
            '<' | '>' | '!' => {
                let mut s = String::from(c);
                if let Some(d) = chars.next_if(|d| matches!(d, '=' | '>')) {
                    s.push(d);
                }
                out.push(Token::Sign(if s == "!=" { "<>".to_owned() } else { s }));
            }
            ';' => break,
            c => out.push(Token::Sign(c.to_string())),
        }
    }
    out
}

/// Stands around the number of a part that is not known.
pub const HOLE: char = '\u{1}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_has_a_key_and_a_condition() {
        let s = parse(
            r#"UPDATE "accounts" SET balance = ? SET seen=seen+1 WHERE id = ? AND "balance" >= ?"#,
        );
        let s = s.unwrap_or_else(|| panic!("understood"));
        assert_eq!(s.verb, Verb::Update);
        assert_eq!(s.table, "accounts");
        assert_eq!(s.key, Some(("id".into(), Given::Parameter(1))));
        assert_eq!(s.update, "SET balance = :p0, seen = seen + :p1");
        assert_eq!(s.condition, "balance >= :p2");
        assert_eq!(s.values[2].1, Given::Parameter(2));
    }

    #[test]
    fn a_missing_attribute_is_a_test() {
        let s = parse("DELETE FROM locks WHERE id=? AND owner IS MISSING RETURNING ALL OLD *");
        let s = s.unwrap_or_else(|| panic!("understood"));
        assert_eq!(s.verb, Verb::Delete);
        assert_eq!(s.condition, "attribute_not_exists(owner)");
    }

    #[test]
    fn an_insert_names_its_item() {
        let s = parse("INSERT INTO \"t-1\" VALUE {'id': ?, 'n': 1, 'at': {'x': ?}}");
        let s = s.unwrap_or_else(|| panic!("understood"));
        assert_eq!(s.item[0], ("id".into(), Given::Parameter(0)));
        assert_eq!(s.item[1], ("n".into(), Given::Number("1".into())));
        assert_eq!(s.item.len(), 3);
    }

    #[test]
    fn anything_is_lexed() {
        for text in [
            "",
            "UPDATE",
            "SELECT * FROM",
            "SELECT \"",
            "UPDATE t SET",
            "INSERT INTO t VALUE {:",
            "WHERE ? ? <",
        ] {
            let _ = parse(text);
        }
    }
}
