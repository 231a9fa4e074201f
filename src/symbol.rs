//! Interned names: the words of programs and packs, each kept once, and names put together of others.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// An interned text, which lives as long as the process: one pointer, equal where the texts are, ordered as they are.
///
/// It hashes by its text, not by its address: a table keyed by it is gone through in the same order in every run.
#[derive(Clone, Copy)]
pub struct Sym(&'static Entry);

struct Entry {
    hash: u64,
    text: Box<str>,
}

/// The parts of the table, each with a lock of its own.
const SHARDS: usize = 64;
/// How many of the texts that a thread has asked for last it remembers.
const LATELY: usize = 512;

static TABLE: LazyLock<[Mutex<HashTable<Sym>>; SHARDS]> =
    LazyLock::new(|| std::array::from_fn(|_| Mutex::default()));

thread_local! {
    /// Where texts are put together.
    static TOGETHER: RefCell<String> = const { RefCell::new(String::new()) };
    static LATELY_ASKED: [Cell<Option<Sym>>; LATELY] = const { [const { Cell::new(None) }; LATELY] };
    /// To put a name together again costs more than to look it up, and one run of the interpreter asks what the last did.
    static MEMBERS: RefCell<FxHashMap<(Sym, Sym), Sym>> =
        const { RefCell::new(FxHashMap::with_hasher(FxBuildHasher)) };
    static PARTED: RefCell<FxHashMap<Sym, Option<(Sym, Sym)>>> =
        const { RefCell::new(FxHashMap::with_hasher(FxBuildHasher)) };
    static FUNCTIONS: RefCell<FxHashMap<(u32, u32, Sym), Sym>> =
        const { RefCell::new(FxHashMap::with_hasher(FxBuildHasher)) };
}

/// Interns a text.
pub fn intern(text: &str) -> Sym {
    let hash = FxBuildHasher.hash_one(text);
    LATELY_ASKED.with(|lately| {
        let place = &lately[hash as usize % LATELY];
        if let Some(known) = place.get().filter(|known| known.is(hash, text)) {
            return known;
        }
        let sym = enter(hash, text);
        place.set(Some(sym));
        sym
    })
}

/// Interns the text that several come to one after the other.
pub(crate) fn concat(parts: &[&str]) -> Sym {
    TOGETHER.with_borrow_mut(|text| {
        text.clear();
        parts.iter().for_each(|part| text.push_str(part));
        intern(text)
    })
}

/// The interned text, if it was ever interned.
pub fn interned(text: &str) -> Option<Sym> {
    let hash = FxBuildHasher.hash_one(text);
    shard(hash)
        .find(hash, |known| known.is(hash, text))
        .copied()
}

fn enter(hash: u64, text: &str) -> Sym {
    let mut shard = shard(hash);
    if let Some(known) = shard.find(hash, |known| known.is(hash, text)) {
        return *known;
    }
    let text = text.into();
    let new = Sym(Box::leak(Box::new(Entry { hash, text })));
    shard.insert_unique(hash, new, |known| known.0.hash);
    new
}

fn shard(hash: u64) -> MutexGuard<'static, HashTable<Sym>> {
    // Neither the bits that place it in the table nor those that tell its neighbours there apart.
    let shard = &TABLE[(hash >> 40) as usize % SHARDS];
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The path of what something has under a name: `of.name`.
pub(crate) fn member(of: Sym, name: Sym) -> Sym {
    MEMBERS.with_borrow_mut(|known| {
        let path = || concat(&[&of, ".", &name]);
        *known.entry((of, name)).or_insert_with(path)
    })
}

/// What a function of the project is called among the terms: by its file, its number there and its name.
pub(crate) fn function(file: u32, number: u32, name: Sym) -> Sym {
    FUNCTIONS.with_borrow_mut(|known| {
        let path = || intern(&format!("func:{file}:{number}:{name}"));
        *known.entry((file, number, name)).or_insert_with(path)
    })
}

/// What a dotted path is a member of, and under which name.
pub(crate) fn parted(path: Sym) -> Option<(Sym, Sym)> {
    PARTED.with_borrow_mut(|known| {
        let parts = || {
            let (of, name) = path.rsplit_once('.')?;
            Some((intern(of), intern(name)))
        };
        *known.entry(path).or_insert_with(parts)
    })
}

/// An interned literal, looked up in the table of names only the first time that its place is reached.
#[macro_export]
macro_rules! sym {
    ($text:literal) => {{
        static NAME: std::sync::OnceLock<$crate::symbol::Sym> = std::sync::OnceLock::new();
        *NAME.get_or_init(|| $crate::symbol::intern($text))
    }};
}

impl Sym {
    /// The text.
    pub fn as_str(&self) -> &'static str {
        &self.0.text
    }

    /// A number of the text, the same in every run: a cheaper order than that of the texts, where any will do.
    pub fn number(self) -> u64 {
        self.0.hash
    }

    fn is(self, hash: u64, text: &str) -> bool {
        self.0.hash == hash && *self.0.text == *text
    }
}

