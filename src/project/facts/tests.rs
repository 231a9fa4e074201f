use super::*;
use crate::syntax::go::GoLang;
use crate::syntax::python::PythonLang;
use crate::syntax::{Language, Limits};

fn strings<T: FromIterator<String>>(names: &[&str]) -> T {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn django() -> DeclarationVocabulary {
    let plain = FieldTraits::default();
    let foreign_key = FieldTraits {
        foreign_key: true,
        ..plain
    };
    let one_to_one = FieldTraits {
        one_to_one: true,
        ..plain
    };
    let positive = FieldTraits {
        positive: true,
        ..plain
    };
    let suffix = |name: &str, traits| (name.to_owned(), traits);
    DeclarationVocabulary {
        importers: strings(&["importlib.import_module"]),
        registries: strings(&["django.apps.apps.get_model"]),
        model_bases: strings(&["django.db.models.Model"]),
        model_base_suffixes: strings(&["Model"]),
        other_bases: strings(&["pydantic.BaseModel"]),
        fields: [("django.db.models.ForeignKey".to_owned(), foreign_key)].into(),
        field_suffixes: vec![
            suffix("Field", plain),
            suffix("ForeignKey", foreign_key),
            suffix("OneToOneField", one_to_one),
            suffix(
                "ManyToManyField",
                FieldTraits {
                    many_to_many: true,
                    ..plain
                },
            ),
            suffix("PositiveIntegerField", positive),
            suffix(
                "JSONField",
                FieldTraits {
                    json: true,
                    ..plain
                },
            ),
            suffix(
                "AutoField",
                FieldTraits {
                    auto: true,
                    ..plain
                },
            ),
        ],
        composites: vec![(
            "GenericForeignKey".into(),
            vec![
                ("ct_field".into(), "content_type".into()),
                ("fk_field".into(), "object_id".into()),
            ],
        )],
        target: "to".into(),
        target_self: "self".into(),
        unique: "unique".into(),
        primary_key: "primary_key".into(),
        key_parts: strings(&["hash_key", "range_key"]),
        null: "null".into(),
        length: "max_length".into(),
        stamped: strings(&["auto_now"]),
        default: "default".into(),
        through: "through".into(),
        related_name: "related_name".into(),
        related_suffix: "_set".into(),
        unique_for: strings(&["unique_for_date"]),
        implicit_primary: "id".into(),
        options_class: "Meta".into(),
        unique_together: "unique_together".into(),
        constraints: "constraints".into(),
        abstract_option: "abstract".into(),
        proxy: "proxy".into(),
        table: "db_table".into(),
        default_manager_option: "default_manager_name".into(),
        default_related_name: "default_related_name".into(),
        unique_constraints: strings(&["UniqueConstraint"]),
        check_constraints: strings(&["CheckConstraint"]),
        constraint_fields: "fields".into(),
        constraint_condition: strings(&["condition", "check"]),
        predicates: strings(&["Q"]),
        references: strings(&["F"]),
        lookup_separator: "__".into(),
        manager_bases: strings(&["django.db.models.Manager"]),
        as_manager: strings(&["as_manager"]),
        from_queryset: strings(&["from_queryset"]),
        implicit_manager: ("objects".into(), "django.db.models.Manager".into()),
        properties: strings(&["property", "cached_property"]),
        choices_bases: strings(&["django.db.models.TextChoices"]),
        write_calls: strings(&["update", "create", "get_or_create", "update_or_create"]),
        write_dicts: strings(&["defaults"]),
        databases: "DATABASES".into(),
        atomic_requests: "ATOMIC_REQUESTS".into(),
        database_options: "OPTIONS".into(),
        isolation: "isolation_level".into(),
    }
}

fn build_with(sources: &[(&str, &str)], go_modules: &[(&str, &str)]) -> Facts {
    let limits = Limits::default();
    let lowered: Vec<(String, String, Module)> = sources
        .iter()
        .map(|(path, text)| {
            if path.ends_with(".go") {
                let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
                let il = GoLang::new().lower(text, &limits).expect("lowered");
                (dir.to_owned(), (*path).to_owned(), il)
            } else {
                let il = PythonLang::new().lower(text, &limits).expect("lowered");
                (python_module(path), (*path).to_owned(), il)
            }
        })
        .collect();
    let files: Vec<FileFacts<'_>> = lowered
        .iter()
        .map(|(module, path, il)| FileFacts {
            module: module.clone(),
            path: path.clone(),
            module_il: il,
        })
        .collect();
    let go_modules: Vec<(String, String)> = go_modules
        .iter()
        .map(|(dir, module)| ((*dir).to_owned(), (*module).to_owned()))
        .collect();
    let layout = Layout {
        folder: "depot".to_owned(),
        go_modules,
    };
    Facts::build(&files, &django(), &layout)
}

fn build(sources: &[(&str, &str)]) -> Facts {
    build_with(sources, &[])
}

fn fields(model: &Model) -> Vec<Vec<&str>> {
    let mut found: Vec<Vec<&str>> = model
        .uniques
        .iter()
        .map(|unique| unique.fields.iter().map(String::as_str).collect())
        .collect();
    found.sort();
    found
}

const SHOP: &str = r#"
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from core.models import TimeStamped
from .managers import ProductQuerySet, OrderManager

LIMIT = 5

class Product(TimeStamped):
    sku = models.CharField(max_length=20, unique=True)
    stock = models.PositiveIntegerField(default=0)
    price = models.DecimalField(null=True)
    attributes = models.JSONField(default=dict)
    objects = ProductQuerySet.as_manager()

    @property
    def available(self):
        return self.stock > 0

    def take(self, n):
        self.stock -= n
        self.save()

class Order(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PAID = "paid", "Paid"

    number = models.CharField(max_length=9, primary_key=True)
    customer = models.ForeignKey("users.Customer", on_delete=models.CASCADE, related_name="orders")
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    quantity = models.IntegerField()
    status = models.CharField(max_length=9, choices=Status.choices)
    objects = OrderManager()
    every = models.Manager()

    class Meta:
        db_table = "orders"
        unique_together = [("customer", "product"), ["product", "quantity"]]
        constraints = [
            UniqueConstraint(fields=["customer"], condition=Q(status="open") & ~Q(quantity=0), name="one_open"),
            models.UniqueConstraint(Lower("status"), "number", name="lower"),
            models.CheckConstraint(check=Q(quantity__gte=0) | Q(quantity__lt=F("stock")), name="positive"),
        ]
"#;

const SHOP_FILES: &[(&str, &str)] = &[
    ("backend/core/models/__init__.py", "from .base import *\n"),
    (
        "backend/core/models/base.py",
        "from django.db import models as m\n\nclass TimeStamped(m.Model):\n    created = m.DateTimeField()\n    \
         owner = m.ForeignKey('users.Customer', related_name='%(class)s_owned')\n\n    class Meta:\n        \
         abstract = True\n        unique_together = ('created', 'owner')\n\n    def touch(self):\n        self.created = now()\n",
    ),
    ("backend/shop/__init__.py", ""),
    (
        "backend/shop/managers.py",
        "from django.db import models\n\nclass ProductQuerySet(models.QuerySet):\n    def live(self):\n        \
         return self.filter(stock__gt=0)\n\nclass OrderManager(models.Manager):\n    pass\n",
    ),
    ("backend/shop/models.py", SHOP),
    (
        "backend/shop/views.py",
        "from shop.models import Order as O, Product\nfrom . import models\n\ndef cancel(order, form):\n    \
         order.status = O.Status.OPEN\n    O.objects.filter(pk=1).update(quantity=3)\n    \
         models.Product.objects.update_or_create(sku='a', defaults={'stock': 4})\n    form.n += 1\n",
    ),
    (
        "backend/users/models.py",
        "from django.db import models\n\nclass Customer(models.Model):\n    name = models.TextField()\n\n\
         class Profile(models.Model):\n    customer = models.OneToOneField(Customer, on_delete=models.CASCADE)\n    \
         user = models.ForeignKey(settings.AUTH_USER_MODEL)\n",
    ),
    (
        "settings/base.py",
        "import psycopg2.extensions\nAUTH_USER_MODEL = 'users.Customer'\nDATABASES = {\n    'default': {\n        \
         'ENGINE': 'x',\n        'ATOMIC_REQUESTS': True,\n        'OPTIONS': {'isolation_level': \
         psycopg2.extensions.ISOLATION_LEVEL_SERIALIZABLE},\n    }\n}\n",
    ),
];

#[test]
fn models_with_what_they_inherit() {
    let facts = build(SHOP_FILES);
    let product = &facts.models["backend.shop.models.Product"];
    assert!(product.complete && !product.is_abstract);
    assert!(facts.models["backend.core.models.base.TimeStamped"].is_abstract);
    let names: Vec<&str> = product.fields.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["attributes", "created", "owner", "price", "sku", "stock"]
    );
    assert!(product.fields["sku"].unique);
    assert!(product.fields["price"].null);
    assert!(product.fields["attributes"].traits.json);
    assert_eq!(product.fields["stock"].default, Some(Some(Lit::Int(0))));
    assert_eq!(product.fields["attributes"].default, Some(None));
    assert_eq!(product.checks.iter().collect::<Vec<_>>(), ["stock"]);
    assert_eq!(
        fields(product),
        [vec!["created", "owner"], vec!["id"], vec!["sku"]]
    );
    assert!(product.properties.contains("available"));
    assert_eq!(
        product.methods["touch"].0,
        "backend.core.models.base.TimeStamped"
    );
    assert_eq!(
        product.managers["objects"],
        "backend.shop.managers.ProductQuerySet"
    );
    assert_eq!(product.default_manager, "objects");
    let customer = &facts.models["backend.users.models.Customer"];
    assert_eq!(customer.managers["objects"], "django.db.models.Manager");
    assert!(
        facts
            .method("backend.shop.models.Product", "touch")
            .is_some()
    );
}

#[test]
fn constraints_of_all_forms() {
    let facts = build(SHOP_FILES);
    let order = &facts.models["backend.shop.models.Order"];
    assert_eq!(order.table.as_deref(), Some("orders"));
    assert_eq!(order.primary_key.as_deref(), Some("number"));
    assert_eq!(
        fields(order),
        [
            vec!["customer"],
            vec!["customer", "product"],
            vec!["number"],
            vec!["product", "quantity"],
            vec!["status", "number"],
        ]
    );
    let conditional = order
        .uniques
        .iter()
        .find(|unique| unique.condition.is_some())
        .expect("one");
    assert_eq!(
        conditional.condition.as_deref(),
        Some(
            &[
                ("status".to_owned(), Some(Lit::Str("open".into()))),
                ("quantity".to_owned(), None)
            ][..]
        )
    );
    assert!(order.uniques.iter().any(|unique| unique.expressions));
    assert_eq!(
        order.checks.iter().collect::<Vec<_>>(),
        ["quantity", "stock"]
    );
    assert_eq!(order.default_manager, "objects");
    assert_eq!(order.managers["every"], "django.db.models.Manager");
    let one = build(&[(
        "a/models.py",
        "from django.db import models\nclass A(models.Model):\n    x = models.IntegerField()\n    class Meta:\n        \
         unique_together = ('x', 'y')\n",
    )]);
    assert_eq!(
        fields(&one.models["a.models.A"]),
        [vec!["id"], vec!["x", "y"]]
    );
}

#[test]
fn relations_and_their_reverse() {
    let facts = build(SHOP_FILES);
    let order = &facts.models["backend.shop.models.Order"];
    let target = |name: &str| order.fields[name].target.as_deref().unwrap_or_default();
    assert_eq!(target("customer"), "backend.users.models.Customer");
    assert_eq!(target("product"), "backend.shop.models.Product");
    assert_eq!(target("parent"), "backend.shop.models.Order");
    let profile = &facts.models["backend.users.models.Profile"];
    assert_eq!(
        profile.fields["user"].target.as_deref(),
        Some("backend.users.models.Customer")
    );
    let reverse = |target: &str, name: &str| {
        facts
            .reverse
            .get(&(target.to_owned(), name.to_owned()))
            .map(|(model, field)| (model.as_str(), field.as_str()))
    };
    let customer = "backend.users.models.Customer";
    let order = "backend.shop.models.Order";
    assert_eq!(reverse(customer, "orders"), Some((order, "customer")));
    assert_eq!(
        reverse("backend.shop.models.Product", "order_set"),
        Some((order, "product"))
    );
    assert_eq!(
        reverse(customer, "profile"),
        Some(("backend.users.models.Profile", "customer"))
    );
    assert_eq!(
        reverse(customer, "product_owned"),
        Some(("backend.shop.models.Product", "owner"))
    );
    assert_eq!(
        facts
            .model_named("users.Customer")
            .map(|model| model.path.as_str()),
        Some(customer)
    );
    assert_eq!(
        facts.model_named("Order").map(|model| model.path.as_str()),
        Some(order)
    );
}

#[test]
fn names_through_imports() {
    let facts = build(SHOP_FILES);
    let views = "backend.shop.views";
    let class = |path: &str| Some(Symbol::Class(path.to_owned()));
    assert_eq!(facts.lookup(views, "O"), class("backend.shop.models.Order"));
    assert_eq!(
        facts.lookup(views, "models.Product"),
        class("backend.shop.models.Product")
    );
    assert_eq!(
        facts.lookup(views, "O.Status"),
        class("backend.shop.models.Order.Status")
    );
    assert_eq!(
        facts.lookup(views, "O.Status.PAID"),
        Some(Symbol::Const(Lit::Str("paid".into())))
    );
    assert_eq!(
        facts.lookup(views, "models.LIMIT"),
        Some(Symbol::Const(Lit::Int(5)))
    );
    assert!(matches!(
        facts.lookup(views, "cancel"),
        Some(Symbol::Func(5, _))
    ));
    assert_eq!(
        facts.lookup("backend.shop.models", "TimeStamped"),
        class("backend.core.models.base.TimeStamped")
    );
    assert_eq!(
        facts.lookup("backend.shop.models", "models.Model"),
        Some(Symbol::External("django.db.models.Model".into()))
    );
    assert_eq!(facts.lookup(views, "nothing"), None);
    assert_eq!(facts.lookup("no.such", "x"), None);
    assert_eq!(
        facts.constants["backend.shop.models.Order.Status.OPEN"],
        Lit::Str("open".into())
    );
}

#[test]
fn import_roots_and_ambiguity() {
    let facts = build(&[
        ("a/shop/models.py", "class X: pass\n"),
        (
            "a/web/views.py",
            "from shop.models import X\nimport json\nimport shop.models\nimport tools\n",
        ),
        ("a/web/json.py", "def dumps(): pass\n"),
        ("a/web/__init__.py", ""),
        ("b/shop/models.py", "class X: pass\n"),
        ("b/web/views.py", "from shop.models import X\n"),
        ("b/web/tools.py", ""),
    ]);
    assert_eq!(
        facts.lookup("a.web.views", "X"),
        Some(Symbol::Class("a.shop.models.X".into()))
    );
    assert_eq!(
        facts.lookup("b.web.views", "X"),
        Some(Symbol::Class("b.shop.models.X".into()))
    );
    assert_eq!(
        facts.lookup("a.web.views", "json"),
        Some(Symbol::External("json".into()))
    );
    assert_eq!(
        facts.lookup("a.web.views", "tools"),
        Some(Symbol::External("tools".into()))
    );
    assert_eq!(
        facts.lookup("a.web.views", "shop.models.X"),
        Some(Symbol::Class("a.shop.models.X".into()))
    );
}

#[test]
fn folders_inside_of_a_package_are_no_import_roots_for_others() {
    let facts = build(&[
        ("app/__init__.py", ""),
        ("app/utils/framework/__init__.py", ""),
        ("app/utils/framework/views.py", "class View: pass\n"),
        ("app/inside.py", "from framework.views import View\n"),
        ("site/urls.py", "from framework.views import View\n"),
    ]);
    let outside = Symbol::External("framework.views.View".into());
    assert_eq!(facts.lookup("site.urls", "View"), Some(outside));
    let inside = Symbol::Class("app.utils.framework.views.View".into());
    assert_eq!(facts.lookup("app.inside", "View"), Some(inside));
}

#[test]
fn a_package_scanned_by_itself_is_imported_by_its_own_name() {
    let facts = build(&[
        ("models.py", "class Stock: pass\n"),
        (
            "management/commands/count.py",
            "from depot.models import Stock\nfrom depots.models import Stock as Other\n",
        ),
    ]);
    let at = |name| facts.lookup("management.commands.count", name);
    assert_eq!(at("Stock"), Some(Symbol::Class("models.Stock".into())));
    let outside = Symbol::External("depots.models.Stock".into());
    assert_eq!(at("Other"), Some(outside));
}

#[test]
fn cycles_end() {
    let facts = build(&[
        (
            "a.py",
            "from b import *\nfrom b import x\nfrom a import z\ny = y2\ny2 = y\nclass C(D): pass\nclass D(C): pass\n",
        ),
        (
            "b.py",
            "from a import *\nfrom a import x\nfrom c import *\n",
        ),
        (
            "c.py",
            "from b import *\nfrom .. import up\nclass Found: pass\n",
        ),
        ("d.py", "import d\nfrom d import d\n"),
    ]);
    facts.lookup("a", "x");
    facts.lookup("a", "y");
    facts.lookup("a", "z");
    facts.lookup("d", "d.d.d");
    assert_eq!(facts.lookup("a", "nowhere"), None);
    assert_eq!(
        facts.lookup("a", "Found"),
        Some(Symbol::Class("c.Found".into()))
    );
    assert!(facts.ancestors("a.C").len() <= 2);
}

#[test]
fn diamonds_in_order() {
    let facts = build(&[(
        "m.py",
        "class Base: \n    def save(self): pass\nclass L(Base): pass\nclass R(Base):\n    def save(self): pass\n\
         class C(L, R): pass\n",
    )]);
    assert_eq!(facts.ancestors("m.C"), ["m.C", "m.L", "m.R", "m.Base"]);
    assert_eq!(
        facts
            .method("m.C", "save")
            .map(|(class, _)| class.path.as_str()),
        Some("m.R")
    );
    assert!(facts.is_subclass("m.C", "m.Base"));
    assert_eq!(facts.subclasses("m.Base").len(), 2);
}

#[test]
fn writers_by_field() {
    let facts = build(SHOP_FILES);
    let models = |field: &str| -> Vec<(usize, WriteHow, Option<&str>)> {
        facts
            .writers
            .get(field)
            .into_iter()
            .flatten()
            .map(|writer| (writer.file, writer.how, writer.model.as_deref()))
            .collect()
    };
    let product = Some("backend.shop.models.Product");
    assert_eq!(
        models("stock"),
        [
            (4, WriteHow::Augment, product),
            (5, WriteHow::Keyword, product)
        ]
    );
    assert_eq!(
        models("quantity"),
        [(5, WriteHow::Keyword, Some("backend.shop.models.Order"))]
    );
    assert_eq!(models("status"), [(5, WriteHow::Assign, None)]);
    assert_eq!(
        models("created"),
        [(
            1,
            WriteHow::Assign,
            Some("backend.core.models.base.TimeStamped")
        )]
    );
}

#[test]
fn settings() {
    let facts = build(SHOP_FILES);
    assert_eq!(
        facts
            .atomic_requests
            .as_ref()
            .map(|found| (found.value, found.file)),
        Some((true, 7))
    );
    assert_eq!(
        facts.isolation.as_ref().map(|found| found.value.as_str()),
        Some("ISOLATION_LEVEL_SERIALIZABLE")
    );
    let facts = build(&[(
        "conf.py",
        "DATABASES['default']['ATOMIC_REQUESTS'] = env.bool('ATOMIC', default=False)\n",
    )]);
    assert_eq!(facts.atomic_requests.map(|found| found.value), Some(false));
    assert!(
        build(&[("conf.py", "isolation_level = 'x'\n")])
            .isolation
            .is_none()
    );
    let facts = build(&[(
        "conf.py",
        "DATABASES['default']['OPTIONS'] = {'isolation_level': 'serializable'}\n",
    )]);
    assert_eq!(
        facts.isolation.map(|found| found.value).as_deref(),
        Some("serializable")
    );
    assert!(build(&[("conf.py", "x = 1\n")]).atomic_requests.is_none());
}

#[test]
fn models_of_unseen_bases_and_own_fields() {
    let facts = build(&[(
        "m.py",
        "from polymorphic.models import PolymorphicModel\nfrom pydantic import BaseModel\nfrom django.db import models\n\
         class Money(models.DecimalField): pass\n\
         class A(PolymorphicModel):\n    price = Money()\n\
         class B(BaseModel):\n    n: int = models.Field(default=0)\n\
         class P(A):\n    class Meta:\n        proxy = True\n\
         class Child(A):\n    extra = models.IntegerField()\n    manager = models.Manager.from_queryset(Q)()\n",
    )]);
    let a = &facts.models["m.A"];
    assert!(!a.complete);
    assert_eq!(a.fields["price"].constructor, "m.Money");
    assert!(!facts.models.contains_key("m.B"));
    assert!(facts.models["m.P"].is_proxy);
    assert_eq!(facts.models["m.Child"].fields.len(), 2);
    assert_eq!(facts.models["m.Child"].default_manager, "manager");
}

const STORE_GO: &str = r#"package store

import "context"

const Table = "orders"
var limit, name = 3, "x"

type Base struct{ id string }

func (b *Base) ID() string { return b.id }

type Store struct {
	Base
	client *dynamodb.Client `json:"client"`
	n, m   int
}

type Repo interface {
	Named
	Get(ctx context.Context, id string) (*Order, error)
}

type Named interface{ ID() string }

func New() *Store { return &Store{} }
"#;

#[test]
fn go_packages() {
    let facts = build_with(
        &[
            (
                "internal/store/get.go",
                "package store\n\nfunc (s *Store) Get(ctx context.Context, id string) (*Order, error) { return nil, nil }\n",
            ),
            ("internal/store/store.go", STORE_GO),
            (
                "internal/store/store_test.go",
                "package store_test\n\ntype Fake struct{}\n",
            ),
        ],
        &[("", "example.com/shop")],
    );
    let package = facts.go_package("internal/store").expect("there");
    assert_eq!((package.name.as_str(), package.files.len()), ("store", 2));
    let store = &package.types["Store"];
    assert_eq!((store.file, store.fields.len()), (1, 4));
    assert_eq!(
        store.fields[1].tag.map(|tag| tag.to_string()).as_deref(),
        Some("json:\"client\"")
    );
    let get = facts
        .go_method("internal/store", "Store", "Get")
        .expect("there");
    assert!(get.pointer && get.file == 0);
    assert_eq!(
        facts
            .go_method("internal/store", "Store", "ID")
            .map(|method| method.file),
        Some(1)
    );
    assert_eq!(facts.go_interface("internal/store", "Repo"), ["Get", "ID"]);
    assert_eq!(
        facts.go_implementers("internal/store", "Repo"),
        [("internal/store", "Store")]
    );
    assert_eq!(
        facts.go_implementers("internal/store", "Named"),
        [("internal/store", "Base"), ("internal/store", "Store")]
    );
    assert_eq!(
        facts.constants["internal/store.Table"],
        Lit::Str("orders".into())
    );
    assert_eq!(package.values["limit"].value, Some(Lit::Int(3)));
    assert!(package.funcs.contains_key("New"));
    assert!(facts.go_import("example.com/shop/internal/store").is_some());
    assert!(
        facts
            .go_import("example.com/other/internal/store")
            .is_none()
    );
}

#[test]
fn go_imports_without_module_files() {
    let facts = build(&[
        ("store/a.go", "package store\n"),
        ("context/a.go", "package context\n"),
    ]);
    assert!(facts.go_import("github.com/x/y/store").is_some());
    assert!(facts.go_import("context").is_none());
}

#[test]
fn module_paths() {
    assert_eq!(python_module("shop/models.py"), "shop.models");
    assert_eq!(python_module("shop/models/__init__.py"), "shop.models");
    assert_eq!(python_module("__init__.py"), "");
    assert_eq!(python_module("a/my__init__.py"), "a.my__init__");
}

#[test]
fn empty_vocabulary_knows_nothing() {
    let il = PythonLang::new()
        .lower(SHOP, &Limits::default())
        .expect("lowered");
    let files = [FileFacts {
        module: "shop.models".into(),
        path: "shop/models.py".into(),
        module_il: &il,
    }];
    let facts = Facts::build(
        &files,
        &DeclarationVocabulary::default(),
        &Layout::default(),
    );
    assert!(facts.models.is_empty());
    assert!(facts.classes.contains_key("shop.models.Order"));
}

#[test]
fn what_a_loader_gives_for_literal_names_is_an_import() {
    let facts = build(&[
        (
            "shop/core/loading.py",
            r#"
from importlib import import_module
from django.apps import apps

def get_class(label, name, package="shop.apps"):
    return get_classes(label, [name], package)[0]

def get_classes(label, names, package="shop.apps"):
    module = import_module("%s.%s" % (package, label))
    found = []
    for name in names:
        found.append(getattr(module, name))
    return found

def get_model(app, name):
    return apps.get_model(app, name)

def start(label, name):
    return getattr(import_module(label), name)()
"#,
        ),
        ("shop/apps/orders/models.py", "class Order:\n    pass\n"),
        (
            "shop/apps/orders/views.py",
            "class Page:\n    pass\nclass Form:\n    pass\n",
        ),
        ("shop/apps/desk/orders/views.py", "class Page:\n    pass\n"),
        (
            "shop/use.py",
            r#"
from shop.core.loading import get_class, get_classes, get_model, start

Order = get_model("orders", "order")
Page = get_class("orders.views", "Page")
Desk = get_class("desk.orders.views", "Page")
Other, Form = get_classes("orders.views", ["Page", "Form"])
Missing = get_class("orders.views", "Missing")
Run = start("orders.views", "Page")
"#,
        ),
    ]);
    let means = |name: &str| match facts.lookup("shop.use", name) {
        Some(Symbol::Class(path)) => path,
        _ => String::new(),
    };
    assert_eq!(means("Order"), "shop.apps.orders.models.Order");
    assert_eq!(means("Page"), "shop.apps.orders.views.Page");
    assert_eq!(means("Desk"), "shop.apps.desk.orders.views.Page");
    assert_eq!(means("Form"), "shop.apps.orders.views.Form");
    assert_eq!(means("Missing"), "");
    assert_eq!(means("Run"), "");
}
