//! DynamoDB expressions: update, condition (also filter and key condition) and projection expressions.
//!
//! The text may have holes: parts that the analysis does not know ([`Piece::Hole`]). A hole can stand for a name, a
//! value, a part of an identifier, an operator or a whole clause, so what surrounds it is kept and the rest degrades
//! to `Hole` or `Unknown`, never to something more definite than what is written. The parsers are total: any input
//! gives a result, in time linear in its length and with bounded recursion.
//!
//! Beside DynamoDB's own `#name` and `:value` placeholders the positional forms of client libraries are understood:
//! `?` is a value and `$` a name, numbered together from zero (`?0`, `$1`), and `'quoted'` is a plain attribute name.

mod lex;
mod parse;

/// A part of an expression's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// Known text.
    Text(&'a str),
    /// Something unknown, numbered by the caller.
    Hole(u32),
}

/// One step of a path.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Segment {
    /// An attribute's name.
    Name(String),
    /// `#n`, with its sign, to be looked up among the expression's attribute names; `$0` for a positional one.
    Placeholder(String),
    /// `[3]`.
    Index(u32),
    /// A name or index that is wholly or partly unknown.
    Hole(u32),
}

/// A document path: `a.#b[0]`. An empty one is unknown.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct AttrPath(pub Vec<Segment>);

/// A value in an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operand {
    /// `:v`, with its colon, as it is keyed among the expression's attribute values; `?0` for a positional one.
    Value(String),
    /// The store's own value of an attribute.
    Path(AttrPath),
    /// `a + b`.
    Plus(Box<Self>, Box<Self>),
    /// `a - b`.
    Minus(Box<Self>, Box<Self>),
    /// `if_not_exists(path, value)`.
    IfNotExists(AttrPath, Box<Self>),
    /// `list_append(a, b)`.
    ListAppend(Box<Self>, Box<Self>),
    /// `size(path)`.
    Size(AttrPath),
    /// An unknown part: a value, or an attribute.
    Hole(u32),
    /// Not understood.
    Unknown,
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CmpOp {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// The operator itself is unknown.
    Hole(u32),
}

/// A condition, filter or key condition.
///
/// Where the connective between two parts is unknown (`"a = :a" + rest`), they are taken as conjuncts, because that
/// is how conditions are built in practice: the [`Condition::Hole`] among them tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// `a = b` and its kin.
    Cmp(Operand, CmpOp, Operand),
    /// `a BETWEEN low AND high`.
    Between(Operand, Operand, Operand),
    /// `a IN (b, c)`.
    In(Operand, Vec<Operand>),
    /// `attribute_exists(path)`.
    Exists(AttrPath),
    /// `attribute_not_exists(path)`.
    NotExists(AttrPath),
    /// `attribute_type(path, type)`.
    AttributeType(AttrPath, Operand),
    /// `begins_with(path, prefix)`.
    BeginsWith(Operand, Operand),
    /// `contains(path, operand)`.
    Contains(Operand, Operand),
    /// All of these (two at least).
    And(Vec<Self>),
    /// Any of these (two at least).
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A whole unknown condition.
    Hole(u32),
    /// Not understood.
    Unknown,
}

/// `path = value` of a `SET` clause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// What is set.
    pub path: AttrPath,
    /// To what.
    pub value: Operand,
}

/// An update expression.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Update {
    /// `SET`.
    pub sets: Vec<Assignment>,
    /// `REMOVE`.
    pub removes: Vec<AttrPath>,
    /// `ADD`: to a number or a set.
    pub adds: Vec<(AttrPath, Operand)>,
    /// `DELETE`: from a set.
    pub deletes: Vec<(AttrPath, Operand)>,
    /// Something was not understood or is unknown: the update may do more than what is listed.
    pub partial: bool,
}

/// A projection expression.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Projection {
    /// The paths asked for.
    pub paths: Vec<AttrPath>,
    /// There may be more.
    pub partial: bool,
}

/// Whether a member's name is the type of an attribute value.
pub fn is_type_tag(name: &str) -> bool {
    matches!(
        name,
        "S" | "N" | "B" | "BOOL" | "SS" | "NS" | "BS" | "L" | "M" | "NULL" | "Value"
    )
}

