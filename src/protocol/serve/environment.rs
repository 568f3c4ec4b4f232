//! The environment variables that the host sets.

use std::ffi::{OsStr, OsString};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::error::StartError;

/// Shows only that the host knows Terraform's plugins. It proves nothing.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// Selects the listener, for systems without unix sockets: `unix` (the default) or `tcp`.
const LISTENER: &str = "AUTH0_PROVIDER_LISTENER";

/// The variables of go-plugin and of the provider, parsed.
///
/// `PLUGIN_PROTOCOL_VERSIONS` is not among them: this provider has only version 6, and the host explains a mismatch
/// better.
#[derive(Debug)]
pub(super) struct Environment {
    pub(super) under_terraform: bool,
    /// PEM text. If present, the server authenticates its client by it.
    pub(super) client_certificate: Option<String>,
    pub(super) endpoint: Endpoint,
    pub(super) multiplex: bool,
}

/// Where to listen.
#[derive(Debug)]
pub(super) enum Endpoint {
    /// A unix socket in a directory of its own.
    Unix { directory: Option<PathBuf>, group: Option<String> },
    /// A port of 127.0.0.1; 0 to 0 means any.
    Tcp { ports: RangeInclusive<u16> },
}

impl Environment {
    pub(super) fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, StartError> {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
        let port = |variable: &'static str| match text(variable) {
            None => Ok(0),
            Some(value) => {
                value.parse::<u16>().map_err(|_| StartError::Variable { variable, value, expected: "a port number" })
            }
        };

        let endpoint = match text(LISTENER).as_deref() {
            None | Some("unix") => Endpoint::Unix {
                directory: set("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
                group: text("PLUGIN_UNIX_SOCKET_GROUP"),
            },
            Some("tcp") => {
                let (min, max) = (port("PLUGIN_MIN_PORT")?, port("PLUGIN_MAX_PORT")?);
                if min > max {
                    return Err(StartError::PortRange { min, max });
                }
                Endpoint::Tcp { ports: min..=max }
            }
            Some(other) => {
                let value = other.to_owned();
                return Err(StartError::Variable { variable: LISTENER, value, expected: "\"unix\" or \"tcp\"" });
            }
        };
        Ok(Self {
            under_terraform: lookup(COOKIE.0).as_deref() == Some(OsStr::new(COOKIE.1)),
            client_certificate: text("PLUGIN_CLIENT_CERT"),
            endpoint,
            multiplex: set("PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, StartError> {
        Environment::read(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn an_empty_variable_is_an_absent_one() {
        let environment = read(&[("PLUGIN_CLIENT_CERT", ""), ("PLUGIN_MULTIPLEX_GRPC", "")]).unwrap();
        assert!(environment.client_certificate.is_none());
        assert!(!environment.multiplex);
    }

    #[test]
    fn the_cookie_has_to_be_exact() {
        assert!(read(&[COOKIE]).unwrap().under_terraform);
        assert!(!read(&[(COOKIE.0, "d602bf8f")]).unwrap().under_terraform);
        assert!(!read(&[]).unwrap().under_terraform);
    }

    #[test]
    fn ports_matter_only_where_they_are_used() {
        assert!(read(&[("PLUGIN_MIN_PORT", "x")]).is_ok());
        assert!(matches!(
            read(&[(LISTENER, "tcp"), ("PLUGIN_MIN_PORT", "x")]),
            Err(StartError::Variable { variable: "PLUGIN_MIN_PORT", .. })
        ));
        assert!(matches!(
            read(&[(LISTENER, "tcp"), ("PLUGIN_MIN_PORT", "20"), ("PLUGIN_MAX_PORT", "10")]),
            Err(StartError::PortRange { min: 20, max: 10 })
        ));
        assert!(matches!(
            read(&[(LISTENER, "tcp")]).unwrap().endpoint,
            Endpoint::Tcp { ports } if ports == (0..=0)
        ));
    }

    #[test]
    fn an_unknown_listener_is_refused() {
        assert!(matches!(read(&[(LISTENER, "pipe")]), Err(StartError::Variable { variable: LISTENER, .. })));
    }
}
