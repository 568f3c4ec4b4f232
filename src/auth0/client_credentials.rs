//! The credentials of an application. They have no pages, and their list is a bare array.

use reqwest::Method;
use serde_json::Value;
use tokio::time::sleep;

use super::api::{Api, Renewal};
use super::body::Body;
use super::document::{Fields, Object};
use super::error::{Error, Flaw};
use super::lost_creations::{LIST_LAG, MOST_LOST};
use super::request::Request;

/// The properties to read. Auth0 never shows the key itself.
const FIELDS: [&str; 9] =
    ["id", "name", "credential_type", "kid", "alg", "thumbprint_sha256", "subject_dn", "created_at", "expires_at"];

/// The properties of an application that concern its credentials.
const SLOTS: [&str; 4] = [
    "token_endpoint_auth_method",
    "client_authentication_methods",
    "signed_request_object.credentials.id",
    "token_vault_privileged_access.credentials.id",
];

impl Api<'_> {
    /// All credentials of an application, attached or not; `None` if there is no such application.
    pub async fn credentials(&self, client_id: &str) -> Result<Option<Vec<Object>>, Error> {
        let request = self.of_client(Method::GET, client_id, None)?;
        match self.session.operation.fetch_with(&request, &fields()).await {
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
            Ok(Value::Array(elements)) => {
                elements.into_iter().map(|element| object(element, &request)).collect::<Result<_, _>>().map(Some)
            }
            Ok(_) => Err(Flaw::expected("", "a list").at(&request.endpoint)),
        }
    }

    /// The application's method, and the slots that hold ids of credentials; `None` if there is no such application.
    pub async fn slots(&self, client_id: &str) -> Result<Option<Object>, Error> {
        let request = self.objects().object(Method::GET, client_id)?;
        match self.session.operation.fetch_with(&request, &Fields::at(SLOTS)).await {
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
            Ok(Value::Object(object)) => Ok(Some(object)),
            Ok(_) => Err(Flaw::expected("", "an object").at(&request.endpoint)),
        }
    }

    /// Registers a credential that is not among the `known` ids. If the response is lost, the credential is looked for
    /// before anything is sent again: it is the only new one of which `is_same` holds.
    pub async fn add_credential(
        &self,
        client_id: &str,
        body: &Body,
        known: &[String],
        is_same: impl Fn(&Object) -> bool,
    ) -> Result<Object, Error> {
        let _renewal = Renewal(self);
        let mut lost = None;
        for _ in 0..MOST_LOST {
            let request = self.of_client(Method::POST, client_id, None)?.json(body);
            let cause = match self.session.operation.fetch_with(&request, &fields()).await {
                Ok(value) => match object(value, &request) {
                    Ok(object) => return Ok(object),
                    Err(flaw) => Box::new(flaw),
                },
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
                let endpoint = self.of_client(Method::GET, client_id, None)?.endpoint;
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
        let request = self.of_client(Method::PATCH, client_id, Some(id))?.json(body);
        object(self.session.operation.fetch_with(&request, &fields()).await?, &request)
    }

    /// Deletes a credential that is not attached. One that is gone already is fine.
    pub async fn delete_credential(&self, client_id: &str, id: &str) -> Result<(), Error> {
        let _renewal = Renewal(self);
        let request = self.of_client(Method::DELETE, client_id, Some(id))?;
        match self.session.operation.delete(&request).await {
            Err(error) if error.is_not_found() => Ok(()),
            outcome => outcome,
        }
    }

    fn of_client(&self, method: Method, client_id: &str, id: Option<&str>) -> Result<Request, Error> {
        let collection = self.place.collection.path.iter().map(String::as_str);
        let path: Vec<&str> = collection.chain([client_id, "credentials"]).chain(id).collect();
        self.session.operation.request(method, &path)
    }
}

fn fields() -> Fields {
    Fields::at(FIELDS)
}

fn object(value: Value, request: &Request) -> Result<Object, Error> {
    match value {
        Value::Object(object) if object.get("id").is_some_and(Value::is_string) => Ok(object),
        _ => Err(Flaw::expected("id", "a text").at(&request.endpoint)),
    }
}
