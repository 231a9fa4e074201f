//! The grammar's node kinds and fields as enums, so that the lowering matches on small integers instead of strings.

use std::sync::LazyLock;

use tree_sitter::Language;

macro_rules! table {
    ($(#[$doc:meta])* $name:ident, $list:ident, [$($special:ident),*], $($variant:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum $name { $($special,)* $($variant,)* }
        impl $name {
            /// What the grammar calls each of them.
            pub(super) const $list: &[(&str, Self)] = &[$(($text, Self::$variant),)*];
        }
    };
}

table! {
    /// A node's kind. `Anon` is any unnamed token, `Error` a syntax error, `Other` a named kind not looked at.
    Kind, NAMES, [Anon, Error, Other],
    AliasedImport = "aliased_import",
    ArgumentList = "argument_list",
    AsPattern = "as_pattern",
    AsPatternTarget = "as_pattern_target",
    Assert = "assert_statement",
    Assignment = "assignment",
    Attribute = "attribute",
    AugAssignment = "augmented_assignment",
    Await = "await",
    Binary = "binary_operator",
    Block = "block",
    Boolean = "boolean_operator",
    Break = "break_statement",
    Call = "call",
    CaseClause = "case_clause",
    CasePattern = "case_pattern",
    Chevron = "chevron",
    Class = "class_definition",
    ClassPattern = "class_pattern",
    Comment = "comment",
    Comparison = "comparison_operator",
    ComplexPattern = "complex_pattern",
    ConcatenatedString = "concatenated_string",
    Conditional = "conditional_expression",
    Continue = "continue_statement",
    Decorated = "decorated_definition",
    Decorator = "decorator",
    DefaultParameter = "default_parameter",
    Delete = "delete_statement",
    DictComp = "dictionary_comprehension",
    DictPattern = "dict_pattern",
    DictSplat = "dictionary_splat",
    DictSplatPattern = "dictionary_splat_pattern",
    Dictionary = "dictionary",
    DottedName = "dotted_name",
    Elif = "elif_clause",
    Ellipsis = "ellipsis",
    Else = "else_clause",
    Except = "except_clause",
    Exec = "exec_statement",
    ExpressionList = "expression_list",
    ExpressionStatement = "expression_statement",
    False = "false",
    Finally = "finally_clause",
    Float = "float",
    For = "for_statement",
    ForIn = "for_in_clause",
    Function = "function_definition",
    FutureImport = "future_import_statement",
    Generator = "generator_expression",
    GenericType = "generic_type",
    Global = "global_statement",
    Identifier = "identifier",
    If = "if_statement",
    IfClause = "if_clause",
    Import = "import_statement",
    ImportFrom = "import_from_statement",
    ImportPrefix = "import_prefix",
    Integer = "integer",
    Interpolation = "interpolation",
    KeywordArgument = "keyword_argument",
    KeywordPattern = "keyword_pattern",
    KeywordSeparator = "keyword_separator",
    Lambda = "lambda",
    LambdaParameters = "lambda_parameters",
    LineContinuation = "line_continuation",
    List = "list",
    ListComp = "list_comprehension",
    ListPattern = "list_pattern",
    ListSplat = "list_splat",
    ListSplatPattern = "list_splat_pattern",
    Match = "match_statement",
    MemberType = "member_type",
    Named = "named_expression",
    None = "none",
    Nonlocal = "nonlocal_statement",
    Not = "not_operator",
    Pair = "pair",
    Parameters = "parameters",
    Paren = "parenthesized_expression",
    Pass = "pass_statement",
    PatternList = "pattern_list",
    PositionalSeparator = "positional_separator",
    Print = "print_statement",
    Raise = "raise_statement",
    RelativeImport = "relative_import",
    Return = "return_statement",
    Set = "set",
    SetComp = "set_comprehension",
    Slice = "slice",
    SplatPattern = "splat_pattern",
    String = "string",
    StringContent = "string_content",
    StringEnd = "string_end",
    StringStart = "string_start",
    Subscript = "subscript",
    True = "true",
    Try = "try_statement",
    Tuple = "tuple",
    TuplePattern = "tuple_pattern",
    Type = "type",
    TypeAlias = "type_alias_statement",
    TypeParameter = "type_parameter",
    TypedDefaultParameter = "typed_default_parameter",
    TypedParameter = "typed_parameter",
    Unary = "unary_operator",
    UnionPattern = "union_pattern",
    UnionType = "union_type",
    While = "while_statement",
    WildcardImport = "wildcard_import",
    With = "with_statement",
    WithClause = "with_clause",
    WithItem = "with_item",
    Yield = "yield",
}

table! {
    /// The field by which a node hangs in its parent.
    Field, NAMES, [None],
    Alias = "alias",
    Alternative = "alternative",
    Argument = "argument",
    Arguments = "arguments",
    Attribute = "attribute",
    Body = "body",
    Cause = "cause",
    Condition = "condition",
    Consequence = "consequence",
    Definition = "definition",
    Expression = "expression",
    Function = "function",
    Guard = "guard",
    Key = "key",
    Left = "left",
    ModuleName = "module_name",
    Name = "name",
    Object = "object",
    Operator = "operator",
    Operators = "operators",
    Parameters = "parameters",
    ReturnType = "return_type",
    Right = "right",
    Subject = "subject",
    Subscript = "subscript",
    Superclasses = "superclasses",
    Type = "type",
    Value = "value",
}

/// The grammar with its ids resolved, once per process.
pub(super) struct Grammar {
    pub(super) language: Language,
    kinds: Vec<Kind>,
    fields: Vec<Field>,
    /// The grammar's own number of each field.
    ids: [u16; Field::NAMES.len() + 1],
}

/// The grammar.
pub(super) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::new);

