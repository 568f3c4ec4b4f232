//! The list of the API and its contracts as an OpenAPI document: what is imitated, for people and for programs.

use serde_json::{Value, json};

use super::Object;
use super::contract::{definitions, reference};
use super::endpoint::Route;
use super::query::{Kind, Parameter};

pub(crate) fn document(routes: &[Route]) -> Value {
    let mut paths = Object::new();
    for route in routes {
        let path = paths.entry(route.full_path()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "auth0-emulator",
            "description": "The part of Auth0 that is imitated, and the control interface of the emulator",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "paths": paths,
        "components": {
            "schemas": definitions(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
        },
    })
}

fn operation(route: &Route) -> Value {
    let in_path = route
        .path_parameters()
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let parameters: Vec<Value> = in_path.chain(route.query.iter().map(in_query)).collect();
    let success = match &route.success.contract {
        None => json!({ "description": "Done" }),
        Some(contract) => {
            let description = definitions()[contract.name()]["description"].clone();
            json!({ "description": description, "content": { "application/json": { "schema": reference(contract.name()) } } })
        }
    };
    let error = if route.is_oauth() { "errors.oauth" } else { "errors.management" };
    let error = json!({ "description": "Refused", "content": { "application/json": { "schema": reference(error) } } });
    let security: Vec<Value> = route.scopes.iter().map(|scope| json!({ "token": [scope] })).collect();
    let mut operation = json!({
        "parameters": parameters,
        "responses": { route.success.status.as_str(): success, "default": error },
        "security": security,
    });
    if let Some(contract) = &route.body {
        let schema = json!({ "schema": reference(contract.name()) });
        let mut content = json!({ "application/json": schema });
        if route.is_oauth() {
            content["application/x-www-form-urlencoded"] = schema;
        }
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}

/// A parameter that Auth0 has and the emulator refuses is marked as not imitated.
fn in_query(parameter: &Parameter) -> Value {
    let schema = match parameter.kind {
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number { minimum, maximum: u64::MAX } => json!({ "type": "integer", "minimum": minimum }),
        Kind::Number { minimum, maximum } => json!({ "type": "integer", "minimum": minimum, "maximum": maximum }),
        Kind::Text | Kind::NotImitated => json!({ "type": "string" }),
        Kind::Limited { minimum: 0, maximum } => json!({ "type": "string", "maxLength": maximum }),
        Kind::Limited { minimum, maximum } => json!({ "type": "string", "minLength": minimum, "maxLength": maximum }),
        Kind::Several { maximum, shortest: 0 } => {
            json!({ "type": "array", "maxItems": maximum, "items": { "type": "string" } })
        }
        Kind::Several { maximum, shortest } => {
            json!({ "type": "array", "maxItems": maximum, "items": { "type": "string", "minLength": shortest } })
        }
        Kind::Names(names) => {
            json!({ "type": "array", "items": { "type": "string", "examples": names() } })
        }
        Kind::OneOf(&["true"]) => json!({ "type": "boolean", "enum": [true] }),
        Kind::OneOf(values) => json!({ "type": "string", "enum": values }),
    };
    let mut described = json!({ "name": parameter.name, "in": "query", "schema": schema });
    match parameter.kind {
        // Separated by commas.
        Kind::Names(_) => described["explode"] = false.into(),
        Kind::NotImitated => described["x-not-imitated"] = true.into(),
        _ => {}
    }
    described
}
