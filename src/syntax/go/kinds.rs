//! The grammar's node kinds and fields, resolved once: comparing numbers is much cheaper than comparing strings.

use std::sync::LazyLock;

use tree_sitter::Language;

macro_rules! kinds {
    ($($variant:ident $name:literal $named:literal)*) => {
        /// The kinds of node that the lowering tells apart.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum K {
            $($variant,)*
            /// What the parser could not make sense of.
            Error,
            /// Any other.
            Other,
        }

        /// Every kind with its name in the grammar, and whether it is a named node.
        pub(super) const KINDS: &[(K, &str, bool)] = &[$((K::$variant, $name, $named),)*];
    };
}

kinds! {
    SourceFile "source_file" true
    PackageClause "package_clause" true
    PackageIdentifier "package_identifier" true
    ImportDeclaration "import_declaration" true
    ImportSpecList "import_spec_list" true
    ImportSpec "import_spec" true
    FunctionDeclaration "function_declaration" true
    MethodDeclaration "method_declaration" true
    ConstDeclaration "const_declaration" true
    ConstSpec "const_spec" true
    VarDeclaration "var_declaration" true
    VarSpecList "var_spec_list" true
    VarSpec "var_spec" true
    TypeDeclaration "type_declaration" true
    TypeSpec "type_spec" true
    TypeAlias "type_alias" true
    ParameterList "parameter_list" true
    ParameterDeclaration "parameter_declaration" true
    VariadicParameter "variadic_parameter_declaration" true
    Comment "comment" true

    TypeIdentifier "type_identifier" true
    QualifiedType "qualified_type" true
    PointerType "pointer_type" true
    SliceType "slice_type" true
    ArrayType "array_type" true
    ImplicitArrayType "implicit_length_array_type" true
    MapType "map_type" true
    ChannelType "channel_type" true
    FunctionType "function_type" true
    StructType "struct_type" true
    InterfaceType "interface_type" true
    GenericType "generic_type" true
    ParenthesizedType "parenthesized_type" true
    NegatedType "negated_type" true
    TypeElem "type_elem" true
    TypeArguments "type_arguments" true
    FieldDeclarationList "field_declaration_list" true
    FieldDeclaration "field_declaration" true
    FieldIdentifier "field_identifier" true
    MethodElem "method_elem" true

    Block "block" true
    StatementList "statement_list" true
    EmptyStatement "empty_statement" true
    ExpressionStatement "expression_statement" true
    SendStatement "send_statement" true
    ReceiveStatement "receive_statement" true
    IncStatement "inc_statement" true
    DecStatement "dec_statement" true
    AssignmentStatement "assignment_statement" true
    ShortVarDeclaration "short_var_declaration" true
    LabeledStatement "labeled_statement" true
    LabelName "label_name" true
    FallthroughStatement "fallthrough_statement" true
    BreakStatement "break_statement" true
    ContinueStatement "continue_statement" true
    GotoStatement "goto_statement" true
    ReturnStatement "return_statement" true
    GoStatement "go_statement" true
    DeferStatement "defer_statement" true
    IfStatement "if_statement" true
    ForStatement "for_statement" true
    ForClause "for_clause" true
    RangeClause "range_clause" true
    ExpressionSwitch "expression_switch_statement" true
    ExpressionCase "expression_case" true
    DefaultCase "default_case" true
    TypeSwitch "type_switch_statement" true
    TypeCase "type_case" true
    SelectStatement "select_statement" true
    CommunicationCase "communication_case" true

    ExpressionList "expression_list" true
    Identifier "identifier" true
    Unary "unary_expression" true
    Binary "binary_expression" true
    Selector "selector_expression" true
    Index "index_expression" true
    Slice "slice_expression" true
    Call "call_expression" true
    TypeAssertion "type_assertion_expression" true
    TypeConversion "type_conversion_expression" true
    TypeInstantiation "type_instantiation_expression" true
    CompositeLiteral "composite_literal" true
    LiteralValue "literal_value" true
    LiteralElement "literal_element" true
    KeyedElement "keyed_element" true
    FuncLiteral "func_literal" true
    RawString "raw_string_literal" true
    InterpretedString "interpreted_string_literal" true
    IntLiteral "int_literal" true
    FloatLiteral "float_literal" true
    ImaginaryLiteral "imaginary_literal" true
    RuneLiteral "rune_literal" true
    Nil "nil" true
    True "true" true
    False "false" true
    Iota "iota" true
    Parenthesized "parenthesized_expression" true
    VariadicArgument "variadic_argument" true

    Define ":=" false
    Assign "=" false
    AddAssign "+=" false
    SubAssign "-=" false
    MulAssign "*=" false
    DivAssign "/=" false
    ModAssign "%=" false
    ShlAssign "<<=" false
    ShrAssign ">>=" false
    AndAssign "&=" false
    OrAssign "|=" false
    XorAssign "^=" false
    AndNotAssign "&^=" false
    Plus "+" false
    Minus "-" false
    Star "*" false
    Div "/" false
    Percent "%" false
    Shl "<<" false
    Shr ">>" false
    Amp "&" false
    Pipe "|" false
    Caret "^" false
    AmpCaret "&^" false
    EqEq "==" false
    NotEq "!=" false
    Less "<" false
    LessEq "<=" false
    Greater ">" false
    GreaterEq ">=" false
    AndAnd "&&" false
    OrOr "||" false
    Bang "!" false
    Arrow "<-" false
}

