//! Keys that were registered, changed or removed elsewhere.

use serde_json::{Value, json};

use super::{
    CLIENT, PATCH, POST, attached, credential, is_accepted, keys, names, path, pool, pool_names, public, writes,
};
use crate::support::key_pair::Key;
use crate::support::terraform::{Workspace, flat};

crate::trials![
    names_foreign_credentials_and_leaves_them_alone,
    registers_a_deleted_key_again,
    attaches_a_detached_key_again,
    imports_keys_with_generated_configuration,
    replaces_an_imported_key_with_its_own_id,
];

/// Registers a key elsewhere. Returns its id.
pub(super) fn register(terraform: &Workspace, number: usize) -> String {
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
