//! `auth0_client_grant`: lets an application call an API.

mod area;
mod claim;
mod grant;
mod import_id;
mod scopes;
mod search;

pub(in crate::provider) use self::{area::CLIENT_GRANTS, grant::ClientGrant, search::Search};

use self::{
    claim::{check_unclaimed, claim},
    import_id::{ImportId, no_such_grant},
};
use crate::{
    auth0::{self, Created, Object},
    diagnostic::{Diagnostic, Diagnostics},
    foreign,
    framework::{Cx, Failed, ModifyPlan, Plan, Resource},
    provider::{
        connection::{Connection, session},
        diagnosis::{Names, import_block, unknown_fate},
        mapping, paste,
        protection::Protected,
        update::{Unfinished, settle, tainted, unheeded},
    },
    schema::{
        Model as _,
        combination::{exactly_one_of, given},
    },
    value::Value,
};

const NAMES: Names =
    Names { object: "client grant", attributes: ClientGrant::attributes, renamed: &[], message_hints: &[] };

/// See the module.
pub(in crate::provider) struct ClientGrantResource;

impl Resource<Connection> for ClientGrantResource {
    const NAME: &'static str = "auth0_client_grant";
    type Model = ClientGrant;
    const MODIFY_PLAN: Option<ModifyPlan<Connection, ClientGrant>> = Some(modify_plan);

    fn validate(&self, config: &ClientGrant) -> Diagnostics {
        let invalid = |attribute: &str, detail: &str| {
            Diagnostic::error("Invalid Combination of Attributes", detail).at(attribute)
        };
        let for_user = config.subject_type.is_unknown() || config.subject_type.as_str() == Some("user");
        let problems = [
            exactly_one_of(&[given("client_id", &config.client_id), given("default_for", &config.default_for)]),
            (config.allow_all_scopes.known() == Some(&true)
                && config.scopes.known().is_some_and(|scopes| !scopes.is_empty()))
            .then(|| invalid("scopes", "`allow_all_scopes` grants every scope. Remove `scopes`.")),
            (config.authorization_details_types.known().is_some_and(|types| !types.is_empty()) && !for_user).then(
                || {
                    invalid(
                        "authorization_details_types",
                        "Only grants with `subject_type = \"user\"` have authorization details.",
                    )
                },
            ),
        ];
        problems.into_iter().flatten().collect()
    }

    async fn create(&self, cx: &Cx<Connection>, plan: ClientGrant) -> Result<ClientGrant, Failed<ClientGrant>> {
        let planned = plan.clone();
        let view = move |object: &Object| mapping::seen(object, &planned);
        match session(cx).api(&CLIENT_GRANTS, &[]).create(&mapping::create(&plan).into(), view).await {
            Ok(Created { value: grant, .. }) => {
                // One that was found after a lost response may be that of another resource, although it is equal.
                claim(cx, &grant)?;
                let id = text(&grant.id).to_owned();
                settle(&session(cx).api(&CLIENT_GRANTS, &[]), &NAMES, &id, grant, &plan).await
            }
            Err(error @ auth0::Error::UnknownFate { .. }) => Err(may_exist(&plan, &error).into()),
            Err(error) if error.is_conflict() => adopt_or_explain(cx, plan, &error).await,
            Err(error) if error.is_not_found() => Err(nobody_to_grant_to(&plan, &error).into()),
            Err(error) => Err(NAMES.diagnose("create", &error).into()),
        }
    }

    async fn read(&self, cx: &Cx<Connection>, prior: ClientGrant) -> Result<Option<ClientGrant>, Diagnostics> {
        let view = |object: &Object| mapping::seen(object, &prior);
        let read = session(cx).api(&CLIENT_GRANTS, &[]).read(text(&prior.id), view).await;
        read.map_err(|error| NAMES.diagnose("read", &error).into())
    }

    async fn update(
        &self,
        cx: &Cx<Connection>,
        prior: ClientGrant,
        plan: ClientGrant,
    ) -> Result<ClientGrant, Failed<ClientGrant>> {
        claim(cx, &prior)?;
        scopes::update_grant(cx, prior, plan).await.map_err(|unfinished| failed(unfinished, "update"))
    }

    async fn delete(&self, cx: &Cx<Connection>, prior: ClientGrant) -> Result<(), Diagnostics> {
        if cx.client.is_claimed(text(&prior.id)) {
            return Ok(());
        }
        protected(&prior).check_deletion()?;
        let deleted = session(cx).api(&CLIENT_GRANTS, &[]).delete(text(&prior.id)).await;
        deleted.map_err(|error| NAMES.diagnose("delete", &error).into())
    }

    async fn import(&self, cx: &Cx<Connection>, id: &str) -> Result<ClientGrant, Diagnostics> {
        let id = match ImportId::parse(id)? {
            ImportId::Grant(id) => Value::Known(id.to_owned()),
            ImportId::Key { client_id, audience, subject_type } => {
                let (client, api, subject) = (Some(client_id), Some(audience), Some(subject_type));
                let search = Search { client_id: client, audience: api, subject_type: subject, ..Search::default() };
                let found = search.run(&session(cx)).await.map_err(|error| NAMES.diagnose("look up", &error))?;
                let found = found.into_iter().next();
                found.map(|grant| grant.id).ok_or_else(|| no_such_grant(client_id, audience, subject_type))?
            }
        };
        Ok(ClientGrant { id, ..ClientGrant::default() })
    }
}

