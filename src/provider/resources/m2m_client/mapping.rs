//! Between the model and the Management API. Every attribute is named in each direction, so that a new one does not compile
//! before it is mapped.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    APP_TYPE, ClientCredentialsQuota, DefaultOrganization, JwtConfiguration, M2mClient, SECRET_METHODS, TokenExchange,
    TokenQuota,
};
use crate::{
    auth0::{
        MapPatch, Patch,
        clients::{self, ClientPatch, JwtConfigurationPatch, NewClient},
    },
    value::Value,
};

pub(super) fn to_api(plan: &M2mClient) -> NewClient {
    let M2mClient {
        id: _,
        client_id: _,
        name,
        description,
        logo_uri,
        grant_types,
        authentication_method,
        jwt_configuration,
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
        client_secret_wo: _,
        client_secret_wo_version: _,
        rotate_secret_when: _,
        deletion_protection: _,
        timeouts: _,
    } = plan;
    NewClient {
        name: name.known().cloned().unwrap_or_default(),
        app_type: Some(APP_TYPE.to_owned()),
        description: description.known().cloned(),
        logo_uri: logo_uri.known().cloned(),
        grant_types: list(grant_types),
        token_endpoint_auth_method: authentication_method.known().cloned(),
        jwt_configuration: jwt_configuration.known().map(|jwt| {
            let JwtConfiguration { alg, lifetime_in_seconds, secret_encoded } = jwt;
            clients::JwtConfiguration {
                alg: alg.known().cloned(),
                lifetime_in_seconds: lifetime_in_seconds.known().copied(),
                secret_encoded: secret_encoded.known().copied(),
            }
        }),
        client_metadata: client_metadata.known().cloned(),
        client_aliases: list(client_aliases),
        allowed_clients: list(allowed_clients),
        token_quota: quota_to_api(token_quota),
        token_exchange: exchange_to_api(token_exchange),
        organization_usage: organization_usage.known().cloned(),
        organization_require_behavior: organization_require_behavior.known().cloned(),
        default_organization: organization_to_api(default_organization),
        oidc_conformant: oidc_conformant.known().copied(),
        is_first_party: is_first_party.known().copied(),
        is_token_endpoint_ip_header_trusted: is_token_endpoint_ip_header_trusted.known().copied(),
        require_proof_of_possession: require_proof_of_possession.known().copied(),
        require_pushed_authorization_requests: require_pushed_authorization_requests.known().copied(),
        par_request_expiry: par_request_expiry.known().copied(),
        compliance_level: compliance_level.known().cloned(),
    }
}

/// What one PATCH has to say: the differences alone. `jwt_configuration` and `client_metadata` are merged by the service,
/// so they hold differences as well; whatever else is an object or a list is replaced as a whole.
pub(super) fn changes(prior: &M2mClient, plan: &M2mClient) -> ClientPatch {
    let M2mClient {
        id: _,
        client_id: _,
        name,
        description,
        logo_uri,
        grant_types,
        authentication_method,
        jwt_configuration,
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
        client_secret_wo,
        client_secret_wo_version,
        rotate_secret_when: _,
        deletion_protection: _,
        timeouts: _,
    } = plan;
    let none = BTreeMap::new();
    ClientPatch {
        name: between(&prior.name, name),
        // These take an empty value for nothing, not null.
        description: Patch::between(text(&prior.description), text(description)).or_empty(),
        logo_uri: Patch::between(text(&prior.logo_uri), text(logo_uri)).or_empty(),
        client_aliases: between_lists(&prior.client_aliases, client_aliases),
        allowed_clients: between_lists(&prior.allowed_clients, allowed_clients),
        app_type: Patch::Keep,
        grant_types: Patch::between(list(&prior.grant_types).as_ref(), list(grant_types).as_ref()),
        token_endpoint_auth_method: between(&prior.authentication_method, authentication_method),
        client_authentication_methods: if prior.authentication_method.as_str().is_some_and(uses_keys) {
            Patch::Clear
        } else {
            Patch::Keep
        },
        jwt_configuration: jwt_changes(prior.jwt_configuration.known(), jwt_configuration.known()),
        client_metadata: MapPatch::between(
            prior.client_metadata.known().unwrap_or(&none),
            client_metadata.known().unwrap_or(&none),
        ),
        token_quota: Patch::between(quota_to_api(&prior.token_quota).as_ref(), quota_to_api(token_quota).as_ref()),
        token_exchange: Patch::between(
            exchange_to_api(&prior.token_exchange).as_ref(),
            exchange_to_api(token_exchange).as_ref(),
        ),
        organization_usage: between(&prior.organization_usage, organization_usage),
        organization_require_behavior: between(&prior.organization_require_behavior, organization_require_behavior),
        default_organization: Patch::between(
            organization_to_api(&prior.default_organization).as_ref(),
            organization_to_api(default_organization).as_ref(),
        ),
        oidc_conformant: between(&prior.oidc_conformant, oidc_conformant),
        is_first_party: between(&prior.is_first_party, is_first_party),
        is_token_endpoint_ip_header_trusted: between(
            &prior.is_token_endpoint_ip_header_trusted,
            is_token_endpoint_ip_header_trusted,
        ),
        require_proof_of_possession: between(&prior.require_proof_of_possession, require_proof_of_possession),
        require_pushed_authorization_requests: between(
            &prior.require_pushed_authorization_requests,
            require_pushed_authorization_requests,
        ),
        par_request_expiry: between(&prior.par_request_expiry, par_request_expiry),
        compliance_level: between(&prior.compliance_level, compliance_level),
        // There is nothing to compare a secret with but its version; a version that is removed leaves it alone.
        client_secret: match (client_secret_wo.known(), client_secret_wo_version.known()) {
            (Some(secret), version @ Some(_)) if version != prior.client_secret_wo_version.known() => {
                Patch::Set(secret.clone().into())
            }
            _ => Patch::Keep,
        },
    }
}

