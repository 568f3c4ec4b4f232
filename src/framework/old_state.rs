//! State that an earlier version of a schema wrote.

use super::undecodable::undecodable;
use crate::{
    diagnostic::{Diagnostics, Path},
    schema::{Model, Schema},
    value::json,
};

/// The state of an object in an earlier version of the schema.
#[derive(Clone, Copy)]
pub struct OldState<'a> {
    /// The version of that schema.
    pub version: i64,
    json: &'a [u8],
}

impl<'a> OldState<'a> {
    pub(super) const fn new(version: i64, json: &'a [u8]) -> Self {
        Self { version, json }
    }

    /// Reads it as the model `M`, with the attributes of that version that are still needed. Others are ignored.
    pub fn read<M: Model>(&self) -> Result<M, Diagnostics> {
        let schema = Schema::of::<M>(self.version);
        let state = json::decode_lenient(self.json, schema.ty());
        state.and_then(|state| M::from_dynamic(state, &Path::root())).map_err(|error| undecodable(&error).into())
    }
}
