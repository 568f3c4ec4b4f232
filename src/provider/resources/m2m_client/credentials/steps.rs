//! Takes the steps from the credentials that an application has to those that it should have.
//!
//! Every step may fail. The state then has what is true, and the next apply goes on from there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use time::OffsetDateTime;

use super::{
    continuation::{Credentials, certificate_end, identity},
    details::{is_named, text, with_details},
    given::{self, registered},
    planner::{self, Configuration, Method, Obstacle, Owned, Reference, Step, Tenant},
    slot::{KEY_METHODS, attached, body, by_id, detached_name, is_detached, shown_ids, shown_slot},
};
use crate::{
    auth0::{Api, Body, Error, Object},
    diagnostic::{Diagnostic, Path},
    framework::Failed,
    provider::{
        mapping,
        resources::m2m_client::{
            application::{Credential, M2mClient},
            names::NAMES,
            secret,
        },
        update::{Unfinished, unheeded, update},
    },
    schema::Model as _,
    value::Value,
};

/// Whether an update concerns credentials.
pub(in super::super) fn are_due(prior: &M2mClient, plan: &M2mClient) -> bool {
    let credentials = |client: &M2mClient| client.credentials.clone().into_dynamic();
    let uses_keys = |client: &M2mClient| client.authentication_method.as_str().is_some_and(super::slot::uses_keys);
    let changes_method = prior.authentication_method != plan.authentication_method;
    credentials(prior) != credentials(plan) || (changes_method && (uses_keys(prior) || uses_keys(plan)))
}

/// Updates the application and its credentials from `prior` to `plan`.
pub(in super::super) async fn take(
    api: &Api<'_>,
    client_id: &str,
    prior: &M2mClient,
    plan: &M2mClient,
) -> Result<M2mClient, Failed<M2mClient>> {
    let wanted = as_configured(plan);
    let mut progress = Progress::begin(api, client_id, prior, plan, &wanted).await?;
    let steps = progress.plan(&wanted).map_err(obstacle)?;
    let last = steps.iter().rposition(|step| matches!(step, Step::Attach { .. }));
    let mut result = match last {
        Some(_) => Ok(()),
        // Nothing about the slot changes, but perhaps other settings do.
        None => progress.attach(progress.method, progress.attached.clone(), true).await,
    };
    for (index, step) in steps.into_iter().enumerate() {
        if result.is_err() {
            break;
        }
        result = match step {
            Step::Add { name } => progress.add(&name, &wanted).await,
            Step::Attach { method, credentials } => {
                let ids = credentials.into_iter().filter_map(|of| progress.id(of)).collect();
                progress.attach(method, ids, Some(index) == last).await
            }
            Step::ChangeExpiry { id, expires_at } => progress.change_expiry(&id, expires_at, &wanted).await,
            Step::Delete { id } => progress.delete(&id).await,
        };
    }
    match result {
        Ok(()) => Ok(progress.state()),
        Err(Stop { diagnostics, shown }) => {
            let saved = shown.or_else(|| progress.has_written.then(|| progress.state()));
            // Nothing was rotated yet.
            let rotate_secret_when = prior.rotate_secret_when.clone();
            Err(Failed { saved: saved.map(|saved| M2mClient { rotate_secret_when, ..saved }), diagnostics })
        }
    }
}

/// The configured credentials. What only Auth0 decides is null.
fn as_configured(plan: &M2mClient) -> Credentials {
    let known = |value: &Value<String>| value.known().cloned().into();
    let credentials = plan.credentials.known().cloned().unwrap_or_default();
    let one = |(name, entry): (String, Credential)| {
        let entry = Credential {
            subject_dn: known(&entry.subject_dn),
            algorithm: known(&entry.algorithm),
            key_id: known(&entry.key_id),
            expires_at: known(&entry.expires_at),
            ..entry
        };
        (name, entry)
    };
    credentials.into_iter().map(one).collect()
}

/// Why the steps end early.
struct Stop {
    diagnostics: crate::diagnostic::Diagnostics,
    /// What Auth0 shows, if that is more than what the steps did.
    shown: Option<M2mClient>,
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: diagnostic.into(), shown: None }
    }
}

/// What is true of the application at this point.
struct Progress<'a> {
    api: &'a Api<'a>,
    client_id: &'a str,
    /// Everything but credentials.
    reached: M2mClient,
    prior: &'a M2mClient,
    plan: &'a M2mClient,
    method: Method,
    attached: Vec<String>,
    elsewhere: Vec<(String, Vec<String>)>,
    pool: Vec<Object>,
    /// Our credentials that exist, with the name and the entry of the configuration or of the state.
    own: BTreeMap<String, (String, Credential)>,
    added: BTreeMap<String, String>,
    has_written: bool,
}

