//! What token quotas do to an answer: headers while they last, a refusal when they do not.

use crate::emulator::api_error::ApiError;
use crate::emulator::store::{Client, Organization, Quota, Tenant};

/// Headers of the answer, unless an enforced quota is used up.
pub(super) fn check(
    tenant: &Tenant,
    client: &Client,
    organization: Option<&Organization>,
) -> Result<Vec<(&'static str, String)>, ApiError> {
    let of_client = tenant.quota_of_client(client);
    let of_organization = organization.and_then(|organization| tenant.quota_of_organization(organization));
    let shown = |name, quota: &Option<Quota>| quota.as_ref().map(|quota| (name, quota.to_string()));
    let mut headers: Vec<_> = shown("auth0-client-quota-limit", &of_client)
        .into_iter()
        .chain(shown("auth0-organization-quota-limit", &of_organization))
        .collect();
    let owners = [("Client quota exceeded", of_client), ("Organization quota exceeded", of_organization)];
    for (description, quota) in owners {
        if let Some(bucket) = quota.and_then(|quota| quota.exceeded()) {
            headers.extend([
                ("x-ratelimit-limit", bucket.quota.to_string()),
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", bucket.reset.to_string()),
                ("retry-after", bucket.wait.to_string()),
            ]);
            return Err(ApiError::QuotaExceeded { description, headers });
        }
    }
    Ok(headers)
}
