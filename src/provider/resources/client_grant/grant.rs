//! What a client grant consists of, and how the Management API has it:
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
    /// An application has at most one grant per API and subject type. A grant that exists already is never taken over
    /// silently: creating it again is an error that names it, unless `adopt_existing` says otherwise. Only when the answer to a
    /// creation is lost, a grant that is exactly what was to be created counts as created.
    ///
    /// To create, change or delete one costs one request of the Management API. Many are read together, a hundred with a request.
    pub(in crate::provider) struct ClientGrant {
        /// The identifier of the grant, `cgr_…`.
        id: Value<String> = COMPUTED.keep_prior(),
        /// The client id of the application. Either this or `default_for` must be given.
        client_id: Value<String> = OPTIONAL.requires_replace().rules(&[NOT_EMPTY]),
        /// The kind of applications that have this grant without one of their own.
        default_for: Value<String> = OPTIONAL.requires_replace().rules(&[Rule::OneOf(&["third_party_clients"])]),
        /// The identifier of the API, such as `https://api.example.com`. The Management API is
        /// `https://TENANT.REGION.auth0.com/api/v2/`.
        audience: Value<String> = REQUIRED.requires_replace().rules(&[NOT_EMPTY]),
        /// The scopes that the application gets. Without any, it may call the API and has no permission.
        scopes: Value<BTreeSet<String>> = OPTIONAL.api("scope").mapped(&SCOPES).rules(&[Rule::Each(&Rule::Length(1, 280))]),
        /// Whether the application gets every scope of the API, those that come later as well. `scopes` must then be left out.
        allow_all_scopes: Value<bool> = OPTIONAL
            .default(Default::Bool(false))
            .absent(Default::Bool(false))
            .unsent_default(),
        /// Whether the tokens are for the application itself (`client`) or for a user whom it acts for (`user`).
        subject_type: Value<String> = OPTIONAL
            .default(Default::String("client"))
            // Grants from before there were subject types lack theirs.
            .absent(Default::String("client"))
            .requires_replace()
            .rules(&[Rule::OneOf(&["client", "user"])]),
        /// Whether tokens are for an organization: never (`deny`, also when this is left out), on demand (`allow`) or always
        /// (`require`).
        organization_usage: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["deny", "allow", "require"])]),
        /// Whether any organization will do, and not only those that the grant is associated with.
        allow_any_organization: Value<bool> = OPTIONAL
            .default(Default::Bool(false))
            .absent(Default::Bool(false))
            .unsent_default(),
        /// The types of authorization details that the application may ask for; for the subject type `user` only.
        authorization_details_types: Value<BTreeSet<String>> = OPTIONAL.cleared_empty().rules(&[Rule::Each(&Rule::Length(1, 255))]),
        /// Whether Auth0 itself made the grant and keeps it.
        is_system: Value<bool> = COMPUTED.keep_prior().absent(Default::Bool(false)),
        /// Whether a grant that exists already is taken over when this one is created, and brought to what is configured here.
        /// To destroy this resource then deletes the grant that was taken over.
        adopt_existing: Value<bool> = OPTIONAL.default(Default::Bool(false)).local(),
        /// Whether Terraform refuses to delete the grant, and whatever would replace it. What counts is what was applied last,
        /// so that neither `terraform destroy` nor to remove the resource gets past it.
        deletion_protection: Value<bool> = OPTIONAL.default(Default::Bool(false)).local(),
        /// How long operations may take, each as a duration such as `30s`, `20m` or `1h30m`.
        timeouts: Value<Timeouts> = OPTIONAL.local(),
    }
}

const NOT_EMPTY: Rule = Rule::Length(1, usize::MAX);

/// A list of scopes and all scopes exclude each other. While all are granted there is no list, so what it was does not count.
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

/// Without scopes the list is empty: null is another spelling of that.
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
