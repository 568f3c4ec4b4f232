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
            println!("{size} + {size}, parallelism {parallelism}:\n");
            println!(
                "| operation | requests | bar | wall | no-op wall | provider CPU | no-op CPU | Terraform CPU | with no-op | \
                 peak memory | no-op peak |\n|---|---|---|---|---|---|---|---|---|---|---|"
            );
            let trials = [Subject::ours(), Subject::floor()]
                .map(|subject| Trial::new(subject, Emulator::builder(), parallelism));
            let refresh = bars::refresh(size, parallelism);
            // One after the other, so that what else the machine does falls on both.
            let mut compare = |operation: &str, allowed: usize, run: &dyn Fn(&Trial) -> Figures| {
                let [ours, floor] = trials.each_ref().map(run);
                let what = format!("requests, {operation} of {size}, parallelism {parallelism}");
                let bar = report.count(&what, ours.requests, allowed);
                println!("| {operation} | {} | {bar} | {} |", ours.requests, row(&ours, &floor));
                ours
            };
            let pairs = |note: &'static str| move |trial: &Trial| trial.pairs(size, note);
            trials.iter().for_each(pairs("new"));
            let created = compare("create", bars::create(size), &Trial::apply);
            let planned = compare("plan without changes", refresh, &Trial::plan);
            compare("apply without changes", refresh, &Trial::apply);
            trials.iter().for_each(pairs("changed"));
            compare("update of every application", bars::update(size, parallelism), &Trial::apply);
            compare("destroy", bars::destroy(size, parallelism), &Trial::destroy);

            let [bytes, of_core] = [created.state, created.core_state].map(|bytes| each(bytes, size));
            let bar = report.most(&format!("bytes of state, {size}"), bytes, created.state_bar.into());
            println!(
                "\nbytes of state for each application with its grant: {bytes:.0}; bar {bar}; Terraform's own: {of_core:.0}"
            );
            if size >= 1_000 {
                let peak = megabytes(planned.usage.peak);
                let bar = report.most(&format!("MB of memory, plan of {size}"), peak, bars::PEAK);
                println!("peak memory of the plan: {peak:.1} MB; bar {bar}");
            }
            println!();
        }
    }
}

fn row(ours: &Figures, floor: &Figures) -> String {
    let (ours, floor) = (ours.usage, floor.usage);
    let times = [ours.wall, floor.wall, ours.children, floor.children, ours.own, floor.own].map(seconds);
    let peaks = [ours.peak, floor.peak].map(|peak| format!("{:.1} MB", megabytes(peak)));
    times.into_iter().chain(peaks).collect::<Vec<_>>().join(" | ")
}
