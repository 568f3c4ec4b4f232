//! Unicode, in the one spelling that Terraform keeps.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text in normalization form C. Terraform sends it so, and takes what it receives for the same text however composed.
#[must_use]
pub fn nfc(text: String) -> String {
    if text.is_ascii() || is_nfc(&text) { text } else { text.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_are_the_same_text() {
        assert_eq!(nfc("e\u{301}".to_owned()), "\u{e9}");
        assert_eq!(nfc("\u{e9}".to_owned()), "\u{e9}");
    }
}
