//! Create, plan, apply without change, update, destroy.

use terraform_provider_auth0::emulator::Emulator;

use super::{each, seconds};
use crate::bars::{self, Report};
use crate::process::megabytes;
use crate::selection::Selection;
use crate::trial::{Figures, Subject, Trial};

pub(crate) fn print(selection: &Selection, report: &mut Report) {
    for &size in &selection.sizes {
        for &parallelism in &selection.parallelism {
            let ours = all(Subject::ours(), size, parallelism);
            let floor = all(Subject::floor(), size, parallelism);
            println!("{size} + {size}, parallelism {parallelism}:\n");
            println!(
                "| operation | requests | bar | wall | no-op wall | provider CPU | no-op CPU | Terraform CPU | with no-op | \
                 peak memory | no-op peak |\n|---|---|---|---|---|---|---|---|---|---|---|"
            );
            for ((operation, ours, allowed), (_, floor, _)) in ours.iter().zip(&floor) {
                let what = format!("requests, {operation} of {size}, parallelism {parallelism}");
                let bar = report.count(&what, ours.requests, *allowed);
                println!("| {operation} | {} | {bar} | {} |", ours.requests, row(ours, floor));
            }
            let (_, created, _) = ours[0];
            let bytes = each(created.state, size);
            let bar = report.most(&format!("bytes of state, {size}"), bytes, bars::STATE);
            println!("\nbytes of state for each application with its grant: {bytes:.0}; bar {bar}");
            if size >= 1_000 {
                let (_, planned, _) = ours[1];
                let peak = megabytes(planned.usage.peak);
                let bar = report.most(&format!("MB of memory, plan of {size}"), peak, bars::PEAK);
                println!("peak memory of the plan: {peak:.1} MB; bar {bar}");
            }
            println!();
        }
    }
}

/// An operation, what it took, and how many requests it may.
type Row = (&'static str, Figures, usize);

fn all(subject: Subject, size: usize, parallelism: usize) -> Vec<Row> {
    let trial = Trial::new(subject, Emulator::builder(), parallelism);
    trial.pairs(size, "new");
    let create = ("create", trial.apply(), bars::create(size));
    let refresh = bars::refresh(size, parallelism);
    let plan = ("plan without changes", trial.plan(), refresh);
    let apply = ("apply without changes", trial.apply(), refresh);
    trial.pairs(size, "changed");
    let update = ("update of every application", trial.apply(), bars::update(size, parallelism));
    let destroy = ("destroy", trial.destroy(), bars::destroy(size, parallelism));
    vec![create, plan, apply, update, destroy]
}

fn row(ours: &Figures, floor: &Figures) -> String {
    let (ours, floor) = (ours.usage, floor.usage);
    let times = [ours.wall, floor.wall, ours.children, floor.children, ours.own, floor.own].map(seconds);
    let peaks = [ours.peak, floor.peak].map(|peak| format!("{:.1} MB", megabytes(peak)));
    times.into_iter().chain(peaks).collect::<Vec<_>>().join(" | ")
}