/// The service's answer as state. What it hides from the token's scopes stays as in `prior`: ordinary settings come all or
/// none, and every application has grant types; what concerns credentials comes apart from them
/// (<https://auth0.com/docs/api/management/v2/clients/get-clients>).
pub(in crate::provider) fn from_api(client: clients::Client, prior: &M2mClient) -> M2mClient {
    let clients::Client {
        client_id,
        name,
        description,
        app_type: _,
        grant_types,
        jwt_configuration,
        token_endpoint_auth_method,
        client_authentication_methods,
        client_metadata,
        client_aliases,
        allowed_clients,
        token_quota,
        token_exchange,
        organization_usage,
        organization_require_behavior,
        default_organization,
        logo_uri,
        oidc_conformant,
        is_first_party,
        is_token_endpoint_ip_header_trusted,
        require_proof_of_possession,
        require_pushed_authorization_requests,
        par_request_expiry,
        compliance_level,
    } = client;
    let keys = client_authentication_methods.as_ref().and_then(clients::AuthenticationMethods::name);
    let authentication_method = match token_endpoint_auth_method.or_else(|| keys.map(str::to_owned)) {
        Some(method) => Value::Known(method),
        // Hidden, or never set: an application without a method uses the one of its type.
        None if prior.authentication_method.is_null() => Value::Known(SECRET_METHODS[0].to_owned()),
        None => prior.authentication_method.clone(),
    };
    let summary = M2mClient {
        id: Value::Known(client_id.clone()),
        client_id: Value::Known(client_id),
        name: name.map_or_else(|| prior.name.clone(), Value::Known),
        description: unless_empty(description),
        authentication_method,
        ..prior.clone()
    };
    if grant_types.is_none() {
        return summary;
    }
    let M2mClient { id, client_id, name, description, authentication_method, .. } = summary;
    let flag = |setting: Option<bool>, default| Value::Known(setting.unwrap_or(default));
    M2mClient {
        id,
        client_id,
        name,
        description,
        authentication_method,
        logo_uri: unless_empty(logo_uri),
        grant_types: grant_types.map(BTreeSet::from_iter).into(),
        jwt_configuration: Value::Known(jwt_from_api(jwt_configuration.unwrap_or_default())),
        client_metadata: client_metadata.filter(|metadata| !metadata.is_empty()).into(),
        client_aliases: unless_none(client_aliases),
        allowed_clients: unless_none(allowed_clients),
        token_quota: quota_from_api(token_quota),
        token_exchange: exchange_from_api(token_exchange),
        organization_usage: organization_usage.into(),
        organization_require_behavior: organization_require_behavior.into(),
        default_organization: organization_from_api(default_organization),
        oidc_conformant: flag(oidc_conformant, false),
        is_first_party: flag(is_first_party, true),
        is_token_endpoint_ip_header_trusted: flag(is_token_endpoint_ip_header_trusted, false),
        require_proof_of_possession: flag(require_proof_of_possession, false),
        require_pushed_authorization_requests: flag(require_pushed_authorization_requests, false),
        par_request_expiry: par_request_expiry.into(),
        compliance_level: compliance_level.into(),
        // What the service does not know of stays as it is.
        client_secret_wo: Value::Null,
        client_secret_wo_version: prior.client_secret_wo_version,
        rotate_secret_when: prior.rotate_secret_when.clone(),
        deletion_protection: prior.deletion_protection.or(false),
        timeouts: prior.timeouts.clone(),
    }
}

fn uses_keys(method: &str) -> bool {
    !SECRET_METHODS.contains(&method) && method != "none"
}

