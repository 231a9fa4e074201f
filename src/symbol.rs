//! Names that the program itself uses, interned once.

/// An interned literal, looked up in the table of names only the first time that its place is reached.
#[macro_export]
macro_rules! sym {
    ($text:literal) => {{
        static NAME: std::sync::OnceLock<ustr::Ustr> = std::sync::OnceLock::new();
        *NAME.get_or_init(|| ustr::ustr($text))
    }};
}
