//! Searches for client grants.

use super::{area::CLIENT_GRANTS, grant::ClientGrant};
use crate::{
    auth0::{Error, Session},
    provider::mapping,
    value::{Value, nfc},
};

/// The filters of a search. A grant must match all of them.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::provider) struct Search<'a> {
    /// The client ID of the application that has the grants.
    pub(in crate::provider) client_id: Option<&'a str>,
    /// The kind of applications that have the grants by default.
    pub(in crate::provider) default_for: Option<&'a str>,
    /// The API, in any Unicode form.
    pub(in crate::provider) audience: Option<&'a str>,
    /// The subject type.
    pub(in crate::provider) subject_type: Option<&'a str>,
    /// Only grants that every organization may use.
    pub(in crate::provider) any_organization: bool,
}

impl<'a> Search<'a> {
    /// Finds the grant with the key of `grant`. Auth0 allows one grant per application, API and subject type.
    pub(super) fn by_key(grant: &'a ClientGrant) -> Self {
        Self {
            client_id: grant.client_id.as_str(),
            default_for: grant.default_for.as_str(),
            audience: grant.audience.as_str(),
            subject_type: grant.subject_type.as_str(),
            any_organization: false,
        }
    }

    /// The grants, sorted by ID.
    pub(in crate::provider) async fn run(self, session: &Session) -> Result<Vec<ClientGrant>, Error> {
        let grants = session.api(&CLIENT_GRANTS, &[]);
        let view =
            |object: &_| Ok(Some(mapping::read(object, &ClientGrant::default())?).filter(|grant| self.admits(grant)));
        grants.list(&self.filters(), view).await
    }

    /// The filters that Auth0 applies. Not the subject type, because old grants have none. The audience only if it has
    /// a single Unicode form, because Auth0 compares byte by byte.
    fn filters(&self) -> Vec<(&'static str, &'a str)> {
        let filters = [
            ("client_id", self.client_id),
            ("default_for", self.default_for),
            ("audience", self.audience.filter(|audience| audience.is_ascii())),
            ("allow_any_organization", self.any_organization.then_some("true")),
        ];
        filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn admits(&self, grant: &ClientGrant) -> bool {
        let is = |wanted: Option<&str>, found: &Value<String>| {
            wanted.is_none_or(|wanted| found.as_str() == Some(&*nfc(wanted.to_owned())))
        };
        is(self.client_id, &grant.client_id)
            && is(self.default_for, &grant.default_for)
            && is(self.audience, &grant.audience)
            && is(self.subject_type, &grant.subject_type)
            && (!self.any_organization || grant.allow_any_organization == Value::Known(true))
    }
}
