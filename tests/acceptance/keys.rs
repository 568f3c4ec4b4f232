//! Applications that authenticate with keys or certificates.

pub(crate) mod elsewhere;
pub(crate) mod failures;
pub(crate) mod users;

use serde_json::{Value, json};

use crate::support::key_pair::{Key, elliptic_key};
use crate::support::terraform::Workspace;
use elsewhere::register;

super::trials![
    creates_with_keys_in_one_request,
    adds_a_key_and_removes_the_old_one,
    extends_an_expiry_in_place,
    switches_methods_and_back_in_one_patch,
    warns_that_a_replaced_key_is_refused_at_once,
    a_renamed_or_rewrapped_key_sends_nothing,
    refuses_bad_credentials_at_plan,
    refuses_a_fifth_credential_before_it_writes,
    a_key_may_be_unknown_until_the_apply,
];

const CLIENT: &str = "auth0_m2m_client.a";

/// A configuration with a key method and these entries.
fn config(method: &str, entries: &[(&str, String)]) -> String {
    let entries: Vec<_> = entries.iter().map(|(name, entry)| format!("    {name} = {{\n{entry}\n    }}")).collect();
    format!(
        "resource \"auth0_m2m_client\" \"a\" {{\n  name = \"a\"\n  authentication_method = {method:?}\n  credentials = \
         {{\n{}\n  }}\n}}\n",
        entries.join("\n")
    )
}

fn pem(text: &str) -> String {
    format!("      pem = <<-EOT\n{text}EOT\n")
}

/// An entry with a public key.
fn public(number: usize) -> String {
    pem(&Key::nth(number).public_pem())
}

fn keys(entries: &[(&str, String)]) -> String {
    config("private_key_jwt", entries)
}

fn path(terraform: &Workspace) -> String {
    format!("clients/{}", terraform.text(CLIENT, "id"))
}

fn pool(terraform: &Workspace) -> Vec<Value> {
    terraform.tenant.read(&format!("{}/credentials", path(terraform))).as_array().unwrap().clone()
}

fn pool_names(terraform: &Workspace) -> Vec<String> {
    let mut names: Vec<_> =
        pool(terraform).iter().map(|of| of["name"].as_str().unwrap_or_default().to_owned()).collect();
    names.sort();
    names
}

/// The names in the state.
fn names(terraform: &Workspace) -> Vec<String> {
    terraform.attributes(CLIENT)["credentials"].as_object().unwrap().keys().cloned().collect()
}

fn attached(terraform: &Workspace, method: &str) -> Vec<String> {
    let slot = terraform.tenant.read(&path(terraform))["client_authentication_methods"][method]["credentials"].take();
    slot.as_array().unwrap().iter().map(|of| of["id"].as_str().unwrap().to_owned()).collect()
}

fn credential(terraform: &Workspace, name: &str) -> Value {
    terraform.attributes(CLIENT)["credentials"][name].clone()
}

/// Whether the key gets past the authentication of a token request.
fn is_accepted(terraform: &Workspace, number: usize) -> bool {
    let assertion = Key::nth(number).assertion(&terraform.text(CLIENT, "id"), terraform.tenant.url());
    terraform.tenant.ask_with_assertion(&assertion) != 401
}

fn writes(requests: &[String]) -> Vec<&str> {
    let is_write = |request: &&String| !request.starts_with("GET ") && !request.ends_with("/oauth/token");
    requests.iter().filter(is_write).map(String::as_str).collect()
}

const POST: &str = "POST /api/v2/clients/{id}/credentials";

const PATCH: &str = "PATCH /api/v2/clients/{id}";

/// A request about one credential, which the log does not shorten.
fn about(terraform: &Workspace, verb: &str) -> usize {
    let logged = terraform.tenant.logged();
    logged.iter().filter(|request| request.method == verb && request.path.contains("/credentials/")).count()
}

