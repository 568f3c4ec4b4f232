//! Responses that contain only an error.
//!
//! A failure is a response and not a gRPC status: Terraform shows a status as an unexpected error of the plugin.

use super::wire::tfplugin6 as wire;
use crate::diagnostic::Diagnostic;
use crate::foreign;

/// A response that can contain an error.
pub(super) trait ErrorResponse {
    fn refuse(why: Diagnostic) -> Self;
}

macro_rules! refuse_by_diagnostics {
    ($($rpc:ident),* $(,)?) => {
        $(impl ErrorResponse for wire::$rpc::Response {
            fn refuse(why: Diagnostic) -> Self {
                let mut answer = Self::default();
                answer.diagnostics.push(why.into());
                answer
            }
        })*
    };
}

refuse_by_diagnostics!(
    apply_resource_change,
    close_ephemeral_resource,
    configure_provider,
    configure_state_store,
    delete_state,
    generate_resource_config,
    get_functions,
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    get_states,
    import_resource_state,
    lock_state,
    move_resource_state,
    open_ephemeral_resource,
    plan_action,
    plan_resource_change,
    read_data_source,
    read_resource,
    read_state_bytes,
    renew_ephemeral_resource,
    unlock_state,
    upgrade_resource_identity,
    upgrade_resource_state,
    validate_action_config,
    validate_data_resource_config,
    validate_ephemeral_resource_config,
    validate_list_resource_config,
    validate_provider_config,
    validate_resource_config,
    validate_state_store,
    write_state_bytes,
);

impl ErrorResponse for wire::call_function::Response {
    fn refuse(why: Diagnostic) -> Self {
        Self { error: Some(wire::FunctionError { text: on_one_line(&why), function_argument: None }), result: None }
    }
}

impl ErrorResponse for wire::stop_provider::Response {
    fn refuse(why: Diagnostic) -> Self {
        Self { error: on_one_line(&why) }
    }
}

fn on_one_line(why: &Diagnostic) -> String {
    foreign::lines(&format!("{}: {}", why.summary, why.detail))
}

/// An error ends the list, so this is the only event.
impl ErrorResponse for wire::list_resource::Event {
    fn refuse(why: Diagnostic) -> Self {
        Self { diagnostic: vec![why.into()], ..Self::default() }
    }
}

/// An invocation has exactly one completion, even if it never began.
impl ErrorResponse for wire::invoke_action::Event {
    fn refuse(why: Diagnostic) -> Self {
        use wire::invoke_action::event::{Completed, Type};
        Self { r#type: Some(Type::Completed(Completed { diagnostics: vec![why.into()] })) }
    }
}
