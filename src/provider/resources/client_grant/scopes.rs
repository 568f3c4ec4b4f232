//! Changes between every scope of an API and a list of scopes.

use super::{CLIENT_GRANTS, ClientGrant, text};
use crate::{
    auth0::{ApiError, Error, PropertyStep},
    diagnostic::Diagnostic,
    foreign,
    framework::Cx,
    provider::{
        connection::{Connection, session},
        mapping,
        update::{Unfinished, update},
    },
    value::Value,
};

/// Updates a grant with one request.
///
/// A change from every scope to a list of scopes is one request as well. Whether Auth0 accepts it is not documented,
/// and its own tools take two. So after a 400 it takes two here, too: the first leaves the grant without scopes.
pub(super) async fn update_grant(
    cx: &Cx<Connection>,
    prior: ClientGrant,
    plan: ClientGrant,
) -> Result<ClientGrant, Unfinished<ClientGrant>> {
    let (session, id) = (session(cx), text(&prior.id).to_owned());
    let api = session.api(&CLIENT_GRANTS, &[]);
    let route = mapping::route(&prior, plan.clone());
    match update(&api, &id, prior.clone(), route, mapping::update).await {
        Err(Unfinished::Failed { error: Error::Api(refusal), .. })
            if may_refuse_the_change(&refusal) && grants_all(&prior) && !grants_all(&plan) && has_scopes(&plan) =>
        {
            tracing::info!(id, error = %refusal, "Auth0 refused to replace every scope by a list, taking two requests");
            let scopes = Value::Null;
            let emptied = ClientGrant { allow_all_scopes: Value::Known(false), scopes, ..prior.clone() };
            update(&api, &id, prior, vec![emptied, plan], mapping::update).await
        }
        outcome => outcome,
    }
}

/// Whether a refusal may be about the change itself, and not about another property.
fn may_refuse_the_change(refusal: &ApiError) -> bool {
    let property = refusal.property.as_ref().and_then(|property| property.steps().first());
    refusal.status == 400
        && match property {
            Some(PropertyStep::Name(name)) => ["scope", "allow_all_scopes"].contains(&name.as_str()),
            _ => true,
        }
}

/// The second of two requests failed.
pub(super) fn left_empty(id: &str, error: &Error, problem: Diagnostic) -> Diagnostic {
    let has = if error.is_refusal() { "has" } else { "may have" };
    let detail = format!(
        "{} The grant `{}` {has} no scopes now: the request before removed `allow_all_scopes`, and this one was to set \
         `scopes`. Apply again to set them.",
        problem.detail,
        foreign::name(id)
    );
    Diagnostic { detail, ..problem }
}

/// Refuses every scope of the Management API, as Auth0 does for its own APIs.
pub(super) fn check(
    client: Option<&Connection>,
    prior: Option<&ClientGrant>,
    plan: &ClientGrant,
) -> Option<Diagnostic> {
    let audience = plan.audience.as_str()?;
    let is_new = grants_all(plan) && !prior.is_some_and(grants_all);
    let is_refused = is_new && (is_management_api(audience) || client.is_some_and(|client| client.manages(audience)));
    is_refused.then(|| {
        let detail = format!(
            "Auth0 does not grant every scope of its own APIs, such as `{audience}`. Remove `allow_all_scopes`, and \
             list the scopes in `scopes`."
        );
        Diagnostic::error("Scopes Must Be Listed", detail).at("allow_all_scopes")
    })
}

/// Whether this is the identifier of the Management API of a tenant without a custom domain.
fn is_management_api(audience: &str) -> bool {
    let host = audience.strip_prefix("https://").and_then(|rest| rest.strip_suffix("/api/v2/"));
    host.is_some_and(|host| host.ends_with(".auth0.com") && !host.contains('/'))
}

fn grants_all(grant: &ClientGrant) -> bool {
    grant.allow_all_scopes == Value::Known(true)
}

fn has_scopes(grant: &ClientGrant) -> bool {
    grant.scopes.known().is_some_and(|scopes| !scopes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_management_api_is_known_by_its_identifier() {
        assert!(is_management_api("https://acme.eu.auth0.com/api/v2/"));
        for audience in
            ["https://api.acme.com/api/v2/", "https://acme.eu.auth0.com/userinfo", "https://x/.auth0.com/api/v2/"]
        {
            assert!(!is_management_api(audience), "{audience}");
        }
    }
}
