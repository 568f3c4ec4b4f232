//! One declaration per Terraform type: the struct, its schema, and the conversion between struct and value.

use std::collections::BTreeMap;

use super::Attribute;
use crate::{
    diagnostic::Path,
    value::{DecodeError, Dynamic},
};

/// A struct whose fields are the attributes of a Terraform type. [`model!`](crate::model!) implements it.
pub trait Model: Clone + Send + Sync + 'static {
    /// The purpose of the type, in Markdown.
    const DESCRIPTION: &'static str;

    /// Its attributes, in the order of declaration.
    fn attributes() -> &'static [Attribute];

    /// Reads the struct out of an object value at `path`.
    fn from_dynamic(object: Dynamic, path: &Path) -> Result<Self, DecodeError>;

    /// The struct as an object value.
    fn into_dynamic(self) -> Dynamic;
}

/// Declares a model.
///
/// Each line is one attribute: a documentation comment, which becomes the description, name, type and behaviour.
/// Without a comment, or with a type that Terraform does not have, it does not compile.
#[macro_export]
macro_rules! model {
    (
        $(#[doc = $description:literal])+
        $visibility:vis struct $Model:ident {
            $(
                $(#[doc = $doc:literal])+
                $name:ident: Value<$Type:ty> = $behaviour:expr,
            )+
        }
    ) => {
        $(#[doc = $description])+
        #[derive(Debug, Clone, Default)]
        $visibility struct $Model {
            $(
                $(#[doc = $doc])+
                $visibility $name: $crate::value::Value<$Type>,
            )+
        }

        impl $crate::schema::Model for $Model {
            const DESCRIPTION: &'static str = concat!($($description, "\n"),+);

            fn attributes() -> &'static [$crate::schema::Attribute] {
                static ATTRIBUTES: std::sync::LazyLock<Vec<$crate::schema::Attribute>> = std::sync::LazyLock::new(|| {
                    vec![$(
                        $crate::schema::Attribute {
                            name: stringify!($name),
                            description: $crate::schema::model::text(concat!($($doc, "\n"),+)),
                            kind: <$Type as $crate::schema::AttributeType>::kind(),
                            behaviour: $behaviour,
                        },
                    )+]
                });
                &ATTRIBUTES
            }

            fn from_dynamic(
                object: $crate::value::Dynamic,
                path: &$crate::diagnostic::Path,
            ) -> Result<Self, $crate::value::DecodeError> {
                let mut attributes = $crate::schema::model::attributes_of(object, path)?;
                Ok(Self {
                    $($name: $crate::value::Value::from_dynamic(
                        attributes.remove(stringify!($name)).unwrap_or($crate::value::Dynamic::Null),
                        &path.attribute(stringify!($name)),
                    )?,)+
                })
            }

            fn into_dynamic(self) -> $crate::value::Dynamic {
                let Self { $($name),+ } = self;
                $crate::value::Dynamic::Map([$((stringify!($name).to_owned(), $name.into_dynamic())),+].into())
            }
        }
    };
}

/// Documentation comments as Markdown. Line breaks within a paragraph are removed. An item of a list keeps its own
/// line.
#[doc(hidden)]
#[must_use]
pub fn text(doc: &str) -> String {
    let mut text = String::new();
    for line in doc.lines().map(str::trim) {
        let starts_anew = line.is_empty() || line.starts_with("* ") || text.is_empty() || text.ends_with('\n');
        text.push_str(if line.is_empty() || line.starts_with("* ") {
            "\n"
        } else if starts_anew {
            ""
        } else {
            " "
        });
        if line.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text.trim().to_owned()
}

/// The attributes of an object by name. Null counts as an object of nulls, because Terraform sends an absent provider
/// block as null.
#[doc(hidden)]
pub fn attributes_of(object: Dynamic, path: &Path) -> Result<BTreeMap<String, Dynamic>, DecodeError> {
    match object {
        Dynamic::Map(attributes) => Ok(attributes),
        Dynamic::Null => Ok(BTreeMap::new()),
        _ => Err(DecodeError::new(path, "expected an object")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_becomes_one_line() {
        assert_eq!(
            text(" One\n sentence.\n\n Another:\n * a\n * b\n   more\n"),
            "One sentence.\n\nAnother:\n* a\n* b more"
        );
    }
}
