//! The text of a credential, without what copying, editors and CI systems add to it.
//!
//! White space around it is removed, because files and variables often end in a line break. Anything else that cannot
//! belong to it is an error.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use secrecy::SecretString;

/// Maximum size of a file with a key or an assertion.
const LARGEST_FILE: u64 = 64 << 10;

/// Why a text is not usable as a credential. Contains nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Some editors put this invisible character at the start of a file.
    #[error("it begins with a byte order mark, which is invisible: save it as UTF-8 without one")]
    ByteOrderMark,
    /// It has more than one line, or a control character.
    #[error("it has a line break or a control character inside: use one value, in one line")]
    ControlCharacter,
    /// It has white space inside, or a character beyond ASCII.
    #[error("it has white space or a character beyond ASCII inside: copy the value again, and nothing else")]
    NotVisible,
}

/// The text without white space around it.
pub(super) fn trimmed(text: &str) -> Result<&str, TextError> {
    match text.trim() {
        "" => Err(TextError::Empty),
        text if text.starts_with('\u{feff}') => Err(TextError::ByteOrderMark),
        text => Ok(text),
    }
}

/// A text in one line, such as a client secret.
pub fn one_line(text: &str) -> Result<&str, TextError> {
    let text = trimmed(text)?;
    if text.contains(char::is_control) { Err(TextError::ControlCharacter) } else { Ok(text) }
}

/// A text of visible ASCII characters: a client ID, a token or an assertion.
pub fn visible(text: &str) -> Result<&str, TextError> {
    let text = one_line(text)?;
    if text.chars().all(|c| c.is_ascii_graphic()) { Ok(text) } else { Err(TextError::NotVisible) }
}

/// The text of a file.
pub fn in_file(path: &Path) -> io::Result<SecretString> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(io::Error::other(format!("it is larger than {} KiB", LARGEST_FILE >> 10)));
    }
    String::from_utf8(bytes).map(SecretString::from).map_err(|_| io::Error::other("it is not text in UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_credential_does_not_count() {
        for text in ["a", " a", "a\n", "\r\n\ta\u{a0}\r\n"] {
            assert_eq!((trimmed(text), one_line(text), visible(text)), (Ok("a"), Ok("a"), Ok("a")), "{text:?}");
        }
    }

    #[test]
    fn tells_what_cannot_belong_to_a_credential() {
        use TextError::{ByteOrderMark, ControlCharacter, Empty, NotVisible};
        for (text, of_line, of_visible) in [
            ("", Some(Empty), Some(Empty)),
            (" \r\n", Some(Empty), Some(Empty)),
            ("\u{feff}a", Some(ByteOrderMark), Some(ByteOrderMark)),
            ("\n\u{feff}a", Some(ByteOrderMark), Some(ByteOrderMark)),
            ("a\nb", Some(ControlCharacter), Some(ControlCharacter)),
            ("a\0", Some(ControlCharacter), Some(ControlCharacter)),
            ("a\u{85}b", Some(ControlCharacter), Some(ControlCharacter)),
            ("Bearer a", None, Some(NotVisible)),
            ("ä", None, Some(NotVisible)),
            ("a\u{200b}", None, Some(NotVisible)),
        ] {
            assert_eq!((one_line(text).err(), visible(text).err()), (of_line, of_visible), "{text:?}");
        }
    }

    #[test]
    fn endless_or_binary_file_is_an_error() {
        let problem = |path: &Path| in_file(path).unwrap_err().to_string();
        assert_eq!(problem(Path::new("/dev/zero")), "it is larger than 64 KiB");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"\xff\xfea\0").unwrap();
        assert_eq!(problem(file.path()), "it is not text in UTF-8");
    }
}
