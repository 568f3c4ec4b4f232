//! Applications that authenticate with keys or certificates.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Action;

use crate::agreement::try_all;
use crate::pairs::number;
use crate::support::key_pair::{Key, elliptic_key};
use crate::support::terraform::{Workspace, flat};

super::trials![
    creates_with_keys_in_one_request,
    adds_a_key_and_removes_the_old_one,
    extends_an_expiry_in_place,
    switches_methods_and_back_in_one_patch,
    warns_that_a_replaced_key_is_refused_at_once,
    a_renamed_or_rewrapped_key_sends_nothing,
    names_foreign_credentials_and_leaves_them_alone,
    registers_a_deleted_key_again,
    attaches_a_detached_key_again,
    imports_keys_with_generated_configuration,
    replaces_an_imported_key_with_its_own_id,
    refuses_bad_credentials_at_plan,
    refuses_a_fifth_credential_before_it_writes,
    a_lost_response_to_a_new_key_is_looked_for,
    goes_on_after_any_failed_step,
    finds_a_lost_application_with_keys,
    asks_for_credentials_only_if_a_key_expires,
    a_key_may_be_unknown_until_the_apply,
    reads_no_credentials_without_the_scope,
    rotates_without_a_refusal,
    the_data_source_shows_credentials,
    the_state_of_an_application_with_two_keys_stays_small,
    the_guide_rotates_without_a_refusal,
    a_token_comes_with_a_registered_key,
    random_changes_get_there_whatever_fails,
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

/// Registers a key elsewhere. Returns its id.
fn register(terraform: &Workspace, number: usize) -> String {
    let body = json!({ "credential_type": "public_key", "name": "theirs", "pem": Key::nth(number).public_pem() });
    let created = terraform.tenant.create(&format!("{}/credentials", path(terraform)), &body);
    created["id"].as_str().unwrap().to_owned()
}

fn attach(terraform: &Workspace, ids: &[String]) {
    let credentials: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    let methods = json!({ "private_key_jwt": { "credentials": credentials } });
    terraform.tenant.change(&path(terraform), &json!({ "client_authentication_methods": methods }));
}

fn names_foreign_credentials_and_leaves_them_alone() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("mine", public(0))]));
    terraform.apply();
    let theirs = register(&terraform, 3);
    attach(&terraform, &[attached(&terraform, "private_key_jwt"), vec![theirs.clone()]].concat());
    terraform.assert_empty_plan();
    let planned = terraform.run(&["plan", "-input=false"]).success();
    assert!(flat(&planned.stdout).contains("Foreign Credentials"), "{}", planned.stdout);
    assert!(planned.stdout.contains(&theirs), "{}", planned.stdout);
    // Another key would be the third.
    terraform.config(&keys(&[("mine", public(0)), ("more", public(1))]));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Credentials Cannot Be Changed", &theirs, "Nothing was written"]);
    assert!(writes(&failed.requests).is_empty(), "{:?}", failed.requests);
    // The own key is replaced beside it.
    terraform.config(&keys(&[("mine", public(1))]));
    terraform.apply();
    assert!(attached(&terraform, "private_key_jwt").contains(&theirs));
    assert_eq!(pool_names(&terraform), ["mine", "theirs"]);
}

fn registers_a_deleted_key_again() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0)), ("b", public(1))]));
    terraform.apply();
    let (a, b) = (credential(&terraform, "a")["id"].clone(), credential(&terraform, "b")["id"].clone());
    attach(&terraform, &[a.as_str().unwrap().to_owned()]);
    terraform.tenant.delete(&format!("{}/credentials/{}", path(&terraform), b.as_str().unwrap()));
    assert_eq!(terraform.plan().changed(CLIENT), ["credentials"]);
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), [POST, PATCH]);
    assert_eq!(credential(&terraform, "a")["id"], a);
    assert_ne!(credential(&terraform, "b")["id"], b);
}

fn attaches_a_detached_key_again() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0)), ("b", public(1))]));
    terraform.apply();
    let (a, b) = (credential(&terraform, "a")["id"].clone(), credential(&terraform, "b")["id"].clone());
    attach(&terraform, &[a.as_str().unwrap().to_owned()]);
    terraform.run(&["refresh"]).success();
    assert_eq!(names(&terraform), ["a".to_owned(), format!("{} (detached)", b.as_str().unwrap())]);
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), [PATCH]);
    assert_eq!(credential(&terraform, "b")["id"], b);
    assert_eq!(pool(&terraform).len(), 2);
}

