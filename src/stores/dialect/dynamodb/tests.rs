use super::*;
use proptest::prelude::*;

fn text(text: &str) -> Vec<Piece<'_>> {
    vec![Piece::Text(text)]
}

/// `{3}` in `text` is hole 3.
fn holed(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (number, behind) = after.split_once('}').expect("closed");
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Hole(number.parse().expect("a number")));
        rest = behind;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

fn update(source: &str) -> Update {
    parse_update(&holed(source))
}

fn condition(source: &str) -> Condition {
    parse_condition(&holed(source))
}

fn path(source: &str) -> AttrPath {
    let projection = parse_projection(&holed(source));
    assert_eq!(projection.paths.len(), 1, "{source}");
    projection.paths.into_iter().next().expect("one")
}

fn of(source: &str) -> Operand {
    Operand::Path(path(source))
}

fn value(name: &str) -> Operand {
    Operand::Value(name.to_owned())
}

fn eq(left: &str, right: &str) -> Condition {
    Condition::Cmp(of(left), CmpOp::Eq, value(right))
}

#[test]
fn sets_of_all_kinds() {
    let found = update(
        "SET #s = :new, stock = stock - :n, tags = list_append(if_not_exists(tags, :empty), :t), \
         a.#b[2].c = if_not_exists(a.#b[2].c, :zero) + :one",
    );
    assert!(!found.partial);
    assert_eq!(found.sets.len(), 4);
    assert_eq!(
        found.sets[0].path,
        AttrPath(vec![Segment::Placeholder("#s".into())])
    );
    assert_eq!(found.sets[0].value, value(":new"));
    assert_eq!(
        found.sets[1].value,
        Operand::Minus(Box::new(of("stock")), Box::new(value(":n")))
    );
    assert_eq!(
        found.sets[2].value,
        Operand::ListAppend(
            Box::new(Operand::IfNotExists(
                path("tags"),
                Box::new(value(":empty"))
            )),
            Box::new(value(":t"))
        )
    );
    assert_eq!(
        found.sets[3].path,
        AttrPath(vec![
            Segment::Name("a".into()),
            Segment::Placeholder("#b".into()),
            Segment::Index(2),
            Segment::Name("c".into()),
        ])
    );
    assert_eq!(found.sets[3].value.paths().len(), 1);
    assert_eq!(found.sets[3].value.values(), [":zero", ":one"]);
}

#[test]
fn clauses_in_any_order_and_case() {
    let found = update("remove a, b[0] add hits :one,total :x\nDelete claims :mine Set c=:c");
    assert!(!found.partial);
    assert_eq!(found.removes, [path("a"), path("b[0]")]);
    assert_eq!(
        found.adds,
        [(path("hits"), value(":one")), (path("total"), value(":x"))]
    );
    assert_eq!(found.deletes, [(path("claims"), value(":mine"))]);
    assert_eq!(found.sets.len(), 1);
    assert_eq!(found.written().len(), 6);
}

#[test]
fn signs_need_no_spaces() {
    let found = update("SET q=q-:n,r=(r+:m)");
    assert!(!found.partial);
    assert_eq!(
        found.sets[0].value,
        Operand::Minus(Box::new(of("q")), Box::new(value(":n")))
    );
    assert_eq!(
        found.sets[1].value,
        Operand::Plus(Box::new(of("r")), Box::new(value(":m")))
    );
}

#[test]
fn holes_in_updates() {
    // Part of an identifier.
    let found = update("SET #a{0} = :v{0}, b = :b");
    assert_eq!(found.sets[0].path, AttrPath(vec![Segment::Hole(0)]));
    assert_eq!(found.sets[0].value, Operand::Hole(0));
    assert_eq!(found.sets[1].value, value(":b"));
    // A whole name, a whole value.
    let found = update("SET {0} = {0} - :n, c = {1}");
    assert!(!found.partial);
    assert_eq!(
        found.sets[0].value,
        Operand::Minus(Box::new(Operand::Hole(0)), Box::new(value(":n")))
    );
    assert_eq!(found.sets[1].value, Operand::Hole(1));
    // Further actions, a whole clause, everything.
    for source in [
        "SET a = :a, {0}",
        "SET a = :a {0}",
        "SET a = :a {0} REMOVE b",
        "{0} SET a = :a",
    ] {
        let found = update(source);
        assert!(found.partial, "{source}");
        assert_eq!(found.sets.len(), 1, "{source}");
        assert_eq!(found.sets[0].value, value(":a"), "{source}");
    }
    assert_eq!(update("SET a = :a {0} REMOVE b").removes, [path("b")]);
    for source in ["{0}", "SET {0}", "ADD {0}", "{0}{1}", ""] {
        let found = update(source);
        assert!(found.partial || source.is_empty(), "{source}");
        assert!(found.written().is_empty(), "{source}");
    }
    // The keyword, an operator, a function, an index.
    assert_eq!(update("{0} a = :a").sets.len(), 1);
    assert_eq!(update("SET a = a {0} :n").sets[0].value, Operand::Unknown);
    assert_eq!(update("SET a = {0}(a, :n)").sets[0].value, Operand::Unknown);
    assert_eq!(
        update("SET l[{3}] = :n").sets[0].path,
        AttrPath(vec![Segment::Name("l".into()), Segment::Hole(3)])
    );
    assert_eq!(
        update("ADD m.{1} :n").adds,
        [(
            AttrPath(vec![Segment::Name("m".into()), Segment::Hole(1)]),
            value(":n")
        )]
    );
}

