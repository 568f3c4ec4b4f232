//! Compares texts regardless of their Unicode form.

use unicode_normalization::UnicodeNormalization;

/// Whether two texts differ only in their Unicode form. Terraform always sends the composed form (NFC), and Auth0
/// stores what it gets.
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
