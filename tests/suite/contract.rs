//! Every attribute against the property of the API that it stands for. The contract is the emulator's, which shares no code
//! with the provider, so that a mistake has to be made twice to stay unseen.
//!
//! For each attribute, values at the ends of what its rules allow must be accepted as its property, and values just
//! beyond must be refused. What clears it must be accepted. So name, type, choices, limits and nullability agree.

mod values;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use terraform_provider_auth0::{
    emulator::{Emulator, contract::Contract},
    framework::Server,
    provider::Auth0,
    schema::{Attribute, Kind, Mode, Nesting, Rule, Schema, wire},
};

use values::{beyond, within};

/// A resource: the contracts of its bodies and of its responses, and the least body that creates one.
struct Type {
    resource: &'static str,
    create: Contract,
    update: Contract,
    shown: Contract,
    least: Value,
}

fn types() -> [Type; 2] {
    [
        Type {
            resource: "auth0_m2m_client",
            create: Contract::new("clients.create"),
            update: Contract::new("clients.update"),
            shown: Contract::new("clients.client"),
            least: json!({"name": "n"}),
        },
        Type {
            resource: "auth0_client_grant",
            create: Contract::new("client_grants.create"),
            update: Contract::new("client_grants.update"),
            shown: Contract::new("client_grants.grant"),
            least: json!({"audience": "https://api", "client_id": "c"}),
        },
    ]
}

/// Where the provider knowingly allows less or more than the API, by property, with the reason.
const DIFFERENCES: [(&str, &str); 9] = [
    ("token_endpoint_auth_method: create refuses \"private_key_jwt\"", KEPT),
    ("token_endpoint_auth_method: create refuses \"tls_client_auth\"", KEPT),
    ("token_endpoint_auth_method: create refuses \"self_signed_tls_client_auth\"", KEPT),
    ("token_endpoint_auth_method: update refuses", KEPT),
    ("jwt_configuration: accepts {\"alg\":\"HS256\",\"lifetime_in_seconds\":0", "a token of no lifetime is of no use"),
    ("token_exchange: accepts {\"allow_any_profile_of_type\":[]}", "null says that no profile is allowed"),
    ("token_exchange: accepts {}", "null says that no profile is allowed"),
    ("default_organization: accepts {\"flows\":[]", "an organization for no flow has no effect"),
    ("client_id: accepts \"\"", "no application has an empty client id"),
];

const KEPT: &str = "methods with keys are another property; the plan keeps them and never sets them";

#[test]
fn every_attribute_fits_its_property() {
    let server = Server::new(Auth0);
    let schemas = server.schemas();
    let mut problems = Vec::new();
    for api in types() {
        let schema: &Schema = &schemas.resources[api.resource];
        for attribute in schema.attributes.iter().filter(|attribute| is_sent(attribute)) {
            for property in attribute.properties() {
                api.check(attribute, property, &mut problems);
            }
        }
    }
    for (difference, reason) in DIFFERENCES {
        let is_there = problems.iter().any(|problem| problem.starts_with(difference));
        assert!(is_there, "{difference} ({reason}) is no difference any more");
    }
    problems.retain(|problem| !DIFFERENCES.iter().any(|(difference, _)| problem.starts_with(difference)));
    assert!(problems.is_empty(), "attributes differ from their properties:\n{}", problems.join("\n"));
}

/// A credential is registered by its own endpoint, and in the create of an application with the same properties.
#[test]
fn every_attribute_of_a_credential_fits_its_property() {
    let server = Server::new(Auth0);
    let client = &server.schemas().resources["auth0_m2m_client"];
    let credentials = client.attributes.iter().find(|attribute| attribute.name == "credentials").unwrap();
    let Kind::Nested { attributes, .. } = &credentials.kind else { panic!("credentials are nested") };
    let api = Type {
        resource: "auth0_m2m_client",
        create: Contract::new("credentials.create"),
        update: Contract::new("credentials.update"),
        shown: Contract::new("credentials.credential"),
        least: json!({"credential_type": "public_key"}),
    };
    let mut problems = Vec::new();
    let shown = api.shown.properties();
    for attribute in attributes {
        let property = attribute.property();
        if attribute.behaviour.mode != Mode::Computed {
            let mut attribute = attribute.clone();
            // Only the expiry can be changed, which another test does.
            attribute.behaviour = attribute.behaviour.requires_replace();
            api.check(&attribute, property, &mut problems);
        }
        let is_local = ["pem", "parse_expiry_from_cert", "not_after"].contains(&property);
        assert!(is_local || shown.contains(property), "no response shows `{property}`");
    }
    assert_eq!(problems, [""; 0]);
}

#[test]
fn responses_show_property_of_every_attribute() {
    let server = Server::new(Auth0);
    let schemas = server.schemas();
    let apis = Contract::new("resource_servers.resource_server");
    let of_types = types().map(|api| (&schemas.resources[api.resource], api.shown));
    let data_source = (&schemas.data_sources["auth0_resource_server"], apis);
    for (schema, shown) in of_types.into_iter().chain([data_source]) {
        let shown = shown.properties();
        for property in schema.attributes.iter().flat_map(Attribute::properties) {
            assert!(shown.contains(property), "no response shows `{property}`");
        }
    }
}

