//! A few managed applications of many.

use terraform_provider_auth0::emulator::Emulator;

use super::{PARALLELISM, seconds};
use crate::bars::{self, Report};
use crate::process::megabytes;
use crate::trial::{Subject, Trial, application};

const MANAGED: usize = 20;
const ALL: usize = 3_500;

pub(crate) fn print(report: &mut Report) {
    println!("| where they are in the list | requests | bar | wall | peak memory |\n|---|---|---|---|---|");
    for (place, groups) in [("at its end", 1), ("all over it", MANAGED)] {
        let trial = Trial::new(Subject::ours(), Emulator::builder(), PARALLELISM);
        // Lists show applications in the order of their creation.
        for group in 1..=groups {
            for number in 0..(ALL - MANAGED) / groups {
                trial.workspace.tenant.create("clients", &application(&format!("foreign {number}"), "of others"));
            }
            let count = group * MANAGED / groups;
            trial.workspace.config(&format!(
                "resource \"auth0_m2m_client\" \"a\" {{\n  count = {count}\n  name = \"client ${{count.index}}\"\n}}\n"
            ));
            trial.apply();
        }
        let figures = trial.plan();
        let bar = report.count(&format!("requests, 20 of 3,500 {place}"), figures.requests, bars::FEW);
        let (wall, peak) = (seconds(figures.usage.wall), megabytes(figures.usage.peak));
        println!("| {place} | {} | {bar} | {wall} | {peak:.1} MB |", figures.requests);
    }
}
