//! Bugs: one in a call is that call's error, one outside of calls is told as Terraform expects it.

use std::process::ExitCode;

use nix::sys::signal::Signal;
use serde_json::Value;
use terraform_provider_auth0::diagnostic::Diagnostics;
use terraform_provider_auth0::framework::{Configured, Provider, Registry};
use terraform_provider_auth0::protocol::serve;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::protocol::wire::tfplugin6::diagnostic::Severity;

use crate::corner::host;
use crate::support::client::{plain, provider};
use crate::support::corner::{Config, Corner};
use crate::support::plugin::{COOKIE, Handshake, Launch};

#[tokio::test]
async fn item_031_a_panic_in_a_call_is_the_error_of_that_call_alone() {
    let client = host::configured().await;
    let read = |behaviour: &'static str| {
        let mut client = client.clone();
        async move { client.read_resource(host::read(behaviour)).await.unwrap().into_inner() }
    };
    let (panicked, fine) = tokio::join!(read("panic"), read("nothing"));
    assert_eq!(panicked.diagnostics.len(), 1);
    assert_eq!(panicked.diagnostics[0].severity(), Severity::Error);
    assert_eq!(panicked.diagnostics[0].summary, "Provider bug");
    assert!(panicked.diagnostics[0].detail.contains("ReadResource"));
    assert!(panicked.diagnostics[0].detail.contains("told to"));
    assert_eq!(fine.diagnostics, []);
    assert_eq!(read("nothing").await.diagnostics, []);
}

#[tokio::test]
async fn item_031_logs_panic_of_call_and_continues() {
    let mut plugin = plugin("corner").env("TF_LOG", "error").spawn();
    let handshake = loop {
        // The test harness has its say on standard output before the plugin has.
        let line = plugin.line().await;
        if let Some(start) = line.find("1|6|unix|") {
            break Handshake::parse(&line[start..]);
        }
    };
    let mut client = provider(plain(&handshake).await);
    client.configure_provider(wire::configure_provider::Request::default()).await.unwrap();
    client.read_resource(host::read("panic")).await.unwrap();
    client.read_resource(host::read("nothing")).await.unwrap();
    plugin.signal(Signal::SIGTERM);
    let finished = plugin.finish().await;
    assert!(finished.is_clean(), "{finished:?}");

    let record: Value = finished.stderr.lines().find_map(|line| serde_json::from_str(line).ok()).unwrap();
    assert_eq!(record["@level"], "error");
    assert_eq!(record["@message"], "panic: told to");
    assert_eq!(record["tf_rpc"], "ReadResource");
    assert_eq!(record["tf_resource_type"], host::THING);
    assert!(record["place"].as_str().unwrap().contains("thing.rs"), "{record}");
    assert!(!finished.stderr.lines().any(|line| line.starts_with("panic: ")), "{}", finished.stderr);
}

#[tokio::test]
async fn item_032_a_fatal_panic_is_told_as_terraform_expects_it() {
    let finished = plugin("broken").finish().await;
    assert_eq!(finished.status.code(), Some(101), "{finished:?}");
    assert!(finished.left_behind.is_empty());
    // Terraform keeps what follows the first line that starts like this.
    let mut lines = finished.stderr.lines().skip_while(|line| !line.starts_with("panic: "));
    assert_eq!(lines.next(), Some("panic: broken beyond use"));
    assert!(lines.clone().any(|line| line.contains(file!())), "{}", finished.stderr);
    assert!(lines.any(|line| line.contains("serve")), "a backtrace: {}", finished.stderr);
}

/// A process that serves a provider of this file's: this program, with the one test below.
fn plugin(provider: &str) -> Launch {
    Launch::of(std::env::current_exe().unwrap())
        .arguments(&["wire::panics::plugin_process", "--exact", "--ignored", "--nocapture"])
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("TEST_PROVIDER", provider)
}

#[test]
#[ignore = "a plugin's process, started by the tests above"]
fn plugin_process() {
    #[expect(
        clippy::disallowed_methods,
        reason = "arguments are the test harness's, so this is how to reach the process"
    )]
    let code = match std::env::var("TEST_PROVIDER").as_deref() {
        Ok("corner") => serve::run_with(Corner, []),
        Ok("broken") => serve::run_with(Broken, []),
        _ => return,
    };
    assert_eq!(code, ExitCode::SUCCESS);
}

struct Broken;

impl Provider for Broken {
    const ADDRESS: &'static str = "registry.terraform.io/test/broken";
    const VERSION: &'static str = "0.0.0";
    type Config = Config;
    type Client = ();

    fn registry(&self) -> Registry<()> {
        panic!("broken beyond use");
    }

    fn validate(&self, _: &Config) -> Diagnostics {
        Diagnostics::new()
    }

    fn configure(&self, _: Config, _: &str) -> Result<Configured<()>, Diagnostics> {
        Ok(Configured::Unknown)
    }

    fn origin((): &()) -> String {
        String::new()
    }
}