/// An application made by hand.
fn by_hand(terraform: &Workspace, settings: &Value) -> String {
    let mut body = json!({
        "name": "a", "app_type": "non_interactive", "oidc_conformant": true, "grant_types": ["client_credentials"],
    });
    body.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    terraform.tenant.create("clients", &body)["client_id"].as_str().unwrap().to_owned()
}

fn imports_keys_with_generated_configuration() {
    let terraform = Workspace::new();
    let certificate = Key::nth(1).certificate("caller", 2040);
    let one = |kind: &str, name: &str, pem: &str| json!({ "credential_type": kind, "name": name, "pem": pem });
    let mut expiring = one("public_key", "expires", &Key::nth(1).public_pem());
    expiring["expires_at"] = json!("2090-01-01T00:00:00.000Z");
    let key = one("public_key", "", &Key::nth(0).public_pem());
    let slot = |method: &str, credentials: Value| json!({ "client_authentication_methods": { method: { "credentials": credentials } } });
    let clients = [
        slot("private_key_jwt", json!([key, expiring])),
        slot("private_key_jwt", json!([])),
        slot("tls_client_auth", json!([one("cert_subject_dn", "name", &certificate)])),
        slot("self_signed_tls_client_auth", json!([one("x509_cert", "cert", &certificate)])),
        json!({ "token_endpoint_auth_method": "none", "grant_types": [] }),
    ];
    let imports = clients.map(|settings| by_hand(&terraform, &settings)).into_iter().enumerate();
    let block = |(number, id)| format!("import {{\n  to = auth0_m2m_client.i{number}\n  id = {id:?}\n}}\n");
    terraform.config(&imports.map(block).collect::<String>());
    terraform.run(&["plan", "-generate-config-out=generated.tf"]).success();
    terraform.run(&["validate"]).success();
    let planned = terraform.plan();
    assert!(planned.text().contains("5 to import, 0 to add, 0 to change"), "{}", planned.text());
    terraform.apply();
    let shown = terraform.attributes("auth0_m2m_client.i0")["credentials"]["expires"].clone();
    assert_eq!(shown["expires_at"], "2090-01-01T00:00:00.000Z", "{shown}");

    // The key itself is configured later, and nothing is sent.
    let terraform = Workspace::new();
    let key = one("public_key", "key", &Key::nth(0).public_pem());
    let id = by_hand(&terraform, &slot("private_key_jwt", json!([key])));
    terraform.config(&keys(&[("key", String::new())]));
    terraform.run(&["import", CLIENT, &id]).success();
    terraform.assert_empty_plan();
    terraform.config(&keys(&[("key", public(0))]));
    assert_eq!(terraform.plan().changed(CLIENT), ["credentials"]);
    let run = terraform.apply();
    assert!(writes(&run.requests).is_empty(), "{:?}", run.requests);
}

fn replaces_an_imported_key_with_its_own_id() {
    let terraform = Workspace::new();
    let key = json!({
        "credential_type": "public_key", "name": "key", "pem": Key::nth(0).public_pem(), "kid": "my-own-key-1",
    });
    let methods = json!({ "private_key_jwt": { "credentials": [key] } });
    let id = by_hand(&terraform, &json!({ "client_authentication_methods": methods }));
    terraform.config(&keys(&[("key", "key_id = \"my-own-key-1\"".to_owned())]));
    terraform.run(&["import", CLIENT, &id]).success();
    terraform.assert_empty_plan();
    terraform.config(&keys(&[("key", public(1) + "key_id = \"my-own-key-1\"")]));
    let planned = terraform.plan();
    assert!(planned.text().contains("The provider cannot tell"), "{}", planned.text());
    terraform.apply();
    assert!(is_accepted(&terraform, 1) && !is_accepted(&terraform, 0));
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

fn a_lost_response_to_a_new_key_is_looked_for() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0))]));
    terraform.apply();
    terraform.config(&keys(&[("a", public(0)), ("b", public(1))]));
    terraform.tenant.spoil("POST", "/api/v2/clients/*/credentials", Action::drop_after());
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), [POST, PATCH]);
    assert_eq!(pool_names(&terraform), ["a", "b"]);
    terraform.config(&keys(&[("a", public(0)), ("c", public(2))]));
    terraform.tenant.spoil("POST", "/api/v2/clients/*/credentials", Action::drop_before());
    terraform.apply();
    assert_eq!(pool_names(&terraform), ["a", "c"]);
}

/// Requests about credentials, by method and path.
const KINDS: [(&str, &str); 6] = [
    ("POST", "/api/v2/clients/*/credentials"),
    ("PATCH", "/api/v2/clients/*"),
    ("PATCH", "/api/v2/clients/*/credentials/*"),
    ("DELETE", "/api/v2/clients/*/credentials/*"),
    ("GET", "/api/v2/clients/*/credentials"),
    ("GET", "/api/v2/clients/*"),
];

