//! Address, proxy and timeout of the connection to the tenant.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::setting::Setting;
use crate::{
    auth0::{Tenant, TenantError},
    diagnostic::Diagnostic,
    provider::diagnosis::full_stop,
    schema::duration,
};

/// The default of `request_timeout`.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Valid timeouts.
pub(super) const TIMEOUT: &str = "a duration from `1s` to `10m`, such as `30s` or `1m30s`";

pub(super) fn tenant(domain: &Setting<String>) -> Result<Tenant, Diagnostic> {
    domain.value.parse().map_err(|error: TenantError| {
        let detail = full_stop(format!("{} is not the domain of a tenant: {error}", domain.place()));
        Diagnostic::error("Invalid Auth0 Domain", detail).at("domain")
    })
}

pub(super) fn is_timeout(text: &str) -> bool {
    timeout(text).is_some()
}

fn timeout(text: &str) -> Option<Duration> {
    duration::parse(text).filter(|time| (Duration::from_secs(1)..=Duration::from_mins(10)).contains(time))
}

pub(super) fn request_timeout(text: Option<Setting<String>>) -> Result<Duration, Diagnostic> {
    let Some(text) = text else { return Ok(REQUEST_TIMEOUT) };
    timeout(&text.value).ok_or_else(|| text.unusable(format!("{:?} is not {TIMEOUT}", text.value)))
}

/// The address of a proxy. It may contain a password, so no message shows it.
pub(super) fn proxy(address: &Setting<SecretString>) -> Result<Url, Diagnostic> {
    let url = Url::parse(address.value.expose_secret()).ok().filter(|url| {
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        matches!(url.scheme(), "http" | "https") && bare
    });
    url.ok_or_else(|| {
        address.unusable(
            "it is not the address of a proxy. Use `http://HOST:PORT` or `http://NAME:PASSWORD@HOST:PORT`, and \
             percent-encode special characters of name and password",
        )
    })
}
