//! Credentials of clients, and client assertions signed with them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, PublicKeyData as _};
use serde_json::{Value, json};

use super::{Reply, Tenant};

pub(super) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Making a key takes long, so the tests share one.
static KEY: std::sync::LazyLock<KeyPair> =
    std::sync::LazyLock::new(|| KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap());

pub(super) fn pem(label: &str, bytes: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(bytes))
}

pub(super) fn public_key() -> Value {
    json!({ "credential_type": "public_key", "name": "key", "pem": pem("PUBLIC KEY", &KEY.subject_public_key_info()) })
}

pub(super) fn certificate() -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "de");
    params.distinguished_name.push(DnType::OrganizationName, "Shop");
    params.distinguished_name.push(DnType::CommonName, "caller");
    params.not_after = rcgen::date_time_ymd(2040, 2, 3);
    pem("CERTIFICATE", params.self_signed(&*KEY).unwrap().der())
}

/// A client that authenticates with a key, and the id of the key.
pub(super) async fn client_with_key(tenant: &Tenant) -> (String, String) {
    let methods = json!({ "private_key_jwt": { "credentials": [public_key()] } });
    let client = tenant.create_client(json!({ "name": "caller", "client_authentication_methods": methods })).await;
    let credential = &client["client_authentication_methods"]["private_key_jwt"]["credentials"][0];
    (client["client_id"].as_str().unwrap().to_owned(), credential["id"].as_str().unwrap().to_owned())
}

pub(super) fn assertion(claims: &Value) -> String {
    let key = EncodingKey::from_rsa_pem(pem("PRIVATE KEY", KEY.serialized_der()).as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &key).unwrap()
}

pub(super) async fn ask(tenant: &Tenant, assertion: &str) -> Reply {
    let form = json!({
        "grant_type": "client_credentials",
        "audience": tenant.management_audience(),
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion,
    });
    tenant.token_form(&form).await
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

pub(super) fn claims(tenant: &Tenant, id: &str, jti: &str) -> Value {
    json!({ "iss": id, "sub": id, "aud": format!("{}/", tenant.url), "iat": now(), "exp": now() + 120, "jti": jti })
}

#[tokio::test]
async fn a_credential_never_shows_its_key() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let path = format!("/clients/{}/credentials", client["client_id"].as_str().unwrap());
    let credential = tenant.post(&path, public_key()).await.expect(201);
    assert!(credential.get("pem").is_none());
    assert_eq!((&credential["alg"], &credential["name"]), (&json!("RS256"), &json!("key")));
    assert_eq!(credential["kid"].as_str().unwrap().len(), 43);
    let single = format!("{path}/{}", credential["id"].as_str().unwrap());
    assert_eq!(tenant.get(&single).await.expect(200), credential);
    let list = tenant.get(&format!("{path}?include_totals=true&per_page=50")).await.expect(200);
    assert_eq!(list, json!([credential]));

    let changed = tenant.patch(&single, json!({ "expires_at": "2096-05-13T09:33:13Z" })).await.expect(200);
    assert_eq!(changed["expires_at"], "2096-05-13T09:33:13.000Z");
    assert!(tenant.patch(&single, json!({ "expires_at": null })).await.expect(200).get("expires_at").is_none());
    tenant.delete(&single).await.expect(204);
    tenant.delete(&single).await.expect(204);
    tenant.get(&single).await.expect(404);
}

#[tokio::test]
async fn certificates_tell_their_expiry_and_subject() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let path = format!("/clients/{}/credentials", client["client_id"].as_str().unwrap());
    let own = tenant.post(&path, json!({ "credential_type": "x509_cert", "pem": certificate() })).await.expect(201);
    assert_eq!(own["expires_at"], "2040-02-03T00:00:00.000Z");
    assert_eq!(own["thumbprint_sha256"].as_str().unwrap().len(), 43);
    let name =
        tenant.post(&path, json!({ "credential_type": "cert_subject_dn", "pem": certificate() })).await.expect(201);
    assert_eq!(name["subject_dn"], "C=de\nO=Shop\nCN=caller");
    assert!(name.get("expires_at").is_none());
    let key = json!({ "credential_type": "public_key", "pem": certificate(), "parse_expiry_from_cert": true });
    let key = tenant.post(&path, key).await.expect(201);
    assert_eq!(key["expires_at"], "2040-02-03T00:00:00.000Z");
}

#[tokio::test]
async fn credentials_are_shown_in_full_only_once() {
    let tenant = Tenant::start().await;
    let (id, credential) = client_with_key(&tenant).await;
    let client = tenant.get(&format!("/clients/{id}")).await.expect(200);
    let attached = json!({ "private_key_jwt": { "credentials": [{ "id": credential }] } });
    assert_eq!(client["client_authentication_methods"], attached);
    assert!(client.get("client_secret").is_none());
}

