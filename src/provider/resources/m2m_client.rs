//! `auth0_m2m_client`: an application that calls APIs in its own name.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::{
    auth0::{
        MapPatch, Patch,
        clients::{self, ClientPatch, JwtConfigurationPatch, NewClient},
    },
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, Failed, Resource},
    model,
    provider::{
        connection::{Connection, session},
        diagnosis::Names,
    },
    schema::{COMPUTED, Default, OPTIONAL, REQUIRED, Rule},
    value::Value,
};

model! {
    /// A machine-to-machine application: a client of the tenant that gets tokens with its own credentials, without a user.
    ///
    /// What it may call is said by `auth0_client_grant`. The client secret is never part of plan or state.
    pub(in crate::provider) struct M2mClient {
        /// The same as `client_id`.
        id: Value<String> = COMPUTED.keep_prior(),
        /// The client id, by which the application asks for tokens.
        client_id: Value<String> = COMPUTED.keep_prior(),
        /// The name of the application. Auth0 lets several applications have the same name.
        name: Value<String> = REQUIRED.rules(&[Rule::Form("non-empty text without `<` and `>`", is_name)]),
        /// What the application is for.
        description: Value<String> = OPTIONAL.rules(&[Rule::Length(0, 140)]),
        /// The address of an image that stands for the application.
        logo_uri: Value<String> = OPTIONAL.rules(&[Rule::Form("an absolute address such as `https://example.com/logo.png`", is_address)]),
        /// The grant types that the application may use.
        grant_types: Value<BTreeSet<String>> = OPTIONAL
            .default(Default::Strings(&["client_credentials"]))
            .rules(&[Rule::Each(&Rule::Length(1, usize::MAX))]),
        /// How the application proves to the token endpoint who it is: with its secret in the body of the request
        /// (`client_secret_post`) or in the header `Authorization` (`client_secret_basic`).
        authentication_method: Value<String> = OPTIONAL
            .default(Default::String(SECRET_METHODS[0]))
            .rules(&[Rule::OneOf(&SECRET_METHODS)]),
        /// The ID tokens that Auth0 makes for the application. Access tokens follow the settings of the API that they are for.
        jwt_configuration: Value<JwtConfiguration> = OPTIONAL.default(Default::Nested),
        /// Texts of your own, by key.
        client_metadata: Value<BTreeMap<String, String>> = OPTIONAL.rules(&[
            Rule::Items(0, 10),
            Rule::Keys(&Rule::Form("1 to 255 letters, digits, spaces, tabs or characters of `:,-+=_*?\"/\\()<>@`", is_metadata_key)),
            Rule::Each(&Rule::Length(0, 255)),
        ]),
    }
}

model! {
    /// The ID tokens of an application.
    pub(in crate::provider) struct JwtConfiguration {
        /// The algorithm that signs ID tokens.
        alg: Value<String> = OPTIONAL
            .default(Default::String("RS256"))
            .rules(&[Rule::OneOf(&["HS256", "RS256", "RS512", "PS256"])]),
        /// How long ID tokens are valid, in seconds.
        lifetime_in_seconds: Value<i64> = OPTIONAL.default(Default::Int(36_000)).rules(&[Rule::Range(1, i64::MAX)]),
        /// Whether the client secret is base64 encoded. It can only be set when the application is created.
        secret_encoded: Value<bool> = OPTIONAL.default(Default::Bool(false)).requires_replace(),
    }
}

/// The methods that use the client secret. Others use keys or certificates; they exclude each other.
const SECRET_METHODS: [&str; 2] = ["client_secret_post", "client_secret_basic"];

/// The application type of all clients of this resource.
const APP_TYPE: &str = "non_interactive";

/// Where the API's name of a property is not that of the attribute.
const NAMES: Names = Names { object: "client", renamed: &[("token_endpoint_auth_method", "authentication_method")] };

/// See the module.
pub(in crate::provider) struct M2mClientResource;

impl Resource<Connection> for M2mClientResource {
    const NAME: &'static str = "auth0_m2m_client";
    type Model = M2mClient;

    async fn create(&self, cx: &Cx<Connection>, plan: M2mClient) -> Result<M2mClient, Failed<M2mClient>> {
        let created = session(cx).clients().create(&to_api(&plan)).await;
        Ok(from_api(created.map_err(|error| NAMES.diagnose("create", &error))?, &plan))
    }

    async fn read(&self, cx: &Cx<Connection>, prior: M2mClient) -> Result<Option<M2mClient>, Diagnostics> {
        match session(cx).clients().read(id(&prior)).await {
            Ok(Some(client)) => {
                let client = legible(machine_to_machine(client)?, &prior)?;
                Ok(Some(from_api(client, &prior)))
            }
            Ok(None) => Ok(None),
            Err(error) => Err(NAMES.diagnose("read", &error).into()),
        }
    }