fn jwt_changes(prior: Option<&JwtConfiguration>, plan: Option<&JwtConfiguration>) -> JwtConfigurationPatch {
    let Some(JwtConfiguration { alg, lifetime_in_seconds, secret_encoded: _ }) = plan else {
        return JwtConfigurationPatch::default();
    };
    JwtConfigurationPatch {
        alg: Patch::between(prior.and_then(|prior| prior.alg.known()), alg.known()),
        lifetime_in_seconds: Patch::between(
            prior.and_then(|prior| prior.lifetime_in_seconds.known()),
            lifetime_in_seconds.known(),
        ),
    }
}

fn jwt_from_api(jwt: clients::JwtConfiguration) -> JwtConfiguration {
    let clients::JwtConfiguration { alg, lifetime_in_seconds, secret_encoded } = jwt;
    JwtConfiguration {
        alg: alg.into(),
        lifetime_in_seconds: lifetime_in_seconds.into(),
        secret_encoded: Value::Known(secret_encoded.unwrap_or(false)),
    }
}

fn quota_to_api(quota: &Value<TokenQuota>) -> Option<clients::TokenQuota> {
    let TokenQuota { client_credentials } = quota.known()?;
    let limits = |limits: &ClientCredentialsQuota| {
        let ClientCredentialsQuota { enforce, per_hour, per_day } = limits;
        clients::ClientCredentialsQuota {
            enforce: enforce.known().copied(),
            per_hour: per_hour.known().copied(),
            per_day: per_day.known().copied(),
        }
    };
    Some(clients::TokenQuota { client_credentials: client_credentials.known().map(limits) })
}

fn quota_from_api(quota: Option<clients::TokenQuota>) -> Value<TokenQuota> {
    let limits = |limits: clients::ClientCredentialsQuota| {
        let clients::ClientCredentialsQuota { enforce, per_hour, per_day } = limits;
        ClientCredentialsQuota {
            enforce: Value::Known(enforce.unwrap_or(true)),
            per_hour: per_hour.into(),
            per_day: per_day.into(),
        }
    };
    quota
        .map(|clients::TokenQuota { client_credentials }| TokenQuota {
            client_credentials: client_credentials.map(limits).into(),
        })
        .into()
}

fn exchange_to_api(exchange: &Value<TokenExchange>) -> Option<clients::TokenExchange> {
    let TokenExchange { allow_any_profile_of_type } = exchange.known()?;
    Some(clients::TokenExchange { allow_any_profile_of_type: list(allow_any_profile_of_type).unwrap_or_default() })
}

fn exchange_from_api(exchange: Option<clients::TokenExchange>) -> Value<TokenExchange> {
    exchange
        .filter(|exchange| !exchange.allow_any_profile_of_type.is_empty())
        .map(|clients::TokenExchange { allow_any_profile_of_type }| TokenExchange {
            allow_any_profile_of_type: Value::Known(BTreeSet::from_iter(allow_any_profile_of_type)),
        })
        .into()
}

fn organization_to_api(organization: &Value<DefaultOrganization>) -> Option<clients::DefaultOrganization> {
    let DefaultOrganization { organization_id, flows } = organization.known()?;
    Some(clients::DefaultOrganization {
        organization_id: organization_id.known().cloned().unwrap_or_default(),
        flows: list(flows).unwrap_or_default(),
    })
}

fn organization_from_api(organization: Option<clients::DefaultOrganization>) -> Value<DefaultOrganization> {
    organization
        .map(|clients::DefaultOrganization { organization_id, flows }| DefaultOrganization {
            organization_id: Value::Known(organization_id),
            flows: Value::Known(BTreeSet::from_iter(flows)),
        })
        .into()
}

fn between<T: Clone + PartialEq>(prior: &Value<T>, plan: &Value<T>) -> Patch<T> {
    Patch::between(prior.known(), plan.known())
}

/// For lists of which an empty one is as good as none.
fn between_lists(prior: &Value<BTreeSet<String>>, plan: &Value<BTreeSet<String>>) -> Patch<Vec<String>> {
    let [prior, plan] = [prior, plan].map(|set| list(set).filter(|list| !list.is_empty()));
    Patch::between(prior.as_ref(), plan.as_ref()).or_empty()
}

/// Text that says something; `""` is another spelling of nothing.
fn text(value: &Value<String>) -> Option<&String> {
    value.known().filter(|text| !text.is_empty())
}

fn list(value: &Value<BTreeSet<String>>) -> Option<Vec<String>> {
    value.known().map(|set| set.iter().cloned().collect())
}

/// A cleared text is absent or empty, as the service likes.
fn unless_empty(text: Option<String>) -> Value<String> {
    text.filter(|text| !text.is_empty()).into()
}

/// So is a cleared list.
fn unless_none(list: Option<Vec<String>>) -> Value<BTreeSet<String>> {
    list.filter(|list| !list.is_empty()).map(BTreeSet::from_iter).into()
}
