//! The `provider` block, the environment behind it, and the client that both make.

use std::time::Duration;

use secrecy::SecretString;

use super::{connection::Connection, environment::Environment};
use crate::{
    auth0::{self, Client, Credentials, Settings, Tenant},
    diagnostic::{Diagnostic, Diagnostics},
    framework::Configured,
    model,
    schema::OPTIONAL,
};

model! {
    /// The Auth0 provider registers machine-to-machine applications and says what each may call.
    ///
    /// It talks to the Management API of one tenant, as a machine-to-machine application that has a grant for that API, or
    /// with a token that was made elsewhere. Every argument can be left out of the configuration and given as an environment
    /// variable; what the configuration says wins. All of them may depend on values that are only known after an apply:
    /// until then nothing is asked of the tenant.
    pub struct Config {
        /// The tenant's domain, such as `example.eu.auth0.com`, optionally with a port, or its address, such as
        /// `https://example.eu.auth0.com/`. An emulator on this machine is given as `http://127.0.0.1:PORT`; plain http is refused for any other host. Environment variable: `AUTH0_DOMAIN`.
        domain: Value<String> = OPTIONAL,
        /// The audience of the Management API's tokens. It only needs to be given when `domain` is a custom domain: give
        /// `https://TENANT.REGION.auth0.com/api/v2/` then. Environment variable: `AUTH0_AUDIENCE`.
        audience: Value<String> = OPTIONAL,
        /// The client id of the application that the provider acts as. Environment variable: `AUTH0_CLIENT_ID`.
        client_id: Value<String> = OPTIONAL,
        /// The client secret of that application. Environment variable: `AUTH0_CLIENT_SECRET`.
        client_secret: Value<SecretString> = OPTIONAL.sensitive(),
        /// A Management API token, instead of `client_id` and `client_secret`. It is used as it is and not renewed, so it must
        /// outlive the run. Environment variable: `AUTH0_API_TOKEN`, which wins over `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET`,
        /// but not over `client_id` or `client_secret` in the configuration.
        api_token: Value<SecretString> = OPTIONAL.sensitive(),
    }
}

/// How long one request may take before it counts as failed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Checks of what stands in the block itself; what the environment adds is only looked at when configuring.
pub(super) fn validate(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    if let Some(domain) = config.domain.as_str() {
        diagnostics.extend(tenant(domain, "The argument `domain`").err());
    }
    diagnostics.extend(conflict(config));
    diagnostics
}

/// Two ways to authenticate. What is unknown may turn out to be absent, so it is in no conflict yet.
fn conflict(config: &Config) -> Option<Diagnostic> {
    config.api_token.known()?;
    let given =
        [("client_id", config.client_id.known().is_some()), ("client_secret", config.client_secret.known().is_some())];
    let (name, _) = given.into_iter().find(|(_, given)| *given)?;
    let detail =
        format!("`api_token` and `{name}` are two ways to authenticate, so only one of them can be used. Remove one.");
    Some(Diagnostic::error("Conflicting Provider Arguments", detail).at(name))
}

/// Makes the client. It asks nothing of anybody; the token is fetched on first use.
pub(super) fn configure(
    config: Config,
    environment: &Environment,
    terraform_version: &str,
) -> Result<Configured<Connection>, Diagnostics> {
    if let Some(conflict) = conflict(&config) {
        return Err(conflict.into());
    }
    let Config { domain, audience, client_id, client_secret, api_token } = config;
    if domain.is_unknown()
        || audience.is_unknown()
        || client_id.is_unknown()
        || client_secret.is_unknown()
        || api_token.is_unknown()
    {
        return Ok(Configured::Unknown);
    }
    let (domain, source) = match domain.into_known() {
        Some(domain) => (domain, "The argument `domain`"),
        None => (environment("AUTH0_DOMAIN").ok_or_else(|| missing("domain"))?, "The variable `AUTH0_DOMAIN`"),
    };
    let settings = Settings {
        tenant: tenant(&domain, source)?,
        audience: audience.into_known().or_else(|| environment("AUTH0_AUDIENCE")),
        credentials: credentials(
            client_id.into_known(),
            client_secret.into_known(),
            api_token.into_known(),
            environment,
        )?,
        request_timeout: REQUEST_TIMEOUT,
        user_agent: user_agent(terraform_version),
        ca_file: None,
        http_proxy: None,
    };
    Client::new(settings)
        .map(|client| Configured::Ready(Connection::new(client)))
        .map_err(|error| Diagnostic::error("Invalid Provider Configuration", format!("{error}.")).into())
}

/// What the configuration names decides the method; a part that it lacks comes from the environment.
fn credentials(
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    api_token: Option<SecretString>,
    environment: &Environment,
) -> Result<Credentials, Diagnostics> {
    let secret = |name: &str| environment(name).map(SecretString::from);
    if let Some(token) = api_token {
        return Ok(Credentials::Token(token));
    }
    let neither = client_id.is_none() && client_secret.is_none();
    if let Some(token) = secret("AUTH0_API_TOKEN").filter(|_| neither) {
        return Ok(Credentials::Token(token));
    }
    Ok(Credentials::ClientSecret {
        client_id: client_id.or_else(|| environment("AUTH0_CLIENT_ID")).ok_or_else(|| missing("client_id"))?,
        client_secret: client_secret
            .or_else(|| secret("AUTH0_CLIENT_SECRET"))
            .ok_or_else(|| missing("client_secret"))?,
    })
}