    async fn update(
        &self,
        cx: &Cx<Connection>,
        prior: M2mClient,
        plan: M2mClient,
    ) -> Result<M2mClient, Failed<M2mClient>> {
        let patch = changes(&prior, &plan);
        if patch.is_empty() {
            return Ok(plan);
        }
        let updated = session(cx).clients().update(id(&prior), &patch).await;
        Ok(from_api(updated.map_err(|error| NAMES.diagnose("update", &error))?, &plan))
    }

    async fn delete(&self, cx: &Cx<Connection>, prior: M2mClient) -> Result<(), Diagnostics> {
        session(cx).clients().delete(id(&prior)).await.map_err(|error| NAMES.diagnose("delete", &error).into())
    }

    async fn import(&self, _cx: &Cx<Connection>, id: &str) -> Result<M2mClient, Diagnostics> {
        if !is_client_id(id) {
            let detail = format!(
                "{id:?} is not a client id. An `auth0_m2m_client` is imported by its client id, which is made of letters, \
                 digits, `-` and `_`, such as `AaiyAPdpYdesoKnqjj8HJqRn4T5titww`."
            );
            return Err(Diagnostic::error("Invalid Import ID", detail).into());
        }
        Ok(M2mClient::lookup(Value::Known(id.to_owned()), Value::Null))
    }
}

impl M2mClient {
    /// Nothing but what finds the application.
    pub(in crate::provider) fn lookup(id: Value<String>, name: Value<String>) -> Self {
        Self {
            client_id: id.clone(),
            id,
            name,
            description: Value::Null,
            logo_uri: Value::Null,
            grant_types: Value::Null,
            authentication_method: Value::Null,
            jwt_configuration: Value::Null,
            client_metadata: Value::Null,
        }
    }
}

/// Whether `text` can be a client id.
pub(in crate::provider) fn is_client_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(['<', '>'])
}

fn is_address(text: &str) -> bool {
    // The parser would leave out what stands around an address.
    let bare = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    text.is_empty() || (bare && Url::parse(text).is_ok_and(|url| url.has_host()))
}

/// Auth0's documentation, "Metadata Field Names and Data Types".
fn is_metadata_key(text: &str) -> bool {
    (1..=255).contains(&text.chars().count())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " \t:,-+=_*?\"/\\()<>@".contains(c))
}

fn id(client: &M2mClient) -> &str {
    client.id.as_str().unwrap_or_default()
}

fn to_api(plan: &M2mClient) -> NewClient {
    let M2mClient {
        id: _,
        client_id: _,
        name,
        description,
        logo_uri,
        grant_types,
        authentication_method,
        jwt_configuration,
        client_metadata,
    } = plan;
    NewClient {
        name: name.known().cloned().unwrap_or_default(),
        app_type: Some(APP_TYPE.to_owned()),
        description: description.known().cloned(),
        logo_uri: logo_uri.known().cloned(),
        grant_types: grant_types.known().map(|types| types.iter().cloned().collect()),
        token_endpoint_auth_method: authentication_method.known().cloned(),
        jwt_configuration: jwt_configuration.known().map(|jwt| {
            let JwtConfiguration { alg, lifetime_in_seconds, secret_encoded } = jwt;
            clients::JwtConfiguration {
                alg: alg.known().cloned(),
                lifetime_in_seconds: lifetime_in_seconds.known().copied(),
                secret_encoded: secret_encoded.known().copied(),
            }
        }),
        client_metadata: client_metadata.known().cloned(),
        // Left out, Auth0 makes an application whose tokens do not conform to OpenID Connect.
        oidc_conformant: Some(true),
        is_first_party: Some(true),
    }
}

/// What one PATCH has to say: the differences alone. `jwt_configuration` and `client_metadata` are merged by the service,
/// so they hold differences as well.
fn changes(prior: &M2mClient, plan: &M2mClient) -> ClientPatch {
    let M2mClient {
        id: _,
        client_id: _,
        name,
        description,
        logo_uri,
        grant_types,
        authentication_method,
        jwt_configuration,
        client_metadata,
    } = plan;
    let none = BTreeMap::new();
    ClientPatch {
        name: Patch::between(prior.name.known(), name.known()),
        // These two take "" for nothing, not null.
        description: Patch::between(text(&prior.description), text(description)).or_empty(),
        app_type: Patch::Keep,
        logo_uri: Patch::between(text(&prior.logo_uri), text(logo_uri)).or_empty(),
        grant_types: Patch::between(list(&prior.grant_types).as_ref(), list(grant_types).as_ref()),
        token_endpoint_auth_method: Patch::between(prior.authentication_method.known(), authentication_method.known()),
        client_authentication_methods: if prior.authentication_method.as_str().is_some_and(uses_keys) {
            Patch::Clear
        } else {
            Patch::Keep
        },
        jwt_configuration: jwt_changes(prior.jwt_configuration.known(), jwt_configuration.known()),
        client_metadata: MapPatch::between(
            prior.client_metadata.known().unwrap_or(&none),
            client_metadata.known().unwrap_or(&none),
        ),
        oidc_conformant: Patch::Keep,
        is_first_party: Patch::Keep,
    }
}

