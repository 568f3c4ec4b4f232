//! Client of the Auth0 Management API.
//!
//! [`Client`] is made once from [`Settings`] and shared. Every operation opens a [`Session`] with [`Client::within`], which
//! bounds all of its waits by a cancellation token and a deadline. [`Session::api`] has the objects of an [`Area`], and
//! [`Session::request_token`] gets tokens.
//!
//! Downwards: `api` describes a request, `reader` reads many objects with few requests, `creation` creates once,
//! `transport` adds the token, `sender` waits for the rate limit and repeats, `http` sends once. Pure code decides, with
//! the time as an argument: `knowledge`, `page`, `gathering`, `lost_creations`, `retry`, `budget` and `token`.

mod access_tokens;
mod api;
mod area;
mod assertion;
mod body;
mod budget;
mod cancellation;
mod client_credentials;
mod client_secret;
mod clock;
mod collection;
mod creation;
pub mod credential_text;
mod document;
mod endpoint;
mod error;
mod gathering;
mod headers;
mod http;
mod knowledge;
mod list;
mod lost_creations;
mod objects;
mod page;
mod path_part;
mod property_path;
mod quota;
mod reader;
mod request;
mod response;
mod retry;
mod sender;
mod session;
mod settings;
mod tenant;
mod token;
mod token_error;
mod transport;
mod unicode;

pub use access_tokens::{AccessToken, TokenRequest};
pub use api::Api;
pub use area::{Area, Identity};
pub use assertion::{Assertion, AssertionError, KeyError, SigningAlgorithm, SigningKey};
pub use body::Body;
pub use client_secret::SecretView;
pub use creation::Created;
pub use document::{Fields, Object, Seen};
pub use endpoint::Endpoint;
pub use error::{ApiError, Error, Flaw};
pub use property_path::{PropertyPath, PropertyStep};
pub use response::TransportError;
pub use session::{Client, Session};
pub use settings::{Credentials, Limits, Settings, SettingsError};
pub use tenant::{Tenant, TenantError};
pub use token_error::TokenError;
