//! Rules for a configuration of an application that concern several attributes.

use super::application::{ClientCredentialsQuota, M2mClient, TokenQuota};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    value::Value,
};

/// Attributes that need or exclude each other. Unknown values pass.
pub(super) fn check(config: &M2mClient) -> Diagnostics {
    let third_party = config.is_first_party == Value::Known(false);
    let organizations = [
        ("organization_usage", config.organization_usage.known()),
        ("organization_require_behavior", config.organization_require_behavior.known()),
    ];
    let organization = organizations.into_iter().find(|(_, setting)| setting.is_some());
    [
        (third_party && config.oidc_conformant == Value::Known(false)).then(|| {
            conflict(
                "oidc_conformant".into(),
                "Third-party applications (`is_first_party = false`) always conform to OpenID Connect. Remove \
                 `oidc_conformant = false`.",
            )
        }),
        organization.filter(|_| third_party).map(|(name, _)| {
            let detail = format!(
                "Third-party applications (`is_first_party = false`) have no organization settings. Remove `{name}`."
            );
            conflict(name.into(), &detail)
        }),
        quota_without_limit(&config.token_quota),
        (config.client_secret_wo_version.known().is_some() && config.client_secret_wo.is_null()).then(|| {
            let detail = "`client_secret_wo_version` needs `client_secret_wo`. Set the secret, or remove the version.";
            conflict("client_secret_wo_version".into(), detail)
        }),
        (config.client_secret_wo.known().is_some() && config.rotate_secret_when.known().is_some()).then(|| {
            let detail = "`rotate_secret_when` lets Auth0 generate the secret, and `client_secret_wo` supplies it. \
                          Remove one of them. To change a supplied secret, raise `client_secret_wo_version`.";
            conflict("rotate_secret_when".into(), detail)
        }),
        config.grant_types.known().filter(|types| !types.contains("client_credentials")).map(|_| {
            Diagnostic::warning(
                "Application Cannot Get Tokens in Its Own Name",
                "`grant_types` lacks `client_credentials`, the grant type of machine-to-machine applications. Auth0 \
                 refuses token requests without it. Add it, unless you left it out on purpose.",
            )
            .at("grant_types")
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn quota_without_limit(quota: &Value<TokenQuota>) -> Option<Diagnostic> {
    let ClientCredentialsQuota { enforce: _, per_hour, per_day } = quota.known()?.client_credentials.known()?;
    (per_hour.is_null() && per_day.is_null()).then(|| {
        let path = Path::from("token_quota").attribute("client_credentials");
        conflict(path, "A quota needs at least one limit: set `per_hour`, `per_day` or both, or remove `token_quota`.")
    })
}

fn conflict(path: Path, detail: &str) -> Diagnostic {
    Diagnostic::error("Invalid Combination of Attributes", detail).at(path)
}
