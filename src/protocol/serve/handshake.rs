//! The line on standard output with which the host finds the server.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls_pki_types::CertificateDer;

use super::listener::Address;

/// go-plugin's handshake: `CORE|APP|NETWORK|ADDRESS|PROTOCOL|CERT[|MUX]`.
pub(super) struct Handshake<'a> {
    pub(super) address: &'a Address,
    /// The server's leaf certificate in DER; absent without TLS.
    pub(super) certificate: Option<&'a CertificateDer<'static>>,
    /// Whether the host asked about multiplexing. Older hosts must not see the field: they would treat it as a part of
    /// the certificate.
    pub(super) multiplex_asked: bool,
}

/// Version of go-plugin's own handshake.
const CORE_VERSION: u8 = 1;
/// Major version of Terraform's plugin protocol.
pub(super) const PROTOCOL_VERSION: u8 = 6;

impl fmt::Display for Handshake<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (network, address) = (self.address.network(), self.address);
        write!(f, "{CORE_VERSION}|{PROTOCOL_VERSION}|{network}|{address}|grpc|")?;
        if let Some(certificate) = self.certificate {
            // The host decodes without padding, and rejects it.
            write!(f, "{}", STANDARD_NO_PAD.encode(certificate))?;
        }
        if self.multiplex_asked {
            write!(f, "|false")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_without_a_value_stay_empty() {
        let address = Address::Unix("/tmp/x/provider.sock".into());
        let line = Handshake { address: &address, certificate: None, multiplex_asked: false };
        assert_eq!(line.to_string(), "1|6|unix|/tmp/x/provider.sock|grpc|");
    }

    #[test]
    fn certificate_has_no_padding_and_no_multiplexing() {
        let address = Address::Tcp("127.0.0.1:10000".parse().unwrap());
        let certificate = CertificateDer::from(vec![0xff]);
        let line = Handshake { address: &address, certificate: Some(&certificate), multiplex_asked: true };
        assert_eq!(line.to_string(), "1|6|tcp|127.0.0.1:10000|grpc|/w|false");
    }
}
