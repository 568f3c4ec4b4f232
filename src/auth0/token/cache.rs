//! Tokens in files, so that the next process does not request its own.
//!
//! Until it expires, everybody who can read such a file can use the token. So file and folder are for their owner only,
//! and files that other users could have written are ignored.

use std::fs::{self, DirBuilder, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nix::fcntl::OFlag;
use nix::unistd::geteuid;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tempfile::NamedTempFile;

/// The file for the tokens of one application for one API of one tenant.
#[derive(Debug)]
pub(super) struct Cache {
    file: PathBuf,
}

/// A token, and when it is valid. Times are UNIX times.
#[derive(Serialize, Deserialize)]
pub(super) struct CachedToken {
    #[serde(serialize_with = "expose", deserialize_with = "conceal")]
    pub(super) token: SecretString,
    pub(super) asked_at: Duration,
    pub(super) renew_at: Duration,
}

/// Why a file is ignored.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("another user owns {}", .0.display())]
    Foreign(PathBuf),
    #[error("other users can access {}, its mode is {:03o}", .0.display(), .1)]
    Open(PathBuf, u32),
    #[error("{} has an unexpected form", .0.display())]
    Strange(PathBuf),
}

impl Cache {
    pub(super) fn new(folder: &Path, tenant: &str, client_id: &str, audience: &str) -> Self {
        // With the lengths, different keys never give the same text.
        let parts = [tenant, client_id, audience].map(|part| format!("{} {part}", part.len()));
        let key = digest(&SHA256, parts.concat().as_bytes());
        Self { file: folder.join(format!("{}.json", URL_SAFE_NO_PAD.encode(key))) }
    }

    /// The token, if there is one and it is valid at `unix_now`.
    pub(super) fn load(&self, unix_now: Duration) -> Option<CachedToken> {
        let kept = self.tell(self.read(), "cannot use a token on disk")??;
        (kept.asked_at..kept.renew_at).contains(&unix_now).then_some(kept)
    }

    pub(super) fn store(&self, kept: &CachedToken) {
        self.tell(self.write(kept), "cannot keep a token on disk");
    }

    /// Removes a token that Auth0 did not accept, unless another process has replaced it.
    pub(super) fn remove(&self, token: &str) {
        let remove = || match self.read()? {
            Some(kept) if kept.token.expose_secret() == token => Ok(fs::remove_file(&self.file)?),
            _ => Ok(()),
        };
        self.tell(remove(), "cannot remove a token on disk");
    }

    fn tell<T>(&self, outcome: Result<T, Unusable>, what: &str) -> Option<T> {
        outcome.inspect_err(|reason| tracing::warn!(file = %self.file.display(), %reason, "{what}")).ok()
    }

