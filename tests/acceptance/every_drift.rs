//! Every attribute, changed behind Terraform's back: shown as exactly that, and repaired by the next apply.

use serde_json::{Value, json};

use crate::attributes::{Object, SECRETS, Surroundings};
use crate::pairs::objects;
use crate::support::terraform::{Plan, Workspace};

super::trials![shows_and_repairs_drift_of_any_attribute];

/// Attributes that cannot change after the create, or that Auth0 does not have. The drift of credentials is in `keys`.
const FIXED: [&str; 8] = [
    "client_id",
    "default_for",
    "audience",
    "subject_type",
    "adopt_existing",
    "deletion_protection",
    "timeouts",
    "credentials",
];

fn shows_and_repairs_drift_of_any_attribute() {
    let terraform = Workspace::new();
    let cases = cases(&Surroundings::new(&terraform.tenant, 100));
    let configuration = |side: fn(&Case) -> &Object| configuration(&cases, side);

    // What the API makes of the one value and of the other.
    terraform.file("main.tf.json", &configuration(|case| &case.foreign));
    terraform.apply();
    let foreign = objects(&terraform);
    terraform.file("main.tf.json", &configuration(|case| &case.own));
    terraform.apply();
    let own = objects(&terraform);

    for case in &cases {
        let ((path, own), (_, foreign)) = (&own[&case.address()], &foreign[&case.address()]);
        let change = difference(own, foreign);
        assert!(!change.is_empty(), "{}", case.address());
        terraform.tenant.change(path, &change.into());
    }

    let plan = terraform.plan();
    for case in &cases {
        assert_eq!(plan.changed(&case.address()), [case.attribute], "{}", case.address());
        assert_eq!(plan.action(&case.address()), "update", "{}", case.address());
        assert_eq!(drifted(&plan, &case.address()), [case.attribute], "{}", case.address());
    }
    terraform.apply();
    for case in &cases {
        let (path, before) = &own[&case.address()];
        let after = terraform.tenant.read(path);
        assert_eq!(significant(&after), significant(before), "{}", case.address());
    }
}

/// A configuration with one side of each case.
pub(crate) fn configuration(cases: &[Case], side: fn(&Case) -> &Object) -> String {
    let mut resources = json!({ "auth0_m2m_client": { "owner": { "name": "owner" } }, "auth0_client_grant": {} });
    for case in cases {
        resources[case.resource][&case.name] = side(case).clone().into();
    }
    json!({ "resource": resources }).to_string()
}

/// An object with one attribute that has a value of ours and gets a foreign one.
pub(crate) struct Case {
    resource: &'static str,
    name: String,
    pub(crate) attribute: &'static str,
    pub(crate) own: Object,
    pub(crate) foreign: Object,
}

impl Case {
    pub(crate) fn address(&self) -> String {
        format!("{}.{}", self.resource, self.name)
    }
}

/// Each attribute with each of its values, and the one before that as the foreign one.
pub(crate) fn cases(surroundings: &Surroundings) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |resource, place: usize, attribute: &'static str, values: &[Value], rest: Value| {
        let name = format!("{attribute}_{place}");
        let [foreign, own] = [place, place + 1].map(|place| {
            let mut object = rest.as_object().cloned().unwrap();
            object.insert(attribute.to_owned(), values[place].clone());
            object
        });
        cases.push(Case { resource, name, attribute, own, foreign });
    };
    let mut number = 0..;
    for (row, (attribute, values)) in surroundings.client(0).into_iter().enumerate() {
        if FIXED.contains(&attribute) || SECRETS.contains(&attribute) {
            continue;
        }
        // The values of `default_organization` are two spellings of the same, and the last of these cannot be changed.
        let changeable = values.iter().filter(|value| value["secret_encoded"] != true).count();
        for place in 0..if attribute == "default_organization" { 0 } else { changeable - 1 } {
            let number = number.next().unwrap();
            let values = &surroundings.client(number)[row].1;
            add("auth0_m2m_client", place, attribute, values, json!({ "name": format!("client {number}") }));
        }
    }
    for (attribute, values) in surroundings.grant(0).into_iter().filter(|(attribute, _)| !FIXED.contains(attribute)) {
        let subject = if attribute == "authorization_details_types" { "user" } else { "client" };
        for place in 0..values.len() - 1 {
            let audience = surroundings.grant(number.next().unwrap())[2].1[0].clone();
            let rest = json!({
                "client_id": "${auth0_m2m_client.owner.id}", "subject_type": subject, "audience": audience,
            });
            add("auth0_client_grant", place, attribute, &values, rest);
        }
    }
    cases
}

/// A PATCH that makes the one of the other, as far as its properties are there.
fn difference(own: &Value, foreign: &Value) -> Object {
    let mut change = foreign.as_object().cloned().unwrap();
    change.retain(|name, value| {
        !["client_id", "client_secret", "id"].contains(&name.as_str()) && own[name.as_str()] != *value
    });
    // The only object that is merged.
    if let Some(Value::Object(metadata)) = change.get_mut("client_metadata") {
        for key in own["client_metadata"].as_object().unwrap().keys() {
            metadata.entry(key).or_insert(Value::Null);
        }
    }
    change
}

/// The names of the attributes that changed since Terraform last looked.
fn drifted(plan: &Plan, address: &str) -> Vec<String> {
    let drift = plan.json()["resource_drift"].as_array().cloned().unwrap_or_default();
    let found = drift.into_iter().find(|drift| drift["address"] == address);
    let change = found.unwrap_or_else(|| panic!("no drift of {address}"))["change"].take();
    let after = change["after"].as_object().unwrap();
    after
        .iter()
        .filter(|(name, value)| change["before"][name.as_str()] != **value)
        .map(|(name, _)| name.clone())
        .collect()
}

/// The properties that say something.
fn significant(object: &Value) -> Object {
    let members = object.as_object().unwrap().iter();
    members
        .filter(|(name, value)| {
            !name.ends_with("_at") && ![json!(null), json!(""), json!([]), json!({})].contains(value)
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
