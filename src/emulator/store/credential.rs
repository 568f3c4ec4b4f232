//! Credentials of a client: keys and certificates it may authenticate with.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::StoreError;
use super::keys::KeyMaterial;
use super::record::text;
use crate::emulator::clock;

/// A credential in the pool of a client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credential {
    /// What answers show.
    #[serde(rename = "credential")]
    pub document: Map<String, Value>,
    /// What they never show.
    pub pem: Option<String>,
}

impl Credential {
    pub(crate) fn id(&self) -> &str {
        text(&self.document, "id")
    }

    /// Makes a credential of a body that fits the contract.
    pub(crate) fn new(id: String, mut body: Map<String, Value>, now: Timestamp) -> Result<Self, StoreError> {
        let pem = body.remove("pem").and_then(|pem| pem.as_str().map(str::to_owned));
        let from_certificate = body.remove("parse_expiry_from_cert") == Some(json!(true));
        if from_certificate && body.contains_key("expires_at") {
            return Err(invalid("expires_at and parse_expiry_from_cert exclude each other"));
        }
        let material =
            pem.as_deref().map(|pem| KeyMaterial::parse(pem).ok_or_else(|| invalid("Invalid PEM"))).transpose()?;
        let kind = body.get("credential_type").and_then(Value::as_str).unwrap_or_default().to_owned();
        if kind != "public_key" && (body.contains_key("alg") || body.contains_key("kid")) {
            return Err(invalid("alg and kid are for public keys only"));
        }
        if kind != "cert_subject_dn" && body.contains_key("subject_dn") {
            return Err(invalid("subject_dn is for the type cert_subject_dn only"));
        }
        let expiry = material.as_ref().and_then(KeyMaterial::expiry);
        match (kind.as_str(), material) {
            ("public_key", Some(key)) => {
                let id = key.key_id().ok_or_else(|| invalid("The public key is not an RSA key"))?;
                body.entry("kid").or_insert(id.into());
                body.entry("alg").or_insert("RS256".into());
                if from_certificate {
                    let expiry = expiry.ok_or_else(|| invalid("parse_expiry_from_cert needs a certificate"))?;
                    body.insert("expires_at".into(), clock::format(expiry).into());
                }
            }
            ("x509_cert", Some(certificate)) => {
                let thumbprint =
                    certificate.certificate_thumbprint().ok_or_else(|| invalid("The PEM holds no certificate"))?;
                body.insert("thumbprint_sha256".into(), thumbprint.into());
                body.extend(expiry.map(|time| ("expires_at".into(), clock::format(time).into())));
            }
            ("cert_subject_dn", Some(_)) if body.contains_key("subject_dn") => {
                return Err(invalid("pem and subject_dn exclude each other"));
            }
            ("cert_subject_dn", Some(certificate)) => {
                let subject = certificate.subject().ok_or_else(|| invalid("The PEM holds no certificate"))?;
                body.insert("subject_dn".into(), subject.into());
            }
            ("cert_subject_dn", None) if body.contains_key("subject_dn") => {}
            _ => return Err(invalid("Missing required property: pem")),
        }
        normalize_expiry(&mut body);
        body.insert("id".into(), id.into());
        body.insert("created_at".into(), clock::format(now).into());
        body.insert("updated_at".into(), clock::format(now).into());
        Ok(Self { document: body, pem })
    }

    /// Changes the expiry, the only thing that can be changed.
    pub(crate) fn update(&mut self, body: Map<String, Value>, now: Timestamp) {
        super::merge::replace(&mut self.document, body);
        normalize_expiry(&mut self.document);
        self.document.insert("updated_at".into(), clock::format(now).into());
    }

    /// The key, if this credential is one.
    pub(crate) fn public_key(&self) -> Option<KeyMaterial> {
        let is_key = self.document.get("credential_type") == Some(&json!("public_key"));
        self.pem.as_deref().filter(|_| is_key).and_then(KeyMaterial::parse)
    }

    /// Whether both hold the same public key.
    pub(crate) fn same_key(&self, other: &Self) -> bool {
        let thumbprint = |credential: &Self| credential.public_key().and_then(|key| key.key_id());
        thumbprint(self).is_some_and(|mine| Some(mine) == thumbprint(other))
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        let expiry = self.document.get("expires_at").and_then(Value::as_str).and_then(|text| text.parse().ok());
        expiry.is_some_and(|expiry: Timestamp| expiry <= now)
    }
}

/// Times are answered with milliseconds, however they were sent.
fn normalize_expiry(document: &mut Map<String, Value>) {
    if let Some(expiry) = document.get_mut("expires_at")
        && let Some(Ok(time)) = expiry.as_str().map(str::parse)
    {
        *expiry = clock::format(time).into();
    }
}

fn invalid(text: &str) -> StoreError {
    StoreError::Invalid(text.to_owned())
}
