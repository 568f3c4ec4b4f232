//! The area of client grants.

use super::grant::ClientGrant;
use crate::{
    auth0::{Area, Identity},
    provider::mapping,
};

/// Client grants: <https://auth0.com/docs/api/management/v2/client-grants>.
pub(in crate::provider) static CLIENT_GRANTS: Area = Area {
    path: &["client-grants"],
    key: "id",
    aliases: &[],
    identity: Identity::Key(&["client_id", "default_for", "audience", "subject_type"]),
    secrets: &[],
    ends: &[],
    properties: mapping::properties::<ClientGrant>,
};
