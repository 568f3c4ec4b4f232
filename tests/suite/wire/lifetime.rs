//! How a process ends, and what it leaves: nothing.

use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::Signal;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use tokio::time::sleep;

use crate::support::client::{plain, provider};
use crate::support::plugin::{BINARY, COOKIE, Launch, eventually};
use crate::wire::services::shut_down;

#[tokio::test]
async fn item_026_plugin_ignores_interrupt() {
    let mut plugin = Launch::new().start().await;
    plugin.signal(Signal::SIGINT);
    sleep(Duration::from_millis(100)).await;
    assert!(plugin.is_running());
    let mut client = provider(plain(&plugin.handshake).await);
    client.stop_provider(wire::stop_provider::Request {}).await.unwrap();
}

#[tokio::test]
async fn item_026_a_request_to_terminate_is_followed() {
    let plugin = Launch::new().start().await;
    plugin.signal(Signal::SIGTERM);
    let finished = plugin.finish().await;
    assert!(finished.is_clean(), "{finished:?}");
}

#[tokio::test]
async fn item_026_without_its_parent_it_does_not_stay_behind() {
    // The shell is the host; it must not replace itself by the plugin.
    let host = Launch::of("sh").arguments(&["-c", &format!("'{BINARY}'; true")]);
    let host = host.env("TF_PLUGIN_MAGIC_COOKIE", COOKIE).start().await;
    let socket = PathBuf::from(host.handshake.address());
    assert!(socket.exists());
    host.signal(Signal::SIGKILL);
    eventually("the orphan ends and removes its socket", || !socket.exists()).await;
    assert!(host.finish().await.left_behind.is_empty());
}

#[tokio::test]
async fn next_start_removes_the_folder_of_a_killed_one() {
    let sockets = tempfile::tempdir().unwrap();
    let folders = || sockets.path().read_dir().unwrap().count();
    let launch = || Launch::new().env("PLUGIN_UNIX_SOCKET_DIR", sockets.path());
    let (alive, killed) = (launch().start().await, launch().start().await);
    killed.signal(Signal::SIGKILL);
    killed.finish().await;
    let next = launch().start().await;
    eventually("the folder of the killed process is gone", || folders() == 2).await;
    for plugin in [alive, next] {
        assert!(PathBuf::from(plugin.handshake.address()).exists());
        assert!(shut_down(plugin).await.is_clean());
    }
    assert_eq!(folders(), 0);
}

#[tokio::test]
async fn item_035_two_hundred_starts_leave_nothing_behind() {
    let sockets = tempfile::tempdir().unwrap();
    for _ in 0..200 {
        let plugin = Launch::new().env("PLUGIN_UNIX_SOCKET_DIR", sockets.path()).start().await;
        let finished = shut_down(plugin).await;
        assert!(finished.is_clean(), "{finished:?}");
    }
    assert_eq!(sockets.path().read_dir().unwrap().count(), 0);
}
