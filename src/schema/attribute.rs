//! One attribute: its type, and how it behaves in configuration, plan and state.

use std::collections::BTreeMap;

use super::{Rule, object_type};
use crate::{
    diagnostic::Path,
    value::{Dynamic, Type},
};

/// An attribute of a schema.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// The name in HCL.
    pub name: &'static str,
    /// Markdown, one or more sentences.
    pub description: String,
    /// Its type, or the attributes nested in it.
    pub kind: Kind,
    /// How it behaves.
    pub behaviour: Behaviour,
}

/// What an attribute holds.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A value of a plain type.
    Value(Type),
    /// Objects with a schema of their own.
    Nested {
        /// How many of them, and in which collection.
        nesting: Nesting,
        /// The attributes of each.
        attributes: Vec<Attribute>,
    },
}

impl Attribute {
    /// The place of this attribute in an object at `path`.
    pub(super) fn below(&self, path: &Path) -> Path {
        if self.behaviour.block().is_some() { path.block(self.name) } else { path.attribute(self.name) }
    }

    /// The attribute as a result that the service decides, or, where `argument`, as one of the ways to look up.
    fn into_result(self, argument: bool) -> Self {
        let mode = if argument { Mode::OptionalComputed } else { Mode::Computed };
        let Behaviour { sensitive, rules, deprecated, .. } = self.behaviour;
        let rules = if argument { rules } else { &[] };
        let kind = match self.kind {
            Kind::Nested { nesting, attributes } => Kind::Nested { nesting, attributes: into_results(attributes, &[]) },
            value @ Kind::Value(_) => value,
        };
        Self { kind, behaviour: Behaviour { sensitive, rules, deprecated, ..Behaviour::new(mode) }, ..self }
    }
}

/// The attributes of a resource as those of a data source that looks it up by one of `arguments`. What the service does not
/// know cannot be looked up.
pub(super) fn into_results(attributes: Vec<Attribute>, arguments: &[&str]) -> Vec<Attribute> {
    attributes
        .into_iter()
        .filter(|attribute| !attribute.behaviour.local && !attribute.behaviour.write_only)
        .map(|attribute| {
            let argument = arguments.contains(&attribute.name);
            attribute.into_result(argument)
        })
        .collect()
}

impl Kind {
    /// The type of a value of this kind.
    #[must_use]
    pub fn ty(&self) -> Type {
        match self {
            Self::Value(ty) => ty.clone(),
            Self::Nested { nesting, attributes } => {
                let object = object_type(attributes);
                match nesting {
                    Nesting::Single => object,
                    Nesting::List => Type::list(object),
                    Nesting::Set => Type::set(object),
                    Nesting::Map => Type::map(object),
                }
            }
        }
    }
}

/// The collection in which nested objects stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// Objects in order.
    List,
    /// Objects without order.
    Set,
    /// Objects by key.
    Map,
}

/// Who decides the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration; absent means cleared.
    Optional,
    /// The configuration; absent means this default.
    Defaulted(Default),
    /// The configuration; absent means whatever the service has. For the arguments by which a data source looks up: to
    /// remove such a line from a resource would have no effect.
    OptionalComputed,
    /// The service.
    Computed,
    /// The configuration, in blocks of that name instead of an attribute.
    Block(Block),
}

/// How many blocks there may be, and what their absence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// At least so many.
    pub min: i64,
    /// At most so many; 0 is no limit.
    pub max: i64,
    /// Whether a single block that is absent is an object of nulls instead of null.
    pub group: bool,
}

/// The value of an attribute that the configuration leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// A bool.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    String(&'static str),
    /// A set of texts.
    Strings(&'static [&'static str]),
    /// A single nested object in which every attribute has its own default.
    Nested,
}

/// How an attribute behaves. Start from [`REQUIRED`], [`OPTIONAL`] or [`COMPUTED`].
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "they are traits that combine freely")]
pub struct Behaviour {
    /// Who decides the value.
    pub mode: Mode,
    /// Hidden in Terraform's output.
    pub sensitive: bool,
    /// A change needs a new object.
    pub requires_replace: bool,
    /// A computed value that an update never changes.
    pub keep_prior: bool,
    /// Nothing that the service knows of.
    pub local: bool,
    /// Nothing that the service knows of, but a change of it asks something of the service.
    pub trigger: bool,
    /// A value that goes to the service and into no state.
    pub write_only: bool,
    /// The write-only attribute that says the same and is not stored.
    pub stored_unlike: Option<&'static str>,
    /// Whether two texts mean the same.
    pub equal: Option<fn(&str, &str) -> bool>,
    /// What a configured value must satisfy.
    pub rules: &'static [Rule],
    /// Why the attribute should not be used any more.
    pub deprecated: Option<&'static str>,
}

