//! The schema of a Terraform type, and the rules that follow from it without a request.

mod attribute;
mod attribute_type;
mod behaviour;
pub mod blocks;
pub mod combination;
mod default;
pub mod duration;
mod dynamic_placement;
pub mod markdown;
pub mod model;
pub mod plan;
mod property;
pub mod rule;
pub mod spelling;
pub mod validate;
pub mod wire;
pub mod write_only;

pub use attribute::{Attribute, Kind, Nesting};
pub use attribute_type::{AttributeType, Disclosed, Plain, Results, Set};
pub use behaviour::{BLOCK, Behaviour, Block, COMPUTED, GROUP, Mode, OPTIONAL, PLANNED, REQUIRED};
pub use default::Default;
pub use model::Model;
pub use property::{Mapping, Property};
pub use rule::Rule;

use crate::value::Type;

/// The schema of a provider, resource or data source.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Raise it when stored state needs an upgrade.
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
        Self::new(version, M::DESCRIPTION, M::attributes().to_vec())
    }

    /// The schema of a data source that returns the model `M`, looked up by one of `arguments`.
    #[must_use]
    pub fn lookup<M: Model>(description: &str, arguments: &[&str]) -> Self {
        Self::new(0, description, attribute::into_results(M::attributes(), arguments))
    }

    /// Panics if Terraform would refuse the schema. The first test of the model shows it.
    fn new(version: i64, description: &str, attributes: Vec<Attribute>) -> Self {
        if let Some(flaw) = dynamic_placement::misplaced(&attributes) {
            panic!("no schema: `{flaw}");
        }
        let ty = attribute::object_type(&attributes);
        Self { version, description: model::text(description), attributes, ty }
    }

    /// The type of a whole value: an object of the attributes.
    #[must_use]
    pub const fn ty(&self) -> &Type {
        &self.ty
    }
}
