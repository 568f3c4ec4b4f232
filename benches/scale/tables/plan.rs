//! How much longer a plan takes than with a no-op provider: in turn, so that what else the machine does falls on both.

use terraform_provider_auth0::emulator::Emulator;

use super::{PARALLELISM, median, seconds};
use crate::bars::{self, Report};
use crate::process::{Usage, megabytes};
use crate::selection::Selection;
use crate::trial::{Subject, Trial};

pub(crate) fn print(selection: &Selection, report: &mut Report) {
    println!(
        "| pairs | rounds | requests | wall | no-op wall | ratio | bar | provider CPU | no-op CPU | Terraform CPU | with no-op | \
         peak memory | bar |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for &size in &selection.sizes {
        let mut trial = Trial::new(Subject::ours(), Emulator::builder(), PARALLELISM);
        trial.fill(size, "new");
        let rounds = if size < 500 { 11 } else { 7 };
        let [ours, floor] = in_turn(&mut trial, &[Subject::ours(), Subject::floor()], rounds);
        let ratios = ours.iter().zip(&floor).map(|(ours, floor)| ours.wall.as_secs_f64() / floor.wall.as_secs_f64());
        let ratio = median(ratios.collect());
        let peak = ours.iter().map(|usage| usage.peak).max().unwrap_or_default();
        trial.exchange(&Subject::ours());
        let requests = trial.plan().requests;
        let what = |figure: &str| format!("{figure}, plan of {size}");
        let (of_ratio, of_peak) = if size >= 1_000 {
            (
                report.most(&what("wall time over a no-op provider"), ratio, bars::OVER_FLOOR),
                report.most(&what("MB of memory"), megabytes(peak), bars::PEAK),
            )
        } else {
            Default::default()
        };
        report.count(&what("requests"), requests, bars::refresh(size, PARALLELISM));
        let middle = |usages: &[Usage], time: fn(&Usage) -> std::time::Duration| {
            let times = usages.iter().map(|usage| time(usage).as_secs_f64()).collect();
            seconds(std::time::Duration::from_secs_f64(median(times)))
        };
        println!(
            "| {size} | {rounds} | {requests} | {} | {} | {ratio:.3} | {of_ratio} | {} | {} | {} | {} | {:.1} MB | {of_peak} |",
            middle(&ours, |usage| usage.wall),
            middle(&floor, |usage| usage.wall),
            middle(&ours, |usage| usage.children),
            middle(&floor, |usage| usage.children),
            middle(&ours, |usage| usage.own),
            middle(&floor, |usage| usage.own),
            megabytes(peak),
        );
    }
}

/// Plans without changes on the same configuration and state, with one provider after the other, so many times. The first
/// round is not counted.
pub(crate) fn in_turn<const N: usize>(trial: &mut Trial, subjects: &[Subject; N], rounds: usize) -> [Vec<Usage>; N] {
    let mut usages = [const { Vec::new() }; N];
    for round in 0..=rounds {
        // Who goes first changes as well.
        for turn in 0..N {
            let which = (turn + round) % N;
            trial.exchange(&subjects[which]);
            let figures = trial.plan();
            if round > 0 {
                usages[which].push(figures.usage);
            }
        }
    }
    usages
}
