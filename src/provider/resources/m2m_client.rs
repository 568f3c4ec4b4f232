//! `auth0_m2m_client`: an application that gets tokens without a user.

mod application;
mod credentials;
mod forms;
mod method;
mod names;
mod rules;
mod secret;

pub(in crate::provider) use application::M2mClient;

use serde_json::Value as Json;
use time::OffsetDateTime;

use super::client_grant::CLIENT_GRANTS;
use crate::{
    auth0::{self, Area, Body, Flaw, Identity, Object, Seen, Session},
    diagnostic::{Diagnostic, Diagnostics},
    foreign,
    framework::{Cx, Failed, ModifyPlan, Plan, Resource},
    provider::{
        client_id::is_client_id,
        connection::{Connection, session},
        diagnosis::{import_block, unknown_fate},
        mapping,
        protection::Protected,
        update::{Unfinished, settle, tainted, unheeded, update},
    },
    schema::Model as _,
    value::Value,
};
use credentials::{
    demands, details, preview,
    slot::{attached, has_hidden_keys, shown_ids, shown_slot},
    steps,
};
use names::NAMES;

/// Applications.
pub(in crate::provider) static CLIENTS: Area = Area {
    path: &["clients"],
    key: "client_id",
    aliases: &[],
    // The global client is always the last in lists.
    identity: Identity::Name { property: "name", filters: &[("is_global", "false")] },
    secrets: &["client_secret", "signing_keys"],
    // Deleting an application deletes its grants.
    ends: &[&CLIENT_GRANTS],
    properties: || mapping::properties::<M2mClient>().into_iter().chain([APP_TYPE.to_owned()]).collect(),
};

/// The property with the type of application, which no attribute has.
const APP_TYPE: &str = "app_type";

/// The application type of this resource.
const NON_INTERACTIVE: &str = "non_interactive";

/// See the module.
pub(in crate::provider) struct M2mClientResource;

impl Resource<Connection> for M2mClientResource {
    const NAME: &'static str = "auth0_m2m_client";
    type Model = M2mClient;
    const MODIFY_PLAN: Option<ModifyPlan<Connection, M2mClient>> = Some(modify_plan);

    fn validate(&self, config: &M2mClient) -> Diagnostics {
        let mut found = rules::check(config);
        found.extend(demands::check(config));
        found
    }

    async fn create(&self, cx: &Cx<Connection>, plan: M2mClient) -> Result<M2mClient, Failed<M2mClient>> {
        let problems = demands::check_pems(&plan);
        if problems.has_errors() {
            return Err(problems.into());
        }
        let planned = plan.clone();
        let view = move |object: &Object| Ok(Shown::seen(object, &planned)?.map(|shown| shown.client));
        let made = match session(cx).api(&CLIENTS, &[]).create(&create_body(&plan), view).await {
            Ok(created) => created.value,
            Err(error) => {
                return Err(match &error {
                    auth0::Error::UnknownFate { candidates, .. } => may_exist(&plan, &error, candidates).into(),
                    _ => NAMES.diagnose("create", &error).into(),
                });
            }
        };
        let id = id(&made).to_owned();
        let made = registered(cx, &id, made, &plan).await?;
        let settled = M2mClient { credentials: made.credentials.clone(), ..plan.clone() };
        let made = settle(&session(cx).api(&CLIENTS, &[]), &NAMES, &id, made, &settled).await;
        let made = made.map_err(|failed| secret::not_supplied(&plan, failed))?;
        match plan.client_secret_wo.into_known() {
            Some(secret) => secret::supply(cx, made, secret).await,
            None => Ok(made),
        }
    }

    async fn read(&self, cx: &Cx<Connection>, prior: M2mClient) -> Result<Option<M2mClient>, Diagnostics> {
        let session = session(cx);
        match session.api(&CLIENTS, &[]).read(id(&prior), |object| Shown::seen(object, &prior)).await {
            Ok(Some(found)) => {
                let slot = found.slot.clone();
                let client = with_credentials(&session, &prior, found.into_client()?).await?;
                if let Some(client) = &client {
                    let own = attached(&client.clone().into_dynamic());
                    let foreign: Vec<_> = slot.into_iter().filter(|id| !own.contains(id)).collect();
                    if let Some(warning) = preview::warn_of_foreign(client, &foreign) {
                        cx.warn(warning);
                    }
                }
                Ok(client)
            }
            Ok(None) => Ok(None),
            Err(error) => Err(NAMES.diagnose("read", &error).into()),
        }
    }

