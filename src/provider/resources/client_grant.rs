//! `auth0_client_grant`: an application may call an API.

mod import_id;

use std::collections::BTreeSet;

use import_id::{ImportId, no_such_grant};

use crate::{
    auth0::{
        self, Patch,
        client_grants::{self, ClientGrantPatch, Created, Grantee, NewClientGrant},
    },
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, Failed, Plan, Resource, Timeouts},
    model,
    provider::{
        connection::{Connection, session},
        diagnosis::{Names, import_block, unknown_fate},
        protection::Protected,
        sight::Sight,
    },
    schema::{
        COMPUTED, Default, OPTIONAL, REQUIRED, Rule,
        combination::{exactly_one_of, given},
    },
    value::Value,
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
        scopes: Value<BTreeSet<String>> = OPTIONAL.rules(&[Rule::Each(&Rule::Length(1, 280))]),
        /// Whether the application gets every scope of the API, those that come later as well. `scopes` must then be left out.
        allow_all_scopes: Value<bool> = OPTIONAL.default(Default::Bool(false)),
        /// Whether the tokens are for the application itself (`client`) or for a user whom it acts for (`user`).
        subject_type: Value<String> = OPTIONAL
            .default(Default::String("client"))
            .requires_replace()
            .rules(&[Rule::OneOf(&["client", "user"])]),
        /// Whether tokens are for an organization: never (`deny`, also when this is left out), on demand (`allow`) or always
        /// (`require`).
        organization_usage: Value<String> = OPTIONAL.rules(&[Rule::OneOf(&["deny", "allow", "require"])]),
        /// Whether any organization will do, and not only those that the grant is associated with.
        allow_any_organization: Value<bool> = OPTIONAL.default(Default::Bool(false)),
        /// The types of authorization details that the application may ask for; for the subject type `user` only.
        authorization_details_types: Value<BTreeSet<String>> = OPTIONAL.rules(&[Rule::Each(&Rule::Length(1, 255))]),
        /// Whether Auth0 itself made the grant and keeps it.
        is_system: Value<bool> = COMPUTED.keep_prior(),
        /// Whether a grant that exists already is taken over when this one is created, and brought to what is configured here.
        /// To destroy this resource then deletes the grant that was taken over.
        adopt_existing: Value<bool> = OPTIONAL.default(Default::Bool(false)),
        /// Whether Terraform refuses to delete the grant, and whatever would replace it. What counts is what was applied last,
        /// so that neither `terraform destroy` nor to remove the resource gets past it.
        deletion_protection: Value<bool> = OPTIONAL.default(Default::Bool(false)).local(),
        /// How long operations may take, each as a duration such as `30s`, `20m` or `1h30m`.
        timeouts: Value<Timeouts> = OPTIONAL.local(),
    }
}

const NOT_EMPTY: Rule = Rule::Length(1, usize::MAX);

/// Where the API's name of a property is not that of the attribute.
const NAMES: Names = Names { object: "client grant", renamed: &[("scope", "scopes")], telling: &[] };

/// See the module.
pub(in crate::provider) struct ClientGrantResource;

impl Resource<Connection> for ClientGrantResource {
    const NAME: &'static str = "auth0_client_grant";
    type Model = ClientGrant;

    fn validate(&self, config: &ClientGrant) -> Diagnostics {
        let invalid = |attribute: &str, detail: &str| {
            Diagnostic::error("Invalid Combination of Attributes", detail).at(attribute)
        };
        let for_user = config.subject_type.is_unknown() || config.subject_type.as_str() == Some("user");
        let problems = [
            exactly_one_of(&[given("client_id", &config.client_id), given("default_for", &config.default_for)]),
            (config.allow_all_scopes.known() == Some(&true) && !scopes(config).is_empty()).then(|| {
                invalid("scopes", "`allow_all_scopes` grants every scope, so `scopes` must be left out beside it.")
            }),
            (config.authorization_details_types.known().is_some_and(|types| !types.is_empty()) && !for_user).then(
                || {
                    invalid(
                        "authorization_details_types",
                        "Authorization details are for grants with `subject_type = \"user\"` only.",
                    )
                },
            ),
        ];
        problems.into_iter().flatten().collect()
    }