fn tenant(domain: &str, source: &str) -> Result<Tenant, Diagnostic> {
    domain.parse().map_err(|error: auth0::TenantError| {
        Diagnostic::error("Invalid Auth0 Domain", format!("{source} is not a tenant's domain: {error}.")).at("domain")
    })
}

fn missing(name: &str) -> Diagnostic {
    let variable = format!("AUTH0_{}", name.to_ascii_uppercase());
    let alternative = if name == "domain" {
        "The domain is shown in the settings of every application of the tenant."
    } else {
        "Alternatively give a Management API token as `api_token` or `AUTH0_API_TOKEN`."
    };
    Diagnostic::error(
        "Missing Auth0 Provider Configuration",
        format!(
            "The provider needs `{name}`: set the argument in the `provider \"auth0\"` block, or the environment variable \
             `{variable}`. {alternative}"
        ),
    )
    .at(name)
}

fn user_agent(terraform_version: &str) -> String {
    format!("terraform-provider-auth0/{} (m2m/auth0) Terraform/{terraform_version}", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    const NOTHING: Config = Config {
        domain: Value::Null,
        audience: Value::Null,
        client_id: Value::Null,
        client_secret: Value::Null,
        api_token: Value::Null,
    };

    fn known(text: &str) -> Value<String> {
        Value::Known(text.to_owned())
    }

    fn secret(text: &str) -> Value<SecretString> {
        Value::Known(text.into())
    }

    fn with(variables: &'static [(&str, &str)]) -> Box<Environment> {
        Box::new(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    fn problem(config: Config, variables: &'static [(&str, &str)]) -> Diagnostic {
        configure(config, &with(variables), "1.11.4").unwrap_err().into_iter().next().unwrap()
    }

    #[test]
    fn what_is_missing_is_named_with_its_variable() {
        let found = problem(NOTHING, &[]);
        assert!(found.detail.contains("`domain`") && found.detail.contains("`AUTH0_DOMAIN`"), "{found:?}");
        let found = problem(NOTHING, &[("AUTH0_DOMAIN", "t.auth0.com"), ("AUTH0_CLIENT_ID", "c")]);
        assert!(found.detail.contains("`AUTH0_CLIENT_SECRET`") && found.detail.contains("`api_token`"), "{found:?}");
    }

    #[test]
    fn the_environment_fills_in_and_the_configuration_wins() {
        let variables = &[("AUTH0_DOMAIN", "env.auth0.com"), ("AUTH0_CLIENT_ID", "c"), ("AUTH0_CLIENT_SECRET", "s")];
        let Configured::Ready(client) = configure(NOTHING, &with(variables), "1").unwrap() else { panic!("ready") };
        assert_eq!(client.tenant().domain(), "env.auth0.com");
        let config = Config { domain: known("hcl.auth0.com"), ..NOTHING };
        let Configured::Ready(client) = configure(config, &with(variables), "1").unwrap() else { panic!("ready") };
        assert_eq!(client.tenant().domain(), "hcl.auth0.com");
    }

    #[test]
    fn a_method_in_the_configuration_beats_another_in_the_environment() {
        let environment = with(&[("AUTH0_API_TOKEN", "t"), ("AUTH0_CLIENT_SECRET", "s")]);
        let chosen = credentials(Some("c".to_owned()), None, None, &environment).unwrap();
        assert!(matches!(chosen, Credentials::ClientSecret { .. }));
        let chosen = credentials(None, None, None, &environment).unwrap();
        assert!(matches!(chosen, Credentials::Token(_)));
    }

    #[test]
    fn unknown_values_put_everything_off() {
        let config = Config { client_secret: Value::Unknown, ..NOTHING };
        assert!(matches!(configure(config, &with(&[]), "1"), Ok(Configured::Unknown)));
    }

    #[test]
    fn two_ways_to_authenticate_conflict() {
        let config = Config { api_token: secret("t"), client_id: known("c"), ..NOTHING };
        let found = validate(&config);
        assert_eq!(found.iter().next().unwrap().path, Some("client_id".into()));
        assert!(validate(&Config { api_token: secret("t"), ..NOTHING }).is_empty());
        let unknown = Config { api_token: secret("t"), client_id: Value::Unknown, ..NOTHING };
        assert!(validate(&unknown).is_empty(), "it may turn out to be absent");
        let config =
            Config { api_token: secret("t"), client_secret: secret("s"), domain: known("t.auth0.com"), ..NOTHING };
        assert!(configure(config, &with(&[]), "1").is_err(), "what became known only later is checked as well");
    }

    #[test]
    fn a_bad_domain_is_named_where_it_comes_from() {
        let config = Config { domain: known("http://t.auth0.com"), ..NOTHING };
        assert_eq!(validate(&config).iter().next().unwrap().path, Some("domain".into()));
        let found = problem(NOTHING, &[("AUTH0_DOMAIN", "http://t.auth0.com"), ("AUTH0_API_TOKEN", "t")]);
        assert!(found.detail.starts_with("The variable `AUTH0_DOMAIN`"), "{found:?}");
    }
}