/// The configuration must have a value.
pub const REQUIRED: Behaviour = Behaviour::new(Mode::Required);
/// The configuration may have a value; without one the object has none.
pub const OPTIONAL: Behaviour = Behaviour::new(Mode::Optional);
/// The service decides the value; the configuration must not have one.
pub const COMPUTED: Behaviour = Behaviour::new(Mode::Computed);
/// The configuration may have a block, or any number of them.
pub const BLOCK: Behaviour = Behaviour::blocks(0, 0);
/// The configuration may have one block, and without it there is one that is empty.
pub const GROUP: Behaviour = Behaviour::new(Mode::Block(Block { min: 0, max: 0, group: true }));

impl Behaviour {
    const fn new(mode: Mode) -> Self {
        Self {
            mode,
            sensitive: false,
            requires_replace: false,
            keep_prior: false,
            local: false,
            trigger: false,
            write_only: false,
            stored_unlike: None,
            equal: None,
            rules: &[],
            deprecated: None,
        }
    }

    /// Blocks of which there must be at least `min` and at most `max`, where 0 is no limit. For a single one both are 0 or 1.
    #[must_use]
    pub const fn blocks(min: i64, max: i64) -> Self {
        Self::new(Mode::Block(Block { min, max, group: false }))
    }

    /// An optional attribute with a value for its absence.
    #[must_use]
    pub const fn default(self, default: Default) -> Self {
        Self { mode: Mode::Defaulted(default), ..self }
    }

    /// Hidden in Terraform's output.
    #[must_use]
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// A change replaces the object.
    #[must_use]
    pub const fn requires_replace(self) -> Self {
        Self { requires_replace: true, ..self }
    }

    /// An update keeps the computed value, so it need not be planned as unknown.
    #[must_use]
    pub const fn keep_prior(self) -> Self {
        Self { keep_prior: true, ..self }
    }

    /// Nothing that the service knows of: the state has what the configuration says, and a change of nothing else asks
    /// nothing of the service.
    #[must_use]
    pub const fn local(self) -> Self {
        Self { local: true, ..self }
    }

    /// Nothing that the service knows of either, but a change of it is an update that the resource hears of. The state has
    /// what the resource says of it, so a change that failed is made up for by the next apply.
    #[must_use]
    pub const fn trigger(self) -> Self {
        Self { local: true, trigger: true, ..self }
    }

    /// A secret that goes to the service and into no plan or state: a create and an update find it in what is planned, and
    /// nothing else does.
    #[must_use]
    pub const fn write_only(self) -> Self {
        Self { write_only: true, sensitive: true, ..self }
    }

    /// Tells whoever sets it that `counterpart` says the same and is write-only.
    #[must_use]
    pub const fn stored_unlike(self, counterpart: &'static str) -> Self {
        Self { stored_unlike: Some(counterpart), ..self }
    }

    /// Two texts that mean the same are no difference, and the spelling stays the one that was there first. In a collection
    /// it goes for every text.
    #[must_use]
    pub const fn equal(self, equal: fn(&str, &str) -> bool) -> Self {
        Self { equal: Some(equal), ..self }
    }

    /// What a configured value must satisfy.
    #[must_use]
    pub const fn rules(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }

    /// Warns whoever sets it.
    #[must_use]
    pub const fn deprecated(self, why: &'static str) -> Self {
        Self { deprecated: Some(why), ..self }
    }

    /// Whether the configuration has blocks of that name, and how many.
    #[must_use]
    pub const fn block(&self) -> Option<Block> {
        if let Mode::Block(block) = self.mode { Some(block) } else { None }
    }

    /// `required` on the wire.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        matches!(self.mode, Mode::Required)
    }

    /// `optional` on the wire.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        matches!(self.mode, Mode::Optional | Mode::OptionalComputed | Mode::Defaulted(_))
    }

    /// `computed` on the wire: the plan may hold another value than the configuration. A default is such a value.
    #[must_use]
    pub const fn is_computed(&self) -> bool {
        matches!(self.mode, Mode::Computed | Mode::OptionalComputed | Mode::Defaulted(_))
    }
}

impl Default {
    /// The default as a value of an attribute of this kind.
    #[must_use]
    pub fn value(self, kind: &Kind) -> Dynamic {
        match (self, kind) {
            (Self::Bool(value), _) => Dynamic::Bool(value),
            (Self::Int(value), _) => Dynamic::Number(value.into()),
            (Self::String(value), _) => value.into(),
            (Self::Strings(values), _) => Dynamic::set(values.iter().copied().map(Dynamic::from).collect()),
            (Self::Nested, Kind::Nested { attributes, .. }) => {
                let value = |attribute: &Attribute| match attribute.behaviour.mode {
                    Mode::Defaulted(default) => default.value(&attribute.kind),
                    _ => Dynamic::Null,
                };
                Dynamic::Map(attributes.iter().map(|a| (a.name.to_owned(), value(a))).collect::<BTreeMap<_, _>>())
            }
            (Self::Nested, Kind::Value(_)) => Dynamic::Null,
        }
    }
}