    fn modify_plan(&self, prior: Option<&ClientGrant>, _config: Option<&ClientGrant>, plan: &mut Plan<ClientGrant>) {
        if let Some(prior) = prior {
            protected(prior).check_plan(plan);
        }
    }

    async fn create(&self, cx: &Cx<Connection>, plan: ClientGrant) -> Result<ClientGrant, Failed<ClientGrant>> {
        match session(cx).client_grants().create(&to_api(&plan)).await {
            Ok(Created::Now(grant)) => Ok(from_api(grant, &plan)),
            // Equal as it is, another instance may have had it before.
            Ok(Created::Found(grant)) => {
                cx.client.adopt(&grant.id);
                Ok(from_api(grant, &plan))
            }
            Err(error @ auth0::Error::UnknownFate { .. }) => Err(may_exist(&plan, &error).into()),
            Err(error) if error.is_conflict() => existing(cx, plan, &error).await,
            Err(error) if error.is_not_found() => Err(nobody_to_grant_to(&plan, &error).into()),
            Err(error) => Err(NAMES.diagnose("create", &error).into()),
        }
    }

    async fn read(&self, cx: &Cx<Connection>, prior: ClientGrant) -> Result<Option<ClientGrant>, Diagnostics> {
        let view = |grant: &client_grants::ClientGrant| Sight::of(from_api(grant.clone(), &prior));
        match session(cx).client_grants().read(text(&prior.id), &Sight::of(prior.clone()), view).await {
            Ok(grant) => Ok(grant.map(|grant| from_api(grant, &prior))),
            Err(error) => Err(NAMES.diagnose("read", &error).into()),
        }
    }

    async fn update(
        &self,
        cx: &Cx<Connection>,
        prior: ClientGrant,
        plan: ClientGrant,
    ) -> Result<ClientGrant, Failed<ClientGrant>> {
        let patch = changes(&prior, &plan);
        if patch.is_empty() {
            return Ok(plan);
        }
        let updated = session(cx).client_grants().update(text(&prior.id), &patch).await;
        Ok(from_api(updated.map_err(|error| NAMES.diagnose("update", &error))?, &plan))
    }

    async fn delete(&self, cx: &Cx<Connection>, prior: ClientGrant) -> Result<(), Diagnostics> {
        if cx.client.hand_over(text(&prior.id)) {
            return Ok(());
        }
        protected(&prior).check_deletion()?;
        let deleted = session(cx).client_grants().delete(text(&prior.id)).await;
        deleted.map_err(|error| NAMES.diagnose("delete", &error).into())
    }

    async fn import(&self, cx: &Cx<Connection>, id: &str) -> Result<ClientGrant, Diagnostics> {
        let id = match ImportId::parse(id)? {
            ImportId::Grant(id) => id.to_owned(),
            ImportId::Key { client_id, audience, subject_type } => {
                let found = session(cx).client_grants().find(Grantee::Client(client_id), audience, subject_type).await;
                let found = found.map_err(|error| NAMES.diagnose("look up", &error))?;
                found.map(|grant| grant.id).ok_or_else(|| no_such_grant(client_id, audience, subject_type))?
            }
        };
        Ok(ClientGrant::lookup(id))
    }
}

impl ClientGrant {
    /// Nothing but what finds the grant. What nobody but the configuration knows starts at its default.
    fn lookup(id: String) -> Self {
        let no = Value::Known(false);
        Self { id: Value::Known(id), adopt_existing: no, deletion_protection: no, ..Self::default() }
    }
}

fn protected(grant: &ClientGrant) -> Protected<'_> {
    Protected { object: "client grant", id: text(&grant.id), protection: grant.deletion_protection }
}

