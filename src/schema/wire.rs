//! Converts the attributes of a model to JSON bodies of a create and an update, and responses to state. Pure. An
//! attribute that is not a property with the same name has a [`Property`](super::Property).

mod route;
mod written;

pub use self::{route::halfway, written::unheeded};

use serde_json::Value as Json;

use super::{
    Attribute, Default, Kind, Mode, Nesting,
    spelling::{is_nothing, respell},
};
use crate::{
    diagnostic::Path,
    value::{
        DecodeError, Dynamic,
        json::tree::{self, Object},
    },
};

impl Attribute {
    /// The name of its property in the API.
    #[must_use]
    pub fn property(&self) -> &'static str {
        self.behaviour.property.name.unwrap_or(self.name)
    }

    /// The names of its properties in the API.
    #[must_use]
    pub fn properties(&self) -> Vec<&'static str> {
        match self.behaviour.property.mapping {
            Some(mapping) => mapping.properties.to_vec(),
            None if self.concerns_service() => vec![self.property()],
            None => Vec::new(),
        }
    }

    /// Whether the API has it. Secrets are sent separately.
    fn concerns_service(&self) -> bool {
        !self.behaviour.local && !self.behaviour.write_only
    }

    /// Whether requests contain it.
    fn is_sent(&self) -> bool {
        self.concerns_service() && self.behaviour.mode != Mode::Computed
    }

    fn has_default(&self, value: &Dynamic) -> bool {
        matches!(self.behaviour.mode, Mode::Defaulted(default) if *value == default.value(&self.kind))
    }
}

/// The properties of `attributes`, as paths such as `jwt_configuration.alg`. Nothing else of a response is read.
#[must_use]
pub fn properties(attributes: &[Attribute]) -> Vec<String> {
    let paths = |attribute: &Attribute| -> Vec<String> {
        match &attribute.kind {
            Kind::Nested { nesting: Nesting::Single | Nesting::List | Nesting::Set, attributes }
                if attribute.behaviour.property.mapping.is_none() =>
            {
                let name = attribute.property();
                properties(attributes).iter().map(|path| format!("{name}.{path}")).collect()
            }
            _ => attribute.properties().into_iter().map(str::to_owned).collect(),
        }
    };
    attributes.iter().filter(|attribute| attribute.concerns_service()).flat_map(paths).collect()
}

/// The body of a create.
#[must_use]
pub fn create(attributes: &[Attribute], plan: &Dynamic) -> Object {
    let mut body = Object::new();
    for attribute in attributes {
        let (property, value) = (&attribute.behaviour.property, plan.attribute(attribute.name));
        match property.mapping {
            Some(mapping) => (mapping.create)(plan, &mut body),
            None if !attribute.is_sent() || value.is_null() || value.is_unknown() => {}
            None if property.unsent_default && attribute.has_default(value) => {}
            None => {
                body.insert(attribute.property().to_owned(), whole(&attribute.kind, value));
            }
        }
    }
    body
}

/// The body of an update from `prior`. It is empty if nothing differs that an update can change.
#[must_use]
pub fn update(attributes: &[Attribute], prior: &Dynamic, plan: &Dynamic) -> Object {
    let mut body = Object::new();
    for attribute in attributes {
        let (before, after) = (prior.attribute(attribute.name), plan.attribute(attribute.name));
        if let Some(mapping) = attribute.behaviour.property.mapping {
            (mapping.update)(prior, plan, &mut body);
        } else if attribute.is_sent()
            && !attribute.behaviour.requires_replace
            && let Some(change) = change(attribute, before, after)
        {
            body.insert(attribute.property().to_owned(), change);
        }
    }
    body
}

/// Adds one attribute to an update, if it differs.
fn change(attribute: &Attribute, before: &Dynamic, after: &Dynamic) -> Option<Json> {
    let property = &attribute.behaviour.property;
    if property.merged {
        let members = match &attribute.kind {
            Kind::Nested { attributes, .. } => update(attributes, before, after),
            Kind::Value(_) => members(before, after),
        };
        return (!members.is_empty()).then(|| members.into());
    }
    let is_nothing = |value: &Dynamic| value.is_null() || (property.cleared_empty && value.is_empty());
    match (is_nothing(before), is_nothing(after)) {
        (true, true) => None,
        _ if before == after => None,
        (_, false) => Some(whole(&attribute.kind, after)),
        (_, true) if !property.cleared_empty => Some(Json::Null),
        (_, true) => Some(match before {
            Dynamic::String(_) => "".into(),
            Dynamic::Map(_) => Object::new().into(),
            _ => Json::Array(Vec::new()),
        }),
    }
}

/// The update of a map that a PATCH merges: an entry that is left out stays, and null removes one.
fn members(before: &Dynamic, after: &Dynamic) -> Object {
    let (before, after) = (before.entries(), after.entries());
    let is_left = |key: &String| after.is_some_and(|after| after.contains_key(key));
    let removed = before.into_iter().flatten().filter(|(key, _)| !is_left(key));
    let is_there = |key: &String, value: &Dynamic| before.and_then(|before| before.get(key)) == Some(value);
    let set = after.into_iter().flatten().filter(|(key, value)| !is_there(key, value));
    let removed = removed.map(|(key, _)| (key.clone(), Json::Null));
    removed.chain(set.map(|(key, value)| (key.clone(), tree::write(value)))).collect()
}