impl<'a> Progress<'a> {
    /// Looks at what the tenant has.
    async fn begin(
        api: &'a Api<'a>,
        client_id: &'a str,
        prior: &'a M2mClient,
        plan: &'a M2mClient,
        wanted: &Credentials,
    ) -> Result<Self, Failed<M2mClient>> {
        let failed = |error: Error| Failed::from(NAMES.diagnose("read the credentials of", &error));
        let shown = api.slots(client_id).await.map_err(failed)?;
        let pool = api.credentials(client_id).await.map_err(failed)?;
        let (Some(shown), Some(pool)) = (shown, pool) else {
            let detail = "The application does not exist any more. Plan again to refresh the state.";
            return Err(Diagnostic::error("Credentials Cannot Be Changed", detail).into());
        };
        let before = prior.authentication_method.as_str().unwrap_or_default();
        let (method, attached) = match (shown_slot(&shown), text(&shown, "token_endpoint_auth_method")) {
            (Some((method, slot)), _) => (method, shown_ids(slot)),
            (None, Some(method)) => (method, Vec::new()),
            // The token may not read it.
            (None, None) => (before, attached(&prior.clone().into_dynamic())),
        };
        let elsewhere = ["signed_request_object", "token_vault_privileged_access"].into_iter().filter_map(|slot| {
            let credentials = shown.get(slot)?.get("credentials")?.as_array()?;
            Some((slot.to_owned(), shown_ids(credentials)))
        });
        let known = prior.credentials.known().cloned().unwrap_or_default().into_iter();
        let in_pool = |id: &str| pool.iter().find(|of| text(of, "id") == Some(id));
        let own: BTreeMap<_, _> = known
            .filter_map(|(name, entry)| {
                let id = entry.id.as_str()?.to_owned();
                let given = in_pool(&id)?.get("name").and_then(Json::as_str).unwrap_or_default();
                let name = if is_detached(&name) || name == id { given.to_owned() } else { name };
                Some((id, (name, entry)))
            })
            .collect();
        let is_gone = |entry: &Credential| entry.id.as_str().is_some_and(|id| !own.contains_key(id));
        if wanted.values().any(is_gone) {
            let detail = "A credential that the plan keeps was deleted since then. Plan again to refresh the state.";
            return Err(Diagnostic::error("Credentials Cannot Be Changed", detail).at("credentials").into());
        }
        Ok(Self {
            api,
            client_id,
            reached: prior.clone(),
            prior,
            plan,
            method: Method::of_name(method).unwrap_or(Method::ClientSecretPost),
            attached,
            elsewhere: elsewhere.collect(),
            pool,
            own,
            added: BTreeMap::new(),
            has_written: false,
        })
    }

    /// The steps, of which none is taken yet.
    fn plan(&mut self, wanted: &Credentials) -> Result<Vec<Step>, Obstacle> {
        let before = self.prior.authentication_method.as_str().unwrap_or_default();
        let owned: Vec<_> = self
            .own
            .iter()
            .map(|(id, (name, entry))| Owned {
                name: name.clone(),
                id: id.clone(),
                identity: entry.pem.known().and_then(|_| identity(before, entry)),
            })
            .collect();
        let tenant = Tenant {
            method: self.method,
            attached: self.attached.clone(),
            pool: self.pool.iter().map(registered).collect(),
            elsewhere: self.elsewhere.clone(),
        };
        let method = self.plan.authentication_method.as_str().and_then(Method::of_name);
        let method = method.unwrap_or(Method::ClientSecretPost);
        let credentials = if method.uses_keys() && !self.plan.credentials.is_null() {
            wanted.iter().map(|(name, entry)| given::wanted(method, name, entry)).collect()
        } else {
            Vec::new()
        };
        let configuration = Configuration { method, credentials };
        let planned = planner::plan(&owned, &tenant, &configuration, OffsetDateTime::now_utc())?;
        for (name, id) in planned.kept {
            let entry = wanted.get(&name).cloned().unwrap_or_default();
            self.own.insert(id, (name, entry));
        }
        Ok(planned.steps)
    }

    fn id(&self, of: Reference) -> Option<String> {
        match of {
            Reference::Existing(id) => Some(id),
            Reference::Added(name) => self.added.get(&name).cloned(),
        }
    }

    async fn add(&mut self, name: &str, wanted: &Credentials) -> Result<(), Stop> {
        let method = self.plan.authentication_method.as_str().unwrap_or_default();
        let entry = &wanted[name];
        let known: Vec<_> = self.pool.iter().filter_map(|of| text(of, "id")).map(str::to_owned).collect();
        let body = Body::from(body(name, &entry.clone().into_dynamic(), method));
        let is_same = |of: &Object| is_named(method, name, entry, of);
        let added = self.api.add_credential(self.client_id, &body, &known, is_same).await;
        let path = Path::from("credentials").key(name);
        let added = added.map_err(|error| failed(&error).at(path))?;
        let id = text(&added, "id").unwrap_or_default().to_owned();
        self.has_written = true;
        self.pool.push(added);
        self.own.insert(id.clone(), (name.to_owned(), entry.clone()));
        self.added.insert(name.to_owned(), id);
        Ok(())
    }

