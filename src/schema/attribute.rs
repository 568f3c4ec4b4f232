//! One attribute: its name, type and behaviour.

use std::collections::BTreeMap;

use super::{
    behaviour::{Behaviour, Mode},
    default::Default,
};
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

/// The values of an attribute.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A value of a plain type.
    Value(Type),
    /// Objects with a schema of their own.
    Nested {
        /// The collection of the objects.
        nesting: Nesting,
        /// The attributes of each object.
        attributes: Vec<Attribute>,
    },
}

impl Attribute {
    /// The place of this attribute in an object at `path`.
    pub(super) fn below(&self, path: &Path) -> Path {
        if self.behaviour.block().is_some() { path.block(self.name) } else { path.attribute(self.name) }
    }

    /// The attribute as a result or, with `argument`, as an argument of a look-up.
    fn into_result(self, argument: bool) -> Self {
        let mode = if argument { Mode::OptionalComputed } else { Mode::Computed };
        let Behaviour { sensitive, rules, deprecated, property, .. } = self.behaviour;
        let rules = if argument { rules } else { &[] };
        let kind = match self.kind {
            Kind::Nested { nesting, attributes } => {
                Kind::Nested { nesting, attributes: into_results(&attributes, &[]) }
            }
            value @ Kind::Value(_) => value,
        };
        Self { kind, behaviour: Behaviour { sensitive, rules, deprecated, property, ..Behaviour::new(mode) }, ..self }
    }
}

/// The attributes of a resource for a data source that looks it up by one of `arguments`. Local attributes are left
/// out.
pub(super) fn into_results(attributes: &[Attribute], arguments: &[&str]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| !attribute.behaviour.local && !attribute.behaviour.write_only)
        .map(|attribute| {
            let argument = arguments.contains(&attribute.name);
            attribute.clone().into_result(argument)
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

/// The collection of nested objects.
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

/// The object type that `attributes` imply.
pub(super) fn object_type(attributes: &[Attribute]) -> Type {
    let types: BTreeMap<_, _> = attributes.iter().map(|a| (a.name.to_owned(), a.kind.ty())).collect();
    Type::Object(types)
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
