//! The words of a text, found without parsing.

use rustc_hash::FxHashMap;

use crate::symbol::Sym;

/// Names that are looked for as whole words.
pub(crate) struct Wanted(FxHashMap<&'static [u8], Sym>);

impl FromIterator<Sym> for Wanted {
    fn from_iter<I: IntoIterator<Item = Sym>>(names: I) -> Self {
        let names = names.into_iter();
        Self(names.map(|n| (n.as_str().as_bytes(), n)).collect())
    }
}

impl Wanted {
    /// Those that stand in a text, each with where it begins.
    pub(crate) fn find(&self, text: &[u8]) -> impl Iterator<Item = (usize, Sym)> {
        words(text).filter_map(|(at, word)| Some((at, *self.0.get(word)?)))
    }
}

/// The words in a text, each with where it begins: as much as stands together of what names are written with.
fn words(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].iter().position(|b| is_letter(*b))?;
        let len = text[start..].iter().position(|b| !is_letter(*b));
        at = len.map_or(text.len(), |len| start + len);
        Some((start, &text[start..at]))
    })
}

/// A letter of a name. What is beyond ASCII counts as one.
fn is_letter(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || !b.is_ascii()
}

#[cfg(test)]
mod tests {
    use crate::symbol::intern;

    use super::{Wanted, words};

    #[test]
    fn words_stand_between_other_signs() {
        let text = "x = order.größe(a_1)\n";
        let found: Vec<_> = words(text.as_bytes()).collect();
        let word = |w: &'static str| (text.find(w).unwrap_or(0), w.as_bytes());
        assert_eq!(found, ["x", "order", "größe", "a_1"].map(word));
        assert_eq!(words(b" += ").count(), 0);
    }

    #[test]
    fn parts_of_words_are_not_wanted() {
        let wanted: Wanted = [intern("order"), intern("order_line")]
            .into_iter()
            .collect();
        let found: Vec<_> = wanted.find(b"order.reorder(order_line)").collect();
        assert_eq!(found, [(0, intern("order")), (14, intern("order_line"))]);
    }
}
