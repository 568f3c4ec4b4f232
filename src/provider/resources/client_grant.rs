//! `auth0_client_grant`: an application may call an API.

use std::collections::BTreeSet;

use super::m2m_client::is_client_id;
use crate::{
    auth0::{
        self, Patch,
        client_grants::{self, ClientGrantPatch, NewClientGrant},
    },
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, Failed, Resource},
    model,
    provider::diagnosis::{Names, session},
    schema::{COMPUTED, Default, OPTIONAL, REQUIRED, Rule},
    value::Value,
};

model! {
    /// Lets an application call an API, with the scopes that its tokens may carry.
    ///
    /// An application has at most one grant per API and subject type. A grant that exists already is never taken over
    /// silently: creating it again is an error that names it, unless `adopt_existing` says otherwise.
    pub(in crate::provider) struct ClientGrant {
        /// The identifier of the grant, `cgr_…`.
        id: Value<String> = COMPUTED.keep_prior(),
        /// The client id of the application.
        client_id: Value<String> = REQUIRED.requires_replace().rules(&[Rule::Length(1, usize::MAX)]),
        /// The identifier of the API, such as `https://api.example.com`. The Management API is
        /// `https://TENANT.REGION.auth0.com/api/v2/`.
        audience: Value<String> = REQUIRED.requires_replace().rules(&[Rule::Length(1, usize::MAX)]),
        /// The scopes that the application gets. Without any, it may call the API and has no permission.
        scopes: Value<BTreeSet<String>> = OPTIONAL.rules(&[Rule::Each(&Rule::Length(1, 280))]),
        /// Whether the tokens are for the application itself (`client`) or for a user whom it acts for (`user`).
        subject_type: Value<String> = OPTIONAL
            .default(Default::String("client"))
            .requires_replace()
            .rules(&[Rule::OneOf(&["client", "user"])]),
        /// Whether a grant that exists already is taken over when this one is created, and brought to what is configured here.
        /// To destroy this resource then deletes the grant that was taken over.
        adopt_existing: Value<bool> = OPTIONAL.default(Default::Bool(false)),
    }
}

/// Where the API's name of a property is not that of the attribute.
const NAMES: Names = Names { object: "client grant", renamed: &[("scope", "scopes")] };

/// See the module.
pub(in crate::provider) struct ClientGrantResource;

impl Resource<auth0::Client> for ClientGrantResource {
    const NAME: &'static str = "auth0_client_grant";
    type Model = ClientGrant;

    async fn create(&self, cx: &Cx<auth0::Client>, plan: ClientGrant) -> Result<ClientGrant, Failed<ClientGrant>> {
        match session(cx).client_grants().create(&to_api(&plan)).await {
            Ok(grant) => Ok(from_api(grant, &plan)),
            Err(error) if error.is_conflict() => existing(cx, plan, &error).await,
            Err(error) if error.is_not_found() => Err(nobody_to_grant_to(&plan, &error).into()),
            Err(error) => Err(NAMES.diagnose("create", &error).into()),
        }
    }

    async fn read(&self, cx: &Cx<auth0::Client>, prior: ClientGrant) -> Result<Option<ClientGrant>, Diagnostics> {
        match session(cx).client_grants().read(text(&prior.id)).await {
            Ok(grant) => Ok(grant.map(|grant| from_api(grant, &prior))),
            Err(error) => Err(NAMES.diagnose("read", &error).into()),
        }
    }

    async fn update(
        &self,
        cx: &Cx<auth0::Client>,
        prior: ClientGrant,
        plan: ClientGrant,
    ) -> Result<ClientGrant, Failed<ClientGrant>> {
        bring(cx, text(&prior.id), &scopes(&prior), plan).await
    }

    async fn delete(&self, cx: &Cx<auth0::Client>, prior: ClientGrant) -> Result<(), Diagnostics> {
        let deleted = session(cx).client_grants().delete(text(&prior.id)).await;
        deleted.map_err(|error| NAMES.diagnose("delete", &error).into())
    }

