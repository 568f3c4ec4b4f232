//! Where the server listens: a unix socket that only this user can reach, or a port of the loopback interface.

use std::fmt;
use std::fs::Permissions;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Group, chown};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use super::environment::Endpoint;
use super::error::StartError;
use super::private_folder::{self, PrivateFolder};

/// A bound socket. Its folder is removed on drop.
pub(super) struct Listener {
    socket: Socket,
    address: Address,
}

enum Socket {
    Unix { listener: UnixListener, folder: PrivateFolder },
    Tcp(TcpListener),
}

/// How the host reaches the listener.
#[derive(Debug)]
pub(super) enum Address {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

impl Listener {
    pub(super) async fn bind(endpoint: &Endpoint) -> Result<Self, StartError> {
        match endpoint {
            Endpoint::Unix { directory, group } => Self::bind_unix(directory.as_deref(), group.as_deref()),
            Endpoint::Tcp { ports } => Self::bind_tcp(ports).await,
        }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) async fn accept(&self) -> io::Result<Either<UnixStream, TcpStream>> {
        match &self.socket {
            Socket::Unix { listener, .. } => Ok(Either::Left(listener.accept().await?.0)),
            Socket::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // With Nagle's algorithm, a plan with a thousand resources takes seven seconds longer.
                stream.set_nodelay(true)?;
                Ok(Either::Right(stream))
            }
        }
    }

    /// Removes the folders that killed processes have left beside that of this one, while this one serves.
    pub(super) fn sweep(&self) {
        if let Socket::Unix { folder, .. } = &self.socket
            && let Some(parent) = folder.path().parent().map(Path::to_owned)
        {
            tokio::task::spawn_blocking(move || private_folder::sweep(&parent));
        }
    }

    fn bind_unix(directory: Option<&Path>, group: Option<&str>) -> Result<Self, StartError> {
        let group = group.map(find_group).transpose()?;
        let Some(directory) = directory else {
            // The path of a socket has at most 107 bytes, so a long TMPDIR must not be the only choice.
            let usual = std::env::temp_dir();
            return Self::bind_unix_in(&usual, group).or_else(|_| Self::bind_unix_in(Path::new("/tmp"), group));
        };
        Self::bind_unix_in(directory, group)
    }

    fn bind_unix_in(parent: &Path, group: Option<Gid>) -> Result<Self, StartError> {
        let bind = || {
            let folder = PrivateFolder::create_in(parent)?;
            let path = folder.socket();
            let listener = UnixListener::bind(&path)?;
            if let Some(group) = group {
                chown(&path, None, Some(group))?;
                std::fs::set_permissions(&path, Permissions::from_mode(0o660))?;
                chown(folder.path(), None, Some(group))?;
                std::fs::set_permissions(folder.path(), Permissions::from_mode(0o710))?;
            }
            Ok(Self { socket: Socket::Unix { listener, folder }, address: Address::Unix(path) })
        };
        bind().map_err(|reason: io::Error| StartError::Socket { directory: parent.to_owned(), reason })
    }

    async fn bind_tcp(ports: &RangeInclusive<u16>) -> Result<Self, StartError> {
        for port in ports.clone() {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                Ok(listener) => {
                    let address = Address::Tcp(listener.local_addr()?);
                    return Ok(Self { socket: Socket::Tcp(listener), address });
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StartError::NoFreePort { min: *ports.start(), max: *ports.end() })
    }
}

/// A group by its number, or else by its name. A name cannot be a number.
fn find_group(group: &str) -> Result<Gid, StartError> {
    if let Ok(number) = group.parse() {
        return Ok(Gid::from_raw(number));
    }
    match Group::from_name(group) {
        Ok(Some(group)) => Ok(group.gid),
        Ok(None) => Err(StartError::UnknownGroup(group.to_owned())),
        Err(error) => Err(StartError::Io(error.into())),
    }
}

impl Address {
    pub(super) fn network(&self) -> &'static str {
        match self {
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => path.display().fmt(f),
            Self::Tcp(address) => address.fmt(f),
        }
    }
}
