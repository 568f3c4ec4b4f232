//! Client assertions that were used, each of which is good for one token only.

use serde::{Deserialize, Serialize};

use super::Tenant;
use super::record::Record;

/// The `jti` of a client, with the second from which the assertion is stale anyway.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UsedAssertion {
    /// Client and `jti`; no client id has a space in it.
    id: String,
    stale_from: i64,
}

impl Record for UsedAssertion {
    const KIND: &'static str = "used_assertions";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Tenant {
    /// Notes that an assertion was used; `false` if it had been before.
    pub(crate) fn use_assertion(&mut self, client: &str, jti: &str, stale_from: i64) -> bool {
        let now = self.clock.now().as_second();
        let used = &mut self.objects.used_assertions;
        used.remove_where(|assertion| assertion.stale_from < now);
        let id = format!("{client} {jti}");
        let is_new = used.find(&id).is_none();
        if is_new {
            used.insert(UsedAssertion { id, stale_from });
        }
        is_new
    }
}
