//! What a PATCH does to the properties that an object has.

use serde_json::{Map, Value};

/// Properties of a client whose parts are kept unless they are sent too.
/// (Recorded for the first two; for metadata documented at `manage-metadata-api`.)
const MERGED: [&str; 3] = ["jwt_configuration", "signed_request_object", "client_metadata"];

/// Replaces what was sent, and removes what was sent as null.
pub(crate) fn replace(object: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        if value.is_null() {
            object.remove(&name);
        } else {
            object.insert(name, value);
        }
    }
}

/// What a new object is made of: null is as good as nothing.
pub(crate) fn new(mut object: Map<String, Value>) -> Map<String, Value> {
    object.retain(|_, value| !value.is_null());
    for name in ["client_metadata", "metadata"] {
        if let Some(Value::Object(metadata)) = object.get_mut(name) {
            metadata.retain(|_, value| !value.is_null());
        }
    }
    object
}

/// The same for a client, where some properties are merged part by part.
pub(crate) fn replace_client(client: &mut Map<String, Value>, mut patch: Map<String, Value>) {
    for name in MERGED {
        if let (Some(Value::Object(parts)), Some(Value::Object(sent))) = (client.get_mut(name), patch.get(name)) {
            replace(parts, sent.clone());
            patch.remove(name);
        }
    }
    if let Some(Value::Object(metadata)) = patch.get_mut("client_metadata") {
        metadata.retain(|_, value| !value.is_null());
    }
    replace(client, patch);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn patched(client: Value, patch: Value) -> Value {
        let (Value::Object(mut client), Value::Object(patch)) = (client, patch) else { panic!("objects are given") };
        replace_client(&mut client, patch);
        Value::Object(client)
    }

    #[test]
    fn null_removes_and_arrays_are_replaced_as_a_whole() {
        let client = json!({ "name": "a", "token_quota": {}, "grant_types": ["x", "y"] });
        let patch = json!({ "token_quota": null, "grant_types": [] });
        assert_eq!(patched(client, patch), json!({ "name": "a", "grant_types": [] }));
    }

    #[test]
    fn token_settings_keep_the_parts_that_were_not_sent() {
        let client = json!({ "jwt_configuration": { "lifetime_in_seconds": 36000, "secret_encoded": false } });
        let patch = json!({ "jwt_configuration": { "alg": "RS256" } });
        let merged = json!({ "alg": "RS256", "lifetime_in_seconds": 36000, "secret_encoded": false });
        assert_eq!(patched(client, patch)["jwt_configuration"], merged);
    }

    #[test]
    fn removing_the_last_key_of_metadata_leaves_an_empty_object() {
        let client = json!({ "client_metadata": { "bar": "baz" } });
        let patch = json!({ "client_metadata": { "bar": null } });
        assert_eq!(patched(client, patch), json!({ "client_metadata": {} }));
    }

    #[test]
    fn null_in_the_first_metadata_is_not_stored() {
        let patch = json!({ "client_metadata": { "foo": "bar", "gone": null } });
        assert_eq!(patched(json!({}), patch), json!({ "client_metadata": { "foo": "bar" } }));
    }

    proptest! {
        #[test]
        fn metadata_holds_what_was_sent_over_what_was_there(
            before in proptest::collection::btree_map("[a-d]", "[x-z]", 0..4),
            sent in proptest::collection::btree_map("[a-d]", proptest::option::of("[x-z]"), 0..4),
        ) {
            let mut expected = before.clone();
            for (key, value) in &sent {
                match value {
                    Some(value) => expected.insert(key.clone(), value.clone()),
                    None => expected.remove(key),
                };
            }
            let after = patched(json!({ "client_metadata": before }), json!({ "client_metadata": sent }));
            prop_assert_eq!(&after["client_metadata"], &json!(expected));
        }
    }
}
