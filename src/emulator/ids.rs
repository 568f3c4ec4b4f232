//! Ids and secrets of new objects, in the shapes of the Management API.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX: &[u8] = b"0123456789abcdef";

/// A generator of ids. With a seed it gives the same ids in every run, and a clone gives the same as the original.
#[derive(Clone)]
pub(crate) struct Ids {
    seed: u128,
    drawn: u64,
}

impl Ids {
    pub(crate) fn random() -> Self {
        Self { seed: rand::random(), drawn: 0 }
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        Self { seed: seed.into(), drawn: 0 }
    }

    pub(crate) fn client(&mut self) -> String {
        self.text(ALPHANUMERIC, 32)
    }

    pub(crate) fn third_party_client(&mut self) -> String {
        format!("tpc_{}", self.text(ALPHANUMERIC, 22))
    }

    pub(crate) fn client_grant(&mut self) -> String {
        format!("cgr_{}", self.text(ALPHANUMERIC, 16))
    }

    pub(crate) fn credential(&mut self) -> String {
        format!("cred_{}", self.text(ALPHANUMERIC, 22))
    }

    pub(crate) fn organization(&mut self) -> String {
        format!("org_{}", self.text(ALPHANUMERIC, 16))
    }

    pub(crate) fn resource_server(&mut self) -> String {
        self.text(HEX, 24)
    }

    pub(crate) fn user(&mut self) -> String {
        format!("auth0|{}", self.text(HEX, 24))
    }

    pub(crate) fn secret(&mut self) -> String {
        self.text(URL_SAFE, 64)
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(&self.seed.to_le_bytes());
        seed[16..24].copy_from_slice(&self.drawn.to_le_bytes());
        self.drawn += 1;
        let mut random = StdRng::from_seed(seed);
        (0..length).map(|_| char::from(alphabet[random.random_range(0..alphabet.len())])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_ids_again() {
        let (mut one, mut other) = (Ids::seeded(7), Ids::seeded(7));
        assert_eq!(one.client(), other.client());
        assert_ne!(one.client(), one.client());
    }

    #[test]
    fn ids_have_the_shapes_of_the_service() {
        let mut ids = Ids::seeded(1);
        assert_eq!(ids.client().len(), 32);
        assert!(ids.client_grant().starts_with("cgr_"));
        assert_eq!(ids.credential().len(), "cred_".len() + 22);
        assert_eq!(ids.third_party_client().len(), "tpc_".len() + 22);
        assert!(ids.resource_server().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
