//! The token request of an application.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use super::super::assertion::{self, Assertion, SigningKey};
use super::super::clock::unix_now;
use super::super::request::Form;
use super::super::settings::Credentials;
use super::super::token_error::TokenError;

/// How an application authenticates.
pub(super) enum ClientAuth {
    Secret { client_id: String, client_secret: SecretString },
    Key { client_id: String, key: SigningKey },
    Assertion(Assertion),
    AssertionFile(PathBuf),
}

/// What a token is for.
pub(in crate::auth0) struct TokenScope {
    /// The API.
    pub(in crate::auth0) audience: String,
    /// Scopes, separated by spaces. By default, all scopes of the grant.
    pub(in crate::auth0) scope: Option<String>,
    /// The organization.
    pub(in crate::auth0) organization: Option<String>,
}

impl TokenScope {
    /// All scopes that the application has for the API.
    pub(super) fn everything(audience: String) -> Self {
        Self { audience, scope: None, organization: None }
    }

    fn fields(&self) -> Fields {
        let audience = Some(self.audience.clone());
        let fields =
            [("audience", audience), ("scope", self.scope.clone()), ("organization", self.organization.clone())];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// One token request.
pub(super) struct Attempt {
    pub(super) form: Form,
    pub(super) question: Question,
}

/// The credentials and the API, to explain a refusal.
pub(super) struct Question {
    /// The API that the token is for.
    pub(super) audience: String,
    pub(super) shown: Shown,
}

pub(super) enum Shown {
    Secret,
    /// Signed here for each attempt.
    Signature,
    /// Signed elsewhere.
    Assertion(Assertion),
}

impl ClientAuth {
    /// The authentication with these credentials; `None` if they are a token already.
    pub(super) fn of(credentials: Credentials) -> Result<Self, SecretString> {
        Ok(match credentials {
            Credentials::Token(token) => return Err(token),
            Credentials::ClientSecret { client_id, client_secret } => Self::Secret { client_id, client_secret },
            Credentials::PrivateKey { client_id, key } => Self::Key { client_id, key },
            Credentials::Assertion(assertion) => Self::Assertion(assertion),
            Credentials::AssertionFile(path) => Self::AssertionFile(path),
        })
    }

    /// Whether it can get more than one token.
    pub(super) fn lasts(&self) -> bool {
        !matches!(self, Self::Assertion(_))
    }

    /// The client ID, and what distinguishes the credential from others; `None` if the assertion cannot be read. An
    /// assertion is used once, but the token for it can be used again.
    pub(super) fn identity(&self) -> Option<(String, SecretString)> {
        let of_assertion = |assertion: &Assertion| (assertion.subject().to_owned(), assertion.text().into());
        Some(match self {
            Self::Secret { client_id, client_secret } => (client_id.clone(), client_secret.clone()),
            Self::Key { client_id, key } => (client_id.clone(), key.identity().into()),
            Self::Assertion(assertion) => of_assertion(assertion),
            Self::AssertionFile(path) => of_assertion(&Assertion::in_file(path).ok()?),
        })
    }

    /// A token request. The assertion `spent` has been used and cannot get another token.
    pub(super) fn ask(
        &self,
        wanted: &TokenScope,
        issuer: String,
        spent: Option<&Assertion>,
    ) -> Result<Attempt, TokenError> {
        let (form, shown) = match self {
            Self::Secret { client_id, client_secret } => {
                let (id, secret) = (client_id.clone(), client_secret.clone());
                let proof =
                    move || vec![("client_id", id.clone()), ("client_secret", secret.expose_secret().to_owned())];
                (form(wanted, proof), Shown::Secret)
            }
            Self::Key { client_id, key } => {
                let (id, key) = (client_id.clone(), key.clone());
                let sign = move || assertion::sign(&key, &id, &issuer, &assertion::random_id(), unix_now());
                let id = client_id.clone();
                (form(wanted, move || asserted(&id, &sign())), Shown::Signature)
            }
            Self::Assertion(assertion) => presented(wanted, assertion.clone(), spent)?,
            Self::AssertionFile(path) => presented(wanted, Assertion::in_file(path)?, spent)?,
        };
        Ok(Attempt { form, question: Question { audience: wanted.audience.clone(), shown } })
    }
}

fn presented(
    wanted: &TokenScope,
    assertion: Assertion,
    spent: Option<&Assertion>,
) -> Result<(Form, Shown), TokenError> {
    if spent.is_some_and(|spent| spent.text() == assertion.text()) {
        return Err(TokenError::AssertionSpent);
    }
    let shown = assertion.clone();
    Ok((form(wanted, move || asserted(shown.subject(), shown.text())), Shown::Assertion(assertion)))
}

type Fields = Vec<(&'static str, String)>;

/// The form for client credentials, <https://www.rfc-editor.org/rfc/rfc6749#section-4.4>.
fn form(wanted: &TokenScope, proof: impl Fn() -> Fields + Send + Sync + 'static) -> Form {
    let wanted = wanted.fields();
    Box::new(move || {
        let mut fields = vec![("grant_type", "client_credentials".to_owned())];
        fields.extend(proof());
        fields.extend(wanted.iter().cloned());
        fields
    })
}

/// <https://www.rfc-editor.org/rfc/rfc7523#section-2.2>
fn asserted(client_id: &str, assertion: &str) -> Fields {
    vec![
        ("client_id", client_id.to_owned()),
        ("client_assertion_type", assertion::TYPE.to_owned()),
        ("client_assertion", assertion.to_owned()),
    ]
}
