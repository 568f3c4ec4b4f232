//! How deep a value may be nested.
//!
//! Only a dynamic value can be deeper than a schema says, and only there the sender decides. What follows a value down is
//! recursive, so there has to be an end that comes before that of the stack.

use super::DecodeError;
use crate::diagnostic::Path;

/// Levels of a value, counted from its root, and of the type that a dynamic value brings.
const DEEPEST: usize = 250;

/// Levels on the way down so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Depth(usize);

impl Depth {
    /// One level further down, to the value at `path`.
    pub(super) fn deeper(self, path: &Path) -> Result<Self, DecodeError> {
        if self.0 < DEEPEST {
            Ok(Self(self.0 + 1))
        } else {
            Err(DecodeError::new(path, format!("nested more than {DEEPEST} levels deep")))
        }
    }
}
