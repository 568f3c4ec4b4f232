//! The smallest provider on the crate tf-provider and on this project's framework. It is the evidence for a decision in
//! `contributing/architecture.md`, and has a manifest of its own, `benches/tf-provider`: the crate needs a `protoc`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use terraform_provider_auth0::emulator::Emulator;

use super::plan::in_turn;
use super::{PARALLELISM, median, seconds};
use crate::configuration::{Dialect, things};
use crate::process::{Usage, megabytes};
use crate::selection::Selection;
use crate::trial::{Subject, Trial};

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/tf-provider/Cargo.toml");
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tf-provider");

pub(crate) fn print(selection: &Selection) {
    let theirs = match build() {
        Ok(program) => Subject { name: "tf-provider", program, dialect: Dialect::Ours },
        Err(reason) => {
            println!("skipped: {reason}");
            return;
        }
    };
    println!(
        "| resources | rounds | wall | tf-provider | ratio | provider CPU | tf-provider | peak memory | tf-provider |\
         \n|---|---|---|---|---|---|---|---|---|"
    );
    for &size in &selection.sizes {
        // What ours keeps beside an object, theirs would not take for its own.
        let mut trial = Trial::new(theirs.clone(), Emulator::builder(), PARALLELISM);
        trial.workspace.config(&things(size));
        trial.apply();
        let rounds = if size < 500 { 7 } else { 3 };
        let [floor, theirs] = in_turn(&mut trial, &[Subject::floor(), theirs.clone()], rounds);
        let ratios =
            floor.iter().zip(&theirs).map(|(ours, theirs)| theirs.wall.as_secs_f64() / ours.wall.as_secs_f64());
        let ratio = median(ratios.collect());
        let middle = |usages: &[Usage], time: fn(&Usage) -> Duration| {
            seconds(Duration::from_secs_f64(median(usages.iter().map(|usage| time(usage).as_secs_f64()).collect())))
        };
        let peak = |usages: &[Usage]| megabytes(usages.iter().map(|usage| usage.peak).max().unwrap_or_default());
        println!(
            "| {size} | {rounds} | {} | {} | {ratio:.2} | {} | {} | {:.1} MB | {:.1} MB |",
            middle(&floor, |usage| usage.wall),
            middle(&theirs, |usage| usage.wall),
            middle(&floor, |usage| usage.children),
            middle(&theirs, |usage| usage.children),
            peak(&floor),
            peak(&theirs),
        );
    }
}

/// Builds the provider; or why that is not possible.
fn build() -> Result<std::path::PathBuf, String> {
    let protoc = Command::new("protoc").arg("--version").stdout(Stdio::null()).status();
    if !protoc.is_ok_and(|status| status.success()) && !crate::is_set("PROTOC") {
        return Err("the crate tf-provider needs `protoc`, and there is none on the PATH".to_owned());
    }
    let cargo = crate::variable("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--release", "--locked", "--quiet", "--manifest-path", MANIFEST, "--target-dir", TARGET];
    let built = Command::new(cargo).args(arguments).status().map_err(|error| error.to_string())?;
    if !built.success() {
        return Err("it does not build".to_owned());
    }
    Ok(Path::new(TARGET).join("release/terraform-provider-auth0"))
}
