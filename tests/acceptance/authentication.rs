//! The ways to authenticate, and to reach the tenant, as the real Terraform carries them out.

use std::fs;

use serde_json::json;
use terraform_provider_auth0::emulator::Emulator;

use crate::lifecycle::SMALL;
use crate::support::key;
use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

super::trials![
    a_private_key_plans_and_applies,
    an_assertion_is_good_for_the_apply_of_a_saved_plan,
    assertion_file_may_change_between_plan_and_apply,
    a_key_that_is_not_known_yet_plans_and_applies,
    methods_differ_from_configuration_to_configuration,
    arguments_that_exclude_each_other_are_refused,
    explains_unusable_key_without_showing_it,
    a_key_that_is_not_registered_is_explained,
    keys_assertions_and_passwords_are_shown_nowhere,
    an_authority_can_be_trusted,
    a_proxy_that_is_not_there_is_named,
    the_usual_variables_of_proxies_count,
    what_has_no_effect_warns,
    every_example_of_the_guide_is_valid,
];

/// An application that has the key as its credential and may do what these tests do.
fn application(tenant: &Tenant, algorithm: &str) -> String {
    let client = tenant.create("clients", &key::application(algorithm));
    let scopes: Vec<_> = ["clients", "client_grants"]
        .iter()
        .flat_map(|object| ["create", "read", "update", "delete"].map(|action| format!("{action}:{object}")))
        .collect();
    let audience = tenant.management_api();
    let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": scopes });
    tenant.create("client-grants", &grant);
    client["client_id"].as_str().unwrap().to_owned()
}

/// A workspace whose environment names the tenant and an application of it, but nothing to prove it by.
fn unproven(algorithm: &str) -> (Workspace, String) {
    unproven_on(Tenant::start(), algorithm)
}

fn unproven_on(tenant: Tenant, algorithm: &str) -> (Workspace, String) {
    let terraform = Workspace::on(tenant);
    let client_id = application(&terraform.tenant, algorithm);
    terraform.env("AUTH0_CLIENT_ID", &client_id);
    terraform.env("AUTH0_CLIENT_SECRET", "");
    terraform.config(SMALL);
    (terraform, client_id)
}

fn heredoc(pem: &str) -> String {
    format!("<<-EOT\n    {}\n  EOT", pem.trim_end().replace('\n', "\n    "))
}

fn a_private_key_plans_and_applies() {
    let (terraform, _) = unproven("RS256");
    terraform.env("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", &key::private_pem());
    terraform.apply();
    terraform.env("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", "");
    terraform.file("key.pem", &key::private_pem());
    let small = SMALL.replace("name = \"a\"", "name = \"b\"");
    let file = "provider \"auth0\" { client_assertion_private_key_file = \"${path.module}/key.pem\" }";
    terraform.config(&format!("{file}\n{small}"));
    terraform.apply();
    assert_eq!(terraform.tenant.clients("b").len(), 1);

    let (terraform, client_id) = unproven("PS256");
    terraform.env("AUTH0_CLIENT_ID", "");
    terraform.config(&format!(
        "provider \"auth0\" {{\n  client_id = {client_id:?}\n  client_assertion_signing_alg = \"PS256\"\n  \
         client_assertion_private_key = {}\n}}\n{SMALL}",
        heredoc(&key::private_pem())
    ));
    terraform.apply();
    terraform.destroy();
}

fn an_assertion_is_good_for_the_apply_of_a_saved_plan() {
    let (terraform, client_id) = unproven("RS256");
    terraform.env("AUTH0_CLIENT_ID", "");
    terraform.env("AUTH0_CLIENT_ASSERTION", &key::assertion(&client_id, terraform.tenant.url(), 0));
    assert!(terraform.plan().requests().is_empty(), "there is nothing to be read yet");
    terraform.run(&["apply", "plan.tfplan"]).success();
    assert_eq!(terraform.tenant.clients("a").len(), 1);
    terraform.fail_to_plan().assert_says(&[
        "refused the client assertion",
        "accepts each assertion once",
        "once to plan and once",
    ]);
    terraform.env("AUTH0_CLIENT_ASSERTION", &key::assertion(&client_id, terraform.tenant.url(), -300));
    terraform.fail_to_plan().assert_says(&["refused the client assertion", "it has expired", "Sign a new assertion"]);
}

