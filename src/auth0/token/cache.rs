//! Tokens in files, so that the next process does not request its own.
//!
//! Until it expires, everybody who can read such a file can use the token. So file and folder are for their owner only,
//! and files that other users could have written are ignored.

use std::fs::{self, DirBuilder, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::num::NonZeroU32;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nix::fcntl::OFlag;
use nix::unistd::geteuid;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tempfile::NamedTempFile;

/// Maximum size of a file. A token of Auth0 has a few kilobytes.
const LARGEST_FILE: u64 = 64 << 10;

/// How often [`Proof`] hashes a credential: about 50 ms. Whoever has a copy of the file can check one guess of the
/// credential in that time. The secrets that Auth0 generates are too long to be guessed at all, but a supplied one may
/// be short, and it outlives the token.
const ROUNDS: NonZeroU32 = NonZeroU32::new(100_000).unwrap();

/// The file for the tokens of one application for one API of one tenant.
pub(super) struct Cache<'c> {
    file: PathBuf,
    credential: &'c [u8],
}

/// Shows whether a credential is the one that the token was granted for. Without it, a wrong secret would get the token
/// of the right one. The salt is random, so equal credentials have different proofs.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Proof {
    salt: [u8; 16],
    hash: [u8; 32],
}

/// What a file contains.
#[derive(Serialize, Deserialize)]
struct Content {
    credential: Proof,
    kept: CachedToken,
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

impl Proof {
    fn of(credential: &[u8], salt: [u8; 16]) -> Self {
        let mut hash = [0; 32];
        pbkdf2::derive(PBKDF2_HMAC_SHA256, ROUNDS, &salt, credential, &mut hash);
        Self { salt, hash }
    }
}

impl<'c> Cache<'c> {
    /// The cache for an application that authenticates with `credential`.
    pub(super) fn new(folder: &Path, tenant: &str, client_id: &str, audience: &str, credential: &'c [u8]) -> Self {
        // With the lengths, different keys never give the same text.
        let parts = [tenant, client_id, audience].map(|part| format!("{} {part}", part.len()));
        let key = digest(&SHA256, parts.concat().as_bytes());
        Self { file: folder.join(format!("{}.json", URL_SAFE_NO_PAD.encode(key))), credential }
    }

    /// The token, if there is one for this credential and it is valid at `unix_now`.
    pub(super) fn load(&self, unix_now: Duration) -> Option<CachedToken> {
        let Content { credential, kept } = self.tell(self.read(), "cannot use a token on disk")??;
        let is_valid = (kept.asked_at..kept.renew_at).contains(&unix_now);
        (is_valid && Proof::of(self.credential, credential.salt) == credential).then_some(kept)
    }

    pub(super) fn store(&self, kept: CachedToken) {
        self.tell(self.write(kept), "cannot keep a token on disk");
    }

    /// Removes a token that Auth0 did not accept, unless another process has replaced it.
    pub(super) fn remove(&self, token: &str) {
        let remove = || match self.read()? {
            Some(content) if content.kept.token.expose_secret() == token => Ok(fs::remove_file(&self.file)?),
            _ => Ok(()),
        };
        self.tell(remove(), "cannot remove a token on disk");
    }

    fn tell<T>(&self, outcome: Result<T, Unusable>, what: &str) -> Option<T> {
        outcome.inspect_err(|reason| tracing::warn!(file = %self.file.display(), %reason, "{what}")).ok()
    }

    fn read(&self) -> Result<Option<Content>, Unusable> {
        let folder = self.folder();
        match fs::symlink_metadata(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => check(folder, &metadata?, Metadata::is_dir)?,
        }
        // Does not follow links, and checks the same open file that it reads, so that nobody can exchange it in
        // between.
        let flags = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
        let file = match OpenOptions::new().read(true).custom_flags(flags).open(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        check(&self.file, &file.metadata()?, Metadata::is_file)?;
        let mut text = String::new();
        // Bytes that are no text have an unexpected form as well.
        let whole = file.take(LARGEST_FILE + 1).read_to_string(&mut text).is_ok_and(|size| size as u64 <= LARGEST_FILE);
        let text = SecretString::from(text);
        let content = serde_json::from_str(text.expose_secret()).ok().filter(|_| whole);
        content.map(Some).ok_or_else(|| Unusable::Strange(self.file.clone()))
    }

    fn write(&self, kept: CachedToken) -> Result<(), Unusable> {
        let mut salt = [0; 16];
        rand::fill(&mut salt).map_err(io::Error::other)?;
        let content = Content { credential: Proof::of(self.credential, salt), kept };
        let folder = self.folder();
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        check(folder, &fs::symlink_metadata(folder)?, Metadata::is_dir)?;
        // The mode is 0600 from the start, and no reader sees a partial file.
        let mut file = NamedTempFile::new_in(folder)?;
        let text = SecretString::from(serde_json::to_string(&content).map_err(io::Error::from)?);
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

    fn cache(home: &TempDir) -> Cache<'static> {
        cache_with(home, b"s3cret")
    }

    fn cache_with<'c>(home: &TempDir, credential: &'c [u8]) -> Cache<'c> {
        Cache::new(&home.path().join("cache/tokens"), "https://acme.auth0.com/", "me", "api", credential)
    }

