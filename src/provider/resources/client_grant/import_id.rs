//! The import IDs of client grants.

use super::grant::AUDIENCE;
use crate::{
    diagnostic::{Diagnostic, Path},
    provider::client_id::is_client_id,
    value::Dynamic,
};

/// The content of an import ID.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ImportId<'a> {
    /// The ID of a grant.
    Grant(&'a str),
    /// The unique key of a grant.
    Key { client_id: &'a str, audience: &'a str, subject_type: &'a str },
}

impl<'a> ImportId<'a> {
    /// Reads `cgr_…`, `CLIENT_ID::AUDIENCE` or `CLIENT_ID::AUDIENCE::SUBJECT_TYPE`.
    pub(super) fn parse(id: &'a str) -> Result<Self, Diagnostic> {
        Self::read(id).ok_or_else(|| malformed(id))
    }

    fn read(id: &'a str) -> Option<Self> {
        let Some((client_id, rest)) = id.split_once("::") else {
            return (id.starts_with("cgr_") && is_client_id(id)).then_some(Self::Grant(id));
        };
        let (audience, subject_type) = match rest.rsplit_once("::") {
            Some((audience, subject_type @ ("client" | "user"))) => (audience, subject_type),
            _ => (rest, "client"),
        };
        // What a resource accepts can be imported.
        let problem = AUDIENCE.violation(&Dynamic::String(audience.to_owned()), &Path::root());
        let is_key = is_client_id(client_id) && problem.is_none();
        is_key.then_some(Self::Key { client_id, audience, subject_type })
    }
}

fn malformed(id: &str) -> Diagnostic {
    Diagnostic::error(
        "Invalid Import ID",
        format!(
            "{id:?} is not the import ID of a client grant. Use the ID of the grant, `cgr_…`, or `CLIENT_ID::AUDIENCE` \
             or `CLIENT_ID::AUDIENCE::SUBJECT_TYPE`. The subject type is `client` or `user`. Example: \
             `AaiyAPdpYdesoKnqjj8HJqRn4T5titww::https://api.example.com`."
        ),
    )
}

/// No grant has this key.
pub(super) fn no_such_grant(client_id: &str, audience: &str, subject_type: &str) -> Diagnostic {
    Diagnostic::error(
        "Cannot Import Non-Existent Client Grant",
        format!("The application `{client_id}` has no grant for `{audience}` with the subject type `{subject_type}`."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_named_by_its_id_or_by_its_key() {
        let key = |client_id, audience, subject_type| Ok(ImportId::Key { client_id, audience, subject_type });
        assert_eq!(ImportId::parse("cgr_0123456789abcdef"), Ok(ImportId::Grant("cgr_0123456789abcdef")));
        assert_eq!(ImportId::parse("abc::https://api"), key("abc", "https://api", "client"));
        assert_eq!(ImportId::parse("abc::https://api::user"), key("abc", "https://api", "user"));
        assert_eq!(ImportId::parse("abc::urn::x"), key("abc", "urn::x", "client"), "an audience may hold colons");
    }

    #[test]
    fn a_key_has_any_audience_that_a_resource_has() {
        for audience in ["My API", " ", "tab\there", "::", "urn::x::user", "é"] {
            for subject_type in ["client", "user"] {
                let key = ImportId::Key { client_id: "abc", audience, subject_type };
                assert_eq!(ImportId::parse(&format!("abc::{audience}::{subject_type}")), Ok(key));
            }
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for id in ["abc", "::https://api", "abc::", "a b::https://api", "cgr_1/../x", "abc::::user"] {
            assert!(ImportId::parse(id).is_err(), "{id}");
        }
    }
}
