//! The text with which a user attaches Terraform to a running process.

use std::fmt;

use serde_json::json;

use super::handshake::PROTOCOL_VERSION;
use super::listener::Address;

/// The value of `TF_REATTACH_PROVIDERS`, with instructions. The form is Go's.
pub(super) struct Reattach<'a> {
    /// Source address of the provider.
    pub(super) provider: &'a str,
    pub(super) address: &'a Address,
}

impl fmt::Display for Reattach<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = json!({
            self.provider: {
                "Protocol": "grpc",
                "ProtocolVersion": PROTOCOL_VERSION,
                "Pid": std::process::id(),
                // Without it, Terraform assumes protocol 5.
                "Test": true,
                "Addr": { "Network": self.address.network(), "String": self.address.to_string() },
            }
        });
        writeln!(f, "Provider started. To attach Terraform to it, set this environment variable for Terraform:\n")?;
        writeln!(f, "\tTF_REATTACH_PROVIDERS='{}'\n", value.to_string().replace('\'', r"'\''"))?;
        writeln!(f, "Ctrl-C stops the provider.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_survives_a_shell_whatever_the_path_is() {
        let address = Address::Unix("/tmp/it's/provider.sock".into());
        let text = Reattach { provider: "registry.terraform.io/m2m/auth0", address: &address }.to_string();
        assert!(text.contains(r#""String":"/tmp/it'\''s/provider.sock""#), "{text}");
    }
}