#[test]
fn broken_updates_keep_what_is_sound() {
    let found = update("SET a = , b = :b, ) c = :c REMOVE");
    assert!(found.partial);
    assert!(found.sets.iter().any(|set| set.path == path("b")));
    assert!(found.sets.iter().any(|set| set.path == path("c")));
    let found = update("a = :a");
    assert!(found.partial);
    assert_eq!(found.sets.len(), 1);
}

#[test]
fn comparisons() {
    for (sign, op) in [
        ("=", CmpOp::Eq),
        ("<>", CmpOp::Ne),
        ("<", CmpOp::Lt),
        ("<=", CmpOp::Le),
        (">", CmpOp::Gt),
        (">=", CmpOp::Ge),
    ] {
        assert_eq!(
            condition(&format!("stock{sign}:n")),
            Condition::Cmp(of("stock"), op, value(":n"))
        );
    }
    assert_eq!(
        condition("size(#l) < :max"),
        Condition::Cmp(Operand::Size(path("#l")), CmpOp::Lt, value(":max"))
    );
    assert_eq!(
        condition("(#a) = :b"),
        Condition::Cmp(of("#a"), CmpOp::Eq, value(":b"))
    );
}

#[test]
fn connectives_bind_as_documented() {
    assert_eq!(
        condition("a = :a or b = :b And not c = :c"),
        Condition::Or(vec![
            eq("a", ":a"),
            Condition::And(vec![eq("b", ":b"), Condition::Not(Box::new(eq("c", ":c")))]),
        ])
    );
    assert_eq!(
        condition("(a = :a OR b = :b) AND (c = :c)"),
        Condition::And(vec![
            Condition::Or(vec![eq("a", ":a"), eq("b", ":b")]),
            eq("c", ":c")
        ])
    );
    assert_eq!(
        condition("a BETWEEN :x AND :y AND b IN (:p, :q)"),
        Condition::And(vec![
            Condition::Between(of("a"), value(":x"), value(":y")),
            Condition::In(of("b"), vec![value(":p"), value(":q")]),
        ])
    );
    assert_eq!(condition("NOT NOT a = :a"), eq("a", ":a"));
}

#[test]
fn functions() {
    assert_eq!(
        condition("attribute_not_exists(pk) OR Attribute_Exists(#d.e)"),
        Condition::Or(vec![
            Condition::NotExists(path("pk")),
            Condition::Exists(path("#d.e"))
        ])
    );
    assert_eq!(
        condition("begins_with ( sk , :p ) AND contains(tags, :t) AND attribute_type(x, :ty)"),
        Condition::And(vec![
            Condition::BeginsWith(of("sk"), value(":p")),
            Condition::Contains(of("tags"), value(":t")),
            Condition::AttributeType(path("x"), value(":ty")),
        ])
    );
    assert_eq!(condition("attribute_exists(:v)"), Condition::Unknown);
    assert_eq!(condition("nonsense(a)"), Condition::Unknown);
}

#[test]
fn holes_in_conditions() {
    assert_eq!(condition("{4}"), Condition::Hole(4));
    assert_eq!(condition(""), Condition::Unknown);
    for source in ["a = :a AND {0}", "a = :a {0}", "(a = :a) AND ({0})"] {
        assert_eq!(
            condition(source),
            Condition::And(vec![eq("a", ":a"), Condition::Hole(0)]),
            "{source}"
        );
    }
    assert_eq!(
        condition("attribute_not_exists(id){0}"),
        Condition::And(vec![Condition::NotExists(path("id")), Condition::Hole(0)])
    );
    assert_eq!(
        condition("{0} a = :a"),
        Condition::And(vec![Condition::Hole(0), eq("a", ":a")])
    );
    assert_eq!(
        condition("a = :a {0} b = :b"),
        Condition::And(vec![eq("a", ":a"), Condition::Hole(0), eq("b", ":b")])
    );
    assert_eq!(
        condition("{0} = :v"),
        Condition::Cmp(Operand::Hole(0), CmpOp::Eq, value(":v"))
    );
    assert_eq!(
        condition("a {0} :v"),
        Condition::Cmp(of("a"), CmpOp::Hole(0), value(":v"))
    );
    assert_eq!(
        condition("attribute_not_exists({0})"),
        Condition::NotExists(AttrPath(vec![Segment::Hole(0)]))
    );
    assert_eq!(
        condition("a IN ({0})"),
        Condition::In(of("a"), vec![Operand::Hole(0)])
    );
    assert_eq!(
        condition("stock_{0} >= :n"),
        Condition::Cmp(
            Operand::Path(AttrPath(vec![Segment::Hole(0)])),
            CmpOp::Ge,
            value(":n")
        )
    );
    assert!(condition("a = :a AND {0}").is_partial());
    assert!(!condition("a = :a AND b = :b").is_partial());
}