/// Ways to spoil a request, and how often in a row.
const FAULTS: [(&str, u32); 6] = [
    ("refused", 1),
    ("failed", 10),
    ("dropped before", 1),
    ("dropped after", 1),
    ("dropped after", 10),
    ("truncated", 1),
];

fn action(fault: &str) -> Action {
    let answer = |status: u16| {
        let body = json!({ "statusCode": status, "error": "Error", "message": "No.", "errorCode": "invalid_body" });
        Action::answer(status, body, &[])
    };
    match fault {
        "refused" => answer(400),
        "failed" => answer(500),
        "dropped before" => Action::drop_before(),
        "dropped after" => Action::drop_after(),
        _ => Action::truncate(20),
    }
}

/// A rotation in one apply, with every request spoilt in every way. `FAULTS=all` tries all of them. At each moment the key
/// that stays is accepted, and the next apply gets there.
fn goes_on_after_any_failed_step() {
    let all = KINDS.iter().flat_map(|kind| FAULTS.iter().map(move |fault| (*kind, *fault)));
    let mut cells: Vec<_> = all.collect();
    if !is_everything_wanted() {
        fastrand::Rng::with_seed(number("SEED").unwrap_or(3)).shuffle(&mut cells);
        cells.truncate(8);
    }
    try_all(
        cells,
        |cell| format!("{cell:?}"),
        |((method, path), (fault, times))| {
            let terraform = Workspace::new();
            let before = [("a", public(0) + "expires_at = \"2090-01-01T00:00:00Z\""), ("b", public(1))];
            let after = [("a", public(0) + "expires_at = \"2091-01-01T00:00:00Z\""), ("c", public(2))];
            terraform.config(&keys(&before));
            terraform.apply();
            terraform.config(&keys(&after));
            terraform.run(&["plan", "-out=saved.tfplan"]).success();
            terraform.tenant.spoil_times(*times, method, path, action(fault));
            let run = terraform.run(&["apply", "-input=false", "saved.tfplan"]);
            assert!(*fault != "failed" || run.code == 1, "{}", run.stdout);
            assert!(
                *times == 10 || terraform.tenant.faults_left() == 0,
                "the fault met no request: {:?}",
                run.requests
            );
            terraform.tenant.spoil_no_more();
            assert!(is_accepted(&terraform, 0));
            if run.code == 0 {
                terraform.assert_empty_plan();
            } else if *method != "GET" && !(*method == "DELETE" && *fault == "dropped after") {
                assert_eq!(terraform.plan().action(CLIENT), "update");
            }
            terraform.apply();
            assert_eq!(pool_names(&terraform), ["a", "c"]);
            assert_eq!(names(&terraform), ["a", "c"]);
            assert_eq!(pool(&terraform).iter().filter(|of| of["expires_at"] == "2091-01-01T00:00:00.000Z").count(), 1);
            assert!(is_accepted(&terraform, 0) && is_accepted(&terraform, 2) && !is_accepted(&terraform, 1));
        },
    );
}

#[expect(clippy::disallowed_methods, reason = "a test program is told by the environment what it is to do")]
fn is_everything_wanted() -> bool {
    std::env::var("FAULTS").is_ok_and(|wanted| wanted == "all")
}

fn finds_a_lost_application_with_keys() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0)), ("b", public(1) + "algorithm = \"RS384\"")]));
    terraform.tenant.spoil("POST", "/api/v2/clients", Action::drop_after());
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), ["POST /api/v2/clients"]);
    assert_eq!(terraform.tenant.clients("a").len(), 1);
    assert!(credential(&terraform, "b")["id"].is_string());
    assert_eq!(credential(&terraform, "b")["algorithm"], "RS384");
}

