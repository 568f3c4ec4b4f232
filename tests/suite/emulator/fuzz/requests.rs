//! Requests, from the description of the API and what exists.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::pool::Pool;
use super::values::Values;
use crate::emulator::credentials::JWT_BEARER;

/// Values of a query or a path that are hard to read, as they are sent.
const ODD_CODES: [&str; 10] =
    ["%", "%zz", "%00", "%ff%fe", "%2F..%2F", "%F0%9F%98%80", "-1", "99999999999999999999", "a+b", ""];

/// The description of the API.
pub(super) struct Api {
    document: Value,
}

pub(super) struct Sent {
    pub method: String,
    /// The path in the description.
    pub template: String,
    pub uri: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { method, uri, headers, body, .. } = self;
        let body: String = String::from_utf8_lossy(body).chars().take(3_000).collect();
        let headers = headers.iter().map(|(name, value)| (name, value.chars().take(40).collect::<String>()));
        let headers: Vec<_> = headers.collect();
        write!(f, "{method} {uri}\n{headers:?}\n{body}")
    }
}

impl Sent {
    pub(super) fn path(&self) -> &str {
        self.uri.split('?').next().unwrap_or_default()
    }
}

impl Api {
    pub(super) fn of(document: Value) -> Self {
        Self { document }
    }

    /// Method and path of every endpoint.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = (String, String)> {
        let paths = self.document["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|method| (method.to_ascii_uppercase(), path.clone()))
        })
    }

    pub(super) fn request(&self, rng: &mut Rng, pool: &mut Pool) -> Sent {
        let (mut method, template) = self.endpoint(rng, pool);
        let operation = &self.document["paths"][&template][method.to_ascii_lowercase()];
        let about = pool.choose_client(rng);
        let pool = &*pool;
        let mut values = Values { schemas: self.document["components"]["schemas"].as_object().unwrap(), pool, rng };
        let mut uri = path(&mut values, &template, &about);
        let query = query(&mut values, operation);
        if !query.is_empty() {
            uri = format!("{uri}?{query}");
        }
        let (content_type, body) = body(&mut values, operation, &template);
        let mut headers = headers(&mut values, content_type);
        if template == "/oauth/token" && values.rng.bool() {
            headers.retain(|(name, _)| *name != "authorization");
        }
        if values.rng.u8(0..40) == 0 {
            values.pick(&["HEAD", "OPTIONS", "PUT", "TRACE", "BREW", "POST", "DELETE"]).clone_into(&mut method);
        }
        Sent { method, template, uri, headers, body }
    }

    /// Deleting is rarer, unless there is plenty.
    fn endpoint(&self, rng: &mut Rng, pool: &Pool) -> (String, String) {
        let all: Vec<_> = self.endpoints().collect();
        loop {
            let endpoint = rng.choice(&all).unwrap();
            let unwanted = match endpoint.0.as_str() {
                "DELETE" => !pool.is_full() && rng.u8(0..3) > 0,
                "POST" => pool.is_full() && rng.bool(),
                "PUT" => rng.u8(0..3) > 0,
                _ => false,
            };
            if !unwanted {
                return endpoint.clone();
            }
        }
    }
}

fn path(values: &mut Values<'_>, template: &str, about: &str) -> String {
    let mut path = String::new();
    let mut before = "";
    for segment in template.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix('{') {
            None => path.push_str(segment),
            Some(_) => path.push_str(&in_path(values, before, about)),
        }
        before = segment;
    }
    if values.rng.u8(0..60) == 0 {
        path.push_str(values.pick(&["/", "//", "/..", "/%2e%2e", ";x=1"]));
    }
    path
}

/// The id of something that exists in the collection, mostly.
fn in_path(values: &mut Values<'_>, collection: &str, about: &str) -> String {
    if values.rng.u8(0..15) == 0 {
        return values.pick(&ODD_CODES).to_owned();
    }
    let name = match collection {
        "clients" => return about.to_owned(),
        "client-grants" => "grant_id",
        "credentials" => "credential",
        "organizations" => "organization",
        "resource-servers" => "identifiers",
        _ => "",
    };
    let rng = &mut *values.rng;
    let found = match collection {
        // An API has two keys, an organization two as well.
        "resource-servers" if rng.bool() => any(&values.pool.state()["resource_servers"], "id", rng),
        "name" => any(&values.pool.state()["organizations"], "name", rng),
        _ => values.pool.known(name, rng).and_then(|value| value.as_str().map(str::to_owned)),
    };
    let found = found.unwrap_or_else(|| "missing".to_owned());
    utf8_percent_encode(&found, NON_ALPHANUMERIC).to_string()
}

fn any(list: &Value, property: &str, rng: &mut Rng) -> Option<String> {
    Some(rng.choice(list.as_array()?)?[property].as_str()?.to_owned())
}