fn assertion_file_may_change_between_plan_and_apply() {
    let (terraform, client_id) = unproven("RS256");
    let put = || terraform.file("assertion.jwt", &key::assertion(&client_id, terraform.tenant.url(), 0));
    put();
    terraform.config(&format!("provider \"auth0\" {{ client_assertion_file = \"assertion.jwt\" }}\n{SMALL}"));
    terraform.plan();
    terraform.run(&["apply", "plan.tfplan"]).success();
    put();
    terraform.assert_empty_plan();
    fs::remove_file(terraform.path("assertion.jwt")).unwrap();
    let failed = terraform.fail_to_plan();
    failed.assert_one_error(&["main.tf line 1", "`client_assertion_file`", "assertion.jwt cannot be read"]);
}

fn a_key_that_is_not_known_yet_plans_and_applies() {
    let (terraform, _) = unproven("RS256");
    terraform.config(&format!(
        "provider \"auth0\" {{ client_assertion_private_key = terraform_data.key.output }}\n\
         resource \"terraform_data\" \"key\" {{\n  input = {}\n}}\n{SMALL}",
        heredoc(&key::private_pem())
    ));
    let plan = terraform.plan();
    assert_eq!(plan.action("auth0_m2m_client.a"), "create");
    assert!(plan.requests().is_empty());
    terraform.apply();
    assert_eq!(terraform.tenant.clients("a").len(), 1);
}

fn methods_differ_from_configuration_to_configuration() {
    let (terraform, _) = unproven("RS256");
    let other = Tenant::start();
    terraform.env("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", &key::private_pem());
    let secret = format!("client_id = {:?}\n  client_secret = {:?}", other.client_id(), other.client_secret());
    let token = format!("api_token = {:?}", other.token());
    for (method, name) in [(secret, "secret"), (token, "token")] {
        terraform.config(&format!(
            "provider \"auth0\" {{\n  alias = \"other\"\n  domain = {:?}\n  {method}\n}}\n\
             resource \"auth0_m2m_client\" \"here\" {{ name = {name:?} }}\n\
             resource \"auth0_m2m_client\" \"there\" {{\n  provider = auth0.other\n  name = {name:?}\n}}",
            other.url()
        ));
        terraform.apply();
        assert_eq!((terraform.tenant.clients(name).len(), other.clients(name).len()), (1, 1));
    }
    terraform.destroy();
}

fn arguments_that_exclude_each_other_are_refused() {
    let terraform = Workspace::new();
    for (one, other, line) in [
        ("api_token", "client_secret", 1),
        ("client_assertion_private_key_file", "client_secret", 2),
        ("client_assertion_file", "client_assertion_private_key_file", 3),
        ("client_assertion_private_key", "client_assertion_private_key_file", 3),
    ] {
        terraform.config(&format!(
            "provider \"auth0\" {{\n  {one} = var.value\n  {other} = \"x-of-this-test\"\n}}\nvariable \"value\" {{}}\n{SMALL}"
        ));
        terraform.run(&["validate"]).success();
        terraform.env("TF_VAR_value", &key::private_pem());
        let refused = terraform.fail_to_plan();
        let line = format!("main.tf line {line}");
        refused.assert_one_error(&[&line, &format!("`{one}` and `{other}`"), "Remove one"]);
        assert!(other != "client_secret" || !refused.stderr.contains("x-of-this-test"), "{}", refused.stderr);
        terraform.env("TF_VAR_value", "");
    }
}

