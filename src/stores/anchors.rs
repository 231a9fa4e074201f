//! Anchors: which files a pack cares about, told from bytes alone.

use crate::symbol::{Sym, intern};

/// A boolean formula over needles.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// The text occurs in the file.
    Needle(Sym),
    /// All of these.
    And(Vec<Self>),
    /// Any of these.
    Or(Vec<Self>),
}

impl Formula {
    /// Parses `import(django) & (".objects" | "atomic")`; `import(x)` is the bare text `x`, which an import line
    /// must hold.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut p = Parser { rest: text };
        let f = p.or()?;
        p.skip();
        if p.rest.is_empty() {
            Ok(f)
        } else {
            Err(format!("unexpected `{}` in anchors", p.rest))
        }
    }

    /// Whether it holds when exactly the needles for which `has` is true occur.
    pub fn holds(&self, has: &dyn Fn(Sym) -> bool) -> bool {
        match self {
            Self::Needle(n) => has(*n),
            Self::And(fs) => fs.iter().all(|f| f.holds(has)),
            Self::Or(fs) => fs.iter().any(|f| f.holds(has)),
        }
    }

    /// All needles.
    pub fn needles(&self, into: &mut Vec<Sym>) {
        match self {
            Self::Needle(n) => {
                if !into.contains(n) {
                    into.push(*n);
                }
            }
            Self::And(fs) | Self::Or(fs) => fs.iter().for_each(|f| f.needles(into)),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip();
        if let Some(rest) = self.rest.strip_prefix(token) {
            self.rest = rest;
            true
        } else {
            false
        }
    }

    fn or(&mut self) -> Result<Formula, String> {
        let mut all = vec![self.and()?];
        while self.eat("|") {
            all.push(self.and()?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Formula::Or(all)
        })
    }

    fn and(&mut self) -> Result<Formula, String> {
        let mut all = vec![self.atom()?];
        while self.eat("&") {
            all.push(self.atom()?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Formula::And(all)
        })
    }

    fn atom(&mut self) -> Result<Formula, String> {
        if self.eat("import(") {
            let end = self
                .rest
                .find(')')
                .ok_or("`import(` without `)` in anchors")?;
            let needle = intern(self.rest[..end].trim());
            self.rest = &self.rest[end + 1..];
            return Ok(Formula::Needle(needle));
        }
        if self.eat("(") {
            let f = self.or()?;
            return if self.eat(")") {
                Ok(f)
            } else {
                Err("`(` without `)` in anchors".into())
            };
        }
        if self.eat("\"") {
            let end = self.rest.find('"').ok_or("unclosed text in anchors")?;
            let needle = intern(&self.rest[..end]);
            self.rest = &self.rest[end + 1..];
            return Ok(Formula::Needle(needle));
        }
        Err(format!("expected a needle at `{}` in anchors", self.rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_hold() {
        let f = Formula::parse(r#"import(django) & (".objects" | "atomic")"#).unwrap();
        let with = |set: &'static [&'static str]| move |n: Sym| set.contains(&n.as_str());
        assert!(f.holds(&with(&["django", "atomic"])));
        assert!(!f.holds(&with(&["django"])));
        assert!(Formula::parse("a").is_err());
        assert!(Formula::parse(r#"("a""#).is_err());
    }
}
