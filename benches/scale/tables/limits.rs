//! Tenants that limit requests as Auth0 does.

use terraform_provider_auth0::emulator::{Emulator, Plan};

use super::{PARALLELISM, seconds};
use crate::trial::{Subject, Trial};

const PLANS: [(&str, Plan, usize); 5] = [
    ("unlimited", Plan::Unlimited, 100),
    ("free", Plan::Free, 10),
    ("self-service", Plan::SelfService, 100),
    ("enterprise", Plan::Enterprise, 100),
    ("enterprise-nonproduction", Plan::EnterpriseNonproduction, 100),
];

pub(crate) fn print() {
    println!("| plan | pairs | operation | requests | of these refused | wall |\n|---|---|---|---|---|---|");
    for (name, plan, size) in PLANS {
        let trial = Trial::new(Subject::ours(), Emulator::builder().plan(plan), PARALLELISM);
        trial.pairs(size, "new");
        for (operation, figures) in [("create", trial.apply()), ("plan without changes", trial.plan())] {
            let wall = seconds(figures.usage.wall);
            println!("| {name} | {size} | {operation} | {} | {} | {wall} |", figures.requests, figures.refused);
        }
    }
}