impl Grammar {
    fn new() -> Self {
        let language = Language::new(tree_sitter_python::LANGUAGE);
        let kinds = (0..language.node_kind_count())
            .map(|id| {
                let id = id as u16;
                if !language.node_kind_is_named(id) {
                    return Kind::Anon;
                }
                let name = language.node_kind_for_id(id).unwrap_or("");
                Kind::NAMES
                    .iter()
                    .find(|(text, _)| *text == name)
                    .map_or(Kind::Other, |(_, kind)| *kind)
            })
            .collect();
        let mut ids = [0; Field::NAMES.len() + 1];
        for (name, field) in Field::NAMES {
            let id = language.field_id_for_name(name);
            ids[*field as usize] = id.map_or(0, |id| id.get());
        }
        let fields = (0..=language.field_count())
            .map(|id| {
                let name = language.field_name_for_id(id as u16).unwrap_or("");
                Field::NAMES
                    .iter()
                    .find(|(text, _)| *text == name)
                    .map_or(Field::None, |(_, field)| *field)
            })
            .collect();
        Self {
            language,
            kinds,
            fields,
            ids,
        }
    }

    /// The kind for a node's kind id. Ids beyond the table are the parser's own: errors.
    pub(super) fn kind(&self, id: u16) -> Kind {
        self.kinds
            .get(usize::from(id))
            .copied()
            .unwrap_or(Kind::Error)
    }

    /// The field for a field id.
    pub(super) fn field(&self, id: Option<std::num::NonZeroU16>) -> Field {
        id.and_then(|id| self.fields.get(usize::from(id.get())).copied())
            .unwrap_or(Field::None)
    }

    /// The field id of a field; 0 is none.
    pub(super) fn id(&self, field: Field) -> u16 {
        self.ids[field as usize]
    }

    /// The grammar's own name of a kind id.
    pub(super) fn name(&'static self, id: u16) -> &'static str {
        self.language.node_kind_for_id(id).unwrap_or("ERROR")
    }
}
