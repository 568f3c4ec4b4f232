//! `auth0_resource_server`: an API, with its scopes.

use serde_json::Value as Json;

use crate::{
    auth0::{Area, Flaw, Identity, Object, Seen},
    diagnostic::{Diagnostic, Diagnostics, Path},
    foreign,
    framework::{Cx, DataSource},
    model,
    provider::{
        connection::{Connection, session},
        diagnosis::Names,
        mapping,
    },
    schema::{
        COMPUTED, Default, Mapping, Model as _, OPTIONAL, Rule,
        combination::{exactly_one_of, given},
        wire,
    },
    value::{DecodeError, Dynamic, Type, json::tree, nfc},
};

model! {
    /// Looks up an API by its identifier, which is the `audience` of grants and tokens, or by its ID.
    ///
    /// Set either `identifier` or `id`. A look-up takes one Management API request. Many look-ups by identifier take
    /// one request for each 100 APIs, plus one for some of the APIs.
    pub(in crate::provider) struct ResourceServer {
        /// The ID of the API in Auth0.
        id: Value<String> = OPTIONAL.rules(&[NOT_EMPTY]),
        /// The identifier of the API, such as `https://api.example.com`.
        identifier: Value<String> = OPTIONAL.rules(&[NOT_EMPTY]),
        /// The name of the API.
        name: Value<String> = COMPUTED,
        /// Whether the API is Auth0's own, such as the Management API.
        is_system: Value<bool> = COMPUTED.absent(Default::Bool(false)),
        /// The scopes of the API, sorted by name.
        scopes: Value<Vec<Scope>> = COMPUTED.mapped(&SCOPES),
        /// The algorithm that signs access tokens.
        signing_alg: Value<String> = COMPUTED,
        /// How long access tokens are valid, in seconds.
        token_lifetime: Value<i64> = COMPUTED,
        /// How long access tokens are valid that applications in browsers get, in seconds.
        token_lifetime_for_web: Value<i64> = COMPUTED,
        /// The format of access tokens: `access_token` or `rfc9068_profile`. With the ending `…_authz`, tokens contain
        /// the permissions. Null if it was never set.
        token_dialect: Value<String> = COMPUTED,
        /// Whether users get their permissions from roles.
        enforce_policies: Value<bool> = COMPUTED.absent(Default::Bool(false)),
        /// Whether applications may request refresh tokens.
        allow_offline_access: Value<bool> = COMPUTED.absent(Default::Bool(false)),
        /// How an application gets access for itself: by a client grant (`require_client_grant`) or never (`deny_all`).
        /// Null if it was never set.
        client_policy: Value<String> = COMPUTED.mapped(&CLIENT_POLICY),
        /// How an application gets access for a user: always (`allow_all`), by a client grant (`require_client_grant`)
        /// or never (`deny_all`). Null if it was never set.
        user_policy: Value<String> = COMPUTED.mapped(&USER_POLICY),
    }
}

model! {
    /// A scope of an API.
    pub(in crate::provider) struct Scope {
        /// The name of the scope in grants and tokens, such as `read:invoices`.
        name: Value<String> = COMPUTED.api("value"),
        /// What the scope permits.
        description: Value<String> = OPTIONAL,
    }
}

const NOT_EMPTY: Rule = Rule::Length(1, usize::MAX);

const NAMES: Names = Names { object: "API", attributes: || &[], renamed: &[], message_hints: &[] };

/// See the module.
pub(in crate::provider) struct ResourceServerDataSource;

impl DataSource<Connection> for ResourceServerDataSource {
    const NAME: &'static str = "auth0_resource_server";
    type Model = ResourceServer;

    fn validate(&self, config: &ResourceServer) -> Diagnostics {
        exactly_one_of(&[given("identifier", &config.identifier), given("id", &config.id)]).into_iter().collect()
    }

    async fn read(&self, cx: &Cx<Connection>, config: ResourceServer) -> Result<ResourceServer, Diagnostics> {
        let problems = self.validate(&config);
        if problems.has_errors() {
            return Err(problems);
        }
        let session = session(cx);
        let apis = session.api(&RESOURCE_SERVERS, &[]);
        let (found, argument, value) = match (config.identifier.as_str(), config.id.as_str()) {
            // There is no prior state, so every list entry is accepted.
            (Some(identifier), _) => (apis.read(identifier, seen).await, "identifier", identifier),
            (None, Some(id)) => (apis.read_singly(id, |object| Ok(seen(object)?.value)).await, "id", id),
            (None, None) => unreachable!("one argument is given and all are known when a data source is read"),
        };
        // Auth0 finds an API by either value, so check which one matched.
        let is = |api: &ResourceServer| {
            let shown = if argument == "id" { &api.id } else { &api.identifier };
            shown.as_str() == Some(&*nfc(value.to_owned()))
        };
        match found {
            Ok(Some(api)) if is(&api) => Ok(api),
            Ok(_) => {
                let detail = format!("This tenant has no API with the {argument} \"{}\".", foreign::name(value));
                Err(Diagnostic::error("API Not Found", detail).at(argument).into())
            }
            Err(error) => Err(NAMES.diagnose("read", &error).into()),
        }
    }
}

fn seen(object: &Object) -> Result<Seen<ResourceServer>, Flaw> {
    Ok(Seen { value: mapping::read(object, &ResourceServer::default())?, same: None })
}

/// The scopes sorted by name, because Auth0 has no fixed order.
const SCOPES: Mapping = Mapping {
    properties: &["scopes"],
    create: |_, _| {},
    update: |_, _, _| {},
    read: |shown, _| {
        let path = Path::root().attribute("scopes");
        let none = Vec::new();
        let shown = shown.get("scopes").and_then(Json::as_array).unwrap_or(&none);
        let scope = |(index, scope): (usize, &Json)| {
            let path = path.index(index);
            let scope = scope.as_object().ok_or_else(|| DecodeError::new(&path, "expected an object"))?;
            wire::read(Scope::attributes(), scope, &Dynamic::Null, &path)
        };
        let mut scopes = shown.iter().enumerate().map(scope).collect::<Result<Vec<_>, _>>()?;
        scopes.sort_by(|one, other| one.attribute("name").cmp(other.attribute("name")));
        Ok(Dynamic::List(scopes))
    },
};

const CLIENT_POLICY: Mapping = policy(|shown, _| read_policy(shown, "client"));
const USER_POLICY: Mapping = policy(|shown, _| read_policy(shown, "user"));

const fn policy(read: fn(&Object, &Dynamic) -> Result<Dynamic, DecodeError>) -> Mapping {
    Mapping { properties: &["subject_type_authorization"], create: |_, _| {}, update: |_, _, _| {}, read }
}

fn read_policy(shown: &Object, subject: &str) -> Result<Dynamic, DecodeError> {
    let policy = shown.get("subject_type_authorization").and_then(|subjects| subjects.get(subject)?.get("policy"));
    tree::read(policy.unwrap_or(&Json::Null), &Type::String, &Path::root().attribute(format!("{subject}_policy")))
}

/// APIs: <https://auth0.com/docs/api/management/v2/resource-servers>.
///
/// Lists of APIs have no checkpoints. So a list of more than 1,000 APIs cannot be read completely. Auth0 refuses it,
/// and the APIs are then read one by one.
static RESOURCE_SERVERS: Area = Area {
    path: &["resource-servers"],
    key: "identifier",
    aliases: &["id"],
    identity: Identity::Key(&["identifier"]),
    secrets: &[],
    ends: &[],
    properties: mapping::properties::<ResourceServer>,
};
