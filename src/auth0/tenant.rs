//! The address of a tenant, parsed from its domain.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Address of a tenant, from `host[:port]`, `https://host[:port]/` or, on this machine only,
/// `http://127.0.0.1:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    url: Url,
    domain: String,
}

impl Tenant {
    /// Base address, with a slash at the end.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// `host` or `host:port`, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Audience of the tenant's Management API, unless the domain is a custom one.
    #[must_use]
    pub fn audience(&self) -> String {
        format!("{}api/v2/", self.url)
    }

    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.domain)
    }
}

/// Why a text is not the domain of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenantError {
    /// It is empty.
    #[error("the domain is empty; {ACCEPTED}")]
    Empty,
    /// Neither a host nor an address.
    #[error("`{0}` is not a domain; {ACCEPTED}")]
    Malformed(String),
    /// Plain http to another machine.
    #[error("`{0}` would send credentials unencrypted, because http is for loopback addresses only; {ACCEPTED}")]
    Unencrypted(String),
    /// A scheme other than http and https.
    #[error("`{0}:` is not a scheme of the Management API; {ACCEPTED}")]
    Scheme(String),
    /// A user, path, query or fragment after the host.
    #[error("the domain has more than a host and a port, so remove user, path, query and fragment; {ACCEPTED}")]
    Excess,
}

const ACCEPTED: &str = "use `TENANT.REGION.auth0.com`, `host:port`, `https://host:port/` or, on this machine only, \
    `http://127.0.0.1:PORT`";

impl FromStr for Tenant {
    type Err = TenantError;

    fn from_str(text: &str) -> Result<Self, TenantError> {
        if text.is_empty() {
            return Err(TenantError::Empty);
        }
        // Checked before any message repeats the text, because a user part may contain a password.
        if text.contains('@') {
            return Err(TenantError::Excess);
        }
        // The parser silently drops tabs and line breaks, and takes a text without `//` for a path.
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(TenantError::Malformed(text.to_owned()));
        }
        let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&address).map_err(|_| TenantError::Malformed(text.to_owned()))?;
        match url.scheme() {
            "https" | "http" => {}
            other => return Err(TenantError::Scheme(other.to_owned())),
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(TenantError::Excess);
        }
        let Some(host) = url.host_str().filter(|_| url.host().is_some_and(|host| is_host(&host))) else {
            return Err(TenantError::Malformed(text.to_owned()));
        };
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(TenantError::Unencrypted(text.to_owned()));
        }
        let domain = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self { url, domain })
    }
}

/// Whether the text can be a host name. The parser accepts much more, such as a comma instead of a dot.
fn is_host(host: &Host<&str>) -> bool {
    let Host::Domain(name) = host else { return true };
    name.split('.').all(|label| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        !label.is_empty() && label.len() <= 63 && label.chars().all(fits)
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Tenant, TenantError> {
        text.parse()
    }

    #[test]
    fn every_accepted_form_is_read() {
        for (text, url, domain) in [
            ("acme.eu.auth0.com", "https://acme.eu.auth0.com/", "acme.eu.auth0.com"),
            ("Acme.EU.auth0.com", "https://acme.eu.auth0.com/", "acme.eu.auth0.com"),
            ("login.acme.com:8443", "https://login.acme.com:8443/", "login.acme.com:8443"),
            ("https://acme.eu.auth0.com", "https://acme.eu.auth0.com/", "acme.eu.auth0.com"),
            ("https://acme.eu.auth0.com/", "https://acme.eu.auth0.com/", "acme.eu.auth0.com"),
            ("127.0.0.1:4010", "https://127.0.0.1:4010/", "127.0.0.1:4010"),
            ("http://127.0.0.1:4010", "http://127.0.0.1:4010/", "127.0.0.1:4010"),
            ("http://localhost:4010/", "http://localhost:4010/", "localhost:4010"),
            ("http://[::1]:4010", "http://[::1]:4010/", "[::1]:4010"),
        ] {
            let tenant = parse(text).unwrap();
            assert_eq!((tenant.url().as_str(), tenant.domain()), (url, domain), "{text}");
        }
    }

    #[test]
    fn the_audience_is_the_management_api_of_the_tenant() {
        assert_eq!(parse("acme.auth0.com").unwrap().audience(), "https://acme.auth0.com/api/v2/");
        assert_eq!(parse("http://127.0.0.1:1").unwrap().audience(), "http://127.0.0.1:1/api/v2/");
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for text in ["http://acme.auth0.com", "http://10.0.0.1", "http://127.0.0.1.nip.io", "http://localhost.acme.com"]
        {
            assert_eq!(parse(text), Err(TenantError::Unencrypted(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_is_accepted() {
        for (text, expected) in [
            ("", TenantError::Empty),
            ("acme.auth0.com\n", TenantError::Malformed("acme.auth0.com\n".to_owned())),
            ("https://", TenantError::Malformed("https://".to_owned())),
            ("acme,eu.auth0.com", TenantError::Malformed("acme,eu.auth0.com".to_owned())),
            ("acme..auth0.com", TenantError::Malformed("acme..auth0.com".to_owned())),
            ("acme.eu.auth0.com.", TenantError::Malformed("acme.eu.auth0.com.".to_owned())),
            ("https:/acme.auth0.com", TenantError::Excess),
            ("<tenant>.auth0.com", TenantError::Malformed("<tenant>.auth0.com".to_owned())),
            ("${var.domain}", TenantError::Malformed("${var.domain}".to_owned())),
            ("*.auth0.com", TenantError::Malformed("*.auth0.com".to_owned())),
            ("acme.auth0.com:https", TenantError::Malformed("acme.auth0.com:https".to_owned())),
            ("me@acme.com", TenantError::Excess),
            ("ftp://acme.auth0.com", TenantError::Scheme("ftp".to_owned())),
            ("https://acme.auth0.com/api/v2/", TenantError::Excess),
            ("acme.auth0.com/api", TenantError::Excess),
            ("acme.auth0.com?x=1", TenantError::Excess),
            ("user:hunter2@acme.auth0.com", TenantError::Excess),
            ("https://user:hunter2@acme.auth0.com:99999/", TenantError::Excess),
            ("https://user:hunter2@acme.auth0.com\n", TenantError::Excess),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(error.to_string().contains("TENANT.REGION.auth0.com"));
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