fn creates_with_keys_in_one_request() {
    let terraform = Workspace::new();
    let certificate = Key::nth(1).certificate("caller", 2040);
    terraform.config(&keys(&[
        ("first", public(0)),
        ("second", pem(&certificate) + "algorithm = \"PS256\"\nparse_expiry_from_cert = true"),
    ]));
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), ["POST /api/v2/clients"]);
    let first = credential(&terraform, "first");
    assert_eq!((&first["algorithm"], &first["expires_at"]), (&json!("RS256"), &Value::Null));
    assert_eq!(first["key_id"].as_str().unwrap().len(), 43);
    assert!(first["id"].is_string() && first["created_at"].is_string());
    let second = credential(&terraform, "second");
    assert_eq!(second["algorithm"], "PS256");
    assert_eq!(second["expires_at"], "2040-12-31T00:00:00.000Z");
    assert_eq!(second["not_after"], "2040-12-31T00:00:00.000Z");
    assert!(is_accepted(&terraform, 0) && !is_accepted(&terraform, 2));

    for method in ["tls_client_auth", "self_signed_tls_client_auth"] {
        let terraform = Workspace::new();
        terraform.config(&config(method, &[("own", pem(&certificate))]));
        let run = terraform.apply();
        assert_eq!(writes(&run.requests), ["POST /api/v2/clients"]);
        let own = credential(&terraform, "own");
        assert_eq!(own["not_after"], "2040-12-31T00:00:00.000Z", "{own}");
        assert_eq!(own["thumbprint_sha256"].is_string(), method != "tls_client_auth", "{own}");
        assert_eq!(own["subject_dn"].as_str(), (method == "tls_client_auth").then_some("O=Shop\nCN=caller"));
    }
    let terraform = Workspace::new();
    terraform.config(&config("tls_client_auth", &[("own", "subject_dn = \"O=Shop\\nCN=caller\"".to_owned())]));
    terraform.apply();
}

fn adds_a_key_and_removes_the_old_one() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("old", public(0))]));
    terraform.apply();
    terraform.config(&keys(&[("old", public(0)), ("new", public(1))]));
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), [POST, PATCH]);
    assert!(!run.stdout.contains("Credential Is Replaced"), "{}", run.stdout);
    assert_eq!(pool_names(&terraform), ["new", "old"]);
    terraform.config(&keys(&[("new", public(1))]));
    let run = terraform.apply();
    assert!(!run.stdout.contains("Credential Is Replaced"), "{}", run.stdout);
    assert_eq!(pool_names(&terraform), ["new"]);
    assert!(is_accepted(&terraform, 1) && !is_accepted(&terraform, 0));
    assert_eq!(names(&terraform), ["new"]);
    terraform.destroy();
}

fn extends_an_expiry_in_place() {
    let terraform = Workspace::new();
    let entry = |line: &str| keys(&[("key", public(0) + line)]);
    terraform.config(&entry("expires_at = \"2090-01-01T00:00:00Z\""));
    terraform.apply();
    let id = credential(&terraform, "key")["id"].clone();
    terraform.config(&entry("expires_at = \"2090-01-01T01:00:00+01:00\""));
    terraform.assert_empty_plan();
    for (line, shown) in [
        ("expires_at = \"2091-01-01T00:00:00Z\"", json!("2091-01-01T00:00:00.000Z")),
        ("", Value::Null),
        ("expires_at = \"2092-01-01T00:00:00Z\"", json!("2092-01-01T00:00:00.000Z")),
    ] {
        terraform.config(&entry(line));
        terraform.try_apply(&[]).success();
        assert_eq!(about(&terraform, "PATCH"), 1, "{:?}", terraform.tenant.requests());
        terraform.assert_empty_plan();
        assert_eq!(credential(&terraform, "key")["id"], id);
        assert_eq!(pool(&terraform)[0].get("expires_at").cloned().unwrap_or_default(), shown);
    }
    // Drift of the expiry is shown and repaired.
    let credential = format!("{}/credentials/{}", path(&terraform), id.as_str().unwrap());
    terraform.tenant.change(&credential, &json!({ "expires_at": "2099-01-01T00:00:00Z" }));
    assert_eq!(terraform.plan().changed(CLIENT), ["credentials"]);
    terraform.apply();
    assert_eq!(pool(&terraform)[0]["expires_at"], "2092-01-01T00:00:00.000Z");
}

