//! `auth0_m2m_client`: an application that calls APIs in its own name.

mod mapping;
mod rules;
mod secret;

use std::collections::{BTreeMap, BTreeSet};

pub(in crate::provider) use self::mapping::from_api;
use secrecy::SecretString;

use self::{
    mapping::{changes, to_api},
    rules::{is_address, is_metadata_key, is_name, is_organization_id},
};
use crate::{
    auth0::{self, clients},
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, Failed, Plan, Resource, Timeouts},
    model,
    provider::{
        connection::{Connection, session},
        diagnosis::{Names, import_block, unknown_fate},
        protection::Protected,
        sight::Sight,
    },
    schema::{COMPUTED, Default, OPTIONAL, REQUIRED, Rule},
    value::Value,
};

model! {
    /// A machine-to-machine application: a client of the tenant that gets tokens with its own credentials, without a user.
    ///
    /// What it may call is said by `auth0_client_grant`. The client secret is never part of plan or state: Auth0 makes one,
    /// or `client_secret_wo` supplies one, and whoever needs it gets it from the ephemeral resource `auth0_client_secret`.
    ///
    /// To create, change or delete one costs one request of the Management API, and one more to supply a secret when it is
    /// created or to rotate the one that it has; the first creation of a run costs one more as well. Many are read together, a
    /// hundred with a request.
    ///
    /// When the answer to a creation is lost, the application is looked for before anything is sent again. It is taken over if
    /// it is there; if it cannot be told which one it is, the run ends with an error that names those that may be it.
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
        /// Audiences and realms by which SAML and WS-Federation know the application. An alias is unique in the tenant.
        client_aliases: Value<BTreeSet<String>> = OPTIONAL.rules(&[NO_EMPTY_TEXT]),
        /// The client ids of applications that may make delegation requests for this one.
        allowed_clients: Value<BTreeSet<String>> = OPTIONAL.rules(&[NO_EMPTY_TEXT]),
        /// How many tokens the application may get, in place of the tenant's default.
        token_quota: Value<TokenQuota> = OPTIONAL,
        /// The profiles of token exchange that the application may use.
        token_exchange: Value<TokenExchange> = OPTIONAL,
        /// Whether users sign in to the application through an organization: never (`deny`, also when this is left out), on
        /// demand (`allow`) or always (`require`). For tokens of the application itself see `organization_usage` of
        /// `auth0_client_grant`.
        organization_usage: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["deny", "allow", "require"])]),
        /// What happens when `organization_usage` is `require` and a sign-in names no organization: an error (`no_prompt`,
        /// also when this is left out), or a question before (`pre_login_prompt`) or after (`post_login_prompt`) the sign-in.
        organization_require_behavior: Value<String> = OPTIONAL
            .rules(&[Rule::OneOf(&["no_prompt", "pre_login_prompt", "post_login_prompt"])]),
        /// The organization that tokens are for when a grant requires one and the token request names none.
        default_organization: Value<DefaultOrganization> = OPTIONAL,
        /// Whether tokens and flows conform strictly to OpenID Connect. Third-party applications always do.
        oidc_conformant: Value<bool> = OPTIONAL.default(Default::Bool(true)),
        /// Whether the application is the tenant's own. Third-party applications have no organization settings.
        is_first_party: Value<bool> = OPTIONAL.default(Default::Bool(true)),
        /// Whether Auth0 believes the header `auth0-forwarded-for` of token requests, which names the address of the user.
        is_token_endpoint_ip_header_trusted: Value<bool> = OPTIONAL.default(Default::Bool(false)),
        /// Whether tokens are bound to a key that the application proves to hold.
        require_proof_of_possession: Value<bool> = OPTIONAL.default(Default::Bool(false)),
        /// Whether authorization requests have to be pushed to Auth0 beforehand.
        require_pushed_authorization_requests: Value<bool> = OPTIONAL.default(Default::Bool(false)),
        /// How long a pushed authorization request is valid, in seconds; Auth0's own default when left out.
        par_request_expiry: Value<i64> = OPTIONAL.rules(&[Rule::Range(10, 600)]),
        /// The security profile that the application is held to. It needs a subscription that includes it.
        compliance_level: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&[
            "none",
            "fapi1_adv_pkj_par",
            "fapi1_adv_mtls_par",
            "fapi2_sp_pkj_mtls",
            "fapi2_sp_mtls_mtls",
        ])]),
        /// A client secret of your own, in place of the one that Auth0 makes. It goes to Auth0 when the application is created,
        /// and when `client_secret_wo_version` changes; a change of the secret alone is not seen, as Terraform keeps nothing
        /// to compare it with. It needs `update:client_keys`. To remove it leaves the application the secret that it has.
        client_secret_wo: Value<SecretString> = OPTIONAL.write_only().rules(&[Rule::Length(1, usize::MAX)]),
        /// The version of `client_secret_wo`, any whole number. Raise it to have another secret written.
        client_secret_wo_version: Value<i64> = OPTIONAL.trigger().rules(&[Rule::Range(1, i64::MAX)]),
        /// Texts of your own, such as a date, by key. When one of them changes, Auth0 makes a new secret and the old one stops
        /// working, within 30 seconds. Nothing is rotated when the application is created or imported, or when the map as
        /// a whole is added or removed. It needs `update:client_keys`, and excludes `client_secret_wo`.
        rotate_secret_when: Value<BTreeMap<String, String>> = OPTIONAL.trigger(),
        /// Whether Terraform refuses to delete the application, and whatever would replace it. What counts is what was
        /// applied last, so that neither `terraform destroy` nor to remove the resource gets past it.
        deletion_protection: Value<bool> = OPTIONAL.default(Default::Bool(false)).local(),
        /// How long operations may take, each as a duration such as `30s`, `20m` or `1h30m`.
        timeouts: Value<Timeouts> = OPTIONAL.local(),
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

