//! The calls of types without state: ephemeral resources and actions.

use super::{Server, answered, decode, encode, unknown_configuration, unknown_type};
use crate::{
    diagnostic::Diagnostics,
    framework::{
        EphemeralRequest, EphemeralResponse, OpenRequest, Opened, Progress, Provider, Renewed, lifecycle,
        registry::{AnyAction, AnyEphemeralResource, Entry},
    },
    value::Encoded,
};

impl<P: Provider> Server<P> {
    /// `ValidateEphemeralResourceConfig`
    pub fn validate_ephemeral_resource_config(&self, type_name: &str, config: &Encoded) -> Diagnostics {
        answered(self.ephemeral_resource(type_name).and_then(|entry| {
            let config = decode(config, &entry.schema)?;
            let across = |config| entry.implementation.validate(config);
            lifecycle::validate(&entry.schema, config, across)
        }))
    }

    /// `OpenEphemeralResource`
    pub async fn open_ephemeral_resource(&self, request: OpenRequest) -> EphemeralResponse {
        let open = async {
            let entry = self.ephemeral_resource(&request.type_name)?;
            let config = decode(&request.config, &entry.schema)?;
            let Some(cx) = self.cx()? else {
                let result = Some(encode(&lifecycle::not_open_yet(&entry.schema, &config), &entry.schema));
                let deferred = request.deferral_allowed;
                return Ok(EphemeralResponse { result, deferred, ..EphemeralResponse::default() });
            };
            let Opened { result, renew_at, private } = lifecycle::open(entry, &cx, config).await?;
            let result = Some(encode(&result, &entry.schema));
            Ok(EphemeralResponse { result, renew_at, private, ..EphemeralResponse::default() })
        };
        open.await.unwrap_or_else(|diagnostics| EphemeralResponse { diagnostics, ..EphemeralResponse::default() })
    }

    /// `RenewEphemeralResource`
    pub async fn renew_ephemeral_resource(&self, request: EphemeralRequest) -> EphemeralResponse {
        let renew = async {
            let entry = self.ephemeral_resource(&request.type_name)?;
            let cx = self.cx()?.ok_or_else(unknown_configuration)?;
            entry.implementation.renew(&cx, request.private).await
        };
        match renew.await {
            Ok(Renewed { renew_at, private, warnings: diagnostics }) => {
                EphemeralResponse { renew_at, private, diagnostics, ..EphemeralResponse::default() }
            }
            Err(diagnostics) => EphemeralResponse { diagnostics, ..EphemeralResponse::default() },
        }
    }

    /// `CloseEphemeralResource`
    pub async fn close_ephemeral_resource(&self, request: EphemeralRequest) -> Diagnostics {
        let close = async {
            let entry = self.ephemeral_resource(&request.type_name)?;
            // If it was not opened for lack of configuration, there is nothing to close.
            let Some(cx) = self.cx()? else { return Ok(()) };
            entry.implementation.close(&cx, request.private).await
        };
        close.await.err().unwrap_or_default()
    }

    /// `ValidateActionConfig`
    pub fn validate_action_config(&self, type_name: &str, config: &Encoded) -> Diagnostics {
        answered(self.action(type_name).and_then(|entry| {
            let config = decode(config, &entry.schema)?;
            let across = |config| entry.implementation.validate(config);
            lifecycle::validate(&entry.schema, config, across)
        }))
    }

    /// `PlanAction`: an invocation that was validated has nothing else to plan.
    pub fn plan_action(&self, type_name: &str, config: &Encoded) -> Diagnostics {
        answered(self.action(type_name).and_then(|entry| decode(config, &entry.schema).map(|_| Diagnostics::new())))
    }

    /// `InvokeAction`, until its completion.
    pub async fn invoke_action(&self, type_name: &str, config: &Encoded, progress: &Progress) -> Diagnostics {
        let invoke = async {
            let entry = self.action(type_name)?;
            let config = decode(config, &entry.schema)?;
            let cx = self.cx()?.ok_or_else(unknown_configuration)?;
            entry.implementation.invoke(&cx, config, progress).await
        };
        invoke.await.err().unwrap_or_default()
    }

    fn ephemeral_resource(&self, type_name: &str) -> Result<&Entry<dyn AnyEphemeralResource<P::Client>>, Diagnostics> {
        let known = self.registry.ephemeral_resources.get(type_name);
        known.ok_or_else(|| unknown_type("ephemeral resource", type_name))
    }

    fn action(&self, type_name: &str) -> Result<&Entry<dyn AnyAction<P::Client>>, Diagnostics> {
        self.registry.actions.get(type_name).ok_or_else(|| unknown_type("action", type_name))
    }
}
