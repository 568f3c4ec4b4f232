//! What the client has to know of an area of the Management API.

use super::document::Fields;
use super::page::Page;

/// A kind of objects: where they are, and what tells them apart.
#[derive(Debug)]
pub struct Area {
    /// Segments of the path of the collection. Where objects belong to another one, its id stands between two segments.
    pub path: &'static [&'static str],
    /// The property that names an object in paths and in lists.
    pub key: &'static str,
    /// What makes an object the one that was to be created.
    pub identity: Identity,
    /// Secret properties, which lists are asked to leave out. A token that may not read them may not name them either.
    pub secrets: &'static [&'static str],
    /// Areas in which a write to this one may show.
    pub ends: &'static [&'static Area],
    /// Paths of the properties that are read, such as `jwt_configuration.alg`. `key` must be one of them.
    pub properties: fn() -> Vec<String>,
}

/// What tells an object from all others before it has an id.
#[derive(Clone, Copy, Debug)]
pub enum Identity {
    /// These properties: the service allows one object of their values, and its lists filter by them.
    Key(&'static [&'static str]),
    /// Nothing but a name, which several objects may have.
    Name {
        /// The property.
        property: &'static str,
        /// Filters of a list that leave out objects which the service itself keeps.
        filters: &'static [(&'static str, &'static str)],
    },
}

impl Area {
    /// The path of the collection, with the ids of the objects that it belongs to.
    pub(super) fn path(&self, parents: &[&str]) -> Vec<String> {
        let parents = parents.iter().map(Some).chain(std::iter::repeat(None));
        let segments = self.path.iter().zip(parents).flat_map(|(segment, parent)| [Some(segment), parent]);
        segments.flatten().map(|segment| (*segment).to_owned()).collect()
    }

    /// The property of a list that holds the objects.
    pub(super) fn list_property(&self) -> String {
        self.path.last().map(|segment| segment.replace('-', "_")).unwrap_or_default()
    }

    /// What is read of an object.
    pub(super) fn fields(&self) -> Fields {
        Fields::at((self.properties)())
    }

    /// What is read of a page of objects.
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
