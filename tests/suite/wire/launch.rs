//! Start and handshake.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::{Group, getgid, getuid};
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use tokio::time::timeout;

use crate::support::client::{plain, provider};
use crate::support::plugin::{BINARY, Finished, Launch, Plugin};
use crate::wire::services::shut_down;

#[tokio::test]
async fn item_001_explains_itself_without_cookie() {
    Launch::by_hand(&[]).finish().await.assert_refused("Terraform");
    Launch::new().env("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f").finish().await.assert_refused("Terraform");
}

#[tokio::test]
async fn item_002_first_line_names_open_listener() {
    let plugin = timeout(Duration::from_secs(1), Launch::new().start()).await.expect("a second is plenty");
    let fields = &plugin.handshake.fields;
    assert_eq!(fields.join("|"), format!("1|6|unix|{}|grpc|", plugin.handshake.address()));
    UnixStream::connect(plugin.handshake.address()).unwrap();
}

#[tokio::test]
async fn item_003_standard_output_holds_nothing_but_the_handshake() {
    let plugin = Launch::new().env("TF_LOG", "trace").start().await;
    let mut client = provider(plain(&plugin.handshake).await);
    client.get_provider_schema(wire::get_provider_schema::Request {}).await.unwrap();
    client.stop_provider(wire::stop_provider::Request {}).await.unwrap();
    assert_eq!(shut_down(plugin).await.stdout, "");
}

#[tokio::test]
async fn item_004_it_speaks_version_6_whatever_is_offered_beside_it() {
    for offered in ["5,6", "6,5", "6", "4,6,junk", ""] {
        let plugin = Launch::new().env("PLUGIN_PROTOCOL_VERSIONS", offered).start().await;
        assert_eq!(plugin.handshake.fields[1], "6", "{offered:?}");
    }
}

#[tokio::test]
async fn item_005_offers_only_version_6() {
    let plugin = Launch::new().env("PLUGIN_PROTOCOL_VERSIONS", "5").start().await;
    assert_eq!(plugin.handshake.fields[1], "6");
}

#[tokio::test]
async fn item_006_declines_multiplexing_only_on_request() {
    assert_eq!(Launch::new().start().await.handshake.fields.len(), 6);
    assert_eq!(Launch::new().env("PLUGIN_MULTIPLEX_GRPC", "").start().await.handshake.fields.len(), 6);
    assert_eq!(Launch::new().env("PLUGIN_MULTIPLEX_GRPC", "true").start().await.handshake.fields[6], "false");
}

#[tokio::test]
async fn item_007_socket_is_in_private_requested_folder() {
    let plugin = Launch::new().start().await;
    let socket = Path::new(plugin.handshake.address());
    assert!(socket.starts_with(plugin.temp()));
    assert_eq!(mode(socket.parent().unwrap()), 0o700);

    let wanted = tempfile::tempdir().unwrap();
    let plugin = Launch::new().env("PLUGIN_UNIX_SOCKET_DIR", wanted.path()).start().await;
    assert!(Path::new(plugin.handshake.address()).starts_with(wanted.path()));
    assert!(shut_down(plugin).await.is_clean());
    assert_eq!(wanted.path().read_dir().unwrap().count(), 0);

    let missing = wanted.path().join("missing");
    Launch::new().env("PLUGIN_UNIX_SOCKET_DIR", &missing).finish().await.assert_refused("missing");
}

#[tokio::test]
async fn item_007_works_with_long_temporary_folder() {
    let temp = tempfile::tempdir().unwrap();
    let long = temp.path().join("x".repeat(100));
    std::fs::create_dir(&long).unwrap();
    let plugin = Launch::new().env("TMPDIR", &long).start().await;
    let directory = Path::new(plugin.handshake.address()).parent().unwrap().to_owned();
    UnixStream::connect(plugin.handshake.address()).unwrap();
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(long.read_dir().unwrap().count(), 0, "the directory tried first is left as it was");
    assert!(shut_down(plugin).await.is_clean());
    assert!(!directory.exists());
}

#[tokio::test]
async fn item_008_group_gets_socket_if_it_exists() {
    // Only root may give files to any group; others to one of their own.
    let group = if getuid().is_root() { 54_321 } else { getgid().as_raw() };
    let plugin = Launch::new().env("PLUGIN_UNIX_SOCKET_GROUP", group.to_string()).start().await;
    assert_group_may_connect(&plugin, group);

    if let Some(named) = Group::from_gid(getgid()).unwrap() {
        let plugin = Launch::new().env("PLUGIN_UNIX_SOCKET_GROUP", &named.name).start().await;
        assert_group_may_connect(&plugin, named.gid.as_raw());
    }

    Launch::new().env("PLUGIN_UNIX_SOCKET_GROUP", "no-such-group").finish().await.assert_refused("no-such-group");
}

