//! Maximum nesting of a value.
//!
//! Only a dynamic value can be deeper than its schema, because the sender decides its type. Decoding is recursive, so
//! the limit must come before the end of the stack.

use super::DecodeError;
use crate::diagnostic::Path;

/// Maximum levels, counted from the root of a value, and for the type of a dynamic value.
const DEEPEST: usize = 250;

/// Levels so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Depth(usize);

impl Depth {
    /// One level deeper, at `path`.
    pub(super) fn deeper(self, path: &Path) -> Result<Self, DecodeError> {
        if self.0 < DEEPEST {
            Ok(Self(self.0 + 1))
        } else {
            Err(DecodeError::new(path, format!("nested more than {DEEPEST} levels deep")))
        }
    }
}
