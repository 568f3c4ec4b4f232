//! What the Management API accepts, as JSON Schema, and its words for what it does not.

mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

const CLIENTS: &str = include_str!("contract/clients.json");
const CLIENT_GRANTS: &str = include_str!("contract/client_grants.json");
const CREDENTIALS: &str = include_str!("contract/credentials.json");
const ORGANIZATIONS: &str = include_str!("contract/organizations.json");
const RESOURCE_SERVERS: &str = include_str!("contract/resource_servers.json");

/// A request of the Management API that has a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// `POST /api/v2/clients`
    CreateClient,
    /// `PATCH /api/v2/clients/{id}`
    UpdateClient,
    /// `POST /api/v2/clients/{client_id}/credentials`
    CreateCredential,
    /// `PATCH /api/v2/clients/{client_id}/credentials/{credential_id}`
    UpdateCredential,
    /// `POST /api/v2/client-grants`
    CreateClientGrant,
    /// `PATCH /api/v2/client-grants/{id}`
    UpdateClientGrant,
    /// `POST /api/v2/organizations`
    CreateOrganization,
    /// `POST /api/v2/organizations/{id}/client-grants`
    AssociateClientGrant,
    /// `POST /api/v2/resource-servers`
    CreateResourceServer,
    /// `PATCH /api/v2/resource-servers/{id}`
    UpdateResourceServer,
}

impl Operation {
    /// Every operation, for tests that go through all of them.
    pub const ALL: [Self; 10] = [
        Self::CreateClient,
        Self::UpdateClient,
        Self::CreateCredential,
        Self::UpdateCredential,
        Self::CreateClientGrant,
        Self::UpdateClientGrant,
        Self::CreateOrganization,
        Self::AssociateClientGrant,
        Self::CreateResourceServer,
        Self::UpdateResourceServer,
    ];

    /// Contract file and definition that describe the body.
    fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::CreateClient => (CLIENTS, "create"),
            Self::UpdateClient => (CLIENTS, "update"),
            Self::CreateCredential => (CREDENTIALS, "create"),
            Self::UpdateCredential => (CREDENTIALS, "update"),
            Self::CreateClientGrant => (CLIENT_GRANTS, "create"),
            Self::UpdateClientGrant => (CLIENT_GRANTS, "update"),
            Self::CreateOrganization => (ORGANIZATIONS, "create"),
            Self::AssociateClientGrant => (ORGANIZATIONS, "associate"),
            Self::CreateResourceServer => (RESOURCE_SERVERS, "create"),
            Self::UpdateResourceServer => (RESOURCE_SERVERS, "update"),
        }
    }
}

/// What is wrong with a body, in the words of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Payload validation error: '{detail}'{}{}.", on_property(.property.as_deref()), in_parentheses(.description.as_deref()))]
pub struct Violation {
    /// The rule that is broken.
    pub detail: String,
    /// Path of the offending value; `None` for the body itself.
    pub property: Option<String>,
    /// What the contract says the property is.
    pub description: Option<String>,
}

/// Checks a request body against the contract of its operation.
///
/// # Errors
/// The first rule that is broken, as the service would report it.
pub fn validate(operation: Operation, body: &Value) -> Result<(), Violation> {
    let contract = &CONTRACTS[&operation];
    wording::first_violation(&contract.validator, &contract.document, body).map_or(Ok(()), Err)
}

/// The properties that a body of this operation may have at its top level.
#[must_use]
pub fn properties(operation: Operation) -> BTreeSet<String> {
    let document = &CONTRACTS[&operation].document;
    let (_, name) = operation.source();
    ["settings", name]
        .into_iter()
        .filter_map(|part| document["$defs"][part]["properties"].as_object())
        .flat_map(|properties| properties.keys().cloned())
        .collect()
}

/// Properties of a client that only the service sets.
#[must_use]
pub fn read_only_client_properties() -> BTreeSet<String> {
    let names = CONTRACTS[&Operation::CreateClient].document["read_only"].as_array();
    names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

struct Contract {
    document: Value,
    validator: Validator,
}

static CONTRACTS: LazyLock<BTreeMap<Operation, Contract>> =
    LazyLock::new(|| Operation::ALL.into_iter().map(|operation| (operation, Contract::of(operation))).collect());

impl Contract {
    fn of(operation: Operation) -> Self {
        let (source, name) = operation.source();
        let mut document: Value = serde_json::from_str(source).expect("contract files are valid JSON");
        document["$ref"] = json!(format!("#/$defs/{name}"));
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .with_format("credential-id", |text: &str| is_id(text, "cred_"))
            .with_format("client-grant-id", |text: &str| is_id(text, "cgr_"))
            .with_format("organization-id", |text: &str| is_id(text, "org_"))
            .with_format("url", |text: &str| text.is_empty() || is_uri(text))
            .with_format("uri-or-empty", |text: &str| text.is_empty() || is_uri(text))
            .with_format("https-uri-or-empty", |text: &str| text.is_empty() || is_https_uri(text))
            .with_format("date-time", |text: &str| text.parse::<jiff::Timestamp>().is_ok())
            .build(&document)
            .expect("contract files are valid JSON Schema");
        Self { document, validator }
    }
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
            && !rest.is_empty()
            && !rest.contains(char::is_whitespace)
    })
}

fn is_https_uri(text: &str) -> bool {
    text.starts_with("https://") && is_uri(text)
}

fn on_property(property: Option<&str>) -> String {
    property.map_or_else(String::new, |path| format!(" on property {path}"))
}

fn in_parentheses(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| format!(" ({text})"))
}

#[cfg(test)]
mod tests;
