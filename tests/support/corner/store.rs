//! The service of the corner-case provider.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Barrier;

/// How many reads have to be under way for one that goes on together with others to end.
pub(crate) const TOGETHER: usize = 10;

/// A folder of objects.
#[derive(Clone)]
pub(crate) struct Store {
    folder: Option<PathBuf>,
    pub(crate) together: Arc<Barrier>,
}

impl Store {
    pub(crate) fn new(folder: Option<String>) -> Self {
        Self { folder: folder.map(PathBuf::from), together: Arc::new(Barrier::new(TOGETHER)) }
    }

    /// Makes an object, and gives it a name.
    pub(crate) fn make(&self, kind: &str) -> String {
        let id = format!("{kind}-{}", fastrand::u32(..));
        if let Some(folder) = &self.folder {
            std::fs::write(folder.join(&id), "").unwrap();
        }
        id
    }

    pub(crate) fn has(&self, id: Option<&str>) -> bool {
        id.is_some_and(|id| self.folder.as_ref().is_none_or(|folder| folder.join(id).exists()))
    }

    pub(crate) fn remove(&self, id: Option<&str>) {
        if let (Some(folder), Some(id)) = (&self.folder, id) {
            std::fs::remove_file(folder.join(id)).unwrap();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test tells its provider by the environment what it is to do")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
