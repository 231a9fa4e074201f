//! Names that the program itself uses, interned once, and names put together of others.

use std::cell::RefCell;

use rustc_hash::{FxBuildHasher, FxHashMap};
use ustr::{Ustr, ustr};

thread_local! {
    /// To put a name together again costs more than to look it up, and one run of the interpreter asks what the last did.
    static MEMBERS: RefCell<FxHashMap<(Ustr, Ustr), Ustr>> =
        const { RefCell::new(FxHashMap::with_hasher(FxBuildHasher)) };
    static PARTED: RefCell<FxHashMap<Ustr, Option<(Ustr, Ustr)>>> =
        const { RefCell::new(FxHashMap::with_hasher(FxBuildHasher)) };
    static FUNCTIONS: RefCell<FxHashMap<(u32, u32, Ustr), Ustr>> =
        const { RefCell::new(FxHashMap::with_hasher(FxBuildHasher)) };
}

/// The path of what something has under a name: `of.name`.
pub(crate) fn member(of: Ustr, name: Ustr) -> Ustr {
    MEMBERS.with_borrow_mut(|known| {
        let path = || ustr(&format!("{of}.{name}"));
        *known.entry((of, name)).or_insert_with(path)
    })
}

/// What a function of the project is called among the terms: by its file, its number there and its name.
pub(crate) fn function(file: u32, number: u32, name: Ustr) -> Ustr {
    FUNCTIONS.with_borrow_mut(|known| {
        let path = || ustr(&format!("func:{file}:{number}:{name}"));
        *known.entry((file, number, name)).or_insert_with(path)
    })
}

/// What a dotted path is a member of, and under which name.
pub(crate) fn parted(path: Ustr) -> Option<(Ustr, Ustr)> {
    PARTED.with_borrow_mut(|known| {
        let parts = || {
            let (of, name) = path.rsplit_once('.')?;
            Some((ustr(of), ustr(name)))
        };
        *known.entry(path).or_insert_with(parts)
    })
}

/// An interned literal, looked up in the table of names only the first time that its place is reached.
#[macro_export]
macro_rules! sym {
    ($text:literal) => {{
        static NAME: std::sync::OnceLock<ustr::Ustr> = std::sync::OnceLock::new();
        *NAME.get_or_init(|| ustr::ustr($text))
    }};
}
