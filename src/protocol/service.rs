//! `tfplugin6.Provider`: one method for each call, in the order of `tfplugin6.proto`.
//!
//! A method converts the request, calls the framework, and converts the response. Calls that the framework does not
//! support fail like an unknown resource type. The file is long because the service has many calls, and each of them is
//! short.

use std::sync::Arc;

use tokio_stream::Once;
use tonic::{Request, Response, Status, Streaming};

use super::convert::{progress, value};
use super::error_response::ErrorResponse;
use super::rpc::{Call, Events};
use super::wire::tfplugin6::{self as wire, provider_server};
use crate::diagnostic::Diagnostic;
use crate::framework::{Progress, Provider, Server};

/// Terraform's view of a provider.
pub(super) struct Service<P: Provider> {
    server: Arc<Server<P>>,
}

impl<P: Provider> Service<P> {
    pub(super) fn new(server: Server<P>) -> Self {
        Self { server: Arc::new(server) }
    }
}

fn call<P: Provider>(rpc: &'static str) -> Call {
    Call::new(rpc, P::ADDRESS)
}

/// The response to a call for a kind of type that the framework does not support.
async fn not_offered<P: Provider, R: ErrorResponse>(
    rpc: &'static str,
    kind: &str,
    name: &str,
) -> Result<Response<R>, Status> {
    let why = || {
        Diagnostic::error(
            format!("Unknown {kind}"),
            format!("The provider {} has no {kind} `{name}`. Check its name, and the provider's version.", P::ADDRESS),
        )
    };
    call::<P>(rpc).answer(async { R::refuse(why()) }).await
}

