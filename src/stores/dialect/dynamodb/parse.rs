//! Tokens to expressions: recursive descent over a bounded depth.

use super::lex::{Tok, tokens};
use super::{Assignment, AttrPath, CmpOp, Condition, Operand, Piece, Projection, Segment, Update};

/// DynamoDB itself allows a nesting of about fifty and 300 operators.
const MAX_DEPTH: u32 = 64;
const MAX_CHAIN: usize = 300;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Clause {
    Set,
    Remove,
    Add,
    Delete,
}

/// A parser over one expression.
pub(super) struct Parser {
    toks: Vec<Tok>,
    /// For each opening bracket its closing one.
    closing: Vec<Option<usize>>,
    at: usize,
    depth: u32,
    /// Something was not understood.
    partial: bool,
}

impl Parser {
    pub(super) fn new(text: &[Piece<'_>]) -> Self {
        let (toks, cut) = tokens(text);
        let mut closing = vec![None; toks.len()];
        let mut open = Vec::new();
        for (i, tok) in toks.iter().enumerate() {
            match tok {
                Tok::Sym('(') => open.push(i),
                Tok::Sym(')') => {
                    if let Some(start) = open.pop() {
                        closing[start] = Some(i);
                    }
                }
                _ => {}
            }
        }
        Self {
            toks,
            closing,
            at: 0,
            depth: 0,
            partial: cut,
        }
    }

    fn peek(&self) -> Option<&Tok> {
        self.toks.get(self.at)
    }

    fn ahead(&self, n: usize) -> Option<&Tok> {
        self.toks.get(self.at + n)
    }

    fn sym(&mut self, c: char) -> bool {
        let found = self.peek() == Some(&Tok::Sym(c));
        self.at += usize::from(found);
        found
    }

    fn at_keyword(&self, keyword: &str) -> bool {
        matches!(self.peek(), Some(Tok::Word(word)) if word.eq_ignore_ascii_case(keyword))
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.at_keyword(keyword);
        self.at += usize::from(found);
        found
    }

    /// Goes behind the bracket that closes the one at `open`, or to the end.
    fn skip_bracket(&mut self, open: usize) {
        self.at = self.closing[open].map_or(self.toks.len(), |close| close + 1);
    }

    // Paths and operands

    /// A path; `None`, and nothing consumed, if none begins here.
    fn path(&mut self) -> Option<AttrPath> {
        let first = match self.peek()? {
            Tok::Word(name) | Tok::Quoted(name) => Segment::Name(name.clone()),
            Tok::Placeholder(name) => Segment::Placeholder(name.clone()),
            Tok::GluedName(hole) | Tok::Hole(hole) => Segment::Hole(*hole),
            _ => return None,
        };
        self.at += 1;
        let mut segments = vec![first];
        loop {
            if self.sym('.') {
                let segment = match self.peek() {
                    Some(Tok::Word(name) | Tok::Quoted(name)) => Segment::Name(name.clone()),
                    Some(Tok::Number(number)) => Segment::Name(number.to_string()),
                    Some(Tok::Placeholder(name)) => Segment::Placeholder(name.clone()),
                    Some(Tok::GluedName(hole) | Tok::GluedValue(hole) | Tok::Hole(hole)) => {
                        Segment::Hole(*hole)
                    }
                    _ => {
                        self.partial = true;
                        break;
                    }
                };
                self.at += 1;
                segments.push(segment);
            } else if self.sym('[') {
                let segment = match self.peek() {
                    Some(Tok::Number(number)) => Segment::Index(*number),
                    Some(Tok::GluedName(hole) | Tok::GluedValue(hole) | Tok::Hole(hole)) => {
                        Segment::Hole(*hole)
                    }
                    _ => {
                        self.partial = true;
                        break;
                    }
                };
                self.at += 1;
                segments.push(segment);
                if !self.sym(']') {
                    self.partial = true;
                    break;
                }
            } else {
                break;
            }
        }
        Some(AttrPath(segments))
    }

    /// An operand with its arithmetic; at least one token is consumed unless none begins here.
    fn operand(&mut self) -> Option<Operand> {
        let mut left = self.primary()?;
        let mut chain = 0;
        loop {
            let plus = match self.peek() {
                Some(Tok::Sym('+')) => true,
                Some(Tok::Sym('-')) => false,
                _ => return Some(left),
            };
            self.at += 1;
            chain += 1;
            let right = self.primary().unwrap_or_else(|| {
                self.partial = true;
                Operand::Unknown
            });
            left = if chain > MAX_CHAIN {
                self.partial = true;
                Operand::Unknown
            } else if plus {
                Operand::Plus(Box::new(left), Box::new(right))
            } else {
                Operand::Minus(Box::new(left), Box::new(right))
            };
        }
    }

    fn primary(&mut self) -> Option<Operand> {
        let tok = self.peek()?.clone();
        match tok {
            Tok::Value(name) => {
                self.at += 1;
                Some(Operand::Value(name))
            }
            Tok::GluedValue(hole) => {
                self.at += 1;
                self.partial = true;
                Some(Operand::Hole(hole))
            }
            Tok::Number(_) => {
                self.at += 1;
                self.partial = true;
                Some(Operand::Unknown)
            }
            Tok::Sym('(') => {
                let open = self.at;
                if self.depth >= MAX_DEPTH {
                    self.partial = true;
                    self.skip_bracket(open);
                    return Some(Operand::Unknown);
                }
                self.at += 1;
                self.depth += 1;
                let inner = self.operand().unwrap_or(Operand::Unknown);
                self.depth -= 1;
                if self.sym(')') {
                    return Some(inner);
                }
                self.partial = true;
                self.skip_bracket(open);
                Some(Operand::Unknown)
            }
            Tok::Word(name) if self.ahead(1) == Some(&Tok::Sym('(')) => {
                Some(self.value_function(&name))
            }
            Tok::GluedName(_) | Tok::Hole(_) if self.ahead(1) == Some(&Tok::Sym('(')) => {
                self.partial = true;
                self.skip_bracket(self.at + 1);
                Some(Operand::Unknown)
            }
            Tok::Hole(hole) => {
                let path = self.path()?;
                Some(if path.0.len() == 1 {
                    Operand::Hole(hole)
                } else {
                    Operand::Path(path)
                })
            }
            Tok::Word(_) | Tok::Quoted(_) | Tok::Placeholder(_) | Tok::GluedName(_) => {
                self.path().map(Operand::Path)
            }
            Tok::Cmp(_) | Tok::Sym(_) => None,
        }
    }

    /// The arguments of the function whose name stands here; behind the closing bracket afterwards.
    fn arguments(&mut self) -> Vec<Operand> {
        let open = self.at + 1;
        if self.depth >= MAX_DEPTH {
            self.partial = true;
            self.skip_bracket(open);
            return Vec::new();
        }
        self.at += 2;
        self.depth += 1;
        let mut found = Vec::new();
        while let Some(operand) = self.operand() {
            found.push(operand);
            if !self.sym(',') {
                break;
            }
        }
        self.depth -= 1;
        if self.peek() != Some(&Tok::Sym(')')) {
            self.partial = true;
        }
        self.skip_bracket(open);
        found
    }

    fn value_function(&mut self, name: &str) -> Operand {
        let args = self.arguments();
        let known = match (
            name.to_ascii_lowercase().as_str(),
            <[Operand; 2]>::try_from(args),
        ) {
            ("if_not_exists", Ok([path, value])) => {
                as_path(path).map(|path| Operand::IfNotExists(path, Box::new(value)))
            }
            ("list_append", Ok([a, b])) => Some(Operand::ListAppend(Box::new(a), Box::new(b))),
            ("size", Err(args)) => match <[Operand; 1]>::try_from(args) {
                Ok([path]) => as_path(path).map(Operand::Size),
                Err(_) => None,
            },
            _ => None,
        };
        known.unwrap_or_else(|| {
            self.partial = true;
            Operand::Unknown
        })
    }

    // Conditions

    pub(super) fn condition(mut self) -> Condition {
        if self.toks.is_empty() {
            return Condition::Unknown;
        }
        let mut parts = vec![self.disjunction()];
        while self.at < self.toks.len() {
            // An unbalanced bracket or a stray connective.
            self.at += 1;
            parts.push(Condition::Unknown);
            if self.at < self.toks.len() {
                parts.push(self.disjunction());
            }
        }
        if self.partial && parts.len() == 1 && !parts[0].is_partial() && self.at >= self.toks.len()
        {
            parts.push(Condition::Unknown);
        }
        conjunction(parts)
    }

    fn disjunction(&mut self) -> Condition {
        if self.depth >= MAX_DEPTH {
            self.partial = true;
            return Condition::Unknown;
        }
        self.depth += 1;
        let mut parts = vec![self.conjunction()];
        while self.keyword("or") {
            parts.push(self.conjunction());
        }
        self.depth -= 1;
        match parts.len() {
            1 => parts.remove(0),
            _ => Condition::Or(parts),
        }
    }

    fn conjunction(&mut self) -> Condition {
        let mut parts = vec![self.negation()];
        loop {
            if self.keyword("and") {
                parts.push(self.negation());
                continue;
            }
            // A hole may hold the connective, before or after what it stands beside.
            let beside = match self.peek() {
                Some(Tok::Hole(_)) => true,
                Some(tok) => {
                    matches!(parts.last(), Some(Condition::Hole(_)))
                        && !self.at_keyword("or")
                        && !matches!(tok, Tok::Sym(_) | Tok::Cmp(_))
                }
                None => false,
            };
            if !beside {
                return conjunction(parts);
            }
            parts.push(self.negation());
        }
    }

    fn negation(&mut self) -> Condition {
        let mut negated = false;
        while self.at_keyword("not") {
            self.at += 1;
            negated = !negated;
        }
        let inner = self.test();
        if negated {
            Condition::Not(Box::new(inner))
        } else {
            inner
        }
    }

    /// One comparison, function or bracketed condition.
    fn test(&mut self) -> Condition {
        if self.peek() == Some(&Tok::Sym('(')) && !self.bracket_holds_operand() {
            let open = self.at;
            self.at += 1;
            let inner = self.disjunction();
            if self.sym(')') {
                return inner;
            }
            self.skip_bracket(open);
            return conjunction(vec![inner, Condition::Unknown]);
        }
        if let (Some(Tok::Word(name)), Some(Tok::Sym('('))) = (self.peek(), self.ahead(1)) {
            let name = name.to_ascii_lowercase();
            if name != "size" && name != "if_not_exists" && name != "list_append" {
                return self.test_function(&name);
            }
        }
        let Some(left) = self.operand() else {
            return Condition::Unknown;
        };
        match self.peek().cloned() {
            Some(Tok::Cmp(op)) => {
                self.at += 1;
                Condition::Cmp(left, op, self.operand().unwrap_or(Operand::Unknown))
            }
            Some(Tok::Hole(hole)) if !matches!(left, Operand::Hole(_)) => {
                self.at += 1;
                let right = if self.at_connective() {
                    None
                } else {
                    self.operand()
                };
                Condition::Cmp(
                    left,
                    CmpOp::Hole(hole),
                    right.unwrap_or(Operand::Hole(hole)),
                )
            }
            _ if self.keyword("between") => {
                let low = self.operand().unwrap_or(Operand::Unknown);
                let high = if self.keyword("and") {
                    self.operand()
                } else {
                    None
                };
                Condition::Between(left, low, high.unwrap_or(Operand::Unknown))
            }
            _ if self.at_keyword("in") => {
                if self.ahead(1) == Some(&Tok::Sym('(')) {
                    Condition::In(left, self.arguments())
                } else {
                    self.at += 1;
                    Condition::In(left, self.operand().into_iter().collect())
                }
            }
            _ => match left {
                Operand::Hole(hole) => Condition::Hole(hole),
                _ => Condition::Unknown,
            },
        }
    }

    fn at_connective(&self) -> bool {
        self.at_keyword("and") || self.at_keyword("or") || self.peek() == Some(&Tok::Sym(')'))
    }

    /// Whether the bracket that opens here is closed before a comparison, so that an operand stands in it.
    fn bracket_holds_operand(&self) -> bool {
        let Some(close) = self.closing[self.at] else {
            return false;
        };
        match self.toks.get(close + 1) {
            Some(Tok::Cmp(_) | Tok::Sym('+' | '-')) => true,
            Some(Tok::Word(word)) => {
                word.eq_ignore_ascii_case("between") || word.eq_ignore_ascii_case("in")
            }
            _ => false,
        }
    }

    fn test_function(&mut self, name: &str) -> Condition {
        let mut args = self.arguments().into_iter();
        let (first, second, third) = (args.next(), args.next(), args.next());
        let known = match (name, first, second, third) {
            ("attribute_exists", Some(path), None, None) => as_path(path).map(Condition::Exists),
            ("attribute_not_exists", Some(path), None, None) => {
                as_path(path).map(Condition::NotExists)
            }
            ("attribute_type", Some(path), Some(ty), None) => {
                as_path(path).map(|path| Condition::AttributeType(path, ty))
            }
            ("begins_with", Some(path), Some(prefix), None) => {
                Some(Condition::BeginsWith(path, prefix))
            }
            ("contains", Some(path), Some(part), None) => Some(Condition::Contains(path, part)),
            _ => None,
        };
        known.unwrap_or(Condition::Unknown)
    }

    // Updates

    fn clause(&self) -> Option<Clause> {
        let Some(Tok::Word(word)) = self.peek() else {
            return None;
        };
        // A reserved word in the place of a name is invalid, but plainly meant as a name.
        if matches!(self.ahead(1), Some(Tok::Cmp(_) | Tok::Sym('.' | '['))) {
            return None;
        }
        match word.to_ascii_lowercase().as_str() {
            "set" => Some(Clause::Set),
            "remove" => Some(Clause::Remove),
            "add" => Some(Clause::Add),
            "delete" => Some(Clause::Delete),
            _ => None,
        }
    }

    pub(super) fn update(mut self) -> Update {
        let mut update = Update::default();
        // What stands before the first clause is taken for assignments: a hole may have held the keyword.
        let mut clause = Clause::Set;
        if self.clause().is_none() {
            self.partial = true;
        }
        while self.at < self.toks.len() {
            if let Some(next) = self.clause() {
                self.at += 1;
                clause = next;
            }
            let start = self.at;
            self.action(clause, &mut update);
            if self.at == start {
                self.at += 1;
                self.partial = true;
            }
            if self.at < self.toks.len() && !self.sym(',') && self.clause().is_none() {
                self.partial = true;
            }
        }
        update.partial |= self.partial;
        update
    }

    /// One action of a clause, if it is understood; what is left over the caller sees.
    fn action(&mut self, clause: Clause, update: &mut Update) {
        if self.at >= self.toks.len() {
            self.partial = true;
            return;
        }
        let alone = matches!(self.peek(), Some(Tok::Hole(_)));
        let Some(path) = self.path() else {
            self.partial = true;
            return;
        };
        // A hole with nothing behind it holds whole actions, or the keyword of a clause.
        let alone = alone && path.0.len() == 1;
        if self.peek() == Some(&Tok::Cmp(CmpOp::Eq)) {
            self.partial |= clause != Clause::Set;
            self.at += 1;
            let value = self.operand().unwrap_or_else(|| {
                self.partial = true;
                Operand::Unknown
            });
            let value = self.hole_after(value);
            update.sets.push(Assignment { path, value });
            return;
        }
        match clause {
            Clause::Set => self.partial = true,
            Clause::Remove => {
                if alone {
                    self.partial = true;
                }
                update.removes.push(path);
            }
            Clause::Add | Clause::Delete => {
                let ends = matches!(self.peek(), None | Some(Tok::Sym(',' | ')')))
                    || self.clause().is_some();
                let value = if ends { None } else { self.operand() };
                match value {
                    Some(value) if clause == Clause::Add => update.adds.push((path, value)),
                    Some(value) => update.deletes.push((path, value)),
                    None => {
                        self.partial = true;
                        let value = Operand::Unknown;
                        if !alone && clause == Clause::Add {
                            update.adds.push((path, value));
                        } else if !alone {
                            update.deletes.push((path, value));
                        }
                    }
                }
            }
        }
    }

    /// A hole behind a value: an operator with its right side, or further actions.
    fn hole_after(&mut self, value: Operand) -> Operand {
        if !matches!(self.peek(), Some(Tok::Hole(_))) {
            return value;
        }
        self.at += 1;
        self.partial = true;
        let continues = matches!(
            self.peek(),
            Some(Tok::Value(_) | Tok::GluedValue(_) | Tok::Sym('(' | '+' | '-'))
        );
        if continues {
            self.operand();
            return Operand::Unknown;
        }
        value
    }

    // Projections

    pub(super) fn projection(mut self) -> Projection {
        let mut projection = Projection::default();
        while self.at < self.toks.len() {
            let alone = matches!(self.peek(), Some(Tok::Hole(_)));
            match self.path() {
                Some(path) => {
                    self.partial |= alone && path.0.len() == 1;
                    projection.paths.push(path);
                }
                None => {
                    self.at += 1;
                    self.partial = true;
                }
            }
            if self.at < self.toks.len() && !self.sym(',') {
                self.partial = true;
            }
        }
        projection.partial = self.partial;
        projection
    }
}

fn as_path(operand: Operand) -> Option<AttrPath> {
    match operand {
        Operand::Path(path) => Some(path),
        Operand::Hole(hole) => Some(AttrPath(vec![Segment::Hole(hole)])),
        _ => None,
    }
}

/// `parts` as one condition, nested conjunctions merged.
fn conjunction(parts: Vec<Condition>) -> Condition {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Condition::And(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        1 => flat.remove(0),
        _ => Condition::And(flat),
    }
}
