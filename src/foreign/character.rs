//! Which characters a message shows as they are.

use std::borrow::Cow;

/// Ranges of characters that show nothing, or that change how others are shown: format characters of every kind, among
/// them those for the direction of text, separators of lines and paragraphs, fillers and selectors of variants
/// (<https://www.unicode.org/reports/tr36/>). Control characters are not here.
const INVISIBLE: [(u32, u32); 23] = [
    (0x00ad, 0x00ad),
    (0x034f, 0x034f),
    (0x0600, 0x0605),
    (0x061c, 0x061c),
    (0x06dd, 0x06dd),
    (0x070f, 0x070f),
    (0x0890, 0x0891),
    (0x08e2, 0x08e2),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x2028, 0x202e),
    (0x2060, 0x206f),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfffb),
    (0x1_10bd, 0x1_10cd),
    (0x1_3430, 0x1_3455),
    (0x1_bca0, 0x1_d17a),
    (0xe_0000, 0xe_0fff),
];

/// Whether a message can show the character as it is.
#[must_use]
pub fn is_fit(character: char) -> bool {
    let number = u32::from(character);
    !character.is_control() && !INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&number))
}

/// The character, or its escape in the form that Terraform's language has for it.
#[must_use]
pub fn escaped(character: char) -> Cow<'static, str> {
    match character {
        '\n' => r"\n".into(),
        '\r' => r"\r".into(),
        '\t' => r"\t".into(),
        fit if is_fit(fit) => String::from(fit).into(),
        '\0'..='\u{ffff}' => format!(r"\u{:04x}", u32::from(character)).into(),
        _ => format!(r"\U{:08x}", u32::from(character)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_or_hides_text_is_not_fit() {
        let unfit = ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{80}', '\u{85}', '\u{9b}', '\u{9f}', '\u{200b}', '\u{200e}'];
        let bidirectional = ['\u{61c}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{2028}'];
        for character in unfit.into_iter().chain(bidirectional).chain(['\u{feff}', '\u{ad}', '\u{e0001}', '\u{fe0f}']) {
            assert!(!is_fit(character), "{character:?}");
        }
        for character in "aZ09 _-\"'`\\$%{}<>|äß\u{301}中🦀…“”".chars() {
            assert!(is_fit(character), "{character:?}");
        }
    }

    #[test]
    fn ranges_are_in_order() {
        assert!(INVISIBLE.windows(2).all(|pair| pair[0].0 <= pair[0].1 && pair[0].1 < pair[1].0));
    }
}
