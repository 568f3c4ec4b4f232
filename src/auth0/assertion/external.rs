//! An assertion that was signed elsewhere.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::super::credential_text::{self, TextError};

/// Maximum length that Auth0 accepts.
const LONGEST: usize = 2048;

/// A client assertion as it was supplied. It works once.
#[derive(Clone)]
pub struct Assertion {
    text: SecretString,
    subject: String,
    expires_at: Option<f64>,
}

/// Why a text is not a client assertion. Contains nothing of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Its file cannot be read.
    #[error("the file {} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        reason: String,
    },
    /// The text has something that no assertion has.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Another kind of text.
    #[error("this is not a signed JSON Web Token, which has three parts in base64url with dots in between")]
    NotSigned,
    /// The text is longer than Auth0 accepts.
    #[error("it is longer than {LONGEST} bytes, the most that Auth0 accepts")]
    TooLong,
    /// It names no application.
    #[error("it has no claim `sub`, which must be the client ID of the application")]
    NoSubject,
}

impl Assertion {
    /// Reads an assertion.
    pub fn parse(text: &SecretString) -> Result<Self, AssertionError> {
        let text = credential_text::visible(text.expose_secret())?;
        if text.len() > LONGEST {
            return Err(AssertionError::TooLong);
        }
        let claims = claims(text).ok_or(AssertionError::NotSigned)?;
        let subject = claims.get("sub").and_then(Value::as_str).ok_or(AssertionError::NoSubject)?.to_owned();
        Ok(Self { text: text.into(), subject, expires_at: claims.get("exp").and_then(Value::as_f64) })
    }

    /// Reads the assertion from a file.
    pub fn in_file(path: &Path) -> Result<Self, AssertionError> {
        let text = credential_text::in_file(path)
            .map_err(|error| AssertionError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        Self::parse(&text)
    }

    /// The application in `sub`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub(in crate::auth0) fn is_expired(&self, unix_now: Duration) -> bool {
        self.expires_at.is_some_and(|end| end <= unix_now.as_secs_f64())
    }

    pub(in crate::auth0) fn text(&self) -> &str {
        self.text.expose_secret()
    }
}

/// Leaves out the text, because it authenticates the application.
impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assertion").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The claims, unless the text is no signed JSON Web Token. The signature is not checked.
fn claims(assertion: &str) -> Option<Map<String, Value>> {
    let parts: Vec<_> = assertion.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).ok()).collect::<Option<_>>()?;
    let [_header, payload, _signature] = parts.as_slice() else { return None };
    serde_json::from_slice(payload).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// An assertion with these parts and no real signature.
    pub(in crate::auth0) fn unsigned(algorithm: &str, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.AAAA", encode(&json!({ "alg": algorithm })), encode(claims))
    }

    #[test]
    fn white_space_around_an_assertion_does_not_count() {
        let text = unsigned("RS256", &json!({ "sub": "me" }));
        let assertion = Assertion::parse(&format!("\n{text}\n").into()).unwrap();
        assert_eq!((assertion.text(), assertion.subject()), (text.as_str(), "me"));
        assert!(!format!("{assertion:?}").contains(&text));
    }

    #[test]
    fn what_is_no_assertion_is_told_apart_and_not_shown() {
        let nobody = unsigned("RS256", &json!({ "iss": "me" }));
        for (text, expected) in [
            (" \n", AssertionError::Text(TextError::Empty)),
            ("s3cret\ns3cret", AssertionError::Text(TextError::ControlCharacter)),
            ("s3cret", AssertionError::NotSigned),
            ("-----BEGIN", AssertionError::NotSigned),
            ("a.b.c", AssertionError::NotSigned),
            (&nobody[..nobody.len() - 5], AssertionError::NotSigned),
            (&"s3cret".repeat(400), AssertionError::TooLong),
            (&nobody, AssertionError::NoSubject),
        ] {
            let error = Assertion::parse(&text.into()).unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let error = Assertion::in_file(Path::new("/nonexistent/assertion.jwt")).unwrap_err();
        assert!(error.to_string().starts_with("the file /nonexistent/assertion.jwt cannot be read: "), "{error}");
    }
}
