//! The attributes of a client grant, and their form in the Management API:
//! <https://auth0.com/docs/api/management/v2/client-grants>.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::{
    auth0::Object,
    diagnostic::Path,
    framework::Timeouts,
    model,
    schema::{COMPUTED, Default, Mapping, OPTIONAL, REQUIRED, Rule},
    value::{DecodeError, Dynamic, Type, json::tree},
};

model! {
    /// Lets an application call an API, with the scopes that its tokens may carry.
    ///
    /// An application has at most one grant per API and subject type. If the grant exists already, a create fails with
    /// an error that names it. With `adopt_existing`, the create adopts it instead. If the response to a create is
    /// lost, a grant that matches the request exactly is treated as created.
    ///
    /// Each create, update or delete takes one Management API request. A refresh reads up to 100 grants per request.
    pub(in crate::provider) struct ClientGrant {
        /// The ID of the grant, `cgr_…`.
        id: Value<String> = COMPUTED.keep_prior(),
        /// The client ID of the application. Set either this or `default_for`.
        client_id: Value<String> = OPTIONAL.requires_replace().rules(&[NOT_EMPTY]),
        /// The kind of applications that have this grant by default, without a grant of their own.
        default_for: Value<String> = OPTIONAL.requires_replace().rules(&[Rule::OneOf(&["third_party_clients"])]),
        /// The identifier of the API, such as `https://api.example.com`. For the Management API, it is
        /// `https://TENANT.REGION.auth0.com/api/v2/`.
        audience: Value<String> = REQUIRED.requires_replace().rules(&[AUDIENCE]),
        /// The scopes that the application gets. Without scopes, the application may call the API but has no
        /// permissions.
        scopes: Value<BTreeSet<String>> = OPTIONAL.api("scope").mapped(&SCOPES).rules(&[Rule::Each(&Rule::Length(1, 280))]),
        /// Whether the application gets every scope of the API, including scopes that are added later. If `true`, leave
        /// out `scopes`.
        allow_all_scopes: Value<bool> = OPTIONAL
            .default(Default::Bool(false))
            .absent(Default::Bool(false))
            .unsent_default(),
        /// Whether the tokens are for the application itself (`client`) or for a user that it acts for (`user`).
        subject_type: Value<String> = OPTIONAL
            .default(Default::String("client"))
            // Old grants have no subject type.
            .absent(Default::String("client"))
            .requires_replace()
            .rules(&[Rule::OneOf(&["client", "user"])]),
        /// Whether tokens are for an organization: never (`deny`, the default), on demand (`allow`) or always
        /// (`require`).
        organization_usage: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["deny", "allow", "require"])]),
        /// Whether every organization may use the grant, and not only the organizations that are associated with it.
        allow_any_organization: Value<bool> = OPTIONAL
            .default(Default::Bool(false))
            .absent(Default::Bool(false))
            .unsent_default(),
        /// The types of authorization details that the application may request. Only for the subject type `user`.
        authorization_details_types: Value<BTreeSet<String>> = OPTIONAL.cleared_empty().rules(&[Rule::Each(&Rule::Length(1, 255))]),
        /// Whether Auth0 itself created the grant and keeps it.
        is_system: Value<bool> = COMPUTED.keep_prior().absent(Default::Bool(false)),
        /// Whether a create adopts a grant that exists already, and updates it to this configuration. Destroying the
        /// resource then deletes the adopted grant. A grant that another resource created, adopted or updated in the
        /// same run is not adopted. Declare each grant once, because the provider cannot see what other resources have
        /// since earlier runs.
        adopt_existing: Value<bool> = OPTIONAL.default(Default::Bool(false)).local(),
        /// Whether Terraform refuses to delete or replace the grant. The last applied value counts, so neither
        /// `terraform destroy` nor removing the block bypasses it.
        deletion_protection: Value<bool> = OPTIONAL.default(Default::Bool(false)).local(),
        /// How long each operation may take, as a duration such as `30s`, `20m` or `1h30m`.
        timeouts: Value<Timeouts> = OPTIONAL.local(),
    }
}

const NOT_EMPTY: Rule = Rule::Length(1, usize::MAX);

/// The rule of audiences, also of those in import IDs.
pub(super) const AUDIENCE: Rule = NOT_EMPTY;

/// `scopes` and `allow_all_scopes` exclude each other. With all scopes there is no list, so the prior list does not
/// count.
const SCOPES: Mapping = Mapping {
    properties: &[SCOPE],
    create: |plan, body| {
        if !grants_all(plan) {
            body.insert(SCOPE.to_owned(), scopes(plan));
        }
    },
    update: |prior, plan, body| {
        let (before, after) = (scopes(prior), scopes(plan));
        if !grants_all(plan) && (grants_all(prior) || before != after) {
            body.insert(SCOPE.to_owned(), after);
        }
    },
    read: read_scopes,
};

const SCOPE: &str = "scope";

fn grants_all(grant: &Dynamic) -> bool {
    *grant.attribute("allow_all_scopes") == Dynamic::Bool(true)
}

/// Without scopes the list is empty; null means the same.
fn scopes(grant: &Dynamic) -> Json {
    match grant.attribute("scopes") {
        Dynamic::Null => Json::Array(Vec::new()),
        scopes => tree::write(scopes),
    }
}

fn read_scopes(shown: &Object, _prior: &Dynamic) -> Result<Dynamic, DecodeError> {
    let shown = shown.get(SCOPE).unwrap_or(&Json::Null);
    let scopes = tree::read(shown, &Type::set(Type::String), &Path::root().attribute("scopes"))?;
    Ok(if scopes.is_empty() { Dynamic::Null } else { scopes })
}