/// Creating the grant failed because it exists: takes it over if that is wanted, and names it otherwise.
async fn existing(
    cx: &Cx<Connection>,
    plan: ClientGrant,
    error: &auth0::Error,
) -> Result<ClientGrant, Failed<ClientGrant>> {
    let Some(grant) = like(cx, &plan).await? else {
        return Err(NAMES.diagnose("create", error).into());
    };
    if plan.adopt_existing.known() != Some(&true) {
        return Err(exists(&plan, &grant.id).into());
    }
    let is = from_api(grant, &plan);
    let plan = ClientGrant { id: is.id.clone(), is_system: is.is_system, ..plan };
    let adopted = ClientGrantResource.update(cx, is, plan).await?;
    cx.client.adopt(text(&adopted.id));
    Ok(adopted)
}

/// The grant with the key of the planned one.
async fn like(cx: &Cx<Connection>, plan: &ClientGrant) -> Result<Option<client_grants::ClientGrant>, Diagnostics> {
    let grants = session(cx);
    let grants = grants.client_grants();
    let (audience, subject_type) = (text(&plan.audience), text(&plan.subject_type));
    let grantee = match plan.default_for.as_str() {
        Some(kind) => Grantee::Default(kind),
        None => Grantee::Client(text(&plan.client_id)),
    };
    let found = grants.find(grantee, audience, subject_type).await;
    found.map_err(|error| NAMES.diagnose("look up", &error).into())
}

fn to_api(plan: &ClientGrant) -> NewClientGrant {
    let ClientGrant {
        id: _,
        client_id,
        default_for,
        audience,
        scopes: _,
        allow_all_scopes,
        subject_type,
        organization_usage,
        allow_any_organization,
        authorization_details_types,
        is_system: _,
        adopt_existing: _,
        deletion_protection: _,
        timeouts: _,
    } = plan;
    let all = *allow_all_scopes == Value::Known(true);
    NewClientGrant {
        client_id: client_id.known().cloned(),
        default_for: default_for.known().cloned(),
        audience: text(audience).to_owned(),
        // They exclude each other.
        scope: (!all).then(|| scopes(plan)),
        allow_all_scopes: all.then_some(true),
        subject_type: subject_type.known().cloned(),
        organization_usage: organization_usage.known().cloned(),
        allow_any_organization: allow_any_organization.into_known().filter(|any| *any),
        authorization_details_types: list(authorization_details_types),
    }
}

/// What one PATCH has to say: the differences alone.
fn changes(prior: &ClientGrant, plan: &ClientGrant) -> ClientGrantPatch {
    let ClientGrant {
        id: _,
        client_id: _,
        default_for: _,
        audience: _,
        scopes: _,
        allow_all_scopes,
        subject_type: _,
        organization_usage,
        allow_any_organization,
        authorization_details_types,
        is_system: _,
        adopt_existing: _,
        deletion_protection: _,
        timeouts: _,
    } = plan;
    let all_before = prior.allow_all_scopes == Value::Known(true);
    let all = *allow_all_scopes == Value::Known(true);
    let empty = BTreeSet::new();
    let types = |grant: &Value<BTreeSet<String>>| grant.known().unwrap_or(&empty).iter().cloned().collect::<Vec<_>>();
    ClientGrantPatch {
        scope: match (all_before, all) {
            (_, true) => Patch::Keep,
            // While all scopes are granted there is no list, so what it was does not count.
            (true, false) => Patch::Set(scopes(plan)),
            (false, false) => Patch::between(Some(&scopes(prior)), Some(&scopes(plan))),
        },
        allow_all_scopes: Patch::between(Some(&all_before), Some(&all)),
        organization_usage: Patch::between(prior.organization_usage.known(), organization_usage.known()),
        allow_any_organization: Patch::between(
            Some(prior.allow_any_organization.known().unwrap_or(&false)),
            Some(allow_any_organization.known().unwrap_or(&false)),
        ),
        authorization_details_types: Patch::between(
            Some(&types(&prior.authorization_details_types)),
            Some(&types(authorization_details_types)),
        ),
    }
}

