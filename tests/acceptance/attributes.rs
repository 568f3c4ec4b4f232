//! Every attribute that can be configured, with values to choose from, for tests that go through all of them.

use fastrand::Rng;
use serde_json::{Map, Value, json};
use terraform_provider_auth0::{framework::Server, provider::Auth0};

use crate::support::key_pair::Key;
use crate::support::tenant::Tenant;

super::trials![every_attribute_has_values_to_choose_from];

pub(crate) type Object = Map<String, Value>;

/// What configurations refer to and do not make: an application, an organization, and APIs.
pub(crate) struct Surroundings {
    application: String,
    organization: String,
}

impl Surroundings {
    /// Makes them in a tenant, with APIs for this many grants.
    pub(crate) fn new(tenant: &Tenant, grants: usize) -> Self {
        for (grant, variant) in (0..grants).flat_map(|grant| ["a", "b"].map(|variant| (grant, variant))) {
            tenant.api(&audience(grant, variant), &["read", "write"]);
        }
        let text = |object: Value, property: &str| object[property].as_str().unwrap().to_owned();
        Self {
            application: text(tenant.create("clients", &json!({ "name": "there" })), "client_id"),
            organization: text(tenant.create("organizations", &json!({ "name": "there" })), "id"),
        }
    }

    /// The attributes of an application and values that they may have, each beside what leaves them out. What has to be
    /// unique in the tenant holds the `number` of the application.
    pub(crate) fn client(&self, number: usize) -> Vec<(&'static str, Vec<Value>)> {
        vec![
            ("name", vec![json!(format!("client {number}")), json!("another & name")]),
            ("description", vec![json!(""), json!("what it is for"), json!("grün")]),
            ("logo_uri", vec![json!(""), json!("https://example.com/a.png"), json!("https://example.com/b.png")]),
            (
                "grant_types",
                vec![json!(["client_credentials"]), json!([]), json!(["client_credentials", "authorization_code"])],
            ),
            ("authentication_method", vec![json!("client_secret_post"), json!("client_secret_basic")]),
            (
                "credentials",
                vec![
                    json!({ "a": { "pem": key(0) } }),
                    json!({ "a": { "pem": key(0), "expires_at": "2090-01-01T00:00:00Z" }, "b": { "pem": key(1) } }),
                    json!({ "c": { "pem": key(2), "algorithm": "PS256", "key_id": "my-key-of-2026" } }),
                ],
            ),
            (
                "jwt_configuration",
                vec![
                    json!({}),
                    json!({ "alg": "RS256", "lifetime_in_seconds": 60 }),
                    json!({ "alg": "PS256" }),
                    json!({ "lifetime_in_seconds": 3600, "secret_encoded": true }),
                ],
            ),
            (
                "client_metadata",
                vec![json!({}), json!({ "team": "a" }), json!({ "team": "b", "tier": "" }), json!({ "tier": "1" })],
            ),
            (
                "client_aliases",
                vec![
                    json!([]),
                    json!([format!("urn:{number}:a")]),
                    json!([format!("urn:{number}:b"), format!("urn:{number}:a")]),
                ],
            ),
            ("allowed_clients", vec![json!([]), json!([self.application]), json!([self.application, "other"])]),
            (
                "token_quota",
                vec![
                    json!({ "client_credentials": { "per_hour": 10 } }),
                    json!({ "client_credentials": { "enforce": false, "per_day": 50 } }),
                    json!({ "client_credentials": { "enforce": true, "per_hour": 7, "per_day": 50 } }),
                ],
            ),
            (
                "token_exchange",
                vec![
                    json!({ "allow_any_profile_of_type": ["custom_authentication"] }),
                    json!({ "allow_any_profile_of_type": ["on_behalf_of_token_exchange", "custom_authentication"] }),
                ],
            ),
            ("organization_usage", vec![json!("deny"), json!("allow"), json!("require")]),
            ("organization_require_behavior", vec![json!("no_prompt"), json!("pre_login_prompt")]),
            (
                "default_organization",
                vec![
                    json!({ "organization_id": self.organization }),
                    json!({ "organization_id": self.organization, "flows": ["client_credentials"] }),
                ],
            ),
            ("oidc_conformant", flags()),
            ("is_first_party", flags()),
            ("is_token_endpoint_ip_header_trusted", flags()),
            ("require_proof_of_possession", flags()),
            ("require_pushed_authorization_requests", flags()),
            ("par_request_expiry", vec![json!(60), json!(600)]),
            ("compliance_level", vec![json!("none"), json!("fapi1_adv_pkj_par")]),
            ("client_secret_wo", vec![json!("a secret"), json!("another secret")]),
            ("client_secret_wo_version", vec![json!(1), json!(2)]),
            ("rotate_secret_when", vec![json!({}), json!({ "year": "2026" }), json!({ "year": "2027" })]),
            // With the other value there would be no way back.
            ("deletion_protection", vec![json!(false)]),
            ("timeouts", vec![json!({}), json!({ "create": "5m" }), json!({ "read": "1h30m", "delete": "90s" })]),
        ]
    }