    async fn update(
        &self,
        cx: &Cx<Connection>,
        prior: M2mClient,
        plan: M2mClient,
    ) -> Result<M2mClient, Failed<M2mClient>> {
        let problems = demands::check_pems(&plan);
        if problems.has_errors() {
            return Err(problems.into());
        }
        if steps::are_due(&prior, &plan) {
            let changed = steps::take(&session(cx).api(&CLIENTS, &[]), id(&prior), &prior, &plan).await?;
            return secret::rotate_if_due(cx, &prior, changed).await;
        }
        let body =
            |prior: &M2mClient, plan: &M2mClient| secret::with_new_secret(mapping::update(prior, plan), prior, plan);
        let (session, route) = (session(cx), mapping::route(&prior, plan));
        match update(&session.api(&CLIENTS, &[]), id(&prior), prior.clone(), route, body).await {
            Ok(changed) => secret::rotate_if_due(cx, &prior, changed).await,
            Err(Unfinished::Failed { error, has_secret, reached }) => {
                Err(Failed { saved: reached, diagnostics: secret::not_updated(has_secret, &error).into() })
            }
            // Nothing was rotated yet.
            Err(Unfinished::Unheeded { shown, paths }) => Err(Failed::saving(
                M2mClient { rotate_secret_when: prior.rotate_secret_when, ..shown },
                unheeded(NAMES.object, "update", paths),
            )),
        }
    }

    async fn delete(&self, cx: &Cx<Connection>, prior: M2mClient) -> Result<(), Diagnostics> {
        protected(&prior).check_deletion()?;
        session(cx).api(&CLIENTS, &[]).delete(id(&prior)).await.map_err(|error| NAMES.diagnose("delete", &error).into())
    }

    async fn import(&self, _cx: &Cx<Connection>, id: &str) -> Result<M2mClient, Diagnostics> {
        if !is_client_id(id) {
            let detail = format!(
                "{id:?} is not a client ID. Import an `auth0_m2m_client` by its client ID, which consists of letters, \
                 digits, `-` and `_`. Example: `AaiyAPdpYdesoKnqjj8HJqRn4T5titww`."
            );
            return Err(Diagnostic::error("Invalid Import ID", detail).into());
        }
        let found = M2mClient::lookup(Value::Known(id.to_owned()), Value::Null);
        // Only the configuration has it, so it starts with its default.
        Ok(M2mClient { deletion_protection: Value::Known(false), ..found })
    }
}

impl M2mClient {
    /// A model that has only what finds the application.
    pub(in crate::provider) fn lookup(id: Value<String>, name: Value<String>) -> Self {
        Self { client_id: id.clone(), id, name, ..Self::default() }
    }
}

fn modify_plan(_client: Option<&Connection>, prior: Option<&M2mClient>, plan: &mut Plan<M2mClient>) {
    if let Some(prior) = prior {
        protected(prior).check_plan(plan);
        plan.diagnostics.extend(plan.state.as_ref().and_then(|plan| secret::stays(prior, plan)));
    }
    preview::modify(prior, plan, OffsetDateTime::now_utc());
}

/// A new application with its credentials. If the response to the create was lost, they are read now.
async fn registered(
    cx: &Cx<Connection>,
    id: &str,
    made: M2mClient,
    plan: &M2mClient,
) -> Result<M2mClient, Failed<M2mClient>> {
    let is_complete = |made: &M2mClient| {
        let credentials = made.credentials.known().into_iter().flat_map(|credentials| credentials.values());
        credentials.into_iter().all(|credential| credential.id.known().is_some())
    };
    if is_complete(&made) {
        return Ok(made);
    }
    match session(cx).api(&CLIENTS, &[]).credentials(id).await {
        Ok(pool) => Ok(details::complete(plan, made, &pool.unwrap_or_default())),
        Err(error) => {
            let problems = tainted(NAMES.diagnose("read the credentials of", &error).into(), NAMES.object, id);
            Err(Failed::saving(M2mClient { credentials: Value::Null, ..made }, problems))
        }
    }
}

/// The application with its credentials, which are read only if that may tell something new.
pub(in crate::provider) async fn with_credentials(
    session: &Session,
    prior: &M2mClient,
    shown: M2mClient,
) -> Result<Option<M2mClient>, Diagnostics> {
    if !details::is_incomplete(prior, &shown) {
        return Ok(Some(shown));
    }
    match session.api(&CLIENTS, &[]).credentials(id(&shown)).await {
        Ok(Some(pool)) => Ok(Some(details::complete(prior, shown, &pool))),
        Ok(None) => Ok(None),
        // The token may read applications only.
        Err(error) if error.is_forbidden() => Ok(Some(shown)),
        Err(error) => Err(NAMES.diagnose("read the credentials of", &error).into()),
    }
}