model! {
    /// Quotas of issued tokens, by grant type.
    pub(in crate::provider) struct TokenQuota {
        /// Tokens that the application gets in its own name.
        client_credentials: Value<ClientCredentialsQuota> = REQUIRED,
    }
}

model! {
    /// A quota of issued tokens. It needs at least one limit.
    pub(in crate::provider) struct ClientCredentialsQuota {
        /// Whether further tokens are refused; if not, Auth0 only writes to the tenant's log.
        enforce: Value<bool> = OPTIONAL.default(Default::Bool(true)),
        /// The most tokens in an hour, counted from the full hour (UTC).
        per_hour: Value<i64> = OPTIONAL.rules(&[QUOTA]),
        /// The most tokens in a day, counted from midnight (UTC).
        per_day: Value<i64> = OPTIONAL.rules(&[QUOTA]),
    }
}

model! {
    /// Token exchange of an application.
    pub(in crate::provider) struct TokenExchange {
        /// The types of profiles of which the application may use any.
        allow_any_profile_of_type: Value<BTreeSet<String>> = REQUIRED.rules(&[
            Rule::Items(1, usize::MAX),
            Rule::Each(&Rule::OneOf(&["custom_authentication", "on_behalf_of_token_exchange"])),
        ]),
    }
}

model! {
    /// An organization to fall back to.
    pub(in crate::provider) struct DefaultOrganization {
        /// The id of the organization.
        organization_id: Value<String> = REQUIRED
            .rules(&[Rule::Form("the id of an organization, such as `org_9ybsU1dN2dKfDkBi`", is_organization_id)]),
        /// The flows in which it is used.
        flows: Value<BTreeSet<String>> = OPTIONAL
            .default(Default::Strings(&["client_credentials"]))
            .rules(&[Rule::Items(1, usize::MAX), Rule::Each(&Rule::OneOf(&["client_credentials"]))]),
    }
}

const NO_EMPTY_TEXT: Rule = Rule::Each(&Rule::Length(1, usize::MAX));

/// Limits as in the reference of the Management API.
const QUOTA: Rule = Rule::Range(1, 2_147_483_647);

/// The methods that use the client secret. Others use keys or certificates; they exclude each other.
const SECRET_METHODS: [&str; 2] = ["client_secret_post", "client_secret_basic"];

/// The application type of all clients of this resource.
const APP_TYPE: &str = "non_interactive";

/// Where the API's name of a property is not that of the attribute.
const NAMES: Names = Names {
    object: "client",
    renamed: &[
        ("token_endpoint_auth_method", "authentication_method"),
        // Terraform would show the line with the secret.
        ("client_secret", "client_secret_wo_version"),
    ],
    telling: &[
        ("rant types", "grant_types"),
        ("alias", "client_aliases"),
        ("update:client_credentials", "authentication_method"),
        ("update:client_keys", "client_secret_wo_version"),
        ("client_authentication_methods", "authentication_method"),
    ],
};

