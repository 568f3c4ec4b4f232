//! The `provider` block, its environment variables, and the client for both.

mod cache;
mod limits;
mod method;
mod network;
mod setting;
mod without_effect;

use secrecy::{ExposeSecret as _, SecretString};

use super::{connection::Connection, diagnosis::full_stop, environment::Environment};
use crate::{
    auth0::{Client, Settings, SettingsError, SigningAlgorithm},
    diagnostic::{Diagnostic, Diagnostics},
    framework::Configured,
    model,
    schema::{OPTIONAL, Rule},
    value::{Number, Value},
};
use setting::{Lookup, Setting};

model! {
    /// The Auth0 provider manages machine-to-machine applications and grants them access to APIs.
    ///
    /// The provider uses the Management API of one tenant. It acts as a machine-to-machine application that has a grant
    /// for that API, or uses a token from elsewhere. Each argument can also come from an environment variable. The
    /// configuration takes precedence, and an empty variable counts as absent. Arguments can depend on values that are
    /// known only after an apply. Until then the provider sends no requests.
    ///
    /// There are four methods to authenticate: `client_secret`, `client_assertion_private_key`, `client_assertion` and
    /// `api_token`. [Authentication](guides/authentication.md) says which one to use. If the configuration has none of
    /// them, the provider searches the environment, in [this order](guides/authentication.md#arguments-and-variables).
    pub struct Config {
        /// The domain of the tenant, such as `example.eu.auth0.com`, optionally with a port, or its address, such as
        /// `https://example.eu.auth0.com/`. For an emulator on this machine, use `http://127.0.0.1:PORT`. The provider
        /// refuses plain http for any other host. Environment variable: `AUTH0_DOMAIN`.
        domain: Value<String> = OPTIONAL,
        /// The audience of Management API tokens. If `domain` is a custom domain, set
        /// `https://TENANT.REGION.auth0.com/api/v2/`. Otherwise leave it out. Environment variable: `AUTH0_AUDIENCE`.
        audience: Value<String> = OPTIONAL,
        /// The client ID of the application that the provider acts as. Environment variable: `AUTH0_CLIENT_ID`.
        client_id: Value<String> = OPTIONAL,
        /// The client secret of that application. Environment variable: `AUTH0_CLIENT_SECRET`.
        client_secret: Value<SecretString> = OPTIONAL.sensitive(),
        /// A private key of that application, instead of a secret. It is an RSA key of at least 2048 bits in PEM form
        /// (PKCS #8 or PKCS #1), without a passphrase. The provider signs an assertion with it for each token and never
        /// sends the key. Environment variable: `AUTH0_CLIENT_ASSERTION_PRIVATE_KEY`.
        client_assertion_private_key: Value<SecretString> = OPTIONAL.sensitive(),
        /// A file with such a key. Environment variable: `AUTH0_CLIENT_ASSERTION_PRIVATE_KEY_FILE`.
        client_assertion_private_key_file: Value<String> = OPTIONAL,
        /// The algorithm of the key's credential in Auth0. Default: `RS256`. Environment variable:
        /// `AUTH0_CLIENT_ASSERTION_SIGNING_ALG`.
        client_assertion_signing_alg: Value<String> = OPTIONAL.rules(&[Rule::OneOf(SigningAlgorithm::NAMES)]),
        /// An assertion that was signed elsewhere, for example by a key service, so that the key is not on this
        /// machine. Auth0 accepts each assertion once and for at most five minutes. Terraform starts the provider once
        /// to plan and once to apply, so use this for a plan or for the apply of a saved plan. You can leave out
        /// `client_id`, because the assertion has it as `sub`. Environment variable: `AUTH0_CLIENT_ASSERTION`.
        client_assertion: Value<SecretString> = OPTIONAL.sensitive(),
        /// A file with such an assertion. The provider reads it whenever it needs a token, so another process can
        /// replace it during the run. Environment variable: `AUTH0_CLIENT_ASSERTION_FILE`.
        client_assertion_file: Value<String> = OPTIONAL,
        /// A Management API token, instead of an application. The provider does not renew it, so it must outlive the
        /// run. Environment variable: `AUTH0_API_TOKEN`.
        api_token: Value<SecretString> = OPTIONAL.sensitive(),
        /// A file in PEM form with certificates of authorities to trust, beside those of the system. Environment
        /// variable: `AUTH0_CA_FILE`.
        ca_file: Value<String> = OPTIONAL,
        /// A proxy for all requests of the provider: `http://HOST:PORT`, or `http://NAME:PASSWORD@HOST:PORT`. Default:
        /// the variables `HTTPS_PROXY` and `NO_PROXY` decide, as for other programs. Environment variable:
        /// `AUTH0_HTTP_PROXY`.
        http_proxy: Value<SecretString> = OPTIONAL.sensitive(),
        /// How long one request may take before it counts as failed. Default: `30s`. Environment variable:
        /// `AUTH0_REQUEST_TIMEOUT`.
        request_timeout: Value<String> = OPTIONAL.rules(&[Rule::Form(network::TIMEOUT, network::is_timeout)]),
        /// The share of the tenant's rate limit that this run may use. The rest is for log-ins, other pipelines and the
        /// dashboard. `1` means all of it. Default: `0.8`. [Scale and rate limits](guides/scale-and-rate-limits.md)
        /// explains the effect. Environment variable: `AUTH0_QUOTA_SHARE`.
        quota_share: Value<Number> = OPTIONAL.rules(&[Rule::Amount(limits::SHARE, limits::is_share)]),
        /// Maximum requests per second, whatever the tenant's rate limit is. Default: only the rate limit counts.
        /// Environment variable: `AUTH0_MAX_REQUESTS_PER_SECOND`.
        max_requests_per_second: Value<Number> = OPTIONAL.rules(&[Rule::Amount(limits::MOST, limits::is_most)]),
        /// Whether to keep the access token in a file on this machine, so that the next run needs no new one. The
        /// number of tokens is limited. Until the token expires, everybody who can read the file can use it.
        /// [Authentication](guides/authentication.md) says where the file is. Default: `false`. Environment variable:
        /// `AUTH0_TOKEN_CACHE`.
        token_cache: Value<bool> = OPTIONAL,
        /// Has no effect. Terraform's own `TF_LOG_PROVIDER=debug` logs requests. The argument exists so that a block of
        /// the provider `auth0/auth0` works unchanged. The provider ignores `AUTH0_DEBUG`.
        debug: Value<bool> = OPTIONAL,
        /// Has no effect. Credentials can always depend on values that are known only after an apply. The argument
        /// exists so that a block of the provider `auth0/auth0` works unchanged. The provider ignores
        /// `AUTH0_DYNAMIC_CREDENTIALS`.
        dynamic_credentials: Value<bool> = OPTIONAL,
        /// Has no effect. The header is for requests about users, which this provider does not send. The argument
        /// exists so that a block of the provider `auth0/auth0` works unchanged. The provider ignores
        /// `AUTH0_CUSTOM_DOMAIN_HEADER`.
        custom_domain_header: Value<String> = OPTIONAL,
        /// Must not be `true`. The provider does not use the login of Auth0's command line tool. Set the token of that
        /// tool as `api_token` instead. If there are other credentials, the provider ignores `AUTH0_CLI_LOGIN`.
        cli_login: Value<bool> = OPTIONAL,
    }
}

