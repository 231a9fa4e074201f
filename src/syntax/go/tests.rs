//! The lowering, construct by construct, through a printer that shows the whole of it.

mod print;

use proptest::prelude::*;

use super::super::il::{Module, TypeExpr};
use super::super::{Language, Limits};
use super::GoLang;
use super::kinds::{K, KINDS, LANGUAGE, TABLES};

fn lower(text: &str) -> Module {
    GoLang::new()
        .lower(text, &Limits::default())
        .expect("within the budget")
}

/// The body of `f`, where `text` is its source.
fn body(text: &str) -> String {
    file(&format!("package p\nfunc f() {{\n{text}\n}}\n"), "f")
}

/// The body of one function of a file.
fn file(text: &str, function: &str) -> String {
    let module = lower(text);
    assert!(module.errors.is_empty(), "{:?} in {text}", module.errors);
    print::function(&module, function)
}

fn same(text: &str, expected: &str) {
    let expected: Vec<&str> = expected.trim().lines().map(str::trim_end).collect();
    let got = body(text);
    let got: Vec<&str> = got.trim().lines().map(str::trim_end).collect();
    assert_eq!(got, expected, "\n{}", got.join("\n"));
}

#[test]
fn grammar_has_every_kind_and_field() {
    for &(_, name, named) in KINDS {
        assert_ne!(LANGUAGE.id_for_node_kind(name, named), 0, "{name}");
    }
    for (name, id) in TABLES.f.all() {
        assert_ne!(id, 0, "{name}");
    }
    assert_eq!(TABLES.kind(u16::MAX), K::Error);
}

#[test]
fn assignments() {
    same(
        "a, b := g()\na, b = b, a\nx.n, m[k], *p = 1, 2, 3\n_ = a\nx.n += 2\nx.n--\nm[k]++\nv, ok := m[k]\nw, ok := x.(*T)\nr, ok := <-ch",
        "
(a, b) = g()
(a, b) = (b, a)
(x.n, m[k], *p) = (1, 2, 3)
_ = a
x.n Add= 2
x.n Sub= 1
m[k] Add= 1
(v, ok) = m[k]
(w, ok) = x.(*T)
(r, ok) = ?(ch)",
    );
}

#[test]
fn declarations() {
    same(
        "var a int\nvar b, c = 1, g()\nvar (\n d *T\n e []string = nil\n s T\n)\nconst (\n A = 1 << iota\n B\n _\n C = \"x\" + \"y\"\n)",
        "
a = 0
(b, c) = (1, g())
d = <*T>nil
e = <[]string>nil
s = T{}
A = 1
B = 2
_ = 4
C = \"xy\"",
    );
}

#[test]
fn block_scopes() {
    same(
        "err := g()\nif err := h(); err != nil { use(err) } else { err = nil }\nuse(err)\nfor i := 0; i < 3; i++ { err := i; use(err) }\ni := 1\n{ i := i; use(i) }\nuse(i)\nx, err := g()\nuse(x, err)",
        "
err = g()
block
  err·1 = h()
  if Ne(err·1, nil)
    use(err·1)
  else
    err·1 = nil
use(err)
block
  i = 0
  loop cond Lt(i, 3)
    err·2 = i
    use(err·2)
  step
    i Add= 1
i·1 = 1
block
  i·2 = i·1
  use(i·2)
use(i·1)
(x, err) = g()
use(x, err)",
    );
}

#[test]
fn closures_see_renamed_variables() {
    let text = "package p\nfunc f() {\n x := 1\n { x := 2\n  go func(n int) { use(x); y := x; if n > 0 { x := 3; use(x) }; use(x, y) }(x)\n  func() { x := x; use(x) }()\n }\n}";
    let module = lower(text);
    assert_eq!(
        print::function(&module, "f").trim(),
        "x = 1\nblock\n  x·1 = 2\n  go {f.func1}(x·1)\n  {f.func2}()"
    );
    assert_eq!(
        print::function(&module, "f.func1").trim(),
        "use(x·1)\ny = x·1\nif Gt(n, 0)\n  x·2 = 3\n  use(x·2)\nuse(x·1, y)"
    );
    assert_eq!(
        print::function(&module, "f.func2").trim(),
        "x = x·1\nuse(x)"
    );
    let inner = module
        .funcs
        .iter()
        .find(|func| func.qualname == "f.func1")
        .unwrap();
    let locals: Vec<&str> = inner.locals.iter().map(|name| name.as_str()).collect();
    assert_eq!(locals, ["n", "y", "x·2"]);
}

