//! Client assertions that were used, each of which is good for one token only.

use serde::{Deserialize, Serialize};

use super::Tenant;
use super::record::Record;

/// The `jti` of a client, with the second from which the assertion is stale anyway.
#[derive(Clone, Serialize, Deserialize)]
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
    /// Whether an assertion was used before, and could be used again otherwise.
    pub(crate) fn used_assertion(&self, client: &str, jti: &str) -> bool {
        self.objects.used_assertions.find(&id_of(client, jti)).is_some()
    }

    /// Notes that an assertion was used for the first time, and forgets those that are stale by now.
    pub(crate) fn use_assertion(&mut self, client: &str, jti: &str, stale_from: i64) {
        let now = self.clock.now().as_second();
        let used = &mut self.objects.used_assertions;
        used.remove_where(|assertion| assertion.stale_from < now);
        used.insert(UsedAssertion { id: id_of(client, jti), stale_from });
    }
}

fn id_of(client: &str, jti: &str) -> String {
    format!("{client} {jti}")
}