fn modify_plan(client: Option<&Connection>, prior: Option<&ClientGrant>, plan: &mut Plan<ClientGrant>) {
    if let Some(prior) = prior {
        protected(prior).check_plan(plan);
    }
    plan.diagnostics.extend(plan.state.as_ref().and_then(|plan| scopes::check(client, prior, plan)));
}

fn protected(grant: &ClientGrant) -> Protected<'_> {
    Protected { object: "client grant", id: text(&grant.id), protection: grant.deletion_protection }
}

/// The create failed because the grant exists. Adopts the grant if `adopt_existing` is set, and names it otherwise.
async fn adopt_or_explain(
    cx: &Cx<Connection>,
    plan: ClientGrant,
    error: &auth0::Error,
) -> Result<ClientGrant, Failed<ClientGrant>> {
    let found = Search::by_key(&plan).run(&session(cx)).await;
    let found = found.map_err(|error| Diagnostics::from(NAMES.diagnose("look up", &error)))?;
    let Some(is) = found.into_iter().next() else {
        return Err(NAMES.diagnose("create", error).into());
    };
    check_unclaimed(cx, &is)?;
    if plan.adopt_existing.known() != Some(&true) {
        return Err(exists(&plan, text(&is.id)).into());
    }
    let id = text(&is.id).to_owned();
    let plan = ClientGrant { id: is.id.clone(), is_system: is.is_system, ..plan };
    claim(cx, &is)?;
    scopes::update_grant(cx, is, plan).await.map_err(|unfinished| {
        let Failed { saved, diagnostics } = failed(unfinished, "adoption");
        if saved.is_none() {
            cx.client.release(&id);
            return Failed { saved, diagnostics };
        }
        Failed { saved, diagnostics: tainted(diagnostics, NAMES.object, &id) }
    })
}

/// An update did not reach the plan. `action` names it.
fn failed(unfinished: Unfinished<ClientGrant>, action: &str) -> Failed<ClientGrant> {
    match unfinished {
        Unfinished::Failed { error, reached, .. } => {
            let problem = NAMES.diagnose("update", &error);
            let problem = match &reached {
                Some(reached) => scopes::left_empty(text(&reached.id), &error, problem),
                None => problem,
            };
            Failed { saved: reached, diagnostics: problem.into() }
        }
        Unfinished::Unheeded { shown, paths } => Failed::saving(shown, unheeded(NAMES.object, action, paths)),
    }
}

fn text(value: &Value<String>) -> &str {
    value.as_str().unwrap_or_default()
}

/// The text for a message.
fn shown(value: &Value<String>) -> String {
    foreign::name(text(value))
}

/// Whose grant it is, at the beginning of a sentence.
fn owner(grant: &ClientGrant) -> String {
    grant.client_id.as_str().map_or_else(
        || format!("The default for `{}`", shown(&grant.default_for)),
        |client_id| format!("The application `{}`", foreign::name(client_id)),
    )
}

fn exists(plan: &ClientGrant, id: &str) -> Diagnostic {
    let command = paste::word(id)
        .map_or_else(String::new, |id| format!("Or run `terraform import auth0_client_grant.NAME {id}`. "));
    let detail = format!(
        "{who} already has a grant for `{audience}`: `{name}`. To manage it here, import it:\n\n{import}\n\n\
         {command}To adopt it and update it to this configuration, set `adopt_existing = true`.\n\n\
         If this resource has the grant already, it is replaced with `create_before_destroy`. Auth0 allows one grant for \
         each application, API and subject type, so the new one cannot come first. Then remove `create_before_destroy` \
         or set `adopt_existing = true`.",
        who = owner(plan),
        audience = shown(&plan.audience),
        name = foreign::name(id),
        import = import_block("auth0_client_grant", id),
    );
    Diagnostic::error("Client Grant Exists Already", detail).at("audience")
}

/// If the grant exists, the user can import it by its key.
fn may_exist(plan: &ClientGrant, error: &auth0::Error) -> Diagnostic {
    let (client_id, audience) = (text(&plan.client_id), text(&plan.audience));
    let whose = if client_id.is_empty() {
        format!("Check in Auth0 whether the default for `{}` has a grant for `{audience}`.", text(&plan.default_for))
    } else {
        let id = format!("{client_id}::{audience}::{}", text(&plan.subject_type));
        format!(
            "If the application `{client_id}` has a grant for `{audience}` now, import it:\n\n{}",
            import_block("auth0_client_grant", &id)
        )
    };
    let fate = unknown_fate(error);
    let otherwise = "Otherwise apply again. Auth0 does not allow a second grant.";
    Diagnostic::error("Client Grant May Exist", format!("{fate} {whose}\n\n{otherwise}")).at("audience")
}

/// A 404 for a new grant is about its application or its API.
fn nobody_to_grant_to(plan: &ClientGrant, error: &auth0::Error) -> Diagnostic {
    let (client_id, audience) = (text(&plan.client_id), text(&plan.audience));
    let diagnostic = NAMES.diagnose("create", error);
    let about_client = matches!(error, auth0::Error::Api(api) if api.code.as_deref() == Some("inexistent_client"));
    let (path, advice) = if about_client {
        ("client_id", format!("This tenant has no application with the client ID `{client_id}`."))
    } else {
        let advice =
            format!("This tenant may have no API with the identifier `{audience}`, or no application `{client_id}`.");
        ("audience", advice)
    };
    Diagnostic { detail: format!("{advice} {}", diagnostic.detail), ..diagnostic }.at(path)
}

#[cfg(test)]
mod tests;