    /// Sets the slot. The `last` of these requests also changes all other settings.
    async fn attach(&mut self, method: Method, ids: Vec<String>, last: bool) -> Result<(), Stop> {
        let before = self.state_on(&self.reached, false);
        let base = if last { self.plan.clone() } else { self.reached.clone() };
        let is_unmanaged = last && method == self.method && self.plan.credentials.is_null();
        let (from, old) = (self.method, std::mem::replace(&mut self.attached, ids.clone()));
        self.method = method;
        let next = self.state_on(&base, false);
        let next = if is_unmanaged { M2mClient { credentials: Value::Null, ..next } } else { next };
        (self.method, self.attached) = (from, old);
        let expected = attached(&next.clone().into_dynamic());
        // What others attached is in no state, and stays.
        let body = |prior: &M2mClient, plan: &M2mClient| {
            let mut body = mapping::update(prior, plan).properties().clone();
            if let Some(slot) = body.get_mut(KEY_METHODS).filter(|slot| !slot.is_null()) {
                *slot = by_id(&ids, method.name());
            }
            secret::with_new_secret(body.into(), prior, plan)
        };
        let route = mapping::route(&before, next);
        match update(self.api, self.client_id, before, route, body).await {
            Ok(shown) => {
                let sorted = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>();
                self.has_written = true;
                if sorted(attached(&shown.clone().into_dynamic())) != sorted(expected) {
                    let diagnostics = unheeded(NAMES.object, "update", vec!["credentials".into()]);
                    return Err(Stop { diagnostics, shown: Some(shown) });
                }
                (self.method, self.attached, self.reached) = (method, ids, shown);
                Ok(())
            }
            Err(Unfinished::Failed { error, has_secret, reached }) => {
                Err(Stop { diagnostics: secret::not_updated(has_secret, &error).into(), shown: reached })
            }
            Err(Unfinished::Unheeded { shown, paths }) => {
                Err(Stop { diagnostics: unheeded(NAMES.object, "update", paths), shown: Some(shown) })
            }
        }
    }

    async fn change_expiry(
        &mut self,
        id: &str,
        expires_at: Option<OffsetDateTime>,
        wanted: &Credentials,
    ) -> Result<(), Stop> {
        let name = self.own.get(id).map(|(name, _)| name.clone()).unwrap_or_default();
        let entry = wanted.get(&name).cloned().unwrap_or_default();
        let configured = entry.expires_at.as_str().map(str::to_owned);
        let method = self.plan.authentication_method.as_str().unwrap_or_default();
        let end = certificate_end(method, &entry.pem).into_known();
        let text = configured.or(end).filter(|_| expires_at.is_some());
        let body = Map::from_iter([("expires_at".to_owned(), text.map_or(Json::Null, Json::from))]);
        let path = Path::from("credentials").key(name).attribute("expires_at");
        let changed = self.api.change_expiry(self.client_id, id, &body.into()).await;
        let changed = changed.map_err(|error| failed(&error).at(path))?;
        self.has_written = true;
        self.pool.retain(|of| self::text(of, "id") != Some(id));
        self.pool.push(changed);
        Ok(())
    }

    async fn delete(&mut self, id: &str) -> Result<(), Stop> {
        let deleted = self.api.delete_credential(self.client_id, id).await;
        deleted.map_err(|error| failed(&error).at("credentials"))?;
        self.has_written = true;
        self.pool.retain(|of| text(of, "id") != Some(id));
        self.own.remove(id);
        Ok(())
    }

    fn state(&self) -> M2mClient {
        self.state_on(&self.reached, true)
    }

    /// `base` with the method and the credentials that are true now, and perhaps those that are not attached.
    fn state_on(&self, base: &M2mClient, with_detached: bool) -> M2mClient {
        let mut credentials = Credentials::new();
        for of in &self.pool {
            let id = text(of, "id").unwrap_or_default();
            let Some((name, entry)) = self.own.get(id) else { continue };
            let is_attached = self.attached.iter().any(|attached| attached == id);
            if is_attached || with_detached {
                // After a lost response, an old and a new one may have the same name for a while.
                let name = if credentials.contains_key(name) { id.to_owned() } else { name.clone() };
                let name = if is_attached { name } else { detached_name(id) };
                credentials.insert(name, with_details(self.method.name(), entry.clone(), of));
            }
        }
        let is_managed = !credentials.is_empty() || (self.method.uses_keys() && !base.credentials.is_null());
        let has_no_method = base.authentication_method.is_null() && !self.method.uses_keys();
        let method = Value::Known(self.method.name().to_owned());
        M2mClient {
            authentication_method: if has_no_method { Value::Null } else { method },
            credentials: if is_managed { Value::Known(credentials) } else { Value::Null },
            ..base.clone()
        }
    }
}

fn failed(error: &Error) -> Diagnostic {
    let diagnostic = NAMES.diagnose("change the credentials of", error);
    let detail =
        format!("{} The state has what was done so far. The next apply goes on from there.", diagnostic.detail);
    Diagnostic { detail, ..diagnostic }
}

#[expect(clippy::needless_pass_by_value, reason = "it maps an error")]
fn obstacle(obstacle: Obstacle) -> Failed<M2mClient> {
    let path = Path::from("credentials");
    let path = obstacle.name().map_or_else(|| path.clone(), |name| path.key(name));
    Diagnostic::error("Credentials Cannot Be Changed", format!("{obstacle} Nothing was written.")).at(path).into()
}
