//! `auth0_resource_server`: an API, with its scopes.

use crate::{
    auth0::resource_servers::{self, Policy, SubjectTypeAuthorization},
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, DataSource},
    model,
    provider::{
        connection::{Connection, session},
        diagnosis::Names,
        sight::Sight,
    },
    schema::{
        COMPUTED, OPTIONAL, Rule,
        combination::{exactly_one_of, given},
    },
    value::Value,
};

model! {
    /// Looks up an API by its identifier, which is the `audience` of grants and tokens, or by its id.
    ///
    /// Exactly one of `identifier` and `id` must be given. It costs one request of the Management API; of many looked up by their
    /// identifiers at once, a hundred are read with a request, and some of them once more by themselves.
    pub(in crate::provider) struct ResourceServer {
        /// The id by which Auth0 knows the API.
        id: Value<String> = OPTIONAL.rules(&[NOT_EMPTY]),
        /// The identifier of the API, such as `https://api.example.com`.
        identifier: Value<String> = OPTIONAL.rules(&[NOT_EMPTY]),
        /// The name of the API.
        name: Value<String> = COMPUTED,
        /// Whether the API is Auth0's own, such as the Management API.
        is_system: Value<bool> = COMPUTED,
        /// The permissions that the API knows, in the order of their names.
        scopes: Value<Vec<Scope>> = COMPUTED,
        /// The algorithm that signs access tokens.
        signing_alg: Value<String> = COMPUTED,
        /// How long access tokens are valid, in seconds.
        token_lifetime: Value<i64> = COMPUTED,
        /// The form of access tokens: `access_token`, or `rfc9068_profile`, each also with the permissions in the token
        /// (`…_authz`); null when it was never set.
        token_dialect: Value<String> = COMPUTED,
        /// Whether the permissions of users come from their roles.
        enforce_policies: Value<bool> = COMPUTED,
        /// Whether refresh tokens may be asked for.
        allow_offline_access: Value<bool> = COMPUTED,
        /// How an application gets access in its own name: by a client grant (`require_client_grant`) or never (`deny_all`);
        /// null when it was never set.
        client_policy: Value<String> = COMPUTED,
        /// How an application gets access for a user: always (`allow_all`), by a client grant (`require_client_grant`) or never
        /// (`deny_all`); null when it was never set.
        user_policy: Value<String> = COMPUTED,
    }
}

model! {
    /// A permission of an API.
    pub(in crate::provider) struct Scope {
        /// What grants and tokens call it, such as `read:invoices`.
        name: Value<String> = COMPUTED,
        /// What it permits.
        description: Value<String> = COMPUTED,
    }
}

const NOT_EMPTY: Rule = Rule::Length(1, usize::MAX);

const NAMES: Names = Names { object: "API", renamed: &[], telling: &[] };

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
        let apis = session.resource_servers();
        let (found, argument, value) = match (config.identifier.as_str(), config.id.as_str()) {
            (Some(identifier), _) => {
                // Nothing is known of it before, so all that a list shows has to be confirmed until lists have proven right.
                let nothing = Sight::of(ResourceServer::default());
                let view = |api: &resource_servers::ResourceServer| Sight::of(from_api(api.clone()));
                (apis.read(identifier, &nothing, view).await, "identifier", identifier)
            }
            (None, Some(id)) => (apis.look_up(id).await, "id", id),
            (None, None) => unreachable!("one argument is given and all are known when a data source is read"),
        };
        // The service finds an API by either, whichever it was given as.
        let is =
            |api: &resource_servers::ResourceServer| value == if argument == "id" { &api.id } else { &api.identifier };
        match found {
            Ok(Some(api)) if is(&api) => Ok(from_api(api)),
            Ok(_) => {
                let detail = format!("No API in this tenant has the {argument} {value:?}.");
                Err(Diagnostic::error("API Not Found", detail).at(argument).into())
            }
            Err(error) => Err(NAMES.diagnose("read", &error).into()),
        }
    }
}

fn from_api(api: resource_servers::ResourceServer) -> ResourceServer {
    let resource_servers::ResourceServer {
        id,
        identifier,
        name,
        is_system,
        scopes,
        signing_alg,
        token_lifetime,
        token_dialect,
        enforce_policies,
        allow_offline_access,
        subject_type_authorization,
    } = api;
    let SubjectTypeAuthorization { client, user } =
        subject_type_authorization.unwrap_or(SubjectTypeAuthorization { client: None, user: None });
    let policy = |of: Option<Policy>| of.and_then(|of| of.policy).into();
    let mut scopes: Vec<_> = scopes.into_iter().flatten().collect();
    scopes.sort_by(|one, other| one.value.cmp(&other.value));
    let scope = |resource_servers::Scope { value, description }| Scope {
        name: Value::Known(value),
        description: description.filter(|text| !text.is_empty()).into(),
    };
    ResourceServer {
        id: Value::Known(id),
        identifier: Value::Known(identifier),
        name: name.into(),
        is_system: Value::Known(is_system.unwrap_or(false)),
        scopes: Value::Known(scopes.into_iter().map(scope).collect()),
        signing_alg: signing_alg.into(),
        token_lifetime: token_lifetime.into(),
        token_dialect: token_dialect.into(),
        enforce_policies: Value::Known(enforce_policies.unwrap_or(false)),
        allow_offline_access: Value::Known(allow_offline_access.unwrap_or(false)),
        client_policy: policy(client),
        user_policy: policy(user),
    }
}
