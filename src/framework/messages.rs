//! Requests and responses of the calls, without the types of the protocol.
//!
//! The fields are those of the messages with the same name in `tfplugin6.proto`. An absent state in a response means
//! null or, with an error, that Terraform keeps the prior state.

use std::time::SystemTime;

use bytes::Bytes;

use crate::{
    diagnostic::{Diagnostics, Path},
    value::Encoded,
};

/// Configure the provider.
#[derive(Debug)]
pub struct ConfigureRequest {
    /// The release of Terraform.
    pub terraform_version: String,
    /// The `provider` block. Without a block, an object of nulls.
    pub config: Encoded,
}

/// Bring stored state to the current schema.
#[derive(Debug)]
pub struct UpgradeRequest {
    /// The resource type.
    pub type_name: String,
    /// The schema version that wrote the state.
    pub version: i64,
    /// The state as JSON.
    pub json: Bytes,
    /// Whether the state has the form of Terraform 0.11 and older instead.
    pub flatmap: bool,
}

/// See [`UpgradeRequest`].
#[derive(Debug)]
pub struct UpgradeResponse {
    /// The state by the current schema.
    pub upgraded_state: Option<Encoded>,
    /// Messages for the user.
    pub diagnostics: Diagnostics,
}

/// Read an object.
#[derive(Debug)]
pub struct ReadRequest {
    /// The resource type.
    pub type_name: String,
    /// The prior state.
    pub current_state: Encoded,
    /// The provider's own data about the object.
    pub private: Bytes,
}

/// See [`ReadRequest`].
#[derive(Debug)]
pub struct ReadResponse {
    /// The state now; null if the object is gone.
    pub new_state: Option<Encoded>,
    /// The provider's own data, which replaces the stored data.
    pub private: Bytes,
    /// Messages for the user.
    pub diagnostics: Diagnostics,
}

/// Plan a change.
#[derive(Debug)]
pub struct PlanRequest {
    /// The resource type.
    pub type_name: String,
    /// The prior state; null for a create.
    pub prior_state: Encoded,
    /// Configuration merged with prior state; null for a delete.
    pub proposed_new_state: Encoded,
    /// The configuration; null for a delete.
    pub config: Encoded,
    /// The provider's own data about the object.
    pub prior_private: Bytes,
}

/// See [`PlanRequest`].
#[derive(Debug)]
pub struct PlanResponse {
    /// The planned state.
    pub planned_state: Option<Encoded>,
    /// Attributes whose change replaces the object.
    pub requires_replace: Vec<Path>,
    /// Data for the apply.
    pub planned_private: Bytes,
    /// Messages for the user.
    pub diagnostics: Diagnostics,
}

/// Apply a planned change.
#[derive(Debug)]
pub struct ApplyRequest {
    /// The resource type.
    pub type_name: String,
    /// The prior state; null for a create.
    pub prior_state: Encoded,
    /// The planned state; null for a delete.
    pub planned_state: Encoded,
    /// The configuration; null for a delete.
    pub config: Encoded,
    /// Data from the plan.
    pub planned_private: Bytes,
}

/// See [`ApplyRequest`].
#[derive(Debug)]
pub struct ApplyResponse {
    /// The state after the apply.
    pub new_state: Option<Encoded>,
    /// The provider's own data, which replaces the stored data.
    pub private: Bytes,
    /// Messages for the user.
    pub diagnostics: Diagnostics,
}

/// Find an object by its import ID.
#[derive(Debug)]
pub struct ImportRequest {
    /// The resource type.
    pub type_name: String,
    /// The import ID.
    pub id: String,
}

/// See [`ImportRequest`].
#[derive(Debug)]
pub struct ImportResponse {
    /// The object, with what a read needs.
    pub imported: Option<Imported>,
    /// Messages for the user.
    pub diagnostics: Diagnostics,
}

/// An imported object.
#[derive(Debug)]
pub struct Imported {
    /// The resource type.
    pub type_name: String,
    /// What a read needs; everything else is null.
    pub state: Encoded,
    /// The provider's own data about the object.
    pub private: Bytes,
}

/// Read a data source.
#[derive(Debug)]
pub struct DataSourceRequest {
    /// The data source type.
    pub type_name: String,
    /// The arguments.
    pub config: Encoded,
}

/// See [`DataSourceRequest`].
#[derive(Debug)]
pub struct DataSourceResponse {
    /// Arguments and results.
    pub state: Option<Encoded>,
    /// Messages for the user.
    pub diagnostics: Diagnostics,
}

/// Open an ephemeral resource.
#[derive(Debug)]
pub struct OpenRequest {
    /// The ephemeral resource type.
    pub type_name: String,
    /// The arguments.
    pub config: Encoded,
    /// Whether Terraform accepts a deferral.
    pub deferral_allowed: bool,
}

/// Renew or close an ephemeral resource.
#[derive(Debug)]
pub struct EphemeralRequest {
    /// The ephemeral resource type.
    pub type_name: String,
    /// For a renewal, data from the open or the last renewal. For a close, data from the open.
    pub private: Bytes,
}

/// See [`OpenRequest`] and [`EphemeralRequest`].
#[derive(Debug, Default)]
pub struct EphemeralResponse {
    /// Arguments and results, after an open.
    pub result: Option<Encoded>,
    /// When to renew it.
    pub renew_at: Option<SystemTime>,
    /// Data for the next call.
    pub private: Bytes,
    /// Whether it is deferred until the provider's configuration is known.
    pub deferred: bool,
    /// Messages for the user.
    pub diagnostics: Diagnostics,
}