/// `CLIENTS=1000` measures as many, and prints the requests of a refresh.
#[expect(clippy::print_stderr, reason = "whoever asks for many applications wants the numbers")]
fn asks_for_credentials_only_if_a_key_expires() {
    let terraform = Workspace::new();
    let count = number("CLIENTS").map_or(5, |count| usize::try_from(count).unwrap());
    let clients = |line: &str| {
        let one = |number: usize| {
            let entries = [("a", public(0) + line), ("b", public(1))];
            keys(&entries).replace("\"a\" {\n  name = \"a\"", &format!("\"c{number}\" {{\n  name = \"c{number}\""))
        };
        (0..count).map(one).collect::<String>()
    };
    let reads = || {
        let run = terraform.run(&["plan", "-input=false", "-detailed-exitcode"]);
        assert_eq!(run.code, 0, "{}", run.stdout);
        if count > 5 {
            eprintln!("{} requests, {} bytes of state", run.requests.len(), terraform.state_file().len());
        }
        run.requests.into_iter().filter(|request| request.ends_with("/credentials")).count()
    };
    terraform.config(&clients(""));
    terraform.apply();
    assert_eq!(reads(), 0);
    terraform.config(&clients("expires_at = \"2090-01-01T00:00:00Z\""));
    terraform.apply();
    assert_eq!(reads(), count);
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

fn reads_no_credentials_without_the_scope() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0) + "expires_at = \"2090-01-01T00:00:00Z\"")]));
    terraform.apply();
    let refusal = json!({
        "statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
        "message": "Insufficient scope, expected any of: read:client_credentials",
    });
    terraform.tenant.spoil("GET", "/api/v2/clients/*/credentials", Action::answer(403, refusal, &[]));
    terraform.assert_empty_plan();
    assert_eq!(terraform.tenant.faults_left(), 0);
}

/// 20 rotations, while a client asks for tokens with the key in its hands.
/// `ROTATIONS=20` rotates as often, which `tests/keys.sh` does.
fn rotates_without_a_refusal() {
    let rotations = number("ROTATIONS").map_or(5, |count| usize::try_from(count).unwrap());
    let terraform = Workspace::new();
    let name = |number: usize| ["a", "b"][number % 2];
    terraform.config(&keys(&[(name(0), public(0))]));
    terraform.apply();
    let (client_id, url) = (terraform.text(CLIENT, "id"), terraform.tenant.url().to_owned());
    let audience = terraform.tenant.management_api();
    let (in_hand, is_over, asked, refused) =
        (AtomicU64::new(0), AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                while !is_over.load(Ordering::SeqCst) {
                    let number = usize::try_from(in_hand.load(Ordering::SeqCst)).unwrap();
                    let body = json!({
                        "grant_type": "client_credentials",
                        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        "client_assertion": Key::nth(number % 3).assertion(&client_id, &url),
                        "audience": audience,
                    });
                    let answer = http.post(format!("{url}/oauth/token")).json(&body).send().await.unwrap();
                    asked.fetch_add(1, Ordering::SeqCst);
                    if answer.status().as_u16() == 401 {
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
        });
        let _ending = Ending(&is_over);
        for number in 0..rotations {
            let (old, new) = ((name(number), public(number % 3)), (name(number + 1), public((number + 1) % 3)));
            terraform.config(&keys(&[old, new.clone()]));
            terraform.try_apply(&[]).success();
            in_hand.store(number as u64 + 1, Ordering::SeqCst);
            // A request that is under way still has the old key.
            let so_far = asked.load(Ordering::SeqCst);
            while asked.load(Ordering::SeqCst) < so_far + 2 {
                terraform.tenant.wait(Duration::from_millis(10));
            }
            terraform.config(&keys(&[new]));
            terraform.try_apply(&[]).success();
        }
    });
    assert_eq!(refused.load(Ordering::SeqCst), 0);
    assert!(asked.load(Ordering::SeqCst) > 2 * rotations as u64);
    terraform.assert_empty_plan();
}

/// Ends the client, however the rotations end.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn the_data_source_shows_credentials() {
    let terraform = Workspace::new();
    terraform.config(&format!(
        "{}data \"auth0_m2m_client\" \"a\" {{\n  name = auth0_m2m_client.a.name\n}}\noutput \"key\" {{\n  value = \
         data.auth0_m2m_client.a.credentials[\"key\"].key_id\n}}\n",
        keys(&[("key", public(0))])
    ));
    terraform.apply();
    let output = terraform.run(&["output", "-raw", "key"]).success().stdout;
    assert_eq!(output, credential(&terraform, "key")["key_id"].as_str().unwrap());
}

fn the_state_of_an_application_with_two_keys_stays_small() {
    let terraform = Workspace::new();
    let bytes = |count: usize| {
        let one = |number: usize| {
            keys(&[("a", public(0)), ("b", public(1))])
                .replace("\"a\" {\n  name = \"a\"", &format!("\"c{number}\" {{\n  name = \"c{number}\""))
        };
        terraform.config(&(0..count).map(one).collect::<String>());
        terraform.apply();
        terraform.state_file().len()
    };
    let (few, more) = (bytes(2), bytes(6));
    let each = (more - few) / 4;
    assert!(each <= 4_500, "{each} bytes");
}