    fn read(&self) -> Result<Option<CachedToken>, Unusable> {
        let folder = self.folder();
        match fs::symlink_metadata(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => check(folder, &metadata?, Metadata::is_dir)?,
        }
        // Does not follow links, and checks the same open file that it reads, so that nobody can exchange it in
        // between.
        let flags = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
        let mut file = match OpenOptions::new().read(true).custom_flags(flags).open(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        check(&self.file, &file.metadata()?, Metadata::is_file)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let text = SecretString::from(text);
        serde_json::from_str(text.expose_secret()).map(Some).map_err(|_| Unusable::Strange(self.file.clone()))
    }

    fn write(&self, kept: &CachedToken) -> Result<(), Unusable> {
        let folder = self.folder();
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        check(folder, &fs::symlink_metadata(folder)?, Metadata::is_dir)?;
        // The mode is 0600 from the start, and no reader sees a partial file.
        let mut file = NamedTempFile::new_in(folder)?;
        let text = SecretString::from(serde_json::to_string(kept).map_err(io::Error::from)?);
        file.write_all(text.expose_secret().as_bytes())?;
        file.persist(&self.file).map_err(|error| error.error)?;
        Ok(())
    }

    fn folder(&self) -> &Path {
        self.file.parent().expect("it was joined to one")
    }
}

fn expose<S: Serializer>(token: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(token.expose_secret())
}

fn conceal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

fn check(path: &Path, metadata: &Metadata, is_right: fn(&Metadata) -> bool) -> Result<(), Unusable> {
    let mode = metadata.mode() & 0o777;
    if !is_right(metadata) {
        Err(Unusable::Strange(path.to_owned()))
    } else if metadata.uid() != geteuid().as_raw() {
        Err(Unusable::Foreign(path.to_owned()))
    } else if mode & 0o077 != 0 {
        Err(Unusable::Open(path.to_owned(), mode))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use tempfile::TempDir;

    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);

    fn kept(token: &str) -> CachedToken {
        let seconds = Duration::from_secs;
        CachedToken { token: token.into(), asked_at: seconds(900), renew_at: seconds(1_100) }
    }

    fn cache(home: &TempDir) -> Cache {
        Cache::new(&home.path().join("cache/tokens"), "https://acme.auth0.com/", "me", "api")
    }

    fn found(cache: &Cache) -> Option<String> {
        cache.load(NOW).map(|kept| kept.token.expose_secret().to_owned())
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_token_is_kept_for_its_owner_alone() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        assert_eq!(found(&cache), None);
        cache.store(&kept("abc"));
        assert_eq!(found(&cache).as_deref(), Some("abc"));
        assert_eq!((mode(&cache.file), mode(cache.folder())), (0o600, 0o700));
        cache.store(&kept("newer"));
        assert_eq!(found(&cache).as_deref(), Some("newer"));
        assert_eq!(fs::read_dir(cache.folder()).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn each_tenant_application_and_api_has_its_file() {
        let file = |[tenant, client, audience]: [&str; 3]| Cache::new(Path::new("/x"), tenant, client, audience).file;
        let keys = [["a", "b", "c"], ["x", "b", "c"], ["a", "x", "c"], ["a", "b", "x"], ["a1 b", "", "c"]];
        assert_eq!(keys.map(file).iter().collect::<BTreeSet<_>>().len(), keys.len());
    }

    #[test]
    fn a_token_is_used_in_its_time_only() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        cache.store(&kept("abc"));
        for (second, expected) in [(899, false), (900, true), (1_099, true), (1_100, false)] {
            assert_eq!(cache.load(Duration::from_secs(second)).is_some(), expected, "{second}");
        }
    }

    #[test]
    fn what_others_could_have_written_is_not_used() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        let spoil = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        cache.store(&kept("abc"));
        for (path, right, wrong) in [(cache.file.as_path(), 0o600, 0o640), (cache.folder(), 0o700, 0o710)] {
            spoil(path, wrong);
            assert_eq!(found(&cache), None, "{}", path.display());
            spoil(path, right);
            assert_eq!(found(&cache).as_deref(), Some("abc"));
        }
        let elsewhere = home.path().join("elsewhere");
        fs::rename(&cache.file, &elsewhere).unwrap();
        symlink(&elsewhere, &cache.file).unwrap();
        assert_eq!(found(&cache), None, "a link");
        cache.store(&kept("abc"));
        assert_eq!(found(&cache).as_deref(), Some("abc"), "the link is replaced, not followed");
        fs::write(&cache.file, "{").unwrap();
        assert_eq!(found(&cache), None, "no token");
    }

    #[test]
    fn nothing_is_put_where_others_can_reach_it() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        fs::create_dir_all(cache.folder()).unwrap();
        fs::set_permissions(cache.folder(), Permissions::from_mode(0o755)).unwrap();
        cache.store(&kept("abc"));
        assert!(!cache.file.exists());
    }

    #[test]
    fn only_the_rejected_token_is_removed() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        cache.store(&kept("abc"));
        cache.remove("another");
        assert_eq!(found(&cache).as_deref(), Some("abc"));
        cache.remove("abc");
        assert!(!cache.file.exists());
        cache.remove("abc");
    }
}
