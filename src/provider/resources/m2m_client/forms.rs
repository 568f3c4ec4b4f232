//! Forms of an application's texts.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(['<', '>'])
}

pub(super) fn is_address(text: &str) -> bool {
    // The parser ignores text around an address.
    let bare = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    text.is_empty() || (bare && Url::parse(text).is_ok_and(|url| url.has_host()))
}

/// Auth0's documentation, "Metadata Field Names and Data Types".
pub(super) fn is_metadata_key(text: &str) -> bool {
    (1..=255).contains(&text.chars().count())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " \t:,-+=_*?\"/\\()<>@".contains(c))
}

/// Whoever authenticates with the secret may remove what a file or a CI system adds to it, as this provider does.
pub(super) fn is_secret(text: &str) -> bool {
    text.trim() == text && !text.contains(char::is_control)
}

pub(super) fn is_organization_id(text: &str) -> bool {
    text.strip_prefix("org_").is_some_and(|rest| {
        !rest.is_empty() && rest.len() <= 50 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

pub(super) fn is_key_id(text: &str) -> bool {
    (10..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The moment that a text names, with its zone.
pub(super) fn time(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

pub(super) fn is_time(text: &str) -> bool {
    time(text).is_some()
}

/// Auth0 shows every time in UTC with milliseconds.
pub(super) fn same_time(left: &str, right: &str) -> bool {
    left == right || time(left).zip(time(right)).is_some_and(|(left, right)| left == right)
}

/// What ends like that names a credential that is not attached.
pub(super) fn is_credential_name(text: &str) -> bool {
    (1..=128).contains(&text.chars().count()) && !text.ends_with(" (detached)")
}
