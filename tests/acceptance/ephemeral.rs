//! The ephemeral resources for secrets and tokens.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Action;

use crate::lifecycle::SMALL;
use crate::support::key;
use crate::support::terraform::Workspace;

super::trials![
    item_111_a_secret_reaches_its_consumer_and_no_state,
    item_111_a_token_configures_a_provider,
    failed_consumer_gets_current_secret_in_next_apply,
    a_secret_that_cannot_be_read_is_explained,
    a_token_is_granted_for_every_kind_of_proof,
    a_token_tells_what_it_is_good_for,
    a_token_is_for_an_organization,
    a_token_that_is_refused_is_explained,
    explains_unusable_credentials_without_showing_them,
];

const SECRET: &str = "ephemeral \"auth0_client_secret\" \"a\" {\n  client_id = auth0_m2m_client.a.client_id\n}\n";

/// A consumer that writes what it is given into a file of its own.
fn consumer(value: &str) -> String {
    format!(
        "resource \"terraform_data\" \"consumer\" {{\n  triggers_replace = [auth0_m2m_client.a.client_id]\n  \
         provisioner \"local-exec\" {{\n    command     = \"umask 077 && printf %s \\\"$VALUE\\\" > consumed\"\n    \
         environment = {{\n      VALUE = {value}\n    }}\n  }}\n}}\n"
    )
}

fn consumed(terraform: &Workspace) -> String {
    fs::read_to_string(terraform.path("consumed")).unwrap()
}

