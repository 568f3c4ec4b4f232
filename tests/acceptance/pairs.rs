//! Any two configurations, one applied after the other: nothing of the first is left, and what changed is all that was sent.
//!
//! `PAIRS=1000 cargo test --test acceptance -- pairs` compares as many; `SEED` chooses others.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::attributes::{Object, Surroundings, configurable, random_client, random_grant};
use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

super::trials![a_configuration_leaves_nothing_of_the_one_before];

/// Pairs that are applied at once.
const BATCH: usize = 50;

/// Properties of the API whose attribute has another name.
const RENAMED: [(&str, &str); 3] = [
    ("authentication_method", "token_endpoint_auth_method"),
    ("credentials", "client_authentication_methods"),
    ("scopes", "scope"),
];

fn a_configuration_leaves_nothing_of_the_one_before() {
    let seed = number("SEED").unwrap_or(5);
    let pairs = number("PAIRS").map_or(BATCH, |pairs| usize::try_from(pairs).unwrap());
    for batch in 0..pairs.div_ceil(BATCH) {
        let seed = seed + batch as u64;
        compare(&mut Rng::with_seed(seed), BATCH.min(pairs - batch * BATCH), seed);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test program is told by the environment what it is to do")]
pub(crate) fn number(variable: &str) -> Option<u64> {
    Some(std::env::var(variable).ok()?.parse().unwrap_or_else(|_| panic!("{variable} is no number")))
}

/// Attributes that are no property of the object, and the one that differs between tenants.
const LOCAL: [&str; 4] = ["adopt_existing", "client_id", "deletion_protection", "timeouts"];

/// Applies a random configuration, then another, and the other by itself in an empty tenant.
fn compare(rng: &mut Rng, pairs: usize, seed: u64) {
    let terraform = Workspace::new();
    let surroundings = Surroundings::new(&terraform.tenant, pairs);
    let fresh = Workspace::on(terraform.tenant.copy());
    let mut configuration = || configuration(rng, &surroundings, pairs);
    let (first, second) = (configuration(), configuration());

    terraform.file("main.tf.json", &first.to_string());
    terraform.apply();
    let before = objects(&terraform);
    terraform.file("main.tf.json", &second.to_string());
    terraform.try_apply(&[]).success();
    let patches = terraform.tenant.patches();
    terraform.assert_empty_plan();
    let after = objects(&terraform);

    fresh.file("main.tf.json", &second.to_string());
    fresh.apply();
    let wanted = objects(&fresh);
    for (address, object) in &wanted {
        let place = format!("{address} of seed {seed}: {}\n-> {}", at(&first, address), at(&second, address));
        assert_eq!(managed(address, &after[address].1), managed(address, &object.1), "{place}");
        let (path, before) = &before[address];
        let patches: Vec<_> = patches.iter().filter(|(patched, _)| patched == path).map(|(_, said)| said).collect();
        assert!(patches.len() <= 1, "{place}: {patches:?}");
        let changed = managed(address, before) != managed(address, &after[address].1);
        assert_eq!(patches.len(), usize::from(changed && *path == after[address].0), "{place}: {patches:?}");
        for said in patches {
            assert_only_changes(said, before, &after[address].1, &place);
        }
    }
}

/// A JSON configuration of applications with one grant each.
fn configuration(rng: &mut Rng, surroundings: &Surroundings, pairs: usize) -> Value {
    let (mut clients, mut grants) = (Object::new(), Object::new());
    for number in 0..pairs {
        let client = random_client(rng, &surroundings.client(number));
        let grant = random_grant(rng, &surroundings.grant(number));
        clients.insert(format!("c{number}"), client.into());
        grants.insert(format!("g{number}"), grant.into());
    }
    json!({ "resource": { "auth0_m2m_client": clients, "auth0_client_grant": grants } })
}

fn at<'c>(configuration: &'c Value, address: &str) -> &'c Value {
    let (resource, name) = address.split_once('.').unwrap();
    &configuration["resource"][resource][name]
}

/// Every managed object as the API shows it, with its path, by address.
pub(crate) fn objects(terraform: &Workspace) -> BTreeMap<String, (String, Value)> {
    let shown = |tenant: &Tenant, path: String| {
        let mut object = tenant.read(&path);
        name_keys(tenant, &path, &mut object["client_authentication_methods"]);
        (path, object)
    };
    let resources = terraform.resources().into_iter().map(|resource| {
        let address = resource["address"].as_str().unwrap().to_owned();
        let collection = if address.starts_with("auth0_m2m_client.") { "clients" } else { "client-grants" };
        let path = format!("{collection}/{}", resource["values"]["id"].as_str().unwrap());
        (address, shown(&terraform.tenant, path))
    });
    resources.collect()
}

/// Puts what a key is in the place of its id, which differs between tenants.
fn name_keys(tenant: &Tenant, path: &str, methods: &mut Value) {
    let Some(methods) = methods.as_object_mut() else { return };
    let pool = tenant.read(&format!("{path}/credentials"));
    for credential in methods.values_mut().filter_map(|slot| slot["credentials"].as_array_mut()).flatten() {
        let found = pool.as_array().unwrap().iter().find(|of| of["id"] == credential["id"]).unwrap();
        *credential = json!({ "kid": found["kid"], "alg": found["alg"] });
    }
}

/// What Terraform manages of an object, with all spellings of nothing taken for the same and ids left out.
fn managed(address: &str, object: &Value) -> Value {
    let (resource, _) = address.split_once('.').unwrap();
    let properties =
        configurable(resource).into_iter().filter(|attribute| !LOCAL.contains(attribute)).map(|attribute| {
            let renamed = RENAMED.iter().find(|(name, _)| *name == attribute);
            let property = renamed.map_or(attribute, |(_, property)| property);
            (property.to_owned(), meaning(&object[property]))
        });
    properties.filter(|(_, value)| !value.is_null()).collect::<Object>().into()
}

/// A value without what says nothing: null, `false` as the absence of a permission, and whatever is empty.
pub(crate) fn meaning(value: &Value) -> Value {
    match value {
        Value::Bool(false) => Value::Null,
        Value::String(text) if text.is_empty() => Value::Null,
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Array(items) => {
            let mut items = items.clone();
            items.sort_by_key(Value::to_string);
            items.into()
        }
        Value::Object(members) => {
            let members: Object = members
                .iter()
                .map(|(name, value)| (name.clone(), if value == "" { value.clone() } else { meaning(value) }))
                .filter(|(_, value)| !value.is_null())
                .collect();
            if members.is_empty() { Value::Null } else { members.into() }
        }
        other => other.clone(),
    }
}

/// A PATCH names what differs, and of what the service merges only the parts that do.
fn assert_only_changes(said: &Value, before: &Value, after: &Value, place: &str) {
    for (property, value) in said.as_object().unwrap() {
        let (before, after) = (&before[property], &after[property]);
        // To leave `allow_all_scopes`, the list that it hid has to be said.
        let companion = property == "scope" && said.get("allow_all_scopes") == Some(&json!(false));
        assert!(companion || meaning(before) != meaning(after), "{property} did not change: {said} for {place}");
        if ["jwt_configuration", "client_metadata"].contains(&property.as_str()) {
            for (part, value) in value.as_object().unwrap() {
                assert_ne!(&before[part], value, "{property}.{part} did not change: {said} for {place}");
            }
        }
    }
}
