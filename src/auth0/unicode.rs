//! Compares texts as people read them.

use unicode_normalization::UnicodeNormalization;

/// A text in its composed form (NFC).
pub(super) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Whether two texts differ in nothing but their Unicode form. Terraform always sends the composed one (NFC), while
/// the service keeps what it was given.
pub(super) fn same(left: &str, right: &str) -> bool {
    left.nfc().eq(right.nfc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unicode_form_makes_no_difference_and_case_does() {
        assert!(same("caf\u{e9}", "cafe\u{301}"));
        assert!(!same("caf\u{e9}", "cafe"));
        assert!(!same("caf\u{e9}", "Caf\u{e9}"));
    }
}