fn switches_methods_and_back_in_one_patch() {
    let terraform = Workspace::new();
    let secret = "resource \"auth0_m2m_client\" \"a\" {\n  name = \"a\"\n}\n";
    terraform.config(&secret.replace("\n}", "\n  is_token_endpoint_ip_header_trusted = true\n}"));
    terraform.apply();
    terraform.config(&keys(&[("key", public(0))]));
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), [POST, PATCH]);
    assert!(is_accepted(&terraform, 0));
    terraform.config(&config("self_signed_tls_client_auth", &[("key", pem(&Key::nth(1).certificate("c", 2040)))]));
    terraform.try_apply(&[]).success();
    terraform.assert_empty_plan();
    assert_eq!(pool_names(&terraform).len(), 1);
    terraform.config(secret);
    let planned = terraform.plan();
    assert!(planned.text().contains("Application Loses Its Credentials"), "{}", planned.text());
    assert!(planned.text().contains("\"key\" (`cred_"), "{}", planned.text());
    terraform.apply();
    assert!(pool(&terraform).is_empty());
    assert_eq!(terraform.tenant.read(&path(&terraform))["token_endpoint_auth_method"], "client_secret_post");
}

fn warns_that_a_replaced_key_is_refused_at_once() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("key", public(0))]));
    terraform.apply();
    for entries in [vec![("key", public(1))], vec![("other", public(2))]] {
        terraform.config(&keys(&entries));
        let planned = terraform.plan();
        assert!(planned.text().contains("Credential Is Replaced"), "{}", planned.text());
        let run = terraform.apply();
        assert_eq!(writes(&run.requests)[..2], [POST, PATCH]);
        assert_eq!(pool(&terraform).len(), 1);
    }
}

fn a_renamed_or_rewrapped_key_sends_nothing() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0)), ("b", public(1))]));
    terraform.apply();
    let ids = attached(&terraform, "private_key_jwt");
    for entries in [
        [("b", public(0)), ("a", public(1))],
        [("c", public(1)), ("d", pem(&Key::nth(0).certificate("x", 2040)))],
        [("c", pem(&Key::nth(1).public_pem().replace("-----\n", "-----\n\n"))), ("d", public(0))],
    ] {
        terraform.config(&keys(&entries));
        let planned = terraform.plan();
        assert!(!planned.text().contains("Credential Is Replaced"), "{}", planned.text());
        let run = terraform.apply();
        assert!(writes(&run.requests).is_empty(), "{:?}", run.requests);
        assert_eq!(attached(&terraform, "private_key_jwt"), ids);
    }
}