    async fn import(&self, cx: &Cx<auth0::Client>, id: &str) -> Result<ClientGrant, Diagnostics> {
        let id = match ImportId::parse(id).ok_or_else(|| malformed(id))? {
            ImportId::Grant(id) => id.to_owned(),
            ImportId::Key { client_id, audience, subject_type } => find(cx, client_id, audience, subject_type)
                .await?
                .map(|grant| grant.id)
                .ok_or_else(|| no_such_grant(client_id, audience, subject_type))?,
        };
        Ok(ClientGrant {
            id: Value::Known(id),
            client_id: Value::Null,
            audience: Value::Null,
            scopes: Value::Null,
            subject_type: Value::Null,
            // Known to nobody but the configuration, so it starts at its default.
            adopt_existing: Value::Known(false),
        })
    }
}

/// Creating the grant failed because it exists: takes it over if that is wanted, and names it otherwise.
async fn existing(
    cx: &Cx<auth0::Client>,
    plan: ClientGrant,
    error: &auth0::Error,
) -> Result<ClientGrant, Failed<ClientGrant>> {
    let (client_id, audience) = (text(&plan.client_id), text(&plan.audience));
    let Some(grant) = find(cx, client_id, audience, text(&plan.subject_type)).await? else {
        return Err(NAMES.diagnose("create", error).into());
    };
    if plan.adopt_existing.known() == Some(&true) {
        return bring(cx, &grant.id.clone(), &grant.scope.unwrap_or_default(), plan).await;
    }
    let detail = format!(
        "The application `{client_id}` already has a grant for `{audience}`: `{id}`. To manage it here, import it:\n\n\
         import {{\n  to = auth0_client_grant.NAME\n  id = \"{id}\"\n}}\n\n\
         or, on the command line, `terraform import auth0_client_grant.NAME {id}`. To take it over as it is and bring it \
         to what is configured, set `adopt_existing = true`.",
        id = grant.id
    );
    Err(Diagnostic::error("Client Grant Exists Already", detail).at("audience").into())
}

/// Brings the grant `id` from the scopes that it has to what is planned. What else is planned is immutable or local.
async fn bring(
    cx: &Cx<auth0::Client>,
    id: &str,
    current: &[String],
    plan: ClientGrant,
) -> Result<ClientGrant, Failed<ClientGrant>> {
    let (current, planned) = (current.iter().collect::<BTreeSet<_>>(), scopes(&plan));
    if current == planned.iter().collect() {
        return Ok(ClientGrant { id: Value::Known(id.to_owned()), ..plan });
    }
    let patch = ClientGrantPatch { scope: Patch::Set(planned), ..ClientGrantPatch::default() };
    let updated = session(cx).client_grants().update(id, &patch).await;
    Ok(from_api(updated.map_err(|error| NAMES.diagnose("update", &error))?, &plan))
}

async fn find(
    cx: &Cx<auth0::Client>,
    client_id: &str,
    audience: &str,
    subject_type: &str,
) -> Result<Option<client_grants::ClientGrant>, Diagnostics> {
    let found = session(cx).client_grants().find(client_id, audience, subject_type).await;
    found.map_err(|error| NAMES.diagnose("look up", &error).into())
}

fn to_api(plan: &ClientGrant) -> NewClientGrant {
    let ClientGrant { id: _, client_id, audience, scopes: _, subject_type, adopt_existing: _ } = plan;
    NewClientGrant {
        client_id: client_id.known().cloned(),
        audience: text(audience).to_owned(),
        scope: Some(scopes(plan)),
        subject_type: subject_type.known().cloned(),
        ..NewClientGrant::default()
    }
}

fn from_api(grant: client_grants::ClientGrant, prior: &ClientGrant) -> ClientGrant {
    let subject_type = grant.subject_type().to_owned();
    let client_grants::ClientGrant { id, client_id, audience, scope, .. } = grant;
    ClientGrant {
        id: Value::Known(id),
        client_id: client_id.into(),
        audience: Value::Known(audience),
        scopes: scope.filter(|scope| !scope.is_empty()).map(BTreeSet::from_iter).into(),
        subject_type: Value::Known(subject_type),
        adopt_existing: prior.adopt_existing,
    }
}

