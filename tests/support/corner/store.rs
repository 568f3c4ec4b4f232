//! The service of the corner-case provider.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Barrier;

/// How many reads have to be under way for one that goes on together with others to end.
pub(crate) const TOGETHER: usize = 10;

/// Where it is told what happened, beside the objects.
pub(crate) const DIARY: &str = ".diary";

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

    /// What an object holds.
    pub(crate) fn write(&self, id: &str, content: &str) {
        if let Some(folder) = &self.folder {
            std::fs::write(folder.join(id), content).unwrap();
        }
    }

    /// What an object holds; in a service that believes in every one, the same.
    pub(crate) fn read(&self, id: Option<&str>) -> Option<String> {
        let Some(folder) = &self.folder else { return Some("content".to_owned()) };
        std::fs::read_to_string(folder.join(id?)).ok()
    }

    /// Adds a line to the diary.
    pub(crate) fn note(&self, line: &str) {
        let Some(folder) = &self.folder else { return };
        let mut diary = File::options().create(true).append(true).open(folder.join(DIARY)).unwrap();
        diary.write_all(format!("{line}\n").as_bytes()).unwrap();
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
