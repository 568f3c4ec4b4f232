//! Makes text from elsewhere fit for a message or the log.
//!
//! Whoever answers in the tenant's place decides what a response says: bytes that move the cursor of a terminal, a message
//! without end, or the secret that was just sent. [`text`] and [`name`] are for every text of a response, where it enters a
//! message. [`lines`] is the last look at a whole message or log record, and also covers what has been forgotten.

mod character;
mod secrets;

use std::borrow::Cow;

pub use character::{escaped, is_fit};
pub use secrets::{HIDDEN, conceal};

use secrets::{Scope, secret_at};

/// Maximum characters of a text.
const LONGEST_TEXT: usize = 1_000;
/// Maximum characters of a name. A message can have a handful of them beside one text.
const LONGEST_NAME: usize = 200;
/// Maximum characters of a line in a message.
const LONGEST_LINE: usize = 2_000;

/// An explanation from elsewhere, on one line.
#[must_use]
pub fn text(raw: &str) -> String {
    one_line(raw, LONGEST_TEXT, escaped)
}

/// A name, an ID, a code or an address from elsewhere, on one line.
#[must_use]
pub fn name(raw: &str) -> String {
    one_line(raw, LONGEST_NAME, escaped)
}

/// An ID from elsewhere that stays what it is, and that `spell` quotes for a configuration or a command.
pub fn spelled(raw: &str, spell: impl Fn(char) -> Cow<'static, str>) -> String {
    one_line(raw, LONGEST_TEXT, spell)
}

fn one_line(raw: &str, longest: usize, spell: impl Fn(char) -> Cow<'static, str>) -> String {
    let (mut shown, mut length) = (String::new(), 0);
    for piece in Pieces::of(raw, Scope::Foreign) {
        let piece = piece.spelled(&spell);
        length += piece.chars().count();
        if length > longest {
            return format!("{shown}… (cut, {} characters in all)", raw.chars().count());
        }
        shown.push_str(&piece);
    }
    shown
}

/// A whole message. Its line breaks stay, because no foreign one gets this far.
#[must_use]
pub fn lines(message: &str) -> String {
    let (mut shown, mut length) = (String::new(), 0);
    for piece in Pieces::of(message, Scope::Own) {
        if let Piece::Character('\n') = piece {
            shown.push('\n');
            length = 0;
            continue;
        }
        let piece = piece.spelled(&escaped);
        let before = length;
        length += piece.chars().count();
        // Room for the mark itself.
        if length < LONGEST_LINE {
            shown.push_str(&piece);
        } else if before < LONGEST_LINE {
            shown.push('…');
        }
    }
    shown
}

/// A part of a text: a character, or a secret.
enum Piece {
    Character(char),
    Secret,
}

impl Piece {
    fn spelled(self, spell: &impl Fn(char) -> Cow<'static, str>) -> Cow<'static, str> {
        match self {
            Self::Character(character) => spell(character),
            Self::Secret => HIDDEN.into(),
        }
    }
}

/// Reads a text as far as it is wanted, so that the length of a text costs nothing.
struct Pieces<'t> {
    text: &'t str,
    at: usize,
    scope: Scope,
}

impl<'t> Pieces<'t> {
    fn of(text: &'t str, scope: Scope) -> Self {
        Self { text, at: 0, scope }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let character = self.text[self.at..].chars().next()?;
        if let Some(length) = secret_at(self.text, self.at, self.scope) {
            self.at += length;
            return Some(Piece::Secret);
        }
        self.at += character.len_utf8();
        Some(Piece::Character(character))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_text_stays_on_one_visible_line() {
        assert_eq!(text("a\u{1b}[2J\u{7}b\r\nc\td"), r"a\u001b[2J\u0007b\r\nc\td");
        assert_eq!(text("\0 \u{7f} \u{9b} \u{202e} \u{e0041}"), r"\u0000 \u007f \u009b \u202e \U000e0041");
        assert_eq!(name("Ärger mit “Zitaten” 日本 🦀"), "Ärger mit “Zitaten” 日本 🦀");
    }

    #[test]
    fn a_long_text_says_that_it_was_cut() {
        let long = "x".repeat(10 << 20);
        let shown = text(&long);
        assert_eq!(shown, format!("{}… (cut, {} characters in all)", "x".repeat(LONGEST_TEXT), 10 << 20));
        assert_eq!(text(&long[..LONGEST_TEXT]), long[..LONGEST_TEXT]);
        assert!(text(&"\0".repeat(2_000)).chars().count() < LONGEST_TEXT + 50, "the escapes count as well");
        assert!(name(&long).starts_with(&format!("{}…", "x".repeat(LONGEST_NAME))));
    }

    #[test]
    fn a_message_keeps_its_lines_within_their_limit() {
        assert_eq!(lines("one\ntwo\u{1b}\r\n"), "one\ntwo\\u001b\\r\n");
        let shown = lines(&format!("{}\nshort", "ü".repeat(3_000)));
        let lengths: Vec<_> = shown.lines().map(|line| line.chars().count()).collect();
        assert_eq!(lengths, [LONGEST_LINE, 5]);
    }

    #[test]
    fn a_secret_is_hidden_before_a_text_is_cut() {
        conceal("half-of-this-would-be-too-much");
        let shown = text(&format!("{}half-of-this-would-be-too-much", "x".repeat(LONGEST_TEXT - 10)));
        assert!(!shown.contains("half"), "{shown}");
        let shown = lines(&format!("{}half-of-this-would-be-too-much", "x".repeat(LONGEST_LINE - 10)));
        assert!(!shown.contains("half"), "{shown}");
    }
}
