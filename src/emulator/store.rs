//! The state of a tenant and its rules, knowing nothing of HTTP.

mod client;
mod client_defaults;
mod client_grant;
mod client_rules;
mod collection;
mod credential;
mod error;
mod file;
mod keys;
mod lag;
mod merge;
mod objects;
mod organization;
mod record;
mod resource_server;
mod snapshot;
mod token_quota;
mod used_assertion;
mod user;

use std::sync::Arc;

pub(crate) use self::client::Client;
pub(crate) use self::client_grant::{ClientGrant, GrantFilter};
pub(crate) use self::credential::Credential;
pub(crate) use self::error::{ObjectKind, StoreError};
pub(crate) use self::file::{DataError, File};
use self::objects::Objects;
pub(crate) use self::organization::Organization;
pub(crate) use self::resource_server::ResourceServer;
pub(crate) use self::token_quota::Quota;
pub(crate) use self::used_assertion::UsedAssertion;
use super::clock::Clock;
use super::ids::Ids;
use super::signing::{ClientCertificate, SigningKey};

/// Everything that a tenant is.
pub(crate) struct Tenant {
    pub clock: Clock,
    pub ids: Ids,
    /// Where the tenant is reached, without a slash at the end.
    pub url: String,
    /// What goes into the `tenant` property of clients.
    pub name: String,
    /// Id of the client that holds every scope.
    pub administrator: String,
    /// What tokens are signed with.
    pub key: Arc<SigningKey>,
    certificate: ClientCertificate,
    objects: Objects,
    /// Where everything is kept, if it is.
    file: Option<File>,
    /// Whether a change could neither be kept nor undone.
    is_ahead_of_file: bool,
}

impl Tenant {
    /// A tenant without any objects, at an address.
    pub(crate) fn empty(url: String, domain: &str, key: Arc<SigningKey>, clock: Clock, ids: Ids) -> Self {
        Self {
            clock,
            ids,
            url,
            name: "auth0-emulator".to_owned(),
            administrator: String::new(),
            certificate: ClientCertificate::of(domain, &key),
            key,
            objects: Objects::default(),
            file: None,
            is_ahead_of_file: false,
        }
    }

    /// Identifier of the Management API.
    pub(crate) fn management_audience(&self) -> String {
        management_audience(&self.url)
    }

    /// Sets the time, and how much later a write shows in lists. Both are in milliseconds, `now` of a clock that never stops.
    /// A state that replaces this one shows at once.
    pub(crate) fn set_list_lag(&mut self, now: u64, delay: u64) {
        self.objects.set_lag(now, delay);
    }

    /// Issuer of the tenant's tokens.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/", self.url)
    }
}

/// Identifier of the Management API of a tenant at an address.
fn management_audience(url: &str) -> String {
    format!("{url}/api/v2/")
}