#[test]
fn positional_placeholders_and_quoted_names() {
    assert_eq!(
        condition("'Count' = ? AND attribute_exists($) AND v < ?"),
        Condition::And(vec![
            Condition::Cmp(
                Operand::Path(AttrPath::name("Count")),
                CmpOp::Eq,
                value("?0")
            ),
            Condition::Exists(AttrPath(vec![Segment::Placeholder("$1".into())])),
            Condition::Cmp(of("v"), CmpOp::Lt, value("?2")),
        ])
    );
}

#[test]
fn placeholders_resolve() {
    let names = |key: &str| (key == "#s").then(|| "status.code".to_owned());
    let found = resolve(&path("#s.#t"), &names);
    assert_eq!(
        found,
        AttrPath(vec![
            Segment::Name("status.code".into()),
            Segment::Placeholder("#t".into())
        ])
    );
    assert_eq!(top(&found), Some("status.code"));
    assert_eq!(top(&path("#t")), None);
    assert!(!found.is_known());
    let resolved = condition("#s = :a AND attribute_exists(#s)").resolved(&names);
    assert!(
        resolved
            .paths()
            .iter()
            .all(|path| top(path) == Some("status.code"))
    );
    let resolved = update("SET #s = #s + :n ADD #s :m").resolved(&names);
    assert!(resolved.written().iter().all(|path| path.is_known()));
    assert_eq!(top(resolved.sets[0].value.paths()[0]), Some("status.code"));
}

#[test]
fn projections() {
    let found = parse_projection(&text("id, #n, a.b[1]"));
    assert_eq!(found.paths.len(), 3);
    assert!(!found.partial);
    assert!(parse_projection(&holed("id, {0}")).partial);
    assert!(parse_projection(&text("id, , :x")).partial);
}

#[test]
fn conjuncts_are_flat() {
    let parsed = condition("(a = :a AND b = :b) AND (c = :c AND (d = :d OR e = :e))");
    assert_eq!(parsed.conjuncts().len(), 4);
}

#[test]
fn depth_and_length_are_bounded() {
    let nested = format!("{}a = :a{}", "(".repeat(100_000), ")".repeat(100_000));
    parse_condition(&text(&nested));
    let negated = format!("{}a = :a", "NOT ".repeat(5000));
    assert_eq!(parse_condition(&text(&negated)), eq("a", ":a"));
    let functions = format!("SET a = {}", "if_not_exists(a, ".repeat(50_000));
    assert!(parse_update(&text(&functions)).partial);
    let sum = format!("SET a = {}", "a + ".repeat(100_000));
    assert!(parse_update(&text(&sum)).partial);
    let brackets = format!("{}{}", "(".repeat(3000), "a) = :a".repeat(3000));
    parse_condition(&text(&brackets));
}

fn piece() -> impl Strategy<Value = Result<String, u32>> {
    prop_oneof![
        (0..4_u32).prop_map(Err),
        ".{0,12}".prop_map(Ok),
        prop::sample::select(vec![
            "SET ",
            "REMOVE ",
            "ADD ",
            "DELETE ",
            " AND ",
            " OR ",
            "NOT ",
            " BETWEEN ",
            " IN ",
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "=",
            "<>",
            "<=",
            "+",
            "-",
            "a",
            "#n",
            ":v",
            "size(",
            "if_not_exists(",
            "contains(",
            "attribute_exists(",
            "?",
            "$",
            "'q'",
            "'",
            "7",
            " ",
        ])
        .prop_map(|part| Ok(part.to_owned())),
    ]
}

proptest! {
    #[test]
    fn never_panics(parts in prop::collection::vec(piece(), 0..60)) {
        let pieces: Vec<Piece<'_>> = parts
            .iter()
            .map(|part| match part {
                Ok(text) => Piece::Text(text),
                Err(hole) => Piece::Hole(*hole),
            })
            .collect();
        let update = parse_update(&pieces);
        let names = |_: &str| Some("n".to_owned());
        let _ = update.resolved(&names);
        let condition = parse_condition(&pieces);
        let _ = (condition.resolved(&names), condition.paths(), condition.conjuncts(), condition.is_partial());
        let _ = parse_projection(&pieces);
    }

    #[test]
    fn how_the_text_is_cut_does_not_matter(source in "[A-Za-z#:(),.= +-]{0,60}", cut in 0..60_usize) {
        let cut = cut.min(source.len());
        let (left, right) = source.split_at(cut);
        let pieces = [Piece::Text(left), Piece::Text(right)];
        prop_assert_eq!(parse_condition(&pieces), parse_condition(&text(&source)));
        prop_assert_eq!(parse_update(&pieces), parse_update(&text(&source)));
    }
}
