//! `auth0_client_grants`: which applications may call which APIs.

use std::collections::BTreeSet;

use crate::{
    auth0::client_grants::{self, Filter, Grantee},
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, DataSource},
    model,
    provider::{
        connection::{Connection, session},
        diagnosis::Names,
    },
    schema::{
        COMPUTED, OPTIONAL, Rule,
        combination::{conflicting, given},
    },
    value::Value,
};

model! {
    /// Lists client grants: all of the tenant, or those that fit everything that is given.
    ///
    /// That there are none is an empty list, not an error. It costs one request for each hundred grants.
    pub(in crate::provider) struct ClientGrants {
        /// The client id of the application that the grants are for.
        client_id: Value<String> = OPTIONAL.rules(&[Rule::Length(1, usize::MAX)]),
        /// The kind of applications that the grants are a default for. It excludes `client_id`.
        default_for: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["third_party_clients"])]),
        /// The identifier of the API.
        audience: Value<String> = OPTIONAL.rules(&[Rule::Length(1, usize::MAX)]),
        /// Whether the grants are for the application itself (`client`) or for a user whom it acts for (`user`).
        subject_type: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["client", "user"])]),
        /// Set to `true`, only grants that any organization may use. Auth0 has no search for the others.
        allow_any_organization: Value<bool> = OPTIONAL,
        /// The grants, in the order of their ids.
        client_grants: Value<Vec<Found>> = COMPUTED,
    }
}

model! {
    /// A client grant.
    pub(in crate::provider) struct Found {
        /// The identifier of the grant, `cgr_…`.
        id: Value<String> = COMPUTED,
        /// The client id of the application.
        client_id: Value<String> = COMPUTED,
        /// The kind of applications that have this grant without one of their own.
        default_for: Value<String> = COMPUTED,
        /// The identifier of the API.
        audience: Value<String> = COMPUTED,
        /// The scopes that the application gets; null when it gets all of them.
        scopes: Value<BTreeSet<String>> = COMPUTED,
        /// Whether the application gets every scope of the API.
        allow_all_scopes: Value<bool> = COMPUTED,
        /// Whether the tokens are for the application itself (`client`) or for a user (`user`).
        subject_type: Value<String> = COMPUTED,
        /// Whether tokens are for an organization: `deny`, `allow` or `require`; null when it was never set.
        organization_usage: Value<String> = COMPUTED,
        /// Whether any organization will do.
        allow_any_organization: Value<bool> = COMPUTED,
        /// The types of authorization details that the application may ask for.
        authorization_details_types: Value<BTreeSet<String>> = COMPUTED,
        /// Whether Auth0 itself made the grant and keeps it.
        is_system: Value<bool> = COMPUTED,
    }
}

const NAMES: Names = Names { object: "client grants", renamed: &[], telling: &[] };

/// See the module.
pub(in crate::provider) struct ClientGrantsDataSource;

impl DataSource<Connection> for ClientGrantsDataSource {
    const NAME: &'static str = "auth0_client_grants";
    type Model = ClientGrants;

    fn validate(&self, config: &ClientGrants) -> Diagnostics {
        let problems = [
            conflicting(&[given("client_id", &config.client_id), given("default_for", &config.default_for)]),
            (config.allow_any_organization == Value::Known(false)).then(|| {
                let detail = "Auth0 only finds grants that any organization may use, and cannot leave them out. Remove the line \
                              or set it to `true`.";
                Diagnostic::error("Invalid Attribute Value", detail).at("allow_any_organization")
            }),
        ];
        problems.into_iter().flatten().collect()
    }

    async fn read(&self, cx: &Cx<Connection>, config: ClientGrants) -> Result<ClientGrants, Diagnostics> {
        let problems = self.validate(&config);
        if problems.has_errors() {
            return Err(problems);
        }
        let client = config.client_id.as_str().map(Grantee::Client);
        let filter = Filter {
            grantee: client.or_else(|| config.default_for.as_str().map(Grantee::Default)),
            audience: config.audience.as_str(),
            subject_type: config.subject_type.as_str(),
            any_organization: config.allow_any_organization == Value::Known(true),
        };
        let grants = session(cx).client_grants().list(filter).await;
        let grants = grants.map_err(|error| NAMES.diagnose("list", &error))?;
        let client_grants = Value::Known(grants.into_iter().map(from_api).collect());
        Ok(ClientGrants { client_grants, ..config })
    }
}

fn from_api(grant: client_grants::ClientGrant) -> Found {
    let subject_type = grant.subject_type().to_owned();
    let client_grants::ClientGrant {
        id,
        audience,
        client_id,
        default_for,
        scope,
        allow_all_scopes,
        subject_type: _,
        organization_usage,
        allow_any_organization,
        authorization_details_types,
        is_system,
    } = grant;
    let all = allow_all_scopes.unwrap_or(false);
    let set = |list: Option<Vec<String>>| Value::Known(list.into_iter().flatten().collect());
    Found {
        id: Value::Known(id),
        client_id: client_id.into(),
        default_for: default_for.into(),
        audience: Value::Known(audience),
        scopes: if all { Value::Null } else { set(scope) },
        allow_all_scopes: Value::Known(all),
        subject_type: Value::Known(subject_type),
        organization_usage: organization_usage.into(),
        allow_any_organization: Value::Known(allow_any_organization.unwrap_or(false)),
        authorization_details_types: set(authorization_details_types),
        is_system: Value::Known(is_system.unwrap_or(false)),
    }
}
