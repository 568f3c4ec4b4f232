//! What can be a part of a path, such as the ID of an object.

/// Maximum characters. Identifiers of APIs have up to 600, all other IDs are much shorter.
const LONGEST: usize = 1_024;

/// Whether a request can name an object by this text. So it holds for IDs that are sent and for IDs that are stored.
///
/// An empty part would address the collection instead of the object. URL parsers resolve dot segments and drop control
/// characters, in any encoding.
pub(super) fn is_path_part(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && !text.contains(char::is_control) && text.chars().nth(LONGEST).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_that_stay_one_part_are_path_parts() {
        for part in ["abc", "a/b", "../users", "...", "%2e%2e", "a b", "https://api.acme.com/", "é", &"é".repeat(1_024)]
        {
            assert!(is_path_part(part), "{part:?}");
        }
        for other in ["", ".", "..", ".\t.", "a\nb", "\u{0}", "a\u{7f}", "\u{9b}2J", &"x".repeat(1_025)] {
            assert!(!is_path_part(other), "{other:?}");
        }
    }
}
