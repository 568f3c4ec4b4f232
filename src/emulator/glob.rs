//! Patterns for paths in which `*` stands for any text, slashes included.

/// Whether the whole text fits the pattern.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        // The earliest place leaves most room for what follows.
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn without_a_star_only_the_same_text_fits() {
        assert!(matches("/api/v2/clients", "/api/v2/clients"));
        assert!(!matches("/api/v2/clients", "/api/v2/clients/x"));
        assert!(!matches("/api/v2/clients/x", "/api/v2/clients"));
    }

    #[test]
    fn a_star_stands_for_any_text_with_slashes() {
        assert!(matches("*", ""));
        assert!(matches("/api/*", "/api/v2/clients/x"));
        assert!(matches("/api/v2/clients/*/credentials", "/api/v2/clients/x/credentials"));
        assert!(matches("*/credentials*", "/api/v2/clients/x/credentials/y"));
        assert!(!matches("/api/v2/clients/*", "/api/v2/clients"));
        assert!(!matches("*a*a", "a"));
    }

    proptest! {
        #[test]
        fn a_text_with_pieces_cut_out_fits(pieces in proptest::collection::vec("[ab/]{0,3}", 1..6), kept in any::<u8>()) {
            let text = pieces.concat();
            let pattern: String = pieces
                .iter()
                .enumerate()
                .map(|(n, piece)| if kept >> n & 1 == 0 { piece.as_str() } else { "*" })
                .collect();
            prop_assert!(matches(&pattern, &text), "{} against {}", pattern, text);
        }
    }
}
