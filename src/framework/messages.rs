//! Questions and answers of the calls, without the protocol's own types.
//!
//! The fields are those of the messages of the same name in `tfplugin6.proto`. An absent state in an answer means null or,
//! beside an error, that Terraform keeps what it has.

use std::time::SystemTime;

use bytes::Bytes;

use crate::{
    diagnostic::{Diagnostics, Path},
    value::Encoded,
};

/// Configure the provider.
#[derive(Debug)]
pub struct ConfigureRequest {
    /// The release of Terraform that asks.
    pub terraform_version: String,
    /// The `provider` block; an object of nulls where there is none.
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
    /// Whether the state is in the form of Terraform 0.11 and older instead.
    pub flatmap: bool,
}

/// See [`UpgradeRequest`].
#[derive(Debug)]
pub struct UpgradeResponse {
    /// The state by the current schema.
    pub upgraded_state: Option<Encoded>,
    /// What to tell the user.
    pub diagnostics: Diagnostics,
}

/// Read an object.
#[derive(Debug)]
pub struct ReadRequest {
    /// The resource type.
    pub type_name: String,
    /// What Terraform believes.
    pub current_state: Encoded,
    /// The provider's own data about the object.
    pub private: Bytes,
}

/// See [`ReadRequest`].
#[derive(Debug)]
pub struct ReadResponse {
    /// What is; null when the object is gone.
    pub new_state: Option<Encoded>,
    /// The provider's own data, replacing the stored.
    pub private: Bytes,
    /// What to tell the user.
    pub diagnostics: Diagnostics,
}

/// Plan a change.
#[derive(Debug)]
pub struct PlanRequest {
    /// The resource type.
    pub type_name: String,
    /// What is; null to create.
    pub prior_state: Encoded,
    /// Configuration merged with prior state; null to destroy.
    pub proposed_new_state: Encoded,
    /// The configuration; null to destroy.
    pub config: Encoded,
    /// The provider's own data about the object.
    pub prior_private: Bytes,
}

/// See [`PlanRequest`].
#[derive(Debug)]
pub struct PlanResponse {
    /// What will be.
    pub planned_state: Option<Encoded>,
    /// Attributes whose change needs a new object.
    pub requires_replace: Vec<Path>,
    /// Goes to the apply.
    pub planned_private: Bytes,
    /// What to tell the user.
    pub diagnostics: Diagnostics,
}

/// Carry out a planned change.
#[derive(Debug)]
pub struct ApplyRequest {
    /// The resource type.
    pub type_name: String,
    /// What is; null to create.
    pub prior_state: Encoded,
    /// What was planned; null to delete.
    pub planned_state: Encoded,
    /// The configuration; null to delete.
    pub config: Encoded,
    /// What the plan handed over.
    pub planned_private: Bytes,
}

/// See [`ApplyRequest`].
#[derive(Debug)]
pub struct ApplyResponse {
    /// What is now.
    pub new_state: Option<Encoded>,
    /// The provider's own data, replacing the stored.
    pub private: Bytes,
    /// What to tell the user.
    pub diagnostics: Diagnostics,
}

/// Find an object by its import id.
#[derive(Debug)]
pub struct ImportRequest {
    /// The resource type.
    pub type_name: String,
    /// What the user gave.
    pub id: String,
}

/// See [`ImportRequest`].
#[derive(Debug)]
pub struct ImportResponse {
    /// The object, as far as a read needs it.
    pub imported: Option<Imported>,
    /// What to tell the user.
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
    /// What to tell the user.
    pub diagnostics: Diagnostics,
}

/// Open an ephemeral resource.
#[derive(Debug)]
pub struct OpenRequest {
    /// The ephemeral resource type.
    pub type_name: String,
    /// The arguments.
    pub config: Encoded,
    /// Whether Terraform lets the provider put it off.
    pub deferral_allowed: bool,
}

/// Renew or close an ephemeral resource.
#[derive(Debug)]
pub struct EphemeralRequest {
    /// The ephemeral resource type.
    pub type_name: String,
    /// To renew, what the open or the last renewal handed over; to close, what the open did.
    pub private: Bytes,
}

/// See [`OpenRequest`] and [`EphemeralRequest`].
#[derive(Debug, Default)]
pub struct EphemeralResponse {
    /// Arguments and results, after an open.
    pub result: Option<Encoded>,
    /// When to renew it.
    pub renew_at: Option<SystemTime>,
    /// What the next call needs.
    pub private: Bytes,
    /// Whether it is put off until the provider's configuration is known.
    pub deferred: bool,
    /// What to tell the user.
    pub diagnostics: Diagnostics,
}