fn from_api(grant: client_grants::ClientGrant, prior: &ClientGrant) -> ClientGrant {
    // Grants from before there were subject types lack theirs.
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
    ClientGrant {
        id: Value::Known(id),
        client_id: client_id.into(),
        default_for: default_for.into(),
        audience: Value::Known(audience),
        scopes: unless_empty(scope),
        allow_all_scopes: Value::Known(allow_all_scopes.unwrap_or(false)),
        subject_type: Value::Known(subject_type),
        organization_usage: organization_usage.into(),
        allow_any_organization: Value::Known(allow_any_organization.unwrap_or(false)),
        authorization_details_types: unless_empty(authorization_details_types),
        is_system: Value::Known(is_system.unwrap_or(false)),
        adopt_existing: prior.adopt_existing,
        deletion_protection: prior.deletion_protection.or(false),
        timeouts: prior.timeouts.clone(),
    }
}

fn scopes(grant: &ClientGrant) -> Vec<String> {
    list(&grant.scopes).unwrap_or_default()
}

fn list(set: &Value<BTreeSet<String>>) -> Option<Vec<String>> {
    set.known().map(|set| set.iter().cloned().collect())
}

/// A cleared list is absent or empty, as the service likes.
fn unless_empty(list: Option<Vec<String>>) -> Value<BTreeSet<String>> {
    list.filter(|list| !list.is_empty()).map(BTreeSet::from_iter).into()
}

fn text(value: &Value<String>) -> &str {
    value.as_str().unwrap_or_default()
}

fn exists(plan: &ClientGrant, id: &str) -> Diagnostic {
    let who = plan.client_id.as_str().map_or_else(
        || format!("The default for `{}`", text(&plan.default_for)),
        |client_id| format!("The application `{client_id}`"),
    );
    let detail = format!(
        "{who} already has a grant for `{audience}`: `{id}`. To manage it here, import it:\n\n{import}\n\n\
         or, on the command line, `terraform import auth0_client_grant.NAME {id}`. To take it over as it is and bring it \
         to what is configured, set `adopt_existing = true`.",
        audience = text(&plan.audience),
        import = import_block("auth0_client_grant", id),
    );
    Diagnostic::error("Client Grant Exists Already", detail).at("audience")
}

/// The grant can be imported by its key if it exists.
fn may_exist(plan: &ClientGrant, error: &auth0::Error) -> Diagnostic {
    let (client_id, audience) = (text(&plan.client_id), text(&plan.audience));
    let whose = if client_id.is_empty() {
        format!("Look in Auth0 whether the default for `{}` has a grant for `{audience}`.", text(&plan.default_for))
    } else {
        let id = format!("{client_id}::{audience}::{}", text(&plan.subject_type));
        format!(
            "If the application `{client_id}` has a grant for `{audience}` now, import it:\n\n{}",
            import_block("auth0_client_grant", &id)
        )
    };
    let fate = unknown_fate(error);
    let otherwise = "If it has none, apply again; the service does not allow a second one.";
    Diagnostic::error("Client Grant May Exist", format!("{fate} {whose}\n\n{otherwise}")).at("audience")
}

/// A 404 to a new grant is about the client or the API that it names.
fn nobody_to_grant_to(plan: &ClientGrant, error: &auth0::Error) -> Diagnostic {
    let (client_id, audience) = (text(&plan.client_id), text(&plan.audience));
    let diagnostic = NAMES.diagnose("create", error);
    let about_client = matches!(error, auth0::Error::Api(api) if api.code.as_deref() == Some("inexistent_client"));
    let (path, advice) = if about_client {
        ("client_id", format!("There is no application with the client id `{client_id}` in this tenant."))
    } else {
        let advice = format!(
            "There may be no API with the identifier `{audience}` in this tenant, or no application `{client_id}`."
        );
        ("audience", advice)
    };
    Diagnostic { detail: format!("{advice} {}", diagnostic.detail), ..diagnostic }.at(path)
}

#[cfg(test)]
mod tests;
