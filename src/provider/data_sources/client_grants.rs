//! `auth0_client_grants`: which applications may call which APIs.

use std::collections::BTreeSet;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, DataSource},
    model,
    provider::{
        connection::{Connection, session},
        diagnosis::Names,
        resources::client_grant::{ClientGrant, Search},
    },
    schema::{
        COMPUTED, OPTIONAL, Results, Rule,
        combination::{conflicting, given},
    },
    value::Value,
};

model! {
    /// Lists client grants: all grants of the tenant, or those that match every argument.
    ///
    /// No match is an empty list, not an error. The list takes one request for each 100 grants.
    pub(in crate::provider) struct ClientGrants {
        /// The client ID of the application that has the grants.
        client_id: Value<String> = OPTIONAL.rules(&[Rule::Length(1, usize::MAX)]),
        /// The kind of applications that have the grants by default. It excludes `client_id`.
        default_for: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["third_party_clients"])]),
        /// The identifier of the API.
        audience: Value<String> = OPTIONAL.rules(&[Rule::Length(1, usize::MAX)]),
        /// Whether the grants are for the application itself (`client`) or for a user that it acts for (`user`).
        subject_type: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["client", "user"])]),
        /// If `true`, only grants that every organization may use. Auth0 cannot search for the others.
        allow_any_organization: Value<bool> = OPTIONAL,
        /// The grants, sorted by ID.
        client_grants: Value<Results<ClientGrant>> = COMPUTED,
    }
}

const NAMES: Names = Names { object: "client grants", attributes: || &[], renamed: &[], message_hints: &[] };

/// See the module.
pub(in crate::provider) struct ClientGrantsDataSource;

impl DataSource<Connection> for ClientGrantsDataSource {
    const NAME: &'static str = "auth0_client_grants";
    type Model = ClientGrants;

    fn validate(&self, config: &ClientGrants) -> Diagnostics {
        let problems = [
            conflicting(&[given("client_id", &config.client_id), given("default_for", &config.default_for)]),
            (config.allow_any_organization == Value::Known(false)).then(|| {
                let detail = "Auth0 can search only for grants that every organization may use, not for the others. \
                              Remove the line or set it to `true`.";
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
        let search = Search {
            client_id: config.client_id.as_str(),
            default_for: config.default_for.as_str(),
            audience: config.audience.as_str(),
            subject_type: config.subject_type.as_str(),
            any_organization: config.allow_any_organization == Value::Known(true),
        };
        let grants = search.run(&session(cx)).await.map_err(|error| NAMES.diagnose("list", &error))?;
        let client_grants = Value::Known(Results(grants.into_iter().map(with_empty_sets).collect()));
        Ok(ClientGrants { client_grants, ..config })
    }
}

/// Other expressions can iterate over the result: missing sets are empty. `scopes` is null only if the grant has all
/// scopes.
fn with_empty_sets(grant: ClientGrant) -> ClientGrant {
    let all = grant.allow_all_scopes == Value::Known(true);
    ClientGrant {
        scopes: if all { Value::Null } else { grant.scopes.or(BTreeSet::new()) },
        authorization_details_types: grant.authorization_details_types.or(BTreeSet::new()),
        ..grant
    }
}
