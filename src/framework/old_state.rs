//! State that an earlier version of a schema wrote.

use super::undecodable::undecodable;
use crate::{
    diagnostic::{Diagnostics, Path},
    schema::{Model, Schema},
    value::json,
};

/// The state of an object as an earlier version of its schema has it.
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

    /// Reads it as the model `M` of that version, or of as much of it as is still needed: other attributes are ignored.
    pub fn read<M: Model>(&self) -> Result<M, Diagnostics> {
        let schema = Schema::of::<M>(self.version);
        let state = json::decode_lenient(self.json, schema.ty());
        state.and_then(|state| M::from_dynamic(state, &Path::root())).map_err(|error| undecodable(&error).into())
    }
}