/// See the module.
pub(in crate::provider) struct M2mClientResource;

impl Resource<Connection> for M2mClientResource {
    const NAME: &'static str = "auth0_m2m_client";
    type Model = M2mClient;

    fn validate(&self, config: &M2mClient) -> Diagnostics {
        rules::check(config)
    }

    fn modify_plan(&self, prior: Option<&M2mClient>, _config: Option<&M2mClient>, plan: &mut Plan<M2mClient>) {
        let Some(prior) = prior else { return };
        protected(prior).check_plan(plan);
        plan.diagnostics.extend(plan.state.as_ref().and_then(|plan| secret::stays(prior, plan)));
    }

    async fn create(&self, cx: &Cx<Connection>, plan: M2mClient) -> Result<M2mClient, Failed<M2mClient>> {
        let made = match session(cx).clients().create(&to_api(&plan)).await {
            Ok(client) => from_api(client, &plan),
            Err(error) => {
                return Err(match &error {
                    auth0::Error::UnknownFate { candidates, .. } => may_exist(&plan, &error, candidates).into(),
                    _ => NAMES.diagnose("create", &error).into(),
                });
            }
        };
        match plan.client_secret_wo.into_known() {
            Some(secret) => secret::supply(cx, made, secret).await,
            None => Ok(made),
        }
    }

    async fn read(&self, cx: &Cx<Connection>, prior: M2mClient) -> Result<Option<M2mClient>, Diagnostics> {
        let known = Sight::of(prior.clone()).and("app_type", Some(APP_TYPE));
        let view = |client: &clients::Client| {
            Sight::of(from_api(client.clone(), &prior)).and("app_type", client.app_type.as_deref())
        };
        match session(cx).clients().read(id(&prior), &known, view).await {
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
        let changed = if patch.is_empty() {
            plan
        } else {
            let updated = session(cx).clients().update(id(&prior), &patch).await;
            from_api(updated.map_err(|error| secret::not_updated(&patch, &error))?, &plan)
        };
        secret::rotate_if_due(cx, &prior, changed).await
    }

    async fn delete(&self, cx: &Cx<Connection>, prior: M2mClient) -> Result<(), Diagnostics> {
        protected(&prior).check_deletion()?;
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
        let found = M2mClient::lookup(Value::Known(id.to_owned()), Value::Null);
        // Nobody but the configuration knows it, so it starts at its default.
        Ok(M2mClient { deletion_protection: Value::Known(false), ..found })
    }
}

impl M2mClient {
    /// Nothing but what finds the application.
    pub(in crate::provider) fn lookup(id: Value<String>, name: Value<String>) -> Self {
        Self { client_id: id.clone(), id, name, ..Self::default() }
    }
}

/// Whether `text` can be a client id.
pub(in crate::provider) fn is_client_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn id(client: &M2mClient) -> &str {
    client.id.as_str().unwrap_or_default()
}

fn protected(client: &M2mClient) -> Protected<'_> {
    Protected { object: "client", id: id(client), protection: client.deletion_protection }
}

/// A client whose creation may or may not have happened: by what it can be found, and how it gets into the state.
fn may_exist(plan: &M2mClient, error: &auth0::Error, candidates: &[String]) -> Diagnostic {
    let fate = unknown_fate(error);
    let name = plan.name.as_str().unwrap_or_default();
    let detail = match candidates {
        [] => format!(
            "{fate} Before you apply again, look in Auth0 whether there is a new application named `{name}`. If there is, \
             import it, so that it is not created a second time:\n\n{}",
            import_block("auth0_m2m_client", "CLIENT_ID")
        ),
        candidates => {
            let blocks: Vec<_> = candidates.iter().map(|id| import_block("auth0_m2m_client", id)).collect();
            format!(
                "{fate} {} of the name `{name}` may be it, but may as well be somebody else's. See in Auth0 when it was \
                 created and by whom. To manage it here, import it:\n\n{}\n\nIf none is yours, apply again; then one is created.",
                match candidates {
                    [only] => format!("The application `{only}`"),
                    several => format!("One of the {} applications", several.len()),
                },
                blocks.join("\n\nor\n\n")
            )
        }
    };
    Diagnostic::error("Client May Exist", detail).at("name")
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

#[cfg(test)]
mod tests;
