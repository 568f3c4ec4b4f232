//! The `terraform` (or `tofu`) on the PATH.

use std::fmt;
use std::process::Command;

use serde_json::Value;

use super::workspace::inherited;

/// The oldest release that is driven here; write-only arguments came with it.
const OLDEST: (u64, u64) = (1, 11);

/// A program that is there and new enough.
pub(crate) struct Terraform {
    pub(crate) program: &'static str,
    version: String,
}

impl Terraform {
    /// The first that will do: Terraform, else OpenTofu.
    pub(crate) fn find() -> Result<Self, Missing> {
        let found: Vec<_> = ["terraform", "tofu"].into_iter().filter_map(Self::ask).collect();
        let too_old = found.first().map(ToString::to_string);
        found.into_iter().find(Self::will_do).ok_or(Missing { too_old })
    }

    fn ask(program: &'static str) -> Option<Self> {
        let mut command = Command::new(program);
        command.args(["version", "-json"]).env("CHECKPOINT_DISABLE", "1");
        for name in inherited("TF_").into_keys() {
            command.env_remove(name);
        }
        let output = command.output().ok()?;
        let answer: Value = serde_json::from_slice(&output.stdout).ok()?;
        Some(Self { program, version: answer["terraform_version"].as_str()?.to_owned() })
    }

    fn will_do(&self) -> bool {
        let mut parts = self.version.split('.').map_while(|part| part.parse::<u64>().ok());
        parts.next().zip(parts.next()).is_some_and(|version| version >= OLDEST)
    }
}

impl fmt::Display for Terraform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.program, self.version)
    }
}

/// Why there is nothing to drive the provider with.
pub(crate) struct Missing {
    too_old: Option<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = OLDEST;
        match &self.too_old {
            Some(found) => writeln!(f, "This needs Terraform {major}.{minor} or newer, and the PATH has {found}.")?,
            None => writeln!(f, "This needs Terraform {major}.{minor} or newer, and there is none on the PATH.")?,
        }
        write!(
            f,
            "\nInstall it, then run the same command again:\n\n\
             \u{20} macOS           brew install hashicorp/tap/terraform\n\
             \u{20} Linux, Windows  https://developer.hashicorp.com/terraform/install\n\
             \u{20} OpenTofu        https://opentofu.org/docs/intro/install/  (`tofu` {major}.{minor} or newer works as well)"
        )
    }
}