fn uses_keys(method: &str) -> bool {
    !SECRET_METHODS.contains(&method) && method != "none"
}

fn jwt_changes(prior: Option<&JwtConfiguration>, plan: Option<&JwtConfiguration>) -> JwtConfigurationPatch {
    let Some(JwtConfiguration { alg, lifetime_in_seconds, secret_encoded: _ }) = plan else {
        return JwtConfigurationPatch::default();
    };
    JwtConfigurationPatch {
        alg: Patch::between(prior.and_then(|prior| prior.alg.known()), alg.known()),
        lifetime_in_seconds: Patch::between(
            prior.and_then(|prior| prior.lifetime_in_seconds.known()),
            lifetime_in_seconds.known(),
        ),
    }
}

/// The service's answer as state. What it hides from the token's scopes stays as in `prior`: ordinary settings come all or
/// none, and every application has grant types.
pub(in crate::provider) fn from_api(client: clients::Client, prior: &M2mClient) -> M2mClient {
    let clients::Client {
        client_id,
        name,
        description,
        app_type: _,
        grant_types,
        jwt_configuration,
        token_endpoint_auth_method,
        client_authentication_methods,
        client_metadata,
        logo_uri,
        oidc_conformant: _,
        is_first_party: _,
    } = client;
    if grant_types.is_none() {
        let client_id = Value::Known(client_id);
        return M2mClient {
            id: client_id.clone(),
            client_id,
            name: name.map_or_else(|| prior.name.clone(), Value::Known),
            description: unless_empty(description),
            ..prior.clone()
        };
    }
    M2mClient {
        id: Value::Known(client_id.clone()),
        client_id: Value::Known(client_id),
        name: name.into(),
        description: unless_empty(description),
        logo_uri: unless_empty(logo_uri),
        grant_types: grant_types.map(BTreeSet::from_iter).into(),
        authentication_method: Value::Known(
            token_endpoint_auth_method
                .or_else(|| client_authentication_methods?.name().map(str::to_owned))
                // An application that was made without a method uses the one of its type.
                .unwrap_or_else(|| SECRET_METHODS[0].to_owned()),
        ),
        jwt_configuration: Value::Known(jwt_from_api(jwt_configuration.unwrap_or_default())),
        client_metadata: client_metadata.filter(|metadata| !metadata.is_empty()).into(),
    }
}

fn jwt_from_api(jwt: clients::JwtConfiguration) -> JwtConfiguration {
    let clients::JwtConfiguration { alg, lifetime_in_seconds, secret_encoded } = jwt;
    JwtConfiguration {
        alg: alg.into(),
        lifetime_in_seconds: lifetime_in_seconds.into(),
        secret_encoded: Value::Known(secret_encoded.unwrap_or(false)),
    }
}

/// The client, if its settings can be read or are known already.
pub(in crate::provider) fn legible(client: clients::Client, prior: &M2mClient) -> Result<clients::Client, Diagnostics> {
    if client.grant_types.is_some() || !prior.grant_types.is_null() {
        return Ok(client);
    }
    Err(Diagnostic::error(
        "Client Settings Not Readable",
        format!(
            "Auth0 shows no more than a summary of the client `{}`, since the token of the provider lacks a permission. Grant \
             the application that the provider acts as `read:clients` for the Auth0 Management API.",
            client.client_id
        ),
    )
    .into())
}

/// The client, if it is one that this resource manages.
pub(in crate::provider) fn machine_to_machine(client: clients::Client) -> Result<clients::Client, Diagnostics> {
    let is = match client.app_type.as_deref() {
        Some(APP_TYPE) => return Ok(client),
        Some(app_type) => format!("has the application type `{app_type}`"),
        None => "has no application type".to_owned(),
    };
    Err(Diagnostic::error(
        "Not a Machine-to-Machine Client",
        format!(
            "The client `{}` {is}, and `auth0_m2m_client` manages clients of the type `{APP_TYPE}` only. Use \
             `auth0_client` of the provider `auth0/auth0` for it, or make it a machine-to-machine application in Auth0.",
            client.client_id
        ),
    )
    .into())
}

/// Text that says something; `""` is another spelling of nothing.
fn text(value: &Value<String>) -> Option<&String> {
    value.known().filter(|text| !text.is_empty())
}

fn list(value: &Value<BTreeSet<String>>) -> Option<Vec<String>> {
    value.known().map(|set| set.iter().cloned().collect())
}

/// A cleared text is absent or empty, as the service likes.
fn unless_empty(text: Option<String>) -> Value<String> {
    text.filter(|text| !text.is_empty()).into()
}

#[cfg(test)]
mod tests;