fn id(client: &M2mClient) -> &str {
    client.id.as_str().unwrap_or_default()
}

fn protected(client: &M2mClient) -> Protected<'_> {
    Protected { object: "application", id: id(client), protection: client.deletion_protection }
}

/// How many candidates a message names.
const MOST_NAMED: usize = 20;

/// The outcome of a create is unknown: names the candidates and how to import them.
fn may_exist(plan: &M2mClient, error: &auth0::Error, candidates: &[String]) -> Diagnostic {
    let fate = unknown_fate(error);
    let name = plan.name.as_str().unwrap_or_default();
    let detail = match candidates {
        [] => format!(
            "{fate} Before you apply again, check in Auth0 whether it has a new application with the name `{name}`. If \
             so, import it, or the apply creates a second one:\n\n{}",
            import_block("auth0_m2m_client", "CLIENT_ID")
        ),
        candidates => {
            let named = candidates.iter().take(MOST_NAMED);
            let blocks: Vec<_> = named.map(|id| import_block("auth0_m2m_client", id)).collect();
            format!(
                "{fate} {} with the name `{name}` may be the new one, or another program may have created it. Check in \
                 Auth0 who created it, and when. To manage it here, import it:\n\n{}\n\nOtherwise apply again to \
                 create one.",
                match candidates {
                    [only] => format!("The application `{}`", foreign::name(only)),
                    several => format!("One of the {} applications", several.len()),
                },
                blocks.join("\n\nor\n\n")
            )
        }
    };
    Diagnostic::error("Client May Exist", detail).at("name")
}

/// An application in a response.
pub(in crate::provider) struct Shown {
    client: M2mClient,
    app_type: Option<String>,
    /// The ids of the credentials that are attached.
    slot: Vec<String>,
}

impl Shown {
    /// The application in a response, and whether it agrees with `known`. An application of another type never agrees,
    /// and neither does one whose keys may be hidden or gone.
    pub(in crate::provider) fn seen(object: &Object, known: &M2mClient) -> Result<Seen<Self>, Flaw> {
        let Seen { value: client, same } = mapping::seen(object, known)?;
        let app_type = object.get(APP_TYPE).and_then(Json::as_str).map(str::to_owned);
        let slot = shown_slot(object).map(|(_, slot)| shown_ids(slot)).unwrap_or_default();
        let value = Self { client, app_type, slot };
        let is_certain = !has_hidden_keys(object, known.authentication_method.as_str());
        let same = if value.is_machine_to_machine() && is_certain { same } else { Some(false) };
        Ok(Seen { value, same })
    }

    pub(in crate::provider) fn id(&self) -> &str {
        id(&self.client)
    }

    pub(in crate::provider) fn is_machine_to_machine(&self) -> bool {
        self.app_type.as_deref() == Some(NON_INTERACTIVE)
    }

    /// The application, if this resource manages its type, and its settings are readable or known.
    pub(in crate::provider) fn into_client(self) -> Result<M2mClient, Diagnostics> {
        if !self.is_machine_to_machine() {
            return Err(not_ours(self.id(), self.app_type.as_deref()).into());
        }
        if self.client.grant_types.is_null() {
            return Err(not_readable(self.id()).into());
        }
        Ok(self.client)
    }
}

/// The body of a create.
fn create_body(plan: &M2mClient) -> Body {
    let mut body = mapping::create(plan);
    body.insert(APP_TYPE.to_owned(), NON_INTERACTIVE.into());
    body.into()
}

fn not_readable(client_id: &str) -> Diagnostic {
    Diagnostic::error(
        "Client Settings Not Readable",
        format!(
            "Auth0 shows only a summary of the application `{}`, because the provider's token lacks a scope. Grant \
             `read:clients` for the Auth0 Management API to the application that the provider acts as.",
            foreign::name(client_id)
        ),
    )
}

fn not_ours(client_id: &str, app_type: Option<&str>) -> Diagnostic {
    let is = app_type.map_or_else(
        || "has no application type".to_owned(),
        |app_type| format!("has the application type `{}`", foreign::name(app_type)),
    );
    Diagnostic::error(
        "Not a Machine-to-Machine Client",
        format!(
            "The application `{}` {is}, but `auth0_m2m_client` manages only the type `{NON_INTERACTIVE}`. Use \
             `auth0_client` of the provider `auth0/auth0`, or change it to a machine-to-machine application in Auth0.",
            foreign::name(client_id)
        ),
    )
}

#[cfg(test)]
mod tests;
