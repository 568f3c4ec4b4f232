//! What a plan is made from: the state, the tenant and the configuration.

use std::fmt;

use time::OffsetDateTime;

use super::super::material::Identity;
use crate::foreign;

/// How an application authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Method {
    /// With the client secret in the body.
    ClientSecretPost,
    /// With the client secret in a header.
    ClientSecretBasic,
    /// Not at all.
    None,
    /// With assertions that a private key signs.
    PrivateKeyJwt,
    /// With a certificate of a certificate authority.
    TlsClientAuth,
    /// With a certificate that it signed itself.
    SelfSignedTlsClientAuth,
}

impl Method {
    /// All of them.
    pub(in super::super) const ALL: [Self; 6] = [
        Self::ClientSecretPost,
        Self::ClientSecretBasic,
        Self::None,
        Self::PrivateKeyJwt,
        Self::TlsClientAuth,
        Self::SelfSignedTlsClientAuth,
    ];

    /// Its name in Auth0.
    pub(in super::super) const fn name(self) -> &'static str {
        match self {
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::None => "none",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::TlsClientAuth => "tls_client_auth",
            Self::SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
        }
    }

    /// The method with this name.
    pub(in super::super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether credentials in its slot authenticate the application.
    pub(in super::super) const fn uses_keys(self) -> bool {
        matches!(self, Self::PrivateKeyJwt | Self::TlsClientAuth | Self::SelfSignedTlsClientAuth)
    }

    /// Whether its slot is for credentials of this kind.
    pub(super) const fn takes(self, identity: &Identity) -> bool {
        match identity {
            Identity::Key(_) => matches!(self, Self::PrivateKeyJwt),
            Identity::Subject(_) => matches!(self, Self::TlsClientAuth),
            Identity::Certificate(_) => matches!(self, Self::SelfSignedTlsClientAuth),
        }
    }
}

/// A credential in the pool of the application, as Auth0 shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Registered {
    /// Its ID.
    pub id: String,
    /// The name that it got when it was added.
    pub name: String,
    /// What it is. For a public key, its `kid`: if that was chosen, it is equal to no thumbprint.
    pub identity: Identity,
    /// The algorithm of a public key.
    pub algorithm: Option<String>,
    /// The `kid` of a public key.
    pub key_id: Option<String>,
    /// When it expires.
    pub expires_at: Option<OffsetDateTime>,
}

/// The application in Auth0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Tenant {
    /// Its method.
    pub method: Method,
    /// The IDs in the slot of the method.
    pub attached: Vec<String>,
    /// Every credential.
    pub pool: Vec<Registered>,
    /// The IDs in other slots, by property: `signed_request_object`, `token_vault_privileged_access`.
    pub elsewhere: Vec<(String, Vec<String>)>,
}

/// A credential in the state. Several may have the same name, after a replacement that failed half-way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Owned {
    /// Its name in the configuration that added it.
    pub name: String,
    /// Its ID.
    pub id: String,
    /// What the PEM in the state is. Needed for a key with a `kid` of its own.
    pub identity: Option<Identity>,
}

/// A credential in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Wanted {
    /// Its name, which is its key in the map.
    pub name: String,
    /// What it is. `None` means whatever is registered under this name.
    pub identity: Option<Identity>,
    /// Its algorithm. `None` means any.
    pub algorithm: Option<String>,
    /// Its `kid`. `None` means any.
    pub key_id: Option<String>,
    /// When it expires.
    pub expiry: Expiry,
}

/// The expiry in a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Expiry {
    /// This one; `None` means never.
    Set(Option<OffsetDateTime>),
    /// The one that it has.
    Kept {
        /// What Auth0 gives it if it is new, for example that of the certificate.
        when_added: Option<OffsetDateTime>,
    },
}

/// What the application should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Configuration {
    /// Its method.
    pub method: Method,
    /// Its credentials; none for a method without keys.
    pub credentials: Vec<Wanted>,
}

/// Where a credential is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Place {
    /// In the slot of this method.
    Method(Method),
    /// In the slot of this property.
    Elsewhere(String),
    /// Nowhere. It is in the pool only.
    Pool,
}

/// A credential that takes up one of the places of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Occupant {
    /// Its ID.
    pub id: String,
    /// Its name in Auth0.
    pub name: String,
    /// Where it is used.
    pub place: Place,
    /// Whether it is in the state.
    pub is_managed: bool,
}

impl fmt::Display for Occupant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (\"{}\"), ", foreign::name(&self.id), foreign::name(&self.name))?;
        match &self.place {
            Place::Method(method) => write!(f, "attached to `{}`", method.name())?,
            Place::Elsewhere(property) => write!(f, "attached to `{}`", foreign::name(property))?,
            Place::Pool => f.write_str("not attached")?,
        }
        f.write_str(if self.is_managed { ", managed here" } else { ", not managed here" })
    }
}

/// Auth0 keeps milliseconds.
pub(super) fn is_same_time(one: Option<OffsetDateTime>, other: Option<OffsetDateTime>) -> bool {
    let milliseconds =
        |time: Option<OffsetDateTime>| time.map(|time| time.unix_timestamp_nanos().div_euclid(1_000_000));
    milliseconds(one) == milliseconds(other)
}
