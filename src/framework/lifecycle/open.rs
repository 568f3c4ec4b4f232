//! `OpenEphemeralResource`

use super::require_wholly_known;
use crate::{
    diagnostic::Diagnostics,
    framework::{
        Cx, Opened,
        registry::{AnyEphemeralResource, Entry},
    },
    schema::{Attribute, Schema},
    value::Dynamic,
};

/// Opens it. The arguments are returned as they were sent: the model cannot return a secret, and Terraform requires
/// every argument.
pub(in crate::framework) async fn open<C>(
    entry: &Entry<dyn AnyEphemeralResource<C>>,
    cx: &Cx<C>,
    config: Dynamic,
) -> Result<Opened<Dynamic>, Diagnostics> {
    let opened = entry.implementation.open(cx, config.clone()).await?;
    let result = require_wholly_known(echoed(&entry.schema, &config, opened.result))?;
    Ok(Opened { result, ..opened })
}

/// Unknown results, while the provider's configuration is unknown and nothing can be opened.
pub(in crate::framework) fn not_open_yet(schema: &Schema, config: &Dynamic) -> Dynamic {
    let result = |Attribute { name, behaviour, .. }: &Attribute| {
        let value = config.attribute(name);
        let is_result = behaviour.is_computed() && value.is_null();
        ((*name).to_owned(), if is_result { Dynamic::Unknown } else { value.clone() })
    };
    Dynamic::Map(schema.attributes.iter().map(result).collect())
}

fn echoed(schema: &Schema, config: &Dynamic, result: Dynamic) -> Dynamic {
    let Dynamic::Map(mut object) = result else { return result };
    for attribute in &schema.attributes {
        let given = config.attribute(attribute.name);
        if !(given.is_null() && attribute.behaviour.is_computed()) {
            object.insert(attribute.name.to_owned(), given.clone());
        }
    }
    Dynamic::Map(object)
}
