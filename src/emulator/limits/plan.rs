//! What Auth0 publishes for each plan.
//!
//! <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations>

use clap::ValueEnum;

/// A subscription, as far as it limits requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Plan {
    /// No limits.
    #[default]
    Unlimited,
    /// Two requests in a second.
    Free,
    /// Essentials and Professional: limits per minute, with buckets of their own for some lists.
    SelfService,
    /// Production tenants of the public cloud.
    Enterprise,
    /// Their development and staging tenants.
    EnterpriseNonproduction,
}

/// How many requests may come at once, and how many in the long run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) burst: u64,
    pub(super) refill: Refill,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refill {
    PerSecond(u64),
    PerMinute(u64),
}

/// Requests that share a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    ManagementApi,
    ReadClients,
    SearchClients,
    ReadOrganizationGrants,
    WriteOrganizationGrants,
    /// Whatever has no limit of its own.
    Rest,
    AuthenticationApi,
    Tokens,
}

impl Group {
    pub(super) fn message(self) -> String {
        let group = match self {
            Self::ManagementApi | Self::AuthenticationApi | Self::Rest => {
                return "Global limit has been reached".to_owned();
            }
            Self::ReadClients => "per minute read_clients",
            Self::SearchClients => "per minute search_clients",
            Self::ReadOrganizationGrants => "per minute read_organization_client_grants",
            Self::WriteOrganizationGrants => "per minute write_organization_client_grants",
            Self::Tokens => "per second tokens",
        };
        format!("Global {group} group limit has been reached")
    }
}

const fn per_second(burst: u64, refill: u64) -> Limit {
    Limit { burst, refill: Refill::PerSecond(refill) }
}

const fn per_minute(burst: u64, refill: u64) -> Limit {
    Limit { burst, refill: Refill::PerMinute(refill) }
}

impl Plan {
    /// The limits that a request falls under, that of the whole API first.
    pub(super) fn limits(self, method: &str, path: &str, query: &str) -> Vec<(Group, Limit)> {
        let Some(path) = path.strip_prefix("/api/v2/") else {
            return if (self, path) == (Self::Free, "/oauth/token") {
                vec![(Group::AuthenticationApi, per_minute(300, 300)), (Group::Tokens, per_second(30, 30))]
            } else {
                Vec::new()
            };
        };
        let whole = match self {
            Self::Unlimited => return Vec::new(),
            Self::Free => return vec![(Group::ManagementApi, per_second(2, 2))],
            Self::SelfService => None,
            Self::Enterprise => Some((Group::ManagementApi, per_second(50, 16))),
            Self::EnterpriseNonproduction => Some((Group::ManagementApi, per_second(10, 2))),
        };
        let of_endpoint = self.limit_of_endpoint(method, path, query);
        let rest = (Group::Rest, per_minute(10, 150));
        match whole {
            None => vec![of_endpoint.unwrap_or(rest)],
            Some(whole) => [whole].into_iter().chain(of_endpoint).collect(),
        }
    }

    fn limit_of_endpoint(self, method: &str, path: &str, query: &str) -> Option<(Group, Limit)> {
        let segments: Vec<_> = path.split('/').collect();
        match (method, segments.as_slice()) {
            ("GET", ["clients"]) if query.split('&').any(|pair| pair.starts_with("q=")) => {
                Some((Group::SearchClients, per_minute(5, 150)))
            }
            ("GET", ["clients"]) if self == Self::SelfService => Some((Group::ReadClients, per_minute(5, 100))),
            ("GET", ["organizations", _, "client-grants"]) => {
                Some((Group::ReadOrganizationGrants, per_minute(10, 100)))
            }
            ("POST", ["organizations", _, "client-grants"]) => {
                Some((Group::WriteOrganizationGrants, per_minute(5, 150)))
            }
            _ => None,
        }
    }
}