fn explains_unusable_key_without_showing_it() {
    let (terraform, _) = unproven("RS256");
    let damaged = heredoc(&key::private_pem().replace("MII", "s3cret"));
    terraform.config(&format!("provider \"auth0\" {{\n  client_assertion_private_key = {damaged}\n}}\n{SMALL}"));
    let refused = terraform.run(&["validate"]).failure();
    refused.assert_one_error(&["main.tf line 1", "`client_assertion_private_key` cannot be used", "damaged"]);
    assert!(!refused.stderr.contains("s3cret"), "{}", refused.stderr);
    terraform.file("public.pem", &key::public_pem());
    terraform.file("damaged.pem", &key::private_pem().replace("MII", "s3cret"));
    for (file, reason) in [("public.pem", "this is a public key"), ("damaged.pem", "damaged")] {
        terraform
            .config(&format!("provider \"auth0\" {{\n  client_assertion_private_key = file({file:?})\n}}\n{SMALL}"));
        let refused = terraform.run(&["validate"]).failure();
        refused.assert_one_error(&["`client_assertion_private_key` cannot be used", reason]);
        terraform
            .config(&format!("provider \"auth0\" {{\n  client_assertion_private_key_file = {file:?}\n}}\n{SMALL}"));
        terraform.fail_to_plan().assert_one_error(&["main.tf line 2", "`client_assertion_private_key_file`", reason]);
    }
    terraform.config(&format!("provider \"auth0\" {{\n  client_assertion_signing_alg = \"HS256\"\n}}\n{SMALL}"));
    let refused = terraform.run(&["validate"]).failure();
    refused.assert_one_error(&["main.tf line 2", "must be one of `RS256`, `RS384`, `PS256`"]);
    terraform.config(SMALL);
    terraform.env("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", &key::private_pem().replace('\n', "\\n"));
    // Terraform adds an error of its own to that of a provider without a block.
    terraform.fail_to_plan().assert_says(&["`AUTH0_CLIENT_ASSERTION_PRIVATE_KEY`", "real line breaks"]);
}

fn a_key_that_is_not_registered_is_explained() {
    let (terraform, _) = unproven("RS384");
    terraform.env("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", &key::private_pem());
    let refused = terraform.fail_to_apply();
    refused.assert_says(&["refused the client assertion", "`client_assertion_signing_alg`", "default `RS256`"]);
    terraform.env("AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "RS384");
    terraform.apply();
}

fn keys_assertions_and_passwords_are_shown_nowhere() {
    let domain = "127.0.0.1:1";
    let tenant = Tenant::of(Emulator::builder().allow_host(domain.parse().unwrap()).start());
    let (terraform, client_id) = unproven_on(tenant, "RS256");
    terraform.log_at("trace");
    let (mut texts, password) = (Vec::new(), "password-of-this-test");
    let mut plan = || {
        let run = terraform.run(&["plan", "-input=false", "-out=plan.tfplan"]);
        texts.extend([run.stdout, run.stderr]);
        run.code
    };

    // A proxy is asked with the whole address, which the emulator takes as if it were its own.
    let proxy = terraform.tenant.url().replace("http://", &format!("http://me:{password}@"));
    let through_proxy = [
        ("AUTH0_HTTP_PROXY", proxy.as_str()),
        ("AUTH0_DOMAIN", &format!("http://{domain}")),
        ("AUTH0_AUDIENCE", &terraform.tenant.management_api()),
        ("AUTH0_API_TOKEN", terraform.tenant.token()),
    ];
    for (name, value) in &through_proxy {
        terraform.env(name, value);
    }
    assert_eq!(plan(), 0);
    terraform.run(&["apply", "plan.tfplan"]).success();
    assert_eq!(terraform.tenant.clients("a").len(), 1);
    for (name, _) in &through_proxy {
        terraform.env(name, "");
    }

    // The tenant is known by another name now, and the state knows the old one.
    fs::remove_file(terraform.path("terraform.tfstate")).unwrap();
    terraform.env("AUTH0_DOMAIN", terraform.tenant.url());
    terraform.env("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", &key::private_pem());
    terraform.config(&SMALL.replace("\"a\"\n", "\"b\"\n"));
    terraform.apply();
    terraform.env("AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "PS256");
    assert_eq!(plan(), 1, "another algorithm is not registered");

    let assertion = key::assertion(&client_id, terraform.tenant.url(), 0);
    terraform.env("AUTH0_CLIENT_ASSERTION", &assertion);
    assert_eq!(plan(), 0);
    texts.push(terraform.run(&["show", "-json", "plan.tfplan"]).success().stdout);
    let again = terraform.fail_to_plan();
    texts.extend([again.stdout, again.stderr, terraform.state_file(), terraform.log()]);

    assert!(terraform.log().contains("received a response"), "the provider's trace is in it");
    let key = key::private_pem();
    let of_key = key.lines().filter(|line| !line.starts_with('-') && line.len() > 20);
    let of_proxy = [password, "bWU6cGFzc3dvcmQtb2YtdGhpcy10ZXN0"];
    for secret in of_key.chain(assertion.split('.').skip(1)).chain(of_proxy) {
        for text in &texts {
            assert!(!text.contains(secret), "{secret} is in {}", text.chars().take(400).collect::<String>());
        }
    }
}

fn an_authority_can_be_trusted() {
    let terraform = Workspace::new();
    let tenant = Tenant::start_with_tls();
    terraform.point_at(&tenant);
    terraform.config(SMALL);
    terraform.fail_to_apply().assert_one_error(&["no secure connection", "`ca_file`", "`AUTH0_CA_FILE`"]);
    terraform.env("AUTH0_CA_FILE", tenant.ca_file());
    terraform.apply();
    terraform.env("AUTH0_CA_FILE", "");
    for (file, reason) in [("missing.pem", "cannot be read"), ("main.tf", "no usable PEM certificate")] {
        terraform.config(&format!("provider \"auth0\" {{\n  ca_file = {file:?}\n}}\n{SMALL}"));
        terraform.fail_to_plan().assert_one_error(&["main.tf line 2", "`ca_file` cannot be used", file, reason]);
    }
    terraform.config(&format!("provider \"auth0\" {{ ca_file = {:?} }}\n{SMALL}", tenant.ca_file()));
    terraform.destroy();
}

fn a_proxy_that_is_not_there_is_named() {
    let terraform = Workspace::new();
    let password = "password-of-this-test";
    let block = |proxy: &str| format!("provider \"auth0\" {{\n  http_proxy = {proxy:?}\n}}\n{SMALL}");
    terraform.config(&block(&format!("http://me:{password}@127.0.0.1:1")));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["refused", "`http_proxy`", "`AUTH0_HTTP_PROXY`"]);
    terraform.config(&block(&format!("me:{password}@127.0.0.1:1")));
    let refused = terraform.run(&["validate"]).failure();
    refused.assert_one_error(&["main.tf line 1", "`http_proxy` cannot be used"]);
    assert!(!failed.stderr.contains(password) && !refused.stderr.contains(password), "{failed:?} {refused:?}");
}

fn the_usual_variables_of_proxies_count() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.env("HTTPS_PROXY", "http://127.0.0.1:1");
    terraform.env("HTTP_PROXY", "http://127.0.0.1:1");
    // They are not meant for this machine itself.
    terraform.apply();
    fs::remove_file(terraform.path("terraform.tfstate")).unwrap();
    terraform.env("AUTH0_DOMAIN", "tenant.invalid");
    terraform.fail_to_apply().assert_one_error(&["no connection through the proxy: it refused", "`HTTPS_PROXY`"]);
    terraform.env("NO_PROXY", ".invalid");
    terraform.fail_to_apply().assert_one_error(&["cannot be resolved"]);
    // In lower case as well, as curl has them.
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        terraform.env(name, "");
    }
    terraform.env("https_proxy", "http://127.0.0.1:1");
    terraform.fail_to_apply().assert_one_error(&["no connection through the proxy: it refused"]);
    terraform.env("no_proxy", ".invalid");
    terraform.fail_to_apply().assert_one_error(&["cannot be resolved"]);
}

