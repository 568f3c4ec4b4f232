//! Why the provider cannot start, for the person who started it.

use std::io;
use std::path::PathBuf;

/// Shown on standard error before the process exits with code 1.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error(
        "This is a Terraform provider, a plugin that Terraform starts. Do not run it by hand.\n\
         Put it where `terraform init` finds it, or run it with --debug to attach Terraform to it; see --help."
    )]
    NotUnderTerraform,
    #[error(
        "PLUGIN_CLIENT_CERT is not a PEM certificate: {0}. Without a certificate, the server would be unprotected."
    )]
    ClientCertificate(String),
    #[error("The process cannot make its certificate: {0}")]
    OwnCertificate(#[from] rcgen::Error),
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    #[error("{variable} is {value:?}; {expected} is expected.")]
    Variable { variable: &'static str, value: String, expected: &'static str },
    #[error("PLUGIN_MIN_PORT ({min}) is greater than PLUGIN_MAX_PORT ({max}).")]
    PortRange { min: u16, max: u16 },
    #[error("No port between {min} and {max} is free on 127.0.0.1.")]
    NoFreePort { min: u16, max: u16 },
    #[error("PLUGIN_UNIX_SOCKET_GROUP is {0:?}, but there is no such group.")]
    UnknownGroup(String),
    #[error("No socket can be created in {directory}: {reason}", directory = directory.display())]
    Socket { directory: PathBuf, reason: io::Error },
    #[error("The server cannot start: {0}")]
    Io(#[from] io::Error),
}