#[test]
fn a_local_is_not_taken_for_what_it_shadows() {
    let text = "package p\nimport \"net/url\"\nvar total int\nfunc f() {\n url, err := url.Parse(s)\n use(url, err)\n if ok { total := 1; use(total) }\n total = 2\n}";
    assert_eq!(
        file(text, "f").trim(),
        "(url·1, err) = url.Parse(s)\nuse(url·1, err)\nif ok\n  total·1 = 1\n  use(total·1)\ntotal = 2"
    );
}

#[test]
fn loops() {
    same(
        "for {}\nfor x < 3 { break }\nouter:\nfor k, v := range m { for range ch { continue outer }; break outer }\nfor i = range 10 {}\nfor _, v := range xs { use(v) }",
        "
loop
loop cond Lt(x, 3)
  break
loop outer each (k, v) in m
  loop each _ in ch
    continue outer
  break outer
loop each i in 10
loop each (_, v·1) in xs
  use(v·1)",
    );
}

#[test]
fn switches() {
    same(
        "switch x {\ncase 1, 2: a()\ndefault: c()\ncase 3: break\n}\nswitch y := g(); y.k {\ncase \"a\": for { break }\n}\nswitch {\ncase x > 1: a()\n}\nl: switch x { case 1: for { break l } }",
        "
block switch·1
  if Or(Eq(x, 1), Eq(x, 2))
    a()
  else
    if Eq(x, 3)
      break switch·1
    else
      c()
block
  y = g()
  tag·1 = y.k
  if Eq(tag·1, \"a\")
    loop
      break
block
  if Gt(x, 1)
    a()
block l
  if Eq(x, 1)
    loop
      break l",
    );
}

#[test]
fn fallthrough_is_a_choice() {
    same(
        "switch x { case 1: a(); fallthrough; case 2: b(); default: c() }",
        "
block
  choice exact
  -
    Eq(x, 1)
    a()
    ?()
  -
    Eq(x, 2)
    b()
  -
    c()",
    );
}

#[test]
fn type_switches() {
    same(
        "switch v := x.(type) {\ncase nil: a(v)\ncase *T: b(v)\ncase A, p.B: c(v)\ndefault: d(v)\n}\nswitch g().(type) { case error: a() }",
        "
block
  if Is(x, nil)
    v = x
    a(v)
  else
    if Is(x, type *T)
      v·1 = x.(*T)
      b(v·1)
    else
      if Or(Is(x, type A), Is(x, type p.B))
        v·2 = x
        c(v·2)
      else
        v·3 = x
        d(v·3)
block
  tag·1 = g()
  if Is(tag·1, type error)
    a()",
    );
}

#[test]
fn select_and_channels() {
    same(
        "select {\ncase v, ok := <-ch: use(v, ok)\ncase <-ctx.Done(): return\ncase out <- x: break\ncase m[k] = <-ch:\ndefault: a()\n}\nch <- 1\nselect {}",
        "
block switch·1
  choice exact
  -
    (v, ok) = ?(ch)
    use(v, ok)
  -
    ?(ctx.Done())
    return
  -
    ?(out, x)
    break switch·1
  -
    m[k] = ?(ch)
  -
    a()
?(ch, 1)
loop",
    );
}

#[test]
fn calls() {
    same(
        "defer mu.Unlock()\ngo func() { a() }()\ndefer func() { b() }()\nuse(xs...)\nf[int](x)\nf[int, string](x, y)\nf[[]T](x)\nt := new(T)\nu := make([]T, 0, n)\ng := t.Method\nh := (*T).Method\nz := []byte(s)\nw := (*T)(q)\nv := (*t)(1)\nu[i](2)\nt.all[g](2)\nreturn f(), nil",
        "
defer mu.Unlock()
go {f.func1}()
defer {f.func2}()
use(xs...)
f(x)
f(x, y)
f(x)
t = new(type T)
u = make(type []T, 0, n)
g = t.Method
h = *T.Method
z = <[]byte>s
w = <*T>q
v = *t(1)
u[i](2)
t.all[g](2)
return f(), nil",
    );
}

#[test]
fn elements_that_look_like_instances() {
    same(
        "x.y[m[a.b]] = z.y[m[a.b]]\nx.y[m[a.b]].n++\nx.y[m[a.b]](1)\nx.y[*k](1)\nx.f[i](a, b)\nv := f[[]string]\nw := f[int, []string]\nx = T[int]{A: 1}",
        "
x.y[m[a.b]] = z.y[m[a.b]]
x.y[m[a.b]].n Add= 1
x.y[m[a.b]](1)
x.y[*k](1)
x.f[i](a, b)
v = f
w = f
x = T<int>{A: 1}",
    );
}

#[test]
fn generic_or_element() {
    let text = "package p\nimport (\n\"lib\"\n)\nvar table map[string]func(int)\nfunc f(k string) {\n lib.Get[T](1)\n lib.Get[lib.T](1)\n lib.Get[T, U](1, 2)\n table[k](1)\n table[K](1)\n lib.Table[k](1)\n Box[*T](1)\n}";
    assert_eq!(
        file(text, "f").trim(),
        "lib.Get(1)\nlib.Get(1)\nlib.Get(1, 2)\ntable[k](1)\ntable[K](1)\nlib.Table[k](1)\nBox(1)"
    );
}

#[test]
fn expressions() {
    same(
        "use(a && b && c || !d, -1, -x, ^x, &x, *x, a[1:], a[:n], a[1:2:3], x.(T), (a+b)*2, a &^ b, 0x1F, 1_000, 017, 1.5, 99999999999999999999)\nuse(\"a\\n\\\"\\u00e9\\xe2\\x82\\xac\\101\", `raw\\n`, 'x', '\\n', nil, true)",
        "
use(Or(And(a, b, c), Not(d)), -1, Neg(x), Invert(x), &x, *x, a[1:], a[:n], a[1:2], x.(T), Mul(Add(a, b), 2), AndNot(a, b), 31, 1000, 15, 1.5, 9223372036854775807)
use(\"a\\n\\\"é€A\", \"raw\\\\n\", \"x\", \"\\n\", nil, true)",
    );
}

#[test]
fn composite_literals() {
    same(
        "a := &dynamodb.PutItemInput{TableName: aws.String(t), Item: map[string]*dynamodb.AttributeValue{\"id\": {S: aws.String(id)}}}\nb := []T{{A: 1}, {2, 3}, x}\nc := map[string][]int{\"a\": {1, 2}}\nd := bson.M{\"a\": 1, k: bson.D{{\"x\", 1}, {Key: \"y\"}}}\ne := bson.M{k: v}\ng := struct{ N int }{N: 1}\nh := [...]string{A: \"a\", B: \"b\"}\ni := T{}\nj := Box[int]{V: 1}",
        "
a = &dynamodb.PutItemInput{TableName: aws.String(t), Item: <map[string]*dynamodb.AttributeValue>{\"id\": &dynamodb.AttributeValue{S: aws.String(id)}}}
b = <[]T>[T{A: 1}, T{: 2, : 3}, x]
c = <map[string][]int>{\"a\": <[]int>[1, 2]}
d = <bson.M>{\"a\": 1, k: <bson.D>[other{: \"x\", : 1}, other{Key: \"y\"}]}
e = <bson.M>{k: v}
g = struct{N int}{N: 1}
h = <[]string>{A: \"a\", B: \"b\"}
i = T{}
j = Box<int>{V: 1}",
    );
}

#[test]
fn literals_of_this_files_types() {
    let text = "package p\nvar a = Set{\"x\": {}}\nvar b = List{{N: 1}}\nvar c = Item{k: 1}\ntype Set map[string]struct{}\ntype List []*Item\ntype Item struct { N int }\ntype Alias = Set\nvar d Alias = Alias{k: {}}\nvar e Item\nvar g Set";
    assert_eq!(
        file(text, "<module>").trim(),
        "class Set\nclass List\nclass Item\nclass Alias\na = <Set>{\"x\": struct{}{}}\nb = <List>[&Item{N: 1}]\nc = Item{k: 1}\nd = <Alias><Alias>{k: struct{}{}}\ne = Item{}\ng = <Set>nil"
    );
}

#[test]
fn package_level() {
    let text = "package p\nimport (\n \"fmt\"\n y \"gopkg.in/yaml.v3\"\n \"gopkg.in/yaml.v3\"\n \"github.com/redis/go-redis/v9\"\n . \"a/b\"\n _ \"c\"\n)\nconst (\n A Kind = iota\n B\n)\nvar x, z = f(), 1\nvar _ I = (*T)(nil)\ntype Kind int\nfunc f() int { return 1 }\nfunc init() {}\nvar h = func() { use(x) }";
    let module = lower(text);
    assert_eq!(module.package, "p");
    let imports: Vec<(&str, &str)> = module
        .imports
        .iter()
        .map(|import| (import.name.as_str(), import.path.as_str()))
        .collect();
    assert_eq!(
        imports,
        [
            ("fmt", "fmt"),
            ("y", "gopkg.in/yaml.v3"),
            ("yaml", "gopkg.in/yaml.v3"),
            ("go-redis", "github.com/redis/go-redis/v9"),
            (".", "a/b"),
            ("_", "c"),
        ]
    );
    assert_eq!(
        print::function(&module, "<module>").trim(),
        "class Kind\nfunc f\nfunc init\nA = 0\nB = 1\n(x, z) = (f(), 1)\n_ = <I><*T>nil\nh = {func1}"
    );
    let locals: Vec<&str> = module.funcs[0]
        .locals
        .iter()
        .map(|name| name.as_str())
        .collect();
    assert_eq!(locals, ["Kind", "f", "A", "B", "x", "z", "h"]);
}

#[test]
fn functions_and_methods() {
    let text = "package p\ntype Repo[T any] struct {\n *sql.DB\n sync.Mutex\n a, b int `json:\"a\"`\n}\nfunc (r *Repo[T]) Get(ctx context.Context, ids ...string) (v *T, err error) { return }\nfunc (Other) Put(int, string) error { return nil }\ntype I interface { Get(a, b int) (int, error); io.Reader; ~int | string }\nfunc ext(a int) int\nfunc m[K comparable, V any](xs map[K]V, fn func(K) V, c chan<- int) []V { return nil }";
    let module = lower(text);
    assert_eq!(
        print::header(&module, "Repo.Get"),
        "(r *Repo<T>, ctx context.Context, ...ids []string) (v *T, err error) class 0"
    );
    assert_eq!(
        print::header(&module, "Other.Put"),
        "(_ Other, _ int, _ string) (_ error)"
    );
    assert_eq!(
        print::header(&module, "m"),
        "(xs map[K]V, fn func(K) (V), c chan<int>) (_ []V)"
    );
    assert_eq!(print::function(&module, "ext").trim(), "return ?()");
    assert_eq!(
        print::ty(module.classes[0].underlying.as_ref().unwrap()),
        "struct{DB *sql.DB embedded; Mutex sync.Mutex embedded; a int `json:\"a\"`; b int `json:\"a\"`}"
    );
    assert_eq!(
        print::ty(module.classes[1].underlying.as_ref().unwrap()),
        "interface{Get func(int, int) (int, error); io.Reader; int|string}"
    );
    assert_eq!(module.classes[0].methods.len(), 1);
    let get = module.funcs.iter().find(|func| func.name == "Get").unwrap();
    assert_eq!(get.locals, ["r", "ctx", "ids", "v", "err"]);
    assert_eq!(get.parent, Some(0));
    assert!(matches!(get.params[0].ty, Some(TypeExpr::Pointer(_))));
}

#[test]
fn local_types() {
    same(
        "type row struct { n int }\nvar r row\n{ type row []string; use(row{\"a\"}) }\nuse(row{1})",
        "
class row·t0
r = row·t0{}
block
  class row·t1
  use(<row·t1>[\"a\"])
use(row·t0{: 1})",
    );
}

#[test]
fn call_span_is_the_node() {
    let text = "package p\nfunc f() { (db.First(&x, 1)).Error() }";
    let module = lower(text);
    let spans = print::call_spans(&module);
    let texts: Vec<&str> = spans
        .iter()
        .map(|span| &text[span.start as usize..span.end as usize])
        .collect();
    assert_eq!(texts, ["(db.First(&x, 1)).Error()", "db.First(&x, 1)"]);
}

#[test]
fn goto_is_counted() {
    let module = lower("package p\nfunc f() {\nagain:\n a()\n goto again\n}");
    let kinds: Vec<&str> = module.unknowns.iter().map(|unknown| unknown.0).collect();
    assert_eq!(kinds, ["goto_statement"]);
    assert_eq!(print::function(&module, "f").trim(), "a()\n?()");
}

#[test]
fn sound_parts_of_broken_files() {
    let module = lower("package p\nfunc f() { a( }\nfunc g() { b() }\n");
    assert!(!module.errors.is_empty());
    assert!(print::function(&module, "g").contains("b()"));
}

/// Everything at once, as deep as it may get, on a test thread's small stack.
#[test]
fn deep_nesting_is_cut() {
    let n = 3000;
    for (open, close) in [
        ("(", ")"),
        ("g(", ")"),
        ("-", ""),
        ("x + (", ")"),
        ("T{A: ", "}"),
        ("[]T{", "}"),
        ("func() int { return ", "}()"),
        (
            "func() int { if x := 1; x > 0 { for { switch { case true: select { default: return ",
            "} } } } }()",
        ),
    ] {
        let text = format!(
            "package p\nfunc f() int {{ return {}1{} }}\n",
            open.repeat(n),
            close.repeat(n)
        );
        let module = lower(&text);
        assert!(open == "(" || !module.unknowns.is_empty(), "{open}");
    }
    for text in ["1 + ", "a && ", "a == ", "a && b || "] {
        lower(&format!("package p\nvar x = {}1\n", text.repeat(20_000)));
    }
    lower(&format!(
        "package p\nfunc f() {{ {} {{}} }}\n",
        "if x {} else ".repeat(n)
    ));
    lower(&format!(
        "package p\nfunc f() {{ {} {} }}\n",
        "{".repeat(n),
        "}".repeat(n)
    ));
    lower(&format!("package p\nvar x {}int\n", "[]".repeat(n)));
    lower(&format!("package p\nvar x = a{}\n", ".b()".repeat(n)));
    let cases: String = (0..n).map(|i| format!("case {i}: a()\n")).collect();
    let module = lower(&format!(
        "package p\nfunc f() {{ switch x {{ {cases} }} }}\n"
    ));
    assert!(print::function(&module, "f").contains("choice"));
}

#[test]
fn limits_are_kept() {
    let text = format!("package p\nfunc f() {{\n{}}}\n", "a(b, c)\n".repeat(1000));
    let limits = Limits {
        nodes: 50,
        ..Limits::default()
    };
    let module = GoLang::new().lower(&text, &limits).expect("parsed");
    assert_eq!(module.unknowns.len(), 1);
    let mut go = GoLang::new();
    let limits = Limits {
        parse_steps: 1,
        ..Limits::default()
    };
    assert!(go.lower(&text, &limits).is_none());
    // The parser starts afresh after it gave up.
    let module = go.lower("package q", &Limits::default()).expect("parsed");
    assert_eq!(module.package, "q");
    assert_eq!(go.parse_only("package q", &Limits::default()), Some(9));
}

const SNIPPET: &str = "package p\nimport (\n\"a/b\"\n)\ntype T struct { *E; n int `x` }\nconst ( A = iota; B )\nfunc (t *T) M(a, b int, c ...string) (x int, err error) {\nif v, err := g(); err != nil { return 0, err } else if v { t.n++ }\nl: for i, y := range m { switch z := y.(type) { case int, *T: break l; default: use(z, i) } }\nselect { case q, ok := <-ch: use(q, ok); case ch <- 1: default: }\ndefer func() { recover() }()\nm := map[string][]T{\"a\": {{n: 1}}, `b`: nil}\nf[int](x.(T), []byte(\"é\\n\"), &T{1}, 'x', a[1:2])\nvar w, u = 1 + 2*3 &^ 4, !a && b\nswitch { case a < b: fallthrough; case c: }\nreturn\n}\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_text_does_not_panic(text in any::<String>()) {
        lower(&text);
    }

    #[test]
    fn damaged_code_does_not_panic(
        edits in proptest::collection::vec((0usize..2000, 0usize..40, "[ -~é·\\n]{0,6}"), 1..6)
    ) {
        let mut chars: Vec<char> = SNIPPET.chars().collect();
        for (at, length, insert) in edits {
            let at = at % (chars.len() + 1);
            let end = (at + length).min(chars.len());
            chars.splice(at..end, insert.chars());
        }
        let text: String = chars.into_iter().collect();
        let module = lower(&text);
        print::everything(&module);
    }

    #[test]
    fn shuffled_lines_do_not_panic(order in Just((0..SNIPPET.lines().count()).collect::<Vec<_>>()).prop_shuffle()) {
        let lines: Vec<&str> = SNIPPET.lines().collect();
        let text: Vec<&str> = order.into_iter().map(|at| lines[at]).collect();
        let module = lower(&text.join("\n"));
        print::everything(&module);
    }
}

#[test]
fn the_snippet_is_sound() {
    assert!(lower(SNIPPET).errors.is_empty());
}
