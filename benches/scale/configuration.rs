//! What is applied: so many applications, each with a grant, in the words of a provider.

/// The official provider's address, and what its Terraform block looks like.
pub(crate) const OFFICIAL: &str = "registry.terraform.io/auth0/auth0";

/// Whose configuration it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `auth0_m2m_client` and `auth0_client_grant`.
    Ours,
    /// `auth0_client` and `auth0_client_grant`, with what ours has as defaults written out.
    Official,
}

impl Dialect {
    /// The source address of the provider.
    pub(crate) const fn source(self) -> &'static str {
        match self {
            Self::Ours => "registry.terraform.io/m2m/auth0",
            Self::Official => OFFICIAL,
        }
    }

    /// `count` pairs. `note` is part of each application.
    pub(crate) fn pairs(self, count: usize, note: &str) -> String {
        let (kind, settings) = match self {
            Self::Ours => ("auth0_m2m_client", ""),
            Self::Official => (
                "auth0_client",
                r#"
  app_type        = "non_interactive"
  grant_types     = ["client_credentials"]
  oidc_conformant = true
  jwt_configuration {
    alg                 = "RS256"
    lifetime_in_seconds = 36000
  }"#,
            ),
        };
        format!(
            r#"
resource "{kind}" "a" {{
  count       = {count}
  name        = "client ${{count.index}}"
  description = "number ${{count.index}}, {note}"{settings}
}}

resource "auth0_client_grant" "a" {{
  count     = {count}
  client_id = {kind}.a[count.index].client_id
  audience  = var.management_api
  scopes    = ["read:users"]
}}
"#
        )
    }
}

/// `count` of the type that only no-op providers have.
pub(crate) fn things(count: usize) -> String {
    format!("resource \"auth0_thing\" \"a\" {{\n  count = {count}\n  name  = \"thing ${{count.index}}\"\n}}\n")
}
