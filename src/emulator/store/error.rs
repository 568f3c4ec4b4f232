//! Why a tenant does not do what a request asks.

/// A kind of object that is looked up by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    Client,
    ClientGrant,
    Credential,
    Organization,
    ResourceServer,
}

/// An error of the tenant itself; `ApiError` gives it a status and a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{}", match .0 {
        ObjectKind::Client => "The client does not exist",
        ObjectKind::ClientGrant => "The grant does not exist.",
        ObjectKind::Credential => "The credential does not exist",
        ObjectKind::Organization => "No organization found by that id or name",
        ObjectKind::ResourceServer => "The resource server does not exist",
    })]
    Missing(ObjectKind),
    /// An object that the request mentions, but is not about.
    #[error("No resource with identifier {0}")]
    UnknownAudience(String),
    #[error("A client grant already exists between {holder} and {audience}")]
    GrantExists { holder: String, audience: String },
    #[error("A resource server with the same identifier already exists")]
    ResourceServerExists,
    #[error("An organization with this name already exists")]
    OrganizationExists,
    #[error("The client grant is already associated with this organization")]
    GrantAssociated,
    #[error("An organization has at most {0} client grants")]
    TooManyGrants(usize),
    #[error("An application with the alias {0} already exists")]
    AliasExists(String),
    /// The body fits the contract, but not the object or the rest of the body.
    #[error("{0}")]
    Unsuitable(String),
    /// As above, for what the schema of the service cannot say either.
    #[error("Payload validation error: '{0}'.")]
    Invalid(String),
}
