//! The programs that the story needs besides Terraform.

use std::ffi::OsString;
use std::path::PathBuf;

use tokio::process::Command;

use super::Failure;

/// What cargo built.
pub(crate) struct Binaries {
    pub(crate) provider: PathBuf,
    pub(crate) emulator: PathBuf,
}

impl Binaries {
    /// Builds beside this very program, so that what it was built from is not built again.
    #[expect(clippy::disallowed_methods, reason = "cargo says in its variable which cargo it is")]
    pub(crate) async fn build() -> Result<Self, Failure> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--release"]);
        command.args(["--bin", "terraform-provider-auth0", "--bin", "auth0-emulator"]);
        // Named as well, because dependencies get other features when only programs are built, and would be built twice.
        command.args(["--example", "quickstart"]);
        if !command.status().await?.success() {
            return Err("cargo could not build the provider and the emulator; see above".into());
        }
        let example = std::env::current_exe()?;
        let release = example.parent().and_then(|examples| examples.parent()).ok_or("this program is nowhere")?;
        Ok(Self { provider: release.join("terraform-provider-auth0"), emulator: release.join("auth0-emulator") })
    }
}
