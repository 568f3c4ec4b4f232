//! Converts messages of ephemeral resources and actions.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{diagnostics, value, wire};
use crate::diagnostic::Diagnostics;
use crate::foreign;
use crate::framework::{EphemeralRequest, EphemeralResponse, OpenRequest};
use crate::schema::Schema;

impl From<&Schema> for wire::ActionSchema {
    fn from(schema: &Schema) -> Self {
        Self { schema: Some(schema.into()) }
    }
}

impl From<wire::open_ephemeral_resource::Request> for OpenRequest {
    fn from(request: wire::open_ephemeral_resource::Request) -> Self {
        let deferral_allowed = request.client_capabilities.is_some_and(|able| able.deferral_allowed);
        Self { type_name: request.type_name, config: value(request.config), deferral_allowed }
    }
}

impl From<EphemeralResponse> for wire::open_ephemeral_resource::Response {
    fn from(response: EphemeralResponse) -> Self {
        let EphemeralResponse { result, renew_at, private, deferred, diagnostics: found } = response;
        let reason = wire::deferred::Reason::ProviderConfigUnknown.into();
        Self {
            diagnostics: diagnostics(found),
            renew_at: renew_at.map(timestamp),
            result: result.map(Into::into),
            private: Some(private),
            deferred: deferred.then_some(wire::Deferred { reason }),
        }
    }
}

impl From<wire::renew_ephemeral_resource::Request> for EphemeralRequest {
    fn from(request: wire::renew_ephemeral_resource::Request) -> Self {
        Self { type_name: request.type_name, private: request.private.unwrap_or_default() }
    }
}

impl From<EphemeralResponse> for wire::renew_ephemeral_resource::Response {
    fn from(response: EphemeralResponse) -> Self {
        let EphemeralResponse { result: _, renew_at, private, deferred: _, diagnostics: found } = response;
        Self { diagnostics: diagnostics(found), renew_at: renew_at.map(timestamp), private: Some(private) }
    }
}

impl From<wire::close_ephemeral_resource::Request> for EphemeralRequest {
    fn from(request: wire::close_ephemeral_resource::Request) -> Self {
        Self { type_name: request.type_name, private: request.private.unwrap_or_default() }
    }
}

impl From<Diagnostics> for wire::plan_action::Response {
    fn from(found: Diagnostics) -> Self {
        Self { diagnostics: diagnostics(found), deferred: None }
    }
}

/// The progress of an action.
pub(in crate::protocol) fn progress(message: &str) -> wire::invoke_action::Event {
    use wire::invoke_action::event::{Progress, Type};
    wire::invoke_action::Event { r#type: Some(Type::Progress(Progress { message: foreign::lines(message) })) }
}

/// The end of an action, with or without errors.
impl From<Diagnostics> for wire::invoke_action::Event {
    fn from(found: Diagnostics) -> Self {
        use wire::invoke_action::event::{Completed, Type};
        Self { r#type: Some(Type::Completed(Completed { diagnostics: diagnostics(found) })) }
    }
}

/// To the nanosecond. A time outside the protocol's range becomes the nearest one.
fn timestamp(time: SystemTime) -> prost_types::Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let nanos = since.subsec_nanos().try_into().unwrap_or_default();
    prost_types::Timestamp { seconds: since.as_secs().try_into().unwrap_or(i64::MAX), nanos }
}
