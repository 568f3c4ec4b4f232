//! How the Management API names what an error is about.

use super::application::M2mClient;
use crate::{provider::diagnosis::Names, schema::Model as _};

pub(super) const NAMES: Names = Names {
    object: "client",
    attributes: M2mClient::attributes,
    // Terraform would show the line with the secret.
    renamed: &[("client_secret", "client_secret_wo_version")],
    message_hints: &[
        ("rant types", "grant_types"),
        ("alias", "client_aliases"),
        ("update:client_credentials", "authentication_method"),
        ("update:client_keys", "client_secret_wo_version"),
    ],
};
