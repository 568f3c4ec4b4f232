//! Which Terraform is on the PATH, and whether tests can run with it.

use std::fmt::{self, Display};
use std::io::ErrorKind;
use std::process::Command;

use serde_json::Value;

/// A release, without its last number.
pub(crate) type Release = (u64, u64);

/// The oldest release that is supported.
pub(crate) const OLDEST: Release = (1, 11);

/// Why tests cannot run.
#[derive(Debug, Clone)]
pub(crate) enum Obstacle {
    /// What they need is not there, or too old.
    Missing(String),
    /// It is there, and does not work. Whoever started the tests must hear of it.
    Broken(String),
}

impl Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(reason) | Self::Broken(reason) => f.write_str(reason),
        }
    }
}

/// Why there is no Terraform to test with that is at least of this release.
pub(crate) fn unavailable(oldest: Release) -> Option<Obstacle> {
    let (version, release) = match version() {
        Ok(found) => found,
        Err(obstacle) => return Some(obstacle),
    };
    let (major, minor) = oldest;
    let too_old = format!("the `terraform` on the PATH is {version}, older than {major}.{minor}");
    (release < oldest).then_some(Obstacle::Missing(too_old))
}

/// The release of the `terraform` on the PATH, once tests run with it.
pub(crate) fn release() -> Release {
    version().expect("tests only run with a usable Terraform").1
}

/// The version of the `terraform` on the PATH, in full and without its last number.
fn version() -> Result<(String, Release), Obstacle> {
    let output = terraform().args(["version", "-json"]).env("CHECKPOINT_DISABLE", "1").output();
    let output = output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Obstacle::Missing("no `terraform` on the PATH".to_owned()),
        _ => Obstacle::Broken(format!("the `terraform` on the PATH cannot be started: {error}")),
    })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let unreadable = || {
        let errors = String::from_utf8_lossy(&output.stderr);
        Obstacle::Broken(format!(
            "the `terraform` on the PATH does not tell its version. `terraform version -json` ended with {}:\n{text}{errors}",
            output.status
        ))
    };
    // OpenTofu prints its warnings first.
    let json = text.find('{').map_or("", |start| &text[start..]);
    let answer: Value = serde_json::from_str(json).map_err(|_| unreadable())?;
    let version = answer["terraform_version"].as_str().ok_or_else(unreadable)?;
    let mut parts = version.split('.').map_while(|part| part.parse().ok());
    let release = parts.next().zip(parts.next()).ok_or_else(unreadable)?;
    Ok((version.to_owned(), release))
}

/// The `terraform` on the PATH, without the settings of whoever runs the tests.
pub(super) fn terraform() -> Command {
    let mut command = Command::new("terraform");
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["TF_", "AUTH0_", "PLUGIN_"].iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}
