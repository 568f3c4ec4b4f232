//! A service that is far away.

use std::time::Duration;

use terraform_provider_auth0::emulator::Emulator;

use super::seconds;
use crate::trial::{Figures, Subject, Trial};

const LATENCY: Duration = Duration::from_millis(100);
const SIZE: usize = 100;

pub(crate) fn print() {
    println!("| {SIZE} + {SIZE} | requests | parallelism 10 | parallelism 100 |\n|---|---|---|---|");
    let [ten, hundred] = [10, 100].map(all);
    for ((operation, ten), (_, hundred)) in ten.iter().zip(&hundred) {
        let [at_ten, at_hundred] = [ten, hundred].map(|figures| seconds(figures.usage.wall));
        println!("| {operation} | {} | {at_ten} | {at_hundred} |", ten.requests);
    }
}

fn all(parallelism: usize) -> Vec<(&'static str, Figures)> {
    let trial = Trial::new(Subject::ours(), Emulator::builder().latency(LATENCY), parallelism);
    trial.pairs(SIZE, "new");
    let mut figures = vec![("create", trial.apply()), ("plan without changes", trial.plan())];
    trial.pairs(SIZE, "changed");
    figures.push(("update of every application", trial.apply()));
    figures.push(("destroy", trial.destroy()));
    figures
}
