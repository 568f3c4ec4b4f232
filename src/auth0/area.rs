//! What the client needs to know about an area of the Management API.

use serde_json::Value;

use super::document::{Fields, Object};
use super::page::Page;
use super::unicode;

/// A kind of object: its path and its identity.
#[derive(Debug)]
pub struct Area {
    /// Segments of the path of the collection. If the objects belong to a parent object, its ID goes between two
    /// segments.
    pub path: &'static [&'static str],
    /// The property with the ID of an object, in paths and in lists.
    pub key: &'static str,
    /// Other properties by which a path can name an object.
    pub aliases: &'static [&'static str],
    /// How to recognize an object that was created.
    pub identity: Identity,
    /// Secret properties, which lists leave out. A token that may not read them may not name them either. Of an object,
    /// `true` stands for each that it shows.
    pub secrets: &'static [&'static str],
    /// Areas that a write to this one may affect.
    pub ends: &'static [&'static Area],
    /// Paths of the properties to read, such as `jwt_configuration.alg`. `key` must be one of them.
    pub properties: fn() -> Vec<String>,
}

/// What distinguishes an object from all others before its ID is known.
#[derive(Clone, Copy, Debug)]
pub enum Identity {
    /// These properties: Auth0 allows one object for each combination of values, and lists filter by them. An object does
    /// not change them.
    Key(&'static [&'static str]),
    /// Only a name, which several objects may have.
    Name {
        /// The property.
        property: &'static str,
        /// Filters that leave out objects which Auth0 itself keeps.
        filters: &'static [(&'static str, &'static str)],
    },
}

impl Area {
    /// The path of the collection, with the IDs of the parent objects.
    pub(super) fn path(&self, parents: &[&str]) -> Vec<String> {
        let parents = parents.iter().map(Some).chain(std::iter::repeat(None));
        let segments = self.path.iter().zip(parents).flat_map(|(segment, parent)| [Some(segment), parent]);
        segments.flatten().map(|segment| (*segment).to_owned()).collect()
    }

    /// The property of a list that holds the objects.
    pub(super) fn list_property(&self) -> String {
        self.path.last().map(|segment| segment.replace('-', "_")).unwrap_or_default()
    }

    /// Whether `id` in a path names this object.
    pub(super) fn is_named(&self, object: &Object, id: &str) -> bool {
        let is = |key: &&str| object.get(*key).and_then(Value::as_str).is_some_and(|shown| unicode::same(shown, id));
        is(&self.key) || self.aliases.iter().any(is)
    }

    /// The properties of an object to read. Of secrets, it is the presence.
    pub(super) fn fields(&self) -> Fields {
        Fields::at((self.properties)()).noting(self.secrets)
    }

    /// The properties of a page of objects to read.
    pub(super) fn page_fields(&self) -> Fields {
        let items = self.list_property();
        let properties = (self.properties)().into_iter().map(|property| format!("{items}.{property}"));
        Fields::at(properties.chain(Page::FIELDS.map(str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_parents_stand_between_the_segments() {
        let area = |path| Area {
            path,
            key: "id",
            aliases: &[],
            identity: Identity::Key(&[]),
            secrets: &[],
            ends: &[],
            properties: Vec::new,
        };
        assert_eq!(area(&["client-grants"]).path(&[]), ["client-grants"]);
        assert_eq!(area(&["client-grants"]).list_property(), "client_grants");
        assert_eq!(area(&["clients", "credentials"]).path(&["abc"]), ["clients", "abc", "credentials"]);
    }
}