/// A stream with this one message.
fn once<T>(answer: Result<Response<T>, Status>) -> Result<Response<Once<Result<T, Status>>>, Status> {
    answer.map(|answer| answer.map(|message| tokio_stream::once(Ok(message))))
}

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Service<P> {
    async fn get_metadata(
        &self,
        _: Request<wire::get_metadata::Request>,
    ) -> Result<Response<wire::get_metadata::Response>, Status> {
        call::<P>("GetMetadata").answer(async { self.server.schemas().into() }).await
    }

    async fn get_provider_schema(
        &self,
        _: Request<wire::get_provider_schema::Request>,
    ) -> Result<Response<wire::get_provider_schema::Response>, Status> {
        call::<P>("GetProviderSchema").answer(async { self.server.schemas().into() }).await
    }

    async fn validate_provider_config(
        &self,
        request: Request<wire::validate_provider_config::Request>,
    ) -> Result<Response<wire::validate_provider_config::Response>, Status> {
        let config = value(request.into_inner().config);
        call::<P>("ValidateProviderConfig").answer(async { self.server.validate_provider_config(&config).into() }).await
    }

    async fn configure_provider(
        &self,
        request: Request<wire::configure_provider::Request>,
    ) -> Result<Response<wire::configure_provider::Response>, Status> {
        call::<P>("ConfigureProvider")
            .answer(async {
                // Otherwise a process that serves many commands would collect streams that nothing ends.
                let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
                tracing::debug!(tasks, "to be configured");
                self.server.configure(&request.into_inner().into()).into()
            })
            .await
    }

    async fn stop_provider(
        &self,
        _: Request<wire::stop_provider::Request>,
    ) -> Result<Response<wire::stop_provider::Response>, Status> {
        call::<P>("StopProvider")
            .answer(async {
                self.server.stop();
                wire::stop_provider::Response::default()
            })
            .await
    }

    async fn validate_resource_config(
        &self,
        request: Request<wire::validate_resource_config::Request>,
    ) -> Result<Response<wire::validate_resource_config::Response>, Status> {
        let request = request.into_inner();
        let write_only = request.client_capabilities.is_some_and(|able| able.write_only_attributes_allowed);
        call::<P>("ValidateResourceConfig")
            .resource(&request.type_name)
            .answer(async {
                let config = value(request.config);
                self.server.validate_resource_config(&request.type_name, &config, write_only).into()
            })
            .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire::upgrade_resource_state::Request>,
    ) -> Result<Response<wire::upgrade_resource_state::Response>, Status> {
        let request = request.into_inner();
        call::<P>("UpgradeResourceState")
            .resource(&request.type_name)
            .answer(async { self.server.upgrade_resource_state(&request.into()).into() })
            .await
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<wire::get_resource_identity_schemas::Request>,
    ) -> Result<Response<wire::get_resource_identity_schemas::Response>, Status> {
        call::<P>("GetResourceIdentitySchemas")
            .answer(async { wire::get_resource_identity_schemas::Response::default() })
            .await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<wire::upgrade_resource_identity::Request>,
    ) -> Result<Response<wire::upgrade_resource_identity::Response>, Status> {
        not_offered::<P, _>("UpgradeResourceIdentity", "resource identity", &request.get_ref().type_name).await
    }

    async fn read_resource(
        &self,
        request: Request<wire::read_resource::Request>,
    ) -> Result<Response<wire::read_resource::Response>, Status> {
        let request = request.into_inner();
        call::<P>("ReadResource")
            .resource(&request.type_name)
            .answer(async { self.server.read_resource(request.into()).await.into() })
            .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire::plan_resource_change::Request>,
    ) -> Result<Response<wire::plan_resource_change::Response>, Status> {
        let request = request.into_inner();
        call::<P>("PlanResourceChange")
            .resource(&request.type_name)
            .answer(async { self.server.plan_resource_change(&request.into()).into() })
            .await
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire::apply_resource_change::Request>,
    ) -> Result<Response<wire::apply_resource_change::Response>, Status> {
        let request = request.into_inner();
        call::<P>("ApplyResourceChange")
            .resource(&request.type_name)
            .answer(async { self.server.apply_resource_change(request.into()).await.into() })
            .await
    }

    async fn import_resource_state(
        &self,
        request: Request<wire::import_resource_state::Request>,
    ) -> Result<Response<wire::import_resource_state::Response>, Status> {
        let request = request.into_inner();
        call::<P>("ImportResourceState")
            .resource(&request.type_name)
            .answer(async { self.server.import_resource_state(request.into()).await.into() })
            .await
    }

    async fn move_resource_state(
        &self,
        request: Request<wire::move_resource_state::Request>,
    ) -> Result<Response<wire::move_resource_state::Response>, Status> {
        let request = request.into_inner();
        call::<P>("MoveResourceState")
            .resource(&request.target_type_name)
            .answer(async { wire::move_resource_state::Response::refuse(unknown_source(&request)) })
            .await
    }

    async fn generate_resource_config(
        &self,
        request: Request<wire::generate_resource_config::Request>,
    ) -> Result<Response<wire::generate_resource_config::Response>, Status> {
        not_offered::<P, _>(
            "GenerateResourceConfig",
            "generated configuration for the resource type",
            &request.get_ref().type_name,
        )
        .await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<wire::validate_data_resource_config::Request>,
    ) -> Result<Response<wire::validate_data_resource_config::Response>, Status> {
        let request = request.into_inner();
        call::<P>("ValidateDataResourceConfig")
            .data_source(&request.type_name)
            .answer(async {
                self.server.validate_data_source_config(&request.type_name, &value(request.config)).into()
            })
            .await
    }

    async fn read_data_source(
        &self,
        request: Request<wire::read_data_source::Request>,
    ) -> Result<Response<wire::read_data_source::Response>, Status> {
        let request = request.into_inner();
        call::<P>("ReadDataSource")
            .data_source(&request.type_name)
            .answer(async { self.server.read_data_source(request.into()).await.into() })
            .await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<wire::validate_ephemeral_resource_config::Request>,
    ) -> Result<Response<wire::validate_ephemeral_resource_config::Response>, Status> {
        let request = request.into_inner();
        call::<P>("ValidateEphemeralResourceConfig")
            .ephemeral_resource(&request.type_name)
            .answer(async {
                self.server.validate_ephemeral_resource_config(&request.type_name, &value(request.config)).into()
            })
            .await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<wire::open_ephemeral_resource::Request>,
    ) -> Result<Response<wire::open_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        call::<P>("OpenEphemeralResource")
            .ephemeral_resource(&request.type_name)
            .answer(async { self.server.open_ephemeral_resource(request.into()).await.into() })
            .await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<wire::renew_ephemeral_resource::Request>,
    ) -> Result<Response<wire::renew_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        call::<P>("RenewEphemeralResource")
            .ephemeral_resource(&request.type_name)
            .answer(async { self.server.renew_ephemeral_resource(request.into()).await.into() })
            .await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<wire::close_ephemeral_resource::Request>,
    ) -> Result<Response<wire::close_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        call::<P>("CloseEphemeralResource")
            .ephemeral_resource(&request.type_name)
            .answer(async { self.server.close_ephemeral_resource(request.into()).await.into() })
            .await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<wire::validate_list_resource_config::Request>,
    ) -> Result<Response<wire::validate_list_resource_config::Response>, Status> {
        not_offered::<P, _>("ValidateListResourceConfig", "list resource type", &request.get_ref().type_name).await
    }

    type ListResourceStream = Once<Result<wire::list_resource::Event, Status>>;

    async fn list_resource(
        &self,
        request: Request<wire::list_resource::Request>,
    ) -> Result<Response<Self::ListResourceStream>, Status> {
        once(not_offered::<P, _>("ListResource", "list resource type", &request.get_ref().type_name).await)
    }

    async fn get_functions(
        &self,
        _: Request<wire::get_functions::Request>,
    ) -> Result<Response<wire::get_functions::Response>, Status> {
        call::<P>("GetFunctions").answer(async { wire::get_functions::Response::default() }).await
    }

    async fn call_function(
        &self,
        request: Request<wire::call_function::Request>,
    ) -> Result<Response<wire::call_function::Response>, Status> {
        not_offered::<P, _>("CallFunction", "function", &request.get_ref().name).await
    }

    async fn validate_action_config(
        &self,
        request: Request<wire::validate_action_config::Request>,
    ) -> Result<Response<wire::validate_action_config::Response>, Status> {
        let request = request.into_inner();
        call::<P>("ValidateActionConfig")
            .action(&request.type_name)
            .answer(async { self.server.validate_action_config(&request.type_name, &value(request.config)).into() })
            .await
    }

    async fn plan_action(
        &self,
        request: Request<wire::plan_action::Request>,
    ) -> Result<Response<wire::plan_action::Response>, Status> {
        let request = request.into_inner();
        call::<P>("PlanAction")
            .action(&request.action_type)
            .answer(async { self.server.plan_action(&request.action_type, &value(request.config)).into() })
            .await
    }

    type InvokeActionStream = Events<wire::invoke_action::Event>;

    async fn invoke_action(
        &self,
        request: Request<wire::invoke_action::Request>,
    ) -> Result<Response<Self::InvokeActionStream>, Status> {
        let request = request.into_inner();
        let server = Arc::clone(&self.server);
        let call = call::<P>("InvokeAction").action(&request.action_type);
        Ok(call.stream(|events| async move {
            let progress = Progress::new(move |message| events.send(progress(&message)));
            server.invoke_action(&request.action_type, &value(request.config), &progress).await.into()
        }))
    }

    async fn validate_state_store_config(
        &self,
        request: Request<wire::validate_state_store::Request>,
    ) -> Result<Response<wire::validate_state_store::Response>, Status> {
        not_offered::<P, _>("ValidateStateStoreConfig", "state store type", &request.get_ref().type_name).await
    }

    async fn configure_state_store(
        &self,
        request: Request<wire::configure_state_store::Request>,
    ) -> Result<Response<wire::configure_state_store::Response>, Status> {
        not_offered::<P, _>("ConfigureStateStore", "state store type", &request.get_ref().type_name).await
    }

    type ReadStateBytesStream = Once<Result<wire::read_state_bytes::Response, Status>>;

    async fn read_state_bytes(
        &self,
        request: Request<wire::read_state_bytes::Request>,
    ) -> Result<Response<Self::ReadStateBytesStream>, Status> {
        once(not_offered::<P, _>("ReadStateBytes", "state store type", &request.get_ref().type_name).await)
    }

    async fn write_state_bytes(
        &self,
        request: Request<Streaming<wire::write_state_bytes::RequestChunk>>,
    ) -> Result<Response<wire::write_state_bytes::Response>, Status> {
        // Only the first chunk names the store.
        let first = request.into_inner().message().await?;
        let type_name = first.and_then(|chunk| chunk.meta).map(|meta| meta.type_name).unwrap_or_default();
        not_offered::<P, _>("WriteStateBytes", "state store type", &type_name).await
    }

    async fn lock_state(
        &self,
        request: Request<wire::lock_state::Request>,
    ) -> Result<Response<wire::lock_state::Response>, Status> {
        not_offered::<P, _>("LockState", "state store type", &request.get_ref().type_name).await
    }

    async fn unlock_state(
        &self,
        request: Request<wire::unlock_state::Request>,
    ) -> Result<Response<wire::unlock_state::Response>, Status> {
        not_offered::<P, _>("UnlockState", "state store type", &request.get_ref().type_name).await
    }

    async fn get_states(
        &self,
        request: Request<wire::get_states::Request>,
    ) -> Result<Response<wire::get_states::Response>, Status> {
        not_offered::<P, _>("GetStates", "state store type", &request.get_ref().type_name).await
    }

    async fn delete_state(
        &self,
        request: Request<wire::delete_state::Request>,
    ) -> Result<Response<wire::delete_state::Response>, Status> {
        not_offered::<P, _>("DeleteState", "state store type", &request.get_ref().type_name).await
    }
}

fn unknown_source(request: &wire::move_resource_state::Request) -> Diagnostic {
    Diagnostic::error(
        "Unsupported Move",
        format!(
            "The provider cannot move the state of {type_name} of the provider {address}, schema version {version}, to \
             {target}. Remove the `moved` block, and import the object instead.",
            type_name = request.source_type_name,
            address = request.source_provider_address,
            version = request.source_schema_version,
            target = request.target_type_name,
        ),
    )
}
