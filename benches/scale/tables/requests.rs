//! How requests grow with what is managed, as a table and as a plot.

use terraform_provider_auth0::emulator::Emulator;

use super::{PARALLELISM, plot};
use crate::bars::{self, Report};
use crate::trial::{Subject, Trial};

const SIZES: [usize; 10] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/// How many requests a plan over so many pairs makes, and how many it may in the worst case.
pub(crate) struct Point {
    pub(crate) pairs: usize,
    pub(crate) requests: usize,
    pub(crate) bound: usize,
    pub(crate) one_by_one: usize,
}

pub(crate) fn print(report: &mut Report) {
    let trial = Trial::new(Subject::ours(), Emulator::builder(), PARALLELISM);
    println!("| pairs | requests | bar | bound in any case | one for each object |\n|---|---|---|---|---|");
    let points = SIZES.map(|pairs| {
        trial.fill(pairs, "new");
        let requests = trial.plan().requests;
        let bar = report.count(&format!("requests, plan of {pairs}"), requests, bars::refresh(pairs, PARALLELISM));
        let (bound, one_by_one) = (bars::bound(pairs), bars::one_by_one(pairs));
        println!("| {pairs} | {requests} | {bar} | {bound} | {one_by_one} |");
        Point { pairs, requests, bound, one_by_one }
    });
    plot::draw(&points);
}
