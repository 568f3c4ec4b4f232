//! What others do to a tenant while its lists are read: before any page and between any two of them, where pages are counted
//! and where they lead from checkpoint to checkpoint. Nothing that is there is taken for gone, nothing that did not change for
//! changed, and nothing is found twice.

mod gate;
mod tenant;

use tenant::{Collection, Happening, Tenant};

#[tokio::test]
async fn changes_between_counted_pages_show_no_drift() {
    for collection in [Collection::Applications, Collection::Grants, Collection::Apis] {
        let mut tenant = Tenant::with(collection, 250).await;
        for happening in [Happening::Deletions, Happening::Creation, Happening::Changes] {
            assert_eq!(tenant.read_with(happening).await, 3, "{collection:?}, {happening:?}");
        }
    }
}

#[tokio::test]
async fn changes_between_checkpoints_show_no_drift() {
    for collection in [Collection::Applications, Collection::Grants] {
        let mut tenant = Tenant::with(collection, 1_030).await;
        // The first page is counted; the total in it leads to a chain of eleven.
        assert_eq!(tenant.read_with(Happening::All).await, 12, "{collection:?}");
    }
}

#[tokio::test]
async fn changes_between_pages_hide_nothing_from_a_list() {
    // The list of APIs has no checkpoints, so nothing but reads may rest on it.
    for collection in [Collection::Applications, Collection::Grants] {
        let mut tenant = Tenant::with(collection, 250).await;
        for happening in [Happening::Deletions, Happening::Creation] {
            tenant.list_with(happening).await;
        }
    }
}
