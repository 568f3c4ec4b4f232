//! A few managed applications of many.

use terraform_provider_auth0::emulator::Emulator;

use super::{PARALLELISM, seconds};
use crate::bars::{self, Report};
use crate::process::megabytes;
use crate::trial::{Subject, Trial, application};

const MANAGED: usize = 20;
const ALL: usize = 3_500;

pub(crate) fn print(report: &mut Report) {
    let trial = Trial::new(Subject::ours(), Emulator::builder(), PARALLELISM);
    let foreign = |from: usize, to: usize| {
        for number in from..to {
            trial.workspace.tenant.create("clients", &application(&format!("foreign {number}"), "of others"));
        }
    };
    println!("| where they are | requests | bar | wall | peak memory |\n|---|---|---|---|---|");
    let config = |count: usize| {
        trial.workspace.config(&format!(
            "resource \"auth0_m2m_client\" \"a\" {{\n  count = {count}\n  name = \"client ${{count.index}}\"\n}}\n"
        ));
    };
    // Lists show applications in the order of their creation.
    config(MANAGED / 2);
    trial.apply();
    foreign(0, ALL - MANAGED - 2);
    config(MANAGED);
    trial.apply();
    let figures = trial.plan();
    let bar = report.count("requests, 20 of 3,500", figures.requests, bars::FEW);
    println!(
        "| the first ten and the last ten | {} | {bar} | {} | {:.1} MB |",
        figures.requests,
        seconds(figures.usage.wall),
        megabytes(figures.usage.peak)
    );
}
