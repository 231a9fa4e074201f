//! The names by which declarations are known. Packs fill it; empty, it knows nothing.

use std::collections::{BTreeMap, BTreeSet};

/// What a field constructor says about its field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FieldTraits {
    /// A relation to one row; many rows may relate to the same one.
    pub foreign_key: bool,
    /// A relation to one row that no other row relates to (hence unique).
    pub one_to_one: bool,
    /// A relation to many rows, kept in a table of its own.
    pub many_to_many: bool,
    /// Numbered by the database; primary unless another field is.
    pub auto: bool,
    /// The database refuses values below zero.
    pub positive: bool,
    /// A document that is written as a whole.
    pub json: bool,
    /// The name of a file that is kept elsewhere.
    pub file: bool,
    /// Compared and advanced by every write of its row.
    pub version: bool,
    /// A text that the database keeps from being longer than its declaration says.
    pub text: bool,
}

impl FieldTraits {
    /// Whether the field leads to another model.
    pub fn is_relation(self) -> bool {
        self.foreign_key || self.one_to_one || self.many_to_many
    }
}

/// Names of one family of object-relational mappers, or of several merged. Paths are dotted and resolved through
/// imports; all other entries are plain names.
#[derive(Clone, Debug, Default)]
pub struct DeclarationVocabulary {
    /// Paths of the classes whose subclasses are models.
    pub model_bases: BTreeSet<String>,
    /// Paths of base classes that end like these and are none.
    pub other_bases: BTreeSet<String>,
    /// Name endings of base classes outside the project that are taken for model bases if the class has fields.
    pub model_base_suffixes: Vec<String>,
    /// Paths of field constructors.
    pub fields: BTreeMap<String, FieldTraits>,
    /// Name endings of field constructors whose path is not among `fields`; the longest ending wins.
    pub field_suffixes: Vec<(String, FieldTraits)>,
    /// Name endings of constructors of fields that stand for several columns, each with the keyword that names it and
    /// its usual name.
    pub composites: Vec<(String, Vec<(String, String)>)>,
    /// Keyword: the related model (also the first positional argument of a relation).
    pub target: String,
    /// The string that means the model itself.
    pub target_self: String,
    /// Keyword: no two rows have the same value.
    pub unique: String,
    /// Keyword: the primary key.
    pub primary_key: String,
    /// Keywords: the first and the second part of a key of parts.
    pub key_parts: Vec<String>,
    /// Keyword: may be NULL.
    pub null: String,
    /// Keyword: how long a text may be.
    pub length: String,
    /// Keywords that say that every write of the row sets the field anew.
    pub stamped: Vec<String>,
    /// Keyword: the default value.
    pub default: String,
    /// Keyword: the model whose rows a relation to many consists of.
    pub through: String,
    /// Keyword: the name of the reverse relation.
    pub related_name: String,
    /// Appended to the lower-case model name where the reverse relation of a foreign key has no name.
    pub related_suffix: String,
    /// Keywords whose value is another field, unique together with this one (checked by validators alone).
    pub unique_for: Vec<String>,
    /// The primary key of a model that declares none.
    pub implicit_primary: String,
    /// The inner class with a model's options.
    pub options_class: String,
    /// Option: tuples of fields that are unique together.
    pub unique_together: String,
    /// Option: list of constraints.
    pub constraints: String,
    /// Option: no table of its own.
    pub abstract_option: String,
    /// Option: shares its parent's table.
    pub proxy: String,
    /// Option: the table's name.
    pub table: String,
    /// Option: the name of the default manager.
    pub default_manager_option: String,
    /// Option: the name of reverse relations.
    pub default_related_name: String,
    /// Plain names of unique constraints' constructors.
    pub unique_constraints: BTreeSet<String>,
    /// Plain names of check constraints' constructors.
    pub check_constraints: BTreeSet<String>,
    /// Keyword of a unique constraint: its fields.
    pub constraint_fields: String,
    /// Keywords of a constraint: its condition.
    pub constraint_condition: Vec<String>,
    /// Plain names of predicate constructors with keyword arguments (`field__lookup=value`).
    pub predicates: BTreeSet<String>,
    /// Plain names of constructors that refer to a field by a string.
    pub references: BTreeSet<String>,
    /// Between a field and its lookup in a keyword.
    pub lookup_separator: String,
    /// Paths of manager classes.
    pub manager_bases: BTreeSet<String>,
    /// Methods of a row set's class that give a manager.
    pub as_manager: BTreeSet<String>,
    /// Methods of a manager class that give a manager class with the methods of a row set.
    pub from_queryset: BTreeSet<String>,
    /// The manager of a model that declares none: (name, path of its class).
    pub implicit_manager: (String, String),
    /// Paths or plain names of decorators that make a property.
    pub properties: BTreeSet<String>,
    /// Paths of enumerations whose members are (value, label) tuples.
    pub choices_bases: BTreeSet<String>,
    /// Paths of functions that give the module of a name.
    pub importers: BTreeSet<String>,
    /// Paths of functions that give a model by its application and name.
    pub registries: BTreeSet<String>,
    /// Methods whose keyword arguments name written fields.
    pub write_calls: BTreeSet<String>,
    /// Methods with a dict of written fields in such a keyword.
    pub write_dicts: BTreeSet<String>,
    /// The module-level setting with the databases.
    pub databases: String,
    /// Setting, in a database or as a name of its own: a transaction for each request.
    pub atomic_requests: String,
    /// Setting of a database: the driver's options.
    pub database_options: String,
    /// Driver option: the isolation level.
    pub isolation: String,
}
