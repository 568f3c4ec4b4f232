//! Which API an application may call: <https://auth0.com/docs/api/management/v2/client-grants>.

mod creation;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::collection::{Collected, Collection, View};
use super::error::Error;
use super::page::Listed;
use super::patch::Patch;
use super::text;
use super::{Session, absent_if_not_found, done_if_not_found};

/// The subject type of grants from before there were any.
const DEFAULT_SUBJECT_TYPE: &str = "client";

/// Calls about client grants.
pub struct ClientGrants<'a> {
    session: &'a Session,
}

/// A client grant as the service shows it. What was never set is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct ClientGrant {
    pub id: String,
    pub audience: String,
    pub client_id: Option<String>,
    pub default_for: Option<String>,
    pub scope: Option<Vec<String>>,
    pub allow_all_scopes: Option<bool>,
    pub subject_type: Option<String>,
    pub organization_usage: Option<String>,
    pub allow_any_organization: Option<bool>,
    pub authorization_details_types: Option<Vec<String>>,
    pub is_system: Option<bool>,
}

/// Whom a grant is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grantee<'a> {
    /// The application with this client id.
    Client(&'a str),
    /// All applications of a kind, such as `third_party_clients`.
    Default(&'a str),
}

impl<'a> Grantee<'a> {
    fn filter(self) -> (&'static str, &'a str) {
        match self {
            Self::Client(id) => ("client_id", id),
            Self::Default(kind) => ("default_for", kind),
        }
    }

    fn is_of(self, grant: &ClientGrant) -> bool {
        match self {
            Self::Client(id) => grant.client_id.as_deref() == Some(id),
            Self::Default(kind) => grant.default_for.as_deref() == Some(kind),
        }
    }
}

/// Which grants a list is about; everything given must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// Whom they are for.
    pub grantee: Option<Grantee<'a>>,
    /// The API, in whatever Unicode form.
    pub audience: Option<&'a str>,
    /// Whose access they grant.
    pub subject_type: Option<&'a str>,
    /// Only those that any organization may use.
    pub any_organization: bool,
}

impl<'a> Filter<'a> {
    /// What the service filters by. Not by subject type, because old grants carry none, and by audience only where it has
    /// but one Unicode form, because the service compares what it is given.
    fn query(&self) -> Vec<(&'static str, &'a str)> {
        let audience = self.audience.filter(|audience| audience.is_ascii()).map(|audience| ("audience", audience));
        let any_organization = self.any_organization.then_some(("allow_any_organization", "true"));
        self.grantee.map(Grantee::filter).into_iter().chain(audience).chain(any_organization).collect()
    }

    fn admits(&self, grant: &ClientGrant) -> bool {
        self.grantee.is_none_or(|grantee| grantee.is_of(grant))
            && self.audience.is_none_or(|audience| text::same(&grant.audience, audience))
            && self.subject_type.is_none_or(|subject_type| grant.subject_type() == subject_type)
            && (!self.any_organization || grant.allow_any_organization == Some(true))
    }
}

/// A client grant to be created; it is for one client or, by `default_for`, for a kind of clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct NewClientGrant {
    pub audience: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_all_scopes: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_any_organization: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_details_types: Option<Vec<String>>,
}

/// A client grant that is there after a creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It was answered.
    Now(ClientGrant),
    /// The answer was lost, and this was found, equal in all that was sent.
    Found(ClientGrant),
}

/// A change to a client grant; who may call what is fixed at creation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct ClientGrantPatch {
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub scope: Patch<Vec<String>>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub allow_all_scopes: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub organization_usage: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub allow_any_organization: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub authorization_details_types: Patch<Vec<String>>,
}

impl ClientGrant {
    /// Whose access it grants: `client` (machine to machine) or `user`.
    #[must_use]
    pub fn subject_type(&self) -> &str {
        self.subject_type.as_deref().unwrap_or(DEFAULT_SUBJECT_TYPE)
    }
}

