//! What the service fills in when a client is created.

use serde_json::{Map, Value, json};

/// Completes the properties of a new client. Nothing that was sent is changed, but for `oidc_conformant`,
/// which some kinds of clients cannot switch off.
pub(crate) fn complete(client: &mut Map<String, Value>) {
    let kind = ClientKind::of(client);
    if !matches!(kind, ClientKind::FirstParty { .. }) {
        client.insert("oidc_conformant".into(), true.into());
    }
    for (name, value) in [
        ("is_first_party", json!(true)),
        ("oidc_conformant", json!(false)),
        ("sso_disabled", json!(false)),
        ("cross_origin_authentication", json!(false)),
        ("custom_login_page_on", json!(true)),
        ("is_token_endpoint_ip_header_trusted", json!(false)),
        ("global", json!(false)),
        ("callback_url_template", json!(false)),
    ] {
        client.entry(name).or_insert(value);
    }
    // The older of two names for the same setting; answers carry both.
    let cross_origin = client["cross_origin_authentication"].clone();
    client.insert("cross_origin_auth".into(), cross_origin);
    client.entry("grant_types").or_insert_with(|| kind.grant_types());
    let refresh_token = kind.refresh_token(client);
    client.entry("refresh_token").or_insert(refresh_token);
    match client.get_mut("jwt_configuration") {
        Some(Value::Object(sent)) => drop(sent.entry("secret_encoded").or_insert(json!(false))),
        _ => drop(client.insert("jwt_configuration".into(), kind.jwt_configuration())),
    }
    match kind {
        ClientKind::Express => {
            client
                .entry("callbacks")
                .or_insert(json!(["https://system-admin.okta.com/admin/app/generic/oauth20redirect"]));
            client.entry("organization_usage").or_insert(json!("require"));
            let methods = json!({ "private_key_jwt": { "credentials": [] } });
            client.entry("client_authentication_methods").or_insert(methods);
        }
        ClientKind::ThirdParty { .. } => drop(client.entry("third_party_security_mode").or_insert(json!("permissive"))),
        ClientKind::FirstParty { .. } | ClientKind::ResourceServer => {}
    }
}

/// Whether a new client is a third party under strict rules, which also shows in its id.
pub(crate) fn is_strict_third_party(client: &Map<String, Value>) -> bool {
    matches!(ClientKind::of(client), ClientKind::ThirdParty { strict: true, .. })
}

/// What decides about the defaults.
#[derive(Clone, Copy)]
enum ClientKind {
    FirstParty { public: bool },
    ThirdParty { public: bool, strict: bool },
    ResourceServer,
    Express,
}

impl ClientKind {
    fn of(client: &Map<String, Value>) -> Self {
        let public = client.get("token_endpoint_auth_method") == Some(&json!("none"));
        match client.get("app_type").and_then(Value::as_str) {
            Some("resource_server") => Self::ResourceServer,
            Some("express_configuration") => Self::Express,
            _ if client.get("is_first_party") == Some(&json!(false)) => {
                let strict = client.get("third_party_security_mode") == Some(&json!("strict"));
                Self::ThirdParty { public, strict }
            }
            _ => Self::FirstParty { public },
        }
    }

    fn grant_types(self) -> Value {
        match self {
            Self::ResourceServer => json!([]),
            Self::Express => json!(["authorization_code", "client_credentials"]),
            Self::ThirdParty { strict: true, .. } => json!(["authorization_code"]),
            Self::FirstParty { public: true } | Self::ThirdParty { public: true, .. } => {
                json!(["authorization_code", "implicit", "refresh_token"])
            }
            Self::FirstParty { .. } | Self::ThirdParty { .. } => {
                json!(["authorization_code", "implicit", "refresh_token", "client_credentials"])
            }
        }
    }

    fn jwt_configuration(self) -> Value {
        match self {
            Self::ResourceServer | Self::Express => json!({ "alg": "RS256", "secret_encoded": false }),
            Self::ThirdParty { strict: true, .. } => {
                json!({ "alg": "RS256", "lifetime_in_seconds": 3600, "secret_encoded": false })
            }
            Self::FirstParty { .. } | Self::ThirdParty { .. } => {
                json!({ "lifetime_in_seconds": 36000, "secret_encoded": false })
            }
        }
    }

    fn refresh_token(self, client: &Map<String, Value>) -> Value {
        let (rotation, expiration, infinite, idle_infinite) = match self {
            Self::ThirdParty { public: true, .. } => ("rotating", "expiring", false, false),
            Self::ThirdParty { strict: true, .. } => ("non-rotating", "expiring", true, false),
            _ => ("non-rotating", "non-expiring", true, true),
        };
        // Lifetimes are longer for clients created with a secret-based method spelled out.
        let by_secret = matches!(
            client.get("token_endpoint_auth_method").and_then(Value::as_str),
            Some("client_secret_post" | "client_secret_basic")
        );
        let (lifetime, idle_lifetime) = if by_secret { (31_557_600, 2_592_000) } else { (2_592_000, 1_296_000) };
        json!({
            "rotation_type": rotation,
            "expiration_type": expiration,
            "leeway": 0,
            "token_lifetime": lifetime,
            "infinite_token_lifetime": infinite,
            "idle_token_lifetime": idle_lifetime,
            "infinite_idle_token_lifetime": idle_infinite,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(sent: Value) -> Value {
        let Value::Object(mut client) = sent else { panic!("an object is given") };
        complete(&mut client);
        Value::Object(client)
    }

    #[test]
    fn nothing_that_was_sent_is_replaced() {
        let sent = json!({ "name": "x", "grant_types": [], "oidc_conformant": true, "sso_disabled": true });
        let client = completed(sent.clone());
        for (name, value) in sent.as_object().unwrap() {
            assert_eq!(&client[name], value, "{name}");
        }
    }

    #[test]
    fn settings_without_a_default_stay_absent() {
        let client = completed(json!({ "name": "x" }));
        for name in ["app_type", "token_endpoint_auth_method", "description", "client_metadata", "callbacks"] {
            assert!(client.get(name).is_none(), "{name}");
        }
    }

    #[test]
    fn token_settings_that_are_sent_gain_no_lifetime() {
        let client = completed(json!({ "name": "x", "jwt_configuration": { "alg": "RS256" } }));
        assert_eq!(client["jwt_configuration"], json!({ "alg": "RS256", "secret_encoded": false }));
    }

    #[test]
    fn public_clients_do_not_get_client_credentials() {
        let client = completed(json!({ "name": "x", "token_endpoint_auth_method": "none" }));
        assert_eq!(client["grant_types"], json!(["authorization_code", "implicit", "refresh_token"]));
    }

    #[test]
    fn third_parties_follow_open_id_connect() {
        let client = completed(json!({ "name": "x", "is_first_party": false, "oidc_conformant": false }));
        assert_eq!(client["oidc_conformant"], json!(true));
        assert_eq!(client["third_party_security_mode"], json!("permissive"));
    }
}