macro_rules! fields {
    ($($field:ident $name:literal)*) => {
        /// The grammar's fields that the lowering uses, by number.
        pub(super) struct Fields {
            $(pub(super) $field: u16,)*
        }

        impl Fields {
            fn resolve(language: &Language) -> Self {
                Self { $($field: language.field_id_for_name($name).map_or(0, |id| id.get()),)* }
            }

            #[cfg(test)]
            pub(super) fn all(&self) -> Vec<(&'static str, u16)> {
                vec![$(($name, self.$field),)*]
            }
        }
    };
}

fields! {
    alias "alias"
    alternative "alternative"
    arguments "arguments"
    body "body"
    channel "channel"
    communication "communication"
    condition "condition"
    consequence "consequence"
    element "element"
    end "end"
    field "field"
    function "function"
    index "index"
    initializer "initializer"
    key "key"
    label "label"
    left "left"
    name "name"
    operand "operand"
    operator "operator"
    package "package"
    parameters "parameters"
    path "path"
    receiver "receiver"
    result "result"
    right "right"
    start "start"
    tag "tag"
    ty "type"
    type_arguments "type_arguments"
    type_parameters "type_parameters"
    update "update"
    value "value"
}

/// The grammar.
pub(super) static LANGUAGE: LazyLock<Language> = LazyLock::new(|| tree_sitter_go::LANGUAGE.into());

/// Its tables.
pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::resolve);

/// What the lowering needs to know of the grammar, by the numbers that nodes carry.
pub(super) struct Tables {
    kinds: Vec<(K, bool, &'static str)>,
    pub(super) f: Fields,
}

impl Tables {
    fn resolve() -> Self {
        let language: &'static Language = &LANGUAGE;
        // From the number to the kind, not the other way round: several numbers share a name.
        let kinds = (0..language.node_kind_count() as u16)
            .map(|id| {
                let name = language.node_kind_for_id(id).unwrap_or_default();
                let named = language.node_kind_is_named(id);
                let kind = KINDS
                    .iter()
                    .find(|kind| kind.1 == name && kind.2 == named)
                    .map_or(K::Other, |kind| kind.0);
                (kind, named, name)
            })
            .collect();
        Self {
            kinds,
            f: Fields::resolve(language),
        }
    }

    pub(super) fn kind(&self, id: u16) -> K {
        // Errors have the last number of all.
        self.kinds.get(id as usize).map_or(K::Error, |kind| kind.0)
    }

    pub(super) fn is_named(&self, id: u16) -> bool {
        self.kinds.get(id as usize).is_none_or(|kind| kind.1)
    }

    pub(super) fn name(&self, id: u16) -> &'static str {
        self.kinds.get(id as usize).map_or("ERROR", |kind| kind.2)
    }
}