impl ClientGrantPatch {
    /// Whether nothing would change; the service refuses to be sent nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What tells a grant in a list from others.
#[derive(Deserialize)]
pub(super) struct GrantKey {
    id: String,
}

impl Listed for GrantKey {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Collected for ClientGrant {
    type Key = GrantKey;
    const NAME: &'static str = "client-grants";

    fn collection(session: &Session) -> &Collection<Self> {
        &session.shared.client_grants
    }
}

impl<'a> ClientGrants<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self { session }
    }

    /// Creates a client grant. One whose answer was lost is looked for by its key, and taken over if it is what was sent.
    pub async fn create(&self, new: &NewClientGrant) -> Result<Created, Error> {
        creation::create(self.session, new).await
    }

    /// Reads a client grant; `None` if there is none. It may come from a list, unless that differs from `prior` in what
    /// `view` shows of it.
    pub async fn read<V: View>(
        &self,
        id: &str,
        prior: &V,
        view: impl Fn(&ClientGrant) -> V,
    ) -> Result<Option<ClientGrant>, Error> {
        ClientGrant::collection(self.session).read(self.session, id, prior, view).await
    }

    /// The same from the grant itself, whatever is known of it.
    async fn look_up(&self, id: &str) -> Result<Option<ClientGrant>, Error> {
        absent_if_not_found(self.session.fetch(&self.object(Method::GET, id)?).await)
    }

    /// Changes a client grant.
    pub async fn update(&self, id: &str, patch: &ClientGrantPatch) -> Result<ClientGrant, Error> {
        self.session.fetch(&self.object(Method::PATCH, id)?.json(patch)).await
    }

    /// Deletes a client grant. One that is gone already is fine.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        done_if_not_found(self.session.delete(&self.object(Method::DELETE, id)?).await)
    }

    /// The grant with this key; the service allows one per grantee, API and subject type.
    pub async fn find(
        &self,
        grantee: Grantee<'_>,
        audience: &str,
        subject_type: &str,
    ) -> Result<Option<ClientGrant>, Error> {
        let filter = Filter {
            grantee: Some(grantee),
            audience: Some(audience),
            subject_type: Some(subject_type),
            any_organization: false,
        };
        Ok(self.list(filter).await?.into_iter().next())
    }

    /// All grants that the filter admits, in the order of their ids.
    pub async fn list(&self, filter: Filter<'_>) -> Result<Vec<ClientGrant>, Error> {
        let mut grants = ClientGrant::collection(self.session).find(self.session, &filter.query(), |_| true).await?;
        grants.retain(|grant| filter.admits(grant));
        grants.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(grants)
    }

    fn object(&self, method: Method, id: &str) -> Result<Call, Error> {
        self.session.call(method, &["client-grants", id])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_old_grant_without_subject_type_is_for_the_client_itself() {
        let read = |value| serde_json::from_value::<ClientGrant>(value).unwrap();
        let old = read(json!({"id": "cgr_1", "client_id": "abc", "audience": "a", "scope": []}));
        assert_eq!((old.subject_type(), old.scope.as_deref()), ("client", Some(&[][..])));
        let user = read(json!({"id": "cgr_2", "audience": "a", "allow_all_scopes": true, "subject_type": "user"}));
        assert_eq!((user.subject_type(), user.scope.as_deref()), ("user", None));
    }

    #[test]
    fn a_patch_sends_only_what_changes() {
        assert!(ClientGrantPatch::default().is_empty());
        let patch = ClientGrantPatch {
            scope: Patch::Set(vec![]),
            allow_all_scopes: Patch::Set(false),
            organization_usage: Patch::Clear,
            allow_any_organization: Patch::Clear,
            authorization_details_types: Patch::Clear.or_empty(),
        };
        assert_eq!(
            serde_json::to_value(patch).unwrap(),
            json!({
                "scope": [], "allow_all_scopes": false, "organization_usage": null, "allow_any_organization": null,
                "authorization_details_types": [],
            })
        );
    }
}