/// The configuration and the commands of the guide, with files for its keys.
fn the_guide_rotates_without_a_refusal() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guides/keys.md")).unwrap();
    let config = guide.split("```terraform\n").nth(1).unwrap().split("```").next().unwrap();
    let commands: Vec<_> = guide.lines().filter(|line| line.starts_with("terraform apply ")).collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let terraform = Workspace::new();
    terraform.config(&config.replace("\"worker\"", "\"a\""));
    terraform.file("keys/2026.pem", &Key::nth(0).public_pem());
    terraform.file("keys/2027.pem", &Key::nth(1).public_pem());
    for (command, accepted) in commands.into_iter().zip([[true, false], [true, true], [false, true]]) {
        let arguments: Vec<_> = command.split_whitespace().skip(2).map(|word| word.trim_matches('\'')).collect();
        terraform.try_apply(&arguments).success();
        assert_eq!([0, 1].map(|number| is_accepted(&terraform, number)), accepted, "{command}");
    }
}

/// The ephemeral resource signs with the private half of what is registered here.
fn a_token_comes_with_a_registered_key() {
    let terraform = Workspace::new();
    terraform.config(&format!(
        "{}resource \"auth0_client_grant\" \"a\" {{\n  client_id = auth0_m2m_client.a.client_id\n  audience = \
         var.management_api\n  scopes = [\"read:users\"]\n}}\nephemeral \"auth0_access_token\" \"a\" {{\n  client_id = \
         auth0_client_grant.a.client_id\n  audience = var.management_api\n  client_assertion_private_key = \
         file(\"key.pem\")\n}}\n",
        keys(&[("key", public(0))])
    ));
    terraform.file("key.pem", &Key::nth(0).private_pem());
    terraform.apply();
    terraform.file("key.pem", &Key::nth(1).private_pem());
    terraform.fail_to_plan();
}

/// Random keys after random keys, with a random fault. `KEYS=1000 cargo test --test acceptance -- keys::random` tries as
/// many, and `SEED` chooses others.
fn random_changes_get_there_whatever_fails() {
    let seed = number("SEED").unwrap_or(17);
    let seeds = (0..number("KEYS").unwrap_or(4)).map(|run| seed + run).collect();
    try_all(seeds, |seed| format!("SEED={seed}"), |seed| change_at_random(&mut fastrand::Rng::with_seed(*seed)));
}

fn change_at_random(rng: &mut fastrand::Rng) {
    let terraform = Workspace::new();
    terraform.config(&random_keys(rng));
    terraform.apply();
    for _ in 0..3 {
        terraform.config(&random_keys(rng));
        let faults: Vec<_> = FAULTS.iter().filter(|(_, times)| *times == 1).collect();
        if rng.u8(..4) > 0 {
            let ((method, path), (fault, times)) = (rng.choice(KINDS).unwrap(), *rng.choice(faults).unwrap());
            terraform.tenant.spoil_times(times, method, path, action(fault));
        }
        terraform.try_apply(&[]);
        assert_always_attached(&terraform);
        terraform.tenant.spoil_no_more();
        let again = terraform.try_apply(&[]);
        if again.code != 0 {
            // Another algorithm for the only key has no safe order.
            again.assert_says(&["Credentials Cannot Be Changed", "Nothing was written"]);
            assert!(writes(&again.requests).is_empty(), "{:?}", again.requests);
            continue;
        }
        assert_always_attached(&terraform);
        terraform.assert_empty_plan();
        assert_eq!(pool(&terraform).len(), names(&terraform).len(), "{:?}", names(&terraform));
    }
}

/// One or two keys.
fn random_keys(rng: &mut fastrand::Rng) -> String {
    let (mut numbers, mut names) = ([0, 1, 2, 3, 4], ["a", "b", "c"]);
    rng.shuffle(&mut numbers);
    rng.shuffle(&mut names);
    let lines = [
        "",
        "",
        "expires_at = \"2090-01-01T00:00:00Z\"",
        "expires_at = \"2091-01-01T00:00:00Z\"",
        "algorithm = \"PS256\"",
    ];
    let mut entry = |number: usize| public(number) + rng.choice(lines).unwrap();
    let entries = [(names[0], entry(numbers[0])), (names[1], entry(numbers[1]))];
    keys(&entries[..rng.usize(1..=2)])
}

/// No PATCH of the last command leaves the application without a key.
fn assert_always_attached(terraform: &Workspace) {
    for (_, said) in terraform.tenant.patches() {
        let slot = &said["client_authentication_methods"]["private_key_jwt"]["credentials"];
        assert!(slot.as_array().is_none_or(|slot| !slot.is_empty()), "{said}");
    }
}
