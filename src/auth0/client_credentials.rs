//! The credentials of an application. They have no pages, and their list is a bare array.

use reqwest::Method;
use serde_json::Value;
use tokio::time::sleep;

use super::api::{Api, Renewal};
use super::area::{Area, Identity};
use super::body::Body;
use super::collection::Collection;
use super::document::{Document, Fields, Object};
use super::error::{Error, Flaw};
use super::lost_creations::{LIST_LAG, MOST_LOST};
use super::objects::Objects;

/// Credentials, with the properties to read. Auth0 never shows the key itself.
static CREDENTIALS: Area = Area {
    path: &["clients", "credentials"],
    key: "id",
    aliases: &[],
    identity: Identity::Name { property: "name", filters: &[] },
    secrets: &[],
    ends: &[],
    properties: || {
        ["id", "name", "credential_type", "kid", "alg", "thumbprint_sha256", "subject_dn", "created_at", "expires_at"]
            .map(str::to_owned)
            .into()
    },
};

/// The properties of an application that concern its credentials.
const SLOTS: [&str; 5] = [
    "client_id",
    "token_endpoint_auth_method",
    "client_authentication_methods",
    "signed_request_object.credentials.id",
    "token_vault_privileged_access.credentials.id",
];

/// The credentials of one application. Nothing is known of them between two operations.
fn of_client(client_id: &str) -> Collection {
    Collection::new(&CREDENTIALS, CREDENTIALS.path(&[client_id]))
}

impl Api<'_> {
    /// All credentials of an application, attached or not; `None` if there is no such application.
    pub async fn credentials(&self, client_id: &str) -> Result<Option<Vec<Object>>, Error> {
        let collection = of_client(client_id);
        let request = self.among(&collection).whole(Method::GET)?;
        let elements = match self.session.operation.fetch_with(&request, &collection.fields).await {
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
            Ok(Value::Array(elements)) => elements,
            Ok(_) => return Err(Flaw::expected("", "a list").at(&request.endpoint)),
        };
        let object = |(index, element): (usize, Value)| match Document::of(element, CREDENTIALS.key) {
            Ok(document) => Ok(document.object),
            Err(flaw) => Err(flaw.below(&format!("[{index}]")).at(&request.endpoint)),
        };
        elements.into_iter().enumerate().map(object).collect::<Result<_, _>>().map(Some)
    }

    /// The application's method, and the slots that hold ids of credentials; `None` if there is no such application.
    pub async fn slots(&self, client_id: &str) -> Result<Option<Object>, Error> {
        let clients = self.objects();
        let request = clients.object(Method::GET, client_id)?;
        match self.session.operation.fetch_with(&request, &Fields::at(SLOTS)).await {
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
            Ok(Value::Object(object)) if clients.collection.area.is_named(&object, client_id) => Ok(Some(object)),
            Ok(_) => Err(Flaw::expected(clients.collection.area.key, "the ID in the request").at(&request.endpoint)),
        }
    }

    /// Registers a credential that is not among the `known` ids. If the response is lost, the credential is looked for
    /// before anything is sent again: it is a new one of which `is_same` holds.
    pub async fn add_credential(
        &self,
        client_id: &str,
        body: &Body,
        known: &[String],
        is_same: impl Fn(&Object) -> bool,
    ) -> Result<Object, Error> {
        let _renewal = Renewal(self);
        let collection = of_client(client_id);
        let credentials = self.among(&collection);
        let request = credentials.whole(Method::POST)?.json(body);
        let mut lost = None;
        for _ in 0..MOST_LOST {
            let cause = match credentials.fetch_any(&request).await {
                Ok(document) if !known.contains(&document.id) => return Ok(document.object),
                Ok(_) => Box::new(Flaw::expected(CREDENTIALS.key, "the ID of the new object").at(&request.endpoint)),
                Err(Error::UnknownFate { cause, .. }) => cause,
                // The service may refuse the second request because of the first.
                Err(error) if lost.is_some() && error.is_refusal() => Box::new(error),
                Err(error) => return Err(error),
            };
            tracing::info!(%cause, "lost the response to a new credential, searching for it");
            match self.find_credential(client_id, known, &is_same).await {
                Ok(Some(found)) => return Ok(found),
                Ok(None) if cause.is_refusal() => return Err(*cause),
                Ok(None) => lost = Some(cause),
                Err(error) => {
                    return Err(Error::UnknownFate { cause, candidates: Vec::new(), unseen: Some(Box::new(error)) });
                }
            }
        }
        Err(lost.map_or_else(|| unreachable!("each attempt that does not return was lost"), |cause| *cause))
    }

    async fn find_credential(
        &self,
        client_id: &str,
        known: &[String],
        is_same: &impl Fn(&Object) -> bool,
    ) -> Result<Option<Object>, Error> {
        let is_new = |object: &Object| !known.iter().any(|id| object.get("id") == Some(&id.as_str().into()));
        for is_late in [false, true] {
            if is_late {
                let endpoint = self.among(&of_client(client_id)).whole(Method::GET)?.endpoint;
                self.session.operation.bounds().run(&endpoint, sleep(LIST_LAG)).await?;
            }
            let all = self.credentials(client_id).await?.unwrap_or_default();
            if let Some(found) = all.into_iter().find(|object| is_new(object) && is_same(object)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Changes when a credential expires, the only thing that can be changed.
    pub async fn change_expiry(&self, client_id: &str, id: &str, body: &Body) -> Result<Object, Error> {
        let _renewal = Renewal(self);
        let collection = of_client(client_id);
        let credentials = self.among(&collection);
        let request = credentials.object(Method::PATCH, id)?.json(body);
        Ok(credentials.fetch(&request, id).await?.object)
    }

    /// Deletes a credential that is not attached. One that is gone already is fine.
    pub async fn delete_credential(&self, client_id: &str, id: &str) -> Result<(), Error> {
        let _renewal = Renewal(self);
        self.among(&of_client(client_id)).delete(id).await
    }

    /// The objects of another collection, in this operation.
    fn among<'c>(&'c self, collection: &'c Collection) -> Objects<'c> {
        Objects { collection, operation: &self.session.operation }
    }
}
