//! What the real `terraform` makes of the provider, on offline tenants.
//!
//! Each test has a folder, a tenant and provider processes of its own. Without a `terraform` on the PATH they are reported
//! as ignored; where CI says that it is CI, as failed. If there is one that does not work, they fail everywhere. Started by Terraform itself, this program is a provider: the
//! corner-case one.

#![expect(clippy::unwrap_used, reason = "a test may panic; clippy only knows the tests of the standard harness")]

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use support::corner::Corner;
use support::tenant::recording::begin_trial;
use support::terraform::cli::{OLDEST, Obstacle, unavailable};
use terraform_provider_auth0::protocol::serve;

mod actions;
mod agreement;
mod attributes;
mod authentication;
mod availability;
mod client_grants;
mod client_secrets;
mod commands;
mod corner;
mod data_source;
mod declared_twice;
mod drift;
mod ephemeral;
mod every_drift;
mod examples;
mod existing;
mod failure;
mod faults;
mod import;
mod interrupt;
mod keys;
mod kills;
mod lifecycle;
mod limits;
mod lists;
mod log;
mod mistakes;
mod modules;
mod other_answers;
mod pairs;
mod plan;
mod protection;
mod provider;
mod refusals;
mod replacement;
mod resource_server;
mod secrets;
mod soak;
mod teams;
mod timeouts;
mod traces;
mod transport;
mod unmanaged;
mod visibility;
mod writes;

/// What these tests use of what all tests share.
#[path = "../support"]
mod support {
    pub(crate) mod corner;
    pub(crate) mod key;
    pub(crate) mod key_pair;
    pub(crate) mod tenant;
    pub(crate) mod terraform;
}

/// The trials of a module, named after its functions.
macro_rules! trials {
    ($($test:ident),+ $(,)?) => {
        /// Every test of this module.
        pub(crate) fn trials() -> Vec<(String, fn())> {
            let (_, module) = module_path!().split_once("::").unwrap_or_default();
            let tests: &[(&str, fn())] = &[$((stringify!($test), $test)),+];
            tests.iter().map(|(name, test)| (format!("{module}::{name}"), *test)).collect()
        }
    };
}
pub(crate) use trials;

fn main() -> ExitCode {
    if is_set("TF_PLUGIN_MAGIC_COOKIE") {
        return serve::run_with(Corner, []);
    }
    let arguments = Arguments::from_args();
    let must_run = is_set("CI");
    let supported = Standing::of("acceptance tests", unavailable(OLDEST), must_run);
    let with_actions = Standing::of("tests of actions", unavailable(actions::OLDEST), false);
    let with_tools = supported.obstacle.clone().or_else(unmanaged::unavailable);
    let with_tools = Standing::of("tests of `scripts/unmanaged-clients`", with_tools, must_run);
    let tests = [
        attributes::trials(),
        authentication::trials(),
        client_grants::trials(),
        client_secrets::trials(),
        commands::trials(),
        corner::trials(),
        corner::blocks::trials(),
        corner::collections::trials(),
        corner::rules::trials(),
        corner::secrets::trials(),
        corner::spellings::trials(),
        corner::timeouts::trials(),
        corner::values::trials(),
        corner::versions::trials(),
        data_source::trials(),
        declared_twice::trials(),
        drift::trials(),
        ephemeral::trials(),
        every_drift::trials(),
        examples::trials(),
        existing::trials(),
        failure::trials(),
        faults::trials(),
        import::trials(),
        interrupt::trials(),
        keys::trials(),
        keys::elsewhere::trials(),
        keys::failures::trials(),
        keys::users::trials(),
        kills::trials(),
        lifecycle::trials(),
        limits::trials(),
        lists::trials(),
        log::trials(),
        mistakes::trials(),
        modules::trials(),
        other_answers::trials(),
        pairs::trials(),
        plan::trials(),
        protection::trials(),
        provider::trials(),
        refusals::trials(),
        replacement::trials(),
        resource_server::trials(),
        secrets::trials(),
        soak::trials(),
        teams::trials(),
        timeouts::trials(),
        transport::trials(),
        traces::trials(),
        visibility::trials(),
        writes::trials(),
    ];
    let tests = tests.into_iter().flatten().map(|test| (test, &supported));
    let tests = tests.chain(actions::trials().into_iter().map(|test| (test, &with_actions)));
    let tests = tests.chain(unmanaged::trials().into_iter().map(|test| (test, &with_tools)));
    // They bring a program of their own.
    let always = Standing { obstacle: None, ignored: false };
    let tests = tests.chain(availability::trials().into_iter().map(|test| (test, &always)));
    let trials = tests.map(|((name, test), Standing { obstacle, ignored })| {
        let (obstacle, trial) = (obstacle.clone(), name.clone());
        let run = move || {
            if let Some(obstacle) = obstacle {
                return Err(obstacle.to_string().into());
            }
            begin_trial(&trial);
            test();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(*ignored)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// Whether tests can run with the Terraform at hand.
struct Standing {
    obstacle: Option<Obstacle>,
    ignored: bool,
}

impl Standing {
    /// Of tests for which something may be missing. Those that must run fail without it, and all fail if it is broken.
    fn of(tests: &str, obstacle: Option<Obstacle>, must_run: bool) -> Self {
        let ignored = matches!(obstacle, Some(Obstacle::Missing(_))) && !must_run;
        if let (Some(reason), true) = (&obstacle, ignored) {
            note(&format!("{tests} are ignored: {reason}"));
        }
        Self { obstacle, ignored }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test program is told by the environment what it is to do")]
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

#[expect(clippy::print_stderr, reason = "the reason is for whoever started the tests")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}
