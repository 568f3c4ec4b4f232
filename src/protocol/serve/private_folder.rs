//! The folder of the socket, which only this user can open.
//!
//! A provider that is killed cannot remove its folder, so the next one does. The lock of a folder ends with the process
//! that holds it, even in another container. Where a file system has no locks, folders stay.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg, OFlag};
use nix::unistd::geteuid;
use tempfile::TempDir;

/// Builds before this one locked nothing, so their folders have another prefix and stay.
const PREFIX: &str = "tf-auth0-locked-";
const SOCKET: &str = "provider.sock";

/// After so many folders without a lock, the file system has none.
const ATTEMPTS: u32 = 3;

/// A folder of this process. It is removed on drop.
pub(super) struct PrivateFolder {
    folder: TempDir,
    _lock: Option<Flock<File>>,
}

impl PrivateFolder {
    /// The mode of the folder protects the socket, whose own mode is 0755 under the usual umask.
    pub(super) fn create_in(parent: &Path) -> io::Result<Self> {
        let mut attempts = 0;
        loop {
            let mut builder = tempfile::Builder::new();
            let folder = builder.prefix(PREFIX).permissions(Permissions::from_mode(0o700)).tempdir_in(parent)?;
            let lock = lock(folder.path());
            attempts += 1;
            // Another process may have swept the folder before it was locked.
            if (lock.is_some() && folder.path().exists()) || attempts == ATTEMPTS {
                return Ok(Self { folder, _lock: lock });
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join(SOCKET)
    }
}

/// Removes the folders in `parent` that processes of this user have left behind.
pub(super) fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX)) {
            remove_stale(&entry.path());
        }
    }
}

/// Removes nothing but a socket, so a folder with anything else stays.
fn remove_stale(folder: &Path) {
    if let Some(_lock) = lock(folder) {
        let _ = fs::remove_file(folder.join(SOCKET));
        if fs::remove_dir(folder).is_ok() {
            tracing::debug!(folder = %folder.display(), "removed the folder of a provider that was killed");
        }
    }
}

/// `None` if a process has the lock, or if the folder belongs to another user.
fn lock(folder: &Path) -> Option<Flock<File>> {
    let flags = (OFlag::O_NOFOLLOW | OFlag::O_DIRECTORY).bits();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(folder).ok()?;
    let is_own = file.metadata().is_ok_and(|metadata| metadata.uid() == geteuid().as_raw());
    if is_own { Flock::lock(file, FlockArg::LockExclusiveNonblock).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn sweep_removes_only_folders_that_nobody_holds() {
        let parent = TempDir::new().unwrap();
        let held = PrivateFolder::create_in(parent.path()).unwrap();
        drop(UnixListener::bind(held.socket()).unwrap());
        let at = |name: &str| parent.path().join(name);
        for name in ["tf-auth0-locked-empty", "tf-auth0-locked-killed", "tf-auth0-locked-used", "other"] {
            fs::create_dir(at(name)).unwrap();
        }
        drop(UnixListener::bind(at("tf-auth0-locked-killed").join(SOCKET)).unwrap());
        fs::write(at("tf-auth0-locked-used").join("notes"), "").unwrap();
        fs::write(at("tf-auth0-locked-file"), "").unwrap();
        symlink(at("other"), at("tf-auth0-locked-link")).unwrap();
        sweep(parent.path());
        let mut left: Vec<_> = fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        left.sort();
        let mut expected =
            ["other", "tf-auth0-locked-file", "tf-auth0-locked-link", "tf-auth0-locked-used"].map(at).to_vec();
        expected.push(held.path().to_owned());
        expected.sort();
        assert_eq!(left, expected);
        assert!(held.socket().exists());
    }
}
