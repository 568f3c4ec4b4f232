//! `auth0_m2m_client` as a data source: an application that this configuration does not manage.

use crate::{
    auth0::{Flaw, Object},
    diagnostic::{Diagnostic, Diagnostics},
    foreign,
    framework::{Cx, DataSource},
    provider::{
        client_id::is_client_id,
        connection::{Connection, session},
        diagnosis::Names,
        resources::m2m_client::{CLIENTS, M2mClient, Shown, with_credentials},
    },
    schema::{
        Schema,
        combination::{exactly_one_of, given},
    },
    value::{Value, nfc},
};

/// The arguments. Exactly one must be set.
const ARGUMENTS: [&str; 3] = ["id", "client_id", "name"];

const NAMES: Names = Names { object: "client", attributes: || &[], renamed: &[], message_hints: &[] };

/// How many applications of one name a message names.
const MOST_NAMED: usize = 20;

/// See the module.
pub(in crate::provider) struct M2mClientDataSource;

impl DataSource<Connection> for M2mClientDataSource {
    const NAME: &'static str = "auth0_m2m_client";
    type Model = M2mClient;

    fn schema() -> Schema {
        Schema::lookup::<M2mClient>(
            "Looks up a machine-to-machine application by its client ID or by its name.\n\n\
             Set one of `id`, `client_id` (the same) and `name`. Names are not unique in Auth0. If several \
             machine-to-machine applications have the name, the look-up fails and lists them. The state never contains \
             the client secret.",
            &ARGUMENTS,
        )
    }

    fn validate(&self, config: &M2mClient) -> Diagnostics {
        let arguments = [given("id", &config.id), given("client_id", &config.client_id), given("name", &config.name)];
        exactly_one_of(&arguments).into_iter().collect()
    }

    async fn read(&self, cx: &Cx<Connection>, config: M2mClient) -> Result<M2mClient, Diagnostics> {
        let problems = self.validate(&config);
        if problems.has_errors() {
            return Err(problems);
        }
        match (&config.id, &config.client_id, &config.name) {
            (Value::Known(id), _, _) => by_id(cx, id, "id").await,
            (_, Value::Known(id), _) => by_id(cx, id, "client_id").await,
            (_, _, Value::Known(name)) => by_name(cx, name).await,
            _ => unreachable!("one argument is given and all are known when a data source is read"),
        }
    }
}

async fn by_id(cx: &Cx<Connection>, id: &str, argument: &str) -> Result<M2mClient, Diagnostics> {
    if !is_client_id(id) {
        let id = foreign::name(id);
        let detail = format!("\"{id}\" is not a client ID. A client ID consists of letters, digits, `-` and `_`.");
        return Err(Diagnostic::error("Invalid Client ID", detail).at(argument).into());
    }
    match session(cx).api(&CLIENTS, &[]).read_singly(id, shown).await {
        Ok(Some(found)) => complete(cx, found).await,
        Ok(None) => Err(not_found(&format!("the client ID `{id}`"), argument)),
        Err(error) => Err(NAMES.diagnose("read", &error).into()),
    }
}

/// The only machine-to-machine application with the name.
async fn by_name(cx: &Cx<Connection>, name: &str) -> Result<M2mClient, Diagnostics> {
    let wanted = nfc(name.to_owned());
    let view = |object: &Object| {
        let stored = object.get("name").and_then(serde_json::Value::as_str);
        let is_wanted = stored.is_some_and(|stored| nfc(stored.to_owned()) == wanted);
        Ok(if is_wanted { Some(shown(object)?).filter(Shown::is_machine_to_machine) } else { None })
    };
    let found = session(cx).api(&CLIENTS, &[]).list(&[], view).await;
    let mut found = found.map_err(|error| NAMES.diagnose("look up", &error))?;
    match (found.pop(), found.as_slice()) {
        (None, _) => Err(not_found(&format!("the name \"{}\"", foreign::name(name)), "name")),
        (Some(only), []) => complete(cx, only).await,
        (Some(last), others) => {
            let count = others.len() + 1;
            let ids = others.iter().chain([&last]).map(|found| format!("`{}`", foreign::name(found.id())));
            let ids: Vec<_> = ids.take(MOST_NAMED).chain((count > MOST_NAMED).then(|| "…".to_owned())).collect();
            let detail = format!(
                "{count} machine-to-machine applications have the name \"{}\": {}. Look up the right one by \
                 `client_id`.",
                foreign::name(name),
                ids.join(", ")
            );
            Err(Diagnostic::error("Client Name Not Unique", detail).at("name").into())
        }
    }
}

/// The application with its credentials, as far as the token may read them.
async fn complete(cx: &Cx<Connection>, found: Shown) -> Result<M2mClient, Diagnostics> {
    let id = foreign::name(found.id());
    let known = M2mClient::default();
    let found = with_credentials(&session(cx), &known, found.into_client()?).await?;
    found.ok_or_else(|| not_found(&format!("the client ID `{id}`"), "id"))
}

/// An application without prior state.
fn shown(object: &Object) -> Result<Shown, Flaw> {
    Ok(Shown::seen(object, &M2mClient::default())?.value)
}

fn not_found(what: &str, argument: &str) -> Diagnostics {
    let detail = format!("This tenant has no machine-to-machine application with {what}.");
    Diagnostic::error("Client Not Found", detail).at(argument).into()
}
