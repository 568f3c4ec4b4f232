//! `corner_lease`: an ephemeral resource that has to be renewed and given back. The store has a diary of it.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use secrecy::SecretString;
use terraform_provider_auth0::diagnostic::Diagnostics;
use terraform_provider_auth0::framework::{Cx, EphemeralResource, Opened, Renewed};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, Disclosed, OPTIONAL, REQUIRED};
use terraform_provider_auth0::value::Value;

use super::store::Store;

model! {
    /// A lease.
    pub(crate) struct Lease {
        /// What it is for. `refused` is not opened.
        purpose: Value<String> = REQUIRED,
        /// What is shown for it. Like any secret of a configuration it has no way out of the model.
        passphrase: Value<SecretString> = OPTIONAL.sensitive(),
        /// After how many milliseconds it has to be renewed.
        renew_after: Value<i64> = OPTIONAL,
        /// What it gives access to.
        token: Value<Disclosed> = COMPUTED.sensitive(),
        /// How many letters the token has.
        letters: Value<i64> = COMPUTED,
    }
}

/// What the tests look for.
pub(crate) const TOKEN: &str = "s3cret-token-of-a-lease";

pub(crate) struct LeaseResource;

fn renewal(renew_after: Option<i64>) -> Option<SystemTime> {
    let after = u64::try_from(renew_after?).unwrap();
    Some(SystemTime::now() + Duration::from_millis(after))
}

/// What a call hands over to the next: its name, and after how long to renew.
fn private(name: &str, renew_after: Option<i64>) -> Bytes {
    format!("{name} {}", renew_after.unwrap_or_default()).into()
}

fn words(private: &Bytes) -> (String, i64) {
    let (name, after) = std::str::from_utf8(private).unwrap().split_once(' ').unwrap();
    (name.to_owned(), after.parse().unwrap())
}

impl EphemeralResource<Store> for LeaseResource {
    const NAME: &'static str = "corner_lease";
    type Model = Lease;

    fn validate(&self, config: &Lease) -> Diagnostics {
        let forbidden = config.purpose.as_str() == Some("forbidden");
        if forbidden { super::problem("Forbidden").into() } else { Diagnostics::new() }
    }

    async fn open(&self, cx: &Cx<Store>, config: Lease) -> Result<Opened<Lease>, Diagnostics> {
        let purpose = config.purpose.as_str().unwrap().to_owned();
        match purpose.as_str() {
            "refused" => return Err(super::problem("Refused").into()),
            "unfinished" => return Ok(Opened::lasting(Lease { token: Value::Unknown, ..config })),
            _ => {}
        }
        cx.client.note(&format!("open {purpose}"));
        let renew_after = config.renew_after.into_known();
        let token = Value::Known(SecretString::from(TOKEN).into());
        let letters = Value::Known(TOKEN.len().try_into().unwrap());
        let result = Lease { token, letters, ..config };
        Ok(Opened { result, renew_at: renewal(renew_after), private: private("opened", renew_after) })
    }

    async fn renew(&self, cx: &Cx<Store>, given: Bytes) -> Result<Renewed, Diagnostics> {
        let (name, after) = words(&given);
        cx.client.note(&format!("renew {name}"));
        let renew_at = renewal(Some(after));
        Ok(Renewed { renew_at, private: private("renewed", Some(after)), warnings: Diagnostics::new() })
    }

    async fn close(&self, cx: &Cx<Store>, given: Bytes) -> Result<(), Diagnostics> {
        cx.client.note(&format!("close {}", words(&given).0));
        Ok(())
    }
}