impl PartialEq for Sym {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Sym {}

impl Hash for Sym {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

impl Ord for Sym {
    fn cmp(&self, other: &Self) -> Ordering {
        match self == other {
            true => Ordering::Equal,
            false => self.as_str().cmp(other.as_str()),
        }
    }
}

impl PartialOrd for Sym {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Deref for Sym {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Default for Sym {
    fn default() -> Self {
        sym!("")
    }
}

impl fmt::Display for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl From<&str> for Sym {
    fn from(text: &str) -> Self {
        intern(text)
    }
}

impl From<Sym> for String {
    fn from(name: Sym) -> Self {
        name.as_str().to_owned()
    }
}

impl From<Sym> for Cow<'static, str> {
    fn from(name: Sym) -> Self {
        Cow::Borrowed(name.as_str())
    }
}

impl PartialEq<str> for Sym {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Sym {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<Sym> for str {
    fn eq(&self, other: &Sym) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Sym> for &str {
    fn eq(&self, other: &Sym) -> bool {
        *self == other.as_str()
    }
}

impl PartialEq<String> for Sym {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

#[cfg(test)]
mod tests {
    use super::{intern, interned, parted};

    #[test]
    fn one_text_is_one_name() {
        let name = intern("quantity on hand");
        assert_eq!(name, intern(&["quantity", "on", "hand"].join(" ")));
        assert_eq!(name.as_str(), "quantity on hand");
        assert_ne!(name, intern("quantity"));
    }

    #[test]
    fn what_nobody_interned_is_not_known() {
        assert_eq!(interned("asked for, never interned"), None);
        let name = intern("interned, then asked for");
        assert_eq!(interned("interned, then asked for"), Some(name));
    }

    #[test]
    fn names_are_ordered_as_their_texts_are() {
        let mut names = ["stock", "order", "seat"].map(intern);
        names.sort();
        assert_eq!(names.map(|n| n.as_str()), ["order", "seat", "stock"]);
    }

    #[test]
    fn threads_that_intern_the_same_get_the_same() {
        let all = |_| {
            (0..2000)
                .map(|i| intern(&format!("row {i}")))
                .collect::<Vec<_>>()
        };
        let found: Vec<_> = std::thread::scope(|s| {
            let threads = [0, 1, 2, 3].map(|i| s.spawn(move || all(i)));
            threads.map(|t| t.join().unwrap_or_default()).into()
        });
        assert!(found.iter().all(|f| *f == found[0] && f.len() == 2000));
    }

    #[test]
    fn a_path_is_taken_apart_at_its_last_dot() {
        let parts = parted(intern("shop.models.Order"));
        assert_eq!(parts, Some((intern("shop.models"), intern("Order"))));
        assert_eq!(parted(intern("Order")), None);
    }
}
