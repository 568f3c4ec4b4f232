//! Names in errors of the Management API about applications.

use super::application::M2mClient;
use crate::{provider::diagnosis::Names, schema::Model as _};

pub(super) const NAMES: Names = Names {
    object: "client",
    attributes: M2mClient::attributes,
    // Not at the secret itself, because Terraform would show its line.
    renamed: &[("client_secret", "client_secret_wo_version")],
    message_hints: &[
        ("rant types", "grant_types"),
        ("alias", "client_aliases"),
        ("update:client_credentials", "authentication_method"),
        ("update:client_keys", "client_secret_wo_version"),
    ],
};
