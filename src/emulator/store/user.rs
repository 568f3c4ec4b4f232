//! Users, of whom a tenant has a few to be read.

use serde::{Deserialize, Serialize};

use super::Tenant;
use super::record::{Object, Record, text};

#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct User {
    pub document: Object,
}

impl Record for User {
    const KIND: &'static str = "users";

    fn id(&self) -> &str {
        text(&self.document, "user_id")
    }
}

impl Tenant {
    /// Users as lists show them, with keys that grow along the list.
    pub(crate) fn listed_users(&self) -> impl Iterator<Item = (&str, &User)> {
        self.objects.users.listed()
    }

    pub(crate) fn add_user(&mut self, document: Object) {
        self.objects.users.insert(User { document });
    }
}
