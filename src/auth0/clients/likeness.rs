//! Whether an application is what came of a request to create one.
//!
//! The service echoes what it was sent and adds what it fills in by itself
//! (<https://auth0.com/docs/api/management/v2/clients/post-clients>), so anything else that was left out is absent.

use std::collections::{BTreeMap, BTreeSet};

use super::{Client, JwtConfiguration, NewClient};
use crate::auth0::fate::Content;
use crate::auth0::text;

impl Content for NewClient {
    type Shown = Client;

    fn is_namesake(&self, other: &Self) -> bool {
        text::same(&self.name, &other.name)
    }

    fn became(&self, shown: &Client) -> Option<bool> {
        let Self {
            name,
            description,
            app_type,
            logo_uri,
            grant_types,
            jwt_configuration,
            token_endpoint_auth_method,
            client_metadata,
            client_aliases,
            allowed_clients,
            token_quota,
            token_exchange,
            organization_usage,
            organization_require_behavior,
            default_organization,
            oidc_conformant,
            is_first_party,
            is_token_endpoint_ip_header_trusted,
            require_proof_of_possession,
            require_pushed_authorization_requests,
            par_request_expiry,
            compliance_level,
        } = self;
        let Client { client_id: _, client_authentication_methods, .. } = shown;
        let summary = shown.name.as_ref().is_some_and(|shown| text::same(name, shown))
            && same_text(description.as_ref(), shown.description.as_ref())
            && app_type == &shown.app_type;
        // What the token's scopes hide proves nothing. Settings come all or none, and every application has grant types.
        if shown.grant_types.is_none() {
            return if summary { None } else { Some(false) };
        }
        let same = summary
            && client_authentication_methods.is_none()
            && same_text(logo_uri.as_ref(), shown.logo_uri.as_ref())
            && (grant_types.is_none() || same_list(grant_types.as_ref(), shown.grant_types.as_ref()))
            && jwt_configuration.as_ref().is_none_or(|sent| same_jwt(sent, shown.jwt_configuration.as_ref()))
            && token_endpoint_auth_method == &shown.token_endpoint_auth_method
            && filled(client_metadata.as_ref(), BTreeMap::is_empty)
                == filled(shown.client_metadata.as_ref(), BTreeMap::is_empty)
            && same_list(client_aliases.as_ref(), shown.client_aliases.as_ref())
            && same_list(allowed_clients.as_ref(), shown.allowed_clients.as_ref())
            && token_quota == &shown.token_quota
            && same_list(
                token_exchange.as_ref().map(|exchange| &exchange.allow_any_profile_of_type),
                shown.token_exchange.as_ref().map(|exchange| &exchange.allow_any_profile_of_type),
            )
            && organization_usage == &shown.organization_usage
            && organization_require_behavior == &shown.organization_require_behavior
            && default_organization == &shown.default_organization
            // The service makes third-party applications conformant, whatever was sent.
            && (*is_first_party == Some(false) || same_flag(*oidc_conformant, shown.oidc_conformant, false))
            && same_flag(*is_first_party, shown.is_first_party, true)
            && same_flag(*is_token_endpoint_ip_header_trusted, shown.is_token_endpoint_ip_header_trusted, false)
            && same_flag(*require_proof_of_possession, shown.require_proof_of_possession, false)
            && same_flag(*require_pushed_authorization_requests, shown.require_pushed_authorization_requests, false)
            && par_request_expiry == &shown.par_request_expiry
            && compliance_level == &shown.compliance_level;
        Some(same)
    }
}

fn filled<T>(value: Option<&T>, is_empty: impl Fn(&T) -> bool) -> Option<&T> {
    value.filter(|value| !is_empty(value))
}

fn same_text(sent: Option<&String>, shown: Option<&String>) -> bool {
    filled(sent, String::is_empty) == filled(shown, String::is_empty)
}

/// Lists have no order that matters, and an empty one is as good as none.
fn same_list(sent: Option<&Vec<String>>, shown: Option<&Vec<String>>) -> bool {
    let unordered = |list: Option<&Vec<String>>| -> BTreeSet<String> { list.into_iter().flatten().cloned().collect() };
    unordered(sent) == unordered(shown)
}

