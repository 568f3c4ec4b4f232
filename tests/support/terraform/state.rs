//! How large a state is, what of that is Terraform's own, and how large it may be.

use serde_json::Value;

use super::cli::Release;

/// What the provider alone decides about in an instance.
const OF_THE_PROVIDER: [&str; 3] = ["attributes", "identity", "private"];

/// Bytes of the state that are Terraform's own: those that are left without what the provider decides about.
pub(crate) fn core_bytes(state: &str) -> usize {
    let mut document: Value = serde_json::from_str(state).unwrap_or_default();
    for resource in document["resources"].as_array_mut().into_iter().flatten() {
        for instance in resource["instances"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            instance.retain(|name, _| !OF_THE_PROVIDER.contains(&name.as_str()));
        }
    }
    // OpenTofu before 1.12 writes everything in one line.
    let is_indented = state.contains("\n  ");
    let text = if is_indented { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
    text.map_or(0, |text| text.len())
}

/// The most bytes that the state may take for an application with its grant. From 1.12 Terraform writes the version of the identity
/// with each object, also where there is none, which is 82 bytes for the two.
pub(crate) fn most_bytes(release: Release, state: &str) -> usize {
    match release {
        _ if state.contains("\"identity\":") => 2_900,
        (1, ..=11) => 2_500,
        _ => 2_600,
    }
}