#[test]
fn a_changed_fact_is_found() {
    let server = Server::new(Auth0);
    let schemas = server.schemas();
    let [client, _] = types();
    let attribute = |name: &str| {
        let attributes = &schemas.resources["auth0_m2m_client"].attributes;
        attributes.iter().find(|attribute| attribute.name == name).unwrap().clone()
    };
    let problems = |attribute: &Attribute| {
        let mut problems = Vec::new();
        client.check(attribute, attribute.properties()[0], &mut problems);
        problems
    };
    let mut renamed = attribute("par_request_expiry");
    renamed.behaviour = renamed.behaviour.api("par_expiry");
    let mut unlimited = attribute("par_request_expiry");
    unlimited.behaviour = unlimited.behaviour.rules(&[Rule::Range(10, 601)]);
    let mut chosen = attribute("organization_usage");
    chosen.behaviour = chosen.behaviour.rules(&[Rule::OneOf(&["deny", "allow"])]);
    let mut cleared = attribute("token_quota");
    cleared.behaviour = cleared.behaviour.cleared_empty();
    let mut nullable = attribute("description");
    nullable.behaviour.property.cleared_empty = false;
    for broken in [renamed, unlimited, chosen, cleared, nullable] {
        assert_ne!(problems(&broken), [""; 0], "{}", broken.name);
    }
    assert_eq!(problems(&attribute("par_request_expiry")), [""; 0]);
}

/// Whether requests carry the attribute.
fn is_sent(attribute: &Attribute) -> bool {
    !attribute.properties().is_empty() && attribute.behaviour.mode != Mode::Computed
}

impl Type {
    fn check(&self, attribute: &Attribute, property: &str, problems: &mut Vec<String>) {
        // A property that functions map is checked as what they send.
        let is_nested = matches!(attribute.kind, Kind::Nested { .. });
        let is_mapped =
            attribute.behaviour.property.mapping.is_some() && (is_nested || property != attribute.properties()[0]);
        if is_mapped {
            if !self.update.properties().contains(property) {
                problems.push(format!("{property}: no body has it"));
            }
            return;
        }
        let mut bodies = vec![("create", &self.create, self.least.as_object().cloned().unwrap_or_default())];
        if !attribute.behaviour.requires_replace {
            bodies.push(("update", &self.update, Map::new()));
        }
        for (name, contract, least) in bodies {
            let check = |value: &Value| {
                let mut body = least.clone();
                exclude(&mut body, property);
                body.insert(property.to_owned(), value.clone());
                contract.check(&body.into())
            };
            for value in within(attribute) {
                if let Err(violation) = check(&value) {
                    problems.push(format!("{property}: {name} refuses {value}: {violation}"));
                }
            }
            for value in beyond(attribute).into_iter().chain(other_choices(attribute)) {
                if check(&value).is_ok() {
                    problems.push(format!("{property}: accepts {value} ({name})"));
                }
            }
            if name == "update"
                && let Some(cleared) = cleared(attribute)
                && let Err(violation) = check(&cleared)
            {
                problems.push(format!("{property}: nothing clears it, {cleared} is refused: {violation}"));
            }
        }
    }
}

/// What is a choice of anything in the API, and none that the attribute offers.
fn other_choices(attribute: &Attribute) -> Vec<Value> {
    let offered = attribute.behaviour.rules.iter().find_map(|rule| match rule {
        Rule::OneOf(texts) => Some((*texts, false)),
        Rule::Each(Rule::OneOf(texts)) => Some((*texts, true)),
        _ => None,
    });
    let Some((offered, in_list)) = offered else { return Vec::new() };
    let mut choices = BTreeSet::new();
    collect_choices(&Emulator::openapi(), &mut choices);
    let others = choices.into_iter().filter(|choice| !offered.contains(&choice.as_str()));
    others.map(|choice| if in_list { json!([choice]) } else { json!(choice) }).collect()
}

fn collect_choices(schema: &Value, choices: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            let listed = members.get("enum").and_then(Value::as_array).into_iter().flatten();
            choices.extend(listed.filter_map(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_choices(member, choices));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_choices(item, choices)),
        _ => {}
    }
}

/// Takes out of a body what the API does not take beside `property`.
fn exclude(body: &mut Map<String, Value>, property: &str) {
    if property == "default_for" {
        body.remove("client_id");
    }
}

/// What an update sends to clear the attribute, if removing its line does.
fn cleared(attribute: &Attribute) -> Option<Value> {
    let empty = match &attribute.kind {
        Kind::Nested { nesting: Nesting::Single, .. } => json!({}),
        kind => wire_form(kind),
    };
    match attribute.behaviour.mode {
        Mode::Optional if attribute.behaviour.property.merged => None,
        Mode::Optional if attribute.behaviour.property.mapping.is_some() => Some(empty),
        Mode::Optional if attribute.behaviour.property.cleared_empty => Some(empty),
        Mode::Optional => Some(Value::Null),
        _ => None,
    }
}

/// The empty value of a kind.
fn wire_form(kind: &Kind) -> Value {
    match kind.ty() {
        terraform_provider_auth0::value::Type::String => json!(""),
        terraform_provider_auth0::value::Type::Map(_) => json!({}),
        _ => json!([]),
    }
}

/// The engine sends nothing that is no property of an attribute.
#[test]
fn bodies_hold_properties_of_attributes() {
    let server = Server::new(Auth0);
    let schemas = server.schemas();
    for api in types() {
        let schema = &schemas.resources[api.resource];
        let known: Vec<_> = schema.attributes.iter().flat_map(Attribute::properties).collect();
        let top = |path: &String| path.split('.').next().map(str::to_owned);
        for path in wire::properties(&schema.attributes).iter().filter_map(top) {
            assert!(known.contains(&path.as_str()), "{path}");
        }
    }
}
