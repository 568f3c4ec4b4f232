//! Clients that authenticate with a certificate, as far as their configuration goes.

use serde_json::{Value, json};

use super::credentials::{certificate, public_key};
use super::{Reply, Tenant};

fn subject_name() -> Value {
    json!({ "credential_type": "cert_subject_dn", "name": "name", "subject_dn": "CN=caller" })
}

fn own_certificate() -> Value {
    json!({ "credential_type": "x509_cert", "name": "certificate", "pem": certificate() })
}

/// A client that authenticates in this way with a credential of its own, and may call the Management API.
async fn client(tenant: &Tenant, method: &str, credential: Value) -> Value {
    let methods = json!({ method: { "credentials": [credential] } });
    let client = tenant.create_client(json!({ "name": "caller", "client_authentication_methods": methods })).await;
    let grant = json!({ "client_id": client["client_id"], "audience": tenant.management_audience(), "scope": [] });
    tenant.post("/client-grants", grant).await.expect(201);
    client
}

fn methods() -> [(&'static str, Value); 2] {
    [("tls_client_auth", subject_name()), ("self_signed_tls_client_auth", own_certificate())]
}

#[tokio::test]
async fn creates_client_with_either_method() {
    let tenant = Tenant::start().await;
    for (method, credential) in methods() {
        let created = client(&tenant, method, credential.clone()).await;
        assert!(created.get("client_secret").is_none(), "{method}");
        let shown = &created["client_authentication_methods"][method]["credentials"][0];
        assert_eq!(shown["credential_type"], credential["credential_type"]);
        let read = tenant.get(&format!("/clients/{}", created["client_id"].as_str().unwrap())).await.expect(200);
        let by_reference = json!({ method: { "credentials": [{ "id": shown["id"] }] } });
        assert_eq!(read["client_authentication_methods"], by_reference);
        assert!(read.get("token_endpoint_auth_method").is_none() && read.get("client_secret").is_none(), "{method}");
    }
}

#[tokio::test]
async fn without_a_certificate_there_is_no_token() {
    let tenant = Tenant::start().await;
    for (method, credential) in methods() {
        let client = client(&tenant, method, credential).await;
        let form = json!({
            "grant_type": "client_credentials", "audience": tenant.management_audience(),
            "client_id": client["client_id"],
        });
        let body = json!({
            "error": "invalid_client",
            "error_description": "The client authenticates with a certificate, which auth0-emulator does not ask for",
        });
        assert_eq!(tenant.token_form(&form).await, Reply { status: 401, body: body.clone() }, "{method}");
        let mut with_secret = form;
        with_secret["client_secret"] = "guessed".into();
        assert_eq!(tenant.token_form(&with_secret).await, Reply { status: 401, body }, "{method}");
    }
}

#[tokio::test]
async fn client_switches_between_secret_and_certificates() {
    let tenant = Tenant::start().await;
    let method = json!({ "name": "x", "token_endpoint_auth_method": "client_secret_post" });
    let client = tenant.create_client(method).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let grant = json!({ "client_id": id, "audience": tenant.management_audience(), "scope": [] });
    tenant.post("/client-grants", grant).await.expect(201);
    let path = format!("/clients/{id}");
    let mut attached = Vec::new();
    for (method, credential) in methods() {
        let credential = tenant.post(&format!("{path}/credentials"), credential).await.expect(201);
        let reference = json!({ method: { "credentials": [{ "id": credential["id"] }] } });
        let switch = json!({ "client_authentication_methods": reference, "token_endpoint_auth_method": null });
        let switched = tenant.patch(&path, switch).await.expect(200);
        assert_eq!(switched["client_authentication_methods"], reference);
        assert_eq!(tenant.token(id, secret, &tenant.management_audience()).await.status, 401);
        attached.push(format!("{path}/credentials/{}", credential["id"].as_str().unwrap()));
    }
    assert_eq!(tenant.delete(&attached[1]).await.status, 400, "it is in use");
    tenant.delete(&attached[0]).await.expect(204);

    let back = json!({ "client_authentication_methods": null, "token_endpoint_auth_method": "client_secret_post" });
    tenant.patch(&path, back).await.expect(200);
    tenant.token(id, secret, &tenant.management_audience()).await.expect(200);
    tenant.delete(&attached[1]).await.expect(204);
}

#[tokio::test]
async fn each_method_takes_credentials_of_its_own_kind() {
    let tenant = Tenant::start().await;
    for (method, credential) in [
        ("tls_client_auth", own_certificate()),
        ("tls_client_auth", public_key()),
        ("self_signed_tls_client_auth", subject_name()),
        ("private_key_jwt", subject_name()),
    ] {
        let body = json!({ "name": "x", "client_authentication_methods": { method: { "credentials": [credential] } } });
        let refused = tenant.post("/clients", body).await.expect(400);
        assert_eq!(refused["errorCode"], "invalid_body", "{method}");
    }
}
