//! The log, read the way go-plugin reads it.

use nix::sys::signal::Signal;
use serde_json::{Map, Value};
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::client::{dial, plain, provider};
use crate::support::identity::Identity;
use crate::support::plugin::Launch;
use crate::wire::services::shut_down;

#[tokio::test]
async fn item_036_every_line_is_a_record_that_terraform_understands() {
    // A refused connection logs, too.
    let plugin = Launch::new().env("TF_LOG", "trace").secured_by(&Identity::like_terraforms()).start().await;
    let mut stranger = dial(&plugin.handshake).await.unwrap();
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    stranger.read_to_end(&mut Vec::new()).await.unwrap();
    plugin.signal(Signal::SIGTERM);
    let refused = plugin.finish().await.stderr;

    let plugin = Launch::new().env("TF_LOG", "trace").start().await;
    let mut client = provider(plain(&plugin.handshake).await);
    client.get_provider_schema(wire::get_provider_schema::Request {}).await.unwrap();
    let request = wire::read_resource::Request { type_name: "auth0_other".to_owned(), ..Default::default() };
    client.read_resource(request).await.unwrap();
    let served = shut_down(plugin).await.stderr;

    let records: Vec<_> = refused.lines().chain(served.lines()).map(record).collect();
    assert_eq!(records[0]["@level"], "warn", "{refused}");
    let of = |rpc: &str| records.iter().find(|record| record.get("tf_rpc").is_some_and(|value| value == rpc)).unwrap();
    assert_eq!(of("GetProviderSchema")["tf_provider_addr"], "registry.terraform.io/m2m/auth0");
    assert_eq!(of("ReadResource")["tf_resource_type"], "auth0_other");
    assert_ne!(of("ReadResource")["tf_req_id"], of("GetProviderSchema")["tf_req_id"]);
    assert!(records.iter().all(|record| record["@module"].as_str().unwrap().starts_with("provider")));
}

#[tokio::test]
async fn item_036_the_most_specific_variable_sets_the_level() {
    let quiet = Launch::new().env("TF_LOG", "trace").env("TF_LOG_PROVIDER_AUTH0", "warn");
    let silent = Launch::new().env("TF_LOG", "trace").env("TF_LOG_PROVIDER", "off");
    for launch in [quiet, silent, Launch::new()] {
        let plugin = launch.start().await;
        let mut client = provider(plain(&plugin.handshake).await);
        client.get_provider_schema(wire::get_provider_schema::Request {}).await.unwrap();
        assert_eq!(shut_down(plugin).await.stderr, "");
    }
}

#[tokio::test]
async fn item_039_log_lines_are_short_and_whole() {
    let plugin = Launch::new().env("TF_LOG", "trace").start().await;
    let mut client = provider(plain(&plugin.handshake).await);
    let type_name = "two\nlines\u{1}\"".repeat(20_000);
    client.read_resource(wire::read_resource::Request { type_name, ..Default::default() }).await.unwrap();
    let stderr = shut_down(plugin).await.stderr;
    let longest = stderr.lines().max_by_key(|line| line.len()).unwrap();
    assert!((1_000..2_000).contains(&longest.chars().count()), "{}", longest.len());
    assert!(stderr.lines().map(record).any(|record| record.contains_key("tf_resource_type")));
}

/// One record of hclog's, or a panic that says what is wrong with it.
fn record(line: &str) -> Map<String, Value> {
    let record: Map<String, Value> = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    let level = record["@level"].as_str().unwrap();
    assert!(["trace", "debug", "info", "warn", "error"].contains(&level), "{level}");
    assert!(record["@message"].is_string());
    // 2006-01-02T15:04:05.000000Z
    let time = record["@timestamp"].as_str().unwrap();
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
    record
}