fn query(values: &mut Values<'_>, operation: &Value) -> String {
    let mut pairs = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|of| of["in"] == "query") {
        let name = parameter["name"].as_str().unwrap();
        let odds = if parameter["x-not-imitated"] == true { 1 } else { 15 };
        if values.rng.u8(0..100) >= odds {
            continue;
        }
        let value = match values.rng.u8(0..12) {
            0 => values.pick(&ODD_CODES).to_owned(),
            _ => in_query(values, parameter, name),
        };
        pairs.push(format!("{name}={value}"));
        if values.rng.u8(0..40) == 0 {
            pairs.push(pairs[0].clone());
        }
    }
    if values.rng.u8(0..40) == 0 {
        pairs.push(values.pick(&["x=1", "=", "&&", "per_page", "%ff=%ff", "fields=a,,b", "from=%2B"]).to_owned());
    }
    pairs.join("&")
}

fn in_query(values: &mut Values<'_>, parameter: &Value, name: &str) -> String {
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let schema = &parameter["schema"];
    let value = if let Some(names) = schema["items"]["examples"].as_array() {
        let several: Vec<_> =
            (0..values.rng.usize(1..4)).map(|_| text(values.rng.choice(names).unwrap().clone())).collect();
        several.join(",")
    } else if schema["type"] == "array" {
        text(values.fitting(&schema["items"], name))
    } else {
        text(values.fitting(schema, name))
    };
    utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string()
}

fn headers(values: &mut Values<'_>, content_type: &'static str) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    let authorization = match values.rng.u8(0..40) {
        0 => None,
        1 => Some(format!("Basic {}", values.pool.token(values.rng))),
        2 => Some(values.pick(&["Bearer", "Bearer ", "bearer  x", "Negotiate a.b.c", "\u{e9}"]).to_owned()),
        3 | 4 => values
            .pool
            .pair(values.rng)
            .map(|(id, secret)| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))),
        _ => Some(format!("Bearer {}", values.pool.token(values.rng))),
    };
    headers.extend(authorization.map(|value| ("authorization", value)));
    let content_type = match values.rng.u8(0..40) {
        0 => None,
        1 => Some(values.pick(&["text/plain", "application/json; charset=latin1", "application/jsonx", ""])),
        _ => Some(content_type),
    };
    headers.extend(content_type.map(|value| ("content-type", value.to_owned())));
    headers
}

/// Content type and body; whatever has none gets one now and then.
fn body(values: &mut Values<'_>, operation: &Value, template: &str) -> (&'static str, Vec<u8>) {
    const JSON: &str = "application/json";
    let schema = &operation["requestBody"]["content"][JSON]["schema"];
    if schema.is_null() {
        return (JSON, if values.rng.u8(0..10) == 0 { b"{\"a\":1}".to_vec() } else { Vec::new() });
    }
    let mut body = match template {
        "/_emulator/state" => values.pool.state().clone(),
        "/oauth/token" => token_request(values, schema),
        _ => values.fitting(schema, ""),
    };
    let broken = values.rng.u8(0..4) == 0;
    if broken {
        for _ in 0..values.rng.u8(1..3) {
            values.spoil(&mut body);
        }
    }
    if template == "/oauth/token" && values.rng.bool() {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in body.as_object().into_iter().flatten() {
            form.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        return ("application/x-www-form-urlencoded", form.finish().into_bytes());
    }
    (JSON, raw(values, &body))
}

/// With a client that exists, mostly, and one proof of it.
fn token_request(values: &mut Values<'_>, schema: &Value) -> Value {
    let mut request = values.fitting(schema, "");
    if let Some((id, secret)) = values.pool.pair(values.rng) {
        request["client_id"] = id.into();
        request["client_secret"] = secret.into();
    }
    if let Some(grant) = values.rng.choice(values.pool.state()["client_grants"].as_array().unwrap()) {
        request["audience"] = grant["audience"].clone();
        if grant["client_id"].is_string() {
            request["client_id"] = grant["client_id"].clone();
            let clients = values.pool.state()["clients"].as_array().unwrap();
            let client = clients.iter().find(|client| client["client_id"] == grant["client_id"]);
            request["client_secret"] = client.map_or(Value::Null, |client| client["client_secret"].clone());
        }
    }
    if values.rng.u8(0..3) > 0 {
        request.as_object_mut().unwrap().remove("client_assertion");
        request.as_object_mut().unwrap().remove("organization");
    } else {
        request["client_assertion_type"] = json!(JWT_BEARER);
    }
    request
}

/// The text of a body, sometimes cut off, bloated or not even text.
fn raw(values: &mut Values<'_>, body: &Value) -> Vec<u8> {
    let mut text = body.to_string().into_bytes();
    match values.rng.u8(0..60) {
        0 => text.truncate(values.rng.usize(0..=text.len())),
        1 => text = vec![b'['; 10_000],
        2 => text.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
        3 => text = values.odd().to_string().into_bytes(),
        4 => {
            let place = values.rng.usize(0..=text.len());
            text.insert(place, values.rng.u8(..));
        }
        5 => text.extend(b"  \n{}"),
        6 => text = br#"{"name":"a","name":"b","audience":1e999}"#.to_vec(),
        7 => text = format!("\"{}\"", values.odd_text()).into_bytes(),
        _ => {}
    }
    text
}