#[tokio::test]
async fn an_attached_credential_cannot_be_deleted() {
    let tenant = Tenant::start().await;
    let (id, credential) = client_with_key(&tenant).await;
    let path = format!("/clients/{id}/credentials/{credential}");
    let refused = tenant.delete(&path).await.expect(400);
    assert!(refused["message"].as_str().unwrap().contains("still associated with a client"), "{refused}");
    let detach = json!({ "client_authentication_methods": { "private_key_jwt": { "credentials": [] } } });
    tenant.patch(&format!("/clients/{id}"), detach).await.expect(200);
    tenant.delete(&path).await.expect(204);
}

#[tokio::test]
async fn what_a_pool_of_credentials_refuses() {
    let tenant = Tenant::start().await;
    let (id, _) = client_with_key(&tenant).await;
    let path = format!("/clients/{id}/credentials");
    let message = "credentials contains public keys that already exist in client";
    tenant.post(&path, public_key()).await.refuses(400, "validation_error", message);
    let garbage = json!({ "credential_type": "public_key", "pem": "garbage" });
    tenant.post(&path, garbage).await.refuses(400, "invalid_body", "Payload validation error: 'Invalid PEM'.");
    for n in 0..3 {
        let name = json!({ "credential_type": "cert_subject_dn", "subject_dn": format!("CN=caller {n}") });
        tenant.post(&path, name).await.expect(201);
    }
    let fifth = json!({ "credential_type": "cert_subject_dn", "subject_dn": "CN=one too many" });
    let message = "A client can have a maximum of 4 credentials.";
    tenant.post(&path, fifth).await.refuses(400, "validation_error", message);
    let strange =
        json!({ "client_authentication_methods": { "private_key_jwt": { "credentials": [{ "id": "cred_x" }] } } });
    assert_eq!(tenant.patch(&format!("/clients/{id}"), strange).await.status, 400);
}

#[tokio::test]
async fn signed_assertion_replaces_secret_once() {
    let tenant = Tenant::start().await;
    let (id, _) = client_with_key(&tenant).await;
    let grant = json!({ "client_id": id, "audience": tenant.management_audience(), "scope": ["read:clients"] });
    tenant.post("/client-grants", grant).await.expect(201);
    let signed = assertion(&claims(&tenant, &id, "first"));
    assert_eq!(ask(&tenant, &signed).await.expect(200)["scope"], "read:clients");
    let again = ask(&tenant, &signed).await.expect(401);
    assert_eq!(
        (&again["error"], &again["error_description"]),
        (&json!("invalid_client"), &json!("jti has been used before"))
    );
}

#[tokio::test]
async fn a_refused_request_does_not_use_an_assertion_up() {
    let tenant = Tenant::start().await;
    let (id, _) = client_with_key(&tenant).await;
    let signed = assertion(&claims(&tenant, &id, "kept"));
    assert_eq!(ask(&tenant, &signed).await.expect(403)["error"], "access_denied");
    let grant = json!({ "client_id": id, "audience": tenant.management_audience(), "scope": [] });
    tenant.post("/client-grants", grant).await.expect(201);
    ask(&tenant, &signed).await.expect(200);
}

#[tokio::test]
async fn assertion_needs_audience_lifetime_and_issuer() {
    let tenant = Tenant::start().await;
    let (id, _) = client_with_key(&tenant).await;
    let grant = json!({ "client_id": id, "audience": tenant.management_audience(), "scope": [] });
    tenant.post("/client-grants", grant).await.expect(201);
    for (claim, value) in [
        ("aud", json!("https://elsewhere/")),
        ("aud", json!(["https://elsewhere/"])),
        ("exp", json!(now() - 60)),
        ("exp", json!(now() + 3600)),
        ("iss", json!("someone else")),
        ("iat", json!(now() + 60)),
        ("jti", json!("j".repeat(65))),
        ("jti", Value::Null),
    ] {
        let mut claims = claims(&tenant, &id, claim);
        claims[claim] = value.clone();
        let refused = ask(&tenant, &assertion(&claims)).await;
        assert_eq!((refused.status, &refused.body["error"]), (401, &json!("invalid_client")), "{claim}: {value}");
    }
    let other = tenant.emulator.client_id();
    ask(&tenant, &assertion(&claims(&tenant, other, "x"))).await.expect(401);
    ask(&tenant, &assertion(&claims(&tenant, &id, "good"))).await.expect(200);
    let mut listed = claims(&tenant, &id, "listed");
    listed["aud"] = json!([listed["aud"]]);
    ask(&tenant, &assertion(&listed)).await.expect(200);
}