fn scopes(grant: &ClientGrant) -> Vec<String> {
    grant.scopes.known().into_iter().flatten().cloned().collect()
}

fn text(value: &Value<String>) -> &str {
    value.as_str().unwrap_or_default()
}

/// What an import id names.
#[derive(Debug, PartialEq, Eq)]
enum ImportId<'a> {
    Grant(&'a str),
    Key { client_id: &'a str, audience: &'a str, subject_type: &'a str },
}

impl<'a> ImportId<'a> {
    /// Reads `cgr_…`, `CLIENT_ID::AUDIENCE` or `CLIENT_ID::AUDIENCE::SUBJECT_TYPE`.
    fn parse(id: &'a str) -> Option<Self> {
        let Some((client_id, rest)) = id.split_once("::") else {
            return (id.starts_with("cgr_") && is_client_id(id)).then_some(Self::Grant(id));
        };
        let (audience, subject_type) = match rest.rsplit_once("::") {
            Some((audience, subject_type @ ("client" | "user"))) => (audience, subject_type),
            _ => (rest, "client"),
        };
        let is_key = is_client_id(client_id) && !audience.is_empty() && !audience.contains(char::is_whitespace);
        is_key.then_some(Self::Key { client_id, audience, subject_type })
    }
}

fn malformed(id: &str) -> Diagnostics {
    Diagnostic::error(
        "Invalid Import ID",
        format!(
            "{id:?} names no client grant. An `auth0_client_grant` is imported by the grant's id, `cgr_…`, or by \
             `CLIENT_ID::AUDIENCE` or `CLIENT_ID::AUDIENCE::SUBJECT_TYPE`, where the subject type is `client` or `user`, \
             such as `AaiyAPdpYdesoKnqjj8HJqRn4T5titww::https://api.example.com`."
        ),
    )
    .into()
}

fn no_such_grant(client_id: &str, audience: &str, subject_type: &str) -> Diagnostic {
    Diagnostic::error(
        "Cannot Import Non-Existent Client Grant",
        format!("The application `{client_id}` has no grant for `{audience}` with the subject type `{subject_type}`."),
    )
}

/// A 404 to a new grant is about the client or the API that it names.
fn nobody_to_grant_to(plan: &ClientGrant, error: &auth0::Error) -> Diagnostic {
    let (client_id, audience) = (text(&plan.client_id), text(&plan.audience));
    let diagnostic = NAMES.diagnose("create", error);
    let about_client = matches!(error, auth0::Error::Api(api) if api.code.as_deref() == Some("inexistent_client"));
    let (path, advice) = if about_client {
        ("client_id", format!("There is no application with the client id `{client_id}` in this tenant."))
    } else {
        (
            "audience",
            format!(
                "There may be no API with the identifier `{audience}` in this tenant, or no application `{client_id}`."
            ),
        )
    };
    Diagnostic { detail: format!("{advice} {}", diagnostic.detail), ..diagnostic }.at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_imported_by_id_or_by_its_key() {
        let key = |client_id, audience, subject_type| Some(ImportId::Key { client_id, audience, subject_type });
        assert_eq!(ImportId::parse("cgr_0123456789abcdef"), Some(ImportId::Grant("cgr_0123456789abcdef")));
        assert_eq!(ImportId::parse("abc::https://api"), key("abc", "https://api", "client"));
        assert_eq!(ImportId::parse("abc::https://api::user"), key("abc", "https://api", "user"));
        assert_eq!(ImportId::parse("abc::urn::x"), key("abc", "urn::x", "client"), "an audience may hold colons");
    }

    #[test]
    fn anything_else_is_malformed() {
        for id in ["abc", "::https://api", "abc::", "a b::https://api", "cgr_1/../x", "abc:: ", "abc::::user"] {
            assert_eq!(ImportId::parse(id), None, "{id}");
        }
    }
}
