//! APIs and their scopes: <https://auth0.com/docs/api/management/v2/resource-servers>.

use reqwest::Method;
use serde::Deserialize;

use super::collection::{Collected, Collection, View};
use super::error::Error;
use super::page::Listed;
use super::{Session, absent_if_not_found};

/// Calls about APIs.
pub struct ResourceServers<'a> {
    session: &'a Session,
}

/// An API as the service shows it. What was never set is `None`. The key that signs its tokens is not read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct ResourceServer {
    pub id: String,
    pub identifier: String,
    pub name: Option<String>,
    pub is_system: Option<bool>,
    pub scopes: Option<Vec<Scope>>,
    pub signing_alg: Option<String>,
    pub token_lifetime: Option<i64>,
    pub token_dialect: Option<String>,
    pub enforce_policies: Option<bool>,
    pub allow_offline_access: Option<bool>,
    pub subject_type_authorization: Option<SubjectTypeAuthorization>,
}

/// A permission of an API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct Scope {
    pub value: String,
    pub description: Option<String>,
}

/// Who may get tokens for an API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct SubjectTypeAuthorization {
    pub client: Option<Policy>,
    pub user: Option<Policy>,
}

/// How access is decided for one type of subject.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct Policy {
    pub policy: Option<String>,
}

/// What tells an API in a list from others: its identifier, which is unique and by which everybody knows it.
#[derive(Deserialize)]
pub(super) struct ResourceServerKey {
    identifier: String,
}

impl Listed for ResourceServerKey {
    fn id(&self) -> &str {
        &self.identifier
    }
}

/// There are no checkpoints for APIs. So the list of more than 1,000 cannot be read to its end; the refusal shows that, and
/// they are read singly.
impl Collected for ResourceServer {
    type Key = ResourceServerKey;
    const NAME: &'static str = "resource-servers";

    fn collection(session: &Session) -> &Collection<Self> {
        &session.shared.resource_servers
    }
}

impl<'a> ResourceServers<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self { session }
    }

    /// Reads the API with this identifier; `None` if there is none. It may come from a list, unless that differs from `prior`
    /// in what `view` shows of it.
    pub async fn read<V: View>(
        &self,
        identifier: &str,
        prior: &V,
        view: impl Fn(&ResourceServer) -> V,
    ) -> Result<Option<ResourceServer>, Error> {
        ResourceServer::collection(self.session).read(self.session, identifier, prior, view).await
    }

    /// The API with this id or identifier from itself, whatever is known of it.
    pub async fn look_up(&self, id: &str) -> Result<Option<ResourceServer>, Error> {
        absent_if_not_found(self.session.fetch(&self.session.call(Method::GET, &["resource-servers", id])?).await)
    }
}