fn item_111_a_secret_reaches_its_consumer_and_no_state() {
    let terraform = Workspace::new();
    terraform.config(&format!("{SMALL}{SECRET}{}", consumer("ephemeral.auth0_client_secret.a.client_secret")));
    terraform.plan();
    assert!(!terraform.path("consumed").exists());
    terraform.apply();
    let secret = consumed(&terraform);
    assert_eq!(secret, terraform.tenant.secret(&terraform.text("auth0_m2m_client.a", "client_id")));
    let mode = fs::metadata(terraform.path("consumed")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    terraform.plan();
    for (place, text) in [("state", terraform.state_file()), ("plan", terraform.plan_file())] {
        assert!(text.contains("auth0_m2m_client") && !text.contains(&secret), "{place}: {text}");
    }
}

/// The last of the points at which a rotation can be interrupted.
fn failed_consumer_gets_current_secret_in_next_apply() {
    let terraform = Workspace::new();
    let config = |year: u32, command: &str| {
        let keepers = format!("name = \"a\"\n  rotate_secret_when = {{ year = \"{year}\" }}");
        let client = SMALL.replace("name = \"a\"", &keepers);
        let consumer = consumer("ephemeral.auth0_client_secret.a.client_secret");
        let consumer = consumer.replace("[auth0_m2m_client.a.client_id]", "[auth0_m2m_client.a.rotate_secret_when]");
        terraform.config(&format!("{client}{SECRET}{}", consumer.replace("umask 077", command)));
    };
    config(1, "umask 077");
    terraform.apply();
    let client_id = terraform.text("auth0_m2m_client.a", "client_id");
    config(2, "false");
    terraform.fail_to_apply();
    assert!(!terraform.tenant.accepts(&client_id, &consumed(&terraform)), "what it has is known not to count");
    assert_eq!(terraform.attributes("auth0_m2m_client.a")["rotate_secret_when"], json!({ "year": "2" }));
    config(2, "umask 077");
    let run = terraform.apply();
    assert!(!run.requests.iter().any(|request| request.ends_with("rotate-secret")), "once is enough");
    assert!(terraform.tenant.accepts(&client_id, &consumed(&terraform)));
}

fn token(lines: &str) -> String {
    format!("ephemeral \"auth0_access_token\" \"a\" {{\n  audience = var.management_api\n{lines}\n}}\n")
}

const BY_SECRET: &str = "  client_id = auth0_m2m_client.a.client_id\n  \
                         client_secret = ephemeral.auth0_client_secret.a.client_secret";

fn item_111_a_token_configures_a_provider() {
    let terraform = Workspace::new();
    let administrator = format!(
        "variable \"secret\" {{\n  ephemeral = true\n}}\n{}",
        token(&format!("  client_id = {:?}\n  client_secret = var.secret", terraform.tenant.client_id()))
    );
    terraform.env("TF_VAR_secret", terraform.tenant.client_secret());
    terraform.config(&format!(
        "{administrator}provider \"auth0\" {{\n  alias     = \"by_token\"\n  \
         api_token = ephemeral.auth0_access_token.a.access_token\n}}\n\
         resource \"auth0_m2m_client\" \"b\" {{\n  provider = auth0.by_token\n  name = \"b\"\n}}\n"
    ));
    // The other configuration of the provider only gets the token.
    terraform.apply();
    assert_eq!(terraform.tenant.clients("b").len(), 1);
    assert!(!terraform.state_file().contains(".eyJ"), "{}", terraform.state_file());
}

fn a_secret_that_cannot_be_read_is_explained() {
    let terraform = Workspace::new();
    let refused = |client_id: &str, parts: &[&str]| {
        terraform.config(&format!("ephemeral \"auth0_client_secret\" \"a\" {{\n  client_id = {client_id:?}\n}}\n"));
        terraform.fail_to_plan().assert_one_error(parts);
    };
    refused("nobody", &["Client Not Found", "no application with the client ID `nobody`", "main.tf line 2"]);
    refused("no body", &["Invalid Attribute Value", "a client ID", "main.tf line 2"]);
    let by_key = terraform.tenant.create("clients", &key::application("RS256"));
    let by_key = by_key["client_id"].as_str().unwrap();
    refused(by_key, &["Client Has No Secret", "authenticates with `private_key_jwt`"]);
    let body = json!({
        "statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
        "message": "Insufficient scope, expected any of: read:client_keys,read:client_credentials",
    });
    let path = format!("/api/v2/clients/{by_key}");
    terraform.tenant.spoil("GET", &path, Action::answer(403, body, &[]));
    refused(by_key, &["Cannot read the secret of the client", "one of `read:client_keys`, `read:client_credentials`"]);
    terraform.tenant.spoil("GET", &path, Action::answer(200, json!({ "client_id": by_key }), &[]));
    refused(by_key, &["Client Secret Not Readable", "`read:client_keys`"]);
}

/// An application with a key that may call the Management API.
fn by_key(terraform: &Workspace) -> String {
    let client = terraform.tenant.create("clients", &key::application("RS256"));
    let audience = terraform.tenant.management_api();
    let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": ["read:users"] });
    terraform.tenant.create("client-grants", &grant);
    client["client_id"].as_str().unwrap().to_owned()
}

fn a_token_is_granted_for_every_kind_of_proof() {
    let terraform = Workspace::new();
    let client_id = by_key(&terraform);
    terraform.file("key.pem", &key::private_pem());
    terraform.env("TF_VAR_assertion", &key::assertion(&client_id, terraform.tenant.url(), 0));
    let assertion = "variable \"assertion\" {\n  ephemeral = true\n}\n";
    let proofs = [
        format!("{}{SECRET}{}", SMALL, token(BY_SECRET)),
        token(&format!("  client_id = {client_id:?}\n  client_assertion_private_key = file(\"key.pem\")")),
        format!("{assertion}{}", token("  client_assertion = var.assertion")),
    ];
    for proof in proofs {
        terraform.config(&format!("{proof}output \"scopes\" {{\n  ephemeral = false\n  value = 1\n}}\n"));
        let run = if proof.starts_with("variable") {
            // Auth0 takes an assertion once.
            terraform.run(&["plan", "-input=false"])
        } else {
            terraform.try_apply(&[])
        };
        let run = run.success();
        assert!(run.requests.iter().filter(|request| *request == "POST /oauth/token").count() >= 1, "{run:?}");
    }
}

fn a_token_tells_what_it_is_good_for() {
    let terraform = Workspace::new();
    let tell = "jsonencode({ claims = ephemeral.auth0_access_token.a.claims, \
                expires_at = ephemeral.auth0_access_token.a.expires_at, \
                in_time = timecmp(ephemeral.auth0_access_token.a.expires_at, plantimestamp()), \
                granted = ephemeral.auth0_access_token.a.granted_scopes, \
                token = ephemeral.auth0_access_token.a.access_token })";
    // A token is good for something once there is a grant.
    let token = token(&format!("{BY_SECRET}\n  scopes = auth0_client_grant.a.scopes"));
    terraform.config(&format!("{SMALL}{SECRET}{token}{}", consumer(tell)));
    terraform.apply();
    let told: Value = serde_json::from_str(&consumed(&terraform)).unwrap();
    let client_id = terraform.text("auth0_m2m_client.a", "client_id");
    assert_eq!(told["claims"]["sub"], format!("{client_id}@clients"));
    assert_eq!(told["claims"]["aud"], terraform.tenant.management_api());
    assert_eq!(told["granted"], json!(["read:users"]));
    assert_eq!(told["in_time"], 1, "it ends later");
    let seconds = told["claims"]["exp"].as_i64().unwrap() - told["claims"]["iat"].as_i64().unwrap();
    assert_eq!(seconds, 86_400, "numbers are numbers");
    assert!(told["token"].as_str().unwrap().starts_with("eyJ"));
    assert!(told["expires_at"].as_str().unwrap().ends_with('Z'), "{told}");
}

fn a_token_is_for_an_organization() {
    let terraform = Workspace::new();
    let organization = terraform.tenant.create("organizations", &json!({ "name": "acme" }));
    let organization = organization["id"].as_str().unwrap();
    let grant = SMALL.replace("scopes ", "organization_usage = \"allow\"\n  allow_any_organization = true\n  scopes ");
    let token =
        token(&format!("{BY_SECRET}\n  organization = {organization:?}\n  scopes = auth0_client_grant.a.scopes"));
    let tell = consumer("ephemeral.auth0_access_token.a.claims.org_id");
    terraform.config(&format!("{grant}{SECRET}{token}{tell}"));
    terraform.apply();
    assert_eq!(consumed(&terraform), organization);
    terraform.config(&format!("{grant}{SECRET}{}{tell}", token.replace(organization, "org_unknown")));
    terraform.fail_to_plan().assert_one_error(&["Cannot get the access token", "organization = \"org_unknown\""]);
}

fn a_token_that_is_refused_is_explained() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    let client_id = terraform.text("auth0_m2m_client.a", "client_id");
    terraform.env("TF_VAR_secret", "wrong-s3cret");
    let refused = |lines: &str, parts: &[&str]| {
        terraform.config(&format!("variable \"secret\" {{\n  ephemeral = true\n}}\n{SMALL}{SECRET}{}", token(lines)));
        let run = terraform.fail_to_plan();
        run.assert_one_error(parts);
        assert!(!run.stderr.contains("s3cret") && !run.stderr.contains("eyJ"), "{}", run.stderr);
    };
    refused(
        &format!("  client_id = {client_id:?}\n  client_secret = var.secret"),
        &["Cannot get the access token", "the client ID or the client secret is wrong", "client_id = "],
    );
    let other = |lines: &str| format!("{BY_SECRET}\n{lines}");
    refused(
        &other("  scopes = [\"read:users\", \"create:users\"]"),
        &["Scopes Not Granted", "`create:users`", "scopes ="],
    );
    refused(&other("  scopes = [\"read users\"]"), &["Invalid Attribute Value", "a scope, without white space"]);
    terraform.tenant.spoil_after(1, "POST", "/oauth/token", Action::status(400));
    refused(BY_SECRET, &["Cannot get the access token", "not from a token endpoint"]);

    let api = terraform.tenant.api("https://api.example.com", &[]);
    for (audience, parts) in [
        (api.as_str(), ["may not call `https://api.example.com`", "`auth0_client_grant`"]),
        ("https://nowhere", ["the tenant has no API `https://nowhere`", "Check the identifier"]),
    ] {
        let token = token(BY_SECRET).replace("var.management_api", &format!("{audience:?}"));
        terraform.config(&format!("{SMALL}{SECRET}{token}"));
        let run = terraform.fail_to_plan();
        run.assert_one_error(&parts);
        run.assert_says(&["audience = "]);
    }
}