    /// The same for the grant of that application.
    pub(crate) fn grant(&self, number: usize) -> Vec<(&'static str, Vec<Value>)> {
        vec![
            ("client_id", vec![json!(format!("${{auth0_m2m_client.c{number}.id}}")), json!(self.application)]),
            ("default_for", vec![json!("third_party_clients")]),
            ("audience", ["a", "b"].map(|variant| json!(audience(number, variant))).to_vec()),
            ("scopes", vec![json!([]), json!(["read"]), json!(["write", "read"]), json!(["write"])]),
            ("allow_all_scopes", flags()),
            ("subject_type", vec![json!("client"), json!("user")]),
            ("organization_usage", vec![json!("deny"), json!("allow"), json!("require")]),
            ("allow_any_organization", flags()),
            ("authorization_details_types", vec![json!([]), json!(["payment"]), json!(["order", "payment"])]),
            ("adopt_existing", flags()),
            ("deletion_protection", vec![json!(false)]),
            ("timeouts", vec![json!({}), json!({ "update": "5m" })]),
        ]
    }
}

fn flags() -> Vec<Value> {
    vec![json!(true), json!(false)]
}

fn audience(grant: usize, variant: &str) -> String {
    format!("https://{grant}.example/{variant}")
}

/// What is about the secret of an application, which neither state nor drift can show.
pub(crate) const SECRETS: [&str; 3] = ["client_secret_wo", "client_secret_wo_version", "rotate_secret_when"];

fn key(number: usize) -> String {
    Key::nth(number).public_pem()
}

/// An application with some of its attributes, at random, as far as they go together.
pub(crate) fn random_client(rng: &mut Rng, attributes: &[(&'static str, Vec<Value>)]) -> Object {
    let mut client = some(rng, attributes);
    client.entry("name").or_insert_with(|| attributes[0].1[0].clone());
    if client.get("is_first_party") == Some(&json!(false)) {
        client.remove("organization_usage");
        client.remove("organization_require_behavior");
        client.remove("oidc_conformant");
    }
    if client.get("credentials").is_some_and(|credentials| !credentials.is_null()) {
        client.insert("authentication_method".into(), json!("private_key_jwt"));
        client.remove("is_token_endpoint_ip_header_trusted");
    }
    // Two tenants never make the same secret, so there is nothing to compare.
    for secret in SECRETS {
        client.remove(secret);
    }
    client
}

/// The same for a grant.
pub(crate) fn random_grant(rng: &mut Rng, attributes: &[(&'static str, Vec<Value>)]) -> Object {
    let mut grant = some(rng, attributes);
    grant.entry("audience").or_insert_with(|| attributes[2].1[0].clone());
    if rng.u8(..8) > 0 {
        grant.remove("default_for");
        grant.entry("client_id").or_insert_with(|| attributes[0].1[0].clone());
    } else {
        grant.remove("client_id");
        grant.insert("default_for".into(), attributes[1].1[0].clone());
    }
    if grant.get("allow_all_scopes") == Some(&json!(true)) {
        grant.remove("scopes");
    }
    if grant.get("subject_type") != Some(&json!("user")) {
        grant.remove("authorization_details_types");
    }
    grant
}

/// Leaves an attribute out, gives it null, or one of its values.
fn some(rng: &mut Rng, attributes: &[(&'static str, Vec<Value>)]) -> Object {
    let mut object = Object::new();
    for (name, values) in attributes {
        match rng.u8(..8) {
            0..3 => {}
            3 if *name != "name" && *name != "audience" => drop(object.insert((*name).to_owned(), Value::Null)),
            _ => drop(object.insert((*name).to_owned(), rng.choice(values).unwrap().clone())),
        }
    }
    object.retain(|name, value| !value.is_null() || (name != "client_id" && name != "default_for"));
    object
}

/// The names of the attributes that a configuration of this resource may have.
pub(crate) fn configurable(resource: &str) -> Vec<&'static str> {
    let server = Server::new(Auth0);
    let attributes = server.schemas().resources[resource].attributes.iter();
    let given = attributes.filter(|attribute| attribute.behaviour.is_required() || attribute.behaviour.is_optional());
    given.map(|attribute| attribute.name).collect()
}

fn every_attribute_has_values_to_choose_from() {
    let nowhere = Surroundings { application: String::new(), organization: String::new() };
    for (resource, chosen) in [("auth0_m2m_client", nowhere.client(0)), ("auth0_client_grant", nowhere.grant(0))] {
        for attribute in configurable(resource) {
            assert!(chosen.iter().any(|(name, _)| *name == attribute), "{resource}.{attribute} has none");
        }
    }
}
