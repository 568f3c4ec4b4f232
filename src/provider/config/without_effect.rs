//! Arguments of the provider `auth0/auth0` that have no effect here.

use super::{Config, setting::Lookup};
use crate::diagnostic::{Diagnostic, Diagnostics};

const CLI_LOGIN: &str = "This provider does not use the login of Auth0's command line tool, because it does not read \
    the keyring of that tool. Set a token as `api_token` or `AUTH0_API_TOKEN`. Or set `client_id` and a credential of \
    a machine-to-machine application.";

/// Warns about each of them that is set.
pub(super) fn warnings(config: &Config) -> Diagnostics {
    let warning = |name: &str, instead: &str| {
        let detail = format!("`{name}` has no effect in this provider. Remove it. {instead}");
        // Terraform shows only one of several warnings with the same summary.
        Diagnostic::warning(format!("Provider Argument `{name}` Without Effect"), detail).at(name)
    };
    let is_set = |value: Option<&bool>| value == Some(&true);
    [
        is_set(config.debug.known())
            .then(|| warning("debug", "To log requests, set the environment variable `TF_LOG_PROVIDER=debug`.")),
        is_set(config.dynamic_credentials.known()).then(|| {
            warning(
                "dynamic_credentials",
                "Credentials can always depend on values that are known only after an apply.",
            )
        }),
        config.custom_domain_header.known().map(|_| {
            warning(
                "custom_domain_header",
                "The header is for requests about users, which this provider does not send.",
            )
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `cli_login` has no replacement here, so it is an error.
pub(super) fn refusal(config: &Config) -> Option<Diagnostic> {
    (config.cli_login.known() == Some(&true))
        .then(|| Diagnostic::error("Unsupported Provider Argument", CLI_LOGIN).at("cli_login"))
}

/// The same for the variable, if there are no other credentials.
pub(super) fn refusal_of_variable(lookup: &Lookup<'_>) -> Option<Diagnostic> {
    let variable = lookup.variable::<String>("cli_login")?;
    matches!(variable.value.as_str(), "1" | "true" | "on")
        .then(|| Diagnostic::error("Unsupported Environment Variable `AUTH0_CLI_LOGIN`", CLI_LOGIN).at("cli_login"))
}