/// Looks up a placeholder (`#n`, with its sign) among an expression's attribute names.
pub type Names<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Parses an update expression.
pub fn parse_update(text: &[Piece<'_>]) -> Update {
    parse::Parser::new(text).update()
}

/// Parses a condition, filter or key condition expression. An empty text is [`Condition::Unknown`].
pub fn parse_condition(text: &[Piece<'_>]) -> Condition {
    parse::Parser::new(text).condition()
}

/// Parses a projection expression.
pub fn parse_projection(text: &[Piece<'_>]) -> Projection {
    parse::Parser::new(text).projection()
}

/// Replaces the placeholders in `path` by the names they stand for, as far as `names` knows them. A name that a
/// placeholder stands for is one segment, even with dots in it.
pub fn resolve(path: &AttrPath, names: &Names<'_>) -> AttrPath {
    AttrPath(
        path.0
            .iter()
            .map(|segment| match segment {
                Segment::Placeholder(key) => {
                    names(key).map_or_else(|| segment.clone(), Segment::Name)
                }
                other => other.clone(),
            })
            .collect(),
    )
}

/// The top-level attribute of `path`, if its name is known.
pub fn top(path: &AttrPath) -> Option<&str> {
    match path.0.first() {
        Some(Segment::Name(name)) => Some(name),
        _ => None,
    }
}

impl AttrPath {
    /// The path of one attribute.
    pub fn name(name: &str) -> Self {
        Self(vec![Segment::Name(name.to_owned())])
    }

    /// Whether every segment is a name or an index.
    pub fn is_known(&self) -> bool {
        !self.0.is_empty()
            && self
                .0
                .iter()
                .all(|segment| matches!(segment, Segment::Name(_) | Segment::Index(_)))
    }
}

impl Operand {
    /// Calls `f` with every operand in this one, itself first.
    pub fn visit<'a>(&'a self, f: &mut dyn FnMut(&'a Self)) {
        f(self);
        match self {
            Self::Plus(a, b) | Self::Minus(a, b) | Self::ListAppend(a, b) => {
                a.visit(f);
                b.visit(f);
            }
            Self::IfNotExists(_, value) => value.visit(f),
            Self::Value(_) | Self::Path(_) | Self::Size(_) | Self::Hole(_) | Self::Unknown => {}
        }
    }

    /// The attribute that this very operand names, not those inside of it.
    pub fn own_path(&self) -> Option<&AttrPath> {
        match self {
            Self::Path(path) | Self::IfNotExists(path, _) | Self::Size(path) => Some(path),
            _ => None,
        }
    }

    /// Every attribute whose stored value this reads, in order.
    pub fn paths(&self) -> Vec<&AttrPath> {
        let mut found = Vec::new();
        self.visit(&mut |operand| found.extend(operand.own_path()));
        found
    }

    /// Every value placeholder in it, in order.
    pub fn values(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.visit(&mut |operand| {
            if let Self::Value(name) = operand {
                found.push(name.as_str());
            }
        });
        found
    }

    /// The same with the placeholders of its paths resolved.
    pub fn resolved(&self, names: &Names<'_>) -> Self {
        let boxed = |operand: &Self| Box::new(operand.resolved(names));
        match self {
            Self::Path(path) => Self::Path(resolve(path, names)),
            Self::Plus(a, b) => Self::Plus(boxed(a), boxed(b)),
            Self::Minus(a, b) => Self::Minus(boxed(a), boxed(b)),
            Self::IfNotExists(path, value) => Self::IfNotExists(resolve(path, names), boxed(value)),
            Self::ListAppend(a, b) => Self::ListAppend(boxed(a), boxed(b)),
            Self::Size(path) => Self::Size(resolve(path, names)),
            Self::Value(_) | Self::Hole(_) | Self::Unknown => self.clone(),
        }
    }
}

impl Condition {
    /// Calls `f` with every condition in this one, itself first.
    pub fn visit<'a>(&'a self, f: &mut dyn FnMut(&'a Self)) {
        f(self);
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(f)),
            Self::Not(inner) => inner.visit(f),
            _ => {}
        }
    }

    /// The operands of this very condition, not those of conditions inside of it.
    pub fn operands(&self) -> Vec<&Operand> {
        match self {
            Self::Cmp(a, _, b) | Self::BeginsWith(a, b) | Self::Contains(a, b) => vec![a, b],
            Self::Between(a, low, high) => vec![a, low, high],
            Self::In(a, list) => std::iter::once(a).chain(list).collect(),
            Self::AttributeType(_, operand) => vec![operand],
            _ => Vec::new(),
        }
    }

    /// Every attribute that the condition mentions, in order.
    pub fn paths(&self) -> Vec<&AttrPath> {
        let mut found = Vec::new();
        self.visit(&mut |condition| {
            if let Self::Exists(path) | Self::NotExists(path) | Self::AttributeType(path, _) =
                condition
            {
                found.push(path);
            }
            for operand in condition.operands() {
                found.extend(operand.paths());
            }
        });
        found
    }

    /// The parts all of which must hold; the condition itself if it is no conjunction.
    pub fn conjuncts(&self) -> Vec<&Self> {
        let mut found = Vec::new();
        let mut work = vec![self];
        while let Some(condition) = work.pop() {
            match condition {
                Self::And(parts) => work.extend(parts.iter().rev()),
                other => found.push(other),
            }
        }
        found
    }

    /// Whether some part of it is unknown or was not understood.
    pub fn is_partial(&self) -> bool {
        let mut partial = false;
        self.visit(&mut |condition| {
            partial |= matches!(
                condition,
                Self::Hole(_) | Self::Unknown | Self::Cmp(_, CmpOp::Hole(_), _)
            );
            for operand in condition.operands() {
                operand.visit(&mut |o| partial |= matches!(o, Operand::Hole(_) | Operand::Unknown));
            }
        });
        partial
    }

    /// The same with the placeholders of its paths resolved.
    pub fn resolved(&self, names: &Names<'_>) -> Self {
        let of = |operand: &Operand| operand.resolved(names);
        match self {
            Self::Cmp(a, op, b) => Self::Cmp(of(a), *op, of(b)),
            Self::Between(a, low, high) => Self::Between(of(a), of(low), of(high)),
            Self::In(a, list) => Self::In(of(a), list.iter().map(of).collect()),
            Self::Exists(path) => Self::Exists(resolve(path, names)),
            Self::NotExists(path) => Self::NotExists(resolve(path, names)),
            Self::AttributeType(path, ty) => Self::AttributeType(resolve(path, names), of(ty)),
            Self::BeginsWith(a, b) => Self::BeginsWith(of(a), of(b)),
            Self::Contains(a, b) => Self::Contains(of(a), of(b)),
            Self::And(parts) => Self::And(parts.iter().map(|part| part.resolved(names)).collect()),
            Self::Or(parts) => Self::Or(parts.iter().map(|part| part.resolved(names)).collect()),
            Self::Not(inner) => Self::Not(Box::new(inner.resolved(names))),
            Self::Hole(_) | Self::Unknown => self.clone(),
        }
    }
}

impl Update {
    /// Every attribute that is written, in the order set, removed, added to, deleted from.
    pub fn written(&self) -> Vec<&AttrPath> {
        let mut found: Vec<&AttrPath> = self.sets.iter().map(|set| &set.path).collect();
        found.extend(&self.removes);
        found.extend(self.adds.iter().map(|(path, _)| path));
        found.extend(self.deletes.iter().map(|(path, _)| path));
        found
    }

    /// The same with the placeholders of its paths resolved.
    pub fn resolved(&self, names: &Names<'_>) -> Self {
        let pairs = |list: &[(AttrPath, Operand)]| {
            list.iter()
                .map(|(path, value)| (resolve(path, names), value.resolved(names)))
                .collect()
        };
        Self {
            sets: self
                .sets
                .iter()
                .map(|set| Assignment {
                    path: resolve(&set.path, names),
                    value: set.value.resolved(names),
                })
                .collect(),
            removes: self
                .removes
                .iter()
                .map(|path| resolve(path, names))
                .collect(),
            adds: pairs(&self.adds),
            deletes: pairs(&self.deletes),
            partial: self.partial,
        }
    }
}

#[cfg(test)]
mod tests;