impl Config {
    /// Every argument with a text that affects the connection or the authentication.
    fn texts(&self) -> [(&'static str, Value<&str>); 13] {
        let text = |value| by_reference(value, String::as_str);
        let secret = |value| by_reference(value, SecretString::expose_secret);
        [
            ("domain", text(&self.domain)),
            ("audience", text(&self.audience)),
            ("client_id", text(&self.client_id)),
            ("client_secret", secret(&self.client_secret)),
            ("client_assertion_private_key", secret(&self.client_assertion_private_key)),
            ("client_assertion_private_key_file", text(&self.client_assertion_private_key_file)),
            ("client_assertion_signing_alg", text(&self.client_assertion_signing_alg)),
            ("client_assertion", secret(&self.client_assertion)),
            ("client_assertion_file", text(&self.client_assertion_file)),
            ("api_token", secret(&self.api_token)),
            ("ca_file", text(&self.ca_file)),
            ("http_proxy", secret(&self.http_proxy)),
            ("request_timeout", text(&self.request_timeout)),
        ]
    }

    /// The arguments that have a value. An unknown one may turn out to be null.
    fn given(&self) -> Vec<&'static str> {
        let texts = self.texts().into_iter();
        texts.filter(|(_, value)| matches!(value, Value::Known(_))).map(|(name, _)| name).collect()
    }

    fn is_unknown(&self) -> bool {
        self.texts().iter().any(|(_, value)| value.is_unknown())
            || self.quota_share.is_unknown()
            || self.max_requests_per_second.is_unknown()
            || self.token_cache.is_unknown()
    }
}

