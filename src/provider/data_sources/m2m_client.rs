//! `auth0_m2m_client` as a data source: an application that somebody else manages.

use crate::{
    auth0,
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, DataSource},
    provider::{
        diagnosis::{Names, session},
        resources::m2m_client::{M2mClient, from_api, is_client_id, machine_to_machine},
    },
    schema::Schema,
    value::Value,
};

/// The arguments, of which exactly one is given.
const ARGUMENTS: [&str; 3] = ["id", "client_id", "name"];

const NAMES: Names = Names { object: "client", renamed: &[] };

/// See the module.
pub(in crate::provider) struct M2mClientDataSource;

impl DataSource<auth0::Client> for M2mClientDataSource {
    const NAME: &'static str = "auth0_m2m_client";
    type Model = M2mClient;

    fn schema() -> Schema {
        Schema::lookup::<M2mClient>(
            "Looks up a machine-to-machine application by its client id or by its name.\n\n\
             Exactly one of `id`, `client_id` (the same) and `name` must be given. Names are not unique in Auth0: when \
             several machine-to-machine applications have the name, the look-up fails and lists them. The client secret is \
             never read into state.",
            &ARGUMENTS,
        )
    }

    fn validate(&self, config: &M2mClient) -> Diagnostics {
        let arguments = [&config.id, &config.client_id, &config.name];
        let given = arguments.iter().filter(|argument| !argument.is_null()).count();
        let unknown = arguments.iter().any(|argument| argument.is_unknown());
        // An unknown argument may still turn out to be null.
        if given == 1 || (unknown && given > 0) {
            return Diagnostics::new();
        }
        let detail = format!("Exactly one of `id`, `client_id` and `name` must be given; {given} are.");
        Diagnostic::error("Invalid Look-Up Arguments", detail).into()
    }

    async fn read(&self, cx: &Cx<auth0::Client>, config: M2mClient) -> Result<M2mClient, Diagnostics> {
        let problems = self.validate(&config);
        if problems.has_errors() {
            return Err(problems);
        }
        let client = match (&config.id, &config.client_id, &config.name) {
            (Value::Known(id), _, _) | (_, Value::Known(id), _) => by_id(cx, id).await?,
            (_, _, Value::Known(name)) => by_name(cx, name).await?,
            _ => unreachable!("one argument is given and all are known when a data source is read"),
        };
        let client = machine_to_machine(client)?;
        Ok(from_api(client, &M2mClient::lookup(Value::Null, Value::Null)))
    }
}

async fn by_id(cx: &Cx<auth0::Client>, id: &str) -> Result<auth0::clients::Client, Diagnostics> {
    if !is_client_id(id) {
        return Err(Diagnostic::error("Invalid Client ID", format!("{id:?} is not a client id.")).at("id").into());
    }
    match session(cx).clients().read(id).await {
        Ok(client) => client.ok_or_else(|| not_found(&format!("the client id `{id}`"))),
        Err(error) => Err(NAMES.diagnose("read", &error).into()),
    }
}

async fn by_name(cx: &Cx<auth0::Client>, name: &str) -> Result<auth0::clients::Client, Diagnostics> {
    let found = session(cx).clients().find(name).await.map_err(|error| NAMES.diagnose("look up", &error))?;
    let mut found: Vec<_> = found.into_iter().filter_map(|client| machine_to_machine(client).ok()).collect();
    match (found.pop(), found.as_slice()) {
        (None, _) => Err(not_found(&format!("the name {name:?}"))),
        (Some(only), []) => Ok(only),
        (Some(last), others) => {
            let ids: Vec<_> = others.iter().chain([&last]).map(|client| format!("`{}`", client.client_id)).collect();
            let detail = format!(
                "{} machine-to-machine applications have the name {name:?}: {}. Look up the right one by `client_id`.",
                ids.len(),
                ids.join(", ")
            );
            Err(Diagnostic::error("Client Name Not Unique", detail).at("name").into())
        }
    }
}

fn not_found(what: &str) -> Diagnostics {
    let detail = format!("No machine-to-machine application in this tenant has {what}.");
    Diagnostic::error("Client Not Found", detail).into()
}
