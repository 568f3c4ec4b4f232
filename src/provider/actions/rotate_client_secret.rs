//! `auth0_rotate_client_secret`: rotates the secret of an application.

use crate::{
    diagnostic::Diagnostics,
    framework::{Action, Cx, Progress},
    model,
    provider::{
        client_id::is_client_id,
        connection::{Connection, session},
        resources::m2m_client::CLIENTS,
        rotation::not_rotated,
    },
    schema::{REQUIRED, Rule},
};

model! {
    /// Rotates the client secret of an application: Auth0 replaces it with a new one.
    ///
    /// The action does not show the new secret. Read it with the ephemeral resource `auth0_client_secret`. The old
    /// secret stops working within 30 seconds. Rotating twice is harmless, because the last secret counts.
    ///
    /// The action needs Terraform 1.14 or newer, and the application that the provider acts as needs
    /// `update:client_keys`. With an older Terraform, use `rotate_secret_when` of `auth0_m2m_client`. Applications that
    /// authenticate with a private key have no secret to rotate.
    pub(in crate::provider) struct RotateClientSecret {
        /// The client ID of the application.
        client_id: Value<String> = REQUIRED.rules(&[
            Rule::Form("a client ID of letters, digits, `-` and `_`", is_client_id),
        ]),
    }
}

/// See the module.
pub(in crate::provider) struct RotateClientSecretAction;

impl Action<Connection> for RotateClientSecretAction {
    const NAME: &'static str = "auth0_rotate_client_secret";
    type Model = RotateClientSecret;

    async fn invoke(
        &self,
        cx: &Cx<Connection>,
        config: RotateClientSecret,
        progress: &Progress,
    ) -> Result<(), Diagnostics> {
        let client_id = config.client_id.as_str().unwrap_or_default();
        progress.tell(format!("Rotating the secret of the application {client_id}"));
        let rotated = session(cx).api(&CLIENTS, &[]).rotate_secret(client_id).await;
        rotated.map_err(|error| not_rotated(&error, "Invoke the action again."))?;
        progress.tell(format!(
            "The application {client_id} has a new secret; the old secret stops working within 30 seconds"
        ));
        Ok(())
    }
}
