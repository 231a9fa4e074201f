//! The small languages in which the properties of a pattern are written: selectors, dialects, terms, tests, results.

use crate::stores::vocabulary::*;
use crate::symbol::intern;

impl Sel {
    /// Parses a selector.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if !text.starts_with('\'') && text.contains('|') {
            return Ok(Self::First(
                text.split('|').map(Self::parse).collect::<Result<_, _>>()?,
            ));
        }
        if let Some(rest) = text.strip_prefix("kw:*") {
            return Ok(Self::AllKw(
                rest.split_whitespace()
                    .map(|w| intern(w.trim_start_matches('-')))
                    .collect(),
            ));
        }
        Ok(match text {
            "recv" => Self::Recv,
            "filters" => Self::Filters,
            "name" => Self::Name,
            "here" => Self::Here,
            "nothing" => Self::Nothing,
            "pos:*" => Self::AllPos,
            _ => {
                if let Some(t) = text.strip_prefix('\'') {
                    return Ok(Self::Text(intern(t.trim_end_matches('\''))));
                }
                let (what, name) = text
                    .split_once(':')
                    .ok_or_else(|| format!("`{text}` is not a selector"))?;
                match what {
                    "pos" if name.ends_with("..") => Self::PosFrom(
                        name.trim_end_matches('.')
                            .parse()
                            .map_err(|_| format!("`{text}`: expected a number"))?,
                    ),
                    "pos" => Self::Pos(
                        name.parse()
                            .map_err(|_| format!("`{text}`: expected a number"))?,
                    ),
                    "kw" => Self::Kw(intern(name)),
                    "field" => Self::Field(intern(name)),
                    "prop" => Self::Prop(intern(name)),
                    "model" => Self::Model(intern(name)),
                    "attr" => Self::Attr(intern(name)),
                    "own" => Self::Own(name.split('.').map(intern).collect()),
                    _ => return Err(format!("`{text}` is not a selector")),
                }
            }
        })
    }
}

impl Dialect {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((name, rest)) = text.split_once('(') else {
            return Ok(Self {
                name: intern("test"),
                args: vec![Sel::parse(text)?],
            });
        };
        let args = split_args(rest.trim_end().strip_suffix(')').ok_or("missing `)`")?);
        Ok(Self {
            name: intern(name.trim()),
            args: args
                .into_iter()
                .map(|a| Sel::parse(&a))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl TermSpec {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('(') else {
            return Ok(Self::Value(Sel::parse(text)?));
        };
        let args = split_args(rest.strip_suffix(')').ok_or("missing `)`")?);
        if name == "stored" {
            let sel = args.first().ok_or("`stored` takes a selector")?;
            return Ok(Self::Stored(Sel::parse(sel)?));
        }
        Ok(Self::Op(
            intern(name),
            args.iter()
                .map(|a| Self::parse(a))
                .collect::<Result<_, _>>()?,
        ))
    }
}

/// `eq(recv, pos:0)`: the comparison and what it compares.
pub(super) fn parse_test(text: &str) -> Result<(Cmp, Vec<TermSpec>), String> {
    let (name, rest) = text.split_once('(').ok_or("expected `eq(recv, pos:0)`")?;
    let cmp = match name.trim() {
        "eq" => Cmp::Eq,
        "ne" => Cmp::Ne,
        "lt" => Cmp::Lt,
        "le" => Cmp::Le,
        "gt" => Cmp::Gt,
        "ge" => Cmp::Ge,
        "in" => Cmp::In,
        "exists" => Cmp::Exists,
        "not-exists" => Cmp::NotExists,
        "prefix" => Cmp::Prefix,
        "other" => Cmp::Other,
        "and" => Cmp::And,
        "or" => Cmp::Or,
        "not" => Cmp::Not,
        _ => return Err(format!("unknown test `{name}`")),
    };
    let args = split_args(rest.strip_suffix(')').ok_or("missing `)`")?);
    Ok((
        cmp,
        args.iter()
            .map(|a| TermSpec::parse(a))
            .collect::<Result<_, _>>()?,
    ))
}

impl Returns {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("tuple(") {
            let args = split_args(rest.strip_suffix(')').ok_or("missing `)`")?);
            return Ok(Self::Tuple(
                args.iter()
                    .map(|a| Self::parse(a))
                    .collect::<Result<_, _>>()?,
            ));
        }
        if let Some(rest) = text.strip_prefix("record(") {
            let args = split_args(rest.strip_suffix(')').ok_or("missing `)`")?);
            let mut out = Vec::new();
            for a in args {
                let (name, shape) = a.split_once('=').ok_or("expected `record(Name=row)`")?;
                out.push((intern(name.trim()), Self::parse(shape)?));
            }
            return Ok(Self::Record(out));
        }
        if let Some(rest) = text.strip_prefix("pages(") {
            let page = rest.strip_suffix(')').ok_or("missing `)`")?;
            return Ok(Self::Pages(Box::new(Self::parse(page)?)));
        }
        if let Some(name) = text.strip_prefix("page:") {
            return Ok(Self::Page(Some(intern(name))));
        }
        if let Some(kind) = text.strip_prefix("kind:") {
            return Ok(Self::Kind(intern(kind)));
        }
        if let Some(sel) = text.strip_prefix("arg:") {
            return Ok(Self::Arg(Sel::parse(sel)?));
        }
        if let Some(sel) = text.strip_prefix("copy:") {
            return Ok(Self::Copy(Sel::parse(sel)?));
        }
        if let Some(sel) = text.strip_prefix("lost:") {
            return Ok(Self::Lost(Sel::parse(sel)?));
        }
        Ok(match text {
            "nothing" => Self::Nothing,
            "row" => Self::Row { optional: false },
            "row?" => Self::Row { optional: true },
            "rows" => Self::Rows,
            "values" => Self::Values,
            "count" => Self::Count,
            "map" => Self::Map,
            "exists" => Self::Exists,
            "aggregate" => Self::Aggregate,
            "affected" => Self::Affected,
            "created" => Self::Created,
            "held" => Self::Held,
            "answer" => Self::Answer,
            "database" => Self::Database,
            "error" => Self::Error,
            "recv" => Self::Recv,
            "new-row" => Self::NewRow,
            "class" => Self::Class,
            "members" => Self::Members,
            "grouped" => Self::Grouped,
            "page" => Self::Page(None),
            _ => return Err("unknown shape of a result".into()),
        })
    }
}

/// The parts between commas that stand in no brackets of their own.
fn split_args(text: &str) -> Vec<String> {
    let (mut depth, mut out, mut current) = (0i32, Vec::new(), String::new());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                out.push(std::mem::take(&mut current).trim().to_owned());
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    if !current.trim().is_empty() {
        out.push(current.trim().to_owned());
    }
    out
}
