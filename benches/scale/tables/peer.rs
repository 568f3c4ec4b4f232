//! Another provider's binary, which `PEER_PROVIDER` names, on the same tenant: one with TLS, as others accept no other.
//!
//! The configuration is one for the official provider, `auth0/auth0`.

use std::fs;
use std::path::PathBuf;

use terraform_provider_auth0::emulator::Emulator;

use super::{PARALLELISM, each, seconds};
use crate::configuration::Dialect;
use crate::process::megabytes;
use crate::selection::Selection;
use crate::trial::{Figures, Subject, Trial};
use crate::variable;

pub(crate) fn print(selection: &Selection) {
    let Some(program) = variable("PEER_PROVIDER").map(PathBuf::from) else {
        println!("skipped: `PEER_PROVIDER` names no binary");
        return;
    };
    let program = fs::canonicalize(program).unwrap();
    let peer = Subject { name: "peer", program, dialect: Dialect::Official };
    for &size in &selection.sizes {
        println!(
            "| {size} + {size} | requests | peer | wall | peer | provider CPU | peer | Terraform CPU | with peer | peak memory | peer |\
             \n|---|---|---|---|---|---|---|---|---|---|---|"
        );
        let (ours, peers) = (all(Subject::ours(), size), all(peer.clone(), size));
        for ((operation, ours), (_, peers)) in ours.iter().zip(&peers) {
            let (one, other) = (ours.usage, peers.usage);
            let times =
                [one.wall, other.wall, one.children, other.children, one.own, other.own].map(seconds).join(" | ");
            let [memory, of_peer] = [one.peak, other.peak].map(megabytes);
            let (requests, of_peers) = (ours.requests, peers.requests);
            println!("| {operation} | {requests} | {of_peers} | {times} | {memory:.1} MB | {of_peer:.1} MB |");
        }
        let [one, other] = [&ours, &peers].map(|rows| each(rows[0].1.state, size));
        println!("\nbytes of state for each application with its grant: {one:.0}, peer {other:.0}\n");
    }
}

fn all(subject: Subject, size: usize) -> Vec<(&'static str, Figures)> {
    let trial = Trial::new(subject, Emulator::builder().tls(true), PARALLELISM);
    let workspace = &trial.workspace;
    // The official provider puts the scheme in front by itself, and trusts what Go trusts.
    workspace.env("AUTH0_DOMAIN", workspace.tenant.domain());
    let authority = match trial.subject().dialect {
        Dialect::Ours => "AUTH0_CA_FILE",
        Dialect::Official => "SSL_CERT_FILE",
    };
    workspace.env(authority, workspace.tenant.ca_file());
    let short = trial.subject().dialect.source().trim_start_matches("registry.terraform.io/");
    workspace.file(
        "versions.tf",
        &format!(
            "terraform {{\n  required_providers {{\n    auth0 = {{ source = \"{short}\" }}\n  }}\n}}\n\
             variable \"management_api\" {{}}\n"
        ),
    );
    trial.pairs(size, "new");
    let mut figures = vec![("create", trial.apply()), ("plan", trial.any_plan()), ("apply", trial.apply())];
    trial.pairs(size, "changed");
    figures.push(("update of every application", trial.apply()));
    figures.push(("destroy", trial.destroy()));
    figures
}
