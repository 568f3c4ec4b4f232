//! Bugs: one in a call is that call's error, one outside of calls is told as Terraform expects it.

use std::process::ExitCode;

use terraform_provider_auth0::diagnostic::Diagnostics;
use terraform_provider_auth0::framework::{Configured, Provider, Registry};
use terraform_provider_auth0::protocol::serve;
use terraform_provider_auth0::protocol::wire::tfplugin6::diagnostic::Severity;

use crate::support::plugin::{COOKIE, Launch};
use crate::wire::odd;

#[tokio::test]
async fn item_031_a_panic_in_a_call_is_the_error_of_that_call_alone() {
    let client = odd::configured().await;
    let read = |behaviour: &'static str| {
        let mut client = client.clone();
        async move { client.read_resource(odd::read(behaviour)).await.unwrap().into_inner() }
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
async fn item_032_a_fatal_panic_is_told_as_terraform_expects_it() {
    let this = std::env::current_exe().unwrap();
    let plugin = Launch::of(this)
        .arguments(&["wire::panics::a_plugin_that_panics_at_its_start", "--exact", "--ignored", "--nocapture"])
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE);
    let finished = plugin.finish().await;
    assert_eq!(finished.status.code(), Some(101), "{finished:?}");
    assert!(finished.left_behind.is_empty());
    // Terraform keeps what follows the first line that starts like this.
    let mut lines = finished.stderr.lines().skip_while(|line| !line.starts_with("panic: "));
    assert_eq!(lines.next(), Some("panic: broken beyond use"));
    assert!(lines.clone().any(|line| line.contains(file!())), "{}", finished.stderr);
    assert!(lines.any(|line| line.contains("serve")), "a backtrace: {}", finished.stderr);
}

/// The process that the test above starts.
#[test]
#[ignore = "is a plugin: started by item_032"]
fn a_plugin_that_panics_at_its_start() {
    assert_eq!(serve::run_with(Broken, []), ExitCode::SUCCESS);
}

struct Broken;

impl Provider for Broken {
    const ADDRESS: &'static str = "registry.terraform.io/test/broken";
    const VERSION: &'static str = "0.0.0";
    type Config = odd::Config;
    type Client = ();

    fn registry(&self) -> Registry<()> {
        panic!("broken beyond use");
    }

    fn validate(&self, _: &odd::Config) -> Diagnostics {
        Diagnostics::new()
    }

    fn configure(&self, _: odd::Config, _: &str) -> Result<Configured<()>, Diagnostics> {
        Ok(Configured::Unknown)
    }

    fn origin((): &()) -> String {
        String::new()
    }
}