fn refuses_bad_credentials_at_plan() {
    let terraform = Workspace::new();
    let key = |entry: String| keys(&[("key", entry)]);
    let certificate = |year| Key::nth(0).certificate("caller", year);
    let bare = "resource \"auth0_m2m_client\" \"a\" {\n  name = \"a\"\n";
    let elliptic = elliptic_key();
    for (config, said) in [
        (key(pem(&elliptic)), vec!["main.tf line", "accepts only RSA"]),
        (key("pem = \"nonsense\"".to_owned()), vec!["main.tf line", "`pem` of \"key\" cannot be used"]),
        (key(pem(&certificate(2021)) + "parse_expiry_from_cert = true"), vec!["Credential Has Expired"]),
        (key(public(0) + "parse_expiry_from_cert = true"), vec!["`parse_expiry_from_cert` needs a certificate"]),
        (key(public(0) + "expires_at = \"2020-01-01T00:00:00Z\""), vec!["Credential Has Expired", "main.tf line"]),
        (key(public(0) + "expires_at = \"tomorrow\""), vec!["a time with its zone"]),
        (key(public(0) + "subject_dn = \"CN=x\""), vec!["`subject_dn` belongs to `tls_client_auth`"]),
        (key(public(0) + "algorithm = \"ES256\""), vec!["`RS256`, `RS384`, `PS256`"]),
        (key(String::new()), vec!["Credential Not Registered"]),
        (keys(&[("a", public(0)), ("b", public(0))]), vec!["are the same credential"]),
        (keys(&[("a", public(0)), ("b", public(1)), ("c", public(2))]), vec!["at most 2 elements"]),
        (config("self_signed_tls_client_auth", &[("key", pem(&certificate(2021)))]), vec!["Credential Has Expired"]),
        (config("self_signed_tls_client_auth", &[("key", public(0))]), vec!["without its certificate"]),
        (config("client_secret_post", &[("key", public(0))]), vec!["Credentials need a method"]),
        (format!("{bare}authentication_method = \"private_key_jwt\"\n}}\n"), vec!["needs `credentials`"]),
        (format!("{bare}authentication_method = \"none\"\n}}\n"), vec!["`client_credentials`"]),
        (
            key(public(0)).replace("  name", "  is_token_endpoint_ip_header_trusted = true\n  name"),
            vec!["needs a client secret"],
        ),
        (key(public(0)).replace("  name", "  rotate_secret_when = { a = 1 }\n  name"), vec!["needs a client secret"]),
        (
            key(public(0)).replace("  name", "  client_secret_wo = \"secret text\"\n  name"),
            vec!["needs a client secret"],
        ),
    ] {
        terraform.config(&config);
        let refused = terraform.fail_to_plan();
        refused.assert_one_error(&said);
        assert!(writes(&refused.requests).is_empty(), "{:?}", refused.requests);
    }
    // The private half is refused, and none of it is said.
    for private in [Key::nth(0).private_pem(), Key::nth(0).private_pem().replace("PRIVATE", "RSA PRIVATE")] {
        for line in [pem(&private), format!("pem = {private:?}")] {
            terraform.config(&key(line));
            let refused = terraform.fail_to_plan();
            refused.assert_one_error(&["private key"]);
            let secret = private.lines().nth(2).unwrap();
            assert!(!format!("{}{}", refused.stdout, refused.stderr).contains(secret));
        }
    }
}

fn refuses_a_fifth_credential_before_it_writes() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0))]));
    terraform.apply();
    let others: Vec<_> = [2, 3, 4].into_iter().map(|number| register(&terraform, number)).collect();
    terraform.config(&keys(&[("a", public(0)), ("b", public(1))]));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Credentials Cannot Be Changed", &others[0], &others[2], "main.tf line"]);
    assert!(writes(&failed.requests).is_empty(), "{:?}", failed.requests);
    terraform.tenant.delete(&format!("{}/credentials/{}", path(&terraform), others[0]));
    terraform.apply();
}

fn a_key_may_be_unknown_until_the_apply() {
    let terraform = Workspace::new();
    let config = |number: usize, trigger: &str| {
        format!(
            "resource \"terraform_data\" \"key\" {{\n  input = {:?}\n  triggers_replace = {trigger:?}\n}}\n{}",
            Key::nth(number).public_pem(),
            keys(&[("made", "pem = terraform_data.key.output\n".to_owned())]),
        )
    };
    terraform.config(&config(0, "1"));
    terraform.apply();
    // Unknown, and the same key in the end.
    terraform.config(&config(0, "2"));
    let run = terraform.apply();
    assert!(writes(&run.requests).is_empty(), "{:?}", run.requests);
    terraform.config(&config(1, "3"));
    terraform.apply();
    assert!(is_accepted(&terraform, 1) && !is_accepted(&terraform, 0));
    // What is no key then is refused before anything is sent.
    let broken = config(1, "4").replace(&format!("{:?}", Key::nth(1).public_pem()), "\"nonsense\"");
    terraform.config(&broken);
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["`pem` of \"made\" cannot be used"]);
    assert!(writes(&failed.requests).is_empty(), "{:?}", failed.requests);
}
