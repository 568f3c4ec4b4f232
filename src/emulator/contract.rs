//! What requests and answers of the emulator look like, as JSON Schema, and the service's words for what does not fit.
//!
//! The files in `contract/` hold definitions; one refers to another as `#/$defs/NAME`, or as `FILE#/$defs/NAME` across
//! files. They are read as one document, in which a definition is called `FILE.NAME`.

mod wording;

use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The files by name.
const FILES: [(&str, &str); 11] = [
    ("addons", include_str!("contract/addons.json")),
    ("client_grants", include_str!("contract/client_grants.json")),
    ("clients", include_str!("contract/clients.json")),
    ("control", include_str!("contract/control.json")),
    ("credentials", include_str!("contract/credentials.json")),
    ("errors", include_str!("contract/errors.json")),
    ("lists", include_str!("contract/lists.json")),
    ("organizations", include_str!("contract/organizations.json")),
    ("resource_servers", include_str!("contract/resource_servers.json")),
    ("tokens", include_str!("contract/tokens.json")),
    ("users", include_str!("contract/users.json")),
];

/// All definitions by their full names.
static DEFINITIONS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let mut all = Map::new();
    for (file, text) in FILES {
        let mut document: Value = serde_json::from_str(text).expect("contract files are valid JSON");
        let Value::Object(definitions) = document["$defs"].take() else { panic!("{file}.json has no definitions") };
        all.extend(definitions.into_iter().map(|(name, mut definition)| {
            complete_references(&mut definition, file);
            (format!("{file}.{name}"), definition)
        }));
    }
    all
});

/// All definitions by their full names; they refer to each other as the schemas of an OpenAPI document do.
pub(crate) fn definitions() -> &'static Map<String, Value> {
    &DEFINITIONS
}

/// How definitions refer to each other in the one document.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{COMPONENTS}{name}") })
}

const COMPONENTS: &str = "#/components/schemas/";

fn complete_references(schema: &mut Value, file: &str) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(reference) if name == "$ref" => {
                        let (other, definition) =
                            reference.split_once("#/$defs/").expect("references name a definition");
                        *reference =
                            format!("{COMPONENTS}{}.{definition}", if other.is_empty() { file } else { other });
                    }
                    _ => complete_references(member, file),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| complete_references(item, file)),
        _ => {}
    }
}

/// What one kind of value must be. The definition is compiled when it is first needed.
#[derive(Debug)]
pub struct Contract {
    name: &'static str,
    whole: OnceLock<Compiled>,
    part: OnceLock<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    document: Value,
    validator: Validator,
}

impl Contract {
    /// The contract that a definition sets, named `FILE.DEFINITION`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, whole: OnceLock::new(), part: OnceLock::new() }
    }

    /// Name of the definition.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Checks a value.
    ///
    /// # Errors
    /// The first rule that is broken, as the service would report it.
    pub fn check(&self, value: &Value) -> Result<(), Violation> {
        self.whole.get_or_init(|| Compiled::of(self.name, false)).check(value)
    }

    /// The same for an answer of which parts may be left out, but not be different.
    pub(crate) fn check_partial(&self, value: &Value) -> Result<(), Violation> {
        self.part.get_or_init(|| Compiled::of(self.name, true)).check(value)
    }

    /// The properties that such an object may have at its top level.
    #[must_use]
    pub fn properties(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        collect_properties(&DEFINITIONS[self.name], &mut names);
        names
    }

    /// What such a text may be, where that is a choice.
    pub(crate) fn choices(&self) -> BTreeSet<String> {
        let values = DEFINITIONS[self.name]["enum"].as_array();
        values.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }
}

impl Compiled {
    fn of(name: &str, partial: bool) -> Self {
        let mut document = json!({ "components": { "schemas": *DEFINITIONS } });
        if partial {
            make_everything_optional(&mut document);
        }
        document["$ref"] = reference(name)["$ref"].take();
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .with_format("credential-id", |text: &str| is_id(text, "cred_"))
            .with_format("client-grant-id", |text: &str| is_id(text, "cgr_"))
            .with_format("organization-id", |text: &str| is_id(text, "org_"))
            .with_format("url", |text: &str| text.is_empty() || is_uri(text))
            .with_format("uri-or-empty", |text: &str| text.is_empty() || is_uri(text))
            .with_format("https-uri-or-empty", |text: &str| text.is_empty() || is_https_uri(text))
            .with_format("date-time", |text: &str| text.parse::<jiff::Timestamp>().is_ok())
            .build(&document)
            .unwrap_or_else(|error| panic!("{name} is not a valid JSON Schema: {error}"));
        Self { document, validator }
    }

    fn check(&self, value: &Value) -> Result<(), Violation> {
        wording::first_violation(&self.validator, &self.document, value).map_or(Ok(()), Err)
    }
}

/// Removes from a schema every demand that a part of a value could break.
fn make_everything_optional(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            // A property may have these names as well, but then it is a schema.
            members.retain(|name, value| match name.as_str() {
                "required" | "oneOf" => !value.is_array(),
                "minProperties" => !value.is_number(),
                "dependentRequired" => false,
                _ => true,
            });
            members.values_mut().for_each(make_everything_optional);
        }
        Value::Array(items) => items.iter_mut().for_each(make_everything_optional),
        _ => {}
    }
}

/// Properties of an object, through all definitions that it is made of.
fn collect_properties(schema: &Value, names: &mut BTreeSet<String>) {
    names.extend(schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys().cloned()));
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix(COMPONENTS)) {
        collect_properties(&DEFINITIONS[name], names);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect_properties(part, names);
    }
}

/// What is wrong with a value, in the words of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Payload validation error: '{detail}'{}{}.", on_property(.property.as_deref()), in_parentheses(.description.as_deref()))]
pub struct Violation {
    /// The rule that is broken.
    pub detail: String,
    /// Path of the offending value; `None` for the body itself.
    pub property: Option<String>,
    /// What the contract says the property is.
    pub description: Option<String>,
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
            && !rest.is_empty()
            && !rest.contains(char::is_whitespace)
    })
}

fn is_https_uri(text: &str) -> bool {
    text.starts_with("https://") && is_uri(text)
}

fn on_property(property: Option<&str>) -> String {
    property.map_or_else(String::new, |path| format!(" on property {path}"))
}

fn in_parentheses(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| format!(" ({text})"))
}

#[cfg(test)]
mod tests;