/// The service fills in a flag that was not sent, and may leave out one that says nothing.
fn same_flag(sent: Option<bool>, shown: Option<bool>, default: bool) -> bool {
    sent.is_none_or(|sent| sent == shown.unwrap_or(default))
}

/// The service fills in what was not sent.
fn same_jwt(sent: &JwtConfiguration, shown: Option<&JwtConfiguration>) -> bool {
    let JwtConfiguration { alg, lifetime_in_seconds, secret_encoded } = sent;
    let shown = shown.cloned().unwrap_or_default();
    (alg.is_none() || *alg == shown.alg)
        && (lifetime_in_seconds.is_none() || *lifetime_in_seconds == shown.lifetime_in_seconds)
        && same_flag(*secret_encoded, shown.secret_encoded, false)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sent() -> NewClient {
        NewClient {
            name: "caf\u{e9}".to_owned(),
            app_type: Some("non_interactive".to_owned()),
            grant_types: Some(vec!["b".to_owned(), "a".to_owned()]),
            jwt_configuration: Some(JwtConfiguration { alg: Some("RS256".to_owned()), ..JwtConfiguration::default() }),
            token_endpoint_auth_method: Some("client_secret_post".to_owned()),
            client_metadata: Some([("team".to_owned(), "x".to_owned())].into()),
            is_token_endpoint_ip_header_trusted: Some(false),
            ..NewClient::default()
        }
    }

    /// What the service makes of that.
    fn shown() -> Value {
        json!({
            "client_id": "abc", "name": "cafe\u{301}", "app_type": "non_interactive", "grant_types": ["a", "b"],
            "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000, "secret_encoded": false},
            "token_endpoint_auth_method": "client_secret_post", "client_metadata": {"team": "x"},
            "oidc_conformant": false, "is_first_party": true,
        })
    }

    fn became(change: impl FnOnce(&mut Value)) -> Option<bool> {
        let mut shown = shown();
        change(&mut shown);
        sent().became(&serde_json::from_value(shown).unwrap())
    }

    #[test]
    fn what_the_service_fills_in_and_how_it_spells_things_makes_no_difference() {
        assert_eq!(became(|_| {}), Some(true));
        let spelled = became(|shown| {
            shown["description"] = json!("");
            shown["client_aliases"] = json!([]);
            shown["oidc_conformant"] = json!(true);
        });
        assert_eq!(spelled, Some(true));
    }

    #[test]
    fn any_setting_that_was_sent_or_left_out_tells_applications_apart() {
        for (property, value) in [
            ("name", json!("cafe")),
            ("description", json!("x")),
            ("app_type", json!("spa")),
            ("app_type", Value::Null),
            ("logo_uri", json!("https://example.com/x.png")),
            ("grant_types", json!(["a"])),
            ("jwt_configuration", json!({"alg": "HS256"})),
            ("jwt_configuration", Value::Null),
            ("token_endpoint_auth_method", json!("client_secret_basic")),
            ("client_authentication_methods", json!({"private_key_jwt": {"credentials": []}})),
            ("client_metadata", json!({"team": "y"})),
            ("client_metadata", Value::Null),
            ("client_aliases", json!(["x"])),
            ("allowed_clients", json!(["x"])),
            ("token_quota", json!({"client_credentials": {"per_day": 1}})),
            ("token_exchange", json!({"allow_any_profile_of_type": ["x"]})),
            ("organization_usage", json!("allow")),
            ("organization_require_behavior", json!("no_prompt")),
            ("default_organization", json!({"organization_id": "org_1", "flows": []})),
            ("is_token_endpoint_ip_header_trusted", json!(true)),
            ("par_request_expiry", json!(60)),
            ("compliance_level", json!("none")),
        ] {
            assert_eq!(became(|shown| shown[property] = value.clone()), Some(false), "{property}: {value}");
        }
    }

    #[test]
    fn where_the_scopes_hide_settings_only_a_difference_is_certain() {
        let summary = |description: &str| {
            let summary = json!({
                "client_id": "abc", "name": "caf\u{e9}", "app_type": "non_interactive", "description": description,
            });
            sent().became(&serde_json::from_value(summary).unwrap())
        };
        assert_eq!(summary(""), None);
        assert_eq!(summary("x"), Some(false));
    }
}
