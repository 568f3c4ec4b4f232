//! What commands cost at scale, with the real `terraform` on the emulator: requests, time, memory, state.
//!
//! ```text
//! cargo bench --bench scale                       all tables, about an hour
//! cargo bench --bench scale -- operations 100 p10  one table, for one size and one parallelism
//! cargo bench --bench scale -- help                which tables there are
//! ```
//!
//! Figures in `contributing/benchmarks.md`. Bars are held by the program: where one is missed, it says so and its exit code is not 0.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its tables, and ends where it cannot measure"
)]

use std::process::{Command, ExitCode};

use terraform_provider_auth0::protocol::serve;

use bars::Report;
use floor::Floor;
use selection::{Selection, Table};
use support::terraform::cli::{OLDEST, unavailable};

#[path = "support/process.rs"]
mod process;
#[path = "scale"]
mod scale {
    pub(crate) mod bars;
    pub(crate) mod configuration;
    pub(crate) mod floor;
    pub(crate) mod selection;
    pub(crate) mod tables;
    pub(crate) mod trial;
}
use scale::{bars, configuration, floor, selection, tables, trial};

/// What the benchmark uses of what all tests share.
#[path = "../tests/support"]
#[expect(dead_code, reason = "the acceptance tests use the rest")]
mod support {
    pub(crate) mod tenant;
    pub(crate) mod terraform;
}

fn main() -> ExitCode {
    if is_set("TF_PLUGIN_MAGIC_COOKIE") {
        return serve::run_with(Floor, []);
    }
    let selection = match Selection::parse(std::env::args().skip(1)) {
        Ok(selection) => selection,
        Err(usage) => {
            println!("{usage}");
            return ExitCode::from(2);
        }
    };
    if let Some(reason) = unavailable(OLDEST) {
        println!("nothing is measured: {reason}");
        return ExitCode::SUCCESS;
    }
    let version = String::from_utf8(Command::new("terraform").arg("version").output().unwrap().stdout).unwrap();
    println!("{}, load {}", version.lines().next().unwrap_or_default(), process::load());
    let mut report = Report::default();
    for table in &selection.tables {
        println!("\n## {}\n", table.title());
        match table {
            Table::Operations => tables::operations::print(&selection, &mut report),
            Table::Plan => tables::plan::print(&selection, &mut report),
            Table::Few => tables::few::print(&mut report),
            Table::Latency => tables::latency::print(),
            Table::Limits => tables::limits::print(),
            Table::Requests => tables::requests::print(&mut report),
            Table::Peer => tables::peer::print(&selection),
            Table::TfProvider => tables::tf_provider::print(&selection),
        }
        println!("\nload {}", process::load());
    }
    let (verdict, is_well) = report.verdict();
    println!("\n{verdict}");
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is told by the environment what it is to do")]
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn is_set(name: &str) -> bool {
    variable(name).is_some()
}
