//! The keys and certificates of an application: what one is, and how to get from those it has to those it should have.

pub(super) mod continuation;
pub(super) mod demands;
pub(super) mod details;
mod given;
mod material;
mod planner;
pub(super) mod preview;
pub(super) mod slot;
pub(super) mod steps;

use material::{Certificate, Identity, PublicKey};

/// The method whose credentials are public keys. Those of the others are certificates.
const KEYS: &str = "private_key_jwt";

/// The method whose credentials are subjects.
const SUBJECTS: &str = "tls_client_auth";

/// Whether two texts in PEM form are the same key or certificate.
pub(super) fn same_pem(left: &str, right: &str) -> bool {
    let normal = |pem: &str| {
        let key = PublicKey::read(pem).map(|key| key.pem);
        key.or_else(|_| Certificate::read(pem).map(|certificate| certificate.pem)).ok()
    };
    left == right || normal(left).zip(normal(right)).is_some_and(|(left, right)| left == right)
}

/// Whether two texts are the same distinguished name.
pub(super) fn same_subject(left: &str, right: &str) -> bool {
    Identity::of_subject(left) == Identity::of_subject(right)
}

/// A text in PEM form without what Auth0 may not understand.
fn sendable(pem: &str, method: &str) -> String {
    let normal = match method {
        KEYS => PublicKey::read(pem).map(|key| key.pem),
        _ => Certificate::read(pem).map(|certificate| certificate.pem),
    };
    normal.unwrap_or_else(|_| pem.to_owned())
}
