//! Several keys, to rotate them, with their certificates and assertions.

use std::sync::LazyLock;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, PublicKeyData as _};

use super::key::{pem, sign};

/// A public key of a kind that Auth0 does not accept.
pub(crate) fn elliptic_key() -> String {
    pem("PUBLIC KEY", &KeyPair::generate().unwrap().subject_public_key_info())
}

/// One of several keys.
pub(crate) struct Key(KeyPair);

static KEYS: LazyLock<[Key; 5]> =
    LazyLock::new(|| std::array::from_fn(|_| Key(KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap())));

impl Key {
    pub(crate) fn nth(number: usize) -> &'static Self {
        &KEYS[number]
    }

    pub(crate) fn private_pem(&self) -> String {
        pem("PRIVATE KEY", self.0.serialized_der())
    }

    pub(crate) fn public_pem(&self) -> String {
        pem("PUBLIC KEY", &self.0.subject_public_key_info())
    }

    /// A certificate that ends with this year.
    pub(crate) fn certificate(&self, name: &str, year: i32) -> String {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "Shop");
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 12, 31);
        pem("CERTIFICATE", params.self_signed(&self.0).unwrap().der())
    }

    /// An assertion of the application for a tenant.
    pub(crate) fn assertion(&self, client_id: &str, url: &str) -> String {
        sign(&self.private_pem(), client_id, url, 0)
    }
}