const WHERE_DOMAIN: &str = "In Auth0, the settings of every application show the domain.";

fn by_reference<'v, T>(value: &'v Value<T>, text: impl Fn(&'v T) -> &'v str) -> Value<&'v str> {
    match value {
        Value::Known(value) => Value::Known(text(value)),
        Value::Null => Value::Null,
        Value::Unknown => Value::Unknown,
    }
}

/// Checks the block itself. Files and the environment are checked in `configure`.
pub(super) fn validate(config: &Config) -> Diagnostics {
    let mut diagnostics = without_effect::warnings(config);
    let flaws = flaws(config);
    if !flaws.is_empty() {
        diagnostics.extend(flaws);
        return diagnostics;
    }
    let domain = Setting::argument("domain", &config.domain);
    diagnostics.extend(domain.and_then(|domain| network::tenant(&domain).err()));
    let client_id = Setting::argument("client_id", &config.client_id);
    diagnostics.extend(client_id.and_then(|id| method::client_id(id).err()));
    let secret = Setting::argument("client_secret", &config.client_secret);
    diagnostics.extend(secret.and_then(|secret| method::secret(secret).err()));
    let token = Setting::argument("api_token", &config.api_token);
    diagnostics.extend(token.and_then(|token| method::token(token).err()));
    let key = Setting::argument("client_assertion_private_key", &config.client_assertion_private_key);
    diagnostics.extend(key.and_then(|key| method::key(&key, None).err()));
    let assertion = Setting::argument("client_assertion", &config.client_assertion);
    diagnostics.extend(assertion.and_then(|assertion| method::assertion(&assertion).err()));
    let proxy = Setting::argument("http_proxy", &config.http_proxy);
    diagnostics.extend(proxy.and_then(|proxy| network::proxy(&proxy).err()));
    diagnostics
}

/// Errors of the block, whatever the environment has.
fn flaws(config: &Config) -> Vec<Diagnostic> {
    let texts = config.texts().into_iter();
    let is_empty = |value: Value<&str>| value.known().is_some_and(|text| text.trim().is_empty());
    let empty = texts.filter(|(_, value)| is_empty(*value)).map(|(name, _)| setting::empty(name));
    empty.chain(method::conflict(&config.given())).chain(without_effect::refusal(config)).collect()
}

/// Creates the client, without sending a request. The first request gets the token.
pub(super) fn configure(
    config: &Config,
    environment: &Environment,
    terraform_version: &str,
) -> Result<Configured<Connection>, Diagnostics> {
    // Some values may be known only after the validation.
    let flaws = flaws(config);
    if !flaws.is_empty() {
        return Err(flaws.into_iter().collect());
    }
    if config.is_unknown() {
        return Ok(Configured::Unknown);
    }
    let lookup = Lookup::new(environment);
    let domain = lookup.find("domain", &config.domain).ok_or_else(|| setting::missing("domain", WHERE_DOMAIN))?;
    let ca_file = lookup.find("ca_file", &config.ca_file);
    let settings = Settings {
        tenant: network::tenant(&domain)?,
        audience: lookup.find("audience", &config.audience).map(|audience| audience.value),
        credentials: method::credentials(config, &lookup)?,
        request_timeout: network::request_timeout(lookup.find("request_timeout", &config.request_timeout))?,
        user_agent: user_agent(terraform_version),
        ca_file: ca_file.as_ref().map(|file| file.value.clone().into()),
        http_proxy: lookup.find("http_proxy", &config.http_proxy).map(|proxy| network::proxy(&proxy)).transpose()?,
        limits: limits::limits(config, &lookup)?,
        token_cache: cache::folder(config, &lookup)?,
    };
    Client::new(settings)
        .map(|client| Configured::Ready(Connection::new(client)))
        .map_err(|error| unusable(&error, ca_file.as_ref()).into())
}

fn unusable(error: &SettingsError, ca_file: Option<&Setting<String>>) -> Diagnostic {
    let diagnostic = Diagnostic::error("Invalid Provider Configuration", full_stop(error.to_string()));
    match error {
        SettingsError::CaFileUnreadable { .. } | SettingsError::CaFileWithoutCertificate { .. } => {
            ca_file.map_or(diagnostic, |file| file.unusable(error))
        }
        SettingsError::Proxy | SettingsError::Token | SettingsError::UserAgent => diagnostic,
    }
}

fn user_agent(terraform_version: &str) -> String {
    format!("terraform-provider-auth0/{} (m2m/auth0) Terraform/{terraform_version}", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests;
