//! Searches for client grants.

use super::{area::CLIENT_GRANTS, grant::ClientGrant};
use crate::{
    auth0::{Error, Session},
    provider::mapping,
    value::{Value, nfc},
};

/// What grants are searched by. Everything given must hold.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::provider) struct Search<'a> {
    /// The client id of the application that they are for.
    pub(in crate::provider) client_id: Option<&'a str>,
    /// The kind of applications that they are a default for.
    pub(in crate::provider) default_for: Option<&'a str>,
    /// The API, in whatever Unicode form.
    pub(in crate::provider) audience: Option<&'a str>,
    /// Whose access they grant.
    pub(in crate::provider) subject_type: Option<&'a str>,
    /// Only those that any organization may use.
    pub(in crate::provider) any_organization: bool,
}

impl<'a> Search<'a> {
    /// What has the key of `grant`: the service allows one per application, API and subject type.
    pub(super) fn by_key(grant: &'a ClientGrant) -> Self {
        Self {
            client_id: grant.client_id.as_str(),
            default_for: grant.default_for.as_str(),
            audience: grant.audience.as_str(),
            subject_type: grant.subject_type.as_str(),
            any_organization: false,
        }
    }

    /// The grants, in the order of their ids.
    pub(in crate::provider) async fn run(self, session: &Session) -> Result<Vec<ClientGrant>, Error> {
        let grants = session.api(&CLIENT_GRANTS, &[]);
        let view =
            |object: &_| Ok(Some(mapping::read(object, &ClientGrant::default())?).filter(|grant| self.admits(grant)));
        grants.list(&self.filters(), view).await
    }

    /// What the service filters by. Not the subject type, because old grants carry none, and the audience only where it has
    /// but one Unicode form, because the service compares byte by byte.
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
