//! Creates a client grant, once. The service allows one per grantee, API and subject type, so a second request can do no
//! more than be refused; but an existing grant must not pass for the new one, unless they are equal in all that was sent.

use std::collections::BTreeSet;

use reqwest::Method;
use tokio::time::sleep;

use super::{ClientGrant, Created, DEFAULT_SUBJECT_TYPE, Grantee, NewClientGrant};
use crate::auth0::Session;
use crate::auth0::error::Error;
use crate::auth0::fate::{LIST_LAG, MOST_LOST};
use crate::auth0::text;

pub(super) async fn create(session: &Session, new: &NewClientGrant) -> Result<Created, Error> {
    let call = session.call(Method::POST, &["client-grants"])?.json(new);
    for lost in 0.. {
        let cause = match session.fetch(&call).await {
            Ok(grant) => return Ok(Created::Now(grant)),
            Err(Error::UnknownFate { cause, .. }) => cause,
            // The one that is in the way may be that of the request before.
            Err(conflict) if lost > 0 && conflict.is_conflict() => Box::new(conflict),
            Err(refusal) => return Err(refusal),
        };
        tracing::info!(%cause, "the answer to a creation was lost, so the client grant is looked for");
        match look(session, new).await {
            Ok(Some(grant)) => {
                tracing::info!(id = grant.id, "it was created, and is taken over");
                return Ok(Created::Found(grant));
            }
            Ok(None) if lost + 1 < MOST_LOST && !cause.is_conflict() => {}
            Ok(None) => return Err(*cause),
            Err(error) => {
                return Err(Error::UnknownFate { cause, candidates: Vec::new(), unseen: Some(Box::new(error)) });
            }
        }
    }
    unreachable!("the number of losses is bounded")
}

/// The grant that came of the request, if one did.
async fn look(session: &Session, new: &NewClientGrant) -> Result<Option<ClientGrant>, Error> {
    let grantee = match (&new.client_id, &new.default_for) {
        (Some(id), _) => Grantee::Client(id),
        (None, Some(kind)) => Grantee::Default(kind),
        (None, None) => return Ok(None),
    };
    let subject_type = new.subject_type.as_deref().unwrap_or(DEFAULT_SUBJECT_TYPE);
    let grants = session.client_grants();
    // A late list may show one that was deleted a moment ago, so the grant itself is asked.
    let find = async || match grants.find(grantee, &new.audience, subject_type).await? {
        Some(listed) => grants.look_up(&listed.id).await,
        None => Ok(None),
    };
    let mut found = find().await?;
    if found.is_none() {
        let endpoint = session.call(Method::GET, &["client-grants"])?.endpoint();
        session.bounds.run(sleep(LIST_LAG)).await.map_err(|ended| Error::ended(ended, endpoint))?;
        found = find().await?;
    }
    Ok(found.filter(|grant| became(new, grant)))
}

/// Whether the grant is what comes of the request. Whom it is for, and its subject type, are what it was found by.
fn became(new: &NewClientGrant, grant: &ClientGrant) -> bool {
    let NewClientGrant {
        audience,
        client_id: _,
        default_for: _,
        scope,
        allow_all_scopes,
        subject_type: _,
        organization_usage,
        allow_any_organization,
        authorization_details_types,
    } = new;
    let set = |list: &Option<Vec<String>>| -> BTreeSet<String> { list.iter().flatten().cloned().collect() };
    text::same(audience, &grant.audience)
        && set(scope) == set(&grant.scope)
        && allow_all_scopes.unwrap_or(false) == grant.allow_all_scopes.unwrap_or(false)
        && *organization_usage == grant.organization_usage
        && allow_any_organization.unwrap_or(false) == grant.allow_any_organization.unwrap_or(false)
        && set(authorization_details_types) == set(&grant.authorization_details_types)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_grant_is_what_was_sent_if_nothing_differs_but_spelling() {
        let new = NewClientGrant {
            audience: "https://api".to_owned(),
            client_id: Some("abc".to_owned()),
            scope: Some(vec!["b".to_owned(), "a".to_owned()]),
            ..NewClientGrant::default()
        };
        let became = |change: &[(&str, Value)]| {
            let mut grant = json!({"id": "cgr_1", "client_id": "abc", "audience": "https://api", "scope": ["a", "b"]});
            for (property, value) in change {
                grant[*property] = value.clone();
            }
            became(&new, &serde_json::from_value(grant).unwrap())
        };
        assert!(became(&[]));
        assert!(became(&[("allow_all_scopes", json!(false)), ("authorization_details_types", json!([]))]));
        for (property, value) in [
            ("scope", json!(["a"])),
            ("allow_all_scopes", json!(true)),
            ("organization_usage", json!("deny")),
            ("allow_any_organization", json!(true)),
            ("authorization_details_types", json!(["x"])),
        ] {
            assert!(!became(&[(property, value.clone())]), "{property}: {value}");
        }
    }
}
