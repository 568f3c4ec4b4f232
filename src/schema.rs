//! What a Terraform type looks like, and the rules that follow from it without asking anybody.

mod attribute;
pub mod blocks;
pub mod combination;
pub mod duration;
mod dynamics;
mod known;
pub mod markdown;
pub mod model;
pub mod plan;
pub mod rule;
pub mod spelling;
pub mod validate;
pub mod write_only;

use std::collections::BTreeMap;

pub use attribute::{
    Attribute, BLOCK, Behaviour, Block, COMPUTED, Default, GROUP, Kind, Mode, Nesting, OPTIONAL, REQUIRED,
};
pub use known::{Disclosed, Known, Plain, Set};
pub use model::Model;
pub use rule::Rule;

use crate::value::Type;

/// The schema of a provider, resource or data source.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Raised when stored state needs rewriting.
    pub version: i64,
    /// Markdown for documentation and editors.
    pub description: String,
    /// In the order of declaration.
    pub attributes: Vec<Attribute>,
    ty: Type,
}

impl Schema {
    /// The schema of the model `M`.
    #[must_use]
    pub fn of<M: Model>(version: i64) -> Self {
        Self::new(version, M::DESCRIPTION, M::attributes())
    }

    /// The schema of a data source that returns the model `M`, looked up by one of `arguments`.
    #[must_use]
    pub fn lookup<M: Model>(description: &str, arguments: &[&str]) -> Self {
        Self::new(0, description, attribute::into_results(M::attributes(), arguments))
    }

    /// A schema that Terraform would not take is a mistake of whoever wrote the model, and shows in its first test.
    fn new(version: i64, description: &str, attributes: Vec<Attribute>) -> Self {
        if let Some(flaw) = dynamics::misplaced(&attributes) {
            panic!("no schema: `{flaw}");
        }
        let ty = object_type(&attributes);
        Self { version, description: model::text(description), attributes, ty }
    }

    /// The type of a whole value: an object of the attributes.
    #[must_use]
    pub const fn ty(&self) -> &Type {
        &self.ty
    }
}

/// The object type that `attributes` imply.
fn object_type(attributes: &[Attribute]) -> Type {
    let types: BTreeMap<_, _> = attributes.iter().map(|a| (a.name.to_owned(), a.kind.ty())).collect();
    Type::Object(types)
}
