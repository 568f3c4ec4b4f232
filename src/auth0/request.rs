//! A request to a tenant, not yet sent.

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;
use url::Url;
use url::form_urlencoded;

use super::endpoint::{Class, Endpoint};
use super::error::Error;
use super::path_part::is_path_part;
use super::tenant::Tenant;
use crate::foreign;

/// When a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Idempotent: GET, DELETE, and PATCH, which carries final values and never increments.
    Always,
    /// A second attempt would create a second object, so only if the first attempt surely had no effect. A create
    /// searches for a lost object itself.
    IfUnsent,
}

/// A request. Its body may hold secrets, so it has no `Debug`.
pub(super) struct Request {
    pub(super) endpoint: Endpoint,
    pub(super) url: Url,
    pub(super) body: Option<Body>,
    pub(super) repeat: Repeat,
    /// The rate limit that it counts for.
    pub(super) class: Class,
}

pub(super) enum Body {
    Json(Bytes),
    /// Built anew for each attempt, because Auth0 may accept an assertion only once.
    Form(Form),
}

/// Adds the fields of a form.
pub(super) type Form = Box<dyn Fn() -> Vec<(&'static str, String)> + Send + Sync>;

/// The fields of a form that are secret.
const SECRET_FIELDS: [&str; 2] = ["client_secret", "client_assertion"];

impl Body {
    pub(super) fn content_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json",
            Self::Form(_) => "application/x-www-form-urlencoded",
        }
    }

    pub(super) fn bytes(&self) -> Bytes {
        match self {
            Self::Json(bytes) => bytes.clone(),
            Self::Form(fields) => {
                let fields = fields();
                let secrets = fields.iter().filter(|(name, _)| SECRET_FIELDS.contains(name));
                secrets.for_each(|(_, secret)| foreign::conceal(secret));
                form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into()
            }
        }
    }
}

impl Request {
    /// A request to the Management API. Each argument becomes exactly one segment of the path.
    pub(super) fn new<S: AsRef<str>>(tenant: &Tenant, method: Method, segments: &[S]) -> Result<Self, Error> {
        let segments: Vec<_> = segments.iter().map(AsRef::as_ref).collect();
        if let Some(id) = segments.iter().find(|id| !is_path_part(id)) {
            return Err(Error::InvalidId { id: foreign::name(id) });
        }
        let mut url = tenant.url().clone();
        url.path_segments_mut().expect("a tenant's address has a host").clear().extend(["api", "v2"]).extend(&segments);
        let repeat = if method == Method::POST { Repeat::IfUnsent } else { Repeat::Always };
        let class = if method == Method::GET && segments == ["clients"] { Class::ClientLists } else { Class::Other };
        Ok(Self { endpoint: endpoint(method, &url), url, body: None, repeat, class })
    }

    /// A token request. A second attempt yields a second token, which does no harm.
    pub(super) fn token(tenant: &Tenant, form: Form) -> Self {
        let mut url = tenant.url().clone();
        url.set_path("oauth/token");
        let body = Some(Body::Form(form));
        let endpoint = endpoint(Method::POST, &url);
        Self { endpoint, url, body, repeat: Repeat::Always, class: Class::Token }
    }

    /// The same for a POST that is idempotent.
    pub(super) fn repeatable(self) -> Self {
        Self { repeat: Repeat::Always, ..self }
    }

    pub(super) fn query<'a>(mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.url.query_pairs_mut().extend_pairs(pairs);
        self
    }

    pub(super) fn json(mut self, value: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(value).expect("wire types are plain structs with text keys").into();
        self.body = Some(Body::Json(bytes));
        self
    }

    pub(super) fn method(&self) -> &Method {
        &self.endpoint.method
    }
}

fn endpoint(method: Method, url: &Url) -> Endpoint {
    Endpoint { method, host: url.authority().to_owned(), path: foreign::name(url.path()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(id: &str) -> Result<Request, Error> {
        Request::new(&"acme.auth0.com".parse().unwrap(), Method::GET, &["clients", id])
    }

    #[test]
    fn ids_stay_one_segment_of_the_path() {
        for (id, path) in [
            ("abc", "/api/v2/clients/abc"),
            ("a/b", "/api/v2/clients/a%2Fb"),
            ("../users", "/api/v2/clients/..%2Fusers"),
            ("a?b#c", "/api/v2/clients/a%3Fb%23c"),
            ("%2e%2e", "/api/v2/clients/%252e%252e"),
            ("https://api.acme.com/", "/api/v2/clients/https:%2F%2Fapi.acme.com%2F"),
        ] {
            let request = read(id).unwrap();
            assert_eq!(request.url.path(), path);
            assert_eq!(request.url.query(), None);
            assert_eq!(request.endpoint.to_string(), format!("GET {path}"));
        }
    }

    #[test]
    fn ids_that_would_address_something_else_are_refused() {
        for id in ["", ".", "..", ".\t.", "a\nb"] {
            assert!(matches!(read(id), Err(Error::InvalidId { .. })), "{id:?}");
        }
    }

    #[test]
    fn only_a_creation_is_not_repeated() {
        let tenant = "acme.auth0.com".parse().unwrap();
        let repeat = |method| Request::new(&tenant, method, &["clients"]).unwrap().repeat;
        assert_eq!(repeat(Method::POST), Repeat::IfUnsent);
        assert_eq!([Method::GET, Method::PATCH, Method::DELETE].map(repeat), [Repeat::Always; 3]);
        assert_eq!(Request::token(&tenant, Box::new(Vec::new)).repeat, Repeat::Always);
    }
}
