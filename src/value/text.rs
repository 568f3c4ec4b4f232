//! Unicode in the form that Terraform uses.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text in normalization form C. Terraform sends this form, and treats other forms of the same text as equal.
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
