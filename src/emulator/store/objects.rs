//! All kinds of objects that a tenant consists of. A new kind is one line here, and is then exported and kept in a file.

use super::collection::{Collection, Table};
use super::token_quota::TokenCount;
use super::user::User;
use super::{Client, ClientGrant, Organization, ResourceServer, UsedAssertion};

macro_rules! objects {
    ($($name:ident: $object:ty,)+) => {
        #[derive(Default)]
        pub(super) struct Objects {
            $(pub(super) $name: Collection<$object>,)+
        }

        impl Objects {
            /// All of them, for what is done with every kind.
            pub(super) fn tables(&self) -> Vec<&dyn Table> {
                vec![$(&self.$name,)+]
            }

            pub(super) fn tables_mut(&mut self) -> Vec<&mut dyn Table> {
                vec![$(&mut self.$name,)+]
            }

            /// Sets the time, and how much later a write shows in lists, both in milliseconds.
            pub(super) fn set_lag(&mut self, now: u64, delay: u64) {
                $(self.$name.set_lag(now, delay);)+
            }

            /// Takes over what lists still show of another version of these objects.
            pub(super) fn take_lag(&mut self, other: Self) {
                $(self.$name.take_lag(other.$name);)+
            }

            pub(super) fn have_changes(&self) -> bool {
                $(self.$name.has_changes())||+
            }

            /// Counts all changes as saved.
            pub(super) fn mark_saved(&mut self) {
                $(self.$name.mark_saved();)+
            }
        }
    };
}

objects! {
    clients: Client,
    client_grants: ClientGrant,
    resource_servers: ResourceServer,
    organizations: Organization,
    users: User,
    used_assertions: UsedAssertion,
    token_counts: TokenCount,
}
