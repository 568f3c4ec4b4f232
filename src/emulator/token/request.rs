//! What a token request says, in whichever of its forms.

use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::form_urlencoded;

use crate::emulator::api_error::ApiError;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token request. Parameters that are not listed are ignored.
pub(super) struct TokenRequest {
    pub grant_type: String,
    pub audience: Option<String>,
    pub organization: Option<String>,
    pub authentication: ClientAuthentication,
}

/// How the client proves who it is.
pub(super) enum ClientAuthentication {
    Secret {
        client_id: String,
        secret: String,
    },
    /// The client may be named in the assertion alone.
    Assertion {
        client_id: Option<String>,
        assertion: String,
    },
}

impl TokenRequest {
    pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, ApiError> {
        let parameters = Parameters::parse(headers, body)?;
        let required =
            |name: &str| parameters.find(name).ok_or_else(|| invalid(format!("Missing required parameter: {name}")));
        let authentication = match (parameters.find("client_assertion"), basic(headers)) {
            (Some(assertion), _) => {
                if required("client_assertion_type")? != JWT_BEARER {
                    return Err(invalid(format!("client_assertion_type must be {JWT_BEARER}")));
                }
                ClientAuthentication::Assertion { client_id: parameters.find("client_id"), assertion }
            }
            (None, Some((client_id, secret))) => ClientAuthentication::Secret { client_id, secret },
            (None, None) => {
                // A missing secret is a wrong one: it gets no further than the credentials check.
                let secret = parameters.find("client_secret").unwrap_or_default();
                ClientAuthentication::Secret { client_id: required("client_id")?, secret }
            }
        };
        Ok(Self {
            grant_type: required("grant_type")?,
            audience: parameters.find("audience"),
            organization: parameters.find("organization"),
            authentication,
        })
    }
}

struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, ApiError> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !content_type.starts_with("application/json") {
            return Ok(Self(form_urlencoded::parse(body).into_owned().collect()));
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return Err(invalid("The body is not a JSON object".into()));
        };
        let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
        Ok(Self(object.into_iter().filter_map(text).collect()))
    }

    /// A parameter without a value is as good as none.
    fn find(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone())
    }
}

/// Id and secret from the header of HTTP Basic, both form-encoded (RFC 6749, 2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, encoded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    Some((decoded(id), decoded(secret)))
}

fn invalid(description: String) -> ApiError {
    ApiError::oauth(StatusCode::BAD_REQUEST, "invalid_request", description)
}
