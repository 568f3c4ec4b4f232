//! `--debug`: a provider that outlives commands, for Terraform to attach to.

use std::os::unix::net::UnixStream;
use std::path::Path;

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;

use crate::support::client::{plain, provider};
use crate::support::plugin::{Handshake, Launch, Plugin};

#[tokio::test]
async fn item_043_prints_reattach_instructions() {
    let (plugin, attach) = start().await;
    let socket = plugin.handshake.address();
    assert!(Path::new(socket).exists());
    assert_eq!(
        attach,
        json!({"registry.terraform.io/m2m/auth0": {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": plugin.pid(),
            "Test": true,
            "Addr": {"Network": "unix", "String": socket},
        }})
    );
}

#[tokio::test]
async fn item_046_accepts_probes_and_simultaneous_connections() {
    let (plugin, _) = start().await;
    for _ in 0..10 {
        drop(UnixStream::connect(plugin.handshake.address()).unwrap());
    }
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(provider(plain(&plugin.handshake).await));
    }
    for client in &mut clients {
        client.get_provider_schema(wire::get_provider_schema::Request {}).await.unwrap();
        drop(UnixStream::connect(plugin.handshake.address()).unwrap());
    }
}

#[tokio::test]
async fn item_047_signals_stop_it_and_remove_its_socket() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let (plugin, _) = start().await;
        // A client that stays attached is no reason to stay.
        let client = plain(&plugin.handshake).await;
        plugin.signal(signal);
        let finished = plugin.finish().await;
        assert!(finished.is_clean(), "{signal}: {finished:?}");
        drop(client);
    }
}

/// A debug server, started without a cookie, and the JSON that it printed.
async fn start() -> (Plugin, Value) {
    let mut plugin = Launch::by_hand(&["--debug"]).spawn();
    let line = loop {
        let line = plugin.line().await;
        if line.contains("TF_REATTACH_PROVIDERS=") {
            break line;
        }
    };
    let value = line.strip_prefix("\tTF_REATTACH_PROVIDERS='").and_then(|line| line.strip_suffix('\'')).unwrap();
    let attach: Value = serde_json::from_str(value).unwrap();
    let socket = attach["registry.terraform.io/m2m/auth0"]["Addr"]["String"].as_str().unwrap();
    plugin.handshake = Handshake { fields: ["1", "6", "unix", socket, "grpc", ""].map(str::to_owned).to_vec() };
    (plugin, attach)
}