#[tokio::test]
async fn item_009_tcp_uses_loopback_and_given_ports() {
    let (taken, port) = taken_port();
    let plugin = over_tcp(port, port + 50).start().await;
    assert_eq!(plugin.handshake.network(), "tcp");
    let chosen: u16 = plugin.handshake.address().strip_prefix("127.0.0.1:").unwrap().parse().unwrap();
    assert!((port + 1..=port + 50).contains(&chosen), "{chosen}");
    TcpStream::connect((Ipv4Addr::LOCALHOST, chosen)).unwrap();
    // All of 127/8 is this machine; a listener on every interface would answer here.
    assert!(TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), chosen)).is_err());
    provider(plain(&plugin.handshake).await).stop_provider(wire::stop_provider::Request {}).await.unwrap();

    over_tcp(port, port).finish().await.assert_refused("free");
    over_tcp(port, port - 1).finish().await.assert_refused("PLUGIN_MIN_PORT");
    Launch::new().env("AUTH0_PROVIDER_LISTENER", "pipe").finish().await.assert_refused("AUTH0_PROVIDER_LISTENER");
    drop(taken);
}

#[tokio::test]
async fn item_010_processes_do_not_get_in_each_others_way() {
    let (one, other) = tokio::join!(Launch::new().start(), Launch::new().start());
    assert_ne!(one.handshake.address(), other.handshake.address());
    UnixStream::connect(one.handshake.address()).unwrap();
    UnixStream::connect(other.handshake.address()).unwrap();
}

#[tokio::test]
async fn item_010_what_is_typed_into_terraform_is_left_for_terraform() {
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"yes\n").unwrap();
    let plugin = Launch::new().stdin(reader.try_clone().unwrap()).start().await;
    provider(plain(&plugin.handshake).await).stop_provider(wire::stop_provider::Request {}).await.unwrap();
    assert!(shut_down(plugin).await.is_clean());
    drop(writer);
    let mut typed = String::new();
    reader.read_to_string(&mut typed).unwrap();
    assert_eq!(typed, "yes\n");

    // Closed altogether, as under some supervisors.
    let closed = Launch::of("sh").arguments(&["-c", &format!("exec '{BINARY}' <&-")]);
    let plugin =
        closed.env("TF_PLUGIN_MAGIC_COOKIE", crate::support::plugin::COOKIE).stdin(Stdio::null()).start().await;
    provider(plain(&plugin.handshake).await).stop_provider(wire::stop_provider::Request {}).await.unwrap();
}

#[tokio::test]
async fn an_option_that_does_not_exist_is_a_usage_error() {
    let Finished { status, stdout, stderr, .. } = Launch::by_hand(&["--nonsense"]).finish().await;
    assert_eq!(status.code(), Some(2));
    assert_eq!(stdout, "");
    assert!(stderr.contains("--nonsense") && stderr.contains("Usage"), "{stderr}");
}

#[tokio::test]
async fn help_and_version_need_no_terraform() {
    let help = Launch::by_hand(&["--help"]).finish().await;
    assert!(help.is_clean() && help.stdout.contains("--debug"), "{help:?}");
    let version = Launch::by_hand(&["--version"]).finish().await;
    assert!(version.is_clean() && version.stdout.contains(env!("CARGO_PKG_VERSION")), "{version:?}");
}

fn over_tcp(min: u16, max: u16) -> Launch {
    Launch::new()
        .env("AUTH0_PROVIDER_LISTENER", "tcp")
        .env("PLUGIN_MIN_PORT", min.to_string())
        .env("PLUGIN_MAX_PORT", max.to_string())
}

/// A port that is in use for as long as the listener lives, with room above it.
fn taken_port() -> (TcpListener, u16) {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if port < u16::MAX - 50 {
            return (listener, port);
        }
    }
}

fn assert_group_may_connect(plugin: &Plugin, group: u32) {
    let socket = Path::new(plugin.handshake.address());
    assert_eq!((socket.metadata().unwrap().gid(), mode(socket)), (group, 0o660));
    let directory = socket.parent().unwrap();
    assert_eq!((directory.metadata().unwrap().gid(), mode(directory)), (group, 0o710));
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}
