use super::*;

fn error(text: &str) -> String {
    let extra = [("own.scm".to_owned(), text.to_owned())];
    library(Lang::Python, &extra)
        .expect_err("an error")
        .to_string()
}

#[test]
fn the_built_in_packs_are_right() {
    for lang in [Lang::Python, Lang::Go] {
        let library = library(lang, &[]).unwrap_or_else(|e| panic!("{e}"));
        assert!(!library.specs.is_empty());
    }
}

#[test]
fn needles_are_those_of_all_anchors() {
    let mut all = Vec::new();
    for lang in [Lang::Python, Lang::Go] {
        let library = library(lang, &[]).unwrap_or_else(|e| panic!("{e}"));
        let anchors = library.anchors.iter().chain(&library.project_anchors);
        for (_, formula) in anchors.chain(&library.entry_anchors) {
            formula.needles(&mut all);
        }
    }
    let mut found = needles();
    all.sort_unstable();
    found.sort_unstable();
    assert!(!all.is_empty());
    assert_eq!(found, all);
}

#[test]
fn references_are_checked() {
    let pattern = |sets: &str| {
        format!(
            ";;; pack: own\n;;; language: python\n;;; store: own\n\
             ((call function: (attribute object: (_) @r attribute: (identifier) @m)) @c (#eq? @m \"x\") {sets})\n"
        )
    };
    let says = [
        (
            r#"(#set! recv "own.shop") (#set! does "read")"#,
            "own.scm:4: `recv \"own.shop\"`: no pack makes such a kind",
        ),
        (
            r#"(#set! does "members") (#set! members "Put=nowhere")"#,
            "own.scm:4: `members`: no pattern has `id \"nowhere\"`",
        ),
        (
            r#"(#set! does "write") (#set! condition "sql(pos:0)")"#,
            "own.scm:4: unknown dialect `sql`",
        ),
    ];
    for (sets, wanted) in says {
        let got = error(&pattern(sets));
        assert!(got.starts_with(wanted), "{got}");
    }
}