    fn found(cache: &Cache<'_>) -> Option<String> {
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
        cache.store(kept("abc"));
        assert_eq!(found(&cache).as_deref(), Some("abc"));
        assert_eq!((mode(&cache.file), mode(cache.folder())), (0o600, 0o700));
        cache.store(kept("newer"));
        assert_eq!(found(&cache).as_deref(), Some("newer"));
        assert_eq!(fs::read_dir(cache.folder()).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn each_tenant_application_and_api_has_its_file() {
        let file =
            |[tenant, client, audience]: [&str; 3]| Cache::new(Path::new("/x"), tenant, client, audience, b"").file;
        let keys = [["a", "b", "c"], ["x", "b", "c"], ["a", "x", "c"], ["a", "b", "x"], ["a1 b", "", "c"]];
        assert_eq!(keys.map(file).iter().collect::<BTreeSet<_>>().len(), keys.len());
    }

    #[test]
    fn only_the_credential_of_a_token_finds_it() {
        let home = TempDir::new().unwrap();
        let (right, wrong) = (cache(&home), cache_with(&home, b"s3cre"));
        right.store(kept("abc"));
        assert_eq!((found(&wrong), found(&right).as_deref()), (None, Some("abc")));
        let first = fs::read_to_string(&right.file).unwrap();
        assert!(!first.contains("s3cret"), "{first}");
        wrong.store(kept("other"));
        assert_eq!((found(&wrong).as_deref(), found(&right)), (Some("other"), None));
        right.store(kept("abc"));
        assert_ne!(fs::read_to_string(&right.file).unwrap(), first, "the salt is another one");
    }

    #[test]
    fn large_or_strange_file_is_not_read() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        cache.store(kept("abc"));
        let good = fs::read_to_string(&cache.file).unwrap();
        let padded = |size: usize| format!("{good}{}", " ".repeat(size - good.len()));
        fs::write(&cache.file, padded(64 << 10)).unwrap();
        assert_eq!(found(&cache).as_deref(), Some("abc"));
        fs::write(&cache.file, padded((64 << 10) + 1)).unwrap();
        assert_eq!(found(&cache), None);
        fs::File::options().write(true).open(&cache.file).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(found(&cache), None, "a terabyte of zeros");
        fs::write(&cache.file, b"\xff\xfe").unwrap();
        assert_eq!(found(&cache), None);
        fs::write(
            &cache.file,
            r#"{"token":"abc","asked_at":{"secs":900,"nanos":0},"renew_at":{"secs":1100,"nanos":0}}"#,
        )
        .unwrap();
        assert_eq!(found(&cache), None, "without a proof");
    }

    #[test]
    fn a_token_is_used_in_its_time_only() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        cache.store(kept("abc"));
        for (second, expected) in [(899, false), (900, true), (1_099, true), (1_100, false)] {
            assert_eq!(cache.load(Duration::from_secs(second)).is_some(), expected, "{second}");
        }
    }

    #[test]
    fn what_others_could_have_written_is_not_used() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        let spoil = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        cache.store(kept("abc"));
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
        cache.store(kept("abc"));
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
        cache.store(kept("abc"));
        assert!(!cache.file.exists());
    }

    #[test]
    fn only_the_rejected_token_is_removed() {
        let home = TempDir::new().unwrap();
        let cache = cache(&home);
        cache.store(kept("abc"));
        cache.remove("another");
        assert_eq!(found(&cache).as_deref(), Some("abc"));
        cache.remove("abc");
        assert!(!cache.file.exists());
        cache.remove("abc");
    }
}