/// A complete value.
fn whole(kind: &Kind, value: &Dynamic) -> Json {
    let Kind::Nested { attributes, nesting } = kind else { return tree::write(value) };
    match (nesting, value) {
        (Nesting::List | Nesting::Set, Dynamic::List(elements) | Dynamic::Set(elements)) => {
            elements.iter().map(|element| Json::Object(create(attributes, element))).collect()
        }
        (Nesting::Map, Dynamic::Map(entries)) => {
            Json::Object(entries.iter().map(|(key, entry)| (key.clone(), create(attributes, entry).into())).collect())
        }
        (_, object) => create(attributes, object).into(),
    }
}

/// The object in a response, where `prior` is the known object. Local attributes keep their value, and so do those that
/// the token may not read.
pub fn read(attributes: &[Attribute], shown: &Object, prior: &Dynamic, path: &Path) -> Result<Dynamic, DecodeError> {
    let hidden = is_hidden(attributes, shown);
    let value = |attribute: &Attribute| {
        let value = value(attribute, shown, prior, hidden, path)?;
        Ok((attribute.name.to_owned(), value))
    };
    attributes.iter().map(value).collect::<Result<_, _>>().map(Dynamic::Map)
}

/// Whether a response leaves out properties that the token may not read.
#[must_use]
pub fn is_hidden(attributes: &[Attribute], shown: &Object) -> bool {
    let mut telling = attributes.iter().filter(|attribute| attribute.behaviour.property.shown_if_readable);
    telling.any(|attribute| shown.get(attribute.property()).is_none_or(Json::is_null))
}

fn value(
    attribute: &Attribute,
    shown: &Object,
    prior: &Dynamic,
    hidden: bool,
    path: &Path,
) -> Result<Dynamic, DecodeError> {
    let Attribute { name, kind, behaviour, .. } = attribute;
    let before = prior.attribute(name);
    match (behaviour.mode, behaviour.property.mapping) {
        _ if behaviour.write_only => return Ok(Dynamic::Null),
        (Mode::Defaulted(default), _) if behaviour.local && before.is_null() => return Ok(default.value(kind)),
        _ if behaviour.local => return Ok(before.clone()),
        (_, Some(mapping)) if hidden && !mapping.properties.iter().any(|property| shown.contains_key(*property)) => {
            return Ok(before.clone().unknowns_as_null());
        }
        (_, Some(mapping)) => return (mapping.read)(shown, prior),
        _ => {}
    }
    let path = path.attribute(*name);
    match shown.get(attribute.property()).filter(|json| !json.is_null()) {
        Some(json) => {
            let value = of_kind(kind, json, &path)?;
            // A cleared value is absent or empty.
            Ok(if behaviour.mode == Mode::Optional && is_nothing(kind, &value) { Dynamic::Null } else { value })
        }
        None if hidden && !behaviour.property.always_shown => Ok(before.clone().unknowns_as_null()),
        None => match (behaviour.property.absent, kind) {
            (Some(Default::Nested), Kind::Nested { attributes, .. }) => {
                read(attributes, &Object::new(), &Dynamic::Null, &path)
            }
            (absent, kind) => Ok(absent.map_or(Dynamic::Null, |meaning| meaning.value(kind))),
        },
    }
}

fn of_kind(kind: &Kind, json: &Json, path: &Path) -> Result<Dynamic, DecodeError> {
    let Kind::Nested { nesting, attributes } = kind else { return tree::read(json, &kind.ty(), path) };
    let element = |json: &Json, path: &Path| match json {
        Json::Object(object) => read(attributes, object, &Dynamic::Null, path),
        _ => Err(DecodeError::new(path, "expected an object")),
    };
    match (nesting, json) {
        (Nesting::Single, Json::Object(object)) => read(attributes, object, &Dynamic::Null, path),
        (Nesting::Map, Json::Object(entries)) => {
            let entry = |(key, json): (&String, &Json)| Ok((key.clone(), element(json, &path.key(key))?));
            entries.iter().map(entry).collect::<Result<_, _>>().map(Dynamic::Map)
        }
        (Nesting::List, Json::Array(elements)) => {
            let element = |(index, json)| element(json, &path.index(index));
            elements.iter().enumerate().map(element).collect::<Result<_, _>>().map(Dynamic::List)
        }
        (Nesting::Set, Json::Array(elements)) => {
            elements.iter().map(|json| element(json, path)).collect::<Result<_, _>>().map(Dynamic::set)
        }
        (Nesting::Single | Nesting::Map, _) => Err(DecodeError::new(path, "expected an object")),
        (Nesting::List | Nesting::Set, _) => Err(DecodeError::new(path, "expected an array")),
    }
}

/// Whether the object in a response agrees with the `known` object, in everything that the API has. Unknown values
/// agree with everything, and so do other spellings.
#[must_use]
pub fn agrees(attributes: &[Attribute], known: &Dynamic, read: &Dynamic) -> bool {
    let read = respell(attributes, known, read.clone());
    attributes.iter().filter(|attribute| attribute.concerns_service()).all(|attribute| {
        let (known, read) = (known.attribute(attribute.name), read.attribute(attribute.name));
        known.is_unknown() || known == read
    })
}

#[cfg(test)]
pub(crate) mod tests;