fn what_has_no_effect_warns() {
    let terraform = Workspace::new();
    terraform.config(&format!("provider \"auth0\" {{\n  debug = true\n  custom_domain_header = \"x\"\n}}\n{SMALL}"));
    let run = terraform.run(&["validate"]).success();
    let text = crate::support::terraform::flat(&run.stdout);
    for said in ["main.tf line 2", "`debug` has no effect", "`TF_LOG_PROVIDER=debug`", "main.tf line 3"] {
        assert!(text.contains(said), "{said:?} is not said in: {text}");
    }
    terraform.apply();
    terraform.config(&format!("provider \"auth0\" {{\n  cli_login = true\n}}\n{SMALL}"));
    let refused = terraform.run(&["validate"]).failure();
    refused.assert_one_error(&["main.tf line 2", "`api_token`", "`AUTH0_API_TOKEN`"]);
}

fn every_example_of_the_guide_is_valid() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guides/authentication.md");
    let guide = fs::read_to_string(guide).unwrap();
    let examples: Vec<_> =
        guide.split("```terraform\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 5, "{examples:?}");
    let terraform = Workspace::new();
    for example in examples {
        // A configuration that nothing uses is not looked at.
        terraform.config(&format!("{example}\nresource \"auth0_m2m_client\" \"used\" {{ name = \"used\" }}"));
        terraform.run(&["validate"]).success();
    }
}
