//! Declarations: what the packs say of how models are declared, in the form that the project's facts take.

use crate::project::facts::{DeclarationVocabulary, FieldTraits};
use crate::stores::vocabulary::Library;
use crate::symbol::intern;

/// What the packs say of declarations, in the form that the facts take.
pub(super) fn declarations(lib: &Library) -> DeclarationVocabulary {
    let list = |name: &str| lib.lists.get(&intern(name)).cloned().unwrap_or_default();
    let one = |name: &str| {
        list(name)
            .first()
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    let set = |name: &str| list(name).iter().map(ToString::to_string).collect();
    let all = |name: &str| {
        list(name)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let mut v = DeclarationVocabulary {
        model_bases: set("model-bases"),
        model_base_suffixes: all("model-base-suffixes"),
        other_bases: set("other-model-bases"),
        target: one("field-target"),
        target_self: one("field-target-self"),
        unique: one("field-unique"),
        primary_key: one("field-primary-key"),
        key_parts: all("field-key-parts"),
        null: one("field-null"),
        length: one("field-length"),
        stamped: all("field-stamped"),
        default: one("field-default"),
        through: one("field-through"),
        related_name: one("field-related-name"),
        related_suffix: one("related-suffix"),
        unique_for: all("field-unique-for"),
        implicit_primary: one("implicit-primary"),
        options_class: one("options-class"),
        unique_together: one("option-unique-together"),
        constraints: one("option-constraints"),
        abstract_option: one("option-abstract"),
        proxy: one("option-proxy"),
        table: one("option-table"),
        default_manager_option: one("option-default-manager"),
        default_related_name: one("option-default-related-name"),
        unique_constraints: set("unique-constraints"),
        check_constraints: set("check-constraints"),
        constraint_fields: one("constraint-fields"),
        constraint_condition: all("constraint-condition"),
        predicates: set("predicates"),
        references: set("references"),
        lookup_separator: one("lookup-separator"),
        manager_bases: set("manager-bases"),
        as_manager: set("as-manager"),
        from_queryset: set("from-queryset"),
        properties: set("property-decorators"),
        choices_bases: set("choices-bases"),
        importers: set("importers"),
        registries: set("model-registries"),
        write_calls: set("write-calls"),
        write_dicts: set("write-dicts"),
        databases: one("setting-databases"),
        atomic_requests: one("setting-atomic-requests"),
        database_options: one("setting-database-options"),
        isolation: one("setting-isolation"),
        ..DeclarationVocabulary::default()
    };
    for word in list("composite-fields") {
        let Some((ending, parts)) = word.split_once('=') else {
            continue;
        };
        let part = |p: &str| {
            let (key, usual) = p.split_once(':').unwrap_or((p, p));
            (key.to_owned(), usual.to_owned())
        };
        v.composites
            .push((ending.to_owned(), parts.split('+').map(part).collect()));
    }
    if let [name, class] = list("implicit-manager").as_slice() {
        v.implicit_manager = (name.to_string(), class.to_string());
    }
    for word in list("fields") {
        let Some((path, traits)) = word.split_once('=') else {
            continue;
        };
        let mut t = FieldTraits::default();
        for x in traits.split('+') {
            match x {
                "foreign-key" => t.foreign_key = true,
                "one-to-one" => t.one_to_one = true,
                "many-to-many" => t.many_to_many = true,
                "auto" => t.auto = true,
                "positive" => t.positive = true,
                "json" => t.json = true,
                "file" => t.file = true,
                "version" => t.version = true,
                "text" => t.text = true,
                _ => {}
            }
        }
        if path.contains('.') {
            v.fields.insert(path.to_owned(), t);
        } else {
            v.field_suffixes.push((path.to_owned(), t));
        }
    }
    v
}
