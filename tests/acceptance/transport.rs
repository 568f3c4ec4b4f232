//! What travels between the provider and its tenant, and whom the provider trusts.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::Value;

use crate::lifecycle::SMALL;
use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

super::trials![
    uses_http_2_over_tls_and_logs_requests,
    trusts_authority_of_system_or_file,
    requests_say_which_releases_ask,
];

fn uses_http_2_over_tls_and_logs_requests() {
    let terraform = Workspace::on(Tenant::start_with_tls());
    terraform.env("AUTH0_CA_FILE", terraform.tenant.ca_file());
    terraform.config(SMALL);
    terraform.log_at("debug");
    terraform.apply();
    let log = terraform.log();
    let answered: Vec<_> = log.lines().filter(|line| line.contains("received a response")).collect();
    assert!(answered.len() >= 5, "{log}");
    for line in answered {
        assert!(line.contains("version=HTTP/2.0"), "{line}");
        let (_, id) = line.split_once("correlation_id=").expect("a name");
        assert!(id.split(' ').next().is_some_and(|id| id.len() == 32), "{line}");
    }
}

fn trusts_authority_of_system_or_file() {
    let terraform = Workspace::on(Tenant::start_with_tls());
    let other = Tenant::start_with_tls();
    terraform.config(SMALL);
    // What the system trusts, as far as it can be chosen.
    terraform.env("SSL_CERT_FILE", terraform.tenant.ca_file());
    terraform.apply();
    // The file is beside it, not in its place.
    terraform.env("AUTH0_CA_FILE", other.ca_file());
    terraform.assert_empty_plan();
    terraform.env("AUTH0_CA_FILE", terraform.tenant.ca_file());
    terraform.env("SSL_CERT_FILE", other.ca_file());
    terraform.assert_empty_plan();
    terraform.env("AUTH0_CA_FILE", "");
    terraform.fail_to_plan().assert_says(&["no secure connection", "`ca_file`", "`AUTH0_CA_FILE`"]);
}

fn requests_say_which_releases_ask() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    terraform.env("AUTH0_DOMAIN", &format!("http://{}", listener.local_addr().unwrap()));
    let asked = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
        let agent = lines.find_map(|line| line.to_ascii_lowercase().strip_prefix("user-agent: ").map(str::to_owned));
        let refusal = "{\"error\":\"access_denied\"}";
        write!(&stream, "HTTP/1.1 401 Unauthorized\r\ncontent-length: {}\r\n\r\n{refusal}", refusal.len()).unwrap();
        agent.unwrap()
    });
    terraform.fail_to_apply().assert_one_error(&["`client_secret`"]);
    let version: Value = serde_json::from_str(&terraform.run(&["version", "-json"]).success().stdout).unwrap();
    let expected = format!(
        "terraform-provider-auth0/{} (m2m/auth0) terraform/{}",
        env!("CARGO_PKG_VERSION"),
        version["terraform_version"].as_str().unwrap()
    );
    assert_eq!(asked.join().unwrap(), expected);
}
