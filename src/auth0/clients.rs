//! Applications: <https://auth0.com/docs/api/management/v2/clients>.

mod creation;
mod likeness;
mod settings;

use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;

pub(super) use creation::Creations;
pub use settings::{
    AuthenticationMethods, Client, ClientCredentialsQuota, ClientPatch, DefaultOrganization, JwtConfiguration,
    JwtConfigurationPatch, NewClient, TokenExchange, TokenQuota,
};

use super::call::Call;
use super::client_secret::SecretView;
use super::collection::{Collected, Collection, View};
use super::error::Error;
use super::page::Listed;
use super::text;
use super::{Session, absent_if_not_found, done_if_not_found};

/// Calls about applications.
pub struct Clients<'a> {
    session: &'a Session,
}

/// What tells an application in a list from others.
#[derive(Deserialize)]
pub(super) struct ClientKey {
    client_id: String,
    name: Option<String>,
}

impl Listed for ClientKey {
    fn id(&self) -> &str {
        &self.client_id
    }
}

impl Collected for Client {
    type Key = ClientKey;
    const NAME: &'static str = "clients";
    const LEAVING_OUT: &'static [(&'static str, &'static str)] =
        &[("fields", "client_secret,signing_keys"), ("include_fields", "false")];

    fn collection(session: &Session) -> &Collection<Self> {
        &session.shared.clients
    }
}

impl<'a> Clients<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self { session }
    }

    /// Creates an application. One whose answer was lost is looked for before it is sent again, and taken over if it is found.
    pub async fn create(&self, new: &NewClient) -> Result<Client, Error> {
        creation::create(self.session, new).await
    }

    /// Reads an application; `None` if there is none. It may come from a list, unless that differs from `prior` in what
    /// `view` shows of it.
    pub async fn read<V: View>(
        &self,
        id: &str,
        prior: &V,
        view: impl Fn(&Client) -> V,
    ) -> Result<Option<Client>, Error> {
        Client::collection(self.session).read(self.session, id, prior, view).await
    }

    /// The same from the application itself, whatever is known of it.
    pub async fn look_up(&self, id: &str) -> Result<Option<Client>, Error> {
        absent_if_not_found(self.session.fetch(&self.object(Method::GET, id)?).await)
    }

    /// Changes an application.
    pub async fn update(&self, id: &str, patch: &ClientPatch) -> Result<Client, Error> {
        self.session.fetch(&self.object(Method::PATCH, id)?.json(patch)).await
    }

    /// The secret of an application; `None` if there is no such application.
    pub async fn secret(&self, id: &str) -> Result<Option<SecretView>, Error> {
        let fields = [("fields", SecretView::FIELDS), ("include_fields", "true")];
        absent_if_not_found(self.session.fetch(&self.object(Method::GET, id)?.query(fields)).await)
    }

    /// Has the service give an application another secret. Of several times the last one counts, so it is repeated until
    /// there is an answer; an error leaves open which of the two it is, unless it [is a refusal](Error::is_refusal).
    ///
    /// <https://auth0.com/docs/get-started/applications/rotate-client-secret>
    pub async fn rotate_secret(&self, id: &str) -> Result<(), Error> {
        let call = self.session.call(Method::POST, &["clients", id, "rotate-secret"])?.repeatable();
        self.session.fetch::<IgnoredAny>(&call).await.map(drop)
    }

    /// Deletes an application and its client grants. One that is gone already is fine.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        done_if_not_found(self.session.delete(&self.object(Method::DELETE, id)?).await)
    }

    /// All applications of exactly this name, in whatever Unicode form; names are not unique.
    pub async fn find(&self, name: &str) -> Result<Vec<Client>, Error> {
        let wanted = |key: &ClientKey| key.name.as_deref().is_some_and(|stored| text::same(stored, name));
        Client::collection(self.session).find(self.session, &[], wanted).await
    }

    fn object(&self, method: Method, id: &str) -> Result<Call, Error> {
        self.session.call(method, &["clients", id])
    }
}
