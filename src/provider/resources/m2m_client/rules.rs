//! What a configuration of an application must satisfy, beyond the rules that stand beside each attribute.

use super::application::{ClientCredentialsQuota, M2mClient, TokenQuota};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    value::Value,
};

/// Attributes that need or exclude each other. What is unknown may turn out to fit.
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
                "Auth0 makes every third-party application (`is_first_party = false`) conform to OpenID Connect. Remove \
                 `oidc_conformant = false`.",
            )
        }),
        organization.filter(|_| third_party).map(|(name, _)| {
            let detail = format!(
                "Auth0 accepts `is_first_party = false` only for applications without organization settings. Remove `{name}`."
            );
            conflict(name.into(), &detail)
        }),
        quota_without_limit(&config.token_quota),
        (config.client_secret_wo_version.known().is_some() && config.client_secret_wo.is_null()).then(|| {
            let detail = "`client_secret_wo_version` is the version of `client_secret_wo`, which has no value. Give one, or \
                          remove the version.";
            conflict("client_secret_wo_version".into(), detail)
        }),
        (config.client_secret_wo.known().is_some() && config.rotate_secret_when.known().is_some()).then(|| {
            let detail = "Either Auth0 makes the secret anew (`rotate_secret_when`), or it is supplied \
                          (`client_secret_wo`): then raise `client_secret_wo_version`.";
            conflict("rotate_secret_when".into(), detail)
        }),
        config.grant_types.known().filter(|types| !types.contains("client_credentials")).map(|_| {
            Diagnostic::warning(
                "Application Cannot Get Tokens in Its Own Name",
                "`grant_types` lacks `client_credentials`, the grant type by which a machine-to-machine application gets its \
                 tokens. Auth0 will refuse its token requests.",
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