fn explains_unusable_credentials_without_showing_them() {
    let terraform = Workspace::new();
    let refused = |lines: &str, parts: &[&str]| {
        terraform.config(&token(lines));
        let run = terraform.fail_to_plan();
        run.assert_one_error(parts);
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    };
    let cases: [(&str, &[&str]); 7] = [
        ("", &["Set one of `client_secret`, `client_assertion_private_key` and `client_assertion`."]),
        ("  client_secret = \"s3cret\"", &["need `client_id`"]),
        ("  client_id = \"a\"\n  client_secret = \"s3cret\"\n  client_assertion = \"s3cret\"", &["Only one of"]),
        (
            "  client_id = \"a\"\n  client_assertion_private_key = \"s3cret\"",
            &["Invalid Credentials", "`client_assertion_private_key` cannot be used", "not a private key in PEM form"],
        ),
        ("  client_assertion = \"s3cret\"", &["Invalid Credentials", "`client_assertion` cannot be used"]),
        (
            "  client_id = \"a\"\n  client_secret = \"s3cret\"\n  client_assertion_signing_alg = \"PS256\"",
            &["needs `client_assertion_private_key`"],
        ),
        (
            "  client_id = \"a\"\n  client_assertion_private_key = \"s3cret\"\n  client_assertion_signing_alg = \"ES256\"",
            &["must be one of `RS256`, `RS384`, `PS256`"],
        ),
    ];
    for (lines, parts) in cases {
        refused(lines, parts);
    }
    assert!(terraform.tenant.requests().iter().all(|request| request != "POST /oauth/token"), "nothing was asked");
}
