//! `auth0_client_secret`: the current secret of an application.

use crate::{
    auth0::SecretView,
    diagnostic::{Diagnostic, Diagnostics},
    foreign,
    framework::{Cx, EphemeralResource, Opened},
    model,
    provider::{
        client_id::is_client_id,
        connection::{Connection, session},
        diagnosis::Names,
        resources::m2m_client::CLIENTS,
    },
    schema::{COMPUTED, Disclosed, REQUIRED, Rule},
    value::Value,
};

model! {
    /// Reads the client secret of an application during a run. Neither plan nor state contains it.
    ///
    /// Use the secret where Terraform stores nothing: in a write-only argument, a provider block or a provisioner. Each
    /// run that needs the secret reads it again, with one Management API request. It needs Terraform 1.10 or newer.
    ///
    /// The application that the provider acts as needs `read:client_keys` (or `read:client_credentials`).
    pub(in crate::provider) struct ClientSecret {
        /// The client ID of the application.
        client_id: Value<String> = REQUIRED.rules(&[
            Rule::Form("a client ID of letters, digits, `-` and `_`", is_client_id),
        ]),
        /// The current client secret.
        client_secret: Value<Disclosed> = COMPUTED.sensitive(),
    }
}

const NAMES: Names = Names { object: "client", attributes: || &[], renamed: &[], message_hints: &[] };

/// See the module.
pub(in crate::provider) struct ClientSecretEphemeralResource;

impl EphemeralResource<Connection> for ClientSecretEphemeralResource {
    const NAME: &'static str = "auth0_client_secret";
    type Model = ClientSecret;

    async fn open(&self, cx: &Cx<Connection>, config: ClientSecret) -> Result<Opened<ClientSecret>, Diagnostics> {
        let client_id = config.client_id.as_str().unwrap_or_default();
        let found = session(cx).api(&CLIENTS, &[]).secret(client_id).await;
        let found = found.map_err(|error| NAMES.diagnose("read the secret of", &error))?;
        match found.ok_or_else(|| not_found(client_id))? {
            SecretView::Shown(secret) => {
                Ok(Opened::lasting(ClientSecret { client_secret: Value::Known(secret.into()), ..config }))
            }
            SecretView::OtherMethod(method) => Err(without_secret(client_id, &method).into()),
            SecretView::Hidden => Err(hidden(client_id).into()),
        }
    }
}

fn not_found(client_id: &str) -> Diagnostic {
    let detail = format!("This tenant has no application with the client ID `{client_id}`.");
    Diagnostic::error("Client Not Found", detail).at("client_id")
}

fn without_secret(client_id: &str, method: &str) -> Diagnostic {
    let detail = format!(
        "The application `{client_id}` authenticates with `{}`, so it has no secret to use. Remove this block, or \
         change how the application authenticates.",
        foreign::name(method)
    );
    Diagnostic::error("Client Has No Secret", detail).at("client_id")
}

fn hidden(client_id: &str) -> Diagnostic {
    let detail = format!(
        "Auth0 does not show the secret of the application `{client_id}`, because the provider's token lacks a scope. \
         Grant `read:client_keys` for the Auth0 Management API to the application that the provider acts as."
    );
    Diagnostic::error("Client Secret Not Readable", detail).at("client_id")
}
